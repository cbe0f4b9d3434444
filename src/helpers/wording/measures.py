"""Measures of comparisons marked in HTML: each names its comparison, and its place in comparaisons.csv."""

from collections.abc import Callable
from functools import partial

from markupsafe import Markup

from helpers.comparisons import Comparison, Measure
from helpers.facts import name_answer
from helpers.schema import catalogue
from helpers.typography import NARROW, WIDE
from helpers.wording.formats import MISSING, is_rounded, number, percent, points, signed
from helpers.wording.marks import OVER, UNDER, both_ends, mark

SHARES = ("part", "part_reference")
# The share of a small group that nearly nobody, or nearly everybody, has (`comparisons.Comparison.bound_of`).
_BOUNDS = {"sous": UNDER, "sur": OVER}

# Differences that have no direction.
_SIZES = ("ecart_detectable", "ecart_type", "ecart_stable")

# What is smaller is said « moins de »: nobody reads further decimals.
LEAST_P = 0.001


def subject(comparison: Comparison) -> str:
    """What is compared, in the words of the catalogue, without the years: « filles », « nord du département ».

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> wording.subject(trouve("annees/alses/sexe/filles"))
    'filles'
    """
    entries, (_, kind, perimeter, *rest) = catalogue(), comparison.key.split("/")
    if kind == "emboitee":
        return entries.indicators["objectif"].label_of(rest[-1])
    entry, modality = entries.indicators[rest[0]], rest[1] if len(rest) > 1 else ""
    if kind == "reponses":
        return entry.title_of(modality)
    return name_answer(entry.id, modality, perimeter)


def probability(value: float) -> str:
    """A p-value with two figures that count, never less than a thousandth.

    >>> [wording.probability(p) for p in (0.197, 0.0025, 1e-9)]
    ['0,20', '0,0025', 'moins de 0,001']
    """
    if value < LEAST_P:
        return f"moins de {number(LEAST_P, 3)}"
    return number(value, 2 if value >= 0.1 else 3 if value >= 0.01 else 4)


def _write(measure: Measure, name: str) -> Callable[[float], str]:
    """How a value of this measure is written, without its unit where two values follow one another."""
    if name.startswith("p_"):
        return probability
    if name.startswith("ecart_effectif"):
        return signed
    if measure.unit in ("points", "pct"):
        is_change = name.startswith(("ecart", "evolution")) and not name.startswith(_SIZES)
        return partial(signed if is_change else number, decimals=1)
    if measure.unit or name.startswith(("nombre", "tests")):
        return number
    is_large = name.startswith("effet") or abs(measure.value) >= 2
    return partial(number, decimals=1 if is_large else 2)


def _whole(measure: Measure, name: str, *, is_protected: bool) -> Callable[[float], str]:
    """How one value of this measure is written, with its unit; no decimal of what is rounded to protect persons."""
    if is_protected and measure.unit in ("points", "pct"):
        return partial(points, decimals=0) if measure.unit == "points" else partial(percent, decimals=0)
    if name.startswith(_SIZES):
        return lambda value: points(value).lstrip("+")
    if measure.unit == "points":
        return points
    if name == "evolution":
        return lambda value: f"{signed(value, 1)}{NARROW}%"
    if measure.unit == "pct":
        known = (measure.value, measure.low, measure.high)
        return partial(percent, decimals=0 if None not in known and is_rounded(*known) else 1)
    return _write(measure, name)


def say_measure(comparison: Comparison | None, name: str) -> Markup:
    """One measure with its unit: « −6,0 points », « 43,4 % », « 0,20 »; « pas de donnée » when there is none."""
    measure = comparison.measures.get(name) if comparison else None
    if measure is None or measure.value is None:
        return Markup(MISSING)
    if name == "ecart" and comparison.is_near_unanimous:
        return Markup("{} points").format(say_bounds(comparison, name))
    bound = comparison.bound_of(name) if name in SHARES else None
    if bound is not None:
        return mark(_BOUNDS[bound[0]].format(percent(bound[1])), measure.value, comparison.key, name)
    write = _whole(measure, name, is_protected=comparison.is_protected)
    return mark(write(measure.value), measure.value, comparison.key, name, title=measure.method)


def write_part(comparison: Comparison, name: str) -> str:
    """A share of a comparison as a drawing bears it: « 42 % », « 43,4 % », « moins de 10 % ».

    >>> write_part(comparisons.Comparisons(store.load_result(2020, "comparaisons"))("annees/alses/sexe/filles"), "part")
    '42\\u202f%'
    """
    bound, read = comparison.bound_of(name), comparison[name]
    if bound is not None:
        return _BOUNDS[bound[0]].format(percent(bound[1]))
    is_whole = comparison.is_protected or is_rounded(read.value, read.low, read.high)
    return percent(read.value, 0 if is_whole else 1)


def say_bounds(comparison: Comparison | None, name: str) -> Markup:
    """Both ends over the compatible counts: « entre −6,9 et −5,0 »; the value alone when no rounding moves it."""
    measure = comparison.measures.get(name) if comparison else None
    if measure is None or measure.low is None or measure.high is None:
        return Markup(MISSING)
    write = _write(measure, name)
    if comparison.is_protected and measure.unit in ("points", "pct"):
        write = partial(write, decimals=0)
    if write(measure.low) == write(measure.high):
        return say_measure(comparison, name)
    both = both_ends((measure.low, measure.high), write, comparison.key, name, title=measure.method)
    return Markup("entre {} et {}").format(*both)


def say_about(comparison: Comparison | None, name: str) -> Markup:
    """The value, then what rounding hides: « environ 963 (entre 954 et 972) », or « 1 206 » when it is known."""
    bounds = say_bounds(comparison, name)
    if comparison is None or name not in comparison or comparison[name].is_exact:
        return bounds
    return Markup("environ {} ({})").format(say_measure(comparison, name), bounds)


def say_interval(comparison: Comparison | None, name: str = "") -> Markup:
    """The interval at 95 %: « de −9,1 à −2,9 points »; ``name`` is « rapport » for that of the ratio."""
    low, high = (f"{name}_ic_{end}" if name else f"ic_{end}" for end in ("bas", "haut"))
    if comparison is None or low not in comparison or comparison[low].value is None:
        return Markup(MISSING)
    unit = comparison[low].unit
    write = partial(signed if unit == "points" else number, decimals=1 if unit else 2)
    both = [mark(write(comparison[each].value), comparison[each].value, comparison.key, each) for each in (low, high)]
    tail = {"points": f"{WIDE}points", "pct": f"{NARROW}%"}.get(unit, "")
    return Markup("de {} à {}{}").format(*both, tail)


def say_envelope(comparison: Comparison | None, name: str = "") -> Markup:
    """The widest interval over the compatible counts: its least low end and its greatest high end.

    ``name`` is as in `say_interval`.
    """
    bottom, top = (f"{name}_ic_{end}" if name else f"ic_{end}" for end in ("bas", "haut"))
    if comparison is None or bottom not in comparison or comparison[bottom].low is None:
        return Markup(MISSING)
    low, high, unit = comparison[bottom].low, comparison[top].high, comparison[bottom].unit
    write = partial(signed if unit == "points" else number, decimals=1 if unit else 2)
    return Markup("de {} à {}").format(
        mark(write(low), low, comparison.key, f"{bottom}_min"), mark(write(high), high, comparison.key, f"{top}_max")
    )
