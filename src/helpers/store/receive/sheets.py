"""The sheets of a workbook, as the library that reads them gives them."""

from dataclasses import dataclass

from python_calamine import CalamineSheet, CalamineWorkbook

from helpers.store.receive.cells import write_cell
from helpers.store.receive.headers import TITLE_ROWS, find_titles


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows that hold something, by place counted from 0, where its titles stand, how many it names."""

    name: str
    titles: int
    known: int
    merged: list
    is_hidden: bool
    rows: dict[int, list]

    @property
    def under(self) -> list[int]:
        """The places of the rows under the titles."""
        return [place for place in self.rows if place > self.titles]

    def texts(self, place: int) -> list[str]:
        """The cells of a row as text; none for a blank row."""
        return [write_cell(cell) for cell in self.rows.get(place, [])]


class UnreadableWorkbook(Exception):
    """The library that reads workbooks gave up."""


def guarded(call, *given):
    """What the library answers; `UnreadableWorkbook` when it gives up."""
    # The library is written in Rust: on a damaged file it may stop on an exception that is not an Exception.
    try:
        return call(*given)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise UnreadableWorkbook from error


def _is_blank(row: list) -> bool:
    return not any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row)


def _filled_rows(sheet: CalamineSheet) -> dict[int, list]:
    # Places are those that the spreadsheet shows: columns before the first cell are given back. A cell far below the
    # table (a click, a format) makes blank rows by the thousand: they are passed over.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    return {place: left + row for place, row in enumerate(sheet.iter_rows()) if not _is_blank(row)}


def read_sheet(book: CalamineWorkbook, name: str, known: dict[str, str], *, is_hidden: bool) -> Sheet:
    """A sheet of a workbook, its titles found."""
    sheet: CalamineSheet = guarded(book.get_sheet_by_name, name)
    rows = guarded(_filled_rows, sheet)
    first = list(rows)[:TITLE_ROWS]
    at, count = find_titles([[write_cell(cell) for cell in rows[place]] for place in first], known)
    return Sheet(name, first[at] if first else 0, count, sheet.merged_cell_ranges or [], is_hidden, rows)
