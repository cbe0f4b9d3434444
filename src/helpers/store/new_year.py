"""The folder of a year that begins: its card, its log, and tables that have their columns and no row yet."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from helpers import paths
from helpers.schema import DataError, columns
from helpers.store.cards import CARD, unnamed


def _model() -> dict:
    return tomllib.loads(files("helpers").joinpath("store", "new_year.toml").read_text(encoding="utf-8"))


def new_tables() -> dict[str, str]:
    """The tables that a year that begins is given, by name, and what a row of each is, in French.

    >>> list(store.new_tables()), store.new_tables()["enonces"]
    (['chiffres_publies', ...], 'un énoncé de la synthèse des réunions, reformulé et codé')
    """
    return {name: row for name, (_, row) in _model()["tables"].items()}


def _card(year: int, tables: dict[str, list[str]]) -> dict:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"alses-{year}",
        "title": f"Les ALSES du Nord en {year}",
        "description": "",
        "contexte": "",
        "received": "",
        "sensitivity": "publique",
        "sources": [{"title": unnamed(year), "description": ""}],
        "associations_attendues": [],
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "type": "table",
                "title": title,
                "description": f"Une ligne est {row}.",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "synthetic": False,
            }
            for name, (title, row) in tables.items()
        ],
    }


def make_year(year: int) -> tuple[list[Path], list[Path]]:
    """The files made in the folder of a year, then those that were there and were left as they are.

    Raises
    ------
    DataError
        when data/raw holds a file of that name.

    >>> import shutil
    >>> faits, laisses = store.make_year(2030)
    >>> [fichier.name for fichier in faits][:3], len(faits), laisses
    (['README.md', 'datapackage.json', 'chiffres_publies.csv'], 6, [])
    >>> store.make_year(2030)[0]
    []
    >>> shutil.rmtree(paths.raw(2030))
    """
    model, folder = _model(), paths.raw(year)
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{paths.relative(folder)} est un fichier : renommez-le, un dossier de ce nom est nécessaire.")
    listed = " ;\n".join(f"- `{name}.csv` : une ligne est {row}" for name, row in new_tables().items())
    texts = {
        "README.md": model["lisez_moi"].lstrip().replace("{annee}", str(year)).replace("{tables}", f"{listed}."),
        CARD: json.dumps(_card(year, model["tables"]), ensure_ascii=False, indent=2) + "\n",
        **{f"{name}.csv": ",".join(columns(name)) + "\n" for name in model["tables"]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    made, kept = [], []
    for name, text in texts.items():
        path = folder / name
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            made.append(path)
        except FileExistsError:
            kept.append(path)
    return made, kept
