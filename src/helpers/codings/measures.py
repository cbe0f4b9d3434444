"""What is counted of a year's codings: words by theme, words in context, change between years, all in one table."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from helpers.codings.agreement import (
    FEWEST_UNITS,
    WORDS_BY_CODE,
    agreement,
    analysis_requirements,
    coded_units,
    main_coders,
    themes_of,
)
from helpers.codings.counts import (
    ALL,
    MEETING,
    MINUTES,
    SAID,
    SYNTHESIS,
    Span,
    Zone,
    code_by_document,
    code_counts,
    coded_by,
    cooccurrences,
    corpus_card,
    lemma,
    span_of,
    spans_by_code,
    texts_of,
    word_count,
    words,
)
from helpers.codings.merging import merge, merge_codings
from helpers.codings.model import GROUPS, Document, Project, code_labels
from helpers.codings.personal_data import mask_personal_data, quotable
from helpers.codings.safe_files import coding_error, one_line

# --- The tables that the schema ``codages`` stores, one row per measure ---

# The keys of each table, its whole numbers (``est_…`` columns are booleans), its other numbers.
SHAPES = {
    "corpus": (
        "nature",
        "documents sans_texte reunions mots mots_codes passages codeurs "
        "codages homonymes jumeaux alignes perdus citables",
        "",
    ),
    "codes": ("code", "profondeur passages extraits extraits_branche documents codeurs mots", ""),
    "reunions": ("code groupe", "extraits total", ""),
    "groupes": (
        "code groupe",
        "extraits documents documents_groupe mots",
        "pour_mille_mots pour_mille_bas pour_mille_haut",
    ),
    "paires": ("code autre_code", "rencontres documents signes_communs signes", "jaccard"),
    "accord": (
        "code",
        "unites les_deux premier_seul second_seul aucun",
        "accord_pct accord_positif_pct kappa alpha alpha_bas alpha_haut",
    ),
    "annees": ("code annee_avant", "extraits extraits_avant mots mots_avant", "pour_mille_mots pour_mille_mots_avant"),
    "seuils": ("analyse condition", "demande trouve est_plafond est_passe", ""),
    "mots": (
        "theme lemme",
        "unites unites_theme unites_lemme unites_toutes documents est_sous_employe est_retenu couples",
        "attendu p_valeur q_valeur",
    ),
    "mots_groupes": (
        "groupe lemme",
        "occurrences mots_groupe occurrences_toutes mots documents est_sous_employe est_retenu couples",
        "attendu p_valeur q_valeur",
    ),
}


def _shape(name: str) -> list[list[str]]:
    return [names.split() for names in SHAPES[name]]


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
    theme is a code without parent and its descendants. The units are those of `codings.agreement`; a word counts once
    per unit: IRaMuTeQ and TXM count every occurrence, which favours whoever repeats a word, so their lists differ.

    Columns: ``theme`` (path), ``lemme``; in units, ``unites`` of the theme with the lemma, ``attendu`` if it were as
    frequent as elsewhere, ``unites_theme``, ``unites_lemme``, ``unites_toutes``; then those of `_tested`. Left out:
    function words, words never written in lower case (names, acronyms), lemmas of fewer than `FEWEST_WITH_WORD` units
    and themes of fewer than `FEWEST_UNITS`. These are selected by totals, which no test uses.
    """
    lower = _lower(project.documents)
    read = [
        (unit.place.zone[0], themes_of(unit), Counter(dict.fromkeys(_lemmas(unit.text, lower), 1)), 1)
        for unit in (coded_units(project) if _may_count_words(project) else ())
    ]
    columns = ["theme", "lemme", "unites", "unites_theme", "unites_lemme", "unites_toutes"]
    # A word of one meeting is that day's subject.
    return _tested(_crossed(read, FEWEST_UNITS), columns, 2)


def words_by_group(project: Project) -> pd.DataFrame:
    """Words of each group of documents (attributes `model.GROUPS`) against the other groups, as `words_by_code`.

    Here every occurrence counts, as in TXM. Columns: ``groupe`` (« territoire : Lille »), ``lemme``, ``occurrences`` in
    the group, ``attendu``, ``mots_groupe``, ``occurrences_toutes``, ``mots`` (of all the groups), then those of
    `_tested`: a word is retained from `FEWEST_IN_GROUP` documents on. Occurrences are taken as independent.
    """
    lower, rows = _lower(project.documents), []
    for groups in _groups_of(project) if _may_count_words(project) else ():
        read = [
            (each.name, {group}, Counter(_lemmas(each.text, lower)), sum(1 for _ in words(each.text)))
            for group, documents in groups.items()
            for each in documents
        ]
        rows += _crossed(read, 1)
    columns = ["groupe", "lemme", "occurrences", "mots_groupe", "occurrences_toutes", "mots"]
    return _tested(rows, columns, FEWEST_IN_GROUP)


def significant_words(tested: pd.DataFrame) -> pd.DataFrame:
    """The words retained, or the first one where none is: it carries ``couples``, the number of tests."""
    return tested[tested["est_retenu"]] if tested["est_retenu"].any() else tested.head(1)


def _may_count_words(project: Project) -> bool:
    conditions = analysis_requirements(project)
    return bool(conditions.loc[conditions["analyse"] == WORDS_BY_CODE, "est_passe"].all())


def _lower(documents: Iterable[Document]) -> set[str]:
    """The words that are written in lower case somewhere: others are names."""
    return {word.form for each in documents for word in words(each.text) if each.text[word.start].islower()}


def _lemmas(text: str, lower: set[str]) -> list[str]:
    lemmas = (lemma(word.form) for word in words(text) if word.form in lower)
    return [each for each in lemmas if len(each) >= _SHORTEST and each not in _GRAMMAR]


def _crossed(read: list[tuple[str, set[str], Counter[str], int]], fewest: int) -> list[tuple]:
    """The counts of each part and lemma, from what is read: document, its parts, its lemmas, its size.

    Part, lemma, count in the part, size of the part, count of the lemma, size of all, documents of the part that have
    the lemma, documents that do. ``fewest`` is the smallest size of a part.
    """
    sizes, totals, both, documents = Counter(), Counter(), Counter(), defaultdict(set)
    for document, parts, lemmas, size in read:
        sizes.update(dict.fromkeys(parts, size))
        totals.update(lemmas)
        for each, count in lemmas.items():
            documents[each].add(document)
            for part in parts:
                both[part, each] += count
                documents[part, each].add(document)
    whole = sum(size for *_, size in read)
    common = sorted(each for each, count in totals.items() if count >= FEWEST_WITH_WORD)
    tested = sorted(part for part, size in sizes.items() if size >= fewest)
    return [
        (part, each, both[part, each], sizes[part], totals[each], whole)
        + (len(documents[part, each]), len(documents[each]))
        for part, each in product(tested, common)
    ]


def _tested(rows: list[tuple], columns: list[str], fewest_documents: int) -> pd.DataFrame:
    """The counts of `_crossed` under these names, with their tests (Lafon's specificities, 1980).

    Further columns: ``est_sous_employe``, fewer than expected; ``documents`` where the part has the lemma or, if it is
    under-used, where any has; ``p_valeur``, the smaller hypergeometric tail, doubled, since the side is read off the
    counts; ``q_valeur``, corrected for all the tests (Benjamini and Hochberg, 1995); ``est_retenu``: at most `LEVEL`,
    with at least `FEWEST_WITH_WORD` (or as many expected) and ``fewest_documents`` documents; ``couples``, the number
    of tests, on every row.
    """
    # Loading it takes a second, which only these tables need.
    from scipy.stats import false_discovery_control, hypergeom

    table = pd.DataFrame(rows, columns=[*columns, "documents", "partout"])
    observed, n, k, whole = (table[name].to_numpy("int64") for name in columns[2:])
    p = np.empty(0)
    if len(table):
        tails = hypergeom.sf(observed - 1, whole, k, n), hypergeom.cdf(observed, whole, k, n)
        p = np.clip(2 * np.minimum(*tails), 0, 1)
    table.insert(3, "attendu", k * n / np.maximum(whole, 1))
    is_less = observed < table["attendu"]
    table["documents"] = table["documents"].mask(is_less, table.pop("partout"))
    table = table.assign(est_sous_employe=is_less, p_valeur=p, q_valeur=false_discovery_control(p) if len(p) else p)
    is_common = table["attendu"].where(is_less, observed) >= FEWEST_WITH_WORD
    is_significant = (table["q_valeur"] <= LEVEL) & is_common & (table["documents"] >= fewest_documents)
    table = table.assign(est_retenu=is_significant, couples=len(table))
    return table.sort_values(["p_valeur", *columns[:2]], ignore_index=True)


# --- Concordance: a word in its contexts ---

# Characters on each side: a line of a page.
WIDTH = 60


def contexts(project: Project, word: str, *, width: int = WIDTH) -> pd.DataFrame:
    """Every occurrence of a word, by its form or its lemma: one row per occurrence, in document order.

    Columns: ``document``; ``debut``, in code points (missing for passages without position); ``avant``, ``mot``,
    ``apres``, ``width`` characters at most, cut between words; ``codes`` of the passages over it, separated by ``, ``.
    Mails, telephones, numbers and full dates are masked. For the researchers only: the speaker may be recognised.
    Raises DataError for anything but one word.
    """
    forms = [each.form for each in words(word)]
    if len(forms) != 1:
        raise coding_error(f"« {one_line(word)} » n’est pas un mot ; donnez-en un seul.")
    wanted, rows = lemma(forms[0]), []
    spans = defaultdict(list)
    for each in project.passages:
        at = span_of(each)
        spans[at.zone].append((at, each.code))
    for zone, text in _texts(project, set(spans)):
        safe, coded = mask_personal_data(text), spans.get(zone, [])
        for each in words(text):
            if each.form == forms[0] or lemma(each.form) == wanted:
                rows.append(_row(Span(zone, each.start, each.end), safe, coded, width))
    frame = pd.DataFrame(rows, columns=["document", "debut", "avant", "mot", "apres", "codes"])
    return frame.astype({"debut": "Int64"})


def _texts(project: Project, zones: set[Zone]) -> Iterator[tuple[Zone, str]]:
    """The text of each document or, where it has none, those of its passages."""
    for document, text in texts_of(project).items():
        if text:
            yield (document, "", 0), text
        else:
            yield from ((zone, zone[1]) for zone in sorted(zones) if zone[0] == document)


def _row(at: Span, text: str, coded: list[tuple[Span, str]], width: int) -> dict:
    codes = dict.fromkeys(code for each, code in coded if each.start < at.end and at.start < each.end)
    before, after = text[max(0, at.start - width) : at.start], text[at.end : at.end + width]
    # Drop a word that the edge cuts, unless it is the only one.
    if at.start > width:
        before = before.partition(" ")[2] or before
    if at.end + width < len(text):
        after = after.rpartition(" ")[0] or after
    return {
        "document": at.zone[0],
        "debut": None if at.zone[1] else at.start,
        "avant": " ".join(before.split()),
        "mot": text[at.start : at.end],
        "apres": " ".join(after.split()),
        "codes": ", ".join(codes),
    }


# --- Codes by group of documents: who says what ---

# Fewer documents may be those of one meeting, or of one person.
FEWEST_IN_GROUP = 3
# A code that is rarer is in too few documents to be compared.
_FEWEST_SPANS = 5


def codes_by_group(project: Project) -> pd.DataFrame:
    """Codes by group of documents (attributes `model.GROUPS`), for codes of at least five spans: zeros too.

    Columns: ``code``; ``groupe`` (« territoire : Lille »); ``extraits``, spans of text; ``documents`` of the group that
    have the code, ``documents_groupe``, and ``mots`` of their texts; ``pour_mille_mots``, ``pour_mille_bas`` and
    ``pour_mille_haut``, spans per 1,000 words with the exact 95 % interval of a Poisson count (Garwood, 1936), missing
    unless all documents are of one kind that can be counted. The interval takes spans as independent: it is at its
    narrowest. Left out: syntheses, documents without text, groups of fewer than `FEWEST_IN_GROUP` documents, and an
    attribute with fewer than two other groups.
    """
    # Loading it takes a second, which only this table needs.
    from scipy.stats import chi2

    is_rated = {each.kind for each in _spoken(project)} in _COUNTABLE
    spans = {code: Counter(at.zone[0] for at in each) for code, each in spans_by_code(project.passages).items()}
    rows = []
    for groups in _groups_of(project):
        inside = {each.name for documents in groups.values() for each in documents}
        used = [path for path, counts in spans.items() if sum(counts[name] for name in inside) >= _FEWEST_SPANS]
        for group, documents in groups.items():
            words_in = sum(word_count(each.text) for each in documents)
            for code in (each.path for each in project.codes if each.path in used):
                counts = [spans[code][each.name] for each in documents]
                count, per = sum(counts), 1000 / words_in if is_rated and words_in else np.nan
                low, high = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2
                sizes = count, sum(map(bool, counts)), len(documents), words_in
                rows.append((code, group, *sizes, count * per, low * per, high * per))
    return pd.DataFrame(rows, columns=sum(_shape("groupes"), []))


def _spoken(project: Project) -> list[Document]:
    """The documents that are of one meeting, with their text."""
    return [each for each in project.documents if each.text and each.kind != SYNTHESIS]


def _groups_of(project: Project) -> Iterator[dict[str, list[Document]]]:
    """For each attribute that two groups of enough documents have, these groups."""
    for attribute in GROUPS:
        groups = defaultdict(list)
        for document in _spoken(project):
            if value := dict(document.attributes).get(attribute):
                groups[f"{attribute} : {value}"].append(document)
        shown = {name: groups[name] for name in sorted(groups) if len(groups[name]) >= FEWEST_IN_GROUP}
        if len(shown) > 1:
            yield shown


# --- Codes of two years ---

STATES = {(True, True): "garde", (True, False): "apparu", (False, True): "disparu"}
# A synthesis keeps what its author chose, so its frequencies are no rates. Minutes are shorter than verbatims.
_COUNTABLE = ({SAID}, {MINUTES})


def year_to_year(now: Project, before: Project) -> pd.DataFrame:
    """Change of each code used in either year: one row per code, in the order of this year's book.

    Columns: ``code``; ``etat`` (``garde``, ``apparu``, ``disparu``, by use, not by the book); ``extraits`` and
    ``extraits_avant``, spans of text, overlapping ones counted once; ``mots`` and ``mots_avant`` of the year's texts
    (the same for every code); ``pour_mille_mots`` and ``pour_mille_mots_avant``, spans per 1,000 of these words:
    missing unless all documents of both years have their text and are of one kind, ``verbatim`` or ``compte_rendu``. A
    renamed code has vanished and appeared: nothing is guessed.
    """
    years = now, before
    spans = [spans_by_code(each.passages) for each in years]
    sizes = [sum(word_count(document.text) for document in each.documents) for each in years]
    kinds = [{document.kind for document in each.documents} for each in years]
    is_rated = kinds[0] == kinds[1] and kinds[0] in _COUNTABLE
    is_rated = is_rated and all(document.text for each in years for document in each.documents)
    rows = []
    for path in dict.fromkeys(code.path for project in years for code in project.codes):
        counts = [len(each.get(path, [])) for each in spans]
        if any(counts):
            rates = [1000 * count / n if is_rated and n else None for count, n in zip(counts, sizes, strict=True)]
            rows.append((path, STATES[counts[0] > 0, counts[1] > 0], *counts, *sizes, *rates))
    columns = ["code", "etat", "extraits", "extraits_avant", "mots", "mots_avant"]
    frame = pd.DataFrame(rows, columns=[*columns, "pour_mille_mots", "pour_mille_mots_avant"])
    return frame.astype({"pour_mille_mots": "float64", "pour_mille_mots_avant": "float64"})


# --- Every count of a year in one table without text: all that pages may show ---

_COLUMNS = ["annee", "analyse", "cle", "autre_cle", "mesure", "valeur"]
# The columns that hold a code.
_CODES = ("code", "autre_code", "theme")


def measures(
    now: Mapping[str, Project],
    before: Mapping[str, Project] | None = None,
    *,
    year: int,
    meetings: Sequence[str] = (),
) -> pd.DataFrame:
    """Every count of a year's codings (by their names, under the codes of the book), one row per measure.

    The schema is ``codages``; `table_of` gives each table back. Empty without coding. ``before`` are last year's
    codings. Agreement is that of the two persons with the most documents in common. The table holds no text and no name
    of a document or person: a meeting has its title where that is one of the public ``meetings``, else its rank.
    """
    if not now:
        return pd.DataFrame(columns=_COLUMNS)
    project, counts = merge(now)
    counts |= {"codages": sum(bool(each.documents) for each in now.values()), "citables": len(quotable(now))}
    corpus, earlier = corpus_card(project), merge_codings(before or {})
    pair = main_coders(project)
    frames = {
        # What is counted of all kinds of documents together.
        "corpus": corpus.assign(**{name: corpus["nature"].eq(ALL) * count for name, count in counts.items()}),
        "codes": code_counts(project),
        "reunions": _by_meeting(project, meetings),
        "groupes": codes_by_group(project),
        "paires": cooccurrences(project),
        "accord": agreement(*(coded_by(project, coder) for coder in pair)) if pair else None,
        "annees": year_to_year(project, earlier).assign(annee_avant=str(year - 1)) if before else None,
        "seuils": analysis_requirements(project),
        "mots": significant_words(words_by_code(project)),
        "mots_groupes": significant_words(words_by_group(project)),
    }
    rows = [row for name, frame in frames.items() if frame is not None for row in _melted(name, frame)]
    return pd.DataFrame([(year, *row) for row in rows], columns=_COLUMNS)


def _melted(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, str, str, str, float]]:
    keys, counts, rates = _shape(name)
    for row in frame.to_dict("records"):
        one, other, *_ = *(code_labels(row[key])[-1] if key in _CODES else row[key] for key in keys), ""
        for measure in counts + rates:
            if measure in row and not pd.isna(row[measure]):
                yield name, one, other, measure, float(row[measure])


def _by_meeting(project: Project, meetings: Sequence[str]) -> pd.DataFrame:
    """Codes by meeting, or by document where none names its meeting."""
    table, word = code_by_document(project, attribute=MEETING), "réunion"
    if table.empty:
        table, word, meetings = code_by_document(project), "document", ()
    groups = dict.fromkeys(table["groupe"])
    names = {name: name if name in meetings else f"{word} {rank}" for rank, name in enumerate(groups, 1)}
    return table.assign(groupe=table["groupe"].map(names))


# --- The tables back from the measures and the code book ---

_LABELS = {"code": "libelle", "autre_code": "autre_libelle", "theme": "libelle"}


def table_of(measured: pd.DataFrame, analysis: str, *, book: pd.DataFrame) -> pd.DataFrame:
    """A table stored by `measures` (schema ``codages``), its codes labelled by the book (schema ``themes``).

    ``analysis`` is ``corpus``, ``codes``, ``reunions``, ``groupes``, ``paires``, ``accord``, ``annees``, ``seuils``,
    ``mots`` or ``mots_groupes``. The columns are those of the function that counted it, with ``libelle`` and
    ``autre_libelle``; ``corpus`` adds those of `merging.Merged`, ``codages`` and ``citables`` (sentences that may be
    quoted), ``annees`` adds ``annee_avant``. Empty where nothing was measured.
    """
    (keys, counts, rates), rows = _shape(analysis), {}
    for row in measured[measured["analyse"] == analysis].itertuples():
        own = dict(zip(keys, (row.cle, row.autre_cle), strict=False))
        rows.setdefault((row.cle, row.autre_cle), own)[row.mesure] = row.valeur
    table = pd.DataFrame(list(rows.values()), columns=keys + counts + rates)
    # A table of an earlier version lacks the counts that were added since.
    table = table.fillna(dict.fromkeys(counts, 0))
    table = table.astype(dict.fromkeys(counts, "int64") | dict.fromkeys(rates, "float64"))
    table = table.astype({name: "bool" for name in counts if name.startswith("est_")})
    # A code that the book no longer has is its own label.
    labels = dict(zip(book["theme"], book["libelle"], strict=True))
    for code, label in _LABELS.items():
        if code in table:
            named = [labels.get(each, each) for each in table[code]]
            table.insert(table.columns.get_loc(code) + 1, label, pd.Series(named, table.index, dtype="str"))
    if analysis == "annees":
        used = zip(table["extraits"] > 0, table["extraits_avant"] > 0, strict=True)
        table.insert(2, "etat", [STATES[each] for each in used])
        table["annee_avant"] = table["annee_avant"].astype("int64")
    return table
