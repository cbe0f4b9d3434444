"""How each printed cell of a post is read: by a closed list, a register, a reviewed alias, or as a date or duration."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from helpers.clean.spelling import read_duration, read_start
from helpers.schema import table_schema
from helpers.typography import fold

# Columns whose values are a closed list of the clean table.
LISTED = (
    "type_education_prioritaire",
    "equipe_sur_le_quartier",
    "convention",
    "projet_annuel",
    "bureau",
    "presentation_formelle",
)
SENIORITY = {"anciennete_prev": "anciennete_prev_ans", "anciennete_alses": "anciennete_alses_ans"}
# Nobody has been an educator for longer: a larger number is a slip of the keyboard.
LONGEST_YEARS = 60

RULE_LISTED = "écriture ramenée à la liste"
RULE_EMPTY = "case vide : aucune réponse imprimée"
RULE_COLLEGE = "nom et commune retrouvés dans le répertoire des collèges"
RULE_DATE = "date lue ; le 1er du mois si seul le mois est imprimé"
RULE_DURATION = "durée en années ; « NON » vaut zéro"


@dataclass(frozen=True)
class Registers:
    """What a printed spelling may be resolved with."""

    aliases: pd.DataFrame
    associations: pd.DataFrame
    colleges: pd.DataFrame

    def aliases_of(self, column: str) -> dict[str, tuple[str, str]]:
        """The reviewed spellings of a column: printed text to (value, reason)."""
        rows = self.aliases[self.aliases["colonne"] == column]
        return {row.graphie: (row.valeur, row.raison) for row in rows.itertuples()}


# A cell as read: its value, and the rule that changed its spelling. A reader answers None for what it cannot resolve.
Read = tuple[object, str]
Reader = Callable[[str], Read | None]


def _listed(column: str, registers: Registers) -> tuple[Reader, Callable[[str], str]]:
    allowed = next(c for c in table_schema("postes")["fields"] if c["name"] == column)["constraints"]["enum"]
    known = registers.aliases_of(column)

    def read(value: str) -> Read | None:
        if not value and value not in known:
            return ("non_renseigne", RULE_EMPTY) if "non_renseigne" in allowed else None
        found = known.get(value, (fold(value), RULE_LISTED))
        return found if found[0] in allowed else None

    return read, lambda _: "n’est pas une réponse connue ; corrigez-la, ou ajoutez-la à reference/alias.csv."


def _association(registers: Registers) -> tuple[Reader, Callable[[str], str]]:
    known, names = registers.aliases_of("association"), list(registers.associations["association"])

    def read(value: str) -> Read | None:
        found = known.get(value, (value, ""))
        return found if found[0] in names else None

    def remedy(value: str) -> str:
        near = get_close_matches(value, names, n=1)
        hint = f"vouliez-vous « {near[0]} » ?" if near else "ajoutez-la à reference/associations.csv ou à alias.csv."
        return f"n’est pas une association connue ; {hint}"

    return read, remedy


def _college_remedy(value: str, names: list[str]) -> str:
    near = get_close_matches(value, names, n=1)
    hint = f"si c’est « {near[0]} », dites-le dans reference/alias.csv" if near else "vérifiez son nom"
    return f"n’est pas au répertoire ; {hint}, ou ajoutez le collège à reference/colleges.csv."


def _seniority_remedy(value: str) -> str:
    if read_duration(value) is not None:
        return f"est impossible : {LONGEST_YEARS} ans au plus ; vérifiez-la dans le document."
    return "n’est pas une durée ; écrivez « 1,5 ans », « 6 mois » ou « NON »."


def _college(registers: Registers) -> tuple[Reader, Callable[[str], str]]:
    known, colleges = registers.aliases_of("college"), registers.colleges
    names = colleges["nom_officiel"].str.replace(r"^coll[eè]ge\s+", "", case=False, regex=True)
    keys = [f"{fold(name)}|{fold(town)}" for name, town in zip(names, colleges["commune"], strict=True)]
    # Two collèges of the same name in one commune: only an alias can tell which.
    register = {key: uai for key, uai in zip(keys, colleges["uai"], strict=True) if keys.count(key) == 1}

    def read(value: str) -> Read | None:
        name, _, town = value.rstrip(")").rpartition("(")
        uai = register.get(f"{fold(name)}|{fold(town)}") if name else None
        found = known.get(value, (uai, RULE_COLLEGE))
        return found if found[0] in set(colleges["uai"]) else None

    printed = [f"{name} ({town})" for name, town in zip(names, colleges["commune"], strict=True)]
    return read, lambda value: _college_remedy(value, printed)


def _start(value: str) -> Read | None:
    found = read_start(value)
    return None if found is None else (found, RULE_DATE)


def _seniority(value: str) -> Read | None:
    years = read_duration(value)
    return None if years is None or years > LONGEST_YEARS else (years, RULE_DURATION)


def readers_of(registers: Registers) -> dict[str, tuple[Reader, Callable[[str], str]]]:
    """For each column: how a cell is read, and what to do about one that is not (for the message)."""
    return {
        **{column: _listed(column, registers) for column in LISTED},
        "association": _association(registers),
        "college": _college(registers),
        "date_debut": (_start, lambda _: "n’est pas une date ; écrivez « oct-19 » ou « 13-janv-20 »."),
        **{column: (_seniority, _seniority_remedy) for column in SENIORITY},
    }
