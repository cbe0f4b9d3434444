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


def corpus(**projects):
    return table(codings.measures(projects, year=YEAR), "corpus")


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
    expected = {
        "TEMPS": "temps",
        "Cadre/temps": "cadre_temps",
        "Autre/Temps": "",
        "Lieu": "",
        "Temps/Lieu": "lieu_2",
    }
    assert codings.themes_of(expected, book) == expected


@pytest.mark.parametrize("parents", [["b", "a"], ["", "z"]])
def test_a_book_whose_parents_do_not_make_a_tree_is_refused(parents):
    with pytest.raises(DataError):
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


def test_different_texts_of_one_name_are_two_documents_and_counted_as_such():
    projects = {"nord": coding(), "sud": coding(text=TEXT + " Fin.")}
    both = codings.merge_codings(projects)
    assert len({document.name for document in both.documents}) == 2 and coders(both) == {""}
    assert codings.coder_differences(projects).empty
    row = corpus(**projects).set_index("nature").loc["ensemble"]
    assert row[["documents", "codages", "homonymes", "jumeaux"]].tolist() == [2, 2, 1, 0]


def test_a_text_of_two_names_is_two_documents():
    card = corpus(nord=coding(), sud=coding(name="séance du 3"))
    assert card.set_index("nature").loc["ensemble", ["documents", "homonymes", "jumeaux"]].tolist() == [2, 0, 1]
    assert codings.count_twins({"nord": coding(), "sud": coding()}) == 0


def test_one_coding_is_itself_none_is_nothing_and_names_that_are_taken_stay_apart():
    assert codings.merge_codings({"a": coding()}) == coding() and codings.merge_codings({}) == Project()
    assert codings.measures({}, {"a": coding()}, year=YEAR).empty
    names = [("r", "1"), ("r", "2"), ("r (1)", "3"), ("r (2)", "4")]
    projects = {end: coding(name=name, text=f"{TEXT[:24]} {f'mot{end} ' * 30}") for name, end in names}
    assert len({each.name for each in codings.merge_codings(projects).documents}) == 4


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


def test_meetings_have_their_public_title_or_a_rank(year, measured):
    groups = table(measured, "reunions")["groupe"].unique().tolist()
    assert groups == [f"réunion {rank}" for rank in range(1, 9)]
    (project,) = year.values()
    documents = tuple(replace(each, attributes=(("reunion", f"chez {each.name}"),)) for each in project.documents)
    renamed = codings.measures(
        {"a": replace(project, documents=documents)}, year=YEAR, meetings=["chez compte rendu 3"]
    )
    groups[2] = "chez compte rendu 3"
    assert table(renamed, "reunions")["groupe"].unique().tolist() == groups
    assert not renamed.astype(str).map(lambda cell: "compte rendu 1" in cell).any(axis=None)


def test_the_table_holds_no_text_no_document_and_no_person_and_each_key_once(year, measured):
    (project,) = year.values()
    cells = set(measured["cle"]) | set(measured["autre_cle"]) | set(measured["mesure"])
    assert not cells & ({document.name for document in project.documents} | {"A", "B"})
    assert {cell for cell in cells if " " in cell} <= {f"réunion {rank}" for rank in range(1, 9)}
    assert measured["valeur"].map(type).eq(float).all()
    assert not measured.duplicated(["annee", "analyse", "cle", "autre_cle", "mesure"]).any()


def test_what_a_measure_lacks_stays_missing():
    (row,) = table(codings.measures({"a": coding(), "b": coding()}, year=YEAR), "accord").to_dict("records")
    assert row["les_deux"] == 1 and pd.isna(row["kappa"])
    years = table(codings.measures({"a": coding()}, {"a": coding("temps")}, year=YEAR), "annees")
    assert dict(zip(years["code"], years["etat"], strict=True)) == {"lieux": "apparu", "temps": "disparu"}
    assert years["pour_mille_mots"].isna().all() and years["annee_avant"].tolist() == [YEAR - 1] * 2


def sentence_said(sentence, *, meetings=3, end="Voilà {}."):
    texts = tuple(Document(f"r{rank}", f"{sentence} {end.format(rank)}", "verbatim") for rank in range(meetings))
    passages = tuple(Passage(each.name, 0, len(sentence), sentence, "lieux") for each in texts)
    return {"a": Project((Code("lieux"), Code("temps")), texts, passages)}


def test_a_sentence_may_be_chosen_once_enough_meetings_say_it():
    row = {"theme": "lieux", "citation": "On manque de place.", "mots": 4, "voix": 3}
    found = codings.quotable(sentence_said("On manque de place."))
    assert found[[*row]].to_dict("records") == [row] and found["contexte"].tolist() == ["… Voilà 0."]
    assert codings.quotable(sentence_said("On manque de place.", meetings=2)).empty
    assert codings.quotable(sentence_said("On manque de place.", end="Voilà.")).empty  # one text of three names
    assert codings.quotable(sentence_said("Appelez le 06 12 34 56 78.")).empty
    assert codings.quotable({}).columns.tolist() == [*row, "contexte", "memo"]


@pytest.mark.parametrize(("theme", "sentence", "day", "voices"), [
    ("lieux", "L’eau manque.", "2032-06-01", [3]), ("lieux", "L’[…] manque.", "2032-06-01", [3]), ("lieux", "L’air […].", "2032-06-01", [None]),
    ("lieux", "l'eau  manque", "2032-06-01", [3]), ("lieux", "L’eau manque.", None, []),
    ("temps", "L’eau manque.", "2032-06-01", [None]), ("lieux", "L’eau coule.", "2032-06-01", [None]),
])  # fmt: skip
def test_only_what_a_person_dated_and_codings_hold_is_quoted(theme, sentence, day, voices):
    ticked = pd.DataFrame({"theme": [theme], "citation": [sentence], "relue_le": pd.to_datetime([day])})
    rows = codings.chosen_quotations(ticked, codings.quotable(sentence_said("L’eau manque.")))
    assert rows["voix"].astype(object).where(rows["voix"].notna(), None).tolist() == voices
    assert voices != [3] or rows["citation"].tolist() == [sentence if "[" in sentence else "L’eau manque."]


# --- who says what ---


def grouped(*values: str, attribute: str = "territoire", codes: int = 6, kind: str = "verbatim") -> Project:
    """A document of 20 words a value; those of the first value have all the segments of « lieux »."""
    text = " ".join(f"mot{rank:02}" for rank in range(20))
    documents = tuple(Document(f"r{rank}", text, kind, ((attribute, value),)) for rank, value in enumerate(values))
    own = [each.name for each, value in zip(documents, values, strict=True) if value == values[0]]
    passages = [Passage(own[rank % len(own)], 6 * (rank // len(own)), 6 * (rank // len(own)) + 5, text[:5], "lieux") for rank in range(codes)]
    passages = [replace(each, text=text[each.start : each.end]) for each in passages]
    return Project((Code("lieux"),), documents, tuple(passages))


def test_a_code_that_one_group_uses_is_counted_and_rated_there():
    found = codings.codes_by_group(grouped("nord", "nord", "nord", "sud", "sud", "sud"))
    assert found[["code", "groupe", "extraits", "documents", "documents_groupe", "mots"]].values.tolist() == [
        ["lieux", "territoire : nord", 6, 3, 3, 60], ["lieux", "territoire : sud", 0, 0, 3, 60],
    ]  # fmt: skip
    # Garwood: of 6, from 2.202 to 13.059; of none, at most 3.689.
    rates = found[["pour_mille_mots", "pour_mille_bas", "pour_mille_haut"]] * 0.06
    assert rates.to_numpy().ravel().tolist() == pytest.approx([6, 2.202, 13.059, 0, 0, 3.689], abs=1e-3)
    stored = codings.measures({"a": grouped("nord", "nord", "nord", "sud", "sud", "sud")}, year=YEAR)
    assert codings.table_of(stored, "groupes", book=BOOK)["extraits"].tolist() == [6, 0]


@pytest.mark.parametrize("project", [
    grouped("nord", "nord", "nord", "sud", "sud"),  # two documents may be one meeting
    grouped("nord", "nord", "nord", "sud", "sud", "sud", attribute="animateur"),  # its values may be names
    grouped("nord", "nord", "nord", "sud", "sud", "sud", codes=4),
    grouped("nord", "nord", "nord", "sud", "sud", "sud", kind="synthese"),
])  # fmt: skip
def test_what_could_name_somebody_or_proves_nothing_is_not_compared(project):
    assert codings.codes_by_group(project).empty


def test_documents_of_two_kinds_have_counts_without_rates():
    project = grouped("nord", "nord", "nord", "sud", "sud", "sud")
    documents = (replace(project.documents[0], kind="compte_rendu"), *project.documents[1:])
    found = codings.codes_by_group(replace(project, documents=documents))
    assert found["extraits"].tolist() == [6, 0] and found["pour_mille_mots"].isna().all()
