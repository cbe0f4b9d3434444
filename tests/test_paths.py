"""Every folder is found from the data root, whatever its name."""

import pytest

from helpers import paths


def test_the_data_root_is_the_repository_unless_the_variable_names_another(tmp_path, monkeypatch):
    monkeypatch.delenv(paths.DATA_ROOT_VARIABLE, raising=False)
    assert paths.data_root() == paths.repository()
    assert paths.notebook("01_clean").is_file()
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "dossier d’été"))
    assert paths.data_root() == (tmp_path / "dossier d’été").resolve()
    assert paths.years() == []


def test_rooms_are_shown_from_the_data_root_and_a_file_elsewhere_by_its_name(data_root):
    rooms = [paths.raw(2032), paths.reference(), paths.executed(2032), paths.reports(), data_root.parent / "ailleurs" / "table.csv"]
    assert [paths.relative(room) for room in rooms] == [
        "data/raw/2032", "data/raw/reference", "data/processed/2032/execution", "reports", "table.csv",
    ]


def test_a_year_is_a_folder_with_at_least_one_raw_table(data_root):
    for name in ("2030/README.md", "brouillon/reunions.csv"):
        (data_root / "data/raw" / name).parent.mkdir()
        (data_root / "data/raw" / name).touch()
    (data_root / "data/raw/2040").touch()
    assert paths.years() == [2031, 2032]


def test_a_year_exists_by_its_export_alone_whatever_the_case_of_its_name(data_root):
    for year, name in ((2033, "accompagnements.csv"), (2034, "Accompagnements nord.XLSX"), (2035, "~$accompagnements.xlsx"), (2036, "export.csv")):
        (data_root / f"data/raw/{year}").mkdir()
        (data_root / f"data/raw/{year}" / name).touch()
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


@pytest.mark.parametrize(("year", "expected"), [(2031, None), (2032, 2031), (2033, 2032), (2050, 2032)])
def test_the_earlier_year_is_the_latest_one_with_data(data_root, year, expected):
    assert paths.earlier_year(year) == expected
