"""Several coders: their codings aligned and merged into one, and the agreement of two of them."""

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations, product
from pathlib import PurePath
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.codings.counts import Unit, coded_by, texts_of, units
from helpers.codings.model import Document, Passage, Project, free_name, name_key
from helpers.codings.safe_files import coding_error

# --- The codings of a year merged into one, texts that nearly are one being aligned word by word ---
# Below nine words in ten, two texts of one name are two versions, or two meetings.
_ALIKE = 0.9
# A segment of which more than half the words are gone means another thing.
_KEPT = 0.5
_TOKEN = re.compile(r"\w[\w\u0300-\u036f]*|[^\w\s]")
_SUFFIX = re.compile(r"\.(?:docx?|odt|rtf|txt|md|pdf|html?)$", re.IGNORECASE)


def merge_codings(projects: Mapping[str, Project]) -> Project:
    """Codings under one code book, by their names, merged into one; see `merge`."""
    return merge(projects)[0]


def merge(projects: Mapping[str, Project]) -> tuple[Project, dict[str, int]]:
    """Codings under one code book, by their names, merged into one, and what a reader must know of it.

    Documents of two codings are one when their names are the same (case, accents and the suffix of a file aside) and
    nine words in ten of the longer are those of the other, in order: the text is that of the first coding, and a
    segment goes to the words that it covers there, or is left out when less than half of them are there. Other
    namesakes get a number; documents of one coding are never merged.

    A passage without coder takes the name of its coding where that shares a document: another file is another person.
    So is a coder of the same name in two files on one text: tools call everybody « default ».

    The second value counts ``homonymes``, the names of several texts; ``jumeaux``, the texts of several names;
    ``alignes``, the texts read as nearly the same of another coding; ``perdus``, the segments without a place there.
    """
    # A document is identified by name and text and, where it has no text, by its coding: it may differ from a namesake.
    documents, first, places, holders, changed = {}, {}, {}, defaultdict(set), 0
    for coding, project in projects.items():
        names = Counter(_plain_name(document.name) for document in project.documents)
        for document in project.documents:
            key, alignment, name = (document.name, document.text, "" if document.text else coding), None, None
            if document.text and names[name := _plain_name(document.name)] == 1:
                same = first.setdefault(name, document)
                found = _Alignment(document.text, same.text) if same.text != document.text else None
                if found is None or found.is_same:
                    key, alignment = (same.name, same.text, ""), found
                    changed += found is not None
            # The kind and the attributes that only another coding has complete those of the first.
            held = documents.get(key, document)
            attributes = tuple(sorted((dict(document.attributes) | dict(held.attributes)).items()))
            documents[key] = Document(key[0], key[1], held.kind or document.kind, attributes)
            holders[key].add(coding)
            places[coding, document.name] = key, alignment
    coders = defaultdict(set)
    for coding, project in projects.items():
        for each in project.passages:
            coders[each.coder, places[coding, each.document][0]].add(coding)
    ambiguous = {coder for (coder, _), codings in coders.items() if coder and len(codings) > 1}
    taken, passages = Counter(), []
    names = {key: free_name(key[0], taken) for key in documents}
    for coding, project in projects.items():
        is_shared = any(len(holders[places[coding, each.name][0]]) > 1 for each in project.documents)
        for each in project.passages:
            key, alignment = places[coding, each.document]
            if moved := alignment.carry(each, key[1]) if alignment else each:
                coder = f"{each.coder} ({coding})" if each.coder in ambiguous else each.coder or coding * is_shared
                passages.append(replace(moved, document=names[key], coder=coder))
    codes = dict.fromkeys(code for project in projects.values() for code in project.codes)
    renamed = tuple(replace(document, name=names[key]) for key, document in documents.items())
    of_name, of_text = Counter(key[0] for key in documents), Counter(key[1] for key in documents if key[1])
    counts = {
        "homonymes": sum(times > 1 for times in of_name.values()),
        "jumeaux": sum(times > 1 for times in of_text.values()),
        "alignes": changed,
        "perdus": sum(len(project.passages) for project in projects.values()) - len(passages),
    }
    return Project(tuple(codes), renamed, tuple(passages)), counts


def _plain_name(name: str) -> str:
    return name_key(_SUFFIX.sub("", PurePath(name).name))


class _Alignment:
    """The words and marks of one text, each with its place in another."""

    def __init__(self, text: str, other: str) -> None:
        spans, self._spans = ([match.span() for match in _TOKEN.finditer(each)] for each in (text, other))
        words, others = (
            [unicodedata.normalize("NFC", each[start:end]).casefold() for start, end in places]
            for each, places in ((text, spans), (other, self._spans))
        )
        self._starts, self._ends = [start for start, _ in spans], [end for _, end in spans]
        self._places = [-1] * len(words)
        whole = [(0, 0, len(words))] if words == others else ()  # the slowest to match
        for a, b, size in whole or SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks():
            self._places[a : a + size] = range(b, b + size)
        matched = sum(place >= 0 for place in self._places)
        self.is_same = matched >= _ALIKE * max(len(words), len(others), 1)

    def carry(self, passage: Passage, other: str) -> Passage | None:
        """The passage at its place in the other text; None where too few of its words are there."""
        if passage.start is None:
            return passage
        first, last = bisect_right(self._ends, passage.start), bisect_left(self._starts, passage.end)
        places = [place for place in self._places[first:last] if place >= 0]
        if not places or len(places) < _KEPT * (last - first):
            return None
        # A span that began or ended inside a word still does.
        before = max(0, passage.start - self._starts[first]) if self._places[first] >= 0 else 0
        after = max(0, self._ends[last - 1] - passage.end) if self._places[last - 1] >= 0 else 0
        start, end = self._spans[places[0]][0] + before, self._spans[places[-1]][1] - after
        return replace(passage, start=start, end=end, text=other[start:end]) if start < end else None


# --- Agreement coefficients, from the 2 × 2 table of one code ---
# χ² with one degree of freedom, 95 %, the level of every interval of the report.
_CRITICAL = 3.841458820694124


class Cells(NamedTuple):
    both: int
    first: int
    second: int
    neither: int


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
    does not reject. It has width even under full agreement, unlike normal ones, and takes units as independent.

    >>> [round(value, 2) for value in krippendorff_alpha(Cells(20, 5, 10, 15))]
    [0.4, 0.13, 0.62]
    """
    n = sum(cells)
    share = (2 * cells.both + cells.first + cells.second) / (2 * n) if n else 0.0
    if not 0 < share < 1:
        return math.nan, math.nan, math.nan
    apart, variance = cells.first + cells.second, share * (1 - share)
    kappa = 1 - apart / (2 * n * variance)
    # What is expected of each kind of unit, by the value of kappa: lines, whence a cubic equation for the ends.
    lines = [variance, share**2], [-2 * variance, 2 * variance], [variance, (1 - share) ** 2]
    parts = [(n_i, np.poly1d(line)) for n_i, line in zip((cells.both, apart, cells.neither), lines, strict=True) if n_i]
    every = math.prod(line for _, line in parts)
    crossing = sum(((every / line)[0] * n_i**2 for n_i, line in parts), every * (-n * (n + _CRITICAL)))
    ends = [root.real for root in crossing.roots if abs(root.imag) < 1e-9]
    low = max((end for end in ends if end < kappa), default=-math.inf)
    high = min((end for end in ends if end > kappa), default=math.inf)
    low, high = max(low, -min(share / (1 - share), (1 - share) / share)), min(high, 1.0)
    # Alpha corrects the intraclass kappa for the number of judgements, 2 n.
    return tuple(float(1 - (1 - 1 / (2 * n)) * (1 - value)) for value in (kappa, low, high))


def adjusted_rand(first: pd.Series, second: pd.Series) -> float:
    """The adjusted Rand index of two classifications of the same things (Hubert and Arabie, 1985): 0 is chance.

    >>> round(adjusted_rand(pd.Series([1, 1, 2, 2]), pd.Series([5, 5, 3, 4])), 3)
    0.571
    """
    table = pd.crosstab(first, second).to_numpy()
    both, one, two, every = (
        (n * (n - 1) / 2).sum() for n in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    chance = one * two / every
    return float((both - chance) / ((one + two) / 2 - chance))


# --- Agreement of two coders, code by code, their disagreements, and the two who can be compared ---
_DISAGREEMENTS = ["document", "debut", "fin", "texte", "code", "pose_par", "autres_codes"]


def agreement(first: Project, second: Project) -> pd.DataFrame:
    """Agreement of two codings of the same texts, under one book: one row per code that one of them used.

    Only documents that both coded are compared, by their `counts.units`: text that nobody coded would make any two
    persons agree.

    Columns: ``code``; ``unites`` (n, the same for every code), to which ``les_deux``, ``premier_seul``,
    ``second_seul``, ``aucun`` applied the code; ``accord_pct``, of all units; ``accord_positif_pct``, twice
    ``les_deux`` over the units of each: read it where there is one code in all, since ``aucun`` is then zero;
    ``kappa`` (Cohen); ``alpha`` (Krippendorff) and its 95 % interval, ``alpha_bas`` and ``alpha_haut``. Coefficients
    are missing without variety. Raises DataError when no document was coded by both.
    """
    pieces = _compared(first, second)
    used = {code for unit in pieces for codes in unit.codes for code in codes}
    rows = []
    for path in (code.path for code in first.codes if code.path in used):
        pairs = Counter(tuple(path in codes for codes in unit.codes) for unit in pieces)
        cells = Cells(*(pairs[both] for both in product((True, False), repeat=2)))
        positive = 200 * cells.both / (2 * cells.both + cells.first + cells.second)
        percents = 100 * (cells.both + cells.neither) / len(pieces), positive
        rows.append((path, len(pieces), *cells, *percents, cohen_kappa(cells), *krippendorff_alpha(cells)))
    columns = "code unites les_deux premier_seul second_seul aucun accord_pct accord_positif_pct kappa alpha".split()
    return pd.DataFrame(rows, columns=[*columns, "alpha_bas", "alpha_haut"])


def disagreements(first: Project, second: Project, coders: Sequence[str] = ("premier", "second")) -> pd.DataFrame:
    """Where two codings differ: one row per unit of `agreement` and code that one alone applied to it, in text order.

    Columns: ``document``, ``debut``, ``fin`` (code points, missing for passages without position), ``texte``,
    ``code``, ``pose_par`` (one of ``coders``), ``autres_codes`` that the other applied, separated by ``, ``.
    For the two coders only: it quotes the meetings. Raises DataError as `agreement` does.
    """
    rows = []
    for unit in _compared(first, second):
        document, own_text, _ = unit.place.zone
        start, end = (None, None) if own_text else unit.place[1:]
        for code in sorted(unit.codes[0] ^ unit.codes[1]):
            side = code in unit.codes[1]
            others = ", ".join(sorted(unit.codes[not side]))
            rows.append((document, start, end, unit.text, code, coders[side], others))
    return pd.DataFrame(rows, columns=_DISAGREEMENTS).astype({"debut": "Int64", "fin": "Int64"})


def _compared(first: Project, second: Project) -> list[Unit]:
    """The units of the documents that both coded, in the order of the first."""
    coded = {each.document for each in first.passages} & {each.document for each in second.passages}
    if not coded:
        problem = "aucun document n’est codé par les deux personnes"
        raise coding_error(f"{problem} ; donnez deux codages des mêmes documents.")
    sides = [[each for each in project.passages if each.document in coded] for project in (first, second)]
    order = {document.name: rank for rank, document in enumerate(first.documents)}
    return sorted(units(sides, texts_of(first)), key=lambda unit: order[unit.place.zone[0]])


def main_coders(project: Project) -> tuple[str, str] | None:
    """The two persons with the most documents in common, then the most passages; None when no two share one."""
    coders = sorted({each.coder for each in project.passages} - {""})
    coded = {coder: [each.document for each in project.passages if each.coder == coder] for coder in coders}
    shared = {(one, two): len({*coded[one]} & {*coded[two]}) for one, two in combinations(coders, 2)}
    pair = max(shared, key=lambda pair: (shared[pair], sum(len(coded[coder]) for coder in pair)), default=None)
    return pair if pair and shared[pair] else None


def coder_differences(projects: Mapping[str, Project]) -> pd.DataFrame:
    """The `disagreements` of the two coders of a year, ``pose_par`` being the person; empty without two."""
    project = merge_codings(projects)
    if (pair := main_coders(project)) is None:
        return pd.DataFrame(columns=_DISAGREEMENTS)
    return disagreements(*(coded_by(project, coder) for coder in pair), pair)
