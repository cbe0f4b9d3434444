"""Exports damaged at random: never an exception, and each physical row is read, refused or counted as blank."""

import csv
import io
import random

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers import data, paths
from helpers.data import text_scan
from helpers.data.text_files import BLANK
from helpers.schema import DataError
from received import HEADER, ROWS, YEAR, Read, prepare, text_of

PIECES = [b";", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xe9", b"\x8f", b"\xc3", b"\xef\xbb\xbf", b";;", b",", b"\t", b" ", b"#REF!", b"NA"]
ABOVE, SAID = "lignes au-dessus des titres, laissées de côté", "première ligne « sep= », lue comme séparateur"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return prepare(tmp_path, monkeypatch)


def clean_rows(draw: random.Random) -> list[list[str]]:
    made = [[*draw.choice(ROWS)] for _ in range(12)]
    for number, row in enumerate(made):
        row[0], row[2] = f"P{number}", draw.choice(["Horizon", "a;b", "c\nd", 'e "f"', "été"])
    return made


def swapped(draw: random.Random, rows: list[list[str]]) -> list[list[str]]:
    """Cells and rows moved, dropped, doubled, emptied."""
    for _ in range(draw.randint(1, 4)):
        row = draw.choice(rows)
        action = draw.randrange(7)
        if action == 0 and row:
            del row[draw.randrange(len(row))]
        elif action == 1:
            row.insert(draw.randint(0, len(row)), draw.choice(["", "x", "#N/A", "\n"]))
        elif action == 2:
            rows.insert(draw.randint(0, len(rows)), draw.choice([[], [""], ["", ""], [*HEADER], ["Total", "12"], [*row]]))
        elif action == 3:
            rows.remove(row)
            rows = rows or [[""]]
        elif action == 4 and row:
            row[draw.randrange(len(row))] = draw.choice(["", " ", "x" * 300, "\u202e", "é\u0301", "=1+1", "1e400"])
        elif action == 5:
            draw.shuffle(row)
        else:
            rows.reverse()
    return rows


def damaged(draw: random.Random, content: bytes) -> bytes:
    """Bytes changed, dropped, put in, or the end cut off."""
    out = bytearray(content)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(out) or 1)
        action = draw.randrange(4)
        if action == 0 and out:
            out[at : at + 1] = bytes([draw.randrange(256)])
        elif action == 1:
            out[at:at] = draw.choice(PIECES)
        elif action == 2:
            del out[at : at + draw.randint(1, 5)]
        elif draw.random() < 0.3:
            del out[at:]
    return bytes(out)


def outcome() -> Read | None:
    """All that was read; None when the year, or a part of it, cannot be used and says why in one sentence."""
    received = data.receive(YEAR)
    assert all(isinstance(fault, DataError) and "\n" not in str(fault) for fault in received.faults)
    if received.faults:
        return None
    try:
        return Read()
    except DataError:
        return None


def physical_rows(content: bytes) -> set[int]:
    """How many rows a second reader finds, under each delimiter."""
    codec = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        text = content.decode("mac_roman")
    return {len(list(csv.reader(io.StringIO(text, newline=""), delimiter=each))) for each in ";,\t|"}


@pytest.mark.parametrize("group", range(10))
def test_a_damaged_text_is_read_row_by_row_or_refused(group, monkeypatch):
    monkeypatch.setattr(text_scan, "BLOCK_BYTES", 257)
    monkeypatch.setattr(text_scan, "RANGE_BYTES", 257)
    usable = 0
    for seed in range(group * 24, group * 24 + 24):
        draw = random.Random(seed)
        rows = clean_rows(draw)
        rows = swapped(draw, rows) if draw.random() < 0.5 else rows
        content = text_of(rows, end=draw.choice(["\n", "\r\n", "\r"])).encode(draw.choice(["utf-8", "utf-8", "cp1252", "utf-16"]), errors="replace")
        content = damaged(draw, content) if draw.random() < 0.7 else content
        (paths.raw(YEAR) / "accompagnements.csv").write_bytes(content)
        read = outcome()
        if read is not None:
            usable += 1
            counted = len(read.lines) + len(read.refused) + read.changes[BLANK] + read.changes[ABOVE] + read.changes[SAID] + 1
            assert counted in physical_rows(content), seed
            assert sorted(read.lines) == read.lines and len(set(read.lines)) == len(read.lines), seed
    assert usable > 5


def workbook() -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in [HEADER, *ROWS]:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({name: [row[place] for row in ROWS] for place, name in enumerate(HEADER)}), out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "make"), [("accompagnements.xlsx", workbook), ("accompagnements.parquet", parquet)])
def test_a_damaged_workbook_or_parquet_is_read_or_refused(name, make):
    content = make()
    for seed in range(40):
        (paths.raw(YEAR) / name).write_bytes(damaged(random.Random(seed), content))
        read = outcome()
        assert read is None or len(read.lines) + read.changes[BLANK] <= len(ROWS), seed


def test_rows_of_a_workbook_moved_at_random_are_all_accounted_for():
    for seed in range(30):
        rows = swapped(random.Random(seed), clean_rows(random.Random(seed)))
        made = openpyxl.Workbook()
        for row in [HEADER, *rows]:
            made.active.append([cell.replace("\u202e", "") or None for cell in row])
        made.save(paths.raw(YEAR) / "accompagnements.xlsx")
        read = outcome()
        if read is not None:
            full = [place + 2 for place, row in enumerate(rows) if any(cell.strip() for cell in row)]
            assert read.lines == full, seed
