"""The codings of a year on this machine: saved, quoted, exported."""

from __future__ import annotations

import hashlib
import json
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers import paths
from helpers.data.private import folder_of
from helpers.data.published import inert
from helpers.data.raw import read_table
from helpers.schema import DataError, columns, typed
from helpers.system import fingerprint, mend_folder, whole, whole_folder

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from helpers.codings.model import Project


# --- The codings of a year: a private folder of our tables each, with a record of its origin ---

# Beside the tables: the name and file given at import, and the fingerprints of the tables written.
ORIGIN = "origine.json"


def codings(year: int) -> list[str]:
    """The names of a year's codings, sorted: those of their folders."""
    folder = paths.codings_folder(year)
    found = folder.iterdir() if folder.is_dir() else []
    return sorted(each.name for each in found if each.is_dir() and not each.name.startswith("."))


def load_coding(year: int, name: str) -> Project:
    """A coding of a year, by the name it was given or that of its folder; each passage is compared with its text.

    Raises DataError for an unknown name, or a damaged table.
    """
    from helpers.codings.reading import read

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
        # The reader knows the name of the folder only.
        raise DataError(f"{paths.relative(folder.parent)}/{error}") from None


def save_coding(project: Project, year: int, name: str, source: Path) -> Path:
    """Save a coding atomically in ``data/raw/<year>/codages``; returns its folder.

    A coding of that name is replaced if it is equal, or was imported from the same file and not edited since: a coding
    in progress is imported again. Raises DataError otherwise; nothing is written.

    >>> import pathlib, shutil
    >>> codage = model.Project((model.Code("Perspectives"),), (model.Document("réunion 1", "Bonjour."),))
    >>> paths.relative(data.save_coding(codage, 2020, "AUX", pathlib.Path("reunions.qdpx")))
    'data/raw/2020/codages/aux-1898ed'
    >>> shutil.rmtree(paths.codings_folder(2020))
    """
    from helpers.codings.tables import write_csv

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
    """The folder of a coding, by its own name or by any other, made safe for every file system."""
    return paths.codings_folder(year) / (name if name in codings(year) else paths.slug(name))


def _place(source: Path) -> str:
    """Identifies the source file without revealing its path."""
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
        pass  # damaged: only its record can tell
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


# --- Private lists: quotations to choose from, disagreements to discuss ---

POSSIBLE, DISAGREEMENTS = "citations_possibles.csv", "desaccords.csv"


def load_codings(year: int) -> dict[str, Project]:
    """Every coding of a year, by the name of its folder. Raises DataError for a damaged table."""
    return {name: load_coding(year, name) for name in codings(year)}


def quoted_file(year: int) -> Path:
    """The private file of the quotations that a person chose, whether it exists or not."""
    return paths.codings_folder(year) / f"{paths.QUOTED}.csv"


def load_earlier_codings(year: int) -> dict[str, Project]:
    """The codings of the year before, which pages compare codes with."""
    return load_codings(year - 1)


def possible_file(year: int) -> Path:
    """The private file of the quotations that may be chosen, whether it exists or not."""
    return folder_of(year) / POSSIBLE


def read_quoted(year: int) -> pd.DataFrame:
    """The quotations that a person chose for a year (schema ``citations``), in file order; empty without the file.

    Raises DataError for its first error.
    """
    path = quoted_file(year)
    if paths.has_rows(path):
        return read_table(path, "citations")
    return typed(pd.DataFrame(columns=columns("citations"), dtype="str"), "citations")


def save_coded(year: int, possible: pd.DataFrame, disagreements: pd.DataFrame) -> Path:
    """Save the quotations that may be chosen and the disagreements of two coders; returns their private folder.

    ``possible`` has the columns of `codings.quotable`, to which an empty ``relue_le`` is added; ``disagreements`` those
    of `codings.disagreements`. An empty table removes its file. Both quote the meetings: never in git, nor in a report.
    """
    folder = folder_of(year)
    for name, table in ((POSSIBLE, possible.assign(relue_le="")), (DISAGREEMENTS, disagreements)):
        path = folder / name
        if table.empty:
            path.unlink(missing_ok=True)
            continue
        safe = table.map(lambda value: inert(value) if isinstance(value, str) else value)
        with whole(path) as beside:
            content = safe.to_csv(index=False, sep=";", lineterminator="\r\n")
            beside.write_text(content, encoding="utf-8-sig", newline="")
    return folder


# --- Export to another tool, outside what is published or tracked by git ---

# Git ignores these everywhere.
_IGNORED = (".qdpx", ".qdc")


def export_coding(year: int, name: str, target: Path) -> tuple[Path, tuple[str, ...]]:
    """Export a coding as ``.qdpx``, ``.qdc``, ``.txt`` (IRaMuTeQ) or, for ``.csv`` or no suffix, our four tables.

    Returns the path written, and the French messages on what its format cannot hold. Raises DataError for an unknown
    coding or suffix, or a target that exists, is in ``reports/`` or could be tracked by git; nothing is written.
    """
    from helpers.codings import refi, tables

    writers = {".qdpx": refi.write_qdpx, ".qdc": refi.write_qdc, ".txt": tables.write_iramuteq}
    suffix = target.suffix.casefold()
    if suffix not in (*writers, ".csv", ""):
        raise DataError(f"« {target.suffix} » n’est pas un format d’export ; au choix : .qdpx, .qdc, .txt, .csv.")
    made = target.with_suffix("") if suffix == ".csv" else target
    _refuse_place(made, suffix)
    project = load_coding(year, name)
    if suffix in writers:
        with whole(made) as beside:
            return made, writers[suffix](project, beside)
    with whole_folder(made) as beside:
        return made, tables.write_csv(project, beside)


def _refuse_place(made: Path, suffix: str) -> None:
    # Links are followed.
    place = made.resolve()
    if place.exists() or made.is_symlink():
        raise DataError(f"{made.name} existe déjà ; donnez un autre nom, rien n’est jamais remplacé.")
    if place.is_relative_to(paths.reports().resolve()):
        raise DataError("Un codage contient des paroles et ne va jamais dans reports/ ; donnez un autre dossier.")
    inside = [root for root in (paths.data_root(), paths.repository()) if place.is_relative_to(root.resolve())]
    if inside and (suffix not in _IGNORED or place.is_relative_to(inside[0].resolve() / "data")):
        raise DataError(
            "Un codage contient des paroles, que git pourrait prendre ici ; donnez un dossier hors du projet."
        )
    if not place.parent.is_dir():
        raise DataError(f"Le dossier {made.parent} n’existe pas ; créez-le, ou donnez-en un autre.")
