"""Coded statements: counted as they are coded, listed in the order of the code book."""

import pandas as pd

from helpers import themes

BOOK = pd.DataFrame({"theme": ["outils", "accueil", "temps"], "libelle": ["Outils", "Accueil", "Temps"]})
STATEMENTS = pd.DataFrame({
    "id": ["E01", "E02", "E03", "E04"], "ligne": [9, 5, 5, 7], "theme": ["accueil", "outils", "outils", "accueil"], "enonce": ["a", "b", "c", "d"],
    "nature": ["tension", "constat", "levier", "tension"], "acteurs": ["alses;college", "alses", "", "college ; apsn"],
})


def test_the_matrix_follows_the_code_book_and_shows_every_nature():
    found = themes.matrix(STATEMENTS, rows="theme", columns="nature", labels=BOOK)
    assert (list(found.index), list(found.columns)) == (["Outils", "Accueil"], ["constat", "tension", "levier", "recommandation"])
    assert found.to_numpy().tolist() == [[1, 0, 1, 0], [0, 2, 0, 0]]
    assert themes.matrix(STATEMENTS.head(0), rows="theme", columns="nature", labels=BOOK).empty


def test_a_statement_counts_once_for_each_of_its_actors_most_frequent_first():
    found = themes.matrix(STATEMENTS, rows="acteurs", columns="nature")
    assert list(found.sum(axis=1).items()) == [("alses", 2), ("college", 2), ("apsn", 1)]


def test_statements_are_listed_by_theme_then_line_then_id_and_none_is_lost():
    assert list(themes.listing(STATEMENTS.iloc[::-1], BOOK)["enonce"]) == ["b", "c", "d", "a"]


def test_the_tensest_theme_is_named_by_its_label():
    assert themes.most_tense(STATEMENTS, BOOK) == [{"theme": "accueil", "libelle": "Accueil"}]
    assert themes.most_tense(STATEMENTS[STATEMENTS["nature"] != "tension"], BOOK) == []
