"""Two persons who coded the same documents: how far they agree, code by code, and where they do not."""

import pandas as pd

from helpers.codings.kappa import Cells, alpha, cohen, percent
from helpers.codings.places import texts_of
from helpers.codings.units import Unit, units
from helpers.exchange import Passage, Project
from helpers.exchange.faults import fault, shown

_SIDES = ("premier", "second")


def agreement(first: Project, second: Project) -> pd.DataFrame:
    """How far two codings agree: one row a code of either book that one of them used.

    A unit is a piece of text between two places where a passage of either begins or ends, that at least one of them
    coded, whatever the code; pieces of one or two words at the edge of a passage are left out. Most of a text is coded
    by nobody: counted in, it would make any two persons agree. Only the documents that both coded are compared.

    Columns: ``code``; ``unites`` (n, the same for each code), of which ``les_deux``, ``premier_seul``, ``second_seul``,
    ``aucun`` put the code; ``accord_pct``, of all units; ``accord_positif_pct``, twice those of both over the units of
    each, which owes nothing to ``aucun``; ``kappa`` (Cohen); ``alpha`` (Krippendorff) with ``alpha_bas`` and
    ``alpha_haut``, its interval at 95 %, which takes units for independent. These are missing for a code that one of
    the two books does not have, and where all units are alike. With one code in all, there is no ``aucun``: read
    ``accord_positif_pct``.

    Raises
    ------
    DataError
        when no document was coded by both, or when one differs.

    >>> texte = exchange.Document("r1", "Un bureau pour recevoir. Une salle pour tous.")
    >>> bureau = exchange.Passage("r1", 0, 24, "Un bureau pour recevoir.", "Lieux")
    >>> salle = exchange.Passage("r1", 25, 45, "Une salle pour tous.", "Lieux")
    >>> livre = (exchange.Code("Lieux"),)
    >>> premier = exchange.Project(livre, (texte,), (bureau, salle))
    >>> accord = codings.agreement(premier, exchange.Project(livre, (texte,), (bureau,)))
    >>> accord[["code", "unites", "les_deux", "premier_seul", "accord_pct"]]
        code  unites  les_deux  premier_seul  accord_pct
    0  Lieux       2         1             1        50.0
    """
    books = [{code.path for code in each.codes} for each in (first, second)]
    found = _compared(first, second)
    used = {code for unit in found for codes in unit.codes for code in codes}
    paths = [
        path for path in dict.fromkeys(code.path for each in (first, second) for code in each.codes) if path in used
    ]
    columns = ["code", "unites", "les_deux", "premier_seul", "second_seul", "aucun", "accord_pct", "accord_positif_pct"]
    rows = [_row(path, _cells(path, found), is_shared=path in books[0] & books[1]) for path in paths]
    return pd.DataFrame(rows, columns=[*columns, "kappa", "alpha", "alpha_bas", "alpha_haut"])


def disagreements(first: Project, second: Project) -> pd.DataFrame:
    """Where two codings differ: one row a unit of `agreement` and a code that one of them alone put on it.

    Columns: ``document``, ``debut``, ``fin`` (code points, missing for passages without place), ``texte``, ``code``,
    ``pose_par`` (``premier`` or ``second``), ``autres_codes``, those that the other put there, separated by ``, ``. In
    the order of the text. For the two coders: it holds what was said.

    Raises
    ------
    DataError
        when no document was coded by both, or when one differs.

    >>> texte = exchange.Document("r1", "Un bureau pour recevoir.")
    >>> livre = (exchange.Code("Lieux"), exchange.Code("Aide"))
    >>> un, deux = (
    ...     exchange.Project(livre, (texte,), (exchange.Passage("r1", 0, 24, texte.text, code.path),)) for code in livre
    ... )
    >>> codings.disagreements(un, deux)[["debut", "code", "pose_par", "autres_codes"]]
       debut   code pose_par autres_codes
    0      0   Aide   second        Lieux
    1      0  Lieux  premier         Aide
    """
    rows = []
    for unit in _compared(first, second):
        at = unit.place
        start, end = (None, None) if at.zone[1] else (at.start, at.end)
        for code in sorted(unit.codes[0] ^ unit.codes[1]):
            side = 0 if code in unit.codes[0] else 1
            others = ", ".join(sorted(unit.codes[1 - side]))
            rows.append((at.zone[0], start, end, unit.text, code, _SIDES[side], others))
    columns = ["document", "debut", "fin", "texte", "code", "pose_par", "autres_codes"]
    return pd.DataFrame(rows, columns=columns).astype({"debut": "Int64", "fin": "Int64"})


def _compared(first: Project, second: Project) -> list[Unit]:
    """The units of the documents that both coded, in the order of the first."""
    coded = {each.document for each in first.passages} & {each.document for each in second.passages}
    if not coded:
        raise fault("aucun document n’est codé par les deux personnes ; donnez deux codages des mêmes documents.")
    texts, others = texts_of(first), texts_of(second)
    for name in sorted(coded):
        if texts[name] != others[name]:
            raise fault(f"le document « {shown(name)} » n’est pas le même dans les deux codages ; codez un même texte.")

    def kept(project: Project) -> list[Passage]:
        return [each for each in project.passages if each.document in coded]

    order = {document.name: rank for rank, document in enumerate(first.documents)}
    return sorted(units([kept(first), kept(second)], texts), key=lambda unit: order[unit.place.zone[0]])


def _cells(code: str, found: list[Unit]) -> Cells:
    pairs = [(code in unit.codes[0], code in unit.codes[1]) for unit in found]
    return Cells(*(pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))


def _row(code: str, cells: Cells, *, is_shared: bool) -> dict:
    n = sum(cells)
    missing = float("nan")
    likeness, low, high = alpha(cells) if is_shared else (missing, missing, missing)
    return {
        "code": code,
        "unites": n,
        "les_deux": cells.both,
        "premier_seul": cells.first,
        "second_seul": cells.second,
        "aucun": cells.neither,
        "accord_pct": percent(cells.both + cells.neither, n),
        "accord_positif_pct": percent(2 * cells.both, 2 * cells.both + cells.first + cells.second),
        "kappa": cohen(cells) if is_shared else missing,
        "alpha": likeness,
        "alpha_bas": low,
        "alpha_haut": high,
    }
