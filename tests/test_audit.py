"""The audit finds what is planted in the files of an invented year, and nothing once they are repaired."""

import csv
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from conftest import REPOSITORY, copy_project, long
from helpers import clean, data, indicators, paths
from helpers.indicators.coherences import Share, compare_shares, seniorities
from helpers.schema import apply_schema
from helpers.text.audit_tables import written

YEAR = 2032
# What the invented year is already wrong about: set right before anything is planted.
REPAIRS = [
    ("prises_de_poste", "33", {"anciennete_alses": "NON"}),
    ("prises_de_poste", "34", {"anciennete_alses": "NON", "type_education_prioritaire": "REP"}),
    ("prises_de_poste", "31", {"type_education_prioritaire": "REP"}),
    ("chiffres_publies", "C2032-19", {"valeur": "80"}),
]


def edit(table: str, key: str, changes: dict[str, str]) -> None:
    """One row of a raw table, found by its first column or its line, with other cells."""
    path = paths.raw_table(YEAR, table)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        header, rows = reader.fieldnames, list(reader)
    (row,) = [row for row in rows if key in (row[header[0]], row.get("ligne"))]
    row.update(changes)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def audit(year: int = YEAR) -> tuple[pd.DataFrame, indicators.Coherences]:
    """What 01 does, without its kernel."""
    data.require_usable(year)
    received, registers = data.read_year(year), data.read_registers()
    posts = clean.clean_posts(received.posts, **registers).posts
    counted = indicators.count_year(posts, received.meetings, received.statements, year=year, document=received.document)
    figures = pd.concat([data.read_earlier_figures(year), received.figures], ignore_index=True)
    found = indicators.check_coherences(
        figures, counted, year=year, document=received.document, posts=posts, meetings=received.meetings,
        claims=received.claims, colleges=registers["colleges"],
    )
    return indicators.check_figures(figures, counted), found


@pytest.fixture
def repaired(data_root) -> Path:
    for table, key, changes in REPAIRS:
        edit(table, key, changes)
    return data_root


@long
def test_a_contradicted_difference_is_told_apart_from_the_totals_it_contradicts(data_root):
    edit("chiffres_publies", "C2032-06", {"valeur": "49"})
    controls, found = audit()
    told = indicators.serious_findings(controls, found.findings, year=YEAR).query("verdict == 'contradictoire'")
    assert told.loc[told["sujet"].str.startswith("Accompagnements"), ["sujet", "indicateurs"]].to_numpy().tolist() == [
        ["Accompagnements individuels, 2031", ""], ["Accompagnements individuels", ""],
        ["Accompagnements individuels, écart avec l’année précédente", ""],
    ]


def test_nothing_is_found_in_a_repaired_year(repaired):
    controls, found = audit()
    assert "contradictoire" not in set(controls["verdict"])
    # The only ambiguity left is the base that the document does not write.
    assert list(controls.loc[controls["verdict"] == "ambigu", "id"]) == ["C2032-19"]
    assert not set(found.findings["verdict"]) & {"contradictoire", "ambigu"}
    assert "contradictoire" not in set(indicators.serious_findings(controls, found.findings, year=YEAR)["verdict"])


# What is planted together, as long as nothing of it explains another: a cell of a table, where it is found, its verdict.
PLANTED = [
    [
        ("chiffres_publies", "C2032-11", {"valeur": "40"}, "parts/alses/orienteur", "contradictoire"),  # a sum of shares over the whole
        ("chiffres_publies", "C2032-03", {"valeur": "36", "operateur": "="}, "C2032-03", "contradictoire"),  # a share that no count gives
        ("reunions", "43", {"invites_du_groupe": "11"}, "totaux/groupes_alses", "contradictoire"),  # a total of groups that is neither
        ("affirmations", "A2032-01", {"relation": "inferieur"}, "affirmation/A2032-01", "contradictoire"),
        ("chiffres_publies", "C2032-19", {"valeur": "30"}, "affirmation/A2032-04/2", "ambigu"),  # objectives below requests
        ("prises_de_poste", "33", {"anciennete_alses": "0,5 ans"}, "anciennete_et_debut/impossible", "contradictoire"),
        ("prises_de_poste", "31", {"type_education_prioritaire": "REP +"}, "classement_au_repertoire/different", "ambigu"),
    ],
    [
        ("reunions", "41", {"invites_du_groupe": "2"}, "totaux/groupes_alses", "contradictoire"),  # a total of groups that is the present
        ("reunions", "43", {"date": "2033-01-12"}, "affirmation/A2032-02", "contradictoire"),  # a meeting out of its period
        ("chiffres_publies", "C2032-09", {"valeur": "-8"}, "C2032-09", "contradictoire"),  # a wrong difference of shares
        ("chiffres_publies", "C2032-02", {"valeur": "6"}, "C2032-02", "contradictoire"),  # a count that the table does not give
        ("chiffres_publies", "C2032-12", {"valeur": "95"}, "C2032-12", "contradictoire"),  # a count that its share does not give
        ("chiffres_publies", "C2032-04", {"valeur": "13"}, "C2032-04", "contradictoire"),  # a present that the meetings do not give
    ],
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED)
def test_each_planted_contradiction_is_found_with_its_verdict(repaired, planted):
    for table, key, changes, *_ in planted:
        edit(table, key, changes)
    controls, found = audit()
    after = pd.concat([controls[["id", "verdict"]], found.findings[["id", "verdict"]]]).set_index("id")["verdict"]
    expected = {where: verdict for *_, where, verdict in planted}
    assert {where: after[where] for where in expected} == expected
    told = indicators.serious_findings(controls, found.findings, year=YEAR)["verdict"].value_counts()
    assert all(told[verdict] >= list(expected.values()).count(verdict) for verdict in set(expected.values()))


# --- the calculations of the true year -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def true_year(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(copy_project(REPOSITORY, tmp_path_factory.mktemp("vrai"))))
        return audit(2020)


def value_of(text: str) -> float:
    """A neutral calculation, worked out by Python itself."""
    return eval(re.sub(r"[a-zé]", "", text.replace(" %", "/100")), {"__builtins__": {}})  # noqa: S307


def test_every_calculation_gives_the_value_that_stands_beside_it(true_year):
    controls = true_year[0]
    written_out = controls[controls["calcul"] != ""]
    assert len(written_out) == 22
    for row in written_out.itertuples():
        value = value_of(row.calcul) * (100 if row.unite in ("pct", "points") else 1)
        assert row.recalcul_min - 0.51 <= value <= row.recalcul_max + 0.51, row.calcul
        assert row.lignes_du_calcul


@pytest.mark.parametrize(("id", "calculation", "lines"), [
    ("C2020-03", "6 lignes / 17 lignes", "67–83"), ("C2020-04", "(8 + 7) lignes / 17 lignes", "67–83"), ("C2020-06", "55 / 6", "114, 118, 122, 128, 132, 136, 140, 144, 148"),
    ("C2020-09", "21 + 19 + 15", "122, 136, 148"), ("C2020-16", "2233 / (100 % - 35 %)", "206, 210"), ("C2020-17", "(3424 - 2233) / 3424", "206, 209"),
    ("C2020-22", "1206 / 2233", "206, 224"), ("C2020-25", "46 % - 52 %", "233"),
])
def test_a_figure_of_the_note_has_its_calculation_and_its_lines(true_year, id, calculation, lines):
    row = true_year[0].set_index("id").loc[id]
    assert (row["calcul"], row["lignes_du_calcul"]) == (calculation, f"Note de synthèse 2020, l. {lines}")


def test_near_ninety_per_cent_is_told_with_both_readings(true_year):
    row = true_year[0].set_index("id").loc["C2020-04"]
    assert row["calcul_autrement"] == "8 lignes / 17 lignes"
    assert row["autrement_min"] == pytest.approx(47.06, abs=0.01)
    serious = indicators.serious_findings(true_year[0], true_year[1].findings, year=2020)
    assert serious.query("verdict == 'sous_hypothese'")["sinon"].iloc[0] == "postes/premiere_prise_de_poste/oui"


@pytest.mark.parametrize(("id", "verdict", "calculation"), [
    ("parts/alses/orienteur", "confirme", "70 % + 22 % + 7 % = 99 %, entre 97.5 % et 100.5 % ; reste 0 à 2.5 %"),
    ("parts/alses/demande_initiale", "confirme", "50 % + 28 % + 16 % = 94 % ; 43 + 13 + 17 + 33 = 106 personnes ; reste 0 à 59 personnes sur 2233"),
    ("totaux/groupes_alses", "confirme", "21 + 19 + 15 = 55 ; invités imprimés : 55 ; présents imprimés : 41"),
    ("affirmation/A2020-02", "contradictoire", "3 sur 6 hors de la période du 2020-07-01 au 2020-12-31 : 2021-01-13, 2021-01-14, 2021-01-19"),
    ("affirmation/A2020-14/2", "ambigu", "« scolarité et exclusion » : 30 % contre 50 % (autre lecture : 30 % x 2 à 3 par personne = 60 à 90 %)"),
    ("affirmation/A2020-13", "non_verifiable", "réponses connues : 1377 pour 2233 personnes, soit 0.6 par personne au moins ; réponses possibles qui ne sont pas publiées : 5 ; affirmé : 2 à 3"),
])
def test_a_coherence_of_the_note_has_its_verdict_and_its_calculation(true_year, id, verdict, calculation):
    row = true_year[1].findings.set_index("id").loc[id]
    assert (row["verdict"], row["calcul"]) == (verdict, calculation)


# --- the pieces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("relation", "left", "right", "verdict"), [
    ("superieur", (50.1, 51), (49, 50), "confirme"), ("superieur", (50, 51), (49, 50), "non_verifiable"), ("superieur", (48, 49), (49, 50), "contradictoire"),
    ("inferieur", (49, 50), (50.1, 51), "confirme"), ("egal", (10, 10), (10, 10), "confirme"), ("egal", (9.5, 10.5), (9.5, 10.5), "non_verifiable"), ("egal", (9, 10), (10.1, 11), "contradictoire"),
])
def test_a_relation_holds_for_all_for_some_or_for_none_of_the_possible_values(relation, left, right, verdict):
    assert compare_shares(relation, Share(*left, ""), Share(*right, ""))[0] == verdict


POST = {
    "ligne": 1, "association": "A", "college": "Collège A", "commune": "B", "uai": "0999901A", "type_education_prioritaire": "rep", "date_debut": "2032-01-01", "date_debut_precision": "mois",
    "anciennete_prev_ans": 0, "anciennete_alses_ans": 0, "equipe_sur_le_quartier": "oui", "convention": "oui", "projet_annuel": "oui", "bureau": "oui", "presentation_formelle": "oui",
}
SURVEY = apply_schema(pd.DataFrame([{"date": "2032-04-01", "intitule": "J", "forme": "presentiel", "groupe": "journee_nouveaux", "participants": 1, "invites_du_groupe": None, "associations": "", "ligne": 1, "ligne_invites": None}]), "reunions")


@pytest.mark.parametrize(("start", "years", "expected"), [
    ("2032-01-01", 0, "possible"), ("2032-01-01", 0.5, "impossible"), ("2031-12-31", 0.5, "possible"), ("2032-03-31", 0.25, "possible"),
    ("2032-01-01", 1, "poste_anterieur"), ("2032-01-01", 0.99, "impossible"), ("2031-04-02", 1, "possible"),
])
def test_a_seniority_must_fit_since_the_start_once_rounded(start, years, expected):
    # 91 days are 0.249 of a year: half a year, rounded, may be 0.25 and no less.
    posts = apply_schema(pd.DataFrame([POST | {"date_debut": start, "anciennete_alses_ans": years}]), "postes")
    assert list(seniorities(posts, SURVEY)["anciennete_et_debut"]) == [expected]
    assert seniorities(posts, SURVEY.head(0)).empty


# --- how it is shown -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "shown"), [
    ("1206 / 2233", "1\u202f206 ÷ 2\u202f233"), ("100 % - 42 %", "100\u202f% − 42\u202f%"), ("54 % * 2233", "54\u202f% × 2\u202f233"), ("6 lignes / 17 lignes", "6 lignes sur 17"),
    ("1 ligne / 17 lignes", "1 ligne sur 17"), ("(8 + 7) lignes / 17 lignes", "(8 + 7) lignes sur 17"), ("reste 0 à 2.5 %", "reste 0 à 2,5\u202f%"), ("du 2020-07-01", "du 1er juillet 2020"),
    ("« Collège du 8 Mai 1945 » : 0.5 an, répertoire 2024-2025 REP", "« Collège du 8 Mai 1945 » : 0,5 an, répertoire 2024-2025 REP"), ("", ""),
])
def test_a_neutral_calculation_is_written_in_french(text, shown):
    assert written(text) == shown


# --- claims and remarks that cannot be tried --------------------------------------------------------------------------

CLAIM = {
    "id": "A2032-01", "document": "R", "ligne": 60, "libelle": "Une phrase.", "relation": "superieur", "gauche": "2032/alses/sexe/filles", "droite": "2031/alses/sexe/filles",
    "valeur_min": None, "valeur_max": None, "date_debut": None, "date_fin": None,
}
MEAN = {"relation": "moyenne", "gauche": "2032/alses/objectif/*", "droite": "", "valeur_min": 2, "valeur_max": 3}
PERIOD = {"relation": "periode", "gauche": "2032/reunions/reunions/nord", "droite": "", "date_debut": "2032-07-01", "date_fin": "2032-12-31"}


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"id": "A2031-01"}, "« id » : « A2031-01 » doit commencer par « A2032- » ; renommez cette affirmation."),
    ({"libelle": "Une hausse de 3 points."}, "« libelle » : « Une hausse de 3 points. » contient un chiffre ; dites-le sans, les pages montrent les valeurs."),
    ({"gauche": "2032/alses/sexe/fille"}, "« gauche » : « 2032/alses/sexe/fille » est inconnu ; vouliez-vous « filles » ?"),
    ({"droite": "2002/alses/sexe/filles"}, "« droite » : « 2002/alses/sexe/filles » parle de 2002 ; une affirmation porte sur 2032 ou 2031."),
    ({"gauche": "2032/reunions/sexe/filles"}, "« gauche » : « 2032/reunions/sexe/filles » est impossible : « sexe » ne se compte pas dans le périmètre « reunions »."),
    ({"droite": ""}, "« droite » : la valeur manque alors que la relation « superieur » en a besoin ; complétez cette case."),
    (MEAN | {"valeur_min": 4}, "« valeur_min » : « 4 » dépasse « valeur_max » ; échangez les deux valeurs."),
    (PERIOD | {"gauche": "2032/reunions/participants/nord"}, "« gauche » : « 2032/reunions/participants/nord » n’a pas de date ; une période porte sur l’indicateur « reunions »."),
    ({"date_fin": "2032-12-31"}, "« date_fin » : « 2032-12-31 » ne sert pas à la relation « superieur » ; videz cette case."),
    ({"gauche": "2032/alses/accompagnements/", "droite": "2031/alses/accompagnements/"}, "« gauche » : « 2032/alses/accompagnements/ » n’a pas de part : cet indicateur n’a pas de base dans le catalogue."),
])
def test_a_claim_that_cannot_be_tried_is_told_once(changes, sentence):
    claims = apply_schema(pd.DataFrame([CLAIM | changes], index=[7]), "affirmations")
    assert [str(fault) for fault in data.table_faults("affirmations", claims, year=YEAR)] == [f"data/raw/2032/affirmations.csv, ligne 7, colonne {sentence}"]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({}, None), ({"constat": "Il y en a 7."}, "« constat » : « Il y en a 7. » contient un chiffre ; dites-le sans, les pages montrent les valeurs."),
    ({"indicateurs": "alses/sexe/filles ; alses/sexe/fille"}, "« indicateurs » : « alses/sexe/fille » est inconnu ; vouliez-vous « filles » ?"),
])
def test_a_remark_names_known_figures_and_holds_no_digit(changes, sentence):
    remark = {"id": "R01", "lignes": "1", "sujet": "S", "constat": "C.", "raison": "R.", "consequence": "D.", "indicateurs": "alses/sexe/filles", "relu_le": f"{date(2032, 1, 1)}"}
    told = [str(fault) for fault in data.table_faults("remarques", apply_schema(pd.DataFrame([remark | changes], index=[3]), "remarques"), year=YEAR)]
    assert told == ([f"data/raw/2032/remarques.csv, ligne 3, colonne {sentence}"] if sentence else [])
