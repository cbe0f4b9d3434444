"""Which codes meet: pairs whose passages overlap, when one person put both."""

from collections import defaultdict
from itertools import combinations

import pandas as pd

from helpers.codings.places import Place, merged, place
from helpers.exchange import Project

# A line between two codes says that they go together: seen once or twice, it may be a coder's habit of the day.
FEWEST_DRAWN = 3


def cooccurrences(project: Project) -> pd.DataFrame:
    """The pairs of codes that meet: one row a pair, the most met first, then by name.

    Two codes meet where passages of one document, by one coder, have a sign of text in common; passages without place
    meet when their text is the same. Columns: ``code``, ``autre_code`` (in the order of the book); ``rencontres``, the
    couples of passages that overlap; ``documents``; ``signes_communs`` and ``signes``, the signs of text under both
    and under either, in code points, coder by coder; ``jaccard``, the first over the second; ``est_trace``: met often
    enough (`FEWEST_DRAWN`) to be a line of a graph. A code and one that stands below it are a pair too.

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
    for key, places in groups.items():
        pieces = {code: merged(each) for code, each in places.items()}
        for code, each in pieces.items():
            covered[code] += _signs(each)
        for pair in combinations(sorted(places, key=ranks.__getitem__), 2):
            couples = [(one, two) for one in places[pair[0]] for two in places[pair[1]] if _overlap(one, two)]
            met[pair] |= {(key, *couple) for couple in couples}
            shared[pair] += sum(_overlap(one, two) for one in pieces[pair[0]] for two in pieces[pair[1]])
    rows = [_row(pair, met[pair], shared[pair], covered) for pair in met if met[pair]]
    rows.sort(key=lambda row: (-row["rencontres"], ranks[row["code"]], ranks[row["autre_code"]]))
    columns = ["code", "autre_code", "rencontres", "documents", "signes_communs", "signes", "jaccard", "est_trace"]
    return pd.DataFrame(rows, columns=columns)


def _row(pair: tuple[str, str], met: set, shared: int, covered: dict[str, int]) -> dict:
    either = covered[pair[0]] + covered[pair[1]] - shared
    return {
        "code": pair[0],
        "autre_code": pair[1],
        "rencontres": len(met),
        "documents": len({one.zone[0] for _, one, _ in met}),
        "signes_communs": shared,
        "signes": either,
        "jaccard": shared / either,
        "est_trace": len(met) >= FEWEST_DRAWN,
    }


def _overlap(one: Place, two: Place) -> int:
    """The signs that two places of one zone have in common."""
    return max(0, min(one.end, two.end) - max(one.start, two.start))


def _signs(places: list[Place]) -> int:
    return sum(each.end - each.start for each in places)
