"""The marks of a drawing: the bars, points and cells that each stand for a number, and what is written on them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.dates import DateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from helpers.indicators.comparisons import column_of, comparison_of
from helpers.indicators.lookup import fact_of, rows_in
from helpers.palette import INK, colour_of
from helpers.schema import catalogue
from helpers.text.formats import (
    MISSING,
    day,
    month,
    number,
    percent,
    plain,
    probability,
    say_compared,
    say_count,
    write_part,
    write_share,
)

_CAP = 0.09  # half the height of the end of a line of bounds, in rows
_SHOWN, _CAPPED = 0.008, 0.03  # of the axis: closer bounds would be one blot; closer than the second, two ends would


@dataclass(frozen=True)
class Mark:
    """A shape that stands for a number: its artist, its name on the axis, its series, its value.

    ``is_word`` where it stands between two names (a grid, a calendar): its series is what it says, its value is nan.
    """

    artist: Any
    name: str
    series: str
    value: float
    is_word: bool = False


class Ribbon(PathPatch):
    """A flow from one name to another, as wide as its value."""

    def __init__(self, path: Path, start: str, end: str, value: float, **look: Any) -> None:
        super().__init__(path, **look)
        self.mark = Mark(self, end, start, value)


def _tick_names(axis) -> dict[int, str]:
    """The names of an axis by their place; none on an inner frame of a grid, which shows a part of them at most."""
    places, labels = axis.get_ticklocs(), axis.get_ticklabels()
    whole = len(places) == len(labels)
    return {round(place): label.get_text() for place, label in zip(places, labels, strict=True)} if whole else {}


def _series_names(axes: Axes) -> dict[tuple, str]:
    """What the colours of the legend stand for."""
    legend = axes.get_legend() or next(iter(axes.figure.legends), None)
    if legend is None:
        return {}
    handles = getattr(legend, "legend_handles", [])
    named = zip(handles, (text.get_text() for text in legend.get_texts()), strict=False)
    return {_colour(handle): name for handle, name in named if _colour(handle)}


def _colour(artist: Any) -> tuple | None:
    for name in ("get_facecolor", "get_color"):
        if hasattr(artist, name):
            found = np.atleast_2d(mpl.colors.to_rgba_array(getattr(artist, name)()))
            return tuple(found[0].round(3)) if len(found) else None
    return None


def _colours(cloud: PathCollection) -> list[tuple]:
    """The fill of each point of a cloud, or the one that all have."""
    return [tuple(colour.round(3)) for colour in np.atleast_2d(cloud.get_facecolors())] or [()]


def _bars(axes: Axes) -> Iterable[Mark]:
    series = _series_names(axes)
    for container in axes.containers:
        bars = (
            [bar for bar in container.patches if bar.get_width() or bar.get_height()]
            if hasattr(container, "patches")
            else []
        )
        lying = getattr(container, "orientation", None) == "horizontal"
        names = _tick_names(axes.yaxis if lying else axes.xaxis)
        for bar in bars:
            middle = bar.get_y() + bar.get_height() / 2 if lying else bar.get_x() + bar.get_width() / 2
            value = bar.get_width() if lying else bar.get_height()
            if value == value:
                yield Mark(bar, names.get(round(middle), ""), series.get(_colour(bar), ""), float(value))


def _date(place: float) -> str:
    when = num2date(place)
    return month(when) if when.day == 1 else day(when)


def _points(axes: Axes) -> Iterable[Mark]:
    series = _series_names(axes)
    lying = any(not _is_number(name) for name in _tick_names(axes.yaxis).values())
    names, across = _tick_names(axes.yaxis if lying else axes.xaxis), _tick_names(axes.xaxis)
    is_date = isinstance(axes.xaxis.get_major_locator(), DateLocator)
    is_word = lying and (is_date or isinstance(axes.xaxis.get_major_locator(), StrCategoryLocator))
    for cloud in (each for each in axes.collections if isinstance(each, PathCollection)):
        colours = _colours(cloud)
        for index, (x, y) in enumerate(np.ma.getdata(cloud.get_offsets())):
            value, place = (x, y) if lying else (y, x)
            name = _date(place) if is_date and not lying else names.get(round(place), "")
            said = series.get(colours[index % len(colours)], "")
            if is_word:
                other = _date(value) if is_date else across.get(round(value), "")
                yield Mark(cloud, f"{name}, {other}", said, np.nan, is_word=True)
            else:
                yield Mark(cloud, name, said, float(value))
    for line in axes.lines:
        if line.get_marker() not in (None, "None", "", " ") and len(line.get_xdata()):
            for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True):
                value, place = (x, y) if lying else (y, x)
                name = names.get(round(float(place)), number(float(place)) if not lying else "")
                yield Mark(None, name, series.get(_colour(line), ""), float(value))


def _cells(axes: Axes) -> Iterable[Mark]:
    for mesh in (each for each in axes.collections if isinstance(each, QuadMesh)):
        if hasattr(axes, "_colorbar"):
            continue
        values = np.ma.filled(np.ma.asarray(mesh.get_array(), dtype=float), np.nan)
        rows, titles = ([label.get_text() for label in axis.get_ticklabels()] for axis in (axes.yaxis, axes.xaxis))
        width = len(titles) or 1
        for place, value in enumerate(values.ravel()):
            row = rows[place // width] if place // width < len(rows) else ""
            yield Mark(mesh, row, titles[place % width] if titles else "", float(value))


def _is_number(text: str) -> bool:
    return not text or re.sub(r"[,.−%\s\u202f-]", "", text).isdigit()


def marks_of(figure: Figure) -> list[Mark]:
    """The bars, points and cells of a figure that stand for a number, frame by frame."""
    out = []
    for axes in figure.axes:
        frame = axes.get_title() or axes.get_title(loc="left") if len(figure.axes) > 1 else ""
        ribbons = [patch.mark for patch in axes.patches if isinstance(patch, Ribbon)]
        for mark in (*_bars(axes), *_points(axes), *_cells(axes), *ribbons):
            if mark.is_word or mark.value == mark.value:
                series = " ; ".join(filter(None, (mark.series, frame)))
                out.append(replace(mark, series=series))
    return out


def rows_of(marks: Iterable[Mark], frame: pd.DataFrame) -> list[SimpleNamespace | None]:
    """The row of the frame that each mark stands for; None where no row that bears its name has its value.

    A mark without a name, or whose name no cell bears, is any row that has its value.
    """
    rows = rows_in(frame.reset_index())
    cells = [[cell for cell in vars(row).values() if not _is_missing(cell)] for row in rows]
    words = [{cell.replace("\n", " ") for cell in row if isinstance(cell, str)} for row in cells]
    numbers = [[cell for cell in row if isinstance(cell, int | float | np.number)] for row in cells]
    values = [{round(float(each), 6) for each in row} for row in numbers]

    @cache
    def bearers(name: str) -> set[int]:
        """The rows of which a cell is what a mark is named after, however an axis writes it."""
        found = {place for place, row in enumerate(words) if name in row}
        if found or not re.search(r"\d", name):
            return found
        return {place for place, row in enumerate(numbers) if any(name in (str(each), number(each)) for each in row)}

    out: list[SimpleNamespace | None] = []
    for mark in marks:
        name = mark.name.replace("\n", " ")
        named = bearers(name) if name and bearers(name) else range(len(rows))
        valued = [place for place in sorted(named) if round(mark.value, 6) in values[place]]
        found = [place for place in valued if mark.series and place in bearers(mark.series)] or valued
        out.append(rows[found[0]] if found else None)
    return out


def _is_missing(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)


def _place(mark: Mark) -> tuple[float, bool]:
    """The middle of a bar across its length, and whether it lies."""
    bar = mark.artist
    lies = bar.get_width() == mark.value
    return (bar.get_y() + bar.get_height() / 2, True) if lies else (bar.get_x() + bar.get_width() / 2, False)


def _values(axes: Axes, frame: pd.DataFrame, column: str, named: str) -> tuple[list[tuple], bool]:
    """The place, the row and the value of each bar, then of each row whose value is only known by its bounds (None) if
    no bar stands at its name; and whether they lie.
    """
    bars = list(_bars(axes))
    lies = _place(bars[0])[1] if bars else _is_named(axes)
    placed = [(_place(mark)[0], row, mark.value) for mark, row in zip(bars, rows_of(bars, frame), strict=True)]
    taken, names = {mark.name for mark in bars}, _tick_names(axes.yaxis if lies else axes.xaxis)
    free = {name.replace("\n", " "): place for place, name in names.items() if name not in taken}
    alone = [row for row in rows_in(frame) if column in frame and pd.isna(getattr(row, column))]
    return placed + [(free[getattr(row, named)], row, None) for row in alone if getattr(row, named) in free], lies


def bornes(axes: Axes, frame: pd.DataFrame, *, valeur: str = "part_pct", nom: str = "libelle") -> None:
    """Draws what the rounding leaves open of each bar: a thin line from ``part_min_pct`` to ``part_max_pct``.

    A row whose value is only known by its bounds has no bar: its line stands alone. Ends that would touch are not
    drawn: `valeurs` writes them.
    """
    low, high = _ends(valeur)
    placed, lies = _values(axes, frame, valeur, nom)
    length = abs(np.subtract(*(axes.get_xlim() if lies else axes.get_ylim())))
    bounds = [
        (place, float(getattr(row, low)), float(getattr(row, high)))
        for place, row, value in placed
        if not pd.isna(getattr(row, low, np.nan))
        and getattr(row, high) - getattr(row, low) > (0 if value is None else _SHOWN * length)
    ]
    if bounds:
        places, least, most = map(np.array, zip(*bounds, strict=True))
        along, across = (axes.hlines, axes.vlines) if lies else (axes.vlines, axes.hlines)
        along(places, least, most, color=INK, linewidth=1.2)
        wide = most - least > _CAPPED * length
        ends, rows = [*least[wide], *most[wide]], np.tile(places[wide], 2)
        across(ends, rows - _CAP, rows + _CAP, color=INK, linewidth=1.2)


def _ends(column: str) -> list[str]:
    """The columns that bound another: ``part_min_pct`` and ``part_max_pct`` for ``part_pct``."""
    stem, unit = (column.removesuffix("_pct"), "_pct") if column.endswith("_pct") else (column, "")
    return [f"{stem.removesuffix('_min')}_{end}{unit}" for end in ("min", "max")]


def _is_named(axes: Axes) -> bool:
    return any(not _is_number(name) for name in _tick_names(axes.yaxis).values())


# What is drawn of a comparison.
_SHARED, _COUNTED = ("part", "part_reference", "ecart"), ("effectif", "effectif_reference")


def written(row: Any, column: str, value: float) -> str:
    """The value of a row as a page writes it: « 42 % », « moins de 10 % », « environ 25 »."""
    if hasattr(row, "comparaison"):
        drawn = _COUNTED if column.startswith("effectif") else _SHARED
        found = [name for name in drawn if abs(getattr(row, column_of(name)) - value) < 1e-9]
        if found:
            compared = comparison_of(row)
            is_share = found[0].startswith("part")
            return write_part(compared, found[0]) if is_share else plain(str(say_compared(compared, found[0])))
        if any(name.startswith("p_") and each == value for name, each in vars(row).items()):
            return probability(value)
    elif hasattr(row, "part_min_pct") and hasattr(row, "indicateur"):
        if column == "part_pct":
            return write_share(fact_of(row))
        if column.startswith("effectif"):
            return plain(str(say_count(fact_of(row), cited=False)))
    decimals = 0 if float(value).is_integer() else 1
    return percent(value, decimals) if column.endswith("_pct") else number(value, decimals)


def valeurs(axes: Axes, frame: pd.DataFrame, *, valeur: str = "part_pct", nom: str = "libelle") -> None:
    """Writes its value at the end of each bar, as the page says it: « 42 % », « moins de 10 % », « environ 25 »."""
    placed, lies = _values(axes, frame, valeur, nom)
    for place, row, value in placed:
        most = getattr(row, _ends(valeur)[1], np.nan)
        known = [float(each) for each in (value, most) if not pd.isna(each)]
        if not known:
            continue
        where = (
            {"xy": (max(known), place), "xytext": (5, 0), "va": "center"}
            if lies
            else {"xy": (place, max(known)), "xytext": (0, 4), "ha": "center"}
        )
        said = written(row, valeur, known[0])
        axes.annotate(said, textcoords="offset points", fontweight="bold", **where)
        axes.margins(**{"x" if lies else "y": 0.12})


def dites(frame: pd.DataFrame, *, valeur: str = "part_pct") -> list[str]:
    """The value of each row as the page says it, ``""`` where it is not published: what ``annot`` of a heat map takes.

    >>> charts.dites(indicators.Facts(data.load(2020, "indicateurs"), year=2020).reponses("niveau"))
    ['63\\u202f%', '36,5 à 37,5\\u202f%']
    """
    said = [written(row, valeur, getattr(row, valeur)) for row in rows_in(frame)]
    return ["" if text == MISSING else text for text in said]


def palette(indicator: str) -> dict[str, str]:
    """The colour of each answer of an indicator, by its label and by its name: what seaborn's ``palette`` takes.

    >>> charts.palette("sexe")["filles"]
    '#9a3a8a'
    """
    entry = catalogue().indicators[indicator]
    names = [*entry.modalities, *entry.groups]
    by_name = {name: colour_of(indicator, name) for name in names}
    return by_name | {entry.label_of(name): colour for name, colour in by_name.items()}
