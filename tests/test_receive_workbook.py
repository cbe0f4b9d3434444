"""Reading a workbook or a Parquet file: the sheet that holds the records, cells as text, or one French sentence."""

import datetime as dt
import io
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from conftest import ALL
from helpers import data, paths
from helpers.data.titles import BLANK
from helpers.data.workbooks import HIDDEN, MERGED, NO_HOUR
from ods_file import ods_bytes, ods_table
from received import HEADER, ROWS, YEAR, Read, faults, prepare, text_of

XLSX = "data/raw/2041/accompagnements.xlsx"
SHEET = f"{XLSX}, feuille « Base », ligne 1 : "
DAMAGED = "le classeur est tronqué ou abîmé ; enregistrez-le de nouveau, ou refaites l’export."
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
def test_numbers_and_dates_have_one_way_to_be_written(kind):
    rows = with_row(annee=2041, date_debut=dt.date(2041, 4, 3), niveau=6, objectifs=0.5)
    put(book(rows)) if kind == "xlsx" else put_ods(rows)
    read = Read()
    assert (read.columns["annee"][0], read.columns["niveau"][0], read.columns["objectifs"][0]) == ("2041", "6", "0.5")
    assert read.columns["date_debut"][:2] == ["2041-04-03", "04/05/2041"]


def test_booleans_hours_and_the_calendar_of_1904():
    made = book(with_row(parents_associes=True, nouvel_accompagnement=False, date_debut=dt.datetime(2041, 4, 3, 10, 30)))
    made.epoch = CALENDAR_MAC_1904
    put(made)
    read = Read()
    assert (read.columns["parents_associes"][0], read.columns["nouvel_accompagnement"][0]) == ("VRAI", "FAUX")
    assert read.columns["date_debut"][0] == "2041-04-03" and read.changes == {NO_HOUR: 1}


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
    assert read.changes == {NO_HOUR: 1, "colonnes hors liste, laissées de côté : 1": 3}


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
        f"{SHEET}cellule en erreur (#REF!, #N/A…) : F2 ; corrigez-la dans le classeur.",
        f"{SHEET}formule sans valeur enregistrée : G2 ; ouvrez le classeur et enregistrez-le.",
    ]


def test_errors_and_merged_cells_of_an_ods_file_are_told():
    sheets = ods_table("Notice", [["x"]]), ods_table("Nord & Sud", [HEADER, *with_row(niveau="#N/A")], spanned={(2, 2)})
    put_bytes(ods_bytes(*sheets), "accompagnements.ods")
    place = "data/raw/2041/accompagnements.ods, feuille « Nord & Sud », ligne 1 : "
    assert faults() == [
        f"{place}cellule en erreur (#REF!, #N/A…) : F2 ; corrigez-la dans le classeur.",
        f"{place}des cellules sont fusionnées vers le bas ; défusionnez-les et remplissez chaque ligne.",
    ]


def test_many_errors_are_named_up_to_five():
    put(book([[*row[:5], "#N/A", *row[6:]] for row in ROWS * 3]))
    assert faults() == [f"{SHEET}cellule en erreur (#REF!, #N/A…) : F2, F3, F4, F5, F6 et 4 autres ; corrigez-la dans le classeur."]


def test_a_value_far_to_the_right_is_told():
    made = book()
    made.active.cell(2, 16000, "x")
    put(made)
    assert faults() == [f"{XLSX}, feuille « Base » : des cases sont remplies très loin de la table ; supprimez-les."]


@pytest.mark.parametrize("place", ["cell", "row"])
def test_a_value_repeated_without_end_in_an_ods_file_is_told(place):
    repeated = {"cell": ' table:number-columns-repeated="16000"', "row": ' table:number-rows-repeated="900000"'}
    sheet = ods_table("Suite", [["x"]]).replace(f"<table:table-{place}", f"<table:table-{place}{repeated[place]}")
    put_ods(ROWS, sheet)
    assert faults() == ["data/raw/2041/accompagnements.ods, feuille « Suite » : des cases sont remplies très loin de la table ; supprimez-les."]


def packed(**members: bytes) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def workbook_bytes() -> bytes:
    out = io.BytesIO()
    book().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "le classeur est tronqué ou abîmé ; enregistrez-le de nouveau, ou refaites l’export."),
        (text_of(ROWS).encode(), "son extension ne dit pas ce qu’il est : ni un classeur ni un Parquet ; si c’est un texte, renommez-le en .csv, sinon refaites l’export."),
        (b"<!DOCTYPE html><table>", "c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."),
        (b"", "le fichier est vide ; refaites l’export, ou retirez ce fichier."),
        (workbook_bytes()[:2000], DAMAGED),
        (packed(**{"word/document.xml": b"<a/>"}), "ce n’est pas un classeur xlsx ou ods ; enregistrez-le au format .xlsx ou .csv."),
        (packed(**{"xl/workbook.xml": b"<a/>"}), DAMAGED),
        (packed(**{"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "le classeur contient une déclaration XML interdite ; refaites l’export."),
        (packed(**{"content.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "le classeur contient une déclaration XML interdite ; refaites l’export."),
        (packed(**{"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"\0" * (40 << 20)}), "le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."),
    ],
)  # fmt: skip
def test_a_workbook_that_cannot_be_opened_is_told(content, expected):
    put_bytes(content)
    assert faults() == [f"{XLSX} : {expected}"]


def test_a_damaged_or_empty_parquet_file_is_told():
    name = "data/raw/2041/accompagnements.parquet"
    put_bytes(b"PAR1" + b"\0" * 50, "accompagnements.parquet")
    assert faults() == [f"{name} : ce fichier Parquet est tronqué ou abîmé ; refaites l’export."]
    pq.write_table(parquet([]), paths.raw(YEAR) / "accompagnements.parquet")
    assert faults() == [f"{name} : aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."]
    pq.write_table(parquet(header=HEADER[1:], rows=[row[1:] for row in ROWS]), paths.raw(YEAR) / "accompagnements.parquet")
    assert faults() == [f"{name} : colonne obligatoire absente : « identifiant » ; ajoutez-la à l’export."]


@pytest.mark.parametrize("suffix", ["doc", "docx"])
def test_a_format_that_is_not_read_is_told(suffix):
    put_bytes(packed(a=b""), f"Accompagnement 2041.{suffix}")
    assert faults() == [f"data/raw/2041/Accompagnement 2041.{suffix} : ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta."]
    assert data.receive(YEAR).tables == []
