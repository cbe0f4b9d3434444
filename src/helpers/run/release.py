"""What leaves: pages, tables, index and manifest, published as one."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers import data, paths, provenance, text
from helpers.parameters import NOTEBOOKS, Parameters
from helpers.provenance import Record
from helpers.report import checks, manifest, publication
from helpers.report import index as report_index
from helpers.report import page as report_page
from helpers.report.handouts import write_sheet, write_slides
from helpers.report.index import IndexContext, write_index
from helpers.report.notebook import export_page, extract, page_title
from helpers.report.page import HOME, INDEX, SHEET, SITES, SLIDES, Page, PublicationError, template_files
from helpers.run.tasks import FIRST, SITE_NOTEBOOKS, Site, Task, read_source
from helpers.schema import FEWEST_FOR_REPORT
from helpers.typography import french_spaces

# --- Around the pages: subtitle, foot, and the summary that opens the report ---

# The pages in the order of the menu, each with its name there; on the index, one line each.
PAGES = [
    Page("02_describe", "Portrait de l’année", "02_describe.html"),
    Page("03_compare", "D’une année à l’autre", "03_compare.html"),
    Page("04_themes", "Ce qui s’est dit", "04_themes.html"),
    Page("01_clean", "Données et vérifications", "01_clean.html"),
]
HANDOUTS = [
    Page("fiche", "L’essentiel sur une feuille, pour une réunion", SHEET),
    Page("diapos", "Les constats de l’année, un par diapositive", SLIDES),
]
SITES_PAGE = Page("sites", "Associations et collèges", SITES)  # where there are some
DESCRIPTIONS = {
    "02_describe": "Les jeunes accompagnés, les postes, les réunions.",
    "03_compare": "Ce qui a bougé, et jusqu’où on peut le dire.",
    "04_themes": "Les difficultés, les réponses proposées, les suites.",
    "01_clean": "Ce qui a été reçu, corrigé, vérifié.",
}

# For a school head who has never met one.
WHO = (
    "Les ALSES (acteurs de liaison sociale dans l’environnement scolaire) sont des éducateurs "
    "de prévention spécialisée présents dans un collège."
)

FILES = {
    "indicateurs.xlsx": "Les indicateurs, leurs bornes et leur source ; le sens des colonnes et des codes.",
    "comparaisons.xlsx": "Les mesures de chaque comparaison : écart, intervalle, test, et leurs bornes.",
    "indicateurs.csv": "Les mêmes lignes pour un programme ; indicateurs.parquet les donne avec leurs types.",
    "comparaisons.csv": "Les mêmes mesures pour un programme ; comparaisons.parquet les donne avec leurs types.",
    "datapackage.json": "Le sens et l’unité de chaque colonne (Data Package) ; s’ouvre aussi depuis R ou Python.",
    "manifest.json": "Fichiers lus et produits, avec leurs empreintes ; versions ; date.",
}


def report_subtitle(choice: Parameters) -> str:
    """The year, and the one it is compared with."""
    return report_page.report_subtitle(choice.year, choice.compare_to)


# Also in a report that has pages below the network.
SITE_FILES = {
    "sites.csv": "Ces associations et ces collèges, et le dossier de leurs pages.",
}


def write_sites(folder: Path, sites: Sequence[Site], choice: Parameters, pages: list[Page]) -> None:
    """Write ``sites.html``, the list of reports by site, made or not, and its table."""
    made = {site.site: site.folder for site in sites}
    told = data.export_sites(choice.year, folder, made)
    sizes = data.load_site_sizes(choice.year)
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
    told = {"subtitle": f"Année {choice.year}", "least": FEWEST_FOR_REPORT}
    report_index.write_sites(folder, listed, pages=pages, **told)


def index_context(pages: list[Page], notebooks: dict[str, NotebookNode], choice: Parameters) -> IndexContext:
    """What the index shows: cells that the notebooks tag for it (``index-contexte``, ``index-constat`` …)."""
    document, title = data.read_card(choice.year)["source"], f"Les ALSES du Nord en {choice.year}"
    has_sites = SITES_PAGE in pages
    words, files = data.read_reference("glossaire"), {**(SITE_FILES if has_sites else {}), **FILES}
    # A page that was added to the report says on the index what its own cells are tagged for.
    added = {page.name: "Page ajoutée au rapport." for page in pages if page.name in {*notebooks} - {*DESCRIPTIONS}}
    described = DESCRIPTIONS | added

    def said(*tags: str) -> list[str]:
        return [html for tag in tags for name in described for html in extract(notebooks[name], tag)]

    alert = next(iter(said("synthetique")), "")
    return IndexContext(
        title=title,
        subtitle=report_subtitle(choice),
        alert=alert,
        intro=WHO,
        opening=said("index-contexte"),
        evidence=said("index-figure", "index-changements", "carte"),
        pages=pages,
        summaries=[
            {
                "name": name,
                "question": page_title(notebooks[name]),
                "description": description,
                "findings": extract(notebooks[name], "index-constat"),
            }
            for name, description in described.items()
        ],
        files=[{"href": href, "description": description} for href, description in files.items()],
        sites=SITES if has_sites else "",
        handouts=HANDOUTS,
        holdings=next(iter(said("index-contenu")), ""),
        glossary=[{"term": word.terme, "meaning": word.definition} for word in words.itertuples()],
        document=document,
        foot=text.provenance(
            data.provenance(choice.as_shown("03_compare"), choice.years, notebooks=list(notebooks))
        ).html,
    )


# --- The page of an executed notebook, kept beside it: made again only when the notebook or the layout changed ---


def report_pages(names: Iterable[str], *, has_sites: bool = False) -> list[Page]:
    """The pages of a report; those of notebooks added to it, under their own title, come before the checks of 01."""
    own = sorted(name for name in names if name not in NOTEBOOKS)
    titled = [Page(name, french_spaces(page_title(read_source(name), name)), f"{name}.html") for name in own]
    last = max(place for place, page in enumerate(PAGES) if page.name != FIRST)
    return [*PAGES[: last + 1], *titled, *PAGES[last + 1 :], *[SITES_PAGE] * has_sites]


def _around(site_type: str, pages: list[Page], choice: Parameters) -> dict:
    """What stands around the pages of a site: its own menu, the year it is compared with if it is, the way back."""
    own = [page for page in pages if page.name in SITE_NOTEBOOKS[site_type]]
    is_compared = "03_compare" in SITE_NOTEBOOKS[site_type]
    return {
        "pages": [Page("fiche", "La fiche", SHEET), *own],
        "subtitle": report_subtitle(choice) if is_compared else f"Année {choice.year}",
        "index": f"../../{SITES}",
        "home": SITES_PAGE.title,
    }


def kept_page(task: Task) -> Path:
    """Where the page of a task waits for publication."""
    return task.executed.with_suffix(".html")


def page_record(task: Task) -> Path:
    """Where the provenance record of the page goes."""
    return task.executed.with_suffix(".page.json")


# The code behind a page, then behind what is published, as `provenance.modules_behind` reads it.
_PAGE_CODE, _RELEASE_CODE = "from helpers.report import notebook", "from helpers.run import report"


def _code_behind(code: str) -> list[Path]:
    return [*provenance.modules_behind([code]), *template_files()]


def make_page(
    task: Task, notebook: NotebookNode, *, choice: Parameters, pages: list[Page], sites: list[Site], withheld: list[str]
) -> Path:
    """The file of the page of a task, made again if it is stale.

    ``pages`` and ``sites`` are those of the report, with their names; ``withheld`` the values that were taken out of
    the notebook.
    """
    around = {"pages": pages, "subtitle": report_subtitle(choice), "index": INDEX, "home": HOME, "place": ""}
    if task.place[1]:
        named = next(each.name for each in sites if (each.site_type, each.site) == task.place)
        around = {**_around(task.place[0], pages, choice), "place": named}
    menu = [f"{page.href} {page.title}" for page in around["pages"]]
    path, shown = kept_page(task), {**around, "pages": menu, "tus": withheld}
    kept = provenance.read_record(page_record(task))
    if kept is None or provenance.why_stale(kept, shown):
        made_from = [choice.as_shown(task.notebook), choice.series]
        foot = "\n".join(extract(notebook, "provenance"))
        foot = foot or text.provenance(data.provenance(*made_from, notebooks=[task.notebook])).html
        html = export_page(notebook, name=task.notebook, foot=foot, **around)
        path.write_text(html, encoding="utf-8", newline="\n")
        made = provenance.record(shown, [task.executed, *_code_behind(_PAGE_CODE)], products=[path])
        provenance.remember(made, page_record(task))
    return path


# --- What leaves: pages, tables, index and manifest, published atomically ---

# What a published report has passed, for its manifest.
CHECKS = [
    "cellules exécutées dans l’ordre, sans erreur, jusqu’à la dernière",
    "liens, identifiants, textes de remplacement, titres, tableaux et poids des pages ; aucun appel au réseau",
]


@dataclass(frozen=True)
class RunResult:
    """A report before publication: its tasks, those of the network's pages, its sites, the pages of its menu."""

    tasks: list[Task]
    shown: list[Task]
    notebooks: dict[str, NotebookNode]
    sites: list[Site]
    pages: list[Page]


def is_synthetic(choice: Parameters) -> bool:
    """Whether any year that the report shows rests on simulated records: none of it is then true."""
    return any(data.simulated_exports(year) for year in choice.series)


def place(choice: Parameters) -> Path:
    """Where the report goes: a simulated one never takes the place of a true one."""
    return paths.report(choice.year, is_synthetic=is_synthetic(choice))


def _build(folder: Path, made: RunResult, choice: Parameters) -> None:
    """Write everything but the manifest in ``folder``."""
    data.require_current(choice.series)
    for task in made.shown:
        shutil.copyfile(kept_page(task), folder / kept_page(task).name)
    _export_tables(folder, choice, has_comparisons=True)
    for site in made.sites:
        _build_site(folder / site.folder, site, made, choice)
    if SITES_PAGE in made.pages:
        write_sites(folder, made.sites, choice, made.pages)
    # Index, sheet and slides take their cells in the order of the menu.
    ordered = [made.notebooks[page.name] for page in made.pages if page.name in made.notebooks]
    around = {"subtitle": report_subtitle(choice), "pages": made.pages}
    title = f"Les ALSES du Nord en {choice.year}"
    write_sheet(folder, ordered, title=f"{title} : l’essentiel", intro=WHO, **around)
    write_slides(folder, ordered, title=f"{title} : les constats", **around)
    write_index(folder, context=index_context(made.pages, made.notebooks, choice))


def _export_tables(folder: Path, choice: Parameters, *place: str, has_comparisons: bool) -> None:
    with paths.with_data_root(paths.shareable()):  # protected counts only
        data.export_indicators(choice.series, folder, *place)
        if has_comparisons:
            data.export_comparisons(choice.year, folder, *place)


def _build_site(folder: Path, site: Site, made: RunResult, choice: Parameters) -> None:
    """Write the sheet, the pages and the tables of one association or one collège."""
    folder.mkdir(parents=True)
    place = (site.site_type, site.site)
    tasks = [task for task in made.tasks if task.place == place]
    for task in tasks:
        shutil.copyfile(kept_page(task), folder / f"{task.notebook}.html")
    executed = [nbformat.read(task.executed, as_version=4) for task in tasks]
    around = _around(site.site_type, made.pages, choice)
    write_sheet(folder, executed, title=f"{site.name} en {choice.year}", intro=WHO, is_site=True, **around)
    _export_tables(folder, choice, *place, has_comparisons="03_compare" in SITE_NOTEBOOKS[site.site_type])


def _seal(folder: Path, notebooks: Iterable[str], choice: Parameters) -> None:
    """Write the manifest, with the checksum of everything else, once the pages have passed their checks."""
    made_from = data.provenance(choice.as_shown("03_compare"), choice.series, notebooks=list(notebooks))
    inputs = [
        {"path": entry["fichier"], "sha256": entry["sha256"], "bytes": entry["octets"], "rows": entry["lignes"]}
        for entry in made_from["entrees"]
    ]
    given, versions = choice.of("03_compare"), made_from["versions"]
    manifest.write_manifest(
        folder, inputs=inputs, parameters=given, versions=versions, checks=CHECKS, is_synthetic=is_synthetic(choice)
    )


def publish_report(made: RunResult, choice: Parameters) -> Path:
    """The folder of the published report; one that would be the same but for its stamp is left as it is.

    Raises
    ------
    PublicationError
        a page has a defect, or another program holds a file of the old report open.
    """
    final = place(choice)
    building = paths.reports() / f".en-cours-{final.name}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        _build(building, made, choice)
        _require_sound(building)
        _require_protected(building, choice)
        _seal(building, made.notebooks, choice)
        if not manifest.is_same_report(building, final):
            publication.atomic_replace(building, final)
    finally:
        shutil.rmtree(building, ignore_errors=True)  # the disk may be full
    return final


def _require_sound(building: Path) -> None:
    faults = checks.check_pages(building)
    if faults:
        raise PublicationError(
            f"Le rapport n’est pas publié, une page a un défaut ({len(faults)} en tout) : {faults[0]}"
        )


def _require_protected(building: Path, choice: Parameters) -> None:
    """Raise PublicationError when a small count could be found in what is about to leave; only records are attacked."""
    if any(map(paths.exports, choice.series)):
        from helpers.disclosure import release

        found = release.audit_release(building, choice.series)
        if found and not found.is_good:
            raise PublicationError(
                f"Le rapport n’est pas publié, des personnes pourraient y être retrouvées. {found.sentence}"
            )


def record_report(made: RunResult, folder: Path, asked: dict) -> None:
    """Write the record of the published report, the union of those of its tasks: the next run reads only this one.

    None is left when something behind it changed meanwhile. ``asked`` is what `provenance.asked` gives.
    """
    pages = [task for task in made.tasks if task in made.shown or task.place[1]]
    places = [*(task.record for task in made.tasks), *(page_record(task) for task in pages)]
    parts = [provenance.read_record(place) for place in places]
    is_synthetic = folder.name.endswith(paths.SYNTHETIC_SUFFIX)
    place = provenance.report_record(asked["year"], is_synthetic=is_synthetic)
    if None in parts:
        place.unlink(missing_ok=True)
        return
    published = [path for path in folder.rglob("*") if path.is_file()]
    own = provenance.record(asked, _code_behind(_RELEASE_CODE), products=published)
    products = {name: provenance.settled(name, each) for part in [*parts, own] for name, each in part.products.items()}
    files = {name: state for part in [*parts, own] for name, state in part.files.items() if name not in products}
    folders = {name: listed for part in parts for name, listed in part.folders.items()}
    provenance.remember(Record(asked, files, folders, own.libraries, products), place)
