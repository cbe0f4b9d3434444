"""Is a damaged export counted right, or refused in words? Read from outside: what came in against what came out."""

import shutil
from pathlib import Path

import pytest

from export_mutations import YEAR, Draft
from helpers import clean, data, paths, schema
from helpers.clean.records import Cleaned, Received

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "raw" / "reference"
PRIVATE = ("identifiant", "observations", "date de naissance", "nom du travailleur")


def prepare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty project, whose reference tables are the true ones."""
    shutil.copytree(REFERENCE, folder / "data" / "raw" / "reference")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(folder))


def drop(draft: Draft) -> None:
    """The export in the folder of its year, which held nothing else."""
    folder = paths.raw(YEAR)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    content = draft.content()
    (folder / draft.file).write_bytes(content)
    for name, other in draft.beside.items():
        (folder / name).write_bytes(other)
    if draft.marks.get("twin"):
        (folder / f"accompagnements (1).{draft.form}").write_bytes(content)


def registers() -> dict:
    """What cleaning is given."""
    return {"spellings": data.read_reference("modalites"), **data.read_registers()}


def outcome(given: dict) -> tuple[Received, Cleaned]:
    """What reading, then cleaning, make of the year: as the commands do it."""
    received = data.receive(YEAR)
    usable = Received(YEAR) if received.faults else received
    return received, clean.clean_persons(usable, **given)


def persons_of(cleaned: Cleaned) -> dict[str, dict[str, str]]:
    """The persons kept, by identifier."""
    persons = cleaned.persons
    names = list(persons.codes)
    columns = [[persons.labels[name][code] for code in persons.codes[name].tolist()] for name in names]
    rows = zip(*columns, strict=True) if names else [()] * len(persons)
    return {
        who: dict(zip(names, row, strict=True)) for who, row in zip(persons.identifiers.to_pylist(), rows, strict=True)
    }


def sentences(received: Received, cleaned: Cleaned) -> list[str]:
    """All that the year says, to a screen or to a report."""
    faults = [str(fault) for fault in [*received.faults, *cleaned.faults]]
    ledger = [" ".join(map(str, row)) for row in cleaned.ledger.itertuples(index=False)]
    return [*faults, *ledger, *cleaned.rejections["motif"].astype(str)]


def secrets_of(clean_rows: dict[str, dict]) -> set[str]:
    """What no sentence may hold."""
    return {row[name] for row in clean_rows.values() for name in PRIVATE} | {"Canari"}


def judge(draft: Draft, clean_rows: dict[str, dict], given: dict) -> None:
    """Drops the export, reads it, and fails unless it is counted right or refused in words."""
    drop(draft)
    received, cleaned = outcome(given)
    faults = [str(fault) for fault in received.faults or cleaned.faults]
    said = sentences(received, cleaned)
    told = [secret for secret in secrets_of(clean_rows) if any(secret in text for text in said)]
    assert told == [], told
    assert all(
        isinstance(fault, schema.DataError) and "\n" not in str(fault) for fault in [*received.faults, *cleaned.faults]
    )
    assert all(draft.file.split(".")[0] in fault or "reference/" in fault for fault in faults)
    kept = persons_of(cleaned)
    assert cleaned.read == len(kept) + len(cleaned.rejected) == len(kept) + cleaned.rejections["lignes"].sum()
    assert cleaned.rejected["motif"].astype(str).ne("").all()
    if not draft.is_blind:
        _judge_known(draft, clean_rows, received, cleaned, faults)


def _judge_known(draft: Draft, clean_rows: dict, received: Received, cleaned: Cleaned, faults: list[str]) -> None:
    if draft.stops:
        assert faults and any(part in fault for part in draft.stops for fault in faults), (draft.stops, faults)
        return
    assert faults == [], faults
    assert cleaned.read == draft.written, (cleaned.read, draft.written)
    reasons = dict(zip(cleaned.rejections["motif"], cleaned.rejections["lignes"].tolist(), strict=True))
    assert reasons == draft.rejected, (reasons, draft.rejected)
    rules = "\n".join(cleaned.ledger["regle"])
    assert [rule for rule in draft.rules if rule not in rules] == [], (draft.rules, rules)
    kept = persons_of(cleaned)
    assert set(kept) == set(clean_rows) - draft.gone, set(kept) ^ (set(clean_rows) - draft.gone)
    for who, row in kept.items():
        free = draft.changed.get(who, set())
        told = {
            name: (row[name], clean_rows[who][name])
            for name in row
            if name not in free and row[name] != clean_rows[who][name]
        }
        assert told == {}, told
