"""From received files to the persons kept, with the account of every row and the faults of the year."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import pandas as pd

from helpers import paths
from helpers.clean import persons
from helpers.clean.answers import (
    CLOSED,
    FIELDS,
    MULTIPLE,
    UNANSWERED,
    UNFORESEEN,
    Cell,
    Reason,
    answers_of,
    codes_among,
    key_of,
    normalise,
    read_number_of_year,
    read_spellings,
)
from helpers.clean.persons import (
    COLUMNS,
    RULE_NOTHING,
    RULE_WITHIN,
    Registers,
    are_within_associations,
    by_file,
    decide,
    holds,
    join_tables,
    judge_repeats,
    order_labels,
    read_columns,
    reject_nobody,
    tidy_identifiers,
    without_unused,
    written_as,
)
from helpers.clean.records import (
    EMPTY,
    IDENTIFIER,
    Change,
    CleanedRecords,
    Persons,
    ReceivedRecords,
    Unread,
    UnreadableRow,
)
from helpers.schema import DataError, apply_schema, columns

# --- The account of every row read: changes, rejections, and the rejected rows ---


def count_changes(rows: pd.DataFrame, cells: dict[str, list[Cell]], decided: list[Change]) -> pd.DataFrame:
    """The changes of reading and cleaning (schema ``normalisations``), rows by file, column and rule."""
    found: Counter = Counter()
    for change in decided:
        found[change.file, change.column, change.rule] += change.rows
    files = rows["fichier"].cat
    for name, meant in cells.items():
        shape = len(files.categories), len(meant)
        places = files.codes.to_numpy().astype(np.int64) * len(meant) + rows[name].cat.codes.to_numpy()
        counts = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
        for place in (place for place, cell in enumerate(meant) if cell.rule):
            for file, count in zip(files.categories, counts[:, place].tolist(), strict=True):
                found[file, name, meant[place].rule] += count
    order = {name: number for number, name in enumerate(["", *columns("accompagnements")])}
    lines = [(*key, int(count)) for key, count in found.items() if count]
    lines.sort(key=lambda line: (line[0], order.get(line[1], len(order)), line[2]))
    return apply_schema(pd.DataFrame(lines, columns=columns("normalisations"), dtype="object"), "normalisations")


def count_rejections(rejected: pd.DataFrame) -> pd.DataFrame:
    """The rejected rows (schema ``rejets``) by reason, the most frequent first."""
    seen = Counter(rejected["motif"].astype(object).tolist())
    lines = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
    return apply_schema(pd.DataFrame(lines, columns=columns("rejets"), dtype="object"), "rejets")


def keep_rejected(
    rows: pd.DataFrame, reasons: pd.Series, refused: list[tuple[str, str, UnreadableRow]]
) -> pd.DataFrame:
    """The rejected rows, as received: ``fichier``, ``feuille``, ``ligne``, ``motif``, the columns, then ``texte``.

    ``texte`` is the row itself when it could not be split into columns. Texts are categories: a wrong file may have
    millions of such rows.
    """
    names = ["fichier", "feuille", "ligne", "motif", *columns("accompagnements"), "texte"]
    unsplit = pd.DataFrame(
        [(file, sheet, row.line, row.reason, row.text) for file, sheet, row in refused],
        columns=["fichier", "feuille", "ligne", "motif", "texte"],
    ).reindex(columns=names)
    # Joined as texts: their categories differ.
    lost = reasons[reasons.ne(EMPTY)]
    split = rows.loc[lost.index].assign(motif=lost, texte=EMPTY)[names].astype("object")
    both = pd.concat([split, unsplit.astype("object")]).fillna(EMPTY)
    kinds = dict.fromkeys(names, "category") | {IDENTIFIER: "str", "ligne": "int64"}
    return both.astype(kinds).sort_values(["fichier", "feuille", "ligne"], kind="stable").reset_index(drop=True)


# --- What could not be read ---

# Persons, and share of those to whom the question is put, in per cent, from which an answer must be understood.
FEWEST_ASKED, LEAST_ASKED_PCT = 5, 1
# Above this share of its cells, an unread column holds something else: of a list, nothing of it is shown.
MOST_SHOWN_PCT = 50
# Above this share of the filled cells, a column of dates, UAI or births is wrong rather than some cells.
MOST_UNREAD_PCT = 20
# An unknown answer is shown only if short, without a long number, and like a known answer or given by several: it might
# be about a person.
_LONGEST_SHOWN, _FEWEST_ALIKE, _CLOSE = 40, 3, 0.6
_NUMBER = re.compile(r"\d{3}|\d\d\D\d\d|@")
# Spellings listed in a column, the most frequent first; a sentence names fewer.
_MOST_LISTED, _NAMED = 200, 5


def exceeds(rows: int, total: int, percent: int) -> bool:
    """Whether rows are strictly more than a percentage of a total."""
    return rows * 100 > total * percent


@dataclass(frozen=True)
class _Reading:
    """All that the faults look at: the rows as received, what they mean, which are kept."""

    rows: pd.DataFrame
    table: pd.DataFrame
    cells: dict[str, list[Cell]]
    reasons: pd.Series
    year: int
    files: list[str]
    codes: dict[str, set[str]]

    @cached_property
    def kept(self) -> pd.Series:
        """Which rows are persons."""
        return self.reasons.eq(EMPTY)

    @property
    def file(self) -> str:
        """How a sentence names the files."""
        more = len(self.files) - 1
        return f"{self.files[0]} et {more} autre{'s' if more > 1 else ''}" if more else self.files[0]

    def unread_texts(self, name: str) -> list[tuple[str, str]]:
        """The categories of a column that are not understood, with each part of them that is not."""
        pairs = zip(self.rows[name].cat.categories.tolist(), self.cells[name], strict=True)
        return [(text, piece) for text, cell in pairs for piece in cell.unread]

    def asked(self, name: str) -> pd.Series:
        """To which rows the question of a column is put."""
        return self.kept & holds(self.table["origine"], ["college"]) if name == "orienteur" else self.kept


def list_unread(reading: _Reading) -> list[Unread]:
    """What the cleaning could not read, by column, spelling and file, the most frequent of each column first."""
    return [each for name in COLUMNS for each in _unread_in(name, reading)]


def _unread_in(name: str, reading: _Reading) -> Iterator[Unread]:
    rows, pairs = reading.rows, reading.unread_texts(name)
    if not pairs:
        return
    is_unread, asked = holds(rows[name], (text for text, _ in pairs)), reading.asked(name)
    unread, codes = int((is_unread & asked).sum()), {normalise(text) for text in reading.codes.get(name, ())}
    is_closed = name in CLOSED or name in MULTIPLE
    if is_closed:
        is_many = unread >= FEWEST_ASKED or unread * 100 >= asked.sum() * LEAST_ASKED_PCT
        is_asked = unread > 0 and (is_many or bool(codes))
        is_shown = bool(codes) or not exceeds(unread, int(asked.sum()), MOST_SHOWN_PCT)
    else:
        filled = int((~holds(rows[name], [EMPTY]) & asked).sum())
        is_asked, is_shown = exceeds(unread, filled, MOST_UNREAD_PCT), False
    found = _places(rows, name, is_unread, reading)
    answers = answers_of(name).items() if is_closed else ()
    names = {key_of(word): each for each, label in answers for word in (each, label)}
    names = {key: each for key, each in names.items() if each not in (UNFORESEEN, UNANSWERED)}
    secret = _identifiers_among(rows, {piece for piece, _, _ in found}) if is_shown else set()
    for (piece, file, sheet), (line, count, of_persons) in found.items():
        near = get_close_matches(key_of(piece), list(names), n=1, cutoff=_CLOSE) if piece not in codes else []
        is_known = piece in codes or bool(near) or count >= _FEWEST_ALIKE
        is_public = len(piece) <= _LONGEST_SHOWN and not _NUMBER.search(piece) and piece not in secret
        yield Unread(
            name,
            piece,
            file,
            sheet,
            first_line=line,
            count=count,
            persons=of_persons,
            suggestion=names[near[0]] if near else EMPTY,
            is_shown=is_shown and is_known and is_public,
            is_asked=is_asked,
        )


def _places(rows: pd.DataFrame, name: str, is_unread: pd.Series, reading: _Reading) -> dict[tuple, list[int]]:
    """First line, cells and persons of each unread part of a text, by file and sheet: the most frequent first."""
    here = np.flatnonzero(is_unread)
    files, sheets = (rows[each].cat for each in ("fichier", "feuille"))
    shape = len(reading.cells[name]), len(files.categories), len(sheets.categories)
    places = np.ravel_multi_index([each.codes.to_numpy()[here] for each in (rows[name].cat, files, sheets)], shape)
    keys, first, which, counts = np.unique(places, return_index=True, return_inverse=True, return_counts=True)
    lines, kept = rows["ligne"].to_numpy()[here[first]], np.bincount(which, weights=reading.kept.to_numpy()[here])
    found: dict[tuple, list[int]] = {}
    for code, file, sheet, line, count, of_persons in zip(
        *np.unravel_index(keys, shape), lines.tolist(), counts.tolist(), kept.tolist(), strict=True
    ):
        for piece in reading.cells[name][code].unread:
            key = (piece, files.categories[file], sheets.categories[sheet])
            before = found.get(key, [line, 0, 0])
            found[key] = [min(line, before[0]), before[1] + count, before[2] + int(of_persons)]
    return dict(sorted(found.items(), key=lambda each: (-each[1][1], each[0]))[:_MOST_LISTED])


def _identifiers_among(rows: pd.DataFrame, texts: set[str]) -> set[str]:
    return set(rows.loc[rows[IDENTIFIER].isin(texts), IDENTIFIER])


def find_unread(reading: _Reading, unread: list[Unread]) -> Iterator[DataError]:
    """One sentence for each column that holds too much that is not understood."""
    for name in dict.fromkeys(each.column for each in unread if each.is_asked):
        spellings = _by_value([each for each in unread if each.column == name])
        is_unread = holds(reading.rows[name], (text for text, _ in reading.unread_texts(name))) & reading.asked(name)
        where, count = f"{reading.file}, colonne « {name} »", int(is_unread.sum())
        is_closed = name in CLOSED or name in MULTIPLE
        total = int((reading.asked(name) & (True if is_closed else ~holds(reading.rows[name], [EMPTY]))).sum())
        if not is_closed:
            rules = {cell.rule for cell in reading.cells[name] if cell.unread}
            yield DataError(
                f"{where} : {count} cases sur {total} ne se lisent pas ({', '.join(sorted(rules))}) ; vérifiez la "
                "colonne, et écrivez ses cases comme le dit docs/data-dictionary.md.",
                persons=count,
            )
        elif codes := sorted({normalise(text) for text in reading.codes.get(name, ())}):
            yield DataError(
                f"{where} : ses valeurs sont des codes ({', '.join(codes)}), que rien n’explique ; dites dans "
                f"{paths.TO_COMPLETE} ce que chacun veut dire.",
                persons=count,
            )
        else:
            yield DataError(
                f"{where} : {count} réponse{'s' if count > 1 else ''} sur {total} "
                f"{'ne sont' if count > 1 else 'n’est'} pas comprise{'s' if count > 1 else ''}{_remedy(spellings)}",
                persons=count,
            )


def _by_value(spellings: list[Unread]) -> list[Unread]:
    """Each spelling once, with the first of its places, its cells of all files and sheets: the most frequent first."""
    found: dict[str, Unread] = {}
    for each in spellings:
        before = found.get(each.value)
        found[each.value] = replace(before, count=before.count + each.count) if before else each
    return sorted(found.values(), key=lambda each: -each.count)


def _remedy(spellings: list[Unread]) -> str:
    few = [each for each in spellings if each.is_shown][:_NAMED]
    if not few:
        return f" ; vérifiez que les colonnes ne sont pas décalées, ou complétez {paths.TO_COMPLETE}."
    named = ", ".join(f"« {each.value} » ({each.count} fois)" for each in few)
    others = [each for each in spellings if each not in few]
    more = f" ; d’autres ne sont pas montrées, la première ligne {others[0].first_line}" if others else ""
    return f" : {named}{more} ; dites dans {paths.TO_COMPLETE} ce que cela veut dire, ou corrigez le fichier."


# --- Why the records of a year are unusable: one French sentence each, without any value of a person ---

# Shares of the rows, in per cent, above which the file is wrong rather than some rows.
MOST_CONTRADICTORY_PCT = 1
MOST_REJECTED_PCT = 20
# Rows of a file or a sheet already in another one: above it, it is the same again.
MOST_REPEATED_PCT = 50
# Rows without an association: above it, the name stands on the first row of each block only.
MOST_UNPLACED_PCT = 20
# « Nouvel accompagnement » of those who began in the year, or before: above it, yes and no are the other way round.
MOST_NOT_NEW_PCT = 66


def find_full(reading: _Reading) -> Iterator[DataError]:
    """Columns with too many distinct texts."""
    for name in COLUMNS:
        if len(reading.rows[name].cat.categories) > persons.MOST_SPELLINGS:
            yield DataError(
                f"{reading.file}, colonne « {name} » : plus de {persons.MOST_SPELLINGS} textes différents ; vérifiez "
                "que c’est bien cette colonne, et écrivez les dates sans l’heure."
            )


def find_other_years(reading: _Reading) -> Iterator[DataError]:
    """Files whose rows are all of other years."""
    read = {text: read_number_of_year(normalise(text)) for text in reading.rows["annee"].cat.categories}
    of_year = {text for text, cell in zip(read, reading.cells["annee"], strict=True) if cell.value}
    for file, texts in reading.rows.groupby("fichier", observed=True)["annee"]:
        seen = texts.value_counts()
        years = Counter({read[text]: int(count) for text, count in seen[seen > 0].items() if read[text] is not None})
        if years and not of_year & set(seen[seen > 0].index):
            yield DataError(
                f"{file} : ce fichier est celui de {max(years, key=years.get)}, non de {reading.year} ; mettez-le dans "
                "le dossier de son année, ou demandez cette année-là."
            )


def find_empty(reading: _Reading, present: list[str]) -> Iterator[DataError]:
    """Required columns that are present and empty."""
    rows = reading.rows
    for name in present if len(rows) else ():
        if name == IDENTIFIER:
            is_empty = rows[name].eq(EMPTY).all()
        else:
            meant = zip(rows[name].cat.categories.tolist(), reading.cells[name], strict=True)
            nothing = [text for text, cell in meant if not normalise(text) or not (cell.value or cell.reason)]
            is_empty = bool(nothing) and holds(rows[name], nothing).all()
        if is_empty and FIELDS[name]["presence"] == "obligatoire":
            yield DataError(
                f"{reading.file}, colonne « {name} » : elle est vide sur toutes les lignes ; remplissez-la, ou "
                "demandez un export qui la contient."
            )


def find_repeated(reading: _Reading, rejected: pd.DataFrame) -> Iterator[DataError]:
    """Files and sheets more than half of whose rows are already in another one."""
    places = ["fichier", "feuille"]
    sizes = reading.rows.groupby(places, observed=True).size()
    again = rejected[rejected["motif"].eq(Reason.IDENTICAL)].groupby(places, observed=True).size()
    for (file, sheet), count in again.items() if len(sizes) > 1 else ():
        if exceeds(count, total := int(sizes[file, sheet]), MOST_REPEATED_PCT):
            where = (
                f"{file}, feuille « {sheet} »"
                if sheet and (sizes.index.get_level_values(0) == file).sum() > 1
                else file
            )
            other = "une autre feuille" if where != file else "un autre fichier de l’année"
            yield DataError(
                f"{where} : {count} de ses {total} lignes sont déjà dans {other} ; gardez "
                f"{'une seule' if where != file else 'un seul'} des deux, ou demandez un export sans répétition.",
                persons=int(count),
            )


def find_unplaced(reading: _Reading, changes: pd.DataFrame) -> Iterator[DataError]:
    """An association on the first row of blocks only, rows without an answer, yes and no the other way round."""
    kept, table = reading.kept, reading.table
    alone = int(table.loc[kept, "association"].isna().sum())
    if table["association"].notna().any() and exceeds(alone, int(kept.sum()), MOST_UNPLACED_PCT):
        yield DataError(
            f"{reading.file}, colonne « association » : {alone} lignes n’en ont pas ; si elle n’est écrite que sur la "
            "première ligne de chaque bloc, recopiez-la sur chaque ligne, sinon complétez-la.",
            persons=alone,
        )
    rules = changes.groupby("regle")["lignes"].sum()
    bare, total = int(rules.get(RULE_NOTHING, 0)), int(kept.sum())
    if bare >= FEWEST_ASKED or (bare and bare * 100 >= total * LEAST_ASKED_PCT):
        yield DataError(
            f"{reading.file} : {bare} lignes n’ont qu’un identifiant et une année ; si ce ne sont pas des personnes, "
            "retirez-les, sinon écrivez au moins leur association.",
            persons=bare,
        )
    new, opened = table["nouvel_accompagnement"], table["date_debut"].astype("datetime64[s]").dt.year
    for is_there, other in ((opened.eq(reading.year), "non"), (opened.lt(reading.year), "oui")):
        answers = new[kept & is_there & new.isin(["oui", "non"])]
        wrong = int(answers.eq(other).sum())
        if wrong >= FEWEST_ASKED and exceeds(wrong, len(answers), MOST_NOT_NEW_PCT):
            when = "commencés dans l’année" if other == "non" else "commencés avant"
            yield DataError(
                f"{reading.file}, colonne « nouvel_accompagnement » : sur {len(answers)} accompagnements {when} "
                f"d’après « date_debut », {wrong} ont pour réponse « {other} » : oui et non semblent inversés ; "
                f"vérifiez ces deux colonnes, et ce que vous avez dit de leurs réponses dans {paths.TO_COMPLETE}.",
                persons=wrong,
            )


def find_excess(reading: _Reading, rejections: pd.DataFrame, read: int) -> Iterator[DataError]:
    """Too many rejected rows, or too many contradictory persons."""
    rows = dict(zip(rejections["motif"], rejections["lignes"].astype(int), strict=True))
    rows.pop(Reason.GATHERED, None)
    twice, rejected = rows.get(Reason.CONTRADICTORY, 0), sum(rows.values())
    if exceeds(twice, read, MOST_CONTRADICTORY_PCT):
        yield DataError(
            f"{reading.file}, colonne « identifiant » : {twice} lignes sur {read} se contredisent sur une même "
            "personne ; gardez une seule ligne par personne dans l’année, la quarantaine les montre ; si chaque "
            "association a ses propres numéros, faites précéder l’identifiant du nom de l’association.",
            persons=twice,
        )
    if exceeds(rejected, read, MOST_REJECTED_PCT):
        main = ", ".join(f"{reason} ({count})" for reason, count in list(rows.items())[:3])
        yield DataError(
            f"{reading.file} : {rejected} {'lignes' if rejected > 1 else 'ligne'} sur {read} ne "
            f"{'peuvent pas être comptées' if rejected > 1 else 'peut pas être comptée'} : {main} ; corrigez le "
            "fichier, la quarantaine montre ces lignes."
        )


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

    >>> lignes = pd.DataFrame({"identifiant": [*"ABCDEE"], "annee": "2021", "sexe": [*"FGFGFF"]}, index=range(2, 8))
    >>> lignes = lignes.astype({"annee": "category", "sexe": "category"})
    >>> recu = ReceivedRecords(2021, [records.ReceivedTable("export.csv", "", lignes)], list(lignes))
    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyage = clean.clean_persons(recu, **registres)
    >>> nettoyage.read, len(nettoyage.persons), nettoyage.persons.table["sexe"].value_counts().to_dict()
    (6, 5, {'filles': 3, 'garcons': 2})
    >>> nettoyage.rejected[["fichier", "ligne"]].to_dict("records"), nettoyage.ledger["lignes"].tolist()
    ([{'fichier': 'export.csv', 'ligne': 7}], [6, 6])
    """
    registers = Registers(read_spellings(spellings), aliases, associations, colleges)
    rows = join_tables(received.tables)
    cells = read_columns(rows, registers, received.year)
    identifiers, changes = tidy_identifiers(rows)
    reasons = reject_nobody(rows, identifiers, cells["annee"])
    table = pd.DataFrame(
        {
            IDENTIFIER: identifiers,
            **{name: written_as(rows[name], [cell.value for cell in cells[name]]) for name in COLUMNS},
        }
    )
    kept = reasons.eq(EMPTY)
    for column, rule, concerned in decide(table, rows, registers, received.year):
        changes += by_file(rows.loc[concerned & kept, "fichier"], column, rule)
    if are_within_associations(table, kept):
        table[IDENTIFIER] = (table["association"].astype("str").fillna(EMPTY) + " " + table[IDENTIFIER]).str.strip()
        changes += by_file(rows.loc[kept, "fichier"], IDENTIFIER, RULE_WITHIN)
    again, gathered = judge_repeats(table, kept)
    reasons = reasons.where(~kept, again)
    if len(gathered):
        known = order_labels("objectifs", {*table["objectifs"].cat.categories, *gathered})
        table["objectifs"] = table["objectifs"].cat.set_categories(known)
        table.loc[gathered.index, "objectifs"] = gathered
    refused = [(each.file, each.sheet, row) for each in received.tables for row in each.refused]
    rejected = keep_rejected(rows, reasons, refused)
    rejections = count_rejections(rejected)
    changes = [*received.changes, *(change for each in received.tables for change in each.changes), *changes]
    ledger = count_changes(rows, cells, changes)
    kept = reasons.eq(EMPTY)
    found = table[kept].reset_index(drop=True)
    found = found.assign(**{name: without_unused(found[name]) for name in COLUMNS})
    read = sum(len(each) for each in received.tables)
    assert read == len(found) + len(rejected), "a row is neither kept nor rejected"
    codes = {name: codes_among(name, rows[name].cat.categories, registers.spellings) for name in CLOSED}
    files = list(dict.fromkeys(each.file for each in received.tables))
    reading = _Reading(rows, table, cells, reasons, received.year, files, codes)
    unread = list_unread(reading)
    unusable = _faults(received, reading, unread=unread, ledger=ledger, rejected=rejected, rejections=rejections)
    faults = [*received.faults, *registers.spellings.faults, *unusable]
    return CleanedRecords(Persons(received.year, found), ledger, rejections, rejected, read, faults, unread)


def _faults(
    received: ReceivedRecords,
    reading: _Reading,
    *,
    unread: list[Unread],
    ledger: pd.DataFrame,
    rejected: pd.DataFrame,
    rejections: pd.DataFrame,
) -> list[DataError]:
    """Why the year is unusable, from its rows; a cause hides its consequences."""
    read = sum(len(each) for each in received.tables)
    if not received.tables:
        return []
    if not read:
        said = "aucune ligne de données ; vérifiez que c’est bien l’export, et non un modèle."
        return [] if received.faults else [DataError(f"{reading.files[0]} : {said}")]
    other_years, repeated = list(find_other_years(reading)), list(find_repeated(reading, rejected))
    is_explained = other_years or repeated or not {IDENTIFIER, "annee"} <= set(received.columns)
    return [
        *find_full(reading),
        *other_years,
        *repeated,
        *find_empty(reading, received.columns),
        *find_unread(reading, unread),
        *([] if is_explained else [*find_unplaced(reading, ledger), *find_excess(reading, rejections, read)]),
    ]


def clean_earlier(
    receiveds: list[ReceivedRecords],
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> dict[int, Persons]:
    """The persons of earlier years by year, each cleaned as `clean_persons` does; a year without export is left out.

    ``spellings`` has the schema ``modalites``; the registers: schema ``alias``, schema ``associations``, schema
    ``colleges``.

    Raises DataError for the first fault of a year.

    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> clean.clean_earlier([ReceivedRecords(2019), ReceivedRecords(2020)], **registres)
    {}
    """
    registers = {"spellings": spellings, "aliases": aliases, "associations": associations, "colleges": colleges}
    out = {}
    for received in receiveds:
        cleaned = clean_persons(received, **registers)
        if cleaned.faults:
            raise cleaned.faults[0]
        if not received.is_empty:
            out[received.year] = cleaned.persons
    return out
