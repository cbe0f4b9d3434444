"""A published report as its manifest seals it: every file, byte for byte, or a sentence that names what was touched."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers import paths
from helpers.publish.errors import ReportError
from helpers.publish.layout import INDEX
from helpers.publish.manifest import MANIFEST, SEAL, fingerprint, seal, written
from helpers.publish.sites import SITES


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
        """The paths of its pages about the network, the index first."""
        own = (path for path in self.files if path.endswith(".html") and "/" not in path and path != SITES)
        return sorted(own, key=lambda path: (path != INDEX, path))


def _remedy(folder: Path) -> str:
    if not paths.is_year(folder.name[:4]):
        return "redemandez-le à qui l’a envoyé"
    return f"refaites-le ({paths.COMMAND} run --year {folder.name[:4]}), puis relancez"


def _is_usable(manifest: dict) -> bool:
    """Whether a manifest has what is read from it here."""
    try:
        names = [output["path"] for output in manifest["outputs"] if isinstance(output["sha256"], str)]
        return INDEX in names and all(isinstance(name, str) for name in names) and "year" in manifest["parameters"]
    except (KeyError, TypeError):
        return False


def read_manifest(folder: Path) -> tuple[bytes, dict]:
    """The manifest of the report in the folder, as it is written and as it is read.

    Raises
    ------
    ReportError
        when there is none, or it cannot be used.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = json.loads(content)
    except (FileNotFoundError, NotADirectoryError):
        is_year = paths.is_year(folder.name[:4])
        run = f"lancez d’abord {paths.COMMAND} run --year {folder.name[:4]}"
        remedy = run if is_year else "donnez le dossier d’un rapport, ou son année"
        raise ReportError(f"Aucun rapport dans {paths.relative(folder)} : {remedy}.") from None
    except (ValueError, RecursionError):
        manifest = None
    if not _is_usable(manifest):
        raise ReportError(f"{MANIFEST} du rapport {folder.name} n’est pas utilisable : {_remedy(folder)}.")
    return content, manifest


def is_inside(path: str) -> bool:
    """Whether a path of a manifest stays in its folder, on every system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not {"..", "/"} & set(parts) and not set(path) & set('\\:*?"<>|\0')


class Touched(Exception):
    """A file of a report is no longer as it was published: a sentence without its full stop, for who adds a remedy."""


def content_of(folder: Path, path: str, sha256: str) -> bytes:
    """A file of the report as its manifest seals it.

    Raises
    ------
    Touched
        when it is missing, was changed, or would be elsewhere.
    """
    if not is_inside(path):
        raise Touched(f"{MANIFEST} nomme un fichier hors du rapport {folder.name}")
    try:
        content = (folder / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise Touched(f"{path} manque dans le rapport {folder.name}") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Touched(f"{path} n’est plus tel qu’il a été publié dans le rapport {folder.name}")
    return content


def require_sealed(folder: Path, content: bytes, manifest: dict) -> None:
    """Nothing, when the manifest is, byte for byte, what its own seals say.

    Raises
    ------
    Touched
        when it is not.
    """
    if SEAL not in manifest:
        raise Touched(f"{MANIFEST} ne porte pas son empreinte (version antérieure ?) dans le rapport {folder.name}")
    if content != written(seal(manifest)):
        raise Touched(f"{MANIFEST} n’est plus tel qu’il a été publié dans le rapport {folder.name}")


def strangers_in(folder: Path, manifest: dict) -> list[str]:
    """The files of the folder that are not of the report."""
    own = {MANIFEST, *(output["path"] for output in manifest["outputs"])}
    return sorted({path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - own)


def read_report(folder: Path) -> Report:
    """The report of the folder, once every file is found as its manifest says it was published.

    Raises
    ------
    ReportError
        when there is no report, or a file is missing or was changed: the sentence names it and the remedy.
    """
    content, manifest = read_manifest(folder)
    try:
        outputs = {each["path"]: content_of(folder, each["path"], each["sha256"]) for each in manifest["outputs"]}
        require_sealed(folder, content, manifest)
    except Touched as fault:
        raise ReportError(f"{fault} : {_remedy(folder)}.") from None
    files = dict(sorted({**outputs, MANIFEST: content}.items()))
    return Report(folder.name, files, manifest, strangers_in(folder, manifest))


def fingerprint_of(folder: Path) -> str | None:
    """The fingerprint of the report in the folder, whose files are not read; None when there is none to be used."""
    try:
        return fingerprint(read_manifest(folder)[1])
    except ReportError:
        return None


def is_same_report(built: Path, final: Path) -> bool:
    """Whether the report that is there is, whole, the one that was just built, whatever their stamps say.

    >>> publish.is_same_report(paths.report(2020), paths.report(2020))
    True
    """
    try:
        there = read_report(final)
    except ReportError:
        return False
    return not there.strangers and fingerprint(there.manifest) == fingerprint_of(built)
