"""What was planted in a year of eight coded meetings is found again, and nothing that was not."""

from collections import Counter
from dataclasses import replace
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from coded_year import DECOYS, DISAGREEMENTS, MEETINGS, PAIRS, PLANTED, coded_year, name, spoken_year
from helpers import codings


@pytest.fixture(scope="module")
def year():
    return coded_year()


@pytest.fixture(scope="module")
def coders(year):
    return codings.coded_by(year, "A"), codings.coded_by(year, "B")


@pytest.fixture(scope="module")
def words(coders):
    return codings.words_by_code(coders[0])


def with_texts(project, texts):
    """The project with other texts of the same length, in which its passages stay where they are."""
    documents = tuple(replace(each, text=texts[each.name]) for each in project.documents)
    passages = tuple(replace(each, text=texts[each.document][each.start : each.end]) for each in project.passages)
    return replace(project, documents=documents, passages=passages)


def test_the_year_passes_every_gate_a_synthesis_or_a_short_year_does_not(year):
    gates = codings.analysis_requirements(year)
    assert gates["est_passe"].all()
    counts = dict(zip(gates["condition"], gates["trouve"], strict=True))
    assert [counts[each] for each in ("reunions", "codeurs", "documents_sans_parole")] == [MEETINGS, 2, 0]
    text = " ".join(document.text for document in year.documents)
    assert counts["mots"] == len(text.replace("’", "").replace("'", "").split()) >= 10_000
    synthesis = replace(year, documents=tuple(replace(document, kind="synthese") for document in year.documents))
    names = {name(rank) for rank in range(5)}
    short = replace(year, documents=year.documents[:5], passages=tuple(each for each in year.passages if each.document in names))
    for project, missing in ((synthesis, {"documents_sans_parole", "mots", "reunions"}), (short, {"mots", "reunions"})):
        gates = codings.analysis_requirements(project).query("analyse == 'mots_par_theme' and not est_passe")
        assert set(gates["condition"]) == missing and codings.words_by_code(project).empty
    # A synthesis has neither counts by meeting nor rates; pairs and agreement stay.
    stopped = codings.analysis_requirements(synthesis).query("not est_passe")["analyse"]
    assert set(stopped) == {"code_par_document", "pour_mille_mots", "mots_par_theme", "classes"}


def test_the_planted_pairs_are_all_and_the_only_ones(year, coders):
    # In the order of the book, which is not the one they were planted in.
    planted = {frozenset(pair[:2]): pair[2] for pair in PAIRS}
    for project in (year, *coders):
        pairs = codings.cooccurrences(project)
        rows = pairs[["code", "autre_code", "rencontres"]].itertuples(index=False)
        assert {frozenset(row[:2]): row[2] for row in rows} == planted
        assert pairs["rencontres"].tolist() == [7, 3, 2]


def test_the_planted_disagreements_are_all_the_only_ones_and_counted(coders):
    rows = codings.disagreements(*coders)
    planted = Counter()
    for meeting, _, *codes in DISAGREEMENTS:
        pairs = zip(codes, ("premier", "second"), strict=True)
        planted.update((name(meeting), code, side) for code, side in pairs if code)
    assert Counter(rows[["document", "code", "pose_par"]].itertuples(index=False, name=None)) == planted
    assert rows.loc[0, ["code", "autres_codes"]].tolist() == ["Lieux", "Temps"]
    table, alone = codings.agreement(*coders).set_index("code"), rows.groupby(["code", "pose_par"]).size()
    for code, row in table.iterrows():
        listed = [alone.get((code, side), 0) for side in ("premier", "second")]
        assert [row["premier_seul"], row["second_seul"]] == listed
        assert row["les_deux"] + sum(listed) + row["aucun"] == row["unites"]
        assert row["alpha_bas"] < row["alpha"] < row["alpha_haut"] <= 1
    # One disagreement weighs most on the code that was used four times.
    assert (table["alpha_haut"] - table["alpha_bas"]).idxmax() == "Lieux/Bureau" and "Jamais" not in table.index


def test_the_planted_words_are_found_and_no_other(year, words):
    for table in (codings.words_by_code(year), words):
        more = table.query("est_retenu and not est_sous_employe")
        assert sorted(zip(more["theme"], more["lemme"], strict=True)) == sorted(
            (theme, each) for theme, (each, _) in PLANTED.items()
        )
        decoys = table[table["lemme"].isin(DECOYS)]
        assert set(decoys["lemme"]) == set(DECOYS) and not decoys["est_retenu"].any()


def test_a_word_of_one_meeting_is_not_retained(coders):
    texts = {document.name: document.text for document in coders[0].documents}
    for each in coders[0].passages:
        if (each.code, each.document) == ("Familles", name(0)):
            text = texts[each.document]
            texts[each.document] = text[: each.start] + each.text.replace("note", "ruse") + text[each.end :]
    once = with_texts(coders[0], texts)
    row = codings.words_by_code(once).query("theme == 'Familles' and lemme == 'ruse'").iloc[0]
    assert row["q_valeur"] < 0.001 and row["documents"] == 1 and not row["est_retenu"]


def test_p_values_and_their_correction_are_those_computed_by_hand(words):
    for row in words.iloc[::25].itertuples():
        others = row.unites_toutes - row.unites_lemme
        ways = [comb(row.unites_lemme, k) * comb(others, row.unites_theme - k) for k in range(row.unites_theme + 1)]
        tails = sum(ways[row.unites :]) / sum(ways), sum(ways[: row.unites + 1]) / sum(ways)
        assert row.p_valeur == pytest.approx(min(1, 2 * min(tails)), rel=1e-6)
        assert row.attendu == pytest.approx(row.unites_theme * row.unites_lemme / row.unites_toutes)
    least = 1.0
    for rank, row in reversed(list(enumerate(words.itertuples(), 1))):
        least = min(least, row.p_valeur * len(words) / rank)
        assert row.q_valeur == pytest.approx(least)


def test_a_word_of_a_group_is_found_and_no_other(coders):
    """« fenêtre » is as frequent in both halves of the year, until that of the north says « verrière » instead."""
    side = {name(rank): "nord" if rank < MEETINGS // 2 else "sud" for rank in range(MEETINGS)}
    documents = tuple(
        replace(each, attributes=(*each.attributes, ("territoire", side[each.name]))) for each in coders[0].documents
    )
    year = replace(coders[0], documents=documents)
    assert not codings.words_by_group(year)["est_retenu"].any()
    texts = {each.name: each.text.replace("fenêtre", "verrou!") if side[each.name] == "nord" else each.text for each in documents}
    found = codings.words_by_group(with_texts(year, texts)).query("est_retenu")
    sides = {(row.groupe, row.lemme): row.est_sous_employe for row in found.itertuples()}
    assert sides == {
        ("territoire : nord", "verrou"): False, ("territoire : sud", "verrou"): True,
        ("territoire : sud", "fenêtre"): False, ("territoire : nord", "fenêtre"): True,
    }  # fmt: skip
    row = found[found["groupe"].eq("territoire : nord") & found["lemme"].eq("verrou")].iloc[0]
    assert row["occurrences"] == row["occurrences_toutes"] == sum(text.count("verrou") for text in texts.values())
    assert row["attendu"] == pytest.approx(row["occurrences_toutes"] * row["mots_groupe"] / row["mots"])


def test_segments_are_classed_by_their_vocabulary_and_no_exchange_would_split_them_better():
    segments = codings.segments(spoken_year())
    words = segments.explode("lemmes")
    presences = pd.crosstab(words.index, words["lemmes"]).clip(upper=1)
    classes = codings.descending_classes(presences, 4)
    vocabulary = segments["reunion"].str[-1].astype(int).sub(1).mod(3)
    assert classes.columns.tolist() == [2, 3, 4] and codings.adjusted_rand(vocabulary, classes[3]) > 0.95
    sides, best = codings.split(presences)
    apart = [chi2_contingency(presences.groupby(sides ^ moved).sum()).statistic for moved in (False, *np.eye(len(sides), dtype=bool)[::40])]
    assert apart[0] == pytest.approx(best) and max(apart) <= best * (1 + 1e-9)
