"""How a year's own export is read: spellings that someone explained, kept beside it, in no other place.

``lectures.csv`` has the schema ``alias``. Its rows come before those of the reference tables. ``colonne`` is a column
of the export or of the posts, or ``titre`` for a header, whose ``valeur`` is then the column that it names.
"""

import csv
import io
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.clean.answers import FIELDS, UNANSWERED, WHOLE
from helpers.data.raw import empty_table, read_reference, read_registers, read_table
from helpers.data.titles import TITLE
from helpers.schema import apply_schema, table_schema
from helpers.system import atomic_write
from helpers.typography import escape_formula

TABLE = "alias"
# What stays as it is written: a header that is left out on purpose, a name that no register holds.
AS_IT_IS = "tel_quel"

# The columns of the export whose spellings `modalites` holds; those of names are in `alias`.
ANSWERED = {*FIELDS} - {"association", "college"}


def read_own(year: int) -> pd.DataFrame:
    """The spellings explained for a year (schema ``alias``); none without the file. Raises `DataError` for a fault."""
    path = paths.own_readings(year)
    table = read_table(path, TABLE) if path.is_file() else empty_table(TABLE)
    # The quote that keeps a spreadsheet from running a text as a formula.
    bare = table["graphie"].str.replace(r"^'(?=[=+\-@])", "", regex=True)
    return table.assign(graphie=bare)


def save_own(year: int, rows: pd.DataFrame) -> None:
    """Replaces the spellings explained for a year; without any, removes the file."""
    path = paths.own_readings(year)
    if rows.empty:
        path.unlink(missing_ok=True)
        return
    kept = rows.assign(graphie=rows["graphie"].map(escape_formula))
    write_for_spreadsheet(path, list(kept.columns), kept.to_numpy().tolist())


def write_for_spreadsheet(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Writes a table as a French spreadsheet opens it: semicolons, UTF-8 with its mark; atomic."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([header, *rows])
    with atomic_write(path) as beside:
        beside.write_bytes(text.getvalue().encode("utf-8-sig"))


def read_reference_for(year: int, name: str) -> pd.DataFrame:
    """The reference table ``alias``, ``entetes`` or ``modalites``, after what was explained for this year."""
    both = pd.concat([rows_for(name, read_own(year)), read_reference(name)])
    return both[~both.duplicated(table_schema(name)["primaryKey"])]


def rows_for(name: str, own: pd.DataFrame) -> pd.DataFrame:
    """The rows that spellings explained (schema ``alias``) add to a reference table, in its schema."""
    is_title, is_answer = own["colonne"].eq(TITLE), own["colonne"].isin(ANSWERED) | own["graphie"].eq(WHOLE)
    is_kept = own["valeur"].ne(AS_IT_IS)
    if name == "entetes":
        rows = own[is_title & is_kept].assign(colonne=lambda table: table["valeur"])
    elif name == "modalites":
        rows = own[is_answer].assign(ecriture="graphie").rename(columns={"graphie": "texte"})
        rows = rows.assign(valeur=rows["valeur"].replace(UNANSWERED, ""))  # that table leaves it empty
    else:
        rows = own[~is_title & ~is_answer & is_kept]
    return apply_schema(rows, name)


def read_registers_for(year: int) -> dict[str, pd.DataFrame]:
    """`data.read_registers`, the aliases after what was explained for this year."""
    return {**read_registers(), "aliases": read_reference_for(year, "alias")}
