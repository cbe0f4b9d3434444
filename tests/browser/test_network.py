"""A page asks for nothing, and the count that says so is able to see."""

import pytest

from browser.chromium import Watch
from browser.conftest import PAGES


def test_a_page_asks_for_nothing_and_complains_of_nothing(visit, file):
    page = visit(file)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("probes.openFolds()") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == (file.stem == "sites")
    assert page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)") == []


@pytest.mark.parametrize("year", ["2020", "2032"])
def test_no_page_of_a_report_is_left_unseen(reports, year):
    assert {path.stem for path in reports[year].rglob("*.html")} == set(PAGES)


ASKING = {
    "image": "<img src='https://exemple.invalid/a.png' alt=''>",
    "frère": "<img src='a.png' alt=''>",
    "police": "<style>@font-face {font-family: x; src: url(https://exemple.invalid/x.woff)} p {font-family: x}</style><p>x</p>",
    "script": "<script src='https://exemple.invalid/a.js'></script>",
}


@pytest.mark.parametrize("what", ASKING)
def test_a_page_that_asks_is_seen(browser, tmp_path, what):
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><html lang=fr><title>a</title>{ASKING[what]}", encoding="utf-8")
    context = browser.new_context(offline=True)
    watch = Watch(context)
    context.new_page().goto((tmp_path / "a.html").as_uri(), wait_until="networkidle")
    context.close()
    assert len(watch.asked) == 1


def test_what_the_security_policy_refuses_is_seen(browser, reports, tmp_path):
    page = (reports["2032"] / "index.html").read_text(encoding="utf-8")
    (tmp_path / "a.html").write_text(page.replace("</main>", "<script>1</script></main>"), encoding="utf-8")
    context = browser.new_context(offline=True)
    watch = Watch(context)
    context.new_page().goto((tmp_path / "a.html").as_uri())
    context.close()
    assert len(watch.complaints) == 1 and "Content Security Policy" in watch.complaints[0]
