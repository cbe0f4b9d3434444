"""A small export of invented persons, as a CSV file: what reading, checking and running a year need."""

from collections.abc import Sequence
from pathlib import Path

ROW = {
    "identifiant": "P000", "annee": "2033", "association": "Le Gué", "suivi_par": "alses", "situation": "collegien",
    "niveau": "4e", "sexe": "filles", "nouvel_accompagnement": "oui", "origine": "college",
    "demande_initiale": "scolarite", "objectifs": '"scolarite;mobilite"', "parents_associes": "oui",
}  # fmt: skip


def export_text(*changes: dict[str, str], year: int = 2033, more: Sequence[str] = ()) -> str:
    """One row a change, each person with an identifier of its own unless the change gives one; ``more`` columns."""
    rows = [{**ROW, "annee": str(year), "identifiant": f"P{rank:03}", **change} for rank, change in enumerate(changes)]
    names = [*ROW, *more]
    return "\n".join(";".join(row[name] for name in names) for row in [dict(zip(names, names, strict=True)), *rows]) + "\n"


def write_export(
    root: Path, *changes: dict[str, str], year: int = 2033, name: str = "accompagnements.csv", more: Sequence[str] = ()
) -> Path:
    """The file, in the folder of its year, which is made if need be; twelve alike persons unless changes are given."""
    path = root / "data" / "raw" / str(year) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(export_text(*(changes or [{}] * 12), year=year, more=more), encoding="utf-8")
    return path
