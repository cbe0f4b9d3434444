"""Printed figures and counted tables to one system of constraints."""

import pandas as pd

from helpers.facts import decimals_of
from helpers.indicators.rows import Cell, base_cell
from helpers.indicators.system import Constraint, System
from helpers.schema import FROM_RECORDS, Catalogue, catalogue

HYPOTHESIS = "hypothese/"


def cell_of(figure) -> Cell:
    """The cell that a printed figure speaks of."""
    return (int(figure.annee), figure.perimetre, figure.indicateur, figure.modalite)


def _share(figure, cell: Cell, base: Cell) -> list[Constraint]:
    # Whole coefficients: the solver's tolerance then never decides whether a count fits.
    scale = 10 ** decimals_of(figure.valeur)
    printed = round(2 * figure.valeur * scale)
    centre = {cell: 1.0, base: -figure.valeur / 100}
    low = {cell: 200.0 * scale, base: -(printed - 1.0)}
    high = {cell: 200.0 * scale, base: -(printed + 1.0)}
    return [
        Constraint(low, 0, float("inf"), figure.id, centre),
        Constraint(high, float("-inf"), 0, figure.id, centre),
        Constraint({base: 1.0}, 1, float("inf"), figure.id),  # a share was printed, so somebody was counted
    ]


def _of_figure(figure, years: list[int]) -> list[Constraint]:
    cell, entry = cell_of(figure), catalogue().indicators[figure.indicateur]
    if figure.operateur != "=" or figure.base or figure.unite == "points":
        return []  # « près de », an unknown base or a difference of rounded shares bounds nothing: only checked
    if figure.mesure == "effectif":
        return [Constraint({cell: 1.0}, figure.valeur, figure.valeur, figure.id)]
    if figure.mesure == "part":
        return _share(figure, cell, base_cell(cell, entry))
    if cell[0] - 1 not in years:
        return []
    return [Constraint({cell: 1.0, (cell[0] - 1, *cell[1:]): -1.0}, figure.valeur, figure.valeur, figure.id)]


def _structure(cell: Cell, entries: Catalogue, open_cells: set[Cell]) -> list[Constraint]:
    year, perimeter, name, _ = cell
    entry, link = entries.indicators[name], entries.perimeters[perimeter]
    found, base = [], base_cell(cell, entry)
    modalities = [*entry.modalities] or sorted(m for y, p, i, m in open_cells if (y, p, i) == cell[:3])
    parts = [(year, perimeter, name, modality) for modality in modalities]
    if entry.choice == "unique":
        found.append(Constraint({**dict.fromkeys(parts, 1.0), base: -1.0}, 0, 0))
    if entry.choice == "multiple" and base and not entry.base.endswith("/*"):
        found += [Constraint({part: 1.0, base: -1.0}, float("-inf"), 0) for part in parts]
    for group, value in entry.groups.items() if entry.choice == "unique" else ():
        members = {(year, perimeter, name, member): -1.0 for member in value.members}
        found.append(Constraint({(year, perimeter, name, group): 1.0, **members}, 0, 0))
    if name == "accompagnements" and link.count_of:
        source = f"{HYPOTHESIS}{perimeter}" if link.hypothesis else None
        found.append(Constraint({cell: 1.0, (year, *link.count_of.split("/")): -1.0}, 0, 0, source))
    return found


def left_to_print(figures: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """The printed figures (schema ``chiffres_publies``) of which records count nothing: the others give way to them.

    ``counted`` has the schema ``indicateurs``. A question that records count in a year, for some perimeter, is not read
    in print there any more, nor are its differences with the year before; `indicators.reconcile` compares both.

    >>> chiffres = store.read_raw(2020, "chiffres_publies")
    >>> personnes = records.Persons.of(2020, pd.DataFrame({"identifiant": ["F1"], "suivi_par": ["alses"]}))
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export de la base, 2020")
    >>> restent = indicators.left_to_print(chiffres, comptes)
    >>> len(chiffres), len(restent), sorted(set(restent["perimetre"]) & {"alses", "collegiens"})
    (44, 16, ['collegiens'])
    """
    names = ["annee", "perimetre", "indicateur"]
    known = set(counted.loc[counted["source"].isin(FROM_RECORDS), names].itertuples(index=False, name=None))
    is_left = [each not in known for each in figures[names].itertuples(index=False, name=None)]
    return figures[pd.Series(is_left, index=figures.index, dtype=bool)]


def _counted_beside(figures: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """The counts that bear on printed figures: of records, only the size of a population that some still describe.

    The answers that records count are known: nothing is deduced from them, and those that no document has would not
    add up with the others.
    """
    plain = counted[counted["croise_avec"] == ""]
    persons = set(figures.loc[figures["unite"].isin(["personnes", "pct", "points"]), "annee"])
    size = plain["indicateur"].eq("accompagnements") & plain["annee"].isin(persons)
    return plain[~plain["source"].isin(FROM_RECORDS) | size]


def build_system(figures: pd.DataFrame, counted: pd.DataFrame) -> System:
    """The constraints of printed figures, counted tables and the catalogue (sums, groups, parts inside their whole).

    A printed figure's constraints bear its id, a catalogue assumption ``hypothese/<perimetre>``; a multiple-choice
    group is not a sum (its modalities overlap), so nothing ties it to its members.
    """
    figures = left_to_print(figures, counted)
    entries, years = catalogue(), sorted(set(figures["annee"]))
    constraints = [c for figure in figures.itertuples() for c in _of_figure(figure, years)]
    plain = _counted_beside(figures, counted)
    constraints += [
        Constraint({cell_of(fact): 1.0}, fact.effectif_min, fact.effectif_max) for fact in plain.itertuples()
    ]
    cells = {cell_of(fact) for fact in [*figures.itertuples(), *plain.itertuples()]}
    done, waiting = set(), list(dict.fromkeys([cell_of(f) for f in [*figures.itertuples(), *plain.itertuples()]]))
    while waiting:
        cell = waiting.pop(0)
        if cell[:3] in done:
            continue
        done.add(cell[:3])
        new = _structure(cell, entries, cells)
        constraints += new
        waiting += [other for constraint in new for other in constraint.coefficients]
    return System(constraints)
