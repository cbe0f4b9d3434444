"""The data root of 02, 03 and 04 when a report is made: what is protected or public, and nothing else."""

import json
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.store.cards import CARD, plain_description
from helpers.store.fingerprints import fingerprint
from helpers.store.inputs import describe_inputs
from helpers.store.processed import CARD as TABLES_CARD
from helpers.store.processed import typed_as
from helpers.store.whole import whole


def _public_files(year: int) -> list[Path]:
    """The tables and the card of a year that anybody may read, as they were received."""
    names = [*(f"{name}.csv" for name in paths.RAW_TABLES), CARD]
    return [path for name in names if (path := paths.raw(year) / name).is_file()]


def _reference_files() -> list[Path]:
    return [path for name in paths.REFERENCE_TABLES if (path := paths.reference() / f"{name}.csv").is_file()]


def _told(year: int) -> str:
    """What the export was, for pages that cannot see it."""
    shared = f"{paths.relative(paths.reference())}/"
    entries = [entry for entry in describe_inputs([year]) if not entry["fichier"].startswith(shared)]
    told = {
        "entrees": entries,
        "export": paths.has_export(year),
        "recu": plain_description(year),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def shareable_inputs(year: int) -> list[Path]:
    """The files that `save_shareable` copies.

    >>> [fichier.name for fichier in store.shareable_inputs(2020)][:2]
    ['chiffres_publies.csv', 'prises_de_poste.csv']
    """
    return [*_public_files(year), *_reference_files()]


def save_shareable(year: int, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """The files of the year in the data root of aggregates, written: tables, public raw files, reference tables.

    ``tables`` go by the name that `load` gives them back by (schema ``postes`` and the others). A file that would be
    the same is left as it is; one that is no longer made is removed.

    >>> postes = store.load(2020, "postes")
    >>> fichiers = store.save_shareable(2020, {"postes": postes})
    >>> paths.relative(fichiers[-1])
    'data/processed/diffusion/data/processed/2020/carte.json'
    """
    root, copied, told = paths.shareable(), shareable_inputs(year), _told(year)
    written = [_place(root / path.relative_to(paths.data_root()), _shown_of(path)) for path in copied]
    with paths.rooted(root):
        raw, folder = paths.raw(year), paths.processed(year)
        written.append(_place(raw / paths.ENTRIES, told.encode()))
        for name, table in tables.items():
            text = typed_as(name, table).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
            written.append(_place(folder / f"{name}.csv", text.encode()))
        entries = json.loads(told)["entrees"]
        made = {name: fingerprint(folder / f"{name}.csv") for name in tables}
        card = {"entrees": entries, "annees_lues": [year], "tables": made}
        written.append(_place(folder / TABLES_CARD, json.dumps(card, ensure_ascii=False, indent=2).encode()))
        _forget_others(raw, folder, written)
    return written


def _shown_of(path: Path) -> bytes:
    """A file as it was received; of a card, what pages show alone: whoever sent the data may be named in the rest."""
    if path.name != CARD:
        return path.read_bytes()
    card = json.loads(path.read_text(encoding="utf-8-sig"))
    source = (card.get("sources") or [{}])[0]
    shown = {"sources": [{name: source[name] for name in ("title", "description") if name in source}]}
    return json.dumps(shown | {"contexte": card.get("contexte") or ""}, ensure_ascii=False, indent=2).encode()


def _place(path: Path, content: bytes) -> Path:
    if not (path.is_file() and path.read_bytes() == content):
        with whole(path) as beside:
            beside.write_bytes(content)
    return path


def _forget_others(raw: Path, folder: Path, kept: list[Path]) -> None:
    for path in [*raw.iterdir(), *folder.iterdir()]:
        if path.is_file() and path not in kept:
            path.unlink()
