"""Files as they come from a spreadsheet: what can be read is read the same, what cannot is told with its remedy."""

import json
import os

import openpyxl
import pandas as pd
import pytest

from helpers import data, paths
from helpers.indicators.constraints import row, table
from helpers.schema import DataError, columns

HEAD = "date,intitule,forme,groupe,participants,invites_du_groupe,associations,ligne,ligne_invites\n"
JOURNEE = "2032-03-02,Journée,presentiel,nouveaux,5,,,40,\n"
VISIO = "2032-12-01,Visio,visio,nord,7,10,Le Gué,43,44\n"
FIGURES = "id,document,ligne,annee,perimetre,indicateur,modalite,mesure,valeur,unite,operateur,base\n"
GIRLS = "C2032-01,Rapport,21,2032,alses,sexe,filles,part,44,pct,=,\n"
FILE = "data/raw/2032/reunions.csv"


def told(data_root, content: str | bytes, name: str = "reunions") -> list[str]:
    path = data_root / f"data/raw/2032/{name}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [str(fault) for fault in data.raw.faults_in(path, name)]


def refused(name: str) -> str:
    with pytest.raises(DataError) as fault:
        data.load(2032, name)
    return str(fault.value)


TABLE = HEAD + JOURNEE + VISIO


@pytest.mark.parametrize("content", [
    TABLE, TABLE.replace(",", ";"), TABLE.replace(",", "\t"), TABLE.replace("\n", "\r\n"), TABLE.encode("cp1252"), TABLE.encode("utf-8-sig"),
    TABLE.replace(",", ";").encode("mac_roman"), TABLE.replace(",", ";").encode("cp850"), TABLE.replace(",", "\t").encode("utf-16"),
    TABLE.replace("2032-12-01", "01/12/2032"), TABLE.replace(",7,", ", 7 ,").replace("date,", " date ,"), TABLE.replace("\n", ",,\n"),
    HEAD.replace("date,intitule", "intitule,date") + JOURNEE.replace("2032-03-02,Journée", "Journée,2032-03-02") + VISIO.replace("2032-12-01,Visio", "Visio,2032-12-01"),
], ids=range(13))
def test_the_same_table_in_another_dress_reads_the_same(data_root, content):
    assert told(data_root, content) == []
    read = data.read_raw(2032, "reunions")
    assert list(read.columns) == columns("reunions")
    assert list(read["date"]) == [pd.Timestamp(2032, 3, 2), pd.Timestamp(2032, 12, 1)]
    assert read[["intitule", "participants", "associations", "ligne"]].to_numpy().tolist() == [["Journée", 5, "", 40], ["Visio", 7, "Le Gué", 43]]


def test_a_decimal_comma_is_a_number(data_root):
    assert told(data_root, (FIGURES + GIRLS.replace("44", "44.5")).replace(",", ";").replace("44.5", "44,5"), "chiffres_publies") == []
    assert data.read_raw(2032, "chiffres_publies")["valeur"].tolist() == [44.5]


def test_a_file_that_changes_is_read_anew_even_within_one_tick_of_the_clock(data_root):
    path = data_root / "data/raw/2032/reunions.csv"
    assert told(data_root, TABLE) == []
    then = path.stat()
    # What a reader does to a table changes no other reading.
    read = data.read_raw(2032, "reunions")
    read.loc[2, "participants"] = 99
    assert data.read_raw(2032, "reunions")["participants"].tolist() == [5, 7]
    path.write_text(TABLE.replace(",5,", ",6,"), encoding="utf-8")
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert data.read_raw(2032, "reunions")["participants"].tolist() == [6, 7]


def test_blank_lines_and_cells_on_two_lines_count_in_line_numbers_and_blank_ones_are_no_rows(data_root):
    content = HEAD + "\n" + JOURNEE.replace("Journée", '"Journée\ndu matin"') + " ,,,,,,,,\n\n" + VISIO + "\n"
    assert told(data_root, content) == [] and list(data.read_raw(2032, "reunions").index) == [3, 7]
    assert told(data_root, content.replace(",7,", ",sept,"))[0].startswith(f"{FILE}, ligne 7, ")


DATE = "n’est pas une date écrite AAAA-MM-JJ ou JJ/MM/AAAA ; corrigez la valeur."
GROUPS = "n’est pas dans la liste (journee_nouveaux, nouveaux, nord, sud, chefs_de_service)."
WHOLE = "n’est pas un nombre entier ; corrigez la valeur."


@pytest.mark.parametrize(("content", "sentence"), [
    ("", " est vide : la première ligne doit porter les noms des colonnes."),
    ("\n" + TABLE, ", ligne 1 : cette ligne est blanche ; supprimez-la, les noms des colonnes viennent d’abord."),
    (HEAD + "\n ,,,,,,,,\n", " n’a aucune ligne sous les noms de colonnes ; complétez-la ou retirez-la."),
    (b"PK\x03\x04\0\0", ", ligne 1 : un caractère nul coupe le texte ; si c’est une table, enregistrez le fichier au format CSV UTF-8."),
    (TABLE.replace("é", "Ã©"), ", ligne 2 : des accents sont abîmés (« Ã© » pour « é ») ; remettez le fichier d’avant, ou refaites-le, et enregistrez le fichier au format CSV UTF-8."),
    (TABLE.replace("intitule", "Intitulé"), ", ligne 1 : la colonne « intitule » manque ; renommez « Intitulé »."),
    (HEAD.replace("intitule,", "") + JOURNEE.replace("Journée,", ""), ", ligne 1 : la colonne « intitule » manque ; ajoutez-la, même vide."),
    (HEAD.replace("\n", ",humeur\n") + JOURNEE.replace("\n", ",x\n"), ", ligne 1 : colonne « humeur » inconnue ; supprimez-la de ce fichier."),
    (HEAD.replace("\n", ",date\n") + JOURNEE.replace("\n", ",2032-03-02\n"), ", ligne 1 : la colonne « date » figure deux fois ; supprimez l’une des deux."),
    *((TABLE.replace(old, new), f", ligne 3, colonne {sentence}") for old, new, sentence in [
        (",7,", ",sept,", f"« participants » : « sept » {WHOLE}"), (",7,", ",17.0,", f"« participants » : « 17.0 » {WHOLE}"),
        (",7,", ",1_7,", f"« participants » : « 1_7 » {WHOLE}"), (",7,", ",٧,", f"« participants » : « ٧ » {WHOLE}"),
        (",7,", ",1 017,", "« participants » : « 1 017 » contient une espace ; écrivez 1017."),
        (",7,", ",-1,", "« participants » : « -1 » est impossible : la valeur doit être au moins 0 ; vérifiez-la dans le document."),
        (",7,", ", ,", "« participants » : la case est vide alors qu’elle est obligatoire ; complétez-la."),
        ("Visio", "v" * 151, f"« intitule » : « {'v' * 80}… » a 151 caractères, 150 au plus sont permis ; abrégez."),
        ("2032-12-01", "31/02/2032", f"« date » : « 31/02/2032 » {DATE}"), ("2032-12-01", "12/01/32", f"« date » : « 12/01/32 » {DATE}"),
        (",nord,", ",nrod,", f"« groupe » : « nrod » {GROUPS} Vouliez-vous « nord » ?"), (",nord,", ",xyz,", f"« groupe » : « xyz » {GROUPS}"),
    ]),
    (HEAD + JOURNEE + JOURNEE, ", ligne 3 : cette ligne répète une ligne précédente (date, groupe) ; gardez-en une."),
    (HEAD + JOURNEE + "2032-03-03,Visio\n", ", ligne 3 : des cases manquent en fin de ligne ; complétez la ligne."),
    (TABLE.replace(",44\n", ",44,a,b\n"), ", ligne 3 : une case de trop ; entourez de guillemets les textes qui contiennent le séparateur."),
], ids=range(24))
def test_a_file_that_cannot_be_used_is_told_once_with_the_place_the_value_and_the_remedy(data_root, content, sentence):
    assert told(data_root, content) == [f"{FILE}{sentence}"]
    with pytest.raises(DataError):
        data.read_raw(2032, "reunions")


def test_an_absent_file_is_told(data_root):
    (data_root / FILE).unlink()
    with pytest.raises(DataError, match=f"^Fichier absent : {FILE}. Déposez-le dans ce dossier, puis relancez.$"):
        data.read_raw(2032, "reunions")
    assert not data.raw.present(2032, "reunions")


def test_a_quote_left_open_swallows_no_row(data_root):
    [fault] = told(data_root, "theme,libelle,definition\naccueil,Accueil,L’arrivée.\noutils,Outils,\"Les outils.\nautre,Autre,Le reste.\n", "themes")
    assert "ligne 3 : un guillemet est mal placé ou n’est pas refermé" in fault


def test_a_table_that_was_not_received_is_empty_and_typed(data_root):
    year = data.read_year(2031)
    assert (len(year.figures), len(year.posts), len(year.meetings), len(year.statements)) == (4, 0, 0, 0)
    assert (list(year.posts.columns), year.document) == (columns("prises_de_poste"), "Rapport inventé 2032")
    assert (len(data.read_earlier_figures(2031)), len(data.read_earlier_figures(2032))) == (0, 4)


def test_a_card_is_read_with_its_bom_told_when_it_cannot_be_used_and_may_be_absent(data_root):
    card = data_root / "data/raw/2032/datapackage.json"
    card.write_text('{"sources": [{"title": "Note", "description": "APSN"}], "contexte": "grève."}', encoding="utf-8-sig")
    assert data.read_card(2032) == {"title": "Note", "source": "Note (APSN)", "contexte": "grève."}
    nameless = "data/raw/2032/datapackage.json : « sources » doit nommer un document"
    for text, fault in (("{", "n’est pas un fichier JSON en UTF-8"), ("[]", nameless), ('{"sources": [{"title": null}]}', nameless)):
        card.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=fault):
            data.read_card(2032)
    card.unlink()
    assert data.read_card(2032) == {"title": "fichiers reçus pour 2032", "source": "fichiers reçus pour 2032", "contexte": ""}


def test_an_input_is_described_by_its_bytes_and_rows(data_root):
    (data_root / FILE).write_bytes(b"a,b\n1,2\n\n3,4\n")
    [described] = [entry for entry in data.provenance({}, [2032], notebooks=["01_clean"])["entrees"] if entry["fichier"] == FILE]
    assert (described["octets"], described["lignes"]) == (13, 2)
    assert described["sha256"] == "2e06c106c3597ed0bdc843729344635d0f0fe992f767e45a0351a4fc9719fc66"


INDICATORS = table([row((2032, "alses", "sexe", "filles"), "personnes", counts=(66, 66), base=(150, 150), share=44.5, decimals=1,
                        precision="arrondi_imprime", reference="=Rapport, l. 21")])


def saved():
    return data.save_year(data.read_year(2032), {"indicateurs": INDICATORS})


def test_a_saved_table_is_read_back_as_it_was(data_root):
    assert refused("indicateurs") == "Les tables nettoyées de 2032 n’existent pas encore : exécutez d’abord 01_clean pour 2032."
    saved()
    pd.testing.assert_frame_equal(data.load(2032, "indicateurs"), INDICATORS)
    pd.testing.assert_frame_equal(data.load_earlier(None, "indicateurs"), INDICATORS.head(0))
    assert list(data.load(2032, "reunions")["participants"]) == [5, 7, 5]
    assert not list(paths.processed(2032).rglob("*.partiel"))


@pytest.mark.parametrize(("name", "content"), [("2032/reunions.csv", TABLE), ("reference/alias.csv", "x\n"), ("2032/enonces.csv", None), ("2031/enonces.csv", "id\n")])
def test_a_raw_file_changed_since_01_is_told(data_root, name, content):
    saved()
    path = data_root / "data/raw" / name
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    assert refused("indicateurs") == f"data/raw/{name} a changé depuis le nettoyage de 2032 : relancez le rapport, ou exécutez d’abord 01_clean pour 2032."


def test_an_altered_table_is_told(data_root):
    path = saved() / "indicateurs.csv"
    path.write_bytes(path.read_bytes().replace(b"66", b"67", 1))
    assert refused("indicateurs") == "data/processed/2032/indicateurs.csv manque ou a été modifié à la main : exécutez d’abord 01_clean pour 2032."


def test_a_code_book_that_a_spreadsheet_saved_still_opens_in_it_once_a_code_is_added(data_root):
    path = paths.reference() / "themes.csv"
    path.write_bytes("libelle;theme;definition\r\nAccueil;accueil;L’arrivée.\r\n".encode("cp1252"))
    assert data.add_to_book([{"theme": "eleves", "libelle": "Élèves", "definition": "x"}]) == [3]
    assert path.read_bytes().decode() == "\ufefflibelle;theme;definition\r\nAccueil;accueil;L’arrivée.\r\nÉlèves;eleves;x\r\n"


def test_the_exported_numbers_open_in_a_french_spreadsheet(data_root, tmp_path):
    saved()
    data.export_indicators([2032], tmp_path)
    head, line, end = (tmp_path / "indicateurs.csv").read_bytes().decode("utf-8").split("\r\n")
    assert (head[:19], end) == ("\ufeffannee;perimetre;si", "")
    assert line == "2032;alses;reseau;;sexe;filles;;;personnes;66;66;;150;150;;44,5;1;44,0;44,0;arrondi_imprime;imprime;'=Rapport, l. 21"


def test_a_spreadsheet_gets_numbers_a_frozen_head_and_the_meaning_of_what_it_shows(data_root, tmp_path):
    saved()
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        data.export_indicators([2032], folder)
    first, again = ((tmp_path / name / "indicateurs.xlsx").read_bytes() for name in "ab")
    assert first == again
    book = openpyxl.load_workbook(tmp_path / "a" / "indicateurs.xlsx")
    sheet = book["indicateurs"]
    shown = {head.value: cell for head, cell in zip(*sheet.iter_rows(max_row=2), strict=True)}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:V2")
    assert (shown["part_imprimee_pct"].value, shown["part_imprimee_pct"].number_format) == (44.5, '0.0" %"')
    assert (shown["reference"].value, shown["reference"].data_type) == ("=Rapport, l. 21", "s")
    meanings = {row[0]: row[1] for row in book["Définitions"].values}
    assert meanings["effectif_min"] == "Effectif, minimum"
    assert ("sexe", "filles") in {(row[0], row[3]) for row in book["Codes"].values}
    typed = pd.read_parquet(tmp_path / "a" / "indicateurs.parquet")
    pd.testing.assert_frame_equal(typed, INDICATORS, check_dtype=False)


# --- what became of the recommendations ------------------------------------------------------------------------------

RECOMMENDED = pd.DataFrame({"id": ["E1", "E2", "E3"], "nature": ["recommandation", "constat", "recommandation"], "enonce": ["a", "b", "c"]})


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"E3": "fait"}, {"E3": "fait"}), ({}, {}), ({"E2": "fait"}, "« E2 », qui n’est pas une recommandation de 2031"),
        (["E3"], "300 caractères"), ({"E3": 5}, "300 caractères"), ({"E3": "x" * 301}, "300 caractères"),
    ],
)  # fmt: skip
def test_the_card_of_a_year_tells_what_became_of_the_recommendations_of_the_year_before(data_root, told, found):
    (paths.raw(2032) / "datapackage.json").write_text(json.dumps({"suites": told}), encoding="utf-8")
    if isinstance(found, dict):
        rows = data.read_followups(2032, RECOMMENDED)
        assert dict(zip(rows["id"], rows["suite"], strict=True)) == found
    else:
        with pytest.raises(DataError, match=found):
            data.read_followups(2032, RECOMMENDED)
