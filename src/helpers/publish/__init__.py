"""What leaves the repository: pages, index, manifest, and their publication, whole or not at all."""

from helpers.publish.checks import check_pages
from helpers.publish.errors import PublicationError
from helpers.publish.index import IndexContext, write_index
from helpers.publish.layout import Page
from helpers.publish.manifest import write_manifest
from helpers.publish.notebook import extract, page_title
from helpers.publish.page import export_page
from helpers.publish.swap import recover, swap

__all__ = [
    "IndexContext",
    "Page",
    "PublicationError",
    "check_pages",
    "export_page",
    "extract",
    "page_title",
    "recover",
    "swap",
    "write_index",
    "write_manifest",
]
