"""Two thousand exports damaged at random: each is counted right, or refused in words; no row and no secret is lost.

A hundred run with the other tests; all of them when ``ALSES_ENUMERATIONS=toutes`` is in the environment.
"""

import os
import random
import time

import pytest

from export_judge import drop, judge, outcome, persons_of, prepare, registers, secrets_of
from export_mutations import FORMATS, MUTATIONS, YEAR, clean_rows, mutate
from helpers import cli

BLOCK = 50
BLOCKS = 40 if os.environ.get("ALSES_ENUMERATIONS") == "toutes" else 2
# A whole year's check takes as much time as ten readings: one export in ten goes through it.
CHECKED = 10
# Far above what any of them takes (0,1 s on the machine of the authors), far below what anybody would wait.
MOST_SECONDS = 10


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    prepare(tmp_path / "un projet été", monkeypatch)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_damaged_export_is_counted_right_or_refused_in_words(block):
    given = registers()
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        draft, names, clean = mutate(seed)
        start = time.monotonic()
        try:
            judge(draft, clean, given)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {draft.form}, {names}: {error}") from error
        assert time.monotonic() - start < MOST_SECONDS, (seed, names)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_check_tells_a_damaged_export_in_sentences(block, capsys):
    for seed in range(block * BLOCK, (block + 1) * BLOCK, CHECKED):
        draft, names, clean = mutate(seed)
        drop(draft)
        code = cli.main(["check", "--year", str(YEAR)])
        shown = capsys.readouterr()
        assert code == (2 if draft.stops else 0) or (draft.is_blind and code == 2), (seed, names, shown.err)
        assert bool(shown.err) == (code == 2), (seed, names)
        told = shown.out + shown.err
        assert not [secret for secret in secrets_of(clean) if secret in told], (seed, names)
        assert "Traceback" not in told and all(line.rstrip().endswith((".", ")")) for line in shown.err.splitlines())


@pytest.mark.parametrize("form", FORMATS)
def test_the_good_export_is_kept_whole_and_nothing_is_said_of_it(form):
    draft, _, clean = mutate(1, form=form, chosen=[])
    judge(draft, clean, registers())
    received, cleaned = outcome(registers())
    assert (cleaned.read, len(persons_of(cleaned)), received.faults, cleaned.faults, len(cleaned.rejected)) == (
        60,
        60,
        [],
        [],
        0,
    )
    assert set(cleaned.ledger["regle"]) == {
        "colonnes hors liste, laissées de côté : 3",
        "association inconnue de reference/associations.csv : gardée sous son nom",
    }


def test_the_judge_sees_a_row_lost_a_figure_changed_and_a_secret_told():
    """What the two thousand rest on: a reader that went wrong would be seen."""
    draft, _, clean = mutate(1, form="csv", chosen=[])
    given = registers()
    first = next(iter(clean.values()))
    with pytest.raises(AssertionError, match="P-1"):
        judge(draft, {**clean, "P-1": {**first, "identifiant": "P-1"}}, given)
    with pytest.raises(AssertionError, match="garcons"):
        judge(draft, {who: {**row, "sexe": "filles"} for who, row in clean.items()}, given)
    with pytest.raises(AssertionError, match="colonnes hors liste"):
        judge(draft, {who: {**row, "observations": "colonnes hors liste"} for who, row in clean.items()}, given)


def test_every_mutation_is_drawn_and_no_two_have_one_name():
    drawn = {name for seed in range(2000) for name in mutate(seed)[1]}
    assert drawn == {each.name for each in MUTATIONS} and len(drawn) == len(MUTATIONS)


def test_persons_of_the_good_export_all_differ():
    rows = clean_rows(random.Random(1))
    assert len({row["identifiant"] for row in rows}) == len(rows) == 60
