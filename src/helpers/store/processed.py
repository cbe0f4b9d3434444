"""Processed tables: written by 01 as a whole, read back only while they are still true."""

import json
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.facts import NETWORK
from helpers.schema import DataError, columns, typed
from helpers.store.inputs import describe_inputs, fingerprint
from helpers.store.raw import RawYear
from helpers.store.whole import whole

CARD = "carte.json"
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
    >>> dossier = store.save_year(store.read_year(2020), {nom: store.load(2020, nom) for nom in produits})
    >>> paths.relative(dossier)
    'data/processed/2020'
    """
    read = paths.read_with(raw.year)
    if describe_inputs(read) != raw.inputs:
        raise DataError(f"Les fichiers de {raw.year} ont changé pendant le nettoyage : relancez.")
    folder = paths.processed(raw.year)
    tables = {"reunions": raw.meetings, "enonces": raw.statements, **made}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD).unlink(missing_ok=True)
    for name, table in tables.items():
        _write(
            folder / f"{name}.csv", typed(table, name).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
        )
    card = {
        "entrees": raw.inputs,
        "annees_lues": read,
        "tables": {name: fingerprint(folder / f"{name}.csv") for name in tables},
    }
    _write(folder / CARD, json.dumps(card, ensure_ascii=False, indent=2))
    return folder


def _checked_card(year: int) -> dict:
    path = paths.processed(year) / CARD
    again = f"exécutez d’abord 01_clean pour {year}"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        then = {entry["fichier"]: entry["sha256"] for entry in card["entrees"]}
        years, _ = list(card["annees_lues"]), dict(card["tables"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise DataError(f"Les tables nettoyées de {year} n’existent pas encore : {again}.") from None
    if paths.is_shareable():  # the raw files are elsewhere, and were looked at there
        return card
    now = {entry["fichier"]: entry["sha256"] for entry in describe_inputs(years)}
    changed = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    if changed:
        raise DataError(f"{changed[0]} a changé depuis le nettoyage de {year} : relancez le rapport, ou {again}.")
    return card


def load(year: int, name: str) -> pd.DataFrame:
    """A processed table of a year, typed by its schema: ``indicateurs``, ``postes``, ``reunions``, ``enonces``…

    ``docs/data-dictionary.md`` says what each column means, and its unit; here, the schema ``postes``.

    Raises
    ------
    DataError
        when 01 has not run for this year, when a raw file changed since, or when the table was altered.

    >>> store.load(2020, "postes")[["college", "date_debut", "anciennete_prev_ans"]].head(2)
                     college date_debut  anciennete_prev_ans
    0  Collège Mendès France 2019-10-01                  1.5
    1   Collège Jacques Brel 2019-11-01                  0.0
    """
    card, path = _checked_card(year), paths.processed(year) / f"{name}.csv"
    if not path.is_file() or fingerprint(path) != card["tables"].get(name):
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

    >>> store.require_current([2019, 2020])
    """
    for year in years:
        _checked_card(year)


def save_result(year: int, name: str, table: pd.DataFrame, site_type: str = NETWORK, site: str = "") -> Path:
    """The file where a table made by 02, 03 or 04 now is, beside the executed notebooks of the year or of the site.

    03 alone saves one: the comparisons (schema ``comparaisons``).

    >>> mesures = store.load_result(2020, "comparaisons")
    >>> paths.relative(store.save_result(2020, "comparaisons", mesures))
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

    >>> store.load_result(2020, "comparaisons")[["comparaison", "mesure", "valeur", "unite"]].head(2)
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

    >>> store.load_earlier(2019, "indicateurs").empty, store.load_earlier(None, "indicateurs").empty
    (False, True)
    """
    return typed(pd.DataFrame(columns=columns(name), dtype="str"), name) if year is None else load(year, name)
