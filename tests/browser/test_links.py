"""Every address that a page leads to is clicked, and is what the link says."""

import csv
import io
import json
import re
from urllib.parse import unquote, urldefrag

from browser.conftest import SINGLE

DOWNLOADS_MAX = 10  # from one window: Chromium then asks the reader whether more are wanted


def seen_links(page) -> dict[str, str]:
    """The links of the page, by selector."""
    return {link["name"]: link["href"] for link in page.evaluate("probes.links()")}


def test_a_link_within_the_page_brings_its_target_in_view(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    links = {name: href for name, href in seen_links(page).items() if href.startswith("#")}
    assert links or file.stem in ("index", "diapos")
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


def test_a_link_to_a_file_opens_a_file_that_is_there(visit, page_of_report):
    page = visit(page_of_report)
    page.evaluate("probes.openFolds()")
    files = {name: href for name, href in seen_links(page).items() if re.search(r"\.(csv|json|xlsx|zip|pdf)$", href)}
    assert files or page_of_report.stem != "index"
    for name, href in files.items():
        assert (page_of_report.parent / href).stat().st_size > 0, name
        if href.endswith(".json"):  # the browser shows it
            page.locator(name).click()
            assert page.url == (page_of_report.parent / href).as_uri()
            page.go_back()
            page.evaluate("probes.openFolds()")
        else:
            with page.expect_download() as download:
                page.locator(name).click()
            assert download.value.path().read_bytes() == (page_of_report.parent / href).read_bytes(), name


def test_a_link_that_carries_data_saves_a_table(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    names = [name for name, href in seen_links(page).items() if href.startswith("data:")]
    assert len(names) >= (0 if file.stem == "diapos" else page.locator("figure").count())  # each figure gives its data
    for place, name in enumerate(names):
        if place and place % DOWNLOADS_MAX == 0:
            page = visit(file)
            page.evaluate("probes.openFolds()")
        with page.expect_download() as download:
            page.locator(name).click()
        if download.value.suggested_filename.endswith((".xlsx", ".html")):  # in the single page; its bytes are read below
            continue
        text = download.value.path().read_text(encoding="utf-8-sig")
        if download.value.suggested_filename.endswith(".json"):  # in the single page, with the tables
            assert json.loads(text), name
            continue
        assert download.value.suggested_filename.endswith(".csv"), name
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert len(rows) > 1 and len(set(map(len, rows))) == 1 and len(rows[0]) > 1, name


def test_every_link_is_one_of_the_kinds_that_are_clicked(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    known = r"#|data:text/csv|[\w./-]+\.html(#|$)|[\w./-]+\.(csv|json|xlsx|zip|pdf)$"
    if file.stem == SINGLE:  # all is in it
        known = r"#|data:(text/csv|application/(json|octet-stream))"
    assert [href for href in seen_links(page).values() if not re.match(known, href)] == []


def test_the_single_page_gives_the_files_of_the_report(visit, single, reports):
    index = visit(reports["2020"] / "index.html")
    index.evaluate("probes.openFolds()")
    offered = {href for href in seen_links(index).values() if re.fullmatch(r"[\w./-]+\.(csv|json|xlsx)|(fiche|diapos)\.html", href)}
    page = visit(single)
    page.evaluate("probes.openFolds()")
    given = {}
    for link in page.locator("a[download][href^='data:']").all():
        name = link.get_attribute("download")
        if (reports["2020"] / name).is_file() and name not in given:
            with page.expect_download() as download:
                link.click()
            given[name] = download.value.path().read_bytes()
    assert given == {name: (reports["2020"] / name).read_bytes() for name in offered} and given
