"""Coding files as their tools write them, built from what is published of each format, and projects to put in them.

None of these builders uses ours: a file that we write and read by the same mistake would prove nothing.
"""

import html
import json
import random
import sqlite3
import uuid
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from helpers.codings.model import Code, Document, Passage, Project

PIECES = [
    "Les élèves ", "e\u0301te\u0301 ", "👩🏽‍🏫 ", "𝔘n ", "œuvre ; ", '"cité" ', "a\u00a0: b\n", "\t", "=1+1 ", "-5 ", "'=x ", "'' ",
    "<p> & </p> ", "日本 ", "\u2028", "l’équipe, ", "principal. ", "@x ", "+33 ", "**** *x_y ",
]  # fmt: skip
LINES = ["\r\n", "\r", "\ufeff", "\x0b", "\x85"]
LABELS = ["École", "e\u0301cole", "père/mère", "a\\b", "=cmd", " deux  mots ", "🎓", "Inclure : x", "a", "b", "c", "'=d", "ligne\nbis"]
# The tables of Taguette, at the version that its desktop edition makes.
TAGUETTE = """
CREATE TABLE users (login VARCHAR(30) NOT NULL PRIMARY KEY, created DATETIME NOT NULL, hashed_password VARCHAR(192),
    password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256), email_sent DATETIME);
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    created DATETIME NOT NULL);
CREATE TABLE project_members (project_id INTEGER NOT NULL, user_login VARCHAR(30) NOT NULL,
    privileges VARCHAR(11) NOT NULL CHECK (privileges IN ('ADMIN', 'MANAGE_DOCS', 'TAG', 'READ')));
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL, project_id INTEGER NOT NULL, text_direction VARCHAR(13) NOT NULL,
    contents TEXT NOT NULL);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, path VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, UNIQUE (project_id, path));
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (highlight_id, tag_id));
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL, user_login VARCHAR(30) NOT NULL,
    project_id INTEGER NOT NULL, document_id INTEGER, payload TEXT NOT NULL);
CREATE INDEX ix_highlights_document_id ON highlights (document_id);
"""
# Those of QualCoder that we read or count, as of its database v6.
QUALCODER = """
CREATE TABLE project (databaseversion text, date text, memo text, about text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text, date text,
    av_text_id integer, risid integer, unique(name));
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer, height integer,
    cid integer, memo text, date text, owner text, important integer);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer, memo text, date text,
    owner text, important integer);
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text, date text);
CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text, valuetype text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text, owner text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
    owner text, date text, memo text, avid integer, important integer, unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text, color text,
    unique(name));
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
"""
NOW = "2021-03-02 10:00:00"


# --- projects --------------------------------------------------------------------------------------------------------


def made_text(draw: random.Random, pieces: list[str], most: int = 40) -> str:
    return "".join(draw.choice(pieces) for _ in range(draw.randint(0, most)))


def made_codes(draw: random.Random) -> list[Code]:
    codes: list[Code] = []
    for _ in range(draw.randint(1, 8)):
        parent = draw.choice(["", "", *(code.path for code in codes)])
        free = [label for label in LABELS if not any(code.parent == parent and code.name == label for code in codes)]
        notes = [made_text(draw, [*PIECES, "\r\n", "\nInclure : ", "\n\\Exemple : "], 3) for _ in range(4)]
        codes.append(Code(draw.choice(free), parent, *notes, draw.choice(["", "2021-03-02"])))
    return codes


def made_project(seed: int) -> Project:
    """Overlapping, nested and repeated passages, several codes and coders on one, empty documents, codes never used."""
    draw = random.Random(seed)
    codes, documents, passages = made_codes(draw), [], []
    for number in range(draw.randint(0, 4)):
        text = made_text(draw, PIECES + LINES) if draw.random() < 0.8 else ""
        kind = draw.choice(["", "verbatim", "compte_rendu", "synthese"])
        attributes = tuple((name, draw.choice(["", "Lille", "=2", "a;b"])) for name in ["lieu", "é té"] if draw.random() < 0.5)
        documents.append(Document(draw.choice(["réunion", "=note", " n/a "]) + str(number), text, kind, tuple(sorted(attributes))))
        for _ in range(draw.randint(0, 8) if len(text) > 1 else 0):
            start, end = sorted(draw.sample(range(len(text) + 1), 2))
            for code in draw.sample(codes, draw.randint(1, min(2, len(codes)))):
                coder, memo = draw.choice(["", "A", "Béa 👩"]), made_text(draw, [*PIECES, "\r\n"], 2)
                passages.append(Passage(documents[-1].name, start, end, text[start:end], code.path, coder, memo))
    return Project(tuple(codes), tuple(documents), tuple(passages))


def small_project() -> Project:
    """Two documents, a tree of codes, accents and an emoji before each passage."""
    first = Document("Réunion du 12", "Été 👩🏽‍🏫 : les élèves arrivent.\nLe principal présente l’équipe.", "", (("lieu", "Lille"),))
    second = Document("Réunion du 20", "Rien n’est dit.")
    codes = (Code("Accueil", definition="Les premiers jours"), Code("Élèves", "Accueil"), Code("Équipe"), Code("Jamais vu"))
    found = [("les élèves", "Accueil/Élèves", "A"), ("élèves arrivent", "Accueil", "B"), ("principal présente l’équipe", "Équipe", "A")]
    passages = [place(first, words, code, coder) for words, code, coder in found]
    return Project(codes, (first, second), (*passages, place(second, "Rien", "Accueil", "B")))


def place(document: Document, words: str, code: str, coder: str = "", memo: str = "") -> Passage:
    start = document.text.index(words)
    return Passage(document.name, start, start + len(words), words, code, coder, memo)


# --- Taguette --------------------------------------------------------------------------------------------------------


def taguette(path: Path, project: Project, *, markup=lambda text: f"<p>{html.escape(text, quote=False)}</p>", coders: bool = True) -> Path:
    """A Taguette project: tags are flat, positions are bytes, who highlighted is in the history."""
    base = sqlite3.connect(path)
    base.executescript(TAGUETTE)
    base.execute("INSERT INTO projects VALUES (1, 'Projet', '', ?)", [NOW])
    for login in sorted({passage.coder for passage in project.passages}):
        base.execute("INSERT INTO users VALUES (?, ?, NULL, NULL, 'fr', ?, NULL)", [login, NOW, f"{login}@exemple.fr"])
    for number, code in enumerate(project.codes):
        base.execute("INSERT INTO tags VALUES (?, 1, ?, ?)", [number, code.name, code.definition])
    tags = {code.path: number for number, code in enumerate(project.codes)}
    for number, document in enumerate(project.documents):
        row = [number, document.name, "", "a.txt", NOW, markup(document.text)]
        base.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, 1, 'LEFT_TO_RIGHT', ?)", row)
    texts = {document.name: (number, document.text) for number, document in enumerate(project.documents)}
    for key, passage in enumerate(project.passages, 1):
        number, text = texts[passage.document]
        start, end = (len(text[:at].encode()) for at in (passage.start, passage.end))
        base.execute("INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", [key, number, start, end, f"<p>{html.escape(passage.text, quote=False)}</p>"])
        base.execute("INSERT INTO highlight_tags VALUES (?, ?)", [key, tags[passage.code]])
        if coders:
            payload = {"type": "highlight_add", "highlight_id": key, "start_offset": start, "end_offset": end, "tags": [tags[passage.code]]}
            base.execute("INSERT INTO commands VALUES (?, ?, ?, 1, ?, ?)", [key, NOW, passage.coder, number, json.dumps(payload)])
    base.commit()
    base.close()
    return path


# --- QualCoder -------------------------------------------------------------------------------------------------------


def qualcoder(folder: Path, project: Project) -> Path:
    """A QualCoder folder: a code that holds others is a category, which no passage may have."""
    folder.mkdir()
    base = sqlite3.connect(folder / "data.qda")
    base.executescript(QUALCODER)
    parents = {code.parent for code in project.codes if code.parent}
    keys = {code.path: number for number, code in enumerate(project.codes, 1)}
    for code in project.codes:
        above = keys.get(code.parent)
        if code.path in parents:
            base.execute("INSERT INTO code_cat VALUES (?, ?, 'A', ?, ?, ?)", [keys[code.path], code.name, NOW, code.definition, above])
        else:
            base.execute("INSERT INTO code_name VALUES (?, ?, ?, ?, 'A', ?, '#FF0000')", [keys[code.path], code.name, code.definition, above, NOW])
    for number, document in enumerate(project.documents, 1):
        base.execute("INSERT INTO source VALUES (?, ?, ?, NULL, '', 'A', ?, NULL, NULL)", [number, document.name, document.text, NOW])
        for name, value in document.attributes:
            base.execute("INSERT INTO attribute VALUES (NULL, ?, 'file', ?, ?, ?, 'A')", [name, value, number, NOW])
    numbers = {document.name: number for number, document in enumerate(project.documents, 1)}
    for each in project.passages:
        row = [keys[each.code], numbers[each.document], each.text, each.start, each.end, each.coder, NOW, each.memo]
        base.execute("INSERT INTO code_text VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row)
    base.commit()
    base.close()
    return folder


# --- REFI-QDA --------------------------------------------------------------------------------------------------------


def key_of(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(parts)))


def code_xml(project: Project, parent: str = "") -> str:
    out = []
    for code in project.codes:
        if code.parent == parent:
            told = f"<Description>{escape(code.definition)}</Description>" if code.definition else ""
            inside = f"{told}{code_xml(project, code.path)}"
            out.append(f'<Code guid="{key_of("code", code.path)}" name={quoteattr(code.name)} isCodable="true" color="#FF0000">{inside}</Code>')
    return "".join(out)


def qdc(path: Path, project: Project, namespace: str = "urn:QDA-XML:codebook:1.0") -> Path:
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<CodeBook xmlns="{namespace}" origin="x"><Codes>{code_xml(project)}</Codes></CodeBook>', encoding="utf-8")
    return path


def selection_xml(passage: Passage, name: str | None = None) -> str:
    key, user = key_of(passage), f'creatingUser="{key_of("user", passage.coder)}"' if passage.coder else ""
    name = passage.text[:97] + "..." if name is None and len(passage.text) > 100 else passage.text if name is None else name
    memo = f"<Description>{escape(passage.memo)}</Description>" if passage.memo else ""
    coding = f'<Coding guid="{key_of("coding", passage)}" {user}><CodeRef targetGUID="{key_of("code", passage.code)}"/></Coding>'
    return f'<PlainTextSelection guid="{key}" name={quoteattr(name)} startPosition="{passage.start}" endPosition="{passage.end}" {user}>{memo}{coding}</PlainTextSelection>'


def qde(project: Project, *, scheme: str = "internal://", more: str = "", selections: str | None = None) -> str:
    """The XML of a project; ``more`` goes at its end, ``selections`` in place of those of the first document."""
    users = "".join(f'<User guid="{key_of("user", coder)}" name={quoteattr(coder)}/>' for coder in sorted({each.coder for each in project.passages} - {""}))
    variables = sorted({name for document in project.documents for name, _ in document.attributes})
    named = "".join(f'<Variable guid="{key_of("variable", name)}" name={quoteattr(name)} typeOfVariable="Text"/>' for name in variables)
    sources = ""
    for number, document in enumerate(project.documents):
        inside = "".join(selection_xml(each) for each in project.passages if each.document == document.name)
        inside = selections if selections is not None and not number else inside
        for name, value in document.attributes:
            inside += f'<VariableValue><VariableRef targetGUID="{key_of("variable", name)}"/><TextValue>{escape(value)}</TextValue></VariableValue>'
        key = key_of("document", document.name)
        sources += f'<TextSource guid="{key}" name={quoteattr(document.name)} plainTextPath="{scheme}{key}.txt">{inside}</TextSource>'
    head = f"<Users>{users}</Users><CodeBook><Codes>{code_xml(project)}</Codes></CodeBook><Variables>{named}</Variables>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" name="x" origin="ATLAS.ti">{head}<Sources>{sources}</Sources>{more}</Project>'


def texts_of(project: Project, folder: str = "Sources") -> dict[str, bytes]:
    return {f"{folder}/{key_of('document', document.name)}.txt": document.text.encode("utf-8") for document in project.documents}


def qdpx(path: Path, xml: str, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", xml.encode("utf-8"))
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def refi(path: Path, project: Project) -> Path:
    return qdpx(path, qde(project), texts_of(project))


def flat(project: Project) -> Project:
    """The project as a tool without a tree of codes has it: each path is a label."""
    names = {code.path: Code(code.path, definition=code.definition) for code in project.codes}
    passages = tuple(Passage(*each[:4], names[each[4]].path, *each[5:]) for each in map(tuple_of, project.passages))
    documents = tuple(Document(each.name, each.text) for each in project.documents)
    return Project(tuple(names.values()), documents, passages)


def tuple_of(passage: Passage) -> tuple:
    return (passage.document, passage.start, passage.end, passage.text, passage.code, passage.coder, passage.memo)
