"""What changed between two reports of one year: values matched by key, what changed meanwhile, and a page of it all."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from helpers import data, paths
from helpers.provenance import Reason, public_path
from helpers.report.manifest import STAMP, open_report
from helpers.report.page import INDEX, lay_out, parse, report_subtitle
from helpers.schema import (
    COUNT_FINDINGS,
    FINDINGS,
    FROM_RECORDS,
    PRECISION_WORDS,
    SOURCES,
    SYNTHETIC,
    DataError,
    catalogue,
    read_code,
    table_schema,
)
from helpers.system import atomic_write
from helpers.text.formats import Html, day, fragment, month, number, percent, plural, scientific, signed
from helpers.text.tables import Group
from helpers.text.tables import lay_out as lay_out_table
from helpers.typography import NARROW, WIDE, unescape_formula

# --- The values of a published report, from its own files ---

INDICATORS, COMPARISONS = "indicateurs", "comparaisons"

# What a comparison says in words: read as measures of their own.
WORDS = ("constat", "constat_effectif", "portee")

_READ = {
    "integer": int,
    "number": lambda text: float(text.replace(",", ".")),
    "string": unescape_formula,
}


@dataclass(frozen=True)
class PublishedValues:
    """A report: the rows of its tables by key, with typed values (None: empty cell), and its manifest.

    >>> rapport = read_values(paths.report(2020))
    >>> rapport.rows["indicateurs"]["2020", "alses", "reseau", None, "sexe", "filles", None, None]["effectif_max"]
    949
    """

    rows: dict[str, dict[tuple, dict]]
    manifest: dict

    @property
    def made_at(self) -> datetime:
        """When the report was made, in local time."""
        return datetime.fromisoformat(self.manifest[STAMP]["produit_le"]).astimezone()


def _rows(content: bytes, name: str) -> dict[tuple, dict]:
    """The rows by key. Columns unknown to the schema are left out, missing ones (older report) are absent."""
    schema = table_schema(name)
    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return {
        tuple(cells[column] or None for column in schema["primaryKey"]): {
            column: _READ[kinds[column]](text) if text else None for column, text in cells.items() if column in kinds
        }
        for cells in rows
    }


def _with_words(measures: dict[tuple, dict]) -> dict[tuple, dict]:
    """The measures of each comparison, preceded by its words as measures without a number."""
    rows: dict[tuple, dict] = {}
    for (id, name), row in measures.items():
        for word in WORDS:
            as_measure = {"comparaison": id, "libelle": row["libelle"], "mesure": word, "texte": row.get(word)}
            rows.setdefault((id, word), as_measure)
        rows[id, name] = row
    return rows


def read_values(folder: Path) -> PublishedValues:
    """The values of the report in this folder, as they were published.

    Raises ReportError when it holds no report, KeyError when a table is missing or was changed.
    """
    report = open_report(folder)
    tables = {name: _rows(report.files[f"{name}.csv"], name) for name in SAID}
    return PublishedValues({**tables, COMPARISONS: _with_words(tables[COMPARISONS])}, report.manifest)


# --- Which values of two reports differ, matched by key ---

# The columns that make a value; its document, its lines or the name of a method may change.
SAID = {
    INDICATORS: (
        "unite effectif_min effectif_max base_min base_max part_imprimee_pct part_min_pct part_max_pct precision source"
    ).split(),
    COMPARISONS: ("unite", "valeur", "valeur_min", "valeur_max", "texte"),
}
# What summing in another order may change: no reader would call it a change.
RELATIVE, ABSOLUTE = 1e-9, 1e-12


@dataclass(frozen=True)
class Change:
    """A value of one of the tables before and after; None where the report has none."""

    table: str
    key: tuple
    before: dict | None
    after: dict | None

    @property
    def row(self) -> dict:
        """The value after, or before if it vanished."""
        return self.after or self.before

    @property
    def has_moved(self) -> bool:
        """Whether it differs in the columns that both reports have."""
        names = [name for name in SAID[self.table] if name in self.before and name in self.after]
        return not all(_same(self.before[name], self.after[name]) for name in names)


# The values that moved, appeared and vanished (the names of its three parts), in the order of the tables.
Changes = dict[str, list[Change]]


def _same(before: object, after: object) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return math.isclose(before, after, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return before == after


def compare_values(before: PublishedValues, after: PublishedValues) -> Changes:
    """What moved, appeared and vanished between two reports of one year.

    A measure that comes or goes within a comparison that stays is a move of that comparison.
    """
    stay = {id for id, _ in before.rows[COMPARISONS]} & {id for id, _ in after.rows[COMPARISONS]}
    changes: Changes = {"moved": [], "appeared": [], "vanished": []}
    for name in SAID:
        for key in dict.fromkeys([*after.rows[name], *before.rows[name]]):
            change = Change(name, key, before.rows[name].get(key), after.rows[name].get(key))
            is_in_both = change.before is not None and change.after is not None
            if not is_in_both and (name != COMPARISONS or key[0] not in stay):
                changes["vanished" if change.after is None else "appeared"].append(change)
            elif not is_in_both or change.has_moved:
                changes["moved"].append(change)
    return changes


# --- The name of a value for a reader, from the catalogue and the code book ---

# The indicator whose modalities are the themes of the code book; second variables that are not indicators.
_THEMES = "theme_enonce"
_CROSSED = {"association": "association", "reunion": "réunion du", "periode": "période"}
_WORDS = {"apres_l_annee": "après l’année"}
_MEASURES = {"constat": "Constat", "constat_effectif": "Constat sur l’effectif", "portee": "Au-delà du hasard"}
OTHERS = "Autres chiffres"


def _spelt(code: str) -> str:
    """A code unknown to the lists: a day, a month, or its own words."""
    if re.fullmatch(r"\d{4}[-_]\d{2}([-_]\d{2})?", code):
        with suppress(ValueError):
            known = date.fromisoformat(code.replace("_", "-") if len(code) > 7 else f"{code[:4]}-{code[5:]}-01")
            return day(known) if len(code) > 7 else month(known)
    return _WORDS.get(code, read_code(code))


class Names:
    """Names of values: « Sexe : filles, personnes suivies par un ALSES, 2020 »."""

    @cached_property
    def _themes(self) -> dict[str, str]:
        try:
            book = data.read_reference("themes")
        except DataError:  # reported elsewhere
            return {}
        return dict(zip(book["theme"], book["libelle"], strict=True))

    def _answer(self, indicator: str, modality: str) -> str:
        entry = catalogue().indicators.get(indicator)
        if indicator == _THEMES and modality in self._themes:
            return self._themes[modality]
        spelt = read_code(modality)
        label = entry.label_of(modality) if entry else spelt
        return _spelt(modality) if label == spelt else label

    def _figure(self, row: dict) -> str:
        entry, entries = catalogue().indicators.get(row["indicateur"]), catalogue()
        title = entry.label if entry else _spelt(row["indicateur"])
        if row["modalite"]:
            title += f" : {self._answer(row['indicateur'], row['modalite'])}"
        if row["croise_avec"]:
            title += f", {self._crossing(row['croise_avec'], row['modalite_croisee'] or '')}"
        perimeter = entries.perimeters.get(row["perimetre"])
        who = perimeter.label if perimeter else _spelt(row["perimetre"])
        return ", ".join([title, *filter(None, [row["site"], who]), str(row["annee"])])

    def _crossing(self, other: str, modality: str) -> str:
        entry = catalogue().indicators.get(other)
        name = entry.label[:1].lower() + entry.label[1:] + " :" if entry else _CROSSED.get(other, f"{_spelt(other)} :")
        return f"{name} {self._answer(other, modality)}"

    def of(self, change: Change) -> str:
        """The value in full; of a comparison, what is compared and which measure."""
        if change.table == INDICATORS:
            return self._figure(change.row)
        return f"{change.row['libelle']} : {self.measure(change)[:1].lower()}{self.measure(change)[1:]}"

    def measure(self, change: Change) -> str:
        """The measure of a comparison."""
        name, known = change.row["mesure"], catalogue().measures
        return _MEASURES.get(name) or (known[name].label if name in known else _spelt(name))

    def topic(self, change: Change) -> str:
        """The section of the report that shows the value."""
        entry = catalogue().indicators.get(change.row["indicateur"])
        return catalogue().topics[entry.topic] if entry else OTHERS


# --- A value before and after, written so that the two differ ---

NOTHING = "—"
# Decimals beyond which two numbers that differ are written in full.
_MOST_DECIMALS = 10
_REACHES = {"concluante": "dépassé", "selon_ressemblance": "selon la ressemblance", "non_concluante": "possible"}
# Between two groups, nothing rises or falls.
_BESIDE = {"hausse": "au-dessus", "baisse": "au-dessous"}
_OF_TWO_YEARS = ("annees/", "details/", "volume/")


def ends(low: float | None, high: float | None, write: Callable[[float], str] = number) -> str:
    """« 927–949 », one number when both ends are written alike, a dash when they are not known.

    >>> ends(927, 949), ends(5, 5), ends(None, None)
    ('927–949', '5', '—')
    """
    if low is None or high is None:
        return NOTHING
    first, last = write(low), write(high)
    return first if first == last else f"{first}–{last}"


def _share_ends(row: dict, decimals: int) -> str:
    low, high = row.get("part_min_pct"), row.get("part_max_pct")
    return ends(low, high, lambda value: number(value, decimals)) + (NARROW + "%" if low is not None else "")


def _figure(row: dict | None, decimals: int | None) -> str:
    """Count and printed share; with decimals, the ends of the share too."""
    if row is None:
        return NOTHING
    parts = []
    if row["effectif_min"] is not None:
        parts.append(ends(row["effectif_min"], row["effectif_max"]))
    if row["part_imprimee_pct"] is not None:
        parts.append(percent(row["part_imprimee_pct"], row["decimales"] or 0))
    if row.get("part_min_pct") is not None and (decimals is not None or not parts):
        parts.append(_share_ends(row, decimals or 1))
    if not parts:
        return PRECISION_WORDS.get(row["precision"], NOTHING)
    return f"{parts[0]} ({', '.join(parts[1:])})" if parts[1:] else parts[0]


def _number(row: dict, decimals: int) -> Callable[[float], str]:
    """How a measure is written, with this many decimals more than usual."""
    unit, name = row["unite"], row["mesure"]
    if name.startswith("p_") and not decimals:
        return scientific
    usual = 1 if unit in ("pct", "points") else 4 if name.startswith("p_") else 0 if unit else 2
    write = signed if unit == "points" or name.startswith(("ecart", "evolution")) else number
    return lambda value: write(value, usual + decimals)


def _measure(row: dict | None, decimals: int | None) -> str:
    if row is None:
        return NOTHING
    if "texte" in row:
        return _said(row)
    write, low, high = _number(row, decimals or 0), row["valeur_min"], row["valeur_max"]
    unit = {"pct": f"{NARROW}%", "points": " points"}.get(row["unite"], "")
    value = NOTHING if row["valeur"] is None else write(row["valeur"])
    around = ends(low, high, write).replace("–", " à ")
    return f"{value}{unit}" + ("" if around in (value, NOTHING) else f" ({around})")


def _said(row: dict) -> str:
    words = {"portee": _REACHES, "constat_effectif": COUNT_FINDINGS}.get(row["mesure"], FINDINGS)
    if row["mesure"] == "constat" and not row["comparaison"].startswith(_OF_TWO_YEARS):
        words = words | _BESIDE
    return words.get(row["texte"], NOTHING)


def base(row: dict | None) -> str:
    """The base of a value: n."""
    return NOTHING if row is None else ends(row["base_min"], row["base_max"])


def remarks(change: Change) -> list[str]:
    """What else moved: how well the value is known, where it comes from."""
    if change.before is None or change.after is None:
        return []
    both = []
    for column, words in (("precision", PRECISION_WORDS), ("source", SOURCES)):
        pair = [change.before.get(column), change.after.get(column)]
        if pair[0] != pair[1]:
            both.append(" → ".join(words.get(each, NOTHING) for each in pair))
    return both


def _pairs(change: Change) -> Iterator[tuple[str, str]]:
    write = _figure if change.table == INDICATORS else _measure
    for decimals in (None, *range(1, _MOST_DECIMALS + 1)):
        yield write(change.before, decimals), write(change.after, decimals)


def values(change: Change) -> tuple[str, str]:
    """The value before and after, with as many decimals as it takes to see a difference.

    >>> row = {"mesure": "part", "unite": "pct", "valeur": 42.01, "valeur_min": 42.01, "valeur_max": 42.01}
    >>> [text.replace("\\u202f", " ") for text in values(Change("comparaisons", (), row, row | {"valeur": 42.04}))]
    ['42,01 %', '42,04 % (42,01)']
    """
    pairs = _pairs(change)
    usual = next(pairs)
    if change.table == INDICATORS:
        if base(change.before) != base(change.after) or remarks(change):
            return usual
    return usual if usual[0] != usual[1] else next((pair for pair in pairs if pair[0] != pair[1]), usual)


# --- What changed in what the report is made from: an order in time, seldom a cause ---

# The kinds of `Reason` that are told, each as the subject of a sentence.
KINDS = {
    "donnees": "les données",
    "code": "le code",
    "parametre": "les paramètres",
    "bibliotheques": "les bibliothèques",
    "notebook": "les notebooks",
}


def _listed(reasons: list[Reason], most: int) -> str:
    named = [public_path(reason.name).replace("None", "aucune") for reason in reasons]
    left = len(named) - most
    return ", ".join(named[:most]) + (f" et {left} {'autre' if left == 1 else 'autres'}" if left > 0 else "")


def changed_meanwhile(reasons: Iterable[Reason], *, has_moved: bool, most: int = 3) -> str:
    """One sentence: what changed between the two reports, with at most ``most`` names per kind.

    None of it is called the cause of a move.

    >>> print(changed_meanwhile([Reason("donnees", "data/raw/2020/reunions.csv")], has_moved=True))
    Entre-temps ont changé : les données (data/raw/2020/reunions.csv).
    """
    kinds: dict[str, list[Reason]] = {}
    for reason in dict.fromkeys(reasons):
        kinds.setdefault(reason.kind, []).append(reason)
    parts = [f"{words} ({_listed(kinds[kind], most)})" for kind, words in KINDS.items() if kind in kinds]
    if parts:
        return f"Entre-temps ont changé : {', '.join(parts)}."
    return "On ne sait pas ce qui a changé entre-temps." if has_moved else ""


# --- What changed, in one sentence and in a few lines for a terminal ---

# Moves shown in a terminal; the page shows all.
SHOWN = 4


def _moment(report: PublishedValues) -> str:
    return f"le rapport du {report.made_at:%d/%m/%Y} à{WIDE}{report.made_at:%H}{WIDE}h{WIDE}{report.made_at:%M}"


def _counted(found: list[Change]) -> tuple[str, int, bool]:
    """« 3 chiffres et 1 comparaison », how many in all, whether that is feminine; a comparison counts once."""
    figures = sum(each.table == INDICATORS for each in found)
    compared = len({each.key[0] for each in found if each.table != INDICATORS})
    named = [(figures, "chiffre", "chiffres"), (compared, "comparaison", "comparaisons")]
    said = " et ".join(f"{number(count)} {plural(count, one, many)}" for count, one, many in named if count)
    return said, figures + compared, not figures


def headline(changes: Changes, before: PublishedValues) -> str:
    """How many values changed since which report: « 3 chiffres ont changé depuis le rapport du… »."""
    said, count, _ = _counted(changes["moved"])
    has = f"{said} {plural(count, 'a', 'ont')} changé" if count else "Aucun chiffre n’a changé"
    others = []
    for found, one, many in (
        (changes["appeared"], "est apparu", "sont apparu"),
        (changes["vanished"], "a disparu", ""),
    ):
        said, count, is_feminine = _counted(found)
        if count:
            agrees = ("e" if is_feminine else "") + ("s" if count > 1 else "") if many else ""
            others.append(f"{said} {plural(count, one, many or 'ont disparu')}{agrees}")
    return " ; ".join([f"{has} depuis {_moment(before)}", *others])


def _line(change: Change, names: Names) -> str:
    then, now = values(change)
    bases = [base(row) for row in (change.before, change.after) if row and change.table == INDICATORS]
    told = now if then == now else f"de {then} à {now}"
    if bases and bases[0] != bases[-1]:
        told += f", n de {bases[0]} à {bases[-1]}"
    elif bases and bases[-1] != NOTHING:
        told += f", n = {bases[-1]}"
    return f"  {names.of(change)} : {', '.join([told, *remarks(change)])}"


def summary_lines(changes: Changes, before: PublishedValues, reasons: Sequence[Reason], *, page: Path) -> list[str]:
    """The lines for a terminal: how many values changed, after what, the first moves, where all of them are.

    The findings of comparisons come first, then the values in the order of the tables.
    """
    if not any(changes.values()):
        return [f"{headline(changes, before)}."]
    first = sorted(changes["moved"], key=lambda each: (not _is_finding(each), each.table != INDICATORS))[:SHOWN]
    names = Names()
    return [
        f"{headline(changes, before)}.",
        changed_meanwhile(reasons, has_moved=True),
        *(_line(each, names) for each in first),
        f"  le détail : {paths.relative(page)}",
    ]


def _is_finding(change: Change) -> bool:
    return change.table == COMPARISONS and "texte" in change.row


# --- The page of what changed, beside the tables of the year ---

# For each kind of change, the titles of its values and of its comparisons.
_SECTIONS = {
    "moved": ("Quels chiffres ont changé ?", "Quelles comparaisons ont changé ?"),
    "appeared": ("Quels chiffres sont apparus ?", "Quelles comparaisons sont apparues ?"),
    "vanished": ("Quels chiffres ont disparu ?", "Quelles comparaisons ont disparu ?"),
}
_BOUND = "\u2060–\u2060"  # both bounds stay on one line


def page_path(report: Path) -> Path:
    """The page of what changed in a report; one on simulated records has its own."""
    year, simulated = int(report.name[:4]), report.name[4:]
    return paths.processed(year) / f"changements{simulated}.html"


def _cells(change: Change, names: Names) -> list[str]:
    before, after = (text.replace("–", _BOUND) for text in values(change))
    after = " ; ".join([after, *remarks(change)])
    if change.table == COMPARISONS:
        return [names.measure(change), before, after]
    bases = list(dict.fromkeys(base(row) for row in (change.before, change.after) if row))
    return [names.of(change), before, after, " → ".join(bases)]


def _compared(change: Change) -> str:
    """What is compared, and what was when the other year changed."""
    labels = [row["libelle"] for row in (change.before, change.after) if row]
    return labels[0] if labels[0] == labels[-1] else f"{labels[-1]} (avant : {labels[0]})"


def _table(changes: list[Change], names: Names) -> Html:
    is_figures = changes[0].table == INDICATORS
    groups: dict[str, Group] = {}
    for change in changes:
        title = names.topic(change) if is_figures else _compared(change)
        groups.setdefault(title, Group(title, [])).rows.append(_cells(change, names))
    caption = "Chiffres, par rubrique" if is_figures else "Mesures, par comparaison"
    columns = ["Chiffre", "Avant", "Après", "n"] if is_figures else ["Mesure", "Avant", "Après"]
    return lay_out_table(caption, columns, list(groups.values()), numbers=["n"] if is_figures else [])


def write_page(
    path: Path,
    changes: Changes,
    before: PublishedValues,
    after: PublishedValues,
    reasons: Sequence[Reason],
    report: Path,
) -> None:
    """Write the page atomically: the answer, what changed meanwhile, the tables; ``report`` is the folder it is about.

    It holds what both reports publish and nothing else.
    """
    names, given = Names(), after.manifest["parameters"]
    sources = {row.get("source") for each in (before, after) for row in each.rows[INDICATORS].values()}
    sections = [
        (title, _table(some, names))
        for kind, titles in _SECTIONS.items()
        for title, table in zip(titles, SAID, strict=True)
        if (some := [each for each in changes[kind] if each.table == table])
    ]
    body = fragment(
        "changes.html.j2",
        headline=headline(changes, before),
        cause=changed_meanwhile(reasons, has_moved=any(changes.values()), most=len(reasons)),
        is_synthetic=SYNTHETIC in sources,
        is_of_records=any(changes.values()) and bool(sources & set(FROM_RECORDS)),
        sections=sections,
    )
    foot = (
        f"<p>Cette page compare les chiffres du rapport du {after.made_at:%d/%m/%Y}, {paths.relative(report)}, à ceux "
        "du rapport qu’il remplace. Elle reste à côté des tables de l’année, hors du rapport, et sera récrite au "
        "prochain.</p>"
    )
    html = lay_out(
        parse(body),
        title="Ce qui a changé",
        current=None,
        pages=[],
        subtitle=report_subtitle(given["year"], given.get("compare_to")),
        foot=foot,
        template="apart.html.j2",
        index=Path(*[".."] * 3, paths.relative(report), INDEX).as_posix(),
    )
    with atomic_write(path) as beside:
        beside.write_text(html, encoding="utf-8", newline="\n")


def explain(old: Path, new: Path, reasons: Iterable[Reason]) -> list[str]:
    """What changes when the report built in ``new`` takes the place of that in ``old``, for a terminal; also as a page.

    ``reasons`` are those for which it was made again. Nothing without an old report. A fault here is one more line:
    it must not keep a report from being published.
    """
    page, known = page_path(old), [reason for reason in reasons if reason.kind in KINDS and not reason.is_consequence]
    try:
        page.unlink(missing_ok=True)  # it speaks of another report
        if not old.is_dir():
            return []
        before, after = read_values(old), read_values(new)
        changes = compare_values(before, after)
        write_page(page, changes, before, after, known, old)
        return summary_lines(changes, before, known, page=page)
    except Exception as error:
        return [f"Ce qui a changé depuis le rapport précédent n’a pas pu être dit ({type(error).__name__})."]
