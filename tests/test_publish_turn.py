"""One at a time, a year at a time: of ten starts one works, the nine others say who, and a kill leaves nothing held."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from helpers import paths
from helpers.report.page import BusyError
from helpers.report.publication import year_lock

# Takes its turn, says so, and stays until it is told to leave, or killed.
HOLDER = """
import sys
from helpers.report.sharing import year_lock
with year_lock([int(year) for year in sys.argv[1:]], what="alses run --year 2020"):
    print("tient", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def hold():
    """Starts a program that holds years; it ends with the test."""
    started = []

    def start(*years: int) -> subprocess.Popen:
        given = [sys.executable, "-c", HOLDER, *map(str, years)]
        holder = subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(holder)
        assert holder.stdout.readline() == "tient\n"
        return holder

    yield start
    for holder in started:
        holder.communicate()


def refusal(*years: int) -> str:
    with pytest.raises(BusyError) as caught, year_lock(years, what="alses share 2020"):
        pytest.fail("two at once")
    return str(caught.value)


def locks(root: Path) -> Path:
    return root / "data" / "processed"


def left(root: Path) -> list[str]:
    return sorted(path.name for path in locks(root).iterdir() if path.suffix == ".json")


def test_the_one_who_holds_the_year_is_named_and_other_years_go_on(root, hold):
    holder = hold(2019, 2020)
    since = datetime.fromisoformat(json.loads((locks(root) / ".verrou-2020.json").read_text(encoding="utf-8"))["depuis"])
    who = f"(processus {holder.pid}, « alses run --year 2020 », depuis {since:%H h %M})"
    assert refusal(2020, 2021) == f"Un autre programme travaille sur l’année 2020 {who} : attendez sa fin, puis relancez."
    assert refusal(2021, 2019).startswith("Un autre programme travaille sur l’année 2019 (")
    assert "l’année 2020 (" in refusal(2018, 2020)  # what was taken before the refusal is given back: 2018 is free
    with year_lock([2018, 2021], what="alses run --year 2021"):  # nor is 2021 kept by who was refused
        assert left(root) == [f".verrou-{year}.json" for year in (2018, 2019, 2020, 2021)]
    holder.communicate()
    with year_lock([2019, 2020], what="alses run --year 2020"):
        pass
    assert left(root) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows ne connaît pas ce signal")
def test_a_lock_whose_holder_was_killed_is_free_at_once_and_its_card_names_nobody(root, hold):
    killed = hold(2020)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    stale = (locks(root) / ".verrou-2020.json").read_text(encoding="utf-8")
    with year_lock([2020], what="alses run --year 2020"):
        (locks(root) / ".verrou-2020.json").write_text(stale, encoding="utf-8")
        assert refusal(2020) == "Un autre programme travaille sur l’année 2020 : attendez sa fin, puis relancez."
    assert left(root) == []


CARDS = [None, "", "[]", "[" * 200_000, '{"processus": 1e999, "commande": "y", "depuis": "2020-01-01"}',
         '{"processus": -1, "commande": "y", "depuis": "2020-01-01"}', '{"processus": 1, "commande": "y", "depuis": 3}']  # fmt: skip


@pytest.mark.parametrize("text", CARDS)
def test_a_refusal_needs_no_card(root, text):
    with year_lock([2020], what="alses run --year 2020"):
        card = locks(root) / ".verrou-2020.json"
        card.unlink() if text is None else card.write_text(text, encoding="latin-1")
        assert refusal(2020) == "Un autre programme travaille sur l’année 2020 : attendez sa fin, puis relancez."
        card.unlink(missing_ok=True)
    card.mkdir()  # nor does who works need to write one
    with year_lock([2020], what="alses run --year 2020"):
        assert refusal(2020).startswith("Un autre programme travaille sur l’année 2020 : ")


def test_a_day_that_is_not_today_is_told(root):
    with year_lock([2020], what="alses run --year 2020"):
        path = locks(root) / ".verrou-2020.json"
        before = datetime.now().astimezone() - timedelta(days=2)
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"depuis": before.isoformat()}), encoding="utf-8")
        assert f"(processus {os.getpid()}, « alses run --year 2020 », depuis le {before:%d/%m/%Y à %H h %M})" in refusal(2020)
