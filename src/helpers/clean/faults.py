"""Why the records of a year cannot be used, and what of them is not understood; no value of a person in a sentence."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import pandas as pd

from helpers import paths
from helpers.clean import answers
from helpers.clean.records import COLUMNS, EMPTY, IDENTIFIER, TITLE, ReceivedRecords, Unread
from helpers.schema import FEWEST_PERSONS, DataError
from helpers.typography import fold

RULE_ENDS_BEFORE = "fin avant le début : les deux dates sont laissées vides"
RULE_NOTHING = "identifiant et année seuls, sans aucune réponse : personne comptée, tout lui manque"

# --- What could not be read ---

# Persons from which an answer must be understood. A share of a small base would stop at two persons: that an answer is
# left would then say that one person alone gave it.
FEWEST_ASKED = FEWEST_PERSONS
# Above this share of the rows, in per cent, those that hold an identifier and a year only are not persons.
LEAST_BARE_PCT = 1
# Above this share of its cells, an unread column holds something else: of a list, nothing of it is shown.
MOST_SHOWN_PCT = 50
# Above this share of the filled cells, a column of dates, UAI or births is wrong rather than some cells.
MOST_UNREAD_PCT = 20
LABELS = ("territoire", "uai", "college", "niveau")
MOST_AGAIN_PCT = 5  # Above this share of its filled cells, a column that repeats the cell above is written on each row
# Columns whose empty cells move every figure: the share from which someone must say what they are, and why. Those of
# a report that writes its labels once (`_is_in_blocks`), and of a box that is ticked or not, from five persons.
_EMPTY_CELLS = {
    "association": (20, "lignes n’en ont pas ; elle n’est peut-être écrite que sur la première de chaque bloc"),
    "suivi_par": (5, "lignes ne le disent pas, et ces personnes ne seraient comptées nulle part"),
    **dict.fromkeys(LABELS, (20, "lignes n’en ont pas, les autres le disent peut-être une fois par bloc")),
    **dict.fromkeys(answers.YES_NO, (20, "lignes n’ont rien, les autres disent toutes « oui »")),
}
# An unknown answer is shown only if short, without a long number, and like a known answer or given by several: it might
# be about a person.
_LONGEST_SHOWN, _FEWEST_ALIKE, _CLOSE = 40, 3, 0.6
_NUMBER, _DAY = re.compile(r"\d{3}|@"), re.compile(r"\d\d\D\d\d")
_MOST_LISTED, _NAMED = 200, 5  # Spellings listed in a column, the most frequent first; a sentence names fewer


def is_plain(text: str) -> bool:
    """Whether a text is too short and bare to be about a person: no long number, no address."""
    return len(text) <= _LONGEST_SHOWN and not _NUMBER.search(text)


def exceeds(rows: int, total: int, percent: int) -> bool:
    """Whether rows are strictly more than a percentage of a total."""
    return rows * 100 > total * percent


def name_files(files: Iterable[str]) -> str:
    """The first of some files, and the number of the others."""
    first, *others = dict.fromkeys(files)
    return f"{first} et {len(others)} autre{'s' if len(others) > 1 else ''}" if others else first


def may_stand_for_more(rows: pd.DataFrame, name: str, spellings: answers.Spellings) -> pd.Series:
    """Which rows are of a sheet where an empty cell of a column may stand for the one above, or for « non ».

    A label that is hardly ever the one just above again; a box of which no cell says anything but « oui », or that
    nobody knows.
    """
    texts, places = rows[name].astype("object"), [rows["fichier"], rows["feuille"]]
    if name in answers.YES_NO:
        unsure = answers.codes_among(name, texts.unique().tolist(), spellings)
        found = {text: spellings.find(name, answers.normalise(text)) for text in {*texts} - unsure - {EMPTY}}
        boxes = [text for text, cell in found.items() if cell and cell.value in (EMPTY, "oui", answers.UNSURE)]
        return texts.isin([EMPTY, *boxes]).groupby(places, observed=True).transform("all")
    given = texts.ne(EMPTY)
    again = given & texts.eq(texts.groupby(places, observed=True).shift())
    count, of = (each.groupby(places, observed=True).transform("sum") for each in (again, given))
    return count * 100 <= of * MOST_AGAIN_PCT


@dataclass(frozen=True)
class Reading:
    """All that the faults look at: the rows as received, what they mean, why they are rejected (``""``: kept)."""

    received: ReceivedRecords
    rows: pd.DataFrame
    table: pd.DataFrame
    cells: dict[str, list[answers.Cell]]
    reasons: pd.Series
    ledger: pd.DataFrame
    registers: answers.Registers

    @cached_property
    def kept(self) -> pd.Series:
        """Which rows are kept, one a person."""
        return self.reasons.eq(EMPTY)

    @property
    def is_untitled(self) -> bool:
        """Whether a title is to be explained: its column may hold what tells rows apart, or all that a row says."""
        return any(each.column == TITLE and each.is_asked for each in self.received.unread)

    @property
    def file(self) -> str:
        """How a sentence names the files."""
        return name_files(each.file for each in self.received.tables)

    def empty(self, name: str) -> pd.Series:
        """The persons who have nothing in a column of `_EMPTY_CELLS`; none if few, or if someone said what it means."""
        rows, nobody = self.rows[self.kept], pd.Series(False, index=self.rows.index)
        if name not in _EMPTY_CELLS or self.registers.spellings.form_of(name):
            return nobody
        if is_by_sheet := name in (*LABELS, *answers.YES_NO):
            rows = rows[may_stand_for_more(rows, name, self.registers.spellings)]
        if name in LABELS:
            rows = rows[self._is_in_blocks(rows, name)]
        column = self.table.loc[rows.index, name]
        # A dash is no empty cell: what someone says of these is not said of it.
        alone = column.isna() & (rows[name].eq(EMPTY) if is_by_sheet else True)
        is_answered = (column.eq("oui") if name in answers.YES_NO else column.notna()).any()
        count, least = int(alone.sum()), FEWEST_ASKED if is_by_sheet else 1
        is_many = count >= least and exceeds(count, len(column), _EMPTY_CELLS[name][0])
        return nobody | alone.reindex(nobody.index, fill_value=False) if is_answered and is_many else nobody

    @staticmethod
    def _is_in_blocks(rows: pd.DataFrame, name: str) -> pd.Series:
        """Which rows are of a sheet whose first row fills a column: of a collège, of few cells each.

        A collège has one block, or one in each of two: in a list of persons, many are of the same.
        """
        texts = rows[name].astype("object").groupby([rows["fichier"], rows["feuille"]], observed=True)
        given = texts.transform(lambda each: each.ne(EMPTY).sum() <= 2 * each[each.ne(EMPTY)].nunique())
        return texts.transform("first").ne(EMPTY) & (given.astype(bool) | (name not in ("uai", "college")))

    @cached_property
    def reversed_answers(self) -> dict[str, tuple[int, int]]:
        """By answer to « nouvel_accompagnement » that the start contradicts often: how many gave it, of how many."""
        new, opened = self.table["nouvel_accompagnement"], self.table["date_debut"].astype("datetime64[s]").dt.year
        out = {}
        for is_there, other in ((opened.eq(self.received.year), "non"), (opened.lt(self.received.year), "oui")):
            told = new[self.kept & is_there & new.isin(["oui", "non"])]
            wrong = int(told.eq(other).sum())
            if wrong >= FEWEST_ASKED and exceeds(wrong, len(told), MOST_NOT_NEW_PCT):
                out[other] = (wrong, len(told))
        return out

    def asked(self, name: str) -> pd.Series:
        """To which rows the question of a column is put."""
        return self.kept & self.table["origine"].isin(["college"]) if name == "orienteur" else self.kept

    def unknown_names(self, name: str) -> pd.Series:
        """The persons whose association is in no register, or whose collège has no UAI: kept as it is written."""
        table = self.table
        if name == "college":
            return self.kept & table["uai"].isna() & table["college"].notna()
        known = {answers.key_of(each) for each in self.registers.associations["association"]}
        return self.kept & table[name].isin(
            [each for each in table[name].cat.categories if answers.key_of(each) not in known]
        )


@dataclass(frozen=True)
class _Misread:
    """What of a column is not understood: by category, the parts of it that are not; the rows that hold them.

    ``count`` are those to whom the question is put, of ``total`` (who answered, when any answer is possible).
    """

    name: str
    pieces: list[tuple[str, ...]]
    rows: pd.Series
    count: int
    total: int
    is_asked: bool = False
    codes: frozenset[str] = frozenset()
    form: str = ""
    likely: str = ""
    asks: str = ""  # the column that the question is about, when it is another one

    @property
    def is_closed(self) -> bool:
        """Whether its answers are those of a list, each to be explained by itself."""
        return not self.form and self.name in answers.LISTS

    @property
    def is_shown(self) -> bool:
        """Whether its texts may be shown: of a list, unless the column seems to hold something else."""
        return self.is_closed and (bool(self.codes) or not exceeds(self.count, self.total, MOST_SHOWN_PCT))


def _misread(reading: Reading) -> Iterator[_Misread]:
    """The columns of which something is not understood, in the order of the schema."""
    spellings = reading.registers.spellings
    of_days = [text for each in answers.DAYS for text in reading.rows[each].cat.categories]
    for name in COLUMNS:
        column, asked = reading.rows[name], reading.asked(name)
        texts, filled = column.cat.categories.tolist(), asked & column.ne(EMPTY)
        pieces = [cell.unread for cell in reading.cells[name]]
        for rule, text in answers.OUT_OF_YEAR.items() if name in answers.DAYS else ():
            is_out = [cell.rule == rule for cell in reading.cells[name]]
            rows = asked & column.isin(column.cat.categories[is_out])
            if (count := int(rows.sum())) < FEWEST_ASKED:
                continue
            pieces = [() if out else unread for out, unread in zip(is_out, pieces, strict=True)]
            if not spellings.year_of(rule):
                form = f"{text} pour {count} personnes ;"
                told = [(text,) if out else () for out in is_out]
                yield _Misread(name, told, rows, count, count, is_asked=True, form=form, asks="annee")
        whole = [(answers.WHOLE,)] * len(texts)
        if alone := int((rows := reading.empty(name)).sum()):
            form = f"{alone} {_EMPTY_CELLS[name][1]} ;"
            yield _Misread(name, whole, rows, alone, alone, is_asked=True, form=form)
        form, written = answers.form_to_ask(name, of_days if name in answers.DAYS else texts, spellings)
        if form:
            rows, likely = filled & column.isin(written), answers.MONTH_FIRST if name in answers.DAYS else EMPTY
            count = int(rows.sum())
            yield _Misread(name, whole, rows, count, count, is_asked=count > 0, form=f"{form} ;", likely=likely)
        elif name in ("association", "college"):
            if (rows := reading.unknown_names(name)).any():
                pieces = [(answers.normalise(text),) for text in texts]
                yield _Misread(name, pieces, rows, int(rows.sum()), int(asked.sum()))
        elif name == "nouvel_accompagnement" and reading.reversed_answers:
            # « N » for « nouveau »: every spelling that was read as the wrong answer may be explained.
            is_wrong = [cell.value in reading.reversed_answers for cell in reading.cells[name]]
            pieces = [(text,) if wrong else piece for text, wrong, piece in zip(texts, is_wrong, pieces, strict=True)]
            rows = column.isin([text for text, piece in zip(texts, pieces, strict=True) if piece])
            yield _Misread(name, pieces, rows, int((rows & asked).sum()), int(asked.sum()), is_asked=True)
        elif any(pieces):
            rows = column.isin([text for text, unread in zip(texts, pieces, strict=True) if unread])
            count = int((rows & asked).sum())
            if name in answers.MULTIPLE:
                pieces = _by_words(pieces, name, spellings)
            if name in answers.LISTS:
                given = [each for unread in pieces for each in unread] if name in answers.MULTIPLE else texts
                codes = frozenset(map(answers.normalise, answers.codes_among(name, given, spellings)))
                is_asked = count >= (1 if codes or name == "annee" else FEWEST_ASKED)
                yield _Misread(name, pieces, rows, count, int(asked.sum()), is_asked, codes)
            elif exceeds(count, total := int(filled.sum()), MOST_UNREAD_PCT) and (
                spellings.form_of(name) not in answers.LEFT_EMPTY
            ):
                rules = sorted({cell.rule for cell in reading.cells[name] if cell.unread})
                form = f"{count} cases sur {total} ne se lisent pas ({', '.join(rules)}) ; corrigez l’export, ou"
                yield _Misread(name, whole, rows, count, total, is_asked=True, form=form)
            else:
                yield _Misread(name, pieces, rows, count, total)


def _by_words(pieces: list[tuple[str, ...]], name: str, spellings: answers.Spellings) -> list[tuple[str, ...]]:
    """« admin mobilite » of a form as « admin », where that word is asked by itself too."""
    alone = {piece for unread in pieces for piece in unread if " " not in piece}

    def asked(piece: str) -> list[str]:
        words = piece.split()
        is_made = all(word in alone or spellings.find(name, word) for word in words)
        return [word for word in words if word in alone] or [piece] if is_made else [piece]

    return [tuple(dict.fromkeys(word for piece in unread for word in asked(piece))) for unread in pieces]


def _spellings_of(column: _Misread, reading: Reading) -> Iterator[Unread]:
    """Each spelling of a column that is not understood, by file and sheet, the most frequent first."""
    known = answers.answers_of(column.name).items() if column.is_closed else ()
    names = {answers.key_of(word): each for each, label in known for word in (each, label)}
    names = {key: each for key, each in names.items() if each not in (answers.UNFORESEEN, answers.UNANSWERED)}
    found = _places(column, reading)
    identifiers = reading.rows[IDENTIFIER]
    secret = {*identifiers[identifiers.isin({piece for piece, *_ in found})]} if column.is_shown else set()
    for (piece, file, sheet), (line, count, of_persons) in found.items():
        if not of_persons:  # a total, somebody of another year
            continue
        near = "" if piece in column.codes else _nearest(column.name, piece, names, reading)
        is_known = piece in column.codes or bool(near) or of_persons >= _FEWEST_ALIKE
        is_public = is_plain(piece) and not _DAY.search(piece) and piece not in secret
        yield Unread(
            column.asks or column.name,
            piece,
            file,
            sheet,
            first_line=line,
            count=count,
            persons=of_persons,
            suggestion=near or column.likely,
            is_shown=bool(column.form) or column.name == "annee" or (column.is_shown and is_known and is_public),
            is_asked=column.is_asked,
        )


def _nearest(column: str, piece: str, names: dict[str, str], reading: Reading) -> str:
    """The answer that a text gives without what stands in brackets, else the nearest of these; empty without any."""
    find, is_doubtful = reading.registers.spellings.find, re.search(r"[(?]", piece) and names
    bare = find(column, re.sub(r"\(.*?\)|\?", "", piece)) if is_doubtful else None
    if column == "nouvel_accompagnement" and reading.reversed_answers and (said := find(column, piece)):
        return {"oui": "non", "non": "oui"}.get(said.value, EMPTY)
    near = get_close_matches(answers.key_of(piece), list(names), n=1, cutoff=_CLOSE)
    found = bare.value if bare and bare.value in names.values() else names[near[0]] if near else EMPTY
    return EMPTY if near and answers.is_contrary(piece, near[0]) else found


def _places(column: _Misread, reading: Reading) -> dict[tuple, tuple[int, int, int]]:
    """First line, cells and persons of each unread part of a text, by file and sheet: the most persons first."""
    rows = reading.rows.loc[column.rows, ["fichier", "feuille", "ligne", column.name]]
    groups = rows.assign(personne=_firsts(column, reading)).groupby([column.name, "fichier", "feuille"], observed=True)
    found = groups.agg(ligne=("ligne", "min"), cases=("ligne", "size"), personnes=("personne", "sum")).reset_index()
    pieces = dict(zip(reading.rows[column.name].cat.categories, column.pieces, strict=True))
    found = found.assign(texte=found[column.name].astype("object").map(pieces)).explode("texte").dropna(subset="texte")
    places = found.groupby(["texte", "fichier", "feuille"], observed=True)
    counts = places.agg({"ligne": "min", "cases": "sum", "personnes": "sum"}).sort_index()
    counts = counts.sort_values("personnes", ascending=False, kind="stable").head(_MOST_LISTED)
    return {place: tuple(map(int, row)) for place, *row in counts.itertuples()}


def _firsts(column: _Misread, reading: Reading) -> pd.Series:
    """The rows kept, one a person; for each text of an export of one row an objective, the first row of a person."""
    gathered = column.rows & reading.reasons.eq(answers.Reason.GATHERED)
    if not gathered.any():
        return reading.kept
    rows = pd.DataFrame({IDENTIFIER: reading.table[IDENTIFIER], "texte": reading.rows[column.name]})
    rows = rows[column.rows & (reading.kept | gathered)]
    return rows.duplicated().eq(False).reindex(reading.rows.index, fill_value=False)


def _told(column: _Misread, spellings: list[Unread], reading: Reading) -> DataError:
    """The sentence for a column that holds too much that is not understood."""
    files = sorted(each.file for each in spellings)
    where = name_files(files) if files else reading.file
    if column.form and len(sheets := {each.sheet for each in spellings} - {EMPTY}) == 1:
        where += f", feuille « {sheets.pop()} »"
    where += f", colonne « {column.name} »"
    count, total = column.count, column.total
    if column.asks:
        of_year, of_other = answers.YEARS.values()
        told = (
            f"{where} : {column.form} dites dans {paths.TO_COMPLETE} « {of_year} » pour les compter, ou « {of_other} »."
        )
    elif column.form:
        forms = answers.LEFT_EMPTY if column.form.endswith(" ou") else answers.FORMS[column.name]
        words = " ou ".join(f"« {each} »" for each in forms.values())
        way = f"dites dans {paths.TO_COMPLETE}, pour toute la colonne, {words}"
        if reading.registers.spellings.form_of(column.name):
            way = f"effacez de {paths.READINGS} ce que vous avez dit de toute la colonne"
        told = f"{where} : {column.form} {way}."
    elif column.codes:
        codes = ", ".join(sorted(column.codes))
        asides, words = reading.received.asides, [word for word in column.name.split("_") if len(word) > 3]
        legends = [each for each in asides if any(word in fold(each.rpartition(",")[2]) for word in words)] or asides
        where_to_look = f" ; ce que dit peut-être {', '.join(legends[:_NAMED])}" if legends else ""
        for place, found in (("un fichier", {*files}), ("une feuille", {each.sheet for each in spellings})):
            if len(found) > 1:
                where_to_look += f" ; s’il change d’{place} à l’autre, écrivez-y les réponses en toutes lettres"
        told = f"{where} : ses valeurs sont des codes ({codes}) ; dites dans {paths.TO_COMPLETE} "
        told += f"ce que chacun veut dire{where_to_look}."
    else:
        are = ("ne sont pas comprises" if count > 1 else "n’est pas comprise") + _remedy(spellings)
        told = f"{where} : {count} réponse{'s' if count > 1 else ''} sur {total} {are}"
    return DataError(told, persons=count)


def _remedy(spellings: list[Unread]) -> str:
    """The most frequent of these spellings that may be shown, all files and sheets together, and what to do."""
    counts, firsts = Counter(), {}
    for each in spellings:
        counts[each.value] += each.persons
        firsts.setdefault(each.value, each)
    values = [value for value, _ in counts.most_common()]
    few = [value for value in values if firsts[value].is_shown][:_NAMED]
    if not few:
        return f" ; si les colonnes ne sont pas décalées, dites dans {paths.TO_COMPLETE} ce que chacune veut dire."
    named = ", ".join(f"« {value} » ({counts[value]} fois)" for value in few)
    others = [firsts[value].first_line for value in values if value not in few]
    more = f" ; d’autres ne sont pas montrées, la première ligne {others[0]}" if others else ""
    return f" : {named}{more} ; dites dans {paths.TO_COMPLETE} ce que cela veut dire, ou corrigez le fichier."


# --- Why the records of a year are unusable: one French sentence each, without any value of a person ---

# Shares of the rows, in per cent, above which the file is wrong rather than some rows.
MOST_CONTRADICTORY_PCT = 1
MOST_REJECTED_PCT = 20
LEAST_OF_YEAR_PCT = 5  # Below this share of the rows, those of the year are typing errors in a file of other years
# Of rows that are surely nobody, however many, as long as more persons than that are there.
_OF_NOBODY = (answers.Reason.TOTAL, answers.Reason.TEXT, answers.Reason.EXAMPLE)
MOST_NEW_NAMES = 3  # Associations of no register for each one that is there: above it, the column holds something else
# « Nouvel accompagnement » of those who began in the year, or before: above it, yes and no are the other way round.
MOST_NOT_NEW_PCT = 66


def find_crowded(reading: Reading) -> Iterator[DataError]:
    """A column of associations that holds something else: far more names than a département has."""
    rows = reading.unknown_names("association")
    count, known = reading.table.loc[rows, "association"].nunique(), len(reading.registers.associations)
    if count > MOST_NEW_NAMES * max(known, FEWEST_ASKED):
        yield DataError(
            f"{reading.file}, colonne « association » : {count} noms que data/raw/reference/associations.csv n’a pas ; "
            "vérifiez que c’est bien cette colonne. Si ces associations existent, ajoutez-les à cette table.",
            persons=int(rows.sum()),
        )


def find_other_years(reading: Reading) -> Iterator[DataError]:
    """Files and sheets whose rows are all of other years, unless the sheet is named after its own."""
    read = {text: answers.read_number_of_year(answers.normalise(text)) for text in reading.rows["annee"].cat.categories}
    of_year = {text for text, cell in zip(read, reading.cells["annee"], strict=True) if cell.value}
    sheets = Counter(each.file for each in reading.received.tables)
    for (file, sheet), texts in reading.rows.groupby(["fichier", "feuille"], observed=True)["annee"]:
        seen = texts.value_counts()
        years = Counter({read[text]: int(count) for text, count in seen[seen > 0].items() if read[text] is not None})
        other, year = max(years, key=years.get, default=0), reading.received.year
        if years and not of_year & set(seen[seen > 0].index) and str(other) not in sheet:
            told = f"{file} : ce fichier est celui de {other}, non de {year} ; mettez-le dans le dossier de son année"
            if sheets[file] > 1:
                told = f"{file}, feuille « {sheet} » : elle est de {other}, non de {year} ; masquez-la dans le classeur"
            yield DataError(f"{told}, ou demandez cette année-là.")


def find_empty(reading: Reading) -> Iterator[DataError]:
    """Required columns that are present and empty."""
    # Neither titles that come again below nor totals are answers.
    nobody = (answers.Reason.NO_YEAR, answers.Reason.NOBODY, answers.Reason.TEXT, answers.Reason.TOTAL)
    dated = ~reading.reasons.isin(nobody)
    for name in reading.received.columns if len(reading.rows) else ():
        # A year that is another one means nothing, and is no empty cell.
        column = reading.rows[name] if name in (IDENTIFIER, "annee") else reading.table.loc[dated, name]
        is_empty = len(column) and (column.isna() | column.eq(EMPTY)).all()
        if answers.FIELDS[name]["presence"] == "obligatoire" and is_empty:
            yield DataError(
                f"{reading.file}, colonne « {name} » : elle est vide sur toutes les lignes ; remplissez-la, ou "
                "demandez un export qui la contient."
            )


def find_unplaced(reading: Reading) -> Iterator[DataError]:
    """Rows without an answer, yes and no the other way round, starts and ends that contradict each other."""
    kept, table = reading.kept, reading.table
    rules = reading.ledger.groupby("regle")["lignes"].sum()
    bare, total = int(rules.get(RULE_NOTHING, 0)), int(kept.sum())
    is_many = bare >= FEWEST_ASKED or (bare and bare * 100 >= total * LEAST_BARE_PCT)
    if is_many and not reading.is_untitled:
        yield DataError(
            f"{reading.file} : {bare} lignes n’ont qu’un identifiant et une année ; si ce ne sont pas des personnes, "
            "retirez-les, sinon écrivez au moins leur association.",
            persons=bare,
        )
    reversed_dates = int(rules.get(RULE_ENDS_BEFORE, 0))
    dated = reversed_dates + int((kept & table[["date_debut", "date_fin"]].notna().all(axis=1)).sum())
    if reversed_dates >= FEWEST_ASKED and exceeds(reversed_dates, dated, MOST_UNREAD_PCT):
        yield DataError(
            f"{reading.file}, colonnes « date_debut » et « date_fin » : sur {dated} personnes qui ont les deux dates, "
            f"{reversed_dates} auraient fini avant de commencer ; vérifiez que ces colonnes ne sont pas inversées, et "
            "corrigez l’export.",
            persons=reversed_dates,
        )
    for other, (wrong, told) in reading.reversed_answers.items():
        when = "commencés dans l’année" if other == "non" else "commencés avant"
        yield DataError(
            f"{reading.file}, colonne « nouvel_accompagnement » : sur {told} accompagnements {when} "
            f"d’après « date_debut », {wrong} ont pour réponse « {other} » : oui et non semblent inversés ; "
            f"vérifiez ces deux colonnes, et dites dans {paths.TO_COMPLETE} ce que leurs réponses veulent dire.",
            persons=wrong,
        )


def find_excess(reading: Reading, *, knows_persons: bool) -> Iterator[DataError]:
    """Too many rejected rows, or, if what tells the rows of a person apart is understood, contradictory persons."""
    rows = Counter(reading.reasons[~reading.kept])
    refused = {(each.file, each.sheet): each.refused for each in reading.received.tables if each.refused}
    for (file, sheet), lost in refused.items():
        if len(lost) >= FEWEST_ASKED:
            named = ", ".join(f"{reason} ({count})" for reason, count in Counter(row.reason for row in lost).items())
            yield DataError(
                f"{file}{f', feuille « {sheet} »' if sheet else ''} : {len(lost)} lignes ne sont pas lues, {named}, la "
                f"première ligne {lost[0].line} ; ouvrez le fichier dans un tableur, remettez leurs cases sous leurs "
                "titres, puis enregistrez-le ; si ce ne sont pas des personnes, effacez-les.",
                persons=len(lost),
            )
    lossless = (answers.Reason.GATHERED, answers.Reason.COMPLETED, answers.Reason.IDENTICAL)
    for reason in (*lossless, *([] if knows_persons else [answers.Reason.CONTRADICTORY])):
        rows.pop(reason, None)
    if sum(rows[each] for each in _OF_NOBODY) < reading.kept.sum():  # a sub-total under each class is no fault
        for reason in _OF_NOBODY:
            rows.pop(reason, None)
    read, kept, others = reading.received.read, int(reading.kept.sum()), rows[answers.Reason.OTHER_YEAR]
    if kept * 100 >= (kept + others) * LEAST_OF_YEAR_PCT:  # an export of several years: its rows are told, no fault
        read -= rows.pop(answers.Reason.OTHER_YEAR, 0)
    if exceeds(twice := rows[answers.Reason.CONTRADICTORY], read, MOST_CONTRADICTORY_PCT):
        del rows[answers.Reason.CONTRADICTORY]
        yield DataError(
            f"{reading.file}, colonne « identifiant » : {twice} lignes sur {read} se contredisent sur une même "
            "personne, la quarantaine les montre ; n’en gardez que la plus récente, avec le premier « date_debut » "
            "et son « nouvel_accompagnement » (deux périodes n’en font qu’une) et tous ses objectifs "
            "dans la même case (« scolarité ; mobilité ») ; si "
            "ce sont deux personnes, une fratrie par exemple, donnez un numéro à chacune ; si chaque association a ses "
            "propres numéros, faites précéder l’identifiant du nom de l’association.",
            persons=reading.table.loc[reading.reasons.eq(answers.Reason.CONTRADICTORY), IDENTIFIER].nunique(),
        )
    if exceeds(rejected := rows.total(), read, MOST_REJECTED_PCT):
        main = ", ".join(f"{reason} ({count})" for reason, count in rows.most_common(3))
        is_of_others = rows.most_common(1)[0][0] == answers.Reason.OTHER_YEAR
        way = f"n’y laissez que les lignes de {reading.received.year}" if is_of_others else "corrigez le fichier"
        yield DataError(
            f"{reading.file} : {rejected} {'lignes' if rejected > 1 else 'ligne'} sur {read} ne "
            f"{'peuvent pas être comptées' if rejected > 1 else 'peut pas être comptée'} : {main} ; {way}, "
            "la quarantaine montre ces lignes."
        )


def find_faults(reading: Reading) -> tuple[list[DataError], list[Unread]]:
    """Why the year is unusable, from its rows (a cause hides its consequences), and each spelling not understood."""
    misread = [(column, list(_spellings_of(column, reading))) for column in _misread(reading)]
    unread, received = [each for _, spellings in misread for each in spellings], reading.received
    if not received.read:
        said = "aucune ligne de données ; vérifiez que c’est bien l’export, et non un modèle."
        is_told = received.faults or not received.tables
        return [] if is_told else [DataError(f"{reading.file} : {said}")], unread
    other_years = list(find_other_years(reading))
    reversed_ones = ["nouvel_accompagnement"] if reading.reversed_answers else []  # `find_unplaced` tells it
    misread = [each for each in misread if each[0].is_asked and each[0].name not in reversed_ones]
    is_explained = other_years or not {IDENTIFIER, "annee"} <= set(received.columns)
    # Objectives that are not understood may be all that tells the rows of a person apart.
    is_untold = reading.is_untitled or any(column.name in answers.MULTIPLE for column, _ in misread)
    return [
        *other_years,
        *find_empty(reading),
        *find_crowded(reading),
        *(_told(column, spellings, reading) for column, spellings in misread),
        *([] if is_explained else find_unplaced(reading)),
        *([] if is_explained else find_excess(reading, knows_persons=not is_untold)),
    ], unread
