"""Malicious files, and files that are not what they claim: one French sentence, and nothing else happens."""

import os
import random
import sqlite3
import stat
import time
import tracemalloc
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
from helpers.schema import DataError

PROJECT = small_project()
NAMESPACE = "urn:QDA-XML:codebook:1.0"


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


def write(path, text) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def book(path, codes) -> Path:
    return write(path, element("CodeBook", element("Codes", codes), xmlns=NAMESPACE))


# --- XML -------------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DECLARATIONS = [
    f'<!DOCTYPE CodeBook [<!ENTITY l0 "ha">{LAUGHS}]>',
    '<!DOCTYPE CodeBook [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE CodeBook SYSTEM "http://127.0.0.1:9/a.dtd" [<!ENTITY l9 "x">]>',
    '<!DOCTYPE CodeBook [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;<!ENTITY l9 "x">]>',
    f'<!DOCTYPE CodeBook [<!ENTITY l9 "{"A" * 50_000}">]>',
    "<!DOCTYPE CodeBook>",
]


@pytest.mark.parametrize("declaration", DECLARATIONS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_declaration_is_refused_before_it_expands(declaration, encoding, tmp_path):
    codes = element("CodeBook", '<Codes><Code name="a">&l9;</Code></Codes>', xmlns=NAMESPACE)
    path = write(tmp_path / "a.qdc", f'<?xml version="1.0"?>{declaration}{codes}'.encode(encoding))
    assert told(path) == "a.qdc : le fichier contient une déclaration XML interdite ; refaites l’export."


def test_a_declaration_inside_an_archive_is_refused_too(tmp_path):
    xml = qde(PROJECT).replace("<Project", f"{DECLARATIONS[1]}<Project", 1)
    assert "project.qde contient une déclaration XML interdite" in told(qdpx(tmp_path / "a.qdpx", xml, {}))


@pytest.mark.parametrize(("content", "sentence"), [
    (b"<CodeBook", "le fichier, ligne 1 : le XML est tronqué"),
    (b'<?xml version="1.0" encoding="x-unknown"?><a/>', "son encodage est inconnu"),
    (b'<?xml version="1.0" encoding="utf-7"?><a/>', "le XML est tronqué"),
    ("<CodeBook>é</CodeBook>".encode("cp1252"), "le XML est tronqué"),
    (b'<CodeBook xmlns="urn:QDA-XML:codebook:2.0"/>', "ce XML n’est pas un livre de codes"),
    (b"<html><body/></html>", "ce XML n’est pas un livre de codes"),
    (b'<Project xmlns="urn:QDA-XML:project:1.0"/>', "c’est le seul project.qde"),
    (b"<a>\0</a>", "le XML est tronqué"),
    (b"", "le fichier est vide"),
    (b"PK", "l’archive est tronquée ou abîmée"),
    (b"%PDF-1.7\n", "ses titres ne sont pas ceux d’un codage"),
    (b"\x89PNG\r\n\x1a\n", "le fichier n’est pas en UTF-8"),
    (b"a\0b", "le fichier contient un caractère nul"),
    (b"\xff\xfea", "le fichier n’est pas en UTF-8"),
])  # fmt: skip
def test_a_file_of_another_kind_says_what_it_is_not(content, sentence, tmp_path):
    assert sentence in told(write(tmp_path / "a.bin", content))


def test_a_tree_that_is_too_deep_or_too_large_is_refused(tmp_path, monkeypatch):
    path = book(tmp_path / "a.qdc", '<Code name="a">' * 200 + "</Code>" * 200)
    assert "plus de 50 niveaux" in told(path)
    assert "ce XML n’est pas" in told(write(tmp_path / "b.qdc", "<a>" * 100_000 + "</a>" * 100_000))
    monkeypatch.setattr(safe_files, "MOST_TAGS", 100)
    assert "démesuré" in told(path)


# --- archives --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "Sources/../../x", "C:/x", "C:x", "..\\x", "S\\..\\..\\x", "\\\\server\\x", ".."]
)
def test_a_path_that_leaves_its_folder_is_refused(name, tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    with zipfile.ZipFile(path, "a") as file:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        file.writestr(entry, b"x")
    assert "un chemin qui sort de son dossier" in told(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_link_and_two_entries_of_one_name_are_refused(tmp_path):
    link = zipfile.ZipInfo("Sources/lien.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    for entry, sentence in ((link, "un lien vers un autre fichier"), ("PROJECT.qde", "deux fois le même fichier")):
        path = refi(tmp_path / "a.qdpx", PROJECT)
        with zipfile.ZipFile(path, "a") as file:
            file.writestr(entry, b"/etc/hostname")
        assert sentence in told(path)


@pytest.mark.parametrize("where", ["project.qde", "text"])
def test_a_bomb_is_refused_before_it_is_unpacked(where, tmp_path):
    bomb = b" " * (safe_files._RATIO_FROM + 1)
    texts = dict.fromkeys(texts_of(PROJECT), bomb) if where == "text" else texts_of(PROJECT)
    path = qdpx(tmp_path / "a.qdpx", qde(PROJECT) + (bomb.decode() if where == "project.qde" else ""), texts)
    assert path.stat().st_size < 50_000 and "démesurée une fois décompressée" in told(path)


def test_texts_are_refused_once_they_add_up_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_files, "MOST_UNPACKED", 5_000)
    assert "démesurée" in told(qdpx(tmp_path / "a.qdpx", qde(PROJECT), dict.fromkeys(texts_of(PROJECT), b"ab" * 1_000)))


def test_an_entry_that_lies_about_its_size_is_refused(tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    content, size = path.read_bytes(), len(qde(PROJECT).encode()).to_bytes(4, "little")
    assert content.count(size) == 2
    assert "tronquée ou abîmée" in told(write(path, content.replace(size, (10).to_bytes(4, "little"))))


def test_too_many_entries_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_files, "MOST_ENTRIES", 2)
    assert "l’archive compte 3 fichiers ; 2 au plus" in told(refi(tmp_path / "a.qdpx", PROJECT))


def test_another_archive_and_another_encoding_say_what_they_are_not(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as file:
        file.writestr("word/document.xml", "<a/>")
    assert "ce n’est pas un projet REFI-QDA (sans project.qde)" in told(tmp_path / "a.docx")
    texts = {name: "Été".encode("cp1252") for name in texts_of(PROJECT)}
    assert "n’est pas en UTF-8 (octet 0)" in told(qdpx(tmp_path / "a.qdpx", qde(PROJECT), texts))


def test_passages_that_copy_a_text_without_end_are_refused(base, tmp_path, monkeypatch):
    monkeypatch.setattr(model, "MOST_CODED", 50)
    assert "se recouvrent au-delà" in told(refi(tmp_path / "a.qdpx", PROJECT))
    assert "se recouvrent au-delà" in told(base)


# --- databases -------------------------------------------------------------------------------------------------------

FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, 'a' AS path, '' AS description FROM n"
SLOW = "length(hex(zeroblob(30000000)))"
ROWS = "INSERT INTO z (a) WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 40) SELECT x FROM n"
FOREIGN, DAMAGED = "cette base n’est ni un projet Taguette, ni un projet QualCoder", "la base est abîmée"


@pytest.mark.parametrize(("script", "sentence"), [
    (f"DROP TABLE tags; CREATE VIEW tags AS {FOREVER}", FOREIGN),
    ("DROP TABLE tags; CREATE VIRTUAL TABLE tags USING fts5(id, path, description)", DAMAGED),
    ("CREATE TABLE x (y); DROP TABLE highlights; DROP TABLE documents", FOREIGN),
    (f"CREATE TABLE z (a, b GENERATED ALWAYS AS ({SLOW}) VIRTUAL NOT NULL)", DAMAGED),
    (f"CREATE TABLE z (a, b as ({SLOW}) VIRTUAL NOT NULL)", DAMAGED),
    ("UPDATE documents SET contents = x'00ff'", "documents.contents ne contient pas ce qui est attendu"),
    ("UPDATE documents SET contents = CAST(x'ffc3' AS TEXT)", DAMAGED),
])  # fmt: skip
def test_what_is_not_a_plain_table_of_texts_and_numbers_is_refused(script, sentence, base):
    assert sentence in told(change(base, script))


@pytest.mark.parametrize("script", [
    f"CREATE TABLE z (a, CHECK ({SLOW} > 0)); PRAGMA ignore_check_constraints = 1; {ROWS}",  # run, it would take 10 s
    "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM documents; END",
    "PRAGMA journal_mode = WAL",
])  # fmt: skip
def test_code_in_the_schema_never_runs_and_nothing_is_left_beside_the_base(script, base, tmp_path):
    start = time.monotonic()
    assert len(reading.read(change(base, script)).documents) == 2 and [*tmp_path.iterdir()] == [base]
    assert time.monotonic() - start < 5


def test_a_base_damaged_where_nothing_is_read_is_refused(base):
    opened = sqlite3.connect(base)
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_highlights_document_id'"
    (page,) = opened.execute(query).fetchone()
    opened.close()
    content = bytearray(base.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = bytes(4096)
    assert DAMAGED in told(write(base, bytes(content)))


@pytest.mark.parametrize("length", [16, 100, 5_000])
def test_a_truncated_base_is_refused(length, base):
    assert DAMAGED in told(write(base, base.read_bytes()[:length]))


def test_a_query_has_a_time_limit(base, monkeypatch):
    monkeypatch.setattr(safe_files, "MOST_SECONDS", -1)
    monkeypatch.setattr(safe_files, "_STEPS", 1)
    assert DAMAGED in told(base)


@pytest.mark.parametrize("markup", ["<p", "a < b", "<!-- x", "<p title='x>y", "&#" + "9" * 5000 + ";"])
def test_a_text_that_taguette_does_not_write_is_refused(markup, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT), markup=lambda text: markup)
    assert "n’est pas le HTML que Taguette écrit" in told(path)


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", '<p "', "&", "&#", "<pre>\n", "</"])
def test_a_long_text_made_to_slow_a_reader_takes_no_time(piece, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT), markup=lambda text: piece * 50_000)
    start = time.monotonic()
    try:
        reading.read(path)
    except DataError:
        pass
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_project_that_is_open_elsewhere_is_refused(suffix, base):
    write(base.with_name(f"{base.name}{suffix}"), b"x")
    assert "le projet est ouvert dans son outil" in told(base)


def test_a_locked_project_is_read_as_it_is(tmp_path):
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


# --- files that cannot be read, and small files that would grow ------------------------------------------------------


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


def test_the_nearest_of_endless_names_takes_no_time(tmp_path):
    draw = random.Random(0)
    names = ["".join(chr(draw.randrange(0x4E00, 0x4FA0)) for _ in range(100_000)) for _ in range(2)]
    write(tmp_path / "documents.csv", "\n".join(["document;nature;texte", *(f"{each};;x" for each in names)]))
    write(tmp_path / "attributs.csv", f"document;attribut;valeur\n{names[0][::-1]};x;y")
    sentence = told(tmp_path)
    assert "n’existe pas" in sentence and len(sentence) < 400


@pytest.mark.parametrize(("codes", "sentence"), [
    ("".join(f'<Code name="{number}"/>' for number in range(10_001)), "plus de 10000 codes"),
    (f'<Code name="{"x" * 1_000_000}">{"<Code/>" * 10_000}</Code>', "donnez-lui un nom de 1 à 1000 caractères"),
])  # fmt: skip
def test_codes_without_limit_are_refused(codes, sentence, tmp_path):
    assert sentence in told(book(tmp_path / "a.qdc", codes))


def test_tags_that_hang_from_one_another_without_end_are_refused(base):
    rows = "WITH RECURSIVE n(x) AS (SELECT 100 UNION ALL SELECT x + 1 FROM n WHERE x < 9000) SELECT x, 1, x, '', x - 1 FROM n"
    change(base, "ALTER TABLE tags ADD COLUMN parent_id INTEGER", f"INSERT INTO tags {rows}")
    assert "plus de 50 niveaux" in told(base)


@pytest.mark.parametrize(("code", "sentence"), [
    ("a/" * 1_000_000 + "a", "donnez-lui un nom plus court"),
    ("\\" * 2_000_000, "donnez-lui un nom plus court"),
    ("a/" * 50 + "a", "au-delà de 50 niveaux"),
    ("x" * 1_001, "1 à 1000 caractères"),
])  # fmt: skip
def test_a_path_without_end_is_refused(code, sentence, tmp_path):
    assert sentence in told(write(tmp_path / "p.csv", f"document;texte;code\na;b;{code}\n"))


def test_blank_lines_take_no_memory(tmp_path):
    path = write(tmp_path / "p.csv", "document;texte;code\n" + "\n" * 100_000 + "a;b;c\n")
    tracemalloc.start()
    assert len(reading.read(path).passages) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_rows_are_limited(base, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    path = write(tmp_path / "p.csv", "document;texte;code\n" + "a;b;c\n" * 4)
    assert "p.csv : la table compte plus de 3 lignes ; découpez-la." in told(path)
    monkeypatch.setattr(safe_files, "MOST_ROWS", 3)
    assert "tags compte plus de 3 lignes" in told(base)


def test_thousands_of_documents_of_one_name_are_numbered_and_twenty_are_reported(tmp_path):
    sources = '<TextSource name="a"><PlainTextContent>b</PlainTextContent></TextSource>' * 5_000
    xml = element("Project", element("Sources", sources), xmlns="urn:QDA-XML:project:1.0")
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, {}))
    assert read.documents[-1].name == "a (5000)"
    assert len(read.told) == 21 and messages(read)[-1] == "Autres remarques : 4979."
