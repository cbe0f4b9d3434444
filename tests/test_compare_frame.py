"""Comparisons as a tidy frame: what is selected is what is drawn, tabled and said, and no more than a test allows."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from bs4 import BeautifulSoup

from helpers import charts, schema, text
from helpers.analysis import comparisons
from helpers.indicators.comparisons import ROUNDED, Comparison, Measure
from helpers.indicators.constraints import row, table
from helpers.text import formats, texte


def plain(words) -> str:
    return text.plain(str(words)).replace("\u00a0", " ").replace("\u202f", " ")


def known(value, low=None, high=None, unit="points"):
    return Measure(value, value if low is None else low, value if high is None else high, unit, "calcul")


def girls(finding="hausse", count="hausse", reach="non_concluante", **given):
    found = {"ecart": known(4, 3, 5), "effectif": known(46, unit="personnes")} | given
    return Comparison("comparaisons/annees/alses/sexe/filles", "Sexe : filles", finding, count, reach, found)


def years(before: int, now: int, **others: tuple[int, int]) -> pd.DataFrame:
    """The frame of two counted years: girls, and other answers to the question « sexe »."""
    shares = {"filles": (before, now)} | others
    tables = [
        table([row((year, "alses", "sexe", name), "personnes", counts=(pair[place],) * 2, base=(1000, 1000), precision="exact", reference=f"Note, l. {year}") for name, pair in shares.items()])
        for place, year in ((1, 2032), (0, 2031))
    ]
    no_controls = pd.DataFrame(columns=["annee", "perimetre", "indicateur", "modalite", "mesure"])
    made = comparisons.build_comparisons(*tables, no_controls, year=2032, compare_to=2031)
    return comparisons.table(made, *tables)


# --- the frame ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("finding", "count", "reach", "verdict"), [
    ("hausse", "hausse", "concluante", "hors du hasard"), ("hausse", "hausse", "non_concluante", "incertain"), ("baisse", "hausse", "selon_ressemblance", "incertain"),
    ("hausse", "hausse", "", "inconnu"), ("stable", "hausse", "concluante", "stable"), ("indetermine", "hausse", "", "incertain"),
    ("", "hausse", "", "compté"), ("", "indetermine", "", "incertain"), ("", "", "", "inconnu"),
])  # fmt: skip
def test_a_verdict_is_no_more_than_bounds_and_test_allow(finding, count, reach, verdict):
    assert girls(finding, count, reach).verdict == verdict


def test_the_base_says_how_many_answers_of_each_year_were_not_understood():
    assert "comprise" not in formats.plain(text.comparison_tables.bases_of(years(400, 600)))
    shown = formats.plain(text.comparison_tables.bases_of(years(400, 600, non_prevu=(3, 2))))
    assert shown.endswith("1\u202f000 (2032) ; réponses non comprises\u00a0: 3 (2031), 2 (2032)")


# --- sentences ---------------------------------------------------------------------------------------------------------


def test_two_opposite_years_turn_the_words_round():
    said = [plain(texte("La part {sexe/filles:sens} : {sexe/filles:reference} puis {sexe/filles:part}, {sexe/filles:ecart} ; {sexe/filles:hasard}.", years(*both)).html) for both in ((400, 600), (600, 400), (400, 404))]
    assert said[0].startswith("La part augmente : 40,0 % puis 60,0 %, +20,0 points ; hors du hasard.")
    assert said[1].startswith("La part diminue : 60,0 % puis 40,0 %, −20,0 points") and said[2].endswith("reste stable : 40,0 % puis 40,4 %, +0,4 point ; pas d’écart.")


def test_a_line_is_said_once_a_row_of_what_was_filtered_and_leaves_when_it_is_unknown():
    found = years(400, 600, garcons=(600, 400))
    both = texte("- {:Libelle} : {:ecart} ({:p_commun}).\n- {:Libelle} : {:ecart}.", found)
    assert [plain(item) for item in BeautifulSoup(both.html, "html.parser").find_all("li")] == ["Filles : +20,0 points.", "Garçons : −20,0 points."]
    one = found.query("modalite == 'garcons'")
    assert "Filles" not in texte("- {:Libelle}.", one).text and texte("{sexe/filles:ecart}.", one).text == ""
    assert 'data-cle="comparaisons/annees/alses/sexe/filles" data-mesure="ecart"' in both.html


def test_a_path_of_two_natures_and_a_measure_that_is_none_are_refused():
    found = years(400, 600)
    found = pd.concat([found, found.assign(nature="reste", comparaison="reste/alses/sexe/filles")])
    with pytest.raises(schema.DataError, match=r"annees, reste\).*filtrez"):
        texte("{sexe/filles:part}", found)
    with pytest.raises(schema.DataError, match="« taille » n’est pas une mesure"):
        texte("{:taille}", found)
    assert texte("{c/taille}", c=None).text == ""  # a comparison that a year does not have


@pytest.mark.parametrize(("reach", "words"), [
    ("concluante", "hors du hasard"), ("non_concluante", "le hasard peut suffire"), ("", "sans test"),
    ("selon_ressemblance", "le hasard peut suffire si les personnes d’un même poste se ressemblent assez"),
])  # fmt: skip
def test_only_a_conclusive_test_makes_a_net_difference(reach, words):
    by_likeness = {f"p_holm_{name}": known(p, unit="") for name, p in (("faible", 0.049), ("moyen", 0.05), ("fort", 0.3))}
    said = formats.say_chance(girls(reach=reach, **by_likeness))
    assert plain(said) == words and ("data-portee" in said) is bool(reach)
    assert plain(formats.say_chance(girls("stable", reach=reach))) == "pas d’écart"


@pytest.mark.parametrize(("name", "measure", "said"), [
    ("ecart", known(-6.0), "−6,0 points"), ("part_reference", known(43.4, unit="pct"), "43,4 %"), ("part", known(42.006, 41.5, 42.5, "pct"), "42 %"),
    ("p_valeur", known(0.00001, unit=""), "moins de 0,001"), ("p_valeur", known(0.197, 0.05, 0.5, unit=""), "0,20 (entre 0,050 et 0,50 selon les effectifs)"),
    ("rapport", known(21.3, unit=""), "21,3"), ("rapport", known(0.884, unit=""), "0,88"), ("evolution", known(20.57, unit="pct"), "+20,6 %"),
    ("ecart_detectable", known(4.35), "4,4 points"), ("ecart_effectif", known(64, 45, 84, "personnes"), "environ +64"),
    ("nombre_de_tests", known(11, unit=""), "11"),
])  # fmt: skip
def test_a_measure_is_written_with_its_unit_and_names_its_place(name, measure, said):
    found = formats.say_compared(girls(**{name: measure}), name)
    assert plain(found) == said and f'data-cle="comparaisons/annees/alses/sexe/filles" data-mesure="{name}"' in found


def test_a_printed_count_is_said_by_its_bounds_and_a_protected_one_as_it_is_published():
    assert plain(formats.say_compared(girls(effectif=known(963, 954, 972, "personnes")), "effectif")) == "entre 954 et 972"
    assert plain(formats.say_compared(girls(effectif=Measure(25, 21, 29, "personnes", ROUNDED)), "effectif")) == "environ 25"


# --- drawings and tables -----------------------------------------------------------------------------------------------


def drawn(frame: pd.DataFrame) -> BeautifulSoup:
    points = frame.melt("libelle", ["reference_pct", "part_pct"], "cote", "valeur_pct")
    axes = plt.figure().subplots()
    sns.pointplot(points, x="valeur_pct", y="libelle", hue="cote", linestyle="none", ax=axes)
    charts.ecarts(axes, frame)
    return BeautifulSoup(charts.publier(axes, frame, titre="{sexe/garcons:ecart}").html, "html.parser")


def test_a_figure_of_comparisons_says_its_own_rows_bases_and_sources():
    found = years(400, 600, garcons=(600, 400))
    made = drawn(found.query("modalite == 'garcons'"))
    assert plain(made.select_one(".figure-titre")) == "−20,0 points" and not made.select(".note")
    assert made.select_one(".base").get_text() == "n = 1\u202f000 (2031) ; 1\u202f000 (2032)" and "l. 2031, 2032" in made.select_one(".source").get_text()
    assert [cell.get_text() for cell in made.select("tbody th[scope=row]")] == ["Garçons"] and "Filles" not in made.get_text()
    assert [head.get_text() for head in made.select("thead th")][1:3] == ["2031", "2032"]
    assert "garçons, part_pct\u00a0: 40,0\u202f%" in made.svg["aria-label"] and {"60,0\u202f%", "40,0\u202f%"} <= set(made.svg.stripped_strings)


def test_a_table_has_the_columns_that_a_cell_writes_and_nothing_of_nothing():
    found = years(400, 600, garcons=(600, 400))
    made = text.tableau(found, {"Part": "{:Libelle}", "En clair": "{:sens}", "p": "{:p_commun}"}, caption="C")
    cells = [[cell.get_text() for cell in line.find_all(["th", "td"])] for line in BeautifulSoup(made.html, "html.parser").select("tbody tr")]
    assert cells == [["Filles", "augmente", "—"], ["Garçons", "diminue", "—"]]
    assert text.tableau(found.head(0), {"Part": "{:Libelle}"}, caption="C").html == text.comparison_table(found.head(0), caption="C").html == ""
