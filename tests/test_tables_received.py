"""What became of the rows of an export: no count so small that it could tell of one person, nothing without an export."""

import pandas as pd
import pytest

from helpers import indicators
from helpers.clean import records
from helpers.schema import apply_schema, columns
from helpers.text import audit_tables, formats
from helpers.text.audit_tables import rows_or_few

RECONCILED = {
    "id": "C1", "document": "Note", "ligne": 12, "annee": 2033, "perimetre": "alses", "indicateur": "sexe", "modalite": "filles",
    "mesure": "part", "unite": "pct", "operateur": "=", "valeur": 42.0, "effectif": 43, "base": 100, "recompte": 43.0, "ecart": 1.0,
    "accord": "differe", "motif": "Ce n’est pas la part imprimée.",
}


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "moins de 5"), (4, "moins de 5"), (5, "5"), (1200, "1\u202f200")])
def test_a_number_of_rows_below_five_is_not_said(count, shown):
    assert rows_or_few(count) == shown


def test_rejections_and_changes_say_nothing_without_an_export_and_something_with_one():
    nothing, changes = pd.DataFrame({"motif": [], "lignes": []}), pd.DataFrame(columns=columns("normalisations"))
    assert [audit_tables.rejections_table(nothing, read=read, caption="R").text for read in (0, 12)] == ["", "Aucune ligne de l’export n’a été rejetée."]
    assert [audit_tables.changes_table(changes, read=read, kept=read, caption="C").text for read in (0, 12)] == ["", "Rien n’a été écrit autrement : l’export est gardé tel quel."]


def test_a_rule_that_touched_few_rows_is_shown_without_its_count():
    ledger = pd.DataFrame({"fichier": ["a.csv"] * 2, "colonne": ["sexe", ""], "regle": ["lu filles", "UTF-16"], "lignes": [3, 12]})
    html = audit_tables.changes_table(ledger, read=13, kept=13, caption="Écritures").html
    assert ("moins de 5" in html, ">3<" in html, ">toutes<" in html, ">12<" in html) == (True, False, True, True)


def test_a_rule_that_touched_all_the_rows_does_not_count_those_that_are_not_kept():
    ledger = pd.DataFrame({"fichier": "", "colonne": "", "regle": ["a", "b", "c"], "lignes": [13, 12, 11]})
    html = audit_tables.changes_table(ledger, read=13, kept=12, caption="Écritures").html
    assert (html.count("toutes ou presque"), ">13<" in html, ">12<" in html, ">11<" in html) == (2, False, False, True)


@pytest.mark.parametrize(("changes", "shown"), [
    ({}, ["42 %", "43,0 %", "+1,0 point", "diffère"]),
    ({"mesure": "effectif", "unite": "personnes", "valeur": 40.0, "recompte": 43.0, "ecart": 3.0}, ["40 personnes", ">43<", "+3", "diffère"]),
    ({"recompte": None, "ecart": None, "accord": "non_recomptable"}, ["—", "non recomptable"]),
    ({"accord": "concorde"}, ["verdict confirme"]),
    ({"effectif": 4, "recompte": 4.0, "ecart": -38.0, "motif": "4 sur 100"}, ["42 %", ">moins de 5<", ">—<", "diffère", "Moins de 5 personnes dans l’export"]),
    ({"effectif": 0, "recompte": 0.0}, [">0,0 %<"]),
    ({"effectif": 5, "recompte": 5.0}, [">5,0 %<"]),
])
def test_a_printed_figure_stands_beside_its_count(changes, shown):
    html = audit_tables.reconciliation_table(apply_schema(pd.DataFrame([RECONCILED | changes]), "rapprochements"), caption="Rapprochement").html.replace("\u202f", " ").replace("\u00a0", " ")
    assert [text for text in shown if text not in html] == []
    assert not {"4,0", "38,0", "4 sur 100"} & {text for text in ("4,0", "38,0", "4 sur 100") if text in html}


def said(sentence: str, accords: list[str], *, kept: int = 12, rejected: int = 0, changed: int = 0, **more) -> str:
    source = {"source": "export", "reference": "export"}
    ledger = apply_schema(pd.DataFrame([["a.csv", "sexe", "x", changed]] if changed else [], columns=columns("normalisations")), "normalisations")
    rejections = apply_schema(pd.DataFrame([["x", rejected]] if rejected else [], columns=columns("rejets")), "rejets")
    persons = records.Persons.of(2033, pd.DataFrame({"identifiant": [f"P{rank}" for rank in range(kept)]}))
    cleaned = records.CleanedRecords(persons, ledger, rejections, pd.DataFrame(), read=kept + rejected)
    counted = [indicators.count_received(cleaned, **source), indicators.count_reconciled(pd.DataFrame({"accord": accords}), year=2033, **source)]
    return formats.say(*(("clean", sentence) if sentence != "holdings" else ("banner", sentence)), f=indicators.Facts(pd.concat(counted, ignore_index=True), year=2033), **more).text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(("counts", "shown"), [
    ({}, "L’export de la base a 12 lignes : 12 gardées, aucune rejetée. Aucune cellule n’a été écrite autrement ni laissée de côté. Toute"),
    ({"rejected": 7}, "L’export de la base a 19 lignes : 12 gardées, 7 rejetées. Aucune"),
    ({"rejected": 4}, "L’export de la base a 12 lignes gardées et moins de 5 rejetées. Aucune"),
    ({"kept": 4, "rejected": 7}, "L’export de la base a moins de 5 lignes gardées et 7 rejetées. Aucune"),
    ({"kept": 3}, "L’export de la base a moins de 5 lignes gardées et aucune rejetée. Aucune"),
    ({"changed": 7}, "aucune rejetée. Le nettoyage a noté 7 cas : une cellule"),
    ({"changed": 3}, "aucune rejetée. Le nettoyage a noté des cas, que le tableau compte règle par règle : une cellule écrite autrement"),
])
def test_the_ledger_is_said_without_any_count_of_one_to_four(counts, shown):
    assert shown in said("received", [], dates={}, **counts)


def test_a_year_of_fewer_than_five_persons_says_no_more():
    assert said("holdings", [], kept=4).startswith("Pour 2033, ce rapport part d’un export de la base départementale (moins de 5 personnes).")


def test_the_ledger_and_the_agreement_are_said_first():
    assert said("received", [], dates={"fichier 1": "2034-01-05"}).endswith(
        "avec son motif. Le premier rapport fait du fichier 1 de l’export date du 5 janvier 2034 ; ce fichier n’a pas changé depuis."
    )
    assert said("reconciled", []) == ""
    assert said("reconciled", ["concorde", "ambigu"]) == (
        "L’export ne contredit aucun des 2 chiffres imprimés qui en sont rapprochés, et en retrouve 1 ; 1 a une base qui n’est pas sûre."
    )
    assert said("reconciled", ["concorde", "differe", "non_recomptable"]) == (
        "L’export contredit 1 chiffre imprimé sur 3 et en retrouve 1 ; 1 ne peut pas être recompté."
    )
