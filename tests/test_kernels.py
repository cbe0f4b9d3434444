"""A forked kernel is a kernel like any other: same outputs, same state, same ends; only sooner."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from conftest import ALL
from helpers import paths
from helpers.kernels import fork

pytestmark = pytest.mark.skipif(not fork.is_possible(), reason="this system does not fork kernels")

FORKED, PLAIN = "helpers.kernels.fork.ForkedKernelManager", "helpers.kernels.fork.PlainKernelManager"


def of(*cells: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return made


def client_of(*cells: str, kind: str = FORKED, **options) -> NotebookClient:
    options = {"kernel_name": "python3", "shutdown_kernel": "immediate", **options}
    return NotebookClient(of(*cells), kernel_manager_class=kind, **options)


def run(*cells: str, kind: str = FORKED, **options) -> list[list]:
    """The outputs of each cell."""
    return [cell.outputs for cell in client_of(*cells, kind=kind, **options).execute().cells]


def text(outputs: list) -> str:
    return "".join(each.text for each in outputs if each.output_type == "stream")


def joined(outputs: list) -> list:
    """The outputs, streams that follow one another as one: where a busy machine cuts them is chance."""
    out = []
    for each in outputs:
        if out and each.output_type == "stream" == out[-1].output_type and each.name == out[-1].name:
            out[-1] = nbformat.v4.new_output("stream", name=each.name, text=out[-1].text + each.text)
        else:
            out.append(each)
    return out


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


# What a notebook sees of its kernel and could show: options that libraries read, folder, language, signals, hooks.
STATE = """
import json, locale, logging, multiprocessing, os, re, signal, sys, tempfile, threading, time
import matplotlib, numpy as np, pandas as pd
itself = multiprocessing.current_process()
print(re.sub("0x[0-9a-f]+", "", json.dumps({
    "pandas": [pd.get_option(f"display.{name}") for name in ("max_columns", "max_rows", "width", "notebook_repr_html")], "numpy": [np.geterr(), np.get_printoptions()["precision"]],
    "matplotlib": [{name: repr(value) for name, value in dict.items(matplotlib.rcParams)}, matplotlib.get_backend()],
    "path": sys.path, "program": [sys.argv[0], sys.executable, sys.prefix, repr(sys.flags)],
    "environment": {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"},
    "place": [os.getcwd(), tempfile.gettempdir(), time.tzname, locale.setlocale(locale.LC_ALL), sys.stdout.encoding],
    "signals": {each.name: repr(signal.getsignal(each)) for each in signal.Signals if each.value < 32},
    "session": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
    "log": [logging.root.level, repr(logging.root.handlers)], "hooks": [repr(sys.excepthook), repr(sys.displayhook), repr(threading.excepthook)],
    "processes": [multiprocessing.get_start_method(allow_none=True), itself.name, itself.daemon],
})))
"""


# --- the same as an ordinary kernel ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both() -> dict[str, list[list]]:
    """The same cells through both kinds of kernel."""
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('é')\nplt.show()"
    table = "import pandas as pd\npd.DataFrame([range(30)])"
    # The path may hold Python alone: IPython then finds no shell by itself.
    streams = "import os, sys\nos.environ['SHELL'] = '/bin/sh'\nprint('a')\nos.system('echo b')\nprint('c', file=sys.stderr)\n1"
    cells = [STATE, figure, table, streams, "!echo d", "1 / 0", "%config InlineBackend"]
    return {kind: run(*cells, kind=kind, allow_errors=True) for kind in (FORKED, PLAIN)}


def test_a_notebook_sees_the_same_state_and_shows_the_same_in_both_kinds_of_kernel(both):
    forked, plain = (json.loads(text(both[kind][0]).splitlines()[-1]) for kind in (FORKED, PLAIN))
    assert forked["pandas"][0] == 20 and forked == plain
    figure, *_, shell, wrong, _ = both[FORKED][1:]
    assert text(shell).strip() == "d" and "image/png" in figure[-1].data and [each.output_type for each in wrong] == ["error"]
    assert [*map(joined, both[FORKED][1:])] == [*map(joined, both[PLAIN][1:])]


# --- a state of its own ----------------------------------------------------------------------------------------------

CHANGES = """
import builtins, os, random, sys, warnings
import matplotlib, numpy as np, pandas as pd
from helpers import charts
pd.set_option("display.max_columns", 3)
matplotlib.rcParams["figure.dpi"] = 7
os.environ["ALSES_ESSAI"] = "1"
os.chdir("/")
sys.path.insert(0, "/essai")
sys.modules["essai"] = os
builtins.essai = charts.essai = 1
warnings.simplefilter("ignore")
np.seterr(all="raise")
"""
LOOK = """
import builtins, os, random, sys, warnings
import matplotlib, numpy as np, pandas as pd
from helpers import charts
seen = [pd.get_option("display.max_columns"), matplotlib.rcParams["figure.dpi"], os.environ.get("ALSES_ESSAI"), os.getcwd(),
        "/essai" in sys.path, "essai" in sys.modules, hasattr(builtins, "essai"), hasattr(charts, "essai"), np.geterr()["divide"],
        warnings.filters[0][0] == "ignore" and warnings.filters[0][2] is Warning]
print(json.dumps({"seen": seen, "drawn": [np.random.rand(), random.random(), np.random.default_rng().random()]}))
"""


def test_nothing_passes_from_one_notebook_to_the_next_not_even_chance():
    first, second = (json.loads(text(run("import json", LOOK, CHANGES)[1])) for _ in range(2))
    assert first["seen"] == second["seen"] == [20, 100.0, None, str(Path.cwd()), False, False, False, False, "warn", False]
    assert set(first["drawn"]).isdisjoint(second["drawn"])


def test_the_kernel_has_the_folder_and_the_environment_of_its_time(monkeypatch, tmp_path):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    place = {"resources": {"metadata": {"path": str(tmp_path)}}}
    look = "from helpers import paths\nimport os\nprint(os.getcwd(), paths.data_root())"
    assert text(run(look, **place)[0]).split() == [str(tmp_path)] * 2


def manager_of(kind: type = fork.ForkedKernelManager):
    return kind(kernel_name="python3")


async def _started(manager, look, **options):
    await manager.start_kernel(**options)
    try:
        return await look(manager)
    finally:
        await manager.shutdown_kernel(now=True)


def started(look, kind: type = fork.ForkedKernelManager, **options):
    """What ``look`` says of a manager whose kernel has started."""
    return asyncio.run(_started(manager_of(kind), look, **options))


async def process_of(manager) -> str:
    return type(manager.provisioner.process).__name__


def test_an_ordinary_kernel_starts_where_a_fork_cannot(monkeypatch):
    def fail(*_):
        raise EOFError

    assert started(process_of) == "_Process"
    monkeypatch.setattr(fork, "fork", fail)
    assert started(process_of) == "Popen"


@pytest.mark.parametrize("system, methods", [("darwin", ["spawn", "fork", "forkserver"]), ("win32", ["spawn"])])
def test_elsewhere_than_on_linux_kernels_are_ordinary_ones(monkeypatch, system, methods):
    monkeypatch.setattr(fork.sys, "platform", system)
    monkeypatch.setattr(fork.multiprocessing, "get_all_start_methods", lambda: methods)
    assert fork.manager_class() == PLAIN
    fork.start()
    fork.stop()


# --- what must not be inherited --------------------------------------------------------------------------------------


def test_the_process_that_forks_has_one_thread_no_terminal_and_no_file_that_forks_would_read_together():
    look = "import os, sys\nprint(os.getppid(), *{'polars', 'jsonschema', 'matplotlib_inline.backend_inline'} & set(sys.modules))"
    zygote, *loaded = text(run(look)[0]).split()
    assert loaded == []
    assert [each.name for each in Path(f"/proc/{zygote}/task").iterdir()] == [zygote]
    assert os.getsid(int(zygote)) == int(zygote)
    # A font, for one, stays open once a letter is drawn: forks would share its place of reading.
    opened = [each.stat() for each in Path(f"/proc/{zygote}/fd").iterdir() if each.exists()]
    assert not [each for each in opened if stat.S_ISREG(each.st_mode) and each.st_size]


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_a_dead_kernel_and_a_cell_that_lasts_stop_the_notebook():
    with pytest.raises(DeadKernelError, match="Kernel died"):
        run("import os; os._exit(3)", "1")
    client = client_of("import os; print(os.getpid())", "import time; time.sleep(60)", timeout=1)
    with pytest.raises(CellTimeoutError):
        client.execute()
    assert not is_alive(int(text(client.nb.cells[0].outputs)))


# A command without guard, which counts how often it runs, and whose forkserver loads nothing.
COMMAND = """
import asyncio, sys, time
from pathlib import Path
told, end = Path(sys.argv[1]), sys.argv[2]
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
    while not (told / "pids").exists():
        await asyncio.sleep(0.01)
    if end == "killed":
        time.sleep(60)
    if end == "stopped":
        fork.stop()
        await one.shutdown_kernel(now=True)
        another = fork.ForkedKernelManager(kernel_name="python3")
        await another.start_kernel()
        (told / "type").write_text(type(another.provisioner.process).__name__)
        await another.shutdown_kernel(now=True)

asyncio.run(main())
"""


# A kill is the worst of the three: the others wait for the enumerations.
@pytest.mark.parametrize("end", ["killed", *(["stopped", "forgotten"] if ALL else [])])
def test_nothing_outlives_the_command_and_the_command_is_not_run_again(tmp_path, end):
    script = tmp_path / "commande.py"
    script.write_text(COMMAND)
    command = [sys.executable, str(script), str(tmp_path), end]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as running:
        if not until((tmp_path / "pids").exists, 60):
            running.kill()  # or the block would wait for it for ever
        *pids, connection = (tmp_path / "pids").read_text().split()
        if end == "killed":
            assert all(is_alive(int(pid)) for pid in pids) and Path(connection).exists()
            running.kill()
        _, error = running.communicate(timeout=60)
    assert running.returncode == (-signal.SIGKILL if end == "killed" else 0)
    assert until(lambda: not any(is_alive(int(pid)) for pid in pids)), pids
    assert until(lambda: not Path(connection).exists())
    assert (tmp_path / "runs").read_text() == "x"
    assert error == ""
    assert end != "stopped" or (tmp_path / "type").read_text() == "_Process"


def test_the_forkserver_does_not_start_where_temporary_files_have_too_long_a_path(tmp_path):
    """Nor does anything fail: kernels are then ordinary ones, as above."""
    (tmp_path / ("x" * 120)).mkdir()
    code = "from helpers.kernels import fork; fork.start(); print(fork._was_started.is_set())"
    environment = {**os.environ, "TMPDIR": str(tmp_path / ("x" * 120))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


# --- what is said between a kernel and the command -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [fork.ForkedKernelManager, *([fork.PlainKernelManager] if ALL else [])])
def test_who_has_not_the_keys_of_the_connection_file_hears_nothing(kind):
    async def look(manager):
        file = Path(manager.connection_file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        kept = json.loads(file.read_text())
        assert {"curve_publickey", "curve_secretkey"} <= set(kept)
        told = {}
        for name, keys in {"keys": {}, "none": {"curve_publickey": None, "curve_secretkey": None}}.items():
            client = manager.client(**keys)
            client.start_channels()
            client.shell_channel.socket.sndtimeo = 1000  # refused before it asks, a client would wait for ever to do it
            try:
                client.kernel_info()
                told[name] = (await client.get_shell_msg(timeout=20 if name == "keys" else 1))["msg_type"]
            except Exception as error:
                told[name] = type(error).__name__
            client.stop_channels()
        return file, told

    file, told = started(look, kind)
    assert told["keys"] == "kernel_info_reply"
    assert told["none"] in {"Empty", "Again"}
    assert not file.exists()
