"""Every address that a page leads to is clicked, and is what the link says."""

import csv
import io
import re
from urllib.parse import unquote, urldefrag


def seen_links(page) -> dict[str, str]:
    """The links of the page, by selector."""
    return {link["name"]: link["href"] for link in page.evaluate("probes.links()")}


def test_a_link_within_the_page_brings_its_target_in_view(visit, page_of_report):
    page = visit(page_of_report)
    page.evaluate("probes.openFolds()")
    links = {name: href for name, href in seen_links(page).items() if href.startswith("#")}
    assert links or page_of_report.stem in ("index", "diapos")
    for name, href in links.items():
        page.locator(name).click()
        assert unquote(page.evaluate("location.hash || '#'")) == unquote(href), name
        arrived = "scrollY === 0" if href == "#" else "probes.targetIsSeen()"
        assert page.evaluate(arrived), f"{name} -> {href}"


def test_a_link_to_a_page_opens_it_at_the_right_place_and_back_returns(visit, page_of_report):
    page = visit(page_of_report)
    page.evaluate("probes.openFolds()")
    # One link for each address: that none is covered by anything is seen with the keyboard.
    links = {href: name for name, href in seen_links(page).items() if re.match(r"[\w./-]+\.html(#|$)", href)}
    assert links
    opened = {}
    for href, name in links.items():
        page.locator(name).click()
        target, place = urldefrag(href)
        assert page.url == (page_of_report.parent / target).resolve().as_uri() + (f"#{place}" if place else ""), name
        opened[href] = page.locator("h1").inner_text()
        if place:  # a slow machine is still scrolling
            page.wait_for_function("probes.targetIsSeen()", timeout=5000)
        if page.url != page_of_report.as_uri():  # a page that leads to itself has nowhere to go back to
            page.go_back()
        assert page.url == page_of_report.as_uri()
    pages = {urldefrag(href)[0]: title for href, title in opened.items()}
    assert len(set(pages.values())) == len(pages)


def test_a_link_that_carries_data_saves_a_table(visit, page_of_report):
    page = visit(page_of_report)
    page.evaluate("probes.openFolds()")
    tables = [name for name, href in seen_links(page).items() if href.startswith("data:text/csv")]
    assert len(tables) >= (0 if page_of_report.stem == "diapos" else page.locator("figure").count())  # each figure gives its data
    for name in tables[:1]:
        with page.expect_download() as download:
            page.locator(name).click()
        assert download.value.suggested_filename.endswith(".csv"), name
        rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")), delimiter=";"))
        assert len(rows) > 1 and len(set(map(len, rows))) == 1 and len(rows[0]) > 1, name
