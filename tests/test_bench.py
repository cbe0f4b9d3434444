"""What bench/ measures is what it says: the same work for all, the right ratios, every process counted. Never a time."""

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
ROWS = 10_000
POSIX = pytest.mark.skipif(os.name == "nt", reason="bench/engine.py compte les processus comme POSIX")


@pytest.fixture(scope="module")
def bench():
    """Imports a module of bench/, none of which stays."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCH))
        yield import_module
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == BENCH:
            del sys.modules[name]


# --- reading an export -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(bench, tmp_path_factory) -> Path:
    return bench("measure").make(ROWS, tmp_path_factory.mktemp("bench") / "racine")


@pytest.fixture(scope="module")
def ours(bench, root):
    return bench("measure").run("ours", ROWS, root)


def test_our_own_case_counts_what_was_drawn_and_leaves_out_what_was_planted(ours):
    """One row in 2 000 is of another year; five persons come twice alike, five otherwise: ten rows go."""
    assert sorted(ours.found["rejections"].values()) == [5, 5, 10]
    assert ours.found["counts"]["prevention_specialisee/accompagnements/"] == ROWS - 5 - 5
    assert ours.found["counts"]["alses/sexe/filles"] > 1000


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_yardstick_finds_the_same(bench, root, ours, engine):
    if find_spec(engine) is None:
        pytest.skip(f"{engine} n’est pas installé (requirements/bench.lock)\u00a0: rien à comparer")
    measure = bench("measure")
    other, cells = measure.run(engine, ROWS, root), list(ours.found["counts"])
    assert measure.differences(ours, other) == {}
    assert len(cells) > 250 and measure.digest(ours, cells) == measure.digest(other, cells)


def test_another_count_is_found(bench, ours):
    measure = bench("measure")
    found = {**ours.found, "counts": {**ours.found["counts"], "alses/sexe/filles": 1}, "ledger": {}}
    differences = measure.differences(ours, measure.Case("duckdb", ROWS, 1.0, 1.0, 1, found))
    assert differences["alses/sexe/filles"] == (ours.found["counts"]["alses/sexe/filles"], 1)
    assert "written otherwise: sexe" in differences


def test_what_we_fold_together_is_added_up(bench):
    looked_up = bench("measure").looked_up
    counts = {"alses/niveau/6e/sexe=filles": 2, "alses/niveau/5e/sexe=filles": 3, "alses/sexe/filles": 4, "alses/sexe/garcons": 5}
    cells = ("alses/niveau/6e+5e/sexe=filles", "alses/sexe/filles+garcons", "alses/sexe/inconnu")
    assert [looked_up(counts, cell) for cell in cells] == [5, 9, 0]


def test_a_table_goes_to_its_place_in_the_page_and_one_without_a_place_is_refused(bench, tmp_path, monkeypatch):
    page, file = bench("page"), tmp_path / "performance.md"
    text = page.PAGE.read_text(encoding="utf-8")
    assert [text.count(mark) for name in ("reading", "engine") for mark in page.marks(name)] == [1, 1, 1, 1]
    begin, end = page.marks("reading")
    file.write_text(f"before\n{begin}old\n{end}after\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", file)
    page.write_table("reading", f"| rows |\n\n{page.machine(3, ['pyarrow', 'absent'])}")
    written = file.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith("after\n") and "old" not in written and "the median of 3 runs" in written
    with pytest.raises(SystemExit, match="no place for the table « engine »"):
        page.write_table("engine", "| rows |\n")
    assert file.read_text(encoding="utf-8") == written


# --- a report, beside what a user types ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shares(bench):
    return bench("shares")


@pytest.fixture(scope="module")
def project(bench, tmp_path_factory):
    return bench("project").copy_project(tmp_path_factory.mktemp("copie") / "projet")


def rounds_of(shares, *walls: dict[str, float]) -> list[dict]:
    """Rounds in which each case takes half as much of the processors as seconds."""
    return [{name: shares.Cost(wall, wall / 2) for name, wall in each.items()} for each in walls]


@POSIX
def test_a_share_is_the_median_of_those_of_each_round_with_its_like(shares):
    """A machine that is slow for a whole round must not count: the ratio of two medians would be 2/10 here."""
    rounds = rounds_of(shares, {"naive": 10, "whole": 1}, {"naive": 100, "whole": 30}, {"naive": 5, "whole": 2})
    assert shares.share(rounds, "whole", lambda cost: cost.wall) == 0.3
    assert shares.middle(rounds, "whole") == shares.Cost(2, 1)
    rounds = rounds_of(shares, {"naive": 100, "naive_site": 12, "site": 3}, {"site": 3})
    assert shares.share(rounds, "site", lambda cost: cost.wall) == 0.25
    assert shares.share(rounds, "whole", lambda cost: cost.wall) is None


@POSIX
def test_an_aim_is_met_up_to_its_bound_and_the_table_says_it(bench, shares):
    assert set(bench("engine").measures(sites=1, naive_sites=1)) == set(shares.CASES)
    cases = ((0.25, 0.25, "≤ 0.25: met"), (0.2501, 0.25, "≤ 0.25: **missed**"), (None, 0.25, "≤ 0.25: not measured"), (3.0, None, ""))
    assert [shares.verdict(found, most) for found, most, _ in cases] == [text for *_, text in cases]
    rounds = rounds_of(shares, {"naive": 40, "whole": 10, "nothing": 0.2})
    rows = {line.split("|")[1].strip(" *"): [cell.strip() for cell in line.split("|")[2:-1]] for line in shares.table_of(rounds, {"whole": 640}).splitlines()}
    assert rows["the whole report, from nothing"] == ["10.00", "0.25", "≤ 0.25: met", "5.00", "0.25", "≤ 0.45: met", "640"]
    assert rows["nothing changed"] == ["0.20", "0.005", "≤ 0.15 s: **missed**", "0.10", "0.005", "", ""]


def test_a_copy_of_the_project_holds_no_person_and_each_change_is_one_that_no_round_made_before(project):
    assert [path for path in (project.root / "data").rglob("*") if path.name.casefold().startswith("accompagnement")] == []
    for kind in ("change_notebook", "change_raw", "change_helper"):
        states = [project.state()]
        for _ in range(2):
            getattr(project, kind)()
            states.append(project.state())
        changed = [{name for name, _ in one.items() ^ other.items()} for one, other in pairwise(states)]
        assert changed[0] == changed[1] and len(changed[0]) == 1, kind
    code = "from helpers import data, paths; print(paths.data_root(), data.faults(2020)); from helpers.analysis import share_tests; print(share_tests.ESSAI_6)"
    done = subprocess.run([sys.executable, "-c", code], env=project.env, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == f"{project.root} []\n0\n"


def cost_of(code: str, folder: Path, *, weighed: bool = False) -> subprocess.CompletedProcess:
    """What `watched` counts of a command, in a process of its own: whoever counts waits for every child that it has."""
    script = (
        "import os, sys; from pathlib import Path; import watched\n"
        f"cost = watched.cost_of([[sys.executable, '-c', {code!r}]], cwd=Path(sys.argv[1]), env=dict(os.environ), is_weighed={weighed})\n"
        "print(cost.cpu, cost.peak)"
    )
    return subprocess.run([sys.executable, "-c", script, str(folder)], cwd=BENCH, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="ailleurs que sous Linux, ce qu’un processus laisse derrière lui n’est pas compté")
def test_what_a_command_leaves_behind_is_counted_and_memory_is_that_of_all_its_processes(tmp_path):
    work = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    leaves = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}], start_new_session=True)"
    cpu, peak = map(float, cost_of(leaves, tmp_path).stdout.split())
    assert 0.3 <= cpu < 3 and peak == 0
    held = "import time; kept = bytearray(80_000_000); time.sleep(1)"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    assert 76 <= float(cost_of(starts, tmp_path, weighed=True).stdout.split()[1]) < 160


@POSIX
def test_a_command_that_fails_stops_the_measure_with_its_words(tmp_path):
    done = cost_of("import absent", tmp_path)
    assert done.returncode == 1 and "exit code 1" in done.stderr and "No module named 'absent'" in done.stderr
