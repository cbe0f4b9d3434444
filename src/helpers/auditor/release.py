"""The published files of a release: tables put together, each row with the file it stands in, and pages."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.auditor.published import PLACE
from helpers.schema import table_schema

# The network's persons, where a site has the name of the ALSES' for itself.
BESIDE = "alses_reseau"
# Columns of protected tables that the schema may not name yet.
_MORE_NUMBERS = ("effectif_arrondi", "base_arrondie")
# What a spreadsheet would run is written after an apostrophe.
_STARTS = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True)
class Folder:
    """A folder of pages: its site (type and name; the network's is empty), and the tables that stand in it."""

    path: Path
    site_type: str
    site: str
    indicators: pd.DataFrame
    comparisons: pd.DataFrame | None

    @property
    def pages(self) -> list[Path]:
        """The pages of the folder, in order."""
        return sorted(self.path.glob("*.html"))


def read_folders(root: Path) -> list[Folder]:
    """The folder of the network, then that of each association and collège.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv: it is no release.
    """
    names = _names(root)
    found = []
    for path in sorted(root.rglob("indicateurs.csv")):
        folder = path.parent
        place = folder.relative_to(root).as_posix()
        site_type, site = names.get(place, ("reseau", "") if folder == root else _told_by_folder(place))
        comparisons = folder / "comparaisons.csv"
        table = read_table(path, "indicateurs").assign(**{PLACE: path.relative_to(root).as_posix()})
        table["perimetre"] = table["perimetre"].replace(BESIDE, "alses")
        others = read_table(comparisons, "comparaisons") if comparisons.is_file() else None
        found.append(Folder(folder, site_type, site, table, others))
    if not any(folder.path == root for folder in found):
        raise FileNotFoundError(f"{root.name} : indicateurs.csv manque")
    return sorted(found, key=lambda folder: (folder.path != root, folder.path))


def _told_by_folder(place: str) -> tuple[str, str]:
    kind, _, name = place.rpartition("/")
    return ("college", name.upper()) if kind.endswith("colleges") else ("association", name)


def _names(root: Path) -> dict[str, tuple[str, str]]:
    """The site of each folder, as the index of sites says."""
    path = root / "sites.csv"
    if not path.is_file():
        return {}
    sites = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return {row.dossier.strip("/"): (row.site_type, _plain(row.site)) for row in sites.itertuples() if row.dossier}


def read_table(path: Path, name: str) -> pd.DataFrame:
    """A published table: texts as text, numbers (decimal comma) as numbers, what is missing as missing."""
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    kinds = {field["name"]: field["type"] for field in table_schema(name)["fields"]}
    for column in table:
        if kinds.get(column) in ("integer", "number") or column in _MORE_NUMBERS:
            table[column] = pd.to_numeric(table[column].str.replace(",", ".").replace("", None), errors="coerce")
        else:
            table[column] = table[column].map(_plain)
    return table


def _plain(text: str) -> str:
    return text[1:] if text.startswith(_STARTS) else text


def together(folders: list[Folder]) -> pd.DataFrame:
    """The rows of every folder; one that says the same in several is kept once, at its first place."""
    rows = pd.concat([folder.indicators for folder in folders], ignore_index=True)
    return rows.drop_duplicates([column for column in rows if column != PLACE], ignore_index=True)
