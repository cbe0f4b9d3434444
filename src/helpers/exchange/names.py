"""How a code is called: the labels from the root down to it, joined."""

import re

from helpers.exchange.faults import fault, shown

# Taguette allows 200 characters; a longer label is a text put in the wrong place, which the path of each code below
# would repeat.
MOST_LABEL = 1_000
MOST_DEPTH = 50
_LABEL = re.compile(r"(?:\\[\\/]|[^/])+")


def code_path(name: str, parent: str = "") -> str:
    r"""How a code is called everywhere: ``parent/enfant``, so that one label may stand under two parents.

    A stroke inside a label is written ``\/``, and a backslash ``\\``.

    >>> exchange.code_path("Élèves", "Relations"), exchange.code_path("père/mère")
    ('Relations/Élèves', 'père\\/mère')
    """
    label = name.replace("\\", "\\\\").replace("/", "\\/")
    return f"{parent}/{label}" if parent else label


def code_labels(path: str) -> tuple[str, ...]:
    r"""The labels of a path, from the root down: what `code_path` joined.

    >>> exchange.code_labels(r"Relations/père\/mère")
    ('Relations', 'père/mère')
    """
    return tuple(re.sub(r"\\([\\/])", r"\1", label) for label in _LABEL.findall(path))


def code_path_of(typed: str) -> str:
    """A path as a person typed it, in its one spelling."""
    if len(typed) > MOST_LABEL * MOST_DEPTH:
        raise fault(f"un code s’appelle « {shown(typed[:MOST_LABEL])} » ; donnez-lui un nom plus court.")
    return "/".join(map(code_path, code_labels(typed)))


def check_label(name: str) -> None:
    """Refuses a label that is empty, or longer than any."""
    if not 0 < len(name) <= MOST_LABEL:
        raise fault(f"un code s’appelle « {shown(name)} » ; donnez-lui un nom de 1 à {MOST_LABEL} caractères.")
