"""Tables of a coding, against a slow and plain computation on the same project."""

import itertools
import random

import pytest

from coding_files import place
from conftest import ALL
from helpers import codings
from helpers.codings.counts import units, word_count, words
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError

CODES = (Code("a"), Code("b", "a"), Code("c"), Code("d/e"))
PATHS = [code.path for code in CODES]
RANDOM = pytest.mark.parametrize("seed", range(150 if ALL else 10))


def drawn(seed: int) -> Project:
    """Two documents with passages that overlap, by two coders, and one whose passages have no position."""
    draw, passages = random.Random(seed), []
    vocabulary = ["l’été", "deux", "e\u0301cole", "à", "salle"]
    texts = {name: " ".join(draw.choices(vocabulary, k=draw.randint(5, 15))) for name in "xy"}
    for _ in range(draw.randint(2, 14)):
        name = draw.choice("xy")
        start = draw.randrange(len(texts[name]) - 1)
        end = draw.randint(start + 1, len(texts[name]))
        passages.append(Passage(name, start, end, texts[name][start:end], draw.choice(PATHS), draw.choice("AB")))
    for _ in range(draw.randint(0, 3)):
        text = draw.choice(["une salle pour tous", "deux"])
        passages.append(Passage("z", None, None, text, draw.choice(PATHS), draw.choice("AB")))
    return Project(CODES, tuple(Document(name, texts.get(name, "")) for name in "xyz"), tuple(passages))


def signs(passage: Passage) -> set:
    """The characters that a passage covers, one by one."""
    if passage.start is None:
        return {(passage.document, passage.text, at) for at in range(len(passage.text))}
    return {(passage.document, "", at) for at in range(passage.start, passage.end)}


def union(passages: list[Passage]) -> set:
    return set().union(*map(signs, passages))


def pieces(passages: list[Passage]) -> int:
    """The number of heaps of passages, two being in one when they share a character."""
    heaps: list[set] = []
    for each in map(signs, passages):
        touching = [heap for heap in heaps if heap & each]
        heaps = [heap for heap in heaps if not heap & each] + [each.union(*touching)]
    return len(heaps)


@RANDOM
def test_pairs_are_those_of_characters_taken_one_by_one(seed):
    project = drawn(seed)
    rows = {(row.code, row.autre_code): row for row in codings.cooccurrences(project).itertuples()}
    for pair in itertools.combinations(PATHS, 2):
        couples, shared, either = set(), 0, 0
        for coder in "AB":
            one, two = (
                [each for each in project.passages if (each.coder, each.code) == (coder, code)] for code in pair
            )
            shared, either = shared + len(union(one) & union(two)), either + len(union(one) | union(two))
            couples |= {
                (first.document, first.text, first.start, first.end, second.start, second.end)
                for first, second in itertools.product(one, two)
                if signs(first) & signs(second)
            }
        row = rows.pop(pair, None)
        assert (row is None) == (not couples)
        if row:
            documents = len({couple[0] for couple in couples})
            assert (row.rencontres, row.documents) == (len(couples), documents)
            assert (row.signes_communs, row.signes, row.jaccard) == (shared, either, shared / either)
    assert rows == {}


@RANDOM
def test_codes_are_counted_as_by_hand(seed):
    project = drawn(seed)
    for row in codings.code_counts(project).itertuples():
        own = [each for each in project.passages if each.code == row.code]
        branch = [each for each in project.passages if f"{each.code}/".startswith(f"{row.code}/")]
        assert (row.passages, row.documents) == (len(own), len({each.document for each in own}))
        assert row.codeurs == len({each.coder for each in own})
        assert (row.extraits, row.extraits_branche) == (pieces(own), pieces(branch))


@RANDOM
def test_units_cut_a_text_where_its_codes_change(seed):
    project = drawn(seed)
    sides = [[each for each in project.passages if each.coder == coder] for coder in "AB"]
    texts = {document.name: document.text for document in project.documents}
    whole = {(each.document, each.start, each.end) for each in project.passages}
    expected = {}
    for name in "xy":
        stops = {at for each in project.passages if each.document == name for at in (each.start, each.end)}
        for start, end in itertools.pairwise(sorted(stops)):
            codes = tuple(frozenset(each.code for each in side if (name, "", start) in signs(each)) for side in sides)
            if any(codes) and ((name, start, end) in whole or word_count(texts[name][start:end]) >= 3):
                expected[name, texts[name][start:end], start] = codes
    for text in {each.text for each in project.passages if each.start is None}:
        unplaced = [[each for each in side if each.start is None and each.text == text] for side in sides]
        expected["z", text, 0] = tuple(frozenset(each.code for each in side) for side in unplaced)
    made = units(sides, texts)
    assert {(unit.place.zone[0], unit.text, unit.place.start): unit.codes for unit in made} == expected


@pytest.mark.parametrize("name", "corpus_card code_counts code_by_document cooccurrences analysis_requirements words_by_code".split())
def test_an_empty_project_gives_a_table_with_the_same_columns(name):
    assert getattr(codings, name)(Project()).columns.tolist() == getattr(codings, name)(drawn(1)).columns.tolist()


def test_the_corpus_counts_documents_of_each_kind_and_coded_words_once():
    said = Document("v", "L’équipe du collège.", "verbatim")
    coded = [place(said, "L’équipe", "a", "A"), place(said, "équipe du collège", "c", "B")]
    passages = (*coded, Passage("s", None, None, "deux mots", "a"))
    table = codings.corpus_card(Project(CODES, (said, Document("s", "", "synthese"), Document("i", "Un mot")), passages))
    assert table["nature"].tolist() == ["verbatim", "compte_rendu", "synthese", "inconnue", "ensemble"]
    assert table[["mots", "mots_codes", "sans_texte", "codeurs", "passages"]].to_numpy().tolist() == [
        [3, 3, 0, 2, 2], [0, 0, 0, 0, 0], [0, 2, 1, 0, 1], [2, 0, 0, 0, 0], [5, 5, 1, 2, 3],
    ]  # fmt: skip


def test_codes_are_cross_tabulated_with_meetings_only_where_there_are_two():
    documents = tuple(
        Document(f"r{rank}", "Un bureau.", "synthese" if meeting == "est" else "", (("reunion", meeting),))
        for rank, meeting in enumerate(["nord", "nord", "sud", "", "est"])
    )
    passages = tuple(Passage(each.name, 0, 10, "Un bureau.", "a") for each in documents)
    table = codings.code_by_document(Project(CODES, documents, passages), attribute="reunion")
    assert table.to_numpy().tolist() == [["a", "nord", 2, 3], ["a", "sud", 1, 3]]
    assert codings.code_by_document(Project(CODES, documents, passages))["groupe"].tolist() == ["r0", "r1", "r2", "r3"]
    for few in ((0, 4), (0, 1)):
        few = Project(CODES, tuple(documents[each] for each in few), tuple(passages[each] for each in few))
        assert codings.code_by_document(few, attribute="reunion").empty


@pytest.mark.parametrize(("now", "before", "is_rated"), [
    ("compte_rendu", "compte_rendu", True), ("verbatim", "verbatim", True), ("verbatim", "compte_rendu", False),
    ("synthese", "synthese", False), ("compte_rendu", "synthese", False), ("", "", False),
])  # fmt: skip
def test_rates_need_two_years_of_speech_of_one_kind(now, before, is_rated):
    def year(*documents):
        return Project((Code("a"),), documents, (Passage("r", 0, 10, "Un bureau.", "a"),))

    last = year(Document("r", "Un bureau.", before))
    row = codings.year_to_year(year(Document("r", "Un bureau.", now)), last).iloc[0]
    rates = row[["pour_mille_mots", "pour_mille_mots_avant"]]
    assert row["etat"] == "garde" and (rates.tolist() == [500, 500] if is_rated else rates.isna().all())


@pytest.mark.parametrize(("text", "forms"), [
    ("l’équipe", ["équipe"]), ("L'e\u0301quipe", ["équipe"]), ("qu’ils n’ont", ["ils", "ont"]), ("aujourd’hui", ["aujourd'hui"]),
    ("dit-il, a-t-on vu", ["dit", "a", "vu"]), ("sous\u2011préfet", ["sous-préfet"]), ("en 2020, 12-03, la 3e", ["en", "la", "3e"]), ("… ’ -", []),
])  # fmt: skip
def test_words_are_read_alike_however_they_are_written(text, forms):
    assert [each.form for each in words(text)] == forms


def test_a_word_is_found_by_its_lemma_with_its_context_and_personal_data_masked():
    text = "Toute l’e\u0301quipe est là. Les équipes ont été reçues, dit le principal."
    unplaced = "Écrire à a@b.fr, ou l’appeler au 06 12 34 56 78"
    passages = (Passage("r", 0, 16, text[:16], "a"), Passage("r", 6, 20, text[6:20], "c", "B"))
    passages += (Passage("z", None, None, unplaced, "a"),)
    project = Project(CODES, (Document("r", text), Document("z")), passages)
    assert codings.contexts(project, "Équipe", width=14).drop(columns="document").to_numpy().tolist() == [
        [8, "Toute l’", "e\u0301quipe", "est là. Les", "a, c"], [28, "est là. Les", "équipes", "ont été", ""],
    ]  # fmt: skip
    assert codings.contexts(project, "être")["mot"].tolist() == ["est", "été"]
    row = codings.contexts(project, "appeler").iloc[0]
    masked_mail, masked_number = "Écrire à ••••••, ou l’", "au ••••••••••••••"
    assert row[["document", "avant", "apres", "codes"]].tolist() == ["z", masked_mail, masked_number, "a"]
    assert row.isna()["debut"]
    for typed in ("", "deux mots", "12", "…"):
        with pytest.raises(DataError, match="n’est pas un mot"):
            codings.contexts(project, typed)
