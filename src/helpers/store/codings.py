"""The codings of a year, in its private folder: our own tables, a folder each, with a card of where it is from."""

from __future__ import annotations

import hashlib
import json
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import paths
from helpers.schema import DataError
from helpers.store.fingerprints import fingerprint
from helpers.store.whole import mend_folder, whole_folder

if TYPE_CHECKING:  # what reads the formats takes a while to load, and few pages read a coding
    from helpers.exchange import Project

# Beside the tables: the name and the file that were given, and the tables as they were written.
ORIGIN = "origine.json"


def codings(year: int) -> list[str]:
    """The names of a year's codings, in order: those of their folders.

    >>> store.codings(2020)
    []
    """
    folder = paths.codings_folder(year)
    found = folder.iterdir() if folder.is_dir() else []
    return sorted(each.name for each in found if each.is_dir() and not each.name.startswith("."))


def load_coding(year: int, name: str) -> Project:
    """A coding of a year, by the name it was given or that of its folder; each passage is compared with its text.

    Raises
    ------
    DataError
        for a name that no coding has, or a table that is damaged.

    >>> import pathlib, shutil
    >>> codage = exchange.Project((exchange.Code("Perspectives"),), (exchange.Document("réunion 1", "Bonjour."),))
    >>> _ = store.save_coding(codage, 2020, "Réunions", pathlib.Path("reunions.qdpx"))
    >>> store.load_coding(2020, "Réunions") == codage
    True
    >>> shutil.rmtree(paths.codings_folder(2020))
    """
    from helpers.exchange import read

    folder = _folder(year, name)
    if not folder.is_dir():
        known = codings(year)
        near = get_close_matches(name[:80], known, n=1, cutoff=0.5)
        listed = f"au choix : {', '.join(known)}" if known else "importez-le d’abord (import-coding)"
        remedy = f"vouliez-vous « {near[0]} » ?" if near else f"{listed}."
        raise DataError(f"Aucun codage de {year} ne s’appelle « {_shown(name)} » ; {remedy}")
    try:
        return read(folder)
    except DataError as error:
        # The place of the folder, for what was told its name alone.
        raise DataError(f"{paths.relative(folder.parent)}/{error}") from None


def save_coding(project: Project, year: int, name: str, source: Path) -> Path:
    """The folder of ``data/raw/<year>/codages`` where a coding now is, whole or not at all.

    A coding of that name is replaced when it is the same, or when it came from the same file at the same place and
    nobody changed its tables since: a coding that goes on is imported again.

    Raises
    ------
    DataError
        when another coding has that name, or this one was changed by hand since; nothing is written.

    >>> import pathlib, shutil
    >>> codage = exchange.Project((exchange.Code("Perspectives"),), (exchange.Document("réunion 1", "Bonjour."),))
    >>> paths.relative(store.save_coding(codage, 2020, "AUX", pathlib.Path("reunions.qdpx")))
    'data/raw/2020/codages/aux-1898ed'
    >>> shutil.rmtree(paths.codings_folder(2020))
    """
    from helpers.exchange import write_csv

    folder = _folder(year, name)
    mend_folder(folder)
    _refuse_another(folder, project, year, source)
    with whole_folder(folder) as beside:
        write_csv(project, beside)
        card = {"nom": name, "fichier": source.name, "emplacement": _place(source), "tables": _tables(beside)}
        text = json.dumps(card, ensure_ascii=False, indent=2) + "\n"
        (beside / ORIGIN).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _folder(year: int, name: str) -> Path:
    """The name of a folder is taken as it is; any other becomes one that any disk takes."""
    return paths.codings_folder(year) / (name if name in codings(year) else paths.slug(name))


def _place(source: Path) -> str:
    """What tells one file from another of that name, and tells no path."""
    return hashlib.sha256(str(source.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _tables(folder: Path) -> dict[str, str]:
    return {path.name: fingerprint(path) for path in sorted(folder.glob("*.csv"))}


def _shown(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:80]}…"


def _refuse_another(folder: Path, project: Project, year: int, source: Path) -> None:
    if not folder.exists():
        return
    shown = paths.relative(folder)
    try:
        if load_coding(year, folder.name) == project:
            return
    except DataError:
        pass  # damaged: what it was is not known, and its card says the rest
    card = _card(folder)
    if card.get("emplacement") != _place(source):
        raise DataError(
            f"{shown} est le codage d’un autre fichier ({card.get('fichier', 'inconnu')}) ; donnez un autre nom "
            "(--name), ou retirez ce dossier d’abord."
        )
    if card.get("tables") != _tables(folder):
        raise DataError(
            f"Les tables de {shown} ont été modifiées depuis leur import ; donnez un autre nom (--name) pour garder "
            "les deux, ou retirez ce dossier d’abord."
        )


def _card(folder: Path) -> dict:
    try:
        card = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return card if isinstance(card, dict) else {}
