"""What is counted of a year's codings: codes by group, change between years, and all counts in one table."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.codings import counts
from helpers.codings.agreement import agreement, main_coders, merge, merge_codings
from helpers.codings.lexicon import significant_words, words_by_code, words_by_group
from helpers.codings.model import Project, code_labels
from helpers.codings.personal_data import quotable

# --- The tables that the schema ``codages`` stores, one row per measure ---
# The keys of each table, its whole numbers (``est_…`` columns are booleans), its other numbers.
SHAPES = {
    "corpus": "nature | documents sans_texte reunions mots mots_codes passages codeurs "
    "codages homonymes jumeaux alignes perdus citables |",
    "codes": "code | profondeur passages extraits extraits_branche documents codeurs mots |",
    "reunions": "code groupe | extraits total |",
    "groupes": "code groupe | extraits documents documents_groupe mots | "
    "pour_mille_mots pour_mille_bas pour_mille_haut",
    "paires": "code autre_code | rencontres documents signes_communs signes | jaccard",
    "accord": "code | unites les_deux premier_seul second_seul aucun | "
    "accord_pct accord_positif_pct kappa alpha alpha_bas alpha_haut",
    "annees": "code annee_avant | extraits extraits_avant mots mots_avant | pour_mille_mots pour_mille_mots_avant",
    "seuils": "analyse condition | demande trouve est_plafond est_passe |",
    "mots": "theme lemme | unites unites_theme unites_lemme unites_toutes documents "
    "est_sous_employe est_retenu couples | attendu p_valeur q_valeur",
    "mots_groupes": "groupe lemme | occurrences mots_groupe occurrences_toutes mots documents "
    "est_sous_employe est_retenu couples | attendu p_valeur q_valeur",
}


def _shape(name: str) -> list[list[str]]:
    return [names.split() for names in SHAPES[name].split("|")]


# --- Codes by group of documents, and of two years ---
# A code that is rarer is in too few documents to be compared.
_FEWEST_SPANS = 5


def codes_by_group(project: Project) -> pd.DataFrame:
    """Codes by group of documents (attributes `model.GROUPS`), for codes of at least five spans: zeros too.

    Columns: ``code``; ``groupe`` (« territoire : Lille »); ``extraits``, spans of text; ``documents`` of the group that
    have the code, ``documents_groupe``, and ``mots`` of their texts; ``pour_mille_mots``, ``pour_mille_bas`` and
    ``pour_mille_haut``, spans per 1,000 words with the exact 95 % interval of a Poisson count (Garwood, 1936), at its
    narrowest since spans are taken as independent; missing unless all documents are of one kind that can be counted.
    """
    # Loading it takes a second, which only this table needs.
    from scipy.stats import chi2

    is_rated = {each.kind for each in counts.spoken(project)} in _COUNTABLE
    spans = {code: Counter(at.zone[0] for at in each) for code, each in counts.spans_by_code(project.passages).items()}
    rows = []
    for groups in counts.groups_of(project):
        inside = {each.name for documents in groups.values() for each in documents}
        used = [path for path, numbers in spans.items() if sum(numbers[name] for name in inside) >= _FEWEST_SPANS]
        for group, documents in groups.items():
            words_in = sum(counts.word_count(each.text) for each in documents)
            for code in (each.path for each in project.codes if each.path in used):
                numbers = [spans[code][each.name] for each in documents]
                count, per = sum(numbers), 1000 / words_in if is_rated and words_in else np.nan
                low, high = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2
                sizes = count, sum(map(bool, numbers)), len(documents), words_in
                rows.append((code, group, *sizes, count * per, low * per, high * per))
    return pd.DataFrame(rows, columns=sum(_shape("groupes"), []))


STATES = {(True, True): "garde", (True, False): "apparu", (False, True): "disparu"}
# A synthesis keeps what its author chose, so its frequencies are no rates. Minutes are shorter than verbatims.
_COUNTABLE = ({counts.SAID}, {counts.MINUTES})


def year_to_year(now: Project, before: Project) -> pd.DataFrame:
    """Change of each code used in either year: one row per code, in the order of this year's book.

    Columns: ``code``; ``etat`` (by use, not by the book); ``extraits``, ``extraits_avant``, spans of text, overlapping
    ones counted once; ``mots``, ``mots_avant`` of the year's texts (the same for every code); ``pour_mille_mots``,
    ``pour_mille_mots_avant``, spans per 1,000 of these words: missing unless all documents of both years have their
    text and are of one kind, ``verbatim`` or ``compte_rendu``. A renamed code has vanished and appeared.
    """
    years = now, before
    spans = [counts.spans_by_code(each.passages) for each in years]
    sizes = [sum(counts.word_count(document.text) for document in each.documents) for each in years]
    kinds = [{document.kind for document in each.documents} for each in years]
    is_rated = kinds[0] == kinds[1] and kinds[0] in _COUNTABLE
    is_rated = is_rated and all(document.text for each in years for document in each.documents)
    rows = []
    for path in dict.fromkeys(code.path for project in years for code in project.codes):
        numbers = [len(each.get(path, [])) for each in spans]
        if any(numbers):
            rates = [1000 * count / n if is_rated and n else None for count, n in zip(numbers, sizes, strict=True)]
            rows.append((path, STATES[numbers[0] > 0, numbers[1] > 0], *numbers, *sizes, *rates))
    (code, _), sizes, rates = _shape("annees")
    return pd.DataFrame(rows, columns=[code, "etat", *sizes, *rates]).astype(dict.fromkeys(rates, "float64"))


# --- Every count of a year in one table without text: all that pages may show ---
_COLUMNS = ["annee", "analyse", "cle", "autre_cle", "mesure", "valeur"]
# The columns that hold a code, and those of its label.
_LABELS = {"code": "libelle", "autre_code": "autre_libelle", "theme": "libelle"}


def measures(
    now: Mapping[str, Project], before: Mapping[str, Project] | None = None, *, year: int, meetings: Sequence[str] = ()
) -> pd.DataFrame:
    """Every count of a year's codings (by their names, under the codes of the book), one row per measure.

    The schema is ``codages``; `table_of` gives each table back. Agreement is that of the two persons with the most
    documents in common. The table holds no text and no name of a document or person: a meeting has its title where that
    is one of the public ``meetings``, else its rank.
    """
    if not now:
        return pd.DataFrame(columns=_COLUMNS)
    project, merged = merge(now)
    merged |= {"codages": sum(bool(each.documents) for each in now.values()), "citables": len(quotable(now))}
    corpus, earlier = counts.corpus_card(project), merge_codings(before or {})
    pair = main_coders(project)
    frames = {
        # What is counted of all kinds of documents together.
        "corpus": corpus.assign(**{name: corpus["nature"].eq(counts.ALL) * count for name, count in merged.items()}),
        "codes": counts.code_counts(project),
        "reunions": _by_meeting(project, meetings),
        "groupes": codes_by_group(project),
        "paires": counts.cooccurrences(project),
        "accord": agreement(*(counts.coded_by(project, coder) for coder in pair)) if pair else None,
        "annees": year_to_year(project, earlier).assign(annee_avant=str(year - 1)) if before else None,
        "seuils": counts.analysis_requirements(project),
        "mots": significant_words(words_by_code(project)),
        "mots_groupes": significant_words(words_by_group(project)),
    }
    rows = []
    for name, frame in frames.items():
        keys, numbers, rates = _shape(name)
        for row in () if frame is None else frame.to_dict("records"):
            one, other, *_ = *(code_labels(row[key])[-1] if key in _LABELS else row[key] for key in keys), ""
            given = [each for each in numbers + rates if each in row and not pd.isna(row[each])]
            rows += [(year, name, one, other, measure, float(row[measure])) for measure in given]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _by_meeting(project: Project, meetings: Sequence[str]) -> pd.DataFrame:
    """Codes by meeting, or by document where none names its meeting."""
    table, word = counts.code_by_document(project, attribute=counts.MEETING), "réunion"
    if table.empty:
        table, word, meetings = counts.code_by_document(project), "document", ()
    groups = dict.fromkeys(table["groupe"])
    names = {name: name if name in meetings else f"{word} {rank}" for rank, name in enumerate(groups, 1)}
    return table.assign(groupe=table["groupe"].map(names))


def table_of(measured: pd.DataFrame, analysis: str, *, book: pd.DataFrame) -> pd.DataFrame:
    """A table stored by `measures` (schema ``codages``), its codes labelled by the book (schema ``themes``).

    ``analysis`` is a key of `SHAPES`. The columns are those of the function that counted it, with ``libelle`` and
    ``autre_libelle``; ``corpus`` adds those of `agreement.merge`, ``codages`` and ``citables`` (sentences that may be
    quoted), ``annees`` adds ``annee_avant``. Empty where nothing was measured.
    """
    (keys, numbers, rates), rows = _shape(analysis), {}
    for row in measured[measured["analyse"] == analysis].itertuples():
        own = dict(zip(keys, (row.cle, row.autre_cle), strict=False))
        rows.setdefault((row.cle, row.autre_cle), own)[row.mesure] = row.valeur
    table = pd.DataFrame(list(rows.values()), columns=keys + numbers + rates)
    # A table of an earlier version lacks the counts that were added since.
    table = table.fillna(dict.fromkeys(numbers, 0))
    table = table.astype(dict.fromkeys(numbers, "int64") | dict.fromkeys(rates, "float64"))
    table = table.astype({name: "bool" for name in numbers if name.startswith("est_")})
    labels = book.set_index("theme")["libelle"]
    for code, label in _LABELS.items():
        if code in table:  # one that the book no longer has is its own label
            named = table[code].map(labels).fillna(table[code]).astype("str")
            table.insert(table.columns.get_loc(code) + 1, label, named)
    if analysis == "annees":
        used = zip(table["extraits"] > 0, table["extraits_avant"] > 0, strict=True)
        table.insert(2, "etat", [STATES[each] for each in used])
        table["annee_avant"] = table["annee_avant"].astype("int64")
    return table
