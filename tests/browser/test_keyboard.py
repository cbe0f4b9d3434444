"""With the keyboard alone: every stop is reached in order, seen, ringed and left; nothing holds the reader."""

import pytest

# How far the box with the focus has gone once it moves; 0 when it has not within two seconds.
ONCE_MOVED = """() => {
  const box = document.activeElement;
  const first = new Promise((done) => box.addEventListener("scroll", () => done(box.scrollLeft), { once: true }));
  globalThis.moved = Promise.race([first, new Promise((done) => setTimeout(() => done(0), 2000))]);
}"""
WINDOWS = {"1280-clair": {"width": 1280}, "375-sombre-ouvert": {"width": 375, "color_scheme": "dark"}}


@pytest.mark.parametrize("window", WINDOWS)
def test_tab_reaches_everything_in_order_with_a_visible_ring(visit, page_of_report, window):
    page = visit(page_of_report, **WINDOWS[window])
    if window.endswith("ouvert"):
        page.evaluate("probes.openFolds()")
    expected = page.evaluate("probes.stops()")
    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("probes.focused()") or {"name": "rien"})
        assert reached[-1]["name"] == expected[len(reached) - 1]
    assert [stop["name"] for stop in reached if not stop["seen"]] == []
    assert [stop["name"] for stop in reached if not stop["ring"]] == []
    assert [stop["name"] for stop in reached if stop["contrast"] < 3] == []
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("probes.focused()")["name"] == expected[-2]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    after = page.evaluate("probes.focused()")  # nothing, or the top again: the end lets go
    assert after is None or after["name"] == expected[0]


@pytest.mark.parametrize("width", [320, 1280])
def test_what_scrolls_can_be_reached_without_a_mouse(visit, file, width):
    page = visit(file, width=width)
    page.evaluate("probes.openFolds()")
    assert page.evaluate("probes.unreachable()") == []


def test_the_first_stop_skips_to_the_content(visit, page_of_report):
    page = visit(page_of_report)
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    box = link.bounding_box()
    assert link.inner_text() and box["x"] >= 0 and box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('main')")
    page.keyboard.press("Tab")
    has_stops = page.evaluate("document.querySelector('main a, main summary') !== null")  # slides have none
    assert page.evaluate("document.activeElement.closest('main') !== null") == has_stops


def test_arrows_move_a_wide_table(visit, page_of_report):
    page = visit(page_of_report, width=320)
    page.evaluate("probes.openFolds()")
    boxes = page.locator(".table-boite").all()
    for box in [box for box in boxes if box.evaluate("box => box.scrollWidth > box.clientWidth + 1")][:1]:
        box.focus()
        page.evaluate(ONCE_MOVED)
        page.keyboard.press("ArrowRight")
        assert page.evaluate("moved") > 0
