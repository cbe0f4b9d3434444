"""What published tables tell an intruder: rounding rules, cross-tabulations, two years."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.disclosure.intruder_model import (
    ALONE,
    ASSOCIATION,
    COLLEGE,
    EXACT,
    GOOD,
    NETWORK,
    NOTHING,
    PART,
    SIZE,
    STATES,
    THIN,
    Cell,
    KnownCell,
    Model,
    Terms,
    Truth,
    add_worked_relations,
    base_of,
    is_of_persons,
    sum_terms,
)
from helpers.schema import (
    FEWEST_FOR_REPORT,
    FEWEST_FOR_SHARE,
    FOLDED,
    ROUNDING_BASE,
    Indicator,
    catalogue,
)
from helpers.typography import french_spaces

# --- Findings, the gravest first, and whether the release may leave ---

VERDICTS = {GOOD: "bon", THIN: "mince", EXACT: "exact"}
# At most so many published numbers are named: the first ones show where to look.
_NAMED = 8


@dataclass(frozen=True)
class Finding:
    """A cell of one to four persons with a narrow feasibility interval, or a published number that nothing explains.

    ``verdict`` is 2 (exact, or a number that should not be there) or 1 (fewer than five values); ``low`` and ``high``
    are the ends of the interval; ``because`` the published numbers and relations that give it, in French; ``told_by``
    the cells of these numbers: one of them must say less.

    >>> cellule = Cell(2021, "alses", "college", "0590001A", "sexe", "filles")
    >>> constat = Finding(2, "rien", cellule, 3, 3, ("indicateurs.csv : 3",))
    >>> constat.is_refused, print(constat.sentence)
    On retrouve le nombre exact, sans rien savoir d’autre : collège 0590001A, 2021, Sexe : filles vaut 3. Ce qui le
    révèle : indicateurs.csv : 3.
    (True, None)
    """

    verdict: int
    state: str
    cell: Cell | None
    low: float = 0
    high: float = 0
    because: tuple[str, ...] = ()
    told_by: tuple[Cell, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether this alone stops the release: anything exact, or thin for a reader who knows nothing else."""
        return self.verdict == EXACT or (self.verdict == THIN and self.state == NOTHING)

    @property
    def sentence(self) -> str:
        """The finding in one French sentence, with the places where the numbers stand."""
        reasons = " ; ".join(self.because[:_NAMED]) + (" …" if len(self.because) > _NAMED else "")
        if self.cell is None:
            return french_spaces(f"{reasons}.")
        if self.verdict == EXACT:
            text = f"On retrouve le nombre exact, {STATES[self.state]} : {self.cell.title} vaut {self.low:.0f}."
        else:
            text = (
                f"On approche trop un petit nombre, {STATES[self.state]} : {self.cell.title} "
                f"vaut de {self.low:.0f} à {self.high:.0f}."
            )
        return french_spaces(f"{text} Ce qui le révèle : {reasons}." if reasons else text)


@dataclass(frozen=True)
class Audit:
    """The findings, the gravest first, and for each scenario how many cells are good, thin and exact.

    Where the reader knows more than what is published, thin counts the cells not shown to be wide: an upper bound.
    """

    findings: list[Finding]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether the release may leave."""
        return not any(finding.is_refused for finding in self.findings)

    @property
    def sentence(self) -> str:
        """The gravest finding, in French, or that there is none."""
        return self.findings[0].sentence if self.findings else "Aucun petit nombre ne se retrouve."

    @property
    def tried(self) -> list[str]:
        """The scenarios that were tried, how many cells, how thin, in French sentences.

        >>> for phrase in Audit([], {"rien": {"bon": 9, "mince": 0, "exact": 0}}).tried:
        ...     print(phrase)
        Petits nombres (de 1 à 4) cherchés dans les tableaux : 9 ; retrouvé exactement : aucun.
        Il en reste moins de cinq valeurs possibles : pour aucun, sans rien savoir d’autre.
        Aucun autre savoir n’a été supposé.
        """
        cells = max((sum(values.values()) for values in self.counts.values()), default=0)
        if not cells:
            return ["Aucun petit nombre (de 1 à 4) à chercher dans les tableaux."]
        exact = max(values[VERDICTS[EXACT]] for values in self.counts.values())
        thin = {state: values[VERDICTS[THIN]] for state, values in self.counts.items()}
        said = [f"pour {f'{count} au plus' if count else 'aucun'}, {STATES[state]}" for state, count in thin.items()]
        whole = f"Petits nombres (de 1 à 4) cherchés dans les tableaux : {cells} ; retrouvé exactement :"
        return [
            french_spaces(f"{whole} {exact or 'aucun'}."),
            french_spaces(f"Il en reste moins de cinq valeurs possibles : {' ; '.join(said)}."),
            "Aucun autre savoir n’a été supposé.",
        ]

    def with_more(self, findings: list[Finding], counts: dict[str, dict[str, int]] | None = None) -> "Audit":
        """The audit with other findings and other cells, in order of gravity."""
        merged = {state: Counter(values) for state, values in self.counts.items()}
        for state, values in (counts or {}).items():
            merged.setdefault(state, Counter()).update(values)
        states = list(STATES)
        ranked = sorted(
            [*self.findings, *findings],
            key=lambda each: (not each.is_refused, -each.verdict, states.index(each.state), each.high - each.low),
        )
        return Audit(ranked, {state: dict(values) for state, values in merged.items()})


# --- Cross-tabulations, of an association or of the network alone: their sums are the answers to each question ---

Crossing = tuple[str, str]


def add_crossings(model: Model, at_associations: set[Crossing]) -> None:
    """The unknowns of every cross-tabulation of the network; by association where it is published so."""
    pairs = {(cell.indicateur, cell.croise_avec) for cell in model.network if cell.croise_avec}
    for crossing in sorted(pairs | at_associations):
        of_pairs = _by_association(model, crossing) if crossing in at_associations else {}
        places = of_pairs or {(NETWORK, ""): _of_network(model, crossing)}
        units = _units({cell for counts in places.values() for cell in counts}, crossing)
        for (site_type, site), counts in places.items():
            _relate(
                model, [_at(model, crossing, unit, (site_type, site)) for unit in units], counts, at_top=not of_pairs
            )
        if of_pairs:
            for unit in units:
                cells = [_at(model, crossing, unit, place) for place in places]
                model.system.name(
                    _at(model, crossing, unit, (NETWORK, "")), sum_terms(model.system.sums[cell] for cell in cells)
                )


def members(entry: Indicator, name: str) -> set[str]:
    """The answers behind a published name: folded ones, or those of a group."""
    return {member for part in name.split(FOLDED) for member in entry.members_of(part)}


def name_published(model: Model, cell: Cell) -> bool:
    """Names a published cell of a cross-tabulation as a sum of finer ones; whether the model knows them."""
    sums, entries = model.system.sums, catalogue().indicators
    if cell in sums:
        return True
    row, column = entries[cell.indicateur], entries[cell.croise_avec]
    rows, columns = members(row, cell.modalite), members(column, cell.modalite_croisee)
    inside = [
        own
        for own in model.crossed.get((cell.site_type, cell.site, cell.indicateur, cell.croise_avec), [])
        if members(row, own.modalite) <= rows and members(column, own.modalite_croisee) <= columns
    ]
    if inside:
        model.system.name(cell, sum_terms(sums[own] for own in inside))
    return bool(inside)


def margin_of(model: Model, cell: Cell, *, crossed: bool) -> Terms | None:
    """Who gives the crossed answer of a cell (or its own), as a sum; None when the year does not count it."""
    indicator, name = (cell.croise_avec, cell.modalite_croisee) if crossed else (cell.indicateur, cell.modalite)
    margin = cell._replace(indicateur=indicator, croise_avec="", modalite_croisee="")
    cells = [margin._replace(modalite=member) for member in sorted(members(catalogue().indicators[indicator], name))]
    parts = [model.system.sums[own] for own in cells if own in model.system.sums]
    return sum_terms(parts) if parts else None


def _at(model: Model, crossing: Crossing, unit: tuple[str, str], place: tuple[str, str]) -> Cell:
    return Cell(model.year, "alses", *place, crossing[0], unit[0], crossing[1], unit[1])


def _by_association(model: Model, crossing: Crossing) -> dict[tuple[str, str], Counter]:
    tables: dict[tuple[str, str], Counter] = {}
    for (association, _), counts in model.pairs.items():
        own = tables.setdefault((ASSOCIATION, association) if association else (PART, ALONE), Counter())
        for (indicator, modality, other, crossed), count in counts.items():
            if (indicator, other) == crossing:
                own[modality, crossed] += count
    return tables if any(tables.values()) else {}


def _of_network(model: Model, crossing: Crossing) -> Counter:
    rows = {cell: count for cell, count in model.network.items() if (cell.indicateur, cell.croise_avec) == crossing}
    return Counter({(cell.modalite, cell.modalite_croisee): count for cell, count in rows.items()})


def _units(cells: set[tuple[str, str]], crossing: Crossing) -> list[tuple[str, str]]:
    """The finest names of both sides: neither groups nor folded answers that also stand alone."""
    entries = [catalogue().indicators[name] for name in crossing]
    kept = []
    for side, entry in enumerate(entries):
        names = {cell[side] for cell in cells}
        fine = {n for n in names if not (n in entry.groups and entry.choice == "unique")}
        kept.append(sorted(n for n in fine if FOLDED not in n or not members(entry, n) & fine))
    return [(row, column) for row in kept[0] for column in kept[1]]


def _relate(model: Model, cells: list[Cell], counts: Counter, *, at_top: bool) -> None:
    """The unknowns of a cross-tabulation at one place, within the answers to each question or adding up to them."""
    system = model.system
    for cell in cells:
        # Of the network, only the published cells: a pair that is left out is not known to be empty.
        if not at_top or (cell.modalite, cell.modalite_croisee) in counts:
            system.add(cell, counts[cell.modalite, cell.modalite_croisee])
            model.crossed.setdefault((cell.site_type, cell.site, cell.indicateur, cell.croise_avec), []).append(cell)
    counted = [cell for cell in cells if cell in system.sums]
    for crossed in (True, False):
        by_answer: dict[str, list[Cell]] = {}
        for cell in counted:
            by_answer.setdefault(cell.modalite_croisee if crossed else cell.modalite, []).append(cell)
        for own in by_answer.values():
            _add_up(model, own, crossed=crossed)
    for cell in counted:
        _overlap(model, cell)


def _add_up(model: Model, cells: list[Cell], *, crossed: bool) -> None:
    """Cells with one answer in common make it up when the other side is complete with single answers."""
    system, whole = model.system, margin_of(model, cells[0], crossed=crossed)
    if whole is None:
        return
    other = catalogue().indicators[cells[0].indicateur if crossed else cells[0].croise_avec]
    names = {name for cell in cells for name in members(other, cell.modalite if crossed else cell.modalite_croisee)}
    size = cells[0]._replace(indicateur=other.id, croise_avec="", modalite_croisee="")
    answers = {name for name in [*other.modalities, *other.recorded] if size._replace(modalite=name) in system.sums}
    why = f"{cells[0].title} : les cellules d’un croisement font la réponse"
    parts = [system.sums[cell] for cell in cells]
    if other.choice == "unique":
        system.require(parts, whole, (0 if answers <= names else -np.inf, 0), why)
        return
    for part in parts:
        system.require([part], whole, (-np.inf, 0), why)


def _overlap(model: Model, cell: Cell) -> None:
    """Persons may give both of two answers: those who give at least one are no more than everybody."""
    if catalogue().indicators[cell.croise_avec].choice != "multiple":
        return
    system = model.system
    sides = [margin_of(model, cell, crossed=crossed) for crossed in (True, False)]
    size = system.sums.get(cell._replace(indicateur=SIZE, modalite="", croise_avec="", modalite_croisee=""))
    if None not in sides and size is not None:
        less = sum_terms([system.sums[cell], size])
        system.require(sides, less, (-np.inf, 0), f"{cell.title} : l’une ou l’autre, au plus tout le monde")
    twin = cell._replace(modalite=cell.modalite_croisee, modalite_croisee=cell.modalite)
    if cell.indicateur == cell.croise_avec and twin in system.sums and cell < twin:
        system.require(
            [system.sums[cell]], system.sums[twin], (0, 0), f"{cell.title} : le même croisement, lu à l’envers"
        )


# --- Published rows as ends of cells and of their bases, and what missing rows reveal ---

_TEXTS = ["perimetre", "site_type", "site", "indicateur", "modalite", "croise_avec", "modalite_croisee"]
_NUMBERS = ["effectif_min", "effectif_max", "base_min", "base_max", "effectif_arrondi", "base_arrondie"]
_NUMBERS += ["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"]
# The column that names the published file of a row; a table that comes before its files has none.
PLACE = "lieu"


def rows_of(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of persons of a year (schema ``indicateurs``), texts without missing values, numbers as floats."""
    rows = table[table["annee"].eq(year) & is_of_persons(table)]
    texts = {name: rows[name].fillna("").astype(str) for name in _TEXTS}
    numbers = {
        name: pd.to_numeric(values).astype("Float64").to_numpy("float64", na_value=np.nan)
        for name, values in rows.reindex(columns=_NUMBERS).items()
    }
    return rows.assign(**texts, **numbers, **{PLACE: rows[PLACE] if PLACE in rows else "indicateurs.csv"})


def cell_of(row) -> Cell:
    """The cell of a row."""
    return Cell(int(row.annee), *(getattr(row, name) for name in _TEXTS))


def ends(low, high) -> tuple[float, float]:
    """Two ends as numbers; a missing one is no limit."""
    return (0.0 if pd.isna(low) else float(low)), (np.inf if pd.isna(high) else float(high))


def model_of(truth, rows: pd.DataFrame, year: int) -> Model:
    """The model of a year, with everything that its published rows (`rows_of`) and missing rows reveal."""
    model = Model(truth, year)
    at_associations = rows[rows["site_type"].eq(ASSOCIATION) & rows["croise_avec"].ne("")]
    add_crossings(model, set(zip(at_associations["indicateur"], at_associations["croise_avec"], strict=True)))
    add_worked_relations(model.system, Cell(year, "alses", NETWORK, "", SIZE))
    model.unread = model.system.with_known(())
    told = set()
    for row in rows.itertuples():
        cell = cell_of(row)
        told.add(cell)
        for terms, known in _bounds_of(model, row, cell):
            model.told[known.text] = known.cell
            model.learn(known, terms)
    _learn_from_missing_rows(model, told)
    _learn_from_missing_sites(model, told)
    return model


def _bounds_of(model: Model, row, cell: Cell) -> Iterator[tuple[dict[int, int], KnownCell]]:
    """The sums of unknowns that a row bounds: its cell, and the base of its share."""
    if cell.croise_avec and not name_published(model, cell):
        return
    if cell in model.system.sums:
        yield model.system.sums[cell], KnownCell(cell, *ends(row.effectif_min, row.effectif_max), getattr(row, PLACE))
    if pd.isna(row.base_min) and pd.isna(row.base_max):
        return
    base = margin_of(model, cell, crossed=True) if cell.croise_avec else base_of(cell, model.system)
    if base:
        of_base = f"{getattr(row, PLACE)}, base"
        yield base, KnownCell(cell, *ends(row.base_min, row.base_max), of_base)


def _learn_from_missing_rows(model: Model, told: set[Cell]) -> None:
    """At a site where a question is answered, an answer without a row is nobody's, or suppressed."""
    answered = {(cell.perimetre, cell.site_type, cell.site, cell.indicateur) for cell in told if not cell.croise_avec}
    for cell in list(model.system.sums):
        place = (cell.perimetre, cell.site_type, cell.site, cell.indicateur)
        if not cell.croise_avec and cell not in told and place in answered:
            is_somebody = model.system.value(model.system.sums[cell]) > 0
            model.learn(KnownCell(cell, *((1, np.inf) if is_somebody else (0, 0)), "absent des tableaux"))


def _learn_from_missing_sites(model: Model, told: set[Cell]) -> None:
    """Where sites have a report, one without holds somebody, and the list of sites says whether it is small."""
    shown = {(cell.site_type, cell.site) for cell in told}
    if not {site_type for site_type, _ in shown} - {NETWORK}:
        return
    for site_type, site in model.members:
        size = Cell(model.year, "alses", site_type, site, SIZE)
        if site_type in (ASSOCIATION, COLLEGE) and (site_type, site) not in shown and size in model.system.sums:
            is_small = model.system.value(model.system.sums[size]) < FEWEST_FOR_REPORT
            model.learn(KnownCell(size, 1, FEWEST_FOR_REPORT - 1 if is_small else np.inf, "sites.csv"))


# --- Does each published row follow the rounding rules? What they do not explain comes from elsewhere ---

# How far the true count may be from the multiple that is shown: one base, or two when one was not enough.
SHIFTS = (ROUNDING_BASE - 1, 2 * ROUNDING_BASE - 1)
PROTECTED = "arrondi_secret"


def unexplained_numbers(rows: pd.DataFrame) -> Iterator[str]:
    """The numbers of `rows_of` a table that no rule explains, in French; protected ones have ``effectif_arrondi``."""
    for row in rows.itertuples():
        yield from (f"{getattr(row, PLACE)} : {cell_of(row).title} : {fault}" for fault in _faults(row))


def _faults(row) -> Iterator[str]:
    if row.precision != PROTECTED:
        if row.site_type != NETWORK:
            yield "un nombre exact, au niveau d’un site"
        yield from _exact_share(row)
        return
    rounded_base = row.base_arrondie
    # In the network, a count may be exact beside a rounded base, but not both.
    if not (row.site_type == NETWORK and _is_exact(row.effectif_arrondi, row.effectif_min, row.effectif_max)):
        yield from _rounded("effectif", row.effectif_arrondi, row.effectif_min, row.effectif_max, most=row.base_max)
    elif pd.isna(rounded_base):
        yield "un nombre exact dit protégé"
    if pd.notna(row.base_min) and not _is_exact(rounded_base, row.base_min, row.base_max):
        yield from _rounded("base", rounded_base, row.base_min, row.base_max)
    yield from _protected_share(row)


def _is_exact(shown, low, high) -> bool:
    return pd.isna(shown) and low == high


def _rounded(name: str, shown, low, high, *, most: float = float("nan")) -> Iterator[str]:
    """``most`` is a count that it cannot exceed, if known."""
    if pd.isna(shown) or shown % ROUNDING_BASE:
        yield f"{name} qui n’est pas un multiple de {ROUNDING_BASE}"
        return
    ends = [(max(0, shown - shift), shown + shift) for shift in SHIFTS]
    if (low, high) not in [*ends, *((least, min(end, most)) for least, end in ends if not pd.isna(most))]:
        yield f"{name} dont les bornes ne sont pas celles de l’arrondi"


def _exact_share(row) -> Iterator[str]:
    """The share of an exact count on an exact base must be theirs."""
    is_exact = row.effectif_min == row.effectif_max and row.base_min == row.base_max
    if not is_exact or pd.isna(row.base_min) or not row.base_min:
        return
    share, printed = 100 * row.effectif_min / row.base_min, row.part_imprimee_pct
    is_wrong = any(abs(end - share) > 1e-6 for end in (row.part_min_pct, row.part_max_pct) if pd.notna(end))
    if is_wrong or (pd.notna(printed) and not _is_near(printed, share, row.decimales)):
        yield "une part qui n’est pas celle de l’effectif"


def _protected_share(row) -> Iterator[str]:
    base = row.base_min if pd.isna(row.base_arrondie) else row.base_arrondie
    shown = row.effectif_min if pd.isna(row.effectif_arrondi) else row.effectif_arrondi
    if pd.isna(base):
        if pd.notna(row.part_imprimee_pct):
            yield "une part sans base"
        return
    if pd.notna(row.part_imprimee_pct):
        if base < FEWEST_FOR_SHARE:
            yield f"une part sur une base de moins de {FEWEST_FOR_SHARE}"
        elif not _is_near(row.part_imprimee_pct, min(100, 100 * shown / base), row.decimales):
            yield "une part qui n’est pas celle des nombres arrondis"
    counts, bases = (row.effectif_min, row.effectif_max, shown), (row.base_min, row.base_max, base)
    possible = [min(100, 100 * count / whole) for count in counts for whole in (*bases, count) if whole]
    for value in (row.part_min_pct, row.part_max_pct):
        if pd.notna(value) and not any(abs(value - each) < 1e-6 for each in [*possible, 0, 100]):
            yield "une borne de part que les nombres arrondis n’expliquent pas"


def _is_near(shown: float, share: float, decimals) -> bool:
    return abs(shown - share) <= 0.5 * 10.0 ** -int(0 if pd.isna(decimals) else decimals) + 1e-9


# --- Comparison of two years: the persons of old and new collèges are sums of those of the sites ---

# For each kind of collège: the measures of its size and share, and the year they describe.
_KINDS = {
    "anciens": ("base_anciens", "part_anciens", "annee"),
    "anciens_reference": ("base_anciens_reference", "part_anciens_reference", "comparee_a"),
    "nouveaux": ("base_nouveaux", "part_nouveaux", "annee"),
    "sortis": ("base_sortis", "part_sortis", "comparee_a"),
    "inconnu": ("base_inconnu", "", "annee"),
}


def add_overlaps(model: Model, truth: Truth, comparisons: pd.DataFrame) -> None:
    """Bounds the persons of each kind of collège by what ``comparaisons`` says of it."""
    asked = {name for size, share, _ in _KINDS.values() for name in (size, share) if name}
    rows = comparisons[comparisons["mesure"].isin(asked)]
    for (name, year, before), own in rows.groupby(["comparaison", "annee", "comparee_a"]):
        _, perimeter, indicator, modality = str(name).split("/")
        values = dict(zip(own["mesure"], own["valeur"].astype(float), strict=True))
        cell = Cell(model.year, perimeter, NETWORK, "", indicator, modality)
        whole, years = cell._replace(indicateur=SIZE, modalite=""), {"annee": int(year), "comparee_a": int(before)}
        for kind, (size, share, which) in _KINDS.items():
            if years[which] == model.year and size in values:
                leaves = _leaves(model, truth, years["comparee_a" if which == "annee" else "annee"], kind)
                _bound(model, whole, leaves, values[size], f"{name}, {size}")
                if share in values:
                    _bound(model, cell, leaves, round(values[share] * values[size] / 100), f"{name}, {share}")


def _leaves(model: Model, truth: Truth, other: int, kind: str) -> list[tuple[str, str]]:
    """The places of a year that are of a kind, by the collèges of the other year."""
    known = {uai for _, uai in truth.by_pair(other)} - {""}
    kinds = {uai: "inconnu" if not uai else "anciens" if uai in known else "nouveaux" for _, uai in model.leaves}
    wanted = {"anciens_reference": "anciens", "sortis": "nouveaux"}.get(kind, kind)
    return [leaf for (_, uai), leaf in model.leaves.items() if kinds[uai] == wanted]


def _bound(model: Model, cell: Cell, leaves: list, count: float, why: str) -> None:
    sums = model.system.sums
    terms = sum_terms(sums[own] for leaf in leaves if (own := cell.at(*leaf)) in sums)
    # What the records of the year do not bear out (other persons, another reading of a collège) is left alone.
    model.system.require([terms], {}, (count, count), f"comparaisons.csv : {why}")
