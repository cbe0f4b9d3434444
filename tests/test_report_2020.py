"""The report of 2020 on the true raw files: what the printed note says is there, to the unit and with its line.

Then what every page keeps to, invented or true: each number has its source, and no word says more than the bounds. That
the marked numbers are right is judged by `test_second_calculation`.
"""

import hashlib
import json
import re
from collections import Counter
from copy import copy
from functools import cache
from pathlib import Path

import frictionless
import pytest
from bs4 import BeautifulSoup

from conftest import read_page
from helpers import data, paths
from helpers.analysis.comparisons import build_comparisons
from helpers.analysis.years import HEADLINED, MOST_SAID
from marks import marks_of
from second_calculation import audit
from second_calculation.rows import read_csv

PRINTED = Path(__file__).with_name("printed_2020.csv")
read_page, read_csv = cache(read_page), cache(read_csv)  # many tests look at each


@pytest.fixture(scope="module")
def report(real_root) -> Path:
    return real_root / "reports" / "2020"


@pytest.fixture(scope="module")
def figures(report) -> list[dict]:
    return read_csv(report / "indicateurs.csv", delimiter=";")


def plain(words: str) -> str:
    return re.sub(r"[\s\u202f\u00a0]+", " ", words).replace(" ,", ",").replace(" .", ".")


def table_of(report: Path, name: str, caption: str):
    return next(each for each in read_page(report / f"{name}.html").find_all("table") if each.caption and caption in each.caption.get_text())


def lines_of(reference: str) -> set[int]:
    found = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?(?=,|$| ;|\))", reference.partition(", l. ")[2]):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def key_of(row: dict) -> str:
    return "/".join(row[name] for name in ("annee", "perimetre", "indicateur", "modalite"))


# --- numbers ---------------------------------------------------------------------------------------------------------


def _values(row: dict) -> set[float]:
    count = row["effectif_min"] if row["effectif_min"] == row["effectif_max"] else ""
    return {float(value) for value in (row["part_imprimee_pct"].replace(",", "."), count) if value}


def _checked(report: Path) -> list[tuple[int, int, float]]:
    rows = []
    for group in table_of(report, "01_clean", "chaque chiffre imprimé").find_all("tbody"):
        year = group.select_one('[scope="rowgroup"]').get_text().removeprefix("Chiffres de ")
        for line in group.select("tr:has(td)"):
            place, printed = (cell.get_text() for cell in line.find_all("td")[:2])
            value = re.search(r"[−+]?\d[\d\u202f]*(?:,\d+)?", printed)[0]
            value = float(value.replace("\u202f", "").replace("−", "-").replace("+", "").replace(",", "."))
            rows.append((int(year), int(re.search(r"\d+", place)[0]), value))
    return rows


def test_every_printed_count_and_percentage_is_an_indicator_or_a_checked_value(report, figures):
    counted = [(int(row["annee"]), line, value) for row in figures for line in lines_of(row["reference"]) for value in _values(row)]
    found = {*_checked(report), *counted}
    # The meetings of January 2021 are filed, as the note does, under 2020.
    printed = [(min(int(row["annee"]), 2020), int(row["ligne"]), float(row["valeur"])) for row in read_csv(PRINTED)]
    assert [value for value in printed if value not in found] == [] and len(printed) == 60


@pytest.mark.parametrize(("table", "judged"), [("controles", audit.JUDGED), ("coherences", audit.CROSS_CHECKED)])
def test_each_figure_and_each_cross_check_has_the_verdict_given_by_hand(real_root, table, judged):
    found = {row["id"]: row["verdict"] for row in read_csv(real_root / "data" / "processed" / "2020" / f"{table}.csv")}
    silent = {id: "non_verifiable" for id in found if id not in audit.by_id(judged)} if table == "controles" else {}
    assert found == silent | audit.by_id(judged) and len(found) in (49, 26)


def test_the_seventeen_posts_are_exactly_as_printed_all_kept_and_identified(real_root):
    # Compared cell by cell with lines 67 to 83 of the note when it was transcribed; nobody may correct it since.
    content = (real_root / "data/raw/2020/prises_de_poste.csv").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(content).hexdigest() == "0127c8afe7b945b00f8efcd95630841e8c757706fe15c0f67e88cf7d001fcc05"
    posts = read_csv(real_root / "data" / "processed" / "2020" / "postes.csv")
    assert len(posts) == 17 and [posts[rank]["uai"] for rank in (0, 3, 7, 16)] == ["0592714E", "0594309N", "0595337F", "0595169Y"]
    assert {post["date_debut_precision"] for post in posts if post["date_debut"] == "2020-01-13"} == {"jour"}
    cells = [[cell.get_text() for cell in row.find_all("td")] for row in table_of(real_root / "reports" / "2020", "01_clean", "Registre complet").select("tbody tr")]
    assert len(cells) == 169 and all(row[1] != row[2] for row in cells)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_index_gives_the_answer_first_then_what_changed_and_how_sure_it_is(report):
    page = read_page(report / "index.html")
    opening = plain(page.select_one(".ouverture").get_text(" "))
    assert "les ALSES ont accompagné 2 233 jeunes, contre 1 852 en 2019 ( +381 )" in opening
    assert "Le réseau annonce 73 ALSES, contre 40 en 2019 ; 21 collèges en ont un depuis peu" in opening
    said = plain(page.select_one("ul.constats").get_text(" "))
    assert "« orientation par le collège » passe de 52 % à 46 %" in said and "La part diminue, mais le nombre de ces jeunes augmente" in said
    assert "relève 10 difficultés, dont 3 sans réponse" in said and "Certains collèges sortent du cadre convenu" in said
    rows = [[plain(cell.get_text(" ")).strip() for cell in row.select("th, td")] for row in table_of(report, "index", "Ce qui a changé").select("tbody tr")]
    assert ["Filles", "40 %", "42 %", "+2 points", "incertain"] in rows and ["Jeunes accompagnés", "1 852", "2 233", "+381", "compté"] in rows
    assert "base" in [term.get_text().lower() for term in page.select(".glossaire dt")]


# --- what the tables say of themselves -------------------------------------------------------------------------------


def test_each_number_says_who_made_it(report, figures):
    assert Counter(row["source"] for row in figures) == {"imprime": 180, "codage": 181, "calcul": 33, "reference_publique": 8}
    assert {(row["source"], row["perimetre"]) for row in figures if row["source"] in ("codage", "calcul")} == {("codage", "enonces"), ("calcul", "donnees")}
    cited = {mark.get("title", "") for mark in read_page(report / "04_themes.html").select("data[data-cle^='2020/enonces/']")} - {""}
    assert cited and all(each.startswith("codé par une personne, d’après Note de synthèse 2020") for each in cited)
    counted = read_page(report / "01_clean.html").select("data[data-cle^='2020/donnees/']")
    assert any(mark.get("title", "").startswith("compté par le programme, d’après") for mark in counted)


def test_each_deduced_number_cites_its_lines(figures):
    deduced = {key_of(row): row["reference"] for row in figures if row["precision"] == "deduit" and row["unite"] == "personnes"}
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
    assert all(", l. " in row["reference"] for row in figures if row["precision"] == "deduit")


# --- what is taken to a meeting, and the map ---------------------------------------------------------------------------


def test_the_sheet_and_the_slides_say_what_the_pages_say(report):
    marks = {name: {(mark["data-cle"], mark["data-mesure"], mark["value"]) for mark in marks_of(read_page(report / f"{name}.html").main)}
             for name in ("fiche", "diapos", "index", "02_describe", "03_compare")}  # fmt: skip
    known = marks["index"] | marks["02_describe"] | marks["03_compare"]
    assert ("2020/alses/accompagnements/", "effectif_min", "2233") in marks["fiche"] <= known and marks["diapos"] <= known
    slides = read_page(report / "diapos.html").select("section.diapo")
    assert len(slides) == 5 and all(len(slide.select("h2, svg")) == 2 for slide in slides)


def test_the_map_is_in_the_portrait_and_on_the_index_and_names_every_commune(report, real_root):
    communes = {row["commune"] for row in read_csv(real_root / "data" / "raw" / "reference" / "colleges.csv")}
    for name in ("index", "02_describe"):
        figure = read_page(report / f"{name}.html").find(id="fig-carte")
        assert "17 collèges de 16 communes" in plain(figure.get_text()) and not [each for each in communes if each not in figure.svg.get_text()]


def test_of_two_notes_that_print_as_much_one_share_a_question_is_tested_and_the_others_are_shown(real_root):
    with paths.with_data_root(real_root):
        before, controls = data.load(2020, "indicateurs").query("annee == 2020"), data.load(2020, "controles")
    controls = controls.assign(annee=controls["annee"] + 2)  # those of the second note
    made = build_comparisons(before.assign(annee=2022), before, controls, year=2022, compare_to=2020)
    shares = made[made["mesure"].eq("ecart")]["comparaison"]
    said, shown = ({each.partition("/")[2] for each in shares if each.startswith(kind)} for kind in ("annees/", "details/"))
    assert said == set(HEADLINED) - {"collegiens/suivi_par/alses"}  # which the note does not print: it is deduced
    assert len(said) + len(shown) == 25 > MOST_SAID and not said & shown
    assert not made[made["mesure"].eq("p_valeur")]["comparaison"].str.startswith("details/").any()
    # The figures are the same: nothing is said to rise or to fall.
    of_two_years = made["comparaison"].str.startswith(("annees/", "details/"))
    assert of_two_years.any() and not made[of_two_years]["constat"].isin(["hausse", "baisse"]).any()
    few = before[before["indicateur"].isin(["origine", "sexe", "niveau"])]
    kinds = build_comparisons(few.assign(annee=2022), few, controls, year=2022, compare_to=2020)["comparaison"].str.partition("/")[0]
    assert "annees" in set(kinds) and "details" not in set(kinds)  # of fewer shares, all are said


# --- one description of the tables -----------------------------------------------------------------------------------


def package(report) -> dict[str, dict]:
    content = json.loads((report / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in content["resources"]}


@pytest.mark.parametrize("name", ["indicateurs", "comparaisons"])
def test_no_text_of_a_table_is_a_date_or_a_number_for_a_spreadsheet(report, name):
    numbers = {field["name"] for field in package(report)[name]["schema"]["fields"] if field["type"] in ("integer", "number")}
    texts = {value for row in read_csv(report / f"{name}.csv", delimiter=";") for column, value in row.items() if column not in numbers}
    assert [value for value in texts if re.fullmatch(r"[-+]?\d+([-/., ]\d+)*|\d+([.,]\d+)?[eE][-+]?\d+", value)] == []


def test_frictionless_finds_no_fault_in_the_package(report):
    found = frictionless.validate(str(report / "datapackage.json"))
    assert found.valid and [task.name for task in found.tasks if task.type == "table"] == ["indicateurs", "comparaisons"]


@pytest.mark.parametrize("name", ["indicateurs", "comparaisons"])
def test_the_package_is_what_the_frictionless_of_r_reads(report, name):
    # Its read_resource asks these of a resource, knows one decimal mark a table, and no other name of the encoding.
    resource = package(report)[name]
    assert (resource["profile"], resource["path"], resource["encoding"]) == ("tabular-data-resource", f"{name}.csv", "utf-8")
    assert resource["dialect"]["delimiter"] == ";" and "dialect" not in resource["schema"]
    assert {field.get("decimalChar") for field in resource["schema"]["fields"] if field["type"] == "number"} == {","}


# --- every page, invented or true ----------------------------------------------------------------------------------------

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]


@pytest.fixture(scope="module", params=["2032", "2020"])
def any_report(request) -> Path:
    """The invented report, then the true one."""
    root = request.getfixturevalue({"2032": "mini_root", "2020": "real_root"}[request.param])
    return root / "reports" / request.param


@pytest.fixture(scope="module")
def comparisons(any_report) -> dict[str, dict]:
    """A row of comparaisons.csv for each comparison, by what names it in a page."""
    return {f"comparaisons/{row['comparaison']}": row for row in read_csv(any_report / "comparaisons.csv", delimiter=";")}


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_written_as_it_is(any_report, name):
    marks = read_page(any_report / f"{name}.html").find_all("data")
    assert marks
    for mark in marks:
        written, value = mark.get_text(), float(mark["value"])
        said = float(re.sub(r"[^\d,−-]", "", written).replace(",", ".").replace("−", "-"))
        decimals = len(re.search(r",(\d*)|$", written)[1] or "")
        assert value < said if written.startswith("moins de") else said == pytest.approx(value, abs=0.51 * 10**-decimals), mark


# What may be written in digits without being a value: the years of the report, class levels, lines of a document.
YEARS = r"\b(?:2032|2031|2020|2019)\b|\b[3-6]e\b"
ALLOWED = re.compile(rf"{YEARS}|l\.[\s\u00a0][\d–, \u00a0\u202f]+|novembre[\s\u00a0]2026|Figure[\s\u00a0]\d+(?:\.\d+)?|UPE2A|Rapport inventé 2032")


def prose(page: BeautifulSoup) -> str:
    """The words of the page outside tables, code, folded data and what names its own source; the page is changed.

    What a figure says is computed from the table that is folded below it, as what a cell computes is from its frame.
    """
    for tag in page.select("data, time, .calcule, figure, table, details, nav, header, footer, style, code, .provenance, .liste-fichiers, .fichiers"):
        tag.decompose()
    return (page.find("main") or page).get_text(" ")


@pytest.mark.parametrize("name", PAGES)
def test_no_number_stands_in_prose_without_its_source(any_report, name):
    assert re.findall(r".{30}\d.{0,20}", ALLOWED.sub("", prose(copy(read_page(any_report / f"{name}.html"))))) == []


@pytest.mark.parametrize("name", PAGES[1:])
def test_every_number_of_an_alternative_text_stands_in_the_data_of_its_figure(any_report, name):
    def numbers(words: str) -> set[str]:
        return set(re.findall(r"\d+(?:,\d+)?", re.sub(YEARS, "", re.sub("[\u202f\u00a0]", "", words))))

    for figure in read_page(any_report / f"{name}.html").select("figure"):
        shown = numbers(f"{figure.select_one('details').get_text(' ')} {figure.select_one('figcaption').get_text(' ')}")
        alt = figure.img["alt"] if figure.img else figure.svg["aria-label"].partition(" ; et ")[0]
        assert [value for value in numbers(alt) if not {value, f"{value},0"} & shown] == [], alt


# --- claims ----------------------------------------------------------------------------------------------------------

CAUSES = re.compile(
    r"à cause|grâce à|\beffets? d|expliqu|\bd[uû]e?s? à\b|en raison d|provoqu|entraîn|parce qu|\btien(?:t|nent) à|conséquence|responsable",
    re.IGNORECASE,
)


def test_only_what_is_conclusive_is_a_net_difference_and_no_cause_is_named(any_report, comparisons):
    page = copy(read_page(any_report / "03_compare.html"))
    spans = page.select("main [data-portee]")
    assert spans
    for span in spans:
        row = comparisons[span["data-portee"]]
        assert (span.get_text() == "hors du hasard") == (row["portee"] == "concluante" and row["constat"] != "stable"), span
    assert [found.group() for found in CAUSES.finditer(prose(page))] == []


def test_a_rise_or_a_fall_is_that_of_the_bounds(any_report, comparisons):
    said = [item for item in read_page(any_report / "03_compare.html").select("li:has([data-portee])") if "la part" in item.get_text()]
    assert said
    for item in said:
        row = comparisons[item.select_one("[data-portee]")["data-portee"]]
        for verb, finding in (("augmente", "hausse"), ("diminue", "baisse"), ("reste stable", "stable")):
            assert (f"la part {verb}" in plain(item.get_text())) == (row["constat"] == finding), item


def test_page_01_accounts_for_every_row(mini_root):
    changes = read_csv(mini_root / "data/processed/2032/registre.csv")
    words = plain(read_page(mini_root / "reports/2032/01_clean.html").main.ul.get_text())
    assert f"5 lignes, toutes gardées ; {len(changes)} corrections d’écriture, toutes notées." in words
    assert {"ligne": "32", "colonne": "association", "avant": "LE GUE", "apres": "Le Gué", "regle": "Écrit sans accent."} in changes
