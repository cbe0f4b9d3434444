"""What may leave of a year: aggregates alone, sites by registered names, and no correction of one pupil."""

import hashlib
import itertools
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from conftest import ALL, MINI, copy_project, long
from helpers import data, indicators, paths
from helpers.disclosure import network_cells, release, rounding
from helpers.disclosure.release import keep_release, release_key, require_same_answers
from helpers.schema import DataError, control_letter
from in_process import draw_nothing, run_notebook
from small_export import ROW, write_export

YEAR = 2033
PUPILS = [{"sexe": "filles" if rank % 2 else "garcons", "niveau": ["6e", "5e", "4e"][rank % 3]} for rank in range(40)]
OTHERS = [{"suivi_par": "autre_educateur", "situation": "collegien"}] * 20


# What reading and counting make of an export: most tests write the same few.
READ: dict[tuple[str, bytes], tuple] = {}


def clean(persons: list[dict], **options) -> None:
    """What 01 does of an export, as far as persons are concerned."""
    path = write_export(paths.data_root(), *persons, **options)
    data.forget_exports()
    if (written := (path.name, path.read_bytes())) not in READ:
        export = data.read_export(YEAR)
        READ[written] = export, indicators.count_sites(export.cleaned.persons)
    export, counts = READ[written]
    data.freeze_exports(YEAR, export.received.rows, accept=True)
    data.save_persons(export.cleaned)
    data.save_site_counts(YEAR, counts)


def publish(persons: list[dict], **options) -> None:
    """A report that reached somebody."""
    accept(persons, **options)
    folder = paths.shareable() / "data" / "processed" / str(YEAR)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("indicateurs", "indicateurs_des_sites", "sites"):
        (folder / f"{name}.csv").write_text(name, encoding="utf-8")
    keep_release(YEAR)


def accept(persons: list[dict], **options) -> None:
    clean(persons, **options)
    require_same_answers(YEAR)


def refuse(persons: list[dict], match: str = "cette correction attend", **options) -> str:
    clean(persons, **options)
    with pytest.raises(DataError, match=match) as refusal:
        require_same_answers(YEAR)
    return re.sub("[\u00a0\u202f]", " ", str(refusal.value))


@pytest.fixture
def released(data_root):
    """A year whose aggregates were released."""
    publish(PUPILS)
    return paths.released(YEAR)


def changed(count: int) -> list[dict]:
    return [{**pupil, "parents_associes": "non"} if rank < count else pupil for rank, pupil in enumerate(PUPILS)]


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_correction_waits_and_is_counted(released):
    accept(PUPILS)
    for count in (11, 40):
        assert f"change les réponses publiées de {count} personnes" in refuse(changed(count))
    assert refuse(changed(1)) == (
        "L’export de 2033 change les réponses publiées de 1 personne : cette correction attend. Le rapport d’une année "
        "d’export ne se fait qu’une fois, car comparer deux rapports montrerait les personnes corrigées ; celui qui est "
        "publié reste en place. Remettez l’export d’alors, et gardez l’export corrigé hors de data/raw/2033 ; si personne "
        "n’a reçu ce rapport, supprimez le dossier data/releases/2033, puis relancez."
    )
    accept(PUPILS)  # both remedies work as written
    shutil.rmtree(released)
    publish(changed(3))


@long
def test_a_pupil_more_or_less_is_a_change_and_the_order_of_rows_and_other_identifiers_are_none(released):
    refuse(PUPILS[:-1])
    refuse([*PUPILS, PUPILS[0]])
    accept(PUPILS[::-1])
    accept([{**each, "identifiant": f"Q{rank:03}"} for rank, each in enumerate(PUPILS)])


@long
def test_what_no_report_counts_is_no_change_and_an_exact_date_is_one(data_root):
    """A column that no question reads may change; quartiles of durations read dates."""
    written = [{**each, "territoire": "Lille", "date_debut": "2032-03-05", "date_fin": ""} for each in PUPILS]
    columns = {"more": ["territoire", "date_debut", "date_fin"]}
    publish(written, **columns)
    accept([{**each, "territoire": ["Roubaix", "Lille"][rank % 2]} for rank, each in enumerate(written)], **columns)
    refuse([{**written[0], "territoire": ""}, *written[1:]], **columns)  # how many have one is published
    accept([{**written[0], "date_debut": "2032-03-12"}, *written[1:]], **columns)
    refuse([{**written[0], "date_debut": "2032-05-05"}, *written[1:]], **columns)
    others = [{**written[0], **each} for each in OTHERS]
    refuse([{**written[0], "parents_associes": "non"}, *written[1:], *others], **columns)


def test_five_exports_in_a_row_never_show_the_difference_of_a_few(data_root):
    """Pupils come, leave, and change an answer, a few or many at a time: whatever leaves differs by nobody.

    The rule of eleven persons, which this replaces, lets ten corrected answers carry one new pupil.
    """
    rng, waited = np.random.default_rng(24), 0
    for sequence in range(3 if ALL else 1):
        shutil.rmtree(paths.released(YEAR), ignore_errors=True)
        persons, left = PUPILS, []
        for _ in range(5):
            try:
                publish(persons)
                left.append(indicators.count_persons(data.load_records(YEAR), source="export", reference="export"))
            except DataError:
                waited += 1
                persons = PUPILS
            kind = rng.integers(4)
            few = rng.permutation(len(persons))[: int(rng.choice([1, 10, 11, 12]))]
            persons = [{**each, "parents_associes": "non"} if rank in few else each for rank, each in enumerate(persons)]
            persons = [[*persons, {"niveau": "3e", "sexe": "filles"}], persons[1:], PUPILS[::-1], persons][kind]
        assert left
        for one, other in itertools.combinations(left, 2):
            moved = (one["effectif_min"] - other["effectif_min"]).abs()
            assert len(one) == len(other) and not moved.any(), sequence
    assert waited


def test_who_is_in_two_years_is_counted_with_both(data_root):
    """Only identifiers change, of one pupil: what both years share would tell all that this one answered."""
    write_export(data_root, *PUPILS, year=YEAR - 1)
    data.forget_exports()
    data.save_persons(data.read_export(YEAR - 1).cleaned)
    apart = [{**each, "identifiant": f"N{rank:03}"} if rank >= 20 else each for rank, each in enumerate(PUPILS)]
    publish(apart)
    refuse([each if rank != 20 else PUPILS[20] for rank, each in enumerate(apart)])


@long
def test_a_release_of_the_versions_before_is_read_or_refused_with_a_remedy_that_works(released):
    """Version 0.9 let two releases differ by eleven persons: each may be made again, and no other."""
    [kept] = released.glob("reponses_*.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "changed_persons", lambda *_: 0)
        publish(changed(20))
    for persons in (PUPILS, changed(20)):
        accept(persons)
    refuse(changed(19))
    for path in released.glob("reponses_*.parquet"):
        path.unlink()
    np.save(released / "lignes.npy", [1, 2])  # version 0.8 kept the last one only, as hashes of rows
    refuse(PUPILS, match="supprimez le dossier data/releases/2033")
    shutil.rmtree(released)
    publish(PUPILS)
    assert kept.is_file()


def test_a_damaged_release_is_said(released):
    [kept] = released.glob("reponses_*.parquet")
    kept.write_bytes(kept.read_bytes()[:-20])
    refuse(PUPILS, match=f"{kept.name} est abîmé")


def test_what_was_released_is_kept_and_the_draw_with_it(released):
    *tables, answers, sites = sorted(path.name for path in released.iterdir())
    assert [*tables, sites] == ["cle.bin", "indicateurs.csv", "indicateurs_des_sites.csv", "sites.csv"]
    columns = set(pd.read_parquet(released / answers))
    assert {"perimetre", "sexe", "association"} <= columns and not {"identifiant", "territoire"} & columns
    before = release_key(YEAR)
    clean(changed(20))
    assert release_key(YEAR) == before  # what did not change keeps its rounding


def counted() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The exact tables of the year: of the network, of its sites."""
    exact = indicators.count_persons(data.load_records(YEAR), source="export", reference="export")
    return exact, data.load_site_counts(YEAR)


def write_release(folder, exact: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """What another version, with another key, showed of the year."""
    rows = rounding.protect(exact, counts, rounding.list_sites(counts), key=b"autrefois")
    is_network = rows["site_type"].eq("reseau")
    rows[is_network].to_csv(folder / "indicateurs.csv", index=False)
    rows[~is_network].to_csv(folder / "indicateurs_des_sites.csv", index=False)
    return rows


@long
def test_what_was_shown_is_shown_again_whatever_the_program_would_round_today(released):
    """A second rounding would leave fewer values than each."""
    exact, counts = counted()
    rows, again = write_release(released, exact, counts), release.kept_rows(YEAR, exact, counts)
    cells = ["site_type", "site", "perimetre", *rounding.CELL]
    shown = [each.set_index(cells)["effectif_arrondi"].sort_index() for each in (rows, again)]
    assert len(rows[rows["site_type"].ne("reseau")]) > 20
    pd.testing.assert_series_equal(*shown)
    clean(PUPILS[:11])  # tables that are not of these persons
    assert release.kept_rows(YEAR, *counted()) is None


@long
def test_an_exact_network_of_few_associations_kept_by_an_older_version_is_refused_with_a_remedy(released, monkeypatch):
    shutil.rmtree(released)
    publish([{**pupil, "association": ["Le Gué", "La Rive"][rank % 2]} for rank, pupil in enumerate(PUPILS)])
    write_release(released, *counted())
    assert release.kept_rows(YEAR, *counted()) is not None
    with monkeypatch.context() as patch:  # 0.9 rounded no network
        patch.setattr(network_cells, "FEWEST_ASSOCIATIONS", 0)
        write_release(released, *counted())
    with pytest.raises(DataError, match="supprimez le dossier data/releases/2033"):
        release.kept_rows(YEAR, *counted())


def test_without_a_release_the_draw_comes_from_the_bytes_and_not_from_the_published_checksum(data_root):
    clean(PUPILS)
    content, first = (paths.raw(YEAR) / "accompagnements.csv").read_bytes(), release_key(YEAR)
    assert first not in (hashlib.sha256(content).digest(), hashlib.blake2b(content).digest()[:32])
    clean(changed(1))
    assert release_key(YEAR) != first


def test_simulated_records_are_never_kept_nor_refused(data_root):
    clean(PUPILS, name="accompagnements_synthetique.csv")
    assert keep_release(YEAR) is None and not paths.released(YEAR).exists()


# --- territories -----------------------------------------------------------------------------------------------------


def test_a_college_lies_in_the_territories_that_the_register_tells(monkeypatch):
    known = {"uai": list("abcd"), "education_prioritaire_2024_25": ["rep_plus", "rep", "", ""], "latitude_deg": [50.7, 50.3, 50.5, None]}
    monkeypatch.setattr(data, "read_colleges", lambda _: pd.DataFrame(known))
    found = release.with_territories(pd.DataFrame({"uai": [*"abcd", "sans répertoire", ""]}))
    assert found["territoire"].tolist() == ["rep_plus;nord", "rep;sud", "hors_ep;nord", "hors_ep", "", ""]
    found = release.with_territories(pd.DataFrame({"uai": ["a", "d", "sans répertoire", ""]}), before={"d"})
    assert found["territoire"].tolist() == ["rep_plus;nord;nouveau", "hors_ep;ancien", "nouveau", ""]


# --- names -----------------------------------------------------------------------------------------------------------


def test_only_a_registered_association_and_a_checked_uai_are_named(data_root):
    registered = data.read_reference("associations")["association"].iloc[0]
    college = data.read_reference("colleges").iloc[0]
    write_export(data_root)
    counts = pd.DataFrame({"association": [registered, "Chez Madame Untel", registered], "effectif": [30, 30, 3]})
    counts = counts.assign(uai=[college["uai"], "9990001X", ""], annee=YEAR, indicateur="accompagnements", modalite="")
    sites = release.name_sites(YEAR, counts).set_index("site")
    assert set(sites.index) == {registered, college["uai"], "9990001X"}
    assert sites.loc[college["uai"], "nom"] == f"{college['nom_officiel']}, {college['commune']}"
    assert sites.loc["9990001X", ["nom", "association"]].tolist() == ["Collège 9990001X", ""]
    assert "Untel" not in sites.to_csv()


# --- what 02 to 04 can open ------------------------------------------------------------------------------------------

# What a kernel that sees aggregates only does first, then reads persons: inside its data root, then outside.
GUARDED = """
import pathlib, sys
from helpers import provenance
root = pathlib.Path(sys.argv[1]); inside = root / "data/processed/diffusion"
provenance.refuse_persons(inside, allowed=root / "data/processed/2033/execution/.liste")
import pandas as pd, pyarrow.parquet as pq
for place in (inside, root):
    for read in (pd.read_parquet, pq.read_table, pd.read_csv, open):
        try:
            read(place / "data/processed/2033/prive/accompagnements.parquet")
            print("lu")
        except Exception as error:
            print(type(error).__name__)
(root / "data/processed/2033/execution/.liste").write_text("permis")
print(open(inside / "data/raw/public.csv").read())
"""


def test_no_library_finds_persons_where_the_kernel_looks_and_python_opens_none_elsewhere(data_root):
    clean(PUPILS)
    assert (paths.processed(YEAR) / "prive/accompagnements.parquet").is_file()
    (paths.shareable() / "data/raw").mkdir(parents=True)
    (paths.shareable() / "data/raw/public.csv").write_text("public", encoding="utf-8")
    (paths.processed(YEAR) / "execution").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(data_root)], capture_output=True, encoding="utf-8", check=False
    )
    *found, last = done.stdout.splitlines()
    assert last == "public", done.stderr
    # Outside, a library that opens paths by itself is not stopped: nothing there is named to it.
    assert found[:4] == ["FileNotFoundError"] * 4 and found[6:] == ["DataError"] * 2


# --- what is estimated from one collège to another -------------------------------------------------------------------

COLLEGES = [number + control_letter(number) for number in (f"05990{rank}" for rank in range(10, 22))]
# Persons of each collège, and girls among them: all but the first two stand as they are shown.
SIZES, GIRLS = [21, 22, 30, 40, 25, 35, 50, 20, 30, 35, 25, 40], [6, 12, 10, 25, 10, 15, 35, 10, 15, 20, 10, 30]
# One girl is in the first collège rather than in the second: 20 and 20 are shown both times, 5 or 10 girls too.
SWAPPED = [22, 21, *SIZES[2:]], [7, 11, *GIRLS[2:]]


def make(year: int, sizes: list[int], girls: list[int]) -> None:
    """What 03 sees of a year of records, with so many persons and girls in each collège."""
    rows = [
        {**ROW, "objectifs": "scolarite", "uai": uai, "identifiant": f"{uai}-{rank}", "annee": str(year)}
        | {"sexe": "filles" if rank < many else "garcons"}
        for uai, size, many in zip(COLLEGES, sizes, girls, strict=True)
        for rank in range(size)
    ]
    path = paths.raw(year) / "accompagnements.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(path, sep=";", index=False)
    data.forget_exports()
    data.freeze_exports(year, data.read_export(year).received.rows, accept=True)
    run_notebook("01_clean", {"year": year})
    release.protect_year(year)


@pytest.fixture(scope="module")
def estimated(tmp_path_factory) -> list[dict[str, pd.DataFrame]]:
    """The estimates of an export and of one that is shown alike, after the same year."""
    root, seen = copy_project(MINI, tmp_path_factory.mktemp("estimations") / "projet"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        patch.setattr(release, "_refused", lambda *_: [])
        patch.setattr(release, "release_key", lambda _: b"cle")
        draw_nothing(patch.setattr)
        make(YEAR, [30] * 12, [10, 15] * 6)
        for sizes, girls in ((SIZES, GIRLS), SWAPPED):
            make(YEAR + 1, sizes, girls)
            with paths.with_data_root(paths.shareable()):
                names = ("grappes", "recouvrements", "indicateurs_des_sites")
                seen.append({name: data.load(YEAR + 1, name) for name in names})
    return seen


@pytest.mark.skipif(not ALL, reason="quatre rapports de collèges\u00a0: avec ALSES_ENUMERATIONS=toutes")
def test_two_exports_that_are_shown_alike_have_the_same_correlations_and_the_same_errors(estimated):
    shown = [each["indicateurs_des_sites"].query("site_type == 'college'") for each in estimated]
    assert len(shown[0]) > 100
    pd.testing.assert_frame_equal(*shown)
    pd.testing.assert_frame_equal(*(each["grappes"] for each in estimated))
    whole = [each["recouvrements"].query("population == 'ensemble'").reset_index(drop=True) for each in estimated]
    assert len(whole[0]) > 0 and set(whole[0]["perimetre"]) == {"alses"}
    pd.testing.assert_frame_equal(*whole)


# --- what two years share --------------------------------------------------------------------------------------------


def shared_row(now: int, before: int, both: int | None, *, persons: int = 52, answer: str = "sexe/filles") -> dict:
    row = dict(zip(("indicateur", "modalite"), answer.split("/"), strict=True)) | {"annee": YEAR, "annee_anterieure": YEAR - 1}
    return row | {"effectif": now, "effectif_anterieur": before, "effectif_deux_fois": both, "base": persons, "base_anterieure": persons}


def test_the_persons_of_both_years_are_a_table_of_rounded_counts():
    """Exact, the correlation gives back that three answered so this year only."""
    tables = [(29, 29, 26), (30, 28, 26), (29, 29, None)]
    shown = release.round_shared_persons(pd.DataFrame([shared_row(*each) for each in tables]), key=b"cle")
    assert len(shown) == 2  # nothing is computed from a table that is not known
    for (now, before, both), row in zip(tables, shown.itertuples(), strict=False):
        seen = [row.effectif_deux_fois, row.effectif - row.effectif_deux_fois, row.effectif_anterieur - row.effectif_deux_fois]
        true = [both, now - both, before - both]
        assert row.base == row.base_anterieure == 50 and min(seen) >= 0
        assert all(each % 5 == 0 and abs(each - real) <= 9 for each, real in zip(seen, true, strict=True))
