"""What bench/ measures is what it says: the same work for all, the right ratios, every process counted. Never a time."""

import os
import platform
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import nbformat
import pyarrow
import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
ROWS = 10_000


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


@pytest.fixture(scope="module")
def measure(bench):
    """The module of bench/ that runs and compares."""
    return bench("measure")


@pytest.fixture(scope="module")
def page(bench):
    return bench("page")


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
        pytest.skip(f"{engine} n’est pas installé (requirements/bench.lock)\u00a0: rien à comparer")
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


def test_the_page_holds_the_table_the_machine_and_how_often_it_was_measured(page, tmp_path, monkeypatch):
    file, (begin, end) = tmp_path / "performance.md", page.marks("reading")
    file.write_text(f"before\n{begin}old\n{end}after\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", file)
    page.write_table("reading", f"| rows |\n\n{page.machine(3, ['pyarrow', 'absent'])}")
    written = file.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith("after\n") and "old" not in written
    said = [f"{os.cpu_count()} processors", " GiB; ", f"Python {platform.python_version()}, pyarrow {pyarrow.__version__};"]
    assert all(word in written for word in [*said, "the median of 3 runs"])


def test_a_table_without_a_place_is_not_lost_in_silence(page, tmp_path, monkeypatch):
    file = tmp_path / "performance.md"
    file.write_text("text\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", file)
    with pytest.raises(SystemExit, match="no place for the table « reading »"):
        page.write_table("reading", "| rows |\n")
    assert file.read_text(encoding="utf-8") == "text\n"


def test_the_page_has_a_place_for_every_table(page):
    text = page.PAGE.read_text(encoding="utf-8")
    assert [text.count(mark) for name in ("reading", "engine") for mark in page.marks(name)] == [1, 1, 1, 1]


def test_reading_an_export_starts_without_a_solver_or_statistics():
    """Both take as long to load as ten thousand rows to read."""
    code = "import sys; from helpers import clean, indicators, data; print({'scipy', 'statsmodels'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


# --- a report, beside what a user types ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(bench):
    if os.name == "nt":
        pytest.skip("bench/engine.py compte les processus comme POSIX")
    return bench("engine")


@pytest.fixture(scope="module")
def shares(bench):
    if os.name == "nt":
        pytest.skip("bench/engine.py compte les processus comme POSIX")
    return bench("shares")


@pytest.fixture(scope="module")
def project(bench, engine, tmp_path_factory):
    return bench("project").copy_project(tmp_path_factory.mktemp("copie") / "projet")


def rounds_of(shares, *walls: dict[str, float]) -> list[dict]:
    """Rounds in which each case takes half as much of the processors as seconds."""
    return [{name: shares.Cost(wall, wall / 2) for name, wall in each.items()} for each in walls]


def test_a_share_is_the_median_of_those_of_each_round(shares):
    """A machine that is slow for a whole round must not count: the ratio of two medians would be 2/10 here."""
    rounds = rounds_of(shares, {"naive": 10, "whole": 1}, {"naive": 100, "whole": 30}, {"naive": 5, "whole": 2})
    assert shares.share(rounds, "whole", lambda cost: cost.wall) == 0.3
    assert shares.middle(rounds, "whole") == shares.Cost(2, 1)


def test_a_site_is_compared_with_a_site_and_a_case_without_its_like_with_nothing(shares):
    rounds = rounds_of(shares, {"naive": 100, "naive_site": 12, "site": 3}, {"site": 3})
    assert shares.share(rounds, "site", lambda cost: cost.wall) == 0.25
    assert shares.share(rounds, "whole", lambda cost: cost.wall) is None


@pytest.mark.parametrize(("found", "most", "said"), [
    (0.25, 0.25, "≤ 0.25: met"), (0.2501, 0.25, "≤ 0.25: **missed**"), (None, 0.25, "≤ 0.25: not measured"), (3.0, None, ""),
])  # fmt: skip
def test_an_aim_is_met_up_to_its_bound(shares, found, most, said):
    assert shares.verdict(found, most) == said


def test_the_aims_are_those_that_were_set(shares):
    aims = {name: (case.aim.time, case.aim.cpu, case.aim.seconds) for name, case in shares.CASES.items()}
    assert {name: aim for name, aim in aims.items() if any(aim)} == {
        "whole": (1 / 4, 0.45, None), "nothing": (None, None, 0.15), "notebook": (1 / 6, None, None), "warm": (1 / 12, None, None),
        "help": (None, None, 0.15), "site": (1 / 6, None, None),
    }  # fmt: skip


def test_the_table_of_reports_says_shares_aims_and_memory(shares):
    rounds = rounds_of(shares, {"naive": 40, "whole": 10, "nothing": 0.2, "raw": 8})
    rows = {line.split("|")[1].strip(" *"): [cell.strip() for cell in line.split("|")[2:-1]] for line in shares.table_of(rounds, {"whole": 640}).splitlines()}
    assert rows["the whole report, from nothing"] == ["10.00", "0.25", "≤ 0.25: met", "5.00", "0.25", "≤ 0.45: met", "640"]
    assert rows["nothing changed"] == ["0.20", "0.005", "≤ 0.15 s: **missed**", "0.10", "0.005", "", ""]
    assert rows["a raw file changed (`reunions.csv`)"] == ["8.00", "0.20", "", "4.00", "0.20", "", ""]
    assert len(rows) == 2 + 4


def test_every_case_is_measured_and_every_measure_is_a_case(engine, shares):
    assert set(engine.measures(sites=1, naive_sites=1)) == set(shares.CASES)


def test_a_machine_at_work_is_told(engine, monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (0.4, 9, 9))
    assert engine.busy() == ""
    monkeypatch.setattr(os, "getloadavg", lambda: (7.26, 0, 0))
    assert engine.busy() == "The machine was not quiet: 7.3 processes wanted a processor beforehand.\n"


def test_rounds_go_through_every_case_in_turn_and_the_heaviest_are_weighed_apart(engine):
    calls = []

    def case(name):
        def act(_project, *, is_weighed=False):
            calls.append((name, is_weighed))
            return engine.Cost(1, 1, 500 * is_weighed)

        return act

    how = {name: case(name) for name in ("naive", "whole", "nothing")}
    rounds, peaks = engine.measure(None, how, runs=2, is_weighed=True)
    assert [name for name, _ in calls] == ["naive", "whole", "nothing"] * 2 + ["naive", "whole"]
    assert (len(rounds), peaks, [is_weighed for _, is_weighed in calls][-2:]) == (2, {"naive": 500, "whole": 500}, [True, True])
    assert engine.measure(None, how, runs=1, is_weighed=False)[1] == {}


def test_what_is_typed_makes_every_notebook_then_every_page(bench):
    naive = bench("naive")
    typed = [" ".join([Path(command[0]).name, *command[1:]]) for command in naive.whole_report()]
    assert typed[0] == "papermill -k python3 notebooks/01_clean.ipynb executed/01_clean_2019.ipynb -p year 2019"
    assert typed[3] == "papermill -k python3 notebooks/03_compare.ipynb executed/03_compare.ipynb -p year 2020"
    assert typed[-1] == "jupyter nbconvert --to html --output-dir pages executed/04_themes.ipynb"
    assert [word.split()[0] for word in typed] == ["papermill"] * 5 + ["jupyter"] * 4
    assert len(naive.site_reports(["a", "b"])) == 2 * 3 * 2
    assert all(Path(command[0]).is_file() for command in naive.whole_report())


def test_a_copy_of_the_project_holds_what_a_run_needs_and_no_person(project):
    assert subprocess.run(
        [sys.executable, "-c", "from helpers import data, paths; print(paths.repository(), paths.data_root(), data.faults(2020))"],
        env=project.env, capture_output=True, encoding="utf-8", check=True,
    ).stdout == f"{project.root} {project.root} []\n"  # fmt: skip
    assert list((project.root / "src").rglob("*.pyc"))
    assert [path for path in (project.root / "data").rglob("*") if path.name.casefold().startswith("accompagnement")] == []


def test_each_change_is_one_that_no_round_made_before(project):
    kinds = ("change_notebook", "change_raw", "change_helper")
    for kind in kinds:
        states = [project.state()]
        for _ in range(2):
            getattr(project, kind)()
            states.append(project.state())
        changed = [{name for name, _ in one.items() ^ other.items()} for one, other in pairwise(states)]
        assert changed[0] == changed[1] and len(changed[0]) == 1, kind
    year = "from helpers import data; assert data.faults(2020) == []; from helpers.analysis import share_tests; print(share_tests.ESSAI_6)"
    done = subprocess.run([sys.executable, "-c", year], env=project.env, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "0\n"
    nbformat.validate(nbformat.read(project.root / "notebooks/03_compare.ipynb", as_version=4))


# A process that leaves another behind, which works and holds memory after it has ended.
LEAVES = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; kept = bytearray(80_000_000); "
    "end = time.process_time() + 0.3\\nwhile time.process_time() < end: pass'], start_new_session=True)"
)


@pytest.mark.skipif(sys.platform != "linux", reason="ailleurs que sous Linux, ce qu’un processus laisse derrière lui n’est pas compté")
def test_what_a_command_leaves_behind_is_counted_and_waited_for(tmp_path):
    """In a process of its own: whoever counts waits for every child that it has."""
    code = (
        "import os, sys; from pathlib import Path; import watched\n"
        f"cost = watched.cost_of([[sys.executable, '-c', {LEAVES!r}]], cwd=Path(sys.argv[1]), env=dict(os.environ))\n"
        "print(cost.cpu >= 0.3, cost.cpu < 3, cost.peak)"
    )
    counted = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=BENCH, capture_output=True, encoding="utf-8", check=True)
    assert counted.stdout == "True True 0\n"


@pytest.mark.skipif(sys.platform != "linux", reason="la mémoire partagée ne se compte que sous Linux")
def test_memory_is_that_of_a_command_with_those_that_it_starts(tmp_path):
    held = "import time; kept = bytearray(80_000_000); time.sleep(1)"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    code = (
        "import os, sys; from pathlib import Path; import watched\n"
        f"print(watched.cost_of([[sys.executable, '-c', {starts!r}]], cwd=Path(sys.argv[1]), env=dict(os.environ), is_weighed=True).peak)"
    )
    weighed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=BENCH, capture_output=True, encoding="utf-8", check=True)
    assert 76 <= int(weighed.stdout) < 160


@pytest.mark.skipif(os.name == "nt", reason="bench/engine.py compte les processus comme POSIX")
def test_a_command_that_fails_stops_the_measure_with_its_words(tmp_path):
    code = "import os, sys; from pathlib import Path; import watched; watched.cost_of([[sys.executable, '-c', 'import absent']], cwd=Path(sys.argv[1]), env=dict(os.environ))"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=BENCH, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1 and "exit code 1" in done.stderr and "No module named 'absent'" in done.stderr
