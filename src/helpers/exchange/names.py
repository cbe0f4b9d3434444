"""How a code is called: the labels from the root down to it, joined."""

import re

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
    path = ""
    for label in code_labels(typed):
        path = code_path(label, path)
    return path
