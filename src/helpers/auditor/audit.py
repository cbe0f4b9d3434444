"""The audit of a whole release: its tables attacked together, and every number of its pages."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from helpers.auditor.attack import attack
from helpers.auditor.finding import Audit
from helpers.auditor.knowledge import STATES
from helpers.auditor.pages import faults_of
from helpers.auditor.release import read_folders, together
from helpers.auditor.truth import Truth


def audit(folder: Path, truth: Truth, *, states: Iterable[str] = tuple(STATES)) -> Audit:
    """What a reader of a published folder can find again, and the numbers that nothing published explains.

    Every ``indicateurs.csv``, the network's ``comparaisons.csv`` and ``sites.csv``, and all the pages are read; the
    findings bear the place of the numbers in the folder. See `auditor.attack` for what refuses a release.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> rien = pd.DataFrame(columns=["annee", "association", "uai", "indicateur", "modalite", "croise_avec",
    ...                              "modalite_croisee", "effectif"])
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     store.export_indicators([2020], pathlib.Path(dossier))
    ...     print(auditor.audit(pathlib.Path(dossier), auditor.Truth(rien, chiffres)).sentence)
    Aucun petit nombre ne se retrouve.
    """
    folders = read_folders(folder)
    index = folder / "sites.csv"
    sites = pd.read_csv(index, sep=";", dtype=str, encoding="utf-8-sig") if index.is_file() else None
    found = attack(together(folders), truth, states=states, comparisons=folders[0].comparisons)
    # A figure in the name of a site counts nobody; longest first, for a name may begin another.
    names = [] if sites is None else sorted({*sites["nom"].dropna(), *sites["site"].dropna()}, key=len, reverse=True)
    return found.with_more([fault for each in folders for fault in faults_of(each, folder, names)])
