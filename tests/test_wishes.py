"""What a researcher wishes of a notebook takes one cell and no other file: it is published with true captions."""

import shutil

import matplotlib.pyplot as plt
import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell

from helpers import paths
from helpers.report.notebook import export_page
from helpers.run.release import PAGES
from in_process import run_notebook


@pytest.fixture
def published(monkeypatch, tmp_path):
    """The page of a notebook of the report with one more cell before its last section, as `run` reads and publishes it."""

    def publish(name: str, cell: str, root, year: int) -> BeautifulSoup:
        notebook = nbformat.read(paths.notebook(name), as_version=4)
        place = next(rank for rank, each in enumerate(notebook.cells) if "limites" in each.metadata.get("tags", [])) - 1
        notebook.cells.insert(place, new_code_cell(cell))
        shutil.copytree(paths.repository() / "notebooks", tmp_path / "notebooks")
        nbformat.write(notebook, tmp_path / "notebooks" / f"{name}.ipynb")
        monkeypatch.setattr(paths, "notebook", lambda asked: tmp_path / "notebooks" / f"{asked}.ipynb")
        monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        with paths.with_data_root(paths.shareable()):
            done = run_notebook(name, {"year": year})
        plt.close("all")
        html = export_page(done, name=name, pages=PAGES, foot="", subtitle="")
        return BeautifulSoup(html, "html.parser").main

    return publish


def words(tag) -> str:
    return " ".join(tag.get_text(" ").replace("\u202f", " ").replace("\u00a0", " ").split())


def test_objectives_by_request(published, sites_root):
    cell = """
ensemble = chiffres.reponses("objectif", selon="demande_initiale").dropna(subset="effectif")
axes = sns.heatmap(ensemble.pivot(index="libelle", columns="groupe", values="effectif").astype(float), annot=True)
charts.publier(axes, ensemble, titre="Ce qui est travaillé, selon ce qui était demandé", nom="souhait")
"""
    figure = published("02_describe", cell, sites_root, 2034).select_one("#fig-souhait")
    heads = [head.get_text() for head in figure.select("thead th")]
    assert "Groupe" in heads and figure.select("tbody data[data-cle*='/objectif/']")
    assert "personnes suivies par un ALSES" in words(figure.select_one(".base"))


def test_only_the_colleges_of_priority_education(published, real_root):
    cell = """
rep = postes[postes["type_education_prioritaire"].eq("rep_plus")]
par_association = rep.groupby("association", as_index=False).size()
axes = sns.barplot(par_association, x="size", y="association")
charts.publier(axes, par_association, titre="{n} postes en REP+, par association", n=len(rep), nom="souhait")
"""
    figure = published("02_describe", cell, real_root, 2020).select_one("#fig-souhait")
    assert "10 postes en REP+" in words(figure.select_one(".figure-titre"))
    assert sum(int(cell.get_text()) for cell in figure.select("tbody td")) == 10 and "17" not in words(figure)


def test_bars_sorted_by_size_with_another_palette(published, real_root):
    cell = """
demandes = chiffres.reponses("demande_initiale").dropna(subset="part_pct").sort_values("part_pct", ascending=False)
axes = sns.barplot(demandes, x="part_pct", y="libelle", hue="libelle", palette="viridis", legend=False)
charts.publier(axes, demandes, titre="{demande_initiale/scolaire:part} des demandes sont scolaires", nom="souhait")
"""
    figure = published("02_describe", cell, real_root, 2020).select_one("#fig-souhait")
    assert "50 % des demandes" in words(figure.select_one(".figure-titre"))
    rows = [words(row.find("th")) for row in figure.select("tbody tr")]
    assert rows[:2] == ["scolarité et exclusion", "besoin de parler"] and "n = 2 233" in words(figure.select_one(".base"))
    assert "#46327e" in str(figure.svg) or "#472" in str(figure.svg)  # viridis, not the colours of the house


def test_years_side_by_side(published, sites_root):
    cell = """
plusieurs = indicators.readable(data.load_series(choix.year))
filles = plusieurs.query("indicateur == 'sexe' and perimetre == 'alses' and croise_avec == '' and site == ''")
axes = sns.barplot(filles, x="part_pct", y="libelle", hue="annee")
charts.publier(axes, filles, titre="Filles et garçons, année après année", nom="souhait")
"""
    figure = published("03_compare", cell, sites_root, 2034).select_one("#fig-souhait")
    assert {cell.get_text() for cell in figure.select("tbody td")} >= {"2033", "2034"}


def test_a_chart_of_ones_own_with_its_sentence(published, real_root):
    cell = """
#| fig-cap: Les postes, par mois d’ouverture
#| fig-alt: Une barre par mois, la plus longue en janvier.
#| label: fig-souhait
import matplotlib.pyplot as plt
from IPython.display import display
display(texte("Les filles sont {sexe/filles:part} des {sexe/filles:population}.", chiffres))
figure, axes = plt.subplots()
axes.bar(["septembre", "janvier"], [3, 8])
figure
"""
    page = published("02_describe", cell, real_root, 2020)
    figure = page.select_one("#fig-souhait")
    assert "Les postes, par mois d’ouverture" in words(figure.select_one(".figure-titre"))
    assert "la plus longue en janvier" in str(figure)
