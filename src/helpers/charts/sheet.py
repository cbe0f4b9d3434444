"""The two sheets that a figure is drawn on: one for wide screens and paper, one for a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import matplotlib as mpl
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from helpers.charts.palette import GREY, INK


@dataclass(frozen=True)
class Sheet:
    """How wide a drawing is, and how large its text: ``width`` in inches, ``text`` and ``small`` in points.

    On a narrow sheet, the name of a row stands above it: beside it, it would take the room of what is drawn.
    """

    width: float
    text: float
    small: float
    is_narrow: bool = False


WIDE = Sheet(width=7.2, text=10, small=9)  # 691 pixels: the text column; small is 12 pixels
NARROW = Sheet(width=3.55, text=8.25, small=7.5, is_narrow=True)  # 341 pixels; 11 and 10 pixels

# Text is measured with the font that matplotlib ships, so that two machines lay out alike; a reader's own font is at
# most as wide (`svg`).
STYLE = {
    "font.family": "DejaVu Sans",
    "axes.spines.left": True,
    "axes.spines.bottom": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "white",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": False,
    "figure.facecolor": "white",
    "figure.dpi": 72,
    "hatch.color": INK,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "xtick.top": False,
    "xtick.bottom": False,
    "ytick.left": False,
    "ytick.right": False,
}


def _style(sheet: Sheet) -> dict:
    return {**STYLE, "font.size": sheet.text}


def canvas(height: float, sheet: Sheet = WIDE, *, grid: tuple[int, int] = (1, 1)):
    """An empty figure as wide as the sheet and its axes, in the house style; ``height`` in inches.

    ``grid`` is how many frames stand below and beside one another: several axes, an array of them.
    """
    with mpl.rc_context(_style(sheet)):
        figure = Figure(figsize=(sheet.width, height), layout="constrained")
        return figure, figure.subplots(*grid)


def on(sheet: Sheet, draw: Callable[..., Figure]) -> Figure:
    """The drawing on a sheet: whatever it writes has the house style and the size of that sheet."""
    with mpl.rc_context(_style(sheet)):
        return draw(sheet=sheet)


@lru_cache(maxsize=4096)
def size_of(text: str, font: FontProperties, is_math: bool) -> tuple[float, float, float]:
    """Width, height and descent of a text, in points.

    Measuring is dear, a layout asks ten times for each text, and the same words come back from drawing to drawing.
    """
    return RendererBase().get_text_width_height_descent(text, font, is_math)
