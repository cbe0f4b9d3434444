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
    ours,
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
from helpers.codings import reading, safe_files
from helpers.codings.model import Project
from helpers.schema import DataError
from test_exchange_qualcoder import leaves

PROJECT = small_project()


@pytest.fixture
def base(tmp_path):
    return taguette(tmp_path / "a.sqlite3", flat(PROJECT))


def state(folder: Path) -> dict[Path, tuple]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def told(path) -> str:
    """The refusal, which writes nothing and does not take long."""
    before, start = state(path.parent), time.monotonic()
    sentence = refusal(path)
    assert state(path.parent) == before and time.monotonic() - start < 10
    return sentence


def write(path, content) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def book(codes: str) -> str:
    return element("CodeBook", element("Codes", codes), xmlns="urn:QDA-XML:codebook:1.0")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DECLARATIONS = [f'<!DOCTYPE CodeBook [<!ENTITY l0 "ha">{LAUGHS}]>', '<!DOCTYPE CodeBook [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>']


@pytest.mark.parametrize("declaration", DECLARATIONS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_declaration_is_refused_before_it_expands(declaration, encoding, tmp_path):
    text = f'<?xml version="1.0"?>{declaration}{book("<Code>&l9;</Code>")}'
    sentence = told(write(tmp_path / "a.qdc", text.encode(encoding)))
    assert sentence == "a.qdc : le fichier contient une déclaration XML interdite ; refaites l’export."


@pytest.mark.parametrize(("content", "sentence"), [
    ("<CodeBook", "le fichier, ligne 1 : le XML est tronqué"),
    ('<?xml version="1.0" encoding="x-unknown"?><a/>', "son encodage est inconnu"),
    ('<CodeBook xmlns="urn:QDA-XML:codebook:2.0"/>', "ce XML n’est pas un livre de codes"),
    ('<Project xmlns="urn:QDA-XML:project:1.0"/>', "c’est le seul project.qde"),
    (book('<Code name="a">' * 200 + "</Code>" * 200), "plus de 50 niveaux"),
    ("", "le fichier est vide"),
    ("PK", "l’archive est tronquée, abîmée ou protégée"),
    ("%PDF-1.7\n", "ses titres ne sont pas ceux d’un codage"),
    (b"\x89PNG\r\n\x1a\n", "le fichier n’est pas en UTF-8"),
    ("a\0b", "le fichier contient un caractère nul"),
], ids=range(10))  # fmt: skip
def test_a_file_that_is_foreign_is_refused(content, sentence, tmp_path):
    assert sentence in told(write(tmp_path / "a", content))


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path, monkeypatch):
    path = refi(tmp_path / "a.qdpx", PROJECT)
    assert "le fichier est introuvable ou illisible ; vérifiez le chemin" in told(tmp_path / "absent.qdpx")
    monkeypatch.setattr(safe_files, "MOST_UNPACKED", 100)
    assert "démesurée une fois décompressée" in told(path)
    monkeypatch.setattr(safe_files.check_size, "__defaults__", (10,))
    assert "le fichier est démesuré" in told(path)


@pytest.mark.parametrize(("xml", "text", "sentence"), [
    (qde(PROJECT), "Été".encode("cp1252"), "n’est pas en UTF-8 (octet 0)"),
    ("<a/>", b"", "project.qde n’est pas celui d’un projet REFI-QDA"),
], ids=range(2))  # fmt: skip
def test_an_archive_that_is_no_project_is_refused(xml, text, sentence, tmp_path):
    path = qdpx(tmp_path / "a.qdpx", xml, dict.fromkeys(texts_of(PROJECT), text))
    assert sentence in told(path)
    write(path, path.read_bytes().replace(b"project.qde", b"projet.json"))
    assert "ce n’est pas un projet REFI-QDA (sans project.qde)" in told(path)


COUNT = "WITH RECURSIVE n(x) AS (SELECT {} UNION ALL SELECT x + 1 FROM n WHERE x < {})"
FOREVER = f"{COUNT.format(1, 1e15)} SELECT x AS id, 'a' AS path, '' AS description FROM n"
SLOW = "length(hex(zeroblob(30000000)))"  # a third of a second each
DAMAGED = "la base est abîmée"


@pytest.mark.parametrize(("script", "sentence"), [
    (f"DROP TABLE tags; CREATE VIEW tags AS {FOREVER}", "cette base n’est pas un projet Taguette, QualCoder ou RQDA"),
    ("UPDATE documents SET contents = x'00ff'", "documents.contents ne contient pas ce qui est attendu"),
    ("UPDATE documents SET contents = CAST(x'ffc3' AS TEXT)", DAMAGED),
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


def test_a_truncated_base_and_an_endless_query_are_refused(base, monkeypatch):
    content = base.read_bytes()
    for damaged in (content[:16], content[:5_000]):
        assert DAMAGED in told(write(base, damaged))
    monkeypatch.setattr(safe_files, "MOST_SECONDS", -1)
    write(base, content)
    assert DAMAGED in told(change(base, f"CREATE TABLE z (a); INSERT INTO z {COUNT.format(1, 20_000)} SELECT x FROM n"))


def test_a_project_open_elsewhere_is_refused_and_a_locked_one_is_read_as_it_is(base, tmp_path):
    beside = write(base.with_name(f"{base.name}-wal"), b"x")
    assert "le projet est ouvert dans son outil" in told(base)
    beside.unlink()
    folder = qualcoder(tmp_path / "a.qda", Project(PROJECT.codes, PROJECT.documents))
    opened = sqlite3.connect(folder / "data.qda", isolation_level=None)
    opened.execute("BEGIN EXCLUSIVE")
    assert len(reading.read(folder).documents) == 2
    opened.close()


# --- files damaged at random -----------------------------------------------------------------------------------------

MUTANTS = 80 if ALL else 10  # of each kind


KINDS = {
    "taguette": (lambda path, project: taguette(path, without_returns(project))), "qualcoder": (lambda path, _: qualcoder(path, leaves(small_project()))),
    "qdpx": refi, "qdc": qdc, "tables": ours,
}  # fmt: skip
INSERTED = [b"\0", b'"', b"<", b"&", b"\xff", b"\xed\xa0\x80", b";", b"\n", b"=1", b"]]>", b"\xef\xbb\xbf"]
ABSURD = ["", "-1", "9" * 30, "x" * 5000, "../../x", "é", "&#0;", "&#x41;", "1e9", " 3 ", "internal://project.qde"]


def damaged(draw: random.Random, content: bytes) -> bytes:
    """Bits flipped, a part removed, repeated or blanked, bytes inserted; of XML, attributes made absurd too."""
    if content.startswith(b"<?xml") and draw.random() < 0.5:
        start, end = draw.choice([each.span(1) for each in re.finditer(rb'="([^"]*)"', content)])
        return content[:start] + draw.choice(ABSURD).encode() + content[end:]
    start, length = draw.randrange(max(1, len(content))), draw.choice([1, 200, 2000, 4096, len(content)])
    before, part, after = content[:start], content[start : start + length], content[start + length :]
    flipped = bytes(byte ^ 1 << draw.randrange(8) if draw.random() < 8 / len(content) else byte for byte in content)
    inserted = before + draw.choice(INSERTED) + part + after
    return draw.choice([flipped, before + after, before + part + part + after, before + bytes(len(part)) + after, inserted])


def damage(draw: random.Random, path: Path) -> None:
    """A file of a folder, an entry of an archive, or all of the file; an entry may also change its name."""
    if path.is_dir():
        path = draw.choice(sorted(path.iterdir()))
    if not zipfile.is_zipfile(path) or draw.random() < 0.3:
        path.write_bytes(damaged(draw, path.read_bytes()))
        return
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    name = draw.choice(sorted(entries))
    content = entries.pop(name)
    entries[draw.choice([name, name, "Sources/x", "a.qde", "../x", "é\\x", "project.QDE"])] = damaged(draw, content or b"x")
    with zipfile.ZipFile(path, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_LZMA])) as file:
        for each, inside in entries.items():
            file.writestr(each, inside)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_a_project_or_a_sentence(kind, tmp_path):
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


def test_a_path_that_looks_like_an_address_is_a_path(tmp_path):
    path = taguette(tmp_path / "é té#1%20&mode=rwc.sqlite3", flat(PROJECT))
    assert len(reading.read(path).documents) == 2 and [*tmp_path.iterdir()] == [path]
    for one, address in (
        (PurePosixPath("/a/é#.db"), "file:///a/%C3%A9%23.db"),
        (PureWindowsPath("C:\\a b\\x?.db"), "file:///C:/a%20b/x%3F.db"),
        (PureWindowsPath("\\\\serveur\\partage\\x.db"), "file:////serveur/partage/x.db"),
    ):
        assert safe_files._address(one) == f"{address}?mode=ro&immutable=1"
