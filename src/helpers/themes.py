"""Statements coded by theme (04): matrices and lists. The codes are the researchers'; none is invented here."""

import pandas as pd

from helpers.schema import catalogue, unfolded

# The code of the theme that says what should be worked on next, if the code book has one.
OUTLOOK = "perspectives"


def by_nature(indicators: pd.DataFrame, name: str, *, year: int, themes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Statements by modality of an indicator and by nature; modalities that no statement has are left out.

    Columns: ``modalite``, ``libelle``, then one a nature, in statements. The order is that of the catalogue, or of the
    code book ``themes`` (``theme``, ``libelle``), which then gives the names too. Groups are left out. Rows of an
    indicator with several choices (``acteur_enonce``) may add up to more than the statements.
    """
    entry, natures = catalogue().indicators[name], list(catalogue().indicators["nature_enonce"].modalities)
    labels = dict(entry.modalities) if themes is None else dict(zip(themes["theme"], themes["libelle"], strict=True))
    rows = indicators[(indicators["annee"] == year) & (indicators["indicateur"] == name)]
    rows = rows[(rows["croise_avec"] == "nature_enonce") & rows["modalite"].isin(labels)]
    counts = rows.pivot_table(index="modalite", columns="modalite_croisee", values="effectif_max", aggfunc="sum")
    counts = counts.reindex(index=[code for code in labels if code in counts.index], columns=natures).astype("int64")
    counts = counts[counts.sum(axis=1) > 0].rename_axis(columns=None).reset_index()
    counts.insert(1, "libelle", counts["modalite"].map(labels))
    return counts


def leading(counts: pd.DataFrame, nature: str) -> list[dict[str, str]]:
    """The rows of `by_nature` with the most statements of a nature (``modalite``, ``libelle``): several when they tie.

    None when no statement has this nature.
    """
    most = counts[(counts[nature] == counts[nature].max()) & (counts[nature] > 0)]
    return most[["modalite", "libelle"]].to_dict("records")


def listing(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements to read: ``theme`` (label), ``ligne``, ``nature``, ``enonce``; code book order, then line."""
    read = statements.merge(themes[["theme", "libelle"]], on="theme", how="left", validate="m:1")
    read["theme"] = pd.Categorical(read["libelle"], categories=list(themes["libelle"]), ordered=True)
    return read.sort_values(["theme", "ligne", "id"])[["theme", "ligne", "nature", "enonce"]].reset_index(drop=True)


def answers(statements: pd.DataFrame) -> pd.DataFrame:
    """Each tension with the levers and recommendations that answer it; those without any come first, then by line.

    Columns: ``id``, ``enonce``, ``ligne`` of the tension; ``nature``, ``reponse``, ``ligne_reponse`` of one answer,
    missing for a tension without. One row a tension and answer; none when no answer is coded.
    """
    given = unfolded(statements, "repond_a")
    if given.empty:
        return pd.DataFrame(columns=["id", "enonce", "ligne", "nature", "reponse", "ligne_reponse"])
    given = given[["repond_a", "nature", "enonce", "ligne"]].set_axis(
        ["id", "nature", "reponse", "ligne_reponse"], axis=1
    )
    tensions = statements.loc[statements["nature"] == "tension", ["id", "enonce", "ligne"]]
    paired = tensions.merge(given, on="id", how="left", validate="1:m")
    # A tension without answer has no line of an answer: whole numbers that may be missing.
    paired = paired.assign(ligne_reponse=paired["ligne_reponse"].astype("Int64"), is_answered=paired["reponse"].notna())
    paired = paired.sort_values(["is_answered", "ligne", "id", "ligne_reponse"], kind="stable")
    return paired.drop(columns="is_answered").reset_index(drop=True)


def associations(statements: pd.DataFrame) -> pd.DataFrame:
    """The associations cited, most cited first: ``association``, ``enonces`` (their number), ``lignes``."""
    cited = unfolded(statements, "associations").sort_values("ligne")
    if cited.empty:
        return pd.DataFrame(columns=["association", "enonces", "lignes"])
    grouped = cited.groupby("associations")["ligne"]
    found = grouped.agg(enonces="size", lignes=lambda lines: ", ".join(map(str, dict.fromkeys(lines))))
    found = found.rename_axis("association").reset_index()
    return found.sort_values(["enonces", "association"], ascending=[False, True], ignore_index=True)


def linked(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements that a figure of the year sheds light on, in the order of the catalogue, then by line.

    Columns: ``chiffre`` (path of the figure), ``theme`` (label), ``nature``, ``enonce``, ``ligne``.
    """
    order = {name: place for place, name in enumerate(catalogue().indicators)}
    rows = statements[statements["indicateur_lie"].ne("")].rename(columns={"indicateur_lie": "chiffre"})
    rows = rows.assign(
        theme=rows["theme"].map(themes.set_index("theme")["libelle"]),
        place=rows["chiffre"].str.split("/").str[1].map(order),
    )
    rows = rows.sort_values(["place", "chiffre", "ligne", "id"])
    return rows[["chiffre", "theme", "nature", "enonce", "ligne"]].reset_index(drop=True)


def outlook(statements: pd.DataFrame) -> pd.DataFrame:
    """The work proposed for what comes next, in the order of the document: ``echelle``, ``enonce``, ``ligne``."""
    proposed = statements[statements["theme"] == OUTLOOK]
    return proposed.sort_values(["ligne", "id"])[["echelle", "enonce", "ligne"]].reset_index(drop=True)
