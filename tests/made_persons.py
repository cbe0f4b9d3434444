"""Invented persons, in the canonical columns of an export: small tables for tests."""

import itertools

import numpy as np
import pandas as pd

from helpers.schema import catalogue

THEMES = list(catalogue().indicators["objectif"].modalities)
GOALS = ["", "ne_sait_pas", *(";".join(pair) for size in (1, 2, 3, 4) for pair in itertools.combinations(THEMES[:7], size))]
COLUMNS = {
    "association": (["Itinéraires", "Avenir", ""], [0.6, 0.35, 0.05]),
    "territoire": (["Nord", ""], [0.9, 0.1]),
    "uai": (["0590001A", "0590002B", "0590003C", "0590004D", ""], [0.4, 0.3, 0.14, 0.1, 0.06]),
    "suivi_par": (["alses", "autre_educateur", ""], [0.6, 0.38, 0.02]),
    "situation": (["collegien", "lyceen", "autre", "non_prevu"], [0.8, 0.1, 0.09, 0.01]),
    "niveau": (["6e", "5e", "4e", "3e", "autre", "hors_college", "ne_sait_pas", ""], [0.1, 0.2, 0.3, 0.3, 0.03, 0.04, 0.01, 0.02]),
    "sexe": (["filles", "garcons", "ne_sait_pas", ""], [0.42, 0.555, 0.005, 0.02]),
    "nouvel_accompagnement": (["oui", "non", ""], [0.54, 0.45, 0.01]),
    "origine": (["college", "travail_de_rue", "bouche_a_oreille", "famille", "autre", "non_prevu"], [0.5, 0.2, 0.15, 0.1, 0.04, 0.01]),
    "demande_initiale": ([*THEMES, "non_prevu", ""], [0.4, 0.1, 0.25, 0.16, 0.02, 0.01, 0.01, 0.015, 0.015, 0.01, 0.01]),
    "parents_associes": (["oui", "non", "ne_sait_pas", ""], [0.45, 0.45, 0.02, 0.08]),
}  # fmt: skip


def made(year: int, size: int, *, seed: int) -> pd.DataFrame:
    """Persons of a year, the first third being those of any other year of the same size."""
    random = np.random.default_rng(seed)
    rows = {
        "identifiant": [f"F{rank if rank < size / 3 else rank + 10_000 * year}" for rank in range(size)],
        "annee": [str(year)] * size,
        "college": [""] * size,
        **{name: random.choice(values, size, p=shares) for name, (values, shares) in COLUMNS.items()},
        "annee_naissance": random.choice(["", *map(str, range(year - 18, year - 9))], size),
        "objectifs": random.choice(GOALS, size),
    }
    started = np.datetime64(f"{year - 1}-07-01") + random.integers(0, 540, size)
    ended = np.minimum(started + random.integers(20, 400, size), np.datetime64(f"{year}-12-31"))
    is_over = (random.random(size) < 0.4) & (ended >= np.datetime64(f"{year}-01-01"))
    rows["date_debut"] = np.where(random.random(size) < 0.05, "", started.astype(str))
    rows["date_fin"] = np.where(is_over, ended.astype(str), "")
    referrers = list(catalogue().indicators["orienteur"].modalities)
    rows["orienteur"] = np.where(rows["origine"] == "college", random.choice([*referrers, ""], size), "")
    return pd.DataFrame(rows).astype("str")
