"""Figures of a whole opened into its parts: the volume, the entry routes."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import Figures, compose
from helpers.charts.persons import is_rounded_somewhere, known
from helpers.charts.topics import figures_of, show_breakdowns
from helpers.charts.words import bases, describing, source
from helpers.facts import USUAL, Fact, Facts
from helpers.schema import catalogue
from helpers.tables import breakdown_table
from helpers.wording import Html
from helpers.wording.agreement import population

WHOLE, PUPILS = "prevention_specialisee", "collegiens"


def _rows(parts: list[pd.DataFrame], perimeter: str, indicator: str) -> pd.DataFrame | None:
    """The breakdown of one indicator in one population, if it is among the parts."""
    found = (
        rows for rows in parts if (rows["perimetre"].iloc[0], rows["indicateur"].iloc[0]) == (perimeter, indicator)
    )
    return next(found, None)


def _is_bounded(fact: Fact | None) -> bool:
    return fact is not None and fact.counts is not None and fact.share_bounds is not None


def _others(parts: list[pd.DataFrame], drawn: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The breakdowns that say more than the modalities already drawn."""
    shown = {key for rows in drawn for key in zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True)}
    kept = []
    for rows in parts:
        said = known(rows)[lambda each: each["part_min_pct"].notna()]
        keys = zip(said["perimetre"], said["indicateur"], said["modalite"], strict=True)
        kept += [] if set(keys) <= shown else [rows]
    return kept


def show_volume(parts: list[pd.DataFrame], facts: Facts) -> Html:
    """Everyone, the collégiens, and who follows them, one bar inside another; then what else the topic publishes.

    ``parts`` is `describe.topic` of the volume (columns of `describe.breakdown`), in persons. Without one of the three
    levels, its breakdowns alone.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> parts = describe.topic(chiffres, "volume", year=2020)
    >>> print(charts.show_volume(parts, facts.Facts(chiffres, year=2020)).text)
    Sur 3 424 collégiens suivis, 35 % le sont par un autre éducateur qu’un ALSES
    Barres emboîtées : toute la prévention spécialisée, entre 6 522 et 6 648 ; collégiens, 3 424 ; parmi eux, suivis
    par un ALSES, entre 2 209 et 2 242, par un autre éducateur, entre 1 182 et 1 215.
    """
    followed, statuses = _rows(parts, PUPILS, "suivi_par"), _rows(parts, WHOLE, "situation")
    whole, pupils = facts(f"{WHOLE}/accompagnements/"), facts(f"{WHOLE}/situation/collegien")
    alses, others = (facts(f"{PUPILS}/suivi_par/{name}") for name in ("alses", "autre_educateur"))
    if not all(map(_is_bounded, (pupils, alses, others))) or whole is None or whole.counts is None:
        return show_breakdowns(parts)
    rows = pd.concat([statuses, followed], ignore_index=True)
    names = ["toute la prévention spécialisée", "collégiens", "collégiens, selon qui les suit"]
    figure = compose(
        partial(draw.volume, whole, pupils, alses, others, names=names),
        id="volume",
        title=describing("volume_title", others=others),
        subtitle=describing("volume_subtitle", year=facts.year, has_rounding=is_rounded_somewhere(rows)),
        reading=describing("volume_reading", whole=whole, pupils=pupils, alses=alses),
        base=bases([(whole, catalogue().perimeters[WHOLE].short)]),
        source=source(catalogue().perimeters[WHOLE].label, rows["reference"]),
        alt=describing("volume_alt", whole=whole, pupils=pupils, alses=alses, others=others).text,
        table=breakdown_table(rows, caption=f"Personnes suivies et collégiens parmi elles, {facts.year}"),
    )
    drawn = rows[rows["modalite"].isin(["collegien", "hors_college", "alses", "autre_educateur"])]
    # Every situation that records count is in the data of this figure.
    drawn = rows if pupils.is_of_records else drawn
    return Figures([figure, *figures_of(_others(parts, [drawn]))], empty=figure)


def _unanswered(facts: Facts, indicator: str) -> list[Fact]:
    """What records count beside the answers to a question: « ne sait pas », « non renseigné »…, where anyone is."""
    found = [facts(f"{USUAL}/{indicator}/{name}") for name in catalogue().indicators[indicator].recorded]
    return [fact for fact in found if fact and fact.base and fact.counts[1]]


def _referrers(facts: Facts) -> list[Fact]:
    found = [facts(f"{USUAL}/orienteur/{name}") for name in catalogue().indicators["orienteur"].modalities]
    return [*(fact for fact in found if fact and fact.share_bounds and fact.base), *_unanswered(facts, "orienteur")]


def show_entries(parts: list[pd.DataFrame], facts: Facts) -> Html:
    """The part of the collège and the others, the first opened into its referrers; then what else the topic publishes.

    ``parts`` is `describe.topic` of the entries (columns of `describe.breakdown`), in per cent. Without the part of the
    collège, or of a site, its breakdowns alone.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> parts = describe.topic(chiffres, "entrees", year=2020)
    >>> print(charts.show_entries(parts, facts.Facts(chiffres, year=2020)).text)
    Le collège a orienté 46 % des personnes suivies ; parmi ces élèves, 70 % sont orientés par la direction ou la vie
    scolaire
    Barre coupée en deux, dont la part du collège est ouverte par orienteur : orientation par le collège, 46 % ...
    """
    routes, referrers = _rows(parts, USUAL, "origine"), _rows(parts, USUAL, "orienteur")
    college, others = (facts(f"{USUAL}/origine/{name}") for name in ("college", "hors_college"))
    if facts.place or routes is None or not _is_bounded(college) or not _is_bounded(others):
        return show_breakdowns(parts)
    entry, rest = catalogue().indicators["orienteur"], _unanswered(facts, "origine")
    opened = [fact for fact in _referrers(facts) if _is_bounded(fact)]  # on a small base, no share is said
    said = [fact for fact in opened if fact.share is not None and fact.key.split("/")[-1] in entry.modalities]
    first = max(said, key=lambda fact: fact.share, default=None)
    shown = ["college", "hors_college", *entry.modalities, *entry.recorded]
    drawn = [rows[rows["modalite"].isin(shown)] for rows in parts]
    # The routes that records count have a figure of their own.
    both = ["college", "hors_college", *catalogue().indicators["origine"].recorded]
    routes = routes[routes["modalite"].isin(both)] if college.is_of_records else routes
    rows = pd.concat([routes, *([] if referrers is None else [referrers])], ignore_index=True)
    figure = compose(
        partial(draw.entries, college, others, opened),
        id="entrees",
        title=describing("entries_title", college=college, first=first),
        subtitle=describing(
            "entries_subtitle", year=facts.year, has_referrers=bool(opened), has_rounding=is_rounded_somewhere(rows)
        ),
        reading=describing("entries_reading", college=college, first=first),
        notes=[describing("entries_rest", facts=rest)] if rest else [],
        base=bases([(college, population(college)), *((fact, population(fact)) for fact in opened[:1])]),
        source=source(catalogue().perimeters[USUAL].label, rows["reference"]),
        alt=describing("entries_alt", facts=[college, others, *rest, *opened]).text,
        table=breakdown_table(rows, caption=f"Voies d’entrée et orienteurs du collège, {facts.year}"),
    )
    return Figures([figure, *figures_of(_others(parts, drawn), told=("college", "hors_college"))], empty=figure)
