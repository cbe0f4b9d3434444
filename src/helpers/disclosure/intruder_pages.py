"""What published pages tell an intruder: every number must be a published one."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pandas as pd

from helpers.disclosure.intruder_model import EXACT, NOTHING
from helpers.disclosure.intruder_relations import PLACE, PROTECTED, Finding
from helpers.schema import (
    FEWEST_FOR_CROSSING,
    FEWEST_FOR_REPORT,
    FEWEST_FOR_SHARE,
    FROM_RECORDS,
    NEAR_UNANIMOUS_PCT,
    ROUNDING_BASE,
    catalogue,
    table_schema,
)

# --- Numbers as a French page writes them: « 2 233 », « −6,9 », « 42 % », with what they count ---

_SPACES = "\u202f\u00a0 "
_NUMBER = re.compile(
    rf"(?<![\w.,])([+−-]?)(\d{{1,3}}(?:[\u202f\u00a0]\d{{3}})+|\d+)(?:,(\d+))?(?![\w]|[.,]\d)([{_SPACES}]?%)?"
)
_PERSONS = re.compile(
    rf"^[{_SPACES}]*(personnes?|collégiens?|élèves?|jeunes|filles?|garçons?|accompagnements?|pupilles?|enfants?)\b"
)
_POINTS = re.compile(rf"^[{_SPACES}]*points?\b")
# « moins de 5 % », « plus de 95 % », « confiance à 95 % »: limits, which count nobody.
_SAID_BEFORE = re.compile(rf"((moins|plus) d[e’']|confiance à)[{_SPACES}]*$")
_YEARS = range(1990, 2101)


@dataclass(frozen=True)
class Number:
    """A number of a text: value, decimals, and whether it is a share, counts persons, or states a limit."""

    text: str
    value: float
    decimals: int
    is_share: bool
    is_points: bool
    is_persons: bool
    is_limit: bool
    start: int
    end: int

    @property
    def is_year(self) -> bool:
        """Whether it can only be a year."""
        return not self.decimals and not self.is_share and len(self.text) == 4 and self.value in _YEARS

    def is_rounding_of(self, value: float) -> bool:
        """Whether it may be a value, rounded to its decimals, whatever its sign."""
        return abs(abs(self.value) - abs(value)) <= 0.5 * 10.0**-self.decimals + 1e-6


def numbers_in(text: str) -> list[Number]:
    """The numbers of a text, except inside words (« 4e », « UPE2A ») or with several parts (« 3.11.7 »)."""
    numbers = []
    for match in _NUMBER.finditer(text):
        sign, whole, decimals, share = match.groups()
        digits = re.sub(r"\D", "", whole)
        value = float(f"{digits}.{decimals or 0}") * (-1 if sign in ("−", "-") else 1)
        after, limit = text[match.end() :], _SAID_BEFORE.search(text[: match.start()])
        kinds = (share, _POINTS.match(after), _PERSONS.match(after), limit)
        numbers.append(Number(whole, value, len(decimals or ""), *map(bool, kinds), *match.span()))
    return numbers


# --- The files of a release: its tables, each row with its file, and its pages ---

# The perimeter of the network's persons on the pages of a site, where « alses » is the site.
BESIDE = "alses_reseau"
# A cell that a spreadsheet would run is written after an apostrophe.
_STARTS = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True)
class Folder:
    """A folder of pages: its site (type and name; none for the network) and its tables."""

    path: Path
    site_type: str
    site: str
    indicators: pd.DataFrame
    comparisons: pd.DataFrame | None

    @property
    def pages(self) -> list[Path]:
        """The pages of the folder, sorted."""
        return sorted(self.path.glob("*.html"))


def read_folders(root: Path) -> list[Folder]:
    """The folder of the network, then that of each association and collège.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv: it is no release.
    """
    names, folders = _names(root), []
    for path in sorted(root.rglob("indicateurs.csv")):
        folder = path.parent
        place = folder.relative_to(root).as_posix()
        site_type, site = names.get(place, ("reseau", "") if folder == root else _site_of_folder(place))
        comparisons = folder / "comparaisons.csv"
        table = read_table(path, "indicateurs").assign(**{PLACE: path.relative_to(root).as_posix()})
        table["perimetre"] = table["perimetre"].replace(BESIDE, "alses")
        # Reports of older versions lack them.
        table = table.reindex(columns=[*dict.fromkeys([*table, "effectif_arrondi", "base_arrondie"])])
        others = read_table(comparisons, "comparaisons") if comparisons.is_file() else None
        folders.append(Folder(folder, site_type, site, table, others))
    if not any(folder.path == root for folder in folders):
        raise FileNotFoundError(f"{root.name} : indicateurs.csv manque")
    return sorted(folders, key=lambda folder: (folder.path != root, folder.path))


def _site_of_folder(place: str) -> tuple[str, str]:
    kind, _, name = place.rpartition("/")
    return ("college", name.upper()) if kind.endswith("colleges") else ("association", name)


def _names(root: Path) -> dict[str, tuple[str, str]]:
    """The site of each folder, from the index of sites."""
    path = root / "sites.csv"
    if not path.is_file():
        return {}
    sites = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return {row.dossier.strip("/"): (row.site_type, _plain(row.site)) for row in sites.itertuples() if row.dossier}


def read_table(path: Path, name: str) -> pd.DataFrame:
    """A published table: texts without missing values, numbers (decimal comma) as floats."""
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    kinds = {field["name"]: field["type"] for field in table_schema(name)["fields"]}
    for column in table:
        if kinds.get(column) in ("integer", "number"):
            table[column] = pd.to_numeric(table[column].str.replace(",", ".").replace("", None), errors="coerce")
        else:
            table[column] = table[column].map(_plain)
    return table


def _plain(text: str) -> str:
    return text[1:] if text.startswith(_STARTS) else text


def merge_folders(folders: list[Folder]) -> pd.DataFrame:
    """The rows of every folder; identical ones are kept once, at their first place."""
    rows = pd.concat([folder.indicators for folder in folders], ignore_index=True)
    return rows.drop_duplicates([column for column in rows if column != PLACE], ignore_index=True)


# --- Texts of a page outside its marks: sentences, alt texts, captions, tables and drawings ---

# Elements and classes with no number of persons: code, and what the page was made from.
_SKIPPED = ("style", "script", "data", "code", "pre", "time", "nav", "footer")
_MADE_FROM = ("provenance", "numero", "source")
_SAID_IN = ("aria-label", "alt", "title", "aria-description", "placeholder", "summary")
_PICTURES = ("src", "srcset", "href")


@dataclass(frozen=True)
class Text:
    """A piece of text, the keys of the values around it, and whether it is prose: otherwise all its numbers count.

    ``is_drawn`` marks the texts of a drawing, with the ticks of its axes; ``is_cell`` those of a table.
    """

    text: str
    keys: frozenset[str]
    is_prose: bool = True
    is_drawn: bool = False
    is_cell: bool = False


def texts_of(soup) -> Iterator[Text]:
    """Every text of a page outside its marks, attributes and drawings included."""
    # The tables of input files, with their lines and bytes.
    skipped = {id(table) for table in soup.find_all("table") if "data/" in table.get_text()}
    keys = _Keys()
    for node in soup.find_all(True):
        if node.name == "data" and node.get("title"):
            yield Text(node["title"], keys.around(node))
        if node.name in _SKIPPED or _is_made_from(node):
            continue
        for name in (*_SAID_IN, *_PICTURES):
            if node.has_attr(name):
                own = keys.around(node)
                yield from _pictured(node[name], own) if name in _PICTURES else [Text(node[name], own, is_prose=False)]
    for string in soup.find_all(string=True):
        if type(string).__name__ == "NavigableString" and string.strip() and not _is_skipped(string, skipped):
            where = {parent.name for parent in string.parents}
            drawn, cell = "svg" in where, bool({"td", "th"} & where)
            prose = not (drawn or cell or "figure" in where or "caption" in where)
            yield Text(_sentence(string), keys.around(string.parent), prose, drawn, cell)


def _sentence(string) -> str:
    """The text up to the unit of its last number, which may stand in the next element."""
    after = string.next_sibling
    return str(string) + (after.get_text() if after is not None and after.name in ("abbr", "span", "b", "em") else "")


def _is_made_from(node) -> bool:
    return any(name in _MADE_FROM for name in node.get("class", []))


def _is_skipped(string, tables: set[int]) -> bool:
    parents = list(string.parents)
    return any(each.name in _SKIPPED or id(each) in tables or (each.attrs and _is_made_from(each)) for each in parents)


class _Keys:
    """The keys of the values around a node: of its row, else of its figure, else none (the whole page)."""

    def __init__(self) -> None:
        self._of_figure: dict[int, frozenset[str]] = {}

    def around(self, node) -> frozenset[str]:
        row = node if node.name == "tr" else node.find_parent("tr")
        if row is not None and row.get("data-cle"):
            return frozenset([row["data-cle"]])
        figure = node if node.name == "figure" else node.find_parent("figure")
        if figure is None:
            return frozenset()
        if id(figure) not in self._of_figure:
            marks = figure.find_all(attrs={"data-cle": True})
            self._of_figure[id(figure)] = frozenset(each["data-cle"] for each in marks)
        return self._of_figure[id(figure)]


def _pictured(address: str, keys: frozenset[str]) -> Iterator[Text]:
    """The texts of a drawing embedded in an address."""
    if "svg+xml" not in address:
        return
    from base64 import b64decode

    from bs4 import BeautifulSoup

    head, _, body = address.partition(",")
    source = b64decode(body).decode("utf-8", "replace") if head.endswith("base64") else unquote(body)
    for node in BeautifulSoup(source, "html.parser").find_all(["text", "title", "desc"]):
        yield Text(node.get_text(" "), keys, is_prose=False, is_drawn=node.name == "text")
        yield from (Text(node[name], keys, is_prose=False) for name in _SAID_IN if node.has_attr(name))


# --- Numbers that the published tables explain: those displayed, and those computed from them ---

# Numbers of the protection itself, in sentences: base, distances, thresholds.
_OF_THE_RULE = {0, ROUNDING_BASE - 1, ROUNDING_BASE, 2 * ROUNDING_BASE - 1, FEWEST_FOR_REPORT, FEWEST_FOR_SHARE}
_OF_THE_RULE |= {FEWEST_FOR_CROSSING, 100 - NEAR_UNANIMOUS_PCT, 100}
# « entre 21 et 29 », « de 21 à 29 »: the ends of an interval, never a count by themselves.
_BETWEEN = re.compile(r"(\d[\d\u202f\u00a0]*)[\u202f\u00a0 ]?%?[\s\u00a0]*(?:et|à|–)[\s\u00a0]*(\d[\d\u202f\u00a0]*)")


def shares_of(rows: pd.DataFrame) -> pd.Series:
    """The share that each row shows: as printed, else that of its exact count; missing when there is none."""
    exact = (
        rows["effectif_min"].eq(rows["effectif_max"]) & rows["base_min"].eq(rows["base_max"]) & rows["base_min"].gt(0)
    )
    computed = (100 * rows["effectif_min"] / rows["base_min"]).where(exact & rows["precision"].ne(PROTECTED))
    return rows["part_imprimee_pct"].fillna(computed)


class DisplayedRow(NamedTuple):
    """A row as a page may show it: count and base as displayed, share, ends, and the names of its answers."""

    question: tuple[str, str, str, str]
    names: tuple[str, ...]
    counts: tuple[float, ...]
    pairs: tuple[tuple[float, float], ...]
    share: float
    share_ends: tuple[float, ...]
    is_protected: bool
    site_type: str


def _shown(row, share: float) -> DisplayedRow:
    entries = catalogue().indicators
    crossed = entries[row.croise_avec].label_of(row.modalite_croisee).lower() if row.croise_avec in entries else ""
    is_exact = row.precision != PROTECTED and row.effectif_min == row.effectif_max
    count = row.effectif_min if is_exact else row.effectif_arrondi
    base = row.base_min if row.base_min == row.base_max else row.base_arrondie
    return DisplayedRow(
        (row.indicateur, row.modalite, row.croise_avec, row.modalite_croisee),
        tuple(name for name in (entries[row.indicateur].label_of(row.modalite).lower(), crossed) if name),
        tuple(value for value in (count, base) if value == value),
        ((row.effectif_min, row.effectif_max), (row.base_min, row.base_max)),
        share,
        (row.part_min_pct, row.part_max_pct),
        row.precision == PROTECTED,
        row.site_type,
    )


class ExplainedNumbers:
    """The numbers that a page of a folder may show."""

    def __init__(self, folder: Folder) -> None:
        rows = folder.indicators
        self.rows = [_shown(row, share) for row, share in zip(rows.itertuples(), shares_of(rows), strict=True)]
        table = folder.comparisons
        names = ("valeur", "valeur_min", "valeur_max") if table is not None else ()
        self._compared = sorted({float(value) for name in names for value in table[name].dropna()})
        counts = table[table["unite"].eq("personnes")] if table is not None else None
        self._counts = {abs(float(value)) for name in names for value in counts[name].dropna()}
        self._site_type = folder.site_type
        self._names: dict[int, dict[str, list[DisplayedRow]]] = {}
        self._scopes: dict[tuple, list[DisplayedRow]] = {}

    def scope(self, keys: frozenset[str]) -> list[DisplayedRow]:
        """The rows of the questions that these keys name, for the site or the network; all rows without keys."""
        asked = frozenset(part for key in keys for part in key.split("/")[2:4] if part in catalogue().indicators)
        places = frozenset(map(self._place, keys))
        if (asked, places) not in self._scopes:
            own = [row for row in self.rows if row.question[0] in asked and ("" in places or row.site_type in places)]
            self._scopes[asked, places] = own or self.rows
        return self._scopes[asked, places]

    def _place(self, key: str) -> str:
        """The type of site of a key; none for a comparison, which may speak of two."""
        if key.startswith("comparaisons/"):
            return ""
        return self._site_type if key.split("/")[1:2] == ["alses"] else "reseau"

    def has(self, number: Number, text: Text, scope: list[DisplayedRow]) -> bool:
        """Whether a number of a text is displayed in the rows of its scope, or computed from them."""
        if number.is_limit and number.value % ROUNDING_BASE == 0:
            return True
        if text.is_prose and not number.is_share and not number.decimals and number.value in _OF_THE_RULE:
            return True
        # The ticks of an axis: a true count that is a multiple is already shown as it is.
        if text.is_drawn and not number.decimals and number.value % ROUNDING_BASE == 0:
            return True
        rows = self._named_before(number, text.text, scope)
        if number.is_points:
            return self._is_difference(number, scope)
        if number.is_share or number.decimals:
            return self._is_share(number, rows, text)
        # Under the heading « Part », and beside a mark, a share may have no sign.
        if abs(number.value) in self._counts and (not text.keys or any("comparaisons/" in key for key in text.keys)):
            return True
        return _is_count(number, rows, text) or (text.is_cell or text.is_drawn) and self._is_share(number, rows, text)

    def _named_before(self, number: Number, text: str, scope: list[DisplayedRow]) -> list[DisplayedRow]:
        """The rows of the answer named nearest before a number, the longest name first; else the scope."""
        before = text[: number.start].lower()
        ends = [(at + len(name), len(name), name) for name in self._named(scope) if (at := before.rfind(name)) >= 0]
        return self._named(scope)[max(ends)[2]] if ends else scope

    def _named(self, scope: list[DisplayedRow]) -> dict[str, list[DisplayedRow]]:
        """The rows of a scope by the names of their answers."""
        if id(scope) not in self._names:
            rows = self._names[id(scope)] = {}
            for row in scope:
                for name in row.names:
                    rows.setdefault(name, []).append(row)
        return self._names[id(scope)]

    def is_of_protected(self, number: Number, text: Text, scope: list[DisplayedRow]) -> bool:
        """Whether the answer named just before a number is protected: on network pages, others are public."""
        rows = self._named_before(number, text.text, scope)
        return rows is not scope and any(row.is_protected for row in rows)

    def _is_share(self, number: Number, rows: list[DisplayedRow], text: Text) -> bool:
        # The complement of a share is that of the other answers.
        if any(number.is_rounding_of(row.share) or number.is_rounding_of(100 - row.share) for row in rows):
            return True
        # The ends of a printed share are public by themselves.
        is_end = _interval_at(number, text) is not None
        if any(number.is_rounding_of(end) for row in rows if is_end or not row.is_protected for end in row.share_ends):
            return True
        return self._is_difference(number, rows)

    def _is_difference(self, number: Number, rows: list[DisplayedRow]) -> bool:
        """A measure of comparaisons.csv, or the difference of two displayed shares of one answer."""
        if any(number.is_rounding_of(value) for value in self._compared):
            return True
        shares: dict[tuple, set[float]] = {}
        for row in rows if number.is_points else ():
            if row.share == row.share:
                shares.setdefault(row.question, set()).add(row.share)
        return any(number.is_rounding_of(a - b) for own in shares.values() for a, b in combinations(own, 2))


def _is_count(number: Number, rows: list[DisplayedRow], text: Text) -> bool:
    if any(number.value in (*row.counts, max(row.counts) - min(row.counts)) for row in rows if row.counts):
        return True
    if (match := _interval_at(number, text)) is None:
        return False
    ends = tuple(float(re.sub(r"\D", "", part)) for part in match.groups())
    return any(ends in row.pairs for row in rows)


def _interval_at(number: Number, text: Text) -> re.Match | None:
    """The interval (« entre 21 et 29 ») of a text that a number is part of."""
    return next((each for each in _BETWEEN.finditer(text.text) if each.start() <= number.start < each.end()), None)


# --- The marked numbers of a page: each names its value and measure, and must be the published one ---

# On the pages of a site, this perimeter is the site; the network stands beside under another name.
_ALSES = "alses"
# The columns of a comparison by the suffix of the measure.
_ENDS = {"_min": "valeur_min", "_max": "valeur_max"}
_COMPARISONS = "comparaisons/"
# « moins de 5 % », « plus de 95 % », in place of a share this near to 0 or 100 %.
_LIMITS = ("part_sous", "part_sur")


def place_of(perimeter: str, folder: Folder) -> tuple[str, str, str]:
    """The perimeter, type of site and site behind a name of perimeter in the pages of a folder."""
    if perimeter == _ALSES:
        return perimeter, folder.site_type, folder.site
    return (_ALSES if perimeter == BESIDE else perimeter), "reseau", ""


class MarkedNumbers:
    """The published values of a folder, by the keys that marks bear."""

    def __init__(self, folder: Folder) -> None:
        self._folder, rows = folder, folder.indicators
        self._rows: dict[str, pd.Series] = {}
        for (_, row), share in zip(rows.iterrows(), shares_of(rows), strict=True):
            self._rows[self._name(row)] = row.to_dict() | {"part": share}
        asked = pd.Series(list(zip(rows["annee"].map("{:.0f}".format), rows["indicateur"], strict=True)))
        of_records = rows["source"].isin(FROM_RECORDS).to_numpy()
        self._public = set(asked[~of_records]) - set(asked[of_records])
        table = folder.comparisons
        self._compared = {} if table is None else {(r.comparaison, r.mesure): r for r in table.itertuples()}

    def _name(self, row: pd.Series) -> str:
        crossed = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
        return f"{row.annee:.0f}/{row.perimetre}/{row.site_type}/{row.site}/{row.indicateur}/{row.modalite}{crossed}"

    def value(self, key: str, measure: str) -> float | None:
        """The published value that a mark names, if any."""
        if key.startswith(_COMPARISONS):
            return self._value_compared(key.removeprefix(_COMPARISONS), measure)
        year, perimeter, rest = (*key.split("/", 2), "", "")[:3]
        row = self._rows.get("/".join([year, *place_of(perimeter, self._folder), rest]))
        value = None if row is None else _limit(row, measure) if measure in _LIMITS else row.get(measure)
        return None if value is None or pd.isna(value) else float(value)

    def _value_compared(self, name: str, measure: str) -> float | None:
        if row := self._compared.get((name, measure)):
            return float(row.valeur)
        row = self._compared.get((name, measure[:-4]))
        return float(getattr(row, _ENDS[measure[-4:]])) if row and measure[-4:] in _ENDS else None

    def _is_public(self, key: str) -> bool:
        """Whether a key names a question that is only printed that year: pages may combine such values."""
        return tuple(key.split("/")[:3:2]) in self._public

    def faults(self, soup) -> Iterator[str]:
        """The marks that name nothing published, or show another number, as value or as text."""
        for node in soup.find_all("data"):
            key, measure, text = _key(node), node.get("data-mesure"), node.get_text()
            if key is None or measure is None:
                yield f"« {text} » : un nombre marqué sans dire lequel"
                continue
            published, said = self.value(key, measure), _number(node.get("value"))
            if published is None and self._is_public(key):
                continue
            if published is None:
                yield f"« {text} » : {key}, {measure}, n’est dans aucun tableau publié"
            elif said is None or abs(said - published) > 1e-6 * max(1, abs(published)):
                yield f"« {text} » : {key}, {measure}, vaut {published:.10g} dans le tableau publié"
            elif not _is_said(text, published):
                yield f"« {text} » n’est pas la valeur marquée, {published:.10g}"


def _limit(row: dict, measure: str) -> float | None:
    """The multiple of five that a share is under, or over, in all its interval."""
    share, low, high, step = row["part"], row["part_min_pct"], row["part_max_pct"], NEAR_UNANIMOUS_PCT
    if pd.isna(share) or pd.isna(low) or pd.isna(high):
        return None
    if measure == _LIMITS[0]:
        return step * (math.floor(high / step) + 1) if share <= step else None
    return step * (math.ceil(low / step) - 1) if share >= 100 - step else None


def _key(node) -> str | None:
    if node.get("data-cle"):
        return node["data-cle"]
    above = node.find_parent(attrs={"data-cle": True})
    return above["data-cle"] if above is not None else None


def _number(text: str | None) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _is_said(text: str, value: float) -> bool:
    """Whether the text of a mark rounds its value; words, powers of ten and limits say no more than it."""
    numbers = numbers_in(text)
    if not numbers or "×" in text or any(number.is_limit for number in numbers):
        return True
    return len(numbers) == 1 and numbers[0].is_rounding_of(value)


# --- The findings of the pages ---

# Where a value stands in a document: « l. 67–83, 206 ».
_LINES = re.compile(r"\bl\.[\s\u00a0\u202f]*\d+(?:[–-]\d+)?(?:,[\s\u00a0\u202f]*\d+(?:[–-]\d+)?)*")


def faults_of(folder: Folder, root: Path, names: Sequence[str] = ()) -> list[Finding]:
    """Marks of the pages of a folder that contradict their table, and numbers that nothing published explains.

    Digits in ``names``, those of sites, are ignored.
    """
    named = re.compile("|".join(map(re.escape, names)), re.IGNORECASE) if names else None
    marked, explained = MarkedNumbers(folder), ExplainedNumbers(folder)
    is_strict, findings = folder.site_type != "reseau", []
    for page in folder.pages:
        soup = read_page(page)
        place = page.relative_to(root).as_posix()
        texts = [*marked.faults(soup), *_unexplained(soup, explained, is_strict=is_strict, named=named)]
        findings += [Finding(EXACT, NOTHING, None, because=(f"{place} : {text}",)) for text in texts]
    return findings


def read_page(path: Path):
    """A page as a tree of elements."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _unexplained(soup, explained: ExplainedNumbers, *, is_strict: bool, named: re.Pattern | None) -> Iterator[str]:
    """The numbers outside the marks that are neither displayed nor computed from what is."""
    if not is_strict and not any(row.is_protected for row in explained.rows):
        return
    for text in texts_of(soup):
        text = replace(text, text=_LINES.sub("…", text.text))
        if named:
            text = replace(text, text=named.sub("…", text.text))
        scope = explained.scope(text.keys)
        # On the network's pages, a figure without a protected number reveals nothing.
        if not is_strict and (text.is_prose or not any(row.is_protected for row in scope)):
            continue
        for number in _asked_of(text):
            if not is_strict and not explained.is_of_protected(number, text, scope):
                continue
            if not explained.has(number, text, scope):
                yield f"nombre que rien de publié n’explique, « {_around(text.text, number)} »"


def _asked_of(text: Text) -> list[Number]:
    """The numbers of a text that may count persons: all of those of a figure, and in prose those with a unit."""
    numbers = [number for number in numbers_in(text.text) if not number.is_year]
    return [each for each in numbers if not text.is_prose or each.is_share or each.is_persons or each.is_points]


def _around(text: str, number: Number) -> str:
    return " ".join(text[max(0, number.start - 30) : number.end + 15].split())
