"""Coded statements: counted as they are coded, listed in the order of the code book, answers beside their tension."""

import json
import re
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from coding_files import plain
from helpers import data, indicators, text
from helpers.analysis import themes
from helpers.indicators.constraints import row, table
from helpers.report.notebook import says_nothing
from helpers.report.page import slug
from helpers.schema import DataError, catalogue
from helpers.text import statement_tables

BOOK = pd.DataFrame({"theme": ["outils", "accueil", "temps"], "libelle": ["Outils", "Accueil", "Temps"]})
COLUMNS = ["id", "ligne", "theme", "enonce", "nature", "echelle", "repond_a", "associations", "indicateur_lie"]
STATEMENTS = pd.DataFrame([
    ("E01", 9, "accueil", "a", "tension", "alses", "", "Le Gué", "alses/sexe/filles"),
    ("E02", 5, "outils", "b", "constat", "alses", "", "Tilleuls", ""),
    ("E03", 5, "outils", "c", "levier", "alses", "E04", "Tilleuls ; Le Gué", "postes/bureau/non"),
    ("E04", 7, "accueil", "d", "tension", "alses", "", "Le Gué", "postes/bureau/non"),
], columns=COLUMNS)  # fmt: skip
NATURES = ["constat", "tension", "levier", "recommandation"]
EXACT = {"precision": "exact", "reference": ""}


def facts(*rows: dict) -> indicators.Facts:
    return indicators.Facts(table(list(rows)), year=2032)


def counted(name: str, count: int, code: str = "", **options) -> dict:
    return row((2032, "enonces", name, code), "enonces", counts=(count, count), **options, **EXACT)


def matrix(name: str, **cells: tuple) -> pd.DataFrame:
    return table([
        counted(name, count, code, cross=("nature_enonce", nature))
        for code, counts in cells.items() for nature, count in zip(NATURES, counts, strict=True)
    ])  # fmt: skip


def of_posts(name: str, modality: str) -> dict:
    return row((2032, "postes", name, modality), "postes", counts=(1, 1), base=(5, 5), **EXACT)


def cells(made) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", made.html)[1:]
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in rows]
    return [[re.sub(r"<[^>]+>", "", cell) for cell in line] for line in texts]


BUREAU = of_posts("bureau", "non")


def test_the_matrix_follows_the_code_book_shows_every_nature_and_no_empty_row():
    rows = matrix("theme_enonce", accueil=(0, 2, 0, 0), outils=(1, 0, 1, 0), temps=(0, 0, 0, 0))
    made = themes.by_nature(rows, "theme_enonce", year=2032, themes=BOOK)
    assert made.columns.tolist() == ["modalite", "libelle", *NATURES]
    assert made.to_numpy().tolist() == [["outils", "Outils", 1, 0, 1, 0], ["accueil", "Accueil", 0, 2, 0, 0]]
    assert themes.by_nature(rows, "theme_enonce", year=2031, themes=BOOK).empty
    # Without code book: the order of the catalogue, without its groups (« familles »).
    rows = matrix("acteur_enonce", familles=(0, 1, 0, 0), parents=(0, 1, 0, 0), alses=(1, 0, 0, 0))
    assert themes.by_nature(rows, "acteur_enonce", year=2032)["libelle"].tolist() == ["ALSES", "parents"]


def test_the_leading_themes_are_named_all_of_them_when_they_tie():
    rows = matrix("theme_enonce", accueil=(0, 2, 1, 0), outils=(1, 0, 1, 0))
    made = themes.by_nature(rows, "theme_enonce", year=2032, themes=BOOK)
    leading = [[theme["libelle"] for theme in themes.leading(made, nature)] for nature in NATURES]
    assert leading == [["Outils"], ["Accueil"], ["Outils", "Accueil"], []]


def test_statements_are_listed_by_theme_then_line_then_id():
    assert themes.listing(STATEMENTS.iloc[::-1], BOOK)["enonce"].tolist() == ["b", "c", "d", "a"]
    linked = themes.linked(STATEMENTS, BOOK)  # by the order of the catalogue first
    assert linked[["chiffre", "theme", "enonce"]].to_numpy().tolist() == [
        ["postes/bureau/non", "Outils", "c"], ["postes/bureau/non", "Accueil", "d"], ["alses/sexe/filles", "Accueil", "a"],
    ]  # fmt: skip
    proposed = STATEMENTS.assign(theme=["perspectives", "outils", "perspectives", "accueil"])
    assert themes.outlook(proposed)["enonce"].tolist() == ["c", "a"] and themes.outlook(STATEMENTS).empty


def test_answers_stand_beside_their_tension_and_those_without_come_first():
    made = themes.answers(STATEMENTS)
    rows = made.astype("object").fillna("").to_numpy().tolist()
    assert rows == [["E01", "a", 9, "", "", ""], ["E04", "d", 7, "levier", "c", 5]]
    shown = statement_tables.tensions_table(made, caption="T")
    assert cells(shown) == [["a", "l. 9", "Aucune"], ["d", "l. 7", "Levier (l. 5) : c"]]
    # A lever may answer two tensions, and a tension have two answers.
    natures = ["tension", "recommandation", "levier", "tension"]
    both = themes.answers(STATEMENTS.assign(repond_a=["", "E01", "E01;E04", ""], nature=natures))
    assert both[["id", "reponse"]].to_numpy().tolist() == [["E04", "c"], ["E01", "b"], ["E01", "c"]]
    nothing = themes.answers(STATEMENTS.assign(repond_a=""))
    assert nothing.empty and plain(statement_tables.tensions_table(nothing, caption="T").text) == (
        "Pas de donnée : aucune réponse à une tension n’est codée pour cette année."
    )


def test_associations_are_counted_with_each_line_once_most_cited_first():
    assert themes.associations(STATEMENTS).to_numpy().tolist() == [["Le Gué", 3, "5, 7, 9"], ["Tilleuls", 2, "5"]]
    assert themes.associations(STATEMENTS.assign(associations="")).empty


SAID = STATEMENTS.assign(enonce=["L’équipe attend.", "Deux équipes, une équipe.", "Personne.", "Sans lui."])


def uses_table(statements: pd.DataFrame, word: str, shown: str = ""):
    known = facts(counted("enonces", 4)) if len(statements) else facts()
    return statement_tables.uses_table(themes.uses(statements, word), known, word=shown or word)


def test_each_use_of_a_word_is_found_whatever_its_ending_in_the_order_of_the_document():
    made = themes.uses(SAID, "Équipes")
    assert made.columns.tolist() == ["id", "ligne", "avant", "mot", "apres"]
    assert made.to_numpy().tolist() == [
        ["E02", 5, "Deux", "équipes", ", une équipe."], ["E02", 5, "Deux équipes, une", "équipe", "."], ["E01", 9, "L’", "équipe", "attend."],
    ]  # fmt: skip
    with pytest.raises(DataError, match="n’est pas un mot"):
        themes.uses(SAID, "une équipe")


def test_the_uses_are_counted_with_the_statements_that_hold_them():
    made = uses_table(SAID, "équipe")
    caption = "« équipe » : 3 emplois dans 2 énoncés, quelle que soit sa terminaison"
    assert f"<caption>{caption}</caption>" in plain(made.html) and "<details" not in made.html
    assert cells(made)[0] == ["l. 5", "Deux", "équipes", ", une équipe."]
    assert "« &lt;b&gt; » : 1 emploi dans 1 énoncé, quelle" in plain(uses_table(SAID, "personne", "<b>").html)
    long = [uses_table(SAID.assign(enonce=["équipe " * count, "", "", ""]), "équipe").html for count in (8, 9)]
    assert ["<details" in each for each in long] == [False, True]


def test_a_word_that_is_not_used_is_told_and_a_year_without_statement_has_nothing_to_show():
    never = uses_table(SAID, "bureau")
    assert plain(never.html) == "<p>Le mot « bureau » ne vient dans aucun énoncé, quelle que soit sa terminaison.</p>"
    empty = uses_table(SAID.head(0), "équipe")
    assert plain(empty.text) == "Pas de donnée : aucun énoncé n’est codé pour cette année." and says_nothing(empty.html)


def test_a_section_leads_to_the_statements_on_a_figure_that_it_publishes_and_to_nothing_else():
    linked = STATEMENTS.assign(indicateur_lie=["postes/presentation_formelle/non", "postes/bureau/non", "", "alses/sexe/filles"])
    year = facts(counted("rubrique_liee", 3, "deploiement"), BUREAU)
    made = text.renvoi(linked, "deploiement", year)
    assert plain(made.text) == "Les réunions en parlent aussi : 3 énoncés." and 'href="04_themes.html"' in made.html
    unpublished = facts(counted("rubrique_liee", 3, "deploiement"))
    of_a_site = indicators.only_network(linked, "association X")
    silent = [text.renvoi(linked, "deploiement", unpublished), text.renvoi(linked, "volume", year), text.renvoi(of_a_site, "deploiement", year)]
    assert [each.html for each in silent] == [""] * 3


def test_a_figure_leads_to_its_section_and_one_that_is_not_published_says_so():
    made = statement_tables.beside_table(themes.linked(STATEMENTS, BOOK), facts(BUREAU), caption="B")
    assert [[plain(cell) for cell in line] for line in cells(made)] == [
        ["Bureau ou local au collège : non", "1 sur 5nouvelles prises de poste", "Levier (Outils, l. 5) : cTension (Accueil, l. 7) : d"],
        ["Sexe : filles", "pas de donnée", "Tension (Accueil, l. 9) : a"],
    ]  # fmt: skip
    section = "02_describe.html#dans-quelles-conditions-les-nouveaux-postes-ont-ils-ouvert"
    assert f'<a id="enonces-postes-bureau-non" href="{section}">Bureau' in made.html
    # It is not published: its section may not be on the page, but its row has its anchor.
    assert '<span id="enonces-alses-sexe-filles">Sexe' in made.html


def test_every_section_that_a_figure_leads_to_is_a_heading_of_page_02_and_leads_back_at_its_end():
    notebook = Path(__file__).resolve().parents[1] / "notebooks/02_describe.ipynb"
    back, section = {}, ""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        section = slug(text.splitlines()[0].lstrip("# ")) if text.startswith("## ") else section
        if found := re.search(r'renvoi\(enonces, "(\w+)"', text):
            back[found[1]] = section
    assert back == catalogue().anchors
    assert set(back) <= set(catalogue().topics) == set(catalogue().indicators["rubrique_liee"].modalities)


def test_a_share_on_a_large_base_is_said_in_per_cent_and_on_a_small_one_as_a_count():
    said = []
    for count, base in ((9, 99), (25, 100)):
        girls = row((2032, "alses", "sexe", "filles"), "personnes", counts=(count, count), base=(base, base), **EXACT)
        said.append(plain(statement_tables.value_of(facts(girls)("alses/sexe/filles")).text))
    assert said == ["9 sur 99", "25 %"]


def test_what_comes_next_has_the_counts_of_its_scale():
    proposed = themes.outlook(STATEMENTS.assign(theme="perspectives").head(1))
    tensions = counted("echelle_enonce", 2, "alses", cross=("nature_enonce", "tension"))
    made = statement_tables.outlook_table(proposed, facts(counted("echelle_enonce", 4, "alses"), tensions), caption="S")
    assert cells(made) == [["Les ALSES", "a", "l. 9", "4", "2"]]


def test_actors_named_together_are_counted_by_hand():
    statements, labels = data.read_raw(2020, "enonces"), catalogue().indicators["acteur_enonce"].modalities
    natures: dict[tuple[str, str], list[str]] = {}
    for each in statements.itertuples():
        codes = {code.strip() for code in each.acteurs.split(";")}
        for pair in combinations([labels[code] for code in labels if code in codes], 2):
            natures.setdefault(pair, []).append(each.nature)
    expected = {pair: (len(each), each.count("tension")) for pair, each in natures.items() if len(each) >= 3}
    made = themes.together(statements)
    rows = {(each.acteur, each.autre_acteur): (each.enonces, each.tensions) for each in made.itertuples()}
    assert rows == expected and len(made) == len(expected) > 3 and made["enonces"].is_monotonic_decreasing
    few = pd.DataFrame(
        {"id": list("abcd"), "nature": "constat", "acteurs": ["alses;alses", "alses;cpe", "cpe ; alses", ""]}
    )
    assert themes.together(few).empty
