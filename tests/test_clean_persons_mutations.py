"""Three hundred random faults in a clean export: none is silent, no row is lost.

A hundred with the other tests; all of them when ``ALSES_ENUMERATIONS=toutes`` is in the environment.
"""

import os
import random
import unicodedata

import pytest

from helpers import clean, schema
from helpers.clean import records
from helpers.clean.answers import CLOSED
from received_persons import ROW, cleaned, registers, rows, table, table_of

SEEDS = range(300 if os.environ.get("ALSES_ENUMERATIONS") == "toutes" else 100)
LEVELS, SEXES, THEMES = ("6e", "5e", "4e", "3e", "autre"), ("filles", "garcons"), ("scolarite", "besoin_de_parler", "mobilite")
CLEAN = rows(
    *(
        {"niveau": LEVELS[n % 5], "sexe": SEXES[n % 2], "demande_initiale": THEMES[n % 3], "objectifs": ";".join(THEMES[: 1 + n % 3]),
         "date_debut": f"2021-{1 + n % 6:02}-{1 + n % 28:02}", "date_fin": "" if n % 3 else "2021-12-15", "annee_naissance": str(2005 + n % 5)}
        for n in range(60)
    )
)  # fmt: skip
# Texts that cannot become another true answer by losing or doubling a sign.
CHECKED = [*CLOSED, "annee", "uai", "date_debut", "annee_naissance", "objectifs"]


def of_cell(change):
    """A fault of one cell."""

    def apply(lines: list[dict], draw: random.Random) -> None:
        row, column = draw.choice(lines), draw.choice(CHECKED)
        row[column] = change(row[column], draw)

    apply.__name__ = change.__name__
    return apply


def stray_spaces(text, draw):
    return draw.choice((" ", "\u00a0", "\u202f", "\u200b", "\t")).join(("", text, ""))


def capitals(text, draw):
    return text.upper()


def lost_sign(text, draw):
    place = draw.randrange(len(text) or 1)
    return text[:place] + text[place + 1 :]


def doubled_sign(text, draw):
    place = draw.randrange(len(text) or 1)
    return text[:place] + text[place : place + 1] + text[place:]


def noise(text, draw):
    return "".join(chr(draw.choice((draw.randrange(1, 0xD800), draw.randrange(32, 127)))) for _ in range(draw.randrange(1, 12)))


def not_known(text, draw):
    return draw.choice(("?", "NSP", "NA", "null", "#N/A", "-", "RAS"))


def a_formula(text, draw):
    return "=1+1"


def swapped_cells(lines, draw):
    row = draw.choice(lines)
    one, other = draw.sample([name for name in ROW if name not in ("association", "territoire", "college")], 2)
    row[one], row[other] = row[other], row[one]


def shifted_row(lines, draw):
    row, names = draw.choice(lines), list(ROW)
    moved = [row[name] for name in names]
    row.update(zip(names, moved[-1:] + moved[:-1], strict=True))


def shifted_rows(lines, draw):
    for row in lines:
        shifted_row([row], draw)


def day_first(lines, draw):
    for row in lines:
        row["date_debut"] = "/".join(reversed(row["date_debut"].split("-")))


def decomposed(lines, draw):
    for row in lines:
        row["college"] = unicodedata.normalize("NFD", row["college"])


def same_row_again(lines, draw):
    lines.insert(draw.randrange(len(lines)), dict(draw.choice(lines)))


def other_row_of_somebody(lines, draw):
    lines.append({**draw.choice(lines), "niveau": "hors_college"})


def total_row(lines, draw):
    lines.append({**dict.fromkeys(lines[0], ""), "identifiant": draw.choice(("", "Total")), "association": "Total général"})


def nobody(lines, draw):
    draw.choice(lines)["identifiant"] = draw.choice(("", " ", "\u200b"))


def last_year(lines, draw):
    for row in draw.sample(lines, draw.randrange(1, len(lines))):
        row["annee"] = "2020"


def empty_column(lines, draw):
    column = draw.choice([name for name in CLOSED if name != "orienteur"])
    for row in lines:
        row[column] = ""


FAULTS = [
    *map(of_cell, (stray_spaces, capitals, lost_sign, doubled_sign, noise, not_known, a_formula)),
    *(swapped_cells, shifted_row, shifted_rows, day_first, decomposed, same_row_again, other_row_of_somebody, total_row, nobody, last_year, empty_column),
]  # fmt: skip


@pytest.fixture(scope="module")
def truth():
    out = cleaned(CLEAN)
    assert (len(out.persons), len(out.ledger), out.faults) == (60, 0, [])
    return table(out)


def drawn(seed: int) -> tuple[random.Random, list]:
    """The chance of a seed, and the faults that it chooses."""
    draw = random.Random(seed)
    return draw, draw.sample(FAULTS, draw.choice((1, 1, 1, 2, 3)))


def test_every_fault_is_drawn_alone():
    """With others, it could be seen by what they do."""
    assert {faults[0].__name__ for _, faults in map(drawn, SEEDS) if len(faults) == 1} == {fault.__name__ for fault in FAULTS}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_fault_is_silent(seed, truth):
    (draw, faults), lines = drawn(seed), [dict(row) for row in CLEAN]
    for fault in faults:
        fault(lines, draw)
    cut = draw.randrange(1, len(lines))
    tables = [table_of(lines[:cut], 2), table_of(lines[cut:], cut + 2)]
    out = clean.clean_persons(records.ReceivedRecords(2021, tables, schema.columns("accompagnements")), **registers())
    assert out.read == len(lines) == len(out.persons) + len(out.rejected)
    assert out.rejections["lignes"].sum() == len(out.rejected)
    said = len(out.ledger) or len(out.rejected) or out.faults or out.unread
    assert said or table(out) == truth, [fault.__name__ for fault in faults]
