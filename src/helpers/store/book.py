"""The code book gains rows: its other rows keep their bytes, and get empty cells at their end for a new column."""

import csv
import io
import re
from collections.abc import Iterator

from helpers import paths
from helpers.schema import DataError, columns
from helpers.store.reading import content_of, validated_rows
from helpers.store.whole import whole

_MARK = b"\xef\xbb\xbf"


def add_to_book(rows: list[dict[str, str]], *, is_trial: bool = False) -> list[int]:
    """Adds rows (schema ``themes``) at the end of the code book, whole or not at all, and gives their lines.

    The separator, the line ends and the encoding are those of the file. A column that a row fills and that the file has
    not is added; those of its rows that were there keep their bytes, and gain an empty cell. A trial writes nothing.

    Raises
    ------
    DataError
        for a book that is absent or has a fault, or that would have one: nothing is written.

    >>> livre = paths.reference() / "themes.csv"
    >>> avant = livre.read_bytes()
    >>> store.add_to_book([{"theme": "outils", "libelle": "Outils", "definition": "Ce dont on se sert."}])
    [7]
    >>> livre.read_bytes().startswith(avant)
    True
    >>> _ = livre.write_bytes(avant)
    """
    path = paths.reference() / "themes.csv"
    content, shown = content_of(path), paths.relative(path)
    read, faults = validated_rows(content, shown, "themes")
    if faults:
        raise DataError(faults[0])
    if not rows:
        return []
    new = [name for name in columns("themes") if name not in read.header and any(row.get(name) for row in rows)]
    made = _with_rows(content, [*read.header, *new], len(new), rows, shown)
    try:
        after, wrong = validated_rows(made, shown, "themes")
    except DataError as fault:  # a character that no text may have
        after, wrong = read, (str(fault),)
    if wrong or len(after.rows) != len(read.rows) + len(rows) or _cut(after.rows, read) != read.rows:
        if len(rows) > 1:  # the line of a row that was not added tells nobody which code it is
            for row in rows:
                add_to_book([row], is_trial=True)
        told = wrong[0] if wrong else f"{shown} ne peut pas être complété sans risque."
        named = f" (code « {''.join(filter(str.isprintable, rows[0]['libelle']))} »)." if len(rows) == 1 else "."
        raise DataError(f"Codes non ajoutés, ils ne tiennent pas dans le livre : {told.removesuffix('.')}{named}")
    if not is_trial:
        with whole(path) as beside:
            beside.write_bytes(made)
    return after.lines[len(read.rows) :]


def _cut(rows: list[list[str]], before) -> list[list[str]]:
    return [row[: len(before.header)] for row in rows[: len(before.rows)]]


def _with_rows(content: bytes, header: list[str], new: int, rows: list[dict[str, str]], shown: str) -> bytes:
    encoding = _encoding_of(content)
    text = content.removeprefix(_MARK).decode(encoding)
    first = text.split("\n", 1)[0]
    separator, end = max(",;\t", key=first.count), "\r\n" if first.endswith("\r") else "\n"
    records = list(_records(text))
    # A last row without its line end gets one.
    if not records[-1].endswith("\n"):
        records[-1] += end
    if new:
        first, *others = records
        named = separator.join(["", *header[-new:]])
        records = [_widened(first, named), *(_widened(record, separator * new) for record in others)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    try:
        body = ("".join(records) + out.getvalue()).encode(encoding)
    except UnicodeEncodeError:
        raise DataError(
            f"{shown} n’est pas en UTF-8 et ne peut pas tenir ces codes : enregistrez-le en CSV UTF-8."
        ) from None
    return (_MARK if content.startswith(_MARK) else b"") + body


def _encoding_of(content: bytes) -> str:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _records(text: str) -> Iterator[str]:
    """The rows as they are written, with their line ends: a line end between quotes does not end a row."""
    record, quotes = "", 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        record, quotes = record + line, quotes + line.count('"')
        if quotes % 2 == 0:
            yield record
            record, quotes = "", 0
    if record:
        yield record


def _widened(record: str, cells: str) -> str:
    bare = record.rstrip("\r\n")
    # A blank line stays one.
    return bare + cells + record[len(bare) :] if bare else record
