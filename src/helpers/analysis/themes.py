"""Statements coded by theme (04). The codes are the researchers'; none is invented here."""

import pandas as pd

from helpers.codings.lexicon import contexts
from helpers.codings.model import Document, Project
from helpers.schema import catalogue


def labelled(statements: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """The statements (schema ``enonces``) as pandas and seaborn want them, in the order of the document.

    ``theme`` (labels of the code book, schema ``themes``), ``nature``, ``echelle`` (labels) and ``indicateur_lie`` (a
    path of `Facts`, missing where there is none) are ordered categories; ``acteurs`` (labels), ``associations`` and
    ``repond_a`` (the ids of the tensions that it answers; ``repond_a_2``, according to a second person) are lists, to
    be exploded.

    >>> enonces = themes.labelled(data.load(2020, "enonces"), data.read_reference("themes"))
    >>> pd.crosstab(enonces["theme"], enonces["nature"]).loc["Cadre du partenariat"].to_dict()
    {'constat': 4, 'tension': 5, 'levier': 1, 'recommandation': 3}
    >>> enonces.explode("acteurs")["acteurs"].value_counts().head(2).to_dict()
    {'ALSES': 33, 'équipe de prévention du quartier': 13}
    """
    asked = catalogue().indicators
    actors, places = asked["acteur_enonce"].modalities, list(asked)
    scales = {code: f"{name[:1].upper()}{name[1:]}" for code, name in asked["echelle_enonce"].modalities.items()}
    rows = statements.sort_values(["ligne", "id"], ignore_index=True)
    linked = sorted(set(rows["indicateur_lie"]) - {""}, key=lambda path: (places.index(path.split("/")[1]), path))
    rows = rows.assign(repond_a_2=rows.get("repond_a_2", ""))  # most years have one reading
    lists = {
        name: [_values(cell) for cell in rows[name]] for name in ("acteurs", "associations", "repond_a", "repond_a_2")
    }
    lists["acteurs"] = [[actors[code] for code in codes] for codes in lists["acteurs"]]
    return rows.assign(
        theme=_ordered(rows["theme"].map(dict(zip(book["theme"], book["libelle"], strict=True))), book["libelle"]),
        nature=_ordered(rows["nature"], asked["nature_enonce"].modalities),
        echelle=_ordered(rows["echelle"].map(scales), scales.values()),
        indicateur_lie=_ordered(rows["indicateur_lie"].where(rows["indicateur_lie"].ne("")), linked),
        **{name: pd.Series(values, rows.index, dtype="object") for name, values in lists.items()},
    )


def _values(cell: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, cell.split(";")))))


def _ordered(values: pd.Series, order) -> pd.Categorical:
    return pd.Categorical(values, categories=list(order), ordered=True)


def uses(statements: pd.DataFrame, word: str) -> pd.DataFrame:
    """Occurrences of a word in the statements, whatever its ending: ``id``, ``ligne``, ``avant``, ``mot``, ``apres``.

    Context is cut and masked by `codings.contexts`. Raises DataError for anything but one word.

    >>> emplois = themes.uses(data.load(2020, "enonces"), "équipe")
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
