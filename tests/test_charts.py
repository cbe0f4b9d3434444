"""A chart never travels without its title, alt text, source and data, and never says more than its data."""

import re
from urllib.parse import unquote

import pandas as pd
import pytest

from helpers import charts, text
from helpers.analysis import describe
from helpers.charts.figure import compose, to_svg
from helpers.charts.theme import BLUE, canvas
from helpers.indicators import lookup
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




# --- nothing to draw, hostile names, same bytes ----------------------------------------------------------------------


def test_nothing_to_draw_is_a_sentence():
    nothing, none = pd.DataFrame(), facts()
    made = [charts.show_breakdowns([])]
    made += [show([], none) for show in (charts.show_volume, charts.show_entries)]
    one = "requests_and_goals matrix actors scales beside".split()
    made += [getattr(charts, f"show_{name}")(nothing, none) for name in one]
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
