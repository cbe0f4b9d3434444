"""An export is checked with its year: every fault at once, then what became of its rows."""

import json

import pytest

from conftest import ALL
from helpers import cli, data, indicators
from helpers.text import formats
from small_export import export_text, write_export


def told(year: int = 2033) -> list[str]:
    return [str(fault) for fault in data.faults(year)]


def command(capsys, *options: str) -> tuple[int, str, str]:
    code = cli.main(["check", "--year", "2033", *options])
    shown = capsys.readouterr()
    return code, *(text.replace("\u202f", " ").replace("\u00a0", " ") for text in (shown.out, shown.err))


def test_a_good_export_has_no_fault_and_checking_writes_nothing(data_root):
    path = write_export(data_root)
    assert (told(), data.require_usable(2033)) == ([], None)
    assert [each.name for each in path.parent.iterdir()] == ["accompagnements.csv"]
    assert not (data_root / "data/processed").exists()


def test_the_faults_of_reading_come_with_those_of_the_tables(data_root):
    write_export(data_root, year=2032).write_bytes(b"")
    path = data_root / "data/raw/2032/reunions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",visio,", ",visioo,", 1), encoding="utf-8")
    found = told(2032)
    assert ["reunions.csv" in fault for fault in found] == [False, True]
    assert "accompagnements.csv" in found[0] and "est vide" in found[0]


def test_an_expected_association_without_a_row_is_a_fault(data_root):
    path = write_export(data_root)
    card = {"sources": [{"title": "Export"}], "associations_attendues": ["LE GUÉ", "Tilleuls"]}
    (path.parent / "datapackage.json").write_text(json.dumps(card), encoding="utf-8")
    assert told() == [
        "data/raw/2033/datapackage.json attend l’association « Tilleuls », et l’export n’en a aucune ligne : ajoutez son fichier, "
        "ou retirez-la de « associations_attendues »."
    ]


def test_answers_too_few_to_be_asked_for_are_counted_beside_their_figure(data_root):
    known = [{"niveau": each} for each in ("6e", "5e", "4e", "3e")] * 50
    write_export(data_root, *known, *[{"niveau": "CE9"}] * 3)
    assert told() == []
    counts = indicators.count_persons(data.read_export(2033).cleaned.persons, source="export", reference="export")
    bases = [formats.plain(formats.say_bases([], indicators.Facts(counts, year=2033).reponses(name))) for name in ("niveau", "sexe")]
    assert bases == ["réponses non comprises\u00a0: 3", ""]


# --- the command -----------------------------------------------------------------------------------------------------


def test_check_says_what_became_of_the_rows(data_root, capsys):
    girls = [{"sexe": "F"}] * 40
    write_export(data_root, *girls, *[{}] * 140, name="accompagnements_a.csv")
    # A person in two files is no fault.
    write_export(data_root, *({"identifiant": f"Q{rank}"} for rank in range(20)), {"identifiant": "P000", "sexe": "F"}, name="accompagnements_b.csv")
    code, out, err = command(capsys)
    assert (code, err) == (0, "")
    assert out.startswith("2033 : les fichiers sont utilisables.\nExport : 201 lignes lues, 200 gardées, 1 rejetée.\nLignes rejetées :\n")
    assert "\n           1  personne présente plusieurs fois, réponses identiques" in out
    assert "en cases : « sexe » 40" in " ".join(out.split())


def test_check_names_the_printed_figures_that_do_not_come_out_again(data_root, capsys):
    write_export(data_root)
    figures = "id,document,ligne,annee,perimetre,indicateur,modalite,mesure,valeur,unite,operateur,base\n"
    rows = "C2033-01,Note,3,2033,alses,accompagnements,,effectif,12,personnes,=,\nC2033-02,Note,4,2033,alses,sexe,filles,part,40,pct,=,\n"
    (data_root / "data/raw/2033/chiffres_publies.csv").write_text(figures + rows, encoding="utf-8")
    code, out, _ = command(capsys)
    assert (code, "C2033-01" in out) == (0, False)
    assert "\nChiffres imprimés que l’export ne retrouve pas :\n    C2033-02  imprimé 40, recompté 100 : " in out


def test_check_accepts_a_changed_export_once_it_has_no_other_fault(data_root, capsys):
    write_export(data_root)
    data.freeze_exports(2033, {})
    path = write_export(data_root, *[{}] * 13)
    code, _, err = command(capsys)
    assert (code, err.count("n’est plus tel qu’il a été reçu")) == (2, 1)
    code, out, err = command(capsys, "--accept")
    assert (code, err) == (0, "")
    assert out.endswith("L’export de 2033 est enregistré tel qu’il est.\n")
    card = data.read_export_card(2033)
    assert (command(capsys)[0], card["accompagnements.csv"]["rows"]) == (0, 13)
    path.write_bytes(b"")
    assert (command(capsys, "--accept")[0], data.read_export_card(2033)) == (2, card)


FILE, CSV = "data/raw/2033/accompagnements", export_text(*[{}] * 12).encode()
WRONG = {
    "a folder": ({"accompagnements.csv": CSV, "accompagnements 2.csv/Lille.csv": b""}, f"{FILE} 2.csv est un dossier, il n’est pas lu : sortez-en les fichiers de l’export, ou retirez-le."),
    "in a folder": ({"accompagnements.csv": CSV, "Zay/1/Lille.csv": CSV, "Zay/x.txt": b"x", "comptes_rendus/accompagnements.txt": b"x"}, "data/raw/2033/Zay est un dossier, il n’est pas lu : sortez-en les fichiers de l’export (« 1/Lille.csv »), ou retirez-le."),
    "another name": ({"accompagnements.csv": CSV, "Copie de accompagnements.xlsx": b""}, "data/raw/2033/Copie de accompagnements.xlsx n’est pas lu : faites commencer son nom par « accompagnements », ou retirez-le."),
    "an export under another name": ({"accompagnements.csv": CSV, "Export CAPEP 2033.csv": CSV}, "data/raw/2033/Export CAPEP 2033.csv n’est pas lu : faites commencer son nom par « accompagnements », ou retirez-le."),
    "one endless line": ({"accompagnements.csv": b"x" * (50 << 20 if ALL else 5 << 20)}, f"{FILE}.csv : aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_one_sentence_and_code_2(data_root, capsys, kind):
    files, sentence = WRONG[kind]
    for name, content in files.items():
        path = data_root / "data/raw/2033" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    code, out, err = command(capsys)
    assert (code, err) == (2, f"{sentence}\n") and out.startswith("2033 : 1 erreur.\n")
    assert not (data_root / "reports").exists()


# --- where the rejected rows are -------------------------------------------------------------------------------------

REJECTED = "data/processed/2033/prive/quarantaine.csv"


def write_rejected(root, count: int) -> None:
    write_export(root, *[{}] * 12, *[{"annee": "2032"}] * count)


@pytest.mark.parametrize(("count", "verb", "code"), [(1, "check", 0), (250, "run", 2), (250, "check", 2)])
def test_rejected_rows_are_kept_aside_and_the_place_is_told(data_root, capsys, count, verb, code):
    write_rejected(data_root, count)
    assert cli.main([verb, "--year", "2033"]) == code
    shown = "".join(capsys.readouterr())
    assert ("dont rien n’est compté : « territoire », « uai », « annee_naissance », « date_debut », « date_fin », « orienteur »." in " ".join(shown.split())) == (code == 0)
    assert REJECTED in shown and ("250 lignes sur 262 ne peuvent pas être comptées" in shown.replace("\u202f", " ").replace("\u00a0", " ")) == (code == 2)
    assert (f"\n{count:>12}  ligne d’une autre année" in shown) == (verb == "check")
    assert (data_root / REJECTED).read_text(encoding="utf-8-sig").count(";2032;") == count
    assert [path.name for path in (data_root / REJECTED).parent.iterdir()] == ["quarantaine.csv"]


def test_a_protected_folder_hides_no_fault(data_root, capsys, monkeypatch):
    def refuse(cleaned):
        raise PermissionError(13, "refusé")

    monkeypatch.setattr("helpers.data.private.save_rejected", refuse)
    write_rejected(data_root, 250)
    code, out, err = command(capsys)
    assert code == 2 and "250 lignes sur 262" in err and "quarantaine.csv" not in out + err


def test_check_counts_of_titles_only_those_of_the_missing_columns_as_what_stops_the_year(data_root, capsys):
    path = write_export(data_root)
    path.write_text(path.read_text(encoding="utf-8").replace("suivi_par;situation", "Mémo;Professionnel", 1), encoding="utf-8")
    assert "dont des titres de colonnes et 2 autres sans quoi" in " ".join(command(capsys)[1].split())


def test_check_asks_for_what_it_did_not_read_adopts_it_and_shares_it_only_when_asked(data_root, capsys):
    rows = [{"origine": "collegge", "association": "Chez Zoé"}] * 6
    path = write_export(data_root, *rows, *[{}] * 30)
    code, out, err = command(capsys)
    assert code == 2 and "« collegge » (6 fois)" in err and err.endswith("(6 personnes)\n")
    assert "\n2 écritures à expliquer, dans data/raw/2033/a_completer.csv, dont 1 sans quoi" in out and "Zoé" not in out + err
    asked = path.parent / "a_completer.csv"
    text = asked.read_text(encoding="utf-8-sig").replace("collegge;;", "collegge;Orientation par le collège;").replace("Chez Zoé;;", "Chez Zoé;Tilleuls;")
    asked.write_bytes(text.encode("cp1252"))
    code, out, err = command(capsys, "--adopt")
    assert (code, err, asked.exists()) == (0, "", False)
    assert "« collegge » se lit « college (" in out and "colonne « association » : 1, sans être montrés ici" in out and "Zoé" not in out
    persons = data.read_export(2033).cleaned.persons.table
    assert persons["origine"].eq("college").all() and persons["association"].value_counts().to_dict() == {"Le Gué": 30, "Tilleuls": 6}
    references = data_root / "data/raw/reference"
    assert "collegge" not in (references / "modalites.csv").read_text(encoding="utf-8")
    code, out, _ = command(capsys, "--adopt", "--shared")
    assert code == 0 and out.index("modalites.csv : origine, graphie, collegge, college") < out.index("C’est fait")
    assert "association,Chez Zoé,Tilleuls," in (references / "alias.csv").read_text(encoding="utf-8")
