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


def test_what_a_topic_does_not_publish_is_told_together_with_the_group_that_holds_it():
    [levels] = describe.gaps_of(table(LEVELS[2:]), "niveaux", year=2032)
    assert (levels.label, levels.missing) == ("Niveau de classe", ())
    assert levels.grouped == (("4e ou 3e", ("4e",)), ("6e, 5e ou autre", ("6e", "5e", "SEGPA, ULIS, UPE2A")))
    [alone] = describe.gaps_of(table([figure("sexe", "filles", 44), figure("sexe", "garcons", 56)]), "parents", year=2032)
    assert (alone.missing, alone.grouped) == (("associés", "non associés"), ())
    [whole] = describe.gaps_of(table([figure("situation", "collegien", 44, perimeter="prevention_specialisee"), figure("suivi_par", "alses", 1), figure("suivi_par", "autre_educateur", 1)]), "volume", year=2032)
    assert (whole.label, whole.missing) == ("Situation scolaire (toute la prévention spécialisée)", ("lycéens", "autres situations"))


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
