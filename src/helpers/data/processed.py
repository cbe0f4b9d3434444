"""Processed tables: written by 01 as a whole, read back while they are up to date, at the scope of a page."""

import json
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from helpers import paths, provenance
from helpers.data.raw import RawYear, describe_inputs, input_files
from helpers.data.reading import CARD, plain_description
from helpers.indicators.lookup import NETWORK, beside_network, key_of
from helpers.schema import DataError, columns, typed
from helpers.system import whole

# --- Processed tables: written by 01 as a whole, read back only while they are still true ---

PROCESSED_CARD, _YEARS = "carte.json", "annees_lues"
# The indicators of associations and collèges: the same columns as those of the network, apart from them.
OF_SITES = "indicateurs_des_sites"


def typed_as(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A processed table, typed by the schema of its name, or by the one that it shares."""
    return typed(table, "indicateurs" if name == OF_SITES else name)


def _write(path: Path, text: str) -> None:
    with whole(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def save_year(raw: RawYear, made: dict[str, pd.DataFrame]) -> Path:
    """The folder where a year's tables now are, with the card that says from which inputs they come.

    Meetings and statements are saved as received, beside the tables that 01 made: schema ``indicateurs``, schema
    ``postes``, schema ``registre``, schema ``controles`` and schema ``coherences``.

    The card is written last: without it, or with another checksum, `load` refuses the tables.

    Raises
    ------
    DataError
        when a raw file changed since it was read.

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
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROCESSED_CARD).unlink(missing_ok=True)
    for name, table in tables.items():
        _write(
            folder / f"{name}.csv", typed(table, name).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
        )
    card = provenance.card({_YEARS: read}, sources, [folder / f"{name}.csv" for name in tables])
    _write(folder / PROCESSED_CARD, provenance.dump(card))
    return folder


def _checked_card(year: int) -> provenance.Record:
    card = provenance.read_record(paths.processed(year) / PROCESSED_CARD)
    again = f"exécutez d’abord 01_clean pour {year}"
    if card is None or not isinstance(card.parameters.get(_YEARS), list):
        raise DataError(f"Les tables nettoyées de {year} n’existent pas encore : {again}.")
    if paths.is_shareable():  # the raw files are elsewhere, and were checked there
        return card
    changed = {provenance.locate(reason.name) for reason in provenance.changed_files(card.files)}
    changed |= {path for path in input_files(card.parameters[_YEARS]) if provenance.name_of(path) not in card.files}
    if changed:
        first = min(map(paths.public_name, changed))
        raise DataError(f"{first} a changé depuis le nettoyage de {year} : relancez le rapport, ou {again}.")
    return card


def load(year: int, name: str) -> pd.DataFrame:
    """A processed table of a year, typed by its schema: ``indicateurs``, ``postes``, ``reunions``, ``enonces``…

    ``docs/data-dictionary.md`` says what each column means, and its unit; here, the schema ``postes``.

    Raises
    ------
    DataError
        when 01 has not run for this year, when a raw file changed since, or when the table was altered.

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
    return typed_as(name, pd.read_csv(path, dtype="str", keep_default_na=False))


def require_current(years: list[int]) -> None:
    """Nothing, when the processed tables of these years come from the raw files as they are now.

    Raises
    ------
    DataError
        when 01 has not run for one of them, or a raw file changed since.

    >>> data.require_current([2019, 2020])
    """
    for year in years:
        _checked_card(year)


def save_result(year: int, name: str, table: pd.DataFrame, site_type: str = NETWORK, site: str = "") -> Path:
    """The file where a table made by 02, 03 or 04 now is, beside the executed notebooks of the year or of the site.

    03 alone saves one: the comparisons (schema ``comparaisons``).

    >>> mesures = data.load_result(2020, "comparaisons")
    >>> paths.relative(data.save_result(2020, "comparaisons", mesures))
    'data/processed/2020/execution/comparaisons.csv'
    """
    path = paths.executed(year, site_type, site) / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, typed(table, name).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))
    return path


def load_result(year: int, name: str, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The table that `save_result` wrote: the comparisons of the year (schema ``comparaisons``).

    Raises
    ------
    DataError
        when the notebook that makes it has not run.

    >>> data.load_result(2020, "comparaisons")[["comparaison", "mesure", "valeur", "unite"]].head(2)
                    comparaison    mesure  valeur      unite
    0  annees/alses/sexe/filles  effectif   938.0  personnes
    1  annees/alses/sexe/filles      base  2233.0  personnes
    """
    path = paths.executed(year, site_type, site) / f"{name}.csv"
    if not path.is_file():  # the report's own, when nobody ran the notebook by hand
        with paths.rooted(paths.data_root() if paths.is_shareable() else paths.shareable()):
            path = paths.executed(year, site_type, site) / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{paths.relative(path)} n’existe pas encore : relancez le rapport de {year}.")
    return typed(pd.read_csv(path, dtype="str", keep_default_na=False), name)


def load_earlier(year: int | None, name: str) -> pd.DataFrame:
    """A processed table of the compared year, as `load` gives it; empty when there is no year to compare with.

    Raises
    ------
    DataError
        as `load` does.

    Here the schema ``indicateurs``:

    >>> data.load_earlier(2019, "indicateurs").empty, data.load_earlier(None, "indicateurs").empty
    (False, True)
    """
    return typed(pd.DataFrame(columns=columns(name), dtype="str"), name) if year is None else load(year, name)


# --- The data root of 02, 03 and 04 when a report is made: what is protected or public, and nothing else ---


def _public_files(year: int) -> list[Path]:
    """The tables and the card of a year that anybody may read, as they were received."""
    names = [*(f"{name}.csv" for name in paths.RAW_TABLES), CARD]
    return [path for name in names if (path := paths.raw(year) / name).is_file()]


def _reference_files() -> list[Path]:
    return [path for name in paths.REFERENCE_TABLES if (path := paths.reference() / f"{name}.csv").is_file()]


def _told(year: int) -> str:
    """What the export was, for pages that cannot see it."""
    shared = f"{paths.relative(paths.reference())}/"
    entries = [entry for entry in describe_inputs([year]) if not entry["fichier"].startswith(shared)]
    told = {
        "entrees": entries,
        "export": paths.has_export(year),
        "recu": plain_description(year),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def shareable_inputs(year: int) -> list[Path]:
    """The files that `save_shareable` copies.

    >>> [fichier.name for fichier in data.shareable_inputs(2020)][:2]
    ['chiffres_publies.csv', 'prises_de_poste.csv']
    """
    return [*_public_files(year), *_reference_files()]


def save_shareable(year: int, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """The files of the year in the data root of aggregates, written: tables, public raw files, reference tables.

    ``tables`` go by the name that `load` gives them back by (schema ``postes`` and the others). A file that would be
    the same is left as it is; one that is no longer made is removed.

    >>> postes = data.load(2020, "postes")
    >>> fichiers = data.save_shareable(2020, {"postes": postes})
    >>> paths.relative(fichiers[-1])
    'data/processed/diffusion/data/processed/2020/carte.json'
    """
    root, copied, told = paths.shareable(), shareable_inputs(year), _told(year)
    written = [_place(root / path.relative_to(paths.data_root()), _shown_of(path)) for path in copied]
    with paths.rooted(root):
        raw, folder = paths.raw(year), paths.processed(year)
        written.append(_place(raw / paths.ENTRIES, told.encode()))
        for name, table in tables.items():
            text = typed_as(name, table).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
            written.append(_place(folder / f"{name}.csv", text.encode()))
        card = provenance.card({_YEARS: [year]}, {}, [folder / f"{name}.csv" for name in tables])
        written.append(_place(folder / PROCESSED_CARD, provenance.dump(card).encode()))
        _forget_others(raw, folder, written)
    return written


def _shown_of(path: Path) -> bytes:
    """A file as it was received; of a card, what pages show alone: whoever sent the data may be named in the rest."""
    if path.name != CARD:
        return path.read_bytes()
    card = json.loads(path.read_text(encoding="utf-8-sig"))
    source = (card.get("sources") or [{}])[0]
    shown = {"sources": [{name: source[name] for name in ("title", "description") if name in source}]}
    return json.dumps(shown | {"contexte": card.get("contexte") or ""}, ensure_ascii=False, indent=2).encode()


def _place(path: Path, content: bytes) -> Path:
    if not (path.is_file() and path.read_bytes() == content):
        with whole(path) as beside:
            beside.write_bytes(content)
    return path


def _forget_others(raw: Path, folder: Path, kept: list[Path]) -> None:
    for path in [*raw.iterdir(), *folder.iterdir()]:
        if path.is_file() and path not in kept:
            path.unlink()


# --- The indicators of what a page is about: the whole network, or one of its sites with the network beside ---

SITES = "sites"


def is_exploring(years: list[int]) -> bool:
    """Whether what is shown comes from records without any protection: in a notebook run by hand, never in a report.

    >>> data.is_exploring([2020])
    False
    """
    return not paths.is_shareable() and any(map(paths.has_export, years))


def load_sites(year: int) -> pd.DataFrame:
    """The associations and collèges of a year (schema ``sites``); none without records, or before a report was made.

    >>> data.load_sites(2020).empty
    True
    """
    with _aggregates():
        if not (paths.processed(year) / f"{SITES}.csv").is_file():
            return typed(pd.DataFrame(columns=columns(SITES), dtype="str"), SITES)
        return load(year, SITES)


def load_site_sizes(year: int) -> dict[tuple[str, str], int]:
    """About how many persons each site that has a report follows, by kind and site: rounded as its pages say it.

    >>> data.load_site_sizes(2020)
    {}
    """
    if load_sites(year).empty:
        return {}
    with _aggregates():
        rows = load(year, OF_SITES)
    rows = rows[rows["indicateur"].eq("accompagnements")]
    return {(row.site_type, row.site): int(row.effectif_arrondi) for row in rows.itertuples()}


def rounded_figures(year: int) -> list[str]:
    """The figures of the network that the report of a year rounds or does not say, by the names that pages give them.

    >>> data.rounded_figures(2020)
    []
    """
    with _aggregates():
        rows = load(year, "indicateurs") if paths.has_export(year) else None
    if rows is None or paths.is_shareable():
        return []
    exact, said = load(year, "indicateurs"), rows[rows["precision"].ne("arrondi_secret")]
    return sorted({key_of(row) for row in exact.itertuples()} - {key_of(row) for row in said.itertuples()})


def _aggregates():
    return paths.rooted(paths.data_root() if paths.is_shareable() else paths.shareable())


def load_indicators(year: int, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the network, or of a site beside it (`indicators.beside_network`).

    Those of a site are always protected, and were made with the last report.

    Raises
    ------
    DataError
        as `load` does; for a site that the year does not have, or that has too few persons.

    >>> len(data.load_indicators(2020)) == len(data.load(2020, "indicateurs"))
    True
    """
    if not site:
        return load(year, "indicateurs")
    known = load_sites(year)
    if known.empty:
        raise DataError(
            f"Les comptes de {year} par site sont faits avec le rapport : « {paths.COMMAND} run --year {year} »."
        )
    own = known[known["site_type"].eq(site_type) & known["est_publie"]]
    if site not in set(own["site"]):
        near = get_close_matches(site, own["site"].tolist(), n=1)
        hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
        raise DataError(f"« {site} » n’a pas de rapport en {year} : ni assez de personnes, ni peut-être ce nom.{hint}")
    with _aggregates():
        rows = load(year, OF_SITES)
        network = load(year, "indicateurs")
    return beside_network(rows[rows["site_type"].eq(site_type) & rows["site"].eq(site)], network)


def load_earlier_indicators(year: int | None, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the compared year; empty when there is none to compare with.

    A site that had no report in that year has no row.

    Raises
    ------
    DataError
        as `load` does.

    >>> data.load_earlier_indicators(None).empty
    True
    """
    empty = typed(pd.DataFrame(columns=columns("indicateurs"), dtype="str"), "indicateurs")
    if year is None:
        return empty
    if not site:
        return load(year, "indicateurs")
    known = load_sites(year)
    is_there = known["site_type"].eq(site_type) & known["site"].eq(site) & known["est_publie"].fillna(False)
    return load_indicators(year, site_type, site) if is_there.any() else empty


# --- The indicators of every year up to one: what several years say together ---


def load_series(year: int, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators of every year that has data, up to this one, the oldest first.

    They are those of the network, or of a site beside it (schema ``indicateurs``; `load_earlier_indicators`).

    Raises
    ------
    DataError
        as `load` does, when 01 has not run for one of them: a year that lacks would be taken for one without data.

    >>> data.load_series(2020)["annee"].unique().tolist()
    [2019, 2020]
    """
    years = [each for each in paths.years() if each <= year]
    empty = typed(pd.DataFrame(columns=columns("indicateurs"), dtype="str"), "indicateurs")
    tables = [load_earlier_indicators(each, site_type, site) for each in years]
    return pd.concat([table for table in tables if len(table)] or [empty], ignore_index=True)
