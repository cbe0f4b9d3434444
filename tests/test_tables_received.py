"""What became of the rows of an export: no count so small that it could tell of one person, nothing without an export."""

from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from helpers import indicators, paths, text
from helpers.clean import records
from helpers.schema import FEWEST_PERSONS, apply_schema, columns
from helpers.text.audit_tables import reconciled_in_words, rows_or_few

RECONCILED = {
    "id": "C1", "document": "Note", "ligne": 12, "annee": 2033, "perimetre": "alses", "indicateur": "sexe", "modalite": "filles",
    "mesure": "part", "unite": "pct", "operateur": "=", "valeur": 42.0, "effectif": 43, "base": 100, "recompte": 43.0, "ecart": 1.0,
    "accord": "differe", "motif": "Ce n’est pas la part imprimée.",
}


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "moins de 5"), (4, "moins de 5"), (5, "5"), (1200, "1\u202f200")])
def test_a_number_of_rows_below_five_is_not_said(count, shown):
    assert rows_or_few(count) == shown


def test_a_rule_that_touched_all_the_rows_does_not_count_those_that_are_not_kept():
    assert [rows_or_few(count, kept=12) for count in (13, 12, 11, 3)] == ["toutes ou presque", "toutes ou presque", "environ 10", "moins de 5"]


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
        "nettoyage": SimpleNamespace(rejected=nothing), "texte": text.texte,
    }
    cells = nbformat.read(paths.notebook("01_clean"), as_version=4).cells
    [code] = [cell.source for cell in cells if "a-retenir" in cell.metadata.get("tags", [])]
    exec(code.replace("\ntexte(", "\ndit = texte("), known)
    return known["dit"].text.replace("\u202f", " ").replace("\u00a0", " "), facts


@pytest.mark.parametrize(("counts", "shown"), [
    ({"kept": 12}, "L’export donne 12 personnes, sans ligne rejetée."),
    ({"kept": 12, "rejected": 7}, "L’export a 19 lignes : 12 sont gardées, 7 rejetées."),
    ({"kept": 12, "rejected": 4}, "L’export donne 12 personnes ; moins de 5 lignes sont rejetées."),
    ({"kept": 4, "rejected": 7}, "L’export donne moins de 5 personnes."),
    ({"kept": 3}, "L’export donne moins de 5 personnes."),
    ({"kept": 12, "accords": ("concorde", "ambigu")}, "rejetée. Il retrouve 1 des 2 chiffres imprimés qu’on lui compare et n’en contredit aucun."),
    ({"kept": 12, "accords": ("concorde", "differe")}, "rejetée. Il retrouve 1 des 2 chiffres imprimés qu’on lui compare et en contredit 1."),
])
def test_what_became_of_an_export_is_said_without_any_count_of_one_to_four(counts, shown):
    assert key_points(**counts)[0].endswith(shown)


def test_a_year_of_fewer_than_five_persons_says_no_more():
    said = text.say("banner", "holdings", f=key_points(kept=4)[1]).text
    assert said.startswith("Pour 2033, ce rapport s’appuie sur un export de la base départementale (moins de 5 personnes).")
