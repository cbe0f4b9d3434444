"""The last word before a release: what is about to leave is attacked as a reader would, from its files alone."""

import hashlib
import json
from pathlib import Path

import pandas as pd

from helpers import auditor, paths, store

# The verdict on tables that were attacked before, by what they are.
_KEPT = "audit.json"


def audit_release(folder: Path, years: list[int], *, is_kept: bool = True) -> auditor.Audit | None:
    """What a reader of the folder can find again about the persons of these years; None without records.

    Tables that are, byte for byte, those of the last audit are not attacked again; pages always are. Nothing is written
    unless ``is_kept``.

    >>> protection.audit_release(paths.report(2020), [2019, 2020]) is None
    True
    """
    counted = [year for year in years if paths.exports(year)]
    if not counted:
        return None
    atoms = pd.concat([store.load_site_counts(year) for year in counted], ignore_index=True)
    network = pd.concat([store.load(year, "indicateurs") for year in counted], ignore_index=True)
    shared = pd.concat([store.load(year, "recouvrements") for year in counted], ignore_index=True)
    truth, kept = auditor.Truth(atoms, network, shared), paths.processed(max(years)) / _KEPT
    seal = _seal(folder, truth)
    states = () if _is_known(kept, seal) else tuple(auditor.STATES)
    found = auditor.audit(folder, truth, states=states)
    if found.is_good and is_kept:
        kept.write_text(json.dumps({"empreinte": seal}), encoding="utf-8")
    return found


def _seal(folder: Path, truth: auditor.Truth) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.csv")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    for table in (truth.atoms, truth.network, truth.shared):
        found.update(table.to_csv(index=False).encode())
    for module in sorted(Path(auditor.__file__).parent.glob("*.py")):
        found.update(module.read_bytes())
    return found.hexdigest()


def _is_known(kept: Path, seal: str) -> bool:
    try:
        return json.loads(kept.read_text(encoding="utf-8"))["empreinte"] == seal
    except (OSError, ValueError, KeyError, TypeError):
        return False
