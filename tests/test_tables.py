"""A table is captioned, its numbers are French, what is missing is said."""

from datetime import date

import pandas as pd
import pytest

from helpers import data, indicators, text
from helpers.indicators.constraints import row, table
from helpers.schema import apply_schema, columns


@pytest.mark.parametrize(("name", "value", "shown"), [
    ("n", 1234, "1\u202f234"), ("n", 1234.5, "1\u202f234,5"), ("part_pct", 12.5, "12,5\u202f%"), ("d", date(2032, 3, 1), "1er mars 2032"),
    ("n", None, "—"), ("n", float("nan"), "—"), ("n", pd.NaT, "—"), ("t", "a<b", "a&lt;b"), ("t", "", ""),
])
def test_a_cell_is_written_for_a_french_reader(name, value, shown):
    assert f">{shown}</td>" in text.table(pd.DataFrame({"tete": ["x"], name: [value]}), caption="C").html


def test_a_table_has_a_caption_scopes_and_numbers_that_line_up():
    frame = pd.DataFrame({"b": [1.0, 1.5], "a": ["x", "y"], "cache": [0, 0]})
    made = text.table(frame, caption="A & B", titles={"a": "Nom", "b": "Effectif"}, folded=True).html
    assert made.startswith('<details class="donnees"><summary>A &amp; B</summary><div class="table-boite"><table class="n2">\n<caption>A &amp; B</caption>')
    assert '<tr><th scope="col">Nom</th><th scope="col">Effectif</th></tr>' in made
    assert '<tr><th scope="row">x</th><td>1,0</td></tr>\n<tr><th scope="row">y</th><td>1,5</td></tr>' in made


def test_rows_stand_under_what_they_share_and_a_ledger_is_marked_as_such():
    frame = pd.DataFrame({"theme": ["A", "B", "A"], "n": [1, 2, 3]})
    made = text.table(frame, caption="C", titles={"n": "Nombre"}, by="theme", folded=True, kind="registre").html
    assert made.startswith('<details class="donnees registre"><summary>C</summary>')
    groups = [[text.plain(row) for row in group.split("</tr>")[:-1]] for group in made.split("<tbody>")[1:]]
    assert groups == [["A", "1", "3"], ["B", "2"]]


GIRLS = row((2032, "alses", "sexe", "filles"), "personnes", counts=(63, 69), base=(150, 150), share=44, decimals=0, precision="arrondi_imprime", reference="l. 1")
BOYS = row((2032, "alses", "sexe", "garcons"), "personnes", counts=None, precision="non_publie", reference="")
ALL = row((2032, "alses", "accompagnements", ""), "personnes", counts=(150, 150), precision="exact", reference="")


def test_a_page_of_simulated_figures_says_so():
    simulated = row((2032, "alses", "sexe", "filles"), "personnes", counts=(66, 66), base=(150, 150), precision="exact", reference="")
    frame = table([simulated, ALL]).assign(source=["synthetique", "imprime"])
    found = indicators.Facts(frame, year=2032)
    assert text.say("banner", "synthetic", facts=[found]).text.startswith("Données synthétiques.")
    assert text.say("banner", "synthetic", facts=[indicators.Facts(table([ALL]), year=2032)]).html == ""


@pytest.mark.parametrize(("value", "low", "high", "shown"), [
    (42.006, 41.51, 42.49, "42\u202f%"), (52.0, 51.5, 52.5, "52\u202f%"), (43.4, 42.6, 44.2, "43,4\u202f%"), (54.01, 54.01, 54.01, "54,0\u202f%"),
    (float("nan"), 41.5, 42.5, "—"),
])
def test_a_share_known_only_rounded_shows_no_decimal_that_it_does_not_have(value, low, high, shown):
    frame = pd.DataFrame({"t": ["x", "y"], "part_pct": [value, 12.5], "part_min_pct": [low, 12.5], "part_max_pct": [high, 12.5]})
    assert f"<td>{shown}</td>" in text.table(frame, caption="C", titles={"t": "T", "part_pct": "Part"}).html


CONTROL = {
    "id": "C2032-01", "document": "Note", "ligne": 21, "annee": 2032, "perimetre": "alses", "indicateur": "sexe", "modalite": "filles",
    "mesure": "part", "operateur": "=", "valeur": 44.0, "unite": "pct", "recalcul_min": 43.6, "recalcul_max": 44.2, "calcul": "100 % - 56 %",
    "lignes_du_calcul": "Note, l. 20", "autrement_min": 10, "autrement_max": 10, "calcul_autrement": "1 / 10", "grim_base_min": 150, "grim_base_max": 150, "grim_min": 66,
    "grim_max": 66, "verdict": "sous_hypothese", "motif": "M.",
}
NONE = {"recalcul_min": None, "recalcul_max": None, "calcul": "", "lignes_du_calcul": "", "autrement_min": None, "autrement_max": None, "calcul_autrement": ""}
COUNT, GAP = NONE | {"mesure": "effectif", "unite": "personnes", "recalcul_min": 45, "recalcul_max": 45, "calcul": "40 + 5"}, NONE | {"mesure": "ecart"}
OF_SHARE = "100\u202f% − 56\u202f% : de 43,6 à 44,2\u202f% ; sans l’hypothèse, 1 ÷ 10 = 10,0\u202f% l. 20"


@pytest.mark.parametrize(("changes", "printed", "recomputed", "allowed"), [
    ({}, "44\u202f%", OF_SHARE, "66 sur 150"), ({"valeur": 44.5, "operateur": "pres_de"}, "près de 44,5\u202f%", OF_SHARE, "66 sur 150"),
    (COUNT | {"operateur": "plus_de", "grim_base_min": None}, "plus de 44 personnes", "40 + 5 = 45", "—"),
    (COUNT | {"calcul": "45 lignes", "grim_min": None}, "44 personnes", "45 lignes", "impossible sur 150"), (COUNT | {"calcul": ""}, "44 personnes", "45", "66 sur 150"),
    (COUNT | {"recalcul_max": None}, "44 personnes", "—", "66 sur 150"),
    (COUNT | {"calcul": "", "recalcul_max": 47, "grim_base_max": 160, "grim_max": 70}, "44 personnes", "de 45 à 47", "66 à 70 sur 150 à 160"),
    (GAP | {"unite": "points", "valeur": -4}, "−4\u00a0points", "—", "66 sur 150"), (GAP | {"unite": "personnes"}, "+44 personnes", "—", "66 sur 150"),
    (GAP | {"unite": "points", "valeur": -4, "recalcul_min": -5, "recalcul_max": -3.5, "calcul": "46 % - 50 %"}, "−4\u00a0points", "46\u202f% − 50\u202f% : de −5,0 à −3,5 points", "66 sur 150"),
])
def test_a_printed_figure_stands_beside_its_calculation_and_the_counts_it_allows(changes, printed, recomputed, allowed):
    controls = apply_schema(pd.DataFrame([CONTROL | changes], columns=columns("controles")), "controles")
    made = text.table(text.controls_in_words(controls), by="Année", caption="Contrôle").html
    assert '<th scope="rowgroup" colspan="6">Chiffres de 2032</th>' in made
    cells = [text.plain(cell) for cell in made.split("<tbody>")[1].split("<td>")[2:5]]
    assert cells == [printed, recomputed, allowed]
    assert '<span class="verdict sous-hypothese">confirmé sous hypothèse</span>' in made


def test_provenance_shows_parameters_inputs_and_versions(data_root):
    shown = text.plain(text.provenance(data.provenance({"Année": "2031"}, [2031], notebooks=["01_clean"])).html)
    assert ("Année 2031" in shown, "data/raw/2031/chiffres_publies.csv" in shown, "pandas " in shown) == (True, True, True)
