"""From two coded files to page 04: what was planted is on the page, what was said is not, but for the sentence chosen."""

import csv
import html
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coded_year import DISAGREEMENTS, MEETINGS, PLANTED, coded_year
from conftest import ALL, MINI, UNDRAWN, WITHOUT_KERNELS, _run, copy_project
from helpers import cli, codings, data, paths
from helpers.codings import refi
from helpers.codings.model import Code, Project

YEAR = 2032


def of_one(coder: str) -> Project:
    """What one person coded, in a file that does not say who."""
    own = codings.coded_by(coded_year(), coder)
    return Project(own.codes, own.documents, tuple(replace(each, coder="") for each in own.passages))


def of_the_year_before() -> Project:
    """Three meetings without anything on families, under a code that was not used again."""
    year = codings.coded_by(coded_year(seed=5), "A")
    kept = {document.name for document in year.documents[:3]}
    codes = (*(code for code in year.codes if code.name != "Familles"), Code("Bilan"))
    passages = [replace(each, code="Bilan" if each.code == "Familles" else each.code) for each in year.passages]
    return Project(codes, year.documents[:3], tuple(each for each in passages if each.document in kept))


def chosen() -> str:
    """The first sentence of the planted year that may be quoted."""
    return codings.quotable({"a": coded_year()}).query("theme == 'Temps'")["citation"].iloc[0]


def make_coded(workshop) -> Path:
    """The invented project with two codings of its year, one of the year before, and an export beside the note."""
    root = copy_project(MINI, workshop.folder / "codés" / "projet d’été")
    files = workshop.folder / "codés"
    for name, project in (("de Zoé", of_one("A")), ("de Yann", of_one("B")), ("avant", of_the_year_before())):
        refi.write_qdpx(project, files / f"{name}.qdpx")
    taken = [f"import-coding '{files}/{name}.qdpx' --year {year} --add-codes" for name, year in (("de Zoé", YEAR), ("de Yann", YEAR), ("avant", YEAR - 1))]
    _run(workshop, root, *taken, f"simulate --year {YEAR} --from-published --colleges 4 --associations 4")
    (root / f"data/raw/{YEAR}/accompagnements_synthetique.csv").rename(root / f"data/raw/{YEAR}/accompagnements.csv")
    (root / f"data/raw/{YEAR}/carte_export.json").unlink(missing_ok=True)
    with (root / f"data/raw/{YEAR}/codages/citations.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("theme", "citation", "relue_le"), ("temps", chosen(), "2032-12-01"), ("temps", "Rien de tel.", "")])
    return _run(workshop, root, f"run --year {YEAR}", without=WITHOUT_KERNELS + ("" if ALL else UNDRAWN))


BESIDE = {"coded": make_coded}


@pytest.fixture(scope="module")
def root(workshop) -> Path:
    return workshop.take("coded")


@pytest.fixture(scope="module")
def page(root) -> str:
    return (root / f"reports/{YEAR}/04_themes.html").read_text(encoding="utf-8")


@pytest.fixture
def coded(root, tmp_path, monkeypatch) -> Path:
    """A copy that a test may damage."""
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(shutil.copytree(root, tmp_path / "copie")))
    return tmp_path / "copie"


def words_of(page: str) -> str:
    text = re.sub(r"<(script|style|template)\b.*?</\1>|<details class=\"code.*?</details>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def section(page: str, title: str) -> str:
    """The words of a section, by the beginning of its title."""
    (found,) = [part for part in re.split(r"(?=<h2)", page) if words_of(part).strip().startswith(title)]
    return words_of(found)


def tabled(page: str, caption: str) -> list[list[str]]:
    (table,) = [each for each in re.findall(r"<table.*?</table>", page, re.DOTALL) if words_of(each).strip().startswith(caption)]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [[words_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


# --- what was planted ------------------------------------------------------------------------------------------------


def test_the_card_counts_two_files_as_eight_meetings_and_two_persons(page):
    said = section(page, "Qu’a-t-on codé")
    passages = len(coded_year().passages)
    assert f"{passages // 1000} {passages % 1000:03} passages de {MEETINGS} documents" in said
    rows = tabled(page, "Ce qui a été codé")
    assert rows[-1][-1] == "2" and rows[-1][1:3] == [str(MEETINGS)] * 2


def test_agreement_is_measured_and_disagreements_stay_on_this_machine(root, page):
    rows = {row[0]: row[1:] for row in tabled(page, "Accord de deux personnes")[1:]}
    alone = {code: sum(int(cell) for cell in row[1:3]) for code, row in rows.items()}
    assert alone == {"Lieux": 3, "Temps": 2, "Équipe": 1, "Élèves": 1, "Familles": 1, "Bureau": 1}
    kept = pd.read_csv(root / f"data/processed/{YEAR}/prive/desaccords.csv", sep=";")
    planted = sum((first != "") + (second != "") for _, _, first, second in DISAGREEMENTS)
    assert len(kept) == planted == sum(alone.values()) and kept["pose_par"].nunique() == 2


def test_the_planted_words_are_on_the_page_and_no_other(page):
    said = section(page, "Quels mots reviennent")
    more, less, told = [], [], []
    for row in tabled(page, "Mots fréquents ou rares par thème")[1:]:
        if len(row) == 1:
            told = less if row[0].endswith("moins souvent qu’attendu") else more
        else:
            told.append(row[0])
    planted = {lemma for lemma, _ in PLANTED.values()}
    # The word of one theme is what the others hold less.
    assert sorted(more) == sorted(planted) and set(less) <= planted
    assert "comptent chaque occurrence" in said and "q" in said


def test_the_sentence_chosen_is_quoted_and_no_other(page):
    assert f"« {chosen()} »" in section(page, "Que dit-on sous ces codes").replace("\u202f", " ")
    assert "Rien de tel" not in page
    waiting = len(codings.quotable({"a": coded_year()})) - 1
    assert f"{waiting} autres phrases pourraient être citées" in section(page, "Que dit-on sous ces codes").replace("\u202f", "")


# --- what stays ------------------------------------------------------------------------------------------------------


def test_nothing_else_of_what_was_said_leaves_nor_who_coded_nor_where(root):
    said = {" ".join(each.text.split()) for each in coded_year().passages} | {each.name for each in coded_year().documents}
    said |= {"de-yann", "de-zoe", "de Zoé", "de Yann"}
    out = words_of("\n".join(path.read_text(encoding="utf-8") for path in (root / f"reports/{YEAR}").rglob("*") if path.suffix in {".html", ".csv", ".json"}))
    assert {each for each in said if each in out} - {chosen()} == set()
    aggregates = "\n".join(path.read_text(encoding="utf-8") for path in (root / "data/processed/diffusion").rglob("*.csv"))
    assert {each for each in said if each in aggregates} - {chosen()} == set()


# --- the quotations that a person chose ------------------------------------------------------------------------------


def told(faults) -> list[str]:
    return [re.sub(r"\s+", " ", str(fault)) for fault in faults]


@pytest.mark.parametrize(("row", "sentence"), [
    ("temps;Personne ne l’a dit.;2032-12-01", "2, colonne « citation » : « Personne ne l’a dit. » n’est pas une citation possible"),
    ("lieux;{chosen};2032-12-01", "2, colonne « citation » : «"), ("temps;{chosen};2032-12-01\ntemps;{chosen} !;2032-12-02", "3, colonne « citation » : «"),
    ("Temps;{chosen};2032-12-01", "2, colonne « theme » : « Temps » est un libellé ; écrivez son code, « temps »."), (";{chosen};2032-12-01", "2, colonne « theme »"),
    ("temps;{chosen};2199-12-01", "2, colonne « relue_le » : « 01/12/2199 » n’est pas un jour entre le 1er janvier 2032"), ("temps;{chosen};hier", "2, colonne « relue_le »"),
])
def test_a_quotation_that_may_not_be_published_is_one_sentence(row, sentence, coded):
    data.quoted_file(YEAR).write_text("theme;citation;relue_le\n" + row.format(chosen=chosen()), encoding="utf-8")
    (fault,) = told(data.faults(YEAR))
    assert fault.startswith(f"data/raw/{YEAR}/codages/citations.csv, ligne {sentence}")


def test_a_sentence_of_another_theme_stops_the_year_with_that_theme_and_a_long_list_of_faults_is_cut(coded, capsys):
    data.quoted_file(YEAR).write_text(f"theme;citation;relue_le\nlieux;{chosen()};2032-12-01\n", encoding="utf-8")
    (fault,) = told(data.coding_faults(YEAR))
    assert fault.endswith("peut être citée sous « temps », non sous « lieux » ; corrigez le thème.")
    assert cli.main(["run", "--year", str(YEAR)]) == 2
    assert "citations.csv" in capsys.readouterr().err
    rows = "".join(f"temps;Personne n’a dit {rank}.;2032-12-01\n" for rank in range(500))
    data.quoted_file(YEAR).write_text(f"theme;citation;relue_le\n{rows}", encoding="utf-8")
    faults = told(data.coding_faults(YEAR))
    assert len(faults) == 21 and faults[-1].endswith("citations.csv : 480 autres erreurs.")


def test_the_private_list_is_what_a_person_copies(coded):
    possible = pd.read_csv(data.possible_file(YEAR), sep=";", dtype=str)
    assert possible.columns.tolist() == ["theme", "citation", "mots", "voix", "relue_le"] and possible["relue_le"].isna().all()
    possible.assign(relue_le="01/12/2032").head(3).to_csv(data.quoted_file(YEAR), sep=";", index=False, encoding="utf-8-sig")
    assert data.faults(YEAR) == []
    livre = data.read_reference("themes")
    taken = codings.chosen_quotations(data.read_quoted(YEAR), codings.quotable(codings.recode_to_book(data.load_codings(YEAR), livre)))
    assert taken["citation"].tolist() == possible["citation"].head(3).tolist() and (taken["voix"] == MEETINGS).all()


def test_a_coding_that_goes_takes_its_private_lists_along(coded):
    for name in ("possible", "desaccords"):
        assert next(data.possible_file(YEAR).parent.glob(f"*{name}*")).is_file()
    data.save_coded(YEAR, pd.DataFrame(), pd.DataFrame())
    left = {path.name for path in data.possible_file(YEAR).parent.glob("*.csv")}
    assert left <= {"quarantaine.csv", "comptes_par_site.csv"}  # those of the export
