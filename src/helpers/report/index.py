"""index.html, sites.html, and the example that git keeps."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from bs4 import BeautifulSoup
from markupsafe import Markup

from helpers.report.manifest import MANIFEST, STAMP, manifest_bytes, read_report
from helpers.report.page import INDEX, SITES, TEMPLATES, Page, lay_out, set_drawings_aside, templates

# --- index.html ---


class Summary(TypedDict):
    """What the index says of a page: its question, one line, and what its cells tagged ``index-constat`` say (HTML)."""

    name: str
    question: str
    description: str
    findings: list[str]


class File(TypedDict):
    """A file to be listed; its size is shown if it already exists."""

    href: str
    description: str


class Term(TypedDict):
    """A word of the glossary and its meaning."""

    term: str
    meaning: str


class IndexContext(TypedDict):
    """Everything the index shows. ``alert`` (above everything), ``holdings`` (what the year has received), ``opening``
    (its context), ``evidence`` (a figure, what changed) and ``foot`` are HTML; the rest is plain text.
    """

    title: str
    subtitle: str
    alert: str
    intro: str
    holdings: str
    opening: list[str]
    evidence: list[str]
    pages: list[Page]
    summaries: list[Summary]
    files: list[File]
    glossary: list[Term]
    document: str
    foot: str
    sites: str
    handouts: list[Page]


def _size(path: Path) -> str:
    """The size as French readers write it, decimal units; empty for a missing file."""
    if not path.is_file():
        return ""
    size = path.stat().st_size
    for unit, scale in (("Mo", 1_000_000), ("ko", 1_000)):
        if size >= scale:
            return f"{size / scale:.1f}\u00a0{unit}".replace(".", ",").replace(",0", "")
    return f"{size}\u00a0octets"


def _moved(html: str, href: str) -> Markup:
    """What a page says, fit for the index: its in-page links lead back to the page."""
    fragment = BeautifulSoup(html, "html.parser")
    for link in fragment.find_all("a", href=re.compile("^#")):
        link["href"] = href + link["href"]
    return Markup(str(fragment))


def _summary(summary: Summary, hrefs: dict[str, str]) -> dict:
    href = hrefs[summary["name"]]
    return {**summary, "findings": [_moved(html, href) for html in summary["findings"]], "href": href}


def write_index(folder: Path, *, context: IndexContext) -> None:
    """Writes ``index.html`` in the folder, which must hold the files whose size is shown (not the manifest, which seals
    it).

    Raises KeyError when a summary names no page.
    """
    hrefs = {page.name: page.href for page in context["pages"]}
    body = (
        templates()
        .get_template("accueil.html.j2")
        .render(
            title=context["title"],
            alert=Markup(context["alert"]),
            intro=context["intro"],
            sites=context.get("sites", ""),
            handouts=context.get("handouts", []),
            holdings=Markup(context["holdings"]),
            opening=[*map(Markup, context["opening"])],
            evidence=[*map(Markup, context["evidence"])],
            summaries=[_summary(summary, hrefs) for summary in context["summaries"]],
            files=[{**file, "size": _size(folder / file["href"])} for file in context["files"]],
            glossary=context["glossary"],
            document=context["document"],
        )
    )
    light, drawings = set_drawings_aside(body)
    html = lay_out(
        light,
        title=context["title"],
        current=None,
        pages=context["pages"],
        subtitle=context["subtitle"],
        foot=context["foot"],
        drawings=drawings,
    )
    (folder / INDEX).write_text(html, encoding="utf-8", newline="\n")


# --- sites.html: the reports of associations and collèges, made or not ---

_TITLE = "Les rapports par association et par collège"
_KINDS = {"association": "Associations", "college": "Collèges"}


class SiteEntry(TypedDict):
    """A site in the list; ``folder`` is empty when it has no report here, ``size`` is rounded or None."""

    name: str
    kind: str
    association: str
    folder: str
    is_small: bool
    size: int | None


def _largest(sites: Sequence[SiteEntry]) -> dict[str, int]:
    """The greatest size of each kind of site: its bar is the longest."""
    out = dict.fromkeys(_KINDS, 0)
    for site in sites:
        out[site["kind"]] = max(out[site["kind"]], site["size"] or 0)
    return out


def write_sites(folder: Path, sites: Sequence[SiteEntry], *, pages: list[Page], subtitle: str, least: int) -> None:
    """Write ``sites.html`` in the folder of the report: each site with its sheet, or why it has none.

    ``least`` is the number of persons from which a report is made.
    """
    body = (
        templates()
        .get_template("sites.html.j2")
        .render(
            title=_TITLE,
            least=least,
            has_unlinked=any(not site["folder"] for site in sites),
            largest=_largest(sites),
            parts=[
                (heading, [site for site in sites if site["kind"] == kind])
                for kind, heading in _KINDS.items()
                if any(site["kind"] == kind for site in sites)
            ],
        )
    )
    html = lay_out(
        BeautifulSoup(body, "html.parser"),
        title=_TITLE,
        current=SITES.removesuffix(".html"),
        pages=pages,
        subtitle=subtitle,
        foot="",
        template="apart.html.j2",
        more_style=(TEMPLATES / "sites.css").read_text(encoding="utf-8"),
        script=(TEMPLATES / "sites.js").read_text(encoding="utf-8"),
    )
    (folder / SITES).write_text(html, encoding="utf-8", newline="\n")


# --- The example kept in git: a published report without its stamp ---

# Written by hand beside the report.
READ_ME = "README.md"


def write_example(folder: Path, example: Path) -> None:
    """Copies the published report of ``folder`` into ``example``, whose other files go; the manifest loses its stamp.

    Raises ReportError when the report is missing or was changed.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     write_example(paths.reports() / "2020", pathlib.Path(dossier))
    ...     print("tampon" in pathlib.Path(dossier, "manifest.json").read_text(encoding="utf-8"))
    False
    """
    report = read_report(folder)
    manifest = manifest_bytes({key: value for key, value in report.manifest.items() if key != STAMP})
    files = {**report.files, MANIFEST: manifest}
    for path, content in files.items():
        (example / path).parent.mkdir(parents=True, exist_ok=True)
        (example / path).write_bytes(content)
    for path in [path for path in example.rglob("*") if path.is_file()]:
        if path.relative_to(example).as_posix() not in {*files, READ_ME}:
            path.unlink()
