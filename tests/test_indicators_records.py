"""Persons to indicators: what each question counts, and crossings that show nobody."""

import itertools
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from conftest import ALL
from helpers import indicators
from helpers.clean.records import CleanedRecords, Persons
from helpers.disclosure import rounding
from helpers.schema import apply_schema, catalogue, columns
from made_persons import made

FEW = {1, 2, 3, 4}
SEEDS = range(8 if ALL else 2)


def persons(year: int = 2021, **answers: list[str]) -> Persons:
    """Persons followed by an ALSES, by default all collégiens; one value a person in each column."""
    size = max(map(len, answers.values()))
    given = {"suivi_par": ["alses"] * size, "situation": ["collegien"] * size} | answers
    return Persons.of(year, pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(size)], **given}))


def counted(who: Persons) -> pd.DataFrame:
    return indicators.count_persons(who, source="export", reference="export de la base, 2021")


def counts(who: Persons, indicator: str, *, perimeter: str = "alses", crossed_with: str = "") -> dict[str, int]:
    table = counted(who)
    own = table[table["perimetre"].eq(perimeter) & table["indicateur"].eq(indicator) & table["croise_avec"].eq(crossed_with)]
    return {name: count for name, count in zip(own["modalite"], own["effectif_min"], strict=True) if count}


# --- perimeters and bases ----------------------------------------------------------------------------------------------


# Columns; a question, how many give each answer, and how many are asked.
@pytest.mark.parametrize(("columns_", "question", "expected", "base"), [
    ({"objectifs": ["scolarite;exclusion_scolaire", "scolarite", "mobilite", ""]}, "objectif",
     {"scolarite": 2, "exclusion_scolaire": 1, "mobilite": 1, "non_renseigne": 1, "scolaire": 2}, 4),
    ({"annee_naissance": ["2012", "2011", "2010", "2009", "2005", "2004", ""]}, "age", {"11_ou_moins": 3, "12": 1, "16_ou_plus": 2, "non_renseigne": 1}, 7),
    ({"objectifs": ["scolarite", "scolarite;mobilite", "ne_sait_pas", "scolarite;mobilite;autre;besoin_de_parler;non_prevu"]}, "nombre_d_objectifs",
     {"1": 1, "2": 1, "4_ou_plus": 1, "non_renseigne": 1}, 4),
    ({"demande_initiale": ["scolarite", "scolarite", "scolarite", "ne_sait_pas", ""], "objectifs": ["mobilite;scolarite", "mobilite", "ne_sait_pas", "ne_sait_pas", "mobilite"]},
     "demande_travaillee", {"oui": 1, "non": 1, "non_renseigne": 3}, 5),
    ({"date_debut": ["2020-12-31", "2021-01-01", "2021-12-31", "2022-01-01", ""]}, "mois_d_ouverture", {"avant": 1, "mois_01": 1, "mois_12": 1, "non_renseigne": 2}, 5),
])  # fmt: skip
def test_a_question_is_counted_among_those_to_whom_it_is_put(columns_, question, expected, base):
    who = persons(**columns_)
    assert counts(who, question) == expected
    assert set(counted(who).query(f"indicateur == '{question}' and croise_avec == ''")["base_min"]) == {base}


def test_a_question_whose_column_is_absent_is_counted_nowhere():
    who = replace(persons(origine=["college"] * 6, uai=["0592714E"] * 6), absent=frozenset(["orienteur", "date_fin", "uai"]))
    asked, sites = counted(who), indicators.count_sites(who)
    assert not {"orienteur", "duree", "fin_dans_l_annee", "colleges_suivis"} & {*asked["indicateur"], *asked["croise_avec"], *sites["indicateur"]}
    assert "orienteur" not in asked["modalite"].tolist() and "mois_d_ouverture" in asked["indicateur"].tolist()


@pytest.mark.parametrize(("start", "end", "modality"), [
    ("2021-01-15", "2021-04-14", "moins_de_3_mois"), ("2021-01-15", "2021-04-15", "3_a_5_mois"), ("2021-01-31", "2021-04-30", "moins_de_3_mois"),
    ("2021-01-01", "", "6_a_11_mois"), ("2020-12-31", "", "12_mois_ou_plus"), ("2020-02-29", "2021-02-28", "6_a_11_mois"),
    ("2021-11-01", "2022-06-01", "moins_de_3_mois"), ("2021-03-04", "2021-03-03", "non_renseigne"), ("", "2021-03-03", "non_renseigne"),
])  # fmt: skip
def test_a_duration_is_in_complete_calendar_months_until_the_last_day_of_the_year(start, end, modality):
    assert counts(persons(date_debut=[start], date_fin=[end]), "duree") == {modality: 1}


def quartiles(who: Persons, indicator: str) -> list[int]:
    table = counted(who)
    return table.loc[table["indicateur"].eq(indicator), "effectif_min"].tolist()


@pytest.mark.parametrize(("size", "shown"), [(19, []), (20, [1, 1, 5])])
def test_no_quartile_rests_on_fewer_than_five_persons(size, shown):
    """Three persons in four ended after a month, five after ten: the last quartile is nobody's duration."""
    ends = ["2021-02-02"] * (size - 5) + ["2021-11-02"] * 5
    assert quartiles(persons(date_debut=["2021-01-01"] * size, date_fin=ends), "duree_terminee") == shown


# --- crossings ---------------------------------------------------------------------------------------------------------


def crossing(table: pd.DataFrame, indicator: str, other: str) -> pd.DataFrame:
    own = table[table["indicateur"].eq(indicator) & table["croise_avec"].eq(other)]
    return own.pivot_table(index="modalite", columns="modalite_croisee", values="effectif_min", sort=False).astype(int)


def times(*blocks: tuple[int, dict[str, str]]) -> dict[str, list[str]]:
    """Answers from (how many persons, their answers)."""
    names = blocks[0][1]
    return {name: [value[name] for count, value in blocks for _ in range(count)] for name in names}


LEVELS_BY_SEX = [(count, {"niveau": level, "sexe": sex}) for level, sex, count in [
    ("6e", "filles", 9), ("6e", "garcons", 8), ("5e", "filles", 7), ("5e", "garcons", 3), ("4e", "filles", 20), ("4e", "garcons", 30),
]]  # fmt: skip


def test_a_crossing_folds_the_smallest_columns_until_no_cell_is_small():
    found = crossing(counted(persons(**times(*LEVELS_BY_SEX))), "niveau", "sexe")
    assert found.to_dict() == {"filles": {"6e+5e": 16, "4e": 20}, "garcons": {"6e+5e": 11, "4e": 30}}


def test_who_did_not_answer_is_joined_to_the_last_answer_rather_than_shown():
    silent = [(1, {"niveau": "6e", "sexe": ""}), (2, {"niveau": "5e", "sexe": ""}), (2, {"niveau": "4e", "sexe": ""})]
    found = crossing(counted(persons(**times(*LEVELS_BY_SEX, *silent))), "niveau", "sexe")
    assert found.to_dict() == {"filles": {"6e": 9, "5e": 7, "4e": 20}, "garcons+non_renseigne": {"6e": 9, "5e": 5, "4e": 32}}


def test_girls_and_boys_are_never_joined():
    few = [(3, {"niveau": "6e", "sexe": "filles"}), (40, {"niveau": "6e", "sexe": "garcons"}), (40, {"niveau": "4e", "sexe": "garcons"})]
    assert crossing(counted(persons(**times(*few))), "niveau", "sexe").empty


def test_where_requests_come_from_is_crossed_for_the_network_and_for_no_site():
    entered = [(30, "college", "scolarite"), (12, "college", "besoin_de_parler"), (9, "famille", "scolarite"), (14, "famille", "besoin_de_parler")]
    who = persons(**times(*[(count, {"origine": origin, "demande_initiale": request}) for count, origin, request in entered]))
    found = crossing(counted(who), "origine", "demande_initiale").to_dict()
    assert found == {"scolarite": {"college": 30, "famille": 9}, "besoin_de_parler": {"college": 12, "famille": 14}}
    assert set(indicators.count_sites(who)["croise_avec"]) == {"", "niveau", "sexe"}


def test_a_rounded_table_leaves_another_one_of_the_same_question_exact():
    who = persons(association=["A"] * 77, uai=["0590001A"] * 77, nouvel_accompagnement=["oui"] * 77, parents_associes=["oui", "non"] * 38 + ["oui"], **times(*LEVELS_BY_SEX))
    sites, asked = indicators.count_sites(who), ("parents_associes", "niveau")
    now = rounding.protect(counted(who), sites, rounding.list_sites(sites), key=b"cle", also=[asked])
    own = now[now["site_type"].eq("reseau")].set_index(["indicateur", "croise_avec"])
    assert set(own.loc[asked, "precision"]) == {"arrondi_secret"}
    beside = own.loc[("nouvel_accompagnement", "niveau")]
    assert set(beside["precision"]) == {"exact"}
    assert beside["base_min"].tolist() == beside["base_max"].tolist() == beside["effectif_min"].tolist() == [17, 10, 50]


def implied(table: pd.DataFrame, indicator: str, other: str) -> set[int]:
    """Every number of persons that a reader has from a crossing: its cells, and what they leave of each margin."""
    margins = {(row.indicateur, row.modalite): row.effectif_min for row in table.itertuples() if row.croise_avec == "" and row.perimetre == "alses"}
    cells = table[table["indicateur"].eq(indicator) & table["croise_avec"].eq(other)]
    found = set(cells["effectif_min"]) | set(cells["base_min"] - cells["effectif_min"])
    if catalogue().indicators[indicator].choice == "multiple":
        return found
    for side, question in (("modalite", indicator), ("modalite_croisee", other)):
        for name, own in cells.groupby(side):
            whole = sum(margins[question, each] for each in name.split("+"))
            found.add(whole - own["effectif_min"].sum())
    return found


@pytest.mark.parametrize("size", [25, 60, 150, 400])
def test_no_crossing_shows_or_lets_subtract_one_to_four_persons(size):
    shown = 0
    for seed in SEEDS:
        who = Persons.of(2021, made(2021, size, seed=seed))
        table, goals, answered = counted(who), counts(who, "objectif"), counts(who, "demande_travaillee")
        base, cells = sum(counts(who, "accompagnements").values()), table[table["croise_avec"].ne("")]
        told = [implied(table, entry.id, other) for entry in catalogue().indicators.values() for other in entry.crossed_with]
        for row in cells[cells["indicateur"].eq("objectif") & cells["croise_avec"].eq("objectif")].itertuples():
            own, other, both = goals[row.modalite], goals[row.modalite_croisee], row.effectif_min
            told.append({own - both, other - both, base - own - other + both})
        # Who works on what they first asked for is the sum of a diagonal.
        asked = cells[cells["croise_avec"].eq("demande_initiale") & cells["indicateur"].eq("objectif")]
        alike = asked.loc[asked["modalite"].eq(asked["modalite_croisee"]), "effectif_min"].sum()
        told.append(set() if asked.empty else {answered.get("oui", 0) - alike})
        assert not FEW & set().union(*told), seed
        shown += len(cells)
    assert shown > 0 or size == 25


def test_pairs_of_goals_left_out_are_not_told_by_how_many_goals_persons_have():
    """Each person with n goals makes n(n-1)/2 pairs: their sum, less what is shown, is the sum of what is left out."""
    hidden_somewhere = 0
    for size, seed in itertools.product((60, 150, 400), SEEDS):
        who = made(2021, size, seed=seed)
        goals = [set(text.split(";")) - {""} for text, by in zip(who["objectifs"], who["suivi_par"], strict=True) if by == "alses"]
        every = Counter(frozenset(pair) for own in goals for pair in itertools.combinations(sorted(own), 2))
        table = counted(Persons.of(2021, who))
        cells = table[table["indicateur"].eq("objectif") & table["croise_avec"].eq("objectif")]
        shown = {frozenset((row.modalite, row.modalite_croisee)) for row in cells.itertuples()}
        hidden = [count for pair, count in every.items() if pair not in shown]
        assert sum(hidden) > 4 * len(hidden) or not hidden or not shown, (size, seed)
        hidden_somewhere += bool(hidden and shown)
    assert hidden_somewhere


# --- the rows of an export ---------------------------------------------------------------------------------------------


def cleaned(*, read: int, rejected: int, changes: tuple[int, ...] = (0,)) -> CleanedRecords:
    rows = [[f"{rank}.csv", "niveau", f"règle {rank}", count] for rank, count in enumerate(changes)]
    ledger = apply_schema(pd.DataFrame(rows, columns=columns("normalisations")), "normalisations")
    rejections = apply_schema(pd.DataFrame([["clé absente", rejected]], columns=columns("rejets")), "rejets")
    kept = persons(sexe=["filles"] * (read - rejected)) if read else Persons(2021)
    return CleanedRecords(kept, ledger, rejections, pd.DataFrame(), read=read)


# Read, rejected, changes by rule; then what is published: None stands for what is not.
@pytest.mark.parametrize(("read", "rejected", "changes", "published"), [
    (26, 0, (0,), [26, 26, 0, 0]), (26, 1, (0,), [None, 25, None, 0]), (26, 4, (0,), [None, 22, None, 0]), (26, 5, (0,), [26, 21, 5, 0]),
    (26, 22, (0,), [None, None, 22, 0]), (26, 21, (0,), [26, 5, 21, 0]), (26, 0, (4,), [26, 26, 0, None]), (26, 0, (5,), [26, 26, 0, 5]),
    (26, 0, (9, 1), [26, 26, 0, None]), (26, 2, (24,), [None, 24, None, None]), (26, 2, (23,), [None, 24, None, 23]),
])  # fmt: skip
def test_no_count_of_the_ledger_is_of_one_to_four_rows_nor_gives_one_by_a_subtraction(read, rejected, changes, published):
    table = indicators.count_received(cleaned(read=read, rejected=rejected, changes=changes), source="export", reference="")
    assert [None if pd.isna(count) else int(count) for count in table["effectif_min"]] == published
    assert table["precision"].tolist() == ["non_publie" if count is None else "exact" for count in published]


@pytest.mark.parametrize(("counts", "folded"), [
    ([20, 9, 5], [20, 9, 5]), ([20, 9, 4], [20, 13]), ([20, 3, 1], [24]), ([20, 3, 2], [20, 5]), ([9, 3, 2, 1], [9, 6]), ([3], [3]), ([2, 1], [3]),
])  # fmt: skip
def test_the_rare_reasons_are_put_together_until_none_can_be_told(counts, folded):
    rejections = apply_schema(pd.DataFrame([[f"motif {rank}", count] for rank, count in enumerate(counts)], columns=columns("rejets")), "rejets")
    found = indicators.fold_rejections(rejections)
    assert found["lignes"].tolist() == folded
    assert sorted(motif for line in found["motif"] for motif in line.split(" ; ")) == sorted(rejections["motif"])
