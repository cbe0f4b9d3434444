"""Claims and remarks of a year: what their schemas cannot say."""

import re

import pandas as pd

from helpers import paths
from helpers.checks.figures import modalities_of
from helpers.checks.sentences import fault, unknown
from helpers.schema import DataError, catalogue

SHARES = ("superieur", "inferieur", "egal")
# What each relation needs, what it says of it when it is missing, and what must stay empty.
NEEDS = {
    **dict.fromkeys(SHARES, ("droite",)),
    "moyenne": ("valeur_min", "valeur_max"),
    "periode": ("date_debut", "date_fin"),
}
OPTIONAL = ("droite", "valeur_min", "valeur_max", "date_debut", "date_fin")
REMARK_TEXTS = ("sujet", "constat", "raison", "consequence")

Wrong = tuple[str, object, str]


def path_fault(path: str) -> str | None:
    """Why ``perimetre/indicateur/modalite`` leads to no figure of the catalogue, or None; ``*`` is every modality."""
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
    """A column that the relation needs and that is empty, one that it does not use, or ends in the wrong order."""
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
    """A relation about something that it cannot be about."""
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


def _id_fault(claim, year: int) -> Wrong | None:
    if claim.id.startswith(f"A{year}-"):
        return None
    return "id", claim.id, f"doit commencer par « A{year}- » ; renommez cette affirmation."


def claim_faults(claims: pd.DataFrame, *, year: int) -> list[DataError]:
    """Claims (schema ``affirmations``) that cannot be tried, one fault a row at most.

    >>> affirmations = store.read_raw(2020, "affirmations").head(1).assign(droite="")
    >>> print(*checks.claim_faults(affirmations, year=2020))
    data/raw/2020/affirmations.csv, ligne 2, colonne « droite » : la valeur manque alors que la relation ...
    """
    file, found = paths.relative(paths.raw_table(year, "affirmations")), []
    for line, claim in zip(claims.index, claims.itertuples(), strict=True):
        wrong = (
            _id_fault(claim, year)
            or _digit_fault(claim, ("libelle",))
            or _side_fault(claim, year)
            or _relation_fault(claim)
            or _subject_fault(claim, year)
        )
        if wrong:
            found.append(fault(file, line, *wrong))
    return found


def remark_faults(remarks: pd.DataFrame, *, year: int) -> list[DataError]:
    """Remarks (schema ``remarques``) that name a figure of no catalogue, or hold a digit; one fault a row at most.

    >>> remarques = store.read_raw(2020, "remarques").head(1).assign(indicateurs="alses/sexe/fille")
    >>> print(*checks.remark_faults(remarques, year=2020))
    data/raw/2020/remarques.csv, ligne 2, colonne « indicateurs » : « alses/sexe/fille » est inconnu ; vouliez-vous ...
    """
    file, found = paths.relative(paths.raw_table(year, "remarques")), []
    for line, remark in zip(remarks.index, remarks.itertuples(), strict=True):
        wrong = _digit_fault(remark, REMARK_TEXTS)
        for path in filter(None, re.split(r" ?; ?", remark.indicateurs)):
            remedy = path_fault(path)
            wrong = wrong or (("indicateurs", path, remedy) if remedy else None)
        if wrong:
            found.append(fault(file, line, *wrong))
    return found
