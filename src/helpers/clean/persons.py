"""The rows of a year as one table: what each cell means, who is somebody, who is there twice."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from helpers.clean.answers import (
    ABOVE,
    CLOSED,
    FIELDS,
    MULTIPLE,
    RULE_ENDS_BEFORE,
    RULE_NAME,
    RULE_NAMESAKE,
    RULE_TEXT,
    Cell,
    Reason,
    Spellings,
    answers_of,
    association_finder,
    birth_reader,
    closed_reader,
    college_finder,
    day_reader,
    key_of,
    name_cells,
    normalise,
    several_reader,
    uai_reader,
    year_reader,
)
from helpers.clean.records import EMPTY, IDENTIFIER, SEVERAL, Change, ReceivedTable
from helpers.schema import columns

# The columns but the identifier, in the order of the schema.
COLUMNS = [name for name in columns("accompagnements") if name != IDENTIFIER]
NAMES = ("association", "territoire", "college")
# More distinct spellings than any list, name or date of a national file: the column is something else.
MOST_SPELLINGS = 500_000


@dataclass(frozen=True)
class Registers:
    """The tables that resolve spellings."""

    spellings: Spellings
    aliases: pd.DataFrame
    associations: pd.DataFrame
    colleges: pd.DataFrame


# --- As received: all the tables as one ---


def join_tables(tables: list[ReceivedTable]) -> pd.DataFrame:
    """The rows of all the tables, as received: ``fichier``, ``feuille``, ``ligne``, then every column of the schema."""
    sizes = [len(table.rows) for table in tables]

    def repeated(names: list[str]) -> pd.Categorical:
        known = sorted(set(names))
        return pd.Categorical.from_codes(np.repeat([known.index(name) for name in names], sizes).astype(int), known)

    def joined(name: str) -> pd.Categorical:
        blank = pd.CategoricalDtype([EMPTY])
        pieces = [
            table.rows[name] if name in table.rows else pd.Series(EMPTY, index=table.rows.index, dtype=blank)
            for table in tables
        ]
        return union_categoricals(pieces) if pieces else pd.Categorical([], dtype=blank)

    texts = [table.rows.get(IDENTIFIER, pd.Series(EMPTY, index=table.rows.index, dtype="str")) for table in tables]
    lines = [table.rows.index.to_numpy() for table in tables]
    return pd.DataFrame(
        {
            "fichier": repeated([table.file for table in tables]),
            "feuille": repeated([table.sheet for table in tables]),
            "ligne": np.concatenate([np.zeros(0, int), *lines]),
            IDENTIFIER: pd.concat(texts, ignore_index=True) if texts else pd.Series([], dtype="str"),
            **{name: joined(name) for name in COLUMNS},
        }
    )


RULE_ABOVE = "case vide : la valeur de la ligne du dessus, d’après lectures.csv"
RULE_ALL = "case vide : la même valeur sur toutes les lignes, d’après lectures.csv"


def fill_empty(rows: pd.DataFrame, spellings: Spellings) -> list[Change]:
    """Fills the empty cells (of ``rows``, changed) of which someone said what they stand for: `answers.FORMS`.

    An association is the one above, in the same file and sheet; who follows is an ALSES.
    """
    changes = []
    if spellings.form_of("association") == ABOVE:
        given = rows["association"].where(rows["association"].ne(EMPTY))
        filled = given.groupby([rows["fichier"], rows["feuille"]], observed=True).ffill().fillna(EMPTY)
        changed = rows["association"].eq(EMPTY) & filled.ne(EMPTY)
        rows["association"] = filled
        changes += by_file(rows.loc[changed, "fichier"], "association", RULE_ABOVE)
    if (known := spellings.form_of("suivi_par")) == "alses":
        changed = rows["suivi_par"].eq(EMPTY)
        rows["suivi_par"] = rows["suivi_par"].astype("str").replace(EMPTY, known).astype("category")
        changes += by_file(rows.loc[changed, "fichier"], "suivi_par", RULE_ALL)
    return changes


# --- The meaning of each cell, found once a spelling ---


def read_columns(rows: pd.DataFrame, registers: Registers, year: int) -> dict[str, list[Cell]]:
    """By column, the meaning of each of its categories."""
    return {name: _cells(rows[name], registers, year) for name in COLUMNS}


def _cells(column: pd.Series, registers: Registers, year: int) -> list[Cell]:
    name, spellings, texts = column.name, registers.spellings, column.cat.categories.tolist()
    if len(texts) > MOST_SPELLINGS:
        return [Cell(EMPTY)] * len(texts)
    if name in NAMES:
        find = association_finder(registers.aliases, registers.associations) if name == "association" else None
        found = name_cells(name, column.value_counts(sort=False).to_dict(), spellings, find)
        return [found[text] for text in texts]
    if name in CLOSED:
        read = closed_reader(name, spellings, texts)
    elif name in MULTIPLE:
        read = several_reader(name, spellings)
    elif FIELDS[name]["type"] == "date":
        read = day_reader(name, spellings, year)
    elif name == "annee":
        read = year_reader(year)
    else:
        read = birth_reader(spellings, year) if name == "annee_naissance" else uai_reader(spellings)
    return [read(text) for text in texts]


def written_as(column: pd.Series, values: list[str]) -> pd.Categorical:
    """The column with each of its categories replaced by a value; missing where it is empty."""
    labels = order_labels(column.name, set(values))
    place = {label: number for number, label in enumerate(labels)}
    codes = np.array([*(place.get(value, -1) for value in values), -1])
    return pd.Categorical.from_codes(codes[column.cat.codes], pd.Index(labels, dtype="str"))


def holds(column: pd.Series, texts: Iterable[str]) -> pd.Series:
    """Which rows of a column of categories hold one of these texts: each category is looked up once."""
    wanted = set(texts)
    found = np.array([*(text in wanted for text in column.cat.categories.tolist()), False])
    return pd.Series(found[column.cat.codes], index=column.index)


def without_unused(column: pd.Series) -> pd.Series:
    """The column without the categories that nobody has."""
    used = np.bincount(column.cat.codes + 1, minlength=len(column.cat.categories) + 1)[1:] > 0
    return column if used.all() else column.cat.set_categories(column.cat.categories[used])


def order_labels(name: str, values: set[str]) -> list[str]:
    """Labels without the empty one: modalities in catalogue order, others sorted."""
    values = values - {EMPTY}
    if name in CLOSED or name in MULTIPLE:
        order = {modality: place for place, modality in enumerate(answers_of(name))}
        return sorted(values, key=lambda value: [order[each] for each in value.split(SEVERAL)])
    return sorted(values)


# --- Identifiers: compared by their value, within an association when each numbers its own ---

RULE_NUMBER = "identifiants comparés par leur valeur : zéros de tête et décimales nulles ôtés"
RULE_WITHIN = "identifiants numérotés par chaque association : comparés au sein de l’association"

_PLAIN = r"(?:[1-9A-Za-z][0-9A-Za-z_-]*|0[0-9]*[A-Za-z][0-9A-Za-z_-]*)?"
_WHOLE = re.compile(r"0*([0-9]+)(?:[.,]0+)?")
# Identifiers that two associations share, as a percentage of those of the smaller: above it, each numbers its own.
MOST_SHARED_PCT = 50
# Cells that hold several objectives, in per cent: above it, the export is not one row an objective.
MOST_SEVERAL_PCT = 5


def tidy_identifiers(rows: pd.DataFrame) -> tuple[pd.Series, list[Change]]:
    """The identifiers by their value (« 00012 », « 12 » and « 12,0 » are one), and the changes; capitals are kept."""
    given = rows[IDENTIFIER]
    odd = ~given.str.fullmatch(_PLAIN)
    if not odd.any():
        return given, []
    plain = given[odd]
    digits = plain.str.fullmatch("[0-9]+")
    plain = plain.where(digits, plain[~digits].map(normalise))
    found = plain[~digits].map(lambda text: whole[1] if (whole := _WHOLE.fullmatch(text)) else text)
    found = plain.str.lstrip("0").replace("", "0").where(digits, found)
    out = given.copy()
    out[odd] = found
    pairs = ((RULE_TEXT, plain.ne(given[odd])), (RULE_NUMBER, found.ne(plain)))
    files = rows.loc[odd, "fichier"]
    return out, [change for rule, changed in pairs for change in by_file(files[changed], IDENTIFIER, rule)]


def by_file(files: pd.Series, column: str, rule: str) -> list[Change]:
    """One change for each file that has some of these rows."""
    return [Change(file, column, rule, int(count)) for file, count in files.value_counts(sort=False).items() if count]


def repeated(table: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """The rows kept whose identifier comes several times."""
    numbers, known = table.loc[kept, IDENTIFIER].factorize()
    is_repeated = np.bincount(numbers, minlength=len(known))[numbers] > 1
    return table.loc[np.flatnonzero(kept)[is_repeated]]


def are_within_associations(table: pd.DataFrame, kept: pd.Series) -> bool:
    """Whether each association numbers its own persons: two of them give the same numbers."""
    pairs = repeated(table, kept)[[IDENTIFIER, "association"]].dropna().drop_duplicates()
    shared = pairs[pairs[IDENTIFIER].duplicated(keep=False)]
    if shared.empty or not shared[IDENTIFIER].str.fullmatch("[0-9]+").all():
        return False
    sizes = table.loc[kept, "association"].value_counts()
    least = min(sizes[name] for name in shared["association"].unique())
    return shared[IDENTIFIER].nunique() * 100 > least * MOST_SHARED_PCT


# --- Rows that are nobody of the year, and rows of somebody who is already there ---

# « Total », « Sous-total CAPEP », « Ensemble »: totals written under the rows.
_TOTAL = re.compile(r"\s*(sous[-\s]*)?(total|totaux)\b|\s*ensemble\s*$", re.IGNORECASE)
_TOTAL_KEY = re.compile(r"(sous_?)?(total|totaux)(_.*)?|ensemble")


def reject_nobody(rows: pd.DataFrame, identifiers: pd.Series, of_year: list[Cell]) -> pd.Series:
    """Why each row is rejected, before duplicates are looked for; ``""`` for the others."""
    reasons = np.array([*(cell.reason for cell in of_year), EMPTY], dtype=object)
    out = pd.Series(reasons[rows["annee"].cat.codes], index=rows.index)
    nobody = identifiers.eq(EMPTY)
    if nobody.any():
        few, is_total = rows.loc[nobody, COLUMNS], pd.Series(False, index=rows.index[nobody])
        for name in COLUMNS:
            is_total |= holds(
                few[name], (t for t in few[name].cat.categories.tolist() if _TOTAL_KEY.fullmatch(key_of(t)))
            )
        out[nobody] = np.where(is_total, Reason.TOTAL, Reason.NOBODY)
    # Found by a part of the word, which is fast, then read whole.
    perhaps = identifiers[identifiers.str.contains("otal|otaux|nsemble", case=False)]
    out[perhaps.index[perhaps.map(_TOTAL.match).notna()]] = Reason.TOTAL
    return out


def judge_repeats(table: pd.DataFrame, kept: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Why each row of a repeated identifier is rejected, and the objectives of those whose rows are gathered.

    Identical answers: the first row is kept. Different answers: none is, since nobody knows which is true; unless the
    export has one row an objective, whose rows differ by nothing else: the first then holds all the objectives.
    """
    reasons, nothing = pd.Series(EMPTY, index=table.index, dtype=object), pd.Series([], dtype=object)
    some = repeated(table, kept)
    if some.empty:
        return reasons, nothing
    is_first = ~some.duplicated(IDENTIFIER)
    differs = _differing(some)
    goals = table.loc[kept, "objectifs"]
    many = holds(goals, (label for label in goals.cat.categories if SEVERAL in label)).sum()
    is_single = many * 100 <= len(goals) * MOST_SEVERAL_PCT
    # A blank objective says nothing of its own: beside another, the rows still contradict each other.
    blank = some.loc[some["objectifs"].isna(), IDENTIFIER]
    is_gathered = is_single & differs & ~_differing(some.drop(columns="objectifs")) & ~some[IDENTIFIER].isin(blank)
    reasons[some.index] = np.select(
        [is_gathered & is_first, is_gathered, differs, ~is_first],
        [EMPTY, Reason.GATHERED, Reason.CONTRADICTORY, Reason.IDENTICAL],
        EMPTY,
    )
    if not is_gathered.any():
        return reasons, nothing
    order, found = list(answers_of("objectifs")), some[is_gathered]
    sets = found.groupby(IDENTIFIER, observed=True)["objectifs"].agg(
        lambda each: SEVERAL.join(sorted(set(SEVERAL.join(each).split(SEVERAL)), key=order.index))
    )
    firsts = found[is_first[is_gathered]]
    return reasons, pd.Series(sets.loc[firsts[IDENTIFIER]].to_numpy(), index=firsts.index)


def _differing(some: pd.DataFrame) -> pd.Series:
    """Which rows are of an identifier with two different rows."""
    names = some.drop_duplicates()[IDENTIFIER]
    return some[IDENTIFIER].isin(names[names.duplicated()])


# --- What is decided from several cells of a row ---

RULE_REFERRER = "orienteur effacé : l’origine n’est pas le collège"
RULE_NOT_NEW = "réponse que la date de début contredit, gardée telle quelle"
RULE_NOTHING = "identifiant et année seuls, sans aucune réponse : personne comptée, tout lui manque"
RULE_NO_ASSOCIATION = "case vide : personne comptée sans association"
RULE_NO_FOLLOWER = "on ne sait pas qui suit la personne : elle n’est pas comptée parmi celles des ALSES"


def decide(
    table: pd.DataFrame, rows: pd.DataFrame, registers: Registers, year: int
) -> Iterator[tuple[str, str, pd.Series]]:
    """Settles what several cells of a row say together; gives the column, the rule and the rows concerned.

    ``table`` holds what each cell means and is changed; ``rows`` is as received.
    """
    start, end = (table[name].astype("datetime64[s]") for name in ("date_debut", "date_fin"))
    is_wrong = end < start
    table.loc[is_wrong, ["date_debut", "date_fin"]] = None
    yield "date_fin", RULE_ENDS_BEFORE, is_wrong
    is_stray = table["orienteur"].notna() & table["origine"].ne("college")
    table.loc[is_stray, "orienteur"] = None
    yield "orienteur", RULE_REFERRER, is_stray
    yield from _link_colleges(table, rows, registers)
    new = table["nouvel_accompagnement"]
    opened = start.where(~is_wrong).dt.year
    yield "nouvel_accompagnement", RULE_NOT_NEW, (new.eq("oui") & opened.lt(year)) | (new.eq("non") & opened.eq(year))
    told = [name for name in COLUMNS if name != "annee"]
    is_bare = table[told].isna().all(axis=1)
    yield "", RULE_NOTHING, is_bare
    yield "association", RULE_NO_ASSOCIATION, table["association"].isna() & ~is_bare
    yield "suivi_par", RULE_NO_FOLLOWER, ~holds(table["suivi_par"], ["alses", "autre_educateur"])


def _link_colleges(
    table: pd.DataFrame, rows: pd.DataFrame, registers: Registers
) -> Iterator[tuple[str, str, pd.Series]]:
    """Finds the UAI of a collège that is only named.

    A name alone is not enough when the export gives it to another collège: the register does not hold every namesake.
    """
    needed = table["uai"].isna() & table["college"].notna()
    if not needed.any():
        return
    find, texts = college_finder(registers.aliases, registers.colleges), rows["college"].cat.categories
    found = [find(normalise(text)) for text in texts]
    by_name = {text: cell.value for text, cell in zip(texts, found, strict=True) if cell.rule == RULE_NAME}
    given = pd.DataFrame({"college": rows["college"], "uai": table["uai"]}).dropna().drop_duplicates()
    others = given[given["college"].astype("str").map(by_name).ne(given["uai"].astype("str"))]
    contradicted = {by_name[text] for text in others["college"] if text in by_name}
    found = [
        Cell(EMPTY, RULE_NAMESAKE) if cell.rule == RULE_NAME and cell.value in contradicted else cell for cell in found
    ]
    names = rows.loc[needed, "college"]
    values = written_as(names.rename("uai"), [cell.value for cell in found])
    table["uai"] = table["uai"].cat.set_categories(
        order_labels("uai", {*table["uai"].cat.categories, *values.categories})
    )
    table.loc[needed, "uai"] = pd.Categorical(values, dtype=table["uai"].dtype)
    for rule in sorted({cell.rule for cell in found} - {EMPTY}):
        here = [text for text, cell in zip(texts, found, strict=True) if cell.rule == rule]
        yield "uai", rule, needed & holds(rows["college"], here)
