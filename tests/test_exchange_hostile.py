"""Files made to harm, and files that are not what they say: one French sentence, and nothing else happens."""

import os
import random
import sqlite3
import stat
import time
import tracemalloc
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from coding_files import flat, qde, qdpx, qualcoder, refi, small_project, taguette, texts_of
from helpers.codings import model, reading, safe_files, tables
from helpers.schema import DataError

PROJECT = small_project()


def told(path) -> str:
    before = sorted((str(each), each.stat().st_mtime_ns) for each in path.parent.rglob("*"))
    with pytest.raises(DataError) as error:
        reading.read(path)
    assert sorted((str(each), each.stat().st_mtime_ns) for each in path.parent.rglob("*")) == before
    assert "\n" not in str(error.value) and str(error.value).startswith(path.name)
    return str(error.value).replace("\u202f", " ").replace("\u00a0", " ")


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
    text = f'<?xml version="1.0"?>{declaration}<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code name="a">&l9;</Code></Codes></CodeBook>'
    (tmp_path / "a.qdc").write_bytes(text.encode(encoding))
    start = time.monotonic()
    assert told(tmp_path / "a.qdc") == "a.qdc : le fichier contient une déclaration XML interdite ; refaites l’export."
    assert time.monotonic() - start < 5


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
])  # fmt: skip
def test_another_xml_says_what_it_is_not(content, sentence, tmp_path):
    (tmp_path / "a.qdc").write_bytes(content)
    assert sentence in told(tmp_path / "a.qdc")


def test_a_tree_without_end_is_refused(tmp_path, monkeypatch):
    deep = '<Code name="a">' * 200 + "</Code>" * 200
    (tmp_path / "a.qdc").write_text(f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{deep}</Codes></CodeBook>', encoding="utf-8")
    assert "plus de 50 niveaux" in told(tmp_path / "a.qdc")
    (tmp_path / "b.qdc").write_text("<a>" * 400_000 + "</a>" * 400_000, encoding="utf-8")
    assert "ce XML n’est pas" in told(tmp_path / "b.qdc")
    monkeypatch.setattr(safe_files, "MOST_TAGS", 100)
    assert "démesuré" in told(tmp_path / "a.qdc")


# --- archives --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../x.txt", "/etc/x.txt", "Sources/../../x.txt", "C:/x.txt", "C:x.txt", "..\\x.txt", "Sources\\..\\..\\x.txt", "\\\\server\\x", ".."])
def test_a_path_that_leaves_its_folder_is_refused(name, tmp_path):
    path = qdpx(tmp_path / "a.qdpx", qde(PROJECT), texts_of(PROJECT))
    with zipfile.ZipFile(path, "a") as file:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        file.writestr(entry, b"x")
    assert "un chemin qui sort de son dossier" in told(path)


def test_a_link_is_refused(tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    with zipfile.ZipFile(path, "a") as file:
        entry = zipfile.ZipInfo("Sources/lien.txt")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, b"/etc/hostname")
    assert "un lien vers un autre fichier" in told(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused(tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("PROJECT.qde", b"<a/>")
    assert "deux fois le même fichier" in told(path)


@pytest.mark.parametrize("where", ["project.qde", "text"])
def test_a_bomb_is_refused_before_it_is_unpacked(where, tmp_path):
    bomb = b" " * (safe_files._RATIO_FROM + 1)
    texts = dict.fromkeys(texts_of(PROJECT), bomb) if where == "text" else texts_of(PROJECT)
    xml = qde(PROJECT) + (bomb.decode() if where == "project.qde" else "")
    path = qdpx(tmp_path / "a.qdpx", xml, texts)
    assert path.stat().st_size < 50_000 and "démesurée une fois décompressée" in told(path)


def test_texts_are_refused_once_they_add_up_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_files, "MOST_UNPACKED", 5_000)
    assert "démesurée" in told(qdpx(tmp_path / "a.qdpx", qde(PROJECT), dict.fromkeys(texts_of(PROJECT), b"ab" * 1_000)))


def test_an_entry_that_lies_about_its_size_is_refused(tmp_path):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    content = path.read_bytes()
    size = len(qde(PROJECT).encode()).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    assert "tronquée ou abîmée" in told(path)


def test_too_many_entries_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_files, "MOST_ENTRIES", 2)
    assert "l’archive compte 3 fichiers ; 2 au plus" in told(refi(tmp_path / "a.qdpx", PROJECT))


@pytest.mark.parametrize("name", ["a.docx", "a.qdpx"])
def test_another_archive_says_what_it_is_not(name, tmp_path):
    with zipfile.ZipFile(tmp_path / name, "w") as file:
        file.writestr("word/document.xml", "<a/>")
    assert "ce n’est pas un projet REFI-QDA (sans project.qde)" in told(tmp_path / name)


def test_a_text_in_another_encoding_is_refused(tmp_path):
    texts = {name: "Été".encode("cp1252") for name in texts_of(PROJECT)}
    assert "n’est pas en UTF-8 (octet 0)" in told(qdpx(tmp_path / "a.qdpx", qde(PROJECT), texts))


def test_passages_that_copy_a_text_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "MOST_CODED", 50)
    assert "se recouvrent au-delà" in told(refi(tmp_path / "a.qdpx", PROJECT))
    assert "se recouvrent au-delà" in told(taguette(tmp_path / "a.sqlite3", flat(PROJECT)))


# --- databases -------------------------------------------------------------------------------------------------------


def changed(path, script):
    base = sqlite3.connect(path)
    base.executescript(script)
    base.commit()
    base.close()
    return path


FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, 'a' AS path, '' AS description FROM n"


@pytest.mark.parametrize(("script", "sentence"), [
    (f"DROP TABLE tags; CREATE VIEW tags AS {FOREVER}", "cette base n’est ni un projet Taguette, ni un projet QualCoder"),
    ("DROP TABLE tags; CREATE VIRTUAL TABLE tags USING fts5(id, path, description)", "la base est abîmée, ou n’est pas celle d’un projet"),
    ("CREATE TABLE x (y); DROP TABLE highlights; DROP TABLE documents", "cette base n’est ni un projet Taguette, ni un projet QualCoder"),
])  # fmt: skip
def test_what_is_no_plain_table_is_not_read(script, sentence, tmp_path):
    path = changed(taguette(tmp_path / "a.sqlite3", flat(PROJECT)), script)
    start = time.monotonic()
    assert sentence in told(path)
    assert time.monotonic() - start < 5


SLOW = "length(hex(zeroblob(30000000)))"
ROWS = "INSERT INTO z (a) WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 40) SELECT x FROM n"


def test_a_check_in_the_schema_never_runs(tmp_path):
    # Run by quick_check, it would take ten seconds.
    script = f"CREATE TABLE z (a, CHECK ({SLOW} > 0)); PRAGMA ignore_check_constraints = 1; {ROWS}"
    path = changed(taguette(tmp_path / "a.sqlite3", flat(PROJECT)), script)
    start = time.monotonic()
    assert len(reading.read(path).documents) == 2
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("kind", ["GENERATED ALWAYS AS", "as"])
def test_a_column_that_the_base_computes_is_refused(kind, tmp_path):
    path = changed(taguette(tmp_path / "a.sqlite3", flat(PROJECT)), f"CREATE TABLE z (a, b {kind} ({SLOW}) VIRTUAL NOT NULL); {ROWS}")
    start = time.monotonic()
    assert "la base est abîmée" in told(path)
    assert time.monotonic() - start < 2


def test_a_base_damaged_where_nothing_is_read_is_refused(tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT))
    base = sqlite3.connect(path)
    page, size = base.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_highlights_document_id'").fetchone()[0], 4096
    base.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(bytes(content))
    assert "la base est abîmée" in told(path)


def test_triggers_are_left_alone(tmp_path):
    path = changed(taguette(tmp_path / "a.sqlite3", flat(PROJECT)), "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM documents; END")
    assert len(reading.read(path).documents) == 2


def test_a_query_has_a_time(tmp_path, monkeypatch):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT))
    monkeypatch.setattr(safe_files, "MOST_SECONDS", -1)
    monkeypatch.setattr(safe_files, "_STEPS", 1)
    assert "la base est abîmée" in told(path)


def test_a_column_that_holds_something_else_is_refused(tmp_path):
    path = changed(taguette(tmp_path / "a.sqlite3", flat(PROJECT)), "UPDATE documents SET contents = x'00ff'")
    assert "documents.contents ne contient pas ce qui est attendu" in told(path)
    path = changed(taguette(tmp_path / "b.sqlite3", flat(PROJECT)), "UPDATE documents SET contents = CAST(x'ffc3' AS TEXT)")
    assert "la base est abîmée" in told(path)


@pytest.mark.parametrize("markup", ["<p", "a < b", "<!-- x", "<p title='x>y", "&#" + "9" * 5000 + ";"])
def test_a_text_that_taguette_does_not_write_is_refused(markup, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT), markup=lambda text: markup)
    assert "n’est pas le HTML que Taguette écrit" in told(path)


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<p \"", "<p '", "&", "&#", "<pre>\n", "</"])
def test_a_long_text_made_to_slow_a_reader_takes_no_time(piece, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT), markup=lambda text: piece * 200_000)
    start = time.monotonic()
    try:
        reading.read(path)
    except DataError:
        pass
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_project_that_is_open_elsewhere_is_refused(suffix, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT))
    (tmp_path / f"a.sqlite3{suffix}").write_bytes(b"x")
    assert "le projet est ouvert dans son outil" in told(path)


def test_a_locked_project_is_read_as_it_lies(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", PROJECT.__class__(PROJECT.codes, PROJECT.documents))
    base = sqlite3.connect(folder / "data.qda", isolation_level=None)
    base.execute("BEGIN EXCLUSIVE")
    assert len(reading.read(folder).documents) == 2
    base.close()


def test_a_project_in_wal_mode_is_read_and_leaves_nothing_beside_it(tmp_path):
    path = changed(taguette(tmp_path / "a.sqlite3", flat(PROJECT)), "PRAGMA journal_mode = WAL")
    assert len(reading.read(path).documents) == 2 and [*tmp_path.iterdir()] == [path]


def test_a_path_with_signs_of_an_address_is_a_path(tmp_path):
    path = taguette(tmp_path / "é té#1%20&mode=rwc.sqlite3", flat(PROJECT))
    assert len(reading.read(path).documents) == 2 and [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(("path", "address"), [
    (PurePosixPath("/a/é#.db"), "file:///a/%C3%A9%23.db"),
    (PureWindowsPath("C:\\a b\\x?.db"), "file:///C:/a%20b/x%3F.db"),
    (PureWindowsPath("\\\\serveur\\partage\\x.db"), "file:////serveur/partage/x.db"),
])  # fmt: skip
def test_a_path_is_an_address_on_any_system(path, address):
    assert safe_files._address(path) == f"{address}?mode=ro&immutable=1"


@pytest.mark.parametrize("length", [16, 100, 5_000])
def test_a_truncated_base_is_refused(length, tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT))
    path.write_bytes(path.read_bytes()[:length])
    assert "la base est abîmée" in told(path)


# --- anything else ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "le fichier est vide"),
    (b"PK", "l’archive est tronquée ou abîmée"),
    (b"%PDF-1.7\n", "ses titres ne sont pas ceux d’un codage"),
    (b"\x89PNG\r\n\x1a\n", "le fichier n’est pas en UTF-8"),
    (b"a\0b", "le fichier contient un caractère nul"),
    (b"\xff\xfea", "le fichier n’est pas en UTF-8"),
])  # fmt: skip
def test_a_file_of_another_kind_says_what_it_is_not(content, sentence, tmp_path):
    (tmp_path / "a.bin").write_bytes(content)
    assert sentence in told(tmp_path / "a.bin")


def test_the_nearest_of_endless_names_takes_no_time(tmp_path):
    draw = random.Random(0)
    names = ["".join(chr(draw.randrange(0x4E00, 0x4FA0)) for _ in range(200_000)) for _ in range(2)]
    for name, header in (("documents", "document;nature;texte"), ("attributs", "document;attribut;valeur")):
        rows = [f"{each};;x" for each in names] if name == "documents" else [f"{names[0][::-1]};x;y"]
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    start = time.monotonic()
    with pytest.raises(DataError, match="n’existe pas") as error:
        reading.read(tmp_path)
    assert time.monotonic() - start < 5 and len(str(error.value)) < 400


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def refuse(*given, **named):
        raise PermissionError

    path = refi(tmp_path / "a.qdpx", PROJECT)
    monkeypatch.setattr(Path, "open", refuse)
    assert "le fichier est introuvable ou illisible ; vérifiez le chemin" in told(path)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path, monkeypatch):
    assert "le fichier est introuvable" in told(tmp_path / "absent.qdpx")
    assert "le fichier est introuvable ou illisible" in told(tmp_path / ("x" * 5_000))
    path = refi(tmp_path / "a.qdpx", PROJECT)
    monkeypatch.setattr(safe_files.check_size, "__defaults__", (10,))
    assert "le fichier est démesuré" in told(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="tube nommé : sous Unix")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.qdpx")
    assert "ce n’est pas un fichier" in told(tmp_path / "a.qdpx")


# --- small files that would grow ------------------------------------------------------------------------------------------


def fast_sentence(path) -> str:
    start = time.monotonic()
    said = told(path)
    assert time.monotonic() - start < 5
    return said


def test_tags_that_hang_from_one_another_without_end_are_refused(tmp_path):
    path = taguette(tmp_path / "a.sqlite3", flat(PROJECT))
    rows = "WITH RECURSIVE n(x) AS (SELECT 100 UNION ALL SELECT x + 1 FROM n WHERE x < 9000) SELECT x, 1, x, '', x - 1 FROM n"
    changed(path, f"ALTER TABLE tags ADD COLUMN parent_id INTEGER; INSERT INTO tags {rows}")
    assert "plus de 50 niveaux" in fast_sentence(path)


def test_labels_that_each_code_below_would_repeat_are_refused(tmp_path):
    children = '<Code name="a"/>' * 50_000
    (tmp_path / "a.qdc").write_text(f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code name="{"x" * 1_000_000}">{children}</Code></Codes></CodeBook>', encoding="utf-8")
    assert "donnez-lui un nom de 1 à 1000 caractères" in fast_sentence(tmp_path / "a.qdc")


def test_codes_without_number_are_refused(tmp_path):
    codes = "".join(f'<Code name="{number}"/>' for number in range(10_001))
    (tmp_path / "a.qdc").write_text(f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{codes}</Codes></CodeBook>', encoding="utf-8")
    assert "plus de 10000 codes" in fast_sentence(tmp_path / "a.qdc")


@pytest.mark.parametrize(("code", "sentence"), [
    ("a/" * 1_000_000 + "a", "donnez-lui un nom plus court"),
    ("\\" * 2_000_000, "donnez-lui un nom plus court"),
    ("a/" * 50 + "a", "au-delà de 50 niveaux"),
    ("x" * 1_001, "1 à 1000 caractères"),
])  # fmt: skip
def test_a_path_without_end_is_refused(code, sentence, tmp_path):
    (tmp_path / "p.csv").write_text(f"document;texte;code\na;b;{code}\n", encoding="utf-8")
    assert sentence in fast_sentence(tmp_path / "p.csv")


def test_blank_lines_without_number_take_no_memory(tmp_path):
    (tmp_path / "p.csv").write_text("document;texte;code\n" + "\n" * 200_000 + "a;b;c\n", encoding="utf-8")
    tracemalloc.start()
    assert len(reading.read(tmp_path / "p.csv").passages) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_rows_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    (tmp_path / "p.csv").write_text("document;texte;code\n" + "a;b;c\n" * 4, encoding="utf-8")
    assert "p.csv : la table compte plus de 3 lignes ; découpez-la." in told(tmp_path / "p.csv")
    monkeypatch.setattr(safe_files, "MOST_ROWS", 3)
    assert "tags compte plus de 3 lignes" in told(taguette(tmp_path / "a.sqlite3", flat(PROJECT)))


def test_documents_of_one_name_without_number_are_told_apart_and_said_twenty_times(tmp_path):
    sources = '<TextSource guid="g" name="a"><PlainTextContent>b</PlainTextContent></TextSource>' * 20_000
    start = time.monotonic()
    read = reading.read(qdpx(tmp_path / "a.qdpx", f'<Project xmlns="urn:QDA-XML:project:1.0" name="x"><Sources>{sources}</Sources></Project>', {}))
    assert time.monotonic() - start < 10
    assert read.documents[-1].name == "a (20000)" and len(read.told) == 21 and read.told[-1] == "Autres remarques\u00a0: 19979."
