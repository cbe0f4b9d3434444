"""Collèges and associations: the UAI and its control letter, names by the registers and the reviewed aliases."""

import re
from collections import Counter
from collections.abc import Callable

import pandas as pd

from helpers.clean.persons.answers import RULE_MISSING
from helpers.clean.persons.reasons import Reason
from helpers.clean.persons.spellings import Spellings
from helpers.clean.persons.text import RULE_TEXT, Cell, key_of, tidy
from helpers.records import EMPTY
from helpers.schema import control_letter

RULE_UAI = "UAI écrit en capitales, sans espace ni tiret"
RULE_ZERO = "zéro de tête de l’UAI rétabli ; sa lettre de contrôle le confirme"
RULE_TOWN = "UAI retrouvé par le nom et la commune, dans reference/colleges.csv"
RULE_NAME = "UAI retrouvé par le seul nom, qu’un seul collège porte dans reference/colleges.csv"
RULE_NAMESAKE = "collège dont l’export donne le nom à un autre UAI : gardé sans UAI"
RULE_ALIAS = "UAI retrouvé par reference/alias.csv"
RULE_UNKNOWN_COLLEGE = "collège inconnu de reference/colleges.csv : gardé sans UAI"
RULE_ASSOCIATION = "nom ramené à celui de reference/associations.csv"
RULE_UNKNOWN_ASSOCIATION = "association inconnue de reference/associations.csv : gardée sous son nom"

# Seven digits, or six that a zero has left: what follows it is never another zero.
_UAI = re.compile(r"([0-9]{7}|[1-9][0-9]{5})([A-Z])")
_UAI_NOISE = re.compile(r"[\s.\-_/]")
_COLLEGE = re.compile(r"^(college|clg|coll)(_(public|prive))?_")


def uai_reader(spellings: Spellings) -> Callable[[str], Cell]:
    """Reads a UAI whose control letter is right; a zero that a spreadsheet took from its head is put back."""

    def read(text: str) -> Cell:
        plain = tidy(text)
        if not plain or spellings.find("uai", plain):
            return Cell(EMPTY, RULE_MISSING if text else "")
        found = _UAI.fullmatch(_UAI_NOISE.sub("", plain).upper())
        if not found:
            return Cell(EMPTY, "", Reason.BAD_UAI)
        number = found[1].zfill(7)
        if control_letter(number) != found[2]:
            return Cell(EMPTY, "", Reason.BAD_UAI)
        value = number + found[2]
        rule = RULE_ZERO if len(found[1]) == 6 else RULE_UAI
        return Cell(value, "" if value == text else rule)

    return read


def _bare(text: str) -> str:
    return _COLLEGE.sub("", key_of(text))


def college_finder(aliases: pd.DataFrame, colleges: pd.DataFrame) -> Callable[[str], Cell]:
    """Finds the UAI of a collège by its tidy name: a reviewed alias, name and town, or a name that one alone bears."""
    known = aliases[aliases["colonne"].eq("college")]
    reviewed = {tidy(row.graphie): row.valeur for row in known.itertuples()}
    towns = [f"{_bare(row.nom_officiel)}_{key_of(row.commune)}" for row in colleges.itertuples()]
    names = [_bare(row.nom_officiel) for row in colleges.itertuples()]
    by_town, by_name = (_alone(keys, list(colleges["uai"])) for keys in (towns, names))

    def find(plain: str) -> Cell:
        key = _bare(plain)
        for found, rule in (
            (reviewed.get(plain), RULE_ALIAS),
            (by_town.get(key), RULE_TOWN),
            (by_name.get(key), RULE_NAME),
        ):
            if found:
                return Cell(found, rule)
        return Cell(EMPTY, RULE_UNKNOWN_COLLEGE if plain else "")

    return find


def _alone(keys: list[str], values: list[str]) -> dict[str, str]:
    """What each key leads to, when it leads to one thing only."""
    seen = Counter(keys)
    return {key: value for key, value in zip(keys, values, strict=True) if seen[key] == 1}


def association_finder(aliases: pd.DataFrame, associations: pd.DataFrame) -> Callable[[str], str]:
    """Finds the name that the register gives to an association; empty when it does not know it."""
    known = aliases[aliases["colonne"].eq("association")]
    names = {key_of(name): name for name in associations["association"]}
    reviewed = {key_of(tidy(row.graphie)): row.valeur for row in known.itertuples()}
    return lambda plain: reviewed.get(key_of(plain)) or names.get(key_of(plain), "")


def name_cells(
    column: str, counts: dict[str, int], spellings: Spellings, find: Callable[[str], str] | None = None
) -> dict[str, Cell]:
    """What each spelling of a column of names means; two that differ by case or punctuation are one name.

    ``counts`` gives the rows of each spelling: a name that no register knows is written as most rows write it.
    """
    plain = {text: tidy(text) for text in counts}
    written: dict[str, Counter] = {}
    for text, name in plain.items():
        written.setdefault(key_of(name), Counter())[name] += counts[text]
    chosen = {key: min(seen, key=lambda name: (-seen[name], name)) for key, seen in written.items()}
    out = {}
    for text, name in plain.items():
        if not name or spellings.find(column, name):
            out[text] = Cell(EMPTY, RULE_MISSING if text else "")
            continue
        registered = find(name) if find else ""
        value = registered or chosen[key_of(name)]
        changed = (RULE_ASSOCIATION if registered else RULE_TEXT) if value != text else ""
        out[text] = Cell(value, RULE_UNKNOWN_ASSOCIATION if find and not registered else changed)
    return out
