"""Statements coded by theme (04): matrices and lists. The codes are the researchers'; none is invented here."""

import pandas as pd

from helpers.schema import table_schema


def order_of(column: str) -> list[str]:
    """The values of a coded column, in the order of its schema."""
    return next(c for c in table_schema("enonces")["fields"] if c["name"] == column)["constraints"]["enum"]


def matrix(statements: pd.DataFrame, *, rows: str, columns: str, labels: pd.DataFrame | None = None) -> pd.DataFrame:
    """Statements counted by ``rows`` and ``columns``; rows in code book order, every value of ``columns`` present.

    ``labels`` is the code book (``theme``, ``libelle``): its order and names are then those of the rows. A multi-valued
    column (``acteurs``) is counted once a value, so that its rows may add up to more than the statements.
    """
    coded = statements.assign(**{rows: statements[rows].str.split(r"\s*;\s*", regex=True)}).explode(rows)
    coded = coded.assign(**{rows: coded[rows].str.strip()})
    coded = coded[coded[rows].ne("")]
    counted = pd.crosstab(coded[rows], coded[columns]).reindex(columns=order_of(columns), fill_value=0)
    if labels is None:
        counted = counted.loc[counted.sum(axis=1).sort_values(ascending=False, kind="stable").index]
        return counted.rename(index=lambda code: code.replace("_", " "))
    present = [code for code in labels["theme"] if code in counted.index]
    return counted.loc[present].rename(index=labels.set_index("theme")["libelle"].to_dict())


def listing(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements to read: ``theme`` (label), ``nature``, ``enonce``, ``ligne``; code book order, then line."""
    read = statements.merge(themes[["theme", "libelle"]], on="theme", how="left", validate="m:1")
    read["theme"] = pd.Categorical(read["libelle"], categories=list(themes["libelle"]), ordered=True)
    return read.sort_values(["theme", "ligne", "id"])[["theme", "nature", "enonce", "ligne"]].reset_index(drop=True)


def most_tense(statements: pd.DataFrame, themes: pd.DataFrame) -> list[dict[str, str]]:
    """The themes with the most tensions (``theme``: code, ``libelle``: label): several when they tie, none without."""
    tense = statements.loc[statements["nature"] == "tension", "theme"].value_counts()
    most = set(tense[tense == tense.max()].index)
    return themes.loc[themes["theme"].isin(most), ["theme", "libelle"]].to_dict("records")
