"""Rows with names of any length, on a scale of inches downwards: each takes the room that its own name needs."""

import textwrap

from matplotlib.font_manager import FontProperties

from helpers.charts.draw.axes import LABEL_BOX
from helpers.charts.sheet import Sheet, size_of

LINE = 0.155  # inches a line of a name takes, at the size of a wide sheet
GAP = 0.14  # inches between two rows
BAR, BEHIND = 0.17, 0.24  # inches that a bar is thick, and the one that shows behind it
FOOT = BEHIND / 2 + 0.02  # inches from the middle of a row to the foot of a name above it
STEP = 13  # points that a name below another stands further right
BESIDE, ABOVE = 34, 46  # characters a line of a name may hold on the left of a wide drawing, above a narrow one
LINES = 2  # lines of it: what is longer is cut, and whole in the table


def cut(names, width: int = BESIDE, lines: int = LINES) -> list[str]:
    """The names on a few lines, cut with a sign past that; a word longer than a line is broken.

    >>> cut(["bureau", "a" * 9, "un bureau pour recevoir"], 8, 2)
    ['bureau', 'aaaaaaaa\\na', 'un\\nbureau…']
    """
    return [textwrap.fill(name, width, max_lines=lines, placeholder="…") for name in names]


def _lines(name: str) -> int:
    return name.count("\n") + 1


def stacked(names: list[str], sheet: Sheet, *, is_above: bool = False) -> tuple[list[float], float]:
    """The middle of each row, in inches from the top, and the height of all; ``is_above`` for names over what is drawn.

    >>> places, height = stacked(["un", "deux"], Sheet(width=7.2, text=10, small=9))
    >>> [round(place, 2) for place in (*places, height)]
    [0.16, 0.47, 0.62]
    """
    places, top, line = [], 0.0, LINE * sheet.text / 10
    for name in names:
        if is_above:
            places.append(top + _lines(name) * line + FOOT)
            top += _lines(name) * line + 2 * FOOT + 0.07
        else:
            high = max(BAR, _lines(name) * line) + GAP
            places.append(top + high / 2)
            top += high
    return places, top


def name_tree(axes, places: list[float], names: list[str], depths: list[int], sheet: Sheet) -> None:
    """The names from one edge on the left, or above on a narrow sheet; below another, further right, else in bold."""
    axes.set_yticks([])
    looks = [{} if depth else {"fontweight": "bold"} for depth in depths]
    step, wide = (STEP * 0.7, 0) if sheet.is_narrow else (STEP, _widest(names, depths, sheet) + 8)
    held = {"va": "bottom", "bbox": LABEL_BOX} if sheet.is_narrow else {"va": "center_baseline"}
    rise = FOOT * 72 if sheet.is_narrow else 0
    for place, name, depth, look in zip(places, names, depths, looks, strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(name, (0, place), (step * depth - wide, rise), ha="left", **at, **held, **look)


def _widest(names: list[str], depths: list[int], sheet: Sheet) -> float:
    """Points that the names take, each with its step, as if all were in bold."""
    font = FontProperties(size=sheet.text, weight="bold")
    lines = [(line, depth) for name, depth in zip(names, depths, strict=True) for line in name.split("\n")]
    return max(STEP * depth + size_of(line, font, False)[0] for line, depth in lines)
