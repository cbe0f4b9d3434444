"""How a cell is read: spelling, closed lists, several answers, dates, collèges and associations."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from helpers.clean.records import EMPTY, SEVERAL
from helpers.schema import DataError, catalogue, control_letter, table_schema
from helpers.typography import fold

# --- Why a row is rejected: it is nobody of the year, or somebody who is already there. No reason shows a value ---


class Reason(StrEnum):
    """The first that applies is kept."""

    TOTAL = "ligne de total, de moyenne ou de pourcentage"
    EXAMPLE = "ligne d’exemple ou d’essai"
    NOBODY = "identifiant absent"
    TEXT = "ligne de texte, sans année ni réponse"
    NO_YEAR = "année de l’export absente ou illisible"
    OTHER_YEAR = "ligne d’une autre année"
    CONTRADICTORY = "personne présente plusieurs fois, avec des réponses différentes"
    IDENTICAL = "personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée"
    GATHERED = "autre objectif d’une personne : réuni à sa première ligne"
    COMPLETED = (
        "personne présente dans plusieurs fichiers ou feuilles, dont l’un en dit plus : réunie à sa première ligne"
    )


# --- Spelling: spaces, apostrophes, dashes and accents, whatever program wrote them ---

RULE_TEXT = "espaces, apostrophes, tirets et accents écrits d’une seule façon"

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u202a-\u202e]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_APOSTROPHES = re.compile("['‘`´ʼ′]")
_DASHES = re.compile("[‐‑‒–—−]")
_DEGREE = re.compile("[°º]")  # « 6°3 » is the third class of 6e: without its sign it would read 63


class Cell(NamedTuple):
    """The meaning of a spelling: its label, the rule that changed it, why its rows are rejected, what is not read."""

    value: str
    rule: str = ""
    reason: str = ""
    unread: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """The text with composed accents, single spaces, one kind of apostrophe and dash, no invisible character."""
    if text.isascii() and text.isalnum():
        return text
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return _DASHES.sub("-", _APOSTROPHES.sub("’", _SPACES.sub(" ", text))).strip()


# Asked again and again of the same spellings.
@lru_cache(maxsize=1 << 14)
def key_of(text: str) -> str:
    """The text without case, accents and punctuation, unless it is nothing else (« ? »)."""
    return fold(_DEGREE.sub(" ", text)) or text.strip()


def key_of_answer(text: str) -> str:
    """`key_of`, with its question mark: « F ? » is no sure « F »."""
    key = key_of(text)
    return f"{key}?" if "?" in text and "?" not in key else key


_WITH_CODE = re.compile(r"\d{1,2} *[-.:)] *(\D.*)")  # « 01 - Scolarité »; « 5-6e » is of two classes
_OTHER = re.compile(r"autres?_(.+)")
# Words that make of an answer its contrary: « pas orienté par le collège ».
_CONTRARY = {"pas", "non", "sans", "aucun", "aucune", "hors"}


def is_contrary(text: str, other: str) -> bool:
    """Whether one of two texts denies, and not the other."""
    return bool({*fold(text).split("_")} & _CONTRARY) != bool({*fold(other).split("_")} & _CONTRARY)


# --- The reviewed table of spellings (``reference/modalites.csv``) ---

# The rows for every column.
EVERY = "toutes"
UNSURE = "ne_sait_pas"
UNFORESEEN = "non_prevu"
UNANSWERED = "non_renseigne"

FIELDS = {each["name"]: each for each in table_schema("accompagnements")["fields"]}
CLOSED = tuple(name for name, each in FIELDS.items() if "enum" in each.get("constraints", {}))
MULTIPLE = tuple(name for name, each in FIELDS.items() if "separateur" in each)
DAYS = tuple(name for name, each in FIELDS.items() if each["type"] == "date")
NAMES = ("association", "territoire", "college")
# The columns of whose texts someone may say, one by one, which answer of a list they are: « 2020-2021 », of a year.
LISTS = (*CLOSED, *MULTIPLE, "annee")

# What someone may say of a whole column, once for all its cells, and the words for it; of the year and the situation,
# only when the export does not have them.
WHOLE = "toute la colonne"
OF_THE_YEAR, MONTH_FIRST, SHORT_BIRTH, AGE, ABOVE = "de_l_annee", "mois_jour", "deux_chiffres", "age", "dessus"
BY_START, OTHER_YEAR = "d_apres_le_debut", "autre_annee"
YEARS = {OF_THE_YEAR: "de l’année", OTHER_YEAR: "autre année"}
LEFT_EMPTY = {"vide": "une case qui ne se lit pas reste vide"}
YES_NO = ("nouvel_accompagnement", "parents_associes")
# What an empty cell stands for, once someone said so: an answer, or the cell above (`ABOVE`).
FILLED = ("alses", "non")
_UNTICKED = {"non": "une case vide veut dire non", "sans": "une case vide est sans réponse"}
_BLOCKS = {ABOVE: "une case vide répète celle du dessus"}
_ORDERS = {MONTH_FIRST: "le mois avant le jour", "jour_mois": "le jour avant le mois", **LEFT_EMPTY}
FORMS = {
    "association": {
        **_BLOCKS,
        "sans": "une case vide est d’une personne sans association",
    },
    "annee": {OF_THE_YEAR: "toutes les lignes sont de cette année"},
    "suivi_par": {
        "alses": "toutes les personnes sont suivies par un ALSES",
        "sans": "une case vide est d’une personne suivie par on ne sait qui",
    },
    "situation": {"collegien": "toutes les personnes sont au collège"},
    "annee_naissance": {SHORT_BIRTH: "les deux derniers chiffres de l’année de naissance", AGE: "l’âge", **LEFT_EMPTY},
    "uai": {**_BLOCKS, "sans": "une case vide reste vide", **LEFT_EMPTY},
    **dict.fromkeys(("territoire", "college", "niveau"), {**_BLOCKS, "sans": "une case vide reste vide"}),
    "nouvel_accompagnement": {BY_START: "oui où la date de début est de l’année, non où elle est d’avant", **_UNTICKED},
    "parents_associes": _UNTICKED,
    "date_debut": _ORDERS,
    "date_fin": _ORDERS,
}


@lru_cache
def answers_of(column: str) -> dict[str, str]:
    """The modalities of a closed list and their labels, in catalogue order; shared, never to be changed."""
    if column == "annee":
        return YEARS
    entry = catalogue().indicators[FIELDS[column]["indicateur"]]
    return {**entry.modalities, **entry.recorded}


@dataclass
class Spellings:
    """The table, indexed: the meaning of each text, and why (``reason``); ``faults`` are its unusable rows."""

    exact: dict[tuple[str, str], Cell] = field(default_factory=dict)
    patterns: dict[str, list[tuple[re.Pattern, Cell]]] = field(default_factory=dict)
    faults: list[DataError] = field(default_factory=list)

    def find(self, column: str, text: str) -> Cell | None:
        """The meaning of a text in a column: by its spellings, the catalogue, those of every column, then patterns."""
        key, patterns = key_of_answer(text), [*self.patterns.get(column, ()), *self.patterns.get(EVERY, ())]
        known = self.exact.get((column, key)) or _named(column).get(key) or self.exact.get((EVERY, key))
        if known is None and (known := next((cell for pattern, cell in patterns if pattern.fullmatch(key)), None)):
            # « Autre partenaire », where « partenaire » is an answer too: which of the two is asked.
            rest = _OTHER.fullmatch(key)
            said = self.find(column, rest[1]) if rest else None
            return None if said and said.value not in (EMPTY, known.value) else known
        if known is None and column != "niveau" and (coded := _WITH_CODE.fullmatch(text.strip())):
            return self.find(column, coded[1])
        return known

    def year_of(self, rule: str) -> str:
        """What someone said of the rows of a rule of `OUT_OF_YEAR` (a modality of `YEARS`); empty when nobody did."""
        found = self.exact.get(("annee", key_of(OUT_OF_YEAR.get(rule, EMPTY))))
        return found.value if found else EMPTY

    def form_of(self, column: str) -> str:
        """What someone said of a whole column (`FORMS`); empty when nobody did."""
        found = self.exact.get((column, key_of(WHOLE)))
        return found.value if found else EMPTY


@lru_cache
def _named(column: str) -> dict[str, Cell]:
    if column not in CLOSED and column not in MULTIPLE:
        return {}
    names = answers_of(column)
    value = {name: EMPTY if name == UNANSWERED else name for name in names}
    return {key_of(each): Cell(value[name]) for name in names for each in (names[name], name)}


@dataclass(frozen=True)
class Registers:
    """The tables that resolve spellings."""

    spellings: Spellings
    aliases: pd.DataFrame
    associations: pd.DataFrame
    colleges: pd.DataFrame


def read_spellings(table: pd.DataFrame) -> Spellings:
    """The spellings of a table (schema ``modalites``)."""
    out = Spellings()
    for line, row in zip(table.index, table.itertuples(index=False), strict=True):
        cell = Cell(row.valeur, reason=row.raison)
        if told := _fault(row):
            out.faults.append(DataError(f"reference/modalites.csv, ligne {line}, {told}"))
        elif row.ecriture == "motif":
            out.patterns.setdefault(row.colonne, []).append((re.compile(row.texte), cell))
        else:
            out.exact.setdefault((row.colonne, key_of_answer(normalise(row.texte))), cell)
    return out


def _fault(row: tuple) -> str:
    if row.colonne != EVERY and row.colonne not in FIELDS:
        return f"colonne « colonne » : « {row.colonne} » n’est pas une colonne de l’export."
    is_whole = key_of(row.texte) == key_of(WHOLE)
    listed = answers_of(row.colonne) if row.colonne in LISTS else [UNSURE] if row.colonne == EVERY else []
    allowed = tuple(FORMS.get(row.colonne, ())) if is_whole else (EMPTY, *listed)
    if not {*(row.valeur.split(SEVERAL) if row.colonne in MULTIPLE else [row.valeur])} <= {*allowed}:
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

RULE_LISTED = "écriture ramenée à la liste"
RULE_MISSING = "case sans réponse : non renseigné"
RULE_UNFORESEEN = "réponse inconnue, gardée comme « non prévue »"
RULE_SEVERAL = "réponses séparées, ramenées à la liste, dans l’ordre du catalogue"
RULE_SEVERAL_UNFORESEEN = "réponses séparées, dont une inconnue gardée comme « non prévue »"

# Certain separators; a comma, a dash or « et » may belong to an answer (« santé, addiction »).
# FileMaker puts a vertical tab or a group separator between the values of a repeated field.
_SURELY = re.compile(r"[;|•\n\r\t\v\f\x1c-\x1f\u2028\u2029]+")
_PERHAPS = re.compile(r"( *[,/+&]+ *| *-+ *| et )(?![^(]*\))")  # « besoin de parler (mal-être) » has none
# No answer of its own after another word: « transport scolaire », « santé (famille) », « scolarité ? ».
_ATTACHED = re.compile(r"scolaires?|famili\w+|administrati\w+|[(?].*|.*\)", re.IGNORECASE)
# Bare numbers that stand for answers by themselves; any other digit in such a column makes all of them a code list.
_NUMBERS = {"niveau": {"3", "4", "5", "6"}, "nouvel_accompagnement": {"0", "1"}, "parents_associes": {"0", "1"}}
_TICKS = {"x", "✓", "✔"}
_CODE = re.compile(r"([0-9])(?:[.,]0+)?")


def codes_among(column: str, texts: Collection[str], spellings: Spellings) -> set[str]:
    """The texts of a column that are codes of a list of its own, which nobody may guess: « 1 » to « 5 » for classes.

    None once each is a spelling of the column in the reviewed table, or when the digits are answers (« 6 » for 6e).
    """
    if column in YES_NO and (unsure := _dashes_among(column, texts, spellings)):
        return unsure
    if column == "nouvel_accompagnement" and (unsure := _letters_among(column, texts, spellings)):
        return unsure
    digits = {text: found[1] for text in texts if (found := _CODE.fullmatch(normalise(text)))}
    known = {text for text in digits if (column, key_of(normalise(text))) in spellings.exact}
    is_typing_error = column not in _NUMBERS and 2 * len(digits) < sum(bool(text.strip()) for text in texts)
    if is_typing_error or set(digits.values()) <= _NUMBERS.get(column, set()) or known == set(digits):
        return set()
    # « 1 » is yes, unless a « 2 » beside it says otherwise: both are asked for.
    return set(digits) - known if column not in YES_NO else set(digits)


def _dashes_among(column: str, texts: Iterable[str], spellings: Spellings) -> set[str]:
    """Dashes beside ticks: « non », or no answer; none once someone said which."""
    plain = {text: normalise(text) for text in texts}
    is_ticked = any(each.lower() in _TICKS for each in plain.values())
    dashes = {text for text, each in plain.items() if each and not each.strip("-")}
    return {text for text in dashes if (column, plain[text]) not in spellings.exact} if is_ticked else set()


def _letters_among(column: str, texts: Iterable[str], spellings: Spellings) -> set[str]:
    """« N » for « nouveau » or for « non », and the unknown letters beside it; none when nobody need say which.

    It is « non » beside « O », or once someone said so; beside « A », « R » or « ancien », it may be either.
    """
    plain = {text: normalise(text) for text in texts if normalise(text)}
    found = {text: (key_of(each), spellings.find(column, each)) for text, each in plain.items()}
    unsaid = {text for text, (key, cell) in found.items() if key == "n" and cell and not cell.reason}
    letters = {text: cell for text, (key, cell) in found.items() if len(key) == 1 and key.isalpha() and key != "n"}
    unknown = {text for text, cell in letters.items() if cell is None}
    old = any(cell and cell.value == "non" and key[0] not in "nf0" for key, cell in found.values())
    is_new = (unknown or old) and not any(cell and cell.value == "oui" for cell in letters.values())
    return unsaid | unknown if unsaid and is_new else set()


_LEAST_OF_FORM_PCT = 20  # Share of the distinct texts of a column from which they tell how it is written


def is_month_first(texts: Collection[str]) -> bool:
    """Whether the days of some cells are surely written after their month: one above twelve, no month above."""
    found = filter(None, map(_DAY_FIRST.fullmatch, map(normalise, texts)))
    days = [(int(each["d"]), int(each["m"])) for each in found]
    least = max(1, len(texts) * _LEAST_OF_FORM_PCT / 100)  # fewer are typing errors, left empty and counted
    return len(days) > least and any(last > 12 for _, last in days) and all(first <= 12 for first, _ in days)


def with_day_first(text: str) -> str:
    """A day written after its month, with the day first; another text as it is."""
    found = _DAY_FIRST.fullmatch(normalise(text))
    return f"{found['m']}/{found['d']}/{found['y']}" if found else text


def form_to_ask(column: str, texts: Collection[str], spellings: Spellings) -> tuple[str, list[str]]:
    """Why someone must say how a whole column is written, as the middle of a sentence, and the texts that show it;
    nothing when nobody need.

    « 03/25/2021 », without any first number above twelve, makes « 04/05/2021 » the fifth of April; « 08 » is a year of
    birth or an age.
    """
    if column not in ("annee_naissance", *DAYS) or spellings.form_of(column):
        return "", []
    if column in DAYS:
        found = [text for text in texts if _DAY_FIRST.fullmatch(normalise(text))]
        return ("le mois y semble écrit avant le jour", found) if is_month_first(texts) else ("", [])
    found = [text for text in texts if _TWO_DIGITS.fullmatch(normalise(text))]
    is_form = len(found) * 100 > len(texts) * _LEAST_OF_FORM_PCT
    return ("elle a un ou deux chiffres, ceux d’une année de naissance ou d’un âge", found) if is_form else ("", [])


def _read_one(plain: str, name: str, spellings: Spellings, codes: set[str]) -> Cell:
    """One answer; an unknown one becomes ``non_prevu``."""
    found = None if plain in codes else spellings.find(name, plain)
    if found is None:
        return Cell(UNFORESEEN, RULE_UNFORESEEN, unread=(plain,))
    rule = RULE_LISTED if found.value else RULE_MISSING
    return Cell(found.value, f"{rule} ({found.reason.rstrip('.')})" if found.reason else rule)


def read_several(text: str, name: str, spellings: Spellings) -> Cell:
    """Several answers: in catalogue order, each once, joined by the separator of the schema."""
    answers = [found for piece in _SURELY.split(text) for found in _answers(name, normalise(piece), spellings)]
    unread = tuple(dict.fromkeys(piece for piece, found in answers if found is None))
    given = [UNFORESEEN if found is None else found.value for _, found in answers]
    values = {*SEVERAL.join(given).split(SEVERAL)} - {EMPTY}
    value = SEVERAL.join(sorted(values, key=list(answers_of(name)).index))
    rule = (RULE_SEVERAL_UNFORESEEN if unread else RULE_SEVERAL) if value else RULE_MISSING
    return Cell(value, rule, unread=unread)


def _answers(column: str, piece: str, spellings: Spellings) -> list[tuple[str, Cell | None]]:
    """The answers of a piece: the longest runs between separators that are known.

    A run that a word after its first contradicts is shortened: « autre, scolarité » is no « autre » put in plain words.
    """
    tokens = _PERHAPS.split(piece)  # words at even places, what separates them at odd ones
    alone = [spellings.find(column, re.sub(r"\(.*?\)", "", word).strip()) for word in tokens]
    out, start = [], 0
    while start < len(tokens):
        for stop in range(len(tokens), start, -2):
            plain = "".join(tokens[start:stop]).strip()
            found = spellings.find(column, plain) if plain else None
            is_one = found and all(word is None or word.value == found.value for word in alone[start + 2 : stop : 2])
            if is_one or not plain or stop == start + 1:
                break
        if found is None and (words := _spaced(column, plain, spellings)):  # « scolarite besoin_de_parler », of a form
            out.extend(words)
        elif plain:
            out.append((plain, found))
        start = stop + 1
    return out


def _spaced(column: str, text: str, spellings: Spellings) -> list[tuple[str, Cell | None]]:
    """The answers that spaces alone separate, the longest first; none if a word is left.

    « exclusion scolaire besoin de parler » has two: « scolaire » is a part of the first. « autre santé » is asked.
    """
    words, out = [] if _OTHER.fullmatch(key_of(text)) else text.split(), []
    while words:
        runs = (" ".join(words[:stop]) for stop in range(len(words), 0, -1))
        run, found = next(((run, found) for run in runs if (found := spellings.find(column, run))), ("", None))
        if found is None or (out and found != out[-1][1] and _ATTACHED.fullmatch(run)):
            return []
        out.append((run, found))
        words = words[len(run.split()) :]
    return out


# --- Days and years: day first; a cell that gives no day is left empty, counted and shown ---

RULE_DAY = "date lue, le jour avant le mois"
RULE_MONTH_FIRST = "date lue, le mois avant le jour"
RULE_MONTH_HERE = "date d’un fichier où le mois est écrit avant le jour, et non dans les autres : lue ainsi"
RULE_INSTANT = "heure universelle, lue au jour qu’il était à Paris"
RULE_SHORT = "date à l’année de deux chiffres, lue dans les années 2000"
RULE_MONTH = "mois sans jour : le premier jour pour un début, le dernier pour une fin"
RULE_QUARTER = "trimestre sans jour : le premier jour pour un début, le dernier pour une fin"
RULE_SCHOOL_YEAR = "année scolaire : septembre pour un début, août pour une fin"
RULE_SERIAL = "numéro de jour d’un tableur lu comme une date"
RULE_YEAR = "année lue dans un nombre ou dans une date"
RULE_SCHOOL = "année scolaire dont l’une des deux années est celle de l’export"
RULE_OPEN = "date de fin lointaine : accompagnement encore ouvert"
RULE_GOES_ON = "fin après le 31 décembre : accompagnement encore ouvert à cette date"
RULE_NO_DAY = "date impossible ou illisible, laissée vide"
RULE_STARTS_LATER = "début après la fin de l’année : laissé vide, la personne reste comptée"
RULE_ENDED = "fin avant le début de l’année : laissée vide, la personne reste comptée"
# Of persons whose dates say that they were not followed in the year, and how someone is asked, once for all of them,
# whether their rows are of the year; counted until someone says that they are not.
OUT_OF_YEAR = {RULE_STARTS_LATER: "début après la fin de l’année", RULE_ENDED: "fin avant le début de l’année"}
RULE_AGE = "âge lu comme l’année de naissance qu’il donne"
RULE_BIRTH = "année de naissance impossible, laissée vide"

# Age reached in the year. Prévention spécialisée meets children from primary school to young adults: outside these
# bounds the year of birth is a typing error.
YOUNGEST_YEARS, OLDEST_YEARS = 5, 25
_NEVER = 2090  # « 31/12/9999 », « 31/12/2099 »: the ways of databases to say that there is no end
# Spreadsheet day numbers are accepted within these years only: elsewhere five digits are something else. They count
# from 1900; workbooks that count from 1904 are converted when they are opened.
_ORIGIN = date(1899, 12, 30)
_SERIALS = range((date(2010, 1, 1) - _ORIGIN).days, (date(2036, 1, 1) - _ORIGIN).days)

_HOUR = r"(?:[T ]+\d{1,2}[:hH]\d{0,2}(?::\d{2})?(?:[.,]\d+)?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
_FULL, _ANY = r"(?P<y>\d{4})", r"(?P<y>\d{4}|\d{2})"
_DAY_FIRST = re.compile(rf"(?:[Ll]e )?(?P<d>\d{{1,2}})[/. -](?P<m>\d{{1,2}})[/. -]{_ANY}{_HOUR}")
# The ways of writing a day, a month (m, in words w) or a quarter (q); those in words, of a text like « 13 fevr 2021 ».
_IN_DIGITS = (
    _DAY_FIRST,
    re.compile(rf"{_FULL}[/.-](?P<m>\d{{1,2}})[/.-](?P<d>\d{{1,2}}){_HOUR}"),
    re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?:[.,]0+)?"),
    re.compile(rf"(?P<m>\d{{1,2}})[/. -]{_FULL}"),
    re.compile(rf"{_FULL}[/.-](?P<m>\d{{1,2}})"),
)
# A quarter first: the « 1er trimestre » is no day.
_IN_WORDS = (
    re.compile(rf"(?:t|trim |trimestre )(?P<q>[1-4]) {_ANY}"),
    re.compile(rf"(?P<q>[1-4])(?:er|e|eme|nd)? ?t(?:rim|rimestre)? {_FULL}"),
    re.compile(rf"{_FULL} t(?P<q>[1-4])"),
    re.compile(rf"(?:[a-z]+ )?(?P<d>\d{{1,2}})(?:er)? (?P<w>[a-z]{{3,9}}) {_ANY}{_HOUR}"),
    re.compile(rf"(?:(?:debut|mi|fin|courant) )?(?P<w>[a-z]{{3,9}}) {_ANY}"),
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d.*(?:Z|[+-]\d\d:?\d\d)")
_TWO_YEARS = re.compile(r"(\d{4}) ?[-/] ?(\d{4}|\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_YEAR = re.compile(r"(\d ?\d{3})(?:[.,]0+)?")
_TWO_DIGITS = re.compile(r"\d{1,2}(?:[.,]0+)?")
_AGE = re.compile(r"(\d{1,2}) ?ans?(?: (?:et demie?|1/2|r[eé]volus|(?:et )?\d{1,2} mois))?", re.IGNORECASE)


_MONTHS = ("janv", "fevr", "mars", "avri", "mai", "juin", "juil", "aout", "sept", "octo", "nove", "dece")


def _month(word: str) -> int:
    """The number of a French month, whole or abbreviated to three letters or more (folded); 0 for none (« jui »)."""
    found = [place for place, name in enumerate(_MONTHS, 1) if name.startswith(word[:4]) and len(word) >= 3]
    return found[0] if len(found) == 1 else 0


def in_paris(moment: datetime) -> date:
    """The day that it was in Paris: midnight there is 22 or 23 o’clock of the day before, in universal time."""
    return moment.astimezone(ZoneInfo("Europe/Paris")).date()


def _parts(text: str) -> dict[str, str]:
    """The parts of a date as written, by the names of `_IN_DIGITS`; none of another form."""
    with suppress(ValueError):
        text = in_paris(datetime.fromisoformat(text)).isoformat() if _INSTANT.fullmatch(text) else text
    words = " ".join(
        fold(word) if not word.isascii() or word.isalpha() else word.lower()
        for word in re.sub(r"[-./]", " ", text).split()
    )
    found = next(filter(None, (way.fullmatch(text) for way in _IN_DIGITS)), None)
    found = found or next(filter(None, (way.fullmatch(words) for way in _IN_WORDS)), None)
    return found.groupdict() if found else {}


def _full(year: str) -> int:
    return int(year) + 2000 * (len(year) == 2)


def _school_year(text: str) -> tuple[int, int] | None:
    """Both years of « 2020-2021 »."""
    found = _TWO_YEARS.fullmatch(text)
    years = (int(found[1]), int(found[1][:2] + found[2][-2:])) if found else (0, 0)
    return years if years[1] == years[0] + 1 and found[2] in (str(years[1]), str(years[1])[2:]) else None


def read_day(text: str, *, is_end: bool = False, is_month_first: bool = False) -> tuple[date, str] | None:
    """The day of a tidy text and the rule that gave it, or None; of a month or a longer span, its first or last day."""
    if serial := _SERIAL.fullmatch(text):
        days = int(serial[1])
        return (_ORIGIN + timedelta(days=days), RULE_SERIAL) if days in _SERIALS else None
    if years := _school_year(text):
        year, month, months, rule = years[0], 9, 12, RULE_SCHOOL_YEAR
    elif parts := _parts(text):
        year, day = _full(parts["y"]), parts.get("d")
        month = _month(parts["w"]) if "w" in parts else 3 * int(parts["q"]) - 2 if "q" in parts else int(parts["m"])
        months, rule = (3, RULE_QUARTER) if "q" in parts else (1, RULE_MONTH)
        if day:
            is_swapped = is_month_first and _DAY_FIRST.fullmatch(text)
            rule = RULE_MONTH_FIRST if is_swapped else RULE_SHORT if len(parts["y"]) == 2 else RULE_DAY
            rule = RULE_INSTANT if _INSTANT.fullmatch(text) else rule
            with suppress(ValueError):
                return date(year, *((int(day), month) if is_swapped else (month, int(day)))), rule
            return None
    else:
        return None
    with suppress(ValueError):
        first, after = date(year, month, 1), 12 * year + month - 1 + months
        return (date(after // 12, after % 12 + 1, 1) - timedelta(days=1) if is_end else first), rule
    return None


def _read_date(plain: str, name: str, year: int, form: str) -> Cell:
    """A date as ``AAAA-MM-JJ``: a start not after the year, an end within it; another one is left empty."""
    first, last, is_end = date(year, 1, 1), date(year, 12, 31), name == "date_fin"
    day, rule = read_day(plain, is_end=is_end, is_month_first=form == MONTH_FIRST) or (None, RULE_NO_DAY)
    if day and day.year < year - OLDEST_YEARS:  # « 01/01/1900 », « 01/01/1970 »: how databases say that it is unknown
        day, rule = None, RULE_NO_DAY
    if day and day > last and is_end:
        return Cell(EMPTY, RULE_OPEN if day.year >= _NEVER else RULE_GOES_ON)
    wrong = RULE_STARTS_LATER if day and day > last else RULE_ENDED if day and day < first and is_end else ""
    return Cell(EMPTY, wrong or rule, unread=(plain,)) if wrong or not day else Cell(day.isoformat(), rule)


def read_number_of_year(text: str) -> int | None:
    """The year of a tidy text, alone or in a date, or None."""
    if found := _YEAR.fullmatch(text):
        return int(found[1].replace(" ", ""))
    parts = _parts(text)
    return _full(parts["y"]) if parts.get("d") and (not parts.get("w") or _month(parts["w"])) else None


def _read_year(plain: str, year: int, spellings: Spellings) -> Cell:
    """The year of the row, which must be the year of the report; someone says of which a school year is."""
    school, found = _school_year(plain), read_number_of_year(plain)
    if year in (school or ()):
        said = spellings.exact.get(("annee", key_of(plain)))
        if said is None or said.value == OF_THE_YEAR:
            return Cell(str(year), RULE_SCHOOL, unread=() if said else (plain,))
        return Cell(EMPTY, "", Reason.OTHER_YEAR)
    if found == year:
        return Cell(str(found), RULE_YEAR)
    return Cell(EMPTY, "", Reason.OTHER_YEAR if school or found is not None else Reason.NO_YEAR)


def _read_birth(plain: str, year: int, form: str) -> Cell:
    """A year of birth (or the year of a date) that gives a plausible age in the year; else it is left empty.

    « 15 ans » is an age; two digits are those of the year that gives such an age, or the age itself, once someone said
    which.
    """
    found, rule = read_number_of_year(plain), RULE_YEAR
    if age := _AGE.fullmatch(plain):
        found, rule = year - int(age[1]), RULE_AGE
    if found and found > year and len(_parts(plain).get("y", "")) == 2:
        found -= 100  # « 05/03/98 » of a birth
    if form in (SHORT_BIRTH, AGE) and _TWO_DIGITS.fullmatch(plain):
        number = int(float(plain.replace(",", ".")))
        found = year - number if form == AGE else number + (2000 if 2000 + number <= year else 1900)
        rule = RULE_AGE if form == AGE else RULE_YEAR
    is_plausible = found is not None and YOUNGEST_YEARS <= year - found <= OLDEST_YEARS
    return Cell(str(found), rule) if is_plausible else Cell(EMPTY, RULE_BIRTH, unread=(plain,))


# --- Collèges and associations: UAI and check letter, names by register and reviewed alias ---

RULE_UAI = "UAI écrit en capitales, sans espace ni tiret"
RULE_ZERO = "zéro de tête de l’UAI rétabli ; sa lettre de contrôle le confirme"
RULE_TOWN = "UAI retrouvé par le nom et la commune, dans reference/colleges.csv"
RULE_NAME = "UAI retrouvé par le seul nom, qu’un seul collège porte dans reference/colleges.csv"
RULE_NAMESAKE = "collège dont l’export donne le nom à un autre UAI : gardé sans UAI"
RULE_ALIAS = "UAI retrouvé par une écriture expliquée (lectures.csv ou reference/alias.csv)"
RULE_UNKNOWN_COLLEGE = "collège inconnu de reference/colleges.csv : gardé sans UAI"
RULE_ASSOCIATION = "nom ramené à celui de reference/associations.csv"
RULE_BAD_UAI = "UAI mal écrit, ou dont la lettre de contrôle est fausse, laissé vide"
RULE_UNKNOWN_ASSOCIATION = "association inconnue de reference/associations.csv : gardée sous son nom"

# Seven digits, or six once a spreadsheet dropped the leading zero (never two).
_UAI = re.compile(r"([0-9]{7}|[1-9][0-9]{5})([A-Z])")
# « 0590001A - Collège du Moulin »
_UAI_FIRST = re.compile(r"(\d{7})\s?([A-Z])\s*[-–:,]\s")
_UAI_NOISE = re.compile(r"[\s.\-_/]")
_COLLEGE = re.compile(r"^(college|clg|coll)(_(public|prive))?_")


def _read_uai(plain: str) -> Cell:
    """A UAI with a right check letter; a leading zero that a spreadsheet dropped is restored."""
    found = _UAI.fullmatch(_UAI_NOISE.sub("", plain).upper()) or _UAI_FIRST.match(plain.upper())
    number = found[1].zfill(7) if found else ""
    if not found or control_letter(number) != found[2]:
        return Cell(EMPTY, RULE_BAD_UAI, unread=(plain,))
    return Cell(number + found[2], RULE_ZERO if len(found[1]) == 6 else RULE_UAI)


def _bare(text: str) -> str:
    return _COLLEGE.sub("", key_of(text))


def find_colleges(texts: Iterable[str], aliases: pd.DataFrame, colleges: pd.DataFrame) -> list[Cell]:
    """The UAI of each collège, by its name as written: reviewed alias, name and town, or unique name."""

    def alone(keys: list[str]) -> dict[str, str]:
        seen = Counter(keys)
        return {key: value for key, value in zip(keys, colleges["uai"], strict=True) if seen[key] == 1}

    reviewed = {normalise(row.graphie): row.valeur for row in aliases.itertuples() if row.colonne == "college"}
    by_town = alone([f"{_bare(row.nom_officiel)}_{key_of(row.commune)}" for row in colleges.itertuples()])
    by_name = alone([_bare(row.nom_officiel) for row in colleges.itertuples()])
    registered, out = {*colleges["uai"]}, []
    for plain in map(normalise, texts):
        uai = plain if plain in registered else _read_uai(plain).value
        ways = ((uai or None, RULE_UAI), (reviewed.get(plain), RULE_ALIAS))
        ways += ((by_town.get(_bare(plain)), RULE_TOWN), (by_name.get(_bare(plain)), RULE_NAME))
        ways += ((EMPTY, RULE_UNKNOWN_COLLEGE if plain else ""),)
        out.append(Cell(*next(way for way in ways if way[0] is not None)))
    return out


def _name_reader(name: str, counts: dict[str, int], registers: Registers) -> Callable[[str], Cell]:
    """Reads a name; those that differ by case or punctuation are one, the registered one or the most frequent."""
    written: dict[str, Counter] = {}
    for text, count in counts.items():
        written.setdefault(key_of(normalise(text)), Counter())[normalise(text)] += count
    chosen = {key: min(seen, key=lambda each: (-seen[each], each)) for key, seen in written.items()}
    if name != "association":
        return lambda plain: Cell(chosen[key_of(plain)], RULE_TEXT)
    known = {key_of(each): each for each in registers.associations["association"]}
    reviewed = [row for row in registers.aliases.itertuples() if row.colonne == "association"]
    known |= {key_of(normalise(row.graphie)): row.valeur for row in reviewed}

    def read(plain: str) -> Cell:
        key = key_of(plain)
        return Cell(known[key], RULE_ASSOCIATION) if key in known else Cell(chosen[key], RULE_UNKNOWN_ASSOCIATION)

    return read


# --- The meaning of each text of a column ---


def read_texts(name: str, counts: dict[str, int], registers: Registers, year: int) -> list[Cell]:
    """The meaning of each text of a column of the export; ``counts`` gives the rows that hold it."""
    spellings = registers.spellings
    is_listed, form = name in CLOSED or name in MULTIPLE, spellings.form_of(name)
    if name in NAMES:
        read = _name_reader(name, counts, registers)
    elif name in CLOSED:
        codes = {normalise(text) for text in codes_among(name, counts, spellings)}
        read = partial(_read_one, name=name, spellings=spellings, codes=codes)
    elif name in DAYS:
        read = partial(_read_date, name=name, year=year, form=form)
    elif name == "annee_naissance":
        read = partial(_read_birth, year=year, form=form)
    else:
        read = _read_uai
    out = []
    for text in counts:
        plain = normalise(text)
        if name == "annee":
            cell = _read_year(plain, year, spellings)
        elif not plain or (not is_listed and spellings.find(name, plain)):
            cell = Cell(EMPTY, RULE_MISSING if text else "")
        else:
            # A line end separates several answers: it must still be there.
            cell = read_several(text, name, spellings) if name in MULTIPLE else read(plain)
        is_same = cell.value == text and cell.rule != RULE_UNKNOWN_ASSOCIATION
        out.append(cell._replace(rule="") if is_same else cell)
    return out
