"""Rows to indicators (01): what is counted, what is printed, the audit of a note; finding one value."""

from helpers.indicators.audit import check_figures, count_independent, count_reconciled, count_verdicts, reconcile
from helpers.indicators.build import build_indicators
from helpers.indicators.clusters import (
    count_overlaps,
    count_sites,
    errors_of_sites,
    estimate_clusters,
    estimate_of_sites,
    indicators_before,
)
from helpers.indicators.coherences import Coherences, check_coherences, serious_findings
from helpers.indicators.comparisons import (
    FEW_COLLEGES,
    LEVEL,
    MOST_UNANSWERED_CHANGE_PTS,
    MOST_UNANSWERED_PCT,
    ROUNDED,
    Comparison,
    Comparisons,
    Measure,
    comparison_of,
    stepped_down,
)
from helpers.indicators.constraints import left_to_print, share_bounds
from helpers.indicators.documents import (
    count_ledger,
    count_meetings,
    count_posts,
    count_received,
    count_statements,
    count_year,
    fold_rejections,
)
from helpers.indicators.lookup import (
    BESIDE,
    NETWORK,
    PROTECTED,
    USUAL,
    Fact,
    Facts,
    among,
    at_site,
    beside_network,
    cite,
    decimals_of,
    fact_of,
    in_site,
    is_of_site,
    key_of,
    line_runs,
    merge_references,
    name_answer,
    name_site,
    only_network,
    readable,
    title_of_figure,
    title_of_path,
    uncrossed,
    with_shares,
    with_site_name,
)
from helpers.indicators.persons import count_persons, published_answers
