"""The form and the server: JupyterLab in French, a year chosen and its report made without a terminal."""

import atexit
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable
from html import escape
from pathlib import Path
from threading import Thread
from typing import Any

import ipywidgets as widgets
from tornado.web import HTTPError

from helpers import paths
from helpers.errors import UserError
from helpers.parameters import NOTEBOOKS
from helpers.typography import french_spaces
from helpers.workbench.welcome import dropdown, style, years_html

# --- The form: choose a year, check its files, make its report, open it ---

# A dropdown cannot hold « no value »: 0 stands for it.
NO_OTHER, NONE_EARLIER, UNSET = "la précédente qui a des données", "aucune : pas d’année antérieure", 0
COPIED = [*NOTEBOOKS, "20_explorer", "21_lexique"]  # the notebooks that take a year
PATIENCE_S = 5  # given to a command that was asked to stop

# The exit codes of the command (see cli), for a reader.
_ENDS = {
    0: ("bon", "C’est fait."),
    1: ("faute", "Le programme n’a pas pu aboutir : la dernière ligne ci-dessous dit pourquoi."),
    2: ("faute", "Les données ou le choix ne sont pas utilisables : chaque ligne ci-dessous dit quoi corriger."),
}
_STOPPED = ("", "Arrêté. Le rapport précédent, s’il existe, est intact.")
_UNKNOWN = (
    "faute",
    "Le programme s’est arrêté de façon imprévue : copiez les lignes ci-dessous pour demander de l’aide.",
)


def _message(kind: str, text: str) -> str:
    role = "alert" if kind == "faute" else "status"
    return f'<p class="alses-dit {kind}" role="{role}">{escape(french_spaces(text), quote=False)}</p>'


def copy_for(notebook: str, year: int, compare_to: int | None = None) -> Path:
    """A copy of a notebook among the drafts, which git ignores, with these parameters; one that is there stays."""
    given = {"year": year} | ({"compare_to": compare_to} if "compare_to" in NOTEBOOKS.get(notebook, ()) else {})
    content = json.loads(paths.notebook(notebook).read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            for name, value in given.items():
                cell["source"] = [
                    re.sub(rf"^{name} = .*?(?=  #|$)", f"{name} = {value!r}", each) for each in cell["source"]
                ]
    path = paths.drafts() / f"{'_'.join([notebook, *(str(each) for each in given.values() if each)])}.ipynb"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


class Form(widgets.VBox):
    """The widgets and what they do. The form runs the very command of the terminal.

    >>> annee, autre = Form().children[2].children[:2]
    >>> annee.description, annee.options
    ('Année du rapport', (2019, 2020))
    """

    def __init__(self) -> None:
        years = paths.years()
        self.year = dropdown("Année du rapport", options=years, value=max(years, default=None))
        self.compare_to = dropdown("Année de comparaison")
        self.check = _button("Vérifier les fichiers", "Lit les fichiers de l’année et liste leurs erreurs", "check")
        self.adopt = _button(
            "Reprendre mes réponses", "Celles que vous avez écrites dans a_completer.csv, puis vérifie", "pencil"
        )
        self.make = _button("Faire le rapport", "Une demi-minute à deux minutes", "cogs", "primary")
        self.report = _button("Ouvrir le rapport", "Dans le navigateur de cet ordinateur", "external-link")
        self.stop = _button("Arrêter", "Arrête ce qui est en cours", "stop")
        self.notebook = dropdown("Notebook", options=COPIED)
        self.copy = _button("Copier pour cette année", "Dans vos brouillons, avec ces paramètres", "copy")
        self.said, self.journal, self.state = widgets.HTML(), widgets.HTML(), widgets.HTML(years_html())
        self._lines: list[str] = []
        self._process: subprocess.Popen | None = None
        self._thread: Thread | None = None
        self._connect()
        self._offer_years()
        buttons, drafts = (
            widgets.HBox(each, layout={"flex_flow": "row wrap"})
            for each in ([self.check, self.adopt, self.make, self.report, self.stop], [self.notebook, self.copy])
        )
        rows = [self.year, self.compare_to, buttons, drafts, self.said, self.journal]
        super().__init__([widgets.HTML(style()), self.state, widgets.VBox(rows).add_class("alses-atelier")])
        # The kernel ends with the notebook, and must not leave a command running unseen.
        atexit.register(self._stop)

    def _connect(self) -> None:
        self.year.observe(lambda _: self._offer_years(), "value")
        self.check.on_click(lambda _: self._run("check", "--year", str(self.year.value)))
        self.adopt.on_click(lambda _: self._run("check", "--year", str(self.year.value), "--adopt"))
        self.make.on_click(lambda _: self._run("run", "--year", str(self.year.value), *self._compared()))
        self.report.on_click(lambda _: self._open())
        self.stop.on_click(lambda _: self._stop())
        self.copy.on_click(lambda _: self._copy())

    def _compared(self) -> list[str]:
        return ["--compare-to", str(self.compare_to.value)] if self.compare_to.value else []

    def _offer_years(self) -> None:
        """Offers the earlier years to compare with; a choice that is still possible is kept."""
        kept, chosen = self.compare_to.value, self.year.value
        earlier = [year for year in paths.years() if chosen and year < chosen]
        none = french_spaces(NO_OTHER if earlier else NONE_EARLIER)
        self.compare_to.options = [(none, UNSET), *((str(year), year) for year in reversed(earlier))]
        self.compare_to.value = kept if kept in earlier else UNSET
        self._settle(is_busy=False)

    def _index(self) -> Path:
        true, simulated = (paths.report(self.year.value, is_synthetic=each) / "index.html" for each in (False, True))
        return simulated if simulated.is_file() and not true.is_file() else true

    def _settle(self, *, is_busy: bool) -> None:
        """Enables the buttons that can be pressed now."""
        is_empty = self.year.value is None
        for each in (self.year, self.compare_to, self.check, self.adopt, self.make):
            each.disabled = is_busy or is_empty
        self.copy.disabled = is_empty
        self.report.disabled = is_busy or is_empty or not self._index().is_file()
        self.stop.disabled = not is_busy

    def _run(self, *arguments: str) -> None:
        if not self.stop.disabled:  # a second click, before the buttons were disabled
            return
        self._lines = []
        self._settle(is_busy=True)
        self.journal.value, self.said.value = "", _message("", "En cours…")
        paths.pin_data_root()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "helpers.cli", *arguments],
            # Unbuffered, so that each line is shown when it is written.
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._thread = Thread(target=self._follow, args=(self._process,), daemon=True)
        self._thread.start()

    def _follow(self, process: subprocess.Popen) -> None:
        """Shows each line of the command, then how it ended; in another thread."""
        for line in process.stdout:
            self._lines.append(line.rstrip("\n"))
            text = escape("\n".join(self._lines).strip("\n"), quote=False)
            self.journal.value = (
                '<div class="alses-journal" role="log" aria-label="Ce que dit le programme" tabindex="0">'
                f"<pre>{text}</pre></div>"
            )
        self._end(process.wait())

    def _end(self, code: int) -> None:
        is_known = code in _ENDS and not any(line.startswith("Traceback") for line in self._lines)
        self.said.value = _message(*(_STOPPED if code < 0 or code == 130 else _ENDS[code] if is_known else _UNKNOWN))
        self._settle(is_busy=False)
        self.state.value = years_html()

    def _stop(self) -> None:
        """Ends the command, whatever it was doing: the previous report is kept."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def wait(self, timeout: float | None = None) -> None:
        """Returns once what was started has ended."""
        if self._thread:
            self._thread.join(timeout)

    def _open(self) -> None:
        index = self._index()
        webbrowser.open(index.as_uri())
        self.said.value = _message("", f"Le rapport s’ouvre dans votre navigateur. Sinon, ouvrez ce fichier : {index}")

    def _copy(self) -> None:
        path = copy_for(self.notebook.value, self.year.value, self.compare_to.value or None)
        where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        self.said.value = _message(
            "bon", f"Copie prête, dans le panneau de gauche : {where}. Changez-y ce que vous voulez."
        )


def _button(label: str, tooltip: str, icon: str, kind: str = "") -> widgets.Button:
    layout = widgets.Layout(width="auto", min_width="11rem", margin="0.4rem 0.5rem 0.4rem 0")
    return widgets.Button(
        description=label, tooltip=french_spaces(tooltip), icon=icon, button_style=kind, layout=layout
    )


# --- Saving a notebook without its outputs: they may speak of minors, and notebooks are in git ---

_REFUSAL = (
    "Notebook refusé : ses résultats n’ont pas pu être retirés. Dans le programme d’où il vient, effacez-les, puis "
    "recommencez."
)

# What JupyterLab and the kernel add to a notebook that was only opened: git would show it as a change.
_ADDED = {"execution", "ExecuteTime", "collapsed", "trusted"}


def _strip(content: dict[str, Any]) -> None:
    for cell in content["cells"]:
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
            cell["metadata"] = {name: value for name, value in cell.get("metadata", {}).items() if name not in _ADDED}
    metadata = content["metadata"]
    # The state of the widgets is an output too.
    metadata.pop("widgets", None)
    if metadata.get("language_info", {}).get("name") == "python":
        metadata["language_info"] = {"name": "python"}


def _strip_file(model: dict[str, Any]) -> None:
    """The same for a notebook uploaded or edited as a plain file.

    A large one comes in pieces, which cannot be read one by one.
    """
    if "chunk" in model:
        raise ValueError("a piece of a notebook")
    is_coded = model.get("format") == "base64"
    content = json.loads(base64.b64decode(model["content"]) if is_coded else model["content"])
    _strip(content)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    model["content"] = base64.b64encode(text.encode()).decode() if is_coded else text


def _is_kept(content: dict[str, Any], path: str) -> bool:
    """Whether a notebook keeps its outputs: a draft, which git ignores, one of whose cells is tagged ``garder``."""
    is_draft = Path(path).parts[:-1] == paths.drafts().relative_to(paths.repository()).parts
    return is_draft and any("garder" in cell.get("metadata", {}).get("tags", []) for cell in content["cells"])


def strip_outputs(model: dict[str, Any], path: str = "", **_: Any) -> None:
    """Empties the outputs of a notebook about to be written (a `pre_save_hook` of the Jupyter server).

    Other files are left alone, and drafts that ask to keep theirs; the screen still shows the outputs, since the
    browser has its own copy.

    Raises
    ------
    HTTPError
        when it fails: on any other error the server would write the notebook as it came.
    """
    if not model.get("content"):
        return
    try:
        if model.get("type") == "notebook":
            if not _is_kept(model["content"], path):
                _strip(model["content"])
        elif path.lower().endswith(".ipynb"):
            _strip_file(model)
    except Exception as error:
        raise HTTPError(400, _REFUSAL) from error


# --- JupyterLab on this project: in French, on this machine only, without a network call ---

SETTINGS = Path(__file__).resolve().parent / "jupyter"
WELCOME = "lab/tree/notebooks/00_accueil.ipynb"

# A first start under an antivirus takes tens of seconds; a stop has kernels to end.
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 10


def _environment(runtime: Path) -> dict[str, str]:
    """The variables of the server and its kernels: nothing of the user's other Jupyter is read or written."""
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
        # Those of this environment alone: others may send what they see anywhere.
        f"--LabApp.labextensions_path={extensions}",
    ]


def _address(server: subprocess.Popen, runtime: Path) -> str:
    """The address of the server, with its token, once it answers; UserError when it stopped before, or is too slow."""
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and server.poll() is None:
        # A single server writes there; under Windows its process id is not that of the process started.
        for path in (runtime / "runtime").glob("jpserver-*.json"):
            try:
                info = json.loads(path.read_text(encoding="utf-8"))
            except (ValueError, OSError):  # half written
                continue
            return f"{info['url']}{WELCOME}?token={info['token']}"
        time.sleep(0.1)
    lines = (runtime / "journal.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise UserError(
        "JupyterLab n’a pas démarré. Relancez ; si cela persiste, supprimez le dossier .venv puis relancez.\n"
        + "\n".join(lines[-8:])
    )


def _stop(server: subprocess.Popen) -> None:
    """Ends the server and its kernels; a Ctrl-C from the keyboard has reached it too."""
    # Under Windows, terminating is killing, and kernels would live on: Ctrl-C gets time to do its work.
    acts = [server.terminate, server.kill] if os.name != "nt" else [lambda: None, server.kill]
    for act in acts:
        if server.poll() is None:
            act()
            try:
                server.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                continue


def launch(*, port: int, browser: bool, tell: Callable[[str], None]) -> int:
    """Runs JupyterLab on the welcome notebook until it is stopped; UserError when it does not start.

    It answers this machine only, and takes the next free port when ``port`` is taken.
    """
    paths.pin_data_root()
    paths.drafts().mkdir(exist_ok=True)
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
