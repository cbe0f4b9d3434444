"""Counts by association and collège, intraclass correlation, standard errors, and the persons of two years."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.clean.records import EMPTY, Persons
from helpers.indicators.build import build_indicators
from helpers.indicators.constraints import table
from helpers.indicators.persons import (
    Answers,
    Group,
    answers_to,
    asked_of,
    by_class,
    count_persons,
    is_small,
    perimeters,
    was_asked,
)
from helpers.schema import ROUNDING_BASE, Indicator, apply_schema, catalogue, columns

# --- The year before, printed or counted, for printed differences ---


def indicators_before(figures: pd.DataFrame, earlier: dict[int, Persons], *, year: int) -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the year before ``year``: counted in its records, else as printed.

    ``figures`` has the schema ``chiffres_publies`` and holds those of both years; ``earlier`` are the records of
    earlier years (`data.read_earlier`). Empty when the year prints no difference.

    >>> chiffres = pd.concat([data.read_earlier_figures(2020), data.read_raw(2020, "chiffres_publies")])
    >>> avant = indicators.indicators_before(chiffres, {}, year=2020)
    >>> avant[["annee", "indicateur", "effectif_min"]].head(1)
       annee       indicateur  effectif_min
    0   2019  accompagnements          1852
    """
    if not (figures["annee"].eq(year) & figures["mesure"].eq("ecart")).any():
        return table([])
    persons = earlier.get(year - 1, Persons(year - 1))
    counted = count_persons(persons, source="export", reference=f"export de la base, {year - 1}")
    return build_indicators(figures[figures["annee"].eq(year - 1)], counted, year=year - 1)


# --- Exact counts by association and collège, before any protection ---

_PERIMETER = "alses"


def count_sites(persons: Persons) -> pd.DataFrame:
    """The exact counts of the ALSES' persons by association and collège together (schema ``comptes_par_site``).

    One row an association and UAI (empty if unknown) and a modality or group that is not zero there; the size is
    ``accompagnements``. The indicators are those with ``par_site``, crossed when both are single-choice. As private as
    the persons: only the protection reads them.

    >>> lignes = pd.DataFrame({"identifiant": list("ABC"), "suivi_par": "alses", "association": "AAPI"})
    >>> personnes = Persons.of(2021, lignes.assign(uai=["0592714E", "0592714E", ""], sexe="filles"))
    >>> comptes = indicators.count_sites(personnes)
    >>> comptes.loc[comptes["indicateur"].eq("sexe"), ["association", "uai", "modalite", "effectif"]]
      association       uai modalite  effectif
    2        AAPI             filles         1
    3        AAPI  0592714E   filles         2
    """
    found = list(_tables(perimeters(persons)[_PERIMETER])) if len(persons) else []
    whole = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns("comptes_par_site"))
    return apply_schema(whole.assign(annee=persons.year)[columns("comptes_par_site")], "comptes_par_site")


def _tables(group: Group) -> Iterator[pd.DataFrame]:
    for entry in catalogue().indicators.values():
        if not entry.is_by_site or not was_asked(group.persons, entry):
            continue
        if entry.choice == "total":
            places, classes = _places(group)
            yield _rows(np.bincount(classes, minlength=len(places))[:, None], places, entry, [""])
            continue
        places, classes = _places(asked_of(group, entry))
        answers = answers_to(group, entry)
        names = [*answers.modalities(), *entry.groups]
        yield _rows(by_class(classes, len(places), answers), places, entry, names)
        for other in [catalogue().indicators[name] for name in entry.crossed_with]:
            if entry.is_crossed_by_site(other) and was_asked(group.persons, other):
                yield from _crossed(places, classes, answers, answers_to(group, other))


def _places(group: Group) -> tuple[pd.DataFrame, np.ndarray]:
    """The pairs of association and UAI, and the place of each person among them."""
    associations, uais = (group.persons.labels[name] for name in ("association", "uai"))
    pairs = group.codes("association").astype(np.int64) * len(uais) + group.codes("uai")
    pairs, classes = np.unique(pairs, return_inverse=True)
    names = [(associations[pair // len(uais)], uais[pair % len(uais)]) for pair in pairs]
    return pd.DataFrame(names, columns=["association", "uai"]), classes


def _crossed(places: pd.DataFrame, classes: np.ndarray, answers: Answers, other: Answers) -> Iterator[pd.DataFrame]:
    """The counts of one question by the answers to another."""
    both = by_class(classes * len(other.members) + other.codes, len(places) * len(other.members), answers)
    cells = both.reshape(len(places), len(other.members), -1)
    for crossed in other.modalities():
        own = [place for place, members in enumerate(other.members) if crossed in members]
        found = cells[:, own, : len(answers.modalities())].sum(axis=1)
        yield _rows(found, places, answers.entry, answers.modalities(), cross=(other.entry.id, crossed))


def _rows(
    counts: np.ndarray, places: pd.DataFrame, entry: Indicator, names: list[str], *, cross: tuple[str, str] = ("", "")
) -> pd.DataFrame:
    """The counts above zero, a row each; ``counts`` has a row a place and a column a name."""
    place, rank = np.nonzero(counts)
    return places.iloc[place].assign(
        indicateur=entry.id,
        modalite=[names[each] for each in rank],
        croise_avec=cross[0],
        modalite_croisee=cross[1],
        effectif=counts[place, rank],
    )


# --- Counts by collège: exact, or as published ---

# The questions that page 03 compares; they apply to everybody.
_ASKED = ("sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes")
_SIZE = ("accompagnements", "")
# The counts and bases of both years (schema ``recouvrements``).
_COUNTS = ["effectif", "base", "effectif_anterieur", "base_anterieure"]


def _answers_compared() -> list[tuple[str, str]]:
    """Each question that is compared, with each of its answers and groups in documents."""
    entries = [catalogue().indicators[name] for name in _ASKED]
    return [(entry.id, answer) for entry in entries for answer in [*entry.modalities, *entry.groups]]


def _by_college(group: Group) -> pd.DataFrame:
    """One row a UAI (empty if unknown) where somebody is, one column an answer (indicator, modality) and the size."""
    labels, college = group.persons.labels["uai"], group.codes("uai")
    found = {_SIZE: np.bincount(college, minlength=len(labels))}
    for entry in [catalogue().indicators[name] for name in _ASKED]:
        given = by_class(college, len(labels), answers_to(group, entry))
        found |= {(entry.id, name): given[:, place] for place, name in enumerate(_names(entry))}
    table = pd.DataFrame(found, index=labels)
    return table[table[_SIZE] > 0]


def _by_published_college(sites: pd.DataFrame) -> pd.DataFrame:
    """The same as published: the rounded counts of the protected ``sites`` (schema ``indicateurs``)."""
    rows = sites[sites["site_type"].eq("college") & sites["perimetre"].eq(_PERIMETER) & sites["croise_avec"].eq("")]
    keys = {"index": "site", "columns": ["indicateur", "modalite"], "values": "effectif_arrondi"}
    return rows.pivot_table(**keys, aggfunc="sum", fill_value=0).astype(np.int64)


def _names(entry: Indicator) -> list[str]:
    return [*entry.modalities, *entry.recorded, *entry.groups]


# --- Intraclass correlation: how alike the persons of one collège are ---

# Mean square error of rounding to the nearest multiple (Sheppard).
_MOVED_BY_ROUNDING = (ROUNDING_BASE**2 - 1) / 12


def estimate_clusters(persons: Persons, *, source: str) -> pd.DataFrame:
    """The intraclass correlation (schema ``grappes``) of what the persons followed by an ALSES answered, by collège.

    One row a modality of a document or a group, by analysis of variance (Ridout, Demétrio and Firth, 1999):
    ``personnes_par_college`` is the size of this estimator, smaller than the mean when collèges differ; a negative
    correlation is 0. ``ressemblance_min`` and ``_max`` are its 95 % interval, from Fisher's F. Persons without UAI are
    left out. No row with fewer than two collèges, without two persons in one of them, or for an answer of nobody or
    everybody. ``source`` is export or synthetique.
    """
    counts = _by_college(perimeters(persons)[_PERIMETER]).drop(index=EMPTY, errors="ignore")
    return _clusters(counts, year=persons.year, source=source)


def estimate_of_sites(sites: pd.DataFrame, *, year: int, source: str) -> pd.DataFrame:
    """`estimate_clusters` (schema ``grappes``) from the published values of collèges alone, so that it reveals nothing.

    ``sites`` are the protected rows of the collèges that get a report (schema ``indicateurs``). The mean effect of
    rounding on the variance between collèges is subtracted; for a rare answer, most of that variance is rounding, and
    the correlation is rather too high than too low.
    """
    return _clusters(_by_published_college(sites), year=year, source=source, moved=_MOVED_BY_ROUNDING)


def _clusters(counts: pd.DataFrame, *, year: int, source: str, moved: float = 0.0) -> pd.DataFrame:
    rows = []
    for name, modality in _answers_compared() if _SIZE in counts else ():
        if (name, modality) in counts:
            found = intraclass(counts[name, modality].to_numpy(), counts[_SIZE].to_numpy(), moved=moved)
            cell = {"annee": year, "perimetre": _PERIMETER, "indicateur": name, "modalite": modality, "source": source}
            rows += [cell | found] if found else []
    return apply_schema(pd.DataFrame(rows, columns=columns("grappes")), "grappes")


def intraclass(given: np.ndarray, sizes: np.ndarray, *, moved: float = 0.0) -> dict | None:
    """The estimate for one answer, from its count and the size in each cluster; None if nothing can be estimated.

    ``moved`` is the mean square error of rounding of each count, of those who do not give the answer too.

    >>> intraclass(np.array([3, 1]), np.array([4, 4]))["ressemblance"]
    0.2
    """
    # Imported late: it takes half of the start-up time.
    from scipy import stats

    given, sizes = given[sizes > 0], sizes[sizes > 0]
    clusters, persons = len(sizes), int(sizes.sum())
    if clusters < 2 or persons == clusters or given.sum() in (0, persons):
        return None
    shares, share = given / sizes, float(given.sum() / persons)
    between = float((sizes * (shares - share) ** 2).sum() / (clusters - 1))
    # A share of m persons moves by (1 − p) e − p e', e and e' being how far both counts are moved, over m.
    between = max(0.0, between - moved * ((1 - share) ** 2 + share**2) * float((1 / sizes).sum()) / clusters)
    within = float((given * (1 - shares)).sum() / (persons - clusters))
    size = float((persons - (sizes.astype(float) ** 2).sum() / persons) / (clusters - 1))
    alike = _likeness(between, within, size)
    # The mean squares at either end of the interval of their ratio.
    chances = stats.f.ppf([0.975, 0.025], clusters - 1, persons - clusters)
    low, high = (_likeness(between, within * float(chance), size) for chance in chances)
    return {
        "colleges": clusters,
        "personnes": persons,
        "personnes_par_college": size,
        "ressemblance": alike,
        "ressemblance_min": low,
        "ressemblance_max": high,
        "effet_de_plan": 1 + (size - 1) * alike,
    }


def _likeness(between: float, within: float, size: float) -> float:
    """The intraclass correlation of these mean squares, never below zero."""
    return max(0.0, (between - within) / (between + (size - 1) * within))


# --- Standard error of the difference of two years' shares, each collège counting as one draw ---


def standard_error(given: np.ndarray, sizes: np.ndarray, given_ref: np.ndarray, sizes_ref: np.ndarray) -> np.ndarray:
    """The standard error of the difference of two shares, from zero to one: one an answer.

    A row of each array is a collège of either year; the first is the persons of no known collège, who count one by
    one. ``given`` has a column an answer. With p and p' the shares, x of m and x' of m' persons of a collège, N and N'
    all of them, a collège contributes z = (x − p m)/N − (x' − p' m')/N', and k collèges give the variance
    k/(k − 1) Σ z² (linearisation: Cameron and Miller, 2015; of a change: Berger and Priam, 2016). Both years are in one
    z, which takes account of the persons of both. Missing with fewer than two collèges.

    >>> standard_error(*(np.array(each) for each in ([[0], [3], [1]], [0, 4, 4], [[0], [2], [2]], [0, 4, 4]))).round(3)
    array([0.25])
    """
    known = (sizes + sizes_ref)[1:] > 0
    if known.sum() < 2:
        return np.full(given.shape[1], np.nan)
    total, variance = 0.0, 0.0
    for sign, count, size in ((1, given, sizes), (-1, given_ref, sizes_ref)):
        share = count.sum(axis=0) / size.sum()
        total = total + sign * (count - share * size[:, None])[1:] / size.sum()
        # One of them who gives the answer is 1 − p away from the share, another p.
        alone = count[0] * (1 - share) ** 2 + (size[0] - count[0]) * share**2
        variance = variance + alone / size.sum() ** 2
    return np.sqrt(variance + (total**2).sum(axis=0) * known.sum() / (known.sum() - 1))


def errors_of_sites(overlaps: pd.DataFrame, sites: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """The differences of two whole years (schema ``recouvrements``), their error from what is published of collèges.

    ``sites`` are the protected rows (schema ``indicateurs``) of the collèges of each year that get a report; persons in
    none of them count one by one. Differences without an estimable error are left out.
    """
    tables = {year: _by_published_college(rows) for year, rows in sites.items()}
    rows = _with_errors([row._asdict() for row in overlaps.itertuples(index=False)], tables)
    return apply_schema(pd.DataFrame(rows, columns=columns("recouvrements")), "recouvrements")


def _with_errors(rows: list[dict], tables: dict[int, pd.DataFrame]) -> list[dict]:
    """The rows with ``colleges`` and ``erreur_type_pts``; ``tables`` are the counts by collège of each year."""
    found = []
    for row in rows:
        years, answer = (row["annee"], row["annee_anterieure"]), (row["indicateur"], row["modalite"])
        if any(year not in tables or answer not in tables[year] for year in years):
            continue
        names = tables[years[0]].index.union(tables[years[1]].index)
        whole = ((row["effectif"], row["base"]), (row["effectif_anterieur"], row["base_anterieure"]))
        sides = [
            _with_others(tables[year].reindex(names, fill_value=0), answer, *all_)
            for year, all_ in zip(years, whole, strict=True)
        ]
        error = standard_error(*(array for side in sides for array in side))[0]
        if error > 0:
            found.append(row | {"colleges": len(names), "erreur_type_pts": round(100 * float(error), 6)})
    return found


def _with_others(counts: pd.DataFrame, answer: tuple[str, str], count: int, base: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts and sizes: first what these collèges leave of the whole, then each of them."""
    given, sizes = counts[answer].to_numpy(), counts[_SIZE].to_numpy()
    others = max(0, base - sizes.sum())
    left = min(max(0, count - given.sum()), others)
    return np.concatenate([[left], given])[:, None], np.concatenate([[others], sizes])


# --- Collèges that entered or left between two years, as published ---

ELSEWHERE = "ailleurs"
KINDS = (ELSEWHERE, "colleges_entres", "colleges_sortis")
# Where the rounding of these collèges moves the share of all others by more, in points, it is not told.
_MOST_MOVED_PTS = 1


def kinds_of_sites(overlaps: pd.DataFrame, sites: dict[int, pd.DataFrame], known: dict[int, set[str]]) -> pd.DataFrame:
    """The persons of two years by kind of collège (schema ``recouvrements``), from published values alone.

    ``overlaps`` are the rows ``ensemble``; ``sites`` the protected rows (schema ``indicateurs``) of the collèges of
    each year with a report; ``known`` the UAI of all its collèges. A collège entered or left where nobody is followed
    the other year: their persons are the sum of what is shown of each, and everybody else, of an unknown collège or of
    one too small for a report too, is what they leave of the whole.
    """
    tables, rows = {year: _by_published_college(own) for year, own in sites.items()}, []
    for row in overlaps.to_dict("records"):
        year, before, answer = row["annee"], row["annee_anterieure"], (row["indicateur"], row["modalite"])
        entered, left = (
            tables[one][~tables[one].index.isin(known[other])] for one, other in ((year, before), (before, year))
        )
        if not (len(entered) or len(left)) or any(answer not in each for each in (entered, left)):
            continue
        whole = np.array([row[name] for name in _COUNTS])
        alone = np.concatenate([each[[answer, _SIZE]].sum().to_numpy() for each in (entered, left)])
        count, base, count_ref, base_ref = rest = whole - alone
        moved = np.sqrt(_MOVED_BY_ROUNDING * np.array([len(entered), len(left)]))
        if (rest < 0).any() or count > base or count_ref > base_ref:
            continue  # rounding shows more persons of these collèges than there are
        if (100 * moved <= _MOST_MOVED_PTS * np.array([base, base_ref])).all():
            nobody = np.zeros(2, dtype=int)
            parts = (rest, np.append(alone[:2], nobody), np.append(nobody, alone[2:]))
            for kind, part in zip(KINDS, parts, strict=True):
                rows.append(row | {"population": kind} | dict(zip(_COUNTS, part.tolist(), strict=True)))
    return apply_schema(pd.DataFrame(rows, columns=columns("recouvrements")), "recouvrements")


# --- Answers that may be shown of the persons of both years ---
# These exact counts are not in the system that is rounded (`recouvrements` passes through the protection as it is), so
# that small ones are left out here. The reader knows the whole: the parts, what they leave of the parts' sizes, and the
# sum of the answers left out must all be zero or at least `FEWEST_PERSONS`.


def may_show(parts: np.ndarray, sizes: np.ndarray, entry: Indicator) -> np.ndarray:
    """Which modalities, then groups, may be shown; ``parts`` has a row an answer and a column a part, of ``sizes``.

    When a person gives one answer, further answers are left out, smallest first, until the sum of those left out is not
    small either.

    >>> sexe = catalogue().indicators["sexe"]
    >>> may_show(np.array([[30, 20], [28, 3], [0, 0], [0, 0], [9, 7]]), np.array([67, 30]), sexe)
    array([ True, False,  True,  True, False])
    """
    count = len(entry.modalities) + len(entry.recorded)
    kept = ~(is_small(parts) | is_small(sizes - parts)).any(axis=1)
    if entry.choice == "unique":
        for place in np.argsort(parts[:count].sum(axis=1), kind="stable"):
            if not is_small(parts[:count][~kept[:count]].sum(axis=0)).any():
                break
            # An answer that nobody gives hides nothing.
            kept[place] &= not parts[place].any()
    names = [*entry.modalities, *entry.recorded]
    for rank, group in enumerate(entry.groups.values(), start=count):
        members = [names.index(member) for member in group.members]
        kept[rank] &= _tells_nothing(parts[rank], parts[members], kept[members], is_single=entry.choice == "unique")
    return kept


def _tells_nothing(whole: np.ndarray, members: np.ndarray, kept: np.ndarray, *, is_single: bool) -> bool:
    """Whether a group may stand beside those of its members that are shown.

    When a person gives one answer, it is their sum: all members are shown, or the group is not. Else the differences of
    what is shown count those who give one of them only, or several.
    """
    if is_single:
        return bool(kept.all())
    return not (is_small(whole - members).any() or is_small(members.sum(axis=0) - whole).any())


# --- The same persons and the same collèges, in two years of records ---

# A group of the year and one of the earlier year.
Pair = tuple[Group, Group]


def count_overlaps(persons: Persons, earlier: dict[int, Persons], *, source: str) -> pd.DataFrame:
    """Who is in the records of both years (schema ``recouvrements``), among the ALSES' persons.

    For each earlier year with records: the persons of both, by identifier, with their answers each year. An answer that
    would reveal one to four persons, by itself or by subtraction, is left out, with others if needed;
    ``effectif_deux_fois`` alone is empty when so few changed their answer. Persons of both years are unknown when each
    association numbers its own in one of the two only. Then, for the whole of each year (``ensemble``), the standard
    error of the difference of two shares (`standard_error`). ``source`` is export or synthetique; empty without earlier
    records.
    """
    rows = []
    for year, others in sorted(earlier.items()) if len(persons) else ():
        if not len(others):
            continue
        pair = tuple(perimeters(each)[_PERIMETER] for each in (persons, others))
        # Numbers that each association gave one year, and the database the other, name different persons.
        of_persons = _of_persons(pair) if persons.is_within == others.is_within else ()
        cell = {"annee": persons.year, "annee_anterieure": year, "perimetre": _PERIMETER, "source": source}
        tables = [_by_college(group) for group in pair]
        placed = {
            each: own.drop(index=EMPTY, errors="ignore") for each, own in zip(cell.values(), tables, strict=False)
        }
        wholes = [cell | row for row in _of_everybody(tables)]
        rows += [*(cell | row for row in of_persons), *_with_errors(wholes, placed)]
    return apply_schema(pd.DataFrame(rows, columns=columns("recouvrements")), "recouvrements")


def _of_everybody(tables: list[pd.DataFrame]) -> Iterator[dict]:
    """The counts of both whole years."""
    bases = tuple(int(table[_SIZE].sum()) for table in tables)
    for answer in _answers_compared() if all(bases) else ():
        yield _row("ensemble", *answer, tuple(int(table[answer].sum()) for table in tables), bases)


def _of_persons(pair: Pair) -> Iterator[dict]:
    """The persons of both years: their number, then their answers."""
    found = pair[0].persons.shared(pair[0].rows, pair[1].persons, pair[1].rows)
    shared = tuple(Group(group.persons, rows) for group, rows in zip(pair, found, strict=True))
    size = shared[0].size
    sizes = np.array([size, pair[0].size - size, size, pair[1].size - size])
    if is_small(sizes).any():
        return
    yield _row("personnes_communes", *_SIZE, (size, size), (size, size), twice=size)
    for entry in [catalogue().indicators[name] for name in _ASKED] if size else ():
        whole, own = ([answers_to(group, entry) for group in groups] for groups in (pair, shared))
        (now, before), (all_now, all_before) = ([_counts(answers) for answers in each] for each in (own, whole))
        parts = np.column_stack([now, all_now - now, before, all_before - before])
        twice = _twice(own, now, before)
        for place in np.flatnonzero(may_show(parts, sizes, entry) & parts.any(axis=1)):
            counts = int(now[place]), int(before[place])
            answer = entry.id, _names(entry)[place]
            yield _row("personnes_communes", *answer, counts, (size, size), twice=twice[place])


def _twice(own: list[Answers], now: np.ndarray, before: np.ndarray) -> list[int | None]:
    """Who gave each answer both years; None if one to four gave it in one year only, or changed within a group."""
    entry = own[0].entry
    first, second = (answers.incidence(with_groups=True).astype(bool)[answers.codes] for answers in own)
    both = (first & second).sum(axis=0)
    apart = np.column_stack([both, now - both, before - both, own[0].base - now - before + both])
    is_told = is_small(apart).any(axis=1)
    names = _names(entry)
    for group, value in entry.groups.items():
        place, members = names.index(group), [names.index(member) for member in value.members]
        # Who went from one member of the group to another.
        is_told[place] |= is_small(both[place] - both[members].sum())
    return [None if told else int(count) for told, count in zip(is_told, both, strict=True)]


def _counts(answers: Answers) -> np.ndarray:
    return answers.by_code @ answers.incidence(with_groups=True)


def _row(
    population: str, indicator: str, modality: str, counts: tuple, bases: tuple, *, twice: int | None = None
) -> dict:
    names = ("effectif", "effectif_anterieur", "base", "base_anterieure")
    cell = {"population": population, "indicateur": indicator, "modalite": modality}
    return {**cell, **dict(zip(names, (*counts, *bases), strict=True)), "effectif_deux_fois": twice}
