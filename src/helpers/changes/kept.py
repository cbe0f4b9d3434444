"""The figures of the last published report of a year, kept so that the next one can be compared with it."""

import zipfile
import zlib
from pathlib import Path

from helpers import paths
from helpers.changes.published import FILES, Published, UnreadableFigures, read_files
from helpers.store.whole import whole


def kept_path(year: int, *, is_synthetic: bool = False) -> Path:
    """Where the figures are kept; those of a report on simulated records are others."""
    return paths.processed(year) / f"dernier_rapport{paths.SYNTHETIC_SUFFIX if is_synthetic else ''}.zip"


def is_on_simulated(report: Path) -> bool:
    """Whether the folder is that of a report on simulated records."""
    return report.name.endswith(paths.SYNTHETIC_SUFFIX)


def keep(year: int, report: Path) -> Path:
    """The one file where the tables and the manifest of a report now are, whole or as it was: one write, no mixture.

    >>> paths.relative(changes.keep(2020, paths.report(2020)))
    'data/processed/2020/dernier_rapport.zip'
    """
    path = kept_path(year, is_synthetic=is_on_simulated(report))
    with whole(path) as beside, zipfile.ZipFile(beside, "w") as archive:
        for name in FILES:
            # No date: the same report gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name), (report / name).read_bytes(), zipfile.ZIP_DEFLATED)
    return path


def kept(year: int, *, is_synthetic: bool = False) -> Published | None:
    """The figures kept, or None when none are.

    Raises
    ------
    UnreadableFigures
        when the file was damaged, or is not one that `keep` wrote.
    """
    path = kept_path(year, is_synthetic=is_synthetic)
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:  # it checks what it reads by its checksum
            files = {name: archive.read(name) for name in FILES}
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, OSError):
        raise UnreadableFigures(f"{path.name} est abîmé") from None
    return read_files(files)
