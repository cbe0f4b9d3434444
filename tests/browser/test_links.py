"""Every address that a page leads to is clicked, and is what the link says."""

import csv
import io
import re
from urllib.parse import unquote, urldefrag

DOWNLOADS_MAX = 10  # from one window: Chromium then asks the reader whether more are wanted


def seen_links(page) -> dict[str, str]:
    """The links of the page, by selector."""
    return {link["name"]: link["href"] for link in page.evaluate("probes.links()")}


def test_a_link_within_the_page_brings_its_target_in_view(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    links = {name: href for name, href in seen_links(page).items() if href.startswith("#")}
    assert links
    for name, href in links.items():
        page.locator(name).click()
        assert unquote(page.evaluate("location.hash")) == unquote(href), name
        assert page.evaluate("probes.targetIsSeen()"), f"{name} -> {href}"


def test_the_folded_contents_of_a_phone_lead_as_well(visit, file):
    page = visit(file, width=375)
    page.evaluate("probes.openFolds()")
    links = {name: href for name, href in seen_links(page).items() if href.startswith("#") and "sommaire" in name}
    assert links
    for name, href in links.items():
        page.locator(name).click()
        assert page.evaluate("probes.targetIsSeen()"), f"{name} -> {href}"


def test_a_link_to_a_page_opens_it_at_the_right_place_and_back_returns(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    # One link for each address: that none is covered by anything is seen with the keyboard.
    links = {href: name for name, href in seen_links(page).items() if re.match(r"[\w./-]+\.html(#|$)", href)}
    assert links
    opened = {}
    for href, name in links.items():
        page.locator(name).click()
        target, place = urldefrag(href)
        assert page.url == (file.parent / target).as_uri() + (f"#{place}" if place else ""), name
        opened[href] = page.locator("h1").inner_text()
        assert not place or page.evaluate("probes.targetIsSeen()"), f"{name} -> {href}"
        if page.url != file.as_uri():  # a page that leads to itself has nowhere to go back to
            page.go_back()
        assert page.url == file.as_uri()
    pages = {urldefrag(href)[0]: title for href, title in opened.items()}
    assert len(set(pages.values())) == len(pages)


def test_a_link_to_a_file_opens_a_file_that_is_there(visit, file):
    page = visit(file)
    files = {name: href for name, href in seen_links(page).items() if re.search(r"\.(csv|json|zip|pdf)$", href)}
    assert files or file.stem != "index"
    for name, href in files.items():
        assert (file.parent / href).stat().st_size > 0, name
        if href.endswith(".json"):  # the browser shows it
            page.locator(name).click()
            assert page.url == (file.parent / href).as_uri()
            page.go_back()
        else:
            with page.expect_download() as download:
                page.locator(name).click()
            assert download.value.path().read_bytes() == (file.parent / href).read_bytes(), name


def test_a_link_that_carries_data_saves_a_table(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    names = [name for name, href in seen_links(page).items() if href.startswith("data:")]
    assert len(names) >= page.locator("figure").count()  # each figure gives its data
    for place, name in enumerate(names):
        if place and place % DOWNLOADS_MAX == 0:
            page = visit(file)
            page.evaluate("probes.openFolds()")
        with page.expect_download() as download:
            page.locator(name).click()
        assert download.value.suggested_filename.endswith(".csv"), name
        text = download.value.path().read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert len(rows) > 1 and len(set(map(len, rows))) == 1 and len(rows[0]) > 1, name


def test_every_link_is_one_of_the_kinds_that_are_clicked(visit, file):
    page = visit(file)
    page.evaluate("probes.openFolds()")
    known = re.compile(r"#|data:text/csv|[\w./-]+\.html(#|$)|[\w./-]+\.(csv|json|zip|pdf)$")
    assert [href for href in seen_links(page).values() if not known.match(href)] == []
