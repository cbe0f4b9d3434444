"""What is assumed of simulated persons where nothing is printed: ``hypotheses.toml``, which gives the reasons."""

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np

# Everybody is in one of these three: followed by an ALSES, collégien followed by another educator, neither.
ALSES, OTHER_PUPILS, OUTSIDE = STRATA = ("alses", "collegiens_d_un_autre", "hors_college")
UNKNOWN = "non_renseigne"


@cache
def assumptions() -> dict:
    """The whole file.

    >>> assumptions()["parts"]["sexe"]["alses"]
    {'filles': 0.42, 'garcons': 0.58}
    """
    return tomllib.loads(files("helpers").joinpath("simulate", "hypotheses.toml").read_text(encoding="utf-8"))


def shares_in(stratum: str) -> dict[str, dict[str, float]]:
    """The assumed shares of a stratum, by indicator then modality; who is outside a collège has no level."""
    place = ALSES if stratum == ALSES else "ailleurs"
    shares = {name: dict(each[place]) for name, each in assumptions()["parts"].items() if place in each}
    for name in ("niveau",) if stratum == OUTSIDE else ("situation",):
        shares.pop(name, None)
    return shares


def stray(shares: dict[str, float], rng: np.random.Generator, *, is_whole: bool) -> dict[str, float]:
    """Shares as another year could have had them; ``is_whole`` when they add up to one."""
    noise = np.exp(rng.normal(0, assumptions()["hasard"]["annees"], len(shares)))
    values = np.array(list(shares.values())) * noise
    values = values / values.sum() if is_whole else np.minimum(values, 0.95)
    return dict(zip(shares, values.tolist(), strict=True))
