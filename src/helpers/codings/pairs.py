"""Which codes meet: pairs whose passages overlap, when one person put both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import pandas as pd

from helpers.codings.places import Place, merged, place
from helpers.exchange import Project

# A line between two codes says that they go together: seen once or twice, it may be a coder's habit of the day.
FEWEST_DRAWN = 3
Pair = tuple[str, str]


def cooccurrences(project: Project) -> pd.DataFrame:
    """The pairs of codes that meet: one row a pair, the most met first, then by name.

    Two codes meet where passages of one document, by one coder, have a sign of text in common; passages without place
    meet when their text is the same. Columns: ``code``, ``autre_code`` (in the order of the book); ``rencontres``, the
    couples of places that overlap, once whoever coded them; ``documents``; ``signes_communs`` and ``signes``, the
    signs of text under both and under either, in code points, coder by coder; ``jaccard``, the first over the second;
    ``est_trace``: met often enough (`FEWEST_DRAWN`) to be a line of a graph. A code and one that stands below it are a
    pair too.

    >>> lieux = exchange.Passage("r1", 0, 9, "Un bureau", "Lieux")
    >>> aide = exchange.Passage("r1", 3, 10, "bureau.", "Aide")
    >>> livre = (exchange.Code("Lieux"), exchange.Code("Aide"))
    >>> projet = exchange.Project(livre, (exchange.Document("r1", "Un bureau."),), (lieux, aide))
    >>> codings.cooccurrences(projet)[["code", "autre_code", "rencontres", "signes", "jaccard"]]
        code autre_code  rencontres  signes  jaccard
    0  Lieux       Aide           1      10      0.6
    """
    ranks = {code.path: rank for rank, code in enumerate(project.codes)}
    met, shared, covered = defaultdict(set), defaultdict(int), defaultdict(int)
    groups = defaultdict(lambda: defaultdict(set))
    for passage in project.passages:
        at = place(passage)
        groups[passage.coder, at.zone][passage.code].add(at)
    for places in groups.values():
        pieces = {code: merged(each) for code, each in places.items()}
        for code, each in pieces.items():
            covered[code] += sum(at.end - at.start for at in each)
        for pair, one, two in _meetings(places, ranks):
            met[pair].add((one, two))
        for pair, one, two in _meetings(pieces, ranks):
            shared[pair] += min(one.end, two.end) - max(one.start, two.start)
    rows = [_row(pair, met[pair], shared[pair], covered) for pair in met]
    rows.sort(key=lambda row: (-row["rencontres"], ranks[row["code"]], ranks[row["autre_code"]]))
    columns = ["code", "autre_code", "rencontres", "documents", "signes_communs", "signes", "jaccard", "est_trace"]
    return pd.DataFrame(rows, columns=columns)


def _row(pair: Pair, met: set, shared: int, covered: dict[str, int]) -> dict:
    either = covered[pair[0]] + covered[pair[1]] - shared
    return {
        "code": pair[0],
        "autre_code": pair[1],
        "rencontres": len(met),
        "documents": len({one.zone[0] for one, _ in met}),
        "signes_communs": shared,
        "signes": either,
        "jaccard": shared / either,
        "est_trace": len(met) >= FEWEST_DRAWN,
    }


def _meetings(places: dict[str, Iterable[Place]], ranks: dict[str, int]) -> Iterator[tuple[Pair, Place, Place]]:
    """The couples of places of one text that overlap, under two codes, these in the order of the book."""
    ordered = sorted((at, ranks[code], code) for code, each in places.items() for at in each if at.end > at.start)
    for first, (one, rank, code) in enumerate(ordered):
        for two, other_rank, other in islice(ordered, first + 1, None):
            # Those that come after begin later still.
            if two.start >= one.end:
                break
            if rank < other_rank:
                yield (code, other), one, two
            elif other_rank < rank:
                yield (other, code), two, one
