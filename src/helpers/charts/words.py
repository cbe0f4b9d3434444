"""What every figure says beside its drawing."""

import pandas as pd

from helpers.facts import merge_references
from helpers.wording import Html, say


def words(name: str, **values) -> Html:
    """A title, reading or alternative text: the macro ``name`` of ``texts/figures.j2``."""
    return say("figures", name, **values)


def nothing(subject: str) -> Html:
    """The box that stands where a figure has no data."""
    return words("nothing", subject=subject)


def source(rows: pd.DataFrame, population: str) -> Html:
    """Population and documents of a figure's rows."""
    return words("source", population=population, references=merge_references(rows["reference"]) or "calcul")
