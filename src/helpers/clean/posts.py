"""The posts of the survey: every cell resolved by a rule, the register or a reviewed alias, or the run stops."""

from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from helpers.clean.spelling import fold, read_duration, read_start
from helpers.schema import DataError, table_schema, typed

FILE = "prises_de_poste.csv"

# Columns whose values are a closed list of the clean table.
LISTED = (
    "type_education_prioritaire",
    "equipe_sur_le_quartier",
    "convention",
    "projet_annuel",
    "bureau",
    "presentation_formelle",
)
SENIORITY = {"anciennete_prev": "anciennete_prev_ans", "anciennete_alses": "anciennete_alses_ans"}

RULE_DATE = "date lue ; le 1er du mois si seul le mois est imprimé"
RULE_DURATION = "durée en années ; « NON » vaut zéro"


@dataclass(frozen=True)
class CleanPosts:
    """What cleaning gives: ``posts`` (schema postes), ``ledger`` (schema registre), ``rejected`` (raw and motif)."""

    posts: pd.DataFrame
    ledger: pd.DataFrame
    rejected: pd.DataFrame


def _fault(line: int, column: str, value: str, remedy: str) -> DataError:
    return DataError(f"{FILE}, ligne {line}, colonne « {column} » : « {value} » {remedy}")


def _aliases_of(aliases: pd.DataFrame, column: str) -> dict[str, tuple[str, str]]:
    rows = aliases[aliases["colonne"] == column]
    return {row.graphie: (row.valeur, row.raison) for row in rows.itertuples()}


def _listed_value(value: str, column: str, aliases: pd.DataFrame) -> tuple[str, str] | None:
    allowed = next(c for c in table_schema("postes")["fields"] if c["name"] == column)["constraints"]["enum"]
    known = _aliases_of(aliases, column)
    if value in known:
        return known[value]
    if not value and "non_renseigne" in allowed:
        return "non_renseigne", "case vide : aucune réponse imprimée"
    return (fold(value), "écriture ramenée à la liste") if fold(value) in allowed else None


def _register(colleges: pd.DataFrame) -> dict[str, str]:
    names = colleges["nom_officiel"].str.replace(r"^coll[eè]ge\s+", "", case=False, regex=True)
    keys = [f"{fold(name)}|{fold(town)}" for name, town in zip(names, colleges["commune"], strict=True)]
    return dict(zip(keys, colleges["uai"], strict=True))


def _match_college(printed: str, aliases: pd.DataFrame, register: dict[str, str]) -> tuple[str, str] | None:
    known = _aliases_of(aliases, "college")
    if printed in known:
        return known[printed]
    name, _, town = printed.rstrip(")").partition("(")
    uai = register.get(f"{fold(name)}|{fold(town)}")
    return (uai, "nom et commune retrouvés dans le répertoire des collèges") if uai else None


def _clean_listed(raw: pd.DataFrame, column: str, aliases: pd.DataFrame) -> list[tuple[str, str]]:
    found = []
    for line, value in raw[column].items():
        read = _listed_value(value, column, aliases)
        if read is None:
            raise _fault(
                line, column, value, "n’est pas une réponse connue ; corrigez-la, ou ajoutez-la à reference/alias.csv."
            )
        found.append(read)
    return found


def _clean_associations(raw: pd.DataFrame, aliases: pd.DataFrame, associations: pd.DataFrame) -> list[tuple[str, str]]:
    known, names, found = _aliases_of(aliases, "association"), list(associations["association"]), []
    for line, value in raw["association"].items():
        if value not in known and value not in names:
            near = get_close_matches(value, names, n=1)
            hint = (
                f"vouliez-vous « {near[0]} » ?" if near else "ajoutez-la à reference/associations.csv ou à alias.csv."
            )
            raise _fault(line, "association", value, f"n’est pas une association connue ; {hint}")
        found.append(known.get(value, (value, "")))
    return found


def _clean_colleges(raw: pd.DataFrame, aliases: pd.DataFrame, colleges: pd.DataFrame) -> list[tuple[str, str]]:
    register, found = _register(colleges), []
    for line, value in raw["college"].items():
        read = _match_college(value, aliases, register)
        if read is None or read[0] not in set(colleges["uai"]):
            raise _fault(
                line, "college", value, "n’est pas au répertoire ; ajoutez le collège à reference/colleges.csv."
            )
        found.append(read)
    return found


def _clean_dates(raw: pd.DataFrame) -> list[tuple[pd.Timestamp, str]]:
    found = []
    for line, value in raw["date_debut"].items():
        read = read_start(value)
        if read is None:
            raise _fault(line, "date_debut", value, "n’est pas une date ; écrivez « oct-19 » ou « 13-janv-20 ».")
        found.append(read)
    return found


def _clean_seniority(raw: pd.DataFrame, column: str) -> list[float]:
    found = []
    for line, value in raw[column].items():
        years = read_duration(value)
        if years is None or years > 60:
            raise _fault(line, column, value, "n’est pas une durée ; écrivez « 1,5 ans », « 6 mois » ou « NON ».")
        found.append(years)
    return found


def _split_duplicates(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    twice = raw.duplicated(subset=[name for name in raw.columns if name != "ligne"])
    return raw[~twice], raw[twice].assign(motif="ligne identique à une ligne précédente")


def clean_posts(
    raw: pd.DataFrame, *, aliases: pd.DataFrame, associations: pd.DataFrame, colleges: pd.DataFrame
) -> CleanPosts:
    """The posts of the survey, tidy, with the ledger of changes and the rejected rows.

    Decisions: a row identical to an earlier one is rejected; an empty priority status is « non renseigné », no status;
    a start known by its month is the first of that month, marked ``mois``; ``NON`` as seniority is zero years.

    Raises
    ------
    DataError
        for the first value that no rule, register entry or alias resolves.
    """
    kept, rejected = _split_duplicates(raw)
    found = {column: _clean_listed(kept, column, aliases) for column in LISTED}
    found["association"] = _clean_associations(kept, aliases, associations)
    found["college"] = _clean_colleges(kept, aliases, colleges)
    dates = _clean_dates(kept)
    posts = pd.DataFrame({column: [value for value, _ in pairs] for column, pairs in found.items()}, index=kept.index)
    posts = posts.rename(columns={"college": "uai"}).assign(
        ligne=kept["ligne"],
        date_debut=[date for date, _ in dates],
        date_debut_precision=[precision for _, precision in dates],
        **{clean: _clean_seniority(kept, column) for column, clean in SENIORITY.items()},
    )
    names = colleges[["uai", "nom_officiel", "commune"]].rename(columns={"nom_officiel": "college"})
    posts = typed(posts.astype({"uai": "str"}).merge(names, on="uai", how="left", validate="m:1"), "postes")
    return CleanPosts(posts, _ledger(kept, posts, found), rejected)


def _ledger(kept: pd.DataFrame, posts: pd.DataFrame, found: dict[str, list[tuple[str, str]]]) -> pd.DataFrame:
    """Every cell whose spelling changed; ``posts`` are the kept rows, in the same order."""
    after = {column: [value for value, _ in pairs] for column, pairs in found.items()}
    after |= {"college": posts["college"], "date_debut": posts["date_debut"].dt.strftime("%Y-%m-%d")}
    after |= {column: posts[clean].map("{:g}".format) for column, clean in SENIORITY.items()}
    rules = {column: [rule for _, rule in pairs] for column, pairs in found.items()}
    rules |= {"date_debut": [RULE_DATE] * len(kept)} | {column: [RULE_DURATION] * len(kept) for column in SENIORITY}
    parts = [
        pd.DataFrame(
            {
                "ligne": kept["ligne"].array,
                "colonne": column,
                "avant": kept[column].array,
                "apres": list(values),
                "regle": rules[column],
            }
        )
        for column, values in after.items()
    ]
    ledger = typed(pd.concat(parts), "registre")
    return ledger[ledger["avant"] != ledger["apres"]].sort_values(
        ["ligne", "colonne"], kind="stable", ignore_index=True
    )


def summarise_ledger(ledger: pd.DataFrame) -> pd.DataFrame:
    """Changes by column and rule, most frequent first: ``colonne``, ``regle``, ``modifications``."""
    counted = ledger.groupby(["colonne", "regle"], sort=True).size().reset_index(name="modifications")
    return counted.sort_values("modifications", ascending=False, kind="stable", ignore_index=True)
