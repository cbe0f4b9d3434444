"""What a user would type: Papermill for each notebook, then nbconvert for each page."""

import sys
from pathlib import Path

STEPS = ("01_clean", "02_describe", "03_compare", "04_themes")
OF_A_SITE = STEPS[1:]
YEAR, BEFORE = 2020, 2019


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _executed(notebook: str, parameters: dict[str, object], name: str) -> list[str]:
    given = [word for key, value in parameters.items() for word in ("-p", key, str(value))]
    return [_tool("papermill"), "-k", "python3", f"notebooks/{notebook}.ipynb", f"executed/{name}.ipynb", *given]


def _page(name: str) -> list[str]:
    return [_tool("jupyter"), "nbconvert", "--to", "html", "--output-dir", "pages", f"executed/{name}.ipynb"]


def whole_report() -> list[list[str]]:
    """The commands of a report: 01 of the year before, the four notebooks of the year, the four pages."""
    first = _executed(STEPS[0], {"year": BEFORE}, f"{STEPS[0]}_{BEFORE}")
    return [first, *(_executed(step, {"year": YEAR}, step) for step in STEPS), *(_page(step) for step in STEPS)]


def site_reports(sites: list[str]) -> list[list[str]]:
    """The commands of the three notebooks of each site, once 01 is done, and of their pages.

    The notebooks are those of the year: a site changes what they select, and next to nothing of what they cost.
    """
    names = [(step, f"{site}_{step}") for site in sites for step in OF_A_SITE]
    pairs = ((_executed(step, {"year": YEAR}, name), _page(name)) for step, name in names)
    return [command for pair in pairs for command in pair]
