"""Statements coded by theme (04): matrices and lists. The codes are the researchers'; none is invented here."""

import pandas as pd

from helpers.codings.measures import contexts
from helpers.codings.model import Document, Project
from helpers.schema import OUTLOOK, catalogue, unfolded

# --- Statements counted: by theme, actor or scale and by nature, by pair of actors, by association ---

# Twice may be one idea in two sentences.
FEWEST_TOGETHER = 3


def by_nature(indicators: pd.DataFrame, name: str, *, year: int, themes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Statements by modality of an indicator and by nature; modalities that no statement has are left out.

    ``indicators`` has the schema ``indicateurs``. Columns: ``modalite``, ``libelle``, then in statements ``constat``,
    ``tension``, ``levier``, ``recommandation``. The order is that of the catalogue, or of the code book (schema
    ``themes``), which then gives the names too. Groups are left out. Rows of an indicator with several choices
    (``acteur_enonce``) may add up to more than the statements.

    Raises
    ------
    KeyError
        for an indicator that the catalogue does not have.

    >>> livre = data.read_reference("themes")
    >>> par_theme = by_nature(data.load(2020, "indicateurs"), "theme_enonce", year=2020, themes=livre)
    >>> par_theme[["libelle", "constat", "tension", "levier", "recommandation"]].head(2)
                    libelle  constat  tension  levier  recommandation
    0        Prise de poste        3        2       1               2
    1  Cadre du partenariat        4        5       1               3
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

    Empty when no statement has this nature. ``counts`` has the columns of `by_nature`.
    """
    most = counts[(counts[nature] == counts[nature].max()) & (counts[nature] > 0)]
    return most[["modalite", "libelle"]].to_dict("records")


def together(statements: pd.DataFrame) -> pd.DataFrame:
    """The actors that `FEWEST_TOGETHER` statements or more name together: one row a pair, the most often first.

    ``statements`` has the schema ``enonces``. Columns: ``acteur``, ``autre_acteur`` (labels, in the order of the
    catalogue), ``enonces`` (their number), ``tensions`` among them.

    >>> together(data.load(2020, "enonces")).head(2)
      acteur                     autre_acteur  enonces  tensions
    0  ALSES  équipe de prévention du quartier       11         2
    1  ALSES               collège, en général        9         4
    """
    labels = catalogue().indicators["acteur_enonce"].modalities
    ranks = {code: rank for rank, code in enumerate(labels)}
    named = unfolded(statements, "acteurs")[["id", "nature", "acteurs"]].drop_duplicates()
    named = named.assign(rang=named["acteurs"].map(ranks))
    pairs = named.merge(named[["id", "rang"]], on="id", suffixes=("", "_autre"))
    pairs = pairs[pairs["rang"] < pairs["rang_autre"]].assign(est_tension=lambda rows: rows["nature"].eq("tension"))
    counts = pairs.groupby(["rang", "rang_autre"])["est_tension"].agg(enonces="size", tensions="sum").reset_index()
    counts = counts[counts["enonces"] >= FEWEST_TOGETHER]
    counts = counts.sort_values(["enonces", "rang", "rang_autre"], ascending=[False, True, True], ignore_index=True)
    names = {"acteur": counts["rang"], "autre_acteur": counts["rang_autre"]}
    shown = pd.DataFrame({name: place.map(list(labels.values()).__getitem__) for name, place in names.items()})
    return shown.assign(enonces=counts["enonces"], tensions=counts["tensions"])


def associations(statements: pd.DataFrame) -> pd.DataFrame:
    """The associations cited, most cited first: ``association``, ``enonces`` (their number), ``lignes``.

    ``statements`` has the schema ``enonces``.
    """
    cited = unfolded(statements, "associations").sort_values("ligne")
    if cited.empty:
        return pd.DataFrame(columns=["association", "enonces", "lignes"])
    grouped = cited.groupby("associations")["ligne"]
    found = grouped.agg(enonces="size", lignes=lambda lines: ", ".join(map(str, dict.fromkeys(lines))))
    found = found.rename_axis("association").reset_index()
    return found.sort_values(["enonces", "association"], ascending=[False, True], ignore_index=True)


# --- Statements to read: in full, tensions with their answers, beside figures, what comes next, around a word ---


def listing(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements to read: ``theme`` (label), ``ligne``, ``nature``, ``enonce``; code book order, then line.

    Takes the schema ``enonces`` and the code book (schema ``themes``).
    """
    read = statements.merge(themes[["theme", "libelle"]], on="theme", how="left", validate="m:1")
    read["theme"] = pd.Categorical(read["libelle"], categories=list(themes["libelle"]), ordered=True)
    return read.sort_values(["theme", "ligne", "id"])[["theme", "ligne", "nature", "enonce"]].reset_index(drop=True)


def answers(statements: pd.DataFrame) -> pd.DataFrame:
    """Each tension with the levers and recommendations that answer it; those without any come first, then by line.

    ``statements`` has the schema ``enonces``. Columns: ``id``, ``enonce``, ``ligne`` of the tension; ``nature``,
    ``reponse``, ``ligne_reponse`` of one answer, missing for a tension without. One row a tension and answer; none when
    no answer is coded.
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

    ``statements`` has the schema ``enonces``: those of the theme `OUTLOOK`.
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

    >>> emplois = uses(data.load(2020, "enonces"), "équipe")
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
