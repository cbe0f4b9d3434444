"""What a cell of the export means: closed lists, several answers, dates, years, UAI, names."""

import pandas as pd
import pytest

from helpers import clean, data, schema
from helpers.clean import records
from helpers.clean.answers import key_of, normalise
from received_persons import ROW, cleaned, reasons, received, registers, rows, rules, values


def read(column: str, *texts: str) -> list[str]:
    """What each text gives in a column, each among rows enough for the whole to be usable."""
    return values(cleaned(rows(*({column: text} for text in texts))), column)


# --- closed lists (cases 11 to 14, 44, 51, 52 of the catalogue of bad input) ----------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "texts"),
    [
        ("sexe", "filles", "F,f,Fille,FILLES,féminin,Féminin,femme,Mme, f ,fille\u00a0"),
        ("sexe", "garcons", "M,H,G,garçon,Garc\u0327on,GARÇONS,masculin,Masc.,homme"),
        ("niveau", "6e", "6e,6ème,6è,6EME,6,VI,VIe,sixième,6E1,6e 2,6°3,6ᵉ,6ème A,6 EME B,601,61,6e bilangue,Sixième B,classe de 6ème"),
        ("niveau", "5e", "5e,5ème,V,cinquième,5E2,5 EME B,503"),
        ("niveau", "4e", "4e,4EME,IV,quatrième,4e4,4A"),
        ("niveau", "3e", "3e,3ème,III,troisième,3 EME B,3ème prépa métiers,3e Europe"),
        ("niveau", "autre", "SEGPA,6e SEGPA,3ème Segpa,ULIS,5e ULIS,UPE2A,UPE 2A,ulis collège,CLIN,6segpa"),
        ("niveau", "hors_college", "CM2,CM1,cp,2nde,2de,seconde,1ère,première,Tle,terminale,1re STMG,lycée,CAP,déscolarisé,hors du collège,apprenti"),
        ("nouvel_accompagnement", "oui", "oui,OUI,O,o,1,x,X,vrai,VRAI,true,Oui ,nouveau"),
        ("nouvel_accompagnement", "non", "non,Non,N,0,faux,FALSE,ancien"),
        ("parents_associes", "oui", "oui,O,1,x,associés"),
        ("parents_associes", "non", "non,N,0,non associés"),
        ("suivi_par", "alses", "alses,ALSES,un ALSES,Alses ,éducateur ALSES,ALSES du collège"),
        ("suivi_par", "autre_educateur", "autre éducateur,Autre Éducateur,éducateur de rue,hors ALSES,éducateur spécialisé"),
        ("situation", "collegien", "collégien,Collégienne,COLLEGIENS,collégien(ne),au collège"),
        ("situation", "lyceen", "lycéen,lycéenne,Lycée,lycée professionnel"),
        ("situation", "autre", "autre,Autres,déscolarisé,apprenti,étudiante,sans emploi"),
        ("origine", "college", "college,Collège,orientation par le collège,CPE"),
        ("origine", "travail_de_rue", "travail de rue,Travail-de-rue,TDR,présence sociale"),
        ("origine", "bouche_a_oreille", "bouche à oreille,Bouche-à-oreille,BAO,pairs"),
        ("origine", "demarche_personnelle", "démarche personnelle,lui-même"),
        ("origine", "famille", "famille,parents,mère"),
        ("origine", "autre", "autre,Autre : voisin"),
        ("orienteur", "direction_vie_scolaire", "Direction,CPE,C.P.E.,principal,Principale adjointe,vie scolaire,Direction/vie scolaire"),
        ("orienteur", "enseignants", "prof,PP,prof principal,Professeur principal,enseignante,prof d’EPS"),
        ("orienteur", "assistants_service_social", "AS,assistante sociale,Assistante de service social"),
        ("orienteur", "autre", "infirmière,Infirmiere scolaire,psy EN,AESH"),
        ("demande_initiale", "exclusion_scolaire", "exclusion,Exclusion scolaire,exclusions"),
        ("demande_initiale", "loisirs_culture_vacances", "loisirs,culture,loisirs/culture/vacances,loisirs culture vacances"),
        ("demande_initiale", "sante_addiction", "santé,addictions,santé/addiction"),
    ],
)  # fmt: skip
def test_a_spelling_is_brought_to_its_list(column, value, texts):
    texts = texts.split(",")
    assert dict(zip(texts, read(column, *texts), strict=True)) == dict.fromkeys(texts, value)


@pytest.mark.parametrize("column", ["sexe", "niveau", "origine", "parents_associes", "objectifs"])
def test_not_knowing_is_an_answer_and_nothing_is_none(column):
    unsure, nothing = ["NSP", "nsp", "N.S.P.", "?", "-", "–", "RAS", "NC", "ne sait pas"], ["", " ", "NA", "#N/A", "None", "null", "NR", "non renseigné"]
    assert read(column, *unsure) == ["ne_sait_pas"] * len(unsure)
    assert read(column, *nothing, ROW[column]) == [""] * len(nothing) + [ROW[column]]


def test_an_answer_that_no_rule_knows_is_kept_and_counted():
    out = cleaned(rows(*[{}] * 19, {"niveau": "CE9"}))
    assert values(out, "niveau") == ["4e"] * 19 + ["non_prevu"]
    assert rules(out) == {("niveau", "réponse inconnue, gardée comme « non prévue »"): 1}
    assert [(each.value, each.persons) for each in out.unread] == [("CE9", 1)]


@pytest.mark.parametrize("text", ["60", "60.0", "500.0", "6e ou 5e", "6 ans", "7e", "456", "12"])
def test_a_class_that_a_spreadsheet_spoilt_is_not_guessed(text):
    assert read("niveau", text) == ["non_prevu"]


def test_a_reviewed_spelling_is_data():
    more = pd.DataFrame([("sexe", "graphie", "2", "filles", "Code de la base."), ("niveau", "motif", "ce_?9", "6e", "")], columns=schema.columns("modalites"))
    out = clean.clean_persons(received(rows({"sexe": "2", "niveau": "CE9"})), **{**registers(), "spellings": more})
    assert (values(out, "sexe"), values(out, "niveau")) == (["filles"], ["6e"])
    assert rules(out) == {("sexe", "écriture ramenée à la liste (Code de la base)"): 1, ("niveau", "écriture ramenée à la liste"): 1}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("sexe", "graphie", "f", "fille", ""), "ligne 0, colonne « valeur » : « fille » n’est pas une modalité de « sexe » ; choisissez : filles, garcons, ne_sait_pas, non_prevu, non_renseigne."),
        (("genre", "graphie", "f", "filles", ""), "ligne 0, colonne « colonne » : « genre » n’est pas une colonne de l’export."),
        (("sexe", "motif", "f(", "filles", ""), "ligne 0, colonne « texte » : ce motif n’est pas une expression régulière ; corrigez-le."),
    ],
)  # fmt: skip
def test_a_row_of_the_table_that_cannot_be_used_is_told(row, told):
    table = pd.DataFrame([row], columns=schema.columns("modalites"))
    out = clean.clean_persons(records.ReceivedRecords(2021), **{**registers(), "spellings": table})
    assert [str(fault) for fault in out.faults] == [f"reference/modalites.csv, {told}"]


def test_the_table_of_the_project_can_be_used_and_says_each_thing_once():
    table = data.read_reference("modalites")
    assert clean.clean_persons(records.ReceivedRecords(2021), **registers()).faults == []
    plain = table[table["ecriture"].eq("graphie")]
    keys = plain["colonne"] + "/" + plain["texte"].map(lambda text: key_of(normalise(text)))
    values_of = plain.groupby(keys)["valeur"].nunique()
    assert values_of[values_of > 1].index.tolist() == []


# --- several answers in one cell (case 71) ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mobilite;scolarite", "scolarite;mobilite"),
        ("Scolarité, Santé, addiction / mobilité", "scolarite;sante_addiction;mobilite"),
        ("loisirs, culture, vacances", "loisirs_culture_vacances"),
        ("loisirs/culture/vacances | besoin de parler", "besoin_de_parler;loisirs_culture_vacances"),
        ("santé, addiction\nécoute", "besoin_de_parler;sante_addiction"),
        ("scolarité;Scolarité ; ", "scolarite"),
        ("scolarité ; truc", "scolarite;non_prevu"),
        ("Autre : jardinage", "autre"),
        (";", ""),
        ("NSP", "ne_sait_pas"),
        ("scolarité + mobilité", "scolarite;mobilite"),
        ("scolarité - mobilité", "scolarite;mobilite"),
        ("scolarité et mobilité & santé", "scolarite;sante_addiction;mobilite"),
        ("loisirs, culture et vacances", "loisirs_culture_vacances"),
    ],
)
def test_a_cell_of_several_answers_is_a_set_in_catalogue_order(text, value):
    assert read("objectifs", text) == [value]


# --- dates and years (cases 37 to 41) ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2021-04-03", "03/04/2021", "3/4/2021", "03-04-2021", "03.04.2021", "03 04 2021", "2021/04/03", "2021-04-03 00:00:00", "2021-04-03T08:15:22Z", "03/04/2021 08:15", "44289", "44289.0", "44289,5", "3 avril 2021", "03-avr-2021", "sam. 3 avril 2021", "\u00a003/04/2021 "])
def test_a_date_is_read_with_the_day_before_the_month(text):
    assert read("date_debut", text) == ["2021-04-03"]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("04/08/21", "2021-08-04", "2021-08-04"),
        ("04-août-21", "2021-08-04", "2021-08-04"),
        ("sept-20", "2020-09-01", ""),
        ("09/2021", "2021-09-01", "2021-09-30"),
        ("2021-09", "2021-09-01", "2021-09-30"),
        ("T3 2021", "2021-07-01", "2021-09-30"),
        ("3e trimestre 2021", "2021-07-01", "2021-09-30"),
        ("2020-2021", "2020-09-01", "2021-08-31"),
    ],
)
def test_the_usual_french_ways_of_writing_a_date_are_read(text, start, end):
    out = cleaned(rows({"date_debut": text, "date_fin": ""}, {"date_debut": "", "date_fin": text}))
    assert (values(out, "date_debut")[0], values(out, "date_fin")[1], reasons(out)) == (start, end, {})
    assert sum(column.startswith("date_") for column, _ in rules(out)) == 2


@pytest.mark.parametrize("text", ["31/12/9999", "9999-12-31", "31/12/2099", "15/03/2022"])
def test_an_end_to_come_is_still_open(text):
    out = cleaned(rows({"date_fin": text}))
    assert (values(out, "date_fin"), out.unread, len(rules(out))) == ([""], [], 1)


@pytest.mark.parametrize(("text", "kept"), [("2 021", 1), ("2021.0", 1), ("2020-2021", 1), ("2021/2022", 1), ("2019-2020", 0)])
def test_the_usual_ways_of_writing_a_year_are_read(text, kept):
    assert len(cleaned(rows({"annee": text})).persons) == kept


@pytest.mark.parametrize("text", ["29/02/2021", "04/25/2021", "00/00/0000", "20210403", "hier", "40178", "49675", "01/01/2022", "13/2021", "T5 2021", "2021"])
def test_a_date_that_cannot_be_is_left_empty_counted_and_listed(text):
    out = cleaned(rows(*[{}] * 9, {"date_debut": text}))
    assert (values(out, "date_debut")[9], reasons(out), out.faults) == ("", {}, [])
    assert [(each.column, each.value, each.first_line, each.is_shown) for each in out.unread] == [("date_debut", text, 11, False)]
    assert sum(rules(out).values()) == 1


@pytest.mark.parametrize(("column", "typed"), [("annee_naissance", ["8", "09"]), ("date_debut", ["04/25/2021", "05/06/2021"])])
def test_a_few_cells_written_otherwise_do_not_make_a_form(column, typed):
    many = {"annee_naissance": range(2000, 2015), "date_debut": [f"2021-03-{day:02}" for day in range(1, 25)]}[column]
    out = cleaned(rows(*({column: str(value)} for value in [*many, *typed])))
    assert out.faults == [] and values(out, column)[-2] == ""


@pytest.mark.parametrize(
    ("start", "end", "read", "told"),
    [
        ("31/12/2021", "31/12/2021", ("2021-12-31", "2021-12-31"), ""),
        ("2017-09-01", "01/01/2021", ("2017-09-01", "2021-01-01"), ""),
        ("2017-09-01", "31/12/2020", ("2017-09-01", ""), "fin avant le début de l’année, laissée vide"),
        ("2017-09-01", "01/01/2022", ("2017-09-01", ""), "fin après le 31 décembre : accompagnement encore ouvert à cette date"),
        ("02/05/2021", "01/05/2021", ("", ""), "fin avant le début : les deux dates sont laissées vides"),
        ("", "01/05/2021", ("", "2021-05-01"), ""),
        ("02/05/2021", "en cours", ("2021-05-02", ""), ""),
    ],
)  # fmt: skip
def test_a_start_and_an_end_hold_in_their_year(start, end, read, told):
    out = cleaned(rows({"date_debut": start, "date_fin": end, "nouvel_accompagnement": "NSP"}))
    assert (values(out, "date_debut")[0], values(out, "date_fin")[0], reasons(out)) == (*read, {})
    assert (told in {rule for _, rule in rules(out)}) == bool(told)


@pytest.mark.parametrize(("answer", "start", "count"), [("oui", "2020-12-31", 1), ("oui", "2021-01-01", 0), ("non", "2021-01-01", 1), ("non", "2020-12-31", 0), ("oui", "", 0)])
def test_a_new_follow_up_that_its_start_contradicts_is_told(answer, start, count):
    out = cleaned(rows({"nouvel_accompagnement": answer, "date_debut": start, "date_fin": ""}))
    assert rules(out).get(("nouvel_accompagnement", "réponse que la date de début contredit, gardée telle quelle"), 0) == count
    assert values(out, "nouvel_accompagnement") == [answer]


@pytest.mark.parametrize(("text", "value"), [("2008", "2008"), ("2008.0", "2008"), ("12/05/2008", "2008"), ("2016", "2016"), ("1996", "1996"), ("", ""), ("NSP", "")])
def test_a_year_of_birth_within_its_bounds(text, value):
    assert read("annee_naissance", text, "2008")[0] == value


@pytest.mark.parametrize("text", ["2017", "1995", "08", "quatorze ans", "12"])
def test_a_year_of_birth_out_of_bounds_is_left_empty(text):
    out = cleaned(rows({"annee_naissance": text}))
    assert (values(out, "annee_naissance"), rules(out)) == ([""], {("annee_naissance", "année de naissance impossible, laissée vide"): 1})


# --- UAI, collèges, associations (cases 15, 42 to 46) -----------------------------------------------------------------


def test_every_uai_of_the_register_has_its_letter():
    uais = list(data.read_reference("colleges")["uai"])
    assert len(uais) == 17
    assert [schema.control_letter(uai[:7]) for uai in uais] == [uai[7] for uai in uais]


@pytest.mark.parametrize("text", ["0592714E - Collège du Moulin", "0592714E", "0592714e", " 059 2714 E", "0592714-E", "592714E"])
def test_a_uai_is_written_in_one_way(text):
    assert read("uai", text) == ["0592714E"]


def test_a_lost_zero_is_counted_apart():
    assert rules(cleaned(rows({"uai": "592714E"}))) == {("uai", "zéro de tête de l’UAI rétabli ; sa lettre de contrôle le confirme"): 1}


@pytest.mark.parametrize("text", ["0592714F", "592714F", "92714E", "0592714", "Mendès France", "05927144E", "0592714I", "000023A", "００９２７１４E"])
def test_a_wrong_uai_is_left_empty_and_the_name_of_the_college_serves(text):
    out = cleaned(rows({"uai": text, "college": ""}, {"uai": text}))
    assert (values(out, "uai"), reasons(out)) == (["", "0592714E"], {})
    assert rules(out)["uai", "UAI mal écrit, ou dont la lettre de contrôle est fausse, laissé vide"] == 2


@pytest.mark.parametrize(
    ("college", "uai", "rule"),
    [
        ("Collège Mendès France", "0592714E", "UAI retrouvé par le seul nom, qu’un seul collège porte dans reference/colleges.csv"),
        ("CLG MENDES FRANCE", "0592714E", "UAI retrouvé par le seul nom, qu’un seul collège porte dans reference/colleges.csv"),
        ("Mende\u0300s France (Tourcoing)", "0592714E", "UAI retrouvé par le nom et la commune, dans reference/colleges.csv"),
        ("Ronsart (Hautmont)", "0594309N", "UAI retrouvé par une écriture expliquée (lectures.csv ou reference/alias.csv)"),
        ("Collège inventé", "", "collège inconnu de reference/colleges.csv : gardé sans UAI"),
    ],
)
def test_a_college_without_uai_is_found_by_its_name_or_kept_without(college, uai, rule):
    out = cleaned(rows({"uai": "", "college": college}))
    assert values(out, "uai") == [uai]
    assert rules(out)["uai", rule] == 1


def test_a_name_that_two_colleges_bear_leads_to_none():
    twice = pd.concat([registers()["colleges"], registers()["colleges"].head(1).assign(uai="0590001A", commune="Lille")])
    out = clean.clean_persons(received(rows({"uai": "", "college": "Mendès France"}, {"uai": "", "college": "Mendès France, Lille"})), **{**registers(), "colleges": twice})
    assert values(out, "uai") == ["", "0590001A"]


def test_a_name_that_the_export_gives_to_another_college_leads_to_none():
    lines = rows({"uai": "", "college": "Mendès France"}, {"uai": "0593686L", "college": "MENDES FRANCE"}, {"uai": "", "college": "Mendès France (Tourcoing)"})
    assert values(cleaned(lines), "uai") == ["", "0593686L", "0592714E"]
    assert rules(cleaned(lines))["uai", "collège dont l’export donne le nom à un autre UAI : gardé sans UAI"] == 1


def test_an_association_takes_the_name_of_the_register_or_keeps_its_own():
    out = cleaned(rows({"association": "capep"}, {"association": "HORIZON 9"}, {"association": "AEP (SA)"}, {"association": "Nouvelle  Asso"}, {"association": ""}))
    assert values(out, "association") == ["CAPEP", "Horizon 9", "AEP Sambre Avesnois", "Nouvelle Asso", ""]
    assert rules(out) == {
        ("association", "case vide : personne comptée sans association"): 1,
        ("association", "nom ramené à celui de reference/associations.csv"): 3,
        ("association", "association inconnue de reference/associations.csv : gardée sous son nom"): 1,
    }


def test_names_that_differ_by_their_spaces_accents_or_case_are_one():
    texts = ["Métropole  Lille", "Me\u0301tropole Lille", "METROPOLE LILLE", "Métropole\u00a0Lille", "Me\u200btropole-Lille", "Métropole Lille"]
    assert set(read("territoire", *texts)) == {"Métropole Lille"}
