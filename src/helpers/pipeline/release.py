"""What leaves: the pages, the tables, the index, the manifest; published as one, whole or not at all."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers import freshness, paths, publish, store
from helpers.freshness import Record
from helpers.parameters import Parameters
from helpers.pipeline.front import index_context, write_sites
from helpers.pipeline.pages import PAGES, kept_page, page_record
from helpers.pipeline.sites import NOTEBOOKS, Site
from helpers.pipeline.tasks import Task
from helpers.publish import PublicationError

# What a published report has passed, as its manifest says it.
CHECKS = [
    "cellules exécutées dans l’ordre, sans erreur, jusqu’à la dernière",
    "liens, identifiants, textes de remplacement, titres, tableaux et poids des pages ; aucun appel au réseau",
]


@dataclass(frozen=True)
class Made:
    """What was made of a report: its tasks, those of the network's pages in the order of `PAGES`, and its sites."""

    tasks: list[Task]
    shown: list[Task]
    notebooks: dict[str, NotebookNode]
    sites: list[Site]


def is_synthetic(choice: Parameters) -> bool:
    """Whether any year that the report shows rests on simulated records: nothing of it is then true."""
    return any(store.simulated_exports(year) for year in choice.series)


def place(choice: Parameters) -> Path:
    """Where the report goes: one that rests on simulated records never takes the place of a true one."""
    return paths.report(choice.year, is_synthetic=is_synthetic(choice))


def _build(folder: Path, made: Made, choice: Parameters) -> None:
    """Everything that leaves but the manifest, in ``folder``."""
    store.require_current(choice.series)
    for task, page in zip(made.shown, PAGES, strict=True):
        shutil.copyfile(kept_page(task), folder / page.href)
    _export_tables(folder, choice, has_comparisons=True)
    for site in made.sites:
        _build_site(folder / site.folder, site, made.tasks, choice)
    if made.sites:
        write_sites(folder, made.sites, choice)
    publish.write_index(folder, context=index_context(PAGES, made.notebooks, choice, has_sites=bool(made.sites)))


def _export_tables(folder: Path, choice: Parameters, *place: str, has_comparisons: bool) -> None:
    with paths.rooted(paths.shareable()):  # what is told of persons is what is protected
        store.export_indicators(choice.series, folder, *place)
        if has_comparisons:
            store.export_comparisons(choice.year, folder, *place)


def _build_site(folder: Path, site: Site, tasks: list[Task], choice: Parameters) -> None:
    """The pages and the tables of one association or one collège."""
    folder.mkdir(parents=True)
    place = (site.site_type, site.site)
    for task in tasks:
        if task.place == place:
            shutil.copyfile(kept_page(task), folder / f"{task.notebook}.html")
    _export_tables(folder, choice, *place, has_comparisons="03_compare" in NOTEBOOKS[site.site_type])


def _seal(folder: Path, choice: Parameters) -> None:
    """The manifest, once the pages have passed their checks: it holds the checksum of everything else."""
    made_from = store.provenance(choice.as_shown("03_compare"), choice.series, notebooks=[page.name for page in PAGES])
    inputs = [
        {"path": entry["fichier"], "sha256": entry["sha256"], "bytes": entry["octets"], "rows": entry["lignes"]}
        for entry in made_from["entrees"]
    ]
    given, versions = choice.of("03_compare"), made_from["versions"]
    publish.write_manifest(
        folder, inputs=inputs, parameters=given, versions=versions, checks=CHECKS, is_synthetic=is_synthetic(choice)
    )


def publish_report(made: Made, choice: Parameters) -> Path:
    """The folder of the report, published; one that would be the same but for its stamp is left as it is.

    Raises
    ------
    PublicationError
        for a page with a defect, or a file of the old report held open by another program.
    """
    final = place(choice)
    building = paths.reports() / f".en-cours-{final.name}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        _build(building, made, choice)
        _require_sound(building)
        _require_protected(building, choice)
        _seal(building, choice)
        if not publish.is_same_report(building, final):
            publish.swap(building, final)
    finally:
        shutil.rmtree(building, ignore_errors=True)  # a full disk needs its place back
    return final


def _require_sound(building: Path) -> None:
    faults = publish.check_pages(building)
    if faults:
        raise PublicationError(
            f"Le rapport n’est pas publié, une page a un défaut ({len(faults)} en tout) : {faults[0]}"
        )


def _require_protected(building: Path, choice: Parameters) -> None:
    """Nothing, when what is about to leave tells no small count; what was counted in no record is not attacked."""
    if any(map(paths.exports, choice.series)):
        from helpers import protection

        found = protection.audit_release(building, choice.series)
        if found and not found.is_good:
            raise PublicationError(
                f"Le rapport n’est pas publié, des personnes pourraient y être retrouvées. {found.sentence}"
            )


def _release_code() -> list[Path]:
    return [*freshness.modules_behind(["from helpers import pipeline"]), *publish.template_files()]


def record_report(made: Made, folder: Path, asked: dict) -> None:
    """Keeps what the published report was made from, so that the next run knows at once whether to do anything.

    Nothing is kept when something behind it changed while it was made. ``asked`` is what `freshness.asked` gives.
    """
    pages = [task for task in made.tasks if task in made.shown or task.place[1]]
    paths_of_records = [*(task.record for task in made.tasks), *(page_record(task) for task in pages)]
    parts = [freshness.read_record(path) for path in paths_of_records]
    kept_at = freshness.report_record(asked["year"])
    if None in parts:
        kept_at.unlink(missing_ok=True)
        return
    published = [path for path in folder.rglob("*") if path.is_file()]
    own = freshness.record(asked, _release_code(), products=published)
    whole = Record(
        own.parameters,
        files={name: state for part in [*parts, own] for name, state in part.files.items()},
        folders={name: listed for part in parts for name, listed in part.folders.items()},
        libraries=own.libraries,
        products={name: state for part in [*parts, own] for name, state in part.products.items()},
    )
    # What one task makes and another reads is looked at once.
    files = {name: state for name, state in whole.files.items() if name not in whole.products}
    freshness.remember(Record(whole.parameters, files, whole.folders, whole.libraries, whole.products), kept_at)
