"""Protects, has the result attacked, and protects more what the attack found, until it finds nothing."""

import hashlib
from collections.abc import Iterable

import pandas as pd

from helpers import auditor, disclosure
from helpers.schema import DataError, catalogue

# Of the states of knowledge of the auditor, the one where every figure of the network is known exactly.
_NETWORK_KNOWN = "ligne_du_reseau"
_PUPIL_KNOWN = "une_personne_par_college"
_LEVELS = ["reseau", "association", "college"]
# A first attack nearly always finds nothing; what needs more than this is not a matter of rounding.
_ROUNDS = 24
# How many draws are tried before figures of the network are rounded.
_DRAWS = 3
# From this round on, counts may go two bases away.
_NEAR_ROUNDS = 16


def truth_of(indicators: pd.DataFrame, counts: pd.DataFrame) -> auditor.Truth:
    """What the auditor knows and a reader does not: schema ``comptes_par_site``, then schema ``indicateurs``.

    >>> protection.truth_of(store.load(2020, "indicateurs"), store.load_site_counts(2020)).years
    []
    """
    return auditor.Truth(counts, indicators)


def protect_from_attack(
    indicators: pd.DataFrame, counts: pd.DataFrame, sites: pd.DataFrame, *, key: bytes
) -> disclosure.Protected:
    """The protected indicators (schema ``indicateurs``) of which the auditor finds no small count.

    As `disclosure.protect`; each figure of the network that makes a cell too thin is rounded as well, and once all of
    those are, the ties are drawn anew.

    Raises
    ------
    DataError
        when the auditor still finds one after many rounds.
    """
    also, turned, blocked = set(), set(), set()
    truth, draw = truth_of(indicators, counts), key
    for rank in range(_ROUNDS):
        protected, kept = _rounded((indicators, counts, sites), draw, also, turned, may_widen=rank > _NEAR_ROUNDS)
        # What cannot be turned so is asked no more, until more of the network is rounded or counts may go two bases.
        blocked, turned = (blocked | turned - kept) if rank != _NEAR_ROUNDS else set(), kept
        refused = _refused(protected.indicators, truth)
        if not refused:
            return protected
        # A count that is turned is one; another draw costs nothing; a figure of the network that is rounded is one that
        # nobody reads exactly any more.
        if more := _turned(refused, turned | blocked):
            turned |= more
        elif rank >= _DRAWS and (more := _to_round(refused, protected.indicators, also)):
            also, blocked = also | more, set()
        else:
            draw = hashlib.blake2b(draw, salt=rank.to_bytes(2, "big")).digest()
    raise DataError(f"La protection n’aboutit pas, rien n’est publié. {refused[0].sentence}")


def _rounded(tables: tuple, key: bytes, also: set, turned: set, *, may_widen: bool) -> tuple[disclosure.Protected, set]:
    """The tables rounded with the counts that are asked to turn, and these; without any if none is as near."""
    if turned:
        try:
            protected = disclosure.protect(*tables, key=key, also=also | turned)
        except DataError:
            pass
        else:
            if may_widen or not protected.is_wide:
                return protected, turned
    return disclosure.protect(*tables, key=key, also=also), set()


def _refused(indicators: pd.DataFrame, truth: auditor.Truth) -> list[auditor.Finding]:
    """What refuses the tables, whether the report has pages of sites or those of the network alone."""
    alone = indicators[indicators["site_type"].eq("reseau")]
    # Rounded crossings of the network are read otherwise when those of associations are not published beside them.
    has_rounded = (alone["croise_avec"].ne("") & alone["precision"].eq("arrondi_secret")).any()
    for each in (indicators, alone) if has_rounded else (indicators,):
        found = [finding for finding in auditor.attack(each, truth, stops_early=True).findings if finding.is_refused]
        if found:
            return found
    return []


def _turned(refused: Iterable[auditor.Finding], asked: set[disclosure.Turned]) -> set[disclosure.Turned]:
    """The counts to turn, but for those of ``asked``; at the widest level only.

    Up where a known pupil of each collège makes up all of one; down where the true row of the network leaves a count
    nowhere to be but at the site that shows it.
    """
    known_turns = {each[:4] for each in asked}
    found: dict[tuple, disclosure.Turned] = {}
    for finding in refused:
        cell, is_up = finding.cell, finding.state == _PUPIL_KNOWN
        if not is_up and finding.state != _NETWORK_KNOWN:
            continue
        if cell is None or cell.croise_avec or cell.perimetre != "alses" or cell.site_type not in _LEVELS:
            continue
        turn = disclosure.Turned(cell.site_type, cell.site, cell.indicateur, cell.modalite, is_up)
        known = found.setdefault((is_up, *turn[2:4]), turn)
        if _LEVELS.index(turn.site_type) < _LEVELS.index(known.site_type):
            found[is_up, *turn[2:4]] = turn
    return {each for each in found.values() if each[:4] not in known_turns}


def _to_round(refused: Iterable[auditor.Finding], shown: pd.DataFrame, also: set[tuple]) -> set[tuple]:
    """The next figures of the network to round: the one that the cell is part of, its question, its base, then those
    that the auditor names.
    """
    rows = shown[disclosure.is_counted(shown) & shown["croise_avec"].eq("") & shown["effectif_arrondi"].isna()]
    exact = set(zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True)) - also
    found: set[tuple] = set()
    for finding in refused:
        cell = finding.cell
        if cell is None:
            continue
        if cell.croise_avec and (pair := (cell.indicateur, cell.croise_avec)) not in also:
            found.add(pair)
            continue
        asked = catalogue().indicators[cell.indicateur]
        own = [each for each in exact if each[1:] == (cell.indicateur, cell.modalite)]
        question = [each for each in exact if each[1] == cell.indicateur]
        base = [each for each in exact if asked.base and each[1] == asked.base.partition("/")[0]]
        telling = {(each.perimetre, each.indicateur, each.modalite) for each in finding.told_by} & exact
        found |= set(own or question or base or telling)
    return found
