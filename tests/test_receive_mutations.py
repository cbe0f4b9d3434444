"""Text exports damaged at random: never an exception, and each physical row is read, refused or counted as blank.

Two dozen; ten times as many when ``ALSES_ENUMERATIONS=toutes`` is in the environment.
"""

import csv
import io
import random

import pytest

from conftest import ALL
from export_mutations import damaged
from helpers import data, paths
from helpers.data import text_files
from helpers.data.titles import BLANK
from helpers.schema import DataError
from received import HEADER, ROWS, YEAR, Read, prepare, text_of

ABOVE, SAID = "lignes au-dessus des titres, laissées de côté", "première ligne « sep= », lue comme séparateur"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return prepare(tmp_path, monkeypatch)


def swapped(draw: random.Random) -> list[list[str]]:
    """A dozen rows, then cells and rows moved, dropped, doubled, emptied."""
    rows = [[*draw.choice(ROWS)] for _ in range(12)]
    for number, row in enumerate(rows):
        row[0], row[2] = f"P{number}", draw.choice(["Horizon", "a;b", "c\nd", 'e "f"', "été"])
    for _ in range(draw.choice((0, 1, 2, 4))):
        row, action = draw.choice(rows), draw.randrange(7)
        if action == 0 and row:
            del row[draw.randrange(len(row))]
        elif action == 1:
            row.insert(draw.randint(0, len(row)), draw.choice(["", "x", "#N/A", "\n"]))
        elif action == 2:
            rows.insert(draw.randint(0, len(rows)), draw.choice([[], [""], ["", ""], [*HEADER], ["Total", "12"], [*row]]))
        elif action == 3:
            rows.remove(row)
        elif action == 4 and row:
            row[draw.randrange(len(row))] = draw.choice(["", " ", "x" * 300, "\u202e", "é\u0301", "=1+1", "1e400"])
        elif action == 5:
            draw.shuffle(row)
        else:
            rows.reverse()
    return rows


def outcome() -> Read | None:
    """All that was read; None when the year, or a part of it, cannot be used and says why in one sentence."""
    received = data.receive(YEAR)
    assert all(isinstance(fault, DataError) and "\n" not in str(fault) for fault in received.faults)
    try:
        return None if received.faults else Read()
    except DataError:
        return None


def physical_rows(content: bytes) -> set[int]:
    """How many rows a second reader finds, under each delimiter."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("mac_roman")
    return {len(list(csv.reader(io.StringIO(text, newline=""), delimiter=each))) for each in ";,\t|"}


@pytest.mark.parametrize("group", range(10 if ALL else 1))
def test_a_damaged_text_is_read_row_by_row_or_refused(group, monkeypatch):
    monkeypatch.setattr(text_files, "_BLOCK_BYTES", 257)
    usable = 0
    for seed in range(group * 24, group * 24 + 24):
        draw = random.Random(seed)
        text = text_of(swapped(draw), end=draw.choice(["\n", "\r\n", "\r"]))
        content = text.encode(draw.choice(["utf-8", "utf-8", "cp1252", "utf-16"]), errors="replace")
        content = damaged(draw, content, most=3) if draw.random() < 0.7 else content
        (paths.raw(YEAR) / "accompagnements.csv").write_bytes(content)
        if read := outcome():
            usable += 1
            counted = len(read.lines) + len(read.refused) + read.changes[BLANK] + read.changes[ABOVE] + read.changes[SAID] + 1
            assert counted in physical_rows(content), seed
            assert sorted(set(read.lines)) == read.lines, seed
    assert usable > 5
