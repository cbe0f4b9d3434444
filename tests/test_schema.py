"""What every room shares means what it says: catalogue, Table Schemas, folders, parameters, French spaces."""

import pytest
from frictionless import Schema

from helpers import parameters, paths, schema
from helpers.schema import DataError
from helpers.typography import french_spaces
from small_export import write_export

# --- catalogue and Table Schemas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", schema.catalogue().indicators.values(), ids=lambda entry: entry.id)
def test_an_entry_of_the_catalogue_names_only_what_exists(entry):
    entries = schema.catalogue()
    assert (entry.unit in entries.units, entry.topic in entries.topics) == (True, True)
    assert entry.choice in {"unique", "multiple", "total"}
    assert entry.form in {"barres", "grille", "frise", "aucune"}
    assert {member for group in entry.groups.values() for member in group.members} <= set(entry.modalities)
    assert {(entry.base or entry.id).partition("/")[0], *entry.ratio} <= set(entries.indicators)


@pytest.mark.parametrize("name", schema.table_names())
def test_a_table_schema_is_valid_and_describes_each_column(name):
    described = schema.table_schema(name)
    assert Schema.from_descriptor(described).field_names == schema.columns(name)
    assert set(described.get("primaryKey", [])) <= set(schema.columns(name))
    assert [column["name"] for column in described["fields"] if not column["description"].endswith(".")] == []


# --- folders and years -------------------------------------------------------------------------------------------------


def test_a_year_is_a_folder_of_four_digits_with_a_table_or_an_export_whatever_the_case_of_its_name(data_root):
    names = ["2030/README.md", "2033/accompagnements.csv", "2034/Accompagnements nord.XLSX", "2035/~$accompagnements.xlsx", "2036/export.csv"]
    for name in [*names, *(f"{folder}/reunions.csv" for folder in ("brouillon", "02032", "20321", "٢٠٣٢"))]:
        (data_root / "data/raw" / name).parent.mkdir()
        (data_root / "data/raw" / name).write_text("a,b\nc,d\n", encoding="utf-8")
    (data_root / "data/raw/2040").touch()
    assert (paths.years(), paths.exported_years()) == ([2031, 2032, 2033, 2034], [2033, 2034])
    assert [path.name for path in paths.exports(2034)] == ["Accompagnements nord.XLSX"]


@pytest.mark.parametrize(("content", "expected"), [
    (b"id,document\n", False), (b"\xef\xbb\xbfid;document\r\n;\r\n", False), (b"id\tdocument\r\r", False), (b"id,document\nC1,Note\n", True),
    (b"", True), (b"\0", True), ("id,document\n".encode("utf-16"), True), (b"%PDF", True),
])
def test_a_table_of_names_alone_has_nothing_to_be_read(data_root, content, expected):
    path = data_root / "data/raw/2033/reunions.csv"
    path.parent.mkdir()
    path.write_bytes(content)
    assert (paths.has_rows(path), 2033 in paths.years(), 2033 in paths.prepared_years()) == (expected, expected, True)


# --- parameters: one that cannot be used is one French sentence; nothing is guessed ------------------------------------

TYPE = "doit être une année en quatre chiffres, sans guillemets ; reçu : "
ABSENT = "Aucune donnée pour 2030 ; années présentes : 2031, 2032. Déposez ses fichiers dans data/raw/2030."
WORD = "« word » doit être un seul mot, entre guillemets ; reçu : "
TOGETHER = (
    "Donnez « site_type » et « site » ensemble : « association » et son nom, « college » et son UAI, "
    "ou site_type = \"reseau\" et site = \"\" pour tout le réseau."
)
SITES = (
    "Les données de 2032 ne sont que des chiffres imprimés pour tout le réseau, sans dossiers individuels : "
    "laissez site_type = \"reseau\" et site = \"\"."
)


@pytest.mark.parametrize(("notebook", "given", "sentence"), [
    ("05_fin", {"year": 2032}, "Notebook « 05_fin » inconnu ; les notebooks sont 01_clean, 02_describe, 03_compare, 04_themes."),
    ("01_clean", {"yaer": 2032}, "01_clean n’a pas de paramètre « yaer » ; il prend year. Vouliez-vous « year » ?"),
    ("02_describe", {"compare_to": 2031}, "02_describe n’a pas de paramètre « compare_to » ; il prend year, site_type, site."),
    ("01_clean", {}, "01_clean : le paramètre « year » manque ; indiquez l’année du rapport."),
    ("01_clean", {"year": "2032"}, f"« year » {TYPE}'2032'."), ("01_clean", {"year": True}, f"« year » {TYPE}True."),
    ("03_compare", {"year": 2032, "compare_to": 2031.0}, f"« compare_to » {TYPE}2031.0."), ("03_compare", {"year": 2032, "compare_to": 2030}, ABSENT),
    ("03_compare", {"year": 2032, "compare_to": 2032}, "« compare_to » (2032) doit précéder « year » (2032)."),
    ("02_describe", {"year": 2032, "site_type": "ville"}, "« site_type » vaut reseau, association, college ; reçu : 'ville'."),
    ("02_describe", {"year": 2032, "site_type": "college"}, TOGETHER), ("02_describe", {"year": 2032, "site": "Tilleuls"}, TOGETHER),
    ("02_describe", {"year": 2032, "site_type": "college", "site": "0999901A"}, SITES),
    ("04_themes", {"year": 2032, "word": "une équipe"}, f"{WORD}'une équipe'."), ("04_themes", {"year": 2032, "word": "?"}, f"{WORD}'?'."),
    ("04_themes", {"year": 2032, "word": 4}, f"{WORD}4."),
])
def test_what_cannot_be_used_is_told_in_one_sentence(data_root, notebook, given, sentence):
    with pytest.raises(DataError) as told:
        parameters.check(notebook, **given)
    assert str(told.value) == sentence


def test_a_year_with_names_of_columns_only_and_a_project_without_data_say_what_to_do(data_root, tmp_path, monkeypatch):
    (data_root / "data/raw/2033").mkdir()
    (data_root / "data/raw/2033/reunions.csv").write_text("date,intitule\n", encoding="utf-8")
    with pytest.raises(DataError, match="Rien à lire encore pour 2033 : les tables de data/raw/2033 n’ont que leurs noms de colonnes ; remplissez-en une, "):
        parameters.check("03_compare", year=2033)
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "vide"))
    with pytest.raises(DataError, match="Aucune donnée pour 2032 ; data/raw ne contient aucune année."):
        parameters.check_year(2032)


def test_records_give_years_to_a_series_and_sites_to_look_at(data_root):
    write_export(data_root, year=2030)
    write_export(data_root, year=2034)
    assert parameters.check("03_compare", year=2032, compare_to=2030).series == [2030, 2031, 2032]
    choice = parameters.check("02_describe", year=2034, site_type="college", site="0999901A")
    assert (choice.series, choice.site_type, choice.site) == ([2030, 2031, 2032, 2034], "college", "0999901A")


@pytest.mark.parametrize(("notebook", "given", "years"), [
    ("01_clean", {"year": 2032}, (2032, None)), ("03_compare", {"year": 2032}, (2032, 2031)), ("03_compare", {"year": 2031}, (2031, None)),
    ("03_compare", {"year": 2032, "compare_to": None}, (2032, 2031)), ("03_compare", {"year": 2032, "compare_to": 2031}, (2032, 2031)),
])
def test_the_compared_year_is_the_latest_earlier_one_unless_it_is_named(data_root, notebook, given, years):
    assert parameters.check(notebook, **given) == parameters.Parameters(*years)


# --- typography --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected"), [
    ("Bilan : 42 % ; oui ! non ?", "Bilan\u00a0: 42\u202f%\u202f; oui\u202f! non\u202f?"), ("« oui\u00a0»", "«\u202foui\u202f»"),
    ("Fin :", "Fin\u00a0:"), ("Note, l. 12", "Note, l.\u00a012"), ("le col. 3\n: b", "le col. 3\n: b"), ("un :a", "un :a"),
    ("12:30, http://a?b;c=100%", "12:30, http://a?b;c=100%"), ("", ""),
])
def test_spaces_become_no_break_spaces_and_none_is_added(text, expected):
    assert (french_spaces(text), french_spaces(expected)) == (expected, expected)
