"""What may be shown of a year's records: protected, attacked, and kept so that a correction can be compared with it.

sites   which associations and collèges have a report, under which name
kept    what was released of a year, and what changed since
year    a year's aggregates, in the data root of 02, 03 and 04
"""

from helpers.protection.kept import changed_rows, keep_release, require_enough_changes
from helpers.protection.sites import name_sites
from helpers.protection.year import protect_year

__all__ = ["changed_rows", "keep_release", "name_sites", "protect_year", "require_enough_changes"]
