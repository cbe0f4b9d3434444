"""Charts of two years, and of groups compared within a year."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts import differences, theme
from helpers.charts.figure import compose
from helpers.indicators.comparisons import Comparison, Comparisons
from helpers.indicators.lookup import USUAL, Facts
from helpers.schema import catalogue
from helpers.text.formats import Html, is_rounded, number, percent, write_part
from helpers.text.tables import table

# --- Drawings of two years or two populations ---

# Characters per line of a row's label.
LABEL = 26
BOLD = {"va": "bottom", "fontweight": "bold"}
IN_BAR = {"ha": "center", "va": "center", "fontweight": "bold"}


def two_shares_drawing(rows: pd.DataFrame, colours: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """A hollow point for the reference, a full one for the share, a thin line for what rounding allows.

    Columns ``etiquette``, ``texte``, ``est_protege``, ``part_pct``, ``reference_pct`` and their bounds (``…_min_pct``
    …).
    """
    figure, axes = theme.canvas(0.4 + (0.74 if sheet.is_narrow else 0.5) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, rows["reference_pct"], rows["part_pct"], color=theme.PALE, linewidth=6)
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        # Wide lines of both years would cover each other.
        lower = 0.1 if row.est_protege else 0
        axes.hlines(place - 0.2 - lower, row.reference_min_pct, row.reference_max_pct, color=theme.INK, linewidth=1.6)
        axes.hlines(place - 0.2, row.part_min_pct, row.part_max_pct, color=theme.INK, linewidth=1.6)
        axes.scatter(row.reference_pct, place, s=80, facecolor=theme.GROUND, edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(row.part_pct, place, s=80, color=colour, zorder=4)
        said = row.texte
        if sheet.is_narrow:
            at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
            axes.annotate(said, (0, place), (0, 10), va="bottom", fontweight="bold", **at)
        else:  # beside the axes: the layout makes room for it, however long
            axes.text(1.02, place, said, transform=axes.get_yaxis_transform(), va="center", fontweight="bold")
    low, high = (rows[["part_pct", "reference_pct"]].agg(each).agg(each) for each in ("min", "max"))
    reach = max(high - low, 10)
    axes.set_xlim(max(0, low - reach * 0.25), min(100, high + reach * 0.25))
    return _shares_axis(figure, axes, places, rows, sheet)


def _shares_axis(figure: Figure, axes, places: list[int], rows: pd.DataFrame, sheet: theme.Sheet) -> Figure:
    theme.name_rows(axes, places, rows["etiquette"], sheet, width=LABEL, rise=22)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    # Whole graduations, few of them where the values take the other half of the sheet.
    axes.xaxis.set_major_locator(MaxNLocator(5 if sheet.is_narrow else 3, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: percent(value) if value <= 100 else "")
    theme.bare(axes)
    axes.tick_params(axis="x", labelcolor=theme.GREY)
    return figure


def stacked_counts_drawing(rows: pd.DataFrame, colours: tuple[str, str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One bar per year: the persons concerned, then the others; hatched where rounding leaves the limit open.

    Columns ``annee``, ``effectif``, ``part_pct`` and their bounds, ``base``.
    """
    figure, axes = theme.canvas(0.2 + 0.52 * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.barh(places, rows["base"], color=colours[1], height=0.62)
    axes.barh(places, rows["effectif"], color=colours[0], height=0.62)
    axes.barh(
        places,
        rows["effectif_max"] - rows["effectif_min"],
        left=rows["effectif_min"],
        color=theme.GROUND,
        edgecolor=theme.INK,
        hatch="////",
        linewidth=0.8,
        height=0.62,
    )
    for place, row in zip(places, rows.itertuples(), strict=True):
        between, about = "\n" if sheet.is_narrow else ", ", "" if row.effectif_min == row.effectif_max else "environ "
        decimals = 0 if is_rounded(row.part_pct, row.part_min_pct, row.part_max_pct) else 1
        said = f"{about}{number(row.effectif)}{between}{percent(row.part_pct, decimals)}"
        axes.text(row.effectif_min / 2, place, said, color=theme.text_on(colours[0]), **IN_BAR)
        others = f"{about}{number(row.base - row.effectif)}{between}{percent(100 - row.part_pct, decimals)}"
        middle = (row.effectif_max + row.base) / 2
        axes.text(middle, place, others, color=theme.text_on(colours[1]), **IN_BAR)
        axes.text(row.base * 1.01, place, number(row.base), va="center", fontweight="bold")
    axes.set_yticks(places, [str(year) for year in rows["annee"]], fontweight="bold")
    axes.set_xlim(0, rows["base"].max() * (1.17 if sheet.is_narrow else 1.12))
    theme.bare(axes, with_ticks=False)
    return figure


def composition_drawing(rows: pd.DataFrame, colours: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Earlier share, present share, and the one that the extra persons would need, with its bounds.

    Columns of `two_shares_drawing`, then ``supplement_pct`` and its bounds.
    """
    figure, axes = theme.canvas(0.4 + (0.85 if sheet.is_narrow else 0.62) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.hlines(place, row.supplement_min_pct, row.supplement_max_pct, color=theme.INK, linewidth=1.6)
        axes.scatter(row.reference_pct, place, s=80, facecolor=theme.GROUND, edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(row.part_pct, place, s=80, color=colour, zorder=4)
        axes.scatter(row.supplement_pct, place, s=95, marker="D", color=theme.ORANGE, zorder=5)
        text = f"il faudrait {percent(row.supplement_pct, 1)}"
        side = "left" if row.supplement_pct < 50 else "right"  # away from the edge of the sheet
        axes.annotate(text, (row.supplement_pct, place), (0, 8), textcoords="offset points", ha=side, **BOLD)
    axes.set_xlim(0, 100)
    figure = _shares_axis(figure, axes, places, rows, sheet)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_ylim(-0.5, len(rows) - 0.3)
    return figure


# --- Charts of two years ---


def show_differences(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Shares of both years, in per cent, with what rounding allows."""
    shown = differences.drawn(found.of("annees", having="ecart"))
    if not shown:
        return theme.nothing("aucune part n’est publiée pour les deux années")
    moved = [each for each in shown if each.finding in ("hausse", "baisse")]
    rows, most, years = (
        differences.shares_frame(shown),
        differences.widest(moved or shown),
        {"year": now.year, "compare_to": before.year},
    )
    both = [
        (write_part(each, "part_reference"), write_part(each, "part"), differences.gap_text(each)) for each in shown
    ]
    rows = rows.assign(texte=[f"{reference} → {part}{gap}" for reference, part, gap in both])
    titles = differences.columns_of(differences.SHARES, rows) | {
        "reference_pct": str(before.year),
        "part_pct": str(now.year),
    }
    if any(each.is_protected for each in shown):
        titles = differences.SAID | {"reference": str(before.year), "part": str(now.year)}
    return compose(
        partial(two_shares_drawing, rows, differences.colours_of(shown)),
        id="ecarts",
        title=theme.comparing("shares_title", widest=most, is_first=most is differences.widest(shown)),
        subtitle=theme.comparing("shares_subtitle", **years, is_exact=differences.are_exact(shown), place=now.place),
        reading=theme.comparing("shares_reading", c=most, **years),
        base=differences.bases_of_years(shown, (before.year, now.year)),
        source=differences.source_of(shown, [before, now], "voir les données de la figure"),
        alt=theme.comparing("gaps_alt", found=shown, kind="Parts de deux années").text,
        table=table(
            differences.said_shares(shown, rows), caption=f"Parts de {before.year} et de {now.year}", titles=titles
        ),
    )


def show_counts(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Counts of both years, in persons, for the share that differs most."""
    shown = found.of("annees", having="p_valeur")
    if not shown:
        return theme.nothing("aucun effectif n’est connu pour les deux années")
    most, years = differences.widest(shown), {"year": now.year, "compare_to": before.year}
    rows = pd.DataFrame(
        {
            "annee": year,
            **differences.ends(most, count, "effectif"),
            "base": most[base].value,
            **differences.ends(most, share, "part", "pct"),
        }
        for year, count, base, share in (
            (str(before.year), "effectif_reference", "base_reference", "part_reference"),
            (str(now.year), "effectif", "base", "part"),
        )
    )
    _, indicator, modality = most.path.split("/")
    titles = {"annee": "Année", "effectif": "Effectif", "effectif_min": "Au moins", "effectif_max": "Au plus"}
    titles = differences.columns_of(titles, rows) | {"base": "Ensemble", "part_pct": "Part"}
    colours = (theme.colour_of(indicator, modality), theme.COLOURS.get(f"{indicator}/hors_{modality}", theme.GREY))
    return compose(
        partial(stacked_counts_drawing, rows, colours),
        id="effectifs",
        title=theme.comparing("counts_title", c=most),
        subtitle=theme.comparing("counts_subtitle", c=most),
        reading=theme.comparing("counts_reading", c=most, **years),
        base=differences.bases_of_years([most], (before.year, now.year)),
        source=differences.source_of([most], [before, now], "personnes suivies par un ALSES"),
        alt=theme.comparing("counts_alt", c=most, **years).text,
        table=table(rows, caption=f"Effectifs de {before.year} et de {now.year}", titles=titles),
    )


def show_composition(found: Comparisons, now: Facts, before: Facts) -> Html:
    """What share the extra persons would need, if the others kept theirs.

    Once records tell old and new collèges apart, the parts of each difference instead.
    """
    split = found.of("annees", having="ecart_anciens")
    if split:
        return differences.draw_parts(split, now, before)
    shown = found.of("annees", having="part_supplement")
    if not shown:
        return theme.nothing("aucune part testée ne permet ce calcul")
    most, years = differences.widest(shown), {"year": now.year, "compare_to": before.year}
    extra = pd.DataFrame([differences.ends(each, "part_supplement", "supplement", "pct") for each in shown])
    rows = differences.shares_frame(shown).assign(**extra, personnes=[each["supplement"].value for each in shown])
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
        partial(composition_drawing, rows, differences.colours_of(shown)),
        id="composition",
        title=theme.comparing("composition_title", c=most),
        subtitle=theme.comparing("composition_subtitle", **years),
        reading=theme.comparing("composition_reading", c=most, compare_to=before.year),
        base=differences.bases_of_years(shown, (before.year, now.year)),
        source=differences.source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=theme.comparing("composition_alt", found=shown).text,
        table=table(rows, caption="Part qu’il faudrait aux personnes de plus", titles=titles),
    )


# --- Charts of groups compared within a year ---


def show_rest(found: Comparisons, now: Facts) -> Html:
    """The ALSES beside the rest of prévention spécialisée, in per cent."""
    shown = differences.drawn(found.of("reste"))
    if not shown:
        return theme.nothing("aucune part n’est publiée à la fois pour les ALSES et pour l’ensemble")
    rows, most = differences.shares_frame(shown), differences.widest(shown)
    said = [
        (write_part(each, "part_reference"), write_part(each, "part"), differences.gap_text(each)) for each in shown
    ]
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
        partial(two_shares_drawing, rows, differences.colours_of(shown)),
        id="reste",
        title=theme.comparing("rest_title", c=most),
        subtitle=theme.comparing("rest_subtitle", year=now.year, is_exact=differences.are_exact(shown)),
        reading=theme.comparing("rest_reading", c=most),
        base=differences.bases_of(
            [("reste", each) for each in shown], {"reste": ("reste de la prévention spécialisée", "ALSES")}
        ),
        source=differences.source_of(shown, [now], "prévention spécialisée, collège ou non"),
        alt=theme.comparing("gaps_alt", found=shown, kind="Reste de la prévention spécialisée puis ALSES").text,
        table=table(
            rows, caption="ALSES et reste de la prévention spécialisée", titles=differences.columns_of(titles, rows)
        ),
    )


def _intervals_frame(shown: list[Comparison]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "etiquette": differences.label(each),
            "effectif": each["effectif"].value,
            "base": each["base"].value,
            "part_pct": each["part"].value,
            "ic_bas_pct": each["ic_bas"].value,
            "ic_haut_pct": each["ic_haut"].value,
        }
        for each in shown
    )


_INTERVALS = {
    "effectif": "Effectif",
    "base": "Base",
    "part_pct": "Part",
    "ic_bas_pct": "Intervalle, de",
    "ic_haut_pct": "à",
}


def show_answers(found: Comparisons, now: Facts) -> Html:
    """The shares of posts that the document prints, with their interval."""
    shown = found.of("reponses", having="ic_bas")
    if not shown:
        return theme.nothing("le document n’imprime aucune part de postes")
    rows, most = _intervals_frame(shown), max(shown, key=lambda each: each["part"].value)
    return compose(
        partial(differences.shares_with_interval_drawing, rows, [theme.BLUE] * len(rows)),
        id="reponses-intervalles",
        title=theme.comparing("answers_title", c=most),
        subtitle=theme.comparing("intervals_subtitle"),
        reading=theme.comparing("intervals_reading", c=most),
        base=theme.bases([(now(each.path), "nouvelles prises de poste") for each in shown[:1]]),
        source=differences.source_of(shown, [now], "nouvelles prises de poste"),
        alt=theme.comparing("intervals_alt", found=shown, kind="Réponses des postes et intervalle").text,
        table=table(rows, caption="Réponses imprimées en parts", titles={"etiquette": "Réponse", **_INTERVALS}),
    )


def show_nested(found: Comparisons, now: Facts) -> Html:
    """How many objectives per request, by theme."""
    shown = sorted(found.of("emboitee", having="rapport"), key=lambda each: -each["rapport"].value)
    if not shown:
        return theme.nothing("aucun thème ne publie à l’unité sa demande et son objectif")
    rows = pd.DataFrame(
        {
            "etiquette": differences.label(each),
            "demandes": each["effectif_reference"].value,
            "objectifs": each["effectif"].value,
            "rapport": each["rapport"].value,
        }
        for each in shown
    )
    facts = [now(f"alses/{name}/{each.id}") for each in shown for name in ("demande_initiale", "objectif")]
    titles = {"etiquette": "Thème", "demandes": "Demandes", "objectifs": "Objectifs", "rapport": "Rapport"}
    return compose(
        partial(differences.ratios_drawing, rows),
        id="rapports",
        title=theme.comparing("nested_title", most=shown[0]),
        subtitle=theme.comparing("nested_subtitle", year=now.year),
        reading=theme.comparing("nested_reading", c=shown[0]),
        base=theme.bases([(fact, catalogue().perimeters[USUAL].label) for fact in facts[:1]]),
        source=theme.source("personnes suivies par un ALSES", (fact.reference for fact in facts if fact)),
        alt=theme.comparing("nested_alt", found=shown).text,
        table=table(rows, caption="Objectifs pour une demande", titles=titles),
    )
