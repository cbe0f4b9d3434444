"""Fixtures of the tests in a browser: one Chromium, the two reports, windows that are watched."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser import chromium

REPORTS = {"2020": "real_root", "2032": "mini_root"}
PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]


@pytest.fixture(scope="package")
def executable() -> str:
    """The system's Chromium, or no test."""
    return chromium.require()


@pytest.fixture(scope="package")
def reports(executable, request) -> dict[str, Path]:
    """The true report and the invented one."""
    return {year: request.getfixturevalue(root) / "reports" / year for year, root in REPORTS.items()}


@pytest.fixture(scope="package")
def browser(executable, reports) -> Iterator:
    """One Chromium for all; after the reports are made, for Playwright keeps the event loop that kernels need."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(**chromium.launch_options(executable))
        yield opened
        opened.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable]:
    """Opens a file in a window of the given width, without network; at the end it must have asked for nothing."""
    opened = []

    def visit(path: Path, width: int = 1280, height: int = 900, **settings):
        size = {"width": width, "height": height}
        # Reduced motion: a page that glides to its target would have to be waited for.
        settings = {"viewport": size, "reduced_motion": "reduce", "locale": "fr-FR", "offline": True, **settings}
        context = browser.new_context(**settings)
        watch = chromium.Watch(context)
        context.add_init_script(path=chromium.PROBES)
        opened.append((context, watch))
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield visit
    for context, _ in opened:
        context.close()
    assert [watch.asked for _, watch in opened if watch.asked] == []
    assert [watch.complaints for _, watch in opened if watch.complaints] == []


@pytest.fixture(params=[(year, name) for year in REPORTS for name in PAGES], ids=lambda pair: "-".join(pair))
def file(request, reports) -> Path:
    """Each page of the two reports in turn."""
    year, name = request.param
    return reports[year] / f"{name}.html"


def pytest_terminal_summary(terminalreporter) -> None:
    """Says where the screenshots are, for people to look at."""
    kept = [dict(report.user_properties).get("capture") for report in terminalreporter.getreports("passed")]
    for folder in sorted({str(Path(path).parent) for path in kept if path}):
        terminalreporter.write_line(f"Captures d’écran\u00a0: {folder}")
