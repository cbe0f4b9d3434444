"""indicateurs.csv: every number of the pages, for a French spreadsheet, with its schema beside it."""

import json
from pathlib import Path

import pandas as pd

from helpers.schema import table_schema
from helpers.store.processed import load

# A spreadsheet runs a text that starts like this as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def export_indicators(years: list[int], folder: Path) -> None:
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM) and ``indicateurs.schema.json``.

    Raises
    ------
    DataError
        when a year's tables are not those that 01 wrote.
    """
    table = pd.concat([load(year, "indicateurs") for year in years], ignore_index=True)
    texts = table.select_dtypes("string").columns
    table[texts] = table[texts].map(_inert)
    content = table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    (folder / "indicateurs.csv").write_text(content, encoding="utf-8-sig", newline="")
    fields = [
        {**column, "decimalChar": ","} if column["type"] == "number" else column
        for column in table_schema("indicateurs")["fields"]
    ]
    schema = {**table_schema("indicateurs"), "fields": fields, "dialect": {"delimiter": ";"}}
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    (folder / "indicateurs.schema.json").write_text(text, encoding="utf-8", newline="\n")
