"""What must add up once counts are rounded: sites, answers to a question, groups of answers, crossings."""

from collections.abc import Iterable

import pandas as pd

from helpers.disclosure.network import SAME_ANSWERS, WITHIN_ANSWERS
from helpers.disclosure.rounding import Sums
from helpers.schema import ROUNDING_BASE, Indicator, catalogue

# The columns that name a count, whatever its site.
CELL = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]


def sums_of(atoms: pd.DataFrame) -> Sums:
    """What must add up once the counts of `atoms_of` are rounded, ``places`` being their rows.

    Each total of a site, an association, the network or a group of answers stays one of the two multiples around it.
    """
    sums = Sums()
    plain = atoms[atoms["croise_avec"].eq("")]
    # A crossing adds up to an answer, whose own total is kept.
    for level in (["uai"], ["association"], []):
        for key, rows in plain.groupby([*level, *CELL]):
            if len(rows) > 1 and key[0] != "":
                sums.add_rounded(rows.index, int(rows["effectif"].sum()), base=ROUNDING_BASE)
    for _, rows in plain.groupby(["association", "uai"]):
        _add_questions(sums, rows)
    _add_crossings(sums, atoms)
    return sums


def _add_questions(sums: Sums, rows: pd.DataFrame) -> None:
    """The answers of one place: they add up to the persons asked, or none is given by more than those."""
    places = {(row.indicateur, row.modalite): row.Index for row in rows.itertuples()}
    _add_twins(sums, places, rows)
    for name, own in rows.groupby("indicateur"):
        entry = catalogue().indicators[name]
        if entry.base is None:
            continue
        asked, _, modality = entry.base.partition("/")
        whole, answers = places[asked, modality], own.loc[~own["modalite"].isin(list(entry.groups))]
        if entry.choice == "unique":
            sums.add(answers.index, less=[whole])
        else:
            _keep_under(sums, own.index, whole)
        for group, value in entry.groups.items():
            if (name, group) in places:
                members = answers.loc[answers["modalite"].isin(value.members)].index
                _add_group(sums, entry, places[name, group], members)


def _add_twins(sums: Sums, places: dict[tuple[str, str], int], rows: pd.DataFrame) -> None:
    """Two answers that the same persons give are rounded alike, one within another below it: or each narrows the other.

    What the records of this place do not bear out binds nothing.
    """
    for pair in (*SAME_ANSWERS, *WITHIN_ANSWERS):
        one, other = (places.get(answer) for answer in pair)
        if None in (one, other):
            continue
        more = rows.loc[other, "effectif"] - rows.loc[one, "effectif"]
        if more == 0 or (more > 0 and pair in WITHIN_ANSWERS):
            sums.add([other], less=[one], most=float("inf") if pair in WITHIN_ANSWERS else 0)


def _add_group(sums: Sums, entry: Indicator, group: int, members: Iterable[int]) -> None:
    if entry.choice == "unique":
        sums.add(members, less=[group])
    else:  # who gives two answers of the group counts once
        sums.add(members, less=[group], most=float("inf"))
        for member in members:
            _keep_under(sums, [member], group)


def _keep_under(sums: Sums, places: Iterable[int], whole: int) -> None:
    for place in places:
        sums.add([whole], less=[place], most=float("inf"))


def _add_crossings(sums: Sums, atoms: pd.DataFrame) -> None:
    """Each crossing of an association adds up, on either side, to its answers in all its collèges."""
    crossed, plain = (atoms[atoms["croise_avec"].ne("") == wanted] for wanted in (True, False))
    answers = {key: rows.index for key, rows in plain.groupby(["association", "indicateur", "modalite"])}
    for side in (["indicateur", "modalite"], ["croise_avec", "modalite_croisee"]):
        other = "croise_avec" if side[0] == "indicateur" else "indicateur"
        for (association, *answer, _), rows in crossed.groupby(["association", *side, other]):
            sums.add(rows.index, less=answers[association, *answer])
