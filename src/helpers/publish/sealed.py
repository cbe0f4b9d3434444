"""A published report as its manifest seals it: every file, byte for byte, or a sentence that names what was touched."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers import paths
from helpers.publish.errors import ReportError
from helpers.publish.layout import INDEX
from helpers.publish.manifest import MANIFEST, fingerprint


@dataclass(frozen=True)
class Report:
    """A report as it was published.

    ``name`` is that of its folder; ``files`` are its contents by path, the manifest among them; ``strangers`` are the
    files of the folder that are not of the report.
    """

    name: str
    files: dict[str, bytes]
    manifest: dict
    strangers: list[str]

    @property
    def pages(self) -> list[str]:
        """The paths of its pages, the index first."""
        return sorted((path for path in self.files if path.endswith(".html")), key=lambda path: (path != INDEX, path))


def _remedy(folder: Path) -> str:
    return f"refaites-le ({paths.COMMAND} run --year {folder.name[:4]}), puis relancez"


def _is_usable(manifest: dict) -> bool:
    """Whether a manifest has what is read from it here."""
    try:
        names = [output["path"] for output in manifest["outputs"] if isinstance(output["sha256"], str)]
        return INDEX in names and all(isinstance(name, str) for name in names) and "year" in manifest["parameters"]
    except (KeyError, TypeError):
        return False


def _manifest(folder: Path) -> tuple[bytes, dict]:
    """The manifest of the report in the folder, as it is written and as it is read."""
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = json.loads(content)
    except (FileNotFoundError, NotADirectoryError):
        run = f"{paths.COMMAND} run --year {folder.name[:4]}"
        raise ReportError(f"Aucun rapport dans {paths.relative(folder)} : lancez d’abord {run}.") from None
    except (ValueError, RecursionError):
        manifest = None
    if not _is_usable(manifest):
        raise ReportError(f"{MANIFEST} du rapport {folder.name} n’est pas utilisable : {_remedy(folder)}.")
    return content, manifest


def _is_inside(path: str) -> bool:
    """Whether a path of a manifest stays in its folder, on every system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not {"..", "/"} & set(parts) and not set(path) & set('\\:*?"<>|\0')


def _content(folder: Path, path: str, sha256: str) -> bytes:
    if not _is_inside(path):
        raise ReportError(f"{MANIFEST} nomme un fichier hors du rapport {folder.name} : {_remedy(folder)}.")
    try:
        content = (folder / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise ReportError(f"{path} manque dans le rapport {folder.name} : {_remedy(folder)}.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ReportError(
            f"{path} n’est plus tel qu’il a été publié dans le rapport {folder.name} : {_remedy(folder)}."
        )
    return content


def read_report(folder: Path) -> Report:
    """The report of the folder, once every file is found as its manifest says it was published.

    Raises
    ------
    ReportError
        when there is no report, or a file is missing or was changed: the sentence names it and the remedy.
    """
    sealed, manifest = _manifest(folder)
    files = {output["path"]: _content(folder, output["path"], output["sha256"]) for output in manifest["outputs"]}
    files[MANIFEST] = sealed
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return Report(folder.name, dict(sorted(files.items())), manifest, sorted(found - set(files)))


def fingerprint_of(folder: Path) -> str | None:
    """The fingerprint of the report in the folder, whose files are not read; None when there is none to be used."""
    try:
        return fingerprint(_manifest(folder)[1])
    except ReportError:
        return None


def is_same_report(built: Path, final: Path) -> bool:
    """Whether the report that is there is, whole, the one that was just built, whatever their stamps say."""
    try:
        there = read_report(final)
    except ReportError:
        return False
    return not there.strangers and fingerprint(there.manifest) == fingerprint_of(built)
