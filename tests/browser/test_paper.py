"""Printed on A4 by the browser: tagged, no figure on two sheets, heads of tables repeated, nothing that only a screen needs."""

import re

from browser.conftest import SINGLE

A4 = (210, 297)
SHEETS_MAX = 25  # of one page of the report; the longest of 2020 has 20
SHEETS = {SINGLE: 33, "fiche": 2, "diapos": 5}  # all of them are on 29
# The code, the contents, the menu and the link that skips to the content, if they are seen.
SCREEN = """[...document.querySelectorAll('.highlight, .calcul, .texte, .sommaire, nav, .evitement')]
  .filter(one => one.checkVisibility()).map(one => one.className)"""
PLACE = "https://marque.invalid/"  # the address of the marks that probes.markForPaper puts in a page


class Paper:
    """A PDF, read from its objects, which Chromium leaves in clear: its sheets, and on which of them each mark stands."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        found = re.finditer(rb"(?ms)^(\d+) 0 obj\n(.*?)\nendobj", content)
        objects = {int(match[1]): match[2] for match in found}
        self.sheets = [text for text in objects.values() if re.search(rb"/Type /Page\b", text)]
        self.catalog = next(text for text in objects.values() if b"/Type /Catalog" in text)
        self.marks: dict[str, list[int]] = {}
        for number, sheet in enumerate(self.sheets, start=1):
            listed = re.search(rb"(?s)/Annots \[(.*?)\]", sheet)
            for reference in re.findall(rb"(\d+) 0 R", listed[1]) if listed else []:
                address = re.search(rb"/URI \((.*?)\)", objects[int(reference)])
                if address and address[1].decode().startswith(PLACE):
                    self.marks.setdefault(address[1].decode().removeprefix(PLACE), []).append(number)

    def sheets_of(self, kind: str) -> dict[str, set[int]]:
        """The sheets of the marks of a kind, by mark."""
        return {mark: set(sheets) for mark, sheets in self.marks.items() if mark.startswith(f"{kind}/")}

    def millimetres(self) -> set[tuple[int, int]]:
        """The sizes of the sheets."""
        boxes = [re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet) for sheet in self.sheets]
        return {tuple(round(float(side) / 72 * 25.4) for side in box.groups()) for box in boxes}


def test_a_page_is_printed_whole_and_tagged(visit, file):
    page = visit(file)
    page.emulate_media(media="print")
    # Of the report in one page, the contents are printed: they say what is in it.
    assert page.evaluate(SCREEN) == (["sommaire"] if file.stem == SINGLE else [])
    figures = page.evaluate("place => probes.markForPaper(place)", PLACE)
    paper = Paper(page.pdf(format="A4", tagged=True, outline=True, prefer_css_page_size=True))
    marks = (b"/StructTreeRoot", b"/Marked true", b"/Lang (fr)", b"/Outlines")
    assert paper.content.rstrip().endswith(b"%%EOF") and [mark for mark in marks if mark not in paper.catalog] == []
    assert 1 <= len(paper.sheets) <= SHEETS.get(file.stem, SHEETS_MAX)
    assert paper.millimetres() == {A4[::-1] if file.stem == "diapos" else A4}
    ends = paper.sheets_of("figure")
    assert len(ends) == 2 * len(figures)
    assert [name for number, name in enumerate(figures) if len(ends[f"figure/{number}/debut"] | ends[f"figure/{number}/fin"]) > 1] == []
    tables = paper.sheets_of("table")
    rows = {mark.removesuffix("/ligne"): sheets for mark, sheets in tables.items() if mark.endswith("/ligne")}
    assert rows or file.stem in ("index", "diapos")  # paper only names the lists of files; a slide has no table
    assert {table: sheets for table, sheets in rows.items() if sheets - tables.get(f"{table}/tete", set())} == {}
