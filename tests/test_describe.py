"""The tables of a year: the right figures, in the right order."""

import pandas as pd

from helpers.analysis import describe
from helpers.indicators.constraints import row, table


def figure(name, modality, n, base=100, *, perimeter="alses", unit="personnes", year=2032):
    counts, precision = (None, "non_publie") if n is None else ((n, n), "exact")
    return row((year, perimeter, name, modality), unit, counts=counts, base=base and (base, base), precision=precision, reference="l. 1")


LEVELS = [figure("niveau", name, n) for name, n in (("6e", None), ("4e", 22), ("3e", 40), ("4e_3e", 62), ("6e_5e_autre", 38))]


def test_a_breakdown_drops_a_group_only_when_each_of_its_members_is_published():
    rows = describe.breakdown(table(LEVELS), "niveau", year=2032)
    assert rows[["libelle", "part_pct"]].to_numpy().tolist() == [["6e", pd.NA], ["4e", 22], ["3e", 40], ["6e, 5e ou autre", 38]]
    assert list(describe.breakdown(table(LEVELS[2:]), "niveau", year=2032)["modalite"]) == ["3e", "4e_3e", "6e_5e_autre"]


def test_a_topic_is_made_of_what_each_breakdown_says_alone():
    others = [figure("niveau", "3e", 7, perimeter="collegiens"), figure("niveau", "3e", 8, year=2031)]
    crossed = row((2032, "alses", "niveau", "3e"), "personnes", counts=(9, 9), base=(20, 20), precision="exact", reference="l. 1", cross=("sexe", "filles"))
    rows = table([*LEVELS, *others, crossed])
    alone = [describe.breakdown(rows, "niveau", year=2032, perimeter=name) for name in ("alses", "collegiens")]
    for part, one in zip(describe.topic(rows, "niveaux", year=2032), alone, strict=True):
        pd.testing.assert_frame_equal(part, one)


def test_posts_are_sorted_in_the_grid_and_counted_by_month_of_start():
    posts = pd.DataFrame({
        "association": ["Le Gué", "Le Gué", "Tilleuls"], "college": ["Ormes", "Hêtres", "Bel-Air"], "commune": ["V", "A", "V"],
        "date_debut": pd.to_datetime(["2031-10-01", "2032-01-02", "2032-01-13"]), **dict.fromkeys(describe.CONDITIONS, "oui"),
    })
    assert list(describe.conditions_grid(posts)["college"]) == ["Hêtres", "Ormes", "Bel-Air"]
    assert describe.starts(posts).to_numpy().tolist() == [[pd.Timestamp(2031, 10, 1), 1, "Ormes"], [pd.Timestamp(2032, 1, 1), 2, "Bel-Air, Hêtres"]]


def test_seniority_counts_the_posts_of_each_number_of_years_zero_and_half_a_year_kept_apart():
    posts = pd.DataFrame({"college": ["C", "A", "B"], "anciennete_prev_ans": [0.0, 0.5, 0.0], "anciennete_alses_ans": [0.0, 2.0, 2.0]})
    assert describe.seniority(posts).to_numpy().tolist() == [
        ["en prévention spécialisée", 0, 2, "B, C"], ["en prévention spécialisée", 0.5, 1, "A"], ["comme ALSES", 0, 1, "C"], ["comme ALSES", 2, 2, "A, B"],
    ]
    assert describe.seniority(posts.head(0)).empty


def test_teams_are_counted_by_association_largest_first_an_answer_nobody_gave_included():
    posts = pd.DataFrame({"association": ["Gué", "Tilleuls", "Tilleuls", "Aube"], "equipe_sur_le_quartier": ["non", "oui", "non", "oui"]})
    rows = describe.teams(posts)
    assert list(rows.columns) == ["association", "postes", "oui", "non", "autre"]
    assert rows.to_numpy().tolist() == [["Tilleuls", 2, 1, 1, 0], ["Aube", 1, 1, 0, 0], ["Gué", 1, 0, 1, 0]]
    assert describe.teams(posts.head(0)).empty


PLACED = pd.DataFrame({"association": ["Gué"] * 3, "college": ["A", "B", "C"], "commune": ["V"] * 3, "uai": ["1", "2", "3"], "type_education_prioritaire": ["rep"] * 3})
REGISTER = pd.DataFrame({"uai": ["1", "2", "3"], "ips_2022_23": [90.0, None, 70.0], "effectif_2022_23_eleves": [300, 200, 100]})
LANDMARKS = pd.DataFrame({"repere": ["ips_mediane", "ips_premier_quartile", "autre"], "libelle": ["médiane", "premier quartile", "x"], "valeur": [88.75, 79.5, 1.0], "champ": ["collèges du Nord"] * 3})


def test_the_context_places_the_posts_by_index_and_leaves_out_a_college_without_one():
    rows = describe.social_context(PLACED, REGISTER)
    assert rows[["college", "ips", "eleves"]].to_numpy().tolist() == [["C", 70, 100], ["A", 90, 300]]
    assert describe.landmarks(rows, LANDMARKS)[["libelle", "valeur", "champ"]].to_numpy().tolist() == [
        ["premier quartile", 79.5, "collèges du Nord"], ["médiane de ces postes", 80, ""], ["médiane", 88.75, "collèges du Nord"],
    ]
    assert describe.social_context(PLACED.head(0), REGISTER).empty and describe.social_context(PLACED, REGISTER.head(0)).empty
    assert len(describe.landmarks(pd.DataFrame(), LANDMARKS)) == 2


MEETINGS = pd.DataFrame({
    "date": pd.to_datetime(["2033-01-05", "2032-12-31"]), "groupe": ["nord", "nouveaux"], "participants": [4, 7], "associations": ["Gué;Aube", ""],
})


def test_the_calendar_tells_the_meetings_held_once_the_year_is_over():
    rows = describe.calendar(MEETINGS, year=2032)
    assert rows[["groupe", "libelle", "participants", "est_apres"]].to_numpy().tolist() == [
        ["nouveaux", "nouveaux ALSES", 7, False], ["nord", "nord du département", 4, True],
    ]
    assert describe.calendar(MEETINGS.head(0), year=2032).empty


def test_an_association_is_found_wherever_it_is_named_and_its_absences_stay_visible():
    posts, statements = pd.DataFrame({"association": ["Tilleuls", "Tilleuls"]}), pd.DataFrame({"associations": ["Aube; Lys", "", "Lys"]})
    register = pd.DataFrame({"association": ["Aube", "Jamais nommée"], "rattachement": ["Lys", ""]})
    grid = describe.associations(posts, MEETINGS, statements, register=register)
    assert list(grid.columns) == ["association", "rattachement", "postes", "reunion_nord", "enonces"]  # no list, no column
    assert grid.to_numpy().tolist() == [["Aube", "Lys", 0, True, 1], ["Gué", "", 0, True, 0], ["Lys", "", 0, False, 2], ["Tilleuls", "", 2, False, 0]]
    nothing = [frame.head(0) for frame in (posts, MEETINGS, statements)]
    assert describe.associations(*nothing, register=register).empty


def test_what_a_topic_does_not_publish_is_told_together_with_the_group_that_holds_it():
    [levels] = describe.gaps_of(table(LEVELS[2:]), "niveaux", year=2032)
    assert (levels.label, levels.missing) == ("Niveau de classe", ())
    assert levels.grouped == (("4e ou 3e", ("4e",)), ("6e, 5e ou autre", ("6e", "5e", "SEGPA, ULIS, UPE2A")))
    [alone] = describe.gaps_of(table([figure("sexe", "filles", 44), figure("sexe", "garcons", 56)]), "parents", year=2032)
    assert (alone.missing, alone.grouped) == (("associés", "non associés"), ())
    [whole] = describe.gaps_of(table([figure("situation", "collegien", 44, perimeter="prevention_specialisee"), figure("suivi_par", "alses", 1), figure("suivi_par", "autre_educateur", 1)]), "volume", year=2032)
    assert (whole.label, whole.missing) == ("Situation scolaire (toute la prévention spécialisée)", ("lycéens", "autres situations"))


def test_definitions_are_those_of_the_indicators_that_the_year_publishes_with_their_base_in_words():
    rows = table([figure("sexe", "filles", 44), figure("orienteur", "enseignants", 9), figure("participants", "nord", 9, perimeter="reunions"), figure("niveau", "6e", None)])
    assert describe.definitions(rows, year=2032)[["indicateur", "base"]].to_numpy().tolist() == [
        ["Présents", "Invités, même groupe"], ["Sexe", "Accompagnements individuels"],
        ["Professionnel du collège qui oriente", "Origine de l’accompagnement : orientation par le collège"],
    ]


def test_a_breakdown_that_the_pairs_already_show_is_not_drawn_twice():
    rows = table([figure("objectif", "mobilite", 60), figure("demande_initiale", "mobilite", 5), figure("demande_initiale", "autre", 5)])
    parts, pairs = describe.topic(rows, "demandes", year=2032), describe.requests_and_goals(rows, year=2032)
    assert [part["indicateur"].iloc[0] for part in describe.remaining_breakdowns(parts, pairs)] == ["demande_initiale"]
    assert len(describe.remaining_breakdowns(parts, pairs.head(0))) == 2


def test_requests_stand_beside_objectives_when_both_are_counted_most_frequent_objective_first():
    rows = table([
        figure("demande_initiale", "scolarite", 20), figure("objectif", "scolarite", 30), figure("demande_initiale", "mobilite", 5),
        figure("objectif", "mobilite", 60), figure("demande_initiale", "autre", 5), figure("demande_initiale", "scolaire", 25),
        row((2032, "alses", "objectif", "scolaire"), "personnes", counts=None, share=30, decimals=0, precision="arrondi_imprime", reference=""),
    ])
    assert describe.requests_and_goals(rows, year=2032).to_numpy().tolist() == [
        ["mobilite", "mobilité", 5, 60, 5, 60, 100], ["scolarite", "scolarité", 20, 30, 20, 30, 100],
    ]
