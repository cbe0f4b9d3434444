"""Everything that can be wrong with a year: tables, export, codings, quotations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers import clean, paths
from helpers.clean.posts import post_faults
from helpers.clean.records import CleanedRecords, Persons, ReceivedRecords, Unread
from helpers.data import coding_files, exports, private, raw, reading, table_checks, to_complete
from helpers.schema import DataError
from helpers.typography import fold, french_spaces

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from helpers.codings.model import Project


@contextmanager
def collected(found: list[DataError]) -> Iterator[None]:
    """Adds the fault that a block raises to others."""
    try:
        yield
    except DataError as fault:
        found.append(fault)


# --- Quotations chosen from the codings of a year ---

MOST_TOLD = 20  # Longer lists are cut: the first sentences tell what is wrong, a thousand would hide it


def quotation_faults(year: int) -> list[DataError]:
    """What is wrong with the quotations chosen for a year, one sentence per row; its codings must be readable.

    A row without a date is not a choice, and is not checked.
    """
    path = coding_files.quoted_file(year)
    if not paths.has_rows(path):
        return []
    if faults := raw.faults_in(path, "citations"):
        return faults
    from helpers import codings

    book = raw.read_reference("themes")
    try:
        possible = codings.quotable(codings.recode_to_book(coding_files.load_codings(year), book))
    except DataError:  # of the code book, which `faults` reports
        return []
    rows, file = codings.chosen_quotations(coding_files.read_quoted(year), possible), paths.relative(path)
    # A year that has not ended may be invented: its last day is as good as today.
    first, last = date(year, 1, 1), max(date.today(), date(year, 12, 31))
    found: list[DataError] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in zip(rows.index, rows.itertuples(), strict=True):
        day, before = row.relue_le.date(), seen.setdefault((row.theme, row.citation), line)
        if not first <= day <= last:
            remedy = f"n’est pas un jour entre le 1er janvier {year} et aujourd’hui ; mettez celui de la relecture."
            wrong = "relue_le", f"{day:%d/%m/%Y}", remedy
        elif row.theme not in set(book["theme"]):
            wrong = "theme", row.theme, _theme_remedy(row.theme, book)
        elif pd.isna(row.voix):
            wrong = "citation", row.citation, _quotation_remedy(row, possible, year=year)
        elif before != line:
            wrong = "citation", row.citation, f"est déjà ligne {before}, sous le même thème ; gardez-en une."
        else:
            continue
        found.append(table_checks.fault(file, line, *wrong))
    more = len(found) - MOST_TOLD
    others = f"{file} : {more} autre{'s' if more > 1 else ''} erreur{'s' if more > 1 else ''}."
    return found[:MOST_TOLD] + ([DataError(others)] if more > 0 else [])


def _theme_remedy(theme: str, book: pd.DataFrame) -> str:
    """The code to write instead: that of the label, if someone copied it from a page."""
    from helpers import codings

    if code := codings.themes_of([theme], book)[theme]:
        return f"est un libellé ; écrivez son code, « {code} »."
    return table_checks.unknown(theme, book["theme"], register="data/raw/reference/themes.csv")


def _quotation_remedy(row, possible: pd.DataFrame, *, year: int) -> str:
    from helpers import codings

    themes = possible["theme"].unique()
    under_each = pd.DataFrame({"theme": themes, "citation": row.citation, "relue_le": row.relue_le})
    matches = codings.chosen_quotations(under_each, possible)
    if others := " ou ".join(f"« {theme} »" for theme in matches.loc[matches["voix"].notna(), "theme"]):
        return f"peut être citée sous {others}, non sous « {row.theme} » ; corrigez le thème."
    return (
        "n’est pas une citation possible de ce thème (absente, trop longue, trop peu de voix, ou une marque "
        f"personnelle) ; copiez-la de {paths.relative(coding_files.possible_file(year))}, ou retirez cette ligne."
    )


# --- Codings: tables, codes, and files that nothing reads ---


def unknown_codes(project: Project, *, file: str) -> list[DataError]:
    """One sentence, with the nearest code, for each code in use that the code book does not have.

    Raises `DataError` for a code book that is absent or has a fault.
    """
    from helpers import codings

    book = raw.read_reference("themes")
    missing = codings.missing_codes(project, book)
    sentences = []
    for code in missing[:MOST_TOLD]:
        if theme := project.themes.get(code.path):
            remedy = f"renvoie à « {theme} », que le livre de codes n’a pas ; corrigez {coding_files.THEMES}."
            sentences.append(f"{file} : le code « {code.path} » {remedy}")
        else:
            sentences.append(f"{file} : {codings.unknown_code(code, book)}")
    if more := len(missing) - len(sentences):
        sentences.append(f"{file} : {more} autre{'s' if more > 1 else ''} codes ne sont pas dans le livre de codes.")
    return [DataError(french_spaces(sentence)) for sentence in sentences]


def coding_faults(year: int) -> list[DataError]:
    """What is wrong with the codings of a year: damaged table, segment out of place, unknown code, quotation."""
    faults: list[DataError] = []
    names = coding_files.codings(year)
    if names:
        from helpers.codings.model import is_unmatched_segment
    for name in names:
        file = paths.relative(paths.codings_folder(year) / name)
        try:
            project = coding_files.load_coding(year, name)
            faults += [DataError(f"{file} : {sentence}") for sentence in project.told if is_unmatched_segment(sentence)]
            faults += unknown_codes(project, file=file)
        except DataError as error:
            # Faults of the code book are reported with the other tables.
            faults += [error] if str(error).startswith(file) else []
    return faults + _misplaced(year) + ([] if faults else quotation_faults(year))


def _misplaced(year: int) -> list[DataError]:
    """Files dropped beside the folders of the codings, where nothing reads them."""
    folder, command = paths.codings_folder(year), f"{paths.COMMAND} import-coding FICHIER --year {year}"
    files = sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    return [
        DataError(f"{paths.relative(each)} n’est pas lu ; importez-le ({command}), puis retirez-le.")
        for each in files
        if each != coding_files.quoted_file(year) and not each.name.startswith((".", "~"))
    ]


# --- The export: read and cleaned once, its faults, and what became of its rows ---


@dataclass(frozen=True)
class Export:
    """The records of a year as received, then cleaned."""

    received: ReceivedRecords
    cleaned: CleanedRecords


def read_export(year: int) -> Export:
    """The records of a year, cleaned; nobody without an export, or with one that cannot be read.

    Cached until one of the files behind them changes. Raises `DataError` when a reference table cannot be read.
    """
    files = paths.exports(year)
    if not files:
        return _read(year)
    tables = [paths.own_readings(year), *(paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES)]
    states = [(str(path), path.stat()) for path in (*files, *tables) if path.is_file()]
    return _read_once(year, tuple((name, state.st_size, state.st_mtime_ns) for name, state in states))


def read_earlier(year: int) -> dict[int, Persons]:
    """The persons of every earlier year that has an export, by year; nothing for a year that has none itself.

    Raises `DataError` for the first fault of one of these years, or of a reference table.
    """
    out = {}
    for each in (each for each in paths.exported_years() if each < year and paths.exports(year)):
        cleaned = _read(each).cleaned
        if cleaned.faults:
            raise DataError(f"Export de {each}, lu avec celui de {year} : {cleaned.faults[0]}")
        out[each] = cleaned.persons
    return out


@lru_cache(maxsize=1)
def _read_once(year: int, state: tuple) -> Export:
    del state
    return _read(year)


def forget_exports() -> None:
    """Frees the memory of the records that were read last."""
    _read_once.cache_clear()


def _read(year: int) -> Export:
    received = exports.receive(year)
    spellings = to_complete.read_reference_for(year, "modalites")
    return Export(received, clean.clean_persons(received, spellings=spellings, **to_complete.read_registers_for(year)))


def _missing_associations(year: int, cleaned: CleanedRecords) -> list[DataError]:
    """Associations that the card expects and that have no person."""
    there = {fold(name) for name in cleaned.persons.table["association"].dropna().unique()}
    card = paths.relative(paths.raw(year) / reading.CARD)
    remedy = "l’export n’en a aucune ligne : ajoutez son fichier, ou retirez-la de « associations_attendues »."
    absent = [name for name in reading.expected_associations(year) if fold(name) not in there]
    return [DataError(f"{card} attend l’association « {name} », et {remedy}") for name in absent]


def record_faults(year: int, *, is_cleanable: bool = True) -> list[DataError]:
    """Why the export of a year cannot be used; empty without an export.

    ``is_cleanable`` is false when a reference table has faults: only reading is then checked, not cleaning.
    """
    found = raw.export_faults(year)
    if not is_cleanable:
        return found + exports.receive(year).faults
    export = read_export(year)
    if export.received.is_empty:
        return found
    # Those of reading are also among those of cleaning; whatever concerns a whole file comes first.
    found += [*export.received.faults, *export.cleaned.faults, *_missing_associations(year, export.cleaned)]
    found = list({str(fault): fault for fault in found}.values())
    return sorted(found, key=lambda fault: (fault.persons is not None, -(fault.persons or 0)))


def unread(year: int) -> list[Unread]:
    """What could not be read of a year, for someone to explain: titles, answers and names of its export and its posts.

    Raises `DataError` when a table cannot be read.
    """
    export = read_export(year)
    found = [*export.received.unread, *export.cleaned.unread]
    if raw.present(year, "prises_de_poste"):
        posts = raw.read_raw(year, "prises_de_poste")
        found += clean.unread_posts(posts, **to_complete.read_registers_for(year), file="prises_de_poste.csv")
    return found


@dataclass(frozen=True)
class Account:
    """What became of the rows of an export, and the printed values that they contradict.

    ``differing`` has the schema ``rapprochements``. ``strangers`` are the earlier years whose identifiers cannot be
    those of this one: each association numbers its own persons in one of the two only.
    """

    cleaned: CleanedRecords
    differing: pd.DataFrame
    strangers: list[int]


def account_for(year: int) -> Account | None:
    """The account of a year's export, once it has no fault; None without an export.

    Raises `DataError` when a table cannot be read.
    """
    export = read_export(year)
    if export.received.is_empty:
        return None
    cleaned, earlier = export.cleaned, read_earlier(year)
    strangers = [each for each, persons in earlier.items() if persons.is_within != cleaned.persons.is_within]
    return Account(cleaned, _differing(year, export, earlier), strangers)


def _differing(year: int, export: Export, earlier: dict[int, Persons]) -> pd.DataFrame:
    # Imported here: checking printed tables alone, and `status`, need not load its solver.
    from helpers import indicators

    source = {"source": export.received.source, "reference": export.received.reference}
    counted = indicators.count_persons(export.cleaned.persons, **source)
    has_figures = raw.present(year, "chiffres_publies")
    figures = raw.read_raw(year, "chiffres_publies") if has_figures else raw.empty_table("chiffres_publies")
    both = pd.concat([raw.read_earlier_figures(year), figures], ignore_index=True)
    before = indicators.indicators_before(both, earlier, year=year)
    reconciled = indicators.reconcile(figures, counted, before, year=year)
    return reconciled[reconciled["accord"] == "differe"]


# --- All the faults of a year ---


# What the project itself keeps in folders of a year: codings, minutes.
_OWN_FOLDERS = (paths.codings_folder(0).name, paths.minutes_folder(0).name)


def _is_unread(path: Path, year: int) -> bool:
    """Whether a file that nothing reads, because of its name or place, seems to be of the export."""
    if path.name.startswith((".", "~")) or not path.is_file():
        return False
    return paths.EXPORT in fold(path.stem) or exports.is_overlooked(path, year)


def _name_fault(path: Path, year: int) -> str:
    """What to do about a file or a folder that is ignored because of its name; empty if that is as it should be."""
    is_ours = path.name == paths.READINGS or path.stem == Path(paths.TO_COMPLETE).stem
    if is_ours or path.name.startswith((".", "~")):  # hidden files, locks of office programs
        return ""
    if path.is_dir():
        inside = [] if path.name in _OWN_FOLDERS else sorted(path.rglob("*"))
        inside = [each for each in inside if _is_unread(each, year)]
        named = f" ({', '.join(f'« {each.relative_to(path).as_posix()} »' for each in inside)})" if inside else ""
        told = f"est un dossier, il n’est pas lu : sortez-en les fichiers de l’export{named}, ou retirez-le."
        return told if inside or fold(path.name).startswith(paths.EXPORT) else ""
    near = get_close_matches(fold(path.stem), paths.RAW_TABLES, n=1, cutoff=0.8)
    if near:
        wrong = path.name != f"{near[0]}.csv"
        return f"n’est pas lu : renommez-le « {near[0]}.csv » (CSV UTF-8), ou retirez-le." if wrong else ""
    if not path.name.casefold().startswith(paths.EXPORT) and _is_unread(path, year):
        return f"n’est pas lu : faites commencer son nom par « {paths.EXPORT}s », ou retirez-le."
    return ""


def _schema_faults(year: int) -> list[DataError]:
    tables = [(paths.raw_table(year, name), name) for name in paths.RAW_TABLES if raw.present(year, name)]
    tables += [(paths.reference() / f"{name}.csv", name) for name in paths.REFERENCE_TABLES]
    tables += [(path, to_complete.TABLE) for path in [paths.own_readings(year)] if path.is_file()]
    found = [fault for path, name in tables for fault in raw.faults_in(path, name)]
    found = found or to_complete.own_faults(year)
    with collected(found):
        reading.read_card(year)
    return found


def _meaning_faults(year: int) -> list[DataError]:
    """What is wrong with tables whose schemas are respected."""
    registers = to_complete.read_registers_for(year)
    of_table = partial(table_checks.table_faults, **registers, themes=raw.read_reference("themes"))
    found = [fault for name in ("alias", "themes") for fault in of_table(name, raw.read_reference(name))]
    # 01 also reads the values of the year before: printed differences refer to them.
    others = [(year, name) for name in paths.RAW_TABLES if name != "chiffres_publies"]
    for each, name in [*((each, "chiffres_publies") for each in paths.read_with(year)), *others]:
        if raw.present(each, name):
            table = raw.read_raw(each, name)
            if name == "prises_de_poste":
                found += post_faults(table, **registers, file=paths.relative(paths.raw_table(year, name)))
            found += of_table(name, table, year=each)
    with collected(found):
        is_there = raw.present(year - 1, "enonces")
        raw.read_followups(year, raw.read_raw(year - 1, "enonces") if is_there else raw.empty_table("enonces"))
    return found


def faults(year: int, *, trusts_frozen: bool = False) -> list[DataError]:
    """Every fault of a year's raw files and of the reference tables they need; empty when the report can be made.

    Those of the export come first, the worst before all. The meaning of tables is checked only once all can be read.
    With ``trusts_frozen``, an export with an unchanged checksum is not read again. Raises `FileNotFoundError` when
    data/raw has no folder for the year, which `parameters.check_year` reports in French.
    """
    before = [each for each in paths.read_with(year) if each != year and raw.present(each, "chiffres_publies")]
    of_schemas = _schema_faults(year)
    for each in before:
        of_schemas += raw.faults_in(paths.raw_table(each, "chiffres_publies"), "chiffres_publies")
    of_records = []
    if paths.exports(year) and not (trusts_frozen and raw.is_frozen(year)):
        of_records = record_faults(year, is_cleanable=not of_schemas)
    remedies = [(path, _name_fault(path, year)) for path in sorted(paths.raw(year).iterdir())]
    of_files = [DataError(f"{paths.relative(path)} {remedy}") for path, remedy in remedies if remedy]
    # 01 also reads the codings of the year before: pages say what became of their codes.
    of_codings = [fault for each in (year - 1, year) for fault in coding_faults(each)]
    return of_records + of_files + (of_schemas or _meaning_faults(year)) + of_codings


def rejected_rows(year: int) -> str:
    """Writes the rejected rows of an export to its private folder; says where in a French sentence, empty without any.

    Written even if the year cannot be used: someone must be able to see the rows that a fault counts.
    """
    with suppress(OSError, DataError):  # a protected folder, or a reference table with faults, must not hide the faults
        cleaned = read_export(year).cleaned if paths.exports(year) else None
        if cleaned and len(cleaned.rejected):
            file = paths.relative(private.save_rejected(cleaned))
            return f"Lignes rejetées, telles que reçues, sur ce poste seulement : {file}"
    return ""


def require_usable(year: int) -> None:
    """Raises `DataError`, with the first fault and the number of others, when the year's files cannot be used."""
    if found := faults(year):
        count, command = len(found) - 1, f"{paths.COMMAND} check --year {year}"
        others = f" (et {count} autre{'s' if count > 1 else ''} : {command})" if count else ""
        where = rejected_rows(year)
        raise DataError(f"{found[0]}{others}" + (f"\n{where}" if where else ""))
