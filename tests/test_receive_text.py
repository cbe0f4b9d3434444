"""Reading a text export: what people really send, row by row, or one French sentence."""

import json
import random

import pytest

from helpers import data, paths, system
from helpers.data import exports, titles
from helpers.schema import DataError, table_schema
from helpers.typography import fold
from received import HEADER, ROWS, YEAR, Read, faults, prepare, text_of

FILE = "data/raw/2041/accompagnements.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return prepare(tmp_path, monkeypatch)


def put(content: bytes | str, name: str = "accompagnements.csv") -> None:
    (paths.raw(YEAR) / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_year_without_export_is_empty():
    received = data.receive(YEAR)
    assert received.is_empty and received.columns == [] and paths.exports(YEAR) == []


def test_a_plain_export_is_read_as_it_is():
    put(text_of(ROWS))
    read = Read()
    # « NA » and « null » are answers (case 13), « 6e » is no number (14).
    assert read.rows == ROWS and read.lines == [2, 3, 4] and not read.refused and not read.changes
    assert read.received.source == "export" and read.received.columns[:2] == ["identifiant", "annee"]
    table = read.received.tables[0].rows
    assert {name: str(kind) for name, kind in table.dtypes.items()} == {"identifiant": "str"} | dict.fromkeys(read.received.columns[1:], "category")


@pytest.mark.parametrize(
    ("codec", "rule"),
    [
        ("utf-8-sig", None),
        ("cp1252", "texte en Windows-1252, lu comme tel"),
        ("mac_roman", "texte en MacRoman, lu comme tel"),
        ("cp850", "texte en DOS (page 850), lu comme tel"),
        ("utf-16", "texte en UTF-16, lu comme tel"),
    ],
)
def test_an_encoding_is_found_and_told(codec, rule):
    put(text_of(ROWS).encode(codec))
    read = Read()
    assert read.rows == ROWS and read.changes == ({rule: 3} if rule else {})


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_delimiter_and_an_end_of_line_are_found(delimiter, end):
    put(text_of(ROWS, delimiter=delimiter, end=end))
    assert Read().rows == ROWS and Read().lines == [2, 3, 4]


A, B, C, D = text_of(ROWS).splitlines()
LEFT_OUT = "colonnes hors liste, laissées de côté : 2"


@pytest.mark.parametrize(("text", "lines", "changes"), [
    (f"{A}\r\n{B}\r{C}\n{D}", [2, 3, 4], {}),
    ("sep=,\r\n" + text_of(ROWS, delimiter=",", end="\r\n"), [3, 4, 5], {"première ligne « sep= », lue comme séparateur": 1}),
    (f"Export de la base;;;\nDate : 12/01/2042\n\n{A}\n{B}\n{C}\n{D}", [5, 6, 7], {"lignes au-dessus des titres, laissées de côté": 3}),
    (f"{A};\n{B};\n{C};\n{D};\n", [2, 3, 4], {}),
    (f"{A}\n{B};\n{C};\n{D};\n", [2, 3, 4], {}),
    (f"{A}\n{B}\n{C};;\n{D}\n", [2, 3, 4], {exports.TRIMMED: 1}),
    (f"{A}\n{B}\n\n{';' * 12}\n  \n{C}\n{D}\n\n", [2, 6, 7], {titles.BLANK: 4}),
    (text_of([["Jean", *row, "secret"] for row in ROWS], header=["Prénom", *HEADER, "Observations"]), [2, 3, 4], {LEFT_OUT: 3}),
], ids=["mixed line ends", "sep=", "letterhead", "delimiter at the end", "but of titles", "empty cells", "blank lines", "other columns"])
def test_what_surrounds_the_rows_is_left_out_and_counted(text, lines, changes):
    put(text)
    read = Read()
    assert (read.rows, read.lines, read.changes) == (ROWS, lines, changes)
    assert "Jean" not in str(read.received) and "secret" not in str(read.columns)


def test_a_column_without_title_or_value_is_left_out():
    put(text_of([[*row[:3], "", *row[3:]] for row in ROWS], header=[*HEADER[:3], "", *HEADER[3:]]))
    assert Read().rows == ROWS and not Read().changes


def test_a_line_end_inside_quotes_ends_no_row_and_is_counted_as_a_line():
    long = [*ROWS[0][:10], 'un\ndeux ""trois""\r\nquatre', *ROWS[0][11:]]
    put(text_of([long, *ROWS[1:]]))
    assert Read().rows == [long, *ROWS[1:]] and Read().lines == [2, 5, 6]


def test_columns_in_another_order_and_under_other_titles_are_found():
    titles = [
        "N° dossier", "EXERCICE", "Structure", "Suivi par", "Situation scolaire", "Classe", "Genre", "Nouveau (oui/non)",
        "Mode de rencontre", "De\u0301mande  initiale", "Thèmes travaillés", "Parents associés", "Date d’entrée",
    ]  # fmt: skip
    put(text_of([row[::-1] for row in ROWS], header=titles[::-1]))
    assert Read().rows == ROWS


def test_short_and_long_rows_are_refused_with_their_line():
    put(text_of([ROWS[0], ROWS[1][:5], [*ROWS[2], "de trop"]]))
    read = Read()
    assert read.rows == ROWS[:1] and read.refused == [(3, exports.SHORT), (4, exports.LONG)]
    assert read.texts[0] == "P2;2041;Escale;ALSES;collégien"


def test_a_late_value_in_a_column_without_title_refuses_its_row():
    many = [[*row, ""] for row in ROWS * 50]
    many[140][-1] = "décalé"
    put(text_of(many, header=[*HEADER, ""]))
    read = Read()
    assert len(read.rows) == 149 and read.refused == [(142, exports.UNTITLED)]


def test_several_files_of_a_year_are_added():
    put(text_of(ROWS[:2]), "Accompagnements nord.csv")
    put(text_of(ROWS[2:], delimiter="\t"), "accompagnements_sud.TSV")
    put(text_of(ROWS[2:], delimiter=","), "accompagnements_z.txt")
    for ignored in ("~$accompagnements.xlsx", ".~lock.accompagnements.csv#", ".DS_Store", "notes.docx"):
        put(b"\0\0", ignored)
    assert [path.name for path in paths.exports(YEAR)] == ["Accompagnements nord.csv", "accompagnements_sud.TSV", "accompagnements_z.txt"]
    assert Read().rows == [*ROWS, ROWS[2]]


def test_a_simulation_is_known_by_its_name_or_by_the_card():
    put(text_of(ROWS), "accompagnements_synthetique.csv")
    assert data.receive(YEAR).is_synthetic and data.receive(YEAR).source == "synthetique"
    (paths.raw(YEAR) / "accompagnements_synthetique.csv").rename(paths.raw(YEAR) / "accompagnements.csv")
    assert not data.receive(YEAR).is_synthetic
    # What the simulation wrote is known whatever it is called now; another content under that name, by the name alone.
    file = paths.raw(YEAR) / "accompagnements.csv"
    entry = {"hash": f"sha256:{system.sha256_of(file)}", "bytes": file.stat().st_size, "rows": 3, "received": "", "synthetic": True}
    for name, content, expected in (("accompagnements_synthetique.csv", ROWS, True), ("accompagnements_synthetique.csv", ROWS[:2], False), ("accompagnements.csv", ROWS[:2], True)):
        put(text_of(content), "accompagnements.csv")
        put(json.dumps({"resources": [{"path": name, **entry}]}), "carte_export.json")
        assert data.receive(YEAR).is_synthetic is expected


def test_earlier_exports_are_read_in_order():
    put(text_of(ROWS))
    for year, kept in ((2039, ROWS[:1]), (2040, ROWS[:2])):
        paths.raw(year).mkdir()
        text = text_of(kept).replace("2041", str(year))
        (paths.raw(year) / "accompagnements.csv").write_text(text, encoding="utf-8")
    assert {year: len(each) for year, each in data.read_earlier(YEAR).items()} == {2039: 1, 2040: 2}
    (paths.raw(2040) / "accompagnements.csv").write_text(text_of(ROWS).replace("2041", "2038"), encoding="utf-8")
    with pytest.raises(DataError, match="ce fichier est celui de 2038, non de 2040"):
        data.read_earlier(YEAR)


def test_no_title_of_the_reference_contradicts_the_schema():
    titles = data.read_reference("entetes")
    folded = titles["graphie"].map(fold)
    assert folded.is_unique and folded.ne("").all()
    names = {fold(entry[key]): entry["name"] for entry in table_schema("accompagnements")["fields"] for key in ("name", "title")}
    assert {title: column for title, column in zip(folded, titles["colonne"], strict=True) if names.get(title, column) != column} == {}


# --- what is refused -------------------------------------------------------------------------------------------------

CSV = text_of(ROWS)
TITLES = "(data/raw/reference/entetes.csv dit lesquels sont connus)."
SAVE, NO_ROWS = "enregistrez le fichier au format CSV UTF-8.", " : aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."
NO_TITLES = f"aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des colonnes {TITLES}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", " : le fichier est vide ; refaites l’export, ou retirez ce fichier."),
        (b"\xef\xbb\xbf\r\n", " : le fichier est vide ; refaites l’export, ou retirez ce fichier."),
        (b"%PDF-1.4", f" : {NO_TITLES}"),
        (text_of([]), NO_ROWS),
        (text_of([]) + ";;;\n\n", NO_ROWS),
        (CSV.replace("Escale", "Esc\0ale", 1), f", ligne 3 : un caractère nul coupe le texte ; si c’est une table, {SAVE}"),
        (CSV.encode().decode("cp1252").encode(), f", ligne 2 : des accents sont abîmés (« Ã© » pour « é ») ; remettez le fichier d’avant, ou refaites-le, et {SAVE}"),
        (CSV.encode() + CSV.split("\n")[1].encode("cp1252"), f", ligne 5 : des caractères ne se lisent pas, deux encodages s’y mêlent ; {SAVE}"),
        (CSV.replace("Escale", '"Escale', 1), ", ligne 3 : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."),
        (CSV + '"P4', ", ligne 5 : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."),
        (text_of(ROWS, header=[*HEADER[:12], "Genre"]), ", ligne 1 : deux colonnes désignent « sexe » ; n’en gardez qu’une dans l’export."),
        (text_of(ROWS, header=[*HEADER[:5], "nivo\nscolair", "sexx", *HEADER[7:]]), ", ligne 1 : colonnes obligatoires absentes : « niveau » (peut-être « nivo scolair »), « sexe » (peut-être « sexx ») ; dites dans a_completer.csv quel titre les désigne, ou ajoutez-les à l’export."),
        (text_of([row[:-2] for row in ROWS], header=HEADER[:-2]), ", ligne 1 : colonne obligatoire absente : « parents_associes » ; ajoutez-la à l’export."),
        (text_of(ROWS, header=[*HEADER[:12], ""]), ", ligne 1 : une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."),
        (text_of([["x", *row] for row in ROWS], header=HEADER), ", ligne 1 : une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."),
        (text_of([[row[0], "x", *row[1:]] for row in ROWS], header=[HEADER[0], "", *HEADER[1:]]), ", ligne 1 : une colonne n’a pas de titre mais contient des valeurs (place 2) ; donnez-lui un titre."),
        (CSV.split("\n", 1)[1], f" : {NO_TITLES}"),
        (CSV.replace(";", "~"), f" : {NO_TITLES}"),
        ("<html><table><tr><td>identifiant", " : c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."),
        ("identifiant;é".encode("utf-16")[:-1], f" : des caractères ne se lisent pas (UTF-16) ; {SAVE}"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(content, expected):
    put(content)
    assert faults() == [FILE + expected]


def test_every_fault_of_every_file_is_told_at_once():
    put(text_of(ROWS, header=[*HEADER[:6], "x", *HEADER[7:]]).replace("Escale", '"Escale', 1))
    put(b"", "accompagnements_b.csv")
    put(b"{}", "accompagnements_c.docx")
    assert len(faults()) == 4
    assert faults()[-1] == "data/raw/2041/accompagnements_c.docx : ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta."


def test_a_simulation_beside_an_export_is_told():
    put(CSV)
    put(text_of(ROWS[:2]), "accompagnements_synthetique.csv")
    assert faults() == ["data/raw/2041 : accompagnements_synthetique.csv est une simulation, à côté d’un export reçu ; retirez-la."]


def test_titles_that_cannot_be_known_are_told():
    put(CSV)
    titles = paths.reference() / "entetes.csv"
    titles.write_text(titles.read_text(encoding="utf-8") + "nivau,Degré\n", encoding="utf-8")
    assert faults() == ["data/raw/reference/entetes.csv : la colonne « nivau » n’existe pas ; corrigez-la."]
    titles.unlink()
    assert faults() == ["Fichier absent : data/raw/reference/entetes.csv. Déposez-le dans ce dossier, puis relancez."]


# --- the two readers ---------------------------------------------------------------------------------------------------


def test_a_sound_file_and_one_with_a_damaged_row_are_read_alike():
    draw, made = random.Random(1), []
    for number in range(60):
        row = [*ROWS[number % 3]]
        row[0], row[2] = f"é{number}", draw.choice(["a", 'a "b"', "a;b", '"', "é" * 9, 'b"c', ""])
        made.append(row)
    put(text_of(made))
    sound = Read()
    for bad in ("\n", "P4;x\n", text_of([["x", *["y\nz"] * 12]]).split("\n", 1)[1]):
        put(text_of(made) + bad)
        read = Read()
        assert (read.rows[:60], read.lines[:60], len(read.refused)) == (sound.rows, sound.lines, bad == "P4;x\n")


def test_a_very_long_cell_is_read():
    put(CSV + "P4;" + "x" * (9 << 20))
    assert Read().lines == [2, 3, 4] and Read().refused == [(5, exports.SHORT)]


# --- objectives on several columns ------------------------------------------------------------------------------------

NAMED = HEADER.index("objectifs")


def wide(*goals: tuple[str, list[str]]) -> str:
    """The rows with other columns in place of « objectifs »."""
    rows = [[*row[:NAMED], *(cells[rank] for _, cells in goals), *row[NAMED + 1 :]] for rank, row in enumerate(ROWS)]
    return text_of(rows, header=[*HEADER[:NAMED], *(title for title, _ in goals), *HEADER[NAMED + 1 :]])


@pytest.mark.parametrize(("goals", "told"), [
    ([("Objectif 1", ["scolarité", "", "autre"]), ("Objectif 2", ["santé", "mobilité", ""]), ("objectif_3", ["", "", ""])], ["scolarité;santé", "mobilité", "autre"]),
    ([("Objectif", ["scolarité", "", "autre"]), ("Objectif 2", ["santé", "mobilité", ""])], ["scolarité;santé", "mobilité", "autre"]),
    ([("Santé", ["x", "", "non"]), ("Mobilité", ["oui", "0", "1"]), ("Besoin de parler", ["", "VRAI", "peut-être"])], ["sante_addiction;mobilite", "besoin_de_parler", "mobilite;peut-être"]),
    ([("Objectif : scolarité", ["x", "", ""]), ("Thème santé", ["x", "x", "NSP"])], ["scolarite;sante_addiction", "sante_addiction", "ne_sait_pas"]),
])  # fmt: skip
def test_objectives_on_several_columns_are_gathered(goals, told):
    put(wide(*goals))
    read = Read()
    assert read.columns["objectifs"] == told and read.changes == {f"objectifs réunis de {len(goals)} colonnes": 3}


def test_one_title_that_is_also_an_answer_is_no_objective():
    put(text_of([[*row, "x"] for row in ROWS], header=[*HEADER, "Mobilité"]))
    assert Read().columns["objectifs"] == [row[NAMED] for row in ROWS]
    put(wide(("Mobilité", ["x", "", ""])))
    assert "colonne obligatoire absente : « objectifs »" in faults()[0]
