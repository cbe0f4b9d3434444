"""What must be true of every page before it leaves: links, ids, images, tables, headings, nothing from outside."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from helpers.report.manifest import MANIFEST
from helpers.report.page import HEADINGS, POLICY, TEMPLATES, policy_of

# Bytes. A report goes by mail as a handful of pages; a heavier one holds a picture that should be a drawing.
MAX_PAGE_BYTES = 700_000
# Bytes. The whole report in one file still passes through any mail box.
MAX_SINGLE_BYTES = 3_000_000

# Attributes that refer to ids of other elements.
REFERENCES = frozenset(
    ("aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "aria-owns", "for", "headers")
)

# The one script that a page may have: without it, the list of sites is whole.
_SCRIPT = (TEMPLATES / "sites.js").read_text(encoding="utf-8")
_FORBIDDEN = ["iframe", "object", "embed", "base", "form"]
_ADDRESSES = {"src", "href", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"}
_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
_SAYING = {"script", "style", "caption", *HEADINGS}  # tags whose text is looked at
_IN_CSS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""", re.IGNORECASE)


@dataclass
class _Tag:
    """A tag, how many tags of the page are before it and up to its end, and what it says if that is looked at."""

    name: str
    attrs: dict[str, str]
    place: int
    end: int | None = None
    text: str = ""


class _Document(HTMLParser):
    """A page: its tags in order and its ids; a tree would take twice as long, and a report can have a hundred pages."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[_Tag] = []
        self._open: list[_Tag] = []
        self._said = _Tag("", {}, 0, end=0)
        self.feed(html)
        self.close()
        self.ids = [tag.attrs["id"] for tag in self.tags if "id" in tag.attrs]

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _Tag(name, {key: value or "" for key, value in attrs}, len(self.tags))
        self.tags.append(tag)
        self._open.append(tag)
        if name in _SAYING:
            self._said = tag

    def handle_endtag(self, name: str) -> None:
        if name in [tag.name for tag in self._open]:
            closed = ""
            while closed != name:  # what has no end of its own ends here too
                self._open[-1].end = len(self.tags)
                closed = self._open.pop().name

    def handle_data(self, text: str) -> None:
        if self._said.end is None:
            self._said.text += text

    def inside(self, tag: _Tag, *names: str) -> list[_Tag]:
        return [each for each in self.tags[tag.place + 1 : tag.end] if not names or each.name in names]

    def named(self, *names: str) -> list[_Tag]:
        return [tag for tag in self.tags if tag.name in names]


@dataclass(frozen=True)
class _Looked:
    """Faults of a page, the ids that links may lead to, the addresses of its own links."""

    faults: tuple[str, ...]
    ids: frozenset[str]
    addresses: tuple[str, ...]


@lru_cache(maxsize=1024)  # each page, whose check comes when it is made, then again with those that it links to
def _look(content: bytes) -> _Looked:
    page = _Document(content.decode("utf-8"))
    faults = tuple(fault for rule in _RULES for fault in rule(page))
    return _Looked(faults, frozenset(page.ids), tuple(address for _, address in _addresses(page)))


def look_at(path: Path) -> None:
    """Checks a page ahead of `check_pages`: results are cached by its bytes."""
    _look(path.read_bytes())


def _clean(address: str) -> str:
    """The address as a browser reads it: without line ends and tabs, nor blanks around."""
    return re.sub(r"[\t\r\n]", "", address).strip()


def _addresses(page: _Document) -> Iterator[tuple[str, str]]:
    """Where each address stands, and the address."""
    for tag in page.tags:
        for name in sorted(_ADDRESSES & tag.attrs.keys()):
            if tag.attrs[name]:
                yield f"<{tag.name} {name}>", _clean(tag.attrs[name])
        for address in _IN_CSS.findall(tag.attrs.get("style", "")):
            yield f"<{tag.name} style>", address
    for sheet in page.named("style"):
        for address in _IN_CSS.findall(sheet.text):
            yield "<style>", address


def _outside(page: _Document) -> Iterator[str]:
    for place, address in _addresses(page):
        if _OUTSIDE.match(address) and not address.lower().startswith(("data:", "mailto:")):
            yield f"adresse extérieure « {address} » dans {place}"
    for tag in (each for each in page.named("meta") if each.attrs.get("http-equiv", "").lower() == "refresh"):
        yield f"renvoi automatique « {tag.attrs.get('content', '')} »"


def _links(name: str, pages: dict[str, _Looked], files: set[str]) -> Iterator[str]:
    for address in pages[name].addresses:
        if _OUTSIDE.match(address):
            continue
        path, _, anchor = address.partition("#")
        path = unquote(path.partition("?")[0])
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        if target.startswith(".."):
            yield f"le lien « {address} » sort du dossier du rapport"
        elif target not in files:
            yield f"le lien « {address} » mène à un fichier absent"
        elif anchor and target in pages and unquote(anchor) not in pages[target].ids:
            yield f"le lien « {address} » mène à une ancre absente"


def _scripts(page: _Document, *, is_own: bool) -> list:
    return [tag for tag in page.named("script") if (tag.text == _SCRIPT and not tag.attrs) == is_own]


def _active(page: _Document) -> Iterator[str]:
    for tag in [*_scripts(page, is_own=False), *page.named(*_FORBIDDEN)]:
        yield f"élément interdit <{tag.name}>"
    for tag in page.tags:
        for name in tag.attrs:
            if name.lower().startswith("on"):
                yield f"attribut interdit « {name} » dans <{tag.name}>"


def _ids(page: _Document) -> Iterator[str]:
    for name, count in Counter(page.ids).items():
        if count > 1:
            yield f"l’identifiant « {name} » sert {count} fois"


def _references(page: _Document) -> Iterator[str]:
    for tag in page.tags:
        for name in REFERENCES & tag.attrs.keys():
            for given in tag.attrs[name].split():
                if given not in page.ids:
                    yield f"l’attribut « {name} » de <{tag.name}> nomme un identifiant absent, « {given} »"


def _images(page: _Document) -> Iterator[str]:
    for rank, image in enumerate(page.named("img"), start=1):
        is_decoration = image.attrs.get("role") in ("presentation", "none") and "alt" in image.attrs
        if not image.attrs.get("alt", "").strip() and not is_decoration:
            yield f"l’image nº {rank} n’a pas de texte de remplacement (alt)"


def _headings(page: _Document) -> Iterator[str]:
    titles = page.named("h1")
    if len(titles) != 1:
        yield f"il faut un seul titre h1 ; il y en a {len(titles)}"
    level = 0
    for heading in page.named(*HEADINGS):
        here = int(heading.name[1])
        if here > level + 1:
            yield f"le titre « {heading.text.strip()} » saute du niveau {level} au niveau {here}"
        level = here


def _tables(page: _Document) -> Iterator[str]:
    for rank, table in enumerate(page.named("table"), start=1):
        if not any(caption.text.strip() for caption in page.inside(table, "caption")):
            yield f"le tableau nº {rank} n’a pas de légende (caption)"
        headers = page.inside(table, "th")
        if not headers or any(not header.attrs.get("scope") for header in headers):
            yield f"le tableau nº {rank} a des en-têtes (th) absents ou sans portée (scope)"


def _weight(size: int, bound: int) -> Iterator[str]:
    if size > bound:
        yield f"la page pèse {size // 1000}\u00a0ko, plus que les {bound // 1000}\u00a0ko permis"


def _language(page: _Document) -> Iterator[str]:
    if [tag.attrs.get("lang") for tag in page.named("html")] != ["fr"]:
        yield 'la langue de la page n’est pas déclarée (lang="fr")'


def _policy(page: _Document) -> Iterator[str]:
    # It binds only what comes after it: nothing but the encoding may come before.
    head = [tag for head in page.named("head")[:1] for tag in page.inside(head)]
    first = next((tag.attrs for tag in head if tag.name != "meta" or "charset" not in tag.attrs), {})
    wanted = policy_of(_SCRIPT) if _scripts(page, is_own=True) else POLICY
    if (first.get("http-equiv"), first.get("content")) != ("Content-Security-Policy", wanted):
        yield "la politique de sécurité (Content-Security-Policy) n’est pas celle des rapports, en tête de page"


_RULES = (_language, _policy, _active, _outside, _ids, _references, _images, _headings, _tables)


def check_pages(folder: Path, *, bound: int = MAX_PAGE_BYTES) -> list[str]:
    """One French sentence for each fault of the HTML pages under the folder; ``bound`` in bytes."""
    # The manifest reports the outcome of these checks, so it is written after them: a link to it is valid already.
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} | {MANIFEST}
    contents = {name: (folder / name).read_bytes() for name in sorted(files) if name.endswith(".html")}
    pages = {name: _look(content) for name, content in contents.items()}
    problems = []
    for name, page in pages.items():
        found = [*_weight(len(contents[name]), bound), *page.faults, *_links(name, pages, files)]
        problems += [f"{name}\u00a0: {fault}." for fault in dict.fromkeys(found)]
    return problems
