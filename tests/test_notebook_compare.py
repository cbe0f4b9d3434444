"""Page 03 for every kind of pair of years, and for three years, on two invented exports; the notebook itself runs."""

import shutil

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import two_exports
from conftest import REPOSITORY
from helpers import paths, store, wording
from helpers.indicators.rows import row, share_bounds, table
from helpers.publish.notebook import arrange_cells
from helpers.schema import columns, typed

CARD = '{{"name": "annee-{year}", "title": "Données", "sources": [{{"title": "Note de synthèse {year}"}}], "contexte": "{context}"}}'
MINI = REPOSITORY / "tests" / "mini" / "data" / "raw"
MADE = ("postes", "registre", "controles", "coherences", "recouvrements", "grappes")


def empty(name: str) -> pd.DataFrame:
    return typed(pd.DataFrame(columns=columns(name), dtype="str"), name)


def printed(year: int) -> pd.DataFrame:
    """What a note would print: a total and four rounded shares."""
    size = 1500
    rows = [row((year, "alses", "accompagnements", ""), "personnes", counts=(size, size), precision="exact", reference="Note, l. 1")]
    for name, share in {"sexe/filles": 38, "nouvel_accompagnement/oui": 55, "origine/college": 60, "parents_associes/oui": 45}.items():
        cell = (year, "alses", *name.split("/"))
        rows.append(row(cell, "personnes", counts=share_bounds(share, size), base=(size, size), share=share, decimals=0, precision="arrondi_imprime", reference="Note, l. 2"))
    return table(rows)


def add_year(year: int, made: dict[str, pd.DataFrame], *, context: str = "") -> None:
    folder = paths.raw(year)
    folder.mkdir(parents=True)
    # Something must have been received; what the pages show is in the tables given.
    received = (MINI / "2031" / "chiffres_publies.csv").read_text(encoding="utf-8").replace("2031", str(year))
    (folder / "chiffres_publies.csv").write_text(received, encoding="utf-8")
    (folder / "datapackage.json").write_text(CARD.format(year=year, context=context), encoding="utf-8")
    store.save_year(store.read_year(year), {name: empty(name) for name in MADE} | made)


BEFORE, NOW = two_exports.draw()


def counted(year: int, *, both: bool = False) -> dict[str, pd.DataFrame]:
    """The tables of a year counted from records: the first when there is none to compare with, else the second."""
    persons = NOW if both or year == 2033 else BEFORE
    found = {"indicateurs": two_exports.indicators(persons, year), "grappes": two_exports.clusters(persons, year)}
    if both:
        found["recouvrements"] = two_exports.overlaps(BEFORE, NOW, year=year, compare_to=year - 1)
    return found


def page_of(year: int) -> tuple[str, nbformat.NotebookNode]:
    """What the notebook of a year displays, as words, and the notebook as its page arranges it."""
    notebook = nbformat.read(paths.notebook("03_compare"), as_version=4)
    (parameters,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    parameters.source = f'year = {year}\ncompare_to = None\nsite_type = "reseau"\nsite = ""'
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(REPOSITORY / "notebooks")}}).execute()
    shown = arrange_cells(notebook).body.cells
    words = [cell.source for cell in shown if cell.cell_type == "markdown"]
    words += [wording.plain(output.data["text/html"]) for cell in shown for output in cell.get("outputs", []) if "data" in output]
    assert not [output for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type in ("error", "stream")]
    return "\n".join(words), shown


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "projet"))
    (tmp_path / "projet" / "data" / "raw").mkdir(parents=True)
    shutil.copytree(MINI / "reference", tmp_path / "projet" / "data" / "raw" / "reference")


def test_two_exports(root):
    add_year(2031, counted(2031))
    add_year(2032, counted(2032, both=True), context="une année sans rien de particulier.")
    words, _ = page_of(2032)
    print(words)


def test_p_e(root):
    add_year(2031, {"indicateurs": printed(2031)})
    add_year(2032, {k:v for k,v in counted(2032, both=True).items() if k!="recouvrements"}, context="une année sans rien de particulier.")
    words, _ = page_of(2032)
    print(words)

def test_e_p(root):
    add_year(2031, counted(2031))
    add_year(2032, {"indicateurs": printed(2032)}, context="une année sans rien de particulier.")
    words, _ = page_of(2032)
    print(words)

def test_three(root):
    add_year(2030, {"indicateurs": printed(2030)})
    add_year(2031, counted(2031))
    add_year(2032, counted(2032, both=True), context="une année sans rien de particulier.")
    words, _ = page_of(2032)
    print(words)
