"""Figures of groups compared within a year: the ALSES and the rest, small groups, objective against request."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.compared import (
    are_exact,
    bases_of,
    colours_of,
    columns_of,
    drawn,
    gap_text,
    label,
    share_text,
    shares_frame,
    source_of,
    widest,
)
from helpers.charts.figure import compose
from helpers.charts.palette import BLUE
from helpers.charts.words import bases, comparing, nothing, source, words
from helpers.comparisons import Comparison, Comparisons
from helpers.facts import USUAL, Facts
from helpers.schema import catalogue
from helpers.tables import table
from helpers.wording import Html, subject


def show_rest(found: Comparisons, now: Facts) -> Html:
    """The ALSES beside the rest of prévention spécialisée, in per cent; a box when no share is published for both.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> print(charts.show_rest(trouve, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    Accompagnement ouvert dans l’année : 54,0 % chez les ALSES, 43,4 % dans le reste
    Reste de la prévention spécialisée puis ALSES : garçons, 61,0 % puis 58 %, écart −3,0 points ; accompagnement
    ouvert dans l’année, 43,4 % puis 54,0 %, écart +10,6 points.
    """
    shown = drawn(found.of("reste"))
    if not shown:
        return nothing("aucune part n’est publiée à la fois pour les ALSES et pour l’ensemble")
    rows, most = shares_frame(shown), widest(shown)
    said = [(share_text(each, "part_reference"), share_text(each, "part"), gap_text(each)) for each in shown]
    rows = rows.assign(texte=[f"reste {rest}, ALSES {own}{gap}" for rest, own, gap in said])
    titles = {
        "etiquette": "Part",
        "part_pct": "ALSES",
        "part_min_pct": "au moins",
        "part_max_pct": "au plus",
        "reference_pct": "Reste",
        "reference_min_pct": "au moins ",
        "reference_max_pct": "au plus ",
        "ecart_pts": "Écart (points)",
    }
    return compose(
        partial(draw.two_shares, rows, colours_of(shown)),
        id="reste",
        title=comparing("rest_title", c=most),
        subtitle=comparing("rest_subtitle", year=now.year, is_exact=are_exact(shown)),
        reading=comparing("rest_reading", c=most),
        base=bases_of([("reste", each) for each in shown], {"reste": ("reste de la prévention spécialisée", "ALSES")}),
        source=source_of(shown, [now], "prévention spécialisée, collège ou non"),
        alt=comparing("gaps_alt", found=shown, kind="Reste de la prévention spécialisée puis ALSES").text,
        table=table(rows, caption="ALSES et reste de la prévention spécialisée", titles=columns_of(titles, rows)),
    )


def _intervals_frame(shown: list[Comparison]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "etiquette": label(each),
            "effectif": each["effectif"].value,
            "base": each["base"].value,
            "part_pct": each["part"].value,
            "ic_bas_pct": each["ic_bas"].value,
            "ic_haut_pct": each["ic_haut"].value,
        }
        for each in shown
    )


def _bases(shown: list[Comparison]) -> Html:
    """The invited of each group, or the posts."""
    return words("bases", facts=[], measures=[(each, "base", subject(each)) for each in shown])


_INTERVALS = {
    "effectif": "Effectif",
    "base": "Base",
    "part_pct": "Part",
    "ic_bas_pct": "Intervalle, de",
    "ic_haut_pct": "à",
}


def show_answers(found: Comparisons, now: Facts) -> Html:
    """The shares of posts that the document prints, in per cent with their interval; a box when it prints none.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> print(charts.show_answers(trouve, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    « Première prise de poste d’ALSES : oui ou incertain » : 15 postes sur 17, mais un intervalle large
    Réponses des postes et intervalle : Expérience de la prévention spécialisée : non, 6 sur 17, soit 35,3 %,
    intervalle de 17,3 à 58,7 % ; Première prise de poste d’ALSES : oui ou incertain, ...
    """
    shown = found.of("reponses", having="ic_bas")
    if not shown:
        return nothing("le document n’imprime aucune part de postes")
    rows, most = _intervals_frame(shown), max(shown, key=lambda each: each["part"].value)
    return compose(
        partial(draw.shares_with_interval, rows, [BLUE] * len(rows)),
        id="reponses-intervalles",
        title=comparing("answers_title", c=most),
        subtitle=comparing("intervals_subtitle"),
        reading=comparing("intervals_reading", c=most),
        base=bases([(now(each.path), "nouvelles prises de poste") for each in shown[:1]]),
        source=source_of(shown, [now], "nouvelles prises de poste"),
        alt=comparing("intervals_alt", found=shown, kind="Réponses des postes et intervalle").text,
        table=table(rows, caption="Réponses imprimées en parts", titles={"etiquette": "Réponse", **_INTERVALS}),
    )


def show_nested(found: Comparisons, now: Facts) -> Html:
    """How many objectives for one request; a box when no theme publishes both to the unit.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> print(charts.show_nested(trouve, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    Difficultés familiales : 21,3 objectifs pour une demande
    Rapport des objectifs aux demandes : difficultés familiales, 43 demandes, 916 objectifs, 21,3 pour une ; santé,
    addiction, ...
    """
    shown = sorted(found.of("emboitee", having="rapport"), key=lambda each: -each["rapport"].value)
    if not shown:
        return nothing("aucun thème ne publie à l’unité sa demande et son objectif")
    rows = pd.DataFrame(
        {
            "etiquette": label(each),
            "demandes": each["effectif_reference"].value,
            "objectifs": each["effectif"].value,
            "rapport": each["rapport"].value,
        }
        for each in shown
    )
    facts = [now(f"alses/{name}/{each.id}") for each in shown for name in ("demande_initiale", "objectif")]
    titles = {"etiquette": "Thème", "demandes": "Demandes", "objectifs": "Objectifs", "rapport": "Rapport"}
    return compose(
        partial(draw.ratios, rows),
        id="rapports",
        title=comparing("nested_title", most=shown[0]),
        subtitle=comparing("nested_subtitle", year=now.year),
        reading=comparing("nested_reading", c=shown[0]),
        base=bases([(fact, catalogue().perimeters[USUAL].label) for fact in facts[:1]]),
        source=source("personnes suivies par un ALSES", (fact.reference for fact in facts if fact)),
        alt=comparing("nested_alt", found=shown).text,
        table=table(rows, caption="Objectifs pour une demande", titles=titles),
    )
