"""A project holds together, or says in one sentence what does not."""

import pytest

from helpers.codings import model
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError

TEXT = Document("a", "Bonjour à tous.")
ACCUEIL = Code("Accueil")


def test_children_follow_their_parent_in_the_order_given():
    codes = (Code("x", "b/c"), Code("c", "b"), Code("b"), Code("a"), Code("a", "b"))
    assert [code.path for code in Project(codes).codes] == ["b", "b/c", "b/c/x", "b/a", "a"]


def test_passages_come_as_in_the_documents_and_once():
    passages = [Passage("b", 0, 1, "b", "y"), Passage("a", 3, 7, "jour", "x"), Passage("a", 0, 7, "Bonjour", "y"), Passage("a", 0, 7, "Bonjour", "x"), Passage("b", 0, 1, "b", "y")]
    project = Project((Code("x"), Code("y")), (TEXT, Document("b", "bc")), tuple(passages))
    assert [(each.document, each.start, each.code) for each in project.passages] == [("a", 0, "x"), ("a", 0, "y"), ("a", 3, "x"), ("b", 0, "y")]


def test_what_was_told_does_not_make_two_projects_differ():
    assert Project((ACCUEIL,), told=("x",)) == Project((ACCUEIL,))


@pytest.mark.parametrize("labels", [("a/b",), ("a", "b"), ("a\\", "b"), ("a\\/b",), ("/",), ("\\",), ("a\\\\", "/b"), ("é", "e\u0301")])
def test_a_path_tells_its_labels_whatever_they_are(labels):
    path = ""
    for label in labels:
        path = model.code_path(label, path)
    assert model.code_labels(path) == labels


@pytest.mark.parametrize(("codes", "told"), [
    ((Code("a"), Code("a")), "le code « a » est donné deux fois"),
    ((Code(""),), "donnez-lui un nom de 1 à 1000 caractères"),
    ((Code("x" * 1001),), "donnez-lui un nom de 1 à 1000 caractères"),
    ((Code("Relation"), Code("a", "Relations")), "le code parent « Relations » n’existe pas ; vouliez-vous « Relation » ?"),
    ((Code("a", "b"), Code("b", "a")), "le code parent « b » n’existe pas"),
    ((Code("a\0"),), "caractère nul"),
    ((Code("a\ud800"),), "coupé en deux"),
    (tuple(Code(str(number)) for number in range(10_001)), "10001 codes ; 10000 au plus"),
])  # fmt: skip
def test_codes_that_do_not_make_a_tree_are_refused(codes, told):
    with pytest.raises(DataError) as error:
        Project(codes)
    assert told in str(error.value).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_tree_has_fifty_levels_at_most():
    codes = [Code("a")]
    while len(codes) < 50:
        codes.append(Code("a", codes[-1].path))
    assert len(Project(tuple(codes)).codes) == 50
    with pytest.raises(DataError, match="au-delà de 50 niveaux"):
        Project((*codes, Code("a", codes[-1].path)))


@pytest.mark.parametrize(("documents", "told"), [
    ((TEXT, TEXT), "le même nom"),
    ((Document(""),), "un document n’a pas de nom"),
    ((Document("a", kind="notes"),), "la nature de « a » n’est pas connue"),
    ((Document("a", attributes=(("nature", "x"),)),), "la nature de « a » n’est pas connue"),
    ((Document("a", attributes=(("x", "1"), ("x", "2"))),), "un attribut de « a » est sans nom, ou donné deux fois"),
    ((Document("a", attributes=(("", "1"),)),), "un attribut de « a » est sans nom, ou donné deux fois"),
])  # fmt: skip
def test_documents_that_cannot_be_told_apart_are_refused(documents, told):
    with pytest.raises(DataError) as error:
        Project((), documents)
    assert told in str(error.value).replace("\u202f", " ")


@pytest.mark.parametrize(("passage", "told"), [
    (Passage("a", 0, 7, "Bonjour", "Acceuil"), "le code « Acceuil » n’existe pas ; vouliez-vous « Accueil » ?"),
    (Passage("zz", 0, 7, "Bonjour", "Accueil"), "le document « zz » n’existe pas ; ajoutez-le"),
    (Passage("a", 0, 7, "bonjour", "Accueil"), "n’est pas le texte du document"),
    (Passage("a", 3, 3, "", "Accueil"), "n’est pas le texte du document"),
    (Passage("a", 14, 16, ".", "Accueil"), "n’est pas le texte du document"),
    (Passage("a", -1, 0, "", "Accueil"), "n’est pas le texte du document"),
    (Passage("a", 0, None, "Bonjour", "Accueil"), "n’est pas le texte du document"),
])  # fmt: skip
def test_a_passage_that_is_not_in_the_project_is_refused(passage, told):
    with pytest.raises(DataError) as error:
        Project((ACCUEIL,), (TEXT,), (passage,))
    assert told in str(error.value).replace("\u202f", " ")


def test_a_passage_may_have_no_place():
    assert Project((ACCUEIL,), (TEXT,), (Passage("a", None, None, "Bonjour", "Accueil"),)).passages[0].start is None
