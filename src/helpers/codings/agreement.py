"""The codings of a year gathered, and how far two persons who coded the same texts agree."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from helpers.codings.counts import (
    FEWEST_DOCUMENTS,
    SYNTHESIS,
    Unit,
    cooccurrences,
    lineage,
    meetings,
    of_coder,
    texts_of,
    units,
    word_count,
)
from helpers.codings.model import Document, Passage, Project
from helpers.codings.safe_files import fault, shown

# --- How far two persons agree on one code, from four counts: both, the first alone, the second alone, neither

# The level of the interval, as everywhere in the report: χ² with one degree of freedom, 95 %.
_CRITICAL = 3.841458820694124


class Cells(NamedTuple):
    """The units by who put the code there."""

    both: int
    first: int
    second: int
    neither: int


def percent(part: float, whole: float) -> float:
    """A share in percent; missing of nothing."""
    return 100 * part / whole if whole else math.nan


def cohen(cells: Cells) -> float:
    """Cohen's kappa (1960); missing when chance alone would make them agree always.

    Both 20 times, neither 15, one alone 5 and 10: they agree on 0.7 of the units, by chance on 0.5.

    >>> round(cohen(Cells(20, 5, 10, 15)), 3)
    0.4
    """
    n = sum(cells)
    if not n:
        return math.nan
    one, two = (cells.both + cells.first) / n, (cells.both + cells.second) / n
    chance = one * two + (1 - one) * (1 - two)
    agreed = (cells.both + cells.neither) / n
    return math.nan if chance == 1 else (agreed - chance) / (1 - chance)


def alpha(cells: Cells) -> tuple[float, float, float]:
    """Krippendorff's alpha (two coders, nominal, nothing missing), then its interval; missing without variety.

    The interval is that of the likeness of two judgements of one unit (Donner and Eliasziw, 1992): all the values of it
    that a χ² test does not reject. It leaves room even when all agree, as those of a normal law do not. It takes the
    units for independent; those of one meeting are alike, so that the truth is wider.

    >>> [[round(value, 2) for value in alpha(cells)] for cells in (Cells(20, 5, 10, 15), Cells(5, 0, 0, 5))]
    [[0.4, 0.13, 0.62], [1.0, 0.47, 1.0]]
    """
    n = sum(cells)
    share = (2 * cells.both + cells.first + cells.second) / (2 * n) if n else 0.0
    if not 0 < share < 1:
        return math.nan, math.nan, math.nan
    variety, apart = share * (1 - share), cells.first + cells.second
    likeness = 1 - apart / (2 * n * variety)
    # The statistic is convex in it, and least at the estimate: each end is found by halving.
    least = -min(share / (1 - share), (1 - share) / share)
    low = _end(cells, share, likeness, least)
    high = _end(cells, share, likeness, 1.0)
    # Alpha corrects the likeness for the number of judgements, which are 2 n.
    return tuple(1 - (1 - 1 / (2 * n)) * (1 - value) for value in (likeness, low, high))


def _end(cells: Cells, share: float, inside: float, outside: float) -> float:
    """Where the statistic passes its critical value, between the estimate and a bound; the bound if it never does."""
    if _distance(cells, share, outside) <= _CRITICAL:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if _distance(cells, share, middle) <= _CRITICAL else (inside, middle)
    return inside


def _distance(cells: Cells, share: float, likeness: float) -> float:
    """χ² of the counts against those that a likeness would give."""
    n, variety = sum(cells), share * (1 - share)
    apart = 2 * variety * (1 - likeness)
    expected = (share**2 + likeness * variety, apart, (1 - share) ** 2 + likeness * variety)
    seen = (cells.both, cells.first + cells.second, cells.neither)
    total = 0.0
    for count, part in zip(seen, expected, strict=True):
        if n * part > 1e-12:
            total += (count - n * part) ** 2 / (n * part)
        elif count:
            return math.inf
    return total


# --- Two persons who coded the same documents: how far they agree, code by code, and where they do not ---

_SIDES = ("premier", "second")


def agreement(first: Project, second: Project) -> pd.DataFrame:
    """How far two codings agree: one row a code of either book that one of them used.

    A unit is a piece of text between two places where a passage of either begins or ends, that at least one of them
    coded, whatever the code; pieces of one or two words at the edge of a passage are left out. Most of a text is coded
    by nobody: counted in, it would make any two persons agree. Only the documents that both coded are compared.

    Columns: ``code``; ``unites`` (n, the same for each code), of which ``les_deux``, ``premier_seul``, ``second_seul``,
    ``aucun`` put the code; ``accord_pct``, of all units; ``accord_positif_pct``, twice those of both over the units of
    each, which owes nothing to ``aucun``; ``kappa`` (Cohen); ``alpha`` (Krippendorff) with ``alpha_bas`` and
    ``alpha_haut``, its interval at 95 %, which takes units for independent. These are missing for a code that one of
    the two books does not have, and where all units are alike. With one code in all, there is no ``aucun``: read
    ``accord_positif_pct``.

    Raises
    ------
    DataError
        when no document was coded by both, or when one differs.

    >>> texte = model.Document("r1", "Un bureau pour recevoir. Une salle pour tous.")
    >>> bureau = Passage("r1", 0, 24, "Un bureau pour recevoir.", "Lieux")
    >>> salle = Passage("r1", 25, 45, "Une salle pour tous.", "Lieux")
    >>> livre = (model.Code("Lieux"),)
    >>> premier = Project(livre, (texte,), (bureau, salle))
    >>> accord = codings.agreement(premier, Project(livre, (texte,), (bureau,)))
    >>> accord[["code", "unites", "les_deux", "premier_seul", "accord_pct"]]
        code  unites  les_deux  premier_seul  accord_pct
    0  Lieux       2         1             1        50.0
    """
    books = [{code.path for code in each.codes} for each in (first, second)]
    found = _compared(first, second)
    used = {code for unit in found for codes in unit.codes for code in codes}
    paths = [
        path for path in dict.fromkeys(code.path for each in (first, second) for code in each.codes) if path in used
    ]
    columns = ["code", "unites", "les_deux", "premier_seul", "second_seul", "aucun", "accord_pct", "accord_positif_pct"]
    rows = [_row(path, _cells(path, found), is_shared=path in books[0] & books[1]) for path in paths]
    return pd.DataFrame(rows, columns=[*columns, "kappa", "alpha", "alpha_bas", "alpha_haut"])


def disagreements(first: Project, second: Project) -> pd.DataFrame:
    """Where two codings differ: one row a unit of `agreement` and a code that one of them alone put on it.

    Columns: ``document``, ``debut``, ``fin`` (code points, missing for passages without place), ``texte``, ``code``,
    ``pose_par`` (``premier`` or ``second``), ``autres_codes``, those that the other put there, separated by ``, ``. In
    the order of the text. For the two coders: it holds what was said.

    Raises
    ------
    DataError
        when no document was coded by both, or when one differs.

    >>> texte = model.Document("r1", "Un bureau pour recevoir.")
    >>> livre = (model.Code("Lieux"), model.Code("Aide"))
    >>> un, deux = (
    ...     Project(livre, (texte,), (Passage("r1", 0, 24, texte.text, code.path),)) for code in livre
    ... )
    >>> codings.disagreements(un, deux)[["debut", "code", "pose_par", "autres_codes"]]
       debut   code pose_par autres_codes
    0      0   Aide   second        Lieux
    1      0  Lieux  premier         Aide
    """
    rows = []
    for unit in _compared(first, second):
        at = unit.place
        start, end = (None, None) if at.zone[1] else (at.start, at.end)
        for code in sorted(unit.codes[0] ^ unit.codes[1]):
            side = 0 if code in unit.codes[0] else 1
            others = ", ".join(sorted(unit.codes[1 - side]))
            rows.append((at.zone[0], start, end, unit.text, code, _SIDES[side], others))
    columns = ["document", "debut", "fin", "texte", "code", "pose_par", "autres_codes"]
    return pd.DataFrame(rows, columns=columns).astype({"debut": "Int64", "fin": "Int64"})


def _compared(first: Project, second: Project) -> list[Unit]:
    """The units of the documents that both coded, in the order of the first."""
    coded = {each.document for each in first.passages} & {each.document for each in second.passages}
    if not coded:
        raise fault("aucun document n’est codé par les deux personnes ; donnez deux codages des mêmes documents.")
    texts, others = texts_of(first), texts_of(second)
    for name in sorted(coded):
        if texts[name] != others[name]:
            raise fault(f"le document « {shown(name)} » n’est pas le même dans les deux codages ; codez un même texte.")

    def kept(project: Project) -> list[Passage]:
        return [each for each in project.passages if each.document in coded]

    order = {document.name: rank for rank, document in enumerate(first.documents)}
    return sorted(units([kept(first), kept(second)], texts), key=lambda unit: order[unit.place.zone[0]])


def _cells(code: str, found: list[Unit]) -> Cells:
    pairs = [(code in unit.codes[0], code in unit.codes[1]) for unit in found]
    return Cells(*(pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))


def _row(code: str, cells: Cells, *, is_shared: bool) -> dict:
    n = sum(cells)
    missing = float("nan")
    likeness, low, high = alpha(cells) if is_shared else (missing, missing, missing)
    return {
        "code": code,
        "unites": n,
        "les_deux": cells.both,
        "premier_seul": cells.first,
        "second_seul": cells.second,
        "aucun": cells.neither,
        "accord_pct": percent(cells.both + cells.neither, n),
        "accord_positif_pct": percent(2 * cells.both, 2 * cells.both + cells.first + cells.second),
        "kappa": cohen(cells) if is_shared else missing,
        "alpha": likeness,
        "alpha_bas": low,
        "alpha_haut": high,
    }


# --- How large a corpus must be before an analysis says something: what is asked, what is there ---

# Tried on the synthesis of 2020 (1,218 words of three themes): of 105 words tested none passed the correction, and the
# classes of a first split were no firmer than chance. Minutes of six to ten meetings, more than 10,000 words, are the
# least that such counts are made on; a class of fewer than 20 pieces does not hold.
FEWEST_WORDS = 10_000
FEWEST_MEETINGS = 6
FEWEST_UNITS = 20
FEWEST_THEMES = 2
FEWEST_CODERS = 2
WORDS_BY_CODE = "mots_par_theme"
AT_LEAST, AT_MOST = "au_moins", "au_plus"


def gates(*projects: Project) -> pd.DataFrame:
    """What each analysis asks of a corpus, and what is there: one row a condition; several codings count together.

    Columns: ``analyse`` (``code_par_document``, ``reseau``, ``accord``, ``pour_mille_mots``, ``mots_par_theme``);
    ``condition``, what is counted; ``sens`` (``au_moins``, ``au_plus``); ``demande``; ``trouve``; ``est_passe``.
    Meetings are the values of the attribute ``reunion``, or the documents without any. A document counts as
    ``sans_parole`` when it is a synthesis, or of a kind that the file does not say.

    >>> seuils = codings.gates(Project())
    >>> seuils[["analyse", "condition", "demande", "trouve", "est_passe"]].tail(3)
              analyse                condition  demande  trouve  est_passe
    5  mots_par_theme                 reunions        6       0      False
    6  mots_par_theme  documents_sans_parole        0       0       True
    7  mots_par_theme     themes_de_20_unites        2       0      False
    """
    documents = [document for project in projects for document in project.documents]
    spoken = [document for document in documents if document.kind not in ("", SYNTHESIS)]
    silent = len(documents) - len(spoken)
    pairs = sum(int(cooccurrences(project)["est_trace"].sum()) for project in projects)
    coders = max((len({each.coder for each in project.passages} - {""}) for project in projects), default=0)
    crossed = sum(1 for document in documents if document.kind != SYNTHESIS)
    rich = sum(1 for count in _themes(*projects).values() if count >= FEWEST_UNITS)
    rows = [
        ("code_par_document", "documents", AT_LEAST, FEWEST_DOCUMENTS, crossed),
        ("reseau", "paires_tracees", AT_LEAST, 1, pairs),
        ("accord", "codeurs", AT_LEAST, FEWEST_CODERS, coders),
        ("pour_mille_mots", "documents_sans_parole", AT_MOST, 0, silent),
        (WORDS_BY_CODE, "mots", AT_LEAST, FEWEST_WORDS, sum(word_count(document.text) for document in spoken)),
        (WORDS_BY_CODE, "reunions", AT_LEAST, FEWEST_MEETINGS, len(meetings(spoken)) or len(spoken)),
        (WORDS_BY_CODE, "documents_sans_parole", AT_MOST, 0, silent),
        (WORDS_BY_CODE, f"themes_de_{FEWEST_UNITS}_unites", AT_LEAST, FEWEST_THEMES, rich),
    ]
    frame = pd.DataFrame(rows, columns=["analyse", "condition", "sens", "demande", "trouve"])
    is_most = frame["sens"] == AT_MOST
    return frame.assign(
        est_passe=(frame["trouve"] >= frame["demande"]).mask(is_most, frame["trouve"] <= frame["demande"])
    )


def coded_units(project: Project) -> list[Unit]:
    """The coded pieces of a project, whoever coded them, each with all its codes."""
    return units([project.passages], texts_of(project))


def themes_of(unit: Unit, depth: int) -> set[str]:
    """The codes of a unit, or those above them at this depth (1 for a code without parent)."""
    return {lineage(code)[:depth][-1] for code in unit.codes[0]}


def _themes(*projects: Project) -> Counter[str]:
    """How many units each theme has."""
    return Counter(theme for project in projects for unit in coded_units(project) for theme in themes_of(unit, 1))


# --- The codings of a year as one: a text that two of them hold is one document, which two persons coded ---

# A document is known by its name and its text; one without text may be another of the same name.
_Known = tuple[str, str, str]


def gather(projects: Mapping[str, Project]) -> Project:
    """Several codings under one code book, by their names, as one: what a year's pages count.

    A document that several codings hold, with the same name and text, is one document; others that share a name are
    told apart by that of their coding. Passages without coder are those of their coding where it shares a document: so
    a second coding made in another file is a second person. So is a coder who has one name in two files for one text:
    tools call everybody « default ».

    Raises
    ------
    DataError
        when two codings have a code of one name under two parents.

    >>> texte = Document("r1", "Bonjour à tous.", kind="verbatim")
    >>> passage = Passage("r1", 0, 7, "Bonjour", "Accueil")
    >>> codage = Project((model.Code("Accueil"),), (texte,), (passage,))
    >>> ensemble = codings.gather({"Zoé": codage, "Yann": codage})
    >>> len(ensemble.documents), [passage.coder for passage in ensemble.passages]
    (1, ['Yann', 'Zoé'])
    """
    if len(projects) == 1:
        return next(iter(projects.values()))
    found: dict[_Known, Document] = {}
    holders = defaultdict(set)
    for name, known, document in _documents(projects):
        found[known] = _completed(found[known], document) if known in found else document
        holders[known].add(name)
    names, twice = _named(found), _coders_twice(projects)
    passages = []
    for name, project in projects.items():
        known = {document.name: _key(name, document) for document in project.documents}
        own = name if any(len(holders[each]) > 1 for each in known.values()) else ""
        for each in project.passages:
            coder = f"{each.coder} ({name})" if each.coder in twice else each.coder or own
            passages.append(replace(each, document=names[known[each.document]], coder=coder))
    codes = dict.fromkeys(code for project in projects.values() for code in project.codes)
    documents = tuple(replace(document, name=names[known]) for known, document in found.items())
    return Project(tuple(codes), documents, tuple(passages))


def _coders_twice(projects: Mapping[str, Project]) -> set[str]:
    """The names of coders that two codings give to passages of one document."""
    codings = defaultdict(set)
    for name, project in projects.items():
        known = {document.name: _key(name, document) for document in project.documents}
        for each in project.passages:
            codings[each.coder, known[each.document]].add(name)
    return {coder for (coder, _), names in codings.items() if coder and len(names) > 1}


def count_namesakes(projects: Mapping[str, Project]) -> int:
    """How many names are those of several documents that differ: two versions of one text, or two texts.

    >>> autres = (Document("r1", "Bonjour."), Document("r1", "Bonjour à tous."))
    >>> codings.count_namesakes({str(rang): Project((), (texte,)) for rang, texte in enumerate(autres)})
    1
    """
    known = {key for _, key, _ in _documents(projects)}
    return sum(1 for count in Counter(name for name, _, _ in known).values() if count > 1)


def count_twins(projects: Mapping[str, Project]) -> int:
    """How many texts have several names: perhaps one meeting, which two persons coded under names of their own.

    >>> autres = (Document("r1", "Bonjour."), Document("réunion 1", "Bonjour."))
    >>> codings.count_twins({str(rang): Project((), (texte,)) for rang, texte in enumerate(autres)})
    1
    """
    known = {(name, text) for _, (name, text, _), _ in _documents(projects) if text}
    return sum(1 for count in Counter(text for _, text in known).values() if count > 1)


def _key(coding: str, document: Document) -> _Known:
    return document.name, document.text, "" if document.text else coding


def _documents(projects: Mapping[str, Project]) -> Iterator[tuple[str, _Known, Document]]:
    for name, project in projects.items():
        for document in project.documents:
            yield name, _key(name, document), document


def _completed(first: Document, second: Document) -> Document:
    """What the first says of a document, then what only the second says."""
    attributes = dict(second.attributes) | dict(first.attributes)
    return replace(first, kind=first.kind or second.kind, attributes=tuple(sorted(attributes.items())))


def _named(documents: dict[_Known, Document]) -> dict[_Known, str]:
    """A name for each document, the one that it has unless another has it."""
    times, taken, names = Counter(name for name, _, _ in documents), set(), {}
    for known in documents:
        rank, name = 1, known[0]
        while name in taken or (rank == 1 and times[known[0]] > 1):
            name, rank = f"{known[0]} ({rank})", rank + 1
        taken.add(name)
        names[known] = name
    return names


# --- The two persons of a year who can be compared, and where they do not agree ---


def two_coders(project: Project) -> tuple[str, str] | None:
    """The two persons with the most documents in common, then who coded the most; None when no two have one."""
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


def differences(projects: Mapping[str, Project]) -> pd.DataFrame:
    """Where the two persons who coded the same documents of a year differ, for them to talk about it.

    The columns of `codings.disagreements`, ``pose_par`` being the person. Empty where no document has two coders. It
    holds what was said.

    >>> texte = Document("r1", "Un bureau pour recevoir.")
    >>> livre = (model.Code("lieux"), model.Code("aide"))
    >>> codages = {
    ...     qui: Project(livre, (texte,), (Passage("r1", 0, 24, texte.text, code.path),))
    ...     for qui, code in zip(("Yann", "Zoé"), livre, strict=True)
    ... }
    >>> codings.differences(codages)[["code", "pose_par", "autres_codes"]]
        code pose_par autres_codes
    0   aide      Zoé        lieux
    1  lieux     Yann         aide
    """
    project = gather(projects)
    pair = two_coders(project)
    if pair is None:
        return pd.DataFrame(columns=["document", "debut", "fin", "texte", "code", "pose_par", "autres_codes"])
    found = disagreements(*(of_coder(project, coder) for coder in pair))
    return found.assign(pose_par=found["pose_par"].map(dict(zip(("premier", "second"), pair, strict=True))))
