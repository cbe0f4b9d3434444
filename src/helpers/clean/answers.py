"""How a cell is read: spelling, closed lists, several answers, dates, collèges and associations."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import pandas as pd

from helpers.clean.posts import RULE_LISTED, read_month
from helpers.clean.records import EMPTY
from helpers.schema import DataError, catalogue, control_letter, table_schema
from helpers.typography import fold

# --- Why a row is rejected, in the order of the checks; no reason shows a value ---


class Reason(StrEnum):
    """The first that applies is kept."""

    TOTAL = "ligne de total"
    NOBODY = "identifiant absent"
    NO_YEAR = "année de l’export absente ou illisible"
    OTHER_YEAR = "ligne d’une autre année"
    SHORT_YEAR = "date dont l’année n’a que deux chiffres"
    NO_DAY = "date impossible ou illisible"
    STARTS_LATER = "début après la fin de l’année"
    ENDS_OUTSIDE = "fin hors de l’année"
    ENDS_BEFORE = "fin avant le début"
    BIRTH = "année de naissance impossible"
    BAD_UAI = "UAI mal écrit, ou dont la lettre de contrôle est fausse"
    CONTRADICTORY = "personne présente plusieurs fois, avec des réponses différentes"
    IDENTICAL = "personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée"


# A row holds the place of its reason; 0 is none: the row is kept.
PLACES = {reason: place for place, reason in enumerate(Reason, 1)}


# --- Spelling: spaces, apostrophes, dashes and accents, whatever program wrote them ---

RULE_TEXT = "espaces, apostrophes, tirets et accents écrits d’une seule façon"

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u202a-\u202e]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_APOSTROPHES = re.compile("['‘`´ʼ′]")
_DASHES = re.compile("[‐‑‒–—−]")
# « 6°3 » is the third class of 6e: without its sign it would read 63.
_DEGREE = re.compile("[°º]")


class Cell(NamedTuple):
    """The meaning of a spelling: its label, the rule that changed it, and why its rows are rejected."""

    value: str
    rule: str = ""
    reason: str = ""


def normalise(text: str) -> str:
    """The text with composed accents, single spaces, one kind of apostrophe and dash, no invisible character."""
    if text.isascii() and text.isalnum():
        return text
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return _DASHES.sub("-", _APOSTROPHES.sub("’", _SPACES.sub(" ", text))).strip()


def key_of(text: str) -> str:
    """The text without case, accents and punctuation, unless it is nothing else (« ? »)."""
    return fold(_DEGREE.sub(" ", text)) or text.strip()


# --- The reviewed table of spellings (``reference/modalites.csv``) ---

# The rows for every column.
EVERY = "toutes"
UNSURE = "ne_sait_pas"
UNFORESEEN = "non_prevu"
UNANSWERED = "non_renseigne"

FIELDS = {each["name"]: each for each in table_schema("accompagnements")["fields"]}
CLOSED = tuple(name for name, each in FIELDS.items() if "enum" in each.get("constraints", {}))
MULTIPLE = tuple(name for name, each in FIELDS.items() if "separateur" in each)


def answers_of(column: str) -> dict[str, str]:
    """The modalities of a closed list and their labels, in catalogue order."""
    entry = catalogue().indicators[FIELDS[column]["indicateur"]]
    return {**entry.modalities, **entry.recorded}


@dataclass(frozen=True)
class SpellingMatch:
    """The meaning of a text in the table, and why."""

    value: str
    reason: str


@dataclass
class Spellings:
    """The table, indexed; ``faults`` are its unusable rows."""

    exact: dict[tuple[str, str], SpellingMatch] = field(default_factory=dict)
    patterns: dict[str, list[tuple[re.Pattern, SpellingMatch]]] = field(default_factory=dict)
    faults: list[DataError] = field(default_factory=list)

    def find(self, column: str, text: str) -> SpellingMatch | None:
        """The meaning of a text in a column: by its spellings, the catalogue, those of every column, then patterns."""
        key = key_of(text)
        return (
            self.exact.get((column, key))
            or _named(column).get(key)
            or self.exact.get((EVERY, key))
            or next((found for pattern, found in self._patterns(column) if pattern.fullmatch(key)), None)
        )

    def _patterns(self, column: str) -> list[tuple[re.Pattern, SpellingMatch]]:
        return [*self.patterns.get(column, []), *self.patterns.get(EVERY, [])]


def _named(column: str) -> dict[str, SpellingMatch]:
    if column not in CLOSED and column not in MULTIPLE:
        return {}
    if column not in _NAMED:
        names = answers_of(column)
        value = {name: EMPTY if name == UNANSWERED else name for name in names}
        _NAMED[column] = {
            key_of(each): SpellingMatch(value[name], "") for name in names for each in (names[name], name)
        }
    return _NAMED[column]


# Filled once: the catalogue is that of the package.
_NAMED: dict[str, dict[str, SpellingMatch]] = {}


def read_spellings(table: pd.DataFrame) -> Spellings:
    """The spellings of a table (schema ``modalites``)."""
    out = Spellings()
    for line, row in zip(table.index, table.itertuples(index=False), strict=True):
        told = _fault(row)
        if told:
            out.faults.append(DataError(f"reference/modalites.csv, ligne {line}, {told}"))
        elif row.ecriture == "motif":
            found = (re.compile(row.texte), SpellingMatch(row.valeur, row.raison))
            out.patterns.setdefault(row.colonne, []).append(found)
        else:
            out.exact.setdefault((row.colonne, key_of(normalise(row.texte))), SpellingMatch(row.valeur, row.raison))
    return out


def _fault(row: tuple) -> str:
    if row.colonne != EVERY and row.colonne not in FIELDS:
        return f"colonne « colonne » : « {row.colonne} » n’est pas une colonne de l’export."
    closed = row.colonne in CLOSED or row.colonne in MULTIPLE
    allowed = [EMPTY, *(answers_of(row.colonne) if closed else [UNSURE] if row.colonne == EVERY else [])]
    if row.valeur not in allowed:
        said = ", ".join(filter(None, allowed)) or "vide"
        return (
            f"colonne « valeur » : « {row.valeur} » n’est pas une modalité de « {row.colonne} » ; choisissez : {said}."
        )
    if row.ecriture == "motif":
        try:
            re.compile(row.texte)
        except re.error:
            return "colonne « texte » : ce motif n’est pas une expression régulière ; corrigez-le."
    return ""


# --- Closed lists: one answer, or several in a cell ---

RULE_MISSING = "case sans réponse : non renseigné"
RULE_UNFORESEEN = "réponse inconnue, gardée comme « non prévue »"
RULE_SEVERAL = "réponses séparées, ramenées à la liste, dans l’ordre du catalogue"
RULE_SEVERAL_UNFORESEEN = "réponses séparées, dont une inconnue gardée comme « non prévue »"

# Certain separators; a comma or a slash may belong to an answer (« santé, addiction »).
_SURELY = re.compile(r"[;|\n\r]+")
_PERHAPS = re.compile(r"([,/]+)")


def closed_reader(column: str, spellings: Spellings) -> Callable[[str], Cell]:
    """Reads one answer; an unknown one becomes ``non_prevu``."""

    def read(text: str) -> Cell:
        if not text:
            return Cell(EMPTY)
        plain = normalise(text)
        if not plain:
            return Cell(EMPTY, RULE_MISSING)
        found = spellings.find(column, plain)
        if found is None:
            return Cell(UNFORESEEN, RULE_UNFORESEEN)
        if found.value == text:
            return Cell(text)
        return Cell(found.value, _rule(found.value, found.reason))

    return read


def _rule(value: str, reason: str) -> str:
    rule = RULE_LISTED if value else RULE_MISSING
    return f"{rule} ({reason.rstrip('.')})" if reason else rule


def several_reader(column: str, spellings: Spellings) -> Callable[[str], Cell]:
    """Reads several answers: in catalogue order, each once, joined by the separator of the schema."""
    order, joint = list(answers_of(column)), FIELDS[column]["separateur"]

    def read(text: str) -> Cell:
        if not text:
            return Cell(EMPTY)
        found = {value for piece in _SURELY.split(text) for value in _answers(column, piece, spellings)}
        value = joint.join(sorted(found - {EMPTY}, key=order.index))
        if value == text:
            return Cell(text)
        if not value:
            return Cell(EMPTY, RULE_MISSING)
        return Cell(value, RULE_SEVERAL_UNFORESEEN if UNFORESEEN in found else RULE_SEVERAL)

    return read


def _answers(column: str, piece: str, spellings: Spellings) -> list[str]:
    """The answers of a piece: the longest runs between commas or slashes that are known."""
    tokens = _PERHAPS.split(piece)  # words at even places, what separates them at odd ones
    out, start = [], 0
    while start < len(tokens):
        for stop in range(len(tokens), start, -2):
            plain = normalise("".join(tokens[start:stop]))
            found = spellings.find(column, plain) if plain else None
            if found or not plain or stop == start + 1:
                break
        if plain:
            out.append(found.value if found else UNFORESEEN)
        start = stop + 1
    return out


# --- Days and years: day first, four-digit years, nothing guessed ---

RULE_DAY = "date lue, le jour avant le mois"
RULE_SERIAL = "numéro de jour d’un tableur lu comme une date"
RULE_YEAR = "année lue dans un nombre ou dans une date"

# Age reached in the year. Prévention spécialisée meets children from primary school to young adults: outside these
# bounds the year of birth is a typing error.
YOUNGEST_YEARS, OLDEST_YEARS = 5, 25
# Spreadsheet day numbers are accepted within these years only: elsewhere five digits are something else. They count
# from 1900; workbooks that count from 1904 are converted when they are opened.
_SERIALS = range((date(2010, 1, 1) - date(1899, 12, 30)).days, (date(2036, 1, 1) - date(1899, 12, 30)).days)
_ORIGIN = date(1899, 12, 30)

_HOUR = r"(?:[T ]+\d{1,2}[:hH]\d{0,2}(?::\d{2})?(?:[.,]\d+)?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[/. -](\d{{1,2}})[/. -](\d{{4}}){_HOUR}")
_ISO = re.compile(rf"(\d{{4}})[/.-](\d{{1,2}})[/.-](\d{{1,2}}){_HOUR}")
_IN_WORDS = re.compile(rf"(?:[a-z]+ )?(\d{{1,2}})(?:er)? ([a-z]{{3,9}}) (\d{{4}}|\d{{2}}){_HOUR}")
_SHORT = re.compile(rf"\d{{1,2}}[/. -]\d{{1,2}}[/. -]\d{{2}}{_HOUR}")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_YEAR = re.compile(r"(\d{4})(?:[.,]0+)?")


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day as written, or None."""
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    found = _IN_WORDS.fullmatch(_plain_words(text))
    return (int(found[3]), read_month(found[2]), int(found[1])) if found and len(found[3]) == 4 else None


def _plain_words(text: str) -> str:
    """« 13-févr.-2021 » as « 13 fevr 2021 »."""
    words = text.replace("-", " ").replace(".", " ").split()
    return " ".join(fold(word) if word.isalpha() else word for word in words)


def _is_short(text: str) -> bool:
    in_words = _IN_WORDS.fullmatch(_plain_words(text))
    return bool(_SHORT.fullmatch(text) or (in_words and read_month(in_words[2])))


def read_day(text: str) -> date | Reason:
    """The day of a tidy text, or why it has none."""
    serial = _SERIAL.fullmatch(text)
    if serial:
        days = int(serial[1])
        return _ORIGIN + timedelta(days=days) if days in _SERIALS else Reason.NO_DAY
    parts = _parts(text)
    if parts is None:
        return Reason.SHORT_YEAR if _is_short(text) else Reason.NO_DAY
    try:
        return date(*parts)
    except ValueError:
        return Reason.NO_DAY


def day_reader(column: str, spellings: Spellings, year: int) -> Callable[[str], Cell]:
    """Reads a date as ``AAAA-MM-JJ``: a start not after the year, an end within it."""
    first, last = date(year, 1, 1), date(year, 12, 31)

    def read(text: str) -> Cell:
        plain = normalise(text)
        if not plain or (spellings.find(column, plain)):
            return Cell(EMPTY, RULE_MISSING if text else "")
        found = read_day(plain)
        if isinstance(found, Reason):
            return Cell(EMPTY, "", found)
        if found > last:
            return Cell(EMPTY, "", Reason.STARTS_LATER if column == "date_debut" else Reason.ENDS_OUTSIDE)
        if found < first and column == "date_fin":
            return Cell(EMPTY, "", Reason.ENDS_OUTSIDE)
        value = found.isoformat()
        rule = RULE_SERIAL if _SERIAL.fullmatch(plain) else RULE_DAY
        return Cell(value, "" if value == text else rule)

    return read


def read_number_of_year(text: str) -> int | None:
    """The year of a tidy text, alone or in a date, or None."""
    if found := _YEAR.fullmatch(text):
        return int(found[1])
    parts = _parts(text)
    return parts[0] if parts else None


def year_reader(year: int) -> Callable[[str], Cell]:
    """Reads the year of the row, which must be the year of the report."""

    def read(text: str) -> Cell:
        plain = normalise(text)
        found = read_number_of_year(plain)
        if found is None:
            return Cell(EMPTY, "", Reason.NO_YEAR)
        if found != year:
            return Cell(EMPTY, "", Reason.OTHER_YEAR)
        return Cell(str(found), "" if str(found) == text else RULE_YEAR)

    return read


def birth_reader(spellings: Spellings, year: int) -> Callable[[str], Cell]:
    """Reads a year of birth (or the year of a date) that gives a plausible age in the year."""

    def read(text: str) -> Cell:
        plain = normalise(text)
        if not plain or spellings.find("annee_naissance", plain):
            return Cell(EMPTY, RULE_MISSING if text else "")
        found = read_number_of_year(plain)
        if found is None or not YOUNGEST_YEARS <= year - found <= OLDEST_YEARS:
            return Cell(EMPTY, "", Reason.BIRTH)
        return Cell(str(found), "" if str(found) == text else RULE_YEAR)

    return read


# --- Collèges and associations: UAI and check letter, names by register and reviewed alias ---

RULE_UAI = "UAI écrit en capitales, sans espace ni tiret"
RULE_ZERO = "zéro de tête de l’UAI rétabli ; sa lettre de contrôle le confirme"
RULE_TOWN = "UAI retrouvé par le nom et la commune, dans reference/colleges.csv"
RULE_NAME = "UAI retrouvé par le seul nom, qu’un seul collège porte dans reference/colleges.csv"
RULE_NAMESAKE = "collège dont l’export donne le nom à un autre UAI : gardé sans UAI"
RULE_ALIAS = "UAI retrouvé par reference/alias.csv"
RULE_UNKNOWN_COLLEGE = "collège inconnu de reference/colleges.csv : gardé sans UAI"
RULE_ASSOCIATION = "nom ramené à celui de reference/associations.csv"
RULE_UNKNOWN_ASSOCIATION = "association inconnue de reference/associations.csv : gardée sous son nom"

# Seven digits, or six once a spreadsheet dropped the leading zero (never two).
_UAI = re.compile(r"([0-9]{7}|[1-9][0-9]{5})([A-Z])")
_UAI_NOISE = re.compile(r"[\s.\-_/]")
_COLLEGE = re.compile(r"^(college|clg|coll)(_(public|prive))?_")


def uai_reader(spellings: Spellings) -> Callable[[str], Cell]:
    """Reads a UAI with a right check letter; restores a leading zero that a spreadsheet dropped."""

    def read(text: str) -> Cell:
        plain = normalise(text)
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
    """Finds the UAI of a collège by its tidy name: reviewed alias, name and town, or unique name."""
    known = aliases[aliases["colonne"].eq("college")]
    reviewed = {normalise(row.graphie): row.valeur for row in known.itertuples()}
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
    """The value of each key that has only one."""
    seen = Counter(keys)
    return {key: value for key, value in zip(keys, values, strict=True) if seen[key] == 1}


def association_finder(aliases: pd.DataFrame, associations: pd.DataFrame) -> Callable[[str], str]:
    """Finds the name of an association in the register, or ``""``."""
    known = aliases[aliases["colonne"].eq("association")]
    names = {key_of(name): name for name in associations["association"]}
    reviewed = {key_of(normalise(row.graphie)): row.valeur for row in known.itertuples()}
    return lambda plain: reviewed.get(key_of(plain)) or names.get(key_of(plain), "")


def name_cells(
    column: str, counts: dict[str, int], spellings: Spellings, find: Callable[[str], str] | None = None
) -> dict[str, Cell]:
    """The meaning of each spelling of a name; those that differ by case or punctuation are one name.

    ``counts`` gives the rows of each spelling: an unregistered name takes the most frequent one.
    """
    plain = {text: normalise(text) for text in counts}
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
