"""Dates of simulated accompaniments, with the rhythm of the school year, and years of birth."""

import numpy as np

from helpers.simulate.assumptions import assumptions

_DAY, _MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")
# An accompaniment that goes on began at most this many months before the year, if nothing earlier says when.
_MONTHS_BEFORE = 16
# A first period shorter than this would hardly be recorded as accompaniment.
_SHORTEST_DAYS = 15


def _days_of(rng: np.random.Generator, months: np.ndarray) -> np.ndarray:
    """A working day in each of these months."""
    first = months.astype("datetime64[D]")
    length = ((months + _MONTH).astype("datetime64[D]") - first).astype(int)
    days = first + (rng.random(len(months)) * length).astype("timedelta64[D]")
    days = np.busday_offset(days, 0, roll="backward")
    return np.where(days < first, np.busday_offset(first, 0, roll="forward"), days)


def starts(rng: np.random.Generator, year: int, *, is_new: np.ndarray) -> np.ndarray:
    """The first day of each accompaniment: in the year if it is new, before otherwise.

    >>> days = starts(np.random.default_rng(1), 2021, is_new=np.array([True, False]))
    >>> days.astype("datetime64[Y]").astype(str).tolist()
    ['2021', '2020']
    """
    weights = np.array(assumptions()["temps"]["debut_par_mois"], dtype=float)
    january = np.datetime64(f"{year}-01", "M")
    inside = january + rng.choice(12, size=len(is_new), p=weights / weights.sum()) * _MONTH
    before = january - np.arange(_MONTHS_BEFORE, 0, -1) * _MONTH
    odds = weights[before.astype(int) % 12]  # datetime64[M] counts from a month of January
    earlier = rng.choice(before, size=len(is_new), p=odds / odds.sum())
    return _days_of(rng, np.where(is_new, inside, earlier))


def ends(rng: np.random.Generator, year: int, first: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The last day of each accompaniment that ends in the year; not a time where it goes on, or nobody typed it."""
    odds = assumptions()["temps"]["fin"]
    chance = np.array([odds.get(level, odds["autre_niveau"]) for level in levels.tolist()])
    january, june = np.datetime64(f"{year}-01-10"), np.datetime64(f"{year}-06-21")
    last = np.datetime64(f"{year}-12-17")
    low = np.maximum(first + _SHORTEST_DAYS * _DAY, january)
    anywhere = low + (rng.random(len(first)) * ((last - low).astype(int) + 1)).astype(int) * _DAY
    summer = june + rng.integers(0, 14, len(first)) * _DAY
    in_june = (low <= june) & (rng.random(len(first)) < assumptions()["temps"]["fin_en_juin"])
    found = np.where(in_june, summer, anywhere)
    return np.where((rng.random(len(first)) < chance) & (low <= last), found, np.datetime64("NaT", "D"))


def births(rng: np.random.Generator, year: int, levels: np.ndarray) -> np.ndarray:
    """The year of birth that goes with a level or a situation, as text."""
    ages, shifts = assumptions()["personnes"]["ages"], assumptions()["personnes"]["avance_ou_retard"]
    age = np.array([ages.get(level, ages["autre"]) for level in levels.tolist()], dtype=int)
    late = rng.choice([int(shift) for shift in shifts], size=len(age), p=list(shifts.values()))
    found = (year - age - late).astype(str).astype(object)
    found[rng.random(len(age)) < assumptions()["personnes"]["sans_naissance"]] = ""
    return found


def as_text(days: np.ndarray) -> np.ndarray:
    """Days as the project writes them, empty where there is none."""
    return np.where(np.isnat(days), "", days.astype("datetime64[D]").astype(str))
