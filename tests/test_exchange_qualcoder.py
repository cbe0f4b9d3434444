"""QualCoder: a folder with a database; categories and codes are one tree, positions are code points."""

from dataclasses import replace

import pytest

from coding_files import NOW, change, database, messages, place, qualcoder, refusal, small_project
from helpers.codings import reading
from helpers.codings.model import Code, Document, Project


def leaves(project: Project) -> Project:
    """The part of a project that QualCoder can hold: no passage under a category, the day of a change."""
    parents = {code.parent for code in project.codes}
    passages = tuple(each for each in project.passages if each.code not in parents)
    documents = tuple(Document(each.name, each.text, "", each.attributes) for each in project.documents)
    codes = tuple(replace(code, changed=NOW[:10], codable=code.path not in parents) for code in project.codes)
    return Project(codes, documents, passages)


SMALL = leaves(small_project())
SMALL = replace(SMALL, documents=(*SMALL.documents, Document("vide")), passages=tuple(replace(each, memo="vu") for each in SMALL.passages))


@pytest.fixture
def folder(tmp_path):
    return qualcoder(tmp_path / "étude.qda", SMALL)


def test_a_project_gives_codes_texts_positions_coders_and_memos(folder):
    read = reading.read(folder)
    assert read == SMALL == reading.read(folder / "data.qda")
    assert messages(read) == ["couleurs de codes (3)."]


def test_a_code_may_belong_to_a_code_and_have_the_name_of_a_category(folder):
    change(
        folder / "data.qda",
        "ALTER TABLE code_name ADD COLUMN supercid INTEGER",
        "UPDATE code_name SET supercid = 3 WHERE name = 'Jamais vu'",
        "UPDATE code_name SET name = 'Accueil', catid = NULL WHERE name = 'Équipe'",
    )
    codes = reading.read(folder).codes
    assert [code.path for code in codes] == ["Accueil", "Accueil/Élèves", "Accueil/Jamais vu"] and codes[0].codable


def test_what_is_not_kept_is_counted(folder):
    change(
        folder / "data.qda",
        "INSERT INTO code_image VALUES (1, 1, 1)",
        "INSERT INTO attribute VALUES (NULL, 'age', 'case', '12', 1)",
        "INSERT INTO source VALUES (9, 'photo.jpg', NULL, '/images/photo.jpg', 'mémo')",
        "UPDATE code_text SET important = 1 WHERE ctid = 1",
        "DELETE FROM source WHERE id = 2",
        "DELETE FROM code_cat",
    )
    read = reading.read(folder)
    assert len(read.documents) == 2
    assert {
        "passages d’images (1).", "attributs de cas (1).", "images, sons et vidéos (1).", "mémos de documents (1).",
        "marques « important » (1).", "parents de codes, qui manquent dans le fichier (1).",
    } <= set(messages(read))  # fmt: skip


def test_categories_that_hold_each_other_are_refused(folder):
    change(folder / "data.qda", "INSERT INTO code_cat VALUES (90, 'a', '', '', 91), (91, 'b', '', '', 90)")
    assert "leur propre parent" in refusal(folder)


RQDA = """
CREATE TABLE source (name text, id integer, file text, memo text, status integer);
CREATE TABLE freecode (name text, memo text, id integer, status integer);
CREATE TABLE treecode (cid integer, catid integer, status integer);
CREATE TABLE codecat (name text, catid integer, memo text, status integer);
CREATE TABLE coding (cid integer, fid integer, seltext text, selfirst real, selend real, status integer, owner text, memo text);
CREATE TABLE fileAttr (variable text, value text, fileID integer, status integer);
"""


def test_an_rqda_project_gives_what_it_did_not_delete(tmp_path):
    text = "\ufeffÉté : les élèves arrivent."  # R counts the mark
    rows = {
        "source": [("note", 1, text, "à relire", 1), ("jetée", 2, "x", "", 0)], "freecode": [("Élèves", "m", 1, 1), ("jeté", "", 2, 0)],
        "codecat": [("Accueil", 3, "", 1), ("Autre", 4, "", 1)], "treecode": [(1, 3, 1), (1, 4, 1)], "fileAttr": [("Réunion", "rentrée", 1, 1)],
        "coding": [(1, 1, "les élèves", 7.0, 17.0, 1, "A", "vu"), (1, 1, "arrivent", 18.0, 26.0, 1, "B", None), (1, 1, "Été", 1.0, 4.0, -1, "A", "")],
    }  # fmt: skip
    read = reading.read(database(tmp_path / "a.rqda", RQDA, rows))
    document = Document("note", text[1:], "", (("reunion", "rentrée"),))
    assert read.documents == (document,)
    assert read.codes == (Code("Accueil", codable=False), Code("Élèves", "Accueil", "m"), Code("Autre", codable=False))
    path = "Accueil/Élèves"
    assert read.passages == (place(document, "les élèves", path, "A", "vu"), place(document, "arrivent", path, "B"))
    assert {"autres catégories d’un code, qui n’en a qu’une ici (1).", "mémos de documents (1)."} <= set(messages(read))


@pytest.mark.parametrize(("name", "remedy"), [
    ("a.nvpx", "Export Project, choisissez REFI-QDA Project"), ("a.mex", "dans MAXQDA, puis exportez le projet au format REFI-QDA"),
    ("a.mx24", "MAXQDA"),
])  # fmt: skip
def test_a_file_that_only_its_tool_opens_is_refused_with_the_way_to_export_it(name, remedy, tmp_path):
    (tmp_path / name).write_bytes(b"\1\2\3")
    assert remedy in refusal(tmp_path / name)
