"""IRaMuTeQ: a corpus that it opens, with variables it accepts."""

import re

import pytest

from coding_files import SEEDS, made_project, messages, place, small_project
from helpers.codings import tables
from helpers.codings.model import Code, Document, Passage, Project


def lines(project, tmp_path):
    tables.write_iramuteq(project, tmp_path / "corpus.txt")
    return (tmp_path / "corpus.txt").read_bytes().decode("utf-8").split("\n")


def test_a_text_is_what_one_person_coded_in_one_document(tmp_path):
    made = lines(small_project(), tmp_path)
    assert made[0] == "**** *document_reuniondu12 *codeur_a *lieu_lille"
    assert made[1:5] == ["-*accueil_eleves", "les élèves", "-*equipe", "principal présente l’équipe"]
    assert made[-4:] == ["**** *document_reuniondu20 *codeur_b", "-*accueil", "Rien", ""]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_text_can_open_a_variable_or_a_theme(seed, tmp_path):
    project = made_project(seed)
    made = lines(project, tmp_path)[:-1]
    heads = [line for line in made if line.startswith("****")]
    themes = [line for line in made if line.startswith("-*")]
    assert all(re.fullmatch(r"\*\*\*\*( \*[a-z0-9]+_[a-z0-9]+)+", line) for line in heads)
    assert all(re.fullmatch(r"-\*[a-z0-9_]+", line) for line in themes) and len(themes) == len(project.passages)
    coded = {each.document for each in project.passages}
    uncoded = {each.name for each in project.documents if each.text.split()} - coded
    assert len(heads) == len({(each.document, each.coder) for each in project.passages}) + len(uncoded)
    assert not [line for line in made if "*" in line and line not in heads and line not in themes]


def test_equal_names_are_numbered_and_what_has_no_name_or_value_is_left_out(tmp_path):
    attributes = (("date", ""), ("lieu", "Lille-Sud"))
    documents = (
        Document("Été", "x y"),
        Document("ete", "un\r\ndeux *trois", attributes=attributes),
        Document("日本", "x"),
    )
    passages = (place(documents[0], "x", "é"), place(documents[0], "y", "e"))
    assert lines(Project((Code("é"), Code("e")), documents, passages), tmp_path) == [
        "**** *document_ete", "-*e", "x", "-*e2", "y", "**** *document_ete2 *lieu_lillesud", "un deux trois", "**** *document_document", "x", "",
    ]  # fmt: skip


def test_what_the_corpus_cannot_hold_is_told(tmp_path):
    project = Project((Code("x", definition="d"),), (Document("a", "bc"),), (Passage("a", 0, 1, "b", "x", memo="m"),))
    told = tables.write_iramuteq(project, tmp_path / "c.txt")
    assert messages(Project(told=told)) == ["mémos (1).", "définitions de codes (1)."]
