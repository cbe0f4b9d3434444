"""What a page says outside its marks: sentences, alt texts, captions, tables and the texts of its pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

# Words that hold no number of persons: code, and what the page was made from.
_SKIPPED = ("style", "script", "data", "code", "pre", "time", "nav", "footer")
_MADE_FROM = ("provenance", "numero", "source")
_SAID_IN = ("aria-label", "alt", "title", "aria-description", "placeholder", "summary")
_PICTURES = ("src", "srcset", "href")


@dataclass(frozen=True)
class Text:
    """A piece of text, the keys of the figures around it, and whether it is prose: else every number of it counts.

    ``is_drawn`` tells the texts of a picture, where the steps of an axis stand too; ``is_cell`` those of a table.
    """

    text: str
    keys: frozenset[str]
    is_prose: bool = True
    is_drawn: bool = False
    is_cell: bool = False


def texts_of(soup) -> Iterator[Text]:
    """Every text of a page outside its marks, attributes and pictures included."""
    # The files that a page was read from, with their lines and bytes.
    skipped = {id(table) for table in soup.find_all("table") if "data/" in table.get_text()}
    keys = _Keys()
    for node in soup.find_all(True):
        if node.name == "data" and node.get("title"):
            yield Text(node["title"], keys.around(node))
        if node.name in _SKIPPED or _is_made_from(node):
            continue
        for name in (*_SAID_IN, *_PICTURES):
            if node.has_attr(name):
                own = keys.around(node)
                yield from _pictured(node[name], own) if name in _PICTURES else [Text(node[name], own, is_prose=False)]
    for string in soup.find_all(string=True):
        if type(string).__name__ == "NavigableString" and string.strip() and not _is_skipped(string, skipped):
            where = {parent.name for parent in string.parents}
            drawn, cell = "svg" in where, bool({"td", "th"} & where)
            prose = not (drawn or cell or "figure" in where or "caption" in where)
            yield Text(_sentence(string), keys.around(string.parent), prose, drawn, cell)


def _sentence(string) -> str:
    """The text up to the end of its number's unit: a unit may stand after a mark, or in another element."""
    after = string.next_sibling
    return str(string) + (after.get_text() if after is not None and after.name in ("abbr", "span", "b", "em") else "")


def _is_made_from(node) -> bool:
    return any(name in _MADE_FROM for name in node.get("class", []))


def _is_skipped(string, tables: set[int]) -> bool:
    return any(
        parent.name in _SKIPPED or id(parent) in tables or (parent.attrs and _is_made_from(parent))
        for parent in string.parents
    )


class _Keys:
    """The figures named around a node: in its row, else in its figure, else none (the whole page then)."""

    def __init__(self) -> None:
        self._of_figure: dict[int, frozenset[str]] = {}

    def around(self, node) -> frozenset[str]:
        row = node if node.name == "tr" else node.find_parent("tr")
        if row is not None and row.get("data-cle"):
            return frozenset([row["data-cle"]])
        figure = node if node.name == "figure" else node.find_parent("figure")
        if figure is None:
            return frozenset()
        if id(figure) not in self._of_figure:
            found = figure.find_all(attrs={"data-cle": True})
            self._of_figure[id(figure)] = frozenset(each["data-cle"] for each in found)
        return self._of_figure[id(figure)]


def _pictured(address: str, keys: frozenset[str]) -> Iterator[Text]:
    """The texts of a picture written in the address itself."""
    if "svg+xml" not in address:
        return
    from base64 import b64decode

    from bs4 import BeautifulSoup

    head, _, body = address.partition(",")
    source = b64decode(body).decode("utf-8", "replace") if head.endswith("base64") else unquote(body)
    for node in BeautifulSoup(source, "html.parser").find_all(["text", "title", "desc"]):
        yield Text(node.get_text(" "), keys, is_prose=False, is_drawn=node.name == "text")
        yield from (Text(node[name], keys, is_prose=False) for name in _SAID_IN if node.has_attr(name))
