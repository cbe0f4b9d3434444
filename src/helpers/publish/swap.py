"""Whole or nothing: a finished report takes the place of the old one, and a kill at any moment leaves one of the two.

On Linux both change names in one step. Elsewhere, two renames of whole folders on one volume, and the next start mends
what fell between them: no symbolic link, so that it holds on Windows and on a USB stick.
"""

import errno
import shutil
from contextlib import suppress
from pathlib import Path

from helpers import paths, system
from helpers.publish.errors import PublicationError

OLD_SUFFIX = ".ancien"
BUILD_PREFIX = ".en-cours-"

# What the system answers for a folder that another program uses; any other refusal is the disk's own.
_HELD = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOTEMPTY, errno.EEXIST}


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


def _refusal(error: OSError, *folders: Path) -> Exception:
    """What to say of a folder that cannot be renamed: which file is held, or else the disk's own error."""
    if error.errno not in _HELD:
        return error
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
        raise _refusal(error, old) from error


def recover(final: Path) -> None:
    """Mends a swap that was cut and deletes unfinished builds of the report's year. To be called at each start.

    The caller holds the lock of the year: what belongs to another is left alone, for a program may be at work on it.

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
    year = final.name.removesuffix(paths.SYNTHETIC_SUFFIX)
    for name in (year, f"{year}{paths.SYNTHETIC_SUFFIX}"):
        _mend(final.with_name(name))
    for build in final.parent.glob(f"{BUILD_PREFIX}{year}*"):
        shutil.rmtree(build, ignore_errors=True)


def _by_two_renames(built: Path, final: Path) -> None:
    old = _old(final)
    if final.exists():
        try:
            final.rename(old)
        except OSError as error:
            raise _refusal(error, old, final) from error
    try:
        built.rename(final)
    except OSError as error:
        # Should the way back fail too, the old report is whole under its other name, and the next start mends it.
        with suppress(OSError):
            old.rename(final)
        raise _refusal(error, built) from error


def swap(built: Path, final: Path) -> None:
    """Puts the built report in the place of the old one, which is kept whole if that cannot be done.

    Both folders are on the same volume. An old report that cannot be deleted at once is deleted at the next start.

    Raises
    ------
    PublicationError
        when a file of either report is open elsewhere: the sentence names it.
    OSError
        when the disk refuses: the old report is still there.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     pathlib.Path(dossier, ".en-cours-2020").mkdir()
    ...     publish.swap(pathlib.Path(dossier, ".en-cours-2020"), pathlib.Path(dossier, "2020"))
    ...     print([place.name for place in pathlib.Path(dossier).iterdir()])
    ['2020']
    """
    # A name that is on the disk before what it names would be, after a power cut, that of empty pages.
    system.settle_tree(built)
    _mend(final)
    if not (final.exists() and system.exchange(built, final)):
        _by_two_renames(built, final)
    # Nothing of the old report goes before the new name is on the disk too.
    system.settle(final.parent)
    shutil.rmtree(built, ignore_errors=True)  # after an exchange, the old report is there
    if _old(final).exists():
        _discard(_old(final))
