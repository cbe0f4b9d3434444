"""manifest.json: what a report was made from, its seal, its verification."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from helpers import paths
from helpers.report.page import APART, INDEX, ReportError
from helpers.system import checksum
from helpers.system import sha256_of as checksum_of

# --- manifest.json, the public record of a report: what it was made from, what it holds, the stamp of the run ---

MANIFEST = "manifest.json"
SYNTHETIC = "synthetique"  # in the manifest of a report that rests on simulated records
STAMP = "tampon"
SEAL = "empreinte"

# Git answers at once, or waits for someone (a lock, a prompt).
_GIT_TIMEOUT_S = 10


def _git(*arguments: str) -> str | None:
    """The output of git in the repository; None without git, repository or answer."""
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=paths.repository(),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
            timeout=_GIT_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout


def commit() -> str | None:
    """The commit of the project's code; None when git does not tell."""
    # A project unpacked inside another repository has a prefix, and no commit of its own.
    prefix, _, head = (_git("rev-parse", "--show-prefix", "HEAD") or "").partition("\n")
    return head.strip() or None if not prefix else None


def _stamp() -> dict:
    """When, from which commit, with local changes or not: all that may differ between two identical runs."""
    head = commit()
    changes = _git("status", "--porcelain") if head else None
    return {
        "produit_le": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": head if changes is not None else None,
        "modifications_locales": bool(changes) if changes is not None else None,
    }


def manifest_bytes(content: dict) -> bytes:
    """A manifest as its file holds it."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _with_seal(block: dict) -> dict:
    """A block with the SHA-256 of the rest of itself."""
    content = {key: block[key] for key in block if key != SEAL}
    return {**content, SEAL: checksum(manifest_bytes(content))}


def seal_manifest(content: dict) -> dict:
    """The manifest with two seals, one of its stamp and one of everything else, which identical runs share.

    They detect accidents. They are no signature: whoever rewrites a manifest can seal it again.
    """
    body = _with_seal({key: content[key] for key in content if key != STAMP})
    return {**body, STAMP: _with_seal(content[STAMP])} if isinstance(content.get(STAMP), dict) else body


def fingerprint(content: dict) -> str:
    """What identical runs share: the SHA-256 of the manifest without its stamp and its seal."""
    return checksum(manifest_bytes({key: content[key] for key in content if key not in (STAMP, SEAL)}))


def _output(path: Path, folder: Path) -> dict:
    return {"path": path.relative_to(folder).as_posix(), "sha256": checksum_of(path), "bytes": path.stat().st_size}


def write_manifest(
    folder: Path,
    *,
    inputs: list[dict],
    parameters: dict,
    versions: dict,
    checks: list | dict,
    is_synthetic: bool = False,
) -> None:
    """Write ``manifest.json`` in the folder, last of all: it holds the checksum of every other file there.

    ``inputs`` are ``{path, sha256, bytes, rows}``. All that may differ between identical runs is in the block
    ``tampon``; that block and the whole each have their checksum, ``empreinte``. ``is_synthetic`` adds ``synthetique``:
    the report rests on simulated records.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST]
    content = {
        "inputs": inputs,
        "outputs": sorted((_output(path, folder) for path in files), key=lambda output: output["path"]),
        "parameters": parameters,
        "versions": versions,
        "checks": checks,
        **({SYNTHETIC: True} if is_synthetic else {}),
        STAMP: _stamp(),
    }
    (folder / MANIFEST).write_bytes(manifest_bytes(seal_manifest(content)))


# --- A published report, verified file by file against its manifest ---


@dataclass(frozen=True)
class Report:
    """A report as it was published: the name of its folder, its files by path, manifest included.

    ``strangers`` are the files of the folder that are not of the report.
    """

    name: str
    files: dict[str, bytes]
    manifest: dict
    strangers: list[str]

    @property
    def pages(self) -> list[str]:
        """The paths of the pages about the network that are read one after the other, in the order of the menu."""
        own = [path for path in self.files if path.endswith(".html") and "/" not in path and path not in APART]
        menu = re.findall(r'<a href="([^"#]+)"', self.files[INDEX].decode())
        return sorted(own, key=lambda path: (path != INDEX, menu.index(path) if path in menu else len(menu), path))


def _remedy(folder: Path) -> str:
    if not paths.is_year(folder.name[:4]):
        return "redemandez-le à qui l’a envoyé"
    return f"refaites-le ({paths.COMMAND} run --year {folder.name[:4]}), puis relancez"


def _is_usable(manifest: dict) -> bool:
    try:
        names = [output["path"] for output in manifest["outputs"] if isinstance(output["sha256"], str)]
        return INDEX in names and all(isinstance(name, str) for name in names) and "year" in manifest["parameters"]
    except (KeyError, TypeError):
        return False


def read_manifest(folder: Path) -> tuple[bytes, dict]:
    """The manifest of the report in the folder, as bytes and as JSON; ReportError when it is missing or unusable."""
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
    """Whether a path of a manifest stays in its folder, on any system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not {"..", "/"} & set(parts) and not set(path) & set('\\:*?"<>|\0')


class TamperedFileError(Exception):
    """A file of a report is not as it was published: a message without final period, the caller appends the remedy."""


def verified_bytes(folder: Path, path: str, sha256: str) -> bytes:
    """A file of the report, as published; TamperedFileError when it is missing, changed, or outside the folder."""
    if not is_inside(path):
        raise TamperedFileError(f"{MANIFEST} nomme un fichier hors du rapport {folder.name}")
    try:
        content = (folder / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise TamperedFileError(f"{path} manque dans le rapport {folder.name}") from None
    if checksum(content) != sha256:
        raise TamperedFileError(f"{path} n’est plus tel qu’il a été publié dans le rapport {folder.name}")
    return content


def require_valid_seal(folder: Path, content: bytes, manifest: dict) -> None:
    """Raise TamperedFileError unless the manifest is, byte for byte, what its seals say."""
    if SEAL not in manifest:
        raise TamperedFileError(
            f"{MANIFEST} ne porte pas son empreinte (version antérieure ?) dans le rapport {folder.name}"
        )
    if content != manifest_bytes(seal_manifest(manifest)):
        raise TamperedFileError(f"{MANIFEST} n’est plus tel qu’il a été publié dans le rapport {folder.name}")


def unlisted_files(folder: Path, manifest: dict) -> list[str]:
    """The files of the folder that are not of the report."""
    own = {MANIFEST, *(output["path"] for output in manifest["outputs"])}
    return sorted({path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - own)


def read_report(folder: Path) -> Report:
    """The report of the folder, every file verified; ReportError, with the remedy, when one is missing or changed."""
    content, manifest = read_manifest(folder)
    try:
        outputs = {each["path"]: verified_bytes(folder, each["path"], each["sha256"]) for each in manifest["outputs"]}
        require_valid_seal(folder, content, manifest)
    except TamperedFileError as fault:
        raise ReportError(f"{fault} : {_remedy(folder)}.") from None
    files = dict(sorted({**outputs, MANIFEST: content}.items()))
    return Report(folder.name, files, manifest, unlisted_files(folder, manifest))


def fingerprint_of(folder: Path) -> str | None:
    """The fingerprint of the report in the folder, from its manifest alone; None when that is unusable."""
    try:
        return fingerprint(read_manifest(folder)[1])
    except ReportError:
        return None


def is_same_report(built: Path, final: Path) -> bool:
    """Whether the published report is intact and equal to the one just built, stamps apart."""
    try:
        there = read_report(final)
    except ReportError:
        return False
    return not there.strangers and fingerprint(there.manifest) == fingerprint_of(built)


# --- A report and the data it was made from: every difference, checksum by checksum ---

# What `share` adds to the archive of a report.
READ_ME, NOTEBOOKS = "LISEZ-MOI.txt", "notebooks"
# Files that an operating system drops by itself.
_DROPPED = {".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Verification:
    """The outcome of a verification: what differs, a sentence each; how many files and data files were compared.

    ``inputs`` is None when no data are beside the report; ``stamp`` is what the manifest says of its run.
    """

    year: int
    faults: list[str]
    files: int
    inputs: int | None
    stamp: dict


def _root(folder: Path) -> Path | None:
    """The project that holds the report, with its data; None for a report sent alone."""
    root = folder.resolve().parents[1]
    return root if (root / "data" / "raw").is_dir() else None


def _private_fault(root: Path, year: int, entry: dict) -> str | None:
    """What is wrong with a file of an export or a coding, found by its checksum since its name does not leave."""
    kind, _, _ = entry["path"].partition(",")
    from helpers import data  # slow, and a report sent alone is verified without it

    with paths.with_data_root(root):
        files = [path for path in paths.private_files(year) if paths.public_name(path).startswith(f"{kind},")]
        # Version 0.9 published the plain checksum.
        is_there = any(entry["sha256"] in (data.published_checksum(path), checksum_of(path)) for path in files)
    if not files:
        return f"{entry['path']} n’est plus là"
    return None if is_there else f"{entry['path']} n’est plus tel que le rapport l’a lu"


def _input_fault(root: Path, entry: dict) -> str | None:
    path = entry["path"]
    if year := paths.private_year(path):
        return _private_fault(root, year, entry)
    if not is_inside(path):
        return f"{MANIFEST} nomme une donnée hors du projet"
    try:
        now = checksum_of(root / path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return f"{path} n’est plus là"
    return None if now == entry["sha256"] else f"{path} n’est plus tel que le rapport l’a lu"


def _output_faults(folder: Path, content: bytes, manifest: dict) -> Iterator[str]:
    try:
        require_valid_seal(folder, content, manifest)
    except TamperedFileError as fault:
        yield str(fault)
    for output in manifest["outputs"]:
        try:
            verified_bytes(folder, output["path"], output["sha256"])
        except TamperedFileError as fault:
            yield str(fault)
    pages = [PurePosixPath(output["path"]).stem for output in manifest["outputs"]]
    sent = {READ_ME, *(f"{NOTEBOOKS}/{page}.ipynb" for page in pages)}
    for path in unlisted_files(folder, manifest):
        if Path(path).name not in _DROPPED and path not in sent:
            yield f"{path} n’est pas du rapport {folder.name}"


def verify(folder: Path) -> Verification:
    """Compute every checksum of the manifest again: what differs today.

    Nothing is written; only the folder and ``data/raw`` are read. Seals detect accidents, not a report that someone
    rewrote on purpose.

    Raises
    ------
    ReportError
        there is no report, or its manifest is unusable.
    """
    content, manifest = read_manifest(folder)
    root, faults = _root(folder), list(_output_faults(folder, content, manifest))
    try:
        inputs = [entry for entry in manifest["inputs"] if isinstance(entry["path"], str) and entry["sha256"]]
        year = int(manifest["parameters"]["year"])
    except (KeyError, TypeError, ValueError):
        raise ReportError(f"{MANIFEST} du rapport {folder.name} n’est pas utilisable.") from None
    faults += [fault for entry in inputs if root and (fault := _input_fault(root, entry))]
    stamp = manifest.get(STAMP)
    return Verification(
        year,
        list(dict.fromkeys(faults)),
        files=len(manifest["outputs"]) + 1,
        inputs=len(inputs) if root else None,
        stamp=stamp if isinstance(stamp, dict) else {},
    )
