"""A coding comes in through the command, is kept privately and whole, and goes out as it was."""

import json
import re
import shutil
import sys

import pytest

from coding_files import place, qdc, qualcoder, refi, small_project, taguette
from helpers import cli, paths
from helpers.cli import verbs
from helpers.codings import model, reading, tables
from helpers.codings.model import Code, Document, Project
from helpers.data import coding_files, raw, year_checks
from helpers.schema import DataError

BOOK = "theme,libelle,definition\naccueil,Accueil,L’arrivée.\n\"eleves\",Élèves,\"Ce que l’on dit\ndes élèves.\"\nequipe,Équipe,Le collège.\njamais_vu,Jamais vu,Rien.\n"
YEAR = 2032


@pytest.fixture(autouse=True)
def root(data_root):
    """The invented project, with a book that has the codes of `small_project`, and statements that use it."""
    book = paths.reference() / "themes.csv"
    book.write_text(BOOK + "outils,Outils,x\n", encoding="utf-8", newline="")
    return data_root


def run(capsys, *given: object) -> tuple[int, str, str]:
    """Exit code, answers and complaints, on single spaces."""
    capsys.readouterr()
    code = cli.main([str(each) for each in given])
    told = capsys.readouterr()
    return code, *(re.sub(r"\s+", " ", text).strip() for text in (told.out, told.err))


def take(capsys, path, *more: object, year: int = YEAR) -> tuple[int, str, str]:
    return run(capsys, "import-coding", path, "--year", year, *more)


def folder_of(name: str):
    return paths.codings_folder(YEAR) / name


def content(folder) -> dict[str, bytes]:
    """What a folder holds, but for the log of failures."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "erreur.log")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def book() -> str:
    return (paths.reference() / "themes.csv").read_bytes().decode()


def with_code(name: str, parent: str = "", **parts: str) -> Project:
    """One document under one code."""
    document, code = Document("note", "Bonjour à tous."), Code(name, parent, **parts)
    above = (Code(parent),) if parent else ()
    return Project((*above, code), (document,), (place(document, "Bonjour", code.path, "A"),))


# --- each format -----------------------------------------------------------------------------------------------------


def ours(path, project):
    tables.write_csv(project, path)
    return path


MADE = {"codage.sqlite3": taguette, "codage.qdpx": refi, "codage.qda": qualcoder, "codage": ours}


@pytest.mark.parametrize("name", MADE)
def test_each_format_is_imported_whole(name, tmp_path, capsys):
    project = small_project()
    if name.endswith("qda"):  # there, a code that holds others has no passage
        project = Project(project.codes, project.documents, tuple(each for each in project.passages if each.code != "Accueil"))
    code, out, err = take(capsys, MADE[name](tmp_path / name, project))
    assert (code, err) == (0, "")
    assert out.startswith(f"data/raw/{YEAR}/codages/codage : 2 documents, 11 mots, 4 codes, {len(project.passages)} passages, ")
    assert out.endswith(f"Ce dossier contient des paroles : il n’entre jamais dans git, et reste sur ce poste. Puis : {paths.COMMAND} check --year {YEAR}")
    kept = coding_files.load_coding(YEAR, "codage")
    assert coding_files.codings(YEAR) == ["codage"]
    assert [(each.text, each.start, each.coder) for each in kept.passages] == [(each.text, each.start, each.coder) for each in project.passages]
    assert sorted(content(folder_of("codage"))) == ["attributs.csv", "documents.csv", "livre_de_codes.csv", "origine.json", "passages.csv"]
    assert year_checks.coding_faults(YEAR) == []


def test_what_is_not_kept_is_told_without_a_word_of_what_was_said(tmp_path, capsys):
    project = small_project()
    base = taguette(tmp_path / "a.sqlite3", project, coders=False)
    out = take(capsys, base)[1]
    assert "codeur non indiqué" in out and " - " in out
    assert "arrivent" not in out and "principal" not in out


def test_the_card_tells_the_file_and_no_path(tmp_path, capsys):
    take(capsys, refi(tmp_path / "codage.qdpx", small_project()), "--name", "Léa & Béa")
    (folder,) = paths.codings_folder(YEAR).iterdir()
    card = json.loads((folder / "origine.json").read_text(encoding="utf-8"))
    assert (card["nom"], card["fichier"], folder.name[:8]) == ("Léa & Béa", "codage.qdpx", "lea-bea-")
    assert str(tmp_path) not in (folder / "origine.json").read_text(encoding="utf-8")
    assert coding_files.load_coding(YEAR, "Léa & Béa") == coding_files.load_coding(YEAR, folder.name) == small_project()


# --- the kind of a document ----------------------------------------------------------------------------------------


def kinds(name: str = "codage") -> list[str]:
    return [each.kind for each in coding_files.load_coding(YEAR, name).documents]


def test_documents_that_do_not_say_their_kind_take_the_one_that_is_given_and_the_others_keep_theirs(tmp_path, capsys):
    project = Project(documents=(Document("a", "Un mot.", kind="synthese"), Document("b", "Deux mots."), Document("c", "Trois.")))
    out = take(capsys, ours(tmp_path / "codage", project), "--kind", "verbatim")[1]
    assert kinds() == ["synthese", "verbatim", "verbatim"]
    assert "- Nature « verbatim » donnée à 2 documents qui ne la disaient pas." in out and "relancez avec --kind" not in out
    out = take(capsys, ours(tmp_path / "dits", coding_files.load_coding(YEAR, "codage")), "--kind", "compte_rendu")[1]
    assert kinds("dits") == ["synthese", "verbatim", "verbatim"] and "Les documents disent déjà leur nature : --kind n’y change rien." in out


def test_documents_whose_kind_nobody_says_are_told_with_what_it_costs_and_the_same_file_may_be_taken_again(tmp_path, capsys):
    file = taguette(tmp_path / "codage.sqlite3", small_project())
    out = take(capsys, file)[1]
    assert kinds() == ["", ""]
    assert (
        "2 documents ne disent pas s’ils sont verbatim, compte rendu ou synthèse : ni les passages pour mille mots, ni les mots de chaque thème ne seront "
        "donnés ; si vous le savez, relancez avec --kind (verbatim, compte_rendu, synthese)."
    ) in out
    assert take(capsys, file, "--kind", "compte_rendu")[0] == 0 and kinds() == ["compte_rendu"] * 2


def test_a_kind_that_does_not_exist_is_one_sentence_that_names_them(tmp_path, root, capsys):
    before = content(root)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["import-coding", "codage.qdpx", "--year", str(YEAR), "--kind", "verbatin"])
    told = re.sub(r"\s+", " ", capsys.readouterr().err.replace("'", ""))
    assert (stopped.value.code, content(root)) == (2, before)
    assert told.startswith("--kind : choix inconnu : verbatin (au choix : verbatim, compte_rendu, synthese) Aide")
    assert verbs._KINDS == model.KINDS
    with pytest.raises(DataError, match=r"verbatin\W+n’est pas une nature de document"):
        model.with_kind(small_project(), "verbatin")


def test_a_code_book_has_no_document_to_give_a_kind_to(tmp_path, root, capsys):
    file = qdc(tmp_path / "livre.qdc", Project((Code("Accueil"),)))
    told = refused(capsys, root, "import-coding", file, "--year", YEAR, "--kind", "verbatim")
    assert told == "livre.qdc est un livre de codes, sans document ; relancez sans --kind."


# --- refusals --------------------------------------------------------------------------------------------------------


def refused(capsys, root, *given) -> str:
    """The one sentence of a refusal, which leaves everything as it was."""
    before = content(root)
    code, out, err = run(capsys, *given)
    assert (code, out, content(root)) == (2, "", before)
    return err


@pytest.mark.parametrize(("name", "bytes_", "sentence"), [
    ("absent.qdpx", None, "absent.qdpx : le fichier est introuvable ou illisible ; vérifiez le chemin."),
    ("vide.csv", b"", "vide.csv : le fichier est vide ; refaites l’export."),
    ("coupe.qdpx", b"PK\x03\x04abc", "coupe.qdpx : l’archive est tronquée ou abîmée ; enregistrez-le de nouveau depuis l’outil qui l’a fait."),
    ("rien.csv", b"code;parent;definition\n", "rien.csv ne contient ni texte, ni code ; donnez le fichier d’un codage."),
    ("entites.qdc", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entites.qdc : le fichier contient une déclaration XML interdite ; refaites l’export."),
])
def test_what_cannot_be_read_is_one_sentence(name, bytes_, sentence, tmp_path, root, capsys):
    if bytes_ is not None:
        (tmp_path / name).write_bytes(bytes_)
    assert refused(capsys, root, "import-coding", tmp_path / name, "--year", YEAR) == sentence


def test_a_year_that_nobody_prepared_is_refused(tmp_path, root, capsys):
    file = refi(tmp_path / "codage.qdpx", small_project())
    told = refused(capsys, root, "import-coding", file, "--year", 2202)
    assert told == f"data/raw/2202 n’existe pas ; préparez l’année d’abord : {paths.COMMAND} new-year 2202"


def test_a_blank_name_is_refused(tmp_path, root, capsys):
    file = refi(tmp_path / "codage.qdpx", small_project())
    assert refused(capsys, root, "import-coding", file, "--year", YEAR, "--name", "  ") == "Le nom du codage est vide ; donnez-en un (--name)."


@pytest.mark.parametrize("name", ["../x", "..", "/etc/x", "CON", "com1", "é" * 300, "a\\b", "C:x", ".cache", "x.", "🎓"])
def test_a_hostile_name_stays_in_its_folder(name, tmp_path, root, capsys):
    before = set(content(root))
    assert take(capsys, refi(tmp_path / "codage.qdpx", small_project()), "--name", name)[0] == 0
    (folder,) = paths.codings_folder(YEAR).iterdir()
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}", folder.name) and folder.name not in ("con", "com1")
    assert {each for each in set(content(root)) - before if not each.startswith(f"data/raw/{YEAR}/codages/{folder.name}/")} == set()
    assert coding_files.load_coding(YEAR, name) == small_project()


def test_git_ignores_it(tmp_path, capsys):
    from test_hygiene import ignored

    take(capsys, refi(tmp_path / "codage.qdpx", small_project()))
    made = [f"data/raw/{YEAR}/codages/codage/{name}" for name in content(folder_of("codage"))]
    assert len(made) == 5 and ignored(made) == set(made)


# --- again, and interrupted ------------------------------------------------------------------------------------------


def test_the_same_file_is_imported_again_when_it_has_more(tmp_path, capsys):
    file, project = tmp_path / "codage.qdpx", small_project()
    take(capsys, refi(file, project))
    first = content(folder_of("codage"))
    assert take(capsys, file)[0] == 0 and content(folder_of("codage")) == first
    more = Project(project.codes, project.documents, (*project.passages, place(project.documents[0], "arrivent", "Équipe", "A")))
    assert take(capsys, refi(file, more))[0] == 0
    assert coding_files.load_coding(YEAR, "codage") == more and coding_files.codings(YEAR) == ["codage"]


def test_another_file_never_takes_the_name(tmp_path, root, capsys):
    take(capsys, refi(tmp_path / "codage.qdpx", small_project()))
    (tmp_path / "lea").mkdir()
    other = refi(tmp_path / "lea" / "codage.qdpx", with_code("Accueil"))
    told = refused(capsys, root, "import-coding", other, "--year", YEAR)
    assert told == f"data/raw/{YEAR}/codages/codage est le codage d’un autre fichier (codage.qdpx) ; donnez un autre nom (--name), ou retirez ce dossier d’abord."
    assert take(capsys, other, "--name", "lea")[0] == 0 and coding_files.codings(YEAR) == ["codage", "lea"]


def test_tables_that_somebody_corrected_are_not_lost(tmp_path, root, capsys):
    file = refi(tmp_path / "codage.qdpx", small_project())
    take(capsys, file)
    table = folder_of("codage") / "passages.csv"
    table.write_bytes(table.read_bytes().replace(b"Accueil;B", b"Accueil;C"))
    told = refused(capsys, root, "import-coding", file, "--year", YEAR)
    assert told.startswith(f"Les tables de data/raw/{YEAR}/codages/codage ont été modifiées depuis leur import ; donnez un autre nom (--name)")


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("at", [1, 3, 5])
def test_an_import_that_stops_leaves_what_was_there(at, exists, tmp_path, root, capsys, monkeypatch):
    file = tmp_path / "codage.qdpx"
    if exists:
        take(capsys, refi(file, with_code("Accueil")))
    refi(file, small_project())
    before, calls = content(root), []
    written = type(tmp_path).open

    def full(path, mode="r", *given, **more):
        if "w" in mode and "codages" in path.parts:
            calls.append(path)
            if len(calls) == at:
                raise OSError(28, "plein", str(path))
        return written(path, mode, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", full)
        patch.setattr("pathlib.Path.write_bytes", lambda path, data: _write(path, data, full))
        patch.setattr("pathlib.Path.write_text", lambda path, text, **_: _write(path, text.encode(), full))
        code, _, err = take(capsys, file)
    assert (code, len(calls)) == (1, at) and err.startswith("Le disque est plein")
    assert content(root) == before and coding_files.codings(YEAR) == (["codage"] if exists else [])
    assert take(capsys, file)[0] == 0 and coding_files.load_coding(YEAR, "codage") == small_project()


def _write(path, data, opened):
    with opened(path, "wb") as file:
        return file.write(data)


def test_a_coding_that_a_killed_program_set_aside_is_put_back(tmp_path, capsys, monkeypatch):
    file = refi(tmp_path / "codage.qdpx", with_code("Accueil"))
    take(capsys, file)
    folder_of("codage").rename(folder_of(".codage.999999999.ancien"))
    shutil.copytree(folder_of(".codage.999999999.ancien"), folder_of(".codage.999999999.partiel"))
    (tmp_path / "lea").mkdir()
    code, _, err = take(capsys, refi(tmp_path / "lea" / "codage.qdpx", small_project()))
    assert code == 2 and "est le codage d’un autre fichier" in err
    assert [each.name for each in paths.codings_folder(YEAR).iterdir()] == ["codage"]
    assert coding_files.load_coding(YEAR, "codage") == with_code("Accueil")


def test_where_folders_cannot_be_exchanged_they_take_turns(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("helpers.system.exchange", lambda one, other: False)
    file = tmp_path / "codage.qdpx"
    for project in (with_code("Accueil"), small_project()):
        assert take(capsys, refi(file, project))[0] == 0
        assert coding_files.load_coding(YEAR, "codage") == project
        assert [each.name for each in paths.codings_folder(YEAR).iterdir()] == ["codage"]


# --- the code book ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "remedy"), [
    ("Équippe", "vouliez-vous « Équipe » ?"),
    ("Acceuil", "vouliez-vous « Accueil » ?"),
    ("Zzz", "corrigez-le, ou ajoutez-le au livre."),
])
def test_an_unknown_code_is_an_error_that_names_the_nearest_one(name, remedy, tmp_path, root, capsys):
    file = refi(tmp_path / "codage.qdpx", with_code(name))
    told = refused(capsys, root, "import-coding", file, "--year", YEAR)
    assert told.startswith(f"codage.qdpx : le code « {name} » n’est pas dans le livre de codes ; {remedy} Rien n’est importé.")
    assert "--add-codes" in told


@pytest.mark.parametrize("name", ["ACCUEIL", "accueil", "e\u0301quipe", "Jamais_vu", "Élèves"])
def test_a_code_is_known_by_its_code_or_its_label_case_and_accents_aside(name, tmp_path, capsys):
    before = book()
    assert take(capsys, refi(tmp_path / "codage.qdpx", with_code(name)))[0] == 0
    assert book() == before


def test_a_code_that_no_passage_has_may_be_unknown(tmp_path, capsys):
    project = with_code("Accueil")
    spare = Project((*project.codes, Code("Inconnu")), project.documents, project.passages)
    assert take(capsys, refi(tmp_path / "codage.qdpx", spare))[0] == 0


def test_added_codes_stand_at_the_end_of_the_book_with_their_parent_and_its_other_rows_as_they_were(tmp_path, capsys):
    before = book()
    project = with_code("Premier jour", "Rentrée", definition="Le jour ;\n« J »", example="paroles", changed="2021-03-02")
    code, out, err = take(capsys, ours(tmp_path / "codage", project), "--add-codes")
    assert (code, err) == (0, "")
    assert "Ajoutés à la fin de data/raw/reference/themes.csv : ligne 8 : rentree (« Rentrée ») ligne 9 : premier_jour (« Premier jour »), sous rentree" in out
    assert "À définir encore : 1 code." in out
    widened = before.replace("definition\n", "definition,parent,modifie_le\n").replace("L’arrivée.\n", "L’arrivée.,,\n")
    widened = widened.replace("élèves.\"\n", "élèves.\",,\n").replace("collège.\n", "collège.,,\n").replace("Rien.\n", "Rien.,,\n").replace("Outils,x\n", "Outils,x,,\n")
    assert book() == widened + "rentree,Rentrée,À définir.,,\npremier_jour,Premier jour,Le jour ; « J »,rentree,2021-03-02\n"
    assert "paroles" not in book() and year_checks.coding_faults(YEAR) == []
    after = book()
    assert take(capsys, tmp_path / "codage", "--add-codes")[0] == 0 and book() == after


def test_a_book_with_its_own_form_keeps_it(tmp_path, capsys):
    path = paths.reference() / "themes.csv"
    form = "\ufefflibelle;theme;definition;parent\r\nAccueil;accueil;\"L’arrivée ; ici\";\r\n\r\nOutils;outils;x;accueil"
    path.write_bytes(form.encode())
    assert take(capsys, refi(tmp_path / "codage.qdpx", with_code("Lieux", "Outils")), "--add-codes")[0] == 0
    assert book() == form + "\r\nLieux;lieux;À définir.;outils\r\n"


def test_two_labels_alike_under_two_parents_are_two_codes_and_are_found_again(tmp_path, capsys):
    document = Document("note", "Bonjour à tous.")
    codes = (Code("École"), Code("Moyens", "École"), Code("Quartier"), Code("Moyens", "Quartier"), Code("école"), Code("🎓"), Code("=1+1"))
    passages = tuple(place(document, "Bonjour", code.path) for code in codes)
    file = refi(tmp_path / "codage.qdpx", Project(codes, (document,), passages))
    out = take(capsys, file, "--add-codes")[1]
    assert "moyens (« Moyens »), sous ecole" in out and "quartier_moyens (« Quartier : Moyens »), sous quartier" in out
    assert out.count(" ligne ") == 6 and "'=1+1" in book()  # École and école are one
    assert year_checks.coding_faults(YEAR) == [] and year_checks.faults(YEAR) == []
    assert take(capsys, file)[0] == 0


def test_what_the_book_cannot_hold_stops_before_anything_is_written(tmp_path, root, capsys):
    file = refi(tmp_path / "codage.qdpx", with_code("x" * 81))
    told = refused(capsys, root, "import-coding", file, "--year", YEAR, "--add-codes")
    assert told == f"le code « {'x' * 40}… » a 81 caractères dans libelle, 80 au plus ; abrégez-le dans l’outil d’analyse."
    hidden = refi(tmp_path / "b.qdpx", with_code("Lieux", definition="droite\u202eà gauche"))
    told = refused(capsys, root, "import-coding", hidden, "--year", YEAR, "--add-codes")
    assert told.startswith("Codes non ajoutés, ils ne tiennent pas dans le livre : data/raw/reference/themes.csv, ligne 8")
    assert told.endswith("supprimez-le (code « Lieux »).")
    several = (Code("Aide"), Code("\u202eLieux"), Code("Temps"))
    document = Document("note", "Bonjour à tous.")
    marked = refi(tmp_path / "c.qdpx", Project(several, (document,), tuple(place(document, "Bonjour", code.path) for code in several)))
    assert refused(capsys, root, "import-coding", marked, "--year", YEAR, "--add-codes").endswith("supprimez-le (code « Lieux »).")


@pytest.mark.parametrize("name", ["codes.qdc", "livre_de_codes.csv"])
def test_a_code_book_completes_the_book_and_makes_no_coding(name, tmp_path, capsys):
    project = Project((Code("Accueil"), Code("Portail", "Accueil", definition="À l’entrée.")))
    if name.endswith("qdc"):
        file = qdc(tmp_path / name, project)
    else:
        file = ours(tmp_path / "livre", project) / name
    code, out, err = take(capsys, file)
    assert (code, err, coding_files.codings(YEAR)) == (0, "", [])
    assert out.startswith(f"{name} est un livre de codes :") and "ligne 8 : portail (« Portail »), sous accueil" in out
    assert book().endswith("portail,Portail,À l’entrée.,accueil\n")
    assert "Le livre de codes a déjà tous ces codes : rien n’y est changé." in take(capsys, file)[1]


@pytest.mark.parametrize(("rows", "sentence"), [
    ("b,B,x,acueil,\n", "ligne 3, colonne « parent » : « acueil » est inconnu ; vouliez-vous « accueil » ?"),
    ("b,B,x,c,\nc,C,x,b,\n", "ligne 3, colonne « parent » : « c » est au-dessous de ce code, qui serait son propre parent ; corrigez l’arbre."),
    ("b,B,x,b,\n", "ligne 3, colonne « parent » : « b » est au-dessous de ce code, qui serait son propre parent ; corrigez l’arbre."),
    ("accueil,B,x,,\n", "ligne 3, colonne « theme » : « accueil » figure déjà plus haut ; chaque valeur doit être unique."),
    ("b,accuéil,x,,\n", "ligne 3, colonne « libelle » : « accuéil » se confond avec le code « accueil », du même parent ; changez l’un des deux."),
    ("b,B,x,,hier\n", "ligne 3, colonne « modifie_le » : « hier » n’est pas une date écrite AAAA-MM-JJ ou JJ/MM/AAAA ; corrigez la valeur."),
    ("b,B,x,,2021-02-30\n", "ligne 3, colonne « modifie_le » : « 2021-02-30 » n’est pas une date"),
])
def test_a_fault_of_the_book_is_one_sentence_and_stops_an_import(rows, sentence, tmp_path, root, capsys):
    path = paths.reference() / "themes.csv"
    path.write_text(f"theme,libelle,definition,parent,modifie_le\naccueil,Accueil,x,,\n{rows}", encoding="utf-8")
    expected = f"data/raw/reference/themes.csv, {sentence}"
    told = [re.sub(r"\s+", " ", str(fault)) for fault in year_checks.faults(YEAR) if "themes.csv" in str(fault)]
    assert told[0].startswith(expected)
    file = refi(tmp_path / "codage.qdpx", with_code("Accueil"))
    assert refused(capsys, root, "import-coding", file, "--year", YEAR).startswith(expected)


def test_a_misspelt_column_of_the_book_is_told(root):
    path = paths.reference() / "themes.csv"
    path.write_text("theme,libelle,definition,parents\naccueil,Accueil,x,\n", encoding="utf-8")
    (fault,) = raw.faults_in(path, "themes")
    assert str(fault) == "data/raw/reference/themes.csv, ligne 1 : colonne « parents » inconnue ; vouliez-vous « parent » ?"


# --- out -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def coding(tmp_path, capsys) -> Project:
    """`small_project`, imported under « réunions »."""
    take(capsys, refi(tmp_path / "codage.qdpx", small_project()), "--name", "réunions")
    return small_project()


@pytest.mark.parametrize(("target", "made"), [("a.qdpx", "a.qdpx"), ("dossier", "dossier"), ("b.csv", "b"), ("C.QDPX", "C.QDPX")])
def test_what_goes_out_reads_back_equal(target, made, coding, tmp_path, capsys):
    code, out, err = run(capsys, "export-coding", "--year", YEAR, "--name", "réunions", "--to", tmp_path / target)
    assert (code, err) == (0, "") and out.startswith(f"réunions : écrit dans {tmp_path / made}")
    assert reading.read(tmp_path / made) == coding
    assert take(capsys, tmp_path / made, "--name", "retour")[0] == 0 and coding_files.load_coding(YEAR, "retour") == coding


def test_a_code_book_and_a_corpus_go_out_and_tell_what_they_leave(coding, tmp_path, capsys):
    assert run(capsys, "export-coding", "--year", YEAR, "--name", "réunions", "--to", tmp_path / "a.qdc")[0] == 0
    assert reading.read(tmp_path / "a.qdc") == Project(coding.codes)
    out = run(capsys, "export-coding", "--year", YEAR, "--name", "réunions", "--to", tmp_path / "a.txt")[1]
    assert "définitions de codes (1)" in out and "**** *document_reunion" in (tmp_path / "a.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("target", "sentence"), [
    ("projet/reports/a.qdpx", "Un codage contient des paroles et ne va jamais dans reports/ ; donnez un autre dossier."),
    ("projet/reports/2032/../x", "Un codage contient des paroles et ne va jamais dans reports/"),
    ("projet/a.txt", "Un codage contient des paroles, que git pourrait prendre ici ; donnez un dossier hors du projet."),
    ("projet/data/raw/2032/codages/x", "Un codage contient des paroles, que git pourrait"),
    ("projet/data/a.qdpx", "Un codage contient des paroles, que git pourrait"),
    ("codage.qdpx", "codage.qdpx existe déjà ; donnez un autre nom, rien n’est jamais remplacé."),
    ("a.docx", "« .docx » n’est pas un format d’export ; au choix : .qdpx, .qdc, .txt, .csv."),
    ("nulle/part/a.qdpx", "Le dossier "),
])
def test_a_coding_goes_nowhere_that_others_read(target, sentence, coding, tmp_path, root, capsys):
    (root / "reports" / "2032").mkdir(parents=True)
    before = content(tmp_path)
    code, out, err = run(capsys, "export-coding", "--year", YEAR, "--name", "réunions", "--to", tmp_path / target)
    assert (code, out, content(tmp_path)) == (2, "", before) and err.startswith(sentence)


@pytest.mark.skipif(sys.platform == "win32", reason="un lien demande des droits sous Windows")
def test_a_link_does_not_lead_into_reports(coding, tmp_path, root, capsys):
    (root / "reports").mkdir()
    (tmp_path / "lien").symlink_to(root / "reports", target_is_directory=True)
    code, _, err = run(capsys, "export-coding", "--year", YEAR, "--name", "réunions", "--to", tmp_path / "lien" / "a.qdpx")
    assert code == 2 and "ne va jamais dans reports/" in err and list((root / "reports").iterdir()) == []


def test_a_name_that_is_not_there_is_told_with_the_nearest(coding, tmp_path, capsys):
    (name,) = coding_files.codings(YEAR)
    err = run(capsys, "export-coding", "--year", YEAR, "--name", f"{name}x", "--to", tmp_path / "a.qdpx")[2]
    assert err == f"Aucun codage de {YEAR} ne s’appelle « {name}x » ; vouliez-vous « {name} » ?"
    err = run(capsys, "export-coding", "--year", 2031, "--name", "x", "--to", tmp_path / "a.qdpx")[2]
    assert err == "Aucun codage de 2031 ne s’appelle « x » ; importez-le d’abord (import-coding)."


# --- check and status ------------------------------------------------------------------------------------------------


def told_by_check(capsys) -> list[str]:
    return [re.sub(r"\s+", " ", str(fault)) for fault in year_checks.coding_faults(YEAR)]


def test_a_coding_that_was_damaged_is_told_with_the_other_faults(tmp_path, capsys):
    take(capsys, refi(tmp_path / "codage.qdpx", small_project()))
    shown, folder = f"data/raw/{YEAR}/codages/codage", folder_of("codage")
    texts, passages = ((folder / name).read_bytes() for name in ("documents.csv", "passages.csv"))
    (folder / "documents.csv").write_bytes(texts.replace("Été".encode(), "L’été".encode()))
    assert told_by_check(capsys)[0].startswith(f"{shown} : Passage non gardé, il ne correspond pas à son texte : « Réunion du 12 », positions 11 à 21")
    (folder / "documents.csv").write_bytes(texts)
    (folder / "passages.csv").write_bytes(passages.replace(b"A;\r\n", b'"A;\r\n', 1))
    assert [each.startswith(f"{shown} : passages.csv, ligne ") for each in told_by_check(capsys)] == [True]
    (folder / "passages.csv").write_bytes(passages)
    (paths.reference() / "themes.csv").write_text("theme,libelle,definition\naccueil,Accueil,x\noutils,Outils,x\nequipes,Équipes,x\neleves,Élèves,x\n", encoding="utf-8")
    assert told_by_check(capsys) == [f"{shown} : le code « Équipe » n’est pas dans le livre de codes ; vouliez-vous « Équipes » ?"]
    code, out, err = run(capsys, "check", "--year", YEAR)
    assert code == 2 and "le code « Équipe »" in err and re.search(r"^2032 : \d+ erreur", out)


def test_a_file_dropped_beside_the_codings_is_told(tmp_path, capsys):
    take(capsys, refi(tmp_path / "codage.qdpx", small_project()))
    shutil.copy(tmp_path / "codage.qdpx", folder_of("codage.qdpx"))
    assert told_by_check(capsys) == [
        f"data/raw/{YEAR}/codages/codage.qdpx n’est pas lu ; importez-le ({paths.COMMAND} import-coding FICHIER --year {YEAR}), puis retirez-le."
    ]


def test_check_and_status_show_that_a_year_has_codings(tmp_path, real_book, capsys):
    take(capsys, refi(tmp_path / "codage.qdpx", small_project()), "--add-codes")
    code, out, err = run(capsys, "check", "--year", YEAR)
    assert (code, err) == (0, "") and "Codages, en passages : 4 codage : 2 textes, 2 codeurs" in out
    assert "codages codage" in run(capsys, "status")[1]


@pytest.fixture
def real_book(root):
    """The book of the invented project, whose statements use it."""
    from conftest import MINI

    shutil.copy(MINI / "data" / "raw" / "reference" / "themes.csv", paths.reference() / "themes.csv")


def test_a_coding_is_among_the_inputs_under_names_that_tell_nothing_and_stops_the_year_once_damaged(tmp_path, real_book, capsys):
    before = raw.describe_inputs([YEAR])
    assert take(capsys, refi(tmp_path / "réunion de Zoé.qdpx", with_code("Outils")))[0] == 0
    come = [entry for entry in raw.describe_inputs([YEAR]) if entry not in before]
    assert [(entry["fichier"], entry["lignes"]) for entry in come] == [(f"codages de {YEAR}, fichier {rank}", None) for rank in (1, 2, 3, 4)]
    assert year_checks.faults(YEAR) == []
    (passages,) = paths.codings_folder(YEAR).glob("*/passages.csv")
    passages.write_bytes(b"x")
    (fault,) = year_checks.faults(YEAR)
    assert re.sub(r"\s", " ", str(fault)).startswith(f"{paths.relative(passages.parent)} : passages.csv : ")
    # The year after reads it too: its page compares the codes of both.
    shutil.copytree(paths.raw(YEAR), paths.raw(YEAR + 1), ignore=shutil.ignore_patterns("codages"))
    assert str(fault) in map(str, year_checks.faults(YEAR + 1))
