"""indicateurs.csv and comparaisons.csv: every number of the pages, for a French spreadsheet, with its schema."""

import json
from pathlib import Path

import pandas as pd

from helpers.schema import table_schema
from helpers.store.processed import load, load_result

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


def export_indicators(years: list[int], folder: Path) -> None:
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM) and ``indicateurs.schema.json``.

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
    _export(pd.concat([load(year, "indicateurs") for year in years], ignore_index=True), "indicateurs", folder)


def export_comparisons(year: int, folder: Path) -> None:
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
    _export(load_result(year, "comparaisons"), "comparaisons", folder)
