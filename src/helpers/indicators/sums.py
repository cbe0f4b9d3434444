"""Do printed shares make the whole, and what do printed totals of groups count?"""

import pandas as pd

from helpers.facts import decimals_of
from helpers.indicators.figures import cell_of
from helpers.indicators.findings import agreed, finding, plain, span
from helpers.indicators.rows import base_cell, share_bounds
from helpers.indicators.system import System, bounds, determines
from helpers.schema import Indicator, catalogue

PARTS = {
    "whole": "Les parts font le tout, à l’arrondi près.",
    "not_whole": "Les parts ne font pas le tout, même à l’arrondi près.",
    "over": "Les parts dépassent le tout, même à l’arrondi près.",
    "nearly": "Somme partielle : l’écart au tout tient à l’arrondi, ou à une réponse qui n’est pas imprimée.",
    "partial": "Somme partielle, qui tient dans le tout : les autres réponses ne sont pas imprimées.",
}
TOTALS = {
    "invited": "Le total de chaque groupe compte les invités, non les présents.",
    "both": "Invités et présents ont le même total : rien ne dit ce que comptent les totaux des groupes.",
    "present": "Les totaux transcrits comme invités font le nombre imprimé des présents.",
    "neither": "Les totaux transcrits ne font ni les invités ni les présents imprimés.",
    "unknown": "Le nombre d’invités n’est pas imprimé : rien ne dit ce que comptent les totaux des groupes.",
}


def _apart(figures: pd.DataFrame, entry: Indicator) -> pd.DataFrame:
    """Figures of modalities that do not overlap: a group stands for its members, a figure printed twice counts once."""
    covered, kept = set(), []
    members = {row.Index: set(entry.members_of(row.modalite)) for row in figures.itertuples()}
    for index in sorted(members, key=lambda each: -len(members[each])):
        if not members[index] & covered:
            covered |= members[index]
            kept.append(index)
    return figures.loc[sorted(kept)]


def part_sums(figures: pd.DataFrame, system: System, *, year: int) -> list[dict]:
    """One finding for each single-choice indicator with at least two printed shares: do they make the whole?"""
    entries, found = catalogue().indicators, []
    own = figures[(figures["annee"] == year) & (figures["operateur"] == "=") & (figures["base"] == "")]
    for (perimeter, name), rows in own.groupby(["perimetre", "indicateur"], sort=False):
        entry = entries[name]
        if entry.choice != "unique" or entry.is_open:
            continue
        shares = _apart(rows[rows["mesure"] == "part"], entry)
        if len(shares) < 2:
            continue
        covered = set().union(*(entry.members_of(name) for name in shares["modalite"]))
        counts = rows[rows["mesure"] == "effectif"]
        counts = counts.loc[[covered.isdisjoint(entry.members_of(name)) for name in counts["modalite"]]]
        found.append(_part_sum(shares, _apart(counts, entry), entry, system, id=f"parts/{perimeter}/{name}"))
    return found


def _part_sum(shares: pd.DataFrame, counts: pd.DataFrame, entry: Indicator, system: System, *, id: str) -> dict:
    both = pd.concat([shares, counts])
    cells = [cell_of(figure) for figure in both.itertuples()]
    covered = set().union(*(entry.members_of(name) for name in both["modalite"]))
    halves = sum(0.5 / 10 ** decimals_of(value) for value in shares["valeur"])
    base = _base(base_cell(cells[0], entry), system)
    total = shares["valeur"].sum() + (100 * counts["valeur"].sum() / base if base else 0)
    low, high = total - halves, total + halves
    text = f"{' + '.join(f'{plain(value)} %' for value in shares['valeur'])} = {plain(shares['valeur'].sum())} %"
    if covered == set(entry.modalities):
        name = "whole" if low <= 100 <= high else "not_whole"
    else:
        name = "over" if low > 100 else "nearly" if high >= 100 else "partial"
    if len(counts):
        printed = counts["valeur"].sum()
        text += f" ; {' + '.join(map(plain, counts['valeur']))} = {plain(printed)} {agreed(entry.unit, printed)}"
    if not len(counts):
        text += f", entre {plain(low)} % et {plain(high)} %"
    if name in ("nearly", "partial"):
        text += f" ; reste {_rest(shares, counts, base, (low, high), entry)}"
    verdict = "contradictoire" if name in ("over", "not_whole") else "confirme"
    subject = f"Somme des parts imprimées : {entry.label[:1].lower()}{entry.label[1:]}"
    return finding(
        id, "parts", subject, verdict, calculation=text, motive=PARTS[name], lines=both["ligne"], cells=cells
    )


def _base(cell, system: System) -> int | None:
    """The base of the shares when it is known to the unit."""
    if not determines(system, {cell: 1.0}):
        return None
    low, high = bounds(system, {cell: 1.0})
    return low if low == high else None


def _rest(shares: pd.DataFrame, counts: pd.DataFrame, base: int | None, sum_of: tuple, entry: Indicator) -> str:
    """What is left for the answers that are not printed: in counts where the base is known, else in per cent."""
    if not base:
        return span(max(0, 100 - sum_of[1]), max(0, 100 - sum_of[0]), " %")
    ends = [share_bounds(value, base, decimals=decimals_of(value)) for value in shares["valeur"]]
    left = [base - int(counts["valeur"].sum()) - sum(end[place] for end in ends) for place in (1, 0)]
    low, high = (max(0, value) for value in left)
    return f"{span(low, high)} {agreed(entry.unit, high)} sur {base}"


def group_totals(figures: pd.DataFrame, meetings: pd.DataFrame, *, year: int) -> list[dict]:
    """One finding a set of groups: do the totals transcribed by group make the printed invited or present?"""
    found = []
    invited = meetings.dropna(subset="invites_du_groupe").drop_duplicates("groupe")
    for name, group in catalogue().indicators["invites"].groups.items():
        own = invited[invited["groupe"].isin(group.members)]
        cells = {which: (year, "reunions", which, name) for which in ("invites", "participants")}
        printed = {
            which: figures.loc[
                [
                    cell_of(row) == cell and row.mesure == "effectif" and row.operateur == "="
                    for row in figures.itertuples()
                ]
            ]
            for which, cell in cells.items()
        }
        if len(own) > 1 and any(map(len, printed.values())):
            found.append(_total(own, printed, list(cells.values()), label=group.label, id=f"totaux/{name}"))
    return found


def _total(own: pd.DataFrame, printed: dict[str, pd.DataFrame], cells: list, *, label: str, id: str) -> dict:
    total = int(own["invites_du_groupe"].sum())
    values = {which: set(rows["valeur"]) for which, rows in printed.items()}
    is_invited, is_present = (total in values[which] for which in ("invites", "participants"))
    name = ("both" if is_present else "invited") if is_invited else "present" if is_present else "neither"
    name = "unknown" if name == "neither" and not values["invites"] else name
    verdict = {"invited": "confirme", "both": "ambigu", "unknown": "non_verifiable"}.get(name, "contradictoire")
    words = {"invites": "invités imprimés", "participants": "présents imprimés"}
    text = f"{' + '.join(f'{count}' for count in own['invites_du_groupe'])} = {total}"
    text += "".join(f" ; {words[which]} : {plain(value)}" for which, found in values.items() for value in sorted(found))
    lines = [*own["ligne_invites"].dropna(), *pd.concat(list(printed.values()))["ligne"]]
    return finding(
        id,
        "totaux",
        f"Ce que comptent les totaux par groupe : {label}",
        verdict,
        calculation=text,
        motive=TOTALS[name],
        lines=lines,
        cells=cells,
    )
