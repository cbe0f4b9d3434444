"""Exports as people send them: a good one, all that can happen to it, and what each thing must lead to.

Each mutation bears the number of its case in the catalogue of bad input (tests/test_export_cases.py), says in which
formats it can happen, and tells the draft what it expects: a sentence that stops the year, a row set aside for a reason,
a rule that is counted, an answer that changes. What no mutation touched must come out as it went in.
"""

import csv
import datetime as dt
import io
import random
import unicodedata
import zipfile
from collections.abc import Callable
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
    "suivi_par",
    "situation",
    "niveau",
    "sexe",
    "nouvel_accompagnement",
    "origine",
    "demande_initiale",
    "parents_associes",
)
THEMES = ("scolarite", "besoin_de_parler", "mobilite", "sante_addiction", "difficultes_familiales")


def clean_rows(draw: random.Random, count: int = 60) -> list[dict[str, str]]:
    """Persons without any fault, who all differ; what identifies them stands in no other file."""
    out = []
    for rank in range(count):
        origin = draw.choice(("college", "famille", "travail_de_rue"))
        row = {
            "identifiant": f"{rank:03}{draw.randrange(10**7):07}{draw.choice('CDFGHJK')}",
            "annee": str(YEAR), "association": ("Horizon", "L’Été", "Le Gué-Noir")[rank % 3], "territoire": ("Lille", "Douai")[rank % 2],
            "uai": "0592714E", "college": "Collège Mendès France", "suivi_par": ("alses", "autre_educateur")[rank % 5 == 0],
            "situation": "collegien", "niveau": ("6e", "5e", "4e", "3e")[rank % 4], "sexe": ("filles", "garcons")[rank % 2],
            "annee_naissance": str(YEAR - 15 + rank % 5), "nouvel_accompagnement": ("oui", "non")[rank % 3 == 0],
            "date_debut": f"{YEAR}-{1 + rank % 6:02}-{13 + rank % 15:02}", "date_fin": f"{YEAR}-{8 + rank % 4:02}-20" if rank % 4 else "",
            "origine": origin, "orienteur": "enseignants" if origin == "college" else "",
            "demande_initiale": THEMES[rank % 5], "objectifs": ";".join(sorted(THEMES[: 1 + rank % 3], key=THEMES.index)),
            "parents_associes": ("oui", "non")[rank % 7 == 0], "observations": f"vu chez Zoé Canari-{rank} au 06 11 22 33 {rank:02}",
            "date de naissance": f"{1 + rank % 28:02}/{1 + rank % 12:02}/20{16 + rank % 5}", "nom du travailleur": f"Ginette Canari-{rank % 4}",
        }  # fmt: skip
        out.append(row)
    return out


@dataclass
class Draft:
    """An export in the making, and what is expected of it."""

    draw: random.Random
    form: str
    rows: list[dict]
    titles: list[tuple[str, str]] = field(default_factory=lambda: [(name, name) for name in TITLES])
    above: list[list[str]] = field(default_factory=list)
    name: str = ""
    codec: str = "utf-8"
    delimiter: str = ";"
    end: str = "\n"
    kinds: dict = field(default_factory=dict)
    sheets: list[tuple[str, list, str]] = field(default_factory=list)
    marks: dict = field(default_factory=dict)
    text: list[Callable[[str], str]] = field(default_factory=list)
    raw: list[Callable[[bytes], bytes]] = field(default_factory=list)
    beside: dict[str, bytes] = field(default_factory=dict)
    # What is expected.
    stops: list[str] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    changed: dict[str, set[str]] = field(default_factory=dict)
    is_blind: bool = False
    used: set[int] = field(default_factory=set)

    def pick(self) -> dict:
        """A row that no mutation has touched yet, and that none will after."""
        row = self.draw.choice([row for row in self.rows if id(row) not in self.used and "sexe" in row])
        self.used.add(id(row))
        return row

    def reject(self, reason: str, row: dict | None = None) -> None:
        """Expects one more row set aside for this reason; a row of somebody takes him out."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1
        if row is not None:
            self.gone.add(row["identifiant"])

    def may_change(self, row: dict, column: str) -> None:
        """Expects another answer of somebody; a referrer goes with the way by which he came."""
        self.changed.setdefault(row["identifiant"], set()).update(
            {column, "orienteur" if column == "origine" else column}
        )

    def change(self, row: dict, column: str, value: str, rule: str) -> None:
        """Writes a cell otherwise; the person's answer may change, and the rule is counted."""
        row[column] = value
        self.may_change(row, column)
        self.rules.append(rule)

    def write(self, column: str, ways: Callable[[str], object]) -> None:
        """Writes each cell of a column in another way."""
        for row in self.rows:
            row[column] = ways(row[column]) if row.get(column) else row.get(column, "")

    @property
    def file(self) -> str:
        return self.name or f"accompagnements.{self.form}"

    def content(self) -> bytes:
        """The bytes of the file."""
        made = _MAKERS[self.form](self)
        for change in self.raw:
            made = change(made) if made else made
        return made

    def grid(self) -> list[list]:
        """The cells, titles first."""
        lines = [row.get("*") or [row.get(key, "") for _, key in self.titles] for row in self.rows]
        return [*self.above, [title for title, _ in self.titles], *lines]

    @property
    def written(self) -> int:
        """How many rows under the titles hold something."""
        return sum(any(str(cell).strip() for cell in (row.get("*") or row.values())) for row in self.rows)


# --- writing ----------------------------------------------------------------------------------------------------------


def _as_text(cell: object) -> str:
    return cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else str(cell)


def _csv(draft: Draft) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=draft.delimiter, lineterminator=draft.end).writerows(
        [[_as_text(cell) for cell in line] for line in draft.grid()]
    )
    text = out.getvalue()
    for change in draft.text:
        text = change(text)
    try:
        return text.encode(draft.codec)
    except UnicodeEncodeError:  # a sign that the encoding does not have: nothing would write such a file
        draft.codec, draft.rules = "utf-8", [rule for rule in draft.rules if rule != "texte en "]
        return text.encode("utf-8")


def _xlsx(draft: Draft) -> bytes:
    book = openpyxl.Workbook()
    if draft.marks.get("1904"):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "Base"
    for line in draft.grid():
        sheet.append([without_controls(cell) or None for cell in line])
    first = len(draft.above) + 2
    for number in draft.marks.get("hidden", ()):
        sheet.row_dimensions[first + number].hidden = True
    for column, top, bottom in draft.marks.get("merged", ()):
        sheet.merge_cells(start_row=first + top, end_row=first + bottom, start_column=column + 1, end_column=column + 1)
    for place, (name, lines, state) in enumerate(draft.sheets):
        other = book.create_sheet(name, place)
        other.sheet_state = state
        for line in lines:
            other.append(line)
    book.active = book.index(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods(draft: Draft) -> bytes:
    first = len(draft.above) + 1
    spanned = {(first + top, column) for column, top, _ in draft.marks.get("merged", ())}
    hidden = {first + number for number in draft.marks.get("hidden", ())}
    tables = [ods_table(name, lines) for name, lines, _ in draft.sheets]
    return ods_bytes(*tables, ods_table("Base", draft.grid(), hidden=hidden, spanned=spanned))


def _parquet(draft: Draft) -> bytes:
    arrays = [
        _parquet_column([row.get(key, "") for row in draft.rows], draft.kinds.get(key, "")) for _, key in draft.titles
    ]
    out = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(arrays, names=[title for title, _ in draft.titles]),
        out,
        row_group_size=draft.marks.get("group", 1 << 20),
    )
    return out.getvalue()


def _parquet_column(cells: list, kind: str) -> pa.Array:
    if kind == "null" and all(isinstance(cell, str) for cell in cells):
        return pa.array([cell or None for cell in cells], pa.string())
    if kind == "dictionary":
        return pa.array([str(cell) for cell in cells], pa.string()).dictionary_encode()
    if kind == "large":
        return pa.array([str(cell) for cell in cells], pa.large_string())
    if kind == "list":
        return pa.array([str(cell).split(";") for cell in cells])
    if any(not isinstance(cell, str) for cell in cells):
        try:
            return pa.array([None if cell == "" else cell for cell in cells])
        except (pa.ArrowException, TypeError):
            pass
    return pa.array([str(cell) for cell in cells], pa.string())


_MAKERS = {"csv": _csv, "xlsx": _xlsx, "ods": _ods, "parquet": _parquet}


# --- the mutations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """A thing that happens to exports."""

    cases: tuple[int, ...]
    forms: tuple[str, ...]
    apply: Callable[[Draft], None]
    is_late: bool = False

    @property
    def name(self) -> str:
        return self.apply.__name__


MUTATIONS: list[Mutation] = []


def case(*numbers: int, forms: tuple[str, ...] = FORMATS, late: bool = False):
    """Registers a mutation; a late one changes what the file is, after all that changes its rows."""

    def register(apply):
        MUTATIONS.append(Mutation(numbers, forms, apply, late))
        return apply

    return register


TEXT = ("csv",)


@case(1, 5, forms=TEXT)
def one_byte_a_character(draft):
    draft.codec = draft.draw.choice(("cp1252", "mac_roman"))
    draft.rules.append("texte en ")


@case(2, forms=TEXT, late=True)
def mojibake(draft):
    draft.raw.append(lambda content: content.decode(draft.codec, errors="ignore").replace("é", "Ã©").encode("utf-8"))
    draft.stops.append("des accents sont abîmés")


@case(3, forms=TEXT)
def mark_of_utf8(draft):
    draft.codec = "utf-8-sig"


@case(4, forms=TEXT)
def utf16(draft):
    draft.codec = "utf-16"
    draft.rules.append("texte en UTF-16")


@case(6, forms=TEXT)
def other_delimiter(draft):
    draft.delimiter = draft.draw.choice((",", "\t", "|"))


@case(7, forms=TEXT, late=True)
def said_delimiter(draft):
    draft.text.append(lambda text: f"sep={draft.delimiter}{draft.end}{text}")
    draft.rules.append("première ligne « sep= »")


@case(8, 9, 36)
def year_as_a_number(draft):
    draft.write(
        "annee",
        lambda text: draft.draw.choice((f"{text},0", f"{text}.00", text)) if draft.form == "csv" else float(text),
    )


@case(10, 35, 52)
def unknown_answer(draft):
    row, column = draft.pick(), draft.draw.choice(CLOSED)
    draft.change(
        row,
        column,
        draft.draw.choice(("12,5 %", "Justice des mineurs", "zz9")),
        "réponse inconnue, gardée comme « non prévue »",
    )


@case(11)
def ways_of_yes(draft):
    draft.write(
        "nouvel_accompagnement",
        lambda text: (
            draft.draw.choice(("oui", "OUI", "Oui ", "o", "1", "x", "VRAI"))
            if text == "oui"
            else draft.draw.choice(("non", "Non", "N", "0", "FAUX"))
        ),
    )


@case(12)
def not_known(draft):
    row, column = draft.pick(), draft.draw.choice(CLOSED)
    draft.change(
        row, column, draft.draw.choice(("NSP", "nsp", "N.S.P.", "?", "-", "RAS")), "écriture ramenée à la liste"
    )


@case(13, 53)
def nothing_as_a_word(draft):
    row, column = draft.pick(), draft.draw.choice(CLOSED)
    draft.change(
        row,
        column,
        draft.draw.choice(("NA", "None", "null", "#N/A" if draft.form == "csv" else "n/a")),
        "case sans réponse : non renseigné",
    )


@case(53)
def nothing(draft):
    row, column = draft.pick(), draft.draw.choice(CLOSED)
    row[column] = ""
    draft.may_change(row, column)


@case(14, 51)
def class_codes(draft):
    draft.write(
        "niveau",
        lambda text: (
            text
            if text == "autre"
            else draft.draw.choice(
                (f"{text[0]}E{draft.draw.randint(1, 9)}", f"{text[0]}ème", f"{text[0]}e", f"{text[0]}°B")
            )
        ),
    )


@case(14)
def class_code_spoilt(draft):
    row = draft.pick()
    draft.change(
        row, "niveau", draft.draw.choice((60.0, 500)) if draft.form in WORKBOOKS else "60.0", "réponse inconnue"
    )


@case(15)
def zero_lost(draft):
    draft.write("uai", lambda text: text.lstrip("0"))
    draft.rules.append("zéro de tête de l’UAI rétabli")


@case(15)
def wrong_uai(draft):
    row = draft.pick()
    row["uai"] = draft.draw.choice(("0592714F", "59000", "0130001Z"))
    draft.reject("UAI mal écrit, ou dont la lettre de contrôle est fausse", row)


@case(16, late=True)
def column_without_title(draft):
    draft.titles.insert(draft.draw.randrange(len(draft.titles)), ("", "intrus"))
    for row in draft.rows:
        row["intrus"] = "7"
    if draft.form == "parquet":  # a column without a name shifts nothing there
        return
    draft.stops.append("une colonne n’a pas de titre")


@case(17, forms=TEXT)
def short_row(draft):
    row = draft.pick()
    row["*"] = [row[key] for _, key in draft.titles if key in row][: draft.draw.randint(2, 9)]
    draft.reject("ligne trop courte : des cases manquent", row)


@case(18, forms=TEXT)
def long_row(draft):
    row = draft.pick()
    row["*"] = [*(row.get(key, "") for _, key in draft.titles), "", "de trop"]
    draft.reject("ligne trop longue : des cases en trop", row)


@case(18, forms=TEXT)
def row_cut_by_an_endless_cell(draft):
    row = draft.pick()
    row["*"] = [row["identifiant"], "x" * 200_000]
    draft.reject("ligne trop courte : des cases manquent", row)


@case(19, forms=TEXT, late=True)
def quote_left_open(draft):
    draft.text.append(lambda text: text + f'"jamais refermé{draft.end}')
    draft.stops.append("un guillemet est mal placé ou n’est pas refermé")


@case(20)
def line_end_in_a_cell(draft):
    draft.pick()["observations"] = 'deux\nlignes ; et "des" guillemets, puis\tune'


@case(21, forms=TEXT, late=True)
def nul(draft):
    draft.text.append(lambda text: text.replace("Horizon", "Hori\0zon", 1))
    draft.stops.append("un caractère nul coupe le texte")


@case(22, forms=TEXT)
def ends_of_lines(draft):
    draft.end = draft.draw.choice(("\r\n", "\r"))


@case(22, forms=TEXT, late=True)
def mixed_ends_of_lines(draft):
    draft.text.append(
        lambda text: text.replace(draft.end, "\r\n", draft.draw.randint(2, 9)) if draft.end == "\n" else text
    )


@case(23, forms=TEXT, late=True)
def delimiter_at_the_end(draft):
    for row in draft.rows:
        if "*" in row:
            row["*"].append("")
    draft.titles.append(("", "rien"))


@case(24, forms=("csv", "xlsx", "ods"))
def blank_lines_and_columns(draft):
    for _ in range(draft.draw.randint(1, 3)):
        draft.rows.insert(draft.draw.randrange(len(draft.rows)), {})
    draft.titles.insert(draft.draw.randrange(1, len(draft.titles)), ("", "rien"))
    draft.rules.append("lignes blanches, laissées de côté")


@case(25, late=True)
def title_twice(draft):
    draft.titles.append((draft.draw.choice(("Genre", "SEXE")), "sexe"))
    draft.stops.append("deux colonnes désignent « sexe »")


@case(26, 42, 43)
def other_titles(draft):
    ways = {
        "identifiant": "N° de dossier",
        "annee": "ANNÉE",
        "niveau": " Niveau\u00a0",
        "sexe": "Genre",
        "parents_associes": unicodedata.normalize("NFD", "Parents associés"),
    }
    draft.titles = [(ways.get(key, title) if title == key else title, key) for title, key in draft.titles]


@case(26, 55, late=True)
def title_misspelt(draft):
    draft.titles = [("Nivo scolèr" if key == "niveau" else title, key) for title, key in draft.titles]
    draft.stops.append("colonne obligatoire absente : « niveau »")


@case(27, forms=("csv", "xlsx", "ods"), late=True)
def titles_on_two_lines(draft):
    half = len(draft.titles) // 2 + 2
    draft.above.append([title if place < half else "" for place, (title, _) in enumerate(draft.titles)])
    draft.titles = [("" if place < half else title, key) for place, (title, key) in enumerate(draft.titles)]
    draft.stops.append("les titres tiennent sur deux lignes")
    draft.stops.append("colonnes obligatoires absentes")


@case(28, forms=("csv", "xlsx", "ods"), late=True)
def letterhead(draft):
    width = len(draft.titles)
    draft.above += [
        ["Département du Nord", *[""] * (width - 1)],
        [f"Export du 02/01/{YEAR + 1}", *[""] * (width - 1)],
        [""] * width,
    ][: draft.draw.randint(1, 3)]
    draft.rules.append("lignes au-dessus des titres")


@case(29)
def total_rows(draft):
    draft.rows.append(
        {"identifiant": draft.draw.choice(("", "Total")), "association": "Total général", "observations": "60"}
    )
    draft.reject("ligne de total")


@case(29)
def nobody(draft):
    row = draft.pick()
    draft.gone.add(row["identifiant"])
    row["identifiant"] = draft.draw.choice(("", " ", "\u00a0"))
    draft.reject("identifiant absent")


@case(30, forms=("xlsx",))
def merged_downwards(draft):
    start = draft.draw.randrange(0, 40)
    if any(
        draft.rows[start].get("association") != row.get("association") for row in draft.rows[start : start + 1]
    ) or len(draft.titles) != len(TITLES):
        return
    column = [key for _, key in draft.titles].index("association")
    top = draft.rows[start]
    if not top.get("association") or not draft.rows[start + 1].get("association"):
        return
    draft.changed.setdefault(draft.rows[start + 1].get("identifiant", ""), set()).add("association")
    draft.used |= {id(top), id(draft.rows[start + 1])}
    draft.marks["merged"] = [(column, start, start + 1)]
    draft.rules.append("cellules fusionnées vers le bas")


@case(30, forms=("ods",), late=True)
def merged_downwards_in_ods(draft):
    draft.marks["merged"] = [(2, 5, 6)]
    draft.stops.append("des cellules sont fusionnées vers le bas")


@case(31, forms=("xlsx",))
def hidden_sheet_first(draft):
    draft.sheets.insert(0, ("Listes", [["niveau", "sexe"], ["6e", "filles"]], "hidden"))


@case(31, forms=WORKBOOKS)
def other_sheet_first(draft):
    draft.sheets.insert(0, ("Lisez-moi", [["Export de la base", "Zoé Canari-99"], ["", ""]], "visible"))


@case(32, forms=WORKBOOKS, late=True)
def hidden_rows(draft):
    draft.marks["hidden"] = [draft.draw.randrange(20)]
    draft.rules.append("lignes masquées ou filtrées")


@case(33, forms=WORKBOOKS, late=True)
def two_sheets(draft):
    titles = [title for title, _ in draft.titles]
    draft.sheets.append(("Base (2)", [titles, [f"Q{place}" for place in range(len(titles))]], "visible"))
    draft.stops.append("plusieurs feuilles portent les mêmes titres")


@case(34, forms=("xlsx",), late=True)
def formula_without_value(draft):
    draft.rows[draft.draw.randrange(len(draft.rows))]["niveau"] = '=CONCATENATE("6","e")'
    draft.stops.append("formule sans valeur enregistrée")


@case(35, forms=("xlsx", "ods"), late=True)
def cell_in_error(draft):
    row = next(row for row in draft.rows[draft.draw.randrange(40) :] if row.get("niveau"))
    row["niveau"] = draft.draw.choice(("#REF!", "#DIV/0!", "#N/A"))
    draft.stops.append("cellule en erreur")


def _is_iso(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) == 10 and cell[4] == "-"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@case(37)
def serial_days(draft):
    draft.write("date_debut", lambda text: str((_day(text) - dt.date(1899, 12, 30)).days) if _is_iso(text) else text)


@case(37, 38, 39, forms=("csv", "xlsx", "ods", "parquet"))
def true_dates(draft):
    for column in ("date_debut", "date_fin"):
        draft.write(column, lambda text: _day(text) if _is_iso(text) else text)


@case(38, forms=("xlsx",))
def calendar_of_1904(draft):
    true_dates(draft)
    draft.marks["1904"] = True


@case(39)
def day_first(draft):
    draft.write("date_debut", lambda text: "/".join(reversed(text.split("-"))) if _is_iso(text) else text)


@case(40)
def short_years(draft):
    row = draft.pick()
    row["date_debut"] = draft.draw.choice(("31/12/49", "03-04-31", "5/3/68"))
    draft.reject("date dont l’année n’a que deux chiffres", row)


@case(41)
def impossible_day(draft):
    row = draft.pick()
    row["date_debut"] = draft.draw.choice(("29/02/2031", "00/00/0000", "31/04/2031", "bientôt"))
    draft.reject("date impossible ou illisible", row)


@case(41)
def start_to_come(draft):
    row = draft.pick()
    row["date_debut"], row["date_fin"] = f"15/01/{YEAR + 3}", ""
    draft.reject("début après la fin de l’année", row)


@case(41)
def end_before_start(draft):
    row = draft.pick()
    row["date_debut"], row["date_fin"] = f"15/05/{YEAR}", f"14/05/{YEAR}"
    draft.reject("fin avant le début", row)


@case(41, 74)
def impossible_birth(draft):
    row = draft.pick()
    row["annee_naissance"] = draft.draw.choice((str(YEAR - 40), "-2017", str(YEAR + 1), "12 ans", "1,5"))
    draft.reject("année de naissance impossible", row)


@case(42, 43, 44)
def ways_of_names(draft):
    def other(text: str) -> str:
        text = text.replace("’", draft.draw.choice("'’´")).replace("-", draft.draw.choice("-–‑"))
        return draft.draw.choice(
            (text, unicodedata.normalize("NFD", text), f" {text}\u00a0", text.replace(" ", "  "), f"\u200b{text}")
        )

    # Three quarters of the rows keep the name: the others are brought to it.
    for row in draft.rows:
        if row.get("association") and draft.draw.random() < 0.25:
            row["association"] = other(row["association"])


@case(43)
def spaces_in_cells(draft):
    for column in (*CLOSED, "identifiant"):
        row = draft.pick()
        if isinstance(row[column], str):
            row[column] = draft.draw.choice((" ", "\u00a0", "\u202f", "\t")).join(("", row[column], ""))


@case(45)
def other_name_of_a_college(draft):
    row = draft.pick()
    draft.change(row, "college", "Clg Mendès-France", "")


@case(47)
def same_row_twice(draft):
    row = draft.pick()
    draft.rows.insert(draft.draw.randrange(len(draft.rows)), dict(row))
    draft.reject("personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée")


@case(48, 49)
def somebody_contradicts_himself(draft):
    row = draft.pick()
    draft.rows.append({**row, **draft.draw.choice(({"niveau": "hors_college"}, {"uai": "0596097G", "college": ""}))})
    draft.stops.append("se contredisent sur une même personne")


@case(54)
def column_all_empty(draft):
    column = draft.draw.choice(CLOSED)
    for row in draft.rows:
        row[column] = ""
    draft.stops.append(f"colonne « {column} » : elle est vide")


@case(55, late=True)
def column_absent(draft):
    gone = draft.draw.choice((*CLOSED, "identifiant", "annee"))
    draft.titles = [(title, key) for title, key in draft.titles if key != gone]
    draft.stops += [f"absente : « {gone} »", "absentes : "]


@case(55, late=True)
def facultative_columns_absent(draft):
    gone = ("territoire", "orienteur")
    draft.titles = [(title, key) for title, key in draft.titles if key not in gone]
    for row in draft.rows:
        if row.get("identifiant") and "*" not in row:
            draft.changed.setdefault(str(row["identifiant"]), set()).update(gone)


@case(56)
def columns_in_another_order(draft):
    if not any("*" in row for row in draft.rows):
        draft.draw.shuffle(draft.titles)


@case(57, late=True)
def last_years_file(draft):
    for row in draft.rows:
        if row.get("annee"):
            row["annee"] = str(YEAR - 1)
    draft.stops.append(f"ce fichier est celui de {YEAR - 1}")


@case(57)
def a_row_of_last_year(draft):
    row = draft.pick()
    row["annee"] = str(YEAR - 1)
    draft.reject("ligne d’une autre année", row)


@case(58, late=True)
def same_file_twice(draft):
    draft.marks["twin"] = True
    draft.stops.append("est la copie de")


@case(60, 61, late=True)
def only_titles(draft):
    draft.rows.clear()
    draft.stops += ["n’a aucune ligne sous ses titres", "aucune ligne sous les titres"]


@case(61, late=True)
def no_byte(draft):
    draft.raw.append(lambda content: b"")
    draft.stops.append("le fichier est vide")


@case(62, forms=("xlsx", "ods", "parquet"), late=True)
def truncated(draft):
    draft.raw.append(lambda content: content[: len(content) * draft.draw.randint(20, 99) // 100])
    draft.stops.append("tronqué ou abîmé")


@case(63, 64, forms=("xlsx", "ods"), late=True)
def password_or_old_xls(draft):
    draft.raw.append(lambda content: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    draft.stops.append("fichier protégé par un mot de passe ou ancien .xls")


@case(64, late=True)
def web_page(draft):
    draft.raw.append(lambda content: b"<html><table><tr><td>identifiant</td></tr></table></html>")
    draft.stops.append("c’est une page web sous un autre nom")


@case(64, late=True)
def renamed(draft):
    other = draft.draw.choice([each for each in FORMATS if each != draft.form])
    if (draft.form, other) in (("xlsx", "ods"), ("ods", "xlsx")):
        draft.name = f"accompagnements.{other}"  # both are archives of XML: each is read for what it is
        return
    draft.name = f"accompagnements.{other}"
    draft.stops.append("son extension ne dit pas ce qu’il est")


@case(65)
def locks_beside(draft):
    draft.beside |= {
        "~$accompagnements.xlsx": b"\x05canari",
        ".~lock.accompagnements.ods#": b"canari",
        ".DS_Store": b"\0\0",
        "._accompagnements.csv": b"\0",
    }


@case(66, forms=("xlsx",), late=True)
def cell_far_below(draft):
    draft.raw.append(_far_cell)


def _far_cell(content: bytes) -> bytes:
    """A blank cell far below the table."""
    return _edited(
        content, b"</sheetData>", b'<row r="60000"><c r="A60000" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
    )


def _edited(content: bytes, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in read.namelist():
            made.writestr(name, read.read(name).replace(old, new))
    return out.getvalue()


@case(68, forms=WORKBOOKS, late=True)
def archive_bomb(draft):
    def swollen(content: bytes) -> bytes:
        out = io.BytesIO(content)
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made:
            made.writestr("xl/media/image1.xml", b"\0" * (33 << 20))
        return out.getvalue()

    draft.raw.append(swollen)
    draft.stops.append("le classeur est démesuré une fois décompressé")


@case(69, forms=WORKBOOKS, late=True)
def entities(draft):
    def hostile(content: bytes) -> bytes:
        out = io.BytesIO(content)
        with zipfile.ZipFile(out, "a") as made:
            made.writestr("xl/laughs.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
        return out.getvalue()

    draft.raw.append(hostile)
    draft.stops.append("le classeur contient une déclaration XML interdite")


@case(70)
def name_with_accents_and_spaces(draft):
    draft.name = draft.name or f"Accompagnements de l’Été {YEAR} (définitif).{draft.form}"


@case(71)
def ways_of_several_answers(draft):
    draft.write("objectifs", lambda text: draft.draw.choice((";", " ; ", "|", ";;")).join(reversed(text.split(";"))))


@case(53, forms=("parquet",))
def nulls(draft):
    for key in ("date_fin", "orienteur", "territoire"):
        draft.kinds[key] = "null"


@case(36, forms=("parquet",))
def kinds_of_columns(draft):
    for key in draft.draw.sample(TITLES, 8):
        draft.kinds[key] = draft.draw.choice(("dictionary", "large"))
    draft.kinds["objectifs"] = "list"


@case(33, forms=("parquet",))
def groups_of_rows(draft):
    draft.marks["group"] = draft.draw.choice((1, 7, 59))


@case(16, 56)
def columns_shifted_on_some_rows(draft):
    for _ in range(9):
        row = draft.pick()
        values = [row[key] for key in TITLES]
        row.update(zip(TITLES[4:], values[-1:] + values[4:-1], strict=True))
        draft.gone.add(row["identifiant"])
    draft.marks["either"] = True
    draft.stops.append("sont inconnues")


@case(28, forms=TEXT)
def two_exports_end_to_end(draft):
    draft.rows.insert(
        draft.draw.randrange(1, len(draft.rows)),
        {
            "*": [
                "\ufeffidentifiant" if draft.codec == "utf-8" else "identifiant",
                *[title for title, _ in draft.titles[1:]],
            ]
        },
    )
    draft.marks["repeated"] = True
    draft.reject("année de l’export absente ou illisible")


@case(62, late=True)
def bytes_at_random(draft):
    def damaged(content: bytes) -> bytes:
        out = bytearray(content)
        for _ in range(draft.draw.randint(1, 4)):
            at = draft.draw.randrange(len(out))
            action = draft.draw.randrange(4)
            if action == 0:
                out[at] = draft.draw.randrange(256)
            elif action == 1:
                out[at:at] = draft.draw.choice(
                    (
                        b";",
                        b'"',
                        b"\n",
                        b"\r",
                        b"\0",
                        b"\xe9",
                        b"\xc3",
                        b"\xef\xbb\xbf",
                        b";;",
                        b",",
                        b"\t",
                        b"#REF!",
                        b"PK",
                    )
                )
            elif action == 2:
                del out[at : at + draft.draw.randint(1, 40)]
            elif draft.draw.random() < 0.3 and len(out) > 10:
                del out[at:]
        return bytes(out)

    draft.raw.append(damaged)
    draft.is_blind = True


@case(17, 18, 73, late=True)
def cells_at_random(draft):
    """Cells moved, doubled, replaced; nobody can say what they meant."""
    keys = list(TITLES)
    for _ in range(draft.draw.randint(1, 6)):
        row = draft.draw.choice(draft.rows or [{}])
        one, other = draft.draw.sample(keys, 2)
        row[one], row[other] = row.get(other, ""), row.get(one, "")
        row[draft.draw.choice(keys)] = draft.draw.choice(
            (
                "=1+1",
                "@somme",
                "x" * 4000,
                "\u202eabc",
                "1e400",
                "une dizaine",
                "3 ou 4",
                "\U0001f600",
                "a;b",
                "<b>",
                "{{7*7}}",
                "%s",
                "\x1b[31m",
            )
        )
    draft.is_blind = True


def mutate(
    seed: int, *, form: str | None = None, chosen: list[Mutation] | None = None
) -> tuple[Draft, list[str], dict]:
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
