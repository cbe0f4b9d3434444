"""How alike the persons of one collège are."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.indicators.answers import answers_to, by_class
from helpers.indicators.groups import Group, tally
from helpers.indicators.persons import perimeters
from helpers.records import Persons
from helpers.schema import ROUNDING_BASE, catalogue, columns, typed

# The questions whose shares page 03 compares: all put to everybody.
_ASKED = ("sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes")
_PERIMETER = "alses"
# How far, squared, rounding to the nearest multiple moves a count on average (Sheppard).
_MOVED_BY_ROUNDING = (ROUNDING_BASE**2 - 1) / 12


def estimate_clusters(persons: Persons, *, source: str) -> pd.DataFrame:
    """The intraclass correlation (schema ``grappes``) of what the persons followed by an ALSES answered, by collège.

    One row a modality of a document or a group, estimated by analysis of variance (Ridout, Demétrio and Firth, 1999):
    ``personnes_par_college`` is the size that this estimator asks for, smaller than the mean when collèges differ; a
    negative correlation is 0. ``ressemblance_min`` and ``_max`` are its interval at 95 %, that of Fisher's F. Persons
    without a known UAI are left out. No row with fewer than two collèges, without two persons in one of them, or for an
    answer that nobody or everybody gives. ``source`` is export or synthetique.

    >>> lignes = pd.DataFrame({"identifiant": list("ABCD"), "suivi_par": "alses", "uai": ["0590001A", "0590002B"] * 2})
    >>> personnes = records.Persons.of(2021, lignes.assign(sexe=["filles", "garcons"] * 2))
    >>> grappes = indicators.estimate_clusters(personnes, source="export")
    >>> grappes[["modalite", "colleges", "ressemblance", "effet_de_plan"]]
      modalite  colleges  ressemblance  effet_de_plan
    0   filles         2           1.0            2.0
    1  garcons         2           1.0            2.0
    """
    rows = list(_rows(persons)) if len(persons) else []
    whole = pd.DataFrame(rows, columns=columns("grappes")).assign(source=source)
    return typed(whole, "grappes")


def _rows(persons: Persons) -> Iterator[dict]:
    known = perimeters(persons)[_PERIMETER]
    places = np.flatnonzero(known.codes("uai"))
    placed = Group(persons, places if known.rows is None else known.rows[places])
    college = placed.codes("uai")
    sizes = tally(college, len(persons.labels["uai"]))
    for name in _ASKED:
        answers = answers_to(placed, catalogue().indicators[name])
        given = by_class(college, len(sizes), answers)
        names = [*answers.modalities(), *answers.entry.groups]
        for modality in [*answers.entry.modalities, *answers.entry.groups]:
            found = intraclass(given[:, names.index(modality)], sizes)
            if found is not None:
                cell = {"annee": persons.year, "perimetre": _PERIMETER, "indicateur": name, "modalite": modality}
                yield cell | found


def counts_of_sites(sites: pd.DataFrame) -> pd.DataFrame:
    """What is published of each collège: one row a UAI, a column an answer (indicator, modality), rounded counts.

    ``sites`` are protected figures (schema ``indicateurs``): ``effectif_arrondi``, those who are followed first among
    them (« accompagnements », empty modality).
    """
    rows = sites[sites["site_type"].eq("college") & sites["perimetre"].eq(_PERIMETER) & sites["croise_avec"].eq("")]
    keys = {"index": "site", "columns": ["indicateur", "modalite"], "values": "effectif_arrondi"}
    return rows.pivot_table(**keys, aggfunc="sum", fill_value=0).astype(np.int64)


def estimate_of_sites(sites: pd.DataFrame, *, year: int, source: str) -> pd.DataFrame:
    """The same as `estimate_clusters` (schema ``grappes``), from what is published of collèges and nothing else.

    ``sites`` are the protected figures of the collèges that get a report (schema ``indicateurs``): what is estimated so
    tells nothing that these do not. What rounding adds to the differences between collèges is taken away, on average:
    of a rare answer it is most of them, and the likeness is then rather too high than too low.

    >>> rien = store.load(2020, "indicateurs").iloc[:0]
    >>> indicators.estimate_of_sites(rien, year=2021, source="export").empty
    True
    """
    counts, rows = counts_of_sites(sites), []
    sizes = counts.get(("accompagnements", ""), pd.Series(dtype=np.int64)).to_numpy()
    for name in _ASKED if len(sizes) else ():
        entry = catalogue().indicators[name]
        for modality in [*entry.modalities, *entry.groups]:
            if (name, modality) in counts:
                given = counts[name, modality].to_numpy()
                found = intraclass(given, sizes, moved=_MOVED_BY_ROUNDING)
                cell = {"annee": year, "perimetre": _PERIMETER, "indicateur": name, "modalite": modality}
                rows += [cell | found] if found else []
    return typed(pd.DataFrame(rows, columns=columns("grappes")).assign(source=source), "grappes")


def intraclass(given: np.ndarray, sizes: np.ndarray, *, moved: float = 0.0) -> dict | None:
    """The estimate for one answer: how many give it in each cluster, of how many; None when nothing can be estimated.

    ``moved`` is how far, squared, rounding moves each count on average, those who do not give the answer too.

    >>> intraclass(np.array([3, 1]), np.array([4, 4]))["ressemblance"]
    0.2
    """
    # Half of what starting takes (system.py says the same): loaded when a likeness is estimated.
    from scipy import stats

    given, sizes = given[sizes > 0], sizes[sizes > 0]
    clusters, persons = len(sizes), int(sizes.sum())
    if clusters < 2 or persons == clusters or given.sum() in (0, persons):
        return None
    shares, share = given / sizes, float(given.sum() / persons)
    between = float((sizes * (shares - share) ** 2).sum() / (clusters - 1))
    # A share of m persons moves by (1 − p) e − p e', e and e' being how far both counts are moved, over m.
    between = max(0.0, between - moved * ((1 - share) ** 2 + share**2) * float((1 / sizes).sum()) / clusters)
    within = float((given * (1 - shares)).sum() / (persons - clusters))
    size = float((persons - (sizes.astype(float) ** 2).sum() / persons) / (clusters - 1))
    alike = _likeness(between, within, size)
    # What the two mean squares would be, were their ratio at either end of what chance makes of it.
    chances = stats.f.ppf([0.975, 0.025], clusters - 1, persons - clusters)
    low, high = (_likeness(between, within * float(chance), size) for chance in chances)
    return {
        "colleges": clusters,
        "personnes": persons,
        "personnes_par_college": size,
        "ressemblance": alike,
        "ressemblance_min": low,
        "ressemblance_max": high,
        "effet_de_plan": 1 + (size - 1) * alike,
    }


def _likeness(between: float, within: float, size: float) -> float:
    """The intraclass correlation of these mean squares, never below zero."""
    return max(0.0, (between - within) / (between + (size - 1) * within))
