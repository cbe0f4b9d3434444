"""The file to complete, ``a_completer.csv``: what `check` could not read, explained in a spreadsheet, then adopted."""

import io
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from helpers import paths
from helpers.clean.answers import (
    CLOSED,
    FORMS,
    MULTIPLE,
    UNANSWERED,
    UNFORESEEN,
    WHOLE,
    Spellings,
    answers_of,
    key_of,
    normalise,
    read_spellings,
)
from helpers.clean.cleaning import is_plain
from helpers.clean.posts import LISTED
from helpers.clean.records import Unread
from helpers.data.new_files import append_rows
from helpers.data.raw import read_reference
from helpers.data.reading import content_of, read_rows
from helpers.data.readings import (
    AS_IT_IS,
    TABLE,
    read_own,
    read_reference_for,
    rows_for,
    save_own,
    write_for_spreadsheet,
)
from helpers.data.titles import TITLE
from helpers.data.workbooks import write_cell
from helpers.schema import DataError, apply_schema, catalogue, control_letter, table_schema
from helpers.system import checksum
from helpers.typography import escape_formula, fold

MARK, ANSWER = "repère", "à comprendre comme"
HEADER = [
    *(MARK, "colonne", "ce qui est écrit", ANSWER, "peut-être", "réponses possibles"),
    *("personnes", "cases", "fichier", "feuille", "première ligne"),
]
# Answers whose label says all.
_RECORDED = ("ne_sait_pas", UNANSWERED, UNFORESEEN)
# A spreadsheet may have saved the file as a workbook instead.
_WORKBOOKS = (".xlsx", ".ods", ".xls")
# The words for what stays as it is written, in the column of answers.
_LEFT = {TITLE: "à ignorer", "college": "hors répertoire", "association": "nouvelle association"}


def path_of(year: int) -> Path:
    """The file to complete of a year, there or not: private, beside the export."""
    return paths.raw(year) / paths.TO_COMPLETE


def mark_of(column: str, value: str) -> str:
    """What names a spelling in the file whatever a spreadsheet makes of its text (« 04-05 » becomes a date)."""
    return "r" + checksum(f"{column}\n{key_of(normalise(value))}".encode())[:7]


def _by_mark(unread: Iterable[Unread]) -> dict[str, list[Unread]]:
    """The spellings that are one question, wherever they stand: by mark, headers first, then the most frequent."""
    out: dict[str, list[Unread]] = {}
    for each in unread:
        if each.is_asked or (each.persons and (each.column in (TITLE, *_LEFT) or _answers(each.column))):
            out.setdefault(mark_of(each.column, each.value), []).append(each)
    rank = {mark: (same[0].column != TITLE, -sum(each.persons for each in same)) for mark, same in out.items()}
    return {mark: out[mark] for mark in sorted(out, key=lambda mark: (*rank[mark], out[mark][0].column))}


# --- What an answer may be ---


def _titles() -> dict[str, str]:
    return {each["name"]: each["title"] for each in table_schema("accompagnements")["fields"]}


def _answers(column: str) -> dict[str, str]:
    """The answers of a closed list, as a person types them: the code in plain words, its label if that says more."""
    if column == TITLE:
        return _titles()
    elif column in (*CLOSED, *MULTIPLE):
        names = answers_of(column)
    elif column in LISTED:
        fields = {each["name"]: each for each in table_schema("postes")["fields"]}
        entry = catalogue().indicators[column]
        names = {name: entry.label_of(name) for name in fields[column]["constraints"]["enum"]}
    else:
        return {}
    is_clear = {name: fold(label) == name or name in _RECORDED for name, label in names.items()}
    return {name: label if is_clear[name] else f"{name.replace('_', ' ')} ({label})" for name, label in names.items()}


def _college_names(colleges: pd.DataFrame) -> dict[str, str]:
    return {row.uai: f"{row.nom_officiel} ({row.commune})" for row in colleges.itertuples()}


@dataclass(frozen=True)
class Choices:
    """What may be answered, column by column, and what each answer means."""

    year: int
    colleges: dict[str, str]
    associations: list[str]
    spellings: Spellings
    earlier: dict[str, str]

    @classmethod
    def of(cls, year: int) -> "Choices":
        """The choices of a year; `DataError` for a reference table that cannot be read."""
        colleges = _college_names(read_reference("colleges"))
        associations = list(read_reference("associations")["association"])
        years = [each for each in paths.exported_years() if each < year]
        earlier = {
            mark_of(row.colonne, row.graphie): row.valeur for each in years for row in read_own(each).itertuples()
        }
        return cls(year, colleges, associations, read_spellings(read_reference_for(year, "modalites")), earlier)

    def shown(self, column: str, text: str, *, may_stay: bool = True) -> list[str]:
        """The possible answers for a text, in words; ``may_stay`` offers to leave it as it is written."""
        if text == WHOLE:
            return [*FORMS[column].values()]
        names = self.colleges.values() if column == "college" else self.associations if column == "association" else ()
        if column not in _LEFT and not _answers(column):
            return ["non renseigné, ou corrigez l’export"]
        last = ["son UAI"] if column == "college" else []
        return [*_answers(column).values(), *names, *last, *([_LEFT[column]] if column in _LEFT and may_stay else [])]

    def meaning(self, column: str, text: str, answer: str) -> str | None:
        """The value that an answer means (a modality, a column, a UAI, the name of an association); None if unknown."""
        key = fold(answer)
        if text == WHOLE:
            forms = FORMS.get(column, {})
            return self._alone(key, forms) or self._alone(key, dict(zip(forms, forms, strict=True)))
        if column in _LEFT and key in (fold(_LEFT[column]), AS_IT_IS):
            return AS_IT_IS
        if column == "college":
            uai = answer.replace(" ", "").upper()
            if len(uai) == 8 and uai[:7].isdecimal() and control_letter(uai[:7]) == uai[7]:
                return uai
            return self._alone(key, self.colleges)
        if column == "association":
            return self._alone(key, dict(zip(self.associations, self.associations, strict=True)))
        shown = _answers(column) or {UNANSWERED: "non renseigné"}
        labels = _titles() if column == TITLE else answers_of(column) if column in (*CLOSED, *MULTIPLE) else {}
        for names in (dict(zip(shown, shown, strict=True)), shown, labels):
            if found := self._alone(key, names):
                return found
        found = self.spellings.find(column, normalise(answer)) if column in (*CLOSED, *MULTIPLE) else None
        return found.value or UNANSWERED if found else None

    @staticmethod
    def _alone(key: str, names: dict[str, str]) -> str | None:
        found = [name for name, words in names.items() if fold(words) == key]
        return found[0] if len(found) == 1 else None

    def suggestion(self, unread: Unread) -> str:
        """What a spelling may mean, in words, for someone to confirm: what it meant a year before, or what is near."""
        words = {**_answers(unread.column), **self.colleges, AS_IT_IS: _LEFT.get(unread.column, "")}
        words |= FORMS.get(unread.column, {})
        if found := self.earlier.get(mark_of(unread.column, unread.value)) or unread.suggestion:
            return words.get(found, found)
        names = [*self.colleges.values()] if unread.column == "college" else self.associations
        if unread.column == "college":
            return _nearest_college(unread.value, names)
        if unread.column == "association":
            near = get_close_matches(key_of(unread.value), [key_of(name) for name in names], n=1, cutoff=0.7)
            return next((name for name in names if near and key_of(name) == near[0]), "")
        return ""


def _may_stay(unread: Unread) -> bool:
    """Whether a text may be left as it is written: not the name of a post, which must be in a register."""
    return unread.column == TITLE or not unread.is_asked


def _words(text: str) -> set[str]:
    """The words that name a place: without « collège », articles and one-letter words."""
    return {word for word in fold(text).split("_") if len(word) > 2} - {"college", "clg", "les", "des", "sur", "public"}


def _nearest_college(text: str, names: list[str]) -> str:
    """The registered collège that shares most words with a text, whatever their order; empty without or with several.

    A word with one wrong letter counts (« Quiévrecain »): someone confirms.
    """
    mine = _words(text)
    likeness = {
        name: sum(bool(get_close_matches(word, theirs, n=1, cutoff=0.8)) for word in mine) / max(1, len(mine | theirs))
        for name in names
        for theirs in [_words(name)]
    }
    best = max(likeness.values(), default=0)
    found = [name for name, like in likeness.items() if like == best]
    return found[0] if best >= 1 / 3 and len(found) == 1 else ""


# --- The file: written by `check`, filled in by a person, read in any form that a spreadsheet gives it ---


@dataclass(frozen=True)
class Filled:
    """A row of the file as it came back: its cells by title of column, and its line; ``file`` is named in messages."""

    cells: dict[str, str]
    line: int
    file: str

    @property
    def mark(self) -> str:
        """What names its spelling."""
        return self.cells.get(MARK, "")

    @property
    def answer(self) -> str:
        """What someone typed; a lone question mark is no answer."""
        return "" if self.cells[ANSWER] == "?" else self.cells[ANSWER]


def read_filled(year: int) -> list[Filled]:
    """The rows of the file to complete, answered or not, and of a workbook saved in its place; none without it.

    Raises `DataError` for a file that is not the one that was written.
    """
    out = []
    for path in (path_of(year), *(path_of(year).with_suffix(each) for each in _WORKBOOKS)):
        if path.is_file():
            out += _rows_of(path)
    return out


def _rows_of(path: Path) -> list[Filled]:
    shown = paths.relative(path)
    if path.suffix == ".csv":
        read = read_rows(content_of(path), shown)
        header, rows, lines = read.header, read.rows, read.lines
    else:
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content_of(path))).get_sheet_by_index(0)
            cells = [[write_cell(cell).strip() for cell in row] for row in sheet.iter_rows()]
        except DataError:
            raise
        except BaseException as error:  # a panic of calamine's is not an Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise DataError(f"{shown} ne s’ouvre pas : enregistrez-le de nouveau, ou effacez-le.") from None
        header, rows, lines = (cells or [[]])[0], cells[1:], range(2, len(cells) + 1)
    known = {fold(title): title for title in HEADER}
    titles = [known.get(fold(cell), cell) for cell in header]
    if MARK not in titles or ANSWER not in titles:
        raise DataError(
            f"{shown}, ligne 1 : les colonnes « {MARK} » et « {ANSWER} » doivent y être ; remettez-les, ou effacez ce "
            f"fichier, que check refera."
        )
    filled = (row + [""] * (len(titles) - len(row)) for row in rows)
    return [
        Filled(dict(zip(titles, row, strict=False)), line, shown)
        for row, line in zip(filled, lines, strict=True)
        if any(row)
    ]


def write_to_complete(year: int, unread: Iterable[Unread]) -> list[Unread]:
    """Writes what is to be explained for a year, keeps what was filled in, and returns what is still to be explained.

    The most frequent comes first, headers before all. A row that someone answered stays, even if nothing asks for it
    any more; without a row the file is removed. The file is not touched if nothing changed. Raises `DataError` when the
    file that is there cannot be read or replaced: nothing of it is lost.
    """
    before, choices = read_filled(year), Choices.of(year)
    own = read_own(year)
    known = {mark_of(column, value) for column, value in zip(own["colonne"], own["graphie"], strict=True)}
    asked = {
        mark: replace(
            same[0],
            count=sum(each.count for each in same),
            persons=sum(each.persons for each in same),
            is_asked=any(each.is_asked for each in same),
        )
        for mark, same in _by_mark(unread).items()
        if mark not in known
    }
    answers = {row.mark: row for row in before if row.answer and row.mark not in known}
    rows = [
        [
            *(mark, each.column, escape_formula(normalise(each.value))),
            answers[mark].answer if mark in answers else "",
            *(choices.suggestion(each), " / ".join(choices.shown(each.column, each.value, may_stay=_may_stay(each)))),
            *(str(each.persons), str(each.count), each.file, each.sheet, str(each.first_line)),
        ]
        for mark, each in asked.items()
    ]
    rows += [[row.cells.get(title, "") for title in HEADER] for mark, row in answers.items() if mark not in asked]
    path = path_of(year)
    if rows != [[row.cells.get(title, "") for title in HEADER] for row in before if row.file == paths.relative(path)]:
        try:
            if rows:
                write_for_spreadsheet(path, HEADER, rows)
            else:
                path.unlink(missing_ok=True)
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
        is_shown = [may_be_shown(row.colonne, row.graphie) for row in self.rows.itertuples()]
        told = [
            f"colonne « {row.colonne} » : « {row.graphie} », {_LEFT[row.colonne]}"
            if row.valeur == AS_IT_IS
            else f"colonne « {row.colonne} » : « {row.graphie} », {FORMS[row.colonne][row.valeur]}"
            if row.graphie == WHOLE
            else f"colonne « {row.colonne} » : « {row.graphie} » se lit « {row.valeur.replace('_', ' ')} »"
            for row in self.rows[is_shown].itertuples()
        ]
        others = self.rows.loc[[not each for each in is_shown], "colonne"].value_counts()
        return told + [f"colonne « {column} » : {count}, sans être montrés ici" for column, count in others.items()]


def adopt(year: int, unread: Iterable[Unread]) -> Adoption:
    """Keeps what was filled in as this year's own reading; an answer that means nothing stays in the file, and is told.

    ``unread`` gives the texts as the export writes them: a spreadsheet may have changed those of the file.
    """
    choices, texts = Choices.of(year), _by_mark(unread)
    own, new, faults = read_own(year), [], []
    seen: dict[str, Filled] = {}
    for row in (row for row in read_filled(year) if row.answer):
        first = seen.setdefault(row.mark, row)
        if first.answer != row.answer:
            faults.append(_refused(row, f"cette ligne est aussi dans {first.file}, ligne {first.line} ; gardez-en une"))
        elif first is row:
            column, written, may_stay = _source_of(row, texts)
            value = choices.meaning(column, written[0], row.answer) if written else None
            if not written:
                faults.append(_refused(row, "son repère a changé ; effacez cette ligne, puis relancez check"))
            elif value is None or (value == AS_IT_IS and not may_stay):
                said = ", ".join(choices.shown(column, written[0], may_stay=may_stay))
                faults.append(_refused(row, f"« {row.answer} » n’est pas une réponse possible ; choisissez : {said}"))
            else:
                reason = f"Lu ainsi dans l’export de {year}."
                new += [{"colonne": column, "graphie": text, "valeur": value, "raison": reason} for text in written]
    rows = apply_schema(pd.DataFrame(new, columns=own.columns, dtype="str"), TABLE)
    if new:
        both = pd.concat([rows, own])
        save_own(year, both[~both.duplicated(["colonne", "graphie"])])
    return Adoption(rows, faults)


def _refused(row: Filled, told: str) -> DataError:
    return DataError(f"{row.file}, ligne {row.line} : {told}.")


def _source_of(row: Filled, texts: dict[str, list[Unread]]) -> tuple[str, list[str], bool]:
    """The column and the texts that a row explains (none if it was changed), and whether they may stay as they are."""
    if row.mark in texts:
        same = texts[row.mark]
        return same[0].column, sorted({normalise(each.value) for each in same}), all(map(_may_stay, same))
    column, text = row.cells.get("colonne", ""), row.cells.get("ce qui est écrit", "")
    return column, [text] if mark_of(column, text) == row.mark else [], True


def own_faults(year: int) -> list[DataError]:
    """What this year's own readings say that means nothing, one sentence a row; none when a table cannot be read."""
    with suppress(DataError):
        choices, own, file = Choices.of(year), read_own(year), paths.relative(paths.own_readings(year))
        return [
            DataError(
                f"{file}, ligne {line}, colonne « valeur » : « {row.valeur} » n’est pas une réponse possible pour "
                f"« {row.colonne} » ; choisissez : {', '.join(choices.shown(row.colonne, row.graphie))}."
            )
            for line, row in zip(own.index, own.itertuples(index=False), strict=True)
            if choices.meaning(row.colonne, row.graphie, row.valeur) is None
        ]
    return []


def may_be_shown(column: str, text: str) -> bool:
    """Whether a message may show a text: a title, or an answer of a closed list that cannot be about a person."""
    return (column in (TITLE, *CLOSED, *MULTIPLE, *LISTED) or text == WHOLE) and is_plain(text)


def shareable(year: int) -> dict[str, list[dict[str, str]]]:
    """The rows that this year's own readings would add to the reference tables ``entetes``, ``modalites``, ``alias``.

    Left out: what stays as it is written, what is said of a whole column of this export, what a table already says, and
    texts that may be about a person.
    """
    own = read_own(year)
    plain = own["graphie"].map(is_plain) & own["graphie"].ne(WHOLE)
    out = {}
    for name in ("entetes", "modalites", TABLE):
        rows, key = rows_for(name, own[plain]), table_schema(name)["primaryKey"]
        there = set(read_reference(name)[key].itertuples(index=False, name=None))
        is_new = [each not in there for each in rows[key].itertuples(index=False, name=None)]
        out[name] = rows[is_new].to_dict("records")
    return {name: rows for name, rows in out.items() if rows}


def share(year: int) -> None:
    """Appends the rows of `shareable` to the reference tables, which git follows, each atomically."""
    for name, rows in shareable(year).items():
        append_rows(name, rows)
