"""Page 03 for every kind of pair of years, and for three years, on two invented exports; the notebook itself runs."""

import shutil

import nbformat
import pandas as pd
import pytest

import two_exports
from conftest import REPOSITORY, long, plain
from helpers import data, paths, text
from helpers.indicators.constraints import row, share_bounds, table
from helpers.report.notebook import arrange_cells
from helpers.schema import apply_schema, columns
from in_process import draw_nothing, run_notebook

CARD = '{{"name": "annee-{year}", "title": "Données", "sources": [{{"title": "Note de synthèse {year}"}}], "contexte": "{context}"}}'
MINI = REPOSITORY / "tests" / "mini" / "data" / "raw"
MADE = ("postes", "registre", "controles", "coherences", "recouvrements", "grappes", "normalisations")


def empty(name: str) -> pd.DataFrame:
    return apply_schema(pd.DataFrame(columns=columns(name), dtype="str"), name)


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
    data.save_year(data.read_year(year), {name: empty(name) for name in MADE} | made)


BEFORE, NOW = two_exports.draw()


def counted(year: int, *, persons: pd.DataFrame = BEFORE) -> dict[str, pd.DataFrame]:
    """The tables of a year counted from records, compared with no other export."""
    return {"indicateurs": two_exports.indicators(persons, year), "grappes": two_exports.clusters(persons, year)}


def counted_again(year: int) -> dict[str, pd.DataFrame]:
    """The tables of the second year, whose persons and collèges are known to be those of the first or not."""
    shared = two_exports.overlaps(BEFORE, NOW, year=year, compare_to=year - 1)
    return counted(year, persons=NOW) | {"recouvrements": shared}


def page_of(year: int) -> str:
    """What the page of a year displays, as words."""
    shown = arrange_cells(nbformat.from_dict(run_notebook("03_compare", {"year": year}))).body
    words = [cell.source for cell in shown if cell.cell_type == "markdown"]
    words += [text.plain(output.data["text/html"]) for cell in shown for output in cell.get("outputs", []) if "data" in output]
    return plain("\n".join(words))


@pytest.fixture(scope="module", autouse=True)
def root(tmp_path_factory):
    """A printed year, then two exports; the pages are those of the third year, then of the second."""
    root = tmp_path_factory.mktemp("annees") / "projet"
    shutil.copytree(MINI / "reference", root / "data" / "raw" / "reference")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        draw_nothing(patch.setattr)
        add_year(2030, {"indicateurs": printed(2030)})
        add_year(2031, counted(2031))
        add_year(2032, counted_again(2032), context="une année sans rien de particulier.")
        yield root


@pytest.fixture(scope="module")
def two_counted():
    return page_of(2032)


@pytest.fixture(scope="module")
def printed_then_counted():
    return page_of(2031)


@long
def test_two_exports_are_compared_person_by_person(two_counted):
    words = two_counted
    assert "Sur 13 parts connues les deux années, une par question au plus est commentée et testée" in words
    assert "480 sont suivies en 2031 et en 2032, sous le même identifiant" in words
    assert "La ressemblance est estimée entre 40 collèges, et les tests en tiennent compte" in words
    assert "par les entrées et les sorties de collèges, et de −16,6 points partout ailleurs" in words
    assert "ne se comparent pas" not in words and "on la suppose la même" not in words
    # The most certain first, with what the test allows; what chance may give is only named.
    assert "Place des parents (associés) : la part augmente, de 45,5 % à 53,0 % (+7,5 points) ; hors du hasard." in words
    assert "Ailleurs, le hasard peut suffire : " in words


def test_three_years_make_a_series(two_counted):
    words = two_counted
    assert "## Et les autres réponses ?" in words and "## Et sur plusieurs années ?" in words
    assert "La part augmente d’année en année : filles" in words
    assert "en 2030, " in words and "Quelques années ne font pas une tendance" in words


def test_a_printed_year_and_an_export_are_compared_by_their_bounds(printed_then_counted):
    words = printed_then_counted
    assert "2031 est comptée personne par personne, 2030 ne l’est que dans un document imprimé." in words
    assert "on la suppose la même l’autre année" in words
    assert "personnes de plus" in words and "sous le même identifiant" not in words
    assert "ne se comparent pas" in words
    assert "autres réponses" not in words and "plusieurs années" not in words
