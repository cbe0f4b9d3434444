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
from helpers.schema import DataError

MUTANTS = 80 if ALL else 10  # of each kind


def leaves(path: Path, project: Project) -> Path:
    small = small_project()
    passages = tuple(each for each in small.passages if each.code != "Accueil")
    return qualcoder(path, Project(small.codes, small.documents, passages))


def ours(path: Path, project: Project) -> Path:
    tables.write_csv(project, path)
    return path


def taguette_csv(path: Path, project: Project) -> Path:
    rows = "".join(f'{rank},note,t{rank % 3},"{"é" * rank}"\n' for rank in range(9))
    path.write_text(f"id,document,tag,content\n{rows}", encoding="utf-8")
    return path


def flat_taguette(path: Path, project: Project) -> Path:
    return taguette(path, without_returns(project))


KINDS = {"taguette": flat_taguette, "qualcoder": leaves, "qdpx": refi, "qdc": qdc, "tables": ours, "csv": taguette_csv}
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
