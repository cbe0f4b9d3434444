"""What went wrong: a French sentence and an exit code; the rest goes to the journal."""

import errno
import os
from pathlib import Path

from helpers import paths
from helpers.browser import BrowserError
from helpers.cli import journal
from helpers.cli.say import complain

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
    from helpers.pipeline import NotebookFailure
    from helpers.publish import PublicationError, ReportError
    from helpers.schema import DataError
    from helpers.workbench import WorkbenchError

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
    kept = journal.keep(error, arguments, year)
    if kept:
        complain(f"Détail technique : {kept}" + ("" if known else f"\n{REPORT_IT}"))
    elif not known:
        journal.show(error)
    return code
