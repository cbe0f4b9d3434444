"""The meetings and the associations: when, who was invited, who came, who is named where."""

import pandas as pd

from helpers.describe.people import breakdown
from helpers.schema import catalogue, unfolded


def attendance(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Present and invited by group of meetings; the invited are missing where they are not printed."""
    return breakdown(indicators, "participants", year=year, perimeter="reunions")


def calendar(meetings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The meetings by date: ``date``, ``groupe``, ``libelle`` (group), ``participants``, ``est_apres`` (year over)."""
    if meetings.empty:
        return pd.DataFrame()
    entry = catalogue().indicators["participants"]
    ordered = meetings.sort_values(["date", "groupe"])[["date", "groupe", "participants"]]
    return ordered.assign(
        libelle=ordered["groupe"].map(entry.label_of), est_apres=ordered["date"].dt.year > year
    ).reset_index(drop=True)


def associations(
    posts: pd.DataFrame, meetings: pd.DataFrame, statements: pd.DataFrame, *, register: pd.DataFrame
) -> pd.DataFrame:
    """Where each association is named, one row a name: ``association``, ``rattachement`` (of the register),
    ``postes`` (described), ``reunion_<groupe>`` (whether the list of the group names it), ``enonces`` (that cite it).

    Only the groups that print a list have a column. A name of the register that the year never uses is left out.
    """
    listed = {group: set(rows["associations"]) for group, rows in unfolded(meetings, "associations").groupby("groupe")}
    cited = unfolded(statements, "associations")["associations"].value_counts()
    held = posts["association"].value_counts()
    names = sorted({*held.index, *cited.index, *set().union(*listed.values())}, key=str.casefold)
    groups = [name for name in catalogue().indicators["participants"].modalities if name in listed]
    grid = pd.DataFrame({"association": names})
    grid["rattachement"] = grid["association"].map(register.set_index("association")["rattachement"]).fillna("")
    grid["postes"] = grid["association"].map(held).fillna(0).astype(int)
    for group in groups:
        grid[f"reunion_{group}"] = grid["association"].isin(listed[group])
    grid["enonces"] = grid["association"].map(cited).fillna(0).astype(int)
    return grid
