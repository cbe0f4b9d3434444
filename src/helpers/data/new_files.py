"""What commands write in data/raw: the folder of a new year, rows of the code book, simulated exports."""

import codecs
import csv
import io
import tomllib
from importlib.resources import files
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.data.reading import (
    CARD,
    EXPORT_CARD,
    SYNTHETIC_STEM,
    as_json,
    content_of,
    decoded,
    unnamed,
    validated_rows,
    write_file,
)
from helpers.schema import DataError, columns
from helpers.system import atomic_write, checksum

# --- The folder of a new year: its card, its log, and tables that have only a header ---


def _model() -> dict:
    return tomllib.loads(files("helpers").joinpath("data", "new_year.toml").read_text(encoding="utf-8"))


def new_tables() -> dict[str, str]:
    """The tables of a new year, by name, and what a row of each is, in French.

    >>> list(data.new_tables()), data.new_tables()["enonces"]
    (['chiffres_publies', ...], 'un énoncé de la synthèse des réunions, reformulé et codé')
    """
    return {name: row for name, (_, row) in _model()["tables"].items()}


_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def make_year(year: int) -> tuple[list[Path], list[Path]]:
    """The files made in the folder of a year, then those that were already there, which are left as they are.

    Raises `DataError` when data/raw holds a file of that name.
    """
    model, folder = _model(), paths.raw(year)
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{paths.relative(folder)} est un fichier : renommez-le, un dossier de ce nom est nécessaire.")
    tables = [
        {"name": name, "path": f"{name}.csv", "title": title, "description": f"Une ligne est {row}.", **model["table"]}
        for name, (title, row) in model["tables"].items()
    ]
    named = {"name": f"alses-{year}", "title": f"Les ALSES du Nord en {year}", **model["carte"]}
    sources = [{"title": unnamed(year), "description": ""}]
    card = {"$schema": _PROFILE, **named, "sources": sources, "resources": tables}
    listed = " ;\n".join(f"- `{name}.csv` : une ligne est {row}" for name, row in new_tables().items())
    texts = {
        "README.md": model["lisez_moi"].lstrip().replace("{annee}", str(year)).replace("{tables}", f"{listed}."),
        CARD: as_json(card),
        **{f"{name}.csv": ",".join(columns(name)) + "\n" for name in model["tables"]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    made, left = [], []
    for name, text in texts.items():
        path = folder / name
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            made.append(path)
        except FileExistsError:
            left.append(path)
    return made, left


# --- Rows added to the tables that git follows: reference tables, the code book ---


def append_rows(name: str, rows: list[dict[str, str]], *, is_trial: bool = False) -> list[int]:
    """Appends rows to a reference table, atomically, and returns their line numbers; a trial writes nothing.

    Separator and line ends stay those of the file; a column that it lacks is added, empty in its other rows.
    Raises `DataError` for a table that is absent, has a fault, or cannot hold these rows: nothing is written.
    """
    path = paths.reference() / f"{name}.csv"
    content, shown = content_of(path), paths.relative(path)
    read, faults = validated_rows(content, shown, name)
    if faults:
        raise DataError(faults[0])
    new = [each for each in columns(name) if each not in read.header and any(row.get(each) for row in rows)]
    made = _with_rows(content, [*read.header, *new], len(new), rows, shown)
    after, wrong = validated_rows(made, shown, name)
    if wrong:
        raise DataError(wrong[0])
    if rows and not is_trial:
        write_file(path, made)
    return after.lines[len(read.rows) :]


def add_to_book(rows: list[dict[str, str]], *, is_trial: bool = False) -> list[int]:
    """`append_rows` to the code book (schema ``themes``); the message of a code that it cannot hold names that code."""
    append_rows("themes", [])
    try:
        return append_rows("themes", rows, is_trial=is_trial)
    except DataError as fault:
        if len(rows) > 1:  # one at a time, so that the message names the code: it has no line yet
            for row in rows:
                add_to_book([row], is_trial=True)
        code = f" (code « {''.join(filter(str.isprintable, rows[0]['libelle']))} »)." if len(rows) == 1 else "."
        told = f"Codes non ajoutés, ils ne tiennent pas dans le livre : {str(fault).removesuffix('.')}{code}"
        raise DataError(told) from None


def _with_rows(content: bytes, header: list[str], new: int, rows: list[dict[str, str]], shown: str) -> bytes:
    """The file with these rows, in UTF-8; its own keep their text, unless the last ``new`` columns are added."""
    text = decoded(content, shown)
    first = text.split("\n", 1)[0]
    separator, end = max(",;\t", key=first.count), "\r\n" if first.endswith("\r") else "\n"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    if new:
        _, *others = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        writer.writerows([header, *(row and [*row, *[""] * new] for row in others)])
    else:
        out.write(text if text.endswith("\n") else text + end)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    # A spreadsheet wrote those that have a mark, or are not in UTF-8: without it, it would not read UTF-8.
    is_marked = content.startswith(codecs.BOM_UTF8) or content != text.encode()
    return (codecs.BOM_UTF8 if is_marked else b"") + out.getvalue().encode()


# --- Simulated exports: among the raw files of their year, never beside a real export ---

_NAME = f"{SYNTHETIC_STEM}.csv"


def refuse_beside_export(year: int) -> None:
    """Raises `DataError` when the year has a real export: invented persons must never be taken for real ones."""
    for path in paths.exports(year):
        if path.name != _NAME:
            raise DataError(
                f"{paths.relative(path)} est l’export de {year} : rien n’est simulé à côté d’un export reçu ; "
                "choisissez une autre année, ou déplacez ce fichier."
            )


def save_simulated(records: pd.DataFrame, year: int, *, made_by: str) -> Path:
    """Writes simulated records (schema ``accompagnements``; UTF-8, semicolons), with the card that says so.

    Atomic. ``made_by`` says what was requested. Raises `DataError` when the year has a real export.
    """
    refuse_beside_export(year)
    text = records[columns("accompagnements")].to_csv(index=False, sep=";", lineterminator="\n")
    content, folder = text.encode("utf-8"), paths.raw(year)
    resource = {
        "name": SYNTHETIC_STEM,
        "path": _NAME,
        "hash": f"sha256:{checksum(content)}",
        "bytes": len(content),
        "rows": len(records),
        "received": "",
        "synthetic": True,
    }
    card = {
        "$schema": _PROFILE,
        "title": "Données simulées",
        "description": f"Aucune de ces personnes n’existe : {made_by}.",
        "resources": [resource],
    }
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / EXPORT_CARD) as card_beside, atomic_write(folder / _NAME) as beside:
        beside.write_bytes(content)
        card_beside.write_bytes(as_json(card).encode())
        (folder / EXPORT_CARD).unlink(missing_ok=True)  # it must never describe another file than the one beside it
    return folder / _NAME


def read_simulated(year: int) -> pd.DataFrame | None:
    """The simulated records of a year as texts (schema ``accompagnements``); None without any.

    Raises `DataError` when the file is no longer what the simulation writes.
    """
    path = paths.raw(year) / _NAME
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path, sep=";", dtype="str", keep_default_na=False, encoding="utf-8")
        return table[columns("accompagnements")]
    except (ValueError, KeyError):
        raise DataError(
            f"{paths.relative(path)} n’est plus ce que la simulation écrit : supprimez-le, "
            f"puis simulez {year} de nouveau."
        ) from None
