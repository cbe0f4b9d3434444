"""Files of unknown origin, opened safely: size limits, archives in memory, no XML declarations, SQLite read-only."""

import codecs
import difflib
import re
import sqlite3
import stat
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
from helpers.typography import french_spaces, shortened

# --- What cannot be read, in one French sentence ---

# Looking for the nearest of 2 000 names takes a second at most; it grows with the square of their length.
_MOST_COMPARED = 2_000
_LONGEST_COMPARED = 300


def fault(text: str) -> DataError:
    """The error to raise: what is wrong, then what to do, in French with its no-break spaces.

    >>> print(fault("le fichier est vide ; refaites l’export."))
    le fichier est vide ; refaites l’export.
    """
    return DataError(french_spaces(text))


def unknown(what: str, name: str, among: Iterable[str]) -> DataError:
    """The error to raise for a name that is not there, with the nearest one that is.

    >>> print(unknown("le code", "Acceuil", ["Accueil", "Outils"]))
    le code « Acceuil » n’existe pas ; vouliez-vous « Accueil » ?
    """
    short = (each for each in among if len(each) <= _LONGEST_COMPARED)
    near = difflib.get_close_matches(name[:_LONGEST_COMPARED], [*islice(short, _MOST_COMPARED)], n=1)
    remedy = f"vouliez-vous « {shown(near[0])} » ?" if near else "ajoutez-le, ou corrigez ce nom."
    return fault(f"{what} « {shown(name)} » n’existe pas ; {remedy}")


def shown(name: str) -> str:
    """A name on one line, for a sentence."""
    return shortened(" ".join(name.replace("\0", "").split()))


# --- A file of unknown origin, opened safely: its size first, its text in UTF-8, its XML without any
# --- declaration

# The minutes of a year are a few megabytes; a database also holds the source files. What is larger is another thing.
MOST_FILE_BYTES = 512 << 20
MOST_TEXT_BYTES = 64 << 20
# A tree in memory takes some twenty times its file: a project of 50 000 codings has 350 000 tags.
MOST_XML_BYTES = 64 << 20
MOST_TAGS = 1_000_000
# Passages, or entries of a history, of a project that people made by hand.
MOST_ROWS = 500_000
_DAMAGED_XML = "le XML est tronqué ou abîmé"


def content_of(path: Path, most: int = MOST_TEXT_BYTES) -> bytes:
    """The bytes of a file, refused by its size before it is read."""
    check_size(path, most)
    return path.read_bytes()


def check_size(path: Path, most: int = MOST_FILE_BYTES) -> None:
    """Refuses what is not a plain file, is empty, or is larger than any coding."""
    if not path.is_file():
        raise fault("ce n’est pas un fichier ; donnez celui que l’outil a exporté.")
    size = path.stat().st_size
    if not size:
        raise fault("le fichier est vide ; refaites l’export.")
    if size > most:
        raise fault(f"le fichier est démesuré ({size >> 20} Mo) ; {most >> 20} Mo au plus.")


def text_of(content: bytes, what: str) -> str:
    """The text, without its byte order mark: UTF-8, or UTF-16 where a mark says so; line ends are not touched."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(f"{what} n’est pas en UTF-8 (octet {error.start}) ; enregistrez-le en UTF-8.") from None
    if "\0" in text:
        raise fault(f"{what} contient un caractère nul ; refaites l’export en texte UTF-8.")
    return text


def tree_of(content: bytes, what: str) -> Element:
    """The XML tree; no declaration of a type or of an entity is read, so that nothing expands or is fetched."""
    if len(content) > MOST_XML_BYTES or content.count(b"<") > MOST_TAGS:
        raise fault(f"{what} est démesuré ; découpez le projet.")
    try:
        return ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise fault(f"{what} contient une déclaration XML interdite ; refaites l’export.") from None
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise fault(f"{what}, ligne {line} : {_DAMAGED_XML} ; refaites l’export.") from None
    except (LookupError, ValueError):
        raise fault(f"{what} : {_DAMAGED_XML}, ou son encodage est inconnu ; refaites l’export en UTF-8.") from None


# --- A REFI-QDA archive, or a Word document: looked at first, and read in memory only; nothing is written
# --- anywhere

# The media of a project are never read: these limits are those of its XML and of its texts.
MOST_ENTRIES = 20_000
MOST_UNPACKED = 256 << 20
# Prose packs to a third; past 4 MB, what packs to less than one part in 200 was made to fill a memory.
MOST_RATIO = 200
_RATIO_FROM = 4 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OUTSIDE = re.compile(r"^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)")
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
_REMEDY = "enregistrez-le de nouveau depuis l’outil qui l’a fait."


class Archive:
    """The entries of an archive, by their name without case."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._left = MOST_UNPACKED
        self._entries: dict[str, zipfile.ZipInfo] = {}
        entries = file.infolist()
        if len(entries) > MOST_ENTRIES:
            raise fault(f"l’archive compte {len(entries)} fichiers ; {MOST_ENTRIES} au plus.")
        for entry in entries:
            self._add(entry)

    def _add(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename.replace("\\", "/")
        if _OUTSIDE.search(name):
            raise fault(f"l’archive contient un chemin qui sort de son dossier ; {_REMEDY}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise fault(f"l’archive contient un lien vers un autre fichier ; {_REMEDY}")
        if entry.flag_bits & 1:
            raise fault("l’archive est protégée par un mot de passe ; retirez la protection.")
        if name.casefold() in self._entries:
            raise fault(f"l’archive contient deux fois le même fichier ; {_REMEDY}")
        self._entries[name.casefold()] = entry

    def find(self, name: str) -> str | None:
        """The entry that a path of the project means, in the folder of the sources or beside it; None without one."""
        plain = name.replace("\\", "/").removeprefix("internal:").lstrip("/").removeprefix("./").casefold()
        return next((each for each in (f"sources/{plain}", plain) if plain and each in self._entries), None)

    def has(self, name: str) -> bool:
        """Whether an entry has this name, in small letters."""
        return name in self._entries

    def project(self) -> bytes:
        """The XML of the project, which stands at the root."""
        names = [name for name in self._entries if name.endswith(".qde") and "/" not in name]
        if len(names) != 1:
            raise fault("ce n’est pas un projet REFI-QDA (sans project.qde) ; exportez au format .qdpx.")
        return self.read(names[0], MOST_XML_BYTES)

    def read(self, name: str, most: int = MOST_TEXT_BYTES) -> bytes:
        """The content of an entry, refused by the size that it declares, and never longer than it."""
        entry = self._entries[name]
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > min(most, self._left) or (entry.file_size > _RATIO_FROM and ratio > MOST_RATIO):
            raise fault("l’archive est démesurée une fois décompressée ; découpez le projet.")
        if entry.compress_type not in _METHODS:
            raise fault(f"l’archive est compressée par une méthode inconnue ; {_REMEDY}")
        self._left -= entry.file_size
        with _sentence(), self._file.open(entry) as file:
            return file.read(most + 1)


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """The archive, closed afterwards."""
    with ExitStack() as stack:
        with _sentence():
            archive = Archive(stack.enter_context(zipfile.ZipFile(path)))
        yield archive


@contextmanager
def _sentence() -> Iterator[None]:
    """A damaged archive is one sentence, wherever it breaks."""
    try:
        yield
    except _BROKEN:
        raise fault(f"l’archive est tronquée ou abîmée ; {_REMEDY}") from None


# --- A SQLite project, read as it lies: nothing is written beside it, and none of its own code runs ---

# A true project is checked and read in a second or two.
MOST_SECONDS = 60
_STEPS = 10_000
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA}
_SCHEMA = "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index')"
# A column that the base computes: neither tool has any, and quick_check would compute them.
_COMPUTED = re.compile(r"\bAS\s*\(|\bGENERATED\b", re.IGNORECASE)
_DAMAGED = "la base est abîmée, ou n’est pas celle d’un projet ; refaites l’export."


class Database:
    """The tables of a project, read column by column."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        found = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        # A view or a virtual table is code, not rows.
        names = [name for name, sql in found if isinstance(sql, str) and sql[:12].upper() == "CREATE TABLE"]
        self.columns = {name: self._columns_of(name) for name in names if isinstance(name, str)}

    def _columns_of(self, table: str) -> set[str]:
        quoted = table.replace('"', '""')
        return {str(row[1]) for row in self._connection.execute(f'PRAGMA table_info("{quoted}")')}

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table is there with these columns."""
        return table in self.columns and self.columns[table].issuperset(columns)

    def rows(self, table: str, **columns: type) -> list[tuple]:
        """The rows of a table in the order of its first column, by columns of ``str`` or ``int``.

        A text that is missing is empty, an integer is None; so is all of a column that this version of the tool does
        not have.
        """
        if table not in self.columns:
            return []
        chosen = [f'"{name}"' if name in self.columns[table] else "NULL" for name in columns]
        query = f'SELECT {", ".join(chosen)} FROM "{table}" ORDER BY {chosen[0]} LIMIT {MOST_ROWS + 1}'
        kinds = list(columns.items())
        with _database_sentence():
            rows = [
                tuple(_value(value, kind, f"{table}.{name}") for value, (name, kind) in zip(row, kinds, strict=True))
                for row in self._connection.execute(query)
            ]
        if len(rows) > MOST_ROWS:
            raise fault(f"{table} compte plus de {MOST_ROWS} lignes ; découpez le projet.")
        return rows

    def count(self, table: str) -> int:
        """How many rows a table has; none when it is not there."""
        if table not in self.columns:
            return 0
        with _database_sentence():
            return sum(1 for _ in self._connection.execute(f'SELECT 1 FROM "{table}"'))


def _value(value: object, kind: type, place: str) -> str | int | None:
    if value is None:
        return "" if kind is str else None
    # A column without a type gives a number back for a name made of digits.
    if kind is str and isinstance(value, int | float):
        return str(value)
    if not isinstance(value, kind):
        raise fault(f"{place} ne contient pas ce qui est attendu ; {_DAMAGED}")
    return value


@contextmanager
def opened_database(path: Path) -> Iterator[Database]:
    """The project, opened as a file that cannot change: no journal is made, played back or waited for."""
    check_size(path)
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.is_file() and beside.stat().st_size:
            raise fault("le projet est ouvert dans son outil, ou s’est mal fermé ; ouvrez-le, fermez-le, recommencez.")
    with ExitStack() as stack:
        with _database_sentence():
            connection = stack.enter_context(closing(sqlite3.connect(_address(path.resolve()), uri=True)))
            _restrain(connection)
            if any(_COMPUTED.search(str(sql)) for (sql,) in connection.execute(_SCHEMA)):
                raise fault(_DAMAGED)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise fault(_DAMAGED)
            database = Database(connection)
        yield database


def _address(path: PurePath) -> str:
    """The address of a file for SQLite, which takes a network drive with four strokes, not as a host."""
    plain = path.as_posix()
    return f"file://{'' if plain.startswith('/') else '/'}{quote(plain, safe='/:')}?mode=ro&immutable=1"


@contextmanager
def _database_sentence() -> Iterator[None]:
    """A damaged base is one sentence, wherever it breaks."""
    try:
        yield
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        raise fault(_DAMAGED) from None


def _restrain(connection: sqlite3.Connection) -> None:
    """Reading of plain tables only, within a time: a hostile file may hold views, functions and endless queries."""
    end = time.monotonic() + MOST_SECONDS
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    # quick_check would run the functions that they call.
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT_BYTES)
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)

    def allowed(action: int, *_: object) -> int:
        return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY

    connection.set_authorizer(allowed)
