"""IRaMuTeQ: a corpus that it opens, with variables it accepts."""

import re

import pytest

from coding_files import made_project, place, small_project
from helpers.codings import tables
from helpers.codings.model import Code, Document, Passage, Project

STARS = re.compile(r"\*\*\*\*( \*[a-z0-9]+_[a-z0-9]+)+")
THEME = re.compile(r"-\*[a-z0-9_]+")


def lines(project, tmp_path):
    tables.write_iramuteq(project, tmp_path / "corpus.txt")
    return (tmp_path / "corpus.txt").read_bytes().decode("utf-8").split("\n")


def test_a_text_is_what_one_person_coded_in_one_document(tmp_path):
    found = lines(small_project(), tmp_path)
    assert found[:5] == ["**** *document_reuniondu12 *codeur_a *lieu_lille", "-*accueil_eleves", "les élèves", "-*equipe", "principal présente l’équipe"]
    assert found[-4:] == ["**** *document_reuniondu20 *codeur_b", "-*accueil", "Rien", ""]


@pytest.mark.parametrize("seed", range(40))
def test_no_text_can_open_a_variable_or_a_theme(seed, tmp_path):
    project = made_project(seed)
    found = lines(project, tmp_path)[:-1]
    heads = [line for line in found if line.startswith("****")]
    themes = [line for line in found if line.startswith("-*")]
    assert all(STARS.fullmatch(line) for line in heads) and all(THEME.fullmatch(line) for line in themes)
    uncoded = {each.name for each in project.documents if each.text.split()} - {each.document for each in project.passages}
    assert len(heads) == len({(each.document, each.coder) for each in project.passages}) + len(uncoded)
    assert len(themes) == len(project.passages)
    assert not [line for line in found if "*" in line and line not in heads and line not in themes]


def test_a_document_that_nobody_coded_is_there_whole(tmp_path):
    assert lines(Project((), (Document("a", "un\r\ndeux *trois"),)), tmp_path) == ["**** *document_a", "un deux trois", ""]


def test_names_that_become_alike_stay_two(tmp_path):
    documents = (Document("Été", "x y"), Document("ete", "x y"), Document("日本", "x y"))
    project = Project((Code("é"), Code("e")), documents, (place(documents[0], "x", "é"), place(documents[0], "y", "e")))
    found = lines(project, tmp_path)
    assert [line for line in found if line.startswith("****")] == ["**** *document_ete", "**** *document_ete2", "**** *document_document"]
    assert [line for line in found if line.startswith("-*")] == ["-*e", "-*e2"]


def test_an_attribute_without_value_is_left_out(tmp_path):
    assert lines(Project((), (Document("a", "x", attributes=(("date", ""), ("lieu", "Lille-Sud"))),)), tmp_path)[0] == "**** *document_a *lieu_lillesud"


def test_what_the_corpus_cannot_hold_is_told(tmp_path):
    project = Project((Code("x", definition="d"),), (Document("a", "bc"),), (Passage("a", 0, 1, "b", "x", memo="m"),))
    assert tables.write_iramuteq(project, tmp_path / "c.txt") == ("Non gardé\u00a0: mémos (1).", "Non gardé\u00a0: définitions de codes (1).")
