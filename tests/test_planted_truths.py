"""What is planted in two exports is recovered exactly: rates, duplicates, bad dates, a break, persons of both years.

The files are written as people write them (several spellings, days in two ways, rows in any order); what must come out
is known beforehand, as whole numbers.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from conftest import REPOSITORY, copy_project
from helpers import data, indicators, paths
from helpers.analysis import comparisons
from helpers.clean.answers import Reason
from helpers.indicators.comparisons import Comparisons
from helpers.schema import apply_schema, columns

BEFORE, YEAR = 2032, 2033
SPELLINGS = {
    "filles": ["filles", "F", "Fille", "FÉMININ", " f "],
    "garcons": ["garçons", "G", "garcons", "Masculin"],
    "oui": ["oui", "OUI", "O", "Vrai"],
    "non": ["non", "Non", "N", "faux"],
}
# How many persons of each year give each answer: girls from 40 to 52 %, referrals by the collège at 50 % both years.
RATES = {
    BEFORE: {
        "sexe": {"filles": 360, "garcons": 520, "": 20},
        "origine": {"college": 450, "famille": 300, "travail_de_rue": 150},
        "niveau": {"6e": 180, "5e": 180, "4e": 270, "3e": 225, "autre": 45},
        "parents_associes": {"oui": 405, "non": 450, "": 45},
    },
    YEAR: {
        "sexe": {"filles": 520, "garcons": 470, "": 10},
        "origine": {"college": 500, "famille": 260, "travail_de_rue": 240},
        "niveau": {"6e": 250, "5e": 250, "4e": 200, "3e": 250, "autre": 50},
        "parents_associes": {"oui": 450, "non": 500, "": 50},
    },
}
# The persons of both years, by their answers about the parents: before, then now.
BOTH = {("oui", "oui"): 100, ("oui", "non"): 50, ("non", "oui"): 60, ("non", "non"): 40}
# The rows of the year that must not be counted, and why; of the contradictory persons, none of their two rows.
REFUSED = {
    Reason.TOTAL: 3, Reason.NOBODY: 2, Reason.OTHER_YEAR: 4, Reason.CONTRADICTORY: 8, Reason.IDENTICAL: 7,
}
# What everybody answers.
SAME = {"association": "CAPEP", "suivi_par": "alses", "situation": "collegien", "demande_initiale": "scolarite", "objectifs": "scolarite"}
COLUMNS = ["identifiant", "annee", "nouvel_accompagnement", "date_debut", "date_fin", "annee_naissance", *SAME, *RATES[YEAR]]


@dataclass
class Planter:
    """Writes exports whose truths are known; chance decides only of order and spelling."""

    seed: int
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def persons(self, year: int) -> list[dict]:
        """The rows of a year: the persons of both years first, then as many as make the rates."""
        place = 0 if year == BEFORE else 1
        parents = [answers[place] for answers, many in BOTH.items() for _ in range(many)]
        left = Counter(RATES[year]["parents_associes"])
        left.subtract(parents)
        others = list(left.elements())
        self.chance.shuffle(others)
        names = [f"C{rank:04}" if rank < len(parents) else f"A{year}-{rank:04}" for rank in range(len(parents) + len(others))]
        rows = [
            {"identifiant": name, "annee": str(year), "parents_associes": answer}
            for name, answer in zip(names, [*parents, *others], strict=True)
        ]
        for name in ("sexe", "origine", "niveau"):
            answers = list(Counter(RATES[year][name]).elements())
            self.chance.shuffle(answers)
            for row, answer in zip(rows, answers, strict=True):
                row[name] = answer
        for rank, row in enumerate(rows):
            is_again = year == YEAR and rank < len(parents)
            start = f"{BEFORE if is_again else year}-{self.chance.randint(1, 12):02}-13"
            row |= {"nouvel_accompagnement": "non" if is_again else "oui", "date_debut": start, "date_fin": "", "annee_naissance": str(year - 13)} | SAME
        return rows

    def refused(self, rows: list[dict]) -> list[dict]:
        """Rows that must not be counted, made from those of persons, who stay."""
        changes = {
            Reason.TOTAL: {"identifiant": "Total général"},
            Reason.NOBODY: {"identifiant": ""},
            Reason.OTHER_YEAR: {"annee": str(BEFORE - 1)},
        }
        made = [
            {**self.chance.choice(rows), "identifiant": f"X{reason.name}{rank}", **change}
            for reason, change in changes.items()
            for rank in range(REFUSED[reason])
        ]
        made += [dict(row) for row in self.chance.sample(rows, REFUSED[Reason.IDENTICAL])]
        for rank in range(REFUSED[Reason.CONTRADICTORY] // 2):
            twin = {**self.chance.choice(rows), "identifiant": f"X{rank}"}
            made += [twin, twin | {"niveau": "3e" if twin["niveau"] != "3e" else "6e"}]
        return made

    def spell(self, row: dict) -> dict:
        """The same row, as somebody else writes it."""
        written = {name: self.chance.choice(SPELLINGS.get(text, [text])) for name, text in row.items()}
        if self.chance.random() < 0.5 and row["date_debut"].count("-") == 2:
            written["date_debut"] = "/".join(reversed(row["date_debut"].split("-")))
        return written

    def write(self, root: Path, year: int) -> int:
        """The export of a year in its folder; how many rows it has."""
        rows = self.persons(year)
        rows += self.refused(rows) if year == YEAR else []
        self.chance.shuffle(rows)
        lines = [";".join(COLUMNS), *(";".join(self.spell(row)[name] for name in COLUMNS) for row in rows)]
        folder = root / "data" / "raw" / str(year)
        folder.mkdir(parents=True)
        (folder / "accompagnements.csv").write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
        return len(rows)


@dataclass
class Recovered:
    """What the project makes of both exports."""

    read: int
    export: data.Export
    counts: dict[int, pd.DataFrame]
    overlaps: pd.DataFrame
    compared: Comparisons

    def counted(self, year: int, indicator: str) -> dict[str, int]:
        rows = self.counts[year]
        rows = rows[rows["perimetre"].eq("alses") & rows["indicateur"].eq(indicator) & rows["croise_avec"].eq("")]
        return dict(zip(rows["modalite"], rows["effectif_min"].astype(int), strict=True))


@pytest.fixture(scope="module", params=[1], ids="graine {}".format)
def recovered(request, tmp_path_factory) -> Recovered:
    root = copy_project(REPOSITORY, tmp_path_factory.mktemp("semis"))
    planter = Planter(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        planter.write(root, BEFORE)
        read = planter.write(root, YEAR)
        exports = {year: data.read_export(year) for year in (BEFORE, YEAR)}
    persons = {year: export.cleaned.persons for year, export in exports.items()}
    counts = {
        year: indicators.count_persons(each, source="export", reference="essai") for year, each in persons.items()
    }
    overlaps = indicators.count_overlaps(persons[YEAR], {BEFORE: persons[BEFORE]}, source="export")
    nothing = apply_schema(pd.DataFrame(columns=columns("controles")), "controles")
    found = comparisons.build_comparisons(counts[YEAR], counts[BEFORE], nothing, year=YEAR, compare_to=BEFORE, overlaps=overlaps)
    return Recovered(read, exports[YEAR], counts, overlaps, Comparisons(found))


def test_every_row_is_kept_or_rejected_for_its_reason(recovered):
    cleaned = recovered.export.cleaned
    assert [*recovered.export.received.faults, *cleaned.faults] == []
    found = dict(zip(cleaned.rejections["motif"], cleaned.rejections["lignes"].astype(int), strict=True))
    assert found == {str(reason): many for reason, many in REFUSED.items()}
    assert cleaned.read == recovered.read == 1000 + sum(REFUSED.values()) == len(cleaned.persons) + sum(found.values())
    assert len(cleaned.rejected) == sum(REFUSED.values())


@pytest.mark.parametrize("year", [BEFORE, YEAR])
@pytest.mark.parametrize("indicator", RATES[YEAR])
def test_every_rate_is_recovered_to_the_person(recovered, year, indicator):
    found = recovered.counted(year, indicator)
    assert {name: found[name or "non_renseigne"] for name in RATES[year][indicator]} == RATES[year][indicator]
    assert recovered.counted(year, "accompagnements") == {"": sum(RATES[year][indicator].values())}


def test_the_break_is_recovered_and_what_did_not_move_is_stable(recovered):
    girls, referred = recovered.compared("annees/alses/sexe/filles"), recovered.compared("annees/alses/origine/college")
    assert [girls["ecart"].value, girls["ecart"].low, girls["ecart"].high] == pytest.approx([12, 12, 12])
    assert (girls.finding, girls.count_finding, girls.reach) == ("hausse", "hausse", "selon_ressemblance")
    assert girls["ecart_effectif"].value == 160
    assert referred["ecart"].value == pytest.approx(0, abs=1e-9)
    assert (referred.finding, referred.count_finding, referred.is_conclusive) == ("stable", "hausse", False)


def test_the_persons_of_both_years_are_recovered_with_their_answers(recovered):
    rows = recovered.overlaps.query("population == 'personnes_communes'").set_index(["indicateur", "modalite"])
    assert rows.loc[("accompagnements", ""), "effectif"] == sum(BOTH.values())
    names = ["effectif_anterieur", "effectif", "effectif_deux_fois"]
    assert rows.loc[("parents_associes", "oui"), names].tolist() == [150, 160, 100]
    assert rows.loc[("parents_associes", "non"), names].tolist() == [100, 90, 40]
    assert recovered.compared("page")["personnes_communes"].value == 250
