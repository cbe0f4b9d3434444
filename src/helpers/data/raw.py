"""Raw and reference tables, validated; the input files that pages cite; exports frozen once read."""

import hmac
import json
import math
import platform
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.data import reading
from helpers.provenance import libraries_behind
from helpers.schema import DataError, apply_schema, columns
from helpers.system import make_private, sha256_of
from helpers.typography import unescape_formula

# --- Input files: checksum, number of rows, provenance ---

_version = cache(version)  # it reads the files of the package each time
# Packages whose version can change a value or a drawing, listed if a page imports them; and those that run every page.
_VERSIONED = ("pandas", "scipy", "statsmodels", "matplotlib", "seaborn")
_RUNNERS = ("papermill", "nbconvert")


def input_files(years: list[int]) -> list[Path]:
    """The existing files behind these years: raw tables, cards, exports, codings, reference tables.

    The spellings of exports count only if one of these years has an export.
    """
    names = [*(f"{name}.csv" for name in paths.RAW_TABLES), reading.CARD, paths.READINGS]
    files = [
        path for year in years for path in (*(paths.raw(year) / name for name in names), *paths.private_files(year))
    ]
    unread = () if any(map(paths.has_export, years)) else paths.EXPORT_TABLES
    files += [paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES if name not in unread]
    return [path for path in files if path.is_file()]


def count_rows(path: Path) -> int:
    """The number of rows of a table, without its header; `DataError` when the file cannot be read as a table."""
    return len(reading.read_rows(reading.content_of(path), paths.relative(path)).rows)


_CHECKSUM_KEY = "empreinte.bin"  # Beside the releases of a year: what keys the checksums of its private files


def published_checksum(path: Path) -> str:
    """The SHA-256 of an input file; that of a private one is keyed, since who guesses the file could confirm it.

    The key is drawn the first time, and stays on this machine: the same file keeps its checksum from run to run.
    """
    year = paths.private_year(paths.public_name(path))
    if year is None:
        return sha256_of(path)
    key = paths.released(year) / _CHECKSUM_KEY
    if not key.is_file():
        reading.write_file(make_private(key.parent) / key.name, secrets.token_bytes())
    return hmac.new(key.read_bytes(), sha256_of(path).encode(), "sha256").hexdigest()


def describe_inputs(years: list[int]) -> list[dict]:
    """The files behind these years: fichier, sha256 (`published_checksum`), octets and lignes (without the header).

    Of private files, neither octets nor lignes are told: rows read minus rows kept would give the number of rejected
    rows, which may be one or two persons. These go into pages and into the manifest, so private files have the name
    that `paths.public_name` gives. In the data root of aggregates, a year's own files are those that 01 read in the
    full one.

    >>> [(entree["fichier"], entree["lignes"]) for entree in data.describe_inputs([2020])][:2]
    [('data/raw/2020/chiffres_publies.csv', 44), ('data/raw/2020/prises_de_poste.csv', 17)]
    """
    elsewhere = [entry for year in years for entry in (paths.told_entries(year) or {}).get("entrees", [])]
    files = [path for path in input_files(years) if not elsewhere or path.parent == paths.reference()]
    here = []
    for path in files:
        name, is_export = paths.public_name(path), path.name.casefold().startswith(paths.EXPORT)
        is_private = paths.private_year(name) is not None
        entry = {
            "fichier": name,
            "sha256": published_checksum(path),
            "octets": None if is_private else path.stat().st_size,
            "lignes": count_rows(path) if path.suffix == ".csv" and not (is_private or is_export) else None,
        }
        here.append(entry)
    return [*elsewhere, *here]


def provenance(parameters: dict, years: list[int], *, notebooks: Sequence[str]) -> dict:
    """What a page was made from: parameters, inputs, versions; no date, so that the same inputs give the same bytes.

    The versions are those of the packages that the code of these notebooks imports, and of those that run it.
    """
    read = (json.loads(paths.notebook(name).read_text(encoding="utf-8"))["cells"] for name in notebooks)
    codes = ("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code") for cells in read)
    imported = libraries_behind(codes)
    used = [*(name for name in _VERSIONED if name in imported), *_RUNNERS]
    return {
        "parametres": parameters,
        "entrees": describe_inputs(years),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in used}},
    }


# --- Raw and reference tables ---


def empty_table(name: str) -> pd.DataFrame:
    """A table of this schema without any row."""
    return apply_schema(pd.DataFrame(columns=columns(name), dtype="str"), name)


def present(year: int, name: str) -> bool:
    """Whether the year has this raw table with at least one row: `new-year` makes tables that have only a header."""
    return paths.has_rows(paths.raw_table(year, name))


@dataclass(frozen=True)
class RawYear:
    """What was received for a year; a table that was not received is empty. Their schemas, in order, are
    ``chiffres_publies``, ``prises_de_poste``, ``reunions``, ``enonces``, ``affirmations`` and ``remarques``.
    """

    year: int
    document: str
    inputs: list[dict]
    figures: pd.DataFrame
    posts: pd.DataFrame
    meetings: pd.DataFrame
    statements: pd.DataFrame
    claims: pd.DataFrame
    remarks: pd.DataFrame


def faults_in(path: Path, name: str) -> list[DataError]:
    """Every fault of a table against its schema, in line order."""
    try:
        return [*map(DataError, reading.validated_rows(reading.content_of(path), paths.relative(path), name)[1])]
    except DataError as fault:
        return [fault]


def read_table(path: Path, name: str) -> pd.DataFrame:
    """A table of this schema, typed and indexed by line numbers as an editor shows them.

    Raises `DataError` for an absent file, or its first fault.
    """
    return _typed(reading.content_of(path), paths.relative(path), name).copy()


@reading.remembered
def _typed(content: bytes, shown: str, name: str) -> pd.DataFrame:
    read, faults = reading.validated_rows(content, shown, name)
    if faults:
        raise DataError(faults[0])
    table = apply_schema(pd.DataFrame(read.rows, columns=read.header, dtype="str"), name)
    table.index = pd.Index(read.lines, name="ligne_du_fichier")
    return table


def read_raw(year: int, name: str) -> pd.DataFrame:
    """`read_table` for a raw table of a year, here the schema ``chiffres_publies``.

    >>> data.read_raw(2020, "chiffres_publies")[["indicateur", "valeur", "unite"]].head(2)
                           indicateur  valeur   unite
    ligne_du_fichier
    2                          postes    73.0   alses
    3           experience_prevention    35.0    pct
    """
    return read_table(paths.raw_table(year, name), name)


def read_reference(name: str) -> pd.DataFrame:
    """`read_table` for a reference table; of the code book, labels and texts as they were before they were disarmed."""
    table = read_table(paths.reference() / f"{name}.csv", name)
    texts = [column for column in ("libelle", "definition", "inclure", "exclure", "exemple") if name == "themes"]
    return table.assign(**{column: table[column].map(unescape_formula, na_action="ignore") for column in texts})


_INVENTED = "999"  # No académie has this number: the collèges that `simulate` invents
# Degrees of longitude and latitude near which they stand, north and south in turn (schema.NORTH_FROM_DEG).
_LONGITUDES = (2.38, 3.52, 3.06, 3.24, 2.54, 3.08, 3.17, 3.97)
_LATITUDES = (51.03, 50.36, 50.63, 50.18, 50.72, 50.37, 50.69, 50.28)


def read_colleges(uais: Iterable[str]) -> pd.DataFrame:
    """The rows of these collèges in the register (schema ``colleges``), and of simulated ones, at an invented place.

    Three simulated collèges in a row are REP+, REP and neither; thirty invented communes lie all over the Nord.
    The same UAI always has the same place.

    >>> data.read_colleges(["0592714E", "9990001X"])[["uai", "commune"]].to_numpy().tolist()
    [['0592714E', 'Tourcoing'], ['9990001X', 'Ville 1']]
    """
    register, rows = read_reference("colleges"), []
    for uai in sorted(uai for uai in set(uais) - set(register["uai"]) if uai.startswith(_INVENTED)):
        number = int(uai[3:7]) - 1
        town = number % 30
        near, angle = town % len(_LATITUDES), 2.4 * town  # the golden angle: never the same place
        where = _LONGITUDES[near] + 0.07 * math.cos(angle), _LATITUDES[near] + 0.05 * math.sin(angle)
        rows.append((uai, f"Collège {uai}", f"Ville {town + 1}", ("rep_plus", "rep", "")[number % 3], *where))
    names = ["uai", "nom_officiel", "commune", "education_prioritaire_2024_25", "longitude_deg", "latitude_deg"]
    invented = pd.DataFrame(rows, columns=names).reindex(columns=columns("colleges"))
    own = register[register["uai"].isin(list(uais))]
    return pd.concat([own, apply_schema(invented, "colleges")])


def read_registers() -> dict[str, pd.DataFrame]:
    """The reference tables ``alias``, ``associations`` and ``colleges``, as `clean.clean_posts` takes them."""
    names = {"aliases": "alias", "associations": "associations", "colleges": "colleges"}
    return {argument: read_reference(name) for argument, name in names.items()}


def read_followups(year: int, statements: pd.DataFrame) -> pd.DataFrame:
    """What the year before recommended, and where it stands according to the year's card.

    ``statements`` are those of the year before (schema ``enonces``). The recommendations that « suites » names in
    ``data/raw/<year>/datapackage.json`` by their id come with a column ``suite``; the others are left out. Raises
    `DataError` when « suites » is no such list.
    """
    told = reading.card_of(year).get("suites") or {}
    recommended = statements[statements["nature"].eq("recommandation")]
    where = f"{paths.relative(paths.raw(year) / reading.CARD)} : « suites »"
    if not isinstance(told, dict) or not all(isinstance(each, str) and 0 < len(each) <= 300 for each in told.values()):
        raise DataError(f'{where} s’écrit {{"E07": "où en est cette recommandation, en 300 caractères au plus"}}.')
    if strange := sorted(set(told) - set(recommended["id"])):
        raise DataError(
            f"{where} nomme « {strange[0]} », qui n’est pas une recommandation de {year - 1} ; "
            f"celles qui existent : {', '.join(recommended['id']) or 'aucune'}."
        )
    return recommended.assign(suite=recommended["id"].map(told)).dropna(subset="suite")


def read_year(year: int) -> RawYear:
    """Every raw table of a year, and the document that they come from; `DataError` for the first fault of a table.

    >>> data.read_year(2020).meetings[["groupe", "participants"]].head(2)
                                groupe  participants
    ligne_du_fichier
    2                 journee_nouveaux            17
    3                 chefs_de_service             9
    """
    inputs = describe_inputs(paths.read_with(year))
    tables = [read_raw(year, name) if present(year, name) else empty_table(name) for name in paths.RAW_TABLES]
    if describe_inputs(paths.read_with(year)) != inputs:
        raise DataError(f"Les fichiers de {year} ont changé pendant leur lecture : relancez.")
    return RawYear(year, reading.read_card(year)["title"], inputs, *tables)


def read_earlier_figures(year: int) -> pd.DataFrame:
    """The printed values of the year before (schema ``chiffres_publies``), which a printed difference refers to.

    Empty when that year has no data, or when this one prints nothing.
    """
    earlier = paths.previous_year(year)
    if earlier is None or not (present(earlier, "chiffres_publies") and present(year, "chiffres_publies")):
        return empty_table("chiffres_publies")
    return read_raw(earlier, "chiffres_publies")


# --- Frozen exports: once an export has been read, carte_export.json (beside it, and private) holds its checksum ---


def _is_same(path: Path, entry: dict | None) -> bool:
    return entry is not None and entry["hash"] == f"sha256:{sha256_of(path)}"


def export_faults(year: int) -> list[DataError]:
    """Files of an export that are not as they were received, each with the command that accepts them.

    Simulated files are not frozen: they can be made again. A card that cannot be read is a fault too.
    """
    simulated = reading.simulated_exports(year)
    files = {path.name: path for path in paths.exports(year) if path not in simulated}
    try:
        known = {name: entry for name, entry in reading.read_export_card(year).items() if not entry["synthetic"]}
    except DataError as fault:
        return [fault]
    remedy = f"si c’est voulu, acceptez l’export tel qu’il est ({paths.COMMAND} check --year {year} --accept)"
    found = []
    for name in [*files, *sorted(known.keys() - files.keys())] if files and known else ():
        if name not in files:
            told = f"faisait partie de l’export de {year} et n’est plus là : remettez-le ; {remedy}."
        elif name not in known:
            told = f"est arrivé après que l’export de {year} a été lu : {remedy}, sinon retirez-le."
        elif not _is_same(files[name], known[name]):
            told = f"n’est plus tel qu’il a été reçu : {remedy}, sinon remettez l’ancien."
        else:
            continue
        found.append(DataError(f"{paths.relative(paths.raw(year) / name)} {told}"))
    return found


def freeze_exports(year: int, rows: dict[str, int], *, accept: bool = False) -> None:
    """Writes ``carte_export.json`` beside the export; nothing without one. ``rows`` are those of each file by name.

    Raises `DataError` when a file changed and ``accept`` is false, or when the card cannot be written.
    """
    files, simulated = paths.exports(year), reading.simulated_exports(year)
    known = {} if accept else reading.read_export_card(year)
    if faults := [] if accept else export_faults(year):
        raise faults[0]
    if simulated == files:  # no export, or one whose card the simulation wrote
        return
    entries = []
    for path in files:
        checksum, before = f"sha256:{sha256_of(path)}", known.get(path.name)
        before = before if before and before["hash"] == checksum else {"rows": None, "received": None}
        entries.append(
            {
                "name": paths.slug(path.stem),
                "path": path.name,
                "hash": checksum,
                "bytes": path.stat().st_size,
                "rows": rows.get(path.name, before["rows"]),
                "received": before["received"] or date.today().isoformat(),
                "synthetic": path in simulated,
            }
        )
    card = paths.raw(year) / reading.EXPORT_CARD
    try:
        reading.write_file(card, reading.as_json({"resources": entries}).encode())
    except OSError:
        raise DataError(
            f"Impossible d’écrire {paths.relative(card)}, qui garde l’empreinte de l’export : rendez ce dossier "
            "accessible en écriture, ou libérez de la place, puis relancez."
        ) from None


def is_frozen(year: int) -> bool:
    """Whether every file of a year's export has the checksum that it had when it was read; true without an export."""
    try:
        known = reading.read_export_card(year)
    except DataError:
        return False
    return all(_is_same(path, known.get(path.name)) for path in paths.exports(year))
