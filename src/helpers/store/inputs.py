"""What each input is: its checksum, its rows, and what a page says of it."""

import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from helpers import freshness, paths
from helpers.store.cards import CARD, read_export_card, simulated_exports
from helpers.store.fingerprints import fingerprint
from helpers.store.reading import content_of, read_rows

# The packages whose version can change a figure or its look, where a page imports them; and those that run every page.
_VERSIONED = ("pandas", "scipy", "statsmodels", "matplotlib", "seaborn")
_RUNNERS = ("papermill", "nbconvert")


def input_files(years: list[int]) -> list[Path]:
    """The files behind these years that are there: raw tables, cards, exports, codings, reference tables.

    The spellings of exports are behind the years that have one, and behind no other.

    >>> fichiers = store.input_files([2020])
    >>> paths.relative(fichiers[0]), paths.relative(fichiers[-1])
    ('data/raw/2020/chiffres_publies.csv', 'data/raw/reference/glossaire.csv')
    """
    names = [*(f"{name}.csv" for name in paths.RAW_TABLES), CARD]
    files = [
        path for year in years for path in (*(paths.raw(year) / name for name in names), *paths.private_files(year))
    ]
    unread = () if any(map(paths.has_export, years)) else paths.EXPORT_TABLES
    files += [paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES if name not in unread]
    return [path for path in files if path.is_file()]


def count_rows(path: Path) -> int:
    """The rows of a table, header not counted.

    Raises
    ------
    DataError
        when the file cannot be read as a table.

    >>> store.count_rows(paths.raw_table(2020, "reunions"))
    8
    """
    return len(read_rows(content_of(path), paths.relative(path)).rows)


def _rows_of(path: Path, checksum: str, simulated: dict[Path, dict]) -> int | None:
    """The rows of a table; of a simulated export, those of its card; none of what is private.

    Of an export, the rows read, less those that are kept, are those rejected, which may be one or two.
    """
    if path.name.casefold().startswith(paths.EXPORT):
        entry = simulated.get(path, {})
        return entry["rows"] if entry.get("hash") == f"sha256:{checksum}" else None
    if paths.private_year(paths.public_name(path)):
        return None
    return count_rows(path) if path.suffix == ".csv" else None


def describe_inputs(years: list[int]) -> list[dict]:
    """The files behind these years: fichier, sha256, octets, lignes (header not counted; not said of what is private).

    A private file is named as `paths.public_name` does: what is said here leaves in pages and in the manifest.

    Where only aggregates are, a year's own files are those that 01 read elsewhere.

    >>> [(entree["fichier"], entree["lignes"]) for entree in store.describe_inputs([2020])][:2]
    [('data/raw/2020/chiffres_publies.csv', 44), ('data/raw/2020/prises_de_poste.csv', 17)]
    """
    kept = [entry for year in years for entry in (paths.told_entries(year) or {}).get("entrees", [])]
    simulated = {
        path: known.get(path.name, {})
        for year in years
        if (files := simulated_exports(year))
        for known in [read_export_card(year)]
        for path in files
    }
    found = [
        {
            "fichier": paths.public_name(path),
            "sha256": (checksum := fingerprint(path)),
            "octets": path.stat().st_size,
            "lignes": _rows_of(path, checksum, simulated),
        }
        for path in input_files(years)
        if not kept or path.parent == paths.reference()
    ]
    return [*kept, *found]


def _code_of(notebook: str) -> str:
    cells = json.loads(paths.notebook(notebook).read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def provenance(parameters: dict, years: list[int], *, notebooks: Sequence[str]) -> dict:
    """What a page was made from: parameters, inputs, versions; nothing that changes by itself.

    The versions are those of what the code of these notebooks imports, and of what runs it.

    >>> origine = store.provenance({"Année": "2020"}, [2020], notebooks=["02_describe"])
    >>> list(origine), list(origine["versions"])[:3]
    (['parametres', 'entrees', 'versions'], ['python', 'pandas', 'matplotlib'])
    """
    imported = freshness.libraries_behind(map(_code_of, notebooks))
    used = [*(name for name in _VERSIONED if name in imported), *_RUNNERS]
    return {
        "parametres": parameters,
        "entrees": describe_inputs(years),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in used}},
    }
