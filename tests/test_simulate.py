"""An invented export: plausible, the same for the same seed, of persons and places that do not exist."""

import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest

from conftest import plain
from helpers import cli, data, paths, schema
from helpers.simulate import years
from helpers.simulate.people import Pair, deal_goals

NAME = "accompagnements_synthetique.csv"


@pytest.fixture(scope="module")
def two_years() -> tuple[pd.DataFrame, pd.DataFrame]:
    before = years.invent(2020, 1500, seed=3, colleges=30)
    return before, years.invent(2021, 2000, seed=3, colleges=36, earlier=before)


def refusal(arguments: list[str], capsys) -> str:
    assert cli.main(["simulate", *arguments]) == 2
    return plain(capsys.readouterr().err)


def test_columns_and_answers_are_those_of_the_schema(two_years):
    table, described = two_years[1], schema.table_schema("accompagnements")["fields"]
    assert list(table.columns) == [column["name"] for column in described]
    for column in described:
        allowed = column.get("constraints", {}).get("enum")
        assert allowed is None or set(table[column["name"]]) <= {*allowed, ""}
    goals = set(";".join(table["objectifs"]).split(";")) - {""}
    assert goals == set(schema.catalogue().indicators["objectif"].modalities)
    assert table["identifiant"].is_unique and set(table["annee"]) == {"2021"} and set(table["sexe"]) == {"filles", "garcons"}


def test_a_college_has_one_name_one_association_and_a_code_that_no_establishment_bears(two_years):
    table = two_years[1].query("uai != ''")
    codes = sorted(set(table["uai"]))
    assert (len(codes), codes[0], codes[-1]) == (36, "9990001X", "9990036K")  # 9990001 = 23 × 434347 + 20, … + 9
    for code in codes:
        assert re.fullmatch(r"999\d{4}[A-Z]", code)
        assert "ABCDEFGHJKLMNPRSTUVWXYZ".index(code[-1]) == int(code[:-1]) % 23
    assert set(table.groupby("uai")[["college", "association", "territoire"]].nunique().max()) == {1}
    assert table["association"].nunique() == 12 and table["association"].str.fullmatch(r"Association fictive \d\d").all()
    assert table["college"].str.fullmatch(r"Collège fictif \d\d").all()


def test_who_goes_on_is_the_same_person_a_year_older(two_years):
    before, now = two_years
    both = now.merge(before, on="identifiant", suffixes=("", "_avant"))
    alses = both[both["suivi_par"].eq("alses")]
    goes_on = now["nouvel_accompagnement"].eq("non") & now["suivi_par"].eq("alses")
    assert 0.4 < goes_on.sum() / 2000 < 0.52 and len(alses) > 0.9 * goes_on.sum()
    assert (alses["nouvel_accompagnement"].eq("non") & alses["suivi_par_avant"].eq("alses")).all()
    for column in ("sexe", "annee_naissance", "date_debut"):
        assert both[column].equals(both[f"{column}_avant"].rename(column))
    is_autumn = alses["date_debut"].ge("2020-09")
    older, same = (
        set(zip(each["niveau_avant"], each["niveau"], strict=True)) for each in (alses[~is_autumn], alses[is_autumn])
    )
    assert older == {("6e", "5e"), ("5e", "4e"), ("4e", "3e"), ("autre", "autre"), ("", "")}
    assert same == {(level, level) for level in ("6e", "5e", "4e", "3e", "autre", "")}
    assert len(set(now["uai"]) - set(before["uai"])) == 6


# --- sizes, seeds, the file and its card ----------------------------------------------------------------------------------


@pytest.mark.parametrize("persons", [1, 5])
def test_the_smallest_years_are_made(persons):
    now = years.invent(2021, persons, colleges=1, earlier=years.invent(2020, persons))
    assert now["suivi_par"].eq("alses").sum() == persons and now["identifiant"].is_unique


def test_the_same_request_gives_the_same_bytes_and_another_seed_others_with_a_card(data_root, capsys):
    file, seen = paths.raw(2033) / NAME, []
    for seed in ("4", "4", "9"):
        assert cli.main(["simulate", "--year", "2033", "--persons", "20", "--seed", seed]) == 0
        seen.append(file.read_bytes())
    content = seen[2]
    assert seen[0] == seen[1] != content and b"\r" not in content
    assert content.decode("utf-8").startswith("identifiant;annee;association;territoire;uai;")
    assert "personnes inventées, dont 20 suivies par un ALSES." in " ".join(plain(capsys.readouterr().out).split())
    card = json.loads((paths.raw(2033) / "carte_export.json").read_text(encoding="utf-8"))
    assert card["description"] == "Aucune de ces personnes n’existe : 20 personnes demandées, graine 9."
    told = {"name": NAME.removesuffix(".csv"), "path": NAME, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    told |= {"bytes": len(content), "rows": content.count(b"\n") - 1, "received": "", "synthetic": True}
    assert card["resources"] == [told]
    assert sorted(path.name for path in paths.raw(2033).iterdir()) == [NAME, "carte_export.json"]


def test_the_year_before_is_continued_when_it_is_simulated(data_root, capsys):
    for year in ("2033", "2034"):
        assert cli.main(["simulate", "--year", year, "--persons", "80"]) == 0
    both = data.read_simulated(2034)["identifiant"].isin(data.read_simulated(2033)["identifiant"]).sum()
    assert f"{both} étaient déjà dans l’export simulé de 2033." in " ".join(plain(capsys.readouterr().out).split())
    (paths.raw(2033) / NAME).write_text("identifiant;annee\nS1;2033\n", encoding="utf-8")
    assert refusal(["--year", "2034", "--persons", "5"], capsys) == (
        f"data/raw/2033/{NAME} n’est plus ce que la simulation écrit : supprimez-le, puis simulez 2033 de nouveau.\n"
    )


@pytest.mark.parametrize("name", ["Accompagnement 2032.XLSX", "accompagnements_synthetique (copie).csv"])
def test_nothing_is_simulated_beside_a_real_export(name, data_root, capsys):
    (paths.raw(2032) / name).write_text("identifiant\n", encoding="utf-8")
    before = sorted(path.name for path in paths.raw(2032).iterdir())
    for way in (["--persons", "5"], ["--from-published"]):
        assert refusal(["--year", "2032", *way], capsys) == (
            f"data/raw/2032/{name} est l’export de 2032 : rien n’est simulé à côté d’un export reçu ; "
            "choisissez une autre année, ou déplacez ce fichier.\n"
        )
    assert sorted(path.name for path in paths.raw(2032).iterdir()) == before


@pytest.mark.parametrize(("options", "sentence"), [
    ("--persons 9999999999", "La simulation prend de 1 à 300 000 personnes ; reçu : 9999999999.\n"),
    ("--persons 5 --associations 0", "La simulation prend de 1 à 200 associations ; reçu : 0.\n"),
    ("--persons 5 --colleges 3 --associations 4", "4 associations demandent au moins 4 collèges ; reçu : 3.\n"),
    ("--persons 5 --from-published", "Choisissez l’un des deux : --persons N, ou --from-published.\n"),
    ("--from-published", "Fichier absent : data/raw/2033/chiffres_publies.csv. Déposez-le dans ce dossier, puis relancez.\n"),
    ("--persons 5 --year 2101", "La simulation prend une année de 1990 à 2100 ; reçu : 2101.\n"),
])  # fmt: skip
def test_an_impossible_request_is_one_sentence_and_writes_nothing(options, sentence, data_root, capsys):
    found = refusal(["--year", "2033", *options.split()], capsys)
    assert found.endswith(sentence) and found.count("\n") == 1
    assert not paths.raw(2033).exists()


# Those with two must share the two that everybody wants; then a pair that so many have.
TIGHT = ([2, 2, 2, 1, 1, 0], [5, 2, 1], [2, 0, 1, -1, -1, -1], ())
PAIRED = ([2, 3, 2, 1, 1, 2, 1, 1], [5, 3, 3, 2], [0, 0, 1, 1, 1, 0, -1, 2], (Pair(0, 1, 2),))


@pytest.mark.parametrize(("sizes", "counts", "first", "pairs"), [TIGHT, PAIRED])
def test_objectives_are_dealt_exactly_even_when_nearly_nothing_is_free(sizes, counts, first, pairs):
    for seed in range(25):
        rng, even = np.random.default_rng(seed), np.zeros((len(sizes), len(counts)))
        had = deal_goals(rng, np.array(sizes), counts, even, np.array(first), pairs)
        assert (had.sum(axis=0).tolist(), had.sum(axis=1).tolist()) == (counts, sizes), seed
        assert all((had[:, pair.one] & had[:, pair.other]).sum() == pair.both for pair in pairs), seed
