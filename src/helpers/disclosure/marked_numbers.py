"""The files of a release, and the marked numbers of its pages: each must be the published one.

Pages 02 to 04 are made from the published tables alone, so an unmarked number tells nothing more than these.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.disclosure.intruder_model import PLACE, PROTECTED
from helpers.schema import FROM_RECORDS, NEAR_UNANIMOUS_PCT, table_schema

# --- Numbers as a French page writes them: « 2 233 », « −6,9 », « 42 % » ---

_NUMBER = re.compile(r"(?<![\w.,])([+−-]?)(\d{1,3}(?:[\u202f\u00a0]\d{3})+|\d+)(?:,(\d+))?(?![\w]|[.,]\d)")
# « moins de 5 % », « plus de 95 % »: limits, which count nobody.
_LIMIT = re.compile(r"(moins|plus) d[e’']")


def numbers_in(text: str) -> list[tuple[float, int]]:
    """The numbers of a text with their decimals, except inside words (« 4e ») or with several parts (« 3.11.7 »)."""
    numbers = []
    for match in _NUMBER.finditer(text):
        sign, whole, decimals = match.groups()
        digits = re.sub(r"\D", "", whole)
        value = float(f"{digits}.{decimals or 0}")
        numbers.append((-value if sign in ("−", "-") else value, len(decimals or "")))
    return numbers


# --- The files of a release: its tables, each row with its file, and its pages ---

# The perimeter of the network's persons on the pages of a site, where « alses » is the site.
BESIDE = "alses_reseau"
# A cell that a spreadsheet would run is written after an apostrophe.
_STARTS = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True)
class Folder:
    """A folder of pages: its site (type and name; none for the network) and its tables."""

    path: Path
    site_type: str
    site: str
    indicators: pd.DataFrame
    comparisons: pd.DataFrame | None

    @property
    def pages(self) -> list[Path]:
        """The pages of the folder, sorted."""
        return sorted(self.path.glob("*.html"))


def read_folders(root: Path) -> list[Folder]:
    """The folder of the network, then that of each association and collège.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv: it is no release.
    """
    names, folders = _names(root), []
    for path in sorted(root.rglob("indicateurs.csv")):
        folder = path.parent
        place = folder.relative_to(root).as_posix()
        site_type, site = names.get(place, ("reseau", "") if folder == root else _site_of_folder(place))
        comparisons = folder / "comparaisons.csv"
        table = read_table(path, "indicateurs").assign(**{PLACE: path.relative_to(root).as_posix()})
        table["perimetre"] = table["perimetre"].replace(BESIDE, "alses")
        # Reports of older versions lack them.
        table = table.reindex(columns=[*dict.fromkeys([*table, "effectif_arrondi", "base_arrondie"])])
        others = read_table(comparisons, "comparaisons") if comparisons.is_file() else None
        folders.append(Folder(folder, site_type, site, table, others))
    if not any(folder.path == root for folder in folders):
        raise FileNotFoundError(f"{root.name} : indicateurs.csv manque")
    return sorted(folders, key=lambda folder: (folder.path != root, folder.path))


def _site_of_folder(place: str) -> tuple[str, str]:
    kind, _, name = place.rpartition("/")
    return ("college", name.upper()) if kind.endswith("colleges") else ("association", name)


def _names(root: Path) -> dict[str, tuple[str, str]]:
    """The site of each folder, from the index of sites."""
    path = root / "sites.csv"
    if not path.is_file():
        return {}
    sites = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return {row.dossier.strip("/"): (row.site_type, _plain(row.site)) for row in sites.itertuples() if row.dossier}


def read_table(path: Path, name: str) -> pd.DataFrame:
    """A published table: texts without missing values, numbers (decimal comma) as floats."""
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    kinds = {field["name"]: field["type"] for field in table_schema(name)["fields"]}
    for column in table:
        if kinds.get(column) in ("integer", "number"):
            table[column] = pd.to_numeric(table[column].str.replace(",", ".").replace("", None), errors="coerce")
        else:
            table[column] = table[column].map(_plain)
    return table


def _plain(text: str) -> str:
    return text[1:] if text.startswith(_STARTS) else text


def merge_folders(folders: list[Folder]) -> pd.DataFrame:
    """The rows of every folder; identical ones are kept once, at their first place."""
    rows = pd.concat([folder.indicators for folder in folders], ignore_index=True)
    return rows.drop_duplicates([column for column in rows if column != PLACE], ignore_index=True)


# --- The marked numbers of a page: each names its value and measure, and must be the published one ---


def shares_of(rows: pd.DataFrame) -> pd.Series:
    """The share that each row shows: as printed, else that of its exact count; missing when there is none."""
    exact = (
        rows["effectif_min"].eq(rows["effectif_max"]) & rows["base_min"].eq(rows["base_max"]) & rows["base_min"].gt(0)
    )
    computed = (100 * rows["effectif_min"] / rows["base_min"]).where(exact & rows["precision"].ne(PROTECTED))
    return rows["part_imprimee_pct"].fillna(computed)


# On the pages of a site, this perimeter is the site; the network stands beside under another name.
_ALSES = "alses"
# The columns of a comparison by the suffix of the measure.
_ENDS = {"_min": "valeur_min", "_max": "valeur_max"}
_COMPARISONS = "comparaisons/"
# « moins de 5 % », « plus de 95 % », in place of a share this near to 0 or 100 %.
_LIMITS = ("part_sous", "part_sur")


def place_of(perimeter: str, folder: Folder) -> tuple[str, str, str]:
    """The perimeter, type of site and site behind a name of perimeter in the pages of a folder."""
    if perimeter == _ALSES:
        return perimeter, folder.site_type, folder.site
    return (_ALSES if perimeter == BESIDE else perimeter), "reseau", ""


class MarkedNumbers:
    """The published values of a folder, by the keys that marks bear."""

    def __init__(self, folder: Folder) -> None:
        self._folder, rows = folder, folder.indicators
        self._rows: dict[str, pd.Series] = {}
        for (_, row), share in zip(rows.iterrows(), shares_of(rows), strict=True):
            self._rows[self._name(row)] = row.to_dict() | {"part": share}
        asked = pd.Series(list(zip(rows["annee"].map("{:.0f}".format), rows["indicateur"], strict=True)))
        of_records = rows["source"].isin(FROM_RECORDS).to_numpy()
        self._public = set(asked[~of_records]) - set(asked[of_records])
        table = folder.comparisons
        self._compared = {} if table is None else {(r.comparaison, r.mesure): r for r in table.itertuples()}

    def _name(self, row: pd.Series) -> str:
        crossed = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
        return f"{row.annee:.0f}/{row.perimetre}/{row.site_type}/{row.site}/{row.indicateur}/{row.modalite}{crossed}"

    def value(self, key: str, measure: str) -> float | None:
        """The published value that a mark names, if any."""
        if key.startswith(_COMPARISONS):
            return self._value_compared(key.removeprefix(_COMPARISONS), measure)
        year, perimeter, rest = (*key.split("/", 2), "", "")[:3]
        row = self._rows.get("/".join([year, *place_of(perimeter, self._folder), rest]))
        value = None if row is None else _limit(row, measure) if measure in _LIMITS else row.get(measure)
        return None if value is None or pd.isna(value) else float(value)

    def _value_compared(self, name: str, measure: str) -> float | None:
        if row := self._compared.get((name, measure)):
            return float(row.valeur)
        row = self._compared.get((name, measure[:-4]))
        return float(getattr(row, _ENDS[measure[-4:]])) if row and measure[-4:] in _ENDS else None

    def _is_public(self, key: str) -> bool:
        """Whether a key names a question that is only printed that year: pages may combine such values."""
        return tuple(key.split("/")[:3:2]) in self._public

    def faults(self, soup) -> Iterator[str]:
        """The marks that name nothing published, or show another number, as value or as text."""
        for node in soup.find_all("data"):
            key, measure, text = _key(node), node.get("data-mesure"), node.get_text()
            if key is None or measure is None:
                yield f"« {text} » : un nombre marqué sans dire lequel"
                continue
            published, said = self.value(key, measure), _number(node.get("value"))
            if published is None and self._is_public(key):
                continue
            if published is None:
                yield f"« {text} » : {key}, {measure}, n’est dans aucun tableau publié"
            elif said is None or abs(said - published) > 1e-6 * max(1, abs(published)):
                yield f"« {text} » : {key}, {measure}, vaut {published:.10g} dans le tableau publié"
            elif not _is_said(text, published):
                yield f"« {text} » n’est pas la valeur marquée, {published:.10g}"


def _limit(row: dict, measure: str) -> float | None:
    """The multiple of five that a share is under, or over, in all its interval."""
    share, low, high, step = row["part"], row["part_min_pct"], row["part_max_pct"], NEAR_UNANIMOUS_PCT
    if pd.isna(share) or pd.isna(low) or pd.isna(high):
        return None
    if measure == _LIMITS[0]:
        return step * (math.floor(high / step) + 1) if share <= step else None
    return step * (math.ceil(low / step) - 1) if share >= 100 - step else None


def _key(node) -> str | None:
    if node.get("data-cle"):
        return node["data-cle"]
    above = node.find_parent(attrs={"data-cle": True})
    return above["data-cle"] if above is not None else None


def _number(text: str | None) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _is_said(text: str, value: float) -> bool:
    """Whether the text of a mark rounds its value; words, powers of ten and limits say no more than it."""
    numbers = numbers_in(text)
    if not numbers or "×" in text or _LIMIT.search(text):
        return True
    ((said, decimals), *others) = numbers
    return not others and abs(abs(said) - abs(value)) <= 0.5 * 10.0**-decimals + 1e-6


def faults_of(folder: Folder, root: Path) -> Iterator[str]:
    """The marked numbers of the pages of a folder that contradict its tables, in French."""
    from bs4 import BeautifulSoup

    marked = MarkedNumbers(folder)
    for page in folder.pages:
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        yield from (f"{page.relative_to(root).as_posix()} : {text}" for text in marked.faults(soup))
