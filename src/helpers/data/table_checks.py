"""Faults that no schema can express: printed values, claims, statements, posts, meetings, aliases, the code book."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from operator import itemgetter
from typing import Any

import pandas as pd

from helpers import paths
from helpers.clean.posts import read_start
from helpers.schema import DataError, catalogue, columns, split_multiple
from helpers.typography import fold, shorten

Wrong = tuple[int, str, object, str]  # The line, the column, the value and the remedy of a fault


def fault(file: str, line: int, column: str, value: object, remedy: str) -> DataError:
    """One fault of one cell; ``remedy`` says what is wrong and what to do."""
    shown = f"« {shorten(str(value))} »" if str(value) else "la valeur"
    return DataError(f"{file}, ligne {line}, colonne « {column} » : {shown} {remedy}")


def unknown(value: str, known: Iterable[str], *, register: str = "") -> str:
    """The remedy for a value that is not in a list: the nearest one, or else where to look, or where to add it.

    ``register`` is the reference table that holds the list, if a researcher may add to it.
    """
    if not value:
        return "est vide ; indiquez une modalité (voir docs/data-dictionary.md)."
    near = get_close_matches(value, list(known), n=1)
    if near:
        return f"est inconnu ; vouliez-vous « {near[0]} » ?"
    return f"est inconnu ; ajoutez-le à {register}." if register else "est inconnu ; voir docs/data-dictionary.md."


def table_faults(name: str, table: pd.DataFrame, *, year: int = 0, **registers: pd.DataFrame) -> list[DataError]:
    """What is wrong with the meaning of a table that respects its schema; its index is the line numbers.

    ``name`` is that of a raw table of the year or of a reference table; meetings and statements need the registers
    ``associations`` and ``themes``.
    """
    path = paths.raw_table(year, name) if name in paths.RAW_TABLES else paths.reference() / f"{name}.csv"
    return [fault(paths.relative(path), *wrong) for check in _CHECKS[name] for wrong in check(table, year, registers)]


Rule = tuple[bool, str, object, str]  # What is wrong, if it is: the first of these rules that applies is told


def _by_row(rules: Callable[[Any, int], Iterator[Rule]]) -> Callable[..., Iterator[Wrong]]:
    def check(table: pd.DataFrame, year: int, _) -> Iterator[Wrong]:
        for line, row in _rows(table):
            yield from ((line, *rule[1:]) for rule in islice(filter(itemgetter(0), rules(row, year)), 1))

    return check


def _rows(table: pd.DataFrame) -> Iterator[tuple[int, Any]]:
    return zip(table.index, table.itertuples(), strict=True)


# --- Printed values against the catalogue ---

LARGEST_COUNT = 1_000_000  # No count of persons, posts or meetings in a département can be larger


def modalities_of(indicator: str) -> set[str]:
    """The modalities and groups that a value of this indicator may name; ``""`` for a total."""
    entry = catalogue().indicators[indicator]
    return {""} if entry.choice == "total" else {*entry.modalities, *entry.groups}


def _figure_rules(figure, year: int) -> Iterator[Rule]:
    """Names that the year or the catalogue does not have, then a measure, unit or value that is impossible."""
    entries = catalogue()
    remedy = f"doit commencer par « C{year}- » ; renommez ce chiffre."
    yield not figure.id.startswith(f"C{year}-"), "id", figure.id, remedy
    remedy = f"n’est pas {year} ; rangez ce chiffre dans data/raw/{figure.annee}."
    yield figure.annee != year, "annee", figure.annee, remedy
    for column, known in (("perimetre", entries.perimeters), ("indicateur", entries.indicators)):
        value = getattr(figure, column)
        yield value not in known, column, value, unknown(value, known)
    entry, known = entries.indicators[figure.indicateur], modalities_of(figure.indicateur)
    possible = [name for name, perimeter in entries.perimeters.items() if entry.unit in perimeter.units]
    remedy = f"ne convient pas à « {entry.id} » ; attendu : {', '.join(possible)}."
    yield figure.perimetre not in possible, "perimetre", figure.perimetre, remedy
    is_known = figure.modalite in known or (entry.is_open and figure.modalite)
    yield not is_known, "modalite", figure.modalite, unknown(figure.modalite, known)
    allowed = {"effectif": {entry.unit}, "part": {"pct"}, "ecart": {entry.unit, "points"}}[figure.mesure]
    remedy = f"ne convient pas à la mesure « {figure.mesure} » ; attendu : {', '.join(sorted(allowed))}."
    yield figure.unite not in allowed, "unite", figure.unite, remedy
    is_part, is_count = figure.mesure == "part", figure.unite not in ("pct", "points")
    remedy = f"est impossible : « {entry.id} » n’a pas de base dans le catalogue."
    yield is_part and entry.base is None, "mesure", "part", remedy
    shown, check = f"{figure.valeur:.10g}".replace(".", ","), "vérifiez-le dans le document."
    remedy = "est impossible : une part va de 0 à 100 ; vérifiez-la dans le document."
    yield is_part and not 0 <= figure.valeur <= 100, "valeur", shown, remedy
    remedy, is_whole = "est impossible : un effectif est un nombre entier", float(figure.valeur).is_integer()
    yield is_count and not is_whole, "valeur", shown, f"{remedy} ; {check}"
    is_possible = figure.mesure != "effectif" or 0 <= figure.valeur <= LARGEST_COUNT
    yield is_count and not is_possible, "valeur", shown, f"{remedy}, un million au plus ; {check}"


# --- Claims and remarks ---

SHARES = ("superieur", "inferieur", "egal")
# The columns that each relation needs; the others of `OPTIONAL` must be empty.
NEEDS = {
    **dict.fromkeys(SHARES, ("droite",)),
    "moyenne": ("valeur_min", "valeur_max"),
    "periode": ("date_debut", "date_fin"),
}
OPTIONAL = ("droite", "valeur_min", "valeur_max", "date_debut", "date_fin")
REMARK_TEXTS = ("sujet", "constat", "raison", "consequence")


def path_fault(path: str) -> str | None:
    """Why ``perimetre/indicateur/modalite`` is no value of the catalogue, or None; ``*`` stands for every modality."""
    entries = catalogue()
    perimeter, name, modality = path.split("/")
    if perimeter not in entries.perimeters:
        return unknown(perimeter, entries.perimeters)
    if name not in entries.indicators:
        return unknown(name, entries.indicators)
    entry, known = entries.indicators[name], modalities_of(name)
    if entry.unit not in entries.perimeters[perimeter].units:
        return f"est impossible : « {name} » ne se compte pas dans le périmètre « {perimeter} »."
    if modality in known or (modality and (entry.is_open or (modality == "*" and entry.choice != "total"))):
        return None
    return unknown(modality, known)


def _digit_rules(row, columns: tuple[str, ...]) -> Iterator[Rule]:
    remedy = "contient un chiffre ; dites-le sans, les pages montrent les valeurs."
    for column in columns:
        yield bool(re.search(r"\d", getattr(row, column))), column, getattr(row, column), remedy


def _shown(claim, column: str) -> str:
    value = getattr(claim, column)
    if pd.isna(value) or value == "":
        return ""
    return f"{value:%Y-%m-%d}" if column.startswith("date") else str(value).removesuffix(".0").replace(".", ",")


def _claim_rules(claim, year: int) -> Iterator[Rule]:
    """Sides that name nothing, columns that the relation needs or does not use, relations that cannot apply."""
    remedy = f"doit commencer par « A{year}- » ; renommez cette affirmation."
    yield not claim.id.startswith(f"A{year}-"), "id", claim.id, remedy
    yield from _digit_rules(claim, ("libelle",))
    sides = {column: getattr(claim, column) for column in ("gauche", "droite") if getattr(claim, column)}
    for column, value in sides.items():
        when, _, path = value.partition("/")
        remedy = f"parle de {when} ; une affirmation porte sur {year} ou {year - 1}."
        yield int(when) not in (year, year - 1), column, value, remedy
        remedy = path_fault(path)
        yield bool(remedy), column, value, remedy or ""
    is_alike = len({value.endswith("/*") for value in sides.values()}) == 1
    yield not is_alike, "droite", claim.droite, "ne va pas avec la gauche ; « * » vaut des deux côtés."
    needed, relation = NEEDS[claim.relation], f"la relation « {claim.relation} »"
    for column in OPTIONAL:
        shown, remedy = _shown(claim, column), f"ne sert pas à {relation} ; videz cette case."
        yield column not in needed and shown != "", column, shown, remedy
    for column in needed:
        yield not _shown(claim, column), column, "", f"manque alors que {relation} en a besoin ; complétez cette case."
    first, last = needed[0], needed[-1]
    is_reversed = len(needed) == 2 and getattr(claim, first) > getattr(claim, last)
    yield is_reversed, first, _shown(claim, first), f"dépasse « {last} » ; échangez les deux valeurs."
    when, _, name, modality = claim.gauche.split("/")
    entry, is_period = catalogue().indicators[name], claim.relation == "periode"
    remedy = "n’a pas de date ; une période porte sur l’indicateur « reunions »."
    yield is_period and name != "reunions", "gauche", claim.gauche, remedy
    remedy = f"parle de {when} ; une période porte sur les réunions de {year}."
    yield is_period and int(when) != year, "gauche", claim.gauche, remedy
    has_mean = modality == "*" and entry.choice == "multiple" and entry.base is not None
    remedy = "n’a pas de moyenne ; elle porte sur « * » et un indicateur à choix multiple."
    yield claim.relation == "moyenne" and not has_mean, "gauche", claim.gauche, remedy
    for column, value in sides.items() if claim.relation in SHARES else ():
        is_share = catalogue().indicators[value.split("/")[2]].base is not None
        yield not is_share, column, value, "n’a pas de part : cet indicateur n’a pas de base dans le catalogue."


def _remark_rules(remark, _) -> Iterator[Rule]:
    yield from _digit_rules(remark, REMARK_TEXTS)
    for path in filter(None, re.split(r" ?; ?", remark.indicateurs)):
        remedy = path_fault(path)
        yield bool(remedy), "indicateurs", path, remedy or ""


# --- Posts, meetings, statements ---


def _post_rules(post, year: int) -> Iterator[Rule]:
    """A start more than a year away from the year is probably a typing error."""
    start = read_start(post.date_debut)
    is_far = bool(start) and abs(start[0].year - year) > 1
    yield is_far, "date_debut", post.date_debut, f"est loin de {year} ; vérifiez-la dans le document."


def _check_meetings(meetings: pd.DataFrame, year: int, _) -> Iterator[Wrong]:
    """Meetings outside the year and the next, and groups with two numbers of invited persons."""
    seen = {}
    for line, meeting in _rows(meetings):
        if meeting.date.year not in (year, year + 1):
            yield line, "date", f"{meeting.date:%Y-%m-%d}", f"est loin de {year} ; vérifiez-la dans le document."
        invited = meeting.invites_du_groupe
        if not pd.isna(invited) and (first := seen.setdefault(meeting.groupe, invited)) != invited:
            remedy = f"contredit {first}, donné plus haut pour le groupe « {meeting.groupe} » ; gardez un seul nombre."
            yield line, "invites_du_groupe", invited, remedy


def _check_associations(table: pd.DataFrame, _, registers: dict[str, pd.DataFrame]) -> Iterator[Wrong]:
    """Associations cited in a table, separated by « ; », that the register does not have."""
    if "associations" in registers:
        cited, known = split_multiple(table, "associations"), registers["associations"]["association"]
        yield from _unknown(cited["associations"], known, register="reference/associations.csv")


def _unknown(cells: pd.Series, known: Iterable[str], *, register: str = "") -> Iterator[Wrong]:
    """The cells of a column that are not in a list."""
    for line, value in cells[~cells.isin(list(known))].items():
        yield line, str(cells.name), value, unknown(value, known, register=register)


def _answer_rules(row, column: str, natures: dict[str, str]) -> Iterator[Rule]:
    """Why a statement cannot be the answer to another one."""
    answered = getattr(row, column)
    remedy = (
        f"est la réponse d’un énoncé de nature « {row.nature} », or seuls un levier ou une recommandation répondent ; "
        "videz cette case, ou corrigez la nature."
    )
    yield row.nature not in ("levier", "recommandation"), column, answered, remedy
    near = get_close_matches(answered, [id for id, nature in natures.items() if nature == "tension"], n=1)
    remedy = f"vouliez-vous « {near[0]} » ?" if near else "indiquez celui d’une tension, ou videz cette case."
    yield answered not in natures, column, answered, f"n’est l’identifiant d’aucun énoncé ; {remedy}"
    nature = natures.get(answered)
    remedy = f"est de nature « {nature} » ; indiquez l’identifiant d’une tension, ou videz cette case."
    yield nature != "tension", column, answered, remedy


def _link_rules(statement, _) -> Iterator[Rule]:
    remedy = path_fault(statement.indicateur_lie) if statement.indicateur_lie else None
    yield bool(remedy), "indicateur_lie", statement.indicateur_lie, remedy or ""


def _check_statements(statements: pd.DataFrame, year: int, registers: dict[str, pd.DataFrame]) -> Iterator[Wrong]:
    """Statements whose theme, linked value, actors or answered tension are wrong."""
    natures, actors = dict(statements[["id", "nature"]].to_numpy()), catalogue().indicators["acteur_enonce"].modalities
    yield from _unknown(statements["theme"], set(registers["themes"]["theme"]), register="reference/themes.csv")
    yield from _by_row(_link_rules)(statements, year, registers)
    yield from _unknown(split_multiple(statements, "acteurs")["acteurs"], actors)
    for column in statements.columns.intersection(["repond_a", "repond_a_2"]):
        answers = _by_row(lambda row, _, column=column: _answer_rules(row, column, natures))
        yield from answers(split_multiple(statements, column), year, registers)


# --- The code book: its tree, and names too close to tell apart ---


def _check_book(book: pd.DataFrame, *_) -> Iterator[Wrong]:
    """Codes whose parent does not exist or is below them, and codes with the same folded name."""
    file, seen = paths.relative(paths.reference() / "themes.csv"), {}
    parents = dict(zip(book["theme"], book["parent"], strict=True))
    for line, row in _rows(book):
        if row.parent and row.parent not in parents:
            yield line, "parent", row.parent, unknown(row.parent, parents, register=file)
        elif row.parent and _is_above_itself(row.theme, parents):
            remedy = "est au-dessous de ce code, qui serait son propre parent ; corrigez l’arbre."
            yield line, "parent", row.parent, remedy
        for key in sorted({fold(row.theme), fold(row.libelle)} - {""}):
            first = seen.setdefault((row.parent, key), row.theme)
            if first != row.theme:
                remedy = f"se confond avec le code « {first} », du même parent ; changez l’un des deux."
                yield line, "libelle", row.libelle, remedy
                break


def _is_above_itself(theme: str, parents: dict[str, str]) -> bool:
    above = [parents[theme]]
    while above[-1] and above[-1] not in above[:-1]:
        above.append(parents.get(above[-1], ""))
    return theme in above


_CHECKS = {
    "chiffres_publies": [_by_row(_figure_rules)],
    "affirmations": [_by_row(_claim_rules)],
    "remarques": [_by_row(_remark_rules)],
    "prises_de_poste": [_by_row(_post_rules)],
    "reunions": [_check_associations, _check_meetings],
    "enonces": [_check_associations, _check_statements],
    "alias": [lambda table, *_: _unknown(table["colonne"], columns("prises_de_poste"))],
    "themes": [_check_book],
}
