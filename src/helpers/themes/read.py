"""Statements to read: in full, tensions with their answers, beside figures, what comes next, around a word."""

import pandas as pd

from helpers.codings import contexts
from helpers.exchange import Document, Project
from helpers.schema import OUTLOOK, catalogue, unfolded


def listing(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements to read: ``theme`` (label), ``ligne``, ``nature``, ``enonce``; code book order, then line.

    Takes the schema ``enonces`` and the code book (schema ``themes``).

    >>> enonces = themes.listing(store.load(2020, "enonces"), store.read_reference("themes"))
    >>> enonces[["theme", "ligne", "nature"]].head(2)
                theme  ligne   nature
    0  Prise de poste     85  constat
    1  Prise de poste     85   levier
    """
    read = statements.merge(themes[["theme", "libelle"]], on="theme", how="left", validate="m:1")
    read["theme"] = pd.Categorical(read["libelle"], categories=list(themes["libelle"]), ordered=True)
    return read.sort_values(["theme", "ligne", "id"])[["theme", "ligne", "nature", "enonce"]].reset_index(drop=True)


def answers(statements: pd.DataFrame) -> pd.DataFrame:
    """Each tension with the levers and recommendations that answer it; those without any come first, then by line.

    ``statements`` has the schema ``enonces``. Columns: ``id``, ``enonce``, ``ligne`` of the tension; ``nature``,
    ``reponse``, ``ligne_reponse`` of one answer, missing for a tension without. One row a tension and answer; none when
    no answer is coded.

    >>> reponses = themes.answers(store.load(2020, "enonces"))
    >>> reponses.loc[1:2, ["id", "ligne", "nature", "ligne_reponse"]]
        id  ligne          nature  ligne_reponse
    1  E30    176             NaN           <NA>
    2  E33    176             NaN           <NA>
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


def linked(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements that a figure of the year sheds light on, in the order of the catalogue, then by line.

    Takes the schema ``enonces`` and the code book (schema ``themes``). Columns: ``chiffre`` (path of the figure),
    ``theme`` (label), ``nature``, ``enonce``, ``ligne``.

    >>> a_cote = themes.linked(store.load(2020, "enonces"), store.read_reference("themes"))
    >>> a_cote[["chiffre", "theme", "ligne"]].head(1)
                              chiffre           theme  ligne
    0  postes/experience_prevention/non  Prise de poste     85
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
    """The work proposed for what comes next, in the order of the document: ``echelle``, ``enonce``, ``ligne``.

    ``statements`` has the schema ``enonces``: those of the theme `schema.OUTLOOK`.

    >>> themes.outlook(store.load(2020, "enonces"))[["echelle", "ligne"]].head(2)
                   echelle  ligne
    0  interinstitutionnel    191
    1          territorial    192
    """
    proposed = statements[statements["theme"] == OUTLOOK]
    return proposed.sort_values(["ligne", "id"])[["echelle", "enonce", "ligne"]].reset_index(drop=True)


def uses(statements: pd.DataFrame, word: str) -> pd.DataFrame:
    """Each place where a word comes in the statements, whatever its ending: « équipes » is found for « équipe ».

    ``statements`` has the schema ``enonces``. Columns: ``id`` and ``ligne`` of the statement, in the order of the
    document; ``avant``, ``mot``, ``apres``, as `codings.contexts` cuts and masks them. None when the word never comes.

    Raises
    ------
    DataError
        for what is not one word.

    >>> emplois = themes.uses(store.load(2020, "enonces"), "équipe")
    >>> emplois[["id", "ligne", "mot", "apres"]].head(2)
        id  ligne     mot                                              apres
    0  E04     87  équipe                                       de quartier.
    1  E05     87  équipe  de quartier vacille, il convient de repenser l...
    """
    ordered = statements.sort_values(["ligne", "id"])
    texts = tuple(Document(each.id, each.enonce) for each in ordered.itertuples())
    found = contexts(Project(documents=texts), word).rename(columns={"document": "id"})
    placed = found.merge(statements[["id", "ligne"]], on="id", how="left", validate="m:1")
    return placed[["id", "ligne", "avant", "mot", "apres"]]
