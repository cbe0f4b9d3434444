"""Figures of what records tell in place of what was assumed: likeness within collèges, old and new collèges, series."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.compared import bases_of_years, colours_of, columns_of, label, source_of, year_of
from helpers.charts.figure import compose
from helpers.charts.palette import colour_of
from helpers.charts.words import bases, comparing, source
from helpers.comparisons import Comparison, Comparisons
from helpers.facts import PROTECTED, Facts, Series
from helpers.tables import table
from helpers.wording import Html, probability
from helpers.wording.written import write_share


def draw_likeness(shown: list[Comparison], found: Comparisons, now: Facts, before: Facts) -> Html:
    """How many times fewer persons the likeness within collèges stands for, share by share, and p with and without."""
    page = found("page")
    # What would pass if likeness were not counted, corrected for the whole family as the test that decides is.
    passed = [each for each in shown if each["p_valeur"].high * page["tests_annees"].value < page["seuil"].value]
    lost = [each for each in passed if not each.is_conclusive]
    rows = pd.DataFrame(
        {
            "etiquette": label(each),
            "effet": each["effet_de_plan"].value,
            "ressemblance": each["ressemblance"].value,
            "sans": probability(each["p_valeur"].high),
            "avec": probability(each["p_grappe"].high),
        }
        for each in shown
    )
    titles = {"etiquette": "Part", "effet": "Effet de plan", "sans": "p sans ressemblance", "avec": "p avec"}
    caption = "Ressemblance estimée dans les collèges, et valeurs p avant correction"
    most = max(shown, key=lambda each: each["effet_de_plan"].value)
    return compose(
        partial(draw.effects, rows, colours_of(shown)),
        id="ressemblance",
        title=comparing("estimated_title", lost=lost, kept=passed),
        subtitle=comparing("estimated_subtitle", year=now.year),
        reading=comparing("estimated_reading", c=(lost or [most])[0]),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=comparing("estimated_alt", found=shown).text,
        table=table(rows, caption=caption, titles=titles),
    )


def draw_parts(shown: list[Comparison], now: Facts, before: Facts) -> Html:
    """The parts of each difference, in points: collèges of both years, those that entered or left, those not known."""
    parts = {"ecart": "ecart", "anciens": "ecart_anciens", "mecanique": "effet_mecanique", "inconnu": "apport_inconnu"}
    rows = pd.DataFrame(
        {"etiquette": label(each), **{f"{name}_pts": each[measure].value for name, measure in parts.items()}}
        for each in shown
    )
    titles = {
        "etiquette": "Part",
        "ecart_pts": "Écart (points)",
        "anciens_pts": "Collèges des deux années",
        "mecanique_pts": "Entrées et sorties",
        "inconnu_pts": "Collèges non identifiés",
    }
    most, years = max(shown, key=lambda each: abs(each["effet_mecanique"].value)), (before.year, now.year)
    return compose(
        partial(draw.parts, rows),
        id="composition",
        title=comparing("parts_title", c=most),
        subtitle=comparing("parts_subtitle", year=now.year, compare_to=before.year),
        reading=comparing("parts_reading", c=most),
        base=bases_of_years(shown, years),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=comparing("parts_alt", found=shown).text,
        table=table(rows, caption="Parties de chaque écart", titles=titles),
    )


def _series_frame(shares: list[Series]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "etiquette": each.label[:1].upper() + each.label[1:],
            "annee": str(year),
            "part_pct": fact.share,
            "dite": write_share(fact),
            "est_protege": fact.precision == PROTECTED,
            "part_min_pct": fact.share_bounds[0],
            "part_max_pct": fact.share_bounds[1],
        }
        for each in shares
        for year, fact in zip(each.years, each.facts, strict=True)
    )


def _widest(shares: list[Series]) -> dict:
    """The share that moves most over its years, with the least and the greatest of its figures."""
    ends = [
        (each, *(choose(each.facts, key=lambda fact: sum(fact.share_bounds)) for choose in (min, max)))
        for each in shares
    ]
    most, least, greatest = max(ends, key=lambda end: sum(end[2].share_bounds) - sum(end[1].share_bounds))
    return {"most": most, "least": least, "greatest": greatest}


def show_series(shares: list[Series]) -> Html:
    """Each share over its years, in per cent with its bounds; nothing at all without a series.

    >>> charts.show_series(compare.series(store.load_series(2020))).html
    ''
    """
    if not shares:
        return Html("", "")
    rows, widest = _series_frame(shares), _widest(shares)
    years = sorted({year for each in shares for year in each.years})
    colours = [colour_of(*each.path.split("/")[1:]) for each in shares]
    facts = [fact for each in shares for fact in each.facts]
    titles = {"etiquette": "Part", "annee": "Année", "part_pct": "Part connue", "part_min_pct": "Au moins"}
    titles |= {"part_max_pct": "Au plus"}
    if rows["est_protege"].any():
        titles = {"dite" if name == "part_pct" else name: title for name, title in titles.items()}
    has_bounds = bool((rows["part_min_pct"] < rows["part_max_pct"]).any())
    return compose(
        partial(draw.series, rows, colours),
        id="series",
        title=comparing("series_title", years=years, **widest),
        subtitle=comparing("series_subtitle", has_bounds=has_bounds),
        reading=comparing("series_reading", each=widest["most"]),
        base=bases([(fact, year_of(fact.key[:4], fact.key.split("/")[1])) for fact in facts]),
        source=source("voir les données de la figure", (fact.reference for fact in facts)),
        alt=comparing("series_alt", series=shares).text,
        table=table(rows, caption=f"Parts, de {years[0]} à {years[-1]}", titles=columns_of(titles, rows)),
    )
