"""How long it takes to process an export, compared with two yardsticks: ``measure.py [--rows 1e4 1e5 1e6 1e7]``.

For each size an export is made in a temporary folder, then our code, DuckDB and Polars each treat it in a process of
their own, in turn. They must find the same counts, or nothing is written. What is compared is ratios taken in one run:
seconds change with the machine and with what else it does.
"""

import argparse
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from page import machine, write_table

BENCH = Path(__file__).resolve().parent
OURS = "ours"
ENGINES = {OURS: "this project", "duckdb": "DuckDB", "polars": "Polars"}
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
FOLDED = "+"
# The libraries on which the times depend.
LIBRARIES = ("pyarrow", "numpy", "pandas", "duckdb", "polars")


@dataclass(frozen=True)
class Case:
    """One run on one export: wall time, CPU time, peak memory in MiB, and the results."""

    engine: str
    rows: int
    wall: float
    cpu: float
    peak: int
    found: dict


def present() -> list[str]:
    """The engines that can run here: ours, and the yardsticks that are installed."""
    return [name for name in ENGINES if name == OURS or find_spec(name)]


def make(rows: int, folder: Path) -> Path:
    """The data root that holds an export of so many rows, made in a process of its own."""
    command = [sys.executable, str(BENCH / "make_export.py"), str(rows), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def run(engine: str, rows: int, folder: Path) -> Case:
    """Processes the export of a data root in a process of its own, imports included."""
    script = BENCH / (f"{OURS}.py" if engine == OURS else f"yardstick_{engine}.py")
    command = [sys.executable, str(script), str(folder)]
    if hasattr(os, "sync"):
        os.sync()  # what the process before left for the disk is not this one's work
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    wall = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{engine}, {rows} rows: {done.stderr.strip()}")
    found = json.loads(done.stdout)
    return Case(engine, rows, wall, found.pop("cpu"), found.pop("peak"), found)


def looked_up(counts: dict[str, int], cell: str) -> int:
    """The count of one of our cells by a yardstick: categories that we merge to hide small counts are added up."""
    if cell in counts:
        return counts[cell]
    *kept, answer = cell.split("/") if "=" not in cell else cell.rsplit("/", 2)
    if "=" not in cell:
        return sum(counts.get("/".join([*kept, each]), 0) for each in answer.split(FOLDED))
    start, answers = kept
    question, _, crossed = answer.partition("=")
    pairs = ((one, other) for one in answers.split(FOLDED) for other in crossed.split(FOLDED))
    return sum(counts.get(f"{start}/{one}/{question}={other}", 0) for one, other in pairs)


def digest(case: Case, cells: list[str]) -> str:
    """A twelve-character digest of the counts of our cells and of the rejected rows."""
    counts = {cell: looked_up(case.found["counts"], cell) for cell in sorted(cells)}
    out = sorted(case.found["rejections"].values())
    changed = sorted((column, number) for column, number in case.found["ledger"].items() if number)
    return hashlib.sha256(json.dumps([counts, out, changed]).encode()).hexdigest()[:12]


def differences(ours: Case, other: Case) -> dict[str, tuple]:
    """The cells that a yardstick counts otherwise, and the rows rejected or written otherwise."""
    cells = {cell: (count, looked_up(other.found["counts"], cell)) for cell, count in ours.found["counts"].items()}
    found = {cell: pair for cell, pair in cells.items() if pair[0] != pair[1]}
    for column in ours.found["ledger"].keys() | other.found["ledger"].keys():
        pair = tuple(case.found["ledger"].get(column, 0) for case in (ours, other))
        if pair[0] != pair[1]:
            found[f"written otherwise: {column}"] = pair
    out = tuple(sorted(case.found["rejections"].values()) for case in (ours, other))
    return found if out[0] == out[1] else {**found, "left out": out}


def measure(rows: int, *, repeat: int, folder: Path | None) -> list[Case]:
    """Every engine on one size, the median of ``repeat`` rounds; the counts are compared."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        root = make(rows, Path(place) / "racine")
        cases = [[run(engine, rows, root) for engine in present()] for _ in range(repeat)]
    ours = cases[0][0]
    for other in cases[0][1:]:
        if different := differences(ours, other):
            raise SystemExit(f"{rows} rows: {other.engine} counts otherwise: {different}")
    return [
        Case(
            each[0].engine, rows, median(case.wall for case in each), median(case.cpu for case in each),
            max(case.peak for case in each), each[0].found,
        )
        for each in zip(*cases, strict=True)
    ]  # fmt: skip


def exponent(small: Case, large: Case) -> float:
    """The exponent of the time as a power of the number of rows, between two sizes."""
    return math.log(large.wall / small.wall) / math.log(large.rows / small.rows)


def table_of(cases: list[Case]) -> str:
    """The Markdown table: one row a size and an engine."""
    lines = [
        "| rows | engine | time, s | against ours | processors, s | memory, MiB | exponent | counts |",
        "|---:|---|---:|---:|---:|---:|---:|---|",
    ]
    ours = {case.rows: case for case in cases if case.engine == OURS}
    before: dict[str, Case] = {}
    for case in cases:
        power = f"{exponent(before[case.engine], case):.2f}" if case.engine in before else ""
        cells = list(ours[case.rows].found["counts"])
        lines.append(
            f"| {case.rows:,} | {ENGINES[case.engine]} | {case.wall:.2f} | {case.wall / ours[case.rows].wall:.2f} "
            f"| {case.cpu:.2f} | {case.peak} | {power} | `{digest(case, cells)}` |"
        )
        before[case.engine] = case
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Measures, prints the table, and writes it in the page when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=SIZES)
    parser.add_argument("--repeat", type=int, default=1, help="runs of each case, of which the median is told")
    parser.add_argument("--folder", type=Path, help="where exports are made for a while (2 GB for 1e7 rows)")
    parser.add_argument("--write", action="store_true", help="put the table in docs/performance.md")
    given = parser.parse_args(arguments)
    cases = []
    for rows in given.rows:
        for case in measure(rows, repeat=given.repeat, folder=given.folder):
            cases.append(case)
            told = f"{rows:>10} {case.engine:8} {case.wall:7.2f} s {case.peak:5} MiB"
            sys.stderr.write(f"{told} {case.found['phases']}\n")
    table = f"{table_of(cases)}\n{machine(given.repeat, LIBRARIES)}"
    sys.stdout.write(table)
    if given.write:
        write_table("reading", table)


if __name__ == "__main__":
    main(sys.argv[1:])
