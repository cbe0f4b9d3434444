"""Any notebook as one page in the house style: ``jupyter nbconvert --to alses``, « Alses » in JupyterLab's menu.

nbconvert finds it by the entry point that pyproject.toml declares.
"""

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from traitlets import default

from helpers.report.notebook import export_page, extract, page_title
from helpers.report.page import PublicationError


class HouseExporter(Exporter):
    """The page that the report would have of a notebook, by itself: nothing is asked of figures without caption."""

    output_mimetype = "text/html"
    export_from_notebook = "Alses"

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, and what nbconvert wants to know of it."""
        notebook, resources = super().from_notebook_node(nb, resources, **options)
        name = resources["metadata"]["name"]
        try:
            page_title(notebook)
        except PublicationError:
            notebook.cells.insert(0, new_markdown_cell(f"# {name}"))
        foot = "\n".join(extract(notebook, "provenance"))
        return export_page(notebook, name=name, pages=[], foot=foot, subtitle=f"{name}.ipynb", is_apart=True), resources
