"""The figures of a topic: one an indicator, its populations together when it has several."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import Figures, compose
from helpers.charts.persons import (
    answers,
    drawable,
    in_accord,
    is_rounded_somewhere,
    rounded,
    show_breakdown,
    unanswered,
)
from helpers.charts.sites import are_beside, show_numbers, show_site
from helpers.charts.words import bases, describing, nothing, source
from helpers.facts import Fact, fact_of
from helpers.schema import catalogue
from helpers.tables import populations_table
from helpers.wording import Html
from helpers.wording.written import write_base

PAIR = 2  # modalities that a figure of several populations can name without their labels meeting


def _contains(outer: str, inner: str) -> bool:
    """Whether a population is inside another, as the catalogue links them."""
    perimeters, current = catalogue().perimeters, inner
    while perimeters[current].count_of:
        current = perimeters[current].count_of.partition("/")[0]
        if current == outer:
            return True
    return False


def _leading(parts: list[list[Fact]]) -> list[Fact] | None:
    """The same modality in each population, the largest of those whose share is printed or counted everywhere."""
    by_label = [{fact.label: fact for fact in facts} for facts in parts]
    known = [label for label in by_label[0] if all(label in one and one[label].share is not None for one in by_label)]
    best = max(known, key=lambda label: by_label[0][label].share, default=None)
    return None if best is None else [one[best] for one in by_label]


def show_populations(parts: list[pd.DataFrame]) -> Html | None:
    """One indicator in several populations (columns of `describe.breakdown`); None when they cannot stand together."""
    parts = [in_accord(rows) for rows in parts]
    # Two lines of dots hold two answers: those who gave none are in the data, and in a note when they are many.
    drawn = [answers(drawable(rows)) for rows in parts]
    facts = [[fact_of(row) for row in rows.itertuples()] for rows in drawn]
    same = {tuple(sorted(rows["modalite"])) for rows in drawn}
    leading = _leading(facts) if len(same) == 1 and len(drawn[0]) == PAIR else None
    if len(parts) < PAIR or leading is None:
        return None
    entry, year = catalogue().indicators[parts[0]["indicateur"].iloc[0]], int(parts[0]["annee"].iloc[0])
    perimeters = [catalogue().perimeters[rows["perimetre"].iloc[0]] for rows in parts]
    names = [perimeter.short for perimeter in perimeters]
    others = list(zip(names[1:], leading[1:], strict=True))
    counted = [f"{name} ({write_base(known[0])})" for name, known in zip(names, facts, strict=True)]
    nested = all(_contains(outer.id, inner.id) for inner, outer in zip(perimeters, perimeters[1:], strict=False))
    return compose(
        partial(draw.populations, drawn, counted),
        id=f"populations-{entry.id}",
        title=describing("populations_title", entry=entry, first=leading[0], others=others),
        subtitle=describing("populations_subtitle", year=year, has_rounding=any(map(is_rounded_somewhere, drawn))),
        reading=describing("populations_reading", first=leading[0], others=others, year=year),
        notes=[*([describing("populations_inside")] if nested else []), *rounded(parts[0]), *unanswered(parts[0])],
        base=bases((known[0], perimeter.label) for perimeter, known in zip(perimeters, facts, strict=True)),
        source=source(" ; ".join(perimeter.label for perimeter in perimeters), pd.concat(drawn)["reference"]),
        alt=describing("populations_alt", entry=entry, parts=list(zip(names, facts, strict=True))).text,
        table=populations_table(parts, names, caption=f"{entry.label}, {year}"),
    )


def figures_of(breakdowns: list[pd.DataFrame], *, told: tuple[str, ...] = ()) -> list[Html]:
    """One figure an indicator where its populations stand side by side, else one a population; ``told``: see there."""
    found, grouped, small = [], {}, set()
    for rows in breakdowns:
        grouped.setdefault(rows["indicateur"].iloc[0], []).append(rows)
    for parts in grouped.values():
        if are_beside(parts):
            found += [figure] if (figure := show_site(parts) or show_numbers(parts, small)) else []
            continue
        together = show_populations(parts)
        alone = [together] if together else [show_breakdown(rows, told=told) for rows in parts]
        found += [figure for figure in alone if figure is not None]
    return found


def show_breakdowns(breakdowns: list[pd.DataFrame], *, or_nothing: bool = False) -> Figures:
    """The figures of a topic, in per cent; without any, a « pas de donnée » box, or nothing at all if told so.

    ``breakdowns`` are those of `describe.topic` (columns of `describe.breakdown`). An indicator known of several
    populations is one figure when they can stand side by side, else one a population.

    >>> print(charts.show_breakdowns(describe.topic(store.load(2020, "indicateurs"), "parents", year=2020)).text)
    Parmi les personnes suivies par un ALSES, 47 % ont des parents associés à l’accompagnement
    Barres horizontales, Place des parents, 2020 : associés, 47 % ; non associés, 53 %.
    """
    # What records count of a topic without drawing it has been said otherwise: there is something.
    is_told = bool(breakdowns) and not any(map(is_rounded_somewhere, breakdowns))
    empty = Html("", "") if or_nothing or is_told else nothing("aucune part n’est publiée pour cette année")
    return Figures(figures_of(breakdowns), empty=empty)
