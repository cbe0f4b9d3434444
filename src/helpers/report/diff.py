"""Which values of two releases of a report differ, how they are written, and after which change."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from helpers import data, paths
from helpers.provenance import Reason
from helpers.schema import (
    COUNT_FINDINGS,
    FINDINGS,
    PRECISION_WORDS,
    SOURCES,
    DataError,
    Indicator,
    catalogue,
    read_code,
    table_schema,
)
from helpers.text.formats import day, month, number, percent, plural, scientific, signed
from helpers.typography import NARROW, WIDE

# --- The values of a published report, from its own files ---

INDICATORS, COMPARISONS, MANIFEST = "indicateurs", "comparaisons", "manifest.json"
FILES = (f"{INDICATORS}.csv", f"{COMPARISONS}.csv", MANIFEST)

# What a comparison says in words: read as measures of their own.
WORDS = ("constat", "constat_effectif", "portee")

_READ = {
    "integer": int,
    "number": lambda text: float(text.replace(",", ".")),
    # The apostrophe that keeps a spreadsheet from running the text is not part of it.
    "string": lambda text: text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text,
}


class UnreadableFigures(Exception):
    """Stored files that are not those of a report; the message says what is wrong with them."""


@dataclass(frozen=True)
class PublishedValues:
    """A report: the rows of its tables by key, with typed values (None: empty cell), and its manifest.

    >>> rapport = read_report(paths.report(2020))
    >>> rapport.rows["indicateurs"]["2020", "alses", "reseau", None, "sexe", "filles", None, None]["effectif_max"]
    949
    """

    rows: dict[str, dict[tuple, dict]]
    manifest: dict

    @property
    def made_at(self) -> datetime | None:
        """When the report was made, in local time; None when unknown."""
        stamp = self.manifest.get("tampon", {}).get("produit_le")
        return datetime.fromisoformat(stamp).astimezone() if stamp else None

    @property
    def inputs(self) -> dict[str, str]:
        """The checksum of each file that was read, by path."""
        return {entry["path"]: entry["sha256"] for entry in self.manifest["inputs"]}


def _rows(content: bytes, name: str) -> dict[tuple, dict]:
    """The rows by key. Columns unknown to the schema are left out, missing ones (older report) are absent."""
    schema = table_schema(name)
    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    found = {}
    for cells in rows:
        if None in cells or None in cells.values():
            raise ValueError("a row with more or fewer cells than columns")
        row = {
            column: _READ[kinds[column]](text) if text else None for column, text in cells.items() if column in kinds
        }
        found[tuple(cells[column] or None for column in schema["primaryKey"])] = row
    return found


def _with_words(measures: dict[tuple, dict]) -> dict[tuple, dict]:
    """The measures of each comparison, preceded by its words as measures without a number."""
    rows: dict[tuple, dict] = {}
    for (id, name), row in measures.items():
        for word in WORDS:
            as_measure = {"comparaison": id, "libelle": row["libelle"], "mesure": word, "texte": row.get(word)}
            rows.setdefault((id, word), as_measure)
        rows[id, name] = row
    return rows


def read_files(files: dict[str, bytes]) -> PublishedValues:
    """The values in the files of a report, by name (`FILES`); UnreadableFigures when one is missing or unusable."""
    try:
        indicators = _rows(files[f"{INDICATORS}.csv"], INDICATORS)
        comparisons = _with_words(_rows(files[f"{COMPARISONS}.csv"], COMPARISONS))
        found = PublishedValues({INDICATORS: indicators, COMPARISONS: comparisons}, json.loads(files[MANIFEST]))
        _ = found.made_at, found.inputs, found.manifest["parameters"].keys(), found.manifest["versions"].keys()
    except KeyError as error:
        raise UnreadableFigures(f"{error.args[0]} manque") from None
    except (ValueError, TypeError, AttributeError, csv.Error):  # of bytes, numbers, dates, JSON; a row cut short
        raise UnreadableFigures("une table ou le manifeste n’est pas celui d’un rapport") from None
    return found


def read_report(folder: Path) -> PublishedValues:
    """The values of the report in this folder; UnreadableFigures when it holds no complete report."""
    return read_files({name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()})


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


@dataclass(frozen=True)
class Changes:
    """The values that moved, appeared and vanished, in the order of the tables."""

    moved: list[Change]
    appeared: list[Change]
    vanished: list[Change]

    @property
    def every(self) -> list[Change]:
        """All of them."""
        return [*self.moved, *self.appeared, *self.vanished]


def _same(before: object, after: object) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return math.isclose(before, after, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return before == after


def compare_figures(before: PublishedValues, after: PublishedValues) -> Changes:
    """What moved, appeared and vanished between two reports of one year.

    A measure that comes or goes within a comparison that stays is a move of that comparison.
    """
    stay = {id for id, _ in before.rows[COMPARISONS]} & {id for id, _ in after.rows[COMPARISONS]}
    changes = Changes([], [], [])
    for name in SAID:
        for key in dict.fromkeys([*after.rows[name], *before.rows[name]]):
            change = Change(name, key, before.rows[name].get(key), after.rows[name].get(key))
            is_in_both = change.before is not None and change.after is not None
            if is_in_both or (name == COMPARISONS and key[0] in stay):
                changes.moved.extend([change] if not is_in_both or change.has_moved else [])
            else:
                (changes.vanished if change.after is None else changes.appeared).append(change)
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
        entry: Indicator | None = catalogue().indicators.get(other)
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


def _with_unit(row: dict | None, text: str) -> str:
    forms = catalogue().units.get(row["unite"], (row["unite"],) * 2) if row else None
    return f"{text} {plural(row['effectif_max'] or 2, *forms)}" if forms else text


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
        if change.before and change.after and change.before["unite"] != change.after["unite"]:
            return _with_unit(change.before, usual[0]), _with_unit(change.after, usual[1])
        if base(change.before) != base(change.after) or remarks(change):
            return usual
    return usual if usual[0] != usual[1] else next((pair for pair in pairs if pair[0] != pair[1]), usual)


# --- What changed in what the report is made from: an order in time, seldom a cause ---

# The kinds of `Reason` told here: as the subject of a sentence, then after « Après ».
KINDS = {
    "donnees": ("les données", "un changement de données"),
    "code": ("le code", "un changement de code"),
    "parametre": ("les paramètres", "un changement de paramètre"),
    "bibliotheques": ("les bibliothèques", "un changement de bibliothèque"),
    "notebook": ("les notebooks", "un changement de notebook"),
}
_COUNTS = {2: "Deux", 3: "Trois", 4: "Quatre", 5: "Cinq"}


def _written(value: object) -> object:
    return "aucune" if value is None else value


def _differences(kind: str, before: dict, after: dict, mark: str) -> list[Reason]:
    return [
        Reason(kind, f"{name}{mark} {_written(before.get(name))} → {_written(after.get(name))}", "")
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def causes_between(before: PublishedValues, after: PublishedValues) -> list[Reason]:
    """What changed between two manifests: files (under public names), parameters, libraries; they tell no code."""
    then, now = before.inputs, after.inputs
    read = [Reason("donnees", name) for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]
    given, used = ([each.manifest[part] for each in (before, after)] for part in ("parameters", "versions"))
    return [*read, *_differences("parametre", *given, " :"), *_differences("bibliotheques", *used, "")]


def _names(causes: list[Reason], shown: int) -> str:
    named = [cause.name for cause in causes]
    left = len(named) - shown
    return ", ".join(named[:shown]) + (f" et {left} {'autre' if left == 1 else 'autres'}" if left > 0 else "")


def say_causes(causes: Iterable[Reason], *, has_moved: bool, shown: int = 3) -> str:
    """One sentence: after what values moved, or what moved none, with at most ``shown`` names per kind.

    Of several kinds, none is called the cause.

    >>> print(say_causes([Reason("donnees", "data/raw/2020/reunions.csv")], has_moved=True))
    Après un changement de données : data/raw/2020/reunions.csv.
    """
    kinds: dict[str, list[Reason]] = {}
    for cause in dict.fromkeys(causes):
        kinds.setdefault(cause.kind, []).append(cause)
    parts = [f"{KINDS[kind][0]} ({_names(kinds[kind], shown)})" for kind in KINDS if kind in kinds]
    if not has_moved:
        return f"Changé sans effet sur les chiffres : {', '.join(parts)}." if parts else ""
    if not parts:
        return (
            "La cause est inconnue : ni les données, ni le code, ni les paramètres, ni les bibliothèques, "
            "ni les notebooks n’ont changé. C’est un défaut à signaler."
        )
    if len(parts) == 1:
        ((kind, same),) = kinds.items()
        return f"Après {KINDS[kind][1]} : {_names(same, shown)}."
    listed = f"{', '.join(parts[:-1])} et {parts[-1]}"
    return (
        f"{_COUNTS[len(parts)]} choses ont changé : {listed} ; on ne peut pas dire laquelle a fait bouger un chiffre."
    )


# --- What changed, in one sentence and in a few lines for a terminal ---

# Moves shown in a terminal; the page shows all.
SHOWN = 4


def moment(made_at: datetime | None) -> str:
    """Which report is meant: « le rapport du 12/11/2026 à 14 h 32 », or « le rapport précédent »."""
    if made_at is None:
        return "le rapport précédent"
    return f"le rapport du {made_at:%d/%m/%Y} à{WIDE}{made_at:%H}{WIDE}h{WIDE}{made_at:%M}"


def _counted(found: list[Change]) -> tuple[str, int, bool]:
    """« 3 chiffres et 1 comparaison », how many in all, whether that is feminine; a comparison counts once."""
    figures = sum(each.table == INDICATORS for each in found)
    compared = len({each.key[0] for each in found if each.table != INDICATORS})
    named = [(figures, "chiffre", "chiffres"), (compared, "comparaison", "comparaisons")]
    said = " et ".join(f"{number(count)} {plural(count, one, many)}" for count, one, many in named if count)
    return said, figures + compared, not figures


def headline(changes: Changes, before: PublishedValues) -> str:
    """How many values changed since which report: « 3 chiffres ont changé depuis le rapport du… »."""
    said, count, _ = _counted(changes.moved)
    has = f"{said} {plural(count, 'a', 'ont')} changé" if count else "Aucun chiffre n’a changé"
    others = []
    for found, one, many in ((changes.appeared, "est apparu", "sont apparu"), (changes.vanished, "a disparu", "")):
        said, count, is_feminine = _counted(found)
        if count:
            agrees = ("e" if is_feminine else "") + ("s" if count > 1 else "") if many else ""
            others.append(f"{said} {plural(count, one, many or 'ont disparu')}{agrees}")
    return " ; ".join([f"{has} depuis {moment(before.made_at)}", *others])


def _centre(row: dict, *names: str) -> float | None:
    known = [row[name] for name in names if row.get(name) is not None]
    return sum(known) / len(known) if known else None


def _weight(change: Change) -> tuple[int, float]:
    """How much a move matters: findings of comparisons, values, then cross-tabulations and counts of files, measures.

    Counts weigh by their move over their square root, between difference and ratio: 1 more of 7 weighs as 3 of 66.
    """
    if change.table != INDICATORS:
        return (3, 0) if "texte" in change.row else (0, 0)
    is_detail = bool(change.row["croise_avec"]) or change.row["perimetre"] == "donnees"
    for ends in (("effectif_min", "effectif_max"), ("part_min_pct", "part_max_pct")):
        then, now = _centre(change.before, *ends), _centre(change.after, *ends)
        if then is not None and now is not None:
            return 1 if is_detail else 2, abs(now - then) / max(then, 1) ** 0.5
    return 1 if is_detail else 2, 1.0  # known in one of the reports only


def _line(change: Change, names: Names) -> str:
    then, now = values(change)
    bases = [base(row) for row in (change.before, change.after) if row and change.table == INDICATORS]
    told = now if then == now else f"de {then} à {now}"
    if bases and bases[0] != bases[-1]:
        told += f", n de {bases[0]} à {bases[-1]}"
    elif bases and bases[-1] != NOTHING:
        told += f", n = {bases[-1]}"
    return f"  {names.of(change)} : {', '.join([told, *remarks(change)])}"


def summary_lines(changes: Changes, before: PublishedValues, causes: Sequence[Reason], *, page: Path) -> list[str]:
    """The lines for a terminal: how many values changed, after what, the biggest moves, where all of them are."""
    if not changes.every:
        return [f"{headline(changes, before)}."]
    biggest = sorted(changes.moved, key=_weight, reverse=True)[:SHOWN]
    names = Names()
    return [
        f"{headline(changes, before)}.",
        say_causes(causes, has_moved=True),
        *(_line(each, names) for each in biggest),
        f"  le détail : {paths.relative(page)}",
    ]
