"""A coding written for another tool, outside of what is published and of what git may take."""

from pathlib import Path

from helpers import paths
from helpers.schema import DataError
from helpers.store.codings import load_coding
from helpers.store.whole import whole, whole_folder

# Git ignores these wherever they are.
_IGNORED = (".qdpx", ".qdc")


def export_coding(year: int, name: str, target: Path) -> tuple[Path, tuple[str, ...]]:
    """What was written, and what its format could not hold, in French: ``.qdpx``, ``.qdc``, ``.txt`` (IRaMuTeQ) or CSV.

    For ``.csv``, or no suffix, a folder of our four tables.

    Raises
    ------
    DataError
        for a coding that is not there, another suffix, a target that exists, is in ``reports/``, or is where git could
        take it; nothing is written.

    >>> import pathlib, shutil, tempfile
    >>> codage = exchange.Project((exchange.Code("Perspectives"),), (exchange.Document("réunion 1", "Bonjour."),))
    >>> _ = store.save_coding(codage, 2020, "reunions", pathlib.Path("reunions.qdpx"))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier, dit = store.export_coding(2020, "reunions", pathlib.Path(dossier, "reunions.qdpx"))
    ...     exchange.read(fichier) == codage, dit
    (True, ())
    >>> shutil.rmtree(paths.codings_folder(2020))
    """
    from helpers import exchange

    writers = {".qdpx": exchange.write_qdpx, ".qdc": exchange.write_qdc, ".txt": exchange.write_iramuteq}
    suffix = target.suffix.casefold()
    if suffix not in (*writers, ".csv", ""):
        raise DataError(f"« {target.suffix} » n’est pas un format d’export ; au choix : .qdpx, .qdc, .txt, .csv.")
    made = target.with_suffix("") if suffix == ".csv" else target
    _refuse_place(made, suffix)
    project = load_coding(year, name)
    if suffix in writers:
        with whole(made) as beside:
            return made, writers[suffix](project, beside)
    with whole_folder(made) as beside:
        return made, exchange.write_csv(project, beside)


def _refuse_place(made: Path, suffix: str) -> None:
    # A link that leads into the project is in it.
    place = made.resolve()
    if place.exists() or made.is_symlink():
        raise DataError(f"{made.name} existe déjà ; donnez un autre nom, rien n’est jamais remplacé.")
    if place.is_relative_to(paths.reports().resolve()):
        raise DataError("Un codage contient des paroles et ne va jamais dans reports/ ; donnez un autre dossier.")
    inside = [root for root in (paths.data_root(), paths.repository()) if place.is_relative_to(root.resolve())]
    if inside and (suffix not in _IGNORED or place.is_relative_to(inside[0].resolve() / "data")):
        raise DataError(
            "Un codage contient des paroles, que git pourrait prendre ici ; donnez un dossier hors du projet."
        )
    if not place.parent.is_dir():
        raise DataError(f"Le dossier {made.parent} n’existe pas ; créez-le, ou donnez-en un autre.")
