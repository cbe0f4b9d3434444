"""The pieces that codings are compared on: a text cut wherever a passage begins or ends, the coded pieces alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from helpers.codings.places import Place, place, text_at
from helpers.codings.words import word_count
from helpers.exchange import Passage

# Two persons who mean the same sentence rarely stop at the same comma: what is left at the edge is no judgement.
FEWEST_WORDS = 3


class Unit(NamedTuple):
    """A piece of a text, and the codes that each coding put on all of it."""

    place: Place
    text: str
    codes: tuple[frozenset[str], ...]


def units(codings: Sequence[Iterable[Passage]], texts: dict[str, str]) -> list[Unit]:
    """The pieces that at least one of the codings coded, in the order of the documents' names and texts.

    Left out: the pieces of fewer than `FEWEST_WORDS` words, unless they are a whole passage of somebody.

    >>> text = "Le principal a reçu toute l’équipe en septembre."
    >>> first = Passage("r", 0, 48, text, "Accueil")
    >>> second = Passage("r", 20, 48, text[20:], "Équipe")
    >>> [(unit.text, *map(sorted, unit.codes)) for unit in units([[first], [second]], {"r": text})]
    [('Le principal a reçu ', ['Accueil'], []), ('toute l’équipe en septembre.', ['Accueil'], ['Équipe'])]
    """
    edges, whole = defaultdict(lambda: defaultdict(list)), set()
    for coder, passages in enumerate(codings):
        for passage in passages:
            at = place(passage)
            whole.add(at)
            edges[at.zone][at.start].append((coder, passage.code, 1))
            edges[at.zone][at.end].append((coder, passage.code, -1))
    out = []
    for zone in sorted(edges):
        for start, end, codes in _pieces(edges[zone], len(codings)):
            at = Place(zone, start, end)
            text = text_at(texts, at)
            if at in whole or word_count(text) >= FEWEST_WORDS:
                out.append(Unit(at, text, codes))
    return out


def _pieces(edges: dict[int, list], coders: int) -> Iterable[tuple[int, int, tuple[frozenset[str], ...]]]:
    """The coded pieces of one text, from what begins and ends at each place."""
    open_codes = [Counter() for _ in range(coders)]
    stops = sorted(edges)
    for start, end in zip(stops, stops[1:], strict=False):
        for coder, code, step in edges[start]:
            open_codes[coder][code] += step
        codes = tuple(frozenset(code for code, count in each.items() if count > 0) for each in open_codes)
        if any(codes):
            yield start, end, codes
