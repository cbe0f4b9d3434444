"""Our own tables: what a person edits in a spreadsheet, alone or together."""

import csv

import pytest

from coding_files import small_project
from helpers.codings import reading, tables
from helpers.codings.model import Code, Document, Passage, Project
from helpers.codings.tables import disarmed, rearmed
from helpers.data.published import inert
from helpers.schema import DataError

BOOK = "code;parent;definition;inclure;exclure;exemple;modifie_le\n"
PASSAGES = "document;debut;fin;texte;code;codeur;memo\n"


def write(path, text):
    path.write_bytes(text.encode())
    return path


def told(path) -> str:
    with pytest.raises(DataError) as error:
        reading.read(path)
    return str(error.value).replace("\u202f", " ").replace("\u00a0", " ")


def test_the_files_are_those_that_a_french_spreadsheet_opens(tmp_path):
    tables.write_csv(small_project(), tmp_path)
    content = (tmp_path / "passages.csv").read_bytes()
    assert content.startswith("\ufeffdocument;debut;fin;texte;code;codeur;memo\r\n".encode())
    with (tmp_path / "livre_de_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";"))[2] == ["Élèves", "Accueil", "", "", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-5", "@x", "\tx", "\rx", "\nx", "'=x", "''-x", "'", "'été", "x", "", "=", "'\n"])
def test_a_formula_is_disarmed_and_read_as_it_was(text):
    assert rearmed(disarmed(text)) == text
    assert not disarmed(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    if not text.startswith("'"):
        assert disarmed(text) == inert(text)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_code_book_alone_typed_by_hand(separator, end, tmp_path):
    text = "definition;code;parent\nLes premiers jours;Accueil;\n;Élèves;Accueil\n;;\n".replace(";", separator).replace("\n", end)
    read = reading.read(write(tmp_path / "livre.csv", text))
    assert read == Project((Code("Accueil", definition="Les premiers jours"), Code("Élèves", "Accueil")))


def test_passages_alone_make_their_codes_and_leave_unchecked_positions(tmp_path):
    read = reading.read(write(tmp_path / "p.csv", PASSAGES + "note;3;7;jour;Accueil/Élèves;A;\nnote;;;tous;Accueil;B;vu\nnote;;;x;;;\n"))
    assert [code.path for code in read.codes] == ["Accueil", "Accueil/Élèves"] and read.documents == (Document("note"),)
    assert set(read.passages) == {Passage("note", None, None, "jour", "Accueil/Élèves", "A"), Passage("note", None, None, "tous", "Accueil", "B", "vu")}
    assert [line.split("\u00a0: ")[1] for line in read.told] == ["positions sans le texte du document pour les vérifier (1).", "passages sans code (1)."]


def test_a_passage_that_is_not_at_its_place_is_told_and_left(tmp_path):
    project = small_project()
    tables.write_csv(project, tmp_path)
    text = (tmp_path / "documents.csv").read_text(encoding="utf-8")
    (tmp_path / "documents.csv").write_text(text.replace("Été", "L’été"), encoding="utf-8")
    read = reading.read(tmp_path)
    assert read.passages == project.passages[-1:] and len(read.told) == 3
    assert "positions 11 à 21, code «\u202fAccueil/Élèves\u202f»" in read.told[0] and "les élèves" not in "".join(read.told)


def test_columns_that_are_not_ours_are_counted(tmp_path):
    read = reading.read(write(tmp_path / "a.csv", "code;definition;couleur\na;b;rouge\n"))
    assert read.told == ("Non gardé\u00a0: colonnes de livre_de_codes.csv (1).",)


@pytest.mark.parametrize(("text", "sentence"), [
    (PASSAGES + "note;x;7;jour;a;;\n", "p.csv : ligne 2 : une position est un nombre de caractères, depuis 0 ; corrigez « x »."),
    (PASSAGES + "note;-1;7;jour;a;;\n", "p.csv : ligne 2 : une position est un nombre"),
    (PASSAGES + "\nnote;1;7;jour;a;\n", "p.csv : ligne 3 : 6 cellules pour 7 titres"),
    (PASSAGES + 'note;1;7;"jour;a;;\n', "p.csv : ligne 2 : un guillemet n’est pas fermé"),
    ("code;code;definition\na;b;c\n", "p.csv : un titre de colonne est donné deux fois"),
    ("a;b\n1;2\n", "p.csv : ses titres ne sont pas ceux d’un codage"),
    ("\n\n", "p.csv : ses titres ne sont pas ceux d’un codage"),
    ("", "p.csv : le fichier est vide"),
    (BOOK + "a;Accueil;;;;;\n", "p.csv : le code parent « Accueil » n’existe pas"),
    (BOOK + "a;;x\0y;;;;\n", "p.csv : le fichier contient un caractère nul"),
    ("document;nature;texte\na;notes;x\n", "p.csv : la nature de « a » n’est pas connue"),
    ("document;nature;texte\na;;x\na;;y\n", "p.csv : ligne 3 : le document « a » est donné deux fois"),
    ("tag,description\na,b\na,c\n", "p.csv : un tag est donné deux fois"),
])  # fmt: skip
def test_a_table_that_cannot_be_used_says_why_and_where(text, sentence, tmp_path):
    assert told(write(tmp_path / "p.csv", text)).startswith(sentence)


def test_an_unknown_code_or_document_is_told_with_the_nearest_and_its_line(tmp_path):
    folder = tmp_path / "codage"
    tables.write_csv(small_project(), folder)
    good = (folder / "passages.csv").read_text(encoding="utf-8-sig")
    write(folder / "passages.csv", good.replace(";Accueil/Élèves;", ";Accueil/Eleves;"))
    assert told(folder) == "codage : passages.csv, ligne 2 : le code « Accueil/Eleves » n’existe pas ; vouliez-vous « Accueil/Élèves » ?"
    write(folder / "passages.csv", good.replace("Réunion du 20", "Réunion du 21"))
    assert "passages.csv, ligne 5 : le document « Réunion du 21 » n’existe pas ; vouliez-vous « Réunion du 20 » ?" in told(folder)
    write(folder / "passages.csv", good)
    write(folder / "attributs.csv", "document;attribut;valeur\nautre;lieu;Lille\n")
    assert "attributs.csv : le document « autre » n’existe pas" in told(folder)
    write(folder / "attributs.csv", "document;lieu\nautre;Lille\n")
    assert "attributs.csv : les titres attendus sont document, attribut, valeur" in told(folder)


def test_a_table_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes((BOOK + "Élèves;;;;;;\n").encode("cp1252"))
    assert told(path) == "p.csv : le fichier n’est pas en UTF-8 (octet 58) ; enregistrez-le en UTF-8."
    path.write_bytes((BOOK + "Élèves;;;;;;\n").encode("utf-16"))
    assert reading.read(path) == Project((Code("Élèves"),))


def test_a_document_longer_than_what_the_csv_module_reads_is_kept(tmp_path):
    project = Project((), (Document("a", "é" * 200_000),))
    tables.write_csv(project, tmp_path)
    limit = csv.field_size_limit(131_072)
    try:
        assert reading.read(tmp_path) == project and csv.field_size_limit() == 131_072
    finally:
        csv.field_size_limit(limit)


def test_a_folder_of_other_things_is_refused(tmp_path):
    assert told(tmp_path).endswith("ce dossier n’est ni un projet QualCoder, ni un codage en CSV ; donnez le fichier du projet.")
