"""Reading an export: what people really send, row by row, in each format, or one French sentence."""

import base64
import datetime as dt
import io
import json
import random
import re
import shutil
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from conftest import ALL
from helpers import data, paths, system
from helpers.clean.answers import FORMS, WHOLE
from helpers.data import exports, titles, workbooks
from helpers.schema import DataError, table_schema
from helpers.typography import fold
from ods_file import ods_bytes, ods_table

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "raw" / "reference"
YEAR = 2041
FOLDER = f"data/raw/{YEAR}"
# « date_debut » is one column too many, which a test may take away; objectifs holds the delimiter.
HEADER = [
    "identifiant", "annee", "association", "suivi_par", "situation", "niveau", "sexe", "nouvel_accompagnement",
    "origine", "demande_initiale", "objectifs", "parents_associes", "date_debut",
]  # fmt: skip
ROWS = [
    ["P1", "2041", "Horizon", "ALSES", "collégien", "6e", "F", "oui", "collège", "scolarité", "scolarité;santé", "oui", "03/04/2041"],
    ["P2", "2041", "Escale", "ALSES", "collégien", "5e", "M", "non", "famille", "mobilité", "mobilité", "NA", "04/05/2041"],
    ["P3", "2041", "Escale", "autre", "lycéen", "2nde", "F", "OUI", "rue", "autre", "autre", "null", ""],
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder of the year in an empty project whose reference tables are the true ones."""
    root = tmp_path / "un projet été"
    shutil.copytree(REFERENCE, root / "data" / "raw" / "reference")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    paths.raw(YEAR).mkdir()


def quoted(cell: str, delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in f'{delimiter}"\r\n') else cell


def text_of(rows: list[list[str]], *, header: list[str] = HEADER, delimiter: str = ";", end: str = "\n") -> str:
    """A CSV text of these rows."""
    return "".join(delimiter.join(quoted(cell, delimiter) for cell in row) + end for row in [header, *rows])


def put(content: bytes | str, name: str = "accompagnements.csv") -> None:
    (paths.raw(YEAR) / name).write_bytes(content.encode() if isinstance(content, str) else content)


def book(rows=ROWS, *, header=HEADER) -> openpyxl.Workbook:
    """A workbook with one sheet of these rows."""
    made = openpyxl.Workbook()
    made.active.title = "Base"
    for row in [header, *rows]:
        made.active.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def put_book(made: openpyxl.Workbook) -> None:
    put(saved(made), "accompagnements.xlsx")


def put_ods(rows, *more: str, **marked) -> None:
    """An ODS file of these rows, then of more sheets."""
    put(ods_bytes(ods_table("Base", [HEADER, *rows], **marked), *more), "accompagnements.ods")


def with_row(**changed) -> list[list]:
    """The rows, the first of them changed in some columns."""
    return [[changed.get(name, cell) for name, cell in zip(HEADER, ROWS[0], strict=True)], *ROWS[1:]]


class Read:
    """What reading the whole year gave."""

    def __init__(self):
        self.received = received = data.receive(YEAR)
        tables = received.tables
        self.columns = {name: [cell for table in tables for cell in table.rows[name].astype("object")] for name in received.columns}
        self.lines = [int(line) for table in tables for line in table.rows.index]
        self.refused = [(row.line, row.reason) for table in tables for row in table.refused]
        self.changes = Counter()
        for change in received.changes:
            self.changes[change.rule] += change.rows

    @property
    def rows(self) -> list[list[str]]:
        """The rows, in the order of HEADER."""
        return [list(row) for row in zip(*(self.columns[name] for name in HEADER if name in self.columns), strict=True)]


def faults() -> list[str]:
    return [str(fault) for fault in data.receive(YEAR).faults]


# --- text: what is read ------------------------------------------------------------------------------------------------


def test_a_plain_export_is_read_as_it_is():
    put(text_of(ROWS))
    read = Read()
    # « NA » and « null » are answers, « 6e » is no number.
    assert read.rows == ROWS and read.lines == [2, 3, 4] and not read.refused and not read.changes
    table = read.received.tables[0].rows
    assert {name: str(kind) for name, kind in table.dtypes.items()} == {"identifiant": "str"} | dict.fromkeys(read.received.columns[1:], "category")


A, B, C, D = text_of(ROWS).splitlines()


def test_titles_repeated_in_another_order_are_a_fault():
    swapped = A.replace("nouvel_accompagnement;origine", "origine;nouvel_accompagnement")
    put(f"{A}\n{B}\n{C}\n{swapped}\n{D}\n")
    (told,) = faults()
    assert told.startswith(f"{FOLDER}/accompagnements.csv, ligne 4 : les titres y sont répétés dans un autre ordre, « origine » à la place de « nouvel_accompagnement »")


@pytest.mark.parametrize(("text", "lines", "changes"), [
    (f"{A}\r\n{B}\r{C}\n{D}", [2, 3, 4], {}),
    ("sep=,\r\n" + text_of(ROWS, delimiter=",", end="\r\n"), [3, 4, 5], {"première ligne « sep= », lue comme séparateur": 1}),
    (f"Export de la base;;;\nDate : 12/01/2042\n\n{A}\n{B}\n{C}\n{D}", [5, 6, 7], {"lignes au-dessus des titres, laissées de côté": 3}),
    (f"{A}\n{B};\n{C};\n{D};\n", [2, 3, 4], {}),
    (f"{A}\n{B}\n{C};;\n{D}\n", [2, 3, 4], {exports.TRIMMED: 1}),
    (f"{A}\n{B}\n\n{';' * 12}\n  \n{C}\n{D}\n\n", [2, 6, 7], {titles.BLANK: 4}),
    (f"{A}\n{B}\n{A}\n{C}\n{A}\n{D}", [2, 4, 6], {titles.AGAIN: 2}),
    (text_of([["Jean", *row, "secret"] for row in ROWS], header=["Prénom", *HEADER, "Observations"]), [2, 3, 4], {"colonnes hors liste, laissées de côté : 2": 3}),
], ids=["mixed line ends", "sep=", "letterhead", "delimiter at the end", "empty cells", "blank lines", "titles again", "other columns"])  # fmt: skip
def test_what_surrounds_the_rows_is_left_out_and_counted(text, lines, changes):
    put(text)
    read = Read()
    assert (read.rows, read.lines, read.changes) == (ROWS, lines, changes)
    assert "Jean" not in str(read.received) and "secret" not in str(read.columns)


def test_idem_is_the_cell_above():
    put(text_of([ROWS[0], [*ROWS[1][:2], "idem", *ROWS[1][3:]], [ROWS[2][0], '"', "Même que ci-dessus", *ROWS[2][3:]]]))
    read = Read()
    assert (read.columns["association"], read.columns["annee"], read.changes) == (["Horizon"] * 3, ["2041"] * 3, {titles.DITTO: 3})


def test_columns_in_another_order_and_under_other_titles_are_found():
    titles = [
        "N° dossier", "EXERCICE", "Structure", "Suivi par", "Situation scolaire", "Classe", "Genre", "Nouveau (oui/non)",
        "Mode de rencontre", "De\u0301mande  initiale", "Thèmes travaillés", "Parents associés", "Date d’entrée",
    ]  # fmt: skip
    put(text_of([row[::-1] for row in ROWS], header=titles[::-1]))
    assert Read().rows == ROWS


def test_rows_that_have_not_the_cells_of_the_titles_are_refused_with_their_line():
    many = [[*row, ""] for row in ROWS * 50]
    many[140][-1], many[0][10] = "décalé", 'un\r\n"deux"'  # which takes one more line
    put(text_of([*many, ROWS[1][:5], [*ROWS[2], "", "de trop"]], header=[*HEADER, ""]) + "P4;" + "x" * (9 << 20))
    read = Read()
    assert len(read.rows) == 149 and read.refused == [(143, exports.UNTITLED), (153, exports.SHORT), (154, exports.LONG), (155, exports.SHORT)]
    assert read.received.tables[0].refused[1].text == "P2;2041;Escale;ALSES;collégien"


def test_several_files_of_a_year_are_added():
    put(text_of(ROWS[:2]), "Accompagnements nord.csv")
    put(text_of(ROWS[2:], delimiter="\t"), "accompagnements_sud.TSV")
    for ignored in ("~$accompagnements.xlsx", ".~lock.accompagnements.csv#", ".DS_Store", "notes.docx"):
        put(b"\0\0", ignored)
    assert [path.name for path in paths.exports(YEAR)] == ["Accompagnements nord.csv", "accompagnements_sud.TSV"]
    assert Read().rows == ROWS


def test_a_simulation_is_known_by_its_name_or_by_the_card():
    put(text_of(ROWS), "accompagnements_synthetique.csv")
    assert data.receive(YEAR).is_synthetic and data.receive(YEAR).source == "synthetique"
    (paths.raw(YEAR) / "accompagnements_synthetique.csv").rename(paths.raw(YEAR) / "accompagnements.csv")
    assert not data.receive(YEAR).is_synthetic
    # What the simulation wrote is known whatever it is called now; another content under that name, by the name alone.
    file = paths.raw(YEAR) / "accompagnements.csv"
    entry = {"hash": f"sha256:{system.sha256_of(file)}", "bytes": file.stat().st_size, "rows": 3, "received": "", "synthetic": True}
    for name, content, expected in (("accompagnements_synthetique.csv", ROWS, True), ("accompagnements_synthetique.csv", ROWS[:2], False), ("accompagnements.csv", ROWS[:2], True)):
        put(text_of(content))
        put(json.dumps({"resources": [{"path": name, **entry}]}), "carte_export.json")
        assert data.receive(YEAR).is_synthetic is expected


def test_earlier_exports_are_read_in_order():
    put(text_of(ROWS))
    for year, kept in ((2039, ROWS[:1]), (2040, ROWS[:2])):
        paths.raw(year).mkdir()
        (paths.raw(year) / "accompagnements.csv").write_text(text_of(kept).replace("2041", str(year)), encoding="utf-8")
    assert {year: len(each) for year, each in data.read_earlier(YEAR).items()} == {2039: 1, 2040: 2}
    (paths.raw(2040) / "accompagnements.csv").write_text(text_of(ROWS).replace("2041", "2038"), encoding="utf-8")
    with pytest.raises(DataError, match="ce fichier est celui de 2038, non de 2040"):
        data.read_earlier(YEAR)


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


GOALS = HEADER.index("objectifs")


def wide(*goals: tuple[str, list[str]]) -> str:
    """The rows with other columns in place of « objectifs »."""
    rows = [[*row[:GOALS], *(cells[rank] for _, cells in goals), *row[GOALS + 1 :]] for rank, row in enumerate(ROWS)]
    return text_of(rows, header=[*HEADER[:GOALS], *(title for title, _ in goals), *HEADER[GOALS + 1 :]])


@pytest.mark.parametrize(("goals", "told"), [
    ([("Objectif 1", ["scolarité", "", "autre"]), ("Objectif travaillé n° 2", ["santé", "mobilité", ""]), ("objectif_3", ["", "", ""])], ["scolarité;santé", "mobilité", "autre"]),
    ([("Objectif", ["scolarité", "", "autre"]), ("Objectif 2", ["santé", "mobilité", ""])], ["scolarité;santé", "mobilité", "autre"]),
    ([("Santé", ["x", "", "non"]), ("Mobilité", ["oui", "0", "1"]), ("Besoin de parler", ["", "VRAI", "peut-être"])], ["sante_addiction;mobilite", "besoin_de_parler", "mobilite;peut-être"]),
    ([("Objectif : scolarité", ["x", "", ""]), ("Thème santé", ["x", "x", "NSP"])], ["scolarite;sante_addiction", "sante_addiction", "ne_sait_pas"]),
    ([("Q10a. Objectifs travaillés : scolarité", ["x", "", ""]), ("Q10b. Objectifs travaillés : santé", ["x", "x", ""])], ["scolarite;sante_addiction", "sante_addiction", ""]),
    ([("Objectifs", ["scolarité", "", "autre"]), ("Thèmes travaillés", ["santé", "mobilité", ""])], ["scolarité;santé", "mobilité", "autre"]),
    ([("Objectif travaillé : Scolarité", ["Coché", "Non coché", "coché"]), ("Objectif travaillé : Autre", ["Non coché", "Non coché", "Coché"])], ["scolarite", "", "scolarite;autre"]),
    ([("Objectif : scolarité", ["x", "", ""]), ("Objectif : autre", ["stage", "x", "forum"])], ["scolarite;Autre : stage", "autre", "Autre : forum"]),
    ([("Objectif : scolarité", ["3", "0", "1"]), ("Objectif : santé", ["2", "0", ""])], ["scolarite;sante_addiction", "", "scolarite"]),
    ([("E2. Quels objectifs avez-vous travaillés ? [Scolarité]", ["Cité", "", "Non cité"]), ("E2. Quels objectifs avez-vous travaillés ? [Santé]", ["Oui", "Oui", "Non"])], ["scolarite;sante_addiction", "sante_addiction", ""]),
])  # fmt: skip
def test_objectives_on_several_columns_are_gathered(goals, told):
    put(wide(*goals))
    read = Read()
    ranks = ", où un nombre est un oui" * (goals[0][1][0] == "3")
    assert read.columns["objectifs"] == told and read.changes == {f"réponses réunies de {len(goals)} colonnes{ranks}": 3}


@pytest.mark.parametrize(("marks", "told", "count"), [
    ({"deletedAt": ["2021-05-03", "", ""], "Archivé": ["non", "oui", "non"]}, "à retirer", [2]),
    ({"Date de soumission": ["2021-05-03 10:00:00", "", ""]}, "dit inachevée", [2]), ({"submitdate": [""] * 3}, "dit inachevée", []),
    ({"_validation_status": ["Approved", "Not Approved", ""], "Statut de la fiche": ["", "", "TEST"]}, "refusée ou d’essai", [2]),
    ({"Terminé": ["oui", "oui", "non"], "deletedAt": ["", "", ""]}, "dit inachevée", [1]),
])  # fmt: skip
def test_rows_that_may_be_deleted_or_unfinished_are_kept_and_told(marks, told, count):
    put(text_of([[*row, *more] for row, more in zip(ROWS, zip(*marks.values(), strict=True), strict=True)], header=[*HEADER, *marks]))
    read = Read()
    assert [rows for rule, rows in read.changes.items() if told in rule] == count and len(read.rows) == 3


def test_titles_said_to_be_objectives_name_the_one_they_end_with():
    put(wide(("Entretiens : Scolarité", ["oui", "", "non"]), ("Entretiens : Mobilité", ["oui", "oui", ""])))
    said = "".join(f"titre;Entretiens : {each};objectifs;Demandé.\n" for each in ("Scolarité", "Mobilité"))
    paths.own_readings(YEAR).write_text(f"colonne;graphie;valeur;raison\n{said}", encoding="utf-8")
    assert data.read_export(YEAR).cleaned.persons.table["objectifs"].dropna().tolist() == ["scolarite;mobilite", "mobilite"]


def test_one_column_an_answer_is_read_and_both_ticked_is_no_answer():
    sex, ticks = HEADER.index("sexe"), [("1", ""), ("", "X"), ("Coché", "oui")]
    rows = [[*row[:sex], *tick, *row[sex + 1 :], ""] for row, tick in zip(ROWS, ticks, strict=True)]
    put(text_of(rows, header=[*HEADER[:sex], "Filles", "Garçons", *HEADER[sex + 1 :], "N/A"]))
    assert Read().columns["sexe"] == ["filles", "garcons", "filles;garcons"] and faults() == []
    assert data.read_export(YEAR).cleaned.persons.table["sexe"].tolist() == ["filles", "garcons", "non_prevu"]
    rows = [[*row[:11], *tick, row[12]] for row, tick in zip(ROWS, [("x", ""), ("", "x"), ("", "")], strict=True)]
    put(text_of(rows, header=[*HEADER[:11], "Parents associés : Oui", "Parents associés : Non", HEADER[12]]))
    assert Read().columns["parents_associes"] == ["oui", "non", ""] and faults() == []
    put(text_of(rows, header=[*HEADER[:11], "Mère associée", "Père associé", HEADER[12]]).replace("x;;", "non;TRUE;").replace(";;x;", ";non;non;"))
    paths.own_readings(YEAR).write_text("colonne;graphie;valeur;raison\n" + "".join(f"titre;{each};parents_associes;Dit.\n" for each in ("Mère associée", "Père associé")))
    assert Read().columns["parents_associes"] == ["oui", "non", ""] and faults() == []


def test_one_row_an_objective_is_no_repeat_and_no_blank_even_before_its_title_is_explained():
    one, *others = with_row(objectifs="scolarité")
    again, alone = [*one[:GOALS], "mobilité", *one[GOALS + 1 :]], [*one[:2], *[""] * (GOALS - 2), "autre", "", ""]
    put(text_of([one, again, alone, *others], header=[*HEADER[:GOALS], "Ce qu’on fait", *HEADER[GOALS + 1 :]]))
    told = [str(fault) for fault in data.faults(YEAR) if "accompagnements" in str(fault)]
    assert len(told) == 1 and "« objectifs » (peut-être « Ce qu’on fait ») ; dites dans a_completer.csv quel titre" in told[0]
    paths.own_readings(YEAR).write_text("colonne;graphie;valeur;raison\ntitre;Ce qu’on fait;objectifs;Demandé.\n", encoding="utf-8")
    persons = data.read_export(YEAR).cleaned.persons.table
    assert persons["objectifs"].tolist() == ["scolarite;mobilite;autre", "mobilite", "autre"]


def test_boxes_whose_title_names_no_objective_are_asked_which_it_is():
    put(wide(("objectif___1", ["1", "0", "1"]), ("objectif___2", ["1", "1", "0"])))
    assert [(each.value, each.suggestion) for each in data.read_export(YEAR).received.unread if each.is_asked] == [("objectif___1", ""), ("objectif___2", "")]
    said = "titre;objectif___1;objectifs/scolarite;Dit.\ntitre;objectif___2;objectifs/mobilite;Dit.\n"
    paths.own_readings(YEAR).write_text(f"colonne;graphie;valeur;raison\n{said}", encoding="utf-8")
    assert (Read().columns["objectifs"], faults()) == (["scolarite;mobilite", "mobilite", "scolarite"], [])


def test_one_title_that_is_also_an_answer_is_no_objective():
    put(text_of([[*row, "x"] for row in ROWS], header=[*HEADER, "Mobilité"]))
    assert Read().columns["objectifs"] == [row[GOALS] for row in ROWS]
    put(wide(("Mobilité", ["x", "", ""])))
    assert "colonne obligatoire absente : « objectifs »" in faults()[0]
    # « Scolarité », elsewhere the situation, is an objective where its cells are ticked.
    put(wide(("Scolarité", ["x", "", ""]), ("Mobilité", ["", "x", "x"])).replace("situation", "carnet", 1))
    assert Read().columns["objectifs"] == ["scolarite", "mobilite", "mobilite"]


# --- workbooks and frames: what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_numbers_dates_and_booleans_have_one_way_to_be_written(kind):
    rows = with_row(annee=2041, date_debut=dt.date(2041, 4, 3), niveau=6, objectifs=0.5)
    made = book(with_row(annee=2041, date_debut=dt.datetime(2041, 4, 3, 10, 30), niveau=6, objectifs=0.5, parents_associes=True))
    made.epoch = CALENDAR_MAC_1904
    put_book(made) if kind == "xlsx" else put_ods(rows)
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
    put_book(made)
    read = Read()
    assert (read.rows, read.lines, [table.sheet for table in read.received.tables]) == (ROWS, [2, 2, 3], ["Base", "Escale"])
    assert {change.file.rpartition("feuille ")[2]: (change.rule, change.rows) for change in read.received.changes} == {
        "« Base »": ("feuille lue", 1), "« Escale »": ("feuille lue", 2), "« Ancien »": ("feuille masquée, laissée de côté", 4),
        "« Notice »": ("feuille sans les titres attendus, laissée de côté", 2), "« Modèle »": ("feuille sans ligne, laissée de côté", 1),
    }  # fmt: skip


def test_the_sheets_that_are_left_out_are_named_where_a_column_is_missing():
    made = book([row[:10] for row in ROWS], header=HEADER[:10])
    sheet_of(made, "Objectifs", [["P1", "OB1"]], header=["Clé", "Code"])
    put_book(made)
    assert "Ce que disent de chacun les feuilles laissées de côté (« Objectifs »)" in faults()[0]


def test_a_table_away_from_the_corner_is_read_and_what_surrounds_it_counted():
    made = openpyxl.Workbook()
    made.active["B2"] = "Export du 12 janvier"
    made.active.cell(1_048_576 if ALL else 60_000, 1).value = " "
    for line, row in ((4, [*HEADER, "Observations"]), (5, [*ROWS[0], "secret"]), (8, ROWS[1]), (9, ROWS[2])):
        for place, cell in enumerate(row):
            made.active.cell(line, place + 3 + (place > 5), cell)
    put_book(made)
    read = Read()
    assert read.rows == ROWS and read.lines == [5, 8, 9]
    above, left_out = "lignes au-dessus des titres, laissées de côté", "colonnes hors liste, laissées de côté : 1"
    assert read.changes == {above: 3, titles.BLANK: 2, left_out: 3} and "secret" not in str(read.columns)


def test_cells_merged_downwards_are_filled_and_counted():
    made = book()
    made.active.merge_cells("C3:C4")
    put_book(made)
    assert Read().columns["association"] == ["Horizon", "Escale", "Escale"] and Read().changes == {workbooks.MERGED: 1}


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_rows_and_columns_that_are_hidden_or_struck_through_are_read_and_told(kind):
    made = book()
    made.active.column_dimensions.group("C", "D", hidden=True)
    made.active.row_dimensions[3].hidden = True
    made.active["B4"].font = openpyxl.styles.Font(strike=True)
    put_book(made) if kind == "xlsx" else put_ods(ROWS, hidden=(2,), struck=(3,), folded=2)
    columns = f"{workbooks.HIDDEN_COLUMNS} : « association », « suivi_par »"
    assert Read().rows == ROWS and Read().changes == {workbooks.HIDDEN: 1, workbooks.STRUCK: 1, columns: 3}


def test_a_workbook_without_styles_has_its_other_marks():
    put_book(book(with_row(niveau="=1+1")))
    with zipfile.ZipFile(io.BytesIO((paths.raw(YEAR) / "accompagnements.xlsx").read_bytes())) as whole, zipfile.ZipFile(paths.raw(YEAR) / "accompagnements.xlsx", "w") as made:
        for name in {*whole.namelist()} - {"xl/styles.xml"}:
            made.writestr(name, re.sub(rb"<v ?/>", b"<v></v>", whole.read(name)))
    assert faults() == [f"{SHEET}{LOST} : F2 ; {MEND}"]


def two_lines(upper: list[str], lower: list[str]) -> None:
    put_book(book([upper, lower, *ROWS], header=["Export du 12 janvier"]))


def test_titles_on_two_lines_are_joined():
    upper = [*HEADER[:4], "Élève", "", "", *HEADER[7:12], "Date de"]
    two_lines(upper, [*[""] * 4, *HEADER[4:7], *[""] * 5, "début"])
    assert Read().rows == ROWS and Read().lines == [4, 5, 6]
    goals, rows = ["scolarité", "mobilité", "autre"], [[*row[:GOALS], "x", "", "", *row[GOALS + 1 :]] for row in ROWS]
    put_book(book([[""] * GOALS + goals + [""] * 2, *rows], header=[*HEADER[: GOALS + 1], "", "", *HEADER[GOALS + 1 :]]))
    assert (Read().columns["objectifs"], Read().lines, faults()) == (["scolarite"] * 3, [3, 4, 5], [])
    ways = [[*row[:8], *("x" if each == row[8] else "" for each in ("collège", "famille", "rue")), *row[9:]] for row in ROWS]
    put_book(book([[""] * 8 + ["Collège", "Famille", "Rue"], *ways], header=[*HEADER[:9], "", "", *HEADER[9:]]))
    assert (Read().columns["origine"], faults()) == (["college", "famille", "travail_de_rue"], [])


def test_a_first_person_whose_answers_look_like_titles_is_not_a_second_line_of_titles():
    two_lines(["Provenance du jeune" if name == "origine" else name for name in HEADER], ROWS[0])
    assert Read().lines == [3, 4, 5, 6]


def parquet(rows=ROWS, *, header=HEADER, **changed) -> pa.Table:
    """A table of texts, some columns replaced."""
    return pa.table({name: changed.get(name, [row[place] for row in rows]) for place, name in enumerate(header)})


def test_any_kind_of_column_of_a_parquet_file_becomes_text():
    made = parquet(
        annee=pa.array([2041, 2041, None]),
        parents_associes=pa.array([True, None, False]),
        date_debut=pa.array([dt.datetime(2041, 4, 3, 10), dt.datetime(2041, 5, 3, 22), None], pa.timestamp("s", "UTC")),
        objectifs=pa.array([["scolarité", "santé"], [], None]),
        niveau=pa.array(["6e", None, "2nde"]).dictionary_encode(),
        identifiant=pa.array(["P1", "P2", "P3"], pa.large_string()),
    ).append_column("notes", [["a", "b", "c"]])
    pq.write_table(made, paths.raw(YEAR) / "accompagnements.parquet", row_group_size=2)
    read = Read()
    assert (read.lines, read.columns["identifiant"], read.changes) == ([1, 2, 3], ["P1", "P2", "P3"], {"colonnes hors liste, laissées de côté : 1": 3})
    assert read.columns["annee"] == ["2041", "2041", ""] and read.columns["parents_associes"] == ["VRAI", "", "FAUX"]
    assert read.columns["date_debut"] == ["2041-04-03", "2041-05-04", ""]
    assert read.columns["objectifs"] == ["scolarité;santé", "", ""] and read.columns["niveau"] == ["6e", "", "2nde"]


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


def test_an_answer_declared_missing_keeps_its_label():
    table = pd.DataFrame(ROWS, columns=HEADER).assign(sexe=[1.0, 99.0, 98.0])
    codes, missing = {"sexe": {1: "Fille", 98: "Sans réponse", 99: "Ne sait pas"}}, {"sexe": [98.0, 99.0]}
    pyreadstat.write_sav(table, paths.raw(YEAR) / "accompagnements.sav", variable_value_labels=codes, missing_ranges=missing)
    assert Read().columns["sexe"] == ["Fille", "Ne sait pas", "Sans réponse"]


# An .xls of HEADER and ROWS, which no library with a wheel writes any more.
XLS = (
    'c-rllPiP!f9LIk%v;XsNlP1-q8e_ES9}7vER0M6;2x%+W7%ifRu+HwjhOx6VVRkmOy;!X|3W5hwycBxzQuSgLJ=mKEp`r&t5E8u@JP8UO+N|H-Z)cx7nnMG&sO)c<-@MQJ^Ly_*^X9$T`RZE#+Qkn?*6A;Hge=-@WGU5_XW+=TAWtZ7G&tEhXK*w+_MftB'
    '1~)R5q)&UkO!GbD`@K#keUP{cPxJ$h7igIld{2$tMte-gU>iJ!!|(>Zi=18>mQf9eFN@zH{(Y(WnfON~=XLRiQFqOFo~{)Z_CFNO;^)k9DeEPUdqvuOCpptJL|^bMe)$cfSvN^@fn&S>&VtcIH(es!w`0mvf$gr*Aa39#`mHfW^lR%${d}yGe|z%{LjLdZ'
    '{PY(2Z<-0B^VE1zCip5Q<Ri)ELpXnC*$=|&^p-IL-iM=$$f+nVbWS<87owW&c}gMIuGRdqV~39KVR5e2ofW6JYzLfn!n)++q4t~=W!KSNO`TCgV86bi+@f7B`_*N8$x~It#!T`9XUXvt7KMtc+FnH!9nT3d*AxQ!rI%D0BdDPmU7$s+*z8`_a%f?Ps#sB_'
    'dWdIfaT=W+oSL0R(Bp`D&i63rxhGD}pG2gx@46dHj`C3RL4{d;)I#{WlWrFMw8Y)jkhB9Q+~{jdKU{<S4fHlOGdVRo$vtpy2cdDkR>n9%hdAO1i&c7vc*?FiuB)&;RsE9VA_(d%%yEp_$*Ds+#tdK8dKf6ga?h4Gl*bZq4G`(cXC8+S>Izw2-F0)k7s}e1'
    'kFA|OvZi#ySEx_Y{j##;u{&OW@0YJnloks`$vH3kWph{E%@ctd^a{5?<6bFAi0{F%Us^mM{#A*(OVT6a2eBUDJh3<wC5~Q@I<HCT1p1i~`=+p`Exi}%)t{gGcy#s0!ak%gA6q{+c=_AHMH<I0UqO5RU7!QT0pp#w**+<>&PKEXe=mOcZ>w>}%tvEyM6V8g'
    'bc1q|>=)l8zB+~`GrCqyvOt!m1Sp{?2}){8fl`{%ptPn8D5EJ0%4*7ia+<n8U7ET<-H{Sw3nhjq>51waqNG<7E9uk3O7famNxvpmGN6f-?9jwY1~svgAx*4grzTc%ho-JrJ63XMq{Q4pi785kqxxn{i784(G_@-+V@ga>vP%;yxl0o(xmyz}8P&u}?$MNs'
    '5i1$f#7gdslvrCRu|&yuRNsmzv0_RrQF5OqR&u{4R<c`D`#rHl$%H0WvPV-k7Bd$kR<f6eYNkM}<cK*yAMwS<`^uk|qmFf~V;$>Q$8NnD^4>+VcP8Y`s`(z9j=t;Mz_Ho+O!B|Ar^&}J#9P)pc{m4jc3bmjCnb$mEaN8Iw7wUzJ&WE0I!z@R$LVd)U;Ga-'
    '+V$LY!~8$@2yM6j&Fzfy7We-LHVbDs'
)


def test_a_file_is_known_by_what_it_holds():
    for content in (text_of(ROWS).encode(), saved(book()), zlib.decompress(base64.b85decode(XLS))):
        put(content, "accompagnements.ods")
        assert (Read().rows, Read().lines) == (ROWS, [2, 3, 4])


# --- what is refused ---------------------------------------------------------------------------------------------------

CSV, BOOK = text_of(ROWS), saved(book())
SAVE, NO_ROWS = "enregistrez le fichier au format CSV UTF-8.", " : aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."
NO_TITLES = "la première ligne doit porter les intitulés des colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."
UNTITLED = ", ligne 1 : une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."
QUOTE, EMPTY = " : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne.", " : le fichier est vide ; refaites l’export, ou retirez ce fichier."
MIXED = "des caractères ne se lisent pas, deux encodages s’y mêlent"
DAMAGED = " : ce n’est pas un classeur, ou il est abîmé ; enregistrez-le de nouveau en .xlsx, ou refaites l’export."
CUT, OLE = " : le fichier est tronqué ou abîmé ; refaites l’export.", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LYING = [*zip(HEADER, *ROWS, strict=False)]
R = 'dans R, write.csv2(readRDS("accompagnements.rds"), "accompagnements.csv", row.names = FALSE, na = "", fileEncoding = "UTF-8") en fait une table'
ABSENT = ", ligne 1 : colonnes obligatoires absentes : « niveau » (peut-être « nivo scolair »), « sexe » (peut-être « sexx ») ; dites dans a_completer.csv quel titre les désigne, ou ajoutez-les à l’export."


@pytest.mark.parametrize(("suffix", "content", "expected"), [
    ("csv", b"\xef\xbb\xbf\r\n", EMPTY),
    ("csv", text_of([]) + ";;;\n\n", NO_ROWS),
    ("csv", CSV.replace("Escale", "Esc\0ale", 1), f", ligne 3 : un caractère nul coupe le texte ; si c’est une table, {SAVE}"),
    ("csv", CSV.encode().decode("cp1252"), f", ligne 2 : des accents sont abîmés (« Ã© » pour « é ») ; remettez le fichier d’avant, ou refaites-le, et {SAVE}"),
    ("csv", CSV.encode() + CSV.split("\n")[1].encode("cp1252"), f", ligne 5 : {MIXED} ; {SAVE}"),
    ("csv", CSV.replace("Escale", '"Escale', 1), f", ligne 3{QUOTE}"),
    ("csv", CSV + '"P4', f", ligne 5{QUOTE}"),
    ("csv", text_of(ROWS, header=[*HEADER[:12], "Genre"]), ", ligne 1 : « sexe » et « Genre » désignent « sexe » : aucune n’est lue ; dites dans a_completer.csv laquelle est à ignorer."),
    ("csv", text_of(ROWS, header=[*HEADER[:12], "sexe"]), ", ligne 1 : deux colonnes désignent « sexe » ; n’en gardez qu’une dans l’export."),
    ("csv", text_of(ROWS, header=[*HEADER[:5], "nivo\nscolair", "sexx", *HEADER[7:]]), ABSENT),
    ("csv", text_of(ROWS, header=[*HEADER[:12], ""]), UNTITLED),
    ("csv", text_of([["x", *row] for row in ROWS]), UNTITLED),
    ("csv", text_of([[row[0], "x", *row[1:]] for row in ROWS], header=[HEADER[0], "", *HEADER[1:]]), ", ligne 1 : une colonne n’a pas de titre mais contient des valeurs (place 2) ; donnez-lui un titre."),
    ("csv", CSV.split("\n", 1)[1], f" : aucune ligne de titres parmi les premières ; {NO_TITLES}"),
    ("csv", "identifiant;é".encode("utf-16")[:-1], f" : des caractères ne se lisent pas (UTF-16) ; {SAVE}"),
    ("xls", "<html><table><tr><td>identifiant", " : c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."),
    ("xlsx", saved(book(LYING[1:], header=LYING[0])), " : aucune feuille ne porte les titres attendus ; les titres sont dans la première colonne, et les personnes dans les autres ; dans un tableur, copiez la table, puis collage spécial, « transposer », dans une feuille vide, qui remplacera celle-ci."),
    ("xlsx", saved(openpyxl.Workbook()), f" : aucune feuille ne porte les titres attendus ; {NO_TITLES}"),
    ("xlsx", saved(book([])), f", feuille « Base », ligne 1{NO_ROWS}"),
    ("xlsx", OLE + b"\0" * 600, DAMAGED),
    ("xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), " : le classeur est protégé par un mot de passe ; ouvrez-le, enlevez le mot de passe et enregistrez-le."),
    ("xlsx", BOOK[:2000], DAMAGED),
    ("rds", b"\x1f\x8b\x08", f" : un fichier R : {R} ; retirez ensuite le fichier R."),
    ("sav", b"$FL2 et rien d'autre", CUT),
    ("parquet", b"PAR1" + b"\0" * 50, CUT),
    ("zip", b"PK\x05\x06", " : c’est une archive ; ouvrez-la, déposez ses fichiers ici et retirez-la."),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_in_one_sentence_with_the_remedy(suffix, content, expected):
    put(content, f"accompagnements.{suffix}")
    assert faults() == [f"{FOLDER}/accompagnements.{suffix}{expected}"]


def test_every_fault_of_every_file_is_told_at_once():
    put(text_of(ROWS, header=[*HEADER[:6], "x", *HEADER[7:]]).replace("Escale", '"Escale', 1))
    put(b"{}", "accompagnements_c.docx")
    put("Association;Niveau;Sexe;Année;Effectif\n" + "Escale;6e;filles;2041;12\n" * 9, "accompagnements_f.csv")
    pq.write_table(parquet([]), paths.raw(YEAR) / "accompagnements_d.parquet")
    pq.write_table(parquet(header=HEADER[1:], rows=[row[1:] for row in ROWS]), paths.raw(YEAR) / "accompagnements_e.parquet")
    assert faults()[-1].endswith("Ce tableau compte des personnes, il ne les liste pas : demandez une ligne par personne.")
    assert faults()[2:-1] == [
        f"{FOLDER}/accompagnements_c.docx : ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta.",
        f"{FOLDER}/accompagnements_d.parquet{NO_ROWS}",
        f"{FOLDER}/accompagnements_e.parquet : colonne obligatoire absente : « identifiant » ; ajoutez-la à l’export. Pour « identifiant », à défaut de titre, numérotez les personnes.",
    ]


def test_a_simulation_beside_an_export_is_told():
    put(CSV)
    put(text_of(ROWS[:2]), "accompagnements_synthetique.csv")
    assert faults() == [f"{FOLDER} : accompagnements_synthetique.csv est une simulation, à côté d’un export reçu ; retirez-la."]


def test_titles_that_cannot_be_known_are_told():
    table = data.read_reference("entetes")
    folded = table["graphie"].map(fold)
    names = {fold(entry[key]): entry["name"] for entry in table_schema("accompagnements")["fields"] for key in ("name", "title")}
    # The table of the project says each title once, and as the schema does.
    assert folded.is_unique and folded.ne("").all()
    assert {title: column for title, column in zip(folded, table["colonne"], strict=True) if names.get(title, column) != column} == {}
    put(CSV)
    path = paths.reference() / "entetes.csv"
    path.write_text(path.read_text(encoding="utf-8") + "nivau,Degré\n", encoding="utf-8")
    assert "« nivau » n’est pas dans la liste" in faults()[0] and faults()[0].endswith("Vouliez-vous « niveau » ?")
    path.unlink()
    assert faults() == ["Fichier absent : data/raw/reference/entetes.csv. Déposez-le dans ce dossier, puis relancez."]


def test_a_title_that_says_the_contrary_is_not_proposed_and_what_dates_can_tell_is_asked():
    header = {"parents_associes": "Parents absents de l’accompagnement", "nouvel_accompagnement": "Remarques"}
    put(text_of(ROWS, header=[header.get(name, name) for name in HEADER]))
    assert {each.value: each.suggestion for each in data.unread(YEAR) if each.column == "titre"} == {"Parents absents de l’accompagnement": "", "Remarques": "nouvel_accompagnement"}
    assert "lire sur toutes les lignes pour « nouvel_accompagnement »" in faults()[0]


XLSX = f"{FOLDER}/accompagnements.xlsx"
SHEET, ODS = f"{XLSX}, feuille « Base », ligne 1 : ", f"{FOLDER}/accompagnements.ods"
LOST, MEND = "cellule en erreur (#REF!, #N/A…) ou formule sans valeur enregistrée", "corrigez-la dans le classeur, puis enregistrez-le (pour une formule, l’ouvrir dans un tableur et l’enregistrer suffit)."
FAR = "des cases sont remplies très loin de la table ; supprimez-les."


def test_a_visible_sheet_of_persons_that_cannot_be_read_is_named_and_a_hidden_one_alone_asked_for():
    made = book()
    sheet_of(made, "Escale", ROWS[1:], header=[*HEADER[:5], "Degré de l’élève", *HEADER[6:]])
    put_book(made)
    assert faults() == [
        f"{XLSX}, feuille « Escale », ligne 1 : colonne obligatoire absente : « niveau » ; dites "
        "dans a_completer.csv quel titre la désigne, ou ajoutez-la à l’export. Masquez toute feuille qui n’est pas une liste de personnes."
    ]
    made = book()
    made.create_sheet("Notice")
    made.worksheets[0].sheet_state = "hidden"
    put_book(made)
    assert faults() == [f"{XLSX} : seules des feuilles masquées portent les titres attendus (« Base ») ; affichez celle à lire."]


def test_errors_and_formulas_without_a_value_are_told_by_cell():
    made = book([*with_row(niveau="#REF!", sexe="=IF(1,2,3)", origine="=1+1", objectifs="=1+1"), *([*row[:5], "#N/A", *row[6:]] for row in ROWS)])
    made.active.append([*ROWS[0], "#N/A", "=1+1"])  # in columns that are left out
    made.active.cell(1, 14, "Observations")
    made.active.cell(1, 15, "Total")
    put_book(made)
    assert faults() == [f"{SHEET}{LOST} : F2, F5, F6, F7, G2 et 2 autres ; {MEND}"]


def test_errors_and_merged_cells_of_an_ods_file_are_told():
    sheets = ods_table("Notice", [["x"]]), ods_table("Nord & Sud", [HEADER, *with_row(niveau="#N/A")], spanned={(2, 2)})
    put(ods_bytes(*sheets), "accompagnements.ods")
    place = f"{ODS}, feuille « Nord & Sud », ligne 1 : "
    assert faults() == [
        f"{place}{LOST} : F2 ; {MEND}",
        f"{place}des cellules sont fusionnées vers le bas ; défusionnez-les et remplissez chaque ligne.",
    ]


def test_a_value_far_from_the_table_or_repeated_without_end_is_told():
    made = book()
    made.active.cell(2, 16000, "x")
    put_book(made)
    assert faults() == [f"{XLSX}, feuille « Base » : {FAR}"]
    (paths.raw(YEAR) / "accompagnements.xlsx").unlink()
    for place, repeated in {"cell": "columns-repeated=\"16000\"", "row": "rows-repeated=\"900000\""}.items():
        put_ods(ROWS, ods_table("Suite", [["x"]]).replace(f"<table:table-{place}", f"<table:table-{place} table:number-{repeated}"))
        assert faults() == [f"{ODS}, feuille « Suite » : {FAR}"]


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"\0" * (40 << 20))
    put(out.getvalue(), "accompagnements.xlsx")
    assert faults() == [f"{XLSX} : le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."]


# --- what is to be explained -------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_told_at_once_the_worst_first():
    header = ["Mystère" if name == "origine" else "Remarque" if name == "date_debut" else name for name in HEADER]
    row, answers = ROWS[0], [("garçonne", "mobilité")] * 6 + [("F", "mobilitée")] * 5 + [("F", "mobilité")]
    put(text_of([[f"P{rank}", *row[1:5], "6e", sex, *row[7:9], goal, *row[10:]] for rank, (sex, goal) in enumerate(answers)], header=header))
    told = [fault for fault in data.faults(YEAR) if "accompagnements" in str(fault)]
    assert [fault.persons for fault in told][:3] == [None, 6, 5]
    assert "« origine »" in str(told[0]) and "« garçonne » (6 fois)" in str(told[1]) and "« mobilitée »" in str(told[2])
    asked = {(each.column, each.value): each.persons for each in data.unread(YEAR) if each.column != "association"}
    assert asked == {("titre", "Mystère"): 12, ("titre", "Remarque"): 12, ("sexe", "garçonne"): 6, ("demande_initiale", "mobilitée"): 5}


def test_several_sheets_that_lack_the_same_are_told_once_with_their_rows_that_no_year_counts():
    made = book([row[:1] + row[2:] for row in ROWS], header=HEADER[:1] + HEADER[2:])
    sheet_of(made, "Escale", [row[:1] + row[2:] for row in ROWS[1:]], header=HEADER[:1] + HEADER[2:])
    put_book(made)
    assert faults()[0] == (
        f"{XLSX}, feuilles « Base », « Escale », ligne 1 : colonne obligatoire absente : « annee » ; dites dans a_completer.csv ce qu’il faut lire sur toutes les lignes "
        "pour « annee », ou ajoutez-la à l’export. Sans l’année, 5 lignes sont mises de côté : aucune n’est comptée. Masquez toute feuille qui n’est pas une liste de personnes."
    )


def test_a_sheet_of_another_year_is_not_of_this_one_because_someone_says_that_all_rows_are():
    made, header = book([row[:1] + row[2:] for row in ROWS], header=HEADER[:1] + HEADER[2:]), HEADER[:1] + HEADER[2:]
    for name, ids in ((f"Suivis {YEAR}", "AB"), (f"janv-fév {YEAR + 1}", "CD")):
        sheet_of(made, name, [[letter, *row[2:]] for letter, row in zip(ids, ROWS, strict=False)], header=header)
    put_book(made)
    paths.own_readings(YEAR).write_text(f"colonne;graphie;valeur;raison\nannee;{WHOLE};{next(iter(FORMS['annee']))};Dit.\n", encoding="utf-8")
    [told] = faults()
    assert told.startswith(f"{XLSX}, feuille « janv-fév {YEAR + 1} », ligne 1 : elle nomme une autre année que {YEAR}")


QUESTIONS = ["1. Quel jeune ?", "2. Quelle association ?", "3. Dans quelle classe ?"]


@pytest.mark.parametrize("is_book", [False, True])
def test_a_plain_table_whose_titles_are_unknown_has_them_asked_for_but_not_one_without_titles(is_book):
    rows = [[f"P{rank} Zoé", "Escale", f"classe de {rank}e"] for rank in range(3, 9)]
    for header, asked in ((QUESTIONS, QUESTIONS), (rows[0], [])):
        put(saved(book(rows, header=header)) if is_book else text_of(rows, header=header, delimiter=","), "accompagnements.xlsx" if is_book else "accompagnements.csv")
        assert [(each.value, each.count, each.persons) for each in data.unread(YEAR) if each.column == "titre"] == [(title, 6, 0) for title in asked]  # nobody knows who is who
        assert ("Sa première ligne est lue comme des titres" in faults()[0]) == bool(asked) and "Zoé" not in faults()[0]


@pytest.mark.parametrize(("title", "text", "proposed"), [
    ("Commune établissement", "Lille", ""), ("Commune établissement", "0590001A", "uai"), ("Adresse e-mail", "a@b.fr", ""), ("Adresse e-mail", "CPE", "orienteur"), ("Âge au 31/12", "15 ans", "annee_naissance"), ("UAI (code)", "0590001A", "uai"), ("Âge à l’entrée", "15", ""),
    *((f"Commune établissement {years}", "0590001A", proposed) for years, proposed in (("2039", ""), ("2039-40", ""), ("2040-41", "uai"), ("2041", "uai"))),
])  # fmt: skip
def test_a_title_is_proposed_only_for_a_column_that_its_values_are_like(title, text, proposed):
    put(text_of([[*row, "Turgot", text] for row in ROWS], header=[*HEADER, "college", title]))
    assert [each.suggestion for each in data.unread(YEAR) if each.column == "titre"] == [proposed] * bool(proposed)


def test_an_age_of_another_day_is_proposed_for_no_column_even_when_titles_are_asked():
    put(text_of([[*row[:-1], "15"] for row in ROWS], header=[*HEADER[:GOALS], "Ce qu’on fait", *HEADER[GOALS + 1 : -1], "AGE ENTREE"]))
    assert {each.value: each.suggestion for each in data.unread(YEAR) if each.column == "titre"}["AGE ENTREE"] == ""


def test_a_college_without_uai_is_listed_with_the_registered_one_that_it_resembles():
    names = ["Ronsart Hautmont", "Collège de Lille", "Collège Turgot (Denain)"]
    put(text_of([[*row, name] for row, name in zip(ROWS, names, strict=True)], header=[*HEADER, "college"]))
    left = data.write_to_complete(YEAR, [each for each in data.unread(YEAR) if each.column == "college"])
    assert [(each.value, each.first_line, each.is_shown, each.is_asked) for each in left] == [("Collège de Lille", 3, False, False), ("Ronsart Hautmont", 2, False, False)]
    table = pd.read_csv(paths.raw(YEAR) / "a_completer.csv", sep=";", encoding="utf-8-sig", keep_default_na=False)
    assert table["peut-être"].tolist() == ["", "Collège Pierre de Ronsard (Hautmont)"]
