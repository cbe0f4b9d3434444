"""Statements coded by theme (04): matrices and lists. The codes are the researchers'; none is invented here."""

import pandas as pd

from helpers.codings.measures import contexts
from helpers.codings.model import Document, Project
from helpers.schema import OUTLOOK, catalogue, split_multiple

# --- Statements counted ---

# Twice may be one idea in two sentences.
FEWEST_TOGETHER = 3


def by_nature(indicators: pd.DataFrame, name: str, *, year: int, themes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Statements by modality and nature: ``modalite``, ``libelle``, ``constat``, ``tension``, ``levier``,
    ``recommandation``.

    Order and labels are those of the catalogue, or of the code book (``themes``); empty modalities and groups are left
    out. With several choices (``acteur_enonce``), rows may add up to more than the statements.

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
    """The rows of `by_nature` with the most statements of a nature, several when tied; none without any."""
    most = counts[(counts[nature] == counts[nature].max()) & (counts[nature] > 0)]
    return most[["modalite", "libelle"]].to_dict("records")


def together(statements: pd.DataFrame) -> pd.DataFrame:
    """The actors that `FEWEST_TOGETHER` statements or more name together, the most frequent pair first.

    Columns: ``acteur``, ``autre_acteur`` (labels, in catalogue order), ``enonces``, ``tensions`` (among them).

    >>> together(data.load(2020, "enonces")).head(2)
      acteur                     autre_acteur  enonces  tensions
    0  ALSES  équipe de prévention du quartier       11         2
    1  ALSES               collège, en général        9         4
    """
    labels = catalogue().indicators["acteur_enonce"].modalities
    ranks = {code: rank for rank, code in enumerate(labels)}
    named = split_multiple(statements, "acteurs")[["id", "nature", "acteurs"]].drop_duplicates()
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
    """The associations cited, most cited first: ``association``, ``enonces``, ``lignes``."""
    cited = split_multiple(statements, "associations").sort_values("ligne")
    if cited.empty:
        return pd.DataFrame(columns=["association", "enonces", "lignes"])
    grouped = cited.groupby("associations")["ligne"]
    found = grouped.agg(enonces="size", lignes=lambda lines: ", ".join(map(str, dict.fromkeys(lines))))
    found = found.rename_axis("association").reset_index()
    return found.sort_values(["enonces", "association"], ascending=[False, True], ignore_index=True)


# --- Statements to read ---


def listing(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements in code book order, then by line: ``theme`` (label), ``ligne``, ``nature``, ``enonce``."""
    read = statements.merge(themes[["theme", "libelle"]], on="theme", how="left", validate="m:1")
    read["theme"] = pd.Categorical(read["libelle"], categories=list(themes["libelle"]), ordered=True)
    return read.sort_values(["theme", "ligne", "id"])[["theme", "ligne", "nature", "enonce"]].reset_index(drop=True)


def answers(statements: pd.DataFrame) -> pd.DataFrame:
    """Each tension with the levers and recommendations that answer it; unanswered ones first, then by line.

    Columns: ``id``, ``enonce``, ``ligne`` (tension); ``nature``, ``reponse``, ``ligne_reponse`` (missing without
    answer). No row when no answer is coded.
    """
    given = split_multiple(statements, "repond_a")
    if given.empty:
        return pd.DataFrame(columns=["id", "enonce", "ligne", "nature", "reponse", "ligne_reponse"])
    given = given[["repond_a", "nature", "enonce", "ligne"]].set_axis(
        ["id", "nature", "reponse", "ligne_reponse"], axis=1
    )
    tensions = statements.loc[statements["nature"] == "tension", ["id", "enonce", "ligne"]]
    paired = tensions.merge(given, on="id", how="left", validate="1:m")
    # Nullable integers: an unanswered tension has no line.
    paired = paired.assign(ligne_reponse=paired["ligne_reponse"].astype("Int64"), is_answered=paired["reponse"].notna())
    paired = paired.sort_values(["is_answered", "ligne", "id", "ligne_reponse"], kind="stable")
    return paired.drop(columns="is_answered").reset_index(drop=True)


def linked(statements: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The statements linked to an indicator, in catalogue order then by line: ``chiffre``, ``theme``, ``nature``,
    ``enonce``, ``ligne``.
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
    """The statements of the theme `OUTLOOK`, in document order: ``echelle``, ``enonce``, ``ligne``."""
    proposed = statements[statements["theme"] == OUTLOOK]
    return proposed.sort_values(["ligne", "id"])[["echelle", "enonce", "ligne"]].reset_index(drop=True)


def uses(statements: pd.DataFrame, word: str) -> pd.DataFrame:
    """Occurrences of a word in the statements, whatever its ending: ``id``, ``ligne``, ``avant``, ``mot``, ``apres``.

    Context is cut and masked by `codings.contexts`. Raises DataError for anything but one word.

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
