"""The attack of the tables: every cell of one to four persons, in every state of knowledge, each year."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.auditor.both_years import narrowed
from helpers.auditor.cells import Cell, is_size_elsewhere
from helpers.auditor.explain import explain
from helpers.auditor.finding import VERDICTS, Audit, Finding
from helpers.auditor.knowledge import NOTHING, PUPIL, SIZES, STATES, known_in
from helpers.auditor.model import Model
from helpers.auditor.overlaps import add_overlaps
from helpers.auditor.published import model_of, rows_of
from helpers.auditor.ranges import Ranges
from helpers.auditor.rules import breaches
from helpers.auditor.system import told_apart
from helpers.auditor.truth import Truth
from helpers.auditor.verdicts import EXACT, FEWEST_VALUES, GOOD
from helpers.schema import FEWEST_PERSONS

# So many findings that refuse the release are explained, a state: each asks for two more programs.
_EXPLAINED = 12


def attack(
    indicators: pd.DataFrame,
    truth: Truth,
    *,
    states: Iterable[str] = tuple(STATES),
    comparisons: pd.DataFrame | None = None,
    stops_early: bool = False,
) -> Audit:
    """What a reader of these tables can find again, in each state of knowledge.

    ``indicators`` has the schema ``indicateurs``: rows of the network, of associations and of collèges, of all years; a
    column ``lieu``, if any, says in which file each stands; a site without a row has no report. ``comparisons`` has the
    schema ``comparaisons``. If ``stops_early``, nothing is looked at after the first state that refuses. A cell is good
    (0) when a reader must leave it five values at least, exact (2) when only one. Any exact cell in any state, any thin
    one for a reader who knows nothing else, or any number that is neither exact nor rounded as it says, refuses the
    release.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> rien = pd.DataFrame(columns=["annee", "association", "uai", "indicateur", "modalite", "croise_avec",
    ...                              "modalite_croisee", "effectif"])
    >>> auditor.attack(chiffres, auditor.Truth(rien, chiffres)).is_good  # imprimé : public
    True
    """
    found = Audit([], {state: dict.fromkeys(VERDICTS.values(), 0) for state in states})
    if comparisons is not None:
        found = found.with_more(list(narrowed(truth, comparisons)))
    for year in truth.years:
        if stops_early and not found.is_good:
            break
        rows = rows_of(indicators, year)
        faults = [Finding(EXACT, NOTHING, None, because=(text,)) for _, text in breaches(rows)]
        model = model_of(truth, rows, year)
        if comparisons is not None:
            add_overlaps(model, truth, comparisons)
        belied = told_apart(model.system)
        faults += [Finding(EXACT, NOTHING, None, because=(_said(text),)) for text in belied]
        # Numbers that cannot hold together leave no value to find: the release is refused already.
        found = found.with_more(faults, *([] if belied else [{}]))
        if not belied:
            found = _attack_year(found, model, list(states), stops_early=stops_early)
    return found


def _said(why: str) -> str:
    return f"Un nombre publié en contredit un autre, ou n’est pas celui des dossiers : {why}"


def sensitive(model: Model) -> list[Cell]:
    """The cells whose true value is one to four persons, at every level, remainders included."""
    worth = ((cell, model.system.value(terms)) for cell, terms in model.system.sums.items())
    return [cell for cell, count in worth if 0 < count < FEWEST_PERSONS]


def _attack_year(found: Audit, model: Model, states: list[str], *, stops_early: bool) -> Audit:
    """The states where more is known come first: what they leave possible is possible for who knows nothing.

    The first of all is the one that refuses most often.
    """
    asked = sensitive(model)
    # The same sum may bear two names (an association of one collège): it is asked once.
    names = list({tuple(sorted(model.system.sums[cell].items())): cell for cell in reversed(asked)}.values())
    seen: tuple[np.ndarray, np.ndarray] | None = None
    for state in sorted(states, key=lambda name: (name == NOTHING, name != PUPIL)):
        if stops_early and not found.is_good:
            break
        known = list(known_in(state, model))
        start = seen if state == NOTHING else None
        ranges = Ranges(model.system.with_known(known), names, start, is_brief=state != NOTHING)
        ranges.settle()
        supposed = _told_by_itself(model, state, known, ranges)
        found = found.with_more(_findings(ranges, state, model.told, supposed), {state: _counts(ranges, supposed)})
        low, high = seen or (np.inf, -np.inf)
        seen = np.minimum(low, ranges.low), np.maximum(high, ranges.high)
    return found


def _told_by_itself(model: Model, state: str, known: list, ranges: Ranges) -> np.ndarray:
    """Which cells are exact already for who knows what a state supposes, and reads nothing: no release tells them.

    So is how many persons are in no known collège, for who knows how many are in each: it says nothing of them.
    """
    exact = np.flatnonzero(ranges.verdicts == EXACT)
    found = np.array([state == SIZES and is_size_elsewhere(cell) for cell in ranges.asked], dtype=bool)
    if known and len(exact):
        bare = Ranges(model.unread.with_known(known), [ranges.asked[place] for place in exact], is_brief=True)
        bare.settle()
        found[exact] |= bare.verdicts == EXACT
    return found


def _counts(ranges: Ranges, supposed: np.ndarray) -> dict[str, int]:
    return {name: int((ranges.verdicts[~supposed] == verdict).sum()) for verdict, name in VERDICTS.items()}


def _findings(ranges: Ranges, state: str, told: dict[str, Cell], supposed: np.ndarray) -> list[Finding]:
    """The cells that are exact or thin: of the thin ones of a state that refuses none, those that are proved so."""
    verdicts, is_wide = ranges.verdicts, ranges.most - ranges.least + 1 >= FEWEST_VALUES
    bad = sorted(np.flatnonzero((verdicts > GOOD) & ~supposed), key=lambda place: -verdicts[place])
    found = []
    for rank, place in enumerate(bad):
        ends = float(ranges.least[place]), float(ranges.most[place])
        finding = Finding(int(verdicts[place]), state, ranges.asked[place], *ends)
        if is_wide[place] and not finding.is_refused:
            continue
        if rank < _EXPLAINED and finding.is_refused:
            because = explain(ranges, place)
            cells = [told[text] for why in because for text in why.split(" ; ") if text in told]
            finding = replace(finding, because=because, told_by=tuple(dict.fromkeys(cells)))
        found.append(finding)
    return found
