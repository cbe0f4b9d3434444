"""Minutes: read from text and Word, pseudonymised as they are read; nothing that was planted remains."""

import re
import unicodedata
import zipfile
from difflib import SequenceMatcher
from xml.sax.saxutils import escape

import pytest

from helpers import cli, data, paths
from helpers.codings import personal_data, reading
from helpers.schema import DataError
from minutes_marked import HELD_OUT, LISTED, LISTED_HELD_OUT, SEEN

YEAR = 2032
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = W.replace("schemas.openxmlformats.org/wordprocessingml/2006", "purl.oclc.org/ooxml/wordprocessingml")


@pytest.fixture
def folder(data_root):
    paths.minutes_folder(YEAR).mkdir()
    return paths.minutes_folder(YEAR)


def paragraph(*runs: str) -> str:
    said = "".join(f"<w:r><w:t xml:space='preserve'>{escape(run)}</w:t></w:r>" for run in runs)
    return f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{said}</w:p>"


def word(path, *blocks: str, namespace: str = W, more: dict[str, str] | None = None):
    """A Word document, as the specification of its format describes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<?xml version='1.0'?><w:document {namespace}><w:body>{''.join(blocks)}</w:body></w:document>")
        for name, text in (more or {}).items():
            archive.writestr(name, text)
    return path


def told(act) -> str:
    with pytest.raises(DataError) as error:
        act()
    return re.sub(r"\s+", " ", str(error.value))


def replaced(*texts: str, year: int = 2021, **listed: str) -> list[str]:
    marks = personal_data.Pseudonyms(texts, listed, year=year)
    return [marks.replace(text) for text in texts]


@pytest.mark.parametrize("namespace", [W, STRICT])
def test_paragraphs_and_tables_of_word_are_read_in_order_and_each_once(namespace, tmp_path):
    cells = f"<w:tr><w:tc>{paragraph('a')}{paragraph('b')}</w:tc><w:tc>{paragraph('c')}</w:tc></w:tr>"
    more = "<w:p><w:r><w:t>un</w:t><w:tab/><w:t>deux</w:t><w:br/><w:delText>non</w:delText></w:r><w:del><w:r><w:t>non</w:t></w:r></w:del></w:p>"
    twice = "<mc:{0} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><w:p><w:r><w:t>{1}</w:t></w:r></w:p></mc:{0}>"
    drawing = f"<w:p><w:r>{twice.format('Choice', 'oui')}{twice.format('Fallback', 'non')}</w:r></w:p>"
    file = word(tmp_path / "a.DOCX", paragraph("Mme Du", "pont"), f"<w:tbl>{cells}</w:tbl>", more, drawing, namespace=namespace, more={"word/header1.xml": "non"})
    assert reading.read_text(file) == "Mme Dupont\na\nb\tc\t\nun\tdeux\n\noui\n\n"


@pytest.mark.parametrize(("name", "make", "sentence"), [
    ("a.pdf", b"x", "a.pdf : ce format n’est pas lu ; enregistrez le texte en .docx, .md ou .txt."),
    ("a.docx", b"x", "a.docx : ce n’est pas un document Word ; enregistrez-le au format .docx."),
    ("a.docx", b"PKxx", "a.docx : l’archive est tronquée, abîmée ou protégée"),
    ("a.txt", "é".encode("cp1252"), "a.txt : le fichier n’est pas en UTF-8 (octet 0) ; enregistrez-le en UTF-8."),
])
def test_what_is_no_minutes_is_one_sentence_of_check(name, make, sentence, folder):
    (folder / name).write_bytes(make)
    assert told(lambda: data.load_minutes(YEAR)).startswith(f"data/raw/{YEAR}/comptes_rendus/{sentence}")
    (fault,) = data.minutes_faults(YEAR)
    assert re.sub(r"\s+", " ", str(fault)).startswith(f"data/raw/{YEAR}/comptes_rendus/{sentence}")


# Each is both replaced in what is coded and masked in what is shown.
@pytest.mark.parametrize(("texts", "mark"), [
    (["zoe.durand@college.fr", "z-d+note@a-b.c.exemple.fr", "zoé@éxemple.fr", "z.d @ exemple.fr", "jean (at) mail.fr"], "courriel"),
    (["0612345678", "06.12.34.56.78", "06/12/34/56/78", "06\u00a012\u202f34 56 78", "061 234 5678", "+33612345678", "+33 (0)6-12-34-56-78", "0033 6 12 34 56 78", "(03) 20 12 34 56"], "téléphone"),
    (["123456789AB", "1234567890A", "123 456 789 AB", "2850559350123", "2 85 05 59 350 123 45", "1 85 05 2A 350 123"], "identifiant"),
    (["12/03/2007", "2007-03-12", "12.3.07", "12 mars 2007", "1er fe\u0301vrier 2007", "1\u00a0er\u00a0déc. 2009"], "date de naissance"),
    (["www.exemple.fr"], "adresse web"), (["@lea_59", "insta @sofi.ane_off"], "compte"),
], ids=lambda given: given if isinstance(given, str) else "")  # fmt: skip
def test_personal_details_are_replaced_and_masked_however_they_are_written(texts, mark):
    for text in texts:
        said = f"On a noté : {text} puis rien."
        assert replaced(said) == [f"On a noté : [{mark}] puis rien."]
        masked = personal_data.mask_personal_data(said)
        assert len(masked) == len(said) and re.fullmatch("On a noté : .*• puis rien.", masked) and not personal_data.is_personal(masked)


@pytest.mark.parametrize("text", ["17 collèges sur 40 en 2020", "de 2019 à 2020, 2 233 jeunes", "1 852, 2 233 et 6 585", "le 12 mars", "46 %, puis 52 %", "à 8 h 30"])
def test_counts_and_years_are_no_personal_details(text):
    assert not personal_data.is_personal(text) and replaced(text) == [text]


@pytest.mark.parametrize(("text", "expected"), [
    ("née à Lille, le 1er mai 2008", "née à Lille, le [date de naissance]"), ("Né(e) en 2019", "Né(e) en [date de naissance]"),
    ("DDN : 12-05-08", "DDN : [date de naissance]"), ("12/05/13 et 12/05/12", "12/05/13 et [date de naissance]"),
    ("Le 12 mars 2021, du 03/04/2021-05/04/2021, depuis 2008", "Le 12 mars 2021, du 03/04/2021-05/04/2021, depuis 2008"),
])
def test_dates_of_birth_are_replaced_and_those_of_meetings_kept(text, expected):
    assert replaced(text) == [expected]


def test_a_name_is_the_same_mark_in_every_text_of_a_year_with_or_without_its_title():
    decomposed = unicodedata.normalize("NFD", "Lefèvre")
    texts = ["Mme Marie Lefèvre et M. Petit.", f"LEFEVRE, {decomposed} et Lefèvre ; Marie ; un petit groupe.", "MM. Roy, Cordier et Petit ; M. et Mme Roy"]
    assert replaced(*texts) == [
        "Mme [nom 1] et M. [nom 2].", "[nom 1], [nom 1] et [nom 1] ; [nom 1] ; un petit groupe.", "MM. [nom 3], [nom 4] et [nom 2] ; M. et Mme [nom 3]",
    ]


def test_the_names_of_the_list_are_replaced_however_they_are_written():
    listed = {"Zoé": "[élève A]", "Jean Luc": "", "Łukasz": ""}
    marks = personal_data.Pseudonyms([], listed, year=2021)
    assert marks.replace("Zoé, ZOE, zoé, Zoe\u0301 ; jean-luc, JEAN LUC ; Łukasz ; Zoélie, Zo\u00adé") == "[élève A], [élève A], [élève A], [élève A] ; [nom 1], [nom 1] ; [nom 2] ; Zoélie, [élève A]"
    assert marks.counts == {"nom": 8}


def test_a_mark_that_was_typed_stays_and_no_mark_is_taken_for_a_name():
    text, listed = "[nom 1] a dit à Nom et à M. Courriel : [courriel].", {"nom": "Élodie", "Élodie": "[x]"}
    assert personal_data.Pseudonyms([text], listed, year=2021).replace("Nom, Élodie") == "Élodie, [x]"


def test_a_long_text_takes_no_time():
    text = "a" * 100_000 + " M. " * 2_000 + "0 " * 20_000 + "né " * 2_000 + "1/" * 20_000
    assert replaced(text)


PLANTED = ["Vasseur", "VASSEUR", "Élodie", "Elodie", "Zoé", "Tëst-Naïm", "Kaczmarek", "zoe@exemple.fr", "06 12 34 56 78", "0320123456", "123456789AB", "12/05/2019", "1er mai 2020"]


def plant(folder) -> None:
    (folder / "2032-03-02 Mme_Vasseur.txt").write_bytes("\ufeffMme Élodie Vasseur (06 12 34 56 78) reçoit Zoé, née le 12/05/2019.\r\nM. Kaczmarek\u00a0: zoe@exemple.fr".encode())
    (folder / "b.md").write_text("# Suite\n\nVASSEUR et Elodie, puis ZOE ; INE 123456789AB, DDN 1er mai 2020. Réunion du 02/03/2032.", encoding="utf-8")
    word(folder / "c.docx", paragraph("Mada", "me Vas", "seur dit à Tëst-Naïm"), f"<w:tbl><w:tr><w:tc>{paragraph('Kaczmarek')}</w:tc><w:tc>{paragraph('03', '20123456')}</w:tc></w:tr></w:tbl>")
    (folder / "noms.csv").write_text("nom;remplacement\nZoé;[élève A]\nTëst-Naïm;\n", encoding="utf-8")
    (folder / "~$c.docx").write_bytes(b"verrou")


def test_nothing_that_was_planted_in_a_year_remains_and_doubtful_words_are_listed(folder, capsys):
    plant(folder)
    (folder / "d.txt").write_text("On parle de Wattrelos, à Enzo.", encoding="utf-8")
    assert cli.main(["check", "--year", str(YEAR)]) == 0
    out = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "Comptes rendus : 4 ; pour les coder sans les noms : pseudonymise." in out
    assert "Remplacés à leur lecture : 1 courriel 2 date de naissance 1 identifiant 10 nom 2 téléphone" in out
    assert cli.main(["pseudonymise", "--year", str(YEAR)]) == 0
    out += capsys.readouterr().out
    made = paths.processed(YEAR) / "prive" / "comptes_rendus"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(made.glob("*.txt"))}
    assert [*texts][1:] == ["b", "c", "d"] and [*texts][0].startswith("2032-03-02-mme-nom-2-")
    first, second, third, _ = texts.values()
    assert first == "Mme [nom 2] ([téléphone]) reçoit [élève A], née le [date de naissance].\nM. [nom 3]\u00a0: [courriel]"
    assert second.endswith("[nom 2] et [nom 2], puis [élève A] ; INE [identifiant], DDN [date de naissance]. Réunion du 02/03/2032.")
    assert third == "Madame [nom 2] dit à [nom 1]\n[nom 3]\t[téléphone]\t\n"
    assert (made / "a_relire.csv").read_text(encoding="utf-8-sig").split() == ["mot;fois", "Wattrelos;1", "Enzo;1"]
    whole = "\n".join([*texts, *texts.values(), out]).casefold()
    assert [each for each in PLANTED if each.casefold() in whole] == [] and "wattrelos" not in out.casefold()
    # Somebody may have corrected them.
    assert cli.main(["pseudonymise", "--year", str(YEAR)]) == 2 and "existe déjà" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "sentence"), [
    ("prenom\nZoé\n", "ligne 1 : les colonnes sont « nom » et « remplacement » ; corrigez cette ligne."),
    ("nom;remplacement\n;A\n", "ligne 2, colonne « nom » : un nom est attendu ; complétez cette ligne."),
    ("nom;remplacement\nZoé;B\nZoé;C\n", "ligne 3, colonne « nom » : ce nom est déjà plus haut ; gardez une ligne."),
    ("nom;remplacement\nZoé;zoé D.\n", "ligne 2, colonne « remplacement » : le remplacement contient le nom ; changez-le."),
])
def test_a_fault_of_the_list_names_its_line_and_never_a_name(text, sentence, folder):
    (folder / "noms.csv").write_text(text, encoding="utf-8")
    assert told(lambda: data.load_minutes(YEAR)) == f"data/raw/{YEAR}/comptes_rendus/noms.csv, {sentence}"
    assert [re.sub(r"\s+", " ", str(fault)) for fault in data.minutes_faults(YEAR)] == [f"data/raw/{YEAR}/comptes_rendus/noms.csv, {sentence}"]


WORD = re.compile(r"\w+")


def shares(marked: str, listed: dict[str, str]) -> tuple[int, int, int]:
    """The words to hide, those of them that were replaced, and all that were: see `minutes_marked`."""
    plain, counts = marked.replace("[[", "").replace("]]", ""), [0, 0, 0]
    names = personal_data.Pseudonyms([plain], listed, year=2021)
    for line in marked.split("\n"):
        parts = [(part, rank % 2 == 1) for rank, part in enumerate(re.split(r"\[\[|\]\]", line))]
        words = [(word, is_marked) for part, is_marked in parts for word in WORD.findall(part)]
        left = WORD.findall(re.sub(r"\[[^\]]*\]", " ", names.replace("".join(part for part, _ in parts))))
        blocks = SequenceMatcher(None, [word for word, _ in words], left, autojunk=False).get_matching_blocks()
        kept = {place for block in blocks for place in range(block.a, block.a + block.size)}
        gone = [is_marked for place, (_, is_marked) in enumerate(words) if place not in kept]
        counts = [counts[0] + sum(is_marked for _, is_marked in words), counts[1] + sum(gone), counts[2] + len(gone)]
    return tuple(counts)


def test_recall_and_precision_are_those_that_the_help_gives():
    assert shares(SEEN, LISTED) == (83, 83, 83)
    marked, hidden, replaced = shares(HELD_OUT, LISTED_HELD_OUT)
    said = re.sub(r"\s", " ", cli.find_verb("pseudonymise").description)
    assert f"{hidden} mots à cacher sur {marked} sont remplacés ({100 * hidden / marked:.0f} %)" in said
    assert f"{hidden} mots remplacés sur {replaced} devaient l’être ({100 * hidden / replaced:.0f} %)" in said
