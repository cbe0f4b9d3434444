"""A chart never travels without its title, alt text, source and data, and never says more than its data."""

import re
from itertools import pairwise
from urllib.parse import unquote

import pandas as pd
import pytest

from helpers import charts, text
from helpers.analysis import comparisons, describe
from helpers.charts import differences
from helpers.charts.figure import compose, to_svg
from helpers.charts.theme import BLUE, canvas
from helpers.indicators import lookup
from helpers.indicators.comparisons import Comparisons
from helpers.indicators.constraints import row, table
from helpers.text.formats import Html


def figure(name, modality, n, base=100, *, perimeter="alses", unit="personnes", year=2032, cross=("", "")):
    counts, precision = (n, n) if isinstance(n, int) else n, "non_publie" if n is None else "exact"
    known = {"counts": counts, "base": base and (base, base), "precision": precision, "reference": "Note, l. 1"}
    return row((year, perimeter, name, modality), unit, cross=cross, **known)


def post(name, modality, n, base=5, **more):
    return figure(name, modality, n, base, perimeter="postes", unit="postes", **more)


def facts(*rows) -> lookup.Facts:
    return lookup.Facts(table(list(rows)), year=2032)


def plain(words: str) -> str:
    return re.sub("[\u202f\u00a0]", " ", words)


def alt_of(made) -> str:
    """The alt text of a chart that has everything that must travel with it; its numbers are those of its data."""
    assert re.search(r'<p class="figure-titre">(?!\s*</p>)', made.html)  # a title may open with a marked number
    assert '<p class="source">Champ : ' in made.html and "Source : Note, l. 1" in made.html
    assert re.search(r"<summary>Données de la figure</summary><div class=\"table-boite\"><table[^>]*>\s*<caption>[^<]", made.html)
    assert re.search(r'<p class="base">n = <data [^>]+>\d', made.html)
    assert re.search(r'<a href="data:text/csv;charset=utf-8,%EF%BB%BF[^"\n]+" download="[a-z-]+\.csv">', made.html)
    assert re.search(r'<source media="screen and \(max-width: 45rem\)" srcset="data:image/svg\+xml,<svg[^" ]+>">', made.html)
    alt = re.search(r'<img src="data:image/svg\+xml,<svg[^"\n]+" alt="([^"]+)">', made.html)[1]
    shown = text.plain(re.sub("<img[^>]*>", "", made.html)).replace("\u202f", "")
    numbers = re.findall(r"\d+(?:,\d+)?", re.sub(r"\b203[12]\b", "", alt.replace("\u202f", "")))
    assert [each for each in numbers if each not in shown and each.removesuffix(",0") not in shown] == []
    return plain(alt)


def words_of(html: str) -> list[str]:
    """What the wide drawing of a chart writes."""
    drawing = unquote(re.search(r'<img src="data:image/svg\+xml,([^"]+)"', html)[1])
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawing)


def bars(rows, name, **more):
    return charts.show_breakdowns([describe.breakdown(table(rows), name, year=2032, **more)])


# --- one year --------------------------------------------------------------------------------------------------------


def test_a_breakdown_says_its_largest_share_and_draws_no_share_that_is_unknown():
    made = bars([figure("niveau", "6e", 20), figure("niveau", "3e", 45), figure("niveau", "4e", None)], "niveau")
    assert alt_of(made).endswith(" : 6e, 20 % ; 3e, 45 %.") and made.text.startswith("Parmi les personnes suivies par un ALSES, 45")
    assert {"20\u202f%", "45\u202f%"} <= set(words_of(made.html)) and 'id="fig-alses-niveau"' in made.html


def test_an_indicator_drawn_otherwise_or_without_share_has_no_bars():
    nothing = "Pas de donnée : aucune part n’est publiée pour cette année."
    assert bars([post("bureau", "oui", 3)], "bureau", perimeter="postes").text == nothing
    assert bars([figure("sexe", "filles", 3, None)], "sexe").text == nothing


def test_a_contradicted_share_is_named_and_not_drawn():
    wrong = row((2032, "alses", "niveau", "6e"), "personnes", counts=None, share=90, decimals=0, precision="contradictoire", reference="Note, l. 1")
    made = bars([figure("niveau", "3e", 45), figure("niveau", "4e", 30), wrong], "niveau")
    assert "Chiffre contredit par d’autres, non montré (voir « Données reçues ») : 6e." in made.html
    assert "6e" not in alt_of(made) and "90" not in alt_of(made)


def test_a_share_that_was_deduced_has_the_decimals_of_those_it_completes():
    printed = figure("parents_associes", "oui", 470, 1000) | {"part_imprimee_pct": 47.0, "decimales": 0}
    deduced = figure("parents_associes", "non", 529, 1000) | {"precision": "deduit"}
    made = bars([printed, deduced], "parents_associes")
    assert {"47\u202f%", "53\u202f%"} <= set(words_of(made.html)) and "52,9" not in made.html
    assert "47\u202f% ont des parents associés" in made.text  # what is printed leads, not what follows from it


@pytest.mark.parametrize(("objective", "more", "shown"), [(60, {}, "mobilité, de 5 % à 60 %."), ((58, 62), {"part_imprimee_pct": 60.0, "decimales": 0}, None)], ids=["counted", "bounded"])
def test_an_objective_stands_beside_its_request_and_one_that_is_bounded_never_as_its_smallest_count(objective, more, shown):
    indicators = table([figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", objective) | more])
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), lookup.Facts(indicators, year=2032))
    assert alt_of(made).endswith(shown) if shown else "<td>58</td>" not in made.html


# --- a whole and its parts, several populations ----------------------------------------------------------------------

WHOLE = [
    figure("accompagnements", "", 1000, None, perimeter="prevention_specialisee"), figure("situation", "collegien", 500, 1000, perimeter="prevention_specialisee"),
    figure("situation", "hors_college", 500, 1000, perimeter="prevention_specialisee"), figure("suivi_par", "alses", (320, 330), 500, perimeter="collegiens"),
    figure("suivi_par", "autre_educateur", (170, 180), 500, perimeter="collegiens"),
]
MORE = figure("situation", "lyceen", 90, 1000, perimeter="prevention_specialisee")
ENTRIES = [figure("origine", "college", (45, 47)), figure("origine", "hors_college", (53, 55)), figure("orienteur", "enseignants", 20, 40), figure("orienteur", "autre", None, 40)]
STREET = figure("origine", "travail_de_rue", 20)
BOTH_SEXES = [figure("sexe", "filles", 40), figure("sexe", "garcons", 60), figure("sexe", "filles", (290, 310), 1000, perimeter="prevention_specialisee"), figure("sexe", "garcons", 700, 1000, perimeter="prevention_specialisee")]


def drawn(topic, rows):
    parts = describe.topic(table(rows), topic, year=2032)
    if topic == "public":
        return charts.show_breakdowns(parts)
    return (charts.show_volume if topic == "volume" else charts.show_entries)(parts, facts(*rows))


@pytest.mark.parametrize(("topic", "rows", "alt"), [
    ("volume", WHOLE, "1 000 ; collégiens, 500 ; parmi eux, suivis par un ALSES, entre 320 et 330, par un autre éducateur, entre 170 et 180."),
    ("entrees", ENTRIES, "orientation par le collège, de 45,0 % à 47,0 % ; autres voies que le collège, de 53,0 % à 55,0 % ; un enseignant, 50 %."),
    ("public", BOTH_SEXES, "filles 40 %, garçons 60 % ; toute la prévention spécialisée, filles de 29,0 % à 31,0 %, garçons 70,0 %."),
])
def test_parts_of_a_whole_are_one_chart_with_their_bounds(topic, rows, alt):
    made = drawn(topic, rows)
    assert alt_of(made).endswith(alt) and made.html.count("<figure") == 1
    assert ("La seconde population contient la première" in made.html) is (topic == "public")


@pytest.mark.parametrize(("topic", "rows", "figures"), [
    ("volume", WHOLE[1:3], ["prevention-specialisee-situation"]), ("volume", [*WHOLE, MORE], ["volume", "prevention-specialisee-situation"]),
    ("entrees", [*ENTRIES[:2], STREET], ["entrees", "alses-origine"]), ("public", [*BOTH_SEXES[:2], BOTH_SEXES[3]], ["alses-sexe", "prevention-specialisee-sexe"]),
], ids=["a level is missing", "more is published", "other routes", "different modalities"])
def test_what_cannot_share_a_chart_keeps_its_own(topic, rows, figures):
    assert re.findall(r'<figure class="figure" id="fig-([^"]+)"', drawn(topic, rows).html) == figures


# --- comparisons -----------------------------------------------------------------------------------------------------


def compared(now, before=(), *, controls=()):
    """The comparisons of invented values, and the facts of both years."""
    tables = [table(list(rows)) for rows in (now, before)]
    verdicts = pd.DataFrame(list(controls), columns=["annee", "perimetre", "indicateur", "modalite", "mesure"])
    made = comparisons.build_comparisons(*tables, verdicts, year=2032, compare_to=2031 if before else None)
    looks = [lookup.Facts(rows, year=year) for rows, year in zip(tables, (2032, 2031), strict=True)]
    return Comparisons(made), *looks


def rounded(counts, share, year=2032):
    return figure("sexe", "filles", counts, 1000, year=year) | {"part_imprimee_pct": share, "decimales": 0, "precision": "arrondi_imprime"}


NETWORK = [figure("postes", "", 4, None, perimeter="reseau_alses", unit="alses"), figure("accompagnements", "", 120, None)]
GIRLS = compared([figure("sexe", "filles", 44, 120), *NETWORK], [figure("sexe", "filles", 40, year=2031)])
REST = compared([figure("sexe", "garcons", 60), figure("sexe", "garcons", 150, 300, perimeter="prevention_specialisee")])[:2]
PRINTED = compared([post("bureau", "oui", 9, 10), post("convention", "oui", 8, 10)], controls=[(2032, "postes", "bureau", "oui", "part")])[:2]
NESTED = compared([figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", 60)])[:2]


@pytest.mark.parametrize(("show", "given", "alt"), [
    (charts.show_differences, GIRLS, "filles, 40,0 % puis 36,7 %, écart −3,3 points."), (charts.show_counts, GIRLS, "40 sur 100 en 2031, 44 sur 120 en 2032."),
    (charts.show_composition, GIRLS, "filles, 20,0 % au lieu de 40,0 %."), (charts.show_clusters, GIRLS, "filles, 1,00, 1,00"), (charts.show_forest, GIRLS, "hasard possible."),
    (charts.show_rest, REST, "garçons, 45,0 % puis 60,0 %, écart +15,0 points."), (charts.show_answers, PRINTED, "Bureau ou local au collège : oui, 9 sur 10, soit 90,0 %"),
    (charts.show_nested, NESTED, "mobilité, 5 demandes, 60 objectifs, 12,0 pour une"),
])
def test_a_comparison_is_drawn_with_its_numbers(show, given, alt):
    assert alt in alt_of(show(*given))


def test_a_share_that_falls_while_its_count_rises_is_said_so_and_chance_is_not_ruled_out():
    assert "Filles : la part diminue, le nombre augmente" in charts.show_counts(*GIRLS).text
    assert "Aucun écart testé ne dépasse le hasard" in charts.show_forest(*GIRLS).text


def test_a_chart_of_two_years_shows_no_decimal_that_a_rounding_does_not_leave():
    given = compared([rounded((415, 424), 42.0)], [rounded((395, 404), 40.0, 2031)])
    shown = words_of(charts.show_differences(*given).html)
    assert "40\u202f% → 42\u202f% : +2,0\u00a0points" in shown
    # A graduation at 37,5 that is written 38 does not stand where it says: they would not be as far from one another.
    graduations = [int(word.removesuffix("\u202f%")) for word in shown if re.fullmatch(r"\d+\u202f%", word)]
    assert len(graduations) > 1 and len({after - one for one, after in pairwise(graduations)}) == 1
    assert {"environ 400, 40\u202f%", "environ 600, 60\u202f%"} <= set(words_of(charts.show_counts(*given).html))
    assert "40, 40,0\u202f%" in words_of(charts.show_counts(*GIRLS).html)


def test_a_smaller_difference_that_rounding_does_not_explain_comes_before_a_wider_one():
    # Counts rounded to protect persons: from 40 to 45 is from −3 to +13 points.
    given = []
    for year, count, sure in ((2032, 45, 312), (2031, 40, 300)):
        shown = {"precision": "arrondi_secret", "effectif_arrondi": count, "base_arrondie": 100, "part_imprimee_pct": float(count), "decimales": 0}
        given.append([figure("sexe", "filles", (count - 4, count + 4), 100, year=year) | shown, figure("parents_associes", "oui", sure, 1000, year=year)])
    assert "La part qui change le plus au-delà de l’arrondi : « place des parents (associés) », +1,2" in charts.show_differences(*compared(*given)).text


@pytest.mark.parametrize(("low", "high"), [(-9.1, 5.0), (-1.3, 1.1), (-7.4, 2.4)])
def test_the_graduations_of_a_forest_are_whole(low, high):
    rows = pd.DataFrame({"etiquette": ["a", "b"], "ecart_pts": [low, high], "est_concluant": [True, False]})
    rows = rows.assign(**{name: rows["ecart_pts"] for name in ("ecart_min_pts", "ecart_max_pts", "ic_bas_pts", "ic_haut_pts")})
    places = differences.forest_drawing(rows).axes[0].xaxis.get_ticklocs()
    assert all(float(place).is_integer() for place in places) and len(places) > 1


# --- nothing to draw, hostile names, same bytes ----------------------------------------------------------------------


def test_nothing_to_draw_is_a_sentence():
    nothing, none, alone = pd.DataFrame(), facts(), compared([])
    made = [charts.show_breakdowns([])]
    made += [show([], none) for show in (charts.show_volume, charts.show_entries)]
    one = "requests_and_goals matrix actors scales beside".split()
    made += [getattr(charts, f"show_{name}")(nothing, none) for name in one]
    made += [show(*alone) for show in (charts.show_differences, charts.show_counts, charts.show_composition, charts.show_forest, charts.show_clusters)]
    made += [show(*alone[:2]) for show in (charts.show_rest, charts.show_answers, charts.show_nested)]
    assert [each.text for each in made if not re.fullmatch(r"Pas de donnée : [^.]+\.", each.text)] == [] and len(made) == 16


def test_a_dollar_in_a_name_is_no_formula_and_an_empty_reading_no_paragraph():
    def draw(*, sheet):
        drawing, axes = canvas(1, sheet)
        axes.text(0, 0, r"$\alpha^{2$")
        return drawing

    data = text.table(pd.DataFrame({"a": ["b"]}), caption="C")
    made = compose(draw, id="x", title="T", subtitle="", reading=Html("", ""), base="n", source="S", alt="A", table=data)
    assert made.html.count("$\\alpha^{2$") == 2 and 'class="lecture"' not in made.html


def test_the_same_drawing_gives_the_same_bytes_with_text_that_stays_text():
    drawings = []
    for _ in range(2):
        drawing, axes = canvas(1.0)
        axes.set_title("énoncés")
        axes.barh([0], [1], color=BLUE)
        drawings.append(to_svg(drawing))
    assert drawings[0] == drawings[1] and ">énoncés</text>" in drawings[0] and drawings[0].count("font-family") == 1
    shapes = re.findall(r" d='([^']+)'", drawings[0])
    assert shapes and not [shape for shape in shapes if re.search(r"\d\.\d{2}", shape)]
