"""French spaces are put where a space was, and nowhere else."""

import pytest

from helpers.typography import french_spaces


@pytest.mark.parametrize(("text", "expected"), [
    ("Bilan : 42 % ; oui ! non ?", "Bilan\u00a0: 42\u202f%\u202f; oui\u202f! non\u202f?"), ("« oui\u00a0»", "«\u202foui\u202f»"),
    ("Fin :", "Fin\u00a0:"), ("Note, l. 12", "Note, l.\u00a012"), ("le col. 3\n: b", "le col. 3\n: b"), ("un :a", "un :a"),
    ("12:30, http://a?b;c=100%", "12:30, http://a?b;c=100%"), ("", ""),
])
def test_spaces_become_no_break_spaces_and_none_is_added(text, expected):
    assert (french_spaces(text), french_spaces(expected)) == (expected, expected)
