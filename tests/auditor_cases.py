"""A small invented network, its exact counts, and a true controlled rounding of it, found without the protector."""

import numpy as np
import pandas as pd

YEAR = 2021
COLUMNS = ["annee", "association", "uai", "indicateur", "modalite", "croise_avec", "modalite_croisee", "effectif"]
# Filles, garçons; then 6e, 5e, 4e, 3e: four collèges of two associations, and persons of no known collège.
COUNTS = {
    ("A", "0590001A"): ((9, 17), (6, 7, 11, 2)),
    ("A", "0590002B"): ((13, 8), (4, 9, 3, 5)),
    ("B", "0590003C"): ((21, 14), (12, 8, 13, 2)),
    ("B", "0590004D"): ((3, 12), (6, 1, 4, 4)),
    ("B", ""): ((7, 9), (3, 6, 2, 5)),
}
QUESTIONS = {"sexe": ("filles", "garcons"), "niveau": ("6e", "5e", "4e", "3e")}
SIZE = ("accompagnements", "")
SITES = [("association", "A"), ("association", "B"), *(("college", uai) for _, uai in COUNTS if uai)]


def counts_of_pairs() -> dict[tuple, dict[tuple, int]]:
    """For each association and collège, the persons of each question and answer."""
    found = {}
    for pair, (sexes, levels) in COUNTS.items():
        answers = {("sexe", name): count for name, count in zip(QUESTIONS["sexe"], sexes, strict=True)}
        answers |= {("niveau", name): count for name, count in zip(QUESTIONS["niveau"], levels, strict=True)}
        found[pair] = {SIZE: sum(sexes), **answers}
    return found


def members_of(site: tuple[str, str]) -> list[tuple]:
    """The pairs of a site; all of them for the network."""
    place = {"association": 0, "college": 1}.get(site[0])
    return [pair for pair in COUNTS if place is None or pair[place] == site[1]]


def exact(site: tuple[str, str]) -> dict[tuple, int]:
    """The exact persons of a site."""
    pairs = counts_of_pairs()
    own = [pairs[pair] for pair in members_of(site)]
    return {question: sum(each[question] for each in own) for question in own[0]}


def atoms() -> pd.DataFrame:
    """The exact counts, as ``comptes_par_site``."""
    rows = [
        (YEAR, association, uai, indicator, modality, "", "", count)
        for (association, uai), counts in counts_of_pairs().items()
        for (indicator, modality), count in counts.items()
        if count
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def row(site: tuple[str, str], question: tuple, count: int, base: int | None, *, rounded: bool) -> dict:
    """A row of the table of indicators: exact, or rounded to a multiple of five."""
    shift = 4 if rounded else 0
    found = {"annee": YEAR, "perimetre": "alses", "site_type": site[0], "site": site[1], "indicateur": question[0]}
    found |= {"modalite": question[1], "croise_avec": "", "modalite_croisee": "", "unite": "personnes"}
    found |= {"effectif_min": max(0, count - shift), "effectif_max": count + shift, "source": "export", "reference": "export"}
    found |= {"precision": "arrondi_secret" if rounded else "exact", "effectif_arrondi": count if rounded else None}
    if base is None:
        return found
    found |= {"base_min": max(0, base - shift), "base_max": base + shift, "base_arrondie": base if rounded else None}
    share = 100 * count / base
    if not rounded:
        return found | {"part_min_pct": share, "part_max_pct": share}
    if base >= 20:
        found |= {"part_imprimee_pct": float(int(share + 0.5)), "decimales": 0}
        found |= {"part_min_pct": 100 * max(0, count - 4) / (base + 4), "part_max_pct": min(100, 100 * (count + 4) / (base - 4))}
    return found


def network() -> pd.DataFrame:
    """The exact table of the network."""
    counts = exact(("reseau", ""))
    base = {question: None if question == SIZE else counts[SIZE] for question in counts}
    return pd.DataFrame([row(("reseau", ""), q, count, base[q], rounded=False) for q, count in counts.items()])


def rounded_counts() -> dict[tuple, dict[tuple, int]]:
    """A controlled rounding to five of every site, additive over answers and places; the network's stays within four."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    pairs = counts_of_pairs()
    places = {(pair, q): rank for rank, (pair, q) in enumerate((pair, q) for pair in pairs for q in pairs[pair])}
    rows, low, high = [], [], []
    for site in [("reseau", ""), *SITES]:
        for question, count in exact(site).items():
            rows.append([places[pair, question] for pair in members_of(site)])
            low.append(-(-(count - 4) // 5) if count % 5 else count // 5)
            high.append((count + 4) // 5 if count % 5 else count // 5)
    sums = np.zeros((len(rows), len(places)))
    for rank, own in enumerate(rows):
        sums[rank, own] = 1
    limits = [LinearConstraint(sums, low, high)]
    for pair in pairs:
        for question, answers in QUESTIONS.items():
            parts = np.zeros(len(places))
            parts[[places[pair, (question, answer)] for answer in answers]] = 1
            parts[places[pair, SIZE]] = -1
            limits.append(LinearConstraint(parts, 0, 0))
    values = np.array([pairs[pair][q] for pair, q in places])
    found = milp(np.zeros(len(places)), constraints=limits, bounds=Bounds(values // 5, -(-values // 5)), integrality=np.ones(len(places)))
    shown = np.round(sums @ found.x).astype(int) * 5
    names = [(site, question) for site in [("reseau", ""), *SITES] for question in exact(site)]
    return {site: {q: int(n) for (own, q), n in zip(names, shown, strict=True) if own == site} for site, _ in names}


def table_of(counts: dict[tuple, dict[tuple, int]], *, rounded: bool) -> pd.DataFrame:
    """The published table: the network exact, each site from these counts."""
    rows = [
        row(site, question, count, None if question == SIZE else own[SIZE], rounded=rounded)
        for site, own in counts.items()
        if site[0] != "reseau"
        for question, count in own.items()
    ]
    return pd.concat([network(), pd.DataFrame(rows)], ignore_index=True)
