"""From what was received to the persons kept, in the order in which it is done."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.clean.persons.account import count_changes, count_rejections, keep_rejected
from helpers.clean.persons.coding import Coded, Vocabulary, code_part
from helpers.clean.persons.columns import Registers, link_colleges, read_columns
from helpers.clean.persons.faults import (
    find_empty,
    find_excess,
    find_full,
    find_other_years,
    find_repeated,
    find_unforeseen,
)
from helpers.clean.persons.gather import answers_of, gather_persons, parts_at
from helpers.clean.persons.identity import judge_twice, suspect_rows
from helpers.clean.persons.rows import Rules, count_decisions, exclude_rows
from helpers.clean.persons.spellings import read_spellings
from helpers.records import Cleaned, Part, Persons, Received
from helpers.schema import DataError, columns

# More threads than that wait for one another more than they work.
_MOST_WORKERS = 4


def clean_persons(
    received: Received,
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> Cleaned:
    """The persons kept of a year, and the account of every row read; nothing when there is no export.

    ``spellings`` has the schema ``modalites``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `store.read_registers`. The result does not depend on how the files are cut into parts.

    Decisions: an answer of a closed list that no rule knows is kept as ``non_prevu``; a date is read with the day
    first; a person twice in the year is kept once if the answers are the same, not at all if they differ; nothing is
    guessed. What makes the whole year unusable is in ``faults``, all at once: nothing is raised.

    Six rows of an invented export, the last one being the same person as the fifth:

    >>> import numpy as np, pyarrow as pa
    >>> lignes = pd.DataFrame({"identifiant": [*"ABCDEE"], "annee": "2021", "sexe": [*"FGFGFF"]})
    >>> colonnes = {nom: pa.array(lignes[nom]).dictionary_encode() for nom in ("annee", "sexe")}
    >>> lot = records.Batch({"identifiant": pa.array(lignes["identifiant"]), **colonnes}, lines=np.arange(2, 8))
    >>> recu = records.Received(2021, [records.Part("export.csv", "", lambda: lot)], list(lignes))
    >>> registres = {"spellings": store.read_reference("modalites"), **store.read_registers()}
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
    # What reading took and the persons do not need goes back to the system before they are written and counted.
    pa.default_memory_pool().release_unused()
    read = sum(len(part) + len(part.refused) for part in parts)
    assert read == len(persons) + len(rejected), "a row is neither kept nor rejected"
    faults = [*received.faults, *broken, *registers.spellings.faults, *unusable]
    return Cleaned(persons, ledger, rejections, rejected, read, faults)


def _read(
    parts: list[Part], vocabularies: dict[str, Vocabulary], pool: Executor
) -> tuple[list[Coded], list[DataError]]:
    """The parts as numbers, in their order, and why some could not be read."""

    def code(part: Part) -> Coded | DataError:
        try:
            return code_part(part, vocabularies)
        except DataError as fault:
            return fault

    done = list(pool.map(code, parts))
    pa.default_memory_pool().release_unused()
    return [each for each in done if isinstance(each, Coded)], [each for each in done if isinstance(each, DataError)]


def _exclude(parts: list[Coded], rules: Rules, pool: Executor) -> np.ndarray:
    """Why each row is not counted: the place of a reason, or 0."""
    found = list(pool.map(lambda part: exclude_rows(part, rules), parts))
    rows = suspect_rows([part.keys for part in parts], found, pool)
    excluded = np.concatenate([np.zeros(0, dtype=np.uint8), *found])
    if rows.size:
        few = parts_at(parts, rows)
        texts, keys = pa.concat_arrays([each.identifiers for each in few]), np.concatenate([each.keys for each in few])
        excluded[rows] = judge_twice(texts, keys, answers_of(few, rules))
    # Eight bytes a row that nothing needs any more.
    for part in parts:
        part.keys = np.zeros(0, dtype=np.uint64)
    pa.default_memory_pool().release_unused()
    return excluded


def _faults(
    received: Received,
    parts: list[Coded],
    rules: Rules,
    *,
    vocabularies: dict[str, Vocabulary],
    rejected: pd.DataFrame,
    rejections: pd.DataFrame,
) -> list[DataError]:
    """Why the year cannot be used, as its rows tell it; a cause that is told hides its consequences."""
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
    receiveds: list[Received],
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> dict[int, Persons]:
    """The persons of earlier years by year, each cleaned as `clean_persons` does; a year without export is left out.

    ``spellings`` has the schema ``modalites``; the registers: schema ``alias``, schema ``associations``, schema
    ``colleges``.

    Raises
    ------
    DataError
        for the first fault of a year: an overlap with records that cannot be used would be false.

    >>> registres = {"spellings": store.read_reference("modalites"), **store.read_registers()}
    >>> clean.clean_earlier([records.Received(2019), records.Received(2020)], **registres)
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
