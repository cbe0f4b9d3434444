"""A browser that opens a report full of attacks runs nothing, asks for nothing and complains of nothing."""

import pytest

from browser.chromium import Watch
from browser.conftest import PAGES
from hostile import YEAR
from test_hostile_text import run_all

FILES = [*(f"{YEAR}/{name}.html" for name in PAGES), f"alses_{YEAR}.html"]
# Asked for here too: the tests of texts may not be among those that run.
BESIDE = {"hostile reports": run_all}


@pytest.fixture(scope="module")
def hostile(workshop, executable) -> dict:
    return workshop.take("hostile reports")


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


@pytest.mark.parametrize("file", FILES)
def test_nothing_runs_and_nothing_is_asked(hostile, window, file):
    page, watch, dialogs = window
    names = {}
    for which in ("neutre", "un"):
        page.goto((hostile[which] / file).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        for tag in page.query_selector_all("main a:not([download])")[:5]:
            tag.focus()
        page.wait_for_load_state("networkidle")
        names[which] = set(page.evaluate(NAMES))
    assert names["un"] <= names["neutre"]
    assert (dialogs, watch.taken()) == ([], ([], []))
