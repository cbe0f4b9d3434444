"""Our own CSV tables, the CSV exports of Taguette, and the IRaMuTeQ corpus."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.codings.model import (
    MOST_DEPTH,
    Code,
    Collected,
    Document,
    Passage,
    Project,
    check_label,
    code_labels,
    code_path,
    code_path_of,
)
from helpers.codings.safe_files import MOST_ROWS, MOST_TEXT_BYTES, content_of, fault, shown, text_of, unknown
from helpers.typography import fold

# --- Our own CSV, which a person can edit in a spreadsheet: four tables, and one header for each ---

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
    >>> projet = Project((model.Code("Accueil", definition="=le premier jour"),))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     write_csv(projet, pathlib.Path(dossier))
    ...     print(sorted(fichier.name for fichier in pathlib.Path(dossier).iterdir()))
    ...     codings.reading.read(pathlib.Path(dossier)) == projet
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


# --- CSV that is read: our own tables, alone or together in a folder, and the two exports of Taguette ---

# The titles that tell each table; the other titles of the table may be left out.
_TELLING = {
    "passages": {"document", "texte", "code"},
    "livre_de_codes": {"code", "definition"},
    "attributs": {"document", "attribut", "valeur"},
    "documents": {"document", "texte"},
    "taguette": {"id", "document", "tag", "content"},
    "taguette_codes": {"tag", "description"},
}
_COUNTED = {"number of highlights", "number of documents"}
_POSITION = re.compile(r"\d{1,12}")


def read_csv(path: Path) -> Project:
    """The project of one CSV file, whichever table it is."""
    titles, rows = rows_of(path)
    kind = next((kind for kind, telling in _TELLING.items() if telling <= set(titles)), None)
    if kind is None:
        headers = " ; ".join(f"« {','.join(columns)} »" for columns in (CODES, PASSAGES))
        raise fault(
            f"ses titres ne sont pas ceux d’un codage, mais par exemple {headers} ; corrigez la première ligne."
        )
    if kind == "taguette":
        return _taguette(rows)
    if kind == "taguette_codes":
        return _taguette_codes(rows, titles)
    return _ours({kind: (titles, rows)})


def read_folder(folder: Path) -> Project:
    """The project of the tables in a folder: those of `write_csv` that are there."""
    tables = {}
    for name in FILES:
        if (path := folder / f"{name}.csv").is_file():
            tables[name] = rows_of(path, f"{path.name}, ")
            if not _TELLING[name] <= set(tables[name][0]):
                raise fault(
                    f"{path.name} : les titres attendus sont {', '.join(FILES[name])} ; corrigez la première ligne."
                )
    return _ours(tables)


def _ours(tables: dict[str, tuple[list[str], Rows]]) -> Project:
    found, parts = Collected(), {}
    for name, (titles, rows) in tables.items():
        found.told.left_out(f"colonnes de {name}.csv", len(set(titles) - set(FILES[name])))
        parts[name] = [(place, {key: rearmed(value) for key, value in row.items()}) for place, row in rows]
    codes = tuple(_code(row) for _, row in parts.get("livre_de_codes", ()))
    documents = _documents(parts)
    paths = {code.path for code in codes} if "livre_de_codes" in parts else None
    names = set(documents) if "documents" in parts else None
    kept = []
    for place, row in parts.get("passages", ()):
        path = code_path_of(row["code"])
        if path and paths is not None and path not in paths:
            raise unknown(f"{place} : le code", row["code"], paths)
        if names is not None and row["document"] not in names:
            raise unknown(f"{place} : le document", row["document"], names)
        document = documents.setdefault(row["document"], Document(row["document"]))
        kept += _passage(place, {**row, "code": path}, document, found)
    if paths is None:
        codes = _codes_of(each.code for each in kept)
    found.told.left_out("passages en double", len(kept) - len(set(kept)))
    return Project(codes, tuple(documents.values()), tuple(kept), found.told.sentences())


def _documents(parts: dict[str, Rows]) -> dict[str, Document]:
    attributes: dict[str, list[tuple[str, str]]] = {}
    for _, row in parts.get("attributs", ()):
        attributes.setdefault(row["document"], []).append((row["attribut"], row["valeur"]))
    if "documents" not in parts:
        return {name: Document(name, attributes=tuple(sorted(given))) for name, given in attributes.items()}
    documents = {}
    for place, row in parts["documents"]:
        name = row["document"]
        if name in documents:
            raise fault(f"{place} : le document « {shown(name)} » est donné deux fois ; gardez-en un.")
        given = tuple(sorted(attributes.pop(name, ())))
        documents[name] = Document(name, row["texte"], row.get("nature", ""), given)
    if attributes:
        raise unknown("attributs.csv : le document", next(iter(attributes)), documents)
    return documents


def _passage(place: str, row: dict[str, str], document: Document, found: Collected) -> list[Passage]:
    """The passage of a row; none, and told, when it has no code or is not at its place."""
    start, end = (_position(place, row.get(key, "")) for key in ("debut", "fin"))
    if not row["code"]:
        found.told.left_out("passages sans code")
        return []
    rest = row["texte"], row["code"], row.get("codeur", ""), row.get("memo", "")
    if start is None or end is None or not document.text:
        given = start is not None or end is not None
        found.told.left_out("positions sans le texte du document pour les vérifier", 1 if given else 0)
        return [Passage(document.name, None, None, *rest)]
    if not start < end <= len(document.text) or document.text[start:end] != row["texte"]:
        found.told.unmatched(document.name, start, end, row["code"])
        return []
    return [Passage(document.name, start, end, *rest)]


def _position(place: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not _POSITION.fullmatch(text.strip()):
        raise fault(f"{place} : une position est un nombre de caractères, depuis 0 ; corrigez « {text[:20]} ».")
    return int(text)


def _code(row: dict[str, str]) -> Code:
    fields = zip(("name", "parent", "definition", "include", "exclude", "example", "changed"), CODES, strict=True)
    values = {field: row.get(column, "") for field, column in fields}
    return Code(**{**values, "parent": code_path_of(values["parent"])})


def _codes_of(paths) -> tuple[Code, ...]:
    """The codes that passages name, and those above, when there is no code book."""
    codes: dict[str, Code] = {}
    for path in dict.fromkeys(paths):
        parent, labels = "", code_labels(path)
        if len(labels) > MOST_DEPTH:
            raise fault(f"le code « {shown(path)} » est au-delà de {MOST_DEPTH} niveaux ; réduisez l’arbre.")
        for label in labels:
            check_label(label)
            code = Code(label, parent)
            codes.setdefault(code.path, code)
            parent = code.path
    return tuple(codes.values())


def _taguette(rows: Rows) -> Project:
    """Taguette's table of passages: one row a passage and a tag, without a position."""
    found, paths, names = Collected(), {}, {}
    found.told.note("Cet export de Taguette ne donne ni position ni codeur ; son projet .sqlite3 les donne.")
    for _, row in rows:
        tag, name = row["tag"], row["document"]
        if not tag:
            found.told.left_out("passages sans code")
            continue
        paths.setdefault(tag, code_path(tag))
        if name not in names:
            names[name] = found.add_document(name, "")
        found.passages.append(Passage(names[name], None, None, row["content"], paths[tag]))
    found.codes = [Code(tag) for tag in paths]
    return found.project()


def _taguette_codes(rows: Rows, titles: list[str]) -> Project:
    """Taguette's table of tags, with the parent of each in its latest versions."""
    found = Collected()
    tree = {row["tag"]: (row.get("parent") or None, Code(row["tag"], definition=row["description"])) for _, row in rows}
    if len(tree) < len(rows):
        raise fault("un tag est donné deux fois ; gardez-en un.")
    found.add_tree(tree)
    found.told.left_out("colonnes", len(set(titles) - {"tag", "parent", "description", *_COUNTED}))
    return found.project()


# --- IRaMuTeQ: passages as a corpus of texts under starred variables. One way: nothing is read back ---


def write_iramuteq(project: Project, path: Path) -> tuple[str, ...]:
    """Writes a corpus for IRaMuTeQ, in UTF-8, and tells in French what it leaves out.

    A text is what one person coded in one document: ``**** *document_x *codeur_y``, then the attributes of the
    document, then each passage under ``-*theme``. A document that nobody coded is one text without theme. A passage
    under two codes is there twice: count words by theme, not over the whole corpus.

    IRaMuTeQ wants variables and values without spaces, accents, capitals or « _ »: names are folded, and two that
    become alike get a number. A passage is one line; asterisks, which open a variable, become spaces.

    >>> import pathlib, tempfile
    >>> texte = Document("Réunion 1", "Bonjour à tous.")
    >>> passage = Passage("Réunion 1", 0, 7, "Bonjour", "Premier accueil", coder="Léa")
    >>> projet = Project((Code("Premier accueil"),), (texte,), (passage,))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "corpus.txt")
    ...     print(write_iramuteq(projet, fichier))
    ...     print(fichier.read_text(encoding="utf-8"))
    ()
    **** *document_reunion1 *codeur_lea
    -*premier_accueil
    Bonjour
    <BLANKLINE>
    """
    documents = _names([document.name for document in project.documents], "document")
    coders = _names(sorted({passage.coder for passage in project.passages if passage.coder}), "codeur")
    themes = _themes([code.path for code in project.codes])
    by_text: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in project.passages:
        by_text[passage.document, passage.coder].append(passage)
    lines = []
    for document in project.documents:
        variables = [f"*document_{documents[document.name]}"]
        more = [
            f"*{_plain(name)}_{_plain(value)}" for name, value in document.attributes if _plain(name) and _plain(value)
        ]
        coded = [(coder, found) for (name, coder), found in by_text.items() if name == document.name]
        for coder, found in coded:
            who = [f"*codeur_{coders[coder]}"] if coder else []
            lines.append(" ".join(["****", *variables, *who, *more]))
            for passage in found:
                lines += [f"-*{themes[passage.code]}", _line(passage.text)]
        if not coded and document.text.split():
            lines += [" ".join(["****", *variables, *more]), _line(document.text)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    told = Collected().told
    told.left_out("mémos", sum(1 for passage in project.passages if passage.memo))
    told.left_out("définitions de codes", sum(1 for code in project.codes if code.definition))
    return told.sentences()


def _plain(name: str) -> str:
    # IRaMuTeQ cuts a variable from its value at « _ ».
    return fold(name).replace("_", "")


def _names(names: list[str], otherwise: str) -> dict[str, str]:
    return _apart({name: _plain(name) or otherwise for name in names})


def _themes(paths: list[str]) -> dict[str, str]:
    return _apart({path: fold(path) or "theme" for path in paths})


def _apart(names: dict[str, str]) -> dict[str, str]:
    """The same names, with a number where two are alike."""
    taken: set[str] = set()
    for name, plain in names.items():
        number, wanted = 1, plain
        while wanted in taken:
            number += 1
            wanted = f"{plain}{number}"
        taken.add(wanted)
        names[name] = wanted
    return names


def _line(text: str) -> str:
    return " ".join(text.replace("*", " ").split())
