"""The codings of a year as figures and tables: what is drawn, what is only said, and nothing where nothing is coded."""

import re
from functools import partial
from itertools import combinations
from urllib.parse import unquote
from xml.etree import ElementTree

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from coded_year import coded_year
from helpers import charts, codings
from helpers.charts.codings import FEWEST_MET, codes_by_group_drawing
from helpers.charts.theme import NARROW, WIDE, on
from helpers.codings.counts import FEWEST_DRAWN
from helpers.text import statement_tables
from hostile import PAYLOADS

YEAR = coded_year()
SHEETS = pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the labels that a code book gives: here, the last part of the path."""
    names = {"code": "libelle", "autre_code": "autre_libelle", "theme": "libelle"}
    given = {label: frame[code].str.split("/").str[-1] for code, label in names.items() if code in frame and label not in frame}
    return frame.assign(**given)


def codes_of(*rows: tuple) -> pd.DataFrame:
    """A book: code, depth, code above, pieces, pieces of the branch."""
    frame = pd.DataFrame(rows, columns=["code", "profondeur", "parent", "extraits", "extraits_branche"])
    return frame.assign(libelle=frame["code"].str.capitalize(), passages=frame["extraits"] * 2, documents=1, codeurs=2, mots=frame["extraits"] * 10)


def meetings_of(counts: dict[str, list[int]], groups: list[str]) -> pd.DataFrame:
    rows = [(code, code.capitalize(), group, n, sum(each)) for code, each in counts.items() for group, n in zip(groups, each, strict=True)]
    return pd.DataFrame(rows, columns=["code", "libelle", "groupe", "extraits", "total"])


def pairs_of(*rows: tuple[str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["code", "autre_code", "rencontres"])
    shared = {"documents": 2, "signes_communs": 30, "signes": 200, "jaccard": 0.15}
    return frame.assign(libelle=frame["code"].str.capitalize(), autre_libelle=frame["autre_code"].str.capitalize(), **shared)


def agreement_of(**alphas: float | None) -> pd.DataFrame:
    counts = {"unites": 50, "les_deux": 20, "premier_seul": 5, "second_seul": 10, "aucun": 15, "accord_pct": 70.0, "accord_positif_pct": 72.7}
    rows = [{"code": code, "libelle": code.capitalize()} | counts | {"kappa": value, "alpha": value, "alpha_bas": value and value - 0.2, "alpha_haut": value and value + 0.1} for code, value in alphas.items()]
    return pd.DataFrame(rows).astype({name: "float64" for name in ("kappa", "alpha", "alpha_bas", "alpha_haut")})


def years_of(*rates: tuple[float | None, float | None]) -> pd.DataFrame:
    states = [("garde", 9, 6), ("apparu", 4, 0), ("disparu", 0, 7)]
    rows = [(f"code {state}", f"Code {state}", state, 2019, n, before, 1000, 2000) for state, n, before in states]
    columns = ["code", "libelle", "etat", "annee_avant", "extraits", "extraits_avant", "mots", "mots_avant"]
    rated = pd.DataFrame(rates or [(None, None)] * 3, columns=["pour_mille_mots", "pour_mille_mots_avant"], dtype="float64")
    return pd.concat([pd.DataFrame(rows, columns=columns), rated], axis=1)


def words_of(*rows: tuple[str, str, float, bool]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["theme", "lemme", "q_valeur", "est_retenu"])
    counts = {"unites": 45, "attendu": 13.25, "unites_theme": 120, "unites_lemme": 50, "unites_toutes": 700, "documents": 6, "p_valeur": 0.001}
    return frame.assign(libelle=frame["theme"].str.capitalize(), couples=len(rows), est_sous_employe=False, **counts)


def gates_of(**found: tuple[str, int, int]) -> pd.DataFrame:
    rows = [("mots_par_theme", name, way, asked, n, n <= asked if way == "au_plus" else n >= asked) for name, (way, asked, n) in found.items()]
    other = ("accord", "codeurs", "au_moins", 2, 0, False)
    return pd.DataFrame([other, *rows], columns=["analyse", "condition", "sens", "demande", "trouve", "est_passe"])


NO_WORD = words_of()
PASSED = gates_of(mots=("au_moins", 10_000, 12_000))


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def drawings(html: str) -> list[str]:
    """The wide drawing of a figure, and the narrow one."""
    wide, narrow = re.search(r'<img src="data:image/svg\+xml,([^"]+)"', html)[1], re.search(r'srcset="data:image/svg\+xml,([^"]+)"', html)[1]
    return [unquote(wide), unquote(narrow)]


def said(html: str) -> list[str]:
    """What the wide drawing writes."""
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawings(html)[0])


def data(html: str) -> list[list[str]]:
    """The table under a figure, or a table alone, row by row."""
    return [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in BeautifulSoup(html, "html.parser").select("table tr")]


def notes(html: str) -> list[str]:
    return [plain(note.get_text()) for note in BeautifulSoup(html, "html.parser").select(".note")]


# --- nothing coded ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [
    lambda: charts.show_codes(codes_of()),
    lambda: charts.show_codes(codes_of(("lieux", 0, "", 0, 0))),
    lambda: charts.show_codes(pd.DataFrame()),
    lambda: charts.show_codes_by_meeting(meetings_of({}, [])),
    lambda: charts.show_codes_by_meeting(meetings_of({"lieux": [9]}, ["nord"])),
    lambda: charts.show_codes_by_meeting(meetings_of({"lieux": [2, 2]}, ["nord", "sud"])),
    lambda: charts.show_codes_by_meeting(pd.DataFrame()),
    lambda: charts.show_network(pairs_of()),
    lambda: charts.show_network(pd.DataFrame()),
    lambda: charts.show_agreement(pd.DataFrame()),
    lambda: statement_tables.corpus_table(pd.DataFrame(), caption="x"),
    lambda: statement_tables.corpus_table(codings.corpus(codings.of_coder(YEAR, "personne")).assign(documents=0), caption="x"),
    lambda: statement_tables.cooccurrences_table(pd.DataFrame(), caption="x"),
    lambda: statement_tables.years_table(pd.DataFrame(), caption="x"),
    lambda: statement_tables.words_table(pd.DataFrame(), pd.DataFrame(), caption="x"),
    lambda: statement_tables.words_table(NO_WORD, PASSED[PASSED["analyse"] == "accord"], caption="x"),
])  # fmt: skip
def test_a_year_without_codings_shows_nothing_at_all(made):
    assert (made().html, made().text) == ("", "")


# --- the book as a tree ----------------------------------------------------------------------------------------------

BOOK = codes_of(("lieux", 0, "", 3, 12), ("bureau", 1, "lieux", 9, 9), ("salle", 1, "lieux", 0, 0), ("temps", 0, "", 5, 5))


def test_the_book_is_a_tree_in_its_order_with_its_branches():
    made = charts.show_codes(BOOK)
    assert 'id="fig-codages-arbre"' in made.html
    assert plain(made.text).splitlines() == [
        "« Bureau », le code le plus employé : 9 extraits de 1 document",
        "Barres horizontales des extraits par code, en arbre : Lieux, 3 (branche : 12) ; Bureau, 9 ; Temps, 5.",
    ]
    # The numbers first, all at the end of bars; a code without any below has no branch.
    assert {plain(text) for text in said(made.html)} == {"3 (branche : 12)", "9", "5", "Lieux", "Bureau", "Temps"}
    assert data(made.html)[1:3] == [["Lieux", "3", "12", "6", "1", "2", "30"], ["Bureau", "9", "9", "18", "1", "2", "90"]]
    assert "n = 34 (passages codés, un texte sous deux codes comptant deux fois) ; 3 (codes employés, sur 4 du livre)" in plain(made.html)


def test_a_code_without_any_passage_in_its_branch_is_named_and_not_drawn():
    made = charts.show_codes(BOOK)
    assert notes(made.html) == ["1 code du livre n’a aucun passage : « Salle »."]
    many = codes_of(("lieux", 0, "", 3, 3), *((f"code {n}", 0, "", 0, 0) for n in range(14)))
    [note] = notes(charts.show_codes(many).html)
    assert note.startswith("14 codes du livre n’ont aucun passage : « Code 0 », ") and note.endswith("« Code 11 » et 2 autres, que les données de la figure nomment.")
    assert len(data(charts.show_codes(many).html)) == 16


def test_a_child_stands_further_right_than_its_parent_on_both_sheets():
    for drawing in drawings(charts.show_codes(BOOK).html):
        at = {}
        for parent in ElementTree.fromstring(drawing).iter():
            moved = re.match(r"translate\(([-\d.]+)", parent.get("transform", ""))
            at |= {child.text: float(moved[1] if moved else 0) + float(child.get("x", 0)) for child in parent if child.tag.endswith("}text")}
        assert at["Bureau"] > at["Lieux"] + 5 and at["Temps"] == pytest.approx(at["Lieux"], abs=0.2)


def test_an_alternative_text_stops_where_nobody_listens_any_more():
    made = charts.show_codes(codes_of(*((f"code {n}", 0, "", 50 - n, 50 - n) for n in range(22))))
    assert plain(made.text).endswith("Code 19, 31 ; et 2 autres, que les données de la figure nomment.")
    made = charts.show_codes(codes_of(*((f"code {n}", 0, "", 50 - n, 50 - n) for n in range(20))))
    assert plain(made.text).endswith("Code 19, 31.")


def test_two_codes_as_used_share_the_title():
    tied = codes_of(("lieux", 0, "", 5, 5), ("temps", 0, "", 5, 5))
    assert "« Lieux », un des codes les plus employés : 5 extraits" in plain(charts.show_codes(tied).text)


# --- codes by meeting ------------------------------------------------------------------------------------------------


def test_codes_by_meeting_are_a_heat_table_with_their_total():
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [4, 2], "temps": [0, 5]}, ["nord", "sud"]))
    assert 'id="fig-codages-reunions"' in made.html
    assert plain(made.text).startswith("« Temps » : 5 extraits dans « sud », la case la plus fournie\n")
    assert plain(made.text).endswith("2 réunions ; en tout : Lieux, 6 ; Temps, 5.")
    assert sorted(said(made.html)) == sorted(["4", "2", "6", "0", "5", "5", "nord", "sud", "total", "Lieux", "Temps"])
    assert data(made.html) == [["Code", "nord", "sud", "Ensemble"], ["Lieux", "4", "2", "6"], ["Temps", "0", "5", "5"]]
    assert notes(made.html) == []


@pytest.mark.parametrize(("count", "is_drawn"), [(4, False), (5, True), (6, True)])
def test_a_code_of_fewer_than_five_passages_is_in_the_data_alone(count, is_drawn):
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [9, 9], "rare": [count, 0]}, ["nord", "sud"]))
    assert ("Rare" in said(made.html)) is is_drawn
    assert ["Rare", str(count), "0", str(count)] in data(made.html)
    assert (notes(made.html) == ["1 code posé sur moins de 5 extraits n’est pas dessiné : les données de la figure le donnent."]) is not is_drawn


def test_long_names_of_meetings_become_letters_explained_under_the_figure():
    names = [f"réunion du groupe {n}" for n in range(8)]
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [2] * 8}, names))
    assert [text for text in said(made.html) if re.fullmatch("[A-Z]", text)] == list("ABCDEFGH")
    assert notes(made.html)[0].startswith("A : réunion du groupe 0 ; B : réunion du groupe 1 ; ")
    assert data(made.html)[0] == ["Code", *names, "Ensemble"]


def test_a_name_that_a_drawing_cannot_hold_becomes_a_letter():
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [4, 4]}, ["a\x1bb", "sud"]))
    assert all(ElementTree.fromstring(drawing) is not None for drawing in drawings(made.html))


def test_more_meetings_than_a_sheet_holds_share_a_column_that_keeps_the_total():
    names, counts = [f"réunion {n}" for n in range(15)], [1, *[5] * 7, 2, 3, 4, *[5] * 4]
    made = charts.show_codes_by_meeting(meetings_of({"lieux": counts}, names))
    drawn = said(made.html)
    assert drawn.count("5") == 11 and "autres" in drawn and drawn.count("10") == 1 and drawn.count("65") == 1
    assert "Dernière colonne avant le total, « autres » : 4 réunions" in notes(made.html)[1]
    assert len(data(made.html)[0]) == 17


def test_the_most_used_codes_are_drawn_and_all_are_in_the_data():
    made = charts.show_codes_by_meeting(meetings_of({f"code {n}": [50 - n, 0] for n in range(33)}, ["nord", "sud"]))
    assert "Code 29" in said(made.html) and "Code 30" not in said(made.html)
    assert notes(made.html) == ["Les 30 codes les plus posés, sur 33 ; les données de la figure les donnent tous."]
    assert len(data(made.html)) == 34


def test_two_codes_of_one_label_stay_two_rows():
    counts = meetings_of({"a": [3, 4], "b": [9, 9]}, ["nord", "sud"]).assign(libelle="Autre")
    assert data(charts.show_codes_by_meeting(counts).html)[1:] == [["Autre", "3", "4", "7"], ["Autre", "9", "9", "18"]]


# --- codes that meet -------------------------------------------------------------------------------------------------


def test_the_least_met_pair_of_the_graph_is_the_one_of_the_codings():
    assert FEWEST_MET == FEWEST_DRAWN


def test_pairs_are_lines_with_how_many_times_they_meet():
    made = charts.show_network(pairs_of(("lieux", "temps", 7), ("temps", "aide", 3), ("aide", "lieux", 2)))
    assert 'id="fig-codages-paires"' in made.html
    assert plain(made.text).splitlines() == [
        "« Lieux » et « Temps », la paire qui se rencontre le plus : 7 fois",
        "Traits entre les codes qui se rencontrent : Lieux et Temps, 7 fois ; Temps et Aide, 3 fois.",
    ]
    assert sorted(said(made.html)) == ["3", "7", "Aide", "Lieux", "Temps"]  # no line for what met twice
    assert "n = 2 (paires assez rencontrées) ; 3 (paires qui se rencontrent au moins une fois)" in plain(made.html)


def test_one_pair_is_no_graph():
    assert charts.show_network(pairs_of(("lieux", "temps", 7), ("temps", "aide", 2))).html == ""


def test_the_most_met_pairs_are_drawn_and_the_others_are_in_the_data():
    pairs = pairs_of(*((f"a{n}", f"b{n}", 100 - n) for n in range(30)))
    made = charts.show_network(pairs)
    assert notes(made.html)[0] == "Les 25 paires qui se rencontrent le plus, sur 30 ; les données de la figure en donnent d’autres."
    assert "76" in said(made.html) and "75" not in said(made.html)
    assert len(data(made.html)) == 31


def test_a_long_table_of_pairs_is_folded():
    rows = [(f"a{n}", f"b{n}", 9) for n in range(11)]
    assert "<details" not in statement_tables.cooccurrences_table(pairs_of(*rows[:10]), caption="Paires").html
    assert "<summary>Paires</summary>" in statement_tables.cooccurrences_table(pairs_of(*rows), caption="Paires").html
    assert data(statement_tables.cooccurrences_table(pairs_of(*rows), caption="Paires").html)[1] == ["A0", "B0", "9", "2", "30", "200", "15,0 %"]


def test_a_table_of_pairs_stops_where_a_page_would_be_too_heavy():
    made = statement_tables.cooccurrences_table(pairs_of(*((f"a{n}", f"b{n}", 200 - n) for n in range(130))), caption="Paires")
    assert len(data(made.html)) == 101
    assert notes(made.html)[0].startswith("Les 100 paires qui se rencontrent le plus, sur 130. Rencontres : ")


# --- agreement -------------------------------------------------------------------------------------------------------


def test_agreement_is_sorted_by_alpha_and_says_what_its_interval_supposes():
    made = charts.show_agreement(agreement_of(lieux=0.4, temps=0.9, aide=None))
    assert 'id="fig-codages-accord"' in made.html
    assert plain(made.text).splitlines() == [
        "Deux personnes, 2 codes : alpha de 0,90 pour « Temps » à 0,40 pour « Lieux »",
        "Points et intervalles, alpha par code : Temps, 0,90, de 0,70 à 1,00 ; Lieux, 0,40, de 0,20 à 0,50.",
    ]
    assert "deux personnes sur 50 unités de texte" in plain(made.html) and "L’intervalle suppose les unités indépendantes : il est le plus étroit possible" in plain(made.html)
    assert {"0,90 (35)", "0,40 (35)", "hasard"} <= set(said(made.html)) and "Aide" not in said(made.html)
    assert notes(made.html) == ["1 code sans alpha, parce que toutes les unités y sont pareilles ou qu’un des deux livres ne l’a pas : « Aide »."]
    assert data(made.html)[1] == ["Temps", "20", "5", "10", "15", "70,0 %", "72,7 %", "0,90", "0,90", "0,70", "1,00"]
    assert data(made.html)[3][-4:] == ["—"] * 4


def test_one_code_is_named_once():
    assert plain(charts.show_agreement(agreement_of(lieux=0.4)).text).startswith("Deux personnes, le code « Lieux » : alpha de 0,40\n")


def test_without_any_alpha_the_counts_stand_alone():
    made = charts.show_agreement(agreement_of(lieux=None))
    assert "<figure" not in made.html and data(made.html)[1][:2] == ["Lieux", "20"]


# --- tables ----------------------------------------------------------------------------------------------------------


def test_the_corpus_card_has_the_kinds_that_have_documents_then_the_whole():
    corpus = codings.corpus(YEAR)
    made = statement_tables.corpus_table(corpus, caption="Corpus")
    assert [row[0] for row in data(made.html)] == ["Nature", "Comptes rendus"]  # one kind alone is the whole
    assert re.fullmatch(r"8 8 11 440 9 \d{3} \(8\d %\) \d 497 2", " ".join(data(made.html)[1][1:]))
    both = statement_tables.corpus_table(corpus.assign(documents=[1, 8, 0, 9]), caption="Corpus")
    assert [row[0] for row in data(both.html)] == ["Nature", "Verbatims", "Comptes rendus", "Ensemble"]
    assert notes(made.html)[0].startswith("Codés : 9 594 mots sur 11 440, 84 %.")


def test_where_a_text_is_missing_no_share_is_said():
    corpus = codings.corpus(YEAR).assign(sans_texte=[0, 1, 0, 1])
    made = statement_tables.corpus_table(corpus, caption="Corpus")
    assert data(made.html)[0][2] == "dont sans texte" and "%" not in plain(made.html)
    assert notes(made.html)[0].startswith("Texte absent : 1 document sur 8 dont le fichier ne donne que les passages codés")


def test_years_are_told_by_what_became_of_each_code_with_rates():
    made = statement_tables.years_table(years_of((9.0, 3.0), (4.04, 0.0), (0.0, 3.5)), caption="Années")
    assert data(made.html) == [
        ["Code", "Extraits en 2019", "Extraits cette année", "Pour 1 000 mots en 2019", "Pour 1 000 mots cette année"],
        ["Codes des deux années (1)"], ["Code garde", "6", "9", "3,0", "9,0"],
        ["Codes apparus (1)"], ["Code apparu", "0", "4", "0,0", "4,0"],
        ["Codes disparus (1)"], ["Code disparu", "7", "0", "3,5", "0,0"],
    ]  # fmt: skip
    assert notes(made.html)[0].startswith("n = 2 000 mots en 2019, 1 000 cette année.")


def test_without_rates_the_table_says_why():
    made = statement_tables.years_table(years_of(), caption="Années")
    assert data(made.html)[0] == ["Code", "Extraits en 2019", "Extraits cette année"]
    assert notes(made.html)[0].startswith("Pas de taux pour 1 000 mots : il faut que tous les documents des deux années aient leur texte")


def test_words_are_kept_theme_by_theme():
    made = statement_tables.words_table(words_of(("temps", "horaire", 0.004, True), ("lieux", "couloir", 0.002, True), ("temps", "jour", 0.2, False)), PASSED, caption="Mots")
    assert data(made.html) == [
        ["Mot", "Unités du thème", "Attendu", "Unités de tous les thèmes", "Documents", "q"],
        ["Lieux (120 unités)"], ["couloir", "45", "13,3", "50", "6", "0,0020"],
        ["Temps (120 unités)"], ["horaire", "45", "13,3", "50", "6", "0,0040"],
    ]  # fmt: skip
    assert "Lecture : « couloir » est dans 45 unités sur 120 du thème « Lieux »" in notes(made.html)[0] and "pour les 3 couples" in notes(made.html)[0]


def test_words_that_a_theme_holds_less_stand_apart_and_the_unit_is_said():
    words = words_of(("lieux", "couloir", 0.002, True), ("lieux", "midi", 0.004, True))
    made = statement_tables.words_table(words.assign(est_sous_employe=[False, True]), PASSED, caption="Mots")
    assert [row[0] for row in data(made.html)][1:] == ["Lieux (120 unités)", "couloir", "Lieux (120 unités), moins souvent qu’attendu", "midi"]
    assert "Un mot compte une fois par unité, même répété : IRaMuTeQ et TXM comptent chaque occurrence" in notes(made.html)[0]


def test_the_surest_words_are_told_and_how_many_are_kept():
    made = statement_tables.words_table(words_of(*(("lieux", f"mot{n}", n / 10_000, True) for n in range(101, 0, -1))), PASSED, caption="Mots")
    assert [row[0] for row in data(made.html)][2:4] == ["mot1", "mot2"] and len(data(made.html)) == 102
    assert "<summary>Mots</summary>" in made.html and notes(made.html)[0].startswith("Les 100 mots les plus sûrs, sur 101 retenus. Lecture : « mot1 »")


def test_when_no_word_is_kept_the_number_of_tests_is_said():
    made = statement_tables.words_table(words_of(("temps", "horaire", 0.4, False), ("lieux", "couloir", 0.2, False)), PASSED, caption="Mots")
    assert "Aucun mot n’est plus fréquent, ni moins, sous un thème que sous les autres : sur 2 couples éprouvés d’un thème et d’un mot, dans 700 unités" in plain(made.text)
    assert "assez grand" in statement_tables.words_table(NO_WORD, PASSED, caption="Mots").text


def test_a_corpus_too_small_says_what_it_lacks():
    asked = gates_of(mots=("au_moins", 10_000, 4_200), reunions=("au_moins", 6, 6), documents_sans_parole=("au_plus", 0, 1), themes_de_20_unites=("au_moins", 2, 1))
    made = statement_tables.words_table(NO_WORD, asked, caption="Mots")
    assert data(made.html)[1:] == [
        ["Mots de comptes rendus ou de verbatims", "au moins 10 000", "4 200", "il en manque 5 800"],
        ["Réunions", "au moins 6", "6", "atteint"],
        ["Synthèses, ou documents de nature non dite", "au plus 0", "1", "1 de trop"],
        ["Thèmes d’au moins 20 unités de texte", "au moins 2", "1", "il en manque 1"],
    ]
    assert notes(made.html) == [
        "Les mots propres à chaque thème ne sont pas calculés. 4 200 mots de comptes rendus ou de verbatims sur 10 000 demandés : il en manque 5 800 ; "
        "1 synthèse, ou document de nature non dite, quand il en faut zéro ; 1 thème d’au moins 20 unités de texte sur 2 demandés : il en manque 1."
    ]


# --- any label, any number -------------------------------------------------------------------------------------------


def stressed(texts: list[str]) -> dict:
    """What draws each frame, of codes that bear these labels."""
    codes = [f"c{n}" for n in range(len(texts))]
    label = dict(zip(codes, texts, strict=True))
    tree = codes_of(*((code, n % 3, codes[n - 1] if n % 3 else "", 10, 20) for n, code in enumerate(codes)))
    named = pairs_of(*((codes[n], codes[(n * 7 + 1) % len(codes)], 30 - n) for n in range(25)))
    agreed = agreement_of(**{code: n / len(codes) - 0.1 for n, code in enumerate(codes)})
    return {
        "tree": tree.assign(libelle=texts),
        "meetings": meetings_of({code: [100] * 12 for code in codes}, [f"réunion {n}" for n in range(12)]).assign(libelle=lambda rows: rows["code"].map(label)),
        "network": named.assign(libelle=named["code"].map(label), autre_libelle=named["autre_code"].map(label)),
        "agreement": agreed.assign(libelle=texts, posees=100),
    }  # fmt: skip


LONG = [f"{n} " + "Place dans l’équipe éducative et reconnaissance du rôle par les professionnels " * 2 for n in range(60)]
LONG, SHORT = [text[:120] for text in LONG], [f"code {n}" for n in range(30)]


def boxes(figure) -> list:
    """The place of every text of a drawing, in points, as it is laid out."""
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in (*axes.texts, *axes.get_yticklabels()) if text.get_text()]
    return [(text.get_text(), text.get_window_extent().padded(-0.5)) for text in texts]


@SHEETS
@pytest.mark.parametrize("name", ["tree", "network", "agreement"])
@pytest.mark.parametrize("texts", [LONG, ["a" * 120] * 60, SHORT], ids=["long", "unbroken", "short"])
def test_no_text_of_a_drawing_covers_another(name, texts, sheet):
    placed = boxes(on(sheet, partial(getattr(charts.codings, f"{name}_drawing"), prepared(name, stressed(texts)[name]))))
    assert len(placed) > 40
    assert [(one, two) for (one, first), (two, second) in combinations(placed, 2) if first.overlaps(second)] == []


def prepared(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(a_dessous=frame["extraits_branche"] > frame["extraits"]) if name == "tree" else frame


@SHEETS
def test_many_meetings_are_read_on_any_sheet(sheet):
    counts = pd.DataFrame([[104] * 13] * 3, index=LONG[:3])
    placed = boxes(on(sheet, partial(codes_by_group_drawing, counts, [*"ABCDEFGHIJKL", "total"])))
    assert len([text for text, _ in placed if text == "104"]) == 39
    assert [(one, two) for (one, first), (two, second) in combinations(placed, 2) if first.overlaps(second)] == []


def shown(texts: list[str]) -> list:
    frames = stressed(texts)
    first = texts[0]
    return [
        charts.show_codes(frames["tree"]), charts.show_codes_by_meeting(frames["meetings"].replace({"groupe": {"réunion 1": first}})),
        charts.show_network(frames["network"]), charts.show_agreement(frames["agreement"]), statement_tables.cooccurrences_table(frames["network"], caption="x"),
        # What is not drawn is named: under the tree, under the agreement.
        charts.show_codes(frames["tree"].assign(extraits_branche=[1, *[0] * (len(texts) - 1)])), charts.show_agreement(frames["agreement"].assign(alpha=[0.5, *[None] * (len(texts) - 1)])),
        statement_tables.years_table(years_of().assign(libelle=first), caption="x"),
        statement_tables.words_table(words_of((first, first, 0.01, True)), PASSED, caption="x"), statement_tables.words_table(NO_WORD, gates_of(**{first: ("au_moins", 2, 1)}), caption="x"),
        statement_tables.corpus_table(codings.corpus(YEAR).assign(nature=[first, first, first, "ensemble"]), caption="x"),
    ]  # fmt: skip


PARTS = {"figure", "figcaption", "p", "b", "div", "picture", "source", "img", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "a"}
ATTRIBUTES = {"id", "class", "media", "srcset", "src", "alt", "scope", "colspan", "href", "download"}


def test_a_hostile_label_is_written_as_it_is():
    for made in shown(PAYLOADS):
        found = BeautifulSoup(made.html, "html.parser").find_all(True)
        assert {tag.name for tag in found} <= PARTS and {name for tag in found for name in tag.attrs} <= ATTRIBUTES
        assert [tag["href"][:14] for tag in found if tag.name == "a"] == ["data:text/csv;"] * made.html.count("<figure")
        for drawing in drawings(made.html) if "<figure" in made.html else []:
            inside = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(drawing).iter()}
            assert inside <= {"svg", "style", "defs", "pattern", "path", "g", "text"}


def test_the_figures_of_a_large_year_are_light():
    weights = [len(made.html) for made in shown(LONG)[:5]]
    # Page 04 weighs 130 kB without them, and may weigh 400.
    assert max(weights) < 100_000 and sum(weights) < 270_000


def test_the_same_codings_give_the_same_bytes():
    assert charts.show_network(stressed(SHORT)["network"]).html == charts.show_network(stressed(SHORT)["network"]).html


def test_a_coded_year_is_shown_whole():
    codes = codings.code_counts(YEAR).assign(parent=lambda rows: rows["code"].str.rpartition("/")[0])
    accord = codings.agreement(codings.of_coder(YEAR, "A"), codings.of_coder(YEAR, "B"))
    made = [
        charts.show_codes(codes), charts.show_codes_by_meeting(labelled(codings.code_by_document(YEAR, attribute="reunion"))),
        charts.show_network(labelled(codings.cooccurrences(YEAR))), charts.show_agreement(labelled(accord)),
        statement_tables.years_table(labelled(codings.year_to_year(YEAR, coded_year(3))).assign(annee_avant=2019), caption="x"),
        statement_tables.words_table(labelled(codings.words_by_code(YEAR)), codings.gates(YEAR), caption="x"),
    ]  # fmt: skip
    assert all(each.html for each in made)
    assert [plain(text) for text in said(made[0].html) if "branche" in text] == ["150 (branche : 153)"]
    assert sorted(said(made[2].html))[:2] == ["3", "7"]
    assert {"horaire", "couloir", "élève", "équipe"} <= {row[0] for row in data(made[5].html)}
