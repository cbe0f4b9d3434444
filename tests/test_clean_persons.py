"""What a cell of the export means, which rows are counted, what makes a year unusable; the account of it all."""

import numpy as np
import pandas as pd
import pytest

from helpers import clean, data, schema
from helpers.clean import records
from helpers.clean.answers import answers_of, key_of, normalise
from received_persons import COLUMNS, FILE, ROW, cleaned, reasons, registers, rows, rules, table_of, told, values


def read(column: str, *texts: str) -> list[str]:
    """What each text gives in a column, each among rows enough for the whole to be usable."""
    return values(cleaned(rows(*({column: text} for text in texts))), column)


# --- closed lists ------------------------------------------------------------------------------------------------------

SPELLINGS = {
    "sexe": {
        "filles": "F,f,Fille,FILLES,féminin,Féminin,femme,Mme, f ,fille\u00a0",
        "garcons": "M,H,G,garçon,Garc\u0327on,GARÇONS,masculin,Masc.,homme",
    },
    "niveau": {
        "6e": "6e,6ème,6è,6EME,6,VI,VIe,sixième,6E1,6e 2,6°3,6ᵉ,6ème A,6 EME B,601,61,6e bilangue,Sixième B,classe de 6ème",
        "5e": "5e,5ème,V,cinquième,5E2,5 EME B,503",
        "4e": "4e,4EME,IV,quatrième,4e4,4A",
        "3e": "3e,3ème,III,troisième,3 EME B,3ème prépa métiers,3e Europe",
        "autre": "SEGPA,6e SEGPA,4SEG,6e seg,3ème Segpa,ULIS,5e ULIS,UPE2A,UPE 2A,ulis collège,CLIN,6segpa",
        "hors_college": "CM2,CM1,cp,2nde,2de,seconde,1ère,première,Tle,terminale,1re STMG,lycée,CAP,déscolarisé,hors du collège,apprenti",
        "non_prevu": "60,60.0,500.0,6e ou 5e,6 ans,7e,456,12,CM2/6e,CM2 puis 6e,3e lycée,3e MFR",  # a class that a spreadsheet spoilt is not guessed
    },
    "nouvel_accompagnement": {"oui": "oui,OUI,O,o,1,x,X,vrai,VRAI,true,checked,Oui ,nouveau", "non": "non,Non,N,0,faux,FALSE,ancien"},
    "parents_associes": {"oui": "oui,O,1,x,associés", "non": "non,N,0,non associés"},
    "suivi_par": {
        "alses": "alses,ALSES,un ALSES,Alses ,éducateur ALSES,ALSES du collège",
        "autre_educateur": "autre éducateur,Autre Éducateur,éducateur de rue,hors ALSES,éducateur spécialisé",
    },
    "situation": {
        "collegien": "collégien,Collégienne,COLLEGIENS,collégien(ne),au collège",
        "lyceen": "lycéen,lycéenne,Lycée,lycée professionnel",
        "autre": "autre,Autres,déscolarisé,apprenti,étudiante,sans emploi",
    },
    "origine": {
        "college": "college,Collège,orientation par le collège,CPE",
        "travail_de_rue": "travail de rue,Travail-de-rue,TDR,présence sociale",
        "bouche_a_oreille": "bouche à oreille,Bouche-à-oreille,BAO,pairs",
        "demarche_personnelle": "démarche personnelle,lui-même",
        "famille": "famille,parents,mère,05 - Famille",
        "autre": "autre,Autre : voisin",
    },
    "orienteur": {
        "direction_vie_scolaire": "Direction,CPE,C.P.E.,principal,Principale adjointe,vie scolaire,Direction/vie scolaire,Direction ou vie scolaire",
        "enseignants": "prof,PP,prof principal,Professeur principal,enseignante,prof d’EPS",
        "assistants_service_social": "AS,assistante sociale,Assistante de service social",
        "autre": "infirmière,Infirmiere scolaire,psy EN,AESH",
    },
    "demande_initiale": {
        "exclusion_scolaire": "exclusion,Exclusion scolaire,exclusions",
        "loisirs_culture_vacances": "loisirs,culture,loisirs/culture/vacances,loisirs culture vacances",
        "sante_addiction": "santé,addictions,santé/addiction",
    },
    "objectifs": {"ne_sait_pas": "?", "autre": "Autre : jardinage"},
}


def test_spellings_are_brought_to_their_lists():
    unknown, empty = ["NSP", "nsp", "N.S.P.", "?", "non connu", "ne sait pas"], ["", " ", "-", "–", "RAS", "NA", "#N/A", "NC", "N.C.", "non communiqué", "None", "null", "NR", "non renseigné"]
    expected = {}
    for column, lists in SPELLINGS.items():
        of_column = {text: value for value, texts in lists.items() for text in texts.split(",")}
        of_column |= dict.fromkeys(unknown, "ne_sait_pas") | dict.fromkeys(empty, "")
        if "x" in of_column:  # a dash beside a tick is asked
            del of_column["-"], of_column["–"]
        expected |= {(column, text): value for text, value in of_column.items()}
    table = cleaned(rows(*({column: text} for column, text in expected))).persons.table.astype("object").fillna("")
    assert {cell: table[cell[0]].iloc[rank] for rank, cell in enumerate(expected)} == expected


def test_an_answer_that_no_rule_knows_is_kept_and_counted():
    out = cleaned(rows(*[{}] * 19, {"niveau": "CE9"}))
    assert values(out, "niveau") == ["4e"] * 19 + ["non_prevu"]
    assert rules(out) == {("niveau", "réponse inconnue, gardée comme « non prévue »"): 1}
    assert [(each.value, each.persons) for each in out.unread] == [("CE9", 1)]
    near = {"COLLÈGE (un AED)": "college", "Pas par le collège": "", "famille ?": "famille", "autre partenaire": "partenaire", "Autre (mère)": "autre"}
    assert {each.value: each.suggestion for each in cleaned(rows(*({"origine": text} for text in near))).unread} == near


def test_a_reviewed_spelling_is_data():
    more = pd.DataFrame([("sexe", "graphie", "2", "filles", "Code de la base."), ("sexe", "graphie", "G ?", "garcons", ""), ("niveau", "motif", "ce_?9", "6e", "")], columns=schema.columns("modalites"))
    assert values(cleaned(rows({"sexe": "G?"}, {"sexe": "F?"}), spellings=more), "sexe") == ["garcons", "non_prevu"]
    out = cleaned(rows({"sexe": "2", "niveau": "CE9"}), spellings=more)
    assert (values(out, "sexe"), values(out, "niveau")) == (["filles"], ["6e"])
    assert rules(out) == {("sexe", "écriture ramenée à la liste (Code de la base)"): 1, ("niveau", "écriture ramenée à la liste"): 1}
    assert any("École élémentaire" in rule for _, rule in rules(cleaned(rows({"niveau": "CM2"}))))


@pytest.mark.parametrize(("row", "sentence"), [
    (("sexe", "graphie", "f", "fille", ""), "ligne 0, colonne « valeur » : « fille » n’est pas une modalité de « sexe » ; choisissez : filles, garcons, ne_sait_pas, non_prevu, non_renseigne."),
    (("genre", "graphie", "f", "filles", ""), "ligne 0, colonne « colonne » : « genre » n’est pas une colonne de l’export."),
    (("sexe", "motif", "f(", "filles", ""), "ligne 0, colonne « texte » : ce motif n’est pas une expression régulière ; corrigez-le."),
])  # fmt: skip
def test_a_row_of_the_table_that_cannot_be_used_is_told(row, sentence):
    out = cleaned([], spellings=pd.DataFrame([row], columns=schema.columns("modalites")))
    assert f"reference/modalites.csv, {sentence}" in told(out)


def test_the_table_of_the_project_can_be_used_and_says_each_thing_once():
    table = data.read_reference("modalites")
    assert clean.clean_persons(records.ReceivedRecords(2021), **registers()).faults == []
    plain = table[table["ecriture"].eq("graphie")]
    keys = plain["colonne"] + "/" + plain["texte"].map(lambda text: key_of(normalise(text)))
    values_of = plain.groupby(keys)["valeur"].nunique()
    assert values_of[values_of > 1].index.tolist() == []


def test_a_cell_of_several_answers_is_a_set_in_catalogue_order():
    expected = {
        "mobilite;scolarite": "scolarite;mobilite", "Autre, scolarité (décrochage)": "scolarite;autre", **dict.fromkeys(("transport scolaire", "santé (famille)", "Scolarité ?", "Besoin de parler (mal-être)"), "non_prevu"), "01 - Scolarité, 03. Santé": "scolarite;sante_addiction", "scolarite besoin_de_parler sante": "scolarite;besoin_de_parler;sante_addiction", "scolarite forum": "non_prevu",
        "Scolarité, Santé, addiction / mobilité": "scolarite;sante_addiction;mobilite",
        "loisirs, culture, vacances": "loisirs_culture_vacances",
        "loisirs/culture/vacances | besoin de parler": "besoin_de_parler;loisirs_culture_vacances",
        "santé, addiction\nécoute": "besoin_de_parler;sante_addiction",
        "scolarité;Scolarité ; ": "scolarite",
        "scolarité ; truc": "scolarite;non_prevu",
        ";": "", **dict.fromkeys((f"Exclusion scolaire{mark}Besoin de parler" for mark in "\v\x1d \u2028•\t"), "exclusion_scolaire;besoin_de_parler"),
        "autres difficultés familiales": "non_prevu",
        "scolarité + mobilité": "scolarite;mobilite",
        "scolarité - mobilité": "scolarite;mobilite",
        "scolarité et mobilité & santé": "scolarite;sante_addiction;mobilite",
        "loisirs, culture et vacances": "loisirs_culture_vacances",
        "autre / scolarité, mobilité": "scolarite;mobilite;autre",
        "autre, du jardinage": "autre",
    }
    assert dict(zip(expected, read("objectifs", *expected), strict=True)) == expected


# --- dates and years ---------------------------------------------------------------------------------------------------


def test_a_date_is_read_with_the_day_before_the_month():
    texts = ["2021-04-03", "03/04/2021", "3/4/2021", "03-04-2021", "03.04.2021", "03 04 2021", "2021/04/03", "2021-04-03 00:00:00", "2021-04-03T08:15:22Z",
             "03/04/2021 08:15", "44289", "44289.0", "44289,5", "3 avril 2021", "03-avr-2021", "sam. 3 avril 2021", "\u00a003/04/2021 "]  # fmt: skip
    assert dict(zip(texts, read("date_debut", *texts), strict=True)) == dict.fromkeys(texts, "2021-04-03")


def test_an_instant_of_universal_time_is_of_its_day_in_paris():
    texts = {"2021-03-07T23:00:00.000Z": "2021-03-08", "2021-06-07T22:00:00Z": "2021-06-08", "2021-06-07T21:59:59+00:00": "2021-06-07", "2021-06-08 00:00:00+0200": "2021-06-08"}
    assert dict(zip(texts, read("date_debut", *texts), strict=True)) == texts
    assert read("annee_naissance", "2007-12-31T23:00:00Z", "2007-12-31") == ["2008", "2007"]


def test_the_days_of_a_file_that_writes_the_month_first_beside_others_are_read_so_and_told():
    months = rows(*({"date_debut": day, "date_fin": end} for day, end in (("2/18/2021", ""), ("3/24/2021", "6/5/2021"), ("3/4/2021", ""))))
    days = rows({"date_debut": "23/01/2021", "date_fin": ""}, {"date_debut": "03/04/2021", "date_fin": "05/06/2021"})
    tables = [table_of([{**row, "identifiant": f"{file}{row['identifiant']}"} for row in lines], file=file) for file, lines in (("a.csv", months), ("b.csv", days))]
    out = cleaned(tables)
    assert values(out, "date_debut") == ["2021-02-18", "2021-03-24", "2021-03-04", "2021-01-23", "2021-04-03"]
    assert (values(out, "date_fin")[1], values(out, "date_fin")[4], told(out)) == ("2021-06-05", "2021-06-05", [])
    assert [row[1:] for row in out.ledger.values.tolist() if "mois est écrit" in row[2]] == [["date_debut", MONTH, 3], ["date_fin", MONTH, 1]]


DATES = [
    ("04/08/21", "2021-08-04", "2021-08-04"), ("04-août-21", "2021-08-04", "2021-08-04"), ("le 04.08.21", "2021-08-04", "2021-08-04"), ("Le 04/08/2021", "2021-08-04", "2021-08-04"), ("20210804", "2021-08-04", "2021-08-04"), ("sept-20", "2020-09-01", ""),
    ("09/2021", "2021-09-01", "2021-09-30"), ("2021-09", "2021-09-01", "2021-09-30"), ("T3 2021", "2021-07-01", "2021-09-30"),
    ("3e trimestre 2021", "2021-07-01", "2021-09-30"), ("1er trimestre 2021", "2021-01-01", "2021-03-31"), ("fin mars 2021", "2021-03-01", "2021-03-31"), ("2020-2021", "2020-09-01", "2021-08-31"),
]  # fmt: skip


def test_the_usual_french_ways_of_writing_a_date_are_read():
    texts, starts, ends = map(list, zip(*DATES, strict=True))
    out = cleaned(rows(*({"date_debut": text, "date_fin": ""} for text in texts), *({"date_debut": "", "date_fin": text} for text in texts)))
    assert (values(out, "date_debut")[: len(DATES)], values(out, "date_fin")[len(DATES) :], reasons(out)) == (starts, ends, {})
    told_of = {name: sum(count for (column, _), count in rules(out).items() if column == name) for name in ("date_debut", "date_fin")}
    assert told_of == {"date_debut": len(DATES), "date_fin": len(DATES)}


def test_the_usual_ways_of_writing_a_year_are_read():
    out = cleaned(rows(*({"annee": text} for text in ("2 021", "2021.0", "2019-2020", "2020-2021", "2021/2022"))))
    assert values(out, "identifiant") == ["P00001", "P00002", "P00004", "P00005"]


def test_a_date_that_cannot_be_is_left_empty_counted_and_listed():
    texts = ["29/02/2021", "04/25/2021", "00/00/0000", "20211303", "hier", "40178", "49675", "01/01/2022", "13/2021", "T5 2021", "2021"]
    out = cleaned(rows(*[{}] * 99, *({"date_debut": text} for text in texts)))
    assert (values(out, "date_debut")[99:], reasons(out), told(out)) == ([""] * len(texts), {}, [])
    assert {(each.value, each.first_line, each.is_shown) for each in out.unread} == {(text, line, False) for line, text in enumerate(texts, 101)}
    assert sum(rules(out).values()) == len(texts)


@pytest.mark.parametrize(("column", "typed"), [("annee_naissance", ["8", "09"]), ("date_debut", ["04/25/2021", "05/06/2021"])])
def test_a_few_cells_written_otherwise_do_not_make_a_form(column, typed):
    many = {"annee_naissance": range(2000, 2015), "date_debut": [f"2021-03-{day:02}" for day in range(1, 25)]}[column]
    out = cleaned(rows(*({column: str(value)} for value in [*many, *typed])))
    assert out.faults == [] and values(out, column)[-2] == ""


OPEN, STILL = "date de fin lointaine : accompagnement encore ouvert", "fin après le 31 décembre : accompagnement encore ouvert à cette date"


# What is written, what is read, and the rule that the journal names.
PERIODS = [
    ("31/12/2021", "31/12/2021", ("2021-12-31", "2021-12-31"), ""), ("2017-09-01", "01/01/2021", ("2017-09-01", "2021-01-01"), ""),
    ("2017-09-01", "31/12/2020", ("2017-09-01", ""), "fin avant le début de l’année : laissée vide, la personne reste comptée"),
    ("2017-09-01", "01/01/2022", ("2017-09-01", ""), STILL), ("2017-09-01", "31/12/9999", ("2017-09-01", ""), OPEN), ("2017-09-01", "2099-12-31", ("2017-09-01", ""), OPEN),
    ("02/05/2021", "01/05/2021", ("", ""), "fin avant le début : les deux dates sont laissées vides"),
    ("", "01/05/2021", ("", "2021-05-01"), ""), ("02/05/2021", "en cours", ("2021-05-02", ""), ""),
]  # fmt: skip


def test_a_start_and_an_end_hold_in_their_year():
    out = cleaned(rows(*({"date_debut": start, "date_fin": end, "nouvel_accompagnement": "NSP"} for start, end, *_ in PERIODS)))
    assert list(zip(values(out, "date_debut"), values(out, "date_fin"), strict=True)) == [read for _, _, read, _ in PERIODS]
    named = {rule: sum(each == rule for *_, each in PERIODS) for *_, rule in PERIODS if rule}
    assert ({rule: count for (_, rule), count in rules(out).items() if rule in named}, reasons(out)) == (named, {})


@pytest.mark.parametrize(("given", "count"), [([("oui", "2020-12-31"), ("non", "2021-01-01")], 2), ([("oui", "2021-01-01"), ("non", "2020-12-31"), ("oui", "")], 0)])
def test_a_new_follow_up_that_its_start_contradicts_is_told(given, count):
    out = cleaned(rows(*({"nouvel_accompagnement": answer, "date_debut": start, "date_fin": ""} for answer, start in given)))
    assert rules(out).get(("nouvel_accompagnement", "réponse que la date de début contredit, gardée telle quelle"), 0) == count
    assert values(out, "nouvel_accompagnement") == [answer for answer, _ in given]


def test_a_year_of_birth_is_read_within_its_bounds_and_left_empty_beyond():
    good = {"2008": "2008", "2008.0": "2008", "12/05/2008": "2008", "2016": "2016", "1996": "1996", "15 ans": "2006", "14ans et demi": "2007", "": "", "NSP": ""}
    bad = dict.fromkeys(["2017", "1995", "08", "quatorze ans", "26 ans", "12"], "")
    out = cleaned(rows(*({"annee_naissance": text} for text in [*good, *bad, *["2007"] * 20])))
    assert dict(zip(good | bad, values(out, "annee_naissance"), strict=False)) == good | bad
    assert rules(out)["annee_naissance", "année de naissance impossible, laissée vide"] == len(bad)


# --- UAI, collèges, associations ---------------------------------------------------------------------------------------


def test_a_uai_is_written_in_one_way():
    uais = list(data.read_reference("colleges")["uai"])
    assert [schema.control_letter(uai[:7]) for uai in uais] == [uai[7] for uai in uais]
    texts = ["0592714E - Collège du Moulin", "0592714E", "0592714e", " 059 2714 E", "0592714-E", "592714E"]
    out = cleaned(rows(*({"uai": text} for text in texts)))
    assert values(out, "uai") == ["0592714E"] * len(texts) == values(cleaned(rows(*({"uai": "", "college": text} for text in texts))), "uai")
    assert rules(out)["uai", "zéro de tête de l’UAI rétabli ; sa lettre de contrôle le confirme"] == 1


def test_a_wrong_uai_is_left_empty_and_the_name_of_the_college_serves():
    texts = ["0592714F", "592714F", "92714E", "0592714", "Mendès France", "05927144E", "0592714I", "000023A", "００９２７１４E"]
    out = cleaned(rows(*({"uai": text, "college": name} for text in texts for name in ("", ROW["college"]))))
    assert (values(out, "uai"), reasons(out)) == (["", "0592714E"] * len(texts), {})
    assert rules(out)["uai", "UAI mal écrit, ou dont la lettre de contrôle est fausse, laissé vide"] == 2 * len(texts)


ALONE, TWO = "UAI retrouvé par le seul nom, qu’un seul collège porte dans reference/colleges.csv", "collège dont l’export donne le nom à un autre UAI : gardé sans UAI"


def test_a_college_without_uai_is_found_by_its_name_or_kept_without():
    known = "Collège Mendès France", "CLG MENDES FRANCE", "Mende\u0300s France (Tourcoing)", "Ronsart (Hautmont)", "Collège inventé"
    out = cleaned(rows(*({"uai": "", "college": college} for college in known)))
    assert values(out, "uai") == ["0592714E"] * 3 + ["0594309N", ""]
    assert {rule: count for (column, rule), count in rules(out).items() if column == "uai"} == {
        ALONE: 2, "UAI retrouvé par le nom et la commune, dans reference/colleges.csv": 1,
        "UAI retrouvé par une écriture expliquée (lectures.csv ou reference/alias.csv)": 1, "collège inconnu de reference/colleges.csv : gardé sans UAI": 1,
    }  # fmt: skip


def test_a_name_that_two_colleges_bear_leads_to_none():
    twice = pd.concat([registers()["colleges"], registers()["colleges"].head(1).assign(uai="0590001A", commune="Lille")])
    out = cleaned(rows({"uai": "", "college": "Mendès France"}, {"uai": "", "college": "Mendès France, Lille"}), colleges=twice)
    assert values(out, "uai") == ["", "0590001A"]
    lines = rows({"uai": "", "college": "Mendès France"}, {"uai": "0593686L", "college": "MENDES FRANCE"}, {"uai": "", "college": "Mendès France (Tourcoing)"})
    assert (values(cleaned(lines), "uai"), rules(cleaned(lines))["uai", TWO]) == (["", "0593686L", "0592714E"], 1)


def test_an_association_takes_the_name_of_the_register_or_keeps_its_own():
    out = cleaned(rows(*({"association": name} for name in ("capep", "HORIZON 9", "AEP (SA)", "Nouvelle  Asso", "", "Total"))))
    assert values(out, "association") == ["CAPEP", "Horizon 9", "AEP Sambre Avesnois", "Nouvelle Asso", "", "Total"]
    assert rules(out) == {
        ("association", "case vide : personne comptée sans association"): 1,
        ("association", "nom ramené à celui de reference/associations.csv"): 3,
        ("association", "association inconnue de reference/associations.csv : gardée sous son nom"): 2,
    }
    texts = ["Métropole  Lille", "Me\u0301tropole Lille", "METROPOLE LILLE", "Métropole\u00a0Lille", "Me\u200btropole-Lille", "Métropole Lille"]
    assert set(read("territoire", *texts)) == {"Métropole Lille"}


# --- which rows are counted --------------------------------------------------------------------------------------------

SAME = "personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée"
DIFFERENT = "personne présente plusieurs fois, avec des réponses différentes"
MONTH = "date d’un fichier où le mois est écrit avant le jour, et non dans les autres : lue ainsi"
TOTAL, EXAMPLE = "ligne de total, de moyenne ou de pourcentage", "ligne d’exemple ou d’essai"
NUMBERS = dict.fromkeys(COLUMNS, "") | {"identifiant": "31", "annee": "2021", "sexe": "17"}


# A row, and why it is not counted; all are read in one export.
NOBODY = [
    ({"identifiant": "Total"}, TOTAL), ({"identifiant": "TOTAL GÉNÉRAL"}, TOTAL), ({"identifiant": "Sous-total CAPEP"}, TOTAL),
    ({"identifiant": "Ensemble"}, TOTAL), ({"identifiant": "", "association": "Total"}, TOTAL),
    ({"identifiant": "", "college": "Sous-total"}, TOTAL), ({"identifiant": " ", "niveau": "Ensemble"}, TOTAL),
    (dict.fromkeys(COLUMNS, "") | {"identifiant": "31 élèves", "annee": "2021", "sexe": "17", "college": "Sous-total Lamartine"}, TOTAL), ({"association": "Ensemble"}, ""),
    *(({**NUMBERS, "identifiant": text}, TOTAL) for text in ("Moyenne", "MOYENNE d’âge", "% filles", "54,2 %", "Médiane", "Écart-type", "dont filles", "Nombre de garçons")),
    ({**NUMBERS, "college": "Moyenne"}, TOTAL), ({**NUMBERS, "sexe": "54 %"}, TOTAL), ({"niveau": "54 %"}, ""), ({"identifiant": "Dontez"}, ""), ({"identifiant": "EX-12"}, ""), ({"identifiant": "EX.12"}, ""), ({"identifiant": "EX"}, ""), ({"identifiant": "Testu"}, ""),
    *(({"identifiant": text}, EXAMPLE) for text in ("Exemple", "ex. : 12345", "Ex : A12", "(exemple 1)", "ex.", "EXEMPLE_2", "TEST1", "test")),
    ({"identifiant": ""}, "identifiant absent"), ({"identifiant": "\u00a0"}, "identifiant absent"), ({"identifiant": "Totaline12"}, ""),
    ({"annee": "2020"}, "ligne d’une autre année"), ({"annee": ""}, "année de l’export absente ou illisible"), (dict.fromkeys(COLUMNS, "") | {"identifiant": "Nombre : 2"}, "ligne de texte, sans année ni réponse"), ({"annee": "2021.0"}, ""),
]  # fmt: skip


def test_a_row_that_is_nobody_of_the_year_is_not_counted():
    out = cleaned(rows({}, *(row for row, _ in NOBODY)))
    assert dict(zip(out.rejected["ligne"], out.rejected["motif"], strict=True)) == {rank: reason for rank, (_, reason) in enumerate(NOBODY, 3) if reason}
    assert len(out.persons) == 1 + sum(not reason for _, reason in NOBODY)


@pytest.mark.parametrize(("row", "reason"), [
    ({"annee": "2020"}, "ligne d’une autre année"),  # makes nobody twice
    ({"niveau": "4ème", "date_debut": "08/03/2021"}, SAME), ({"identifiant": "p00001"}, SAME),
])  # fmt: skip
def test_somebody_again_is_not_counted(row, reason):
    out = cleaned(rows({}, {"identifiant": "P00001", **row}))
    assert (reasons(out), out.rejected["ligne"].tolist(), values(out, "identifiant")) == ({reason: 1}, [3], ["P00001"])


@pytest.mark.parametrize("change", [{"niveau": "3e"}, {"uai": "0593686L"}, {"date_fin": ""}, {"objectifs": ""}])
def test_a_person_twice_with_different_answers_is_not_counted(change):
    out = cleaned(rows({}, {"identifiant": " P00001", **change}, {"identifiant": "P00001"}, {}))
    assert (values(out, "identifiant"), reasons(out)) == (["P00004"], {DIFFERENT: 3})


def test_a_person_in_two_files_is_counted_once_with_what_either_of_them_knows():
    first = rows(*[{"date_fin": ""}] * 6, {"sexe": "Fille"}, {})
    parts = [table_of(first), table_of([*rows(*[{}] * 3), *rows(*[{}] * 6)[3:], {**first[6], "sexe": "Garçon"}, {**first[7], "identifiant": "S2"}], file="S2.csv")]
    out = cleaned(parts)
    assert (len(out.persons), sorted(reasons(out).items())) == (8, [("personne présente dans plusieurs fichiers ou feuilles, dont l’un en dit plus : réunie à sa première ligne", 6), (DIFFERENT, 2)])
    assert values(out, "date_fin")[:6] == [ROW["date_fin"]] * 6 and "2 lignes sur 16 se contredisent" in told(out)[0] and len(told(out)) == 1


def test_an_identifier_is_the_same_whatever_wrote_it():
    out = cleaned(rows({"identifiant": "é’1"}, {"identifiant": "e\u0301'1"}, {"identifiant": "\u200bé’1\u00a0"}))
    assert values(out, "identifiant") == ["é’1"]
    assert rules(out) == {("identifiant", "espaces, apostrophes, tirets et accents écrits d’une seule façon"): 2}
    tables = [table_of(rows({"identifiant": "00012"}, {"identifiant": "000"}), file="a.csv"), table_of(rows({"identifiant": "12"}, {"identifiant": "13,0"}), file="a.xlsx")]
    out = cleaned(tables)
    assert (values(out, "identifiant"), len(out.rejected)) == (["12", "0", "13"], 1)
    assert rules(out) == {("identifiant", "identifiants comparés par leur valeur : zéros de tête et décimales nulles ôtés"): 3}


def test_capitals_tell_no_identifier_from_another_unless_one_file_uses_them_so():
    small, large = ({"identifiant": "cap1"}, {"identifiant": "p2"}), ({"identifiant": "CAP1"}, {"identifiant": "P2"})
    out = cleaned([table_of(rows(*small), file="S1.csv"), table_of(rows(*large, {"identifiant": "Q3"}), file="S2.csv")])
    assert (values(out, "identifiant"), len(out.rejected)) == (["cap1", "p2", "Q3"], 2)
    assert rules(out) == {("identifiant", "identifiants comparés sans tenir compte des majuscules"): 4}
    kept = cleaned(rows(small[0], {**large[0], "niveau": "3e"}, small[1]))
    assert (values(kept, "identifiant"), told(kept)) == (["cap1", "CAP1", "p2"], [])
    assert rules(kept) == {("identifiant", "identifiants que seules les majuscules distinguent : autant de personnes, les réponses diffèrent"): 2}
    # Across years too.
    both = cleaned(rows(*large)).persons, out.persons
    assert [each.tolist() for each in both[0].shared(np.arange(2), both[1], np.arange(3))] == [[0, 1], [0, 1]]
    assert len(both[0].shared(np.arange(2), kept.persons, np.arange(3))[0]) == 1


def test_associations_that_number_their_own_persons_are_kept_apart():
    numbered = [{"identifiant": str(rank), "association": name, "niveau": level} for name, level in (("CAPEP", "4e"), ("Horizon 9", "3e")) for rank in range(1, 8)]
    out = cleaned(rows(*numbered))
    assert (len(out.persons), values(out, "identifiant")[6:8], told(out)) == (14, ["CAPEP 7", "Horizon 9 1"], [])
    assert rules(out)["identifiant", "identifiants numérotés par chaque association : comparés au sein de l’association"] == 14
    # A person whom two associations follow is one person, who contradicts herself: three numbers of seven are no rule.
    apart = [{**row, "identifiant": str(int(row["identifiant"]) + 4 * (row["niveau"] == "3e"))} for row in numbered]
    assert reasons(cleaned(rows(*apart))) == {DIFFERENT: 6}


def test_one_row_an_objective_is_one_person():
    long = [{"identifiant": who, "objectifs": goal} for who, goal in (("A", "mobilite"), ("A", "scolarite"), ("B", "scolarite"), ("A", "NSP"))]
    out = cleaned(rows(*long))
    assert (values(out, "identifiant"), values(out, "objectifs"), told(out)) == (["A", "B"], ["scolarite;mobilite;ne_sait_pas", "scolarite"], [])
    assert reasons(out) == {"autre objectif d’une personne : réuni à sa première ligne": 2}
    out = cleaned(rows(*long, {"identifiant": "B", "objectifs": "jardin"}, {"identifiant": "A", "objectifs": "jardin"}))
    assert [(each.value, each.count, each.persons) for each in out.unread] == [("jardin", 2, 2)]
    # Under an identifier that was merged, with what is the same on all rows; a number is no objective of anybody.
    under = {**BARE, "identifiant": "", "annee": "", "suivi_par": "alses"}
    out = cleaned(rows(long[0], *({**under, "objectifs": goal} for goal in ("sante", "autre")), {**under, "objectifs": "57"}, long[2]))
    assert (values(out, "identifiant"), values(out, "objectifs")[0]) == (["A", "B"], "sante_addiction;mobilite;autre")
    assert sorted(reasons(out).values()) == [1, 2]
    # Another answer differs, an objective is missing, or cells hold several: not one row an objective.
    for change in ({"niveau": "3e"}, {"objectifs": ""}, {"objectifs": "sante;mobilite"}):
        assert DIFFERENT in reasons(cleaned(rows(long[0], {**long[1], **change})))


def test_a_referrer_is_only_of_the_college():
    out = cleaned(rows({}, {"origine": "famille"}, {"origine": ""}, {"origine": "NSP", "orienteur": ""}))
    assert values(out, "orienteur") == ["enseignants", "", "", ""]
    assert rules(out)["orienteur", "orienteur effacé : l’origine n’est pas le collège"] == 2


# --- the account of the year -------------------------------------------------------------------------------------------


def test_every_row_read_is_kept_or_rejected_as_it_was_received():
    refused = [records.UnreadableRow(3, "ligne trop courte", "P9;2021"), records.UnreadableRow(9, "ligne trop longue", "P8;…")]
    out = cleaned([table_of(rows({}, {}, {"identifiant": " X 7", "sexe": "Fille", "annee": "2020"}), first=4, refused=refused)])
    assert (out.read, len(out.persons), len(out.rejected)) == (5, 2, 3)
    assert reasons(out) == {"ligne trop courte": 1, "ligne trop longue": 1, "ligne d’une autre année": 1}
    assert (out.rejected["ligne"].tolist(), out.rejected["texte"].tolist(), [name for name, _ in rules(out)]) == ([3, 6, 9], ["P9;2021", "", "P8;…"], ["identifiant"])
    assert list(out.rejected.columns) == ["fichier", "feuille", "ligne", "motif", *COLUMNS, "texte"]
    assert out.rejected.iloc[1][["fichier", "identifiant", "sexe", "annee"]].tolist() == [FILE, " X 7", "Fille", "2020"]


def test_no_export_is_nobody_with_every_column():
    out = clean.clean_persons(records.ReceivedRecords(2021), **registers())
    assert (len(out.persons), out.read, out.faults, out.unread, list(out.persons.table)) == (0, 0, [], [], COLUMNS)
    assert (list(out.ledger.columns), list(out.rejections.columns)) == (schema.columns("normalisations"), schema.columns("rejets"))


def test_categories_are_in_the_order_of_the_catalogue_or_sorted_and_only_of_rows_kept():
    names = ["Lys", "Douai", "Arras"]
    lines = rows(*({"territoire": name, "date_debut": f"2021-0{place}-01"} for place, name in zip((4, 2, 6), names, strict=True)), {"niveau": "6ème", "annee": "2020"}, {"niveau": "3e"})
    table = cleaned(lines).persons.table
    assert list(table["territoire"].cat.categories) == sorted([*names, "Roubaix"]) and list(table["niveau"].cat.categories) == ["4e", "3e"]
    assert list(table["date_debut"].cat.categories) == ["2021-02-01", "2021-03-08", "2021-04-01", "2021-06-01"]


def test_a_column_that_the_file_lacks_is_empty_and_named_but_a_uai_found_by_its_name():
    lines = [{name: text for name, text in row.items() if name not in ("territoire", "uai", "orienteur")} for row in rows({}, {})]
    out = cleaned(lines, columns=list(lines[0]))
    assert (values(out, "territoire"), values(out, "uai"), out.faults) == (["", ""], ["0592714E", "0592714E"], [])
    assert out.persons.absent == {"territoire", "orienteur"}


def test_two_files_are_added_and_accounted_apart_and_an_unknown_answer_told_once():
    parts = [table_of([{**row, "identifiant": f"{file}{row['identifiant']}"} for row in rows(*[{"origine": "collgee"}] * 4, *[{}] * 6)], file=file) for file in ("a.csv", "b.csv")]
    out = cleaned(parts, changes=[records.Change("b.csv", "", "titre sauté", 1)])
    assert [row[:2] + row[3:] for row in out.ledger[out.ledger["colonne"].isin(["", "origine"])].values.tolist()] == [["a.csv", "origine", 4], ["b.csv", "", 1], ["b.csv", "origine", 4]]
    assert "a.csv et 1 autre, colonne « origine »" in told(out)[0]
    ages = [table_of([{**row, "annee_naissance": birth, "identifiant": file + row["identifiant"]} for row in rows(*[{}] * 5)], file=file) for file, birth in (("a.csv", "2008"), ("b.csv", "13"))]
    assert told(cleaned(ages))[0].startswith("b.csv, colonne « annee_naissance » : ")
    assert [(each.file, each.count) for each in out.unread] == [("a.csv", 4), ("b.csv", 4)] and "« collgee » (8 fois) ; dites" in told(out)[0]


# --- faults, each threshold below, at and above ------------------------------------------------------------------------

BARE = {name: "" for name in COLUMNS if name not in ("identifiant", "annee")}
ENDED = {"date_debut": "T3 2021", "date_fin": "T1 2021", "nouvel_accompagnement": "NSP"}
CONTRADICTORY = [{}, {"identifiant": "P00001", "niveau": "3e"}]


@pytest.mark.parametrize(("changes", "sentence"), [
    ([{"annee": "2020"}] * 4, "ce fichier est celui de 2020, non de 2021 ; mettez-le dans le dossier de son année, ou demandez cette année-là."),
    ([{"association": f"Personne {rank}"} for rank in range(30)], ""),
    ([{"association": f"Personne {rank}"} for rank in range(50)], "colonne « association » : 50 noms que data/raw/reference/associations.csv n’a pas"),
    ([{"suivi_par": ""}, *[{}] * 19], ""), ([*[{"suivi_par": ""}] * 2, *[{}] * 18], "2 lignes ne le disent pas, et ces personnes ne seraient comptées nulle part"),
    ([*[{"association": ""}] * 2, *[{}] * 8], ""), ([*[{"association": ""}] * 3, *[{}] * 7], "colonne « association » : 3 lignes n’en ont pas"),
    ([BARE, *[{}] * 100], ""), ([BARE, *[{}] * 99], "1 lignes n’ont qu’un identifiant et une année"), ([*[BARE] * 5, *[{}] * 595], "5 lignes n’ont qu’un identifiant et une année"),
    ([*[{"nouvel_accompagnement": "non"}] * 66, *[{}] * 34], ""), ([*[{"nouvel_accompagnement": "non"}] * 7, *[{}] * 3], "oui et non semblent inversés"),
    ([*[{"annee": "2020"}] * 19, {}], ""), ([*[{"annee": "2020"}] * 20, {}], "20 lignes sur 21 ne peuvent pas être comptées : ligne d’une autre année (20) ; n’y laissez que les lignes de 2021, la quarantaine"),
    ([*[{"date_debut": "04/25/2021"}] * 2, *[{}] * 8], ""), ([*[{"date_debut": "04/25/2021"}] * 3, *[{}] * 7], "colonne « date_debut » : 3 cases sur 10 ne se lisent pas"),
    ([*[ENDED] * 5, *[{"date_fin": "2021-12-01"}] * 20], ""), ([*[ENDED] * 5, *[{"date_fin": "2021-12-01"}] * 19], "sur 24 personnes qui ont les deux dates, 5 auraient fini avant de commencer"),
    ([*CONTRADICTORY, *[{}] * 198], ""), ([*CONTRADICTORY, *[{}] * 197], "2 lignes sur 199 se contredisent"),
    ([*[{**BARE, "annee": "", "identifiant": "Total"}] * 9, *[{}] * 10], ""), ([*[{**BARE, "annee": "", "identifiant": "Total"}] * 10, *[{}] * 10], "10 lignes sur 20 ne peuvent pas être comptées"),
    *(([{column: ""}] * 3, f"colonne « {column} » : elle est vide sur toutes les lignes ; remplissez-la") for column in ("association", "sexe", "objectifs", "identifiant")),
])  # fmt: skip
def test_what_makes_a_file_unusable_is_told_above_its_threshold(changes, sentence):
    faults = told(cleaned(rows(*changes)))
    assert sentence in faults[0] and faults[0].startswith(FILE) if sentence else faults == []


def test_the_answers_that_the_start_contradicts_may_be_explained():
    out = cleaned(rows(*[{"nouvel_accompagnement": "N"}] * 7, *[{}] * 3))
    assert ([(each.value, each.suggestion, each.is_asked) for each in out.unread], len(out.faults)) == ([("N", "oui", True)], 1)


def test_a_date_that_no_person_can_have_is_no_date():
    out = cleaned(rows({"date_debut": "01/01/1900", "date_fin": "1899-12-31 00:00:00"}, {"date_debut": "1970-01-01", "date_fin": "0001-01-01"}, {"date_debut": "15/03/2012"}, *[{}] * 9))
    assert (values(out, "date_debut")[:4], values(out, "date_fin")[:3]) == (["", "", "", ROW["date_debut"]], ["", "", ROW["date_fin"]])
    unread = "date impossible ou illisible, laissée vide"
    assert (rules(out)["date_debut", unread], rules(out)["date_fin", unread], told(out)) == (2, 2, [])
    assert rules(out)["date_debut", "début avant l’âge de 5 ans : laissé vide, la personne reste comptée"] == 1


def test_n_beside_a_letter_or_a_word_for_former_ones_and_a_dash_beside_ticks_are_asked():
    def asked(*texts: str, said: tuple[str, ...] = (), column: str = "nouvel_accompagnement") -> list[str]:
        own = [{"colonne": column, "ecriture": "graphie", "texte": text, "valeur": "non", "raison": "dit"} for text in said]
        spellings = pd.concat([pd.DataFrame(own), registers()["spellings"]], ignore_index=True)
        out = cleaned(rows(*[{column: text, "date_debut": ""} for text in texts for _ in range(6)]), spellings=spellings)
        return sorted(each.value for each in out.unread if each.is_asked)

    assert asked("N", "A") == ["A", "N"] and asked("N", "A", said=("A",)) == ["N"] and asked("n", "Ancien") == ["n"]
    assert asked("N", "O", "A") == ["A"] and asked("N", "A", said=("N", "A")) == asked("N", "non", "NSP", "oui") == asked("N") == []
    assert (asked("X", "–", "", column="parents_associes"), asked("X", "-", said=("-",)), asked("oui", "-")) == (["-"], [], [])


def test_a_fault_counts_each_person_once_whatever_her_rows():
    twice = [{"identifiant": who, "niveau": level} for who in "AB" for level in ("3e", "4e", "5e")]
    bare = [{**BARE, "identifiant": "C"}] * 3
    out = cleaned(rows(*twice, *bare))
    assert [fault.persons for fault in out.faults] == [1, 2]
    assert rules(out)["identifiant", "personne non comptée : ses lignes se contredisent, aucune n’est gardée"] == 2
    parts = [table_of([{**row, "identifiant": "DEEE"[place]} for place, row in enumerate(rows({}, {}, {}, {}))], file=file) for file in ("a.csv", "b.csv")]
    out = cleaned(parts)  # a file given twice: each person once
    assert (out.faults, len(out.persons)) == ([], 2)


def test_a_sheet_of_another_year_is_told_beside_that_of_the_year_unless_it_is_named_so():
    sheets = [table_of([{**row, "annee": year, "identifiant": year} for row in rows({})], sheet=name) for year, name in (("2020", "Lys"), ("2021", "2021"), ("2020", "Export 2020"))]
    assert told(cleaned(sheets)) == [f"{FILE}, feuille « Lys » : elle est de 2020, non de 2021 ; masquez-la dans le classeur, ou demandez cette année-là."]



def test_rows_shifted_under_their_titles_are_persons_that_someone_must_put_back():
    for count, sentence in ((4, []), (5, [f"{FILE} : 5 lignes ne sont pas lues, ligne trop longue (5), la première ligne 9 ; ouvrez"])):
        refused = [records.UnreadableRow(9 + rank, "ligne trop longue", "P;…") for rank in range(count)]
        assert [fault[: len(each)] for fault, each in zip(told(cleaned([table_of(rows(*[{}] * 30), refused=refused)])), sentence, strict=True)] == sentence


def test_the_remedy_for_two_rows_of_a_person_is_read_as_it_is_written():
    two = rows({"date_fin": "2021-04-30"}, {"identifiant": "P00001", "date_debut": "2021-05-01", "objectifs": "mobilite"})
    assert "n’en gardez que la plus récente, avec le premier « date_debut »" in (said := told(cleaned(two))[0])
    mended = {**two[1], "date_debut": two[0]["date_debut"], "objectifs": said.split("même case (« ")[1].split(" »")[0]}
    assert values(cleaned([mended]), "objectifs") == ["scolarite;mobilite"]


def test_a_file_without_rows_or_without_its_year_is_a_fault_told_once():
    assert told(cleaned([table_of([])])) == [f"{FILE} : aucune ligne de données ; vérifiez que c’est bien l’export, et non un modèle."]
    lines = [{name: text for name, text in row.items() if name != "annee"} for row in rows({}, {}, {**BARE, "identifiant": "Total"}, {**BARE, "identifiant": ""})]
    out = cleaned(lines, columns=list(lines[0]))  # reading alone tells it
    assert (told(out), reasons(out)) == ([], {"année de l’export absente ou illisible": 2, "identifiant absent": 1, TOTAL: 1})


CODES = {"niveau": ["1", "2", "3", "4", "5"], "nouvel_accompagnement": ["1", "2"], "sexe": ["1", "2", "9"]}


@pytest.mark.parametrize("column", CODES)
def test_a_column_of_codes_asks_for_its_whole_code_list(column):
    lines = rows(*({column: code, "date_debut": ""} for code in CODES[column] * 30))
    out = cleaned(lines)
    assert [each.value for each in out.unread] == CODES[column] and set(values(out, column)) == {"non_prevu"}
    assert f"ses valeurs sont des codes ({', '.join(CODES[column])}) ; dites" in told(out)[0]
    assert told(cleaned(lines, asides=["export.ods, feuille « Codes »"]))[0].endswith("ce que chacun veut dire ; ce que dit peut-être export.ods, feuille « Codes ».")
    other = [{**line, "identifiant": f"B{rank}"} for rank, line in enumerate(lines)]
    for where, places in (("un fichier", ({"file": "a.csv"}, {"file": "b.csv"})), ("une feuille", ({"sheet": "A"}, {"sheet": "B"}))):
        both = told(cleaned([table_of(part, **place) for part, place in zip((lines, other), places, strict=True)]))[-1]
        assert both.endswith(f"s’il change d’{where} à l’autre, écrivez-y les réponses en toutes lettres.")
    legends = [f"export.ods, feuille « {name} »" for name in ("T_ASSO", f"T_{column[:6].upper()}")]
    assert f"ce que dit peut-être {legends[1]}." in told(cleaned(lines, asides=legends))[0]
    # Until each code is a spelling, none is guessed; a file that has only digits of classes is no list of codes.
    more = [(column, "graphie", code, list(answers_of(column))[0], "") for code in CODES[column]]
    for count, left in ((1, {4, 2}), (len(more), {0})):
        known = pd.concat([registers()["spellings"], pd.DataFrame(more[:count], columns=schema.columns("modalites"))])
        assert len(cleaned(lines, spellings=known).unread) in left
    assert cleaned(rows(*({"niveau": code} for code in "3456"))).unread == []


@pytest.mark.parametrize(("unknown", "total", "is_asked"), [(1, 20, False), (4, 100, False), (5, 600, True)])
def test_an_unknown_answer_is_asked_for_from_five_persons_whatever_the_base(unknown, total, is_asked):
    out = cleaned(rows(*[{"origine": "collgee"}] * unknown, *[{"origine": "famille", "orienteur": ""}] * (total - unknown)))
    assert [(each.value, each.count, each.persons, each.first_line, each.suggestion, each.is_asked) for each in out.unread] == [("collgee", unknown, unknown, 2, "college", is_asked)]
    assert len(told(out)) == is_asked


def test_an_unknown_answer_is_shown_unless_it_may_be_a_person():
    out = cleaned(rows(*[{"origine": "collgee"}] * 2, *[{"origine": "le voisin, un ami"}] * 3, {"origine": "Zoé"}, *[{}] * 14, *[{"origine": "collgee", "annee": "2020"}] * 3))
    assert told(out) == [
        f"{FILE}, colonne « origine » : 6 réponses sur 20 ne sont pas comprises : « le voisin, un ami » (3 fois), « collgee » (2 fois) ; d’autres ne sont pas montrées, la première ligne 7 ; dites "
        "dans a_completer.csv ce que cela veut dire, ou corrigez le fichier."
    ]


@pytest.mark.parametrize("text", ["12/05/2008", "P00012", "jeune@exemple.fr", "x" * 41, "abcd"])
def test_what_may_be_a_person_is_not_shown(text):
    unlike = [{"origine": each} for each in (text, text, "Zoé", "Ali", "Lou")]
    fault = told(cleaned(rows(*unlike, {"identifiant": "abcd"}, *[{}] * 17)))[0]
    assert text not in fault and "les colonnes ne sont pas décalées" in fault


@pytest.mark.parametrize(("column", "once", "each_row", "said", "read"), [
    ("territoire", ["Roubaix", *[""] * 7, "Lille", *[""] * 7], ["Lens", "Lens", "Douai", ""] * 4, "dessus", ["Roubaix"] * 8 + ["Lille"] * 8 + ["Lens", "Lens", "Douai", ""] * 4),
    ("parents_associes", ["x", "", "?", ""] * 4, ["oui", "RAS", "non", ""] * 4, "non", ["oui", "non", "ne_sait_pas", "non"] * 4 + ["oui", "", "non", ""] * 4),
    ("nouvel_accompagnement", ["oui", ""] * 8, ["oui", "non", "non", ""] * 4, "non", ["oui", "non"] * 8 + ["oui", "non", "non", ""] * 4),
])  # fmt: skip
def test_what_an_empty_cell_stands_for_is_asked_of_the_sheets_that_may_write_so_and_of_no_other(column, once, each_row, said, read):
    blank = {"date_debut": ""}
    lines = rows(*({**blank, column: text} for text in [*once, *each_row]))
    tables = [table_of(lines[:16], sheet="AEP"), table_of(lines[16:], sheet="CAPEP")]
    out = cleaned(tables)
    assert f"{FILE}, feuille « AEP », colonne « {column} » : {once.count('')} lignes n’" in told(out)[0]
    (asked,) = (each for each in out.unread if each.is_asked)
    assert (asked.column, asked.value, asked.sheet, asked.persons) == (column, "toute la colonne", "AEP", once.count(""))
    own = pd.DataFrame([(column, "graphie", "toute la colonne", said, "")], columns=schema.columns("modalites"))
    out = cleaned(tables, spellings=pd.concat([own, registers()["spellings"]], ignore_index=True))
    assert values(out, column) == read and out.faults == []


def test_an_answer_that_means_another_thing_in_one_sheet_is_asked_of_that_sheet():
    lines = rows(*({"nouvel_accompagnement": text, "date_debut": ""} for text in [*"NA" * 5, *"ON" * 5]))
    tables = [table_of(lines[:10], sheet="AJA"), table_of(lines[10:], sheet="BDJ")]
    assert [(each.value, each.sheet, each.persons, each.suggestion) for each in cleaned(tables).unread] == [("A", "AJA", 5, ""), ("N [AJA]", "AJA", 5, "")]
    own = [("nouvel_accompagnement", "graphie", text, value, "") for text, value in (("N [AJA]", "oui"), ("A", "non"))]
    out = cleaned(tables, spellings=pd.concat([pd.DataFrame(own, columns=schema.columns("modalites")), registers()["spellings"]], ignore_index=True))
    assert (values(out, "nouvel_accompagnement"), out.faults) == (["oui", "non"] * 10, [])


def test_a_word_of_a_form_is_asked_once_and_not_with_each_other_one():
    lines = rows(*({"objectifs": text} for text in ["admin", "admin mobilite", "scolarite admin", *["admin sante"] * 4, "du jardin"]))
    assert [(each.value, each.persons) for each in cleaned(lines).unread] == [("admin", 7), ("du jardin", 1)]


def test_rows_of_a_person_do_not_contradict_each_other_while_their_objectives_are_asked():
    lines = rows(*({"identifiant": f"P{rank // 2}", "objectifs": text} for rank, text in enumerate(["forum + santé", "scolarité + forum"] * 10)), *({"identifiant": f"S{rank}", "objectifs": "forum"} for rank in range(5)))
    assert [fault.split(" : ")[0] for fault in told(cleaned(lines))] == [f"{FILE}, colonne « objectifs »"]


def test_a_class_out_of_a_college_says_more_than_what_was_said_of_all_rows():
    own = pd.DataFrame([("situation", "graphie", "toute la colonne", "collegien", "")], columns=schema.columns("modalites"))
    out = cleaned(rows({"niveau": "lycée"}, {}), spellings=pd.concat([own, registers()["spellings"]], ignore_index=True))
    assert values(out, "situation") == ["", "collegien"] and rules(out)["situation", "situation dite de toutes les lignes, que la classe contredit : laissée vide"] == 1
