"""One figure: its share, its bounds, its name, its references."""

import pandas as pd
import pytest

from helpers.indicators import lookup
from helpers.indicators.constraints import row, table

GIRLS = (2032, "alses", "sexe", "filles")


def fact(**figure) -> lookup.Fact:
    filled = {"counts": None, "precision": "exact", "reference": "Note, l. 21"} | figure
    return lookup.fact_of(lookup.with_shares(table([row(GIRLS, "personnes", **filled)])).iloc[0])


@pytest.mark.parametrize(("figure", "share", "bounds"), [
    ({"counts": (66, 66), "base": (150, 150)}, 44, (44, 44)), ({"counts": (40, 60), "base": (80, 100)}, None, (40, 75)),
    ({"share": 42, "decimals": 0}, 42, (41.5, 42.5)), ({"share": 42.5, "decimals": 1}, 42.5, (42.45, 42.55)),
    ({"share": 100, "decimals": 0}, 100, (99.5, 100)), ({"share": 0, "decimals": 0}, 0, (0, 0.5)),
    ({"share": 42, "decimals": 0, "counts": (84, 84), "base": (200, 200)}, 42, (42, 42)), ({"counts": (12, 12), "base": (10, 10)}, 120, (120, 120)),
    ({"counts": (3, 3), "base": (0, 0)}, None, None), ({"counts": (3, 3)}, None, None),
], ids=["exact", "bounds", "printed", "decimal", "hundred", "zero", "printed and counted", "more than invited", "empty base", "no base"])
def test_a_share_and_its_bounds_are_those_of_the_rounding_and_of_the_counts(figure, share, bounds):
    found = fact(**figure)
    assert found.share == share
    assert found.share_bounds == (None if bounds is None else pytest.approx(bounds))


@pytest.mark.parametrize(("base", "printed", "decimals"), [(199, {}, 0), (200, {}, 1), (201, {}, 1), (2233, {"share": 2, "decimals": 0}, 0)])
def test_a_decimal_is_said_from_a_base_of_two_hundred_unless_it_was_printed_without(base, printed, decimals):
    assert fact(counts=(50, 50), base=(base, base), **printed).decimals == decimals


@pytest.mark.parametrize(("counts", "known"), [(None, False), ((5, 5), True), ((5, 6), False)])
def test_a_count_is_known_when_its_bounds_are_equal(counts, known):
    found = fact(counts=counts)
    assert (found.counts, bool(found.is_known), found.base) == (counts, known, None)
    assert (found.key, found.unit, found.label, found.reference) == ("2032/alses/sexe/filles", "personnes", "filles", "Note, l. 21")


@pytest.mark.parametrize(("lines", "cited"), [([], "Note"), ([7], "Note, l. 7"), ([8, 7], "Note, l. 7, 8"), ([7, 8, 9, 9], "Note, l. 7–9"), ([1, 3, 4, 5], "Note, l. 1, 3–5")])
def test_lines_are_cited_in_order_and_runs_joined(lines, cited):
    assert lookup.cite("Note", lines) == cited


@pytest.mark.parametrize(("references", "merged"), [
    (["Note, l. 1", "Note, l. 2–4"], "Note, l. 1–4"), (["Note, l. 1 ; Bilan, l. 2", "Bilan, l. 1"], "Note, l. 1 ; Bilan, l. 1, 2"),
    (["Note", "Note, l. 5"], "Note, l. 5"), (["déduit (Note, l. 5)", ""], ""),
])
def test_references_are_merged_by_document(references, merged):
    assert lookup.merge_references(references) == merged


@pytest.mark.parametrize(("path", "found"), [("sexe/filles", True), ("sexe/garcons", False), ("sexe/autre", False), ("accompagnements/", False)])
def test_a_figure_is_found_by_its_path_unless_the_year_does_not_publish_it(path, found):
    indicators = table([
        row(GIRLS, "personnes", counts=(66, 66), precision="exact", reference=""),
        row((2032, "alses", "sexe", "garcons"), "personnes", counts=None, precision="non_publie", reference=""),
        row((2031, "alses", "accompagnements", ""), "personnes", counts=(100, 100), precision="exact", reference=""),
    ])
    assert (lookup.Facts(indicators, year=2032)(f"alses/{path}") is not None) is found


def test_the_rows_of_a_site_say_so_and_the_networks_stand_beside_them():
    whole = table([row(GIRLS, "personnes", counts=(66, 66), precision="exact", reference="")])
    own = table([row(GIRLS, "personnes", counts=(6, 6), precision="exact", reference="")]).assign(site_type="association", site="Le Gué")
    both, every = lookup.beside_network(own, whole), pd.concat([whole, own], ignore_index=True)
    assert both[["site_type", "site", "perimetre"]].to_numpy().tolist() == [["association", "Le Gué", "alses"], ["reseau", "", "alses_reseau"]]
    facts = lookup.Facts(both, year=2032)
    assert [facts(f"{who}/sexe/filles").counts for who in ("alses", "alses_reseau")] == [(6, 6), (66, 66)]
    # Of a table that holds several places, the network's are read unless a site is named.
    assert [lookup.uncrossed(every, site)["effectif_min"].tolist() for site in ("", "Le Gué")] == [[66], [6]]
    assert lookup.Facts(every, year=2032)("alses/sexe/filles").counts == (66, 66)
