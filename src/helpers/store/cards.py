"""What each file is: its fingerprint, its card, and what a page says of its inputs."""

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

from helpers import paths
from helpers.schema import DataError
from helpers.store.reading import read_rows

CARD = "datapackage.json"

# The packages whose version can change a figure or its look.
_VERSIONED = ("pandas", "scipy", "matplotlib", "seaborn", "papermill", "nbconvert")


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _input_files(years: list[int]) -> list[Path]:
    names = [*(f"{name}.csv" for name in paths.RAW_TABLES), CARD]
    files = [paths.raw(year) / name for year in years for name in names]
    files += [paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES]
    return [path for path in files if path.is_file()]


def describe_inputs(years: list[int]) -> list[dict]:
    """The files behind these years: fichier, sha256, octets, lignes (tables only, header not counted)."""
    return [
        {
            "fichier": paths.relative(path),
            "sha256": fingerprint(path),
            "octets": path.stat().st_size,
            "lignes": len(read_rows(path).rows) if path.suffix == ".csv" else None,
        }
        for path in _input_files(years)
    ]


def source_title(year: int) -> str:
    """The document behind a year's tables, as its card names it, or a plain description without a card.

    Raises
    ------
    DataError
        when datapackage.json is not readable.
    """
    card = paths.raw(year) / CARD
    if not card.is_file():
        return f"fichiers reçus pour {year}"
    try:
        return json.loads(card.read_text(encoding="utf-8"))["sources"][0]["title"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise DataError(
            f"{paths.relative(card)} : « sources » doit nommer un document (title) ; corrigez la carte."
        ) from None


def read_card(year: int) -> dict:
    """What the card of a year says for its pages: ``source`` (title and description of the document) and ``contexte``.

    Raises
    ------
    DataError
        as `source_title` does.
    """
    title, path = source_title(year), paths.raw(year) / CARD
    card = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    described = card["sources"][0].get("description", "") if card else ""
    return {"source": f"{title} ({described})" if described else title, "contexte": card.get("contexte", "")}


def read_contexts(years: list[int]) -> dict[int, str]:
    """What set each year apart, as its card says it; empty where it says nothing."""
    return {year: read_card(year)["contexte"] for year in years}


def provenance(parameters: dict, years: list[int]) -> dict:
    """What a page was made from: parameters, inputs, versions; nothing that changes by itself."""
    return {
        "parametres": parameters,
        "entrees": describe_inputs(years),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
    }
