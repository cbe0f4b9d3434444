"""From received files to the persons kept: who is somebody, who is there twice, and the account of every row."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from helpers.clean import answers
from helpers.clean.answers import Reason
from helpers.clean.faults import LABELS, RULE_ENDS_BEFORE, RULE_NOTHING, Reading, find_faults, may_stand_for_more
from helpers.clean.records import (
    COLUMNS,
    EMPTY,
    IDENTIFIER,
    SEVERAL,
    Change,
    CleanedRecords,
    Persons,
    ReceivedRecords,
    ReceivedTable,
)
from helpers.schema import apply_schema, columns

# --- As received: all the tables as one ---


def _constant(text: str, rows: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(rows, np.int8), [text])


def join_tables(tables: list[ReceivedTable]) -> pd.DataFrame:
    """The rows of all the tables, as received: ``fichier``, ``feuille``, ``ligne``, then every column of the schema."""

    def joined(columns: list) -> pd.Categorical:
        return union_categoricals(columns or [_constant(EMPTY, 0)])

    empty = [_constant(EMPTY, len(each.rows)) for each in tables]
    texts = [each.rows.get(IDENTIFIER, pd.Series(EMPTY, index=each.rows.index, dtype="str")) for each in tables]
    of_columns = {
        name: joined([each.rows.get(name, nothing) for each, nothing in zip(tables, empty, strict=True)])
        for name in COLUMNS
    }
    return pd.DataFrame(
        {
            "fichier": joined([_constant(each.file, len(each.rows)) for each in tables]),
            "feuille": joined([_constant(each.sheet, len(each.rows)) for each in tables]),
            "ligne": np.concatenate([np.zeros(0, int), *(each.rows.index.to_numpy() for each in tables)]),
            IDENTIFIER: pd.concat([pd.Series([], dtype="str"), *texts], ignore_index=True),
            **of_columns,
        }
    )


RULE_ABOVE = "case vide : la valeur de la ligne du dessus, d’après lectures.csv"
RULE_ALL = "case vide : la même valeur sur toutes les lignes, d’après lectures.csv"
RULE_GOAL_ALONE = "ligne qui n’a qu’un objectif : le reste est celui de la même personne, sur la ligne du dessus"


# What tells one person from another; the other columns may hold the same on all the rows of an export.
_PERSONAL = [name for name in answers.CLOSED if name not in ("suivi_par", "situation")]


def _goals_alone(rows: pd.DataFrame, spellings: answers.Spellings) -> np.ndarray:
    """Which rows hold nothing but an objective of the person above, and what is the same on all rows.

    The identifier may be empty too, under one that a spreadsheet had merged, where the objective is a known one.
    """
    places, who = ["fichier", "feuille"], rows[IDENTIFIER]
    goals = [text for text in rows["objectifs"].cat.categories if text.strip()]
    known = [text for text in goals if not answers.read_several(text, "objectifs", spellings).unread]
    is_next = who.eq(who.shift()).where(who.ne(EMPTY), rows["objectifs"].isin(known))
    at = np.flatnonzero(is_next & rows["objectifs"].isin(goals) & rows[places].eq(rows[places].shift()).all(axis=1))
    here, above = rows.iloc[at], rows.iloc[at - 1].set_axis(rows.index[at])
    is_alone = here["annee"].eq(EMPTY) | here["annee"].eq(above["annee"])
    for name in COLUMNS if len(at) else ():
        texts = sum(bool(text and count) for text, count in _count(rows[name]).items())
        if name in _PERSONAL or (texts > 1 and name not in ("annee", "objectifs")):
            is_alone &= here[name].eq(EMPTY)
    out = np.zeros(len(rows), bool)
    out[at] = is_alone
    return out


def fill_empty(rows: pd.DataFrame, spellings: answers.Spellings) -> list[Change]:
    """Fills the empty cells (of ``rows``, changed) of which someone said what they stand for: `answers.FORMS`.

    It is the one above, in the same file and sheet (an association), or the same on all rows (who follows is an ALSES);
    neither is that of a row that holds nothing else. In an export of one row an objective, such a row is of the person
    above.
    """
    changes, others = [], [name for name in COLUMNS if name not in ("annee", "objectifs")]
    alone = pd.Series(_goals_alone(rows, spellings), index=rows.index)
    if alone.any():
        persons = rows.iloc[pd.Series(np.arange(len(rows))).mask(alone).ffill().to_numpy(int)].set_axis(rows.index)
        for name in (IDENTIFIER, "annee", *others):
            rows[name] = rows[name].mask(alone & rows[name].eq(EMPTY), persons[name])
        changes += by_file(rows.loc[alone, "fichier"], "", RULE_GOAL_ALONE)
    given = {name: spellings.form_of(name) for name in COLUMNS}
    given = {name: form for name, form in given.items() if form == answers.ABOVE or form in answers.FILLED}
    says = rows[[*others, "objectifs"]].ne(EMPTY).any(axis=1) if given else None
    for name, form in given.items():
        texts = rows[name].astype("object")
        filled, rule = pd.Series(form, index=rows.index), RULE_ALL
        if form == answers.ABOVE:
            places = [rows["fichier"], rows["feuille"]]
            filled, rule = texts.where(texts.ne(EMPTY)).groupby(places, observed=True).ffill().fillna(EMPTY), RULE_ABOVE
        changed = says & texts.eq(EMPTY) & filled.ne(EMPTY)
        if name in (*LABELS, *answers.YES_NO):  # another sheet may be filled on each row: its empty cells stay empty
            changed &= may_stand_for_more(rows, name, spellings)
        rows[name] = texts.mask(changed, filled).astype("category")
        changes += by_file(rows.loc[changed, "fichier"], name, rule)
    return changes


def order_days(rows: pd.DataFrame, spellings: answers.Spellings) -> list[Change]:
    """Writes the day first (in ``rows``, changed) in the tables that write the month first, unlike the others.

    Where all do, someone must say so: `answers.form_to_ask`.
    """
    days, changes = [*answers.DAYS], []
    of_all = [text for name in days for text in rows[name].cat.categories]
    is_said = any(spellings.form_of(name) not in (EMPTY, *answers.LEFT_EMPTY) for name in days)
    is_alone = all(len(rows[name].cat.categories) < 2 for name in ("fichier", "feuille"))
    if is_said or is_alone or answers.is_month_first(of_all):
        return []
    for (file, _), table in rows.groupby(["fichier", "feuille"], observed=True)[days]:
        for name in days if answers.is_month_first({*table.to_numpy().ravel()} - {EMPTY}) else ():
            texts = rows[name].astype("object")
            first = {text: answers.with_day_first(text) for text in rows[name].cat.categories}
            written = texts.mask(rows.index.isin(table.index), texts.map(first))
            count = int(written.ne(texts).sum())
            rows[name] = written.astype("category")
            changes += [Change(file, name, answers.RULE_MONTH_HERE, count)] if count else []
    return changes


def tell_apart(rows: pd.DataFrame, spellings: answers.Spellings) -> None:
    """Names the sheet, in ``rows``, of an answer that is a code there and a plain answer in another one.

    « N » is « nouveau » beside « A », « non » beside « O »: each is then a spelling of its own, to be explained.
    """
    by_place = rows.groupby(["fichier", "feuille"], observed=True)
    for name in answers.CLOSED if by_place.ngroups > 1 else ():
        used = {place: {*texts.unique()} for place, texts in by_place[name]}
        unsure = {place: answers.codes_among(name, texts, spellings) for place, texts in used.items()}
        if not any(unsure.values()):
            continue
        texts = rows[name].astype("object")
        for (file, sheet), codes in unsure.items():
            plain = codes & {text for place, found in used.items() for text in found - unsure[place]}
            here = rows["fichier"].eq(file) & rows["feuille"].eq(sheet) & texts.isin(plain)
            texts = texts.mask(here, texts + f" [{sheet or file}]")
        rows[name] = texts.astype("category")


# --- Categories: a rule is applied to each distinct text, then mapped ---


def _count(column: pd.Series) -> dict[str, int]:
    """The rows that hold each category, in their order."""
    texts = column.cat.categories
    return dict(zip(texts, np.bincount(column.cat.codes + 1, minlength=len(texts) + 1)[1:].tolist(), strict=True))


def _used(column: pd.Series) -> pd.Series:
    """The column without the categories that none of its rows holds; pandas would sort the rows to find them."""
    counts = _count(column)
    return column if all(counts.values()) else column.cat.set_categories([text for text in counts if counts[text]])


def written_as(column: pd.Series, values: list[str]) -> pd.Categorical:
    """The column with each of its categories replaced by a value; missing where it is empty."""
    labels = order_labels(column.name, set(values))
    place = {label: number for number, label in enumerate(labels)}
    codes = np.array([*(place.get(value, -1) for value in values), -1])
    return pd.Categorical.from_codes(codes[column.cat.codes], pd.Index(labels, dtype="str"))


def order_labels(name: str, values: set[str]) -> list[str]:
    """Labels without the empty one: modalities in catalogue order, others sorted."""
    order = [*answers.answers_of(name)] if name in (*answers.CLOSED, *answers.MULTIPLE) else None
    return sorted(values - {EMPTY}, key=order and (lambda value: [*map(order.index, value.split(SEVERAL))]))


# --- Identifiers: compared by their value, within an association when each numbers its own ---

RULE_NUMBER = "identifiants comparés par leur valeur : zéros de tête et décimales nulles ôtés"
RULE_CASE = "identifiants comparés sans tenir compte des majuscules"
RULE_CASE_KEPT = "identifiants que seules les majuscules distinguent : autant de personnes, les réponses diffèrent"
RULE_LOST = "personne non comptée : ses lignes se contredisent, aucune n’est gardée"
RULE_WITHIN = "identifiants numérotés par chaque association : comparés au sein de l’association"

_PLAIN = r"(?:[1-9A-Za-z][0-9A-Za-z_-]*|0[0-9]*[A-Za-z][0-9A-Za-z_-]*)?"
_WHOLE = re.compile(r"0*([0-9]+)(?:[.,]0+)?")
# Identifiers that two associations share, as a percentage of those of the smaller: above it, each numbers its own.
MOST_SHARED_PCT = 50
# Cells that hold several objectives, in per cent: above it, the export is not one row an objective.
MOST_SEVERAL_PCT = 5


def tidy_identifiers(rows: pd.DataFrame) -> tuple[pd.Series, list[Change]]:
    """The identifiers by their value (« 00012 », « 12 » and « 12,0 » are one), and the changes; capitals are kept."""
    out = rows[IDENTIFIER].copy()
    odd = out[~out.str.fullmatch(_PLAIN)]
    plain = odd.map(answers.normalise)
    found = plain.map(lambda text: whole[1] if (whole := _WHOLE.fullmatch(text)) else text)
    out[odd.index] = found
    pairs, files = ((answers.RULE_TEXT, plain.ne(odd)), (RULE_NUMBER, found.ne(plain))), rows.loc[odd.index, "fichier"]
    return out, [change for rule, changed in pairs for change in by_file(files[changed], IDENTIFIER, rule)]


def join_cases(table: pd.DataFrame, kept: pd.Series, places: pd.DataFrame) -> tuple[pd.Series, pd.Series, str]:
    """The identifiers, those that capitals alone tell apart written as the first; the rows of these, and the rule.

    They stay as they are when one of the ``places`` has both with different answers: there, capitals mean something.
    """
    given = table[IDENTIFIER]
    folded = given.str.lower()
    pairs = pd.DataFrame({"written": given, "folded": folded})[kept & folded.duplicated(keep=False)].drop_duplicates()
    shared = pairs.loc[pairs["folded"].duplicated(keep=False), "folded"]
    concerned = kept & folded.isin(shared)
    if shared.empty:
        return given, concerned, RULE_CASE
    some = table[concerned].drop(columns=IDENTIFIER).join(places).assign(**{IDENTIFIER: folded, "written": given})
    here = some.groupby(["fichier", "feuille", IDENTIFIER], observed=True)
    differs = some.drop(columns="written").drop_duplicates().duplicated(["fichier", "feuille", IDENTIFIER])
    if (here["written"].transform("nunique").gt(1) & differs.reindex(some.index, fill_value=False)).any():
        return given, concerned, RULE_CASE_KEPT
    return given.mask(concerned, given[concerned].groupby(folded).transform("first")), concerned, RULE_CASE


def by_file(files: pd.Series, column: str, rule: str) -> list[Change]:
    """One change for each file that has some of these rows."""
    return [Change(file, column, rule, int(count)) for file, count in files.value_counts(sort=False).items() if count]


def repeated(table: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """The rows kept whose identifier comes several times."""
    identifiers = table.loc[kept, IDENTIFIER]
    return table.loc[identifiers.index[identifiers.duplicated(keep=False)]]


def are_within_associations(table: pd.DataFrame, kept: pd.Series, some: pd.DataFrame) -> bool:
    """Whether each association numbers its own persons: two of them give the same numbers, in ``some`` rows."""
    pairs = some[[IDENTIFIER, "association"]].dropna().drop_duplicates()
    shared = pairs[pairs[IDENTIFIER].duplicated(keep=False)]
    if shared.empty or not shared[IDENTIFIER].str.fullmatch("[0-9]+").all():
        return False
    sizes = table.loc[kept, "association"].value_counts()
    least = min(sizes[name] for name in shared["association"].unique())
    return shared[IDENTIFIER].nunique() * 100 > least * MOST_SHARED_PCT


# --- Rows that are nobody of the year, and rows of somebody who is already there ---

# « Total », « Sous-total CAPEP », « Moyenne », « % filles »: what is computed, written among the rows. Where a number
# stands for the identifier (« 31 élèves »), such a row has no answer in words.
_COMPUTED = re.compile(
    r"(?:(?:sous_?)?(?:total|totaux)|moyennes?|medianes?|ecart_types?|pourcentages?|effectifs?)(?:_.*)?"
    r"|(?:nombre|taux)_d.+|dont_.+"
)
_ENSEMBLE = "ensemble"
# « ex. : 12345 », above the first person of a form; « TEST1 », who tried it.
_EXAMPLE = re.compile(r"\W*(?:ex(?:\.? ?:|\.$)|exemples?(?![^\W_])|tests?[ _-]?\d*$)", re.IGNORECASE)
# Parts of these words, which are found fast among a million identifiers.
_PERHAPS_NOBODY = "tota|ensemble|moyenne|diane|cart.type|pourcent|effectif|nombre|taux|dont|exemple|test|ex *[.:]|%"


def _is_computed(text: str) -> bool:
    return "%" in text or _COMPUTED.fullmatch(answers.key_of(text)) is not None


def reject_nobody(rows: pd.DataFrame, identifiers: pd.Series, of_year: list[answers.Cell]) -> pd.Series:
    """Why each row is rejected, before duplicates are looked for; ``""`` for the others."""
    reasons = np.array([*(cell.reason for cell in of_year), EMPTY], dtype=object)
    out = pd.Series(reasons[rows["annee"].cat.codes], index=rows.index)
    nobody = identifiers.eq(EMPTY)
    out[nobody] = Reason.NOBODY
    undated = out.index[out.eq(Reason.NO_YEAR) & ~nobody]
    out[undated[rows.loc[undated, COLUMNS].eq(EMPTY).all(axis=1)]] = Reason.TEXT
    perhaps = identifiers[identifiers.str.contains(_PERHAPS_NOBODY, case=False)]
    out[perhaps.index[perhaps.map(_EXAMPLE.match).notna()]] = Reason.EXAMPLE
    is_computed = perhaps.map(_is_computed).astype(bool) | perhaps.map(answers.key_of).eq(_ENSEMBLE)
    out[perhaps.index[is_computed]] = Reason.TOTAL
    is_named = pd.Series(False, index=rows.index)
    for name in COLUMNS:
        texts = rows[name].cat.categories
        is_named |= rows[name].isin([text for text in texts if _is_computed(text)])
        ensemble = [text for text in texts if answers.key_of(text) == _ENSEMBLE]
        out[nobody & rows[name].isin(ensemble)] = Reason.TOTAL
    texts = rows.loc[is_named, _PERSONAL].astype("str")
    is_answered = texts.apply(lambda column: column.str.contains(r"[^\W\d]")).any(axis=1)
    out[texts.index[nobody[is_named] | ~is_answered]] = Reason.TOTAL
    return out


def _is_of_other_year(
    rows: pd.DataFrame, cells: dict[str, list[answers.Cell]], spellings: answers.Spellings
) -> pd.Series:
    """Which rows have dates out of the year, where someone said that these rows are of another one."""
    out = pd.Series(False, index=rows.index)
    for name in answers.DAYS:
        said = [spellings.year_of(cell.rule) == answers.OTHER_YEAR for cell in cells[name]]
        out |= rows[name].isin(rows[name].cat.categories[said])
    return out


def judge_repeats(
    table: pd.DataFrame, kept: pd.Series, some: pd.DataFrame, places: pd.DataFrame
) -> tuple[pd.Series, pd.DataFrame]:
    """Why each of ``some`` rows, whose identifiers are repeated, is rejected; the answers of the first rows that hold
    those of the others.

    Identical answers: the first row is kept. Different answers: none is, since nobody knows which is true; unless the
    export has one row an objective, whose rows differ by nothing else: the first then holds all the objectives; or
    unless each row is in another of the ``places``, and none says the contrary of another: an end that one of them
    knows completes the others.
    """
    reasons = pd.Series(EMPTY, index=table.index, dtype=object)
    if some.empty:
        return reasons, some
    is_first = ~some.duplicated(IDENTIFIER)
    differs = _differing(some)
    goals = table.loc[kept, "objectifs"]
    many = goals.isin([label for label in goals.cat.categories if SEVERAL in label]).sum()
    is_single = many * 100 <= len(goals) * MOST_SEVERAL_PCT
    # A blank objective says nothing of its own: beside another, the rows still contradict each other.
    blank = some.loc[some["objectifs"].isna(), IDENTIFIER]
    is_gathered = is_single & differs & ~_differing(some.drop(columns="objectifs")) & ~some[IDENTIFIER].isin(blank)
    unlike = some[differs & ~is_gathered & places.nunique().gt(1).any()]
    by_person = unlike.groupby(IDENTIFIER, observed=True)
    is_apart = ~unlike[[IDENTIFIER]].join(places).duplicated(keep=False)
    is_alike = unlike[IDENTIFIER].map(by_person[COLUMNS].nunique().le(1).all(axis=1)).astype(bool)
    together = unlike.index[is_alike & is_apart.groupby(unlike[IDENTIFIER]).transform("all")]
    is_completed = some.index.isin(together)
    is_merged = is_gathered | is_completed
    why = [EMPTY, *map(str, (Reason.GATHERED, Reason.COMPLETED, Reason.CONTRADICTORY, Reason.IDENTICAL))]
    cases = [is_merged & is_first, is_gathered, is_completed, differs, ~is_first]
    reasons[some.index] = np.select(cases, why, EMPTY)
    if not is_merged.any():
        return reasons, some[is_merged]
    order, firsts, by_person = [*answers.answers_of("objectifs")], some[is_merged & is_first], some[is_merged]
    by_person = by_person.groupby(IDENTIFIER, observed=True)
    given = by_person["objectifs"].agg(lambda each: {*SEVERAL.join(each.dropna()).split(SEVERAL)} - {EMPTY})
    sets = given.map(lambda goals: SEVERAL.join(sorted(goals, key=order.index)) or None)
    return reasons, by_person[COLUMNS].first().assign(objectifs=sets).loc[firsts[IDENTIFIER]].set_axis(firsts.index)


def _differing(some: pd.DataFrame) -> pd.Series:
    """Which rows are of an identifier with two different rows."""
    names = some.drop_duplicates()[IDENTIFIER]
    return some[IDENTIFIER].isin(names[names.duplicated()])


# --- What is decided from several cells of a row ---

RULE_REFERRER = "orienteur effacé : l’origine n’est pas le collège"
RULE_UNBORN = f"début avant l’âge de {answers.YOUNGEST_YEARS} ans : laissé vide, la personne reste comptée"
RULE_NOT_AT_COLLEGE = "situation dite de toutes les lignes, que la classe contredit : laissée vide"
RULE_BY_START = (
    "sans réponse : « oui » où la date de début est de l’année, « non » où elle est d’avant, d’après lectures.csv"
)
RULE_NOT_NEW = "réponse que la date de début contredit, gardée telle quelle"
RULE_NO_ASSOCIATION = "case vide : personne comptée sans association"
RULE_NO_FOLLOWER = "on ne sait pas qui suit la personne : elle n’est pas comptée parmi celles des ALSES"


def decide(
    table: pd.DataFrame, rows: pd.DataFrame, registers: answers.Registers, year: int
) -> Iterator[tuple[str, str, pd.Series]]:
    """Settles what several cells of a row say together; gives the column, the rule and the rows concerned.

    ``table`` holds what each cell means and is changed; ``rows`` is as received.
    """
    start, end = (table[name].astype("datetime64[s]") for name in ("date_debut", "date_fin"))
    is_unborn = start.dt.year < table["annee_naissance"].astype("float") + answers.YOUNGEST_YEARS
    table.loc[is_unborn, "date_debut"] = None
    start = start.mask(is_unborn)
    yield "date_debut", RULE_UNBORN, is_unborn
    is_wrong = end < start
    table.loc[is_wrong, ["date_debut", "date_fin"]] = None
    yield "date_fin", RULE_ENDS_BEFORE, is_wrong
    is_stray = table["orienteur"].notna() & table["origine"].ne("college")
    table.loc[is_stray, "orienteur"] = None
    yield "orienteur", RULE_REFERRER, is_stray
    if registers.spellings.form_of("situation") in answers.answers_of("situation"):
        is_elsewhere = table["niveau"].eq("hors_college") & table["situation"].eq("collegien")
        table.loc[is_elsewhere, "situation"] = None
        yield "situation", RULE_NOT_AT_COLLEGE, is_elsewhere
    yield from _link_colleges(table, rows, registers)
    new, opened = table["nouvel_accompagnement"], start.where(~is_wrong).dt.year
    if registers.spellings.form_of("nouvel_accompagnement") == answers.BY_START:
        is_told = rows["nouvel_accompagnement"].eq(EMPTY) & opened.le(year)
        said = opened.eq(year).map({True: "oui", False: "non"})
        filled = new.astype("object").mask(is_told, said)
        labels = pd.Index(order_labels(new.name, {*filled.dropna()}), dtype="str")
        table[new.name] = new = filled.astype(pd.CategoricalDtype(labels))
        yield "nouvel_accompagnement", RULE_BY_START, is_told
    yield "nouvel_accompagnement", RULE_NOT_NEW, (new.eq("oui") & opened.lt(year)) | (new.eq("non") & opened.eq(year))
    is_bare = table[COLUMNS].drop(columns="annee").isna().all(axis=1)
    yield "", RULE_NOTHING, is_bare
    yield "association", RULE_NO_ASSOCIATION, table["association"].isna() & ~is_bare
    yield "suivi_par", RULE_NO_FOLLOWER, ~table["suivi_par"].isin(["alses", "autre_educateur"])


def _link_colleges(
    table: pd.DataFrame, rows: pd.DataFrame, registers: answers.Registers
) -> Iterator[tuple[str, str, pd.Series]]:
    """Finds the UAI of a collège that is only named.

    A name alone is not enough when the export gives it to another collège: the register does not hold every namesake.
    """
    needed = table["uai"].isna() & table["college"].notna()
    if not needed.any():
        return
    texts = rows["college"].cat.categories
    found = answers.find_colleges(texts, registers.aliases, registers.colleges)
    by_name = {text: cell.value for text, cell in zip(texts, found, strict=True) if cell.rule == answers.RULE_NAME}
    given = pd.DataFrame({"college": rows["college"], "uai": table["uai"]}).dropna().drop_duplicates()
    others = given[given["college"].astype("str").map(by_name).ne(given["uai"].astype("str"))]
    contradicted = {by_name[text] for text in others["college"] if text in by_name}
    found = [
        cell._replace(value=EMPTY, rule=answers.RULE_NAMESAKE)
        if cell.rule == answers.RULE_NAME and cell.value in contradicted
        else cell
        for cell in found
    ]
    values = written_as(rows.loc[needed, "college"].rename("uai"), [cell.value for cell in found])
    known = table["uai"].cat.categories
    table["uai"] = table["uai"].cat.set_categories(order_labels("uai", {*known, *values.categories}))
    table.loc[needed, "uai"] = pd.Categorical(values, dtype=table["uai"].dtype)
    for rule in sorted({cell.rule for cell in found} - {EMPTY}):
        here = [text for text, cell in zip(texts, found, strict=True) if cell.rule == rule]
        yield "uai", rule, needed & rows["college"].isin(here)


# --- The account of every row read: changes, rejections, and the rejected rows ---


# How the rules begin that neither lose, guess nor doubt anything: a reader need not go through them one by one.
ROUTINE = (
    *(answers.RULE_TEXT, answers.RULE_LISTED, answers.RULE_MISSING, answers.RULE_SEVERAL, answers.RULE_UAI),
    *(answers.RULE_DAY, answers.RULE_MONTH_FIRST, answers.RULE_SHORT, answers.RULE_SERIAL, answers.RULE_YEAR),
    *(answers.RULE_OPEN, answers.RULE_GOES_ON, answers.RULE_AGE, answers.RULE_ZERO, answers.RULE_TOWN),
    *(answers.RULE_ALIAS, answers.RULE_ASSOCIATION, answers.RULE_SCHOOL, RULE_NUMBER, RULE_CASE, RULE_ABOVE, RULE_ALL),
    *("réponses réunies", "texte en ", "lignes blanches", "titres répétés", "« idem »"),
)


def count_changes(
    rows: pd.DataFrame, is_told: pd.Series, cells: dict[str, list[answers.Cell]], decided: list[Change]
) -> pd.DataFrame:
    """The changes of reading and cleaning (schema ``normalisations``), rows by file, column and rule.

    Those of the cells are counted on the rows that ``is_told`` names: a total has no answer that anybody gave.
    """
    found: Counter = Counter()
    for change in decided:
        found[change.file, change.column, change.rule] += change.rows
    for file in rows["fichier"].cat.categories:
        of_file = is_told & rows["fichier"].eq(file)
        for name, meant in cells.items():
            for cell, count in zip(meant, _count(rows.loc[of_file, name]).values(), strict=True):
                found[file, name, cell.rule] += count * bool(cell.rule)
    order = {name: number for number, name in enumerate(["", *columns("accompagnements")])}
    lines = [(*key, int(count)) for key, count in found.items() if count]
    lines.sort(key=lambda line: (line[0], order.get(line[1], len(order)), line[2]))
    return apply_schema(pd.DataFrame(lines, columns=columns("normalisations"), dtype="object"), "normalisations")


def count_rejections(rejected: pd.DataFrame) -> pd.DataFrame:
    """The rejected rows (schema ``rejets``) by reason, the most frequent first."""
    counts = rejected["motif"].astype("object").value_counts().rename_axis("motif").reset_index(name="lignes")
    return apply_schema(counts.sort_values(["lignes", "motif"], ascending=[False, True]), "rejets")


def keep_rejected(rows: pd.DataFrame, reasons: pd.Series, tables: list[ReceivedTable]) -> pd.DataFrame:
    """The rejected rows, as received: ``fichier``, ``feuille``, ``ligne``, ``motif``, the columns, then ``texte``.

    ``texte`` is the row itself when it could not be split into columns. Texts are categories: a wrong file may have
    millions of such rows.
    """
    names = ["fichier", "feuille", "ligne", "motif", *columns("accompagnements"), "texte"]
    refused = [(each.file, each.sheet, *row) for each in tables for row in each.refused]
    unsplit = pd.DataFrame(refused, columns=["fichier", "feuille", "ligne", "motif", "texte"]).reindex(columns=names)
    lost = reasons[reasons.ne(EMPTY)]
    split = rows.loc[lost.index].assign(motif=lost, texte=EMPTY)[names].astype("object")
    both = pd.concat([split, unsplit.astype("object")]).fillna(EMPTY)
    kinds = dict.fromkeys(names, "category") | {IDENTIFIER: "str", "ligne": "int64"}
    return both.astype(kinds).sort_values(["fichier", "feuille", "ligne"], kind="stable").reset_index(drop=True)


# --- Cleaning, step by step ---


def clean_persons(
    received: ReceivedRecords,
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> CleanedRecords:
    """The persons kept of a year, and the account of every row read; empty without an export.

    ``spellings`` has the schema ``modalites``; the registers (schema ``alias``, schema ``associations``, schema
    ``colleges``) are those of `data.read_registers`.

    Decisions: an unknown answer of a closed list is kept as ``non_prevu``; dates are read day first; a cell that gives
    no date, UAI or year of birth is left empty, and counted; identifiers are compared by their value, and within an
    association when each numbers its own; a person who is there twice is kept once if the answers are the same, not at
    all if they differ, unless the export has one row an objective. What makes the year unusable is in ``faults``, all
    at once, and each spelling that is not understood in ``unread``; nothing is raised.

    Six rows, the last two of the same person:

    >>> textes = {"identifiant": [*"ABCDEE"], "annee": "2021", "suivi_par": "alses", "sexe": [*"FGFGFF"]}
    >>> lignes = pd.DataFrame(textes, index=range(2, 8)).astype("category").astype({"identifiant": "str"})
    >>> recu = ReceivedRecords(2021, [records.ReceivedTable("export.csv", "", lignes)], list(lignes))
    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyage = clean.clean_persons(recu, **registres)
    >>> nettoyage.read, len(nettoyage.persons), nettoyage.persons.table["sexe"].value_counts().to_dict()
    (6, 5, {'filles': 3, 'garcons': 2})
    >>> nettoyage.rejected[["fichier", "ligne"]].to_dict("records"), nettoyage.ledger["lignes"].tolist()
    ([{'fichier': 'export.csv', 'ligne': 7}], [5, 5])
    """
    registers = answers.Registers(answers.read_spellings(spellings), aliases, associations, colleges)
    rows = join_tables(received.tables)
    filled = [*fill_empty(rows, registers.spellings), *order_days(rows, registers.spellings)]
    tell_apart(rows, registers.spellings)
    cells = {name: answers.read_texts(name, _count(rows[name]), registers, received.year) for name in COLUMNS}
    identifiers, changes = tidy_identifiers(rows)
    reasons = reject_nobody(rows, identifiers, cells["annee"])
    reasons[reasons.eq(EMPTY) & _is_of_other_year(rows, cells, registers.spellings)] = Reason.OTHER_YEAR
    meant = {name: written_as(rows[name], [cell.value for cell in cells[name]]) for name in COLUMNS}
    table = pd.DataFrame({IDENTIFIER: identifiers, **meant})
    kept = reasons.eq(EMPTY)
    decided = list(decide(table, rows, registers, received.year))
    table[IDENTIFIER], concerned, rule = join_cases(table, kept, rows[["fichier", "feuille"]])
    changes += by_file(rows.loc[concerned, "fichier"], IDENTIFIER, rule)
    some = repeated(table, kept)
    if is_within := are_within_associations(table, kept, some):
        table[IDENTIFIER] = (table["association"].astype("str").fillna(EMPTY) + " " + table[IDENTIFIER]).str.strip()
        changes += by_file(rows.loc[kept, "fichier"], IDENTIFIER, RULE_WITHIN)
        some = repeated(table, kept)
    again, merged = judge_repeats(table, kept, some, rows[["fichier", "feuille"]])
    reasons = reasons.where(~kept, again)
    lost = some[again[some.index].eq(Reason.CONTRADICTORY)].drop_duplicates(IDENTIFIER)
    changes += by_file(rows.loc[lost.index, "fichier"], IDENTIFIER, RULE_LOST)
    for name in COLUMNS if len(merged) else ():
        known = order_labels(name, {*table[name].cat.categories, *merged[name].dropna()})
        table[name] = table[name].cat.set_categories(known)
        table.loc[merged.index, name] = merged[name].astype(object)
    rejected = keep_rejected(rows, reasons, received.tables)
    kept = reasons.eq(EMPTY)
    for column, rule, concerned in decided:
        changes += by_file(rows.loc[concerned & kept, "fichier"], column, rule)
    is_told = kept | reasons.eq(Reason.GATHERED)
    ledger = count_changes(rows, is_told, cells, [*received.changes, *filled, *changes])
    found = table[kept].reset_index(drop=True)
    found = found.assign(**{name: _used(found[name]) for name in COLUMNS})
    assert received.read == len(found) + len(rejected), "a row is neither kept nor rejected"
    # A collège that is named has its UAI.
    absent = frozenset(COLUMNS) - {*received.columns, "college", "uai" if "college" in received.columns else ""}
    faults, unread = find_faults(Reading(received, rows, table, cells, reasons, ledger, registers))
    return CleanedRecords(
        persons=Persons(received.year, found, is_within, absent),
        ledger=ledger,
        rejections=count_rejections(rejected),
        rejected=rejected,
        read=received.read,
        faults=[*received.faults, *registers.spellings.faults, *faults],
        unread=unread,
    )
