"""REFI-QDA: projects and code books as other tools write them."""

from dataclasses import replace

import pytest

from coding_files import key_of, place, qdc, qde, qdpx, refi, selection_xml, small_project, texts_of
from helpers.codings import reading
from helpers.codings.model import Code, Document, Passage, Project
from helpers.codings.refi import write_qdc, write_qdpx
from helpers.schema import DataError

PROJECT = small_project()
FIRST = PROJECT.documents[0]


def kept(read: Project) -> list[str]:
    return [line.removeprefix("Non gardé\u00a0: ") for line in read.told]


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:1:0"])
def test_a_code_book_in_either_spelling(namespace, tmp_path):
    read = reading.read(qdc(tmp_path / "codes.qdc", PROJECT, namespace))
    assert read == Project(PROJECT.codes) and read.told == ("Non gardé\u00a0: couleurs de codes (4).",)


def test_we_write_the_first_spelling(tmp_path):
    write_qdc(PROJECT, tmp_path / "codes.qdc")
    assert '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"' in (tmp_path / "codes.qdc").read_text(encoding="utf-8")


def test_a_code_book_without_code_is_not_written(tmp_path):
    with pytest.raises(DataError, match="codes.qdc.*n’a aucun code"):
        write_qdc(Project(), tmp_path / "codes.qdc")


@pytest.mark.parametrize("scheme", ["internal://", "internal:/", "", "/", "./"])
@pytest.mark.parametrize("folder", ["Sources", "sources", "SOURCES"])
def test_a_project_whatever_the_way_its_texts_are_named(scheme, folder, tmp_path):
    assert reading.read(qdpx(tmp_path / "a.qdpx", qde(PROJECT, scheme=scheme), texts_of(PROJECT, folder))) == PROJECT


def test_a_byte_order_mark_does_not_count(tmp_path):
    marked = {name: b"\xef\xbb\xbf" + text for name, text in texts_of(PROJECT).items()}
    assert reading.read(qdpx(tmp_path / "a.qdpx", qde(PROJECT), marked)) == PROJECT


def test_a_text_may_stand_in_the_xml(tmp_path):
    key = key_of("document", FIRST.name)
    xml = qde(PROJECT).replace(f' plainTextPath="internal://{key}.txt">', f"><PlainTextContent>{FIRST.text}</PlainTextContent>")
    assert reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT))) == PROJECT


@pytest.mark.parametrize("scheme", ["internal://absent-", "relative://", "absolute:///etc/", "file:///etc/", "../"])
def test_a_text_that_is_missing_or_outside_is_told_and_never_looked_for(scheme, tmp_path):
    read = reading.read(qdpx(tmp_path / "a.qdpx", qde(PROJECT, scheme=scheme), texts_of(PROJECT)))
    assert read.documents == () and read.codes == PROJECT.codes
    assert "documents dont le texte manque dans l’archive (2)." in kept(read)
    assert "passages de documents dont le texte manque (4)." in kept(read)


LONG = Document("long", "Été 👩🏽‍🏫 : " + "les élèves arrivent en retard, " * 20)


@pytest.mark.parametrize("cut", [lambda text: text[:100], lambda text: text[:97] + "...", lambda text: text[:99] + "…", lambda text: text])
def test_a_name_cut_near_a_hundred_characters_is_compared_as_a_beginning(cut, tmp_path):
    words = LONG.text[12:300]
    one = place(LONG, words, "x")
    project = Project((Code("x"),), (LONG,), (one,))
    xml = qde(project, selections=selection_xml(one, cut(words)))
    assert reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(project))) == project


@pytest.mark.parametrize("shift", [1, -1, 10_000])
def test_a_selection_that_is_not_what_it_is_named_is_told_and_left(shift, tmp_path):
    one = PROJECT.passages[0]
    moved = replace(one, start=one.start + shift, end=one.end + shift)
    xml = qde(PROJECT, selections=selection_xml(moved))
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT)))
    assert read.passages == PROJECT.passages[-1:] and f"positions {moved.start} à {moved.end}, code" in read.told[0]


def test_what_has_no_identifier_is_not_taken_for_one_another(tmp_path):
    # A user and a code without guid, a selection without user, a coding that names no code.
    one = replace(PROJECT.passages[0], coder="")
    nowhere = selection_xml(one).replace(f'targetGUID="{key_of("code", one.code)}"', "")
    xml = qde(PROJECT, selections=selection_xml(one) + nowhere).replace("<Users>", '<Users><User name="Z"/>').replace("<Codes>", '<Codes><Code name="Y"/>')
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT)))
    assert one in read.passages and len(read.passages) == 2 and "passages dont le code manque (1)." in kept(read)


def test_a_coding_given_twice_is_once_and_told(tmp_path):
    xml = qde(PROJECT, selections=selection_xml(PROJECT.passages[0]) * 3)
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT)))
    assert len(read.passages) == 2 and "passages en double (2)." in kept(read)


def test_a_selection_without_a_name_is_checked_by_its_bounds(tmp_path):
    one, length = PROJECT.passages[0], len(FIRST.text)
    beyond = replace(one, start=length - 1, end=length + 1)
    xml = qde(PROJECT, selections=selection_xml(one, "") + selection_xml(beyond, ""))
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT)))
    assert [each.text for each in read.passages] == [one.text, "Rien"] and len(read.told) == 3
    assert read.told[1] == "Positions dont seules les bornes se vérifient, faute d’extraits dans le fichier\u00a0: 1."


def test_names_that_are_no_excerpts_prove_nothing_and_this_is_told(tmp_path):
    # qc names a selection by its line.
    selections = "".join(selection_xml(each, f"line:{number}") for number, each in enumerate(PROJECT.passages[:3]))
    one = replace(PROJECT, documents=(FIRST,), passages=PROJECT.passages[:3])
    read = reading.read(qdpx(tmp_path / "a.qdpx", qde(one, selections=selections), texts_of(one)))
    assert read == one and read.told[0].startswith("Les noms des sélections ne sont pas des extraits")
    assert read.told[1].endswith("faute d’extraits dans le fichier\u00a0: 3.")


def in_utf16(text: str, passage: Passage) -> Passage:
    start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in (passage.start, passage.end))
    return replace(passage, start=start, end=end)


def nvivo(selections: str) -> str:
    return qde(PROJECT, selections=selections).replace('origin="ATLAS.ti"', 'origin="NVivo for Windows 12.6"')


def test_a_tool_that_counts_an_emoji_for_two_is_read_so_when_its_excerpts_agree(tmp_path):
    selections = "".join(selection_xml(in_utf16(FIRST.text, each)) for each in PROJECT.passages[:3])
    read = reading.read(qdpx(tmp_path / "a.qdpx", qde(PROJECT, selections=selections), texts_of(PROJECT)))
    assert read == PROJECT and "comptent un emoji pour deux caractères" in read.told[0]


def test_nvivo_which_gives_no_excerpt_is_known_to_count_so(tmp_path):
    selections = "".join(selection_xml(in_utf16(FIRST.text, each), "") for each in PROJECT.passages[:3])
    path = qdpx(tmp_path / "a.qdpx", nvivo(selections).replace('name="Rien"', 'name=""'), texts_of(PROJECT))
    read = reading.read(path)
    assert read == PROJECT and "comptent un emoji pour deux caractères" in read.told[0]
    inside = selection_xml(replace(PROJECT.passages[0], start=FIRST.text.index("👩") + 1), "")
    path = qdpx(tmp_path / "b.qdpx", nvivo(inside).replace('name="Rien"', 'name=""'), texts_of(PROJECT))
    assert reading.read(path).told[0].startswith("Passage non gardé")


def test_another_tool_counts_code_points_until_its_excerpts_say_otherwise(tmp_path):
    selections = "".join(selection_xml(each, "") for each in PROJECT.passages[:3])
    path = qdpx(tmp_path / "a.qdpx", qde(PROJECT, selections=selections).replace('name="Rien"', 'name=""'), texts_of(PROJECT))
    assert reading.read(path) == PROJECT


def test_line_ends_and_emoji_may_both_count_otherwise(tmp_path):
    text = Document("a", "👩👩 un\ndeux 👩👩\ntrois")
    project = Project((Code("x"),), (text,), (place(text, "deux", "x"), place(text, "trois", "x")))
    selections = "".join(selection_xml(in_utf16(text.text, each)) for each in project.passages)
    windows = {name: content.replace(b"\n", b"\r\n") for name, content in texts_of(project).items()}
    read = reading.read(qdpx(tmp_path / "a.qdpx", qde(project, selections=selections), windows))
    assert read == project and len(read.told) == 2


def test_where_a_tool_counts_a_line_end_for_one_character_the_text_is_read_so(tmp_path):
    project = Project((Code("x"),), (text := Document("a", "un\ndeux\ntrois"),), (place(text, "deux", "x"), place(text, "trois", "x")))
    windows = {name: content.replace(b"\n", b"\r\n") for name, content in texts_of(project).items()}
    read = reading.read(qdpx(tmp_path / "a.qdpx", qde(project), windows))
    assert read == project and "chaque fin de ligne pour un caractère" in read.told[0]


def test_a_line_end_of_two_characters_that_counts_for_two_is_kept(tmp_path):
    project = Project((Code("x"),), (text := Document("a", "un\r\ndeux"),), (place(text, "deux", "x"),))
    assert reading.read(refi(tmp_path / "a.qdpx", project)) == project


def test_memos_come_from_descriptions_and_notes(tmp_path):
    note = '<Note guid="N1" name="n"><PlainTextContent>et la note</PlainTextContent></Note><Note guid="N2"><PlainTextContent>seule</PlainTextContent></Note>'
    one = replace(PROJECT.passages[0], memo="le mémo")
    selection = selection_xml(one).replace("</Coding>", '<NoteRef targetGUID="{n1}"/></Coding>')
    xml = qde(PROJECT, selections=selection, more=f"<Notes>{note}</Notes>")
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT)))
    assert read.passages[0].memo == "le mémo\n\net la note" and "notes (1)." in kept(read)


def test_what_is_not_kept_is_counted(tmp_path):
    coding = '<Coding guid="c"><CodeRef targetGUID="x"/></Coding>'
    others = (
        f'<PDFSource guid="p" name="pdf"><PDFSelection guid="q" page="1" firstX="0" firstY="0" secondX="1" secondY="1">{coding}</PDFSelection>{coding}</PDFSource>'
        f'<PictureSource guid="i"><PictureSelection guid="j" firstX="0" firstY="0" secondX="1" secondY="1">{coding}</PictureSelection></PictureSource>'
        f'<AudioSource guid="s"><Transcript guid="t"><TranscriptSelection guid="u">{coding}</TranscriptSelection></Transcript><AudioSelection guid="v" begin="0" end="1"/></AudioSource>'
        '<VideoSource guid="w"><VideoSelection guid="y" begin="0" end="1"/></VideoSource></Sources>'
    )
    more = '<Links><Link guid="l"/></Links><Sets><Set guid="e" name="e"/></Sets><Graphs><Graph guid="g"/></Graphs><Description>d</Description>'
    xml = qde(PROJECT, more=more).replace("</Sources>", others).replace("<Sources>", '<Cases><Case guid="k"/></Cases><Sources>')
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, texts_of(PROJECT)))
    assert read == PROJECT
    kinds = ["passages de pages PDF", "passages d’images", "passages de sons", "passages de vidéos", "passages de transcriptions synchronisées"]
    kinds += ["cas", "liens", "ensembles", "graphes", "descriptions du projet", "codes posés sur un document entier"]
    assert {f"{kind} (1)." for kind in kinds} <= set(kept(read))


def test_the_text_of_a_pdf_is_a_document(tmp_path):
    text = Document("rapport", "Le principal parle.")
    one = place(text, "principal", "Équipe")
    source = f'<PDFSource guid="p" name="rapport"><Representation guid="r" plainTextPath="internal://r.txt">{selection_xml(one)}</Representation></PDFSource></Sources>'
    xml = qde(PROJECT).replace("</Sources>", source)
    read = reading.read(qdpx(tmp_path / "a.qdpx", xml, {**texts_of(PROJECT), "Sources/r.txt": text.text.encode()}))
    assert text in read.documents and one in read.passages


@pytest.mark.parametrize(("old", "new", "told"), [
    ('startPosition="', 'startPosition="x', "passages sans position (1)."),
    ("<CodeRef targetGUID=\"", "<CodeRef targetGUID=\"x", "passages dont le code manque (1)."),
    ("<Coding ", "<Other ", "passages sans code (1)."),
])  # fmt: skip
def test_a_selection_that_says_too_little_is_told(old, new, told, tmp_path):
    selection = selection_xml(PROJECT.passages[0]).replace(old, new).replace("</Coding>", "</Other>" if "Other" in new else "</Coding>")
    read = reading.read(qdpx(tmp_path / "a.qdpx", qde(PROJECT, selections=selection), texts_of(PROJECT)))
    assert len(read.passages) == 1 and told in kept(read)


def test_the_nature_of_a_document_is_a_variable(tmp_path):
    told = Project((), (Document("a", "x", kind="compte_rendu"), Document("b", "y")))
    write_qdpx(told, tmp_path / "a.qdpx")
    assert reading.read(tmp_path / "a.qdpx").documents[0].kind == "compte_rendu"
    other = Project((), (replace(FIRST, attributes=(("lieu", "Lille"),)),))
    xml = qde(other).replace('name="lieu"', 'name="nature"')
    read = reading.read(qdpx(tmp_path / "b.qdpx", xml, texts_of(other)))
    assert read.documents[0].kind == "" and "natures de documents inconnues (1)." in kept(read)


def test_a_control_character_in_a_name_cannot_be_written(tmp_path):
    with pytest.raises(DataError, match="un code contient un caractère de contrôle"):
        write_qdpx(Project((Code("a\x07"),)), tmp_path / "a.qdpx")
    assert not (tmp_path / "a.qdpx").exists()


def test_a_passage_of_control_characters_is_named_without_them(tmp_path):
    project = Project((Code("x"),), (Document("a", "un\x0cdeux\x01trois"),), (Passage("a", 0, 13, "un\x0cdeux\x01trois", "x"),))
    write_qdpx(project, tmp_path / "a.qdpx")
    read = reading.read(tmp_path / "a.qdpx")
    assert read == project and read.told == ()
