"""A second year that prints as much as the first: its report can be read, sent, and says one share a question."""

import re
import shutil
from pathlib import Path

import pytest

from conftest import ALL, REPOSITORY, WITHOUT_KERNELS, _run, copy_project
from helpers import data, paths
from helpers.analysis import comparisons
from helpers.analysis.years import HEADLINED, MOST_SAID

YEAR = 2022


def make_second_note(workshop) -> Path:
    """The note of 2020, two years later: the same figures, so that nothing may be found to change."""
    root = copy_project(REPOSITORY, workshop.folder / "seconde note")
    folder = shutil.copytree(root / "data/raw/2020", root / f"data/raw/{YEAR}")
    for path in folder.glob("*.csv"):
        later = re.sub(r"20(19|20|21)", lambda found: f"20{int(found[1]) + 2}", path.read_text(encoding="utf-8"))
        later = re.sub(r"-(19|20),", lambda found: f"-{int(found[1]) + 2},", later) if path.stem == "prises_de_poste" else later
        path.write_text(later, encoding="utf-8")
    return _run(workshop, root, f"run --year {YEAR}", without=WITHOUT_KERNELS)


pytestmark = pytest.mark.skipif(not ALL, reason="tout un rapport\u00a0: avec ALSES_ENUMERATIONS=toutes")
BESIDE = {"second note": make_second_note} if ALL else {}


@pytest.fixture
def second(workshop, monkeypatch) -> Path:
    root = workshop.take("second note")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    return root


def test_it_is_published_and_says_how_many_shares_were_looked_at(second):
    page = (second / f"reports/{YEAR}/03_compare.html").read_text(encoding="utf-8")
    page = re.sub(r"<pre class=\"code\">.*?</pre>", "", page, flags=re.DOTALL)  # the cells that may say it
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "Sur 25 parts connues les deux années, une par question au plus est commentée et testée" in said
    assert "Une part comptée a pour ensemble" not in said


def test_one_share_a_question_is_tested_and_the_others_are_shown(second):
    found = data.load_result(YEAR, "comparaisons")
    shares = found[found["mesure"] == "ecart"]["comparaison"]
    years, details = ({each.partition("/")[2] for each in shares if each.startswith(kind)} for kind in ("annees/", "details/"))
    assert years == set(HEADLINED) - {"collegiens/suivi_par/alses"}  # which the note does not print: it is deduced
    assert len(years) + len(details) == 25 > MOST_SAID and not years & details
    tested = found[found["mesure"] == "p_valeur"]["comparaison"]
    assert not any(each.startswith("details/") for each in tested)
    # The figures are the same: nothing is said to rise or to fall.
    of_two_years = found["comparaison"].str.startswith(("annees/", "details/"))
    assert not found[of_two_years]["constat"].isin(["hausse", "baisse"]).any() and of_two_years.any()
    page = found[found["comparaison"] == "page"].set_index("mesure")["valeur"]
    assert page["nombre_de_comparaisons"] == 25 and "annees_comptees" not in page


def test_fewer_shares_are_all_said_as_before(second):
    now, before = (data.load(each, "indicateurs") for each in (YEAR, 2020))
    few = ["origine", "sexe", "niveau"]
    now, before = (each[each["indicateur"].isin(few)] for each in (now, before))
    found = comparisons.build_comparisons(now, before, data.load(YEAR, "controles"), year=YEAR, compare_to=2020)
    kinds = found["comparaison"].str.partition("/")[0].unique()
    assert "annees" in kinds and "details" not in kinds
