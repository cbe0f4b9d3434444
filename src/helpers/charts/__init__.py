"""Figures from finished frames: title, subtitle, image, reading, source, alt text and data, always together.

palette     one colour a modality, by day and by night
sheet       the two sheets of a drawing, wide and narrow
steps       the paths of a drawing
svg         a drawing in the fewest bytes, in both themes
download    the data of a figure as a CSV
figure      a drawing and all that travels with it, as HTML
words       what every figure says beside its drawing
draw        the drawings themselves
audit       the printed figures and their verdicts                 (01)
persons     one indicator by modality; requests and objectives     (02)
topics      the figures of a topic, populations side by side       (02)
sites       a site, the network beside it                          (02)
nested      a whole opened into its parts                          (02)
crossed     two answers of the same persons                        (02)
posts       the new posts                                          (02)
meetings    meetings and associations                              (02)
compared    what the figures of comparisons share                  (03)
years       two years                                              (03)
groups      groups within a year                                   (03)
certainty   how sure the differences are                           (03)
measured    what records tell of two years, or of more             (03)
statements  the coded statements                                   (04)
codes       the codes of a coding, in all and by meeting           (04)
pairs       the codes that meet                                    (04)
agreement   two persons who coded the same texts                   (04)
explored    any indicator, crossed or not                          (workbench)
"""

from helpers.charts.agreement import show_agreement
from helpers.charts.audit import show_verdicts
from helpers.charts.certainty import show_clusters, show_forest
from helpers.charts.codes import show_codes, show_codes_by_meeting
from helpers.charts.crossed import show_by_group, show_crossing
from helpers.charts.explored import show_explored
from helpers.charts.figure import Figures
from helpers.charts.groups import show_answers, show_nested, show_rest
from helpers.charts.measured import show_series
from helpers.charts.meetings import show_associations, show_attendance, show_calendar
from helpers.charts.nested import show_entries, show_volume
from helpers.charts.pairs import show_network
from helpers.charts.persons import show_requests_and_goals
from helpers.charts.posts import show_conditions, show_context, show_seniority, show_starts, show_teams
from helpers.charts.statements import show_actors, show_beside, show_matrix, show_scales
from helpers.charts.topics import show_breakdowns
from helpers.charts.years import show_composition, show_counts, show_differences

__all__ = [
    "Figures",
    "show_actors",
    "show_agreement",
    "show_answers",
    "show_associations",
    "show_attendance",
    "show_beside",
    "show_breakdowns",
    "show_by_group",
    "show_calendar",
    "show_clusters",
    "show_codes",
    "show_codes_by_meeting",
    "show_composition",
    "show_conditions",
    "show_context",
    "show_counts",
    "show_crossing",
    "show_differences",
    "show_entries",
    "show_explored",
    "show_forest",
    "show_matrix",
    "show_nested",
    "show_network",
    "show_requests_and_goals",
    "show_rest",
    "show_scales",
    "show_seniority",
    "show_series",
    "show_starts",
    "show_teams",
    "show_verdicts",
    "show_volume",
]
