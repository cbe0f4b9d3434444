"""Page 02 of a year that has an export: what is crossed, what is not shown, what each sentence calls its source."""

import re
import shutil
from copy import copy

import pytest
from bs4 import BeautifulSoup

from export_table import counted, run_page, save_export
from helpers import charts, data, indicators, paths
from helpers.disclosure import rounding
from helpers.report import notebook, page
from in_process import draw_nothing
from marks import marks_of
from small_export import write_export

# --- the whole page --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(mini_root, tmp_path_factory):
    """The invented project where 2033 has an export and nothing else."""
    project = tmp_path_factory.mktemp("export") / "projet"
    shutil.copytree(mini_root, project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(project))
        draw_nothing(patch.setattr)
        yield project


def page_of(year: int) -> BeautifulSoup:
    html = notebook.export_page(run_page(year), name="02_describe", pages=[PAGE], foot="", subtitle=str(year))
    assert len(html.encode()) < 400_000
    return BeautifulSoup(html, "html.parser")


def words_of(shown: BeautifulSoup) -> str:
    """What the page says, code apart."""
    shown = copy(shown.find("main"))
    for code in shown.select("pre, .highlight"):
        code.decompose()
    return shown.get_text(" ")


@pytest.fixture(scope="module")
def pages(root):
    printed = BeautifulSoup((root / "reports/2032/02_describe.html").read_text(encoding="utf-8"), "html.parser")
    save_export(2033, counted(2033))
    return {"printed": printed, "export": page_of(2033)}


PAGE = page.Page("02_describe", "Portrait de l’année", "02_describe.html")
TIME, COLUMNS = "combien-de-temps-dure-un-accompagnement", "quelles-colonnes-de-l-export-sont-remplies"


def test_a_printed_year_has_no_section_that_only_an_export_fills(pages):
    ids = {tag["id"] for tag in pages["printed"].select("h2")}
    assert not {TIME, COLUMNS} & ids
    words = words_of(pages["printed"])
    assert "export" not in words.partition("Fichiers lus")[0] and "croise" not in words


def test_an_export_fills_its_sections_in_reading_order(pages):
    ids = [tag["id"] for tag in pages["export"].select("h2")]
    assert ids.index("les-parents-sont-ils-associes") < ids.index(TIME) < ids.index(COLUMNS) < ids.index("que-faut-il-garder-en-tete")
    drawn = {figure["id"] for figure in pages["export"].select("figure")}
    assert {"fig-volume", "fig-public", "fig-alses-age", "fig-alses-origine", "fig-alses-orienteur", "fig-alses-niveau", "fig-niveau-sexe"} <= drawn
    assert {"fig-demandes-objectifs", "fig-parents-associes-par-niveau", "fig-objectif-demande-initiale", "fig-alses-duree", "fig-mois-d-ouverture"} <= drawn


def test_a_figure_says_how_many_answers_of_the_export_it_did_not_understand(root, pages):
    """Too few to be asked for (3 of 400), from the file to the page."""
    del pages  # runs one page at a time
    known = [{"niveau": each, "sexe": sex} for each in ("6e", "5e", "4e", "3e") for sex in ("filles", "garcons")]
    path = write_export(root, *known * 50, *[{"niveau": "CE9"}] * 3, year=2034)
    assert data.faults(2034) == []
    counts = indicators.count_persons(data.read_export(2034).cleaned.persons, source="export", reference="export")
    save_export(2034, counts)
    bases = {figure["id"]: re.sub(r"\s+", " ", figure.select_one(".base").get_text()) for figure in page_of(2034).select("figure")}
    assert "n = 403 (personnes suivies par un ALSES) ; réponses non comprises : 3" in bases["fig-alses-niveau"]
    assert "non comprise" not in bases["fig-public"]
    path.unlink()


def test_the_ribbons_from_request_to_objective_are_the_published_cells(pages):
    figure = pages["export"].select_one("#fig-objectif-demande-initiale")
    titles = [title.get_text() for title in figure.select("thead th")]
    drawn = [int(row.find_all(["th", "td"])[titles.index("Effectif")].get_text().replace("\u202f", "")) for row in figure.select("tbody tr:has(td)")]
    cells = indicators.readable(counted(2033)).query("indicateur == 'objectif' and croise_avec == 'demande_initiale' and part_min_pct.notna()")
    cells = cells[~cells[["modalite", "modalite_croisee"]].isin(charts.UNANSWERED).any(axis=1)]
    assert len(drawn) > 5 and sorted(drawn) == sorted(cells["effectif"]) and not figure.select(".note")


def test_a_year_with_only_an_export_has_no_document(pages):
    words = words_of(pages["export"])
    assert not re.search("Le document|part imprimée|l’arrondi laisse|Pas de donnée", words) and "L’export compte les jeunes accompagnés dans" in words
    assert not {"quand-les-nouveaux-postes-ont-ils-ouvert", "qui-est-venu-aux-reunions"} & {tag["id"] for tag in pages["export"].select("h2")}


def test_every_marked_number_of_an_export_year_is_in_its_table(pages):
    known = {indicators.key_of(each) for each in counted(2033).itertuples()}
    own = [mark["data-cle"] for mark in marks_of(pages["export"]) if "2033/alses/" in mark["data-cle"]]
    assert len(own) > 100 and not {key for key in own if "variation" not in key} - known


def test_every_number_of_an_alternative_text_is_in_the_data_of_its_figure(pages):
    def numbers(text: str) -> set[str]:
        return set(re.findall(r"\d+(?:,\d+)?", re.sub(r"\b203[23]\b|\b[3-6]e\b", "", re.sub("[\u202f\u00a0]", "", text))))

    for figure in pages["export"].select("figure"):
        shown = numbers(figure.select_one("details").get_text(" ") + figure.select_one("figcaption").get_text(" "))
        assert {value for value in numbers(figure.svg["aria-label"]) if not {value, f"{value},0"} & shown} == set(), figure["id"]


def test_a_bar_is_as_long_as_the_rounded_number_that_is_published(root, monkeypatch):
    del root
    rows = counted(2033).query("unite == 'personnes' and croise_avec == ''")
    shown = {"effectif_arrondi": rows["effectif_min"] // 5 * 5, "base_arrondie": rows["base_min"] // 5 * 5}
    save_export(2033, rounding.protect_rows(rows.assign(**shown)))
    drawn = []
    monkeypatch.setattr(charts, "valeurs", lambda axes, frame, **_: drawn.append(([bar.get_width() for bar in axes.patches if bar.get_width()], frame)))
    run_page(2033)
    bars, frame = next((bars, frame) for bars, frame in drawn if "prevention_specialisee" in set(frame["perimetre"]))
    assert bars == sorted(frame["effectif_arrondi"], reverse=True)
