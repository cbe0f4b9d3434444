"""Untrusted files opened safely: size limits, archives in memory, no XML declarations, SQLite read-only."""

import codecs
import difflib
import lzma
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from urllib.parse import quote
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from helpers.schema import DataError
from helpers.typography import french_spaces, shorten


def coding_error(text: str) -> DataError:
    """The error to raise: what is wrong, then the remedy, in French with its no-break spaces."""
    return DataError(french_spaces(text))


def nearest(name: str, among: Iterable[str]) -> str:
    """The most similar of some names; ``""`` where none is near."""
    return next(iter(difflib.get_close_matches(name, list(among), n=1)), "")


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
    try:
        yield
    except errors:
        raise coding_error(sentence) from None


# --- Size, text encoding, XML ---
# The minutes of a year are a few megabytes; a database also holds the source files.
MOST_FILE_BYTES = 512 << 20
MOST_TEXT_BYTES = 64 << 20


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
MOST_UNPACKED = 256 << 20
_zip_damage = (
    (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError),
    "l’archive est tronquée, abîmée ou protégée par un mot de passe ; enregistrez-la de nouveau depuis son outil.",
)


class Archive(zipfile.ZipFile):
    """The entries of an archive, by lower-case name."""

    def __init__(self, path: Path) -> None:
        with _damage(*_zip_damage):
            super().__init__(path)
        self._left = MOST_UNPACKED
        self._entries = {entry.filename.replace("\\", "/").casefold(): entry for entry in self.infolist()}

    def find(self, name: str) -> str | None:
        """The entry that a path of the project means, in the folder of the sources or at the root; None without one."""
        plain = name.replace("\\", "/").removeprefix("internal:").lstrip("/").removeprefix("./").casefold()
        return next((each for each in (f"sources/{plain}", plain) if plain and each in self._entries), None)

    def project(self) -> bytes:
        names = [name for name in self._entries if name.endswith(".qde") and "/" not in name]
        if len(names) != 1:
            raise coding_error("ce n’est pas un projet REFI-QDA (sans project.qde) ; exportez au format .qdpx.")
        return self.content(names[0])

    def content(self, name: str) -> bytes:
        """The content of an entry, limited by the size that it declares."""
        entry = self._entries[name]
        self._left -= entry.file_size
        if entry.file_size > MOST_TEXT_BYTES or self._left < 0:
            raise coding_error("l’archive est démesurée une fois décompressée ; découpez le projet.")
        with _damage(*_zip_damage):
            return self.read(entry)


# --- SQLite projects: read-only, by plain columns of plain tables, for a limited time ---
# A real project is checked and read in a second or two.
MOST_SECONDS = 60
_DAMAGED = "la base est abîmée, ou n’est pas celle d’un projet ; refaites l’export."
_database_damage = (sqlite3.Error, OverflowError, UnicodeDecodeError), _DAMAGED


# The columns of Taguette, QualCoder and RQDA that hold whole numbers; the others hold text.
_NUMBERS = frozenset(
    "attrid catid cid ctid document_id end_offset fid fileID highlight_id id parent_id pos0 pos1 selend selfirst "
    "start_offset status supercatid supercid tag_id".split()
)


class Database:
    """The tables of a project, read column by column."""

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["Database"]:
        """The project, opened as immutable: no journal is created, replayed or waited for."""
        check_size(path)
        for beside in (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal")):
            if beside.is_file() and beside.stat().st_size:
                problem = "le projet est ouvert dans son outil, ou s’est mal fermé"
                raise coding_error(f"{problem} ; ouvrez-le, fermez-le, recommencez.")
        with _damage(*_database_damage), closing(sqlite3.connect(_address(path.resolve()), uri=True)) as connection:
            for setting in ("trusted_schema = OFF", "query_only = ON", "ignore_check_constraints = ON"):
                connection.execute(f"PRAGMA {setting}")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT_BYTES)
            end = time.monotonic() + MOST_SECONDS
            connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise coding_error(_DAMAGED)
            yield cls(connection)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Views and virtual tables are code, not rows.
        query = "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.sql LIKE ?"
        self.columns = {name for (name,) in connection.execute(query, ("CREATE TABLE%",))}

    def rows(self, table: str, columns: str) -> list[tuple]:
        """The rows of a table, by columns, in the order of the first: texts, and numbers for those of `_NUMBERS`.

        NULL is an empty text or None; so is a column that this version of the tool does not have.
        """
        names = columns.split()
        chosen = [f'"{name}"' if f"{table}.{name}" in self.columns else "NULL" for name in names]
        if set(chosen) == {"NULL"}:
            return []
        rows = self._connection.execute(f'SELECT {", ".join(chosen)} FROM "{table}" ORDER BY {chosen[0]}')
        return [tuple(_value(table, *cell) for cell in zip(names, row, strict=True)) for row in rows]

    def count(self, place: str) -> int:
        """The number of rows of a table, or of those that have something in a column (``table.column``)."""
        table, _, column = place.partition(".")
        if not any(each == place or each.startswith(f"{place}.") for each in self.columns):
            return 0
        return sum(1 for (value,) in self._connection.execute(f'SELECT {column or 1} FROM "{table}"') if value)


def _value(table: str, column: str, value: object) -> str | int | None:
    kind = int if column in _NUMBERS else str
    if value is None:
        return "" if kind is str else None
    # RQDA stores positions as real numbers.
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    # A column without type returns a number for a name made of digits.
    if kind is str and isinstance(value, int | float):
        return str(value)
    if not isinstance(value, kind) or "\0" in str(value):
        raise coding_error(f"{table}.{column} ne contient pas ce qui est attendu ; {_DAMAGED}")
    return value


def _address(path: PurePath) -> str:
    """The SQLite URI of a file; a network drive takes four slashes, not a host."""
    plain = path.as_posix()
    return f"file://{'' if plain.startswith('/') else '/'}{quote(plain, safe='/:')}?mode=ro&immutable=1"
