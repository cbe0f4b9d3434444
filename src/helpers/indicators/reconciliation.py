"""Printed figures against the same counts in the records, and what became of every row."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from helpers.clean.records import CleanedRecords
from helpers.indicators.constraints import Cell, cell_of, row, table
from helpers.indicators.controls import NEAR_POINTS, NEAR_RATIO
from helpers.indicators.lookup import decimals_of
from helpers.schema import FEWEST_PERSONS, FROM_RECORDS, apply_schema, catalogue, columns

# --- Why a printed figure and its count agree or not: one French sentence each ---

PERIMETER = "L’export ne dit pas qui fait partie de cette population."
INDICATOR = "L’export ne permet pas de compter cette réponse."
NOBODY = "L’export ne compte personne dans la base de cette part."
EARLIER = "L’année précédente n’est pas assez connue pour calculer cet écart."

# What each base counts.
_BASES = {
    "persons": "les personnes",
    "answering": "les personnes qui ont répondu",
    "answers": "les réponses citées",
}
_SAME = "L’export redonne exactement ce nombre."
_ROUNDED = "La part recomptée, {again}, s’arrondit à la part imprimée."
_NOT_ROUNDED = "La part recomptée, {again}, ne s’arrondit pas à la part imprimée."
_OTHER = "L’export compte {gap} de {way} que le nombre imprimé."
_NEAR = "« Près de » : la valeur recomptée, {again}, en est {distance}."
_OVER = "« Plus de » : la valeur recomptée, {again}, est {distance}."
_GAP = {True: "L’écart recompté, {again}, est celui qui est imprimé.", False: "L’écart recompté est de {again}."}
_BOUNDS = {
    True: "L’écart recompté est entre {low} et {high} : celui qui est imprimé est possible.",
    False: "L’écart recompté est entre {low} et {high} : celui qui est imprimé est impossible.",
}
_BASE = "La base n’est pas sûre ; la part imprimée est celle que l’on trouve sur {true}{rest}."
_NO_BASE = "La base n’est pas sûre, et aucune ne redonne la part imprimée : {others}."


def french(value: Fraction | float, unit: str = "", *, decimals: int = 2) -> str:
    """A number with a decimal comma, without needless decimals, and its unit.

    >>> french(Fraction(4112, 100), "pct"), french(-6.0, "points"), french(1234, "personnes"), french(1, "personnes")
    ('41,12 %', '−6 points', '1 234 personnes', '1 personne')
    """
    rounded = float(round(Fraction(value), decimals))
    text = f"{rounded:,.{decimals}f}".rstrip("0").rstrip(".").replace(",", " ").replace(".", ",").replace("-", "−")
    many, one = {"pct": ("%", "%"), "points": ("points", "point"), "personnes": ("personnes", "personne")}.get(
        unit, ("", "")
    )
    return f"{text} {many if abs(rounded) >= 2 else one}".rstrip()


def of_value(figure, again: Fraction, gap: Fraction, *, agrees: bool) -> str:
    """Why a value known to the unit agrees or not."""
    said = french(again, figure.unite, decimals=decimals_of(figure.valeur) + 2)
    if figure.mesure == "ecart":
        return _GAP[agrees].format(again=said)
    if figure.operateur == "pres_de":
        return _NEAR.format(again=said, distance="assez proche" if agrees else "trop loin")
    if figure.operateur == "plus_de":
        return _OVER.format(again=said, distance="bien au-dessus" if agrees else "au plus égale")
    if figure.mesure == "part":
        return (_ROUNDED if agrees else _NOT_ROUNDED).format(again=said)
    way = "plus" if gap > 0 else "moins"
    return _SAME if agrees else _OTHER.format(gap=french(abs(gap), figure.unite), way=way)


def of_bounds(figure, ends: tuple[Fraction, Fraction], *, agrees: bool) -> str:
    """Why a difference known by its bounds agrees or not."""
    low, high = (french(end, figure.unite) for end in ends)
    return _BOUNDS[agrees].format(low=low, high=high)


def of_base(figure, true: list[tuple[str, int, int]], others: list[tuple[str, int, int]]) -> str:
    """The possible bases that would make a share true: name, count and base of each."""

    def told(reading: tuple[str, int, int]) -> str:
        name, part, whole = reading
        share = french(Fraction(100 * part, whole), "pct", decimals=decimals_of(figure.valeur) + 2)
        return f"{_BASES[name]} ({french(part)} sur {french(whole)}, soit {share})"

    if not true:
        return _NO_BASE.format(others=" ; ".join(map(told, others)))
    rest = f", non sur {' ni sur '.join(map(told, others))}" if others else ""
    return _BASE.format(true=" et sur ".join(map(told, true)), rest=rest)


# --- Printed figures against the records ---

AGREES, DIFFERS, AMBIGUOUS, UNKNOWN = "concorde", "differe", "ambigu", "non_recomptable"
# The bounds of a difference or a count.
Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Counted:
    """The counts of the year and the rows of the earlier year, by cell."""

    counts: dict[Cell, tuple[int, int | None]]
    earlier: dict[Cell, object]

    def knows(self, perimeter: str) -> bool:
        """Whether records know a perimeter."""
        return any(cell[1] == perimeter for cell in self.counts)


def reconcile(figures: pd.DataFrame, counted: pd.DataFrame, earlier: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """One row a printed figure of persons, with its count in the records (schema ``rapprochements``).

    ``figures`` has the schema ``chiffres_publies``, ``counted`` and ``earlier`` (the table of the year before, printed
    or counted) the schema ``indicateurs``. A count agrees when equal, a share when it rounds to the printed one (ties
    either way), « près de » and « plus de » as in `indicators.check_figures`, a difference when both years allow it. A
    share whose base is not written stays ambigu: the reason names the base that would make it true. What records cannot
    tell is non_recomptable. Empty when ``counted`` holds nothing from records.

    >>> chiffres = data.read_raw(2020, "chiffres_publies").query("indicateur == 'sexe' & perimetre == 'alses'")
    >>> lignes = pd.DataFrame({"identifiant": list("ABCDE"), "suivi_par": "alses"})
    >>> personnes = records.Persons.of(2020, lignes.assign(sexe=["filles"] * 2 + ["garcons"] * 3))
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export de la base, 2020")
    >>> trouve = indicators.reconcile(chiffres, comptes, data.load(2019, "indicateurs"), year=2020)
    >>> trouve[["modalite", "valeur", "effectif", "recompte", "accord"]]
      modalite  valeur  effectif  recompte   accord
    0  garcons    58.0         3      60.0  differe
    1   filles    42.0         2      40.0  differe
    """
    plain = counted[counted["source"].isin(FROM_RECORDS) & counted["croise_avec"].eq("") & counted["annee"].eq(year)]
    counts = {cell_of(row): (int(row.effectif_min), _or_none(row.base_min)) for row in plain.itertuples()}
    before = earlier[earlier["annee"].eq(year - 1) & earlier["croise_avec"].eq("")]
    known = Counted(counts, {cell_of(row): row for row in before.itertuples()})
    own = figures[figures["annee"].eq(year) & figures["perimetre"].isin(_of_persons())]
    rows = [{**figure._asdict(), **_answer(figure, known)} for figure in own.itertuples() if counts]
    return apply_schema(pd.DataFrame(rows, columns=columns("rapprochements")), "rapprochements")


def _of_persons() -> set[str]:
    return {name for entry in catalogue().indicators.values() for name in entry.counted_in} - {"donnees"}


def _or_none(value) -> int | None:
    return None if pd.isna(value) else int(value)


def _answer(figure, known: Counted) -> dict:
    cell = cell_of(figure)
    if not known.knows(cell[1]):
        return _unknown(PERIMETER)
    if cell not in known.counts:
        return _unknown(INDICATOR)
    count, base = known.counts[cell]
    if figure.mesure == "part" and not base:
        return _unknown(NOBODY) | {"effectif": count, "base": base}
    if figure.base:
        return _ambiguous(figure, cell, known)
    if figure.mesure == "ecart":
        return _difference(figure, cell, known)
    again = Fraction(100 * count, base) if figure.mesure == "part" else Fraction(count)
    return {"effectif": count, "base": base} | _judged(figure, again, _agrees(figure, again))


def _unknown(motive: str) -> dict:
    return {"accord": UNKNOWN, "motif": motive}


def _judged(figure, again: Fraction, agrees: bool) -> dict:
    gap = again - _printed(figure)
    return {
        "recompte": float(again),
        "ecart": float(gap),
        "accord": AGREES if agrees else DIFFERS,
        "motif": of_value(figure, again, gap, agrees=agrees),
    }


def _printed(figure) -> Fraction:
    return Fraction(str(figure.valeur))


def _half(figure) -> Fraction:
    """Half of the last printed decimal."""
    return Fraction(1, 2 * 10 ** decimals_of(figure.valeur))


def _agrees(figure, again: Fraction) -> bool:
    printed, is_share = _printed(figure), figure.mesure == "part"
    if figure.operateur == "plus_de":
        return again > printed
    if figure.operateur == "pres_de":
        return abs(again - printed) <= (Fraction(str(NEAR_POINTS)) if is_share else Fraction(str(NEAR_RATIO)) * printed)
    return abs(again - printed) <= (_half(figure) if is_share else 0)


def _difference(figure, cell: Cell, known: Counted) -> dict:
    """A printed difference with the year before, known by its bounds."""
    row = known.earlier.get((cell[0] - 1, *cell[1:]))
    count, base = known.counts[cell]
    is_share = figure.unite == "points"
    before = None if row is None or (is_share and not base) else _earlier(row, is_share=is_share)
    if before is None:
        return _unknown(EARLIER) | {"effectif": count, "base": base}
    now = Fraction(100 * count, base) if is_share else Fraction(count)
    ends = now - before[1], now - before[0]
    # The difference comes from two rounded shares; the bounds of a printed share already include its rounding.
    hidden = (_half(figure) * (2 if before[0] == before[1] else 1)) if is_share else Fraction(0)
    agrees = ends[0] - hidden <= _printed(figure) <= ends[1] + hidden
    if ends[0] == ends[1]:
        return {"effectif": count, "base": base} | _judged(figure, ends[0], agrees)
    answer = {"accord": AGREES if agrees else DIFFERS, "motif": of_bounds(figure, ends, agrees=agrees)}
    return {"effectif": count, "base": base} | answer


def _earlier(row, *, is_share: bool) -> Ends | None:
    """The bounds of the earlier year's share, in per cent, or count; None when they are not known."""
    ends = (row.part_min_pct, row.part_max_pct) if is_share else (row.effectif_min, row.effectif_max)
    if is_share and not (pd.isna(row.effectif_min) or pd.isna(row.base_min)) and row.base_min == row.base_max:
        return tuple(Fraction(100 * int(end), int(row.base_min)) for end in (row.effectif_min, row.effectif_max))
    return None if any(pd.isna(end) for end in ends) else tuple(Fraction(str(end)) for end in ends)


def _ambiguous(figure, cell: Cell, known: Counted) -> dict:
    """A share whose base is not written: every possible base is tried."""
    tried = [(name, part, whole) for name, part, whole in _bases(cell, known) if whole]
    true = [each for each in tried if _agrees(figure, Fraction(100 * each[1], each[2]))]
    _, part, whole = (true or tried)[0]
    again = Fraction(100 * part, whole)
    return {
        "effectif": part,
        "base": whole,
        "recompte": float(again),
        "ecart": float(again - _printed(figure)),
        "accord": AMBIGUOUS,
        "motif": of_base(figure, true, [each for each in tried if each not in true]),
    }


def _bases(cell: Cell, known: Counted) -> list[tuple[str, int, int]]:
    """Name, count and base of each reading: persons, those who answered, and the answers given if there are several."""
    entry, (count, base) = catalogue().indicators[cell[2]], known.counts[cell]

    def of(modality: str) -> int:
        return known.counts.get((*cell[:3], modality), (0, None))[0]

    readings = [("persons", count, base)]
    silent = of("non_renseigne")
    if silent:
        readings.append(("answering", count, base - silent))
    if entry.choice == "multiple":
        cited = sum(of(name) for name in entry.modalities)
        readings.append(("answers", sum(of(name) for name in entry.members_of(cell[3])), cited))
    return readings


# --- Counts of the rows of an export, and of the reconciled figures ---


def _is_few(count: int) -> bool:
    return 0 < count < FEWEST_PERSONS


def count_received(cleaned: CleanedRecords, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of an export: rows read, kept, rejected, and cells written otherwise.

    ``source`` is export or synthetique. Empty when nothing was read. A count of 1 to 4 is ``non_publie``, and so is one
    that would give it by subtraction: the rows read if few were rejected, all changes if a rule changed a few rows or
    nearly all.

    Raises AssertionError when a row read is neither kept nor rejected.

    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyees = clean.clean_persons(data.receive(2020), **registres)
    >>> len(indicators.count_received(nettoyees, source="export", reference="export de la base, 2020"))
    0
    """
    read, kept, out = cleaned.read, len(cleaned.persons), int(cleaned.rejections["lignes"].sum())
    assert read == kept + out, "a row was lost while cleaning the persons"
    if not read:
        return table([])
    changed = sum_changes(cleaned.ledger)["lignes"]
    tells = _is_few(kept) or _is_few(out)
    hides = changed.between(1, FEWEST_PERSONS - 1).any() or changed.ge(kept).any()
    counts = {
        "lues": None if tells else read,
        "gardees": None if _is_few(kept) else kept,
        "rejetees": None if _is_few(out) else out,
        "modifications": None if hides else int(changed.sum()),
    }
    return _counted("lignes_export", counts, year=cleaned.persons.year, source=source, reference=reference)


def fold_rejections(rejections: pd.DataFrame) -> pd.DataFrame:
    """The rejected rows by reason (schema ``rejets``), rare reasons joined so that none has 1 to 4 rows.

    The rarest are joined until they hold 5 rows, a single one with the next, since the total is known. Fewer than 5 in
    all stay as one line, shown as « moins de 5 ».

    >>> motifs = ["ligne de total", "fin avant le début", "identifiant absent"]
    >>> rejets = pd.DataFrame({"motif": motifs, "lignes": [20, 9, 3]})
    >>> indicators.fold_rejections(rejets)[["motif", "lignes"]].to_numpy().tolist()
    [['ligne de total', 20], ['fin avant le début ; identifiant absent', 12]]
    """
    ordered = rejections.sort_values("lignes", ascending=False, kind="stable")
    held, folded = [(row.motif, int(row.lignes)) for row in ordered.itertuples()], []
    while held and (_is_few(held[-1][1]) or 0 < len(folded) < 2 or _is_few(sum(count for _, count in folded))):
        folded.insert(0, held.pop())
    if folded:
        held.append((" ; ".join(motif for motif, _ in folded), sum(count for _, count in folded)))
        held.sort(key=lambda line: -line[1])
    return apply_schema(pd.DataFrame(held, columns=columns("rejets"), dtype="object"), "rejets")


def sum_changes(ledger: pd.DataFrame) -> pd.DataFrame:
    """The changes (schema ``normalisations``) by column and rule, over all files.

    ``fichier`` is empty: the names and sizes of the files of an export never leave this computer.

    >>> lignes = pd.DataFrame({"fichier": ["a.csv", "b.csv"], "colonne": "sexe", "regle": "écriture", "lignes": [3, 9]})
    >>> indicators.sum_changes(lignes)[["fichier", "colonne", "regle", "lignes"]].to_numpy().tolist()
    [['', 'sexe', 'écriture', 12]]
    """
    summed = ledger.groupby(["colonne", "regle"], sort=False, as_index=False)["lignes"].sum()
    return apply_schema(summed.assign(fichier="")[columns("normalisations")].astype("object"), "normalisations")


def count_reconciled(reconciled: pd.DataFrame, *, year: int, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of a reconciliation (schema ``rapprochements``), by its outcome.

    ``source`` is export or synthetique. Empty when nothing was reconciled.

    >>> accords = pd.DataFrame({"accord": ["concorde", "concorde", "ambigu"]})
    >>> comptes = indicators.count_reconciled(accords, year=2021, source="export", reference="export de la base, 2021")
    >>> dict(comptes[["modalite", "effectif_min"]].to_numpy())
    {'rapproches': 3, 'concorde': 2, 'differe': 0, 'ambigu': 1, 'non_recomptable': 0}
    """
    whole, *outcomes = catalogue().indicators["rapprochements"].modalities
    counts = {whole: len(reconciled)} | {name: int(reconciled["accord"].eq(name).sum()) for name in outcomes}
    rows = counts if len(reconciled) else {}
    return _counted("rapprochements", rows, year=year, source=source, reference=reference)


def _counted(indicator: str, counts: dict[str, int | None], *, year: int, source: str, reference: str) -> pd.DataFrame:
    rows = [_row((year, "donnees", indicator, name), count, reference) for name, count in counts.items()]
    return table(rows, source=source)


def _row(cell: Cell, count: int | None, reference: str) -> dict:
    unit = catalogue().indicators[cell[2]].unit
    ends, precision = (None, "non_publie") if count is None else ((count, count), "exact")
    return row(cell, unit, counts=ends, precision=precision, reference=reference)
