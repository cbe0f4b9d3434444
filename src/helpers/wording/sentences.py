"""Sentences and fragments: the Jinja texts of ``texts/``, with strict names and escaped values."""

import html
import re
from datetime import date
from functools import cache
from types import CodeType

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from helpers.facts import in_site, place_beside, title_of_path
from helpers.wording import agreement, marks, measures
from helpers.wording.formats import coefficient, counted, day, number, percent, plural
from helpers.wording.marks import Html

_TAG = re.compile(r"<[^>]+>")
# Their words stand apart on the page: they must not run together without it.
_BLOCK = re.compile(
    r"</?(?:p|br|li|ul|ol|div|t[rdh]|table|caption|d[tdl]|h\d|figure|figcaption|summary|details)\b[^>]*>"
)
_SPACE = re.compile(r"[ \n\t]+")
# What the texts do with a figure, a place or a comparison.
_FILTERS = {
    "effectif": marks.say_count,
    "nomme": agreement.name,
    "part": marks.say_share,
    "situe": in_site,
    "chiffre": title_of_path,
    "ancre": place_beside,
    "base": marks.say_base,
    "ensemble": agreement.say_whole,
    "unite": agreement.say_unit,
    "clause": agreement.clause,
    "population": agreement.population,
    "accord": agreement.agree,
    "accord_base": agreement.agree_with_base,
    "mois": agreement.month_mark,
    "jour": lambda text: day(date.fromisoformat(text)),
    "sujet": measures.subject,
    "mesure": measures.say_measure,
    "bornes": measures.say_bounds,
    "environ": measures.say_about,
    "intervalle": measures.say_interval,
    "enveloppe": measures.say_envelope,
    "nombre": number,
    "coefficient": coefficient,
    "compte": counted,
    "pluriel": plural,
    "pourcent": percent,
}


class _Compiled(BytecodeCache):
    """The code of each text as it was compiled, for as long as the process and its forks live; its file is still read.

    So that who notes which files a notebook reads sees the texts it uses, and no other.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives the code back, if this very text was compiled."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _environment() -> Environment:
    # StrictUndefined: a sentence with a missing figure fails instead of reading « ».
    environment = Environment(
        loader=PackageLoader("helpers", "texts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_Compiled(),
    )
    environment.filters.update(_FILTERS)
    return environment


def compile_texts() -> None:
    """Compiles every text now, for a process that others are forked from: otherwise each is at its first use."""
    for name in _environment().list_templates():
        _environment().get_template(name)
    _environment().cache.clear()


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
    Sur 10 tensions, la synthèse répond à 7 : 3 par un levier, 3 par une recommandation, 1 par les deux. ...
    """
    text = _SPACE.sub(" ", str(getattr(_environment().get_template(f"{page}.j2").module, sentence)(**values))).strip()
    return Html(text, plain(text))
