"""JupyterLab on this project: in French, on this machine only, without a call to the network."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from helpers import paths
from helpers.workbench.errors import WorkbenchError

SETTINGS = Path(__file__).resolve().parent / "jupyter"
WELCOME = "lab/tree/notebooks/00_accueil.ipynb"
PORT = 8888  # where Jupyter is expected; the server takes the next free one when it is taken

# A first start under an antivirus takes tens of seconds; a stop has kernels to end.
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 10


def _environment(runtime: Path) -> dict[str, str]:
    """The variables of the server and of its kernels: nothing of the reader's other Jupyter is read or written."""
    kept = paths.workbench()
    own = {
        "JUPYTER_CONFIG_DIR": kept,  # what is chosen in the menus is kept there
        "JUPYTER_DATA_DIR": runtime / "data",  # else a kernel or an extension of the home folder could take over
        "JUPYTER_RUNTIME_DIR": runtime / "runtime",
        "IPYTHONDIR": runtime / "ipython",
    }
    for folder in own.values():
        folder.mkdir(parents=True, exist_ok=True)
    others = {name: value for name, value in os.environ.items() if name not in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")}
    return {**others, **{name: str(folder) for name, folder in own.items()}, "PYTHONUTF8": "1"}


def _command(port: int) -> list[str]:
    extensions = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    return [
        *(sys.executable, "-P", "-m", "jupyterlab"),
        f"--config={SETTINGS / 'server.json'}",
        f"--ServerApp.root_dir={paths.repository()}",
        f"--ServerApp.port={port}",
        f"--LabApp.default_url=/{WELCOME}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        # Those of this environment alone: another one may send what it sees anywhere.
        f"--LabApp.labextensions_path={extensions}",
    ]


def _address(server: subprocess.Popen, runtime: Path) -> str:
    """Where the server answers, once it does; the token is in it.

    Raises
    ------
    WorkbenchError
        when it stopped before, or took too long.
    """
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and server.poll() is None:
        # One server writes there; under Windows its number is not the one of the process that was started.
        for path in (runtime / "runtime").glob("jpserver-*.json"):
            try:
                found = json.loads(path.read_text(encoding="utf-8"))
            except (ValueError, OSError):  # half written
                continue
            return f"{found['url']}{WELCOME}?token={found['token']}"
        time.sleep(0.1)
    said = (runtime / "journal.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise WorkbenchError(
        "JupyterLab n’a pas démarré. Relancez ; si cela persiste, supprimez le dossier .venv puis relancez.\n"
        + "\n".join(said[-8:])
    )


def _stop(server: subprocess.Popen) -> None:
    """The server and its kernels, ended; it has had Ctrl-C as well where it came from the keyboard."""
    # Under Windows, to terminate is to kill, and its kernels would live on: Ctrl-C is left to do its work first.
    acts = [server.terminate, server.kill] if os.name != "nt" else [lambda: None, server.kill]
    for act in acts:
        if server.poll() is None:
            act()
            try:
                server.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                continue


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def launch(*, port: int = PORT, browser: bool = True, tell: Callable[[str], None] = print) -> int:
    """The exit code of a session of JupyterLab: 0 however the reader ends it.

    It opens on ``notebooks/00_accueil.ipynb``, answers this machine only, and takes the next free port when ``port``
    is taken.

    Raises
    ------
    WorkbenchError
        when the server does not start.
    """
    paths.pin_data_root()
    paths.drafts().mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="alses-", ignore_cleanup_errors=True) as folder:
        runtime = Path(folder)
        with (runtime / "journal.txt").open("wb") as journal:
            server = subprocess.Popen(
                _command(port), env=_environment(runtime), stdin=subprocess.DEVNULL, stdout=journal, stderr=journal
            )
        try:
            address = _address(server, runtime)
            tell(f"JupyterLab est prêt, sur cet ordinateur seulement :\n  {address}")
            tell("Pour l’arrêter : Ctrl-C dans cette fenêtre, ou « Fichier > Arrêter » dans JupyterLab.")
            if browser:
                webbrowser.open(address)
            server.wait()
        except KeyboardInterrupt:
            tell("\nArrêt de JupyterLab…")
        finally:
            _stop(server)
    tell("JupyterLab est arrêté. Vos notebooks enregistrés sont dans notebooks/.")
    return 0
