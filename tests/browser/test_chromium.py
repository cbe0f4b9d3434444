"""Without a browser the tests say why they are left out; where a browser is demanded, its absence is a failure."""

import pytest

from browser import chromium


@pytest.fixture
def nothing(monkeypatch):
    """A machine without Chromium, whatever is on this one."""
    monkeypatch.setattr(chromium, "LIBRARIES", ())
    monkeypatch.setattr(chromium.shutil, "which", lambda command: None)


def test_absence_is_a_skip_with_its_reason_in_french(nothing, monkeypatch):
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="^Chromium absent\u00a0: les pages ne sont pas ouvertes"):
        chromium.require()


def test_absence_is_a_failure_where_a_browser_is_demanded(nothing, monkeypatch):
    monkeypatch.setenv(chromium.VARIABLE, "exige")
    with pytest.raises(pytest.fail.Exception, match="Chromium absent"):
        chromium.require()


def test_a_library_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(chromium, "LIBRARIES", ("bibliotheque_absente",))
    assert chromium.lacking().startswith("bibliotheque_absente absent\u00a0:")
