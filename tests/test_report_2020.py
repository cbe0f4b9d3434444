"""The report of 2020 on the true raw files: what the printed note says is there, to the unit and with its line."""

import csv
import hashlib
import json
import math
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import frictionless
import pytest
from bs4 import BeautifulSoup

PRINTED = Path(__file__).with_name("printed_2020.csv")


def read_csv(path: Path, delimiter: str = ",") -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="module")
def report(real_root) -> Path:
    return real_root / "reports" / "2020"


@pytest.fixture(scope="module")
def figures(report) -> list[dict]:
    return read_csv(report / "indicateurs.csv", ";")


def lines_of(reference: str) -> set[int]:
    found = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?(?=,|$| ;|\))", reference.partition(", l. ")[2]):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def find(figures: list[dict], year: int, path: str) -> dict:
    perimeter, indicator, modality = path.split("/")
    wanted = {
        "annee": str(year),
        "perimetre": perimeter,
        "indicateur": indicator,
        "modalite": modality,
        "croise_avec": "",
    }
    found = [row for row in figures if wanted.items() <= row.items()]
    assert len(found) == 1, f"{year}/{path}: {len(found)} rows"
    return found[0]


@pytest.mark.parametrize(
    ("year", "path", "low", "high"),
    [
        (2020, "alses/sexe/filles", 927, 949),
        (2020, "alses/sexe/garcons", 1284, 1306),
        (2019, "alses/sexe/filles", 732, 750),
        (2019, "alses/sexe/garcons", 1102, 1120),
        (2020, "alses/origine/college", 1017, 1038),
        (2019, "alses/origine/college", 954, 972),
        (2020, "alses/nouvel_accompagnement/oui", 1206, 1206),
        (2020, "alses/objectif/difficultes_familiales", 916, 916),
        (2020, "alses/orienteur/direction_vie_scolaire", 707, 731),
        (2020, "alses/orienteur/enseignants", 219, 233),
        (2020, "alses/orienteur/assistants_service_social", 67, 77),
        (2020, "alses/niveau/4e_3e", 1396, 1417),
        (2020, "alses/demande_initiale/autre", 0, 59),
        (2020, "prevention_specialisee/accompagnements/", 6522, 6648),
        (2020, "collegiens/suivi_par/autre_educateur", 1182, 1215),
        (2020, "postes/experience_prevention/non", 6, 6),
        (2020, "postes/premiere_prise_de_poste/oui_ou_incertain", 15, 15),
        (2020, "postes/presentation_formelle/non", 9, 9),
        (2020, "postes/projet_annuel/oui", 3, 3),
        (2020, "postes/equipe_sur_le_quartier/non", 6, 6),
        (2020, "postes/type_education_prioritaire/rep_plus", 10, 10),
        (2020, "reunions/participants/nouveaux", 19, 19),
        (2020, "reunions/participants/nord", 9, 9),
        (2020, "reunions/participants/sud", 13, 13),
        (2020, "reunions/invites/groupes_alses", 55, 55),
        (2020, "enonces/nature_enonce/tension", 10, 10),
        (2020, "enonces/acteur_enonce/alses", 33, 33),
        (2020, "enonces/acteur_enonce/equipe_prevention", 13, 13),
        (2020, "enonces/acteur_enonce/college", 12, 12),
        (2020, "enonces/acteur_enonce/principal", 9, 9),
        (2020, "enonces/acteur_enonce/assistant_service_social", 4, 4),
        (2020, "enonces/acteur_enonce/enseignants", 4, 4),
        (2020, "enonces/acteur_enonce/collegiens", 3, 3),
        (2020, "enonces/acteur_enonce/parents", 2, 2),
        (2020, "enonces/reponse_tension/au_moins_une", 7, 7),
        (2020, "enonces/reponse_tension/aucune", 3, 3),
        (2020, "alses/variation_annuelle/", 381, 381),
        (2020, "postes/ips_du_college/premier_quartile", 15, 15),
        (2020, "postes/eleves_inscrits/", 6824, 6824),
        (2020, "reseau_alses/associations_nommees/", 12, 13),
        (2020, "reseau_alses/presence_associations/postes_sans_reunion", 1, 1),
        (2020, "reseau_alses/presence_associations/reunions_sans_poste", 4, 5),
        (2020, "enonces/reunion_enonce/journee_nouveaux", 8, 8),
        (2020, "donnees/lignes/modifications", 169, 169),
        # Three tables of posts, three of meetings, the levels; girls and boys, three pairs of count and share, two gaps.
        (2020, "donnees/egalites/", 12, 12),
    ],
)
def test_a_figure_has_the_bounds_that_the_note_allows(figures, year, path, low, high):
    row = find(figures, year, path)
    assert (int(row["effectif_min"]), int(row["effectif_max"])) == (low, high)


def _values(row: dict) -> set[float]:
    shown = {
        row["part_imprimee_pct"].replace(",", "."),
        row["effectif_min"] if row["effectif_min"] == row["effectif_max"] else "",
    }
    return {float(value) for value in shown if value}


def _checked(report: Path) -> list[tuple[int, int, float]]:
    page = BeautifulSoup((report / "01_clean.html").read_text(encoding="utf-8"), "html.parser")
    table = next(t for t in page.find_all("table") if "chaque chiffre imprimé" in t.caption.get_text())
    rows = []
    for group in table.find_all("tbody"):
        year = group.select_one('[scope="rowgroup"]').get_text().removeprefix("Chiffres de ")
        for line in group.select("tr:has(td)"):
            place, printed = (cell.get_text() for cell in line.find_all("td")[:2])
            value = re.search(r"[−+]?\d[\d\u202f]*(?:,\d+)?", printed)[0]
            value = float(value.replace("\u202f", "").replace("−", "-").replace("+", "").replace(",", "."))
            rows.append((int(year), int(re.search(r"\d+", place)[0]), value))
    return rows


def test_every_printed_count_and_percentage_is_an_indicator_or_a_checked_figure(report, figures):
    counted = [
        (int(row["annee"]), line, value)
        for row in figures
        for line in lines_of(row["reference"])
        for value in _values(row)
    ]
    found = {*_checked(report), *counted}
    # The meetings of January 2021 are filed, as the note does, under 2020.
    printed = [(min(int(row["annee"]), 2020), int(row["ligne"]), float(row["valeur"])) for row in read_csv(PRINTED)]
    assert [figure for figure in printed if figure not in found] == []
    assert len(read_csv(PRINTED)) == 60


def _verdicts(real_root) -> dict[tuple[int, str], str]:
    rows = read_csv(real_root / "data" / "processed" / "2020" / "controles.csv")
    return {
        (int(row["ligne"]), f"{row['perimetre']}/{row['indicateur']}/{row['modalite']}/{row['mesure']}"): row["verdict"]
        for row in rows
    }


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        (85, "postes/experience_prevention/non/part", "confirme"),
        (86, "postes/premiere_prise_de_poste/oui_ou_incertain/part", "sous_hypothese"),
        (89, "postes/presentation_formelle/non/part", "confirme"),
        (95, "reunions/invites/groupes_alses/effectif", "confirme"),
        (95, "reunions/participants/groupes_alses/effectif", "confirme"),
        (95, "reunions/invites_par_reunion/groupes_alses/effectif", "sous_hypothese"),
        (189, "enonces/niveaux_proposes//effectif", "confirme"),
        (206, "alses/accompagnements//ecart", "confirme"),
        (209, "prevention_specialisee/situation/collegien/part", "non_verifiable"),
        (210, "collegiens/suivi_par/autre_educateur/part", "sous_hypothese"),
        (224, "alses/nouvel_accompagnement/oui/part", "confirme"),
        (233, "alses/origine/college/ecart", "confirme"),
        (269, "alses/demande_initiale/scolaire/part", "non_verifiable"),
        (280, "alses/objectif/scolaire/part", "ambigu"),
    ],
)
def test_a_printed_figure_has_the_verdict_of_the_audit(real_root, line, path, expected):
    assert _verdicts(real_root)[line, path] == expected


def test_the_seventeen_posts_are_still_exactly_as_printed(real_root):
    # Compared cell by cell with lines 67 to 83 of the note when it was transcribed; nobody may correct it since.
    content = (real_root / "data/raw/2020/prises_de_poste.csv").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(content).hexdigest() == (
        "0127c8afe7b945b00f8efcd95630841e8c757706fe15c0f67e88cf7d001fcc05"
    )
    for quirk in ("Ronsart (Hautmont)", "Ne Sait Pas", "13-janv-20", "Agil", "REP +", "\"1,5 ans\"", "Jean ROSTAND"):
        assert quirk in content.decode("utf-8")


def test_the_seventeen_posts_are_all_kept_and_identified(real_root):
    posts = read_csv(real_root / "data" / "processed" / "2020" / "postes.csv")
    assert len(posts) == 17
    assert [posts[0]["uai"], posts[3]["uai"], posts[7]["uai"], posts[16]["uai"]] == [
        "0592714E",
        "0594309N",
        "0595337F",
        "0595169Y",
    ]
    assert {post["date_debut_precision"] for post in posts if post["date_debut"] == "2020-01-13"} == {"jour"}


def test_page_03_says_what_changed_with_its_bounds(report):
    page = BeautifulSoup((report / "03_compare.html").read_text(encoding="utf-8"), "html.parser")
    said = re.sub(r"[\s\u202f\u00a0]+", " ", page.select_one("ul.constats").get_text(" "))
    plain = said.replace(" ,", ",")
    assert "−6,0 points (entre −6,9 et −5,0 )" in plain
    assert "entre +45 et +84" in plain
    assert "+2,0 points (entre +1,0 et +3,0 )" in plain
    assert "+381" in plain


def test_every_count_of_the_statements_is_that_of_the_raw_table(real_root, figures):
    # Counted again, plainly, from the file as received.
    rows = read_csv(real_root / "data/raw/2020/enonces.csv")
    columns = {"theme": "theme_enonce", "nature": "nature_enonce", "echelle": "echelle_enonce", "acteurs": "acteur_enonce", "associations": "association_enonce"}
    groups = {
        "familles": {"collegiens", "parents"},
        "cote_college": {"college", "principal", "cpe", "enseignants", "assistant_service_social", "conseil_administration"},
    }
    checked = 0
    for figure in figures:
        for column, name in columns.items():
            if figure["indicateur"] == name and figure["annee"] == "2020":
                wanted, nature = groups.get(figure["modalite"], {figure["modalite"]}), figure["modalite_croisee"]
                found = [row for row in rows if wanted & set(row[column].split(";")) and nature in ("", row["nature"])]
                assert int(figure["effectif_min"]) == int(figure["effectif_max"]) == len(found), figure
                checked += 1
    assert checked == 5 * 5 + 4 + 4 * 5 + 20 * 5 + 4


def test_page_04_names_the_tensest_theme_and_the_tensions_without_answer(report):
    page = BeautifulSoup((report / "04_themes.html").read_text(encoding="utf-8"), "html.parser")
    said = re.sub(r"[\s\u202f\u00a0]+", " ", page.select_one("ul.constats").get_text(" ")).replace(" .", ".").replace(" ,", ",")
    assert "Le thème « Cadre du partenariat » réunit le plus de tensions : 5 sur 10." in said
    assert "Le thème « Place dans l’équipe » réunit le plus de leviers : 5 sur 11." in said
    assert "Sur 10 tensions, 7 reçoivent une réponse dans la synthèse, levier ou recommandation ; 3 restent sans réponse. C’est le jugement de la seule personne qui a codé." in said
    table = next(t for t in page.find_all("table") if "réponses" in t.caption.get_text())
    lines = [row.find_all("td")[0].get_text() for row in table.tbody.find_all("tr") if row.find_all("td")[1].get_text() == "Aucune"]
    assert lines == ["l.\u00a0162", "l.\u00a0176", "l.\u00a0176"]
    figure = next(f for f in page.select("figure") if f["id"] == "fig-chiffres-et-enonces")
    assert [value for value in ("9 sur 17", "3 sur 17", "6 sur 17", "7\u202f%", "22\u202f%", "47\u202f%") if value not in figure.img["alt"]] == []


def test_page_04_folds_the_uses_of_a_frequent_word_under_their_count(report):
    page = BeautifulSoup((report / "04_themes.html").read_text(encoding="utf-8"), "html.parser")
    fold = page.select_one("details.contextes")
    assert re.sub(r"[\u202f\u00a0]", " ", fold.summary.get_text()) == "« équipe » : 9 emplois dans 9 énoncés, quelle que soit sa terminaison"
    assert [row.th.get_text()[3:] for row in fold.select("tbody tr")] == ["87", "87", "163", "171", "172", "173", "175", "176", "186"]


def test_page_02_says_in_four_sections_that_the_synthesis_speaks_of_them(report):
    page = BeautifulSoup((report / "02_describe.html").read_text(encoding="utf-8"), "html.parser")
    said = [re.sub(r"[\u202f\u00a0]", " ", each.get_text()) for each in page.select("p.renvoi")]
    assert [each.partition(" sur ")[0].rpartition(" : ")[2] for each in said] == ["13 énoncés", "1 énoncé", "3 énoncés", "1 énoncé"]
    assert said[3] == "La synthèse des réunions en parle aussi : 1 énoncé sur « Place des parents : associés »."


def test_the_index_gives_the_answer_first(report):
    page = BeautifulSoup((report / "index.html").read_text(encoding="utf-8"), "html.parser")
    first = page.find("main").find("h2")
    assert first.get_text() == "À retenir"
    assert "2\u202f233" in first.find_next("ul").get_text()


def said_on(report, name, selector="main") -> str:
    page = BeautifulSoup((report / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    return re.sub(r"[\s\u202f\u00a0]+", " ", page.select_one(selector).get_text(" ")).replace(" ,", ",")


def test_the_index_says_in_one_minute_what_changed_and_how_sure_it_is(report):
    page = BeautifulSoup((report / "index.html").read_text(encoding="utf-8"), "html.parser")
    titles = [heading.get_text() for heading in page.main.find_all("h2")]
    assert titles[1].startswith("Qu’est-ce qui a changé") and "Que ne sait-on pas\u202f?" in titles
    assert titles[-1] == "Comment citer ce rapport"
    changed = re.sub(r"[\s\u202f\u00a0]+", " ", page.main.find_all("h2")[1].find_next("ul").get_text(" "))
    for sure, figures in (("sans dépasser ce que le hasard", "+2,0 points"), ("On ne sait pas si cet écart dépasse le hasard", "−6,0 points"), ("l’écart peut venir de là", "+10,6 points")):
        assert any(sure in item and figures in item for item in re.split(" : (?:la|une) part", changed)), (sure, figures)
    assert len(page.select(".carte")) == 8
    assert "travail de rue" in page.select_one(".inconnus").get_text()
    assert "base" in [term.get_text().lower() for term in page.select(".glossaire dt")]


# domain values of page 03, as they are printed there: what is observed, its interval, its test, what could make it wrong.
ON_PAGE_03 = [
    "−6,0 points (entre −6,9 et −5,0", "entre +45 et +84", "+2,0 points (entre +1,0 et +3,0", "43,4 % (entre 42,6 et 44,2",
    "+10,6 points (entre +9,8 et +11,4", "de −1,0 à +5,0", "de −2,0 à +6,0", "de −9,1 à −2,9", "+20,6 %",
    "1,21", "+39,1 points", "+6,6 points", "+6,3 points", "+5,0 points", "16,8 % (entre 11,8 et 22,0",
    "51,7 % (entre 46,5 et 57,0", "4,3 points", "5,8 points", "10,3 points", "0,197", "1,3 × 10⁻⁴", "entre 0,01 et 0,04", "de 0,61 à 151,72", "61,0 % (entre 60,0 et 62,1",
    "0,97 à 1,13", "0,95 à 1,16", "0,83 à 0,94", "+7,0 points", "+35,7 %", "+3,8 à +6,1 points",
]  # fmt: skip


@pytest.mark.parametrize("value", ON_PAGE_03)
def test_page_03_holds_each_value_of_the_comparisons(report, value):
    assert value in said_on(report, "03_compare")


def test_fourteen_figures_or_more_are_drawn(report):
    pages = [(report / f"{name}.html").read_text(encoding="utf-8") for name in ("01_clean", "02_describe", "03_compare", "04_themes")]
    assert sum(page.count("<figure class=\"figure\"") for page in pages) >= 14


# --- what is said, against the lines of the note ----------------------------------------------------------------------


def test_a_share_that_two_readings_part_is_ambiguous_and_never_contradicted(report, real_root):
    verdicts = {row["id"]: row["verdict"] for row in read_csv(real_root / "data" / "processed" / "2020" / "coherences.csv")}
    assert verdicts["affirmation/A2020-14/2"] == "ambigu"
    for name in ("index", "01_clean", "02_describe"):
        assert not re.search(r"sans base écrite|n’a pas de base écrite|sans dire si c’est la part", said_on(report, name))


def test_the_social_workers_share_cannot_be_one_of_all_the_persons_followed(figures, real_root):
    # l. 233, 243, 245, 247: with one referrer a pupil, what is excluded is said to be so.
    least = sum(math.ceil(Fraction(share) / 100 * base) for share, base in (("69.5", 1017), ("21.5", 1017), ("6.5", 2233)))
    assert least == 1072 > int(find(figures, 2020, "alses/origine/college")["effectif_max"]) == 1038
    (remark,) = (row for row in read_csv(real_root / "data/raw/2020/remarques.csv") if row["id"] == "R06")
    assert "exclue" in remark["raison"] and "aucun calcul ne l’impose" not in remark["raison"]


def test_each_interpretation_of_the_note_is_in_the_remarks(real_root):
    lines = {line for row in read_csv(real_root / "data/raw/2020/remarques.csv") for line in row["lignes"].split(", ")}
    assert {"93", "235", "256", "257", "267", "270", "271", "273"} <= lines


def test_what_is_printed_as_participants_or_levels_is_not_read_as_posts_or_statements(real_root):
    printed = {(row["ligne"], row["unite"]) for row in read_csv(real_root / "data/raw/2020/chiffres_publies.csv")}
    assert ("50", "postes") not in printed and ("189", "niveaux") in printed


def test_a_method_of_the_rest_is_told_of_the_rest_only(report):
    rows = read_csv(report / "comparaisons.csv", ";")
    told = {row["comparaison"].partition("/")[0] for row in rows if "moins ALSES" in row["methode"]}
    assert told == {"reste"}


def test_every_line_of_the_ledger_shows_a_change(report):
    page = BeautifulSoup((report / "01_clean.html").read_text(encoding="utf-8"), "html.parser")
    table = next(t for t in page.find_all("table") if t.caption and "Registre complet" in t.caption.get_text())
    cells = [[cell.get_text() for cell in row.find_all("td")] for row in table.select("tbody tr")]
    assert len(cells) == 169 and all(row[1] != row[2] for row in cells)


def test_a_share_computed_from_exact_counts_is_not_said_exact(report):
    page = BeautifulSoup((report / "index.html").read_text(encoding="utf-8"), "html.parser")
    cards = [re.sub(r"\s+", " ", card.get_text(" ")) for card in page.select(".carte")]
    assert [card for card in cards if re.match(r"[^a-z]*% exact", card)] == []
    assert any("soit 41 sur 55 invités exact" in card for card in cards)


def test_page_04_names_the_meeting_that_statements_come_from(report):
    said = said_on(report, "04_themes")
    assert "8 énoncés viennent de la réunion « journée des nouveaux ALSES » ( 17 présences)" in said
    assert "ni dans quelle réunion" not in said


def test_what_the_note_does_not_say_is_not_said_for_it(report):
    for name in ("index", "02_describe", "03_compare"):
        said = said_on(report, name)
        assert not re.search(r"sans date précise|a fermé les collèges|le document ne l’écrit pas|Le document nomme 13", said), name
    assert "12 ou 13 associations" in said_on(report, "02_describe")
    assert "d’après la note de synthèse, dans son introduction" in said_on(report, "03_compare")


def test_the_calendar_counts_every_meeting_that_it_draws(report):
    page = BeautifulSoup((report / "02_describe.html").read_text(encoding="utf-8"), "html.parser")
    figure = page.select_one("#fig-calendrier")
    base = figure.select_one(".base")
    assert sum(int(each["value"]) for each in base.find_all("data")) == 8 == len(figure.select("tbody tr"))


def test_a_rise_that_chance_explains_is_not_said_to_be_one(report):
    said = said_on(report, "index")
    assert "Filles : la part augmente, sans dépasser ce que le hasard produit d’ordinaire" in said
    assert "Qu’est-ce qui a changé, qu’est-ce qui diffère" in said


# --- what the tables say of themselves -------------------------------------------------------------------------------


def test_each_number_says_who_made_it(report):
    rows = read_csv(report / "indicateurs.csv", ";")
    assert Counter(row["source"] for row in rows) == {"imprime": 180, "codage": 181, "calcul": 33, "reference_publique": 8}
    assert {row["perimetre"] for row in rows if row["source"] == "codage"} == {"enonces"}
    assert {row["perimetre"] for row in rows if row["source"] == "calcul"} == {"donnees"}
    found = {row["reference"] for row in rows if row["indicateur"] == "classement_au_repertoire"}
    assert all(each.startswith("Note de synthèse 2020, l. 67–83 ; ") and "annuaire de l’éducation" in each for each in found) and len(found) == 1


def test_each_deduced_number_cites_its_lines(report):
    deduced = {"/".join([row[name] for name in ("annee", "perimetre", "indicateur", "modalite")]): row["reference"] for row in read_csv(report / "indicateurs.csv", ";") if row["precision"] == "deduit" and row["unite"] == "personnes"}
    lines = {
        "2019/alses/sexe/garcons": "206, 219", "2019/alses/origine/hors_college": "206, 233",
        "2020/alses/nouvel_accompagnement/non": "206, 224", "2020/alses/origine/hors_college": "206, 233",
        "2020/alses/orienteur/autre": "206, 233, 243, 245, 247", "2020/alses/niveau/6e_5e_autre": "206, 257",
        "2020/alses/demande_initiale/autre": "206, 269–271, 275, 277–280", "2020/alses/parents_associes/non": "206, 275",
        "2020/collegiens/suivi_par/alses": "209, 210", "2020/prevention_specialisee/accompagnements/": "209",
        "2020/prevention_specialisee/situation/hors_college": "209", "2020/prevention_specialisee/sexe/filles": "209, 220",
        "2020/prevention_specialisee/nouvel_accompagnement/non": "209, 227",
    }  # fmt: skip
    assert deduced == {key: f"déduit (Note de synthèse 2020, l. {found})" for key, found in lines.items()}
    assert all(", l. " in row["reference"] for row in read_csv(report / "indicateurs.csv", ";") if row["precision"] == "deduit")
    (pupils,) = [row for row in read_csv(report / "indicateurs.csv", ";") if (row["annee"], row["perimetre"], row["indicateur"]) == ("2020", "collegiens", "accompagnements")]
    assert (pupils["effectif_min"], pupils["precision"], pupils["reference"]) == ("3424", "exact", "Note de synthèse 2020, l. 209")


def test_a_reader_sees_who_made_a_number(report):
    page = BeautifulSoup((report / "04_themes.html").read_text(encoding="utf-8"), "html.parser")
    cited = {mark.get("title", "") for mark in page.select("data[data-cle^='2020/enonces/']")} - {""}
    assert cited and all(each.startswith("codé par une personne, d’après Note de synthèse 2020") for each in cited)
    assert any("énoncés de la synthèse, codés par une personne" in each.get_text().replace("\u202f", " ") for each in page.select(".source"))
    counted = BeautifulSoup((report / "01_clean.html").read_text(encoding="utf-8"), "html.parser").select("data[data-cle^='2020/donnees/']")
    assert any(mark.get("title", "").startswith("compté par le programme, d’après") for mark in counted)


def test_a_comparison_joins_the_figure_that_it_measures(report):
    keys = ("annee", "perimetre", "indicateur", "modalite")
    figures = {tuple(row[name] for name in keys): row for row in read_csv(report / "indicateurs.csv", ";") if not row["croise_avec"]}
    joined = 0
    for row in read_csv(report / "comparaisons.csv", ";"):
        parts = row["comparaison"].split("/")
        assert row["nature"] == parts[0]
        if row["mesure"] != "effectif" or parts[-1] == "association":
            continue
        own = figures[tuple(row[name] for name in keys)]
        assert int(own["effectif_min"]) <= float(row["valeur"].replace(",", ".")) <= int(own["effectif_max"]), row
        if row["nature"] == "annees":
            figures[(row["comparee_a"], *(row[name] for name in keys[1:]))]
        joined += 1
    assert joined >= 10


@pytest.mark.parametrize("name", ["indicateurs", "comparaisons"])
def test_no_text_of_a_table_is_a_date_or_a_number_for_a_spreadsheet(report, name):
    numbers = {field["name"] for field in package(report)[name]["schema"]["fields"] if field["type"] in ("integer", "number")}
    texts = {value for row in read_csv(report / f"{name}.csv", ";") for column, value in row.items() if column not in numbers}
    assert [value for value in texts if re.fullmatch(r"[-+]?\d+([-/., ]\d+)*|\d+([.,]\d+)?[eE][-+]?\d+", value)] == []
    assert {"2020_03_09", "2019_09"} <= texts if name == "indicateurs" else "annees" in texts


# --- one description of the tables -----------------------------------------------------------------------------------


def package(report) -> dict[str, dict]:
    content = json.loads((report / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in content["resources"]}


def test_frictionless_finds_no_fault_in_the_package(report, tmp_path):
    found = frictionless.validate(str(report / "datapackage.json"))
    assert found.valid and [task.name for task in found.tasks] == ["indicateurs", "comparaisons"]
    # A count that is no number is told: the tables were read.
    for path in report.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b";2233;2233;", b";2233;beaucoup;"))
    (tmp_path / "datapackage.json").write_bytes((report / "datapackage.json").read_bytes())
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_the_package_is_what_the_frictionless_of_r_reads(report):
    # Its read_resource asks these of a resource, knows one decimal mark a table, and no other name of the encoding.
    assert not list(report.glob("*.schema.json"))
    for name, resource in package(report).items():
        assert (resource["profile"], resource["path"], resource["encoding"]) == ("tabular-data-resource", f"{name}.csv", "utf-8")
        assert resource["dialect"]["delimiter"] == ";" and "dialect" not in resource["schema"]
        head = (report / resource["path"]).read_text(encoding="utf-8-sig").split("\n", 1)[0].strip().split(";")
        assert [field["name"] for field in resource["schema"]["fields"]] == head
        assert {field.get("decimalChar") for field in resource["schema"]["fields"] if field["type"] == "number"} == {","}
    # A key has a value in each of its columns.
    assert "primaryKey" not in package(report)["indicateurs"]["schema"]
    assert package(report)["comparaisons"]["schema"]["primaryKey"] == ["comparaison", "mesure"]


def test_each_page_lists_the_versions_of_what_it_runs(report):
    names = ("02_describe", "03_compare", "index")
    listed = {name: (report / f"{name}.html").read_text(encoding="utf-8").rpartition("Versions")[2] for name in names}
    assert all("pandas" in text for text in listed.values())
    assert not any("seaborn" in text for text in listed.values())
    assert ["statsmodels" in listed[name] for name in names] == [False, True, True]
