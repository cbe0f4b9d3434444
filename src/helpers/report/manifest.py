"""manifest.json: what a report was made from, its seal, its verification."""

import json
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from helpers import paths
from helpers.report.page import APART, INDEX, ReportError
from helpers.system import checksum, sha256_of

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
    return {"path": path.relative_to(folder).as_posix(), "sha256": sha256_of(path), "bytes": path.stat().st_size}


def write_manifest(folder: Path, *, inputs: list[dict], is_synthetic: bool = False, **content: list | dict) -> None:
    """Write ``manifest.json`` in the folder, last of all: it holds the checksum of every other file there.

    ``inputs`` are ``{path, sha256, bytes, rows}``, ``content`` its ``parameters``, ``versions`` and ``checks``. All
    that may differ between identical runs is in the block ``tampon``, which has its checksum (``empreinte``) as the
    whole has. ``is_synthetic`` adds ``synthetique``: the report rests on simulated records.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST]
    outputs = sorted((_output(path, folder) for path in files), key=lambda output: output["path"])
    content |= {"inputs": inputs, "outputs": outputs, STAMP: _stamp()} | ({SYNTHETIC: True} if is_synthetic else {})
    (folder / MANIFEST).write_bytes(manifest_bytes(seal_manifest(content)))


# --- A published report, verified file by file against its manifest ---


@dataclass(frozen=True)
class Report:
    """A report: the name of its folder, its intact files by path (manifest included), its manifest.

    ``faults`` say what is not as it was published, without final period; ``strangers`` are the files of the folder that
    are not of the report.
    """

    name: str
    files: dict[str, bytes]
    manifest: dict
    faults: list[str]
    strangers: list[str]

    @property
    def pages(self) -> list[str]:
        """The paths of the pages about the network that are read one after the other, in the order of the menu."""
        own = [path for path in self.files if path.endswith(".html") and "/" not in path and path not in APART]
        menu = re.findall(r'<a href="([^"#]+)"', self.files[INDEX].decode())
        return sorted(own, key=lambda path: (path != INDEX, menu.index(path) if path in menu else len(menu), path))


def remedy(name: str) -> str:
    """What to do about a report that cannot be used, by the name of its folder."""
    if not paths.is_year(name[:4]):
        return "redemandez-le à qui l’a envoyé"
    return f"refaites-le ({paths.COMMAND} run --year {name[:4]}), puis relancez"


def _is_usable(manifest: dict) -> bool:
    try:
        names = [output["path"] for output in manifest["outputs"] if isinstance(output["sha256"], str)]
        return INDEX in names and all(isinstance(name, str) for name in names) and "year" in manifest["parameters"]
    except (KeyError, TypeError):
        return False


def _read_manifest(folder: Path) -> tuple[bytes, dict]:
    """The manifest of the report in the folder, as bytes and as JSON; ReportError when it is missing or unusable."""
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = json.loads(content)
    except (FileNotFoundError, NotADirectoryError):
        run = f"lancez d’abord {paths.COMMAND} run --year {folder.name[:4]}"
        way = run if paths.is_year(folder.name[:4]) else "donnez le dossier d’un rapport, ou son année"
        raise ReportError(f"Aucun rapport dans {paths.relative(folder)} : {way}.") from None
    except (ValueError, RecursionError):
        manifest = None
    if not _is_usable(manifest):
        raise ReportError(f"{MANIFEST} du rapport {folder.name} n’est pas utilisable : {remedy(folder.name)}.")
    return content, manifest


def _is_inside(path: str) -> bool:
    """Whether a path of a manifest stays in its folder, on any system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not {"..", "/"} & set(parts) and not set(path) & set('\\:*?"<>|\0')


def open_report(folder: Path) -> Report:
    """The report in the folder, every file compared with the manifest, and the manifest with its seals.

    Seals detect accidents, not a report that someone rewrote on purpose. Raises ReportError when there is no report, or
    its manifest is unusable.
    """
    content, manifest = _read_manifest(folder)
    files, faults = {MANIFEST: content}, []
    for path, sha256 in ((output["path"], output["sha256"]) for output in manifest["outputs"]):
        is_inside = _is_inside(path)
        there = (folder / path).read_bytes() if is_inside and (folder / path).is_file() else None
        if not is_inside:
            faults.append(f"{MANIFEST} nomme un fichier hors du rapport {folder.name}")
        elif there is None:
            faults.append(f"{path} manque dans le rapport {folder.name}")
        elif checksum(there) != sha256:
            faults.append(f"{path} n’est plus tel qu’il a été publié dans le rapport {folder.name}")
        else:
            files[path] = there
    if SEAL not in manifest:
        faults.append(f"{MANIFEST} ne porte pas son empreinte (version antérieure ?) dans le rapport {folder.name}")
    elif content != manifest_bytes(seal_manifest(manifest)):
        faults.append(f"{MANIFEST} n’est plus tel qu’il a été publié dans le rapport {folder.name}")
    own = {MANIFEST, *(output["path"] for output in manifest["outputs"])}
    strangers = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - own
    return Report(folder.name, dict(sorted(files.items())), manifest, faults, sorted(strangers))


def read_report(folder: Path) -> Report:
    """As `open_report`; ReportError, with the remedy, when a file is missing or changed."""
    report = open_report(folder)
    if report.faults:
        raise ReportError(f"{report.faults[0]} : {remedy(folder.name)}.")
    return report


def fingerprint_of(folder: Path) -> str | None:
    """The fingerprint of the report in the folder, from its manifest alone; None when that is unusable."""
    try:
        return fingerprint(_read_manifest(folder)[1])
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


def _input_fault(root: Path, entry: dict) -> str | None:
    """What is wrong with a data file; one of an export or a coding, whose name does not leave, is known by checksum."""
    path, sums = entry["path"], [sha256_of]
    if year := paths.private_year(path):
        from helpers import data  # slow, and a report sent alone is verified without it

        kind, _, _ = path.partition(",")
        with paths.with_data_root(root):
            files = [each for each in paths.private_files(year) if paths.public_name(each).startswith(f"{kind},")]
        sums.append(data.published_checksum)  # version 0.9 published the plain checksum
    elif _is_inside(path):
        files = [each for each in [root / path] if each.is_file()]
    else:
        return f"{MANIFEST} nomme une donnée hors du projet"
    if not files:
        return f"{path} n’est plus là"
    with paths.with_data_root(root):
        is_there = any(checksum_of(each) == entry["sha256"] for each in files for checksum_of in sums)
    return None if is_there else f"{path} n’est plus tel que le rapport l’a lu"


def verify(folder: Path) -> Verification:
    """Compute every checksum of the manifest again: what differs today.

    Nothing is written; only the folder and ``data/raw`` are read. Raises ReportError as `open_report` does.
    """
    report = open_report(folder)
    root, manifest = _root(folder), report.manifest
    try:
        inputs = [entry for entry in manifest["inputs"] if isinstance(entry["path"], str) and entry["sha256"]]
        year = int(manifest["parameters"]["year"])
    except (KeyError, TypeError, ValueError):
        raise ReportError(f"{MANIFEST} du rapport {folder.name} n’est pas utilisable.") from None
    sent = {READ_ME, *(f"{NOTEBOOKS}/{PurePosixPath(output['path']).stem}.ipynb" for output in manifest["outputs"])}
    strange = [path for path in report.strangers if Path(path).name not in _DROPPED and path not in sent]
    faults = [*report.faults, *(f"{path} n’est pas du rapport {folder.name}" for path in strange)]
    faults += [fault for entry in inputs if root and (fault := _input_fault(root, entry))]
    stamp = manifest.get(STAMP)
    return Verification(
        year,
        list(dict.fromkeys(faults)),
        files=len(manifest["outputs"]) + 1,
        inputs=len(inputs) if root else None,
        stamp=stamp if isinstance(stamp, dict) else {},
    )
