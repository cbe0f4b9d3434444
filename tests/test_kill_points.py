"""A report is published whole or not at all, whatever operation on the disk is struck: `kill_points` does the attacks.

`test_publish_swap` and `test_publish_turn` try a few points; here, every one of them.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ALL

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="les attaques ont besoin de fork"),
    pytest.mark.skipif(not ALL, reason="tous les points\u00a0: avec ALSES_ENUMERATIONS=toutes"),
]


def attack(prepared: Path, work: Path, *options: str) -> tuple[list, dict]:
    """The faults found, and how many points were seen and struck."""
    work.mkdir()
    command = [sys.executable, str(HERE / "kill_points.py"), str(prepared), str(work), *options]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
    assert done.returncode == 0, done.stderr
    *faults, told = map(json.loads, done.stdout.splitlines())
    return faults, told


def test_a_publication_struck_at_any_operation_leaves_a_whole_report_and_the_next_run_mends_all(mini_root, tmp_path):
    parts = [("--part", "0", "3"), ("--part", "1", "3"), ("--part", "2", "3"), ("--two-steps", "--part", "0", "1")]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda part: attack(mini_root, tmp_path / "-".join(part), *part), parts))
    assert [fault for faults, _ in done for fault in faults] == []
    assert set(done[0][1]["kinds"]) == {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
    assert sum(told["struck"] for _, told in done) > 80
