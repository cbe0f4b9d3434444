"""Reading a text export: what people really send, row by row, or one French sentence."""

import json
import random

import pytest

from helpers import data, paths, system
from helpers.data import text_files, titles
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


def test_class_codes_and_leading_zeros_stay_as_written():
    put(text_of([["0012", *ROWS[0][1:5], "6E1", *ROWS[0][6:]], ["0013", *ROWS[1][1:5], "1e5", *ROWS[1][6:]]]))
    assert Read().columns["identifiant"] == ["0012", "0013"] and Read().columns["niveau"] == ["6E1", "1e5"]


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
    (f"{A}\n{B}\n{C};;\n{D}\n", [2, 3, 4], {text_files.TRIMMED: 1}),
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
    assert read.rows == ROWS[:1] and read.refused == [(3, text_files.SHORT), (4, text_files.LONG)]
    assert read.texts[0] == "P2;2041;Escale;ALSES;collégien"


def test_a_late_value_in_a_column_without_title_refuses_its_row():
    many = [[*row, ""] for row in ROWS * 50]
    many[140][-1] = "décalé"
    put(text_of(many, header=[*HEADER, ""]))
    read = Read()
    assert len(read.rows) == 149 and read.refused == [(142, text_files.UNTITLED)]


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
SAVE, SAVE_AS = "enregistrez-la au format CSV UTF-8.", "enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", " : le fichier est vide ; refaites l’export, ou retirez ce fichier."),
        (b"\xef\xbb\xbf\r\n", " : le fichier est vide ; refaites l’export, ou retirez ce fichier."),
        (b"%PDF-1.4", f" : c’est un PDF sous un autre nom ; {SAVE_AS}"),
        (text_of([]), " n’a aucune ligne sous ses titres : refaites l’export, ou retirez ce fichier."),
        (text_of([]) + ";;;\n\n", " n’a aucune ligne sous ses titres : refaites l’export, ou retirez ce fichier."),
        (CSV.replace("Escale", "Esc\0ale", 1), f", ligne 3 : un caractère nul coupe le texte ; ce n’est pas une table en texte : {SAVE}"),
        (CSV.encode().decode("cp1252").encode(), ", ligne 2 : des accents sont abîmés (« Ã© » pour « é ») ; refaites l’export en UTF-8, sans rouvrir le fichier dans un autre logiciel."),
        (CSV.encode() + CSV.split("\n")[1].encode("cp1252"), f", ligne 5 : des caractères ne se lisent pas, deux encodages s’y mêlent ; {SAVE}"),
        (CSV.replace("Escale", '"Escale', 1), ", ligne 3 : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."),
        (CSV.replace("Escale", '5" Escale', 1), ", ligne 3 : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."),
        (CSV + '"P4', ", ligne 5 : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."),
        (text_of(ROWS, header=[*HEADER[:12], "Genre"]), ", ligne 1 : deux colonnes désignent « sexe » ; n’en gardez qu’une dans l’export."),
        (text_of(ROWS, header=[*HEADER[:5], "nivo\nscolair", "sexx", *HEADER[7:]]), ", ligne 1 : colonnes obligatoires absentes : « niveau » (peut-être « nivo scolair »), « sexe » (peut-être « sexx ») ; dites dans a_completer.csv quel titre les désigne, ou ajoutez-les à l’export."),
        (text_of([row[:-2] for row in ROWS], header=HEADER[:-2]), ", ligne 1 : colonne obligatoire absente : « parents_associes » ; ajoutez-la à l’export."),
        (text_of(ROWS, header=[*HEADER[:12], ""]), ", ligne 1 : une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."),
        (text_of([["x", *row] for row in ROWS], header=HEADER), ", ligne 1 : une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."),
        (text_of([[row[0], "x", *row[1:]] for row in ROWS], header=[HEADER[0], "", *HEADER[1:]]), ", ligne 1 : une colonne n’a pas de titre mais contient des valeurs (place 2) ; donnez-lui un titre."),
        ("\n".join([";".join(HEADER[:6] + [""] * 7), ";".join([""] * 6 + HEADER[6:]), *CSV.split("\n")[1:]]), ", ligne 1 : les titres tiennent sur deux lignes ; gardez une seule ligne de titres."),
        (CSV.split("\n", 1)[1], f" : aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des colonnes {TITLES}"),
        (CSV.replace(";", "~"), f" : aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des colonnes {TITLES}"),
        ("<html><table><tr><td>identifiant", " : c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."),
        (b"PAR1\0\0", " : son extension ne dit pas ce qu’il est : un fichier Parquet ; renommez-le en .parquet."),
        (b"PK\x03\x04\0\0", " : son extension ne dit pas ce qu’il est : un classeur ou une archive ; renommez-le en .xlsx ou .ods."),
        ("identifiant;é".encode("utf-16")[:-1], " : des caractères ne se lisent pas (UTF-16) ; enregistrez-le au format CSV UTF-8."),
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


def test_files_that_do_not_go_together_are_told():
    put(CSV)
    put(CSV, "accompagnements (1).csv")
    assert faults() == [f"{FILE} est la copie de accompagnements (1).csv ; retirez l’un des deux."]
    (paths.raw(YEAR) / "accompagnements (1).csv").unlink()
    put(text_of(ROWS[:2]), "accompagnements_synthetique.csv")
    paths.raw(2040).mkdir()
    (paths.raw(2040) / "accompagnements_2040.csv").write_bytes(CSV.encode())
    assert faults() == [
        "data/raw/2041 : accompagnements_synthetique.csv est une simulation, à côté d’un export reçu ; retirez-la.",
        f"{FILE} est l’export de 2040, à l’identique ; déposez celui de 2041.",
    ]


def test_titles_that_cannot_be_known_are_told():
    put(CSV)
    titles = paths.reference() / "entetes.csv"
    titles.write_text(titles.read_text(encoding="utf-8") + "nivau,Degré\n", encoding="utf-8")
    assert faults() == ["data/raw/reference/entetes.csv : la colonne « nivau » n’existe pas ; corrigez-la."]
    titles.unlink()
    assert faults() == ["Fichier absent : data/raw/reference/entetes.csv. Déposez-le dans ce dossier, puis relancez."]


def test_a_folder_or_a_file_that_cannot_be_opened_is_told(monkeypatch):
    put(CSV)

    def refuse(*given):
        raise PermissionError

    monkeypatch.setitem(data.receive.__globals__["_OPENERS"], "text", refuse)
    assert faults() == [f"Impossible de lire {FILE} : fermez-le s’il est ouvert, ou vérifiez vos droits."]


# --- ranges ----------------------------------------------------------------------------------------------------------


def tricky(seed: int, *, end: str) -> str:
    """Rows with quoted delimiters, quotes and line ends, blank lines, short and long rows."""
    draw, made = random.Random(seed), []
    for number in range(32):
        row = [*ROWS[number % 3]]
        # A mark of encoding inside the file: two exports put end to end.
        row[0], row[2] = "\ufeff" * (number == 16) + f"é{number}", draw.choice(["a", 'a "b"', "a;b", "a\nb", "a\r\nb\n\nc", '"', "é" * 9, ""])
        row[10] = draw.choice(["scolarité", "x;y", "\n", ""])
        made.append(row if draw.random() < 0.8 else draw.choice([row[:4], [*row, "z"], [""], [*row, ""]]))
    return text_of(made, end=end)


def everything(read: Read) -> tuple:
    return read.rows, read.lines, read.refused, read.texts, read.changes


@pytest.mark.parametrize(("end", "codec"), [("\n", "utf-8"), ("\r\n", "utf-8"), ("\r", "cp1252")])
def test_blocks_of_any_size_give_the_same_rows(end, codec, monkeypatch):
    put(tricky(1, end=end).replace("\ufeff", "" if codec == "cp1252" else "\ufeff").encode(codec))
    whole = everything(Read())
    assert len(whole[0]) > 20 and len(whole[2]) > 1
    for size in (200, 333, 1000):
        monkeypatch.setattr(text_files, "_BLOCK_BYTES", size)
        assert everything(Read()) == whole, size


def test_a_header_beyond_the_beginning_is_told(monkeypatch):
    monkeypatch.setattr(text_files, "_HEAD_BYTES", 40)
    put(CSV)
    assert "aucune ligne de titres" in faults()[0]


def test_a_row_longer_than_a_block_is_read():
    put(CSV + "P4;" + "x" * (text_files._BLOCK_BYTES + 9))
    read = Read()
    assert read.lines == [2, 3, 4] and read.refused == [(5, text_files.SHORT)]


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


def test_ranked_objectives_are_read_and_codes_are_not():
    ranked = [("Objectif : scolarité", ["1", "2.0", ""]), ("Objectif : santé", ["2", "1", "0"]), ("Objectif : mobilité", ["3", "", "1"])]
    put(wide(*ranked))
    assert Read().columns["objectifs"] == ["scolarite;sante_addiction;mobilite", "scolarite;sante_addiction", "mobilite"]
    assert Read().changes == {"objectifs réunis de 3 colonnes, leurs rangs lus comme un oui": 3}
    put(wide(*((title, ["1", "2", "2"]) for title, _ in ranked)))  # 1 for yes, 2 for no: someone must say so
    assert Read().columns["objectifs"][1] == "2;2;2"


def test_one_title_that_is_also_an_answer_is_no_objective():
    put(text_of([[*row, "x"] for row in ROWS], header=[*HEADER, "Mobilité"]))
    assert Read().columns["objectifs"] == [row[NAMED] for row in ROWS]
    put(wide(("Mobilité", ["x", "", ""])))
    assert "colonne obligatoire absente : « objectifs »" in faults()[0]
