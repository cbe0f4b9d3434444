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
    for node in soup.find_all(True):
        if node.name in _SKIPPED or _is_made_from(node):
            if node.name == "data" and node.get("title"):
                yield Text(node["title"], _keys(node), is_prose=True)
            continue
        keys = None
        for name in (*_SAID_IN, *_PICTURES):
            if not node.has_attr(name):
                continue
            keys = _keys(node) if keys is None else keys
            yield from _pictured(node[name], keys) if name in _PICTURES else [Text(node[name], keys, is_prose=False)]
    for string in soup.find_all(string=True):
        if type(string).__name__ == "NavigableString" and string.strip() and not _is_skipped(string):
            where = {parent.name for parent in string.parents}
            drawn, cell = "svg" in where, bool({"td", "th"} & where)
            prose = not (drawn or cell or "figure" in where or "caption" in where)
            yield Text(_sentence(string), _keys(string.parent), prose, drawn, cell)


def _sentence(string) -> str:
    """The text up to the end of its number's unit: a unit may stand after a mark, or in another element."""
    after = string.next_sibling
    return str(string) + (after.get_text() if after is not None and after.name in ("abbr", "span", "b", "em") else "")


def _is_made_from(node) -> bool:
    return any(name in _MADE_FROM for name in node.get("class", []))


def _is_skipped(string) -> bool:
    if any(parent.name in _SKIPPED or (parent.attrs and _is_made_from(parent)) for parent in string.parents):
        return True
    table = string.find_parent("table")
    # The files that a page was read from, with their lines and bytes.
    return table is not None and "data/" in table.get_text()


def _keys(node) -> frozenset[str]:
    """The figures named around a node: in its row, else in its figure, else none (the whole page then)."""
    row = node if node.name == "tr" else node.find_parent("tr")
    if row is not None and row.get("data-cle"):
        return frozenset([row["data-cle"]])
    figure = node if node.name == "figure" else node.find_parent("figure")
    if figure is None:
        return frozenset()
    return frozenset(each["data-cle"] for each in figure.find_all(attrs={"data-cle": True}))


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
