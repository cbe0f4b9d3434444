"""The tables of a year's codings, from its measures and the code book."""

import pandas as pd

from helpers.codings.gates import AT_LEAST, AT_MOST
from helpers.codings.shapes import SHAPES
from helpers.codings.years import STATES

_LABELS = {"code": "libelle", "autre_code": "autre_libelle", "theme": "libelle"}


def table_of(measured: pd.DataFrame, analysis: str, *, book: pd.DataFrame) -> pd.DataFrame:
    """One of the tables that `measures` (schema ``codages``) keeps, its codes named by the book (schema ``themes``).

    ``analysis``: ``corpus``, ``codes``, ``reunions``, ``paires``, ``accord``, ``annees``, ``seuils`` or ``mots``. The
    codes are those of the book, ``libelle`` and ``autre_libelle`` beside them. Empty where nothing was measured.

    - ``corpus``: columns of `codings.corpus`, ``codages``, ``homonymes`` (names of several texts),
      ``jumeaux`` (texts of several names);
    - ``codes``: columns of `codings.code_counts`, ``parent``;
    - ``reunions``: columns of `codings.code_by_document`;
    - ``paires``: columns of `codings.cooccurrences`;
    - ``accord``: columns of `codings.agreement`;
    - ``annees``: columns of `codings.year_to_year`, ``annee_avant``;
    - ``seuils``: columns of `codings.gates`;
    - ``mots``: columns of `codings.words_by_code`, the words kept; of none, the surest one tested.

    Raises
    ------
    KeyError
        for another analysis.

    >>> texte = exchange.Document("r1", "Bonjour à tous.", kind="verbatim")
    >>> passage = exchange.Passage("r1", 0, 7, "Bonjour", "accueil")
    >>> codage = exchange.Project((exchange.Code("accueil"),), (texte,), (passage,))
    >>> livre = pd.DataFrame({"theme": ["accueil"], "libelle": ["Accueil"], "parent": [""]})
    >>> codes = codings.table_of(codings.measures({"Zoé": codage}, year=2021), "codes", book=livre)
    >>> codes[["code", "libelle", "parent", "passages", "mots"]]
          code  libelle parent  passages  mots
    0  accueil  Accueil                1     1
    """
    shape, found = SHAPES[analysis], {}
    for row in measured[measured["analyse"] == analysis].itertuples():
        keys = dict(zip(shape.keys, (row.cle, row.autre_cle), strict=False))
        found.setdefault((row.cle, row.autre_cle), keys)[row.mesure] = row.valeur
    table = pd.DataFrame(list(found.values()), columns=[*shape.keys, *shape.measures])
    kinds = {name: "int64" for name in shape.counts} | {name: "float64" for name in shape.rates}
    table = table.astype(kinds)
    table = table.astype({name: "bool" for name in shape.counts if name.startswith("est_")})
    return _completed(_labelled(table, book), analysis, book)


def _labelled(table: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """The labels of the codes beside them; a code that the book no longer has is its own label."""
    labels = dict(zip(book["theme"], book["libelle"], strict=True))
    for code, label in _LABELS.items():
        if code in table:
            named = [labels.get(each, each) for each in table[code]]
            table.insert(table.columns.get_loc(code) + 1, label, pd.Series(named, table.index, dtype="str"))
    return table


def _completed(table: pd.DataFrame, analysis: str, book: pd.DataFrame) -> pd.DataFrame:
    """What the measures imply, in the words of the analysis."""
    if analysis == "codes":
        parents = dict(zip(book["theme"], book["parent"], strict=True))
        table.insert(2, "parent", table["code"].map(parents).fillna("").astype("str"))
    elif analysis == "annees":
        table.insert(
            2, "etat", [STATES[row] for row in zip(table["extraits"] > 0, table["extraits_avant"] > 0, strict=True)]
        )
        table["annee_avant"] = table["annee_avant"].astype("int64")
    elif analysis == "seuils":
        is_most = table.pop("est_plafond")
        table.insert(2, "sens", pd.Series(AT_LEAST, table.index).mask(is_most, AT_MOST))
    return table
