"""Numbers marked in HTML: each one names the figure it comes from, so that a reader, or a test, can go back to it."""

from collections.abc import Callable, Iterable
from functools import partial

from markupsafe import Markup

from helpers.facts import Fact
from helpers.schema import PRECISION_WORDS, PRECISIONS, SYNTHETIC_MEANING
from helpers.wording.formats import MISSING, number, percent

SYNTHETIC = "synthétique"
# What is rounded to protect persons; a share of a small group that nearly nobody, or nearly everybody, has.
ABOUT, UNDER, OVER = "environ {}", "moins de {}", "plus de {}"


class Html:
    """A piece of page: HTML in a notebook and a report, plain text elsewhere.

    >>> morceau = wording.Html("<b>42</b> personnes", "42 personnes")
    >>> morceau.text, str(morceau)
    ('42 personnes', '<b>42</b> personnes')
    """

    def __init__(self, html: str, text: str) -> None:
        self.html, self.text = html, text

    def __html__(self) -> str:
        return self.html

    __str__ = __html__

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        del include, exclude  # IPython's protocol names them
        return {"text/html": self.html, "text/plain": self.text}


def mark(text: str, value: float, key: str, measure: str, *, title: str = "") -> Markup:
    """The text as ``<data>`` with its raw value, the figure it comes from and what of it is said.

    >>> print(mark("42 %", 42, "2020/alses/sexe/filles", "part"))
    <data value="42" data-cle="2020/alses/sexe/filles" data-mesure="part">42 %</data>
    """
    cited = Markup(' title="{}"').format(title) if title else ""
    return Markup('<data value="{}" data-cle="{}" data-mesure="{}"{}>{}</data>').format(
        f"{float(value):.10g}", key, measure, cited, text
    )


def _shaped(name: str, word: str) -> Markup:
    return Markup('<span class="marque {}">{}</span>').format(name.replace("_", "-"), word)


def precision_mark(precision: str) -> Markup:
    """The visible mark of a precision (a key of `schema.PRECISIONS`): its word, in a class that gives it a shape.

    >>> print(wording.precision_mark("deduit"))
    <span class="marque deduit">déduit</span>
    """
    return _shaped(precision, PRECISION_WORDS[precision])


def synthetic_mark() -> Markup:
    """The visible mark of a figure counted in simulated records.

    >>> print(wording.synthetic_mark())
    <span class="marque synthetique">synthétique</span>
    """
    return _shaped("synthetique", SYNTHETIC)


def marks_of(fact: Fact) -> Markup:
    """How well a figure is known, after the mark of what is simulated if it is.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(marks_of(chiffre("alses/sexe/filles")))
    <span class="marque arrondi-imprime">arrondi</span>
    """
    known = precision_mark(fact.precision)
    return Markup("{} {}").format(synthetic_mark(), known) if fact.is_synthetic else known


def legend_of(facts: Iterable[Fact]) -> Markup:
    """What the marks of these figures mean, each once, in the order of the vocabulary.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(wording.plain(legend_of([chiffre("alses/sexe/filles"), chiffre("alses/accompagnements/")])))
    exact : compté ou imprimé à l’unité ; arrondi : part imprimée arrondie, qui encadre l’effectif
    """
    shown = list(facts)
    used = [
        *([(synthetic_mark(), SYNTHETIC_MEANING)] if any(fact.is_synthetic for fact in shown) else []),
        *(
            (precision_mark(name), meaning)
            for name, meaning in PRECISIONS.items()
            if any(fact.precision == name for fact in shown)
        ),
    ]
    return Markup(" ; ").join(Markup("{}\u00a0: {}").format(*pair) for pair in used)


def both_ends(pair: tuple, write: Callable[[float], str], key: str, measure: str, *, title: str = "") -> list[Markup]:
    """Both ends of an interval as marks, the measure bearing ``_min`` and ``_max``."""
    names = (f"{measure}_min", f"{measure}_max")
    return [mark(write(value), value, key, name, title=title) for value, name in zip(pair, names, strict=True)]


def _citation(fact: Fact) -> str:
    """Where a figure comes from; an export is named once on the page, not on each of its numbers."""
    return "" if fact.is_of_records else fact.citation


def _about(shown: int, most: int, key: str, measure: str) -> Markup:
    """A count rounded to protect persons: « environ 25 »; of a zero, what it may hide: « moins de 5 »."""
    if shown == 0:
        return mark(UNDER.format(number(most + 1)), shown, key, measure)
    return Markup(ABOUT).format(mark(number(shown), shown, key, measure))


def say_count(fact: Fact | None, *, cited: bool = True) -> Markup:
    """The count: « 2 233 », « entre 927 et 949 », or « pas de donnée »; without its source if the text gives it.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(wording.plain(say_count(chiffre("alses/sexe/filles"))), "|", say_count(None))
    entre 927 et 949 | pas de donnée
    """
    if fact is None or fact.counts is None:
        return Markup(MISSING)
    if fact.rounded is not None:
        return _about(fact.rounded, fact.counts[1], fact.key, "effectif_arrondi")
    low, high = both_ends(fact.counts, number, fact.key, "effectif", title=_citation(fact) if cited else "")
    between = "{} ou {}" if fact.counts[1] == fact.counts[0] + 1 else "entre {} et {}"
    return low if fact.is_known else Markup(between).format(low, high)


def say_share(fact: Fact | None, *, cited: bool = True) -> Markup:
    """The share as printed, or as counted: « 42 % »; bounds when only they are known; or « pas de donnée ».

    >>> print(say_share(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles"), cited=False))
    <data value="42" data-cle="2020/alses/sexe/filles" data-mesure="part">42 %</data>
    """
    if fact is None or (fact.share is None and fact.share_bounds is None):
        return Markup(MISSING)
    title = _citation(fact) if cited else ""
    for bound, words in ((fact.under, UNDER), (fact.over, OVER)):
        if bound is not None:
            return mark(words.format(percent(bound)), fact.share, fact.key, "part", title=title)
    if fact.share is not None:
        return mark(percent(fact.share, fact.decimals), fact.share, fact.key, "part", title=title)
    ends = both_ends(fact.share_bounds, partial(percent, decimals=1), fact.key, "part", title=title)
    return Markup("de {} à {}").format(*ends)


def say_base(fact: Fact | None) -> Markup:
    """The base of the share: « 2 233 » or « 1 017 à 1 038 »."""
    if fact is None or fact.base is None:
        return Markup(MISSING)
    if fact.rounded_base is not None:
        return _about(fact.rounded_base, fact.base[1], fact.key, "base_arrondie")
    low, high = both_ends(fact.base, number, fact.key, "base")
    return low if fact.base[0] == fact.base[1] else Markup("{} à {}").format(low, high)
