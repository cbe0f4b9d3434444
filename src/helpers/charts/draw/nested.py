"""Drawings of a whole and its parts, one bar inside another: they compute nothing and return the matplotlib figure."""

from matplotlib.figure import Figure

from helpers.charts.draw.axes import HATCH, LABEL_BOX, bare, name_rows
from helpers.charts.palette import GREY, GROUND, INK, MIDDLE, PALE, TRACK, UNANSWERED, colour_of, text_on
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.facts import Fact
from helpers.wording.written import write_base, write_count, write_share

COLLEGE, OTHERS = (colour_of("origine", name) for name in ("college", "hors_college"))
THICK = 0.55  # of a row
OPENED = 1.9  # rows from the whole to the first part of the one that is opened
NARROWEST = 38  # per cent of the width that the name of a part needs
UP = 13  # points from the middle of a bar to its name above it
BOLD = {"va": "center", "fontweight": "bold"}


def _share_of(fact: Fact) -> str:
    """The share as printed, else its bounds."""
    return write_share(fact)


def _said(fact: Fact) -> str:
    """The share, then the count."""
    return f"{_share_of(fact)} ({write_count(fact)})" if fact.counts else _share_of(fact)


def _segment(axes, place: float, ends: tuple[float, float], colour: str, *, line: str = "") -> None:
    """A bar up to the least possible end, hatched up to the largest: what the rounding leaves open."""
    low, high = ends
    axes.barh(place, low, height=THICK, color=colour)
    if high > low:
        style = {"facecolor": GROUND, "edgecolor": line or colour, "hatch": HATCH, "linewidth": 0}
        axes.barh(place, high - low, left=low, height=THICK, **style)


def _finish(
    axes, places: list[float], names: list[str], *, end: float, sheet: Sheet, width: int, rise: float = UP
) -> None:
    name_rows(axes, places, names, sheet, width=width, rise=rise)
    axes.set_xlim(0, end)
    axes.set_ylim(places[-1] + 0.7, -0.75 if sheet.is_narrow else -0.6)
    axes.set_xticks([])
    bare(axes)


def _name(axes, text: str, colour: str, *, start: float, end: float) -> None:
    """The name of a part inside it, or above when it is too narrow to hold it."""
    is_narrow = end - start < NARROWEST
    side = "right" if is_narrow and end > NARROWEST else "left"
    place = end if side == "right" else start + 1.5
    axes.text(place, -0.47 if is_narrow else 0, text, ha=side, color=INK if is_narrow else text_on(colour), **BOLD)


def volume(whole: Fact, pupils: Fact, alses: Fact, others: Fact, *, names: list[str], sheet: Sheet = WIDE) -> Figure:
    """Three bars on one scale: everyone, the collégiens among them, and these by who follows them."""
    figure, axes = canvas(2.9 if sheet.is_narrow else 2.3, sheet)
    end, gap = pupils.counts[1], whole.counts[1] * 0.012
    _segment(axes, 0, whole.counts, PALE, line=MIDDLE)
    _segment(axes, 1, pupils.counts, MIDDLE)
    _segment(axes, 2, alses.counts, colour_of("suivi_par", "alses"))
    rest = {"left": alses.counts[1], "height": THICK, "color": colour_of("suivi_par", "autre_educateur")}
    # Records may not say who follows a pupil; printed shares make a whole.
    axes.barh(2, others.counts[1] if others.is_of_records else end - alses.counts[1], **rest)
    for place in (0, 1) if not sheet.is_narrow else ():
        axes.plot([end, end], [place + THICK / 2, place + 1 - THICK / 2], color=GREY, linewidth=0.8)
    axes.text(whole.counts[1] + gap, 0, write_count(whole), **BOLD)
    axes.text(end + gap, 1, f"{write_count(pupils)}, soit {_share_of(pupils)}", **BOLD)
    axes.text(0, 2.5, f"un ALSES : {_said(alses)}", **BOLD)
    at = (0, 2.85) if sheet.is_narrow else (end + gap, 2)
    axes.text(*at, f"un autre éducateur : {_said(others)}", **BOLD)
    end = whole.counts[1] * (1.36 if sheet.is_narrow else 1.25)
    _finish(axes, [0, 1, 2], names, end=end, sheet=sheet, width=22, rise=17)
    axes.set_ylim(bottom=3.1 if sheet.is_narrow else 2.8)
    return figure


def _open(axes, corner: tuple[float, float], base: str, sheet: Sheet) -> None:
    """The two lines from the end of a part to the bars that open it, and their base."""
    (end, opened), line = corner, {"color": GREY, "linewidth": 0.8, "linestyle": "--"}
    axes.plot([0, 0], [THICK / 2, opened - THICK / 2], **line)
    axes.plot([end, 100], [THICK / 2, opened - THICK / 2], **line)
    at = opened - (1.05 if sheet.is_narrow else 0.6)
    axes.text(1.5, at, base, color=GREY, va="center", fontsize=sheet.small)


def entries(college: Fact, others: Fact, referrers: list[Fact], *, sheet: Sheet = WIDE) -> Figure:
    """One bar for everyone, cut where the collège's part ends; below, this part opened to full width by referrer.

    The scale of the lower bars is the collège's part alone, as the two slanting lines show.
    """
    opened = OPENED + 0.9 * sheet.is_narrow
    places = [opened + place for place in range(len(referrers))]
    figure, axes = canvas(0.7 + (0.52 if sheet.is_narrow else 0.4) * (places[-1] if places else 0), sheet)
    low, high = college.share_bounds
    _segment(axes, 0, (low, high), COLLEGE)
    last = min(100, high + others.share_bounds[1]) if others.is_of_records else 100
    axes.barh(0, last - high, left=high, height=THICK, color=OTHERS)
    if last < 100:  # who did not answer
        axes.barh(0, 100 - last, left=last, height=THICK, color=PALE)
    said = [f"par le collège : {_share_of(college)}", f"par une autre voie : {_share_of(others)}"]
    if sheet.is_narrow:
        axes.text(1.5, THICK / 2 + 0.1, "\n".join(said), va="top", fontweight="bold", bbox=LABEL_BOX)
    else:
        _name(axes, said[0], COLLEGE, start=0, end=low)
        _name(axes, said[1], OTHERS, start=high, end=last)
    for place, fact in zip(places, referrers, strict=True):
        axes.barh(place, 100, height=THICK, color=TRACK)
        is_answer = fact.key.rpartition("/")[2] not in UNANSWERED
        _segment(axes, place, fact.share_bounds, COLLEGE if is_answer else MIDDLE)
        axes.text(fact.share_bounds[1] + 1.5, place, _said(fact), **BOLD)
    if referrers:
        _open(axes, ((low + high) / 2, opened), f"base : {write_base(referrers[0])}", sheet)
    names = [f"Ensemble ({write_base(college)})", *(fact.label for fact in referrers)]
    _finish(axes, [0, *places], names, end=101, sheet=sheet, width=24)
    return figure
