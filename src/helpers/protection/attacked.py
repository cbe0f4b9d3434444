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
_ROUNDS = 16
# How many draws are tried before figures of the network are rounded.
_DRAWS = 3


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
    also: set[tuple] = set()
    truth, draw = truth_of(indicators, counts), key
    for rank in range(_ROUNDS):
        protected = disclosure.protect(indicators, counts, sites, key=draw, also=also)
        refused = _refused(protected.indicators, truth)
        if not refused:
            return protected
        # Another draw costs nothing; a figure of the network that is rounded is one that nobody reads exactly any more.
        more = _to_round(refused, indicators, also) if rank >= _DRAWS else set()
        if not more:
            draw = hashlib.blake2b(draw, salt=rank.to_bytes(2, "big")).digest()
        also |= more
    raise DataError(f"La protection n’aboutit pas, rien n’est publié. {refused[0].sentence}")


def _refused(indicators: pd.DataFrame, truth: auditor.Truth) -> list[auditor.Finding]:
    """What refuses the tables, whether the report has pages of sites or those of the network alone."""
    alone = indicators[indicators["site_type"].eq("reseau")]
    # Rounded crossings of the network are read otherwise when those of associations are not published beside them.
    has_rounded = (alone["croise_avec"].ne("") & alone["precision"].eq("arrondi_secret")).any()
    for each in (indicators, alone) if has_rounded else (indicators,):
        found = [finding for finding in auditor.attack(each, truth).findings if finding.is_refused]
        if found:
            return found
    return []


def _turned(refused: Iterable[auditor.Finding], also: set[tuple]) -> set[disclosure.Turned]:
    """The counts to turn: up where a known pupil of each collège makes up all of one, the widest one only; down where
    the true row of the network leaves a count nowhere to be but at the site that shows it.
    """
    turned = {each[:4] for each in also if isinstance(each, disclosure.Turned)}
    found: dict[tuple, disclosure.Turned] = {}
    for finding in refused:
        cell, is_up = finding.cell, finding.state == _PUPIL_KNOWN
        if cell is None or cell.croise_avec or cell.perimetre != "alses" or cell.site_type not in _LEVELS:
            continue
        asked = disclosure.Turned(cell.site_type, cell.site, cell.indicateur, cell.modalite, is_up)
        known = found.setdefault((is_up, *asked[2:4]), asked)
        if _LEVELS.index(asked.site_type) < _LEVELS.index(known.site_type):
            found[is_up, *asked[2:4]] = asked
    return {each for each in found.values() if each[:4] not in turned}


def _to_round(refused: Iterable[auditor.Finding], indicators: pd.DataFrame, also: set[tuple]) -> set[tuple]:
    """The next figures of the network to round: the one that the cell is part of, its question, its base, then those
    that the auditor names; at last, the counts to turn.
    """
    exact = {
        (row.perimetre, row.indicateur, row.modalite) for row in indicators.itertuples() if not row.croise_avec
    } - also
    found: set[tuple] = set()
    for finding in refused:
        cell = finding.cell
        if cell is None or finding.state == _NETWORK_KNOWN:  # to round what the reader knows would change nothing
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
    return found or _turned([each for each in refused if each.state in (_PUPIL_KNOWN, _NETWORK_KNOWN)], also)
