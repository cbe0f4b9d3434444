"""Is what was received usable? Every fault of a year's files, as French sentences, before anything is computed."""

from helpers.checks.book import book_faults
from helpers.checks.claims import claim_faults, remark_faults
from helpers.checks.codings import coding_faults, unknown_codes
from helpers.checks.figures import figure_faults
from helpers.checks.records import (
    Account,
    Export,
    account_for,
    forget_exports,
    keep_rejected,
    read_earlier,
    read_export,
    record_faults,
)
from helpers.checks.tables import alias_faults, association_faults, meeting_faults, start_faults, statement_faults
from helpers.checks.year import faults, rejected_rows, require_usable

__all__ = [
    "Account",
    "Export",
    "account_for",
    "alias_faults",
    "association_faults",
    "book_faults",
    "claim_faults",
    "coding_faults",
    "faults",
    "figure_faults",
    "forget_exports",
    "keep_rejected",
    "meeting_faults",
    "read_earlier",
    "read_export",
    "record_faults",
    "rejected_rows",
    "remark_faults",
    "require_usable",
    "start_faults",
    "statement_faults",
    "unknown_codes",
]
