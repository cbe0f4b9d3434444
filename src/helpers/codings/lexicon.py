"""Words: those of a theme or a group, one in its contexts, and classes of segments that share them (Reinert)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from helpers.codings import counts
from helpers.codings.model import Document, Project
from helpers.codings.personal_data import mask_personal_data
from helpers.codings.safe_files import coding_error, one_line

# --- The words of each theme: more, or less, frequent in its passages than in the other coded passages ---
# Minimum units in a displayed cell, hence for a word that is tested.
FEWEST_WITH_WORD = 5
# The false discovery rate of the words retained.
LEVEL = 0.05
# Letters: shorter lemmas are function words or initials.
_SHORTEST = 3
_GRAMMAR = frozenset(
    "afin ainsi alors après aucun aussi autre avant avec avoir beaucoup bien car cela celui certain cet cette chaque "
    "comme comment contre dans depuis des dire donc dont elle encore entre est eux faire falloir fois hors ici lequel "
    "les leur lors lui mais malgré moins mon même non nos notre nous ont par parce pas pendant peu plus plusieurs "
    "pour pourquoi pouvoir puis quand quel quelque qui quoi rien sans sauf selon ses seul seulement si sien son sont "
    "sous souvent sur tel toujours tout trop très une vers voici voilà vos votre vous être".split()
)


def words_by_code(project: Project) -> pd.DataFrame:
    """Words of each theme against the other coded passages: one row per theme and lemma tested, smallest p-value first.

    Empty below the gates of `analysis_requirements` (``mots_par_theme``), where no word can be told from chance. A
    theme is a code without parent and its descendants. A word counts once per unit of `codings.agreement`: IRaMuTeQ and
    TXM count every occurrence, which favours whoever repeats a word, so their lists differ.

    Columns: ``theme`` (path), ``lemme``; in units, ``unites`` of the theme with the lemma, ``attendu`` if it were as
    frequent as elsewhere, ``unites_theme``, ``unites_lemme``, ``unites_toutes``; then those of `_tested`. Left out:
    function words, words never written in lower case (names, acronyms), lemmas of fewer than `FEWEST_WITH_WORD` units
    and themes of fewer than `FEWEST_UNITS`.
    """
    lower = _lower(project.documents)
    read = [
        (unit.place.zone[0], counts.themes_of_unit(unit), Counter(dict.fromkeys(_lemmas(unit.text, lower), 1)), 1)
        for unit in (counts.coded_units(project) if _may_count_words(project) else ())
    ]
    columns = ["theme", "lemme", "unites", "unites_theme", "unites_lemme", "unites_toutes"]
    # A word of one meeting is that day's subject.
    return _tested(_crossed(read, counts.FEWEST_UNITS), columns, 2)


def words_by_group(project: Project) -> pd.DataFrame:
    """Words of each group of documents (attributes `model.GROUPS`) against the other groups, as `words_by_code`.

    Here every occurrence counts, as in TXM. Columns: ``groupe`` (« territoire : Lille »), ``lemme``, ``occurrences`` in
    the group, ``attendu``, ``mots_groupe``, ``occurrences_toutes``, ``mots`` (of all the groups), then those of
    `_tested`: a word is retained from `FEWEST_IN_GROUP` documents on. Occurrences are taken as independent.
    """
    lower, rows = _lower(project.documents), []
    for groups in counts.groups_of(project) if _may_count_words(project) else ():
        read = [
            (each.name, {group}, Counter(_lemmas(each.text, lower)), sum(1 for _ in counts.words(each.text)))
            for group, documents in groups.items()
            for each in documents
        ]
        rows += _crossed(read, 1)
    columns = ["groupe", "lemme", "occurrences", "mots_groupe", "occurrences_toutes", "mots"]
    return _tested(rows, columns, counts.FEWEST_IN_GROUP)


def significant_words(tested: pd.DataFrame) -> pd.DataFrame:
    """The words retained, or the first one where none is: it carries ``couples``, the number of tests."""
    return tested[tested["est_retenu"]] if tested["est_retenu"].any() else tested.head(1)


def _may_count_words(project: Project) -> bool:
    conditions = counts.analysis_requirements(project)
    return bool(conditions.loc[conditions["analyse"] == counts.WORDS_BY_CODE, "est_passe"].all())


def _lower(documents: Iterable[Document]) -> set[str]:
    """The words that are written in lower case somewhere: others are names."""
    return {word.form for each in documents for word in counts.words(each.text) if each.text[word.start].islower()}


def _lemmas(text: str, lower: set[str]) -> list[str]:
    lemmas = (counts.lemma(word.form) for word in counts.words(text) if word.form in lower)
    return [each for each in lemmas if len(each) >= _SHORTEST and each not in _GRAMMAR]


def _crossed(read: list[tuple[str, set[str], Counter[str], int]], fewest: int) -> list[tuple]:
    """From what is read (document, its parts, its lemmas, its size), the counts of each part of ``fewest`` or more.

    Part, lemma, count in the part, size of the part, count of the lemma, size of all, documents of the part that have
    the lemma, documents that do.
    """
    sizes, times, documents, everywhere = Counter(), Counter(), defaultdict(set), ""
    for document, parts, lemmas, size in read:
        for part in (*parts, everywhere):
            sizes[part] += size
            for each, count in lemmas.items():
                times[part, each] += count
                documents[part, each].add(document)
    common = sorted(each for part, each in times if part == everywhere and times[part, each] >= FEWEST_WITH_WORD)
    tested = sorted(part for part, size in sizes.items() if part != everywhere and size >= fewest)
    return [
        (part, each, times[part, each], sizes[part], times[everywhere, each], sizes[everywhere])
        + (len(documents[part, each]), len(documents[everywhere, each]))
        for part, each in product(tested, common)
    ]


def _tested(rows: list[tuple], columns: list[str], fewest_documents: int) -> pd.DataFrame:
    """The counts of `_crossed` under these names, with their tests (Lafon's specificities, 1980).

    Further columns: ``est_sous_employe``, fewer than expected; ``documents`` where the part has the lemma or, if it is
    under-used, where any has; ``p_valeur``, the smaller hypergeometric tail, doubled, since the side is read off the
    counts; ``q_valeur`` (Benjamini and Hochberg, 1995); ``est_retenu``: at most `LEVEL`, with `FEWEST_WITH_WORD` (or as
    many expected) and ``fewest_documents`` documents; ``couples``, the number of tests.
    """
    # Loading it takes a second, which only these tables need.
    from scipy.stats import false_discovery_control, hypergeom

    table = pd.DataFrame(rows, columns=[*columns, "documents", "partout"])
    observed, n, k, whole = (table[name].to_numpy("int64") for name in columns[2:])
    p = 2 * np.minimum(hypergeom.sf(observed - 1, whole, k, n), hypergeom.cdf(observed, whole, k, n)).clip(0, 0.5)
    table.insert(3, "attendu", k * n / np.maximum(whole, 1))
    is_less = observed < table["attendu"]
    table["documents"] = table["documents"].mask(is_less, table.pop("partout"))
    table = table.assign(est_sous_employe=is_less, p_valeur=p, q_valeur=false_discovery_control(p) if len(p) else p)
    is_common = table["attendu"].where(is_less, observed) >= FEWEST_WITH_WORD
    is_significant = (table["q_valeur"] <= LEVEL) & is_common & (table["documents"] >= fewest_documents)
    table = table.assign(est_retenu=is_significant, couples=len(table))
    return table.sort_values(["p_valeur", *columns[:2]], ignore_index=True)


def contexts(project: Project, word: str, *, width: int = 60) -> pd.DataFrame:
    """Every occurrence of a word, by its form or its lemma: one row per occurrence, in document order.

    Columns: ``document``; ``debut``, in code points (missing for passages without position); ``avant``, ``mot``,
    ``apres``, ``width`` characters at most, cut between words; ``codes`` of the passages over it, separated by ``, ``.
    Mails, telephones, numbers and full dates are masked. For the researchers only: the speaker may be recognised.
    Raises DataError for anything but one word.
    """
    forms = [each.form for each in counts.words(word)]
    if len(forms) != 1:
        raise coding_error(f"« {one_line(word)} » n’est pas un mot ; donnez-en un seul.")
    wanted, rows, coded = counts.lemma(forms[0]), [], defaultdict(list)
    for each in project.passages:
        coded[counts.span_of(each).zone].append((counts.span_of(each), each.code))
    zones = []
    for document in project.documents:
        # Those of its passages where a document has no text.
        parts = sorted(zone for zone in coded if zone[0] == document.name)
        zones += [((document.name, "", 0), document.text)] if document.text else [(zone, zone[1]) for zone in parts]
    for zone, text in zones:
        safe = mask_personal_data(text)
        for start, end, form in counts.words(text):
            if form != forms[0] and counts.lemma(form) != wanted:
                continue
            before, after = safe[max(0, start - width) : start], safe[end : end + width]
            # Drop a word that the edge cuts, unless it is the only one.
            before = (start > width and before.partition(" ")[2]) or before
            after = (end + width < len(text) and after.rpartition(" ")[0]) or after
            at = counts.Span(zone, start, end)
            codes = dict.fromkeys(code for span, code in coded.get(zone, ()) if span.overlaps(at))
            around = " ".join(before.split()), safe[start:end], " ".join(after.split())
            rows.append((zone[0], None if zone[1] else start, *around, ", ".join(codes)))
    frame = pd.DataFrame(rows, columns=["document", "debut", "avant", "mot", "apres", "codes"])
    return frame.astype({"debut": "Int64"})


# --- Classes of segments: Reinert's descending classification (1983), as IRaMuTeQ and rainette compute it ---
# A word in fewer segments splits nothing.
_FEWEST_SEGMENTS_WITH_WORD = 3
# Above this contingency coefficient, a word typical of one half is left out of the other when that one is split again.
_CONTINGENCY = 0.3


def segments(project: Project) -> pd.DataFrame:
    """The texts cut in segments of some 40 words (`counts.segments_of`), syntheses left out, in document order.

    Columns: ``document``; ``reunion``, its attribute, else the name of the document; ``texte``; ``lemmes``, the list of
    those that `words_by_code` counts, repeated as they are.
    """
    lower = _lower(project.documents)
    rows = [
        (each.name, dict(each.attributes).get(counts.MEETING) or each.name, text, _lemmas(text, lower))
        for each in counts.spoken(project)
        for text in counts.segments_of(each.text)
    ]
    return pd.DataFrame(rows, columns=["document", "reunion", "texte", "lemmes"])


def split(table: np.ndarray) -> tuple[np.ndarray, float]:
    """Which rows make the second of the two halves whose column sums differ most, and the chi-squared of these sums.

    ``table`` has a row per segment and a column per word, 1 where the segment has it, none of them empty. The rows are
    ordered on the first axis of the correspondence analysis and cut where the chi-squared is greatest; then the row
    that makes it grow most changes sides, again and again, until none does.
    """
    # Loading it takes a second, which only this analysis needs.
    from scipy.sparse.linalg import svds

    table = np.asarray(table, dtype=float)
    rows, columns, total = table.sum(axis=1), table.sum(axis=0), table.sum()

    def chi_squared(half: np.ndarray, size: np.ndarray) -> np.ndarray:
        """From the sum over columns of the squared sums of one half, each divided by that of its column."""
        share = np.clip(size / total, 1e-12, 1 - 1e-12)
        return (half - size * share) / (share * (1 - share))

    expected = np.outer(rows, columns) / total
    axis = svds((table - expected) / np.sqrt(expected), k=1, v0=np.ones(min(table.shape)))[0][:, 0] / np.sqrt(rows)
    order = np.argsort(axis, kind="stable")
    sums = np.cumsum(table[order], axis=0)[:-1]
    values = chi_squared((sums**2 / columns).sum(axis=1), sums.sum(axis=1))
    place, value = values.argmax(), values.max()
    is_second = np.ones(len(table), dtype=bool)
    is_second[order[: place + 1]] = False
    weighted = table / columns
    squares = (weighted * table).sum(axis=1)
    while True:
        first, step = table[~is_second].sum(axis=0), np.where(is_second, 1, -1)
        half = (first**2 / columns).sum() + 2 * step * (weighted @ first) + squares
        values = chi_squared(half, first.sum() + step * rows)
        if values.max() <= value * (1 + 1e-12):
            return is_second, float(value)
        value = values.max()
        is_second[values.argmax()] ^= True


def descending_classes(presences: pd.DataFrame, most: int) -> pd.DataFrame:
    """The class of each segment when there are two classes, three, up to ``most``: the largest is split each time.

    ``presences`` has a row per segment and a column per lemma, 1 where the segment has it. A column per number of
    classes, fewer where the largest can no longer be split; 0 for a segment left without words.
    """
    tables, classes = {1: presences}, {}
    for new in range(2, most + 1):
        old = max(tables, key=lambda each: len(tables[each]))
        table = tables[old][tables[old].any(axis=1)]
        table = table.loc[:, table.any()]
        if min(table.shape) < 3:
            break
        is_second, _ = split(table.to_numpy())
        halves = table[~is_second], table[is_second]
        tables[old], tables[new] = (half[_useful(half.sum(), other.sum())] for half, other in (halves, halves[::-1]))
        numbers = pd.concat([pd.Series(number, each.index) for number, each in tables.items()])
        classes[new] = numbers.reindex(presences.index, fill_value=0)
    return pd.DataFrame(classes, index=presences.index)


def _useful(own: pd.Series, other: pd.Series) -> pd.Index:
    """The words that may split a half again: frequent enough there, and not typical of the other."""
    expected = (own + other) * own.sum() / (own.sum() + other.sum())
    chi_squared = (own - expected) ** 2 * (1 / expected + 1 / (own + other - expected))
    is_typical = chi_squared / (chi_squared + own + other) > _CONTINGENCY**2
    return own.index[own.ge(_FEWEST_SEGMENTS_WITH_WORD) & (~is_typical | own.gt(expected))]
