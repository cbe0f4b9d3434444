"""A published report as git keeps it: the same files, without what changes from one run to the next."""

from pathlib import Path

from helpers.publish.manifest import MANIFEST, STAMP, written
from helpers.publish.sealed import read_report

# Written by hand beside the report: what it is, how to open it.
READ_ME = "README.md"


def write_example(folder: Path, example: Path) -> None:
    """Copies the published report of ``folder`` into ``example``, whose other files go.

    The manifest loses its stamp (date, commit) and nothing else: it still seals the files beside it.

    Raises
    ------
    ReportError
        when the report is missing or was changed.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     publish.write_example(paths.reports() / "2020", pathlib.Path(dossier))
    ...     print("tampon" in pathlib.Path(dossier, "manifest.json").read_text(encoding="utf-8"))
    False
    """
    report = read_report(folder)
    manifest = written({key: value for key, value in report.manifest.items() if key != STAMP})
    files = {**report.files, MANIFEST: manifest}
    for path, content in files.items():
        (example / path).parent.mkdir(parents=True, exist_ok=True)
        (example / path).write_bytes(content)
    for path in [path for path in example.rglob("*") if path.is_file()]:
        if path.relative_to(example).as_posix() not in {*files, READ_ME}:
            path.unlink()
