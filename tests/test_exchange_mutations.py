"""Malicious, foreign or damaged files: a project or one French sentence, never another exception, never a file written."""

import random
import re
import shutil
import sqlite3
import time
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from coding_files import (
    change,
    element,
    flat,
    made_project,
    messages,
    qdc,
    qde,
    qdpx,
    qualcoder,
    refi,
    refusal,
    small_project,
    taguette,
    texts_of,
    without_returns,
)
from conftest import ALL
from helpers.codings import model, reading, safe_files, tables
from helpers.codings.model import Project
from helpers.schema import DataError

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
    (book(f'<Code name="{"x" * 1_000_000}">{"<Code/>" * 10_000}</Code>'), "un nom de 1000 caractères au plus"),
    ("", "le fichier est vide"),
    ("PK", "l’archive est tronquée ou abîmée"),
    ("%PDF-1.7\n", "ses titres ne sont pas ceux d’un codage"),
    (b"\x89PNG\r\n\x1a\n", "le fichier n’est pas en UTF-8"),
    ("a\0b", "le fichier contient un caractère nul"),
    (b"\xff\xfea", "le fichier n’est pas en UTF-8"),
    (PASSAGES + "a/" * 1_000_000 + "a\n", "plus de 50 niveaux"),
    (PASSAGES + "\\" * 2_000_000, "un nom de 1000 caractères au plus"),
], ids=range(20))  # fmt: skip
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


# --- archives --------------------------------------------------------------------------------------------------------


OUTSIDE = ["../x", "/etc/x", "Sources/../../x", "C:/x", "C:x", "..\\x", "S\\..\\..\\x", "\\\\server\\x", ".."]


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
    ("DROP TABLE tags; CREATE VIRTUAL TABLE tags USING fts5(id, path, description)", FOREIGN),
    ("CREATE TABLE x (y); DROP TABLE highlights; DROP TABLE documents", FOREIGN),
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
    assert DAMAGED in told(change(base, f"CREATE TABLE z (a); INSERT INTO z {COUNT.format(1, 20_000)} SELECT x FROM n"))


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


# --- files damaged at random -----------------------------------------------------------------------------------------

MUTANTS = 80 if ALL else 10  # of each kind


def _leaves(path: Path, project: Project) -> Path:
    small = small_project()
    passages = tuple(each for each in small.passages if each.code != "Accueil")
    return qualcoder(path, Project(small.codes, small.documents, passages))


def _ours(path: Path, project: Project) -> Path:
    tables.write_csv(project, path)
    return path


def _taguette_csv(path: Path, project: Project) -> Path:
    rows = "".join(f'{rank},note,t{rank % 3},"{"é" * rank}"\n' for rank in range(9))
    path.write_text(f"id,document,tag,content\n{rows}", encoding="utf-8")
    return path


def _taguette(path: Path, project: Project) -> Path:
    return taguette(path, without_returns(project))


KINDS = {"taguette": _taguette, "qualcoder": _leaves, "qdpx": refi, "qdc": qdc, "tables": _ours, "csv": _taguette_csv}
INSERTED = [b"\0", b'"', b"<", b"&", b"\xff", b"\xed\xa0\x80", b";", b"\n", b"=1", b"]]>", b"\xef\xbb\xbf"]
ABSURD = ["", "-1", "9" * 30, "x" * 5000, "../../x", "é", "&#0;", "&#x41;", "1e9", " 3 ", "internal://project.qde"]


def damaged(draw: random.Random, content: bytes) -> bytes:
    """Bits flipped, a part removed, repeated or blanked (a whole page of a database), bytes inserted."""
    start, length = draw.randrange(max(1, len(content))), draw.choice([1, 200, 2000, len(content)])
    before, part, after = content[:start], content[start : start + length], content[start + length :]
    page = slice(start // 4096 * 4096, (start // 4096 + 1) * 4096)
    flipped = bytes(byte ^ 1 << draw.randrange(8) if draw.random() < 8 / len(content) else byte for byte in content)
    blank = content[: page.start] + bytes(len(content[page])) + content[page.stop :]
    inserted = before + draw.choice(INSERTED) + part + after
    return draw.choice([flipped, before + after, before + part + part + after, blank, inserted])


def damaged_xml(draw: random.Random, text: str) -> str:
    """Tags dropped or repeated, parts dropped, attributes emptied or made absurd."""
    one, other = sorted(draw.sample([each.span() for each in re.finditer(r"<[^>]*>", text)], 2))
    value = draw.choice([each.span(1) for each in re.finditer(r'="([^"]*)"', text)])
    span = draw.choice([one, (one[0], other[0]), value, value])
    new = draw.choice(ABSURD) if span == value else draw.choice(["", text[slice(*one)] * 2000])
    return text[: span[0]] + new + text[span[1] :]


def damage(draw: random.Random, path: Path) -> None:
    if path.is_dir():
        path = draw.choice(sorted(path.iterdir()))
    if not zipfile.is_zipfile(path) or draw.random() < 0.3:
        content = path.read_bytes()
        is_xml = content.startswith(b"<?xml") and draw.random() < 0.5
        path.write_bytes(damaged_xml(draw, content.decode()).encode() if is_xml else damaged(draw, content))
        return
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    name, action = draw.choice(sorted(entries)), draw.randrange(4)
    content = entries.pop(name)
    if action == 1:
        entries[draw.choice(["x", "Sources/x", "a.qde", "../x", "sources", "é\\x", "project.QDE"])] = content
    elif action == 2:
        entries[name] = damaged(draw, content or b"x")
    elif action == 3:
        xml = entries.get("project.qde", content).decode()
        entries |= {name: content, "project.qde": damaged_xml(draw, xml).encode()}
    with zipfile.ZipFile(path, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])) as file:
        for each, inside in entries.items():
            file.writestr(each, inside)


def state(folder: Path) -> dict[Path, tuple]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_a_project_or_a_sentence_and_a_sound_one_is_read_whole(kind, tmp_path):
    read = reading.read(KINDS[kind](tmp_path / "sound", made_project(3)))
    assert read.codes and not [line for line in read.told if "ne correspond" in line]
    for seed in range(MUTANTS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = KINDS[kind](folder / "a", made_project(seed % 40))
        damage(random.Random(f"{kind} {seed}"), path)
        before, start = state(folder), time.monotonic()
        try:
            read = reading.read(path)
        except DataError as error:
            said = str(error)
            assert said.startswith(path.name) and said.endswith((".", "?")), seed
            assert "\n" not in said and len(said) < 400, seed
        else:
            assert isinstance(read, Project) and all("\n" not in line for line in read.told), seed
        assert time.monotonic() - start < 5 and state(folder) == before, seed
        shutil.rmtree(folder)


@pytest.mark.parametrize(("module", "limit", "value", "sentence"), [
    (safe_files, "MOST_UNPACKED", 100, "démesurée une fois décompressée"),
    (safe_files, "MOST_ENTRIES", 2, "l’archive compte 3 fichiers ; 2 au plus"),
    (model, "MOST_CODED", 50, "se recouvrent au-delà"),
])  # fmt: skip
def test_what_adds_up_to_too_much_is_refused(module, limit, value, sentence, base, tmp_path, monkeypatch):
    monkeypatch.setattr(module, limit, value)
    assert sentence in told(refi(tmp_path / "a.qdpx", PROJECT))
    assert module is safe_files or sentence in told(base)


def test_a_path_that_looks_like_an_address_is_a_path(tmp_path):
    path = taguette(tmp_path / "é té#1%20&mode=rwc.sqlite3", flat(PROJECT))
    assert len(reading.read(path).documents) == 2 and [*tmp_path.iterdir()] == [path]
    for one, address in (
        (PurePosixPath("/a/é#.db"), "file:///a/%C3%A9%23.db"),
        (PureWindowsPath("C:\\a b\\x?.db"), "file:///C:/a%20b/x%3F.db"),
        (PureWindowsPath("\\\\serveur\\partage\\x.db"), "file:////serveur/partage/x.db"),
    ):
        assert safe_files._address(one) == f"{address}?mode=ro&immutable=1"
