"""What stands around the pages: subtitle, foot, and the summary that opens the report."""

from nbformat import NotebookNode

from helpers import publish, store, tables, wording
from helpers.parameters import Parameters
from helpers.publish import IndexContext, Page
from helpers.schema import PRECISIONS

# What each page is for, in the order of the index: the answers first, then what they rest on.
DESCRIPTIONS = {
    "02_describe": "Le réseau, ses postes, ses réunions, les personnes suivies.",
    "03_compare": "Ce qui est observé entre deux années, et ce que les arrondis permettent d’en dire.",
    "04_themes": "Les idées de la synthèse, par thème et par nature.",
    "01_clean": "Ce qui a été reçu, ce qui a été modifié, ce que valent les chiffres imprimés.",
}

# The reader may be a school head who has never met one.
WHO = (
    "Les ALSES (acteurs de liaison sociale dans l’environnement scolaire) sont des éducateurs "
    "de prévention spécialisée présents dans un collège."
)

FILES = {
    "indicateurs.csv": "Les indicateurs du rapport, avec leurs bornes et leur source ; s’ouvre dans un tableur.",
    "indicateurs.schema.json": "Le sens de chaque colonne (Table Schema).",
    "comparaisons.csv": "Les mesures de chaque comparaison : écart, intervalle, test, et leurs bornes.",
    "comparaisons.schema.json": "Le sens de chaque colonne des comparaisons.",
    "manifest.json": "Fichiers lus et produits, avec leurs empreintes ; versions ; date.",
}


def report_subtitle(choice: Parameters) -> str:
    """The year, and the one it is compared with."""
    return f"Année {choice.year}, comparée à {choice.compare_to}" if choice.compare_to else f"Année {choice.year}"


def index_context(pages: list[Page], notebooks: dict[str, NotebookNode], choice: Parameters) -> IndexContext:
    """What the index shows: the findings and key figures as the pages show them, taken from the executed notebooks."""
    document = store.read_card(choice.year)["source"]
    return IndexContext(
        title=f"Les ALSES du Nord en {choice.year}",
        subtitle=report_subtitle(choice),
        intro=f"{WHO} Ce rapport refait les comptes à partir de ce document : {document}.",
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
        marks=[
            *({"html": wording.precision_mark(name), "meaning": meaning} for name, meaning in PRECISIONS.items()),
            {"html": "l.", "meaning": "ligne de la transcription du document cité"},
        ],
        foot=tables.provenance(store.provenance(choice.as_shown("03_compare"), choice.years)).html,
    )
