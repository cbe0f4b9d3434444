"""Charts of differences: intervals, tests, how sure they are, what records measure."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts import theme
from helpers.charts.figure import compose
from helpers.indicators.comparisons import Comparison, Comparisons
from helpers.indicators.lookup import PROTECTED, USUAL, Facts, Series
from helpers.schema import catalogue
from helpers.text.formats import (
    Html,
    is_rounded,
    number,
    percent,
    points,
    probability,
    signed,
    subject,
    write_part,
    write_share,
)
from helpers.text.tables import table

# --- Drawings of intervals, ratios and tests ---

BESIDE = {"textcoords": "offset points", "va": "center", "fontweight": "bold"}
# One shape per series: legible without colour.
SHAPES = ("o", "s", "^", "D", "v")


def forest_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One difference per row: thick for rounding, thin for the interval, a full point when conclusive.

    Columns ``etiquette``, ``ecart_pts``, ``ecart_min_pts``, ``ecart_max_pts``, ``ic_bas_pts``, ``ic_haut_pts``,
    ``est_concluant``.
    """
    names = rows["etiquette"].str.replace("\n", " : " if sheet.is_narrow else "\n")
    figure, axes = theme.canvas(0.7 + theme.room(sheet, names, 0.3 if sheet.is_narrow else 0.4) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.axvline(0, color=theme.GREY, linewidth=1)
    axes.hlines(places, rows["ic_bas_pts"], rows["ic_haut_pts"], color=theme.INK, linewidth=1.2)
    axes.hlines(places, rows["ecart_min_pts"], rows["ecart_max_pts"], color=theme.BLUE, linewidth=7, alpha=theme.BAND)
    for place, row in zip(places, rows.itertuples(), strict=True):
        face = theme.BLUE if row.est_concluant else theme.GROUND
        axes.scatter(row.ecart_pts, place, s=60, facecolor=face, edgecolor=theme.BLUE, linewidth=2, zorder=3)
        # Away from the line at zero.
        is_below = row.ecart_pts < 0
        end = min(row.ic_bas_pts, row.ecart_min_pts) if is_below else max(row.ic_haut_pts, row.ecart_max_pts)
        axes.annotate(
            signed(row.ecart_pts, 1),
            (end, place),
            xytext=(-6 if is_below else 6, 0),
            textcoords="offset points",
            ha="right" if is_below else "left",
            va="center",
            fontweight="bold",
        )
    theme.name_rows(axes, places, names, sheet, width=80)
    low, high = min(rows["ic_bas_pts"].min(), 0), max(rows["ic_haut_pts"].max(), 0)
    axes.set_xlim(low - (high - low) * 0.14, high + (high - low) * 0.14)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.set_xlabel("écart en points", color=theme.GREY)
    theme.bare(axes)
    return figure


def shares_with_interval_drawing(rows: pd.DataFrame, colours: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """A point and its interval per row; ``etiquette``, ``effectif``, ``base``, ``part_pct``, ``ic_…_pct``."""
    figure, axes = theme.canvas(0.5 + theme.room(sheet, rows["etiquette"], 0.4) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, 0, 100, color=theme.TRACK, linewidth=9, zorder=0)
    axes.hlines(places, rows["ic_bas_pct"], rows["ic_haut_pct"], color=theme.INK, linewidth=1.6)
    axes.scatter(rows["part_pct"], places, s=85, color=colours, zorder=3)
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"{number(row.effectif)} sur {number(row.base)}, {percent(row.part_pct)}"
        axes.text(102, place, text, va="center", fontweight="bold")
    theme.name_rows(axes, places, rows["etiquette"], sheet, width=38)
    axes.set_xlim(0, 150 if sheet.is_narrow else 140)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    theme.percent_ticks(axes)
    theme.bare(axes)
    return figure


def ratios_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Objectives per request on a log scale; ``etiquette``, ``rapport``, ``demandes``, ``objectifs``."""
    figure, axes = theme.canvas(0.5 + theme.room(sheet, rows["etiquette"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.set_xscale("log")
    axes.axvline(1, color=theme.GREY, linewidth=1)
    axes.hlines(places, 1, rows["rapport"], color=theme.PALE, linewidth=5)
    axes.scatter(rows["rapport"], places, s=80, color=theme.BLUE, zorder=3)
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"× {number(row.rapport, 1)}  ({number(row.demandes)} → {number(row.objectifs)})"
        axes.text(row.rapport * 1.12, place, text, va="center", fontweight="bold")
    most = rows["rapport"].max()
    graduations = [value for value in (1, 2, 5, 10, 20, 50, 100, 200, 500) if value <= most * 1.3]
    axes.set_xticks(graduations, [f"× {value}" for value in graduations], color=theme.GREY)
    axes.set_xticks([], minor=True)
    axes.set_xlim(min(0.9, rows["rapport"].min() * 0.9), most * 4)
    theme.name_rows(axes, places, rows["etiquette"], sheet)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    theme.bare(axes)
    return figure


def tests_by_design_drawing(
    rows: pd.DataFrame, *, effects: list[str], threshold: float, colours: list[str], sheet: theme.Sheet = theme.WIDE
) -> Figure:
    """p by assumed variance: one series per comparison, a line over the counts that rounding allows.

    Columns ``etiquette`` and, for each effect ``0``, ``1`` …, ``p_0``, ``p_0_min``, ``p_0_max`` …
    """
    figure, axes = theme.canvas(3.4, sheet)
    axes.set_yscale("log")
    axes.axhline(threshold, color=theme.GREY, linewidth=1, linestyle="--")
    axes.text(-0.88, threshold * 0.9, f"seuil {number(threshold, 2)}", va="top", color=theme.GREY, fontsize=sheet.small)
    for rank, (row, colour) in enumerate(zip(rows.to_dict("records"), colours, strict=True)):
        places = [index + 0.12 * (rank - (len(rows) - 1) / 2) for index in range(len(effects))]
        values = [row[f"p_{index}"] for index in range(len(effects))]
        ends = [[row[f"p_{index}_{end}"] for index in range(len(effects))] for end in ("min", "max")]
        axes.vlines(places, *ends, color=colour, linewidth=1.6)
        shape = SHAPES[rank % len(SHAPES)]
        axes.plot(places, values, shape, color=colour, markersize=8, linestyle="none", label=row["etiquette"])
        for place, value in zip(places, values, strict=True):
            # Two series that meet keep their numbers apart.
            side, away = ("right", -7) if rank == 0 and len(rows) > 1 else ("left", 7)
            axes.annotate(probability(value), (place, value), (away, 0), ha=side, fontsize=sheet.small, **BESIDE)
    axes.legend(loc="lower right", frameon=False)
    axes.set_xticks(range(len(effects)), effects)
    axes.set_xlim(-0.9, len(effects) - 0.4)
    axes.set_ylim(top=3)
    ticks = {1: "1", 0.1: "0,1", 0.01: "0,01", 0.001: "0,001", 0.0001: "0,0001"}
    axes.set_yticks(list(ticks), list(ticks.values()), color=theme.GREY)
    axes.set_yticks([], minor=True)
    theme.bare(axes)
    return figure


# --- Drawings of what records tell of two years or more ---

# Frames side by side, and their height in inches.
ACROSS, HIGH = {False: 3, True: 1}, 1.75


def effects_drawing(rows: pd.DataFrame, colours: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Design effects as bars from one; columns ``etiquette``, ``effet``."""
    figure, axes = theme.canvas(0.5 + theme.room(sheet, rows["etiquette"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.barh(places, rows["effet"] - 1, left=1, color=colours, height=theme.thick(sheet))
    axes.axvline(1, color=theme.GREY, linewidth=1)
    for place, effect in zip(places, rows["effet"], strict=True):
        axes.annotate(f"× {number(effect, 1)}", (effect, place), (6, 0), textcoords="offset points", va="center")
    theme.name_rows(axes, places, rows["etiquette"], sheet)
    axes.set_xlim(1, 1 + max(rows["effet"].max() - 1, 0.5) * 1.15)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"× {number(value)}")
    axes.tick_params(axis="x", labelcolor=theme.GREY)
    theme.bare(axes)
    return figure


def parts_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """The parts of a difference end to end from zero, each direction apart, and the whole as a diamond.

    Columns ``etiquette``, ``ecart_pts``, ``anciens_pts``, ``mecanique_pts``, ``inconnu_pts``.
    """
    figure, axes = theme.canvas(0.6 + (0.62 if sheet.is_narrow else 0.46) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    styles = {
        "anciens_pts": {"color": theme.BLUE},
        "mecanique_pts": {"facecolor": theme.GROUND, "edgecolor": theme.ORANGE, "hatch": theme.HATCH},
        "inconnu_pts": {"color": theme.PALE},
    }
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        reached = {True: 0.0, False: 0.0}
        for name, style in styles.items():
            way = row[name] >= 0
            axes.barh(place, row[name], left=reached[way], height=0.4 if sheet.is_narrow else 0.55, **style)
            reached[way] += row[name]
        axes.scatter(row["ecart_pts"], place, s=70, marker="D", color=theme.INK, edgecolor=theme.GROUND, zorder=5)
        said = f"{signed(row['anciens_pts'], 1)} et {signed(row['mecanique_pts'], 1)}"
        if not sheet.is_narrow:
            said = f"{said} : {points(row['ecart_pts'])}"
        axes.text(1.02, place, said, transform=axes.get_yaxis_transform(), va="center", fontweight="bold")
    axes.axvline(0, color=theme.GREY, linewidth=1)
    theme.name_rows(axes, places, rows["etiquette"], sheet, width=26, rise=12)
    axes.set_ylim(-0.6, len(rows) - 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.tick_params(axis="x", labelcolor=theme.GREY)
    axes.margins(x=0.06)
    theme.bare(axes)
    return figure


def series_drawing(rows: pd.DataFrame, colours: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One frame per share, each with its own scale: a point a year, a line for what rounding allows.

    Columns ``etiquette``, ``annee``, ``part_pct`` (missing when only bounds are known), ``part_min_pct``,
    ``part_max_pct``, ``dite`` (the share in words), ``est_protege``.
    """
    names = list(dict.fromkeys(rows["etiquette"]))
    across = ACROSS[sheet.is_narrow]
    down = -(-len(names) // across)
    figure, frames = theme.canvas(HIGH * down, sheet, grid=(down, across))
    frames = list(frames.flat) if down * across > 1 else [frames]
    for axes, name, colour in zip(frames, names, colours, strict=False):
        _frame(axes, rows[rows["etiquette"].eq(name)], colour)
        axes.set_title("\n".join(theme.folded([name], 34 if sheet.is_narrow else 24)), fontsize=sheet.small, loc="left")
    for axes in frames[len(names) :]:
        axes.set_visible(False)
    return figure


def _written(row) -> str:
    if row.est_protege:
        return row.dite
    return percent(row.part_pct, 0 if is_rounded(row.part_pct, row.part_min_pct, row.part_max_pct) else 1)


def _frame(axes, rows: pd.DataFrame, colour: str) -> None:
    years = rows["annee"].astype(int)
    axes.vlines(years, rows["part_min_pct"], rows["part_max_pct"], color=theme.INK, linewidth=1.6)
    axes.plot(years, rows["part_pct"], color=theme.PALE, linewidth=3, zorder=0)
    axes.scatter(years, rows["part_pct"], s=45, color=colour, zorder=3)
    low, high = rows["part_min_pct"].min(), rows["part_max_pct"].max()
    # Ten points at least: a frame must not turn a ripple into a fall.
    reach = max(high - low, 10)
    axes.set_ylim(max(0, low - reach * 0.3), min(100, high + reach * 0.45))
    for year, row in zip(years, rows.itertuples(), strict=True):
        if pd.notna(row.part_pct):
            place = {"textcoords": "offset points", "ha": "center", "va": "bottom", "fontweight": "bold"}
            axes.annotate(_written(row), (year, row.part_max_pct), (0, 5), **place)
    axes.set_xticks(years, [str(year) for year in years], color=theme.GREY)
    axes.set_xlim(years.min() - 0.4, years.max() + 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.tick_params(axis="y", labelcolor=theme.GREY)
    theme.bare(axes)


# --- Shared by the charts of comparisons ---

SHARES = {
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


def columns_of(titles: dict[str, str], rows: pd.DataFrame) -> dict[str, str]:
    """The columns to show: without both bounds of a value when they equal it in every row."""
    kept = dict(titles)
    for name in titles:
        low, high = (name.replace("_max", end) for end in ("_min", "_max"))
        value = name.replace("_max", "")
        if "_max" in name and value in rows and rows[low].equals(rows[value]) and rows[high].equals(rows[value]):
            kept = {column: title for column, title in kept.items() if column not in (low, high)}
    return kept


def label(comparison: Comparison) -> str:
    text = subject(comparison)
    return text[:1].upper() + text[1:]


def colours_of(found: list[Comparison]) -> list[str]:
    return [theme.colour_of(*comparison.path.split("/")[1:3]) for comparison in found]


def ends(comparison: Comparison, measure: str, name: str, unit: str = "") -> dict[str, float]:
    """A measure as three columns: ``name_unit``, ``name_min_unit``, ``name_max_unit``, or without unit."""
    read, unit = comparison[measure], f"_{unit}" if unit else ""
    return {f"{name}{unit}": read.value, f"{name}_min{unit}": read.low, f"{name}_max{unit}": read.high}


def shares_frame(found: list[Comparison]) -> pd.DataFrame:
    """One row per comparison: both shares and their difference, each with its bounds."""
    rows = [
        {
            "etiquette": label(each),
            **ends(each, "part_reference", "reference", "pct"),
            **ends(each, "part", "part", "pct"),
            **ends(each, "ecart", "ecart", "pts"),
            "est_protege": each.is_protected,
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=[*SHARES, "est_protege"])


def gap_text(comparison: Comparison) -> str:
    """The difference after both shares: « : +2,0 points »; none for a share given by its bound."""
    if comparison.is_near_unanimous:
        return ""
    return f" : {points(comparison['ecart'].value, 0 if comparison.is_protected else 1)}"


# Columns of protected differences: both shares in words.
SAID = {"etiquette": "Part", "reference": "Référence", "part": "Part comparée"}
SAID |= {"ecart_min_pts": "Écart minimal (points)", "ecart_max_pts": "Écart maximal (points)"}


def said_shares(found: list[Comparison], rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `shares_frame` with both shares in words (columns ``reference``, ``part``)."""
    words = {column: [write_part(each, name) for each in found] for column, name in _SAID.items()}
    return rows.assign(**words)


_SAID = {"reference": "part_reference", "part": "part"}


def source_of(found: list[Comparison], facts: list[Facts], population: str) -> Html:
    """The documents behind these comparisons."""
    known = [fact for each in found for look in facts if (fact := look(each.path))]
    return theme.source(population, (fact.reference for fact in known))


def bases_of(kinds: list[tuple[str, Comparison]], compared: dict[str, tuple[str, str]]) -> Html:
    """How many are compared, each number once; ``compared`` names, by kind, the reference and those spoken of."""
    known = {}
    for kind, each in kinds:
        for name, said in zip(("base_reference", "base"), compared[kind], strict=True):
            if name in each and each[name].value is not None:
                known.setdefault((each[name].low, each[name].high, said), (each, name, said))
    return theme.words("bases", facts=[], measures=list(known.values()))


def year_of(year: int | str, perimeter: str) -> str:
    """A year, and its population unless it is that of the ALSES: « 2020, tous les collégiens »."""
    return str(year) if perimeter == USUAL else f"{year}, {catalogue().perimeters[perimeter].short}"


def bases_of_years(found: list[Comparison], years: tuple[int, int]) -> Html:
    """How many are compared, the earlier year first, population by population."""
    kinds = [(each.path.split("/")[0], each) for each in found]
    return bases_of(kinds, {kind: tuple(year_of(year, kind) for year in years) for kind, _ in kinds})


def drawn(found: list[Comparison]) -> list[Comparison]:
    """Those whose two shares and difference are known."""
    needed = ("part", "part_reference", "ecart")
    return [each for each in found if all(name in each and each[name].value is not None for name in needed)]


def are_exact(found: list[Comparison]) -> bool:
    return all(each["ecart"].is_exact for each in found)


def widest(found: list[Comparison]) -> Comparison:
    return max(found, key=lambda each: abs(each["ecart"].value))


# --- Charts of what records tell: likeness, old and new collèges, series ---


def draw_likeness(shown: list[Comparison], found: Comparisons, now: Facts, before: Facts) -> Html:
    """Design effect of the estimated likeness within collèges, share by share, and p with and without."""
    page = found("page")
    # What would pass without likeness, corrected for the whole family as the deciding test is.
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
        partial(effects_drawing, rows, colours_of(shown)),
        id="ressemblance",
        title=theme.comparing("estimated_title", lost=lost, kept=passed),
        subtitle=theme.comparing("estimated_subtitle", year=now.year),
        reading=theme.comparing("estimated_reading", c=(lost or [most])[0]),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=theme.comparing("estimated_alt", found=shown).text,
        table=table(rows, caption=caption, titles=titles),
    )


def draw_parts(shown: list[Comparison], now: Facts, before: Facts) -> Html:
    """The parts of each difference, in points: collèges of both years, entered or left, unknown."""
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
        partial(parts_drawing, rows),
        id="composition",
        title=theme.comparing("parts_title", c=most),
        subtitle=theme.comparing("parts_subtitle", year=now.year, compare_to=before.year),
        reading=theme.comparing("parts_reading", c=most),
        base=bases_of_years(shown, years),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=theme.comparing("parts_alt", found=shown).text,
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
    """The share that moves most over its years, with the least and the greatest of its values."""
    ends = [
        (each, *(choose(each.facts, key=lambda fact: sum(fact.share_bounds)) for choose in (min, max)))
        for each in shares
    ]
    most, least, greatest = max(ends, key=lambda end: sum(end[2].share_bounds) - sum(end[1].share_bounds))
    return {"most": most, "least": least, "greatest": greatest}


def show_series(shares: list[Series]) -> Html:
    """Each share over its years, in per cent with its bounds; nothing without a series."""
    if not shares:
        return Html("", "")
    rows, widest = _series_frame(shares), _widest(shares)
    years = sorted({year for each in shares for year in each.years})
    colours = [theme.colour_of(*each.path.split("/")[1:]) for each in shares]
    facts = [fact for each in shares for fact in each.facts]
    titles = {"etiquette": "Part", "annee": "Année", "part_pct": "Part connue", "part_min_pct": "Au moins"}
    titles |= {"part_max_pct": "Au plus"}
    if rows["est_protege"].any():
        titles = {"dite" if name == "part_pct" else name: title for name, title in titles.items()}
    has_bounds = bool((rows["part_min_pct"] < rows["part_max_pct"]).any())
    return compose(
        partial(series_drawing, rows, colours),
        id="series",
        title=theme.comparing("series_title", years=years, **widest),
        subtitle=theme.comparing("series_subtitle", has_bounds=has_bounds),
        reading=theme.comparing("series_reading", each=widest["most"]),
        base=theme.bases([(fact, year_of(fact.key[:4], fact.key.split("/")[1])) for fact in facts]),
        source=theme.source("voir les données de la figure", (fact.reference for fact in facts)),
        alt=theme.comparing("series_alt", series=shares).text,
        table=table(rows, caption=f"Parts, de {years[0]} à {years[-1]}", titles=columns_of(titles, rows)),
    )


# --- Charts of certainty: intervals, and tests under other assumptions ---

_DESIGNS = {"p_holm": "nulle", "p_holm_faible": "faible", "p_holm_moyen": "moyenne", "p_holm_fort": "forte"}

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
    """Every tested difference of two years, in points, with rounding and interval."""
    shown = [each for each in found.of("annees", having="ic_bas") if each.is_tested]
    if not shown:
        return theme.nothing("aucun écart n’est testé")
    rows = _forest_frame(shown)
    said = ["oui" if each.is_conclusive else "selon la ressemblance" if each.is_fragile else "non" for each in shown]
    data = rows.assign(etiquette=[each.label for each in shown], dit=said)
    return compose(
        partial(forest_drawing, rows),
        id="intervalles",
        title=theme.comparing("forest_title", conclusive=[each for each in shown if each.is_conclusive], tested=shown),
        subtitle=theme.comparing("forest_subtitle", is_exact=are_exact(shown)),
        reading=theme.comparing("forest_reading", c=shown[0], is_exact=shown[0]["ecart"].is_exact),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=theme.comparing("forest_alt", found=shown).text,
        table=table(data, caption="Écarts testés", titles=columns_of(_FOREST, data)),
    )


def _clusters_frame(shown: list[Comparison]) -> pd.DataFrame:
    rows = [{"etiquette": label(each)} for each in shown]
    for row, each in zip(rows, shown, strict=True):
        for rank, name in enumerate(_DESIGNS):
            row |= ends(each, name, f"p_{rank}")
    return pd.DataFrame(rows)


def show_clusters(found: Comparisons, now: Facts, before: Facts) -> Html:
    """The test of each change by assumed likeness within posts, or by the likeness estimated from records."""
    estimated = [each for each in found.of("annees", having="p_grappe") if "effet_de_plan" in each]
    if estimated:
        return draw_likeness(estimated, found, now, before)
    shown, page = found.of("annees", having="p_grappe_fort"), found("page")
    if not shown or "effet_grappe_fort" not in page:
        return theme.nothing("aucune part n’est testée d’une année à l’autre")
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
        partial(
            tests_by_design_drawing, rows, effects=effects, threshold=page["seuil"].value, colours=colours_of(shown)
        ),
        id="ressemblance",
        title=theme.comparing("clusters_title", kept=below[0] if below else None, whole=page),
        subtitle=theme.comparing("clusters_subtitle"),
        reading=theme.comparing("clusters_reading", c=(below or shown)[0], whole=page),
        base=bases_of_years(shown, (before.year, now.year)),
        source=source_of(shown, [before, now], "personnes suivies par un ALSES"),
        alt=theme.comparing("clusters_alt", found=shown).text,
        table=table(data, caption="Valeur p corrigée selon la ressemblance supposée", titles=titles),
    )
