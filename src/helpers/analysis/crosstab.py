"""Cross-tabulations of two answers, and what can be explored."""

import pandas as pd

from helpers.analysis.describe import breakdown
from helpers.indicators.lookup import at_site, is_of_site, with_shares
from helpers.schema import FOLDED, FROM_RECORDS, PRECISION_WORDS, SOURCES, UNSAID, Indicator, catalogue, read_code

# --- What can be explored, and one cross-tabulation ---

# Second variables that are not in the catalogue.
MEETING = "reunion"
_CROSSED = {"association": "association", "periode": "période", MEETING: "réunion"}
_WORDS = {"apres_l_annee": "après l’année"}

# The indicator whose modalities are those of the code book.
THEMES = "theme_enonce"

# Columns of to_sort, in order; bounds are two columns, so that both can be sorted.
_SORTED = {
    "libelle": "Modalité",
    "libelle_croise": "Croisée avec",
    "effectif_min": "Effectif, au moins",
    "effectif_max": "Effectif, au plus",
    "base_min": "Base, au moins",
    "base_max": "Base, au plus",
    "part_pct": "Part (%)",
    "part_min_pct": "Part, au moins (%)",
    "part_max_pct": "Part, au plus (%)",
    "precision": "Précision",
    "source": "Source",
    "reference": "Référence",
}


def explorable(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """One row per indicator, population, site and cross-tabulation of the year, in catalogue order; not those of the
    files.

    Columns: ``indicateur``, ``libelle``, ``rubrique`` (labels), ``perimetre``, ``population`` (label), ``site``,
    ``croise_avec``, ``croisement`` (label), ``est_publie`` (whether one value at least is said).

    >>> choix = explorable(data.load(2020, "indicateurs"), year=2020)
    >>> choix.loc[3:4, ["libelle", "croisement", "est_publie"]]
                       libelle   croisement  est_publie
    3  Nouveaux postes décrits                     True
    4  Nouveaux postes décrits  association        True
    """
    entries = catalogue()
    rows = indicators[(indicators["annee"] == year) & (indicators["perimetre"] != "donnees")]
    keys = ["indicateur", "perimetre", "site", "croise_avec"]
    said = (~rows["precision"].isin(UNSAID)).groupby([rows[key] for key in keys], sort=False).any()
    found = said.rename("est_publie").reset_index()
    order = {name: place for place, name in enumerate(entries.indicators)}
    found = found.sort_values("indicateur", key=lambda names: names.map(order), kind="stable")
    return found.assign(
        libelle=[entries.indicators[name].label for name in found["indicateur"]],
        rubrique=[entries.topics[entries.indicators[name].topic] for name in found["indicateur"]],
        population=[entries.perimeters[name].label for name in found["perimetre"]],
        croisement=found["croise_avec"].map(_name_of_crossing),
    ).reset_index(drop=True)


def _name_of_crossing(name: str) -> str:
    entries = catalogue().indicators
    return entries[name].label if name in entries else _CROSSED.get(name, name.replace("_", " "))


def _label_of_crossed(name: str, modality: str) -> str:
    entries = catalogue().indicators
    if name in entries:
        return entries[name].label_of(modality)
    return _WORDS.get(modality) or (read_code(modality) if name == MEETING else modality)


def crosstab_cells(
    indicators: pd.DataFrame, indicator: str, crossed_with: str, *, year: int, perimeter: str = "alses", site: str = ""
) -> pd.DataFrame:
    """The cells of a cross-tabulation, in reading order; none for a pair that the year does not cross.

    The columns of `describe.breakdown`, and ``libelle_croise``. ``base_min`` and ``base_max`` count the second modality
    where the table holds it. Raises KeyError for an indicator that the catalogue does not have.

    >>> chiffres = data.load(2020, "indicateurs")
    >>> cases = crosstab_cells(chiffres, "equipe_sur_le_quartier", "association", year=2020, perimeter="postes")
    >>> cases[["libelle", "libelle_croise", "effectif_min", "base_min"]].head(2)
      libelle       libelle_croise  effectif_min  base_min
    0     oui                 AAPI             1         1
    1     oui  AEP Sambre Avesnois             3         3
    """
    entry = catalogue().indicators[indicator]
    wanted = {"annee": year, "perimetre": perimeter, "indicateur": indicator, "croise_avec": crossed_with}
    rows = at_site(indicators, site)
    rows = rows[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    rows = with_shares(rows)
    return rows.assign(
        libelle=[entry.label_of(name) if name else entry.label for name in rows["modalite"]],
        libelle_croise=[_label_of_crossed(crossed_with, name) for name in rows["modalite_croisee"]],
    ).reset_index(drop=True)


def with_code_names(rows: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The rows of `breakdown` or `crosstab_cells`, with the theme labels of the code book (schema ``themes``)."""
    book, names = dict(zip(themes["theme"], themes["libelle"], strict=True)), {}
    for column, name, modality in (
        ("libelle", "indicateur", "modalite"),
        ("libelle_croise", "croise_avec", "modalite_croisee"),
    ):
        if column in rows:
            names[column] = rows[modality].map(book).where(rows[name].eq(THEMES)).fillna(rows[column])
    return rows.assign(**names)


def sortable_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `breakdown` or `crosstab_cells` under a reader's titles, with numbers that sort.

    What is only bounded has two columns (« au moins », « au plus »); a column without any value is left out.

    >>> parts = describe.breakdown(data.load(2020, "indicateurs"), "sexe", year=2020)
    >>> sortable_table(parts)[["Modalité", "Effectif, au moins", "Base", "Part (%)", "Précision"]]
      Modalité  Effectif, au moins  Base  Part (%) Précision
    0   filles                 927  2233      42.0   arrondi
    1  garçons                1284  2233      58.0   arrondi
    """
    shown = rows.assign(
        precision=rows["precision"].map(PRECISION_WORDS),
        source=rows["source"].map(SOURCES),
        **{name: rows[name].astype("Float64").round(1) for name in ("part_pct", "part_min_pct", "part_max_pct")},
    )
    titles = {name: title for name, title in _SORTED.items() if name in shown and shown[name].notna().any()}
    for name in ("effectif", "base", "part"):
        low, high = (f"{name}_{end}{'_pct' if name == 'part' else ''}" for end in ("min", "max"))
        if low in titles and high in titles and shown[low].equals(shown[high]):
            title = titles.pop(high).partition(",")[0]
            titles[low] = title if name != "part" else "Part (%)"
            titles = {key: value for key, value in titles.items() if key != "part_pct" or name != "part"}
    return shown[list(titles)].rename(columns=titles)


# --- Cross-tabulations counted in individual records ---


def _place(entry: Indicator, modality: str) -> int:
    """The rank of a modality in reading order; folded ones take the rank of the first of them."""
    names, first = [*entry.modalities, *entry.recorded], modality.split(FOLDED)[0]
    return names.index(first) if first in names else len(names)


def _in_order(entry: Indicator, modalities: pd.Series) -> list[str]:
    return sorted(modalities.unique(), key=lambda name: _place(entry, name))


def crosstab_of_records(
    indicators: pd.DataFrame, indicator: str, other: str, *, year: int, perimeter: str = "alses"
) -> pd.DataFrame:
    """Every cell of a cross-tabulation counted in records, column by column (columns of `crosstab_cells`); none without
    records.

    A cell that is not displayed has no count and the precision ``non_publie``: it is empty, or small enough to identify
    someone.
    """
    rows = crosstab_cells(indicators, indicator, other, year=year, perimeter=perimeter)
    rows = rows[rows["source"].isin(FROM_RECORDS)]
    if rows.empty:
        return rows
    entry, second = catalogue().indicators[indicator], catalogue().indicators[other]
    names = [_in_order(second, rows["modalite_croisee"]), _in_order(entry, rows["modalite"])]
    grid = pd.MultiIndex.from_product(names, names=["modalite_croisee", "modalite"])
    cells = rows.set_index(["modalite_croisee", "modalite"]).reindex(grid).reset_index()[list(rows.columns)]
    # What the missing cells share with the others.
    alike = ["annee", "perimetre", "site_type", "site", "indicateur", "croise_avec", "unite", "source", "reference"]
    alike += ["lieu"] if "lieu" in rows else []
    return cells.assign(
        **{name: rows[name].iloc[0] for name in alike},
        precision=cells["precision"].fillna("non_publie"),
        part_decimales=cells["part_decimales"].fillna(0),
        libelle=[entry.label_of(name) for name in cells["modalite"]],
        libelle_croise=[second.label_of(name) for name in cells["modalite_croisee"]],
    )


def suppressed_crosstabs(indicators: pd.DataFrame, name: str, *, year: int) -> list[tuple[str, str]]:
    """The cross-tabulations of a topic that records allow and that are suppressed, as pairs of labels.

    None without records, for an indicator that they do not count, nor for a site, where size alone decides.
    """
    entries = catalogue()
    if is_of_site(indicators):
        return []
    rows = indicators[(indicators["annee"] == year) & indicators["source"].isin(FROM_RECORDS)]
    counted = set(rows.loc[rows["croise_avec"].eq(""), "indicateur"])
    shown = set(zip(rows["indicateur"], rows["croise_avec"], strict=True))
    return [
        (entry.label, entries.indicators[other].label)
        for entry in entries.of_topic(name)
        for other in entry.crossed_with
        if {entry.id, other} <= counted and (entry.id, other) not in shown
    ]


def pairs(indicators: pd.DataFrame, indicator: str, *, year: int, perimeter: str = "alses") -> pd.DataFrame:
    """The modalities of a multiple choice that go together, each pair once, the most frequent first (columns of
    `crosstab_cells`).

    ``effectif_min`` persons have both. A pair that too few have, or that too few have only one of, is left out.
    """
    cells, entry = (
        crosstab_of_records(indicators, indicator, indicator, year=year, perimeter=perimeter),
        catalogue().indicators,
    )
    if cells.empty:
        return cells
    first, second = (
        cells[name].map(lambda each: _place(entry[indicator], each)) for name in ("modalite", "modalite_croisee")
    )
    known = cells[(first < second) & cells["effectif_min"].notna()]
    return known.sort_values("effectif_min", ascending=False, kind="stable").reset_index(drop=True)


def completeness(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Persons with each column of the export filled, lowest share first (columns of `breakdown`); none without an
    export.
    """
    rows = breakdown(indicators, "colonne_remplie", year=year)
    shares = rows["effectif_min"] / rows["base_min"]
    return rows.loc[shares.sort_values(kind="stable").index].reset_index(drop=True)
