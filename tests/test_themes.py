"""Page 04: statements read with their codes in words, and what the notebook makes of two opposite years."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from coding_files import plain
from conftest import long
from helpers import data, indicators, parameters, text
from helpers.analysis import themes
from helpers.charts import publish
from helpers.indicators.constraints import row, table
from helpers.schema import columns
from helpers.text import sentences
from in_process import run_cell

BOOK = pd.DataFrame({"theme": ["outils", "accueil", "temps"], "libelle": ["Outils", "Accueil", "Temps"]})
BOOK = BOOK.assign(definition="Ce qui en relève.", parent="", inclure="", exclure="", modifie_le="")
COLUMNS = ["id", "ligne", "theme", "enonce", "nature", "echelle", "repond_a", "associations", "indicateur_lie"]
STATEMENTS = pd.DataFrame([
    ("E01", 9, "accueil", "a", "tension", "alses", "", "Le Gué", "alses/sexe/filles"),
    ("E02", 5, "outils", "b", "constat", "alses", "", "Tilleuls", ""),
    ("E03", 5, "outils", "c", "levier", "territorial", "E04", "Tilleuls ; Le Gué", "postes/bureau/non"),
    ("E04", 7, "accueil", "d", "tension", "alses", "", "Le Gué", "postes/bureau/non"),
], columns=COLUMNS).assign(acteurs="alses", reunion="")  # fmt: skip
EXACT = {"precision": "exact", "reference": ""}


def facts(*rows: dict) -> indicators.Facts:
    return indicators.Facts(table(list(rows)), year=2032)


BUREAU = row((2032, "postes", "bureau", "non"), "postes", counts=(1, 1), base=(5, 5), **EXACT)
LINKED = row((2032, "enonces", "rubrique_liee", "deploiement"), "enonces", counts=(3, 3), **EXACT)


def test_statements_have_their_codes_in_words_in_the_order_of_the_book_and_of_the_catalogue():
    made = themes.labelled(STATEMENTS.assign(acteurs="parents ; alses;alses"), BOOK)
    assert made["id"].tolist() == ["E02", "E03", "E04", "E01"]
    assert made["theme"].cat.categories.tolist() == ["Outils", "Accueil", "Temps"]
    assert made["nature"].cat.categories.tolist() == ["constat", "tension", "levier", "recommandation"]
    assert made["echelle"].tolist()[:2] == ["Les ALSES", "Le territoire"]
    assert made["acteurs"].tolist() == [["parents", "ALSES"]] * 4
    assert made.explode("repond_a")["repond_a"].dropna().tolist() == ["E04"]
    # By the catalogue: the posts come before the persons.
    assert made["indicateur_lie"].cat.categories.tolist() == ["postes/bureau/non", "alses/sexe/filles"]
    assert themes.labelled(STATEMENTS.head(0), BOOK).empty


def test_a_section_leads_to_the_statements_on_a_figure_that_it_publishes_and_to_nothing_else():
    linked = STATEMENTS.assign(indicateur_lie=["postes/presentation_formelle/non", "postes/bureau/non", "", "alses/sexe/filles"])
    year, unpublished = facts(LINKED, BUREAU), facts(LINKED)
    made = text.renvoi(linked, "deploiement", year)
    assert plain(made.text) == "Les réunions en parlent aussi : 3 énoncés." and 'href="04_themes.html"' in made.html
    of_a_site = indicators.only_network(linked, "association X")
    silent = [text.renvoi(linked, "deploiement", unpublished), text.renvoi(linked, "volume", year), text.renvoi(of_a_site, "deploiement", year)]
    assert [each.html for each in silent] == [""] * 3


def test_a_value_leads_to_its_section_and_one_that_is_not_published_says_so():
    known, unknown = (sentences.named_value(path, facts(BUREAU), is_linked=True) for path in ("postes/bureau/non", "alses/sexe/filles"))
    assert plain(known.text) == "Bureau ou local au collège : non, 1 sur 5 (nouvelles prises de poste)"
    section = "02_describe.html#dans-quelles-conditions-les-nouveaux-postes-ont-ils-ouvert"
    assert f'<a href="{section}">Bureau' in known.html
    assert "<a" not in unknown.html and plain(unknown.text) == "Sexe : filles, pas de donnée"  # its section may not be there


NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks/04_themes.ipynb"


def page(monkeypatch, statements, *sections, codings=None, figures=(), is_drawn=False) -> dict[str, str]:
    """What these sections of the notebook display (HTML), or all."""
    if not is_drawn:  # the words and the tables of the figures alone
        monkeypatch.setattr(publish, "lay_out", lambda *_, **__: None)
        monkeypatch.setattr(publish, "to_inline", lambda *_, **__: "")
    tables = {
        "enonces": statements, "codages": codings,
        "indicateurs": pd.concat([indicators.count_statements(statements, year=2032, document="Note"), *([table(list(figures))] if figures else [])]),
    }  # fmt: skip
    monkeypatch.setattr(data, "load", lambda _, name: tables[name] if tables.get(name) is not None else pd.DataFrame(columns=columns(name)))
    monkeypatch.setattr(data, "read_reference", lambda _: BOOK)
    monkeypatch.setattr(data, "is_exploring", lambda _: False)
    monkeypatch.setattr(parameters, "check", lambda *_, **given: SimpleNamespace(**given))
    shown, section, names = {}, "", {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            section = source.splitlines()[0].lstrip("# ")
        elif not re.search("provenance|fiche", " ".join(cell["metadata"].get("tags", []))) and (not sections or section in (FIRST, "À retenir", *sections)):
            made = run_cell(SimpleNamespace(source=source, id=section), names)
            if "parameters" in cell["metadata"].get("tags", []):
                names["year"] = 2032
            shown[section] = shown.get(section, "") + "".join(getattr(each, "html", "") for each in made)
    return shown


def titles(section: str) -> list[str]:
    return [plain(re.sub(r"<[^>]+>", "", each)) for each in re.findall(r'class="figure-titre">(.*?)</p>', section)]


FIRST = "Que retient-on des réunions ?"
TENSIONS = "Quelles tensions trouvent une réponse ?"


def test_the_tensions_without_answer_are_told_and_none_is_when_all_have_one(monkeypatch):
    some = page(monkeypatch, STATEMENTS, TENSIONS)
    assert titles(some[TENSIONS]) == ["La tension sans réponse est sous « Accueil »"]
    assert "La réponse proposée est un levier pour" in some[TENSIONS] and "n = 2 tensions" in plain(some[TENSIONS])
    every = page(monkeypatch, STATEMENTS.assign(repond_a=["", "", "E04;E01", ""]), TENSIONS)
    assert titles(every[TENSIONS]) == ["Chaque tension trouve une réponse"] and "Aucune" not in every[TENSIONS]
    # Where nobody put an answer beside a tension, none is said to be missing.
    assert titles(page(monkeypatch, STATEMENTS.assign(repond_a=""), TENSIONS)[TENSIONS]) == []


def test_the_theme_that_is_named_follows_the_year_and_a_tie_names_both(monkeypatch):
    said = []
    for natures in (["tension", "constat", "levier", "tension"], ["levier", "tension", "tension", "constat"], ["tension", "tension", "levier", "constat"]):
        said.append(plain(text.plain(page(monkeypatch, STATEMENTS.assign(nature=natures, repond_a=""), "À retenir")["À retenir"])))
    assert "Le thème « Accueil » réunit le plus de tensions : 2 sur 2." in said[0]
    assert "Le thème « Outils » réunit le plus de tensions : 2 sur 2." in said[1]
    assert "Les thèmes « Outils » et « Accueil » réunissent le plus de tensions : 1 chacun, sur 2." in said[2]


def test_each_statement_is_read_once_before_the_list(monkeypatch):
    statements = STATEMENTS.assign(enonce=["Phrase une.", "Phrase deux.", "Phrase trois.", "Phrase quatre."], repond_a=["", "", "E04;E01", ""])
    shown = page(monkeypatch, statements)
    read = "".join(html for name, html in shown.items() if not name.startswith("Où relire"))
    assert [read.count(f"Phrase {number}.") for number in ("une", "deux", "trois", "quatre")] == [1, 0, 1, 1]
    assert "Même réponse, plus haut" in shown[TENSIONS]
    assert "Plus haut : 1 tension, 1 levier" in plain(shown["Que disent les chiffres sur les mêmes sujets ?"])


def measured(**tables: list[dict]) -> pd.DataFrame:
    """Rows of the schema ``codages``: a table a keyword, ``cle`` and ``autre_cle`` among the measures of a row."""
    rows = [
        (2032, name, each["cle"], each.get("autre_cle", ""), measure, value)
        for name, table in tables.items() for each in table for measure, value in each.items() if measure not in ("cle", "autre_cle")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns("codages"))


def test_codes_are_a_tree_with_its_branches_and_those_without_segment_are_named(monkeypatch):
    section = "Quels codes ont servi ?"
    counts = {"passages": 9, "documents": 2, "codeurs": 2, "mots": 90}
    codes = [
        {"cle": "accueil", "profondeur": 0, "extraits": 3, "extraits_branche": 8, **counts},
        {"cle": "outils", "profondeur": 1, "extraits": 5, "extraits_branche": 5, **counts},
        {"cle": "temps", "profondeur": 0, "extraits": 0, "extraits_branche": 0, **dict.fromkeys(counts, 0)},
    ]
    made = page(monkeypatch, STATEMENTS, section, codings=measured(codes=codes), is_drawn=True)[section]
    assert titles(made) == ["« Outils » revient le plus : 5 extraits"] and "Sans aucun passage : « Temps »." in plain(made)
    assert "n = 18 passages codés" in plain(made) and ">– Outils<" in made and "n’est pas dans" not in made


def test_the_agreement_names_its_ends_and_a_code_without_alpha_is_in_the_counts_alone(monkeypatch):
    section = "Deux personnes codent-elles de la même façon ?"
    counts = {"unites": 50, "les_deux": 20, "premier_seul": 5, "second_seul": 10, "aucun": 15, "accord_positif_pct": 72.7}
    rows = [{"cle": code, **counts, "alpha": alpha, "alpha_bas": alpha - 0.2, "alpha_haut": alpha + 0.1} for code, alpha in (("accueil", 0.4), ("outils", 0.8))]
    made = page(monkeypatch, STATEMENTS, section, codings=measured(accord=[*rows, {"cle": "temps", **counts}]))[section]
    assert titles(made) == ["« Outils » fait le plus accord, « Accueil » le moins"] and "n = 50 unités de texte" in plain(made)
    figure, table = made.split("Accord de deux personnes, code par code", 1)
    assert "Temps" not in figure and "Temps" in table and "dossier privé" in made


@long
def test_a_book_of_285_codes_shows_thirty_and_says_so(monkeypatch):
    names = [f"code_{rank:03}" for rank in range(285)]
    counts = {"profondeur": 0, "passages": 2, "documents": 1, "codeurs": 2, "mots": 9}
    codes = [{"cle": name, "extraits": 300 - rank, "extraits_branche": 300 - rank, **counts} for rank, name in enumerate(names)]
    cells = {"unites": 900, "premier_seul": 1, "second_seul": 1, "aucun": 5, "accord_positif_pct": 50, "alpha_bas": 0.1, "alpha_haut": 0.9}
    agreed = [{"cle": name, "les_deux": 300 - rank, "alpha": 0.5, **cells} for rank, name in enumerate(names)]
    book = pd.DataFrame({"theme": names, "libelle": [name.title() for name in names]}).assign(definition="d" * 400, parent="", inclure="i" * 400)
    monkeypatch.setattr(f"{__name__}.BOOK", pd.concat([BOOK, book.assign(exclure="", modifie_le="")]))
    sections = ["Quels codes ont servi ?", "Deux personnes codent-elles de la même façon ?", "Où relire les énoncés et les codes ?"]
    coded = measured(codes=codes, accord=agreed)
    shown = page(monkeypatch, STATEMENTS, *sections, codings=coded, is_drawn=True)
    assert sum(len(html) for html in shown.values()) < 350_000
    for section in sections[:2]:
        assert "Les 30 premiers codes sur 285" in plain(shown[section]) and "Code_029" in shown[section]
    assert "Code_031" not in shown[sections[0]] and "définitions abrégées" in shown[sections[2]]


def test_groups_are_compared_and_a_curve_tells_what_the_last_meeting_brings(monkeypatch):
    rate = {"documents": 3, "documents_groupe": 4, "mots": 1000, "pour_mille_mots": 6, "pour_mille_bas": 2.2, "pour_mille_haut": 13.1}
    groups = [{"cle": "accueil", "autre_cle": each, "extraits": 6, **rate} for each in ("groupe : Nord", "groupe : parents", "territoire : Lille")]
    meetings = [
        {"cle": code, "autre_cle": f"réunion {rank}", "extraits": count, "total": 9}
        for code, counts in (("accueil", (3, 3, 3)), ("outils", (0, 0, 9))) for rank, count in enumerate(counts, 1)
    ]  # fmt: skip
    words = {"occurrences": 9, "mots_groupe": 500, "occurrences_toutes": 9, "mots": 1000, "documents": 3, "est_retenu": 1, "couples": 40}
    words = [{"cle": "territoire : Lille", "autre_cle": "couloir", "attendu": 4.5, "p_valeur": 0.001, "q_valeur": 0.01, **words}]
    sections = "Dans quelle réunion chaque code revient-il ?", "Les dernières réunions apportent-elles encore des codes nouveaux ?", "Qui dit quoi ?"
    present = [row((2032, "reunions", "participants", each), "participants", counts=(count, count), **EXACT) for each, count in (("nord", 52), ("sud", 31))]
    shown = page(monkeypatch, STATEMENTS, *sections, codings=measured(groupes=groups, reunions=meetings, mots_groupes=words), figures=present)
    assert titles(shown[sections[1]]) == ["La dernière réunion apporte 1 code nouveau"]
    said = plain(text.plain(shown[sections[2]]))
    assert "les réunions « nord du département » ont compté 52 présences." in said and "31 présences" not in said
    assert all(each in said for each in ("Territoire : Lille", "3 sur 4", "6,0 (2,2 à 13,1)", "couloir", "4,5"))


def test_answers_that_two_persons_accept_are_counted_in_place_of_those_of_one(monkeypatch):
    sections = "À retenir", TENSIONS
    both = STATEMENTS.assign(repond_a=["", "", "E04;E01", ""], repond_a_2=["", "", "E04", ""])
    shown = page(monkeypatch, both, *sections)
    told = plain(text.plain(shown["À retenir"]))
    assert "elles acceptent toutes deux 1 paire sur 2, et 1 tension sur 2 y trouve une réponse" in told
    assert "la seule personne" not in told and titles(shown[TENSIONS]) == ["La tension sans réponse est sous « Accueil »"]
    assert "la seule personne" in plain(text.plain(page(monkeypatch, STATEMENTS, *sections)["À retenir"]))


def test_a_year_without_statement_shows_nothing_and_stops_nowhere(monkeypatch):
    shown = page(monkeypatch, STATEMENTS.head(0))
    assert all("<figure" not in html and "<table" not in html for html in shown.values()) and shown["À retenir"] == ""
