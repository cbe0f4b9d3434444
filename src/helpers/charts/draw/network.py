"""The pairs of codes as arcs between names in one column: no name can cover another, whatever its length."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from helpers.charts.draw.axes import LABEL_BOX, bare
from helpers.charts.draw.named import BESIDE, cut, stacked
from helpers.charts.palette import INK, SKY
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import number

THIN, THICK = 1.2, 6.0  # points, of the least met pair and of the most
NARROW, TALL = 19, 3  # characters a line of a name may hold on a narrow sheet, and lines
LEAST = 5  # names that the longest arc spans, at the least, for the scale
APEX = 0.75  # how far a curve goes, of the way to its two handles


def _order(pairs: pd.DataFrame) -> list[str]:
    """The codes so that those that meet most are neighbours: each is put at the end that it meets most."""
    met = {(row.code, row.autre_code): row.rencontres for row in pairs.itertuples()}
    met |= {(two, one): count for (one, two), count in met.items()}
    left = list(dict.fromkeys(code for pair in zip(pairs["code"], pairs["autre_code"], strict=True) for code in pair))
    ordered: list[str] = []
    while left:
        # The one that meets most those already placed; the first of the list when none does: another island begins.
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
    axes.add_patch(PathPatch(curve, fill=False, edgecolor=SKY, linewidth=width))


def network(pairs: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """One arc a pair, the thicker the more they meet, with how many times; the names in a column.

    Columns ``code``, ``libelle``, ``autre_code``, ``autre_libelle``, ``rencontres``, most met first.
    """
    labels = dict(zip(pairs["code"], pairs["libelle"], strict=True))
    labels |= dict(zip(pairs["autre_code"], pairs["autre_libelle"], strict=True))
    codes = _order(pairs)
    names = cut([labels[code] for code in codes], *((NARROW, TALL) if sheet.is_narrow else (BESIDE,)))
    places, height = stacked(names, sheet)
    figure, axes = canvas(height + 0.2, sheet)
    rank, at = {code: place for place, code in enumerate(codes)}, dict(zip(codes, places, strict=True))
    most, said = pairs["rencontres"].max(), []
    # The thickest below, so that none hides a thin one; the numbers above all lines.
    for row in pairs.itertuples():
        ends, reach = (at[row.code], at[row.autre_code]), abs(rank[row.code] - rank[row.autre_code])
        _arc(axes, ends, reach, THIN + (THICK - THIN) * row.rencontres / most)
        said.append((reach, sum(ends) / 2, number(row.rencontres)))
    for x, y, text in said:
        axes.text(
            x, y, text, ha="center", va="center_baseline", fontweight="bold", fontsize=sheet.small, bbox=LABEL_BOX
        )
    axes.plot([0] * len(places), places, "o", color=INK, markersize=6)
    # Arcs between neighbours alone would be as flat as the sheet is wide.
    axes.set_xlim(-0.1, max(LEAST, *(x for x, _, _ in said)) + 0.4)
    axes.set_ylim(height, 0)
    axes.set_xticks([])
    axes.set_yticks(places, names)
    bare(axes)
    return figure
