"""Our own CSV, which a person can edit in a spreadsheet: four tables, and one header for each."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.exchange.faults import fault
from helpers.exchange.model import Project
from helpers.exchange.opened import MOST_ROWS, MOST_TEXT_BYTES, content_of, text_of

CODES = ("code", "parent", "definition", "inclure", "exclure", "exemple", "modifie_le")
PASSAGES = ("document", "debut", "fin", "texte", "code", "codeur", "memo")
DOCUMENTS = ("document", "nature", "texte")
ATTRIBUTES = ("document", "attribut", "valeur")
# Each table under the name of its file.
FILES = {"livre_de_codes": CODES, "documents": DOCUMENTS, "attributs": ATTRIBUTES, "passages": PASSAGES}
# The place of a row, for a sentence, and its cells by title.
Rows = list[tuple[str, dict[str, str]]]
# The text of a document is one cell; the csv module stops at 131 072 characters.
_MOST_CELL = MOST_TEXT_BYTES
# A spreadsheet runs a text that starts like this as a formula. A text that already has the apostrophe gets a second
# one, so that reading takes off exactly what writing put.
_RUNS = re.compile(r"'*[=+\-@\t\r\n]")
_DISARMED = re.compile(r"'+[=+\-@\t\r\n]")


def disarmed(text: str) -> str:
    """The text as a spreadsheet shows it without running it."""
    return f"'{text}" if _RUNS.match(text) else text


def rearmed(text: str) -> str:
    """The text before it was `disarmed`."""
    return text[1:] if _DISARMED.match(text) else text


def rows_of(path: Path, place: str = "") -> tuple[list[str], Rows]:
    """The titles of a table, and its rows with their place for a sentence; the titles tell the separator."""
    text = text_of(content_of(path), f"{place}le fichier")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    titles, rows = [], []
    for line, cells in _records(text, max(";,\t", key=first.count), place):
        if not titles:
            titles = [cell.strip() for cell in cells]
        elif any(cells):
            if len(rows) == MOST_ROWS:
                raise fault(f"{place}la table compte plus de {MOST_ROWS} lignes ; découpez-la.")
            where = f"{place}ligne {line}"
            if len(cells) != len(titles):
                told = f"{where} : {len(cells)} cellules pour {len(titles)} titres"
                raise fault(f"{told} ; mettez entre guillemets un texte qui contient le séparateur.")
            rows.append((where, dict(zip(titles, cells, strict=True))))
    if len(set(titles)) < len(titles):
        raise fault(f"{place}un titre de colonne est donné deux fois ; gardez-en un.")
    return titles, rows


def _records(text: str, separator: str, place: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    limit = csv.field_size_limit(_MOST_CELL)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        told = f"{place}ligne {reader.line_num} : un guillemet n’est pas fermé, ou est mal placé"
        raise fault(f"{told} ; doublez les guillemets qui font partie du texte.") from None
    finally:
        csv.field_size_limit(limit)


def table_bytes(columns: Sequence[str], rows: list[Sequence[str]]) -> bytes:
    """A table for a French spreadsheet: semicolons, UTF-8 with its mark, no text that would run as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_csv(project: Project, folder: Path) -> tuple[str, ...]:
    """Writes the four tables of a coding into a folder, made if need be; nothing of a project is lost, none is told.

    ``livre_de_codes.csv``: ``code``, ``parent`` (a path, as `code_path` writes it), ``definition``, ``inclure``,
    ``exclure``, ``exemple``, ``modifie_le``. ``documents.csv``: ``document``, ``nature``, ``texte``.
    ``attributs.csv``: ``document``, ``attribut``, ``valeur``. ``passages.csv``: ``document``, ``debut`` and ``fin``
    (code points from 0, end excluded, or nothing), ``texte``, ``code`` (a path), ``codeur``, ``memo``.

    A spreadsheet cuts a cell after 32 767 characters: edit the code book there, not ``documents.csv``.

    >>> import pathlib, tempfile
    >>> projet = exchange.Project((exchange.Code("Accueil", definition="=le premier jour"),))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     exchange.write_csv(projet, pathlib.Path(dossier))
    ...     print(sorted(fichier.name for fichier in pathlib.Path(dossier).iterdir()))
    ...     exchange.read(pathlib.Path(dossier)) == projet
    ()
    ['attributs.csv', 'documents.csv', 'livre_de_codes.csv', 'passages.csv']
    True
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in _tables(project).items():
        (folder / f"{name}.csv").write_bytes(table_bytes(FILES[name], rows))
    return ()


def _tables(project: Project) -> dict[str, list[Sequence[str]]]:
    return {
        "livre_de_codes": [
            (code.name, code.parent, code.definition, code.include, code.exclude, code.example, code.changed)
            for code in project.codes
        ],
        "documents": [(document.name, document.kind, document.text) for document in project.documents],
        "attributs": [(document.name, *pair) for document in project.documents for pair in document.attributes],
        "passages": [
            (each.document, _place(each.start), _place(each.end), each.text, each.code, each.coder, each.memo)
            for each in project.passages
        ],
    }


def _place(position: int | None) -> str:
    return "" if position is None else str(position)
