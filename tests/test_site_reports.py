"""Reports of associations and collèges: made with the network's, protected with it, linked to it, and audited."""

import json
import re

import pandas as pd
import pytest

from conftest import ALL, plain, read_page
from helpers import cli, data, parameters, paths, provenance
from helpers.disclosure import release, rounding
from helpers.run.tasks import choose_sites, require_records, site_tasks
from helpers.schema import TERRITORIES, DataError
from in_process import draw_nothing, run_notebook

YEAR = 2034


@pytest.fixture
def report(sites_root, monkeypatch):
    """The folder of the published report, its project being the data root."""
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(sites_root))
    return paths.report(YEAR, is_synthetic=True)


def table_of(path) -> pd.DataFrame:
    types = {"effectif_arrondi": "str"}
    return pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", keep_default_na=False, dtype=types)


def listed(report) -> pd.DataFrame:
    return table_of(report / "sites.csv")


def test_each_site_that_is_asked_for_has_its_pages_and_no_other(report):
    sites = listed(report)
    published = sites[sites["dossier"].ne("")]
    assert set(published["site_type"]) == {"association", "college"}
    assert list(sites.loc[sites["site_type"].eq("college"), "dossier"].ne("")) == [True] * 5
    pages = {"association": ["02_describe.html", "03_compare.html"], "college": ["02_describe.html"]}
    tables = {"association": ["comparaisons", "indicateurs"], "college": ["indicateurs"]}
    for row in published.itertuples():
        files = sorted(path.name for path in (report / row.dossier).iterdir())
        copies = [f"{table}.{kind}" for table in tables[row.site_type] for kind in ("csv", "parquet", "xlsx")]
        assert files == sorted([*pages[row.site_type], *copies, "datapackage.json", "fiche.html"])
    folders = {path.relative_to(report).as_posix() for path in report.glob("*/*") if path.is_dir()}
    assert folders == set(published["dossier"])


def test_the_list_of_sites_leads_to_each_and_back_and_its_script_is_the_only_one(report):
    main = read_page(report / "sites.html").find("main")
    links = {link["href"] for link in main.find_all("a")}
    for folder in filter(None, listed(report)["dossier"]):
        assert f"{folder}/fiche.html" in links
        assert all(read_page(report / folder / f"{name}.html").find("a", href="../../sites.html") for name in ("fiche", "02_describe"))
    assert sorted(head.get_text() for head in main.select("tbody th")) == sorted(listed(report)["nom"]) and "non demandé" not in main.get_text()
    assert plain(main.get_text()).count("moins de 11") == 1  # no site is small
    for name in ("index", "02_describe", "sites"):
        assert "Associations et collèges" in [link.text for link in read_page(report / f"{name}.html").select(".pages-ouvertes a")]
    assert [path.name for path in report.rglob("*.html") if "<script" in path.read_text(encoding="utf-8")] == ["sites.html"]


def bars(figure) -> dict[float, float]:
    """What each bar of a figure tells, and its length; empty where what is drawn is no bar from a common start."""
    found, starts = {}, set()
    for path in figure.svg.find_all("path"):
        told = re.search("\u00a0: (?:environ )?([\\d\u202f,]+)(?:\u202f%)?$", path.title.get_text()) if path.title else None
        across = [float(place) for place in re.findall(r"[ML] ?(-?[\d.]+)", path["d"])]
        if told and across:
            found[float(told[1].replace("\u202f", "").replace(",", "."))] = max(across) - min(across)
            starts.add(round(min(across), 1))
    return found if len(starts) == 1 and len({round(each) for each in found.values()}) > 1 else {}


def test_a_bar_is_as_long_as_the_number_that_is_published(report):
    """Drawn at a bound, or at the exact count, a bar would tell what its rounded number hides."""
    figures = read_page(report / "02_describe.html").select("figure:has(svg)")
    if not any(figure.select("svg path") for figure in figures):
        pytest.skip("figures non dessinées\u00a0: avec un navigateur, ou ALSES_ENUMERATIONS=toutes")
    seen = 0
    for figure in figures:
        drawn = bars(figure)
        longest = max(drawn, default=0)
        gaps = [abs(value - length * longest / drawn[longest]) for value, length in drawn.items()]
        assert max(gaps, default=0) <= max(0.6, longest / 5_000), figure["id"]
        seen += len(gaps) > 2
    assert seen > 3


def test_a_site_page_says_whose_it_is_and_shows_the_network_beside(report):
    for row in listed(report).query("dossier != ''").itertuples():
        shown = read_page(report / row.dossier / "02_describe.html")
        assert shown.h1.get_text().startswith(row.nom)
        compared = "comparée à" in shown.find(class_="sous-titre").get_text()
        assert compared == (row.site_type == "association")
        marks = shown.find_all("data", attrs={"data-cle": re.compile(f"^{YEAR}/")})
        assert {"alses", "alses_reseau"} <= {mark["data-cle"].split("/")[1] for mark in marks} <= {"alses", "alses_reseau", "donnees"}
        own = [mark for mark in marks if mark["data-cle"].startswith(f"{YEAR}/alses/")]
        assert not [mark["data-cle"] for mark in own if mark["data-mesure"] in ("effectif", "base")]  # only rounded ones


def test_the_numbers_of_a_site_are_protected_and_those_beside_are_the_networks(report):
    network = table_of(report / "indicateurs.csv")
    common = [name for name in network.columns if name not in ("source", "reference")]
    for folder in filter(None, listed(report)["dossier"]):
        rows = table_of(report / folder / "indicateurs.csv")
        own, beside = rows[rows["site_type"].ne("reseau")], rows[rows["site_type"].eq("reseau")]
        assert len(own) and set(own["precision"]) == {"arrondi_secret"} and len(set(own["site"])) == 1
        assert own["effectif_arrondi"].astype(float).mod(5).eq(0).all()
        assert len(beside) and len(beside[common].astype(str).merge(network[common].astype(str))) == len(beside)


def test_the_territories_of_the_page_are_rows_that_leave_and_sums_of_their_colleges(report):
    rows = table_of(report / "indicateurs.csv").query("site_type == 'territoire' and indicateur == 'accompagnements' and annee == @YEAR")
    counts = release.with_territories(data.load_site_counts(YEAR)).query("indicateur == 'accompagnements'")
    true = rounding.by_level(counts, "territoire").groupby("territoire")["effectif"].sum()
    shown = rows.set_index("site")["effectif_arrondi"].astype(int)
    assert ((shown - true[shown.index]).abs() <= 4).all()
    main = plain(read_page(report / "02_describe.html").find("main").get_text(" "))
    names = {code: name for names in TERRITORIES.values() for code, name in names.items()}
    assert "Pas montrés, faute de trois collèges" in main and all(f"{names[site]}, {count}" in main for site, count in shown.items())


def test_the_notebooks_of_the_report_saw_aggregates_alone(report):
    names = ("02_describe.json", "03_compare.json", "04_themes.json")
    records = [path for path in paths.executed(YEAR).rglob("*.json") if path.name in names]
    assert len(records) > 8
    for path in records:
        read = [name for name in json.loads(path.read_text(encoding="utf-8"))["files"] if name.startswith("data/")]
        assert [name for name in read if not name.startswith("data/processed/diffusion/")] == []
    inside = [path.relative_to(paths.shareable()).as_posix() for path in paths.shareable().rglob("*") if path.is_file()]
    assert not [name for name in inside if "prive" in name or "accompagnements" in name or "comptes_par_site" in name]


def test_what_the_last_report_had_is_made_again_unless_the_network_alone_is_asked_for(report):
    asked = ["Association fictive 01", "college"]
    assert provenance.kept_sites(YEAR) == asked
    assert provenance.current_report(YEAR, None, asked) == report
    assert provenance.current_report(YEAR, None) is None


# --- which sites -----------------------------------------------------------------------------------------------------


def test_a_site_is_chosen_by_its_kind_its_name_or_its_uai(report):
    sites = listed(report)
    association = sites.loc[sites["dossier"].str.startswith("associations"), "site"].iloc[0]
    college = sites.loc[sites["dossier"].str.startswith("colleges"), "site"].iloc[0]
    assert {site.site_type for site in choose_sites(YEAR, ["association"])} == {"association"}
    assert [site.site for site in choose_sites(YEAR, [college, association])] == [association, college]


def test_a_site_that_is_unknown_or_too_small_is_refused_in_one_sentence(report, monkeypatch):
    sites = data.load_sites(YEAR)
    small = sites.loc[sites["site_type"].eq("college"), "site"].iloc[0]
    monkeypatch.setattr(data, "load_sites", lambda _: sites.assign(est_publie=sites["est_publie"] & sites["site"].ne(small)))
    assert len(choose_sites(YEAR, ["college"])) == 4
    with pytest.raises(DataError, match="moins de 11 personnes"):
        choose_sites(YEAR, [small])
    with pytest.raises(DataError, match="Vouliez-vous « Association fictive 01 »"):
        choose_sites(YEAR, ["Associaton fictive 1"])


def test_a_year_that_is_only_printed_says_so(data_root, capsys):
    with pytest.raises(DataError, match="chiffres imprimés"):
        require_records(2032, ["association"])
    require_records(2032, [])
    assert cli.main(["run", "--year", "2032", "--by", "college"]) == 2
    assert "sans dossiers individuels" in plain(capsys.readouterr().err)
    assert not (data_root / "reports").exists()


@pytest.mark.parametrize("given", [{"site_type": "college"}, {"site": "AAPI"}, {"site_type": "college", "site": 3}, {"site_type": "reseau", "site": "X"}])
def test_a_site_and_its_kind_go_together(data_root, given):
    with pytest.raises(DataError, match="ensemble"):
        parameters.check("02_describe", year=2032, **given)


# --- every site of a network -----------------------------------------------------------------------------------------

# Persons, collèges, associations, seed. In the first an association has thirty-one persons and no share of a
# cross-tabulation may be published; then few persons of one association, and many sites.
NETWORKS = [(70, 3, 2, 6), (20, 2, 1, 11), (600, 20, 12, 17)]


@pytest.mark.skipif(not ALL, reason="trois réseaux\u00a0: avec ALSES_ENUMERATIONS=toutes")
@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: "-".join(map(str, each)))
def test_every_site_of_a_simulated_network_has_its_pages(data_root, monkeypatch, network):
    persons, colleges, associations, seed = network
    sizes = ["--persons", persons, "--colleges", colleges, "--associations", associations, "--seed", seed]
    assert cli.main(["simulate", "--year", "2034", *map(str, sizes)]) == 0
    monkeypatch.setattr("helpers.disclosure.release._refused", lambda *_: [])  # `test_disclosure` attacks such networks
    draw_nothing(monkeypatch.setattr)
    choice = parameters.check("03_compare", year=2034)
    for each in choice.series:
        run_notebook("01_clean", {"year": each})
        release.protect_year(each)
    tasks = [task for site in choose_sites(2034, ["association", "college"]) for task in site_tasks(choice, site)]
    assert len({task.place for task in tasks}) >= 2
    with paths.with_data_root(paths.shareable()):
        for task in tasks:
            run_notebook(task.notebook, task.parameters)


# --- folders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../etc", "CON", "nul", "a/b\\c:d", "É" * 300, "   ", "", "<script>", "x" * 200])
def test_the_folder_of_a_site_is_a_plain_short_name(name):
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}", paths.slug(name))
    assert paths.slug(name) not in ("con", "nul")


def test_two_names_never_share_a_folder():
    names = ["Le Gué", "Le Gue", "le gué", "LE GUÉ", "Le  Gué", "le-gue", "Le Gu\u0065\u0301"]
    assert len({paths.slug(name) for name in names}) == len(names)
