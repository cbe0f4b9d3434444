"""A simulated export gives every printed figure of persons again, as a plain recount of its file shows."""

import random
import shutil
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from conftest import MINI, REPOSITORY, plain
from helpers import cli, paths
from helpers.simulate.years import invent, reproduce
from second_calculation.rows import read_csv

CATALOGUE = tomllib.loads((REPOSITORY / "src" / "helpers" / "catalogue.toml").read_text(encoding="utf-8"))["indicateurs"]
# Who is counted in each perimeter, in plain words of the file.
PERIMETERS = {
    "alses": lambda row: row["suivi_par"] == "alses",
    "collegiens": lambda row: row["situation"] == "collegien",
    "prevention_specialisee": lambda row: True,
}


def simulate(source: Path, years: list[int], root: Path, *options: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        for year in years:
            folder = root / "data" / "raw" / str(year)
            folder.mkdir(parents=True)
            shutil.copy(source / "data" / "raw" / str(year) / "chiffres_publies.csv", folder)
            assert cli.main(["simulate", "--year", str(year), "--from-published", *options]) == 0
    return root


@pytest.fixture(scope="module")
def roots(tmp_path_factory) -> dict[int, Path]:
    """The folder of each year whose figures are reproduced, true ones and invented ones."""
    true = simulate(REPOSITORY, [2019, 2020], tmp_path_factory.mktemp("vrai"))
    mini = simulate(MINI, [2031, 2032], tmp_path_factory.mktemp("mini"), "--seed", "7")
    return {2019: true, 2020: true, 2031: mini, 2032: mini}


@cache
def rows(root: Path, year: int, name: str = "accompagnements_synthetique", delimiter: str = ";") -> list[dict]:
    return read_csv(root / "data" / "raw" / str(year) / f"{name}.csv", delimiter=delimiter)


def printed(root: Path, year: int) -> list[dict]:
    """The printed figures of persons of a year."""
    return [each for each in rows(root, year, "chiffres_publies", ",") if each["perimetre"] in PERIMETERS]


def answers(row: dict, indicator: str) -> set[str]:
    return set(row["objectifs"].split(";")) if indicator == "objectif" else {row[indicator]}


def counted(figure: dict, records: list[dict]) -> tuple[int, int]:
    """How many persons a figure is about, of how many; answers cited instead of persons where the base is ambiguous."""
    inside = [row for row in records if PERIMETERS[figure["perimetre"]](row)]
    entry = CATALOGUE[figure["indicateur"]]
    if entry["choix"] == "total":
        return len(inside), len(inside)
    base, _, answer = entry["base"].partition("/")
    inside = [row for row in inside if not answer or row[base] == answer]
    asked = set(entry.get("groupes", {}).get(figure["modalite"], {}).get("regroupe", [figure["modalite"]]))
    if figure["base"]:
        cited = Counter(each for row in inside for each in answers(row, figure["indicateur"]) if each)
        return sum(cited[each] for each in asked), cited.total()
    return sum(bool(answers(row, figure["indicateur"]) & asked) for row in inside), len(inside)


def recounted(figure: dict, year: int, root: Path) -> float:
    """The figure as it would be printed, from the file alone."""
    many, base = counted(figure, rows(root, year))
    if figure["mesure"] == "effectif":
        return many
    if figure["mesure"] == "part":
        return round(100 * many / base)
    before, base_before = counted(figure, rows(root, year - 1))
    return many - before if figure["unite"] == "personnes" else round(100 * many / base - 100 * before / base_before)


@pytest.mark.parametrize(("year", "many"), [(2019, 4), (2020, 33), (2031, 3), (2032, 16)])
def test_every_printed_figure_of_persons_comes_out_again(year, many, roots):
    figures = printed(roots[year], year)
    assert len(figures) == many and {each["operateur"] for each in figures} == {"="}
    found = {each["id"]: (recounted(each, year, roots[year]), float(each["valeur"])) for each in figures}
    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize(("year", "again"), [(2020, 1027), (2032, 60)])
def test_who_goes_on_was_followed_by_an_alses_the_year_before(year, again, roots):
    before = {row["identifiant"]: row for row in rows(roots[year], year - 1) if row["suivi_par"] == "alses"}
    now = [row for row in rows(roots[year], year) if row["suivi_par"] == "alses"]
    goes_on = [row for row in now if row["nouvel_accompagnement"] == "non"]
    assert len(goes_on) == again
    both = [(before[row["identifiant"]], row) for row in goes_on if row["identifiant"] in before]
    assert len(both) == (again if year == 2020 else len(both)) and len(both) > again / 2
    assert {row["identifiant"] for row in now} & set(before) == {row["identifiant"] for _, row in both}
    assert all(old[column] == row[column] for old, row in both for column in ("sexe", "annee_naissance", "date_debut"))


def test_most_stay_in_their_college_and_there_are_as_many_new_ones_as_printed(roots):
    before, now = (rows(roots[2020], year) for year in (2019, 2020))
    where = {row["identifiant"]: row["college"] for row in before if row["college"]}
    stayed = [where[row["identifiant"]] == row["college"] for row in now if row["identifiant"] in where and row["college"]]
    assert 0.9 < sum(stayed) / len(stayed) < 1
    old, new = ({row["uai"] for row in each if row["uai"]} for each in (before, now))
    assert (len(old), len(new), len(new - old)) == (40, 61, 21)


@pytest.mark.parametrize("year", [2019, 2020, 2031, 2032])
def test_columns_agree_with_one_another(year, roots):
    records = rows(roots[year], year)
    assert len({row["identifiant"] for row in records}) == len(records)
    for row in records:
        is_pupil = row["situation"] == "collegien"
        assert is_pupil or row["suivi_par"] != "alses"
        assert (row["niveau"] == "hors_college") == (not is_pupil)
        assert not row["orienteur"] or row["origine"] == "college"
        assert (row["date_debut"] >= f"{year}-01-01") == (row["nouvel_accompagnement"] == "oui")
        assert not row["date_fin"] or (row["date_debut"] < row["date_fin"] and row["date_fin"][:4] == str(year))
        assert len(set(row["objectifs"].split(";"))) == row["objectifs"].count(";") + 1 <= 4


# --- any figures ---------------------------------------------------------------------------------------------------------


def invented_figures(records: list[dict], seed: int) -> pd.DataFrame:
    """Some figures of an invented year, as a document could print them: counts, or shares rounded to the unit or less."""
    rng, found = random.Random(seed), []
    for perimeter in PERIMETERS:
        for name, entry in CATALOGUE.items():
            if perimeter not in entry.get("compte_pour", []) or entry.get("export_seul"):
                continue
            answers_of = [*entry.get("modalites", {}), *entry.get("groupes", {})] or [""]
            for modality in rng.sample(answers_of, min(len(answers_of), rng.choice([0, 1, 1, 2]))):
                figure = {"perimetre": perimeter, "indicateur": name, "modalite": modality, "base": ""}
                many, base = counted(figure, records)
                decimals = rng.choice([0, 0, 1])
                share = {"mesure": "part", "valeur": round(100 * many / max(base, 1), decimals), "unite": "pct"}
                count = {"mesure": "effectif", "valeur": many, "unite": "personnes"}
                found.append(figure | (count if entry["choix"] == "total" or rng.random() < 0.4 or not base else share))
    return pd.DataFrame(found).assign(id=[f"C{rank}" for rank in range(len(found))], annee=2033, ligne=1, operateur="=")


@pytest.mark.parametrize("seed", [1, 3])
def test_figures_taken_from_invented_persons_can_always_be_given_again(seed):
    year = invent(2033, 30 + 150 * seed, seed=seed)
    # What a document prints in full adds up to its base: nobody is left without an answer.
    full = year[year[["niveau", "origine", "demande_initiale", "parents_associes"]].ne("").all(axis=1)]
    full = full[full["orienteur"].ne("") | full["origine"].ne("college")]
    figures = invented_figures(full.to_dict("records"), seed)
    again = reproduce(figures, year=2033, seed=seed).to_dict("records")
    for figure in figures.to_dict("records"):
        many, base = counted(figure, again)
        if figure["mesure"] == "effectif":
            assert many == figure["valeur"]
        else:
            half = 0.5 if figure["valeur"] == int(figure["valeur"]) else 0.05
            assert abs(100 * many / base - figure["valeur"]) <= half + 1e-9


# --- what cannot be reproduced ------------------------------------------------------------------------------------------


def with_value(name: str, value: str):
    return lambda table: table.assign(valeur=table["valeur"].mask(table["id"].eq(name), value))


def with_too_many_followed(table: pd.DataFrame) -> pd.DataFrame:
    """More persons followed by an ALSES than collégiens: no sum of the document says that it is impossible."""
    return pd.concat([table, table[table["id"].eq("C2032-05")].assign(id="C2032-90", perimetre="collegiens", valeur="149")])


# 90 persons are 80 % of 112 or 113, and 60 are 40 % of 148 to 151.
CONTRADICTION = (
    "les chiffres des lignes 25, 28 du document se contredisent, aucun ensemble de personnes ne les donne tous ; "
    "vérifiez-les, ou simulez avec --persons.\n"
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_value("C2032-13", "80"), f" : {CONTRADICTION}"),
        (with_too_many_followed, " : ces chiffres sont incompatibles, aucun ensemble"),
        (lambda table: table[~table["perimetre"].isin(PERIMETERS)], " n’a aucun chiffre de personnes suivies : complétez-le"),
    ],
    ids=["contradiction", "incompatible", "nothing"],
)
def test_figures_that_nobody_can_give_are_refused_and_nothing_is_written(data_root, capsys, change, said):
    path = paths.raw(2032) / "chiffres_publies.csv"
    change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)
    assert cli.main(["simulate", "--year", "2032", "--from-published"]) == 2
    assert not list(paths.raw(2032).glob("*synthetique*"))
    assert plain(capsys.readouterr().err).startswith(f"data/raw/2032/chiffres_publies.csv{said}")
