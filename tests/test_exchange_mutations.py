"""Coding files damaged at random: a project or one French sentence, never another exception, never a file written.

A hundred run with the other tests; all five hundred when ``ALSES_ENUMERATIONS=toutes``.
"""

import os
import random
import re
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from coding_files import flat, made_project, qdc, qualcoder, refi, small_project, taguette
from helpers.codings import reading, tables
from helpers.codings.model import Document, Passage, Project
from helpers.codings.refi import write_qdpx
from helpers.schema import DataError

MUTANTS = 500 if os.environ.get("ALSES_ENUMERATIONS") == "toutes" else 100
GROUPS = 10
KINDS = ["taguette", "qualcoder", "qdpx", "qdc", "tables", "taguette_csv", "our_qdpx"]
# What any reader must survive in seconds; a true file of this size takes a few milliseconds.
MOST_SECONDS = 5


def base(kind: str, folder: Path, seed: int) -> Path:
    """A sound file of a kind."""
    project = made_project(seed)
    if kind == "taguette":
        documents = tuple(Document(each.name, each.text.replace("\r", " ")) for each in project.documents)
        texts = {each.name: each.text for each in documents}
        passages = tuple(Passage(*(name := each.document, start := each.start, end := each.end), texts[name][start:end], each.code) for each in project.passages)
        return taguette(folder / "a.sqlite3", flat(Project(project.codes, documents, passages)))
    if kind == "qualcoder":
        small = small_project()
        parents = {code.parent for code in small.codes}
        passages = tuple(each for each in small.passages if each.code not in parents)
        return qualcoder(folder / "a.qda", Project(small.codes, small.documents, passages))
    if kind == "qdpx":
        return refi(folder / "a.qdpx", project)
    if kind == "qdc":
        return qdc(folder / "a.qdc", project)
    if kind == "our_qdpx":
        write_qdpx(project, folder / "a.qdpx")
        return folder / "a.qdpx"
    if kind == "tables":
        tables.write_csv(project, folder / "codage")
        return folder / "codage"
    rows = "".join(f'{place},note,t{place % 3},"{"é" * place}"\n' for place in range(9))
    (folder / "a.csv").write_text(f"id,document,tag,content\n{rows}", encoding="utf-8")
    return folder / "a.csv"


def flip(draw: random.Random, content: bytearray) -> None:
    for _ in range(draw.randint(1, 8)):
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)


def cut(draw: random.Random, content: bytearray) -> None:
    del content[draw.randrange(len(content)) :]


def swap(draw: random.Random, content: bytearray) -> None:
    one, other = draw.randrange(len(content)), draw.randrange(len(content))
    content[one], content[other] = content[other], content[one]


def put_in(draw: random.Random, content: bytearray) -> None:
    at = draw.randrange(len(content))
    content[at:at] = draw.choice([b"\0", b'"', b"<", b"&", b"\xff", b"\xed\xa0\x80", b";", b"\n", b"=1", b"]]>", b"\xef\xbb\xbf"])


def take_out(draw: random.Random, content: bytearray) -> None:
    at = draw.randrange(len(content))
    del content[at : at + draw.randint(1, 200)]


def blank_page(draw: random.Random, content: bytearray) -> None:
    size = 4096 if len(content) >= 8192 else 64
    at = draw.randrange(len(content) // size + 1) * size
    content[at : at + size] = bytes(len(content[at : at + size]))


def double(draw: random.Random, content: bytearray) -> None:
    at = draw.randrange(len(content))
    content[at:at] = content[at : at + draw.randint(1, 2000)]


BYTES = [flip, flip, cut, swap, put_in, take_out, blank_page, blank_page, double]


def damage_bytes(draw: random.Random, path: Path) -> None:
    if path.is_dir():
        path = draw.choice(sorted(path.iterdir()))
    content = bytearray(path.read_bytes())
    draw.choice(BYTES)(draw, content)
    path.write_bytes(bytes(content))


def damage_xml(draw: random.Random, text: str) -> str:
    """Tags dropped, doubled, renamed; attributes emptied or made absurd."""
    tags = list(re.finditer(r"<[^>]*>", text))
    one = draw.choice(tags)
    action = draw.randrange(5)
    if action == 0:
        return text[: one.start()] + text[one.end() :]
    if action == 1:
        # A whole element, or what stands between two tags.
        other = draw.choice(tags)
        first, last = sorted([one.start(), other.start()])
        return text[:first] + text[last:]
    if action == 2:
        return text[: one.start()] + one[0] * draw.choice([2, 2000]) + text[one.end() :]
    values = list(re.finditer(r'="([^"]*)"', text))
    chosen = draw.choice(values)
    value = draw.choice(["", "-1", "9" * 30, "x" * 5000, "../../x", "é", "&#0;", "&#x41;", "1e9", " 3 ", "internal://project.qde"])
    return text[: chosen.start(1)] + value + text[chosen.end(1) :]


def damage_archive(draw: random.Random, path: Path) -> None:
    """The archive made again with an entry dropped, renamed, emptied, or its XML changed."""
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    name = draw.choice(sorted(entries))
    action = draw.randrange(5)
    if action == 0:
        del entries[name]
    elif action == 1:
        entries[draw.choice(["x", "Sources/x", "a.qde", "../x", "sources", "é\\x", "project.QDE"])] = entries.pop(name)
    elif action == 2:
        content = bytearray(entries[name] or b"x")
        draw.choice(BYTES)(draw, content)
        entries[name] = bytes(content)
    else:
        entries["project.qde"] = damage_xml(draw, entries["project.qde"].decode()).encode()
    with zipfile.ZipFile(path, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])) as file:
        for each, content in entries.items():
            file.writestr(each, content)


def mutant(seed: int, folder: Path) -> Path:
    draw = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    path = base(kind, folder, seed % 40)
    if "qdpx" in kind and draw.random() < 0.6:
        damage_archive(draw, path)
    elif kind == "qdc" and draw.random() < 0.5:
        path.write_text(damage_xml(draw, path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        damage_bytes(draw, path)
    return path


def state(folder: Path) -> dict[str, tuple]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_damaged_file_is_a_project_or_a_sentence(group, tmp_path):
    outcomes = {"project": 0, "sentence": 0}
    for seed in range(group, MUTANTS, GROUPS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = mutant(seed, folder)
        before, start = state(folder), time.monotonic()
        try:
            read = reading.read(path)
        except DataError as error:
            outcomes["sentence"] += 1
            said = str(error)
            assert said.startswith(path.name) and said.endswith((".", "?")) and "\n" not in said and len(said) < 400, seed
        else:
            outcomes["project"] += 1
            assert isinstance(read, Project) and all("\n" not in line for line in read.told), seed
        assert time.monotonic() - start < MOST_SECONDS, seed
        assert state(folder) == before, seed
        shutil.rmtree(folder)
    assert min(outcomes.values()) > 0


def test_the_sound_files_are_read_whole(tmp_path):
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        read = reading.read(base(kind, tmp_path / kind, 3))
        assert read.codes and not [line for line in read.told if "ne correspond" in line], kind
