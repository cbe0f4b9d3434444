"""Which shares are compared: a year and the one before, the ALSES and the rest of prévention spécialisée."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from helpers.compare import two_shares
from helpers.compare.beside import Beside
from helpers.compare.compatible import (
    Side,
    central_pair,
    central_rest,
    compatible_pairs,
    compatible_rests,
    is_protected,
    shown_count,
    side_of,
)
from helpers.compare.found import Found
from helpers.compare.headlines import HEADLINED, HEADLINED_RESTS, counted_words, is_compared, is_counted
from helpers.compare.tested import test_of, tests_of_years, words_of
from helpers.compare.two_shares import Measure, sweep
from helpers.compare.years import finding, published
from helpers.facts import PROTECTED, USUAL, title_of_figure
from helpers.schema import catalogue

# Whose persons are among whose: the rest is the second without the first.
PART, WHOLE = USUAL, "prevention_specialisee"


def _path(row) -> str:
    return "/".join(filter(None, (row.perimetre, row.indicateur, row.modalite)))


def _is_protected(row) -> bool:
    return is_protected(row, "_apres") or is_protected(row, "_avant")


def _count_change(row, *, now: Side | None = None, before: Side | None = None) -> dict[str, Measure]:
    """What is known of both counts: the counts themselves, their difference, their relative change."""
    bounds = [int(getattr(row, f"effectif_{end}_{when}")) for when in ("apres", "avant") for end in ("min", "max")]
    middles = [
        side.central()[0]
        if side
        else shown_count(row, when)
        if is_protected(row, when)
        else np.floor(sum(ends) / 2 + 0.5)
        for side, ends, when in ((now, bounds[:2], "_apres"), (before, bounds[2:], "_avant"))
    ]
    counts, references = (middles[0], *bounds[:2]), (middles[1], *bounds[2:])
    found = {"effectif": counts, "effectif_reference": references}
    # The least change is from the most before to the least now.
    pairs = list(zip(counts, (references[0], references[2], references[1]), strict=True))
    found["ecart_effectif"] = tuple(count - reference for count, reference in pairs)
    if references[1] > 0 and not _is_protected(row):
        found["evolution"] = tuple(100 * (count / reference - 1) for count, reference in pairs)
    return found


def _three(row, column: str) -> Measure:
    found = (getattr(row, column.format(end)) for end in ("", "min_", "max_"))
    return tuple(float("nan") if pd.isna(each) else float(each) for each in found)


def _rounded_measures(row, now: Side, before: Side) -> dict[str, Measure]:
    """What is told of two shares of which one is rounded to protect persons: as they are shown, and their bounds.

    No test is made: it would take the exact counts.
    """
    (_, base), (_, base_ref) = now.central(), before.central()
    shares = {"part": "part_{}pct_apres", "part_reference": "part_{}pct_avant", "ecart": "ecart_part_{}pts"}
    return {
        "base": (base, *now.bases),
        "base_reference": (base_ref, *before.bases),
        **{name: _three(row, column) for name, column in shares.items()},
    }


def _year(row, *, known: Beside, years: str) -> Found:
    now, before, path = side_of(row, "_apres"), side_of(row, "_avant"), _path(row)
    kind = "annees" if known.is_headlined(path) else "details"
    methods = counted_words(row, now="_apres", reference="_avant")
    made = partial(Found, f"{kind}/{path}", f"{title_of_figure(row)}, {years}", row.constat_part)
    if now is None or before is None or pd.isna(row.ecart_min):
        names = {"part": "part_{}pct_apres", "part_reference": "part_{}pct_avant", "ecart": "ecart_part_{}pts"}
        return made({name: _three(row, column) for name, column in names.items()}, methods=methods)
    counts = _count_change(row, now=now, before=before)
    if _is_protected(row):
        found = _rounded_measures(row, now, before)
        return made(found | counts, count_finding=row.constat_effectif, methods=methods)
    if path not in HEADLINED or not known.may_test(path):
        # Not tested: neither p nor an interval, which would be read as a test and takes in no likeness.
        found = sweep(two_shares.described, central_pair(now, before), compatible_pairs(now, before))
        return made(found | counts, count_finding=row.constat_effectif, methods=methods)
    found = tests_of_years(now, before, path=path, known=known) | counts | known.unanswered(path)
    ways, interval = words_of(found)
    said = {"count_finding": row.constat_effectif, "methods": methods | ways, **interval}
    return made(found, tested=test_of(found), **said)


def years(differences: pd.DataFrame, *, known: Beside, year: int, compare_to: int | None) -> Iterator[Found]:
    """Every share of persons that both years publish, then every count that is only deduced from one (no test).

    ``differences`` are those of `years.differences`, ``known`` what records tell of both years. Only the shares
    chosen beforehand are tested (`headlines`); when shares are many, the others are ``details``.
    """
    when = f"{compare_to} et {year}"
    for row in differences.itertuples():
        is_deduced = "deduit" in (row.precision_avant, row.precision_apres)
        if row.modalite == "" or not is_compared(row.indicateur):
            continue
        if not is_deduced and pd.notna(row.ecart_part_min_pts) and pd.notna(row.ecart_part_max_pts):
            yield _year(row, known=known, years=when)
        elif pd.notna(row.ecart_min):
            counts = _count_change(row, now=side_of(row, "_apres"), before=side_of(row, "_avant"))
            label = f"{title_of_figure(row)}, {when}"
            methods = counted_words(row, now="_apres", reference="_avant")
            kind = "annees" if known.is_headlined(_path(row)) or not _is_protected(row) else "details"
            yield Found(f"{kind}/{_path(row)}", label, "", counts, count_finding=row.constat_effectif, methods=methods)


def volumes(totals: pd.DataFrame, *, year: int, compare_to: int | None) -> Iterator[Found]:
    """The totals of both years; never a test, nor an interval: for how many months the posts were held is not known.

    ``totals`` are those of `years.totals`.
    """
    for row in totals.itertuples():
        found = _count_change(row)
        methods = {"rapport": "effectif / effectif_reference", **counted_words(row, now="_apres", reference="_avant")}
        if min(found["effectif"][1], found["effectif_reference"][1]) > 0 and not _is_protected(row):
            now, before = found["effectif"], found["effectif_reference"]
            found["rapport"] = (now[0] / before[0], now[1] / before[2], now[2] / before[1])
        label = f"{title_of_figure(row)}, {compare_to} et {year}"
        yield Found(f"volume/{_path(row)}", label, "", found, count_finding=row.constat_effectif, methods=methods)


def _rest(part: Side, whole: Side, *, id: str, label: str, methods: dict[str, str]) -> Found | None:
    central = central_rest(part, whole)
    if central.base_ref[0] <= 0 or not 0 <= central.count_ref[0] <= central.base_ref[0]:
        return None
    found = sweep(two_shares.described, central, compatible_rests(part, whole))
    naive = sweep(two_shares.described, central_pair(part, whole), compatible_pairs(part, whole))
    found |= {f"{name}_naif": naive[name] for name in ("ecart", "h", "rapport")}
    says = finding(*found["ecart"][1:], stable_within=catalogue().stable_points)
    return Found(id, label, says, found, methods=methods)


def rests(now: pd.DataFrame, *, year: int) -> Iterator[Found]:
    """The ALSES against the rest of prévention spécialisée, for every share printed for both in the year; never a test.

    A post that opens has new cases only, so the persons of one post are alike by construction: with 21 new posts of 73,
    that alone makes a design effect of 11, and no test of independent persons holds. Of a year counted from records,
    only the shares chosen beforehand (`headlines`).
    """
    keys, chosen = ["indicateur", "modalite"], HEADLINED_RESTS if is_counted(now) else None
    rows = published(now, year)
    rows = rows[rows["modalite"].ne("") & ~rows["precision"].isin(["deduit", PROTECTED])]
    both = rows[rows["perimetre"] == PART].merge(
        rows[rows["perimetre"] == WHOLE], on=keys, suffixes=("_partie", "_ensemble"), validate="1:1"
    )
    for row in both.itertuples():
        part, whole = side_of(row, "_partie"), side_of(row, "_ensemble")
        is_chosen = chosen is None or f"{row.indicateur}/{row.modalite}" in chosen
        if part and whole and is_chosen:
            title = catalogue().indicators[row.indicateur].title_of(row.modalite)
            label = f"{title}, ALSES et reste de la prévention spécialisée"
            apart = dict.fromkeys(("effectif_reference", "base_reference"), "ensemble moins ALSES")
            methods = apart | counted_words(row, now="_partie")
            id = f"reste/{PART}/{row.indicateur}/{row.modalite}"
            found = _rest(part, whole, id=id, label=label, methods=methods)
            yield from [found] if found else []
