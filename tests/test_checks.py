"""Every fault that a schema cannot see: file, line, column, value, remedy."""

import pandas as pd
import pytest

from helpers import data
from helpers.schema import DataError, apply_schema

FIGURE = {
    "id": "C2032-01", "document": "Rapport", "ligne": "21", "annee": "2032", "perimetre": "alses", "indicateur": "sexe",
    "modalite": "filles", "mesure": "part", "valeur": "44", "unite": "pct", "operateur": "=", "base": "",
}
COUNT = {"mesure": "effectif", "unite": "personnes"}
TOTAL = {"indicateur": "accompagnements", "modalite": ""}
GAP = {"mesure": "ecart", "unite": "points", "valeur": "-10"}
DICTIONARY = "est inconnu ; voir docs/data-dictionary.md."
SHARE = "est impossible : une part va de 0 à 100 ; vérifiez-la dans le document."
PERSONS = "est impossible : un effectif est un nombre entier ; vérifiez-le dans le document."


def told_of_figure(changes: dict) -> list[str]:
    figures = apply_schema(pd.DataFrame([FIGURE | changes], index=[7]), "chiffres_publies")
    return [str(fault) for fault in data.table_faults("chiffres_publies", figures, year=2032)]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"annee": "2031"}, "« annee » : « 2031 » n’est pas 2032 ; rangez ce chiffre dans data/raw/2031."),
    ({"perimetre": "alse"}, "« perimetre » : « alse » est inconnu ; vouliez-vous « alses » ?"),
    ({"perimetre": "xyz"}, f"« perimetre » : « xyz » {DICTIONARY}"),
    ({"indicateur": "sex"}, "« indicateur » : « sex » est inconnu ; vouliez-vous « sexe » ?"),
    ({"indicateur": "xyz"}, f"« indicateur » : « xyz » {DICTIONARY}"),
    ({"modalite": "fille"}, "« modalite » : « fille » est inconnu ; vouliez-vous « filles » ?"),
    (TOTAL | COUNT | {"modalite": "filles"}, f"« modalite » : « filles » {DICTIONARY}"),
    ({"unite": "personnes"}, "« unite » : « personnes » ne convient pas à la mesure « part » ; attendu : pct."),
    (COUNT | {"unite": "pct"}, "« unite » : « pct » ne convient pas à la mesure « effectif » ; attendu : personnes."),
    (GAP | {"unite": "pct"}, "« unite » : « pct » ne convient pas à la mesure « ecart » ; attendu : personnes, points."),
    (TOTAL, "« mesure » : « part » est impossible : « accompagnements » n’a pas de base dans le catalogue."),
    ({"valeur": "100.5"}, f"« valeur » : « 100,5 » {SHARE}"), ({"valeur": "-1"}, f"« valeur » : « -1 » {SHARE}"),
    (COUNT | {"valeur": "16.5"}, f"« valeur » : « 16,5 » {PERSONS}"), (COUNT | {"valeur": "-3"}, "« valeur » : « -3 » est impossible : un effectif est un nombre entier, un million au plus ; vérifiez-le dans le document."),
])
def test_a_figure_that_cannot_be_used_is_told_once(changes, sentence):
    assert told_of_figure(changes) == [f"data/raw/2032/chiffres_publies.csv, ligne 7, colonne {sentence}"]


@pytest.mark.parametrize("changes", [
    {}, {"valeur": "0"}, {"valeur": "100"}, {"valeur": "44.5"}, COUNT | {"valeur": "0"}, TOTAL | COUNT, GAP, GAP | {"unite": "personnes"},
    {"indicateur": "niveau", "modalite": "4e_3e"},
    {"perimetre": "postes", "indicateur": "mois_de_debut", "modalite": "2031_10", "mesure": "effectif", "unite": "postes"},
])
def test_a_figure_that_can_be_used_has_no_fault(changes):
    assert told_of_figure(changes) == []


STATEMENT = {
    "id": "E01", "ligne": "50", "theme": "accueil", "enonce": "Une phrase.", "nature": "constat", "echelle": "alses",
    "acteurs": "alses", "associations": "", "indicateur_lie": "", "repond_a": "",
}


@pytest.mark.parametrize(("changes", "told"), [
    ({"acteurs": "alses ; enseignant"}, ["« acteurs » : « enseignant » est inconnu ; vouliez-vous « enseignants » ?"]),
    ({"acteurs": "meteo"}, [f"« acteurs » : « meteo » {DICTIONARY}"]),
    ({"acteurs": "cote_college"}, ["« acteurs » : « cote_college » est inconnu ; vouliez-vous « college » ?"]),
    ({"acteurs": ""}, []), ({"repond_a": "E02"}, []), ({"nature": "recommandation", "repond_a": "E02"}, []),
    ({"repond_a": "E20"}, ["« repond_a » : « E20 » n’est l’identifiant d’aucun énoncé ; vouliez-vous « E02 » ?"]),
    ({"repond_a": "E9999"}, ["« repond_a » : « E9999 » n’est l’identifiant d’aucun énoncé ; indiquez celui d’une tension, ou videz cette case."]),
    ({"repond_a": "E02 ; E03"}, ["« repond_a » : « E03 » est de nature « constat » ; indiquez l’identifiant d’une tension, ou videz cette case."]),
    ({"nature": "tension", "repond_a": "E02"}, [
        "« repond_a » : « E02 » est la réponse d’un énoncé de nature « tension », or seuls un levier ou une recommandation répondent ; "
        "videz cette case, ou corrigez la nature."
    ]),
])
def test_actors_and_answers_are_those_that_exist(changes, told):
    rows = [STATEMENT | {"id": "E02", "nature": "tension"}, STATEMENT | {"id": "E03"}, STATEMENT | {"nature": "levier"} | changes]
    statements = apply_schema(pd.DataFrame(rows, index=[2, 3, 4]), "enonces")
    found = data.table_faults("enonces", statements, year=2032, themes=pd.DataFrame({"theme": ["accueil"]}))
    assert [str(fault) for fault in found] == [f"data/raw/2032/enonces.csv, ligne 4, colonne {sentence}" for sentence in told]


@pytest.mark.parametrize(("changes", "told"), [
    ({"theme": "acceuil"}, "« theme » : « acceuil » est inconnu ; vouliez-vous « accueil » ?"), ({"theme": "météo"}, "« theme » : « météo » est inconnu ; ajoutez-le à reference/themes.csv."),
    ({"indicateur_lie": "postes/bureaux/oui"}, "« indicateur_lie » : « postes/bureaux/oui » est inconnu ; vouliez-vous « bureau » ?"),
    ({"indicateur_lie": "poste/bureau/oui"}, "« indicateur_lie » : « poste/bureau/oui » est inconnu ; vouliez-vous « postes » ?"),
    ({"indicateur_lie": "postes/bureau/ouii"}, "« indicateur_lie » : « postes/bureau/ouii » est inconnu ; vouliez-vous « oui » ?"),
    *(({"indicateur_lie": path}, "") for path in ("postes/bureau/oui", "alses/accompagnements/", "alses/niveau/4e_3e")),
])  # fmt: skip
def test_a_statement_outside_the_code_book_or_the_catalogue_is_told(changes, told):
    statements = apply_schema(pd.DataFrame([STATEMENT | changes], index=[4]), "enonces")
    found = data.table_faults("enonces", statements, year=2032, themes=pd.DataFrame({"theme": ["accueil"]}))
    assert [str(fault) for fault in found] == ([f"data/raw/2032/enonces.csv, ligne 4, colonne {told}"] if told else [])


def change(root, name: str, old: str, new: str) -> None:
    path = root / "data/raw" / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_good_year_has_no_fault_and_checking_writes_nothing(data_root):
    before = data.describe_inputs([2031, 2032])
    assert (data.faults(2031), data.faults(2032), data.require_usable(2032)) == ([], [], None)
    assert data.describe_inputs([2031, 2032]) == before
    assert not (data_root / "data/processed").exists()


@pytest.mark.parametrize(("start", "others"), [("44", "."), ("6", ". (et 1 autre : python3 alses.py check --year 2032)"), ("5", ". (et 2 autres : python3 alses.py check --year 2032)")])
def test_the_first_fault_stops_and_the_others_are_counted(data_root, start, others):
    change(data_root, "2032/chiffres_publies", f",part,{start}", f",part,1{start}")
    with pytest.raises(DataError) as fault:
        data.require_usable(2032)
    assert str(fault.value).partition("vérifiez-la dans le document")[2] == others


@pytest.mark.parametrize(("name", "old", "new", "told"), [
    ("2032/reunions", ",visio,", ",visioo,", "2032/reunions.csv, ligne 3, colonne « forme » : « visioo »"),
    ("2032/reunions", "Tilleuls", "Tileuls", "2032/reunions.csv, ligne 3, colonne « associations » : « Tileuls » est inconnu ; vouliez-vous « Tilleuls » ?"),
    ("2032/reunions", "2032-12-01,Visio nord", "2032-11-20,Visio nouveaux n° 2,visio,nouveaux,3,8,,45,46\n2032-12-01,Visio nord",
     "2032/reunions.csv, ligne 4, colonne « invites_du_groupe » : « 8 » contredit 9, donné plus haut pour le groupe « nouveaux » ; gardez un seul nombre."),
    ("2032/enonces", "Tilleuls", "Tileuls", "2032/enonces.csv, ligne 4, colonne « associations » : « Tileuls » est inconnu ; vouliez-vous « Tilleuls » ?"),
    ("reference/themes", "libelle", "label", "reference/themes.csv, ligne 1 : la colonne « libelle » manque"),
    ("2032/reunions", "2032-11-03", "2022-11-03", "2032/reunions.csv, ligne 3, colonne « date » : « 2022-11-03 » est loin de 2032"),
    ("2032/prises_de_poste", "oct-31", "oct-21", "2032/prises_de_poste.csv, ligne 2, colonne « date_debut » : « oct-21 » est loin de 2032"),
    ("2032/chiffres_publies", "effectif,150,", "effectif,1500000,", "2032/chiffres_publies.csv, ligne 6, colonne « valeur » : « 1500000 » est impossible"),
    ("2032/chiffres_publies", "C2032-01", "C2031-01", "2032/chiffres_publies.csv, ligne 2, colonne « id » : « C2031-01 » doit commencer par « C2032- »"),
    ("2032/chiffres_publies", "alses,sexe", "reunions,sexe", "2032/chiffres_publies.csv, ligne 8, colonne « perimetre » : « reunions » ne convient pas à « sexe » ; attendu : alses, collegiens, prevention_specialisee."),
    ("2031/chiffres_publies", "alses,sexe", "alses,sex", "2031/chiffres_publies.csv, ligne 4, colonne « indicateur » : « sex » est inconnu"),
    ("reference/alias", "association,LE GUE", "asociation,LE GUE", "reference/alias.csv, ligne 2, colonne « colonne » : « asociation » est inconnu"),
    ("reference/themes", "outils,Outils", "outils,Accueil", "reference/themes.csv, ligne 3, colonne « libelle » : « Accueil » figure déjà plus haut"),
    ("2032/enonces", "postes/bureau/non", "reunions/bureau/non", "2032/enonces.csv, ligne 4, colonne « indicateur_lie » : « reunions/bureau/non » est impossible"),
    ("2032/enonces", "Un classeur", "Un\u202eclasseur", "2032/enonces.csv, ligne 7 : un caractère invisible (U+202E)"),
])
def test_a_fault_of_any_table_is_told_before_anything_runs(data_root, name, old, new, told):
    change(data_root, name, old, new)
    assert str(data.faults(2032)[0]).startswith(f"data/raw/{told}")


@pytest.mark.parametrize("name", ["reunion.csv", "Chiffres_publies.CSV", "chiffres_publies.xlsx", "Énoncés.csv"])
def test_a_file_whose_name_is_almost_right_is_not_ignored(data_root, name):
    (data_root / "data/raw/2032" / name).write_text("x", encoding="utf-8")
    assert str(data.faults(2032)[0]).startswith(f"data/raw/2032/{name} n’est pas lu : renommez-le « ")


def test_two_colleges_of_one_name_and_town_need_an_alias(data_root):
    path = data_root / "data/raw/reference/colleges.csv"
    row = path.read_text(encoding="utf-8").splitlines()[1].replace("0999901A", "0999909Z")
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    assert "« Les Ormes (Valbois) » n’est pas au répertoire" in str(data.faults(2032)[0])
