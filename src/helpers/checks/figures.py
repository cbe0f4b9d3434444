"""The printed figures of a year against the catalogue."""

import pandas as pd

from helpers import paths
from helpers.checks.sentences import fault, unknown
from helpers.schema import DataError, Indicator, catalogue

# Beyond this no count of persons, posts or meetings of a département is possible.
LARGEST_COUNT = 1_000_000


def modalities_of(indicator: str) -> set[str]:
    """The modalities and groups that a figure of this indicator may name; ``""`` for a total."""
    entry = catalogue().indicators[indicator]
    return {""} if entry.choice == "total" else {*entry.modalities, *entry.groups}


def _name_fault(figure, year: int) -> tuple[str, object, str] | None:
    """The column, value and remedy of a name that the year or the catalogue does not have."""
    entries = catalogue()
    if not figure.id.startswith(f"C{year}-"):
        return "id", figure.id, f"doit commencer par « C{year}- » ; renommez ce chiffre."
    if figure.annee != year:
        return "annee", figure.annee, f"n’est pas {year} ; rangez ce chiffre dans data/raw/{figure.annee}."
    if figure.perimetre not in entries.perimeters:
        return "perimetre", figure.perimetre, unknown(figure.perimetre, entries.perimeters)
    if figure.indicateur not in entries.indicators:
        return "indicateur", figure.indicateur, unknown(figure.indicateur, entries.indicators)
    entry, known = entries.indicators[figure.indicateur], modalities_of(figure.indicateur)
    if entry.unit not in entries.perimeters[figure.perimetre].units:
        possible = [name for name, perimeter in entries.perimeters.items() if entry.unit in perimeter.units]
        return "perimetre", figure.perimetre, f"ne convient pas à « {entry.id} » ; attendu : {', '.join(possible)}."
    if figure.modalite not in known and not (entry.is_open and figure.modalite):
        return "modalite", figure.modalite, unknown(figure.modalite, known)
    return None


def _value_fault(figure, entry: Indicator) -> tuple[str, object, str] | None:
    """The column, value and remedy of a measure, unit or value that cannot be."""
    allowed = {"effectif": {entry.unit}, "part": {"pct"}, "ecart": {entry.unit, "points"}}[figure.mesure]
    shown, check = f"{figure.valeur:.10g}".replace(".", ","), "vérifiez-le dans le document."
    if figure.unite not in allowed:
        expected = ", ".join(sorted(allowed))
        return "unite", figure.unite, f"ne convient pas à la mesure « {figure.mesure} » ; attendu : {expected}."
    if figure.mesure == "part" and entry.base is None:
        return "mesure", "part", f"est impossible : « {entry.id} » n’a pas de base dans le catalogue."
    if figure.mesure == "part" and not 0 <= figure.valeur <= 100:
        return "valeur", shown, "est impossible : une part va de 0 à 100 ; vérifiez-la dans le document."
    is_count = figure.unite not in ("pct", "points")
    if is_count and not float(figure.valeur).is_integer():
        return "valeur", shown, f"est impossible : un effectif est un nombre entier ; {check}"
    if is_count and figure.mesure == "effectif" and not 0 <= figure.valeur <= LARGEST_COUNT:
        return "valeur", shown, f"est impossible : un effectif est un nombre entier, un million au plus ; {check}"
    return None


def figure_faults(figures: pd.DataFrame, *, year: int) -> list[DataError]:
    """What the catalogue refuses in the printed figures (schema ``chiffres_publies``), one fault a row at most.

    >>> chiffres = store.read_raw(2020, "chiffres_publies").head(1).assign(indicateur="poste")
    >>> print(*checks.figure_faults(chiffres, year=2020))
    data/raw/2020/chiffres_publies.csv, ligne 2, colonne « indicateur » : « poste » est inconnu ; ... « postes » ?
    """
    file, entries, found = paths.relative(paths.raw_table(year, "chiffres_publies")), catalogue(), []
    for line, figure in zip(figures.index, figures.itertuples(), strict=True):
        wrong = _name_fault(figure, year) or _value_fault(figure, entries.indicators[figure.indicateur])
        if wrong:
            found.append(fault(file, line, *wrong))
    return found
