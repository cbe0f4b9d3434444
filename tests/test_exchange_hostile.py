"""Malicious files, and files that are not what they claim: one French sentence, and nothing else happens."""

import os
import sqlite3
import stat
import time
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from coding_files import (
    change,
    element,
    flat,
    messages,
    qde,
    qdpx,
    qualcoder,
    refi,
    refusal,
    small_project,
    taguette,
    texts_of,
)
from helpers.codings import model, reading, safe_files, tables
from helpers.codings.model import Project

PROJECT = small_project()


@pytest.fixture
def base(tmp_path):
    return taguette(tmp_path / "a.sqlite3", flat(PROJECT))


@pytest.fixture(autouse=True)
def is_quick():
    """Nothing takes long: a small file must not keep the reader busy."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 10


def told(path) -> str:
    """The refusal, which writes nothing."""
    before = sorted((str(each), each.stat().st_mtime_ns) for each in path.parent.rglob("*"))
    sentence = refusal(path)
    assert sorted((str(each), each.stat().st_mtime_ns) for each in path.parent.rglob("*")) == before
    return sentence


def write(path, content) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def book(codes: str) -> str:
    return element("CodeBook", element("Codes", codes), xmlns="urn:QDA-XML:codebook:1.0")


# --- plain files and XML ---------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DECLARATIONS = [
    f'<!DOCTYPE CodeBook [<!ENTITY l0 "ha">{LAUGHS}]>',
    '<!DOCTYPE CodeBook [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE CodeBook SYSTEM "http://127.0.0.1:9/a.dtd" [<!ENTITY l9 "x">]>',
    '<!DOCTYPE CodeBook [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;<!ENTITY l9 "x">]>',
    f'<!DOCTYPE CodeBook [<!ENTITY l9 "{"A" * 50_000}">]>',
    "<!DOCTYPE CodeBook>",
]
PASSAGES = "document;texte;code\na;b;"


@pytest.mark.parametrize("declaration", DECLARATIONS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_declaration_is_refused_before_it_expands(declaration, encoding, tmp_path):
    text = f'<?xml version="1.0"?>{declaration}{book("<Code>&l9;</Code>")}'
    sentence = told(write(tmp_path / "a.qdc", text.encode(encoding)))
    assert sentence == "a.qdc : le fichier contient une déclaration XML interdite ; refaites l’export."


@pytest.mark.parametrize(("content", "sentence"), [
    ("<CodeBook", "le fichier, ligne 1 : le XML est tronqué"),
    ('<?xml version="1.0" encoding="x-unknown"?><a/>', "son encodage est inconnu"),
    ('<?xml version="1.0" encoding="utf-7"?><a/>', "le XML est tronqué"),
    ("<CodeBook>é</CodeBook>".encode("cp1252"), "le XML est tronqué"),
    ('<CodeBook xmlns="urn:QDA-XML:codebook:2.0"/>', "ce XML n’est pas un livre de codes"),
    ("<a>" * 100_000 + "</a>" * 100_000, "ce XML n’est pas un livre de codes"),
    ('<Project xmlns="urn:QDA-XML:project:1.0"/>', "c’est le seul project.qde"),
    ("<a>\0</a>", "le XML est tronqué"),
    ("<a>" * 1_000_001, "le fichier est démesuré"),
    (book('<Code name="a">' * 200 + "</Code>" * 200), "plus de 50 niveaux"),
    (book("".join(f'<Code name="{number}"/>' for number in range(10_001))), "plus de 10000 codes"),
    (book(f'<Code name="{"x" * 1_000_000}">{"<Code/>" * 10_000}</Code>'), "donnez-lui un nom de 1 à 1000 caractères"),
    ("", "le fichier est vide"),
    ("PK", "l’archive est tronquée ou abîmée"),
    ("%PDF-1.7\n", "ses titres ne sont pas ceux d’un codage"),
    (b"\x89PNG\r\n\x1a\n", "le fichier n’est pas en UTF-8"),
    ("a\0b", "le fichier contient un caractère nul"),
    (b"\xff\xfea", "le fichier n’est pas en UTF-8"),
    (PASSAGES + "a/" * 1_000_000 + "a\n", "donnez-lui un nom plus court"),
    (PASSAGES + "\\" * 2_000_000, "donnez-lui un nom plus court"),
    (PASSAGES + "a/" * 50 + "a\n", "au-delà de 50 niveaux"),
    (PASSAGES + "x" * 1_001, "1 à 1000 caractères"),
], ids=range(22))  # fmt: skip
def test_a_file_that_is_foreign_or_made_to_grow_is_refused(content, sentence, tmp_path):
    assert sentence in told(write(tmp_path / "a", content))


def test_a_file_that_is_missing_forbidden_or_too_large_is_refused(tmp_path, monkeypatch):
    def refuse(*given, **named):
        raise PermissionError

    unreadable = "le fichier est introuvable ou illisible ; vérifiez le chemin"
    path = refi(tmp_path / "a.qdpx", PROJECT)
    assert unreadable in told(tmp_path / "absent.qdpx") and unreadable in told(tmp_path / ("x" * 5_000))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert unreadable in told(path)
    monkeypatch.setattr(safe_files.check_size, "__defaults__", (10,))
    assert "le fichier est démesuré" in told(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="tube nommé : sous Unix")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.qdpx")
    assert "ce n’est pas un fichier" in told(tmp_path / "a.qdpx")


# --- archives --------------------------------------------------------------------------------------------------------


def entry(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename, info.create_system, info.external_attr = name, 3, mode << 16
    return info


OUTSIDE = ["../x", "/etc/x", "Sources/../../x", "C:/x", "C:x", "..\\x", "S\\..\\..\\x", "\\\\server\\x", ".."]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("added", "sentence"), [
    *((entry(name), "un chemin qui sort de son dossier") for name in OUTSIDE),
    (entry("Sources/lien.txt", stat.S_IFLNK | 0o777), "un lien vers un autre fichier"),
    (entry("PROJECT.qde"), "deux fois le même fichier"),
])  # fmt: skip
def test_an_entry_outside_a_link_or_a_duplicate_is_refused(added, sentence, tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(added, b"/etc/hostname")
    assert sentence in told(path)


BOMB = " " * (safe_files._RATIO_FROM + 1)


@pytest.mark.parametrize(("xml", "text", "sentence"), [
    (qde(PROJECT) + BOMB, None, "démesurée une fois décompressée"),
    (qde(PROJECT), BOMB, "démesurée une fois décompressée"),
    (qde(PROJECT), "Été".encode("cp1252"), "n’est pas en UTF-8 (octet 0)"),
    (qde(PROJECT).replace("<Project", f"{DECLARATIONS[1]}<Project"), None, "project.qde contient une déclaration XML interdite"),
    ("<a/>", None, "project.qde n’est pas celui d’un projet REFI-QDA"),
], ids=range(5))  # fmt: skip
def test_an_archive_whose_content_is_hostile_is_refused(xml, text, sentence, tmp_path):
    text = text.encode() if isinstance(text, str) else text
    texts = dict.fromkeys(texts_of(PROJECT), text) if text else texts_of(PROJECT)
    assert sentence in told(qdpx(tmp_path / "a.qdpx", xml, texts))


def test_an_entry_that_lies_about_its_size_and_another_archive_are_refused(tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    content, size = path.read_bytes(), len(qde(PROJECT).encode()).to_bytes(4, "little")
    assert content.count(size) == 2
    assert "tronquée ou abîmée" in told(write(path, content.replace(size, (10).to_bytes(4, "little"))))
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as file:
        file.writestr("word/document.xml", "<a/>")
    assert "ce n’est pas un projet REFI-QDA (sans project.qde)" in told(tmp_path / "a.docx")


@pytest.mark.parametrize(("module", "limit", "value", "sentence"), [
    (safe_files, "MOST_UNPACKED", 100, "démesurée une fois décompressée"),
    (safe_files, "MOST_ENTRIES", 2, "l’archive compte 3 fichiers ; 2 au plus"),
    (model, "MOST_CODED", 50, "se recouvrent au-delà"),
])  # fmt: skip
def test_what_adds_up_to_too_much_is_refused(module, limit, value, sentence, base, tmp_path, monkeypatch):
    monkeypatch.setattr(module, limit, value)
    assert sentence in told(refi(tmp_path / "a.qdpx", PROJECT))
    assert module is safe_files or sentence in told(base)


def test_rows_are_limited(base, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    path = write(tmp_path / "p.csv", "document;texte;code\n" + "a;b;c\n" * 4)
    assert told(path) == "p.csv : la table compte plus de 3 lignes ; découpez-la."
    monkeypatch.setattr(safe_files, "MOST_ROWS", 3)
    assert "tags compte plus de 3 lignes" in told(base)


def test_thousands_of_documents_of_one_name_are_numbered_and_twenty_are_reported(tmp_path):
    sources = '<TextSource name="a"><PlainTextContent>b</PlainTextContent></TextSource>' * 5_000
    xml = element("Project", element("Sources", sources), xmlns="urn:QDA-XML:project:1.0")
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, {}))
    assert read.documents[-1].name == "a (5000)"
    assert len(read.told) == 21 and messages(read)[-1] == "Autres remarques : 4979."


# --- databases -------------------------------------------------------------------------------------------------------

COUNT = "WITH RECURSIVE n(x) AS (SELECT {} UNION ALL SELECT x + 1 FROM n WHERE x < {})"
FOREVER = f"{COUNT.format(1, 1e15)} SELECT x AS id, 'a' AS path, '' AS description FROM n"
SLOW = "length(hex(zeroblob(30000000)))"  # a third of a second each
CHAIN = f"INSERT INTO tags {COUNT.format(100, 9000)} SELECT x, 1, x, '', x - 1 FROM n"
FOREIGN, DAMAGED = "cette base n’est pas un projet Taguette, QualCoder ou RQDA", "la base est abîmée"


@pytest.mark.parametrize(("script", "sentence"), [
    (f"DROP TABLE tags; CREATE VIEW tags AS {FOREVER}", FOREIGN),
    ("DROP TABLE tags; CREATE VIRTUAL TABLE tags USING fts5(id, path, description)", DAMAGED),
    ("CREATE TABLE x (y); DROP TABLE highlights; DROP TABLE documents", FOREIGN),
    (f"CREATE TABLE z (a, b GENERATED ALWAYS AS ({SLOW}) VIRTUAL NOT NULL)", DAMAGED),
    (f"CREATE TABLE z (a, b as ({SLOW}) VIRTUAL NOT NULL)", DAMAGED),
    ("UPDATE documents SET contents = x'00ff'", "documents.contents ne contient pas ce qui est attendu"),
    ("UPDATE documents SET contents = CAST(x'ffc3' AS TEXT)", DAMAGED),
    (f"ALTER TABLE tags ADD COLUMN parent_id INTEGER; {CHAIN}", "plus de 50 niveaux"),
])  # fmt: skip
def test_what_is_not_a_plain_table_of_texts_and_numbers_is_refused(script, sentence, base):
    assert sentence in told(change(base, script))


@pytest.mark.parametrize("script", [
    f"CREATE TABLE z (a, CHECK ({SLOW} > 0)); PRAGMA ignore_check_constraints = 1; INSERT INTO z {COUNT.format(1, 40)} SELECT x FROM n",
    "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM documents; END",
    "PRAGMA journal_mode = WAL",
])  # fmt: skip
def test_code_in_the_schema_never_runs_and_nothing_is_left_beside_the_base(script, base, tmp_path):
    start = time.monotonic()
    assert len(reading.read(change(base, script)).documents) == 2 and [*tmp_path.iterdir()] == [base]
    assert time.monotonic() - start < 5


def test_a_damaged_or_truncated_base_is_refused(base):
    opened = sqlite3.connect(base)
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_highlights_document_id'"  # a page that is not read
    (page,) = opened.execute(query).fetchone()
    opened.close()
    content = base.read_bytes()
    blank = content[: (page - 1) * 4096] + bytes(4096) + content[page * 4096 :]
    for damaged in (blank, content[:16], content[:100], content[:5_000]):
        assert DAMAGED in told(write(base, damaged))


def test_a_query_has_a_time_limit(base, monkeypatch):
    monkeypatch.setattr(safe_files, "MOST_SECONDS", -1)
    monkeypatch.setattr(safe_files, "_STEPS", 1)
    assert DAMAGED in told(base)


@pytest.mark.parametrize("markup", ["<p", "a < b", "<!-- x", "<p title='x>y", "&#" + "9" * 5000 + ";"])
def test_a_text_that_taguette_does_not_write_is_refused(markup, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT), markup=lambda text: markup)
    assert "n’est pas le HTML que Taguette écrit" in told(path)


def test_a_project_open_elsewhere_is_refused_and_a_locked_one_is_read_as_it_is(base, tmp_path):
    for suffix in ("-wal", "-journal"):
        beside = write(base.with_name(f"{base.name}{suffix}"), b"x")
        assert "le projet est ouvert dans son outil" in told(base)
        beside.unlink()
    folder = qualcoder(tmp_path / "a.qda", Project(PROJECT.codes, PROJECT.documents))
    opened = sqlite3.connect(folder / "data.qda", isolation_level=None)
    opened.execute("BEGIN EXCLUSIVE")
    assert len(reading.read(folder).documents) == 2
    opened.close()


def test_a_path_that_looks_like_an_address_is_a_path(tmp_path):
    path = taguette(tmp_path / "é té#1%20&mode=rwc.sqlite3", flat(PROJECT))
    assert len(reading.read(path).documents) == 2 and [*tmp_path.iterdir()] == [path]
    for one, address in (
        (PurePosixPath("/a/é#.db"), "file:///a/%C3%A9%23.db"),
        (PureWindowsPath("C:\\a b\\x?.db"), "file:///C:/a%20b/x%3F.db"),
        (PureWindowsPath("\\\\serveur\\partage\\x.db"), "file:////serveur/partage/x.db"),
    ):
        assert safe_files._address(one) == f"{address}?mode=ro&immutable=1"
