"""What was released of a year's records, kept here: the difference of two releases is a table like another."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import paths, store
from helpers.records import Persons
from helpers.schema import FEWEST_CORRECTED_ROWS, DataError
from helpers.store.whole import whole

_KEY, _ROWS = "cle.bin", "lignes.npy"
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


def changed_rows(kept: np.ndarray, now: np.ndarray) -> int:
    """How many persons are not the same in two releases: those that came, or those that left, whichever are more.

    >>> import numpy as np
    >>> protection.changed_rows(np.array([1, 2, 3]), np.array([1, 2, 4, 5]))
    2
    """
    return max(len(np.setdiff1d(now, kept)), len(np.setdiff1d(kept, now)), abs(len(now) - len(kept)))


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
    """Nothing, when the records of a year are those of its last release, or differ from them by eleven rows or more.

    Raises
    ------
    DataError
        when fewer rows changed: the difference of the two releases would show these persons.

    >>> protection.require_enough_changes(2020)
    """
    path = paths.released(year) / _ROWS
    if not path.is_file() or not paths.exports(year) or _is_simulated(year):
        return
    count = changed_rows(np.load(path), _rows_of(store.load_records(year)))
    if 0 < count < FEWEST_CORRECTED_ROWS:
        raise DataError(
            f"Moins de {FEWEST_CORRECTED_ROWS} lignes de l’export de {year} ont changé depuis le rapport publié : "
            "comparer les deux rapports montrerait ces personnes. Le rapport publié reste en place. Attendez d’avoir "
            f"{FEWEST_CORRECTED_ROWS} lignes à corriger ; si personne ne l’a reçu, supprimez le dossier "
            f"{paths.relative(paths.released(year))}, puis relancez."
        )


def keep_release(year: int) -> Path | None:
    """The private folder that now keeps what is released of a year's records; None without a real export.

    >>> protection.keep_release(2020) is None
    True
    """
    if not paths.exports(year) or _is_simulated(year):
        return None
    folder, key = paths.released(year), release_key(year)
    rows = _rows_of(store.load_records(year))
    with whole(folder / _ROWS) as beside, beside.open("wb") as file:
        np.save(file, rows)
    with whole(folder / _KEY) as beside:
        beside.write_bytes(key)
    with paths.rooted(paths.shareable()):
        tables = [paths.processed(year) / f"{name}.csv" for name in ("indicateurs", "indicateurs_des_sites", "sites")]
    for table in tables:
        with whole(folder / table.name) as beside:
            beside.write_bytes(table.read_bytes())
    return folder
