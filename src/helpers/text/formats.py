"""Numbers, dates and agreement in French, and the sentences made of them."""

import html
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from helpers.clean.answers import UNFORESEEN
from helpers.indicators.comparisons import Comparison, Measure
from helpers.indicators.lookup import BESIDE, USUAL, Fact, in_site
from helpers.schema import ROUNDING_BASE, catalogue
from helpers.typography import NARROW, WIDE

# --- Numbers and dates in French (CLDR data through babel) ---

FRENCH = Locale("fr")
MISSING = "pas de donnée"
# Half a point hidden by a share without decimal, and the error of binary arithmetic.
ROUNDING = 0.5 + 1e-9


def _rounded(value: float, decimals: int) -> Decimal:
    # Half away from zero, as people round; Python's round() takes 2.5 to 2.
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def number(value: float | None, decimals: int = 0) -> str:
    """The number with its decimals, or « pas de donnée ».

    >>> text.number(2233), text.number(-6.94, 1), text.number(2.5), text.number(None)
    ('2\\u202f233', '−6,9', '3', 'pas de donnée')
    """
    try:
        is_missing = math.isnan(float(value))
    except TypeError:  # None, or the missing value of pandas
        is_missing = True
    if is_missing:
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(_rounded(value, decimals), format=pattern, locale=FRENCH).replace("-", "−")


def percent(value: float | None, decimals: int = 0) -> str:
    """A share given in per cent.

    >>> text.percent(42), text.percent(12.55, 1)
    ('42\\u202f%', '12,6\\u202f%')
    """
    text = number(value, decimals)
    return text if text == MISSING else f"{text}{NARROW}%"


def listed(words: Sequence[str]) -> str:
    """The words as a list in a sentence.

    >>> text.listed(["filles", "garçons", "sans réponse"]), text.listed(["filles"])
    ('filles, garçons et sans réponse', 'filles')
    """
    return " et ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def is_rounded(value: float, low: float, high: float) -> bool:
    """Whether a share is known only as the whole number it was rounded to, so that it has no decimal to show.

    >>> [text.is_rounded(*part) for part in ((42.006, 41.5, 42.5), (43.4, 42.6, 44.2), (54.01, 54.01, 54.01))]
    [True, False, False]
    """
    if value != value:  # only its ends are known
        return False
    printed = round(value)
    return low < high and all(abs(end - printed) <= ROUNDING for end in (low, high))


def trimmed(value: float | None, decimals: int) -> str:
    """The number with the decimals that it has, at most these.

    >>> text.trimmed(88.75, 2), text.trimmed(79.5, 2), text.trimmed(100, 2)
    ('88,75', '79,5', '100')
    """
    text = number(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


def signed(value: float, decimals: int = 0) -> str:
    """The number with its sign.

    >>> text.signed(381), text.signed(-6.0, 1), text.signed(0)
    ('+381', '−6,0', '0')
    """
    text = number(value, decimals)
    return f"+{text}" if _rounded(value, decimals) > 0 else text


def points(value: float, decimals: int = 1) -> str:
    """A difference of shares, with its sign and its unit.

    >>> text.points(-6.0), text.points(1.02)
    ('−6,0\\xa0points', '+1,0\\xa0point')
    """
    return f"{signed(value, decimals)}{WIDE}{plural(abs(_rounded(value, decimals)), 'point', 'points')}"


def scientific(value: float) -> str:
    """A small number with two significant digits, as a power of ten below a thousandth.

    >>> [text.scientific(p) for p in (0.197, 0.0025, 0.00013, 0.0)]
    ['0,197', '0,0025', '1,3\\xa0×\\xa010⁻⁴', '0']
    """
    if value == 0 or value >= 0.001:
        return number(value, 3 if value >= 0.01 else 4) if value else "0"
    digits, power = f"{value:.1e}".split("e-")
    raised = str(int(power)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits.replace('.', ',')}{WIDE}×{WIDE}10⁻{raised}"


def plural(count: float, one: str, many: str) -> str:
    """The form that agrees with the count, by the French rule: 0 and 1,5 are singular.

    >>> text.plural(0, "élève", "élèves"), text.plural(2, "élève", "élèves")
    ('élève', 'élèves')
    """
    return one if FRENCH.plural_form(abs(count)) == "one" else many


def day(value: date) -> str:
    """The date in letters.

    >>> text.day(pd.Timestamp(2020, 12, 1)), text.day(pd.Timestamp(2020, 3, 9))
    ('1er décembre 2020', '9 mars 2020')
    """
    text = format_date(value, "d MMMM y", locale=FRENCH)
    return text.replace("1 ", "1er ", 1) if value.day == 1 else text


def month(value: date, *, is_short: bool = False) -> str:
    """The month in letters: « janvier 2020 », or « janv. 2020 »."""
    return format_date(value, "MMM y" if is_short else "MMMM y", locale=FRENCH)


# --- Numbers marked in HTML with the indicator they come from ---

# Rounded to protect persons; a share of a small group that nearly nobody, or nearly everybody, has.
ABOUT, UNDER, OVER = "environ {}", "moins de {}", "plus de {}"


class Html:
    """A piece of page: HTML in a notebook and a report, plain text elsewhere."""

    def __init__(self, html: str, text: str, rows: Sequence[list[str]] = ()) -> None:
        self.html, self.text = html, text
        self.rows = rows  # of a table: its titles, then its cells, for a spreadsheet

    def __html__(self) -> str:
        return self.html

    __str__ = __html__

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        del include, exclude  # IPython's protocol names them
        return {"text/html": self.html, "text/plain": self.text}


def mark(text: str, value: float, key: str, measure: str, *, title: str = "") -> Markup:
    """The text as ``<data>`` with its raw value, its key and its measure.

    >>> print(mark("42 %", 42, "2020/alses/sexe/filles", "part"))
    <data value="42" data-cle="2020/alses/sexe/filles" data-mesure="part">42 %</data>
    """
    cited = Markup(' title="{}"').format(title) if title else ""
    return Markup('<data value="{}" data-cle="{}" data-mesure="{}"{}>{}</data>').format(
        f"{float(value):.10g}", key, measure, cited, text
    )


def both_ends(pair: tuple, write: Callable[[float], str], key: str, measure: str, *, title: str = "") -> list[Markup]:
    """Both ends of an interval as marks, the measure bearing ``_min`` and ``_max``."""
    names = (f"{measure}_min", f"{measure}_max")
    return [mark(write(value), value, key, name, title=title) for value, name in zip(pair, names, strict=True)]


def _citation(fact: Fact) -> str:
    """The source of a value; an export is named once on the page, not on each number."""
    return "" if fact.is_of_records else fact.citation


def _about(shown: float, most: float, key: str, measure: str) -> Markup:
    """A count rounded to protect persons: « environ 25 »; of a zero, what it may hide: « moins de 5 »."""
    if shown == 0:
        return mark(UNDER.format(number(most + 1)), shown, key, measure)
    written = signed(shown) if measure.startswith("ecart") else number(shown)
    return Markup(ABOUT).format(mark(written, shown, key, measure))


def say_count(fact: Fact | None, *, cited: bool = True) -> Markup:
    """The count: « 2 233 », « entre 927 et 949 » or « pas de donnée »; ``cited`` gives its source as a title."""
    if fact is None or fact.counts is None:
        return Markup(MISSING)
    if fact.rounded is not None:
        return _about(fact.rounded, fact.counts[1], fact.key, "effectif_arrondi")
    low, high = both_ends(fact.counts, number, fact.key, "effectif", title=_citation(fact) if cited else "")
    between = "{} ou {}" if fact.counts[1] == fact.counts[0] + 1 else "entre {} et {}"
    return low if fact.is_known else Markup(between).format(low, high)


def say_share(fact: Fact | None, *, cited: bool = True) -> Markup:
    """The share as printed or counted: « 42 % »; else its bounds, or « pas de donnée »."""
    if fact is None or (fact.share is None and fact.share_bounds is None):
        return Markup(MISSING)
    title = _citation(fact) if cited else ""
    if fact.share is not None:
        return mark(write_share(fact), fact.share, fact.key, "part", title=title)
    ends = both_ends(fact.share_bounds, partial(percent, decimals=1), fact.key, "part", title=title)
    return Markup("de {} à {}").format(*ends)


def share_with_bar(fact: Fact | None) -> Markup:
    """The share above a bar as long as it, for a cell of a table; a dash where it is not published."""
    if fact is None or (fact.share is None and fact.share_bounds is None):
        return Markup("—")
    if fact.share is None:
        return say_share(fact, cited=False)
    beside = " reseau" * (fact.key.split("/")[1] == BESIDE)
    bar = Markup('<span class="barre{}" style="--part:{:.1f}"></span>').format(beside, fact.share)
    return say_share(fact, cited=False) + bar


def say_base(fact: Fact | None) -> Markup:
    """The base of the share: « 2 233 » or « 1 017 à 1 038 »."""
    if fact is None or fact.base is None:
        return Markup(MISSING)
    if fact.rounded_base is not None:
        return _about(fact.rounded_base, fact.base[1], fact.key, "base_arrondie")
    low, high = both_ends(fact.base, number, fact.key, "base")
    return low if fact.base[0] == fact.base[1] else Markup("{} à {}").format(low, high)


def say_bases(bases: Iterable[Markup], frame: pd.DataFrame) -> Markup:
    """The bases of a figure, then how many answers of an export were not understood (column ``non_compris``).

    >>> non_compris = [(("2020/alses/niveau", 0, True), ("2021/alses/niveau", 5, True))]
    >>> plain(say_bases(["n = 210 (2020) ; 245 (2021)"], pd.DataFrame({"non_compris": non_compris})))
    'n = 210 (2020) ; 245 (2021) ; réponses non comprises\\xa0: moins de 5 (2020), environ 5 (2021)'
    """
    told, entries = [], catalogue()
    found = dict.fromkeys(each for cell in frame.get("non_compris", ()) for each in cell)
    varies = [len(set(names)) > 1 for names in zip(*(question.split("/") for question, _, _ in found), strict=True)]
    for question, count, is_rounded in found:
        key, (year, perimeter, indicator) = f"{question}/{UNFORESEEN}", question.split("/")
        label, public = entries.indicators[indicator].label, entries.perimeters[perimeter]
        which = zip((year, public.short or public.label, f"{label[:1].lower()}{label[1:]}"), varies, strict=True)
        words = ", ".join([word for word, is_told in which if is_told][::-1])
        about = _about(count, ROUNDING_BASE - 1, key, "effectif_arrondi")
        shown = about if is_rounded else mark(number(count), count, key, "effectif")
        told.append(Markup("{} ({})").format(shown, words) if words else shown)
    misread = Markup("réponses non comprises\u00a0: {}").format(Markup(", ").join(told)) if told else ""
    return Markup(" ; ").join(filter(None, [*bases, misread]))


# --- Units, populations and agreement ---


def say_unit(fact: Fact) -> str:
    return agree(fact, *catalogue().units[fact.unit])


def agree(fact: Fact, one: str, many: str) -> str:
    return plural(fact.counts[1] if fact.counts else 2, one, many)


def clause(fact: Fact) -> Markup:
    """What a share says, in the words of the catalogue: « 42 % sont des filles »."""
    entry = catalogue().indicators[fact.key.split("/")[2]]
    return Markup(entry.finding).format(part=say_share(fact), modalite=fact.label)


def population(fact: Fact) -> str:
    """Who the base of a value is, in the catalogue's words, and where."""
    _, perimeter, indicator, _ = fact.key.split("/", 3)
    return people(indicator, perimeter, fact.place)


def people(indicator: str, perimeter: str, place: str = "") -> str:
    """Who the base of an indicator is, in a population: of a site (named by `indicators.name_site`) or of the network.

    >>> people("sexe", "alses"), people("sexe", "alses", "association AAPI")
    ('personnes suivies par un ALSES', 'personnes suivies par un ALSES de l’association AAPI')
    >>> people("orienteur", "alses", "association AAPI")
    'élèves orientés par le collège et suivis par l’association AAPI'
    >>> people("orienteur", "alses", "collège Bel-Air"), people("orienteur", "alses_reseau")
    ('élèves orientés par le collège', 'élèves orientés par le collège, dans tout le réseau')
    """
    own, perimeters = catalogue().indicators[indicator].population, catalogue().perimeters
    if own is None:
        label = perimeters[perimeter].label
        return f"{label} {in_site(place)}" if place and perimeter == USUAL else label
    if perimeter == BESIDE:
        return f"{own}, dans {perimeters[BESIDE].short}"
    # On the page of a collège, « le collège » is that one.
    is_of_association = perimeter == USUAL and place and not place.startswith("collège")
    return f"{own} et suivis par l’{place}" if is_of_association else own


# --- Values without marks, for drawings ---


def write_share(fact: Fact) -> str:
    """The share as a drawing writes it: « 42 % », « 40,0 à 75,0 % », « moins de 10 % »; else nothing."""
    for bound, words in ((fact.under, UNDER), (fact.over, OVER)):
        if bound is not None:
            return words.format(percent(bound))
    if fact.share is not None:
        return percent(fact.share, fact.decimals)
    return fact.share_bounds and f"{number(fact.share_bounds[0], 1)} à {percent(fact.share_bounds[1], 1)}"


# --- Measures of comparisons marked in HTML ---

# See `indicators.Comparison.bound_of`.
_BOUNDS = {"sous": UNDER, "sur": OVER}

# Differences without direction.
_SIZES = ("ecart_detectable", "ecart_type", "ecart_stable")

# Smaller values are written « moins de ».
LEAST_P = 0.001


def probability(value: float) -> str:
    """A p-value with two significant digits, never less than a thousandth.

    >>> [text.probability(p) for p in (0.197, 0.0025, 1e-9)]
    ['0,20', '0,0025', 'moins de 0,001']
    """
    if value < LEAST_P:
        return f"moins de {number(LEAST_P, 3)}"
    return number(value, 2 if value >= 0.1 else 3 if value >= 0.01 else 4)


def _write(measure: Measure, name: str) -> Callable[[float], str]:
    """How a value of this measure is written, without its unit."""
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
    """How a value of this measure is written, with its unit; no decimal if it is rounded to protect persons."""
    if is_protected and measure.unit in ("points", "pct"):
        return partial(points, decimals=0) if measure.unit == "points" else partial(percent, decimals=0)
    if name.startswith(_SIZES):
        return lambda value: points(value).lstrip("+")
    if measure.unit == "points":
        return partial(points, decimals=decimals_of(measure))
    if name == "evolution":
        return lambda value: f"{signed(value, 1)}{NARROW}%"
    if measure.unit == "pct":
        return partial(percent, decimals=decimals_of(measure))
    return _write(measure, name)


def decimals_of(measure: Measure) -> int:
    """None for a share, or a difference of shares, of which rounding leaves a point or more open, and for a share that
    is only known as a whole number."""
    value, low, high = measure.value, measure.low, measure.high
    return 0 if None not in (value, low, high) and (high - low >= 1 or is_rounded(value, low, high)) else 1


def say_measure(comparison: Comparison, name: str) -> Markup:
    """One measure with its unit: « −6 points », « 43,4 % », « 0,20 »; or « pas de donnée »."""
    measure = comparison.measures.get(name)
    if measure is None or measure.value is None:
        return Markup(MISSING)
    if name == "ecart" and comparison.is_near_unanimous:
        return Markup("{} points").format(say_bounds(comparison, name))
    write = _whole(measure, name, is_protected=comparison.is_protected)
    said = write_part(comparison, name) if name in ("part", "part_reference") else write(measure.value)
    return mark(said, measure.value, comparison.key, name, title=measure.method)


def write_part(comparison: Comparison, name: str) -> str:
    """A share of a comparison as a drawing writes it: « 42 % », « 43,4 % », « moins de 10 % »."""
    bound, read = comparison.bound_of(name), comparison[name]
    if bound is not None:
        return _BOUNDS[bound[0]].format(percent(bound[1]))
    return percent(read.value, 0 if comparison.is_protected else decimals_of(read))


def say_bounds(comparison: Comparison, name: str) -> Markup:
    """Both ends over the compatible counts: « entre −6,9 et −5,0 »; the value alone when exact."""
    measure = comparison.measures.get(name)
    if measure is None or measure.low is None or measure.high is None:
        return Markup(MISSING)
    write = _write(measure, name)
    if comparison.is_protected and measure.unit in ("points", "pct"):
        write = partial(write, decimals=0)
    if write(measure.low) == write(measure.high):
        if name == "ecart" and comparison.is_near_unanimous:  # `say_measure` would ask for its bounds
            return mark(write(measure.low), measure.low, comparison.key, f"{name}_min")
        return say_measure(comparison, name)
    both = both_ends((measure.low, measure.high), write, comparison.key, name, title=measure.method)
    return Markup("entre {} et {}").format(*both)


def say_interval(comparison: Comparison, name: str = "", *, is_widest: bool = False) -> Markup:
    """The 95 % interval: « de −9,1 à −2,9 points »; ``name`` is « rapport » for that of the ratio.

    ``is_widest`` is for that of all compatible counts: its least low end and its greatest high end.
    """
    low, high = (f"{name}_ic_{end}" if name else f"ic_{end}" for end in ("bas", "haut"))
    if low not in comparison or comparison[low].value is None:
        return Markup(MISSING)
    ends, unit = (comparison[low], comparison[high]), comparison[low].unit
    known = {f"{low}_min": ends[0].low, f"{high}_max": ends[1].high}
    known = known if is_widest else {low: ends[0].value, high: ends[1].value}
    write = partial(signed if unit == "points" else number, decimals=1 if unit else 2)
    both = [mark(write(value), value, comparison.key, each) for each, value in known.items()]
    tail = {"points": f"{WIDE}points", "pct": f"{NARROW}%"}.get(unit, "")
    return Markup("de {} à {}{}").format(*both, tail)


# What may be concluded of a difference: one way to say chance in the whole report.
CHANCE = {
    "concluante": "hors du hasard",
    "non_concluante": "le hasard peut suffire",
    "selon_ressemblance": "dépend de la ressemblance entre personnes d’un même poste",
    "": "sans test",
}
_LIKENESS = {"faible": ", même un peu", "moyen": " assez", "fort": " beaucoup"}
_MOVES = {"hausse": "augmente", "baisse": "diminue", "stable": "reste stable", "indetermine": "a pu changer"}


def say_chance(comparison: Comparison) -> Markup:
    """What may be concluded, in words, marked with the comparison when it was tested."""
    if comparison.finding == "stable":
        said = "pas d’écart"
    elif comparison.is_fragile:
        alike = _LIKENESS.get(comparison.fragile_from, "")
        said = f"le hasard peut suffire si les personnes d’un même poste se ressemblent{alike}"
    else:
        said = CHANCE[comparison.reach]
    if not comparison.is_tested:
        return Markup(said)
    return Markup('<span class="portee" data-portee="{}">{}</span>').format(comparison.key, said)


def say_compared(comparison: Comparison, saying: str) -> Markup | str:
    """What a sentence asks of a comparison: a measure of the schema (« part », « p_holm »…) or one of these.

    ``libelle``, ``Libelle``; ``reference``; ``avant``, ``maintenant`` and ``difference`` (of shares, else of counts);
    ``ecart``, by its bounds when its numbers are rounded to protect persons; ``…_bornes``; ``sens`` and
    ``sens_effectif``; ``hasard`` and ``verdict``; ``intervalle``, ``enveloppe``, and those of the ratio.
    """
    name, c = {"reference": "part_reference"}.get(saying, saying), comparison
    if name in ("libelle", "Libelle"):
        return c.subject if name == "libelle" else f"{c.subject[:1].upper()}{c.subject[1:]}"
    if name in ("sens", "sens_effectif"):
        return _MOVES.get(c.finding if name == "sens" else c.count_finding, MISSING)
    if name in ("hasard", "verdict"):
        return say_chance(c) if name == "hasard" else c.verdict
    if name in ("avant", "maintenant"):
        share, count = {"avant": ("part_reference", "effectif_reference")}.get(name, ("part", "effectif"))
        return say_compared(c, share if share in c else count)
    if name == "difference":
        return say_compared(c, "ecart" if "ecart" in c else "ecart_effectif")
    if name.endswith(("intervalle", "enveloppe")):
        return say_interval(c, name.rpartition("_")[0], is_widest=name.endswith("enveloppe"))
    if name.endswith("_bornes"):
        return say_bounds(c, name.removesuffix("_bornes"))
    if name not in catalogue().measures:
        raise KeyError(name)
    if name not in c:
        return MISSING
    if name == "ecart" and (c.is_protected or c["ecart"].value is None):
        return Markup("{} points").format(say_bounds(c, name))
    said = say_measure(c, name)
    if c[name].is_exact or said == MISSING:
        return said
    if name in _COUNTS and not c.is_protected:
        return say_bounds(c, name)
    if name in _COUNTS or name == "ecart_effectif":
        return _about(c[name].value, c[name].high, c.key, name)
    is_p = name.startswith("p_") and plain(say_bounds(c, name)) != plain(said)
    return Markup("{} ({} selon les effectifs)").format(said, say_bounds(c, name)) if is_p else said


_COUNTS = ("effectif", "effectif_reference", "base", "base_reference")


# --- Sentences and fragments: the Jinja texts of ``texts/`` ---

_TAG = re.compile(r"<[^>]+>")
# Block tags separate words.
_BLOCK = re.compile(
    r"</?(?:p|br|li|ul|ol|div|t[rdh]|table|caption|d[tdl]|h\d|figure|figcaption|summary|details)\b[^>]*>"
)
_SPACE = re.compile(r"[ \n\t]+")
_FILTERS = {"effectif": say_count, "accord": agree}


@cache
def _environment() -> Environment:
    # StrictUndefined: a sentence with a missing value fails instead of showing « ».
    environment = Environment(
        loader=PackageLoader("helpers", "texts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    return environment


def plain(text: str) -> str:
    """The words of a fragment, without tags, spaces folded: for alt text and terminals.

    >>> text.plain("<p>2 233  <b>personnes</b></p>")
    '2 233 personnes'
    """
    return _SPACE.sub(" ", html.unescape(_TAG.sub("", _BLOCK.sub(" ", str(text))))).strip()


def fragment(template: str, **values) -> str:
    """The HTML of a template of ``texts/``, its values escaped; jinja2.UndefinedError when one is missing."""
    return _environment().get_template(template).render(**values)


def say(page: str, sentence: str, **values) -> Html:
    """A sentence of a page: the macro ``sentence`` of ``texts/<page>.j2``; jinja2.UndefinedError when a value is
    missing.

    >>> chiffre = indicators.Facts(data.load(2020, "indicateurs"), year=2020)
    >>> print(text.say("banner", "holdings", f=chiffre).text)
    Pour 2020, ce rapport s’appuie sur des chiffres imprimés, un tableau de nouveaux postes, le nombre de ...
    """
    text = _SPACE.sub(" ", str(getattr(_environment().get_template(f"{page}.j2").module, sentence)(**values))).strip()
    return Html(text, plain(text))
