"""Figures of two years: shares, counts, and what new persons would need to make their difference."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.compared import (
    SAID,
    SHARES,
    are_exact,
    are_protected,
    bases_of_years,
    colours_of,
    columns_of,
    drawn,
    ends,
    gap_text,
    said_shares,
    share_text,
    shares_frame,
    source_of,
    widest,
)
from helpers.charts.figure import compose
from helpers.charts.measured import draw_parts
from helpers.charts.palette import COLOURS, GREY, colour_of
from helpers.charts.words import comparing, nothing
from helpers.comparisons import Comparisons
from helpers.facts import Facts
from helpers.tables import table
from helpers.wording import Html


def show_differences(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Shares of both years, in per cent, with what rounding allows; a box when no share was published twice.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> annees = (facts.Facts(store.load(annee, "indicateurs"), year=annee) for annee in (2020, 2019))
    >>> print(charts.show_differences(trouve, *annees).text)
    La part qui change le plus : « orientation par le collège », −6,0 points (entre −6,9 et −5,0)
    Parts de deux années : filles, 40 % puis 42 %, écart +2,0 points ; orientation par le collège, 52 % puis 46 %,
    écart −6,0 points ; collégiens (toute la prévention spécialisée), 52 % puis 52 %, écart 0,0 point.
    """
    shown = drawn(found.of("annees", having="ecart"))
    if not shown:
        return nothing("aucune part n’est publiée pour les deux années")
    moved = [each for each in shown if each.finding in ("hausse", "baisse")]
    rows, most, years = shares_frame(shown), widest(moved or shown), {"year": now.year, "compare_to": before.year}
    both = [(share_text(each, "part_reference"), share_text(each, "part"), gap_text(each)) for each in shown]
    rows = rows.assign(texte=[f"{reference} → {part}{gap}" for reference, part, gap in both])
    titles = columns_of(SHARES, rows) | {"reference_pct": str(before.year), "part_pct": str(now.year)}
    if are_protected(shown):
        titles = SAID | {"reference": str(before.year), "part": str(now.year)}
    return compose(
        partial(draw.two_shares, rows, colours_of(shown)),
        id="ecarts",
        title=comparing("shares_title", widest=most, is_first=most is widest(shown)),
        subtitle=comparing("shares_subtitle", **years, is_exact=are_exact(shown), place=now.place),
        reading=comparing("shares_reading", c=most, **years),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "voir les données de la figure"),
        alt=comparing("gaps_alt", found=shown, kind="Parts de deux années").text,
        table=table(said_shares(shown, rows), caption=f"Parts de {before.year} et de {now.year}", titles=titles),
    )


def show_counts(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Counts of both years, in persons, for the share that differs most; a box when none has counts.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> annees = (facts.Facts(store.load(annee, "indicateurs"), year=annee) for annee in (2020, 2019))
    >>> print(charts.show_counts(trouve, *annees).text)
    Orientation par le collège : la part diminue, le nombre augmente
    Barres de deux années, en personnes, « orientation par le collège » : 963 sur 1 852 en 2019, 1 027 sur 2 233 en
    2020.
    """
    shown = found.of("annees", having="p_valeur")
    if not shown:
        return nothing("aucun effectif n’est connu pour les deux années")
    most, years = widest(shown), {"year": now.year, "compare_to": before.year}
    rows = pd.DataFrame(
        {"annee": year, **ends(most, count, "effectif"), "base": most[base].value, **ends(most, share, "part", "pct")}
        for year, count, base, share in (
            (str(before.year), "effectif_reference", "base_reference", "part_reference"),
            (str(now.year), "effectif", "base", "part"),
        )
    )
    _, indicator, modality = most.path.split("/")
    titles = {"annee": "Année", "effectif": "Effectif", "effectif_min": "Au moins", "effectif_max": "Au plus"}
    titles = columns_of(titles, rows) | {"base": "Ensemble", "part_pct": "Part"}
    colours = (colour_of(indicator, modality), COLOURS.get(f"{indicator}/hors_{modality}", GREY))
    return compose(
        partial(draw.stacked_counts, rows, colours),
        id="effectifs",
        title=comparing("counts_title", c=most),
        subtitle=comparing("counts_subtitle", c=most),
        reading=comparing("counts_reading", c=most, **years),
        base=bases_of_years([most], (before.year, now.year)),
        source=source_of([most], [before, now], "personnes suivies par un ALSES"),
        alt=comparing("counts_alt", c=most, **years).text,
        table=table(rows, caption=f"Effectifs de {before.year} et de {now.year}", titles=titles),
    )


def show_composition(found: Comparisons, now: Facts, before: Facts) -> Html:
    """What share (per cent) the extra persons would need, if the others kept theirs; a box when it cannot be computed.

    Once records tell old and new collèges apart, the parts of each difference in its place.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> annees = (facts.Facts(store.load(annee, "indicateurs"), year=annee) for annee in (2020, 2019))
    >>> print(charts.show_composition(trouve, *annees).text)
    Orientation par le collège : une part de 16,8 % parmi les 381 personnes de plus suffirait à donner l’écart
    Part nécessaire parmi les personnes de plus : filles, 51,7 % au lieu de 40 % ; orientation par le collège, 16,8 %
    au lieu de 52 %.
    """
    split = found.of("annees", having="ecart_anciens")
    if split:
        return draw_parts(split, now, before)
    shown = found.of("annees", having="part_supplement")
    if not shown:
        return nothing("aucune part testée ne permet ce calcul")
    most, years = widest(shown), {"year": now.year, "compare_to": before.year}
    extra = pd.DataFrame([ends(each, "part_supplement", "supplement", "pct") for each in shown])
    rows = shares_frame(shown).assign(**extra, personnes=[each["supplement"].value for each in shown])
    titles = {
        "etiquette": "Part",
        "reference_pct": str(before.year),
        "part_pct": str(now.year),
        "supplement_pct": "Part nécessaire",
        "supplement_min_pct": "au moins",
        "supplement_max_pct": "au plus",
        "personnes": "Personnes de plus",
    }
    return compose(
        partial(draw.composition, rows, colours_of(shown)),
        id="composition",
        title=comparing("composition_title", c=most),
        subtitle=comparing("composition_subtitle", **years),
        reading=comparing("composition_reading", c=most, compare_to=before.year),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=comparing("composition_alt", found=shown).text,
        table=table(rows, caption="Part qu’il faudrait aux personnes de plus", titles=titles),
    )
