"""The long table: one row a measure of a comparison, with Holm's correction over the page and the reach it allows."""

from itertools import chain

import numpy as np
import pandas as pd

from helpers.compare.beside import Beside, beside
from helpers.compare.found import Found
from helpers.compare.groups import answers, attendance
from helpers.compare.nested import nested
from helpers.compare.pairs import rests, volumes, years
from helpers.compare.robustness import clustering
from helpers.compare.two_shares import exact
from helpers.compare.years import differences, totals
from helpers.comparisons import LEVEL
from helpers.facts import Facts
from helpers.schema import columns, typed


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

    Columns: ``comparaison`` (kind, then what is compared), ``libelle``, ``constat`` and ``constat_effectif`` (from the
    bounds alone), ``portee`` (from the largest p over the compatible counts, corrected for the number of tests),
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
            attendance(now, year=year),
            nested(now, year=year),
            answers(now, controls, year=year),
        )
    )
    tested = [each for each in found if each.tested]
    corrected = _holm(tested)
    page = Found("page", "Ensemble de la page", "", _page(now, year, found) | _of_many(known, found))
    rows = [
        row for each in [*found, page] for row in _rows(each, corrected.get(each.id), year=year, compare_to=compare_to)
    ]
    return typed(pd.DataFrame(rows, columns=columns("comparaisons")), "comparaisons")


def _holm(tested: list[Found]) -> dict[str, tuple[float, float, float]]:
    """For each tested comparison, the corrected p: at the central counts, then with every p at its least, its most."""
    if not tested:
        return {}
    ends = zip(*(each.measures[each.tested] for each in tested), strict=True)
    corrected = zip(*map(stepped_down, ends), strict=True)
    return {each.id: ps for each, ps in zip(tested, corrected, strict=True)}


def stepped_down(ps: tuple[float, ...]) -> list[float]:
    """The p-values corrected: the least times their number, the next times one less…, none below the one before.

    That of statsmodels (`multipletests`) gives the same and searches the memory of the whole process each time: 0.2 s.

    >>> [round(p, 3) for p in stepped_down((0.01, 0.04, 0.03, 0.005))]
    [0.03, 0.06, 0.06, 0.02]
    """
    order = np.argsort(ps)
    corrected = np.maximum.accumulate(np.take(ps, order) * np.arange(len(ps), 0, -1)).clip(max=1)
    return corrected[np.argsort(order)].tolist()


def _of_many(known: Beside, found: list[Found]) -> dict:
    """How many shares of both years were looked at, when some are only shown, and the persons of both, if known."""
    if not known.is_chosen:
        return {}
    compared = [each for each in found if each.id.split("/")[0] in ("annees", "details") and "ecart" in each.measures]
    counted = {"annees_comptees": exact(known.counted)} if known.counted else {}
    shared = {"personnes_communes": exact(known.persons["alses"])} if "alses" in known.persons else {}
    return {"nombre_de_comparaisons": exact(len(compared))} | counted | shared


def _page(now: pd.DataFrame, year: int, made: list[Found]) -> dict:
    """What concerns every comparison: how many tests, and how many persons a post."""
    figure = Facts(now, year=year)
    persons, posts = figure("alses/accompagnements/"), figure("reseau_alses/postes/")
    found = {"nombre_de_tests": exact(sum(bool(each.tested) for each in made)), "seuil": exact(LEVEL)}
    if persons and persons.counts and posts and posts.is_known and posts.counts[0] > 0:
        found |= clustering(persons.counts, int(posts.counts[0]))
    return found


def _rows(found: Found, corrected: tuple | None, *, year: int, compare_to: int | None) -> list[dict]:
    measures = found.measures | ({"p_holm": corrected} if corrected else {})
    reach = "" if corrected is None else "concluante" if corrected[2] < LEVEL else "non_concluante"
    of_two_years = found.id.split("/")[0] in ("annees", "details", "volume")
    head = {
        "comparaison": found.id,
        "annee": year,
        "comparee_a": compare_to if of_two_years else None,
        "libelle": found.label,
        "constat": found.finding,
        "constat_effectif": found.count_finding,
        "portee": reach,
    }
    return [
        head
        | dict(zip(("mesure", "unite", "methode"), (name, *found.spelled(name)), strict=True))
        | dict(zip(("valeur", "valeur_min", "valeur_max"), values, strict=True))
        for name, values in measures.items()
    ]
