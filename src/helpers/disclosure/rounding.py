"""Controlled rounding of one year: network, associations and collèges as one additive system."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.disclosure.network_cells import (
    OF_SITES,
    Cell,
    Pair,
    base_of,
    cells_of,
    cells_of_network,
    cells_to_round,
    crosstabs_to_round,
    has_few_associations,
    is_counted,
    is_of_sites,
    is_rounded,
    same_cells,
)
from helpers.schema import (
    DECIMAL_FROM_BASE,
    FEWEST_COLLEGES,
    FEWEST_FOR_CROSSING,
    FEWEST_FOR_REPORT,
    FEWEST_FOR_SHARE,
    FEWEST_IN_TERRITORY,
    FOLDED,
    ROUNDING_BASE,
    SAME_ANSWERS,
    TERRITORIES,
    TERRITORY_ANSWERS,
    TERRITORY_MARK,
    WITHIN_ANSWERS,
    DataError,
    apply_schema,
    catalogue,
    columns,
)

# --- Controlled rounding (Cox 1987), as one integer program over any set of additivity constraints ---

# Weight of the tie-breaking draw against one person of shift: it never outweighs one.
_DRAW = 0.9
# A rounding takes a second; a year without an answer must not hold a report for ever.
_TIME_LIMIT_S = 120


@dataclass
class Sums:
    """Additivity constraints on rounded counts: terms (place, weight), least and most, in persons.

    ``late`` are those (ranks) that make the program long to solve: see `round_counts`.
    """

    terms: list[list[tuple[int, int]]] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def add(self, places, *, less=(), least: float = 0, most: float = 0) -> None:
        """The counts of ``places`` minus those of ``less`` lie between ``least`` and ``most``: equal by default."""
        self.terms.append([*((place, 1) for place in places), *((place, -1) for place in less)])
        self.least.append(least)
        self.most.append(most)

    def add_rounded(self, places, total: int) -> None:
        """The sum of these counts is rounded to one of the two multiples around its true total."""
        low = total // ROUNDING_BASE * ROUNDING_BASE
        self.add(places, least=low, most=low + ROUNDING_BASE * (low < total))


def random_draws(names: list[str], key: bytes) -> np.ndarray:
    """A number from 0 to 1 for each name: fixed by the key, unpredictable without it."""
    digests = (hashlib.blake2b(name.encode(), key=key[:64], digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "big") / 2**64 for digest in digests])


def round_counts(
    counts: np.ndarray, sums: Sums, *, drawn: np.ndarray, first: np.ndarray | None = None
) -> np.ndarray | None:
    """The nearest multiples of the base that satisfy the constraints; None if there are none.

    A multiple of the base stays; any other count goes to an adjacent multiple, so no shift reaches the base. ``drawn``
    (0 to 1, one a count) breaks ties. With constraints that are late, the counts ``first`` (a mask) are as a rounding
    without these leaves them, so that many small programs stand for a large one; all together if that has no solution.

    >>> sommes = Sums()
    >>> sommes.add([0, 1], less=[2])
    >>> round_counts(np.array([3, 8, 11]), sommes, drawn=np.array([0.2, 0.4, 0.6])).tolist()
    [5, 5, 10]
    """
    # Imported here: most verbs of the command round nothing.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    base, low = ROUNDING_BASE, counts // ROUNDING_BASE
    over = counts - low * base
    triples = [(row, place, weight) for row, terms in enumerate(sums.terms) for place, weight in terms]
    rows, places, weights = np.array(triples, dtype=np.int64).reshape(-1, 3).T
    matrix = csr_array((weights, (rows, places)), shape=(len(sums.terms), len(counts)))
    least, most = (np.array(each, float) / base - matrix @ low for each in (sums.least, sums.most))
    cost = np.where(over > 0, base - 2 * over + _DRAW * (drawn - 0.5), 0.0)

    def solve(below: np.ndarray, above: np.ndarray, kept: np.ndarray) -> np.ndarray | None:
        """Which counts go up, within ends, under the constraints kept."""
        solved = milp(
            cost,
            constraints=LinearConstraint(matrix[kept], least[kept], most[kept]),
            bounds=Bounds(below, above),
            integrality=np.ones(len(counts)),
            options={"time_limit": _TIME_LIMIT_S, "mip_rel_gap": 0.0},
        )
        return None if solved.x is None else np.rint(solved.x)

    ends, every, up = (np.zeros(len(counts)), (over > 0).astype(float)), np.ones(len(sums.terms), bool), None
    if sums.late and first is not None:
        soon = every.copy()
        soon[sums.late] = False
        if (rough := solve(*ends, soon)) is not None:
            up = solve(*(np.where(first, rough, end) for end in ends), every)
    up = solve(*ends, every) if up is None else up
    return None if up is None else base * (low + up.astype(np.int64))


# --- Rounded counts in the indicator table: what is displayed, and the feasibility intervals ---

# The largest distance of a true count from the displayed multiple, in persons.
SPREAD = ROUNDING_BASE - 1


def protect_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows (schema ``indicateurs``) with the feasibility intervals of their rounded counts.

    ``effectif_arrondi`` and ``base_arrondie`` are displayed; where one is missing, that count is exact, in
    ``effectif_min`` or ``base_min``. A share is that of the two displayed numbers, with its bounds; none on a base
    under 20.

    >>> ligne = {"site_type": "college", "effectif_arrondi": 10, "base_arrondie": 50}
    >>> vu = protect_rows(pd.DataFrame([ligne]))
    >>> vu[["effectif_min", "effectif_max", "base_min", "base_max", "part_imprimee_pct"]].values.tolist()
    [[6, 14, 46, 54, 20.0]]
    """
    out = apply_schema(rows.reindex(columns=columns("indicateurs")), "indicateurs")
    for shown, ends in (("effectif_arrondi", "effectif"), ("base_arrondie", "base")):
        low, high = f"{ends}_min", f"{ends}_max"
        out[low] = (out[shown] - SPREAD).clip(lower=0).fillna(out[low])
        out[high] = (out[shown] + SPREAD).fillna(out[low])
    out["effectif_max"] = out["effectif_max"].mask(
        (out["base_max"] < out["effectif_max"]).fillna(False), out["base_max"]
    )
    count, base = out["effectif_arrondi"].fillna(out["effectif_min"]), out["base_arrondie"].fillna(out["base_min"])
    has_share = (base >= FEWEST_FOR_SHARE).fillna(False)
    is_fine = out["site_type"].eq("reseau") & (base >= DECIMAL_FROM_BASE).fillna(False)
    share = (100.0 * count / base).clip(upper=100)
    # Half up, as readers round: 12.5 is 13.
    out["part_imprimee_pct"] = ((10 * share + 0.5) // 1 / 10).where(is_fine, (share + 0.5) // 1).where(has_share)
    out["decimales"] = is_fine.astype("Int64").where(has_share)
    out["part_min_pct"] = (100.0 * out["effectif_min"] / out["base_max"]).where(has_share)
    out["part_max_pct"] = (100.0 * out["effectif_max"] / out["base_min"]).clip(upper=100).where(has_share)
    out["precision"] = "arrondi_secret"
    return out


# --- Additivity constraints: sites, answers to a question, groups of answers, cross-tabulations ---

# The columns that name a count, whatever its site.
CELL = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]


def sums_of(atoms: pd.DataFrame) -> Sums:
    """The additivity constraints on the base cells of `base_cells`, ``places`` being their rows.

    Each total of a site, an association, the network or a group of answers stays adjacent to its true value.
    """
    sums, counts = Sums(), atoms["effectif"].tolist()
    # Places by site and answer; by answer of an association; by answer that a cross-tabulation adds up to.
    totals, answers, margins, sites = (defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(dict))
    for place, (association, uai, *answer, other, crossed) in enumerate(atoms[ATOM].itertuples(index=False, name=None)):
        if other:
            margins[association, *answer, (answer[0], other)].append(place)
            margins[association, other, crossed, (answer[0], other)].append(place)
        else:
            sites[association, uai][tuple(answer)] = place
            answers[association, *answer].append(place)
            for site in (("college", uai), ("association", association), ("reseau", "reseau")):
                totals[*site, *answer].append(place)
    for (_, site, *_), places in totals.items():
        if site and len(places) > 1:
            sums.add_rounded(places, sum(counts[place] for place in places))
    _add_territories(sums, atoms[_is_told_of_territories(atoms)])
    for places in sites.values():
        _add_questions(sums, places)
        _add_twins(sums, places, counts)
    # A cross-tabulation adds up to an answer over all the collèges of an association.
    for (*answer, _), places in margins.items():
        sums.add(places, less=answers[tuple(answer)])
    return sums


def _is_told_of_territories(rows: pd.DataFrame) -> pd.Series:
    cells = pd.Series(list(zip(rows["indicateur"], rows["modalite"], strict=True)), rows.index, dtype=object)
    return cells.isin(list(TERRITORY_ANSWERS)) & rows["croise_avec"].eq("")


def _add_territories(sums: Sums, rows: pd.DataFrame) -> None:
    """Territories, and whoever is in none of a division, stay adjacent to their true values.

    The latter leave the territories a margin when these are subtracted from an exact network.
    """
    for names in TERRITORIES.values():
        inside = by_level(rows, "territoire")
        inside = inside[inside["territoire"].isin(list(names))]
        outside = rows.drop(index=inside.index) if len(inside) else rows.iloc[:0]
        for part in (inside, outside.assign(territoire="")):
            for (_, name, *_), own in part.groupby(["territoire", *CELL]):
                sums.late += [len(sums.terms)] * (name != "accompagnements")
                sums.add_rounded(own.index, int(own["effectif"].sum()))


def _add_questions(sums: Sums, places: dict[tuple[str, str], int]) -> None:
    """The answers at one site add up to the persons asked or, of a multiple choice, none exceeds them."""
    questions: dict[str, dict[str, int]] = {}
    for (name, modality), place in places.items():
        questions.setdefault(name, {})[modality] = place
    for name, own in questions.items():
        entry = catalogue().indicators[name]
        if entry.base is None:
            continue
        is_single, (asked, _, modality) = entry.choice == "unique", entry.base.partition("/")
        whole, answers = places[asked, modality], {name: own[name] for name in own if name not in entry.groups}
        if is_single:
            sums.add(answers.values(), less=[whole])
        inside = [] if is_single else [(place, whole) for place in own.values()]
        for group in own.keys() & entry.groups.keys():
            members = [answers[member] for member in entry.groups[group].members if member in answers]
            # Who gives two answers of the group counts once.
            sums.add(members, less=[own[group]], most=0 if is_single else np.inf)
            inside += [] if is_single else [(member, own[group]) for member in members]
        for place, outer in inside:
            sums.add([outer], less=[place], most=np.inf)


def _add_twins(sums: Sums, places: dict[tuple[str, str], int], counts: list[int]) -> None:
    """Answers of the same persons are rounded alike, nested ones in order: otherwise each would narrow the other.

    Only what the records of this place bear out is required.
    """
    for pair in (*SAME_ANSWERS, *WITHIN_ANSWERS):
        if places.keys() >= set(pair):
            one, other = (places[answer] for answer in pair)
            more = counts[other] - counts[one]
            if more == 0 or (more > 0 and pair in WITHIN_ANSWERS):
                sums.add([other], less=[one], most=np.inf if pair in WITHIN_ANSWERS else 0)


# --- The counts of a year that are rounded together ---
# The *base cells* (atoms) are the persons of one association in one collège. Collèges, associations and the network are
# sums of base cells; so are the answers to a question, which add up to those it is about.

# The columns that name a base cell: where, what.
ATOM = ["association", "uai", *CELL]
# Instead of a UAI: all the collèges of an association, the only level of cross-tabulations.
ALL_COLLEGES = "*"
# The column of base cells that holds the sites of each type: of a territory, several (`by_level`).
LEVELS = {"territoire": "territoire", "association": "association", "college": "uai"}


def by_level(rows: pd.DataFrame, level: str) -> pd.DataFrame:
    """The rows, each once for every site of a level that holds it: a collège lies in a territory of each division."""
    if level != "territoire":
        return rows
    return rows.assign(territoire=rows["territoire"].astype(str).str.split(TERRITORY_MARK)).explode("territoire")


class ForcedRounding(NamedTuple):
    """A forced rounding direction: the answer to a question, at a site or in the network, rounded up or down."""

    site_type: str
    site: str
    indicator: str
    modality: str
    is_up: bool


@dataclass
class RoundingFamily:
    """The counts that are rounded together, their names, their constraints, and the places that make each opened cell.

    ``counts`` are those of ``atoms``, then the opened network cells that sites do not count.
    """

    atoms: pd.DataFrame
    names: list[str]
    counts: np.ndarray
    sums: Sums
    opened: dict[Cell, np.ndarray]

    @classmethod
    def of(cls, counts: pd.DataFrame, indicators: pd.DataFrame, opened: set[Cell]) -> "RoundingFamily":
        """The family of a year from exact tables: schema ``comptes_par_site``, then schema ``indicateurs``."""
        atoms = base_cells(counts)
        plain = indicators[is_counted(indicators) & indicators["croise_avec"].eq("")]
        known = dict(zip(cells_of(plain), plain["effectif_min"], strict=True))
        alone = sorted(cell for cell in opened if not is_of_sites(cell))
        names = [*atoms[ATOM].agg("\x1f".join, axis=1), *("\x1f".join(cell) for cell in alone)]
        values = np.array([*atoms["effectif"], *(known[cell] for cell in alone)], dtype=np.int64)
        family = cls(atoms, names, values, sums_of(atoms), {})
        family.opened = {cell: np.array([len(atoms) + rank]) for rank, cell in enumerate(alone)}
        family.opened |= {cell: family.places(cell[1], [cell[2]]) for cell in opened - set(alone)}
        family._keep_together()
        return family

    def places(self, indicator: str, modalities: Iterable[str], other: str = "", crossed=("",)) -> np.ndarray:
        """The places of the counts of these answers at every site, or crossed with those to another question."""
        cells = [(indicator, modality, other, each) for modality in modalities for each in crossed]
        return np.array(sorted(place for cell in cells for place in self._index.get(cell, ())), dtype=int)

    @cached_property
    def _index(self) -> dict[tuple, np.ndarray]:
        return self.atoms.groupby(CELL).indices

    def parts_of(self, crossings: pd.DataFrame) -> dict[tuple, np.ndarray]:
        """For each cell of these cross-tabulations and each of their bases, the places of the counts that it adds up.

        Keys: perimeter, indicator, modality, crossed indicator and modality; for a base, indicator, crossed indicator
        and modality, "": the same base stays exact in an exact cross-tabulation. What associations do not
        cross-tabulate has none.
        """
        parts: dict[tuple, np.ndarray] = {}
        for row in crossings.itertuples():
            if is_rounded((row.indicateur, row.croise_avec)):
                cross, columns = (row.croise_avec, row.modalite_croisee), row.modalite_croisee.split(FOLDED)
                cell = (row.perimetre, row.indicateur, row.modalite, *cross)
                parts[cell] = self.places(row.indicateur, row.modalite.split(FOLDED), row.croise_avec, columns)
                parts[row.indicateur, *cross, ""] = self.places(row.croise_avec, columns)
        return parts

    def keep_near(self, places: np.ndarray) -> None:
        """The sum of these counts is rounded as one count would be."""
        self.sums.add_rounded(np.sort(places), int(self.counts[places].sum()))

    def turn(self, asked: ForcedRounding) -> None:
        """Forces the rounding direction of an answer at a site."""
        places = self.places(asked.indicator, [asked.modality])
        if asked.site_type in LEVELS:
            level = LEVELS[asked.site_type]
            rows = by_level(self.atoms.iloc[places], level)
            places = rows.index[rows[level].eq(asked.site)].to_numpy()
        bases, left = divmod(int(self.counts[places].sum()), ROUNDING_BASE)
        end = (bases + (asked.is_up and left > 0)) * ROUNDING_BASE
        self.sums.add(places, least=end, most=end)

    def _keep_together(self) -> None:
        """The opened answers to one question stay near their true sum, which the exact ones reveal."""
        questions: dict[tuple[str, str], list[int]] = {}
        for cell, places in self.opened.items():
            entry = catalogue().indicators[cell[1]]
            if entry.choice == "unique" and cell[2] not in entry.groups:
                questions.setdefault(cell[:2], []).extend(places)
        for places in questions.values():
            self.keep_near(np.array(places, dtype=int))  # none, where nobody was asked
        for one, other in same_cells():
            if one in self.opened and other in self.opened:
                own, theirs = self.opened[one], self.opened[other]
                if self.counts[own].sum() == self.counts[theirs].sum():
                    self.sums.add(own, less=theirs)


def base_cells(counts: pd.DataFrame) -> pd.DataFrame:
    """The base cells, and of cross-tabulations the associations: one row a count, columns `ATOM`, ``territoire`` and
    ``effectif``.

    ``counts`` has the schema ``comptes_par_site``, and the column ``territoire`` of `release.with_territories`, if any.
    """
    crossed, names = counts["croise_avec"].ne(""), [*ATOM, "territoire", "effectif"]
    whole = counts[crossed].groupby(["association", *CELL], as_index=False)["effectif"].sum()
    plain = counts[~crossed] if "territoire" in counts else counts[~crossed].assign(territoire="")
    parts = [plain[names], whole.assign(uai=ALL_COLLEGES, territoire="")[names]]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


# --- The associations and collèges of a year: which get a report, and their protected rows ---

SITE_COLUMNS = ["site_type", "site", "association", "est_publie"]


def list_sites(counts: pd.DataFrame) -> pd.DataFrame:
    """Every territory, association and collège of a year (schema ``comptes_par_site``).

    Columns: ``site_type`` (territoire, association or college), ``site`` (code, name or UAI), ``association`` of a
    collège (that of most of its persons), ``est_publie``: whether it has the eleven persons that a report takes; a
    territory, three collèges and a hundred and fifty persons.
    """
    sizes = counts[counts["indicateur"].eq("accompagnements")]
    tables = [pd.DataFrame(columns=SITE_COLUMNS)]
    for site_type, level in LEVELS.items() if "territoire" in counts else [*LEVELS.items()][1:]:
        own = by_level(sizes, level)
        own = own[own[level].ne("")]
        totals = own.groupby(level)["effectif"].sum()
        in_order = own.sort_values(["effectif", "association"], ascending=[False, True])
        main = in_order.groupby(level)["association"].first()
        is_shown = totals >= FEWEST_FOR_REPORT
        if site_type == "territoire":
            is_shown = totals.ge(FEWEST_IN_TERRITORY) & own.groupby(level)["uai"].nunique().ge(FEWEST_COLLEGES)
        rows = pd.DataFrame({"site_type": site_type, "site": totals.index, "est_publie": is_shown})
        tables.append(rows.assign(association=main if site_type == "college" else "")[SITE_COLUMNS])
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def site_rows(atoms: pd.DataFrame, sites: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """The protected rows of the sites that get a report (schema ``indicateurs``); ``atoms`` are rounded (``arrondi``).

    A site has every answer of the network, even if nobody there gives it: 0 is not told apart from a few.
    Cross-tabulations are for associations of thirty persons or more. Of a territory, a few answers are told.
    """
    entries, published = catalogue().indicators, sites[sites["est_publie"].astype(bool)]
    is_plain = network["perimetre"].eq(OF_SITES) & network["site_type"].eq("reseau") & network["croise_avec"].eq("")
    plain = network[is_plain & network["indicateur"].map(lambda name: entries[name].is_by_site).astype(bool)]
    crossed = pd.concat([plain, _crossed_rows(plain)])
    tables = [network.iloc[:0]]
    for site_type, level in LEVELS.items():
        own = by_level(atoms, level)
        own = own[own[level].isin(published.loc[published["site_type"].eq(site_type), "site"])]
        displayed = own.groupby([level, *CELL])["arrondi"].sum()
        for site in own[level].unique():
            counts = displayed[site].to_dict()
            is_large = counts.get(("accompagnements", "", "", ""), 0) >= FEWEST_FOR_CROSSING
            rows = crossed if site_type == "association" and is_large else plain
            rows = plain[_is_told_of_territories(plain)] if site_type == "territoire" else rows
            cells = [*rows[CELL].itertuples(index=False, name=None)]
            rounded = [[counts.get(cell, 0) for cell in cells], [_base_at_site(cell, counts) for cell in cells]]
            named = dict(zip(["effectif_arrondi", "base_arrondie"], rounded, strict=True))
            tables.append(rows.assign(site_type=site_type, site=site, **named))
    rows = pd.concat(tables, ignore_index=True)
    return protect_rows(rows) if len(rows) else rows


def _base_at_site(cell: tuple, counts: dict[tuple, int]) -> int | None:
    """The persons that the share of a cell is computed on: those asked, or those who give the crossed answer."""
    base = "/".join(cell[2:]) if cell[2] else catalogue().indicators[cell[0]].base
    return None if base is None else counts.get((*base.partition("/")[::2], "", ""), 0)


def _crossed_rows(plain: pd.DataFrame) -> pd.DataFrame:
    """A row for each pair of answers of the questions that associations cross-tabulate."""
    entries = catalogue().indicators
    is_group = [row.modalite in entries[row.indicateur].groups for row in plain.itertuples()]
    answers = dict([*plain[~np.array(is_group, dtype=bool)].groupby("indicateur", sort=False)])
    pairs = [(name, other) for name in answers for other in entries[name].crossed_with if other in answers]
    return pd.concat([plain.iloc[:0], *(
        answers[name].assign(croise_avec=other, modalite_croisee=crossed)
        for name, other in pairs if is_rounded((name, other)) for crossed in answers[other]["modalite"]
    )])  # fmt: skip


# --- One year protected as a whole: network, associations and collèges in one rounding ---

# How many have each column of the export filled.
_FILLED = "colonne_remplie"


def protect(
    indicators: pd.DataFrame,
    counts: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    key: bytes,
    also: Iterable[Cell | Pair | ForcedRounding] = (),
) -> pd.DataFrame:
    """What may be shown of a year at every level: counts of persons rounded together, the rest unchanged.

    ``indicators`` (schema ``indicateurs``) are those of the network and ``counts`` (schema ``comptes_par_site``) those
    of each site, exact; ``sites`` (columns of `list_sites`) get a report. ``key`` breaks ties: nobody can redo the
    rounding without it. ``also`` is what the intruder test asks for: network cells and cross-tabulations to round,
    forced rounding directions. A cross-tabulation to round that sites do not count is left out.

    Raises DataError when no rounding keeps every sum.
    """
    if counts.empty:
        return indicators
    indicators = drop_small_populations(indicators)
    asked = set(also)
    whole = cells_of_network(indicators) if has_few_associations(counts) else set()
    opened = cells_to_round(indicators, asked | whole)
    crossings = crosstabs_to_round(indicators, opened, asked)
    family = RoundingFamily.of(counts, indicators, opened)
    parts = family.parts_of(crossings)
    for places in parts.values():
        family.keep_near(places)
    for each in asked:
        if isinstance(each, ForcedRounding):
            family.turn(each)
    # Once the size of each place is known, a question has hardly anything to do with another.
    sizes = np.isin(np.arange(len(family.counts)), family.places("accompagnements", [""]))
    rounded = round_counts(family.counts, family.sums, drawn=random_draws(family.names, key), first=sizes)
    if rounded is None:
        raise DataError(
            "Aucun arrondi ne garde toutes les sommes de cette année : elle ne peut pas être publiée telle quelle."
        )
    shown = {cell: int(rounded[places].sum()) for cell, places in (family.opened | parts).items()}
    pairs = set(zip(crossings["indicateur"], crossings["croise_avec"], strict=True))
    network = drop_questions_of_few(_network(indicators, shown, pairs=pairs))
    own = site_rows(family.atoms.assign(arrondi=rounded[: len(family.atoms)]), sites, network)
    return apply_schema(pd.concat([network, own], ignore_index=True), "indicateurs")


def drop_small_populations(indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows (schema ``indicateurs``) without the populations of fewer than eleven persons."""
    own = indicators[is_counted(indicators)]
    sizes = own[own["indicateur"].eq("accompagnements")].set_index("perimetre")["effectif_min"]
    few = sizes[sizes.between(1, FEWEST_FOR_REPORT - 1)].index
    return indicators.drop(index=own.index[own["perimetre"].isin(few)])


def drop_questions_of_few(indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows (schema ``indicateurs``) without the questions asked of no more persons than one rounding step.

    Who knows one person in each collège may know them all. The displayed number decides, so that leaving a question out
    tells nothing.
    """
    base = indicators["base_arrondie"].fillna(indicators["base_min"])
    is_few = is_counted(indicators) & base.between(1, ROUNDING_BASE).fillna(False) & indicators["croise_avec"].eq("")
    few = {cell[1] for cell in cells_of(indicators[is_few]) if cell[0] == OF_SITES} - {_FILLED}
    return indicators[~is_counted(indicators) | ~indicators[["indicateur", "croise_avec"]].isin(few).any(axis=1)]


def _network(indicators: pd.DataFrame, shown: dict, *, pairs: set[Pair]) -> pd.DataFrame:
    """The rows of the network: those that are rounded, or on a rounded base, with their feasibility intervals."""
    rows = indicators.reset_index(drop=True)
    own = rows[is_counted(rows)]
    names = [_names(row) for row in own.itertuples()]
    own = own.assign(
        effectif_arrondi=pd.array([shown.get(cell) for cell, _ in names], dtype="Int64"),
        base_arrondie=pd.array([shown.get(base) for _, base in names], dtype="Int64"),
    )
    is_bare = (own["base_max"] < FEWEST_FOR_SHARE).fillna(False)
    own.loc[is_bare, ["part_min_pct", "part_max_pct"]] = pd.NA
    is_told = own["effectif_arrondi"].notna() | own["base_arrondie"].notna()
    # A cross-tabulation to round that no site counts is left out.
    in_pairs = [(row.indicateur, row.croise_avec) in pairs for row in own.itertuples()]
    is_left_out = pd.Series(in_pairs, index=own.index, dtype=bool) & own["effectif_arrondi"].isna()
    # A column that nearly all have filled says again how many gave no answer: rounded apart, each would narrow the
    # other. So would a rounded base of its own: those who come by the collège.
    has_own_base = own["modalite"].isin(list(catalogue().indicators[_FILLED].own_bases))
    is_told_apart = own["effectif_arrondi"].notna() | (has_own_base & own["base_arrondie"].notna())
    is_left_out |= own["indicateur"].eq(_FILLED) & is_told_apart
    own = own[~is_left_out]
    kept = is_told[own.index]
    parts = [rows[~is_counted(rows)], own[~kept], protect_rows(own[kept])]
    return pd.concat([part for part in parts if len(part)]).sort_index()


def _names(row) -> tuple[tuple, tuple | None]:
    """The cell of a row and that of its base, as keys of the rounded counts."""
    cell = (row.perimetre, row.indicateur, row.modalite)
    if not row.croise_avec:
        return cell, base_of(cell)
    cross = (row.croise_avec, row.modalite_croisee)
    return (*cell, *cross), (row.indicateur, *cross, "")
