"""Fixtures of the tests in a browser: one Chromium, the reports, windows that are watched."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser import chromium
from helpers import cli, paths

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes", "fiche", "diapos"]
SINGLE = "alses_2020"  # the report in one page, to be sent
# Of a year of records, the pages that have sections of their own: cross-tabulations, two exports.
SYNTHETIC, SYNTHETIC_PAGES = "2034-synthetique", ["02_describe", "03_compare", "sites", "colleges/9990004a/fiche"]
PAGES_OF_REPORTS = [("2020", name) for name in PAGES] + [(SYNTHETIC, name) for name in SYNTHETIC_PAGES]


@pytest.fixture(scope="package")
def executable() -> str:
    """The system's Chromium, or no test."""
    return chromium.require()


@pytest.fixture(scope="package")
def reports(executable, request) -> dict[str, Path]:
    """The true report and that of simulated records."""
    roots = {"2020": "real_root", SYNTHETIC: "sites_root"}
    return {year: request.getfixturevalue(root) / "reports" / year for year, root in roots.items()}


@pytest.fixture(scope="package")
def browser(executable, reports) -> Iterator:
    """One Chromium for all; after the reports are made, for Playwright keeps the event loop that kernels need."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(**chromium.launch_options(executable))
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def windows(browser) -> Iterator[dict]:
    """The windows opened so far, by their settings: to open one takes longer than to read a page in it."""
    opened = {}
    yield opened
    for page, _ in opened.values():
        page.context.close()


@pytest.fixture
def visit(browser, windows) -> Iterator[Callable]:
    """Opens a file in a window of the given width, without network; at the end it must have asked for nothing."""
    used = []

    def visit(path: Path, width: int = 1280, height: int = 900, **settings):
        key = (width, height, *sorted(settings.items()))
        if key not in windows:
            # Reduced motion: a page that glides to its target would have to be waited for.
            settings = {"reduced_motion": "reduce", "locale": "fr-FR", "offline": True, **settings}
            context = browser.new_context(viewport={"width": width, "height": height}, **settings)
            context.add_init_script(path=chromium.PROBES)
            watch = chromium.Watch(context)
            windows[key] = context.new_page(), watch
        page, watch = windows[key]
        used.append(watch)
        page.goto("about:blank")  # else the same page would keep its folds
        page.emulate_media(media="null")
        page.goto(path.as_uri())
        return page

    yield visit
    assert [watch.taken() for watch in used] == [([], [])] * len(used)


@pytest.fixture(scope="package")
def single(reports, tmp_path_factory) -> Path:
    """The true report in one page, made by the command from a copy: the report of the other tests stays alone."""
    root = tmp_path_factory.mktemp("partage")
    shutil.copytree(reports["2020"], root / "reports" / "2020")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        assert cli.main(["share", "2020"]) == 0
    return root / "reports" / f"{SINGLE}.html"


@pytest.fixture(params=PAGES_OF_REPORTS, ids="-".join)
def page_of_report(request, reports) -> Path:
    """Each page of the reports in turn."""
    year, name = request.param
    return reports[year] / f"{name}.html"


@pytest.fixture(params=[*PAGES_OF_REPORTS, ("2020", SINGLE)], ids="-".join)
def file(request, reports, single) -> Path:
    """Each page of the reports, then the report in one page."""
    year, name = request.param
    return single if name == SINGLE else reports[year] / f"{name}.html"
