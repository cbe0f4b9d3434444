"""A SQLite project, read as it lies: nothing is written beside it, and none of its own code runs."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path, PurePath
from urllib.parse import quote

from helpers.exchange.faults import fault
from helpers.exchange.opened import MOST_ROWS, MOST_TEXT_BYTES, check_size

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
        with _sentence():
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
        with _sentence():
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
        with _sentence():
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
def _sentence() -> Iterator[None]:
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
