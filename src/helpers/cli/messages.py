"""What a person reads in the terminal: layout, progress, failures and their journal."""

import argparse
import errno
import os
import re
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers import paths
from helpers.paths import COMMAND
from helpers.system import BrowserError
from helpers.typography import NARROW, WIDE, french_spaces

# --- What a person reads in the terminal: answers on standard output, complaints on standard error ---


def tell(text: object) -> None:
    """Writes an answer."""
    print(french_spaces(str(text)), flush=True)


def complain(text: object) -> None:
    """Writes what went wrong."""
    print(french_spaces(str(text)), file=sys.stderr, flush=True)


# --- Text laid out for a terminal: lines that fit, words and their meaning in columns ---

# Columns: a longer line tires, even on a wide screen; below the lower one nothing can be laid out.
WIDEST, NARROWEST = 80, 40


def width() -> int:
    """The columns to write on."""
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))


def number(count: float) -> str:
    """A number as French writes it, thousands apart: ``6 585``, ``48,7``."""
    return f"{count:,.10g}".replace(",", NARROW).replace(".", ",")


def lines(count: int) -> str:
    """So many lines of a table."""
    return f"{number(count)}{WIDE}ligne{'s' if count > 1 else ''}"


def kilobytes(count: int) -> str:
    """A number of bytes in thousands."""
    return f"{number(round(count / 1000))} ko"


def filled(text: str) -> str:
    """Each line of the text as a paragraph that fits."""
    return "\n".join(textwrap.fill(french_spaces(line), width()) for line in text.splitlines())


def beside(head: str, text: str) -> str:
    """A text that starts after ``head`` and keeps to its right; what is one word, as a path, is never cut."""
    return textwrap.fill(
        french_spaces(text),
        width(),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def rows(title: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """A title, then words and their meaning in two columns."""
    column = max(len(word) for word, _ in pairs) + 2
    return "\n".join([f"{title} :", *(beside(f"  {word:<{column}}", meaning) for word, meaning in pairs), ""])


def examples(pairs: tuple[tuple[str, str], ...]) -> str:
    """What to type and what for: side by side if every line fits, else the purpose below."""
    commands = [f"  {COMMAND} {command}" for command, _ in pairs]
    column = max(map(len, commands)) + 2
    lines = [f"{command:<{column}}{purpose}" for command, (_, purpose) in zip(commands, pairs, strict=True)]
    if max(map(len, lines)) > width():
        purposes = [beside("      ", purpose) for _, purpose in pairs]
        lines = [f"{command}\n{purpose}" for command, purpose in zip(commands, purposes, strict=True)]
    return french_spaces("\n".join(["exemples :", *lines, ""]))


# --- What a failure was, in full, in a file that can be sent: the terminal shows one sentence ---
# It holds the command, the versions and the traceback: code and an error's own words, never the value of a variable.
# Where there are records of persons, those words are left out too, for they may quote a row; ours never do.

# What only a failure needs is imported when there is one: the help must be immediate.
FILE = "erreur.log"
# What IPython puts around the words of an error to colour them.
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def _text(error: BaseException, arguments: list[str]) -> str:
    import platform
    import traceback
    from datetime import datetime

    told = _COLOURS.sub("", "".join(traceback.format_exception(error)))
    for words in _private_words(error) if _may_have_exports() else ():
        told = told.replace(words, "(paroles de l’erreur tues : des exports sont présents)")
    head = [
        f"alses {' '.join(arguments)}",
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}",
        f"Python {platform.python_version()}, {platform.platform()}",
    ]
    text = "\n".join([*head, "", told])
    # The name of a person is often that of a folder around the project.
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
    """What the errors of a chain say in a library's words, the longest first; our own sentences name no person."""
    from helpers.run.execution import words_of

    chain, said = [error], []
    for each in chain:  # grows as it is read
        chain += [other for other in (each.__cause__, each.__context__) if other is not None and other not in chain]
        if not type(each).__module__.startswith("helpers"):
            # A kernel's error keeps its words apart from the code around them.
            kernel = [each.evalue, *words_of(each.traceback)] if hasattr(each, "evalue") else []
            said += kernel or [str(each), *map(str, each.args)]
    return sorted({_COLOURS.sub("", words) for words in said if words}, key=len, reverse=True)


def _folders() -> list[tuple[Path, str]]:
    """The folders that the file must not name, and the word that stands for each; the innermost come first."""
    known = [(paths.data_root(), "données"), (paths.repository(), "projet")]
    with suppress(RuntimeError):  # a user whom the computer does not know has no home
        known.append((Path.home(), "~"))
    # A home that is the root of the disk names nobody, and stands in every path.
    return [(folder, name) for folder, name in known if folder != Path(folder.anchor)]


def _places(year: int | None) -> list[Path]:
    """Where the file may go, the best place first; the last is the computer's own, should the project be protected."""
    import tempfile

    here = paths.data_root() / "data" / "processed"
    with suppress(OSError):  # a folder that this user may not look into
        here = paths.executed(year) if year in paths.years() else here
    return [here / FILE, Path(tempfile.gettempdir()) / f"alses-{FILE}"]


def keep(error: BaseException, arguments: list[str], year: int | None) -> str | None:
    """The file where the failure is told in full, as a message shows it; None when nothing can be written."""
    text = _text(error, arguments)
    for path in _places(year):
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return paths.relative(path) if path.is_relative_to(paths.data_root()) else str(path)
    return None


def show(error: BaseException) -> None:
    """The same on the screen, for ``--debug``."""
    import traceback

    traceback.print_exception(error, file=sys.stderr)


def forget(year: int, *, of: str = "") -> None:
    """Removes what a former failure of this year left: the report is made. ``of`` spares the failure of other verbs."""
    kept = paths.executed(year) / FILE
    with suppress(OSError):
        if kept.read_text(encoding="utf-8").startswith(f"alses {of}"):
            kept.unlink()


# --- What went wrong: a French sentence and an exit code; the rest goes to the journal ---

INTACT = "Le rapport précédent, s’il existe, est intact."
REPORT_IT = (
    f"Pour le signaler, envoyez ce fichier et ce qu’affiche « {paths.COMMAND} doctor » à qui vous a remis le projet."
)

_REFUSALS = {
    errno.ENOSPC: "Le disque est plein : libérez de la place",
    errno.EDQUOT: "Votre quota de disque est atteint : libérez de la place",
    errno.EROFS: "Le disque est en lecture seule : copiez le projet dans un dossier à vous",
    errno.ENAMETOOLONG: "Un chemin est trop long : placez le projet plus haut, par exemple dans C:\\alses",
}


def _closed(path: Path) -> Path | None:
    """The file, or the folder on the way to it, that this user may not read."""
    for folder in reversed(path.parents):
        if folder.is_dir() and not os.access(folder, os.X_OK):
            return folder
    return path if path.exists() and not os.access(path, os.R_OK) else None


def _of_rights(path: Path | None) -> str:
    # First: nothing can be asked of what stands in a closed folder.
    if path is not None and (closed := _closed(path)):
        shown = "le dossier du projet" if closed == paths.data_root() else f"« {paths.relative(closed)} »"
        again = "demandez-le à qui a déposé ces fichiers, puis relancez."
        return f"Votre compte n’a pas le droit de lire {shown} : {again}"
    folder = path if path is None or path.is_dir() else path.parent
    # A file that is there, in a folder that takes others, is held by another program; else it is the folder's doing.
    if path is not None and (path.is_dir() or not path.exists() or not os.access(folder, os.W_OK)):
        shown = "le dossier du projet" if folder == paths.data_root() else f"« {paths.relative(folder)} »"
        return f"Impossible d’écrire dans {shown}, protégé : copiez le projet dans un dossier à vous, puis relancez."
    name = path.name if path is not None else "un fichier"
    return f"Fermez {name}, ouvert dans un autre programme ou protégé en écriture, puis relancez."


def _of_disk(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return _of_rights(Path(error.filename) if error.filename else None)
    unknown = f"Le disque a refusé (erreur {error.errno}) : libérez de la place ou vérifiez vos droits"
    return f"{_REFUSALS.get(error.errno, unknown)}, puis relancez."


def _known(error: Exception) -> tuple[str, int] | None:
    """The sentence and the exit code of an error that a reader can act on; None for any other."""
    if isinstance(error, OSError):
        return _of_disk(error), 1
    if isinstance(error, ImportError) and not (error.name or "").startswith("helpers"):
        missing = (error.name or "inconnue").partition(".")[0]
        return (
            f"Une bibliothèque manque ou ne se charge pas ({missing}) : supprimez le dossier .venv, puis relancez.",
            1,
        )
    if isinstance(error, BrowserError):
        return str(error), 1
    # Imported here: these errors live beside what raises them, and the help must load none of it.
    from helpers.report.page import PublicationError, ReportError
    from helpers.run.tasks import NotebookFailure
    from helpers.schema import DataError
    from helpers.workbench.welcome import WorkbenchError

    if isinstance(error, DataError | ReportError):
        return str(error), 2
    if isinstance(error, NotebookFailure):
        return f"{error}\n{INTACT}", 2 if error.is_input else 1
    return (str(error), 1) if isinstance(error, PublicationError | WorkbenchError) else None


def explain(error: Exception, arguments: list[str], year: int | None) -> int:
    """The exit code of a failure, once it is told; its detail is kept, unless the data or the request are at fault.

    What a reader can act on is one sentence, even where no detail can be kept.
    """
    try:
        known = _known(error)
    except Exception:  # a library so broken that what names our errors cannot be loaded
        known = None
    sentence, code = known or (f"Erreur imprévue ({type(error).__name__}) : c’est un défaut du programme. {INTACT}", 1)
    complain(sentence)
    if code == 2:
        return code
    kept = keep(error, arguments, year)
    if kept:
        complain(f"Détail technique : {kept}" + ("" if known else f"\n{REPORT_IT}"))
    elif not known:
        show(error)
    return code


# --- How far is the run? A bar on a terminal, one plain line a notebook anywhere else ---

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
    """A whole number of seconds in words: « 8 s », « 1 min 05 s ».

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
    """What stands at the right of the bar; only what matters most on a narrow terminal.

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
    # Imported here: only a run on a terminal needs it, and the help must be immediate.
    from tqdm import tqdm

    class Bar(tqdm):
        """tqdm with its words in French, chosen for the width that the terminal has now."""

        @property
        def format_dict(self) -> dict:
            shown = super().format_dict
            elapsed, started = shown["elapsed"], getattr(self, "cells_from", None)
            left = "" if started is None else time_left(self.n, self.total, elapsed - started)
            columns = shown["ncols"] or 0  # a console may not know
            text = bar_text(self.n, self.total, duration(elapsed), left, wide=columns >= WIDE_FROM)
            return {**shown, "bar_format": "{desc} {bar} " + text}

    # The total is told by the first step; until then, and while pages are made, there is no count to show.
    return Bar(total=0, desc="contrôle des fichiers", leave=False, dynamic_ncols=True, ascii=_BLOCKS, mininterval=0)


class _Progress:
    """What a run is given: ``tell`` for its lines, ``show`` for each step."""

    def __init__(self, bar=None) -> None:
        self._bar = bar

    def tell(self, text: object) -> None:
        """Writes a line, above the bar if there is one."""
        if self._bar is None:
            tell(text)
        else:
            with self._bar.external_write_mode(file=sys.stdout):
                tell(text)

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
    """What a run is given to say how far it is; on a terminal the bar is wiped at the end, however the run ends."""
    if not is_terminal():
        yield _Progress()
        return
    import threading

    bar, finished = _bar(), threading.Event()
    clock = threading.Thread(target=_tick, args=(bar.refresh, finished.wait), daemon=True)
    clock.start()
    try:
        yield _Progress(bar)
    finally:
        finished.set()
        clock.join()
        bar.close()


def _tick(refresh: Callable[[], object], finished: Callable[[float], bool]) -> None:
    # A cell may last several seconds: without this the time would stand still.
    while not finished(TICK_S):
        refresh()


# --- What a verb is: its words in the help, its options, what it does. One module a verb; `verbs` lists them ---


def no_option(parser: argparse.ArgumentParser) -> None:
    """The options of a verb that has none."""
    del parser


class Verb:
    """A verb of the command.

    ``act`` takes the parsed options and gives the exit code; it imports what is heavy, for the help must be immediate.
    ``examples`` are pairs: what follows ``python3 alses.py``, and what it is for.
    """

    # Not a dataclass: what makes one takes longer to load than all the verbs.
    def __init__(
        self,
        name: str,
        summary: str,
        description: str,
        examples: tuple[tuple[str, str], ...],
        act: Callable[[Namespace], int],
        add_options: Callable[[argparse.ArgumentParser], None] = no_option,
    ) -> None:
        self.name, self.summary, self.description = name, summary, description
        self.examples, self.act, self.add_options = examples, act, add_options


def year(value: str) -> int:
    """The year of an option, as argparse's ``type``: four plain digits."""
    if not paths.is_year(value):
        raise argparse.ArgumentTypeError(f"une année en quatre chiffres est attendue, reçu : {value}")
    return int(value)


def positive(value: str) -> int:
    """A whole number from 1 up, as argparse's ``type``."""
    if not (value.isascii() and value.isdecimal() and int(value)):
        raise argparse.ArgumentTypeError(f"un nombre entier à partir de 1 est attendu, reçu : {value}")
    return int(value)
