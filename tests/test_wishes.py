"""What a researcher wishes of a notebook takes one cell and no other file: it is published with true captions."""

import re
from itertools import product

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell

from conftest import words_of
from helpers import data, paths
from helpers.indicators import Facts
from helpers.indicators.constraints import row, table
from helpers.report.index import PAGES
from helpers.report.notebook import export_page
from helpers.schema import DataError
from in_process import run_notebook


@pytest.fixture
def published(monkeypatch, tmp_path):
    """The page of a notebook of the report with these cells in place of its sections, as `run` reads and publishes it."""

    def publish(name: str, cells: list[str], root, year: int, released: list[dict] | None = None) -> BeautifulSoup:
        notebook = nbformat.read(paths.notebook(name), as_version=4)
        first = next(rank for rank, each in enumerate(notebook.cells) if each.source.startswith("## "))
        notebook.cells = [*notebook.cells[:first], new_markdown_cell("## Un souhait"), *map(new_code_cell, cells)]
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
        monkeypatch.setattr(paths, "notebook", lambda asked: tmp_path / f"{asked}.ipynb")
        monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        really_load, more = data.load_indicators, table(released or [])
        monkeypatch.setattr(data, "load_indicators", lambda *asked, **named: pd.concat([really_load(*asked, **named), more], ignore_index=True))
        with paths.with_data_root(paths.shareable()):
            done = run_notebook(name, {"year": year})
        plt.close("all")
        return BeautifulSoup(export_page(done, name=name, pages=PAGES, foot="", subtitle=""), "html.parser").main

    return publish


def crossed(goal: str, request: str, count: int) -> dict:
    known = {"counts": (count, count), "base": (400, 400), "precision": "exact", "reference": "export de 2020"}
    return row((2020, "alses", "objectif", goal), "personnes", cross=("demande_initiale", request), **known)


OBJECTIVES_BY_REQUEST = """
ensemble = chiffres.reponses("objectif", selon="demande_initiale")
axes = sns.heatmap(ensemble.pivot(index="libelle", columns="groupe", values="part_pct"), annot=True)
charts.publier(axes, ensemble, titre="Ce qui est travaillé, selon ce qui était demandé", nom="croisement")
"""
ONLY_PRIORITY_EDUCATION = """
rep = postes[postes["type_education_prioritaire"].eq("rep_plus")]
par_association = rep.groupby("association", as_index=False).size()
axes = sns.barplot(par_association, x="size", y="association")
charts.publier(axes, par_association, titre="{n} postes en REP+, par association", n=len(rep), nom="filtre")
"""
ANOTHER_PALETTE = """
demandes = chiffres.reponses("demande_initiale").dropna(subset="part_pct").sort_values("part_pct", ascending=False)
axes = sns.barplot(demandes, x="part_pct", y="libelle", hue="libelle", palette=["#123456", "#654321"] * 4, saturation=1, legend=False)
charts.publier(axes, demandes, titre="{demande_initiale/scolaire:part} des demandes sont scolaires", nom="palette")
"""


def test_a_cross_tabulation_a_filter_and_a_palette(published, real_root):
    released = [crossed(goal, request, 40 * (rank + 1)) for rank, (goal, request) in enumerate(product(("mobilite", "autre"), repeat=2))]
    page = published("02_describe", [OBJECTIVES_BY_REQUEST, ONLY_PRIORITY_EDUCATION, ANOTHER_PALETTE], real_root, 2020, released)
    table_of, filtered, coloured = (page.select_one(f"#fig-{name}") for name in ("croisement", "filtre", "palette"))
    assert [words_of(row) for row in table_of.select("tbody tr")][:2] == ["mobilité mobilité 40 400 10,0 %", "mobilité autre demande 80 400 20,0 %"]
    assert words_of(table_of.select_one(".base")) == "n = 400 (mobilité) ; n = 400 (autre demande)"
    assert "10 postes en REP+" in words_of(filtered.select_one(".figure-titre"))
    assert sum(int(cell.get_text()) for cell in filtered.select("tbody td")) == 10
    assert not re.search(r"(?<![\d,])17(?![\d,])", words_of(filtered))  # nowhere, drawing included; « 1,75 » is a mark of the axis
    assert "50 % des demandes" in words_of(coloured.select_one(".figure-titre"))
    rows = [words_of(row.find("th")) for row in coloured.select("tbody tr")]
    assert rows[:2] == ["scolarité et exclusion", "besoin de parler"] and "n = 2 233" in words_of(coloured.select_one(".base"))
    assert {"#123456", "#654321"} <= set(re.findall("#[0-9a-f]{6}", str(coloured.svg)))  # kept as they are


def test_a_cross_tabulation_that_is_not_counted_is_asked_of_the_catalogue_by_the_line_to_write():
    chiffres = Facts(table([crossed("mobilite", "autre", 40)]), year=2020)
    with pytest.raises(DataError, match=r"sous \[indicateurs.objectif\], écrivez.*: croise_avec = \[.*, \"niveau\"\]"):
        chiffres.reponses("objectif", selon="niveau")


def test_years_side_by_side(published, sites_root):
    cell = """
plusieurs = indicators.readable(data.load_series(choix.year))
filles = plusieurs.query("indicateur == 'sexe' and perimetre == 'alses' and croise_avec == '' and site == ''")
axes = sns.barplot(filles, x="part_pct", y="libelle", hue="annee")
charts.publier(axes, filles, titre="Filles et garçons, année après année", nom="souhait")
"""
    figure = published("03_compare", [cell], sites_root, 2034).select_one("#fig-souhait")
    assert {cell.get_text() for cell in figure.select("tbody td")} >= {"2033", "2034"}
