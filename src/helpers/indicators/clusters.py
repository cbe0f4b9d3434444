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
    may_show,
    perimeters,
    shown_parts,
    steps,
    tally,
)
from helpers.schema import FEWEST_COLLEGES, ROUNDING_BASE, Indicator, apply_schema, catalogue, columns

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
# The columns of persons that say where they are followed.
_PLACES = ("association", "uai")


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
        if not entry.is_by_site:
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
            if entry.choice == other.choice == "unique":
                yield from _crossed(places, classes, answers, answers_to(group, other))


def _places(group: Group) -> tuple[pd.DataFrame, np.ndarray]:
    """The pairs of association and UAI, and the place of each person among them."""
    association, uai = (group.codes(name).astype(np.int64) for name in _PLACES)
    labels = [group.persons.labels[name] for name in _PLACES]
    pairs, classes = np.unique(association * len(labels[1]) + uai, return_inverse=True)
    there = {"association": pairs // len(labels[1]), "uai": pairs % len(labels[1])}
    names = {name: [known[code] for code in there[name]] for name, known in zip(_PLACES, labels, strict=True)}
    return pd.DataFrame(names), classes


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


# --- Intraclass correlation: how alike the persons of one collège are ---

# The questions that page 03 compares; they apply to everybody.
_ASKED = ("sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes")
# Mean square error of rounding to the nearest multiple (Sheppard).
_MOVED_BY_ROUNDING = (ROUNDING_BASE**2 - 1) / 12


def estimate_clusters(persons: Persons, *, source: str) -> pd.DataFrame:
    """The intraclass correlation (schema ``grappes``) of what the persons followed by an ALSES answered, by collège.

    One row a modality of a document or a group, by analysis of variance (Ridout, Demétrio and Firth, 1999):
    ``personnes_par_college`` is the size of this estimator, smaller than the mean when collèges differ; a negative
    correlation is 0. ``ressemblance_min`` and ``_max`` are its 95 % interval, from Fisher's F. Persons without UAI are
    left out. No row with fewer than two collèges, without two persons in one of them, or for an answer of nobody or
    everybody. ``source`` is export or synthetique.

    >>> lignes = pd.DataFrame({"identifiant": list("ABCD"), "suivi_par": "alses", "uai": ["0590001A", "0590002B"] * 2})
    >>> personnes = Persons.of(2021, lignes.assign(sexe=["filles", "garcons"] * 2))
    >>> grappes = indicators.estimate_clusters(personnes, source="export")
    >>> grappes[["modalite", "colleges", "ressemblance", "effet_de_plan"]]
      modalite  colleges  ressemblance  effet_de_plan
    0   filles         2           1.0            2.0
    1  garcons         2           1.0            2.0
    """
    rows = list(_clusters_rows(persons)) if len(persons) else []
    whole = pd.DataFrame(rows, columns=columns("grappes")).assign(source=source)
    return apply_schema(whole, "grappes")


def _clusters_rows(persons: Persons) -> Iterator[dict]:
    known = perimeters(persons)[_PERIMETER]
    places = np.flatnonzero(known.codes("uai"))
    placed = Group(persons, places if known.rows is None else known.rows[places])
    college = placed.codes("uai")
    sizes = tally(college, len(persons.labels["uai"]))
    for name in _ASKED:
        answers = answers_to(placed, catalogue().indicators[name])
        given = by_class(college, len(sizes), answers)
        names = [*answers.modalities(), *answers.entry.groups]
        for modality in [*answers.entry.modalities, *answers.entry.groups]:
            found = intraclass(given[:, names.index(modality)], sizes)
            if found is not None:
                cell = {"annee": persons.year, "perimetre": _PERIMETER, "indicateur": name, "modalite": modality}
                yield cell | found


def counts_of_sites(sites: pd.DataFrame) -> pd.DataFrame:
    """The rounded counts of each collège: one row a UAI, a column an answer (indicator, modality).

    From the protected ``sites`` (schema ``indicateurs``). The size is (« accompagnements », empty modality).
    """
    rows = sites[sites["site_type"].eq("college") & sites["perimetre"].eq(_PERIMETER) & sites["croise_avec"].eq("")]
    keys = {"index": "site", "columns": ["indicateur", "modalite"], "values": "effectif_arrondi"}
    return rows.pivot_table(**keys, aggfunc="sum", fill_value=0).astype(np.int64)


def estimate_of_sites(sites: pd.DataFrame, *, year: int, source: str) -> pd.DataFrame:
    """`estimate_clusters` (schema ``grappes``) from the published values of collèges alone, so that it reveals nothing.

    ``sites`` are the protected rows of the collèges that get a report (schema ``indicateurs``). The mean effect of
    rounding on the variance between collèges is subtracted; for a rare answer, most of that variance is rounding, and
    the correlation is rather too high than too low.

    >>> rien = data.load(2020, "indicateurs").iloc[:0]
    >>> indicators.estimate_of_sites(rien, year=2021, source="export").empty
    True
    """
    counts, rows = counts_of_sites(sites), []
    sizes = counts.get(("accompagnements", ""), pd.Series(dtype=np.int64)).to_numpy()
    for name in _ASKED if len(sizes) else ():
        entry = catalogue().indicators[name]
        for modality in [*entry.modalities, *entry.groups]:
            if (name, modality) in counts:
                given = counts[name, modality].to_numpy()
                found = intraclass(given, sizes, moved=_MOVED_BY_ROUNDING)
                cell = {"annee": year, "perimetre": _PERIMETER, "indicateur": name, "modalite": modality}
                rows += [cell | found] if found else []
    return apply_schema(pd.DataFrame(rows, columns=columns("grappes")).assign(source=source), "grappes")


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


def errors_of(pair: tuple[Group, Group], questions: tuple[str, ...]) -> Iterator[dict]:
    """For each answer of these questions, put to everybody: both counts, both bases, collèges, error in points.

    Only for modalities and groups of documents; none that nobody, or everybody, gives both years.
    """
    names = [EMPTY, *sorted({label for group in pair for label in group.persons.labels["uai"]} - {EMPTY})]
    places = [
        np.array([names.index(label) for label in group.persons.labels["uai"]], dtype=np.intp).take(group.codes("uai"))
        for group in pair
    ]
    sizes = [tally(place, len(names)) for place in places]
    colleges = int(((sizes[0] + sizes[1])[1:] > 0).sum())
    for name in questions if all(size.sum() for size in sizes) else ():
        entry = catalogue().indicators[name]
        given = [
            by_class(place, len(names), answers_to(group, entry)) for place, group in zip(places, pair, strict=True)
        ]
        errors = standard_error(given[0], sizes[0], given[1], sizes[1])
        answers = [*entry.modalities, *entry.recorded, *entry.groups]
        for modality in [*entry.modalities, *entry.groups]:
            place = answers.index(modality)
            if errors[place] > 0:
                yield {
                    "indicateur": name,
                    "modalite": modality,
                    "effectif": int(given[0][:, place].sum()),
                    "base": int(sizes[0].sum()),
                    "effectif_anterieur": int(given[1][:, place].sum()),
                    "base_anterieure": int(sizes[1].sum()),
                    "colleges": colleges,
                    "erreur_type_pts": round(100 * float(errors[place]), 6),
                }


def errors_of_sites(overlaps: pd.DataFrame, sites: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """The differences of two whole years (schema ``recouvrements``), their error from what is published of collèges.

    ``sites`` are the protected rows (schema ``indicateurs``) of the collèges of each year that get a report; persons in
    none of them count one by one. Left out: differences of others than the ALSES' persons, who are not counted by
    collège, and those without an estimable error.

    >>> rien = data.load(2020, "recouvrements")
    >>> indicators.errors_of_sites(rien, {}).empty
    True
    """
    tables, found = {year: counts_of_sites(rows) for year, rows in sites.items()}, []
    for row in overlaps[overlaps["perimetre"].eq("alses")].itertuples():
        years, answer = (row.annee, row.annee_anterieure), (row.indicateur, row.modalite)
        if any(year not in tables or answer not in tables[year] for year in years):
            continue
        names = tables[years[0]].index.union(tables[years[1]].index)
        whole = ((row.effectif, row.base), (row.effectif_anterieur, row.base_anterieure))
        placed = [tables[year].reindex(names, fill_value=0) for year in years]
        given, sizes = zip(
            *(_with_others(each, answer, *all_) for each, all_ in zip(placed, whole, strict=True)), strict=True
        )
        error = standard_error(given[0][:, None], sizes[0], given[1][:, None], sizes[1])[0]
        if error > 0:
            found.append(row._asdict() | {"colleges": len(names), "erreur_type_pts": round(100 * float(error), 6)})
    return apply_schema(pd.DataFrame(found, columns=columns("recouvrements")), "recouvrements")


def _with_others(counts: pd.DataFrame, answer: tuple[str, str], count: int, base: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts and sizes: first what these collèges leave of the whole, then each of them."""
    given, sizes = counts[answer].to_numpy(), counts["accompagnements", ""].to_numpy()
    others = max(0, base - sizes.sum())
    left = min(max(0, count - given.sum()), others)
    return np.concatenate([[left], given]), np.concatenate([[others], sizes])


# --- The same persons and the same collèges, in two years of records ---

# Differences with a standard error: perimeter, and its printed questions that apply to everybody.
_COMPARED = {_PERIMETER: _ASKED, "collegiens": ("suivi_par",)}
_WHOLE = "ensemble"
_SHARED = "personnes_communes"
_COLLEGES = ("colleges_anciens", "colleges_nouveaux", "colleges_sortis", "college_inconnu")
_OLD, _ONE_YEAR, _UNKNOWN = 0, (1, 2), 3

# A group of the year and one of the earlier year.
Pair = tuple[Group, Group]


def count_overlaps(persons: Persons, earlier: dict[int, Persons], *, source: str) -> pd.DataFrame:
    """Who and which collèges are in the records of both years (schema ``recouvrements``), among the ALSES' persons.

    For each earlier year with records: the persons of both, by identifier, with their answers each year; then those of
    either year by kind of collège (by UAI; old where somebody is followed both years). An answer or a kind of collège
    that would reveal one to four persons, by itself or by subtraction, is left out, with others if needed; so is a kind
    of one or two collèges. A hidden kind has no row, an empty one a row with 0. ``effectif_deux_fois`` alone is empty
    when so few changed their answer. Persons of both years are unknown when each association numbers its own in one of
    the two only. Then, for the whole of each year (``ensemble``, collégiens too), the standard
    error of the difference of two shares (`standard_error`). ``source`` is export or synthetique; empty without earlier
    records.

    >>> lignes = pd.DataFrame({"identifiant": [f"F{rang}" for rang in range(20)], "suivi_par": "alses"})
    >>> avant, apres = Persons.of(2020, lignes.head(12)), Persons.of(2021, lignes.tail(15))
    >>> communes = indicators.count_overlaps(apres, {2020: avant}, source="export")
    >>> communes.loc[communes["indicateur"].eq("accompagnements"), ["population", "effectif"]].to_numpy().tolist()
    [['personnes_communes', 7], ['colleges_anciens', 0], ['colleges_nouveaux', 0], ['colleges_sortis', 0],
     ['college_inconnu', 15]]
    """
    rows = []
    for year, others in sorted(earlier.items()) if len(persons) else ():
        if len(others):
            cell = {"annee": persons.year, "annee_anterieure": year}
            known = perimeters(persons), perimeters(others)
            pair = known[0][_PERIMETER], known[1][_PERIMETER]
            # Numbers that each association gave one year, and the database the other, name different persons.
            of_persons = _of_persons(pair) if persons.is_within == others.is_within else ()
            found = [{"perimetre": _PERIMETER, **row} for row in [*of_persons, *_of_colleges(pair)]]
            rows += [cell | row for row in [*found, *_of_everybody(known)]]
    return apply_schema(pd.DataFrame(rows, columns=columns("recouvrements")).assign(source=source), "recouvrements")


def _of_everybody(known: tuple[dict[str, Group], dict[str, Group]]) -> Iterator[dict]:
    """The counts of both whole years, and the standard error of the difference of their shares."""
    for perimeter, questions in _COMPARED.items():
        if perimeter in known[0] and perimeter in known[1]:
            head = {"perimetre": perimeter, "population": _WHOLE}
            yield from (head | row for row in errors_of((known[0][perimeter], known[1][perimeter]), questions))


def _of_persons(pair: Pair) -> Iterator[dict]:
    """The persons of both years: their number, then their answers."""
    places = [np.arange(group.size) if group.rows is None else group.rows for group in pair]
    found = pair[0].persons.shared(places[0], pair[1].persons, places[1])
    shared = tuple(Group(group.persons, rows) for group, rows in zip(pair, found, strict=True))
    size = shared[0].size
    sizes = np.array([size, pair[0].size - size, size, pair[1].size - size])
    if is_small(sizes).any():
        return
    yield _row(_SHARED, "accompagnements", "", (size, size), (size, size), twice=size)
    for entry in [catalogue().indicators[name] for name in _ASKED] if size else ():
        whole, own = ([answers_to(group, entry) for group in groups] for groups in (pair, shared))
        (now, before), (all_now, all_before) = ([_counts(answers) for answers in each] for each in (own, whole))
        parts = np.column_stack([now, all_now - now, before, all_before - before])
        twice = _twice(own, now, before)
        for place in np.flatnonzero(may_show(parts, sizes, entry) & parts.any(axis=1)):
            counts = int(now[place]), int(before[place])
            yield _row(_SHARED, entry.id, _names(entry)[place], counts, (size, size), twice=twice[place])


def _twice(own: list[Answers], now: np.ndarray, before: np.ndarray) -> list[int | None]:
    """Who gave each answer both years; None if one to four gave it in one year only, or changed within a group."""
    entry, (first, second) = own[0].entry, [answers.incidence(with_groups=True).astype(bool) for answers in own]
    both = np.zeros(first.shape[1], dtype=np.int64)
    for step in steps(own[0].base):
        both += (first[own[0].codes[step]] & second[own[1].codes[step]]).sum(axis=0)
    is_told = is_small(np.column_stack([both, now - both, before - both, own[0].base - now - before + both])).any(
        axis=1
    )
    names = _names(entry)
    for group, value in entry.groups.items():
        place, members = names.index(group), [names.index(member) for member in value.members]
        # Who went from one member of the group to another.
        is_told[place] |= is_small(both[place] - both[members].sum(keepdims=True)).any()
    return [None if told else int(count) for told, count in zip(is_told, both, strict=True)]


def _of_colleges(pair: Pair) -> Iterator[dict]:
    """The persons of each year by kind of collège: their number, then their answers."""
    kinds, colleges = _kinds(pair)
    sizes = [tally(codes, len(_COLLEGES)) for codes in kinds]
    shown = shown_parts(*sizes, colleges=colleges)
    for place in shown:
        own = tuple(int(size[place]) for size in sizes)
        yield _row(_COLLEGES[place], "accompagnements", "", own, own)
    for entry in [catalogue().indicators[name] for name in _ASKED] if shown else ():
        counts = [
            by_class(codes, len(_COLLEGES), answers_to(group, entry)) for codes, group in zip(kinds, pair, strict=True)
        ]
        parts = np.vstack([_parts(each, shown) for each in counts]).T
        of_parts = np.concatenate([_parts(size, shown) for size in sizes])
        for answer in np.flatnonzero(may_show(parts, of_parts, entry) & parts.any(axis=1)):
            for place in shown:
                found = tuple(int(each[place, answer]) for each in counts)
                bases = tuple(int(size[place]) for size in sizes)
                yield _row(_COLLEGES[place], entry.id, _names(entry)[answer], found, bases)


def _parts(counts: np.ndarray, shown: list[int]) -> np.ndarray:
    """The kinds shown, then all the others together."""
    return np.concatenate([counts[shown], np.delete(counts, shown, axis=0).sum(axis=0, keepdims=True)])


def _kinds(pair: Pair) -> tuple[list[np.ndarray], np.ndarray]:
    """The kind of collège of each person of each year (a place in ``_COLLEGES``), and the collèges of each kind."""
    labels = [group.persons.labels["uai"] for group in pair]
    seen = [
        {label for label, count in zip(names, tally(group.codes("uai"), len(names)), strict=True) if count}
        for group, names in zip(pair, labels, strict=True)
    ]
    seen = [names - {EMPTY} for names in seen]
    common = seen[0] & seen[1]
    # The number of unknown collèges is not known: take it as many.
    colleges = np.array([len(common), *(len(own - common) for own in seen), FEWEST_COLLEGES])
    kinds = [
        np.array([_UNKNOWN if name == EMPTY else _OLD if name in common else alone for name in names], dtype=np.uint8)
        for names, alone in zip(labels, _ONE_YEAR, strict=True)
    ]
    return [kind.take(group.codes("uai")) for kind, group in zip(kinds, pair, strict=True)], colleges


def _counts(answers: Answers) -> np.ndarray:
    return answers.by_code @ answers.incidence(with_groups=True)


def _names(entry: Indicator) -> list[str]:
    return [*entry.modalities, *entry.recorded, *entry.groups]


def _row(
    population: str, indicator: str, modality: str, counts: tuple, bases: tuple, *, twice: int | None = None
) -> dict:
    names = ("effectif", "effectif_anterieur", "base", "base_anterieure")
    cell = {"population": population, "indicateur": indicator, "modalite": modality}
    return {**cell, **dict(zip(names, (*counts, *bases), strict=True)), "effectif_deux_fois": twice}
