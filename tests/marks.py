"""The numbers of a page that name the indicator they come from."""

from bs4 import BeautifulSoup, Tag


def marks_of(page: BeautifulSoup | Tag) -> list[Tag]:
    """Every ``<data>`` of a page, with its key: its own, else that of its table row."""
    for row in page.select("tr[data-cle]"):
        for mark in row.find_all("data"):
            mark["data-cle"] = row["data-cle"]
    return page.find_all("data")
