"""Agreement of two coders, and the corpus size that each analysis needs."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from helpers.codings.counts import (
    FEWEST_DOCUMENTS,
    SYNTHESIS,
    Unit,
    coded_by,
    meetings_of,
    segments_of,
    texts_of,
    units,
    word_count,
)
from helpers.codings.merging import merge_codings
from helpers.codings.model import Project, ancestors
from helpers.codings.safe_files import coding_error

# --- Agreement coefficients, from the 2 × 2 table of one code ---

# χ² with one degree of freedom, 95 %, the level of every interval of the report.
_CRITICAL = 3.841458820694124


class Cells(NamedTuple):
    both: int
    first: int
    second: int
    neither: int


def _percent(part: float, total: float) -> float:
    return 100 * part / total if total else math.nan


def cohen_kappa(cells: Cells) -> float:
    """Cohen's kappa (1960); NaN when chance agreement is complete.

    >>> round(cohen_kappa(Cells(20, 5, 10, 15)), 3)
    0.4
    """
    n = sum(cells)
    if not n:
        return math.nan
    one, two = (cells.both + cells.first) / n, (cells.both + cells.second) / n
    chance = one * two + (1 - one) * (1 - two)
    observed = (cells.both + cells.neither) / n
    return math.nan if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(cells: Cells) -> tuple[float, float, float]:
    """Krippendorff's alpha (two coders, nominal, no missing value) and the ends of its interval; NaN without variety.

    The interval is the goodness-of-fit one for intraclass kappa (Donner and Eliasziw, 1992): the values that a χ² test
    does not reject. It has width even under full agreement, unlike normal intervals. It assumes independent units;
    those of one meeting are correlated, so the true interval is wider.

    >>> [round(value, 2) for value in krippendorff_alpha(Cells(20, 5, 10, 15))]
    [0.4, 0.13, 0.62]
    """
    n = sum(cells)
    share = (2 * cells.both + cells.first + cells.second) / (2 * n) if n else 0.0
    if not 0 < share < 1:
        return math.nan, math.nan, math.nan
    kappa = 1 - (cells.first + cells.second) / (2 * n * share * (1 - share))
    # The statistic is convex with its minimum at the estimate, so each end is found by bisection.
    least = -min(share / (1 - share), (1 - share) / share)
    low, high = _end(cells, share, kappa, least), _end(cells, share, kappa, 1.0)
    # Alpha corrects the intraclass kappa for the number of judgements, 2 n.
    return tuple(1 - (1 - 1 / (2 * n)) * (1 - value) for value in (kappa, low, high))


def _end(cells: Cells, share: float, inside: float, outside: float) -> float:
    """Where the statistic crosses the critical value between the estimate and a bound; the bound if it never does."""
    if _distance(cells, share, outside) <= _CRITICAL:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if _distance(cells, share, middle) <= _CRITICAL else (inside, middle)
    return inside


def _distance(cells: Cells, share: float, kappa: float) -> float:
    """χ² of the counts against those expected under a value of the intraclass kappa."""
    n, variance = sum(cells), share * (1 - share)
    expected = (share**2 + kappa * variance, 2 * variance * (1 - kappa), (1 - share) ** 2 + kappa * variance)
    total = 0.0
    for count, part in zip((cells.both, cells.first + cells.second, cells.neither), expected, strict=True):
        if n * part > 1e-12:
            total += (count - n * part) ** 2 / (n * part)
        elif count:
            return math.inf
    return total


def adjusted_rand(first: pd.Series, second: pd.Series) -> float:
    """The adjusted Rand index of two classifications of the same things (Hubert and Arabie, 1985): 0 is chance.

    >>> round(adjusted_rand(pd.Series([1, 1, 2, 2]), pd.Series([5, 5, 3, 4])), 3)
    0.571
    """
    table = pd.crosstab(first, second)
    both, one, two, every = (
        (counts * (counts - 1) / 2).to_numpy().sum()
        for counts in (table, table.sum(axis=1), table.sum(), pd.Series([len(first)]))
    )
    chance = one * two / every
    return float((both - chance) / ((one + two) / 2 - chance))


# --- Agreement of two coders, code by code, and their disagreements ---

_SIDES = ("premier", "second")
_DISAGREEMENTS = ["document", "debut", "fin", "texte", "code", "pose_par", "autres_codes"]


def agreement(first: Project, second: Project) -> pd.DataFrame:
    """Agreement of two codings of the same texts, under one book: one row per code that one of them used.

    A unit is a piece of text between two consecutive boundaries of passages, of either coding, that at least one of
    them coded, whatever the code; pieces of one or two words at the edge of a passage are left out. Text that nobody
    coded is not counted: it would make any two persons agree. Only documents that both coded are compared.

    Columns: ``code``; ``unites`` (n, the same for every code), to which ``les_deux``, ``premier_seul``,
    ``second_seul``, ``aucun`` applied the code; ``accord_pct``, of all units; ``accord_positif_pct``, twice
    ``les_deux`` over the units of each, which does not depend on ``aucun``; ``kappa`` (Cohen); ``alpha``
    (Krippendorff), ``alpha_bas`` and ``alpha_haut``, its 95 % interval, which takes units as independent. Coefficients
    are missing without variety. With one code in all, ``aucun`` is zero: read ``accord_positif_pct``.

    Raises DataError when no document was coded by both.
    """
    pieces = _compared(first, second)
    used = {code for unit in pieces for codes in unit.codes for code in codes}
    rows = [_row(code.path, pieces) for code in first.codes if code.path in used]
    return pd.DataFrame(rows)


def disagreements(first: Project, second: Project) -> pd.DataFrame:
    """Where two codings differ: one row per unit of `agreement` and code that one of them alone applied to it.

    Columns: ``document``, ``debut``, ``fin`` (code points, missing for passages without position), ``texte``,
    ``code``, ``pose_par`` (``premier`` or ``second``), ``autres_codes`` that the other applied, separated by ``, ``.
    In text order. For the two coders only: it quotes the meetings. Raises DataError as `agreement` does.
    """
    rows = []
    for unit in _compared(first, second):
        document, own_text, _ = unit.place.zone
        start, end = (None, None) if own_text else unit.place[1:]
        for code in sorted(unit.codes[0] ^ unit.codes[1]):
            side = 0 if code in unit.codes[0] else 1
            others = ", ".join(sorted(unit.codes[1 - side]))
            rows.append((document, start, end, unit.text, code, _SIDES[side], others))
    return pd.DataFrame(rows, columns=_DISAGREEMENTS).astype({"debut": "Int64", "fin": "Int64"})


def _compared(first: Project, second: Project) -> list[Unit]:
    """The units of the documents that both coded, in the order of the first."""
    coded = {each.document for each in first.passages} & {each.document for each in second.passages}
    if not coded:
        raise coding_error(
            "aucun document n’est codé par les deux personnes ; donnez deux codages des mêmes documents."
        )
    sides = [[each for each in project.passages if each.document in coded] for project in (first, second)]
    order = {document.name: rank for rank, document in enumerate(first.documents)}
    return sorted(units(sides, texts_of(first)), key=lambda unit: order[unit.place.zone[0]])


def _row(code: str, pieces: list[Unit]) -> dict:
    pairs = Counter((code in unit.codes[0], code in unit.codes[1]) for unit in pieces)
    cells = Cells(pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False])
    value, low, high = krippendorff_alpha(cells)
    return {
        "code": code,
        "unites": len(pieces),
        "les_deux": cells.both,
        "premier_seul": cells.first,
        "second_seul": cells.second,
        "aucun": cells.neither,
        "accord_pct": _percent(cells.both + cells.neither, len(pieces)),
        "accord_positif_pct": _percent(2 * cells.both, 2 * cells.both + cells.first + cells.second),
        "kappa": cohen_kappa(cells),
        "alpha": value,
        "alpha_bas": low,
        "alpha_haut": high,
    }


# --- The corpus size that each analysis needs ---

# On the synthesis of 2020 (1,218 words, three themes) none of 105 tested words passed the correction, and the classes
# of a first split were no more stable than chance. Such counts need the minutes of six to ten meetings, over 10,000
# words; a class of fewer than 20 units is unstable.
FEWEST_WORDS = 10_000
FEWEST_MEETINGS = 6
FEWEST_UNITS = 20
FEWEST_THEMES = 2
FEWEST_CODERS = 2
# Segments of text: with fewer, classes of words are those that chance makes (domain notes on the synthesis of 2020).
FEWEST_SEGMENTS = 200
WORDS_BY_CODE, CLASSES = "mots_par_theme", "classes"


def analysis_requirements(project: Project) -> pd.DataFrame:
    """What each analysis requires of the corpus, and what there is: one row per condition.

    Columns: ``analyse`` (``code_par_document``, ``accord``, ``pour_mille_mots``, ``mots_par_theme``, ``classes``);
    ``condition``, what is counted; ``est_plafond``, whether ``demande`` is a most; ``trouve``; ``est_passe``.
    Meetings are the values of the attribute ``reunion``, or the documents where none has it. ``sans_parole`` documents
    are a synthesis, or of unknown kind.
    """
    documents = project.documents
    spoken = [document for document in documents if document.kind not in ("", SYNTHESIS)]
    silent = len(documents) - len(spoken)
    coders = len({each.coder for each in project.passages} - {""})
    countable = sum(1 for document in documents if document.kind != SYNTHESIS)
    themes = Counter(theme for unit in coded_units(project) for theme in themes_of(unit))
    rich = sum(1 for count in themes.values() if count >= FEWEST_UNITS)
    lexical = [
        ("mots", False, FEWEST_WORDS, sum(word_count(document.text) for document in spoken)),
        ("reunions", False, FEWEST_MEETINGS, len(meetings_of(spoken)) or len(spoken)),
        ("documents_sans_parole", True, 0, silent),
    ]
    rows = [
        ("code_par_document", "documents", False, FEWEST_DOCUMENTS, countable),
        ("accord", "codeurs", False, FEWEST_CODERS, coders),
        ("pour_mille_mots", "documents_sans_parole", True, 0, silent),
        *((WORDS_BY_CODE, *condition) for condition in lexical),
        (WORDS_BY_CODE, f"themes_de_{FEWEST_UNITS}_unites", False, FEWEST_THEMES, rich),
        *((CLASSES, *condition) for condition in lexical),
        (CLASSES, "segments", False, FEWEST_SEGMENTS, sum(len(segments_of(document.text)) for document in spoken)),
    ]
    table = pd.DataFrame(rows, columns=["analyse", "condition", "est_plafond", "demande", "trouve"])
    passed = (table["trouve"] >= table["demande"]).mask(table["est_plafond"], table["trouve"] <= table["demande"])
    return table.assign(est_passe=passed)


def coded_units(project: Project) -> list[Unit]:
    """The coded units of a project, whoever coded them, each with all its codes."""
    return units([project.passages], texts_of(project))


def themes_of(unit: Unit) -> set[str]:
    """The themes of a unit: its codes without parent, or the roots of the others."""
    return {ancestors(code)[0] for code in unit.codes[0]}


# --- The two coders of a year who can be compared ---


def main_coders(project: Project) -> tuple[str, str] | None:
    """The two persons with the most documents in common, then the most passages; None when no two share one."""
    documents, passages = defaultdict(set), Counter(each.coder for each in project.passages)
    for each in project.passages:
        if each.coder:
            documents[each.coder].add(each.document)
    pairs = [
        (len(documents[one] & documents[two]), passages[one] + passages[two], (one, two))
        for one, two in combinations(sorted(documents), 2)
    ]
    shared, _, pair = max(pairs, key=lambda found: found[:2], default=(0, 0, None))
    return pair if shared else None


def coder_differences(projects: Mapping[str, Project]) -> pd.DataFrame:
    """The `codings.disagreements` of the two coders of a year, ``pose_par`` being the person; empty without two.

    For the coders to discuss: it quotes the meetings.
    """
    project = merge_codings(projects)
    if (pair := main_coders(project)) is None:
        return pd.DataFrame(columns=_DISAGREEMENTS)
    rows = disagreements(*(coded_by(project, coder) for coder in pair))
    return rows.assign(pose_par=rows["pose_par"].map(dict(zip(_SIDES, pair, strict=True))))
