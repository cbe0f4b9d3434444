"""The page around a body: banner, contents, previous and next, foot. Notebook pages and index.html share it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers.publish.keys import share_keys
from helpers.publish.outline import arrange, contents
from helpers.publish.stack import box_tables, quoted, stack_tables
from helpers.publish.typeset import number_figures, typeset
from helpers.typography import french_spaces

TEMPLATES = Path(__file__).resolve().parents[1] / "page"
REPORT = "Les ALSES du Nord"
INDEX = "index.html"


class _Light(HTMLFormatter):
    """Writes < and > as they are in a value, where HTML allows it: a drawing has two of them a word."""

    def attribute_value(self, value: str) -> str:
        return value.replace("&", "&amp;")


_LIGHT = _Light(entity_substitution=EntitySubstitution.substitute_xml)


@dataclass(frozen=True)
class Page:
    """A page of the report: its notebook's name, its title in menus, its file beside the others.

    >>> publish.Page("02_describe", "Portrait de l’année", "02_describe.html").href
    '02_describe.html'
    """

    name: str
    title: str
    href: str


def report_subtitle(year: int, compare_to: int | None) -> str:
    """The year, and the one it is compared with.

    >>> publish.report_subtitle(2020, 2019), publish.report_subtitle(2020, None)
    ('Année 2020, comparée à 2019', 'Année 2020')
    """
    return f"Année {year}, comparée à {compare_to}" if compare_to else f"Année {year}"


def template_files() -> list[Path]:
    """The files that decide how a page looks, beside the code.

    >>> [path.name for path in publish.template_files()][-1]
    'style.css'
    """
    return sorted(path for path in TEMPLATES.iterdir() if path.is_file())


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


@cache
def _sheet() -> str:
    """The style sheet, without what only its authors need: each page carries it."""
    text = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # A line that ends neither a declaration nor a list goes on in the next, which a blank must keep apart.
    return "".join(line if line[-1] in "{};," else f"{line}\n" for line in lines) + "\n"


def _paper(subtitle: str, pages: list[Page]) -> str:
    """What a sheet of paper says of the report: its name and year in the margin, the file that a link leads to."""
    head = f"{REPORT}, {subtitle[:1].lower()}{subtitle[1:]}"
    links = "\n".join(
        f"main a[href^={quoted(page.href)}]::after {{ content: {quoted(f' ({page.href})')}; }}" for page in pages
    )
    return f"@page {{ @top-left {{ content: {quoted(head)}; }} }}\n@media print {{\n{links}\n}}\n"


def lay_out(
    body: BeautifulSoup,
    *,
    title: str,
    current: str | None,
    pages: list[Page],
    subtitle: str,
    foot: str,
    number: int | None = None,
    template: str = "gabarit.html.j2",
    index: str = INDEX,
) -> str:
    """The full page, the same text for the same arguments; ``current`` is None for the index. ``foot`` is HTML.

    ``number`` stands before the place of each figure: « Figure 2.3 ». A page apart from the report has its own
    ``template``, and ``index`` leads from it to the report.

    Raises
    ------
    ValueError
        when ``current`` is not one of ``pages``.
    """
    bottom = BeautifulSoup(foot, "html.parser")
    number_figures(body, number)
    for part in (body, bottom):
        typeset(part)
        box_tables(part)
        share_keys(part)
    arrange(body)
    style = _sheet() + stack_tables(body, bottom) + _paper(french_spaces(subtitle), pages)
    previous, following = _neighbours(pages, current)
    return (
        templates()
        .get_template(template)
        .render(
            title=title,
            subtitle=subtitle,
            report=REPORT,
            index=index,
            style=Markup(style),
            pages=pages,
            current=current,
            previous=previous,
            next=following,
            entries=contents(body),
            body=Markup(body.decode(formatter=_LIGHT).strip()),
            foot=Markup(bottom.decode(formatter=_LIGHT).strip()),
        )
        .strip()
        + "\n"
    )
