"""axe-core finds nothing to say, in light, in dark, on a desk and on a phone, with every fold open."""

import pytest

from browser.conftest import PAGES, SINGLE, SYNTHETIC, SYNTHETIC_PAGES

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR = ["color-contrast", "link-in-text-block"]
# The window, whether contrast is read (most of the time of axe), and whether a contrast that axe could not decide is a
# fault too: in a narrow window, the cells that one must scroll to are among those.
STATES = {
    "1280-clair": ({"width": 1280, "color_scheme": "light"}, True, True),
    "1280-sombre": ({"width": 1280, "color_scheme": "dark"}, True, True),
    "375-clair": ({"width": 375, "color_scheme": "light"}, False, False),
    "1280-contraste": ({"width": 1280, "color_scheme": "dark", "forced_colors": "active"}, False, False),
    "320-sombre": ({"width": 320, "color_scheme": "dark"}, True, False),
}
# Each run takes seconds, so only those that could tell something new: a theme is that of all pages, the single page has the
# parts of the report, and one page has all the marks that forced colours could take away.
ASKED = [("2020", name, "1280-clair") for name in PAGES] + [(SYNTHETIC, name, "1280-clair") for name in SYNTHETIC_PAGES]
ASKED += [("2020", name, "1280-sombre") for name in ("index", "02_describe", "03_compare", "diapos")]
ASKED += [("2020", "02_describe", "320-sombre"), (SYNTHETIC, "sites", "320-sombre"), (SYNTHETIC, "03_compare", "320-sombre")]
ASKED += [("2020", "02_describe", "1280-contraste"), ("2020", SINGLE, "375-clair")]
# The shade at the ends of a wide table keeps axe from knowing the ground under its words.
WITHOUT_SHADE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".table-boite { background-image: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""
# The marks are signs and not letters, which axe leaves to a person unless told; the rest is axe's own.
READ_SIGNS = """axe.configure({checks: [{id: "color-contrast", options: {
  ignoreUnicode: false, ignoreLength: false, ignorePseudo: false, pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.2,
  textStrokeEmMin: 0.03, boldValue: 700, boldTextPt: 14, largeTextPt: 18,
  contrastRatio: {normal: {expected: 4.5}, large: {expected: 3}},
}}]})"""


def said(results: list[dict]) -> list[str]:
    """One line for each fault: the rule, where, and what axe found."""
    return [
        f"{result['id']} | {' '.join(map(str, node['target']))} | {result['help']} | {' '.join(node['failureSummary'].split())}"
        for result in results
        for node in result["nodes"]
    ]


def examined(page, with_colour: bool, within: str | None = None) -> dict:
    """What axe found in the page, or in those parts of it."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    axe.axe_script += READ_SIGNS
    rules = {"target-size": {"enabled": True}} | {rule: {"enabled": with_colour} for rule in COLOUR}
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "rules": rules, "resultTypes": ["violations", "incomplete"]}
    context = {"include": [within]} if within else None
    return axe.run(page, context=context, options=options).response


@pytest.mark.parametrize(("year", "name", "state"), ASKED)
def test_axe_finds_nothing(visit, reports, single, year, name, state):
    settings, with_colour, must_decide = STATES[state]
    page = visit(single if name == SINGLE else reports[year] / f"{name}.html", **settings)
    assert page.evaluate("probes.openFolds()") == 0
    page.evaluate(WITHOUT_SHADE)
    response = examined(page, with_colour)
    assert len(response["passes"]) > 30
    undecided = [result for result in response["incomplete"] if must_decide and result["id"] in COLOUR]
    for result in undecided:  # axe knows no ground under the words of a drawing: `test_charts` judges its colours
        result["nodes"] = [node for node in result["nodes"] if not node["html"].startswith("<text")]
    assert said(response["violations"] + undecided) == []
