"""An export made by hand, for the tests of cleaning: rows of texts in, what reading gives out."""

import functools
from pathlib import Path

import pandas as pd

from helpers import clean, data, paths, schema
from helpers.clean import records

COLUMNS = schema.columns("accompagnements")
# A clean row of 2021; tests say what differs.
ROW = {
    "annee": "2021", "association": "CAPEP", "territoire": "Roubaix", "uai": "0592714E", "college": "Collège Mendès France",
    "suivi_par": "alses", "situation": "collegien", "niveau": "4e", "sexe": "filles", "annee_naissance": "2008",
    "nouvel_accompagnement": "oui", "date_debut": "2021-03-08", "date_fin": "2021-06-30", "origine": "college",
    "orienteur": "enseignants", "demande_initiale": "scolarite", "objectifs": "scolarite;mobilite", "parents_associes": "non",
}  # fmt: skip
FILE = "accompagnements.csv"


def rows(*changes: dict) -> list[dict]:
    """Clean rows, each of another person, with what differs in each."""
    return [{"identifiant": f"P{number:05d}", **ROW, **change} for number, change in enumerate(changes, 1)]


def table_of(lines: list[dict], first: int = 2, file: str = FILE, sheet: str = "", refused: list | None = None) -> records.ReceivedTable:
    """The lines as one table, numbered from ``first``."""
    texts = pd.DataFrame(lines, dtype="str", index=range(first, first + len(lines)))
    return records.ReceivedTable(file, sheet, texts.astype({name: "category" for name in texts if name != "identifiant"}), refused or [])


def registers() -> dict:
    return _registers_in(paths.data_root())


@functools.cache
def _registers_in(root: Path) -> dict:
    """Read once for each data root: a test may have set its own."""
    del root
    return {"spellings": data.read_reference("modalites"), **data.read_registers()}


def cleaned(lines: list, *, columns: list[str] = COLUMNS, changes=(), asides=(), **tables: pd.DataFrame) -> records.CleanedRecords:
    """The lines as one file, or tables that are there already, cleaned; ``tables`` replace the registers of the project."""
    parts = lines if lines and isinstance(lines[0], records.ReceivedTable) else [table_of(lines)]
    received = records.ReceivedRecords(2021, parts, columns, changes=[*changes], asides=[*asides])
    return clean.clean_persons(received, **{**registers(), **tables})


def values(out: records.CleanedRecords, column: str) -> list[str]:
    """What the persons kept answered in a column, in order; ``""`` for nothing."""
    return out.persons.table[column].astype("object").fillna("").tolist()


def told(out: records.CleanedRecords) -> list[str]:
    return [str(fault) for fault in out.faults]


def reasons(out: records.CleanedRecords) -> dict[str, int]:
    return dict(zip(out.rejections["motif"], out.rejections["lignes"].tolist(), strict=True))


def rules(out: records.CleanedRecords) -> dict[tuple[str, str], int]:
    """Rows by column and rule."""
    return out.ledger.groupby(["colonne", "regle"])["lignes"].sum().to_dict()
