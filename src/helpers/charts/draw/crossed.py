"""Heat tables of two answers of the same persons: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.explored import heat_table
from helpers.charts.palette import UNANSWERED
from helpers.charts.sheet import WIDE, Sheet
from helpers.facts import fact_of
from helpers.schema import FOLDED
from helpers.wording import interval, number

NO_ANSWER = "s. r."  # « sans réponse »: the head of a column of persons who did not answer


def _ranks(rows: pd.DataFrame) -> dict[str, int]:
    """The number of each line, from one."""
    names = [name for folded in dict.fromkeys(rows["modalite"]) for name in folded.split(FOLDED)]
    return {name: rank for rank, name in enumerate(names, start=1)}


def _lines(rows: pd.DataFrame, ranks: dict[str, int]) -> list[str]:
    named = rows.drop_duplicates("modalite")
    return [f"{_head(row.modalite, ranks)}. {row.libelle}" for row in named.itertuples()]


def _head(modality: str, ranks: dict[str, int]) -> str:
    """A column named by the numbers of the lines: its own words would not hold above it."""
    parts = [NO_ANSWER if name in UNANSWERED else str(ranks.get(name, "?")) for name in modality.split(FOLDED)]
    return ", ".join(dict.fromkeys(parts))


def _share(row) -> tuple[float, str] | None:
    if pd.isna(row.part_min_pct):
        return None
    fact = fact_of(row)
    for bound, sign in ((fact.under, "<"), (fact.over, ">")):
        if bound is not None:
            return float(row.part_pct), f"{sign}\N{NO-BREAK SPACE}{number(bound)}"
    said = interval(row.part_min_pct, row.part_max_pct) if pd.isna(row.part_pct) else number(row.part_pct)
    return float(row.part_max_pct if fact.rounded is None else row.part_pct), said


def _grid(rows: pd.DataFrame) -> list[list[tuple[float, str] | None]]:
    """The cells line by line."""
    return [[_share(row) for row in line.itertuples()] for _, line in rows.groupby("modalite", sort=False)]


def shares(rows: pd.DataFrame, sizes: list[str], *, is_numbered: bool, sheet: Sheet = WIDE) -> Figure:
    """The share of each answer in each group; columns of `describe.crossed`, ``sizes`` of the groups in order.

    Numbered, lines and columns are those of one list of answers.
    """
    groups = rows.drop_duplicates("modalite_croisee")
    ranks = _ranks(rows)
    names = [_head(name, ranks) for name in groups["modalite_croisee"]] if is_numbered else groups["libelle_croise"]
    lines = _lines(rows, ranks) if is_numbered else list(dict.fromkeys(rows["libelle"]))
    heads = [
        f"{name}\n{size}" if is_numbered else f"{name}\nn = {size}" for name, size in zip(names, sizes, strict=True)
    ]
    return heat_table(_grid(rows), lines, heads, sheet=sheet)
