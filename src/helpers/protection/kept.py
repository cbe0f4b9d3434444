"""What was released of a year's records, kept here: the difference of two releases is a table like another."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import indicators, paths, store
from helpers.records import Persons
from helpers.schema import FEWEST_CORRECTED_ROWS, DataError
from helpers.store.whole import whole

# A file of answers bears the checksum of what it holds: one for each different release.
_KEY, _ANSWERS = "cle.bin", "reponses_{}.parquet"
# What version 0.8 kept of the last release only: a number a person, of all that was written of her.
_ROWS = "lignes.npy"
_PERIMETER, _SHARED = "perimetre", "alses"
# Odd, so that multiplying by it loses nothing of 64 bits (Knuth's multiplicative hashing).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def _is_simulated(year: int) -> bool:
    return store.simulated_exports(year) == paths.exports(year)


def _rows_of(persons: Persons) -> np.ndarray:
    """A number for each person and all that is known of her, in order: a changed answer gives another."""
    names = np.asarray(persons.identifiers.to_pandas(), dtype=object)
    found = pd.util.hash_array(names, categorize=False)
    for column in sorted(persons.codes):
        words = np.array([f"{column}={label}" for label in persons.labels[column]], dtype=object)
        found = found * _SPREAD + pd.util.hash_array(words, categorize=False).take(persons.codes[column])
    return np.sort(found)


def _answers_of(year: int) -> pd.DataFrame:
    """What is published of each person of a year: a row for each perimeter she is counted in (``perimetre``).

    The perimeter « alses 2020 » is that of the persons followed by an ALSES that year too, with what they answered
    then: the report says what both years share. No identifier; the order is that of a hash.
    """
    persons = store.load_records(year)
    found = indicators.published_answers(persons)
    tables = {**found}
    for earlier in (each for each in paths.exported_years() if each < year and not _is_simulated(each)):
        others = store.load_records(earlier)
        then = indicators.published_answers(others)[_SHARED]
        own = found[_SHARED]
        here, there = persons.shared(own.index.to_numpy(), others, then.index.to_numpy())
        before = then.loc[there].add_suffix(f"_{earlier}").set_axis(here)
        tables[f"{_SHARED} {earlier}"] = own.loc[here].join(before)
    answers = _stacked(tables)
    return answers.iloc[np.argsort(_hashes(answers), kind="stable")].reset_index(drop=True)


def _stacked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The tables one under the other, every column with one set of categories: a text a row would take far more."""
    named = [table.assign(**{_PERIMETER: pd.Categorical([name] * len(table))}) for name, table in tables.items()]
    words: dict[str, set] = {}
    for table in named:
        for column in table:
            words.setdefault(column, set()).update(table[column].cat.categories)
    kinds = {column: pd.CategoricalDtype(sorted(known)) for column, known in words.items()}
    return pd.concat([table.reindex(columns=list(kinds)).astype(kinds) for table in named], ignore_index=True)


def _hashes(table: pd.DataFrame) -> np.ndarray:
    """A number a row, the same for the same answers."""
    found = np.zeros(len(table), dtype=np.uint64)
    for column in sorted(table.columns):
        places, words = pd.factorize(table[column])  # a missing answer is -1: the last
        told = np.array([*(f"{column}={word}" for word in words), f"{column} ?"], dtype=object)
        found = found * _SPREAD + pd.util.hash_array(told, categorize=False)[places]
    return found


def _name_of(answers: pd.DataFrame) -> str:
    seal = hashlib.sha256("\0".join(sorted(answers.columns)).encode() + np.sort(_hashes(answers)).tobytes())
    return _ANSWERS.format(seal.hexdigest()[:16])


def _read_answers(path: Path) -> pd.DataFrame:
    try:
        answers = pd.read_parquet(path)
        is_whole = _name_of(answers) == path.name
    except (OSError, ValueError, KeyError):
        is_whole = False
    if not is_whole:
        raise DataError(
            f"{paths.relative(path)} est abîmé : on ne peut plus comparer l’export au rapport publié. Remettez ce "
            f"fichier d’une sauvegarde ; {_if_nobody(path.parent)}"
        )
    return answers


def changed_persons(kept: pd.DataFrame, now: pd.DataFrame) -> list[int]:
    """Of how many persons two releases do not tell the same, perimeter by perimeter: came or left, whichever are more.

    A row is a person in a ``perimetre``, a column ``<indicateur>`` a question. Only the questions and the perimeters
    that both tell are compared: nothing can be subtracted from the others.

    >>> avant = pd.DataFrame({"perimetre": "alses", "sexe": ["filles", "filles", "garcons"]})
    >>> apres = pd.DataFrame({"perimetre": "alses", "sexe": ["filles", "garcons", "garcons", "garcons"]})
    >>> protection.changed_persons(avant, apres)
    [2]
    """
    columns = sorted(set(kept) & set(now))
    counts = []
    for perimeter in sorted(set(kept[_PERIMETER]) & set(now[_PERIMETER])):
        pair = [_hashes(table.loc[table[_PERIMETER].eq(perimeter), columns]) for table in (now, kept)]
        known, places = np.unique(np.concatenate(pair), return_inverse=True)
        came = np.bincount(places[: len(pair[0])], minlength=len(known))
        left = np.bincount(places[len(pair[0]) :], minlength=len(known))
        counts.append(int(max(np.maximum(came - left, 0).sum(), np.maximum(left - came, 0).sum())))
    return counts


def release_key(year: int) -> bytes:
    """What draws between roundings that are as near: that of the first release, else the export's own bytes.

    The same key keeps what did not change as it was shown; the published checksum does not tell it.
    """
    kept = paths.released(year) / _KEY
    if kept.is_file() and not _is_simulated(year):
        return kept.read_bytes()
    found = hashlib.blake2b(person=b"alses-arrondi", digest_size=32)
    for path in paths.exports(year):
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, lambda: hashlib.blake2b(person=b"alses-export")).digest())
    return found.digest()


def require_enough_changes(year: int) -> None:
    """Nothing, when a year's records publish of each person what a former release did, or something else of eleven.

    Every release kept is compared, and every perimeter: two reports are subtracted perimeter by perimeter.

    Raises
    ------
    DataError
        when it is something else of fewer persons, whom the difference of the two reports would show; or when it cannot
        be known, a release of version 0.8 having kept something else.

    >>> protection.require_enough_changes(2020)
    """
    folder = paths.released(year)
    kept = sorted(folder.glob(_ANSWERS.format("*")))
    if not (kept or (folder / _ROWS).is_file()) or not paths.exports(year) or _is_simulated(year):
        return
    if (folder / _ROWS).is_file() and not np.array_equal(np.load(folder / _ROWS), _rows_of(store.load_records(year))):
        raise DataError(
            f"L’export de {year} a changé depuis un rapport fait par une version antérieure, qui ne gardait pas de "
            "quoi compter les personnes dont les réponses changent. Le rapport publié reste en place. Remettez "
            f"l’export d’alors et relancez, puis déposez l’export corrigé et relancez ; {_if_nobody(folder)}"
        )
    now = _answers_of(year)
    for path in kept:
        if any(0 < count < FEWEST_CORRECTED_ROWS for count in changed_persons(_read_answers(path), now)):
            raise DataError(
                f"L’export de {year} change les réponses publiées de moins de {FEWEST_CORRECTED_ROWS} personnes par "
                "rapport à un rapport déjà fait : comparer les deux rapports montrerait ces personnes. Le rapport "
                "publié reste en place. Remettez l’export d’alors, ou attendez d’avoir au moins "
                f"{FEWEST_CORRECTED_ROWS} personnes à corriger ; {_if_nobody(folder)}"
            )


def _if_nobody(folder: Path) -> str:
    return f"si personne n’a reçu ce rapport, supprimez le dossier {paths.relative(folder)}, puis relancez."


def keep_release(year: int) -> Path | None:
    """The private folder that now keeps what is released of a year's records, beside the releases before it.

    None without a real export.

    >>> protection.keep_release(2020) is None
    True
    """
    if not paths.exports(year) or _is_simulated(year):
        return None
    folder, key = paths.released(year), release_key(year)
    answers = _answers_of(year)
    if not (folder / _name_of(answers)).is_file():
        with whole(folder / _name_of(answers)) as beside:
            answers.to_parquet(beside, index=False)
    (folder / _ROWS).unlink(missing_ok=True)
    with whole(folder / _KEY) as beside:
        beside.write_bytes(key)
    with paths.rooted(paths.shareable()):
        tables = [paths.processed(year) / f"{name}.csv" for name in ("indicateurs", "indicateurs_des_sites", "sites")]
    for table in tables:
        with whole(folder / table.name) as beside:
            beside.write_bytes(table.read_bytes())
    return folder
