"""Figure of how far two persons who coded the same texts agree."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.codes import MOST_NAMED
from helpers.charts.figure import compose
from helpers.tables.codings import agreement_cells
from helpers.wording import Html, say

_say = partial(say, "figures_codings")


def show_agreement(accord: pd.DataFrame) -> Html:
    """Alpha of each code with its interval, the highest first; nothing without two codings.

    The columns of `codings.agreement`, and ``libelle``. A code without alpha is named under the figure; where none has
    any, the table of counts stands alone.

    >>> comptes = {"les_deux": 20, "premier_seul": 5, "second_seul": 10, "aucun": 15, "unites": 50}
    >>> mesures = {"accord_pct": 70.0, "accord_positif_pct": 72.7, "kappa": 0.4, "alpha": 0.4}
    >>> intervalle = {"alpha_bas": 0.13, "alpha_haut": 0.62}
    >>> accord = pd.DataFrame([{"code": "lieux", "libelle": "Lieux"} | comptes | mesures | intervalle])
    >>> print(charts.show_agreement(accord).text)
    Deux personnes, le code « Lieux » : alpha de 0,40
    Points et intervalles, alpha par code : Lieux, 0,40, de 0,13 à 0,62.
    """
    if accord.empty:
        return Html("", "")
    ordered = accord.sort_values("alpha", ascending=False, kind="stable", ignore_index=True)
    counts = agreement_cells(ordered, caption="Accord de deux personnes, code par code")
    known, missing = (ordered[ordered["alpha"].notna() == is_known] for is_known in (True, False))
    if known.empty:
        return counts
    rows, units = list(known.itertuples()), int(accord["unites"].max())
    return compose(
        partial(draw.agreement, known.assign(posees=known[["les_deux", "premier_seul", "second_seul"]].sum(axis=1))),
        id="codages-accord",
        title=_say("agreement_title", first=rows[0], last=rows[-1], count=len(rows)),
        subtitle=_say("agreement_subtitle", units=units),
        reading=_say("agreement_reading", first=rows[0]),
        base=_say("agreement_base", units=units),
        source=_say("source", field="documents que deux personnes ont codés"),
        alt=_say("agreement_alt", rows=rows).text,
        table=counts,
        notes=[_say("agreement_missing", names=list(missing["libelle"]), most=MOST_NAMED)] if len(missing) else [],
    )
