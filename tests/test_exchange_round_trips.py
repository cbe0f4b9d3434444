"""What we write reads back equal, byte for byte the same each time; IRaMuTeQ gets a corpus that it opens."""

import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from coding_files import SEEDS, made_project, messages, place, plain, small_project
from helpers.codings import reading, refi, tables
from helpers.codings.model import Code, Document, Passage, Project

PROJECTS = [made_project(seed) for seed in SEEDS]


@pytest.mark.parametrize("project", PROJECTS, ids=SEEDS)
def test_each_format_gives_the_project_back(project, tmp_path):
    # A code that passages use, or under a code, can be applied: REFI-QDA says so of each.
    codes = tuple(replace(code, codable=code.path in refi.codable_codes(project)) for code in project.codes)
    for write, name in ((tables.write_csv, "codage"), (refi.write_qdpx, "a.qdpx")):
        told = write(project, tmp_path / name)
        assert all(each.startswith("Un autre code s’appelle") for each in told)
        read = reading.read(tmp_path / name)
        assert read == (project if name == "codage" else replace(project, codes=codes)) and read.told == ()
    refi.write_qdc(project, tmp_path / "a.qdc")
    read = reading.read(tmp_path / "a.qdc")
    assert read == Project(codes) and read.told == ()


def test_a_project_is_written_as_qualcoder_reads_it(tmp_path):
    """Of its importer (3.7): a mark is a character, who codes stands on the selection, names are unique in each kind."""
    text = Document("a", "Été : les élèves.")
    codes = (
        Code("École", codable=False), Code("Tension", "École"), Code("Famille", codable=False),
        Code("Tension", "Famille"), Code("École", "Famille"),
    )  # fmt: skip
    passages = place(text, "Été", "École/Tension", "A"), place(text, "élèves", "Famille/Tension", "B")
    told = refi.write_qdpx(Project(codes, (text,), passages), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        root = ElementTree.fromstring(archive.read("project.qde"))
        (stored,) = (archive.read(name) for name in archive.namelist() if name.startswith("sources/"))
    assert stored == text.text.encode()
    users = {each.get("guid"): each.get("name") for each in root.findall(".//{*}User")}
    assert [users[each.get("creatingUser")] for each in root.findall(".//{*}PlainTextSelection")] == ["A", "B"]
    names = [(each.get("name"), each.get("isCodable")) for each in root.findall(".//{*}Code")]
    assert names == [
        ("École", "false"), ("Tension", "true"), ("Famille", "false"), ("Tension (Famille)", "true"), ("École", "true"),
    ]  # fmt: skip
    assert len(told) == 1 and "« Tension (Famille) »" in plain(told[0])


@pytest.mark.parametrize("write", [refi.write_qdpx, tables.write_iramuteq])
def test_the_same_project_is_the_same_bytes(write, tmp_path):
    for name in ("a", "b"):
        write(made_project(3), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != b""


def test_passages_without_position_stay_in_the_tables_and_are_reported_elsewhere(tmp_path):
    project = small_project()
    alone = Passage("Réunion du 20", None, None, "Bonjour", "Équipe")
    unplaced = replace(project, passages=(*project.passages, alone))
    tables.write_csv(unplaced, tmp_path / "codage")
    assert reading.read(tmp_path / "codage") == unplaced
    told = refi.write_qdpx(unplaced, tmp_path / "a.qdpx")
    assert messages(Project(told=told)) == ["passages sans position (1)."]
    assert reading.read(tmp_path / "a.qdpx") == project


def corpus_lines(project, tmp_path):
    tables.write_iramuteq(project, tmp_path / "corpus.txt")
    return (tmp_path / "corpus.txt").read_bytes().decode("utf-8").split("\n")[:-1]


def test_the_whole_corpus_is_written_once_and_reads_back(tmp_path):
    project = small_project()
    made = corpus_lines(project, tmp_path)
    assert made[0] == "**** *document_reuniondu12 *lieu_lille" and made[3] == "**** *document_reuniondu20"
    words = [word for document in project.documents for word in document.text.split()]
    assert " ".join(line for line in made if not line.startswith("****")).split() == words
    read = reading.read(tmp_path / "corpus.txt")
    assert [each.text for each in read.documents] == [each.text for each in project.documents]
    assert [each.attributes for each in read.documents] == [(("lieu", "lille"),), ()]
    assert corpus_lines(read, tmp_path) == made


@pytest.mark.parametrize("seed", SEEDS)
def test_no_text_can_open_a_variable_or_a_theme(seed, tmp_path):
    made = corpus_lines(made_project(seed), tmp_path)
    heads = [line for line in made if line.startswith("****")]
    assert all(re.fullmatch(r"\*\*\*\*( \*[a-z0-9]+_[a-z0-9]+)+", line) for line in heads)
    assert not [line for line in made if "*" in line and line not in heads]


def test_equal_names_are_numbered_and_what_has_no_name_or_value_is_left_out(tmp_path):
    attributes = (("date", ""), ("lieu", "Lille-Sud"))
    documents = Document("Été", "x y"), Document("ete", "un\ndeux *trois", attributes=attributes), Document("日本", "x")
    assert corpus_lines(Project((), documents), tmp_path) == [
        "**** *document_ete", "x y", "**** *document_ete2 *lieu_lillesud", "un", "deux trois", "**** *document_texte", "x",
    ]  # fmt: skip


def test_a_corpus_typed_for_iramuteq_gives_texts_variables_and_themes(tmp_path):
    corpus = "\ufeff**** *ent_1 *Réunion_rentrée *fiche\nBonjour.\n-*accueil\nLes élèves\narrivent.\n\n**** *ent_2\nRien.\n"
    (tmp_path / "corpus.txt").write_text(corpus, encoding="utf-8")
    read = reading.read(tmp_path / "corpus.txt")
    first = Document("texte 1", "Bonjour.\nLes élèves\narrivent.", "", (("ent", "1"), ("fiche", "oui"), ("reunion", "rentrée")))
    assert read.documents == (first, Document("texte 2", "Rien.", "", (("ent", "2"),)))
    assert [(each.text, each.code) for each in read.passages] == [("Les élèves", "accueil"), ("arrivent.", "accueil")]
