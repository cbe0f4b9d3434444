"""The data of a figure as a CSV for a French spreadsheet, inside the page."""

import csv
import io
import re
from collections.abc import Iterable

from helpers.typography import escape_formula

# A number as the report writes it; a spreadsheet wants no plus, no space, and a hyphen-minus.
_NUMBER = re.compile(r"[+−]?\d[\d\u202f]*(?:,\d+)?")
_SHARE = re.compile(rf"({_NUMBER.pattern})[\u202f\u00a0 ]?%")
_MISSING = "—"


def _cell(text: str) -> str:
    """The cell as a spreadsheet reads it: a bare number, no formula, nothing for a dash."""
    if _NUMBER.fullmatch(text):
        return text.replace("\u202f", "").replace("−", "-").removeprefix("+")
    return "" if text == _MISSING else escape_formula(text)


def _column(title: str, cells: list[str]) -> list[str]:
    """Title and cells; a column of shares says « % » once, in its title."""
    title, shares = escape_formula(title), [_SHARE.fullmatch(cell) for cell in cells]
    if any(shares) and all(share or cell == _MISSING for share, cell in zip(shares, cells, strict=True)):
        return [f"{title} (%)", *(_cell(share[1] if share else _MISSING) for share in shares)]
    return [title, *map(_cell, cells)]


def csv_address(rows: Iterable[list[str]]) -> str:
    """The rows of a table, titles first, as a ``data:`` address of a CSV: semicolons, decimal comma, UTF-8 with BOM, as
    ``indicateurs.csv``.

    They are the cells that are displayed, so that both always agree.
    """
    columns = [_column(title, cells) for title, *cells in zip(*rows, strict=True)]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(zip(*columns, strict=True))
    coded = {sign: f"%{ord(sign):02X}" for sign in '%#<>"&\r\n'}
    return "data:text/csv;charset=utf-8,%EF%BB%BF" + text.getvalue().translate(str.maketrans(coded))
