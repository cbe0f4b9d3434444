"""Old and new collèges apart: what of a change happened where the ALSES already were."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from helpers.compare.overlap import is_hidden
from helpers.compare.two_shares import Measure, exact

KEPT, ENTERED, LEFT, UNKNOWN = "colleges_anciens", "colleges_nouveaux", "colleges_sortis", "college_inconnu"


@dataclass(frozen=True)
class Group:
    """Persons of some collèges: concerned and all, the year and the earlier one."""

    count: int
    base: int
    count_ref: int
    base_ref: int

    @property
    def is_small(self) -> bool:
        """Whether it holds a cell of one to four persons."""
        cells = (self.count, self.base - self.count, self.count_ref, self.base_ref - self.count_ref)
        return any(map(is_hidden, cells))


Groups = dict[str, Group]


def _share(count: int, base: int) -> Fraction:
    return Fraction(count, base) if base else Fraction(0)


def decompose(groups: Groups) -> dict[str, Fraction]:
    """A change of share in parts that add up to it exactly, each a fraction of one.

    P and P' are the shares of the year and of the earlier one, a and a' those of the collèges present both years, n
    that of the collèges that entered, s' that of those that left, u and u' those of persons of no known collège; w the
    part of the persons of their year who are in each. Since
    P − a = w_n (n − a) + w_u (u − a), and alike the year before,

        P − P' = (a − a') + w_n (n − a) − w_s' (s' − a') + w_u (u − a) − w_u' (u' − a')

    The first part is what would have been seen if no collège had entered or left; the second and the third are the
    « effet mécanique » (Melitz and Polanec, 2015: what enters is compared with what stays that year, what leaves with
    what stays the year before, so that nothing is left over).
    """
    kept = groups[KEPT]
    base, base_ref = (sum(getattr(each, name) for each in groups.values()) for name in ("base", "base_ref"))
    stays, stayed = _share(kept.count, kept.base), _share(kept.count_ref, kept.base_ref)
    of_now = {name: _share(each.base, base) * (_share(each.count, each.base) - stays) for name, each in groups.items()}
    of_then = {
        name: _share(each.base_ref, base_ref) * (_share(each.count_ref, each.base_ref) - stayed)
        for name, each in groups.items()
    }
    return {
        "ecart_anciens": stays - stayed,
        "apport_nouveaux": of_now[ENTERED],
        "apport_sortis": -of_then[LEFT],
        "apport_inconnu": of_now[UNKNOWN] - of_then[UNKNOWN],
    }


def groups_of(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, Groups]:
    """For each share, the persons of the four kinds of collèges (schema ``recouvrements``); none with a small cell.

    A share is left out whole when a cell holds one to four persons: the others would tell it.
    """
    names = (KEPT, ENTERED, LEFT, UNKNOWN)
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].isin(names)]
    rows = rows[rows["modalite"].ne("")]
    found: dict[str, Groups] = {}
    for row in rows.itertuples():
        path = f"{row.perimetre}/{row.indicateur}/{row.modalite}"
        counts = (row.effectif, row.base, row.effectif_anterieur, row.base_anterieure)
        group = Group(*(0 if pd.isna(each) else int(each) for each in counts))
        found.setdefault(path, {name: Group(0, 0, 0, 0) for name in names})[row.population] = group
    return {
        path: groups
        for path, groups in found.items()
        if groups[KEPT].base and groups[KEPT].base_ref and not any(group.is_small for group in groups.values())
    }


def of_whole(groups: Groups) -> tuple[int, int, int, int]:
    """The counts and bases of all the groups together, as `Group` orders them."""
    names = ("count", "base", "count_ref", "base_ref")
    return tuple(sum(getattr(each, name) for each in groups.values()) for name in names)


def measures(groups: Groups) -> dict[str, Measure]:
    """The parts of a change in points, the shares of each kind of collèges in per cent, their persons."""
    kept, entered, left, unknown = (groups[name] for name in (KEPT, ENTERED, LEFT, UNKNOWN))
    found = {name: float(100 * value) for name, value in decompose(groups).items()}
    found["effet_mecanique"] = found["apport_nouveaux"] + found["apport_sortis"]
    found |= {"base_anciens": kept.base, "base_anciens_reference": kept.base_ref}
    found |= {"part_anciens": 100 * kept.count / kept.base}
    found |= {"part_anciens_reference": 100 * kept.count_ref / kept.base_ref}
    found |= {"base_nouveaux": entered.base, "base_sortis": left.base_ref, "base_inconnu": unknown.base}
    if entered.base:
        found["part_nouveaux"] = 100 * entered.count / entered.base
    if left.base_ref:
        found["part_sortis"] = 100 * left.count_ref / left.base_ref
    return {name: exact(value) for name, value in found.items()}
