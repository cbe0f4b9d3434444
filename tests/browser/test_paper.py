"""Printed on A4 by the browser: tagged, no figure on two sheets, heads of tables repeated, no code."""

import pytest

from browser.conftest import SINGLE
from browser.paper import PLACE, Paper

A4 = (210, 297)
SHEETS_MAX = 25  # of one page of the report; the longest of 2020 has 20
SHEETS = {SINGLE: 33, "fiche": 2, "diapos": 5}  # all of them are on 29


def printed(page) -> tuple[Paper, list[str]]:
    """The paper of a page, and the names of the figures that are on it."""
    page.emulate_media(media="print")
    figures = page.evaluate("place => probes.markForPaper(place)", PLACE)
    return Paper(page.pdf(format="A4", tagged=True, outline=True, prefer_css_page_size=True)), figures


def test_paper_is_tagged_and_of_a_sane_length(visit, file):
    paper, _ = printed(visit(file))
    assert paper.content.startswith(b"%PDF-1.") and paper.content.rstrip().endswith(b"%%EOF")
    assert b"/StructTreeRoot" in paper.catalog and b"/Marked true" in paper.catalog
    assert b"/Lang (fr)" in paper.catalog and b"/Outlines" in paper.catalog
    assert 1 <= len(paper.sheets) <= SHEETS.get(file.stem, SHEETS_MAX)
    assert paper.millimetres() == {A4[::-1] if file.stem == "diapos" else A4}


def test_no_figure_is_split_and_no_table_goes_on_without_its_head(visit, file):
    paper, figures = printed(visit(file))
    ends = paper.sheets_of("figure")
    assert len(ends) == 2 * len(figures)
    split = [
        name
        for number, name in enumerate(figures)
        if len(ends[f"figure/{number}/debut"] | ends[f"figure/{number}/fin"]) > 1
    ]
    assert split == []
    tables = paper.sheets_of("table")
    rows = {mark.removesuffix("/ligne"): sheets for mark, sheets in tables.items() if mark.endswith("/ligne")}
    assert rows or file.stem in ("index", "diapos")  # paper only names the lists of files; a slide has no table
    without = {table: sheets - tables.get(f"{table}/tete", set()) for table, sheets in rows.items()}
    assert {table: sheets for table, sheets in without.items() if sheets} == {}


@pytest.mark.parametrize("name", ["code", "sommaire", "navigation"])
def test_paper_keeps_what_only_a_screen_needs_off(visit, file, name):
    page = visit(file)
    page.emulate_media(media="print")
    place = {"code": ".highlight, .calcul, .texte", "sommaire": ".sommaire", "navigation": "nav, .evitement"}[name]
    shown = page.evaluate("place => [...document.querySelectorAll(place)].filter(one => one.checkVisibility()).map(one => one.className)", place)
    # Of the report in one page, the contents are printed: they say what is in it.
    assert shown == (["sommaire"] if file.stem == SINGLE and name != "code" else [])


# An answer to « does it see »: a figure higher than what is left of the sheet, which nothing keeps whole.
TALL = "<div style='height: 700px'></div><figure><p>Début</p><div style='height: 500px'></div><p>Fin</p></figure>"
LONG = "<table><thead style='display: table-row-group'><tr><th>Tête</th></tr></thead><tbody>{}</tbody></table>"


def test_a_split_figure_and_a_head_that_is_not_repeated_are_seen(visit, tmp_path):
    rows = "<tr><td>ligne</td></tr>" * 80
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><title>a</title>{TALL}{LONG.format(rows)}", encoding="utf-8")
    paper, _ = printed(visit(tmp_path / "a.html"))
    assert paper.marks["figure/0/debut"] != paper.marks["figure/0/fin"]
    assert set(paper.marks["table/0/ligne"]) - set(paper.marks["table/0/tete"])
