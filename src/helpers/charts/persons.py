"""Charts of the persons followed: a topic, its populations, a whole and its parts."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts import theme
from helpers.charts.figure import Figures, compose
from helpers.indicators.lookup import BESIDE, PROTECTED, USUAL, Fact, Facts, fact_of
from helpers.schema import FROM_RECORDS, catalogue
from helpers.text.formats import Html, number, people, percent, population, write_base, write_count, write_share
from helpers.text.tables import breakdown_table, populations_table, site_table, table

# --- Drawings of the persons followed ---

ASKED, WORKED = theme.colour_of("demande_initiale"), theme.colour_of("objectif")
FOOT = 0.2  # inches
_NETWORK = {"facecolor": theme.GROUND, "edgecolor": theme.INK, "linewidth": 1.2}
MARKERS = ("o", "s")  # one shape a modality, legible without colour


def bars_drawing(
    rows: pd.DataFrame, colours: list[str], *, beside: pd.DataFrame | None = None, sheet: theme.Sheet = theme.WIDE
) -> Figure:
    """A bar up to each share, or to its lower bound when only bounds are known, and a thin line between the bounds.

    Columns of `describe.breakdown`. A middle is never drawn: nobody printed it. Deduced shares are hatched. ``beside``
    are the same modalities of the network, drawn as diamonds on the bars of a site.
    """
    # With few rows, the names above them and the diamonds under them would meet.
    more = FOOT if beside is not None and sheet.is_narrow else 0
    figure, axes = theme.canvas(0.4 + more + theme.room(sheet, rows["libelle"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    low, high = rows["part_min_pct"].astype(float), rows["part_max_pct"].astype(float)
    shares = rows["part_pct"].fillna(rows["part_min_pct"]).astype(float)
    axes.barh(places, [100] * len(rows), color=theme.TRACK, height=theme.thick(sheet))
    for place, width, colour, precision in zip(places, shares, colours, rows["precision"], strict=True):
        fill = {"facecolor": theme.GROUND, "hatch": theme.HATCH} if precision == "deduit" else {"facecolor": colour}
        axes.barh(place, width, edgecolor=colour, linewidth=0.8, height=theme.thick(sheet), **fill)
    axes.hlines(places, low, high, color=theme.INK, linewidth=1.6)
    for place, row, end in zip(places, rows.itertuples(), pd.concat([shares, high], axis=1).max(axis=1), strict=True):
        axes.text(end + 1.2, place, theme.written(row), va="center", fontweight="bold")
    if beside is not None:
        _mark_network(axes, places, beside, sheet)
    theme.name_rows(axes, places, rows["libelle"], sheet)
    axes.set_ylim(-0.5, len(rows) - 0.5)
    axes.set_xlim(0, 118 if sheet.is_narrow else 112)
    theme.percent_ticks(axes)
    theme.bare(axes)
    return figure


def _mark_network(axes, places: list[int], beside: pd.DataFrame, sheet: theme.Sheet) -> None:
    """The network's share as a diamond under each bar of a site, and its value at the end."""
    feet = [place - theme.thick(sheet) / 2 for place in places]
    axes.scatter(beside["part_pct"].astype(float), feet, s=26, marker="D", zorder=4, **_NETWORK)
    across = axes.get_yaxis_transform()
    for place, row in zip(places, beside.itertuples(), strict=True):
        said = f"réseau {theme.written(row)}"
        if sheet.is_narrow:  # on the line of the row's name, at the other end
            at = {"xycoords": across, "textcoords": "offset points", "ha": "right", "va": "bottom"}
            axes.annotate(said, (1, place), (0, theme.RISE), color=theme.GREY, **at)
        else:  # beside the axes: the layout makes room for it
            axes.text(1.01, place, said, transform=across, va="center", color=theme.GREY)


def dumbbell_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """From request to objective, one row per theme; ``libelle``, ``demande_pct``, ``objectif_pct``."""
    figure, axes = theme.canvas(0.7 + theme.room(sheet, rows["libelle"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.hlines(
        places, rows["demande_pct"].astype(float), rows["objectif_pct"].astype(float), color=theme.PALE, linewidth=5
    )
    axes.scatter(
        rows["demande_pct"].astype(float),
        places,
        s=70,
        facecolor=theme.GROUND,
        edgecolor=ASKED,
        linewidth=2,
        zorder=3,
        label="demande initiale",
    )
    axes.scatter(rows["objectif_pct"].astype(float), places, s=80, color=WORKED, zorder=3, label="objectif travaillé")
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"{number(row.demande_pct, 1)} → {percent(row.objectif_pct, 1)}"
        end = (max(row.demande_pct, row.objectif_pct), place)
        axes.annotate(text, end, (8, 0), textcoords="offset points", va="center", fontweight="bold")
    theme.name_rows(axes, places, rows["libelle"], sheet)
    axes.set_xlim(-1, max(50, rows[["demande_pct", "objectif_pct"]].max().max() * (1.6 if sheet.is_narrow else 1.35)))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: percent(value))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
    theme.bare(axes)
    return figure


def populations_drawing(parts: list[pd.DataFrame], names: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Two modalities of one indicator, a row per population (``parts``, named by ``names``): a dot, a bar for its
    bounds.
    """
    figure, axes = theme.canvas(0.5 + (1 if sheet.is_narrow else 0.75) * len(parts), sheet)
    for place, rows in enumerate(parts):
        axes.hlines(place, 0, 100, color=theme.PALE, linewidth=0.8, zorder=0)
        lowest = rows.sort_values("part_min_pct")["modalite"].iloc[0]
        for marker, row in zip(MARKERS, rows.sort_values("modalite").itertuples(), strict=True):
            _share(axes, place, row, marker=marker, is_left=row.modalite == lowest, small=sheet.small)
    theme.name_rows(axes, range(len(parts)), names, sheet, width=30, rise=34)
    axes.set_xlim(0, 100)
    axes.set_ylim(len(parts) - 0.6, -0.85)
    theme.percent_ticks(axes)
    theme.bare(axes)
    return figure


def _share(axes, place: int, row, *, marker: str, is_left: bool, small: float) -> None:
    """One share, name above and value beside, on the side away from the other modality."""
    colour, low, high = theme.colour_of(row.indicateur, row.modalite), float(row.part_min_pct), float(row.part_max_pct)
    axes.hlines(place, low, high, color=colour, linewidth=5)
    if not pd.isna(row.part_pct):
        axes.plot(row.part_pct, place, marker, markersize=8, color=colour)
    said = theme.written(row)
    side, (beside, away), above = ("right", (low, -9), high + 1) if is_left else ("left", (high, 9), low - 1)
    at = {"textcoords": "offset points", "ha": side}
    axes.annotate(said, (beside, place), (away, 0), va="center", fontweight="bold", **at)
    [name] = theme.folded([row.libelle], 22)
    axes.annotate(name, (above, place), (0, 7), va="bottom", fontsize=small, **at)


# --- Drawings of a whole and its parts, one bar inside another ---

COLLEGE, OTHERS = (theme.colour_of("origine", name) for name in ("college", "hors_college"))
THICK = 0.55  # of a row
OPENED = 1.9  # rows from the whole to the first part of the one that is opened
NARROWEST = 38  # per cent of the width that the name of a part needs
UP = 13  # points from the middle of a bar to its name above it
BOLD = {"va": "center", "fontweight": "bold"}


def _said(fact: Fact) -> str:
    return f"{write_share(fact)} ({write_count(fact)})" if fact.counts else write_share(fact)


def _segment(axes, place: float, ends: tuple[float, float], colour: str, *, line: str = "") -> None:
    """A bar up to the least possible end, hatched up to the greatest."""
    low, high = ends
    axes.barh(place, low, height=THICK, color=colour)
    if high > low:
        style = {"facecolor": theme.GROUND, "edgecolor": line or colour, "hatch": theme.HATCH, "linewidth": 0}
        axes.barh(place, high - low, left=low, height=THICK, **style)


def _finish(
    axes, places: list[float], names: list[str], *, end: float, sheet: theme.Sheet, width: int, rise: float = UP
) -> None:
    theme.name_rows(axes, places, names, sheet, width=width, rise=rise)
    axes.set_xlim(0, end)
    axes.set_ylim(places[-1] + 0.7, -0.75 if sheet.is_narrow else -0.6)
    theme.bare(axes, with_ticks=False)


def _name(axes, text: str, colour: str, *, start: float, end: float) -> None:
    """The name of a part inside it, or above when it is too narrow."""
    is_narrow = end - start < NARROWEST
    side = "right" if is_narrow and end > NARROWEST else "left"
    place = end if side == "right" else start + 1.5
    axes.text(
        place, -0.47 if is_narrow else 0, text, ha=side, color=theme.INK if is_narrow else theme.text_on(colour), **BOLD
    )


def volume_drawing(
    whole: Fact, pupils: Fact, alses: Fact, others: Fact, *, names: list[str], sheet: theme.Sheet = theme.WIDE
) -> Figure:
    """Three bars on one scale: everyone, the collégiens among them, and these by who follows them."""
    figure, axes = theme.canvas(2.9 if sheet.is_narrow else 2.3, sheet)
    end, gap = pupils.counts[1], whole.counts[1] * 0.012
    _segment(axes, 0, whole.counts, theme.PALE, line=theme.MIDDLE)
    _segment(axes, 1, pupils.counts, theme.MIDDLE)
    _segment(axes, 2, alses.counts, theme.colour_of("suivi_par", "alses"))
    rest = {"left": alses.counts[1], "height": THICK, "color": theme.colour_of("suivi_par", "autre_educateur")}
    # Records may not say who follows a pupil; printed shares make a whole.
    axes.barh(2, others.counts[1] if others.is_of_records else end - alses.counts[1], **rest)
    for place in (0, 1) if not sheet.is_narrow else ():
        axes.plot([end, end], [place + THICK / 2, place + 1 - THICK / 2], color=theme.GREY, linewidth=0.8)
    axes.text(whole.counts[1] + gap, 0, write_count(whole), **BOLD)
    axes.text(end + gap, 1, f"{write_count(pupils)}, soit {write_share(pupils)}", **BOLD)
    axes.text(0, 2.5, f"un ALSES : {_said(alses)}", **BOLD)
    at = (0, 2.85) if sheet.is_narrow else (end + gap, 2)
    axes.text(*at, f"un autre éducateur : {_said(others)}", **BOLD)
    end = whole.counts[1] * (1.36 if sheet.is_narrow else 1.25)
    _finish(axes, [0, 1, 2], names, end=end, sheet=sheet, width=22, rise=17)
    axes.set_ylim(bottom=3.1 if sheet.is_narrow else 2.8)
    return figure


def _open(axes, corner: tuple[float, float], base: str, sheet: theme.Sheet) -> None:
    """The two lines from the end of a part to the bars that open it, and their base."""
    (end, opened), line = corner, {"color": theme.GREY, "linewidth": 0.8, "linestyle": "--"}
    axes.plot([0, 0], [THICK / 2, opened - THICK / 2], **line)
    axes.plot([end, 100], [THICK / 2, opened - THICK / 2], **line)
    at = opened - (1.05 if sheet.is_narrow else 0.6)
    axes.text(1.5, at, base, color=theme.GREY, va="center", fontsize=sheet.small)


def entries_drawing(college: Fact, others: Fact, referrers: list[Fact], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One bar for everyone; below, the part of the collège opened to full width by referrer, on its own scale."""
    opened = OPENED + 0.9 * sheet.is_narrow
    places = [opened + place for place in range(len(referrers))]
    figure, axes = theme.canvas(0.7 + (0.52 if sheet.is_narrow else 0.4) * (places[-1] if places else 0), sheet)
    low, high = college.share_bounds
    _segment(axes, 0, (low, high), COLLEGE)
    last = min(100, high + others.share_bounds[1]) if others.is_of_records else 100
    axes.barh(0, last - high, left=high, height=THICK, color=OTHERS)
    if last < 100:  # who did not answer
        axes.barh(0, 100 - last, left=last, height=THICK, color=theme.PALE)
    said = [f"par le collège : {write_share(college)}", f"par une autre voie : {write_share(others)}"]
    if sheet.is_narrow:
        axes.text(1.5, THICK / 2 + 0.1, "\n".join(said), va="top", fontweight="bold", bbox=theme.LABEL_BOX)
    else:
        _name(axes, said[0], COLLEGE, start=0, end=low)
        _name(axes, said[1], OTHERS, start=high, end=last)
    for place, fact in zip(places, referrers, strict=True):
        axes.barh(place, 100, height=THICK, color=theme.TRACK)
        is_answer = fact.key.rpartition("/")[2] not in theme.UNANSWERED
        _segment(axes, place, fact.share_bounds, COLLEGE if is_answer else theme.MIDDLE)
        axes.text(fact.share_bounds[1] + 1.5, place, _said(fact), **BOLD)
    if referrers:
        _open(axes, ((low + high) / 2, opened), f"base : {write_base(referrers[0])}", sheet)
    names = [f"Ensemble ({write_base(college)})", *(fact.label for fact in referrers)]
    _finish(axes, [0, *places], names, end=101, sheet=sheet, width=24)
    return figure


# --- Charts by modality, and from request to objective ---

# Percentage of missing answers from which a chart mentions them.
UNANSWERED_PCT = 5


def known(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without missing answers that are zero or round to zero: no bar would show."""
    is_none = rows["effectif_max"].eq(0) | rows["effectif_arrondi"].eq(0)
    return rows[~(_is_unanswered(rows) & is_none.fillna(False))]


def drawable(rows: pd.DataFrame) -> pd.DataFrame:
    """The modalities whose share is bounded on a known base."""
    return known(rows[rows["part_min_pct"].notna() & rows["base_min"].notna()])


def _is_unanswered(rows: pd.DataFrame) -> pd.Series:
    """Which modalities say that a question has no answer; only records have them."""
    recorded = catalogue().indicators[rows["indicateur"].iloc[0]].recorded if len(rows) else {}
    return rows["modalite"].isin(list(recorded))


def answers(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without missing answers."""
    return rows[~_is_unanswered(rows)]


def is_rounded_somewhere(rows: pd.DataFrame) -> bool:
    """Whether a share may be a rounding: those of records are only to protect persons."""
    return not (rows["source"].isin(FROM_RECORDS) & rows["precision"].ne(PROTECTED)).all()


def leading(rows: pd.DataFrame) -> Fact | None:
    """The largest share printed or counted on a known base: what the title says."""
    said = rows[rows["part_pct"].notna() & rows["base_min"].notna() & rows["precision"].ne("deduit")]
    said = answers(said)
    return None if said.empty else fact_of(said.sort_values("part_pct", ascending=False, kind="stable").iloc[0])


def in_place(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in reading order, a group in the place of its first member."""
    entry = catalogue().indicators[rows["indicateur"].iloc[0]] if len(rows) else None
    modalities = list(entry.modalities) if entry else []
    firsts = [entry.groups[name].members[0] if name in entry.groups else name for name in rows["modalite"]]
    places = [modalities.index(name) if name in modalities else len(modalities) for name in firsts]
    return rows.iloc[pd.Series(places, dtype="int").sort_values(kind="stable").index]


def in_accord(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows where a deduced share has no more ``part_decimales`` than those it completes."""
    printed = rows.loc[rows["part_imprimee_pct"].notna(), "part_decimales"]
    most = rows["part_decimales"] if printed.empty else rows["part_decimales"].clip(upper=printed.max())
    return rows.assign(part_decimales=most.where(rows["precision"].eq("deduit"), rows["part_decimales"]))


def _contradicted(rows: pd.DataFrame) -> list[Html]:
    """Contradicted values, which no bar shows; unpublished ones have their own box."""
    labels = list(rows.loc[rows["precision"] == "contradictoire", "libelle"])
    return [theme.words("contradicted", labels=labels)] if labels else []


def unanswered(rows: pd.DataFrame) -> list[Html]:
    """How many gave no answer, when they are many."""
    many = rows[_is_unanswered(rows) & (rows["part_min_pct"] > UNANSWERED_PCT).fillna(False)]
    return [theme.words("unanswered", facts=[fact_of(row) for row in many.itertuples()])] if len(many) else []


def rounded(rows: pd.DataFrame) -> list[Html]:
    """Which counts of the network are rounded to protect persons; a site says it once for all."""
    labels = list(rows.loc[rows["effectif_arrondi"].notna(), "libelle"])
    return [theme.words("protected", labels=labels)] if labels and not theme.place_of(rows) else []


def show_breakdown(rows: pd.DataFrame, *, told: tuple[str, ...] = ()) -> Html | None:
    """One indicator as bars (columns of `describe.breakdown`); None when the catalogue draws it otherwise.

    ``told`` are the modalities of the chart before: if one is the most frequent, the title gives the next.
    """
    entry, year, rows = catalogue().indicators[rows["indicateur"].iloc[0]], int(rows["annee"].iloc[0]), in_accord(rows)
    drawn = in_place(drawable(rows))
    first, second = leading(drawn), leading(drawn[~drawn["modalite"].isin(told)])
    if entry.form != "barres" or first is None:
        return None
    most = second if second and first.key.split("/")[3] in told else first
    perimeter = catalogue().perimeters[rows["perimetre"].iloc[0]]
    who = people(entry.id, perimeter.id, theme.place_of(rows))
    return compose(
        partial(bars_drawing, drawn, [theme.colour_of(entry.id, name) for name in drawn["modalite"]]),
        id=f"{perimeter.id}-{entry.id}",
        title=theme.words("breakdown_title", fact=most, is_next=most is not first),
        subtitle=theme.words(
            "breakdown_subtitle",
            population=who,
            year=year,
            has_rounding=is_rounded_somewhere(drawn),
            has_deduced="deduit" in set(drawn["precision"]),
        ),
        reading=theme.words("breakdown_reading", fact=most, year=year),
        notes=[*_contradicted(rows), *rounded(drawn), *unanswered(rows)],
        base=theme.bases([(most, who)]),
        source=theme.source(who, drawn["reference"]),
        alt=theme.words(
            "breakdown_alt", entry=entry, facts=[fact_of(row) for row in drawn.itertuples()], year=year
        ).text,
        table=breakdown_table(rows, caption=f"{entry.label}, {who}, {year}"),
    )


def show_requests_and_goals(rows: pd.DataFrame, facts: Facts) -> Html:
    """Request against objective by theme (columns of `describe.requests_and_goals`)."""
    if rows.empty:
        return theme.nothing("aucun thème ne publie à la fois sa demande et son objectif")
    pairs = [
        (facts(f"{USUAL}/demande_initiale/{name}"), facts(f"{USUAL}/objectif/{name}")) for name in rows["modalite"]
    ]
    titles = {
        "libelle": "Thème",
        "demande_effectif": "Demandes initiales",
        "demande_pct": "Part des demandes",
        "objectif_effectif": "Objectifs travaillés",
        "objectif_pct": "Part des objectifs",
        "base": "Base (personnes)",
    }
    return compose(
        partial(dumbbell_drawing, rows),
        id="demandes-objectifs",
        title=theme.words("goals_title", asked=pairs[0][0], worked=pairs[0][1]),
        subtitle=theme.words("goals_subtitle", year=facts.year),
        reading=theme.words("goals_reading", asked=pairs[0][0], worked=pairs[0][1]),
        base=theme.bases([(pairs[0][0], catalogue().perimeters[USUAL].label)]),
        source=theme.source(catalogue().perimeters[USUAL].label, (fact.reference for pair in pairs for fact in pair)),
        alt=theme.words("goals_alt", pairs=pairs).text,
        table=table(rows, caption="Demandes initiales et objectifs travaillés", titles=titles),
    )


# --- Charts of a site beside the network ---


def are_beside(parts: list[pd.DataFrame]) -> bool:
    """Whether these breakdowns of one indicator are a site's, then the network's."""
    return [rows["perimetre"].iloc[0] for rows in parts][1:] == [BESIDE]


def _matched(own: pd.DataFrame, network: pd.DataFrame) -> list[tuple[Fact, Fact]]:
    """Each value of the site with the network's, where it has one."""
    found = {row.modalite: fact_of(row) for row in network.itertuples()}
    return [(fact_of(row), found[row.modalite]) for row in own.itertuples() if row.modalite in found]


def _in_order(rows: pd.DataFrame, modalities: pd.Series) -> pd.DataFrame:
    return rows.set_index("modalite", drop=False).loc[list(modalities)].reset_index(drop=True)


def show_site(parts: list[pd.DataFrame]) -> Html | None:
    """One indicator of a site as bars, the network's share on each; None if no share is published.

    ``parts`` are the breakdown of the site, then the network's. A line on each bar shows what rounding allows.
    """
    own, network = parts
    drawn = in_place(drawable(own))
    drawn = drawn[drawn["modalite"].isin(network.loc[network["part_pct"].notna(), "modalite"])]
    first, entry = leading(drawn), catalogue().indicators[own["indicateur"].iloc[0]]
    if entry.form != "barres" or first is None:
        return None
    beside, pairs, year = _in_order(network, drawn["modalite"]), _matched(drawn, network), int(own["annee"].iloc[0])
    place = theme.place_of(own)
    who, others = people(entry.id, USUAL, place), people(entry.id, BESIDE)
    [other] = [net for fact, net in pairs if fact.key == first.key]
    return compose(
        partial(bars_drawing, drawn, [theme.colour_of(entry.id, name) for name in drawn["modalite"]], beside=beside),
        id=f"site-{entry.id}",
        title=theme.site("title", fact=first, other=other),
        subtitle=theme.site("subtitle", entry=entry, place=place, year=year),
        reading=theme.site("reading", fact=first, other=other, year=year),
        notes=unanswered(own),
        base=theme.bases([(first, who), (other, others)]),
        source=theme.source(f"{who} ; {others}", network["reference"]),
        alt=theme.site("alt", entry=entry, pairs=pairs, year=year).text,
        table=populations_table(parts, [place, catalogue().perimeters[BESIDE].short], caption=f"{entry.label}, {year}"),
    )


def show_numbers(parts: list[pd.DataFrame], told: set[tuple]) -> Html | None:
    """Counts of a site whose base is too small for shares, with the network's shares; None if none.

    ``parts`` are the breakdown of the site, then the network's. A base is explained once: ``told`` collects those that
    were.
    """
    own, network = parts
    pairs, entry = _matched(known(own), network), catalogue().indicators[own["indicateur"].iloc[0]]
    shown = [(fact, other) for fact, other in pairs if fact.counts and other.share is not None]
    if entry.form != "barres" or not shown:
        return None
    place, year = theme.place_of(own), int(own["annee"].iloc[0])
    base = (people(entry.id, USUAL, place), shown[0][0].base)
    said = Html("", "") if base in told else theme.site("few", fact=shown[0][0])
    told.add(base)
    made = site_table(shown, place=place, caption=f"{entry.label}, {year}")
    return Html(f"{said.html}{made.html}", f"{said.text}\n{made.text}".strip())


# --- The charts of a topic ---

PAIR = 2  # modalities that a figure of several populations can name without their labels meeting


def _contains(outer: str, inner: str) -> bool:
    """Whether a population is inside another, as the catalogue links them."""
    perimeters, current = catalogue().perimeters, inner
    while perimeters[current].count_of:
        current = perimeters[current].count_of.partition("/")[0]
        if current == outer:
            return True
    return False


def _leading(parts: list[list[Fact]]) -> list[Fact] | None:
    """One modality in each population: the largest of those whose share is known everywhere."""
    by_label = [{fact.label: fact for fact in facts} for facts in parts]
    known = [label for label in by_label[0] if all(label in one and one[label].share is not None for one in by_label)]
    best = max(known, key=lambda label: by_label[0][label].share, default=None)
    return None if best is None else [one[best] for one in by_label]


def show_populations(parts: list[pd.DataFrame]) -> Html | None:
    """One indicator in several populations; None when they cannot share a chart."""
    parts = [in_accord(rows) for rows in parts]
    # Two rows of dots hold two answers: missing ones are in the data, and in a note when they are many.
    drawn = [answers(drawable(rows)) for rows in parts]
    facts = [[fact_of(row) for row in rows.itertuples()] for rows in drawn]
    same = {tuple(sorted(rows["modalite"])) for rows in drawn}
    leading = _leading(facts) if len(same) == 1 and len(drawn[0]) == PAIR else None
    if len(parts) < PAIR or leading is None:
        return None
    entry, year = catalogue().indicators[parts[0]["indicateur"].iloc[0]], int(parts[0]["annee"].iloc[0])
    perimeters = [catalogue().perimeters[rows["perimetre"].iloc[0]] for rows in parts]
    names = [perimeter.short for perimeter in perimeters]
    others = list(zip(names[1:], leading[1:], strict=True))
    counted = [f"{name} ({write_base(known[0])})" for name, known in zip(names, facts, strict=True)]
    nested = all(_contains(outer.id, inner.id) for inner, outer in zip(perimeters, perimeters[1:], strict=False))
    return compose(
        partial(populations_drawing, drawn, counted),
        id=f"populations-{entry.id}",
        title=theme.describing("populations_title", entry=entry, first=leading[0], others=others),
        subtitle=theme.describing(
            "populations_subtitle", year=year, has_rounding=any(map(is_rounded_somewhere, drawn))
        ),
        reading=theme.describing("populations_reading", first=leading[0], others=others, year=year),
        notes=[
            *([theme.describing("populations_inside")] if nested else []),
            *rounded(parts[0]),
            *unanswered(parts[0]),
        ],
        base=theme.bases((known[0], perimeter.label) for perimeter, known in zip(perimeters, facts, strict=True)),
        source=theme.source(" ; ".join(perimeter.label for perimeter in perimeters), pd.concat(drawn)["reference"]),
        alt=theme.describing("populations_alt", entry=entry, parts=list(zip(names, facts, strict=True))).text,
        table=populations_table(parts, names, caption=f"{entry.label}, {year}"),
    )


def figures_of(breakdowns: list[pd.DataFrame], *, told: tuple[str, ...] = ()) -> list[Html]:
    """One chart per indicator where its populations share it, else one per population."""
    found, grouped, small = [], {}, set()
    for rows in breakdowns:
        grouped.setdefault(rows["indicateur"].iloc[0], []).append(rows)
    for parts in grouped.values():
        if are_beside(parts):
            found += [figure] if (figure := show_site(parts) or show_numbers(parts, small)) else []
            continue
        together = show_populations(parts)
        alone = [together] if together else [show_breakdown(rows, told=told) for rows in parts]
        found += [figure for figure in alone if figure is not None]
    return found


def show_breakdowns(breakdowns: list[pd.DataFrame], *, or_nothing: bool = False) -> Figures:
    """The charts of a topic (`describe.topic`); without any, a « pas de donnée » box, or nothing with
    ``or_nothing``.
    """
    # What records count of a topic without drawing it is said elsewhere.
    is_told = bool(breakdowns) and not any(map(is_rounded_somewhere, breakdowns))
    empty = Html("", "") if or_nothing or is_told else theme.nothing("aucune part n’est publiée pour cette année")
    return Figures(figures_of(breakdowns), empty=empty)


# --- Charts of a whole opened into its parts: the volume, the entry routes ---

WHOLE, PUPILS = "prevention_specialisee", "collegiens"


def _rows(parts: list[pd.DataFrame], perimeter: str, indicator: str) -> pd.DataFrame | None:
    found = (
        rows for rows in parts if (rows["perimetre"].iloc[0], rows["indicateur"].iloc[0]) == (perimeter, indicator)
    )
    return next(found, None)


def _is_bounded(fact: Fact | None) -> bool:
    return fact is not None and fact.counts is not None and fact.share_bounds is not None


def _others(parts: list[pd.DataFrame], drawn: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The breakdowns that say more than the modalities already drawn."""
    shown = {key for rows in drawn for key in zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True)}
    kept = []
    for rows in parts:
        said = known(rows)[lambda each: each["part_min_pct"].notna()]
        keys = zip(said["perimetre"], said["indicateur"], said["modalite"], strict=True)
        kept += [] if set(keys) <= shown else [rows]
    return kept


def show_volume(parts: list[pd.DataFrame], facts: Facts) -> Html:
    """Everyone, the collégiens, and who follows them, one bar inside another; then what else the topic publishes.

    ``parts`` is `describe.topic` of the volume. If one of the three levels is missing, its breakdowns alone.
    """
    followed, statuses = _rows(parts, PUPILS, "suivi_par"), _rows(parts, WHOLE, "situation")
    whole, pupils = facts(f"{WHOLE}/accompagnements/"), facts(f"{WHOLE}/situation/collegien")
    alses, others = (facts(f"{PUPILS}/suivi_par/{name}") for name in ("alses", "autre_educateur"))
    if not all(map(_is_bounded, (pupils, alses, others))) or whole is None or whole.counts is None:
        return show_breakdowns(parts)
    rows = pd.concat([statuses, followed], ignore_index=True)
    names = ["toute la prévention spécialisée", "collégiens", "collégiens, selon qui les suit"]
    figure = compose(
        partial(volume_drawing, whole, pupils, alses, others, names=names),
        id="volume",
        title=theme.describing("volume_title", others=others),
        subtitle=theme.describing("volume_subtitle", year=facts.year, has_rounding=is_rounded_somewhere(rows)),
        reading=theme.describing("volume_reading", whole=whole, pupils=pupils, alses=alses),
        base=theme.bases([(whole, catalogue().perimeters[WHOLE].short)]),
        source=theme.source(catalogue().perimeters[WHOLE].label, rows["reference"]),
        alt=theme.describing("volume_alt", whole=whole, pupils=pupils, alses=alses, others=others).text,
        table=breakdown_table(rows, caption=f"Personnes suivies et collégiens parmi elles, {facts.year}"),
    )
    drawn = rows[rows["modalite"].isin(["collegien", "hors_college", "alses", "autre_educateur"])]
    # Every situation that records count is in the data of this chart.
    drawn = rows if pupils.is_of_records else drawn
    return Figures([figure, *figures_of(_others(parts, [drawn]))], empty=figure)


def _unanswered(facts: Facts, indicator: str) -> list[Fact]:
    """What records count beside the answers to a question: « ne sait pas », « non renseigné »…"""
    found = [facts(f"{USUAL}/{indicator}/{name}") for name in catalogue().indicators[indicator].recorded]
    return [fact for fact in found if fact and fact.base and fact.counts[1]]


def _referrers(facts: Facts) -> list[Fact]:
    found = [facts(f"{USUAL}/orienteur/{name}") for name in catalogue().indicators["orienteur"].modalities]
    return [*(fact for fact in found if fact and fact.share_bounds and fact.base), *_unanswered(facts, "orienteur")]


def show_entries(parts: list[pd.DataFrame], facts: Facts) -> Html:
    """The part of the collège, opened into its referrers, and the others; then what else the topic publishes.

    ``parts`` is `describe.topic` of the entries. Without the part of the collège, or for a site, its breakdowns alone.
    """
    routes, referrers = _rows(parts, USUAL, "origine"), _rows(parts, USUAL, "orienteur")
    college, others = (facts(f"{USUAL}/origine/{name}") for name in ("college", "hors_college"))
    if facts.place or routes is None or not _is_bounded(college) or not _is_bounded(others):
        return show_breakdowns(parts)
    entry, rest = catalogue().indicators["orienteur"], _unanswered(facts, "origine")
    opened = [fact for fact in _referrers(facts) if _is_bounded(fact)]  # on a small base, no share is said
    said = [fact for fact in opened if fact.share is not None and fact.key.split("/")[-1] in entry.modalities]
    first = max(said, key=lambda fact: fact.share, default=None)
    shown = ["college", "hors_college", *entry.modalities, *entry.recorded]
    drawn = [rows[rows["modalite"].isin(shown)] for rows in parts]
    # The routes that records count have a chart of their own.
    both = ["college", "hors_college", *catalogue().indicators["origine"].recorded]
    routes = routes[routes["modalite"].isin(both)] if college.is_of_records else routes
    rows = pd.concat([routes, *([] if referrers is None else [referrers])], ignore_index=True)
    figure = compose(
        partial(entries_drawing, college, others, opened),
        id="entrees",
        title=theme.describing("entries_title", college=college, first=first),
        subtitle=theme.describing(
            "entries_subtitle", year=facts.year, has_referrers=bool(opened), has_rounding=is_rounded_somewhere(rows)
        ),
        reading=theme.describing("entries_reading", college=college, first=first),
        notes=[theme.describing("entries_rest", facts=rest)] if rest else [],
        base=theme.bases([(college, population(college)), *((fact, population(fact)) for fact in opened[:1])]),
        source=theme.source(catalogue().perimeters[USUAL].label, rows["reference"]),
        alt=theme.describing("entries_alt", facts=[college, others, *rest, *opened]).text,
        table=breakdown_table(rows, caption=f"Voies d’entrée et orienteurs du collège, {facts.year}"),
    )
    return Figures([figure, *figures_of(_others(parts, drawn), told=("college", "hors_college"))], empty=figure)
