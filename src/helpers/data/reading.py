"""Small tables and cards: from bytes to rows, and faults as French sentences."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.schema import DataError, columns, optional_columns, table_schema
from helpers.system import atomic_write, sha256_of
from helpers.typography import escape_formula, fold, shorten

# --- Faults in French: where, what, and the remedy ---

# « 2 233 » as a document prints it: every kind of space.
_SPACES, _DIGITS = re.compile(r"[ \u00a0\u2009\u202f]"), re.compile(r"-?\d+(?:[.,]\d+)?")

_TYPES = {
    "integer": "un nombre entier",
    "number": "un nombre",
    "date": "une date écrite AAAA-MM-JJ ou JJ/MM/AAAA",
    "string": "un texte",
}


def _header_faults(header: list[str], expected: list[str], shown: str, *, optional: Sequence[str] = ()) -> list[str]:
    """What is missing, unknown or duplicated in a header; a misspelt name is one fault, not two."""
    missing = [name for name in expected if name not in (*header, *optional)]
    unknown = {fold(name): name for name in header if name not in expected}
    faults = []
    for name in missing:
        close = get_close_matches(name, list(unknown), n=1, cutoff=0.6)
        remedy = f"renommez « {unknown.pop(close[0])} »" if close else "ajoutez-la, même vide"
        faults.append(f"la colonne « {name} » manque ; {remedy}.")
    for name in unknown.values():
        close = get_close_matches(fold(name), [each for each in optional if each not in header], n=1, cutoff=0.6)
        remedy = f"vouliez-vous « {close[0]} » ?" if close else "supprimez-la de ce fichier."
        faults.append(f"colonne « {name} » inconnue ; {remedy}")
    twice = dict.fromkeys(name for name in header if name in expected and header.count(name) > 1)
    faults += [f"la colonne « {name} » figure deux fois ; supprimez l’une des deux." for name in twice]
    return [f"{shown}, ligne 1 : {fault}" for fault in faults]


def _type_fault(column: dict, cell: str) -> str:
    """The sentence for a cell, as received, that is not of the type of its column."""
    joined = _SPACES.sub("", cell)
    if column["type"] in ("number", "integer") and _DIGITS.fullmatch(joined) and joined != cell:
        return f"« {cell} » contient une espace ; écrivez {joined}."
    return f"« {shorten(cell)} » n’est pas {_TYPES[column['type']]} ; corrigez la valeur."


def _constraint_fault(column: dict, value, cell: str) -> str:
    """The first constraint that a value (None: empty) breaks, as a sentence that quotes ``cell``; ``""`` for none."""
    rules = column.get("constraints", {})
    if value is None:
        return "la case est vide alors qu’elle est obligatoire ; complétez-la." if rules.get("required") else ""
    low, high = rules.get("minimum"), rules.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        limits = f"au moins {low}" if high is None else f"au plus {high}" if low is None else f"entre {low} et {high}"
        return f"« {cell} » est impossible : la valeur doit être {limits} ; vérifiez-la dans le document."
    if len(cell) > rules.get("maxLength", len(cell)):
        return f"« {shorten(cell)} » a {len(cell)} caractères, {rules['maxLength']} au plus sont permis ; abrégez."
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        example = column["example"]
        return f"« {shorten(cell)} » n’a pas la forme attendue ; corrigez la valeur, par exemple « {example} »."
    if cell not in rules.get("enum", (cell,)):
        close = get_close_matches(cell, rules["enum"], n=1)
        hint = f" Vouliez-vous « {close[0]} » ?" if close else ""
        return f"« {shorten(cell)} » n’est pas dans la liste ({', '.join(rules['enum'])}).{hint}"
    return ""


# --- From bytes to validated rows ---

# Excel writes a decimal comma and day-first dates in French; both are unambiguous in a column of that type.
_DECIMAL_COMMA = re.compile(r"^-?\d+,\d+$")
_FRENCH_DATE = re.compile(r"^(\d{2})/(\d{2})/(\d{4})$")
# Python would also read as numbers 1_7, ٧, NaN, 1e400 and twenty digits.
_PLAIN_NUMBER = re.compile(r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$")
_REFUSED = "✗"
# From a cell in plain form to a value; each raises ValueError for another type.
_READERS = {
    "string": str,
    "integer": int,
    "number": float,
    "date": lambda cell: datetime.strptime(cell, "%Y-%m-%d"),
}
_LINE_END = re.compile("\r\n?")
# Control characters and non-characters, which break drawings, and bidirectional marks, which change what is read.
INVISIBLE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


# Each check and each cell of a long-lived JupyterLab asks for the same small tables. Results are cached by content, so
# a file that changed is read again. They are shared: never modify them.
remembered = lru_cache(maxsize=64)


@dataclass(frozen=True)
class Rows:
    """The cells of a file: header, rows, and the line where each row starts, as an editor numbers it."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def content_of(path: Path) -> bytes:
    """The bytes of a file; `DataError` when it is absent or cannot be opened."""
    shown = paths.relative(path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"Fichier absent : {shown}. Déposez-le dans ce dossier, puis relancez.") from None
    except PermissionError:
        raise DataError(f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits.") from None


# The encodings of one byte a character in which a spreadsheet saves French, and the letters that tell which.
_SINGLE_BYTE = {"cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS (page 850)"}
_FRENCH = re.compile("[éèêëàâçîïôùûœÉÈÊÀÂÇÎÔ’«»°]")
# « é » and « ’ » in UTF-8, read as Windows-1252 and saved again.
_LOST = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5\x93|\xe2\x80[\x90-\xbf])|\xc3\xa2\xe2\x82\xac")
_CHARACTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Read around the first byte that is not UTF-8 to tell one broken character from another encoding.
_SAMPLE_BYTES = 1 << 20
_SAVE = "enregistrez le fichier au format CSV UTF-8."


def as_utf8(content: bytes, shown: str) -> tuple[bytes, str]:
    """The bytes of a text in UTF-8, without its mark, and the name of the encoding if it was another one.

    Any in which a spreadsheet saves a table: UTF-8 with or without mark, UTF-16 (« texte Unicode »), Windows, Macintosh
    or MS-DOS; of those of one byte, the one that gives most French letters, lower case first (« é » in one is « Ç » in
    another). Raises `DataError`, naming the file as ``shown``, for what is no text, mixes two encodings, or has already
    lost its accents: it would be read as mojibake.
    """

    def refuse(place: int, what: str) -> DataError:
        return DataError(f"{shown}, ligne {len((content[:place] + b'x').splitlines())} : {what}")

    name = ""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            content, name = content.decode("utf-16").encode(), "UTF-16"
        except UnicodeError:
            raise DataError(f"{shown} : des caractères ne se lisent pas (UTF-16) ; {_SAVE}") from None
    content = content.removeprefix(codecs.BOM_UTF8)
    if (nul := content.find(b"\0")) >= 0:
        raise refuse(nul, f"un caractère nul coupe le texte ; si c’est une table, {_SAVE}")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        place, mixed = error.start, f"des caractères ne se lisent pas, deux encodages s’y mêlent ; {_SAVE}"
        sample = content[max(0, place - _SAMPLE_BYTES) : place + _SAMPLE_BYTES]
        # Mostly valid UTF-8: one broken character. Otherwise: another encoding.
        if 2 * sum(map(len, _CHARACTERS.findall(sample))) > sum(byte > 127 for byte in sample):
            raise refuse(place, mixed) from None

        def likeness(encoding: str) -> int:
            text = sample.decode(encoding, errors="replace")
            return sum(1 + letter.islower() for letter in _FRENCH.findall(text)) - 3 * text.count("\ufffd")

        encoding = max(_SINGLE_BYTE, key=likeness)
        try:
            content, name = content.decode(encoding).encode(), _SINGLE_BYTE[encoding]
        except UnicodeDecodeError as error:
            raise refuse(error.start, mixed) from None
    # Plain searches first: they are ten times as fast.
    if (b"\xc3\x83" in content or b"\xc3\xa2" in content) and (lost := _LOST.search(content)):
        what = "des accents sont abîmés (« Ã© » pour « é ») ; remettez le fichier d’avant, ou refaites-le, et "
        raise refuse(lost.start(), what + _SAVE)
    return content, name


def decoded(content: bytes, shown: str) -> str:
    """The text of a small table; `DataError` as for `as_utf8`, and for a character that nobody sees."""
    text = as_utf8(content, shown)[0].decode()
    if sign := INVISIBLE.search(text):
        line, code = text.count("\n", 0, sign.start()) + 1, f"U+{ord(sign[0]):04X}"
        raise DataError(f"{shown}, ligne {line} : un caractère invisible ({code}) trouble l’affichage ; supprimez-le.")
    return text


def split_rows(text: Iterable[str], delimiter: str, shown: str, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Each row of a CSV text and the line on which it starts, from ``first`` on.

    Raises `DataError` for a quote that is not closed, or closed too soon.
    """
    reader, start = csv.reader(text, delimiter=delimiter, strict=True), first
    try:
        for cells in reader:
            yield start, cells
            start = first + reader.line_num
    except csv.Error:
        raise DataError(
            f"{shown}, ligne {start} : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."
        ) from None


@remembered
def read_rows(content: bytes, shown: str) -> Rows:
    """The cells of a text table (comma, semicolon or tab; see `decoded`), without its blank lines.

    Raises `DataError`, naming the file as ``shown``, when it is empty or not a text table.
    """
    text = decoded(content, shown)
    if not text.strip():
        raise DataError(f"{shown} est vide : la première ligne doit porter les noms des colonnes.")
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise DataError(
            f"{shown}, ligne 1 : cette ligne est blanche ; supprimez-la, les noms des colonnes viennent d’abord."
        )
    cells, lines = [], []
    for line, row in split_rows(io.StringIO(text, newline=""), max(",;\t", key=first.count), shown):
        if any(cell.strip() for cell in row):
            # A lone CR in a cell would be written back without quotes and split its row.
            cells.append([_LINE_END.sub("\n", cell.strip()) for cell in row])
            lines.append(line)
    # A spreadsheet also writes columns that someone merely clicked in: no name, no value, nothing to lose.
    header, *rows = cells
    used = len(header)
    while used and not header[used - 1] and not any(cell for row in rows for cell in row[used - 1 :]):
        used -= 1
    rows = [row[:used] if len(row) > used and not any(row[used:]) else row for row in rows]
    return Rows(header[:used], rows, lines[1:])


def as_csv(table: pd.DataFrame) -> bytes:
    """The bytes of a table that we write for ourselves: commas, dates as AAAA-MM-JJ."""
    return table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()


def write_file(path: Path, content: bytes) -> Path:
    """Writes a file unless it is there already; atomic."""
    if not (path.is_file() and path.read_bytes() == content):
        with atomic_write(path) as beside:
            beside.write_bytes(content)
    return path


def write_spreadsheet(path: Path, table: pd.DataFrame) -> Path:
    """Writes a table for a French spreadsheet: semicolons, UTF-8 with its mark, no text run as a formula; atomic."""
    safe = table.map(lambda value: escape_formula(value) if isinstance(value, str) else value)
    text = safe.to_csv(index=False, sep=";", lineterminator="\r\n", date_format="%Y-%m-%d")
    with atomic_write(path) as beside:  # even if it is there already: what a run wrote is what it is known by
        beside.write_bytes(text.encode("utf-8-sig"))
    return path


def _plain(cell: str, kind: str) -> str:
    """A cell in plain form: decimal point, AAAA-MM-JJ."""
    if kind in ("number", "integer"):
        plain = cell.replace(",", ".") if _DECIMAL_COMMA.match(cell) else cell
        return plain if not plain or _PLAIN_NUMBER.match(plain) else _REFUSED
    if kind == "date" and (found := _FRENCH_DATE.match(cell)):
        return "-".join(reversed(found.groups()))
    return cell


def _row_faults(header: list[str], rows: Iterable[tuple[list[str], list[str]]], schema: dict) -> Iterator[tuple]:
    """For each fault, the place of its row and the end of its sentence; ``rows`` come in plain form and as received."""
    described = {column["name"]: column for column in schema["fields"]}
    seen: dict[str, set] = {name: set() for name in header if described[name].get("constraints", {}).get("unique")}
    key, keys = schema.get("primaryKey", []), set()

    @cache
    def read(name: str, plain: str, cell: str) -> tuple[object, str]:
        """The value of a cell (None when empty) and its fault, which quotes ``cell`` as received."""
        try:
            value = _READERS[described[name]["type"]](plain) if plain else None
        except ValueError:
            return None, _type_fault(described[name], cell)
        return value, _constraint_fault(described[name], value, cell)

    for place, (row, received) in enumerate(rows):
        if len(row) < len(header):  # its values may be under the wrong names: no other fault is reported
            yield place, " : des cases manquent en fin de ligne ; complétez la ligne."
            continue
        values = {}
        for name, plain, cell in zip(header, row, received, strict=False):
            values[name], fault = read(name, plain, cell)
            if name in seen and values[name] is not None:
                if not fault and values[name] in seen[name]:
                    fault = f"« {shorten(cell)} » figure déjà plus haut ; chaque valeur doit être unique."
                seen[name].add(values[name])
            if fault:
                yield place, f", colonne « {name} » : {fault}"
        if len(row) > len(header):
            yield place, " : une case de trop ; entourez de guillemets les textes qui contiennent le séparateur."
        identity = tuple(values.get(name) for name in key)
        if identity in keys:
            yield place, f" : cette ligne répète une ligne précédente ({', '.join(key)}) ; gardez-en une."
        if any(part is not None for part in identity):
            keys.add(identity)


@remembered
def validated_rows(content: bytes, shown: str, name: str) -> tuple[Rows, tuple[str, ...]]:
    """The rows of a table, with numbers and dates in plain form, and every fault against its schema.

    A fault names file, line, column, value as received and remedy; one sentence per cell. Raises `DataError` when the
    file is empty or not a text table.
    """
    schema, table = table_schema(name), read_rows(content, shown)
    faults = _header_faults(table.header, columns(name), shown, optional=optional_columns(name))
    if faults:
        return table, tuple(faults)
    if not table.rows:
        return table, (f"{shown} n’a aucune ligne sous les noms de colonnes ; complétez-la ou retirez-la.",)
    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    width = len(table.header)
    rows = [
        [_plain(cell, kinds[column]) for column, cell in zip(table.header, row, strict=False)] + row[width:]
        for row in table.rows
    ]
    faults = _row_faults(table.header, zip(rows, table.rows, strict=True), schema)
    sentences = tuple(f"{shown}, ligne {table.lines[place]}{text}" for place, text in faults)
    return Rows(table.header, rows, table.lines), sentences


# --- The cards of a year: what was received, as its pages cite it ---

CARD = "datapackage.json"
# Beside the export and as private: the checksum of each file when it was received.
EXPORT_CARD = "carte_export.json"
SYNTHETIC_STEM = paths.SIMULATED


def read_export_card(year: int) -> dict[str, dict]:
    """Each file of a year's export by its name: hash, bytes, rows, received, synthetic.

    Empty until the export has been read once. Raises `DataError` when carte_export.json cannot be read.
    """
    path = paths.raw(year) / EXPORT_CARD
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))["resources"]
        needed = ("hash", "bytes", "rows", "received", "synthetic")
        return {entry["path"]: {name: entry[name] for name in needed} for entry in entries}
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f"{paths.relative(path)} n’est pas lisible : supprimez-la, elle sera refaite au prochain rapport."
        ) from None


def date_exports(year: int) -> dict[str, str]:
    """When each file of a year's export was first read, by its rank (« fichier 1 »): file names may identify a person.

    Raises `DataError` when carte_export.json cannot be read.
    """
    known = read_export_card(year)
    received = [known.get(path.name, {}).get("received") for path in paths.exports(year)]
    return {f"fichier {rank}": day for rank, day in enumerate(received, 1) if day}


def as_json(card: dict) -> str:
    """The text of a card."""
    return json.dumps(card, ensure_ascii=False, indent=2) + "\n"


def card_of(year: int) -> dict:
    """The card of a year (datapackage.json) as it is written, empty if there is none; `DataError` if it is no JSON."""
    path = paths.raw(year) / CARD
    try:
        return json.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    except ValueError:
        raise DataError(f"{paths.relative(path)} n’est pas un fichier JSON en UTF-8 : corrigez la carte.") from None


def read_card(year: int) -> dict[str, str]:
    """What the card of a year says for its pages: ``title`` is the document that they cite, ``source`` everything that
    they rest on, ``contexte`` what set the year apart.

    Without a card, or with the one that `new-year` made and nobody filled in, a plain description of what was received.
    Raises `DataError` when datapackage.json cannot be read, or names no document.
    """
    path, received = paths.raw(year) / CARD, plain_description(year)
    if not path.is_file():
        return {"title": received, "source": received, "contexte": ""}
    card = card_of(year)
    source = (card.get("sources") or [{}])[0] if isinstance(card, dict) else {}
    title, described = source.get("title"), source.get("description") or ""
    if title == unnamed(year):
        title = received
    if not isinstance(title, str) or not title.strip():
        raise DataError(f"{paths.relative(path)} : « sources » doit nommer un document (title) ; corrigez la carte.")
    context = str(card.get("contexte") or "")
    for name, text, most in (("title", title, 150), ("description", described, 1000), ("contexte", context, 1000)):
        if len(str(text)) > most:
            raise DataError(f"{paths.relative(path)} : « {name} » dépasse {most} caractères ; abrégez-le.")
        if INVISIBLE.search(str(text)) or "\0" in str(text):
            raise DataError(f"{paths.relative(path)} : « {name} » a un caractère invisible ; supprimez-le.")
    full = f"{title} ({described})" if described else title
    both = f"{full} ; {received}" if paths.has_export(year) and title != received else full
    return {"title": title, "source": both, "contexte": context}


def simulated_exports(year: int) -> list[Path]:
    """The simulated files of a year's export: by their name, or by their card even if they were renamed."""
    try:
        known = {name: entry for name, entry in read_export_card(year).items() if entry["synthetic"] is True}
    except DataError:
        known = {}

    def is_one(path: Path) -> bool:
        same = [each["hash"] for each in known.values() if each["bytes"] == path.stat().st_size]
        # The checksum is computed only if a size matches.
        return path.name in known or bool(same and f"sha256:{sha256_of(path)}" in same)

    return [path for path in paths.exports(year) if path.stem == SYNTHETIC_STEM or is_one(path)]


def unnamed(year: int) -> str:
    """What stands for the document of a year until its card names one."""
    return f"fichiers reçus pour {year}"


def plain_description(year: int) -> str:
    """What was received for a year, in a few words, when its card names no document."""
    if told := paths.told_entries(year):
        return told["recu"]
    files = paths.exports(year)
    if not files:
        return unnamed(year)
    if files == simulated_exports(year):
        return f"données simulées pour {year}"
    return f"export de la base départementale reçu pour {year}"


def expected_associations(year: int) -> list[str]:
    """The associations expected in the export: ``associations_attendues`` of the year's card."""
    with suppress(DataError, AttributeError, TypeError):  # `read_card` reports what is wrong with it
        return [str(name) for name in card_of(year).get("associations_attendues") or []]
    return []


def read_contexts(years: list[int]) -> dict[int, str]:
    """What set each year apart, according to its card; empty if it does not say.

    >>> print(data.read_contexts([2019, 2020]))
    {2019: '', 2020: 'la note attribue la hausse aux postes ouverts dans de nouveaux collèges ; ...'}
    """
    return {year: read_card(year)["contexte"] for year in years}
