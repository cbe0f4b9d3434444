"""manifest.json: what a report was made from, what it holds, and the stamp of the run."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from helpers import paths

MANIFEST = "manifest.json"
SYNTHETIC = "synthetique"  # in the manifest of a report that rests on simulated records
STAMP = "tampon"

# Git answers at once, or waits for a person: a lock, a prompt. The report does not.
_GIT_TIMEOUT_S = 10


def _git(*arguments: str) -> str | None:
    """What git says of the repository, or None where there is no git, no repository or no answer."""
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


def _stamp() -> dict:
    """When, from which commit, and with local changes or not: the only part that two runs may not share."""
    # A project unpacked inside another repository has no commit of its own: the prefix would then not be empty.
    prefix, _, commit = (_git("rev-parse", "--show-prefix", "HEAD") or "").partition("\n")
    changes = _git("status", "--porcelain") if commit and not prefix else None
    return {
        "produit_le": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.strip() if changes is not None else None,
        "modifications_locales": bool(changes) if changes is not None else None,
    }


def written(content: dict) -> bytes:
    """A manifest as it stands in its file: the same bytes for the same content."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def fingerprint(content: dict) -> str:
    """What two runs share that made the same report: the SHA-256 of the manifest without its stamp."""
    return hashlib.sha256(written({key: content[key] for key in content if key != STAMP})).hexdigest()


def _output(path: Path, folder: Path) -> dict:
    content = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }


def write_manifest(
    folder: Path,
    *,
    inputs: list[dict],
    parameters: dict,
    versions: dict,
    checks: list | dict,
    is_synthetic: bool = False,
) -> None:
    """Writes ``manifest.json`` in the folder, last of all: it holds the checksum of every other file there.

    ``inputs`` are ``{path, sha256, bytes, rows}``, kept as they are given. All that may differ between two runs on
    the same data stands in the block ``tampon``. ``is_synthetic`` says that the report rests on simulated records:
    ``synthetique``, in the manifest of such a report only.

    Raises
    ------
    TypeError
        when a value is not plain JSON.

    >>> import json, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     publish.write_manifest(pathlib.Path(dossier), inputs=[], parameters={"year": 2020}, versions={}, checks=[])
    ...     print(sorted(json.loads(pathlib.Path(dossier, "manifest.json").read_text(encoding="utf-8"))))
    ['checks', 'inputs', 'outputs', 'parameters', 'tampon', 'versions']
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
    (folder / MANIFEST).write_bytes(written(content))
