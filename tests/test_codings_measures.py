"""A year's codings under the codes of the book, merged, and in one table without text that gives each table back."""

from dataclasses import replace

import pandas as pd
import pytest

from coded_year import CODES, coded_year
from coding_files import plain
from helpers import codings
from helpers.codings.model import Code, Document, Passage, Project
from helpers.schema import DataError

YEAR = 2032
BOOK = pd.DataFrame(
    [(code.name.casefold(), code.name, code.parent.casefold()) for code in CODES],
    columns=["theme", "libelle", "parent"],
)
TEXT = "Un bureau pour recevoir. Une salle pour tous."


@pytest.fixture(scope="module")
def year():
    return codings.recode_to_book({"réunions": coded_year()}, BOOK)


@pytest.fixture(scope="module")
def measured(year):
    return codings.measures(year, year, year=YEAR)


def table(measured, name):
    return codings.table_of(measured, name, book=BOOK)


def coding(code="lieux", *, name="r1", text=TEXT, coder="", kind="", attributes=()):
    passage = Passage(name, 0, 24, text[:24], code, coder)
    return Project((Code("lieux"), Code("temps")), (Document(name, text, kind, attributes),), (passage,))


def coders(project):
    return {passage.coder for passage in project.passages}


def test_a_coding_has_the_codes_of_the_book_wherever_its_tool_put_them(year):
    (project,) = year.values()
    paths = ["lieux", "lieux/bureau", "temps", "équipe", "élèves", "familles", "jamais"]
    assert [code.path for code in project.codes] == paths
    assert [each.code for each in project.passages] == [each.code.casefold() for each in coded_year().passages]


def test_two_codes_that_are_one_in_the_book_are_one_and_one_that_it_lacks_is_refused():
    codes = (Code("Lieux"), Code("Endroits"), Code("LIEUX", "Endroits"))
    passages = tuple(Passage("r", 0, 9, "Un bureau", path) for path in ("Lieux", "Endroits/LIEUX"))
    # By their labels alone they would be; only a person says that they are.
    themes = {"Endroits/LIEUX": "lieux"}
    one = {"a": Project(codes, (Document("r", "Un bureau."),), passages, themes=themes)}
    (project,) = codings.recode_to_book(one, BOOK).values()
    assert [passage.code for passage in project.passages] == ["lieux"]
    with pytest.raises(DataError) as error:
        codings.recode_to_book(one, BOOK.head(0))
    assert "« Lieux » n’est pas dans le livre de codes" in plain(str(error.value))


def test_a_code_is_the_row_of_its_parent_or_of_none_and_is_never_guessed():
    rows = [("temps", "Temps", ""), ("cadre", "Cadre", ""), ("cadre_temps", "Temps", "cadre")]
    rows += [("lieu_1", "Lieu", "cadre"), ("lieu_2", "Lieu", "temps")]
    book = pd.DataFrame(rows, columns=["theme", "libelle", "parent"])
    expected = {"TEMPS": "temps", "Cadre/temps": "cadre_temps", "Autre/Temps": "", "Lieu": "", "Temps/Lieu": "lieu_2"}
    assert codings.themes_of(expected, book) == expected


@pytest.mark.parametrize("parents", [["b", "a"], ["", "z"]])
def test_a_book_whose_parents_do_not_make_a_tree_is_refused(parents):
    with pytest.raises(DataError, match="le code parent"):
        codings.codes_of(pd.DataFrame({"theme": ["a", "b"], "libelle": ["A", "B"], "parent": parents}))


def test_a_text_in_two_files_is_one_document_that_two_persons_coded():
    projects = {"Yann": coding(kind="verbatim"), "Zoé": coding("temps", attributes=(("reunion", "mars"),))}
    both = codings.merge_codings(projects)
    assert both.documents == (Document("r1", TEXT, "verbatim", (("reunion", "mars"),)),)
    assert [(passage.code, passage.coder) for passage in both.passages] == [("lieux", "Yann"), ("temps", "Zoé")]
    assert codings.coder_differences(projects)["pose_par"].tolist() == ["Yann", "Zoé"]


def test_one_name_of_coder_in_two_files_for_one_text_is_two_persons():
    one, two = coding(coder="default"), coding("temps", coder="default")
    assert coders(codings.merge_codings({"Yann": one, "Zoé": two})) == {"default (Yann)", "default (Zoé)"}
    # For texts of their own, nothing tells whether it is one person.
    assert coders(codings.merge_codings({"Yann": one, "Zoé": coding(coder="default", name="r2")})) == {"default"}


def test_different_texts_of_one_name_and_a_text_of_two_names_are_two_documents_and_counted_as_such():
    projects = {"nord": coding(), "sud": coding(text=TEXT + " La cour est fermée le soir depuis le mois de mars.")}
    assert [each.name for each in codings.merge_codings(projects).documents] == ["r1", "r1 (2)"]
    assert codings.coder_differences(projects).empty
    named = {"nord": coding(), "sud": coding(name="séance du 3")}
    counts = [table(codings.measures(each, year=YEAR), "corpus").set_index("nature").loc["ensemble", ["documents", "codages", "homonymes", "jumeaux"]].tolist() for each in (projects, named)]
    assert counts == [[2, 2, 1, 0], [2, 2, 0, 1]]


@pytest.mark.parametrize(("name", "count"), [
    ("codes", codings.code_counts), ("paires", codings.cooccurrences), ("corpus", codings.corpus_card), ("seuils", codings.analysis_requirements),
    ("mots", lambda project: codings.words_by_code(project).query("est_retenu")),
    ("annees", lambda project: codings.year_to_year(project, project)),
    ("accord", lambda project: codings.agreement(codings.coded_by(project, "A"), codings.coded_by(project, "B"))),
])  # fmt: skip
def test_each_table_comes_back_as_it_was_counted(name, count, year, measured):
    back, direct = table(measured, name), count(*year.values()).drop(columns="libelle", errors="ignore")
    for column in direct.columns.intersection(["code", "autre_code", "theme"]):
        direct[column] = direct[column].str.rpartition("/")[2]
    assert len(direct) > 0
    pd.testing.assert_frame_equal(back[direct.columns], direct, check_dtype=False)


def test_the_table_holds_each_key_once_and_no_text_document_or_person_but_public_meetings(year, measured):
    groups = table(measured, "reunions")["groupe"].unique().tolist()
    assert groups == [f"réunion {rank}" for rank in range(1, 9)]
    (project,) = year.values()
    documents = tuple(replace(each, attributes=(("reunion", f"chez {each.name}"),)) for each in project.documents)
    renamed = codings.measures({"a": replace(project, documents=documents)}, year=YEAR, meetings=["chez compte rendu 3"])
    groups[2] = "chez compte rendu 3"
    assert table(renamed, "reunions")["groupe"].unique().tolist() == groups
    cells = set(measured["cle"]) | set(measured["autre_cle"]) | set(measured["mesure"])
    assert not cells & ({document.name for document in project.documents} | {"A", "B"})
    assert {cell for cell in cells if " " in cell} <= {f"réunion {rank}" for rank in range(1, 9)}
    assert not measured.duplicated(["annee", "analyse", "cle", "autre_cle", "mesure"]).any()


def test_what_a_measure_lacks_stays_missing():
    (row,) = table(codings.measures({"a": coding(), "b": coding()}, year=YEAR), "accord").to_dict("records")
    assert row["les_deux"] == 1 and pd.isna(row["kappa"])
    years = table(codings.measures({"a": coding()}, {"a": coding("temps")}, year=YEAR), "annees")
    assert dict(zip(years["code"], years["etat"], strict=True)) == {"lieux": "apparu", "temps": "disparu"}
    assert years["pour_mille_mots"].isna().all() and years["annee_avant"].tolist() == [YEAR - 1] * 2


def quotable(sentence="On manque de place.", *, attributes=({}, {}, {}), end="Voilà {}."):
    """What may be quoted of documents that begin with a sentence, one for each dict of attributes."""
    texts = tuple(Document(f"r{rank}", f"{sentence} {end.format(rank)}", "verbatim", tuple(each.items())) for rank, each in enumerate(attributes))
    passages = tuple(Passage(each.name, 0, len(sentence), sentence, "lieux", coder) for each in texts for coder in "AB")
    return codings.quotable({"a": Project((Code("lieux"), Code("temps")), texts, passages)})


def test_a_short_sentence_may_be_chosen_once_enough_meetings_say_it():
    row = {"theme": "lieux", "citation": "On manque de place.", "mots": 4, "voix": 3, "contexte": "… Voilà 0.", "memo": ""}
    assert quotable().to_dict("records") == [row]
    assert quotable(attributes=[{}] * 2).empty
    assert quotable(end="Voilà.").empty  # one text of three names
    assert quotable("Appelez le 06 12 34 56 78.").empty
    assert len(quotable(("mot " * 40).strip())) == 1 and quotable(("mot " * 41).strip()).empty
    assert codings.quotable({}).columns.tolist() == [*row]


def test_voices_are_speakers_or_meetings_before_they_are_documents():
    five, four = ([{"locuteur": str(min(rank, most))} for rank in range(6)] for most in (4, 3))
    meetings = [{"reunion": "nord" if rank % 2 else "sud"} for rank in range(6)]
    assert quotable(attributes=five)["voix"].tolist() == [5] and quotable(attributes=four).empty and quotable(attributes=meetings).empty
    # With one document of unknown speaker, documents are counted.
    assert quotable(attributes=[*four[:5], {}])["voix"].tolist() == [6]


@pytest.mark.parametrize(("theme", "sentence", "day", "voices"), [
    ("lieux", "L’eau manque.", "2032-06-01", [3]), ("lieux", "L’[…] manque.", "2032-06-01", [3]), ("lieux", "L’air […].", "2032-06-01", [None]),
    ("lieux", "l'eau  manque", "2032-06-01", [3]), ("lieux", "L’eau manque.", None, []),
    ("temps", "L’eau manque.", "2032-06-01", [None]), ("lieux", "L’eau coule.", "2032-06-01", [None]),
])  # fmt: skip
def test_only_what_a_person_dated_and_codings_hold_is_quoted(theme, sentence, day, voices):
    ticked = pd.DataFrame({"theme": [theme], "citation": [sentence], "relue_le": pd.to_datetime([day])})
    rows = codings.chosen_quotations(ticked, quotable("L’eau manque."))
    assert rows["voix"].astype(object).where(rows["voix"].notna(), None).tolist() == voices
    assert voices != [3] or rows["citation"].tolist() == [sentence if "[" in sentence else "L’eau manque."]


def grouped(*values: str, attribute: str = "territoire", codes: int = 6, kind: str = "verbatim") -> Project:
    """A document of 20 words a value; the first three have all the segments of « lieux », two each."""
    text = " ".join(f"mot{rank:02}" for rank in range(20))
    documents = tuple(Document(f"r{rank}", text, kind, ((attribute, value),)) for rank, value in enumerate(values))
    starts = [(f"r{rank % 3}", 6 * (rank // 3)) for rank in range(codes)]
    return Project((Code("lieux"),), documents, tuple(Passage(name, at, at + 5, text[at : at + 5], "lieux") for name, at in starts))


SIX = ("nord", "nord", "nord", "sud", "sud", "sud")


def test_a_code_that_one_group_uses_is_counted_and_rated_there():
    found = codings.codes_by_group(grouped(*SIX))
    assert found[["code", "groupe", "extraits", "documents", "documents_groupe", "mots"]].values.tolist() == [
        ["lieux", "territoire : nord", 6, 3, 3, 60], ["lieux", "territoire : sud", 0, 0, 3, 60],
    ]  # fmt: skip
    # Garwood: of 6, from 2.202 to 13.059; of none, at most 3.689.
    rates = found[["pour_mille_mots", "pour_mille_bas", "pour_mille_haut"]] * 0.06
    assert rates.to_numpy().ravel().tolist() == pytest.approx([6, 2.202, 13.059, 0, 0, 3.689], abs=1e-3)
    stored = codings.measures({"a": grouped(*SIX)}, year=YEAR)
    assert codings.table_of(stored, "groupes", book=BOOK)["extraits"].tolist() == [6, 0]
    # Two kinds of documents have no common rate.
    documents = (replace(grouped(*SIX).documents[0], kind="compte_rendu"), *grouped(*SIX).documents[1:])
    found = codings.codes_by_group(replace(grouped(*SIX), documents=documents))
    assert found["extraits"].tolist() == [6, 0] and found["pour_mille_mots"].isna().all()


@pytest.mark.parametrize("project", [
    grouped("nord", "nord", "nord", "sud", "sud"),  # two documents may be one meeting
    grouped(*SIX, attribute="animateur"),  # its values may be names
    grouped(*SIX, codes=4),
    grouped(*SIX, kind="synthese"),
])  # fmt: skip
def test_what_could_name_somebody_or_proves_nothing_is_not_compared(project):
    assert codings.codes_by_group(project).empty
