"""What every figure says beside its drawing."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import pandas as pd

from helpers.facts import PROTECTED, Fact, merge_references
from helpers.wording import Html, say

# Titles, readings and alternative texts: the macros that several pages share, then those of pages 02, 03 and of a site.
words = partial(say, "figures")
describing = partial(say, "figures_describe")
crossing = partial(say, "figures_crossed")
comparing = partial(say, "figures_compare")
site = partial(say, "figures_site")


def place_of(rows: pd.DataFrame) -> str:
    """The site whose figures these are (`facts.named`); ``""`` for the network."""
    return rows["lieu"].iloc[0] if "lieu" in rows and len(rows) else ""


def is_protected(rows: pd.DataFrame) -> bool:
    """Whether some of these counts are rounded to protect persons."""
    return bool(rows["precision"].eq(PROTECTED).any())


def nothing(subject: str) -> Html:
    """The box that stands where a figure has no data."""
    return words("nothing", subject=subject)


def source(population: str, references: Iterable[str]) -> Html:
    """Population and documents of a figure."""
    return words("source", population=population, references=merge_references(references) or "calcul")


def bases(parts: Iterable[tuple[Fact | None, str]]) -> Html:
    """How many a figure speaks of, each number with who they are: « n = 2 233 (personnes suivies par un ALSES) »."""
    known = {(fact.base or fact.counts, label): (fact, label) for fact, label in parts if fact}
    return words("bases", facts=[said for (count, _), said in known.items() if count], measures=[])


def is_tied(value: Any, values: list) -> bool:
    """Whether another figure has the value of the one that a title names."""
    return values.count(value) > 1
