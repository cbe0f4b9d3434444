"""Consistency between the figures, tables, claims and register of a year, beyond each printed figure alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from helpers.indicators.audit import Term, count_verdicts, ratio_of
from helpers.indicators.build import consistent_system, named, without_assumptions
from helpers.indicators.constraints import (
    Cell,
    System,
    base_cell,
    bounds,
    cell_of,
    determines,
    share_bounds,
    single,
    table,
)
from helpers.indicators.documents import cite_register
from helpers.indicators.lookup import cite, decimals_of, line_runs, title_of_figure
from helpers.schema import (
    CERTAIN_FROM_YEARS,
    REGISTER,
    VERDICTS,
    Indicator,
    apply_schema,
    catalogue,
    columns,
    table_schema,
)

# --- Findings: a row of the coherences, the words of a calculation, what a page says first ---


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
    """The name of a unit of the catalogue, in agreement with a count."""
    return catalogue().units[unit][int(count >= 2)]


# What is said of the figures and claims that are not simply right, the gravest first.
_SERIOUS = ("contradictoire", "ambigu", "sous_hypothese")


def serious_findings(controls: pd.DataFrame, findings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """What is to be read with caution, the gravest first; printed figures before coherences.

    ``controls`` (schema ``controles``) and ``findings`` (schema ``coherences``) are the tables that 01 saves. Columns:
    ``verdict``, ``sujet``, ``lignes``, ``motif``, ``indicateurs`` (the paths, without year, of the values to show),
    ``sinon`` (the path of the value without the assumption).

    >>> graves = indicators.serious_findings(data.load(2020, "controles"), data.load(2020, "coherences"), year=2020)
    >>> graves["verdict"].value_counts(sort=False).to_dict(), graves["lignes"].iloc[0]
    ({'contradictoire': 2, 'ambigu': 4, 'sous_hypothese': 6}, '91, 118, 132, 144')
    """
    rows = [_of_figure(row, year) for row in controls.itertuples()]
    for row in findings.itertuples():
        cells = [path.partition("/") for path in row.indicateurs.split(" ; ") if path]
        paths = " ; ".join(path for when, _, path in cells if when == str(year))
        rows.append((row.verdict, row.sujet, line_runs(row.lignes.split(", ")), row.motif, paths, ""))
    told = pd.DataFrame(rows, columns=["verdict", "sujet", "lignes", "motif", "indicateurs", "sinon"])
    told = told[told["verdict"].isin(_SERIOUS)]
    return told.sort_values("verdict", key=lambda names: names.map(_SERIOUS.index), kind="stable", ignore_index=True)


def _of_figure(row, year: int) -> tuple:
    entry, about = catalogue().indicators[row.indicateur], f"{row.perimetre}/{row.indicateur}/"
    group = entry.groups.get(row.modalite)
    otherwise = f"{about}{group.members[0]}" if group and group.hypothesis else ""
    # The indicators hold neither printed differences nor contradicted values.
    is_shown = row.annee == year and row.mesure != "ecart" and row.verdict != "contradictoire"
    # What tells a figure from others on its line: a difference, a share, another year.
    which = {"ecart": ", écart avec l’année précédente", "part": ", en part", "effectif": ", en nombre"}[row.mesure]
    subject = title_of_figure(row) + (which if row.mesure == "ecart" or entry.base is not None else "")
    subject += "" if row.annee == year else f", {row.annee}"
    path = f"{about}{row.modalite}" if is_shown else ""
    return row.verdict, subject, line_runs([row.ligne]), row.motif, path, otherwise


# --- Sums of printed shares, and printed totals of groups ---

PARTS = {
    "whole": "Les parts font le tout, à l’arrondi près.",
    "not_whole": "Les parts ne font pas le tout, même à l’arrondi près.",
    "over": "Les parts dépassent le tout, même à l’arrondi près.",
    "nearly": "Somme partielle : l’écart au tout tient à l’arrondi, ou à une réponse qui n’est pas imprimée.",
    "partial": "Somme partielle, qui tient dans le tout : les autres réponses ne sont pas imprimées.",
}


def _apart(figures: pd.DataFrame, entry: Indicator) -> pd.DataFrame:
    """Figures of modalities that do not overlap: groups replace their members, duplicates count once."""
    covered, kept = set(), []
    members = {row.Index: set(entry.members_of(row.modalite)) for row in figures.itertuples()}
    for index in sorted(members, key=lambda each: -len(members[each])):
        if not members[index] & covered:
            covered |= members[index]
            kept.append(index)
    return figures.loc[sorted(kept)]


def part_sums(figures: pd.DataFrame, system: System, *, year: int) -> Iterator[dict]:
    """One finding for each single-choice indicator with at least two printed shares: do they add up to 100 %?"""
    own = figures[(figures["annee"] == year) & (figures["operateur"] == "=") & (figures["base"] == "")]
    for (perimeter, name), rows in own.groupby(["perimetre", "indicateur"], sort=False):
        entry = catalogue().indicators[name]
        shares = _apart(rows[rows["mesure"] == "part"], entry)
        if entry.choice != "unique" or entry.is_open or len(shares) < 2:
            continue
        covered = set().union(*(entry.members_of(each) for each in shares["modalite"]))
        counts = rows[rows["mesure"] == "effectif"]
        counts = counts.loc[[covered.isdisjoint(entry.members_of(each)) for each in counts["modalite"]]]
        yield _part_sum(shares, _apart(counts, entry), entry, system, id=f"parts/{perimeter}/{name}")


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
    else:
        text += f", entre {plain(low)} % et {plain(high)} %"
    if name in ("nearly", "partial"):
        text += f" ; reste {_rest(shares, counts, base, (low, high), entry)}"
    verdict = "contradictoire" if name in ("over", "not_whole") else "confirme"
    subject = f"Somme des parts imprimées : {entry.label[:1].lower()}{entry.label[1:]}"
    return finding(
        id, "parts", subject, verdict, calculation=text, motive=PARTS[name], lines=both["ligne"], cells=cells
    )


def _base(cell: Cell, system: System) -> int | None:
    """The base of the shares when it is known to the unit."""
    low, high = bounds(system, {cell: 1.0}) if determines(system, {cell: 1.0}) else (None, None)
    return low if low == high else None


def _rest(shares: pd.DataFrame, counts: pd.DataFrame, base: int | None, sum_of: tuple, entry: Indicator) -> str:
    """What is left for the answers that are not printed: in counts if the base is known, else in per cent."""
    if not base:
        return span(max(0, 100 - sum_of[1]), max(0, 100 - sum_of[0]), " %")
    ends = [share_bounds(value, base, decimals=decimals_of(value)) for value in shares["valeur"]]
    left = [base - int(counts["valeur"].sum()) - sum(end[place] for end in ends) for place in (1, 0)]
    low, high = (max(0, value) for value in left)
    return f"{span(low, high)} {agreed(entry.unit, high)} sur {base}"


TOTALS = {
    "invited": ("confirme", "Le total de chaque groupe compte les invités, non les présents."),
    "both": ("ambigu", "Invités et présents ont le même total : rien ne dit ce que comptent les totaux des groupes."),
    "present": ("contradictoire", "Les totaux transcrits comme invités font le nombre imprimé des présents."),
    "neither": ("contradictoire", "Les totaux transcrits ne font ni les invités ni les présents imprimés."),
    "unknown": (
        "non_verifiable",
        "Le nombre d’invités n’est pas imprimé : rien ne dit ce que comptent les totaux des groupes.",
    ),
}


def group_totals(figures: pd.DataFrame, meetings: pd.DataFrame, *, year: int) -> Iterator[dict]:
    """One finding a set of groups: do the totals of the meetings add up to the printed ones?"""
    invited = meetings.dropna(subset="invites_du_groupe").drop_duplicates("groupe")
    exact = figures[figures["mesure"].eq("effectif") & figures["operateur"].eq("=")]
    for name, group in catalogue().indicators["invites"].groups.items():
        own = invited[invited["groupe"].isin(group.members)]
        cells = {which: (year, "reunions", which, name) for which in ("invites", "participants")}
        printed = {
            which: exact.loc[[cell_of(row) == cell for row in exact.itertuples()]] for which, cell in cells.items()
        }
        if len(own) < 2 or not any(map(len, printed.values())):
            continue
        total = int(own["invites_du_groupe"].sum())
        is_invited, is_present = (total in set(rows["valeur"]) for rows in printed.values())
        which = ("both" if is_present else "invited") if is_invited else "present" if is_present else "neither"
        verdict, motive = TOTALS["unknown" if which == "neither" and printed["invites"].empty else which]
        text = f"{' + '.join(f'{count}' for count in own['invites_du_groupe'])} = {total}"
        for words, rows in zip(("invités imprimés", "présents imprimés"), printed.values(), strict=True):
            text += "".join(f" ; {words} : {plain(value)}" for value in sorted(set(rows["valeur"])))
        lines = [*own["ligne_invites"].dropna(), *pd.concat(list(printed.values()))["ligne"]]
        subject, cells = f"Ce que comptent les totaux par groupe : {group.label}", list(cells.values())
        yield finding(
            f"totaux/{name}", "totaux", subject, verdict, calculation=text, motive=motive, lines=lines, cells=cells
        )


# --- The shares of a claim, by their bounds, and how two compare ---

_NO_BASE = "Rien n’assure de quel total le premier pourcentage est la part."

MOTIVES = {
    "confirme": "Vrai pour toutes les valeurs que les arrondis laissent possibles.",
    "contradictoire": "Faux pour toutes les valeurs que les arrondis laissent possibles.",
    "non_verifiable": "Vrai pour certaines des valeurs que les arrondis laissent possibles, faux pour les autres.",
    "unknown": "Il manque une part publiée d’un côté ou de l’autre.",
    "equal": "Égales à l’arrondi près : l’écart réel reste inconnu.",
    "written": f"{_NO_BASE} L’affirmation est fausse si c’est une part des personnes ; "
    "elle est possible si c’est une part des réponses, plusieurs par personne.",
    "only_written": f"{_NO_BASE} L’affirmation est fausse si c’est une part des personnes ; "
    "rien ne permet de calculer l’autre lecture.",
    "readings": f"{_NO_BASE} L’affirmation est vraie ou fausse selon que c’est une part des personnes "
    "ou une part des réponses.",
}


@dataclass(frozen=True)
class Share:
    """A share in per cent: bounds, calculation, lines; ``cited`` are the bounds of its other reading."""

    low: float
    high: float
    text: str
    lines: tuple[int, ...] = ()
    is_ambiguous: bool = False
    cited: tuple[float, float] | None = None
    cited_text: str = ""


def cell_from(path: str) -> Cell:
    """The cell of ``annee/perimetre/indicateur/modalite``."""
    year, perimeter, indicator, modality = path.split("/")
    return (int(year), perimeter, indicator, modality)


class Shares:
    """Finds the share of a cell: printed, counted, or deduced."""

    def __init__(self, figures: pd.DataFrame, system: System, claims: pd.DataFrame) -> None:
        shares = figures[(figures["mesure"] == "part") & (figures["operateur"] == "=")]
        self._printed = {cell_of(row): row for row in shares.itertuples()}
        self._lines = {cell_of(row): (int(row.ligne),) for row in figures.itertuples()}
        self._system = system
        means = claims[claims["relation"] == "moyenne"]
        self._means = {cell_from(row.gauche)[:3]: (row.valeur_min, row.valeur_max) for row in means.itertuples()}

    def __call__(self, cell: Cell) -> Share | None:
        """The share of a cell, or None."""
        lines, printed = self._lines.get(cell, ()), self._printed.get(cell)
        if printed is None:
            return self._computed(cell, lines)
        value, half = printed.valeur, 0.5 / 10 ** decimals_of(printed.valeur)
        low, high, text = max(0, value - half), min(100, value + half), f"{plain(value)} %"
        mean = self._means.get(cell[:3]) if printed.base else None
        if mean is None:
            return Share(low, high, text, lines, bool(printed.base))
        # Its other reading, per answer given, when their mean number is claimed.
        shown = span(*(min(100, value * many) for many in mean), " %")
        cited = tuple(min(100.0, end * many) for end, many in zip((low, high), mean, strict=True))
        return Share(low, high, text, lines, True, cited, f"{text} x {span(*mean)} par personne = {shown}")

    def _computed(self, cell: Cell, lines: tuple[int, ...]) -> Share | None:
        """A share that is not printed: from both counts if known to the unit, else its bounds."""
        base = base_cell(cell, catalogue().indicators[cell[2]])
        found = None if base is None else ratio_of(Term(cell, base, 100), self._system)
        if found is None:
            return None
        low, high = map(float, found)
        (part, most), (whole, all_of) = (bounds(self._system, {each: 1.0}) for each in (cell, base))
        counts = f"{part} / {whole} = " if (part, whole) == (most, all_of) else ""
        return Share(low, high, counts + span(low, high, " %"), lines)


def _tried(relation: str, left: tuple[float, float], right: tuple[float, float]) -> str:
    """The verdict of a relation between two intervals."""
    if relation == "inferieur":
        return _tried("superieur", right, left)
    if relation == "superieur":
        return "confirme" if left[0] > right[1] else "contradictoire" if left[1] <= right[0] else "non_verifiable"
    if left[1] < right[0] or right[1] < left[0]:
        return "contradictoire"
    return "confirme" if left[0] == left[1] == right[0] == right[1] else "non_verifiable"


def compare_shares(relation: str, left: Share, right: Share) -> tuple[str, str]:
    """The verdict of a relation between two shares, and the motive; an ambiguous share is read both ways."""
    verdict = _tried(relation, (left.low, left.high), (right.low, right.high))
    if not (left.is_ambiguous or right.is_ambiguous):
        is_rounded = relation == "egal" and verdict == "non_verifiable"
        return verdict, MOTIVES["equal" if is_rounded else verdict]
    if left.cited is None and right.cited is None:
        return "ambigu", MOTIVES["only_written" if verdict == "contradictoire" else "readings"]
    other = _tried(relation, left.cited or (left.low, left.high), right.cited or (right.low, right.high))
    if other == verdict:
        return verdict, MOTIVES[verdict]
    # Excluded by one reading and allowed by the other: not contradicted.
    return "ambigu", MOTIVES["written" if verdict == "contradictoire" else "readings"]


# --- Claims, tried on every possible value ---


def _claimed(
    claim, verdict: str, text: str, motive: str, *, lines=(), cells=(), about: str = "", place: int = 0
) -> dict:
    subject = f"{claim.libelle.rstrip('.')}{' : ' if about else ''}{about}"
    id = f"affirmation/{claim.id}" + (f"/{place}" if place else "")
    every = [claim.ligne, *lines]
    return finding(id, "affirmation", subject, verdict, calculation=text, motive=motive, lines=every, cells=cells)


def share_claim(claim, shares: Shares) -> list[dict]:
    """The findings of a claim about shares: one, or one a verdict when it is about every modality."""
    left, right = cell_from(claim.gauche), cell_from(claim.droite)
    entry, is_whole = catalogue().indicators[left[2]], left[3] == "*"
    names = [*entry.modalities, *entry.groups] if is_whole else []
    pairs = [((*left[:3], name), (*right[:3], name)) for name in names] or [(left, right)]
    by_answer: dict[tuple[str, str], list] = {}
    for pair in pairs:
        both = [shares(cell) for cell in pair]
        if all(both):
            by_answer.setdefault(compare_shares(claim.relation, *both), []).append((pair, both))
    if not by_answer:
        cells = [cell for pair in pairs for cell in pair] if len(pairs) == 1 else []
        return [_claimed(claim, "non_verifiable", "", MOTIVES["unknown"], cells=cells)]
    rows = []
    for place, ((verdict, motive), same) in enumerate(by_answer.items(), start=1):
        abouts = [f"« {entry.label_of(pair[0][3])} »" if is_whole else "" for pair, _ in same]
        texts = [
            f"{about}{' : ' if about else ''}{_compared(*both)}" for about, (_, both) in zip(abouts, same, strict=True)
        ]
        lines = [line for _, both in same for share in both for line in share.lines]
        cells, place = [cell for pair, _ in same for cell in pair], place if len(by_answer) > 1 else 0
        told = {"lines": lines, "cells": cells, "about": ", ".join(filter(None, abouts)), "place": place}
        rows.append(_claimed(claim, verdict, " ; ".join(texts), motive, **told))
    return rows


def _compared(left: Share, right: Share) -> str:
    other = left.cited_text or right.cited_text
    return f"{left.text} contre {right.text}" + (f" (autre lecture : {other})" if other else "")


def mean_claim(claim, system: System, figures: pd.DataFrame) -> dict:
    """The finding of a claim about the mean number of answers a person, from their sum."""
    cell, entry = cell_from(claim.gauche), catalogue().indicators[cell_from(claim.gauche)[2]]
    base = base_cell(cell, entry)
    own = figures.loc[[cell_of(row)[:3] == cell[:3] and row.mesure == "effectif" for row in figures.itertuples()]]
    persons = bounds(system, {base: 1.0}) if determines(system, {base: 1.0}) else (0, None)
    if not persons[0] or persons[1] is None:
        return _claimed(claim, "non_verifiable", "", MOTIVES["unknown"], lines=own["ligne"])
    answers = [{(*cell[:3], name): 1.0} for name in entry.modalities]
    known = [bounds(system, answer) for answer in answers if determines(system, answer)]
    unknown = len(answers) - len(known)
    total = sum(least for least, _ in known)
    low, high = total / persons[1], (sum(most for _, most in known) + unknown * persons[1]) / persons[0]
    limits = (claim.valeur_min, claim.valeur_max)
    is_inside, is_outside = limits[0] <= low and high <= limits[1], high < limits[0] or low > limits[1]
    verdict = "confirme" if is_inside else "contradictoire" if is_outside else "non_verifiable"
    text = f"réponses connues : {total} pour {span(*persons)} {agreed('personnes', persons[1])}"
    text += f", soit {plain(low)} par personne au moins"
    text += f" ; réponses possibles qui ne sont pas publiées : {unknown}" if unknown else f" et {plain(high)} au plus"
    motive = "La moyenne ne peut pas être refaite : toutes les réponses ne sont pas publiées."
    motive = MOTIVES[verdict] if verdict != "non_verifiable" else motive
    return _claimed(claim, verdict, f"{text} ; affirmé : {span(*limits)}", motive, lines=own["ligne"])


def _meetings_of(claim, meetings: pd.DataFrame) -> pd.DataFrame:
    """The meetings of a claim about a period, by date, with ``est_hors_periode``."""
    _, _, name, modality = cell_from(claim.gauche)
    members = catalogue().indicators[name].members_of(modality)
    own = meetings if modality in ("*", "") else meetings[meetings["groupe"].isin(members)]
    is_out = ~own["date"].between(claim.date_debut, claim.date_fin)
    return own.assign(est_hors_periode=is_out).sort_values("date")


def period_claim(claim, meetings: pd.DataFrame) -> dict:
    """The finding of a claim about when meetings were held."""
    own = _meetings_of(claim, meetings)
    out = own[own["est_hors_periode"]]
    if own.empty:
        return _claimed(claim, "non_verifiable", "", "Aucune réunion n’a été reçue pour ce groupe.")
    year, perimeter, _, group = cell_from(claim.gauche)
    cells = [(year, perimeter, "reunions_hors_periode", group)] if group != "*" else []
    text = f"{len(out)} sur {len(own)} hors de la période du {claim.date_debut:%Y-%m-%d} au {claim.date_fin:%Y-%m-%d}"
    if out.empty:
        return _claimed(claim, "confirme", text, "Toutes sont dans la période.", lines=own["ligne"], cells=cells)
    text += f" : {', '.join(f'{date:%Y-%m-%d}' for date in out['date'])}"
    motive = "C’est le nombre de réunions tenues hors de la période affirmée."
    return _claimed(claim, "contradictoire", text, motive, lines=out["ligne"], cells=cells)


# --- The posts against their own dates and the register ---

SURVEY = "journee_nouveaux"  # the group whose meeting collected the posts
# Seniority is printed to the half-year: « 0,5 ans » may be a quarter of a year.
HALF_STEP_YEARS = 0.25
DAYS_PER_YEAR = 365.25
PRIORITY_REGISTER = "education_prioritaire_2024_25"


def seniorities(posts: pd.DataFrame, meetings: pd.DataFrame) -> pd.DataFrame:
    """The posts with ``jours`` (from start to survey, at most) and ``anciennete_et_debut``; none without a survey.

    impossible: a seniority below a year that its rounding cannot bring down to the time since the start;
    poste_anterieur: a longer one, which only an earlier post explains; possible: any other.
    """
    dates = meetings.loc[meetings["groupe"] == SURVEY, "date"]
    if posts.empty or dates.empty:
        return posts.head(0).assign(jours=[], anciennete_et_debut=[])
    days = (dates.max() - posts["date_debut"]).dt.days
    years = posts["anciennete_alses_ans"].astype(float)
    is_longer = (years > 0) & (years - HALF_STEP_YEARS > days / DAYS_PER_YEAR)
    found = pd.Series("possible", index=posts.index)
    found = found.mask(is_longer, "impossible").mask(is_longer & (years >= CERTAIN_FROM_YEARS), "poste_anterieur")
    return posts.assign(jours=days, anciennete_et_debut=found)


def statuses(posts: pd.DataFrame, colleges: pd.DataFrame) -> pd.DataFrame:
    """The posts with ``repertoire`` (status of the register) and ``classement_au_repertoire``.

    identique, different, or non_comparable when one of the two says nothing.
    """
    known = colleges.set_index("uai")[PRIORITY_REGISTER]
    register = posts["uai"].map(known).fillna("")
    printed = posts["type_education_prioritaire"]
    found = (printed == register).map({True: "identique", False: "different"}).astype("str")
    is_silent = (register == "") | (printed == "non_renseigne")
    return posts.assign(repertoire=register, classement_au_repertoire=found.mask(is_silent, "non_comparable"))


# Verdict, subject and reason of each class, worst first.
SENIORITIES = {
    "impossible": (
        "contradictoire",
        "Ancienneté d’ALSES plus longue que le poste",
        "Même arrondie à la demi-année, elle dépasse le temps écoulé entre le début du poste et l’enquête. "
        "Un poste antérieur l’expliquerait, mais ce ne serait alors plus une première prise de poste.",
    ),
    "poste_anterieur": (
        "sous_hypothese",
        "Ancienneté d’ALSES acquise avant ce poste",
        "Possible sous cette hypothèse : un poste d’ALSES antérieur.",
    ),
    "possible": (
        "confirme",
        "Ancienneté d’ALSES et début du poste",
        "L’ancienneté imprimée tient dans le temps écoulé entre le début du poste et l’enquête.",
    ),
}
STATUSES = {
    "different": (
        "ambigu",
        "Éducation prioritaire : le classement imprimé n’est pas celui du répertoire",
        "Le répertoire décrit une autre année : faute d’impression, ou classement changé entre-temps.",
    ),
    "non_comparable": (
        "non_verifiable",
        "Éducation prioritaire : rien n’est imprimé, ou rien n’est au répertoire",
        "Une case vide n’est pas une réponse : elle reste vide.",
    ),
    "identique": (
        "sous_hypothese",
        "Éducation prioritaire : le classement imprimé est celui du répertoire",
        "Confirmé sous cette hypothèse : le classement n’a pas changé jusqu’à l’année du répertoire.",
    ),
}


def _years(post) -> str:
    unit = "an" if post.anciennete_alses_ans < 2 else "ans"
    days = "jour" if abs(post.jours) < 2 else "jours"
    return f"{plain(post.anciennete_alses_ans, 2)} {unit} pour {post.jours} {days} au plus"


def _registered(post) -> str:
    label_of = catalogue().indicators["type_education_prioritaire"].label_of
    title = next(field for field in table_schema("colleges")["fields"] if field["name"] == PRIORITY_REGISTER)["title"]
    register = label_of(post.repertoire) if post.repertoire else "rien"
    when = title.rpartition(" ")[2]
    return f"imprimé {label_of(post.type_education_prioritaire)}, répertoire {when} {register}"


def post_findings(posts: pd.DataFrame, column: str, classes: dict, write: Callable, *, year: int) -> Iterator[dict]:
    """One finding a class of ``column`` that has posts; those of the last class are as they should be: not listed."""
    whole = named(f"{len(posts)}", "postes", len(posts))
    for name, (verdict, subject, motive) in classes.items():
        own, cells = posts[posts[column] == name], [(year, "postes", column, name)]
        if own.empty:
            continue
        text = f"{named(f'{len(own)}', 'postes', len(own))} / {whole}"
        if name != list(classes)[-1]:
            listed = [f"« {post.college} ({post.commune}) » : {write(post)}" for post in own.itertuples()]
            text += f" : {' ; '.join(listed)}"
        told = {"calculation": text, "motive": motive, "lines": own["ligne"], "cells": cells}
        yield finding(f"{column}/{name}", column, subject, verdict, **told)


# --- All the findings of a year ---


@dataclass(frozen=True)
class Coherences:
    """``findings`` (schema ``coherences``, worst first) and ``counts`` (exact indicators of what they found).

    01 saves the findings, one a row:

    >>> data.load(2020, "coherences")[["nature", "verdict", "lignes"]].head(1)
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
    """
    system = without_assumptions(consistent_system(figures, counted)[0])
    shares = Shares(figures, system, claims)
    rows = [*part_sums(figures, system, year=year), *group_totals(figures, meetings, year=year)]
    for claim in claims.itertuples():
        if claim.relation == "periode":
            rows.append(period_claim(claim, meetings))
        elif claim.relation == "moyenne":
            rows.append(mean_claim(claim, system, figures))
        else:
            rows += share_claim(claim, shares)
    senior, registered = seniorities(posts, meetings), statuses(posts, colleges)
    rows += post_findings(senior, "anciennete_et_debut", SENIORITIES, _years, year=year)
    rows += post_findings(registered, "classement_au_repertoire", STATUSES, _registered, year=year)
    order = list(VERDICTS)[::-1]
    rows.sort(key=lambda found: order.index(found["verdict"]))
    findings = apply_schema(pd.DataFrame(rows, columns=columns("coherences")), "coherences")
    counts = [
        count_verdicts(findings, year=year, document=document, indicator="coherences"),
        _count_posts(senior, "anciennete_et_debut", year=year, document=document),
        _count_statuses(registered, colleges, year=year, document=document),
        _count_meetings(claims, meetings, document=document),
    ]
    return Coherences(findings, apply_schema(pd.concat(counts, ignore_index=True), "indicateurs"))


def _count_posts(posts: pd.DataFrame, name: str, *, year: int, document: str) -> pd.DataFrame:
    """The number of posts by class; nothing when none could be classed."""
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
    """The same for the status, against the register."""
    counted = _count_posts(posts, "classement_au_repertoire", year=year, document=document)
    own = colleges.loc[colleges["uai"].isin(posts["uai"]), "source_education_prioritaire"]
    references = [*counted["reference"].head(1), cite_register(own)]
    return counted.assign(source=REGISTER, reference=" ; ".join(filter(None, references)))


def _count_meetings(claims: pd.DataFrame, meetings: pd.DataFrame, *, document: str) -> pd.DataFrame:
    """The meetings outside the period claimed for their group; the first claim about a group counts."""
    found = {}
    for claim in claims[claims["relation"] == "periode"].itertuples():
        year, perimeter, _, modality = cell_from(claim.gauche)
        own, cell = _meetings_of(claim, meetings), (year, perimeter, "reunions_hors_periode", modality)
        if modality != "*" and len(own) and cell not in found:
            count, base = int(own["est_hors_periode"].sum()), (len(own),) * 2
            found[cell] = single(cell, count, cite(document, own["ligne"]), base=base)
    return table(list(found.values()))
