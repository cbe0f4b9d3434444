"""Is a damaged export counted right, or refused in words? Judged from outside: what went in against what came out."""

import shutil
from pathlib import Path

import pytest

from export_mutations import YEAR, Draft
from helpers import clean, data, paths, schema
from helpers.clean.records import CleanedRecords, ReceivedRecords

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "raw" / "reference"
PRIVATE = ("identifiant", "observations", "date de naissance", "nom du travailleur")


def prepare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty project with the true reference tables."""
    shutil.copytree(REFERENCE, folder / "data" / "raw" / "reference")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(folder))


def drop(draft: Draft) -> None:
    """Puts the export, and nothing else, in the folder of its year."""
    folder = paths.raw(YEAR)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / draft.file).write_bytes(draft.content())


def outcome() -> tuple[ReceivedRecords, CleanedRecords]:
    """What reading, then cleaning, make of the year, as the commands do."""
    received = data.receive(YEAR)
    usable = ReceivedRecords(YEAR) if received.faults else received
    registers = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    return received, clean.clean_persons(usable, **registers)


def persons_of(cleaned: CleanedRecords) -> dict[str, dict[str, str]]:
    """The persons kept, by identifier."""
    table = cleaned.persons.table.set_index("identifiant").astype("object").fillna("")
    return table.to_dict(orient="index")


def secrets_of(clean_rows: dict[str, dict]) -> set[str]:
    """What no sentence may hold."""
    return {row[name] for row in clean_rows.values() for name in PRIVATE} | {"Canari"}


def judge(draft: Draft, clean_rows: dict[str, dict]) -> None:
    """Drops the export, reads it, and fails unless it is counted right or refused in words."""
    drop(draft)
    received, cleaned = outcome()
    all_faults = [*received.faults, *cleaned.faults]
    faults = [str(fault) for fault in received.faults or cleaned.faults]
    ledger = [" ".join(map(str, row)) for row in cleaned.ledger.itertuples(index=False)]
    sentences = "\n".join([*map(str, all_faults), *ledger, *cleaned.rejections["motif"].astype(str)])
    found = [secret for secret in secrets_of(clean_rows) if secret in sentences]
    assert found == [], found
    assert all(isinstance(fault, schema.DataError) and "\n" not in str(fault) for fault in all_faults)
    assert all(draft.file.split(".")[0] in fault or "reference/" in fault for fault in faults)
    kept = persons_of(cleaned)
    assert cleaned.read == len(kept) + len(cleaned.rejected) == len(kept) + cleaned.rejections["lignes"].sum()
    assert cleaned.rejected["motif"].astype(str).ne("").all()
    if draft.is_blind:
        return
    if draft.stops:
        assert any(part in fault for part in draft.stops for fault in faults), (draft.stops, faults)
        return
    assert faults == [] and cleaned.read == draft.written, (faults, cleaned.read, draft.written)
    rejected = dict(zip(cleaned.rejections["motif"], cleaned.rejections["lignes"].tolist(), strict=True))
    assert rejected == draft.rejected, (rejected, draft.rejected)
    rules = "\n".join(cleaned.ledger["regle"])
    assert [rule for rule in draft.rules if rule not in rules] == [], rules
    lost = set(kept) ^ (set(clean_rows) - draft.gone)
    assert lost == set(), lost
    for who, row in kept.items():
        free = draft.changed.get(who, set())
        expected = {name: value if name in free else clean_rows[who][name] for name, value in row.items()}
        assert row == expected, (row, expected)
