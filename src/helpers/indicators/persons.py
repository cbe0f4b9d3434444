"""Individual records to exact indicators: groups of persons, their answers, cross-tabulations, quartiles."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.clean.records import Persons
from helpers.indicators.constraints import row, table
from helpers.schema import FEWEST_PERSONS, FOLDED, Indicator, catalogue

# --- Groups of persons, and their answers as codes ---
# Rules are applied once a label, never once a person.


@dataclass(frozen=True)
class Group:
    """Some persons of a year: those of ``rows`` (their places, in order)."""

    persons: Persons
    rows: np.ndarray

    @classmethod
    def of(cls, persons: Persons) -> "Group":
        """All the persons of a year."""
        return cls(persons, np.arange(len(persons)))

    @property
    def size(self) -> int:
        """The number of persons."""
        return len(self.rows)

    def codes(self, column: str) -> np.ndarray:
        """Their codes in a column."""
        return self.persons.codes[column].take(self.rows)

    def having(self, column: str, label: str) -> "Group":
        """Those who have a label in a column."""
        labels = self.persons.labels[column]
        is_own = self.codes(column) == labels.index(label) if label in labels else np.zeros(self.size, dtype=bool)
        return Group(self.persons, self.rows[is_own])


@dataclass(frozen=True)
class Answers:
    """Codes, one a person of the base; ``members`` gives the modalities of each code."""

    entry: Indicator
    codes: np.ndarray
    members: list[tuple[str, ...]]

    @property
    def base(self) -> int:
        """How many persons the question is about."""
        return len(self.codes)

    @cached_property
    def by_code(self) -> np.ndarray:
        """Persons by code."""
        return np.bincount(self.codes, minlength=len(self.members))

    def modalities(self) -> list[str]:
        """Every modality: those of documents, then those that only records have."""
        return [*self.entry.modalities, *self.entry.recorded]

    def incidence(self, *, with_groups: bool = False) -> np.ndarray:
        """Zeros and ones, codes by modalities, then by groups; a code with several members of a group counts once."""
        names = [(name,) for name in self.modalities()]
        names += [group.members for group in self.entry.groups.values()] if with_groups else []
        is_in = [[not set(members).isdisjoint(each) for each in names] for members in self.members]
        return np.array(is_in, dtype=np.int64).reshape(len(self.members), len(names))

    def counts(self) -> dict[str, int]:
        """Persons by modality, then by group; who gives two answers of a group counts once."""
        names = [*self.modalities(), *self.entry.groups]
        return dict(zip(names, (self.by_code @ self.incidence(with_groups=True)).tolist(), strict=True))


def joint(first: Answers, second: Answers) -> np.ndarray:
    """Persons by both codes; the same persons in the same order."""
    shape = (len(first.members), len(second.members))
    both = first.codes.astype(np.intp) * shape[1] + second.codes
    return np.bincount(both, minlength=shape[0] * shape[1]).reshape(shape)


def by_class(classes: np.ndarray, width: int, answers: Answers) -> np.ndarray:
    """Persons by class (codes below ``width``) and by modality, then group."""
    return joint(Answers(answers.entry, classes, [()] * width), answers) @ answers.incidence(with_groups=True)


# --- Derived questions: age, durations, request and goals ---

UNKNOWN = "non_renseigne"

# With months of 32 days, the difference of two days, divided by 32 and rounded down, is the number of complete months
# between them.
_MONTH = 32
# Complete months at which the modalities of « duree » begin, but for the first.
_DURATION_BOUNDS = (3, 6, 12)
# The modalities of a label or a code; none when nothing is known.
Members = tuple[str, ...]


def _class(value: int, bounds: tuple[int, ...], indicator: str) -> tuple[str]:
    """The modality of a number, in the order of the catalogue."""
    return ([*catalogue().indicators[indicator].modalities][sum(value >= bound for bound in bounds)],)


def _age(birth: str, year: int) -> Members:
    return _class(year - int(birth), (12, 13, 14, 15, 16), "age") if birth.isdigit() else ()


def _themes(label: str) -> set[str]:
    return set(label.split(";")) & set(catalogue().indicators["objectif"].modalities)


def _number_of_goals(label: str, _: int) -> Members:
    size = len(_themes(label))
    return _class(size, (2, 3, 4), "nombre_d_objectifs") if size else ()


def _start(day: str, year: int) -> Members:
    if not day or int(day[:4]) > year:
        return ()
    return (f"mois_{day[5:7]}" if int(day[:4]) == year else "avant",)


def _end(day: str, year: int) -> Members:
    return ("oui" if day[:4] == str(year) else "non",)


def _set(label: str, _: int) -> Members:
    return tuple(label.split(";")) if label else ()


def _request_is_goal(group: Group) -> tuple[np.ndarray, list[Members]]:
    """A code a pair of initial request and set of goals; unknown without a theme on either side."""
    asked, worked = (group.persons.labels[column] for column in ("demande_initiale", "objectifs"))
    goals = [_themes(label) for label in worked]
    members = [
        (("oui" if request in own else "non") if own and _themes(request) else UNKNOWN,)
        for request in asked
        for own in goals
    ]
    return group.codes("demande_initiale").astype(np.intp) * len(worked) + group.codes("objectifs"), members


def months_spent(group: Group) -> np.ndarray:
    """Complete calendar months from the start to the end, or to the last day of the year, whichever comes first.

    One a person, below zero when the start is not known.
    """
    labels, last = group.persons.labels, _rank(f"{group.persons.year}-12-31")
    starts = np.array([_rank(day) if day else last + _MONTH for day in labels["date_debut"]], dtype=np.int32)
    ends = np.array([min(_rank(day), last) if day else last for day in labels["date_fin"]], dtype=np.int32)
    return (ends[group.codes("date_fin")] - starts[group.codes("date_debut")]) // _MONTH


def _duration(group: Group) -> tuple[np.ndarray, list[Members]]:
    months = np.clip(months_spent(group), -1, _DURATION_BOUNDS[-1]) + 1
    known = [_class(value, _DURATION_BOUNDS, "duree") for value in range(_DURATION_BOUNDS[-1] + 1)]
    return months, [(UNKNOWN,), *known]


def _rank(day: str) -> int:
    year, month, of_month = map(int, day.split("-"))
    return (12 * year + month) * _MONTH + of_month


# Questions read in one column, label by label; and those that need two columns.
READ: dict[str, tuple[str, Callable[[str, int], Members]]] = {
    "objectif": ("objectifs", _set),
    "age": ("annee_naissance", _age),
    "nombre_d_objectifs": ("objectifs", _number_of_goals),
    "mois_d_ouverture": ("date_debut", _start),
    "fin_dans_l_annee": ("date_fin", _end),
}
COMPUTED: dict[str, Callable[[Group], tuple[np.ndarray, list[Members]]]] = {
    "demande_travaillee": _request_is_goal,
    "duree": _duration,
}


def was_asked(persons: Persons, entry: Indicator) -> bool:
    """Whether the export has the columns of a question; without them, nobody is known not to have answered it."""
    return persons.absent.isdisjoint(_NEEDED.get(entry.id, (entry.id,)))


def asked_of(group: Group, entry: Indicator) -> Group:
    """Those of a group to whom a question applies."""
    name, _, modality = (entry.base or "").partition("/")
    return group.having(name, modality) if modality else group


def answers_to(group: Group, entry: Indicator) -> Answers:
    """The answers to a question of those to whom it applies."""
    asked = asked_of(group, entry)
    if entry.id in COMPUTED:
        return Answers(entry, *COMPUTED[entry.id](asked))
    column, read = READ.get(entry.id, (entry.id, _set))
    labels = asked.persons.labels[column]
    return Answers(entry, asked.codes(column), [read(label, group.persons.year) or (UNKNOWN,) for label in labels])


# --- Cross-tabulations without a cell of one to four persons ---
# The smallest answers of the longer side are counted together until every cell is empty or holds five persons at least.
# The shorter side keeps its answers: only those that no document has (not given, not known) may be counted together
# there, then with the last answer. A table that cannot be folded so is left out, and so is a pair of objectives of
# which so few persons have both, or one alone. A reader has the margins too: every cell is shown, or is the difference
# of two numbers that were checked alike.
# The protection of a release cannot do without this yet: with the small cells, the intruder test refuses networks of
# some eighty persons after all its rounds.


@dataclass(frozen=True)
class Crossed:
    """A cell: how many give ``modality`` among the ``base`` who give ``crossed``."""

    modality: str
    crossed: str
    count: int
    base: int


def is_small(counts: np.ndarray) -> np.ndarray:
    """Which counts would show one to four persons."""
    return (counts > 0) & (counts < FEWEST_PERSONS)


def cross(answers: Answers, other: Answers) -> list[Crossed]:
    """Every cell that may be shown; none when the questions are not asked of the same persons, or none may be shown."""
    if answers.base != other.base:
        return []
    counts = _together(answers, other)
    if other.entry.choice == "multiple":
        return list(_pairs(answers, other, counts))
    if answers.entry.choice == "multiple":
        return list(_by_column(answers, other, counts))
    is_turned = len(answers.modalities()) > len(other.modalities())
    rows, cells, columns = _both_sides(other, answers, counts.T) if is_turned else _both_sides(answers, other, counts)
    found = []
    for place, column in enumerate(columns):
        for rank, one in enumerate(rows):
            names, base = ((column, one), cells[rank]) if is_turned else ((one, column), cells[:, place])
            found.append(Crossed(*names, int(cells[rank, place]), int(base.sum())))
    return found


def _together(answers: Answers, other: Answers) -> np.ndarray:
    """Persons by modality of both."""
    if answers.entry.id == other.entry.id:
        return (answers.incidence().T * answers.by_code) @ answers.incidence()
    return answers.incidence().T @ joint(answers, other) @ other.incidence()


def _both_sides(short: Answers, long: Answers, counts: np.ndarray) -> tuple[list[str], np.ndarray, list[str]]:
    """Rows, cells and columns of the reading where the most answers of documents stand alone; none, if none may be."""
    readings = [
        (rows, *folded)
        for rows, kept in _short_sides(short, counts)
        if (folded := fold(kept, long.modalities())) is not None
    ]

    def worth(reading: tuple) -> tuple[int, int]:
        alone = [name in short.entry.modalities for name in reading[0]]
        return sum(alone) + sum(name in long.entry.modalities for name in reading[2]), len(reading[0])

    return max(readings, key=worth, default=([], counts, []))


def _short_sides(short: Answers, counts: np.ndarray) -> Iterator[tuple[list[str], np.ndarray]]:
    """The rows as they are; then those that only records have, together; then these with the last of the others."""
    rows = [(name, row) for name, row in zip(short.modalities(), counts, strict=True) if row.any()]
    first = sum(name not in short.entry.recorded for name, _ in rows)
    yield [name for name, _ in rows], np.array([row for _, row in rows]).reshape(len(rows), counts.shape[1])
    for start in (first, first - 1):
        if 0 < start < len(rows) - 1:
            names = [name for name, _ in rows]
            kept = [row for _, row in rows[:start]]
            folded = sum(row for _, row in rows[start:])
            yield [*names[:start], FOLDED.join(names[start:])], np.array([*kept, folded])


def _by_column(answers: Answers, other: Answers, counts: np.ndarray) -> Iterator[Crossed]:
    """A multiple-choice question by a single-choice one, whose answers are counted together (`fold`).

    Who gives an answer and who does not are both cells. An overlapping answer may be left out without revealing the
    others: those that only records have, then the rarest, until the rest can be shown.
    """
    totals = answers.by_code @ answers.incidence()
    bases = other.by_code @ other.incidence()
    places = [place for place in range(len(answers.entry.modalities)) if totals[place]]
    places.sort(key=lambda place: -totals[place])
    while places:
        kept = counts[places]
        folded = fold(np.vstack([kept, bases - kept]), other.modalities())
        rows = [answers.modalities()[place] for place in places]
        if folded is not None and not is_small(_same_hidden(answers, other, counts, shown=(rows, folded[1]))):
            for cells, crossed in zip(folded[0].T.tolist(), folded[1], strict=True):
                for modality, count, others in zip(rows, cells[: len(rows)], cells[len(rows) :], strict=True):
                    yield Crossed(modality, crossed, count, count + others)
            return
        places.pop()


def _same_hidden(answers: Answers, other: Answers, counts: np.ndarray, *, shown: tuple[list[str], list[str]]) -> int:
    """Persons with one answer to both questions in cells not shown: « demande_travaillee » gives the total."""
    same = [name for name in answers.entry.modalities if name in other.entry.modalities]
    hidden = [name for name in same if name not in shown[0] or name not in shown[1]]
    rows, columns = ([each.modalities().index(name) for name in hidden] for each in (answers, other))
    return int(counts[rows, columns].sum())


def fold(cells: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]] | None:
    """The table with columns added together until no cell is small, and their names; None if fewer than two are left.

    The smallest column that holds a small cell is added to the smallest other one.

    >>> fold(np.array([[9, 2, 6], [8, 7, 5]]), ["6e", "5e", "4e"])
    (array([[ 9,  8],
           [ 8, 12]]), ['6e', '5e+4e'])
    """
    columns = [([place], column) for place, column in enumerate(cells.T) if column.any()]
    while len(columns) > 1 and any(is_small(column).any() for _, column in columns):
        by_size = sorted(range(len(columns)), key=lambda rank: int(columns[rank][1].sum()))
        small = next(rank for rank in by_size if is_small(columns[rank][1]).any())
        other = next(rank for rank in by_size if rank != small)
        first, last = sorted((small, other))
        places, column = columns.pop(last)
        columns[first] = (columns[first][0] + places, columns[first][1] + column)
    if len(columns) < 2:
        return None
    folded = [FOLDED.join(names[place] for place in sorted(places)) for places, _ in columns]
    return np.column_stack([column for _, column in columns]), folded


def _pairs(answers: Answers, other: Answers, counts: np.ndarray) -> Iterator[Crossed]:
    """Two multiple-choice questions, pair by pair: each pair is a table of four cells."""
    own, bases = answers.by_code @ answers.incidence(), other.by_code @ other.incidence()
    apart = [own[:, None] - counts, bases - counts, answers.base - own[:, None] - bases + counts]
    is_shown = (counts > 0) & ~is_small(np.stack([counts, *apart])).any(axis=0)
    if answers.entry.id == other.entry.id:
        np.fill_diagonal(is_shown, False)
        _hide_more(is_shown, counts)
    for column, crossed in enumerate(other.modalities()):
        for place, modality in enumerate(answers.modalities()):
            if is_shown[place, column]:
                yield Crossed(modality, crossed, int(counts[place, column]), int(bases[column]))


def _hide_more(is_shown: np.ndarray, counts: np.ndarray) -> None:
    """Leaves out the smallest pairs of answers until those left out cannot all be small.

    « nombre_d_objectifs » gives the total number of pairs, hence the sum of the pairs left out.
    """
    while is_shown.any():
        hidden = counts[np.triu(~is_shown & (counts > 0), k=1)]
        if hidden.sum() > hidden.size * (FEWEST_PERSONS - 1) or not hidden.size:
            return
        smallest = np.unravel_index(np.where(is_shown, counts, counts.max() + 1).argmin(), counts.shape)
        is_shown[smallest] = is_shown[smallest[::-1]] = False


# --- How long follow-ups last: quartiles of those that ended in the year, and of the others so far ---

# Each indicator, and whether its follow-ups ended in the year.
LENGTHS = {"duree_terminee": True, "duree_en_cours": False}
# A quarter of them is the smallest count that may be shown.
LEAST_PERSONS = 4 * FEWEST_PERSONS


def quartiles_of(group: Group, indicator: str) -> list[int]:
    """The three quartiles in complete months; none with too few persons.

    Each is the mean of the five durations around its rank, rounded: nobody’s own (« pseudo-percentiles », as
    Statistics Denmark asks). A follow-up without an end has only lasted until the last day of the year: it is never
    mixed with those that ended. One without a start is left out.
    """
    labels, year = group.persons.labels["date_fin"], str(group.persons.year)
    is_asked = np.array([label.startswith(year) == LENGTHS[indicator] for label in labels], dtype=bool)
    months = months_spent(group)
    months = np.sort(months[is_asked[group.codes("date_fin")] & (months >= 0)])
    if len(months) < LEAST_PERSONS:
        return []
    firsts = [round(quarter * (len(months) - 1) / 4) - FEWEST_PERSONS // 2 for quarter in (1, 2, 3)]
    return [round(months[first : first + FEWEST_PERSONS].mean()) for first in firsts]


# --- Individual records to exact indicators ---

# Totals that count the distinct values of a column, not persons.
_DIFFERENT = {"colleges_suivis": "uai", "associations_suivantes": "association"}
# The columns that a question needs, where they do not bear its name.
_NEEDED = {name: (column,) for name, column in [*_DIFFERENT.items(), *((name, read[0]) for name, read in READ.items())]}
_NEEDED |= dict.fromkeys(("duree", *LENGTHS), ("date_debut", "date_fin"))


def perimeters(persons: Persons) -> dict[str, Group]:
    """The persons of each perimeter; an export without other educators knows the ALSES' only."""
    everyone = Group.of(persons)
    by_alses = {"alses": everyone.having("suivi_par", "alses")}
    if not everyone.having("suivi_par", "autre_educateur").size:
        return by_alses
    return by_alses | {"collegiens": everyone.having("situation", "collegien"), "prevention_specialisee": everyone}


def count_persons(persons: Persons, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the records of a year, for the network alone.

    A missing answer is ``non_renseigne`` and belongs to the base; a question whose column is absent is not counted. Who
    gives two answers of a group counts once. A duration is in complete calendar months, until the last day of the year
    at most. ``source`` is export or synthetique. Cross-tabulations whose cells are too small are folded or left out.
    Empty without records.

    >>> lignes = pd.DataFrame({"identifiant": ["F1", "F2"], "suivi_par": "alses", "sexe": ["filles", ""]})
    >>> personnes = Persons.of(2021, lignes)
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export de la base, 2021")
    >>> comptes.loc[comptes["indicateur"].eq("sexe"), ["modalite", "effectif_min", "base_min"]].to_numpy().tolist()
    [['filles', 1, 2], ['garcons', 0, 2], ['non_renseigne', 1, 2]]
    """
    if not len(persons):
        return table([])
    rows = []
    for perimeter, group in perimeters(persons).items():
        for entry in catalogue().indicators.values():
            if perimeter in entry.counted_in and was_asked(persons, entry):
                rows += _rows(group, entry, perimeter)
    return table([{**each, "reference": reference} for each in rows], source=source)


# The column of exact durations, in complete months, which quartiles are computed from.
MONTHS = "mois_de_suivi"


def published_answers(persons: Persons) -> dict[str, pd.DataFrame]:
    """What the indicators reveal of each person: by perimeter, a row a person (index: her place), a column a question.

    Answers as they are counted, without identifiers or columns that no question reads; missing where the question does
    not apply. A filled column reveals nothing more where a question reads it; no question reads the territory.
    `MONTHS` holds what quartiles are computed from.
    """
    return {perimeter: _answers_in(group, perimeter) for perimeter, group in perimeters(persons).items()}


def _answers_in(group: Group, perimeter: str) -> pd.DataFrame:
    found = pd.DataFrame(index=group.rows)
    for entry in catalogue().indicators.values():
        if not (perimeter in entry.counted_in and was_asked(group.persons, entry)):
            continue
        if entry.id == "colonne_remplie":
            found["territoire_rempli"] = _words((group.codes("territoire") > 0).astype(int), ["non", "oui"])
        elif entry.id in LENGTHS:
            codes, months = pd.factorize(months_spent(group), sort=True)
            found[MONTHS] = pd.Categorical.from_codes(codes, categories=[str(each) for each in months])
        elif entry.choice != "total":
            answers = answers_to(group, entry)
            words = [";".join(members) for members in answers.members]
            found[entry.id] = pd.Series(_words(answers.codes, words), index=asked_of(group, entry).rows)
        elif entry.id in _DIFFERENT:
            column = _DIFFERENT[entry.id]
            found[column] = _words(group.codes(column), group.persons.labels[column])
    return found


def _words(codes: np.ndarray, words: list[str]) -> pd.Categorical:
    places, known = pd.factorize(np.array(words, dtype=object))
    return pd.Categorical.from_codes(places[codes], categories=known)


def _rows(group: Group, entry: Indicator, perimeter: str) -> Iterator[dict]:
    if entry.choice == "total":
        total = _total(group, entry)
        # Nobody of a known collège is not « 0 collège ».
        if total or not group.size or entry.id not in _DIFFERENT:
            yield _exact(group, entry, perimeter, "", total)
        return
    if entry.id == "colonne_remplie":
        for column in (name for name in entry.modalities if name not in group.persons.absent):
            asked = _asked(group, entry, column)
            filled = int(np.count_nonzero(asked.codes(column)))
            yield _exact(group, entry, perimeter, column, filled, base=(asked.size,) * 2)
        return
    if entry.id in LENGTHS:
        for modality, months in zip(entry.modalities, quartiles_of(group, entry.id), strict=False):
            yield _exact(group, entry, perimeter, modality, months)
        return
    answers = answers_to(group, entry)
    base = (answers.base,) * 2
    for modality, count in answers.counts().items():
        # Shown even when zero: that no answer is missing is worth knowing.
        if count or modality not in entry.recorded or modality == UNKNOWN:
            yield _exact(group, entry, perimeter, modality, count, base=base)
    # Only where both questions are counted: elsewhere, the difference of two perimeters would show smaller cells.
    others = [catalogue().indicators[name] for name in entry.crossed_with]
    for other in [each for each in others if perimeter in each.counted_in and was_asked(group.persons, each)]:
        for cell in cross(answers, answers_to(group, other)):
            crossed = (other.id, cell.crossed)
            yield _exact(group, entry, perimeter, cell.modality, cell.count, base=(cell.base,) * 2, cross=crossed)


def _total(group: Group, entry: Indicator) -> int:
    if entry.id not in _DIFFERENT:
        return group.size
    return int(np.count_nonzero(np.unique(group.codes(_DIFFERENT[entry.id]))))


def _asked(group: Group, entry: Indicator, modality: str) -> Group:
    """Those to whom a modality applies: a referrer is expected only of those who come by the collège."""
    column, _, answer = entry.base_of(modality).partition("/")
    return group.having(column, answer) if answer else group


def _exact(group: Group, entry: Indicator, perimeter: str, modality: str, count: int, **options) -> dict:
    cell = (group.persons.year, perimeter, entry.id, modality)
    return row(cell, entry.unit, counts=(count, count), precision="exact", reference="", **options)
