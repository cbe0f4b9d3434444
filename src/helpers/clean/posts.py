"""The posts of the survey: durations, dates, closed lists, registers and aliases."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

import pandas as pd

from helpers import paths
from helpers.clean.answers import RULE_DAY, RULE_LISTED, RULE_MONTH, RULE_SHORT, normalise, read_day
from helpers.clean.records import Unread
from helpers.schema import DataError, apply_schema, catalogue, columns, table_schema
from helpers.typography import fold

# --- Durations and dates ---

_DURATION = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(ans?|mois)$")
# How precise a start is, by the rule that read it: other ways of writing a day are none of a printed survey.
_PRECISION = {RULE_DAY: "jour", RULE_SHORT: "jour", RULE_MONTH: "mois"}


def read_duration(text: str) -> float | None:
    """The years of a printed seniority (``NON`` is 0), or None.

    >>> [clean.read_duration(texte) for texte in ("1,5 ans", "6 mois", "NON", "longtemps")]
    [1.5, 0.5, 0.0, None]
    """
    if fold(text) == "non":
        return 0.0
    found = _DURATION.match(text.strip().lower())
    return float(found[1].replace(",", ".")) / (12 if found[2] == "mois" else 1) if found else None


def read_start(text: str) -> tuple[pd.Timestamp, str] | None:
    """The first possible day of a printed start and its precision (jour or mois), or None.

    >>> clean.read_start("13-janv-20"), clean.read_start("oct-19")
    ((Timestamp('2020-01-13 00:00:00'), 'jour'), (Timestamp('2019-10-01 00:00:00'), 'mois'))
    """
    day, rule = read_day(normalise(text)) or (None, "")
    return (pd.Timestamp(day), _PRECISION[rule]) if rule in _PRECISION else None


# --- How each cell of a post is read ---

# Columns with a closed list.
_ANSWERS = {each["name"]: each.get("constraints", {}).get("enum") for each in table_schema("postes")["fields"]}
LISTED = tuple(name for name in columns("prises_de_poste") if _ANSWERS.get(name))
# Columns of answers and names, which someone may explain.
NAMED = (*LISTED, "association", "college")
SENIORITY = {"anciennete_prev": "anciennete_prev_ans", "anciennete_alses": "anciennete_alses_ans"}
LONGEST_YEARS = 60  # A longer seniority is a typing error

RULE_EMPTY = "case vide : aucune réponse imprimée"
RULE_COLLEGE = "nom et commune retrouvés dans le répertoire des collèges"
RULE_DATE = "date lue ; le 1er du mois si seul le mois est imprimé"
RULE_DURATION = "durée en années ; « NON » vaut zéro"

# A cell as read: its value and the rule that changed it, or what to do about one that cannot be resolved.
Read = tuple[object, str] | str
_EXPLAIN = f"dites dans {paths.TO_COMPLETE} ce que cela veut dire"


def _readers(
    aliases: pd.DataFrame, associations: pd.DataFrame, colleges: pd.DataFrame
) -> dict[str, Callable[[str], Read]]:
    """How each column is read: an answer or a name by its reviewed alias, then as it is written."""
    reviewed = {(row.colonne, row.graphie): (row.valeur, row.raison) for row in aliases.itertuples()}
    known = associations["association"].tolist()
    names = colleges["nom_officiel"].str.replace(r"^coll[eè]ge\s+", "", case=False, regex=True)
    places = [f"{name} ({town})" for name, town in zip(names, colleges["commune"], strict=True)]
    uais = pd.Series(colleges["uai"].tolist(), index=map(fold, places))  # Namesakes in one commune need an alias
    uais = uais[~uais.index.duplicated(keep=False)]

    def read_answer(value: str, column: str) -> Read:
        written = (fold(value), RULE_LISTED) if value else ("non_renseigne", RULE_EMPTY)
        found = reviewed.get((column, value), written)
        return found if found[0] in _ANSWERS[column] else f"n’est pas une réponse connue ; corrigez-la, ou {_EXPLAIN}."

    def read_association(value: str) -> Read:
        found = reviewed.get(("association", value), (value, ""))
        told = "n’est pas une association connue", "si c’en est une autre", "-la à data/raw/reference/associations.csv"
        return found if found[0] in known else unknown(value, known, *told)

    def read_college(value: str) -> Read:
        found = reviewed.get(("college", value), (uais.get(fold(value)), RULE_COLLEGE))
        told = "n’est pas au répertoire", "vérifiez son nom", " le collège à data/raw/reference/colleges.csv"
        return found if found[0] in set(colleges["uai"]) else unknown(value, places, *told)

    def unknown(value: str, shown: list[str], what: str, otherwise: str, add: str) -> str:
        near = get_close_matches(value, shown, n=1)
        return f"{what} ; {f'si c’est « {near[0]} »' if near else otherwise}, {_EXPLAIN}, ou ajoutez{add}."

    def read_date(value: str) -> Read:
        start = read_start(value)
        return (start, RULE_DATE) if start else "n’est pas une date ; écrivez « oct-19 » ou « 13-janv-20 »."

    def read_seniority(value: str) -> Read:
        years = read_duration(value)
        if years is None:
            return "n’est pas une durée ; écrivez « 1,5 ans », « 6 mois » ou « NON »."
        told = f"est impossible : {LONGEST_YEARS} ans au plus ; vérifiez-la dans le document."
        return (years, RULE_DURATION) if years <= LONGEST_YEARS else told

    return {
        **{name: partial(read_answer, column=name) for name in LISTED},
        **{"association": read_association, "college": read_college, "date_debut": read_date},
        **dict.fromkeys(SENIORITY, read_seniority),
    }


# --- The posts of the survey ---


@dataclass(frozen=True)
class CleanPosts:
    """``posts`` (schema ``postes``), ``ledger`` (schema ``registre``), ``rejected`` (raw columns and ``motif``).

    >>> nettoyage = clean.clean_posts(data.read_raw(2020, "prises_de_poste"), **data.read_registers())
    >>> len(nettoyage.posts), len(nettoyage.ledger), len(nettoyage.rejected)
    (17, 169, 0)
    """

    posts: pd.DataFrame
    ledger: pd.DataFrame
    rejected: pd.DataFrame


def _split_duplicates(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    twice = raw.duplicated(subset=[name for name in raw.columns if name != "ligne"])
    return raw[~twice], raw[twice].assign(motif="ligne identique à une ligne précédente")


def post_faults(raw: pd.DataFrame, *, file: str, **registers: pd.DataFrame) -> list[DataError]:
    """Every unresolved cell, in order of line; ``file`` is named in each.

    ``raw`` has the schema ``prises_de_poste``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `data.read_registers`.
    """
    kept = _split_duplicates(raw)[0]
    found = [
        (line, f"{file}, ligne {line}, colonne « {column} » : « {value} » {told}")
        for column, read in _readers(**registers).items()
        for line, value in kept[column].items()
        if isinstance(told := read(value), str)
    ]
    return [DataError(told) for _, told in sorted(found, key=lambda pair: pair[0])]


def unread_posts(raw: pd.DataFrame, *, file: str, **registers: pd.DataFrame) -> list[Unread]:
    """The closed answers and the names of posts that cannot be read, each with its first line; see `post_faults`."""
    kept, readers = _split_duplicates(raw)[0], _readers(**registers)
    return [
        Unread(column, value, file, "", int(lines[0]), len(lines), 0, is_shown=True, is_asked=True)
        for column in NAMED
        for value, lines in kept.groupby(column, sort=False).groups.items()
        if value and isinstance(readers[column](value), str)
    ]


def clean_posts(raw: pd.DataFrame, **registers: pd.DataFrame) -> CleanPosts:
    """The posts of the survey, tidy, with the ledger of changes and the rejected rows.

    ``raw`` has the schema ``prises_de_poste``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `data.read_registers`.

    Decisions: a row identical to an earlier one is rejected; an empty priority status is « non renseigné »; a start
    known by its month is the first of that month, marked ``mois``; ``NON`` as seniority is zero years.

    Raises DataError for the first unresolved value.

    >>> nettoyage = clean.clean_posts(data.read_raw(2020, "prises_de_poste"), **data.read_registers())
    >>> nettoyage.posts[["college", "date_debut", "date_debut_precision", "anciennete_prev_ans"]].head(2)
                     college date_debut date_debut_precision  anciennete_prev_ans
    0  Collège Mendès France 2019-10-01                 mois                  1.5
    1   Collège Jacques Brel 2019-11-01                 mois                  0.0
    """
    if faults := post_faults(raw, file="prises_de_poste.csv", **registers):
        raise faults[0]
    kept, rejected = _split_duplicates(raw)
    found = {column: [*map(read, kept[column])] for column, read in _readers(**registers).items()}
    values = {column: [value for value, _ in cells] for column, cells in found.items()}
    starts = values.pop("date_debut")
    posts = pd.DataFrame(values, index=kept.index).rename(columns={"college": "uai", **SENIORITY})
    posts = posts.assign(
        ligne=kept["ligne"],
        date_debut=[date for date, _ in starts],
        date_debut_precision=[precision for _, precision in starts],
    )
    names = registers["colleges"][["uai", "nom_officiel", "commune"]].rename(columns={"nom_officiel": "college"})
    posts = apply_schema(posts.astype({"uai": "str"}).merge(names, on="uai", how="left", validate="m:1"), "postes")
    return CleanPosts(posts, _ledger(kept, posts, found), rejected)


def _ledger(kept: pd.DataFrame, posts: pd.DataFrame, found: dict[str, list[Read]]) -> pd.DataFrame:
    """Every cell whose spelling changed; ``posts`` are the kept rows, in order.

    A code whose label is what was printed (``rep`` is « REP ») is no change.
    """
    texts = posts.assign(date_debut=posts["date_debut"].dt.strftime("%Y-%m-%d"))
    for column, years in SENIORITY.items():
        texts[column] = posts[years].map(lambda years: f"{years:g}".replace(".", ","))
    parts = [
        pd.DataFrame(
            {
                "ligne": kept["ligne"].array,
                "colonne": column,
                "avant": kept[column].array,
                "apres": texts[column].array,
                "regle": [rule for _, rule in cells],
            }
        )
        for column, cells in found.items()
    ]
    ledger = apply_schema(pd.concat(parts), "registre")
    labels = [
        catalogue().indicators[row.colonne].label_of(row.apres) if row.colonne in LISTED else row.apres
        for row in ledger.itertuples()
    ]
    is_changed = (ledger["avant"] != ledger["apres"]) & (ledger["avant"] != labels)
    return ledger[is_changed].sort_values(["ligne", "colonne"], kind="stable", ignore_index=True)
