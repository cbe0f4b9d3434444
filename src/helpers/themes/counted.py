"""Statements counted: by theme, actor or scale and by nature, by pair of actors, by association."""

import pandas as pd

from helpers.schema import catalogue, unfolded

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

    >>> livre = store.read_reference("themes")
    >>> par_theme = themes.by_nature(store.load(2020, "indicateurs"), "theme_enonce", year=2020, themes=livre)
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

    Empty when no statement has this nature. ``counts`` has the columns of `themes.by_nature`.

    >>> par_acteur = themes.by_nature(store.load(2020, "indicateurs"), "acteur_enonce", year=2020)
    >>> themes.leading(par_acteur, "tension")
    [{'modalite': 'alses', 'libelle': 'ALSES'}]
    """
    most = counts[(counts[nature] == counts[nature].max()) & (counts[nature] > 0)]
    return most[["modalite", "libelle"]].to_dict("records")


def together(statements: pd.DataFrame) -> pd.DataFrame:
    """The actors that `FEWEST_TOGETHER` statements or more name together: one row a pair, the most often first.

    ``statements`` has the schema ``enonces``. Columns: ``acteur``, ``autre_acteur`` (labels, in the order of the
    catalogue), ``enonces`` (their number), ``tensions`` among them.

    >>> themes.together(store.load(2020, "enonces")).head(2)
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

    >>> themes.associations(store.load(2020, "enonces")).head(2)
       association  enonces    lignes
    0        CAPEP        3   87, 175
    1  Itinéraires        2  175, 184
    """
    cited = unfolded(statements, "associations").sort_values("ligne")
    if cited.empty:
        return pd.DataFrame(columns=["association", "enonces", "lignes"])
    grouped = cited.groupby("associations")["ligne"]
    found = grouped.agg(enonces="size", lignes=lambda lines: ", ".join(map(str, dict.fromkeys(lines))))
    found = found.rename_axis("association").reset_index()
    return found.sort_values(["enonces", "association"], ascending=[False, True], ignore_index=True)
