"""What stands around the body of a page: layout, outline, typography, tables, styles."""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, NavigableString, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers.errors import BusyError, PublicationError, ReportError  # noqa: F401 (this room takes them from here)
from helpers.palette import dark_rules
from helpers.typography import WIDE, french_spaces

# --- Heading ids, in-page links, contents ---

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]

# Names of the skip link and the foot (gabarit.html.j2).
_RESERVED = {"contenu", "provenance"}

# Letters that Unicode does not decompose.
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def slug(text: str) -> str:
    """The text as an anchor: lower case, no accent, hyphens; ``section`` when nothing is left.

    >>> slug("Qu’est-ce qu’un « cœur de métier » ?")
    'qu-est-ce-qu-un-coeur-de-metier'
    """
    letters = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser", store_line_numbers=False)


def tags(body: Tag, *names: str) -> list[Tag]:
    """The tags of these names, all of them without any, in reading order; the filters of ``find_all`` are slow."""
    return [tag for tag in body.descendants if isinstance(tag, Tag) and (not names or tag.name in names)]


def text_of(tag) -> str:
    # Not split(): it would turn no-break spaces into breaking ones.
    return re.sub(r"[ \t\r\n]+", " ", tag.get_text()).strip()


def arrange_body(body: BeautifulSoup) -> None:
    """Gives the body unique heading ids and working in-page links, in place.

    Links written for JupyterLab (``#Les-élèves``) reach the same heading in the page (``#les-eleves``).
    """
    names = {tag["id"] for tag in tags(body) if tag.get("id")}
    for heading in tags(body, *HEADINGS):
        if not heading.get("id"):
            wanted = slug(text_of(heading))
            known = _RESERVED | names
            ranked = (f"{wanted}-{rank}" for rank in count(2))
            heading["id"] = next(name for name in chain([wanted], ranked) if name not in known)
            names.add(heading["id"])
    for link in tags(body, "a"):
        address = link.get("href", "")
        target = unquote(address[1:])
        if address[:1] == "#" and target and target not in names and slug(target) in names:
            link["href"] = f"#{slug(target)}"


def contents(body: BeautifulSoup) -> list[dict]:
    """The h2 as ``{id, text, children}``, with the h3 that follow, in reading order."""
    entries: list[dict] = []
    for heading in tags(body, "h2", "h3"):
        entry = {"id": heading["id"], "text": text_of(heading), "children": []}
        is_child = heading.name == "h3" and entries
        (entries[-1]["children"] if is_child else entries).append(entry)
    return entries


# --- Tables on every screen: a scrolling box; tables of many columns stack their rows on a phone ---
# A stacked row shows the column name before each value: the style sheet finds it in the table (``--c2`` …).

# Two columns fit on a phone, and three when the last two are numbers. A matrix is read along its columns: it scrolls.
STACKED_FROM = 3
MATRIX = "matrice"
_NUMBERS = {"n2", "n3"}  # how a table says that these columns are numbers
NOTHING = "—"  # what a cell without value shows

# A browser that draws rows or cells as blocks may lose their semantics, so roles restate them; heads keep theirs.
_ROLES = {"table": "table", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def box_tables(body: BeautifulSoup) -> None:
    """Puts each table in a scrolling box that the keyboard reaches and a screen reader names, in place."""
    for table in tags(body, "table"):
        box = table.find_parent(class_="table-boite") or table.wrap(body.new_tag("div", attrs={"class": "table-boite"}))
        caption = table.caption
        box.attrs.setdefault("role", "group")
        box.attrs.setdefault("tabindex", "0")
        box.attrs.setdefault("aria-label", text_of(caption) if caption else "Tableau")


def _heads(table: Tag) -> tuple[str, ...]:
    row = table.thead and table.thead.tr
    return tuple(text_of(cell) for cell in tags(row, "th")) if row else ()


def css_string(text: str) -> str:
    """The text as a CSS string that can neither end nor close the sheet."""
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '"\\<' else sign for sign in text) + '"'


def _say_roles(table: Tag) -> None:
    for tag in (table, *tags(table, "tbody", "tr", "td")):
        if tag.name != "tr" or tag.find_parent("tbody"):
            tag["role"] = _ROLES[tag.name]
        if tag.name == "td" and text_of(tag) == NOTHING:
            tag["class"] = "vide"  # a stacked row leaves out what it does not have


def stack_tables(*parts: BeautifulSoup) -> None:
    """Marks the tables of many columns, in place, and gives each the names of its columns for a phone."""
    for table in (table for part in parts for table in tags(part, "table")):
        heads, known = _heads(table), table.get("class", [])
        if len(heads) < STACKED_FROM or MATRIX in known or (len(heads) == STACKED_FROM and _NUMBERS <= set(known)):
            continue
        table["class"] = [*known, "pile"]
        table["style"] = ";".join(f"--c{place}:{css_string(head)}" for place, head in enumerate(heads[1:], start=2))
        _say_roles(table)


# --- French spaces, numbers that stay with their word, numbered figures ---

_INLINE = {"a", "abbr", "b", "cite", "code", "data", "em", "i", "span", "strong", "time"}
_AS_WRITTEN = {"code", "pre", "style", "script"}


def typeset(body: BeautifulSoup) -> None:
    """French no-break spaces in every text of the body, in place; code stays as written."""
    as_written = {id(text) for tag in tags(body, *_AS_WRITTEN) for text in tag.descendants}
    for text in list(body.descendants):
        if type(text) is NavigableString and id(text) not in as_written and (spaced := _spaced(text)) != text:
            text.replace_with(NavigableString(spaced))
    for image in tags(body, "img"):
        if "alt" in image.attrs:
            image["alt"] = french_spaces(image["alt"])


def _spaced(text: NavigableString) -> str:
    before, after = text.previous_sibling, french_spaces(str(text))
    if before is None or before.name not in _INLINE:
        return after
    if before.name not in ("data", "time"):
        return french_spaces(f"x{after}")[1:]  # a sign stays with the word of the link before it
    # After a number, the space before its word or sign does not break either.
    if after[:1] == " " and after[1:2] not in ("", " ", "\n"):
        after = WIDE + after[1:]
    return french_spaces(f"x{after}")[1:]


def number_figures(body: BeautifulSoup, page: int | None) -> None:
    """« Figure 2.1 » … in front of each chart title, in place; the number of the page comes first."""
    prefix = "" if page is None else f"{page}."
    titles = [tag for tag in tags(body) if "figure-titre" in tag.get("class", []) and tag.find_parent("figure")]
    for place, title in enumerate(titles, start=1):
        number = body.new_tag("span", attrs={"class": "numero"})
        number.string = f"Figure{WIDE}{prefix}{place}"
        title.insert(0, number, NavigableString(" "))


# --- The page around a body, for notebook pages and index.html ---

# A page runs and fetches nothing, whatever text has slipped in.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
)


def policy_of(script: str) -> str:
    """The policy of a page that runs this script, known by its checksum, and no other."""
    return f"{POLICY}; script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" if script else POLICY


TEMPLATES = Path(__file__).resolve().parents[1] / "page"
REPORT = "Les ALSES du Nord"
INDEX, HOME = "index.html", "Accueil"
SITES, SHEET, SLIDES = "sites.html", "fiche.html", "diapos.html"
APART = {SITES, SHEET, SLIDES}  # pages that are not read after the others


@dataclass(frozen=True)
class Page:
    """A page of the report: its notebook's name, its title in menus, its file beside the others."""

    name: str
    title: str
    href: str


def report_subtitle(year: int, compare_to: int | None) -> str:
    """The year, and the one it is compared with."""
    return f"Année {year}, comparée à {compare_to}" if compare_to else f"Année {year}"


def template_files() -> list[Path]:
    """The files that decide how a page looks, beside the code."""
    return sorted(path for path in TEMPLATES.iterdir() if path.is_file())


@cache
def templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"policy": Markup(POLICY), "script": "", "report": REPORT, "index": INDEX, "home": HOME}
    return made


def _neighbours(pages: list[Page], current: str | None) -> tuple[Page | None, Page | None]:
    if current == "":
        return None, None
    place = -1 if current is None else [page.name for page in pages].index(current)
    return (pages[place - 1] if place > 0 else None), (pages[place + 1] if place + 1 < len(pages) else None)


@cache
def _sheet() -> str:
    """The style sheet without comments and indentation: each page carries it."""
    text = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # A line that ends neither a declaration nor a list continues on the next one.
    return "".join(line if line[-1] in "{};," else f"{line}\n" for line in lines) + f"\n{_font()}\n"


def _font() -> str:
    """The font of the pages, in them: the same on every computer, without a request (``page/LICENCE-police.txt``)."""
    font = b64encode((TEMPLATES / "texte.woff2").read_bytes()).decode("ascii")
    address = f'url("data:font/woff2;base64,{font}") format("woff2")'
    return f'@font-face {{ font-family: "Texte ALSES"; font-weight: 400 700; src: {address}; }}'


_DRAWING, _PLACE = re.compile(r"<svg\b.*?</svg>", re.DOTALL), re.compile(r'<svg data-rang="(\d+)"></svg>')


def set_drawings_aside(html: str) -> tuple[BeautifulSoup, list[str]]:
    """A body, parsed without what is inside its drawings (half of it, and nothing there to arrange), and these."""
    drawings = _DRAWING.findall(html)
    ranks = count()
    return parse(_DRAWING.sub(lambda _: f'<svg data-rang="{next(ranks)}"></svg>', html)), drawings


def _paper(subtitle: str, pages: list[Page]) -> str:
    """What a printed sheet says of the report: name and year in the margin, the file that a link leads to."""
    head = f"{REPORT}, {subtitle[:1].lower()}{subtitle[1:]}"
    links = "\n".join(
        f"main a[href^={css_string(page.href)}]::after {{ content: {css_string(f' ({page.href})')}; }}"
        for page in pages
    )
    return f"@page {{ @top-left {{ content: {css_string(head)}; }} }}\n@media print {{\n{links}\n}}\n"


def lay_out(
    body: BeautifulSoup,
    *,
    current: str | None,
    pages: list[Page],
    subtitle: str,
    foot: str,
    number: int | None = None,
    template: str = "gabarit.html.j2",
    drawings: Sequence[str] = (),
    more_style: str = "",
    script: str = "",
    **words: str,
) -> str:
    """The full page, the same text for the same arguments; ``foot`` is HTML, ``drawings`` are those of the body that
    were set aside, ``words`` its ``title`` and, for a page apart from the report, the ``index`` that leads to it, named
    ``home`` in the menu.

    ``current`` is None for the index, empty for a page that the menu does not have. ``number`` prefixes figure numbers;
    a page apart from the report has its own ``template``. Raises ValueError when ``current`` is not one of ``pages``.
    """
    bottom = parse(foot)
    number_figures(body, number)
    for part in (body, bottom):
        typeset(part)
        box_tables(part)
    arrange_body(body)
    stack_tables(body, bottom)
    html = _PLACE.sub(lambda found: drawings[int(found[1])], body.decode().strip())
    by_night = dark_rules(html) if "<svg" in html else ""
    previous, following = _neighbours(pages, current)
    page = templates().get_template(template)
    text = page.render(
        **words,
        subtitle=subtitle,
        style=Markup(_sheet()),
        own_style=Markup(by_night + _paper(french_spaces(subtitle), pages) + more_style),
        script=Markup(script),
        policy=Markup(policy_of(script)),
        pages=pages,
        current=current,
        previous=previous,
        next=following,
        entries=contents(body),
        body=Markup(html),
        foot=Markup(bottom.decode().strip()),
    )
    return f"{text.strip()}\n"
