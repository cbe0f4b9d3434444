"""What became of the rows of an export and of the printed figures that it counts again, counted."""

import pandas as pd

from helpers.indicators.rows import Cell, row, table
from helpers.records import Cleaned
from helpers.schema import FEWEST_PERSONS, catalogue, columns, typed


def _is_few(count: int) -> bool:
    return 0 < count < FEWEST_PERSONS


def count_received(cleaned: Cleaned, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of an export: rows read, kept, rejected, and cells written otherwise.

    ``source`` is export or synthetique. Empty when nothing was read. A count of 1 to 4 is ``non_publie``, and so is the
    one that would give it by a subtraction: the rows read beside a few rejected, all changes beside a rule that touched
    a few rows or nearly all of them.

    Raises
    ------
    AssertionError
        when a row read is neither kept nor rejected.

    >>> registres = {"spellings": store.read_reference("modalites"), **store.read_registers()}
    >>> nettoyees = clean.clean_persons(store.receive(2020), **registres)
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
    """The rows not counted, by reason (schema ``rejets``), where no reason has 1 to 4: those are put together.

    The least frequent are joined until they hold 5 rows, and with the next one if there is only one of them, for the
    total is known. Fewer than 5 in all stay as one line, which a page says « moins de 5 ».

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
    return typed(pd.DataFrame(held, columns=columns("rejets"), dtype="object"), "rejets")


def sum_changes(ledger: pd.DataFrame) -> pd.DataFrame:
    """What was written otherwise (schema ``normalisations``), a row a column and rule: of all the files together.

    ``fichier`` is empty: the name of a file of an export, and how many rows it has, are told on this computer only.

    >>> lignes = pd.DataFrame({"fichier": ["a.csv", "b.csv"], "colonne": "sexe", "regle": "écriture", "lignes": [3, 9]})
    >>> indicators.sum_changes(lignes)[["fichier", "colonne", "regle", "lignes"]].to_numpy().tolist()
    [['', 'sexe', 'écriture', 12]]
    """
    summed = ledger.groupby(["colonne", "regle"], sort=False, as_index=False)["lignes"].sum()
    return typed(summed.assign(fichier="")[columns("normalisations")].astype("object"), "normalisations")


def count_reconciled(reconciled: pd.DataFrame, *, year: int, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of a reconciliation (schema ``rapprochements``), by its outcome.

    ``source`` is export or synthetique. Empty when no printed figure was looked for in records.

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
