"""Which column of the project does each title of a file designate?"""

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from helpers.schema import columns, table_schema
from helpers.typography import fold, shortened

TABLE = "accompagnements"
# Rows above the titles that a letterhead, a date or a filter may take.
TITLE_ROWS = 30
# Two answers of a person can look like titles (« Autre », « Collège »); three known titles cannot come by chance.
LEAST_TITLES = 3
# Share in per cent of the columns that the best row names, which makes an earlier row the titles: two exports put end
# to end have two rows of titles, and what stands between them is persons.
_NEARLY_PCT = 75

_HELP = "data/raw/reference/entetes.csv"
_TWO_LINES = "les titres tiennent sur deux lignes ; gardez une seule ligne de titres."


@dataclass(frozen=True)
class Layout:
    """Where each column stands in the rows of a file, counted from 0.

    ``width`` is the cells of a row, ``named`` those up to the last title, ``untitled`` the places without a title,
    ``left_out`` how many titles designate no column of the project.
    """

    positions: dict[str, int]
    width: int
    named: int
    untitled: tuple[int, ...]
    left_out: int

    @property
    def columns(self) -> list[str]:
        """The columns of the project that the file has, in the order of their schema."""
        return [name for name in columns(TABLE) if name in self.positions]


def known_titles(table: pd.DataFrame) -> dict[str, str]:
    """Each title, folded, and the column it designates: those of the schema, then of the reference ``entetes``."""
    known = {fold(entry[key]): entry["name"] for entry in table_schema(TABLE)["fields"] for key in ("name", "title")}
    expected = set(columns(TABLE))
    for column, title in zip(table["colonne"], table["graphie"], strict=True):
        if column in expected and fold(title):
            known.setdefault(fold(title), column)
    return known


def unknown_columns(table: pd.DataFrame) -> list[str]:
    """What the reference ``entetes`` names that is no column of the project, each a French sentence."""
    names = dict.fromkeys(name for name in table["colonne"] if name not in columns(TABLE))
    return [f"{_HELP} : la colonne « {name} » n’existe pas ; corrigez-la." for name in names]


def count_titles(cells: list[str], known: dict[str, str]) -> int:
    """How many columns of the project a row of cells names."""
    return len({known[fold(cell)] for cell in cells if fold(cell) in known})


def find_titles(rows: list[list[str]], known: dict[str, str]) -> tuple[int, int]:
    """The place of the first row that names as many columns as any other, or nearly, and how many it names."""
    counts = [count_titles(cells, known) for cells in rows[:TITLE_ROWS]]
    least = max(counts, default=0) * _NEARLY_PCT
    return next(((place, count) for place, count in enumerate(counts) if count and count * 100 >= least), (0, 0))


def lay_out(cells: list[str], known: dict[str, str], *, width: int = 0) -> Layout:
    """The layout that a row of titles gives; ``width`` is that of the rows, where they are wider."""
    titles = [fold(cell) for cell in cells]
    named = max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)
    width = max(width, len(cells))
    positions: dict[str, int] = {}
    for place, title in enumerate(titles):
        if title in known:
            positions.setdefault(known[title], place)
    untitled = tuple(place for place in range(width) if place >= len(cells) or not cells[place].strip())
    return Layout(positions, width, named, untitled, width - len(untitled) - sum(t in known for t in titles))


def title_faults(cells: list[str], beside: list[list[str]], known: dict[str, str]) -> list[str]:
    """What is wrong in a row of titles, each a French sentence; ``beside`` are the rows before and after it."""
    designated = Counter(known[fold(cell)] for cell in cells if fold(cell) in known)
    faults = [
        f"deux colonnes désignent « {name} » ; n’en gardez qu’une dans l’export."
        for name, times in designated.items()
        if times > 1
    ]
    required = [entry["name"] for entry in table_schema(TABLE)["fields"] if entry.get("presence") == "obligatoire"]
    missing = [name for name in required if name not in designated]
    # A value may look like a title (« Collège ») : only a missing one, under a blank, is the second half of the titles.
    blank = [not cell.strip() for cell in cells]
    halves = {known.get(fold(cell)) for row in beside for cell, is_blank in zip(row, blank, strict=False) if is_blank}
    if halves & set(missing):
        faults.append(_TWO_LINES)
    elif missing:
        faults.append(_missing(missing, [cell for cell in cells if fold(cell) and fold(cell) not in known], known))
    return faults


def _missing(missing: list[str], unknown: list[str], known: dict[str, str]) -> str:
    left = {fold(cell): " ".join(cell.split()) for cell in unknown}
    told = []
    for name in missing:
        # The nearest among all the ways of writing this column, so that « Nouvo accompagnement » finds its own.
        ways = [title for title, column in known.items() if column == name]
        close = next((title for title in left if get_close_matches(title, ways, n=1, cutoff=0.75)), None)
        told.append(f"« {name} » (peut-être « {shortened(left.pop(close), width=40)} »)" if close else f"« {name} »")
    one = len(told) == 1
    return (
        f"{'colonne obligatoire absente' if one else 'colonnes obligatoires absentes'} : {', '.join(told)} ; "
        f"ajoutez-{'la' if one else 'les'} à l’export, ou {'son intitulé' if one else 'leurs intitulés'} à {_HELP}."
    )


def _untitled_faults(layout: Layout, rows: list[list[str]]) -> list[str]:
    """A column without title that holds values in these rows: it may have shifted the others."""
    filled = {
        place
        for cells in rows
        for place, cell in enumerate(cells)
        if cell.strip() and (place >= layout.width or place in layout.untitled)
    }
    inside = sorted(place + 1 for place in filled if place < layout.named)
    if inside:
        places = ", ".join(str(place) for place in inside)
        return [f"une colonne n’a pas de titre mais contient des valeurs (place {places}) ; donnez-lui un titre."]
    wide = sum(any(cell.strip() for cell in cells[layout.named :]) for cells in rows)
    if rows and wide > len(rows) / 2:
        return ["une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."]
    return []


def table_faults(
    cells: list[str], *, beside: list[list[str]], layout: Layout, rows: list[list[str]], known: dict[str, str]
) -> list[str]:
    """What is wrong in a row of titles and, under it, in these rows: each a French sentence."""
    faults = title_faults(cells, beside, known)
    return faults if _TWO_LINES in faults else faults + _untitled_faults(layout, rows)
