"""Reading coding files: typed texts, Taguette, QualCoder, and the recognition of every format by its content."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element

from helpers.codings.model import Code, Project, ProjectBuilder
from helpers.codings.positions import UTF_8, Claim, Text, add_texts
from helpers.codings.refi import LEGACY, NAMESPACE, PROJECT, read_qdc, read_qdpx, split_description
from helpers.codings.safe_files import (
    Database,
    check_size,
    coding_error,
    decode_text,
    open_archive,
    open_database,
    parse_xml,
    read_bytes,
)
from helpers.codings.tables import FILES, read_csv, read_folder, read_iramuteq
from helpers.schema import DataError

# --- Typed texts: plain, Markdown, or the paragraphs and tables of Word ---

TEXTS = (".txt", ".md", ".docx")
_BODY = "word/document.xml"
# Transitional and strict WordprocessingML; other vocabularies (drawings, formulas) hold no text of ours.
_WORD = re.compile(
    r"\{http://(?:schemas\.openxmlformats\.org/wordprocessingml/2006|purl\.oclc\.org/ooxml/wordprocessingml)/main\}"
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ENDS = {"p": "\n", "tc": "\t", "tr": "\n", "tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_text(path: Path) -> str:
    """The text of a file (``.txt``, ``.md``, ``.docx``), with plain line ends; nothing is written.

    In a ``.docx``, a cell ends with a tab, a row and a paragraph with a line end; headers, notes, comments and deleted
    revisions are left out. Raises DataError for another format, or a damaged or malicious file: one French sentence
    with the file name and the remedy.
    """
    with _named_faults(Path(path)) as path:
        return _read_text(path).replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _named_faults(path: Path) -> Iterator[Path]:
    """Any failure becomes a sentence that starts with the file name."""
    try:
        yield path
    except DataError as error:
        raise coding_error(f"{path.name} : {error}") from None
    except OSError:
        raise coding_error(f"{path.name} : le fichier est introuvable ou illisible ; vérifiez le chemin.") from None
    except RecursionError:
        raise coding_error(f"{path.name} : le fichier est abîmé, ou démesuré ; refaites l’export.") from None


def _read_text(path: Path) -> str:
    if path.suffix.casefold() not in TEXTS:
        raise coding_error("ce format n’est pas lu ; enregistrez le texte en .docx, .md ou .txt.")
    if path.suffix.casefold() != ".docx":
        return decode_text(read_bytes(path), "le fichier")
    check_size(path)
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise coding_error("ce n’est pas un document Word ; enregistrez-le au format .docx.")
    with open_archive(path) as archive:
        if not (body := archive.find(_BODY)):
            raise coding_error("ce n’est pas un document Word ; enregistrez-le au format .docx.")
        content = archive.read(body)
    return _text_in(parse_xml(content, "le texte du document"))


def _text_in(node: Element) -> str:
    """The text of the paragraphs, in order."""
    name = _WORD.sub("", node.tag)
    # A drawing has a fallback copy for old programs; properties hold no text.
    if node.tag == _FALLBACK or name in ("pPr", "rPr", "del", "moveFrom"):
        return ""
    inside = "".join(map(_text_in, node))
    if name == "t":
        inside = node.text or ""
    elif name == "tc":  # the end of a cell replaces that of its last paragraph
        inside = inside.removesuffix("\n")
    return inside + _ENDS.get(name, "")


# --- Taguette (SQLite): positions count the UTF-8 bytes of the text without tags ---

_TAGUETTE_OTHERS = {
    "documents.description": "descriptions de documents",
    "projects.description": "descriptions du projet",
    "users.email": "adresses électroniques d’utilisateurs",
}


def words_of(markup: str) -> str:
    """The text of a Taguette document as its browser counts it: no tags, entities decoded, white space unchanged.

    >>> words_of("<p>Tom &amp; <b>Lé</b>a</p>")
    'Tom & Léa'
    """
    # Browsers normalise line ends first, and drop a line break right after this tag.
    markup, parts = re.sub(r"(<pre\b[^>]*>)\n", r"\1", markup.replace("\r\n", "\n").replace("\r", "\n")), []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(markup)
    parser.close()
    return "".join(parts)


def read_taguette(database: Database) -> Project:
    """The project of a Taguette file, which must hold only one."""
    if database.count("projects") > 1:
        raise coding_error(
            f"le fichier contient {database.count('projects')} projets ; exportez-en un seul depuis Taguette."
        )
    collected = ProjectBuilder()
    tags = database.rows("tags", id=int, path=str, description=str, parent_id=int)
    paths = collected.add_tree({key: (parent, Code(path, definition=text)) for key, path, text, parent in tags})
    columns = {"id": int, "name": str, "filename": str, "contents": str}
    documents = {
        key: Text(name or Path(file).stem, words_of(markup))
        for key, name, file, markup in database.rows("documents", **columns)
    }
    _add_highlights(database, collected, paths, documents)
    add_texts(collected, [*documents.values()], UTF_8)
    return _counted(database, collected, _TAGUETTE_OTHERS)


def _add_highlights(database: Database, collected: ProjectBuilder, paths: dict, documents: dict) -> None:
    tags_of: dict[int, list[int]] = {}
    for highlight, tag in database.rows("highlight_tags", highlight_id=int, tag_id=int):
        tags_of.setdefault(highlight, []).append(tag)
    coders = _coders(database)
    columns = {"id": int, "document_id": int, "start_offset": int, "end_offset": int, "snippet": str}
    for key, document, start, end, snippet in database.rows("highlights", **columns):
        codes = [paths[tag] for tag in tags_of.get(key, ()) if tag in paths]
        if not codes or document not in documents or start is None or end is None:
            collected.told.left_out("passages sans code ou sans document")
            continue
        excerpt = words_of(snippet) if snippet else ""
        documents[document].claims += [Claim(start, end, code, coders.get(key, ""), "", excerpt) for code in codes]


def _coders(database: Database) -> dict[int, str]:
    """Who made each highlight: only the history of Taguette says."""
    coders = {}
    for _, login, payload in database.rows("commands", id=int, user_login=str, payload=str):
        try:
            command = json.loads(payload)
            if command["type"] == "highlight_add":
                coders.setdefault(command["highlight_id"], login)
        except (ValueError, LookupError, TypeError):
            continue  # not an entry of Taguette
    return coders


# --- QualCoder (SQLite in a ``.qda`` folder): positions count code points ---

# What is not kept, by table, or by column that has something.
_QUALCODER_OTHERS = {
    "code_image": "passages d’images",
    "code_av": "passages de sons ou de vidéos",
    "annotation": "annotations",
    "cases": "cas",
    "case_text": "textes de cas",
    "journal": "pages de journal",
    "graph": "graphes",
    "stored_sql": "requêtes enregistrées",
    "code_text.important": "marques « important »",
    "source.memo": "mémos de documents",
    "code_name.color": "couleurs de codes",
}


def read_qualcoder(database: Database) -> Project:
    """The project of QualCoder: categories and codes in one tree, texts with the attributes of their file."""
    collected = ProjectBuilder()
    left_out = collected.told.left_out
    paths = collected.add_tree(_tree(database))
    attributes: dict[int | None, dict[str, str]] = {}
    columns = {"attrid": int, "name": str, "attr_type": str, "value": str, "id": int}
    for _, name, kind, value, source in database.rows("attribute", **columns):
        if kind == "file" and value:
            attributes.setdefault(source, {})[name] = value
        elif value:
            left_out("attributs de cas")
    texts: dict[int, Text] = {}
    for key, name, text, media in database.rows("source", id=int, name=str, fulltext=str, mediapath=str):
        if text or not media:
            texts[key] = Text(name or Path(media).stem, text, attributes.get(key, {}))
        else:
            left_out("images, sons et vidéos")
    columns = {"ctid": int, "fid": int, "pos0": int, "pos1": int, "seltext": str, "cid": int, "owner": str, "memo": str}
    _add_claims(collected, texts, paths, database.rows("code_text", **columns))
    return _counted(database, collected, _QUALCODER_OTHERS)


def _tree(database: Database) -> dict:
    """Categories, then codes; a code belongs to a category or, in the latest versions, to another code."""
    tree = {}
    columns = {"catid": int, "name": str, "memo": str, "date": str, "supercatid": int}
    for key, name, memo, date, above in database.rows("code_cat", **columns):
        parent = None if above is None else ("category", above)
        tree["category", key] = (parent, _qualcoder_code(name, memo, date, codable=False))
    columns = {"cid": int, "name": str, "memo": str, "date": str, "catid": int, "supercid": int}
    for key, name, memo, date, category, code in database.rows("code_name", **columns):
        above = ("code", code) if code is not None else ("category", category)
        parent = None if code is None and category is None else above
        tree["code", key] = (parent, _qualcoder_code(name, memo, date))
    return tree


def _qualcoder_code(name: str, memo: str, date: str, *, codable: bool = True) -> Code:
    """A code; its memo may be a description of ours that QualCoder imported."""
    code = split_description(name, memo, codable=codable)
    return replace(code, changed=code.changed or date[:10])


# --- RQDA (SQLite): positions count characters; rows that it deleted stay, with another status ---

_RQDA_OTHERS = {
    "annotation": "annotations",
    "cases": "cas",
    "imageCoding": "passages d’images",
    "journal": "pages de journal",
}


def read_rqda(database: Database) -> Project:
    """The project of RQDA: codes under their first category, texts with the attributes of their file."""

    def active(table: str, **columns: type) -> list[tuple]:
        return [row[:-1] for row in database.rows(table, **columns, status=int) if row[-1] == 1]

    collected = ProjectBuilder()
    tree = {
        ("category", key): (None, split_description(name, memo, codable=False))
        for key, name, memo in active("codecat", catid=int, name=str, memo=str)
    }
    above: dict[int, list] = {}
    for code, category in active("treecode", cid=int, catid=int):
        above.setdefault(code, []).append(("category", category))
    for key, name, memo in active("freecode", id=int, name=str, memo=str):
        parents = [each for each in above.get(key, ()) if each in tree] or [None]
        tree["code", key] = (parents[0], split_description(name, memo))
        collected.told.left_out("autres catégories d’un code, qui n’en a qu’une ici", len(parents) - 1)
    paths = collected.add_tree(tree)
    texts = {key: Text(name, text) for key, name, text in active("source", id=int, name=str, file=str)}
    for source, variable, value in active("fileAttr", fileID=int, variable=str, value=str):
        if source in texts:
            texts[source].attributes[variable] = value
    columns = {"rowid": int, "fid": int, "selfirst": int, "selend": int, "seltext": str, "cid": int, "owner": str}
    _add_claims(collected, texts, paths, active("coding", **columns, memo=str))
    return _counted(database, collected, _RQDA_OTHERS)


def _counted(database: Database, collected: ProjectBuilder, others: dict[str, str]) -> Project:
    """The project, once what the file holds besides is counted."""
    for place, what in others.items():
        collected.told.left_out(what, database.count(*place.split(".")))
    return collected.project()


def _add_claims(collected: ProjectBuilder, texts: dict[int, Text], paths: dict, rows: Iterable[tuple]) -> None:
    """Add texts with the segments of a table: key, text, start, end, excerpt, code, coder, memo."""
    for _, source, start, end, excerpt, code, owner, memo in rows:
        if source not in texts or ("code", code) not in paths or start is None or end is None:
            collected.told.left_out("passages sans code ou sans document")
        else:
            texts[source].claims.append(Claim(start, end, paths["code", code], owner, memo, excerpt))
    add_texts(collected, [*texts.values()])


# --- Recognition of the format ---

# Files that only their tool opens, and its own way to write an open one, as its documentation gives it. The year that
# MAXQDA and ATLAS.ti put in a suffix is left out.
_CLOSED_SUFFIX = re.compile(r"(?<=^\.mx)\d+$|(?<=^\.atlproj)\d+$")
_NVIVO = "dans NVivo, onglet Share (Partager), Export Project, choisissez REFI-QDA Project (sur Mac : menu File)."
_MAXQDA = "ouvrez-le dans MAXQDA, puis exportez le projet au format REFI-QDA (.qdpx)."
_CLOSED = {
    **dict.fromkeys((".nvp", ".nvpx", ".nvcx"), _NVIVO),
    **dict.fromkeys((".mx", ".mex"), _MAXQDA),
    ".atlproj": "dans ATLAS.ti, exportez le projet au format REFI-QDA (.qdpx).",
}

# The database in a QualCoder folder.
_QUALCODER = "data.qda"


def read(path: Path) -> Project:
    """The coding of a file or folder, recognised by its content; each passage is compared with its text.

    Formats: Taguette project (SQLite) and its CSV of passages or tags; REFI-QDA project (``.qdpx``) and code book
    (``.qdc``); QualCoder folder (``.qda``); RQDA project (SQLite); IRaMuTeQ corpus; our own tables, in a folder or
    alone (`write_csv`). ``told`` lists what is not kept. Nothing is written. Raises DataError for a damaged, foreign or
    malicious file: one French sentence with the file name, what is wrong and the remedy.
    """
    with _named_faults(Path(path)) as path:
        return _read(path)


def _read(path: Path) -> Project:
    if path.is_dir():
        if (path / _QUALCODER).is_file():
            return _read_database(path / _QUALCODER)
        if any((path / f"{name}.csv").is_file() for name in FILES):
            return read_folder(path)
        raise coding_error(
            "ce dossier n’est ni un projet QualCoder, ni un codage en CSV ; donnez le fichier du projet."
        )
    if not path.exists():
        raise FileNotFoundError
    check_size(path)
    if remedy := _CLOSED.get(_CLOSED_SUFFIX.sub("", path.suffix.casefold())):
        raise coding_error(f"ce format n’est lu que par son outil ; {remedy}")
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        with open_archive(path) as archive:
            return read_qdpx(archive)
    if head.startswith(b"SQLite format 3\0"):
        return _read_database(path)
    # XML, in any encoding, with or without byte order mark.
    if head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return _read_xml(path)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"****"):
        return read_iramuteq(path)
    return read_csv(path)


def _read_database(path: Path) -> Project:
    with open_database(path) as database:
        if database.has("highlights", "start_offset", "end_offset") and database.has("tags", "id", "path"):
            return read_taguette(database)
        if database.has("code_text", "cid", "fid", "pos0", "pos1") and database.has("source", "id", "fulltext"):
            return read_qualcoder(database)
        if database.has("coding", "cid", "fid", "selfirst", "selend") and database.has("freecode", "id", "name"):
            return read_rqda(database)
    raise coding_error("cette base n’est pas un projet Taguette, QualCoder ou RQDA ; exportez-la au format .qdpx.")


def _read_xml(path: Path) -> Project:
    root = parse_xml(read_bytes(path), "le fichier")
    if root.tag in (f"{{{NAMESPACE}}}CodeBook", f"{{{LEGACY}}}CodeBook"):
        return read_qdc(root)
    if PROJECT.fullmatch(root.tag):
        raise coding_error("c’est le seul project.qde, sans ses textes ; donnez l’archive .qdpx entière.")
    raise coding_error("ce XML n’est pas un livre de codes REFI-QDA ; exportez au format .qdc ou .qdpx.")
