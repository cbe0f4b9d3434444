"""The cards of a year: what it received, in the words that its pages cite."""

import json
from pathlib import Path

from helpers import paths
from helpers.schema import DataError
from helpers.store.fingerprints import fingerprint
from helpers.store.reading import INVISIBLE

CARD = "datapackage.json"
# Beside the export and private as it is: what each file was when it was received.
EXPORT_CARD = "carte_export.json"
SYNTHETIC_STEM = paths.SIMULATED


def read_export_card(year: int) -> dict[str, dict]:
    """What is known of each file of a year's export, by its name: hash, bytes, rows, received, synthetic.

    Empty until the export has been read once.

    Raises
    ------
    DataError
        when carte_export.json cannot be read.

    >>> store.read_export_card(2020)
    {}
    """
    path = paths.raw(year) / EXPORT_CARD
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))["resources"]
        needed = ("hash", "bytes", "rows", "received", "synthetic")
        return {entry["path"]: {name: entry[name] for name in needed} for entry in entries}
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f"{paths.relative(path)} n’est pas lisible : supprimez-la, elle sera refaite au prochain rapport."
        ) from None


def date_exports(year: int) -> dict[str, str]:
    """When each file of a year's export was first read, by its rank (« fichier 1 »): its name stays on this computer.

    Raises
    ------
    DataError
        when carte_export.json cannot be read.

    >>> store.date_exports(2020)
    {}
    """
    known = read_export_card(year)
    ranked = [(f"fichier {rank}", known.get(path.name, {})) for rank, path in enumerate(paths.exports(year), 1)]
    return {name: entry["received"] for name, entry in ranked if entry.get("received")}


def read_card(year: int) -> dict[str, str]:
    """What the card of a year says for its pages; a plain description of what was received if it names no document.

    ``title`` is the document that pages cite, ``source`` all that they rest on, ``contexte`` what set the year apart.
    Without a card, or with the one that `new-year` made and nobody filled in, the description says whether it is an
    export.

    Raises
    ------
    DataError
        when datapackage.json cannot be read, or names no document.

    >>> store.read_card(2020)["title"]
    'Note de synthèse 2020'
    """
    path, received = paths.raw(year) / CARD, plain_description(year)
    if not path.is_file():
        return {"title": received, "source": received, "contexte": ""}
    try:
        card = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        raise DataError(f"{paths.relative(path)} n’est pas un fichier JSON en UTF-8 : corrigez la carte.") from None
    source = (card.get("sources") or [{}])[0] if isinstance(card, dict) else {}
    title, described = source.get("title"), source.get("description") or ""
    if title == unnamed(year):
        title = received
    if not isinstance(title, str) or not title.strip():
        raise DataError(f"{paths.relative(path)} : « sources » doit nommer un document (title) ; corrigez la carte.")
    context = str(card.get("contexte") or "")
    for name, text, most in (("title", title, 150), ("description", described, 1000), ("contexte", context, 1000)):
        if len(str(text)) > most:
            raise DataError(f"{paths.relative(path)} : « {name} » dépasse {most} caractères ; abrégez-le.")
        if INVISIBLE.search(str(text)) or "\0" in str(text):
            raise DataError(f"{paths.relative(path)} : « {name} » a un caractère invisible ; supprimez-le.")
    full = f"{title} ({described})" if described else title
    both = f"{full} ; {received}" if paths.has_export(year) and title != received else full
    return {"title": title, "source": both, "contexte": context}


def simulated_exports(year: int) -> list[Path]:
    """The files of a year's export that are simulated: by their name, or as their card says, whatever their name now.

    >>> store.simulated_exports(2020)
    []
    """
    try:
        known = read_export_card(year)
    except DataError:
        known = {}
    told = {name: entry for name, entry in known.items() if entry["synthetic"] is True}
    return [path for path in paths.exports(year) if path.stem == SYNTHETIC_STEM or _is_told(path, told)]


def _is_told(path: Path, told: dict[str, dict]) -> bool:
    """Whether a file is one of these, by its name or by what it holds: only those of one size are compared."""
    size = path.stat().st_size
    same = [entry["hash"] for entry in told.values() if entry["bytes"] == size]
    return path.name in told or bool(same and f"sha256:{fingerprint(path)}" in same)


def unnamed(year: int) -> str:
    """What stands for the document of a year until its card names one."""
    return f"fichiers reçus pour {year}"


def plain_description(year: int) -> str:
    """What a year received, in a few words, when its card names no document.

    >>> from helpers.store.cards import plain_description
    >>> plain_description(2020)
    'fichiers reçus pour 2020'
    """
    if told := paths.told_entries(year):
        return told["recu"]
    files = paths.exports(year)
    if not files:
        return unnamed(year)
    if files == simulated_exports(year):
        return f"données simulées pour {year}"
    return f"export de la base départementale reçu pour {year}"


def expected_associations(year: int) -> list[str]:
    """The associations whose records are expected in the export: ``associations_attendues`` of the year's card.

    >>> store.expected_associations(2020)
    []
    """
    try:
        card = json.loads((paths.raw(year) / CARD).read_text(encoding="utf-8-sig"))
        return [str(name) for name in card.get("associations_attendues") or []]
    except (OSError, ValueError, AttributeError, TypeError):
        return []  # `read_card` tells what is wrong with it


def read_contexts(years: list[int]) -> dict[int, str]:
    """What set each year apart, as its card says it; empty where it says nothing.

    >>> print(store.read_contexts([2019, 2020]))
    {2019: '', 2020: 'la crise sanitaire a changé le travail des ALSES avec les collèges, et ...'}
    """
    return {year: read_card(year)["contexte"] for year in years}
