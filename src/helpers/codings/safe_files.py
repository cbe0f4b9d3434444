"""Untrusted files opened safely: size limits, archives in memory, no XML declarations, SQLite read-only."""

import codecs
import difflib
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path, PurePath
from urllib.parse import quote
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from helpers.schema import DataError
from helpers.typography import french_spaces, shorten

# --- Errors, each one French sentence ---

# The nearest of 2,000 names takes a second at most; time grows with the square of their length.
_MOST_COMPARED = 2_000
_LONGEST_COMPARED = 300


def coding_error(text: str) -> DataError:
    """The error to raise: what is wrong, then the remedy, in French with its no-break spaces."""
    return DataError(french_spaces(text))


def nearest(name: str, among: Iterable[str]) -> str:
    """The most similar of some names; ``""`` where none is near."""
    short = (each for each in among if len(each) <= _LONGEST_COMPARED)
    return next(iter(difflib.get_close_matches(name[:_LONGEST_COMPARED], [*islice(short, _MOST_COMPARED)], n=1)), "")


def unknown_name_error(what: str, name: str, among: Iterable[str]) -> DataError:
    """The error to raise for an unknown name, with the nearest known one.

    >>> print(unknown_name_error("le code", "Acceuil", ["Accueil", "Outils"]))
    le code « Acceuil » n’existe pas ; vouliez-vous « Accueil » ?
    """
    near = nearest(name, among)
    remedy = f"vouliez-vous « {one_line(near)} » ?" if near else "ajoutez-le, ou corrigez ce nom."
    return coding_error(f"{what} « {one_line(name)} » n’existe pas ; {remedy}")


def one_line(name: str) -> str:
    """A name on one line, shortened."""
    return shorten(" ".join(name.split()))


@contextmanager
def _damage(errors: tuple[type[Exception], ...], sentence: str) -> Iterator[None]:
    """Damage is the same sentence, wherever it shows."""
    try:
        yield
    except errors:
        raise coding_error(sentence) from None


# --- Size, text encoding, XML ---

# The minutes of a year are a few megabytes; a database also holds the source files.
MOST_FILE_BYTES = 512 << 20
MOST_TEXT_BYTES = 64 << 20
# A tree takes some twenty times the memory of its file; a project of 50,000 codings has 350,000 tags.
MOST_TAGS = 1_000_000
# Passages or history entries of a project coded by hand.
MOST_ROWS = 500_000


def read_bytes(path: Path) -> bytes:
    check_size(path, MOST_TEXT_BYTES)
    return path.read_bytes()


def check_size(path: Path, most: int = MOST_FILE_BYTES) -> None:
    """Refuse what is not a plain file, is empty, or is larger than any coding."""
    if not path.is_file():
        raise coding_error("ce n’est pas un fichier ; donnez celui que l’outil a exporté.")
    size = path.stat().st_size
    if not size:
        raise coding_error("le fichier est vide ; refaites l’export.")
    if size > most:
        raise coding_error(f"le fichier est démesuré ({size >> 20} Mo) ; {most >> 20} Mo au plus.")


def decode_text(content: bytes, what: str) -> str:
    """The text without byte order mark: UTF-8, or UTF-16 where a mark says so; line ends are unchanged."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise coding_error(f"{what} n’est pas en UTF-8 (octet {error.start}) ; enregistrez-le en UTF-8.") from None
    if "\0" in text:
        raise coding_error(f"{what} contient un caractère nul ; refaites l’export en texte UTF-8.")
    return text


def parse_xml(content: bytes, what: str) -> Element:
    """The XML tree; DTDs and entities are refused, so that nothing expands or is fetched."""
    if content.count(b"<") > MOST_TAGS:
        raise coding_error(f"{what} est démesuré ; découpez le projet.")
    try:
        return ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise coding_error(f"{what} contient une déclaration XML interdite ; refaites l’export.") from None
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        line = f", ligne {error.position[0]}" if isinstance(error, ElementTree.ParseError) else ""
        damage = "le XML est tronqué ou abîmé, ou son encodage est inconnu"
        raise coding_error(f"{what}{line} : {damage} ; refaites l’export en UTF-8.") from None


# --- Archives (REFI-QDA, Word): read in memory, so that no entry is ever a path on this machine ---

# For the XML and the texts: media are never read.
MOST_ENTRIES = 20_000
MOST_UNPACKED = 256 << 20
# Prose compresses to a third; a ratio of 200 past 4 MB is a bomb.
MOST_RATIO = 200
_RATIO_FROM = 4 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REMEDY = "enregistrez-le de nouveau depuis l’outil qui l’a fait."
_zip_damage = (
    (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError),
    f"l’archive est tronquée ou abîmée ; {_REMEDY}",
)


class Archive:
    """The entries of an archive, by lower-case name."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        entries = file.infolist()
        self._file, self._left = file, MOST_UNPACKED
        self._entries = {entry.filename.replace("\\", "/").casefold(): entry for entry in entries}
        if len(entries) > MOST_ENTRIES:
            raise coding_error(f"l’archive compte {len(entries)} fichiers ; {MOST_ENTRIES} au plus.")
        if len(self._entries) < len(entries):
            raise coding_error(f"l’archive contient deux fois le même fichier ; {_REMEDY}")
        if any(entry.flag_bits & 1 for entry in entries):
            raise coding_error("l’archive est protégée par un mot de passe ; retirez la protection.")

    def find(self, name: str) -> str | None:
        """The entry that a path of the project means, in the folder of the sources or at the root; None without one."""
        plain = name.replace("\\", "/").removeprefix("internal:").lstrip("/").removeprefix("./").casefold()
        return next((each for each in (f"sources/{plain}", plain) if plain and each in self._entries), None)

    def project(self) -> bytes:
        names = [name for name in self._entries if name.endswith(".qde") and "/" not in name]
        if len(names) != 1:
            raise coding_error("ce n’est pas un projet REFI-QDA (sans project.qde) ; exportez au format .qdpx.")
        return self.read(names[0])

    def read(self, name: str) -> bytes:
        """The content of an entry, limited by the size that it declares."""
        entry = self._entries[name]
        ratio = entry.file_size / max(1, entry.compress_size)
        most = min(MOST_TEXT_BYTES, self._left)
        if entry.file_size > most or (entry.file_size > _RATIO_FROM and ratio > MOST_RATIO):
            raise coding_error("l’archive est démesurée une fois décompressée ; découpez le projet.")
        if entry.compress_type not in _METHODS:
            raise coding_error(f"l’archive est compressée par une méthode inconnue ; {_REMEDY}")
        self._left -= entry.file_size
        with _damage(*_zip_damage), self._file.open(entry) as file:
            return file.read(MOST_TEXT_BYTES + 1)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    with ExitStack() as stack:
        with _damage(*_zip_damage):
            archive = Archive(stack.enter_context(zipfile.ZipFile(path)))
        yield archive


# --- SQLite projects: read-only, by plain columns of plain tables, for a limited time ---

# A real project is checked and read in a second or two.
MOST_SECONDS = 60
_DAMAGED = "la base est abîmée, ou n’est pas celle d’un projet ; refaites l’export."
_database_damage = (sqlite3.Error, OverflowError, UnicodeDecodeError), _DAMAGED


class Database:
    """The tables of a project, read column by column."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Views and virtual tables are code, not rows.
        names = [
            name
            for name, sql in connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
            if isinstance(name, str) and isinstance(sql, str) and sql[:12].upper() == "CREATE TABLE"
        ]
        columns = {name: connection.execute("SELECT name FROM pragma_table_info(?)", (name,)) for name in names}
        self.columns = {name: {str(row[0]) for row in rows} for name, rows in columns.items()}

    def has(self, table: str, *columns: str) -> bool:
        return table in self.columns and self.columns[table].issuperset(columns)

    def rows(self, table: str, **columns: type) -> list[tuple]:
        """The rows of a table, by columns of ``str`` or ``int``, in the order of the first.

        NULL is an empty text or None; so is a column that this version of the tool does not have.
        """
        if table not in self.columns:
            return []
        chosen = [f'"{name}"' if name in self.columns[table] else "NULL" for name in columns]
        query = f'SELECT {", ".join(chosen)} FROM "{table}" ORDER BY {chosen[0]} LIMIT {MOST_ROWS + 1}'
        kinds = list(columns.items())
        with _damage(*_database_damage):
            rows = [
                tuple(_value(value, kind, f"{table}.{name}") for value, (name, kind) in zip(row, kinds, strict=True))
                for row in self._connection.execute(query)
            ]
        if len(rows) > MOST_ROWS:
            raise coding_error(f"{table} compte plus de {MOST_ROWS} lignes ; découpez le projet.")
        return rows

    def count(self, table: str, column: str = "") -> int:
        """The number of rows of a table, or of those that have something in a column; 0 without it."""
        if not self.has(table, *([column] if column else [])):
            return 0
        chosen = f'"{column}"' if column else "1"
        with _damage(*_database_damage):
            query = f'SELECT {chosen} FROM "{table}" LIMIT {MOST_ROWS}'
            return sum(1 for (value,) in self._connection.execute(query) if value)


def _value(value: object, kind: type, place: str) -> str | int | None:
    if value is None:
        return "" if kind is str else None
    # RQDA stores positions as real numbers.
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    # A column without type returns a number for a name made of digits.
    if kind is str and isinstance(value, int | float):
        return str(value)
    if not isinstance(value, kind) or "\0" in str(value):
        raise coding_error(f"{place} ne contient pas ce qui est attendu ; {_DAMAGED}")
    return value


@contextmanager
def open_database(path: Path) -> Iterator[Database]:
    """The project, opened as immutable: no journal is created, replayed or waited for."""
    check_size(path)
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.is_file() and beside.stat().st_size:
            raise coding_error(
                "le projet est ouvert dans son outil, ou s’est mal fermé ; ouvrez-le, fermez-le, recommencez."
            )
    with ExitStack() as stack:
        with _damage(*_database_damage):
            connection = stack.enter_context(closing(sqlite3.connect(_address(path.resolve()), uri=True)))
            for setting in ("trusted_schema = OFF", "query_only = ON", "ignore_check_constraints = ON"):
                connection.execute(f"PRAGMA {setting}")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT_BYTES)
            end = time.monotonic() + MOST_SECONDS
            connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise coding_error(_DAMAGED)
            database = Database(connection)
        yield database


def _address(path: PurePath) -> str:
    """The SQLite URI of a file; a network drive takes four slashes, not a host."""
    plain = path.as_posix()
    return f"file://{'' if plain.startswith('/') else '/'}{quote(plain, safe='/:')}?mode=ro&immutable=1"
