"""Good, thin or exact: how many values a reader must leave to a cell."""

import numpy as np

# A reader who must leave this many values to a count has learnt little more than that it is small.
FEWEST_VALUES = 5
GOOD, THIN, EXACT = 0, 1, 2


def verdicts_of(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The verdict on cells that may have every whole value between two ends."""
    return np.where(high - low < 1, EXACT, np.where(high - low + 1 < FEWEST_VALUES, THIN, GOOD))
