"""Is it still true? What each result was made from, and what has changed since; nothing heavy is imported here."""

from helpers.freshness.current import asked, current_report, kept_sites, report_causes, report_record
from helpers.freshness.imports import libraries_behind, modules_behind
from helpers.freshness.record import (
    LOADED_AT,
    Cause,
    Record,
    State,
    listing,
    locate,
    name_of,
    read_record,
    record,
    remember,
)
from helpers.freshness.since import changes_since, is_consequence, tell_causes

__all__ = [
    "LOADED_AT",
    "Cause",
    "Record",
    "State",
    "asked",
    "changes_since",
    "current_report",
    "is_consequence",
    "libraries_behind",
    "listing",
    "locate",
    "modules_behind",
    "name_of",
    "read_record",
    "record",
    "remember",
    "kept_sites",
    "report_causes",
    "report_record",
    "tell_causes",
]
