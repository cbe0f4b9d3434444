"""Any notebook as one page in the house style: ``jupyter nbconvert --to alses``, « Alses » in JupyterLab's menu."""

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

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **options: Any) -> tuple[str, dict]:
        notebook, resources = super().from_notebook_node(nb, resources, **options)
        name = resources["metadata"]["name"]
        try:
            page_title(notebook)
        except PublicationError:
            notebook.cells.insert(0, new_markdown_cell(f"# {name}"))
        foot, around = "\n".join(extract(notebook, "provenance")), {"subtitle": f"{name}.ipynb", "index": "#contenu"}
        return export_page(notebook, name=name, pages=[], foot=foot, **around), resources
