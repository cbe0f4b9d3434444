"""Drawings of a whole and its parts, one bar inside another: they compute nothing and return the matplotlib figure."""

from matplotlib.figure import Figure

from helpers.charts.draw.axes import HATCH, folded
from helpers.charts.figure import canvas
from helpers.charts.palette import AMBER, BLUE, GREY, MIDDLE, PALE, TRACK, colour_of
from helpers.facts import Fact
from helpers.wording import interval, share

THICK = 0.55  # of a row
OPENED = 1.9  # rows from the whole to the first part of the one that is opened
NARROWEST = 38  # per cent of the width that the name of a part needs
BOLD = {"va": "center", "fontweight": "bold"}


def _share_of(fact: Fact) -> str:
    """The share as printed, else its bounds."""
    return share(fact.share, fact.decimals, fact.share_bounds)


def _said(fact: Fact) -> str:
    """The share, then the count."""
    return f"{_share_of(fact)} ({interval(*fact.counts)})" if fact.counts else _share_of(fact)


def _segment(axes, place: float, ends: tuple[float, float], colour: str, *, line: str = "") -> None:
    """A bar up to the least possible end, hatched up to the largest: what the rounding leaves open."""
    low, high = ends
    axes.barh(place, low, height=THICK, color=colour)
    if high > low:
        style = {"facecolor": "white", "edgecolor": line or colour, "hatch": HATCH, "linewidth": 0}
        axes.barh(place, high - low, left=low, height=THICK, **style)


def _finish(axes, places: list[float], names: list[str], *, end: float) -> None:
    axes.set_yticks(places, names)
    axes.set_xlim(0, end)
    axes.set_ylim(places[-1] + 0.7, -0.6)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _name(axes, text: str, *, start: float, end: float) -> None:
    """The name of a part inside it, or above when it is too narrow to hold it."""
    is_narrow = end - start < NARROWEST
    side = "right" if is_narrow and end > NARROWEST else "left"
    place = end if side == "right" else start + 1.5
    axes.text(place, -0.45 if is_narrow else 0, text, ha=side, color="black" if is_narrow else "white", **BOLD)


def volume(whole: Fact, pupils: Fact, alses: Fact, others: Fact, *, names: list[str]) -> Figure:
    """Three bars on one scale: everyone, the collégiens among them, and these by who follows them."""
    figure, axes = canvas(2.9)
    end, gap = pupils.counts[1], whole.counts[1] * 0.012
    _segment(axes, 0, whole.counts, PALE, line=MIDDLE)
    _segment(axes, 1, pupils.counts, MIDDLE)
    _segment(axes, 2, alses.counts, colour_of("suivi_par", "alses"))
    rest = {"left": alses.counts[1], "height": THICK, "color": colour_of("suivi_par", "autre_educateur")}
    axes.barh(2, end - alses.counts[1], **rest)
    for place in (0, 1):
        axes.plot([end, end], [place + THICK / 2, place + 1 - THICK / 2], color=GREY, linewidth=0.8)
    axes.text(whole.counts[1] + gap, 0, interval(*whole.counts), **BOLD)
    axes.text(end + gap, 1, f"{interval(*pupils.counts)}, soit {_share_of(pupils)}", **BOLD)
    axes.text(0, 2.5, f"un ALSES : {_said(alses)}", **BOLD)
    axes.text(end + gap, 2, f"un autre éducateur : {_said(others)}", **BOLD)
    _finish(axes, [0, 1, 2], folded(names, 22), end=whole.counts[1] * 1.25)
    return figure


def entries(college: Fact, others: Fact, referrers: list[Fact]) -> Figure:
    """One bar for everyone, cut where the collège's part ends; below, this part opened to full width by referrer.

    The scale of the lower bars is the collège's part alone, as the two slanting lines show.
    """
    figure, axes = canvas(0.9 + 0.42 * (len(referrers) + (OPENED if referrers else 0)))
    low, high = college.share_bounds
    _segment(axes, 0, (low, high), BLUE)
    axes.barh(0, 100 - high, left=high, height=THICK, color=AMBER)
    _name(axes, f"par le collège : {_share_of(college)}", start=0, end=low)
    _name(axes, f"par une autre voie : {_share_of(others)}", start=high, end=100)
    places = [OPENED + place for place in range(len(referrers))]
    for place, fact in zip(places, referrers, strict=True):
        axes.barh(place, 100, height=THICK, color=TRACK)
        _segment(axes, place, fact.share_bounds, BLUE)
        axes.text(fact.share_bounds[1] + 1.5, place, _said(fact), **BOLD)
    if referrers:
        for start, end in ((0, 0), ((low + high) / 2, 100)):
            axes.plot([start, end], [THICK / 2, OPENED - THICK / 2], color=GREY, linewidth=0.8, linestyle="--")
        axes.text(1.5, OPENED - 0.6, f"base : {interval(*referrers[0].base)}", color=GREY, va="center", fontsize=9)
    names = [f"Ensemble ({interval(*college.base)})", *(fact.label for fact in referrers)]
    _finish(axes, [0, *places], folded(names, 24), end=101)
    axes.get_yticklabels()[0].set_fontweight("bold")
    return figure
