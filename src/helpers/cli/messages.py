"""What a person reads in the terminal: text laid out to fit, failures and their log, progress of a run.

What only a failure or a run needs is imported there: the help, and a run that has nothing to do, must be immediate.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers import paths
from helpers.errors import NotebookFailure, UserError
from helpers.paths import COMMAND
from helpers.typography import NARROW, WIDE, french_spaces


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
    import shutil

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


def kilobytes(path: Path) -> str:
    """The size of a file."""
    return f"{number(round(path.stat().st_size / 1000))} ko"


def beside(head: str, text: str) -> str:
    """A text that starts after ``head`` and keeps to its right; a long word, such as a path, is never cut."""
    import textwrap

    indents = {"initial_indent": head, "subsequent_indent": " " * len(head)}
    return textwrap.fill(french_spaces(text), width(), **indents, break_long_words=False, break_on_hyphens=False)


def filled(text: str) -> str:
    """Each line of the text as a paragraph that fits."""
    return "\n".join(beside("", line) for line in text.split("\n"))


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
_COLOURS = r"\x1b\[[0-9;]*m"


def _details(error: BaseException, arguments: list[str]) -> str:
    import platform
    import re
    import traceback
    from datetime import datetime

    details = re.sub(_COLOURS, "", "".join(traceback.format_exception(error)))
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
    import re

    chain, words = [error], []
    for each in chain:  # grows as it is read
        chain += [other for other in (each.__cause__, each.__context__) if other is not None and other not in chain]
        if hasattr(each, "evalue"):  # a kernel's error keeps its words apart from the code around them
            from helpers.run.execution import words_of

            words += [each.evalue, *words_of(each.traceback)]
        elif not type(each).__module__.startswith("helpers"):
            words += [str(each), *map(str, each.args)]
    return sorted({re.sub(_COLOURS, "", each) for each in words if each}, key=len, reverse=True)


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


# --- Failures: a French sentence and an exit code ---

INTACT = "Le rapport précédent, s’il existe, est intact."
_REPORT_IT = f"Pour le signaler, envoyez ce fichier et ce qu’affiche « {COMMAND} doctor » à qui vous a remis le projet."

_REFUSALS = {
    errno.ENOSPC: "Le disque est plein : libérez de la place",
    errno.EDQUOT: "Votre quota de disque est atteint : libérez de la place",
    errno.EROFS: "Le disque est en lecture seule : copiez le projet dans un dossier à vous",
    errno.ENAMETOOLONG: "Un chemin est trop long : placez le projet plus haut, par exemple dans C:\\alses",
}


def _is_closed(path: Path) -> bool:
    return path.exists() and not os.access(path, os.X_OK if path.is_dir() else os.R_OK)


def _refused(path: Path | None) -> str:
    """What to do about a file or a folder that the system refuses."""
    held = "ouvert dans un autre programme ou protégé en écriture, puis relancez."
    if path is None:
        return f"Fermez un fichier, {held}"
    folder = path if path.is_dir() else path.parent
    # The outermost first: nothing can be asked of what stands in a closed folder.
    closed = next(filter(_is_closed, [*reversed(path.parents), path]), None)
    shown = (
        "le dossier du projet" if (closed or folder) == paths.data_root() else f"« {paths.relative(closed or folder)} »"
    )
    if closed:
        remedy = "demandez-le à qui a déposé ces fichiers, puis relancez."
        return f"Votre compte n’a pas le droit de lire {shown} : {remedy}"
    # A file that is there, in a folder that takes others, is held by another program; else it is the folder's doing.
    if path.is_dir() or not path.exists() or not os.access(folder, os.W_OK):
        return f"Impossible d’écrire dans {shown}, protégé : copiez le projet dans un dossier à vous, puis relancez."
    return f"Fermez {path.name}, {held}"


def _known(error: Exception) -> tuple[str, int] | None:
    """The sentence and the exit code of an error that a reader can act on; None for any other."""
    if isinstance(error, UserError):
        return (f"{error}\n{INTACT}" if isinstance(error, NotebookFailure) else str(error)), error.exit_code
    if isinstance(error, PermissionError):
        return _refused(Path(error.filename) if error.filename else None), 1
    if isinstance(error, OSError):
        unknown = f"Le disque a refusé (erreur {error.errno}) : libérez de la place ou vérifiez vos droits"
        return f"{_REFUSALS.get(error.errno, unknown)}, puis relancez.", 1
    if isinstance(error, ImportError) and not (error.name or "").startswith("helpers"):
        name, remedy = (error.name or "inconnue").partition(".")[0], "supprimez le dossier .venv, puis relancez."
        return f"Une bibliothèque manque ou ne se charge pas ({name}) : {remedy}", 1
    return None


def explain(error: Exception, arguments: list[str], year: int | None) -> int:
    """Prints what went wrong and gives the exit code; a log is kept, unless the data or the request are at fault.

    Technical details are shown if the arguments hold ``--debug``, or if no log can be kept of a fault of ours.
    """
    known = _known(error)
    sentence, code = known or (f"Erreur imprévue ({type(error).__name__}) : c’est un défaut du programme. {INTACT}", 1)
    log = None if code == 2 else keep(error, arguments, year)
    if "--debug" in arguments or not (known or log):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    print_error(sentence)
    if log:
        print_error(f"Détail technique : {log}" + ("" if known else f"\n{_REPORT_IT}"))
    return code


# --- Progress: a bar on a terminal, one plain line a notebook anywhere else ---

# Before that share of the cells is done an estimate misleads: the notebooks of the start have the slowest cells.
ESTIMATE_FROM = 0.3
_TICK_S = 1
# tqdm's own counts and times; until the total is known, and while pages are made, there is no count to show.
_UNCOUNTED = "{desc} {elapsed}"
_COUNTED = "{desc} {bar} {n_fmt}/{total_fmt} cellules · {elapsed}"
_ESTIMATED = f"{_COUNTED} · reste {{remaining}}"
# Two full blocks that every console's font holds; the eighths of blocks that tqdm prefers are missing from some.
_BLOCKS = "░█"


def is_terminal() -> bool:
    """Whether what is written goes to a person's screen, which can redraw a line."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress() -> Iterator[tuple[Callable, Callable]]:
    """What a run shows its progress with: a function for its lines, one for each step of the pipeline.

    On a terminal the bar is wiped at the end, however the run ends.
    """
    if not is_terminal():
        yield print_message, lambda _: None
        return
    import threading

    from tqdm import tqdm

    bar = tqdm(
        total=0,
        desc="contrôle des fichiers",
        bar_format=_UNCOUNTED,
        leave=False,
        dynamic_ncols=True,
        ascii=_BLOCKS,
        mininterval=0,
        smoothing=0,
    )

    def tell(text: object) -> None:
        with bar.external_write_mode(file=sys.stdout):
            print_message(text)

    def show(step) -> None:
        bar.total, bar.n = step.total, step.done
        if 0 < step.done < step.total:
            bar.bar_format = _ESTIMATED if step.done >= step.total * ESTIMATE_FROM else _COUNTED
        else:
            bar.bar_format = _UNCOUNTED
        name = f"{step.notebook} {step.year}" if step.notebook else "mise en page"
        bar.set_description_str(name if step.done or step.notebook else "préparation")

    finished = threading.Event()

    def tick() -> None:  # a cell may last several seconds: without this the time would stand still
        while not finished.wait(_TICK_S):
            bar.refresh()

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield tell, show
    finally:
        finished.set()
        clock.join()
        bar.close()
