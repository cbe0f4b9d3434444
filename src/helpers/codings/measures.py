"""What is counted of a year's codings, in one table without text, and that table read back."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from helpers.codings.agreement import (
    AT_LEAST,
    AT_MOST,
    FEWEST_UNITS,
    WORDS_BY_CODE,
    agreement,
    coded_units,
    count_namesakes,
    count_twins,
    gates,
    gather,
    themes_of,
    two_coders,
)
from helpers.codings.counts import (
    ALL,
    MEETING,
    MINUTES,
    SAID,
    UNKNOWN,
    Place,
    Unit,
    Zone,
    by_code,
    code_by_document,
    code_counts,
    cooccurrences,
    corpus,
    lemma,
    merged,
    of_coder,
    place,
    texts_of,
    word_count,
    words,
)
from helpers.codings.model import Project, code_labels
from helpers.codings.personal_data import masked
from helpers.codings.safe_files import fault, shown

# --- How the measures of a year's codings are kept: one row a measure (schema ``codages``) ---


@dataclass(frozen=True)
class Shape:
    """The columns of one analysis: what its rows are known by, its whole numbers, its other numbers."""

    keys: tuple[str, ...]
    counts: tuple[str, ...]
    rates: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """What is measured of each row, in order; ``est_…`` is a truth, kept as 1 or 0."""
        return self.counts + self.rates


_PAIR, _UNITS = ("rencontres", "documents", "signes_communs", "signes"), ("unites", "les_deux", "premier_seul")
SHAPES = {
    "corpus": Shape(
        ("nature",),
        ("documents", "sans_texte", "reunions", "mots", "mots_codes", "passages", "codeurs")
        + ("codages", "homonymes", "jumeaux"),
    ),
    "codes": Shape(
        ("code",), ("profondeur", "passages", "extraits", "extraits_branche", "documents", "codeurs", "mots")
    ),
    "reunions": Shape(("code", "groupe"), ("extraits", "total")),
    "paires": Shape(("code", "autre_code"), (*_PAIR, "est_trace"), ("jaccard",)),
    "accord": Shape(
        ("code",),
        (*_UNITS, "second_seul", "aucun"),
        ("accord_pct", "accord_positif_pct", "kappa", "alpha", "alpha_bas", "alpha_haut"),
    ),
    "annees": Shape(
        ("code", "annee_avant"),
        ("extraits", "extraits_avant", "mots", "mots_avant"),
        ("pour_mille_mots", "pour_mille_mots_avant"),
    ),
    "seuils": Shape(("analyse", "condition"), ("demande", "trouve", "est_plafond", "est_passe")),
    "mots": Shape(
        ("theme", "lemme"),
        ("unites", "unites_theme", "unites_lemme", "unites_toutes", "documents")
        + ("est_sous_employe", "est_retenu", "couples"),
        ("attendu", "p_valeur", "q_valeur"),
    ),
}


# --- The words of each theme: those that its passages hold more often than the other coded passages, or less ---

# Five units at least in a cell that is shown, and so in a word that is tested (the gate of a table of counts).
FEWEST_WITH_WORD = 5
# A word of one meeting is the matter of that day.
FEWEST_DOCUMENTS = 2
# The share of false discoveries among the words kept.
LEVEL = 0.05
# Letters: below, a lemma is a tool of grammar or an initial.
_SHORTEST = 3
_GRAMMAR = frozenset(
    "afin ainsi alors après aucun aussi autre avant avec avoir beaucoup bien car cela celui certain cet cette chaque "
    "comme comment contre dans depuis des dire donc dont elle encore entre est eux faire falloir fois hors ici lequel "
    "les leur lors lui mais malgré moins mon même non nos notre nous ont par parce pas pendant peu plus plusieurs "
    "pour pourquoi pouvoir puis quand quel quelque qui quoi rien sans sauf selon ses seul seulement si sien son sont "
    "sous souvent sur tel toujours tout trop très une vers voici voilà vos votre vous être".split()
)


def words_by_code(*projects: Project, depth: int = 1) -> pd.DataFrame:
    """The words of each theme against the other coded passages: one row a theme and lemma tested, the surest first.

    Empty below the gates of `codings.gates` (``mots_par_theme``), where no word can be told from chance. A theme is a
    code without parent, with all below it; ``depth=2`` takes the codes right below. A unit is a coded piece of text,
    cut wherever a passage begins or ends; a word counts once in it, however often it is said. IRaMuTeQ and TXM count
    each occurrence, which gives weight to who repeats a word: their lists are not those of this table.

    Columns: ``theme`` (path), ``lemme``; in units, ``unites`` of the theme that hold it, ``attendu`` if it were as
    frequent as elsewhere, ``unites_theme``, ``unites_lemme``, ``unites_toutes``; ``est_sous_employe``: fewer than
    expected; ``documents`` where the theme's units hold it, or, of a word they hold too little, where any unit does;
    ``p_valeur``, the chance of as many or more, or of as few or fewer, whichever is less, doubled, for the side is read
    on the counts (hypergeometric law: Lafon's specificities); ``q_valeur``, the same corrected for all the tests
    (Benjamini and Hochberg); ``est_retenu``: at most `LEVEL`, in `FEWEST_WITH_WORD` units, or as many expected, and
    `FEWEST_DOCUMENTS` documents at least; ``couples``, how many tests, on every row.

    Left out: words of grammar, words never written in lower case (names, acronyms), lemmas of fewer than
    `FEWEST_WITH_WORD` units and themes of fewer than `FEWEST_UNITS`: chosen by totals, which no test is read on.

    >>> codings.words_by_code(Project())[["theme", "lemme", "unites", "q_valeur"]].empty
    True
    """
    asked = gates(*projects)
    if not asked.loc[asked["analyse"] == WORDS_BY_CODE, "est_passe"].all():
        return _frame([])
    read = _read(projects, depth)
    in_theme, in_lemma = Counter(), Counter()
    for _, themes, lemmas in read:
        in_theme.update(themes)
        in_lemma.update(lemmas)
    kept = {theme for theme, count in in_theme.items() if count >= FEWEST_UNITS}
    common = {each for each, count in in_lemma.items() if count >= FEWEST_WITH_WORD}
    both, places = Counter(), {}
    for document, themes, lemmas in read:
        for each in lemmas & common:
            places.setdefault(each, set()).add(document)
        for pair in product(themes & kept, lemmas & common):
            both[pair] += 1
            places.setdefault(pair, set()).add(document)
    rows = [
        (theme, each, both[theme, each], in_theme[theme], in_lemma[each], len(read))
        + (len(places.get((theme, each), ())), len(places[each]))
        for theme, each in product(sorted(kept), sorted(common))
    ]
    return _frame(rows)


def worth_telling(tested: pd.DataFrame) -> pd.DataFrame:
    """The words kept, or the surest one where none is: it says how many were tested, and what is no theme's stays here.

    >>> mots = pd.DataFrame({"lemme": ["cour", "midi", "pluie"], "est_retenu": [True, False, False]})
    >>> worth_telling(mots)["lemme"].to_list(), worth_telling(mots[1:])["lemme"].to_list()
    (['cour'], ['midi'])
    """
    return tested[tested["est_retenu"]] if tested["est_retenu"].any() else tested.head(1)


def _frame(rows: list[tuple]) -> pd.DataFrame:
    """The tests of the counts."""
    # Loading it takes a second, which only this table needs.
    from scipy.stats import false_discovery_control, hypergeom

    columns = ["theme", "lemme", "unites", "unites_theme", "unites_lemme", "unites_toutes", "documents", "partout"]
    table = pd.DataFrame(rows, columns=columns)
    n, k, whole = (table[name].to_numpy("int64") for name in ("unites_theme", "unites_lemme", "unites_toutes"))
    found = table["unites"].to_numpy("int64")
    tails = [hypergeom.sf(found - 1, whole, k, n), hypergeom.cdf(found, whole, k, n)] if len(table) else [np.empty(0)]
    p = np.clip(2 * np.minimum.reduce(tails), 0, 1)
    table.insert(3, "attendu", k * n / np.maximum(whole, 1))
    is_less = found < table["attendu"]
    table["documents"] = table["documents"].mask(is_less, table.pop("partout"))
    table = table.assign(est_sous_employe=is_less, p_valeur=p, q_valeur=false_discovery_control(p) if len(p) else p)
    is_common = table["attendu"].where(is_less, found) >= FEWEST_WITH_WORD
    is_kept = (table["q_valeur"] <= LEVEL) & is_common & (table["documents"] >= FEWEST_DOCUMENTS)
    table = table.assign(est_retenu=is_kept, couples=len(table))
    return table.sort_values(["p_valeur", "theme", "lemme"], ignore_index=True)


def _read(projects: tuple[Project, ...], depth: int) -> list[tuple[tuple[int, str], set[str], set[str]]]:
    """Each unit: its document, its themes, its lemmas. Two years may have documents of one name."""
    found = [(rank, unit) for rank, project in enumerate(projects) for unit in coded_units(project)]
    lower = {
        word.form
        for project in projects
        for each in project.documents
        for word in words(each.text)
        if _is_low(word, each.text)
    }
    return [((rank, unit.place.zone[0]), themes_of(unit, depth), _lemmas(unit, lower)) for rank, unit in found]


def _is_low(word: tuple[int, int, str], text: str) -> bool:
    return text[word[0]].islower()


def _lemmas(unit: Unit, lower: set[str]) -> set[str]:
    found = {lemma(word.form) for word in words(unit.text) if word.form in lower}
    return {each for each in found if len(each) >= _SHORTEST and each not in _GRAMMAR}


# --- Where a word comes in the texts, with what stands around it ---

# Signs on each side: what a line of a page holds.
WIDTH = 60


def contexts(project: Project, word: str, *, width: int = WIDTH) -> pd.DataFrame:
    """Each place where a word comes, whatever its ending: one row a place, in the order of the documents.

    A word is found by its form or by its lemma: « équipe » finds « l’équipes », « être » finds « ont été ». Columns:
    ``document``; ``debut``, in code points (missing where the file gives passages without place); ``avant``, ``mot``,
    ``apres``, of ``width`` signs at most, cut between words; ``codes`` of the passages over it, separated by ``, ``.
    Mails, telephones, numbers and full dates are masked. For the researchers: who said it may be recognised.

    Raises
    ------
    DataError
        for what is not one word.

    >>> texte = model.Document("r1", "Toute l’équipe du collège est là.")
    >>> passage = model.Passage("r1", 0, 14, "Toute l’équipe", "Accueil")
    >>> codings.contexts(Project((model.Code("Accueil"),), (texte,), (passage,)), "équipes", width=12)
      document  debut    avant     mot       apres    codes
    0       r1      8  Toute l’  équipe  du collège  Accueil
    """
    asked = [each.form for each in words(word)]
    if len(asked) != 1:
        raise fault(f"« {shown(word)} » n’est pas un mot ; donnez-en un seul.")
    wanted, rows = lemma(asked[0]), []
    placed = defaultdict(list)
    for each in project.passages:
        at = place(each)
        placed[at.zone].append((at, each.code))
    for zone, text in _texts(project, set(placed)):
        shown_text, here = masked(text), placed.get(zone, [])
        for found in words(text):
            if found.form == asked[0] or lemma(found.form) == wanted:
                rows.append(_row(Place(zone, found.start, found.end), shown_text, here, width))
    frame = pd.DataFrame(rows, columns=["document", "debut", "avant", "mot", "apres", "codes"])
    return frame.astype({"debut": "Int64"})


def _texts(project: Project, zones: set[Zone]) -> Iterator[tuple[Zone, str]]:
    """The text of each document, then those of its passages without place when it has none."""
    texts = texts_of(project)
    for document, text in texts.items():
        yield (document, ""), text
        if not text:
            yield from ((zone, zone[1]) for zone in sorted(zones) if zone[0] == document and zone[1])


def _row(at: Place, text: str, placed: list[tuple[Place, str]], width: int) -> dict:
    codes = dict.fromkeys(code for each, code in placed if each.start < at.end and at.start < each.end)
    before, after = text[max(0, at.start - width) : at.start], text[at.end : at.end + width]
    # A word that the edge cuts is left out, unless it is the only one.
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


# --- Two years' codings: codes kept, appeared and vanished; how often, where texts can be compared ---

STATES = {(True, True): "garde", (True, False): "apparu", (False, True): "disparu"}
# A synthesis keeps what its author chose: how often it names a thing is no rate. Minutes shorten what verbatims hold.
_COUNTABLE = (SAID, MINUTES)


def year_to_year(now: Project, before: Project) -> pd.DataFrame:
    """What becomes of each code used one year or the other: one row a code, in the order of this year's book.

    Columns: ``code``; ``etat`` (``garde``, ``apparu``, ``disparu``: used, not only listed in the book); ``extraits``
    and ``extraits_avant``, pieces of text, those that overlap counting once; ``mots`` and ``mots_avant`` of the year's
    texts (the same for each code); ``pour_mille_mots`` and ``pour_mille_mots_avant``, pieces for 1,000 of these words:
    missing unless all documents of both years have their text and are of one kind, ``verbatim`` or ``compte_rendu``. A
    code renamed has vanished and appeared: nothing is guessed.

    >>> texte = model.Document("r1", "Un bureau.", kind="compte_rendu")
    >>> livre = (model.Code("Lieux"), model.Code("Aide"))
    >>> avant, cette_annee = (
    ...     Project(livre, (texte,), (model.Passage("r1", 0, 10, texte.text, code.path),)) for code in livre
    ... )
    >>> codings.year_to_year(cette_annee, avant)[["code", "etat", "extraits", "pour_mille_mots"]]
        code     etat  extraits  pour_mille_mots
    0  Lieux  disparu         0              0.0
    1   Aide   apparu         1            500.0
    """
    counts, counts_before = _counts(now), _counts(before)
    size, size_before = _size(now), _size(before)
    is_rated = _kinds(now) == _kinds(before) and len(_kinds(now)) == 1 and _kinds(now) <= set(_COUNTABLE)
    is_rated = is_rated and all(document.text for each in (now, before) for document in each.documents)
    rows = []
    for path in dict.fromkeys(code.path for project in (now, before) for code in project.codes):
        count, count_before = counts.get(path, 0), counts_before.get(path, 0)
        if count or count_before:
            rates = [
                1000 * each / n if is_rated and n else None for each, n in ((count, size), (count_before, size_before))
            ]
            rows.append((path, STATES[count > 0, count_before > 0], count, count_before, size, size_before, *rates))
    columns = ["code", "etat", "extraits", "extraits_avant", "mots", "mots_avant"]
    frame = pd.DataFrame(rows, columns=[*columns, "pour_mille_mots", "pour_mille_mots_avant"])
    return frame.astype({"pour_mille_mots": "float64", "pour_mille_mots_avant": "float64"})


def _counts(project: Project) -> dict[str, int]:
    return {code: len(merged(map(place, passages))) for code, passages in by_code(project.passages).items()}


def _size(project: Project) -> int:
    return sum(word_count(document.text) for document in project.documents)


def _kinds(project: Project) -> set[str]:
    return {document.kind for document in project.documents}


# --- What is counted of a year's codings, in one table that holds no text: what pages may show of them ---

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
    """Every count of a year's codings (by their names, under the codes of the book), one row a measure.

    The result has the schema ``codages``; `table_of` gives each table back. Empty without coding. ``before`` are the
    codings of the year before. Of agreement, the two persons who coded the most documents both. It
    holds no text, no name of a document or a person: a meeting is called by its title where it is one of ``meetings``,
    public already, else by its rank.

    >>> texte = model.Document("r1", "Bonjour à tous.", kind="verbatim")
    >>> passage = model.Passage("r1", 0, 7, "Bonjour", "accueil")
    >>> codage = Project((model.Code("accueil"),), (texte,), (passage,))
    >>> comptes = codings.measures({"Zoé": codage}, year=2021)
    >>> comptes.query("analyse == 'codes'")[["cle", "mesure", "valeur"]].head(2)
           cle      mesure  valeur
    40  accueil  profondeur     0.0
    41  accueil    passages     1.0
    """
    if not now:
        return pd.DataFrame(columns=_COLUMNS)
    project, earlier = gather(now), gather(before or {})
    frames = {
        "corpus": _corpus(now, project),
        "codes": code_counts(project),
        "reunions": _crossed(project, meetings),
        "paires": cooccurrences(project),
        "accord": _agreed(project),
        "annees": year_to_year(project, earlier).assign(annee_avant=str(year - 1)) if before else None,
        "seuils": (asked := gates(project)).assign(est_plafond=asked["sens"] == AT_MOST),
        "mots": worth_telling(words_by_code(project)),
    }
    rows = [row for name, frame in frames.items() if frame is not None for row in _melted(name, frame)]
    return pd.DataFrame([(year, *row) for row in rows], columns=_COLUMNS)


def _melted(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, str, str, str, float]]:
    shape = SHAPES[name]
    for row in frame.to_dict("records"):
        keys = [code_labels(row[key])[-1] if key in _CODES else row[key] for key in shape.keys]
        one, other = [*keys, ""][:2]
        for measure in shape.measures:
            if measure in row and not pd.isna(row[measure]):
                yield name, one, other, measure, float(row[measure])


def _corpus(projects: Mapping[str, Project], project: Project) -> pd.DataFrame:
    """The corpus card, with the codings that hold each kind of document, and what names and texts these share."""
    card = corpus(project)
    for row, kind in card["nature"].items():
        own = {name: _of_kind(each, kind) for name, each in projects.items()}
        card.loc[row, "codages"] = sum(1 for each in own.values() if each.documents)
        card.loc[row, "homonymes"] = count_namesakes(own)
        card.loc[row, "jumeaux"] = count_twins(own)
    return card


def _of_kind(project: Project, kind: str) -> Project:
    """The documents of a kind, nothing of what was coded in them."""
    named = {UNKNOWN: ""}.get(kind, kind)
    return Project((), tuple(each for each in project.documents if kind == ALL or each.kind == named))


def _crossed(project: Project, meetings: Sequence[str]) -> pd.DataFrame:
    """Codes by meeting, or by document where no document says which meeting it tells."""
    crossed, word = code_by_document(project, attribute=MEETING), "réunion"
    if crossed.empty:
        crossed, word = code_by_document(project), "document"
    told = dict.fromkeys(crossed["groupe"])
    public = set(meetings) if word == "réunion" else ()
    names = {name: name if name in public else f"{word} {rank}" for rank, name in enumerate(told, 1)}
    return crossed.assign(groupe=crossed["groupe"].map(names))


def _agreed(project: Project) -> pd.DataFrame | None:
    pair = two_coders(project)
    return agreement(*(of_coder(project, coder) for coder in pair)) if pair else None


# --- The tables of a year's codings, from its measures and the code book ---

_LABELS = {"code": "libelle", "autre_code": "autre_libelle", "theme": "libelle"}


def table_of(measured: pd.DataFrame, analysis: str, *, book: pd.DataFrame) -> pd.DataFrame:
    """One of the tables that `measures` (schema ``codages``) keeps, its codes named by the book (schema ``themes``).

    ``analysis``: ``corpus``, ``codes``, ``reunions``, ``paires``, ``accord``, ``annees``, ``seuils`` or ``mots``. The
    codes are those of the book, ``libelle`` and ``autre_libelle`` beside them. Empty where nothing was measured.

    - ``corpus``: columns of `codings.corpus`, ``codages``, ``homonymes`` (names of several texts),
      ``jumeaux`` (texts of several names);
    - ``codes``: columns of `codings.code_counts`, ``parent``;
    - ``reunions``: columns of `codings.code_by_document`;
    - ``paires``: columns of `codings.cooccurrences`;
    - ``accord``: columns of `codings.agreement`;
    - ``annees``: columns of `codings.year_to_year`, ``annee_avant``;
    - ``seuils``: columns of `codings.gates`;
    - ``mots``: columns of `codings.words_by_code`, the words kept; of none, the surest one tested.

    Raises
    ------
    KeyError
        for another analysis.

    >>> texte = model.Document("r1", "Bonjour à tous.", kind="verbatim")
    >>> passage = model.Passage("r1", 0, 7, "Bonjour", "accueil")
    >>> codage = Project((model.Code("accueil"),), (texte,), (passage,))
    >>> livre = pd.DataFrame({"theme": ["accueil"], "libelle": ["Accueil"], "parent": [""]})
    >>> codes = codings.table_of(codings.measures({"Zoé": codage}, year=2021), "codes", book=livre)
    >>> codes[["code", "libelle", "parent", "passages", "mots"]]
          code  libelle parent  passages  mots
    0  accueil  Accueil                1     1
    """
    shape, found = SHAPES[analysis], {}
    for row in measured[measured["analyse"] == analysis].itertuples():
        keys = dict(zip(shape.keys, (row.cle, row.autre_cle), strict=False))
        found.setdefault((row.cle, row.autre_cle), keys)[row.mesure] = row.valeur
    table = pd.DataFrame(list(found.values()), columns=[*shape.keys, *shape.measures])
    kinds = {name: "int64" for name in shape.counts} | {name: "float64" for name in shape.rates}
    table = table.astype(kinds)
    table = table.astype({name: "bool" for name in shape.counts if name.startswith("est_")})
    return _completed(_labelled(table, book), analysis, book)


def _labelled(table: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """The labels of the codes beside them; a code that the book no longer has is its own label."""
    labels = dict(zip(book["theme"], book["libelle"], strict=True))
    for code, label in _LABELS.items():
        if code in table:
            named = [labels.get(each, each) for each in table[code]]
            table.insert(table.columns.get_loc(code) + 1, label, pd.Series(named, table.index, dtype="str"))
    return table


def _completed(table: pd.DataFrame, analysis: str, book: pd.DataFrame) -> pd.DataFrame:
    """What the measures imply, in the words of the analysis."""
    if analysis == "codes":
        parents = dict(zip(book["theme"], book["parent"], strict=True))
        table.insert(2, "parent", table["code"].map(parents).fillna("").astype("str"))
    elif analysis == "annees":
        table.insert(
            2, "etat", [STATES[row] for row in zip(table["extraits"] > 0, table["extraits_avant"] > 0, strict=True)]
        )
        table["annee_avant"] = table["annee_avant"].astype("int64")
    elif analysis == "seuils":
        is_most = table.pop("est_plafond")
        table.insert(2, "sens", pd.Series(AT_LEAST, table.index).mask(is_most, AT_MOST))
    return table
