"""The files of a year's export: which ones, of what kind, and what is wrong with them together."""

import hashlib
import json
import re
from itertools import combinations
from pathlib import Path

from helpers import paths

CARD_OF_EXPORTS = "carte_export.json"
SYNTHETIC = "accompagnements_synthetique"

_SUFFIXES = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".xlsx": "workbook",
    ".ods": "workbook",
    ".parquet": "parquet",
}
_ZIP, _PARQUET, _OLE = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)
_OTHERS = {
    b"%PDF": "un PDF",
    b"{\\rtf": "un document RTF",
    b"\x1f\x8b": "une archive gzip",
    b"7z\xbc\xaf": "une archive 7z",
}
_RECEIVED = ".csv, .xlsx, .ods ou .parquet"


def export_years() -> list[int]:
    """The years whose folder holds an export, in order."""
    folder = paths.raw(0).parent
    names = [child.name for child in folder.iterdir() if child.is_dir()] if folder.is_dir() else []
    return sorted(int(name) for name in names if paths.is_year(name) and paths.exports(int(name)))


def kind_of(path: Path) -> str:
    """``text``, ``workbook`` or ``parquet``, by content and extension; else why it cannot be read."""
    wanted = _SUFFIXES.get(path.suffix.lower())
    if wanted is None:
        return f"ce format n’est pas lu ; enregistrez la table en {_RECEIVED}."
    with path.open("rb") as file:
        begin = file.read(512)
    if not begin.strip(b"\xef\xbb\xbf \t\r\n"):
        return "le fichier est vide ; refaites l’export, ou retirez ce fichier."
    if begin.startswith(_OLE):
        return "fichier protégé par un mot de passe ou ancien .xls ; enregistrez-le sans mot de passe, en .xlsx."
    if _MARKUP.match(begin):
        return "c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."
    for mark, name in _OTHERS.items():
        if begin.startswith(mark):
            return f"c’est {name} sous un autre nom ; enregistrez la table en {_RECEIVED}."
    kind = "workbook" if begin.startswith(_ZIP) else "parquet" if begin.startswith(_PARQUET) else "text"
    if kind == wanted:
        return kind
    names = {
        "workbook": "un classeur ou une archive ; renommez-le en .xlsx ou .ods",
        "parquet": "un fichier Parquet ; renommez-le en .parquet",
        "text": "ni un classeur ni un Parquet ; si c’est un texte, renommez-le en .csv, sinon refaites l’export",
    }
    return f"son extension ne dit pas ce qu’il est : {names[kind]}."


def _card(year: int) -> list[dict]:
    path = paths.raw(year) / CARD_OF_EXPORTS
    if not path.is_file():
        return []
    try:
        card = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        return []
    resources = card.get("resources") if isinstance(card, dict) else None
    return [entry for entry in resources if isinstance(entry, dict)] if isinstance(resources, list) else []


def declared_synthetic(year: int, path: Path) -> bool:
    """Whether a file is a simulation, by its name or by the card of exports."""
    said = any(entry.get("path") == path.name and entry.get("synthetic") is True for entry in _card(year))
    return said or path.stem == SYNTHETIC


def set_faults(year: int, files: list[Path]) -> list[str]:
    """What is wrong with the files together: a simulation beside a real export."""
    simulated = [path for path in files if declared_synthetic(year, path)]
    if not simulated or len(simulated) == len(files):
        return []
    names = ", ".join(path.name for path in simulated)
    return [f"{paths.relative(files[0].parent)} : {names} est une simulation, à côté d’un export reçu ; retirez-la."]


def _digest(path: Path) -> str:
    try:
        file = path.open("rb")
    except OSError:  # told when it is opened to be read
        return str(path)
    with file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copies(year: int, files: list[Path]) -> list[str]:
    """Files that are the same, byte for byte, in the year or as another year's: only those of one size are compared."""
    sizes = {path: path.stat().st_size for path in files}
    faults = [
        f"{paths.relative(second)} est la copie de {first.name} ; retirez l’un des deux."
        for first, second in combinations(files, 2)
        if sizes[first] == sizes[second] and sizes[first] and _digest(first) == _digest(second)
    ]
    for other in export_years():
        if other == year:
            continue
        theirs = paths.exports(other)
        for path in files:
            same = [each for each in theirs if each.stat().st_size == sizes[path] and sizes[path]]
            if any(_digest(each) == _digest(path) for each in same):
                faults.append(
                    f"{paths.relative(path)} est l’export de {other}, à l’identique ; déposez celui de {year}."
                )
    return faults
