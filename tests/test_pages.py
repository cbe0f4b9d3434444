"""The published pages, invented and true: every number has its source, no word says more, every page stands alone."""

import csv
import hashlib
import json
import re
from copy import copy
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from frictionless import Resource, Schema

from helpers.report import checks
from marks import marks_of

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
on_every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def report(mini_root) -> Path:
    return mini_root / "reports" / "2032"


@pytest.fixture(scope="module", params=["2032", "2020"])
def any_report(request) -> Path:
    """The invented report, then the true one."""
    root = request.getfixturevalue({"2032": "mini_root", "2020": "real_root"}[request.param])
    return root / "reports" / request.param


def rows_of(path: Path, delimiter: str = ";") -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="module")
def figures(any_report) -> dict[str, dict]:
    keys = ("annee", "perimetre", "indicateur", "modalite")
    return {
        "/".join(row[name] for name in keys) + (f"/{row['croise_avec']}={row['modalite_croisee']}" if row["croise_avec"] else ""): row
        for row in rows_of(any_report / "indicateurs.csv")
    }


@pytest.fixture(scope="module")
def comparisons(any_report) -> dict[str, dict[str, dict]]:
    """The rows of comparaisons.csv, by comparison and measure."""
    found: dict[str, dict[str, dict]] = {}
    for row in rows_of(any_report / "comparaisons.csv"):
        found.setdefault(row["comparaison"], {})[row["mesure"]] = row
    return found


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def read(report: Path, name: str) -> BeautifulSoup:
    """A page, to look at; who changes it takes a copy."""
    return parsed(report / f"{name}.html")


def plain(words: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", words)


# --- numbers ---------------------------------------------------------------------------------------------------------


def number(text: str) -> float:
    return float(text.replace(",", "."))


def said(text: str) -> float:
    return number(re.sub(r"[^\d,.−-]", "", text).replace("−", "-"))


def share_bounds(row: dict) -> tuple[float, float]:
    if row["part_min_pct"]:
        return number(row["part_min_pct"]), number(row["part_max_pct"])
    printed, half = number(row["part_imprimee_pct"]), 0.5 / 10 ** int(row["decimales"])
    return printed - half, printed + half


def expected(mark, figures: dict, comparisons: dict) -> float:
    """The value that a mark must have, recomputed here from the CSV files alone."""
    key, measure = mark["data-cle"], mark["data-mesure"]
    if key.startswith("comparaisons/"):
        name, end = (measure[:-4], measure[-4:]) if measure.endswith(("_min", "_max")) else (measure, "")
        return number(comparisons[key.removeprefix("comparaisons/")][name][f"valeur{end}"])
    row = figures[key]
    if measure == "part" and row["part_imprimee_pct"]:
        return number(row["part_imprimee_pct"])
    return share_bounds(row)[measure == "part_max"] if measure in ("part", "part_min", "part_max") else number(row[measure])


@on_every_page
def test_every_marked_number_is_that_of_its_indicator_and_is_written_as_it_is(any_report, figures, comparisons, name):
    marks = marks_of(copy(read(any_report, name)))
    assert marks
    for mark in marks:
        value, written = expected(mark, figures, comparisons), mark.get_text()
        assert float(mark["value"]) == pytest.approx(value, abs=1e-6), mark
        if written.startswith("moins de"):
            assert value < said(written), mark
            continue
        decimals = len(written.partition(",")[2].split("\u202f")[0].split("\u00a0")[0])
        assert said(written) == pytest.approx(round(value + 1e-9, decimals), abs=10**-decimals / 2 + 1e-9), mark


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


@on_every_page
def test_no_number_stands_in_prose_without_its_source(any_report, name):
    assert re.findall(r".{30}\d.{0,20}", ALLOWED.sub("", prose(copy(read(any_report, name))))) == []


@pytest.mark.parametrize("name", PAGES[1:])
def test_every_number_of_an_alternative_text_stands_in_the_data_of_its_figure(any_report, name):
    def numbers(words: str) -> set[str]:
        return set(re.findall(r"\d+(?:,\d+)?", re.sub(YEARS, "", re.sub("[\u202f\u00a0]", "", words))))

    for figure in read(any_report, name).select("figure"):
        shown = numbers(f"{figure.select_one('details').get_text(' ')} {figure.select_one('figcaption').get_text(' ')}")
        alt = figure.img["alt"] if figure.img else figure.svg["aria-label"].partition(" ; et ")[0]
        assert [value for value in numbers(alt) if not {value, f"{value},0"} & shown] == [], alt


# --- claims ----------------------------------------------------------------------------------------------------------

CAUSES = re.compile(
    r"à cause|grâce à|\beffets? d|expliqu|\bd[uû]e?s? à\b|en raison d|provoqu|entraîn|parce qu|\btien(?:t|nent) à|conséquence|responsable",
    re.IGNORECASE,
)


def test_only_what_is_conclusive_is_a_net_difference_and_no_cause_is_named(any_report, comparisons):
    page = copy(read(any_report, "03_compare"))
    spans = page.select("main [data-portee]")
    assert spans
    for span in spans:
        reach = next(iter(comparisons[span["data-portee"].removeprefix("comparaisons/")].values()))["portee"]
        stable = next(iter(comparisons[span["data-portee"].removeprefix("comparaisons/")].values()))["constat"] == "stable"
        assert (span.get_text() == "hors du hasard") == (reach == "concluante" and not stable), span
    assert [found.group() for found in CAUSES.finditer(prose(page))] == []


def test_a_rise_or_a_fall_is_that_of_the_bounds(any_report, comparisons):
    said = [item for item in read(any_report, "03_compare").select("li:has([data-portee])") if "la part" in item.get_text()]
    assert said
    for item in said:
        found = next(iter(comparisons[item.select_one("[data-portee]")["data-portee"].removeprefix("comparaisons/")].values()))
        for verb, finding in (("augmente", "hausse"), ("diminue", "baisse"), ("reste stable", "stable")):
            assert (f"la part {verb}" in plain(item.get_text())) == (found["constat"] == finding), item


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_pages_have_no_defect(any_report):
    assert checks.check_pages(any_report) == []
    assert [name for name in PAGES if (any_report / f"{name}.html").stat().st_size > 400_000] == []


@on_every_page
def test_a_page_says_nothing_of_its_machine_and_prints(report, mini_root, name):
    text = (report / f"{name}.html").read_text(encoding="utf-8")
    assert not [word for word in (str(mini_root), "site-packages", "ipykernel_") if word in text]
    sheet = re.sub(r"\s+", " ", read(report, name).find("style").get_text())
    paper = sheet.partition("@media print")[2]
    assert "size: A4" in sheet.partition("@page")[2] and "thead { display: table-header-group; }" in paper
    assert re.search(r"\.figure,[^{]*\btr\b[^{]*\{ break-inside: avoid; \}", paper)


def test_charts_are_numbered_in_order_and_titled_by_their_finding(report):
    page = read(report, "02_describe")
    numbers = [tag.get_text() for tag in page.select("figure .numero")]
    assert numbers == [f"Figure\u00a02.{place}" for place in range(1, len(numbers) + 1)] and len(numbers) >= 8
    figure = page.select_one("#fig-public")
    assert "44 % des jeunes suivis sont des filles" in plain(figure.select_one(".figure-titre").get_text())
    assert "150" in figure.select_one(".base").get_text() and "Rapport inventé 2032" in figure.select_one(".source").get_text()


def test_what_is_not_published_is_said(report):
    page = read(report, "02_describe")
    silent = next(fold for fold in page.select("details") if "Ce qui n’est pas publié" in fold.summary.get_text())
    assert "travail de rue + bouche-à-oreille" in plain(silent.get_text(" "))
    assert "on ne sait pas si c’est une part des jeunes ou des objectifs cités" in plain(page.find("main").get_text())


def test_the_values_that_statements_stand_beside_lead_to_page_04_and_back(any_report):
    forth = {link["href"] for link in read(any_report, "04_themes").select('tbody th a[href^="02_describe.html#"]')}
    back = {link.find_previous("h2")["id"] for link in read(any_report, "02_describe").select('main a[href="04_themes.html"]')}
    assert back and back == {address.partition("#")[2] for address in forth}


def test_page_01_accounts_for_every_row(report, mini_root):
    changes = rows_of(mini_root / "data/processed/2032/registre.csv", ",")
    words = plain(read(report, "01_clean").main.ul.get_text())
    assert f"5 lignes, toutes gardées ; {len(changes)} corrections d’écriture, toutes notées." in words
    assert {"ligne": "32", "colonne": "association", "avant": "LE GUE", "apres": "Le Gué", "regle": "Écrit sans accent."} in changes


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_table_of_indicators_opens_in_a_french_spreadsheet_and_follows_its_schema(report):
    assert (report / "indicateurs.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    described = json.loads((report / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    (schema,) = [resource["schema"] for resource in described if resource["name"] == "indicateurs"]
    with (report / "indicateurs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    checked = Resource(data=rows, schema=Schema.from_descriptor({"fields": schema["fields"], "missingValues": [""]})).validate()
    assert checked.flatten(["type", "note"]) == []


def test_the_manifest_names_every_file_and_its_checksum_and_the_foot_those_of_inputs(report, mini_root):
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    listed = {entry["path"]: entry["sha256"] for entry in manifest["outputs"]}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in report.iterdir() if path.name != "manifest.json"}
    assert {entry["path"]: entry["rows"] for entry in manifest["inputs"]}["data/raw/2032/prises_de_poste.csv"] == 5
    assert set(manifest["tampon"]) == {"produit_le", "commit", "modifications_locales", "empreinte"}
    checksum = hashlib.sha256((mini_root / "data/raw/2032/reunions.csv").read_bytes()).hexdigest()
    assert checksum in read(report, "02_describe").find("footer").get_text()
