"""Figure of the pairs of codes that meet."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import is_tied
from helpers.tables.codings import pairs_cells
from helpers.wording import Html, say

# A line says that two codes go together: seen once or twice, it may be a coder's habit of the day (the same number as
# that of `codings.gates`, which says whether there is anything to draw).
FEWEST_MET = 3
# Lines of a drawing: past that, nobody follows one from end to end.
MOST_PAIRS = 25
# One line is a sentence, not a graph.
FEWEST_PAIRS = 2

_say = partial(say, "figures_codings")


def show_network(paires: pd.DataFrame) -> Html:
    """The pairs of codes met `FEWEST_MET` times or more, as lines between names; nothing with fewer than two of them.

    The columns of `codings.cooccurrences`, the most met first, with ``libelle`` and ``autre_libelle``; the `MOST_PAIRS`
    most met are drawn.

    >>> codes = {"code": ["lieux", "aide"], "autre_code": ["aide", "temps"], "libelle": ["Lieux", "Aide"]}
    >>> mesures = {"rencontres": [7, 3], "documents": [4, 2], "signes_communs": [90, 20], "signes": [300, 400]}
    >>> paires = pd.DataFrame(codes | mesures | {"autre_libelle": ["Aide", "Temps"], "jaccard": [0.3, 0.05]})
    >>> print(charts.show_network(paires).text)
    « Lieux » et « Aide », la paire qui se rencontre le plus : 7 fois
    Traits entre les codes qui se rencontrent : Lieux et Aide, 7 fois ; Aide et Temps, 3 fois.
    """
    known = paires[paires["rencontres"] >= FEWEST_MET] if len(paires) else paires
    if len(known) < FEWEST_PAIRS:
        return Html("", "")
    shown = known.head(MOST_PAIRS)
    rows = list(shown.itertuples())
    return compose(
        partial(draw.network, shown),
        id="codages-paires",
        title=_say("pairs_title", most=rows[0], is_tied=is_tied(rows[0].rencontres, list(known["rencontres"]))),
        subtitle=_say("pairs_subtitle", fewest=FEWEST_MET),
        reading=_say("pairs_reading", most=rows[0]),
        base=_say("pairs_base", drawn=len(known), all=len(paires)),
        source=_say("source", field="documents codés de l’année"),
        alt=_say("pairs_alt", rows=rows).text,
        table=pairs_cells(known, caption="Paires de codes qui se rencontrent"),
        notes=[_say("pairs_most", shown=len(shown), all=len(known))] if len(known) > len(shown) else [],
    )
