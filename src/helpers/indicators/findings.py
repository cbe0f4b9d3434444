"""What was found: one row of the coherences, the words of a calculation, and what a page says first."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import line_runs, title_of_figure
from helpers.indicators.rows import Cell
from helpers.schema import catalogue


def finding(
    id: str, nature: str, subject: str, verdict: str, *, calculation: str, motive: str, lines, cells: list[Cell]
) -> dict:
    """One row of the table ``coherences``; ``lines`` of the document, ``cells`` whose value the pages may show."""
    return {
        "id": id,
        "nature": nature,
        "sujet": subject,
        "verdict": verdict,
        "calcul": calculation,
        "motif": motive,
        "lignes": ", ".join(map(str, sorted({int(line) for line in lines}))),
        "indicateurs": " ; ".join(dict.fromkeys("/".join(map(str, cell)) for cell in cells)),
    }


def plain(value: float, decimals: int = 1) -> str:
    """A number in neutral writing, without needless decimals.

    >>> plain(41.0), plain(40.96, 1), plain(97.5)
    ('41', '41', '97.5')
    """
    return f"{round(value + 1e-9, decimals):.10g}"


def span(low: float, high: float, unit: str = "") -> str:
    """Both ends of an interval, or one number.

    >>> span(0, 59), span(0, 2.5, " %"), span(41.02, 41.02, " %")
    ('0 à 59', '0 à 2.5 %', '41 %')
    """
    first, last = plain(low), plain(high)
    return f"{first}{unit}" if first == last else f"{first} à {last}{unit}"


def agreed(unit: str, count: float) -> str:
    """The name of a unit of the catalogue, that agrees with a count.

    >>> agreed("personnes", 1), agreed("personnes", 2)
    ('personne', 'personnes')
    """
    return catalogue().units[unit][int(count >= 2)]


@dataclass(frozen=True)
class Item:
    """A finding as a page says it: subject, lines, why, and the paths (without year) of the figures to show.

    ``otherwise`` is the path of the figure that holds without the hypothesis.
    """

    subject: str
    lines: str
    motive: str
    paths: tuple[str, ...] = ()
    otherwise: str = ""


def serious(controls: pd.DataFrame, findings: pd.DataFrame, *, year: int) -> dict[str, list[Item]]:
    """What a page must say first, by verdict: contradictoire, ambigu, sous_hypothese; printed figures, then coherences.

    ``controls`` (schema ``controles``) and ``findings`` (schema ``coherences``) are the tables that 01 saves.

    >>> graves = indicators.serious(store.load(2020, "controles"), store.load(2020, "coherences"), year=2020)
    >>> len(graves["contradictoire"]), graves["contradictoire"][0].lines
    (2, '91, 118, 132, 144')
    """
    told: dict[str, list[Item]] = {"contradictoire": [], "ambigu": [], "sous_hypothese": []}
    for row in controls[controls["verdict"].isin(list(told))].itertuples():
        told[row.verdict].append(_of_figure(row, year))
    for row in findings[findings["verdict"].isin(list(told))].itertuples():
        cells = [path.partition("/") for path in row.indicateurs.split(" ; ") if path]
        paths = tuple(path for when, _, path in cells if when == str(year))
        told[row.verdict].append(Item(row.sujet, line_runs(row.lignes.split(", ")), row.motif, paths))
    return told


def _of_figure(row, year: int) -> Item:
    group = catalogue().indicators[row.indicateur].groups.get(row.modalite)
    about = f"{row.perimetre}/{row.indicateur}/"
    otherwise = f"{about}{group.members[0]}" if group and group.hypothesis else ""
    # What the year knows is neither what a printed difference says, nor what was printed and contradicted.
    is_shown = row.annee == year and row.mesure != "ecart" and row.verdict != "contradictoire"
    paths = (f"{about}{row.modalite}",) if is_shown else ()
    return Item(_subject(row, year), line_runs([row.ligne]), row.motif, paths, otherwise)


def _subject(row, year: int) -> str:
    """The figure, and what tells it from others on the same line: a difference, a share or a count, another year."""
    which = {"ecart": ", écart avec l’année précédente", "part": ", en part", "effectif": ", en nombre"}
    is_share_possible = catalogue().indicators[row.indicateur].base is not None
    told = which[row.mesure] if row.mesure == "ecart" or is_share_possible else ""
    return f"{title_of_figure(row)}{told}{'' if row.annee == year else f', {row.annee}'}"
