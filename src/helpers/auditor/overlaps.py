"""What the comparison of two years tells of old and new collèges: their persons are sums of those of the sites."""

import pandas as pd

from helpers.auditor.cells import NETWORK, SIZE, Cell
from helpers.auditor.model import Model
from helpers.auditor.system import added
from helpers.auditor.truth import Truth

# For each kind of collège: the measures of its size and of its share, the year that they speak of.
_KINDS = {
    "anciens": ("base_anciens", "part_anciens", "annee"),
    "anciens_reference": ("base_anciens_reference", "part_anciens_reference", "comparee_a"),
    "nouveaux": ("base_nouveaux", "part_nouveaux", "annee"),
    "sortis": ("base_sortis", "part_sortis", "comparee_a"),
    "inconnu": ("base_inconnu", "", "annee"),
}


def add_overlaps(model: Model, truth: Truth, comparisons: pd.DataFrame) -> None:
    """Bounds the persons of each kind of collège of a year by what ``comparaisons`` says of it."""
    asked = {name for size, share, _ in _KINDS.values() for name in (size, share) if name}
    rows = comparisons[comparisons["mesure"].isin(asked)]
    for (name, year, before), own in rows.groupby(["comparaison", "annee", "comparee_a"]):
        _, perimeter, indicator, modality = str(name).split("/")
        values = dict(zip(own["mesure"], own["valeur"].astype(float), strict=True))
        cell = Cell(model.year, perimeter, NETWORK, "", indicator, modality)
        years = {"annee": int(year), "comparee_a": int(before)}
        for kind, (size, share, which) in _KINDS.items():
            if years[which] == model.year and size in values:
                other = years["comparee_a" if which == "annee" else "annee"]
                leaves = _leaves(model, truth, other, kind)
                _bound(
                    model, cell._replace(indicateur=SIZE, modalite=""), leaves, (values[size],) * 2, f"{name}, {size}"
                )
                if share in values:
                    count = round(values[share] * values[size] / 100)
                    _bound(model, cell, leaves, (count, count), f"{name}, {share}")


def _leaves(model: Model, truth: Truth, other: int, kind: str) -> list[tuple[str, str]]:
    """The places of a year that are of a kind, by the collèges of the other year."""
    known = {uai for _, uai in truth.by_pair(other)} - {""}
    is_kept = {
        "inconnu": lambda uai: not uai,
        "anciens": lambda uai: uai in known,
        "anciens_reference": lambda uai: uai in known,
    }.get(kind, lambda uai: bool(uai) and uai not in known)
    return [leaf for (_, uai), leaf in model.leaves.items() if is_kept(uai)]


def _bound(model: Model, cell: Cell, leaves: list, ends: tuple[float, float], why: str) -> None:
    sums = model.system.sums
    terms = added(sums[own] for leaf in leaves if (own := cell.at(*leaf)) in sums)
    # What the records of the year do not tell so (other persons, another reading of a collège) is left alone.
    model.system.require([terms], {}, ends, f"comparaisons.csv : {why}")
