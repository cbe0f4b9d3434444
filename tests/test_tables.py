"""A table is captioned, its numbers are French, what is missing is said, and no count so small that it tells of one person."""

from datetime import date
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from helpers import indicators, paths, text
from helpers.clean import records
from helpers.schema import FEWEST_PERSONS, apply_schema, columns
from helpers.text.audit_tables import reconciled_in_words, rows_or_few


@pytest.mark.parametrize(("name", "value", "shown"), [
    ("n", 1234, "1\u202f234"), ("n", 1234.5, "1\u202f234,5"), ("part_pct", 12.5, "12,5\u202f%"), ("d", date(2032, 3, 1), "1er mars 2032"),
    ("n", None, "—"), ("n", float("nan"), "—"), ("n", pd.NaT, "—"), ("t", "a<b", "a&lt;b"), ("t", "", ""),
])  # fmt: skip
def test_a_cell_is_written_for_a_french_reader(name, value, shown):
    assert f">{shown}</td>" in text.table(pd.DataFrame({"tete": ["x"], name: [value]}), caption="C").html


@pytest.mark.parametrize(("value", "low", "high", "shown"), [
    (42.006, 41.51, 42.49, "42\u202f%"), (52.0, 51.5, 52.5, "52\u202f%"), (43.4, 42.6, 44.2, "43,4\u202f%"), (54.01, 54.01, 54.01, "54,0\u202f%"),
    (float("nan"), 41.5, 42.5, "—"),
])  # fmt: skip
def test_a_share_known_only_rounded_shows_no_decimal_that_it_does_not_have(value, low, high, shown):
    frame = pd.DataFrame({"t": ["x", "y"], "part_pct": [value, 12.5], "part_min_pct": [low, 12.5], "part_max_pct": [high, 12.5]})
    assert f"<td>{shown}</td>" in text.table(frame, caption="C", titles={"t": "T", "part_pct": "Part"}).html


def test_a_table_has_a_caption_scopes_and_numbers_that_line_up():
    frame = pd.DataFrame({"b": [1.0, 1.5], "a": ["x", "y"], "cache": [0, 0]})
    made = text.table(frame, caption="A & B", titles={"a": "Nom", "b": "Effectif"}, folded=True).html
    assert made.startswith('<details class="donnees"><summary>A &amp; B</summary><div class="table-boite"><table class="n2">\n<caption>A &amp; B</caption>')
    assert '<tr><th scope="col">Nom</th><th scope="col">Effectif</th></tr>' in made
    assert '<tr><th scope="row">x</th><td>1,0</td></tr>\n<tr><th scope="row">y</th><td>1,5</td></tr>' in made


def test_rows_stand_under_what_they_share():
    frame = pd.DataFrame({"theme": ["A", "B", "A"], "n": [1, 2, 3]})
    made = text.table(frame, caption="C", titles={"n": "Nombre"}, by="theme").html
    groups = [[text.plain(row) for row in group.split("</tr>")[:-1]] for group in made.split("<tbody>")[1:]]
    assert groups == [["A", "1", "3"], ["B", "2"]]


# --- printed figures beside their calculation --------------------------------------------------------------------------

CONTROL = {
    "id": "C2032-01", "document": "Note", "ligne": 21, "annee": 2032, "perimetre": "alses", "indicateur": "sexe", "modalite": "filles",
    "mesure": "part", "operateur": "=", "valeur": 44.0, "unite": "pct", "recalcul_min": 43.6, "recalcul_max": 44.2, "calcul": "100 % - 56 %",
    "lignes_du_calcul": "Note, l. 20", "autrement_min": 10, "autrement_max": 10, "calcul_autrement": "1 / 10", "grim_base_min": 150, "grim_base_max": 150, "grim_min": 66,
    "grim_max": 66, "verdict": "sous_hypothese", "motif": "M.",
}  # fmt: skip
NONE = {"recalcul_min": None, "recalcul_max": None, "calcul": "", "lignes_du_calcul": "", "autrement_min": None, "autrement_max": None, "calcul_autrement": ""}
COUNT = NONE | {"mesure": "effectif", "unite": "personnes", "recalcul_min": 45, "recalcul_max": 45, "calcul": "40 + 5"}
GAP = NONE | {"mesure": "ecart", "unite": "points", "valeur": -4}
OF_SHARE = "100\u202f% − 56\u202f% : de 43,6 à 44,2\u202f% ; sans l’hypothèse, 1 ÷ 10 = 10,0\u202f% l. 20"


@pytest.mark.parametrize(("changes", "printed", "recomputed", "allowed"), [
    ({}, "44\u202f%", OF_SHARE, "66 sur 150"), ({"valeur": 44.5, "operateur": "pres_de"}, "près de 44,5\u202f%", OF_SHARE, "66 sur 150"),
    (COUNT | {"operateur": "plus_de", "grim_base_min": None}, "plus de 44 personnes", "40 + 5 = 45", "—"),
    (COUNT | {"calcul": "45 lignes", "grim_min": None}, "44 personnes", "45 lignes", "impossible sur 150"),
    (COUNT | {"calcul": "", "recalcul_max": 47, "grim_base_max": 160, "grim_max": 70}, "44 personnes", "de 45 à 47", "66 à 70 sur 150 à 160"),
    (GAP, "−4\u00a0points", "—", "66 sur 150"), (GAP | {"unite": "personnes", "valeur": 44}, "+44 personnes", "—", "66 sur 150"),
    (GAP | {"recalcul_min": -5, "recalcul_max": -3.5, "calcul": "46 % - 50 %"}, "−4\u00a0points", "46\u202f% − 50\u202f% : de −5,0 à −3,5 points", "66 sur 150"),
])  # fmt: skip
def test_a_printed_figure_stands_beside_its_calculation_and_the_counts_it_allows(changes, printed, recomputed, allowed):
    controls = apply_schema(pd.DataFrame([CONTROL | changes], columns=columns("controles")), "controles")
    made = text.table(text.controls_in_words(controls), by="Année", caption="Contrôle").html
    assert '<th scope="rowgroup" colspan="6">Chiffres de 2032</th>' in made
    assert [text.plain(cell) for cell in made.split("<tbody>")[1].split("<td>")[2:5]] == [printed, recomputed, allowed]
    assert '<span class="verdict sous-hypothese">confirmé sous hypothèse</span>' in made


# --- what became of the rows of an export ------------------------------------------------------------------------------


def test_a_number_of_rows_below_five_is_not_said_nor_how_many_a_rule_left():
    assert list(map(rows_or_few, (0, 1, 4, 5, 1200))) == ["0", "moins de 5", "moins de 5", "5", "1\u202f200"]
    assert [rows_or_few(count, kept=12) for count in (13, 12, 11, 3)] == ["toutes ou presque", "toutes ou presque", "environ 10", "moins de 5"]


RECONCILED = {
    "id": "C1", "document": "Note", "ligne": 12, "annee": 2033, "perimetre": "alses", "indicateur": "sexe", "modalite": "filles",
    "mesure": "part", "unite": "pct", "operateur": "=", "valeur": 42.0, "effectif": 43, "base": 100, "recompte": 43.0, "ecart": 1.0,
    "accord": "differe", "motif": "Ce n’est pas la part imprimée.",
}  # fmt: skip


@pytest.mark.parametrize(("changes", "shown"), [
    ({}, ["42 %", "43,0 %", "+1,0 point", "diffère"]),
    ({"mesure": "effectif", "unite": "personnes", "valeur": 40.0, "recompte": 43.0, "ecart": 3.0}, ["40 personnes", ">43<", "+3", "diffère"]),
    ({"recompte": None, "ecart": None, "accord": "non_recomptable"}, ["—", "non recomptable"]),
    ({"effectif": 4, "recompte": 4.0, "ecart": -38.0, "motif": "4 sur 100"}, ["42 %", ">moins de 5<", ">—<", "diffère", "Moins de 5 personnes dans l’export"]),
    ({"effectif": 0, "recompte": 0.0}, [">0,0 %<"]), ({"effectif": 5, "recompte": 5.0}, [">5,0 %<"]),
])  # fmt: skip
def test_a_printed_figure_stands_beside_its_count(changes, shown):
    said = reconciled_in_words(apply_schema(pd.DataFrame([RECONCILED | changes]), "rapprochements"))
    html = text.table(said, caption="Rapprochement").html.replace("\u202f", " ").replace("\u00a0", " ")
    assert [words for words in shown if words not in html] == []
    assert [words for words in ("4,0", "38,0", "4 sur 100") if words in html] == []


def key_points(*, kept: int, rejected: int = 0, accords: tuple[str, ...] = ()) -> tuple[str, indicators.Facts]:
    """What 01 says first of an export, by its own cell, and its indicators."""
    source = {"source": "export", "reference": "export"}
    rejections = apply_schema(pd.DataFrame([["x", rejected]] if rejected else [], columns=columns("rejets")), "rejets")
    persons = records.Persons.of(2033, pd.DataFrame({"identifiant": [f"P{rank}" for rank in range(kept)]}))
    ledger = apply_schema(pd.DataFrame(columns=columns("normalisations")), "normalisations")
    cleaned = records.CleanedRecords(persons, ledger, rejections, pd.DataFrame(), read=kept + rejected)
    compared, nothing = pd.DataFrame({"accord": list(accords)}), pd.DataFrame({"verdict": [], "sujet": [], "lignes": []})
    counted = [indicators.count_received(cleaned, **source), indicators.count_reconciled(compared, year=2033, **source)]
    facts = indicators.Facts(pd.concat(counted, ignore_index=True), year=2033)
    known = {
        "chiffres": facts, "rapprochements": compared, "controles": nothing, "graves": nothing, "FEWEST_PERSONS": FEWEST_PERSONS,
        "export": SimpleNamespace(cleaned=cleaned), "recu": SimpleNamespace(posts=[]),
        "nettoyage": SimpleNamespace(rejected=nothing), "texte": text.texte, "text": text,
    }  # fmt: skip
    cells = nbformat.read(paths.notebook("01_clean"), as_version=4).cells
    [code] = [cell.source for cell in cells if "a-retenir" in cell.metadata.get("tags", [])]
    exec(code.replace("\ntexte(", "\ndit = texte("), known)
    return known["dit"].text, facts


@pytest.mark.parametrize(("counts", "shown"), [
    ({"kept": 12}, "L’export donne 12 personnes, sans ligne rejetée."),
    ({"kept": 12, "rejected": 7}, "L’export a 19 lignes : 12 sont gardées, 7 rejetées."),
    ({"kept": 12, "rejected": 4}, "L’export donne 12 personnes ; moins de 5 lignes sont rejetées."),
    ({"kept": 4, "rejected": 7}, "L’export donne moins de 5 personnes."),
    ({"kept": 12, "accords": ("concorde", "ambigu")}, "rejetée. Il retrouve 1 des 2 chiffres imprimés qu’on lui compare et n’en contredit aucun."),
    ({"kept": 12, "accords": ("concorde", "differe")}, "rejetée. Il retrouve 1 des 2 chiffres imprimés qu’on lui compare et en contredit 1."),
])  # fmt: skip
def test_what_became_of_an_export_is_said_without_any_count_of_one_to_four(counts, shown):
    assert key_points(**counts)[0].replace("\u202f", " ").replace("\u00a0", " ").endswith(shown)


def test_a_year_of_fewer_than_five_persons_says_no_more():
    said = text.say("banner", "holdings", f=key_points(kept=4)[1]).text
    assert said.startswith("Pour 2033, ce rapport s’appuie sur un export de la base départementale (moins de 5 personnes).")
