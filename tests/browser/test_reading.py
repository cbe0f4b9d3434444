"""Read on a phone, at 400 %, with wide spacing, fold after fold: nothing is cut, hidden or out of order."""

import pytest

# 1280 pixels at 400 % are 320, each drawn four times as large.
WINDOWS = {"320px": {"width": 320}, "1280px-a-400-pc": {"width": 320, "height": 256, "device_scale_factor": 4}, "1280px": {}}
# The values of criterion 1.4.12.
SPACING = """
  * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-bottom: 2em !important }
"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
GLIDING = """getComputedStyle(document.documentElement).scrollBehavior === 'smooth' || [...document.querySelectorAll('*')].some(
  one => /[1-9]/.test(getComputedStyle(one).transitionDuration + getComputedStyle(one).animationDuration))"""


@pytest.mark.parametrize("window", WINDOWS)
def test_a_page_never_scrolls_sideways_and_cuts_no_word_even_with_wide_spacing(visit, file, window):
    page = visit(file, **WINDOWS[window])
    page.evaluate("probes.openFolds()")
    for style in ("/* as it is */", SPACING):
        page.add_style_tag(content=style)
        assert page.evaluate(TOO_WIDE) <= 0
        assert page.evaluate("probes.spilled()") == []
    assert not page.evaluate(GLIDING)  # these windows ask for reduced motion


def test_each_fold_opens_shows_its_content_and_closes(visit, page_of_report):
    page = visit(page_of_report, width=375)  # where the contents are a fold too
    assert page.locator("details[open]").count() == 0
    names = []
    for _ in range(2):  # a fold inside another can be seen once the other is open
        for name in page.evaluate("probes.folds()"):
            if name not in names:
                names.append(name)
                page.locator(name).click()
                assert page.evaluate("name => probes.content(name)", name) == {"open": True, "shown": True}, name
    assert names
    for name in reversed(names):
        page.locator(name).click()
        assert page.evaluate("name => probes.content(name)", name) == {"open": False, "shown": False}, name
