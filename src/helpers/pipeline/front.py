"""What stands around the pages: subtitle, foot, and the summary that opens the report."""

from nbformat import NotebookNode

from helpers import publish, tables, wording
from helpers.parameters import Parameters
from helpers.publish import IndexContext, Page
from helpers.schema import PRECISIONS

# What each page is for, in the order of the index: the answers first, then what they rest on.
DESCRIPTIONS = {
    "02_describe": "Le réseau, ses postes, ses réunions, les personnes suivies.",
    "03_compare": "Ce qui est observé entre deux années, et ce que les arrondis permettent d’en dire.",
    "04_themes": "La synthèse des réunions, énoncé par énoncé.",
    "01_clean": "Ce qui a été reçu, ce qui a été modifié, ce que valent les chiffres imprimés.",
}

FILES = {
    "indicateurs.csv": "Tous les chiffres du rapport, avec leurs bornes et leur source ; s’ouvre dans un tableur.",
    "indicateurs.schema.json": "Le sens de chaque colonne (Table Schema).",
    "manifest.json": "Fichiers lus et produits, avec leurs empreintes ; versions ; date.",
}


def report_subtitle(choice: Parameters) -> str:
    """The year, and the one it is compared with."""
    return f"{choice.year}, comparée à {choice.compare_to}" if choice.compare_to else f"{choice.year}"


def page_foot(made_from: dict) -> str:
    """The foot of the index: inputs of the whole report with their checksums, parameters, versions."""
    return tables.provenance(made_from).html


def index_context(
    pages: list[Page], notebooks: dict[str, NotebookNode], choice: Parameters, *, foot: str
) -> IndexContext:
    """What the index shows: the findings and key figures as the pages show them, taken from the executed notebooks."""
    return IndexContext(
        title=f"Les ALSES du Nord en {choice.year}",
        subtitle=report_subtitle(choice),
        pages=pages,
        summaries=[
            {
                "name": name,
                "question": publish.page_title(notebooks[name]),
                "description": description,
                "findings": publish.extract(notebooks[name], "a-retenir"),
                "cards": publish.extract(notebooks[name], "chiffres-cles"),
            }
            for name, description in DESCRIPTIONS.items()
        ],
        files=[{"href": href, "description": description} for href, description in FILES.items()],
        marks=[{"html": wording.precision_mark(name), "meaning": meaning} for name, meaning in PRECISIONS.items()],
        foot=foot,
    )
