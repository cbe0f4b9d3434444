"""What was planted in a year of eight coded meetings is found again, and nothing that was not."""

from collections import Counter
from dataclasses import replace
from math import comb

import pytest

from coded_year import DECOYS, DISAGREEMENTS, MEETINGS, PAIRS, PLANTED, coded_year, name, shuffled
from conftest import ALL
from helpers import codings


@pytest.fixture(scope="module")
def year():
    return coded_year()


@pytest.fixture(scope="module")
def coders(year):
    return codings.of_coder(year, "A"), codings.of_coder(year, "B")


def test_the_year_passes_every_gate(year):
    gates = codings.gates(year)
    assert gates["est_passe"].all()
    found = dict(zip(gates["condition"], gates["trouve"], strict=True))
    assert (found["reunions"], found["codeurs"], found["documents_sans_parole"], found["paires_tracees"]) == (MEETINGS, 2, 0, 2)
    assert found["mots"] == sum(len(document.text.replace("’", "").replace("'", "").split()) for document in year.documents) >= 10_000


def test_the_card_tells_the_year(year):
    card = codings.corpus(year).set_index("nature")
    assert card.loc["compte_rendu", ["documents", "sans_texte", "reunions", "codeurs"]].tolist() == [MEETINGS, 0, MEETINGS, 2]
    assert card.loc["ensemble"].tolist() == card.loc["compte_rendu"].tolist()
    assert card.loc["ensemble", "passages"] == len(year.passages)


def test_the_planted_pairs_are_all_and_the_only_ones(year, coders):
    # In the order of the book, which is not the one they were planted in.
    planted = {frozenset(pair[:2]): pair[2] for pair in PAIRS}
    for project in (year, *coders):
        pairs = codings.cooccurrences(project)
        assert {frozenset(row[:2]): row[2] for row in pairs[["code", "autre_code", "rencontres"]].itertuples(index=False)} == planted
        assert pairs["est_trace"].tolist() == [True, True, False]
        assert pairs["rencontres"].tolist() == [7, 3, 2]


def test_the_planted_disagreements_are_all_and_the_only_ones(coders):
    found = codings.disagreements(*coders)
    planted = Counter()
    for meeting, _, first, second in DISAGREEMENTS:
        planted.update((name(meeting), code, side) for code, side in ((first, "premier"), (second, "second")) if code)
    assert Counter(found[["document", "code", "pose_par"]].itertuples(index=False, name=None)) == planted
    assert found.loc[0, ["code", "autres_codes"]].tolist() == ["Lieux", "Temps"]


def test_agreement_counts_what_the_list_shows(coders):
    table, listed = codings.agreement(*coders).set_index("code"), codings.disagreements(*coders)
    alone = listed.groupby(["code", "pose_par"]).size()
    for code, row in table.iterrows():
        assert (row["premier_seul"], row["second_seul"]) == (alone.get((code, "premier"), 0), alone.get((code, "second"), 0))
        assert row["les_deux"] + row["premier_seul"] + row["second_seul"] + row["aucun"] == row["unites"]
        assert row["alpha_bas"] < row["alpha"] < row["alpha_haut"] <= 1
    # The code used four times is where one disagreement weighs, and its interval says so.
    assert (table["alpha_haut"] - table["alpha_bas"]).idxmax() == "Lieux/Bureau"
    assert "Jamais" not in table.index


def test_the_planted_words_are_found_and_no_other(year, coders):
    for project in (year, coders[0]):
        kept = codings.words_by_code(project).query("est_retenu and not est_sous_employe")
        assert dict(zip(kept["theme"], kept["lemme"], strict=True)) == {theme: lemma for theme, (lemma, _) in PLANTED.items()}
        assert len(kept) == len(PLANTED)


def test_a_word_that_a_theme_avoids_is_told_apart(coders):
    theme = Counter(each.code.split("/")[0] for each in coders[0].passages).most_common(1)[0][0]
    # The same decoy is taken out of every passage of one theme: nobody says it there any more.
    table = codings.words_by_code(_without(coders[0], DECOYS[0], theme))
    row = table.query("theme == @theme and lemme == @DECOYS[0]").iloc[0]
    assert (row["unites"], row["est_sous_employe"]) == (0, True) and row["attendu"] > 5
    assert row["est_retenu"] and row["documents"] == MEETINGS


def _without(project, word, theme):
    """The project where passages of a theme say another word, that nobody else says; as long: passages stay in place."""
    texts = {document.name: document.text for document in project.documents}
    for each in project.passages:
        if each.code.split("/")[0] == theme:
            text = texts[each.document]
            said = text[each.start : each.end].replace(word, "z" * len(word))
            texts[each.document] = text[: each.start] + said + text[each.end :]
    documents = tuple(replace(each, text=texts[each.name]) for each in project.documents)
    passages = tuple(replace(each, text=texts[each.document][each.start : each.end]) for each in project.passages)
    return replace(project, documents=documents, passages=passages)


def test_a_planted_word_is_counted_in_each_spelling(coders):
    row = codings.words_by_code(coders[0]).query("theme == 'Élèves' and lemme == 'élève'").iloc[0]
    pieces = {(each.document, each.start) for each in coders[0].passages if each.code == "Élèves"}
    text = {(each.document, each.start): each.text for each in coders[0].passages}
    assert row["unites"] == sum("élèves" in text[piece] or "e\u0301le\u0300ves" in text[piece] for piece in pieces)


def test_decoys_are_tested_and_never_kept(coders):
    tested = codings.words_by_code(coders[0])
    assert set(DECOYS) <= set(tested["lemme"])
    assert not tested.loc[tested["lemme"].isin(DECOYS), "est_retenu"].any()


def test_the_chance_of_a_word_is_counted_and_corrected_by_hand(coders):
    table = codings.words_by_code(coders[0])
    for row in table.iloc[::25].itertuples():
        ways = [comb(row.unites_lemme, k) * comb(row.unites_toutes - row.unites_lemme, row.unites_theme - k) for k in range(row.unites_theme + 1)]
        tails = sum(ways[row.unites :]) / sum(ways), sum(ways[: row.unites + 1]) / sum(ways)
        assert row.p_valeur == pytest.approx(min(1, 2 * min(tails)), rel=1e-6)
        assert row.attendu == pytest.approx(row.unites_theme * row.unites_lemme / row.unites_toutes)
    least = 1.0
    for rank, row in reversed(list(enumerate(table.itertuples(), 1))):
        least = min(least, row.p_valeur * len(table) / rank)
        assert row.q_valeur == pytest.approx(least)


def test_a_name_is_no_word_of_a_theme(coders):
    # As long as the word that it takes the place of: passages stay where they are.
    def named(text):
        return text.replace("couloir", "Marchal")

    documents = tuple(replace(each, text=named(each.text)) for each in coders[0].documents)
    table = codings.words_by_code(replace(coders[0], documents=documents, passages=tuple(replace(each, text=named(each.text)) for each in coders[0].passages)))
    assert not table["lemme"].str.contains("marchal").any()
    assert set(table.query("est_retenu and not est_sous_employe")["theme"]) == set(PLANTED) - {"Lieux"}


def test_a_code_of_few_units_is_given_no_word(coders):
    assert set(codings.words_by_code(coders[0], depth=2)["theme"]) == {"Lieux", "Temps", "Équipe", "Élèves", "Familles"}


def test_without_planted_words_none_is_found_in_95_years_of_100_at_least(coders):
    # All the words of a theme are then false discoveries: of 200 years, at most the level, 10, may have one.
    drawn = 200 if ALL else 40
    years = [codings.words_by_code(shuffled(coders[0], seed)) for seed in range(drawn)]
    assert all(len(table) > 200 for table in years)
    assert sum(bool(table["est_retenu"].any()) for table in years) <= drawn / 20


def test_a_synthesis_or_a_short_year_gives_no_word(year):
    synthesis = replace(year, documents=tuple(replace(document, kind="synthese") for document in year.documents))
    few = {document.name for document in year.documents[:5]}
    short = replace(year, documents=year.documents[:5], passages=tuple(each for each in year.passages if each.document in few))
    for project, missing in ((synthesis, {"documents_sans_parole", "mots", "reunions"}), (short, {"mots", "reunions"})):
        gates = codings.gates(project).query("analyse == 'mots_par_theme' and not est_passe")
        assert set(gates["condition"]) == missing
        assert codings.words_by_code(project).empty
    # A synthesis is neither crossed with meetings nor given a rate; pairs and agreement stay.
    stopped = codings.gates(synthesis).query("not est_passe")["analyse"]
    assert set(stopped) == {"code_par_document", "pour_mille_mots", "mots_par_theme"}
    # Two short years make a long one.
    rest = {document.name for document in year.documents[5:]}
    other = replace(year, documents=year.documents[5:], passages=tuple(each for each in year.passages if each.document in rest))
    assert codings.words_by_code(short, other).equals(codings.words_by_code(year))


def test_two_years_of_minutes_have_rates_and_a_code_comes_and_goes(year):
    before = replace(year, passages=tuple(each for each in year.passages if each.code != "Temps"))
    now = replace(year, passages=tuple(each for each in year.passages if each.code != "Lieux/Bureau"))
    table = codings.year_to_year(now, before).set_index("code")
    assert table["etat"].to_dict() == {"Lieux": "garde", "Temps": "apparu", "Lieux/Bureau": "disparu", "Équipe": "garde", "Élèves": "garde", "Familles": "garde"}
    assert (table["mots"] == codings.corpus(year)["mots"].iloc[-1]).all()
    assert table["pour_mille_mots"].tolist() == pytest.approx((1000 * table["extraits"] / table["mots"]).tolist())
    # Both coded most sentences: a piece of text is one.
    assert table.loc["Familles", "extraits"] == len({(each.document, each.start) for each in year.passages if each.code == "Familles"})


def test_codes_by_meeting_add_up(year):
    table = codings.code_by_document(year, attribute="reunion")
    assert len(table) == 6 * MEETINGS
    # Two persons who put one code on a sentence make one piece of text of it.
    pieces = {(each.code, each.document, each.start, each.end) for each in year.passages}
    assert table.groupby("code")["extraits"].sum().to_dict() == Counter(code for code, *_ in pieces)
    assert table["total"].is_monotonic_decreasing
    assert table["groupe"].head(MEETINGS).tolist() == [f"réunion {rank + 1}" for rank in range(MEETINGS)]
