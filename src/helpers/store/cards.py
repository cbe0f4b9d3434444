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
_VERSIONED = ("pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill", "nbconvert")


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    >>> len(store.fingerprint(paths.raw_table(2020, "reunions")))
    64
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


def input_files(years: list[int]) -> list[Path]:
    """The files behind these years that are there: raw tables, cards, reference tables.

    >>> fichiers = store.input_files([2020])
    >>> paths.relative(fichiers[0]), paths.relative(fichiers[-1])
    ('data/raw/2020/chiffres_publies.csv', 'data/raw/reference/modalites.csv')
    """
    names = [*(f"{name}.csv" for name in paths.RAW_TABLES), CARD]
    files = [paths.raw(year) / name for year in years for name in names]
    files += [paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES]
    return [path for path in files if path.is_file()]


def count_rows(path: Path) -> int:
    """The rows of a table, header not counted.

    Raises
    ------
    DataError
        when the file cannot be read as a table.

    >>> store.count_rows(paths.raw_table(2020, "reunions"))
    8
    """
    return len(read_rows(path).rows)


def describe_inputs(years: list[int]) -> list[dict]:
    """The files behind these years: fichier, sha256, octets, lignes (tables only, header not counted).

    >>> [(entree["fichier"], entree["lignes"]) for entree in store.describe_inputs([2020])][:2]
    [('data/raw/2020/chiffres_publies.csv', 45), ('data/raw/2020/prises_de_poste.csv', 17)]
    """
    return [
        {
            "fichier": paths.relative(path),
            "sha256": fingerprint(path),
            "octets": path.stat().st_size,
            "lignes": count_rows(path) if path.suffix == ".csv" else None,
        }
        for path in input_files(years)
    ]


def read_card(year: int) -> dict[str, str]:
    """What the card of a year says for its pages; a plain description of the files without a card.

    ``title`` is the document that pages cite, ``source`` its full name, ``contexte`` what set the year apart.

    Raises
    ------
    DataError
        when datapackage.json cannot be read, or names no document.

    >>> store.read_card(2020)["title"]
    'Note de synthèse 2020'
    """
    path = paths.raw(year) / CARD
    if not path.is_file():
        return {"title": f"fichiers reçus pour {year}", "source": f"fichiers reçus pour {year}", "contexte": ""}
    try:
        card = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        raise DataError(f"{paths.relative(path)} n’est pas un fichier JSON en UTF-8 : corrigez la carte.") from None
    source = (card.get("sources") or [{}])[0] if isinstance(card, dict) else {}
    title, described = source.get("title"), source.get("description") or ""
    if not isinstance(title, str) or not title.strip():
        raise DataError(f"{paths.relative(path)} : « sources » doit nommer un document (title) ; corrigez la carte.")
    for name, text, most in (("title", title, 150), ("description", described, 1000)):
        if len(str(text)) > most:
            raise DataError(f"{paths.relative(path)} : « {name} » dépasse {most} caractères ; abrégez-le.")
    full = f"{title} ({described})" if described else title
    return {"title": title, "source": full, "contexte": str(card.get("contexte") or "")}


def read_contexts(years: list[int]) -> dict[int, str]:
    """What set each year apart, as its card says it; empty where it says nothing.

    >>> print(store.read_contexts([2019, 2020]))
    {2019: '', 2020: 'la crise sanitaire a fermé les collèges au printemps ; ils ont rouvert ...'}
    """
    return {year: read_card(year)["contexte"] for year in years}


def provenance(parameters: dict, years: list[int]) -> dict:
    """What a page was made from: parameters, inputs, versions; nothing that changes by itself.

    >>> origine = store.provenance({"Année": "2020"}, [2020])
    >>> list(origine), list(origine["versions"])[:3]
    (['parametres', 'entrees', 'versions'], ['python', 'pandas', 'scipy'])
    """
    return {
        "parametres": parameters,
        "entrees": describe_inputs(years),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
    }
