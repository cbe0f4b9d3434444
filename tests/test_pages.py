"""The published pages of the invented project: every number has its source, every page stands alone."""

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from frictionless import Resource, Schema

from helpers.report import checks
from marks import marks_of

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]


@pytest.fixture(scope="module")
def report(mini_root) -> Path:
    return mini_root / "reports" / "2032"


@pytest.fixture(scope="module", params=["2032", "2020"])
def any_report(request) -> Path:
    """The invented report, then the true one."""
    root = request.getfixturevalue({"2032": "mini_root", "2020": "real_root"}[request.param])
    return root / "reports" / request.param


@pytest.fixture(scope="module")
def figures(any_report) -> dict[str, dict]:
    with (any_report / "indicateurs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return {
        "/".join([row["annee"], row["perimetre"], row["indicateur"], row["modalite"]])
        + (f"/{row['croise_avec']}={row['modalite_croisee']}" if row["croise_avec"] else ""): row
        for row in rows
    }


@pytest.fixture(scope="module")
def comparisons(any_report) -> dict[str, dict[str, dict]]:
    """The rows of comparaisons.csv, by comparison and measure."""
    found: dict[str, dict[str, dict]] = {}
    with (any_report / "comparaisons.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found.setdefault(row["comparaison"], {})[row["mesure"]] = row
    return found


def read(report: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((report / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


# --- numbers ---------------------------------------------------------------------------------------------------------


def number(text: str) -> float:
    return float(text.replace(",", "."))


def share_bounds(row: dict) -> tuple[float, float]:
    if row["part_min_pct"]:
        return number(row["part_min_pct"]), number(row["part_max_pct"])
    printed, half = number(row["part_imprimee_pct"]), 0.5 / 10 ** int(row["decimales"])
    return printed - half, printed + half


def share(row: dict) -> float:
    return number(row["part_imprimee_pct"]) if row["part_imprimee_pct"] else share_bounds(row)[0]


def expected(measure: str, row: dict) -> float:
    """The value that a mark must have, recomputed here from indicateurs.csv alone."""
    shares = {"part": share, "part_min": lambda row: share_bounds(row)[0], "part_max": lambda row: share_bounds(row)[1]}
    return shares[measure](row) if measure in shares else number(row[measure])


def compared(mark, comparisons: dict) -> float:
    """The value of a mark in comparaisons.csv: at the central counts, or at an end over the compatible ones."""
    measure, found = mark["data-mesure"], comparisons[mark["data-cle"].removeprefix("comparaisons/")]
    name, end = (measure[:-4], measure[-4:]) if measure.endswith(("_min", "_max")) else (measure, "")
    return number(found[name][f"valeur{end}"])


def said(text: str) -> float:
    return number(re.sub(r"[^\d,.−-]", "", text).replace("−", "-"))


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_that_of_its_indicator_and_is_written_as_it_is(any_report, figures, comparisons, name):
    marks = marks_of(read(any_report, name))
    assert marks
    for mark in marks:
        if mark["data-cle"].startswith("comparaisons/"):
            value = compared(mark, comparisons)
        else:
            value = expected(mark["data-mesure"], figures[mark["data-cle"]])
        assert float(mark["value"]) == pytest.approx(value, abs=1e-6), mark
        written = mark.get_text()
        if written.startswith("moins de"):
            assert value < said(written), mark
            continue
        decimals = len(written.partition(",")[2].split("\u202f")[0].split("\u00a0")[0])
        assert said(written) == pytest.approx(round(value + 1e-9, decimals), abs=10**-decimals / 2 + 1e-9), mark


def test_the_ends_of_a_share_are_those_of_its_counts_or_within_them(figures):
    shown = [row for row in figures.values() if row["part_min_pct"]]
    assert len(shown) > 30
    for row in shown:
        low, high, least, most = (number(row[name]) for name in ("effectif_min", "effectif_max", "base_min", "base_max"))
        ends, widest = share_bounds(row), (100 * low / most, 100 * high / least)
        if least == most:
            assert ends == pytest.approx(widest), row
        assert widest[0] - 1e-9 <= ends[0] <= ends[1] <= widest[1] + 1e-9, row
        if row["part_imprimee_pct"]:
            printed, half = number(row["part_imprimee_pct"]), 0.5 / 10 ** int(row["decimales"])
            assert printed - half - 1e-9 <= ends[0] and ends[1] <= printed + half + 1e-9, row


# What may be written in digits without being a figure: the years of the report, class levels, lines of a document.
ALLOWED = re.compile(
    r"\b(2032|2031|2020|2019)\b|\b[3-6]e\b|l\.[\s\u00a0][\d–, \u00a0\u202f]+|novembre[\s\u00a0]2026|Figure[\s\u00a0]\d+(?:\.\d+)?|UPE2A|Rapport inventé 2032"
)


def prose(page: BeautifulSoup) -> str:
    """The words of the page outside tables, code, folded data and what names its own source."""
    for tag in page.select(
        "data, time, table, details, nav, header, footer, style, code, .provenance, .liste-fichiers, .fichiers"
    ):
        tag.decompose()
    return (page.find("main") or page).get_text(" ")


@pytest.mark.parametrize("name", PAGES)
def test_no_number_stands_in_prose_without_its_source(any_report, name):
    assert re.findall(r".{30}\d.{0,20}", ALLOWED.sub("", prose(read(any_report, name)))) == []


@pytest.mark.parametrize("name", ["01_clean", "02_describe", "03_compare", "04_themes"])
def test_every_number_of_an_alternative_text_stands_in_the_data_of_its_figure(any_report, name):
    for figure in read(any_report, name).select("figure"):
        alt = re.sub(r"\b(2032|2031|2020|2019)\b|\b[3-6]e\b", "", figure.img["alt"]).replace("\u202f", "").replace("\u00a0", "")
        data = figure.select_one("details").get_text(" ").replace("\u202f", "").replace("\u00a0", "")
        shown = set(re.findall(r"\d+(?:,\d+)?", data)) | set(
            re.findall(r"\d+(?:,\d+)?", figure.select_one("figcaption").get_text(" ").replace("\u202f", ""))
        )
        missing = [
            value for value in re.findall(r"\d+(?:,\d+)?", alt) if value not in shown and f"{value},0" not in shown
        ]
        assert missing == [], figure.img["alt"]


# --- claims ----------------------------------------------------------------------------------------------------------

CAUSES = re.compile(
    r"à cause|grâce à|\beffets? d|expliqu|\bd[uû]e?s? à\b|en raison d|provoqu|entraîn|parce qu|\btien(?:t|nent) à|conséquence|responsable",
    re.IGNORECASE,
)


def test_only_what_is_conclusive_is_said_to_exceed_chance(any_report, comparisons):
    page = read(any_report, "03_compare")
    spans = page.select("main [data-portee]")
    assert spans
    for span in spans:
        for key in span["data-portee"].split():  # several when one sentence speaks of each of them
            reach = next(iter(comparisons[key.removeprefix("comparaisons/")].values()))["portee"]
            assert ("dépasse ce que le hasard seul produirait" in span.get_text()) == (reach == "concluante"), span
        span.decompose()
    assert re.findall(r"hasard seul", prose(page)) == []


def test_a_rise_or_a_fall_is_that_of_the_bounds(any_report, comparisons):
    told = {"augmente": "hausse", "diminue": "baisse"}
    for item in read(any_report, "03_compare").select("ul.constats li:has([data-portee^='comparaisons/annees/'])"):
        found = next(iter(comparisons[item.select_one("[data-portee]")["data-portee"].removeprefix("comparaisons/")].values()))
        title = item.strong.get_text()
        for what, column in (("part", "constat"), ("nombre", "constat_effectif")):
            for verb, finding in told.items():
                if f"{what} {verb}" in title:
                    assert found[column] == finding, item


@pytest.mark.parametrize("name", ["03_compare"])
def test_no_cause_is_named_outside_the_hypotheses(any_report, name):
    page = read(any_report, name)
    for tag in page.select(".hypotheses"):
        tag.decompose()
    assert [found.group() for found in CAUSES.finditer(prose(page))] == []


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_pages_have_no_defect(any_report):
    assert checks.check_pages(any_report) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_weighs_less_than_400_kilobytes(any_report, name):
    assert (any_report / f"{name}.html").stat().st_size < 400_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_the_network_and_runs_nothing(report, name):
    text = (report / f"{name}.html").read_text(encoding="utf-8")
    page = read(report, name)
    addresses = [tag.get("src") or tag.get("href") for tag in page.find_all(["img", "link", "script", "iframe", "a"])]
    assert [address for address in addresses if address and re.match(r"(?:https?:)?//", address)] == []
    assert page.find("script") is None
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "@import" not in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_nothing_of_the_machine_that_made_it(report, mini_root, name):
    text = (report / f"{name}.html").read_text(encoding="utf-8")
    assert str(mini_root) not in text
    assert "site-packages" not in text and "ipykernel_" not in text


@pytest.mark.parametrize("name", PAGES[1:])
def test_french_spaces_never_break_before_a_sign(any_report, name):
    main = read(any_report, name).find("main")
    for tag in main.select("code, pre, style"):
        tag.decompose()
    assert re.findall(r"\w [;!?%»:](?:\s|$)", main.get_text()) == []


def test_a_page_leads_to_the_one_before_the_one_after_and_the_index(report):
    links = {tuple(link["rel"]): link["href"] for link in read(report, "02_describe").select("a[rel]")}
    assert links == {("prev",): "01_clean.html", ("next",): "03_compare.html"}
    assert read(report, "02_describe").select_one(".retour a")["href"] == "index.html"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_sheet_for_paper(report, name):
    sheet = read(report, name).find("style").get_text()
    page, paper = (re.sub(r"\s+", " ", part) for part in (sheet.partition("@page")[2], sheet.partition("@media print")[2]))
    assert "size: A4" in page
    assert "thead { display: table-header-group; }" in paper
    assert re.search(r"\.figure,[^{]*\btr\b[^{]*\{ break-inside: avoid; \}", paper)
    assert re.search(r"\bnav\b[^{]*\{ display: none; \}", paper)


def test_titles_state_the_finding_and_carry_their_number(report):
    figure = next(f for f in read(report, "02_describe").select("figure") if f["id"] == "fig-alses-sexe")
    assert figure.select_one(".figure-titre").get_text() == "Figure\u00a02.9 Parmi les personnes suivies par un ALSES, 44\u202f%\u00a0sont des filles"
    assert figure.select_one(".lecture").get_text().startswith("Lecture")
    assert "150" in figure.select_one(".lecture").get_text()
    assert "Rapport inventé 2032" in figure.select_one(".source").get_text()


def test_figures_are_numbered_in_order(report):
    numbers = [tag.get_text() for tag in read(report, "02_describe").select("figure .numero")]
    assert numbers == [f"Figure\u00a02.{place}" for place in range(1, len(numbers) + 1)]
    assert len(numbers) >= 8


def test_what_is_not_published_is_said(report):
    page = read(report, "02_describe")
    boxes = [box.get_text() for box in page.select(".encart.non-publie")]
    [origin] = [text for text in boxes if "Origine de l’accompagnement" in text]
    assert "« autres voies que le collège » réunit, sans les séparer, « travail de rue », " in re.sub(r"[\u00a0\u202f]", " ", origin)
    assert any("l’on ne sait pas si c’est la part des personnes" in box.get_text() for box in page.select(".encart.alerte"))


def test_page_04_counts_statements_and_lists_them(report):
    page = read(report, "04_themes")
    assert page.select_one("ul.constats").get_text().count("énoncé") >= 2
    listed = next(t for t in page.find_all("table") if "reformulés" in t.caption.get_text())
    assert len(listed.select("tbody tr:has(td)")) == 6
    assert [head.get_text() for head in listed.select('[scope="rowgroup"]')] == ["Accueil", "Outils"]


def test_page_04_puts_answers_beside_tensions_and_figures_beside_statements(report):
    page = read(report, "04_themes")
    assert [figure["id"] for figure in page.select("figure")] == ["fig-themes", "fig-acteurs", "fig-echelles", "fig-chiffres-et-enonces"]
    tensions = next(t for t in page.find_all("table") if "réponses" in t.caption.get_text())
    assert [line.find_all("td")[1].get_text() for line in tensions.tbody.find_all("tr")] == ["Aucune", "Levier (l.\u00a051)\u00a0: Une visite d’accueil existe dans certains collèges."]
    assert page.select_one('a[href^="02_describe.html#"]').get_text() == "Bureau ou local au collège\u00a0: non"
    assert "Sur quoi travailler, et avec qui" not in page.get_text()  # the synthesis of this year proposes nothing


def test_page_04_shows_a_word_in_its_context(report):
    found = next(each for each in read(report, "04_themes").find_all("table") if "emploi" in each.caption.get_text())
    assert [cell.get_text() for cell in found.select("tbody tr > *")] == ["l.\u00a053", "Les trames diffèrent d’une", "équipe", "à l’autre."]
    assert found.find_previous("h2")["id"] == "comment-un-mot-est-il-employe-dans-les-enonces"


def test_the_figures_that_statements_stand_beside_lead_to_page_04_and_back(any_report):
    rows = read(any_report, "04_themes").select('tbody th [id^="enonces-"]')
    forth = {row["id"]: row["href"] for row in rows if row.name == "a"}
    page = read(any_report, "02_describe")
    back = {link["href"]: link.find_previous("h2")["id"] for link in page.select("main p.renvoi a")}
    assert forth and back == {f"04_themes.html#{name}": address.partition("#")[2] for name, address in forth.items()}


def test_page_01_accounts_for_every_row(report, mini_root):
    with (mini_root / "data/processed/2032/registre.csv").open(encoding="utf-8", newline="") as file:
        changes = list(csv.DictReader(file))
    said = re.sub(r"\s+", " ", read(report, "01_clean").select_one("ul.constats").get_text(" "))
    assert (
        f"5 lignes : 5 gardées, 0 rejetée. Le registre garde {len(changes)} modifications d’écriture."
        in re.sub(r"[\u00a0\u202f]", " ", said).replace("  ", " ")
    )
    assert {
        "ligne": "32",
        "colonne": "association",
        "avant": "LE GUE",
        "apres": "Le Gué",
        "regle": "Écrit sans accent.",
    } in changes


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_table_of_indicators_opens_in_a_french_spreadsheet_and_follows_its_schema(report):
    content = (report / "indicateurs.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    described = json.loads((report / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    (schema,) = [resource["schema"] for resource in described if resource["name"] == "indicateurs"]
    with (report / "indicateurs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    checked = Resource(
        data=rows, schema=Schema.from_descriptor({"fields": schema["fields"], "missingValues": [""]})
    ).validate()
    assert checked.flatten(["type", "note"]) == []


def test_the_manifest_names_every_file_and_its_checksum(report):
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    listed = {entry["path"]: entry["sha256"] for entry in manifest["outputs"]}
    assert set(listed) == {path.name for path in report.iterdir()} - {"manifest.json"}
    assert all(hashlib.sha256((report / name).read_bytes()).hexdigest() == value for name, value in listed.items())
    assert {entry["path"]: entry["rows"] for entry in manifest["inputs"]}["data/raw/2032/prises_de_poste.csv"] == 5
    assert set(manifest["tampon"]) == {"produit_le", "commit", "modifications_locales", "empreinte"}


def test_the_foot_gives_the_checksum_of_each_input(report, mini_root):
    checksum = hashlib.sha256((mini_root / "data/raw/2032/reunions.csv").read_bytes()).hexdigest()
    assert checksum in read(report, "02_describe").find("footer").get_text()
