"""What leaves the repository: pages, index, manifest, and their publication, whole or not at all."""

from helpers.publish.checks import check_pages, look_at
from helpers.publish.errors import BusyError, PublicationError, ReportError
from helpers.publish.example import write_example
from helpers.publish.index import IndexContext, write_index
from helpers.publish.layout import INDEX, Page, report_subtitle, template_files
from helpers.publish.manifest import commit, write_manifest
from helpers.publish.notebook import extract, page_title
from helpers.publish.page import export_page
from helpers.publish.sealed import is_same_report
from helpers.publish.shared import share, share_state
from helpers.publish.sites import Listed, write_sites
from helpers.publish.swap import recover, swap
from helpers.publish.turn import in_turn
from helpers.publish.verified import Verified, verify
from helpers.publish.withheld import withhold

__all__ = [
    "INDEX",
    "BusyError",
    "IndexContext",
    "Listed",
    "Page",
    "PublicationError",
    "ReportError",
    "Verified",
    "check_pages",
    "commit",
    "export_page",
    "extract",
    "in_turn",
    "is_same_report",
    "look_at",
    "page_title",
    "report_subtitle",
    "recover",
    "share",
    "share_state",
    "swap",
    "verify",
    "template_files",
    "withhold",
    "write_example",
    "write_index",
    "write_manifest",
    "write_sites",
]
