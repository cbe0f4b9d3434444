"""An export is frozen once it has been read: its card, beside it and private, holds its checksum."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock

from helpers import paths
from helpers.records import Batch, Part, Received
from helpers.schema import DataError
from helpers.store.cards import EXPORT_CARD, read_export_card, simulated_exports
from helpers.store.fingerprints import fingerprint
from helpers.store.whole import whole


def counted(received: Received) -> tuple[Received, dict[str, int]]:
    """The same records, and the rows of each file by its name, which are known once its parts have been read.

    Reading is where rows are counted: nothing is read twice to count them.

    >>> export, lignes = store.counted(store.receive(2020))
    >>> export.is_empty, lignes
    (True, {})
    """
    rows: dict[str, int] = {}
    read: dict[int, int] = {}
    lock = Lock()  # parts are read side by side

    def watched(rank: int, part: Part) -> Part:
        name = Path(part.file).name

        def count() -> Batch:
            batch = part.read()
            with lock:
                # Part by part: one that is read again is not counted again.
                read[rank] = len(batch) + len(batch.refused)
                rows[name] = sum(read.get(other, 0) for other in places[name])
            return batch

        return replace(part, read=count)

    places: dict[str, list[int]] = {}
    for rank, part in enumerate(received.parts):
        places.setdefault(Path(part.file).name, []).append(rank)
    return replace(received, parts=[watched(rank, part) for rank, part in enumerate(received.parts)]), rows


def _real_exports(year: int) -> list[Path]:
    """The files that somebody sent: a simulated one is not frozen, for it can be made again."""
    simulated = simulated_exports(year)
    return [path for path in paths.exports(year) if path not in simulated]


def changed_exports(year: int) -> list[DataError]:
    """What is no longer as it was received, each with the command that accepts it; a simulated file is not frozen.

    Raises
    ------
    DataError
        when carte_export.json cannot be read.

    >>> store.changed_exports(2020)
    []
    """
    real = _real_exports(year)
    if not real:
        return []
    known = {name: entry for name, entry in read_export_card(year).items() if not entry["synthetic"]}
    if not known:
        return []
    accept = f"{paths.COMMAND} check --year {year} --accept"
    remedy = f"si c’est voulu, acceptez l’export tel qu’il est ({accept})"
    found = []
    for path in real:
        shown = paths.relative(path)
        if path.name not in known:
            found.append(f"{shown} est arrivé après que l’export de {year} a été lu : {remedy}, sinon retirez-le.")
        elif known[path.name]["hash"] != f"sha256:{fingerprint(path)}":
            found.append(f"{shown} n’est plus tel qu’il a été reçu : {remedy}, sinon remettez l’ancien.")
    for name in sorted(known.keys() - {path.name for path in real}):
        shown = paths.relative(paths.raw(year) / name)
        found.append(f"{shown} faisait partie de l’export de {year} et n’est plus là : remettez-le ; {remedy}.")
    return [DataError(sentence) for sentence in found]


def _twin_faults(year: int) -> list[DataError]:
    """Files that were another year's and are no longer there: `store.receive` tells those that still are."""
    found = []
    for other in (each for each in paths.prepared_years() if each != year):
        gone = {
            (entry["bytes"], entry["hash"]): paths.raw(other) / name
            for name, entry in read_export_card(other).items()
            if not (paths.raw(other) / name).is_file()
        }
        for path in paths.exports(year):
            size = path.stat().st_size
            # Only files of one size can be the same: no other is read for this.
            twin = gone.get((size, f"sha256:{fingerprint(path)}")) if size in {known for known, _ in gone} else None
            if twin:
                told = f"était l’export de {other} ({twin.name}), à l’identique ; déposez celui de {year}"
                found.append(DataError(f"{paths.relative(path)} {told}."))
    return found


def export_faults(year: int) -> list[DataError]:
    """Why the files of an export are not those that are expected: changed since they were received, or another year's.

    >>> store.export_faults(2020)
    []
    """
    try:
        return changed_exports(year) + _twin_faults(year)
    except DataError as fault:
        return [fault]


def _entry(path: Path, known: dict | None, rows: int | None, is_synthetic: bool) -> dict:
    checksum = f"sha256:{fingerprint(path)}"
    is_same = known is not None and known["hash"] == checksum
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode().casefold()
    return {
        "name": re.sub(r"[^a-z0-9._-]+", "-", plain),
        "path": path.name,
        "hash": checksum,
        "bytes": path.stat().st_size,
        "rows": rows if rows is not None else known["rows"] if is_same else None,
        "received": known["received"] if is_same else date.today().isoformat(),
        "synthetic": is_synthetic,
    }


def freeze_exports(year: int, rows: dict[str, int], *, accept: bool = False) -> None:
    """Writes ``carte_export.json`` beside the export, unless it already says the same; nothing without an export.

    ``rows`` gives the rows of each file, by its name. With ``accept``, what changed since it was received is recorded
    as it is now.

    Raises
    ------
    DataError
        when a file changed since it was received, and it is not accepted; when the card cannot be written.

    >>> store.freeze_exports(2020, {})
    """
    files, known = paths.exports(year), {} if accept else read_export_card(year)
    faults = [] if accept else changed_exports(year)
    if faults:
        raise faults[0]
    if not files:
        return
    simulated = simulated_exports(year)
    if simulated == files:
        return  # the simulation wrote their card
    entries = {path.name: _entry(path, known.get(path.name), rows.get(path.name), path in simulated) for path in files}
    text = json.dumps({"resources": list(entries.values())}, ensure_ascii=False, indent=2) + "\n"
    card = paths.raw(year) / EXPORT_CARD
    if card.is_file() and card.read_text(encoding="utf-8") == text:
        return
    try:
        with whole(card) as beside:
            beside.write_text(text, encoding="utf-8", newline="\n")
    except OSError:
        raise DataError(
            f"Impossible d’écrire {paths.relative(card)}, qui garde l’empreinte de l’export : rendez ce dossier "
            "accessible en écriture, ou libérez de la place, puis relancez."
        ) from None


def is_frozen(year: int) -> bool:
    """Whether each file of the export of a year is the one that was read, by its checksum; true without an export.

    >>> store.is_frozen(2020)
    True
    """
    try:
        known = read_export_card(year)
    except DataError:
        return False
    files = paths.exports(year)
    return all(known.get(path.name, {}).get("hash") == f"sha256:{fingerprint(path)}" for path in files)
