"""A coding, from the tools that researchers use and to them: given a file, a `Project`; given a `Project`, files.

Nothing here knows of years, pages or folders of data. What is read is compared with its text, and what is not kept is
told (``Project.told``).
"""

from helpers.exchange.codebook import write_qdc
from helpers.exchange.faults import fault, unknown
from helpers.exchange.iramuteq import write_iramuteq
from helpers.exchange.kinds import with_kind, without_kind
from helpers.exchange.model import KINDS, Code, Document, Passage, Project
from helpers.exchange.names import code_labels, code_path
from helpers.exchange.plain import TEXTS, read_text
from helpers.exchange.qdpx_write import write_qdpx
from helpers.exchange.reading import read
from helpers.exchange.tables import write_csv
from helpers.exchange.told import is_unmatched

__all__ = [
    "KINDS",
    "Code",
    "Document",
    "TEXTS",
    "Passage",
    "Project",
    "code_labels",
    "code_path",
    "fault",
    "is_unmatched",
    "read",
    "read_text",
    "unknown",
    "with_kind",
    "without_kind",
    "write_csv",
    "write_iramuteq",
    "write_qdc",
    "write_qdpx",
]
