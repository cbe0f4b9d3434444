"""What changed since the last report of a year: which figures, from what to what, after what.

`after_release` is all that the pipeline calls; a new kind of cause is a line of `causes.KINDS`.
"""

from helpers.changes.causes import Cause, causes_between
from helpers.changes.found import Change, Changes, compare_figures
from helpers.changes.headline import headline, told
from helpers.changes.kept import keep
from helpers.changes.page import page_path, write_page
from helpers.changes.published import Published, UnreadableFigures, read_report
from helpers.changes.release import after_release

__all__ = [
    "Cause",
    "Change",
    "Changes",
    "Published",
    "UnreadableFigures",
    "after_release",
    "causes_between",
    "compare_figures",
    "headline",
    "keep",
    "page_path",
    "read_report",
    "told",
    "write_page",
]
