"""Tables on every screen: each in a named box that may scroll; a table of many columns stacks its rows on a phone.

A stacked row shows the name of a column before each value. One rule a column does it for every table that has the same
heads, written once in the page: the cells carry nothing.
"""

from bs4 import BeautifulSoup, Tag

from helpers.publish.outline import text_of

# Two columns fit on a phone, and three when the last two are numbers. A matrix is
# read along its columns: it scrolls, its first column held in place.
STACKED_FROM = 3
MATRIX = "matrice"
_NUMBERS = {"n2", "n3"}  # how a table says that these columns are numbers
NOTHING = "—"  # what a cell without value shows

# A browser that draws a row or a cell as a block may forget what it is: the role says it again. The heads keep their
# display, and so their meaning: a role on each of them would only weigh.
_ROLES = {"table": "table", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def box_tables(body: BeautifulSoup) -> None:
    """A wide table scrolls in its own box, which the keyboard can reach and a screen reader can name; in place."""
    for table in body.find_all("table"):
        box = table.find_parent(class_="table-boite") or table.wrap(body.new_tag("div", attrs={"class": "table-boite"}))
        caption = table.find("caption")
        box.attrs.setdefault("role", "group")
        box.attrs.setdefault("tabindex", "0")
        box.attrs.setdefault("aria-label", text_of(caption) if caption else "Tableau")


def _heads(table: Tag) -> tuple[str, ...]:
    row = table.select_one("thead tr")
    return tuple(text_of(cell) for cell in row.find_all("th")) if row else ()


def quoted(text: str) -> str:
    """The text as a CSS string, which can neither end nor close the sheet."""
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '"\\<' else sign for sign in text) + '"'


def _rule(name: str, heads: tuple[str, ...]) -> str:
    """The heads of a kind of table, where the sheet looks for them: ``--c2`` for its second column."""
    named = (f"--c{place}:{quoted(head)}" for place, head in enumerate(heads, start=1) if place > 1)
    return f".{name}{{{';'.join(named)}}}\n"


def _say_roles(table: Tag) -> None:
    for tag in (table, *table.select("tbody, tbody tr, td")):
        tag["role"] = _ROLES[tag.name]
        if tag.name == "td" and text_of(tag) == NOTHING:
            tag["class"] = "vide"  # a stacked row leaves out what it does not have


def stack_tables(*parts: BeautifulSoup) -> str:
    """Marks the tables of many columns, in place, and answers the rules that name their columns on a phone."""
    names: dict[tuple[str, ...], str] = {}
    for table in (table for part in parts for table in part.find_all("table")):
        heads = _heads(table)
        known = set(table.get("class", []))
        if len(heads) < STACKED_FROM or MATRIX in known or (len(heads) == STACKED_FROM and _NUMBERS <= known):
            continue
        name = names.setdefault(heads, f"pile-{len(names) + 1}")
        table["class"] = [*table.get("class", []), "pile", name]
        _say_roles(table)
    return "".join(_rule(name, heads) for heads, name in names.items())
