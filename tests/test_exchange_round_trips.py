"""A project written and read again is the same project, byte for byte the same file, whatever its texts hold."""

import zipfile
from dataclasses import replace

import pytest

from coding_files import made_project, small_project
from helpers.codings import reading, refi, tables
from helpers.codings.model import Code, Passage, Project

SEEDS = range(60)
PROJECTS = [made_project(seed) for seed in SEEDS]


def test_the_projects_made_here_hold_what_a_round_trip_can_lose():
    passages = [passage for project in PROJECTS for passage in project.passages]
    assert len(passages) > 400 and sum(len(project.codes) for project in PROJECTS) > 200
    assert any("\r\n" in passage.text for passage in passages) and any("\U0001f3fd" in passage.text for passage in passages)
    assert any(code.parent and "\\/" in code.path for project in PROJECTS for code in project.codes)
    assert any(document.text == "" for project in PROJECTS for document in project.documents)
    shared = [{(each.document, each.start, each.end) for each in project.passages} for project in PROJECTS]
    assert any(len(places) < len(project.passages) for places, project in zip(shared, PROJECTS, strict=True))


@pytest.mark.parametrize("project", PROJECTS, ids=SEEDS)
def test_our_tables_give_the_project_back(project, tmp_path):
    assert tables.write_csv(project, tmp_path / "codage") == ()
    read = reading.read(tmp_path / "codage")
    assert read == project and read.told == ()


@pytest.mark.parametrize("project", PROJECTS, ids=SEEDS)
def test_a_refi_project_gives_the_project_back(project, tmp_path):
    assert refi.write_qdpx(project, tmp_path / "a.qdpx") == ()
    read = reading.read(tmp_path / "a.qdpx")
    assert read == project and read.told == ()


@pytest.mark.parametrize("project", PROJECTS, ids=SEEDS)
def test_a_refi_code_book_gives_the_codes_back(project, tmp_path):
    refi.write_qdc(project, tmp_path / "a.qdc")
    read = reading.read(tmp_path / "a.qdc")
    assert read == Project(project.codes) and read.told == ()


@pytest.mark.parametrize("write", [tables.write_csv, refi.write_qdpx, refi.write_qdc, tables.write_iramuteq])
def test_the_same_project_is_the_same_bytes(write, tmp_path):
    for name in ("a", "b"):
        write(made_project(3), tmp_path / name)
    one, other = tmp_path / "a", tmp_path / "b"
    contents = [[each.read_bytes() for each in sorted(path.iterdir())] if path.is_dir() else path.read_bytes() for path in (one, other)]
    assert contents[0] == contents[1] != b""


def test_an_archive_tells_no_day_and_no_machine(tmp_path):
    refi.write_qdpx(made_project(3), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        entries = archive.infolist()
    assert {(each.date_time, each.create_system, each.external_attr >> 16) for each in entries} == {((1980, 1, 1, 0, 0, 0), 3, 0o100644)}
    assert len(entries) == 1 + len(made_project(3).documents)


def test_passages_without_a_place_stay_in_the_tables_and_are_told_elsewhere(tmp_path):
    project = small_project()
    unplaced = replace(project, passages=(*project.passages, Passage("Réunion du 20", None, None, "Bonjour", "Équipe")))
    tables.write_csv(unplaced, tmp_path / "codage")
    assert reading.read(tmp_path / "codage") == unplaced
    assert refi.write_qdpx(unplaced, tmp_path / "a.qdpx") == ("Non gardé\u00a0: passages sans position (1).",)
    assert reading.read(tmp_path / "a.qdpx") == project


def test_a_definition_that_looks_like_another_part_stays_a_definition(tmp_path):
    project = Project((Code("a", definition="x\nInclure : y\n\\Exclure : z", include="Inclure : v\nModifié le : w", changed="2021-01-01"),))
    refi.write_qdc(project, tmp_path / "a.qdc")
    assert reading.read(tmp_path / "a.qdc") == project
