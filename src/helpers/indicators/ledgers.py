"""What became of the rows of an export and of the printed figures that it counts again, counted."""

import pandas as pd

from helpers.indicators.rows import single, table
from helpers.records import Cleaned
from helpers.schema import catalogue


def count_received(cleaned: Cleaned, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of an export: rows read, kept, rejected, and cells written otherwise.

    ``source`` is export or synthetique. Empty when nothing was read.

    Raises
    ------
    AssertionError
        when a row read is neither kept nor rejected.

    >>> registres = {"spellings": store.read_reference("modalites"), **store.read_registers()}
    >>> nettoyees = clean.clean_persons(store.receive(2020), **registres)
    >>> len(indicators.count_received(nettoyees, source="export", reference="export de la base, 2020"))
    0
    """
    counts = {
        "lues": cleaned.read,
        "gardees": len(cleaned.persons),
        "rejetees": int(cleaned.rejections["lignes"].sum()),
        "modifications": int(cleaned.ledger["lignes"].sum()),
    }
    assert counts["lues"] == counts["gardees"] + counts["rejetees"], "a row was lost while cleaning the persons"
    rows = counts if cleaned.read else {}
    return _counted("lignes_export", rows, year=cleaned.persons.year, source=source, reference=reference)


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


def _counted(indicator: str, counts: dict[str, int], *, year: int, source: str, reference: str) -> pd.DataFrame:
    rows = [single((year, "donnees", indicator, name), count, reference) for name, count in counts.items()]
    return table([{**row, "source": source} for row in rows])
