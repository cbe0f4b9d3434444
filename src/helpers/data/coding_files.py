"""The codings of a year on this machine: received, quoted, exported."""

from __future__ import annotations

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
from helpers.system import checksum, fingerprint, mend_folder, whole, whole_folder

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from helpers.codings.model import Project


# --- The codings of a year, in its private folder: our own tables, a folder each, with a card of where it is
# --- from

# Beside the tables: the name and the file that were given, and the tables as they were written.
ORIGIN = "origine.json"


def codings(year: int) -> list[str]:
    """The names of a year's codings, in order: those of their folders.

    >>> data.codings(2020)
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
    >>> codage = model.Project((model.Code("Perspectives"),), (model.Document("réunion 1", "Bonjour."),))
    >>> _ = data.save_coding(codage, 2020, "Réunions", pathlib.Path("reunions.qdpx"))
    >>> data.load_coding(2020, "Réunions") == codage
    True
    >>> shutil.rmtree(paths.codings_folder(2020))
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
    """The name of a folder is taken as it is; any other becomes one that any disk takes."""
    return paths.codings_folder(year) / (name if name in codings(year) else paths.slug(name))


def _place(source: Path) -> str:
    """What tells one file from another of that name, and tells no path."""
    return checksum(str(source.resolve()).encode("utf-8", "surrogatepass"))[:16]


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


# --- What comes of a year's codings and stays on this machine: sentences to choose from, disagreements to talk
# --- about

POSSIBLE, DISAGREEMENTS = "citations_possibles.csv", "desaccords.csv"


def load_codings(year: int) -> dict[str, Project]:
    """Every coding of a year, by the name of its folder.

    Raises
    ------
    DataError
        for a table that is damaged.

    >>> data.load_codings(2020)
    {}
    """
    return {name: load_coding(year, name) for name in codings(year)}


def quoted_file(year: int) -> Path:
    """The private file where a person keeps the quotations chosen, there or not.

    >>> paths.relative(data.quoted_file(2021))
    'data/raw/2021/codages/citations.csv'
    """
    return paths.codings_folder(year) / f"{paths.QUOTED}.csv"


def load_earlier_codings(year: int) -> dict[str, Project]:
    """Every coding of the year just before, by the name of its folder: the one that pages compare codes with.

    Raises
    ------
    DataError
        for a table that is damaged.

    >>> data.load_earlier_codings(2020)
    {}
    """
    return load_codings(year - 1)


def possible_file(year: int) -> Path:
    """The private file of the sentences that a person may choose, there or not.

    >>> paths.relative(data.possible_file(2021))
    'data/processed/2021/prive/citations_possibles.csv'
    """
    return folder_of(year) / POSSIBLE


def read_quoted(year: int) -> pd.DataFrame:
    """The quotations that a person chose for a year (schema ``citations``), by the lines of their file.

    Empty without that file.

    Raises
    ------
    DataError
        for its first fault.

    >>> data.read_quoted(2020).empty
    True
    """
    path = quoted_file(year)
    if paths.has_rows(path):
        return read_table(path, "citations")
    return typed(pd.DataFrame(columns=columns("citations"), dtype="str"), "citations")


def save_coded(year: int, possible: pd.DataFrame, disagreements: pd.DataFrame) -> Path:
    """The private folder where the sentences that may be chosen and the disagreements of two coders now are.

    ``possible`` has the columns of `codings.quotable`, to which ``relue_le`` is added, to be filled; ``disagreements``
    those of `codings.disagreements`. For a French spreadsheet; a table without any row is no file. Both hold what was
    said: never in git, nor in a report.

    >>> vide = pd.DataFrame()
    >>> paths.relative(data.save_coded(2020, vide, vide))
    'data/processed/2020/prive'
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


# --- A coding written for another tool, outside of what is published and of what git may take ---

# Git ignores these wherever they are.
_IGNORED = (".qdpx", ".qdc")


def export_coding(year: int, name: str, target: Path) -> tuple[Path, tuple[str, ...]]:
    """What was written, and what its format could not hold, in French: ``.qdpx``, ``.qdc``, ``.txt`` (IRaMuTeQ) or CSV.

    For ``.csv``, or no suffix, a folder of our four tables.

    Raises
    ------
    DataError
        for a coding that is not there, another suffix, a target that exists, is in ``reports/``, or is where git could
        take it; nothing is written.

    >>> import pathlib, shutil, tempfile
    >>> from helpers.codings.reading import read
    >>> codage = model.Project((model.Code("Perspectives"),), (model.Document("réunion 1", "Bonjour."),))
    >>> _ = data.save_coding(codage, 2020, "reunions", pathlib.Path("reunions.qdpx"))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier, dit = data.export_coding(2020, "reunions", pathlib.Path(dossier, "reunions.qdpx"))
    ...     read(fichier) == codage, dit
    (True, ())
    >>> shutil.rmtree(paths.codings_folder(2020))
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
    # A link that leads into the project is in it.
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
