"""Charts of any indicator, and of cross-tabulations."""

import math
import re
from collections.abc import Callable
from datetime import date
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts import persons, theme
from helpers.charts.figure import compose
from helpers.charts.persons import show_breakdown
from helpers.indicators.lookup import Fact, fact_of
from helpers.schema import FOLDED, UNSAID, Indicator, catalogue
from helpers.text.formats import Html, day, interval, number, people, say, write_base
from helpers.text.tables import breakdown_table, crosstab_table, table

# --- Drawings: counts as bars, a cross-tabulation as a heat table ---

LABEL = 34  # characters a line of a row's label may hold
HEAD = 10  # and of a column's, all columns together being as wide as seven of them
LINE_PT = 13  # points a line of a column's head takes


def counts_drawing(rows: pd.DataFrame, colours: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """A bar up to the least possible count of each modality, and a thin line up to the greatest.

    Columns ``libelle``, ``effectif_min``, ``effectif_max``, all known.
    """
    figure, axes = theme.canvas(0.5 + theme.room(sheet, rows["libelle"]) * len(rows), sheet)
    places, top = list(range(len(rows)))[::-1], max(1, int(rows["effectif_max"].max()))
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.barh(place, row.effectif_min, color=colour, height=theme.thick(sheet))
        axes.hlines(place, row.effectif_min, row.effectif_max, color=theme.INK, linewidth=1.6)
        said = interval(row.effectif_min, row.effectif_max)
        axes.text(row.effectif_max + top / 80, place, said, va="center", fontweight="bold")
    theme.name_rows(axes, places, rows["libelle"], sheet, width=LABEL)
    axes.set_ylim(-0.5, len(rows) - 0.5)
    axes.set_xlim(0, top * (1.3 if sheet.is_narrow else 1.18))
    axes.xaxis.set_major_formatter(lambda value, _: number(value) if value == round(value) else "")
    axes.locator_params(axis="x", nbins=4)
    theme.bare(axes)
    return figure


def crosstab_drawing(rows: pd.DataFrame, heads: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """A cross-tabulation of counts as a heat table with numbers or bounds; a missing cell is a dash.

    Columns ``libelle``, ``libelle_croise``, ``effectif_min``, ``effectif_max``; ``heads`` name the columns in the order
    of ``libelle_croise``.
    """
    lines, columns = list(dict.fromkeys(rows["libelle"])), list(dict.fromkeys(rows["libelle_croise"]))
    known = rows.dropna(subset=["effectif_min", "effectif_max"])
    cells = {
        (row.libelle, row.libelle_croise): (row.effectif_max, interval(row.effectif_min, row.effectif_max))
        for row in known.itertuples()
    }
    return heat_table_drawing(
        [[cells.get((line, column)) for column in columns] for line in lines], lines, heads, sheet=sheet
    )


def heat_table_drawing(
    cells: list[list[tuple[float | None, str] | None]],
    lines: list[str],
    heads: list[str],
    *,
    sheet: theme.Sheet = theme.WIDE,
) -> Figure:
    """Cells by row, each a value and how it is written: the darker, the greater; None is a dash.

    A cell with no text is not drawn; one without value, as a total, has no shade.
    """
    heads = theme.folded(heads, max(5, 7 * HEAD // (len(heads) * (2 if sheet.is_narrow else 1))))
    tall = max(head.count("\n") + 1 for head in heads) * LINE_PT / 72
    figure, axes = theme.canvas(0.4 + tall + theme.room(sheet, lines, theme.ROW + 0.04) * len(lines), sheet)
    high = theme.thick(sheet) if sheet.is_narrow else 0.94
    top = max([1, *(float(cell[0]) for row in cells for cell in row if cell and cell[0] is not None)])
    shaded = [
        (_shade(cell, top), (rank, place), cell) for place, row in enumerate(cells) for rank, cell in enumerate(row)
    ]
    # Grouped by shade: neighbours in the file that look alike are written once.
    for shade, (rank, place), cell in sorted(shaded, key=lambda each: theme.SHADES.index(each[0])):
        _write_cell(axes, (rank, place), cell, shade=shade, high=high)
    theme.name_rows(axes, range(len(lines)), lines, sheet, width=LABEL)
    axes.set_xticks(range(len(heads)), heads, fontsize=sheet.small)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(heads) - 0.5)
    axes.set_ylim(len(lines) - 0.5, -0.8 if sheet.is_narrow else -0.5)
    theme.bare(axes)
    return figure


def _shade(cell: tuple[float | None, str] | None, top: float) -> str:
    return theme.SHADES[math.ceil(float((cell and cell[0]) or 0) * (len(theme.SHADES) - 1) / top)]


def _write_cell(axes, at: tuple[int, int], cell: tuple[float | None, str] | None, *, shade: str, high: float) -> None:
    value, said = cell or (0, "—")
    if not said:
        return
    if value is not None:
        axes.barh(at[1], 0.98, left=at[0] - 0.49, height=high, color=shade)
    look = (
        {"color": theme.text_on(shade), "fontweight": "bold"}
        if value
        else {"color": theme.INK if value is None else theme.GREY}
    )
    # Inside its cell: measuring hundreds of them in the layout would take seconds.
    axes.text(*at, said, ha="center", va="center_baseline", in_layout=False, **look)


# --- Drawings of two answers of the same persons ---

NO_ANSWER = "s. r."  # « sans réponse »: the head of a column of persons who did not answer


def _ranks(rows: pd.DataFrame) -> dict[str, int]:
    names = [name for folded in dict.fromkeys(rows["modalite"]) for name in folded.split(FOLDED)]
    return {name: rank for rank, name in enumerate(names, start=1)}


def _lines(rows: pd.DataFrame, ranks: dict[str, int]) -> list[str]:
    named = rows.drop_duplicates("modalite")
    return [f"{_head(row.modalite, ranks)}. {row.libelle}" for row in named.itertuples()]


def _head(modality: str, ranks: dict[str, int]) -> str:
    """A column named by the numbers of the rows: its own words would not fit."""
    parts = [NO_ANSWER if name in theme.UNANSWERED else str(ranks.get(name, "?")) for name in modality.split(FOLDED)]
    return ", ".join(dict.fromkeys(parts))


def _share(row) -> tuple[float, str] | None:
    if pd.isna(row.part_min_pct):
        return None
    fact = fact_of(row)
    for bound, sign in ((fact.under, "<"), (fact.over, ">")):
        if bound is not None:
            return float(row.part_pct), f"{sign}\N{NO-BREAK SPACE}{number(bound)}"
    said = interval(row.part_min_pct, row.part_max_pct) if pd.isna(row.part_pct) else number(row.part_pct)
    return float(row.part_max_pct if fact.rounded is None else row.part_pct), said


def _grid(rows: pd.DataFrame) -> list[list[tuple[float, str] | None]]:
    return [[_share(row) for row in line.itertuples()] for _, line in rows.groupby("modalite", sort=False)]


def shares_drawing(
    rows: pd.DataFrame, sizes: list[str], *, is_numbered: bool, sheet: theme.Sheet = theme.WIDE
) -> Figure:
    """The share of each answer in each group (columns of `crosstab.crossed`); ``sizes`` of the groups in order.

    Numbered, rows and columns are those of one list of answers.
    """
    groups = rows.drop_duplicates("modalite_croisee")
    ranks = _ranks(rows)
    names = [_head(name, ranks) for name in groups["modalite_croisee"]] if is_numbered else groups["libelle_croise"]
    lines = _lines(rows, ranks) if is_numbered else list(dict.fromkeys(rows["libelle"]))
    heads = [
        f"{name}\n{size}" if is_numbered else f"{name}\nn = {size}" for name, size in zip(names, sizes, strict=True)
    ]
    return heat_table_drawing(_grid(rows), lines, heads, sheet=sheet)


# --- Two answers of the same persons, counted in individual records ---

NOTHING = Html("", "")
MANY = 2  # joints in a name that no longer fits beside a bar
TWO = 2  # groups whose widest difference can be said in a title


def _is_answer(entry: Indicator, modality: str) -> bool:
    """Whether a modality, or all that is folded in it, answers the question."""
    return all(name in entry.modalities for name in modality.split(FOLDED))


def _answered(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Html]]:
    """A cross-tabulation without the rows and columns of missing answers, and the note that names them.

    A group of which nothing else is known goes with them.
    """
    kept, out = rows, []
    for column, label in (("modalite", "libelle"), ("modalite_croisee", "libelle_croise")):
        is_blank = rows[column].map(lambda name: set(name.split(FOLDED)) <= set(theme.UNANSWERED))
        out += list(dict.fromkeys(rows.loc[is_blank, label]))
        kept = kept[~is_blank.reindex(kept.index)]
    is_known = kept["base_min"].notna().groupby(kept["modalite_croisee"]).transform("any")
    out += list(dict.fromkeys(kept.loc[~is_known, "libelle_croise"]))
    kept = kept[is_known]
    names = list(dict.fromkeys(out))
    return (kept, [theme.crossing("left_out", names=names)]) if names and len(kept) else (rows, [])


def _entries_of(rows: pd.DataFrame) -> tuple[Indicator, Indicator]:
    entries = catalogue().indicators
    return entries[rows["indicateur"].iloc[0]], entries[rows["croise_avec"].iloc[0]]


def _population_of(rows: pd.DataFrame) -> str:
    return people(rows["indicateur"].iloc[0], rows["perimetre"].iloc[0], theme.place_of(rows))


def _sayable(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells that may head a chart: answers to both questions whose share is known."""
    (entry, other), known = _entries_of(rows), rows[rows["part_pct"].notna()]
    kept = [_is_answer(entry, row.modalite) and _is_answer(other, row.modalite_croisee) for row in known.itertuples()]
    return known[kept] if any(kept) else known


def _named(row) -> tuple[str, Fact]:
    return row.libelle_croise, fact_of(row)


def _groups(rows: pd.DataFrame) -> list[tuple[str, Fact]]:
    """Each group with one of its values, which bears its base."""
    known = rows[rows["base_min"].notna()]
    return [_named(row) for row in known.drop_duplicates("modalite_croisee").itertuples()]


def _short(row) -> str:
    """The name of a group beside its bar; one that joins many answers is named in full under the chart."""
    return "réponses réunies" if row.modalite_croisee.count(FOLDED) >= MANY else row.libelle_croise


def show_by_group(rows: pd.DataFrame, modality: str) -> Html:
    """The share of one answer in each group (columns of `crosstab.crossed`); nothing without records."""
    shown = rows[rows["modalite"].eq(modality) & rows["part_pct"].notna()]
    if shown.empty:
        return NOTHING
    (entry, other), who, year = _entries_of(shown), _population_of(shown), int(shown["annee"].iloc[0])
    ranked = _sayable(shown).sort_values("part_pct", ascending=False, kind="stable")
    first, last = (_named(next(ranked.iloc[[place]].itertuples())) for place in (0, -1))
    counted = [f"{_short(row)} ({write_base(fact_of(row))})" for row in shown.itertuples()]
    colours = [
        theme.colour_of(entry.id, modality) if _is_answer(other, name) else theme.MIDDLE
        for name in shown["modalite_croisee"]
    ]
    return compose(
        partial(persons.bars_drawing, shown.assign(libelle=counted), colours),
        id=f"{entry.id}-par-{other.id}",
        title=theme.crossing("by_group_title", first=first, last=last, is_sure=not theme.is_protected(shown)),
        subtitle=theme.crossing(
            "by_group_subtitle", label=entry.label_of(modality), other=other, year=year, place=theme.place_of(shown)
        ),
        reading=theme.crossing("by_group_reading", first=first, other=other),
        base=theme.bases((fact, name) for name, fact in _groups(shown)),
        source=theme.source(who, shown["reference"]),
        alt=theme.crossing(
            "by_group_alt", entry=entry, other=other, cells=[_named(row) for row in shown.itertuples()]
        ).text,
        table=breakdown_table(
            shown.assign(libelle=shown["libelle_croise"]),
            caption=f"{entry.title_of(modality)}, selon : {other.label[:1].lower()}{other.label[1:]}, {year}",
        ),
    )


def show_crosstab(rows: pd.DataFrame) -> Html:
    """The answers of each group, in per cent, as a heat table (columns of `crosstab.crossed`); nothing without records.

    One sentence where every group is too small for a share.
    """
    if rows.empty:
        return NOTHING
    rows, left_out = _answered(rows)
    (entry, other), who, year = _entries_of(rows), _population_of(rows), int(rows["annee"].iloc[0])
    if _sayable(rows).empty:
        return theme.crossing("no_share", entry=entry, other=other)
    groups = _groups(rows)
    parts = [
        group[group["effectif_min"].notna()] for _, group in rows.groupby("modalite_croisee", sort=False, dropna=False)
    ]
    numbered = len(groups) > TWO
    return compose(
        partial(shares_drawing, rows, [write_base(fact) for _, fact in groups], is_numbered=numbered),
        id=f"{entry.id}-{other.id}",
        title=_title(rows, entry, other),
        subtitle=theme.crossing(
            "crossing_subtitle", other=other, year=year, is_numbered=numbered, place=theme.place_of(rows)
        ),
        reading=theme.crossing("crossing_reading", cell=_largest(rows), other=other),
        notes=[*_notes(rows), *left_out],
        base=theme.bases((fact, name) for name, fact in groups),
        source=theme.source(who, rows["reference"].head(1)),
        alt=theme.crossing("crossing_alt", entry=entry, other=other, groups=_tops(parts)).text,
        table=crosstab_table(
            rows, caption=f"{entry.label}, selon : {other.label[:1].lower()}{other.label[1:]}, en personnes, {year}"
        ),
    )


def _tops(parts: list[pd.DataFrame]) -> list[tuple[str, list[Fact]]]:
    """For each group, its values, the largest first: three are enough for a large table."""
    few = 3 if len(parts) > TWO else None
    ranked = [part.sort_values("effectif_min", ascending=False, kind="stable").head(few) for part in parts]
    return [(part["libelle_croise"].iloc[0], [fact_of(row) for row in part.itertuples()]) for part in ranked]


def _largest(rows: pd.DataFrame) -> tuple[str, Fact]:
    """The most frequent answer of the largest group: a small one swings with a few persons."""
    said = _sayable(rows)
    group = said[said["base_min"].eq(said["base_min"].max())]
    return _named(next(group.sort_values("part_pct", ascending=False, kind="stable").head(1).itertuples()))


def _title(rows: pd.DataFrame, entry: Indicator, other: Indicator) -> Html:
    said = _sayable(rows)
    found = said.groupby("modalite")["part_pct"].agg(["min", "max", "count"])
    both = found[found["count"].eq(TWO)]
    if said["modalite_croisee"].nunique() != TWO or both.empty:
        is_sure = not theme.is_protected(rows)
        return theme.crossing("crossing_title", cell=_largest(rows), entry=entry, other=other, is_sure=is_sure)
    widest = (both["max"] - both["min"]).astype(float).idxmax()
    cells = [_named(row) for row in said[said["modalite"].eq(widest)].itertuples()]
    return theme.crossing("gap_title", cells=cells, is_sure=not theme.is_protected(rows))


def _notes(rows: pd.DataFrame) -> list[Html]:
    """What a dash means, where there is one."""
    is_bare = rows["effectif_min"].notna() & rows["part_min_pct"].isna()
    absent = [theme.crossing("absent")] if rows["effectif_min"].isna().any() else []
    return [*absent, *([theme.crossing("few")] if is_bare.any() else [])]


# --- Any indicator, for the workbench ---

_say = partial(say, "figures_explored")

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_TITLES = {
    "libelle": "Modalité",
    "libelle_croise": "Croisée avec",
    "effectif_min": "Au moins",
    "effectif_max": "Au plus",
    "reference": "Référence",
}


def show_explored(rows: pd.DataFrame) -> Html:
    """The chart of some rows of the indicator table (columns of `describe.breakdown` or `crossing`), for the workbench.

    Shares as on page 02, else counts as bars, a cross-tabulation as a heat table, a single number in words.
    """
    known = rows[~rows["precision"].isin(UNSAID) & rows["effectif_min"].notna() & rows["effectif_max"].notna()]
    if "libelle_croise" in rows and len(known):
        heads = [_dated(name, "{:%d/%m %Y}".format) for name in dict.fromkeys(known["libelle_croise"])]
        known = known.assign(libelle_croise=[_dated(name, day) for name in known["libelle_croise"]])
        return _figure(known, partial(crosstab_drawing, known, heads), is_crossed=True)
    figure = show_breakdown(rows) if len(rows) else None
    if figure is not None:
        return figure
    if known.empty:
        return theme.nothing("ce choix n’a aucun chiffre publié")
    if len(known) == 1:
        return _say("single", fact=fact_of(known.iloc[0]), entry=catalogue().indicators[known["indicateur"].iloc[0]])
    colours = [theme.colour_of(row.indicateur, row.modalite) for row in known.itertuples()]
    return _figure(known, partial(counts_drawing, known, colours), is_crossed=False)


def _base(facts: list[Fact], population: str):
    """The base, where all that is drawn shares it."""
    known = {fact.base: fact for fact in facts if fact.base}
    return theme.bases([(fact, population) for fact in known.values()]) if len(known) == 1 else ""


def _dated(name: str, form: Callable[[date], str]) -> str:
    """A meeting is named by its day."""
    return form(date.fromisoformat(name)) if _DAY.fullmatch(name) else name


def _figure(rows: pd.DataFrame, drawn, *, is_crossed: bool) -> Html:
    entry = catalogue().indicators[rows["indicateur"].iloc[0]]
    perimeter = catalogue().perimeters[rows["perimetre"].iloc[0]]
    # A group is the largest by construction: the title names a modality where one is known.
    alone = rows[~rows["modalite"].isin(list(entry.groups))]
    compared = rows if alone.empty else alone
    most = compared.sort_values("effectif_max", ascending=False, kind="stable").iloc[0]
    facts = [fact_of(row) for row in rows.itertuples()]
    labels = [f"{row.libelle}, {row.libelle_croise}" if is_crossed else row.libelle for row in rows.itertuples()]
    label, fact = labels[list(rows.index).index(most.name)], fact_of(most)
    is_tied = list(compared["effectif_max"]).count(most["effectif_max"]) > 1
    titles = {name: title for name, title in _TITLES.items() if name in rows}
    return compose(
        drawn,
        id=f"explorer-{perimeter.id}-{entry.id}-{most['croise_avec']}".rstrip("-"),
        title=_say("title", entry=entry, fact=fact, label=label, is_tied=is_tied),
        subtitle=_say("subtitle", population=perimeter.label, year=int(most["annee"]), is_crossed=is_crossed),
        reading="",
        base=_base(facts, perimeter.label),
        source=theme.source(perimeter.label, rows["reference"]),
        alt=_say("alt", entry=entry, figures=list(zip(labels, facts, strict=True))).text,
        table=table(rows, caption=f"{entry.label}, {perimeter.label}, {most['annee']}", titles=titles),
    )
