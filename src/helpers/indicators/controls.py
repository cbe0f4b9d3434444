"""The audit of every printed figure: recomputed without itself."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.indicators.build import (
    ROWS,
    Leaf,
    Origins,
    Step,
    assumptions_in,
    consistent_system,
    derive,
    difference,
    hypotheses_of,
    quotient,
)
from helpers.indicators.constraints import (
    Cell,
    Conflict,
    System,
    base_cell,
    bounds,
    build_system,
    cell_of,
    determines,
    left_to_print,
    possible_counts,
    rank,
    ratio_bounds,
    single,
    table,
)
from helpers.schema import COMPUTED, VERDICTS, Indicator, apply_schema, catalogue, columns

# --- A printed figure recomputed without itself: its bounds, the calculation, and the lines it rests on ---


@dataclass(frozen=True)
class Recomputed:
    """The smallest and largest value in the figure's unit, the calculation (neutral text) and its lines."""

    low: float
    high: float
    text: str
    lines: str


def is_recomputable(figure, rest: System) -> bool:
    """Whether the other data determine the figure's value."""
    return _values(figure, cell_of(figure), rest) is not None


def recompute(figure, rest: System, origins: Origins) -> Recomputed | None:
    """The values that the other data allow, and how; None when they do not tell.

    ``rest`` is the system without the figure.
    """
    value = _values(figure, cell_of(figure), rest)
    if value is None:
        return None
    # Of rows, the sum is spelt out even inside a share: it shows which answers were added.
    entry = catalogue().indicators[figure.indicateur]
    in_detail = entry.unit in ROWS or (figure.mesure == "effectif" and not entry.ratio)
    step = _calculation(figure, cell_of(figure), rest, origins.leaf(in_detail=in_detail))
    return Recomputed(*value, *((step.text, origins.lines(step.sources)) if step else ("", "")))


def assumed_reading(figure, rest: System, origins: Origins) -> Recomputed | None:
    """A group without its assumption: its first member alone; None for any other figure."""
    group = catalogue().indicators[figure.indicateur].groups.get(figure.modalite)
    if group is None or group.hypothesis is None:
        return None
    return recompute(figure._replace(modalite=group.members[0]), rest, origins)


def ratio_of(part: Cell, whole: Cell, system: System, *, scale: float, share: float | None = None) -> tuple | None:
    """The smallest and largest ``scale x part / whole``; None when undetermined.

    A printed ``share`` may be determined although neither count is.
    """
    known = all(determines(system, {cell: 1.0}) for cell in (part, whole))
    if not known and (share is None or not determines(system, {part: 1.0, whole: -share})):
        return None
    found = ratio_bounds(system, part, whole)
    return None if found is None else (float(scale * found[0]), float(scale * found[1]))


def _ratio_cells(cell: Cell, entry: Indicator) -> list[Cell]:
    return [(*cell[:2], name, cell[3]) for name in entry.ratio]


def _values(figure, cell: Cell, rest: System) -> tuple[float, float] | None:
    entry = catalogue().indicators[figure.indicateur]
    if entry.ratio:
        return ratio_of(*_ratio_cells(cell, entry), rest, scale=1)
    if figure.mesure == "part":
        return ratio_of(cell, base_cell(cell, entry), rest, scale=100, share=figure.valeur / 100)
    if figure.mesure == "effectif":
        return bounds(rest, {cell: 1.0}) if determines(rest, {cell: 1.0}) else None
    return _difference(figure, cell, rest)


def _before(cell: Cell) -> Cell:
    return (cell[0] - 1, *cell[1:])


def _difference(figure, cell: Cell, rest: System) -> tuple[float, float] | None:
    before = _before(cell)
    if before not in rest.cells():
        return None
    direction = {cell: 1.0, before: -1.0}
    if figure.unite != "points":
        return bounds(rest, direction) if determines(rest, direction) else None
    entry = catalogue().indicators[figure.indicateur]
    now, then = (ratio_of(each, base_cell(each, entry), rest, scale=100) for each in (cell, before))
    return None if now is None or then is None else (now[0] - then[1], now[1] - then[0])


def _share(cell: Cell, entry: Indicator, rest: System, leaf: Leaf) -> Step | None:
    """A share from other shares if they suffice (« 100 % − 42 % »), else from two counts."""
    whole = base_cell(cell, entry)
    from_shares = derive(cell, rest, leaf=leaf, whole=whole)
    if from_shares:
        return from_shares
    part, base = (derive(each, rest, leaf=leaf) for each in (cell, whole))
    return quotient(part, base) if part and base else None


def _calculation(figure, cell: Cell, rest: System, leaf: Leaf) -> Step | None:
    entry = catalogue().indicators[figure.indicateur]
    if entry.ratio:
        steps = [derive(each, rest, leaf=leaf) for each in _ratio_cells(cell, entry)]
        return quotient(*steps) if all(steps) else None
    if figure.mesure == "part":
        return _share(cell, entry, rest, leaf)
    if figure.mesure == "effectif":
        return derive(cell, rest, leaf=leaf)
    both = [
        _share(each, entry, rest, leaf) if figure.unite == "points" else derive(each, rest, leaf=leaf)
        for each in (cell, _before(cell))
    ]
    return difference(*both) if all(both) else None


# --- The audit of every printed figure: taken out, recomputed from all the others, and compared ---

# Tolerance of « près de »: half of a five-point step for a share, a tenth for a count.
NEAR_POINTS = 2.5
NEAR_RATIO = 0.10

MOTIVES = {
    "confirme": "Le recalcul à partir des autres données redonne ce chiffre.",
    "non_verifiable": "Aucune autre donnée ne permet de le recalculer.",
    "ambigu": "Rien n’assure de quel total ce pourcentage est la part.",
    "recalcul": "Le recalcul à partir des autres données ne redonne pas le chiffre imprimé.",
    "impossible": "Aucun effectif entier ne donne ce pourcentage sur cette base.",
}


def check_figures(figures: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """One row a printed figure (schema ``controles``): the values that all the other data allow, and the verdict.

    contradictoire: it contradicts other figures; ambigu: its base is not known; non_verifiable: nothing else determines
    it; sous_hypothese: found again only under an assumption of the catalogue; confirme: found again.
    ``calcul`` is the calculation in neutral text, ``grim_min`` and ``grim_max`` the counts that a share allows on its
    base. A figure that records count has no row: `reconcile` compares it. ``figures`` has the schema
    ``chiffres_publies``, ``counted`` the schema ``indicateurs``.

    >>> chiffres = pd.concat([data.read_earlier_figures(2020), data.read_raw(2020, "chiffres_publies")])
    >>> volume = chiffres[chiffres["indicateur"].eq("accompagnements")]
    >>> indicators.check_figures(volume, data.load(2020, "indicateurs").head(0))[["valeur", "calcul", "verdict"]]
       valeur       calcul   verdict
    0  1852.0   2233 - 381  confirme
    1  2233.0   1852 + 381  confirme
    2   381.0  2233 - 1852  confirme
    """
    figures = left_to_print(figures, counted)
    audit = _Audit(figures, counted, Origins.of(figures, counted), *consistent_system(figures, counted))
    rows = []
    for figure in figures.itertuples():
        rest = audit.rest(figure)
        rows.append({**_control(figure, rest, audit), **_grim(figure, rest)})
    kept = [name for name in columns("controles") if name in figures]
    answers = [name for name in columns("controles") if name not in figures]
    return apply_schema(figures[kept].reset_index(drop=True).join(pd.DataFrame(rows, columns=answers)), "controles")


@dataclass(frozen=True)
class _Audit:
    """What every check needs: the tables, their origins, the system and its contradictions."""

    figures: pd.DataFrame
    counted: pd.DataFrame
    origins: Origins
    system: System
    conflicts: list[Conflict]

    def same(self, figure) -> set[str]:
        """The figures that print the same thing: a figure printed twice does not confirm itself."""
        return self._printed[cell_of(figure), figure.mesure]

    @cached_property
    def _printed(self) -> dict[tuple, set[str]]:
        found: dict[tuple, set[str]] = {}
        for figure in self.figures.itertuples():
            found.setdefault((cell_of(figure), figure.mesure), set()).add(figure.id)
        return found

    def rest(self, figure) -> System:
        """Everything else that is known."""
        return self.system.without(self.same(figure))


def _control(figure, rest: System, audit: _Audit) -> dict:
    conflict = next((found for found in audit.conflicts if figure.id in found.culprits), None)
    if conflict:
        return _contradicted(figure, conflict, audit)
    if figure.base:
        return _answer("ambigu", MOTIVES["ambigu"], None)
    found = recompute(figure, rest, audit.origins)
    if found is None:
        return _answer("non_verifiable", MOTIVES["non_verifiable"], None)
    if not _agrees(figure, found):
        return _answer("contradictoire", MOTIVES["recalcul"], found)
    assumed = _assumptions(figure, rest)
    if assumed:
        motive = f"Retrouvé sous cette hypothèse : {' ; '.join(assumed)}."
        return _answer("sous_hypothese", motive, found, otherwise=assumed_reading(figure, rest, audit.origins))
    return _answer("confirme", MOTIVES["confirme"], found)


def _contradicted(figure, conflict: Conflict, audit: _Audit) -> dict:
    """The answer for a contradicted figure: what the contradicting ones alone give."""
    lines = sorted(set(audit.figures.loc[audit.figures["id"].isin(conflict.figures - {figure.id}), "ligne"]))
    others = audit.figures[audit.figures["id"].isin(conflict.figures - audit.same(figure))]
    rest = build_system(others, audit.counted)
    rest = rest.without(assumptions_in(rest))
    grim = _grim(figure, rest)
    is_impossible = grim["grim_base_min"] is not None and grim["grim_min"] is None
    told = f"Incompatible avec l. {', '.join(map(str, lines))}." if lines else MOTIVES["recalcul"]
    motive = MOTIVES["impossible"] if is_impossible else told
    return _answer("contradictoire", motive, recompute(figure, rest, audit.origins))


def _answer(verdict: str, motive: str, found: Recomputed | None, *, otherwise: Recomputed | None = None) -> dict:
    names = [("recalcul_min", "recalcul_max", "calcul"), ("autrement_min", "autrement_max", "calcul_autrement")]
    answer = {"verdict": verdict, "motif": motive, "lignes_du_calcul": found.lines if found else ""}
    for (low, high, text), value in zip(names, (found, otherwise), strict=True):
        answer |= {low: value and value.low, high: value and value.high, text: value.text if value else ""}
    return answer


def _grim(figure, rest: System) -> dict:
    """The base of a printed share and the counts that it allows; all None when the base is not known.

    Named after the test of Brown and Heathers (granularity-related inconsistency of means).
    """
    nothing = dict.fromkeys(["grim_base_min", "grim_base_max", "grim_min", "grim_max"])
    if figure.mesure != "part" or figure.base:
        return nothing
    base = base_cell(cell_of(figure), catalogue().indicators[figure.indicateur])
    if not determines(rest, {base: 1.0}):
        return nothing
    low, high = bounds(rest, {base: 1.0})
    if high is None:
        return nothing
    found = possible_counts(figure.valeur, (low, high)) or (None, None)
    return {"grim_base_min": low, "grim_base_max": high, "grim_min": found[0], "grim_max": found[1]}


def _agrees(figure, found: Recomputed) -> bool:
    if figure.operateur == "plus_de":
        return found.low > figure.valeur
    if figure.operateur == "pres_de":
        near = NEAR_POINTS if figure.mesure == "part" else NEAR_RATIO * figure.valeur
        return found.low - near <= figure.valeur <= found.high + near
    # In a consistent system the figure holds within its rounding; a difference of shares is not part of the system.
    return found.low <= figure.valeur <= found.high if figure.unite == "points" else True


def _assumptions(figure, rest: System) -> list[str]:
    entry = catalogue().indicators[figure.indicateur]
    own = entry.hypothesis_of(figure.modalite)
    sources = assumptions_in(rest)
    needed = sources if sources and not is_recomputable(figure, rest.without(sources)) else set()
    return [*hypotheses_of(needed), *([own] if own else [])]


def count_verdicts(
    checked: pd.DataFrame, *, year: int, document: str, indicator: str = "chiffres_imprimes"
) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of an audit: how many were checked, and how many have each verdict.

    ``checked`` is any table with a ``verdict``: controles, coherences.

    >>> verdicts = indicators.count_verdicts(data.load(2020, "controles")[["verdict"]], year=2020, document="Note")
    >>> verdicts[["modalite", "effectif_min"]].head(2)
        modalite  effectif_min
    0  controles            49
    1   confirme            18
    """
    counts = {"controles": len(checked)} | {name: int((checked["verdict"] == name).sum()) for name in VERDICTS}
    rows = [single((year, "donnees", indicator, name), count, document) for name, count in counts.items()]
    return table(rows, source=COMPUTED)


def count_independent(
    figures: pd.DataFrame, counted: pd.DataFrame, controls: pd.DataFrame, *, year: int, document: str
) -> pd.DataFrame:
    """The number of independent equations behind the confirmed figures (schema ``indicateurs``); empty without any.

    A total, that of the year before and their difference are three confirmed figures and one equation. The number is
    that of the confirmed figures, less what they add to the rank of the other equations. ``figures`` (schema
    ``chiffres_publies``) and ``counted`` (schema ``indicateurs``) are those of `check_figures`, which gives
    ``controls`` (schema ``controles``).

    >>> chiffres = pd.concat([data.read_earlier_figures(2020), data.read_raw(2020, "chiffres_publies")])
    >>> volume, aucun = chiffres[chiffres["indicateur"].eq("accompagnements")], data.load(2020, "indicateurs").head(0)
    >>> controles = indicators.check_figures(volume, aucun)
    >>> egalites = indicators.count_independent(volume, aucun, controles, year=2020, document="Note")
    >>> int(controles["verdict"].eq("confirme").sum()), egalites["effectif_min"].tolist()
    (3, [1])
    """
    confirmed = controls[controls["verdict"] == "confirme"]
    if confirmed.empty:
        return table([])
    system, _ = consistent_system(left_to_print(figures, counted), counted)
    system = system.without(assumptions_in(system))
    told = rank(system) - rank(system.without(set(confirmed["id"])))
    printed = {(cell_of(figure), figure.mesure) for figure in confirmed.itertuples()}
    row = single((year, "donnees", "egalites", ""), len(printed) - told, document)
    return table([row], source=COMPUTED)
