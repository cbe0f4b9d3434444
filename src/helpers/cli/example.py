"""docs/exemple/: the report that the repository shows, remade with the rest of what is generated."""

from collections.abc import Callable
from pathlib import Path

# The only year whose every figure is public.
YEAR = 2020


def write_example(root: Path, tell: Callable[[str], None]) -> None:
    """Makes the report of the repository, then copies it, as it is published, where git keeps it.

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
    publish.write_example(make_report(YEAR, tell=tell), example)
    tell(example.relative_to(root).as_posix())
