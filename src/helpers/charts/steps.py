"""The paths of matplotlib as the commands of an SVG, in as few signs as say the same."""

import re

import numpy as np
from matplotlib.path import Path

_CIRCLE, _HALF = len(Path.unit_circle().vertices), len(Path.unit_circle_righthalf().vertices)

_START = re.compile(r"M([-\d.]+),([-\d.]+)(.*)")
_LINE = re.compile(r"([HV])([-\d.]+)")


def short(value: float) -> str:
    """A coordinate to a tenth of a point, finer than a screen shows."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def at(*values: float) -> str:
    """Coordinates one after another, without a blank: in an address it would weigh three."""
    return ",".join(map(short, values))


def is_disc(path: Path, size: int = _CIRCLE) -> bool:
    """Whether a path is the disc of matplotlib."""
    return path.codes is not None and len(path.vertices) == size and path.codes[1] == Path.CURVE4


def radius_of(path: Path, to_sheet) -> float:
    """The radius of a disc on the sheet; matplotlib gives some already scaled."""
    return np.abs(path.vertices).max() * abs(np.linalg.det(to_sheet.get_matrix()[:2, :2])) ** 0.5


def _arc(path: Path, to_sheet) -> str:
    """A disc, or the half of one, as an arc; that of a whole disc stops a tenth of a point before it is closed."""
    radius = radius_of(path, to_sheet)
    if is_disc(path):
        x, y = to_sheet.transform((0, 0))
        return f"M{at(x, y - radius)}a{at(radius, radius)},0,1,0,.1,0z"
    first, side, last = to_sheet.transform(path.vertices[[0, len(path.vertices) // 2, -2]])
    across = (last[0] - first[0]) * (side[1] - first[1]) - (last[1] - first[1]) * (side[0] - first[0])
    return f"M{at(*first)}A{at(radius, radius)},0,0,{int(across < 0)},{at(*last)}z"


def steps_of(path: Path, to_sheet) -> str:
    """A path as the commands of an SVG; nothing when it has no extent."""
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
    """A piece of path told from where the pen is, if that is shorter; and where it leaves the pen, if that is known."""
    x, y, rest = _START.fullmatch(steps).groups()
    start, line = (float(x), float(y)), _LINE.fullmatch(rest)
    # Distances of what is already rounded: a hundred of them add up to no error.
    told = f"m{at(start[0] - here[0], start[1] - here[1])}{rest}" if here else steps
    end = start if rest[-1:] == "z" or rest == "h0" else None
    if line:
        end = (float(line[2]), start[1]) if line[1] == "H" else (start[0], float(line[2]))
    return min(steps, told, key=len), end


def joined(contents: list[str]) -> str:
    """The pieces of a path as one, each told by its distance to the one before: a grid has hundreds of dots."""
    written, here = [], None
    for steps in contents:
        told, here = _moved(steps, here)
        written.append(told)
    return "".join(written)
