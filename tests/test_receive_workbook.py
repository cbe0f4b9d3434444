"""Reading a workbook or a Parquet file: the sheet that holds the records, cells as text, or one French sentence."""

import base64
import datetime as dt
import io
import zipfile
import zlib

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from conftest import ALL
from helpers import data, paths
from helpers.data.titles import BLANK
from helpers.data.workbooks import HIDDEN, MERGED
from ods_file import ods_bytes, ods_table
from received import HEADER, ROWS, YEAR, Read, faults, prepare, text_of

XLSX = "data/raw/2041/accompagnements.xlsx"
SHEET = f"{XLSX}, feuille « Base », ligne 1 : "
DAMAGED = "ce n’est pas un classeur, ou il est abîmé ; enregistrez-le de nouveau en .xlsx, ou refaites l’export."
LOST, SAVE = "cellule en erreur (#REF!, #N/A…) ou formule sans valeur enregistrée", "corrigez-la dans le classeur, puis enregistrez-le."
NO_SHEET = "aucune feuille ne porte les titres attendus ; la première ligne doit porter les intitulés des colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return prepare(tmp_path, monkeypatch)


def book(rows=ROWS, *, header=HEADER, title="Base"):
    """A workbook with one sheet of these rows."""
    made = openpyxl.Workbook()
    made.active.title = title
    for row in [header, *rows]:
        made.active.append(row)
    return made


def put(made, name: str = "accompagnements.xlsx") -> None:
    made.save(paths.raw(YEAR) / name)


def put_bytes(content: bytes, name: str = "accompagnements.xlsx") -> None:
    (paths.raw(YEAR) / name).write_bytes(content)


def put_ods(rows, *more: str, **marked) -> None:
    """An ODS file of these rows, then of more sheets."""
    put_bytes(ods_bytes(ods_table("Base", [HEADER, *rows], **marked), *more), "accompagnements.ods")


def with_row(**changed) -> list[list]:
    """The rows, the first of them changed in some columns."""
    return [[changed.get(name, cell) for name, cell in zip(HEADER, ROWS[0], strict=True)], *ROWS[1:]]


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xlsx named ods"])
def test_a_plain_workbook_is_read_as_the_same_text(kind):
    put_ods(ROWS) if kind == "ods" else put(book(), f"accompagnements.{kind[-4:].strip()}")
    read = Read()
    assert read.rows == ROWS and read.lines == [2, 3, 4] and read.sheets == ["Base"] and not read.changes


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_numbers_dates_and_booleans_have_one_way_to_be_written(kind):
    rows = with_row(annee=2041, date_debut=dt.date(2041, 4, 3), niveau=6, objectifs=0.5)
    made = book(with_row(annee=2041, date_debut=dt.datetime(2041, 4, 3, 10, 30), niveau=6, objectifs=0.5, parents_associes=True))
    made.epoch = CALENDAR_MAC_1904
    put(made) if kind == "xlsx" else put_ods(rows)
    read = Read()
    assert (read.columns["annee"][0], read.columns["niveau"][0], read.columns["objectifs"][0]) == ("2041", "6", "0.5")
    assert read.columns["date_debut"][:2] == ["2041-04-03", "04/05/2041"] and read.columns["parents_associes"][0] == ("VRAI" if kind == "xlsx" else "oui")


def sheet_of(made, name: str, rows, *, header=HEADER, state: str = "visible") -> None:
    """One more sheet."""
    sheet = made.create_sheet(name)
    sheet.sheet_state = state
    for row in [header, *rows]:
        sheet.append(row)


def test_every_visible_sheet_of_persons_is_read_and_told_and_the_others_too():
    made = book(ROWS[:1])
    sheet_of(made, "Escale", ROWS[1:], header=[*HEADER[:-1], "Date d’entrée"])
    sheet_of(made, "Ancien", ROWS, header=[*HEADER, "territoire"], state="hidden")
    sheet_of(made, "Notice", [["identifiant : un code"]], header=["Lisez-moi"])
    sheet_of(made, "Modèle", [])
    put(made)
    read = Read()
    assert (read.rows, read.lines, read.sheets) == (ROWS, [2, 2, 3], ["Base", "Escale"])
    assert {change.file.rpartition("feuille ")[2]: (change.rule, change.rows) for change in read.received.changes} == {
        "« Base »": ("feuille lue", 1), "« Escale »": ("feuille lue", 2), "« Ancien »": ("feuille masquée, laissée de côté", 4),
        "« Notice »": ("feuille sans les titres attendus, laissée de côté", 2), "« Modèle »": ("feuille sans ligne, laissée de côté", 1),
    }  # fmt: skip


def test_a_visible_sheet_of_persons_that_cannot_be_read_is_named():
    made = book()
    sheet_of(made, "Escale", ROWS[1:], header=[*HEADER[:5], "Degré de l’élève", *HEADER[6:]])
    put(made)
    assert faults() == [
        f"{XLSX}, feuille « Escale », ligne 1 : colonne obligatoire absente : « niveau » ; dites "
        "dans a_completer.csv quel titre la désigne, ou ajoutez-la à l’export. Si cette feuille n’est pas une liste de personnes, masquez-la."
    ]


def test_a_hidden_sheet_alone_is_asked_for():
    made = book()
    made.create_sheet("Notice")
    made.worksheets[0].sheet_state = "hidden"
    put(made)
    assert faults() == [f"{XLSX} : seules des feuilles masquées portent les titres attendus (« Base ») ; affichez celle à lire."]


def test_rows_above_the_titles_empty_columns_and_blank_rows():
    made = openpyxl.Workbook()
    made.active["B2"] = "Export du 12 janvier"
    for line, row in ((4, [*HEADER, "Observations"]), (5, [*ROWS[0], "secret"]), (8, ROWS[1]), (9, ROWS[2])):
        for place, cell in enumerate(row):
            made.active.cell(line, place + 3 + (place > 5), cell)
    put(made)
    read = Read()
    assert read.rows == ROWS and read.lines == [5, 8, 9]
    above, left_out = "lignes au-dessus des titres, laissées de côté", "colonnes hors liste, laissées de côté : 1"
    assert read.changes == {above: 3, BLANK: 2, left_out: 3} and "secret" not in str(read.columns)


def test_cells_merged_downwards_are_filled_and_counted():
    made = book()
    made.active.merge_cells("C3:C4")
    put(made)
    assert Read().columns["association"] == ["Horizon", "Escale", "Escale"] and Read().changes == {MERGED: 1}


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_hidden_rows_are_read_and_told(kind):
    made = book()
    made.active.row_dimensions[3].hidden = True
    put(made) if kind == "xlsx" else put_ods(ROWS, hidden=(2,))
    assert Read().rows == ROWS and Read().changes == {HIDDEN: 1}


def test_a_cell_far_below_the_table_makes_no_row():
    made = book()
    made.active.cell(1_048_576 if ALL else 60_000, 1).value = " "
    put(made)
    read = Read()
    assert read.rows == ROWS and read.lines == [2, 3, 4]


def parquet(rows=ROWS, *, header=HEADER, **changed) -> pa.Table:
    """A table of texts, some columns replaced."""
    return pa.table({name: changed.get(name, [row[place] for row in rows]) for place, name in enumerate(header)})


def test_any_kind_of_column_of_a_parquet_file_becomes_text():
    made = parquet(
        annee=pa.array([2041, 2041, None]),
        parents_associes=pa.array([True, None, False]),
        date_debut=pa.array([dt.datetime(2041, 4, 3, 10), dt.datetime(2041, 5, 4), None]),
        objectifs=pa.array([["scolarité", "santé"], [], None]),
        niveau=pa.array(["6e", None, "2nde"]).dictionary_encode(),
        identifiant=pa.array(["P1", "P2", "P3"], pa.large_string()),
    ).append_column("notes", [["a", "b", "c"]])
    pq.write_table(made, paths.raw(YEAR) / "accompagnements.parquet", row_group_size=2)
    read = Read()
    assert read.lines == [1, 2, 3]
    assert read.columns["annee"] == ["2041", "2041", ""] and read.columns["parents_associes"] == ["VRAI", "", "FAUX"]
    assert read.columns["date_debut"] == ["2041-04-03", "2041-05-04", ""]
    assert read.columns["objectifs"] == ["scolarité;santé", "", ""] and read.columns["niveau"] == ["6e", "", "2nde"]
    assert read.columns["identifiant"] == ["P1", "P2", "P3"]
    assert read.changes == {"colonnes hors liste, laissées de côté : 1": 3}


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_workbook_without_one_sheet_of_records_is_told():
    made = openpyxl.Workbook()
    put(made)
    assert faults() == [f"{XLSX} : {NO_SHEET}"]
    put(book([]))
    assert faults() == [f"{SHEET}aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."]


def test_every_fault_of_the_titles_is_told_at_once():
    put(book(header=[*HEADER[:11], "Sexe", ""]))
    assert faults() == [
        f"{SHEET}deux colonnes désignent « sexe » ; n’en gardez qu’une dans l’export.",
        f"{SHEET}une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres.",
        f"{SHEET}colonne obligatoire absente : « parents_associes » ; ajoutez-la à l’export.",
    ]


def test_errors_and_formulas_without_a_value_are_told_by_cell():
    made = book(with_row(niveau="#REF!", sexe="=IF(1,2,3)"))
    made.active.append([*ROWS[0], "#N/A", "=1+1"])  # in columns that are left out
    made.active.cell(1, 14, "Observations")
    made.active.cell(1, 15, "Total")
    put(made)
    assert faults() == [
        f"{SHEET}{LOST} : F2, G2 ; {SAVE}",
    ]


def test_errors_and_merged_cells_of_an_ods_file_are_told():
    sheets = ods_table("Notice", [["x"]]), ods_table("Nord & Sud", [HEADER, *with_row(niveau="#N/A")], spanned={(2, 2)})
    put_bytes(ods_bytes(*sheets), "accompagnements.ods")
    place = "data/raw/2041/accompagnements.ods, feuille « Nord & Sud », ligne 1 : "
    assert faults() == [
        f"{place}{LOST} : F2 ; {SAVE}",
        f"{place}des cellules sont fusionnées vers le bas ; défusionnez-les et remplissez chaque ligne.",
    ]


def test_many_errors_are_named_up_to_five():
    put(book([[*row[:5], "#N/A", *row[6:]] for row in ROWS * 3]))
    assert faults() == [f"{SHEET}{LOST} : F2, F3, F4, F5, F6 et 4 autres ; {SAVE}"]


FAR = "des cases sont remplies très loin de la table ; supprimez-les."


def test_a_value_far_to_the_right_is_told():
    made = book()
    made.active.cell(2, 16000, "x")
    put(made)
    assert faults() == [f"{XLSX}, feuille « Base » : {FAR}"]


@pytest.mark.parametrize("place", ["cell", "row"])
def test_a_value_repeated_without_end_in_an_ods_file_is_told(place):
    repeated = {"cell": ' table:number-columns-repeated="16000"', "row": ' table:number-rows-repeated="900000"'}
    sheet = ods_table("Suite", [["x"]]).replace(f"<table:table-{place}", f"<table:table-{place}{repeated[place]}")
    put_ods(ROWS, sheet)
    assert faults() == [f"data/raw/2041/accompagnements.ods, feuille « Suite » : {FAR}"]


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"\0" * (40 << 20))
    put_bytes(out.getvalue())
    assert faults() == [f"{XLSX} : le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."]


def workbook_bytes() -> bytes:
    out = io.BytesIO()
    book().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, DAMAGED),
        ("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "le classeur est protégé par un mot de passe ; ouvrez-le, enlevez le mot de passe et enregistrez-le."),
        ("xls", b"<!DOCTYPE html><table>", "c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."),
        ("xlsx", b"", "le fichier est vide ; refaites l’export, ou retirez ce fichier."),
        ("xlsx", workbook_bytes()[:2000], DAMAGED),
        ("rds", b"\x1f\x8b\x08", 'un fichier R : dans R, write.csv2(readRDS("accompagnements.rds"), "accompagnements.csv", row.names = FALSE, na = "", fileEncoding = "UTF-8") en fait une table ; retirez ensuite le fichier R.'),
        ("sav", b"$FL2 et rien d'autre", "le fichier est tronqué ou abîmé ; refaites l’export."),
        ("parquet", b"PAR1" + b"\0" * 50, "le fichier est tronqué ou abîmé ; refaites l’export."),
        ("docx", b"PK", "ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_opened_is_told_with_the_remedy(name, content, expected):
    put_bytes(content, f"accompagnements.{name}")
    assert faults() == [f"data/raw/2041/accompagnements.{name} : {expected}"]


def test_a_file_is_known_by_what_it_holds():
    put_bytes(text_of(ROWS).encode())
    assert Read().rows == ROWS
    put_bytes(workbook_bytes(), "accompagnements.xlsx")
    assert Read().rows == ROWS


def test_a_parquet_file_without_rows_or_identifiers_is_told():
    pq.write_table(parquet([]), paths.raw(YEAR) / "accompagnements.parquet")
    assert faults() == ["data/raw/2041/accompagnements.parquet : aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."]
    pq.write_table(parquet(header=HEADER[1:], rows=[row[1:] for row in ROWS]), paths.raw(YEAR) / "accompagnements.parquet")
    assert faults() == ["data/raw/2041/accompagnements.parquet : colonne obligatoire absente : « identifiant » ; ajoutez-la à l’export."]


# --- other software, other shapes ---------------------------------------------------------------------------------------

# An .xls of HEADER and ROWS, which no library with a wheel writes any more.
XLS = (
    'c-rllPiP!f9LIk%v;XsNlP1-q8e_ES9}7vER0M6;2x%+W7%ifRu+HwjhOx6VVRkmOy;!X|3W5hwycBxzQuSgLJ=mKEp`r&t5E8u@JP8UO+N|H-'
    'Z)cx7nnMG&sO)c<-@MQJ^Ly_*^X9$T`RZE#+Qkn?*6A;Hge=-@WGU5_XW+=TAWtZ7G&tEhXK*w+_MftB1~)R5q)&UkO!GbD`@K#keUP{cPxJ$h'
    '7igIld{2$tMte-gU>iJ!!|(>Zi=18>mQf9eFN@zH{(Y(WnfON~=XLRiQFqOFo~{)Z_CFNO;^)k9DeEPUdqvuOCpptJL|^bMe)$cfSvN^@fn&S>'
    '&VtcIH(es!w`0mvf$gr*Aa39#`mHfW^lR%${d}yGe|z%{LjLdZ{PY(2Z<-0B^VE1zCip5Q<Ri)ELpXnC*$=|&^p-IL-iM=$$f+nVbWS<87owW&'
    'c}gMIuGRdqV~39KVR5e2ofW6JYzLfn!n)++q4t~=W!KSNO`TCgV86bi+@f7B`_*N8$x~It#!T`9XUXvt7KMtc+FnH!9nT3d*AxQ!rI%D0BdDPm'
    'U7$s+*z8`_a%f?Ps#sB_dWdIfaT=W+oSL0R(Bp`D&i63rxhGD}pG2gx@46dHj`C3RL4{d;)I#{WlWrFMw8Y)jkhB9Q+~{jdKU{<S4fHlOGdVRo'
    '$vtpy2cdDkR>n9%hdAO1i&c7vc*?FiuB)&;RsE9VA_(d%%yEp_$*Ds+#tdK8dKf6ga?h4Gl*bZq4G`(cXC8+S>Izw2-F0)k7s}e1kFA|OvZi#y'
    'SEx_Y{j##;u{&OW@0YJnloks`$vH3kWph{E%@ctd^a{5?<6bFAi0{F%Us^mM{#A*(OVT6a2eBUDJh3<wC5~Q@I<HCT1p1i~`=+p`Exi}%)t{gG'
    'cy#s0!ak%gA6q{+c=_AHMH<I0UqO5RU7!QT0pp#w**+<>&PKEXe=mOcZ>w>}%tvEyM6V8gbc1q|>=)l8zB+~`GrCqyvOt!m1Sp{?2}){8fl`{%'
    'ptPn8D5EJ0%4*7ia+<n8U7ET<-H{Sw3nhjq>51waqNG<7E9uk3O7famNxvpmGN6f-?9jwY1~svgAx*4grzTc%ho-JrJ63XMq{Q4pi785kqxxn{'
    'i784(G_@-+V@ga>vP%;yxl0o(xmyz}8P&u}?$MNs5i1$f#7gdslvrCRu|&yuRNsmzv0_RrQF5OqR&u{4R<c`D`#rHl$%H0WvPV-k7Bd$kR<f6e'
    'YNkM}<cK*yAMwS<`^uk|qmFf~V;$>Q$8NnD^4>+VcP8Y`s`(z9j=t;Mz_Ho+O!B|Ar^&}J#9P)pc{m4jc3bmjCnb$mEaN8Iw7wUzJ&WE0I!z@R'
    '$LVd)U;Ga-+V$LY!~8$@2yM6j&Fzfy7We-LHVbDs'
)


@pytest.mark.parametrize(("suffix", "write"), [("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta)])
def test_statistical_files_are_read_by_their_labels(suffix, write):
    table = pd.DataFrame(ROWS, columns=HEADER).rename(columns={"association": "q1", "nouvel_accompagnement": "nouvel"})
    table = table.assign(annee=2041.0, sexe=[1.0, 2.0, None], niveau=[1.0, 7.0, 2.0])
    titles = ["Association" if name == "q1" else "Nouvel accompagnement" if name == "nouvel" else "" for name in table]
    codes = {"sexe": {1: "Fille", 2: "Garçon"}, "niveau": {1: "6e", 2: "5e"}}
    write(table, paths.raw(YEAR) / f"accompagnements.{suffix}", column_labels=titles, variable_value_labels=codes)
    read = Read()
    assert (read.columns["annee"][0], read.columns["association"]) == ("2041", ["Horizon", "Escale", "Escale"])
    assert (read.columns["sexe"], read.columns["niveau"]) == (["Fille", "Garçon", ""], ["6e", "7", "5e"])
    assert read.columns["nouvel_accompagnement"] == ["oui", "non", "OUI"]


def test_an_old_workbook_is_read():
    (paths.raw(YEAR) / "accompagnements.xls").write_bytes(zlib.decompress(base64.b85decode(XLS)))
    assert Read().rows == ROWS


def two_lines(upper: list[str], lower: list[str]) -> None:
    made = openpyxl.Workbook()
    for row in [["Export du 12 janvier"], upper, lower, *ROWS]:
        made.active.append(row)
    made.save(paths.raw(YEAR) / "accompagnements.xlsx")


def test_titles_on_two_lines_are_joined():
    upper = [*HEADER[:4], "Élève", "", "", *HEADER[7:12], "Date de"]
    two_lines(upper, [*[""] * 4, *HEADER[4:7], *[""] * 5, "début"])
    assert Read().rows == ROWS and Read().lines == [4, 5, 6]


def test_a_first_person_whose_answers_look_like_titles_is_not_a_second_line_of_titles():
    header = ["Provenance du jeune" if name == "origine" else name for name in HEADER]
    two_lines(header, ROWS[0])
    assert Read().lines == [3, 4, 5, 6]


# --- what is to be explained ---------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_told_at_once_the_worst_first():
    header = ["Mystère" if name == "origine" else "Remarque" if name == "date_debut" else name for name in HEADER]
    row, answers = ROWS[0], [("garçonne", "mobilité")] * 6 + [("F", "mobilitée")] * 5 + [("F", "mobilité")]
    rows = [[f"P{rank}", *row[1:5], "6e", sex, *row[7:9], goal, *row[10:]] for rank, (sex, goal) in enumerate(answers)]
    text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in [header, *rows])
    (paths.raw(YEAR) / "accompagnements.csv").write_text(text, encoding="utf-8")
    told = [fault for fault in data.faults(YEAR) if "accompagnements" in str(fault)]
    assert [fault.persons for fault in told][:3] == [None, 6, 5]
    assert "« origine »" in str(told[0]) and "« garçonne » (6 fois)" in str(told[1]) and "« mobilitée »" in str(told[2])
    asked = {(each.column, each.value): each.persons for each in data.unread(YEAR) if each.column != "association"}
    assert asked == {("titre", "Mystère"): 12, ("titre", "Remarque"): 12, ("sexe", "garçonne"): 6, ("demande_initiale", "mobilitée"): 5}


def test_a_college_without_uai_is_listed_with_the_registered_one_that_it_resembles():
    header, names = [*HEADER, "college"], ["Ronsart Hautmont", "Collège de Lille", "Collège Turgot (Denain)"]
    text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in [header, *([*row, name] for row, name in zip(ROWS, names, strict=True))])
    (paths.raw(YEAR) / "accompagnements.csv").write_text(text, encoding="utf-8")
    left = data.write_to_complete(YEAR, [each for each in data.unread(YEAR) if each.column == "college"])
    assert [(each.value, each.first_line, each.is_shown, each.is_asked) for each in left] == [("Collège de Lille", 3, False, False), ("Ronsart Hautmont", 2, False, False)]
    table = pd.read_csv(paths.raw(YEAR) / "a_completer.csv", sep=";", encoding="utf-8-sig", keep_default_na=False)
    assert table["peut-être"].tolist() == ["", "Collège Pierre de Ronsard (Hautmont)"]
