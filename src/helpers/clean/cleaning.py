"""From received files to the persons kept, with the account of every row and the faults of the year."""

import os
import re
from collections import Counter
from concurrent.futures import Executor, ThreadPoolExecutor
from difflib import get_close_matches

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.clean.answers import (
    CLOSED,
    FIELDS,
    MULTIPLE,
    UNANSWERED,
    UNFORESEEN,
    Reason,
    answers_of,
    key_of,
    normalise,
    read_number_of_year,
    read_spellings,
)
from helpers.clean.persons import (
    MOST_SPELLINGS,
    CodedPart,
    Column,
    Registers,
    Rules,
    Vocabulary,
    answers_at,
    code_part,
    count_decisions,
    count_spellings,
    exclude_rows,
    gather_persons,
    holds,
    is_empty,
    judge_repeats,
    link_colleges,
    parts_at,
    read_columns,
    repeated_rows,
)
from helpers.clean.records import EMPTY, Change, CleanedRecords, Part, Persons, ReceivedRecords
from helpers.schema import DataError, apply_schema, columns

# --- The account of every row read: changes, rejections, and the rejected rows ---

REASONS = np.array([EMPTY, *Reason], dtype=object)


def count_changes(parts: list[CodedPart], known: dict[str, Column], decided: list[Change]) -> pd.DataFrame:
    """The changes of reading and cleaning (schema ``normalisations``), rows by file, column and rule."""
    rows: Counter = Counter()
    for change in decided:
        rows[change.file, change.column, change.rule] += change.rows
    for name, column in known.items():
        rules = sorted({cell.rule for cell in column.cells})
        place = {rule: number for number, rule in enumerate(rules)}
        codes = np.array([place[cell.rule] for cell in column.cells])
        for part in parts:
            if name in part.counts:
                numbers, counts = part.counts[name]
                found = np.bincount(codes[numbers], weights=counts, minlength=len(rules))
                for rule, count in zip(rules, found.astype(int).tolist(), strict=True):
                    rows[part.part.file, name, rule] += count if rule else 0
    order = {name: number for number, name in enumerate(["", *columns("accompagnements")])}
    lines = [(*key, count) for key, count in rows.items() if count]
    lines.sort(key=lambda line: (line[0], order.get(line[1], len(order)), line[2]))
    return apply_schema(pd.DataFrame(lines, columns=columns("normalisations"), dtype="object"), "normalisations")


def count_rejections(rejected: pd.DataFrame) -> pd.DataFrame:
    """The rejected rows (schema ``rejets``) by reason, the most frequent first."""
    seen = Counter(rejected["motif"].astype(object).tolist())
    lines = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
    return apply_schema(pd.DataFrame(lines, columns=columns("rejets"), dtype="object"), "rejets")


def keep_rejected(parts: list[CodedPart], known: dict[str, Column], excluded: np.ndarray) -> pd.DataFrame:
    """The rejected rows, as received: ``fichier``, ``feuille``, ``ligne``, ``motif``, the columns, then ``texte``.

    ``texte`` is the row itself when it could not be split into columns. Texts are categorical: a wrong file may have
    millions of such rows.
    """
    starts = np.cumsum([0, *(len(part) for part in parts)])
    places = [excluded[start:stop] for start, stop in zip(starts, starts[1:], strict=False)]
    rows = [np.flatnonzero(each) for each in places]
    refused = [row for part in parts for row in part.refused]
    files = list(dict.fromkeys((part.part.file, part.part.sheet) for part in parts))
    of_part = np.array([files.index((part.part.file, part.part.sheet)) for part in parts], dtype=np.int64)
    file = np.concatenate(
        [np.repeat(of_part, [len(each) for each in rows]), np.repeat(of_part, [len(part.refused) for part in parts])]
    )
    lines = [part.lines[each].astype(np.int64) for part, each in zip(parts, rows, strict=True)]
    line = np.concatenate([np.zeros(0, np.int64), *lines, np.array([row.line for row in refused], dtype=np.int64)])
    motif = np.concatenate([np.zeros(0, np.uint8), *(each[here] for each, here in zip(places, rows, strict=True))])
    blank = [EMPTY] * len(refused)
    out = {
        "fichier": _category(file, [name for name, _ in files]),
        "feuille": _category(file, [sheet for _, sheet in files]),
        "ligne": line,
        "motif": _category(*_numbered([*REASONS], motif, [row.reason for row in refused])),
        "identifiant": [
            *(text for p, here in zip(parts, rows, strict=True) for text in p.received.take(here).to_pylist()),
            *blank,
        ],
        **{
            name: _category(*_numbered(column.spellings, _raw(parts, name, rows), blank))
            for name, column in known.items()
        },
        "texte": pd.Categorical([EMPTY] * len(motif) + [row.text for row in refused]),
    }
    order = np.lexsort((line, file))
    return pd.DataFrame(out).astype({"identifiant": "str"}).iloc[order].reset_index(drop=True)


def _raw(parts: list[CodedPart], name: str, rows: list[np.ndarray]) -> np.ndarray:
    """The spellings of a column in some rows of each part; the empty one without the column."""
    nothing = np.zeros(0, dtype=np.uint8)
    found = [
        part.columns[name][here] if name in part.columns else np.zeros(len(here), dtype=np.uint8)
        for part, here in zip(parts, rows, strict=True)
    ]
    return np.concatenate([nothing, *found])


def _numbered(words: list[str], codes: np.ndarray, others: list[str]) -> tuple[np.ndarray, list[str]]:
    """Codes into words, followed by other words."""
    more = sorted(set(others) - set(words))
    place = {word: number for number, word in enumerate([*words, *more])} if others else {}
    return np.concatenate([codes.astype(np.int64), [place[word] for word in others]]).astype(np.int64), [*words, *more]


def _category(codes: np.ndarray, words: list[str]) -> pd.Categorical:
    """A categorical column whose categories are the words used, sorted."""
    used = np.unique(codes)
    names = sorted({words[place] for place in used.tolist()})
    place = {name: number for number, name in enumerate(names)}
    new = np.zeros(len(words), dtype=np.int64)
    new[used] = [place[words[number]] for number in used.tolist()]
    return pd.Categorical.from_codes(new[codes], categories=pd.Index(names, dtype="str"))


# --- Why the records of a year are unusable: one French sentence each, without any value of a person ---

# Shares of the rows, in per cent, above which the file is wrong rather than some rows.
MOST_UNFORESEEN_PCT = 5
MOST_CONTRADICTORY_PCT = 1
MOST_REJECTED_PCT = 20
# Rows of a file already in another file of the year: above it, it is the same file again.
MOST_REPEATED_PCT = 50
# Unknown answers: above it, the column holds something else than its list, which is not shown.
MOST_SHOWN_PCT = 50
# An unknown answer is shown only if short and without a long number: it might be about a person.
_LONGEST_SHOWN = 40
_NUMBER = re.compile(r"\d{3}|@")


def exceeds(rows: int, total: int, percent: int) -> bool:
    """Whether rows are strictly more than a percentage of a total."""
    return rows * 100 > total * percent


def find_full(vocabularies: dict[str, Vocabulary], file: str) -> list[DataError]:
    """Columns with too many distinct texts."""
    return [
        DataError(
            f"{file}, colonne « {name} » : plus de {MOST_SPELLINGS} textes différents ; vérifiez que c’est bien cette "
            "colonne, et écrivez les dates sans l’heure."
        )
        for name, vocabulary in vocabularies.items()
        if vocabulary.is_full
    ]


def find_other_years(parts: list[CodedPart], column: Column, year: int) -> list[DataError]:
    """Files whose rows are all of other years."""
    read = [read_number_of_year(normalise(text)) for text in column.spellings]
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


def find_empty(parts: list[CodedPart], columns: dict[str, Column], present: list[str]) -> list[DataError]:
    """Required columns that are present and empty."""
    if not any(len(part) for part in parts):
        return []
    empty = ["identifiant"] if all(is_empty(part.identifiers).all() for part in parts) else []
    for name, column in columns.items():
        if name in present and FIELDS[name]["presence"] == "obligatoire":
            rows = count_spellings(parts, name, len(column.spellings))
            nothing = np.array([not normalise(text) or (not c.value and not c.reason) for text, c in _cells(column)])
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


def _file_of(parts: list[CodedPart]) -> str:
    files = list(dict.fromkeys(part.part.file for part in parts))
    return files[0] if len(files) == 1 else f"{files[0]} et {len(files) - 1} autre{'s' if len(files) > 2 else ''}"


def find_unforeseen(parts: list[CodedPart], columns: dict[str, Column]) -> list[DataError]:
    """Closed lists with too many unknown answers."""
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


def _example(column: Column, rows: np.ndarray, parts: list[CodedPart]) -> str:
    """The most frequent unknown answer, if it may be shown, and the nearest known one."""
    found = sorted(zip((-rows).tolist(), column.spellings, strict=True))[0]
    text = normalise(found[1])
    if len(text) > _LONGEST_SHOWN or _NUMBER.search(text) or any(holds(part.identifiers, text) for part in parts):
        return ""
    names = {key_of(word): name for name, label in answers_of(column.name).items() for word in (name, label)}
    names = {key: name for key, name in names.items() if name not in (UNFORESEEN, UNANSWERED)}
    near = get_close_matches(key_of(text), list(names), n=1, cutoff=0)[0]
    return (
        f", d’abord « {text} » ({-found[0]} fois) ; si cela veut dire « {names[near]} » ou une autre modalité, "
        "dites-le dans reference/modalites.csv, sinon corrigez le fichier."
    )


def find_repeated(parts: list[CodedPart], rejected: pd.DataFrame) -> list[DataError]:
    """Files more than half of whose rows are already in another file of the year."""
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


def find_excess(parts: list[CodedPart], rejections: pd.DataFrame, read: int) -> list[DataError]:
    """Too many rejected rows, or too many contradictory persons."""
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


# --- Cleaning, step by step ---

# More threads mostly wait for one another.
_MOST_WORKERS = 4


def clean_persons(
    received: ReceivedRecords,
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> CleanedRecords:
    """The persons kept of a year, and the account of every row read; empty without an export.

    ``spellings`` has the schema ``modalites``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `data.read_registers`. The result does not depend on how the files are cut into parts.

    Decisions: an unknown answer of a closed list is kept as ``non_prevu``; dates are read day first; a person who is
    there twice is kept once if the answers are the same, not at all if they differ; nothing is guessed. What makes the
    year unusable is in ``faults``, all at once; nothing is raised.

    Six rows, the last two of the same person:

    >>> import numpy as np, pyarrow as pa
    >>> lignes = pd.DataFrame({"identifiant": [*"ABCDEE"], "annee": "2021", "sexe": [*"FGFGFF"]})
    >>> colonnes = {nom: pa.array(lignes[nom]).dictionary_encode() for nom in ("annee", "sexe")}
    >>> lot = records.Batch({"identifiant": pa.array(lignes["identifiant"]), **colonnes}, lines=np.arange(2, 8))
    >>> recu = ReceivedRecords(2021, [Part("export.csv", "", lambda: lot)], list(lignes))
    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyage = clean.clean_persons(recu, **registres)
    >>> nettoyage.read, len(nettoyage.persons), nettoyage.persons.labels["sexe"]
    (6, 5, ['', 'filles', 'garcons'])
    >>> nettoyage.rejected[["fichier", "ligne"]].to_dict("records"), nettoyage.ledger["lignes"].tolist()
    ([{'fichier': 'export.csv', 'ligne': 7}], [6])
    """
    registers = Registers(read_spellings(spellings), aliases, associations, colleges)
    vocabularies = {name: Vocabulary() for name in columns("accompagnements") if name != "identifiant"}
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_WORKERS)) as pool:
        parts, broken = _read(received.parts, vocabularies, pool)
        known = read_columns(parts, vocabularies, registers, received.year)
        rules = Rules(known, *link_colleges(known, registers, parts))
        excluded = _exclude(parts, rules, pool)
        decided = [change for made in pool.map(lambda part: count_decisions(part, rules), parts) for change in made]
        changes = [*received.changes, *(change for part in parts for change in part.changes), *decided]
        ledger = count_changes(parts, known, changes)
        rejected = keep_rejected(parts, known, excluded)
        rejections = count_rejections(rejected)
        unusable = _faults(received, parts, rules, vocabularies=vocabularies, rejected=rejected, rejections=rejections)
        persons = gather_persons(parts, rules, excluded, year=received.year, pool=pool)
    # Return unused memory to the system before the persons are written and counted.
    pa.default_memory_pool().release_unused()
    read = sum(len(part) + len(part.refused) for part in parts)
    assert read == len(persons) + len(rejected), "a row is neither kept nor rejected"
    faults = [*received.faults, *broken, *registers.spellings.faults, *unusable]
    return CleanedRecords(persons, ledger, rejections, rejected, read, faults)


def _read(
    parts: list[Part], vocabularies: dict[str, Vocabulary], pool: Executor
) -> tuple[list[CodedPart], list[DataError]]:
    """The parts as numbers, in order, and why some could not be read."""

    def code(part: Part) -> CodedPart | DataError:
        try:
            return code_part(part, vocabularies)
        except DataError as fault:
            return fault

    done = list(pool.map(code, parts))
    pa.default_memory_pool().release_unused()
    return [each for each in done if isinstance(each, CodedPart)], [
        each for each in done if isinstance(each, DataError)
    ]


def _exclude(parts: list[CodedPart], rules: Rules, pool: Executor) -> np.ndarray:
    """Why each row is rejected: the place of a reason, or 0."""
    found = list(pool.map(lambda part: exclude_rows(part, rules), parts))
    rows = repeated_rows([part.keys for part in parts], found, pool)
    excluded = np.concatenate([np.zeros(0, dtype=np.uint8), *found])
    if rows.size:
        few = parts_at(parts, rows)
        texts, keys = pa.concat_arrays([each.identifiers for each in few]), np.concatenate([each.keys for each in few])
        excluded[rows] = judge_repeats(texts, keys, answers_at(few, rules))
    # Free eight bytes a row.
    for part in parts:
        part.keys = np.zeros(0, dtype=np.uint64)
    pa.default_memory_pool().release_unused()
    return excluded


def _faults(
    received: ReceivedRecords,
    parts: list[CodedPart],
    rules: Rules,
    *,
    vocabularies: dict[str, Vocabulary],
    rejected: pd.DataFrame,
    rejections: pd.DataFrame,
) -> list[DataError]:
    """Why the year is unusable, from its rows; a cause hides its consequences."""
    if not parts:
        return []
    read = sum(len(part) + len(part.refused) for part in parts)
    if not read:
        said = "aucune ligne de données ; vérifiez que c’est bien l’export, et non un modèle."
        return [] if received.faults else [DataError(f"{parts[0].part.file} : {said}")]
    other_years = find_other_years(parts, rules.columns["annee"], received.year)
    repeated = find_repeated(parts, rejected)
    is_explained = other_years or repeated or not {"identifiant", "annee"} <= set(received.columns)
    return [
        *find_full(vocabularies, parts[0].part.file),
        *other_years,
        *repeated,
        *find_empty(parts, rules.columns, received.columns),
        *find_unforeseen(parts, rules.columns),
        *([] if is_explained else find_excess(parts, rejections, read)),
    ]


def clean_earlier(
    receiveds: list[ReceivedRecords],
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> dict[int, Persons]:
    """The persons of earlier years by year, each cleaned as `clean_persons` does; a year without export is left out.

    ``spellings`` has the schema ``modalites``; the registers: schema ``alias``, schema ``associations``, schema
    ``colleges``.

    Raises DataError for the first fault of a year.

    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> clean.clean_earlier([ReceivedRecords(2019), ReceivedRecords(2020)], **registres)
    {}
    """
    registers = {"spellings": spellings, "aliases": aliases, "associations": associations, "colleges": colleges}
    out = {}
    for received in receiveds:
        cleaned = clean_persons(received, **registers)
        if cleaned.faults:
            raise cleaned.faults[0]
        if not received.is_empty:
            out[received.year] = cleaned.persons
    return out
