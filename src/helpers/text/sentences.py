"""Sentences written in a notebook, their numbers bound to the indicators they speak of."""

import difflib
import numbers
import re
import string
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from helpers.indicators.comparisons import Comparison, comparison_of
from helpers.indicators.lookup import Fact, Facts, fact_of, full_path, rows_in, title_of_path
from helpers.schema import FOLDED, UNSAID, DataError, catalogue
from helpers.text.formats import (
    MISSING,
    Html,
    agree,
    clause,
    number,
    plain,
    population,
    say_base,
    say_compared,
    say_count,
    say_share,
    say_unit,
)
from helpers.typography import french_spaces

# What `{sexe/filles:part}` may ask of an indicator.
SAYINGS = {
    "part": say_share,
    "effectif": say_count,
    "base": say_base,
    "ensemble": lambda fact: Markup("{} {}").format(say_base(fact), population(fact)),
    "unite": say_unit,
    "libelle": lambda fact: fact.label,
    "population": population,
    "phrase": clause,  # « 42 % sont des filles », in the words of the catalogue
}
_AGREEMENT = "accord"  # {sexe/filles:accord est|sont}

# How the warning begins; `run` repeats it with its notebook and section.
TYPED = "Nombre écrit à la main"

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\((#?[\w./#-]+)\)")
# A number typed by hand: not « 4e », « UPE2A » or « n° 3 », whose digits are in a word or name something.
_NUMBER = re.compile(r"(?<![\w#/.,-])\d[\d\u202f\u00a0]*(?:,\d+)?(?![\w/-])")


class _Unknown(Exception):
    """A number that the year does not publish: its line is not shown."""


class _Frame:
    """The indicators, or the comparisons, in the rows of a frame, looked up like those of a year."""

    def __init__(self, frame: pd.DataFrame) -> None:
        read = comparison_of if "comparaison" in frame else fact_of
        self.rows = [read(row) for row in rows_in(frame)]

    def __call__(self, path: str) -> Fact | Comparison | None:
        found = [row for row in self.rows if _path_of(row) == path.rstrip("/")]
        if len(found) > 1 and isinstance(found[0], Comparison):
            told = ", ".join(each.key.split("/")[1] for each in found)
            raise DataError(f"« {path} » est dans plusieurs comparaisons ({told})\u00a0: filtrez-les par « nature ».")
        return next((row for row in found[::-1] if isinstance(row, Comparison) or row.precision not in UNSAID), None)


def _path_of(row: Fact | Comparison) -> str:
    return (row.path if isinstance(row, Comparison) else row.key.partition("/")[2]).rstrip("/")


def _check(path: str, field: str) -> None:
    """Refuses a path that the catalogue does not know: a slip must not make a sentence disappear."""
    perimeter, indicator, modality, *_ = [*path.split("/"), "", ""]
    entries = catalogue()
    entry = entries.indicators.get(indicator)
    answers = {*entry.modalities, *entry.groups, *entry.recorded} if entry else set()
    folded = modality.split(FOLDED)  # answers that a cross-tabulation counts together
    for kind, name, known in (
        ("de population", perimeter, entries.perimeters),
        ("d’indicateur", indicator, entries.indicators),
        *(("de réponse", each, {*answers, ""} if answers else {each}) for each in folded),
    ):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            meant = f"\u00a0; vouliez-vous dire « {near[0]} » ?" if near else "."
            raise DataError(f"« {{{field}}} » ne mène à aucun chiffre\u00a0: pas {kind} « {name} »{meant}")


def _compared(comparison: Comparison | None, saying: str, field: str) -> Any:
    if comparison is None:
        raise _Unknown
    try:
        said = say_compared(comparison, saying)
    except KeyError:
        raise DataError(f"« {{{field}}} » : « {saying} » n’est pas une mesure des comparaisons.") from None
    if MISSING in said:
        raise _Unknown
    return escape(said)


def _resolve(field: str, saying: str, figures: Any, others: Mapping[str, Any]) -> Any:
    """What stands for a field of a line; ``figures`` is one row when the field is empty."""
    first, _, rest = field.partition("/")
    if rest and "/" not in rest and isinstance(others.get(first, ""), Comparison | None):
        return _compared(others[first], rest, field)
    if not field and isinstance(figures, Comparison):
        return _compared(figures, saying, field)
    named = others.get(field)
    if field in others and not isinstance(named, Fact):
        value = named
        if value is None or value is pd.NA or value != value:
            raise _Unknown
        if isinstance(value, numbers.Number):
            value = number(value, int(saying or 0))
        if re.search(r"\d", str(value)):  # computed in the cell: it has no key
            return Markup('<span class="calcule">{}</span>').format(value)
        return escape(value)
    source, path = (others[first], rest) if rest and first in others else (figures, field)
    if isinstance(named, Fact):
        fact, saying = named, saying or "effectif"
    elif not field:
        fact = source
    elif "/" not in path:
        raise DataError(f"« {{{field}}} » n’est le nom d’aucune valeur : donnez-la à texte(…, {field}=…).")
    else:
        path = full_path(path)
        _check(path, field)
        looked = _Frame(source) if isinstance(source, pd.DataFrame) else source
        fact = None if looked is None else looked(path)
    if isinstance(fact, Comparison):
        return _compared(fact, saying, f"{field}:{saying}")
    if fact is None:
        raise _Unknown
    if saying.startswith(_AGREEMENT):
        one, _, many = saying.removeprefix(_AGREEMENT).strip().partition("|")
        return escape(agree(fact, one, many))
    if saying not in SAYINGS:
        known = ", ".join([*SAYINGS, f"{_AGREEMENT} singulier|pluriel"])
        raise DataError(
            f"« {{{field}:{saying}}} » : « {saying} » ne se demande pas à un chiffre ; écrivez l’un de : {known}."
        )
    if (saying == "part" and fact.share is None and fact.share_bounds is None) or (
        saying in ("effectif", "unite") and fact.counts is None
    ):
        raise _Unknown
    return SAYINGS[saying](fact)


def _line(line: str, figures: Any, others: Mapping[str, Any]) -> Markup:
    """A line with its numbers, bold and links."""
    out = Markup()
    for literal, field, saying, _ in string.Formatter().parse(line):
        if typed := _NUMBER.findall(literal):
            remedy = "donnez-le par sa clé, ou par un nom\u00a0: {n} et texte(…, n=…)"
            sys.stderr.write(f"{TYPED} ({', '.join(typed)}), faux une autre année\u00a0: {remedy}.\n")
        out += escape(french_spaces(literal))
        if field is not None:
            out += _resolve(field, saying or "", figures, others)
    html = _BOLD.sub(r"<strong>\1</strong>", str(out))
    return Markup(_LINK.sub(r'<a href="\2">\1</a>', html))


def _known_lines(lines: Iterable[Any], figures: Any, others: Mapping[str, Any]) -> list[Markup | None]:
    """The lines that can be said; None where a blank one parts two paragraphs."""
    out: list[Markup | None] = []
    for line in lines:
        if not line:
            continue
        for each in str(line).strip().split("\n"):
            is_of_rows = "{:" in each and isinstance(figures, pd.DataFrame)
            for source in _Frame(figures).rows if is_of_rows else [figures]:
                try:
                    out.append(_line(each.strip(), source, others) if each.strip() else None)
                except _Unknown:
                    continue
    return out


def sentence(template: str, figures: Any, **others: Any) -> Markup:
    """One line with its numbers, empty when one of them is unknown: the title of a figure, a caption."""
    return next((line for line in _known_lines([template], figures, others) if line), Markup())


def texte(
    lines: str | Iterable[Any], figures: Facts | pd.DataFrame | None = None, *, sinon: str = "", **others: Any
) -> Html:
    """The paragraphs and lists of a page, numbers bound by key.

    Each line is a sentence of its own: it leaves when a number in it is not published, so that the rest is said.
    A blank line begins a paragraph; « - » a list. What is None or False leaves too, a line or all of them,
    so that a condition is written as Python::

        texte(["{sexe/filles:part} sont des filles.", majorite and "Elles sont majoritaires."], chiffre)

    ``{niveau/4e_3e:part}`` is the share, in words, of an indicator of the persons followed by the ALSES; before it may
    stand another population (``prevention_specialisee/…``) or a source passed by name (``{avant/sexe/filles:part}``
    with ``avant=chiffre_avant``). What may be asked: part, effectif, base, ensemble, unite, libelle, phrase, population
    and ``accord est|sont``. ``{n}`` is a value passed by name: a number, written in French (``{n:1}``: one decimal), or
    a `Fact`, of which its count is said unless something else is asked. ``figures`` is what is looked up: the
    indicators of a year, or a frame whose rows have their columns, so that a filter keeps its word; a line whose key
    has no path (``{:part}``) is said once a row of it. A comparison (a row of
    `analysis.comparisons.table`, or one passed by name: ``{filles/ecart}``) says what `say_compared` lists.
    ``sinon`` is shown when nothing is left.

    Raises
    ------
    DataError
        when a key names nothing in the catalogue, or asks for what an indicator does not have.
    """
    said = _known_lines([lines] if isinstance(lines, str) else lines or [], figures, others)
    if not any(said) and sinon:
        said = _known_lines([sinon], figures, others)
    blocks: list[tuple[str, list[Markup]]] = []
    for line in said:
        if line is None:
            blocks.append(("", []))
            continue
        kind = "ul" if line.startswith("- ") else "p"
        if not blocks or blocks[-1][0] != kind:
            blocks.append((kind, []))
        blocks[-1][1].append(line)
    html = Markup("\n").join(
        Markup("<p>{}</p>").format(Markup(" ").join(content))
        if kind == "p"
        else Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(item[2:]) for item in content))
        for kind, content in blocks
        if content
    )
    return Html(str(html), plain(str(html)))


def renvoi(statements: pd.DataFrame, topic: str, figures: Facts) -> Html:
    """The line that leads from a section of page 02 to what the meetings said of its subject (page 04).

    ``statements`` has the schema ``enonces``, ``topic`` is one of the catalogue. Empty when no statement is linked to a
    published figure of the topic.
    """
    entries = catalogue().indicators
    linked = {path for path in statements["indicateur_lie"] if path and entries[path.split("/")[1]].topic == topic}
    count = f"enonces/rubrique_liee/{topic}"
    line = f"Les réunions en parlent aussi : [{{{count}:effectif}} {{{count}:accord énoncé|énoncés}}](04_themes.html)."
    return texte(line if any(map(figures, linked)) else "", figures)


# Below this base a share would look more precise than it is: the count is given instead.
SHARE_FROM_BASE = 100
_PAGE = "02_describe.html"


def value_of(fact: Fact | None) -> Markup:
    """A value in its shortest words: a count on a base below ``SHARE_FROM_BASE``, else a share."""
    if fact and fact.counts and fact.base and fact.base[1] < SHARE_FROM_BASE:
        return Markup("{} sur {}").format(say_count(fact), say_base(fact))
    return say_share(fact)


def named_value(path: str, figures: Facts, *, is_linked: bool = False) -> Html:
    """A value with its name, and if ``is_linked`` its population and the way to its section of page 02: a cell of a
    table. An unpublished value leads nowhere: its section may not be on the page.

    >>> chiffres = indicators.Facts(data.load(2020, "indicateurs"), year=2020)
    >>> for chemin in ("postes/equipe_sur_le_quartier/non", "alses/sexe/filles", "alses/niveau/3e"):
    ...     print(text.named_value(chemin, chiffres).text)
    Équipe de prévention sur le quartier : non, 6 sur 17
    Sexe : filles, 42 %
    Niveau de classe : 3e, pas de donnée
    """
    fact, name = figures(path), title_of_path(path)
    among = Markup(" ({})").format(population(fact)) if is_linked and fact else ""
    anchor = catalogue().anchors.get(catalogue().indicators[path.split("/")[1]].topic)
    if among and anchor:
        name = Markup('<a href="{}#{}">{}</a>').format(_PAGE, anchor, name)
    html = Markup("{}, {}{}").format(name, value_of(fact), among)
    return Html(str(html), plain(html))
