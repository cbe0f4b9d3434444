"""The numbers of the pages: each mark must be the published number it names, every other must be explained by one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from helpers.auditor.explained import Explained
from helpers.auditor.finding import Finding
from helpers.auditor.knowledge import NOTHING
from helpers.auditor.marked import Marked
from helpers.auditor.numbers import Number, numbers_in
from helpers.auditor.release import Folder
from helpers.auditor.verdicts import EXACT
from helpers.auditor.written import Text, texts_of

# Where a figure stands in a document: « l. 67–83, 206 ».
_LINES = re.compile(r"\bl\.[\s\u00a0\u202f]*\d+(?:[–-]\d+)?(?:,[\s\u00a0\u202f]*\d+(?:[–-]\d+)?)*")


def faults_of(folder: Folder, root: Path, names: Sequence[str] = ()) -> list[Finding]:
    """The findings of the pages of a folder: marks that their table belies, numbers that nothing published explains.

    ``names`` are those of sites, whose own figures are not looked at.
    """
    named = re.compile("|".join(map(re.escape, names)), re.IGNORECASE) if names else None
    marked, explained = Marked(folder), Explained(folder)
    found = []
    for page in folder.pages:
        soup = read_page(page)
        place = page.relative_to(root).as_posix()
        said = [
            *marked.faults(soup),
            *_unexplained(soup, explained, is_strict=folder.site_type != "reseau", named=named),
        ]
        found += [Finding(EXACT, NOTHING, None, because=(f"{place} : {text}",)) for text in said]
    return found


def read_page(path: Path):
    """A page as a tree."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _unexplained(soup, explained: Explained, *, is_strict: bool, named: re.Pattern | None) -> Iterator[str]:
    """The numbers outside the marks that are neither shown nor computed from what is shown."""
    if not is_strict and not any(row.is_protected for row in explained.rows):
        return
    for text in texts_of(soup):
        text = replace(text, text=_LINES.sub("…", text.text))
        if named:
            text = replace(text, text=named.sub("…", text.text))
        scope = explained.scope(text.keys)
        # On the network's pages, a figure without a protected number has nothing to betray.
        if not is_strict and (text.is_prose or not any(row.is_protected for row in scope)):
            continue
        for number in _asked_of(text):
            if not is_strict and not explained.is_of_protected(number, text, scope):
                continue
            if not explained.has(number, text, scope):
                yield f"nombre que rien de publié n’explique, « {_around(text.text, number)} »"


def _asked_of(text: Text) -> list[Number]:
    """The numbers of a text that may stand for persons: all of those of a figure, in prose those that say so."""
    found = [number for number in numbers_in(text.text) if not number.is_year]
    if not text.is_prose:
        return found
    return [number for number in found if number.is_share or number.is_persons or number.is_points]


def _around(text: str, number: Number) -> str:
    return " ".join(text[max(0, number.start - 30) : number.end + 15].split())
