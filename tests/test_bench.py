"""The yardsticks of bench/ do the same work as the project: the same persons, counts and rows left out, cell by cell."""

import os
import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow
import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
ROWS = 10_000


@pytest.fixture(scope="module")
def measure():
    """The module of bench/ that runs and compares."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCH))
        import measure

        yield measure
    for name in ("measure", "same_work", "make_export", "answers"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def root(measure, tmp_path_factory) -> Path:
    return measure.make(ROWS, tmp_path_factory.mktemp("bench") / "racine")


@pytest.fixture(scope="module")
def ours(measure, root):
    return measure.run("ours", ROWS, root)


def test_our_own_case_counts_what_was_drawn_and_leaves_out_what_was_planted(ours):
    """One row in 2 000 for each of five faults; five persons come twice alike, five otherwise: ten rows go."""
    assert sorted(ours.found["rejections"].values()) == [5, 5, 5, 5, 5, 5, 10]
    assert ours.found["counts"]["prevention_specialisee/accompagnements/"] == ROWS - 25 - 5
    assert ours.found["counts"]["alses/sexe/filles"] > 1000


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_yardstick_finds_the_same(measure, root, ours, engine):
    if find_spec(engine) is None:
        pytest.skip(f"{engine} n’est pas installé (requirements-bench.lock)\u00a0: rien à comparer")
    other = measure.run(engine, ROWS, root)
    assert measure.differences(ours, other) == {}
    cells = list(ours.found["counts"])
    assert len(cells) > 250
    assert measure.digest(ours, cells) == measure.digest(other, cells)


def test_another_count_is_told(measure, ours):
    found = {**ours.found, "counts": {**ours.found["counts"], "alses/sexe/filles": 1}, "ledger": {}}
    told = measure.differences(ours, measure.Case("duckdb", ROWS, 1.0, 1.0, 1, found))
    assert told["alses/sexe/filles"] == (ours.found["counts"]["alses/sexe/filles"], 1)
    assert "written otherwise: sexe" in told


def test_what_we_fold_together_is_added_up(measure):
    counts = {"alses/niveau/6e/sexe=filles": 2, "alses/niveau/5e/sexe=filles": 3, "alses/sexe/filles": 4, "alses/sexe/garcons": 5}
    assert measure.looked_up(counts, "alses/niveau/6e+5e/sexe=filles") == 5
    assert measure.looked_up(counts, "alses/sexe/filles+garcons") == 9
    assert measure.looked_up(counts, "alses/sexe/inconnu") == 0


def test_the_table_gives_ratios_and_the_power_of_the_rows(measure):
    found = {"counts": {"alses/accompagnements/": 3}, "ledger": {}, "rejections": {}}
    cases = [
        measure.Case("ours", 1000, 1.0, 1.5, 100, found), measure.Case("duckdb", 1000, 2.0, 1.5, 100, found),
        measure.Case("ours", 10_000, 10.0, 15, 900, found),
    ]  # fmt: skip
    lines = measure.table_of(cases).splitlines()[2:]
    assert [line.split("|")[3:8] for line in lines] == [
        [" 1.00 ", " 1.00 ", " 1.50 ", " 100 ", "  "],
        [" 2.00 ", " 2.00 ", " 1.50 ", " 100 ", "  "],
        [" 10.00 ", " 1.00 ", " 15.00 ", " 900 ", " 1.00 "],
    ]


def test_the_page_holds_the_table_the_machine_and_how_often_it_was_measured(measure, tmp_path, monkeypatch):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{measure.BEGIN}old\n{measure.END}after\n", encoding="utf-8")
    monkeypatch.setattr(measure, "PAGE", page)
    measure.write_table(f"| rows |\n\n{measure.machine(3)}")
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith("after\n") and "old" not in written
    said = [f"{os.cpu_count()} processors", " GiB; ", f"Python {platform.python_version()}", f"pyarrow {pyarrow.__version__}"]
    assert all(word in written for word in [*said, "the median of 3 runs"])


def test_reading_an_export_starts_without_a_solver_or_statistics():
    """Both take as long to load as ten thousand rows to read."""
    code = "import sys; from helpers import clean, indicators, store; print({'scipy', 'statsmodels'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
