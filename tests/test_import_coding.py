"""A coding comes in through the command, is kept privately and whole, and goes out as it was."""

import re
import shutil
import sys
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest

from coding_files import flat, ours, place, qdc, refi, small_project, taguette
from conftest import MINI
from helpers import cli, paths
from helpers.codings import tables
from helpers.codings.model import Code, Document, Project
from helpers.data import coding_files, raw, year_checks

BOOK = (
    "theme,libelle,definition\naccueil,Accueil,L’arrivée.\n\"eleves\",Élèves,\"Ce que l’on dit\ndes élèves.\"\n"
    "equipe,Équipe,Le collège.\njamais_vu,Jamais vu,Rien.\noutils,Outils,x\n"
)  # fmt: skip
YEAR = 2032
FOLDER = f"data/raw/{YEAR}/codages/codage"


@pytest.fixture(autouse=True)
def root(data_root):
    """The invented project, with a book that has the codes of `small_project`, and statements that use it."""
    (paths.reference() / "themes.csv").write_text(BOOK, encoding="utf-8", newline="")
    return data_root


@pytest.fixture
def run(capsys):
    """Runs a command: exit code, answers and complaints, on single spaces."""

    def run(*given, year=YEAR):
        capsys.readouterr()
        code = cli.main([str(each) for each in given] + (["--year", str(year)] if year else []))
        return code, *(re.sub(r"\s+", " ", text).strip() for text in capsys.readouterr())

    return run


@pytest.fixture
def take(run):
    return partial(run, "import-coding")


@pytest.fixture
def refused(take, root):
    """The one sentence of a refusal, which leaves everything as it was."""

    def refused(*given, **options):
        before = content(root)
        code, out, err = take(*given, **options)
        assert (code, out, content(root)) == (2, "", before)
        return err

    return refused


def loaded(name="codage") -> Project:
    return coding_files.load_coding(YEAR, name)


def content(folder) -> dict[str, bytes]:
    """What a folder holds, but for the log of failures."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "erreur.log")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def book() -> str:
    return (paths.reference() / "themes.csv").read_bytes().decode()


def write_book(text) -> None:
    (paths.reference() / "themes.csv").write_bytes(text.encode())


def with_codes(*codes: Code) -> Project:
    """One document under each code."""
    document = Document("note", "Bonjour à tous.")
    return Project(codes, (document,), tuple(place(document, "Bonjour", code.path, "A") for code in codes))


def test_a_file_is_imported_whole_privately_and_told(tmp_path, take):
    project = small_project()
    code, out, err = take(taguette(tmp_path / "codage.sqlite3", flat(project)), "--name", "Léa & Béa")
    (folder,) = paths.codings_folder(YEAR).iterdir()
    assert (code, err, folder.name.startswith("lea-bea-")) == (0, "", True)
    assert out.startswith(f"{paths.relative(folder)} : 2 documents, 11 mots, 4 codes, 4 passages, 2 codeurs")
    stays = "Ce dossier contient des paroles : il n’entre jamais dans git, et reste sur ce poste."
    assert out.endswith(f"{stays} Puis : {paths.COMMAND} check --year {YEAR}")
    assert "arrivent" not in out and "principal" not in out  # not a word of what was said
    record = (folder / "origine.json").read_text(encoding="utf-8")
    assert '"nom": "Léa & Béa",\n  "fichier": "codage.sqlite3"' in record and str(tmp_path) not in record
    assert loaded("Léa & Béa") == flat(project) and len(content(folder)) == 6


def test_documents_of_unknown_kind_take_the_one_that_is_given_and_the_others_keep_theirs(tmp_path, take):
    documents = Document("a", "Un mot.", kind="synthese"), Document("b", "Deux mots."), Document("c", "Trois.")
    file = ours(tmp_path / "codage", Project(documents=documents))
    assert "2 documents ne disent pas s’ils sont verbatim, compte rendu ou synthèse" in take(file)[1]
    out = take(file, "--kind", "verbatim")[1]
    assert [each.kind for each in loaded().documents] == ["synthese", "verbatim", "verbatim"]
    assert "- Nature « verbatim » donnée à 2 documents qui ne la disaient pas." in out and "relancez" not in out


def test_variables_are_known_whatever_their_case_and_the_others_are_told(tmp_path, take):
    document = Document("a", "Un mot.", attributes=(("Lieu", "Lille"), ("Réunions", "rentrée"), ("TERRITOIRE", "Nord")))
    out = take(ours(tmp_path / "codage", Project(documents=(document,))))[1]
    assert dict(loaded().documents[0].attributes) == {"Lieu": "Lille", "reunion": "rentrée", "territoire": "Nord"}
    assert "Variables gardées, que le rapport n’emploie pas : Lieu (il emploie reunion, locuteur, groupe," in out


def test_what_cannot_be_read_holds_nothing_or_has_no_place_is_one_sentence(tmp_path, refused):
    (tmp_path / "rien.csv").write_bytes(b"code;parent;definition\n")
    assert refused(tmp_path / "rien.csv") == "rien.csv ne contient ni texte, ni code ; donnez le fichier d’un codage."
    file = refi(tmp_path / "codage.qdpx", small_project())
    prepare = f"data/raw/2202 n’existe pas ; préparez l’année d’abord : {paths.COMMAND} new-year 2202"
    assert refused(file, year=2202) == prepare
    assert refused(file, "--name", "  ") == "Le nom du codage est vide ; donnez-en un (--name)."


@pytest.mark.parametrize("name", ["../x", "CON", "é" * 300, ".cache", "🎓"])
def test_a_hostile_name_stays_in_its_folder(name, tmp_path, root, take):
    before = set(content(root))
    assert take(refi(tmp_path / "codage.qdpx", small_project()), "--name", name)[0] == 0
    (folder,) = paths.codings_folder(YEAR).iterdir()
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}", folder.name) and folder.name not in ("con", "com1")
    inside = f"data/raw/{YEAR}/codages/{folder.name}/"
    assert {each for each in set(content(root)) - before if not each.startswith(inside)} == set()
    assert loaded(name) == small_project()


def test_the_same_file_is_imported_again_when_it_has_more_even_after_a_killed_program(tmp_path, take):
    file, folder, project = tmp_path / "codage.qdpx", paths.codings_folder(YEAR), small_project()
    take(refi(file, project))
    first = content(folder)
    assert take(file)[0] == 0 and content(folder) == first
    (folder / "codage").rename(folder / ".codage.999999999.ancien")
    shutil.copytree(folder / ".codage.999999999.ancien", folder / ".codage.999999999.partiel")
    more = replace(project, passages=(*project.passages, place(project.documents[0], "arrivent", "Équipe", "A")))
    assert take(refi(file, more))[0] == 0 and loaded() == more and [each.name for each in folder.iterdir()] == ["codage"]


def test_another_file_never_takes_the_name_nor_replaces_corrected_tables(tmp_path, take, refused):
    file = refi(tmp_path / "codage.qdpx", small_project())
    take(file)
    (tmp_path / "lea").mkdir()
    other = refi(tmp_path / "lea" / "codage.qdpx", with_codes(Code("Accueil")))
    remedy = "donnez un autre nom (--name), ou retirez ce dossier d’abord."
    assert refused(other) == f"{FOLDER} est le codage d’un autre fichier (codage.qdpx) ; {remedy}"
    assert take(other, "--name", "lea")[0] == 0 and coding_files.codings(YEAR) == ["codage", "lea"]
    table = paths.codings_folder(YEAR) / "codage" / "passages.csv"
    table.write_bytes(table.read_bytes().replace(b"Accueil;B", b"Accueil;C"))
    assert refused(file).startswith(f"Les tables de {FOLDER} ont été modifiées depuis leur import ; donnez un autre nom")


@pytest.mark.parametrize(("name", "remedy"), [
    ("Équippe", "vouliez-vous « Équipe » ?"),
    ("Acceuil", "vouliez-vous « Accueil » ?"),
    ("Zzz", "corrigez-le, ou ajoutez-le au livre."),
])  # fmt: skip
def test_an_unknown_code_is_told_with_the_nearest_one_and_waits_for_a_person(name, remedy, tmp_path, take):
    code, out, _ = take(refi(tmp_path / "codage.qdpx", with_codes(Code(name))))
    unknown = f"le code « {name} » n’est pas dans le livre de codes ; {remedy}"
    assert code == 0 and f"- codage.qdpx : {unknown}" in out.replace("- C", "C") and "--add-codes" in out and book() == BOOK
    assert faults() == [f"{FOLDER} : {unknown}"]
    table = paths.codings_folder(YEAR) / "codage" / "correspondance.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(f"{name};", f"{name};equipes"), encoding="utf-8")
    assert "renvoie à « equipes », que le livre de codes n’a pas" in faults()[0]
    table.write_text(table.read_text(encoding="utf-8").replace("equipes", "equipe"), encoding="utf-8")
    assert faults() == []
    take(tmp_path / "codage.qdpx")  # again: what a person wrote is kept
    assert faults() == [] and loaded().themes == {name: "equipe"}


def test_one_label_under_two_parents_is_two_codes(tmp_path, take):
    write_book(BOOK + "tension,Tension,x\n")
    text = Document("note", "Bonjour à tous.")
    codes = Code("École"), Code("Tension", "École"), Code("Famille"), Code("Tension", "Famille")
    passages = place(text, "Bonjour", "École/Tension", "A"), place(text, "tous", "Famille/Tension", "B")
    file = refi(tmp_path / "codage.qdpx", Project(codes, (text,), passages))
    assert take(file)[0] == 0 and [each.partition(" n’est pas")[0] for each in faults()] == [
        f"{FOLDER} : le code « École / Tension »", f"{FOLDER} : le code « Famille / Tension »",
    ]  # fmt: skip
    assert take(file, "--add-codes")[0] == 0 and faults() == []
    assert loaded().themes == {"École/Tension": "ecole_tension", "Famille/Tension": "famille_tension"}


def test_added_codes_stand_at_the_end_of_the_book_whose_other_rows_stay_as_they_were(tmp_path, take):
    parts = {"definition": "Le jour ;\n« J »", "example": "paroles", "changed": "2021-03-02"}
    document, codes = Document("note", "Bonjour."), (Code("Rentrée", changed="hier"), Code("Premier jour", "Rentrée", **parts))
    project = Project(codes, (document,), (place(document, "Bonjour", "Rentrée/Premier jour", "A"),))
    code, out, err = take(ours(tmp_path / "codage", project), "--add-codes", "--definitions")
    assert (code, err) == (0, "") and "À définir encore : 1 code." in out
    rows = "ligne 8 : rentree (« Rentrée ») ligne 9 : premier_jour (« Premier jour »), sous rentree"
    assert f"Ajoutés à la fin de data/raw/reference/themes.csv : {rows}" in out
    assert book().splitlines()[:2] == ["theme,libelle,definition,parent,modifie_le", "accueil,Accueil,L’arrivée.,,"]
    assert book().endswith("rentree,Rentrée,À définir.,,\npremier_jour,Premier jour,Le jour ; « J »,rentree,2021-03-02\n")
    before = book()
    assert "paroles" not in before and year_checks.coding_faults(YEAR) == []
    assert take(tmp_path / "codage", "--add-codes")[0] == 0 and book() == before


@pytest.mark.parametrize(("answer", "is_copied"), [("oui", True), ("", False), (None, False)])
def test_definitions_enter_a_file_that_git_follows_only_if_somebody_says_so(answer, is_copied, tmp_path, take, monkeypatch):
    """Who codes writes words of pupils there; without a terminal, nobody can say so."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: answer is not None)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    project = with_codes(Code("Lieux", definition="Ce qu’Inès a dit de la cour."))
    out = take(refi(tmp_path / "codage.qdpx", project), "--add-codes")[1]
    assert ("Inès" in book(), "lieux,Lieux,À définir." in book()) == (is_copied, not is_copied)
    assert ("Définitions non copiées (1)" in out) is not is_copied and ("Lieux : Ce qu’Inès" in out) is (answer is not None)


def test_what_the_book_cannot_hold_stops_before_anything_is_written(tmp_path, refused):
    codes = Code("Aide"), Code("\u202eLieux"), Code("Temps")
    told = refused(refi(tmp_path / "codage.qdpx", with_codes(*codes)), "--add-codes")
    assert told.startswith("Codes non ajoutés, ils ne tiennent pas dans le livre :") and told.endswith("supprimez-le (code « Lieux »).")


@pytest.mark.parametrize("name", ["codes.qdc", "livre_de_codes.csv", "sans texte.qdpx"])
def test_a_code_book_completes_the_book_only_if_asked_and_makes_no_coding(name, tmp_path, take, root):
    project = Project((Code("Accueil"), Code("Portail", "Accueil", definition="À l’entrée.")))
    file = ours(tmp_path / "livre", project) / name if name.endswith("csv") else (qdc if name.endswith("qdc") else refi)(tmp_path / name, project)
    before = content(root)
    code, _, err = take(file)
    assert code == 2 and f"{name} n’a pas de texte. Rien n’est écrit : pour ajouter 1 code à" in err and content(root) == before
    code, out, err = take(file, "--definitions", "--add-codes")
    assert (code, err, coding_files.codings(YEAR)) == (0, "", [])
    assert out.startswith(f"{name} est un livre de codes :") and "ligne 8 : portail (« Portail »), sous accueil" in out
    assert book().endswith("portail,Portail,À l’entrée.,accueil\n")
    assert "Le livre de codes a déjà tous ces codes : rien n’y est changé." in take(file)[1]


@pytest.mark.parametrize(("rows", "sentence"), [
    ("b,B,x,acueil,\n", "ligne 3, colonne « parent » : « acueil » est inconnu ; vouliez-vous « accueil » ?"),
    ("b,B,x,c,\nc,C,x,b,\n", "ligne 3, colonne « parent » : « c » est au-dessous de ce code, qui serait son propre parent ; corrigez l’arbre."),
    ("accueil,B,x,,\n", "ligne 3, colonne « theme » : « accueil » figure déjà plus haut ; chaque valeur doit être unique."),
    ("b,accuéil,x,,\n", "ligne 3, colonne « libelle » : « accuéil » se confond avec le code « accueil », du même parent ; changez l’un des deux."),
    ("b,B,x,,hier\n", "ligne 3, colonne « modifie_le » : « hier » n’est pas une date écrite AAAA-MM-JJ ou JJ/MM/AAAA ; corrigez la valeur."),
])  # fmt: skip
def test_a_fault_of_the_book_is_one_sentence_and_stops_an_import(rows, sentence, tmp_path, refused):
    write_book("theme,libelle,definition,parent,modifie_le\naccueil,Accueil,x,,\n" + rows)
    expected = f"data/raw/reference/themes.csv, {sentence}"
    faults = [re.sub(r"\s+", " ", str(fault)) for fault in year_checks.faults(YEAR)]
    assert next(each for each in faults if "themes.csv" in each).startswith(expected)
    assert refused(refi(tmp_path / "codage.qdpx", with_codes(Code("Accueil")))).startswith(expected)


@pytest.fixture
def export(tmp_path, take, run):
    """Exports to a path `small_project`, imported under « réunions »."""
    take(refi(tmp_path / "codage.qdpx", small_project()), "--name", "réunions")

    def export(target, name="réunions", **options):
        return run("export-coding", "--name", name, "--to", tmp_path / target, **options)

    return export


@pytest.mark.parametrize(("target", "made"), [("C.QDPX", "C.QDPX"), ("b.csv", "b")])
def test_what_goes_out_reads_back_equal(target, made, export, tmp_path, take):
    code, out, err = export(target)
    assert (code, err) == (0, "") and out.startswith(f"réunions : écrit dans {tmp_path / made}")
    assert take(tmp_path / made, "--name", "retour")[0] == 0 and loaded("retour") == small_project()


def test_a_corpus_goes_out_and_tells_what_it_leaves_and_a_wrong_name_is_told_with_the_nearest(export, tmp_path):
    assert "répéter les mots (4)" in export("a.txt")[1]
    assert "**** *document_reunion" in (tmp_path / "a.txt").read_text(encoding="utf-8")
    (name,) = coding_files.codings(YEAR)
    assert export("a.qdpx", f"{name}x")[2] == f"Aucun codage de {YEAR} ne s’appelle « {name}x » ; vouliez-vous « {name} » ?"


@pytest.mark.parametrize(("target", "sentence"), [
    ("projet/reports/a.qdpx", "Un codage contient des paroles et ne va jamais dans reports/ ; donnez un autre dossier."),
    ("projet/a.txt", "Un codage contient des paroles, que git pourrait prendre ici ; donnez un dossier hors du projet."),
    ("projet/data/raw/2032/codages/x", "Un codage contient des paroles, que git pourrait"),
    ("codage.qdpx", "codage.qdpx existe déjà ; donnez un autre nom, rien n’est jamais remplacé."),
    ("a.docx", "« .docx » n’est pas un format d’export ; au choix : .qdpx, .qdc, .txt, .csv."),
    ("nulle/part/a.qdpx", "Le dossier "),
    ("lien/a.qdpx", "Un codage contient des paroles et ne va jamais dans reports/"),
])  # fmt: skip
def test_a_coding_goes_nowhere_that_others_read(target, sentence, export, tmp_path, root):
    (root / "reports" / "2032").mkdir(parents=True)
    if "lien" in target:
        if sys.platform == "win32":
            pytest.skip("un lien demande des droits sous Windows")
        (tmp_path / "lien").symlink_to(root / "reports", target_is_directory=True)
    before = content(tmp_path)
    code, out, err = export(target)
    assert (code, out, content(tmp_path)) == (2, "", before) and err.startswith(sentence)


def faults() -> list[str]:
    return [re.sub(r"\s+", " ", str(fault)) for fault in year_checks.coding_faults(YEAR)]


def test_a_damaged_coding_and_a_file_dropped_beside_are_told_with_the_other_faults(tmp_path, take, run):
    take(refi(tmp_path / "codage.qdpx", small_project()))
    folder = paths.codings_folder(YEAR) / "codage"
    texts, passages = ((folder / name).read_bytes() for name in ("documents.csv", "passages.csv"))
    (folder / "documents.csv").write_bytes(texts.replace("les élèves".encode(), b"des gens"))
    unmatched = "Passage non gardé, il ne correspond pas à son texte : « Réunion du 12 », positions 11 à 21"
    assert faults()[0].startswith(f"{FOLDER} : {unmatched}")
    (folder / "documents.csv").write_bytes(texts)
    (folder / "passages.csv").write_bytes(passages.replace(b"A;\r\n", b'"A;\r\n', 1))
    assert [each.startswith(f"{FOLDER} : passages.csv, ligne ") for each in faults()] == [True]
    (folder / "passages.csv").write_bytes(passages)
    write_book(BOOK.replace("equipe,Équipe,", "equipes,Équipes,"))
    assert faults() == [f"{FOLDER} : le code « Équipe » renvoie à « equipe », que le livre de codes n’a pas ; corrigez correspondance.csv."]
    code, out, err = run("check")
    assert code == 2 and "le code « Équipe »" in err and re.search(r"^2032 : \d+ erreur", out)
    shutil.copy(tmp_path / "codage.qdpx", folder.with_name("b.qdpx"))
    remedy = f"importez-le ({paths.COMMAND} import-coding FICHIER --year {YEAR}), puis retirez-le."
    assert f"data/raw/{YEAR}/codages/b.qdpx n’est pas lu ; {remedy}" in faults()


def test_a_coding_is_an_input_under_a_name_that_tells_nothing_and_stops_the_year_once_damaged(tmp_path, take):
    shutil.copy(MINI / "data/raw/reference/themes.csv", paths.reference() / "themes.csv")  # the one that its statements use
    before = raw.describe_inputs([YEAR])
    assert take(refi(tmp_path / "réunion de Zoé.qdpx", with_codes(Code("Outils"))))[0] == 0
    added = [entry for entry in raw.describe_inputs([YEAR]) if entry not in before]
    names = [f"codages de {YEAR}, fichier {rank}" for rank in (1, 2, 3, 4, 5)]
    assert [(entry["fichier"], entry["lignes"]) for entry in added] == [(name, None) for name in names]
    assert year_checks.faults(YEAR) == []
    (passages,) = paths.codings_folder(YEAR).glob("*/passages.csv")
    passages.write_bytes(b"x")
    (fault,) = year_checks.faults(YEAR)
    assert re.sub(r"\s", " ", str(fault)).startswith(f"{paths.relative(passages.parent)} : passages.csv : ")
    # The year after reads it too: its page compares the codes of both.
    shutil.copytree(paths.raw(YEAR), paths.raw(YEAR + 1), ignore=shutil.ignore_patterns("codages"))
    assert str(fault) in map(str, year_checks.faults(YEAR + 1))


def test_a_quotation_in_the_private_list_never_runs_as_a_formula():
    possible = pd.DataFrame({"theme": ["accueil"], "citation": ["=1+1"], "mots": [1], "voix": [3]})
    folder = coding_files.save_coded(YEAR, possible, pd.DataFrame())
    assert "accueil;'=1+1;1;3;" in (folder / "citations_possibles.csv").read_text(encoding="utf-8-sig")


def test_an_import_that_stops_leaves_what_was_there(tmp_path, root, take, monkeypatch):
    file = refi(tmp_path / "codage.qdpx", with_codes(Code("Accueil")))
    take(file)
    refi(file, small_project())
    before = content(root)

    def full(path, *_):
        raise OSError(28, "plein", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(tables, "write_rows", full)
        code, _, err = take(file)
    assert code == 1 and err.startswith("Le disque est plein") and content(root) == before
    assert take(file)[0] == 0 and loaded() == small_project()
