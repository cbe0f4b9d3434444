"""Charts of the codes that researchers put on minutes."""

import string
from collections.abc import Iterable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from helpers.charts import theme
from helpers.charts.explored import heat_table_drawing
from helpers.charts.figure import compose
from helpers.text.formats import Html, coefficient, number, say
from helpers.text.statement_tables import agreement_cells, meetings_cells, pairs_cells
from helpers.text.tables import table

# --- Drawings: tree, codes by meeting, agreement ---

AT_END = {"textcoords": "offset points", "va": "center_baseline", "ha": "left"}


def _rows(names: list[str], sheet: theme.Sheet, *, more: float):
    """Figure, axes and place of each row, on a scale of inches downwards; ``more`` inches for what is around."""
    places, height = theme.stacked(names, sheet, is_above=sheet.is_narrow)
    figure, axes = theme.canvas(height + more, sheet)
    axes.set_ylim(height, 0)
    return figure, axes, places


def _cut_for(sheet: theme.Sheet, names: Iterable[str], depths: Iterable[int]) -> list[str]:
    """The names as a sheet can hold them, on shorter lines the further right."""
    width = theme.NAME_ABOVE if sheet.is_narrow else theme.BESIDE
    return [theme.cut([name], max(12, width - 2 * depth))[0] for name, depth in zip(names, depths, strict=True)]


def tree_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Segments of each code as a bar; behind it, pale, with those of its descendants.

    Columns ``libelle``, ``profondeur``, ``extraits``, ``extraits_branche``, ``a_dessous`` (whether it has descendants).
    """
    depths = list(rows["profondeur"])
    names = _cut_for(sheet, rows["libelle"], depths)
    figure, axes, places = _rows(names, sheet, more=0.1)
    top = max(1, int(rows["extraits_branche"].max()))
    axes.barh(places, rows["extraits_branche"].where(rows["a_dessous"], 0), color=theme.SHADES[3], height=theme.BEHIND)
    axes.barh(places, rows["extraits"], color=theme.BLUE, height=theme.BAR)
    for place, row in zip(places, rows.itertuples(), strict=True):
        end = row.extraits_branche if row.a_dessous else row.extraits
        more = f" (branche : {number(row.extraits_branche)})" if row.a_dessous else ""
        axes.annotate(f"{number(row.extraits)}{more}", (end, place), (5, 0), fontweight="bold", **AT_END)
    theme.name_tree(axes, places, names, depths, sheet)
    axes.vlines(0, 0, axes.get_ylim()[0], color=theme.GREY, linewidth=1)
    axes.set_xlim(0, top)
    theme.bare(axes, with_ticks=False)
    return figure


def codes_by_group_drawing(counts: pd.DataFrame, heads: list[str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Codes (the index) by meeting as a heat table, with totals last; ``heads`` name the columns."""
    cells = [[*((value, number(value)) for value in row[:-1]), (None, number(row[-1]))] for row in counts.to_numpy()]
    return heat_table_drawing(cells, theme.cut(counts.index), heads, sheet=sheet)


def agreement_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Alpha of each code on its interval, chance at zero; to the right, alpha and the units of the code.

    Columns ``libelle``, ``alpha``, ``alpha_bas``, ``alpha_haut``, ``posees`` (units coded by one person at least).
    """
    names = theme.cut(rows["libelle"], theme.NAME_ABOVE if sheet.is_narrow else theme.BESIDE)
    figure, axes, places = _rows(names, sheet, more=0.55)
    bottom = axes.get_ylim()[0]
    axes.vlines(0, 0, bottom, color=theme.PALE, linewidth=1.5)
    axes.annotate(
        "hasard", (0, 0), (0, 4), textcoords="offset points", ha="center", color=theme.GREY, fontsize=sheet.small
    )
    axes.hlines(places, rows["alpha_bas"], rows["alpha_haut"], color=theme.INK, linewidth=1.6)
    axes.plot(rows["alpha"], places, "o", color=theme.BLUE, markersize=8)
    for place, row in zip(places, rows.itertuples(), strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), **AT_END}
        axes.annotate(f"{coefficient(row.alpha)} ({number(row.posees)})", (1, place), (6, 0), fontweight="bold", **at)
    theme.name_rows(axes, places, names, sheet, width=theme.ACROSS, rise=theme.FOOT * 72)
    low = min(0, rows["alpha_bas"].min(), rows["alpha"].min())
    axes.set_xlim(low - 0.04, 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: number(value, 1))
    axes.tick_params(axis="x", labelcolor=theme.GREY)
    theme.bare(axes)
    return figure


# --- Pairs of codes as arcs between names in one column, which cannot overlap ---

THIN, THICK = 1.2, 6.0  # points, of the least met pair and of the most
NARROW, TALL = 19, 3  # characters a line of a name may hold on a narrow sheet, and lines
LEAST = 5  # names that the longest arc spans, at the least, for the scale
APEX = 0.75  # how far a curve goes, of the way to its two handles


def _order(pairs: pd.DataFrame) -> list[str]:
    """The codes, each put at the end where it co-occurs most, so that frequent pairs are neighbours."""
    met = {(row.code, row.autre_code): row.rencontres for row in pairs.itertuples()}
    met |= {(two, one): count for (one, two), count in met.items()}
    left = list(dict.fromkeys(code for pair in zip(pairs["code"], pairs["autre_code"], strict=True) for code in pair))
    ordered: list[str] = []
    while left:
        # The one that co-occurs most with those placed; the first when none does (another component).
        found = max(left, key=lambda code: sum(met.get((code, other), 0) for other in ordered))
        left.remove(found)
        ends = [sum(met.get((found, other), 0) for other in half) for half in _halves(ordered)]
        ordered = [found, *ordered] if ends[0] > ends[1] else [*ordered, found]
    return ordered


def _halves(ordered: list[str]) -> tuple[list[str], list[str]]:
    middle = len(ordered) // 2
    return ordered[:middle], ordered[middle:]


def _arc(axes, ends: tuple[float, float], reach: float, width: float) -> None:
    points = [(0, ends[0]), (reach / APEX, ends[0]), (reach / APEX, ends[1]), (0, ends[1])]
    curve = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(PathPatch(curve, fill=False, edgecolor=theme.SKY, linewidth=width))


def network_drawing(pairs: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One arc per pair, thicker the more often they co-occur, the names in a column.

    Columns ``code``, ``libelle``, ``autre_code``, ``autre_libelle``, ``rencontres``, most frequent first.
    """
    labels = dict(zip(pairs["code"], pairs["libelle"], strict=True))
    labels |= dict(zip(pairs["autre_code"], pairs["autre_libelle"], strict=True))
    codes = _order(pairs)
    names = theme.cut([labels[code] for code in codes], *((NARROW, TALL) if sheet.is_narrow else (theme.BESIDE,)))
    places, height = theme.stacked(names, sheet)
    figure, axes = theme.canvas(height + 0.2, sheet)
    rank, at = {code: place for place, code in enumerate(codes)}, dict(zip(codes, places, strict=True))
    most, said = pairs["rencontres"].max(), []
    # The thickest below, so that none hides a thin one; the numbers above all lines.
    for row in pairs.itertuples():
        ends, reach = (at[row.code], at[row.autre_code]), abs(rank[row.code] - rank[row.autre_code])
        _arc(axes, ends, reach, THIN + (THICK - THIN) * row.rencontres / most)
        said.append((reach, sum(ends) / 2, number(row.rencontres)))
    for x, y, text in said:
        axes.text(
            x, y, text, ha="center", va="center_baseline", fontweight="bold", fontsize=sheet.small, bbox=theme.LABEL_BOX
        )
    axes.plot([0] * len(places), places, "o", color=theme.INK, markersize=6)
    # Arcs between neighbours alone would be as flat as the sheet is wide.
    axes.set_xlim(-0.1, max(LEAST, *(x for x, _, _ in said)) + 0.4)
    axes.set_ylim(height, 0)
    axes.set_xticks([])
    axes.set_yticks(places, names)
    theme.bare(axes)
    return figure


# --- Charts: the book as a tree, codes by meeting ---

# Fewer segments, spread over meetings, make a row of ones and zeros: the table has it.
FEWEST_PIECES = 5
# Drawn codes: past that, the page would weigh half of what it may.
MOST_CODES = 30
# Meetings side by side: past that, a cell of a narrow sheet cannot hold three digits.
MOST_MEETINGS = 12
# Heads of columns: total length, and longest word.
MOST_SIGNS, LONGEST_WORD = 30, 8
MOST_NAMED = 12

_say = partial(say, "figures_codings")

_COLUMNS = {
    "libelle": "Code",
    "extraits": "Extraits",
    "extraits_branche": "Extraits de la branche",
    "passages": "Passages",
    "documents": "Documents",
    "codeurs": "Codeurs",
    "mots": "Mots",
}


def show_codes(codes: pd.DataFrame) -> Html:
    """The code book as a tree with the segments of each code and branch; unused branches are named in a note.

    The columns of `codings.code_counts`, and ``parent``, in the order of the book.
    """
    rows = codes[codes["extraits_branche"] > 0] if len(codes) else codes
    if rows.empty:
        return Html("", "")
    rows = rows.assign(a_dessous=rows["code"].isin(set(rows["parent"])))
    most = next(rows.loc[[rows["extraits"].idxmax()]].itertuples())
    unused = list(codes.loc[codes["extraits_branche"] == 0, "libelle"])
    used = int((codes["extraits"] > 0).sum())
    each = list(rows.itertuples())
    return compose(
        partial(tree_drawing, rows),
        id="codages-arbre",
        title=_say("codes_title", most=most, is_tied=theme.is_tied(most.extraits, list(rows["extraits"]))),
        subtitle=_say("codes_subtitle", has_branches=bool(rows["a_dessous"].any())),
        reading=_say("codes_reading", most=most),
        base=_say("codes_base", passages=int(codes["passages"].sum()), used=used, all=len(codes)),
        source=_say("source", field="documents codés de l’année"),
        alt=_say("codes_alt", rows=each).text,
        table=table(codes, caption="Emploi des codes du livre", titles=_COLUMNS),
        notes=[_say("codes_unused", names=unused, most=MOST_NAMED)] if unused else [],
    )


def show_codes_by_meeting(reunions: pd.DataFrame) -> Html:
    """Codes by meeting as a heat table, the most used first; nothing with fewer than two meetings.

    The columns of `codings.code_by_document`, and ``libelle``. Codes of fewer than ``FEWEST_PIECES`` segments are in
    the data only; past ``MOST_MEETINGS``, the meetings with the fewest share a column; ``MOST_CODES`` codes are drawn.
    """
    known = reunions[reunions["total"] >= FEWEST_PIECES] if len(reunions) else reunions
    if known.empty or known["groupe"].nunique() < 2:
        return Html("", "")
    codes = list(dict.fromkeys(known["code"]))
    drawn = known[known["code"].isin(codes[:MOST_CODES])]
    every, shown = _crossed(reunions), _crossed(drawn)
    merged, heads, letters = _columns(shown)
    most = next(drawn.loc[[drawn["extraits"].idxmax()]].itertuples())
    fewer = shown.shape[1] - merged.shape[1] + 1
    notes = [_say("meetings_letters", pairs=letters)] if letters else []
    notes += [_say("meetings_merged", count=fewer)] if fewer > 1 else []
    notes += [_say("meetings_most", shown=len(shown), all=len(codes))] if len(codes) > len(shown) else []
    if len(every) > len(codes):
        notes.append(_say("meetings_rare", count=len(every) - len(codes), fewest=FEWEST_PIECES))
    return compose(
        partial(codes_by_group_drawing, merged.assign(total=merged.sum(axis=1)), [*heads, "total"]),
        id="codages-reunions",
        title=_say("meetings_title", most=most, is_tied=theme.is_tied(most.extraits, list(drawn["extraits"]))),
        subtitle=_say("meetings_subtitle", is_lettered=bool(letters)),
        reading=_say("meetings_reading", most=most),
        base=_say("meetings_base", extraits=int(reunions["extraits"].sum()), groups=shown.shape[1]),
        source=_say(
            "source", field="comptes rendus et verbatims codés, par réunion, ou par document là où il n’en nomme pas"
        ),
        alt=_say("meetings_alt", rows=list(shown.sum(axis=1).items()), groups=shown.shape[1]).text,
        table=meetings_cells(every, caption="Extraits par code et par réunion"),
        notes=notes,
    )


def _crossed(reunions: pd.DataFrame) -> pd.DataFrame:
    """Segments by code (rows, named by labels that another may share) and meeting (columns, in order)."""
    ranks, groups = pd.factorize(reunions["code"])[0], list(dict.fromkeys(reunions["groupe"]))
    counts = pd.crosstab(ranks, reunions["groupe"], reunions["extraits"], aggfunc="sum")
    labels = reunions.groupby(ranks)["libelle"].first()
    return counts.reindex(columns=groups).fillna(0).astype(int).set_axis(list(labels), axis=0).rename_axis(columns=None)


def _columns(counts: pd.DataFrame) -> tuple[pd.DataFrame, list[str], list[tuple[str, str]]]:
    """The counts of the drawn columns, their heads, and what each letter stands for."""
    names = list(counts.columns)
    if len(names) > MOST_MEETINGS:
        kept = set(counts.sum().sort_values(ascending=False, kind="stable").index[: MOST_MEETINGS - 1])
        names = [name for name in names if name in kept]
        others = counts.drop(columns=names).sum(axis=1)
        counts = pd.concat([counts[names], others], axis=1)
    if len(counts.columns) == len(names) and _are_short(names):
        return counts, names, []
    letters = list(zip(string.ascii_uppercase, names, strict=False))
    heads = [letter for letter, _ in letters] + ["autres"] * (len(counts.columns) - len(names))
    return counts, heads, letters


def _are_short(names: list[str]) -> bool:
    """Whether names fit at the head of columns and are printable."""
    words = [word for name in names for word in name.split()]
    is_narrow = sum(map(len, names)) <= MOST_SIGNS and max(map(len, words), default=0) <= LONGEST_WORD
    return is_narrow and all(name.isprintable() for name in names)


# --- Chart of the pairs of codes ---

# Once or twice may be a coder's habit of the day (same number as in `codings.gates`).
FEWEST_MET = 3
# Drawn pairs: past that, nobody can follow one.
MOST_PAIRS = 25
# One line is a sentence, not a graph.
FEWEST_PAIRS = 2


def show_network(paires: pd.DataFrame) -> Html:
    """The `MOST_PAIRS` most frequent pairs of codes met `FEWEST_MET` times or more; nothing with fewer than two.

    The columns of `codings.cooccurrences`, most frequent first, with ``libelle`` and ``autre_libelle``.
    """
    known = paires[paires["rencontres"] >= FEWEST_MET] if len(paires) else paires
    if len(known) < FEWEST_PAIRS:
        return Html("", "")
    shown = known.head(MOST_PAIRS)
    rows = list(shown.itertuples())
    return compose(
        partial(network_drawing, shown),
        id="codages-paires",
        title=_say("pairs_title", most=rows[0], is_tied=theme.is_tied(rows[0].rencontres, list(known["rencontres"]))),
        subtitle=_say("pairs_subtitle", fewest=FEWEST_MET),
        reading=_say("pairs_reading", most=rows[0]),
        base=_say("pairs_base", drawn=len(known), all=len(paires)),
        source=_say("source", field="documents codés de l’année"),
        alt=_say("pairs_alt", rows=rows).text,
        table=pairs_cells(known, caption="Paires de codes qui se rencontrent"),
        notes=[_say("pairs_most", shown=len(shown), all=len(known))] if len(known) > len(shown) else [],
    )


# --- Chart of the agreement of two coders ---


def show_agreement(accord: pd.DataFrame) -> Html:
    """Alpha of each code with its interval, highest first; nothing without two codings.

    The columns of `codings.agreement`, and ``libelle``. A code without alpha is named in a note; where none has any,
    the table of counts stands alone.
    """
    if accord.empty:
        return Html("", "")
    ordered = accord.sort_values("alpha", ascending=False, kind="stable", ignore_index=True)
    counts = agreement_cells(ordered, caption="Accord de deux personnes, code par code")
    known, missing = (ordered[ordered["alpha"].notna() == is_known] for is_known in (True, False))
    if known.empty:
        return counts
    rows, units = list(known.itertuples()), int(accord["unites"].max())
    return compose(
        partial(agreement_drawing, known.assign(posees=known[["les_deux", "premier_seul", "second_seul"]].sum(axis=1))),
        id="codages-accord",
        title=_say("agreement_title", first=rows[0], last=rows[-1], count=len(rows)),
        subtitle=_say("agreement_subtitle", units=units),
        reading=_say("agreement_reading", first=rows[0]),
        base=_say("agreement_base", units=units),
        source=_say("source", field="documents que deux personnes ont codés"),
        alt=_say("agreement_alt", rows=rows).text,
        table=counts,
        notes=[_say("agreement_missing", names=list(missing["libelle"]), most=MOST_NAMED)] if len(missing) else [],
    )
