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
SEAL = "empreinte"

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


def commit() -> str | None:
    """The commit of the project's code, or None where git does not say.

    >>> found = publish.commit()
    >>> found is None or len(found) == 40
    True
    """
    # A project unpacked inside another repository has no commit of its own: the prefix would then not be empty.
    prefix, _, found = (_git("rev-parse", "--show-prefix", "HEAD") or "").partition("\n")
    return found.strip() or None if not prefix else None


def _stamp() -> dict:
    """When, from which commit, and with local changes or not: the only part that two runs may not share."""
    found = commit()
    changes = _git("status", "--porcelain") if found else None
    return {
        "produit_le": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": found if changes is not None else None,
        "modifications_locales": bool(changes) if changes is not None else None,
    }


def written(content: dict) -> bytes:
    """A manifest as it stands in its file: the same bytes for the same content."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _with_seal(block: dict) -> dict:
    """A block that bears the SHA-256 of the rest of itself."""
    content = {key: block[key] for key in block if key != SEAL}
    return {**content, SEAL: hashlib.sha256(written(content)).hexdigest()}


def seal(content: dict) -> dict:
    """The manifest with its two seals: that of its stamp, and that of everything else, which two runs share.

    They tell an accident, a byte that changed. They are no signature: who rewrites a manifest can seal it again.
    """
    body = _with_seal({key: content[key] for key in content if key != STAMP})
    return {**body, STAMP: _with_seal(content[STAMP])} if isinstance(content.get(STAMP), dict) else body


def fingerprint(content: dict) -> str:
    """What two runs share that made the same report: the SHA-256 of the manifest without its stamp and its seal."""
    return hashlib.sha256(written({key: content[key] for key in content if key not in (STAMP, SEAL)})).hexdigest()


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
    the same data stands in the block ``tampon``. That block and the whole each bear their checksum, ``empreinte``.
    ``is_synthetic`` says that the report rests on simulated records: ``synthetique``, in the manifest of such a report
    only.

    Raises
    ------
    TypeError
        when a value is not plain JSON.

    >>> import json, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     publish.write_manifest(pathlib.Path(dossier), inputs=[], parameters={"year": 2020}, versions={}, checks=[])
    ...     print(sorted(json.loads(pathlib.Path(dossier, "manifest.json").read_text(encoding="utf-8"))))
    ['checks', 'empreinte', 'inputs', 'outputs', 'parameters', 'tampon', 'versions']
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
    (folder / MANIFEST).write_bytes(written(seal(content)))
