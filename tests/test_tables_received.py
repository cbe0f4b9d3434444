"""What became of the rows of an export: no count so small that it could tell of one person, nothing without an export."""

import pandas as pd
import pytest

from helpers import facts, indicators, records, tables, wording
from helpers.schema import columns, typed
from helpers.tables.received import rows_or_few

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
    assert [tables.rejections_table(nothing, read=read, caption="R").text for read in (0, 12)] == ["", "Aucune ligne de l’export n’a été rejetée."]
    assert [tables.changes_table(changes, read=read, caption="C").text for read in (0, 12)] == ["", "Rien n’a été écrit autrement : l’export est gardé tel quel."]


def test_a_rule_that_touched_few_rows_is_shown_without_its_count():
    ledger = pd.DataFrame({"fichier": ["a.csv"] * 2, "colonne": ["sexe", ""], "regle": ["lu filles", "UTF-16"], "lignes": [3, 12]})
    html = tables.changes_table(ledger, read=12, caption="Écritures").html
    assert ("moins de 5" in html, ">3<" in html, "tout le fichier" in html, ">12<" in html) == (True, False, True, True)


@pytest.mark.parametrize(("changes", "shown"), [
    ({}, ["42 %", "43,0 %", "+1,0 point", "diffère"]),
    ({"mesure": "effectif", "unite": "personnes", "valeur": 40.0, "recompte": 43.0, "ecart": 3.0}, ["40 personnes", ">43<", "+3", "diffère"]),
    ({"recompte": None, "ecart": None, "accord": "non_recomptable"}, ["—", "non recomptable"]),
    ({"accord": "concorde"}, ["verdict confirme"]),
])
def test_a_printed_figure_stands_beside_its_count(changes, shown):
    html = tables.reconciliation_table(typed(pd.DataFrame([RECONCILED | changes]), "rapprochements"), caption="Rapprochement").html.replace("\u202f", " ").replace("\u00a0", " ")
    assert [text for text in shown if text not in html] == []


def said(sentence: str, accords: list[str], **more) -> str:
    source = {"source": "export", "reference": "export"}
    empty = {name: typed(pd.DataFrame(columns=columns(name), dtype="str"), name) for name in ("normalisations", "rejets")}
    cleaned = records.Cleaned(records.Persons.of(2033, pd.DataFrame({"identifiant": list("ABC")})), empty["normalisations"], empty["rejets"], pd.DataFrame(), read=3)
    counted = [indicators.count_received(cleaned, **source), indicators.count_reconciled(pd.DataFrame({"accord": accords}), year=2033, **source)]
    return wording.say("clean", sentence, f=facts.Facts(pd.concat(counted, ignore_index=True), year=2033), **more).text.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_ledger_and_the_agreement_are_said_first():
    assert said("received", [], cards={}).startswith("L’export de la base a 3 lignes : 3 gardées, aucune rejetée. Aucune cellule n’a été écrite autrement ni laissée de côté.")
    card = {"accompagnements.csv": {"received": "2034-01-05"}, "accompagnements_synthetique.csv": {"received": ""}}
    assert said("received", [], cards=card).endswith(
        "avec son motif. Le premier rapport fait du fichier accompagnements.csv date du 5 janvier 2034 ; ce fichier n’a pas changé depuis."
    )
    assert said("reconciled", []) == ""
    assert said("reconciled", ["concorde", "ambigu"]) == (
        "L’export ne contredit aucun des 2 chiffres imprimés qui en sont rapprochés, et en retrouve 1 ; 1 a une base qui n’est pas écrite."
    )
    assert said("reconciled", ["concorde", "differe", "non_recomptable"]) == (
        "L’export contredit 1 chiffre imprimé sur 3 et en retrouve 1 ; 1 ne peut pas être recompté."
    )
