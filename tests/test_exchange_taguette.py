"""Taguette: positions are bytes of the text without tags; what does not match is told, never moved."""

import html
import sqlite3

import pytest
from bs4 import BeautifulSoup

from coding_files import flat, made_project, place, small_project, taguette
from helpers.codings import reading
from helpers.codings.model import Code, Document, Passage, Project
from helpers.codings.reading import words_of
from helpers.schema import DataError

NAME = "projet.taguette"


def change(path, *statements):
    base = sqlite3.connect(path)
    for statement, values in statements:
        base.execute(statement, values)
    base.commit()
    base.close()


def test_a_project_gives_codes_texts_places_and_coders(tmp_path):
    project = flat(small_project())
    read = reading.read(taguette(tmp_path / NAME, project))
    assert read == project
    assert read.passages[0].text == "les élèves" and read.passages[0].start == read.documents[0].text.index("les élèves")
    assert read.told == ("Non gardé\u00a0: adresses électroniques d’utilisateurs (2).",)


@pytest.mark.parametrize("seed", range(30))
def test_places_are_found_behind_accents_emoji_and_decomposed_letters(seed, tmp_path):
    project = made_project(seed)
    # The browser that counts reads a carriage return as a line feed: such texts do not exist there.
    texts = {each.name: each.text.replace("\r", " ") for each in project.documents}
    documents = tuple(Document(each.name, texts[each.name]) for each in project.documents)
    placed = dict.fromkeys((each.document, each.start, each.end, each.code, each.coder) for each in project.passages)
    passages = tuple(Passage(name, start, end, texts[name][start:end], code, coder) for name, start, end, code, coder in placed)
    wanted = flat(Project(project.codes, documents, passages))
    assert reading.read(taguette(tmp_path / NAME, wanted)) == wanted


def test_positions_are_bytes_and_not_characters(tmp_path):
    text = Document("a", "ééé abc")
    path = taguette(tmp_path / NAME, Project((Code("x"),), (text,), (place(text, "abc", "x"),)))
    base = sqlite3.connect(path)
    assert base.execute("SELECT start_offset, end_offset FROM highlights").fetchall() == [(7, 10)]
    base.close()
    assert reading.read(path).passages == (Passage("a", 4, 7, "abc", "x"),)


@pytest.mark.parametrize("start", [4, 6, 1, 8, -1, 99])
def test_a_passage_that_is_not_at_its_place_is_told_and_left(start, tmp_path):
    # 1 is inside a letter of two bytes; 6 and 8 are a byte beside; 99 is past the end.
    text = Document("a", "ééé abc")
    path = taguette(tmp_path / NAME, Project((Code("x"),), (text,), (place(text, "abc", "x"),)))
    change(path, ("UPDATE highlights SET start_offset = ?, end_offset = ?", [start, start + 3]))
    read = reading.read(path)
    assert read.passages == ()
    told = f"Passage non gardé, il ne correspond pas à son texte\u00a0: «\u202fa\u202f», positions {start} à {start + 3}, code «\u202fx\u202f»."
    assert read.told[0] == told


@pytest.mark.parametrize(("start", "kept"), [(1, 0), (2, 1)])
def test_a_place_inside_a_letter_is_none_even_without_a_snippet(start, kept, tmp_path):
    text = Document("a", "ééé abc")
    path = taguette(tmp_path / NAME, Project((Code("x"),), (text,), (place(text, "abc", "x"),)))
    change(path, ("UPDATE highlights SET start_offset = ?, snippet = ''", [start]))
    assert len(reading.read(path).passages) == kept


def test_many_passages_that_do_not_match_are_counted_after_twenty(tmp_path):
    text = Document("a", "x" * 50)
    passages = tuple(Passage("a", at, at + 1, "x", "c") for at in range(30))
    path = taguette(tmp_path / NAME, Project((Code("c"),), (text,), passages))
    change(path, ("UPDATE highlights SET snippet = 'y'", []))
    told = reading.read(path).told
    assert len(told) == 22 and told[20] == "Passages non gardés, ils ne correspondent pas à leur texte\u00a0: 10 autres."


MARKUPS = [
    "<p>Tom &amp; Léa &lt;3 &nbsp;l&#8217;é&eacute;</p>\n<p>deux<br>trois</p>",
    '<ul><li>un <a href="x" title="a > b">lien</a></li></ul><img src="/static/missing.png">',
    "<table><tbody><tr><td>1</td>\n<td>2</td></tr></tbody></table>",
    "<h1>T</h1><p>a&amp;b &notin; &amp;lt;</p>",
    "texte nu",
    "",
]


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_text_is_the_one_that_a_html_parser_counts(markup):
    assert words_of(markup) == BeautifulSoup(markup, "html.parser").get_text()


def test_line_breaks_are_those_that_a_browser_sees():
    assert words_of("<p>a\r\nb\rc</p>") == "a\nb\nc"
    # It drops the first one of a block of code.
    assert words_of("<pre>\na\n</pre>\nb") == "a\n\nb"


def test_entities_are_those_of_html():
    # As html5lib, which Taguette uses, reads them; the parser of Python differs.
    assert words_of("a&ampb &notin; &nosuch; &#8217;&#x1F469; & &lt") == "a&b ∉ &nosuch; ’👩 & <"


def test_tags_inside_a_passage_do_not_count(tmp_path):
    text = Document("a", "Été : le principal arrive")
    bold = lambda words: "<p>" + html.escape(words).replace("principal", "<b>prin</b><i>cipal</i>") + "</p>"  # noqa: E731
    project = Project((Code("x"),), (text,), (place(text, "principal arrive", "x", "A"),))
    assert reading.read(taguette(tmp_path / NAME, project, markup=bold)) == project


def test_without_history_nobody_is_the_coder(tmp_path):
    project = flat(small_project())
    assert {each.coder for each in reading.read(taguette(tmp_path / NAME, project, coders=False)).passages} == {""}


def test_tags_of_the_latest_version_have_a_parent(tmp_path):
    path = taguette(tmp_path / NAME, flat(small_project()))
    change(path, ("ALTER TABLE tags ADD COLUMN parent_id INTEGER", []), ("UPDATE tags SET parent_id = 0 WHERE id = 2", []))
    assert "Accueil/Équipe" in {code.path for code in reading.read(path).codes}


def test_a_highlight_without_tag_is_told(tmp_path):
    path = taguette(tmp_path / NAME, flat(small_project()))
    change(path, ("DELETE FROM highlight_tags WHERE highlight_id = 1", []))
    read = reading.read(path)
    assert len(read.passages) == 3 and "Non gardé\u00a0: passages sans code ou sans document (1)." in read.told


def test_two_documents_of_one_name_stay_two(tmp_path):
    path = taguette(tmp_path / NAME, flat(small_project()))
    change(path, ("UPDATE documents SET name = 'note'", []))
    read = reading.read(path)
    assert [each.name for each in read.documents] == ["note", "note (2)"] and len(read.passages) == 4
    assert "Un document porte le nom d’un autre\u202f; il s’appelle ici «\u202fnote (2)\u202f»." in read.told


def test_a_base_of_several_projects_is_refused(tmp_path):
    path = taguette(tmp_path / NAME, flat(small_project()))
    change(path, ("INSERT INTO projects VALUES (2, 'autre', '', '')", []))
    with pytest.raises(DataError, match="projet.taguette.*contient 2 projets.*exportez-en un seul"):
        reading.read(path)


# --- its CSV ---------------------------------------------------------------------------------------------------------


def test_its_table_of_passages_has_no_place(tmp_path):
    path = tmp_path / "all_tags.csv"
    path.write_bytes('id,document,tag,content\r\n2,note,"interesting\\places",=diff\r\n3,note,"a/b","deux\nlignes, é"\r\n4,note,,rien\r\n'.encode())
    read = reading.read(path)
    found = [(each.start, each.text, each.code) for each in read.passages]
    assert found == [(None, "=diff", "interesting\\\\places"), (None, "deux\nlignes, é", "a\\/b")]
    assert [code.name for code in read.codes] == ["interesting\\places", "a/b"] and read.documents == (Document("note"),)
    assert len(read.told) == 2 and "Non gardé\u00a0: passages sans code (1)." in read.told


def test_a_document_without_name_gets_one(tmp_path):
    (tmp_path / "a.csv").write_text("id,document,tag,content\n1,,t,x\n2,,t,y\n", encoding="utf-8")
    read = reading.read(tmp_path / "a.csv")
    assert read.documents == (Document("(sans nom)"),) and len(read.passages) == 2


@pytest.mark.parametrize("titles", ["tag,description,number of highlights", "tag,description,number of highlights,number of documents"])
def test_its_code_book(titles, tmp_path):
    path = tmp_path / "codebook.csv"
    rest = ",1" * titles.count("number")
    path.write_text(f"{titles}\nintérêt,À revoir{rest}\ngens,{rest}\n", encoding="utf-8")
    assert reading.read(path) == Project((Code("intérêt", definition="À revoir"), Code("gens")))
    assert reading.read(path).told == ()


def test_its_code_book_with_parents(tmp_path):
    path = tmp_path / "codebook.csv"
    path.write_text("tag,parent,description,number of highlights\nb,a,x,1\na,,y,1\n", encoding="utf-8")
    assert [code.path for code in reading.read(path).codes] == ["a", "a/b"]
