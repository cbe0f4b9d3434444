"""What seaborn has not, for places: the outline of the département of the Nord, names that do not cover each other."""

import json
import math
from importlib.resources import files

import pandas as pd
from matplotlib.axes import Axes

from helpers import palette


def contour_du_nord(axes: Axes) -> None:
    """Draws the outline of the Nord under what is drawn, in degrees of longitude and latitude, and hides the axes.

    Source and licence are in ``charts/nord.geojson``: IGN, Admin Express COG 2018, Licence Ouverte, simplified.
    """
    outline = json.loads(files("helpers").joinpath("charts", "nord.geojson").read_text(encoding="utf-8"))
    rings = [ring for [ring] in outline["geometry"]["coordinates"]]
    for ring in rings:
        axes.plot(*zip(*ring, strict=True), color=palette.MIDDLE, linewidth=1, zorder=0)
    middle = sum(latitude for _, latitude in rings[-1]) / len(rings[-1])
    axes.set_aspect(1 / math.cos(math.radians(middle)))
    axes.set_axis_off()


# Degrees that a name takes on a phone: of longitude for each letter, of latitude for a line; and round its point.
_LETTER, _LINE, _POINT = 0.034, 0.055, 0.035
_AROUND = [(side, line) for line in (0, 1, -1, 2, -2, 3, -3) for side in (1, -1)]  # where it may stand, best first


def noms_de_lieux(axes: Axes, frame: pd.DataFrame, *, x: str, y: str, nom: str) -> None:
    """Writes the name of each place (column ``nom``) beside its point, where it covers no other name or point; a thin
    line leads to it from one that stands further.
    """
    places = frame.sort_values(y, ascending=False, kind="stable").to_dict("records")
    taken = [(row[x] - _POINT / 2, row[y], _POINT) for row in places]
    for row in places:
        width = _LETTER * len(row[nom])
        for side, line in _AROUND:
            far = _POINT * (1 + abs(line))
            at = (row[x] + side * far, row[y] + line * _LINE)
            box = (at[0] - (width if side < 0 else 0), at[1], width)
            if not any(_overlaps(box, other) for other in taken):
                break
        taken.append(box)
        if line:
            axes.plot([row[x], at[0]], [row[y], at[1]], color=palette.MIDDLE, linewidth=0.7, zorder=0)
        axes.text(*at, row[nom], ha="left" if side > 0 else "right", va="center", size="small")


def _overlaps(box: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    (left, middle, width), (start, height, length) = box, other
    return abs(middle - height) < _LINE * 0.9 and left < start + length and start < left + width
