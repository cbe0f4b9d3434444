"""What a check of the machine says."""

from dataclasses import dataclass

# Whether it stands in the way: words, for a colour or a sign gets lost in a mail.
GOOD, NOTE, MISSING = "bien", "à noter", "MANQUE"


@dataclass(frozen=True)
class Finding:
    """One line of a diagnosis: what was looked at, its state, what was found, and what to do about it.

    >>> diagnosis.Finding("disque", diagnosis.MISSING, "120 Mo libres", remedy="libérez de la place").state
    'MANQUE'
    """

    label: str
    state: str
    text: str
    remedy: str = ""
