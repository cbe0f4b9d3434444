"""What cleaning gave: who is kept, what was written otherwise, who is not counted and why."""

from dataclasses import dataclass, field

import pandas as pd

from helpers.records.persons import Persons
from helpers.schema import DataError


@dataclass(frozen=True)
class Cleaned:
    """The records of a year once cleaned: rows read = persons kept + rows rejected.

    ``ledger`` has the schema ``normalisations``, ``rejections`` the schema ``rejets``. ``rejected`` is private: one row
    for each that is not counted (``fichier``, ``feuille``, ``ligne``, ``motif``, then what it held). ``faults`` is why
    the records cannot be used at all, each a French sentence without any value of a person.

    A year without export gives nothing; `clean.clean_persons` shows one with rows.

    >>> registres = {"spellings": store.read_reference("modalites"), **store.read_registers()}
    >>> nettoyage = clean.clean_persons(store.receive(2020), **registres)
    >>> nettoyage.read == len(nettoyage.persons) + len(nettoyage.rejected), nettoyage.faults
    (True, [])
    >>> list(nettoyage.rejections), list(nettoyage.rejected)[:4]
    (['motif', 'lignes'], ['fichier', 'feuille', 'ligne', 'motif'])
    """

    persons: Persons
    ledger: pd.DataFrame
    rejections: pd.DataFrame
    rejected: pd.DataFrame
    read: int = 0
    faults: list[DataError] = field(default_factory=list)
