"""Whose answer is missing, each year: a share may move for no other reason."""

import pandas as pd

from helpers.compare.headlines import RECORDS
from helpers.compare.two_shares import Measure, exact
from helpers.compare.years import published
from helpers.facts import PROTECTED
from helpers.schema import catalogue

# Answers that tell nothing of the person. Of several answers, only an empty list is one.
_EMPTY, _NOTHING_TOLD = "non_renseigne", ("non_renseigne", "ne_sait_pas", "non_prevu")


def unanswered(indicators: pd.DataFrame, year: int | None) -> dict[str, float]:
    """By question (« alses/sexe »), the persons whose answer is missing or says nothing, in per cent of all.

    Only of questions counted in records: a document seldom tells.
    """
    rows = published(indicators, year)
    rows = rows[rows["source"].isin(RECORDS) & rows["modalite"].isin(_NOTHING_TOLD) & rows["part_pct"].notna()]
    rows = rows[rows["precision"].ne(PROTECTED)]
    is_single = [catalogue().indicators[name].choice == "unique" for name in rows["indicateur"]]
    rows = rows[pd.Series(is_single, index=rows.index, dtype=bool) | rows["modalite"].eq(_EMPTY)]
    shares = rows.groupby(["perimetre", "indicateur"])["part_pct"].sum()
    return {f"{perimeter}/{indicator}": float(share) for (perimeter, indicator), share in shares.items()}


def measures(path: str, now: dict[str, float], before: dict[str, float]) -> dict[str, Measure]:
    """The missing answers to the question of a share (« alses/sexe/filles »), of the years that know them."""
    question = path.rpartition("/")[0]
    found = {"part_sans_reponse": now.get(question), "part_sans_reponse_reference": before.get(question)}
    return {name: exact(share) for name, share in found.items() if share is not None}
