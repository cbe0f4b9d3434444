"""Charts of the coded statements."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts import theme
from helpers.charts.figure import compose
from helpers.indicators.lookup import Fact, Facts
from helpers.schema import catalogue
from helpers.text.formats import Html, number, population, say
from helpers.text.statement_tables import value_of
from helpers.text.tables import matrix_table, table

# --- Drawings of the coded statements ---

NATURES = ("constat", "tension", "levier", "recommandation")
COLOURS = {nature: theme.colour_of("nature_enonce", nature) for nature in NATURES}
# A fill and a shape each: natures are told apart without colour.
HOLLOW = ("constat", "recommandation")
SHAPES = {"constat": "s", "tension": "^", "levier": "o", "recommandation": "D"}
A_ROW = 5  # marks side by side in a cell before a second row begins
LABEL = 38  # characters a line of a row's label may hold
A_LOT = 70  # per cent: from there on the value is written to the left of its dot
# Inside the frame: excluded from the layout, for speed.
INSIDE = {"ha": "center", "va": "center_baseline", "in_layout": False}
HALO = {"bbox": {"facecolor": theme.GROUND, "edgecolor": "none", "pad": 1}}  # the line does not cross the value


def heat_drawing(counts: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """A heat table of counts (columns of `themes.by_nature`)."""
    figure, axes = theme.canvas(0.4 + theme.room(sheet, counts["libelle"], 0.4) * len(counts), sheet)
    high, top = theme.thick(sheet) if sheet.is_narrow else 0.94, max(1, int(counts[list(NATURES)].to_numpy().max()))
    for place, row in enumerate(counts.to_dict("records")):
        for column, nature in enumerate(NATURES):
            shade = theme.SHADES[-(-row[nature] * (len(theme.SHADES) - 1) // top)]
            axes.barh(place, 0.98, left=column - 0.49, height=high, color=shade)
            said = {"color": theme.text_on(shade), "fontweight": "bold"} if row[nature] else {"color": theme.GREY}
            axes.text(column, place, number(row[nature]), **INSIDE, **said)
    theme.name_rows(axes, range(len(counts)), counts["libelle"], sheet, width=LABEL)
    axes.set_xticks(range(len(NATURES)), [f"{name}s" for name in NATURES], fontsize=sheet.small)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(NATURES) - 0.5)
    axes.set_ylim(len(counts) - 0.5, -0.8 if sheet.is_narrow else -0.5)
    theme.bare(axes)
    return figure


def _bar(axes, places: list[int], start: pd.Series, counts: pd.Series, nature: str, sheet: theme.Sheet) -> None:
    """Bars of one nature from ``start``, leftwards when negative, each with its number."""
    colour, is_hollow = COLOURS[nature], nature in HOLLOW
    fill = theme.GROUND if is_hollow else colour
    said = {**INSIDE, "fontsize": sheet.small, "fontweight": "bold"}
    for place, first, count in zip(places, start, counts, strict=True):
        if count:
            axes.barh(place, count, left=first, color=fill, edgecolor=colour, linewidth=1.4, height=theme.thick(sheet))
            axes.text(first + count / 2, place, number(abs(count)), color=theme.text_on(fill), **said)


def _weight(count: int) -> dict:
    return {"fontweight": "bold"} if count else {"color": theme.GREY}


def diverging_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Tensions left of a line, what is proposed right of it, observations apart (`themes.by_nature`)."""
    figure, axes = theme.canvas(0.4 + theme.room(sheet, rows["libelle"], 0.28) * len(rows), sheet)
    places, zero = list(range(len(rows)))[::-1], pd.Series(0, index=rows.index)
    apart = max((rows["levier"] + rows["recommandation"]).max(), 13) + 4
    _bar(axes, places, zero, -rows["tension"], "tension", sheet)
    _bar(axes, places, zero, rows["levier"], "levier", sheet)
    _bar(axes, places, rows["levier"], rows["recommandation"], "recommandation", sheet)
    # Observations take no side: their number stands apart.
    for place, count in zip(places, rows["constat"], strict=True):
        axes.text(apart, place, number(count), ha="right", va="center_baseline", **_weight(count))
    top, left = len(rows) + 0.1, -max(rows["tension"].max(), 5) - 0.5
    heads = [(-0.3, "right", "tensions"), (0.3, "left", "leviers"), (4.4, "left", "recommandations")]
    for x, side, name in [*heads, (apart, "right", "constats")]:
        axes.text(x, top, name, ha=side, fontsize=sheet.small, fontweight="bold")
    axes.vlines(0, -0.5, len(rows) - 0.5, color=theme.GREY, linewidth=1)
    theme.name_rows(axes, places, rows["libelle"], sheet, width=LABEL, rise=8)
    axes.set_xlim(left, apart + 0.5)
    axes.set_ylim(-0.6, len(rows) + 0.6)
    theme.bare(axes, with_ticks=False)
    return figure


def _signs(axes, x: list[float], y: list[float], nature: str) -> None:
    colour = COLOURS[nature]
    fill = theme.GROUND if nature in HOLLOW else colour
    axes.plot(x, y, SHAPES[nature], color=colour, markerfacecolor=fill, markeredgewidth=1.6, markersize=7)


def marks_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One mark per statement, a row per scale, a column per nature (`themes.by_nature`)."""
    in_line = 3 if sheet.is_narrow else A_ROW
    wide, lines = in_line + 2.6, -(-max(1, int(rows[list(NATURES)].to_numpy().max())) // in_line)
    figure, axes = theme.canvas(0.4 + theme.room(sheet, row=0.3 + 0.17 * lines) * len(rows), sheet)
    places, step = list(range(len(rows)))[::-1], 0.17 / theme.room(sheet, row=0.3 + 0.17 * lines)
    for column, nature in enumerate(NATURES):
        start = column * wide
        for place, count in zip(places, rows[nature], strict=True):
            axes.text(start - 0.2, place, number(count), ha="right", va="center", **_weight(count))
            own = -(-count // in_line)
            _signs(
                axes,
                [start + 0.5 + rank % in_line for rank in range(count)],
                [place + step * ((own - 1) / 2 - rank // in_line) for rank in range(count)],
                nature,
            )
        name = f"{nature}s" if not sheet.is_narrow or nature != "recommandation" else "recomm."
        axes.text(start - 0.9, len(rows) - 0.35, name, fontweight="bold", fontsize=sheet.small)
    axes.hlines([place + 0.5 for place in places[1:]], -1.2, 4 * wide - 2.6, color=theme.PALE, linewidth=0.8)
    theme.name_rows(axes, places, rows["libelle"], sheet, rise=4 + 6.5 * lines)
    axes.set_xlim(-1.4, 4 * wide - 1.6)
    axes.set_ylim(-0.5, len(rows) - 0.1)
    theme.bare(axes, with_ticks=False)
    return figure


def _spread(populations: pd.Series) -> tuple[list[float], list[tuple[float, str]]]:
    """A place for each row, downwards, and one above the first row of each population for its name."""
    places, heads, place = [], [], 0.0
    for before, name in zip([None, *populations], populations, strict=False):
        if name != before:
            heads.append((place, name))
            place -= 0.8
        places.append(place)
        place -= 1
    return places, heads


def beside_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Shares as dots with their bounds, one row each, and the linked statements as signs.

    Columns ``titre``, ``population``, ``dit`` (the value in words), ``part_pct``, ``part_min_pct``, ``part_max_pct``,
    and one per nature; the rows of a population follow one another.
    """
    places, heads = _spread(rows["population"])
    each = 9 if sheet.is_narrow else 6  # per cent of the scale that a sign takes
    row = 0.26 if sheet.is_narrow else 0.38
    figure, axes = theme.canvas(0.4 + theme.room(sheet, rows["titre"], row) * (len(rows) + 0.8 * len(heads)), sheet)
    axes.hlines(places, 0, 100, color=theme.PALE, linewidth=1)
    axes.hlines(places, rows["part_min_pct"], rows["part_max_pct"], color=theme.BLUE, linewidth=6, alpha=theme.BAND)
    axes.plot(rows["part_pct"].astype(float), places, "o", color=theme.BLUE, markersize=8)
    for place, name in heads:
        axes.text(0, place, f"{name[:1].upper()}{name[1:]}", fontsize=sheet.small, va="center", color=theme.GREY)
    for place, row in zip(places, rows.itertuples(), strict=True):
        is_left = row.part_max_pct > A_LOT
        edge, side, away = (row.part_min_pct, "right", -9) if is_left else (row.part_max_pct, "left", 9)
        said = {"va": "center_baseline", "fontsize": sheet.small, "fontweight": "bold", "textcoords": "offset points"}
        axes.annotate(row.dit, (edge, place), (away, 0), ha=side, **said, **HALO)
        natures = [nature for nature in NATURES for _ in range(getattr(row, nature))]
        for rank, nature in enumerate(natures):
            _signs(axes, [110 + each * rank], [place], nature)
    theme.name_rows(axes, places, rows["titre"], sheet, width=LABEL, rise=7)
    theme.percent_ticks(axes)
    axes.set_xlim(-2, 110 + each * max(2, rows[list(NATURES)].sum(axis=1).max()))
    axes.set_ylim(min(places) - 0.6, 0.5)
    theme.bare(axes)
    return figure


# --- Charts of the coded statements ---

# The two groups of actors that a title sets beside the most frequent actor.
GROUPS = {"college": "cote_college", "families": "familles"}
NO_STATEMENT = "aucun énoncé n’est codé pour cette année"

_say = partial(say, "figures_themes")

# Another person might have cut and coded the synthesis otherwise.
STATEMENTS = "énoncés de la synthèse, codés par une personne"


def _source(facts: Facts) -> Html:
    return theme.source(STATEMENTS, [facts("enonces/enonces/").reference])


def _base(facts: Facts) -> Html:
    return theme.bases([(facts("enonces/enonces/"), "énoncés de la synthèse")])


def _table(counts: pd.DataFrame, row_name: str, *, caption: str) -> Html:
    return matrix_table(counts.set_index("libelle")[list(NATURES)].rename_axis(row_name), caption=caption)


def _rows(counts: pd.DataFrame, facts: Facts, name: str) -> list[tuple[str, Fact]]:
    return [(row.libelle, facts(f"enonces/{name}/{row.modalite}")) for row in counts.itertuples()]


def _most(rows: list[tuple[str, Fact]]) -> tuple[str, Fact, bool]:
    """The label and value of the largest row, and whether another ties."""
    label, most = max(rows, key=lambda row: row[1].counts)
    return label, most, theme.is_tied(most.counts, [fact.counts for _, fact in rows])


def _tensions(facts: Facts, fact: Fact) -> Fact | None:
    return facts(f"{fact.key.partition('/')[2]}/nature_enonce=tension")


def show_matrix(counts: pd.DataFrame, facts: Facts) -> Html:
    """Statements by theme and nature as a heat table (columns of `themes.by_nature`)."""
    if counts.empty:
        return theme.nothing(NO_STATEMENT)
    rows = _rows(counts, facts, "theme_enonce")
    label, most, is_tied = _most(rows)
    return compose(
        partial(heat_drawing, counts),
        id="themes",
        title=_say("matrix_title", fact=most, label=label, is_tied=is_tied),
        subtitle=_say("matrix_subtitle"),
        reading=_say("matrix_reading", fact=most, label=label),
        base=_base(facts),
        source=_source(facts),
        alt=_say("matrix_alt", rows=rows).text,
        table=_table(counts, "thème", caption="Énoncés par thème et par nature"),
    )


def show_actors(counts: pd.DataFrame, facts: Facts) -> Html:
    """Statements by actor, most frequent first: tensions left, answers right, the rest apart (`themes.by_nature`)."""
    if counts.empty:
        return theme.nothing(NO_STATEMENT if facts("enonces/enonces/") is None else "aucun énoncé ne nomme d’acteur")
    totals = counts[list(NATURES)].sum(axis=1)
    ordered = counts.loc[totals.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
    rows = _rows(ordered, facts, "acteur_enonce")
    label, most, _ = _most(rows)
    groups = {name: facts(f"enonces/acteur_enonce/{code}") for name, code in GROUPS.items()}
    return compose(
        partial(diverging_drawing, ordered),
        id="acteurs",
        title=_say("actors_title", most=most, label=label, **groups),
        subtitle=_say("actors_subtitle"),
        reading=_say("actors_reading", fact=most, tense=_tensions(facts, most), label=label),
        base=_base(facts),
        source=_source(facts),
        alt=_say("actors_alt", rows=rows).text,
        table=_table(ordered, "acteur", caption="Énoncés par acteur et par nature"),
    )


def show_scales(counts: pd.DataFrame, facts: Facts) -> Html:
    """Statements by scale and nature, one mark each (columns of `themes.by_nature`)."""
    if counts.empty:
        return theme.nothing(NO_STATEMENT)
    rows = _rows(counts, facts, "echelle_enonce")
    label, most, is_tied = _most(rows)
    return compose(
        partial(marks_drawing, counts),
        id="echelles",
        title=_say("scales_title", fact=most, tense=_tensions(facts, most), label=label, is_tied=is_tied),
        subtitle=_say("scales_subtitle"),
        reading=_say("scales_reading", fact=most, label=label),
        base=_base(facts),
        source=_source(facts),
        alt=_say("scales_alt", rows=rows).text,
        table=_table(counts, "échelle", caption="Énoncés par échelle et par nature"),
    )


def _shares(linked: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The linked indicators that have a share, with the number of statements of each nature."""
    beside = pd.crosstab(linked["chiffre"], linked["nature"]).reindex(columns=list(NATURES), fill_value=0)
    entries, rows = catalogue().indicators, []
    for path in dict.fromkeys(linked["chiffre"]):
        fact, (_, name, modality) = facts(path), path.split("/")
        if fact and fact.share_bounds:
            low, high = fact.share_bounds
            who, title = population(fact), entries[name].title_of(modality)
            said = {"titre": title, "dit": value_of(fact).text, "population": who}
            shares = {"part_pct": fact.share, "part_min_pct": low, "part_max_pct": high}
            rows.append({"chiffre": path, **said, **shares, **beside.loc[path]})
    return pd.DataFrame(rows)


def show_beside(linked: pd.DataFrame, facts: Facts) -> Html:
    """The shares that statements are linked to, with these statements as marks (`themes.linked`)."""
    rows = _shares(linked, facts) if len(linked) else linked
    if rows.empty:
        return theme.nothing("aucun énoncé n’est lié à une part de cette année")
    first = rows.loc[rows[list(NATURES)].sum(axis=1).idxmax()]
    used = [facts(path) for path in rows["chiffre"]]
    columns = {"titre": "Chiffre", "population": "Population", "dit": "Valeur"}
    return compose(
        partial(beside_drawing, rows),
        id="chiffres-et-enonces",
        title=_say("beside_title", fact=facts("enonces/chiffre_lie/oui")),
        subtitle=_say("beside_subtitle"),
        reading=_say("beside_reading", label=first["titre"], value=value_of(facts(first["chiffre"]))),
        base=theme.bases(
            [(facts("enonces/chiffre_lie/oui"), "énoncés de la synthèse"), *((fact, population(fact)) for fact in used)]
        ),
        source=theme.source(f"{STATEMENTS}, liés à une part de l’année", (fact.reference for fact in used)),
        alt=_say("beside_alt", rows=list(zip(rows["titre"], rows["dit"], strict=True))).text,
        table=table(
            rows,
            caption="Parts de l’année et nombre d’énoncés sur le même sujet",
            titles=columns | {nature: f"{nature.capitalize()}s" for nature in NATURES},
        ),
    )
