"""The titles of an export: which column of the project each one names, and the table of texts that they give."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.clean import records
from helpers.clean.answers import (
    BY_START,
    CLOSED,
    DAYS,
    FORMS,
    MULTIPLE,
    WHOLE,
    Spellings,
    answers_of,
    normalise,
    read_several,
)
from helpers.clean.records import TITLE
from helpers.schema import DataError, catalogue, columns, table_schema
from helpers.typography import fold, shorten

TABLE, GOALS, SEX, PARENTS, NEW = "accompagnements", "objectifs", "sexe", "parents_associes", "nouvel_accompagnement"
LISTED = (*CLOSED, *MULTIPLE)
TITLE_ROWS = 30  # Rows searched for the titles: a letterhead, a date or a filter may stand above them
LEAST_TITLES = 3  # Two answers can look like titles (« Autre », « Collège »); three known titles are no coincidence
_LEAST_ROWS = 5  # Rows that show, by repeating nothing of it, that the first one holds titles
# An earlier row holds the titles if it names this share of the columns of the best row, in per cent: two exports put
# end to end have titles twice, with persons in between.
_NEARLY_PCT = 75
# Columns that an export may leave out because they would be the same on all its rows; the association, on those of a
# file or of a sheet, which often bears its name.
SAME_ON_ALL, ASSOCIATION, COLLEGE = ("annee", "suivi_par", "situation"), "association", "college"
# Those of which someone may say, where they are absent, what stands on all rows: the last, by the start of each.
SAID_OF_ALL = (*SAME_ON_ALL, NEW)
EVERY_ROW = "toutes les lignes de "
# What the values of a column look like: a title whose cells do not is not proposed for it.
_LOOKS = {
    "uai": re.compile(r"\d{7}[A-Za-z]"),
    **dict.fromkeys(("annee_naissance", *DAYS), re.compile(r"\d")),
    **dict.fromkeys((ASSOCIATION, "territoire", COLLEGE), re.compile(r"^[^@]*[^\W\d_][^@]*$")),
}
_NO_ADDRESS = re.compile("^[^@]+$")
# The title of the second may stand over the first: « Orienté par », of whoever sends a young person, or how.
_CONFUSED = {"origine": "orienteur"}
_PARENT = {"mere", "pere"}  # Words of the titles of two columns that make one: « Mère associée », « Père associé »
# Titles of a table that counts persons.
_COUNTED = {"nombre", "nb", "effectif", "effectifs", "nombre_de_personnes", "nombre_de_jeunes", "pct", "pourcentage"}
# Titles that someone may take for a column, but that stand beside another one of it in many exports.
_PERHAPS = {"annee_naissance": ("age", "age_au_31_12")}
# Words of a title that says another thing than the column: an age of another day, parents who are not there.
_CONTRARY = {"ne", "nee", "age", "entree", "debut", "absent", "absents", "absence", "sans", "pas"}
LEAST_ANSWERS = 3  # Answers above which a title may be known by them: yes and no are those of several columns
# Words that tell no spelling of a title from another.
_LITTLE = {"de", "du", "des", "la", "le", "les", "l", "d", "a", "au"}
_NAMED = 12  # Titles left out that a sentence names

_HELP = "data/raw/reference/entetes.csv"
NO_TITLES = f"la première ligne doit porter les intitulés des colonnes ({_HELP} dit lesquels sont connus)."
LYING = (
    "les titres sont dans la première colonne, et les personnes dans les autres ; dans un tableur, copiez la table, "
    "puis collage spécial, « transposer », dans une feuille vide, qui remplacera celle-ci."
)
PROBABLY = " Sa première ligne est lue comme des titres ; si ce n’est pas une liste de personnes, retirez ce fichier."
ASIDE = " Sans l’année, {} lignes sont mises de côté : aucune n’est comptée."
NO_ROWS = "aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."
ABOVE = "lignes au-dessus des titres, laissées de côté"
BLANK = "lignes blanches, laissées de côté"
AGAIN = "titres répétés plus bas, laissés de côté"
DITTO = "« idem » : la valeur de la ligne du dessus"
# What a person types for the cell above.
_DITTOS = {"idem", "//", "″", '"', "''", "meme_que_ci_dessus", "comme_ci_dessus"}
RULE_CONTRADICTED = "réponse que la colonne à ignorer contredit, gardée telle quelle"
RULE_WITHDRAWN = "ligne gardée, qu’une colonne hors liste (« supprimé », « deletedAt ») dit peut-être à retirer"
RULE_REFUSED = (
    "ligne gardée et comptée, qu’une colonne hors liste (« statut », « _validation_status ») dit refusée ou d’essai : "
    "retirez-la de l’export si ce n’est pas une personne suivie"
)
RULE_UNFINISHED = (
    "ligne gardée et comptée, qu’une colonne hors liste (« Date de soumission », « Terminé ») dit inachevée : "
    "retirez-la de l’export si ce n’est pas une personne suivie"
)
RULE_GIVEN = "colonne absente, la même sur toutes les lignes d’après lectures.csv"

_YEARS = re.compile(r"(?<!\d)(20\d\d)(?:\D{1,3}(?:20)?(\d\d))?(?!\d)")
_NUMBERED = re.compile(r"(.+?)_?(?:n_?)?[0-9]{1,2}")
# A database may keep the rows that somebody deleted, with the day in a column of its own.
_WITHDRAWN = re.compile(r".*(?:delet|supprime|suppression|annule|archiv|corbeille).*")
# A form may keep what somebody refused, under « _validation_status ».
_JUDGED = re.compile(r"_?(?:\w+_)?(?:validation|statut|status|etat)(?:_\w+)?")
_REFUSED = {
    *("not_approved", "rejected", "refuse", "refusee", "rejete", "rejetee", "non_valide", "invalide", "draft"),
    *("annule", "annulee", "supprime", "supprimee", "deleted", "brouillon", "test", "spam", "doublon"),
}
# An online form keeps the answers that nobody sent, with nothing in the column that says when they were.
_FINISHED = re.compile(
    r"(?:date_(?:de_)?)?(?:soumission|submi(?:t|ssion)_?(?:date|time)?|(?:.+_)?complete[de]?|completion|termine)"
)
# « group_ab1cd/sexe » of a form, by the group that a question belongs to.
_OF_FORM = re.compile(r"^(?:\w*_\w*/)+(?=\w+$)")
# « Q3. Sexe », « 4) Niveau » of a questionnaire.
_QUESTION_NUMBER = re.compile(r"^(?:q_?)?[0-9]{1,2}[a-d]?_")
# « Quels objectifs avez-vous travaillés ? [Scolarité] », « Entretiens : Mobilité »: what a title ends with.
_ENDED = re.compile(r"(.*?)(?:[\[(:]|\s[-–—]\s)\s*([^\[\]():]+?)\s*[\])]?\s*")
_OF_GOAL = re.compile(r"^(?:.*_)?(?:obj(?:ectifs?)?|themes?|thematiques?|axes?)_(?:de_travail_|travailles?_)?")


# --- The titles that are known ---


@dataclass(frozen=True)
class Titles:
    """The titles that are known: ``columns`` by folded title, and the answers that may be titles of objectives.

    ``given`` are the columns that someone said to be the same on every row, and their value: the year of the export;
    ``of_places`` are those said of a file or of a sheet, by column and `rows_of`; ``ignored`` the titles, folded, that
    someone leaves out, and the column that each would name; ``year`` that of the export.
    """

    columns: dict[str, str]
    spellings: Spellings
    given: dict[str, str] = field(default_factory=dict)
    of_places: dict[tuple[str, str], str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    year: int = 0

    def named(self, cells: Sequence[str]) -> list[str | None]:
        """The column that each title names."""
        keys = (fold(_OF_FORM.sub("", cell.strip())) for cell in cells)
        return [self.columns.get(key) or self.columns.get(_QUESTION_NUMBER.sub("", key)) for key in keys]

    def count(self, cells: Sequence[str]) -> int:
        """How many columns these titles name, each objective being one."""
        names = self.named(cells)
        goals = [self.goal_of(cell)[1] for cell, name in zip(cells, names, strict=True) if not name]
        return len({*names} - {None}) + sum(goals)

    def is_of_another_year(self, title: str) -> bool:
        """Whether a title names years (« Classe 2019-2020 »), none of which is that of the export."""
        found = [year for first, last in _YEARS.findall(title) for year in (first, f"20{last}")]
        return bool(found) and str(self.year) not in found

    def goal_of(self, title: str) -> tuple[str | None, bool]:
        """The objective that a title names (``""``: « Objectif 2 », whose cells name it; None: none), and if surely."""
        key = fold(title)
        numbered = _NUMBERED.fullmatch(key)
        if numbered and (self.columns.get(numbered[1]) == GOALS or not _OF_GOAL.sub("", f"{numbered[1]}_")):
            return records.EMPTY, True
        if (bare := _OF_GOAL.sub("", key)) and (goal := self._goal(bare)):
            return goal, bare != key
        ended = _ENDED.fullmatch(title)
        is_of_goal = ended is not None and "objectif" in fold(ended[1])
        goal = self._goal(fold(ended[2])) if is_of_goal else None
        return goal, goal is not None

    def said_goal(self, title: str) -> str:
        """The objective that a title said to be one ends with; ``""`` when its cells name it."""
        ended = _ENDED.fullmatch(title)
        return (self._goal(fold(ended[2])) if ended else None) or records.EMPTY

    def yes_or_no(self, text: str) -> str | None:
        """What a text means as the answer to a question of yes or no; None when it is none."""
        found = self.spellings.find(PARENTS, normalise(text))
        return found.value if found else None

    def are_boxes(self, texts: Iterable[str]) -> bool:
        """Whether cells say yes or no, and nothing else."""
        found = {self.yes_or_no(text) for text in {*texts} if text.strip()}
        return bool(found) and found <= {"oui", "non"}

    def _goal(self, words: str) -> str | None:
        found = self.spellings.find(GOALS, words.replace("_", " "))
        return found.value if found and found.value in catalogue().indicators["objectif"].modalities else None


def rows_of(file: str, sheet: str) -> str:
    """All the rows of a file, or of a sheet of it, in words."""
    return normalise(EVERY_ROW + (f"la feuille {sheet} ({file})" if sheet else file))


def known_titles(
    table: pd.DataFrame,
    spellings: Spellings,
    year: int,
    of_places: dict[tuple[str, str], str],
    ignored: Iterable[str],
) -> Titles:
    """The titles of the schema, then those of the table ``entetes``, without those that someone ignores."""
    known = {fold(entry[key]): entry["name"] for entry in table_schema(TABLE)["fields"] for key in ("name", "title")}
    for column, title in zip(table["colonne"], table["graphie"], strict=True):
        known.setdefault(fold(title), column)
    ignored = {title: known.pop(title, records.EMPTY) for title in map(fold, ignored)}
    known.pop(records.EMPTY, None)
    given = {name: said for name in SAME_ON_ALL if (said := spellings.form_of(name))}
    given |= {"annee": str(year)} if "annee" in given else {}
    given |= {NEW: records.EMPTY} if spellings.form_of(NEW) == BY_START else {}
    return Titles(known, spellings, given, of_places, ignored, year)


# --- Where the titles stand ---


@dataclass(frozen=True)
class Grid:
    """The first rows of a table (or all) that hold something, as texts, by line; ``titles`` stand on the line ``at``.

    ``known`` counts the columns that they name; those on two lines are joined, ``at`` is then the second.
    """

    rows: dict[int, list[str]]
    at: int
    titles: list[str]
    known: int

    @property
    def under(self) -> dict[int, list[str]]:
        """The rows below the titles."""
        return {line: cells for line, cells in self.rows.items() if line > self.at}


def locate(rows: dict[int, list[str]], known: Titles) -> Grid:
    """The grid of these rows: its titles are the first row that names about as many columns as any other.

    Two rows may hold them: « Collège » above « UAI » and « Nom », « Sexe » above nothing.
    """
    first = dict(list(rows.items())[:TITLE_ROWS])
    counts = {line: known.count(cells) for line, cells in first.items()}
    least = max(counts.values(), default=0) * _NEARLY_PCT
    at = next((line for line, count in counts.items() if count and count * 100 >= least), min(first, default=0))
    grid = Grid(rows, at, rows.get(at, []), counts.get(at, 0))
    for upper, lower in pairwise(first):
        if at in (upper, lower) and lower == upper + 1:
            joined = _join_titles(first[upper], first[lower], known)
            ticks = len(_ticks(joined, known.named(joined), known))
            if (count := known.count(joined) + ticks) > grid.known - bool(ticks):
                return Grid(rows, lower, joined, count)
    return grid


def locate_unknown(rows: dict[int, list[str]], known: Titles) -> Grid | None:
    """The grid of a plain table, titled by its first row, hardly any of whose titles is known; None for any other.

    A title is a text, unlike the others, that no cell under it repeats: the answers of a first person are repeated.
    """
    if lies_on_its_side(rows, known):
        return None
    (at, titles), *under = [*rows.items()][:TITLE_ROWS] or [(0, [])]
    keys = [fold(cell) if re.search("[^\\W\\d_]", cell) else records.EMPTY for cell in titles]
    is_plain = len(under) >= _LEAST_ROWS and len(keys) >= LEAST_TITLES and all(keys) and len({*keys}) == len(keys)
    if not is_plain or any(fold(cell) == key for _, cells in under for cell, key in zip(cells, keys, strict=False)):
        return None
    return Grid(rows, at, titles, known.count(titles))


def lies_on_its_side(rows: dict[int, list[str]], known: Titles) -> bool:
    """Whether the titles of a table stand in its first column, the persons in the others."""
    return known.count([cells[0] for cells in rows.values() if cells]) >= LEAST_TITLES


def _join_titles(upper: list[str], lower: list[str], known: Titles) -> list[str]:
    """The titles of two rows; with a row of answers, hardly any title is left: « Sexe F » is none."""
    width = max(len(upper), len(lower))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (upper, lower))
    titles, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        # A group's title stands on its first column only.
        group = above if above.strip() else group if below.strip() else ""
        both, asked = f"{group} {below}".strip(), known.columns.get(fold(group))
        # « Collège » below « Origine » is an answer to it, and no collège.
        is_answer = asked in LISTED and known.spellings.find(asked, normalise(below)) is not None
        titles.append(next((each for each in (both, below) if fold(each) in known.columns and not is_answer), both))
    return titles


# --- What the titles say ---


@dataclass(frozen=True)
class Layout:
    """Where each column stands in the rows of a file, counted from 0, and what its titles lack.

    ``several`` are the places of what stands on several columns: by question, the answer of each yes/no column, or
    ``""`` where its cells name one. ``width`` is the number of cells of a row, ``named`` those up to the last title,
    ``untitled`` the places without a title. ``columns`` are those found, in the order of the schema, ``missing`` the
    required ones that are not, ``twice`` those that several titles name. ``left_out`` are the titles that name no
    column of the project, each with the absent column that it may name (``""``: none). ``doubles`` are the places of
    closed lists that someone ignores, for the column that is read; ``marks`` those that may say that a row is deleted
    or unfinished, and the rule that tells it.
    """

    positions: dict[str, int]
    several: dict[str, dict[int, str]]
    width: int
    named: int
    untitled: list[int]
    columns: list[str]
    missing: list[str]
    twice: dict[str, list[str]]
    left_out: dict[str, str]
    doubles: dict[int, str]
    marks: dict[int, str]

    @property
    def places(self) -> list[int]:
        """The places of the columns."""
        return sorted({place for name in self.columns for place in self.places_of(name)} | {*self.doubles, *self.marks})

    def places_of(self, name: str) -> set[int]:
        """The places of a column of the project; none if it is the same on all rows."""
        return {*self.several.get(name, ()), *([self.positions[name]] if name in self.positions else [])}


def layout_of(grid: Grid, known: Titles, *, width: int = 0) -> Layout:
    """The layout that titles give; ``width`` is that of the rows, where they are wider."""
    cells, names = grid.titles, known.named(grid.titles)
    # Said of a title: « objectifs/scolarite », the column of one objective.
    said = {place: name.partition("/")[2] for place, name in enumerate(names) if name and "/" in name}
    names = [None if place in said else name for place, name in enumerate(names)]
    several, first = _ticks(cells, names, known), [*grid.under.values()][:TITLE_ROWS]
    boxes = {place for place in range(len(cells)) if known.are_boxes(row[place] for row in first if len(row) > place)}
    # « objectif___1 » of boxes that are ticked or not: which objective it is, its title alone can say.
    goals = {
        place: goal for place, goal in (_goals(cells, names, known, boxes) | said).items() if goal or place not in boxes
    }
    own = [place for place, name in enumerate(names) if name == GOALS and place not in goals]
    if goals or len(own) > 1:  # « Objectif principal » and « Autres objectifs », said to be objectives
        several[GOALS] = dict(sorted({**goals, **{place: known.said_goal(cells[place]) for place in own}}.items()))
    parents = [place for place, name in enumerate(names) if name == PARENTS]
    if len(parents) > 1 and all(_PARENT & {*fold(cells[place]).split("_")} for place in parents):
        several[PARENTS] = dict.fromkeys(parents, records.EMPTY)
    apart = {place for each in several.values() for place in each}
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name and place not in apart:
            found.setdefault(name, []).append(place)
    there = {*found, *known.given, *several}
    required = [each["name"] for each in table_schema(TABLE)["fields"] if each["presence"] == "obligatoire"]
    titled = [place for place, cell in enumerate(cells) if cell.strip()]
    left_out = {" ".join(cells[place].split()): place for place in titled if not names[place] and place not in apart}
    absent = [name for name in dict.fromkeys([*required, *columns(TABLE)]) if name not in there]
    return Layout(
        positions={name: places[0] for name, places in found.items()},
        several=several,
        width=max(width, len(cells)),
        named=max(titled, default=-1) + 1,
        untitled=[place for place in range(max(width, len(cells))) if place not in titled],
        columns=[name for name in columns(TABLE) if name in there],
        missing=[name for name in required if name not in there],
        twice={name: [cells[place] for place in places] for name, places in found.items() if len(places) > 1},
        left_out=_nearest(left_out, absent, known, first, is_asked={*required} & {*absent}),
        doubles={
            place: column
            for place, title in enumerate(cells)
            if (column := known.ignored.get(fold(title))) in found and column in CLOSED
        },
        marks={
            place: rule
            for title, place in left_out.items()
            for pattern, rule in ((_WITHDRAWN, RULE_WITHDRAWN), (_FINISHED, RULE_UNFINISHED), (_JUDGED, RULE_REFUSED))
            if pattern.fullmatch(fold(title))
        },
    )


def _nearest(
    titles: dict[str, int], absent: list[str], known: Titles, rows: list[list[str]], *, is_asked: bool
) -> dict[str, str]:
    """Each title, and the absent column that it may name: compared with every known spelling of that column.

    ``titles`` come with their places in ``rows``: a value of that column must stand under them. If a title is asked for
    anyway, one that holds the words of a spelling or an answer (« une fille ») is near, then one above its answers.
    """
    own = [title for title in titles if not known.is_of_another_year(title)]
    # « Sexe (code) »: what stands in brackets says how the answer is written.
    left = {fold(_YEARS.sub("", re.sub(r"\(.*?\)", "", title))) or fold(title): title for title in own}
    near: dict[str, str] = {}
    places = {key: titles[title] for key, title in left.items()}
    given = {
        key: [cells[place] for cells in rows if len(cells) > place and cells[place].strip()]
        for key, place in places.items()
    }

    def is_answer(text: str, name: str) -> bool:
        if name in MULTIPLE:
            return not read_several(text, name, known.spellings).unread
        return known.spellings.find(name, text) is not None

    def fits(key: str, name: str) -> bool:
        if not given[key]:
            return True
        if name in LISTED:  # or codes, of one or two signs; of ticked boxes, nothing tells which objective they are
            is_boxes = name == GOALS and known.are_boxes(given[key])
            return not is_boxes and any(len(text) < 3 or is_answer(text, name) for text in given[key])
        is_other = any(has_answers(key, each) for each in absent if each in CLOSED)
        return not is_other and any(map(_LOOKS.get(name, _NO_ADDRESS).search, given[key]))

    def denies(key: str, name: str) -> bool:
        said = {*key.split("_")} & _CONTRARY
        return bool(said) and not any(said <= {*each.split("_")} for each in spellings[name])

    def is_close(key: str, name: str) -> bool:
        return bool(get_close_matches(key, spellings[name], n=1, cutoff=0.75))

    def words_of(key: str, name: str) -> int:
        words = {*key.split("_")}
        found = [len(each) for each in spellings[name] if {*each.split("_")} - _LITTLE <= words]
        return max(found, default=int(name == SEX and any(known.spellings.find(SEX, word) for word in words)))

    def has_answers(key: str, name: str) -> bool:
        is_told = name in LISTED and len({*given[key]}) >= LEAST_ANSWERS
        return is_told and all(is_answer(text, name) for text in {*given[key]})

    spellings = {name: [*_PERHAPS.get(name, ())] for name in absent}
    for title, column in known.columns.items() if left else ():
        spellings.get(column, []).append(title)
    for likeness in (is_close, words_of, has_answers) if is_asked else (is_close,):
        pairs = [(likeness(key, name), key, name) for name in absent for key in left]
        for like, key, name in sorted(pairs, key=lambda pair: -pair[0]):
            if like and key in left and name not in near.values() and not denies(key, name) and fits(key, name):
                near[left.pop(key)] = name
    return {title: near.get(title, records.EMPTY) for title in titles}


def _goals(cells: list[str], names: list[str | None], known: Titles, boxes: set[int]) -> dict[int, str]:
    times = Counter(names)
    # A title that names another column (« Scolarité ») names an objective only if its cells are boxes, or if a second
    # title names that column.
    free = [
        place
        for place, name in enumerate(names)
        if cells[place].strip()
        and (not name or times[name] > 1 or (name in ("situation", "college") and place in boxes))
    ]
    found = {place: known.goal_of(cells[place]) for place in free}
    sure = {place: goal for place, (goal, is_sure) in found.items() if is_sure}
    loose = {place: goal for place, (goal, _) in found.items() if goal}
    # « Mobilité » alone may be anything; beside « Santé », without any column of objectives, it is one of them.
    return sure | loose if GOALS not in names and records.EMPTY not in sure.values() and len(loose) > 1 else sure


def _ticks(cells: list[str], names: list[str | None], known: Titles) -> dict[str, dict[int, str]]:
    """The answers that titles name (« Filles », « Parents associés : oui »), by question, of two columns or more."""
    found: dict[str, dict[int, str]] = {}
    for place, title in enumerate(cells):
        key = fold(title)
        heads = [(each, key.removeprefix(f"{start}_")) for start, each in known.columns.items()]
        for name, text in [(SEX, key), *heads] if key and not names[place] else ():
            if name in CLOSED and name not in names and (text != key or name == SEX):
                answer = known.spellings.find(name, text.replace("_", " "))
                if answer and answer.value in answers_of(name):
                    found.setdefault(name, {})[place] = answer.value
    return {name: ticks for name, ticks in found.items() if len({*ticks.values()}) == len(ticks) > 1}


# --- The table that titles and their rows give ---

# The cells by place, with their lines as index; the rows that cannot be read; the rows of each rule.
Cells = tuple[pd.DataFrame, list[records.UnreadableRow], dict[str, int]]


def open_grid(
    path: Path,
    sheet: str,
    grid: Grid,
    known: Titles,
    read: Callable[[Layout], Cells],
    *,
    width: int = 0,
    size: int = 0,
    find_faults: Callable[[Layout], list[str]] = lambda _: [],
    remedy: str = "",
    told: dict[str, int] | None = None,
) -> records.ReceivedRecords:
    """The table under the titles of a grid, or why it is not read.

    ``read`` gives the rows of a layout, ``find_faults`` what else is wrong with them, without a place; ``remedy`` is
    added to each sentence. ``size`` is about the number of rows, ``told`` are the rows of what was already done.
    """
    of_place = {name: known.of_places.get((name, rows_of(path.name, sheet))) for name in (ASSOCIATION, COLLEGE)}
    known = replace(known, given=known.given | {name: said for name, said in of_place.items() if said})
    layout = layout_of(grid, known, width=width)
    shown = paths.relative(path) + (f", feuille « {sheet} »" if sheet else "")
    out, counts = records.ReceivedRecords(columns=layout.columns), {}
    opening = _Opening(path.name, sheet, grid, known, layout, out)
    found = [_twice_fault(name, named) for name, named in layout.twice.items()]
    found += _untitled_faults(layout, [*grid.under.values()]) + find_faults(layout)
    if "annee" in known.given.keys() - layout.positions.keys() and known.is_of_another_year(sheet):
        found.append(
            f"elle nomme une autre année que {known.year}, et rien d’autre ne dit celle de ses lignes ; retirez cette "
            "feuille, ou donnez la colonne « annee »."
        )
    if not found and records.IDENTIFIER in layout.columns:
        try:
            cells, refused, counts = read(layout)
            if told_of := _order_fault(cells, grid, known):
                raise DataError(f"{shown}, {told_of}")
            # An export made to be printed bears its titles, on one line or two, on each page.
            place = layout.positions[records.IDENTIFIER]
            above = [row[place].strip() for line, row in grid.rows.items() if line <= grid.at and place < len(row)]
            texts = cells[place].str.strip(" \t\r\n\u00a0\ufeff")  # the mark of a second file, set under the first
            again = texts.isin([each for each in above if each in grid.titles or known.named([each])[0]])
            cells, repeated = _fill_dittos(cells[~again], identifier=place)
            counts |= {AGAIN: int(again.sum()), DITTO: repeated}
            opening.add_table(cells, refused)
        except DataError as fault:
            out.faults.append(fault)
    out.unread.extend(opening.unread(out.read or size or len(grid.under)))
    counts = {ABOVE: max(0, grid.at - 1 - len(told or {})), **(told or {}), **counts}
    out.changes.extend(records.Change(path.name, "", rule, rows) for rule, rows in counts.items() if rows)
    place = shown + (f", ligne {grid.at}" if grid.at else "")
    out.faults.extend(DataError(f"{place} : {each}{remedy}") for each in [*found, *opening.missing_fault()])
    return out


def _order_fault(cells: pd.DataFrame, grid: Grid, known: Titles) -> str:
    """The first row that repeats the titles in another order: the answers below it would be read under wrong ones."""
    titles = {place: grid.titles[place].strip() for place in cells if place < len(grid.titles)}
    hits = sum(cells[place].isin([*titles.values()]).to_numpy(int) for place in titles)
    for line, row in cells[hits >= max(LEAST_TITLES, len(titles) / 2)].iterrows():
        for place, title in titles.items():
            other = row[place].strip()
            column, wanted = known.named([other, title])
            if other != title and (other in titles.values() or (column and column != wanted)):
                return (
                    f"ligne {line} : les titres y sont répétés dans un autre ordre, « {shorten(other, width=40)} » à "
                    f"la place de « {shorten(title, width=40)} » ; rangez ces colonnes comme les premières, ou "
                    "faites-en un autre fichier."
                )
    return ""


def _fill_dittos(cells: pd.DataFrame, *, identifier: int) -> tuple[pd.DataFrame, int]:
    """The cells with those that say « idem » as the one above; how many."""
    count = 0
    for place, column in cells.items():
        # A million identifiers are not read one by one.
        texts = _DITTOS if place == identifier else column.astype("category").cat.categories
        is_ditto = column.isin([text for text in texts if (fold(text) or text.strip()) in _DITTOS])
        if is_ditto.any():
            cells = cells.copy(deep=False)
            cells[place] = column.astype("str").mask(is_ditto).ffill().fillna(records.EMPTY)
            count += int(is_ditto.sum())
    return cells, count


def _untitled_faults(layout: Layout, rows: list[list[str]]) -> list[str]:
    """Columns without a title that hold values in these rows: they may have shifted the others."""
    filled = {
        place
        for cells in rows
        for place in (*layout.untitled, *range(layout.width, len(cells)))
        if place < len(cells) and cells[place].strip()
    }
    if places := ", ".join(str(place + 1) for place in sorted(filled) if place < layout.named):
        return [f"une colonne n’a pas de titre mais contient des valeurs (place {places}) ; donnez-lui un titre."]
    wide = sum(any(cell.strip() for cell in cells[layout.named :]) for cells in rows)
    if rows and wide > len(rows) / 2:
        return ["une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."]
    return []


def _twice_fault(name: str, named: list[str]) -> str:
    if len({*map(fold, named)}) == 1:
        return f"deux colonnes désignent « {name} » ; n’en gardez qu’une dans l’export."
    both = " et ".join(f"« {title} »" for title in named)
    return f"{both} désignent « {name} » : aucune n’est lue ; dites dans {paths.TO_COMPLETE} laquelle est à ignorer."


@dataclass(frozen=True)
class _Opening:
    """A file, or a sheet of it, whose titles are understood; ``out`` is what is received of it so far."""

    file: str
    sheet: str
    grid: Grid
    known: Titles
    layout: Layout
    out: records.ReceivedRecords

    def missing_fault(self) -> list[str]:
        """What is said of the required columns that no title names, and the titles that may; nothing without any."""
        layout, missing, rows = self.layout, self.layout.missing, self.out.read
        titles = {column: title for title, column in layout.left_out.items() if column}
        maybe = {each: f" (peut-être « {shorten(title, width=40)} »)" for each, title in titles.items()}
        named = [f"« {each} »{maybe.get(each, '')}" for each in missing]
        if not named:
            return []
        many, them = ("s", "les") if len(named) > 1 else ("", "la")
        asked = {each.column for each in self.out.unread}
        ways = [f"quel titre {them} désigne"] if TITLE in asked else []
        same = [f"« {each} »" for each in missing if each in asked]
        ways += [f"ce qu’il faut lire sur toutes les lignes pour {', '.join(same)}"] if same else []
        explain = f"dites dans {paths.TO_COMPLETE} {' ou, si aucun ne le fait, '.join(ways)}, ou " if ways else ""
        told = f"colonne{many} obligatoire{many} absente{many} : {', '.join(named)} ; {explain}"
        told += f"ajoutez-{them} à l’export."
        if records.IDENTIFIER in missing and {*map(fold, layout.left_out)} & _COUNTED:
            told += " Ce tableau compte des personnes, il ne les liste pas : demandez une ligne par personne."
        elif records.IDENTIFIER in missing:
            told += " Pour « identifiant », à défaut de titre, numérotez les personnes."
        # Without their year, none of the rows that were read is counted.
        return [told + (ASIDE.format(rows) if rows and "annee" in missing else "")]

    def unread(self, rows: int) -> Iterator[records.Unread]:
        """What is to be explained: all the titles when a required column is absent, else those near an absent one."""
        layout, missing, titles = self.layout, self.layout.missing, self.grid.titles
        is_asked, likely_titles = bool(missing), any(layout.left_out.values())
        # Read only if needed: a large file has a million identifiers.
        is_unplaced = bool(self.sheet) and not {COLLEGE, "uai"} & {*layout.columns}
        tables = self.out.tables if is_asked or likely_titles or is_unplaced else []
        identifiers = [each.rows[records.IDENTIFIER].str.strip() for each in tables]
        persons = sum(each[each.ne(records.EMPTY)].nunique() for each in identifiers)
        of_all = (self.file, self.sheet, self.grid.at, rows, persons)
        without = () if DAYS[0] in layout.positions else (NEW,)
        for name in (name for name in SAID_OF_ALL if name in missing and name not in without):
            yield records.Unread(name, WHOLE, *of_all, next(iter(FORMS[name])), is_shown=True, is_asked=True)
        if ASSOCIATION in missing:  # not shown: a file or a sheet may bear the name of a person
            yield records.Unread(ASSOCIATION, rows_of(self.file, self.sheet), *of_all, is_asked=True)
        if is_unplaced:  # offered where a sheet bears the name of a collège
            yield records.Unread(COLLEGE, rows_of(self.file, self.sheet), *of_all)
        pairs = [(name, other) for name, other in _CONFUSED.items() if name in missing and other in layout.positions]
        confused = {titles[layout.positions[other]]: other for _, other in pairs}
        twice = dict.fromkeys((title for named in layout.twice.values() for title in named), records.EMPTY)
        for title, near in (layout.left_out | confused | twice).items():
            if fold(title) not in self.known.ignored and (is_asked or near or title in twice):
                is_needed = is_asked or title in twice
                yield records.Unread(TITLE, title, *of_all, near, is_shown=True, is_asked=is_needed)

    def _tell(self, column: str, rule: str, rows: int) -> None:
        if rows:
            self.out.changes.append(records.Change(self.file, column, rule, int(rows)))

    def add_table(self, cells: pd.DataFrame, refused: list[records.UnreadableRow]) -> None:
        """Adds the table that these cells make, and what was done to make it."""
        layout, known = self.layout, self.known
        rows = pd.DataFrame({name: cells[place] for name, place in layout.positions.items()}, index=cells.index)
        if given := [name for name in known.given if name not in layout.positions]:
            # A line of text under the table says nothing else: nobody who is followed.
            said = pd.Series(False, index=cells.index)
            for place in {*layout.places} - {layout.positions[records.IDENTIFIER], *layout.doubles, *layout.marks}:
                said |= ~cells[place].isin([text for text in cells[place].unique() if not text.strip()])
            for name in given:
                rows[name] = pd.Series(known.given[name], index=rows.index).where(said, records.EMPTY)
                self._tell(name, RULE_GIVEN, said.sum() if known.given[name] else 0)
        for name, ticked in layout.several.items():
            # A third rank or a third time: from 1, the answer is given.
            are_ranks = any(cells[place].eq("3").any() for place, answer in ticked.items() if answer)
            rows[name] = _gather(cells[list(ticked)], ticked, known, is_any=name == PARENTS, are_ranks=are_ranks)
            told = f"réponses réunies de {len(ticked)} colonnes{', où un nombre est un oui' * are_ranks}"
            self._tell(name, told, len(rows))
        for place, name in layout.doubles.items():
            one, other = (_meanings(texts, name, known.spellings) for texts in (rows[name], cells[place]))
            self._tell(name, RULE_CONTRADICTED, (one.ne(other) & one.notna() & other.notna()).sum())
        marked = pd.DataFrame(False, index=cells.index, columns=layout.marks)
        for place, rule in layout.marks.items():
            texts = cells[place].str.strip()
            is_said = texts.ne(records.EMPTY) & _meanings(texts, PARENTS, known.spellings).ne("non")
            is_refused = texts.isin([text for text in texts.unique() if fold(text) in _REFUSED])
            of_rules = {RULE_WITHDRAWN: is_said, RULE_UNFINISHED: ~is_said & is_said.any(), RULE_REFUSED: is_refused}
            marked[place] = of_rules[rule]
        for rule, count in marked.T.groupby(layout.marks).any().sum(axis=1).items():
            self._tell("", rule, count)
        if layout.left_out:
            named = ", ".join(f"« {shorten(title, width=40)} »" for title in [*layout.left_out][:_NAMED])
            more = f" et {len(layout.left_out) - _NAMED} autres" if len(layout.left_out) > _NAMED else ""
            told = f"colonnes hors liste, laissées de côté : {len(layout.left_out)}"
            # Their titles with the file, which no page shows: one may bear the name of a person.
            self.out.changes.append(records.Change(f"{self.file}, {named}{more}", "", told, len(rows)))
        kinds = {name: "str" if name == records.IDENTIFIER else "category" for name in layout.columns}
        table = rows[layout.columns].astype(kinds)
        self.out.tables.append(records.ReceivedTable(self.file, self.sheet, table, refused))


def _meanings(texts: pd.Series, name: str, spellings: Spellings) -> pd.Series:
    found = {text: spellings.find(name, normalise(text)) for text in texts.unique()}
    return texts.astype("object").map({text: cell.value or None for text, cell in found.items() if cell})


def _gather(cells: pd.DataFrame, ticked: dict[int, str], known: Titles, *, is_any: bool, are_ranks: bool) -> pd.Series:
    """The answers of each row, of several columns, in one text, each distinct row of cells being read once.

    ``is_any``: they answer one question, « oui » if one does; ``are_ranks``: a number from 1 says that it is given.
    """

    def read(text: str, answer: str) -> str:
        value = known.yes_or_no(text) if text and (answer or is_any) else None
        value = text if value is None else value
        if are_ranks and answer and value.isdecimal():
            value = "oui" if int(value) else "non"
        if text and answer == "autre" and value == text:  # « stage » there is no « scolarité »
            value = f"Autre : {text}"
        return {"oui": answer, "non": records.EMPTY}.get(value, value) if answer else value

    def join(row: tuple[str, ...]) -> str:
        said = [*filter(None, map(read, row, ticked.values()))]
        if is_any:
            said = ["oui"] if "oui" in said else [*dict.fromkeys(said)]
        return records.SEVERAL.join(said)

    told = [join(row) for row in cells.drop_duplicates().astype("object").itertuples(index=False)]
    groups = cells.groupby(list(cells), sort=False, observed=True).ngroup()
    return pd.Series(pd.Categorical(told, categories=sorted(set(told)))[groups.to_numpy()], index=cells.index)
