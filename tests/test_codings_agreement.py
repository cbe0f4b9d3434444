"""Two codings of the same text: coefficients against tables worked by hand, the interval against simulations."""

import math
import unicodedata
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coded_year import coded_year
from conftest import ALL, long
from helpers import codings
from helpers.codings.agreement import Cells, cohen_kappa, krippendorff_alpha
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError

SENTENCES = [f"Voici la phrase numéro {rank} du texte." for rank in range(10)]
TEXT = " ".join(SENTENCES)
BOOK = (Code("a"), Code("b"))
EMPTY_BOOK = pd.DataFrame(columns=["theme", "libelle", "parent"], dtype="str")


def project(codes: str, *, book: tuple = BOOK, name: str = "r") -> Project:
    """One sentence a letter: its code, or a dash where nothing was coded."""
    passages, at = [], 0
    for sentence, code in zip(SENTENCES, codes, strict=False):
        if code != "-":
            passages.append(Passage(name, at, at + len(sentence), sentence, code))
        at += len(sentence) + 1
    return Project(book, (Document(name, TEXT),), tuple(passages))


def test_coefficients_are_those_worked_by_hand():
    # a: both 4, first alone 1, second alone 1, neither 2, of 8 units. Agreed 6/8; by chance 5/8·5/8 + 3/8·3/8 = 34/64.
    table = codings.agreement(project("aaaaabb---"), project("aaaab-ba--")).set_index("code")
    a = table.loc["a"]
    assert a[["unites", "les_deux", "premier_seul", "second_seul", "aucun"]].tolist() == [8, 4, 1, 1, 2]
    assert a["accord_pct"] == 75 and a["accord_positif_pct"] == 80
    assert a["kappa"] == pytest.approx((6 / 8 - 34 / 64) / (1 - 34 / 64)) == pytest.approx(7 / 15)
    # Krippendorff: of 16 judgements 10 are a; 2·2 pairs differ, of 2·10·6/15 expected.
    assert a["alpha"] == pytest.approx(1 - 4 / (2 * 10 * 6 / 15)) == pytest.approx(0.5)
    assert a["alpha_bas"] < 0 < 0.8 < a["alpha_haut"] < 1


@pytest.mark.parametrize("cells", [Cells(0, 0, 0, 0), Cells(5, 0, 0, 0), Cells(0, 0, 0, 5)])
def test_without_variety_there_is_no_coefficient(cells):
    assert math.isnan(cohen_kappa(cells)) and all(map(math.isnan, krippendorff_alpha(cells)))


@pytest.mark.parametrize(("n", "share", "kappa"), [(17, 0.5, 0.7), (46, 0.25, 0.7), (100, 0.2, 0.4), (200, 0.1, 0.8)][: 4 if ALL else 1])
def test_the_interval_holds_the_truth_nineteen_times_of_twenty(n, share, kappa):
    variance = share * (1 - share)
    parts = share**2 + kappa * variance, 2 * variance * (1 - kappa), (1 - share) ** 2 + kappa * variance
    tables = Counter(map(tuple, np.random.default_rng(1).multinomial(n, parts, 1000)))
    intervals = {(both, apart, neither): krippendorff_alpha(Cells(both, apart, 0, neither)) for both, apart, neither in tables}
    held = sum(times for each, times in tables.items() if intervals[each][1] <= kappa <= intervals[each][2])
    known = sum(times for each, times in tables.items() if not math.isnan(intervals[each][0]))
    assert 0.93 <= held / known <= 0.98


def test_passages_without_position_are_compared_by_their_text():
    def said(*pairs):
        return Project(BOOK, (Document("r"),), tuple(Passage("r", None, None, text, code) for text, code in pairs))

    first, second = said(("Une salle", "a"), ("Un bureau", "a")), said(("Une salle", "a"), ("Un couloir", "b"))
    row = codings.agreement(first, second).set_index("code").loc["a"]
    assert row[["unites", "les_deux", "premier_seul"]].tolist() == [3, 1, 1]
    assert codings.disagreements(first, second)["debut"].isna().all()


def test_only_what_both_coded_is_compared():
    one, two = project("ab"), project("aabb", name="autre")
    both = Project(BOOK, (*one.documents, *two.documents), (*one.passages, *two.passages))
    assert codings.agreement(both, replace(both, passages=one.passages))["unites"].tolist() == [2, 2]
    with pytest.raises(DataError, match="aucun document n’est codé par les deux personnes"):
        codings.agreement(one, two)


@long
@pytest.mark.parametrize("change", [
    lambda text: "\n" + unicodedata.normalize("NFD", text.replace(" ", "  ")), lambda text: text.replace("bateau", "navire").replace("vélo", "engin"),
], ids=["form", "words"])  # fmt: skip
def test_two_files_of_nearly_one_text_are_one_text_with_the_same_agreement(change):
    year = coded_year()
    one, two = codings.coded_by(year, "A"), codings.coded_by(year, "B")
    same = codings.agreement(one, two)
    texts = {each.name: change(each.text) for each in two.documents}

    def moved(passage):
        start, end = (len(change(given[passage.document][:at] + "|")) - 1 for at in (passage.start, passage.end))
        return replace(passage, document=f"{passage.document}.docx", start=start, end=end, text=texts[passage.document][start:end])

    given = {each.name: each.text for each in two.documents}
    documents = tuple(replace(each, name=f"{each.name}.docx", text=texts[each.name]) for each in two.documents)
    other = Project(two.codes, documents, tuple(map(moved, two.passages)))
    merged = codings.merge_codings({"Taguette": one, "NVivo": other})
    assert len(merged.documents) == len(year.documents)
    found = codings.agreement(*(codings.coded_by(merged, coder) for coder in "AB"))
    # A word that differs at the edge of a segment may leave it out.
    assert (found["les_deux"] - same["les_deux"]).abs().sum() <= (6 if "navire" in str(texts) else 0)
    card = codings.table_of(codings.measures({"a": one, "b": other}, year=2032), "corpus", book=EMPTY_BOOK)
    assert card["alignes"].max() == len(year.documents) and card["perdus"].max() <= 2
