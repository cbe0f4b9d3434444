"""Coding files as their tools write them, built from the published formats, and projects to put in them.

None of these builders but `ours` uses our writers: a mistake made in writing and in reading would go unseen.
"""

import html
import json
import random
import sqlite3
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from conftest import ALL, plain
from helpers.codings import reading, tables
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError

# Projects drawn at random in each test of a format.
SEEDS = range(60 if ALL else 10)

PIECES = [
    "Les élèves ", "e\u0301te\u0301 ", "👩🏽‍🏫 ", "𝔘n ", "œuvre ; ", '"cité" ', "a\u00a0: b\n", "\t", "=1+1 ", "-5 ", "'=x ", "'' ",
    "<p> & </p> ", "日本 ", "\u2028", "l’équipe, ", "principal. ", "@x ", "+33 ", "**** *x_y ",
]  # fmt: skip
LINES = ["\n", "\x0b", "\x85", "a\ufeff"]
LABELS = [
    "École", "e\u0301cole", "père/mère", "a\\b", "=cmd", " deux  mots ", "🎓", "Inclure : x", "a", "b", "c", "'=d", "ligne\nbis",
]  # fmt: skip
# The tables and columns of Taguette that we read or count.
TAGUETTE = """
CREATE TABLE users (login TEXT PRIMARY KEY, email TEXT);
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT, description TEXT);
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, description TEXT, filename TEXT, contents TEXT);
CREATE TABLE tags (id INTEGER PRIMARY KEY, path TEXT, description TEXT);
CREATE TABLE highlights (id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER, PRIMARY KEY (highlight_id, tag_id));
CREATE TABLE commands (id INTEGER PRIMARY KEY, user_login TEXT, payload TEXT);
"""
# Those of QualCoder, database v6.
QUALCODER = """
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, unique(name));
CREATE TABLE code_image (imid integer primary key, id integer, cid integer);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer);
CREATE TABLE code_cat (catid integer primary key, name text, date text, memo text, supercatid integer, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
    owner text, memo text, important integer, unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, date text, color text, unique(name));
"""
NOW = "2021-03-02 10:00:00"


def refusal(path: Path) -> str:
    """The one sentence, with plain spaces, on a file that cannot be read; it starts with its name."""
    with pytest.raises(DataError) as error:
        reading.read(path)
    assert str(error.value).startswith(path.name) and "\n" not in str(error.value)
    return plain(str(error.value))


def messages(project: Project) -> list[str]:
    return [plain(line).removeprefix("Non gardé : ") for line in project.told]


def database(path: Path, script: str, rows: dict[str, list[tuple]] | None = None) -> Path:
    """Runs statements on a database, then adds these rows to its tables."""
    base = sqlite3.connect(path)
    base.execute("PRAGMA synchronous = OFF")
    base.executescript(script)
    for table, added in (rows or {}).items():
        for row in added:
            base.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    base.commit()
    base.close()
    return path


def change(path: Path, *statements: str) -> Path:
    return database(path, ";".join(statements))


# --- projects --------------------------------------------------------------------------------------------------------


def made_text(draw: random.Random, pieces: list[str], most: int = 40) -> str:
    return "".join(draw.choice(pieces) for _ in range(draw.randint(0, most)))


def made_codes(draw: random.Random) -> list[Code]:
    codes: list[Code] = []
    for _ in range(draw.randint(1, 8)):
        parent = draw.choice(["", "", *(code.path for code in codes)])
        free = [label for label in LABELS if not any(code.parent == parent and code.name == label for code in codes)]
        notes = [made_text(draw, [*PIECES, "\r\n"], 3) for _ in range(4)]
        codes.append(Code(draw.choice(free), parent, *notes, draw.choice(["", "2021-03-02"]), draw.random() < 0.8))
    return codes


def made_project(seed: int) -> Project:
    """Overlapping, nested and repeated passages, several codes and coders on one, empty documents, codes never used."""
    draw = random.Random(seed)
    codes, documents, passages = made_codes(draw), [], []
    for number in range(draw.randint(0, 4)):
        text = made_text(draw, PIECES + LINES) if draw.random() < 0.8 else ""
        kind = draw.choice(["", "verbatim", "compte_rendu", "synthese"])
        attributes = [
            (name, draw.choice(["", "Lille", "=2", "a;b"])) for name in ["lieu", "é té"] if draw.random() < 0.5
        ]
        name = draw.choice(["réunion", "=note", " n/a "]) + str(number)
        documents.append(Document(name, text, kind, tuple(sorted(attributes))))
        for _ in range(draw.randint(0, 8) if len(text) > 1 else 0):
            start, end = sorted(draw.sample(range(len(text) + 1), 2))
            for code in draw.sample(codes, draw.randint(1, min(2, len(codes)))):
                coder, memo = draw.choice(["", "A", "Béa 👩"]), made_text(draw, [*PIECES, "\r\n"], 2)
                passages.append(Passage(name, start, end, text[start:end], code.path, coder, memo))
    return Project(tuple(codes), tuple(documents), tuple(passages))


def small_project() -> Project:
    """Two documents, a tree of codes, accents and an emoji before each passage."""
    text = "Été 👩🏽‍🏫 : les élèves arrivent.\nLe principal présente l’équipe."
    first, second = Document("Réunion du 12", text, "", (("lieu", "Lille"),)), Document("Réunion du 20", "Rien n’est dit.")
    children = Code("Élèves", "Accueil"), Code("Équipe"), Code("Jamais vu")
    passages = (
        place(first, "les élèves", "Accueil/Élèves", "A"),
        place(first, "élèves arrivent", "Accueil", "B"),
        place(first, "principal présente l’équipe", "Équipe", "A"),
        place(second, "Rien", "Accueil", "B"),
    )
    return Project((Code("Accueil", definition="Les premiers jours"), *children), (first, second), passages)


def place(document: Document, words: str, code: str, coder: str = "", memo: str = "") -> Passage:
    start = document.text.index(words)
    return Passage(document.name, start, start + len(words), words, code, coder, memo)


# --- Taguette and QualCoder ------------------------------------------------------------------------------------------


def paragraph(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>"


def taguette(path: Path, project: Project) -> Path:
    """A Taguette project: tags are flat, positions are bytes, who highlighted is in the history."""
    numbers = {each.name: rank for rank, each in enumerate(project.documents)}
    tags = {each.path: rank for rank, each in enumerate(project.codes)}
    rows = {
        "projects": [(1, "Projet", "")],
        "users": [(each, f"{each}@exemple.fr") for each in sorted({each.coder for each in project.passages})],
        "tags": [(rank, each.name, each.definition) for rank, each in enumerate(project.codes)],
        "documents": [(rank, each.name, "", "a.txt", paragraph(each.text)) for rank, each in enumerate(project.documents)],
        "highlights": [], "highlight_tags": [], "commands": [],
    }  # fmt: skip
    for key, each in enumerate(project.passages, 1):
        text = project.documents[numbers[each.document]].text
        start, end = (len(text[:at].encode()) for at in (each.start, each.end))
        rows["highlights"].append((key, numbers[each.document], start, end, paragraph(each.text)))
        rows["highlight_tags"].append((key, tags[each.code]))
        rows["commands"].append((key, each.coder, json.dumps({"type": "highlight_add", "highlight_id": key})))
    return database(path, TAGUETTE, rows)


def qualcoder(folder: Path, project: Project) -> Path:
    """A QualCoder folder: a code that holds others is a category, which no passage may have."""
    folder.mkdir()
    parents = {each.parent for each in project.codes}
    keys = {each.path: rank for rank, each in enumerate(project.codes, 1)}
    numbers = {each.name: rank for rank, each in enumerate(project.documents, 1)}
    rows = {"code_cat": [], "code_name": [], "source": [], "attribute": []}
    for rank, each in enumerate(project.codes, 1):
        if each.path in parents:
            rows["code_cat"].append((rank, each.name, NOW, each.definition, keys.get(each.parent)))
        else:
            rows["code_name"].append((rank, each.name, each.definition, keys.get(each.parent), NOW, "#FF0000"))
    for rank, each in enumerate(project.documents, 1):
        rows["source"].append((rank, each.name, each.text, None, ""))
        rows["attribute"] += [(None, name, "file", value, rank) for name, value in each.attributes]
    rows["code_text"] = [
        (None, keys[each.code], numbers[each.document], each.text, each.start, each.end, each.coder, each.memo, None)
        for each in project.passages
    ]
    database(folder / "data.qda", QUALCODER, rows)
    return folder


# --- REFI-QDA --------------------------------------------------------------------------------------------------------

XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def key_of(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(parts)))


def element(tag: str, inside: str = "", **attributes: object) -> str:
    return f"<{tag}{''.join(f' {name}={quoteattr(str(value))}' for name, value in attributes.items())}>{inside}</{tag}>"


def code_xml(project: Project, parent: str = "") -> str:
    out = ""
    for code in project.codes:
        if code.parent == parent:
            definition = element("Description", escape(code.definition)) if code.definition else ""
            key, inside = key_of("code", code.path), definition + code_xml(project, code.path)
            out += element("Code", inside, guid=key, name=code.name, isCodable="true", color="#FF0000")
    return out


def qdc(path: Path, project: Project, namespace: str = "urn:QDA-XML:codebook:1.0") -> Path:
    codes = element("Codes", code_xml(project))
    path.write_text(XML + element("CodeBook", codes, xmlns=namespace, origin="x"), encoding="utf-8")
    return path


def selection_xml(passage: Passage, name: str | None = None) -> str:
    """A selection, named by its text, cut, unless a name is given."""
    text = passage.text
    name = name if name is not None else text if len(text) <= 100 else f"{text[:97]}..."
    user = {"creatingUser": key_of("user", passage.coder)} if passage.coder else {}
    memo = element("Description", escape(passage.memo)) if passage.memo else ""
    code = element("CodeRef", targetGUID=key_of("code", passage.code))
    inside = memo + element("Coding", code, guid=key_of("coding", passage), **user)
    bounds = {"startPosition": passage.start, "endPosition": passage.end}
    return element("PlainTextSelection", inside, guid=key_of(passage), name=name, **bounds, **user)


def qde(
    project: Project, *, scheme: str = "internal://", more: str = "", selections: str | None = None, origin: str = "ATLAS.ti"
) -> str:
    """The XML of a project; ``more`` goes at its end, ``selections`` in place of those of the first document."""
    coders = sorted({each.coder for each in project.passages} - {""})
    names = sorted({name for document in project.documents for name, _ in document.attributes})
    users = "".join(element("User", guid=key_of("user", each), name=each) for each in coders)
    variables = "".join(element("Variable", guid=key_of("variable", each), name=each, typeOfVariable="Text") for each in names)
    sources = ""
    for rank, document in enumerate(project.documents):
        inside = "".join(selection_xml(each) for each in project.passages if each.document == document.name)
        inside = selections if selections is not None and not rank else inside
        for name, value in document.attributes:
            reference = element("VariableRef", targetGUID=key_of("variable", name))
            inside += element("VariableValue", reference + element("TextValue", escape(value)))
        key = key_of("document", document.name)
        sources += element("TextSource", inside, guid=key, name=document.name, plainTextPath=f"{scheme}{key}.txt")
    parts = [("Users", users), ("CodeBook", element("Codes", code_xml(project))), ("Variables", variables), ("Sources", sources)]
    inside = "".join(element(tag, part) for tag, part in parts) + more
    return XML + element("Project", inside, xmlns="urn:QDA-XML:project:1.0", name="x", origin=origin)


def texts_of(project: Project, folder: str = "Sources") -> dict[str, bytes]:
    return {f"{folder}/{key_of('document', each.name)}.txt": each.text.encode() for each in project.documents}


def qdpx(path: Path, xml: str, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"project.qde": xml.encode(), **entries}.items():
            archive.writestr(name, content)
    return path


def refi(path: Path, project: Project) -> Path:
    return qdpx(path, qde(project), texts_of(project))


def ours(path: Path, project: Project) -> Path:
    tables.write_csv(project, path)
    return path


def flat(project: Project) -> Project:
    """The project as a tool without a tree of codes has it: each path is a label."""
    names = {code.path: Code(code.path, definition=code.definition) for code in project.codes}
    passages = tuple(replace(each, code=names[each.code].path) for each in project.passages)
    documents = tuple(Document(each.name, each.text) for each in project.documents)
    return Project(tuple(names.values()), documents, passages)


def without_returns(project: Project) -> Project:
    """The project as Taguette can hold it, flat: its browser turns carriage returns into line feeds, it has no memos."""
    documents = tuple(Document(each.name, each.text.replace("\r", " ")) for each in project.documents)
    passages = tuple(replace(each, text=each.text.replace("\r", " "), memo="") for each in project.passages)
    return flat(Project(project.codes, documents, passages))
