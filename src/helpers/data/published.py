"""The published CSV files, for a French spreadsheet, and their datapackage.json, for R."""

import json
from pathlib import Path

import pandas as pd

from helpers.data.processed import load_earlier_indicators, load_result, load_sites
from helpers.indicators.lookup import BESIDE, NETWORK, USUAL
from helpers.schema import table_schema
from helpers.typography import escape_formula

PACKAGE = "datapackage.json"
_PACKAGE = {
    "profile": "tabular-data-package",
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
    _describe(name, folder)


def _describe(name: str, folder: Path) -> None:
    """Adds a table to ``datapackage.json``, in version 1 of the standard: R's frictionless reads no other."""
    path = folder / PACKAGE
    package = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else _PACKAGE
    others = [each for each in package["resources"] if each["name"] != name]
    text = json.dumps({**package, "resources": [*others, _resource(name)]}, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _resource(name: str) -> dict:
    described = table_schema(name)
    fields = [
        {**column, "decimalChar": ","} if column["type"] == "number" else column for column in described["fields"]
    ]
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
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM) and its entry in ``datapackage.json``.

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
