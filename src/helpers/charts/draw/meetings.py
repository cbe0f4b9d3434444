"""Drawings of the meetings and the associations: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from helpers.charts.draw.axes import bare, folded, limit_rows, name_rows, room, thick
from helpers.charts.palette import GREY, GROUND, PALE, colour_of
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import month, number, percent

# What stands in the cell of a grid does not stick out of the frame: the layout need not measure it.
INSIDE = {"ha": "center", "va": "center", "in_layout": False}
MONTHS = {False: 8, True: 5}  # months named under a calendar before they meet, wide and narrow


def calendar(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """One dot a meeting on the line of its group, with the number present; hollow and beyond a line once the year is
    over. Columns of `describe.calendar`.
    """
    groups = list(dict.fromkeys(rows["groupe"]))
    names = dict(zip(rows["groupe"], rows["libelle"], strict=True))
    figure, axes = canvas(0.8 + room(sheet, row=0.45) * len(groups), sheet)
    axes.hlines(range(len(groups)), *date2num([rows["date"].min(), rows["date"].max()]), color=PALE, linewidth=1)
    for row in rows.itertuples():
        place, colour = (date2num(row.date), groups.index(row.groupe)), colour_of("participants", row.groupe)
        face = GROUND if row.est_apres else colour
        axes.scatter(*place, s=90, facecolor=face, edgecolor=colour, linewidth=2, zorder=3)
        axes.annotate(
            number(row.participants), place, (0, 7), textcoords="offset points", ha="center", fontweight="bold"
        )
    if rows["est_apres"].any():
        end = pd.Timestamp(rows.loc[rows["est_apres"], "date"].min().year, 1, 1)
        axes.axvline(date2num(end), color=GREY, linewidth=1.2, linestyle="--")
        axes.text(date2num(end), -0.75, " année suivante", color=GREY, fontsize=sheet.small, va="bottom")
    first = pd.date_range(rows["date"].min().replace(day=1), rows["date"].max(), freq="MS")
    named = first[:: -(-len(first) // MONTHS[sheet.is_narrow])]
    axes.set_xticks(date2num(named), [month(day).replace(" ", "\n") for day in named])
    name_rows(axes, range(len(groups)), [names[group] for group in groups], sheet, rise=20)
    axes.set_xlim(date2num(rows["date"].min()) - 12, date2num(rows["date"].max()) + 45)
    axes.set_ylim(len(groups) - 0.5, -0.8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure


def attendance(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """Present in a bar of the group's colour, invited in an empty one; columns of `describe.attendance`."""
    figure, axes = canvas(0.2 + room(sheet, rows["libelle"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    present, invited = rows["effectif_max"].astype(float), rows["base_max"].astype(float)
    axes.barh(places, invited.fillna(0), color=GROUND, edgecolor=GREY, height=thick(sheet))
    axes.barh(
        places, present, color=[colour_of("participants", name) for name in rows["modalite"]], height=thick(sheet)
    )
    for place, row in zip(places, rows.itertuples(), strict=True):
        is_known = not pd.isna(row.base_max)
        share = f" ({percent(row.part_pct, int(row.part_decimales))})" if is_known and not pd.isna(row.part_pct) else ""
        asked = f" sur {number(row.base_max)}{share}" if is_known else " (invités non publiés)"
        end = max(row.effectif_max, row.base_max) if is_known else row.effectif_max
        axes.text(end + 0.4, place, number(row.effectif_max) + asked, va="center", fontweight="bold")
    name_rows(axes, places, rows["libelle"], sheet)
    axes.set_xlim(0, max(present.max(), invited.max()) * (1.7 if sheet.is_narrow else 1.45))
    limit_rows(axes, len(rows))
    axes.set_xticks([])
    bare(axes)
    return figure


def associations(grid: pd.DataFrame, headings: dict[str, str], *, sheet: Sheet = WIDE) -> Figure:
    """One row an association: its posts, the meeting lists that name it, the statements that cite it.

    Columns of `describe.associations`; a dash where it is absent. ``headings`` names the columns that are drawn.
    """
    figure, axes = canvas(0.7 + room(sheet, row=0.29) * len(grid), sheet)
    for column, name in enumerate(headings):
        here = [row for row, value in enumerate(grid[name]) if value]
        is_list = name.startswith("reunion_")
        colour = colour_of("participants", name.removeprefix("reunion_")) if is_list else GREY
        axes.plot([column] * len(here), here, "o", markersize=8 if is_list else 14, color=colour)
        for row, value in enumerate(grid[name]):
            if row not in here:
                axes.text(column, row, "–", color=GREY, **INSIDE)
            elif not is_list:
                axes.text(column, row, number(value), color=GROUND, fontweight="bold", **INSIDE)
    name_rows(axes, range(len(grid)), grid["association"], sheet, rise=10)
    names = [name.replace("département", "dépt") if sheet.is_narrow else name for name in headings.values()]
    axes.set_xticks(range(len(names)), folded(names, 11 if sheet.is_narrow else 14), fontsize=sheet.small)
    axes.xaxis.tick_top()
    below = 0.33 if sheet.is_narrow else 0.5  # under the signs, over the name of the next row
    axes.hlines([row + below for row in range(len(grid) - 1)], -0.5, len(headings) - 0.5, color=PALE, linewidth=0.6)
    axes.set_xlim(-0.5, len(headings) - 0.5)
    axes.set_ylim(len(grid) - 0.5, -0.9 if sheet.is_narrow else -0.5)
    axes.spines["top"].set_visible(False)
    bare(axes)
    return figure
