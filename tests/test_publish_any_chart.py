"""A researcher's own chart, table and sentence: what is drawn is what the table says, and everything travels with it."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb
from nbformat import v4

from conftest import long, plain
from helpers import charts, indicators, schema, text
from helpers.charts.marks import marks_of
from helpers.indicators.constraints import row, table
from helpers.palette import DARK, dark_rules
from helpers.report.notebook import says_nothing, suppress_rounded, with_own_outputs
from helpers.report.page import PublicationError


def answers(counts: dict[str, tuple[int, int]], *, indicator: str = "sexe") -> pd.DataFrame:
    """Counted answers of 2020, ``{modality: (count, base)}``, as 02 reads them."""
    known = {"precision": "exact", "reference": "Export 2020"}
    rows = [row((2020, "alses", indicator, name), "personnes", counts=(n, n), base=(base, base), **known) for name, (n, base) in counts.items()]
    return indicators.readable(table(rows)).assign(source="comptage", part_decimales=0)


SEXES = {"filles": (40, 100), "garcons": (60, 100)}


@pytest.fixture(autouse=True)
def _no_figure_left():
    yield
    plt.close("all")


def page(html: text.Html) -> BeautifulSoup:
    return BeautifulSoup(html.html, "html.parser")


DRAWINGS = {
    "barres": lambda frame: sns.barplot(frame, x="part_pct", y="libelle"),
    "facettes": lambda frame: sns.catplot(frame, x="part_pct", y="libelle", kind="bar"),
    "ligne": lambda frame: sns.pointplot(frame, x="libelle", y="part_pct").figure,
    "chaleur": lambda frame: sns.heatmap(frame.set_index("libelle")[["part_pct"]], annot=True),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_whatever_seaborn_draws_becomes_a_figure_with_its_table_base_source_and_words(draw):
    frame = answers(SEXES)
    found = page(charts.publier(draw(frame), frame, titre="{sexe/garcons:part} de garçons"))
    assert found.select_one(".figure-titre").get_text() == "60\u202f% de garçons"
    assert [cell.get_text() for cell in found.select("td")] == ["40", "100", "40\u202f%", "60", "100", "60\u202f%"]
    assert found.select_one(".base").get_text() == "n = 100 (personnes suivies par un ALSES)"
    assert "Export 2020" in found.select_one(".source").get_text()
    wide, narrow = found.find_all("svg")
    assert "filles" in wide.get_text() and "filles" in narrow.get_text()  # searched and selected
    assert "filles\u00a0: 40" in wide["aria-label"] and "garçons\u00a0: 60" in wide["aria-label"]
    assert not found.select(".note")


@long
def test_a_grid_of_many_frames_names_its_rows_once_beside_each_line_of_frames():
    cells = [(line, n) for line in range(8) for n in range(20, 26)]
    frame = pd.concat([answers({"filles": (n, 100)}).assign(libelle=f"réponse {line}", cadre=f"question {n}") for line, n in cells])
    grid = sns.catplot(frame, x="part_pct", y="libelle", col="cadre", col_wrap=3, kind="bar")
    wide = page(charts.publier(grid, frame, titre="Une grille")).svg
    assert {[each.get_text() for each in wide.select("text")].count(f"réponse {line}") for line in range(8)} == {2}


def test_a_bar_says_its_value_when_it_is_pointed_at_and_two_figures_share_no_identifier():
    frame = answers(SEXES)
    one, other = (
        charts.publier(sns.barplot(frame, x="part_pct", y="libelle", ax=plt.figure().subplots()), frame, titre=title)
        for title in ("Un", "Deux")
    )
    titles = [title.get_text() for title in page(one).select(".large title")]
    assert titles == ["filles\u00a0: 40\u202f%", "garçons\u00a0: 60\u202f%"]
    ids = [tag["id"] for html in (one, other) for tag in page(html).find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_a_ribbon_is_as_high_as_its_cell_and_what_is_not_published_has_none():
    cells = [("parler", "école", 30), ("parler", "famille", 60), ("école", "école", 45), ("école", "famille", None)]
    frame = pd.DataFrame(cells, columns=["groupe", "libelle", "effectif"])
    axes = plt.figure().subplots()
    charts.rubans(axes, frame, fort="famille")
    heights = {(ribbon.mark.series, ribbon.mark.name): np.ptp(ribbon.get_path().vertices[[0, 7], 1]) for ribbon in axes.patches}
    assert heights == {("parler", "école"): 30, ("parler", "famille"): 60, ("école", "école"): 45}
    assert [ribbon.mark.name for ribbon in axes.patches if ribbon.get_facecolor()[:3] == to_rgb(charts.BLUE)] == ["famille"]
    html = page(charts.publier(axes, frame, titre="De la demande à l’objectif"))
    assert {title.get_text() for title in html.select(".large title")} == {"école, parler\u00a0: 30", "famille, parler\u00a0: 60", "école, école\u00a0: 45"}
    assert not html.select(".note") and all({"parler", "famille"} <= set(drawing.stripped_strings) for drawing in html.select("svg"))


def test_a_filter_keeps_its_word():
    frame = answers({"6e": (30, 90), "5e": (20, 90), "4e": (40, 90)}, indicator="niveau")
    some = frame[frame["modalite"] != "4e"]
    html = charts.publier(sns.barplot(some, x="part_pct", y="libelle"), some, titre="{niveau/6e:part} en 6e")
    assert [row.find("th").get_text() for row in page(html).select("tbody tr")] == ["6e", "5e"]
    plt.figure()
    html = charts.publier(sns.barplot(some, x="part_pct", y="libelle"), some, titre="{niveau/4e:part} en 4e")
    assert says_nothing(html.html)  # it leaves the page, and the report of a site that does not publish it is made
    rep = pd.DataFrame({"college": ["A", "B", "C"], "postes": [1, 2, 2]})
    plt.figure()
    html = charts.publier(sns.barplot(rep, x="postes", y="college"), rep, titre="{n} collèges REP", n=len(rep))
    assert page(html).select_one(".figure-titre").get_text() == "3 collèges REP"
    assert "n = 3" in page(html).select_one(".base").get_text()


def test_what_is_drawn_and_is_not_in_the_table_is_told():
    rows = pd.DataFrame({"classe": ["6e", "6e", "5e"], "age": [11, 12, 13]})
    html = charts.publier(sns.barplot(rows, x="age", y="classe", errorbar=None), rows, titre="Âges")
    assert "6e\u00a0: 11,5" in page(html).select_one(".note").get_text()


def test_house_colours_follow_the_theme_and_others_stay():
    frame = answers(SEXES)
    colours = {**charts.palette("sexe"), "garçons": "#123456"}
    axes = sns.barplot(frame, x="part_pct", y="libelle", hue="libelle", palette=colours, saturation=1)
    html = charts.publier(axes, frame, titre="Sexe").html
    assert 'fill="#9a3a8a"' in html and "#123456" in html
    rules = dark_rules(html)
    assert f'[fill="#9a3a8a"]{{fill:{DARK["#9a3a8a"]}}}' in rules and "#123456" not in rules


def test_bounds_and_values_are_written_as_the_page_says_them():
    frame = answers(SEXES).assign(part_max_pct=[41.0, 60.0], part_min_pct=[39.0, 60.0], part_decimales=1)
    axes = sns.barplot(frame, x="part_pct", y="libelle")
    charts.bornes(axes, frame)
    charts.valeurs(axes, frame)
    assert [each.get_text() for each in axes.texts] == ["40,0\u202f%", "60,0\u202f%"]
    assert [len(each.get_segments()) for each in axes.collections] == [1, 2]  # a line and its ends; none around an exact share
    assert [mark.value for mark in marks_of(axes.figure)] == [40.0, 60.0]


def test_a_figure_that_draws_an_exact_count_beside_a_rounded_one_leaves_page_01_whole():
    frame = answers(SEXES)
    html = charts.publier(sns.barplot(frame, x="effectif_min", y="libelle"), frame, titre="Sexe").html
    notebook = v4.new_notebook(cells=[cell("", {"text/html": f"<p>Avant.</p>{html}"})])
    shown = suppress_rounded(notebook, {"2020/alses/sexe/filles"}).cells[0].outputs[0].data["text/html"]
    assert BeautifulSoup(shown, "html.parser").get_text(" ") == "Avant. protégé"


def test_a_hostile_name_stays_a_name():
    frame = pd.DataFrame({"nom": ["<script>alert(1)</script>", '$a_b$ & "c"'], "v": [1, 2]})
    html = charts.publier(sns.barplot(frame, x="v", y="nom"), frame, titre="Noms").html
    assert "<script" not in html
    assert "$a_b$" in BeautifulSoup(html, "html.parser").find("svg").get_text()


def test_sentences_are_bound_and_leave_with_their_number():
    frame = answers(SEXES)
    lines = ["{sexe/filles:part} sont des {sexe/filles:libelle}, sur {sexe/filles:ensemble}.", "{niveau/6e:part} sont en 6e.", None]
    said = text.texte([*lines, "Il y {sexe/filles:accord a un|en a plusieurs}, **{n:1}** fois."], frame, n=2.5)
    assert plain(said.text) == "40 % sont des filles, sur 100 personnes suivies par un ALSES. Il y en a plusieurs, 2,5 fois."
    assert re.findall(r'data-cle="([^"]+)"', said.html)[0] == "2020/alses/sexe/filles"
    assert text.texte("{niveau/6e:part}.", frame, sinon="Pas de classe.").text == "Pas de classe."
    assert text.texte("{avant/sexe/filles:part}", None, avant=frame).text == "40\u202f%"
    girls = indicators.fact_of(indicators.with_shares(frame).iloc[0])
    said = text.texte(["{filles} {filles:accord est|sont} là, {filles:part}.", "{inconnu} ?"], filles=girls, inconnu=None)
    assert said.html.count("data-cle") >= 2 and "40\u202f%" in said.text and "?" not in said.text


@pytest.mark.parametrize(("line", "told"), [
    ("{sexx/filles:part}", "vouliez-vous dire « sexe »"), ("{sexe/fille:part}", "vouliez-vous dire « filles »"),
    ("{sexe/filles:pourcent}", "écrivez l’un de : part, effectif"), ("{n}", "donnez-la à texte(…, n=…)"),
])  # fmt: skip
def test_a_slip_in_a_key_is_told_and_does_not_make_a_sentence_disappear(line, told):
    with pytest.raises(schema.DataError, match=re.escape(told)):
        text.texte(line, answers(SEXES))


def cell(source: str, data: dict) -> dict:
    return v4.new_code_cell(source, outputs=[v4.new_output("display_data", data)])


def test_plain_outputs_with_quarto_options_are_parts_of_the_page_and_the_others_are_told_all_at_once():
    shown = pd.DataFrame({"part": [41.0]}, index=["filles"])._repr_html_()
    drawing = cell("#| fig-cap: Titre\n#| fig-alt: Une image.\nplt.plot()", {"image/png": "AAAA"})
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("## Mes figures"), drawing, cell("#| tbl-cap: Tableau\ntable", {"text/html": shown})])
    notebook.cells[1].outputs.insert(0, v4.new_output("execute_result", {"text/plain": "<Axes: xlabel='x'>"}))
    figure, shown = (each.outputs[0].data["text/html"] for each in with_own_outputs(notebook, name="02").cells[1:])
    assert 'alt="Une image."' in figure and "Titre" in figure
    found = BeautifulSoup(shown, "html.parser")
    assert found.caption.get_text() == "Tableau" and found.td.get_text() == "41"
    assert all(head.get("scope") for head in found.find_all("th"))
    for each in notebook.cells[1:]:
        each.source = "nue()"
    with pytest.raises(PublicationError) as raised:
        with_own_outputs(notebook, name="02_describe")
    first, second = str(raised.value).split("\n")
    assert "section « Mes figures »" in first and "« #| fig-cap: … » et « #| fig-alt: … »" in first
    assert "« #| tbl-cap: … »" in second
    assert "nue()" == with_own_outputs(notebook, name="02", is_strict=False).cells[1].source


@pytest.mark.parametrize(("frame", "heads", "first"), [
    ({"libelle": ["a", "b"], "part_pct": [42.5, 42.5], "effectif_min": [2233, 2233]}, ["Libellé", "Part", "Effectif, minimum"], ["a", "42,5\u202f%", "2\u202f233"]),
    ({"annee": [2019, 2020], "4e_3e": [1.0, None], "Ma colonne": ["x", "y"]}, ["Année", "4e ou 3e", "Ma colonne"], ["2019", "1", "x"]),
])  # fmt: skip
def test_a_plain_table_shows_words_for_its_columns_and_no_rank_of_its_rows(frame, heads, first):
    for each in (pd.DataFrame(frame), pd.DataFrame(frame).set_index(next(iter(frame))), pd.DataFrame(frame).loc[[1, 0]][::-1]):
        made = with_own_outputs(v4.new_notebook(cells=[cell("#| tbl-cap: T", {"text/html": each._repr_html_()})]), name="02")
        found = BeautifulSoup(made.cells[0].outputs[0].data["text/html"], "html.parser")
        assert [head.get_text() for head in found.select("thead th")] == heads
        assert [each.get_text() for each in found.select("tbody tr:first-child > *")] == first
    assert "NaN" not in found.get_text()
