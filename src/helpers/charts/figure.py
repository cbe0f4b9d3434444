"""A drawing with everything that travels with it: light SVG, title, reading, alt text, data to download."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

import numpy as np
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from matplotlib import colors
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from helpers.charts.theme import DARK, GROUND, INK, NARROW, WIDE, on, size_of
from helpers.text.formats import Html, fragment, plain
from helpers.typography import escape_formula

# --- Matplotlib paths as compact SVG commands ---

_CIRCLE, _HALF = len(Path.unit_circle().vertices), len(Path.unit_circle_righthalf().vertices)

_START = re.compile(r"M([-\d.]+),([-\d.]+)(.*)")
_LINE = re.compile(r"([HV])([-\d.]+)")


def short(value: float) -> str:
    """A coordinate to a tenth of a point, finer than a screen shows."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def at(*values: float) -> str:
    """Comma-separated coordinates: in an address a blank would weigh three signs."""
    return ",".join(map(short, values))


def is_disc(path: Path, size: int = _CIRCLE) -> bool:
    return path.codes is not None and len(path.vertices) == size and path.codes[1] == Path.CURVE4


def radius_of(path: Path, to_sheet) -> float:
    """The radius of a disc on the sheet; matplotlib gives some already scaled."""
    return np.abs(path.vertices).max() * abs(np.linalg.det(to_sheet.get_matrix()[:2, :2])) ** 0.5


def _arc(path: Path, to_sheet) -> str:
    """A disc, or half a disc, as an arc; a whole one stops a tenth of a point before closing."""
    radius = radius_of(path, to_sheet)
    if is_disc(path):
        x, y = to_sheet.transform((0, 0))
        return f"M{at(x, y - radius)}a{at(radius, radius)},0,1,0,.1,0z"
    first, side, last = to_sheet.transform(path.vertices[[0, len(path.vertices) // 2, -2]])
    across = (last[0] - first[0]) * (side[1] - first[1]) - (last[1] - first[1]) * (side[0] - first[0])
    return f"M{at(*first)}A{at(radius, radius)},0,0,{int(across < 0)},{at(*last)}z"


def steps_of(path: Path, to_sheet) -> str:
    """A path as SVG commands; nothing when it has no extent."""
    if is_disc(path) or is_disc(path, _HALF):
        return _arc(path, to_sheet)
    steps, seen, last = [], set(), ("", "")
    for points, code in path.iter_segments(to_sheet, simplify=False):
        if code == Path.CLOSEPOLY:
            steps.append("z")
            continue
        here = tuple(map(short, points[-2:]))
        if code == Path.LINETO and here != last:
            steps.append(
                f"V{here[1]}" if here[0] == last[0] else f"H{here[0]}" if here[1] == last[1] else f"L{','.join(here)}"
            )
        elif code != Path.LINETO:
            steps.append({Path.MOVETO: "M", Path.CURVE3: "Q", Path.CURVE4: "C"}[code] + at(*points))
        seen.add(here)
        last = here
    return "".join(steps) if len(seen) > 1 else ""


def _moved(steps: str, here: tuple[float, float] | None) -> tuple[str, tuple[float, float] | None]:
    """A subpath relative to the pen if that is shorter, and where it leaves the pen if known."""
    x, y, rest = _START.fullmatch(steps).groups()
    start, line = (float(x), float(y)), _LINE.fullmatch(rest)
    # Differences of rounded coordinates: errors do not add up.
    told = f"m{at(start[0] - here[0], start[1] - here[1])}{rest}" if here else steps
    end = start if rest[-1:] == "z" or rest == "h0" else None
    if line:
        end = (float(line[2]), start[1]) if line[1] == "H" else (start[0], float(line[2]))
    return min(steps, told, key=len), end


def joined(contents: list[str]) -> str:
    """Subpaths as one path, each relative to the one before: a grid has hundreds of dots."""
    written, here = [], None
    for steps in contents:
        told, here = _moved(steps, here)
        written.append(told)
    return "".join(written)


# --- A matplotlib figure as light SVG: text stays text, colours follow the reader's theme ---
# Matplotlib's own SVG is four times as heavy (unused styles, names, decimals) and has one theme.

# The first font of the page; none is wider than the one that the layout was measured with.
FONTS = "system-ui,Arial,sans-serif"
ANCHORS = {"left": "", "center": "m", "right": "e"}
_SAID = {"m": "text-anchor:middle", "e": "text-anchor:end", "b": "font-weight:700"}
_PLACE = re.compile(r" x='([-\d.]+)' y='([-\d.]+)'")
# A boxed text gets a stroke of the ground colour instead: three times lighter.
EDGED = "k"
EDGE = f".{EDGED}{{paint-order:stroke;stroke-width:5;stroke-linejoin:round}}"


def _hex(colour) -> str:
    """The colour as a hex string; matplotlib's default black becomes the ink."""
    named = colors.to_hex(colour)
    return INK if named == "#000000" else named


def _is_plain(gc, fill, width: float) -> bool:
    """Whether a shape has one colour: its edge, if any, is that of its fill."""
    return fill is not None and gc.get_alpha() == 1 and (not width or _hex(gc.get_rgb()) == _hex(fill))


class _Pen(RendererBase):
    """The matplotlib renderer: it keeps the shapes in order, consecutive ones of one look together."""

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
            # A one-coloured dot is a zero-length round-capped line, five times lighter: a grid has hundreds.
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
    """The CSS of the drawing, light, then dark on screens only: paper is always light."""
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
    """The coordinate that all texts share, given once as a transform, and the texts without it."""
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
    """Notes each alignment for the pen, and whether a line may pass behind the text."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)  # one made after the canvas does not know it: a dollar in a name is no formula
        is_edged = text.get_bbox_patch() is not None or EDGED in str(text.get_gid()).split()
        text.set_gid(f"{text.get_ha()} {EDGED}" if is_edged else text.get_ha())
        text.set_bbox(None)


def to_svg(figure: Figure) -> str:
    """The drawing as SVG text, the same for the same figure, on an opaque ground.

    Raises KeyError when a colour has no dark counterpart (`theme.DARK`).
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


# What would end the address, the attribute or the `srcset` candidate, or be decoded; nothing else is escaped, which
# weighs a quarter less than base64 and compresses better.
_CODED = {sign: f"%{ord(sign):02X}" for sign in '%#"& \t\n\f\r'}


def to_address(drawing: str, *, is_alone: bool = False) -> str:
    """The SVG as a ``data:`` address for ``srcset``, or alone in ``src``, where a blank may stay one."""
    coded = {sign: code for sign, code in _CODED.items() if not (is_alone and sign == " ")}
    return "data:image/svg+xml," + drawing.translate(str.maketrans(coded))


# --- The data of a chart as a CSV for a French spreadsheet, inside the page ---

# A number as the report writes it; a spreadsheet wants no plus, no space, and a hyphen-minus.
_NUMBER = re.compile(r"[+−]?\d[\d\u202f]*(?:,\d+)?")
_SHARE = re.compile(rf"({_NUMBER.pattern})[\u202f\u00a0 ]?%")
_MISSING = "—"
_ALIGNING = {0x2007: None, 0x2008: None}  # as wide as a figure, and as a comma


def _cell(text: str) -> str:
    """The cell as a spreadsheet reads it: a bare number, no formula, nothing for a dash."""
    if _NUMBER.fullmatch(text):
        return text.replace("\u202f", "").replace("−", "-").removeprefix("+")
    return "" if text == _MISSING else escape_formula(text)


def _column(title: str, cells: list[str]) -> list[str]:
    """Title and cells; a column of shares says « % » once, in its title."""
    title, shares = escape_formula(title), [_SHARE.fullmatch(cell) for cell in cells]
    if any(shares) and all(share or cell == _MISSING for share, cell in zip(shares, cells, strict=True)):
        return [f"{title} (%)", *(_cell(share[1] if share else _MISSING) for share in shares)]
    return [title, *map(_cell, cells)]


def table_rows(html: str) -> list[list[str]]:
    """The displayed words of a table, title by title and row by row.

    The title of a group of rows becomes a first column, « Groupe », so that each row stands alone in a spreadsheet.
    """
    table = BeautifulSoup(html, "html.parser")
    rows, group = [], ""
    for line in table.select("tr"):
        if head := line.select_one("th[scope=rowgroup]"):
            group = _words(head)
        else:
            rows.append([group, *map(_words, line.find_all(["th", "td"]))])
    if not group:
        return [row[1:] for row in rows]
    return [["Groupe", *rows[0][1:]], *rows[1:]]


def _words(cell: Tag) -> str:
    return cell.get_text().translate(_ALIGNING).strip()


def csv_address(html: str) -> str:
    """The table as a ``data:`` address of a CSV: semicolons, decimal comma, UTF-8 with BOM, as ``indicateurs.csv``.

    It is read from the displayed table, so that both always agree.
    """
    titles, *rows = table_rows(html)
    columns = [_column(title, [row[place] for row in rows]) for place, title in enumerate(titles)]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(zip(*columns, strict=True))
    coded = {sign: f"%{ord(sign):02X}" for sign in '%#<>"&\r\n'}
    return "data:text/csv;charset=utf-8,%EF%BB%BF" + text.getvalue().translate(str.maketrans(coded))


# --- A drawing with everything that travels with it ---


def compose(
    draw: Callable[..., Figure],
    *,
    id: str,
    title,
    subtitle: str,
    reading,
    base,
    source: str,
    alt: str,
    table: Html,
    notes: Iterable = (),
) -> Html:
    """The chart as one HTML block: caption, image with alt text, reading, base, source, folded data and their CSV.

    ``draw`` is called for a wide and a narrow ``sheet``; the browser chooses. Where ``<picture>`` is removed (untrusted
    notebook in JupyterLab), the wide one stays.
    """
    wide, narrow = (Markup(to_address(to_svg(on(sheet, draw)), is_alone=sheet is WIDE)) for sheet in (WIDE, NARROW))
    name = id.replace("_", "-").replace("/", "-")
    html = fragment(
        "figure.html.j2",
        id=name,
        title=title,
        subtitle=subtitle,
        wide=wide,
        narrow=narrow,
        alt=alt,
        reading=reading if plain(reading) else "",
        notes=list(notes),
        base=base,
        source=source,
        table=table,
        data=Markup(csv_address(table.html)),
    )
    return Html(html, f"{plain(title)}\n{alt}")


class Figures(Html):
    """Several charts displayed as one; without any, the box ``empty``."""

    def __init__(self, figures: list[Html], *, empty: Html) -> None:
        shown = figures or [empty]
        super().__init__("\n".join(figure.html for figure in shown), "\n\n".join(figure.text for figure in shown))
