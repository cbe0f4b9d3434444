"""Faults that no schema can express: printed values, claims, statements, posts, meetings, aliases, the code book."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import partial
from typing import Any

import pandas as pd

from helpers import paths
from helpers.clean.posts import read_start
from helpers.schema import DataError, Indicator, catalogue, columns, split_multiple
from helpers.typography import fold, shorten

# The column, the value and the remedy of a fault.
Wrong = tuple[str, object, str]


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


def _each(table: pd.DataFrame, file: str, find: Callable[[Any], Wrong | None]) -> list[DataError]:
    """The fault that ``find`` gives for each row of a table, if any; its index is the line numbers."""
    found = ((line, find(row)) for line, row in zip(table.index, table.itertuples(), strict=True))
    return [fault(file, line, *wrong) for line, wrong in found if wrong]


# --- Printed values against the catalogue ---

# No count of persons, posts or meetings in a département can be larger.
LARGEST_COUNT = 1_000_000


def modalities_of(indicator: str) -> set[str]:
    """The modalities and groups that a value of this indicator may name; ``""`` for a total."""
    entry = catalogue().indicators[indicator]
    return {""} if entry.choice == "total" else {*entry.modalities, *entry.groups}


def _name_fault(figure, year: int) -> Wrong | None:
    """A name that the year or the catalogue does not have."""
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


def _value_fault(figure, entry: Indicator) -> Wrong | None:
    """A measure, unit or value that is impossible."""
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
    """What the catalogue refuses in printed values (schema ``chiffres_publies``); at most one fault per row.

    >>> chiffres = data.read_raw(2020, "chiffres_publies").head(1).assign(indicateur="poste")
    >>> print(*data.figure_faults(chiffres, year=2020))
    data/raw/2020/chiffres_publies.csv, ligne 2, colonne « indicateur » : « poste » est inconnu ; ... « postes » ?
    """
    file, known = paths.relative(paths.raw_table(year, "chiffres_publies")), catalogue().indicators
    return _each(figures, file, lambda row: _name_fault(row, year) or _value_fault(row, known[row.indicateur]))


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


def _digit_fault(row, columns: tuple[str, ...]) -> Wrong | None:
    for column in columns:
        if re.search(r"\d", getattr(row, column)):
            return column, getattr(row, column), "contient un chiffre ; dites-le sans, les pages montrent les valeurs."
    return None


def _side_fault(claim, year: int) -> Wrong | None:
    for column in ("gauche", "droite"):
        value = getattr(claim, column)
        if not value:
            continue
        when, _, path = value.partition("/")
        if int(when) not in (year, year - 1):
            return column, value, f"parle de {when} ; une affirmation porte sur {year} ou {year - 1}."
        if remedy := path_fault(path):
            return column, value, remedy
    if claim.droite and claim.gauche.endswith("/*") != claim.droite.endswith("/*"):
        return "droite", claim.droite, "ne va pas avec la gauche ; « * » vaut des deux côtés."
    return None


def _is_empty(value) -> bool:
    return value == "" if isinstance(value, str) else bool(pd.isna(value))


def _shown(claim, column: str) -> str:
    value = getattr(claim, column)
    return f"{value:%Y-%m-%d}" if column.startswith("date") else str(value).removesuffix(".0").replace(".", ",")


def _relation_fault(claim) -> Wrong | None:
    """A column that the relation needs and that is empty, one that it does not use, or bounds in the wrong order."""
    needed = NEEDS[claim.relation]
    for column in needed:
        if _is_empty(getattr(claim, column)):
            return column, "", f"manque alors que la relation « {claim.relation} » en a besoin ; complétez cette case."
    for column in OPTIONAL:
        if column not in needed and not _is_empty(getattr(claim, column)):
            return column, _shown(claim, column), f"ne sert pas à la relation « {claim.relation} » ; videz cette case."
    if len(needed) == 2 and getattr(claim, needed[0]) > getattr(claim, needed[1]):
        return needed[0], _shown(claim, needed[0]), f"dépasse « {needed[1]} » ; échangez les deux valeurs."
    return None


def _subject_fault(claim, year: int) -> Wrong | None:
    """A relation that cannot apply to its subject."""
    when, _, name, modality = claim.gauche.split("/")
    entry = catalogue().indicators[name]
    if claim.relation == "periode" and name != "reunions":
        return "gauche", claim.gauche, "n’a pas de date ; une période porte sur l’indicateur « reunions »."
    if claim.relation == "periode" and int(when) != year:
        return "gauche", claim.gauche, f"parle de {when} ; une période porte sur les réunions de {year}."
    if claim.relation == "moyenne" and (modality != "*" or entry.choice != "multiple" or entry.base is None):
        return "gauche", claim.gauche, "n’a pas de moyenne ; elle porte sur « * » et un indicateur à choix multiple."
    if claim.relation in SHARES:
        for column in ("gauche", "droite"):
            value = getattr(claim, column)
            if catalogue().indicators[value.split("/")[2]].base is None:
                return column, value, "n’a pas de part : cet indicateur n’a pas de base dans le catalogue."
    return None


def _claim_fault(claim, year: int) -> Wrong | None:
    if not claim.id.startswith(f"A{year}-"):
        return "id", claim.id, f"doit commencer par « A{year}- » ; renommez cette affirmation."
    return (
        _digit_fault(claim, ("libelle",))
        or _side_fault(claim, year)
        or _relation_fault(claim)
        or _subject_fault(claim, year)
    )


def claim_faults(claims: pd.DataFrame, *, year: int) -> list[DataError]:
    """Claims (schema ``affirmations``) that cannot be tested; at most one fault per row.

    >>> affirmations = data.read_raw(2020, "affirmations").head(1).assign(droite="")
    >>> print(*data.claim_faults(affirmations, year=2020))
    data/raw/2020/affirmations.csv, ligne 2, colonne « droite » : la valeur manque alors que la relation ...
    """
    file = paths.relative(paths.raw_table(year, "affirmations"))
    return _each(claims, file, lambda claim: _claim_fault(claim, year))


def _remark_fault(remark) -> Wrong | None:
    wrong = _digit_fault(remark, REMARK_TEXTS)
    for path in filter(None, re.split(r" ?; ?", remark.indicateurs)):
        remedy = path_fault(path)
        wrong = wrong or (("indicateurs", path, remedy) if remedy else None)
    return wrong


def remark_faults(remarks: pd.DataFrame, *, year: int) -> list[DataError]:
    """Remarks (schema ``remarques``) that name no value of the catalogue, or hold a digit; at most one fault per row.

    >>> remarques = data.read_raw(2020, "remarques").head(1).assign(indicateurs="alses/sexe/fille")
    >>> print(*data.remark_faults(remarques, year=2020))
    data/raw/2020/remarques.csv, ligne 2, colonne « indicateurs » : « alses/sexe/fille » est inconnu ; vouliez-vous ...
    """
    return _each(remarks, paths.relative(paths.raw_table(year, "remarques")), _remark_fault)


# --- Posts, meetings, statements, aliases; each table is indexed by line numbers, as `data.read_raw` gives it ---


def start_faults(posts: pd.DataFrame, *, year: int) -> list[DataError]:
    """Posts (schema ``prises_de_poste``) that start more than a year away from their year: probably typing errors."""

    def wrong(post) -> Wrong | None:
        start = read_start(post.date_debut)
        if not start or abs(start[0].year - year) <= 1:
            return None
        return "date_debut", post.date_debut, f"est loin de {year} ; vérifiez-la dans le document."

    return _each(posts, paths.relative(paths.raw_table(year, "prises_de_poste")), wrong)


def meeting_faults(meetings: pd.DataFrame, *, year: int) -> list[DataError]:
    """Meetings (schema ``reunions``) outside the year and the next, and groups with two numbers of invited persons."""
    file, seen, found = paths.relative(paths.raw_table(year, "reunions")), {}, []
    for line, meeting in zip(meetings.index, meetings.itertuples(), strict=True):
        if meeting.date.year not in (year, year + 1):
            shown, remedy = f"{meeting.date:%Y-%m-%d}", f"est loin de {year} ; vérifiez-la dans le document."
            found.append(fault(file, line, "date", shown, remedy))
        invited = meeting.invites_du_groupe
        if not pd.isna(invited) and seen.setdefault(meeting.groupe, invited) != invited:
            first = seen[meeting.groupe]
            remedy = f"contredit {first}, donné plus haut pour le groupe « {meeting.groupe} » ; gardez un seul nombre."
            found.append(fault(file, line, "invites_du_groupe", invited, remedy))
    return found


def association_faults(table: pd.DataFrame, known: set[str], *, file: str) -> list[DataError]:
    """Associations cited in a table, separated by « ; », that the register does not have."""
    cited = split_multiple(table, "associations")["associations"]
    return _unknown_faults(cited, known, file=file, register="reference/associations.csv")


def _unknown_faults(cells: pd.Series, known: Iterable[str], *, file: str, register: str = "") -> list[DataError]:
    """The cells of a column that are not in a list."""
    return [
        fault(file, line, str(cells.name), value, unknown(value, known, register=register))
        for line, value in cells[~cells.isin(list(known))].items()
    ]


def _answer_fault(row, answered: str, natures: dict[str, str]) -> str | None:
    """Why a statement cannot be the answer to another one; None when it can."""
    if row.nature not in ("levier", "recommandation"):
        return (
            f"est la réponse d’un énoncé de nature « {row.nature} », or seuls un levier ou une recommandation "
            "répondent ; videz cette case, ou corrigez la nature."
        )
    if answered not in natures:
        tensions = [id for id, nature in natures.items() if nature == "tension"]
        near = get_close_matches(answered, tensions, n=1)
        remedy = f"vouliez-vous « {near[0]} » ?" if near else "indiquez celui d’une tension, ou videz cette case."
        return f"n’est l’identifiant d’aucun énoncé ; {remedy}"
    if natures[answered] != "tension":
        return f"est de nature « {natures[answered]} » ; indiquez l’identifiant d’une tension, ou videz cette case."
    return None


def _link_fault(statement) -> Wrong | None:
    remedy = path_fault(statement.indicateur_lie) if statement.indicateur_lie else None
    return ("indicateur_lie", statement.indicateur_lie, remedy) if remedy else None


def statement_faults(statements: pd.DataFrame, themes: pd.DataFrame, *, year: int) -> list[DataError]:
    """Statements (schema ``enonces``) whose theme, linked value, actors or answered tension are wrong.

    ``themes`` is the code book (schema ``themes``).

    >>> enonces = data.read_raw(2020, "enonces").head(1).assign(acteurs="alses;aspn")
    >>> print(*data.statement_faults(enonces, data.read_reference("themes"), year=2020))
    data/raw/2020/enonces.csv, ligne 2, colonne « acteurs » : « aspn » est inconnu ; vouliez-vous « apsn » ?
    """
    file, actors = paths.relative(paths.raw_table(year, "enonces")), catalogue().indicators["acteur_enonce"].modalities
    natures = dict(statements[["id", "nature"]].to_numpy())

    def answer_fault(row, column: str) -> Wrong | None:
        remedy = _answer_fault(row, getattr(row, column), natures)
        return (column, getattr(row, column), remedy) if remedy else None

    answers = [column for column in ("repond_a", "repond_a_2") if column in statements]

    return [
        *_unknown_faults(statements["theme"], set(themes["theme"]), file=file, register="reference/themes.csv"),
        *_each(statements, file, _link_fault),
        *_unknown_faults(split_multiple(statements, "acteurs")["acteurs"], actors, file=file),
        *(
            each
            for column in answers
            for each in _each(split_multiple(statements, column), file, partial(answer_fault, column=column))
        ),
    ]


def alias_faults(aliases: pd.DataFrame) -> list[DataError]:
    """Aliases (schema ``alias``) of a column that posts do not have."""
    file = paths.relative(paths.reference() / "alias.csv")
    return _unknown_faults(aliases["colonne"], columns("prises_de_poste"), file=file)


# --- The code book: its tree, and names too close to tell apart ---


def book_faults(book: pd.DataFrame) -> list[DataError]:
    """Codes (schema ``themes``) whose parent does not exist or is below them, and codes with the same folded name.

    >>> livre = data.read_reference("themes").head(2).assign(parent=["", "prise_de_post"])
    >>> print(*data.book_faults(livre))
    data/raw/reference/themes.csv, ligne 3, colonne « parent » : « prise_de_post » est inconnu ; ...
    """
    file, faults = paths.relative(paths.reference() / "themes.csv"), []
    parents, seen = dict(zip(book["theme"], book["parent"], strict=True)), {}
    for line, row in zip(book.index, book.itertuples(), strict=True):
        if row.parent and row.parent not in parents:
            faults.append(fault(file, line, "parent", row.parent, unknown(row.parent, parents, register=file)))
        elif row.parent and _is_above_itself(row.theme, parents):
            remedy = "est au-dessous de ce code, qui serait son propre parent ; corrigez l’arbre."
            faults.append(fault(file, line, "parent", row.parent, remedy))
        for key in sorted({fold(row.theme), fold(row.libelle)} - {""}):
            first = seen.setdefault((row.parent, key), row.theme)
            if first != row.theme:
                remedy = f"se confond avec le code « {first} », du même parent ; changez l’un des deux."
                faults.append(fault(file, line, "libelle", row.libelle, remedy))
                break
    return faults


def _is_above_itself(theme: str, parents: dict[str, str]) -> bool:
    seen, above = set(), parents[theme]
    while above and above not in seen:
        if above == theme:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False
