"""The quotations that a person chose in the codings of a year."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import pandas as pd

from helpers import paths, store
from helpers.checks.sentences import fault, unknown
from helpers.schema import DataError

# Past these the first ones tell what is wrong: a list of a thousand sentences hides them.
MOST_TOLD = 20


def quotation_faults(year: int) -> list[DataError]:
    """What is wrong with the quotations chosen for a year, a sentence a line; its codings must be readable.

    A row without a date is no choice: nothing is asked of it.

    >>> quotation_faults(2020)
    []
    """
    path = store.quoted_file(year)
    if not paths.has_rows(path):
        return []
    if found := store.faults_in(path, "citations"):
        return found
    from helpers import codebook, codings

    book = store.read_reference("themes")
    try:
        possible = codings.quotable(codebook.in_book(store.load_codings(year), book))
    except DataError:  # of the code book, which is told elsewhere
        return []
    rows, file = codings.chosen(store.read_quoted(year), possible), paths.relative(path)
    wrong = list(_wrong(rows, possible, book, year=year))
    told = [fault(file, *cell, remedy()) for *cell, remedy in wrong[:MOST_TOLD]]
    if more := len(wrong) - len(told):
        told.append(DataError(f"{file} : {more} autre{'s' if more > 1 else ''} erreur{'s' if more > 1 else ''}."))
    return told


def _wrong(
    rows: pd.DataFrame, possible: pd.DataFrame, book: pd.DataFrame, *, year: int
) -> Iterator[tuple[int, str, str, Callable[[], str]]]:
    """The line, column and value of each fault, and what says what to do; ``rows`` are those of `codings.chosen`."""
    # A year that has not ended may be an invented one: its last day is as good as today.
    first, last = date(year, 1, 1), max(date.today(), date(year, 12, 31))
    seen: dict[tuple[str, str], int] = {}
    themes = set(book["theme"])
    for line, row in zip(rows.index, rows.itertuples(), strict=True):
        day = row.relue_le.date()
        before = seen.setdefault((row.theme, row.citation), line)
        if not first <= day <= last:
            remedy = f"n’est pas un jour entre le 1er janvier {year} et aujourd’hui ; mettez celui de la relecture."
            yield line, "relue_le", f"{day:%d/%m/%Y}", partial(str, remedy)
        elif row.theme not in themes:
            yield line, "theme", row.theme, partial(_theme, row.theme, book)
        elif pd.isna(row.voix):
            yield line, "citation", row.citation, partial(_lost, row, possible, year=year)
        elif before != line:
            yield (
                line,
                "citation",
                row.citation,
                partial(str, f"est déjà ligne {before}, sous le même thème ; gardez-en une."),
            )


def _theme(theme: str, book: pd.DataFrame) -> str:
    """What to write in place of something else than a code: that of the label, which a person reads on the page."""
    from helpers import codebook

    code = codebook.themes_of([theme], book)[theme]
    return (
        f"est un libellé ; écrivez son code, « {code} »."
        if code
        else unknown(theme, book["theme"], register="data/raw/reference/themes.csv")
    )


def _lost(row, possible: pd.DataFrame, *, year: int) -> str:
    from helpers import codings

    each = possible["theme"].unique()
    asked = pd.DataFrame({"theme": each, "citation": row.citation, "relue_le": row.relue_le})
    found = codings.chosen(asked, possible)
    others = " ou ".join(f"« {theme} »" for theme in found.loc[found["voix"].notna(), "theme"])
    if others:
        return f"peut être citée sous {others}, non sous « {row.theme} » ; corrigez le thème."
    return (
        "n’est pas une citation possible de ce thème (absente, trop longue, trop peu de voix, ou une marque "
        f"personnelle) ; copiez-la de {paths.relative(store.possible_file(year))}, ou retirez cette ligne."
    )
