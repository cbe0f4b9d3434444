"""A browser that opens a report full of attacks runs nothing, asks for nothing and complains of nothing."""

import shutil
from pathlib import Path

import pytest

from browser.chromium import Watch
from browser.conftest import PAGES
from helpers.report.manifest import read_report
from helpers.report.sharing import single_page
from hostile import YEAR
from test_hostile_text import run_all

FILES = [*(f"{YEAR}/{name}.html" for name in PAGES), f"alses_{YEAR}.html"]
# Asked for here too: the tests of texts may not be among those that run.
BESIDE = {"hostile reports": run_all}


@pytest.fixture(scope="module")
def folders(workshop, executable, mini_root, tmp_path_factory) -> tuple[Path, Path]:
    """The reports of the invented project as it is, then of the one full of attacks; each beside its single page."""
    usual = shutil.copytree(mini_root / "reports", tmp_path_factory.mktemp("usuel") / "reports")
    (usual / FILES[-1]).write_text(single_page(read_report(usual / str(YEAR))), encoding="utf-8")
    return usual, workshop.take("hostile reports")["un"]


@pytest.fixture
def window(browser):
    """A window where nothing is refused before it is seen: with what it asked for, and each dialog."""
    context = browser.new_context(locale="fr-FR")
    watch, dialogs = Watch(context), []
    page = context.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield page, watch, dialogs
    context.close()


# Names of elements and of their attributes, as the browser makes them, outside of lines of text.
NAMES = """[...new Set([...document.querySelectorAll('*')].map(tag => [tag.localName, ...[...tag.attributes]
  .map(each => each.name).sort()].join(' ')))].sort()"""
UNDRAWN = "svg aria-label role viewBox"  # the figures of the report full of attacks are not drawn


@pytest.mark.parametrize("file", FILES)
def test_nothing_runs_and_nothing_is_asked(folders, window, file):
    page, watch, dialogs = window
    names = []
    for folder in folders:
        page.goto((folder / file).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        for tag in page.query_selector_all("main a:not([download])")[:5]:
            tag.focus()
        page.wait_for_load_state("networkidle")
        names.append(set(page.evaluate(NAMES)))
    assert names[1] - names[0] <= {UNDRAWN}
    assert (dialogs, watch.taken()) == ([], ([], []))
