"""The last touch on a page: French spaces, numbers that stay with their word, numbered figures."""

from bs4 import BeautifulSoup, NavigableString

from helpers.typography import WIDE, french_spaces

_INLINE = {"a", "abbr", "b", "cite", "code", "data", "em", "i", "span", "strong", "time"}
_AS_WRITTEN = {"code", "pre", "style", "script"}


def typeset(body: BeautifulSoup) -> None:
    """French no-break spaces in every text of the body, in place; code stays as it is written."""
    for text in list(body.find_all(string=True)):
        if type(text) is NavigableString and not _AS_WRITTEN & {parent.name for parent in text.parents}:
            text.replace_with(NavigableString(_spaced(text)))
    for image in body.find_all("img", alt=True):
        image["alt"] = french_spaces(image["alt"])


def _spaced(text: NavigableString) -> str:
    before, after = text.previous_sibling, french_spaces(str(text))
    if before is None or before.name not in _INLINE:
        return after
    if before.name not in ("data", "time"):
        return french_spaces(f"x{after}")[1:]  # a sign stays with the word of the link before it
    # After a number, the space before its word or its sign does not break either.
    if after[:1] == " " and after[1:2] not in ("", " ", "\n"):
        after = WIDE + after[1:]
    return french_spaces(f"x{after}")[1:]


def number_figures(body: BeautifulSoup, page: int | None) -> None:
    """« Figure 2.1 », « Figure 2.2 » … in front of each figure's title, in reading order, in place.

    The number of the page comes first, so that a figure has one name in the whole report.
    """
    prefix = "" if page is None else f"{page}."
    for place, title in enumerate(body.select("figure .figure-titre"), start=1):
        number = body.new_tag("span", attrs={"class": "numero"})
        number.string = f"Figure{WIDE}{prefix}{place}"
        title.insert(0, number, NavigableString(" "))
