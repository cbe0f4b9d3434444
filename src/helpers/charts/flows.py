"""What seaborn has not, for a cross-tabulation: an alluvial, whose ribbons go from groups to answers."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.path import Path

from helpers import palette
from helpers.charts.marks import Ribbon, written
from helpers.indicators.lookup import rows_in

_AIR = 0.06  # of the height of all ribbons, for each name: thin ones are read too
_FOLD = 16  # characters of a name on the left, on a phone too
_WRITTEN = 0.05  # of the whole: a thinner ribbon has no room for its number
_CURVE = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]


def rubans(
    axes: Axes,
    frame: pd.DataFrame,
    *,
    de: str = "groupe",
    vers: str = "libelle",
    valeur: str = "effectif",
    fort: str = "",
) -> None:
    """Draws a ribbon for each row, as high as its value, from its group on the left to its answer on the right.

    Each side keeps the order of the frame. The ribbons that lead to ``fort`` are blue and say their number; the others
    are pale. A row without a value is not drawn.
    """
    rows = frame.dropna(subset=[valeur])
    rows = rows.assign(**{name: pd.Categorical(rows[name], rows[name].unique()) for name in (de, vers)})
    whole = float(rows[valeur].sum())
    height = whole * (1 + _AIR * max(rows[side].nunique() for side in (de, vers)))
    places = {}
    for side in (de, vers):
        sums = rows.groupby(side, observed=True)[valeur].sum().astype(float)
        gap = (height - whole) / max(1, len(sums) - 1)
        tops = (sums + gap).cumsum() - sums - gap
        axes.vlines([side == vers] * len(sums), tops, tops + sums, color=palette.INK, linewidth=3)
        before = rows.sort_values([de, vers]).groupby(side, observed=True)[valeur].cumsum() - rows[valeur]
        places[side] = tops, sums, rows[side].map(tops).astype(float) + before.astype(float)
    pale, strong = {"facecolor": palette.PALE, "alpha": 0.6}, {"facecolor": palette.BLUE}
    for row in sorted(rows_in(rows.reset_index()), key=lambda row: getattr(row, vers) == fort):  # the strong ones above
        value, start, end = float(getattr(row, valeur)), places[de][2][row.index], places[vers][2][row.index]
        is_strong = getattr(row, vers) == fort
        upper = [(0, start), (0.5, start), (0.5, end), (1, end)]
        corners = [*upper, *((x, y + value) for x, y in upper[::-1]), (0, start)]
        look = (strong if is_strong else pale) | {"linewidth": 0}
        axes.add_patch(Ribbon(Path(corners, _CURVE), getattr(row, de), getattr(row, vers), value, **look))
        if is_strong and value > _WRITTEN * whole:
            said = {"color": palette.text_on(palette.BLUE), "va": "center", "fontsize": 9}
            axes.text(0.02, start + value / 2, written(row, valeur, value), **said)
    tops, sums, _ = places[vers]
    axes.yaxis.tick_right()
    axes.set_yticks(tops + sums / 2, list(tops.index))
    tops, sums, _ = places[de]
    left = axes.secondary_yaxis("left")
    left.set_yticks(tops + sums / 2, [textwrap.fill(name, _FOLD) for name in tops.index])
    for each in (axes, left):
        each.spines[:].set_visible(False)
        each.tick_params(axis="y", length=0, pad=6)
    axes.set(xlim=(0, 1), ylim=(height, 0), xticks=[], xlabel="", ylabel="")
