"""Page 02 of the posts and meetings: what a figure says comes from the rows that it draws."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from helpers import paths
from in_process import run_notebook

AFTER = "enonces = indicators.only_network("  # the posts and the meetings are loaded: the line goes below this cell


@pytest.fixture
def page(real_root, tmp_path, monkeypatch):
    """Words and titles of the figures of page 02 of 2020, by anchor, once a line is added to its loading."""
    original = paths.notebook("02_describe")

    def run(line: str) -> dict[str, str]:
        notebook = nbformat.read(original, as_version=4)
        loaded, first, last = (
            next(i for i, cell in enumerate(notebook.cells) if words in cell.source)
            for words in (AFTER, "## Quand les nouveaux postes", "## Qui est venu aux réunions")
        )
        notebook.cells = [*notebook.cells[: loaded + 1], nbformat.v4.new_code_cell(line), *notebook.cells[first:last]]
        nbformat.write(notebook, tmp_path / "02_describe.ipynb")
        monkeypatch.setattr(paths, "notebook", lambda name: tmp_path / "02_describe.ipynb")
        with paths.with_data_root(real_root):
            shown = run_notebook("02_describe", {"year": 2020})
        html = [each.data.get("text/html", "") for cell in shown.cells for each in cell.get("outputs", [])]
        soup = BeautifulSoup("\n".join(html), "html.parser")
        words = {each["id"]: plain(each) for each in soup.select("figure")}
        titles = {f"titre-{each['id']}": plain(each.select_one(".figure-titre")) for each in soup.select("figure")}
        return words | titles | {"points": len(soup.select("#fig-debuts .large title"))}

    return run


def plain(node) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", node.get_text(" "))


def test_the_figures_of_the_rep_posts_never_speak_of_all_the_posts(page):
    words = page('postes = postes.query("type_education_prioritaire == \'rep\'")')
    assert "2 nouveaux ALSES sur 5 n’ont jamais travaillé" in words["fig-anciennete"]
    assert "quartier pour 3 nouveaux postes sur 5 , dont 3 pour CAPEP" in words["fig-equipes"].replace("5,", "5 ,")
    for name in ("debuts", "conditions", "anciennete", "equipes", "indice-social"):
        assert "n = 5 nouveaux postes" in words[f"fig-{name}"] and "17 nouveaux" not in words[f"fig-{name}"]
        assert "ne donne pas ce qui est dessiné" not in words[f"fig-{name}"]
    assert words["points"] == 5  # one dot a post, each with its name


@pytest.mark.parametrize(("line", "said", "silent"), [
    ("reunions['date'] -= pd.DateOffset(years=1)", "Les 8 réunions se sont tenues dans l’année", "après la fin"),
    ("reunions['date'] += pd.DateOffset(years=1)", "Sur 8 réunions, 8 se sont tenues après la fin de 2020", "dans l’année"),
    ("postes['equipe_sur_le_quartier'] = 'non'", "quartier pour 17 nouveaux postes sur 17, dont 6 pour CAPEP", "équipe sur"),
    ("postes = postes.drop_duplicates('association').assign(equipe_sur_le_quartier='non')", "pour 7 nouveaux postes sur 7", ", dont "),
])  # fmt: skip
def test_a_title_says_what_this_year_has(page, line, said, silent):
    title = page(line)["titre-fig-calendrier" if "reunions" in line else "titre-fig-equipes"]
    assert said in title and silent not in title
