"""The long table: one row a measure of a comparison, with Holm's correction and the reach it allows."""

from itertools import chain

import pandas as pd

from helpers.compare.beside import Beside, beside
from helpers.compare.found import Found
from helpers.compare.groups import answers
from helpers.compare.headlines import FAMILIES
from helpers.compare.nested import nested
from helpers.compare.pairs import rests, volumes, years
from helpers.compare.robustness import LIKENESS, clustering
from helpers.compare.two_shares import Measure, exact
from helpers.compare.years import differences, totals
from helpers.comparisons import LEVEL, stepped_down
from helpers.schema import catalogue, columns, typed


def comparisons(
    now: pd.DataFrame,
    before: pd.DataFrame,
    controls: pd.DataFrame,
    *,
    year: int,
    compare_to: int | None,
    overlaps: pd.DataFrame | None = None,
    clusters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every comparison of the page (schema ``comparaisons``), one row a measure.

    Columns: ``comparaison`` (kind, then what is compared), the same in ``nature``, ``perimetre``, ``indicateur`` and
    ``modalite`` as in the table of indicators, ``libelle``, ``constat`` and ``constat_effectif`` (from the bounds
    alone), ``portee`` (from the largest p over the compatible counts, corrected for the tests of its question),
    ``mesure``, ``unite``, ``valeur`` at the central counts, ``valeur_min`` and ``valeur_max`` over the compatible ones,
    ``methode``.

    ``now`` and ``before`` are indicators (schema ``indicateurs``), ``controls`` the verdicts on the printed figures
    (schema ``controles``); each may be empty. What records tell of both years, ``overlaps`` (schema ``recouvrements``)
    and ``clusters`` (schema ``grappes``, both years), corrects the tests of the shares. ``methode`` names the function
    behind each measure; ``docs/method.md`` says why.

    >>> annees = [store.load(annee, "indicateurs").query("indicateur == 'sexe'") for annee in (2020, 2019)]
    >>> mesures = compare.comparisons(*annees, store.load(2020, "controles"), year=2020, compare_to=2019)
    >>> mesures.loc[mesures["mesure"].eq("ecart"), ["libelle", "constat", "valeur"]].round(1).head(1)
                           libelle constat  valeur
    6  Sexe : filles, 2019 et 2020  hausse     2.0
    """
    gaps = differences(now, before, year=year, compare_to=compare_to)
    known = beside(now, before, gaps, overlaps=overlaps, clusters=clusters, year=year, compare_to=compare_to)
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
    page = Found("page", "Ensemble de la page", "", _page(found, known) | _of_many(known, found))
    rows = [
        row
        for each in [*found, page]
        for row in _rows(each, corrected.get(each.id, {}), year=year, compare_to=compare_to)
    ]
    return typed(pd.DataFrame(rows, columns=columns("comparaisons")), "comparaisons")


def corrections(found: list[Found]) -> dict[str, dict[str, Measure]]:
    """For each tested comparison, p corrected for the family of its question, by assumed likeness too.

    ``p_holm``, and ``p_holm_faible``, ``p_holm_moyen``, ``p_holm_fort`` where its test is made for these: at the
    central counts, then with every p at its least, its most. The family is that of `headlines.FAMILIES`, known or not.
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


def _of_many(known: Beside, found: list[Found]) -> dict:
    """How many shares of both years were looked at, when some are only shown, and the persons of both, if known."""
    if not known.is_chosen:
        return {}
    compared = [each for each in found if each.id.split("/")[0] in ("annees", "details") and "ecart" in each.measures]
    counted = {"annees_comptees": exact(known.counted)} if known.counted else {}
    shared = {"personnes_communes": exact(known.persons["alses"])} if "alses" in known.persons else {}
    return {"nombre_de_comparaisons": exact(len(compared))} | counted | shared


def _page(made: list[Found], known: Beside) -> dict:
    """What concerns every comparison: the tests made, the size of each family, and how many persons a post."""
    found = {"nombre_de_tests": exact(sum(bool(each.tested) for each in made)), "seuil": exact(LEVEL)}
    found["ecart_stable"] = exact(catalogue().stable_points)
    found |= {f"tests_{question}": exact(size) for question, size in FAMILIES.items()}
    if any("p_grappe_fort" in each.measures for each in made):
        found |= clustering(known.sizes, known.posts)
    return found


def figure_of(id: str) -> dict[str, str]:
    """The kind of a comparison, and the perimeter, indicator and modality of the figure whose count it measures.

    >>> figure_of("annees/alses/sexe/filles")
    {'nature': 'annees', 'perimetre': 'alses', 'indicateur': 'sexe', 'modalite': 'filles'}
    """
    kind, *path = id.split("/")
    if kind == "emboitee":  # a goal against the request of the same name
        path.insert(1, "objectif")
    return dict(zip(("nature", "perimetre", "indicateur", "modalite"), (kind, *path, "", "", ""), strict=False))


def reach(corrected: dict[str, Measure]) -> str:
    """How far a tested comparison reaches, at the counts that are least favourable; ``""`` without a test.

    Where likeness is only assumed, a difference that does not outlast the strongest depends on it.
    """
    if not corrected:
        return ""
    if corrected["p_holm"][2] >= LEVEL:
        return "non_concluante"
    return "selon_ressemblance" if corrected.get("p_holm_fort", (0, 0, 0))[2] >= LEVEL else "concluante"


def _rows(found: Found, corrected: dict[str, Measure], *, year: int, compare_to: int | None) -> list[dict]:
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
