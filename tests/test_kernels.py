"""A forked kernel is a kernel like any other, only sooner."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from papermill.engines import NotebookExecutionManager

from helpers import paths
from helpers.kernels import fork
from helpers.run import without_kernel

pytestmark = pytest.mark.skipif(not fork.is_possible(), reason="this system does not fork kernels")

FORKED, PLAIN = "helpers.kernels.fork.ForkedKernelManager", "helpers.kernels.fork.PlainKernelManager"


def run(*cells: str, **options) -> list[list]:
    """The outputs of each cell."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    options |= {"kernel_name": "python3", "shutdown_kernel": "immediate", "kernel_manager_class": FORKED}
    return [cell.outputs for cell in NotebookClient(made, **options).execute().cells]


def text(outputs: list) -> str:
    return "".join(each.text for each in outputs if each.output_type == "stream")


def is_alive(pid: int) -> bool:
    """Whether the process exists and has not ended: one that nobody has asked about is a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(is_so, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


@pytest.fixture(scope="module", autouse=True)
def anew() -> None:
    """Another file may have started the process that forks in an environment of its own."""
    fork.stop()


# --- a state of its own ----------------------------------------------------------------------------------------------

LOOK = """
import json, os, random
import numpy as np, pandas as pd
from helpers import paths
chance = [np.random.rand(), random.random(), np.random.default_rng().random()]
print(json.dumps([pd.get_option("display.max_columns"), chance, os.getcwd(), str(paths.data_root())]))
pd.set_option("display.max_columns", 3)
"""


def test_nothing_passes_from_one_notebook_to_the_next_and_each_has_the_folder_of_its_time(monkeypatch, tmp_path):
    first, one, *_ = json.loads(text(run(LOOK)[0]))
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    place = {"resources": {"metadata": {"path": str(tmp_path)}}}
    second, other, *folders = json.loads(text(run(LOOK, **place)[0]))
    assert first == second == 20 and set(one).isdisjoint(other) and folders == [str(tmp_path)] * 2


def process_started() -> str:
    """The kind of process that a manager starts its kernel in."""

    async def start() -> str:
        manager = fork.ForkedKernelManager(kernel_name="python3")
        await manager.start_kernel()
        try:
            return type(manager.provisioner.process).__name__
        finally:
            await manager.shutdown_kernel(now=True)

    return asyncio.run(start())


def test_an_ordinary_kernel_starts_where_a_fork_cannot(monkeypatch):
    def fail(*_):
        raise EOFError

    assert process_started() == "_Process"
    monkeypatch.setattr(fork, "fork", fail)
    assert process_started() == "Popen"


@pytest.mark.parametrize("system, methods", [("darwin", ["spawn", "fork", "forkserver"]), ("win32", ["spawn"])])
def test_elsewhere_than_on_linux_kernels_are_ordinary_ones(monkeypatch, system, methods):
    monkeypatch.setattr(fork.sys, "platform", system)
    monkeypatch.setattr(fork.multiprocessing, "get_all_start_methods", lambda: methods)
    assert fork.manager_class() == PLAIN
    fork.start()
    fork.stop()


# A command without guard, which counts how often it runs, and whose forkserver loads nothing.
COMMAND = """
import asyncio, sys
from pathlib import Path
told = Path(sys.argv[1])
with open(told / "runs", "a") as runs:
    runs.write("x")
from helpers.kernels import fork
fork._PRELOAD = []
CELL = '''
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stderr=subprocess.DEVNULL)
from pathlib import Path
Path({!r}, "pids.part").write_text(f"{{os.getpid()}} {{os.getppid()}} {{child.pid}} {{sys.argv[2]}}")
Path({!r}, "pids.part").rename({!r} + "/pids")
'''.format(*[str(told)] * 3)

async def main():
    one = fork.ForkedKernelManager(kernel_name="python3")
    await one.start_kernel()
    client = one.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    client.execute(CELL)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_nothing_outlives_a_killed_command_and_the_command_is_not_run_again(tmp_path):
    script = tmp_path / "commande.py"
    script.write_text(COMMAND)
    with subprocess.Popen([sys.executable, str(script), str(tmp_path)], stderr=subprocess.PIPE, encoding="utf-8") as running:
        is_ready = until((tmp_path / "pids").exists, 60)
        running.kill()  # or the block would wait for it for ever
        assert is_ready and running.communicate(timeout=60)[1] == ""
    *pids, connection = (tmp_path / "pids").read_text().split()
    assert until(lambda: not any(is_alive(int(pid)) for pid in pids)), pids
    assert until(lambda: not Path(connection).exists())
    assert (tmp_path / "runs").read_text() == "x"


SHOWN = ("import sys, warnings; print('un'); print('deux'); print('trois', file=sys.stderr)", "from IPython.display import HTML; display(HTML('<p>'))\n2 + 2",
         "import matplotlib.pyplot as plt; _ = plt.plot([1, 2])", "import pandas as pd; own = 3; pd.DataFrame({'n': [own]})", "None", "1 / 0")


def test_a_fork_shows_what_a_kernel_shows_and_hands_no_name_to_the_next_notebook(tmp_path):
    given = {"name": "02", "root": paths.data_root(), "folder": tmp_path}

    def made(*cells: str) -> list:
        notebook = nbformat.v4.new_notebook(metadata={"papermill": {}})
        notebook.cells = [nbformat.v4.new_code_cell(cell, metadata={"papermill": {}}) for cell in cells]
        manager = NotebookExecutionManager(notebook, progress_bar=False)
        manager.notebook_start()
        hooks = {"execution_timeout": 60, "on_notebook_start": lambda **_: None, "on_cell_executed": lambda: None, "check": lambda: None}
        without_kernel.SitesEngine.execute_managed_notebook(manager, "", seen=tmp_path / "vus", **given, **hooks)
        return [cell.outputs for cell in manager.nb.cells]

    try:
        expected = run(*SHOWN, allow_errors=True)
        assert made(*SHOWN[:-1]) == expected[:-1]
        look = "import os; print(os.getpid(), 'own' in globals(), sys.modules if 'sys' in globals() else '')"
        pids = {text(made(look)[0]) for _ in "12"}
        assert len(pids) == 1 and pids.pop().endswith("False \n")
        assert json.loads((tmp_path / "vus").read_text())[1] == []
        failed = made(SHOWN[-1], "print(1)")
        assert failed[0][0].ename == expected[-1][0].ename == "ZeroDivisionError" and not failed[1]
        assert not any(without_kernel._waiting.values())  # one that failed serves no other
    finally:
        without_kernel.stop()
