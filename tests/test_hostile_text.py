"""Whatever is written in a field that a page shows, the page is the same but for that text, and no spreadsheet runs it."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from browser import chromium
from conftest import ALL, FOUND, UNDRAWN, WITHOUT_KERNELS, Workshop, read_page
from helpers import cli, data, paths
from helpers.report import checks
from helpers.schema import DataError
from hostile import PAYLOADS, REFUSED, YEAR, fill, neutral, rotated

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
# What is written in the fields, where everything is enumerated or a browser looks; each attack stands in other fields a
# second time when everything is enumerated.
RUNS = {} if chromium.lacking() and not ALL else {"un": rotated(0), **({"deux": rotated(23)} if ALL else {})}
# Elements that a text may add: lines of a drawing, ends of lines, and their letters.
_OF_TEXT = {"tspan", "br", "wbr", "text"}
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


# For each project in turn, in one process, where libraries are loaded once.
SCRIPT = """
import os, sys
from helpers import cli, paths
for root in sys.argv[2:]:
    os.environ[paths.DATA_ROOT_VARIABLE] = root
    for verb in (["run", "--jobs", "1", "--year", sys.argv[1]], ["share", sys.argv[1]]):
        cli.main(verb) and sys.exit(1)
"""


def run_all(workshop: Workshop) -> dict[str, Path]:
    """The projects once their reports are made, without kernels; with drawings when everything is enumerated.

    That a drawing writes any text, and stays well-formed, is for `test_charts_figure`.
    """
    without = WITHOUT_KERNELS + ("" if ALL else UNDRAWN)
    roots = {name: fill(workshop.folder / f"hostile {name}", write) for name, write in RUNS.items()}
    done = workshop.run(roots["un"], "-c", without + SCRIPT, str(YEAR), *map(str, roots.values()), **FOUND)
    assert done.returncode == 0, done.stderr
    return {name: root / "reports" for name, root in roots.items()}


BESIDE = {"hostile reports": run_all} if RUNS else {}


@pytest.fixture(scope="module")
def reports(workshop) -> dict[str, Path]:
    """The folder of reports of each run."""
    return workshop.take("hostile reports")


@cache
def parsed(reports: Path, name: str) -> BeautifulSoup:
    return read_page(reports / str(YEAR) / f"{name}.html")


def targets(page: BeautifulSoup) -> set[str]:
    """Where links lead out of the page."""
    found = {tag[name] for tag in page.find_all(True) for name in ("href", "src", "action") if tag.get(name)}
    return {address for address in found if not address.startswith(("#", "data:")) and _OUTSIDE.match(address)}


@pytest.mark.parametrize("which", RUNS)
def test_pages_pass_their_checks_and_none_lacks_a_figure_nor_has_an_element_or_a_link_of_an_attack(reports, mini_root, which):
    assert checks.check_pages(reports[which] / str(YEAR)) == []
    for name in PAGES:
        page, usual = parsed(reports[which], name), parsed(mini_root / "reports", name)
        assert len(page.find_all("figure")) == len(usual.find_all("figure")) and targets(page) == targets(usual)
        assert {tag.name for tag in page.find_all(True)} - {tag.name for tag in usual.find_all(True)} <= _OF_TEXT


@pytest.mark.parametrize("which", RUNS)
def test_hostile_texts_are_shown_as_they_are_written(reports, which):
    shown = " ".join(" ".join(parsed(reports[which], name).get_text() for name in PAGES).split())
    seen = [payload for payload in PAYLOADS if " ".join(payload.split()) in shown]
    assert len(seen) >= 25


@pytest.mark.parametrize("which", RUNS)
def test_no_cell_that_leaves_is_a_formula(reports, which):
    tables = sorted((reports[which] / str(YEAR)).rglob("*.csv"))
    assert len(tables) >= 2
    for table in tables:
        with table.open(encoding="utf-8-sig", newline="") as file:
            cells = {cell for row in csv.reader(file, delimiter=";") for cell in row}
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n") and not re.fullmatch(r"-\d+(,\d+)?(e-?\d+)?", cell)]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("field", ["table", "card"])
def test_what_no_reader_could_see_or_bear_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys, name, field):
    root = fill(tmp_path / "projet", neutral)
    path = root / "data" / "raw" / str(YEAR) / ("reunions.csv" if field == "table" else "datapackage.json")
    text = path.read_text(encoding="utf-8")
    written = (
        REFUSED[name] if field == "table" else REFUSED[name].encode("unicode_escape").decode().replace("\\x", "\\u00")
    )
    path.write_text(re.sub(r"Texte neutre n\d+", lambda _: written, text), encoding="utf-8")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    assert cli.main(["run", "--year", str(YEAR)]) == 2
    shown = capsys.readouterr()
    assert path.name in shown.err and "Traceback" not in shown.err and REFUSED[name] not in shown.err
    with pytest.raises(DataError):
        data.require_usable(YEAR)
