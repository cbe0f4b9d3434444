"""Which enumerations `.ci/run` takes: never fewer than what changed calls for."""

import pytest

from enumerations import enumerated

EVERY = enumerated(None)


@pytest.mark.parametrize("path", ["src/helpers/schema.py", "src/helpers/catalogue.toml", "tests/conftest.py", "requirements/report.lock"])
def test_what_every_room_rests_on_calls_for_all(path):
    assert enumerated([path]) == EVERY and len(EVERY) > 10


@pytest.mark.parametrize(
    ("path", "taken", "left"),
    [
        ("src/helpers/disclosure/rounding.py", {"test_protection_scale", "test_site_reports", "test_synthetic_reports"}, "test_exchange_mutations"),
        ("src/helpers/codings/refi.py", {"test_exchange_mutations", "test_codings_year"}, "test_intruder"),
        ("src/helpers/report/publication.py", {"test_kill_points"}, "test_intruder"),  # by a script that the test runs
        ("tests/hostile.py", {"test_hostile_text"}, "test_kill_points"),
    ],
)
def test_a_room_calls_for_the_tests_that_import_it(path, taken, left):
    found = {name.removeprefix("tests/").removesuffix(".py") for name in enumerated([path])}
    assert taken <= found and left not in found


def test_a_document_calls_for_none():
    assert enumerated(["README.md"]) == []
