"""The data of a figure as a CSV for a French spreadsheet, inside the page."""

import csv
import io
import re

from bs4 import BeautifulSoup, Tag

from helpers.typography import escape_formula

# A number as the report writes it; a spreadsheet wants no plus, no space, and a hyphen-minus.
_NUMBER = re.compile(r"[+−]?\d[\d\u202f]*(?:,\d+)?")
_SHARE = re.compile(rf"({_NUMBER.pattern})[\u202f\u00a0 ]?%")
_MISSING = "—"
_ALIGNING = {0x2007: None, 0x2008: None}  # as wide as a figure, and as a comma


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


def table_rows(html: str) -> list[list[str]]:
    """The displayed words of a table, title by title and row by row.

    The title of a group of rows becomes a first column, « Groupe », so that each row stands alone in a spreadsheet.
    """
    table = BeautifulSoup(html, "html.parser")
    rows, group = [], ""
    for line in table.find_all("tr"):
        if head := line.find("th", scope="rowgroup"):
            group = _words(head)
        else:
            rows.append([group, *map(_words, line.find_all(["th", "td"]))])
    if not group:
        return [row[1:] for row in rows]
    return [["Groupe", *rows[0][1:]], *rows[1:]]


def _words(cell: Tag) -> str:
    return cell.get_text().translate(_ALIGNING).strip()


def csv_address(html: str) -> str:
    """The table as a ``data:`` address of a CSV: semicolons, decimal comma, UTF-8 with BOM, as ``indicateurs.csv``.

    It is read from the displayed table, so that both always agree.
    """
    titles, *rows = table_rows(html)
    columns = [_column(title, [row[place] for row in rows]) for place, title in enumerate(titles)]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(zip(*columns, strict=True))
    coded = {sign: f"%{ord(sign):02X}" for sign in '%#<>"&\r\n'}
    return "data:text/csv;charset=utf-8,%EF%BB%BF" + text.getvalue().translate(str.maketrans(coded))
