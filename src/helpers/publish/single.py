"""The whole report in one HTML file: every page after the other, every link led to its place in it."""

import base64
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote

from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from helpers.publish.checks import REFERENCES
from helpers.publish.layout import INDEX, REPORT, TEMPLATES, report_subtitle, templates
from helpers.publish.manifest import fingerprint
from helpers.publish.outline import HEADINGS, contents
from helpers.publish.sealed import Report
from helpers.publish.styles import merge_styles

# The index gives its title to the document, and takes this one.
_INDEX_TITLE = "L’essentiel"

_LINKS = frozenset(("href", "xlink:href"))
_KINDS = {".csv": "text/csv;charset=utf-8", ".json": "application/json"}


@dataclass(frozen=True)
class _Sheet:
    """A page, before its parts take their place in the single file."""

    path: str
    soup: BeautifulSoup

    @property
    def name(self) -> str:
        """What its ids begin with, and the id of its title: ``02_describe``."""
        return self.path.removesuffix(".html").replace("/", "-")

    @cached_property
    def parts(self) -> list[Tag]:
        """What is kept of the page: what it says, and what it is made from."""
        return [self.soup.select_one("main#contenu"), self.soup.select_one("footer.pied")]

    @cached_property
    def _openings(self) -> set[str]:
        """The anchors that mean the page as a whole."""
        return {"", "contenu", self.parts[0].find("h1").get("id", "")}

    def anchor(self, name: str) -> str:
        """The id in the single file of what bears this id in the page."""
        return self.name if name in self._openings else f"{self.name}--{name}"


def _data(path: str, content: bytes) -> str:
    kind = _KINDS.get(posixpath.splitext(path)[1], "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _lead(link: Tag, sheet: _Sheet, sheets: dict[str, _Sheet], report: Report) -> None:
    """The link goes to its place in the single file, or holds the file that it offers, in place."""
    for name in _LINKS & link.attrs.keys():
        path, _, anchor = link[name].partition("#")
        path = unquote(path.partition("?")[0])
        target = posixpath.normpath(posixpath.join(posixpath.dirname(sheet.path), path)) if path else sheet.path
        if target in sheets:
            link[name] = "#" + quote(sheets[target].anchor(unquote(anchor)))
        elif target in report.files:
            link[name] = _data(target, report.files[target])
            link["download"] = posixpath.basename(target)


def _rename(tag: Tag, sheet: _Sheet) -> None:
    """The ids of the tag, and those it refers to, become those of the single file, in place."""
    if tag.get("id"):
        tag["id"] = sheet.anchor(tag["id"])
    for name in REFERENCES & tag.attrs.keys():
        tag[name] = " ".join(sheet.anchor(word) for word in " ".join(tag.get_attribute_list(name)).split())
    for name, value in tag.attrs.items():
        if isinstance(value, str) and "url(#" in value:
            tag[name] = re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{sheet.anchor(found[1])})", value)


def _adapt(sheet: _Sheet, sheets: dict[str, _Sheet], report: Report) -> None:
    for part in sheet.parts:
        for tag in part.find_all(True):
            _lead(tag, sheet, sheets, report)
            _rename(tag, sheet)
        for heading in part.find_all(HEADINGS):
            heading.name = f"h{min(int(heading.name[1]) + 1, 6)}"


def _title(sheet: _Sheet) -> str:
    """The title of the page once adapted, after which the page is named in the single file.

    That of the index becomes the title of the document, so the index takes another.
    """
    heading = sheet.parts[0].find("h2")
    title = heading.get_text()
    heading["class"], heading["id"] = [*heading.get("class", []), "titre-page"], sheet.name
    if sheet.path == INDEX:
        heading.string = _INDEX_TITLE
    return title


def single_page(report: Report) -> str:
    """The report as one page: the same text for the same report.

    Ids begin with the name of their page, headings go one level down under the title of the index, links between
    pages stay inside, files are in the links that offer them.
    """
    sheets = {path: _Sheet(path, BeautifulSoup(report.files[path], "html.parser")) for path in report.pages}
    in_order = list(sheets.values())
    style = merge_styles({sheet.name: sheet.soup for sheet in in_order})
    own = (TEMPLATES / "ensemble.css").read_text(encoding="utf-8")
    for sheet in in_order:
        _adapt(sheet, sheets, report)
    title, *_ = [_title(sheet) for sheet in in_order]
    parameters = report.manifest["parameters"]
    page = templates().get_template("ensemble.html.j2")
    return (
        page.render(
            title=title,
            report=REPORT,
            subtitle=report_subtitle(parameters["year"], parameters.get("compare_to")),
            index=f"#{in_order[0].name}",
            style=Markup(style + own),
            entries=[entry for sheet in in_order for entry in contents(sheet.parts[0])],
            sheets=[
                [Markup(part) for part in (sheet.parts[0].decode_contents(), sheet.parts[1])] for sheet in in_order
            ],
            fingerprint=fingerprint(report.manifest),
        ).strip()
        + "\n"
    )
