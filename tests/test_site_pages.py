"""The pages of an association and of a collège: protected figures beside the network's, and nothing else.

The figures are invented: a site of about fifty persons in a network of a thousand, in the invented project (mini_root).
"""

import re

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from conftest import plain, words_of
from helpers import data, indicators, parameters
from helpers.analysis import comparisons, describe
from helpers.disclosure.rounding import protect_rows
from helpers.indicators.constraints import row, table
from helpers.report import notebook
from helpers.report.page import Page
from helpers.schema import apply_schema, columns
from helpers.text import comparison_tables, formats
from helpers.text.formats import write_share
from in_process import draw_nothing, run_notebook
from marks import marks_of

COLLEGE, ASSOCIATION = "collège 0590001A", "association Le Gué"

# By question and answer: about how many of the site's fifty persons, of the year and of the one before; in the network.
SIZE = 50
COUNTED = {
    ("sexe", "filles"): ({2032: 10, 2031: 20}, 400),
    ("sexe", "garcons"): ({2032: 40, 2031: 30}, 600),
    ("parents_associes", "oui"): ({2032: 5, 2031: 45}, 450),
    ("parents_associes", "non"): ({2032: 45, 2031: 5}, 550),
    ("niveau", "6e"): ({2032: 0, 2031: 0}, 120),
    ("niveau", "3e"): ({2032: 50, 2031: 50}, 880),
}


def empty(name: str) -> pd.DataFrame:
    return apply_schema(pd.DataFrame(columns=columns(name), dtype="str"), name)


def network_of(year: int) -> pd.DataFrame:
    cells = [((year, "alses", "accompagnements", ""), 1000, None), *(((year, "alses", *name), n, (1000, 1000)) for name, (_, n) in COUNTED.items())]
    return table([row(cell, "personnes", counts=(n, n), base=base, precision="exact", reference="Export") for cell, n, base in cells]).assign(source="export")


def own_of(year: int) -> pd.DataFrame:
    """The protected rows of the site, as `disclosure` makes them."""
    rounded = [SIZE, *(shown[year] for shown, _ in COUNTED.values())]
    rows = network_of(year).assign(site_type="college", site="0590001A", effectif_arrondi=rounded)
    return protect_rows(rows.assign(base_arrondie=[None, *[SIZE] * len(COUNTED)]))


def site(year: int = 2032, *, place: str = COLLEGE) -> pd.DataFrame:
    return indicators.with_site_name(indicators.beside_network(own_of(year), network_of(year)), place)


def look(year: int = 2032) -> indicators.Facts:
    return indicators.Facts(site(year), year=year)


# --- what is said of a figure --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "count", "share"), [
    ("sexe/filles", "environ 10", "20\u202f%"), ("niveau/6e", "moins de 5", "moins de 10\u202f%"), ("niveau/3e", "environ 50", "plus de 85\u202f%"),
    ("parents_associes/oui", "environ 5", "10\u202f%"), ("accompagnements/", "environ 50", "pas de donnée"),
])
def test_a_protected_figure_is_said_rounded_and_near_unanimity_by_its_bound(path, count, share):
    found = look()(f"alses/{path}")
    assert (formats.plain(formats.say_count(found)), formats.plain(formats.say_share(found))) == (count, share)
    assert found.is_known is False and 'data-mesure="effectif_arrondi"' in formats.say_count(found)
    assert (write_share(found) or "pas de donnée") == share


def test_a_population_says_of_which_site_it_is():
    figures = look()
    assert formats.population(figures("alses/sexe/filles")) == "personnes suivies par un ALSES au collège 0590001A"
    assert formats.population(figures("alses_reseau/sexe/filles")) == "personnes suivies par un ALSES, dans tout le réseau"


# --- where it stands beside the network -----------------------------------------------------------------------------


def test_a_share_stands_above_or_below_the_network_only_if_neither_rounding_nor_chance_explains_it():
    girls, parents = describe.comparisons_with_network(look())
    # No rounding explains either: girls are 6 to 14 of 46 to 54, so 11 to 30 %, under 40 %; parents 2 to 20 %, under 45 %.
    # At the least favourable counts, 14 of 46 where the network has 400 of 1000, and 9 of 46 where it has 450: twice the
    # chance of so few (R: phyper(14, 400, 600, 46) and phyper(9, 450, 550, 46)), then Holm's correction for two shares.
    assert (girls.finding, parents.finding) == ("comparable", "au_dessous")
    assert (girls.chance, parents.chance) == pytest.approx((2 * 0.113712929936, 2 * 2 * 0.000213870852645))
    # 11 to 26 girls of 46 (R: qhyper(c(.0125, .9875), 400, 600, 46)), widened by what rounding hides of the share shown.
    low, high = girls.own.share_bounds
    assert girls.by_chance == pytest.approx((100 * 11 / 46 - high + 20, 100 * 26 / 46 - low + 20))
    assert [each.finding for each in describe.comparisons_with_network(look(2031))] == ["comparable", "au_dessus"]


def test_nothing_of_a_site_is_called_unpublished():
    assert describe.unpublished(site(), year=2032).empty and not describe.unpublished(network_of(2032), year=2032).empty


# --- two years --------------------------------------------------------------------------------------------------------


def two_years() -> pd.DataFrame:
    given = (site(2032, place=ASSOCIATION), site(2031, place=ASSOCIATION), empty("controles"))
    return comparisons.build_comparisons(*given, year=2032, compare_to=2031)


@pytest.fixture(scope="module")
def compared() -> indicators.Comparisons:
    return indicators.Comparisons(two_years())


def test_two_years_of_rounded_numbers_are_compared_by_their_bounds_and_never_tested(compared):
    girls, parents = (compared(f"annees/alses/{path}") for path in ("sexe/filles", "parents_associes/oui"))
    # 20 % (6/54 to 14/46) after 40 % (16/54 to 24/46); 10 % (1/54 to 9/46) after 90 % (41/54 to 1).
    assert (girls["ecart"].value, girls["ecart"].low, girls["ecart"].high) == pytest.approx((-20, 100 * (6 / 54 - 24 / 46), 100 * (14 / 46 - 16 / 54)))
    assert (parents["ecart"].value, parents["ecart"].low, parents["ecart"].high) == pytest.approx((-80, 100 * (1 / 54 - 1), 100 * (9 / 46 - 41 / 54)))
    assert (girls.finding, parents.finding) == ("indetermine", "baisse")
    assert {each.reach for each in compared.of_all()} == {""} and not [each.key for each in compared.of_all() if "alses_reseau" in each.key]
    assert not {name for each in compared.of_all() for name in each.measures if name.startswith(("p_", "ic_", "rapport", "h"))}


def test_a_share_said_by_its_bound_has_no_difference_said_by_a_number(compared):
    level = compared("details/alses/niveau/6e")
    assert level.bound_of("part") == ("sous", 10) and level.is_near_unanimous
    listed = comparison_tables.comparison_table(comparisons.table(two_years()).query("modalite == '6e'"), caption="Les autres", par="question")
    assert "6e moins de 10 % moins de 10 % — −9 à +9" in listed.text.replace("\u202f", " ")
    assert formats.plain(formats.say_measure(level, "part")) == "moins de 10\u202f%"


def test_the_counts_of_two_years_are_said_rounded():
    girls = comparisons.table(two_years()).query("modalite == 'filles'")
    said = comparison_tables.comparison_table(girls, caption="Nombres", of_counts=True)
    assert "Filles environ 10 environ 20" not in said.text and "Filles environ 20 environ 10 environ −10 −18 à −2 baisse" in said.text


# --- the pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(published, monkeypatch):
    """Makes a page of a site, on the invented figures in place of those of the store."""
    made: dict = {}
    draw_nothing(monkeypatch.setattr)
    monkeypatch.setattr(parameters, "_check_site", lambda *given: None)  # the invented project has no export
    monkeypatch.setattr(data, "is_exploring", lambda years: False)
    # Forty-five collèges whose pages say shares, two that are too small, and as many associations.
    sizes = {("college", str(rank)): 50 if rank < 45 else 15 for rank in range(47)}
    monkeypatch.setattr(data, "load_site_sizes", lambda year: sizes | {("association", str(rank)): 50 for rank in range(12)})
    monkeypatch.setattr(data, "save_result", lambda year, name, rows, **where: made.update({name: (rows, where)}))

    def make(name: str, kind: str, where: str) -> BeautifulSoup:
        def read(year, site_type="reseau", site="", **_):
            assert (site_type, site) == (kind, where)
            return indicators.beside_network(own_of(year), network_of(year))

        for reader in ("load_indicators", "load_earlier_indicators"):
            monkeypatch.setattr(data, reader, read)
        monkeypatch.setattr(data, "load_series", lambda year, **champ: pd.concat([read(each, **champ) for each in (2031, 2032)]))
        given = {"year": 2032, "site_type": kind, "site": where} | ({"compare_to": 2031} if name == "03_compare" else {})
        executed = nbformat.from_dict(run_notebook(name, given))
        pages = [Page(each, each, f"{each}.html") for each in ("02_describe", "03_compare")]
        html = notebook.export_page(executed, name=name, pages=pages, foot="", subtitle="Année 2032")
        return BeautifulSoup(html, "html.parser")

    make.saved = made
    return make


def populations(page: BeautifulSoup, *measures: str) -> set[str]:
    """Of which populations a page says these measures."""
    return {mark["data-cle"].split("/")[1] for mark in marks_of(page) if mark["data-mesure"].startswith(measures)}


def test_the_page_of_a_college_is_its_figures_beside_those_of_the_network(page):
    made = page("02_describe", "college", "0590001A")
    text = words_of(made.main)
    assert re.search("Les ALSES de ce collège ont accompagné environ 50 jeunes en 2032 ?, sur 1 000 dans tout le réseau\\.", text)
    assert "Moins souvent que dans le réseau : 10 % ont des parents associés à l’accompagnement (réseau : 45,0 % )" in text
    assert "Pour « filles », l’écart avec le réseau peut n’être dû qu’à l’arrondi et au hasard." in text and "le hasard peut suffire" not in text
    assert "une page sur vingt, et 45 pages en cherchent" in text and "ni un classement ni une évaluation" in text
    assert not made.select("main svg") and "Quand les réunions" not in text  # no drawing, no section about the network alone
    rows = {line.th.get_text(): line for line in made.select("table tbody tr") if line.td}
    assert [plain(cell.get_text()) for cell in rows["filles"].select("td")] == ["environ 10", "20 %", "40,0 %"]
    assert [bar["style"] for bar in rows["filles"].select(".barre")] == ["--part:20.0", "--part:40.0"]
    assert not re.search("[Nn]on publiée?|pas de donnée|postes? décrits?", text)
    assert populations(made, "effectif_m", "base_m") == {"alses_reseau"}  # no count of the college but rounded
    assert populations(made, "effectif_arrondi") == {"alses"}


def test_the_page_of_an_association_compares_two_years_without_a_test(page):
    made = page("03_compare", "association", "Le Gué")
    text = words_of(made.main)
    assert "Place des parents (associés) : la part diminue quel que soit l’arrondi, 90 % puis 10 %" in text
    assert "L’arrondi ne permet pas de conclure : filles." in text
    assert "valeur p" not in text.lower() and not made.select("[data-portee]")
    rows, where = page.saved["comparaisons"]
    assert where == {"site_type": "association", "site": "Le Gué"} and set(rows["portee"]) == {""}
