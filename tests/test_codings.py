"""Tables of a coding, beside what a slow and plain reading of the same project gives."""

import itertools
import random
import re
from collections import Counter

import pytest

from helpers import codings
from helpers.codings.counts import lemma, units, word_count, words
from helpers.codings.model import Code, Document, Passage, Project
from helpers.codings.personal_data import is_personal, masked
from helpers.schema import DataError
from helpers.typography import french_spaces

CODES = (Code("a"), Code("b", "a"), Code("c"), Code("d/e"))
PATHS = [code.path for code in CODES]
EMPTY = Project()


def drawn(seed: int, *, coders: str = "AB") -> Project:
    """A small project drawn at random: two documents, passages that overlap, one document without a place for them."""
    draw = random.Random(seed)
    texts = {name: " ".join(draw.choice(["l’été", "deux", "e\u0301cole", "à", "salle"]) for _ in range(draw.randint(5, 15))) for name in "xy"}
    passages = []
    for _ in range(draw.randint(0, 14)):
        name = draw.choice("xy")
        start = draw.randrange(len(texts[name]) - 1)
        end = draw.randint(start + 1, len(texts[name]))
        passages.append(Passage(name, start, end, texts[name][start:end], draw.choice(PATHS), draw.choice(coders)))
    for _ in range(draw.randint(0, 3)):
        passages.append(Passage("z", None, None, draw.choice(["une salle pour tous", "deux"]), draw.choice(PATHS), draw.choice(coders)))
    return Project(CODES, tuple(Document(name, texts.get(name, "")) for name in "xyz"), tuple(passages))


def signs(passage: Passage) -> set:
    """The signs that a passage covers, one by one."""
    if passage.start is None:
        return {(passage.document, passage.text, at) for at in range(len(passage.text))}
    return {(passage.document, "", at) for at in range(passage.start, passage.end)}


SEEDS = range(150)


@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_are_those_of_signs_taken_one_by_one(seed):
    project = drawn(seed)
    found = {row.code + " " + row.autre_code: row for row in codings.cooccurrences(project).itertuples()}
    for one, two in itertools.combinations(PATHS, 2):
        couples, both, either = set(), 0, 0
        for coder in "AB":
            mine = [[each for each in project.passages if (each.coder, each.code) == (coder, code)] for code in (one, two)]
            covered = [set().union(*map(signs, each)) if each else set() for each in mine]
            both, either = both + len(covered[0] & covered[1]), either + len(covered[0] | covered[1])
            couples |= {
                (first.document, first.text, first.start, first.end, second.start, second.end)
                for first, second in itertools.product(*mine) if signs(first) & signs(second)
            }  # fmt: skip
        row = found.pop(f"{one} {two}", None)
        assert (row is None) == (not couples)
        if row:
            assert (row.rencontres, row.signes_communs, row.signes, row.est_trace) == (len(couples), both, either, len(couples) >= 3)
            assert row.documents == len({couple[0] for couple in couples})
            assert row.jaccard == both / either
    assert found == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_codes_are_counted_as_by_hand(seed):
    project = drawn(seed)
    for row in codings.code_counts(project).itertuples():
        mine = [each for each in project.passages if each.code == row.code]
        assert (row.passages, row.documents, row.codeurs) == (len(mine), len({each.document for each in mine}), len({each.coder for each in mine}))
        assert row.extraits == pieces(mine)
        assert row.extraits_branche == pieces([each for each in project.passages if each.code == row.code or each.code.startswith(f"{row.code}/")])
    assert codings.code_counts(project)["profondeur"].tolist() == [0, 1, 0, 0]
    assert codings.code_counts(project)["libelle"].tolist() == ["a", "b", "c", "d/e"]


def pieces(passages: list[Passage]) -> int:
    """How many heaps passages make, two being in one when they share a sign."""
    heaps: list[set] = []
    for each in map(signs, passages):
        touching = [heap for heap in heaps if heap & each]
        heaps = [heap for heap in heaps if not heap & each] + [each.union(*touching)]
    return len(heaps)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_cut_a_text_where_its_signs_change(seed):
    project = drawn(seed)
    sides = [[each for each in project.passages if each.coder == coder] for coder in "AB"]
    texts = {document.name: document.text for document in project.documents}
    edges = {(each.document, at) for each in project.passages if each.start is not None for at in (each.start, each.end)}
    whole = {(each.document, each.start, each.end) for each in project.passages}
    expected = {}
    for name in "xy":
        stops = sorted(at for document, at in edges if document == name)
        for start, end in itertools.pairwise(stops):
            codes = tuple(frozenset(each.code for each in side if (name, "", start) in signs(each)) for side in sides)
            if any(codes) and ((name, start, end) in whole or word_count(texts[name][start:end]) >= 3):
                expected[name, start, end] = codes
    for text in {each.text for each in project.passages if each.start is None}:
        expected["z", 0, len(text)] = expected.get(("z", 0, len(text)), ()) or tuple(frozenset(each.code for each in side if each.text == text and each.start is None) for side in sides)
    assert {(unit.place.zone[0], unit.place.start, unit.place.end): unit.codes for unit in units(sides, texts)} == expected


def test_a_code_book_lists_unused_codes_and_refuses_unknown_ones():
    project = Project((Code("Lieux"),), (Document("r", "Un bureau."),), (Passage("r", 0, 10, "Un bureau.", "Lieux"),))
    assert codings.code_counts(project, (Code("Lieux"), Code("Temps")))["passages"].tolist() == [1, 0]
    with pytest.raises(DataError, match=re.escape(french_spaces("le code « Lieux » n’existe pas ; vouliez-vous « Lieu » ?"))):
        codings.code_counts(project, (Code("Lieu"),))


@pytest.mark.parametrize("table", [codings.corpus, codings.code_counts, codings.code_by_document, codings.cooccurrences, codings.gates, codings.words_by_code])
def test_an_empty_project_gives_a_table_with_the_same_columns(table):
    small = Project(CODES, (Document("x", "un mot"), Document("y")), (Passage("x", 0, 2, "un", "a"), Passage("x", 0, 2, "un", "c")))
    assert table(EMPTY).columns.tolist() == table(small).columns.tolist()
    assert codings.year_to_year(EMPTY, small).columns.tolist() == codings.year_to_year(EMPTY, EMPTY).columns.tolist()
    assert codings.contexts(EMPTY, "mot").empty


def test_a_tiny_project_passes_no_gate_of_words():
    gates = codings.gates(drawn(1)).set_index(["analyse", "condition"])["trouve"]
    assert gates.loc["mots_par_theme"].to_dict() == {"mots": 0, "reunions": 0, "documents_sans_parole": 3, "themes_de_20_unites": 0}


def test_codes_are_crossed_with_meetings_only_where_there_are_two():
    minutes = [Document(f"r{rank}", "Un bureau.", "compte_rendu", (("reunion", meeting),) if meeting else ()) for rank, meeting in enumerate(["nord", "nord", "sud", ""])]
    synthesis = Document("s", "Un bureau.", "synthese", (("reunion", "est"),))
    passages = tuple(Passage(each.name, 0, 10, "Un bureau.", "a") for each in [*minutes, synthesis])
    project = Project((Code("a"), Code("c")), (*minutes, synthesis), passages)
    table = codings.code_by_document(project, attribute="reunion")
    assert table.to_numpy().tolist() == [["a", "nord", 2, 3], ["a", "sud", 1, 3]]
    assert codings.code_by_document(project)["groupe"].tolist() == ["r0", "r1", "r2", "r3"]
    for alone in ((minutes[0], synthesis), tuple(minutes[:2])):
        names = {each.name for each in alone}
        few = Project(project.codes, alone, tuple(each for each in passages if each.document in names))
        assert codings.code_by_document(few, attribute="reunion").empty


@pytest.mark.parametrize(("now", "before", "is_rated"), [
    ("compte_rendu", "compte_rendu", True), ("verbatim", "verbatim", True), ("verbatim", "compte_rendu", False),
    ("synthese", "synthese", False), ("compte_rendu", "synthese", False), ("", "", False),
])  # fmt: skip
def test_rates_need_two_years_of_speech_of_one_kind(now, before, is_rated):
    years = [Project((Code("a"),), (Document("r", "Un bureau.", kind),), (Passage("r", 0, 10, "Un bureau.", "a"),)) for kind in (now, before)]
    row = codings.year_to_year(*years).iloc[0]
    assert row["etat"] == "garde" and (row["pour_mille_mots"] == row["pour_mille_mots_avant"] == 500) == is_rated
    assert is_rated or row[["pour_mille_mots", "pour_mille_mots_avant"]].isna().all()
    without = Project((Code("a"),), (Document("r", "Un bureau.", now), Document("s", "", now)), years[0].passages)
    assert codings.year_to_year(without, years[1])["pour_mille_mots"].isna().all()


@pytest.mark.parametrize(("text", "read"), [
    ("l’équipe", ["équipe"]), ("L'e\u0301quipe", ["équipe"]), ("qu’ils n’ont", ["ils", "ont"]), ("aujourd’hui", ["aujourd'hui"]),
    ("dit-il, a-t-on vu", ["dit", "a", "vu"]), ("sous\u2011préfet", ["sous-préfet"]), ("en 2020, 12-03, la 3e", ["en", "la", "3e"]), ("", []), ("… ’ -", []),
])  # fmt: skip
def test_words_are_read_alike_however_they_are_written(text, read):
    assert [each.form for each in words(text)] == read
    assert all(text[each.start : each.end] for each in words(text))


@pytest.mark.parametrize(("form", "expected"), [("équipes", "équipe"), ("élèves", "élève"), ("ont", "avoir"), ("sont", "être"), ("partenariats", "partenariat"), ("parentalité", "parentalité")])
def test_lemmas_are_those_of_a_dictionary(form, expected):
    assert lemma(form) == expected


def test_a_word_is_found_by_its_lemma_with_what_is_around_it():
    text = "Toute l’e\u0301quipe est là. Les équipes ont été reçues, dit le principal."
    passages = (Passage("r", 0, 16, text[:16], "a"), Passage("r", 6, 20, text[6:20], "c", "B"))
    found = codings.contexts(Project(CODES, (Document("r", text),), passages), "Équipe", width=14)
    assert found[["debut", "avant", "mot", "apres", "codes"]].to_numpy().tolist() == [
        [8, "Toute l’", "e\u0301quipe", "est là. Les", "a, c"],
        [28, "est là. Les", "équipes", "ont été", ""],
    ]
    assert codings.contexts(Project(CODES, (Document("r", text),)), "être")["mot"].tolist() == ["est", "été"]


def test_a_word_is_found_in_passages_without_place_and_numbers_are_masked():
    passages = (Passage("z", None, None, "Écrire à a@b.fr, ou l’appeler au 06 12 34 56 78", "a"),)
    row = codings.contexts(Project(CODES, (Document("z"),), passages), "appeler").iloc[0]
    assert row[["document", "avant", "apres", "codes"]].tolist() == ["z", "Écrire à ••••••, ou l’", "au ••••••••••••••", "a"]
    assert row.isna()["debut"]


@pytest.mark.parametrize("asked", ["", "deux mots", "12", "…"])
def test_what_is_not_one_word_is_refused(asked):
    with pytest.raises(DataError, match="n’est pas un mot"):
        codings.contexts(EMPTY, asked)


@pytest.mark.parametrize("text", [
    "a.b@c.fr", "a.b ＠ c.fr", "jean (at) mail.fr", "0612345678", "06.12.34.56.78", "06\u202f12\u00a034 56 78", "+33 6 12 34 56 78", "+33 (0)6-12-34-56-78",
    "061234567AB", "1234567890A", "123 456 789 AB", "né le 12 mars", "née en 2007", "ne\u0301e le 3/4", "12/03/2007", "2007-03-12", "12.3.07", "le 12 mars 2007",
    "le 1er fe\u0301vrier 2007", "3 août 2008", "1\u00a0er\u00a0déc. 2009", "2 06 03 59 350 123 45", "www.exemple.fr",
])  # fmt: skip
def test_marks_of_somebody_are_seen_however_they_are_written(text):
    said = f"On a noté : {text}, puis rien."
    assert is_personal(said)
    assert len(masked(said)) == len(said) and masked(said).startswith("On a noté : ") and masked(said).endswith(" rien.")
    assert not is_personal(masked(said))


@pytest.mark.parametrize("text", ["17 collèges sur 40 en 2020", "de 2019 à 2020, 2 233 jeunes", "en 2019-2020", "1 852, 2 233 et 6 585", "le 12 mars", "la 3e et la 4e", "46 %, puis 52 %", "à 8 h 30"])
def test_figures_are_no_mark_of_somebody(text):
    assert not is_personal(text) and masked(text) == text


def quoted(texts: list[str], attributes: list[tuple] = (), **options) -> list[tuple]:
    # What follows the passage makes each a document of its own: one text under several names is one.
    documents = tuple(Document(f"r{rank}", f"{text} Fin {rank}.", "", attributes[rank] if attributes else ()) for rank, text in enumerate(texts))
    passages = tuple(Passage(each.name, 0, len(text), text, "a", coder) for each, text in zip(documents, texts, strict=True) for coder in "AB")
    table = codings.quotations(Project(CODES, documents, passages), "a", **options)
    return list(table[["citation", "mots", "voix", "motif"]].itertuples(index=False, name=None))


def test_only_short_passages_of_several_voices_are_quoted():
    texts = ["On manque de place.", "Appelez le 06 12 34 56 78.", "mot " * 41]
    assert quoted(texts) == [("On manque de place.", 4, 3, ""), ("", 7, 3, "marque_personnelle"), ("", 41, 3, "trop_longue")]
    assert {row[3] for row in quoted(texts[:2])} == {"trop_peu_de_voix"} and {row[0] for row in quoted(texts[:2])} == {""}
    assert quoted(["mot " * 40] * 3)[0][3] == "" and quoted(["mot " * 40] * 3, longest=39)[0][3] == "trop_longue"


def test_voices_are_speakers_or_meetings_before_they_are_documents():
    texts = ["On manque de place."] * 6
    five = [(("locuteur", str(min(rank, 4))),) for rank in range(6)]
    four = [(("locuteur", str(min(rank, 3))),) for rank in range(6)]
    meetings = [(("reunion", "nord"),) if rank % 2 else (("reunion", "sud"),) for rank in range(6)]
    assert [quoted(texts, each)[0][2:] for each in (five, four, meetings)] == [(5, ""), (4, "trop_peu_de_voix"), (2, "trop_peu_de_voix")]
    assert quoted(texts, five, fewest_speakers=6)[0][3] == "trop_peu_de_voix"
    # With one document of unknown speaker, they are documents, not speakers.
    assert quoted(texts, [*four[:5], ()])[0][2:] == (6, "")


def test_the_protection_of_quotations_is_not_lowered_and_the_code_must_exist():
    with pytest.raises(ValueError, match="at least 5"):
        codings.quotations(EMPTY, "a", fewest_speakers=4)
    with pytest.raises(DataError, match="n’existe pas"):
        codings.quotations(EMPTY, "a")


def test_the_card_counts_documents_of_each_kind_and_what_was_coded_once():
    documents = (Document("v", "L’équipe du collège.", "verbatim"), Document("s", "", "synthese"), Document("i", "Un mot"))
    passages = (Passage("v", 0, 8, "L’équipe", "a", "A"), Passage("v", 2, 19, "équipe du collège", "c", "B"), Passage("s", None, None, "deux mots", "a"))
    card = codings.corpus(Project(CODES, documents, passages)).set_index("nature")
    assert card.index.tolist() == ["verbatim", "compte_rendu", "synthese", "inconnue", "ensemble"]
    assert card["mots"].tolist() == [3, 0, 0, 2, 5]
    assert card["mots_codes"].tolist() == [3, 0, 2, 0, 5]
    assert card["sans_texte"].tolist() == [0, 0, 1, 0, 1]
    assert card["codeurs"].tolist() == [2, 0, 0, 0, 2]
    assert Counter(card["passages"]) == {2: 1, 0: 2, 1: 1, 3: 1}
