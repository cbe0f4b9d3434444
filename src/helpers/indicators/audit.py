"""The audit of printed figures: each recomputed from all other data, then counted again in the records."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

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
    quotient,
    without_assumptions,
)
from helpers.indicators.constraints import (
    HYPOTHESIS,
    Cell,
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
from helpers.indicators.lookup import decimals_of
from helpers.schema import COMPUTED, FROM_RECORDS, VERDICTS, apply_schema, catalogue, columns

# --- One comparison of a printed figure with what is known otherwise ---

# Tolerance of « près de »: half of a five-point step for a share, a tenth for a count.
NEAR_POINTS = Fraction(5, 2)
NEAR_RATIO = Fraction(1, 10)
# The least and the largest value of what a figure measures, in its unit; None without a largest.
Ends = tuple[Fraction, Fraction | None]


def printed_value(figure) -> Fraction:
    """The value of a printed figure, as it is written."""
    return Fraction(str(figure.valeur))


def half_step(figure) -> Fraction:
    """Half of the last printed decimal."""
    return Fraction(1, 2 * 10 ** decimals_of(figure.valeur))


def agrees(figure, ends: Ends, rounding: Fraction | int) -> bool:
    """Whether the value known otherwise, between these ends, may have been printed so, rounded by as much at most."""
    (low, high), printed = ends, printed_value(figure)
    if figure.operateur == "plus_de":
        return low > printed
    if figure.operateur == "pres_de":
        rounding = NEAR_POINTS if figure.mesure == "part" else NEAR_RATIO * printed
    return low - rounding <= printed and (high is None or printed <= high + rounding)


# --- What a figure measures, recomputed without it ---


class Term(NamedTuple):
    """A count, or ``scale`` times the ratio of two."""

    part: Cell
    whole: Cell | None
    scale: int


def terms_of(figure) -> list[Term]:
    """What a figure measures; of a difference, that of its year, then that of the year before."""
    cell, entry = cell_of(figure), catalogue().indicators[figure.indicateur]
    if entry.ratio:
        return [Term(*((*cell[:2], name, cell[3]) for name in entry.ratio), 1)]
    cells = [cell, (cell[0] - 1, *cell[1:])] if figure.mesure == "ecart" else [cell]
    is_share = figure.mesure == "part" or figure.unite == "points"
    return [Term(each, base_cell(each, entry), 100) if is_share else Term(each, None, 1) for each in cells]


def ratio_of(term: Term, system: System, *, share: float | None = None) -> Ends | None:
    """The least and the largest value of a ratio; None when undetermined.

    A printed ``share`` (of one) may be determined although neither count is.
    """
    known = all(determines(system, {cell: 1.0}) for cell in term[:2])
    if not known and (share is None or not determines(system, {term.part: 1.0, term.whole: -share})):
        return None
    found = ratio_bounds(system, term.part, term.whole)
    return found and tuple(term.scale * end for end in found)


@dataclass(frozen=True)
class Recomputed:
    """The least and the largest value in the figure's unit, the calculation (neutral text) and its lines."""

    ends: Ends
    text: str
    lines: str


def recompute(figure, rest: System, origins: Origins) -> Recomputed | None:
    """The values that the other data allow (``rest``: the system without the figure); None when they do not tell."""
    ends = _ends(figure, rest)
    if ends is None:
        return None
    # Of rows, the sum is spelt out even inside a share: it shows which answers were added.
    entry = catalogue().indicators[figure.indicateur]
    leaf = origins.leaf(in_detail=entry.unit in ROWS or (figure.mesure == "effectif" and not entry.ratio))
    steps = [_calculation(term, rest, leaf) for term in terms_of(figure)]
    if not all(steps):
        return Recomputed(ends, "", "")
    step = steps[0] if len(steps) == 1 else difference(*steps)
    return Recomputed(ends, step.text, origins.lines(step.sources))


def _ends(figure, rest: System) -> Ends | None:
    terms = terms_of(figure)
    if terms[0].whole is None:
        direction = dict(zip([term.part for term in terms], (1.0, -1.0), strict=False))
        return bounds(rest, direction) if determines(rest, direction) else None
    share = figure.valeur / 100 if figure.mesure == "part" else None
    found = [ratio_of(term, rest, share=share) for term in terms]
    if None in found:
        return None
    (low, high), *before = found
    return (low - before[0][1], high - before[0][0]) if before else (low, high)


def _calculation(term: Term, rest: System, leaf: Leaf) -> Step | None:
    """A share from other shares if they suffice (« 100 % − 42 % »), else from two counts."""
    if term.whole is None:
        return derive(term.part, rest, leaf=leaf)
    if term.scale == 100 and (found := derive(term.part, rest, leaf=leaf, whole=term.whole)):
        return found
    both = [derive(cell, rest, leaf=leaf) for cell in term[:2]]
    return quotient(*both) if all(both) else None


# --- The audit: each figure is taken out, recomputed from all the others, and compared ---

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
    origins, (system, conflicts) = Origins.of(figures, counted), consistent_system(figures, counted)
    printed: dict[tuple, set[str]] = {}
    for figure in figures.itertuples():
        printed.setdefault((cell_of(figure), figure.mesure), set()).add(figure.id)
    rows = []
    for figure in figures.itertuples():
        same = printed[cell_of(figure), figure.mesure]  # a figure printed twice does not confirm itself
        rest = system.without(same)
        conflict = next((found for found in conflicts if figure.id in found.culprits), None)
        if conflict:
            others = figures[figures["id"].isin(conflict.figures - {figure.id})]
            alone = without_assumptions(build_system(others[~others["id"].isin(same)], counted))
            judged = _contradicted(figure, alone, origins, lines=sorted(set(others["ligne"])))
        else:
            judged = _judged(figure, rest, origins)
        rows.append(judged | dict(zip(_GRIM, _possible_counts(figure, rest), strict=True)))
    kept, answers = (
        [name for name in columns("controles") if (name in figures) == is_kept] for is_kept in (True, False)
    )
    return apply_schema(figures[kept].reset_index(drop=True).join(pd.DataFrame(rows, columns=answers)), "controles")


def _judged(figure, rest: System, origins: Origins) -> dict:
    if figure.base:
        return _answer("ambigu", MOTIVES["ambigu"], None)
    found = recompute(figure, rest, origins)
    if found is None:
        return _answer("non_verifiable", MOTIVES["non_verifiable"], None)
    # A share or a ratio is printed rounded; what rounding hides of a difference of shares is in its bounds already.
    is_ratio = figure.mesure == "part" or bool(catalogue().indicators[figure.indicateur].ratio)
    rounding = half_step(figure) if is_ratio else 0
    if not agrees(figure, found.ends, rounding):
        return _answer("contradictoire", MOTIVES["recalcul"], found)
    if assumed := _assumptions(figure, rest):
        group = catalogue().indicators[figure.indicateur].groups.get(figure.modalite)
        # A group without its assumption is its first member alone.
        is_assumed = group is not None and group.hypothesis is not None
        otherwise = recompute(figure._replace(modalite=group.members[0]), rest, origins) if is_assumed else None
        motive = f"Retrouvé sous cette hypothèse : {' ; '.join(assumed)}."
        return _answer("sous_hypothese", motive, found, otherwise=otherwise)
    return _answer("confirme", MOTIVES["confirme"], found)


def _contradicted(figure, alone: System, origins: Origins, *, lines: list[int]) -> dict:
    """The answer for a contradicted figure: what those that contradict it give ``alone``."""
    base, _, low, _ = _possible_counts(figure, alone)
    told = f"Incompatible avec l. {', '.join(map(str, lines))}." if lines else MOTIVES["recalcul"]
    motive = MOTIVES["impossible"] if base is not None and low is None else told
    return _answer("contradictoire", motive, recompute(figure, alone, origins))


def _answer(verdict: str, motive: str, found: Recomputed | None, *, otherwise: Recomputed | None = None) -> dict:
    names = [("recalcul_min", "recalcul_max", "calcul"), ("autrement_min", "autrement_max", "calcul_autrement")]
    answer = {"verdict": verdict, "motif": motive, "lignes_du_calcul": found.lines if found else ""}
    for own, value in zip(names, (found, otherwise), strict=True):
        ends = [None if end is None else float(end) for end in value.ends] if value else [None, None]
        answer |= dict(zip(own, [*ends, value.text if value else ""], strict=True))
    return answer


_GRIM = ("grim_base_min", "grim_base_max", "grim_min", "grim_max")


def _possible_counts(figure, rest: System) -> tuple:
    """The bounds of the base of a printed share and of the counts that it allows; all None when the base is not known.

    Named after the test of Brown and Heathers (granularity-related inconsistency of means).
    """
    base = terms_of(figure)[0].whole
    if figure.mesure != "part" or figure.base or not determines(rest, {base: 1.0}):
        return (None,) * 4
    ends = bounds(rest, {base: 1.0})
    return (None,) * 4 if ends[1] is None else (*ends, *(possible_counts(figure.valeur, ends) or (None, None)))


def _assumptions(figure, rest: System) -> list[str]:
    """The assumptions of the catalogue that a figure needs: to be found again, then for its label to be right."""
    sources = assumptions_in(rest)
    needed = sorted(sources) if sources and _ends(figure, rest.without(sources)) is None else []
    of_perimeters = [catalogue().perimeters[source.removeprefix(HYPOTHESIS)].hypothesis for source in needed]
    own = catalogue().indicators[figure.indicateur].hypothesis_of(figure.modalite)
    return [*of_perimeters, *([own] if own else [])]


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
    """
    confirmed = controls[controls["verdict"] == "confirme"]
    if confirmed.empty:
        return table([])
    system = without_assumptions(consistent_system(left_to_print(figures, counted), counted)[0])
    told = rank(system) - rank(system.without(set(confirmed["id"])))
    printed = {(cell_of(figure), figure.mesure) for figure in confirmed.itertuples()}
    row = single((year, "donnees", "egalites", ""), len(printed) - told, document)
    return table([row], source=COMPUTED)


# --- Printed figures against the records ---

AGREES, DIFFERS, AMBIGUOUS, UNKNOWN = "concorde", "differe", "ambigu", "non_recomptable"

PERIMETER = "L’export ne dit pas qui fait partie de cette population."
INDICATOR = "L’export ne permet pas de compter cette réponse."
NOBODY = "L’export ne compte personne dans la base de cette part."
EARLIER = "L’année précédente n’est pas assez connue pour calculer cet écart."
# Why a value counted again agrees (True) or not, by what tells: the operator, else the measure.
_SAID = {
    "plus_de": ("« Plus de » : la valeur recomptée, {again}, est ", {True: "bien au-dessus.", False: "au plus égale."}),
    "pres_de": ("« Près de » : la valeur recomptée, {again}, en est ", {True: "assez proche.", False: "trop loin."}),
    "part": (
        "La part recomptée, {again}, ",
        {True: "s’arrondit à la part imprimée.", False: "ne s’arrondit pas à la part imprimée."},
    ),
    "effectif": (
        "L’export ",
        {True: "redonne exactement ce nombre.", False: "compte {gap} de {way} que le nombre imprimé."},
    ),
    "ecart": ("L’écart recompté", {True: ", {again}, est celui qui est imprimé.", False: " est de {again}."}),
    "bornes": (
        "L’écart recompté est entre {low} et {high} : celui qui est imprimé est ",
        {True: "possible.", False: "impossible."},
    ),
}
_BASE = "La base n’est pas sûre ; la part imprimée est celle que l’on trouve sur {true}{rest}."
_NO_BASE = "La base n’est pas sûre, et aucune ne redonne la part imprimée : {others}."


def french(value: Fraction | float, unit: str = "", *, decimals: int = 2) -> str:
    """A number with a decimal comma, without needless decimals, and its unit.

    >>> french(Fraction(4112, 100), "pct"), french(-6.0, "points"), french(1234, "personnes"), french(1, "personnes")
    ('41,12 %', '−6 points', '1 234 personnes', '1 personne')
    """
    rounded = float(round(Fraction(value), decimals))
    text = f"{rounded:,.{decimals}f}".rstrip("0").rstrip(".").replace(",", " ").replace(".", ",").replace("-", "−")
    names = {"pct": ("%", "%"), "points": ("point", "points"), "personnes": ("personne", "personnes")}
    return f"{text} {names.get(unit, ('', ''))[abs(rounded) >= 2]}".rstrip()


def reconcile(figures: pd.DataFrame, counted: pd.DataFrame, earlier: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """One row a printed figure of persons, with its count in the records (schema ``rapprochements``).

    ``figures`` has the schema ``chiffres_publies``, ``counted`` and ``earlier`` (the table of the year before, printed
    or counted) the schema ``indicateurs``. A count agrees when equal, a share when it rounds to the printed one (ties
    either way), « près de » and « plus de » as in `check_figures`, a difference when both years allow it. A share whose
    base is not written stays ambigu: the reason names the base that would make it true. What records cannot tell is
    non_recomptable. Empty when ``counted`` holds nothing from records.

    >>> chiffres = data.read_raw(2020, "chiffres_publies").query("indicateur == 'sexe' & perimetre == 'alses'")
    >>> lignes = pd.DataFrame({"identifiant": list("ABCDE"), "suivi_par": "alses"})
    >>> personnes = records.Persons.of(2020, lignes.assign(sexe=["filles"] * 2 + ["garcons"] * 3))
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export de la base, 2020")
    >>> trouve = indicators.reconcile(chiffres, comptes, data.load(2019, "indicateurs"), year=2020)
    >>> trouve[["modalite", "valeur", "effectif", "recompte", "accord"]]
      modalite  valeur  effectif  recompte   accord
    0  garcons    58.0         3      60.0  differe
    1   filles    42.0         2      40.0  differe
    """
    plain = counted[counted["source"].isin(FROM_RECORDS) & counted["croise_avec"].eq("") & counted["annee"].eq(year)]
    counts = {
        cell_of(row): (int(row.effectif_min), None if pd.isna(row.base_min) else int(row.base_min))
        for row in plain.itertuples()
    }
    before = earlier[earlier["annee"].eq(year - 1) & earlier["croise_avec"].eq("")]
    known = {cell_of(row): row for row in before.itertuples()}
    persons = {name for entry in catalogue().indicators.values() for name in entry.counted_in} - {"donnees"}
    own = figures[figures["annee"].eq(year) & figures["perimetre"].isin(persons)]
    rows = [{**figure._asdict(), **_recounted(figure, counts, known)} for figure in own.itertuples() if counts]
    return apply_schema(pd.DataFrame(rows, columns=columns("rapprochements")), "rapprochements")


Counts = dict[Cell, tuple[int, int | None]]


def _recounted(figure, counts: Counts, earlier: dict[Cell, object]) -> dict:
    cell = cell_of(figure)
    if cell not in counts:
        is_counted = any(each[1] == cell[1] for each in counts)
        return {"accord": UNKNOWN, "motif": INDICATOR if is_counted else PERIMETER}
    count, base = counts[cell]
    answer, is_share = {"effectif": count, "base": base}, figure.mesure == "part" or figure.unite == "points"
    if figure.mesure == "part" and not base:
        return answer | {"accord": UNKNOWN, "motif": NOBODY}
    if figure.base:
        return _ambiguous(figure, counts)
    before = _earlier(earlier.get((cell[0] - 1, *cell[1:])), is_share=is_share) if figure.mesure == "ecart" else (0, 0)
    if before is None or (is_share and not base):
        return answer | {"accord": UNKNOWN, "motif": EARLIER}
    now = Fraction(100 * count, base) if is_share else Fraction(count)
    low, high = now - before[1], now - before[0]
    # A difference of two rounded shares; the bounds of a printed one already include its rounding.
    hidden = 2 if figure.mesure == "ecart" and low == high else 1
    is_same = agrees(figure, (low, high), hidden * half_step(figure) if is_share else 0)
    kind = figure.operateur if figure.operateur in _SAID else figure.mesure
    if low < high:
        kind = "bornes"
    else:
        answer |= {"recompte": float(low), "ecart": float(low - printed_value(figure))}
    gap = low - printed_value(figure)
    words = {
        "again": french(low, figure.unite, decimals=decimals_of(figure.valeur) + 2),
        "gap": french(abs(gap), figure.unite),
        "way": "plus" if gap > 0 else "moins",
        "low": french(low, figure.unite),
        "high": french(high, figure.unite),
    }
    start, ends = _SAID[kind]
    motive = f"{start}{ends[is_same]}".format(**words)
    return answer | {"accord": AGREES if is_same else DIFFERS, "motif": motive}


def _earlier(row, *, is_share: bool) -> Ends | None:
    """The bounds of the earlier year's share, in per cent, or count; None when they are not known."""
    if row is None:
        return None
    ends = (row.part_min_pct, row.part_max_pct) if is_share else (row.effectif_min, row.effectif_max)
    if is_share and not (pd.isna(row.effectif_min) or pd.isna(row.base_min)) and row.base_min == row.base_max:
        return tuple(Fraction(100 * int(end), int(row.base_min)) for end in (row.effectif_min, row.effectif_max))
    return None if any(pd.isna(end) for end in ends) else tuple(Fraction(str(end)) for end in ends)


def _ambiguous(figure, counts: Counts) -> dict:
    """A share whose base is not written, tried on all persons, those who answered, and the answers given if several."""
    cell, entry = cell_of(figure), catalogue().indicators[figure.indicateur]
    count, base = counts[cell]

    def of(modality: str) -> int:
        return counts.get((*cell[:3], modality), (0, None))[0]

    silent = of("non_renseigne")
    tried = [("les personnes", count, base)]
    tried += [("les personnes qui ont répondu", count, base - silent)] if silent else []
    if entry.choice == "multiple":
        cited = sum(map(of, entry.modalities))
        tried.append(("les réponses citées", sum(map(of, entry.members_of(cell[3]))), cited))
    readings = [(*each, Fraction(100 * each[1], each[2])) for each in tried if each[2]]
    is_true = [agrees(figure, (share, share), half_step(figure)) for *_, share in readings]

    def told(wanted: bool) -> list[str]:
        decimals = decimals_of(figure.valeur) + 2
        return [
            f"{name} ({french(part)} sur {french(whole)}, soit {french(share, 'pct', decimals=decimals)})"
            for (name, part, whole, share), found in zip(readings, is_true, strict=True)
            if found == wanted
        ]

    rest = f", non sur {' ni sur '.join(told(False))}" if told(False) else ""
    motive = _BASE.format(true=" et sur ".join(told(True)), rest=rest)
    _, part, whole, again = readings[is_true.index(True) if any(is_true) else 0]
    return {
        "effectif": part,
        "base": whole,
        "recompte": float(again),
        "ecart": float(again - printed_value(figure)),
        "accord": AMBIGUOUS,
        "motif": motive if any(is_true) else _NO_BASE.format(others=" ; ".join(told(False))),
    }


def count_reconciled(reconciled: pd.DataFrame, *, year: int, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of a reconciliation (schema ``rapprochements``), by its outcome.

    ``source`` is export or synthetique. Empty when nothing was reconciled.

    >>> accords = pd.DataFrame({"accord": ["concorde", "concorde", "ambigu"]})
    >>> comptes = indicators.count_reconciled(accords, year=2021, source="export", reference="export de la base, 2021")
    >>> dict(comptes[["modalite", "effectif_min"]].to_numpy())
    {'rapproches': 3, 'concorde': 2, 'differe': 0, 'ambigu': 1, 'non_recomptable': 0}
    """
    whole, *outcomes = catalogue().indicators["rapprochements"].modalities
    counts = {whole: len(reconciled)} | {name: int(reconciled["accord"].eq(name).sum()) for name in outcomes}
    rows = [single((year, "donnees", "rapprochements", name), count, reference) for name, count in counts.items()]
    return table(rows if len(reconciled) else [], source=source)
