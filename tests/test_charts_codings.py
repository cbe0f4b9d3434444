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
from coding_files import plain
from conftest import ALL
from helpers import charts, codings
from helpers.charts.codings import FEWEST_MET, codes_by_group_drawing
from helpers.charts.theme import NARROW, WIDE, on
from helpers.codings.counts import FEWEST_DRAWN
from helpers.text import statement_tables
from hostile import PAYLOADS

YEAR = coded_year()


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the labels that a code book gives."""
    names = {"code": "libelle", "autre_code": "autre_libelle", "theme": "libelle"}
    return frame.assign(**{label: frame[code].str.capitalize() for code, label in names.items() if code in frame})


def codes_of(*rows: tuple) -> pd.DataFrame:
    """A book: code, depth, code above, spans, spans of the branch."""
    frame = pd.DataFrame(rows, columns=["code", "profondeur", "parent", "extraits", "extraits_branche"])
    spans = frame["extraits"]
    return labelled(frame).assign(passages=spans * 2, documents=1, codeurs=2, mots=spans * 10)


def meetings_of(counts: dict[str, list[int]], groups: list[str]) -> pd.DataFrame:
    rows = [(code, group, n, sum(each)) for code, each in counts.items() for group, n in zip(groups, each, strict=True)]
    return labelled(pd.DataFrame(rows, columns=["code", "groupe", "extraits", "total"]))


def pairs_of(*rows: tuple[str, str, int]) -> pd.DataFrame:
    frame = labelled(pd.DataFrame(rows, columns=["code", "autre_code", "rencontres"]))
    return frame.assign(documents=2, signes_communs=30, signes=200, jaccard=0.15)


def agreement_of(**alphas: float | None) -> pd.DataFrame:
    alpha = pd.Series(list(alphas.values()), dtype="float64")
    frame = labelled(pd.DataFrame({"code": list(alphas)}))
    counts = {"unites": 50, "les_deux": 20, "premier_seul": 5, "second_seul": 10, "aucun": 15}
    shares = {"accord_pct": 70.0, "accord_positif_pct": 72.7}
    return frame.assign(**counts, **shares, kappa=alpha, alpha=alpha, alpha_bas=alpha - 0.2, alpha_haut=alpha + 0.1)


def years_of(*rates: tuple) -> pd.DataFrame:
    rows = [("code garde", "garde", 9, 6), ("code apparu", "apparu", 4, 0), ("code disparu", "disparu", 0, 7)]
    frame = labelled(pd.DataFrame(rows, columns=["code", "etat", "extraits", "extraits_avant"]))
    columns = ["pour_mille_mots", "pour_mille_mots_avant"]
    rated = pd.DataFrame(rates or [(None, None)] * 3, columns=columns, dtype="float64")
    return frame.assign(annee_avant=2019, mots=1000, mots_avant=2000).join(rated)


def words_of(*rows: tuple[str, str, float, bool]) -> pd.DataFrame:
    frame = labelled(pd.DataFrame(rows, columns=["theme", "lemme", "q_valeur", "est_retenu"]))
    counts = {"unites": 45, "attendu": 13.25, "unites_theme": 120, "unites_lemme": 50, "unites_toutes": 700}
    return frame.assign(**counts, documents=6, p_valeur=0.001, couples=len(rows), est_sous_employe=False)


def gates_of(**conditions: tuple[str, int, int, bool]) -> pd.DataFrame:
    rows = [("accord", "codeurs", "au_moins", 2, 0, False)]
    rows += [("mots_par_theme", name, *each) for name, each in conditions.items()]
    return pd.DataFrame(rows, columns=["analyse", "condition", "sens", "demande", "trouve", "est_passe"])


NO_WORD, PASSED = words_of(), gates_of(mots=("au_moins", 10_000, 12_000, True))


def drawings(html: str) -> list[str]:
    """The wide drawing of a figure, and the narrow one."""
    found = [re.search(rf'{start}="data:image/svg\+xml,([^"]+)"', html)[1] for start in ("<img src", "srcset")]
    return [unquote(each) for each in found]


def drawn(made) -> list[str]:
    """The texts of the wide drawing."""
    return [plain(text) for text in re.findall(r"<text[^>]*>([^<]+)</text>", drawings(made.html)[0])]


def data(made) -> list[list[str]]:
    """The table under a figure, or a table alone, row by row."""
    rows = BeautifulSoup(made.html, "html.parser").select("table tr")
    return [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in rows]


def notes(made) -> list[str]:
    return [plain(note.get_text()) for note in BeautifulSoup(made.html, "html.parser").select(".note")]


NOTHING = pd.DataFrame()
SHOWS = (charts.show_codes, charts.show_codes_by_meeting, charts.show_network, charts.show_agreement)
TABLES = (statement_tables.corpus_table, statement_tables.cooccurrences_table, statement_tables.years_table)


@pytest.mark.parametrize("made", [
    *(partial(show, NOTHING) for show in SHOWS),
    *(partial(made, NOTHING, caption="x") for made in TABLES),
    lambda: charts.show_codes(codes_of(("lieux", 0, "", 0, 0))),
    lambda: charts.show_codes_by_meeting(meetings_of({"lieux": [9]}, ["nord"])),
    lambda: charts.show_codes_by_meeting(meetings_of({"lieux": [2, 2]}, ["nord", "sud"])),
    lambda: charts.show_network(pairs_of(("lieux", "temps", 7), ("temps", "aide", 2))),  # one pair is no graph
    lambda: statement_tables.corpus_table(codings.corpus_card(YEAR).assign(documents=0), caption="x"),
    lambda: statement_tables.words_table(NOTHING, NOTHING, caption="x"),
    lambda: statement_tables.words_table(NO_WORD, PASSED[PASSED["analyse"] == "accord"], caption="x"),
])  # fmt: skip
def test_without_codings_nothing_is_shown(made):
    assert (made().html, made().text) == ("", "")


# --- the book as a tree ----------------------------------------------------------------------------------------------

BOOK = codes_of(
    ("lieux", 0, "", 3, 12), ("bureau", 1, "lieux", 9, 9), ("salle", 1, "lieux", 0, 0), ("temps", 0, "", 5, 5)
)


def test_the_book_is_a_tree_in_its_order_with_its_branches():
    made = charts.show_codes(BOOK)
    assert 'id="fig-codages-arbre"' in made.html
    assert plain(made.text).splitlines() == [
        "« Bureau », le code le plus employé : 9 extraits de 1 document",
        "Barres horizontales des extraits par code, en arbre : Lieux, 3 (branche : 12) ; Bureau, 9 ; Temps, 5.",
    ]
    assert set(drawn(made)) == {"3 (branche : 12)", "9", "5", "Lieux", "Bureau", "Temps"}
    assert data(made)[1:3] == [["Lieux", "3", "12", "6", "1", "2", "30"], ["Bureau", "9", "9", "18", "1", "2", "90"]]
    base = "n = 34 (passages codés, un texte sous deux codes comptant deux fois) ; 3 (codes employés, sur 4 du livre)"
    assert base in plain(made.html) and notes(made) == ["1 code du livre n’a aucun passage : « Salle »."]
    for drawing in drawings(made.html):  # a child stands further right than its parent
        at = {}
        for parent in ElementTree.fromstring(drawing).iter():
            moved = re.match(r"translate\(([-\d.]+)", parent.get("transform", ""))
            texts = [child for child in parent if child.tag.endswith("}text")]
            at |= {child.text: float(moved[1] if moved else 0) + float(child.get("x", 0)) for child in texts}
        assert at["Bureau"] > at["Lieux"] + 5 and at["Temps"] == pytest.approx(at["Lieux"], abs=0.2)


# --- codes by meeting ------------------------------------------------------------------------------------------------


def test_codes_by_meeting_are_a_heat_table_with_their_total():
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [4, 2], "temps": [0, 5]}, ["nord", "sud"]))
    assert 'id="fig-codages-reunions"' in made.html and notes(made) == []
    assert plain(made.text).startswith("« Temps » : 5 extraits dans « sud », la case la plus fournie\n")
    assert plain(made.text).endswith("2 réunions ; en tout : Lieux, 6 ; Temps, 5.")
    assert sorted(drawn(made)) == sorted(["4", "2", "6", "0", "5", "5", "nord", "sud", "total", "Lieux", "Temps"])
    assert data(made) == [["Code", "nord", "sud", "Ensemble"], ["Lieux", "4", "2", "6"], ["Temps", "0", "5", "5"]]


@pytest.mark.parametrize(("count", "is_drawn"), [(4, False), (5, True)])
def test_a_code_of_fewer_than_five_passages_is_in_the_data_alone(count, is_drawn):
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [9, 9], "rare": [count, 0]}, ["nord", "sud"]))
    assert ("Rare" in drawn(made)) is is_drawn and ["Rare", str(count), "0", str(count)] in data(made)
    note = "1 code posé sur moins de 5 extraits n’est pas dessiné : les données de la figure le donnent."
    assert notes(made) == ([] if is_drawn else [note])


def test_long_or_unprintable_names_of_meetings_become_letters_explained_under_the_figure():
    names = [f"réunion du groupe {n}" for n in range(8)]
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [2] * 8}, names))
    assert [text for text in drawn(made) if re.fullmatch("[A-Z]", text)] == list("ABCDEFGH")
    assert notes(made)[0].startswith("A : réunion du groupe 0 ; B : réunion du groupe 1 ; ")
    assert data(made)[0] == ["Code", *names, "Ensemble"]
    made = charts.show_codes_by_meeting(meetings_of({"lieux": [4, 4]}, ["a\x1bb", "sud"]))
    assert "A" in drawn(made) and all(ElementTree.fromstring(drawing) is not None for drawing in drawings(made.html))


def test_more_meetings_and_codes_than_a_sheet_holds_are_in_the_data(monkeypatch):
    counts = [1, *[5] * 7, 2, 3, 4, *[5] * 4]
    made = charts.show_codes_by_meeting(meetings_of({"lieux": counts}, [f"réunion {n}" for n in range(15)]))
    texts = drawn(made)
    assert [texts.count(each) for each in ("5", "autres", "10", "65")] == [11, 1, 1, 1] and len(data(made)[0]) == 17
    assert "Dernière colonne avant le total, « autres » : 4 réunions" in notes(made)[1]
    monkeypatch.setattr(charts.codings, "MOST_CODES", 3)
    made = charts.show_codes_by_meeting(meetings_of({f"code {n}": [50 - n, 0] for n in range(5)}, ["nord", "sud"]))
    assert "Code 2" in drawn(made) and "Code 3" not in drawn(made) and len(data(made)) == 6
    assert notes(made) == ["Les 3 codes les plus posés, sur 5 ; les données de la figure les donnent tous."]


# --- codes that co-occur ---------------------------------------------------------------------------------------------


def test_pairs_are_lines_with_how_many_times_they_meet():
    made = charts.show_network(pairs_of(("lieux", "temps", 7), ("temps", "aide", 3), ("aide", "lieux", 2)))
    assert 'id="fig-codages-paires"' in made.html and FEWEST_MET == FEWEST_DRAWN
    assert plain(made.text).splitlines() == [
        "« Lieux » et « Temps », la paire qui se rencontre le plus : 7 fois",
        "Traits entre les codes qui se rencontrent : Lieux et Temps, 7 fois ; Temps et Aide, 3 fois.",
    ]
    assert sorted(drawn(made)) == ["3", "7", "Aide", "Lieux", "Temps"]  # no line for what met twice
    assert "n = 2 (paires assez rencontrées) ; 3 (paires qui se rencontrent au moins une fois)" in plain(made.html)


def test_the_most_frequent_pairs_are_drawn_and_the_others_are_in_the_data(monkeypatch):
    monkeypatch.setattr(charts.codings, "MOST_PAIRS", 3)
    made = charts.show_network(pairs_of(*((f"a{n}", f"b{n}", 100 - n) for n in range(5))))
    note = "Les 3 paires qui se rencontrent le plus, sur 5 ; les données de la figure en donnent d’autres."
    assert notes(made)[0] == note and "98" in drawn(made) and "97" not in drawn(made) and len(data(made)) == 6


def test_a_long_table_stops_where_a_page_would_be_too_heavy_and_says_so():
    pairs = pairs_of(*((f"a{n}", f"b{n}", 200 - n) for n in range(130)))
    made = statement_tables.cooccurrences_table(pairs, caption="Paires")
    assert "<summary>Paires</summary>" in made.html and len(data(made)) == 101
    assert data(made)[1] == ["A0", "B0", "200", "2", "30", "200", "15,0 %"]
    assert notes(made)[0].startswith("Les 100 paires qui se rencontrent le plus, sur 130. Rencontres : ")
    words = words_of(*(("lieux", f"mot{n}", n / 10_000, True) for n in range(101, 0, -1)))
    made = statement_tables.words_table(words, PASSED, caption="Mots")
    assert [row[0] for row in data(made)][2:4] == ["mot1", "mot2"] and len(data(made)) == 102
    assert notes(made)[0].startswith("Les 100 mots les plus sûrs, sur 101 retenus. Lecture : « mot1 »")


# --- agreement -------------------------------------------------------------------------------------------------------


def test_agreement_is_sorted_by_alpha_and_says_what_its_interval_supposes():
    made = charts.show_agreement(agreement_of(lieux=0.4, temps=0.9, aide=None))
    assert 'id="fig-codages-accord"' in made.html
    assert plain(made.text).splitlines() == [
        "Deux personnes, 2 codes : alpha de 0,90 pour « Temps » à 0,40 pour « Lieux »",
        "Points et intervalles, alpha par code : Temps, 0,90, de 0,70 à 1,00 ; Lieux, 0,40, de 0,20 à 0,50.",
    ]
    assert "deux personnes sur 50 unités de texte" in plain(made.html)
    assert "L’intervalle suppose les unités indépendantes : il est le plus étroit possible" in plain(made.html)
    assert {"0,90 (35)", "0,40 (35)", "hasard"} <= set(drawn(made)) and "Aide" not in drawn(made)
    reason = "parce que toutes les unités y sont pareilles ou qu’un des deux livres ne l’a pas"
    assert notes(made) == [f"1 code sans alpha, {reason} : « Aide »."]
    assert data(made)[1] == ["Temps", "20", "5", "10", "15", "70,0 %", "72,7 %", "0,90", "0,90", "0,70", "1,00"]
    assert data(made)[3][-4:] == ["—"] * 4


# --- tables ----------------------------------------------------------------------------------------------------------


def test_the_corpus_has_the_kinds_that_have_documents_then_the_whole():
    corpus = codings.corpus_card(YEAR)
    made = statement_tables.corpus_table(corpus, caption="Corpus")
    assert [row[0] for row in data(made)] == ["Nature", "Comptes rendus"]  # one kind alone is the whole
    assert re.fullmatch(r"8 8 11 440 9 \d{3} \(8\d %\) \d 497 2", " ".join(data(made)[1][1:]))
    both = statement_tables.corpus_table(corpus.assign(documents=[1, 8, 0, 9]), caption="Corpus")
    assert [row[0] for row in data(both)] == ["Nature", "Verbatims", "Comptes rendus", "Ensemble"]
    assert notes(both)[0].startswith("Codés : 9 594 mots sur 11 440, 84 %.")
    # Where a text is missing, no share is said.
    made = statement_tables.corpus_table(corpus.assign(sans_texte=[0, 1, 0, 1]), caption="Corpus")
    assert data(made)[0][2] == "dont sans texte" and "%" not in plain(made.html)
    missing = "Texte absent : 1 document sur 8 dont le fichier ne donne que les passages codés"
    assert notes(made)[0].startswith(missing)


def test_years_are_told_by_what_became_of_each_code_with_rates_or_why_there_are_none():
    made = statement_tables.years_table(years_of((9.0, 3.0), (4.04, 0.0), (0.0, 3.5)), caption="Années")
    assert data(made) == [
        ["Code", "Extraits en 2019", "Extraits cette année", "Pour 1 000 mots en 2019", "Pour 1 000 mots cette année"],
        ["Codes des deux années (1)"], ["Code garde", "6", "9", "3,0", "9,0"],
        ["Codes apparus (1)"], ["Code apparu", "0", "4", "0,0", "4,0"],
        ["Codes disparus (1)"], ["Code disparu", "7", "0", "3,5", "0,0"],
    ]  # fmt: skip
    assert notes(made)[0].startswith("n = 2 000 mots en 2019, 1 000 cette année.")
    made = statement_tables.years_table(years_of(), caption="Années")
    assert data(made)[0] == ["Code", "Extraits en 2019", "Extraits cette année"]
    reason = "il faut que tous les documents des deux années aient leur texte"
    assert notes(made)[0].startswith(f"Pas de taux pour 1 000 mots : {reason}")


def test_words_are_listed_theme_by_theme_those_that_it_holds_less_apart():
    words = [("temps", "horaire", 0.004, True), ("lieux", "couloir", 0.002, True), ("lieux", "midi", 0.2, True)]
    words = words_of(*words, ("temps", "jour", 0.2, False)).assign(est_sous_employe=[False, False, True, False])
    made = statement_tables.words_table(words, PASSED, caption="Mots")
    assert [row[0] for row in data(made)[1:]] == [
        "Lieux (120 unités)", "couloir", "Temps (120 unités)", "horaire", "Lieux (120 unités), moins souvent qu’attendu", "midi",
    ]  # fmt: skip
    assert data(made)[0] == ["Mot", "Unités du thème", "Attendu", "Unités de tous les thèmes", "Documents", "q"]
    assert data(made)[2] == ["couloir", "45", "13,3", "50", "6", "0,0020"]
    assert "Lecture : « couloir » est dans 45 unités sur 120 du thème « Lieux »" in notes(made)[0]
    assert "pour les 4 couples" in notes(made)[0]
    assert (
        "Un mot compte une fois par unité, même répété : IRaMuTeQ et TXM comptent chaque occurrence" in notes(made)[0]
    )


def test_when_no_word_is_retained_the_number_of_tests_or_what_the_corpus_lacks_is_said():
    words = words_of(("temps", "horaire", 0.4, False), ("lieux", "couloir", 0.2, False))
    text = plain(statement_tables.words_table(words, PASSED, caption="Mots").text)
    assert "Aucun mot n’est plus fréquent, ni moins, sous un thème que sous les autres : sur 2 couples éprouvés" in text
    assert "assez grand" in statement_tables.words_table(NO_WORD, PASSED, caption="Mots").text
    gates = gates_of(
        mots=("au_moins", 10_000, 4_200, False), reunions=("au_moins", 6, 6, True),
        documents_sans_parole=("au_plus", 0, 1, False), themes_de_20_unites=("au_moins", 2, 1, False),
    )  # fmt: skip
    made = statement_tables.words_table(NO_WORD, gates, caption="Mots")
    assert data(made)[1:] == [
        ["Mots de comptes rendus ou de verbatims", "au moins 10 000", "4 200", "il en manque 5 800"],
        ["Réunions", "au moins 6", "6", "atteint"],
        ["Synthèses, ou documents de nature non dite", "au plus 0", "1", "1 de trop"],
        ["Thèmes d’au moins 20 unités de texte", "au moins 2", "1", "il en manque 1"],
    ]
    assert notes(made) == [
        "Les mots propres à chaque thème ne sont pas calculés. 4 200 mots de comptes rendus ou de verbatims sur 10 000 "
        "demandés : il en manque 5 800 ; 1 synthèse, ou document de nature non dite, quand il en faut zéro ; 1 thème "
        "d’au moins 20 unités de texte sur 2 demandés : il en manque 1."
    ]


# --- any label, any number -------------------------------------------------------------------------------------------


def stressed(texts: list[str]) -> dict[str, pd.DataFrame]:
    """What each figure is drawn from, with codes that bear these labels."""
    codes = [f"c{n}" for n in range(len(texts))]
    label = dict(zip(codes, texts, strict=True))
    tree = codes_of(*((code, n % 3, codes[n - 1] if n % 3 else "", 10, 20) for n, code in enumerate(codes)))
    pairs = pairs_of(*((codes[n], codes[(n * 7 + 1) % len(codes)], 30 - n) for n in range(min(25, len(codes)))))
    agreed = agreement_of(**{code: n / len(codes) - 0.1 for n, code in enumerate(codes)})
    meetings = meetings_of({code: [100] * 12 for code in codes}, [f"réunion {n}" for n in range(12)])
    return {
        "tree": tree.assign(libelle=texts, a_dessous=True),
        "meetings": meetings.assign(libelle=meetings["code"].map(label)),
        "network": pairs.assign(libelle=pairs["code"].map(label), autre_libelle=pairs["autre_code"].map(label)),
        "agreement": agreed.assign(libelle=texts, posees=100),
    }


def overlaps(figure) -> tuple[int, list]:
    """How many texts a drawing has, and which cover another, as they are laid out."""
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in (*axes.texts, *axes.get_yticklabels()) if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent().padded(-0.5)) for text in texts]
    return len(boxes), [(one, two) for (one, box), (two, other) in combinations(boxes, 2) if box.overlaps(other)]


@pytest.mark.parametrize("name", ["tree", "network", "agreement"])
def test_no_text_of_a_drawing_covers_another(name):
    phrase = "Place dans l’équipe éducative et reconnaissance du rôle par les professionnels " * 2
    frame = stressed([f"{n} {phrase}"[:120] for n in range(30)])[name]
    count, covered = overlaps(on(NARROW, partial(getattr(charts.codings, f"{name}_drawing"), frame)))
    assert count > 30 and covered == []


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
def test_many_meetings_are_read_on_any_sheet(sheet):
    counts = pd.DataFrame([[104] * 13] * 3, index=["a" * 120, "b", "c"])
    count, covered = overlaps(on(sheet, partial(codes_by_group_drawing, counts, [*"ABCDEFGHIJKL", "total"])))
    assert count >= 39 and covered == []


PARTS = set("figure figcaption p b div picture source img details summary table caption thead tbody tr th td a".split())
ATTRIBUTES = {"id", "class", "media", "srcset", "src", "alt", "scope", "colspan", "href", "download"}


def test_a_hostile_label_is_written_as_it_is():
    labels = PAYLOADS if ALL else PAYLOADS[:12]
    first, frames, none = labels[0], stressed(labels), [None] * (len(labels) - 1)
    for made in (
        charts.show_codes(frames["tree"]),
        charts.show_codes_by_meeting(frames["meetings"].replace({"groupe": {"réunion 1": first}})),
        charts.show_network(frames["network"]),
        charts.show_agreement(frames["agreement"]),
        # What is not drawn is named: under the tree, under the agreement.
        charts.show_codes(frames["tree"].assign(extraits_branche=[1, *[0] * len(none)])),
        charts.show_agreement(frames["agreement"].assign(alpha=[0.5, *none])),
        statement_tables.cooccurrences_table(frames["network"], caption="x"),
        statement_tables.years_table(years_of().assign(libelle=first), caption="x"),
        statement_tables.words_table(words_of((first, first, 0.01, True)), PASSED, caption="x"),
        statement_tables.words_table(NO_WORD, gates_of(**{first: ("au_moins", 2, 1, False)}), caption="x"),
        statement_tables.corpus_table(codings.corpus_card(YEAR).assign(nature=[*[first] * 3, "ensemble"]), caption="x"),
    ):
        tags = BeautifulSoup(made.html, "html.parser").find_all(True)
        assert {tag.name for tag in tags} <= PARTS and {name for tag in tags for name in tag.attrs} <= ATTRIBUTES
        links = [tag["href"][:14] for tag in tags if tag.name == "a"]
        assert links == ["data:text/csv;"] * made.html.count("<figure")
        for drawing in drawings(made.html) if "<figure" in made.html else []:
            inside = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(drawing).iter()}
            assert inside <= {"svg", "style", "defs", "pattern", "path", "g", "text"}
