"""The marks of a drawing: the bars, points and cells that each stand for a number, and what is written on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.figure import Figure

from helpers.charts.theme import INK, colour_of
from helpers.indicators.lookup import fact_of
from helpers.schema import catalogue
from helpers.text.formats import number, write_share


@dataclass(frozen=True)
class Mark:
    """A shape that stands for a number: its artist, its name on the axis, its series, its value."""

    artist: Any
    name: str
    series: str
    value: float


def _tick_names(axis) -> dict[int, str]:
    return {
        round(place): label.get_text() for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    }


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


def _points(axes: Axes) -> Iterable[Mark]:
    series = _series_names(axes)
    lying = any(not _is_number(name) for name in _tick_names(axes.yaxis).values())
    names = _tick_names(axes.yaxis if lying else axes.xaxis)
    for cloud in (each for each in axes.collections if isinstance(each, PathCollection)):
        for x, y in np.ma.getdata(cloud.get_offsets()):
            value, place = (x, y) if lying else (y, x)
            yield Mark(cloud, names.get(round(place), ""), series.get(_colour(cloud), ""), float(value))
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
    return (
        not text
        or text.replace(",", "").replace(".", "").replace("−", "").replace("-", "").replace("\u202f", "").isdigit()
    )


def marks_of(figure: Figure) -> list[Mark]:
    """The bars, points and cells of a figure that stand for a number, frame by frame."""
    out = []
    for axes in figure.axes:
        frame = axes.get_title() if len(figure.axes) > 1 else ""
        for mark in (*_bars(axes), *_points(axes), *_cells(axes)):
            if mark.value == mark.value:
                series = " ; ".join(filter(None, (mark.series, frame)))
                out.append(Mark(mark.artist, mark.name, series, mark.value))
    return out


def _row_of(mark: Mark, frame: pd.DataFrame, column: str, named: str):
    """The row of the frame that a mark stands for; None when no row has its name and its value."""
    same = frame[np.isclose(frame[column].astype(float), mark.value)]
    by_name = same[same[named].astype(str).str.replace("\n", " ") == mark.name.replace("\n", " ")]
    return next(iter((by_name if len(by_name) else same).itertuples()), None)


def _place(mark: Mark) -> tuple[float, bool]:
    """The middle of a bar across its length, and whether it lies."""
    bar = mark.artist
    lies = bar.get_width() == mark.value
    return (bar.get_y() + bar.get_height() / 2, True) if lies else (bar.get_x() + bar.get_width() / 2, False)


def bornes(axes: Axes, frame: pd.DataFrame, *, valeur: str = "part_pct", nom: str = "libelle") -> None:
    """Draws what the rounding leaves open of each bar: a thin line from ``part_min_pct`` to ``part_max_pct``."""
    low, high = (valeur.replace("_pct", f"_{end}_pct") for end in ("min", "max"))
    for mark in _bars(axes):
        row = _row_of(mark, frame, valeur, nom)
        ends = (getattr(row, low, None), getattr(row, high, None))
        if row is None or any(pd.isna(end) for end in ends) or ends[0] == ends[1]:
            continue
        place, lies = _place(mark)
        (axes.hlines if lies else axes.vlines)(place, *map(float, ends), color=INK, linewidth=1.6)


def valeurs(axes: Axes, frame: pd.DataFrame, *, valeur: str = "part_pct", nom: str = "libelle") -> None:
    """Writes its value at the end of each bar, as the page says it: « 42 % », « moins de 10 % », « environ 25 »."""
    for mark in _bars(axes):
        row = _row_of(mark, frame, valeur, nom)
        written = (
            write_share(fact_of(row)) if hasattr(row, "part_min_pct") and valeur == "part_pct" else number(mark.value)
        )
        end = (
            max(mark.value, float(getattr(row, "part_max_pct", mark.value) or mark.value))
            if valeur == "part_pct"
            else mark.value
        )
        place, lies = _place(mark)
        where = (
            {"xy": (end, place), "xytext": (5, 0), "va": "center"}
            if lies
            else {"xy": (place, end), "xytext": (0, 4), "ha": "center"}
        )
        axes.annotate(written, textcoords="offset points", fontweight="bold", **where)
    axes.margins(**{"x" if lies else "y": 0.12}) if axes.containers else None


def palette(indicator: str) -> dict[str, str]:
    """The colour of each answer of an indicator, by its label and by its name: what seaborn's ``palette`` takes.

    >>> charts.palette("sexe")["filles"]
    '#9a3a8a'
    """
    entry = catalogue().indicators[indicator]
    names = [*entry.modalities, *entry.groups]
    by_name = {name: colour_of(indicator, name) for name in names}
    return by_name | {entry.label_of(name): colour for name, colour in by_name.items()}
