"""A year's codings as one, in the codes of the book, and in one table without text: what comes back is what was counted."""

from dataclasses import replace

import pandas as pd
import pytest

from coded_year import CODES, coded_year
from helpers import codings, indicators
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError, columns, typed
from helpers.text import formats

YEAR = 2032
BOOK = pd.DataFrame(
    [(code.name.casefold(), code.name, code.parent.casefold()) for code in CODES], columns=["theme", "libelle", "parent"]
)


@pytest.fixture(scope="module")
def year():
    return codings.in_book({"réunions": coded_year()}, BOOK)


@pytest.fixture(scope="module")
def measured(year):
    return codings.measures(year, year, year=YEAR)


def table(measured, name):
    return codings.table_of(measured, name, book=BOOK)


def last(path):
    return path.rpartition("/")[2]


# --- the codes of the book -------------------------------------------------------------------------------------------


def test_a_coding_has_the_codes_of_the_book_wherever_its_tool_put_them(year):
    (project,) = year.values()
    assert [code.path for code in project.codes] == ["lieux", "lieux/bureau", "temps", "équipe", "élèves", "familles", "jamais"]
    assert [passage.code for passage in project.passages] == [passage.code.casefold() for passage in coded_year().passages]


def test_a_code_that_the_book_no_longer_has_is_told():
    with pytest.raises(DataError, match="« Élèves » n’est pas dans le livre de codes".replace(" ", ".")):
        codings.in_book({"a": coded_year()}, BOOK[BOOK["theme"] != "élèves"])


def test_two_codes_that_are_one_in_the_book_are_one():
    text = Document("r", "Un bureau.")
    codes = (Code("Lieux"), Code("Endroits"), Code("LIEUX", "Endroits"))
    passages = tuple(Passage("r", 0, 9, "Un bureau", path) for path in ("Lieux", "Endroits/LIEUX"))
    (project,) = codings.in_book({"a": Project(codes, (text,), passages)}, BOOK).values()
    assert [passage.code for passage in project.passages] == ["lieux"]


def test_a_book_whose_codes_are_their_own_parents_is_refused():
    with pytest.raises(DataError):
        codings.codes_of(pd.DataFrame({"theme": ["a", "b"], "libelle": ["A", "B"], "parent": ["b", "a"]}))
    with pytest.raises(DataError):
        codings.codes_of(pd.DataFrame({"theme": ["a"], "libelle": ["A"], "parent": ["z"]}))


# --- several codings -------------------------------------------------------------------------------------------------

TEXT = "Un bureau pour recevoir. Une salle pour tous."


def coding(code="lieux", *, name="r1", text=TEXT, coder="", kind="", attributes=()):
    passage = Passage(name, 0, 24, text[:24], code, coder)
    return Project((Code("lieux"), Code("temps")), (Document(name, text, kind, attributes),), (passage,))


def test_a_text_in_two_files_is_one_document_that_two_persons_coded():
    one, two = coding(kind="verbatim"), coding("temps", attributes=(("reunion", "mars"),))
    both = codings.gather({"Yann": one, "Zoé": two})
    assert both.documents == (Document("r1", TEXT, "verbatim", (("reunion", "mars"),)),)
    assert [(passage.code, passage.coder) for passage in both.passages] == [("lieux", "Yann"), ("temps", "Zoé")]
    assert codings.differences({"Yann": one, "Zoé": two})["pose_par"].tolist() == ["Yann", "Zoé"]


def test_one_name_of_coder_in_two_files_for_one_text_is_two_persons():
    one, two = coding(coder="default"), coding("temps", coder="default")
    assert {each.coder for each in codings.gather({"Yann": one, "Zoé": two}).passages} == {"default (Yann)", "default (Zoé)"}
    # For texts of their own, nothing tells whether it is one person.
    apart = codings.gather({"Yann": one, "Zoé": coding("temps", coder="default", name="r2")})
    assert {each.coder for each in apart.passages} == {"default"}


def test_texts_that_differ_are_two_documents_of_nobody_in_particular():
    both = codings.gather({"nord": coding(), "sud": coding(text=TEXT.replace("salle", "cour"))})
    assert len({document.name for document in both.documents}) == 2
    assert {passage.coder for passage in both.passages} == {""}
    assert codings.differences({"nord": coding(), "sud": coding(text=TEXT + " Fin.")}).empty
    card = table(codings.measures({"nord": coding(), "sud": coding(text=TEXT + " Fin.")}, year=YEAR), "corpus")
    assert card.set_index("nature").loc["ensemble", ["documents", "codages", "homonymes", "jumeaux"]].tolist() == [2, 2, 1, 0]


def test_a_text_of_two_names_is_two_documents_and_is_told():
    two = coding()
    other = replace(two, documents=(replace(two.documents[0], name="séance du 3"),), passages=tuple(replace(each, document="séance du 3") for each in two.passages))
    card = table(codings.measures({"nord": two, "sud": other}, year=YEAR), "corpus")
    assert card.set_index("nature").loc["ensemble", ["documents", "homonymes", "jumeaux"]].tolist() == [2, 0, 1]
    said = " ".join(formats.say("themes", "coded", corpus=card, codes=codings.code_counts(other)).text.split())
    assert said.endswith("1 texte est sous plusieurs noms : il est compté sous chacun, et l’accord de ceux qui l’ont codé ne s’y mesure pas.")
    assert codings.count_twins({"nord": two, "sud": two}) == 0


def test_documents_without_a_passage_are_imported_and_no_more():
    card = table(codings.measures({"a": replace(coding(), passages=())}, year=YEAR), "corpus")
    said = " ".join(formats.say("themes", "coded", corpus=card, codes=codings.code_counts(coding())).text.split())
    assert said == "1 document est importé, sans aucun passage codé."


def test_a_year_of_codings_alone_has_something_to_remember():
    measured, nobody = codings.measures({"a": coding()}, year=YEAR), indicators.Facts(typed(pd.DataFrame(columns=columns("indicateurs"), dtype="str"), "indicateurs"), year=YEAR)
    told = formats.say("themes", "key_points", f=nobody, tense=[], helped=[], corpus=table(measured, "corpus"), codes=table(measured, "codes"))
    said = " ".join(told.text.split())
    assert said.startswith("Dans les réunions elles-mêmes, les chercheurs ont codé 1 passage de 1 document ;") and "sur 1 extrait." in said
    kept = " ".join(formats.say("banner", "holdings", f=nobody, coded=1).text.split())
    assert kept.startswith(f"Pour {YEAR}, ce rapport part de réunions codées. Il n’a reçu ni export")
    assert formats.say("banner", "holdings", f=nobody).text == ""


def test_a_third_coder_is_told_beside_the_agreement_of_two():
    one = coding()
    three = replace(one, passages=tuple(replace(each, coder=who) for each in one.passages for who in "ABC"))
    measured = codings.measures({"a": three}, year=YEAR)
    said = formats.say("themes", "talk_over", accord=table(measured, "accord"), corpus=table(measured, "corpus")).text
    assert " ".join(said.split()) == "3 personnes ont codé : celles-ci sont les deux qui ont codé le plus de documents en commun."


def test_a_list_of_disagreements_is_told_only_where_there_is_one(measured):
    said = formats.say("themes", "talk_over", accord=table(measured, "accord"), corpus=table(measured, "corpus")).text
    assert "desaccords.csv" in said and "personnes ont codé" not in said


def test_passages_without_text_of_two_files_are_not_taken_for_one_text():
    alone = Project((Code("lieux"),), (Document("r1"),), (Passage("r1", None, None, "Un bureau", "lieux"),))
    both = codings.gather({"nord": alone, "sud": alone})
    assert len(both.documents) == len(both.passages) == 2


def test_names_that_are_taken_stay_apart():
    names = [coding(name=name, text=TEXT + end) for name, end in (("r", "1"), ("r", "2"), ("r (1)", "3"), ("r (2)", "4"))]
    assert len({each.name for each in codings.gather(dict(zip("abcd", names, strict=True))).documents}) == 4


def test_one_coding_is_itself_and_none_is_nothing():
    assert codings.gather({"a": coding()}) == coding()
    assert codings.gather({}) == Project()
    assert codings.measures({}, {"a": coding()}, year=YEAR).empty


# --- one table, and each back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counted"),
    [("codes", codings.code_counts), ("paires", codings.cooccurrences), ("corpus", codings.corpus), ("seuils", codings.gates),
     ("mots", lambda project: codings.words_by_code(project).query("est_retenu")), ("annees", lambda project: codings.year_to_year(project, project)),
     ("accord", lambda project: codings.agreement(codings.of_coder(project, "A"), codings.of_coder(project, "B")))],
)  # fmt: skip
def test_each_table_comes_back_as_it_was_counted(name, counted, year, measured):
    back, direct = table(measured, name), counted(*year.values())
    for column in ("code", "autre_code", "theme"):
        if column in direct:
            direct[column] = direct[column].map(last)
    labels = {"libelle", "autre_libelle"}
    shared = [column for column in direct.columns if column not in labels]
    assert set(shared) <= set(back.columns) and len(back) == len(direct) > 0
    pd.testing.assert_frame_equal(back[shared], direct[shared], check_dtype=False)


def test_codes_have_their_labels_and_their_parents(measured):
    codes = table(measured, "codes").set_index("code")
    assert codes["libelle"].to_dict() == dict(zip(BOOK["theme"], BOOK["libelle"], strict=True))
    assert codes.loc["bureau", ["parent", "profondeur"]].tolist() == ["lieux", 1]
    assert table(measured, "paires")[["libelle", "autre_libelle"]].iloc[0].tolist() == ["Temps", "Équipe"]


def test_meetings_have_their_public_title_or_a_rank(year):
    known = codings.measures(year, year=YEAR, meetings=["réunion 3", "ailleurs"])
    assert list(dict.fromkeys(table(known, "reunions")["groupe"])) == [f"réunion {rank}" for rank in range(1, 9)]
    (project,) = year.values()
    renamed = {name: (("reunion", f"chez {name}"),) for name in {document.name for document in project.documents}}
    documents = tuple(replace(each, attributes=renamed[each.name]) for each in project.documents)
    told = codings.measures({"a": replace(project, documents=documents)}, year=YEAR, meetings=["chez compte rendu 3"])
    groups = list(dict.fromkeys(table(told, "reunions")["groupe"]))
    assert groups == ["réunion 1", "réunion 2", "chez compte rendu 3", *(f"réunion {rank}" for rank in range(4, 9))]
    assert not told.astype(str).map(lambda cell: "compte rendu 1" in cell).any(axis=None)


def test_the_table_holds_no_text_no_document_and_no_person(year, measured):
    (project,) = year.values()
    cells = set(measured["cle"]) | set(measured["autre_cle"]) | set(measured["mesure"])
    names = {document.name for document in project.documents} | {"A", "B"}
    assert not cells & names and measured["valeur"].map(type).eq(float).all()
    assert {cell for cell in cells if " " in cell} <= {f"réunion {rank}" for rank in range(1, 9)}


def test_a_word_that_is_no_theme_s_does_not_leave_but_was_tested(year, measured):
    (project,) = year.values()
    tested, told = codings.words_by_code(project), table(measured, "mots")
    assert set(told["lemme"]) == set(tested.query("est_retenu")["lemme"]) and (told["couples"] == len(tested)).all()
    assert len(tested) > len(told) > 0
    none = table(codings.measures({"a": coded_year(planted=False)}, year=YEAR), "mots")
    assert len(none) == 1 and not none["est_retenu"].any() and none["couples"].iloc[0] > 100


def test_a_key_is_given_once(measured):
    assert not measured.duplicated(["annee", "analyse", "cle", "autre_cle", "mesure"]).any()


def test_what_a_measure_lacks_stays_missing():
    one, two = coding(), coding()
    alone = codings.measures({"a": one, "b": two}, year=YEAR)
    (row,) = table(alone, "accord").to_dict("records")
    assert row["les_deux"] == 1 and pd.isna(row["kappa"])
    years = table(codings.measures({"a": one}, {"a": coding("temps")}, year=YEAR), "annees")
    assert dict(zip(years["code"], years["etat"], strict=True)) == {"lieux": "apparu", "temps": "disparu"}
    assert years["pour_mille_mots"].isna().all() and years["annee_avant"].tolist() == [YEAR - 1] * 2


# --- quotations ------------------------------------------------------------------------------------------------------


def said(sentence, *, meetings=3, code="lieux"):
    texts = tuple(Document(f"r{rank}", f"{sentence} Voilà {rank}.", "verbatim") for rank in range(meetings))
    passages = tuple(Passage(each.name, 0, len(sentence), sentence, code) for each in texts)
    return {"a": Project((Code("lieux"), Code("temps")), texts, passages)}


def test_a_sentence_may_be_chosen_once_enough_meetings_say_it():
    assert codings.quotable(said("On manque de place.")).to_dict("records") == [
        {"theme": "lieux", "citation": "On manque de place.", "mots": 4, "voix": 3}
    ]
    assert codings.quotable(said("On manque de place.", meetings=2)).empty
    assert codings.quotable(said("Appelez le 06 12 34 56 78.")).empty
    assert codings.quotable({}).columns.tolist() == ["theme", "citation", "mots", "voix"]


def test_one_text_under_three_names_is_one_voice():
    texts = [Document(f"r{rank}", "On manque de place. Voilà.", "verbatim") for rank in range(3)]
    passages = [Passage(each.name, 0, 19, each.text[:19], "lieux") for each in texts]
    assert codings.quotable({"a": Project((Code("lieux"),), tuple(texts), tuple(passages))}).empty


@pytest.mark.parametrize(
    ("theme", "sentence", "day", "voices"),
    [("lieux", "L’eau manque.", "2032-06-01", [3]), ("lieux", "l'eau  manque", "2032-06-01", [3]), ("lieux", "L’eau manque.", None, []),
     ("temps", "L’eau manque.", "2032-06-01", [None]), ("lieux", "L’eau coule.", "2032-06-01", [None])],
)  # fmt: skip
def test_only_what_a_person_dated_and_codings_hold_is_quoted(theme, sentence, day, voices):
    ticked = pd.DataFrame({"theme": [theme], "citation": [sentence], "relue_le": pd.to_datetime([day])})
    kept = codings.chosen(ticked, codings.quotable(said("L’eau manque.")))
    assert kept["voix"].astype(object).where(kept["voix"].notna(), None).tolist() == voices
    assert not voices or voices == [None] or kept["citation"].tolist() == ["L’eau manque."]
