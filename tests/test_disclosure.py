"""The rounding of a year: what adds up still does, nobody moves by a base, and small counts of the network go with it."""

import numpy as np
import pandas as pd
import pytest

from helpers import indicators
from helpers.clean import records
from helpers.disclosure import rounding
from helpers.disclosure.rounding import Sums, draws, round_counts
from helpers.schema import catalogue

KEY = b"cle de test"
ANSWERS = {
    "sexe": ["filles", "garcons", "garcons", ""],
    "niveau": ["6e", "5e", "4e", "3e", "autre", ""],
    "nouvel_accompagnement": ["oui", "non"],
    "parents_associes": ["oui", "non", ""],
    "origine": ["college", "college", "famille", "travail_de_rue"],
    "demande_initiale": ["scolarite", "besoin_de_parler", "mobilite"],
}


def network_of(size: int, *, seed: int, colleges: int = 6) -> records.Persons:
    """Invented persons of a few collèges, two of them of one association; some places are not known."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(size)], "suivi_par": "alses", "situation": "collegien"})
    place = rng.choice(colleges, size, p=rng.dirichlet(np.full(colleges, 2.0)))
    rows["uai"] = [f"999{each:04d}X" if each else "" for each in place]
    rows["association"] = [f"Association {each // 2}" if each < colleges - 1 else "" for each in place]
    for name, labels in ANSWERS.items():
        rows[name] = rng.choice(labels, size)
    rows["orienteur"] = np.where(rows["origine"].eq("college"), rng.choice(["enseignants", "autre"], size), "")
    rows["objectifs"] = rng.choice(["scolarite", "scolarite;mobilite", "mobilite;sante_addiction", ""], size)
    return records.Persons.of(2021, rows)


def protect(persons: records.Persons, *, key: bytes = KEY, **options):
    exact = indicators.count_persons(persons, source="export", reference="export")
    counts = indicators.count_sites(persons)
    return exact, counts, rounding.protect(exact, counts, rounding.list_sites(counts), key=key, **options)


@pytest.fixture(scope="module")
def year():
    return protect(network_of(220, seed=3))


# --- the rounding itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(12))
def test_a_count_goes_to_a_multiple_around_it_and_a_multiple_stays(count):
    seen = {int(round_counts(np.array([count]), Sums(), base=5, drawn=np.array([draw]))[0]) for draw in (0.0, 1.0)}
    assert seen <= {count // 5 * 5, -(-count // 5) * 5}
    assert count % 5 or seen == {count}


def test_the_nearest_rounding_that_adds_up_is_taken():
    sums = Sums()
    sums.add([0, 1, 2], less=[3])
    rounded = round_counts(np.array([3, 3, 3, 9]), sums, base=5, drawn=np.array([0.1, 0.2, 0.9, 0.5]))
    assert (rounded.tolist()[3], sorted(rounded.tolist()[:3])) == (10, [0, 5, 5])
    assert rounded.tolist()[2] == 0  # the draw that costs most to round up


def test_no_rounding_is_found_where_none_is_possible_and_two_bases_may_be():
    sums = Sums()
    sums.add([0, 1], least=15, most=15)
    counts, drawn = np.array([4, 4]), np.array([0.5, 0.5])
    assert round_counts(counts, sums, base=5, drawn=drawn) is None
    assert sorted(round_counts(counts, sums, base=5, drawn=drawn, is_wide=True).tolist()) == [5, 10]


def test_the_draw_needs_the_key():
    names = [f"cellule {rank}" for rank in range(50)]
    assert draws(names, b"une").tolist() == draws(names, b"une").tolist() != draws(names, b"autre").tolist()
    assert ((draws(names, b"une") >= 0) & (draws(names, b"une") < 1)).all()


# --- a year ----------------------------------------------------------------------------------------------------------


def sites_of(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["site_type"].ne("reseau")]


def test_every_count_of_a_site_is_a_multiple_of_five_less_than_five_away(year):
    _, counts, protected = year
    assert not protected.is_wide
    level = {"association": "association", "college": "uai"}
    cell = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]
    for site_type, own in sites_of(protected.indicators).groupby("site_type"):
        true = counts.groupby([level[site_type], *cell])["effectif"].sum()
        for row in own.itertuples():
            exact = true.get((row.site, *(getattr(row, name) for name in cell)), 0)
            assert row.effectif_arrondi % 5 == 0 and abs(row.effectif_arrondi - exact) < 5, row
            assert exact % 5 or row.effectif_arrondi == exact
            assert max(0, row.effectif_arrondi - 4) == row.effectif_min <= exact <= row.effectif_max


def shown(protected, site: str, indicator: str, **cross) -> dict[str, int]:
    table = protected.indicators
    rows = table[table["site"].eq(site) & table["indicateur"].eq(indicator)]
    for name in ("croise_avec", "modalite_croisee"):
        rows = rows[rows[name].eq(cross.get(name, ""))]
    return dict(zip(rows["modalite"], rows["effectif_arrondi"], strict=True))


def test_answers_add_up_to_the_persons_they_are_asked_of(year):
    _, _, protected = year
    for site in sites_of(protected.indicators)["site"].unique():
        [size] = shown(protected, site, "accompagnements").values()
        for name in ("sexe", "niveau", "origine", "parents_associes"):
            groups = catalogue().indicators[name].groups
            assert sum(count for answer, count in shown(protected, site, name).items() if answer not in groups) == size
        assert sum(shown(protected, site, "orienteur").values()) == shown(protected, site, "origine")["college"]
        assert max(shown(protected, site, "objectif").values()) <= size
        levels = shown(protected, site, "niveau")
        assert levels["4e_3e"] == levels["4e"] + levels["3e"]


def test_the_colleges_of_an_association_add_up_to_it():
    persons = network_of(300, seed=4)
    _, counts, protected = protect(persons)
    sites = rounding.list_sites(counts)
    assert sites["est_publie"].all()
    for association in ("Association 1", "Association 2"):
        own = sites.loc[sites["association"].eq(association), "site"]
        for name in ("accompagnements", "sexe", "niveau", "objectif"):
            parts = [shown(protected, site, name) for site in own]
            assert shown(protected, association, name) == {key: sum(part[key] for part in parts) for key in parts[0]}


def test_a_crossing_of_an_association_adds_up_on_both_sides_and_no_college_has_one(year):
    _, _, protected = year
    table = sites_of(protected.indicators)
    crossed = table[table["croise_avec"].ne("")]
    assert set(crossed["site_type"]) == {"association"}
    assert set(zip(crossed["indicateur"], crossed["croise_avec"], strict=True)) == {
        ("niveau", "sexe"), ("nouvel_accompagnement", "niveau"), ("parents_associes", "niveau"),
    }
    for site in crossed["site"].unique():
        girls = shown(protected, site, "niveau", croise_avec="sexe", modalite_croisee="filles")
        assert sum(girls.values()) == shown(protected, site, "sexe")["filles"]


def test_a_site_has_every_answer_of_the_network_even_if_nobody_there_gives_it(year):
    exact, _, protected = year
    expected = set(exact.loc[exact["indicateur"].eq("niveau") & exact["croise_avec"].eq(""), "modalite"])
    for site in sites_of(protected.indicators)["site"].unique():
        assert set(shown(protected, site, "niveau")) == expected


def test_the_network_keeps_its_numbers_of_five_and_more(year):
    exact, _, protected = year
    now = protected.indicators[protected.indicators["site_type"].eq("reseau")].reset_index(drop=True)
    assert len(now) == len(exact)
    kept = now["precision"].eq("exact")
    assert now.loc[kept, "effectif_min"].tolist() == exact.loc[kept.to_numpy(), "effectif_min"].tolist()
    total = now[now["indicateur"].eq("accompagnements") & now["perimetre"].eq("alses")].iloc[0]
    assert (total["effectif_min"], total["precision"]) == (220, "exact")


def test_the_same_key_gives_the_same_rounding_and_another_gives_another(year):
    _, _, protected = year
    persons = network_of(220, seed=3)
    assert protect(persons)[2].indicators.equals(protected.indicators)
    assert not protect(persons, key=b"autre cle")[2].indicators.equals(protected.indicators)


# --- thresholds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("persons", "has_report"), [(10, False), (11, True)])
def test_a_report_takes_eleven_persons(persons, has_report):
    counts = pd.DataFrame({"association": "A", "uai": "", "indicateur": "accompagnements", "modalite": "", "effectif": [persons]})
    assert rounding.list_sites(counts)["est_publie"].tolist() == [has_report]


@pytest.mark.parametrize(("count", "base", "shown"), [(5, 40, 13), (25, 40, 63), (15, 45, 33), (45, 45, 100)])
def test_a_share_is_rounded_half_up_as_readers_do(count, base, shown):
    row = pd.DataFrame([{"site_type": "college", "effectif_arrondi": count, "base_arrondie": base}])
    assert rounding.protect_rows(row, spread=4)["part_imprimee_pct"].tolist() == [shown]


@pytest.mark.parametrize(("base", "has_share"), [(15, False), (20, True)])
def test_a_share_takes_a_base_of_twenty(base, has_share):
    row = pd.DataFrame([{"site_type": "college", "effectif_arrondi": 5, "base_arrondie": base}])
    seen = rounding.protect_rows(row, spread=4).iloc[0]
    assert seen[["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"]].notna().tolist() == [has_share] * 4


def test_a_small_exact_base_of_the_network_has_no_share_either():
    persons = network_of(40, seed=5)
    exact, _, protected = protect(persons)
    small = exact[exact["base_max"].lt(20).fillna(False) & exact["unite"].eq("personnes")]
    assert len(small)
    now = protected.indicators
    table = now[now["site_type"].eq("reseau") & now["base_max"].lt(20).fillna(False) & now["unite"].eq("personnes")]
    assert len(table) and table["part_min_pct"].isna().all() and table["part_imprimee_pct"].isna().all()


@pytest.mark.parametrize(("size", "is_crossed"), [(25, False), (35, True)])
def test_an_association_is_crossed_from_thirty_persons(size, is_crossed):
    persons = network_of(size, seed=1, colleges=2)  # both of one association, but for those without one
    counts = indicators.count_sites(persons).assign(association="Association 0")
    exact = indicators.count_persons(persons, source="export", reference="export")
    protected = rounding.protect(exact, counts, rounding.list_sites(counts), key=KEY).indicators
    rows = sites_of(protected)
    assert rows["site_type"].eq("association").any() and rows["croise_avec"].ne("").any() == is_crossed


# --- small counts of the network -------------------------------------------------------------------------------------


def with_few(few: int) -> pd.DataFrame:
    rows = pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(200)], "suivi_par": "alses", "uai": "9990001X"})
    levels = ["6e"] * 80 + ["5e"] * 70 + ["4e"] * (50 - few) + ["3e"] * few
    return indicators.count_persons(
        records.Persons.of(2021, rows.assign(niveau=levels, sexe="filles")), source="export", reference="export"
    )


@pytest.mark.parametrize(("few", "opened"), [(1, True), (4, True), (5, False), (0, False)])
def test_one_to_four_persons_of_the_network_are_rounded_with_two_others(few, opened):
    found = {cell[2] for cell in rounding.open_cells(with_few(few)) if cell[:2] == ("alses", "niveau")}
    assert found == ({"3e", "6e", "5e", "4e_3e", "6e_5e_autre"} if opened else set())


def test_who_has_not_an_answer_that_all_could_have_is_a_small_count_too():
    rows = pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(100)], "suivi_par": "alses"})
    persons = records.Persons.of(2021, rows.assign(objectifs=["scolarite"] * 97 + ["mobilite"] * 3))
    exact = indicators.count_persons(persons, source="export", reference="export")
    opened = {cell for cell in rounding.open_cells(exact) if cell[1] == "objectif"}
    assert {("alses", "objectif", "scolarite"), ("alses", "objectif", "mobilite")} <= opened


def test_two_answers_that_are_the_same_persons_are_shown_alike_everywhere(year):
    _, _, protected = year
    for site in sites_of(protected.indicators)["site"].unique():
        missing = {name: shown(protected, site, name)["non_renseigne"] for name in ("objectif", "nombre_d_objectifs", "demande_travaillee")}
        assert missing["objectif"] == missing["nombre_d_objectifs"] <= missing["demande_travaillee"]


def test_a_column_filled_by_nearly_all_is_left_out():
    rows = pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(60)], "suivi_par": "alses", "association": "A", "uai": "9990001X"})
    persons = records.Persons.of(2021, rows.assign(sexe=["filles"] * 30 + ["garcons"] * 27 + [""] * 3, niveau="6e"))
    exact, _, protected = protect(persons)
    kept, told = (set(table.loc[table["indicateur"].eq("colonne_remplie") & table["site_type"].eq("reseau"), "modalite"]) for table in (protected.indicators, exact))
    assert told - kept == {"sexe"}


@pytest.mark.parametrize(("is_up", "expected"), [(True, 15), (False, 10)])
def test_a_count_is_turned_as_an_audit_asks(is_up, expected):
    rows = pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(40)], "suivi_par": "alses", "association": "A", "uai": "9990001X"})
    persons = records.Persons.of(2021, rows.assign(sexe=["filles"] * 27 + ["garcons"] * 13))
    _, _, protected = protect(persons, also=[rounding.Turned("college", "9990001X", "sexe", "garcons", is_up=is_up)])
    assert shown(protected, "9990001X", "sexe")["garcons"] == expected


def test_a_crossing_that_would_betray_a_rounded_answer_is_rounded_or_left_out():
    persons = network_of(220, seed=3)
    exact, _, protected = protect(persons, also=[("alses", "niveau", "6e"), ("alses", "demande_initiale", "mobilite")])
    now = protected.indicators[protected.indicators["site_type"].eq("reseau")]
    rounded = now[now["croise_avec"].eq("sexe") & now["indicateur"].eq("niveau")]
    assert len(rounded) and rounded["effectif_arrondi"].notna().all() and (rounded["effectif_arrondi"] % 5 == 0).all()
    left = exact["croise_avec"].eq("demande_initiale")
    assert left.any() and not now["croise_avec"].eq("demande_initiale").any()


@pytest.mark.parametrize("seed", range(8))
def test_any_small_network_can_be_rounded_within_one_base(seed):
    size, colleges = 10 + 37 * seed, 2 + seed
    assert not protect(network_of(size, seed=seed, colleges=colleges))[2].is_wide


def test_figures_that_no_record_counts_pass_as_they_are(year):
    exact, counts, _ = year
    printed, nobody = exact.assign(source="imprime"), counts.head(0)
    assert rounding.protect(printed, nobody, rounding.list_sites(nobody), key=KEY).indicators.equals(printed)
