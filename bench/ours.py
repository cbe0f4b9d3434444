"""The work by the project's public functions, as 01 calls them: ``ours.py FOLDER`` (a data root)."""

import os
import sys
from pathlib import Path

from same_work import YEAR, Clock, finish


def main(folder: Path) -> None:
    """Reads, checks, cleans, saves and counts."""
    clock = Clock()
    from helpers import clean, data, indicators, paths

    os.environ[paths.DATA_ROOT_VARIABLE] = str(folder)
    clock.lap("imports")
    received = data.receive(YEAR)
    clock.lap("ouverture")
    cleaned = clean.clean_persons(received, spellings=data.read_reference("modalites"), **data.read_registers())
    if cleaned.faults:
        sys.exit("\n".join(map(str, cleaned.faults)))
    clock.lap("lecture, nettoyage")
    data.save_persons(cleaned)
    clock.lap("écriture")
    table = indicators.count_persons(cleaned.persons, source=received.source, reference=received.reference)
    clock.lap("comptes")
    counts = {}
    for row in table.itertuples():
        crossed = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
        counts[f"{row.perimetre}/{row.indicateur}/{row.modalite}{crossed}"] = int(row.effectif_min)
    # Entries about a whole file (its separator, its blank lines) have no column.
    ledger = {column: int(rows) for column, rows in cleaned.ledger.groupby("colonne")["lignes"].sum().items() if column}
    rejections = dict(zip(cleaned.rejections["motif"], map(int, cleaned.rejections["lignes"]), strict=True))
    assert cleaned.read == len(cleaned.persons) + sum(rejections.values()), "a row is not accounted for"
    finish(counts, ledger=ledger, rejections=rejections, phases=clock.phases)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
