"""What a failure was, in full, in a file that can be sent: the terminal shows one sentence.

It holds the command, the versions and the traceback: code and an error's own words, never the value of a variable.
Where there are records of persons, those words are left out too, for they may quote a row; ours never do.
"""

import re
import sys
from contextlib import suppress
from pathlib import Path

from helpers import paths

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
    from helpers.pipeline.hush import words_of

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
