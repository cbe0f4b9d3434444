"""Coding files damaged at random: a project or one French sentence, never another exception, never a file written."""

import random
import re
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from coding_files import made_project, qdc, qualcoder, refi, small_project, taguette, without_returns
from conftest import ALL
from helpers.codings import reading, tables
from helpers.codings.model import Project
from helpers.codings.refi import write_qdpx
from helpers.schema import DataError

MUTANTS = 70 if ALL else 8  # of each kind


def taguette_csv(path: Path, project: Project) -> Path:
    rows = "".join(f'{rank},note,t{rank % 3},"{"é" * rank}"\n' for rank in range(9))
    path.write_text(f"id,document,tag,content\n{rows}", encoding="utf-8")
    return path


def leaves(path: Path, project: Project) -> Path:
    small = small_project()
    passages = tuple(each for each in small.passages if each.code != "Accueil")
    return qualcoder(path, Project(small.codes, small.documents, passages))


def ours(write):
    def made(path: Path, project: Project) -> Path:
        write(project, path)
        return path

    return made


KINDS = {
    "taguette": lambda path, project: taguette(path, without_returns(project)),
    "qualcoder": leaves,
    "qdpx": refi,
    "qdc": qdc,
    "tables": ours(tables.write_csv),
    "taguette_csv": taguette_csv,
    "our_qdpx": ours(write_qdpx),
}
INSERTED = [b"\0", b'"', b"<", b"&", b"\xff", b"\xed\xa0\x80", b";", b"\n", b"=1", b"]]>", b"\xef\xbb\xbf"]


def damage_bytes(draw: random.Random, content: bytearray) -> None:
    """Bits flipped, a part removed, repeated or blanked (a whole page of a database), bytes inserted."""
    start, length = draw.randrange(len(content)), draw.choice([1, 200, 2000, len(content)])
    part, action = slice(start, start + length), draw.choice(["flip", "remove", "repeat", "blank", "insert"])
    if action == "flip":
        for _ in range(8):
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    elif action == "remove":
        del content[part]
    elif action == "repeat":
        content[start:start] = content[part]
    elif action == "blank":
        size = 4096 if len(content) >= 8192 else 64
        page = slice(start // size * size, (start // size + 1) * size)
        content[page] = bytes(len(content[page]))
    else:
        content[start:start] = draw.choice(INSERTED)


def damage_xml(draw: random.Random, text: str) -> str:
    """Tags dropped or repeated, parts dropped, attributes emptied or made absurd."""
    one, other = (draw.choice(list(re.finditer(r"<[^>]*>", text))) for _ in range(2))
    action = draw.randrange(5)
    if action == 0:
        return text[: one.start()] + text[one.end() :]
    if action == 1:
        first, last = sorted([one.start(), other.start()])
        return text[:first] + text[last:]
    if action == 2:
        return text[: one.start()] + one[0] * draw.choice([2, 2000]) + text[one.end() :]
    value = draw.choice(list(re.finditer(r'="([^"]*)"', text)))
    absurd = ["", "-1", "9" * 30, "x" * 5000, "../../x", "é", "&#0;", "&#x41;", "1e9", " 3 ", "internal://project.qde"]
    return text[: value.start(1)] + draw.choice(absurd) + text[value.end(1) :]


def damage_archive(draw: random.Random, path: Path) -> None:
    """An entry dropped, renamed or damaged, or the XML changed."""
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    name, action = draw.choice(sorted(entries)), draw.randrange(5)
    if action == 0:
        del entries[name]
    elif action == 1:
        new = draw.choice(["x", "Sources/x", "a.qde", "../x", "sources", "é\\x", "project.QDE"])
        entries[new] = entries.pop(name)
    elif action == 2:
        content = bytearray(entries[name] or b"x")
        damage_bytes(draw, content)
        entries[name] = bytes(content)
    else:
        entries["project.qde"] = damage_xml(draw, entries["project.qde"].decode()).encode()
    method = draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
    with zipfile.ZipFile(path, "w", method) as file:
        for each, content in entries.items():
            file.writestr(each, content)


def damage(draw: random.Random, kind: str, path: Path) -> None:
    if "qdpx" in kind and draw.random() < 0.6:
        damage_archive(draw, path)
    elif kind == "qdc" and draw.random() < 0.5:
        path.write_text(damage_xml(draw, path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        path = draw.choice(sorted(path.iterdir())) if path.is_dir() else path
        content = bytearray(path.read_bytes())
        damage_bytes(draw, content)
        path.write_bytes(bytes(content))


def state(folder: Path) -> dict[Path, tuple]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_a_project_or_a_sentence(kind, tmp_path):
    for seed in range(MUTANTS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = KINDS[kind](folder / "a", made_project(seed % 40))
        damage(random.Random(f"{kind} {seed}"), kind, path)
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


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_files_are_read_whole(kind, tmp_path):
    read = reading.read(KINDS[kind](tmp_path / "a", made_project(3)))
    assert read.codes and not [line for line in read.told if "ne correspond" in line]
