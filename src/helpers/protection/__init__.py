"""What may be shown of a year's records: protected, attacked, and kept so that a correction can be compared with it.

sites      which associations and collèges have a report, under which name
attacked   protection and attack, in turn, until nothing is found
kept       what was released of a year, and what changed since
year       a year's aggregates, in the data root of 02, 03 and 04
audited    the release, attacked from its files before it leaves
"""

from helpers.protection.attacked import truth_of
from helpers.protection.audited import audit_release
from helpers.protection.kept import changed_persons, keep_release, require_enough_changes
from helpers.protection.sites import name_sites
from helpers.protection.year import protect_year

__all__ = [
    "audit_release",
    "changed_persons",
    "keep_release",
    "name_sites",
    "protect_year",
    "require_enough_changes",
    "truth_of",
]
