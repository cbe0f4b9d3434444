"""Which shares are compared, and the long table of their comparisons."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd
from scipy import stats

from helpers.analysis.share_tests import (
    LIKENESS,
    Corrections,
    clustering,
    corrections_of,
    test_of,
    tests_of_years,
    words_of,
)
from helpers.analysis.shares import (
    WILSON,
    ComparisonResult,
    Measure,
    Side,
    central_pair,
    central_rest,
    compatible_pairs,
    compatible_rests,
    described_measures,
    exact,
    is_protected,
    shown_count,
    side_of,
    sweep,
)
from helpers.analysis.years import (
    BY_ASSOCIATION,
    FAMILIES,
    HEADLINED,
    HEADLINED_RESTS,
    counted_words,
    differences,
    finding,
    is_compared,
    is_counted,
    published,
    totals,
)
from helpers.indicators.comparisons import LEVEL, Comparisons, column_of, stepped_down
from helpers.indicators.lookup import (
    PROTECTED,
    USUAL,
    at_site,
    merge_references,
    misread_answers,
    title_of_figure,
    with_shares,
)
from helpers.schema import UNSAID, apply_schema, catalogue, columns

# --- Two years; the ALSES and the rest of prévention spécialisée ---

# The reference is the second without the first.
PART, WHOLE = USUAL, "prevention_specialisee"


def _path(row) -> str:
    return "/".join(filter(None, (row.perimetre, row.indicateur, row.modalite)))


def _is_protected(row) -> bool:
    return is_protected(row, "_apres") or is_protected(row, "_avant")


def _count_change(row, *, now: Side | None = None, before: Side | None = None) -> dict[str, Measure]:
    """Both counts, their difference and their relative change."""
    bounds = [int(getattr(row, f"effectif_{end}_{when}")) for when in ("apres", "avant") for end in ("min", "max")]
    middles = [
        side.central()[0]
        if side
        else shown_count(row, when)
        if is_protected(row, when)
        else np.floor(sum(ends) / 2 + 0.5)
        for side, ends, when in ((now, bounds[:2], "_apres"), (before, bounds[2:], "_avant"))
    ]
    counts, references = (middles[0], *bounds[:2]), (middles[1], *bounds[2:])
    found = {"effectif": counts, "effectif_reference": references}
    # The least change is from the greatest earlier count to the least present one.
    pairs = list(zip(counts, (references[0], references[2], references[1]), strict=True))
    found["ecart_effectif"] = tuple(count - reference for count, reference in pairs)
    if references[1] > 0 and not _is_protected(row):
        found["evolution"] = tuple(100 * (count / reference - 1) for count, reference in pairs)
    return found


def _three(row, column: str) -> Measure:
    found = (getattr(row, column.format(end)) for end in ("", "min_", "max_"))
    return tuple(float("nan") if pd.isna(each) else float(each) for each in found)


# Both shares as displayed, with bounds, where there is no test: it would need exact counts.
_DISPLAYED = {"part": "part_{}pct_apres", "part_reference": "part_{}pct_avant", "ecart": "ecart_part_{}pts"}


def _year(row, *, known: Corrections, years: str) -> ComparisonResult:
    now, before, path = side_of(row, "_apres"), side_of(row, "_avant"), _path(row)
    kind = "annees" if known.is_headlined(path) else "details"
    methods = counted_words(row, now="_apres", reference="_avant")
    made = partial(ComparisonResult, f"{kind}/{path}", f"{title_of_figure(row)}, {years}", row.constat_part)
    displayed = {name: _three(row, column) for name, column in _DISPLAYED.items()}
    if now is None or before is None or pd.isna(row.ecart_min):
        return made(displayed, methods=methods)
    counts = _count_change(row, now=now, before=before)
    if _is_protected(row):
        sides = {"base": now, "base_reference": before}
        found = {name: (side.central()[1], *side.bases) for name, side in sides.items()} | displayed
        return made(found | counts, count_finding=row.constat_effectif, methods=methods)
    if path not in HEADLINED or not known.may_test(path):
        # Not tested: an interval would be read as a test, and it ignores likeness.
        found = sweep(described_measures, central_pair(now, before), compatible_pairs(now, before))
        return made(found | counts, count_finding=row.constat_effectif, methods=methods)
    found = tests_of_years(now, before, path=path, known=known) | counts | known.unanswered(path)
    ways, interval = words_of(found)
    said = {"count_finding": row.constat_effectif, "methods": methods | ways, **interval}
    return made(found, tested=test_of(found), **said)


def years(
    differences: pd.DataFrame, *, known: Corrections, year: int, compare_to: int | None
) -> Iterator[ComparisonResult]:
    """Every share of persons published in both years, then counts only deduced in one of them (never tested).

    ``differences`` comes from `years.differences`. Only the shares of `years.HEADLINED` are tested; when shares are
    many, the others are ``details``.
    """
    when = f"{compare_to} et {year}"
    for row in differences.itertuples():
        is_deduced = "deduit" in (row.precision_avant, row.precision_apres)
        if row.modalite == "" or not is_compared(row.indicateur):
            continue
        if not is_deduced and pd.notna(row.ecart_part_min_pts) and pd.notna(row.ecart_part_max_pts):
            yield _year(row, known=known, years=when)
        elif pd.notna(row.ecart_min):
            counts = _count_change(row, now=side_of(row, "_apres"), before=side_of(row, "_avant"))
            label = f"{title_of_figure(row)}, {when}"
            methods = counted_words(row, now="_apres", reference="_avant")
            kind = "annees" if known.is_headlined(_path(row)) or not _is_protected(row) else "details"
            yield ComparisonResult(
                f"{kind}/{_path(row)}", label, "", counts, count_finding=row.constat_effectif, methods=methods
            )


def volumes(totals: pd.DataFrame, *, year: int, compare_to: int | None) -> Iterator[ComparisonResult]:
    """Totals of both years, never tested: for how many months the posts were held is unknown (`years.totals`)."""
    for row in totals.itertuples():
        found = _count_change(row)
        methods = {"rapport": "effectif / effectif_reference", **counted_words(row, now="_apres", reference="_avant")}
        if min(found["effectif"][1], found["effectif_reference"][1]) > 0 and not _is_protected(row):
            now, before = found["effectif"], found["effectif_reference"]
            found["rapport"] = (now[0] / before[0], now[1] / before[2], now[2] / before[1])
        label = f"{title_of_figure(row)}, {compare_to} et {year}"
        yield ComparisonResult(
            f"volume/{_path(row)}", label, "", found, count_finding=row.constat_effectif, methods=methods
        )


def _rest(part: Side, whole: Side, *, id: str, label: str, methods: dict[str, str]) -> ComparisonResult | None:
    central = central_rest(part, whole)
    if central.base_ref[0] <= 0 or not 0 <= central.count_ref[0] <= central.base_ref[0]:
        return None
    found = sweep(described_measures, central, compatible_rests(part, whole))
    naive = sweep(described_measures, central_pair(part, whole), compatible_pairs(part, whole))
    found |= {f"{name}_naif": naive[name] for name in ("ecart", "h", "rapport")}
    says = finding(*found["ecart"][1:], stable_within=catalogue().stable_points)
    return ComparisonResult(id, label, says, found, methods=methods)


def rests(now: pd.DataFrame, *, year: int) -> Iterator[ComparisonResult]:
    """The ALSES against the rest of prévention spécialisée, for every share printed for both; never a test.

    The persons of a new post are all new cases, hence alike by construction: 21 new posts out of 73 alone make a design
    effect of 11, and no test of independent persons holds. Of a year counted from records, only `HEADLINED_RESTS`.
    """
    keys, chosen = ["indicateur", "modalite"], HEADLINED_RESTS if is_counted(now) else None
    rows = published(now, year)
    rows = rows[rows["modalite"].ne("") & ~rows["precision"].isin(["deduit", PROTECTED])]
    both = rows[rows["perimetre"] == PART].merge(
        rows[rows["perimetre"] == WHOLE], on=keys, suffixes=("_partie", "_ensemble"), validate="1:1"
    )
    for row in both.itertuples():
        part, whole = side_of(row, "_partie"), side_of(row, "_ensemble")
        is_chosen = chosen is None or f"{row.indicateur}/{row.modalite}" in chosen
        if part and whole and is_chosen:
            title = catalogue().indicators[row.indicateur].title_of(row.modalite)
            label = f"{title}, ALSES et reste de la prévention spécialisée"
            apart = dict.fromkeys(("effectif_reference", "base_reference"), "ensemble moins ALSES")
            methods = apart | counted_words(row, now="_partie")
            id = f"reste/{PART}/{row.indicateur}/{row.modalite}"
            found = _rest(part, whole, id=id, label=label, methods=methods)
            yield from [found] if found else []


# --- Posts: the printed shares, and the association with most posts against the others ---


def wilson(count: int, base: int) -> dict[str, Measure]:
    """Count, base, share and its Wilson interval, in per cent."""
    interval = stats.binomtest(count, base).proportion_ci(method="wilson")
    found = {"effectif": count, "base": base, "part": 100 * count / base}
    found |= {"ic_bas": 100 * interval.low, "ic_haut": 100 * interval.high}
    return {name: exact(value) for name, value in found.items()}


def against_others(rows: pd.DataFrame, chosen: int) -> dict[str, Measure]:
    """One row against the sum of the others: shares, difference in points, Fisher's test and its interval.

    p is twice the smaller tail of the conditional law and the interval of the odds ratio leaves 2.5 % of that law on
    each side, so they cannot disagree. The row was picked because it stood out: ``p_choix`` multiplies p by the number
    of rows.
    """
    count, base = (int(rows.loc[chosen, name]) for name in ("effectif_min", "base_min"))
    others, all_others = (int(rows[name].sum()) - own for name, own in (("effectif_min", count), ("base_min", base)))
    counts = [[count, base - count], [others, all_others - others]]
    p = min(1.0, 2 * min(stats.fisher_exact(counts, alternative=side).pvalue for side in ("less", "greater")))
    odds = stats.contingency.odds_ratio(counts)
    ends = odds.confidence_interval()
    share, reference = 100 * count / base, 100 * others / all_others
    found = {"effectif": count, "base": base, "part": share}
    found |= {"effectif_reference": others, "base_reference": all_others, "part_reference": reference}
    found |= {"ecart": share - reference, "rapport_de_cotes": odds.statistic}
    found |= {"rapport_de_cotes_ic_bas": ends.low, "rapport_de_cotes_ic_haut": ends.high}
    found |= {"p_fisher": p, "p_choix": min(1.0, p * len(rows))}
    return {name: exact(value) for name, value in found.items()}


def known(indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """The values of the page's place whose count and base are known to the unit, cross-tabulations included."""
    rows = at_site(indicators)
    rows = rows[(rows["annee"] == year) & ~rows["precision"].isin(UNSAID)]
    is_exact = (rows["effectif_min"] == rows["effectif_max"]) & (rows["base_min"] == rows["base_max"])
    return with_shares(rows[is_exact.fillna(False) & rows["base_min"].gt(0).fillna(False)])


def _most(rows: pd.DataFrame) -> int | None:
    """The index of the row with the greatest count; None when two tie."""
    counts = rows["effectif_min"]
    first = counts[counts == counts.max()]
    return int(first.index[0]) if len(first) == 1 and len(rows) > 1 else None


def answers(now: pd.DataFrame, controls: pd.DataFrame, *, year: int) -> Iterator[ComparisonResult]:
    """Shares of posts that the document prints, with intervals; the association with most posts against the others.

    ``controls`` are those of the year: they tell which answers are printed as shares.
    """
    rows = known(now, year)
    rows = rows[rows["perimetre"] == "postes"]
    printed = controls[(controls["annee"] == year) & controls["perimetre"].eq("postes") & controls["mesure"].eq("part")]
    said = set(zip(printed["indicateur"], printed["modalite"], strict=True))
    entries = catalogue().indicators
    for row in rows[rows["croise_avec"].eq("")].itertuples():
        if (row.indicateur, row.modalite) in said:
            found = wilson(int(row.effectif_min), int(row.base_min))
            label = f"{entries[row.indicateur].title_of(row.modalite)}, postes décrits"
            id = f"reponses/postes/{row.indicateur}/{row.modalite}"
            yield ComparisonResult(id, label, "", found, interval=("pct", WILSON), unit="postes")
    for indicator, modality in BY_ASSOCIATION:
        crossed = rows[rows["indicateur"].eq(indicator) & rows["modalite"].eq(modality)]
        crossed = crossed[crossed["croise_avec"] == "association"]
        most = _most(crossed)
        if most is not None:
            found = against_others(crossed, most)
            name = crossed.loc[most, "modalite_croisee"]
            label = f"{entries[indicator].title_of(modality)}, {name} et les autres associations"
            says = finding(*found["ecart"][1:], stable_within=catalogue().stable_points)
            id = f"reponses/postes/{indicator}/{modality}/association"
            yield ComparisonResult(id, label, says, found, tested="p_choix", unit="postes")


# --- Objective against request in the same persons ---

_METHODS = {"rapport": "effectif / effectif_reference"}
# Without records, how many gave both answers is unknown: from none to all those of the rarer answer.
_OF_ANY_OVERLAP = "toutes les façons possibles de croiser demande et objectif ; valeur : la plus large"
_OF_THE_OVERLAP = "réponses croisées personne par personne"


def nested(now: pd.DataFrame, *, year: int) -> Iterator[ComparisonResult]:
    """Objective against request, for each theme whose two counts and base are known to the unit."""
    every = known(now, year)
    rows, twice = every[every["croise_avec"].eq("")], _given_twice(every)
    rows = rows[rows["perimetre"].eq("alses") & rows["precision"].eq("exact")]
    # Only what a person may ask for: neither a group of themes, nor a missing answer.
    rows = rows[rows["modalite"].isin(list(catalogue().indicators["objectif"].modalities))]
    asked, worked = (rows[rows["indicateur"] == name] for name in ("demande_initiale", "objectif"))
    pairs = worked.merge(asked, on=["modalite", "base_min"], suffixes=("_objectif", "_demande"), validate="1:1")
    for row in pairs.itertuples():
        both = twice.get(row.modalite)
        found = measures(int(row.effectif_min_objectif), int(row.effectif_min_demande), int(row.base_min), both=both)
        label = f"{catalogue().indicators['objectif'].label_of(row.modalite)} : objectif et demande initiale"
        says = finding(*found["ecart"][1:], stable_within=catalogue().stable_points)
        way = _OF_ANY_OVERLAP if both is None else _OF_THE_OVERLAP
        methods = _METHODS | {"ecart_type": f"écart-type de l’écart, {way}"}
        id, interval = f"emboitee/alses/{row.modalite}", ("points", f"loi normale, {way} : scipy norm")
        yield ComparisonResult(id, label[:1].upper() + label[1:], says, found, interval=interval, methods=methods)


def _given_twice(rows: pd.DataFrame) -> dict[str, int]:
    """By theme, how many asked for it and worked on it, where records give that cross-tabulation."""
    rows = rows[rows["perimetre"].eq("alses") & rows["indicateur"].eq("objectif")]
    rows = rows[rows["croise_avec"].eq("demande_initiale") & rows["modalite"].eq(rows["modalite_croisee"])]
    return {row.modalite: int(row.effectif_min) for row in rows.itertuples()}


def measures(worked: int, asked: int, base: int, *, both: int | None = None) -> dict[str, Measure]:
    """Counts, shares, difference in points with its interval, and ratio; no test.

    A person has one request and may have several objectives, so objectives are more numerous by construction. ``both``
    is how many gave both answers, when records tell it. Otherwise the interval covers every overlap: its value is the
    widest, its extremes those of no overlap and of the greatest.
    """
    gap = (worked - asked) / base
    overlaps = (max(0, worked + asked - base), min(worked, asked)) if both is None else (both, both)
    widest, narrowest = (np.sqrt(max(0.0, (worked + asked - 2 * n) / base - gap**2) / base) for n in overlaps)
    reach, least = (100 * stats.norm.ppf(0.975) * each for each in (widest, narrowest))
    found = {
        "effectif": worked,
        "base": base,
        "part": 100 * worked / base,
        "effectif_reference": asked,
        "base_reference": base,
        "part_reference": 100 * asked / base,
        "ecart": 100 * gap,
    }
    if asked:
        found["rapport"] = worked / asked
    return {name: exact(value) for name, value in found.items()} | {
        "ecart_type": (100 * widest, 100 * narrowest, 100 * widest),
        "ic_bas": (100 * gap - reach, 100 * gap - reach, 100 * gap - least),
        "ic_haut": (100 * gap + reach, 100 * gap + least, 100 * gap + reach),
    }


# --- The long table, with Holm's correction ---


def build_comparisons(
    now: pd.DataFrame,
    before: pd.DataFrame,
    controls: pd.DataFrame,
    *,
    year: int,
    compare_to: int | None,
    overlaps: pd.DataFrame | None = None,
    clusters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every comparison of page 03 (schema ``comparaisons``), one row per measure.

    ``constat`` rests on the bounds alone; ``portee`` on the largest p over the compatible counts, corrected for the
    tests of its question; ``valeur`` is at the central counts, ``valeur_min`` and ``valeur_max`` over the compatible
    ones. ``docs/method.md`` explains ``methode``.

    ``now`` and ``before`` have the schema ``indicateurs``, ``controls`` the schema ``controles``; each may be empty.
    ``overlaps`` (``recouvrements``) and ``clusters`` (``grappes``, both years) correct the tests of the shares.

    >>> annees = [data.load(annee, "indicateurs").query("indicateur == 'sexe'") for annee in (2020, 2019)]
    >>> mesures = build_comparisons(*annees, data.load(2020, "controles"), year=2020, compare_to=2019)
    >>> mesures.loc[mesures["mesure"].eq("ecart"), ["libelle", "constat", "valeur"]].round(1).head(1)
                           libelle constat  valeur
    6  Sexe : filles, 2019 et 2020  hausse     2.0
    """
    gaps = differences(now, before, year=year, compare_to=compare_to)
    known = corrections_of(now, before, gaps, overlaps=overlaps, clusters=clusters, year=year, compare_to=compare_to)
    found = list(
        chain(
            years(gaps, known=known, year=year, compare_to=compare_to),
            rests(now, year=year),
            volumes(totals(gaps), year=year, compare_to=compare_to),
            nested(now, year=year),
            answers(now, controls, year=year),
        )
    )
    corrected = corrections(found)
    page = ComparisonResult("page", "Ensemble de la page", "", _page(found, known) | _of_many(known, found))
    rows = [
        row
        for each in [*found, page]
        for row in _rows(each, corrected.get(each.id, {}), year=year, compare_to=compare_to)
    ]
    return apply_schema(pd.DataFrame(rows, columns=columns("comparaisons")), "comparaisons")


def corrections(found: list[ComparisonResult]) -> dict[str, dict[str, Measure]]:
    """For each tested comparison, p corrected by Holm within its family (`years.FAMILIES`), made or not.

    ``p_holm``, and ``p_holm_faible``, ``p_holm_moyen``, ``p_holm_fort`` where likeness is assumed: at the central
    counts, then with every p at its least and at its greatest.
    """
    made: dict[str, dict[str, Measure]] = {}
    for question, size in FAMILIES.items():
        tested = [each for each in found if each.tested and each.id.startswith(f"{question}/")]
        for likeness in ("", *LIKENESS):
            name = f"p_grappe_{likeness}"
            ends = zip(*(each.measures.get(name, each.measures[each.tested]) for each in tested), strict=True)
            for each, *ps in zip(tested, *(stepped_down(values, family=size) for values in ends), strict=True):
                if not likeness or name in each.measures:
                    made.setdefault(each.id, {})["_".join(filter(None, ("p_holm", likeness)))] = tuple(ps)
    return made


def _of_many(known: Corrections, found: list[ComparisonResult]) -> dict:
    """How many shares were examined when some are only listed, and the persons of both years if known."""
    if not known.is_chosen:
        return {}
    compared = [each for each in found if each.id.split("/")[0] in ("annees", "details") and "ecart" in each.measures]
    counted = {"annees_comptees": exact(known.counted)} if known.counted else {}
    shared = {"personnes_communes": exact(known.persons["alses"])} if "alses" in known.persons else {}
    return {"nombre_de_comparaisons": exact(len(compared))} | counted | shared


def _page(made: list[ComparisonResult], known: Corrections) -> dict:
    """What concerns every comparison: tests made, size of each family, persons per post."""
    found = {"nombre_de_tests": exact(sum(bool(each.tested) for each in made)), "seuil": exact(LEVEL)}
    found["ecart_stable"] = exact(catalogue().stable_points)
    found |= {f"tests_{question}": exact(size) for question, size in FAMILIES.items()}
    if any("p_grappe_fort" in each.measures for each in made):
        found |= clustering(known.sizes, known.posts)
    return found


def figure_of(id: str) -> dict[str, str]:
    """The kind of a comparison and the indicator it measures.

    >>> figure_of("annees/alses/sexe/filles")
    {'nature': 'annees', 'perimetre': 'alses', 'indicateur': 'sexe', 'modalite': 'filles'}
    """
    kind, *path = id.split("/")
    if kind == "emboitee":  # a goal against the request of the same name
        path.insert(1, "objectif")
    return dict(zip(("nature", "perimetre", "indicateur", "modalite"), (kind, *path, "", "", ""), strict=False))


def reach(corrected: dict[str, Measure]) -> str:
    """The conclusion of a tested comparison at its least favourable counts; ``""`` without a test.

    Where likeness is only assumed, a difference that does not survive the strongest one depends on it.
    """
    if not corrected:
        return ""
    if corrected["p_holm"][2] >= LEVEL:
        return "non_concluante"
    return "selon_ressemblance" if corrected.get("p_holm_fort", (0, 0, 0))[2] >= LEVEL else "concluante"


def _rows(found: ComparisonResult, corrected: dict[str, Measure], *, year: int, compare_to: int | None) -> list[dict]:
    measures = found.measures | corrected
    names = figure_of(found.id)
    of_two_years = names["nature"] in ("annees", "details", "volume")
    head = {
        "comparaison": found.id,
        **names,
        "annee": year,
        "comparee_a": compare_to if of_two_years else None,
        "libelle": found.label,
        "constat": found.finding,
        "constat_effectif": found.count_finding,
        "portee": reach(corrected),
    }
    return [
        head
        | dict(zip(("mesure", "unite", "methode"), (name, *found.spelled(name)), strict=True))
        | dict(zip(("valeur", "valeur_min", "valeur_max"), values, strict=True))
        for name, values in measures.items()
    ]


# --- One row a comparison: what cells select, draw and say ---

# The first columns of the tidy frame; every other measure follows, with its extremes.
_HEADS = ["comparaison", "nature", "perimetre", "indicateur", "modalite", "libelle", "question", "public"]
_SIDES = ["reference_pct", "part_pct", "ecart_pts", "ecart_min_pts", "ecart_max_pts", "p", "verdict"]
_COUNTED = ["effectif_reference", "effectif", "ecart_effectif", "evolution_pct", "base_reference", "base"]
_KEYS = ["constat", "constat_effectif", "portee", "protege", "annee", "comparee_a", "reference", "non_compris"]


def table(measures: pd.DataFrame, *indicators: pd.DataFrame) -> pd.DataFrame:
    """One row a comparison (rows of the schema ``comparaisons``, turned), in the order of the catalogue.

    ``nature`` says what is compared: « annees » (commented), « details » (listed only) and « volume » are two years;
    « reste » is the ALSES beside the rest of prévention spécialisée; « emboitee » an objective beside the request;
    « reponses » the posts. ``reference_pct`` and ``part_pct`` are both shares, ``ecart_pts`` their difference with what
    rounding leaves open (``ecart_min_pts``, ``ecart_max_pts``), ``p`` the corrected p-value of the worst case, and
    ``verdict`` what may be concluded (`indicators.Comparison.verdict`). Each measure of the schema has its column, with
    its extremes. ``indicators`` (schema ``indicateurs``) give the sources of the numbers, and how many answers of each
    year were not understood (``non_compris``, as `indicators.readable` has it).

    >>> ecarts = table(data.load_result(2020, "comparaisons"))
    >>> ecarts.query("nature == 'annees' and part_pct.notna()")[["libelle", "ecart_pts", "verdict"]].round(1)
                                             libelle  ecart_pts    verdict
    0                                         filles        2.0  incertain
    2                       orientation par le collège       -6.0  incertain
    4  collégiens (toute la prévention spécialisée)        0.0     stable
    """
    entries, known = catalogue(), _references(indicators)
    misread = {key: count for each in indicators for key, count in misread_answers(at_site(each)).items()}
    heads = measures.drop_duplicates("comparaison").set_index("comparaison")
    rows = []
    for each in Comparisons(measures).of_all():
        id = each.key.removeprefix("comparaisons/")
        if id == "page":
            continue
        head, names = heads.loc[id], figure_of(id)
        values = {
            column_of(name, end): value
            for name, measure in each.measures.items()
            for end, value in (("", measure.value), ("min", measure.low), ("max", measure.high))
        }
        questions = [(year, names["perimetre"], names["indicateur"]) for year in (head["comparee_a"], head["annee"])]
        public, title = entries.perimeters[names["perimetre"]], entries.indicators[names["indicateur"]].label
        rows.append(
            {"comparaison": id, **names, "libelle": each.subject, "question": title}
            | {"public": public.short or public.label, "protege": each.is_protected, "p": values.get("p_holm_max")}
            | {"verdict": each.verdict, "constat": each.finding, "constat_effectif": each.count_finding}
            | {"portee": each.reach, "annee": head["annee"], "comparee_a": head["comparee_a"]}
            | {"reference": merge_references(known[key] for key in _sides(names, head) if key in known)}
            | {"non_compris": tuple(chain.from_iterable(misread.get(each, ()) for each in questions))}
            | values
        )
    # The same columns whatever a year compares, so that a selection may name any of them.
    every = [column_of(name, end) for name in entries.measures for end in ("", "min", "max")]
    first = [*_HEADS, *_SIDES, *_COUNTED, *_KEYS]
    frame = pd.DataFrame(rows).reindex(columns=[*first, *(name for name in every if name not in first)])
    frame = frame.astype(object) if frame.empty else frame  # pandas would take empty words for numbers
    numbers = [name for name in frame if name not in (*_HEADS, *_KEYS, "verdict")]
    return frame.astype(dict.fromkeys(numbers, float)).copy()  # one block of numbers


def _references(indicators: tuple[pd.DataFrame, ...]) -> dict[tuple, str]:
    rows = pd.concat(indicators) if indicators else pd.DataFrame(columns=columns("indicateurs"))
    rows = rows[rows["croise_avec"].eq("") & rows["reference"].notna()]
    names = ["annee", "perimetre", "indicateur", "modalite"]
    return dict(zip(rows[names].itertuples(index=False, name=None), rows["reference"], strict=True))


def _sides(names: dict[str, str], head: pd.Series) -> list[tuple]:
    """The keys of the two numbers that a comparison puts side by side."""
    year, before, kind = head["annee"], head["comparee_a"], names["nature"]
    path = (names["perimetre"], names["indicateur"], names["modalite"])
    if kind == "reste":
        return [(year, *path), (year, WHOLE, *path[1:])]
    if kind == "emboitee":
        return [(year, path[0], "demande_initiale", path[2]), (year, *path)]
    return [(year, *path)] if kind == "reponses" else [(before, *path), (year, *path)]
