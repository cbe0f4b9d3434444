"""For the tests of reading: a year's folder in an invented project, small exports, and all that reading them gives."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from helpers import data, paths

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "raw" / "reference"
YEAR = 2041

# One column too many (date_debut), so that a test can take it away; objectifs holds the delimiter.
HEADER = [
    "identifiant", "annee", "association", "suivi_par", "situation", "niveau", "sexe", "nouvel_accompagnement",
    "origine", "demande_initiale", "objectifs", "parents_associes", "date_debut",
]  # fmt: skip
ROWS = [
    ["P1", "2041", "Horizon", "ALSES", "collégien", "6e", "F", "oui", "collège", "scolarité", "scolarité;santé", "oui", "03/04/2041"],
    ["P2", "2041", "Escale", "ALSES", "collégien", "5e", "M", "non", "famille", "mobilité", "mobilité", "NA", "04/05/2041"],
    ["P3", "2041", "Escale", "autre", "lycéen", "2nde", "F", "OUI", "rue", "autre", "autre", "null", ""],
]  # fmt: skip


def quoted(cell: str, delimiter: str = ";") -> str:
    """A cell as a spreadsheet writes it: between quotes only if it must be."""
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in f'{delimiter}"\r\n') else cell


def text_of(rows: list[list[str]], *, header: list[str] | None = None, delimiter: str = ";", end: str = "\n") -> str:
    """A CSV text of these rows."""
    return "".join(delimiter.join(quoted(cell, delimiter) for cell in row) + end for row in [header or HEADER, *rows])


def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the year in an empty project whose reference tables are the true ones."""
    root = tmp_path / "un projet été"
    shutil.copytree(REFERENCE, root / "data" / "raw" / "reference")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    paths.raw(YEAR).mkdir()
    return paths.raw(YEAR)


class Read:
    """What reading the whole year gave."""

    def __init__(self, year: int = YEAR):
        received = data.receive(year)
        tables = received.tables
        self.received = received
        self.columns = {name: [cell for table in tables for cell in table.rows[name].astype("object")] for name in received.columns}
        self.lines = [int(line) for table in tables for line in table.rows.index]
        self.refused = [(row.line, row.reason) for table in tables for row in table.refused]
        self.texts = [row.text for table in tables for row in table.refused]
        self.changes = Counter()
        for change in received.changes:
            self.changes[change.rule] += change.rows
        self.sheets = [table.sheet for table in tables]

    @property
    def rows(self) -> list[list[str]]:
        """The rows, in the order of HEADER."""
        return [list(row) for row in zip(*(self.columns[name] for name in HEADER if name in self.columns), strict=True)]


def faults(year: int = YEAR) -> list[str]:
    """The sentences of a year that cannot be used."""
    received = data.receive(year)
    assert received.faults
    return [str(fault) for fault in received.faults]
