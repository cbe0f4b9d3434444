"""docs/exemple/: the report that the repository shows, remade with the rest of what is generated."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The only year whose every figure is public.
YEAR = 2020


# What a year may hold that no one else has: the example would show it.
_PRIVATE = shutil.ignore_patterns("[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json")


@contextmanager
def _without_exports(root: Path) -> Iterator[None]:
    """While the block runs, the data are those of the repository, but for the exports that somebody dropped there."""
    from helpers import paths

    if not any(paths.exports(year) for year in paths.years()):
        yield
        return
    before = os.environ.get(paths.DATA_ROOT_VARIABLE)
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(root / "data" / "raw", Path(aside) / "data" / "raw", ignore=_PRIVATE)
        os.environ[paths.DATA_ROOT_VARIABLE] = aside
        try:
            yield
        finally:
            os.environ.pop(paths.DATA_ROOT_VARIABLE)
            os.environ.update({paths.DATA_ROOT_VARIABLE: before} if before else {})


def write_example(root: Path, tell: Callable[[str], None]) -> None:
    """Makes the report of the repository, then copies it, as it is published, where git keeps it; exports are ignored.

    Raises
    ------
    DataError
        when the data root is another folder than the repository: the example would show other data.
    """
    from helpers import paths, publish
    from helpers.pipeline import make_report
    from helpers.schema import DataError

    if paths.data_root() != root:
        raise DataError(
            f"docs/exemple montre les données du dépôt : effacez {paths.DATA_ROOT_VARIABLE}, puis relancez."
        )
    example = root / "docs" / "exemple"
    with _without_exports(root):
        publish.write_example(make_report(YEAR, tell=tell), example)
    tell(example.relative_to(root).as_posix())
