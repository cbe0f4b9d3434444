"""Reading coding files: typed texts, Taguette, QualCoder, and the recognition of every format by its content."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element

from helpers.codings.model import Code, Passage, Project, ProjectBuilder, Warnings
from helpers.codings.positions import CODE_POINTS, UTF_8, proved
from helpers.codings.refi import ROOT, read_qdc, read_qdpx, split_description
from helpers.codings.safe_files import Archive, Database, check_size, coding_error, decode_text, parse_xml, read_bytes
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


@contextmanager
def _named_faults(path: Path) -> Iterator[Path]:
    """Any failure becomes a sentence that starts with the file name."""
    try:
        yield path
        return
    except DataError as error:
        problem = str(error)
    except OSError:
        problem = "le fichier est introuvable ou illisible ; vérifiez le chemin."
    except RecursionError:
        problem = "le fichier est abîmé, ou démesuré ; refaites l’export."
    raise coding_error(f"{path.name} : {problem}")


def read_text(path: Path) -> str:
    """The text of a file (``.txt``, ``.md``, ``.docx``), with plain line ends; nothing is written.

    In a ``.docx``, a cell ends with a tab, a row and a paragraph with a line end; headers, notes, comments and deleted
    revisions are left out. Raises DataError for another format, or a damaged or malicious file.
    """
    with _named_faults(Path(path)) as path:
        if (suffix := path.suffix.casefold()) not in TEXTS:
            raise coding_error("ce format n’est pas lu ; enregistrez le texte en .docx, .md ou .txt.")
        text = _word_text(path) if suffix == ".docx" else decode_text(read_bytes(path), "le fichier")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def _word_text(path: Path) -> str:
    if _head(path).startswith(b"PK"):
        with Archive(path) as archive:
            if body := archive.find(_BODY):
                return _text_in(parse_xml(archive.content(body), "le texte du document"))
    raise coding_error("ce n’est pas un document Word ; enregistrez-le au format .docx.")


def _head(path: Path) -> bytes:
    """The first bytes of a file of a size that we read, which tell its format."""
    check_size(path)
    with path.open("rb") as file:
        return file.read(4096)


def _text_in(node: Element) -> str:
    """The text of the paragraphs, in order."""
    name = _WORD.sub("", node.tag)
    # A drawing has a fallback copy for old programs; properties hold no text.
    if node.tag == _FALLBACK or name in ("pPr", "rPr", "del", "moveFrom"):
        return ""
    inside = node.text or "" if name == "t" else "".join(map(_text_in, node))
    # The end of a cell replaces that of its last paragraph.
    return (inside.removesuffix("\n") if name == "tc" else inside) + _ENDS.get(name, "")


# --- Projects in SQLite: a reader a tool ---
# Codes by key, with the key of their parent; texts by key, as `ProjectBuilder.add_document` takes them; segments: the
# key of the text, the offsets, the excerpt, the key of the code, the coder, the memo.
Parts = tuple[dict, dict, list[tuple]]


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


def read_taguette(database: Database, _: Warnings) -> Parts:
    """The parts of a Taguette file, which must hold only one project."""
    if (count := database.count("projects")) > 1:
        raise coding_error(f"le fichier contient {count} projets ; exportez-en un seul depuis Taguette.")
    tree, texts, tags_of = {}, {}, defaultdict(list)
    for key, path, text, parent in database.rows("tags", "id path description parent_id"):
        tree[key] = parent, Code(path, definition=text)
    for key, name, file, markup in database.rows("documents", "id name filename contents"):
        texts[key] = name or Path(file).stem, words_of(markup)
    for highlight, tag in database.rows("highlight_tags", "highlight_id tag_id"):
        tags_of[highlight].append(tag)
    coders: dict[int, str] = {}
    # Only the history says who made a highlight.
    for _, login, payload in database.rows("commands", "id user_login payload"):
        with suppress(ValueError, LookupError, TypeError):  # not an entry of Taguette
            command = json.loads(payload)
            if command["type"] == "highlight_add":
                coders.setdefault(command["highlight_id"], login)
    rows = database.rows("highlights", "id document_id start_offset end_offset snippet")
    segments = [
        (document, start, end, words_of(snippet), tag, coders.get(key, ""), "")
        for key, document, start, end, snippet in rows
        for tag in tags_of.get(key, [None])
    ]
    return tree, texts, segments


def read_qualcoder(database: Database, told: Warnings) -> Parts:
    """The parts of a QualCoder project: categories and codes in one tree, texts with the attributes of their file."""
    tree, attributes, texts = {}, defaultdict(dict), {}
    for key, name, memo, date, above in database.rows("code_cat", "catid name memo date supercatid"):
        code = split_description(name, memo, codable=False, changed=date[:10])
        tree["category", key] = (None if above is None else ("category", above), code)
    for key, name, memo, date, category, above in database.rows("code_name", "cid name memo date catid supercid"):
        # A code belongs to a category or, in the latest versions, to another code.
        parent = above if above is not None else None if category is None else ("category", category)
        tree[key] = (parent, split_description(name, memo, changed=date[:10]))
    for _, name, kind, value, source in database.rows("attribute", "attrid name attr_type value id"):
        if kind == "file" and value:
            attributes[source][name] = value
        else:
            told.left_out("attributs de cas", bool(value))
    for key, name, text, media in database.rows("source", "id name fulltext mediapath"):
        if text or not media:
            texts[key] = name or Path(media).stem, text, attributes[key]
        else:
            told.left_out("images, sons et vidéos")
    return tree, texts, [row[1:] for row in database.rows("code_text", "ctid fid pos0 pos1 seltext cid owner memo")]


def read_rqda(database: Database, told: Warnings) -> Parts:
    """The parts of an RQDA project: codes under their first category, texts with the attributes of their file."""

    def active(table: str, columns: str) -> list[tuple]:
        # Rows that it deleted stay, with another status.
        return [row[:-1] for row in database.rows(table, f"{columns} status") if row[-1] == 1]

    above, attributes, tree = defaultdict(list), defaultdict(dict), {}
    for key, name, memo in active("codecat", "catid name memo"):
        tree["category", key] = None, split_description(name, memo, codable=False)
    for code, category in active("treecode", "cid catid"):
        above[code] += [("category", category)] if ("category", category) in tree else []
    for key, name, memo in active("freecode", "id name memo"):
        first, *others = above[key] or [None]
        tree[key] = (first, split_description(name, memo))
        told.left_out("autres catégories d’un code, qui n’en a qu’une ici", len(others))
    for source, variable, value in active("fileAttr", "fileID variable value"):
        attributes[source][variable] = value
    texts = {key: (name, text, attributes[key]) for key, name, text in active("source", "id name file")}
    return tree, texts, [row[1:] for row in active("coding", "rowid fid selfirst selend seltext cid owner memo")]


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


def read(path: Path) -> Project:
    """The coding of a file or folder, recognised by its content; each passage is compared with its text.

    Formats: Taguette project (SQLite) and its CSV of passages or tags; REFI-QDA project (``.qdpx``) and code book
    (``.qdc``); QualCoder folder (``.qda``); RQDA project (SQLite); IRaMuTeQ corpus; our own tables (`write_csv`), in a
    folder or alone. Nothing is written. Raises DataError for a damaged, foreign or malicious file: one French sentence.
    """
    with _named_faults(Path(path)) as path:
        if path.is_dir():
            if (path / "data.qda").is_file():  # QualCoder
                return _read_database(path / "data.qda")
            if any((path / f"{name}.csv").is_file() for name in FILES):
                return read_folder(path)
            problem = "ce dossier n’est ni un projet QualCoder, ni un codage en CSV"
            raise coding_error(f"{problem} ; donnez le fichier du projet.")
        path.stat()  # a file that is not there is an OSError
        head = _head(path)
        if remedy := _CLOSED.get(_CLOSED_SUFFIX.sub("", path.suffix.casefold())):
            raise coding_error(f"ce format n’est lu que par son outil ; {remedy}")
        if head.startswith(b"PK"):
            with Archive(path) as archive:
                return read_qdpx(archive)
        if head.startswith(b"SQLite format 3\0"):
            return _read_database(path)
        # XML, in any encoding, with or without byte order mark.
        if head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
            root = parse_xml(read_bytes(path), "le fichier")
            if not (kind := ROOT.fullmatch(root.tag)):
                raise coding_error("ce XML n’est pas un livre de codes REFI-QDA ; exportez au format .qdc ou .qdpx.")
            if kind[1] == "Project":
                raise coding_error("c’est le seul project.qde, sans ses textes ; donnez l’archive .qdpx entière.")
            return read_qdc(root)
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"****"):
            return read_iramuteq(path)
        return read_csv(path)


# How each tool is read: the unit that it counts in (in Taguette, of the text without tags), the columns that tell it.
_TOOLS = {
    read_taguette: (UTF_8, "highlights.start_offset highlights.end_offset tags.id tags.path"),
    read_qualcoder: (
        CODE_POINTS,
        "code_text.cid code_text.fid code_text.pos0 code_text.pos1 source.id source.fulltext",
    ),
    read_rqda: (CODE_POINTS, "coding.cid coding.fid coding.selfirst coding.selend freecode.id freecode.name"),
}
# What is not kept, by table, or by column that has something, whatever the tool.
_OTHERS = {
    "documents.description": "descriptions de documents",
    "projects.description": "descriptions du projet",
    "users.email": "adresses électroniques d’utilisateurs",
    "code_image": "passages d’images",
    "imageCoding": "passages d’images",
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


def _read_database(path: Path) -> Project:
    with Database.open(path) as database:
        for read_tool, (unit, columns) in _TOOLS.items():
            if not database.columns.issuperset(columns.split()):
                continue
            collected = ProjectBuilder()
            tree, texts, segments = read_tool(database, collected.told)
            paths, names = collected.add_tree(tree), {key: collected.add_document(*text) for key, text in texts.items()}
            for source, start, end, excerpt, code, coder, memo in segments:
                if source not in texts or code not in paths or start is None or end is None:
                    collected.told.left_out("passages sans code ou sans document")
                else:
                    collected.passages.append(Passage(names[source], start, end, excerpt, paths[code], coder, memo))
            for place, what in _OTHERS.items():
                collected.told.left_out(what, database.count(place))
            return proved(collected, unit)
    raise coding_error("cette base n’est pas un projet Taguette, QualCoder ou RQDA ; exportez-la au format .qdpx.")
