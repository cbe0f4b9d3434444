"""The figures of a site, each with the network's beside it; of a base too small for a share, numbers in a table."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.palette import colour_of
from helpers.charts.persons import drawable, in_place, known, leading, unanswered
from helpers.charts.words import bases, place_of, site, source
from helpers.facts import BESIDE, USUAL, Fact, fact_of
from helpers.schema import catalogue
from helpers.tables import populations_table, site_table
from helpers.wording import Html
from helpers.wording.agreement import people


def are_beside(parts: list[pd.DataFrame]) -> bool:
    """Whether these breakdowns of one indicator are a site's, then the network's."""
    return [rows["perimetre"].iloc[0] for rows in parts][1:] == [BESIDE]


def _matched(own: pd.DataFrame, network: pd.DataFrame) -> list[tuple[Fact, Fact]]:
    """Each figure of the site with the network's, where it has one."""
    found = {row.modalite: fact_of(row) for row in network.itertuples()}
    return [(fact_of(row), found[row.modalite]) for row in own.itertuples() if row.modalite in found]


def _in_order(rows: pd.DataFrame, modalities: pd.Series) -> pd.DataFrame:
    return rows.set_index("modalite", drop=False).loc[list(modalities)].reset_index(drop=True)


def show_site(parts: list[pd.DataFrame]) -> Html | None:
    """One indicator of a site as bars, the network's share on each; None if no share is said.

    ``parts`` are the breakdown of the site, then the network's (columns of `describe.breakdown`). Its shares
    are those of rounded numbers: a line on each bar says what the rounding leaves possible.
    """
    own, network = parts
    drawn = in_place(drawable(own))
    drawn = drawn[drawn["modalite"].isin(network.loc[network["part_pct"].notna(), "modalite"])]
    first, entry = leading(drawn), catalogue().indicators[own["indicateur"].iloc[0]]
    if entry.form != "barres" or first is None:
        return None
    beside, pairs, year = _in_order(network, drawn["modalite"]), _matched(drawn, network), int(own["annee"].iloc[0])
    place = place_of(own)
    who, others = people(entry.id, USUAL, place), people(entry.id, BESIDE)
    [other] = [net for fact, net in pairs if fact.key == first.key]
    return compose(
        partial(draw.bars, drawn, [colour_of(entry.id, name) for name in drawn["modalite"]], beside=beside),
        id=f"site-{entry.id}",
        title=site("title", fact=first, other=other),
        subtitle=site("subtitle", entry=entry, place=place, year=year),
        reading=site("reading", fact=first, other=other, year=year),
        notes=unanswered(own),
        base=bases([(first, who), (other, others)]),
        source=source(f"{who} ; {others}", network["reference"]),
        alt=site("alt", entry=entry, pairs=pairs, year=year).text,
        table=populations_table(parts, [place, catalogue().perimeters[BESIDE].short], caption=f"{entry.label}, {year}"),
    )


def show_numbers(parts: list[pd.DataFrame], told: set[tuple]) -> Html | None:
    """One indicator of a site whose base is too small for a share: numbers, with the network's shares; None if none.

    ``parts`` are the breakdown of the site, then the network's (columns of `describe.breakdown`). What its base is, and
    that it gives no share, is said of the first table of a base: ``told`` are those already said, and takes it.
    """
    own, network = parts
    pairs, entry = _matched(known(own), network), catalogue().indicators[own["indicateur"].iloc[0]]
    shown = [(fact, other) for fact, other in pairs if fact.counts and other.share is not None]
    if entry.form != "barres" or not shown:
        return None
    place, year = place_of(own), int(own["annee"].iloc[0])
    base = (people(entry.id, USUAL, place), shown[0][0].base)
    said = Html("", "") if base in told else site("few", fact=shown[0][0])
    told.add(base)
    made = site_table(shown, place=place, caption=f"{entry.label}, {year}")
    return Html(f"{said.html}{made.html}", f"{said.text}\n{made.text}".strip())
