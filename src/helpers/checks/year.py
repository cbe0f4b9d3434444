"""Everything that can be wrong with a year, in one list."""

from difflib import get_close_matches
from pathlib import Path

from helpers import paths, store
from helpers.checks.book import book_faults
from helpers.checks.claims import claim_faults, remark_faults
from helpers.checks.codings import coding_faults
from helpers.checks.figures import figure_faults
from helpers.checks.records import keep_rejected, record_faults
from helpers.checks.tables import alias_faults, association_faults, meeting_faults, start_faults, statement_faults
from helpers.clean import post_faults
from helpers.schema import DataError
from helpers.typography import fold


def _name_fault(path: Path) -> str:
    """What to do about a file, or a folder, whose name has the report made without it; empty when it is read."""
    if path.name.startswith((".", "~")):  # the lock of an office program, what a system hides
        return ""
    if path.is_dir():
        named = fold(path.name).startswith(paths.EXPORT)
        return "est un dossier, il n’est pas lu : sortez-en les fichiers de l’export." if named else ""
    near = get_close_matches(fold(path.stem), paths.RAW_TABLES, n=1, cutoff=0.8)
    if near:
        wrong = path.name != f"{near[0]}.csv"
        return f"n’est pas lu : renommez-le « {near[0]}.csv » (CSV UTF-8), ou retirez-le." if wrong else ""
    if paths.EXPORT in fold(path.stem) and not path.name.casefold().startswith(paths.EXPORT):
        return f"n’est pas lu : faites commencer son nom par « {paths.EXPORT}s », ou retirez-le."
    return ""


def _file_faults(year: int) -> list[DataError]:
    found = [(path, _name_fault(path)) for path in sorted(paths.raw(year).iterdir())]
    return [DataError(f"{paths.relative(path)} {told}") for path, told in found if told]


def _schema_faults(year: int) -> list[DataError]:
    tables = [(paths.raw_table(year, name), name) for name in paths.RAW_TABLES if store.present(year, name)]
    tables += [(paths.reference() / f"{name}.csv", name) for name in paths.REFERENCE_TABLES]
    found = [fault for path, name in tables for fault in store.faults_in(path, name)]
    try:
        store.read_card(year)
    except DataError as fault:
        found.append(fault)
    return found


def _post_faults(year: int) -> list[DataError]:
    file, posts = paths.relative(paths.raw_table(year, "prises_de_poste")), store.read_raw(year, "prises_de_poste")
    return post_faults(posts, **store.read_registers(), file=file) + start_faults(posts, year=year)


def _meaning_faults(year: int) -> list[DataError]:
    registers, found = store.read_registers(), []
    found += alias_faults(registers["aliases"]) + book_faults(store.read_reference("themes"))
    # 01 reads the figures of the year before as well: a printed difference speaks of them.
    for each in paths.read_with(year):
        if store.present(each, "chiffres_publies"):
            found += figure_faults(store.read_raw(each, "chiffres_publies"), year=each)
    known = set(registers["associations"]["association"])
    for name in ("reunions", "enonces"):
        if store.present(year, name):
            file = paths.relative(paths.raw_table(year, name))
            found += association_faults(store.read_raw(year, name), known, file=file)
    if store.present(year, "enonces"):
        found += statement_faults(store.read_raw(year, "enonces"), store.read_reference("themes"), year=year)
    if store.present(year, "reunions"):
        found += meeting_faults(store.read_raw(year, "reunions"), year=year)
    if store.present(year, "affirmations"):
        found += claim_faults(store.read_raw(year, "affirmations"), year=year)
    if store.present(year, "remarques"):
        found += remark_faults(store.read_raw(year, "remarques"), year=year)
    return found + (_post_faults(year) if store.present(year, "prises_de_poste") else [])


def faults(year: int, *, trusts_frozen: bool = False) -> list[DataError]:
    """Every fault of a year's raw files and of the reference tables they need; empty when the year can be made.

    What the schemas refuse is told first: the rest can be looked at only once the tables can be read. With
    ``trusts_frozen``, an export that is still as it was when it was read is not read again.

    Raises
    ------
    FileNotFoundError
        when data/raw has no folder for the year: `parameters.check_year` tells it in French.

    >>> checks.faults(2020)
    []
    """
    before = [each for each in paths.read_with(year) if each != year and store.present(each, "chiffres_publies")]
    unreadable = [
        fault
        for each in before
        for fault in store.faults_in(paths.raw_table(each, "chiffres_publies"), "chiffres_publies")
    ]
    of_schemas = _schema_faults(year) + unreadable
    of_records = []
    if paths.exports(year) and not (trusts_frozen and store.is_frozen(year)):
        of_records = record_faults(year, is_cleanable=not of_schemas)
    # 01 reads the codings of the year before as well: pages say what became of their codes.
    of_codings = [fault for each in (year - 1, year) for fault in coding_faults(each)]
    return _file_faults(year) + (of_schemas or _meaning_faults(year)) + of_records + of_codings


def rejected_rows(year: int) -> str:
    """Where the rows of an export that are not counted are, as a French sentence; empty without any.

    They are put there: this is the private folder of the year, on this machine.

    >>> checks.rejected_rows(2020)
    ''
    """
    try:
        kept = keep_rejected(year) if paths.exports(year) else None
    except DataError:  # a reference table with faults: nothing was cleaned
        kept = None
    return f"Lignes rejetées, telles que reçues, sur ce poste seulement : {paths.relative(kept)}" if kept else ""


def require_usable(year: int) -> None:
    """Nothing, when the year's files can be used.

    Raises
    ------
    DataError
        with the first fault, and how many others there are.

    >>> checks.require_usable(2020)
    """
    found = faults(year)
    if found:
        count, command = len(found) - 1, f"{paths.COMMAND} check --year {year}"
        others = f" (et {count} autre{'s' if count > 1 else ''} : {command})" if count else ""
        where = rejected_rows(year)
        raise DataError(f"{found[0]}{others}" + (f"\n{where}" if where else ""))
