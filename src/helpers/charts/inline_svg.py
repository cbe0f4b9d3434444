"""A matplotlib figure as inline SVG: light, searchable text, colours that follow the reader's theme.

Matplotlib writes the drawing; here it is stripped of what a page does not need and its house colours become CSS
variables, so that one drawing serves day and night.
"""

import colorsys
import io
import re
import textwrap
from collections.abc import Iterable
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import blended_transform_factory

from helpers.charts.theme import DARK, INK

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
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_LONG_NUMBER = re.compile(r"-?\d+\.\d+")
_NO_TURN = re.compile(r"^rotate\(-?0 ")
_DEFAULTS = ("stroke-linejoin: miter", "stroke-linecap: butt", "stroke-linecap: square", "fill-opacity: 1")
_NOT_DRAWN = {f"{_SVG}metadata", f"{_SVG}style"}

WIDE, NARROW = 7.2, 3.55  # inches: the text column, and a phone
ROW, LINE = 0.38, 0.15  # inches a row of bars takes, and each further line of its label
FOLD_WIDE, FOLD_NARROW = 30, 16  # characters of a label before it goes to the next line
ACROSS_WIDE, ACROSS_NARROW, KEY = 88, 44, 6  # characters that a legend holds across; those that a colour takes


def _variable(found: re.Match) -> str:
    """A house colour as a variable that the page's style sheet changes at night; another colour as it is."""
    colour = _HOUSE.get(found[0].lower())
    return f"var(--c{colour[1:]},{colour})" if colour else found[0]


def dark_rules() -> str:
    """The rule that gives the house colours of the drawings of a page their values by night; paper stays light."""
    values = ";".join(f"--c{day[1:]}:{night}" for day, night in DARK.items())
    return f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {values} }} }}\n"


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
        if child.tag in _NOT_DRAWN or (child.tag == f"{_SVG}g" and not len(child)):
            node.remove(child)
        else:
            _lighten(child, prefix)
    for name, value in list(node.attrib.items()):
        if name == "style":
            del node.attrib["style"]
            look = _style(value)
            look.pop("font-family", None)  # that of the page
            node.attrib.update({key: _HEX.sub(_variable, said) for key, said in look.items()})
        elif name == "d":
            node.set(
                "d", re.sub(r"\s*([A-Za-z])\s*", r"\1", _LONG_NUMBER.sub(_short, value)).replace("\n", " ").strip()
            )
        elif name in ("x", "y", "width", "height", "transform", "points"):
            node.set(name, _LONG_NUMBER.sub(_short, value))
        elif name == "id":
            node.set("id", f"{prefix}-{value}")
        elif name == f"{_LINK}href" and value.startswith("#"):
            del node.attrib[name]
            node.set("href", f"#{prefix}-{value[1:]}")
        elif name == "clip-path":
            node.set(name, value.replace("url(#", f"url(#{prefix}-"))
    if _NO_TURN.match(node.get("transform", "")):
        del node.attrib["transform"]
    # A presentation attribute may not hold a variable; a style may.
    coloured = {key: node.attrib.pop(key) for key in ("fill", "stroke") if "var(" in node.get(key, "")}
    if coloured:
        node.set("style", ";".join(f"{key}:{value}" for key, value in coloured.items()))


def _drop_unused_ids(root: ElementTree.Element) -> None:
    used = set(re.findall(r"#([^)\s]+)", " ".join(value for node in root.iter() for value in node.attrib.values())))
    for node in root.iter():
        if node.get("id") not in used:
            node.attrib.pop("id", None)
    for node in root.iter():  # a group that says nothing gives its children to its parent
        kept = []
        for child in list(node):
            while child.tag == f"{_SVG}g" and not child.attrib and len(child) == 1:
                child = child[0]
            kept += list(child) if child.tag == f"{_SVG}g" and not child.attrib else [child]
        node[:] = kept


def to_inline(figure: Figure, *, name: str, described_by: str, titles: dict[str, list[str]] | None = None) -> str:
    """The figure as one ``<svg>`` element; ``titles`` gives, by the gid of an artist, what its marks say in turn."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return from_svg(written.getvalue(), name=name, described_by=described_by, titles=titles)


def from_svg(drawing: str, *, name: str, described_by: str, titles: dict[str, list[str]] | None = None) -> str:
    """An SVG that matplotlib wrote, as `to_inline` gives it."""
    root = ElementTree.fromstring(drawing)
    for node in list(root.iter(f"{_SVG}g")):
        for mark, said in zip(_marks_in(node), (titles or {}).get(node.get("id", ""), ()), strict=False):
            ElementTree.SubElement(mark, f"{_SVG}title").text = said
    _lighten(root, name)
    _drop_unused_ids(root)
    root.attrib = {"viewBox": root.get("viewBox"), "role": "img", "aria-label": described_by}
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
    axis.set_ticks(axis.get_ticklocs(), names)
    return max((name.count("\n") + 1 for name in names), default=1)


def _one_below_another(figure: Figure, frames: list[Axes]) -> None:
    grid = figure.add_gridspec(len(frames), 1)
    for place, axes in enumerate(frames):
        axes.set_subplotspec(grid[place, 0])
        axes.tick_params(labelleft=True, labelbottom=True)


def _in_columns(legend: Legend, letters: int) -> None:
    """Lays a legend out again on as few lines as fit; `Legend.set_ncols` alone changes nothing that is drawn."""
    texts = legend.get_texts()
    if texts:
        names = [text.get_text() for text in texts]
        widths = [len(name) + KEY for name in names]
        legend.set_ncols(len(names) if sum(widths) <= letters else max(1, letters // max(widths)))
        place, size = legend._loc, texts[0].get_fontsize()
        legend.prop.set_size(size)
        legend._fontsize = size
        legend._init_legend_box(legend.legend_handles, names)
        legend._set_loc(place)


def _place_legends(figure: Figure, *, is_narrow: bool) -> None:
    """Legends above what is drawn, from the edge of the figure; one that its author placed stays there."""
    for legend in figure.legends:
        legend.set_loc("outside upper left")
    for legend in (*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())):
        is_unplaced = legend.axes and getattr(legend, "_loc_used_default", False)
        legend.set_frame_on(False)
        _in_columns(legend, ACROSS_NARROW if is_narrow else ACROSS_WIDE)
        legend.set_title("")
        if is_unplaced:
            legend.set_loc("lower left")
            above = blended_transform_factory(figure.transFigure, legend.axes.transAxes)
            legend.set_bbox_to_anchor((0.01, 1.02), transform=above)
            legend._loc_used_default = True


def lay_out(figure: Figure, *, is_narrow: bool) -> None:
    """Sizes the figure for a page, or for a phone: width, labels, text, one frame below another on a phone."""
    frames = [axes for axes in figure.axes if axes.get_subplotspec() is not None and not hasattr(axes, "_colorbar")]
    old_width, old_height = figure.get_size_inches()
    width = NARROW if is_narrow else WIDE
    lines = [_fold(axes.yaxis, FOLD_NARROW if is_narrow else FOLD_WIDE) for axes in frames]
    for axes in frames:
        rows = len(_labels(axes.yaxis))
        if not is_narrow or len(_labels(axes.xaxis)) > 3:
            _fold(
                axes.xaxis,
                max(8, round((90 if not is_narrow else 44) / max(1, len(_labels(axes.xaxis)) * len(frames)))),
            )
    named = [axes for axes in frames if _is_named(axes.yaxis)]
    beside = len({axes.get_position().x0 for axes in frames}) if frames else 1
    if is_narrow and beside > 1:
        _one_below_another(figure, frames)
    stacked = len(frames) if is_narrow else max(1, round(len(frames) / max(1, beside)))
    if named:
        rows = max(len(_labels(axes.yaxis)) for axes in named)
        height = (rows * (ROW + LINE * (max(lines) - 1) * 0.8) + 0.7) * stacked
    else:
        height = (old_height * WIDE / old_width if not is_narrow else 2.6 * stacked) if frames else old_height
    if is_narrow:
        for text in figure.findobj(Text):
            text.set_fontsize(text.get_fontsize() * 0.84)
    _place_legends(figure, is_narrow=is_narrow)
    figure.set_size_inches(width, height)
    # A colour bar made before the house theme was set cannot be laid out by constraints.
    is_free = len(frames) == len(figure.axes) or isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
    figure.set_layout_engine("constrained" if is_free else "tight")
