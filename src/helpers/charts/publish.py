"""Any matplotlib or seaborn drawing as a figure of the report: what travels with it is computed from its frame."""

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from helpers.charts.inline_svg import lay_out, to_inline
from helpers.charts.marks import Mark, marks_of, rows_of, written
from helpers.charts.table_csv import csv_address
from helpers.charts.theme import in_french
from helpers.indicators.lookup import Facts, fact_of, merge_references, rows_in, with_shares
from helpers.schema import DataError, catalogue, columns
from helpers.text.comparison_tables import bases_of, comparison_table
from helpers.text.formats import (
    MISSING,
    Html,
    fragment,
    number,
    plain,
    population,
    say,
    say_base,
    say_bases,
    say_count,
    say_share,
)
from helpers.text.sentences import sentence
from helpers.text.tables import column_title
from helpers.text.tables import lay_out as lay_out_table
from helpers.text.tables import table as lay_table
from helpers.typography import fold

_INDICATORS = set(columns("indicateurs"))
_COMPARED = {"comparaison", "part_pct", "ecart_pts"}  # columns of `analysis.comparisons.table`
_TOLD = 12  # marks that an alternative text names, before it leads to the table
_EXACT = 1e-6  # relative difference between what is drawn and what the table holds


def _figure_of(drawn: Any) -> Figure:
    if isinstance(drawn, np.ndarray) and drawn.size:
        drawn = drawn.flat[0]
    found = drawn if isinstance(drawn, Figure) else getattr(drawn, "figure", None)
    if not isinstance(found, Figure):
        raise DataError(
            "publier attend un dessin de seaborn ou de matplotlib : ce que rend sns.barplot(…) ou plt.gcf()."
        )
    return found


def _drawn_column(figure: Figure, marks: list[Mark], frame: pd.DataFrame) -> str:
    """The column of numbers that is drawn: the one that holds the most of the marks, and that an axis names."""
    numeric = frame.select_dtypes("number")
    named = [axis.get_label_text() for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    named += [mark.series for mark in marks]  # the columns of a matrix
    drawn = np.array([mark.value for mark in marks], dtype=float)
    held = np.isclose(numeric.to_numpy(dtype=float, na_value=np.nan), drawn[:, None, None], rtol=_EXACT, atol=1e-9)
    scores = dict(zip(numeric, held.any(axis=1).sum(axis=0), strict=True))
    best = max(scores.values(), default=0)
    found = [name for name, score in scores.items() if score == best]
    return next((name for name in found if name in named), found[0]) if best else ""


def _said(mark: Mark, column: str, row: Any, *, is_alone: bool) -> str:
    """A mark in words: « 6e, filles : 30 % »; the one series of a drawing need not be named when it is the column."""
    if mark.is_word:
        return "\u00a0: ".join(filter(None, (mark.name.replace("\n", " "), mark.series)))
    series = "" if is_alone and mark.series == column else mark.series
    name = ", ".join(filter(None, (mark.name.replace("\n", " "), series)))
    value = written(row, column, mark.value)
    return f"{name}\u00a0: {value}" if name else value


def _titles(marks: list[Mark], words: list[str]) -> dict[str, list[str]]:
    """What each mark says when it is pointed at, by the gid of its artist, which it is given here."""
    out: dict[str, list[str]] = {}
    for place, (mark, said) in enumerate(zip(marks, words, strict=True)):
        if mark.artist is not None:
            if not mark.artist.get_gid():
                mark.artist.set_gid(f"marque-{place}")
            out.setdefault(mark.artist.get_gid(), []).append(said)
    return out


def _alt(title: str, words: list[str]) -> str:
    told = " ; ".join(words[:_TOLD])
    more = " ; et d’autres, dans le tableau des données" if len(words) > _TOLD else ""
    return f"{title}. {told}{more}." if told else f"{title}. Les valeurs sont dans le tableau des données."


def _base(frame: pd.DataFrame) -> str:
    """How many the frame speaks of: the bases of its indicators, group by group if crossed, or of its comparisons; else
    its rows.
    """
    if _COMPARED <= set(frame.columns):
        return bases_of(frame)
    if not _INDICATORS <= set(frame.columns):
        return f"n = {number(len(frame))} {'ligne' if len(frame) < 2 else 'lignes'} du tableau"
    rows = [(row, fact_of(row)) for row in rows_in(_shared(frame)) if not pd.isna(row.base_min)]
    are_years = len({fact.key[:4] for _, fact in rows}) > 1
    known: dict[str, dict[str, Markup]] = {}
    for row, fact in rows:
        count = say_base(fact) + (f" en {fact.key[:4]}" if are_years else "")
        known.setdefault(_words(row, "modalite_croisee") or population(fact), {})[plain(count)] = count
    parts = [Markup("n = {} ({})").format(Markup(", ").join(counts.values()), who) for who, counts in known.items()]
    return say_bases(parts, frame)


def _shared(frame: pd.DataFrame) -> pd.DataFrame:
    return frame if "part_pct" in frame else with_shares(frame)


# Columns that tell apart the rows of a frame of indicators, and how a reader names them.
_TELLING = {
    "indicateur": "Question",
    "annee": "Année",
    "perimetre": "Public",
    "lieu": "Lieu",
    "modalite_croisee": "Groupe",
}


def _words(row, column: str) -> str:
    entries = catalogue()
    if column == "indicateur":
        return entries.indicators[row.indicateur].label
    if column == "perimetre":
        return entries.perimeters[row.perimetre].label
    if column == "modalite_croisee":
        asked = entries.indicators.get(row.croise_avec)  # an association or a meeting names itself
        return asked.label_of(row.modalite_croisee) if asked else row.modalite_croisee
    return str(getattr(row, column))


def _indicator_table(frame: pd.DataFrame, caption: str) -> Html:
    """Rows of indicators: what tells them apart, count, base and share, each number bearing the key of its row."""
    telling = [name for name in _TELLING if name in frame and len(set(frame[name])) > 1]
    numbers = {"Effectif": say_count, "Base": say_base, "Part": say_share}
    heads, rows = ["Réponse", *(_TELLING[name] for name in telling), *numbers], []
    for row in rows_in(_shared(frame)):
        fact = fact_of(row)
        values = [say(fact) for say in numbers.values()]
        rows.append([fact.label, *(_words(row, name) for name in telling), *values])
    used = [place for place, head in enumerate(heads) if head not in numbers or any(r[place] != MISSING for r in rows)]
    cells = [["—" if row[place] == MISSING else row[place] for place in used] for row in rows]
    return lay_out_table(caption, [heads[place] for place in used], cells, numbers=numbers)


def _table(frame: pd.DataFrame, title: str, column: str) -> Html:
    """The frame as the table under its figure, which draws this column."""
    caption = f"Données de la figure\u00a0: {title}"
    if _INDICATORS <= set(frame.columns):
        return _indicator_table(frame, caption)
    if _COMPARED <= set(frame.columns):
        return comparison_table(frame, caption=caption, of_counts=column.startswith("effectif"))
    plain_frame = frame.reset_index(drop=True)
    numbers = plain_frame.select_dtypes("number").columns
    plain_frame = plain_frame.astype(dict.fromkeys(numbers, float))  # a missing value that compares
    titles = {name: column_title(str(name)) for name in plain_frame}
    return lay_table(plain_frame, caption=caption, titles=titles)


def publier(
    drawn: Any,
    frame: pd.DataFrame,
    *,
    titre: str = "",
    lecture: str = "",
    base: str | None = None,
    source: str | None = None,
    alt: str | None = None,
    nom: str = "",
    figures: Facts | pd.DataFrame | None = None,
    **valeurs: Any,
) -> Html:
    """The drawing as a figure of the report, with all that travels with it.

    ``drawn`` is anything that matplotlib or seaborn drew (Axes, Figure, FacetGrid); ``frame`` is what it was drawn
    from: its table, its CSV, its base, its source and its alternative text are computed from it. ``titre`` and
    ``lecture`` are sentences as in `texte`: their keys are looked up in the frame, unless ``figures`` is given.
    Without ``titre``, the notebook says so, and `run` tells it with whatever else it lacks.
    ``nom`` is the stable anchor of the figure (its title otherwise). When a number of the title is not published or the
    frame is empty, the figure leaves the page, and says so in the notebook.

    Raises
    ------
    DataError
        when what is given was not drawn.
    """
    figure = _figure_of(drawn)
    looked = figures if figures is not None else _shared(frame) if _INDICATORS <= set(frame.columns) else None
    looked = frame if looked is None and _COMPARED <= set(frame.columns) else looked
    if not titre:
        _close(figure)
        told = 'La figure n’a pas de titre : écrivez ce qu’elle montre dans publier(…, titre="…").'
        return Html(f'<p class="figure-sans-titre">{told}</p>', told)  # `report.own_outputs` looks for the class
    title = sentence(titre, looked, **valeurs)
    if not title or frame.empty:
        _close(figure)
        return say("figures", "nothing", subject=f"cette figure ({titre}) dit un nombre qui n’est pas publié")
    marks = marks_of(figure)
    column, rows = _drawn_column(figure, marks, frame), rows_of(marks, frame)
    is_alone = len({mark.series for mark in marks}) < 2
    words = [_said(mark, column, row, is_alone=is_alone) for mark, row in zip(marks, rows, strict=True)]
    strange = [
        said
        for mark, row, said in zip(marks, rows, words, strict=True)
        if mark.value and row is None and not mark.is_word
    ]
    notes = []
    if strange:
        told = " ; ".join(strange[:3]) + (" …" if len(strange) > 3 else "")
        notes.append(
            f"Le tableau ne donne pas ce qui est dessiné ({told}) : donnez à publier la table qui est dessinée."
        )
    name = fold(nom or plain(str(title))).replace("_", "-")[:60].strip("-")
    # A bar of no length among several series is the part of a stack that is not there.
    known = [said for mark, said in zip(marks, words, strict=True) if mark.value or is_alone]
    said, titles = alt or _alt(plain(str(title)), known), _titles(marks, words)
    in_french(figure)
    drawings = []
    for is_narrow in (False, True):
        lay_out(figure, is_narrow=is_narrow)
        pointed = {} if is_narrow else titles  # a phone has no pointer
        drawing = to_inline(figure, name=f"{name}{'-m' * is_narrow}", described_by=said, titles=pointed)
        drawings.append(Markup(drawing))
    _close(figure)
    table = _table(frame, plain(str(title)), column)
    references = merge_references(frame["reference"].dropna()) if "reference" in frame else ""
    html = fragment(
        "inline_figure.html.j2",
        id=name,
        title=title,
        wide=drawings[0],
        narrow=drawings[1],
        reading=sentence(lecture, looked, **valeurs) if lecture else "",
        notes=notes,
        base=_base(frame) if base is None else base,
        source=source
        or (f"Source : {references}" if references else "Calcul du notebook, d’après les tables de l’année."),
        table=table,
        data=Markup(csv_address(table.rows)),
    )
    return Html(html, f"{plain(str(title))}\n{said}")


def _close(figure: Figure) -> None:
    """Takes the figure from pyplot, which would show it a second time under the cell."""
    import matplotlib.pyplot as plt  # slow to import: whoever drew has done it

    plt.close(figure)
