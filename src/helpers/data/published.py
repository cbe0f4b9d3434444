"""indicateurs.csv and comparaisons.csv: every number of the pages, for a French spreadsheet; datapackage.json for R."""

import json
from pathlib import Path

import pandas as pd

from helpers.data.processed import load_earlier_indicators, load_result, load_sites
from helpers.indicators.lookup import BESIDE, NETWORK, USUAL
from helpers.schema import table_schema

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
# A spreadsheet runs a text that starts like this as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(value: str) -> str:
    """The text as a spreadsheet shows it without running it."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _export(table: pd.DataFrame, name: str, folder: Path) -> None:
    texts = table.select_dtypes("string").columns
    safe = table.assign(**{column: table[column].map(inert) for column in texts})
    content = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    (folder / f"{name}.csv").write_text(content, encoding="utf-8-sig", newline="")
    _describe(name, folder)


def _describe(name: str, folder: Path) -> None:
    """Adds a table to ``datapackage.json``, in the first version of the standard: R's frictionless reads no other."""
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
    key, required = (
        described.get("primaryKey", []),
        [each for each in fields if each.get("constraints", {}).get("required")],
    )
    # A key with a column that may be empty is none for the standard, which asks a value of each.
    is_key = key and set(key) <= {each["name"] for each in required}
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
            **({"primaryKey": key} if is_key else {}),
        },
    }


def export_indicators(years: list[int], folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM) and its entry in ``datapackage.json``.

    Those of a site come with the network's rows that its pages show beside them.

    Raises
    ------
    DataError
        when a year's tables are not those that 01 wrote.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     data.export_indicators([2020], pathlib.Path(dossier))
    ...     print(sorted(fichier.name for fichier in pathlib.Path(dossier).iterdir()))
    ['datapackage.json', 'indicateurs.csv']
    """
    tables = [load_earlier_indicators(year, site_type, site) for year in years]
    whole = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    whole["perimetre"] = whole["perimetre"].replace(BESIDE, USUAL)
    _export(whole, "indicateurs", folder)


def export_sites(year: int, folder: Path, made: dict[str, str]) -> pd.DataFrame:
    """Writes ``sites.csv``, adds it to ``datapackage.json``, and gives that table (schema ``sites``).

    ``made`` gives the folder of each site that has a report here, by its name or UAI.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     data.export_sites(2020, pathlib.Path(dossier), {}).empty
    True
    """
    sites = load_sites(year)
    told = sites.assign(dossier=sites["site"].map(made).fillna("").astype("string"))
    _export(told, "sites", folder)
    return told


def export_comparisons(year: int, folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``comparaisons.csv``, in the same form.

    Raises
    ------
    DataError
        when 03 has not run.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     data.export_comparisons(2020, pathlib.Path(dossier))
    ...     print(sorted(fichier.name for fichier in pathlib.Path(dossier).iterdir()))
    ['comparaisons.csv', 'datapackage.json']
    """
    _export(load_result(year, "comparaisons", site_type, site), "comparaisons", folder)
