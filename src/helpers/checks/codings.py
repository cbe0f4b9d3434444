"""The codings of a year, and the quotations chosen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers import paths, store
from helpers.checks.sentences import fault
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
    return found + _misplaced(year) + ([] if found else _quotation_faults(year))


def _quotation_faults(year: int) -> list[DataError]:
    """What is wrong with the quotations chosen, once the codings can be read."""
    path = store.quoted_file(year)
    if not paths.has_rows(path):
        return []
    if found := store.faults_in(path, "citations"):
        return found
    from helpers import codebook, codings

    try:
        possible = codings.quotable(codebook.in_book(store.load_codings(year), store.read_reference("themes")))
    except DataError:  # of the code book, which is told elsewhere
        return []
    lost = codings.chosen(store.read_quoted(year), possible)
    remedy = (
        "n’est pas une citation possible de ce thème (absente, trop longue, trop peu de voix, ou une marque "
        f"personnelle) ; copiez-la de {paths.relative(store.possible_file(year))}, ou retirez cette ligne."
    )
    file = paths.relative(path)
    return [
        fault(file, line, "citation", row.citation, remedy)
        for line, row in zip(lost.index, lost.itertuples(), strict=True)
        if pd.isna(row.voix)
    ]


def _misplaced(year: int) -> list[DataError]:
    """Files dropped beside the folders of the codings, where nothing reads them."""
    folder = paths.codings_folder(year)
    files = sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    command = f"{paths.COMMAND} import-coding FICHIER --year {year}"
    told = [each for each in files if each != store.quoted_file(year) and not each.name.startswith((".", "~"))]
    return [
        DataError(f"{paths.relative(each)} n’est pas lu ; importez-le ({command}), puis retirez-le.") for each in told
    ]
