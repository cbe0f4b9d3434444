"""The published tables (CSV, workbook, Parquet) and their datapackage.json."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pandas as pd

from helpers.data.processed import load_earlier_indicators, load_result, load_sites
from helpers.indicators.lookup import BESIDE, NETWORK, USUAL
from helpers.schema import catalogue, table_schema
from helpers.typography import escape_formula

PACKAGE = "datapackage.json"
_PACKAGE = {
    "profile": "data-package",
    "name": "alses-nord",
    "title": "Les ALSES du Nord : tables du rapport",
    "description": "Chaque colonne avec son type, son unité et son sens. Un chiffre se reconnaît à toutes ses colonnes "
    "de clé ; perimetre, indicateur et modalite rejoignent une comparaison aux indicateurs des années annee et "
    "comparee_a dont croise_avec et site sont vides.",
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
    "resources": [],
}


def _export(table: pd.DataFrame, name: str, folder: Path) -> None:
    texts = table.select_dtypes("string").columns
    safe = table.assign(**{column: table[column].map(escape_formula) for column in texts})
    content = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    (folder / f"{name}.csv").write_text(content, encoding="utf-8-sig", newline="")
    # Written whole by us: a full disk is then an OSError, which the command explains.
    (folder / f"{name}.parquet").write_bytes(table.to_parquet(index=False))
    (folder / f"{name}.xlsx").write_bytes(_workbook(table, name))
    _describe(name, folder)


# --- A workbook: the table, what its columns mean, what its codes mean ---

# The bytes must not depend on the day.
_CREATED = datetime(2000, 1, 1)
_BY_SUFFIX = {"_pct": "pct", "_pts": "points"}
_NUMBER_FORMATS = {"pct": '0.0" %"', "points": '0.0" pt"'}
_MAX_WIDTH = 48  # characters


def _workbook(table: pd.DataFrame, name: str) -> bytes:
    """A workbook of three sheets, each with a frozen head and filters: the table, its columns, its codes.

    A share stays the number of the CSV (42.5), shown as « 42,5 % »; a text is never a formula or a link.
    """
    from xlsxwriter import Workbook  # slow to import, and only this needs it

    answers = [
        (entry.id, entry.label, entry.definition, code, entry.label_of(code))
        for entry in catalogue().indicators.values()
        for code in entry.modalities or [""]
    ]
    meanings = [(each["name"], each["title"], each["description"], each.get("unit")) for each in _fields(name)]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    content = BytesIO()
    with Workbook(content, options) as book:
        book.set_properties({"title": table_schema(name)["title"], "author": "ALSES", "created": _CREATED})
        _add_sheet(book, name, table)
        _add_sheet(book, "Définitions", pd.DataFrame(meanings, columns=["Colonne", "Titre", "Sens", "Unité"]))
        heads = ["indicateur", "Titre", "Définition", "modalite", "Réponse"]
        _add_sheet(book, "Codes", pd.DataFrame(answers, columns=heads))
    return content.getvalue()


def _add_sheet(book, name: str, table: pd.DataFrame) -> None:
    sheet, head = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    formats = {unit: book.add_format({"num_format": shown}) for unit, shown in _NUMBER_FORMATS.items()}
    sheet.write_row(0, 0, table.columns, head)
    cells = table.astype(object).where(table.notna(), None)
    units = cells["unite"] if "unite" in cells else pd.Series(None, cells.index)
    for place, column in enumerate(cells):
        kind = next((unit for suffix, unit in _BY_SUFFIX.items() if column.endswith(suffix)), None)
        for row, (value, unit) in enumerate(zip(cells[column], units, strict=True), start=1):
            if value is not None and value != "":
                sheet.write(row, place, value, formats.get(kind or unit) if isinstance(value, float) else None)
        longest = max(map(len, map(str, [column, *cells[column].dropna()])))
        sheet.set_column(place, place, min(longest, _MAX_WIDTH) + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(cells), len(cells.columns) - 1)


# --- datapackage.json ---

# The same rows for those who do not read CSV: described once, by the CSV.
_COPIES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def _fields(name: str) -> list[dict]:
    return table_schema(name)["fields"]


def _describe(name: str, folder: Path) -> None:
    """Adds a table to ``datapackage.json``, in version 1 of the standard: R's frictionless reads no other."""
    path = folder / PACKAGE
    package = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else _PACKAGE
    own = [_resource(name), *(_copy(name, kind) for kind in _COPIES)]
    others = [each for each in package["resources"] if each["name"].partition(".")[0] != name]
    text = json.dumps({**package, "resources": [*others, *own]}, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _copy(name: str, kind: str) -> dict:
    return {
        "name": f"{name}.{kind}",
        "path": f"{name}.{kind}",
        "profile": "data-resource",
        "type": "file",  # a frictionless that reads tables leaves it alone
        "title": f"{table_schema(name)['title']} (les lignes de {name}.csv)",
        "format": kind,
        "mediatype": _COPIES[kind],
    }


def _resource(name: str) -> dict:
    described = table_schema(name)
    fields = [{**column, "decimalChar": ","} if column["type"] == "number" else column for column in _fields(name)]
    key = described.get("primaryKey", [])
    required = {each["name"] for each in fields if each.get("constraints", {}).get("required")}
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "title": described["title"],
        "description": described["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": fields,
            "missingValues": described.get("missingValues", [""]),
            # The standard refuses keys with a column that may be empty.
            **({"primaryKey": key} if key and set(key) <= required else {}),
        },
    }


def export_indicators(years: list[int], folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM), the same rows as a workbook and as
    Parquet, and their entries in ``datapackage.json``.

    Those of a site come with the network's rows that its pages show beside them. Raises `DataError` when a year's
    tables are not those that 01 wrote.
    """
    tables = [load_earlier_indicators(year, site_type, site) for year in years]
    whole = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    whole["perimetre"] = whole["perimetre"].replace(BESIDE, USUAL)
    _export(whole, "indicateurs", folder)


def export_sites(year: int, folder: Path, made: dict[str, str]) -> pd.DataFrame:
    """Writes ``sites.csv``, adds it to ``datapackage.json`` and returns it (schema ``sites``).

    ``made`` gives the folder of each site that has a report here, by its name or UAI.
    """
    sites = load_sites(year)
    sites = sites.assign(dossier=sites["site"].map(made).fillna("").astype("string"))
    _export(sites, "sites", folder)
    return sites


def export_comparisons(year: int, folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``comparaisons.csv`` in the same form; `DataError` when 03 has not run."""
    _export(load_result(year, "comparaisons", site_type, site), "comparaisons", folder)
