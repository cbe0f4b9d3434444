"""Which rows are counted: totals, other years, persons twice; what makes a whole file unusable; the account of it all."""

import pandas as pd
import pytest

from helpers import clean, schema
from helpers.clean import records
from helpers.clean.answers import answers_of
from received_persons import FILE, cleaned, reasons, received, registers, rows, rules, table_of, values


def told(out: records.CleanedRecords) -> list[str]:
    return [str(fault) for fault in out.faults]


# --- rows (cases 17, 18, 29, 47 to 49, 57) ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        {"identifiant": "Total"},
        {"identifiant": "TOTAL GÉNÉRAL"},
        {"identifiant": "Sous-total CAPEP"},
        {"identifiant": "Ensemble"},
        {"identifiant": "", "association": "Total"},
        {"identifiant": "", "college": "Sous-total"},
        {"identifiant": " ", "niveau": "Ensemble"},
    ],
)
def test_a_total_is_nobody(row):
    out = cleaned(rows({}, row))
    assert reasons(out) == {"ligne de total": 1}
    assert values(out, "identifiant") == ["P00001"]


def test_somebody_of_an_association_named_total_is_somebody():
    assert reasons(cleaned(rows({"association": "Total"}))) == {}
    assert reasons(cleaned(rows({"identifiant": "Totaline12"}))) == {}


def test_a_row_without_identifier_is_not_counted():
    assert reasons(cleaned(rows({}, {"identifiant": ""}, {"identifiant": "\u00a0"}))) == {"identifiant absent": 2}


def test_a_row_of_another_year_is_not_counted():
    out = cleaned(rows(*[{}] * 9, {"annee": "2020"}, {"annee": ""}, {"annee": "2021.0"}))
    assert reasons(out) == {"ligne d’une autre année": 1, "année de l’export absente ou illisible": 1}
    assert set(values(out, "annee")) == {"2021"}


def test_a_person_twice_with_the_same_answers_is_kept_once():
    out = cleaned(rows({}, {"identifiant": "P00001", "niveau": "4ème", "date_debut": "08/03/2021"}, {}))
    assert values(out, "identifiant") == ["P00001", "P00003"]
    assert list(reasons(out).items()) == [("personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée", 1)]
    assert out.rejected["ligne"].tolist() == [3]


@pytest.mark.parametrize("change", [{"niveau": "3e"}, {"uai": "0593686L"}, {"date_fin": ""}, {"objectifs": ""}])
def test_a_person_twice_with_different_answers_is_not_counted(change):
    out = cleaned(rows({}, {"identifiant": " P00001", **change}, {"identifiant": "P00001"}, {}))
    assert values(out, "identifiant") == ["P00004"]
    assert reasons(out) == {"personne présente plusieurs fois, avec des réponses différentes": 3}


def test_an_identifier_is_the_same_whatever_wrote_it():
    out = cleaned(rows({"identifiant": "é’1"}, {"identifiant": "e\u0301'1"}, {"identifiant": "\u200bé’1\u00a0"}))
    assert values(out, "identifiant") == ["é’1"]
    assert rules(out) == {("identifiant", "espaces, apostrophes, tirets et accents écrits d’une seule façon"): 2}
    assert values(cleaned(rows({"identifiant": "O'1"})), "identifiant") == ["O’1"]


def test_capitals_of_an_identifier_matter():
    assert len(cleaned(rows({"identifiant": "aB1"}, {"identifiant": "AB1"})).persons) == 2


def test_a_row_that_is_not_counted_makes_nobody_twice():
    wrong = {"identifiant": "P00001", "annee": "2020"}
    assert reasons(cleaned(rows({}, wrong))) == {"ligne d’une autre année": 1}
    assert sorted(reasons(cleaned(rows({}, wrong, {"identifiant": "P00001"}))).values()) == [1, 1]


def test_identifiers_are_compared_by_their_value():
    tables = [table_of(rows({"identifiant": "00012"}, {"identifiant": "000"}), file="a.csv"), table_of(rows({"identifiant": "12"}, {"identifiant": "13,0"}), file="a.xlsx")]
    out = clean.clean_persons(records.ReceivedRecords(2021, tables, schema.columns("accompagnements")), **registers())
    assert (values(out, "identifiant"), len(out.rejected)) == (["12", "0", "13"], 1)
    assert rules(out) == {("identifiant", "identifiants comparés par leur valeur : zéros de tête et décimales nulles ôtés"): 3}


def test_associations_that_number_their_own_persons_are_kept_apart():
    numbered = [{"identifiant": str(rank), "association": name, "niveau": level} for name, level in (("CAPEP", "4e"), ("Horizon 9", "3e")) for rank in range(1, 8)]
    out = cleaned(rows(*numbered))
    assert (len(out.persons), values(out, "identifiant")[6:8], told(out)) == (14, ["CAPEP 7", "Horizon 9 1"], [])
    assert rules(out)["identifiant", "identifiants numérotés par chaque association : comparés au sein de l’association"] == 14
    # A person whom two associations follow is one person, who contradicts herself: three numbers of seven are no rule.
    apart = [{**row, "identifiant": str(int(row["identifiant"]) + 4 * (row["niveau"] == "3e"))} for row in numbered]
    assert reasons(cleaned(rows(*apart))) == {"personne présente plusieurs fois, avec des réponses différentes": 6}


def test_a_column_of_associations_that_holds_something_else_is_a_fault():
    crowd = rows(*({"association": f"Personne {rank}"} for rank in range(50)))
    assert told(cleaned(crowd[:30])) == []
    assert "colonne « association » : 50 noms que data/raw/reference/associations.csv n’a pas" in told(cleaned(crowd))[0]


@pytest.mark.parametrize(("blank", "count"), [(1, 0), (2, 1)])
def test_a_person_whom_nobody_is_said_to_follow_is_named_and_asked_for_above_one_in_twenty(blank, count):
    out = cleaned(rows(*[{"suivi_par": ""}] * blank, *[{}] * (20 - blank)))
    assert rules(out)["suivi_par", "on ne sait pas qui suit la personne : elle n’est pas comptée parmi celles des ALSES"] == blank
    assert len([fault for fault in told(out) if "ces personnes ne seraient comptées nulle part" in fault]) == count


def test_one_row_an_objective_is_one_person():
    long = [{"identifiant": who, "objectifs": goal} for who, goal in (("A", "mobilite"), ("A", "scolarite"), ("B", "scolarite"), ("A", "NSP"))]
    out = cleaned(rows(*long))
    assert (values(out, "identifiant"), values(out, "objectifs"), told(out)) == (["A", "B"], ["scolarite;mobilite;ne_sait_pas", "scolarite"], [])
    assert reasons(out) == {"autre objectif d’une personne : réuni à sa première ligne": 2}
    # Another answer differs, an objective is missing, or cells hold several: not one row an objective.
    for change in ({"niveau": "3e"}, {"objectifs": ""}, {"objectifs": "sante;mobilite"}):
        assert "avec des réponses différentes" in " ".join(reasons(cleaned(rows(long[0], {**long[1], **change}))))


@pytest.mark.parametrize(("blank", "count"), [(2, 0), (3, 1)])
def test_an_association_on_the_first_row_of_each_block_is_asked_for(blank, count):
    out = cleaned(rows(*[{}] * (10 - blank), *[{"association": ""}] * blank))
    assert [f"{FILE}, colonne « association » : {blank} lignes n’en ont pas" in fault for fault in told(out)] == [True] * count
    assert rules(out) == {("association", "case vide : personne comptée sans association"): blank}


@pytest.mark.parametrize(("bare", "total", "count"), [(1, 101, 0), (1, 100, 1), (5, 600, 1)])
def test_rows_with_an_identifier_and_a_year_only_are_told(bare, total, count):
    nothing = {name: "" for name in schema.columns("accompagnements") if name not in ("identifiant", "annee")}
    out = cleaned(rows(*[nothing] * bare, *[{}] * (total - bare)))
    assert (len(told(out)), rules(out)["", "identifiant et année seuls, sans aucune réponse : personne comptée, tout lui manque"]) == (count, bare)


def test_yes_and_no_the_other_way_round_is_told():
    assert "oui et non semblent inversés" in told(cleaned(rows(*[{"nouvel_accompagnement": "non"}] * 7, *[{}] * 3)))[0]
    assert told(cleaned(rows(*[{"nouvel_accompagnement": "non"}] * 66, *[{}] * 34))) == []


CODES = {"niveau": ["1", "2", "3", "4", "5"], "nouvel_accompagnement": ["1", "2"]}


@pytest.mark.parametrize("column", CODES)
def test_a_column_of_codes_asks_for_its_whole_code_list(column):
    lines = rows(*({column: code, "date_debut": ""} for code in CODES[column] * 30))
    out = cleaned(lines)
    assert [each.value for each in out.unread] == CODES[column] and set(values(out, column)) == {"non_prevu"}
    assert f"ses valeurs sont des codes ({', '.join(CODES[column])})" in told(out)[0]
    # Until each code is a spelling, none is guessed; a file that has only digits of classes is no list of codes.
    more = [(column, "graphie", code, list(answers_of(column))[0], "") for code in CODES[column]]
    for count, left in ((1, len(CODES[column]) - (column == "niveau")), (len(more), 0)):
        known = pd.concat([registers()["spellings"], pd.DataFrame(more[:count], columns=schema.columns("modalites"))])
        assert len(clean.clean_persons(received(lines), **{**registers(), "spellings": known}).unread) in ((left, 0) if column != "niveau" else (left,))
    assert cleaned(rows(*({"niveau": code} for code in "3456"))).unread == []


def test_cm2_and_a_label_of_ours_are_read_and_told():
    out = cleaned(rows({"niveau": "CM2", "orienteur": "Direction ou vie scolaire"}))
    assert (values(out, "niveau"), values(out, "orienteur")) == (["hors_college"], ["direction_vie_scolaire"])
    assert any("École élémentaire" in rule for _, rule in rules(out))


def test_a_referrer_is_only_of_the_college():
    out = cleaned(rows({}, {"origine": "famille"}, {"origine": ""}, {"origine": "NSP", "orienteur": ""}))
    assert values(out, "orienteur") == ["enseignants", "", "", ""]
    assert rules(out)["orienteur", "orienteur effacé : l’origine n’est pas le collège"] == 2


def test_rows_refused_by_reading_are_in_the_account():
    refused = [records.UnreadableRow(3, "ligne trop courte", "P9;2021"), records.UnreadableRow(9, "ligne trop longue", "P8;…")]
    tables = [table_of(rows({}, {}, {"annee": "2020"}), first=4, refused=refused)]
    out = clean.clean_persons(records.ReceivedRecords(2021, tables, schema.columns("accompagnements")), **registers())
    assert (out.read, len(out.persons), len(out.rejected)) == (5, 2, 3)
    assert reasons(out) == {"ligne trop courte": 1, "ligne trop longue": 1, "ligne d’une autre année": 1}
    assert (out.rejected["ligne"].tolist(), out.rejected["texte"].tolist()) == ([3, 6, 9], ["P9;2021", "", "P8;…"])


def test_the_quarantine_holds_the_row_as_received():
    out = cleaned(rows({}, {"identifiant": " X 7", "sexe": "Fille", "annee": "2020"}))
    row = out.rejected.iloc[0]
    assert list(out.rejected.columns) == ["fichier", "feuille", "ligne", "motif", *schema.columns("accompagnements"), "texte"]
    assert (row["fichier"], row["ligne"], row["identifiant"], row["sexe"], row["annee"]) == (FILE, 3, " X 7", "Fille", "2020")


# --- the whole year ---------------------------------------------------------------------------------------------------


def test_no_export_is_nobody_with_every_column():
    out = clean.clean_persons(records.ReceivedRecords(2021), **registers())
    assert (len(out.persons), out.read, out.faults, out.unread) == (0, 0, [], [])
    assert list(out.persons.table) == schema.columns("accompagnements")
    assert (list(out.ledger.columns), list(out.rejections.columns)) == (schema.columns("normalisations"), schema.columns("rejets"))


def test_categories_are_in_the_order_of_the_catalogue_or_sorted_and_only_of_rows_kept():
    names = ["Lys", "Douai", "Arras", "Escaut", "Bassée", "Cambrai"]
    lines = rows(*({"territoire": name, "date_debut": f"2021-0{place}-01"} for place, name in zip((4, 2, 6, 1, 5, 3), names, strict=True)), {"niveau": "6ème", "annee": "2020"}, {"niveau": "3e"})
    table = cleaned(lines).persons.table
    assert list(table["territoire"].cat.categories) == sorted([*names, "Roubaix"]) and list(table["niveau"].cat.categories) == ["4e", "3e"]
    assert list(table["date_debut"].cat.categories) == ["2021-01-01", "2021-02-01", "2021-03-01", "2021-03-08", *(f"2021-0{place}-01" for place in range(4, 7))]
    refused = cleaned([{**row, "annee": "2020"} for row in lines[:6]]).rejected
    assert refused["territoire"].tolist() == names and list(refused["territoire"].cat.categories) == sorted(names)


def test_a_column_that_the_file_lacks_is_empty():
    lines = [{name: text for name, text in row.items() if name not in ("territoire", "uai", "orienteur")} for row in rows({}, {})]
    out = cleaned(lines, columns=list(lines[0]))
    assert values(out, "territoire") == ["", ""]
    assert values(out, "uai") == ["0592714E", "0592714E"]
    assert out.faults == []


def test_two_files_are_added_and_accounted_apart():
    parts = [table_of(rows({"sexe": "F"}), file="a.csv"), table_of([{**rows({"sexe": "F"})[0], "identifiant": "Q1"}], file="b.csv")]
    changes = [records.Change("b.csv", "", "titre sauté", 1)]
    out = clean.clean_persons(records.ReceivedRecords(2021, parts, schema.columns("accompagnements"), changes=changes), **registers())
    assert out.ledger.values.tolist() == [["a.csv", "sexe", "écriture ramenée à la liste", 1], ["b.csv", "", "titre sauté", 1], ["b.csv", "sexe", "écriture ramenée à la liste", 1]]


def test_an_unknown_answer_of_two_sheets_is_told_once():
    tables = [table_of([{**row, "identifiant": sheet + row["identifiant"]} for row in rows(*[{"origine": "collgee"}] * 4, *[{}] * 6)], sheet=sheet) for sheet in ("A", "B")]
    out = clean.clean_persons(records.ReceivedRecords(2021, tables, schema.columns("accompagnements")), **registers())
    assert [(each.sheet, each.count) for each in out.unread] == [("A", 4), ("B", 4)] and "« collgee » (8 fois) ; dites" in told(out)[0]


# --- faults (cases 48, 52, 54, 57 to 60), each threshold below, at and above ------------------------------------------


def test_a_file_without_rows_is_a_fault():
    assert told(clean.clean_persons(records.ReceivedRecords(2021, [table_of([])], []), **registers())) == [
        f"{FILE} : aucune ligne de données ; vérifiez que c’est bien l’export, et non un modèle."
    ]


def test_a_file_of_another_year_is_told_as_such():
    assert told(cleaned(rows(*[{"annee": "2020"}] * 4))) == [f"{FILE} : ce fichier est celui de 2020, non de 2021 ; mettez-le dans le dossier de son année, ou demandez cette année-là."]


def test_a_file_without_its_year_is_told_by_reading_alone():
    lines = [{name: text for name, text in row.items() if name != "annee"} for row in rows({}, {})]
    out = cleaned(lines, columns=list(lines[0]))
    assert (told(out), reasons(out)) == ([], {"année de l’export absente ou illisible": 2})


@pytest.mark.parametrize("column", ["association", "sexe", "objectifs", "identifiant"])
def test_a_column_that_must_be_filled_and_is_empty_is_a_fault(column):
    faults = told(cleaned(rows(*[{column: ""}] * 3)))
    assert faults[0] == f"{FILE}, colonne « {column} » : elle est vide sur toutes les lignes ; remplissez-la, ou demandez un export qui la contient."


@pytest.mark.parametrize(("unknown", "total", "is_asked"), [(1, 20, False), (4, 100, False), (5, 600, True)])
def test_an_unknown_answer_is_asked_for_from_five_persons_whatever_the_base(unknown, total, is_asked):
    out = cleaned(rows(*[{"origine": "collgee"}] * unknown, *[{"origine": "famille", "orienteur": ""}] * (total - unknown)))
    assert [(each.value, each.count, each.persons, each.first_line, each.suggestion, each.is_asked) for each in out.unread] == [("collgee", unknown, unknown, 2, "college", is_asked)]
    assert len(told(out)) == is_asked


def test_an_unknown_answer_is_shown_unless_it_may_be_a_person():
    out = cleaned(rows(*[{"origine": "collgee"}] * 2, *[{"origine": "le voisin, un ami"}] * 3, {"origine": "Zoé"}, *[{}] * 14))
    assert told(out) == [
        f"{FILE}, colonne « origine » : 6 réponses sur 20 ne sont pas comprises : « le voisin, un ami » (3 fois), « collgee » (2 fois) ; d’autres ne sont pas montrées, la première ligne 7 ; dites "
        "dans a_completer.csv ce que cela veut dire, ou corrigez le fichier."
    ]


@pytest.mark.parametrize("text", ["12/05/2008", "P00012", "jeune@exemple.fr", "x" * 41, "abcd"])
def test_what_may_be_a_person_is_not_shown(text):
    unlike = [{"origine": each} for each in (text, text, "Zoé", "Ali", "Lou")]
    fault = told(cleaned(rows(*unlike, {"identifiant": "abcd"}, *[{}] * 17)))[0]
    assert text not in fault and "les colonnes ne sont pas décalées" in fault


@pytest.mark.parametrize(("rejected", "count"), [(1, 0), (2, 0), (3, 1)])
def test_more_than_one_row_in_five_is_a_fault_with_the_main_reasons(rejected, count):
    faults = told(cleaned(rows(*[{"annee": "2020"}] * rejected, *[{}] * (10 - rejected))))
    assert len(faults) == count
    if count:
        assert faults == [f"{FILE} : 3 lignes sur 10 ne peuvent pas être comptées : ligne d’une autre année (3) ; corrigez le fichier, la quarantaine montre ces lignes."]


@pytest.mark.parametrize(("wrong", "count"), [(2, 0), (3, 1)])
def test_more_than_one_cell_in_five_that_gives_no_date_is_a_fault(wrong, count):
    out = cleaned(rows(*[{"date_debut": "04/25/2021"}] * wrong, *[{}] * (10 - wrong)))
    assert (len(out.persons), len(told(out))) == (10, count)
    assert all("2021" not in fault and "colonne « date_debut » : 3 cases sur 10 ne se lisent pas" in fault for fault in told(out))


@pytest.mark.parametrize(("total", "count"), [(201, 0), (200, 0), (199, 1)])
def test_more_than_one_row_in_a_hundred_that_contradicts_another_is_a_fault(total, count):
    lines = rows({}, {"identifiant": "P00001", "niveau": "3e"}, *[{}] * (total - 2))
    faults = told(cleaned(lines))
    assert len(faults) == count and all("se contredisent" in fault and "propres numéros" in fault for fault in faults)
