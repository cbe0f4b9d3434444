"""A project is consistent, or one sentence says what is not."""

import pytest

from coding_files import plain
from helpers.codings import model
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError

TEXT, ACCUEIL = Document("a", "Bonjour à tous."), Code("Accueil")


def test_codes_and_passages_have_one_order_and_no_duplicate():
    codes = (Code("x", "b/c"), Code("c", "b"), Code("b"), Code("a"), Code("a", "b"))
    places = [("b", 0, 1, "b", "b"), ("a", 3, 7, "jour", "a"), ("a", 0, 7, "Bonjour", "b"), ("a", 0, 7, "Bonjour", "a")]
    passages = tuple(Passage(*each) for each in [*places, places[0]])
    project = Project(codes, (TEXT, Document("b", "bc")), passages, told=("x",))
    assert [code.path for code in project.codes] == ["b", "b/c", "b/c/x", "b/a", "a"]
    found = [(each.document, each.start, each.code) for each in project.passages]
    assert found == [("a", 0, "b"), ("a", 0, "a"), ("a", 3, "a"), ("b", 0, "b")]
    assert project == Project(codes, project.documents, passages)  # whatever was told


@pytest.mark.parametrize("labels", [("a/b",), ("a", "b"), ("a\\", "b"), ("a\\/b",), ("/",), ("\\",), ("a\\\\", "/b")])
def test_a_path_gives_its_labels_back(labels):
    path = ""
    for label in labels:
        path = model.code_path(label, path)
    assert model.code_labels(path) == labels


def test_a_tree_has_fifty_levels_at_most():
    codes = [Code("a")]
    while len(codes) < 50:
        codes.append(Code("a", codes[-1].path))
    assert len(Project(tuple(codes)).codes) == 50
    with pytest.raises(DataError, match="au-delà de 50 niveaux"):
        Project((*codes, Code("a", codes[-1].path)))


@pytest.mark.parametrize(("codes", "sentence"), [
    ((Code("a"), Code("a")), "le code « a » est donné deux fois"),
    ((Code(""),), "donnez-lui un nom de 1 à 1000 caractères"),
    ((Code("x" * 1001),), "donnez-lui un nom de 1 à 1000 caractères"),
    ((Code("Relation"), Code("a", "Relations")), "le code parent « Relations » n’existe pas ; vouliez-vous « Relation » ?"),
    ((Code("a", "b"), Code("b", "a")), "le code parent « b » n’existe pas"),
    ((Code("a\0"),), "caractère nul"),
    ((Code("a\ud800"),), "coupé en deux"),
    (tuple(Code(str(number)) for number in range(10_001)), "10001 codes ; 10000 au plus"),
])  # fmt: skip
def test_codes_that_do_not_make_a_tree_are_refused(codes, sentence):
    with pytest.raises(DataError) as error:
        Project(codes)
    assert sentence in plain(str(error.value))


@pytest.mark.parametrize(("documents", "sentence"), [
    ((TEXT, TEXT), "le même nom"),
    ((Document(""),), "un document n’a pas de nom"),
    ((Document("a", kind="notes"),), "la nature de « a » n’est pas connue"),
    ((Document("a", attributes=(("nature", "x"),)),), "la nature de « a » n’est pas connue"),
    ((Document("a", attributes=(("x", "1"), ("x", "2"))),), "un attribut de « a » est sans nom, ou donné deux fois"),
    ((Document("a", attributes=(("", "1"),)),), "un attribut de « a » est sans nom, ou donné deux fois"),
])  # fmt: skip
def test_ambiguous_documents_are_refused(documents, sentence):
    with pytest.raises(DataError) as error:
        Project((), documents)
    assert sentence in plain(str(error.value))


@pytest.mark.parametrize(("passage", "sentence"), [
    (("a", 0, 7, "Bonjour", "Acceuil"), "le code « Acceuil » n’existe pas ; vouliez-vous « Accueil » ?"),
    (("zz", 0, 7, "Bonjour", "Accueil"), "le document « zz » n’existe pas ; ajoutez-le"),
    (("a", 0, 7, "bonjour", "Accueil"), "n’est pas le texte du document"),
    (("a", 3, 3, "", "Accueil"), "n’est pas le texte du document"),
    (("a", 14, 16, ".", "Accueil"), "n’est pas le texte du document"),
    (("a", -1, 0, "", "Accueil"), "n’est pas le texte du document"),
    (("a", 0, None, "Bonjour", "Accueil"), "n’est pas le texte du document"),
])  # fmt: skip
def test_a_passage_that_is_not_in_the_project_is_refused(passage, sentence):
    with pytest.raises(DataError) as error:
        Project((ACCUEIL,), (TEXT,), (Passage(*passage),))
    assert sentence in plain(str(error.value))
