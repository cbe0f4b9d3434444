"""QualCoder: a folder with a database; categories and codes are one tree, positions are code points."""

import sqlite3

import pytest

from coding_files import NOW, made_project, place, qualcoder, small_project
from helpers.codings import reading
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError


def leaves(project: Project) -> Project:
    """The part of a project that QualCoder can hold: no passage under a category, each label once, the day of a change."""
    parents = {code.parent for code in project.codes}
    passages = tuple(each for each in project.passages if each.code not in parents)
    documents = tuple(Document(each.name, each.text, "", each.attributes) for each in project.documents)
    codes = tuple(Code(code.name, code.parent, code.definition, changed=NOW[:10]) for code in project.codes)
    return Project(codes, documents, passages)


def change(folder, *statements):
    base = sqlite3.connect(folder / "data.qda")
    for statement, *values in statements:
        base.execute(statement, values)
    base.commit()
    base.close()


def test_a_project_gives_codes_texts_places_and_coders(tmp_path):
    project = leaves(small_project())
    read = reading.read(qualcoder(tmp_path / "étude.qda", project))
    assert read == project and [code.path for code in read.codes] == ["Accueil", "Accueil/Élèves", "Équipe", "Jamais vu"]
    assert read.documents[0].attributes == (("lieu", "Lille"),)
    assert read.told == ("Non gardé\u00a0: couleurs de codes (3).",)


@pytest.mark.parametrize("seed", range(30))
def test_places_are_found_behind_accents_emoji_and_line_ends(seed, tmp_path):
    project = made_project(seed)
    codes = tuple(Code(f"code {number}", "famille", changed=NOW[:10]) for number in range(3)) + (Code("famille", changed=NOW[:10]),)
    documents = tuple(Document(each.name, each.text) for each in project.documents)
    # One row a place, a code and a coder: two memos there are one passage.
    once = {(each.document, each.start, each.end, each.coder): each for each in project.passages}
    passages = tuple(Passage(*key[:3], each.text, f"famille/code {len(each.text) % 3}", each.coder, each.memo) for key, each in once.items())
    wanted = Project(codes, documents, passages)
    assert reading.read(qualcoder(tmp_path / "a.qda", wanted)) == wanted


def test_the_base_alone_is_read_too(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", leaves(small_project()))
    assert reading.read(folder / "data.qda") == reading.read(folder)


def test_a_code_may_hang_from_a_code(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", leaves(small_project()))
    change(folder, ("ALTER TABLE code_name ADD COLUMN supercid INTEGER",), ("UPDATE code_name SET supercid = 3 WHERE name = 'Jamais vu'",))
    assert "Équipe/Jamais vu" in {code.path for code in reading.read(folder).codes}


def test_a_category_and_a_code_of_one_name_stay_two(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", leaves(small_project()))
    change(folder, ("UPDATE code_name SET name = 'Accueil', catid = NULL WHERE name = 'Équipe'",))
    assert [code.path for code in reading.read(folder).codes] == ["Accueil", "Accueil/Élèves", "Accueil (2)", "Jamais vu"]


def test_a_passage_that_is_not_at_its_place_is_told_and_left(tmp_path):
    text = Document("a", "👩🏽‍🏫 abc, puis la suite")
    folder = qualcoder(tmp_path / "a.qda", Project((Code("x"),), (text,), (place(text, "abc", "x"),)))
    # As an editor that counts in UTF-16 would place it.
    change(folder, ("UPDATE code_text SET pos0 = pos0 + 3, pos1 = pos1 + 3",))
    read = reading.read(folder)
    assert read.passages == () and "positions 8 à 11, code «\u202fx\u202f»" in read.told[0]


def test_what_is_not_kept_is_counted(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", leaves(small_project()))
    change(
        folder,
        ("INSERT INTO code_image VALUES (1, 1, 0, 0, 1, 1, 2, '', '', 'A', NULL)",),
        ("INSERT INTO code_av VALUES (1, 1, 0, 1, 2, '', '', 'A', NULL)",),
        ("INSERT INTO annotation VALUES (1, 1, 0, 1, 'm', 'A', '')",),
        ("INSERT INTO cases VALUES (1, 'cas', '', 'A', '')",),
        ("INSERT INTO attribute VALUES (NULL, 'age', 'case', '12', 1, '', 'A')",),
        ("INSERT INTO journal VALUES (1, 'j', 'x', '', 'A')",),
        ("INSERT INTO source VALUES (9, 'photo.jpg', NULL, '/images/photo.jpg', 'mémo', 'A', '', NULL, NULL)",),
        ("UPDATE code_text SET important = 1 WHERE ctid = 1",),
    )
    told = {line.removeprefix("Non gardé\u00a0: ") for line in reading.read(folder).told}
    kinds = ["passages d’images", "passages de sons ou de vidéos", "annotations", "cas", "attributs de cas", "pages de journal"]
    assert {f"{kind} (1)." for kind in [*kinds, "images, sons et vidéos", "mémos de documents", "marques «\u202fimportant\u202f»"]} <= told


def test_passages_of_a_missing_text_or_code_are_counted(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", leaves(small_project()))
    change(folder, ("DELETE FROM source WHERE id = 2",), ("DELETE FROM code_cat",))
    read = reading.read(folder)
    assert len(read.documents) == 1 and "Non gardé\u00a0: parents de codes, qui manquent dans le fichier (1)." in read.told


def test_categories_that_hold_each_other_are_refused(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", leaves(small_project()))
    change(folder, ("INSERT INTO code_cat VALUES (90, 'a', 'A', '', '', 91)",), ("INSERT INTO code_cat VALUES (91, 'b', 'A', '', '', 90)",))
    with pytest.raises(DataError, match="a.qda.*leur propre parent"):
        reading.read(folder)


def test_a_folder_without_the_base_is_refused(tmp_path):
    (tmp_path / "vide.qda").mkdir()
    with pytest.raises(DataError, match="vide.qda.*ni un projet QualCoder"):
        reading.read(tmp_path / "vide.qda")
