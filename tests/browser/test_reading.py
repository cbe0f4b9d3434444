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


@pytest.mark.parametrize("window", WINDOWS)
def test_a_page_never_scrolls_sideways_and_cuts_no_word(visit, file, window):
    page = visit(file, **WINDOWS[window])
    page.evaluate("probes.openFolds()")
    assert page.evaluate(TOO_WIDE) <= 0
    assert page.evaluate("probes.spilled()") == []


@pytest.mark.parametrize("width", [320, 1280])
def test_wide_spacing_cuts_nothing(visit, file, width):
    page = visit(file, width=width)
    page.evaluate("probes.openFolds()")
    page.add_style_tag(content=SPACING)
    assert page.evaluate(TOO_WIDE) <= 0
    assert page.evaluate("probes.spilled()") == []


CUT = {
    "hors de sa boîte": "<div style='width: 90px'><p style='white-space: nowrap'>Un mot qui dépasse de sa boîte</p></div>",
    "coupé": "<p style='width: 90px; overflow: hidden; white-space: nowrap'>Un mot qui est coupé net</p>",
    "trop haut": "<p style='height: 20px; width: 90px; overflow: hidden'>Un texte qui est coupé en bas</p>",
    "hors de la fenêtre": "<p style='position: absolute; left: 250px; width: 200px'>Un mot qui sort de la fenêtre</p>",
}


@pytest.mark.parametrize("what", CUT)
def test_a_text_that_is_cut_is_seen(visit, tmp_path, what):
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><title>a</title><p>Entier</p>{CUT[what]}", encoding="utf-8")
    assert len(visit(tmp_path / "a.html", width=320).evaluate("probes.spilled()")) == 1


def test_each_fold_opens_shows_its_content_and_closes(visit, file):
    page = visit(file, width=375)  # where the contents are a fold too
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


@pytest.mark.parametrize(("wish", "behaviour"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_nothing_glides_for_who_asks_for_calm(visit, file, wish, behaviour):
    page = visit(file, reduced_motion=wish)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
    if wish == "reduce":
        moving = "[...document.querySelectorAll('*')].filter(one => /[1-9]/.test(getComputedStyle(one).transitionDuration + getComputedStyle(one).animationDuration)).length"
        assert page.evaluate(moving) == 0
