"""The meetings and the associations: when, who was invited, who came, who is named where."""

import pandas as pd

from helpers.describe.people import breakdown
from helpers.schema import catalogue, unfolded


def attendance(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Present and invited by group of meetings; the invited are missing where they are not printed.

    The columns of `describe.breakdown`: ``effectif_min`` came, ``base_min`` were invited.

    >>> venus = describe.attendance(store.load(2020, "indicateurs"), year=2020)
    >>> venus.loc[1:2, ["libelle", "effectif_min", "base_min", "part_pct"]].round(1)
                   libelle  effectif_min  base_min  part_pct
    1       nouveaux ALSES            19        21      90.5
    2  nord du département             9        19      47.4
    """
    return breakdown(indicators, "participants", year=year, perimeter="reunions")


def calendar(meetings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The meetings by date: ``date``, ``groupe``, ``libelle`` (group), ``participants``, ``est_apres`` (year over).

    ``meetings`` has the schema ``reunions``; no column at all without meetings.

    >>> dates = describe.calendar(store.load(2020, "reunions"), year=2020)
    >>> dates[["date", "libelle", "participants", "est_apres"]].head(2)
            date                     libelle  participants  est_apres
    0 2020-03-09  journée des nouveaux ALSES            17      False
    1 2020-11-13            chefs de service             9      False
    """
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
    """Where each association is named, one row a name: ``association``, ``rattachement`` (of the register), ``postes``
    (described), ``reunion_<groupe>`` (whether the list of the group names it), ``enonces`` (that cite it).

    Takes the schema ``postes``, schema ``reunions``, schema ``enonces`` and, as register, schema ``associations``. Only
    the groups that print a list have a column. A name of the register that the year never uses is left out.

    >>> tables_lues = (store.load(2020, nom) for nom in ("postes", "reunions", "enonces"))
    >>> presences = describe.associations(*tables_lues, register=store.read_reference("associations"))
    >>> presences[["association", "postes", "reunion_nord", "enonces"]].head(2)
      association  postes  reunion_nord  enonces
    0         AAE       0          True        1
    1        AAPI       1          True        0
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
