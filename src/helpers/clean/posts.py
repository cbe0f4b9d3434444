"""The posts of the survey: every cell resolved by a rule, the register or a reviewed alias, or the run stops."""

from dataclasses import dataclass

import pandas as pd

from helpers.clean.readers import LISTED, SENIORITY, Read, Registers, readers_of
from helpers.schema import DataError, catalogue, table_schema, typed


@dataclass(frozen=True)
class CleanPosts:
    """What cleaning gives: ``posts`` (schema ``postes``), ``ledger`` (schema ``registre``), ``rejected``.

    The rejected rows have the columns of the raw table and ``motif``, the reason.

    >>> nettoyage = clean.clean_posts(store.read_raw(2020, "prises_de_poste"), **store.read_registers())
    >>> len(nettoyage.posts), len(nettoyage.ledger), len(nettoyage.rejected)
    (17, 169, 0)
    """

    posts: pd.DataFrame
    ledger: pd.DataFrame
    rejected: pd.DataFrame


def _read_all(kept: pd.DataFrame, registers: Registers, file: str) -> tuple[dict[str, list[Read]], list[DataError]]:
    found, faults = {}, []
    for column, (read, remedy) in readers_of(registers).items():
        found[column] = []
        for line, value in kept[column].items():
            cell = read(value)
            found[column].append(cell)
            if cell is None:
                where = f"{file}, ligne {line}, colonne « {column} »"
                faults.append((line, DataError(f"{where} : « {value} » {remedy(value)}")))
    return found, [fault for _, fault in sorted(faults, key=lambda pair: pair[0])]


def _split_duplicates(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    twice = raw.duplicated(subset=[name for name in raw.columns if name != "ligne"])
    return raw[~twice], raw[twice].assign(motif="ligne identique à une ligne précédente")


def post_faults(
    raw: pd.DataFrame, *, aliases: pd.DataFrame, associations: pd.DataFrame, colleges: pd.DataFrame, file: str
) -> list[DataError]:
    """Every cell that no rule, register entry or alias resolves, in order of line; ``file`` is named in each.

    ``raw`` has the schema ``prises_de_poste``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `store.read_registers`.

    >>> postes = store.read_raw(2020, "prises_de_poste").head(1).assign(bureau="peut-être")
    >>> print(*clean.post_faults(postes, **store.read_registers(), file="prises_de_poste.csv"))
    prises_de_poste.csv, ligne 2, colonne « bureau » : « peut-être » n’est pas une réponse connue ; corrigez-la, ...
    """
    return _read_all(_split_duplicates(raw)[0], Registers(aliases, associations, colleges), file)[1]


def clean_posts(
    raw: pd.DataFrame, *, aliases: pd.DataFrame, associations: pd.DataFrame, colleges: pd.DataFrame
) -> CleanPosts:
    """The posts of the survey, tidy, with the ledger of changes and the rejected rows.

    ``raw`` has the schema ``prises_de_poste``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `store.read_registers`.

    Decisions: a row identical to an earlier one is rejected; an empty priority status is « non renseigné », no status;
    a start known by its month is the first of that month, marked ``mois``; ``NON`` as seniority is zero years.

    Raises
    ------
    DataError
        for the first value that no rule, register entry or alias resolves.

    >>> nettoyage = clean.clean_posts(store.read_raw(2020, "prises_de_poste"), **store.read_registers())
    >>> nettoyage.posts[["college", "date_debut", "date_debut_precision", "anciennete_prev_ans"]].head(2)
                     college date_debut date_debut_precision  anciennete_prev_ans
    0  Collège Mendès France 2019-10-01                 mois                  1.5
    1   Collège Jacques Brel 2019-11-01                 mois                  0.0
    """
    kept, rejected = _split_duplicates(raw)
    found, faults = _read_all(kept, Registers(aliases, associations, colleges), "prises_de_poste.csv")
    if faults:
        raise faults[0]
    values = {column: [value for value, _ in cells] for column, cells in found.items()}
    starts = values.pop("date_debut")
    posts = pd.DataFrame(values, index=kept.index).rename(columns={"college": "uai", **SENIORITY})
    posts = posts.assign(
        ligne=kept["ligne"],
        date_debut=[date for date, _ in starts],
        date_debut_precision=[precision for _, precision in starts],
    )
    names = colleges[["uai", "nom_officiel", "commune"]].rename(columns={"nom_officiel": "college"})
    posts = typed(posts.astype({"uai": "str"}).merge(names, on="uai", how="left", validate="m:1"), "postes")
    return CleanPosts(posts, _ledger(kept, posts, found), rejected)


def _ledger(kept: pd.DataFrame, posts: pd.DataFrame, found: dict[str, list[Read]]) -> pd.DataFrame:
    """Every cell whose spelling changed; ``posts`` are the kept rows, in the same order.

    A code that reads as what was printed (``rep`` is « REP ») is no change.
    """
    after = {column: posts[column] for column in (*LISTED, "association", "college")}
    after |= {
        column: posts[clean].map(lambda years: f"{years:g}".replace(".", ",")) for column, clean in SENIORITY.items()
    }
    after |= {"date_debut": posts["date_debut"].dt.strftime("%Y-%m-%d")}
    parts = [
        pd.DataFrame(
            {
                "ligne": kept["ligne"].array,
                "colonne": column,
                "avant": kept[column].array,
                "apres": list(values),
                "regle": [rule for _, rule in found[column]],
            }
        )
        for column, values in after.items()
    ]
    ledger = typed(pd.concat(parts), "registre")
    entries = catalogue().indicators
    labels = [
        entries[row.colonne].label_of(row.apres) if row.colonne in LISTED else row.apres for row in ledger.itertuples()
    ]
    is_changed = (ledger["avant"] != ledger["apres"]) & (ledger["avant"] != labels)
    return ledger[is_changed].sort_values(["ligne", "colonne"], kind="stable", ignore_index=True)


def summarise_ledger(ledger: pd.DataFrame) -> pd.DataFrame:
    """Changes by column (its title) and rule, most frequent first: ``colonne``, ``regle``, ``modifications``.

    ``ledger`` has the schema ``registre``.

    >>> clean.summarise_ledger(store.load(2020, "registre")).to_dict("records")[0]
    {'colonne': 'Ancienneté d’ALSES', 'regle': 'durée en années ; « NON » vaut zéro', 'modifications': 17}
    """
    titles = {column["name"]: column["title"] for column in table_schema("prises_de_poste")["fields"]}
    ledger = ledger.assign(colonne=ledger["colonne"].map(titles))
    counted = ledger.groupby(["colonne", "regle"], sort=True).size().reset_index(name="modifications")
    return counted.sort_values("modifications", ascending=False, kind="stable", ignore_index=True)
