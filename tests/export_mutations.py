"""Exports as people send them: a good one, what can go wrong with it, and what each fault must lead to.

Each mutation has the number of its case in the catalogue of bad input (tests/test_export_cases.py) and the formats where
it can happen. It tells the draft what to expect: a sentence that stops the year, a row rejected for a reason, a rule that
is counted, an answer that changes. What no mutation touched must come out as it went in.
"""

import csv
import datetime as dt
import io
import random
import unicodedata
import zipfile
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
            "date_debut": f"{YEAR}-{1 + rank % 6:02}-{13 + rank % 15:02}", "date_fin": f"{YEAR}-{8 + rank % 4:02}-20" if rank % 4 else "",
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


def _csv(draft: Draft) -> bytes:
    out = io.StringIO()
    lines = [[cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else str(cell) for cell in line] for line in draft.grid()]
    csv.writer(out, delimiter=draft.delimiter, lineterminator=draft.end).writerows(lines)
    text = out.getvalue()
    for change in draft.text:
        text = change(text)
    try:
        return text.encode(draft.codec)
    except UnicodeEncodeError:  # a character that the encoding lacks: no program would write such a file
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
    arrays = [_parquet_column([row.get(key, "") for row in draft.rows], draft.kinds.get(key, "")) for _, key in draft.titles]
    table, out = pa.Table.from_arrays(arrays, names=[title for title, _ in draft.titles]), io.BytesIO()
    pq.write_table(table, out, row_group_size=draft.marks.get("group", 1 << 20))
    return out.getvalue()


def _parquet_column(cells: list, kind: str) -> pa.Array:
    texts = [str(cell) for cell in cells]
    if kind == "null" and all(isinstance(cell, str) for cell in cells):
        return pa.array([cell or None for cell in cells], pa.string())
    if kind == "dictionary":
        return pa.array(texts, pa.string()).dictionary_encode()
    if kind == "large":
        return pa.array(texts, pa.large_string())
    if kind == "list":
        return pa.array([text.split(";") for text in texts])
    if texts != cells:
        with suppress(pa.ArrowException, TypeError):
            return pa.array([None if cell == "" else cell for cell in cells])
    return pa.array(texts, pa.string())


_MAKERS = {"csv": _csv, "xlsx": _xlsx, "ods": _ods, "parquet": _parquet}


# --- the mutations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """Something that happens to exports."""

    name: str
    cases: tuple[int, ...]
    forms: tuple[str, ...]
    apply: Callable[[Draft], None]
    is_late: bool = False


MUTATIONS: list[Mutation] = []
TEXT = ("csv",)
GRIDS = ("csv", "xlsx", "ods")


def case(*numbers: int, forms=FORMATS, late: bool = False, stops: str = "", rule: str = ""):
    """Registers a mutation; a late one changes what the file is, after those that change rows."""

    def register(change):
        def apply(draft: Draft) -> None:
            draft.stops += [stops] if stops else []
            draft.rules += [rule] if rule else []
            change(draft)

        MUTATIONS.append(Mutation(change.__name__, numbers, forms, apply, late))
        return change

    return register


def of_text(*numbers: int, stops: str = "", rule: str = ""):
    """Registers a late mutation of the text of a CSV file."""
    return lambda change: _registered(change, "text", *numbers, forms=TEXT, stops=stops, rule=rule)


def of_bytes(*numbers: int, forms=FORMATS, stops: str):
    """Registers a late mutation of the bytes of a file."""
    return lambda change: _registered(change, "raw", *numbers, forms=forms, stops=stops)


def _registered(change, where: str, *numbers: int, **more) -> None:
    def apply(draft: Draft) -> None:
        getattr(draft, where).append(lambda content: change(draft, content))

    apply.__name__ = change.__name__
    case(*numbers, late=True, **more)(apply)


def one_cell(name: str, *numbers: int, column, values, rule: str | None = None, reason: str = "") -> None:
    """Registers a mutation of one cell, whose row is rejected for a reason, or whose answer may change."""

    def apply(draft: Draft) -> None:
        row = draft.pick()
        key = draft.draw.choice(column) if isinstance(column, tuple) else column
        row[key] = draft.draw.choice(values(draft) if callable(values) else values)
        if reason:
            draft.reject(reason, row)
        else:
            draft.may_change(row, key)
            draft.rules += [rule] if rule else []

    apply.__name__ = name
    case(*numbers)(apply)


@case(1, 5, forms=TEXT, rule="texte en ")
def one_byte_a_character(draft):
    draft.codec = draft.draw.choice(("cp1252", "mac_roman"))


@of_bytes(2, forms=TEXT, stops="des accents sont abîmés")
def mojibake(draft, content):
    return content.decode(draft.codec, errors="ignore").replace("é", "Ã©").encode("utf-8")


@case(3, forms=TEXT)
def byte_order_mark(draft):
    draft.codec = "utf-8-sig"


@case(4, forms=TEXT, rule="texte en UTF-16")
def utf16(draft):
    draft.codec = "utf-16"


@case(6, forms=TEXT)
def other_delimiter(draft):
    draft.delimiter = draft.draw.choice((",", "\t", "|"))


@of_text(7, rule="première ligne « sep= »")
def said_delimiter(draft, text):
    return f"sep={draft.delimiter}{draft.end}{text}"


@case(8, 9, 36)
def year_as_a_number(draft):
    ways = ("{},0", "{}.00", "{}")
    draft.write("annee", lambda text: draft.draw.choice(ways).format(text) if draft.form == "csv" else float(text))


UNKNOWN = "réponse inconnue, gardée comme « non prévue »"
one_cell("unknown_answer", 10, 35, 52, column=CLOSED, values=("12,5 %", "Justice des mineurs", "zz9"), rule=UNKNOWN)


@case(11)
def ways_of_yes(draft):
    ways = {"oui": ("oui", "OUI", "Oui ", "o", "1", "x", "VRAI"), "non": ("non", "Non", "N", "0", "FAUX")}
    draft.write("nouvel_accompagnement", lambda text: draft.draw.choice(ways["oui" if text == "oui" else "non"]))


one_cell("not_known", 12, column=CLOSED, values=("NSP", "nsp", "N.S.P.", "?", "-", "RAS"), rule="écriture ramenée à la liste")
one_cell(
    "nothing_as_a_word", 13, 53, column=CLOSED, rule="case sans réponse : non renseigné",
    values=lambda draft: ("NA", "None", "null", "#N/A" if draft.form == "csv" else "n/a"),
)  # fmt: skip
one_cell("nothing", 53, column=CLOSED, values=("",))


@case(14, 51)
def class_codes(draft):
    def code(text):
        ways = (f"{text[0]}E{draft.draw.randint(1, 9)}", f"{text[0]}ème", f"{text[0]}e", f"{text[0]}°B")
        return text if text == "autre" else draft.draw.choice(ways)

    draft.write("niveau", code)


one_cell("class_code_spoilt", 14, column="niveau", rule="réponse inconnue",
         values=lambda draft: (60.0, 500) if draft.form in WORKBOOKS else ("60.0",))  # fmt: skip


@case(15, rule="zéro de tête de l’UAI rétabli")
def zero_lost(draft):
    draft.write("uai", lambda text: text.lstrip("0"))


WRONG_UAI = "UAI mal écrit, ou dont la lettre de contrôle est fausse"
one_cell("wrong_uai", 15, column="uai", values=("0592714F", "59000", "0130001Z"), reason=WRONG_UAI)


@case(16, late=True)
def column_without_title(draft):
    draft.titles.insert(draft.draw.randrange(len(draft.titles)), ("", "intrus"))
    for row in draft.rows:
        row["intrus"] = "7"
    if draft.form != "parquet":  # a column without a name shifts nothing there
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


@of_text(19, stops="un guillemet est mal placé ou n’est pas refermé")
def quote_left_open(draft, text):
    return text + f'"jamais refermé{draft.end}'


@case(20)
def line_end_in_a_cell(draft):
    draft.pick()["observations"] = 'deux\nlignes ; et "des" guillemets, puis\tune'


@of_text(21, stops="un caractère nul coupe le texte")
def nul(draft, text):
    return text.replace("Horizon", "Hori\0zon", 1)


@case(22, forms=TEXT)
def ends_of_lines(draft):
    draft.end = draft.draw.choice(("\r\n", "\r"))


@of_text(22)
def mixed_ends_of_lines(draft, text):
    return text.replace(draft.end, "\r\n", draft.draw.randint(2, 9)) if draft.end == "\n" else text


@case(23, forms=TEXT, late=True)
def delimiter_at_the_end(draft):
    for row in draft.rows:
        if "*" in row:
            row["*"].append("")
    draft.titles.append(("", "rien"))


@case(24, forms=GRIDS, rule="lignes blanches, laissées de côté")
def blank_lines_and_columns(draft):
    for _ in range(draft.draw.randint(1, 3)):
        draft.rows.insert(draft.draw.randrange(len(draft.rows)), {})
    draft.titles.insert(draft.draw.randrange(1, len(draft.titles)), ("", "rien"))


@case(25, late=True, stops="deux colonnes désignent « sexe »")
def title_twice(draft):
    draft.titles.append((draft.draw.choice(("Genre", "SEXE")), "sexe"))


@case(26, 42, 43)
def other_titles(draft):
    ways = {
        "identifiant": "N° de dossier", "annee": "ANNÉE", "niveau": " Niveau\u00a0", "sexe": "Genre",
        "parents_associes": unicodedata.normalize("NFD", "Parents associés"),
    }  # fmt: skip
    draft.titles = [(ways.get(key, title) if title == key else title, key) for title, key in draft.titles]


@case(26, 55, late=True, stops="colonne obligatoire absente : « niveau »")
def title_misspelt(draft):
    draft.titles = [("Nivo scolèr" if key == "niveau" else title, key) for title, key in draft.titles]


@case(27, forms=GRIDS, late=True, stops="les titres tiennent sur deux lignes")
def titles_on_two_lines(draft):
    half = len(draft.titles) // 2 + 2
    draft.above.append([title if place < half else "" for place, (title, _) in enumerate(draft.titles)])
    draft.titles = [("" if place < half else title, key) for place, (title, key) in enumerate(draft.titles)]
    draft.stops.append("colonnes obligatoires absentes")


@case(28, forms=GRIDS, late=True, rule="lignes au-dessus des titres")
def letterhead(draft):
    lines = ("Département du Nord", f"Export du 02/01/{YEAR + 1}", "")
    draft.above += [[line, *[""] * (len(draft.titles) - 1)] for line in lines][: draft.draw.randint(1, 3)]


@case(29)
def total_rows(draft):
    who = draft.draw.choice(("", "Total"))
    draft.rows.append({"identifiant": who, "association": "Total général", "observations": "60"})
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
    top, below = draft.rows[start : start + 2]
    if len(draft.titles) != len(TITLES) or not top.get("association") or not below.get("association"):
        return
    column = [key for _, key in draft.titles].index("association")
    draft.changed.setdefault(below.get("identifiant", ""), set()).add("association")
    draft.used |= {id(top), id(below)}
    draft.marks["merged"] = [(column, start, start + 1)]
    draft.rules.append("cellules fusionnées vers le bas")


@case(30, forms=("ods",), late=True, stops="des cellules sont fusionnées vers le bas")
def merged_downwards_in_ods(draft):
    draft.marks["merged"] = [(2, 5, 6)]


@case(31, forms=("xlsx",))
def hidden_sheet_first(draft):
    draft.sheets.insert(0, ("Listes", [["niveau", "sexe"], ["6e", "filles"]], "hidden"))


@case(31, forms=WORKBOOKS)
def other_sheet_first(draft):
    draft.sheets.insert(0, ("Lisez-moi", [["Export de la base", "Zoé Canari-99"], ["", ""]], "visible"))


@case(32, forms=WORKBOOKS, late=True, rule="lignes masquées ou filtrées")
def hidden_rows(draft):
    draft.marks["hidden"] = [draft.draw.randrange(20)]


@case(33, forms=WORKBOOKS, late=True, stops="plusieurs feuilles portent les mêmes titres")
def two_sheets(draft):
    titles = [title for title, _ in draft.titles]
    draft.sheets.append(("Base (2)", [titles, [f"Q{place}" for place in range(len(titles))]], "visible"))


@case(34, forms=("xlsx",), late=True, stops="formule sans valeur enregistrée")
def formula_without_value(draft):
    draft.rows[draft.draw.randrange(len(draft.rows))]["niveau"] = '=CONCATENATE("6","e")'


@case(35, forms=WORKBOOKS, late=True, stops="cellule en erreur")
def cell_in_error(draft):
    row = next(row for row in draft.rows[draft.draw.randrange(40) :] if row.get("niveau"))
    row["niveau"] = draft.draw.choice(("#REF!", "#DIV/0!", "#N/A"))


def write_dates(draft: Draft, column: str, way: Callable[[dt.date], object]) -> None:
    def written(cell):
        is_iso = isinstance(cell, str) and len(cell) == 10 and cell[4] == "-"
        return way(dt.date.fromisoformat(cell)) if is_iso else cell

    draft.write(column, written)


@case(37)
def serial_days(draft):
    write_dates(draft, "date_debut", lambda day: str((day - dt.date(1899, 12, 30)).days))


@case(37, 38, 39)
def true_dates(draft):
    for column in ("date_debut", "date_fin"):
        write_dates(draft, column, lambda day: day)


@case(38, forms=("xlsx",))
def calendar_of_1904(draft):
    true_dates(draft)
    draft.marks["1904"] = True


@case(39)
def day_first(draft):
    write_dates(draft, "date_debut", lambda day: f"{day:%d/%m/%Y}")


NO_DAY, SHORT_YEAR = "date impossible ou illisible", "date dont l’année n’a que deux chiffres"
one_cell("short_years", 40, column="date_debut", values=("31/12/49", "03-04-31", "5/3/68"), reason=SHORT_YEAR)
one_cell("impossible_day", 41, column="date_debut", values=("29/02/2031", "00/00/0000", "31/04/2031", "bientôt"), reason=NO_DAY)


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


NO_BIRTH = (str(YEAR - 40), "-2017", str(YEAR + 1), "12 ans", "1,5")
one_cell("impossible_birth", 41, 74, column="annee_naissance", values=NO_BIRTH, reason="année de naissance impossible")


@case(42, 43, 44)
def ways_of_names(draft):
    def other(text: str) -> str:
        text = text.replace("’", draft.draw.choice("'’´")).replace("-", draft.draw.choice("-–‑"))
        ways = (text, unicodedata.normalize("NFD", text), f" {text}\u00a0", text.replace(" ", "  "), f"\u200b{text}")
        return draft.draw.choice(ways)

    # Three quarters of the rows keep the name, to which the others are brought back.
    draft.write("association", lambda text: other(text) if draft.draw.random() < 0.25 else text)


@case(43)
def spaces_in_cells(draft):
    for column in (*CLOSED, "identifiant"):
        row = draft.pick()
        if isinstance(row[column], str):
            row[column] = draft.draw.choice((" ", "\u00a0", "\u202f", "\t")).join(("", row[column], ""))


one_cell("other_name_of_a_college", 45, column="college", values=("Clg Mendès-France",))


@case(47)
def same_row_twice(draft):
    row = draft.pick()
    draft.rows.insert(draft.draw.randrange(len(draft.rows)), dict(row))
    draft.reject("personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée")


@case(48, 49, stops="se contredisent sur une même personne")
def somebody_contradicts_himself(draft):
    row = draft.pick()
    draft.rows.append({**row, **draft.draw.choice(({"niveau": "hors_college"}, {"uai": "0596097G", "college": ""}))})


@case(54)
def column_all_empty(draft):
    column = draft.draw.choice(CLOSED)
    draft.write(column, lambda text: "")
    draft.stops.append(f"colonne « {column} » : elle est vide")


@case(55, late=True, stops="absentes : ")
def column_absent(draft):
    gone = draft.draw.choice((*CLOSED, "identifiant", "annee"))
    draft.titles = [(title, key) for title, key in draft.titles if key != gone]
    draft.stops.append(f"absente : « {gone} »")


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


@case(57, late=True, stops=f"ce fichier est celui de {YEAR - 1}")
def last_years_file(draft):
    draft.write("annee", lambda text: str(YEAR - 1))


one_cell("a_row_of_last_year", 57, column="annee", values=(str(YEAR - 1),), reason="ligne d’une autre année")


@case(58, late=True, stops="est la copie de")
def same_file_twice(draft):
    draft.marks["twin"] = True


@case(60, 61, late=True, stops="n’a aucune ligne sous ses titres")
def only_titles(draft):
    draft.rows.clear()
    draft.stops.append("aucune ligne sous les titres")


@of_bytes(61, stops="le fichier est vide")
def no_byte(draft, content):
    return b""


@of_bytes(62, forms=("xlsx", "ods", "parquet"), stops="tronqué ou abîmé")
def truncated(draft, content):
    return content[: len(content) * draft.draw.randint(20, 99) // 100]


@of_bytes(63, 64, forms=WORKBOOKS, stops="fichier protégé par un mot de passe ou ancien .xls")
def password_or_old_xls(draft, content):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000


@of_bytes(64, stops="c’est une page web sous un autre nom")
def web_page(draft, content):
    return b"<html><table><tr><td>identifiant</td></tr></table></html>"


@case(64, late=True)
def renamed(draft):
    other = draft.draw.choice([each for each in FORMATS if each != draft.form])
    draft.name = f"accompagnements.{other}"
    if {draft.form, other} != set(WORKBOOKS):  # both are archives of XML: each is read for what it is
        draft.stops.append("son extension ne dit pas ce qu’il est")


@case(65)
def locks_beside(draft):
    locks = ("~$accompagnements.xlsx", ".~lock.accompagnements.ods#", ".DS_Store", "._accompagnements.csv")
    draft.beside |= dict.fromkeys(locks, b"\0canari")


def with_member(content: bytes, name: str, added: bytes) -> bytes:
    """A workbook with one more file in its archive."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, added)
    return out.getvalue()


@of_bytes(66, forms=("xlsx",), stops="")
def cell_far_below(draft, content):
    """A blank cell far below the table."""
    row, out = b'<row r="60000"><c r="A60000" t="inlineStr"><is><t> </t></is></c></row></sheetData>', io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in read.namelist():
            made.writestr(name, read.read(name).replace(b"</sheetData>", row))
    return out.getvalue()


@of_bytes(68, forms=WORKBOOKS, stops="le classeur est démesuré une fois décompressé")
def archive_bomb(draft, content):
    return with_member(content, "xl/media/image1.xml", b"\0" * (33 << 20))


@of_bytes(69, forms=WORKBOOKS, stops="le classeur contient une déclaration XML interdite")
def entities(draft, content):
    return with_member(content, "xl/laughs.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


@case(70)
def name_with_accents_and_spaces(draft):
    draft.name = draft.name or f"Accompagnements de l’Été {YEAR} (définitif).{draft.form}"


@case(71)
def ways_of_several_answers(draft):
    draft.write("objectifs", lambda text: draft.draw.choice((";", " ; ", "|", ";;")).join(reversed(text.split(";"))))


@case(53, forms=("parquet",))
def nulls(draft):
    draft.kinds |= dict.fromkeys(("date_fin", "orienteur", "territoire"), "null")


@case(36, forms=("parquet",))
def kinds_of_columns(draft):
    for key in draft.draw.sample(TITLES, 8):
        draft.kinds[key] = draft.draw.choice(("dictionary", "large"))
    draft.kinds["objectifs"] = "list"


@case(33, forms=("parquet",))
def groups_of_rows(draft):
    draft.marks["group"] = draft.draw.choice((1, 7, 59))


@case(16, 56, stops="sont inconnues")
def columns_shifted_on_some_rows(draft):
    for _ in range(9):
        row = draft.pick()
        values = [row[key] for key in TITLES]
        row.update(zip(TITLES[4:], values[-1:] + values[4:-1], strict=True))
        draft.gone.add(row["identifiant"])


@case(28, forms=TEXT)
def two_exports_end_to_end(draft):
    first = "\ufeffidentifiant" if draft.codec == "utf-8" else "identifiant"
    titles = {"*": [first, *[title for title, _ in draft.titles[1:]]]}
    draft.rows.insert(draft.draw.randrange(1, len(draft.rows)), titles)
    draft.reject("année de l’export absente ou illisible")


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


@case(62, late=True)
def bytes_at_random(draft):
    draft.raw.append(lambda content: damaged(draft.draw, content))
    draft.is_blind = True


@case(17, 18, 73, late=True)
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
