"""The table under a figure as a file for a French spreadsheet, inside the page: what is downloaded is what is shown."""

import csv
import io
import re

from bs4 import BeautifulSoup, Tag

# A number as the report writes it; a spreadsheet wants no sign +, no space in it, and the usual minus.
_NUMBER = re.compile(r"[+−]?\d[\d\u202f]*(?:,\d+)?")
_SHARE = re.compile(rf"({_NUMBER.pattern})[\u202f\u00a0 ]?%")
_MISSING = "—"
_ALIGNING = {0x2007: None, 0x2008: None}  # as wide as a figure, and as a comma
_FORMULA_STARTS = ("=", "+", "-", "@")  # a spreadsheet runs a text that starts like this


def _cell(text: str) -> str:
    """The cell as a spreadsheet reads it: a number without decoration, no formula, nothing for a dash."""
    if _NUMBER.fullmatch(text):
        return text.replace("\u202f", "").replace("−", "-").removeprefix("+")
    return "" if text == _MISSING else _inert(text)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _column(title: str, cells: list[str]) -> list[str]:
    """Title and cells; a column of nothing but shares says « % » once, in its title."""
    title, shares = _inert(title), [_SHARE.fullmatch(cell) for cell in cells]
    if any(shares) and all(share or cell == _MISSING for share, cell in zip(shares, cells, strict=True)):
        return [f"{title} (%)", *(_cell(share[1] if share else _MISSING) for share in shares)]
    return [title, *map(_cell, cells)]


def table_rows(html: str) -> list[list[str]]:
    """The table of a figure, title by title and row by row, as the words that are shown.

    The title of a group of rows is a first column, « Groupe »: in a spreadsheet a row must say all by itself. Blanks
    that only align a column are left out.
    """
    table = BeautifulSoup(html, "html.parser")
    rows, group = [], ""
    for line in table.select("tr"):
        if head := line.select_one("th[scope=rowgroup]"):
            group = _words(head)
        else:
            rows.append([group, *map(_words, line.find_all(["th", "td"]))])
    if not group:
        return [row[1:] for row in rows]
    return [["Groupe", *rows[0][1:]], *rows[1:]]


def _words(cell: Tag) -> str:
    return cell.get_text().translate(_ALIGNING).strip()


def csv_address(html: str) -> str:
    """The table as a ``data:`` address: semicolons, decimal comma, UTF-8 with BOM, as ``indicateurs.csv``.

    It is read from the table that is shown, so that no second list of columns can differ from it.
    """
    titles, *rows = table_rows(html)
    columns = [_column(title, [row[place] for row in rows]) for place, title in enumerate(titles)]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(zip(*columns, strict=True))
    coded = {sign: f"%{ord(sign):02X}" for sign in '%#<>"&\r\n'}
    return "data:text/csv;charset=utf-8,%EF%BB%BF" + text.getvalue().translate(str.maketrans(coded))
