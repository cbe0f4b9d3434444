"""Whole or nothing: a finished report takes the place of the old one, and a kill at any moment leaves one of the two.

Only renames of whole folders on one volume are used: no symbolic link, so that it holds on Windows and on a USB stick.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from helpers.publish.errors import PublicationError

OLD_SUFFIX = ".ancien"
BUILD_PREFIX = ".en-cours-"


def _old(final: Path) -> Path:
    return final.with_name(final.name + OLD_SUFFIX)


def _discard(old: Path) -> None:
    """Removes the old report. First under the name of a build: what bears its own name is whole at any moment."""
    doomed = old.with_name(f"{BUILD_PREFIX}{old.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    try:
        old.rename(doomed)
    except OSError:
        return  # held by another program: the next start tries again
    shutil.rmtree(doomed, ignore_errors=True)


def _held_file(folder: Path) -> Path | None:
    """The first file of the folder that another program keeps for itself."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                path.open("r+b").close()
            except OSError:
                return path
    return None


def _refusal(*folders: Path) -> PublicationError:
    for folder in folders:
        held = _held_file(folder)
        if held is not None:
            return PublicationError(f"Fermez {held.name}, ouvert dans un autre programme, puis relancez.")
    return PublicationError(
        f"Fermez les fenêtres et les programmes qui utilisent le dossier {folders[-1].name}, puis relancez."
    )


def _mend(final: Path) -> None:
    """After a swap that was cut: the old report comes back, or is deleted if the new one is in place."""
    old = _old(final)
    if not old.exists():
        return
    if final.exists():
        _discard(old)
        return
    try:
        old.rename(final)
    except OSError as error:
        raise _refusal(old) from error


def recover(final: Path) -> None:
    """Mends a swap that was cut and deletes unfinished builds beside the report. To be called at each start.

    Every folder ``.en-cours-*`` beside the report goes: the caller holds the lock of the reports' folder.

    Raises
    ------
    PublicationError
        when the old report cannot come back because a file of it is open elsewhere: the sentence names it.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     pathlib.Path(dossier, "2020.ancien").mkdir()
    ...     publish.recover(pathlib.Path(dossier, "2020"))
    ...     print([place.name for place in pathlib.Path(dossier).iterdir()])
    ['2020']
    """
    _mend(final)
    for build in final.parent.glob(f"{BUILD_PREFIX}*"):
        shutil.rmtree(build, ignore_errors=True)


def swap(built: Path, final: Path) -> None:
    """Puts the built report in the place of the old one, which is kept whole if that cannot be done.

    Both folders are on the same volume. An old report that cannot be deleted at once is deleted at the next start.

    Raises
    ------
    PublicationError
        when a file of either report is open elsewhere: the sentence names it.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     pathlib.Path(dossier, ".en-cours-2020").mkdir()
    ...     publish.swap(pathlib.Path(dossier, ".en-cours-2020"), pathlib.Path(dossier, "2020"))
    ...     print([place.name for place in pathlib.Path(dossier).iterdir()])
    ['2020']
    """
    _mend(final)
    old = _old(final)
    if final.exists():
        try:
            final.rename(old)
        except OSError as error:
            raise _refusal(old, final) from error
    try:
        built.rename(final)
    except OSError as error:
        # Should the way back fail too, the old report is whole under its other name, and the next start mends it.
        with suppress(OSError):
            old.rename(final)
        raise _refusal(built) from error
    if old.exists():
        _discard(old)
