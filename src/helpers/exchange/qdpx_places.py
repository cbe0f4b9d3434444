"""Where the passages of a REFI-QDA project are: which unit its tool counts in, and what its names of selections prove.

The specification counts code points. Tools differ. On the published projects tried, NVivo for Windows counts UTF-16
units (so 300 passages of 303 lie between two words, by code points 49) and names nothing; qc names a selection by its
line. ATLAS.ti, after QualCoder's source, counts a line end of two characters for one. The unit is that of a whole text,
never of a passage.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from helpers.exchange.codebook import ILLEGAL
from helpers.exchange.collected import Collected
from helpers.exchange.model import Passage
from helpers.exchange.units import Units

# Tools cut a name near 100 characters, some with a mark; a whole name is compared as a beginning too.
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
# Names looked for in their text, to know whether they are excerpts: enough to tell, whatever the size of the project.
_TRIED = 200
_WIDE = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Selection:
    """A coding as the file has it: positions in the unit of its tool, and the name that the tool gave, if any."""

    start: int
    end: int
    code: str
    coder: str
    memo: str
    name: str


@dataclass
class Text:
    """A text of the project with its selections."""

    name: str
    content: str
    attributes: dict[str, str]
    selections: list[Selection] = field(default_factory=list)


def add_texts(found: Collected, texts: list[Text], origin: str) -> None:
    """Adds documents and passages; a passage that its name contradicts is told and left."""
    are_excerpts = _are_excerpts(texts)
    if not are_excerpts and any(each.name for text in texts for each in text.selections):
        found.told.note("Les noms des sélections ne sont pas des extraits de leur texte : ils ne prouvent rien.")
    unproven = 0
    for text in texts:
        content, units = _reading(found, text, origin, are_excerpts)
        name = found.add_document(text.name, content, text.attributes)
        for one in text.selections:
            start, end = units.point(one.start), units.point(one.end)
            is_proven = are_excerpts and bool(one.name)
            if is_proven and not _begins(content, start, end, one.name) or not found.is_at(name, start, end, None):
                found.told.unmatched(name, one.start, one.end, one.code)
                continue
            unproven += not is_proven
            found.add_passage(Passage(name, start, end, "", one.code, one.coder, one.memo), None)
    if unproven:
        found.told.note(
            f"Positions dont seules les bornes se vérifient, faute d’extraits dans le fichier : {unproven}."
        )


def _words(text: str) -> str:
    """The text as a name can hold it: white space and what XML refuses are one space."""
    return " ".join(ILLEGAL.sub(" ", text).split())


def _begins(content: str, start: int, end: int, name: str) -> bool:
    """Whether a passage begins as it is named."""
    wanted = _words(_CUT.sub("", name))
    # White space apart, the beginning is no longer than the name.
    return 0 <= start < end and _words(content[start : min(end, start + 4 * len(name) + 200)]).startswith(wanted)


def _are_excerpts(texts: list[Text]) -> bool:
    """Whether this tool names selections by what they say: half of the names are in their text, wherever they are."""
    tried = [(text, one.name) for text in texts for one in text.selections if one.name][:_TRIED]
    contents = {key: _words(text.content) for key, text in {id(text): text for text, _ in tried}.items()}
    seen = sum(_words(_CUT.sub("", name)) in contents[id(text)] for text, name in tried)
    return bool(tried) and 2 * seen >= len(tried)


def _reading(found: Collected, text: Text, origin: str, are_excerpts: bool) -> tuple[str, Units]:
    """The text and its unit: those in which most excerpts are found, and else those known of the tool."""
    readings = [*_readings(text.content)]
    if are_excerpts:
        named = [one for one in text.selections if one.name][:_TRIED]
        fits = [
            sum(_begins(content, *_points(units, one), one.name) for one in named) for content, units, _ in readings
        ]
        content, units, note = readings[fits.index(max(fits))]
    else:
        is_wide = origin.startswith("NVivo")
        content, units, note = next((each for each in readings if is_wide and each[2] == _WIDE_NOTE), readings[0])
    if note:
        found.told.note(note)
    return content, units


_LINE_NOTE = "Les positions comptent chaque fin de ligne pour un caractère : les textes sont lus ainsi."
_WIDE_NOTE = "Les positions comptent un emoji pour deux caractères : elles sont lues ainsi."


def _readings(content: str) -> Iterator[tuple[str, Units, str]]:
    """The text and unit of the specification first, then those of tools, where they differ in this text."""
    yield content, Units.same(), ""
    short = content.replace("\r\n", "\n")
    if short != content:
        yield short, Units.same(), _LINE_NOTE
    if _WIDE.search(content):
        yield content, Units.of(content, _utf16), _WIDE_NOTE
        if short != content:
            yield short, Units.of(short, _utf16), f"{_LINE_NOTE} {_WIDE_NOTE}"


def _utf16(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _points(units: Units, one: Selection) -> tuple[int, int]:
    return units.point(one.start), units.point(one.end)
