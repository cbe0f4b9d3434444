"""Everything that can be wrong with a year, in one list."""

from difflib import get_close_matches

from helpers import paths, store
from helpers.checks.claims import claim_faults, remark_faults
from helpers.checks.figures import figure_faults
from helpers.checks.records import record_faults
from helpers.checks.tables import alias_faults, association_faults, meeting_faults, start_faults, statement_faults
from helpers.clean import post_faults
from helpers.schema import DataError
from helpers.typography import fold


def _file_faults(year: int) -> list[DataError]:
    """Files whose name is almost that of a table: the report would be made without them."""
    found = []
    for path in sorted(paths.raw(year).iterdir()):
        near = get_close_matches(fold(path.stem), paths.RAW_TABLES, n=1, cutoff=0.8)
        if near and path.is_file() and path.name != f"{near[0]}.csv":
            shown = paths.relative(path)
            found.append(DataError(f"{shown} n’est pas lu : renommez-le « {near[0]}.csv » (CSV UTF-8), ou retirez-le."))
    return found


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
    found += alias_faults(registers["aliases"])
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
    return _file_faults(year) + (of_schemas or _meaning_faults(year)) + of_records


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
        raise DataError(f"{found[0]}{others}")
