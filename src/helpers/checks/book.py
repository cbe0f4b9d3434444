"""The code book: what its schema cannot say. Its tree, and names that one would take for one another."""

import pandas as pd

from helpers import paths
from helpers.checks.sentences import fault, unknown
from helpers.schema import DataError
from helpers.typography import fold


def book_faults(book: pd.DataFrame) -> list[DataError]:
    """Codes whose parent does not exist or is below them, and codes that a coding could not tell from another.

    ``book`` (schema ``themes``) is indexed by the lines of its file, as `store.read_reference` gives it.

    >>> livre = store.read_reference("themes").head(2).assign(parent=["", "prise_de_post"])
    >>> print(*checks.book_faults(livre))
    data/raw/reference/themes.csv, ligne 3, colonne « parent » : « prise_de_post » est inconnu ; ...
    """
    file, found = paths.relative(paths.reference() / "themes.csv"), []
    parents, seen = dict(zip(book["theme"], book["parent"], strict=True)), {}
    for line, row in zip(book.index, book.itertuples(), strict=True):
        if row.parent and row.parent not in parents:
            told = unknown(row.parent, parents, register=file)
            found.append(fault(file, line, "parent", row.parent, told))
        elif row.parent and _is_above_itself(row.theme, parents):
            told = "est au-dessous de ce code, qui serait son propre parent ; corrigez l’arbre."
            found.append(fault(file, line, "parent", row.parent, told))
        for key in sorted({fold(row.theme), fold(row.libelle)} - {""}):
            first = seen.setdefault((row.parent, key), row.theme)
            if first != row.theme:
                told = f"se confond avec le code « {first} », du même parent ; changez l’un des deux."
                found.append(fault(file, line, "libelle", row.libelle, told))
                break
    return found


def _is_above_itself(theme: str, parents: dict[str, str]) -> bool:
    seen, above = set(), parents[theme]
    while above and above not in seen:
        if above == theme:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False
