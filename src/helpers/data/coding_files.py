"""The codings of a year on this machine: imported, quoted, exported."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers import paths
from helpers.data.private import folder_of
from helpers.data.raw import empty_table, read_reference, read_table
from helpers.data.reading import as_json, write_spreadsheet
from helpers.schema import DataError
from helpers.system import atomic_folder, atomic_write, checksum, make_private, recover_folder, sha256_of
from helpers.typography import shorten, unescape_formula

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from helpers.codings.model import Project


# --- Imported codings: a private folder each, with our own tables and a card of their origin ---

ORIGIN = "origine.json"  # The name and the file that were given, and the checksums of the tables as written
# The row of the code book that each code means: a person may complete it, and another import keeps it.
THEMES = "correspondance.csv"


def codings(year: int) -> list[str]:
    """The names of the folders of a year's codings, in order."""
    inside = paths.codings_folder(year).glob("[!.]*")
    return sorted(each.name for each in inside if each.is_dir())


def load_coding(year: int, name: str) -> Project:
    """A coding of a year, by its name or that of its folder; each segment is checked against its text.

    Raises `DataError` for a name that no coding has, or a damaged table.
    """
    from helpers.codings.reading import read
    from helpers.codings.safe_files import nearest

    folder = _folder(year, name)
    if not folder.is_dir():
        known = codings(year)
        listed = f"au choix : {', '.join(known)}" if known else "importez-le d’abord (import-coding)"
        remedy = f"vouliez-vous « {near} » ?" if (near := nearest(name, known)) else f"{listed}."
        raise DataError(f"Aucun codage de {year} ne s’appelle « {shorten(name)} » ; {remedy}")
    try:
        return replace(read(folder), themes=_themes(folder))
    except DataError as error:
        # `read` knows only the folder's name: add its parent.
        raise DataError(f"{paths.relative(folder.parent)}/{error}") from None


def save_coding(project: Project, year: int, name: str, source: Path) -> Path:
    """Writes a coding to a folder of ``data/raw/<year>/codages``, atomically, and returns the folder.

    ``correspondance.csv`` says which row of the code book each code in use means, where that is sure; what it said
    already is kept. A coding of that name is replaced if it is the same, or if it came from the same file at the same
    place and its tables are unchanged: coding in progress is imported again. Raises `DataError` when another coding
    has that name, or this one was changed by hand since; nothing is written.
    """
    from helpers.codings.codebook import themes_of, used_codes
    from helpers.codings.tables import write_csv, write_rows

    folder = _folder(year, name)
    recover_folder(folder)
    _refuse_another(folder, project, year, source)
    themes = themes_of(used_codes(project), read_reference("themes"), project.themes)
    themes |= _themes(folder) if folder.is_dir() else {}
    with atomic_folder(folder) as beside:
        write_csv(project, beside)
        rows = [(code, themes[code]) for code in used_codes(project)]
        write_rows(beside / THEMES, ("code", "theme"), rows)
        card = {"nom": name, "fichier": source.name, "emplacement": _place(source), "tables": _tables(beside)}
        (beside / ORIGIN).write_text(as_json(card), encoding="utf-8", newline="\n")
    return folder


def _folder(year: int, name: str) -> Path:
    """The name of an existing folder is kept as it is; any other becomes a safe one."""
    return paths.codings_folder(year) / (name if name in codings(year) else paths.slug(name))


def _place(source: Path) -> str:
    """Identifies the source file without revealing its path."""
    return checksum(str(source.resolve()).encode("utf-8", "surrogatepass"))[:16]


def _tables(folder: Path) -> dict[str, str]:
    return {path.name: sha256_of(path) for path in sorted(folder.glob("*.csv")) if path.name != THEMES}


def _themes(folder: Path) -> dict[str, str]:
    from helpers.codings.tables import rows_of

    if not (folder / THEMES).is_file():
        return {}
    titles, rows = rows_of(folder / THEMES, f"{THEMES}, ")
    if not {"code", "theme"} <= set(titles):
        expected = "les titres attendus sont code, theme ; corrigez la première ligne."
        raise DataError(f"{folder.name} : {THEMES} : {expected}")
    given = {unescape_formula(row["code"]): row["theme"].strip() for _, row in rows}
    return {code: theme for code, theme in given.items() if theme}


def _refuse_another(folder: Path, project: Project, year: int, source: Path) -> None:
    if not folder.exists():
        return
    shown = paths.relative(folder)
    with suppress(DataError):  # damaged: only its card can tell where it came from
        if load_coding(year, folder.name) == project:
            return
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
    card = None
    with suppress(OSError, ValueError, RecursionError):
        card = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    return card if isinstance(card, dict) else {}


# --- What codings give and stays on this machine: possible quotations, disagreements between coders ---
POSSIBLE, DISAGREEMENTS = "citations_possibles.csv", "desaccords.csv"


def load_codings(year: int) -> dict[str, Project]:
    """Every coding of a year, by the name of its folder; `DataError` for a damaged table."""
    return {name: load_coding(year, name) for name in codings(year)}


def quoted_file(year: int) -> Path:
    """The private file of the quotations that a person chose, existing or not."""
    return paths.codings_folder(year) / f"{paths.QUOTED}.csv"


def possible_file(year: int) -> Path:
    """The private file of the sentences that may be quoted, existing or not."""
    return folder_of(year) / POSSIBLE


def read_quoted(year: int) -> pd.DataFrame:
    """The quotations chosen for a year (schema ``citations``), indexed by line numbers; empty without that file.

    Raises `DataError` for its first fault.
    """
    path = quoted_file(year)
    return read_table(path, "citations") if paths.has_rows(path) else empty_table("citations")


def choose_quotation(year: int, theme: str, citation: str, day: date) -> Path:
    """Adds a quotation to those chosen for a year, as proofread that day; the rows that are there stay."""
    path, row = quoted_file(year), {"theme": [theme], "citation": [citation], "relue_le": pd.to_datetime([day])}
    table = pd.concat([read_quoted(year), pd.DataFrame(row)])[[*row]]
    make_private(path.parent)
    return write_spreadsheet(path, table)


def save_coded(year: int, possible: pd.DataFrame, disagreements: pd.DataFrame) -> Path:
    """Writes the sentences that may be quoted, and the disagreements of two coders, to the private folder of a year.

    ``possible`` has the columns of `codings.quotable`, ``disagreements`` those of `codings.disagreements`; an empty
    table gives no file. Both hold what people said: never in git, nor in a report.
    """
    folder = folder_of(year)
    # Its lines may be copied to the list of those that are chosen, which has no other column.
    to_copy = possible.drop(columns=["contexte", "memo"], errors="ignore").assign(relue_le="")
    for name, table in ((POSSIBLE, to_copy), (DISAGREEMENTS, disagreements)):
        path = folder / name
        if table.empty:
            path.unlink(missing_ok=True)
            continue
        make_private(folder)
        write_spreadsheet(path, table)
    return folder


# --- A coding exported for another tool, never into what is published or what git may take ---

_IGNORED = (".qdpx", ".qdc")  # Ignored by git wherever they are


def export_coding(year: int, name: str, target: Path) -> tuple[Path, tuple[str, ...]]:
    """Writes a coding as ``.qdpx``, ``.qdc``, ``.txt`` (IRaMuTeQ), or a folder of our four CSV tables (no suffix).

    Returns what was written and, in French, what the format could not hold. Raises `DataError` for a coding that does
    not exist, another suffix, or a target that exists, is in ``reports/``, or is where git could take it; nothing is
    written.
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
        with atomic_write(made) as beside:
            return made, writers[suffix](project, beside)
    with atomic_folder(made) as beside:
        return made, tables.write_csv(project, beside)


def _refuse_place(made: Path, suffix: str) -> None:
    place = made.resolve()  # a symbolic link that leads into the project is in it
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
