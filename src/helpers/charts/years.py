"""Figures of two years: shares, counts, and what could make their differences wrong."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.palette import COLOURS, GREY, colour_of
from helpers.comparisons import Comparison, Comparisons
from helpers.facts import Facts, merge_references
from helpers.tables import table
from helpers.wording import Html, number, percent, say, subject

words = partial(say, "figures_compare")

_SHARES = {
    "etiquette": "Part",
    "reference_pct": "Référence",
    "reference_min_pct": "au moins",
    "reference_max_pct": "au plus",
    "part_pct": "Part comparée",
    "part_min_pct": "au moins ",
    "part_max_pct": "au plus ",
    "ecart_pts": "Écart (points)",
    "ecart_min_pts": "Écart minimal",
    "ecart_max_pts": "Écart maximal",
}


def label(comparison: Comparison) -> str:
    """The subject with a capital, as the label of a row."""
    text = subject(comparison)
    return text[:1].upper() + text[1:]


def colours_of(found: list[Comparison]) -> list[str]:
    """The colour of each one's modality, as on the other pages."""
    return [colour_of(*comparison.path.split("/")[1:3]) for comparison in found]


def ends(comparison: Comparison, measure: str, name: str, unit: str) -> dict[str, float]:
    """A measure as three columns: ``name_unit``, ``name_min_unit``, ``name_max_unit``."""
    read = comparison[measure]
    values = (read.value, read.low, read.high)
    return dict(zip((f"{name}_{unit}", f"{name}_min_{unit}", f"{name}_max_{unit}"), values, strict=True))


def shares_frame(found: list[Comparison]) -> pd.DataFrame:
    """One row a comparison: both shares and their difference, each with its bounds."""
    rows = [
        {
            "etiquette": label(each),
            **ends(each, "part_reference", "reference", "pct"),
            **ends(each, "part", "part", "pct"),
            **ends(each, "ecart", "ecart", "pts"),
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=list(_SHARES))


def source_of(found: list[Comparison], facts: list[Facts], population: str) -> Html:
    """The documents behind these comparisons: the figure of each year."""
    known = [fact for each in found for look in facts if (fact := look(each.path))]
    references = merge_references(fact.reference for fact in known) or "calcul"
    return words("source", population=population, references=references)


def drawn(found: list[Comparison]) -> list[Comparison]:
    """Those whose two shares and difference are known."""
    needed = ("part", "part_reference", "ecart")
    return [each for each in found if all(name in each and each[name].value is not None for name in needed)]


def widest(found: list[Comparison]) -> Comparison:
    """The one whose difference is the greatest, either way."""
    return max(found, key=lambda each: abs(each["ecart"].value))


def show_differences(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Shares of both years, one row each, with what rounding allows; a box when no share was published twice."""
    shown = drawn(found.of("annees", having="ecart"))
    if not shown:
        return words("nothing", subject="aucune part n’est publiée pour les deux années")
    moved = [each for each in shown if each.finding in ("hausse", "baisse")]
    rows, most, years = shares_frame(shown), widest(moved or shown), {"year": now.year, "compare_to": before.year}
    rows = rows.assign(
        texte=[f"{number(row.reference_pct, 1)} → {percent(row.part_pct, 1)}" for row in rows.itertuples()]
    )
    titles = _SHARES | {"reference_pct": str(before.year), "part_pct": str(now.year)}
    return compose(
        draw.two_shares(rows, colours_of(shown)),
        id="ecarts",
        title=words("shares_title", widest=most, is_first=most is widest(shown)),
        subtitle=words("shares_subtitle", **years),
        reading=words("shares_reading", c=most, **years),
        source=source_of(shown, [before, now], "voir les données de la figure"),
        alt=words("gaps_alt", found=shown, kind="Parts de deux années").text,
        table=table(rows, caption=f"Parts de {before.year} et de {now.year}", titles=titles),
    )


def show_counts(found: Comparisons, now: Facts, before: Facts) -> Html:
    """Counts of both years for the share that differs most; a box when none has counts."""
    shown = found.of("annees", having="p_valeur")
    if not shown:
        return words("nothing", subject="aucun effectif n’est connu pour les deux années")
    most, years = widest(shown), {"year": now.year, "compare_to": before.year}
    rows = pd.DataFrame(
        {
            "annee": year,
            **{f"effectif{end}": value for end, value in zip(("", "_min", "_max"), _values(most, count), strict=True)},
            "base": most[base].value,
            "part_pct": most[share].value,
        }
        for year, count, base, share in (
            (str(before.year), "effectif_reference", "base_reference", "part_reference"),
            (str(now.year), "effectif", "base", "part"),
        )
    )
    _, indicator, modality = most.path.split("/")
    titles = {"annee": "Année", "effectif": "Effectif", "effectif_min": "Au moins", "effectif_max": "Au plus"}
    titles |= {"base": "Ensemble", "part_pct": "Part"}
    return compose(
        draw.stacked_counts(rows, (colour_of(indicator, modality), COLOURS.get(f"{indicator}/hors_{modality}", GREY))),
        id="effectifs",
        title=words("counts_title", c=most),
        subtitle=words("counts_subtitle", c=most),
        reading=words("counts_reading", c=most, **years),
        source=source_of([most], [before, now], "personnes suivies par un ALSES"),
        alt=words("counts_alt", c=most, **years).text,
        table=table(rows, caption=f"Effectifs de {before.year} et de {now.year}", titles=titles),
    )


def _values(comparison: Comparison, measure: str) -> tuple:
    read = comparison[measure]
    return read.value, read.low, read.high


def show_composition(found: Comparisons, now: Facts, before: Facts) -> Html:
    """What share the extra persons would need, if the others kept theirs; a box when it cannot be computed."""
    shown = found.of("annees", having="part_supplement")
    if not shown:
        return words("nothing", subject="aucune part testée ne permet ce calcul")
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
        draw.composition(rows, colours_of(shown)),
        id="composition",
        title=words("composition_title", c=most),
        subtitle=words("composition_subtitle", **years),
        reading=words("composition_reading", c=most, compare_to=before.year),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=words("composition_alt", found=shown).text,
        table=table(rows, caption="Part qu’il faudrait aux personnes de plus", titles=titles),
    )
