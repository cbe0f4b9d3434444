"""What the figures and tables of a year say of one another, beyond each printed figure alone."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import cite
from helpers.indicators.build import assumptions_in, consistent_system
from helpers.indicators.claims import mean_claim, meetings_of, period_claim, share_claim
from helpers.indicators.context import cite_register
from helpers.indicators.controls import count_verdicts
from helpers.indicators.rows import single, table
from helpers.indicators.shares import Shares, cell_from
from helpers.indicators.sums import group_totals, part_sums
from helpers.indicators.survey import seniorities, seniority_findings, status_findings, statuses
from helpers.schema import REGISTER, VERDICTS, catalogue, columns, typed


@dataclass(frozen=True)
class Coherences:
    """``findings`` (schema ``coherences``, worst first) and ``counts`` (exact indicators of what they found).

    01 saves the findings, one a row:

    >>> store.load(2020, "coherences")[["nature", "verdict", "lignes"]].head(1)
            nature         verdict             lignes
    0  affirmation  contradictoire  91, 118, 132, 144
    """

    findings: pd.DataFrame
    counts: pd.DataFrame


def check_coherences(
    figures: pd.DataFrame,
    counted: pd.DataFrame,
    *,
    year: int,
    document: str,
    posts: pd.DataFrame,
    meetings: pd.DataFrame,
    claims: pd.DataFrame,
    colleges: pd.DataFrame,
) -> Coherences:
    """The coherences of a year and their counts.

    Sums of printed shares, totals of groups, claims (schema ``affirmations``), seniority against the start of the post,
    priority status against the register. A table that was not received gives no finding. No catalogue assumption is
    used. Takes the schema ``chiffres_publies``, what `count_year` gives (schema ``indicateurs``), schema ``postes``,
    schema ``reunions`` and schema ``colleges``.

    >>> recu, postes = store.read_year(2020), store.load(2020, "postes")
    >>> trouve = indicators.check_coherences(
    ...     recu.figures, store.load(2020, "indicateurs").head(0), year=2020, document=recu.document, posts=postes,
    ...     meetings=recu.meetings, claims=recu.claims.head(1), colleges=store.read_reference("colleges"),
    ... )
    >>> trouve.findings["sujet"][0], trouve.findings["verdict"][0]
    ('Ancienneté d’ALSES plus longue que le poste', 'contradictoire')
    """
    system, _ = consistent_system(figures, counted)
    system = system.without(assumptions_in(system))
    shares, rows = Shares(figures, system, claims), []
    rows += part_sums(figures, system, year=year) + group_totals(figures, meetings, year=year)
    for claim in claims.itertuples():
        if claim.relation == "periode":
            rows.append(period_claim(claim, meetings))
        elif claim.relation == "moyenne":
            rows.append(mean_claim(claim, system, figures))
        else:
            rows += share_claim(claim, shares)
    rows += seniority_findings(posts, meetings, year=year) + status_findings(posts, colleges, year=year)
    order = list(VERDICTS)[::-1]
    rows.sort(key=lambda found: order.index(found["verdict"]))
    findings = typed(pd.DataFrame(rows, columns=columns("coherences")), "coherences")
    counts = [
        count_verdicts(findings, year=year, document=document, indicator="coherences"),
        _count_posts(seniorities(posts, meetings), "anciennete_et_debut", year=year, document=document),
        _count_statuses(posts, colleges, year=year, document=document),
        _count_meetings(claims, meetings, document=document),
    ]
    return Coherences(findings, typed(pd.concat(counts, ignore_index=True), "indicateurs"))


def _count_posts(posts: pd.DataFrame, name: str, *, year: int, document: str) -> pd.DataFrame:
    """How many posts are in each class; nothing when none could be classed."""
    if posts.empty:
        return table([])
    seen, total, reference = posts[name].value_counts(), (len(posts),) * 2, cite(document, posts["ligne"])
    return table(
        [
            single((year, "postes", name, modality), seen.get(modality, 0), reference, base=total)
            for modality in catalogue().indicators[name].modalities
        ]
    )


def _count_statuses(posts: pd.DataFrame, colleges: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """The same for the status: of the document and of the register, without which there is nothing to compare."""
    found = statuses(posts, colleges)
    counted = _count_posts(found, "classement_au_repertoire", year=year, document=document)
    own = colleges.loc[colleges["uai"].isin(posts["uai"]), "source_education_prioritaire"]
    references = [*counted["reference"].head(1), cite_register(own)]
    return counted.assign(source=REGISTER, reference=" ; ".join(filter(None, references)))


def _count_meetings(claims: pd.DataFrame, meetings: pd.DataFrame, *, document: str) -> pd.DataFrame:
    """The meetings held outside the period affirmed for their group; the first claim about a group counts."""
    found = {}
    for claim in claims[claims["relation"] == "periode"].itertuples():
        year, perimeter, _, modality = cell_from(claim.gauche)
        own, cell = meetings_of(claim, meetings), (year, perimeter, "reunions_hors_periode", modality)
        if modality != "*" and len(own) and cell not in found:
            count, base = int(own["est_hors_periode"].sum()), (len(own),) * 2
            found[cell] = single(cell, count, cite(document, own["ligne"]), base=base)
    return table(list(found.values()))
