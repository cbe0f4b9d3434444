"""A matplotlib figure as inline SVG: light, searchable text, colours that follow the reader's theme.

Matplotlib writes the drawing; here it is stripped of what a page does not need. Its colours are attributes, which a
rule of the page changes by night: one drawing serves day and night.
"""

import colorsys
import io
import re
import textwrap
from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, DateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.text import Text

from helpers.palette import DARK, INK
from helpers.text.formats import month
from helpers.typography import french_spaces

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
ElementTree.register_namespace("", _SVG[1:-1])
ElementTree.register_namespace("xlink", _LINK[1:-1])


def _as_seaborn_fills(colour: str) -> str:
    """The colour as seaborn paints bars with it, desaturated by a quarter unless it is asked not to."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*mpl.colors.to_rgb(colour))
    return mpl.colors.to_hex(colorsys.hls_to_rgb(hue, lightness, saturation * 0.75))


# The house colours are recognised either way, and given back.
_HOUSE = {shade: colour for colour in DARK for shade in (_as_seaborn_fills(colour), colour)}
_HOUSE["#000000"] = INK  # what nobody coloured
_HOUSE["#262626"] = INK  # what seaborn writes on the light cells of a heat map
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_LONG_NUMBER = re.compile(r"-?\d+\.\d+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NO_TURN = re.compile(r"^rotate\(-?0 ")
_DEFAULTS = (
    *("stroke-linejoin: miter", "stroke-linecap: butt", "stroke-linecap: square", "fill-opacity: 1"),
    "text-anchor: start",
)
_NOT_DRAWN = {f"{_SVG}metadata", f"{_SVG}style"}

WIDE, NARROW = 7.2, 3.55  # inches: the text column, and a phone
ABOVE = 0.25  # inches of a legend
BESIDE = 0.62  # of a row of its own, what a bar beside another takes
ROW, LINE = 0.38, 0.15  # inches a row of bars takes, and each further line of its label
MANY = 13  # rows from which each is less high
FOLD_WIDE, FOLD_NARROW = 30, 16  # characters of a label before it goes to the next line
ACROSS_WIDE, ACROSS_NARROW, KEY = 88, 42, 6  # characters that a legend holds across; those that a colour takes


def _house(found: re.Match) -> str:
    """A house colour under its one name; another colour as it is."""
    return _HOUSE.get(found[0].lower(), found[0])


def _short(found: re.Match) -> str:
    text = f"{float(found[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _style(text: str) -> dict[str, str]:
    """The declarations of a style attribute as SVG attributes, without what is the default."""
    told = [part.strip() for part in text.split(";") if part.strip() and part.strip() not in _DEFAULTS]
    return dict(part.split(": ", 1) for part in told)


def _lighten(node: ElementTree.Element, prefix: str) -> None:
    """Rewrites an element and what is in it, in place: short numbers, attributes, ids of this figure alone."""
    for child in list(node):
        if child.tag in _NOT_DRAWN or (child.tag == f"{_SVG}path" and not child.get("d")):
            node.remove(child)
        else:
            _lighten(child, prefix)
    for name, value in list(node.attrib.items()):
        if name == "style":
            del node.attrib["style"]
            look = _style(value)
            look.pop("font-family", None)  # that of the page
            node.attrib.update({key: _HEX.sub(_house, said) for key, said in look.items()})
        elif name in ("d", "x", "y", "width", "height", "transform", "points"):
            node.set(name, " ".join(_LONG_NUMBER.sub(_short, value).split()))
        elif name == "id":
            node.set("id", f"{prefix}-{value}")
        elif name == f"{_LINK}href" and value.startswith("#"):
            del node.attrib[name]
            node.set("href", f"#{prefix}-{value[1:]}")
        elif name == "clip-path":
            node.set(name, value.replace("url(#", f"url(#{prefix}-"))
    if _NO_TURN.match(node.get("transform", "")):
        del node.attrib["transform"]


def _round(node: ElementTree.Element) -> None:
    """Writes a path of eight curves as the circle that it is, in place: a third of its weight."""
    places = [float(found) for found in _NUMBER.findall(node.get("d", ""))]
    if node.get("d", "").count("C") == 8 and len(places) == 50:
        across, down = places[::2], places[1::2]
        width, height = max(across) - min(across), max(down) - min(down)
        if abs(width - height) < 0.3:
            middle = {"cx": min(across) + width / 2, "cy": min(down) + height / 2, "r": width / 2}
            node.tag = f"{_SVG}circle"
            del node.attrib["d"]
            node.attrib.pop("clip-path", None)
            node.attrib.update({name: f"{value:.1f}" for name, value in middle.items()})


def _share_text_look(root: ElementTree.Element) -> None:
    """Says the usual size and colour of the texts once, for the whole drawing."""
    texts = list(root.iter(f"{_SVG}text"))
    for name in ("font-size", "fill"):
        usual = Counter(node.get(name) for node in texts).most_common(1)
        if usual and usual[0][0]:
            root.set(name, usual[0][0])
            for node in (each for each in texts if each.get(name) == usual[0][0]):
                del node.attrib[name]


def _drop_unused(root: ElementTree.Element) -> None:
    """Drops the ids and definitions that nothing names, and the groups that say nothing, in place."""
    used = set(re.findall(r"#([^)\s]+)", " ".join(value for node in root.iter() for value in node.attrib.values())))
    for node in root.iter():
        if node.get("id") not in used:
            node.attrib.pop("id", None)
    _flatten(root)


def _flatten(node: ElementTree.Element) -> None:
    kept: list[ElementTree.Element] = []
    for child in node:
        _flatten(child)
        is_idle = child.tag == f"{_SVG}defs" and not len(child)
        if is_idle or (child.tag == f"{_SVG}clipPath" and not child.get("id")):
            continue
        kept += list(child) if child.tag == f"{_SVG}g" and not child.attrib else [child]
    node[:] = kept
    node.text, node.tail = ((text or "").strip() and text for text in (node.text, node.tail))


_ANCHORS = {"right": "end", "center": "middle"}
_PLACE = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\)")


def _folded_texts(figure: Figure) -> dict[str, Text]:
    """The texts of several lines that share a right edge or a middle, by the gid that they are given here."""
    texts = [text for text in figure.findobj(Text) if "\n" in text.get_text() and not text.get_rotation()]
    named = {f"lignes-{rank}": text for rank, text in enumerate(texts) if text.get_horizontalalignment() in _ANCHORS}
    for name, text in named.items():
        text.set_gid(name)
    return named


def _align_lines(root: ElementTree.Element, texts: dict[str, Text]) -> None:
    """Anchors the lines of these texts where they meet, in place.

    Matplotlib places each by its width in its own font; a reader's is another.
    """
    for group in root.iter(f"{_SVG}g"):
        if text := texts.get(group.get("id", "")):
            box, anchor = text.get_window_extent(), _ANCHORS[text.get_horizontalalignment()]
            edge = (box.x1 if anchor == "end" else (box.x0 + box.x1) / 2) * 72 / text.figure.dpi
            for line in group.iter(f"{_SVG}text"):
                if found := _PLACE.search(line.attrib.pop("transform", "")):
                    line.attrib.update({"text-anchor": anchor, "x": f"{edge:.1f}", "y": found[2]})


def to_inline(figure: Figure, *, name: str, described_by: str, titles: dict[str, list[str]] | None = None) -> str:
    """The figure as one ``<svg>`` element; ``titles`` gives, by the gid of an artist, what its marks say in turn."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        texts, written = _folded_texts(figure), io.StringIO()
        # Not `savefig`, which draws all twice.
        FigureCanvasSVG(figure).print_svg(written, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        root = ElementTree.fromstring(written.getvalue())
        _align_lines(root, texts)
    return _lightened(root, name=name, described_by=described_by, titles=titles)


def from_svg(drawing: str, *, name: str, described_by: str) -> str:
    """An SVG that matplotlib wrote, as `to_inline` gives it."""
    return _lightened(ElementTree.fromstring(drawing), name=name, described_by=described_by)


def _lightened(
    root: ElementTree.Element, *, name: str, described_by: str, titles: dict[str, list[str]] | None = None
) -> str:
    for node in list(root.iter(f"{_SVG}g")):
        for mark, said in zip(_marks_in(node), (titles or {}).get(node.get("id", ""), ()), strict=False):
            ElementTree.SubElement(mark, f"{_SVG}title").text = said
    _lighten(root, name)
    for node in root.iter():
        node.text = node.text and french_spaces(node.text)
        if node.tag == f"{_SVG}path":
            _round(node)
    _drop_unused(root)
    root.attrib = {"viewBox": root.get("viewBox"), "role": "img", "aria-label": described_by}
    _share_text_look(root)
    return ElementTree.tostring(root, encoding="unicode")


def _marks_in(group: ElementTree.Element) -> Iterable[ElementTree.Element]:
    """The shapes of a group, in the order they are drawn, without those that are only defined."""
    defined = {id(node) for defs in group.iter(f"{_SVG}defs") for node in defs.iter()}
    return [node for node in group.iter() if node.tag in (f"{_SVG}path", f"{_SVG}use") and id(node) not in defined]


# --- The same figure laid out for a page and for a phone ---


def _is_named(axis) -> bool:
    """Whether an axis bears names rather than numbers."""
    return any(label and not re.fullmatch(r"[\d\s.,%−-]+", label) for label in _labels(axis))


def _labels(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def _fold(axis, width: int) -> int:
    """Folds the names of an axis; the most lines that one takes."""
    if not _is_named(axis):
        return 1
    names = [textwrap.fill(name.replace("\n", " "), width, break_long_words=False) for name in _labels(axis)]
    if len(names) < len(axis.get_ticklocs()):
        # An inner frame of a grid shares the names of the outer one: seaborn hides the first six labels only.
        axis.set_tick_params(label1On=False)
        return 1
    axis.set_ticks(axis.get_ticklocs(), names)
    return max((name.count("\n") + 1 for name in names), default=1)


def _one_below_another(figure: Figure, frames: list[Axes]) -> None:
    grid = figure.add_gridspec(len(frames), 1)
    for place, axes in enumerate(frames):
        axes.set_subplotspec(grid[place, 0])
        axes.tick_params(labelleft=True, labelbottom=True)


def _bars_of(axes: Axes) -> int:
    """How many lying bars are one below another: several a name where colours tell series apart."""
    bars = [bar for container in axes.containers for bar in getattr(container, "patches", ())]
    return len({round(bar.get_y() + bar.get_height() / 2, 2) for bar in bars})


def _name_below(axes: Axes, *, is_narrow: bool, frames: int) -> float:
    """Folds the names under a frame, or turns them where a phone has no room; the inches that turned ones take."""
    names = _labels(axes.xaxis)
    if isinstance(axes.xaxis.get_major_locator(), DateLocator):
        axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=5 if is_narrow else 8))
        axes.xaxis.set_major_formatter(lambda place, _: month(num2date(place), is_short=True).replace(" ", "\n"))
    elif _is_named(axes.xaxis) and (len(names) > 3 or not is_narrow):
        beside = (
            max(len(line) for name in _labels(axes.yaxis) for line in name.split("\n")) if _labels(axes.yaxis) else 0
        )
        room = (44 if is_narrow else 90) - beside
        width = max(8, room // max(1, len(names) * (1 if is_narrow else frames)))
        if is_narrow and any(len(word) > width for name in names for word in name.split()):
            axes.xaxis.set_ticks(axes.xaxis.get_ticklocs(), [name.replace("\n", " ") for name in names], rotation=90)
            return 0.07 * max(map(len, names))
        _fold(axes.xaxis, width)
    return 0.0


def _again(owner: Axes | Figure, legend: Legend, *, room: int, **place) -> None:
    """The same legend at another place, on as few lines as fit in ``room`` characters."""
    names = [text.get_text() for text in legend.get_texts()]
    if not names:
        return
    size = legend.get_texts()[0].get_fontsize()
    widths, handles = [len(name) + KEY for name in names], legend.legend_handles
    columns = len(names) if sum(widths) <= room else max(1, room // max(widths))
    legend.remove()
    tight = {"columnspacing": 1.2, "handletextpad": 0.5, "borderaxespad": 0.2}
    made = owner.legend(handles, names, ncols=columns, fontsize=size, frameon=False, **tight, **place)
    made._loc_used_default = True  # still ours to move


def _place_legends(figure: Figure, *, is_narrow: bool) -> None:
    """One legend above what is drawn, or one above each frame if they differ; one that its author placed stays."""
    room = ACROSS_NARROW if is_narrow else ACROSS_WIDE
    placed = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    ours = [legend for legend in placed if legend._loc_used_default and legend.get_texts()]
    ours = [*(legend for legend in figure.legends if legend.get_texts()), *ours]  # facets may have an empty one
    alike = {tuple(text.get_text() for text in legend.get_texts()) for legend in ours}
    for rank, legend in enumerate(ours):
        if len(alike) > 1 and legend.axes:
            _again(legend.axes, legend, room=room, loc="lower left", bbox_to_anchor=(0, 1.02))
        elif rank and len(alike) == 1:
            legend.remove()
        else:
            _again(figure, legend, room=room, loc="outside upper left")
    for legend in (each for each in placed if each not in ours):
        legend.set_frame_on(False)
        legend.set_title("")


def lay_out(figure: Figure, *, is_narrow: bool) -> None:
    """Sizes the figure for a page, or for a phone: width, labels, text, one frame below another on a phone."""
    frames = [axes for axes in figure.axes if axes.get_subplotspec() is not None and not hasattr(axes, "_colorbar")]
    old_width, old_height = figure.get_size_inches()
    width = NARROW if is_narrow else WIDE
    lines = [_fold(axes.yaxis, FOLD_NARROW if is_narrow else FOLD_WIDE) for axes in frames]
    turned = max((_name_below(axes, is_narrow=is_narrow, frames=len(frames)) for axes in frames), default=0.0)
    named = [axes for axes in frames if _is_named(axes.yaxis)]
    beside = len({axes.get_position().x0 for axes in frames}) if frames else 1
    if is_narrow and beside > 1:
        _one_below_another(figure, frames)
    stacked = len(frames) if is_narrow else max(1, round(len(frames) / max(1, beside)))
    if named:
        sides = [each for axes in named for each in (axes, *axes.child_axes)]
        rows = max(max(len(_labels(axes.yaxis)), BESIDE * _bars_of(axes)) for axes in sides)
        row = ROW if rows < MANY else 0.75 * ROW
        has_legend = bool(figure.legends) or any(axes.get_legend() for axes in frames)
        height = (rows * (row + LINE * (max(lines) - 1) * 0.8) + 0.7 + ABOVE * has_legend) * stacked
    else:
        height = (old_height * WIDE / old_width if not is_narrow else 2.6 * stacked) if frames else old_height
    height += turned
    _place_legends(figure, is_narrow=is_narrow)
    if is_narrow:
        for text in figure.findobj(Text):
            text.set_fontsize(text.get_fontsize() * 0.84)
    figure.set_size_inches(width, height)
    # A colour bar made before the house theme was set cannot be laid out by constraints.
    is_free = len(frames) == len(figure.axes) or isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
    figure.set_layout_engine("constrained" if is_free else "tight")
