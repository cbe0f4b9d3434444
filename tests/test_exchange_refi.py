"""REFI-QDA: projects and code books as other tools write them."""

from dataclasses import replace

import pytest

from coding_files import element, key_of, messages, place, plain, qdc, qde, qdpx, selection_xml, small_project, texts_of
from helpers.codings import reading
from helpers.codings.model import Code, Document, Passage, Project
from helpers.codings.refi import write_qdpx
from helpers.schema import DataError

PROJECT = small_project()
FIRST, ONE = PROJECT.documents[0], PROJECT.passages[0]
EMOJI_NOTE = "Les positions comptent un emoji pour deux caractères : elles sont lues ainsi."


@pytest.fixture
def read(tmp_path):
    """What is read of a project with these selections in its first document, and other changes of its XML."""

    def read(selections=None, *, project=PROJECT, old="", new="", texts=None, **options):
        xml = qde(project, selections=selections, **options)
        assert old in xml
        return reading.read(qdpx(tmp_path / "a.qdpx", xml.replace(old, new or old), texts or texts_of(project)))

    return read


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:1:0"])
def test_a_code_book_in_either_spelling(namespace, tmp_path):
    book = reading.read(qdc(tmp_path / "codes.qdc", PROJECT, namespace))
    assert book == Project(PROJECT.codes) and messages(book) == ["couleurs de codes (4)."]


@pytest.mark.parametrize(("scheme", "folder"), [("internal://", "Sources"), ("internal:/", "SOURCES"), ("", "sources"), ("./", "Sources")])
def test_a_project_however_its_texts_are_named(scheme, folder, read):
    # A byte order mark does not count.
    texts = {name: b"\xef\xbb\xbf" + text for name, text in texts_of(PROJECT, folder).items()}
    assert read(scheme=scheme, texts=texts) == PROJECT


def test_a_text_may_stand_in_the_xml_or_beside_a_pdf(read):
    old = f' plainTextPath="internal://{key_of("document", FIRST.name)}.txt">'
    assert read(old=old, new=f"><PlainTextContent>{FIRST.text}</PlainTextContent>") == PROJECT
    text = Document("rapport", "Le principal parle.")
    one = place(text, "principal", "Équipe")
    representation = element("Representation", selection_xml(one), plainTextPath="internal://r.txt")
    pdf = element("PDFSource", representation, guid="p", name="rapport")
    texts = {**texts_of(PROJECT), "Sources/r.txt": text.text.encode()}
    project = read(old="</Sources>", new=f"{pdf}</Sources>", texts=texts)
    assert text in project.documents and one in project.passages


@pytest.mark.parametrize("scheme", ["internal://absent-", "relative://", "../"])
def test_a_text_that_is_missing_or_outside_is_reported_and_never_looked_for(scheme, read):
    project = read(scheme=scheme)
    assert project.documents == () and project.codes == PROJECT.codes
    missing = {"documents dont le texte manque dans l’archive (2).", "passages de documents dont le texte manque (4)."}
    assert missing <= set(messages(project))


@pytest.mark.parametrize("cut", [lambda text: text[:100], lambda text: text[:97] + "...", lambda text: text[:99] + "…", str])
def test_a_name_cut_near_a_hundred_characters_is_compared_as_a_beginning(cut, read):
    text = Document("long", "Été 👩🏽‍🏫 : " + "les élèves arrivent en retard, " * 20)
    one = place(text, text.text[12:300], "x")
    project = Project((Code("x"),), (text,), (one,))
    assert read(selection_xml(one, cut(one.text)), project=project) == project


def test_a_cut_name_proves_no_end_where_the_text_changed_and_it_is_told(read):
    text = Document("a", " ".join(f"Le mot {rank} du texte." for rank in range(60)))
    one, two = (place(text, text.text[at : at + 300], "x") for at in (0, 600))
    edited = Document("a", f"Ah ! {text.text[:200]}{text.text[200:].replace('Le', 'Le tout nouveau', 3)}")
    found = read(project=Project((Code("x"),), (edited,), (one, two)))
    assert [each.text[:90] for each in found.passages] == [one.text[:90], two.text[:90]]
    assert "Déplacés sans que leur fin se vérifie, le texte ayant changé : 2 ; relisez-les." in messages(found)


def test_a_selection_that_is_far_from_where_it_says_is_dropped(read):
    moved = replace(ONE, start=ONE.start + 10_000, end=ONE.end + 10_000)
    project = read(selection_xml(moved))
    assert project.passages == PROJECT.passages[-1:]
    assert f"positions {moved.start} à {moved.end}, code" in messages(project)[0]


@pytest.mark.parametrize("shift", [0, -2, 3])
def test_white_space_and_points_at_the_ends_of_a_segment_do_not_hide_a_shift(shift, read):
    """As a segment of Taguette that ends with « ... », is long, or begins with a blank, comes back in our own export."""
    lines = ["   Oh ...", "  Je cherche dans la liste des jours et je vois ...", " Un long passage " + "mot " * 40, "  fin"]
    text = Document("a", "\n".join(["Début.", *lines, "", "  Suite et fin."]))
    wanted = [place(text, line.strip(), "x") for line in lines] + [place(text, lines[2], "x")]
    project = Project((Code("x"),), (text,), tuple(wanted))
    moved = [replace(each, start=each.start + shift, end=each.end + shift) for each in wanted]
    found = read("".join(selection_xml(each, each.text[:100]) for each in moved), project=project)
    assert found == project and ("Déplacés" in "".join(found.told)) is bool(shift)


def test_selections_without_excerpts_are_checked_by_their_bounds(read):
    length = len(FIRST.text)
    beyond = selection_xml(replace(ONE, start=length - 1, end=length + 1), "")
    project = read(selection_xml(ONE, "") + beyond)
    assert [each.text for each in project.passages] == [ONE.text, "Rien"] and len(project.told) == 3
    proof = "Positions dont seules les bornes se vérifient, faute d’extraits dans le fichier : "
    assert messages(project)[1] == proof + "1."
    # qc names a selection by its line.
    selections = "".join(selection_xml(each, f"line:{rank}") for rank, each in enumerate(PROJECT.passages[:3]))
    one = replace(PROJECT, documents=(FIRST,), passages=PROJECT.passages[:3])
    project = read(selections, project=one)
    assert project == one and messages(project)[1] == proof + "3."
    assert messages(project)[0].startswith("Les noms des sélections ne sont pas des extraits")


@pytest.mark.parametrize(("shift", "said"), [(1, "un caractère de trop"), (-1, "un caractère de moins")])
def test_selections_without_excerpts_that_are_all_late_or_early_are_moved_back(shift, said, read):
    text = Document("a", " ".join(f"On parle {rank} fois de la cour." for rank in range(12)))
    wanted = [place(text, f"On parle {rank} fois de la cour.", "x") for rank in range(1, 12)]
    project = Project((Code("x"),), (text,), tuple(wanted))
    moved = "".join(selection_xml(replace(each, start=each.start + shift, end=each.end + shift), "") for each in wanted)
    found = read(moved, project=project)
    assert found == project and said in messages(found)[0]


def in_utf16(text: str, passage: Passage) -> Passage:
    start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in (passage.start, passage.end))
    return replace(passage, start=start, end=end)


def test_utf_16_units_are_recognised_by_excerpts_or_as_those_of_nvivo(read):
    moved = [in_utf16(FIRST.text, each) for each in PROJECT.passages[:3]]
    by_excerpts = read("".join(map(selection_xml, moved)))
    assert by_excerpts == PROJECT and messages(by_excerpts)[0] == EMOJI_NOTE
    nameless = {"old": 'name="Rien"', "new": 'name=""'}
    # Another tool without excerpts counts code points.
    assert read("".join(selection_xml(each, "") for each in PROJECT.passages[:3]), **nameless) == PROJECT
    nvivo = read("".join(selection_xml(each, "") for each in moved), origin="NVivo for Windows 12.6", **nameless)
    assert nvivo == PROJECT and messages(nvivo)[0] == EMOJI_NOTE


@pytest.mark.parametrize("emoji", ["", "👩👩 "])
def test_a_line_end_that_a_tool_counts_for_one_character_becomes_one(emoji, read):
    text = Document("a", f"{emoji}un\ndeux {emoji}\ntrois")
    project = Project((Code("x"),), (text,), (place(text, "deux", "x"), place(text, "trois", "x")))
    selections = "".join(selection_xml(in_utf16(text.text, each)) for each in project.passages)
    windows = {name: content.replace(b"\n", b"\r\n") for name, content in texts_of(project).items()}
    found = read(selections, project=project, texts=windows)
    line_note = "Les positions comptent chaque fin de ligne pour un caractère : elles sont lues ainsi."
    assert found == project and messages(found)[: 1 + bool(emoji)] == [EMOJI_NOTE, line_note][not emoji :]


def test_memos_come_from_descriptions_and_notes(read):
    notes = "".join(element("Note", element("PlainTextContent", text), guid=key) for key, text in (("N1", "et la note"), ("N2", "x")))
    selection = selection_xml(replace(ONE, memo="le mémo"))
    selection = selection.replace("</Coding>", '<NoteRef targetGUID="{n1}"/></Coding>')
    project = read(selection, more=element("Notes", notes))
    assert project.passages[0].memo == "le mémo\n\net la note" and "notes (1)." in messages(project)


def test_what_is_not_kept_is_counted(read):
    coding = '<Coding guid="c"><CodeRef targetGUID="x"/></Coding>'
    others = f"<PDFSource><PDFSelection>{coding}</PDFSelection>{coding}</PDFSource><VideoSource><VideoSelection/></VideoSource></Sources>"
    project = read(old="</Sources>", new=others, more="<Cases><Case/></Cases><Sets><Set/></Sets><Description>d</Description>")
    assert project == PROJECT
    assert {
        "passages de pages PDF (1).", "passages de vidéos (1).", "cas (1).", "ensembles (1).", "descriptions du projet (1).",
        "codes posés sur un document entier (1).",
    } <= set(messages(project))  # fmt: skip


def test_an_unknown_nature_of_a_document_is_told(read):
    unknown = read(project=Project((), (FIRST,)), old='name="lieu"', new='name="nature"')
    assert unknown.documents[0].kind == "" and "natures de documents inconnues (1)." in messages(unknown)


def test_control_characters_are_refused_in_names(tmp_path):
    with pytest.raises(DataError) as error:
        write_qdpx(Project((Code("a\x07"),)), tmp_path / "b.qdpx")
    assert "un code contient un caractère de contrôle" in plain(str(error.value)) and not (tmp_path / "b.qdpx").exists()
