"""indicateurs.csv and comparaisons.csv: every number of the pages, for a French spreadsheet, with its schema."""

import json
from pathlib import Path

import pandas as pd

from helpers.facts import BESIDE, NETWORK, USUAL
from helpers.schema import table_schema
from helpers.store.processed import load_result
from helpers.store.scope import load_earlier_indicators, load_sites

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
    fields = [
        {**column, "decimalChar": ","} if column["type"] == "number" else column
        for column in table_schema(name)["fields"]
    ]
    schema = {**table_schema(name), "fields": fields, "dialect": {"delimiter": ";"}}
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    (folder / f"{name}.schema.json").write_text(text, encoding="utf-8", newline="\n")


def export_indicators(years: list[int], folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM) and ``indicateurs.schema.json``.

    Those of a site have their own kind and name, and the network's rows that its pages show stand beside them.

    Raises
    ------
    DataError
        when a year's tables are not those that 01 wrote.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     store.export_indicators([2020], pathlib.Path(dossier))
    ...     print(sorted(fichier.name for fichier in pathlib.Path(dossier).iterdir()))
    ['indicateurs.csv', 'indicateurs.schema.json']
    """
    tables = [load_earlier_indicators(year, site_type, site) for year in years]
    whole = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    if site:
        is_own = whole["perimetre"].ne(BESIDE)
        whole.loc[is_own, ["site_type", "site"]] = [site_type, site]
        whole["perimetre"] = USUAL
    _export(whole, "indicateurs", folder)


def export_sites(year: int, folder: Path, made: dict[str, str]) -> pd.DataFrame:
    """Writes ``sites.csv`` and ``sites.schema.json``, and gives that table (schema ``sites``).

    ``made`` gives the folder of each site that has a report here, by its name or UAI.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     store.export_sites(2020, pathlib.Path(dossier), {}).empty
    True
    """
    sites = load_sites(year)
    told = sites.assign(dossier=sites["site"].map(made).fillna("").astype("string"))
    _export(told, "sites", folder)
    return told


def export_comparisons(year: int, folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``comparaisons.csv`` and ``comparaisons.schema.json``, in the same form.

    Raises
    ------
    DataError
        when 03 has not run.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     store.export_comparisons(2020, pathlib.Path(dossier))
    ...     print(sorted(fichier.name for fichier in pathlib.Path(dossier).iterdir()))
    ['comparaisons.csv', 'comparaisons.schema.json']
    """
    _export(load_result(year, "comparaisons", site_type, site), "comparaisons", folder)
