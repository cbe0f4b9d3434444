"""Simulated persons: answers, objectives, places, dates, and who returns."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.schema import DataError, catalogue, columns, control_letter
from helpers.simulate.plan import ALSES, GOALS, NUMBER, NUMBERS, OUTSIDE, REQUEST, UNKNOWN, Plan, assumptions

# --- Answers: exact counts allotted at random, with odds ---


def allot(rng: np.random.Generator, counts: list[int], odds: np.ndarray, fixed: np.ndarray | None = None) -> np.ndarray:
    """The answer of each person, as a number: ``counts`` of each answer, drawn with the logarithms of ``odds``.

    ``fixed`` holds a person's known answer, or -1; it is kept as far as the counts allow.

    >>> even = np.zeros((6, 3))
    >>> np.bincount(allot(np.random.default_rng(1), [3, 2, 1], even)).tolist()
    [3, 2, 1]
    >>> allot(np.random.default_rng(1), [3, 2, 1], even, np.array([2, 2, 2, 1, 1, 0])).tolist()[3:]
    [1, 1, 0]
    """
    answers = np.full(len(odds), -1)
    left = np.array(counts)
    for label in range(len(left)) if fixed is not None else ():
        who = np.flatnonzero(fixed == label)
        who = rng.permutation(who)[: left[label]] if len(who) > left[label] else who
        answers[who] = label
        left[label] -= len(who)
    # The rarest choose first: weighted draws without replacement, by the Gumbel-max trick.
    for label in np.argsort(left, kind="stable"):
        free = np.flatnonzero(answers < 0)
        score = odds[free, label] + rng.gumbel(size=len(free))
        answers[free[np.argsort(-score, kind="stable")[: left[label]]]] = label
    return answers


# --- Objectives: exact counts of each, exact numbers per person, exact counts of pairs ---

# A score above any random one: these persons come first.
_SURE = 1e3


class Pair(NamedTuple):
    """Two objectives that a document counts together, and how many persons have both."""

    one: int
    other: int
    both: int


def deal_goals(
    rng: np.random.Generator,
    sizes: np.ndarray,
    counts: list[int],
    odds: np.ndarray,
    first: np.ndarray,
    pairs: tuple[Pair, ...] = (),
) -> np.ndarray:
    """Which objectives each person has (a table of booleans): ``sizes`` per person, ``counts`` per objective.

    ``first`` is the objective that a person has before any other, as far as the counts allow; -1 for none. Each of the
    ``pairs`` says exactly how many persons have both its objectives.

    Raises
    ------
    DataError
        when no such table is found.
    """
    left, wanted = sizes.copy(), np.array(counts)
    had = np.zeros((len(sizes), len(counts)), dtype=bool)
    for goal in range(len(counts)):
        who = rng.permutation(np.flatnonzero((first == goal) & (left > 0)))[: wanted[goal]]
        _give(had, left, wanted, goal, who)
    own = had.copy()
    order = np.argsort(-wanted, kind="stable")
    for place, goal in enumerate(order):
        able = np.flatnonzero((left > 0) & ~had[:, goal])
        must = left[able] >= (~had[able][:, order[place:]]).sum(axis=1)
        score = odds[able, goal] + np.log(left[able]) + rng.gumbel(size=len(able)) + _SURE * must
        _give(had, left, wanted, goal, able[np.argsort(-score, kind="stable")[: wanted[goal]]])
    _mend(rng, had, left, wanted)
    for pair in pairs:
        _make_both(rng, had, own, pair)
    return had


def _give(had: np.ndarray, left: np.ndarray, wanted: np.ndarray, goal: int, who: np.ndarray) -> None:
    had[who, goal] = True
    left[who] -= 1
    wanted[goal] -= len(who)


def _nobody() -> DataError:
    return DataError("La simulation ne sait pas répartir ces objectifs : essayez une autre graine (--seed).")


def _mend(rng: np.random.Generator, had: np.ndarray, left: np.ndarray, wanted: np.ndarray) -> None:
    """What is left over: somebody else takes the objective and gives up one of theirs."""
    while wanted.any():
        goal, person = int(np.flatnonzero(wanted)[0]), int(np.flatnonzero(left)[0])
        if had[person, goal]:
            takers = np.flatnonzero(~had[:, goal] & (had & ~had[person]).any(axis=1))
            if not len(takers):
                raise _nobody()
            taker = int(rng.choice(takers))
            passed = int(rng.choice(np.flatnonzero(had[taker] & ~had[person])))
            had[taker, passed], had[taker, goal], had[person, passed] = False, True, True
        else:
            had[person, goal] = True
        left[person] -= 1
        wanted[goal] -= 1


def _make_both(rng: np.random.Generator, had: np.ndarray, own: np.ndarray, pair: Pair) -> None:
    """Persons exchange objectives, one for one, until so many have both; first ones are exchanged last."""
    while (missing := pair.both - int((had[:, pair.one] & had[:, pair.other]).sum())) != 0:
        ways = [(int(goal), beside) for goal in rng.permutation(pair[:2]) for beside in pair[:2] if beside != goal]
        if not any(_exchange(rng, had, own, way, is_more=missing > 0) for way in ways):
            raise _nobody()


def _exchange(
    rng: np.random.Generator, had: np.ndarray, own: np.ndarray, way: tuple[int, int], *, is_more: bool
) -> bool:
    """Whether somebody could take the first objective of ``way`` from another, for one outside the pair.

    With ``is_more``, from who has not the second objective to who has; otherwise the other way round.
    """
    goal, beside = way
    takers, givers = (had[:, beside] == is_more) & ~had[:, goal], had[:, goal] & (had[:, beside] != is_more)
    apart = np.isin(np.arange(had.shape[1]), way, invert=True)
    for kept in (own, np.zeros_like(own)):
        spare = had & ~kept & apart
        able = rng.permutation(np.flatnonzero(takers & spare.any(axis=1)))
        for giver in rng.permutation(np.flatnonzero(givers & ~kept[:, goal])):
            fits = (spare[able] & ~had[giver]).any(axis=1)
            if fits.any():
                taker = int(able[np.argmax(fits)])
                passed = int(rng.choice(np.flatnonzero(spare[taker] & ~had[giver])))
                had[taker, passed], had[taker, goal] = False, True
                had[giver, goal], had[giver, passed] = False, True
                return True
    return False


# --- Invented collèges and associations, with valid UAI that no establishment has ---

# No département has this number.
_NOWHERE = 999
MOST_COLLEGES, MOST_ASSOCIATIONS = 2000, 200
# Standard deviation of the logarithm of the sizes of collèges; a collège that has just entered had less time.
_SPREAD, _NEW = 0.5, 0.6
COLUMNS = ["association", "territoire", "uai", "college"]


@dataclass(frozen=True)
class Places:
    """A row a collège: the columns of places of schema ``accompagnements``; ``weights`` are shares of persons."""

    table: pd.DataFrame
    weights: np.ndarray


def _college(number: int, association: int) -> tuple[str, str, str, str]:
    digits, place = f"{_NOWHERE}{number:04d}", f"Territoire fictif {1 + (association - 1) % 4}"
    names = (f"Association fictive {association:02d}", place)
    return (*names, digits + control_letter(digits), f"Collège fictif {number:02d}")


def invent_places(
    rng: np.random.Generator, *, colleges: int, associations: int, earlier: pd.DataFrame | None = None
) -> Places:
    """So many collèges, those of ``earlier`` (columns of places) first; each belongs to one association."""
    old = {}
    if earlier is not None:
        places = earlier.loc[earlier["uai"].ne(""), COLUMNS].drop_duplicates("uai")
        old = {row[2]: row for row in places.itertuples(index=False, name=None)}
    owners = [rank + 1 if rank < associations else int(rng.integers(1, associations + 1)) for rank in range(colleges)]
    rows = [_college(number, owner) for number, owner in enumerate(owners, start=1)]
    rows = [old.get(row[2], row) for row in rows]
    is_new = np.array([bool(old) and row[2] not in old for row in rows])
    weights = np.exp(rng.normal(0, _SPREAD, colleges)) * np.where(is_new, _NEW, 1.0)
    return Places(pd.DataFrame(rows, columns=COLUMNS), weights / weights.sum())


def settle(rng: np.random.Generator, places: Places, stratum: str, before: pd.DataFrame, size: int) -> np.ndarray:
    """The collège of each person, as a row of the places; the first persons are those of ``before``.

    Most of these stay in their collège; those in none stay with their association.
    """
    drawn = rng.choice(len(places.weights), size=size, p=places.weights)
    rows = _same_association(rng, places, before["association"])
    if stratum != OUTSIDE:
        same = _same_college(places, before)
        stays = (same >= 0) & (rng.random(len(same)) < assumptions()["personnes"]["meme_college"])
        rows = np.where(stays, same, drawn[: len(before)])
    drawn[: len(before)] = np.where(rows >= 0, rows, drawn[: len(before)])
    return drawn


def _same_college(places: Places, before: pd.DataFrame) -> np.ndarray:
    """The row of each person's collège, by UAI, else by name; -1 where it is gone."""
    by_code = pd.Index(places.table["uai"]).get_indexer(before["uai"])
    return np.where(by_code >= 0, by_code, pd.Index(places.table["college"]).get_indexer(before["college"]))


def _same_association(rng: np.random.Generator, places: Places, names: pd.Series) -> np.ndarray:
    """A random row of each person's association; -1 where it is gone."""
    rows = {name: each.index.to_numpy() for name, each in places.table.groupby("association")}
    chance = rng.random(len(names))
    drawn = [
        rows[name][int(part * len(rows[name]))] if name in rows else -1
        for name, part in zip(names, chance, strict=True)
    ]
    return np.array(drawn, dtype=int)


def place_columns(rng: np.random.Generator, places: Places, stratum: str, where: np.ndarray) -> pd.DataFrame:
    """The columns of places of each person: outside a collège none is named, and now and then the UAI is missing."""
    out = places.table.iloc[where].reset_index(drop=True)
    blank = rng.random(len(out)) < assumptions()["personnes"]["sans_uai"]
    if stratum == OUTSIDE:
        blank[:] = True
        out["college"] = ""
    out["uai"] = out["uai"].mask(blank, "")
    return out


# --- Dates, with the rhythm of the school year, and years of birth ---

_DAY, _MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")
# An accompaniment that goes on began at most this many months before the year, unless an earlier year says when.
_MONTHS_BEFORE = 16
# A shorter first period would hardly be recorded as accompaniment.
_SHORTEST_DAYS = 15


def _days_of(rng: np.random.Generator, months: np.ndarray) -> np.ndarray:
    """A working day in each of these months."""
    first = months.astype("datetime64[D]")
    length = ((months + _MONTH).astype("datetime64[D]") - first).astype(int)
    days = first + (rng.random(len(months)) * length).astype("timedelta64[D]")
    days = np.busday_offset(days, 0, roll="backward")
    return np.where(days < first, np.busday_offset(first, 0, roll="forward"), days)


def starts(rng: np.random.Generator, year: int, *, is_new: np.ndarray) -> np.ndarray:
    """The first day of each accompaniment: in the year if it is new, else before."""
    weights = np.array(assumptions()["temps"]["debut_par_mois"], dtype=float)
    january = np.datetime64(f"{year}-01", "M")
    inside = january + rng.choice(12, size=len(is_new), p=weights / weights.sum()) * _MONTH
    before = january - np.arange(_MONTHS_BEFORE, 0, -1) * _MONTH
    odds = weights[before.astype(int) % 12]  # datetime64[M] counts from a month of January
    earlier = rng.choice(before, size=len(is_new), p=odds / odds.sum())
    return _days_of(rng, np.where(is_new, inside, earlier))


def ends(rng: np.random.Generator, year: int, first: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The last day of each accompaniment that ends in the year; NaT where it goes on or is not filled in."""
    odds = assumptions()["temps"]["fin"]
    chance = np.array([odds.get(level, odds["autre_niveau"]) for level in levels.tolist()])
    january, june = np.datetime64(f"{year}-01-10"), np.datetime64(f"{year}-06-21")
    last = np.datetime64(f"{year}-12-17")
    low = np.maximum(first + _SHORTEST_DAYS * _DAY, january)
    anywhere = low + (rng.random(len(first)) * ((last - low).astype(int) + 1)).astype(int) * _DAY
    summer = june + rng.integers(0, 14, len(first)) * _DAY
    in_june = (low <= june) & (rng.random(len(first)) < assumptions()["temps"]["fin_en_juin"])
    days = np.where(in_june, summer, anywhere)
    return np.where((rng.random(len(first)) < chance) & (low <= last), days, np.datetime64("NaT", "D"))


def births(rng: np.random.Generator, year: int, levels: np.ndarray) -> np.ndarray:
    """The year of birth that goes with a level or a situation, as text."""
    ages, shifts = assumptions()["personnes"]["ages"], assumptions()["personnes"]["avance_ou_retard"]
    age = np.array([ages.get(level, ages["autre"]) for level in levels.tolist()], dtype=int)
    late = rng.choice([int(shift) for shift in shifts], size=len(age), p=list(shifts.values()))
    years = (year - age - late).astype(str).astype(object)
    years[rng.random(len(age)) < assumptions()["personnes"]["sans_naissance"]] = ""
    return years


def as_text(days: np.ndarray) -> np.ndarray:
    """Days in ISO format, empty where there is none."""
    return np.where(np.isnat(days), "", days.astype("datetime64[D]").astype(str))


# --- Who returns the year after, a school year older ---

_NEXT = {"6e": "5e", "5e": "4e", "4e": "3e"}
_LAST = "3e"
_AUTUMN = "-09"


def candidates(earlier: pd.DataFrame, stratum: str) -> pd.DataFrame:
    """Who may still be followed in a stratum: those whose accompaniment has no end, as they now are.

    Who began in autumn stays in the same class until summer, so that no class is full of new persons alone. Who was in
    the last level has left the collège, and may be followed as a lycéen. Schema ``accompagnements``.
    """
    still = earlier[earlier["date_fin"].eq("")]
    is_pupil, by_alses = still["situation"].eq("collegien"), still["suivi_par"].eq("alses")
    is_same_year = still["date_debut"].str.slice(0, 7) >= still["annee"].astype("str") + _AUTUMN
    leaves = is_pupil & still["niveau"].eq(_LAST) & ~is_same_year
    if stratum == OUTSIDE:
        rows = still[~is_pupil | leaves]
        situation = rows["situation"].mask(rows["situation"].eq("collegien"), "lyceen")
        return rows.assign(situation=situation, niveau="hors_college")
    rows = still[is_pupil & ~leaves & (by_alses if stratum == ALSES else ~by_alses)]
    return rows.assign(niveau=rows["niveau"].mask(~is_same_year, rows["niveau"].replace(_NEXT)))


def draw(rng: np.random.Generator, found: pd.DataFrame, many: int, room: dict[str, dict[str, int]]) -> pd.DataFrame:
    """At most so many of them, at random, as long as there is ``room`` for their answers, by column."""
    left = {column: dict(counts) for column, counts in room.items()}
    answers = found[list(room)].to_numpy().tolist()
    drawn = []
    for place in rng.permutation(len(found)).tolist():
        row = list(zip(room, answers[place], strict=True))
        if len(drawn) < many and all(left[column].get(answer, 0) > 0 for column, answer in row):
            drawn.append(place)
            for column, answer in row:
                left[column][answer] -= 1
    return found.iloc[drawn].reset_index(drop=True)


# --- The rows of a stratum: column after column, each depending on the ones before ---

# What a person keeps from one year to the next; the first two never change.
_KEPT = ("sexe", "situation", "niveau", "origine", "orienteur", REQUEST)


@dataclass
class Group:
    """The persons of a stratum while their columns are filled."""

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
        """Persons by answer, without groups; no answer is ``""``."""
        entry, planned = catalogue().indicators[indicator], self.plan.of(self.stratum, indicator)
        return {name: planned.get(name, 0) for name in entry.modalities} | {"": planned.get(UNKNOWN, 0)}

    def odds(self, column: str, labels: list[str]) -> np.ndarray:
        """The log-odds of each answer for each person: by their collège, and by their other answers."""
        spread = assumptions()["hasard"]["colleges"]
        odds = self.rng.normal(0, spread, (len(self.places.weights), len(labels)))[self.where]
        for tie in assumptions()["liens"]:
            for label, others in tie["force"].items() if tie["colonne"] == column else ():
                for other, strengths in others.items():
                    known = self.filled.get(other, np.array([]))
                    for value, strength in strengths.items() if label in labels and len(known) else ():
                        odds[:, labels.index(label)] += strength * (known == value)
        return odds

    def fill(self, column: str, among: np.ndarray | None = None) -> None:
        """Fills a column for everybody, or for those ``among`` whom it is asked; it is empty for the others."""
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
    # There are at most a few hundred sets of objectives: each is written once.
    sets, which = np.unique(had @ (1 << np.arange(len(goals))), return_inverse=True)
    texts = [";".join(name for rank, name in enumerate(goals) if each >> rank & 1) for each in sets.tolist()]
    group.filled["objectifs"] = np.array(texts, dtype=object)[which]


def _pairs(group: Group, goals: list[str], counts: list[int]) -> tuple[Pair, ...]:
    """The objectives that a document counts together: how many have at least one gives how many have both."""
    planned, pairs = group.plan.of(group.stratum, GOALS), []
    for name, value in catalogue().indicators[GOALS].groups.items():
        if name in planned:
            one, other = map(goals.index, value.members)
            pairs.append(Pair(one, other, counts[one] + counts[other] - planned[name]))
    return tuple(pairs)


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
    """The rows of a stratum, without identifiers for new persons; those ``found`` in the year before may return.

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
