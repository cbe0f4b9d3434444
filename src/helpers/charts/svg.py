"""A matplotlib figure as the lightest SVG that says the same: text stays text, colours follow the reader's theme.

Matplotlib's own SVG repeats styles, names and decimals that nothing uses (four times the weight), and knows one theme.
"""

import re
from xml.sax.saxutils import escape

from matplotlib import colors
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from helpers.charts.palette import DARK, GROUND, INK
from helpers.charts.sheet import size_of
from helpers.charts.steps import at, is_disc, joined, radius_of, short, steps_of

# The first font of the page, which every browser knows; none is wider than the one that the layout was measured with.
FONTS = "system-ui,Arial,sans-serif"
ANCHORS = {"left": "", "center": "m", "right": "e"}
_SAID = {"m": "text-anchor:middle", "e": "text-anchor:end", "b": "font-weight:700"}
_PLACE = re.compile(r" x='([-\d.]+)' y='([-\d.]+)'")
# A text that matplotlib would put in a box, so that no line crosses it, has an edge of the ground: three times lighter.
EDGED = "k"
EDGE = f".{EDGED}{{paint-order:stroke;stroke-width:5;stroke-linejoin:round}}"


def _hex(colour) -> str:
    """The colour as `palette` names it; what nobody coloured is matplotlib's black: the ink."""
    named = colors.to_hex(colour)
    return INK if named == "#000000" else named


def _is_plain(gc, fill, width: float) -> bool:
    """Whether a shape has one colour: its edge, if any, is that of its fill."""
    return fill is not None and gc.get_alpha() == 1 and (not width or _hex(gc.get_rgb()) == _hex(fill))


class _Pen(RendererBase):
    """What matplotlib draws with: it keeps the shapes in order, those of one look together."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.size, self.shapes, self.align, self.is_edged = (width, height), [], "left", False
        self.fills, self.strokes, self.hatches = {}, {}, {}

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.size

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool) -> tuple[float, float, float]:
        return size_of(s, prop.copy(), ismath)

    def open_group(self, s: str, gid: str | None = None) -> None:
        if s == "text":
            self.align, _, edged = (gid or "left").partition(" ")
            self.is_edged = bool(edged)

    def _name(self, names: dict[str, str], prefix: str, colour) -> str:
        return names.setdefault(_hex(colour), f"{prefix}{len(names)}")

    def _add(self, kind: str, look: str, content: str) -> None:
        if self.shapes and self.shapes[-1][:2] == (kind, look):
            self.shapes[-1][2].append(content)
        else:
            self.shapes.append((kind, look, [content]))

    def draw_path(self, gc, path, transform, rgbFace=None) -> None:
        to_sheet = transform + Affine2D().scale(1, -1).translate(0, self.size[1])
        steps, named, look = steps_of(path, to_sheet), [], ""
        width = gc.get_linewidth() if gc.get_rgb()[3] else 0
        if is_disc(path) and not gc.get_hatch() and _is_plain(gc, rgbFace, width):
            # A dot of one colour is the end of a line without length, five times lighter: a grid has hundreds.
            wide = short(2 * radius_of(path, to_sheet) + width)
            look = f" class='{self._name(self.strokes, 's', rgbFace)}' stroke-width='{wide}' stroke-linecap='round'"
            self._add("path", look, f"M{at(*to_sheet.transform((0, 0)))}h0")
            return
        if gc.get_hatch():
            named.append(self._name(self.hatches, "h", gc.get_rgb()))
        elif rgbFace is not None and (len(rgbFace) == 3 or rgbFace[3]):
            named.append(self._name(self.fills, "f", rgbFace))
        if width:
            named.append(self._name(self.strokes, "s", gc.get_rgb()))
            look += f" stroke-width='{width:g}'" if width != 1 else ""
            dashes = gc.get_dashes()[1]
            look += f" stroke-dasharray='{at(*dashes)}'" if dashes is not None else ""
        look += f" opacity='{gc.get_alpha():g}'" if gc.get_alpha() != 1 else ""
        if steps and named:
            self._add("path", f" class='{' '.join(named)}'{look}", steps)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None) -> None:
        del angle, mtext  # matplotlib's protocol names them; nothing is turned here
        width = self.get_text_width_height_descent(s, prop, ismath)[0]
        x += width * {"left": 0, "center": 0.5, "right": 1}[self.align]
        colour = _hex(gc.get_rgb())
        named = [] if colour == INK else [self._name(self.fills, "f", colour)]
        named += [ANCHORS[self.align]] if ANCHORS[self.align] else []
        named += [EDGED, self._name(self.strokes, "s", GROUND)] if self.is_edged else []
        named += ["b"] if prop.get_weight() in ("bold", 700) else []
        size = f" font-size='{prop.get_size_in_points():g}'"
        look = f" class='{' '.join(named)}'{size}" if named else size
        self._add("text", look, f" x='{short(x)}' y='{short(y)}'>{escape(s)}")


def _rules(pen: _Pen) -> str:
    """The rules of the drawing's classes, by day, then by night on a screen: paper is always light."""
    rules = [(f".{name}", "fill", colour) for colour, name in pen.fills.items()]
    rules += [(f".{name}", "stroke", colour) for colour, name in pen.strokes.items()]
    rules += [(f"#{name} path", "stroke", colour) for colour, name in pen.hatches.items()]
    day, night = (
        f"svg{{{font}fill:{theme(INK)};background:{theme(GROUND)}}}"
        + "".join(f"{name}{{{what}:{theme(colour)}}}" for name, what, colour in rules)
        for theme, font in ((str, f"font-family:{FONTS};"), (DARK.__getitem__, ""))
    )
    used = {
        word
        for _, look, _ in pen.shapes
        for word in re.findall(r"[\w]+", look.partition("class='")[2].partition("'")[0])
    }
    fixed = "path{fill:none}" + "".join(f".{name}{{{said}}}" for name, said in _SAID.items() if name in used)
    fixed += EDGE if EDGED in used else ""
    fixed += "".join(f".{name}{{fill:url(#{name})}}" for name in pen.hatches.values())
    return f"{fixed}{day}@media screen and (prefers-color-scheme:dark){{{night}}}"


def _pattern(name: str) -> str:
    turned = "width='3.5' height='3.5' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'"
    return f"<pattern id='{name}' {turned}><path d='M1,0V4' stroke-width='1.2'/></pattern>"


def _together(contents: list[str]) -> tuple[str, list[str]]:
    """The column or the line that texts share, said once for all of them, and the texts without it."""
    columns, lines = zip(*(_PLACE.match(content).groups() for content in contents), strict=True)
    if len(set(columns)) == 1:
        return f" transform='translate({columns[0]})'", [
            _PLACE.sub(r" y='\2'", content, count=1) for content in contents
        ]
    if len(set(lines)) == 1:
        return f" transform='translate(0,{lines[0]})'", [
            _PLACE.sub(r" x='\1'", content, count=1) for content in contents
        ]
    return "", contents


def _written(kind: str, look: str, contents: list[str]) -> str:
    if kind == "path":
        return f"<path{look} d='{joined(contents)}'/>"
    if len(contents) == 1:
        return f"<text{look}{contents[0]}</text>"
    moved, contents = _together(contents)
    return f"<g{look}{moved}>{''.join(f'<text{content}</text>' for content in contents)}</g>"


def _prepare_texts(figure: Figure) -> None:
    """Tells the pen on which side each text is held, and whether a line may pass behind it."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)  # one made after the canvas does not know it: a dollar in a name is no formula
        is_edged = text.get_bbox_patch() is not None or EDGED in str(text.get_gid()).split()
        text.set_gid(f"{text.get_ha()} {EDGED}" if is_edged else text.get_ha())
        text.set_bbox(None)


def to_svg(figure: Figure) -> str:
    """The drawing as SVG text, the same for the same figure; its sheet is painted, so that it is read on any ground.

    Raises
    ------
    KeyError
        when a colour has no counterpart in a dark theme (`palette.DARK`).
    """
    figure.dpi = 72
    width, height = (float(length) * 72 for length in figure.get_size_inches())
    for patch in (figure.patch, *(axes.patch for axes in figure.axes)):
        patch.set_visible(False)
    pen = _Pen(width, height)
    FigureCanvasBase(figure).get_renderer = lambda: pen
    _prepare_texts(figure)
    figure.get_layout_engine().execute(figure)  # makes the words of the axes; what is drawn is laid out once more
    _prepare_texts(figure)
    figure.draw(pen)
    size = f"width='{short(width)}pt' height='{short(height)}pt' viewBox='0 0 {short(width)} {short(height)}'"
    shapes = "".join(_written(*shape) for shape in pen.shapes)
    patterns = "".join(map(_pattern, pen.hatches.values()))
    defined = f"<defs>{patterns}</defs>" if patterns else ""
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}><style>{_rules(pen)}</style>{defined}{shapes}</svg>"


# What would end the address, the attribute or the candidate of a `srcset`, or be read as a code; nothing else is coded,
# so that a drawing weighs a quarter less than in base64 and compresses better.
_CODED = {sign: f"%{ord(sign):02X}" for sign in '%#"& \t\n\f\r'}


def to_address(drawing: str, *, is_alone: bool = False) -> str:
    """The SVG as a ``data:`` address that fits in ``srcset``, or alone in ``src``, where a blank may stay one."""
    coded = {sign: code for sign, code in _CODED.items() if not (is_alone and sign == " ")}
    return "data:image/svg+xml," + drawing.translate(str.maketrans(coded))
