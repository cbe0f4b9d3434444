"""A report and the data it was made from, checksum by checksum: everything that differs, not the first thing only."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers import paths
from helpers.publish.errors import ReportError
from helpers.publish.manifest import MANIFEST, STAMP
from helpers.publish.sealed import Touched, content_of, is_inside, read_manifest, require_sealed, strangers_in

# What a computer drops by itself in a folder that is looked at.
_DROPPED = {".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Verified:
    """A report once verified: what differs, a sentence each; how many files and data files were looked at.

    ``inputs`` is None when no data are beside the report; ``stamp`` is what the manifest says of its run, if anything.

    >>> rapport = publish.Verified(2020, ["index.html manque dans le rapport 2020"], files=10, inputs=None, stamp={})
    >>> len(rapport.faults)
    1
    """

    year: int
    faults: list[str]
    files: int
    inputs: int | None
    stamp: dict


def _root(folder: Path) -> Path | None:
    """The project that holds the report, with its data; none for a report that was sent alone."""
    root = folder.resolve().parents[1]
    return root if (root / "data" / "raw").is_dir() else None


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _private_fault(root: Path, year: int, entry: dict) -> str | None:
    """What is wrong with a file of an export or a coding, known by its checksum: its name does not leave."""
    kind, _, _ = entry["path"].partition(",")
    with paths.rooted(root):
        found = [path for path in paths.private_files(year) if paths.public_name(path).startswith(f"{kind},")]
    if not found:
        return f"{entry['path']} n’est plus là"
    is_there = any(_checksum(path) == entry["sha256"] for path in found)
    return None if is_there else f"{entry['path']} n’est plus tel que le rapport l’a lu"


def _input_fault(root: Path, entry: dict) -> str | None:
    path = entry["path"]
    if year := paths.private_year(path):
        return _private_fault(root, year, entry)
    if not is_inside(path):
        return f"{MANIFEST} nomme une donnée hors du projet"
    try:
        now = _checksum(root / path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return f"{path} n’est plus là"
    return None if now == entry["sha256"] else f"{path} n’est plus tel que le rapport l’a lu"


def _output_faults(folder: Path, content: bytes, manifest: dict) -> Iterator[str]:
    try:
        require_sealed(folder, content, manifest)
    except Touched as fault:
        yield str(fault)
    for output in manifest["outputs"]:
        try:
            content_of(folder, output["path"], output["sha256"])
        except Touched as fault:
            yield str(fault)
    for path in strangers_in(folder, manifest):
        if Path(path).name not in _DROPPED:
            yield f"{path} n’est pas du rapport {folder.name}"


def verify(folder: Path) -> Verified:
    """What the report of the folder is worth today, every checksum of its manifest computed again.

    Nothing is written, and nothing outside the folder and ``data/raw`` is read. An altered manifest is told by its own
    seal; it is no signature, and does not tell who rewrote a whole report on purpose.

    Raises
    ------
    ReportError
        when there is no report, or its manifest cannot be read at all.

    >>> rapport = publish.verify(paths.report(2020))
    >>> rapport.faults, rapport.year
    ([], 2020)
    """
    content, manifest = read_manifest(folder)
    root, faults = _root(folder), list(_output_faults(folder, content, manifest))
    try:
        inputs = [entry for entry in manifest["inputs"] if isinstance(entry["path"], str) and entry["sha256"]]
        year = int(manifest["parameters"]["year"])
    except (KeyError, TypeError, ValueError):
        raise ReportError(f"{MANIFEST} du rapport {folder.name} n’est pas utilisable.") from None
    found = [_input_fault(root, entry) for entry in inputs] if root else []
    faults += [fault for fault in found if fault]
    stamp = manifest.get(STAMP)
    return Verified(
        year,
        list(dict.fromkeys(faults)),
        files=len(manifest["outputs"]) + 1,
        inputs=len(inputs) if root else None,
        stamp=stamp if isinstance(stamp, dict) else {},
    )
