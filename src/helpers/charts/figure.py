"""A drawing with everything that must travel with it, as one piece of HTML."""

import base64
import io
import re
from collections import Counter

import matplotlib as mpl
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.charts.palette import GREY
from helpers.wording import Html, fragment, plain

# Fixed so that two runs give the same bytes: no date, no random id, text measured with the font that matplotlib ships.
# Text stays text (three times lighter than outlines), so a reader's machine needs a font of about the same width.
FONT = "DejaVu Sans"
FONTS = "'DejaVu Sans', Verdana, 'Bitstream Vera Sans', Arial, sans-serif"
STYLE = {
    "font.family": FONT,
    "font.size": 10,
    "svg.fonttype": "none",
    "svg.hashsalt": "alses",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "text.parse_math": False,
    "axes.grid": False,
    "figure.dpi": 100,
}
METADATA = {"Date": None, "Creator": None}

WIDTH = 7.2  # inches: the text column of a page

# Matplotlib writes six decimals of a point, line ends, the font of every word, names and turns that nothing uses: more
# than half of the weight.
_NEEDLESS_DECIMALS = re.compile(r"(\d\.\d\d)\d+")
_NEEDLESS_FONT = re.compile(rf"font-family: '{FONT}'[^;\"]*(?:; )?")
_NEEDLESS_BLANKS = re.compile(r">\s+<")
_NEEDLESS_NAMES = re.compile(
    r' id="[A-Za-z0-9.]+_\d+"| transform="rotate\(-0 [^"]*"|<metadata>.*?</metadata>', re.DOTALL
)
_HASHED = re.compile(r"\b[mp][0-9a-f]{10}\b")
_STYLED = re.compile(r' style="([^"]*)"')
REPEATED = 3  # from so many times on, a style weighs less as a class


def canvas(height: float):
    """An empty figure of the page's width and its axes, in the house style; ``height`` in inches."""
    with mpl.rc_context({**sns.axes_style("white"), **STYLE}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        return figure, figure.subplots()


def _with_short_ids(drawing: str) -> str:
    """The drawing with its markers and frames numbered in order of appearance instead of hashed."""
    names = {name: f"i{rank}" for rank, name in enumerate(dict.fromkeys(_HASHED.findall(drawing)))}
    return _HASHED.sub(lambda found: names[found[0]], drawing)


def _with_classes(drawing: str) -> str:
    """The drawing with the styles that come again and again written once: a grid repeats one for each of its discs."""
    counted = Counter(_STYLED.findall(drawing))
    names = {style: f"s{rank}" for rank, style in enumerate(counted) if counted[style] >= REPEATED}
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    lighter = _STYLED.sub(lambda found: f' class="{names[found[1]]}"' if found[1] in names else found[0], drawing)
    return lighter.replace("</style>", f"{rules}</style>", 1)


def encode(figure: Figure) -> str:
    """The figure as a base64 SVG, the same bytes for the same drawing."""
    buffer = io.BytesIO()
    # A text made after the canvas does not know its style: a dollar in a name is no formula.
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata=METADATA, facecolor="white")
    drawing = _NEEDLESS_NAMES.sub("", _NEEDLESS_FONT.sub("", buffer.getvalue().decode("utf-8")))
    drawing = drawing.replace("</style>", f"text{{font-family: {FONTS}}}</style>", 1)
    drawing = _with_classes(_with_short_ids(_NEEDLESS_BLANKS.sub("><", _NEEDLESS_DECIMALS.sub(r"\1", drawing))))
    return base64.b64encode(drawing.encode("utf-8")).decode("ascii")


def compose(
    figure: Figure, *, id: str, title, subtitle: str, reading, source: str, alt: str, table: Html, notes=()
) -> Html:
    """The figure as one HTML block: caption, image with alt text, reading, source, folded data."""
    html = fragment(
        "figure.html.j2",
        id=id.replace("_", "-").replace("/", "-"),
        title=title,
        subtitle=subtitle,
        image=encode(figure),
        alt=alt,
        reading=reading if plain(reading) else "",
        notes=list(notes),
        source=source,
        table=table,
    )
    return Html(html, f"{plain(title)}\n{alt}")


class Figures(Html):
    """Several figures displayed as one."""

    def __init__(self, figures: list[Html], *, empty: Html) -> None:
        shown = figures or [empty]
        super().__init__("\n".join(figure.html for figure in shown), "\n\n".join(figure.text for figure in shown))
