"""The page of an executed notebook, kept beside it: written again only when the notebook or the layout changed."""

from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from helpers import freshness, publish
from helpers.parameters import Parameters
from helpers.pipeline.front import report_subtitle
from helpers.pipeline.sites import NOTEBOOKS, Site
from helpers.pipeline.tasks import Task
from helpers.publish import INDEX, Page

# The list of the reports by site, beside the index.
SITES_PAGE = "sites.html"

# The file of each page and its name in menus, in reading order.
PAGES = [
    Page("01_clean", "Données reçues", "01_clean.html"),
    Page("02_describe", "Portrait de l’année", "02_describe.html"),
    Page("03_compare", "D’une année à l’autre", "03_compare.html"),
    Page("04_themes", "Synthèse des réunions", "04_themes.html"),
]


def kept_page(task: Task) -> Path:
    """Where the page of a task is kept until the report is published."""
    return task.executed.with_suffix(".html")


def page_record(task: Task) -> Path:
    """Where what the page was made from is kept."""
    return task.executed.with_suffix(".page.json")


def _layout() -> list[Path]:
    """The files that decide how a page looks."""
    return [*freshness.modules_behind(["from helpers import publish"]), *publish.template_files()]


def pages_of(site_type: str) -> list[Page]:
    """The pages of the report of a site."""
    return [page for page in PAGES if page.name in NOTEBOOKS[site_type]]


def make_page(
    task: Task, notebook: NotebookNode, *, choice: Parameters, sites: Sequence[Site], withheld: list[str]
) -> Path:
    """The file of the page of a task, made if it has to be; ``sites`` are those of the report, with their names.

    ``withheld`` are the figures that were taken out of the notebook.
    """
    kind, site = task.place
    pages, index = (pages_of(kind), f"../../{SITES_PAGE}") if site else (PAGES, INDEX)
    named = next((each.name for each in sites if (each.site_type, each.site) == task.place), "")
    subtitle = " · ".join(filter(None, [named, report_subtitle(choice)]))
    path, shown = kept_page(task), {"sous-titre": subtitle, "pages": [page.title for page in pages], "tus": withheld}
    kept = freshness.read_record(page_record(task))
    if kept is None or freshness.changes_since(kept, shown):
        foot = "\n".join(publish.extract(notebook, "provenance"))
        html = publish.export_page(notebook, name=task.notebook, pages=pages, foot=foot, subtitle=subtitle, index=index)
        path.write_text(html, encoding="utf-8", newline="\n")
        made = freshness.record(shown, [task.executed, *_layout()], products=[path])
        freshness.remember(made, page_record(task))
    return path
