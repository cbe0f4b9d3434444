"""What bench/ measures is what it says: the same work for all, the right ratios, every process counted. Never a time."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import ALL

pytestmark = pytest.mark.skipif(not ALL, reason="le banc\u00a0: avec ALSES_ENUMERATIONS=toutes")

BENCH = Path(__file__).resolve().parents[1] / "bench"
ROWS = 4_000


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
    """Two rows are of another year; two persons come twice alike, two otherwise: four rows go."""
    assert sorted(ours.found["rejections"].values()) == [2, 2, 4]
    assert ours.found["counts"]["prevention_specialisee/accompagnements/"] == ROWS - 2 - 2
    assert ours.found["counts"]["alses/sexe/filles"] > 400


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_yardstick_finds_the_same(bench, root, ours, engine):
    if find_spec(engine) is None:
        pytest.skip(f"{engine} n’est pas installé (requirements/bench.lock)\u00a0: rien à comparer")
    measure = bench("measure")
    other, cells = measure.run(engine, ROWS, root), list(ours.found["counts"])
    assert measure.differences(ours, other) == {}
    assert len(cells) > 200 and measure.digest(ours, cells) == measure.digest(other, cells)


def test_another_count_is_found(bench, ours):
    measure = bench("measure")
    found = {**ours.found, "counts": {**ours.found["counts"], "alses/sexe/filles": 1}, "ledger": {}}
    differences = measure.differences(ours, measure.Case("duckdb", ROWS, 1.0, 1.0, 1, found))
    assert differences["alses/sexe/filles"] == (ours.found["counts"]["alses/sexe/filles"], 1)
    assert "written otherwise: sexe" in differences


# --- a report, beside what a user types ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(bench, tmp_path_factory):
    return bench("project").copy_project(tmp_path_factory.mktemp("copie") / "projet")


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
