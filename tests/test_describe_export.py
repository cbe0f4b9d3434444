"""Page 02 of a year that has an export: what is crossed, what is not shown, what each sentence calls its source."""

import re
import shutil

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from export_table import counted, persons, run_page, save_export
from helpers import charts, indicators, paths
from helpers.analysis import crosstab, describe
from helpers.indicators.constraints import row, table
from helpers.report import notebook, page
from helpers.text import formats, tables
from in_process import draw_nothing
from marks import marks_of


def cell(name, modality, n, base=100, *, cross=("", ""), source="export", perimeter="alses"):
    made = row((2032, perimeter, name, modality), "personnes", counts=(n, n), base=(base, base), cross=cross, precision="exact", reference="export de la base, 2032")
    return {**made, "source": source}


def crossing(name, other, counts, bases):
    """``counts`` by answer then group; None is a cell that is not there."""
    return table([
        cell(name, modality, n, bases[group], cross=(other, group))
        for modality, line in counts.items() for group, n in zip(bases, line, strict=True) if n is not None
    ])


def said(made) -> str:
    """The words of a piece of page, every space being a plain one."""
    return re.sub("[\u202f\u00a0\u2007\u2008]", " ", formats.plain(made.html))


def titled(made) -> str:
    """The title and the alternative text of a figure, likewise."""
    return re.sub("[\u202f\u00a0]", " ", made.text)


BY_SEX = crossing("niveau", "sexe", {"3e": (10, 30), "6e": (30, 30), "non_renseigne": (10, None)}, {"garcons": 50, "filles": 60})


def crossed(rows, name, other):
    return crosstab.crosstab_of_records(rows, name, other, year=2032)


def test_a_crossing_has_every_cell_column_by_column_in_reading_order():
    cells = crossed(BY_SEX, "niveau", "sexe")
    assert cells[["modalite_croisee", "modalite", "effectif_min", "precision"]].fillna(-1).to_numpy().tolist() == [
        ["filles", "6e", 30, "exact"], ["filles", "3e", 30, "exact"], ["filles", "non_renseigne", -1, "non_publie"],
        ["garcons", "6e", 30, "exact"], ["garcons", "3e", 10, "exact"], ["garcons", "non_renseigne", 10, "exact"],
    ]


def test_a_printed_crossing_is_none_of_records():
    printed = table([cell("niveau", "3e", 10, cross=("sexe", "filles"), source="imprime")])
    assert crossed(printed, "niveau", "sexe").empty


@pytest.mark.parametrize(("others", "missing"), [
    ([], []),
    ([cell("niveau", "3e", 9), cell("sexe", "filles", 9)], [("Niveau de classe", "Sexe")]),
    ([cell("niveau", "3e", 9), cell("sexe", "filles", 9), cell("niveau", "3e", 9, cross=("sexe", "filles"))], []),
    ([cell("niveau", "3e", 9, source="imprime"), cell("sexe", "filles", 9, source="imprime")], []),
], ids=["no record", "not crossed", "crossed", "printed"])
def test_a_crossing_that_records_allow_and_that_is_not_shown_is_named(others, missing):
    assert crosstab.suppressed_crosstabs(table(others), "niveaux", year=2032) == missing


def test_pairs_come_once_the_most_frequent_first():
    goals = crossing("objectif", "objectif", {"scolarite": (None, 20, 9), "mobilite": (20, None, 30), "autre": (9, 30, None)}, {"scolarite": 50, "mobilite": 40, "autre": 60})
    found = crosstab.pairs(goals, "objectif", year=2032)
    assert found[["modalite", "modalite_croisee", "effectif_min"]].to_numpy().tolist() == [
        ["mobilite", "autre", 30], ["scolarite", "mobilite", 20], ["scolarite", "autre", 9],
    ]
    made = said(tables.pairs_table(crossed(goals, "objectif", "objectif"), found, caption="Paires"))
    assert made.startswith("Paires Modalité mobilité autre objectif scolarité 20 9 mobilité 30 Base 40 60 ") and "avec 30 personnes, soit 50 % des 60" in made


def test_two_groups_are_told_by_the_answer_that_separates_them_most_and_who_did_not_answer_is_named():
    made = charts.show_crosstab(crossed(BY_SEX, "niveau", "sexe"))
    assert titled(made).startswith("Filles : 50 % sont en 3e ; garçons : 20 %, ")
    assert titled(made).endswith("; filles (60) : 6e, 30, 3e, 30 ; garçons (50) : 6e, 30, 3e, 10.")
    assert "n = 60 (filles) ; 50 (garçons)" in said(made) and "Réponses sans ligne ni colonne ici : « non renseigné »" in said(made)


def test_a_large_crossing_is_told_by_the_largest_group_not_by_the_highest_share():
    rows = crossing("objectif", "demande_initiale", {"scolarite": (60, 3, 9), "mobilite": (30, 7, 9)}, {"scolarite": 90, "mobilite": 8, "autre": 20})
    assert titled(charts.show_crosstab(crossed(rows, "objectif", "demande_initiale"))).splitlines()[0] == (
        "Demande initiale « scolarité » : 67 % ont « scolarité » parmi leurs objectifs, la réponse la plus fréquente"
    )


def test_a_crossing_of_groups_that_are_all_too_small_for_a_share_is_one_sentence():
    # What a site of thirty persons has: counts that are shown, and no share.
    rows = crossing("niveau", "sexe", {"3e": (5, 10), "6e": (10, 5)}, {"garcons": 15, "filles": 15})
    cells = crossed(rows, "niveau", "sexe").assign(part_pct=pd.NA, part_min_pct=pd.NA, part_max_pct=pd.NA)
    made = charts.show_crosstab(cells)
    assert "<figure" not in made.html
    assert said(made) == "« Niveau de classe » selon « Sexe » : chaque groupe compte moins de vingt personnes, aucune part n’en est donnée."
    assert charts.show_by_group(crossed(rows, "niveau", "sexe").assign(part_pct=pd.NA), "3e").html == ""


def test_one_answer_is_told_by_its_highest_and_lowest_group_among_those_that_answer():
    rows = crossing("parents_associes", "niveau", {"oui": (10, 30, 50)}, {"6e": 40, "3e": 60, "non_renseigne": 50})
    made = charts.show_by_group(crossed(rows, "parents_associes", "niveau"), "oui")
    assert titled(made).splitlines()[0] == "3e : 50 % ont des parents associés à l’accompagnement, la part la plus haute ; 6e : 25 %, la plus basse"
    assert "n = 40 (6e) ; 60 (3e) ; 50 (non renseigné)" in said(made)


@pytest.mark.parametrize(("missing", "is_said"), [(5, False), (6, True)])
def test_missing_answers_are_said_when_they_are_more_than_five_per_cent_and_never_lead(missing, is_said):
    rows = table([cell("parents_associes", "oui", 4), cell("parents_associes", "non", 3), cell("parents_associes", "non_renseigne", missing)])
    made = charts.show_breakdowns([describe.breakdown(rows, "parents_associes", year=2032)])
    assert titled(made).startswith("Parmi les personnes suivies par un ALSES, 4 % ont des parents associés")
    assert ("« Non renseigné » : 6 %, soit 6 personnes. Ces personnes restent dans la base." in said(made)) is is_said
    assert "arrondi" not in made.html


def test_other_entry_routes_keep_their_share_when_some_did_not_answer():
    rows = table([cell("origine", name, n) for name, n in (("college", 40), ("travail_de_rue", 50), ("non_renseigne", 10), ("hors_college", 50))])
    made = charts.show_entries(describe.topic(rows, "entrees", year=2032), indicators.Facts(rows, year=2032))
    assert "orientation par le collège, 40 % ; autres voies que le collège, 50 % ; non renseigné, 10 %." in titled(made)
    assert "En gris, sans voie d’entrée connue : « non renseigné », 10 %." in said(made)


def test_no_figure_of_an_export_says_that_it_is_printed_or_rounded():
    f = indicators.Facts(counted(2032), year=2032)
    volume = said(formats.say("describe", "volume", f=f))
    assert "360 personnes en 2032" in volume and "480 collégiens en 2032 ; 360" in volume and not re.search("imprim|arrondi", volume)


def test_a_crossing_with_few_persons_does_not_reach_the_page():
    who = persons(2032, objectifs=["mobilite;scolarite", *["scolarite"] * 239])
    few = indicators.count_persons(who, source="export", reference="export de la base, 2032")
    assert crosstab.suppressed_crosstabs(few, "demandes", year=2032) == [("Objectif travaillé", "Objectif travaillé")]
    assert charts.show_crosstab(crossed(few, "objectif", "objectif")).html == ""


# --- the whole page --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(mini_root, tmp_path_factory):
    """The invented project where 2033 has an export and nothing else."""
    copy = tmp_path_factory.mktemp("export") / "projet"
    shutil.copytree(mini_root, copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(copy))
        draw_nothing(patch.setattr)
        yield copy


def page_of(year: int) -> BeautifulSoup:
    html = notebook.export_page(run_page(year), name="02_describe", pages=[PAGE], foot="", subtitle=str(year))
    assert len(html.encode()) < 500_000
    return BeautifulSoup(html, "html.parser")


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
    words = pages["printed"].get_text(" ")
    said = pages["printed"].select_one("p.contenu").get_text(" ")
    assert "Il n’a reçu aucun export de la base départementale" in said
    assert "export" not in words.partition("Fichiers lus")[0].replace(said, "") and "croise" not in words


def test_an_export_fills_its_sections_in_reading_order(pages):
    ids = [tag["id"] for tag in pages["export"].select("h2")]
    assert ids.index("les-parents-sont-ils-associes") < ids.index(TIME) < ids.index(COLUMNS) < ids.index("que-faut-il-garder-en-tete")
    drawn = {figure["id"] for figure in pages["export"].select("figure")}
    assert {"fig-alses-age", "fig-entrees", "fig-niveau-sexe", "fig-parents-associes-par-niveau", "fig-objectif-demande-initiale", "fig-alses-duree"} <= drawn


def test_a_year_with_only_an_export_has_no_document(pages):
    words = pages["export"].find("main").get_text(" ")
    assert not re.search("Le document|part imprimée|l’arrondi laisse|Pas de donnée", words) and "Dans l’export, les personnes suivies" in words
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
        assert {value for value in numbers(figure.img["alt"]) if not {value, f"{value},0"} & shown} == set(), figure["id"]
