"""The beginning of a text file: its delimiter, its titles, and where its rows start."""

import csv
import re
from dataclasses import dataclass

from helpers.store.receive.headers import find_titles
from helpers.store.receive.scan import line_ends

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 100


@dataclass(frozen=True)
class Head:
    """The beginning of a text file: its titles, the rows that follow, where these start (byte and line)."""

    delimiter: str
    titles: list[str]
    titles_line: int
    beside: list[list[str]]
    rows: list[list[str]]
    start: int
    line: int
    known: int
    said_delimiter: bool


def _physical_lines(content: bytes) -> list[bytes]:
    stops = [0, *(int(place) + 1 for place in line_ends(content))]
    return [content[a:b] for a, b in zip(stops, [*stops[1:], len(content)], strict=True) if a < b]


def _rows(lines: list[bytes], encoding: str, delimiter: str) -> list[tuple[list[str], int]]:
    """The first rows and how many lines each ends after; as far as they can be read."""
    text = (line.decode(encoding, errors="replace") for line in lines)
    reader, found = csv.reader(text, delimiter=delimiter), []
    try:
        for cells in reader:
            found.append((cells, reader.line_num))
            if len(found) > _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return found


def read_head(content: bytes, skip: int, encoding: str, known: dict[str, str]) -> Head:
    """The beginning of a file, its rows read with the delimiter under which the most columns are named."""
    lines = _physical_lines(content[skip:])
    said = re.match(rb'\A"?sep=(.)"?\s*\Z', lines[0], re.IGNORECASE) if lines else None
    delimiters = (said[1].decode("latin-1"),) if said and said[1].isascii() else DELIMITERS
    said_bytes = len(lines[0]) - 1 if said else 0
    lines = [b"\n", *lines[1:]] if said else lines
    read = {each: _rows(lines, encoding, each) for each in delimiters}
    found = {each: find_titles([cells for cells, _ in rows], known) for each, rows in read.items()}
    delimiter = max(delimiters, key=lambda each: found[each][1])
    place, count = found[delimiter]
    rows = read[delimiter]
    titles, after = rows[place] if rows else ([], 0)
    before = rows[place - 1][1] if place else 0
    start = skip + said_bytes + sum(len(line) for line in lines[:after])
    sample = [cells for cells, _ in rows[place + 1 :]]
    beside = [cells for cells, _ in (rows[max(0, place - 1) : place] + rows[place + 1 : place + 2])]
    return Head(delimiter, titles, before + 1, beside, sample, start, after + 1, count, bool(said))


def width_of(head: Head) -> int:
    """The cells of a row: more than the titles when most rows end on cells that hold nothing."""
    widths = sorted(len(cells) for cells in head.rows if any(cell.strip() for cell in cells))
    return widths[len(widths) // 2] if widths else 0
