"""The page around a body: banner, contents, previous and next, foot. Notebook pages and index.html share it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers.publish.outline import arrange, box_tables, contents
from helpers.publish.typeset import number_figures, typeset

TEMPLATES = Path(__file__).resolve().parents[1] / "page"
REPORT = "Les ALSES du Nord"
INDEX = "index.html"


@dataclass(frozen=True)
class Page:
    """A page of the report: its notebook's name, its title in menus, its file beside the others."""

    name: str
    title: str
    href: str


def report_subtitle(year: int, compare_to: int | None) -> str:
    """The year, and the one it is compared with."""
    return f"Année {year}, comparée à {compare_to}" if compare_to else f"Année {year}"


@cache
def templates() -> Environment:
    """The templates of the page folder, escaping what they print."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _neighbours(pages: list[Page], current: str | None) -> tuple[Page | None, Page | None]:
    place = -1 if current is None else [page.name for page in pages].index(current)
    return (pages[place - 1] if place > 0 else None), (pages[place + 1] if place + 1 < len(pages) else None)


def _foot(html: str) -> Markup:
    foot = BeautifulSoup(html, "html.parser")
    typeset(foot)
    box_tables(foot)
    return Markup(str(foot))


def lay_out(
    body: BeautifulSoup, *, title: str, current: str | None, pages: list[Page], subtitle: str, foot: str
) -> str:
    """The full page, the same text for the same arguments; ``current`` is None for the index. ``foot`` is HTML.

    Raises
    ------
    ValueError
        when ``current`` is not one of ``pages``.
    """
    number_figures(body)
    typeset(body)
    arrange(body)
    previous, following = _neighbours(pages, current)
    return (
        templates()
        .get_template("gabarit.html.j2")
        .render(
            title=title,
            subtitle=subtitle,
            report=REPORT,
            index=INDEX,
            style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
            pages=pages,
            current=current,
            previous=previous,
            next=following,
            entries=contents(body),
            body=Markup(str(body).strip()),
            foot=_foot(foot),
        )
        .strip()
        + "\n"
    )
