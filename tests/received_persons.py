"""An export made by hand, for the tests of cleaning: rows of texts in, what reading gives out."""

import functools
from pathlib import Path

import pandas as pd

from helpers import clean, data, paths, schema
from helpers.clean import records

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


def received(lines: list[dict], year: int = 2021, cut: int = 10**9, columns: list[str] | None = None, **more) -> records.ReceivedRecords:
    """The lines as one file, in tables of ``cut`` lines."""
    tables = [table_of(lines[start : start + cut], start + 2, **more) for start in range(0, len(lines), cut)]
    return records.ReceivedRecords(year, tables, columns or schema.columns("accompagnements"))


def registers() -> dict:
    return _registers_in(paths.data_root())


@functools.cache
def _registers_in(root: Path) -> dict:
    """Read once for each data root: a test may have set its own."""
    del root
    return {"spellings": data.read_reference("modalites"), **data.read_registers()}


def cleaned(lines: list[dict], **more) -> records.CleanedRecords:
    return clean.clean_persons(received(lines, **more), **registers())


def values(out: records.CleanedRecords, column: str) -> list[str]:
    """What the persons kept answered in a column, in order; ``""`` for nothing."""
    return out.persons.table[column].astype("object").fillna("").tolist()


def table(out: records.CleanedRecords) -> dict[str, list[str]]:
    return {name: values(out, name) for name in out.persons.table}


def reasons(out: records.CleanedRecords) -> dict[str, int]:
    return dict(zip(out.rejections["motif"], out.rejections["lignes"].tolist(), strict=True))


def rules(out: records.CleanedRecords) -> dict[tuple[str, str], int]:
    """Rows by column and rule."""
    found = {}
    for row in out.ledger.itertuples():
        found[row.colonne, row.regle] = found.get((row.colonne, row.regle), 0) + row.lignes
    return found
