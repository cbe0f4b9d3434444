"""What `check` could not read, explained in a spreadsheet (``a_completer.csv``), then a year's own readings.

``lectures.csv``, beside the export, holds these readings (schema ``alias``); they come before the rows of the reference
tables. ``colonne`` is a column of the export or of the posts, or ``titre`` for a title, whose ``valeur`` is then the
column that it names.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.clean import answers
from helpers.clean.faults import is_plain
from helpers.clean.posts import LISTED
from helpers.clean.records import SEVERAL, TITLE, Unread
from helpers.data.new_files import append_rows
from helpers.data.raw import empty_table, read_reference, read_registers, read_table
from helpers.data.reading import content_of, read_rows, write_spreadsheet
from helpers.data.titles import ASSOCIATION, COLLEGE, EVERY_ROW, GOALS, SAID_OF_ALL
from helpers.data.workbooks import read_sheets
from helpers.schema import DataError, apply_schema, catalogue, control_letter, table_schema
from helpers.system import checksum
from helpers.typography import fold, unescape_formula

# --- A year's own readings ---

TABLE = "alias"
AS_IT_IS = "tel_quel"  # What stays as it is written: a title that is left out on purpose, a name that no register holds
# What is said of a column that no title names, while one of them may.
_TITLES_FIRST = "mais expliquez d’abord les titres : l’un d’eux désigne peut-être cette colonne"
# The columns of the export whose spellings `modalites` holds; those of names are in `alias`.
_ANSWERED = {*answers.FIELDS} - {"association", "college"}


def read_own(year: int) -> pd.DataFrame:
    """The spellings explained for a year (schema ``alias``); none without the file. Raises `DataError` for a fault."""
    path = paths.own_readings(year)
    table = read_table(path, TABLE) if path.is_file() else empty_table(TABLE)
    return table.assign(graphie=table["graphie"].map(unescape_formula))


def read_reference_for(year: int, name: str) -> pd.DataFrame:
    """The reference table ``alias``, ``entetes`` or ``modalites``, after what was explained for this year."""
    both = pd.concat([_rows_for(name, read_own(year)), read_reference(name)])
    return both[~both.duplicated(table_schema(name)["primaryKey"])]


def read_registers_for(year: int) -> dict[str, pd.DataFrame]:
    """`data.read_registers`, the aliases after what was explained for this year."""
    return {**read_registers(), "aliases": read_reference_for(year, "alias")}


def _rows_for(name: str, own: pd.DataFrame) -> pd.DataFrame:
    """The rows that spellings explained (schema ``alias``) add to a reference table, in its schema."""
    is_title, is_answer = own["colonne"].eq(TITLE), own["colonne"].isin(_ANSWERED) | own["graphie"].eq(answers.WHOLE)
    is_answer |= own["valeur"].eq(answers.UNANSWERED)
    is_kept = own["valeur"].ne(AS_IT_IS)
    if name == "entetes":
        rows = own[is_title & is_kept].assign(colonne=lambda table: table["valeur"])
    elif name == "modalites":
        rows = own[is_answer].assign(ecriture="graphie").rename(columns={"graphie": "texte"})
        rows = rows.assign(valeur=rows["valeur"].replace(answers.UNANSWERED, ""))  # that table leaves it empty
    else:
        rows = own[~is_title & ~is_answer & is_kept]
    return apply_schema(rows, name)


# --- What may be answered ---

# The words for what stays as it is written.
_LEFT = {TITLE: "à ignorer", "college": "hors répertoire", "association": "nouvelle association"}
_NONE = {"college": "pas un collège", "association": "pas une association"}  # No name at all: the cell is read as empty
_TITLES = {each["name"]: each["title"] for each in table_schema("accompagnements")["fields"]}
_RECORDED = ("ne_sait_pas", answers.UNANSWERED, answers.UNFORESEEN)  # Answers whose label says all


def _answers(column: str) -> dict[str, str]:
    """The answers of a closed list, as a person types them: the code in plain words, its label if that says more."""
    if column == TITLE:
        goals = {f"{GOALS}/{name}": f"{_TITLES[GOALS]} : {label}" for name, label in answers.answers_of(GOALS).items()}
        goals = {name: label for name, label in goals.items() if name.partition("/")[2] not in _RECORDED}
        return _TITLES | {"annee_naissance": f"{_TITLES['annee_naissance']} (ou âge)"} | goals
    if column in answers.LISTS:
        names = answers.answers_of(column)
    elif column in LISTED:
        fields = {each["name"]: each for each in table_schema("postes")["fields"]}
        entry = catalogue().indicators[column]
        names = {name: entry.label_of(name) for name in fields[column]["constraints"]["enum"]}
    else:
        return {}
    names = {name: f"{label} (ou à ignorer)" if name == answers.UNANSWERED else label for name, label in names.items()}
    is_clear = {name: fold(label) == name or name in _RECORDED for name, label in names.items()}
    return {name: label if is_clear[name] else f"{name.replace('_', ' ')} ({label})" for name, label in names.items()}


@dataclass(frozen=True)
class Choices:
    """What may be answered for a year, column by column, and what each answer means."""

    year: int

    @cached_property
    def spellings(self) -> answers.Spellings:
        """The spellings that are known; `DataError` for a reference table that cannot be read."""
        return answers.read_spellings(read_reference_for(self.year, "modalites"))

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """The names of the registers, in words, by value."""
        colleges = {row.uai: f"{row.nom_officiel} ({row.commune})" for row in read_reference("colleges").itertuples()}
        return {
            "college": colleges,
            "association": {name: name for name in read_reference("associations")["association"]},
        }

    @cached_property
    def earlier(self) -> dict[str, str]:
        """What each spelling meant in an earlier year, by mark."""
        years = [each for each in paths.exported_years() if each < self.year]
        return {mark_of(row.colonne, row.graphie): row.valeur for each in years for row in read_own(each).itertuples()}

    def words(self, column: str, text: str, *, may_stay: bool = True) -> dict[str, str]:
        """The possible values for a text, in words; ``may_stay`` offers to leave it as it is written."""
        if text == answers.WHOLE:
            return answers.FORMS.get(column, {})
        found = self.names.get(column) or _answers(column)
        left = {AS_IT_IS: _LEFT[column]} if column in _LEFT and may_stay else {}
        none = (
            {answers.UNANSWERED: _NONE[column]} if column in _NONE and left and not text.startswith(EVERY_ROW) else {}
        )
        return {**found, **left, **none} or {answers.UNANSWERED: "non renseigné"}

    def shown(self, column: str, text: str, *, may_stay: bool = True) -> list[str]:
        """The possible answers for a text."""
        more = ["ou son UAI"] if column == "college" and text != answers.WHOLE else []
        more += ["ou le nom d’une autre"] if text.startswith(EVERY_ROW) and column == ASSOCIATION else []
        words = self.words(column, text, may_stay=may_stay)
        more += [f"ou plusieurs, séparés par « {SEVERAL} »"] if column in answers.MULTIPLE else []
        more += ["ou corrigez l’export"] if list(words) == [answers.UNANSWERED] else []
        return [*words.values(), *more]

    def meaning(self, column: str, text: str, answer: str, *, may_stay: bool = True) -> str | None:
        """The value that an answer means (a modality, a column, a UAI, the name of an association); None if unknown."""
        if column in answers.MULTIPLE and SEVERAL in answer:
            pieces = [self.meaning(column, text, piece) for piece in answer.split(SEVERAL) if piece.strip()]
            return SEVERAL.join(pieces) if all(pieces) and answers.UNANSWERED not in pieces else None
        words = self.words(column, text, may_stay=may_stay)
        is_closed = column in answers.LISTS and text != answers.WHOLE
        labels = answers.answers_of(column) if is_closed else _TITLES if column == TITLE else {}
        for names in (dict(zip(words, words, strict=True)), words, labels):
            found = [name for name, said in names.items() if fold(said) == fold(answer)]
            if len(found) == 1:
                return found[0]
        if column == "annee" and answer.strip() == str(self.year):
            return answers.OF_THE_YEAR
        if answers.UNANSWERED in words and fold(answer) == fold(_LEFT[TITLE]):
            return answers.UNANSWERED
        # An association of no register, unless one is nearly written so.
        if text.startswith(EVERY_ROW) and column == ASSOCIATION:
            near = get_close_matches(answers.key_of(answer), map(answers.key_of, words), n=1, cutoff=0.8)
            return answers.normalise(answer) if re.search(r"[^\W\d_]{2}", answer) and not near else None
        if text == answers.WHOLE:  # the answer that all the persons have
            found = self.spellings.find(column, answers.normalise(answer)) if column in answers.CLOSED else None
            return found.value if found and found.value in words else None
        uai = answer.replace(" ", "").upper()
        if column == "college" and len(uai) == 8 and uai[:7].isdecimal() and control_letter(uai[:7]) == uai[7]:
            return uai
        found = self.spellings.find(column, answers.normalise(answer)) if is_closed else None
        return found.value or answers.UNANSWERED if found else None

    def suggestion(self, unread: Unread) -> str:
        """What a spelling may mean, in words, for someone to confirm: what it meant a year before, or what is near."""
        words, names = self.words(unread.column, unread.value), [*self.names.get(unread.column, {}).values()]
        # « 2020-2021 » was of the year before, or of this one: not of both.
        before = self.earlier.get(mark_of(unread.column, unread.value)) if unread.column != "annee" else None
        if found := before or unread.suggestion:
            return words.get(found, found)
        if unread.value.startswith(EVERY_ROW):
            if unread.column == COLLEGE:
                return _nearest_college(unread.sheet, names)
            return self._association_of(unread.sheet) or self._association_of(unread.file)
        if unread.column == "college":
            return _nearest_college(unread.value, names)
        near = get_close_matches(
            answers.key_of(unread.value), [answers.key_of(name) for name in names], n=1, cutoff=0.7
        )
        found = next((name for name in names if near and answers.key_of(name) == near[0]), "")
        return "" if answers.is_contrary(unread.value, found) else found

    def _association_of(self, place: str) -> str:
        """The known association that the name of a sheet or of a file holds (« accompagnements_AEP.csv »), the longest;
        empty without, or with two."""
        aliases = read_reference("alias").query("colonne == 'association'")
        names = {name: name for name in self.names["association"]}
        names |= dict(zip(aliases["graphie"], aliases["valeur"], strict=True))
        found = {fold(name): value for name, value in names.items() if f"_{fold(name)}_" in f"_{fold(place)}_"}
        longest = max(found, key=len, default="")
        return found[longest] if longest and all(each in longest for each in found) else ""


def _words(text: str) -> set[str]:
    """The words that name a place: without « collège », articles and one-letter words."""
    return {word for word in fold(text).split("_") if len(word) > 2} - {"college", "clg", "les", "des", "sur", "public"}


def _nearest_college(text: str, names: list[str]) -> str:
    """The registered collège that shares most words with a text, whatever their order; empty without or with several.

    A word with one wrong letter counts (« Quiévrecain »): someone confirms.
    """
    mine = _words(text) if not {"lycee", "lp", "ecole"} & {*fold(text).split("_")} else set()
    likeness = {
        name: sum(bool(get_close_matches(word, theirs, n=1, cutoff=0.8)) for word in mine) / max(1, len(mine | theirs))
        for name in names
        for theirs in [_words(name)]
    }
    best = max(likeness.values(), default=0)
    found = [name for name, like in likeness.items() if like == best]
    return found[0] if best >= 1 / 3 and len(found) == 1 else ""


# --- The file: written by `check`, filled in by a person, read in any form that a spreadsheet gives it ---

MARK, ANSWER = "repère", "à comprendre comme"
HEADER = [
    *(MARK, "colonne", "ce qui est écrit", ANSWER, "peut-être", "réponses possibles"),
    *("personnes", "cases", "fichier", "feuille", "première ligne"),
]
_WORKBOOKS = (".xlsx", ".ods", ".xls")  # A spreadsheet may have saved the file as a workbook instead


def mark_of(column: str, value: str) -> str:
    """What names a spelling in the file whatever a spreadsheet makes of its text (« 04-05 » becomes a date)."""
    key = answers.key_of if column == TITLE else answers.key_of_answer
    return "r" + checksum(f"{column}\n{key(answers.normalise(value))}".encode())[:7]


def _may_stay(unread: Unread) -> bool:
    """Whether a text may be left as it is written: not the name of a post, which must be in a register."""
    return unread.column == TITLE or not unread.is_asked


def _by_mark(unread: Iterable[Unread]) -> dict[str, list[Unread]]:
    """The spellings that are one question, wherever they stand: by mark, titles first, then the most frequent."""
    out: dict[str, list[Unread]] = {}
    for each in unread:
        if each.is_asked or (each.persons and (each.column in _LEFT or _answers(each.column))):
            out.setdefault(mark_of(each.column, each.value), []).append(each)

    def rank(same: list[Unread]) -> tuple:
        return same[0].column != TITLE, -sum(each.persons for each in same), same[0].column

    return dict(sorted(out.items(), key=lambda pair: rank(pair[1])))


def _is_likely(unread: Unread, choices: Choices) -> bool:
    """Whether a question is worth asking: that of the collège of a sheet, only if its name may be one."""
    is_of_sheet = unread.column == COLLEGE and unread.value.startswith(EVERY_ROW)
    return not is_of_sheet or bool(choices.suggestion(unread))


def read_filled(year: int) -> pd.DataFrame:
    """The rows of the file to complete, answered or not, and of a workbook saved in its place; none without it.

    The columns are those of `HEADER`, then ``file`` and ``line`` for messages; a lone question mark is no answer.
    Raises `DataError` for a file that is not the one that was written.
    """
    path = _path_of(year)
    files = [each for each in (path, *map(path.with_suffix, _WORKBOOKS)) if each.is_file()]
    nothing = pd.DataFrame(columns=[*HEADER, "file", "line"], dtype="str")
    return pd.concat([nothing, *map(_rows_of, files)], ignore_index=True)


def _path_of(year: int) -> Path:
    return paths.raw(year) / paths.TO_COMPLETE


def _rows_of(path: Path) -> pd.DataFrame:
    shown, known = paths.relative(path), {fold(title): title for title in HEADER}
    if path.suffix == ".csv":
        read = read_rows(content_of(path), shown)
        header, rows = read.header, dict(zip(read.lines, read.rows, strict=True))
    else:
        rows = dict(read_sheets(path)[0].rows)
        header = rows.pop(min(rows, default=0), [])
    titles = [known.get(fold(cell), cell) for cell in header]
    if MARK not in titles or ANSWER not in titles:
        raise DataError(
            f"{shown}, ligne 1 : les colonnes « {MARK} » et « {ANSWER} » doivent y être ; remettez-les, ou effacez ce "
            f"fichier, que check refera."
        )
    filled = [dict(zip(titles, map(str.strip, cells), strict=False)) for cells in rows.values()]
    table = pd.DataFrame(filled, columns=HEADER, dtype="str").fillna("").map(unescape_formula)
    return table.assign(**{ANSWER: table[ANSWER].replace("?", ""), "file": shown, "line": [*rows]})


def write_to_complete(year: int, unread: Iterable[Unread]) -> list[Unread]:
    """Writes what is to be explained for a year, keeps what was filled in, and returns what is still to be explained.

    The most frequent comes first, titles before all. A row that someone answered stays, even if nothing asks for it
    any more; without a row the file is removed. The file is not touched if nothing changed. Raises `DataError` when the
    file that is there cannot be read or replaced: nothing of it is lost.
    """
    before, own, choices, path = read_filled(year), read_own(year), Choices(year), _path_of(year)
    # A title that is read comes here again where another one names the same column.
    settled = own["colonne"].ne(TITLE) | own["valeur"].eq(AS_IT_IS)
    known = set(map(mark_of, own["colonne"], own["graphie"]))
    again = known - set(map(mark_of, own["colonne"][settled], own["graphie"][settled]))
    asked = {
        mark: replace(
            same[0],
            file=" ; ".join(dict.fromkeys(each.file for each in same)),
            sheet=" ; ".join(dict.fromkeys(each.sheet for each in same if each.sheet)),
            count=sum(each.count for each in same),
            persons=sum(each.persons for each in same),
            is_asked=any(each.is_asked for each in same),
        )
        for mark, same in _by_mark(unread).items()
        if (mark not in known or (mark in again and same[0].is_asked)) and _is_likely(same[0], choices)
    }
    has_titles = any(each.column == TITLE and each.is_asked for each in asked.values())
    same_on_all = {mark_of(column, answers.WHOLE) for column in SAID_OF_ALL}
    waiting, after = (asked.keys() & same_on_all if has_titles else set()), [_TITLES_FIRST]
    answered = before[before[ANSWER].ne("") & ~before[MARK].isin(known - asked.keys())].drop_duplicates(
        MARK, keep="last"
    )
    typed = dict(zip(answered[MARK], answered[ANSWER], strict=True))
    rows = [
        [
            *(mark, each.column, answers.normalise(each.value), typed.get(mark, "")),
            "" if mark in waiting else choices.suggestion(each),
            " / ".join(choices.shown(each.column, each.value, may_stay=_may_stay(each)) + after * (mark in waiting)),
            *(str(each.persons), str(each.count), each.file, each.sheet, str(each.first_line)),
        ]
        for mark, each in asked.items()
    ]
    rows += answered.loc[~answered[MARK].isin(asked), HEADER].to_numpy().tolist()
    if rows != before.loc[before["file"].eq(paths.relative(path)), HEADER].to_numpy().tolist():
        try:
            write_spreadsheet(path, pd.DataFrame(rows, columns=HEADER)) if rows else path.unlink(missing_ok=True)
        except PermissionError:
            raise DataError(f"{paths.relative(path)} est ouvert ailleurs : fermez-le, puis relancez.") from None
    return list(asked.values())


# --- What was filled in becomes the year's own reading, then, if asked, a row of the shared tables ---


@dataclass(frozen=True)
class Adoption:
    """What `adopt` did: ``rows`` (schema ``alias``) are the readings of the year from now on, ``faults`` the others."""

    rows: pd.DataFrame
    faults: list[DataError] = field(default_factory=list)

    @property
    def shown(self) -> list[str]:
        """One line a reading; the names of a column are counted, and what may be about a person is not shown."""
        is_listed = self.rows["colonne"].isin([TITLE, *answers.LISTS, *LISTED]) | self.rows["graphie"].eq(answers.WHOLE)
        is_shown = self.rows["colonne"].eq("annee") | (is_listed & self.rows["graphie"].map(is_plain).astype(bool))
        told = []
        for row in self.rows[is_shown].itertuples():
            means = [_answers(row.colonne).get(each, each) for each in row.valeur.split(SEVERAL)]
            means = f"se lit « {f' {SEVERAL} '.join(means)} »"
            means = _LEFT[row.colonne] if row.valeur == AS_IT_IS else means
            means = answers.FORMS[row.colonne][row.valeur] if row.graphie == answers.WHOLE else means
            comma = "" if means.startswith("se lit") else ","
            told.append(f"colonne « {row.colonne} » : « {row.graphie} »{comma} {means}")
        others = self.rows.loc[~is_shown, "colonne"].value_counts()
        return told + [f"colonne « {column} » : {count}, sans être montrés ici" for column, count in others.items()]


def adopt(year: int, unread: Iterable[Unread]) -> Adoption:
    """Keeps what was filled in as this year's own reading; an answer that means nothing stays in the file, and is told.

    ``unread`` gives the texts as the export writes them: a spreadsheet may have changed those of the file.
    """
    choices, texts, filled = Choices(year), _by_mark(unread), read_filled(year)
    own, new, faults, seen = read_own(year), [], [], {}

    def refuse(row: dict, told: str) -> None:
        # Not its line: the file is written again after this message.
        faults.append(DataError(f"{row['file']}, repère {row[MARK]} : {told}."))

    for row in filled[filled[ANSWER].ne("")].to_dict("records"):
        first, same = seen.setdefault(row[MARK], row), texts.get(row[MARK], [])
        column, may_stay = same[0].column if same else row["colonne"], all(map(_may_stay, same))
        written = sorted({answers.normalise(each.value) for each in same}) or [row["ce qui est écrit"]]
        if first[ANSWER] != row[ANSWER]:
            refuse(row, f"cette ligne est aussi dans {first['file']}, ligne {first['line']} ; gardez-en une")
        elif first is not row:
            continue
        elif not same and mark_of(column, written[0]) != row[MARK]:
            refuse(row, "son repère a changé ; effacez cette ligne, puis relancez check")
        elif value := choices.meaning(column, written[0], row[ANSWER], may_stay=may_stay):
            reason = f"Lu ainsi dans l’export de {year}."
            new += [{"colonne": column, "graphie": text, "valeur": value, "raison": reason} for text in written]
        else:
            said = ", ".join(choices.shown(column, written[0], may_stay=may_stay))
            refuse(row, f"« {row[ANSWER]} » n’est pas une réponse possible ; choisissez : {said}")
    rows = apply_schema(pd.DataFrame(new, columns=own.columns, dtype="str"), TABLE)
    if new:
        both = pd.concat([rows, own]).drop_duplicates(["colonne", "graphie"])
        write_spreadsheet(paths.own_readings(year), both)
    return Adoption(rows, faults)


def own_faults(year: int) -> list[DataError]:
    """What this year's own readings say that means nothing, one sentence a row; none when a table cannot be read."""
    with suppress(DataError):
        choices, own, file = Choices(year), read_own(year), paths.relative(paths.own_readings(year))
        return [
            DataError(
                f"{file}, ligne {line}, colonne « valeur » : « {row.valeur} » n’est pas une réponse possible pour "
                f"« {row.colonne} » ; choisissez : {', '.join(choices.shown(row.colonne, row.graphie))}."
            )
            for line, row in zip(own.index, own.itertuples(index=False), strict=True)
            if choices.meaning(row.colonne, row.graphie, row.valeur) is None
        ]
    return []


def shareable(year: int) -> dict[str, list[dict[str, str]]]:
    """The rows that this year's own readings would add to the reference tables ``entetes``, ``modalites``, ``alias``.

    Left out: what stays as it is written, what is said of a whole column of this export, what a table already says, and
    texts that may be about a person.
    """
    own = read_own(year)
    of_this_export = own["graphie"].eq(answers.WHOLE) | own["graphie"].str.startswith(EVERY_ROW)
    of_this_export |= own["valeur"].str.contains("/") | own["graphie"].isin(answers.OUT_OF_YEAR.values())
    plain = own["graphie"].map(is_plain) & ~of_this_export
    out = {}
    for name in ("entetes", "modalites", TABLE):
        rows, key = _rows_for(name, own[plain]), table_schema(name)["primaryKey"]
        there = set(read_reference(name)[key].itertuples(index=False, name=None))
        is_new = [each not in there for each in rows[key].itertuples(index=False, name=None)]
        out[name] = rows[is_new].to_dict("records")
    return {name: rows for name, rows in out.items() if rows}


def share(year: int) -> None:
    """Appends the rows of `shareable` to the reference tables, which git follows, each atomically."""
    for name, rows in shareable(year).items():
        append_rows(name, rows)
