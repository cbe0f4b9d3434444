"""The export of a year, as received: its files, their rows, what reading them already changed."""

from helpers import paths
from helpers.records import Received


def receive(year: int) -> Received:
    """The records received for a year; nothing when there is no export."""
    return Received(year)


def receive_earlier(year: int) -> list[Received]:
    """The records of every earlier year that has an export, in order."""
    return [receive(each) for each in paths.exported_years() if each < year]
