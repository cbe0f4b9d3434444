"""Which tool made a file, by what it holds: Taguette, QualCoder, typed texts and all the formats of this room."""

import html
import json
import re
from pathlib import Path
from xml.etree.ElementTree import Element

from helpers.codings.model import Code, Collected, Passage, Project
from helpers.codings.refi import LEGACY, NAMESPACE, PROJECT, Units, read_qdc, read_qdpx
from helpers.codings.safe_files import (
    MOST_XML_BYTES,
    Database,
    check_size,
    content_of,
    fault,
    opened_archive,
    opened_database,
    text_of,
    tree_of,
)
from helpers.codings.tables import FILES, read_csv, read_folder
from helpers.schema import DataError

# --- A text that a person typed: plain, Markdown or Word; of Word, the paragraphs and the tables, and nothing
# --- else

# The formats that are read.
TEXTS = (".txt", ".md", ".docx")
_BODY = "word/document.xml"
# Of Word, its usual spelling and the strict one; other vocabularies (drawings, formulas) hold no text of ours.
_WORD = re.compile(
    r"\{http://(?:schemas\.openxmlformats\.org/wordprocessingml/2006|purl\.oclc\.org/ooxml/wordprocessingml)/main\}"
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ENDS = {"p": "\n", "tc": "\t", "tr": "\n"}
_INSIDE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_text(path: Path) -> str:
    """The text of a file (``.txt``, ``.md``, ``.docx``), with plain line ends; nothing is written.

    Of a ``.docx``, paragraphs and tables: a cell ends with a tab, a row and a paragraph with a line end. Headers,
    notes, comments and what a reviewer deleted are left out.

    Raises
    ------
    DataError
        for a file of another format, damaged, or made to harm: one French sentence with the file, and what to do.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "reunion.txt")
    ...     _ = fichier.write_bytes("Présents\\u00a0: douze.\\r\\n".encode())
    ...     read_text(fichier)
    'Présents\\xa0: douze.\\n'
    """
    path = Path(path)
    try:
        text = _read(path)
    except DataError as error:
        raise fault(f"{path.name} : {error}") from None
    except OSError:
        raise fault(f"{path.name} : le fichier est introuvable ou illisible ; vérifiez le chemin.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(path: Path) -> str:
    if path.suffix.casefold() not in TEXTS:
        raise fault("ce format n’est pas lu ; enregistrez le texte en .docx, .md ou .txt.")
    if path.suffix.casefold() != ".docx":
        return text_of(content_of(path), "le fichier")
    check_size(path)
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise fault("ce n’est pas un document Word ; enregistrez-le au format .docx.")
    with opened_archive(path) as archive:
        if not archive.has(_BODY):
            raise fault("ce n’est pas un document Word ; enregistrez-le au format .docx.")
        content = archive.read(_BODY, MOST_XML_BYTES)
    return _text_in(tree_of(content, "le texte du document"))


def _text_in(root: Element) -> str:
    """What the paragraphs hold, in order; without recursion, for a file may be as deep as it likes."""
    out: list[str] = []
    left: list[tuple[Element, bool]] = [(root, False)]
    while left:
        node, is_closing = left.pop()
        name = _WORD.sub("", node.tag)
        if is_closing:
            # The last paragraph of a cell ends with it.
            if name == "tc" and out and out[-1] == "\n":
                out.pop()
            out.append(_ENDS[name])
            continue
        if name == "t":
            out.append(node.text or "")
        elif name in _INSIDE:
            out.append(_INSIDE[name])
        if name in _ENDS:
            left.append((node, True))
        # A drawing is there twice, for old and new programs. What a paragraph is like holds no text.
        if node.tag != _FALLBACK and name not in ("pPr", "rPr", "del", "moveFrom"):
            left += [(child, False) for child in reversed(node)]
    return "".join(out)


# --- Taguette: its SQLite project. Its positions count the UTF-8 bytes of the text once the tags are taken off

# Taguette keeps what bleach let through: every sign « < » begins a tag, without comment or declaration.
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>")
_FOREIGN = "un document n’est pas le HTML que Taguette écrit ; refaites l’export du projet."


def is_taguette(database: Database) -> bool:
    """Whether a database is a project of Taguette."""
    return database.has("highlights", "start_offset", "end_offset") and database.has("tags", "id", "path")


def words_of(markup: str) -> str:
    """The text of a document of Taguette as its browser counts it: tags off, entities read, spaces as they are.

    >>> words_of("<p>Tom &amp; <b>Lé</b>a</p>")
    'Tom & Léa'
    """
    # As an HTML parser does before anything else.
    markup, parts, at = markup.replace("\r\n", "\n").replace("\r", "\n"), [], 0
    skip_line = False
    while at < len(markup):
        opening = markup.find("<", at)
        piece = markup[at : opening if opening >= 0 else None]
        parts.append(_unescaped(piece.removeprefix("\n") if skip_line else piece))
        if opening < 0:
            break
        tag = _TAG.match(markup, opening)
        if not tag:
            raise fault(_FOREIGN)
        # A parser drops the line break that follows this tag at once.
        skip_line, at = tag[1].lower() == "pre" and tag[0][1] != "/", tag.end()
    return "".join(parts)


def _unescaped(piece: str) -> str:
    try:
        return html.unescape(piece)
    except ValueError:  # a number of thousands of digits
        raise fault(_FOREIGN) from None


def read_taguette(database: Database) -> Project:
    """The project of a Taguette file, which must hold one only."""
    if database.count("projects") > 1:
        raise fault(f"le fichier contient {database.count('projects')} projets ; exportez-en un seul depuis Taguette.")
    found = Collected()
    tags = database.rows("tags", id=int, path=str, description=str, parent_id=int)
    paths = found.add_tree({key: (parent, Code(path, definition=told)) for key, path, told, parent in tags})
    places = {}
    for key, name, markup in database.rows("documents", id=int, name=str, contents=str):
        text = words_of(markup)
        places[key] = (found.add_document(name, text), _bytes(text))
    _add_highlights(database, found, paths, places)
    told = [text for row in database.rows("documents", id=int, description=str) if (text := row[1])]
    found.told.left_out("descriptions de documents", len(told))
    found.told.left_out(
        "descriptions du projet", sum(1 for _, text in database.rows("projects", id=int, description=str) if text)
    )
    users = database.rows("users", login=str, email=str)
    found.told.left_out("adresses électroniques d’utilisateurs", sum(1 for _, email in users if email))
    return found.project()


def _bytes(text: str) -> Units:
    return Units.same() if text.isascii() else Units.of(text, lambda each: len(each.encode("utf-8", "surrogatepass")))


def _add_highlights(database: Database, found: Collected, paths: dict, places: dict) -> None:
    tags_of: dict[int, list[int]] = {}
    for highlight, tag in database.rows("highlight_tags", highlight_id=int, tag_id=int):
        tags_of.setdefault(highlight, []).append(tag)
    coders = _coders(database)
    columns = {"id": int, "document_id": int, "start_offset": int, "end_offset": int, "snippet": str}
    for key, document, start, end, snippet in database.rows("highlights", **columns):
        tags = [paths[tag] for tag in tags_of.get(key, ()) if tag in paths]
        if not tags or document not in places or start is None or end is None:
            found.told.left_out("passages sans code ou sans document")
            continue
        name, place = places[document]
        claimed = words_of(snippet) if snippet else None
        first, last = place.point(start), place.point(end)
        for code in tags:
            if found.is_at(name, first, last, claimed):
                found.add_passage(Passage(name, first, last, "", code, coders.get(key, "")), claimed)
            else:
                # The positions that the tool wrote are those a person can look for.
                found.told.unmatched(name, start, end, code)


def _coders(database: Database) -> dict[int, str]:
    """Who made each highlight, which Taguette keeps in its history alone."""
    coders = {}
    for _, login, payload in database.rows("commands", id=int, user_login=str, payload=str):
        try:
            command = json.loads(payload)
        except (ValueError, RecursionError):
            continue
        if isinstance(command, dict) and command.get("type") == "highlight_add":
            key = command.get("highlight_id")
            if isinstance(key, int):
                coders.setdefault(key, login)
    return coders


# --- QualCoder: the SQLite database in its ``.qda`` folder. Its positions count code points ---

# What else a project holds, by its table.
_OTHERS = {
    "code_image": "passages d’images",
    "code_av": "passages de sons ou de vidéos",
    "annotation": "annotations",
    "cases": "cas",
    "case_text": "textes de cas",
    "journal": "pages de journal",
    "graph": "graphes",
    "stored_sql": "requêtes enregistrées",
}


def is_qualcoder(database: Database) -> bool:
    """Whether a database is a project of QualCoder."""
    return database.has("code_text", "cid", "fid", "pos0", "pos1") and database.has("source", "id", "fulltext")


def read_qualcoder(database: Database) -> Project:
    """The project of QualCoder: categories and codes in one tree, texts with the attributes of their file."""
    found = Collected()
    paths = found.add_tree(_tree(database))
    attributes: dict[int | None, dict[str, str]] = {}
    for _, name, kind, value, source in database.rows(
        "attribute", attrid=int, name=str, attr_type=str, value=str, id=int
    ):
        if kind == "file" and value:
            attributes.setdefault(source, {})[name] = value
        elif value:
            found.told.left_out("attributs de cas")
    names = {}
    for key, name, text, media in database.rows("source", id=int, name=str, fulltext=str, mediapath=str):
        if text or not media:
            names[key] = found.add_document(name, text, attributes.get(key))
        else:
            found.told.left_out("images, sons et vidéos")
    _add_passages(database, found, paths, names)
    for table, what in _OTHERS.items():
        found.told.left_out(what, database.count(table))
    found.told.left_out("mémos de documents", sum(1 for _, memo in database.rows("source", id=int, memo=str) if memo))
    found.told.left_out(
        "couleurs de codes", sum(1 for _, color in database.rows("code_name", cid=int, color=str) if color)
    )
    return found.project()


def _tree(database: Database) -> dict:
    """Categories, then codes: a code hangs from a category, or from another code in the latest versions."""
    tree = {}
    for key, name, memo, date, above in database.rows(
        "code_cat", catid=int, name=str, memo=str, date=str, supercatid=int
    ):
        parent = None if above is None else ("category", above)
        tree["category", key] = (parent, Code(name, definition=memo, changed=_day(date)))
    columns = {"cid": int, "name": str, "memo": str, "date": str, "catid": int, "supercid": int}
    for key, name, memo, date, category, code in database.rows("code_name", **columns):
        above = ("code", code) if code is not None else ("category", category)
        parent = None if code is None and category is None else above
        tree["code", key] = (parent, Code(name, definition=memo, changed=_day(date)))
    return tree


def _day(date: str) -> str:
    """The day of a date and time; nothing when it is not one."""
    day = re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", date)
    return day[0] if day else ""


def _add_passages(database: Database, found: Collected, paths: dict, names: dict) -> None:
    columns = {"ctid": int, "fid": int, "pos0": int, "pos1": int, "seltext": str, "cid": int, "owner": str, "memo": str}
    for _, source, start, end, text, code, owner, memo in database.rows("code_text", **columns):
        if source not in names or ("code", code) not in paths or start is None or end is None:
            found.told.left_out("passages sans code ou sans document")
            continue
        found.add_passage(Passage(names[source], start, end, "", paths["code", code], owner, memo), text or None)
    important = database.rows("code_text", ctid=int, important=int)
    found.told.left_out("marques « important »", sum(1 for _, mark in important if mark))


# --- Which tool made a file, by what it holds; and the one sentence when it cannot be read ---

# The database in a QualCoder folder.
_QUALCODER = "data.qda"
_HEAD = 4096


def read(path: Path) -> Project:
    """The coding that a file or a folder holds, recognised by its content, each position compared with its text.

    It may be a Taguette project (SQLite), its CSV of passages or of tags; a REFI-QDA project (``.qdpx``) or code book
    (``.qdc``); a QualCoder folder (``.qda``); our own tables, in a folder or one alone (`write_csv`). What the file
    holds and the project does not is in ``told``. Nothing is written, anywhere.

    Raises
    ------
    DataError
        for a file that is damaged, of another tool, or made to harm: one French sentence with the file, what is wrong,
        and what to do.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "taguette.csv")
    ...     _ = fichier.write_text("id,document,tag,content\\n1,reunion,accueil,Bonjour\\n", encoding="utf-8")
    ...     projet = read(fichier)
    >>> projet.passages
    (Passage(document='reunion', start=None, end=None, text='Bonjour', code='accueil', coder='', memo=''),)
    """
    path = Path(path)
    try:
        return _reading_read(path)
    except DataError as error:
        raise fault(f"{path.name} : {error}") from None
    except OSError:
        raise fault(f"{path.name} : le fichier est introuvable ou illisible ; vérifiez le chemin.") from None


def _reading_read(path: Path) -> Project:
    if path.is_dir():
        if (path / _QUALCODER).is_file():
            return _read_database(path / _QUALCODER)
        if any((path / f"{name}.csv").is_file() for name in FILES):
            return read_folder(path)
        raise fault("ce dossier n’est ni un projet QualCoder, ni un codage en CSV ; donnez le fichier du projet.")
    if not path.exists():
        raise FileNotFoundError
    check_size(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK"):
        with opened_archive(path) as archive:
            return read_qdpx(archive)
    if head.startswith(b"SQLite format 3\0"):
        return _read_database(path)
    if _begins_as_xml(head):
        return _read_xml(path)
    return read_csv(path)


def _begins_as_xml(head: bytes) -> bool:
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<")


def _read_database(path: Path) -> Project:
    with opened_database(path) as database:
        if is_taguette(database):
            return read_taguette(database)
        if is_qualcoder(database):
            return read_qualcoder(database)
    raise fault("cette base n’est ni un projet Taguette, ni un projet QualCoder ; exportez-la au format .qdpx.")


def _read_xml(path: Path) -> Project:
    content = content_of(path, MOST_XML_BYTES)
    root = tree_of(content, "le fichier")
    if root.tag in (f"{{{NAMESPACE}}}CodeBook", f"{{{LEGACY}}}CodeBook"):
        return read_qdc(root)
    if PROJECT.fullmatch(root.tag):
        raise fault("c’est le seul project.qde, sans ses textes ; donnez l’archive .qdpx entière.")
    raise fault("ce XML n’est pas un livre de codes REFI-QDA ; exportez au format .qdc ou .qdpx.")
