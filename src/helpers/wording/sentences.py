"""Sentences and fragments: the Jinja texts of ``texts/``, with strict names and escaped values."""

import html
import re
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from helpers.wording import marks, measures
from helpers.wording.formats import day
from helpers.wording.marks import Html

_TAG = re.compile(r"<[^>]+>")
# Their words stand apart on the page: they must not run together without it.
_BLOCK = re.compile(
    r"</?(?:p|br|li|ul|ol|div|t[rdh]|table|caption|d[tdl]|h\d|figure|figcaption|summary|details)\b[^>]*>"
)
_SPACE = re.compile(r"[ \n\t]+")


@cache
def _environment() -> Environment:
    # StrictUndefined: a sentence with a missing figure fails instead of reading « ».
    environment = Environment(
        loader=PackageLoader("helpers", "texts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        effectif=marks.say_count,
        part=marks.say_share,
        base=marks.say_base,
        ensemble=marks.say_whole,
        unite=marks.say_unit,
        clause=marks.clause,
        population=marks.population,
        accord=marks.agree,
        accord_base=marks.agree_with_base,
        mois=marks.month_mark,
        jour=lambda text: day(date.fromisoformat(text)),
        sujet=measures.subject,
        mesure=measures.say_measure,
        bornes=measures.say_bounds,
        environ=measures.say_about,
        intervalle=measures.say_interval,
        enveloppe=measures.say_envelope,
    )
    return environment


def compile_texts() -> None:
    """Compiles every text now, for a process that others are forked from: otherwise each is at its first use."""
    for name in _environment().list_templates():
        _environment().get_template(name)


def plain(text: str) -> str:
    """The words of a fragment, without tags, spaces folded: for alt text and terminals.

    >>> wording.plain("<p>2 233  <b>personnes</b></p>")
    '2 233 personnes'
    """
    return _SPACE.sub(" ", html.unescape(_TAG.sub("", _BLOCK.sub(" ", str(text))))).strip()


def fragment(template: str, **values) -> str:
    """The HTML of a template of ``texts/`` (figure, table, cards…), its values escaped.

    Raises
    ------
    jinja2.UndefinedError
        when a value that the template needs is not given.

    >>> wording.plain(wording.fragment("folded.html.j2", summary="4e & 3e", content="1 396 à 1 417 élèves"))
    '4e & 3e 1 396 à 1 417 élèves'
    """
    return _environment().get_template(template).render(**values)


def say(page: str, sentence: str, **values) -> Html:
    """A sentence of a page: the macro ``sentence`` of ``texts/<page>.j2``, ready to be displayed.

    Raises
    ------
    jinja2.UndefinedError
        when a value that the sentence needs is not given.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(wording.say("themes", "answered", f=chiffre).text)
    Sur 10 tensions, la synthèse répond à 8 : 4 par un levier, 3 par une recommandation, 1 par les deux. ...
    """
    text = _SPACE.sub(" ", str(getattr(_environment().get_template(f"{page}.j2").module, sentence)(**values))).strip()
    return Html(text, plain(text))
