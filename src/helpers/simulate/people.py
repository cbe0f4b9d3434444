"""The rows of a stratum: counts dealt to persons, column after column, each leaning on the ones before."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.schema import catalogue, columns
from helpers.simulate.allot import allot
from helpers.simulate.assumptions import ALSES, OUTSIDE, UNKNOWN, assumptions
from helpers.simulate.goals import Pair, deal_goals
from helpers.simulate.places import Places, place_columns, settle
from helpers.simulate.plan import Plan
from helpers.simulate.returning import draw
from helpers.simulate.structure import GOALS, NUMBER, NUMBERS, REQUEST
from helpers.simulate.times import as_text, births, ends, starts

# What stays with a person from one year to the next; the first two never change.
_KEPT = ("sexe", "situation", "niveau", "origine", "orienteur", REQUEST)


@dataclass
class Group:
    """The persons of a stratum while their columns are being filled."""

    plan: Plan
    stratum: str
    places: Places
    rng: np.random.Generator
    before: pd.DataFrame
    where: np.ndarray = field(init=False)
    filled: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.where = settle(self.rng, self.places, self.stratum, self.before, len(self))

    def __len__(self) -> int:
        return self.plan.size(self.stratum)

    def counts(self, indicator: str) -> dict[str, int]:
        """Persons by answer, groups left out; nothing given is ``""``."""
        entry, planned = catalogue().indicators[indicator], self.plan.of(self.stratum, indicator)
        found = {name: planned.get(name, 0) for name in entry.modalities}
        return {**found, "": planned.get(UNKNOWN, 0)}

    def odds(self, column: str, labels: list[str]) -> np.ndarray:
        """How much each person leans to each answer: by their collège, and by their other answers."""
        spread = assumptions()["hasard"]["colleges"]
        found = self.rng.normal(0, spread, (len(self.places.weights), len(labels)))[self.where]
        for tie in assumptions()["liens"]:
            for label, others in tie["force"].items() if tie["colonne"] == column else ():
                for other, strengths in others.items():
                    known = self.filled.get(other, np.array([]))
                    for value, strength in strengths.items() if label in labels and len(known) else ():
                        found[:, labels.index(label)] += strength * (known == value)
        return found

    def fill(self, column: str, among: np.ndarray | None = None) -> None:
        """Deals a column to everybody, or to those ``among`` whom it is asked; the others have nothing."""
        counts = self.counts(column)
        labels = list(counts)
        inside = np.ones(len(self), dtype=bool) if among is None else among
        fixed = np.full(len(self), -1)
        if column in _KEPT and len(self.before):
            fixed[: len(self.before)] = pd.Index(labels).get_indexer(self.before[column])
        answers = allot(self.rng, list(counts.values()), self.odds(column, labels)[inside], fixed[inside])
        out = np.full(len(self), "", dtype=object)
        out[inside] = np.array(labels, dtype=object)[answers]
        self.filled[column] = out


def _fill_goals(group: Group) -> None:
    goals = list(catalogue().indicators[GOALS].modalities)
    planned, numbers = group.counts(GOALS), group.counts(NUMBER)
    dealt = [numbers[name] for name in NUMBERS] + [planned[""]]
    sizes = np.array([*NUMBERS.values(), 0])[allot(group.rng, dealt, np.zeros((len(group), len(dealt))))]
    asked = pd.Index(goals).get_indexer(group.filled[REQUEST])
    first = np.where(group.rng.random(len(group)) < assumptions()["personnes"]["demande_travaillee"], asked, -1)
    counts, odds = [planned[name] for name in goals], group.odds("objectifs", goals)
    had = deal_goals(group.rng, sizes, counts, odds, first, _pairs(group, goals, counts))
    # A few hundred sets of objectives at most: each is written once.
    sets, which = np.unique(had @ (1 << np.arange(len(goals))), return_inverse=True)
    texts = [";".join(name for rank, name in enumerate(goals) if each >> rank & 1) for each in sets.tolist()]
    group.filled["objectifs"] = np.array(texts, dtype=object)[which]


def _pairs(group: Group, goals: list[str], counts: list[int]) -> tuple[Pair, ...]:
    """The objectives that a document counts together: it says how many have one at least, hence how many have both."""
    planned, found = group.plan.of(group.stratum, GOALS), []
    for name, value in catalogue().indicators[GOALS].groups.items():
        if name in planned:
            one, other = map(goals.index, value.members)
            found.append(Pair(one, other, counts[one] + counts[other] - planned[name]))
    return tuple(found)


def _fill_times(group: Group) -> None:
    year, before = group.plan.year, group.before
    levels = group.filled["niveau"]
    first = starts(group.rng, year, is_new=group.filled["nouvel_accompagnement"] == "oui")
    first[: len(before)] = before["date_debut"].to_numpy().astype("datetime64[D]")
    group.filled["date_debut"] = as_text(first)
    group.filled["date_fin"] = as_text(ends(group.rng, year, first, levels))
    ages = np.where(group.filled["situation"] == "lyceen", "lyceen", levels)
    born = births(group.rng, year, ages)
    born[: len(before)] = before["annee_naissance"]
    group.filled["annee_naissance"] = born


def people(plan: Plan, stratum: str, places: Places, found: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The rows of a stratum, without identifiers for those who are new; ``found`` may come back.

    Takes and gives the schema ``accompagnements``.
    """
    empty = Group(plan, stratum, places, rng, found.head(0))
    room = {name: empty.counts(name) for name in ("sexe", "situation" if stratum == OUTSIDE else "niveau")}
    goes_on = empty.counts("nouvel_accompagnement")["non"]
    group = Group(plan, stratum, places, rng, draw(rng, found, goes_on, room))
    size = len(group)
    group.filled["nouvel_accompagnement"] = np.where(np.arange(size) < goes_on, "non", "oui").astype(object)
    if stratum == OUTSIDE:
        group.filled["niveau"] = np.full(size, "hors_college", dtype=object)
        group.fill("situation")
    else:
        group.filled["situation"] = np.full(size, "collegien", dtype=object)
        group.fill("niveau")
    for column in ("sexe", "origine"):
        group.fill(column)
    group.fill("orienteur", group.filled["origine"] == "college")
    for column in (REQUEST, "parents_associes"):
        group.fill(column)
    _fill_goals(group)
    _fill_times(group)
    out = pd.DataFrame(group.filled).join(place_columns(rng, places, stratum, group.where))
    out["suivi_par"] = "alses" if stratum == ALSES else "autre_educateur"
    out["annee"] = str(plan.year)
    out["identifiant"] = [*group.before["identifiant"], *[""] * (size - len(group.before))]
    return out[columns("accompagnements")]
