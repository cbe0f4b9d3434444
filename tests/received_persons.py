"""An export made by hand, for the tests of cleaning: rows of texts in, what reading gives out."""

import functools
from pathlib import Path

import numpy as np
import pyarrow as pa

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


def batch_of(lines: list[dict], first: int, refused: list | None = None) -> records.Batch:
    columns = {}
    for name in lines[0] if lines else []:
        texts = pa.array([line[name] for line in lines], pa.string())
        columns[name] = texts if name == "identifiant" else texts.dictionary_encode()
    return records.Batch(columns, np.arange(first, first + len(lines)), refused or [])


def part_of(lines: list[dict], first: int = 2, file: str = FILE, sheet: str = "", refused: list | None = None) -> records.Part:
    return records.Part(file, sheet, lambda: batch_of(lines, first, refused))


def received(lines: list[dict], year: int = 2021, cut: int = 10**9, columns: list[str] | None = None, **more) -> records.ReceivedRecords:
    """The lines as one file, in parts of ``cut`` lines."""
    parts = [part_of(lines[start : start + cut], start + 2, **more) for start in range(0, len(lines), cut)]
    return records.ReceivedRecords(year, parts, columns or schema.columns("accompagnements"))


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
    """What the persons kept answered in a column, in order."""
    if column == "identifiant":
        return out.persons.identifiers.to_pylist()
    return [out.persons.labels[column][code] for code in out.persons.codes[column].tolist()]


def table(out: records.CleanedRecords) -> dict[str, list[str]]:
    return {name: values(out, name) for name in ["identifiant", *out.persons.codes]}


def reasons(out: records.CleanedRecords) -> dict[str, int]:
    return dict(zip(out.rejections["motif"], out.rejections["lignes"].tolist(), strict=True))


def rules(out: records.CleanedRecords) -> dict[tuple[str, str], int]:
    """Rows by column and rule."""
    found = {}
    for row in out.ledger.itertuples():
        found[row.colonne, row.regle] = found.get((row.colonne, row.regle), 0) + row.lignes
    return found
