"""Page 02 of the posts and meetings: what a figure says comes from the rows that it draws."""

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag

from conftest import words_of
from helpers import paths
from in_process import draw_nothing, run_notebook

AFTER = "enonces = indicators.only_network("  # the posts and the meetings are loaded: the line goes below this cell


@pytest.fixture
def page(real_root, tmp_path, monkeypatch):
    """The figures of page 02 of 2020, by anchor, once a line is added to its loading."""
    original = paths.notebook("02_describe")

    def run(line: str) -> dict[str, Tag]:
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
        return {each["id"]: each for each in BeautifulSoup("\n".join(html), "html.parser").select("figure")}

    return run


def test_the_figures_of_the_rep_posts_never_speak_of_all_the_posts(page):
    figures = page('postes = postes.query("type_education_prioritaire == \'rep\'")')
    assert "2 nouveaux ALSES sur 5 n’ont jamais travaillé" in words_of(figures["fig-anciennete"])
    assert "quartier pour 3 nouveaux postes sur 5" in words_of(figures["fig-equipes"])
    for name in ("debuts", "conditions", "anciennete", "equipes", "indice-social"):
        words = words_of(figures[f"fig-{name}"])
        assert "n = 5 nouveaux postes" in words and "17 nouveaux" not in words and "ne donne pas ce qui est dessiné" not in words
    assert len(figures["fig-debuts"].select(".large title")) == 5  # one dot a post, each with its name


@pytest.mark.parametrize(("line", "said"), [
    ("reunions['date'] -= pd.DateOffset(years=1); postes['equipe_sur_le_quartier'] = 'non'",
     {"calendrier": "Les 8 réunions se sont tenues dans l’année", "equipes": "quartier pour 17 nouveaux postes sur 17"}),
    ("reunions['date'] += pd.DateOffset(years=1); postes = postes.drop_duplicates('association').assign(equipe_sur_le_quartier='non')",
     {"calendrier": "Sur 8 réunions, 8 se sont tenues après la fin de 2020", "equipes": "pour 7 nouveaux postes sur 7"}),
])  # fmt: skip
def test_a_title_says_what_this_year_has(page, monkeypatch, line, said):
    draw_nothing(monkeypatch.setattr)
    figures = page(line)
    titles = {name: words_of(figures[f"fig-{name}"].select_one(".figure-titre")).replace(" ,", ",") for name in said}
    assert all(part in titles[name] for name, part in said.items()), titles
    assert ("après la fin" in titles["calendrier"]) == ("+=" in line)
