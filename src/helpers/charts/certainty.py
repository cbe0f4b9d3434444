"""Figures of how sure the differences are: every interval, and the tests under other assumptions."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.compared import are_exact, bases_of_years, colours_of, columns_of, ends, label, source_of
from helpers.charts.figure import compose
from helpers.charts.measured import draw_likeness
from helpers.charts.words import comparing, nothing
from helpers.comparisons import Comparison, Comparisons
from helpers.facts import Facts
from helpers.tables import table
from helpers.wording import Html, number, probability

# Assumed likeness of the persons of a post, from none to strong.
_DESIGNS = {"p_holm": "nulle", "p_holm_faible": "faible", "p_holm_moyen": "moyenne", "p_holm_fort": "forte"}

# Columns of the data of a forest, as they are read.
_FOREST = {
    "etiquette": "Comparaison",
    "ecart_pts": "Écart (points)",
    "ecart_min_pts": "Écart minimal",
    "ecart_max_pts": "Écart maximal",
    "ic_bas_pts": "Intervalle, de",
    "ic_haut_pts": "à",
    "p": "p corrigée, au plus",
    "dit": "Concluant",
}


def _forest_frame(shown: list[Comparison]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "etiquette": label(each),
            **ends(each, "ecart", "ecart", "pts"),
            "ic_bas_pts": each["ic_bas"].value,
            "ic_haut_pts": each["ic_haut"].value,
            "est_concluant": each.is_conclusive,
            "p": probability(each["p_holm"].high),
        }
        for each in shown
    )


def show_forest(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Every tested difference of two years, in points, with rounding and interval; a box when there is none.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> annees = (facts.Facts(store.load(annee, "indicateurs"), year=annee) for annee in (2020, 2019))
    >>> print(charts.show_forest(trouve, *annees).text)
    Orientation par le collège : l’écart ne dépasse le hasard que si les personnes d’un même poste ne se ressemblent
    pas
    Écarts et intervalles : Sexe : filles, 2019 et 2020, +2,0 points, intervalle de −1,0 à +5,0 points, hasard
    possible ; Origine ...
    """
    shown = [each for each in found.of("annees", having="ic_bas") if each.is_tested]
    if not shown:
        return nothing("aucun écart n’est testé")
    rows = _forest_frame(shown)
    said = ["oui" if each.is_conclusive else "selon la ressemblance" if each.is_fragile else "non" for each in shown]
    data = rows.assign(etiquette=[each.label for each in shown], dit=said)
    return compose(
        partial(draw.forest, rows),
        id="intervalles",
        title=comparing("forest_title", conclusive=[each for each in shown if each.is_conclusive], tested=shown),
        subtitle=comparing("forest_subtitle", is_exact=are_exact(shown)),
        reading=comparing("forest_reading", c=shown[0], is_exact=shown[0]["ecart"].is_exact),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=comparing("forest_alt", found=shown).text,
        table=table(data, caption="Écarts testés", titles=columns_of(_FOREST, data)),
    )


def _clusters_frame(shown: list[Comparison]) -> pd.DataFrame:
    rows = [{"etiquette": label(each)} for each in shown]
    for row, each in zip(rows, shown, strict=True):
        for rank, name in enumerate(_DESIGNS):
            row |= ends(each, name, f"p_{rank}")
    return pd.DataFrame(rows)


def show_clusters(found: Comparisons, now: Facts, before: Facts) -> Html:
    """The test of each change under stronger and stronger likeness within posts; a box when nothing is tested.

    Once records tell how alike the persons of a collège are, that likeness in place of those assumed.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> annees = (facts.Facts(store.load(annee, "indicateurs"), year=annee) for annee in (2020, 2019))
    >>> print(charts.show_clusters(trouve, *annees).text)
    Orientation par le collège : l’écart ne dépasse plus le hasard si les personnes d’un même poste se ressemblent,
    même un peu
    Valeur p corrigée selon la ressemblance supposée (nulle, faible, moyenne, forte) : filles, 1,00, 1,00, 1,00, 1,00
    ; orientation par le collège, 0,0011, 0,032, 0,37, 0,84.
    """
    estimated = [each for each in found.of("annees", having="p_grappe") if "effet_de_plan" in each]
    if estimated:
        return draw_likeness(estimated, found, now, before)
    shown, page = found.of("annees", having="p_grappe_fort"), found("page")
    if not shown or "effet_grappe_fort" not in page:
        return nothing("aucune part n’est testée d’une année à l’autre")
    rows = _clusters_frame(shown)
    factors = ["0", *(number(page[f"ressemblance_{name}"].value, 2) for name in ("faible", "moyen", "fort"))]
    effects = [f"{name}\n({factor})" for name, factor in zip(_DESIGNS.values(), factors, strict=True)]
    titles = {
        "etiquette": "Part",
        **{f"p_{rank}": f"p corrigée, ressemblance {name}" for rank, name in enumerate(_DESIGNS.values())},
    }
    data = rows.assign(**{name: rows[name].map(probability) for name in titles if name != "etiquette"})
    below = [each for each in shown if each["p_holm"].high < page["seuil"].value]
    return compose(
        partial(draw.tests_by_design, rows, effects=effects, threshold=page["seuil"].value, colours=colours_of(shown)),
        id="ressemblance",
        title=comparing("clusters_title", kept=below[0] if below else None, whole=page),
        subtitle=comparing("clusters_subtitle"),
        reading=comparing("clusters_reading", c=(below or shown)[0], whole=page),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=comparing("clusters_alt", found=shown).text,
        table=table(data, caption="Valeur p corrigée selon la ressemblance supposée", titles=titles),
    )
