"""The file to complete comes back from any spreadsheet, and becomes the reading of its year."""

import csv
import io

import openpyxl
import pandas as pd
import pytest

from conftest import some
from helpers import data, paths
from helpers.clean.records import Unread
from helpers.schema import DataError
from small_export import ROW, write_export

YEAR = 2032
UNREAD = [
    Unread("origine", "Forum, été", "accompagnements.csv", "", first_line=7, count=12, persons=12, suggestion="famille"),
    Unread("niveau", "04-05", "accompagnements.csv", "", first_line=3, count=40, persons=40),
    Unread("titre", "=Provenance", "accompagnements.csv", "", first_line=1, count=1, persons=90),
]
ANSWERS = {"Forum, été": "Partenaire", "04-05": "4e", "'=Provenance": "Origine"}
ADOPTED = {("origine", "Forum, été", "partenaire"), ("niveau", "04-05", "4e"), ("titre", "=Provenance", "origine")}


def file(suffix: str = ".csv"):
    return (paths.raw(YEAR) / "a_completer.csv").with_suffix(suffix)


def opened() -> pd.DataFrame:
    """The file as a French spreadsheet opens it."""
    return pd.read_csv(file(), sep=";", encoding="utf-8-sig", dtype="str", keep_default_na=False)


def answers() -> dict[str, str]:
    return dict(zip(opened()["ce qui est écrit"], opened()["à comprendre comme"], strict=True))


def filled(answers: dict[str, str] = ANSWERS) -> pd.DataFrame:
    table = opened()
    table["à comprendre comme"] = [answers.get(text, "") for text in table["ce qui est écrit"]]
    return table


def saved(table: pd.DataFrame, delimiter: str = ";", encoding: str = "utf-8-sig") -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([list(table), *table.to_numpy().tolist()])
    file().write_bytes(out.getvalue().encode(encoding))


def answered(path, said: dict[str, str]) -> pd.DataFrame:
    """The file of this export's year, written, then filled in as if by hand; as it was written."""
    data.write_to_complete(2033, data.unread(2033))
    table = pd.read_csv(path.parent / "a_completer.csv", sep=";", encoding="utf-8-sig", dtype="str", keep_default_na=False)
    given = [said.get(text, "") for text in table["ce qui est écrit"]]
    table.assign(**{"à comprendre comme": given}).to_csv(path.parent / "a_completer.csv", sep=";", index=False)
    return table


def adopted() -> set[tuple[str, str, str]]:
    rows = data.adopt(YEAR, UNREAD).rows
    return set(rows[["colonne", "graphie", "valeur"]].itertuples(index=False, name=None))


def test_it_tells_what_is_written_where_and_what_it_may_mean_the_worst_first(data_root):
    assert data.write_to_complete(YEAR, UNREAD) == [UNREAD[2], UNREAD[1], UNREAD[0]]
    rows = opened().set_index("ce qui est écrit")
    assert list(rows.index) == ["'=Provenance", "04-05", "Forum, été"]
    assert rows.loc["Forum, été"].drop("repère").to_dict() == {
        "colonne": "origine", "à comprendre comme": "", "peut-être": "famille", "personnes": "12", "cases": "12", "fichier": "accompagnements.csv", "feuille": "", "première ligne": "7",
        "réponses possibles": "college (orientation par le collège) / travail de rue / bouche-à-oreille / démarche personnelle / famille / partenaire / autre (autre origine) / ne sait pas / réponse non prévue / non renseigné (ou à ignorer)",
    }  # fmt: skip


@pytest.mark.parametrize(("delimiter", "encoding"), [
    (";", "utf-8-sig"), (";", "utf-8"), (",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16"), ("\t", "cp1252"), (";", "mac_roman"), (";", "cp850"),
])  # fmt: skip
def test_it_comes_back_in_every_form_in_which_a_spreadsheet_saves_it(data_root, delimiter, encoding):
    data.write_to_complete(YEAR, UNREAD)
    saved(filled(), delimiter, encoding)
    assert adopted() == ADOPTED
    assert data.write_to_complete(YEAR, UNREAD) == [] and not file().exists()


def test_it_comes_back_as_a_workbook_in_which_a_text_became_a_date_and_another_a_formula(data_root):
    data.write_to_complete(YEAR, UNREAD)
    table = filled()
    table["ce qui est écrit"] = table["ce qui est écrit"].replace({"04-05": "04/05/2026", "'=Provenance": "#NOM?"})
    book = openpyxl.Workbook()
    for row in [list(table), *table.to_numpy().tolist()]:
        book.active.append(row)
    book.save(file(".xlsx"))
    assert adopted() == ADOPTED


def test_what_was_filled_in_is_never_overwritten(data_root):
    data.write_to_complete(YEAR, UNREAD)
    saved(filled({"04-05": "4e"}), "\t", "utf-16")
    before = file().read_bytes()
    data.write_to_complete(YEAR, UNREAD)
    assert file().read_bytes() == before
    data.write_to_complete(YEAR, UNREAD[:1])
    assert answers() == {"Forum, été": "", "04-05": "4e"}
    file().write_text("du texte", encoding="utf-8")
    with pytest.raises(DataError, match="les colonnes « repère » et « à comprendre comme » doivent y être"):
        data.write_to_complete(YEAR, UNREAD)
    assert file().read_text(encoding="utf-8") == "du texte"


def test_an_answer_that_means_nothing_stays_in_the_file_and_the_choices_are_told(data_root):
    data.write_to_complete(YEAR, UNREAD)
    saved(filled({**ANSWERS, "Forum, été": "à ignorer", "04-05": "quatrième de couverture"}))
    adoption = data.adopt(YEAR, UNREAD)
    assert adoption.rows["valeur"].tolist() == ["origine", "non_renseigne"]
    assert str(adoption.faults[0]).startswith(  # the file is then written again: its lines move
        f"data/raw/2032/a_completer.csv, repère {opened()['repère'][1]} : « quatrième de couverture » n’est pas une réponse possible ; choisissez : 6e, 5e, 4e, 3e, "
    )
    data.write_to_complete(YEAR, UNREAD)
    assert answers() == {"04-05": "quatrième de couverture"}


def test_two_different_answers_to_one_question_are_refused(data_root):
    data.write_to_complete(YEAR, UNREAD)
    table = filled({"04-05": "4e"})
    saved(pd.concat([table, table.replace({"4e": "3e"})]))
    assert "est aussi dans data/raw/2032/a_completer.csv, ligne 3" in str(data.adopt(YEAR, UNREAD).faults[0])


def test_a_year_s_own_reading_comes_first_and_is_of_that_year_only(data_root):
    data.write_to_complete(YEAR, UNREAD)
    saved(filled())
    data.adopt(YEAR, UNREAD)
    for year, found in ((YEAR, ["niveau", "4e"]), (2031, [])):
        table = data.to_complete.read_reference_for(year, "modalites")
        assert table.loc[table["texte"].eq("04-05"), ["colonne", "valeur"]].to_numpy().ravel().tolist() == found
    assert data.to_complete.read_reference_for(YEAR, "entetes").iloc[0].tolist() == ["origine", "=Provenance"]
    assert paths.own_readings(YEAR) in data.raw.input_files([YEAR])


def test_what_a_text_meant_the_year_before_is_proposed(data_root):
    write_export(data_root, year=2031)
    (data_root / "data/raw/2031/lectures.csv").write_text("colonne;graphie;valeur;raison\norigine;FORUM ÉTÉ;partenaire;x\n", encoding="utf-8")
    data.write_to_complete(YEAR, UNREAD)
    assert dict(zip(opened()["ce qui est écrit"], opened()["peut-être"], strict=True))["Forum, été"] == "partenaire"


FORMS = [
    ("date_debut", ["03/25/2033", "04/05/2033"], "le mois avant le jour", ["2033-03-25", "2033-04-05"]),
    ("date_debut", ["03/25/2033", *["04/05/2033"] * 5], "le jour avant le mois", ["", *["2033-05-04"] * 5]),
    ("annee_naissance", ["20", "8"], "les deux derniers chiffres de l’année de naissance", ["2020", "2008"]),
    ("annee_naissance", ["13", "15"], "l’âge", ["2020", "2018"]),
    *((name, texts, "une case qui ne se lit pas reste vide", ["", texts[1]]) for name, texts in (("annee_naissance", ["douze ans", "2020"]), ("uai", ["0592714F", "0592714E"]), ("date_fin", ["été", "2033-08-01"]))),
    ("annee", ["", ""], "toutes les lignes sont de cette année", ["2033", "2033"]),
    ("annee", ["", ""], "2033", ["2033", "2033"]), ("suivi_par", ["", ""], "ALSES", ["alses", "alses"]),
    ("association", ["Le Gué", "", "", "Les Tilleuls", ""], "une case vide répète celle du dessus", [*["Le Gué"] * 3, *["Les Tilleuls"] * 2]),
    ("association", ["Le Gué", ""], "une case vide est d’une personne sans association", ["Le Gué", ""]),
    ("suivi_par", ["alses", ""], "toutes les personnes sont suivies par un ALSES", ["alses", "alses"]),
    *(("niveau", ["6e", *[""] * 4, "5e", *[""] * 4], answer, values) for answer, values in (("une case vide répète celle du dessus", [*["6e"] * 5, *["5e"] * 5]), ("une case vide reste vide", ["6e", *[""] * 4, "5e", *[""] * 4]))),
    ("college", ["C1", "C2", *[""] * 5, "C1"], "une case vide répète celle du dessus", ["C1", *["C2"] * 6, "C1"]),
    *(("nouvel_accompagnement", [*["oui"] * 9, *[""] * 6], answer, [*["oui"] * 9, *[read] * 6]) for answer, read in (("une case vide veut dire non", "non"), ("une case vide est sans réponse", ""))),
    ("suivi_par", ["", ""], "toutes les personnes sont suivies par un ALSES", ["alses", "alses"]),
]  # fmt: skip


@pytest.mark.parametrize(("column", "texts", "answer", "values"), some(FORMS, 8))
def test_how_a_whole_column_is_written_is_asked_for_once(data_root, column, texts, answer, values):
    more = () if column in ROW else (column,)
    path = write_export(data_root, *({column: text} for text in texts), year=2033, more=more)
    if column in ROW and not any(texts):
        path.write_text(path.read_text(encoding="utf-8").replace(f"{column};", "").replace(";;", ";"), encoding="utf-8")
    assert len(data.faults(2033)) == 1 and "a_completer.csv" in str(data.faults(2033)[0])
    assert [each.column for each in data.unread(2033) if each.is_asked] == [column]
    table = answered(path, {"toute la colonne": answer}).set_index("ce qui est écrit")
    assert answer in (*table.loc["toute la colonne", "réponses possibles"].split(" / "), "2033", "ALSES")
    assert data.adopt(2033, data.unread(2033)).faults == [] and data.shareable(2033) == {}
    assert data.faults(2033) == [] and data.read_export(2033).cleaned.persons.table[column].astype("object").fillna("").tolist() == values


def test_a_text_of_two_codes_that_a_spreadsheet_made_a_number_means_several_objectives(data_root):
    path = write_export(data_root, *[{"objectifs": "1.3"}] * 6, {"objectifs": "1"}, {"objectifs": "3,1"})
    said = {"1": "mobilité", "3": "autre (autre objectif)", "1.3": "mobilité ; autre (autre objectif)"}
    answered(path, {**said, "1.3": "mobilité ; à ignorer"})
    assert "ou plusieurs, séparés par « ; »" in str(data.adopt(2033, data.unread(2033)).faults[0])
    answered(path, said)
    adoption = data.adopt(2033, data.unread(2033))
    assert "colonne « objectifs » : « 1.3 » se lit « mobilité ; autre (autre objectif) »" in adoption.shown
    assert adoption.faults == data.faults(2033) == []
    assert data.read_export(2033).cleaned.persons.table["objectifs"].tolist() == [*["mobilite;autre"] * 6, "mobilite", "mobilite;autre"]


@pytest.mark.parametrize(("answer", "kept"), [("de l’année", 2), ("2033", 2), ("autre année", 1)])
def test_of_which_year_the_rows_of_a_school_year_are_is_asked(data_root, answer, kept):
    path = write_export(data_root, {}, {"annee": "2032-2033"}, {"annee": "2031-2032"}, {"annee": "2032"})
    assert ["2032-2033" in str(fault) and fault.persons for fault in data.faults(2033)] == [1]
    table = answered(path, {"2032-2033": answer})
    assert table[["colonne", "ce qui est écrit", "réponses possibles"]].to_numpy().tolist() == [["annee", "2032-2033", "de l’année / autre année"]]
    adoption = data.adopt(2033, data.unread(2033))
    assert adoption.shown[0].startswith("colonne « annee » : « 2032-2033 » se lit « ")
    assert adoption.faults == data.faults(2033) == [] and len(data.read_export(2033).cleaned.persons) == kept


@pytest.mark.parametrize(("column", "day", "written"), [("date_fin", "2032-10-01", "fin avant le début de l’année"), ("date_debut", "2034-01-05", "début après la fin de l’année")])
@pytest.mark.parametrize(("answer", "kept"), [("de l’année", 6), ("autre année", 1)])
def test_whether_persons_whose_dates_are_out_of_the_year_are_counted_is_asked(data_root, column, day, written, answer, kept):
    path = write_export(data_root, {"identifiant": "B", column: ""}, *({"identifiant": f"A{rank}", column: day} for rank in range(5)), more=(column,))
    assert f"colonne « {column} » : {written} pour 5 personnes ; dites dans a_completer.csv « de l’année » pour les compter, ou « autre année »." in str(data.faults(2033)[0])
    table = answered(path, {written: answer})
    assert table[["colonne", "réponses possibles"]].to_numpy().tolist() == [["annee", "de l’année / autre année"]]
    assert data.adopt(2033, data.unread(2033)).faults == data.faults(2033) == []
    out = data.read_export(2033).cleaned
    assert len(out.persons) == kept and out.rejections["lignes"].sum() == 6 - kept


@pytest.mark.parametrize(("column", "answer"), [("college", "pas un collège"), ("college", "à ignorer"), ("association", "pas une association")])
def test_a_text_that_names_no_college_or_association_may_be_said_to_name_none(data_root, column, answer):
    answered(write_export(data_root, {"college": "", column: "Aucun lieu"}, *[{"college": ""}] * 5, more=("college",)), {"Aucun lieu": answer})
    assert data.adopt(2033, data.unread(2033)).faults == data.faults(2033) == []
    table = data.read_export(2033).cleaned.persons.table
    assert len(table) == 6 and "Aucun lieu" not in table[column].tolist() and not data.unread(2033)


def test_a_line_of_text_under_the_table_is_nobody_whatever_was_said_of_all_rows(data_root):
    note = dict.fromkeys(ROW, "") | {"identifiant": "Source : base"}
    lines = pd.DataFrame([ROW, {**ROW, "identifiant": "P001", "association": ""}, note]).assign(suivi_par="").drop(columns=["annee", "situation"])
    path = write_export(data_root)
    lines.to_csv(path, sep=";", index=False)
    said = {"annee": "de_l_annee", "situation": "collegien", "suivi_par": "alses", "association": "dessus"}
    (path.parent / "lectures.csv").write_text("colonne;graphie;valeur;raison\n" + "".join(f"{name};toute la colonne;{value};x\n" for name, value in said.items()), encoding="utf-8")
    assert data.read_export(2033).cleaned.persons.table[["identifiant", "association", "suivi_par"]].to_numpy().tolist() == [[f"P00{rank}", "Le Gué", "alses"] for rank in (0, 1)]


def test_who_is_new_may_be_said_to_follow_from_the_start(data_root):
    starts = {"A": "2033-02-01", "B": "2032-05-01", "C": ""}
    path = write_export(data_root, *({"identifiant": name, "date_debut": day} for name, day in starts.items()), more=("date_debut",))
    pd.read_csv(path, sep=";", dtype="str", keep_default_na=False).drop(columns="nouvel_accompagnement").to_csv(path, sep=";", index=False)
    table = answered(path, {"toute la colonne": "oui où la date de début est de l’année, non où elle est d’avant"})
    assert table[["colonne", "peut-être"]].to_numpy().tolist() == [["nouvel_accompagnement", "oui où la date de début est de l’année, non où elle est d’avant"]]
    assert data.adopt(2033, data.unread(2033)).faults == data.faults(2033) == []
    assert data.read_export(2033).cleaned.persons.table["nouvel_accompagnement"].astype("object").fillna("").tolist() == ["oui", "non", ""]


def test_what_is_the_same_on_all_rows_is_proposed_once_no_title_is_left_that_may_say_it(data_root):
    path = write_export(data_root)
    path.write_text(path.read_text(encoding="utf-8").replace("suivi_par", "Professionnel", 1), encoding="utf-8")
    for is_left in (True, False):
        row = answered(path, {}).iloc[-1]
        assert (row["colonne"], row["peut-être"] == "", "expliquez d’abord les titres" in row["réponses possibles"]) == ("suivi_par", is_left, is_left)
        (path.parent / "lectures.csv").write_text("colonne;graphie;valeur;raison\ntitre;Professionnel;tel_quel;x\n", encoding="utf-8")


def test_the_association_that_a_file_is_named_after_is_proposed_for_all_its_rows(data_root):
    for name, first in (("Le Gué 2033", "A"), ("sud", "B"), ("uest", "C")):
        path = write_export(data_root, {"identifiant": first}, name=f"accompagnements_{name}.csv")
        path.write_text(path.read_text(encoding="utf-8").replace("association;", "").replace("Le Gué;", ""), encoding="utf-8")
    assert "lire sur toutes les lignes pour « association »" in str(data.faults(2033)[0])
    said = {"Le Gué 2033": "Le Gué", "sud": "Tilleuls", "uest": "Amis de l’Ouest"}
    table = answered(path, {f"toutes les lignes de accompagnements_{name}.csv": each for name, each in said.items()})
    assert table[["ce qui est écrit", "peut-être"]].to_numpy().tolist() == [["toutes les lignes de accompagnements_Le Gué 2033.csv", "Le Gué"], *([f"toutes les lignes de accompagnements_{name}.csv", ""] for name in ("sud", "uest"))]
    assert data.adopt(2033, data.unread(2033)).faults == [] and data.shareable(2033) == {} and data.faults(2033) == []
    assert dict(data.read_export(2033).cleaned.persons.table[["identifiant", "association"]].to_numpy().tolist()) == {"A": "Le Gué", "B": "Tilleuls", "C": "Amis de l’Ouest"}


def test_the_college_that_a_sheet_is_named_after_is_proposed_for_all_its_rows(data_root):
    path, book, titles, college = write_export(data_root), openpyxl.Workbook(), [*ROW], data.read_reference("colleges").iloc[0]
    for name in (college["nom_officiel"], "Lycée " + college["nom_officiel"], "Le Gué"):
        sheet = book.create_sheet(name)
        for row in (titles, [{**ROW, "identifiant": name}[title] for title in titles]):
            sheet.append(row)
    path.unlink()
    book.save(path.with_suffix(".xlsx"))
    asked = f"toutes les lignes de la feuille {college['nom_officiel']} (accompagnements.xlsx)"
    table = answered(path, {asked: f"{college['nom_officiel']} ({college['commune']})"})
    assert table[["colonne", "ce qui est écrit", "personnes"]].to_numpy().tolist() == [["college", asked, "1"]]
    assert data.faults(2033) == data.adopt(2033, data.unread(2033)).faults == []
    assert data.read_export(2033).cleaned.persons.table["uai"].dropna().tolist() == [college["uai"]]


@pytest.mark.parametrize(("before", "after", "near", "said", "column", "value"), [
    ("sexe;", "sexe;Genre;", {"sexe": "", "Genre": ""}, {"sexe": "à ignorer"}, "sexe", "filles"),
    ("sexe;", "Est-il des filles ?;", {"Est-il des filles ?": "Sexe"}, {}, "sexe", "garcons"),
    ("origine;", "Orienté par;", {"Orienté par": ""}, {"Orienté par": "Origine"}, "origine", "famille"),
])  # fmt: skip
def test_which_title_names_a_column_is_proposed_by_its_words_and_which_of_two_asked(data_root, before, after, near, said, column, value):
    path = write_export(data_root, {"sexe": "garcons", "origine": "famille"})
    text = path.read_text(encoding="utf-8").replace(before, after, 1)
    path.write_text(text.replace("garcons;", "garcons;F;") if "Genre" in after else text, encoding="utf-8")
    assert len(data.faults(2033)) == 1
    table = answered(path, near | said)
    assert {text: maybe.split(" (")[0].casefold() for text, maybe in zip(table["ce qui est écrit"], table["peut-être"], strict=True)} == {text: maybe.casefold() for text, maybe in near.items()}
    assert data.adopt(2033, data.unread(2033)).faults == data.faults(2033) == []
    cleaned = data.read_export(2033).cleaned
    assert cleaned.persons.table[column].tolist() == [value] and any("à ignorer contredit" in rule for rule in cleaned.ledger["regle"]) == ("Genre" in after)


def test_readings_are_shared_when_asked_as_whole_rows_without_what_may_be_about_a_person(data_root):
    unread = [*UNREAD, Unread("origine", "mère au 06 12 34 567", "accompagnements.csv", "", 9, 1, 1)]
    data.write_to_complete(YEAR, unread)
    saved(filled({**ANSWERS, "mère au 06 12 34 567": "famille"}))
    data.adopt(YEAR, unread)
    book = paths.reference() / "modalites.csv"
    before = book.read_bytes()
    assert [row["texte"] for row in data.shareable(YEAR)["modalites"]] == ["04-05", "Forum, été"]
    data.share(YEAR)
    assert book.read_bytes().removeprefix(before).decode().splitlines() == [
        "niveau,graphie,04-05,4e,Lu ainsi dans l’export de 2032.",
        'origine,graphie,"Forum, été",partenaire,Lu ainsi dans l’export de 2032.',
    ]
    assert data.shareable(YEAR) == {}
