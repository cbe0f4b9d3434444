"""What may leave of a year: aggregates alone, sites by registered names, and no correction of one pupil."""

import itertools
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from helpers import data, indicators, paths
from helpers.disclosure.release import changed_persons, keep_release, name_sites, protect_year, require_enough_changes
from helpers.indicators.clusters import intraclass
from helpers.schema import DataError, control_letter
from in_process import run_notebook
from small_export import ROW, write_export

YEAR = 2033
PUPILS = [{"sexe": "filles" if rank % 2 else "garcons", "niveau": ["6e", "5e", "4e"][rank % 3]} for rank in range(40)]


def clean(root, changes: list[dict], **options) -> None:
    """What 01 does of an export, as far as persons are concerned."""
    write_export(root, *changes, **options)
    data.forget_exports()
    export = data.read_export(YEAR)
    data.freeze_exports(YEAR, export.rows, accept=True)
    data.save_persons(export.cleaned)
    data.save_site_counts(YEAR, indicators.count_sites(export.cleaned.persons))


@pytest.fixture
def released(data_root):
    """A year whose aggregates were released."""
    clean(data_root, PUPILS)
    released_tables()
    keep_release(YEAR)
    return data_root


def released_tables() -> None:
    folder = paths.shareable() / "data" / "processed" / str(YEAR)
    folder.mkdir(parents=True)
    for name in ("indicateurs", "indicateurs_des_sites", "sites"):
        (folder / f"{name}.csv").write_text(name, encoding="utf-8")


def changed(count: int) -> list[dict]:
    return [{**pupil, "parents_associes": "non"} if rank < count else pupil for rank, pupil in enumerate(PUPILS)]


# --- corrections -----------------------------------------------------------------------------------------------------


def require(root, persons: list[dict], **options) -> None:
    clean(root, persons, **options)
    require_enough_changes(YEAR)


def release(root, persons: list[dict], **options) -> None:
    """Another report, that reached somebody."""
    require(root, persons, **options)
    keep_release(YEAR)


@pytest.mark.parametrize(("count", "is_refused"), [(0, False), (1, True), (10, True), (11, False), (40, False)])
def test_a_release_is_corrected_by_eleven_persons_or_none(released, count, is_refused):
    if not is_refused:
        require(released, changed(count))
        return
    with pytest.raises(DataError) as refusal:
        require(released, changed(count))
    told = re.sub("[\u00a0\u202f]", " ", str(refusal.value))
    assert told == (
        "L’export de 2033 change les réponses publiées de moins de 11 personnes par rapport à un rapport déjà fait : "
        "comparer les deux rapports montrerait ces personnes. Le rapport publié reste en place. Remettez l’export d’alors, "
        "ou attendez d’avoir au moins 11 personnes à corriger ; si personne n’a reçu ce rapport, supprimez le dossier "
        "data/releases/2033, puis relancez."
    )


OTHERS = [{"suivi_par": "autre_educateur", "situation": "collegien"}] * 20


def test_ten_rows_that_no_alses_follows_do_not_hide_a_pupil(data_root):
    clean(data_root, [*PUPILS, *OTHERS])
    released_tables()
    keep_release(YEAR)
    elsewhere = [{**each, "niveau": "3e", "origine": "famille"} for each in OTHERS[:10]]
    with pytest.raises(DataError, match="moins de 11 personnes"):
        require(data_root, [*changed(1), *elsewhere, *OTHERS[10:]])
    # Nor do ten new ones, who are counted, but apart from that pupil.
    with pytest.raises(DataError, match="moins de 11 personnes"):
        require(data_root, [*changed(1), *OTHERS, *OTHERS])
    require(data_root, [*PUPILS, *elsewhere, *OTHERS[10:]])


def test_ten_rows_whose_territory_is_written_otherwise_do_not_hide_a_pupil(released):
    def written(persons: list[dict], count: int, as_: str) -> list[dict]:
        return [{**each, "territoire": as_ if rank >= 40 - count else "Lille"} for rank, each in enumerate(persons)]

    release(released, written(PUPILS, 0, ""), more=["territoire"])
    for word in ("Roubaix", "LILLE", ""):
        with pytest.raises(DataError, match="moins de 11 personnes"):
            require(released, written(changed(1), 10, word), more=["territoire"])
    require(released, written(PUPILS, 10, "Roubaix"), more=["territoire"])


def test_other_identifiers_are_no_change_and_do_not_hide_a_pupil(released):
    renamed = [{**each, "identifiant": f"Q{rank:03}"} for rank, each in enumerate(changed(1))]
    with pytest.raises(DataError, match="moins de 11 personnes"):
        require(released, renamed)
    require(released, [{**each, "identifiant": f"Q{rank:03}"} for rank, each in enumerate(PUPILS)])


def test_a_third_release_is_compared_with_the_first(released):
    """Twelve pupils come, then leave while one is corrected: the first and the third differ by this one."""
    release(released, [*PUPILS, *PUPILS[:12]])
    with pytest.raises(DataError, match="moins de 11 personnes"):
        require(released, changed(1))
    release(released, PUPILS)
    assert len(list(paths.released(YEAR).glob("reponses_*.parquet"))) == 2


def test_who_is_in_two_years_is_counted_with_both(data_root):
    """Only identifiers change, of one pupil: what both years share would tell all that this one answered."""
    write_export(data_root, *PUPILS, year=YEAR - 1)
    data.forget_exports()
    data.save_persons(data.read_export(YEAR - 1).cleaned)
    apart = [{**each, "identifiant": f"N{rank:03}"} if rank >= 20 else each for rank, each in enumerate(PUPILS)]
    clean(data_root, apart)
    released_tables()
    keep_release(YEAR)
    with pytest.raises(DataError, match="moins de 11 personnes"):
        require(data_root, [each if rank != 20 else PUPILS[20] for rank, each in enumerate(apart)])
    require(data_root, [each if rank > 31 else PUPILS[rank] for rank, each in enumerate(apart)])


def test_a_release_of_the_version_before_is_read_or_refused_with_a_remedy_that_works(released):
    from helpers.disclosure.release import _rows_of

    folder = paths.released(YEAR)
    for path in folder.glob("reponses_*.parquet"):
        path.unlink()
    np.save(folder / "lignes.npy", _rows_of(data.load_records(YEAR)))
    with pytest.raises(DataError, match="Remettez l’export d’alors et relancez, puis déposez l’export corrigé"):
        require(released, changed(20))
    release(released, PUPILS)
    release(released, changed(20))
    assert not (folder / "lignes.npy").exists()


def test_a_damaged_release_is_said(released):
    [kept] = paths.released(YEAR).glob("reponses_*.parquet")
    kept.write_bytes(kept.read_bytes()[:-20])
    with pytest.raises(DataError, match=f"{kept.name} est abîmé"):
        require_enough_changes(YEAR)


def test_a_pupil_more_or_less_is_a_change_too(released):
    for persons in (PUPILS[:-1], [*PUPILS, PUPILS[0]]):
        clean(released, persons)
        with pytest.raises(DataError):
            require_enough_changes(YEAR)
    clean(released, [*PUPILS, *PUPILS[:11]])
    require_enough_changes(YEAR)


def test_the_order_of_the_rows_is_no_change(data_root, released):
    clean(released, PUPILS)
    path = paths.raw(YEAR) / "accompagnements.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    data.forget_exports()
    data.save_persons(data.read_export(YEAR).cleaned)
    require_enough_changes(YEAR)


def test_what_was_released_is_kept_and_the_draw_with_it(released):
    kept = sorted(path.name for path in paths.released(YEAR).iterdir())
    *tables, answers, sites = kept
    assert tables == ["cle.bin", "indicateurs.csv", "indicateurs_des_sites.csv"] and sites == "sites.csv"
    told = pd.read_parquet(paths.released(YEAR) / answers)
    assert {"perimetre", "sexe", "uai"} <= set(told) and not {"identifiant", "territoire"} & set(told)
    from helpers.disclosure.release import release_key

    before = release_key(YEAR)
    clean(released, changed(20))
    assert release_key(YEAR) == before  # what did not change keeps its rounding


def test_without_a_release_the_draw_comes_from_the_bytes_and_not_from_the_published_checksum(data_root):
    import hashlib

    from helpers.disclosure.release import release_key

    clean(data_root, PUPILS)
    path = paths.raw(YEAR) / "accompagnements.csv"
    first = release_key(YEAR)
    assert first not in (hashlib.sha256(path.read_bytes()).digest(), hashlib.blake2b(path.read_bytes()).digest()[:32])
    clean(data_root, changed(1))
    assert release_key(YEAR) != first


def test_simulated_records_are_never_kept_nor_refused(data_root):
    clean(data_root, PUPILS, name="accompagnements_synthetique.csv")
    assert keep_release(YEAR) is None and not paths.released(YEAR).exists()


@pytest.mark.parametrize(
    ("kept", "now", "expected"),
    [("ab", "ab", 0), ("ab", "ac", 1), ("ab", "abcd", 2), ("aa", "a", 1), ("aab", "abb", 1)],
)
def test_changed_persons_are_those_that_came_or_left(kept, now, expected):
    tables = [pd.DataFrame({"perimetre": "alses", "sexe": list(each)}) for each in (kept, now)]
    assert changed_persons(*tables) == [expected]


# --- names -----------------------------------------------------------------------------------------------------------


def counts_at(*places: tuple[str, str, int]) -> pd.DataFrame:
    cell = {"annee": YEAR, "indicateur": "accompagnements", "modalite": "", "croise_avec": "", "modalite_croisee": ""}
    return pd.DataFrame([{**cell, "association": each, "uai": uai, "effectif": count} for each, uai, count in places])


def test_only_a_registered_association_and_a_checked_uai_are_named(data_root):
    registered = data.read_reference("associations")["association"].iloc[0]
    college = data.read_reference("colleges").iloc[0]
    write_export(data_root)
    places = ((registered, college["uai"], 30), ("Chez Madame Untel", "9990001X", 30), (registered, "", 3))
    sites = name_sites(YEAR, counts_at(*places)).set_index("site")
    assert set(sites.index) == {registered, college["uai"], "9990001X"}
    assert sites.loc[college["uai"], "nom"] == f"{college['nom_officiel']}, {college['commune']}"
    assert sites.loc["9990001X", ["nom", "association"]].tolist() == ["Collège 9990001X", ""]
    assert "Untel" not in sites.to_csv()


# --- what 02 to 04 can open ------------------------------------------------------------------------------------------

# What a kernel that sees aggregates only does first, then a reading in each way.
GUARDED = """
import os, pathlib, sys
from helpers import provenance
root = pathlib.Path(sys.argv[1]); inside = root / "data/processed/diffusion"
os.environ["ALSES_DATA_ROOT"] = str(inside)
provenance.refuse_persons(inside, allowed=root / "data/processed/2033/execution/.liste")
from helpers import paths
own, outside = paths.processed(2033) / "prive/accompagnements.parquet", root / "data/processed/2033/prive/accompagnements.parquet"
import pandas as pd, pyarrow.parquet as pq
ways = {"pandas": pd.read_parquet, "pyarrow": pq.read_table, "texte": pd.read_csv, "open": open, "dossier": lambda path: os.listdir(path.parent)}
try:
    import duckdb
    ways["duckdb"] = lambda path: duckdb.sql(f"select * from '{path}'").fetchall()
except ImportError:
    pass
def said(read, path):
    try:
        read(path)
        return "lu"
    except Exception as error:
        return type(error).__name__
for name, read in ways.items():
    print(name, said(read, own), said(read, outside))
(root / "data/processed/2033/execution/.liste").write_text("permis")
print(open(inside / "data/raw/public.csv").read())
"""


def test_no_library_finds_persons_where_the_kernel_looks_and_python_opens_none_elsewhere(data_root):
    clean(data_root, PUPILS)
    assert (paths.processed(YEAR) / "prive/accompagnements.parquet").is_file()
    (paths.shareable() / "data/raw").mkdir(parents=True)
    (paths.shareable() / "data/raw/public.csv").write_text("public", encoding="utf-8")
    (paths.processed(YEAR) / "execution").mkdir()
    done = subprocess.run([sys.executable, "-c", GUARDED, str(data_root)], capture_output=True, encoding="utf-8", check=False)
    *ways, last = done.stdout.splitlines()
    assert last == "public", done.stderr
    found = {name: (own, outside) for name, own, outside in (line.split() for line in ways)}
    assert {own for own, _ in found.values()} <= {"FileNotFoundError", "IOException"}
    assert {found[name][1] for name in ("texte", "open", "dossier")} == {"PermissionError"}


# --- what is estimated from one collège to another -------------------------------------------------------------------

COLLEGES = [number + control_letter(number) for number in (f"05990{rank}" for rank in range(10, 22))]


def placed(sizes: list[int], girls: list[int]) -> list[dict]:
    """The persons of twelve collèges: so many in each, so many girls among them."""
    return [
        {"uai": uai, "identifiant": f"{uai}-{rank}", "sexe": "filles" if rank < many else "garcons"}
        for uai, size, many in zip(COLLEGES, sizes, girls, strict=True) for rank in range(size)
    ]


@pytest.fixture
def estimated(data_root, monkeypatch):
    """What 03 sees of two years of records: how alike persons are, and the errors of differences."""
    from helpers.disclosure import release as release_module

    monkeypatch.setattr(release_module, "_refused", lambda *_: [])
    monkeypatch.setattr(release_module, "release_key", lambda _: b"cle")

    def make(*sizes: list[int], girls: list[list[int]]) -> dict[str, pd.DataFrame]:
        for each, own, many in zip((YEAR, YEAR + 1), sizes, girls, strict=True):
            table = pd.DataFrame([{**ROW, "objectifs": "scolarite", **row, "annee": str(each)} for row in placed(own, many)])
            path = paths.raw(each) / "accompagnements.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, sep=";", index=False)
        data.forget_exports()
        for each in (YEAR, YEAR + 1):
            data.freeze_exports(each, data.read_export(each).rows, accept=True)
            run_notebook("01_clean", {"year": each})
            protect_year(each)
        with paths.rooted(paths.shareable()):
            return {name: data.load(YEAR + 1, name) for name in ("grappes", "recouvrements", "indicateurs_des_sites")}

    return make


# All but the first two stand as they are shown.
SIZES, GIRLS = [21, 22, 30, 40, 25, 35, 50, 20, 30, 35, 25, 40], [6, 12, 10, 25, 10, 15, 35, 10, 15, 20, 10, 30]


def test_two_exports_that_are_shown_alike_have_the_same_likeness_and_the_same_errors(estimated):
    # One girl is in the first collège rather than in the second: 20 and 20 are shown both times, 5 or 10 girls too.
    swapped = ([22, 21, *SIZES[2:]], [7, 11, *GIRLS[2:]])
    before = ([30] * 12, [10, 15] * 6)
    one, other = (estimated(before[0], sizes, girls=[before[1], girls]) for sizes, girls in ((SIZES, GIRLS), swapped))
    shown = [each["indicateurs_des_sites"].query("site_type == 'college'") for each in (one, other)]
    assert len(shown[0]) > 100
    pd.testing.assert_frame_equal(*shown)
    pd.testing.assert_frame_equal(one["grappes"], other["grappes"])
    whole = [each["recouvrements"].query("population == 'ensemble'").reset_index(drop=True) for each in (one, other)]
    assert len(whole[0]) > 0 and set(whole[0]["perimetre"]) == {"alses"}
    pd.testing.assert_frame_equal(*whole)


def test_who_knows_the_size_of_each_college_finds_no_count_in_the_likeness(estimated):
    made = estimated(SIZES, SIZES, girls=[GIRLS, GIRLS])
    [said] = made["grappes"].query("modalite == 'filles'").itertuples()
    # The attack: the girls of the first four collèges, which add up with the others to the likeness that is said.
    tried = [range(max(0, many - 4), many + 5) for many in GIRLS[:3]]
    known = np.array(GIRLS)

    def matching(likeness: float) -> list[tuple[int, ...]]:
        found = []
        for each in itertools.product(*tried):
            girls = np.array([*each, sum(GIRLS[:4]) - sum(each), *known[4:]])
            guess = intraclass(girls, np.array(SIZES))
            found += [each] if abs(guess["ressemblance"] - likeness) < 1e-12 else []
        return found

    assert tuple(GIRLS[:3]) in matching(intraclass(known, np.array(SIZES))["ressemblance"])  # it works on exact counts
    assert tuple(GIRLS[:3]) not in matching(said.ressemblance)
    # Nor does the mean size tell who is in no collège: it is that of the sizes that are shown.
    shown = made["indicateurs_des_sites"].query("site_type == 'college' and indicateur == 'accompagnements'")["effectif_arrondi"].astype(int)
    assert said.personnes == shown.sum()
    assert said.personnes_par_college == pytest.approx((shown.sum() - (shown**2).sum() / shown.sum()) / (len(shown) - 1))
