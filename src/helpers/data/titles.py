"""The titles of an export: which column of the project each one names, and the table of texts that they give."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

import pandas as pd

from helpers import paths
from helpers.clean.answers import Spellings, normalise
from helpers.clean.records import EMPTY, IDENTIFIER, SEVERAL, Change, ReceivedTable, Unread, UnreadableRow
from helpers.schema import DataError, catalogue, columns, table_schema
from helpers.typography import fold, shorten


@dataclass(frozen=True)
class OpenedFile:
    """The tables of a file, its columns, its faults, the changes already made by opening it, the titles not understood.

    A file may have tables and faults: all that is wrong with its rows is then told along with its titles.
    """

    tables: list[ReceivedTable] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    faults: list[DataError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def refuse_file(*sentences: str) -> OpenedFile:
    """A file that cannot be used, and why: one French sentence per fault."""
    return OpenedFile(faults=[DataError(sentence) for sentence in sentences])


TABLE, GOALS = "accompagnements", "objectifs"
# The column of `Unread` for a title that names no column.
TITLE = "titre"
# Rows searched for the header: a letterhead, a date or a filter may stand above it.
TITLE_ROWS = 30
# Two answers can look like titles (« Autre », « Collège »); three known titles are no coincidence.
LEAST_TITLES = 3
# An earlier row is the header if it names this share of the columns of the best row, in per cent: two exports put end
# to end have two headers, with persons in between.
_NEARLY_PCT = 75
# Titles left out that a sentence names.
_NAMED = 12

_HELP = "data/raw/reference/entetes.csv"
_TWO_LINES = "les titres tiennent sur deux lignes ; gardez une seule ligne de titres."
NO_TITLES = f"la première ligne doit porter les intitulés des colonnes ({_HELP} dit lesquels sont connus)."
BLANK = "lignes blanches, laissées de côté"


@dataclass(frozen=True)
class Titles:
    """The titles that are known: ``columns`` by folded title, and the answers that may be titles of objectives."""

    columns: dict[str, str]
    spellings: Spellings

    def goal_of(self, title: str) -> tuple[str | None, bool]:
        """The objective that a title names (``""``: « Objectif 2 », whose cells name it; None: none), and if surely."""
        key = fold(title)
        if (numbered := _NUMBERED.fullmatch(key)) and self.columns.get(numbered[1]) == GOALS:
            return EMPTY, True
        bare = _OF_GOAL.sub("", key)
        found = self.spellings.find(GOALS, bare.replace("_", " ")) if bare else None
        is_goal = found is not None and found.value in catalogue().indicators["objectif"].modalities
        return (found.value if is_goal else None), is_goal and bare != key


_NUMBERED = re.compile(r"(.+?)_?(?:n_?)?[0-9]{1,2}")
_OF_GOAL = re.compile(r"^(?:objectifs?|themes?|thematiques?|axes?)_(?:de_travail_|travailles?_)?")


@dataclass(frozen=True)
class Layout:
    """Where each column stands in the rows of a file, counted from 0.

    ``goals`` are the places of objectives on several columns: those named in their cells (``""``), or one yes/no column
    an objective. ``width`` is the number of cells in a row, ``named`` those up to the last title, ``untitled`` the
    places without a title, ``left_out`` the titles that name no column of the project.
    """

    positions: dict[str, int]
    goals: dict[int, str]
    width: int
    named: int
    untitled: tuple[int, ...]
    left_out: list[str]

    @property
    def columns(self) -> list[str]:
        """The columns found, in the order of the schema."""
        return [name for name in columns(TABLE) if name in self.positions or (name == GOALS and self.goals)]

    @property
    def places(self) -> list[int]:
        """The places to read."""
        return sorted({*self.positions.values(), *self.goals, *self.untitled})


def known_titles(table: pd.DataFrame, spellings: Spellings) -> Titles:
    """The titles of the schema, then those of the reference table ``entetes``."""
    known = {fold(entry[key]): entry["name"] for entry in table_schema(TABLE)["fields"] for key in ("name", "title")}
    expected = set(columns(TABLE))
    for column, title in zip(table["colonne"], table["graphie"], strict=True):
        if column in expected and fold(title):
            known.setdefault(fold(title), column)
    return Titles(known, spellings)


def unknown_columns(table: pd.DataFrame) -> list[str]:
    """One French sentence for each column that ``entetes`` names and the project does not have."""
    names = dict.fromkeys(name for name in table["colonne"] if name not in columns(TABLE))
    return [f"{_HELP} : la colonne « {name} » n’existe pas ; corrigez-la." for name in names]


def find_titles(rows: list[list[str]], known: Titles) -> tuple[int, int]:
    """The place of the header (the first row that names about as many columns as any other) and how many it names."""
    named = [{known.columns.get(fold(cell)) for cell in cells} - {None} for cells in rows[:TITLE_ROWS]]
    counts = [len(each) for each in named]
    least = max(counts, default=0) * _NEARLY_PCT
    return next(((place, count) for place, count in enumerate(counts) if count and count * 100 >= least), (0, 0))


def join_titles(upper: list[str], lower: list[str], known: Titles) -> list[str]:
    """The titles that two rows give together: « Collège » above « UAI » and « Nom », « Sexe » above nothing.

    With a row of answers, hardly any title is left: « Sexe F » is none.
    """
    width = max(len(upper), len(lower))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (upper, lower))
    titles, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        # A group's title stands on its first column only.
        group = above if above.strip() else group if below.strip() else ""
        both = f"{group} {below}".strip()
        found = next((each for each in (both, below) if fold(each) in known.columns), "")
        titles.append(found or both)
    return titles


def layout_of(cells: list[str], known: Titles, *, width: int = 0) -> Layout:
    """The layout that a header gives; ``width`` is that of the rows, where they are wider."""
    named = max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)
    width = max(width, len(cells))
    names = [known.columns.get(fold(cell)) for cell in cells]
    goals = _goals(cells, names, known)
    positions: dict[str, int] = {}
    for place, name in enumerate(names):
        if name and place not in goals:
            positions.setdefault(name, place)
    if goals and GOALS in positions:
        goals[positions.pop(GOALS)] = EMPTY
    untitled = tuple(place for place in range(width) if place >= len(cells) or not cells[place].strip())
    left_out = [
        " ".join(cell.split())
        for place, cell in enumerate(cells)
        if cell.strip() and not names[place] and place not in goals
    ]
    return Layout(positions, dict(sorted(goals.items())), width, named, untitled, left_out)


def _goals(cells: list[str], names: list[str | None], known: Titles) -> dict[int, str]:
    times = Counter(names)
    # A title that names another column (« Scolarité ») names an objective only if a second title names that column.
    free = [place for place, name in enumerate(names) if cells[place].strip() and (not name or times[name] > 1)]
    found = {place: known.goal_of(cells[place]) for place in free}
    sure = {place: goal for place, (goal, is_sure) in found.items() if is_sure}
    loose = {place: goal for place, (goal, _) in found.items() if goal}
    # « Mobilité » alone may be anything; beside « Santé », without any column of objectives, it is one of them.
    return sure | loose if GOALS not in names and EMPTY not in sure.values() and len(loose) > 1 else sure


def title_faults(cells: list[str], beside: list[list[str]], layout: Layout, known: Titles) -> list[str]:
    """What is wrong with a header, as French sentences; ``beside`` are the rows before and after it."""
    named = [known.columns.get(fold(cell)) for place, cell in enumerate(cells) if place not in layout.goals]
    faults = [
        f"deux colonnes désignent « {name} » ; n’en gardez qu’une dans l’export."
        for name, times in Counter(filter(None, named)).items()
        if times > 1
    ]
    missing = missing_columns(layout)
    # A value may look like a title (« Collège »): it is the second half of the header only if that column is missing
    # and it stands beside a blank title.
    halves = {
        known.columns.get(fold(cell))
        for row in beside
        for cell, title in zip(row, cells, strict=False)
        if not title.strip()
    }
    return [*faults, _TWO_LINES] if halves & set(missing) else faults


def missing_columns(layout: Layout) -> list[str]:
    """The required columns that no title names."""
    fields = table_schema(TABLE)["fields"]
    return [each["name"] for each in fields if each["presence"] == "obligatoire" and each["name"] not in layout.columns]


def missing_fault(layout: Layout, known: Titles, faults: list[str]) -> list[str]:
    """The sentence about the required columns that no title names, and the titles that may.

    None without any, or if ``faults`` of the same header explain it: titles on two lines.
    """
    missing, near = missing_columns(layout), nearest_columns(layout, known)
    titles = {column: title for title, column in near.items()}
    maybe = {each: f" (peut-être « {shorten(title, width=40)} »)" for each, title in titles.items()}
    named = [f"« {each} »{maybe.get(each, '')}" for each in missing]
    if not named or _TWO_LINES in faults:
        return []
    many, them = ("s", "les") if len(named) > 1 else ("", "la")
    explain = f"dites dans {paths.TO_COMPLETE} quel titre {them} désigne, ou " if layout.left_out else ""
    return [f"colonne{many} obligatoire{many} absente{many} : {', '.join(named)} ; {explain}ajoutez-{them} à l’export."]


def nearest_columns(layout: Layout, known: Titles) -> dict[str, str]:
    """For each title that names no column, the absent column that it may name; those without one are left out."""
    left, out = {fold(title): title for title in layout.left_out}, {}
    absent = [name for name in columns(TABLE) if name not in layout.columns]
    for name in sorted(absent, key=lambda name: name not in missing_columns(layout)):
        # Compared with every known spelling of this column, so that « Nouvo accompagnement » is recognised.
        spellings = [title for title, column in known.columns.items() if column == name]
        close = next((title for title in left if get_close_matches(title, spellings, n=1, cutoff=0.75)), None)
        if close is not None:
            out[left.pop(close)] = name
    return out


def unread_titles(file: str, sheet: str, layout: Layout, known: Titles, *, line: int, rows: int) -> list[Unread]:
    """The titles to be explained: all of them when a required column is absent, else those near an absent one."""
    near, is_asked = nearest_columns(layout, known), bool(missing_columns(layout))
    return [
        Unread(TITLE, title, file, sheet, line, 1, rows, near.get(title, EMPTY), is_shown=True, is_asked=is_asked)
        for title in layout.left_out
        if is_asked or title in near
    ]


def _untitled_faults(layout: Layout, rows: list[list[str]]) -> list[str]:
    """Columns without a title that hold values in these rows: they may have shifted the others."""
    filled = {
        place
        for cells in rows
        for place, cell in enumerate(cells)
        if cell.strip() and (place >= layout.width or place in layout.untitled)
    }
    if places := ", ".join(str(place + 1) for place in sorted(filled) if place < layout.named):
        return [f"une colonne n’a pas de titre mais contient des valeurs (place {places}) ; donnez-lui un titre."]
    wide = sum(any(cell.strip() for cell in cells[layout.named :]) for cells in rows)
    if rows and wide > len(rows) / 2:
        return ["une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."]
    return []


def table_faults(
    cells: list[str], *, beside: list[list[str]], layout: Layout, rows: list[list[str]], known: Titles
) -> list[str]:
    """What is wrong with a header and the rows below it, as French sentences."""
    faults = title_faults(cells, beside, layout, known)
    return faults if _TWO_LINES in faults else faults + _untitled_faults(layout, rows)


# --- The table that a header and its rows give ---


def table_of(
    file: str,
    sheet: str,
    cells: pd.DataFrame,
    layout: Layout,
    known: Titles,
    *,
    refused: Iterable[UnreadableRow] = (),
    changes: Iterable[Change] = (),
) -> ReceivedTable:
    """A received table. ``cells`` has texts, one column a place of the layout, and the lines as its index."""
    rows = pd.DataFrame({name: cells[place] for name, place in layout.positions.items()}, index=cells.index)
    if layout.goals:
        rows[GOALS] = _gather_goals(cells[list(layout.goals)], layout.goals, known.spellings)
    kinds = {name: "str" if name == IDENTIFIER else "category" for name in layout.columns}
    rows = rows[layout.columns].astype(kinds)
    changes = list(changes)
    if layout.left_out:
        named = ", ".join(f"« {shorten(title, width=40)} »" for title in layout.left_out[:_NAMED])
        more = f" et {len(layout.left_out) - _NAMED} autres" if len(layout.left_out) > _NAMED else ""
        # Their titles with the file, which no page shows: one may bear the name of a person.
        told = f"colonnes hors liste, laissées de côté : {len(layout.left_out)}"
        changes.append(Change(f"{file}, {named}{more}", "", told, len(rows)))
    if layout.goals:
        changes.append(Change(file, GOALS, f"objectifs réunis de {len(layout.goals)} colonnes", len(rows)))
    return ReceivedTable(file, sheet, rows, sorted(refused, key=lambda row: row.line), changes)


def _gather_goals(cells: pd.DataFrame, goals: dict[int, str], spellings: Spellings) -> pd.Series:
    """The objectives of each row in one text: each distinct row of cells is read once."""

    def read(text: str, goal: str) -> str:
        found = spellings.find("parents_associes", normalise(text)) if goal and text else None
        value = found.value if found else text
        return goal if value == "oui" else EMPTY if value == "non" else value

    distinct = cells.drop_duplicates()
    told = [
        SEVERAL.join(filter(None, (read(text, goal) for text, goal in zip(row, goals.values(), strict=True))))
        for row in distinct.astype("object").itertuples(index=False)
    ]
    groups = cells.groupby(list(cells), sort=False, observed=True).ngroup()
    return pd.Series(pd.Categorical(told, categories=sorted(set(told)))[groups.to_numpy()], index=cells.index)
