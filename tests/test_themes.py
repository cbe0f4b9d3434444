"""Coded statements: counted as they are coded, listed in the order of the code book, answers beside their tension."""

import json
import re
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from helpers import data, indicators
from helpers.analysis import describe, themes
from helpers.indicators.constraints import row, table
from helpers.report.notebook import says_nothing
from helpers.report.page import slug
from helpers.schema import DataError, catalogue
from helpers.text import formats, statement_tables

BOOK = pd.DataFrame({"theme": ["outils", "accueil", "temps"], "libelle": ["Outils", "Accueil", "Temps"]})
STATEMENTS = pd.DataFrame({
    "id": ["E01", "E02", "E03", "E04"], "ligne": [9, 5, 5, 7], "theme": ["accueil", "outils", "outils", "accueil"], "enonce": ["a", "b", "c", "d"],
    "nature": ["tension", "constat", "levier", "tension"], "echelle": ["alses"] * 4, "repond_a": ["", "", "E04", ""],
    "associations": ["Le Gué", "Tilleuls", "Tilleuls ; Le Gué", "Le Gué"], "indicateur_lie": ["alses/sexe/filles", "", "postes/bureau/non", "postes/bureau/non"],
})
NATURES = ["constat", "tension", "levier", "recommandation"]


def counts(name: str, **cells: tuple) -> pd.DataFrame:
    return table([
        row((2032, "enonces", name, code), "enonces", counts=(n, n), cross=("nature_enonce", nature), precision="exact", reference="")
        for code, numbers in cells.items() for nature, n in zip(NATURES, numbers, strict=True)
    ])


def test_the_matrix_follows_the_code_book_shows_every_nature_and_no_empty_row():
    rows = counts("theme_enonce", accueil=(0, 2, 0, 0), outils=(1, 0, 1, 0), temps=(0, 0, 0, 0))
    found = themes.by_nature(rows, "theme_enonce", year=2032, themes=BOOK)
    assert list(found.columns) == ["modalite", "libelle", *NATURES]
    assert found.to_numpy().tolist() == [["outils", "Outils", 1, 0, 1, 0], ["accueil", "Accueil", 0, 2, 0, 0]]
    assert themes.by_nature(rows, "theme_enonce", year=2031, themes=BOOK).empty


def test_a_matrix_without_code_book_follows_the_catalogue_and_leaves_groups_out():
    rows = counts("acteur_enonce", familles=(0, 1, 0, 0), parents=(0, 1, 0, 0), alses=(1, 0, 0, 0))
    assert themes.by_nature(rows, "acteur_enonce", year=2032)["libelle"].tolist() == ["ALSES", "parents"]


def test_the_leading_themes_are_named_all_of_them_when_they_tie():
    rows = counts("theme_enonce", accueil=(0, 2, 1, 0), outils=(1, 0, 1, 0))
    found = themes.by_nature(rows, "theme_enonce", year=2032, themes=BOOK)
    assert [[theme["libelle"] for theme in themes.leading(found, nature)] for nature in NATURES] == [["Outils"], ["Accueil"], ["Outils", "Accueil"], []]


def test_statements_are_listed_by_theme_then_line_then_id_and_none_is_lost():
    assert list(themes.listing(STATEMENTS.iloc[::-1], BOOK)["enonce"]) == ["b", "c", "d", "a"]


def test_answers_stand_beside_their_tension_and_those_without_come_first():
    found = themes.answers(STATEMENTS)
    assert found.astype("object").fillna("").to_numpy().tolist() == [["E01", "a", 9, "", "", ""], ["E04", "d", 7, "levier", "c", 5]]
    assert themes.answers(STATEMENTS.assign(repond_a="")).empty


def test_a_lever_may_answer_two_tensions_and_a_tension_have_two_answers():
    both = STATEMENTS.assign(repond_a=["", "", "E01;E04", ""], nature=["tension", "recommandation", "levier", "tension"])
    both.loc[1, "repond_a"] = "E01"
    assert themes.answers(both)[["id", "reponse"]].to_numpy().tolist() == [["E04", "c"], ["E01", "b"], ["E01", "c"]]


def test_associations_are_counted_with_each_line_once_most_cited_first():
    assert themes.associations(STATEMENTS).to_numpy().tolist() == [["Le Gué", 3, "5, 7, 9"], ["Tilleuls", 2, "5"]]
    assert themes.associations(STATEMENTS.assign(associations="")).empty


def test_linked_statements_follow_the_catalogue_then_the_document():
    found = themes.linked(STATEMENTS, BOOK)
    assert found[["chiffre", "theme", "enonce"]].to_numpy().tolist() == [
        ["postes/bureau/non", "Outils", "c"], ["postes/bureau/non", "Accueil", "d"], ["alses/sexe/filles", "Accueil", "a"],
    ]


def test_what_comes_next_is_read_in_the_order_of_the_document():
    proposed = STATEMENTS.assign(theme=["perspectives", "outils", "perspectives", "accueil"])
    assert themes.outlook(proposed)["enonce"].tolist() == ["c", "a"]
    assert themes.outlook(STATEMENTS).empty


# --- a word in its context -----------------------------------------------------------------------------------------

SAID = STATEMENTS.assign(enonce=["L’équipe attend.", "Deux équipes, une équipe.", "Personne.", "Sans lui."])
COUNTED = indicators.Facts(table([row((2032, "enonces", "enonces", ""), "enonces", counts=(4, 4), precision="exact", reference="")]), year=2032)


def test_each_use_of_a_word_is_found_whatever_its_ending_in_the_order_of_the_document():
    found = themes.uses(SAID, "Équipes")
    assert list(found.columns) == ["id", "ligne", "avant", "mot", "apres"]
    assert found.to_numpy().tolist() == [
        ["E02", 5, "Deux", "équipes", ", une équipe."], ["E02", 5, "Deux équipes, une", "équipe", "."], ["E01", 9, "L’", "équipe", "attend."],
    ]


def test_what_is_not_one_word_is_one_sentence():
    with pytest.raises(DataError, match="n’est pas un mot"):
        themes.uses(SAID, "une équipe")


def test_the_uses_are_counted_with_the_statements_that_hold_them():
    made = statement_tables.uses_table(themes.uses(SAID, "équipe"), COUNTED, word="équipe")
    assert "<caption>« équipe » : 3 emplois dans 2 énoncés, quelle que soit sa terminaison</caption>" in made.html and "<details" not in made.html
    assert cells(made) == [["l. 5", "Deux", "équipes", ", une équipe."], ["l. 5", "Deux équipes, une", "équipe", "."], ["l. 9", "L’", "équipe", "attend."]]
    one = statement_tables.uses_table(themes.uses(SAID, "personne"), COUNTED, word="<b>")
    assert "<caption>« &lt;b&gt; » : 1 emploi dans 1 énoncé, quelle" in one.html


def test_many_uses_are_folded_under_their_count():
    times = [SAID.assign(enonce=["équipe " * count, "", "", ""]) for count in (8, 9)]
    made = [statement_tables.uses_table(themes.uses(each, "équipe"), COUNTED, word="équipe").html for each in times]
    assert ["<details" in each for each in made] == [False, True]
    assert "<summary>« équipe » : 9 emplois dans 1 énoncé, quelle que soit sa terminaison</summary>" in made[1]


def test_a_word_that_never_comes_is_said_and_a_year_without_statement_has_nothing_to_show():
    never = statement_tables.uses_table(themes.uses(SAID, "bureau"), COUNTED, word="bureau")
    assert never.html == "<p>Le mot « bureau » ne vient dans aucun énoncé, quelle que soit sa terminaison.</p>"
    empty = statement_tables.uses_table(themes.uses(SAID.head(0), "équipe"), indicators.Facts(table([]), year=2032), word="équipe")
    assert empty.text == "Pas de donnée : aucun énoncé n’est codé pour cette année." and says_nothing(empty.html)


# --- the way back, from a section of page 02 -----------------------------------------------------------------------


def of_topic(statements: pd.DataFrame, *published: dict, topic: str = "deploiement", count: int = 3) -> describe.Spoken | None:
    linked = row((2032, "enonces", "rubrique_liee", topic), "enonces", counts=(count, count), precision="exact", reference="")
    return describe.spoken(statements, topic, facts=indicators.Facts(table([linked, *published]), year=2032))


def of_posts(name: str, modality: str) -> dict:
    return row((2032, "postes", name, modality), "postes", counts=(1, 1), base=(5, 5), precision="exact", reference="")


def test_a_section_names_the_figures_that_statements_stand_beside_in_the_order_of_the_catalogue():
    paths = ["postes/presentation_formelle/non", "postes/bureau/non", "postes/convention/oui", "alses/sexe/filles"]
    found = of_topic(STATEMENTS.assign(indicateur_lie=paths), of_posts("bureau", "non"))
    assert (found.count.counts, found.figures) == ((3, 3), ("postes/convention/oui", "postes/bureau/non", "postes/presentation_formelle/non"))
    said = formats.say("describe", "spoken", of=found)
    assert said.text == "La synthèse des réunions en parle aussi : 3 énoncés sur « Convention : oui », « Bureau ou local au collège : non » et « Présentation officielle au collège : non »."
    assert 'href="04_themes.html#enonces-postes-convention-oui"' in said.html and indicators.place_beside("postes/convention/oui") == "enonces-postes-convention-oui"


def test_a_section_says_nothing_without_statement_without_published_figure_or_below_the_network():
    bureau = of_posts("bureau", "non")
    assert of_topic(STATEMENTS, bureau) is not None
    assert [of_topic(STATEMENTS), of_topic(STATEMENTS, bureau, topic="volume"), of_topic(indicators.only_network(STATEMENTS, "association X"), bureau)] == [None] * 3
    assert formats.say("describe", "spoken", of=None).html == ""


# --- the tables of the page ------------------------------------------------------------------------------------------


def cells(made) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", made.html)[1:]
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)] for line in rows]


def test_a_tension_without_answer_says_so_and_the_others_name_the_nature_and_line_of_theirs():
    made = statement_tables.tensions_table(themes.answers(STATEMENTS), caption="T")
    assert cells(made) == [["a", "l. 9", "Aucune"], ["d", "l. 7", "Levier (l. 5) : c"]]


def test_a_figure_leads_to_its_section_and_one_that_is_not_published_says_so():
    bureau = row((2032, "postes", "bureau", "non"), "postes", counts=(1, 1), base=(5, 5), precision="exact", reference="")
    made = statement_tables.beside_table(themes.linked(STATEMENTS, BOOK), indicators.Facts(table([bureau]), year=2032), caption="B")
    assert cells(made) == [
        ["Bureau ou local au collège : non", "1 sur 5nouvelles prises de poste", "Levier (Outils, l. 5) : cTension (Accueil, l. 7) : d"],
        ["Sexe : filles", "pas de donnée", "Tension (Accueil, l. 9) : a"],
    ]
    assert '<a id="enonces-postes-bureau-non" href="02_describe.html#dans-quelles-conditions-les-nouveaux-postes-ont-ils-ouvert">Bureau' in made.html
    # It is not published: its section may not be on the page, but its row has its anchor.
    assert '<span id="enonces-alses-sexe-filles">Sexe' in made.html


def test_a_share_on_a_large_base_is_said_in_per_cent_and_on_a_small_one_as_a_count():
    made = [row((2032, "alses", "sexe", "filles"), "personnes", counts=(n, n), base=(base, base), precision="exact", reference="") for n, base in ((9, 99), (25, 100))]
    said = [statement_tables.value_of(indicators.Facts(table([each]), year=2032)("alses/sexe/filles")).text for each in made]
    assert said == ["9 sur 99", "25\u202f%"]


def test_what_comes_next_has_the_counts_of_its_scale():
    proposed = themes.outlook(STATEMENTS.assign(theme="perspectives").head(1))
    rows = [row((2032, "enonces", "echelle_enonce", "alses"), "enonces", counts=(n, n), cross=cross, precision="exact", reference="") for n, cross in ((4, ("", "")), (2, ("nature_enonce", "tension")))]
    made = statement_tables.outlook_table(proposed, indicators.Facts(table(rows), year=2032), caption="S")
    assert cells(made) == [["Les ALSES", "a", "l. 9", "4", "2"]]


def test_nothing_to_tell_is_a_sentence():
    nothing, no_fact = STATEMENTS.head(0), indicators.Facts(table([]), year=2032)
    assert [made.text for made in (
        statement_tables.tensions_table(themes.answers(nothing), caption="T"), statement_tables.beside_table(themes.linked(nothing, BOOK), no_fact, caption="B"),
        statement_tables.outlook_table(themes.outlook(nothing), no_fact, caption="S"),
    )] == [
        "Pas de donnée : aucune réponse à une tension n’est codée pour cette année.",
        "Pas de donnée : aucun énoncé n’est lié à un chiffre de cette année.",
        "Pas de donnée : la synthèse de cette année ne propose pas de suite par échelle.",
    ]


def test_every_section_that_a_figure_leads_to_is_a_heading_of_page_02():
    notebook = json.loads((Path(__file__).resolve().parents[1] / "notebooks/02_describe.ipynb").read_text(encoding="utf-8"))
    headings = {slug("".join(cell["source"]).splitlines()[0].lstrip("# ")) for cell in notebook["cells"] if cell["cell_type"] == "markdown"}
    assert set(catalogue().anchors.values()) - headings == set()
    assert set(catalogue().anchors) <= set(catalogue().topics)


def test_every_section_that_a_figure_leads_to_leads_back_at_its_end():
    cells = json.loads((Path(__file__).resolve().parents[1] / "notebooks/02_describe.ipynb").read_text(encoding="utf-8"))["cells"]
    found, section = {}, ""
    for cell in cells:
        text = "".join(cell["source"])
        section = slug(text.splitlines()[0].lstrip("# ")) if text.startswith("## ") else section
        if 'say("describe", "spoken"' in text:
            found[re.search(r'spoken\(enonces, "(\w+)"', text)[1]] = section
    assert found == catalogue().anchors
    assert set(catalogue().indicators["rubrique_liee"].modalities) == set(catalogue().topics)


# --- actors together -------------------------------------------------------------------------------------------------


def test_actors_named_together_are_counted_by_hand():
    statements, labels = data.read_raw(2020, "enonces"), catalogue().indicators["acteur_enonce"].modalities
    counted: dict[tuple[str, str], list[str]] = {}
    for each in statements.itertuples():
        named = [labels[code] for code in labels if code in [code.strip() for code in each.acteurs.split(";")]]
        for pair in combinations(named, 2):
            counted.setdefault(pair, []).append(each.nature)
    expected = {pair: (len(natures), natures.count("tension")) for pair, natures in counted.items() if len(natures) >= 3}
    found = themes.together(statements)
    assert {(each.acteur, each.autre_acteur): (each.enonces, each.tensions) for each in found.itertuples()} == expected
    assert len(found) == len(expected) > 3 and found["enonces"].is_monotonic_decreasing


def test_actors_twice_in_a_statement_or_in_none_make_no_pair():
    rows = pd.DataFrame({"id": ["E1", "E2", "E3", "E4"], "nature": "constat", "acteurs": ["alses;alses", "alses;cpe", "cpe ; alses", ""]})
    assert themes.together(rows).empty and themes.together(rows.head(0)).columns.tolist() == ["acteur", "autre_acteur", "enonces", "tensions"]
