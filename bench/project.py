"""A throw-away copy of the project: notebooks, code and raw data, without anything made from them."""

import compileall
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from naive import YEAR

REPOSITORY = Path(__file__).resolve().parent.parent
# Exports of persons are not copied.
PRIVATE = shutil.ignore_patterns("[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json")
DRAFTS = shutil.ignore_patterns("brouillons", ".*")
MADE = ("data/processed", "reports", "executed", "pages")
NOTEBOOK, RAW = "notebooks/03_compare.ipynb", f"data/raw/{YEAR}/reunions.csv"
HELPER = "src/helpers/analysis/share_tests.py"


@dataclass(frozen=True)
class Project:
    """The copy, and the environment of the commands that work in it."""

    root: Path
    # Each change differs from the one before.
    _numbers: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    @property
    def env(self) -> dict[str, str]:
        """The same for our command and for what is typed: this code, these data."""
        given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        own = {"PYTHONPATH": str(self.root / "src"), "ALSES_DATA_ROOT": str(self.root), "PYTHONUTF8": "1"}
        return {**given, **own, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{given.get('PATH', '')}"}

    @property
    def manifest(self) -> Path:
        """The last file that a publication writes."""
        return self.root / "reports" / str(YEAR) / "manifest.json"

    @property
    def compared(self) -> Path:
        """The last execution of 03, which every change here affects."""
        return self.root / "data" / "processed" / str(YEAR) / "execution" / Path(NOTEBOOK).name

    def command(self, *arguments: str) -> list[str]:
        """The project's own command, as alses.py starts it."""
        return [sys.executable, "-P", "-m", "helpers.cli", *arguments]

    def forget(self) -> None:
        """Removes whatever was made: tables, executed notebooks, pages."""
        for name in MADE:
            shutil.rmtree(self.root / name, ignore_errors=True)
        for name in ("executed", "pages"):
            (self.root / name).mkdir()

    def change_notebook(self) -> None:
        """Adds a sentence to the first text of 03."""
        path = self.root / NOTEBOOK
        notebook = json.loads(path.read_text(encoding="utf-8"))
        first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
        first["source"] = "".join(first["source"]) + f"\n\nPhrase {self._numbers()}."
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def change_raw(self) -> None:
        """Changes the title of the first meeting of the year."""
        path = self.root / RAW
        head, first, *others = path.read_text(encoding="utf-8").splitlines(keepends=True)
        date, _, rest = first.split(",", 2)
        changed = f"{date},Journée d’essai n°{self._numbers()},{rest}"
        path.write_text("".join([head, changed, *others]), encoding="utf-8")

    def change_helper(self) -> None:
        """Adds a constant to a module that only 03 uses."""
        path = self.root / HELPER
        path.write_text(f"{path.read_text(encoding='utf-8')}\nESSAI_{self._numbers()} = 0\n", encoding="utf-8")

    def state(self) -> dict[str, tuple[int, int]]:
        """Every file of the copy with its date and size, except those that the measure itself writes."""
        found = {}
        for path in self.root.rglob("*"):
            if path.is_file() and path.suffix not in {".log", ".pyc"}:
                found[path.relative_to(self.root).as_posix()] = path.stat().st_mtime_ns, path.stat().st_size
        return found


def copy_project(root: Path) -> Project:
    """A copy in this folder, its code compiled as at installation."""
    for name, left in {"notebooks": DRAFTS, "requirements": None, "src": None, "data/raw": PRIVATE}.items():
        shutil.copytree(REPOSITORY / name, root / name, ignore=left)
    shutil.copy2(REPOSITORY / "pyproject.toml", root / "pyproject.toml")
    compileall.compile_dir(root / "src", quiet=2)
    project = Project(root)
    project.forget()
    return project
