"""Our own tables: what a person edits in a spreadsheet, alone or together."""

import pytest

from coding_files import messages, refusal, small_project
from helpers.codings import reading, tables
from helpers.codings.model import Code, Document, Passage, Project

BOOK = "code;parent;definition;inclure;exclure;exemple;modifie_le\n"
PASSAGES = "document;debut;fin;texte;code;codeur;memo\n"


def write(path, text):
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(("separator", "end", "encoding"), [(";", "\n", "utf-8"), (",", "\r\n", "utf-8"), ("\t", "\r", "utf-16")])
def test_a_code_book_typed_by_hand(separator, end, encoding, tmp_path):
    text = "definition;code;parent;couleur\nLes premiers jours;Accueil;;\n;Élèves;Accueil;\n;;;\n"
    text = text.replace(";", separator).replace("\n", end)
    (tmp_path / "livre.csv").write_bytes(text.encode(encoding))
    read = reading.read(tmp_path / "livre.csv")
    assert read == Project((Code("Accueil", definition="Les premiers jours"), Code("Élèves", "Accueil")))
    assert messages(read) == ["colonnes de livre_de_codes.csv (1)."]


def test_passages_alone_make_their_codes_and_leave_unchecked_positions(tmp_path):
    rows = "note;3;7;jour;Accueil/Élèves;A;\nnote;;;tous;Accueil;B;vu\nnote;;;x;;;\n"
    read = reading.read(write(tmp_path / "p.csv", PASSAGES + rows))
    assert [code.path for code in read.codes] == ["Accueil", "Accueil/Élèves"] and read.documents == (Document("note"),)
    jour = Passage("note", None, None, "jour", "Accueil/Élèves", "A")
    assert set(read.passages) == {jour, Passage("note", None, None, "tous", "Accueil", "B", "vu")}
    assert messages(read) == ["positions sans le texte du document pour les vérifier (1).", "passages sans code (1)."]


@pytest.mark.parametrize(("text", "sentence"), [
    (PASSAGES + "note;x;7;jour;a;;\n", "ligne 2 : une position est un nombre de caractères, depuis 0 ; corrigez « x »."),
    (PASSAGES + "\nnote;1;7;jour;a;\n", "ligne 3 : 6 cellules pour 7 titres"),
    (PASSAGES + 'note;1;7;"jour;a;;\n', "ligne 2 : un guillemet n’est pas fermé"),
    ("code;code;definition\na;b;c\n", "un titre de colonne est donné deux fois"),
    ("a;b\n1;2\n", "ses titres ne sont pas ceux d’un codage"),
    (BOOK + "a;Accueil;;;;;\n", "le code parent « Accueil » n’existe pas"),
    (BOOK + "a;;;;;;\na;;;;;;\n", "un code est donné deux fois"),
    ("document;nature;texte\na;notes;x\n", "ligne 2 : la nature « notes » n’est pas connue"),
    ("document;nature;texte\na;;x\na;;y\n", "ligne 3 : le document « a » est donné deux fois"),
])  # fmt: skip
def test_a_table_that_cannot_be_used_says_why_and_where(text, sentence, tmp_path):
    assert refusal(write(tmp_path / "p.csv", text)).startswith(f"p.csv : {sentence}")


@pytest.mark.parametrize(("name", "old", "new", "sentence"), [
    ("passages", ";Accueil/Élèves;", ";Accueil/Eleves;", "passages.csv, ligne 2 : le code « Accueil/Eleves » n’existe pas ; vouliez-vous « Accueil/Élèves » ?"),
    ("passages", "Réunion du 20", "Réunion du 21", "passages.csv, ligne 5 : le document « Réunion du 21 » n’existe pas ; vouliez-vous « Réunion du 20 » ?"),
    ("attributs", "Réunion du 12", "autre", "attributs.csv : le document « autre » n’existe pas ; ajoutez-le, ou corrigez ce nom."),
    ("attributs", "attribut;valeur", "lieu;valeur", "attributs.csv : les titres attendus sont document, attribut, valeur ; corrigez la première ligne."),
])  # fmt: skip
def test_tables_that_contradict_each_other_say_where(name, old, new, sentence, tmp_path):
    tables.write_csv(small_project(), tmp_path)
    path = tmp_path / f"{name}.csv"
    write(path, path.read_text(encoding="utf-8-sig").replace(old, new))
    assert refusal(tmp_path) == f"{tmp_path.name} : {sentence}"
