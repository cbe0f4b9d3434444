"""The tables of the year (02): which figures to show, of which population, in which order."""

from helpers.describe.crossings import completeness, crossed, pairs, withheld_crossings
from helpers.describe.exploring import THEMES, crossing, explorable, named, to_sort
from helpers.describe.gatherings import associations, attendance, calendar
from helpers.describe.people import beyond, breakdown, requests_and_goals, topic
from helpers.describe.posts import (
    CONDITIONS,
    answers,
    conditions_grid,
    landmarks,
    seniority,
    social_context,
    starts,
    teams,
)
from helpers.describe.scope import KEY_FIGURES, PERIMETERS, Silence, definitions, silences
from helpers.describe.spoken import Spoken, spoken
from helpers.describe.standing import LookedAt, Standing, looked_at, standings

__all__ = [
    "CONDITIONS",
    "KEY_FIGURES",
    "PERIMETERS",
    "THEMES",
    "LookedAt",
    "Silence",
    "Spoken",
    "Standing",
    "answers",
    "associations",
    "attendance",
    "beyond",
    "breakdown",
    "calendar",
    "completeness",
    "conditions_grid",
    "crossed",
    "crossing",
    "definitions",
    "explorable",
    "landmarks",
    "looked_at",
    "named",
    "pairs",
    "requests_and_goals",
    "seniority",
    "silences",
    "social_context",
    "spoken",
    "standings",
    "starts",
    "teams",
    "to_sort",
    "topic",
    "withheld_crossings",
]
