"""One value of the indicator table: find it, read its share, name it, cite its source."""

import difflib
import math
import re
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

import pandas as pd

from helpers.clean.answers import UNFORESEEN
from helpers.schema import (
    CODED,
    COMPUTED,
    DECIMAL_FROM_BASE,
    FROM_RECORDS,
    NEAR_UNANIMOUS_PCT,
    PRINTED,
    SOURCES,
    SYNTHETIC,
    UNANIMOUS_BELOW,
    UNSAID,
    DataError,
    catalogue,
)

# --- One value of the indicator table: its share, bounds and name ---

NETWORK = "reseau"
# The persons of the whole network where those of a site stand beside them.
BESIDE = "alses_reseau"
USUAL = "alses"  # the population of a label that names none

# The precision of a value whose count or base is rounded to protect persons.
PROTECTED = "arrondi_secret"


@dataclass(frozen=True)
class Fact:
    """A value ready for display: counts and base as (min, max) or None, share in per cent or None.

    ``rounded`` and ``rounded_base`` are the numbers shown when rounded to protect persons; ``place`` is the name of its
    site, on the page of a site.

    >>> filles = indicators.Facts(data.load(2020, "indicateurs"), year=2020)("alses/sexe/filles")
    >>> filles.counts, filles.base, filles.share, filles.unit, filles.precision
    ((927, 949), (2233, 2233), 42.0, 'personnes', 'arrondi_imprime')
    """

    key: str
    unit: str
    counts: tuple[int, int] | None
    base: tuple[int, int] | None
    share: float | None
    share_bounds: tuple[float, float] | None
    decimals: int
    precision: str
    reference: str
    label: str
    is_of_records: bool = False
    rounded: int | None = None
    rounded_base: int | None = None
    place: str = ""
    source: str = PRINTED

    @property
    def citation(self) -> str:
        """Its reference, with the origin of a number that is not printed."""
        is_made = self.source in (CODED, COMPUTED) and self.reference
        return f"{SOURCES[self.source]}, d’après {self.reference}" if is_made else self.reference

    @property
    def is_known(self) -> bool:
        """Whether the count is known to the unit."""
        return self.counts is not None and self.counts[0] == self.counts[1]

    @property
    def under(self) -> int | None:
        """The multiple of five that a share near 0 % of a small group is under; None otherwise."""
        return self._bound("sous")

    @property
    def over(self) -> int | None:
        """The multiple of five that a share near 100 % of a small group is over; None otherwise."""
        return self._bound("sur")

    def _bound(self, side: str) -> int | None:
        """The bound of a share of a small group, rounded to protect its persons."""
        is_rounded = self.precision == PROTECTED and None not in (self.share, self.base, self.share_bounds)
        found = (
            near_unanimous(self.share, *self.share_bounds) if is_rounded and self.base[1] < UNANIMOUS_BELOW else None
        )
        return found[1] if found and found[0] == side else None


def near_unanimous(share: float, low: float, high: float) -> tuple[str, int] | None:
    """« sous » or « sur » and the multiple of five that a share near 0 or 100 % is under or over; else None."""
    if share <= NEAR_UNANIMOUS_PCT:
        return "sous", NEAR_UNANIMOUS_PCT * (math.floor(high / NEAR_UNANIMOUS_PCT) + 1)
    if share >= 100 - NEAR_UNANIMOUS_PCT:
        return "sur", NEAR_UNANIMOUS_PCT * (math.ceil(low / NEAR_UNANIMOUS_PCT) - 1)
    return None


def rows_in(frame: pd.DataFrame) -> list[SimpleNamespace]:
    """The rows of a frame, one attribute a column: as `itertuples`, but ten times faster where columns are many."""
    names = list(map(str, frame.columns))
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in frame.to_numpy(dtype=object)]


def with_shares(indicators: pd.DataFrame) -> pd.DataFrame:
    """The table (schema ``indicateurs``) with ``part_pct`` (per cent of the base) and ``part_decimales``.

    ``part_pct`` is the printed share, else the exact one, missing when only bounds are known. Where the base is not
    known, ``part_min_pct`` and ``part_max_pct`` become the bounds of the rounding.
    """
    printed = indicators["part_imprimee_pct"].where(indicators["precision"] != "contradictoire")
    half = 0.5 / 10 ** indicators["decimales"].astype("Float64")
    is_exact = indicators["effectif_min"].eq(indicators["effectif_max"])
    is_exact &= indicators["base_min"].eq(indicators["base_max"])
    exact = indicators["part_min_pct"].where(is_exact.fillna(False))
    said = indicators["decimales"].fillna((indicators["base_min"] >= DECIMAL_FROM_BASE).fillna(False).astype("Int64"))
    return indicators.assign(
        part_pct=printed.fillna(exact),
        part_min_pct=indicators["part_min_pct"].fillna((printed - half).clip(lower=0)),
        part_max_pct=indicators["part_max_pct"].fillna((printed + half).clip(upper=100)),
        part_decimales=said,
    )


def readable(indicators: pd.DataFrame, *, place: str = "") -> pd.DataFrame:
    """The published rows of a table (schema ``indicateurs``), with what a person or seaborn needs of them.

    Added: ``libelle`` (the answer), ``effectif`` and ``base`` (known to the unit, or rounded to protect persons; else
    missing, and the bounds say what is known), ``part_pct``, ``part_min_pct`` and ``part_max_pct`` (per cent),
    ``public`` (of whom, ``place`` being the name of a site), ``groupe`` (of a cross-tabulation) and ``non_compris``
    (what `misread_answers` gives of the question).

    >>> chiffres = indicators.readable(data.load(2020, "indicateurs"))
    >>> filles = chiffres.query("modalite == 'filles' and perimetre == 'alses'").iloc[0]
    >>> print(*filles[["libelle", "part_pct", "base"]])
    filles 42.0 2233
    """
    entries, asked = catalogue(), catalogue().indicators
    rows = with_shares(indicators[~indicators["precision"].isin(UNSAID)])
    shares = ["part_pct", "part_min_pct", "part_max_pct"]
    rows = rows.astype(dict.fromkeys(shares, float))
    for name, rounded in (("effectif", "effectif_arrondi"), ("base", "base_arrondie")):
        known = rows[f"{name}_min"].where((rows[f"{name}_min"] == rows[f"{name}_max"]).fillna(False))
        rows[name] = (rows[rounded].fillna(known) if rounded in rows else known).astype("Int64")
    publics = {name: perimeter.short or perimeter.label for name, perimeter in entries.perimeters.items()}
    crossed = zip(rows["croise_avec"], rows["modalite_croisee"], strict=True)
    answers = zip(rows["indicateur"], rows["modalite"], strict=True)
    rows["libelle"] = [asked[name].label_of(answer) for name, answer in answers]
    rows["public"] = rows["perimetre"].map(publics | ({USUAL: place} if place else {}))
    rows["groupe"] = [asked[name].label_of(answer) if name in asked else answer for name, answer in crossed]
    misread = misread_answers(indicators)
    keys = zip(rows["annee"], rows["perimetre"], rows["indicateur"].replace(READ_IN), strict=True)
    rows["non_compris"] = pd.Series([misread.get(key, ()) for key in keys], rows.index, dtype=object)
    first = ["indicateur", "modalite", "libelle", "effectif", "base", *shares, "public", "groupe", "precision"]
    return rows[[*first, *(name for name in rows if name not in first)]]


# Questions counted in the answers to another one.
READ_IN = {"nombre_d_objectifs": "objectif"}


def misread_answers(indicators: pd.DataFrame) -> dict[tuple[int, str, str], tuple[tuple[str, int, bool]]]:
    """By year, perimeter and question, the answers of an export that were not understood (rows of one place): the path
    of the question, their number, and whether it is rounded, as it may be although those beside it are not. A question
    without any has no entry.
    """
    rows = indicators[indicators["modalite"].eq(UNFORESEEN) & indicators["croise_avec"].eq("")]
    shown = rows["effectif_arrondi"].fillna(rows["effectif_min"]).fillna(0)
    keys = rows[["annee", "perimetre", "indicateur"]].itertuples(index=False, name=None)
    found = zip(keys, map(int, shown), rows["effectif_arrondi"].notna(), strict=True)
    return {key: (("/".join(map(str, key)), count, is_rounded),) for key, count, is_rounded in found}


def is_of_site(indicators: pd.DataFrame) -> bool:
    """Whether these rows (schema ``indicateurs``) are those of a site and the network beside it (`beside_network`)."""
    return bool(indicators["perimetre"].eq(BESIDE).any())


def at_site(indicators: pd.DataFrame, site: str = "") -> pd.DataFrame:
    """The rows of one site (schema ``indicateurs``), cross-tabulations included.

    Without a name, those of the place that a page is about: of the site and the network beside it (`beside_network`),
    else of the network.
    """
    if site:
        return indicators[indicators["site"].eq(site)]
    return indicators if is_of_site(indicators) else indicators[indicators["site_type"].eq(NETWORK)]


def uncrossed(indicators: pd.DataFrame, site: str = "") -> pd.DataFrame:
    """The rows of `at_site` without the cross-tabulations."""
    rows = at_site(indicators, site)
    return rows[rows["croise_avec"].eq("")]


def among(label: str, indicator: str, perimeter: str) -> str:
    """The label of a value with its population, unless that is the persons followed by the ALSES."""
    entries = catalogue()
    # Only persons are counted in several populations.
    is_plain = perimeter == USUAL or entries.indicators[indicator].unit != "personnes"
    return label if is_plain else f"{label} ({entries.perimeters[perimeter].short})"


def title_of_figure(row) -> str:
    """The full title of a value; ``row`` has its perimeter, indicator and modality."""
    title = catalogue().indicators[row.indicateur].title_of(row.modalite)
    return among(title, row.indicateur, row.perimetre)


def key_of(row) -> str:
    """The key of a value: ``annee/perimetre/indicateur/modalite``, then ``/croise_avec=modalite`` if crossed."""
    cross = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
    return f"{row.annee}/{row.perimetre}/{row.indicateur}/{row.modalite}{cross}"


def decimals_of(value: float) -> int:
    """The number of decimals that a value was printed with."""
    return len(f"{value:g}".partition(".")[2])


def _pair(low, high, kind: type) -> tuple | None:
    return None if pd.isna(low) or pd.isna(high) else (kind(low), kind(high))


def _whole(value) -> int | None:
    return None if pd.isna(value) else int(value)


def fact_of(row) -> Fact:
    """The fact in a row of `with_shares` (a named tuple or a Series)."""
    entry = catalogue().indicators[row.indicateur]
    return Fact(
        key=key_of(row),
        unit=row.unite,
        counts=_pair(row.effectif_min, row.effectif_max, int),
        base=_pair(row.base_min, row.base_max, int),
        share=None if pd.isna(row.part_pct) else float(row.part_pct),
        share_bounds=_pair(row.part_min_pct, row.part_max_pct, float),
        decimals=int(row.part_decimales),
        precision=row.precision,
        reference=row.reference,
        # The table's own names, if any (the code book names its themes).
        label=getattr(row, "libelle", entry.label_of(row.modalite)),
        is_of_records=row.source in FROM_RECORDS,
        rounded=_whole(getattr(row, "effectif_arrondi", None)),
        rounded_base=_whole(getattr(row, "base_arrondie", None)),
        place=getattr(row, "lieu", ""),
        source=row.source,
    )


# --- Names of answers in sentences, and of values by path ---

# Questions whose answers mean nothing without them: « associés », or a theme both requested and worked on.
_NAMED = ("parents_associes", "demande_initiale", "objectif", "nombre_d_objectifs", "demande_travaillee", "duree")
_NAMED += ("mois_d_ouverture", "fin_dans_l_annee")


def name_answer(indicator: str, modality: str, perimeter: str) -> str:
    """An answer in the words of the catalogue, with its question if needed, and its population.

    >>> indicators.name_answer("sexe", "filles", "alses"), indicators.name_answer("parents_associes", "oui", "alses")
    ('filles', 'place des parents (associés)')
    """
    entry = catalogue().indicators[indicator]
    if not modality:
        return among(entry.short or entry.label, indicator, perimeter)
    name = entry.label_of(modality)
    if indicator in _NAMED:
        name = f"{entry.label[:1].lower()}{entry.label[1:]} ({name})"
    return among(name, indicator, perimeter)


def title_of_path(path: str) -> str:
    """The full title of the value at a path (``perimetre/indicateur/modalite``), without its population."""
    _, name, modality = path.split("/")
    return catalogue().indicators[name].title_of(modality)


# --- References: a document and its lines, as pages cite them ---

# « Note, l. 67–83, 85 », even if the title has a comma or an « l. ».
_CITED = re.compile(r"(.*), l\. (\d[\d–, ]*)")


def line_runs(lines) -> str:
    """Line numbers in order, runs joined."""
    runs: list[list[int]] = []
    for line in sorted({int(line) for line in lines}):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(", ".join(map(str, run)) if len(run) < 3 else f"{run[0]}–{run[-1]}" for run in runs)


def cite(document: str, lines) -> str:
    """A document and its lines."""
    shown = line_runs(lines)
    return f"{document}, l. {shown}" if shown else document


def merge_references(references) -> str:
    """Several references as one, the lines of a document together; deduced values add none.

    >>> indicators.merge_references(["Note, l. 50", "Note, l. 114, 118", "déduit (Note, l. 50)"])
    'Note, l. 50, 114, 118'
    """
    lines: dict[str, list[int]] = {}
    for reference in references:
        for part in reference.split(" ; ") if reference and not re.match(r"déduit($| \()", reference) else []:
            cited = _CITED.fullmatch(part)
            document, numbers = cited.groups() if cited else (part, "")
            found = lines.setdefault(document, [])
            for run in filter(None, numbers.split(", ")):
                first, _, last = run.partition("–")
                found += range(int(first), int(last or first) + 1)
    return " ; ".join(cite(document, numbers) for document, numbers in lines.items())


# --- The values of one year, looked up by path ---


def full_path(path: str) -> str:
    """A path with its population: that of the persons followed by the ALSES where none is named."""
    return path if path.split("/")[0] in catalogue().perimeters else f"{USUAL}/{path}"


class Facts:
    """Looks values up by path: ``facts("sexe/filles")``, None when the year has none; ``table`` holds them all.

    ``indicators`` has the schema ``indicateurs`` (rows of `at_site`). Unpublished or contradicted values are not found.

    >>> chiffre = indicators.Facts(data.load(2020, "indicateurs"), year=2020)
    >>> chiffre("alses/sexe/filles").counts, chiffre("alses/niveau/3e")
    ((927, 949), None)
    """

    def __init__(self, indicators: pd.DataFrame, *, year: int) -> None:
        rows = at_site(indicators)
        self._rows = rows[rows["annee"].eq(year)]
        self._found = {key_of(row): fact_of(row) for row in with_shares(self._rows).itertuples()}
        self.year = year

    @cached_property
    def table(self) -> pd.DataFrame:
        """All that the year publishes, one row a value (`indicators.readable`)."""
        return readable(self._rows, place=self.place)

    @cached_property
    def _answers(self) -> dict[str, list[SimpleNamespace]]:
        """By question, what chooses among the rows of ``table``, and their places: a page asks some twenty times."""
        chosen = self.table[["indicateur", "croise_avec", "perimetre", "modalite"]]
        chosen = chosen.assign(place=range(len(chosen)), is_zero=self.table["effectif_max"].eq(0).fillna(False))
        answers: dict[str, list[SimpleNamespace]] = {}
        for row in rows_in(chosen):
            answers.setdefault(row.indicateur, []).append(row)
        return answers

    def reponses(self, indicator: str, *, public: str | None = USUAL, selon: str = "") -> pd.DataFrame:
        """The published answers to a question, in the order of the catalogue; a few rows of ``table``.

        ``public`` is a population of the catalogue, None for all; ``selon`` the question it is crossed with. A group
        whose members are all published is left out, and answers that nobody missed (« non renseigné », none). Empty
        when the year publishes nothing of it.

        >>> chiffres = indicators.Facts(data.load(2020, "indicateurs"), year=2020)
        >>> chiffres.reponses("niveau")[["libelle", "effectif_min", "effectif_max", "base"]].to_numpy().tolist()
        [['4e ou 3e', 1396, 1417, 2233], ['6e, 5e ou autre', 816, 837, 2233]]

        Raises
        ------
        DataError
            for a question or a population that the catalogue does not have.
        """
        entries = catalogue()
        own = self._answers.get(indicator, [])
        crossed = {row.croise_avec for row in own}
        for kind, name, known in (
            ("d’indicateur", indicator, entries.indicators),
            ("de public", public, entries.perimeters),
            ("d’indicateur", selon, {*entries.indicators, *crossed}),
        ):
            if name and name not in known:
                near = difflib.get_close_matches(name, known, 1)
                meant = f"\u00a0; vouliez-vous dire « {near[0]} » ?" if near else "."
                raise DataError(f"reponses(…)\u00a0: pas {kind} « {name} »{meant}")
        entry = entries.indicators[indicator]
        if selon and selon not in {*entry.crossed_with, *crossed} and entry.unit == "personnes":
            line = ", ".join(f'"{name}"' for name in (*entry.crossed_with, selon))
            raise DataError(
                f"« {indicator} » n’est pas compté selon « {selon} ». Pour qu’il le soit, dans "
                f"src/helpers/catalogue.toml, sous [indicateurs.{indicator}], écrivez\u00a0: croise_avec = [{line}]"
            )
        rows = [row for row in own if row.croise_avec == selon and (not public or row.perimetre == public)]
        published = {row.modalite for row in rows}
        useless = [name for name, group in entry.groups.items() if set(group.members) <= published]
        rows = [row for row in rows if row.modalite not in (*useless, *(entry.recorded if row.is_zero else ()))]
        order = {name: place for place, name in enumerate([*entry.modalities, *entry.groups, *entry.recorded])}
        rows.sort(key=lambda row: order.get(row.modalite, len(order)))
        return self.table.iloc[[row.place for row in rows]].reset_index(drop=True)

    @property
    def place(self) -> str:
        """The name of the site (`indicators.name_site`); ``""`` for the network."""
        return next((fact.place for fact in self._found.values() if fact.place), "")

    @property
    def has_synthetic(self) -> bool:
        """Whether any value comes from simulated records."""
        return bool(self._rows["source"].eq(SYNTHETIC).any())

    @property
    def has_records(self) -> bool:
        """Whether any value was counted in individual records, true or simulated."""
        return bool(self._rows["source"].isin(FROM_RECORDS).any())

    def __call__(self, path: str) -> Fact | None:
        fact = self._found.get(f"{self.year}/{full_path(path)}")
        return None if fact is None or fact.precision in UNSAID else fact


# --- The values of one site with the network's beside them; the names of sites ---

_ASSOCIATION, _COLLEGE = "association", "collège"


def beside_network(own: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """The rows of the page of a site (schema ``indicateurs``): its own, then the network's beside them.

    ``own`` are the rows of one site, ``network`` those of the whole network, whose persons are the perimeter
    ``alses_reseau`` there. What the network counts and the site does not is left out.
    """
    persons = own["perimetre"].eq(USUAL)
    counted = set(own.loc[persons, "indicateur"])
    others = network[
        network["perimetre"].eq(USUAL) & network["indicateur"].isin(counted) & network["croise_avec"].eq("")
    ]
    return pd.concat([own[persons], others.assign(perimetre=BESIDE)], ignore_index=True)


def name_site(site_type: str, site: str, colleges: pd.DataFrame) -> str:
    """A site in a reader's words: « association AAPI », « collège Mendès France (Tourcoing) »; ``""`` for the network.

    ``colleges`` has the schema ``colleges``; a collège that it does not have is named by its UAI.

    >>> colleges = data.read_reference("colleges")
    >>> indicators.name_site("college", "0592714E", colleges), indicators.name_site("association", "AAPI", colleges)
    ('collège Mendès France (Tourcoing)', 'association AAPI')
    >>> indicators.name_site("college", "0590001A", colleges), indicators.name_site("reseau", "", colleges)
    ('collège 0590001A', '')
    """
    if site_type == NETWORK:
        return ""
    if site_type == _ASSOCIATION:
        return site if site.lower().startswith(_ASSOCIATION) else f"{_ASSOCIATION} {site}"
    known = colleges[colleges["uai"].eq(site)]
    if known.empty:
        return f"{_COLLEGE} {site}"
    name = re.sub(rf"^{_COLLEGE} ", "", known["nom_officiel"].iloc[0], flags=re.IGNORECASE)
    return f"{_COLLEGE} {name} ({known['commune'].iloc[0]})"


def in_site(place: str) -> str:
    """Where something happens; ``place`` comes from `name_site`, ``""`` is the network."""
    if not place:
        return ""
    return f"au {place}" if place.startswith(_COLLEGE) else f"de l’{place}"


def with_site_name(indicators: pd.DataFrame, place: str) -> pd.DataFrame:
    """The rows of a site (schema ``indicateurs``) with its name as a column ``lieu``; those of the network unchanged.

    ``place`` comes from `name_site`. The network's rows beside those of the site have an empty ``lieu``.
    """
    if not place:
        return indicators
    return indicators.assign(lieu=indicators["perimetre"].map({USUAL: place}).fillna(""))


def only_network(table: pd.DataFrame, place: str) -> pd.DataFrame:
    """A table that exists for the network only: its rows there, none for a site."""
    return table.iloc[:0] if place else table
