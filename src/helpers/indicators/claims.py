"""What a document affirms without a figure, tried on every value that its figures leave possible."""

import pandas as pd

from helpers.indicators.figures import cell_of
from helpers.indicators.findings import agreed, finding, plain, span
from helpers.indicators.rows import Cell, base_cell
from helpers.indicators.shares import MOTIVES, Share, Shares, cell_from, compare_shares
from helpers.indicators.system import System, bounds, determines
from helpers.schema import catalogue


def _pairs(claim) -> list[tuple[Cell, Cell]]:
    left, right = cell_from(claim.gauche), cell_from(claim.droite)
    if left[3] != "*":
        return [(left, right)]
    entry = catalogue().indicators[left[2]]
    return [((*left[:3], name), (*right[:3], name)) for name in [*entry.modalities, *entry.groups]]


def share_claim(claim, shares: Shares) -> list[dict]:
    """The findings of a claim about shares: one, or one a verdict when it speaks of every modality."""
    found = [(pair, shares(pair[0]), shares(pair[1])) for pair in _pairs(claim)]
    known = [(pair, left, right) for pair, left, right in found if left and right]
    if not known:
        cells = [cell for pair, _, _ in found for cell in pair] if len(found) == 1 else []
        return [_claimed(claim, "non_verifiable", "", MOTIVES["unknown"], lines=[], cells=cells)]
    is_whole, label_of = claim.gauche.endswith("*"), catalogue().indicators[known[0][0][0][2]].label_of
    by_answer: dict[tuple[str, str], list] = {}
    for pair, left, right in known:
        by_answer.setdefault(compare_shares(claim.relation, left, right), []).append((pair, left, right))
    rows = []
    for place, ((verdict, motive), same) in enumerate(by_answer.items(), start=1):
        texts = [
            (f"« {label_of(pair[0][3])} » : " if is_whole else "") + _compared(left, right)
            for pair, left, right in same
        ]
        rows.append(
            _claimed(
                claim,
                verdict,
                " ; ".join(texts),
                motive,
                lines=[line for _, left, right in same for line in (*left.lines, *right.lines)],
                cells=[cell for pair, _, _ in same for cell in pair],
                place=place if len(by_answer) > 1 else 0,
                about=", ".join(f"« {label_of(pair[0][3])} »" for pair, _, _ in same) if is_whole else "",
            )
        )
    return rows


def _compared(left: Share, right: Share) -> str:
    other = left.cited_text or right.cited_text
    return f"{left.text} contre {right.text}" + (f" (autre lecture : {other})" if other else "")


def _claimed(
    claim, verdict: str, text: str, motive: str, *, lines, cells: list[Cell], about: str = "", place: int = 0
) -> dict:
    subject = f"{claim.libelle.rstrip('.')}{' : ' if about else ''}{about}"
    id = f"affirmation/{claim.id}" + (f"/{place}" if place else "")
    every = [claim.ligne, *lines]
    return finding(id, "affirmation", subject, verdict, calculation=text, motive=motive, lines=every, cells=cells)


def mean_claim(claim, system: System, figures: pd.DataFrame) -> dict:
    """The finding of a claim about the mean number of answers a person: only their sum could tell."""
    cell, entry = cell_from(claim.gauche), catalogue().indicators[cell_from(claim.gauche)[2]]
    base = base_cell(cell, entry)
    own = figures.loc[[cell_of(row)[:3] == cell[:3] and row.mesure == "effectif" for row in figures.itertuples()]]
    persons = bounds(system, {base: 1.0}) if determines(system, {base: 1.0}) else None
    if persons is None or persons[1] is None or persons[0] == 0:
        return _claimed(claim, "non_verifiable", "", MOTIVES["unknown"], lines=own["ligne"], cells=[])
    ends, unknown = [], 0
    for name in entry.modalities:
        is_known = determines(system, {(*cell[:3], name): 1.0})
        unknown += not is_known
        ends.append(bounds(system, {(*cell[:3], name): 1.0}) if is_known else (0, persons[1]))
    low, high = sum(end[0] for end in ends) / persons[1], sum(end[1] for end in ends) / persons[0]
    limits = (claim.valeur_min, claim.valeur_max)
    is_inside, is_outside = limits[0] <= low and high <= limits[1], high < limits[0] or low > limits[1]
    verdict = "confirme" if is_inside else "contradictoire" if is_outside else "non_verifiable"
    total = sum(end[0] for end in ends)
    text = f"réponses connues : {total} pour {span(*persons)} {agreed('personnes', persons[1])}"
    text += f", soit {plain(low)} par personne au moins"
    text += f" ; réponses possibles qui ne sont pas publiées : {unknown}" if unknown else f" et {plain(high)} au plus"
    motive = "La moyenne ne peut pas être refaite : toutes les réponses ne sont pas publiées."
    motive = MOTIVES[verdict] if verdict != "non_verifiable" else motive
    return _claimed(claim, verdict, f"{text} ; affirmé : {span(*limits)}", motive, lines=own["ligne"], cells=[])


def meetings_of(claim, meetings: pd.DataFrame) -> pd.DataFrame:
    """The meetings that a claim about a period speaks of, in order of date, with ``est_hors_periode``."""
    _, _, name, modality = cell_from(claim.gauche)
    members = catalogue().indicators[name].members_of(modality)
    own = meetings if modality in ("*", "") else meetings[meetings["groupe"].isin(members)]
    is_out = ~own["date"].between(claim.date_debut, claim.date_fin)
    return own.assign(est_hors_periode=is_out).sort_values("date")


def period_claim(claim, meetings: pd.DataFrame) -> dict:
    """The finding of a claim about when meetings were held."""
    own = meetings_of(claim, meetings)
    out = own[own["est_hors_periode"]]
    if own.empty:
        motive = "Aucune réunion n’a été reçue pour ce groupe."
        return _claimed(claim, "non_verifiable", "", motive, lines=[], cells=[])
    outside = cell_from(claim.gauche)
    cells = [(*outside[:2], "reunions_hors_periode", outside[3])] if outside[3] != "*" else []
    start, end = (f"{value:%Y-%m-%d}" for value in (claim.date_debut, claim.date_fin))
    text = f"{len(out)} sur {len(own)} hors de la période du {start} au {end}"
    text += f" : {', '.join(f'{date:%Y-%m-%d}' for date in out['date'])}" if len(out) else ""
    verdict = "contradictoire" if len(out) else "confirme"
    motive = (
        "C’est le nombre de réunions tenues hors de la période affirmée."
        if len(out)
        else "Toutes sont dans la période."
    )
    lines = (out if len(out) else own)["ligne"]
    return _claimed(claim, verdict, text, motive, lines=lines, cells=cells)
