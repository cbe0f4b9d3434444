"""Taguette: positions are bytes of the text without tags; what does not match is reported, never moved."""

from dataclasses import replace

import pytest

from coding_files import SEEDS, change, made_project, messages, place, refusal, small_project, taguette, without_returns
from helpers import codings
from helpers.codings import reading, tables
from helpers.codings.model import Code, Document, Project
from helpers.codings.reading import words_of

SMALL = without_returns(small_project())


@pytest.fixture
def path(tmp_path):
    return taguette(tmp_path / "projet.taguette", SMALL)


def test_a_project_gives_codes_texts_positions_and_coders(path):
    read = reading.read(path)
    assert read == SMALL and messages(read) == ["adresses électroniques d’utilisateurs (2)."]
    change(path, "DELETE FROM commands")
    assert {each.coder for each in reading.read(path).passages} == {""}


@pytest.mark.parametrize("seed", SEEDS)
def test_positions_are_right_behind_accents_emoji_and_decomposed_letters(seed, tmp_path):
    project = without_returns(made_project(seed))
    assert reading.read(taguette(tmp_path / "a", project)) == project


@pytest.mark.parametrize("start", [1, 9, -1, 99])
def test_a_passage_is_looked_for_near_its_position_and_refused_when_it_is_not_there(start, tmp_path):
    text = Document("a", "Été : les élèves sont là.")
    path = taguette(tmp_path / "a", Project((Code("x"),), (text,), (place(text, "les élèves", "x"),)))
    change(path, f"UPDATE highlights SET start_offset = {start}, end_offset = {start + 12}")
    read = reading.read(path)
    assert read.passages == (place(text, "les élèves", "x"),) and messages(read)[0].startswith("Déplacés de ")
    change(path, "UPDATE highlights SET snippet = 'les parents'")
    assert "1 passages sur 1 ne sont pas dans leur texte" in refusal(path)


@pytest.mark.parametrize(("lost", "is_refused"), [(4, False), (5, False), (6, True)])
def test_a_file_of_which_more_than_one_passage_in_ten_is_lost_is_refused(lost, is_refused, tmp_path):
    text = Document("a", " ".join(f"mot{rank:02}" for rank in range(50)))
    passages = tuple(place(text, f"mot{rank:02}", "c") for rank in range(50))
    path = taguette(tmp_path / "a", Project((Code("c"),), (text,), passages))
    change(path, f"UPDATE highlights SET snippet = 'ailleurs' WHERE id <= {lost}")
    if is_refused:
        assert f"{lost} passages sur 50 ne sont pas dans leur texte" in refusal(path)
    else:
        told = messages(reading.read(path))
        assert sum(each.startswith("Passage non gardé") for each in told) == lost


# As html5lib, which Taguette uses, reads them.
@pytest.mark.parametrize(("markup", "text"), [
    ("<p>Tom &amp; Léa &lt;3 &nbsp;l&#8217;é&eacute;</p>\n<p>deux<br>trois</p>", "Tom & Léa <3 \u00a0l’éé\ndeuxtrois"),
    ('<ul><li>un <a href="x" title="a > b">lien</a></li></ul><img src="x.png">', "un lien"),
    ("<p>a\r\nb\rc</p>", "a\nb\nc"), ("<pre>\na\n</pre>\nb", "a\n\nb"),
    ("a&ampb &notin; &nosuch; &#x1F469; & &lt", "a&b ∉ &nosuch; 👩 & <"),
])  # fmt: skip
def test_the_text_is_the_one_that_a_browser_counts(markup, text):
    assert words_of(markup) == text


def test_a_highlight_without_tag_and_documents_of_one_name_are_reported(path):
    change(path, "DELETE FROM highlight_tags WHERE highlight_id = 1", "UPDATE documents SET name = 'note'")
    read = reading.read(path)
    assert [each.name for each in read.documents] == ["note", "note (2)"] and len(read.passages) == 3
    renamed = "Un document porte le nom d’un autre ; il s’appelle ici « note (2) »."
    assert {"passages sans code ou sans document (1).", renamed} <= set(messages(read))


def test_a_base_of_several_projects_is_refused(path):
    change(path, "INSERT INTO projects VALUES (2, 'autre', '')")
    assert "contient 2 projets ; exportez-en un seul" in refusal(path)


def test_its_table_of_passages_has_no_position_and_two_highlights_of_the_same_words_are_two(tmp_path):
    rows = '2,note,"interesting\\places",=diff\r\n3,,"a/b","deux\nlignes, é"\r\n4,note,,rien\r\n5,,"a/b","deux\nlignes, é"\r\n'
    (tmp_path / "all_tags.csv").write_bytes(f"id,document,tag,content\r\n{rows}".encode())
    read = reading.read(tmp_path / "all_tags.csv")
    assert [(each.start, each.text, each.code) for each in read.passages] == [
        (None, "=diff", "interesting\\\\places"), *[(None, "deux\nlignes, é", "a\\/b")] * 2,
    ]  # fmt: skip
    assert [code.name for code in read.codes] == ["interesting\\places", "a/b"]
    assert read.documents == (Document("note"), Document("(sans nom)"))
    assert len(read.told) == 2 and "passages sans code (1)." in messages(read)
    assert codings.code_counts(read)["extraits"].tolist() == [1, 2]
    tables.write_csv(read, tmp_path / "codage")
    assert reading.read(tmp_path / "codage") == read


def test_its_code_book_with_or_without_a_tree(tmp_path):
    path = tmp_path / "codebook.csv"
    path.write_text("tag,parent,description,number of highlights\nintérêt,gens,À revoir,1\ngens,,,1\n", encoding="utf-8")
    read = reading.read(path)
    assert read == Project((Code("gens"), Code("intérêt", "gens", "À revoir"))) and read.told == ()
    path.write_text("tag,description\nintérêt,À revoir\ngens,\n", encoding="utf-8")
    assert reading.read(path) == Project((replace(read.codes[1], parent=""), Code("gens")))
