"""What opening a file of an export gave: its parts, or why it cannot be used."""

from dataclasses import dataclass, field

from helpers.records import Change, Part
from helpers.schema import DataError


@dataclass(frozen=True)
class Opened:
    """The parts of a file, the columns it has, its faults, and what opening it already wrote otherwise."""

    parts: list[Part] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    faults: list[DataError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def refused(*sentences: str) -> Opened:
    """A file that cannot be used, and why, one French sentence a fault."""
    return Opened(faults=[DataError(sentence) for sentence in sentences])
