"""Simulated exports: kept beside the other raw files of their year, never beside a real export."""

import hashlib
import json
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.schema import DataError, columns
from helpers.store.cards import EXPORT_CARD, SYNTHETIC_STEM

_NAME = f"{SYNTHETIC_STEM}.csv"


def refuse_beside_export(year: int) -> None:
    """Nothing, when the year has no real export: what is invented must never be taken for what was received.

    Raises
    ------
    DataError
        when any other file of the year begins as an export does.

    >>> store.refuse_beside_export(2020)
    """
    for path in paths.exports(year):
        if path.name != _NAME:
            raise DataError(
                f"{paths.relative(path)} est l’export de {year} : rien n’est simulé à côté d’un export reçu ; "
                "choisissez une autre année, ou déplacez ce fichier."
            )


def save_simulated(records: pd.DataFrame, year: int, *, made_by: str) -> Path:
    """The file where simulated records now are, with the card that says so; whole, or as it was.

    ``records`` has the schema ``accompagnements``; the file is UTF-8, semicolons. ``made_by`` says what was asked for.

    Raises
    ------
    DataError
        when the year has a real export.

    >>> import shutil
    >>> fichier = store.save_simulated(simulate.invent(2030, 5), 2030, made_by="5 personnes, graine 1")
    >>> paths.relative(fichier), sorted(each.name for each in fichier.parent.iterdir())
    ('data/raw/2030/accompagnements_synthetique.csv', ['accompagnements_synthetique.csv', 'carte_export.json'])
    >>> shutil.rmtree(fichier.parent)
    """
    refuse_beside_export(year)
    text = records[columns("accompagnements")].to_csv(index=False, sep=";", lineterminator="\n")
    content, folder = text.encode("utf-8"), paths.raw(year)
    card = json.dumps(_card(content, len(records), made_by), ensure_ascii=False, indent=2) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    file, told = folder / _NAME, folder / EXPORT_CARD
    # No export begins like this, so that a file left by a power cut is not taken for one.
    written = {file: content, told: card.encode("utf-8")}
    beside = {path: folder / f".{path.name}.partiel" for path in written}
    try:
        for path, there in beside.items():
            there.write_bytes(written[path])
        told.unlink(missing_ok=True)  # a card never describes another file than the one beside it
        for path, there in beside.items():
            there.replace(path)
    finally:
        for there in beside.values():
            there.unlink(missing_ok=True)
    return file


def _card(content: bytes, rows: int, made_by: str) -> dict:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "title": "Données simulées",
        "description": f"Aucune de ces personnes n’existe : {made_by}.",
        "resources": [
            {
                "name": SYNTHETIC_STEM,
                "path": _NAME,
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "bytes": len(content),
                "rows": rows,
                "received": "",
                "synthetic": True,
            }
        ],
    }


def read_simulated(year: int) -> pd.DataFrame | None:
    """The simulated records of a year, every cell a text (schema ``accompagnements``); None without any.

    Raises
    ------
    DataError
        when the file is no longer what the simulation writes.

    >>> store.read_simulated(2019) is None
    True
    >>> import shutil
    >>> fichier = store.save_simulated(simulate.invent(2030, 5), 2030, made_by="5 personnes, graine 1")
    >>> store.read_simulated(2030)["suivi_par"].value_counts().to_dict()
    {'autre_educateur': 10, 'alses': 5}
    >>> shutil.rmtree(fichier.parent)
    """
    path = paths.raw(year) / _NAME
    if not path.is_file():
        return None
    try:
        found = pd.read_csv(path, sep=";", dtype="str", keep_default_na=False, encoding="utf-8")
        return found[columns("accompagnements")]
    except (ValueError, KeyError):
        raise DataError(
            f"{paths.relative(path)} n’est plus ce que la simulation écrit : supprimez-le, "
            f"puis simulez {year} de nouveau."
        ) from None
