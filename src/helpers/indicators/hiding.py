"""Which answers may be shown of a population that is split in several: no part of one to four persons, even deduced.

A reader has the whole already. So of each answer the parts are looked at, and what they leave of the parts' sizes; and
of the answers that are left out, their sum, which the others tell when a person gives one answer only.
"""

import numpy as np

from helpers.indicators.crossings import is_small
from helpers.schema import Indicator

# Fewer collèges are no part of the network: each could subtract its own persons and read those of the other.
FEWEST_COLLEGES = 3


def may_show(parts: np.ndarray, sizes: np.ndarray, entry: Indicator) -> np.ndarray:
    """Which modalities, then which groups, of an indicator may be shown; ``parts`` has a row each, a column a part.

    ``sizes`` are those of the parts. When a person gives one answer, the smallest answers that could be shown are left
    out too, until what all of those left out have in common is not small either.

    >>> sexe = schema.catalogue().indicators["sexe"]
    >>> may_show(np.array([[30, 20], [28, 3], [0, 0], [0, 0], [9, 7]]), np.array([67, 30]), sexe)
    array([ True, False,  True,  True, False])
    """
    count = len(entry.modalities) + len(entry.recorded)
    kept = ~(is_small(parts) | is_small(sizes - parts)).any(axis=1)
    if entry.choice == "unique":
        for place in np.argsort(parts[:count].sum(axis=1), kind="stable"):
            if not is_small(parts[:count][~kept[:count]].sum(axis=0)).any():
                break
            # An answer that nobody gives hides nothing.
            kept[place] &= not parts[place].any()
    names = [*entry.modalities, *entry.recorded]
    for rank, group in enumerate(entry.groups.values(), start=count):
        members = [names.index(member) for member in group.members]
        kept[rank] &= _tells_nothing(parts[rank], parts[members], kept[members], is_single=entry.choice == "unique")
    return kept


def _tells_nothing(whole: np.ndarray, members: np.ndarray, kept: np.ndarray, *, is_single: bool) -> bool:
    """Whether a group may stand beside those of its members that are shown.

    Its members make it up when a person gives one answer: all are shown, or it is not. Else who gives none but one of
    them, or two of them, is the difference of what is shown.
    """
    if is_single:
        return bool(kept.all())
    return not (is_small(whole - members).any() or is_small(members.sum(axis=0) - whole).any())


def shown_parts(*sizes: np.ndarray, colleges: np.ndarray | None = None) -> list[int]:
    """The parts that may be shown, the same in each splitting: none of one to four persons, nor all that is hidden.

    ``colleges`` says how many collèges each part is made of: a part of one or two would be their own figures, which
    they or anybody could read. A part whose collèges nobody knows counts as many.

    >>> shown_parts(np.array([50, 20, 0, 3]), np.array([40, 0, 9, 0])), shown_parts(np.array([50, 20, 0]))
    ([0, 2], [0, 1, 2])
    >>> shown_parts(np.array([50, 20, 30]), colleges=np.array([12, 2, 9]))
    [0]
    """
    both = np.array(sizes)
    many = np.full_like(both, FEWEST_COLLEGES) if colleges is None else np.broadcast_to(colleges, both.shape)
    many = np.where(both > 0, many, 0)  # a part without anybody hides no other
    shown = list(range(both.shape[1]))
    while shown:
        small = [place for place in shown if (is_small(both[:, place]) | _are_few(many[:, place])).any()]
        rest, apart = (np.delete(each, shown, axis=1).sum(axis=1) for each in (both, many))
        is_told = is_small(rest) | _are_few(apart)
        if not small and not is_told.any():
            break
        # Leaving out a part that is empty hides nothing.
        useful = [place for place in shown if both[:, place][is_told].any()]
        shown.remove(min(small or useful or shown, key=lambda place: int(both[:, place].sum())))
    return shown


def _are_few(colleges: np.ndarray) -> np.ndarray:
    return (colleges > 0) & (colleges < FEWEST_COLLEGES)
