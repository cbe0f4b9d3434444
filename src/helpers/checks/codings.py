"""The codings of a year: tables, codes, and files that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import paths, store
from helpers.checks.quoted import quotation_faults
from helpers.schema import DataError
from helpers.typography import french_spaces

if TYPE_CHECKING:  # what reads the formats takes a while to load, and 01 needs none of it
    from helpers.exchange import Project

# Past these the first ones tell what is wrong.
MOST_CODES = 20


def unknown_codes(project: Project, *, file: str) -> list[DataError]:
    """The codes in use that the code book does not have, a sentence each, with the nearest one.

    Raises
    ------
    DataError
        for a code book that is absent or has a fault.

    >>> texte = exchange.Document("réunion 1", "Bonjour.")
    >>> passage = exchange.Passage("réunion 1", 0, 7, "Bonjour", "Perspective")
    >>> codage = exchange.Project((exchange.Code("Perspective"),), (texte,), (passage,))
    >>> print(*checks.unknown_codes(codage, file="reunions.qdpx"))
    reunions.qdpx : le code « Perspective » n’est pas dans le livre de codes ; vouliez-vous « Perspectives » ?
    """
    from helpers import codebook

    book = store.read_reference("themes")
    missing = codebook.missing_codes(project, book)
    said = [f"{file} : {codebook.unknown_code(code, book)}" for code in missing[:MOST_CODES]]
    if more := len(missing) - len(said):
        said.append(f"{file} : {more} autre{'s' if more > 1 else ''} codes ne sont pas dans le livre de codes.")
    return [DataError(french_spaces(sentence)) for sentence in said]


def coding_faults(year: int) -> list[DataError]:
    """What is wrong with the codings of a year: damaged table, passage out of place, unknown code, quotation.

    >>> checks.coding_faults(2020)
    []
    """
    found: list[DataError] = []
    names = store.codings(year)
    if names:
        from helpers.exchange import is_unmatched
    for name in names:
        file = paths.relative(paths.codings_folder(year) / name)
        try:
            project = store.load_coding(year, name)
            found += [DataError(f"{file} : {sentence}") for sentence in project.told if is_unmatched(sentence)]
            found += unknown_codes(project, file=file)
        except DataError as error:
            # Of the code book, it was told already.
            found += [error] if str(error).startswith(file) else []
    return found + _misplaced(year) + ([] if found else quotation_faults(year))


def _misplaced(year: int) -> list[DataError]:
    """Files dropped beside the folders of the codings, where nothing reads them."""
    folder = paths.codings_folder(year)
    files = sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    command = f"{paths.COMMAND} import-coding FICHIER --year {year}"
    told = [each for each in files if each != store.quoted_file(year) and not each.name.startswith((".", "~"))]
    return [
        DataError(f"{paths.relative(each)} n’est pas lu ; importez-le ({command}), puis retirez-le.") for each in told
    ]
