"""Exports as people send them: each is counted right, or refused in words; no row and no secret is lost.

Half of the mutations in one format, and ten exports damaged at random. In all formats, and of two thousand those that differ,
when ``ALSES_ENUMERATIONS=toutes`` is in the environment.
"""

import itertools
import time

import pytest

from conftest import ALL, some
from export_judge import drop, judge, outcome, persons_of, prepare, secrets_of
from export_mutations import FORMATS, MUTATIONS, YEAR, mutate
from helpers import cli


def seeds_that_differ(count: int) -> list[int]:
    """Of so many first seeds, those that put two mutations together for the first time in a format, or one in it."""
    tried, out = set(), []
    for seed in range(count):
        draft, names, _ = mutate(seed)
        drawn = {(draft.form, frozenset(each)) for size in (1, 2) for each in itertools.combinations(names, size)}
        if drawn - tried:
            tried |= drawn
            out.append(seed)
    return out


SEEDS = seeds_that_differ(2000) if ALL else list(range(4))
# Checking a whole year takes as long as ten readings: one export in ten.
CHECKED = 10
# Far above what any of them takes, far below what anybody would wait.
MOST_SECONDS = 10
CASES = [
    pytest.param(each, form, id=f"{each.name}-{form}")
    for number, each in enumerate(MUTATIONS)
    for form in (each.forms if ALL else [each.forms[number % len(each.forms)]])
]


@pytest.fixture(autouse=True, scope="module")
def project(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        prepare(tmp_path_factory.mktemp("exports") / "un projet été", patch)
        yield


@pytest.mark.parametrize(("mutation", "form"), some(CASES, 10))
def test_a_case_is_counted_right_or_refused_in_words(mutation, form):
    draft, _, clean = mutate(7, form=form, chosen=[mutation])
    judge(draft, clean)


@pytest.mark.parametrize("seed", range(12 if ALL else 1))
def test_persons_above_a_better_row_of_titles_are_not_a_letterhead(seed):
    names = ("title_misspelt", "two_exports_end_to_end")
    draft, _, clean = mutate(seed, form="csv", chosen=[each for each in MUTATIONS if each.name in names])
    judge(draft, clean)


@pytest.mark.parametrize("first", range(0, len(SEEDS), CHECKED))
def test_a_damaged_export_is_counted_right_or_refused_in_words(first, capsys):
    for seed in SEEDS[first : first + CHECKED]:
        draft, names, clean = mutate(seed)
        start = time.process_time()  # other work on the machine does not count
        print(f"seed {seed}, {draft.form}, {names}")  # pytest shows it if the judge refuses
        judge(draft, clean)
        assert time.process_time() - start < MOST_SECONDS, (seed, names)
    capsys.readouterr()
    code = cli.main(["check", "--year", str(YEAR)])
    shown = capsys.readouterr()
    assert code == (2 if draft.stops else 0) or (draft.is_blind and code == 2), (names, shown.err)
    assert bool(shown.err) == (code == 2) and "Traceback" not in shown.out + shown.err
    assert not [secret for secret in secrets_of(clean) if secret in shown.out + shown.err]
    assert all(line.rstrip().endswith((".", ")")) for line in shown.err.splitlines())


@pytest.mark.parametrize("form", FORMATS)
def test_the_good_export_is_kept_whole_and_nothing_is_said_of_it(form):
    draft, _, _ = mutate(1, form=form, chosen=[])
    drop(draft)
    received, cleaned = outcome()
    assert (cleaned.read, len(persons_of(cleaned)), len(cleaned.rejected)) == (60, 60, 0)
    assert received.faults == cleaned.faults == []
    assert set(cleaned.ledger["regle"]) == {
        "colonnes hors liste, laissées de côté : 3",
        "association inconnue de reference/associations.csv : gardée sous son nom",
    }
