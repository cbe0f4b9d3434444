"""What the published tables tell of a year: rows as ends of cells and of their bases, and what their silence tells."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.auditor import crossed
from helpers.auditor.cells import ASSOCIATION, COLLEGE, NETWORK, SIZE, Cell, Known
from helpers.auditor.crossed import margin_of, name_published
from helpers.auditor.model import Model
from helpers.auditor.questions import base_of
from helpers.auditor.truth import is_of_persons
from helpers.auditor.twins import relate_worked

# A smaller site has no report: that it has none is a piece of knowledge.
FEWEST_AT_SITE = 11
_TEXTS = ["perimetre", "site_type", "site", "indicateur", "modalite", "croise_avec", "modalite_croisee"]
_NUMBERS = ["effectif_min", "effectif_max", "base_min", "base_max", "effectif_arrondi", "base_arrondie"]
_NUMBERS += ["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"]
# The column that names the published file of a row; a table that comes before its files has none.
PLACE = "lieu"


def rows_of(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of persons of a year (schema ``indicateurs``), texts without missing values, numbers of one kind."""
    rows = table[table["annee"].eq(year) & is_of_persons(table)]
    texts = {name: rows[name].fillna("").astype(str) for name in _TEXTS}
    numbers = {
        name: pd.to_numeric(rows[name]).astype("Float64").to_numpy("float64", na_value=np.nan)
        if name in rows
        else np.nan
        for name in _NUMBERS
    }
    return rows.assign(**texts, **numbers, **{PLACE: rows[PLACE] if PLACE in rows else "indicateurs.csv"})


def cell_of(row) -> Cell:
    """The cell of a row."""
    return Cell(int(row.annee), *(getattr(row, name) for name in _TEXTS))


def ends(low, high) -> tuple[float, float]:
    """Two ends as numbers; what is missing is not limited."""
    return (0.0 if pd.isna(low) else float(low)), (float("inf") if pd.isna(high) else float(high))


def model_of(truth, rows: pd.DataFrame, year: int) -> Model:
    """The model of a year, with everything that its published rows (`rows_of`) tell and do not tell."""
    model = Model(truth, year)
    at_associations = rows[rows["site_type"].eq(ASSOCIATION) & rows["croise_avec"].ne("")]
    crossed.add_crossings(model, set(zip(at_associations["indicateur"], at_associations["croise_avec"], strict=True)))
    relate_worked(model.system, Cell(year, "alses", NETWORK, "", SIZE))
    model.unread = model.system.with_known(())
    told = set()
    for row in rows.itertuples():
        cell = cell_of(row)
        told.add(cell)
        for terms, known in _told_by(model, row, cell):
            model.told[known.text] = known.cell
            model.system.bound(terms, known.low, known.high, known.text)
    _hear_silence(model, told)
    _count_the_absent(model, told)
    return model


def _told_by(model: Model, row, cell: Cell) -> Iterator[tuple[dict[int, int], Known]]:
    """The sums of unknowns that a row bounds: its cell, and the base of its share."""
    if cell.croise_avec and not name_published(model, cell):
        return
    if cell in model.system.sums:
        yield model.system.sums[cell], Known(cell, *ends(row.effectif_min, row.effectif_max), getattr(row, PLACE))
    if pd.isna(row.base_min) and pd.isna(row.base_max):
        return
    base = margin_of(model, cell, crossed=True) if cell.croise_avec else base_of(cell, model.system)
    if base:
        of_base = f"{getattr(row, PLACE)}, base"
        yield base, Known(cell, *ends(row.base_min, row.base_max), of_base)


def _hear_silence(model: Model, told: set[Cell]) -> None:
    """At a site where a question is answered, an answer without a row is nobody's, or is hidden."""
    answered = {(cell.perimetre, cell.site_type, cell.site, cell.indicateur) for cell in told if not cell.croise_avec}
    for cell in list(model.system.sums):
        place = (cell.perimetre, cell.site_type, cell.site, cell.indicateur)
        if cell.croise_avec or cell in told or place not in answered:
            continue
        terms = model.system.sums[cell]
        is_somebody = model.system.value(terms) > 0
        known = Known(cell, *((1, float("inf")) if is_somebody else (0, 0)), "absent des tableaux")
        model.system.bound(terms, known.low, known.high, known.text)


def _count_the_absent(model: Model, told: set[Cell]) -> None:
    """Where sites have a report, one without holds somebody, and the list says whether it is small."""
    shown = {(cell.site_type, cell.site) for cell in told}
    if not {site_type for site_type, _ in shown} - {NETWORK}:
        return
    for site_type, site in model.members:
        size = Cell(model.year, "alses", site_type, site, SIZE)
        if site_type not in (ASSOCIATION, COLLEGE) or (site_type, site) in shown or size not in model.system.sums:
            continue
        terms = model.system.sums[size]
        is_small = model.system.value(terms) < FEWEST_AT_SITE
        known = Known(size, 1, FEWEST_AT_SITE - 1 if is_small else float("inf"), "sites.csv")
        model.system.bound(terms, known.low, known.high, known.text)
