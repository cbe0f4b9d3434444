"""The rounding of a year: what adds up still does, no count moves by a base, small counts of the network go with it."""

import numpy as np
import pandas as pd
import pytest

from conftest import ALL, long
from helpers import indicators
from helpers.clean import records
from helpers.disclosure import intruder_model, intruder_test, network_cells, release, rounding
from helpers.disclosure.release import protect_from_attack
from helpers.disclosure.rounding import Sums, round_counts
from helpers.schema import TERRITORY_ANSWERS, catalogue
from helpers.simulate import years

KEY = b"cle de test"
ANSWERS = {
    "sexe": ["filles", "garcons", "garcons", ""],
    "niveau": ["6e", "5e", "4e", "3e", "autre", ""],
    "nouvel_accompagnement": ["oui", "non"],
    "parents_associes": ["oui", "non", ""],
    "origine": ["college", "college", "famille", "travail_de_rue"],
    "demande_initiale": ["scolarite", "besoin_de_parler", "mobilite"],
}


def persons(size: int, **columns) -> records.Persons:
    rows = pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(size)], "suivi_par": "alses"})
    return records.Persons.of(2021, rows.assign(**columns))


def network_of(size: int, *, seed: int, colleges: int = 6, per_association: int = 2, **more) -> records.Persons:
    """Invented persons of a few collèges, two of them of one association; some places are not known."""
    rng = np.random.default_rng(seed)
    place = rng.choice(colleges, size, p=rng.dirichlet(np.full(colleges, 2.0)))
    columns = {"uai": [f"999{each:04d}X" if each else "" for each in place], "situation": "collegien"}
    columns["association"] = [f"Association {each // per_association}" if each < colleges - 1 else "" for each in place]
    columns |= {name: rng.choice(labels, size) for name, labels in ANSWERS.items()}
    columns["orienteur"] = np.where(columns["origine"] == "college", rng.choice(["enseignants", "autre"], size), "")
    columns["objectifs"] = rng.choice(["scolarite", "scolarite;mobilite", "mobilite;sante_addiction", ""], size)
    return persons(size, **columns, **more)


def count(people: records.Persons) -> pd.DataFrame:
    return indicators.count_persons(people, source="export", reference="export")


def protect(people: records.Persons, *, key: bytes = KEY, **options):
    exact, counts = count(people), indicators.count_sites(people)
    return exact, counts, rounding.protect(exact, counts, rounding.list_sites(counts), key=key, **options)


@pytest.fixture(scope="module")
def year():
    return protect(network_of(220, seed=3, per_association=1))  # as many associations as leave the network exact


# --- the rounding itself ---------------------------------------------------------------------------------------------


def test_the_nearest_rounding_that_adds_up_is_taken():
    sums = Sums()
    sums.add([0, 1, 2], less=[3])
    rounded = round_counts(np.array([3, 3, 3, 9]), sums, drawn=np.array([0.1, 0.2, 0.9, 0.5])).tolist()
    assert (rounded[3], sorted(rounded[:3])) == (10, [0, 5, 5])
    assert rounded[2] == 0  # the draw that costs most to round up


# --- a year ----------------------------------------------------------------------------------------------------------


def sites_of(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["site_type"].ne("reseau")]


def network_rows(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["site_type"].eq("reseau")].reset_index(drop=True)


def site_names(protected) -> list[str]:
    return list(sites_of(protected)["site"].unique())


def shown(protected, site: str, indicator: str, **cross) -> dict[str, int]:
    table = protected
    rows = table[table["site"].eq(site) & table["indicateur"].eq(indicator)]
    for name in ("croise_avec", "modalite_croisee"):
        rows = rows[rows[name].eq(cross.get(name, ""))]
    return dict(zip(rows["modalite"], rows["effectif_arrondi"], strict=True))


def test_every_count_is_a_multiple_of_five_less_than_five_away_and_multiples_stay(year):
    exact, counts, protected = year
    found = intruder_test.try_tables(protected, intruder_model.Truth(counts, exact), scenarios=[])
    assert found.is_good, found.sentence
    own = protected[protected["site_type"].eq("college")]
    names = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]
    true = own.join(counts.groupby(["uai", *names])["effectif"].sum().rename("vrai"), on=["site", *names])["vrai"].fillna(0)
    assert len(own) and (own["effectif_arrondi"] == true)[true % 5 == 0].all()


def test_answers_add_up_to_the_persons_they_are_asked_of(year):
    exact, _, protected = year
    entries, levels = catalogue().indicators, exact.query("indicateur == 'niveau' & croise_avec == ''")["modalite"]
    for site in site_names(protected):
        [size] = shown(protected, site, "accompagnements").values()
        for name in ("sexe", "niveau", "origine", "parents_associes"):
            answers = shown(protected, site, name)
            assert sum(count for answer, count in answers.items() if answer not in entries[name].groups) == size
        assert sum(shown(protected, site, "orienteur").values()) == shown(protected, site, "origine")["college"]
        assert max(shown(protected, site, "objectif").values()) <= size
        answers = shown(protected, site, "niveau")
        # Every answer of the network, even if nobody there gives it.
        assert answers["4e_3e"] == answers["4e"] + answers["3e"] and set(answers) == set(levels)
        one, same, within = (shown(protected, site, name)["non_renseigne"] for name in SAME)
        assert one == same <= within


# Two questions that the same persons leave without an answer, and one that they leave so too.
SAME = ("objectif", "nombre_d_objectifs", "demande_travaillee")


def test_a_crossing_of_an_association_adds_up_on_both_sides_and_no_college_has_one(year):
    crossed = sites_of(year[2])[lambda rows: rows["croise_avec"].ne("")]
    assert set(crossed["site_type"]) == {"association"}
    pairs = {("niveau", "sexe"), ("nouvel_accompagnement", "niveau"), ("parents_associes", "niveau")}
    assert set(zip(crossed["indicateur"], crossed["croise_avec"], strict=True)) == pairs
    for site in crossed["site"].unique():
        girls = shown(year[2], site, "niveau", croise_avec="sexe", modalite_croisee="filles")
        assert sum(girls.values()) == shown(year[2], site, "sexe")["filles"]


def test_the_colleges_of_an_association_add_up_to_it():
    _, counts, protected = protect(network_of(300, seed=4))
    sites = rounding.list_sites(counts)
    assert sites["est_publie"].all()
    for association in ("Association 1", "Association 2"):
        own = sites.loc[sites["association"].eq(association), "site"]
        for name in ("accompagnements", "sexe", "niveau", "objectif"):
            parts = [shown(protected, site, name) for site in own]
            assert shown(protected, association, name) == {key: sum(part[key] for part in parts) for key in parts[0]}


def test_the_network_keeps_its_numbers_of_five_and_more(year):
    exact, now = year[0], network_rows(year[2])
    is_exact = now["precision"].eq("exact")
    assert len(now) == len(exact)
    assert now.loc[is_exact, "effectif_min"].tolist() == exact.loc[is_exact.to_numpy(), "effectif_min"].tolist()
    total = now[now["indicateur"].eq("accompagnements") & now["perimetre"].eq("alses")].iloc[0]
    assert (total["effectif_min"], total["precision"]) == (220, "exact")


def test_the_same_key_gives_the_same_rounding_and_another_gives_another(year):
    exact, counts, protected = year
    again = [rounding.protect(exact, counts, rounding.list_sites(counts), key=key) for key in (KEY, b"autre cle")]
    assert [each.equals(protected) for each in again] == [True, False]


# --- territories -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def divided():
    """Eight collèges of fifty, four north, four south, one of them in REP; exact tables, then the protected one."""
    rng, college = np.random.default_rng(8), np.arange(400) % 8
    answers = {name: rng.choice(labels, 400) for name, labels in ANSWERS.items()}
    # From the street: thirty-two in the north, three in the south.
    answers["origine"] = np.where((college % 2 == 0) & (np.arange(400) < 64) | (np.arange(400) < 6), "travail_de_rue", "famille")
    people = persons(400, uai=[f"999{each:04d}X" for each in college], association=[f"A{each}" for each in college], **answers)
    counts = indicators.count_sites(people)
    names = {f"999{each:04d}X": ("sud" if each % 2 else "nord") + ";rep" * (each == 1) for each in range(8)}
    counts = counts.assign(territoire=counts["uai"].map(names).fillna(""))
    exact = count(people)
    return exact, counts, release.protect_from_attack(exact, counts, rounding.list_sites(counts), key=KEY)


def test_a_territory_is_the_sum_of_its_colleges_and_as_near_to_the_truth_as_any_count(divided):
    _, counts, protected = divided
    assert set(protected.query("site_type == 'territoire'")["site"]) == {"nord", "sud"}  # one collège is its own number
    for name in ("nord", "sud"):
        own = counts[counts["territoire"].str.split(";").map(set(name.split()).issubset) & counts["croise_avec"].eq("")]
        true = own.groupby(["indicateur", "modalite"])["effectif"].sum()
        for question, answer in TERRITORY_ANSWERS:
            parts = [shown(protected, uai, question)[answer] for uai in own["uai"].unique()]
            [whole] = shown(protected, name, question).values()
            assert whole == sum(parts) and abs(whole - true.get((question, answer), 0)) <= 4


def test_the_intruder_reads_territories_as_any_published_row(divided):
    exact, counts, protected = divided
    truth = intruder_model.Truth(counts, exact)
    small = intruder_test.small_cells(intruder_model.Model(truth, intruder_model.rows_of(protected, 2021), 2021))
    assert {cell.site for cell in small if cell.site_type == "territoire"} == {"sud"}
    row = protected.query("site == 'nord' and modalite == 'filles' and croise_avec == ''").index
    ends = ["effectif_arrondi", "effectif_min", "effectif_max"]
    false = protected.assign(**{each: protected[each].mask(protected.index.isin(row), protected[each] + 20) for each in ends})
    assert "territoire nord" in intruder_test.try_tables(false, truth, scenarios=()).sentence


@long
def test_territories_that_the_intruder_test_refuses_leave_the_release_and_nothing_else_does(divided, monkeypatch):
    exact, counts, _ = divided
    plain = counts.drop(columns="territoire")
    found = intruder_test.Finding(2, "rien", None, number="trop")
    monkeypatch.setattr(release, "_refused", lambda table, *_: [found] * bool(table["site_type"].eq("territoire").any()))
    alone = release.protect_from_attack(exact, plain, rounding.list_sites(plain), key=KEY)
    pd.testing.assert_frame_equal(release.protect_from_attack(exact, counts, rounding.list_sites(counts), key=KEY), alone)


# --- thresholds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "has_report"), [(10, False), (11, True)])
def test_a_report_takes_eleven_persons(size, has_report):
    counts = pd.DataFrame(
        {"association": "A", "uai": "", "indicateur": "accompagnements", "modalite": "", "effectif": [size]}
    )
    assert rounding.list_sites(counts)["est_publie"].tolist() == [has_report]


@pytest.mark.parametrize(
    ("count", "base", "share"), [(5, 15, None), (5, 20, 25), (5, 40, 13), (25, 40, 63), (15, 45, 33), (45, 45, 100)]
)
def test_a_share_takes_a_base_of_twenty_and_is_rounded_half_up_as_readers_do(count, base, share):
    row = pd.DataFrame([{"site_type": "college", "effectif_arrondi": count, "base_arrondie": base}])
    seen = rounding.protect_rows(row).iloc[0]
    names = ["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"]
    assert seen[names].notna().tolist() == [share is not None] * 4
    assert share is None or seen["part_imprimee_pct"] == share


def test_a_small_exact_base_of_the_network_has_no_share_either():
    exact, _, protected = protect(network_of(40, seed=5))
    for table, has_share in ((exact, True), (network_rows(protected), False)):
        small = table[table["base_max"].lt(20).fillna(False) & table["unite"].eq("personnes")]
        assert len(small) and small["part_min_pct"].notna().any() == has_share
    assert small["part_imprimee_pct"].isna().all()


@pytest.mark.parametrize(("size", "is_crossed"), [(25, False), (35, True)])
def test_an_association_is_crossed_from_thirty_persons(size, is_crossed):
    people = network_of(size, seed=1, colleges=2)  # both of one association, but for those without one
    counts = indicators.count_sites(people).assign(association="Association 0")
    rows = sites_of(rounding.protect(count(people), counts, rounding.list_sites(counts), key=KEY))
    assert rows["site_type"].eq("association").any() and rows["croise_avec"].ne("").any() == is_crossed


@long
@pytest.mark.parametrize(("few", "is_told"), [(0, True), (1, True), (4, False), (5, False), (12, True)])
def test_what_is_asked_of_a_few_is_not_told_and_does_not_refuse_the_year(few, is_told):
    came = {"origine": ["college"] * few + ["famille"] * (200 - few), "orienteur": ["enseignants", "autre"] * (few // 2) + ["autre"] * (few % 2)}
    came["orienteur"] += [""] * (200 - few)
    people = persons(200, uai=[f"999000{rank % 4}X" for rank in range(200)], association=[f"A{rank % 4}" for rank in range(200)], sexe="filles", **came)
    exact, counts = count(people), indicators.count_sites(people)
    shown = release.protect_from_attack(exact, counts, rounding.list_sites(counts), key=KEY)
    assert {*exact["indicateur"]} - {*shown["indicateur"]} == (set() if is_told else {"orienteur"})


# --- small counts of the network -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("few", "is_opened"), [(1, True), (4, True), (5, False), (0, False)])
def test_one_to_four_persons_of_the_network_are_rounded_with_two_others(few, is_opened):
    levels = ["6e"] * 80 + ["5e"] * 70 + ["4e"] * (50 - few) + ["3e"] * few
    opened = network_cells.cells_to_round(count(persons(200, uai="9990001X", niveau=levels, sexe="filles")))
    names = {cell[2] for cell in opened if cell[:2] == ("alses", "niveau")}
    assert names == ({"3e", "6e", "5e", "4e_3e", "6e_5e_autre"} if is_opened else set())


@pytest.mark.parametrize(("both", "alone", "is_told"), [(3, 20, True), (20, 3, True), (0, 20, False), (20, 20, False)])
def test_who_gives_two_answers_of_a_group_or_but_one_is_a_small_count_too(both, alone, is_told, monkeypatch):
    goals = ["scolarite;exclusion_scolaire"] * both + ["exclusion_scolaire"] * alone + ["scolarite"] * 60 + ["mobilite"] * 60
    people = persons(len(goals), uai="9990001X", objectifs=goals)
    exact, counts = count(people), indicators.count_sites(people)
    told = {("alses", "objectif", name) for name in ("scolarite", "exclusion_scolaire", "scolaire")}
    assert told & network_cells.cells_to_round(exact) == (told if is_told else set())
    # The intruder finds it where they stay exact.
    monkeypatch.setattr(network_cells, "_told_by_several", lambda _: set())
    shown = rounding.protect(exact, counts, rounding.list_sites(counts), key=KEY)
    assert intruder_test.try_tables(shown, intruder_model.Truth(counts, exact), scenarios=["rien"]).is_good != is_told


def test_the_objectives_in_all_do_not_tell_who_has_five(monkeypatch):
    five = "scolarite;mobilite;besoin_de_parler;sante_addiction;difficultes_familiales"
    goals = [five] * 2 + [five[:-23]] * 30 + ["scolarite"] * 38 + ["mobilite;autre"] * 70 + ["difficultes_familiales"] * 40
    people = persons(180, uai="9990001X", objectifs=goals)
    opened = {cell for cell in network_cells.cells_to_round(count(people)) if cell[1] == "nombre_d_objectifs"}
    assert ("alses", "nombre_d_objectifs", "4_ou_plus") in opened and len(opened) >= 3
    monkeypatch.setattr(network_cells, "_told_by_several", lambda _: set())
    exact, counts = count(people), indicators.count_sites(people)
    shown = rounding.protect(exact, counts, rounding.list_sites(counts), key=KEY)
    told = intruder_test.try_tables(shown, intruder_model.Truth(counts, exact), scenarios=["rien"]).sentence
    assert "Objectif travaillé vaut 2" in told


def test_who_has_not_an_answer_that_all_could_have_is_a_small_count_too():
    opened = network_cells.cells_to_round(count(persons(100, objectifs=["scolarite"] * 97 + ["mobilite"] * 3)))
    assert {("alses", "objectif", "scolarite"), ("alses", "objectif", "mobilite")} <= opened


def test_an_answer_rounded_because_another_question_says_the_same_is_not_what_the_exact_ones_leave():
    """Three pupils began in May: those who began before are rounded with them, and are those of a follow-up renewed."""
    starts = ["2019-10-01"] * 276 + ["2021-03-01"] * 21 + ["2021-05-01"] * 3
    people = persons(300, date_debut=starts, nouvel_accompagnement=["non"] * 276 + ["oui"] * 24, uai="9990001X", sexe="filles")
    rows = network_rows(protect(people)[2]).query("indicateur == 'nouvel_accompagnement' & croise_avec == ''")
    ends = rows.set_index("modalite")[["effectif_min", "effectif_max"]].astype(int)
    others, whole = ends.drop("non").sum(), 300
    assert ends.loc["non", "effectif_max"] - ends.loc["non", "effectif_min"] == 8
    assert (whole - others["effectif_min"]) - (whole - others["effectif_max"]) >= 4


def test_a_published_size_that_is_an_answer_of_a_wider_population_is_no_alarm():
    """Six hundred followed by an ALSES and seventeen others: 600 is a size, and an answer of the collégiens."""
    follow = ["alses"] * 600 + ["autre_educateur"] * 17
    people = persons(617, suivi_par=follow, situation="collegien", uai="9990001X", association="A", sexe=["filles", *["garcons"] * 616])
    exact, counts, protected = protect(people)
    found = intruder_test.try_tables(protected, intruder_model.Truth(counts, exact))
    assert found.is_good, found.sentence


def followed_by(associations: int, counts: pd.DataFrame) -> pd.DataFrame:
    """The counts by site (schema ``comptes_par_site``), the collèges being those of so many associations."""
    return counts.assign(association=counts["uai"].map(lambda uai: f"A{int(uai[3:7] or 0) % associations}" if uai else "A0"))


def test_a_question_that_concerns_nobody_is_rounded_with_the_others():
    """Two associations, and not one pupil whom the collège sent: nobody answers « who sent them? »."""
    places = {"uai": [f"999000{rank % 4}X" for rank in range(200)], "association": ["A", "A", "B", "B"] * 50}
    rows = network_rows(protect(persons(200, origine="famille", sexe=["filles", "garcons"] * 100, **places))[2])
    shown = rows[rows["croise_avec"].eq("")].groupby("indicateur")["effectif_arrondi"].agg(list)
    assert (shown["sexe"], set(shown["orienteur"])) == ([100, 100, 0], {0})


# Of the last four, one has five persons, who hide nobody.
@pytest.mark.parametrize(
    ("seed", "associations", "is_rounded"), [(1, 1, False), (1, 2, True), (1, 3, True), (1, 4, False), (3, 4, True)]
)
def test_the_network_of_few_associations_is_rounded_like_its_sites(seed, associations, is_rounded):
    people = network_of(220, seed=seed, date_debut=np.where(np.arange(220) % 60, "2021-03-02", ""))
    exact, counts = count(people), followed_by(associations, indicators.count_sites(people))
    rows = rounding.protect(exact, counts, rounding.list_sites(counts), key=KEY).query("croise_avec == ''")
    network = network_rows(rows).query("perimetre == 'alses' & unite == 'personnes'")
    assert network["effectif_arrondi"].notna().all() == is_rounded
    if is_rounded:  # whose start is not known: the same persons
        unknown = network[network["modalite"].eq("non_renseigne")].set_index("indicateur")["effectif_arrondi"]
        assert unknown["duree"] == unknown["mois_d_ouverture"]
    if is_rounded and associations < 4:  # additive with its sites
        whole = rows[rows["site_type"].eq("association")].groupby(["indicateur", "modalite"])["effectif_arrondi"].sum()
        both = network.join(whole.rename("des_sites"), on=["indicateur", "modalite"]).dropna(subset="des_sites")
        assert len(both) > 30 and (both["effectif_arrondi"] == both["des_sites"]).all()


@long
def test_one_of_two_associations_reads_the_other_in_an_exact_network_and_nothing_in_a_rounded_one(year, monkeypatch):
    exact, counts = year[0], followed_by(2, year[1])
    truth, found = intruder_model.Truth(counts, exact), []
    for fewest in (4, 0):
        monkeypatch.setattr(network_cells, "FEWEST_ASSOCIATIONS", fewest)
        shown = rounding.protect(exact, counts, rounding.list_sites(counts), key=KEY)
        found.append(intruder_test.try_tables(shown, truth, scenarios=[intruder_test.OWN]).counts[intruder_test.OWN]["exact"])
    assert found[0] == 0 < found[1]


def test_a_column_filled_by_nearly_all_is_left_out():
    sexes = ["filles"] * 30 + ["garcons"] * 27 + [""] * 3
    exact, _, protected = protect(persons(60, association="A", uai="9990001X", niveau="6e", sexe=sexes))
    tables = (network_rows(table) for table in (exact, protected))
    before, after = (set(table.loc[table["indicateur"].eq("colonne_remplie"), "modalite"]) for table in tables)
    assert before - after == {"sexe"}


@pytest.mark.parametrize(("is_up", "expected"), [(True, 15), (False, 10)])
def test_a_rounding_direction_is_forced_as_asked(is_up, expected):
    people = persons(40, association="A", uai="9990001X", sexe=["filles"] * 27 + ["garcons"] * 13)
    turn = rounding.ForcedRounding("college", "9990001X", "sexe", "garcons", is_up=is_up)
    assert shown(protect(people, also=[turn])[2], "9990001X", "sexe")["garcons"] == expected


def test_a_crossing_that_would_betray_a_rounded_answer_is_rounded_or_left_out(year):
    exact, counts, _ = year
    also = [("alses", "niveau", "6e"), ("alses", "demande_initiale", "mobilite")]
    now = network_rows(rounding.protect(exact, counts, rounding.list_sites(counts), key=KEY, also=also))
    rounded = now[now["croise_avec"].eq("sexe") & now["indicateur"].eq("niveau")]
    assert len(rounded) and rounded["effectif_arrondi"].notna().all() and (rounded["effectif_arrondi"] % 5 == 0).all()
    assert exact["croise_avec"].eq("demande_initiale").any() and not now["croise_avec"].eq("demande_initiale").any()


@pytest.mark.parametrize("seed", range(4))
def test_any_small_network_can_be_rounded_within_one_base(seed):
    assert len(protect(network_of(10 + 70 * seed, seed=seed, colleges=2 + 2 * seed))[2])


# --- whole invented networks, protected and attacked -------------------------------------------------------------------

# Persons, collèges, associations, seed: a few classes, where the first rounding does not pass; many others, then whole
# networks and two years, where there is time.
SMALL = [(40, 2, 1, 1), *([(20, 2, 1, 3), (75, 5, 3, 2), (90, 5, 2, 4)] if ALL else [])]
LARGE = [
    (90, 4, 2, 2),
    (200, 5, 2, 3),
    (260, 8, 3, 1),
    (2500, 45, 12, 1),
    *((400, 12, 4, seed) for seed in range(2, 8)),
]
NETWORKS = [*((each, 1) for each in SMALL), *((each, 2) for each in LARGE if ALL)]


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda given: "-".join(map(str, given[0])))
def whole_networks(request):
    """Exact values of the network, exact counts of sites and protected values, of one year or two."""
    (persons, colleges, associations, seed), count = request.param
    places, exact, counts, shown, before = {"colleges": colleges, "associations": associations}, [], [], [], None
    for rank in range(count):
        # Part of the persons are in both years.
        size = int(0.9 * persons) if rank < count - 1 else persons
        year = 2022 - count + rank
        before = years.invent(year, size, seed=seed + rank, earlier=before, **places)
        people = records.Persons.of(year, before)
        own, sites = (
            indicators.count_persons(people, source="export", reference="export"),
            indicators.count_sites(people),
        )
        made = protect_from_attack(own, sites, rounding.list_sites(sites), key=b"cle de test")
        for tables, table in zip((exact, counts, shown), (own, sites, made), strict=True):
            tables.append(table)
    return tuple(pd.concat(each, ignore_index=True) for each in (exact, counts, shown))


def test_no_small_count_is_exact_and_each_keeps_five_values(whole_networks):
    exact, counts, tables = whole_networks
    found = intruder_test.try_tables(tables, intruder_model.Truth(counts, exact))
    assert {state: each["exact"] for state, each in found.counts.items()} == dict.fromkeys(intruder_test.SCENARIOS, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] > (50 if ALL else 100)
    assert found.is_good
