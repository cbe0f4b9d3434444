"""Claims of a document without a figure, tried on every value that its figures allow."""

from dataclasses import dataclass

import pandas as pd

from helpers.indicators.constraints import Cell, System, base_cell, bounds, cell_of, determines
from helpers.indicators.controls import ratio_of
from helpers.indicators.lookup import decimals_of, line_runs, title_of_figure
from helpers.schema import catalogue

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
    """The name of a unit of the catalogue, in agreement with a count.

    >>> agreed("personnes", 1), agreed("personnes", 2)
    ('personne', 'personnes')
    """
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
    group = catalogue().indicators[row.indicateur].groups.get(row.modalite)
    about = f"{row.perimetre}/{row.indicateur}/"
    otherwise = f"{about}{group.members[0]}" if group and group.hypothesis else ""
    # The indicators hold neither printed differences nor contradicted values.
    is_shown = row.annee == year and row.mesure != "ecart" and row.verdict != "contradictoire"
    path = f"{about}{row.modalite}" if is_shown else ""
    return row.verdict, _subject(row, year), line_runs([row.ligne]), row.motif, path, otherwise


def _subject(row, year: int) -> str:
    """The title of a figure, with what tells it from others on its line: a difference, a share, another year."""
    which = {"ecart": ", écart avec l’année précédente", "part": ", en part", "effectif": ", en nombre"}
    is_share_possible = catalogue().indicators[row.indicateur].base is not None
    told = which[row.mesure] if row.mesure == "ecart" or is_share_possible else ""
    return f"{title_of_figure(row)}{told}{'' if row.annee == year else f', {row.annee}'}"


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
        self._lines = {cell_of(row): row.ligne for row in figures.itertuples()}
        self._system = system
        means = claims[claims["relation"] == "moyenne"]
        self._means = {cell_from(row.gauche)[:3]: row for row in means.itertuples()}

    def __call__(self, cell: Cell) -> Share | None:
        """The share of a cell, or None."""
        printed = self._printed.get(cell)
        lines = tuple(int(self._lines[each]) for each in [cell] if each in self._lines)
        if printed is not None:
            half = 0.5 / 10 ** decimals_of(printed.valeur)
            low, high = max(0, printed.valeur - half), min(100, printed.valeur + half)
            text = f"{plain(printed.valeur)} %"
            return self._cited(cell, Share(low, high, text, lines, bool(printed.base)), printed.valeur)
        base = base_cell(cell, catalogue().indicators[cell[2]])
        found = None if base is None else ratio_of(cell, base, self._system, scale=100)
        return None if found is None else Share(*found, self._written(cell, base, found), lines)

    def _written(self, cell: Cell, base: Cell, share: tuple[float, float]) -> str:
        """A share that is not printed: from both counts if known to the unit, else its bounds."""
        (part, most), (whole, all_of) = (bounds(self._system, {each: 1.0}) for each in (cell, base))
        text = span(*share, " %")
        return f"{part} / {whole} = {text}" if (part, whole) == (most, all_of) else text

    def _cited(self, cell: Cell, share: Share, value: float) -> Share:
        """The same share with its other reading, per answer given, when their mean number is claimed."""
        mean = self._means.get(cell[:3]) if share.is_ambiguous else None
        if mean is None:
            return share
        few, many = mean.valeur_min, mean.valeur_max
        ends = (min(100, value * few), min(100, value * many))
        text = f"{plain(value)} % x {span(few, many)} par personne = {span(*ends, ' %')}"
        cited = (min(100.0, share.low * few), min(100.0, share.high * many))
        return Share(share.low, share.high, share.text, share.lines, True, cited, text)


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


def _pairs(claim) -> list[tuple[Cell, Cell]]:
    left, right = cell_from(claim.gauche), cell_from(claim.droite)
    if left[3] != "*":
        return [(left, right)]
    entry = catalogue().indicators[left[2]]
    return [((*left[:3], name), (*right[:3], name)) for name in [*entry.modalities, *entry.groups]]


def share_claim(claim, shares: Shares) -> list[dict]:
    """The findings of a claim about shares: one, or one a verdict when it is about every modality."""
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
    """The finding of a claim about the mean number of answers a person, from their sum."""
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
    """The meetings of a claim about a period, by date, with ``est_hors_periode``."""
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
