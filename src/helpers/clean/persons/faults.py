"""Why the records of a year cannot be used at all: one French sentence each, without any value of a person."""

import re
from collections import Counter
from difflib import get_close_matches

import numpy as np
import pandas as pd

from helpers.clean.persons.coding import MOST_SPELLINGS, Coded, Vocabulary
from helpers.clean.persons.columns import Column, count_spellings
from helpers.clean.persons.days import read_number_of_year
from helpers.clean.persons.identity import holds, is_empty
from helpers.clean.persons.reasons import Reason
from helpers.clean.persons.spellings import CLOSED, FIELDS, MULTIPLE, UNANSWERED, UNFORESEEN, answers_of
from helpers.clean.persons.text import key_of, tidy
from helpers.schema import DataError

# Shares in per cent of the rows, above which something is wrong with the file rather than with some rows.
MOST_UNFORESEEN_PCT = 5
MOST_CONTRADICTORY_PCT = 1
MOST_REJECTED_PCT = 20
# Of the rows of a file, those that another file of the year already holds: above it, it is the same file once more.
MOST_REPEATED_PCT = 50
# Above it, the column holds something else than its list: what it holds is not shown.
MOST_SHOWN_PCT = 50
# An unknown answer is shown if it is short and holds no long number: it might be a person's otherwise.
_LONGEST_SHOWN = 40
_NUMBER = re.compile(r"\d{3}|@")


def exceeds(rows: int, total: int, percent: int) -> bool:
    """Whether rows are more than a percentage of a total; exactly that much is not more."""
    return rows * 100 > total * percent


def find_full(vocabularies: dict[str, Vocabulary], file: str) -> list[DataError]:
    """Columns with more distinct texts than any list, name or date."""
    return [
        DataError(
            f"{file}, colonne « {name} » : plus de {MOST_SPELLINGS} textes différents ; vérifiez que c’est bien cette "
            "colonne, et écrivez les dates sans l’heure."
        )
        for name, vocabulary in vocabularies.items()
        if vocabulary.is_full
    ]


def find_other_years(parts: list[Coded], column: Column, year: int) -> list[DataError]:
    """Files whose rows are all of other years than the one asked."""
    read = [read_number_of_year(tidy(text)) for text in column.spellings]
    seen: dict[str, Counter] = {}
    for part in parts:
        for number, rows in zip(*part.counts.get("annee", ((), ())), strict=True):
            if read[number] is not None:
                seen.setdefault(part.part.file, Counter())[read[number]] += int(rows)
    return [
        DataError(
            f"{file} : ce fichier est celui de {max(years, key=years.get)}, non de {year} ; mettez-le dans le dossier "
            f"de son année, ou demandez cette année-là."
        )
        for file, years in seen.items()
        if years and year not in years
    ]


def find_empty(parts: list[Coded], columns: dict[str, Column], present: list[str]) -> list[DataError]:
    """Columns that must be filled, are in the files, and hold nothing."""
    if not any(len(part) for part in parts):
        return []
    empty = ["identifiant"] if all(is_empty(part.identifiers).all() for part in parts) else []
    for name, column in columns.items():
        if name in present and FIELDS[name]["presence"] == "obligatoire":
            rows = count_spellings(parts, name, len(column.spellings))
            nothing = np.array([not tidy(text) or (not c.value and not c.reason) for text, c in _cells(column)])
            if not rows[~nothing].any():
                empty.append(name)
    return [
        DataError(
            f"{_file_of(parts)}, colonne « {name} » : elle est vide sur toutes les lignes ; remplissez-la, ou demandez "
            "un export qui la contient."
        )
        for name in empty
    ]


def _cells(column: Column) -> list[tuple]:
    return list(zip(column.spellings, column.cells, strict=True))


def _file_of(parts: list[Coded]) -> str:
    files = list(dict.fromkeys(part.part.file for part in parts))
    return files[0] if len(files) == 1 else f"{files[0]} et {len(files) - 1} autre{'s' if len(files) > 2 else ''}"


def find_unforeseen(parts: list[Coded], columns: dict[str, Column]) -> list[DataError]:
    """Closed lists that hold too many answers which no rule knows."""
    out, total = [], sum(len(part) for part in parts)
    for name in (*CLOSED, *MULTIPLE):
        column = columns[name]
        rows = count_spellings(parts, name, len(column.spellings))
        rows[[UNFORESEEN not in cell.value.split(";") for cell in column.cells]] = 0
        unknown = int(rows.sum())
        if exceeds(unknown, total, MOST_UNFORESEEN_PCT):
            where = f"{_file_of(parts)}, colonne « {name} » : {unknown} réponses sur {total} sont inconnues"
            shown = "" if exceeds(unknown, total, MOST_SHOWN_PCT) else _example(column, rows, parts)
            remedy = shown or " ; vérifiez que les colonnes ne sont pas décalées, ou complétez reference/modalites.csv."
            out.append(DataError(where + remedy))
    return out


def _example(column: Column, rows: np.ndarray, parts: list[Coded]) -> str:
    """The most frequent unknown answer and the nearest one of the list, if it can be shown."""
    found = sorted(zip((-rows).tolist(), column.spellings, strict=True))[0]
    text = tidy(found[1])
    if len(text) > _LONGEST_SHOWN or _NUMBER.search(text) or any(holds(part.identifiers, text) for part in parts):
        return ""
    names = {key_of(word): name for name, label in answers_of(column.name).items() for word in (name, label)}
    names = {key: name for key, name in names.items() if name not in (UNFORESEEN, UNANSWERED)}
    near = get_close_matches(key_of(text), list(names), n=1, cutoff=0)[0]
    return (
        f", d’abord « {text} » ({-found[0]} fois) ; si cela veut dire « {names[near]} » ou une autre modalité, "
        "dites-le dans reference/modalites.csv, sinon corrigez le fichier."
    )


def find_repeated(parts: list[Coded], rejected: pd.DataFrame) -> list[DataError]:
    """Files whose persons are, for more than half of the rows, already in another file of the year."""
    rows: Counter = Counter()
    for part in parts:
        rows[part.part.file] += len(part) + len(part.refused)
    again = Counter(rejected.loc[rejected["motif"].eq(Reason.IDENTICAL), "fichier"].astype(object))
    return [
        DataError(
            f"{file} : {again[file]} de ses {total} lignes sont déjà dans un autre fichier de l’année ; gardez un seul "
            "des deux, ou demandez un export sans répétition."
        )
        for file, total in rows.items()
        if len(rows) > 1 and exceeds(again[file], total, MOST_REPEATED_PCT)
    ]


def find_excess(parts: list[Coded], rejections: pd.DataFrame, read: int) -> list[DataError]:
    """Too many rows that are not counted, or too many persons who contradict themselves."""
    rows = dict(zip(rejections["motif"], rejections["lignes"].astype(int), strict=True))
    out, twice = [], rows.get(Reason.CONTRADICTORY, 0)
    if exceeds(twice, read, MOST_CONTRADICTORY_PCT):
        out.append(
            DataError(
                f"{_file_of(parts)}, colonne « identifiant » : {twice} lignes sur {read} se contredisent sur une même "
                "personne ; gardez une seule ligne par personne dans l’année, la quarantaine les montre."
            )
        )
    rejected = sum(rows.values())
    if exceeds(rejected, read, MOST_REJECTED_PCT):
        main = ", ".join(f"{reason} ({count})" for reason, count in list(rows.items())[:3])
        out.append(
            DataError(
                f"{_file_of(parts)} : {rejected} {'lignes' if rejected > 1 else 'ligne'} sur {read} ne "
                f"{'peuvent pas être comptées' if rejected > 1 else 'peut pas être comptée'} : {main} ; corrigez le "
                "fichier, la quarantaine montre ces lignes."
            )
        )
    return out
