"""The figures of a published report, from its own files: what it says of each, and what it was made from."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpers.schema import table_schema

INDICATORS, COMPARISONS, MANIFEST = "indicateurs", "comparaisons", "manifest.json"
FILES = (f"{INDICATORS}.csv", f"{COMPARISONS}.csv", MANIFEST)

# What a comparison says in a word, whatever its measures: read as measures of their own.
WORDS = ("constat", "constat_effectif", "portee")

_READ = {
    "integer": int,
    "number": lambda text: float(text.replace(",", ".")),
    # An apostrophe keeps a spreadsheet from running the text: it is no part of it (store.export).
    "string": lambda text: text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text,
}


class UnreadableFigures(Exception):
    """Kept files that are not those of a report; its text says what is wrong with them."""


@dataclass(frozen=True)
class Published:
    """What a report says: the rows of its tables by their key, each value typed, None for an empty cell.

    ``made_at`` is when it was made (None: it does not say), ``manifest`` what it was made from.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> rapport.rows["indicateurs"]["2020", "alses", "reseau", None, "sexe", "filles", None, None]["effectif_max"]
    949
    """

    rows: dict[str, dict[tuple, dict]]
    manifest: dict

    @property
    def made_at(self) -> datetime | None:
        """When the report was made, in the time zone of this computer."""
        stamp = self.manifest.get("tampon", {}).get("produit_le")
        return datetime.fromisoformat(stamp).astimezone() if stamp else None

    @property
    def inputs(self) -> dict[str, str]:
        """The checksum of each file that was read, by its path."""
        return {entry["path"]: entry["sha256"] for entry in self.manifest["inputs"]}


def _rows(content: bytes, name: str) -> dict[tuple, dict]:
    """The rows by key. A column that the table does not have, being older than it, is left out."""
    schema = table_schema(name)
    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    found = {}
    for cells in rows:
        if None in cells or None in cells.values():
            raise ValueError("a row with more or fewer cells than columns")
        row = {
            column: _READ[kinds[column]](text) if text else None for column, text in cells.items() if column in kinds
        }
        found[tuple(cells[column] or None for column in schema["primaryKey"])] = row
    return found


def _with_words(measures: dict[tuple, dict]) -> dict[tuple, dict]:
    """The measures of each comparison, after its words as measures without a number."""
    found: dict[tuple, dict] = {}
    for (id, name), row in measures.items():
        for word in WORDS:
            said = {"comparaison": id, "libelle": row["libelle"], "mesure": word, "texte": row.get(word)}
            found.setdefault((id, word), said)
        found[id, name] = row
    return found


def read_files(files: dict[str, bytes]) -> Published:
    """The figures in the files of a report, by their names (`FILES`).

    Raises
    ------
    UnreadableFigures
        when a file is absent, or is not what a report holds.
    """
    try:
        indicators = _rows(files[f"{INDICATORS}.csv"], INDICATORS)
        comparisons = _with_words(_rows(files[f"{COMPARISONS}.csv"], COMPARISONS))
        found = Published({INDICATORS: indicators, COMPARISONS: comparisons}, json.loads(files[MANIFEST]))
        _ = found.made_at, found.inputs, found.manifest["parameters"].keys(), found.manifest["versions"].keys()
    except KeyError as error:
        raise UnreadableFigures(f"{error.args[0]} manque") from None
    except (ValueError, TypeError, AttributeError, csv.Error):  # of bytes, numbers, dates, JSON; a row cut short
        raise UnreadableFigures("une table ou le manifeste n’est pas celui d’un rapport") from None
    return found


def read_report(folder: Path) -> Published:
    """The figures of the report in this folder.

    Raises
    ------
    UnreadableFigures
        when the folder holds no whole report.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> rapport.manifest["parameters"]["compare_to"], len(rapport.rows["comparaisons"]) > 200
    (2019, True)
    """
    return read_files({name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()})
