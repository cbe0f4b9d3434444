"""An export in small: invented persons and the indicators that they make, and page 02 run on them without a kernel."""

import shutil

import nbformat
import pandas as pd

from helpers import data, indicators, paths
from helpers.clean.records import Persons
from helpers.schema import apply_schema, columns
from in_process import run_notebook

N = 480
# The answers of each column, given in turn, over and over; an empty one is not given. Years are those before the year.
PATTERNS = {
    "association": ["Gué", "Tilleuls"],
    "territoire": ["Nord"],
    "suivi_par": ["alses", "alses", "alses", "autre_educateur"],
    "situation": ["collegien"],
    "sexe": ["filles", "garcons", "garcons", "filles", "garcons"],
    "nouvel_accompagnement": ["oui", "non", "oui", "oui", "non", "oui", "oui", "non", "oui", "", "non"],
    "origine": ["college", "college", "travail_de_rue", "famille", ""],
    "niveau": ["6e", "5e", "4e", "4e", "3e", "3e", "3e"],
    "annee_naissance": ["-12", "-13", "-14"],
    "date_debut": ["0-02-01", "0-09-15", "-1-10-01"],
    "date_fin": ["", "0-11-30", ""],
    "demande_initiale": ["scolarite", "scolarite", "besoin_de_parler", "mobilite"],
    "objectifs": ["scolarite", "scolarite;mobilite", "besoin_de_parler;mobilite", "mobilite", "scolarite;besoin_de_parler"],
    "parents_associes": ["oui", "non", "non"],
}


def persons(year: int, n: int = N, **changed: list[str]) -> Persons:
    """``n`` persons; ``changed`` gives other answers to some columns, repeated in the same way."""
    given = {"annee": [str(year)], "uai": ["0590001A", "0590002B"], **PATTERNS, **changed}
    rows = {name: [_dated(answers[rank % len(answers)], name, year) for rank in range(n)] for name, answers in given.items()}
    rows["orienteur"] = ["" if origin != "college" else ("direction_vie_scolaire", "enseignants")[rank % 2] for rank, origin in enumerate(rows["origine"])]
    return Persons.of(year, pd.DataFrame({"identifiant": [f"P{rank:04d}" for rank in range(n)], **rows}))


def _dated(answer: str, name: str, year: int) -> str:
    if name == "annee_naissance":
        return str(year + int(answer))
    if name.startswith("date_") and answer:
        return f"{year + int(answer[:-6])}{answer[-6:]}"
    return answer


def counted(year: int, **options) -> pd.DataFrame:
    """The indicator table of such an export."""
    return indicators.count_persons(persons(year, **options), source="export", reference=f"export de la base, {year}")


def save_export(year: int, counts: pd.DataFrame) -> None:
    """The tables of a year once it has an export: what records count replaces what is printed of the same indicator."""
    folder = paths.raw(year)
    if not folder.is_dir():  # a year with only an export: nothing that page 02 shows was received beside it
        folder.mkdir()
        earlier = paths.raw(max(paths.years()))
        for name in ("remarques.csv", "datapackage.json"):
            shutil.copy(earlier / name, folder / name)
    raw = data.read_year(year)
    made = {name: apply_schema(pd.DataFrame(columns=columns(name), dtype="str"), name) for name in ("postes", "registre", "controles", "coherences", "indicateurs")}
    if paths.processed(year).is_dir():
        made = {name: data.load(year, name) for name in made}
    before, own = made["indicateurs"], set(zip(counts["perimetre"], counts["indicateur"], strict=True))
    kept = [pair not in own for pair in zip(before["perimetre"], before["indicateur"], strict=True)]
    made["indicateurs"] = pd.concat([before[kept], counts], ignore_index=True)
    data.save_year(raw, made)


def run_page(year: int) -> nbformat.NotebookNode:
    """The notebook 02 of a year, with what each cell displays."""
    return run_notebook("02_describe", {"year": year})
