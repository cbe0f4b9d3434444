"""JupyterLab on a copy of the project, and a notebook run in it by the menu, as a person does."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
# What a reader has; neither the environment nor what was made.
LEFT_OUT = (".git", ".venv", "reports", "releases", "__pycache__", ".*_cache", ".ipynb_checkpoints", "*.egg-info")
TOKEN = "essai"
START_S, RUN_S = 90, 120
RUN_MENU = 3  # File, Edit, View, Run: by its place, for its name changes with the language
# The toolbar names the kernel and its circle is still. Before, the menu runs nothing; the circle is also still for a
# moment before there is any kernel.
READY = ".jp-NotebookPanel-toolbar:has(.jp-KernelName:has-text('Python')) .jp-Notebook-ExecutionIndicator[data-status='idle']"

# The prompts of the cells that hold code, and what they show. A cell that waits or runs has a star.
SEEN = """() => {
  const panel = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
  const all = (place) => [...panel.querySelectorAll(place)];
  return {
    prompts: all(".jp-CodeCell .jp-InputArea-prompt").map((one) => one.textContent.replace(/[\\[\\]:]/g, "").trim()),
    errors: all("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']")
      .map((one) => one.textContent),
    texts: all(".jp-OutputArea-output").map((one) => one.innerText),
    figures: all(".jp-OutputArea-output figure").length,
    pictures: all(".jp-OutputArea-output img").map((one) => one.complete ? one.naturalWidth : 0),
  };
}"""


@dataclass(frozen=True)
class Shown:
    """What a notebook shows once it has run."""

    prompts: list[str]
    errors: list[str]
    texts: list[str]
    figures: int
    pictures: list[int]


def copy_of_the_project(folder: Path) -> Path:
    """The project as a reader has it, in a folder that tries what folders are called."""
    root = folder / "L’été à l'école"
    shutil.copytree(REPOSITORY, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return root


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_until_it_answers(server: subprocess.Popen, address: str, journal: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/api/status?token={TOKEN}", timeout=5) as answer:
                json.load(answer)
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab n’a pas démarré\u00a0:\n{journal.read_text(encoding='utf-8', errors='replace')[-3000:]}")


def _stop(server: subprocess.Popen) -> None:
    """Ends the server and all it started: kernels have sessions of their own, so the tree is read before."""
    tree = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    server.terminate()
    _, living = psutil.wait_procs(tree, timeout=10)
    for process in living:
        process.kill()
    _, living = psutil.wait_procs(living, timeout=10)
    assert living == []


@contextmanager
def jupyterlab(root: Path, home: Path) -> Iterator[str]:
    """The address of a JupyterLab on the project of that root; nobody's own Jupyter settings are read or written."""
    port = free_port()
    options = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command = [sys.executable, "-P", "-m", "jupyterlab", "--no-browser", "--allow-root", *options, f"--ServerApp.root_dir={root}"]
    own = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    environment = {**os.environ, **own, "PYTHONPATH": str(root / "src"), "PYTHONUTF8": "1"}
    environment.pop("ALSES_DATA_ROOT", None)
    home.mkdir(exist_ok=True)
    journal = home / "journal.txt"
    with journal.open("wb") as output:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        try:
            _wait_until_it_answers(server, f"http://127.0.0.1:{port}", journal)
            yield f"http://127.0.0.1:{port}"
        finally:
            if server.poll() is None:
                _stop(server)


def run_all(page, address: str, notebook: str) -> Shown:
    """Opens a notebook, asks the menu to run every cell, and waits until none has anything left to do."""
    # In a workspace of its own, for Lab opens again what another window left open.
    page.goto(f"{address}/lab/workspaces/{notebook}/tree/notebooks/{notebook}.ipynb?token={TOKEN}")
    page.locator(READY).first.wait_for(timeout=START_S * 1000)
    page.locator(".lm-MenuBar-item").nth(RUN_MENU).click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
    until = time.monotonic() + RUN_S
    while time.monotonic() < until:
        shown = Shown(**page.evaluate(SEEN))
        if "*" not in shown.prompts and any(shown.prompts):
            return shown
        page.wait_for_timeout(200)
    raise AssertionError(f"{notebook} n’a pas fini\u00a0: {shown.prompts}")
