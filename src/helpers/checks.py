"""Is what was received usable? Every fault of a year's files, as French sentences, before anything is computed."""

from collections.abc import Iterable
from difflib import get_close_matches

import pandas as pd

from helpers import paths, store
from helpers.clean import post_faults
from helpers.schema import DataError, catalogue


def _fault(file: str, line: int, column: str, value: str, remedy: str) -> DataError:
    return DataError(f"{file}, ligne {line}, colonne « {column} » : « {value} » {remedy}")


def _unknown(value: str, known: Iterable[str]) -> str:
    if not value:
        return "est vide ; indiquez une modalité (voir docs/data-dictionary.md)."
    near = get_close_matches(value, list(known), n=1)
    return f"est inconnu ; vouliez-vous « {near[0]} » ?" if near else "est inconnu ; voir docs/data-dictionary.md."


def _modalities(indicator: str) -> set[str]:
    entry = catalogue().indicators[indicator]
    return {""} if entry.choice == "total" else {*entry.modalities, *entry.groups}


def _figure_fault(line: int, figure, year: int, file: str) -> DataError | None:
    entries = catalogue()
    if figure.annee != year:
        return _fault(
            file, line, "annee", figure.annee, f"n’est pas {year} ; rangez ce chiffre dans data/raw/{figure.annee}."
        )
    if figure.perimetre not in entries.perimeters:
        return _fault(file, line, "perimetre", figure.perimetre, _unknown(figure.perimetre, entries.perimeters))
    if figure.indicateur not in entries.indicators:
        return _fault(file, line, "indicateur", figure.indicateur, _unknown(figure.indicateur, entries.indicators))
    entry, known = entries.indicators[figure.indicateur], _modalities(figure.indicateur)
    if figure.modalite not in known and not (entry.is_open and figure.modalite):
        return _fault(file, line, "modalite", figure.modalite, _unknown(figure.modalite, known))
    allowed = {"effectif": {entry.unit}, "part": {"pct"}, "ecart": {entry.unit, "points"}}[figure.mesure]
    if figure.unite not in allowed:
        return _fault(
            file,
            line,
            "unite",
            figure.unite,
            f"ne convient pas à la mesure « {figure.mesure} » ; attendu : {', '.join(sorted(allowed))}.",
        )
    return _value_fault(line, figure, entry, file)


def _value_fault(line: int, figure, entry, file: str) -> DataError | None:
    shown = f"{figure.valeur:g}".replace(".", ",")
    if figure.mesure == "part" and entry.base is None:
        return _fault(
            file, line, "mesure", "part", f"est impossible : « {entry.id} » n’a pas de base dans le catalogue."
        )
    if figure.mesure == "part" and not 0 <= figure.valeur <= 100:
        return _fault(
            file, line, "valeur", shown, "est impossible : une part va de 0 à 100 ; vérifiez-la dans le document."
        )
    if figure.mesure == "effectif" and (figure.valeur < 0 or not float(figure.valeur).is_integer()):
        return _fault(
            file,
            line,
            "valeur",
            shown,
            "est impossible : un effectif est un nombre entier ; vérifiez-le dans le document.",
        )
    return None


def figure_faults(figures: pd.DataFrame, *, year: int) -> list[DataError]:
    """What the catalogue refuses in the printed figures of a year, one fault a row at most."""
    file = paths.relative(paths.raw_table(year, "chiffres_publies"))
    found = [
        _figure_fault(line, row, year, file) for line, row in zip(figures.index, figures.itertuples(), strict=True)
    ]
    return [fault for fault in found if fault]


def _link_fault(link: str) -> str | None:
    """Why a statement's link leads to no figure of the catalogue, or None."""
    entries = catalogue()
    perimeter, name, modality = link.split("/")
    if perimeter not in entries.perimeters:
        return _unknown(perimeter, entries.perimeters)
    if name not in entries.indicators:
        return _unknown(name, entries.indicators)
    known = _modalities(name)
    return None if modality in known or entries.indicators[name].is_open else _unknown(modality, known)


def meeting_faults(meetings: pd.DataFrame, *, year: int) -> list[DataError]:
    """Meetings that give their group another number of invited persons than the one above: a group has one number."""
    file, seen, found = paths.relative(paths.raw_table(year, "reunions")), {}, []
    for line, invited in meetings["invites_du_groupe"].dropna().items():
        group = meetings.loc[line, "groupe"]
        if seen.setdefault(group, invited) != invited:
            remedy = f"contredit {seen[group]}, donné plus haut pour le groupe « {group} » ; gardez un seul nombre."
            found.append(_fault(file, line, "invites_du_groupe", invited, remedy))
    return found


def association_faults(table: pd.DataFrame, known: set[str], *, file: str) -> list[DataError]:
    """Associations cited in a table that the register does not have."""
    cited = table["associations"].str.split(";").explode().str.strip()
    unknown = cited[~cited.isin(known | {""})].dropna()
    return [_fault(file, line, "associations", name, _unknown(name, known)) for line, name in unknown.items()]


def statement_faults(statements: pd.DataFrame, themes: pd.DataFrame, *, year: int) -> list[DataError]:
    """Statements whose theme is not in the code book or whose linked figure is not in the catalogue."""
    file, codes = paths.relative(paths.raw_table(year, "enonces")), set(themes["theme"])
    found = []
    for line, row in zip(statements.index, statements.itertuples(), strict=True):
        if row.theme not in codes:
            found.append(_fault(file, line, "theme", row.theme, _unknown(row.theme, codes)))
        remedy = _link_fault(row.indicateur_lie) if row.indicateur_lie else None
        if remedy:
            found.append(_fault(file, line, "indicateur_lie", row.indicateur_lie, remedy))
    return found


def faults(year: int) -> list[DataError]:
    """Every fault of a year's raw files and of the reference tables they need; empty when the year can be made."""
    tables = [(paths.raw_table(year, name), name) for name in paths.RAW_TABLES if store.present(year, name)]
    tables += [(paths.reference() / f"{name}.csv", name) for name in paths.REFERENCE_TABLES]
    found = [fault for path, name in tables for fault in store.faults_in(path, name)]
    if found:
        return found
    if store.present(year, "chiffres_publies"):
        found += figure_faults(store.read_raw(year, "chiffres_publies"), year=year)
    if store.present(year, "enonces"):
        found += statement_faults(store.read_raw(year, "enonces"), store.read_reference("themes"), year=year)
    known = set(store.read_reference("associations")["association"])
    for name in ("reunions", "enonces"):
        if store.present(year, name):
            file = paths.relative(paths.raw_table(year, name))
            found += association_faults(store.read_raw(year, name), known, file=file)
    if store.present(year, "reunions"):
        found += meeting_faults(store.read_raw(year, "reunions"), year=year)
    if store.present(year, "prises_de_poste"):
        file = paths.relative(paths.raw_table(year, "prises_de_poste"))
        found += post_faults(store.read_raw(year, "prises_de_poste"), **store.read_registers(), file=file)
    return found


def require_usable(year: int) -> None:
    """Nothing, when the year's files can be used.

    Raises
    ------
    DataError
        with the first fault, and how many others there are.
    """
    found = faults(year)
    if found:
        others = (
            f" (et {len(found) - 1} autre{'s' if len(found) > 2 else ''} : python3 alses.py check --year {year})"
            if len(found) > 1
            else ""
        )
        raise DataError(f"{found[0]}{others}")
