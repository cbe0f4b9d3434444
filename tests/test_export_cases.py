"""The seventy-four ways in which an export goes wrong, each in each format where it can: generated, read, judged.

The catalogue is that of the project's research on reliability, by number. Most cases are mutations
(tests/export_mutations.py); the others are tested beside what they are about, or cannot come.
"""

import re
from pathlib import Path

import pytest

from export_judge import judge, prepare, registers
from export_mutations import FORMATS, MUTATIONS, mutate

TESTS = Path(__file__).resolve().parent

# Cases that no change of one file shows, and where they are tested.
ELSEWHERE = {
    37: "test_clean_persons.py::test_the_bounds_of_spreadsheet_days",
    38: "test_receive_workbook.py::test_booleans_hours_and_the_calendar_of_1904",
    41: "test_clean_persons.py::test_a_year_of_birth_out_of_bounds",
    45: "test_clean_persons.py::test_a_college_without_uai_is_found_by_its_name_or_kept_without",
    46: "test_clean_persons.py::test_a_name_that_two_colleges_bear_leads_to_none",
    50: "test_second_records.py::test_every_overlap_is_found_again",
    57: "test_store_frozen.py::test_the_export_of_another_year_is_known_after_it_is_gone",
    58: "test_check_wrong_files.py::test_two_files_with_the_same_persons_are_told",
    59: "test_checks_records.py::test_an_expected_association_without_a_row_is_a_fault",
    66: "test_receive_workbook.py::test_a_cell_on_the_last_row_of_the_sheet_makes_no_row",
    67: "test_receive_workbook.py::test_a_value_repeated_without_end_in_an_ods_file_is_told",
}
# Cases of other files than an export.
NEVER = {
    72: "attendance sheets: the project has one row a meeting, its participants already counted (reunions.csv)",
}


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    prepare(tmp_path / "un projet été", monkeypatch)


def everywhere():
    """Each mutation in each format where it can happen."""
    for each in MUTATIONS:
        for form in each.forms:
            yield pytest.param(each, form, id=f"{'-'.join(map(str, each.cases))}-{each.name}-{form}")


@pytest.mark.parametrize(("mutation", "form"), list(everywhere()))
def test_a_case_is_counted_right_or_refused_in_words(mutation, form):
    draft, _, clean = mutate(7, form=form, chosen=[mutation])
    judge(draft, clean, registers())


@pytest.mark.parametrize("seed", range(12))
def test_persons_above_a_better_row_of_titles_are_not_a_letterhead(seed):
    names = ("title_misspelt", "two_exports_end_to_end")
    draft, _, clean = mutate(seed, form="csv", chosen=[each for each in MUTATIONS if each.name in names])
    judge(draft, clean, registers())


def test_every_case_is_a_mutation_or_is_tested_elsewhere_or_cannot_come():
    generated = {number for each in MUTATIONS for number in each.cases}
    assert generated | set(ELSEWHERE) | set(NEVER) == set(range(1, 75))
    assert not set(NEVER) & (generated | set(ELSEWHERE))
    assert {form for each in MUTATIONS for form in each.forms} == set(FORMATS)


@pytest.mark.parametrize("place", sorted(ELSEWHERE.values()))
def test_a_test_that_is_named_exists(place):
    file, name = place.split("::")
    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE)
