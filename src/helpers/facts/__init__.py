"""One figure of the indicator table: find it, read its share, name it. Shared by everything that shows numbers."""

from helpers.facts.figures import (
    DECIMAL_FROM_BASE,
    NETWORK,
    PROTECTED,
    USUAL,
    Fact,
    among,
    at_site,
    decimals_of,
    fact_of,
    key_of,
    network,
    title_of_figure,
    with_shares,
)
from helpers.facts.lookup import Facts
from helpers.facts.names import name_answer, place_beside, title_of_path
from helpers.facts.references import cite, line_runs, merge_references
from helpers.facts.series import Series
from helpers.facts.sites import BESIDE, beside_network, in_site, is_of_site, name_site, named, only_network

__all__ = [
    "BESIDE",
    "DECIMAL_FROM_BASE",
    "NETWORK",
    "PROTECTED",
    "USUAL",
    "Fact",
    "Facts",
    "Series",
    "among",
    "at_site",
    "beside_network",
    "cite",
    "decimals_of",
    "fact_of",
    "in_site",
    "is_of_site",
    "key_of",
    "line_runs",
    "merge_references",
    "name_answer",
    "name_site",
    "named",
    "network",
    "only_network",
    "place_beside",
    "title_of_figure",
    "title_of_path",
    "with_shares",
]
