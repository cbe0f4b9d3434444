"""A figure never travels without its title, alt text, source and data; nothing to draw is a sentence."""

import base64
import re

import pandas as pd
import pytest

from helpers import charts, compare, describe, facts
from helpers.charts.figure import canvas, encode
from helpers.indicators.rows import row, table


def figure(name, modality, n, base=100, *, perimeter="alses", unit="personnes", year=2032):
    counts, precision = (n, n) if isinstance(n, int) else n, "non_publie" if n is None else "exact"
    return row((year, perimeter, name, modality), unit, counts=counts, base=base and (base, base), precision=precision, reference="Note, l. 1")


def alt_of(made) -> str:
    """The alt text of a figure that has everything that must travel with it."""
    assert re.search(r'<p class="figure-titre">[^<]', made.html)
    assert '<p class="source">Champ : ' in made.html
    assert "Source : Note, l. 1" in made.html
    assert re.search(r"<summary>Données de la figure</summary><div class=\"table-boite\"><table>\s*<caption>[^<]", made.html)
    return re.search(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="([^"]+)">', made.html)[1]


LEVELS = describe.breakdown(table([figure("niveau", "6e", 20), figure("niveau", "3e", 45), figure("niveau", "4e", None)]), "niveau", year=2032)


def test_a_breakdown_says_its_largest_share_and_what_is_not_published():
    made = charts.show_breakdowns([LEVELS])
    assert alt_of(made) == "Barres horizontales, Niveau de classe, 2032 : 6e, 20\u202f% ; 3e, 45\u202f%."
    assert 'id="fig-alses-niveau"' in made.html
    assert re.search(r'figure-titre">Niveau de classe : <data value="45"', made.html)
    assert '<p class="note">Donnée non publiée : 4e.</p>' in made.html


def test_a_figure_reads_as_its_title_then_its_alt_text_in_a_terminal():
    assert charts.show_breakdowns([LEVELS]).text.startswith("Niveau de classe : 45\u202f% sont en 3e\nBarres horizontales")


def test_an_indicator_drawn_otherwise_or_without_share_has_no_bars():
    grid = describe.breakdown(table([figure("bureau", "oui", 3, perimeter="postes", unit="postes")]), "bureau", year=2032, perimeter="postes")
    bare = describe.breakdown(table([figure("sexe", "filles", 3, None)]), "sexe", year=2032)
    assert charts.show_breakdowns([grid, bare]).text == "Pas de donnée : aucune part n’est publiée pour cette année."


def test_starts_are_dots_by_month():
    months = pd.DataFrame({"mois": pd.to_datetime(["2031-10-01", "2032-01-01"]), "postes": [1, 2], "colleges": ["A", "B, C"]})
    rows = [figure(*cell, perimeter="postes", unit="postes") for cell in (("nouveaux_postes", "", 3, None), ("mois_de_debut", "2031-10", 1), ("mois_de_debut", "2032-01", 2))]
    made = charts.show_starts(months, facts.Facts(table(rows), year=2032))
    assert alt_of(made) == "Frise des débuts de poste : octobre 2031, 1 poste ; janvier 2032, 2 postes."
    assert '<th scope="row">octobre 2031</th>' in made.html


def test_conditions_are_told_by_the_least_filled():
    posts = pd.DataFrame({"association": ["Le Gué"], "college": ["Collège Bel-Air"], "commune": ["V"], **dict.fromkeys(describe.CONDITIONS, "oui")})
    rows = [figure(name, "oui", n, 5, perimeter="postes", unit="postes") for name, n in zip(describe.CONDITIONS, (5, 1, 3, 3, 3), strict=True)]
    made = charts.show_conditions(posts, facts.Facts(table(rows), year=2032), conditions=describe.CONDITIONS)
    assert "Projet annuel écrit, 1 sur 5" in alt_of(made)
    assert "La condition la moins remplie : « Projet annuel écrit », " in made.html
    assert "Bel-Air (Le Gué)" in made.html


def test_a_contradicted_share_is_named_and_not_drawn():
    rows = [
        figure("niveau", "3e", 45), figure("niveau", "4e", 30),
        row((2032, "alses", "niveau", "6e"), "personnes", counts=None, share=90, decimals=0, precision="contradictoire", reference="Note, l. 1"),
    ]
    [made] = [charts.show_breakdowns([describe.breakdown(table(rows), "niveau", year=2032)])]
    assert "Chiffre contredit par d’autres, non montré (voir « Données reçues ») : 6e." in made.html
    assert "6e" not in alt_of(made)


def test_a_title_does_not_name_one_winner_when_two_tie():
    posts = pd.DataFrame({"association": ["Le Gué"], "college": ["Collège Bel-Air"], "commune": ["V"], **dict.fromkeys(describe.CONDITIONS, "oui")})
    rows = [figure(name, "oui", n, 5, perimeter="postes", unit="postes") for name, n in zip(describe.CONDITIONS, (5, 1, 3, 1, 3), strict=True)]
    made = charts.show_conditions(posts, facts.Facts(table(rows), year=2032), conditions=describe.CONDITIONS)
    assert "Parmi les conditions les moins remplies : « Projet annuel écrit », " in made.html


def test_requests_and_objectives_of_a_group_or_of_other_stand_beside_each_other():
    rows = [figure(name, theme, n) for name in ("demande_initiale", "objectif") for theme, n in (("scolaire", 40), ("autre", 10))]
    indicators = table(rows)
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), facts.Facts(indicators, year=2032))
    assert "scolarité et exclusion, de 40" in alt_of(made).replace("\u202f", " ")


def test_present_stand_beside_invited_when_they_are_known():
    rows = [figure("participants", name, 5, base, perimeter="reunions", unit="participants") for name, base in (("nord", 10), ("sud", None))]
    made = charts.show_attendance(describe.attendance(table(rows), year=2032))
    assert alt_of(made).endswith("nord du département, 5 présents pour 10 invités ; sud du département, 5 présents, invités non publiés.")


def test_requests_stand_beside_objectives():
    indicators = table([figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", 60)])
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), facts.Facts(indicators, year=2032))
    assert alt_of(made) == "Haltères de la demande à l’objectif : mobilité, de 5\u202f% à 60\u202f%."


def test_an_objective_that_is_only_bounded_is_never_shown_as_its_smallest_count():
    indicators = table([figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", (58, 62))])
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), facts.Facts(indicators, year=2032))
    assert '<td class="nombre">58</td>' not in made.html


@pytest.mark.parametrize(("girls", "said"), [(44, "+4,0\u00a0points"), ((43, 45), "entre +3,0 et +5,0 points")], ids=["known", "bounded"])
def test_differences_of_shares_are_drawn_with_their_bounds(girls, said):
    now, before = table([figure("sexe", "filles", girls)]), table([figure("sexe", "filles", 40, year=2031)])
    rows = compare.shares(compare.differences(now, before, year=2032, compare_to=2031))
    gaps = facts.gaps_of(rows, facts.Facts(now, year=2032), facts.Facts(before, year=2031))
    made = charts.show_differences(rows, gaps, year=2032, compare_to=2031)
    assert alt_of(made) == f"Écarts de part en points : filles, {said}."
    assert not re.search(r"\b(de|à) de\b", made.html)


def test_statements_are_a_heat_table():
    counts = by_nature(modalite=["accueil"], libelle=["Accueil"], tension=[2])
    made = charts.show_matrix(counts, statement_facts(("enonces", "", 2), ("theme_enonce", "accueil", 2)))
    assert alt_of(made) == "Tableau des énoncés par thème : Accueil, 2."


def by_nature(**columns) -> pd.DataFrame:
    counts = pd.DataFrame(columns).reindex(columns=["modalite", "libelle", "constat", "tension", "levier", "recommandation"])
    return counts.fillna(0).astype({"constat": int, "tension": int, "levier": int, "recommandation": int})


def statement_facts(*rows) -> facts.Facts:
    made = [figure(name, code, n, 9, perimeter="enonces", unit="enonces") for name, code, n, *_ in rows]
    made = [made_row | dict(zip(("croise_avec", "modalite_croisee"), cross, strict=False)) for made_row, (_, _, _, *cross) in zip(made, rows, strict=True)]
    return facts.Facts(table(made), year=2032)


def test_actors_are_bars_on_both_sides_most_often_named_first():
    counts = by_nature(modalite=["cpe", "alses"], libelle=["CPE", "ALSES"], tension=[0, 2], levier=[1, 1], recommandation=[0, 1], constat=[0, 3])
    cells = [("cpe", 1), ("alses", 7), ("cote_college", 1), ("familles", 0)]
    found = statement_facts(("enonces", "", 9), ("acteur_enonce", "alses", 2, "nature_enonce", "tension"), *(("acteur_enonce", *cell) for cell in cells))
    made = charts.show_actors(counts, found)
    assert alt_of(made) == "Barres divergentes des énoncés par acteur : ALSES, 7 ; CPE, 1."
    assert made.text.startswith("« ALSES » : 7 énoncés sur 9 ; le collège et ses professionnels : 1 ; élèves ou parents : 0\n")
    assert "Lecture : « ALSES » est en jeu dans " in made.html


def test_scales_are_one_sign_a_statement():
    counts = by_nature(modalite=["alses", "territorial"], libelle=["les ALSES", "le territoire"], tension=[1, 0], levier=[6, 2])
    cells = [("enonces", "", 9), ("echelle_enonce", "alses", 7), ("echelle_enonce", "territorial", 2), ("echelle_enonce", "alses", 1, "nature_enonce", "tension")]
    made = charts.show_scales(counts, statement_facts(*cells))
    assert alt_of(made) == "Signes des énoncés par échelle : les ALSES, 7 ; le territoire, 2."
    assert made.text.startswith("L’échelle la plus présente : les ALSES, 7 énoncés sur 9, dont 1 tension\n")


LINKED = pd.DataFrame({
    "chiffre": ["postes/bureau/non", "postes/bureau/non", "alses/sexe/filles", "alses/niveau/3e"], "theme": ["Accueil"] * 4,
    "nature": ["tension", "levier", "constat", "constat"], "enonce": ["a", "b", "c", "d"], "ligne": [5, 6, 7, 8],
})


def test_figures_stand_beside_their_statements_and_one_that_is_not_published_is_not_drawn():
    rows = [figure("bureau", "non", 1, 5, perimeter="postes", unit="postes"), figure("sexe", "filles", 90, 200), figure("chiffre_lie", "oui", 4, 9, perimeter="enonces", unit="enonces")]
    made = charts.show_beside(LINKED, facts.Facts(table(rows), year=2032))
    assert alt_of(made) == "Points des chiffres de l’année placés à côté des énoncés : Bureau ou local au collège : non, 1 sur 5 ; Sexe : filles, 45,0\u202f%."
    assert made.text.startswith("En face d’un chiffre de l’année : 4 énoncés sur 9\n")
    assert "Niveau" not in made.html


NOTHING, NO_FACT = pd.DataFrame(), facts.Facts(table([]), year=2032)


@pytest.mark.parametrize(("made", "sentence"), [
    (lambda: charts.show_breakdowns([]), "aucune part n’est publiée pour cette année"),
    (lambda: charts.show_starts(NOTHING, NO_FACT), "aucune prise de poste n’est décrite pour cette année"),
    (lambda: charts.show_conditions(NOTHING, NO_FACT, conditions=()), "les conditions de prise de poste ne sont pas décrites pour cette année"),
    (lambda: charts.show_attendance(NOTHING), "aucune réunion n’est décrite pour cette année"),
    (lambda: charts.show_requests_and_goals(NOTHING, NO_FACT), "aucun thème ne publie à la fois sa demande et son objectif"),
    (lambda: charts.show_differences(NOTHING, [], year=2032, compare_to=2031), "aucune part n’est publiée pour les deux années"),
    (lambda: charts.show_matrix(NOTHING, NO_FACT), "aucun énoncé n’est codé pour cette année"),
    (lambda: charts.show_actors(NOTHING, NO_FACT), "aucun énoncé n’est codé pour cette année"),
    (lambda: charts.show_actors(NOTHING, statement_facts(("enonces", "", 2))), "aucun énoncé ne nomme d’acteur"),
    (lambda: charts.show_scales(NOTHING, NO_FACT), "aucun énoncé n’est codé pour cette année"),
    (lambda: charts.show_beside(NOTHING, NO_FACT), "aucun énoncé n’est lié à une part de cette année"),
    (lambda: charts.show_beside(LINKED, NO_FACT), "aucun énoncé n’est lié à une part de cette année"),
])
def test_nothing_to_draw_is_a_sentence(made, sentence):
    assert made().text == f"Pas de donnée : {sentence}."


def test_the_same_drawing_gives_the_same_bytes_with_text_that_stays_text():
    drawings = []
    for _ in range(2):
        drawn, axes = canvas(1.0)
        axes.set_title("énoncés")
        axes.barh([0], [1])
        drawings.append(encode(drawn))
    assert drawings[0] == drawings[1]
    drawing = base64.b64decode(drawings[0]).decode("utf-8")
    assert ">énoncés</text>" in drawing
    assert re.search(r"<style[^>]*>[^<]*text\{font-family: [^}]*Verdana", drawing)
    assert drawing.count("font-family") == 1
    assert re.search(r"\d\.\d{3}", drawing) is None
