"""What stands around the pages: subtitle, foot, and the summary that opens the report."""

from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from helpers import publish, store, tables, wording
from helpers.parameters import Parameters
from helpers.pipeline.sites import Site
from helpers.publish import IndexContext, Page
from helpers.schema import FEWEST_FOR_REPORT, PRECISIONS, SYNTHETIC_MEANING

# What each page is for, in the order of the index: the answers first, then what they rest on. First the title above
# its findings, then one line on the page itself.
DESCRIPTIONS = {
    "02_describe": ("À retenir", "Le réseau, ses postes, ses réunions, les personnes suivies."),
    "03_compare": (
        "Qu’est-ce qui a changé, qu’est-ce qui diffère ?",
        "Ce qui est observé entre deux années ou deux groupes, et jusqu’où on peut le dire.",
    ),
    "04_themes": (
        "Que retient-on des réunions ?",
        "Les idées de la synthèse, leurs acteurs, les tensions et leurs réponses, à côté des chiffres.",
    ),
    "01_clean": (
        "Que valent ces chiffres ?",
        "Ce qui a été reçu, ce qui a été modifié, et ce que valent les chiffres imprimés.",
    ),
}

# The pages whose limits are those of the whole report; 01 speaks of how it checks.
_LIMITING = ("02_describe", "03_compare", "04_themes")

# The reader may be a school head who has never met one.
WHO = (
    "Les ALSES (acteurs de liaison sociale dans l’environnement scolaire) sont des éducateurs "
    "de prévention spécialisée présents dans un collège."
)

FILES = {
    "indicateurs.csv": "Les indicateurs du rapport, avec leurs bornes et leur source ; s’ouvre dans un tableur.",
    "comparaisons.csv": "Les mesures de chaque comparaison : écart, intervalle, test, et leurs bornes.",
    "datapackage.json": "Le sens et l’unité de chaque colonne (Data Package) ; s’ouvre aussi depuis R ou Python.",
    "manifest.json": "Fichiers lus et produits, avec leurs empreintes ; versions ; date.",
}


def report_subtitle(choice: Parameters) -> str:
    """The year, and the one it is compared with."""
    return publish.report_subtitle(choice.year, choice.compare_to)


def _marks(*, is_synthetic: bool) -> list[dict]:
    invented = [{"html": wording.synthetic_mark(), "meaning": SYNTHETIC_MEANING}]
    return [
        *({"html": wording.precision_mark(name), "meaning": meaning} for name, meaning in PRECISIONS.items()),
        *(invented if is_synthetic else []),
        {"html": "l.", "meaning": "ligne de la transcription du document cité"},
    ]


# Those of a report that has pages below the network.
SITE_FILES = {
    "sites.html": "Les rapports par association et par collège.",
    "sites.csv": "Ces associations et ces collèges, et le dossier de leurs pages.",
}


def write_sites(folder: Path, sites: Sequence[Site], choice: Parameters) -> None:
    """Writes ``sites.html``, the list of the reports by site, and its table: those that are made, and the others."""
    made = {site.site: site.folder for site in sites}
    told = store.export_sites(choice.year, folder, made)
    sizes = store.load_site_sizes(choice.year)
    listed = [
        {
            "name": row.nom,
            "kind": row.site_type,
            "association": row.association,
            "folder": row.dossier,
            "is_small": not row.est_publie,
            "size": sizes.get((row.site_type, row.site)),
        }
        for row in told.itertuples()
    ]
    publish.write_sites(folder, listed, subtitle=report_subtitle(choice), least=FEWEST_FOR_REPORT)


def index_context(
    pages: list[Page], notebooks: dict[str, NotebookNode], choice: Parameters, *, has_sites: bool = False
) -> IndexContext:
    """What the index shows: the findings and key figures as the pages show them, taken from the executed notebooks."""
    document, title = store.read_card(choice.year)["source"], f"Les ALSES du Nord en {choice.year}"
    words, files = store.read_reference("glossaire"), {**(SITE_FILES if has_sites else {}), **FILES}
    alert = next((html for each in notebooks.values() for html in publish.extract(each, "synthetique")), "")
    return IndexContext(
        title=title,
        subtitle=report_subtitle(choice),
        alert=alert,
        intro=WHO,
        pages=pages,
        summaries=[
            {
                "name": name,
                "heading": heading,
                "question": publish.page_title(notebooks[name]),
                "description": description,
                "findings": publish.extract(notebooks[name], "a-retenir"),
                "cards": publish.extract(notebooks[name], "chiffres-cles"),
                "unknown": publish.extract(notebooks[name], "inconnu"),
            }
            for name, (heading, description) in DESCRIPTIONS.items()
        ],
        files=[{"href": href, "description": description} for href, description in files.items()],
        sites="sites.html" if has_sites else "",
        marks=_marks(is_synthetic=bool(alert)),
        holdings=next((html for each in notebooks.values() for html in publish.extract(each, "contenu")), ""),
        limits="\n".join(html for name in _LIMITING for html in publish.extract(notebooks[name], "limites")),
        glossary=[{"term": word.terme, "meaning": word.definition} for word in words.itertuples()],
        citation=wording.say("index", "citation", title=title, document=document).html,
        foot=tables.provenance(
            store.provenance(choice.as_shown("03_compare"), choice.years, notebooks=[page.name for page in pages])
        ).html,
    )
