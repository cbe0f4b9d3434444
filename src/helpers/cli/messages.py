"""What a person reads in the terminal: text laid out to fit, failures and their log, progress of a run."""

import errno
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers import paths
from helpers.errors import NotebookFailure, UserError
from helpers.paths import COMMAND
from helpers.typography import NARROW, WIDE, french_spaces

# What only a failure or a run needs is imported there: the help must be immediate.


def print_message(text: object) -> None:
    """Writes an answer, on standard output."""
    print(french_spaces(str(text)), flush=True)


def print_error(text: object) -> None:
    """Writes an error, on standard error."""
    print(french_spaces(str(text)), file=sys.stderr, flush=True)


# --- Layout ---

# Columns: a longer line tires, even on a wide screen; below the lower one nothing can be laid out.
WIDEST, NARROWEST = 80, 40


def width() -> int:
    """The columns to write on."""
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))


def number(count: float) -> str:
    """A number as French writes it, thousands apart: ``6 585``, ``48,7``."""
    return f"{count:,.10g}".replace(",", NARROW).replace(".", ",")


def counted(count: int, one: str, many: str = "") -> str:
    """A number and its noun: ``0 mot``, ``2 mots``."""
    return f"{number(count)}{WIDE}{one if count < 2 else many or f'{one}s'}"


def plural(count: int) -> str:
    """The « s » of a noun after this count."""
    return "s" if count > 1 else ""


def kilobytes(count: int) -> str:
    """A number of bytes in thousands."""
    return f"{number(round(count / 1000))} ko"


def filled(text: str) -> str:
    """Each line of the text as a paragraph that fits."""
    return "\n".join(textwrap.fill(french_spaces(line), width()) for line in text.splitlines())


def beside(head: str, text: str) -> str:
    """A text that starts after ``head`` and keeps to its right; a long word, such as a path, is never cut."""
    indents = {"initial_indent": head, "subsequent_indent": " " * len(head)}
    return textwrap.fill(french_spaces(text), width(), **indents, break_long_words=False, break_on_hyphens=False)


def print_item(text: str) -> None:
    """Writes one item of a list."""
    print_message(beside("  - ", text))


def rows(title: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """A title, then words and their meaning in two columns."""
    column = max(len(word) for word, _ in pairs) + 2
    return "\n".join([f"{title} :", *(beside(f"  {word:<{column}}", meaning) for word, meaning in pairs), ""])


def examples(pairs: tuple[tuple[str, str], ...]) -> str:
    """What to type and what for: side by side if every line fits, else the purpose below."""
    column = max(len(f"  {COMMAND} {command}") for command, _ in pairs) + 2
    lines = [f"{f'  {COMMAND} {command}':<{column}}{purpose}" for command, purpose in pairs]
    if max(map(len, lines)) > width():
        lines = [f"  {COMMAND} {command}\n{beside('      ', purpose)}" for command, purpose in pairs]
    return french_spaces("\n".join(["exemples :", *lines, ""]))


# --- The log of a failure: the terminal shows one sentence, a file that can be sent holds the rest ---
# The command, the versions and the traceback, without the value of any variable. Where there are records of persons,
# the words of an error are left out too, for a library may quote a row; our own sentences never do.

LOG = "erreur.log"
# What IPython puts around the words of an error to colour them.
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def _details(error: BaseException, arguments: list[str]) -> str:
    import platform
    import traceback
    from datetime import datetime

    details = _COLOURS.sub("", "".join(traceback.format_exception(error)))
    for words in _private_words(error) if _may_have_exports() else ():
        details = details.replace(words, "(paroles de l’erreur tues : des exports sont présents)")
    now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}"
    machine = f"Python {platform.python_version()}, {platform.platform()}"
    text = "\n".join([f"alses {' '.join(arguments)}", now, machine, "", details])
    # The folders around the project often bear the name of a person.
    for folder, name in _folders():
        # As Python writes it: as it is, between quotes (a backslash is then doubled), in an address.
        for written in (str(folder), str(folder).replace("\\", "\\\\"), folder.as_posix()):
            text = text.replace(written, name)
    return text


def _may_have_exports() -> bool:
    try:
        return bool(paths.exported_years())
    except OSError:  # a folder that this user may not look into
        return True


def _private_words(error: BaseException) -> list[str]:
    """What the errors of a chain say in a library's words, the longest first."""
    chain, words = [error], []
    for each in chain:  # grows as it is read
        chain += [other for other in (each.__cause__, each.__context__) if other is not None and other not in chain]
        if hasattr(each, "evalue"):  # a kernel's error keeps its words apart from the code around them
            from helpers.run.execution import words_of

            words += [each.evalue, *words_of(each.traceback)]
        elif not type(each).__module__.startswith("helpers"):
            words += [str(each), *map(str, each.args)]
    return sorted({_COLOURS.sub("", each) for each in words if each}, key=len, reverse=True)


def _folders() -> list[tuple[Path, str]]:
    """The folders that the log must not name, and the word that stands for each; the innermost come first."""
    known = [(paths.data_root(), "données"), (paths.repository(), "projet")]
    with suppress(RuntimeError):  # a user whom the computer does not know has no home
        known.append((Path.home(), "~"))
    # A home that is the root of the disk names nobody, and stands in every path.
    return [(folder, name) for folder, name in known if folder != Path(folder.anchor)]


def _places(year: int | None) -> list[Path]:
    """Where the log may go, the best place first; the last is the computer's own, should the project be protected."""
    import tempfile

    folder = paths.data_root() / "data" / "processed"
    with suppress(OSError):  # a folder that this user may not look into
        folder = paths.executed(year) if year in paths.years() else folder
    return [folder / LOG, Path(tempfile.gettempdir()) / f"alses-{LOG}"]


def keep(error: BaseException, arguments: list[str], year: int | None) -> str | None:
    """Writes the log of a failure; its path as a message shows it, or None when nothing can be written."""
    text = _details(error, arguments)
    for path in _places(year):
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return paths.relative(path) if path.is_relative_to(paths.data_root()) else str(path)
    return None


def forget(year: int, *, of: str = "") -> None:
    """Removes the log of this year once its report is made; ``of`` names the only verb whose log may go."""
    log = paths.executed(year) / LOG
    with suppress(OSError):
        if log.read_text(encoding="utf-8").startswith(f"alses {of}"):
            log.unlink()


def print_traceback(error: BaseException) -> None:
    """The same on the screen, for ``--debug``."""
    import traceback

    traceback.print_exception(error, file=sys.stderr)


# --- Failures: a French sentence and an exit code ---

INTACT = "Le rapport précédent, s’il existe, est intact."
REPORT_IT = f"Pour le signaler, envoyez ce fichier et ce qu’affiche « {COMMAND} doctor » à qui vous a remis le projet."

_REFUSALS = {
    errno.ENOSPC: "Le disque est plein : libérez de la place",
    errno.EDQUOT: "Votre quota de disque est atteint : libérez de la place",
    errno.EROFS: "Le disque est en lecture seule : copiez le projet dans un dossier à vous",
    errno.ENAMETOOLONG: "Un chemin est trop long : placez le projet plus haut, par exemple dans C:\\alses",
}


def _unreadable(path: Path) -> Path | None:
    """The file, or the folder on the way to it, that this user may not read."""
    for folder in reversed(path.parents):
        if folder.is_dir() and not os.access(folder, os.X_OK):
            return folder
    return path if path.exists() and not os.access(path, os.R_OK) else None


def _shown(folder: Path) -> str:
    return "le dossier du projet" if folder == paths.data_root() else f"« {paths.relative(folder)} »"


def _of_rights(path: Path | None) -> str:
    if path is None:
        return "Fermez un fichier, ouvert dans un autre programme ou protégé en écriture, puis relancez."
    # First: nothing can be asked of what stands in a closed folder.
    if closed := _unreadable(path):
        remedy = "demandez-le à qui a déposé ces fichiers, puis relancez."
        return f"Votre compte n’a pas le droit de lire {_shown(closed)} : {remedy}"
    folder = path if path.is_dir() else path.parent
    # A file that is there, in a folder that takes others, is held by another program; else it is the folder's doing.
    if path.is_dir() or not path.exists() or not os.access(folder, os.W_OK):
        remedy = "copiez le projet dans un dossier à vous, puis relancez."
        return f"Impossible d’écrire dans {_shown(folder)}, protégé : {remedy}"
    return f"Fermez {path.name}, ouvert dans un autre programme ou protégé en écriture, puis relancez."


def _known(error: Exception) -> tuple[str, int] | None:
    """The sentence and the exit code of an error that a reader can act on; None for any other."""
    if isinstance(error, UserError):
        return (f"{error}\n{INTACT}" if isinstance(error, NotebookFailure) else str(error)), error.exit_code
    if isinstance(error, PermissionError):
        return _of_rights(Path(error.filename) if error.filename else None), 1
    if isinstance(error, OSError):
        unknown = f"Le disque a refusé (erreur {error.errno}) : libérez de la place ou vérifiez vos droits"
        return f"{_REFUSALS.get(error.errno, unknown)}, puis relancez.", 1
    if isinstance(error, ImportError) and not (error.name or "").startswith("helpers"):
        name, remedy = (error.name or "inconnue").partition(".")[0], "supprimez le dossier .venv, puis relancez."
        return f"Une bibliothèque manque ou ne se charge pas ({name}) : {remedy}", 1
    return None


def explain(error: Exception, arguments: list[str], year: int | None) -> int:
    """Prints what went wrong and gives the exit code; a log is kept, unless the data or the request are at fault."""
    known = _known(error)
    sentence, code = known or (f"Erreur imprévue ({type(error).__name__}) : c’est un défaut du programme. {INTACT}", 1)
    print_error(sentence)
    if code == 2:
        return code
    log = keep(error, arguments, year)
    if log:
        print_error(f"Détail technique : {log}" + ("" if known else f"\n{REPORT_IT}"))
    elif not known:
        print_traceback(error)
    return code


# --- Progress: a bar on a terminal, one plain line a notebook anywhere else ---

# Columns: below, the bar keeps only the count and what is left.
WIDE_FROM = 72
# Before that share of the cells is done an estimate misleads: the notebooks of the start have the slowest cells.
ESTIMATE_FROM = 0.3
# Seconds: what is left is rounded up to this, for no run is known to the second.
ESTIMATE_STEP_S = 5
TICK_S = 1
# Two full blocks that every console's font holds; the eighths of blocks that tqdm prefers are missing from some.
_BLOCKS = "░█"


def duration(seconds: float) -> str:
    """A whole number of seconds in words.

    >>> duration(8.2), duration(65)
    ('8 s', '1 min 05 s')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def time_left(done: int, total: int, elapsed: float) -> str:
    """What is left at the pace so far, rounded up; empty too early to tell, and once every cell is done.

    >>> time_left(50, 100, 12.0), time_left(5, 100, 12.0), time_left(100, 100, 12.0)
    ('15 s', '', '')
    """
    if done >= total or done < total * ESTIMATE_FROM:
        return ""
    left = elapsed / done * (total - done)
    return duration(-(-left // ESTIMATE_STEP_S) * ESTIMATE_STEP_S)


def bar_text(done: int, total: int, elapsed: str, left: str, *, wide: bool) -> str:
    """What stands at the right of the bar.

    >>> bar_text(45, 128, "12 s", "25 s", wide=True), bar_text(45, 128, "12 s", "25 s", wide=False)
    ('45/128 cellules · 12 s · reste environ 25 s', '45/128 · reste 25 s')
    """
    if not 0 < done < total:
        return elapsed
    if wide:
        return f"{done}/{total} cellules · {elapsed}" + (f" · reste environ {left}" if left else "")
    return f"{done}/{total}" + (f" · reste {left}" if left else "")


def is_terminal() -> bool:
    """Whether what is written goes to a person's screen, which can redraw a line."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bar():
    from tqdm import tqdm

    class Bar(tqdm):
        """tqdm with its words in French, chosen for the width that the terminal has now."""

        @property
        def format_dict(self) -> dict:
            state = super().format_dict
            elapsed, started = state["elapsed"], getattr(self, "cells_from", None)
            left = "" if started is None else time_left(self.n, self.total, elapsed - started)
            columns = state["ncols"] or 0  # a console may not know
            text = bar_text(self.n, self.total, duration(elapsed), left, wide=columns >= WIDE_FROM)
            return {**state, "bar_format": "{desc} {bar} " + text}

    # The first step gives the total; until then, and while pages are made, there is no count to show.
    return Bar(total=0, desc="contrôle des fichiers", leave=False, dynamic_ncols=True, ascii=_BLOCKS, mininterval=0)


class _Progress:
    """What a run is given: ``tell`` for its lines, ``show`` for each step."""

    def __init__(self, bar=None) -> None:
        self._bar = bar

    def tell(self, text: object) -> None:
        """Writes a line, above the bar if there is one."""
        if self._bar is None:
            print_message(text)
        else:
            with self._bar.external_write_mode(file=sys.stdout):
                print_message(text)

    def show(self, step) -> None:
        """Redraws the bar for this step of the pipeline."""
        if self._bar is not None:
            self._bar.total, self._bar.n = step.total, step.done
            if step.notebook and not step.done:
                self._bar.cells_from = self._bar.format_dict["elapsed"]
            name = f"{step.notebook} {step.year}" if step.notebook else "mise en page"
            self._bar.set_description_str(name if step.done or step.notebook else "préparation")


@contextmanager
def progress() -> Iterator[_Progress]:
    """What a run shows its progress with; on a terminal the bar is wiped at the end, however the run ends."""
    if not is_terminal():
        yield _Progress()
        return
    import threading

    bar, finished = _bar(), threading.Event()

    def tick() -> None:  # a cell may last several seconds: without this the time would stand still
        while not finished.wait(TICK_S):
            bar.refresh()

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield _Progress(bar)
    finally:
        finished.set()
        clock.join()
        bar.close()
