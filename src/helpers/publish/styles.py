"""One style sheet for several pages: the rules they share once, then what each has of its own, kept to that page."""

import re

from bs4 import BeautifulSoup

_TOKEN = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^{};"'/]+|.""", re.DOTALL)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


def split_rules(css: str) -> list[str]:
    """The rules and statements of a sheet, in order; what a block holds stays in it.

    >>> split_rules('a { color: red } @media print { b { content: "}" } }')
    ['a { color: red }', '@media print { b { content: "}" } }']
    """
    rules, depth = [""], 0
    for token in _TOKEN.findall(css):
        rules[-1] += token
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth == 0 and token in "};":
            rules.append("")
    return [rule.strip() for rule in rules if rule.strip()]


def _keep_to_page(css: str, name: str, page: BeautifulSoup, shared: set[str]) -> str:
    """The page's own rules, once its own classes bear its name, in the page and in the rules.

    Two pages may use one class for two things: ``pile-1`` names the columns of a table of its page.
    """
    used = {word for tag in page.find_all(class_=True) for word in tag.get_attribute_list("class")}
    own = (set(_CLASS.findall(css)) & used) - shared
    for tag in page.find_all(class_=list(own)) if own else []:
        tag["class"] = [f"{word}--{name}" if word in own else word for word in tag.get_attribute_list("class")]
    return _CLASS.sub(lambda found: f"{found[0]}--{name}" if found[1] in own else found[0], css)


def merge_styles(pages: dict[str, BeautifulSoup]) -> str:
    """The style of all the pages, by their names, as one sheet; the classes that only one page defines are renamed."""
    sheets = {
        name: list(dict.fromkeys(rule for style in page.find_all("style") for rule in split_rules(style.get_text())))
        for name, page in pages.items()
    }
    everywhere = set.intersection(*map(set, sheets.values()))
    first = next(iter(sheets.values()))
    common = "\n".join(rule for rule in first if rule in everywhere)
    shared = set(_CLASS.findall(common))
    own = (
        _keep_to_page("\n".join(rule for rule in rules if rule not in everywhere), name, pages[name], shared)
        for name, rules in sheets.items()
    )
    return "\n".join(part for part in (common, *own) if part) + "\n"
