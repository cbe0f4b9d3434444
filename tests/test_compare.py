"""Two years: what the bounds allow one to say, and nothing more."""

import pandas as pd
import pytest

from helpers.analysis import years
from helpers.indicators.constraints import row, table


def figure(year, name, modality, counts=None, base=None, *, share=None, decimals=None, precision="exact", perimeter="alses", unit="personnes"):
    cell = (year, perimeter, name, modality)
    return row(cell, unit, counts=counts, base=base, share=share, decimals=decimals, precision=precision, reference="Note, l. 1")


BEFORE = table([
    figure(2031, "accompagnements", "", (100, 100)),
    figure(2031, "sexe", "filles", (40, 40), (100, 100)),
    figure(2031, "sexe", "garcons", (60, 60), (100, 100), precision="deduit"),
    figure(2031, "nouvel_accompagnement", "oui", (50, 50), (100, 100)),
    figure(2031, "parents_associes", "oui", precision="non_publie"),
    figure(2031, "postes", "", (5, 5), perimeter="reseau_alses", unit="postes"),
])
NOW = table([
    figure(2032, "accompagnements", "", (150, 150)),
    figure(2032, "sexe", "filles", (63, 66), (150, 150)),
    figure(2032, "sexe", "garcons", (84, 87), (150, 150)),
    figure(2032, "nouvel_accompagnement", "oui", (90, 90), (150, 150), precision="deduit"),
    figure(2032, "parents_associes", "oui", (75, 75), (150, 150)),
    figure(2032, "postes", "", (8, 8), perimeter="reseau_alses", unit="postes"),
])
BOTH = years.differences(NOW, BEFORE, year=2032, compare_to=2031)


def test_what_the_year_contradicts_of_the_one_before_is_compared_no_more():
    controls = pd.DataFrame(
        [(2031, "alses", "accompagnements", "", "effectif", "contradictoire"), (2032, "alses", "accompagnements", "", "ecart", "contradictoire"),
         (2031, "alses", "sexe", "filles", "part", "confirme")],
        columns=["annee", "perimetre", "indicateur", "modalite", "mesure", "verdict"],
    )
    printed = figure(2031, "origine", "college", (60, 60), (100, 100), share=60, decimals=0, precision="arrondi_imprime")
    kept = years.reliable(pd.concat([BEFORE, table([printed])], ignore_index=True), controls, compare_to=2031).set_index(["indicateur", "modalite"])
    assert list(kept["precision"]) == ["contradictoire", "exact", "non_publie", "exact", "non_publie", "exact", "arrondi_imprime"]
    assert kept["base_min"].isna().all()
    assert kept["effectif_min"].dropna().to_dict() == {("sexe", "filles"): 40, ("nouvel_accompagnement", "oui"): 50, ("postes", ""): 5}
    assert kept.loc[("origine", "college"), "part_imprimee_pct"] == 60
    assert years.reliable(BEFORE, controls.head(0), compare_to=2031) is BEFORE


@pytest.mark.parametrize(("low", "high", "said"), [
    (0.1, 2, "hausse"), (0.2, 0.2, "stable"), (-1, -1, "stable"), (1.01, 1.01, "hausse"), (0.5, 1, "stable"), (0, 2, "indetermine"), (0, 1, "stable"), (-2, -0.1, "baisse"), (-2, 0, "indetermine"), (-1, 0, "stable"),
    (-0.9, 0.9, "stable"), (-1, 1, "stable"), (-1, 1.1, "indetermine"), (-1.1, 1, "indetermine"), (None, 1, ""), (1, float("nan"), ""),
])
def test_the_bounds_say_up_down_stable_or_nothing(low, high, said):
    assert years.finding(low, high, stable_within=1) == said


def test_only_figures_of_persons_published_twice_are_compared():
    assert list(BOTH["modalite"]) == ["", "filles", "garcons", "oui"]
    assert years.differences(NOW, BEFORE.head(0), year=2032, compare_to=None).empty


def test_a_difference_of_counts_and_of_shares_has_its_bounds():
    girls = BOTH.set_index("modalite").loc["filles"]
    assert girls[["ecart_min", "ecart_max", "constat_effectif"]].tolist() == [23, 26, "hausse"]
    assert girls[["ecart_part_min_pts", "ecart_part_max_pts", "constat_part"]].tolist() == [2, 4, "hausse"]


@pytest.mark.parametrize(("before", "now", "decimals", "said"), [
    (40, 42, 0, "hausse"), (40, 41, 0, "indetermine"), (40, 40, 0, "stable"), (40, 39, 0, "indetermine"), (40, 38, 0, "baisse"),
    (40.0, 40.1, 1, "stable"), (40.1, 40.0, 1, "stable"), (40.0, 40.2, 1, "stable"), (40.0, 41.0, 1, "hausse"),
])
def test_two_printed_shares_differ_only_beyond_their_rounding(before, now, decimals, said):
    then, later = (
        table([figure(year, "sexe", "filles", share=share, decimals=decimals, precision="arrondi_imprime")])
        for year, share in ((2031, before), (2032, now))
    )
    found = years.differences(later, then, year=2032, compare_to=2031)
    assert found[["constat_part", "constat_effectif"]].to_numpy().tolist() == [[said, ""]]


def test_totals_are_whole_populations():
    assert list(years.totals(BOTH)["modalite"]) == [""]
    assert years.only_once(NOW, BEFORE, year=2032, compare_to=2031) == ["Place des parents"]
