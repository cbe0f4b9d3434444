"""JupyterLab as the reader's command starts it, on a copy of the project; and a notebook run in it by the menu."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from browser.chromium import Watch

REPOSITORY = Path(__file__).resolve().parents[2]
# What a reader has; neither the environment nor what was made.
LEFT_OUT = (".git", ".venv", "reports", "releases", "__pycache__", ".*_cache", ".ipynb_checkpoints", "*.egg-info")
START_S, RUN_S, STOP_S = 90, 120, 30

OPEN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# The toolbar names the kernel and its circle is still. Before, the menu runs nothing; the circle is also still for a
# moment before there is any kernel.
READY = f"{OPEN} .jp-NotebookPanel-toolbar:has(.jp-KernelName:has-text('Python')) .jp-Notebook-ExecutionIndicator[data-status='idle']"
# The prompts of the cells that hold code, and what they show. A cell that waits or runs has a star.
SEEN = """(place) => {
  const panel = document.querySelector(place);
  const all = (place) => [...panel.querySelectorAll(place)];
  return {
    prompts: all(".jp-CodeCell .jp-InputArea-prompt").map((one) => one.textContent.replace(/[\\[\\]:]/g, "").trim()),
    errors: all("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']")
      .map((one) => one.textContent),
    figures: all(".jp-OutputArea-output figure").length,
    pictures: all(".jp-OutputArea-output figure svg").filter((one) => !one.closest("details:not([open])"))
      .map((one) => one.getBoundingClientRect().width),
  };
}"""


@dataclass(frozen=True)
class Shown:
    """What a notebook shows once it has run."""

    prompts: list[str]
    errors: list[str]
    figures: int
    pictures: list[int]


@dataclass(frozen=True)
class Laboratory:
    """A JupyterLab that runs: its project, the address that its command gave, the file where it opens pages."""

    root: Path
    address: str
    opened: Path

    @property
    def server(self) -> str:
        """What the addresses that it serves begin with."""
        return self.address.partition("/lab/")[0]

    def place(self, notebook: str) -> str:
        """The address of a notebook, in a workspace of its own: Lab opens again what another window left open."""
        token = urlsplit(self.address).query
        return f"{self.server}/lab/workspaces/{Path(notebook).stem}/tree/{notebook}?{token}"

    def git(self, *arguments: str) -> str:
        """What git answers about the project."""
        own = ["-c", "user.name=essai", "-c", "user.email=essai@exemple.invalid", "-c", "core.autocrlf=false"]
        return subprocess.run(["git", *own, *arguments], cwd=self.root, capture_output=True, text=True, check=True).stdout


def copy_of_the_project(folder: Path) -> Path:
    """The project as a reader has it, in a folder that tries what folders are called."""
    root = folder / "L’été à l'école"
    shutil.copytree(REPOSITORY, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return root


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _address(command: subprocess.Popen, journal: Path) -> str:
    """The address that the command gives once the server answers."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and command.poll() is None:
        if found := re.search(r"^ +(http://localhost:\S+)\n", journal.read_text(encoding="utf-8"), re.MULTILINE):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab n’a pas démarré\u00a0:\n{journal.read_text(encoding='utf-8')[-3000:]}")


def _stop(command: subprocess.Popen) -> None:
    """The command ends well when asked to, and so does all it started: kernels have sessions of their own."""
    itself = psutil.Process(command.pid)
    tree = [itself, *itself.children(recursive=True)]
    command.terminate()
    try:
        code = command.wait(STOP_S)
    finally:
        _, living = psutil.wait_procs(tree, timeout=5)
        for process in living:
            process.kill()
    assert (code, living) == (0, [])


def _opener(folder: Path) -> tuple[Path, str]:
    """A file, and what to call as the computer's browser to have addresses written in it."""
    opened = folder / "ouvert.txt"
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2], encoding='utf-8')"
    script = folder / "navigateur.py"
    script.write_text(code, encoding="utf-8")
    return opened, f'"{sys.executable}" "{script}" "{opened}" %s'


@contextmanager
def jupyterlab(root: Path, folder: Path) -> Iterator[Laboratory]:
    """What ``alses lab`` starts on the project of that root; the folder keeps what it says and opens."""
    opened, browser = _opener(folder)
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "BROWSER": browser}
    environment.pop("ALSES_DATA_ROOT", None)
    verb = [sys.executable, "-P", "-m", "helpers.cli", "lab", "--no-browser", "--port", str(_free_port())]
    journal = folder / "journal.txt"
    with journal.open("wb") as output:
        command = subprocess.Popen(verb, cwd=root, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        try:
            laboratory = Laboratory(root, _address(command, journal), opened)
            laboratory.git("init", "--quiet")
            laboratory.git("add", "--all")
            laboratory.git("commit", "--quiet", "--message", "Tel que reçu")
            yield laboratory
        finally:
            if command.poll() is None:
                _stop(command)


@contextmanager
def desk(browser, laboratory: Laboratory) -> Iterator:
    """A window as large as a desk's screen; at the end, it must have asked for nothing but of that JupyterLab."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="fr-FR")
    own = (laboratory.server, laboratory.server.replace("http:", "ws:"), "blob:", "data:", "about:blank")
    watch = Watch(context, own)
    yield context.new_page()
    strangers = [address for address in watch.asked if not address.startswith(own)]
    asked = len(watch.asked)
    context.close()
    assert strangers == [] and asked > 10


def opened(page, address: str) -> None:
    """Opens a notebook, and waits until its kernel is there."""
    page.goto(address)
    page.locator(READY).wait_for(timeout=START_S * 1000)


def run_all(page) -> Shown:
    """Asks the menu to run every cell of the notebook in sight, and waits until none has anything left to do."""
    page.locator(READY).wait_for(timeout=START_S * 1000)
    page.locator(".lm-MenuBar-itemLabel", has_text="Exécution").click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Exécuter toutes les cellules$")).click()
    until = time.monotonic() + RUN_S
    while time.monotonic() < until:
        shown = Shown(**page.evaluate(SEEN, OPEN))
        if "*" not in shown.prompts and any(shown.prompts):
            return shown
        page.wait_for_timeout(100)
    raise AssertionError(f"{page.title()} n’a pas fini\u00a0: {shown.prompts}")


def save(page) -> None:
    """Ctrl+S, and the wait until the server has written."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url) as answer:
        page.keyboard.press("Control+s")
    assert answer.value.ok
