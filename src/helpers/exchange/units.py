"""From the unit that a tool counts in to code points."""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate


class Units:
    """The places of one text in another unit; a place inside a character is none.

    >>> lengths = Units.of("été", lambda character: len(character.encode()))
    >>> [lengths.point(offset) for offset in range(6)]
    [0, -1, 1, 2, -1, 3]
    """

    def __init__(self, ends: array | None) -> None:
        self._ends = ends

    @classmethod
    def same(cls) -> "Units":
        """Code points themselves."""
        return cls(None)

    @classmethod
    def of(cls, text: str, length: Callable[[str], int]) -> "Units":
        """A unit in which each character of the text has this length."""
        return cls(array("q", accumulate(map(length, text), initial=0)))

    def point(self, offset: int) -> int:
        """The code point at a place; -1 for a place that is inside a character, or outside the text."""
        if self._ends is None:
            return offset
        place = bisect_left(self._ends, offset)
        return place if place < len(self._ends) and self._ends[place] == offset else -1
