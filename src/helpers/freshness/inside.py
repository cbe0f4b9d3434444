"""The names of the files of a folder, as a result is kept with them."""

import os
from pathlib import Path

from helpers import paths


def files_of(folder: Path) -> list[str]:
    """What `listing` gives of a folder; locks and hidden files are nobody's data."""
    found = _files(folder)
    if folder.name == paths.codings_folder(0).name:
        found += [f"{each.name}/{inside}" for each in _entries(folder) if each.is_dir() for inside in _files(each)]
    return sorted(found)


def _entries(folder: Path | os.DirEntry) -> list[os.DirEntry]:
    try:
        return [entry for entry in os.scandir(folder) if not entry.name.startswith((".", "~"))]
    except OSError:
        return []


def _files(folder: Path | os.DirEntry) -> list[str]:
    return [entry.name for entry in _entries(folder) if entry.is_file()]
