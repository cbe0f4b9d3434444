"""The tables of a year: the right figures, in the right order."""

import pandas as pd

from helpers import describe
from helpers.indicators.rows import row, table


def figure(name, modality, n, base=100, *, perimeter="alses", unit="personnes", year=2032):
    counts, precision = (None, "non_publie") if n is None else ((n, n), "exact")
    return row((year, perimeter, name, modality), unit, counts=counts, base=base and (base, base), precision=precision, reference="l. 1")


LEVELS = [figure("niveau", name, n) for name, n in (("6e", None), ("4e", 22), ("3e", 40), ("4e_3e", 62), ("6e_5e_autre", 38))]


def test_a_breakdown_drops_a_group_only_when_each_of_its_members_is_published():
    rows = describe.breakdown(table(LEVELS), "niveau", year=2032)
    assert rows[["libelle", "part_pct"]].to_numpy().tolist() == [["6e", pd.NA], ["4e", 22], ["3e", 40], ["6e, 5e et autres", 38]]
    assert list(describe.breakdown(table(LEVELS[2:]), "niveau", year=2032)["modalite"]) == ["3e", "4e_3e", "6e_5e_autre"]


def test_other_years_perimeters_and_indicators_are_left_out():
    others = table([*LEVELS[2:3], figure("niveau", "5e", 1, year=2031), figure("niveau", "5e", 1, perimeter="collegiens"), figure("sexe", "filles", 1)])
    assert list(describe.breakdown(others, "niveau", year=2032)["modalite"]) == ["3e"]
    assert list(describe.breakdown(others, "niveau", year=2032, perimeter="collegiens")["modalite"]) == ["5e"]


def test_a_topic_has_one_breakdown_for_each_published_indicator_and_perimeter():
    rows = table([figure("sexe", "filles", 44), figure("sexe", "filles", 9, perimeter="collegiens"), figure("nouvel_accompagnement", "oui", None)])
    assert [part["perimetre"].tolist() for part in describe.topic(rows, "public", year=2032)] == [["alses"], ["collegiens"]]


def test_answers_name_their_question_in_the_order_of_the_catalogue():
    rows = [figure(name, "oui", 3, perimeter="postes", unit="postes") for name in ("bureau", "convention", "mois_de_debut")]
    assert list(describe.answers(table(rows), year=2032)["question"]) == ["Convention", "Bureau ou local au collège"]
    assert describe.answers(table([]), year=2032).empty


def test_posts_are_sorted_in_the_grid_and_counted_by_month_of_start():
    posts = pd.DataFrame({
        "association": ["Le Gué", "Le Gué", "Tilleuls"], "college": ["Ormes", "Hêtres", "Bel-Air"], "commune": ["V", "A", "V"],
        "date_debut": pd.to_datetime(["2031-10-01", "2032-01-02", "2032-01-13"]), **dict.fromkeys(describe.CONDITIONS, "oui"),
    })
    assert list(describe.conditions_grid(posts)["college"]) == ["Hêtres", "Ormes", "Bel-Air"]
    assert describe.starts(posts).to_numpy().tolist() == [[pd.Timestamp(2031, 10, 1), 1, "Ormes"], [pd.Timestamp(2032, 1, 1), 2, "Bel-Air, Hêtres"]]


def test_the_invited_of_a_group_stay_missing_when_they_are_not_printed():
    rows = [figure("participants", name, 5, base, perimeter="reunions", unit="participants") for name, base in (("nord", 10), ("sud", None))]
    assert describe.attendance(table(rows), year=2032)["base_max"].tolist() == [10, pd.NA]


def test_requests_stand_beside_objectives_when_both_are_counted_most_frequent_objective_first():
    rows = table([
        figure("demande_initiale", "scolarite", 20), figure("objectif", "scolarite", 30), figure("demande_initiale", "mobilite", 5),
        figure("objectif", "mobilite", 60), figure("demande_initiale", "autre", 5), figure("demande_initiale", "scolaire", 25),
        row((2032, "alses", "objectif", "scolaire"), "personnes", counts=None, share=30, decimals=0, precision="arrondi_imprime", reference=""),
    ])
    assert describe.requests_and_goals(rows, year=2032).to_numpy().tolist() == [
        ["mobilite", "mobilité", 5, 60, 5, 60, 100], ["scolarite", "scolarité", 20, 30, 20, 30, 100],
    ]
