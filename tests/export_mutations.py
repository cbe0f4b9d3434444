"""Exports as people send them: a good one, what can go wrong with it, and what each fault must lead to.

A mutation says in which formats it can happen, and tells the draft what to expect: a sentence that stops the year, a row
rejected for a reason, a rule that is counted, an answer that changes. What no mutation touched must come out as it went
in. Files that cannot be read at all are in test_receive.py, with their sentences.
"""

import csv
import datetime as dt
import io
import random
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from ods_file import ods_bytes, ods_table, without_controls

YEAR = 2031  # a day number of a spreadsheet is believed until 2035
FORMATS = ("csv", "xlsx", "ods", "parquet")
WORKBOOKS = ("xlsx", "ods")

TITLES = (
    "identifiant", "annee", "association", "territoire", "uai", "college", "suivi_par", "situation", "niveau", "sexe",
    "annee_naissance", "nouvel_accompagnement", "date_debut", "date_fin", "origine", "orienteur", "demande_initiale",
    "objectifs", "parents_associes", "observations", "date de naissance", "nom du travailleur",
)  # fmt: skip
CLOSED = (
    "suivi_par", "situation", "niveau", "sexe", "nouvel_accompagnement", "origine", "demande_initiale", "parents_associes",
)  # fmt: skip
THEMES = ("scolarite", "besoin_de_parler", "mobilite", "sante_addiction", "difficultes_familiales")


def clean_rows(draw: random.Random, count: int = 60) -> list[dict[str, str]]:
    """Persons without any fault, who all differ."""
    out = []
    for rank in range(count):
        origin = draw.choice(("college", "famille", "travail_de_rue"))
        out.append({
            "identifiant": f"{rank:03}{draw.randrange(10**7):07}{draw.choice('CDFGHJK')}",
            "annee": str(YEAR), "association": ("Horizon", "L’Été", "Le Gué-Noir")[rank % 3], "territoire": ("Lille", "Douai")[rank % 2],
            "uai": "0592714E", "college": "Collège Mendès France", "suivi_par": ("alses", "autre_educateur")[rank % 5 == 0],
            "situation": "collegien", "niveau": ("6e", "5e", "4e", "3e")[rank % 4], "sexe": ("filles", "garcons")[rank % 2],
            "annee_naissance": str(YEAR - 15 + rank % 5), "nouvel_accompagnement": ("oui", "non")[rank % 3 == 0],
            "date_debut": f"{YEAR - (rank % 3 == 0)}-{1 + rank % 6:02}-{13 + rank % 15:02}", "date_fin": f"{YEAR}-{8 + rank % 4:02}-20" if rank % 4 else "",
            "origine": origin, "orienteur": "enseignants" if origin == "college" else "",
            "demande_initiale": THEMES[rank % 5], "objectifs": ";".join(sorted(THEMES[: 1 + rank % 3], key=THEMES.index)),
            "parents_associes": ("oui", "non")[rank % 7 == 0], "observations": f"vu chez Zoé Canari-{rank} au 06 11 22 33 {rank:02}",
            "date de naissance": f"{1 + rank % 28:02}/{1 + rank % 12:02}/20{16 + rank % 5}", "nom du travailleur": f"Ginette Canari-{rank % 4}",
        })  # fmt: skip
    return out


@dataclass
class Draft:
    """An export being made, and what is expected of it."""

    draw: random.Random
    form: str
    rows: list[dict]
    titles: list[tuple[str, str]] = field(default_factory=lambda: [(name, name) for name in TITLES])
    above: list[list[str]] = field(default_factory=list)
    codec: str = "utf-8"
    delimiter: str = ";"
    end: str = "\n"
    is_damaged: bool = False
    # What is expected.
    stops: list[str] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    changed: dict[str, set[str]] = field(default_factory=dict)
    is_blind: bool = False
    used: set[int] = field(default_factory=set)

    def pick(self) -> dict:
        """A row that no other mutation touches."""
        row = self.draw.choice([row for row in self.rows if id(row) not in self.used and "sexe" in row])
        self.used.add(id(row))
        return row

    def reject(self, reason: str, row: dict | None = None) -> None:
        """Expects one more row rejected for this reason, and its person gone."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1
        if row is not None:
            self.gone.add(row["identifiant"])

    def may_change(self, row: dict, column: str) -> None:
        """Allows another answer for a person; « orienteur » depends on « origine »."""
        self.changed.setdefault(row["identifiant"], set()).update({column, "orienteur" if column == "origine" else column})

    def write(self, column: str, ways: Callable[[str], object]) -> None:
        """Writes each cell of a column in another way."""
        for row in self.rows:
            row[column] = ways(row[column]) if row.get(column) else row.get(column, "")

    @property
    def file(self) -> str:
        return f"accompagnements.{self.form}"

    def content(self) -> bytes:
        """The bytes of the file."""
        made = _MAKERS[self.form](self)
        return damaged(self.draw, made) if self.is_damaged else made

    def grid(self) -> list[list]:
        """The cells, titles first."""
        lines = [row.get("*") or [row.get(key, "") for _, key in self.titles] for row in self.rows]
        return [*self.above, [title for title, _ in self.titles], *lines]

    @property
    def written(self) -> int:
        """How many rows under the titles hold something."""
        rows = [row.get("*") or row.values() for row in self.rows if not row.get("titres")]
        return sum(any(str(cell).strip() for cell in row) for row in rows)


# --- writing ----------------------------------------------------------------------------------------------------------


def _csv(draft: Draft) -> bytes:
    out = io.StringIO()
    lines = [[cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else str(cell) for cell in line] for line in draft.grid()]
    csv.writer(out, delimiter=draft.delimiter, lineterminator=draft.end).writerows(lines)
    try:
        return out.getvalue().encode(draft.codec)
    except UnicodeEncodeError:  # a character that the encoding lacks: no program would write such a file
        draft.codec, draft.rules = "utf-8", [rule for rule in draft.rules if rule != "texte en "]
        return out.getvalue().encode()


def _xlsx(draft: Draft) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in draft.grid():
        book.active.append([without_controls(cell) or None for cell in line])
    book.save(out)
    return out.getvalue()


def _parquet(draft: Draft) -> bytes:
    arrays, out = [_parquet_column([row.get(key, "") for row in draft.rows]) for _, key in draft.titles], io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=[title for title, _ in draft.titles]), out, row_group_size=59)
    return out.getvalue()


def _parquet_column(cells: list) -> pa.Array:
    """Numbers or dates where all cells are, text otherwise."""
    texts = [str(cell) for cell in cells]
    if texts != cells:
        with suppress(pa.ArrowException, TypeError):
            return pa.array([None if cell == "" else cell for cell in cells])
    return pa.array(texts, pa.string())


_MAKERS = {"csv": _csv, "xlsx": _xlsx, "ods": lambda draft: ods_bytes(ods_table("Base", draft.grid())), "parquet": _parquet}


# --- the mutations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """Something that happens to exports in some formats; a late one comes after those that change rows."""

    name: str
    forms: tuple[str, ...]
    apply: Callable[[Draft], None]
    is_late: bool = False


MUTATIONS: list[Mutation] = []
TEXT = ("csv",)
GRIDS = ("csv", "xlsx", "ods")


def case(forms=FORMATS, *, name: str = "", late: bool = False, stops: str = "", rule: str = ""):
    """Registers a mutation, with the sentence that stops the year or the rule that is counted."""

    def register(change):
        def apply(draft: Draft) -> None:
            draft.stops += [stops] if stops else []
            draft.rules += [rule] if rule else []
            change(draft)

        MUTATIONS.append(Mutation(name or change.__name__, forms, apply, late))
        return change

    return register


def of_file(name: str, key: str, *values: str, rule: str = "") -> None:
    """Registers another way of writing a text file."""

    @case(TEXT, name=name, rule=rule)
    def _(draft: Draft) -> None:
        if draft.codec != "utf-16" or key != "codec":  # which has a mark of its own
            setattr(draft, key, draft.draw.choice(values))


def of_column(name: str, *columns: str, way: Callable[[Draft, str], object], **told) -> None:
    """Registers another way of writing all the cells of some columns."""

    @case(name=name, **told)
    def _(draft: Draft) -> None:
        for column in columns:
            draft.write(column, lambda cell: way(draft, cell))


def one_cell(name: str, column: str | tuple[str, ...], *values, rule: str = "", reason: str = "") -> None:
    """Registers a mutation of one cell, whose row is rejected for a reason, or whose answer may change.

    Of several columns one is drawn; a value that is a mapping changes other cells of the row as well.
    """

    @case(name=name, rule=rule)
    def _(draft: Draft) -> None:
        row, value = draft.pick(), draft.draw.choice(values)
        cells = value if isinstance(value, dict) else {draft.draw.choice(column) if isinstance(column, tuple) else column: value}
        row.update(cells)
        if reason:
            draft.reject(reason, row)
        for each in () if reason else cells:
            draft.may_change(row, each)


def date_as(way: Callable[[dt.date], object]):
    def written(draft: Draft, cell: str) -> object:
        is_iso = isinstance(cell, str) and len(cell) == 10 and cell[4] == "-"
        return way(dt.date.fromisoformat(cell)) if is_iso else cell

    return written


def a_yes(draft: Draft, cell: str) -> str:
    ways = {"oui": ("oui", "OUI", "Oui ", "o", "1", "x", "VRAI"), "non": ("non", "Non", "N", "0", "FAUX")}
    return draft.draw.choice(ways.get(cell, (cell,)))


def a_year(draft: Draft, cell: str) -> object:
    return draft.draw.choice(("{},0", "{}.00", "{}")).format(cell) if draft.form == "csv" else float(cell)


def a_class(draft: Draft, cell: str) -> str:
    level, rest = cell.strip()[:1], cell.strip()[1:]
    return draft.draw.choice((f"{level}E{draft.draw.randint(1, 9)}", f"{level}ème", f"{level}°B")) if rest == "e" else cell


def several(draft: Draft, cell: str) -> str:
    return draft.draw.choice((";", " ; ", "|", ";;")).join(reversed(cell.split(";")))


of_file("one_byte_a_character", "codec", "cp1252", "mac_roman", rule="texte en ")
of_file("byte_order_mark", "codec", "utf-8-sig")
of_file("utf16", "codec", "utf-16", rule="texte en UTF-16")
of_file("other_delimiter", "delimiter", ",", "\t", "|")
of_file("ends_of_lines", "end", "\r\n", "\r")

of_column("year_as_a_number", "annee", way=a_year)
of_column("ways_of_yes", "nouvel_accompagnement", way=a_yes)
of_column("class_codes", "niveau", way=a_class)
of_column("zero_lost", "uai", way=lambda draft, cell: cell.lstrip("0"), rule="zéro de tête de l’UAI rétabli")
of_column("ways_of_several_answers", "objectifs", way=several)
of_column("serial_days", "date_debut", way=date_as(lambda day: str((day - dt.date(1899, 12, 30)).days)))
of_column("true_dates", "date_debut", "date_fin", way=date_as(lambda day: day))
of_column("day_first", "date_debut", way=date_as(lambda day: f"{day:%d/%m/%Y}"))
of_column("last_years_file", "annee", way=lambda *_: str(YEAR - 1), late=True, stops=f"ce fichier est celui de {YEAR - 1}")

UNKNOWN, NOT_GIVEN = "réponse inconnue, gardée comme « non prévue »", "case sans réponse : non renseigné"
WRONG_UAI, NO_DAY = "UAI mal écrit, ou dont la lettre de contrôle est fausse, laissé vide", "date impossible ou illisible, laissée vide"

one_cell("unknown_answer", CLOSED, "12,5 %", "Justice des mineurs", "zz9", rule=UNKNOWN)
one_cell("not_known", CLOSED, "NSP", "nsp", "N.S.P.", "?", rule="écriture ramenée à la liste")
one_cell("nothing_as_a_word", CLOSED, "NA", "None", "null", "n/a", "-", "RAS", rule=NOT_GIVEN)
one_cell("nothing", CLOSED, "")
one_cell("class_code_spoilt", "niveau", "60.0", "500", rule=UNKNOWN)
one_cell("other_name_of_a_college", "college", "Clg Mendès-France")
one_cell("wrong_uai", "uai", "0592714F", "59000", "0130001Z", rule=WRONG_UAI)
one_cell("short_years", "date_debut", "03-04-31", "3/4/31", "03-avr-31", rule="date à l’année de deux chiffres")
one_cell("months", "date_debut", "avr-31", "04/2031", "avril 2031", rule="mois sans jour")
one_cell("impossible_day", "date_debut", "29/02/2031", "00/00/0000", "31/04/2031", "bientôt", rule=NO_DAY)
one_cell("start_to_come", "date_debut", {"date_debut": f"15/01/{YEAR + 3}", "date_fin": ""}, rule="début après la fin de l’année")
one_cell("end_before_start", "date_debut", {"date_debut": f"15/05/{YEAR}", "date_fin": f"14/05/{YEAR}"}, rule="fin avant le début")
one_cell("no_end", "date_fin", "31/12/9999", "9999-12-31", rule="encore ouvert")
one_cell("impossible_birth", "annee_naissance", str(YEAR - 40), "-2017", str(YEAR + 1), "60 ans", "1,5", rule="année de naissance impossible")
one_cell("a_row_of_last_year", "annee", str(YEAR - 1), reason="ligne d’une autre année")
one_cell("line_end_in_a_cell", "observations", 'deux\nlignes ; et "des" guillemets, puis\tune')


@case(TEXT)
def short_row(draft):
    row = draft.pick()
    row["*"] = [row[key] for _, key in draft.titles if key in row][: draft.draw.randint(2, 9)]
    draft.reject("ligne trop courte : des cases manquent", row)


@case(TEXT)
def long_row(draft):
    row = draft.pick()
    row["*"] = [*(row.get(key, "") for _, key in draft.titles), "", "de trop"]
    draft.reject("ligne trop longue : des cases en trop", row)


@case(GRIDS, rule="lignes blanches, laissées de côté")
def blank_lines_and_columns(draft):
    for _ in range(draft.draw.randint(1, 3)):
        draft.rows.insert(draft.draw.randrange(len(draft.rows)), {})
    place = draft.draw.randrange(1, len(draft.titles))
    draft.titles.insert(place, ("", "rien"))
    for row in draft.rows:  # titles that come again have the same blank
        if row.get("titres"):
            row["*"].insert(place, "")


@case(late=True, stops="colonne obligatoire absente : « niveau »")
def title_misspelt(draft):
    draft.titles = [("Nivo scolèr" if key == "niveau" else title, key) for title, key in draft.titles]


@case(GRIDS, late=True, rule="lignes au-dessus des titres")
def letterhead(draft):
    lines = ("Département du Nord", f"Export du 02/01/{YEAR + 1}", "")
    draft.above += [[line, *[""] * (len(draft.titles) - 1)] for line in lines][: draft.draw.randint(1, 3)]


@case()
def total_rows(draft):
    who = draft.draw.choice(("", "Total"))
    draft.rows.append({"identifiant": who, "association": "Total général", "observations": "60"})
    draft.reject("ligne de total, de moyenne ou de pourcentage")


@case()
def nobody(draft):
    row = draft.pick()
    draft.gone.add(row["identifiant"])
    row["identifiant"] = draft.draw.choice(("", " ", "\u00a0"))
    draft.reject("identifiant absent")


@case()
def ways_of_names(draft):
    def other(text: str) -> str:
        text = text.replace("’", draft.draw.choice("'’´")).replace("-", draft.draw.choice("-–‑"))
        ways = (text, unicodedata.normalize("NFD", text), f" {text}\u00a0", text.replace(" ", "  "), f"\u200b{text}")
        return draft.draw.choice(ways)

    # Three quarters of the rows keep the name, to which the others are brought back.
    draft.write("association", lambda text: other(text) if draft.draw.random() < 0.25 else text)


@case()
def spaces_in_cells(draft):
    for column in (*CLOSED, "identifiant"):
        row = draft.pick()
        if isinstance(row[column], str):
            row[column] = draft.draw.choice((" ", "\u00a0", "\u202f", "\t")).join(("", row[column], ""))


@case()
def same_row_twice(draft):
    row = draft.pick()
    draft.rows.insert(draft.draw.randrange(len(draft.rows)), dict(row))
    draft.reject("personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée")


@case(stops="se contredisent sur une même personne")
def somebody_contradicts_himself(draft):
    row = draft.pick()
    draft.rows.append({**row, **draft.draw.choice(({"niveau": "hors_college"}, {"uai": "0596097G", "college": ""}))})


@case(late=True)
def column_all_empty(draft):
    column = draft.draw.choice(CLOSED)
    draft.write(column, lambda text: "")
    draft.stops.append(f"colonne « {column} » : elle est vide")


@case(late=True, stops="absentes : ")
def column_absent(draft):
    gone = draft.draw.choice((*CLOSED, "identifiant", "annee"))
    draft.titles = [(title, key) for title, key in draft.titles if key != gone]
    draft.stops.append(f"absente : « {gone} »")


@case(stops="ne sont pas comprises")
def columns_shifted_on_some_rows(draft):
    for _ in range(9):
        row = draft.pick()
        values = [row[key] for key in TITLES]
        row.update(zip(TITLES[4:], values[-1:] + values[4:-1], strict=True))
        draft.gone.add(row["identifiant"])


@case(TEXT, rule="titres répétés plus bas")
def two_exports_end_to_end(draft):
    mark = "\ufeff" * (draft.codec == "utf-8")
    titles = {"*": [f"{mark}{draft.titles[0][0]}", *[title for title, _ in draft.titles[1:]]], "titres": True}
    draft.rows.insert(draft.draw.randrange(1, len(draft.rows)), titles)


INSERTED = (b";", b'"', b"\n", b"\r", b"\0", b"\xe9", b"\xc3", b"\xef\xbb\xbf", b";;", b",", b"\t", b"#REF!", b"PK", b"\x8f", b"NA")
HOSTILE = (
    "=1+1", "@somme", "x" * 4000, "\u202eabc", "1e400", "une dizaine", "3 ou 4", "\U0001f600", "a;b", "<b>", "{{7*7}}", "%s", "\x1b[31m",
)  # fmt: skip


def damaged(draw: random.Random, content: bytes, *, most: int = 4) -> bytes:
    """Bytes changed, inserted or dropped, or the end cut off."""
    out = bytearray(content)
    for _ in range(draw.randint(1, most)):
        at, action = draw.randrange(len(out) or 1), draw.randrange(4)
        if action == 0:
            out[at : at + 1] = bytes([draw.randrange(256)])
        elif action == 1:
            out[at:at] = draw.choice(INSERTED)
        elif action == 2:
            del out[at : at + draw.randint(1, 40)]
        elif draw.random() < 0.3:
            del out[max(at, 10) :]
    return bytes(out)


@case(late=True)
def bytes_at_random(draft):
    draft.is_damaged = draft.is_blind = True


@case(late=True)
def cells_at_random(draft):
    """Cells moved and replaced; nobody can say what they meant."""
    for _ in range(draft.draw.randint(1, 6)):
        row = draft.draw.choice(draft.rows or [{}])
        one, other = draft.draw.sample(TITLES, 2)
        row[one], row[other] = row.get(other, ""), row.get(one, "")
        row[draft.draw.choice(TITLES)] = draft.draw.choice(HOSTILE)
    draft.is_blind = True


def mutate(seed: int, *, form: str = "", chosen: list[Mutation] | None = None) -> tuple[Draft, list[str], dict]:
    """A damaged export, the names of what happened to it, and its clean rows by identifier."""
    draw = random.Random(seed)
    form = form or draw.choice(FORMATS)
    rows = clean_rows(draw)
    clean = {row["identifiant"]: dict(row) for row in rows}
    draft = Draft(draw, form, rows)
    if chosen is None:
        possible = [each for each in MUTATIONS if form in each.forms]
        chosen = draw.sample(possible, draw.choice((1, 1, 2, 3)))
    for each in sorted(chosen, key=lambda each: each.is_late):
        each.apply(draft)
    return draft, [each.name for each in chosen], clean
