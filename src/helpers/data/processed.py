"""Processed tables, written by 01 as a whole and read back while they are up to date; those that are published."""

import json
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd

from helpers import paths, provenance
from helpers.data.raw import RawYear, describe_inputs, empty_table, input_files
from helpers.data.reading import CARD, as_csv, as_json, plain_description, remembered, write_file
from helpers.indicators.lookup import BESIDE, NETWORK, USUAL, beside_network, key_of
from helpers.schema import DataError, apply_schema, catalogue, table_schema
from helpers.typography import escape_formula

# --- Processed tables: written by 01 as a whole, read back only while they are up to date ---

PROCESSED_CARD, _YEARS = "carte.json", "annees_lues"
# The indicators of associations and collèges: the same columns as those of the network, apart from them.
OF_SITES = "indicateurs_des_sites"


def typed_as(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A processed table, typed by the schema of its name, or by the one that it shares."""
    return apply_schema(table, "indicateurs" if name == OF_SITES else name)


def save_year(raw: RawYear, made: dict[str, pd.DataFrame]) -> Path:
    """Writes a year's tables, with a card of the inputs that they come from, and returns their folder.

    The tables that 01 made (schemas ``indicateurs``, ``postes``, ``registre``, ``controles``, ``coherences``), and
    meetings and statements as received. The card is written last: without it, or with another checksum, `load` refuses
    the tables. Raises `DataError` when a raw file changed since it was read.

    >>> produits = ("indicateurs", "postes", "registre", "controles", "coherences")
    >>> dossier = data.save_year(data.read_year(2020), {nom: data.load(2020, nom) for nom in produits})
    >>> paths.relative(dossier)
    'data/processed/2020'
    """
    read = paths.read_with(raw.year)
    # The checksums first: a file that changes in between then differs from what was read.
    sources = provenance.states(input_files(read))
    if describe_inputs(read) != raw.inputs:
        raise DataError(f"Les fichiers de {raw.year} ont changé pendant le nettoyage : relancez.")
    folder = paths.processed(raw.year)
    tables = {"reunions": raw.meetings, "enonces": raw.statements, **made}
    if "normalisations" in tables:  # its files are named by who exports: free text
        changes = tables["normalisations"]
        exports = sorted(paths.exports(raw.year), key=lambda path: -len(path.name))
        # The name of a file, then perhaps that of a sheet or of titles.
        of = {told: next((path for path in exports if told.startswith(path.name)), None) for told in changes["fichier"]}
        files = [paths.public_name(of[told]) if of[told] else "" for told in changes["fichier"]]
        tables["normalisations"] = changes.assign(fichier=files)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROCESSED_CARD).unlink(missing_ok=True)
    for name, table in tables.items():
        write_file(folder / f"{name}.csv", as_csv(apply_schema(table, name)))
    card = provenance.card({_YEARS: read}, sources, [folder / f"{name}.csv" for name in tables])
    write_file(folder / PROCESSED_CARD, provenance.dump(card).encode())
    return folder


def _checked_card(year: int) -> provenance.Record:
    card = provenance.read_record(paths.processed(year) / PROCESSED_CARD)
    again = f"exécutez d’abord 01_clean pour {year}"
    if card is None or not isinstance(card.parameters.get(_YEARS), list):
        raise DataError(f"Les tables nettoyées de {year} n’existent pas encore : {again}.")
    if paths.is_shareable():  # the raw files are elsewhere, and were checked there
        return card
    then, now = (
        {name: state.sha256 for name, state in states.items()}
        for states in (card.files, provenance.states(input_files(card.parameters[_YEARS])))
    )
    # A file that only has another name is the same one: whoever exports names it as he likes.
    moved = {now[name] for name in now.keys() - then.keys()} & {then[name] for name in then.keys() - now.keys()}
    names = [name for name in now.keys() | then.keys() if now.get(name) != then.get(name)]
    changed = {provenance.locate(name) for name in names if now.get(name, then.get(name)) not in moved}
    if changed:
        first = min(map(paths.public_name, changed))
        raise DataError(f"{first} a changé depuis le nettoyage de {year} : relancez le rapport, ou {again}.")
    return card


def load(year: int, name: str) -> pd.DataFrame:
    """A processed table of a year, typed by its schema: ``indicateurs``, ``postes``, ``reunions``, ``enonces``…

    ``docs/data-dictionary.md`` gives the meaning and the unit of each column. Raises `DataError` when 01 has not run
    for this year, when a raw file changed since, or when the table was altered. Here, the schema ``postes``:

    >>> data.load(2020, "postes")[["college", "date_debut", "anciennete_prev_ans"]].head(2)
                     college date_debut  anciennete_prev_ans
    0  Collège Mendès France 2019-10-01                  1.5
    1   Collège Jacques Brel 2019-11-01                  0.0
    """
    card, path = _checked_card(year), paths.processed(year) / f"{name}.csv"
    table = {each: state for each, state in card.products.items() if each.endswith(f"/{path.name}")}
    if not table or any(provenance.changed_files(table)):
        raise DataError(
            f"{paths.relative(path)} manque ou a été modifié à la main : exécutez d’abord 01_clean pour {year}."
        )
    return _typed(name, path.read_bytes()).copy()


@remembered
def _typed(name: str, content: bytes) -> pd.DataFrame:
    return typed_as(name, pd.read_csv(BytesIO(content), dtype="str", keep_default_na=False))


def require_current(years: list[int]) -> None:
    """Raises `DataError` when 01 has not run for one of these years, or a raw file changed since."""
    for year in years:
        _checked_card(year)


def save_result(year: int, name: str, table: pd.DataFrame, site_type: str = NETWORK, site: str = "") -> Path:
    """Writes a table that 03 made (schema ``comparaisons``) beside the executed notebooks of the year or the site."""
    path = paths.executed(year, site_type, site) / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_file(path, as_csv(apply_schema(table, name)))


def load_result(year: int, name: str, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The table that `save_result` wrote (schema ``comparaisons``); `DataError` when its notebook has not run."""
    path = paths.executed(year, site_type, site) / f"{name}.csv"
    if not path.is_file():  # nobody ran the notebook by hand: that of the report
        with paths.with_data_root(paths.data_root() if paths.is_shareable() else paths.shareable()):
            path = paths.executed(year, site_type, site) / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{paths.relative(path)} n’existe pas encore : relancez le rapport de {year}.")
    return apply_schema(pd.read_csv(path, dtype="str", keep_default_na=False), name)


def load_earlier(year: int | None, name: str) -> pd.DataFrame:
    """`load` for the year compared with; empty when there is none."""
    return empty_table(name) if year is None else load(year, name)


# --- The data root of 02, 03 and 04 in a report: protected or public tables, and nothing else ---


def shareable_inputs(year: int) -> list[Path]:
    """The files that `save_shareable` copies: the public tables and the card of the year, the reference tables."""
    files = [paths.raw(year) / f"{name}.csv" for name in paths.RAW_TABLES]
    files += [paths.raw(year) / CARD, *(paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES)]
    return [path for path in files if path.is_file()]


def save_shareable(year: int, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Writes tables (by their name in `load`: schema ``postes``…), public raw files and reference tables of a year
    to the data root of aggregates; identical files are not rewritten, files no longer produced are removed.
    """
    root, copied, shared = paths.shareable(), shareable_inputs(year), f"{paths.relative(paths.reference())}/"
    # A description of the export, for pages that cannot see it.
    entries = [entry for entry in describe_inputs([year]) if not entry["fichier"].startswith(shared)]
    told = as_json({"entrees": entries, "export": paths.has_export(year), "recu": plain_description(year)})
    written = [write_file(root / path.relative_to(paths.data_root()), _shown_of(path)) for path in copied]
    with paths.with_data_root(root):
        raw, folder = paths.raw(year), paths.processed(year)
        written.append(write_file(raw / paths.ENTRIES, told.encode()))
        for name, table in tables.items():
            written.append(write_file(folder / f"{name}.csv", as_csv(typed_as(name, table))))
        card = provenance.card({_YEARS: [year]}, {}, [folder / f"{name}.csv" for name in tables])
        written.append(write_file(folder / PROCESSED_CARD, provenance.dump(card).encode()))
        for path in [*raw.iterdir(), *folder.iterdir()]:
            if path.is_file() and path not in written:
                path.unlink()
    return written


def _shown_of(path: Path) -> bytes:
    """A file as received; of a card, only what pages show: the rest may name whoever sent the data."""
    if path.name != CARD:
        return path.read_bytes()
    card = json.loads(path.read_text(encoding="utf-8-sig"))
    source = (card.get("sources") or [{}])[0]
    shown = {"sources": [{name: source[name] for name in ("title", "description") if name in source}]}
    told = {"contexte": card.get("contexte") or "", "suites": card.get("suites") or {}}
    return as_json(shown | told).encode()


# --- Indicators of the network, or of a site with the network beside it ---

SITES = "sites"


def is_exploring(years: list[int]) -> bool:
    """Whether unprotected records are shown: possible in a notebook run by hand, never in a report."""
    return not paths.is_shareable() and any(map(paths.has_export, years))


def load_sites(year: int) -> pd.DataFrame:
    """The territories and sites of a year (schema ``sites``); none without records, or before a first report."""
    with _aggregates():
        has_sites = (paths.processed(year) / f"{SITES}.csv").is_file()
        return load(year, SITES) if has_sites else empty_table(SITES)


def load_site_sizes(year: int) -> dict[tuple[str, str], int]:
    """The rounded number of persons of each site that has a report, by kind and site, as its pages give it."""
    if load_sites(year).empty:
        return {}
    with _aggregates():
        rows = load(year, OF_SITES)
    rows = rows[rows["indicateur"].eq("accompagnements")]
    return {(row.site_type, row.site): int(row.effectif_arrondi) for row in rows.itertuples()}


def rounded_figures(year: int) -> list[str]:
    """The values of the network that the report of a year rounds or suppresses, by the keys that pages use."""
    with _aggregates():
        rows = load(year, "indicateurs") if paths.has_export(year) else None
    if rows is None or paths.is_shareable():
        return []
    exact, said = load(year, "indicateurs"), rows[rows["precision"].ne("arrondi_secret")]
    return sorted({key_of(row) for row in exact.itertuples()} - {key_of(row) for row in said.itertuples()})


def _aggregates():
    return paths.with_data_root(paths.data_root() if paths.is_shareable() else paths.shareable())


def load_indicators(year: int, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the network, or of a site beside it (`indicators.beside_network`).

    Those of a site are always protected, and come from the last report. Raises `DataError` as `load` does, or for a
    site that the year does not have, or that has too few persons.
    """
    if not site:
        return load(year, "indicateurs")
    known = load_sites(year)
    if known.empty:
        raise DataError(
            f"Les comptes de {year} par site sont faits avec le rapport : « {paths.COMMAND} run --year {year} »."
        )
    own = known.loc[known["site_type"].eq(site_type) & known["est_publie"], "site"].tolist()
    if site not in own:
        hint = "".join(f" Vouliez-vous « {near} » ?" for near in get_close_matches(site, own, n=1))
        raise DataError(f"« {site} » n’a pas de rapport en {year} : ni assez de personnes, ni peut-être ce nom.{hint}")
    with _aggregates():
        rows = load(year, OF_SITES)
        network = load(year, "indicateurs")
    return beside_network(rows[rows["site_type"].eq(site_type) & rows["site"].eq(site)], network)


def load_territories(year: int) -> pd.DataFrame:
    """The protected rows of the territories of a year (schema ``indicateurs``); none without records."""
    if not paths.has_export(year) or load_sites(year).empty:
        return empty_table("indicateurs")
    with _aggregates():
        rows = load(year, OF_SITES)
    return rows[rows["site_type"].eq("territoire")]


def load_earlier_indicators(year: int | None, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """`load_indicators` for the year compared with; empty when there is none, or when a site has no report in it."""
    if year is None or not site:
        return load_earlier(year, "indicateurs")
    known = load_sites(year)
    is_there = known["site_type"].eq(site_type) & known["site"].eq(site) & known["est_publie"].fillna(False)
    return load_indicators(year, site_type, site) if is_there.any() else empty_table("indicateurs")


def load_series(year: int, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the network or of a site, for every year up to this one, in order.

    Raises `DataError` as `load` does when 01 has not run for one of them: a missing year would look like one without
    data.

    >>> data.load_series(2020)["annee"].unique().tolist()
    [2019, 2020]
    """
    tables = [load_earlier_indicators(each, site_type, site) for each in paths.years() if each <= year]
    return pd.concat([table for table in tables if len(table)] or [empty_table("indicateurs")], ignore_index=True)


# --- The published tables: CSV, workbook, Parquet, and their datapackage.json ---

PACKAGE = "datapackage.json"
_PACKAGE = {
    "profile": "data-package",
    "name": "alses-nord",
    "title": "Les ALSES du Nord : tables du rapport",
    "description": "Chaque colonne avec son type, son unité et son sens. Un chiffre se reconnaît à toutes ses colonnes "
    "de clé ; perimetre, indicateur et modalite rejoignent une comparaison aux indicateurs des années annee et "
    "comparee_a dont croise_avec et site sont vides.",
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
    "resources": [],
}


def _settle(value: float) -> float:
    return float(f"{value:.12g}")


def _export(table: pd.DataFrame, name: str, folder: Path) -> None:
    texts = table.select_dtypes("string").columns
    # Two processors do not give the last digits of an arcsine alike: a report is the same on all computers.
    numbers = table.select_dtypes("float").columns
    table = table.assign(**{column: table[column].map(_settle, na_action="ignore") for column in numbers})
    safe = table.assign(**{column: table[column].map(escape_formula) for column in texts})
    content = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    (folder / f"{name}.csv").write_text(content, encoding="utf-8-sig", newline="")
    # Written whole by us: a full disk is then an OSError, which the command explains.
    (folder / f"{name}.parquet").write_bytes(table.to_parquet(index=False))
    (folder / f"{name}.xlsx").write_bytes(_workbook(table, name))
    _describe(name, folder)


# --- A workbook: the table, what its columns mean, what its codes mean ---

# The bytes must not depend on the day.
_CREATED = datetime(2000, 1, 1)
_BY_SUFFIX = {"_pct": "pct", "_pts": "points"}
_NUMBER_FORMATS = {"pct": '0.0" %"', "points": '0.0" pt"'}
_MAX_WIDTH = 48  # characters


def _workbook(table: pd.DataFrame, name: str) -> bytes:
    """A workbook of three sheets, each with a frozen head and filters: the table, its columns, its codes.

    A share stays the number of the CSV (42.5), shown as « 42,5 % »; a text is never a formula or a link.
    """
    from xlsxwriter import Workbook  # slow to import, and only this needs it

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    content = BytesIO()
    with Workbook(content, options) as book:
        book.set_properties({"title": table_schema(name)["title"], "author": "ALSES", "created": _CREATED})
        _add_sheet(book, name, list(table), table.astype(object).where(table.notna(), None).to_numpy().tolist())
        _add_sheet(book, "Définitions", ["Colonne", "Titre", "Sens", "Unité"], _fields(name))
        _add_sheet(book, "Codes", ["indicateur", "Titre", "Définition", "modalite", "Réponse"], _answers())
    return content.getvalue()


def _fields(name: str) -> list[tuple]:
    return [
        (each["name"], each["title"], each["description"], each.get("unit")) for each in table_schema(name)["fields"]
    ]


@cache
def _answers() -> list[tuple]:
    return [
        (entry.id, entry.label, entry.definition, code, entry.label_of(code))
        for entry in catalogue().indicators.values()
        for code in entry.modalities or [""]
    ]


def _add_sheet(book, name: str, columns: list[str], rows: list) -> None:
    sheet, head = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    formats = {unit: book.add_format({"num_format": shown}) for unit, shown in _NUMBER_FORMATS.items()}
    kinds = [next((unit for suffix, unit in _BY_SUFFIX.items() if each.endswith(suffix)), None) for each in columns]
    sheet.write_row(0, 0, columns, head)
    unit_at, widths = columns.index("unite") if "unite" in columns else None, list(map(len, columns))
    for row, cells in enumerate(rows, start=1):
        unit = None if unit_at is None else cells[unit_at]
        for place, value in enumerate(cells):
            if value is None or value == "":
                continue
            widths[place] = max(widths[place], len(str(value)))
            if isinstance(value, str):
                sheet.write_string(row, place, value)  # `write` would look for its type again
            else:
                sheet.write(row, place, value, formats.get(kinds[place] or unit) if isinstance(value, float) else None)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width, _MAX_WIDTH) + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)


# --- datapackage.json ---

# The same rows for those who do not read CSV: described once, by the CSV.
_COPIES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def _describe(name: str, folder: Path) -> None:
    """Adds a table to ``datapackage.json``, in version 1 of the standard: R's frictionless reads no other."""
    path = folder / PACKAGE
    package = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else _PACKAGE
    copies = [
        {
            "name": f"{name}.{kind}",
            "path": f"{name}.{kind}",
            "profile": "data-resource",
            "type": "file",  # a frictionless that reads tables leaves it alone
            "title": f"{table_schema(name)['title']} (les lignes de {name}.csv)",
            "format": kind,
            "mediatype": mediatype,
        }
        for kind, mediatype in _COPIES.items()
    ]
    own = [_resource(name), *copies]
    others = [each for each in package["resources"] if each["name"].partition(".")[0] != name]
    path.write_text(as_json({**package, "resources": [*others, *own]}), encoding="utf-8", newline="\n")


def _resource(name: str) -> dict:
    described = table_schema(name)
    fields = [{**each, "decimalChar": ","} if each["type"] == "number" else each for each in described["fields"]]
    key = described.get("primaryKey", [])
    required = {each["name"] for each in fields if each.get("constraints", {}).get("required")}
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "title": described["title"],
        "description": described["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": fields,
            "missingValues": described.get("missingValues", [""]),
            # The standard refuses keys with a column that may be empty.
            **({"primaryKey": key} if key and set(key) <= required else {}),
        },
    }


def export_indicators(years: list[int], folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``indicateurs.csv`` (semicolons, decimal comma, UTF-8 with BOM), the same rows as a workbook and as
    Parquet, and their entries in ``datapackage.json``; `DataError` as `load` does.

    Those of the network come with those of its territories, those of a site with the network beside them.
    """
    tables = [load_earlier_indicators(year, site_type, site) for year in years]
    tables += [] if site else [load_territories(year) for year in years]
    whole = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    whole["perimetre"] = whole["perimetre"].replace(BESIDE, USUAL)
    _export(whole, "indicateurs", folder)


def export_sites(year: int, folder: Path, made: dict[str, str]) -> pd.DataFrame:
    """Writes ``sites.csv``, adds it to ``datapackage.json`` and returns it (schema ``sites``).

    ``made`` gives the folder of each site that has a report here, by its name or UAI.
    """
    sites = load_sites(year)
    sites = sites[sites["site_type"].ne("territoire")]
    sites = sites.assign(dossier=sites["site"].map(made).fillna("").astype("string"))
    _export(sites, "sites", folder)
    return sites


def export_comparisons(year: int, folder: Path, site_type: str = NETWORK, site: str = "") -> None:
    """Writes ``comparaisons.csv`` in the same form; `DataError` when 03 has not run."""
    _export(load_result(year, "comparaisons", site_type, site), "comparaisons", folder)


def export_site(years: list[int], year: int, folder: Path, site_type: str, site: str, *, has_comparisons: bool) -> None:
    """Writes the tables of a site in its folder: `export_indicators`, and `export_comparisons` if it is compared."""
    with _aggregates():
        export_indicators(years, folder, site_type, site)
        if has_comparisons:
            export_comparisons(year, folder, site_type, site)
