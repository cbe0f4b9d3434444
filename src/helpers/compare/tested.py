"""The tests of one share of two years, from what is known of both."""

from functools import partial

from helpers.compare import composition, robustness, spread, two_shares
from helpers.compare.beside import Beside
from helpers.compare.compatible import Pair, Side, central_pair, compatible_pairs
from helpers.compare.corrected import INTERVAL, corrected, told
from helpers.compare.two_shares import Measure, Values, exact, sweep

# What each measure of the whole is replaced by, once it is estimated.
_ASSUMED_LIKENESS = (
    *(f"{measure}_{name}" for measure in ("p_grappe", "ecart_detectable") for name in robustness.LIKENESS),
    "ressemblance_limite",
    "p_recouvrement_grappe_fort",
)
_ASSUMED_COMPOSITION = ("supplement", "part_supplement")
# The interval of a ratio takes in neither the persons of both years nor the likeness.
_RATIO_INTERVAL = ("rapport_ic_bas", "rapport_ic_haut")


def test_of(measures: dict[str, Measure]) -> str:
    """The measure that decides: the one that takes in the most of what is known."""
    return next(name for name in ("p_grappe", "p_commun", "p_valeur") if name in measures)


def words_of(measures: dict[str, Measure]) -> tuple[dict[str, str], dict]:
    """The methods of these measures, then what `Found` says of the interval, when they are not the usual ones."""
    if "erreur_type" in measures:
        return spread.METHODS, {"interval": ("points", spread.INTERVAL)}
    return {}, {} if test_of(measures) == "p_valeur" else {"interval": ("points", INTERVAL)}


def _usual(pair: Pair, *, shared: int | None, sizes: tuple[float, float]) -> Values:
    found = two_shares.described(pair) | two_shares.tested(pair)
    return found | robustness.robustness(pair, shared=shared, sizes=sizes)


def _widest(every: list[dict[str, Measure]], middle: dict[str, Measure]) -> dict[str, Measure]:
    """Each measure in the middle, with its least and greatest over all."""
    ends = {name: [found[name] for found in every] for name in middle}
    return {
        name: (value[0], min(each[1] for each in ends[name]), max(each[2] for each in ends[name]))
        for name, value in middle.items()
    }


def _corrected(now: Side, before: Side, *, path: str, known: Beside) -> dict[str, Measure]:
    overlap, design = known.overlaps.get(path), known.designs.get(path)
    shared = overlap.shared() if overlap else exact(0)
    made = [
        sweep(
            partial(corrected, shared=each, overlap=overlap, design=design),
            central_pair(now, before),
            compatible_pairs(now, before),
        )
        for each in shared
    ]
    return _widest(made, made[0])


def tests_of_years(now: Side, before: Side, *, path: str, known: Beside) -> dict[str, Measure]:
    """Both shares, their difference, its interval and its tests; what is estimated takes the place of what was assumed.

    When both years are known person by person, the spread of their difference from one collège to another takes in
    the persons of both years and the likeness at once, and decides. Else the likeness estimated in one year corrects
    the test, in place of three assumed ones. Old and new collèges apart stand in place of the share that new persons
    would need.
    """
    overlap, design, groups = known.overlaps.get(path), known.designs.get(path), known.groups.get(path)
    counts = (*now.whole(), *before.whole())
    moves = known.spreads.get(path)
    moves = moves if moves and moves.counts == counts else None
    central = central_pair(now, before)
    shared = None if overlap or not path.startswith("alses/") else known.shared
    found = sweep(partial(_usual, shared=shared, sizes=known.sizes), central, compatible_pairs(now, before))
    if overlap or design:
        found |= _corrected(now, before, path=path, known=known) | told(overlap, design)
    found |= moves.measures() if moves else {}
    is_split = groups is not None and composition.of_whole(groups) == counts
    found |= composition.measures(groups) if is_split else {}
    assumed = (_ASSUMED_LIKENESS if design or moves else ()) + (_ASSUMED_COMPOSITION if is_split else ())
    assumed += () if test_of(found) == "p_valeur" else _RATIO_INTERVAL
    return {name: measure for name, measure in found.items() if name not in assumed}
