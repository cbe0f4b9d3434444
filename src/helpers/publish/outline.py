"""The outline of a page: stable names for its headings, links that find them, contents."""

import re
import unicodedata
from urllib.parse import unquote

from bs4 import BeautifulSoup

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]

# The page around the body uses these names for its skip link and its foot (gabarit.html.j2).
_RESERVED = {"contenu", "provenance"}

# What Unicode does not take apart: letters that French uses and that no accent explains.
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def slug(text: str) -> str:
    """The text as an anchor: lower case, no accent, hyphens; ``section`` when nothing is left.

    >>> slug("Qu’est-ce qu’un « cœur de métier » ?")
    'qu-est-ce-qu-un-coeur-de-metier'
    """
    letters = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def text_of(tag) -> str:
    """The words of a tag on one line."""
    # Not split(): it would also turn the no-break spaces of French into spaces that break.
    return re.sub(r"[ \t\r\n]+", " ", tag.get_text()).strip()


def _name_headings(body: BeautifulSoup) -> None:
    taken = _RESERVED | {tag["id"] for tag in body.find_all(id=True)}
    for heading in body.find_all(HEADINGS):
        if heading.get("id"):
            continue
        wanted = name = slug(text_of(heading))
        rank = 1
        while name in taken:
            rank += 1
            name = f"{wanted}-{rank}"
        taken.add(name)
        heading["id"] = name


def _mend_links(body: BeautifulSoup) -> None:
    """Links written for JupyterLab (``#Les-élèves``) reach the same heading in the page (``#les-eleves``)."""
    names = {tag["id"] for tag in body.find_all(id=True)}
    for link in body.find_all("a", href=re.compile("^#.")):
        target = unquote(link["href"][1:])
        if target not in names and slug(target) in names:
            link["href"] = f"#{slug(target)}"


def arrange(body: BeautifulSoup) -> None:
    """Gives the body unique heading ids and working in-page links, in place."""
    _name_headings(body)
    _mend_links(body)


def contents(body: BeautifulSoup) -> list[dict]:
    """The h2 as ``{id, text, children}``, the h3 that follow each as its children, in reading order."""
    entries: list[dict] = []
    for heading in body.find_all(["h2", "h3"]):
        entry = {"id": heading["id"], "text": text_of(heading), "children": []}
        is_child = heading.name == "h3" and entries
        (entries[-1]["children"] if is_child else entries).append(entry)
    return entries
