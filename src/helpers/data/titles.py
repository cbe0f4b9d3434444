"""The titles of an export: which column of the project each one names, and the table of texts that they give."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.clean.answers import FORMS, WHOLE, Spellings, normalise
from helpers.clean.records import EMPTY, IDENTIFIER, SEVERAL, Change, ReceivedTable, Unread, UnreadableRow
from helpers.schema import DataError, catalogue, columns, table_schema
from helpers.typography import fold, shorten


@dataclass(frozen=True)
class OpenedFile:
    """The tables of a file, its columns, its faults, the changes already made by opening it, the titles not understood.

    A file may have tables and faults: all that is wrong with its rows is then told along with its titles.
    ``is_of_persons`` tells whether its titles are those of an export, even when they have a fault.
    """

    tables: list[ReceivedTable] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    faults: list[DataError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    is_of_persons: bool = False


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
# Columns that an export may leave out because they would be the same on all its rows.
_SAME_ON_ALL = ("annee", "suivi_par", "situation")
# The title of the second may stand over the first: « Orienté par », of whoever sends a young person, or how.
_CONFUSED = {"origine": "orienteur"}
# Titles left out that a sentence names.
_NAMED = 12

_HELP = "data/raw/reference/entetes.csv"
_TWO_LINES = "les titres tiennent sur deux lignes ; gardez une seule ligne de titres."
NO_TITLES = f"la première ligne doit porter les intitulés des colonnes ({_HELP} dit lesquels sont connus)."
BLANK = "lignes blanches, laissées de côté"
RULE_GIVEN = "colonne absente, la même sur toutes les lignes d’après lectures.csv"


@dataclass(frozen=True)
class Titles:
    """The titles that are known: ``columns`` by folded title, and the answers that may be titles of objectives.

    ``given`` are the columns that someone said to be the same on every row, and their value: the year of the export.
    """

    columns: dict[str, str]
    spellings: Spellings
    given: dict[str, str] = field(default_factory=dict)

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
    """Where each column stands in the rows of a file, counted from 0, and what its header lacks.

    ``goals`` are the places of objectives on several columns: those named in their cells (``""``), or one yes/no column
    an objective. ``width`` is the number of cells in a row, ``named`` those up to the last title, ``untitled`` the
    places without a title. ``columns`` are those found, in the order of the schema, ``missing`` the required ones that
    are not, ``twice`` those that two titles name. ``left_out`` are the titles that name no column of the project, each
    with the absent column that it may name (``""``: none).
    """

    positions: dict[str, int]
    goals: dict[int, str]
    width: int
    named: int
    untitled: tuple[int, ...]
    columns: list[str]
    missing: list[str]
    twice: list[str]
    left_out: dict[str, str]

    @property
    def places(self) -> list[int]:
        """The places to read."""
        return sorted({*self.positions.values(), *self.goals, *self.untitled})


def known_titles(table: pd.DataFrame, spellings: Spellings, year: int) -> tuple[Titles, list[str]]:
    """The titles of the schema, then those of the table ``entetes``; a sentence for each column that does not exist."""
    known = {fold(entry[key]): entry["name"] for entry in table_schema(TABLE)["fields"] for key in ("name", "title")}
    expected, unknown = set(columns(TABLE)), {}
    for column, title in zip(table["colonne"], table["graphie"], strict=True):
        if column not in expected:
            unknown[column] = f"{_HELP} : la colonne « {column} » n’existe pas ; corrigez-la."
        elif fold(title):
            known.setdefault(fold(title), column)
    given = {name: said for name in _SAME_ON_ALL if (said := spellings.form_of(name))}
    given |= {"annee": str(year)} if "annee" in given else {}
    return Titles(known, spellings, given), list(unknown.values())


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
    times = Counter(name for place, name in enumerate(names) if name and place not in goals)
    positions: dict[str, int] = {}
    for place, name in enumerate(names):
        if name and place not in goals:
            positions.setdefault(name, place)
    if goals and GOALS in positions:
        goals[positions.pop(GOALS)] = EMPTY
    there = {*positions, *known.given, *([GOALS] if goals else [])}
    fields = table_schema(TABLE)["fields"]
    required = [each["name"] for each in fields if each["presence"] == "obligatoire"]
    missing = [name for name in required if name not in there]
    left_out = [
        " ".join(cell.split())
        for place, cell in enumerate(cells)
        if cell.strip() and not names[place] and place not in goals
    ]
    return Layout(
        positions,
        dict(sorted(goals.items())),
        width,
        named,
        untitled=tuple(place for place in range(width) if place >= len(cells) or not cells[place].strip()),
        columns=[name for name in columns(TABLE) if name in there],
        missing=missing,
        twice=[name for name, count in times.items() if count > 1],
        left_out=_nearest(left_out, [*missing, *(n for n in columns(TABLE) if n not in {*there, *missing})], known),
    )


def _nearest(titles: list[str], absent: list[str], known: Titles) -> dict[str, str]:
    """Each title, and the absent column that it may name: compared with every known spelling of that column."""
    left, near = {fold(title): title for title in titles}, {}
    for name in absent if left else ():
        spellings = [title for title, column in known.columns.items() if column == name]
        close = next((title for title in left if get_close_matches(title, spellings, n=1, cutoff=0.75)), None)
        if close is not None:
            near[left.pop(close)] = name
    return {title: near.get(title, EMPTY) for title in titles}


def _goals(cells: list[str], names: list[str | None], known: Titles) -> dict[int, str]:
    times = Counter(names)
    # A title that names another column (« Scolarité ») names an objective only if a second title names that column.
    free = [place for place, name in enumerate(names) if cells[place].strip() and (not name or times[name] > 1)]
    found = {place: known.goal_of(cells[place]) for place in free}
    sure = {place: goal for place, (goal, is_sure) in found.items() if is_sure}
    loose = {place: goal for place, (goal, _) in found.items() if goal}
    # « Mobilité » alone may be anything; beside « Santé », without any column of objectives, it is one of them.
    return sure | loose if GOALS not in names and EMPTY not in sure.values() and len(loose) > 1 else sure


def open_table(
    path: Path,
    sheet: str,
    cells: list[str],
    layout: Layout,
    known: Titles,
    *,
    line: int,
    rows: int,
    read: Callable[[], ReceivedTable],
    faults: Sequence[str] = (),
    is_readable: bool = True,
    beside: Sequence[list[str]] = (),
    sample: Sequence[list[str]] = (),
    remedy: str = "",
) -> OpenedFile:
    """The table under a header (``cells``), or why it is not read; ``faults`` are those already found, without a place.

    ``is_readable`` is false for faults that have a place of their own. ``beside`` are the rows before and after the
    header, ``sample`` some or all of the ``rows`` below it. ``line`` is that of the header, 0 for a frame. ``remedy``
    is added to each sentence.
    """
    place = paths.relative(path) + (f", feuille « {sheet} »" if sheet else "") + (f", ligne {line}" if line else "")
    found = [f"deux colonnes désignent « {name} » ; n’en gardez qu’une dans l’export." for name in layout.twice]
    # A value may look like a title (« Collège »): it is the second half of the header only if that column is missing
    # and it stands beside a blank title.
    halves = {
        known.columns.get(fold(cell))
        for row in beside
        for cell, title in zip(row, cells, strict=False)
        if not title.strip()
    }
    if is_halved := bool(halves & set(layout.missing)):
        found.append(_TWO_LINES)
    else:
        found += _untitled_faults(layout, sample)
    found += faults
    is_read = is_readable and not found and IDENTIFIER in layout.columns
    unread = list(_unread(path.name, sheet, cells, layout, line=line, rows=rows))
    told = [*found, *([] if is_halved else _missing_fault(layout, unread))]
    return OpenedFile(
        [read()] if is_read else [],
        layout.columns if is_read else [],
        [DataError(f"{place} : {each}{remedy}") for each in told],
        unread=unread,
        is_of_persons=IDENTIFIER in layout.columns,
    )


def _missing_fault(layout: Layout, unread: list[Unread]) -> list[str]:
    """The sentence about the required columns that no title names, and the titles that may; none without any."""
    titles = {column: title for title, column in layout.left_out.items() if column}
    maybe = {each: f" (peut-être « {shorten(title, width=40)} »)" for each, title in titles.items()}
    named = [f"« {each} »{maybe.get(each, '')}" for each in layout.missing]
    if not named:
        return []
    many, them = ("s", "les") if len(named) > 1 else ("", "la")
    asked = {each.column for each in unread}
    ways = [f"quel titre {them} désigne"] if TITLE in asked else []
    ways += ["ce qu’il faut lire sur toutes les lignes"] if asked - {TITLE} else []
    explain = f"dites dans {paths.TO_COMPLETE} {' ou '.join(ways)}, ou " if ways else ""
    return [f"colonne{many} obligatoire{many} absente{many} : {', '.join(named)} ; {explain}ajoutez-{them} à l’export."]


def _unread(file: str, sheet: str, cells: list[str], layout: Layout, *, line: int, rows: int) -> Iterator[Unread]:
    """What is to be explained: all the titles when a required column is absent, else those near an absent one."""
    is_asked = bool(layout.missing)
    for name in (name for name in _SAME_ON_ALL if name in layout.missing):
        likely = next(iter(FORMS[name]))
        yield Unread(name, WHOLE, file, sheet, line, rows, rows, likely, is_shown=True, is_asked=True)
    confused = {
        cells[layout.positions[other]]: other
        for name, other in _CONFUSED.items()
        if name in layout.missing and other in layout.positions
    }
    for title, near in (layout.left_out | confused).items():
        if is_asked or near:
            yield Unread(TITLE, title, file, sheet, line, 1, rows, near, is_shown=True, is_asked=is_asked)


def _untitled_faults(layout: Layout, rows: Sequence[list[str]]) -> list[str]:
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


# --- The table that a header and its rows give ---


def table_of(
    file: str,
    sheet: str,
    cells: pd.DataFrame,
    layout: Layout,
    known: Titles,
    *,
    refused: Iterable[UnreadableRow] = (),
    made: Iterable[Change] = (),
) -> ReceivedTable:
    """A received table. ``cells`` has texts, one column a place of the layout, and the lines as its index."""
    rows = pd.DataFrame({name: cells[place] for name, place in layout.positions.items()}, index=cells.index)
    changes = list(made)
    for name in known.given.keys() - layout.positions.keys():
        rows[name] = known.given[name]
        changes.append(Change(file, name, RULE_GIVEN, len(rows)))
    if layout.goals:
        rows[GOALS], are_ranks = _gather_goals(cells[list(layout.goals)], layout.goals, known.spellings)
        ranked = ", leurs rangs lus comme un oui" if are_ranks else ""
        changes.append(Change(file, GOALS, f"objectifs réunis de {len(layout.goals)} colonnes{ranked}", len(rows)))
    kinds = {name: "str" if name == IDENTIFIER else "category" for name in layout.columns}
    rows = rows[layout.columns].astype(kinds)
    if layout.left_out:
        named = ", ".join(f"« {shorten(title, width=40)} »" for title in [*layout.left_out][:_NAMED])
        more = f" et {len(layout.left_out) - _NAMED} autres" if len(layout.left_out) > _NAMED else ""
        # Their titles with the file, which no page shows: one may bear the name of a person.
        told = f"colonnes hors liste, laissées de côté : {len(layout.left_out)}"
        changes.append(Change(f"{file}, {named}{more}", "", told, len(rows)))
    return ReceivedTable(file, sheet, rows, sorted(refused, key=lambda row: row.line), changes)


def _gather_goals(cells: pd.DataFrame, goals: dict[int, str], spellings: Spellings) -> tuple[pd.Series, bool]:
    """The objectives of each row in one text, each distinct row of cells being read once; whether they are ranked."""
    distinct = list(cells.drop_duplicates().astype("object").itertuples(index=False))
    names = list(goals.values())
    are_ranks = _are_ranks([[text.strip() for text, goal in zip(row, names, strict=True) if goal] for row in distinct])

    def read(text: str, goal: str) -> str:
        if goal and are_ranks:
            return goal if text.strip(" 0.,") else EMPTY
        found = spellings.find("parents_associes", normalise(text)) if goal and text else None
        value = found.value if found else text
        return goal if value == "oui" else EMPTY if value == "non" else value

    told = [SEVERAL.join(filter(None, map(read, row, names))) for row in distinct]
    groups = cells.groupby(list(cells), sort=False, observed=True).ngroup()
    values = pd.Categorical(told, categories=sorted(set(told)))[groups.to_numpy()]
    return pd.Series(values, index=cells.index), are_ranks


_RANK = re.compile(r"([0-9]{1,2})(?:[.,]0+)?")


def _are_ranks(rows: list[list[str]]) -> bool:
    """Whether objectives are ranked: 1, 2, 3…, none of them twice in a row. « 1 » and « 2 » are codes otherwise."""
    found = [[_RANK.fullmatch(text) for text in row if text] for row in rows]
    if not all(map(all, found)):
        return False
    ranks = [[number for each in row if (number := int(each[1]))] for row in found]
    return any(max(row, default=0) > 1 for row in ranks) and all(len(set(row)) == len(row) for row in ranks)
