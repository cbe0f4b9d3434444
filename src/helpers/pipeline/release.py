"""What leaves: the pages, the tables, the index, the manifest; published as one, whole or not at all."""

import shutil
from pathlib import Path

from nbformat import NotebookNode

from helpers import freshness, paths, publish, store
from helpers.freshness import Record
from helpers.parameters import Parameters
from helpers.pipeline.front import index_context
from helpers.pipeline.pages import PAGES, kept_page, page_record
from helpers.pipeline.tasks import Task
from helpers.publish import PublicationError

# What a published report has passed, as its manifest says it.
CHECKS = [
    "cellules exécutées dans l’ordre, sans erreur, jusqu’à la dernière",
    "liens, identifiants, textes de remplacement, titres, tableaux et poids des pages ; aucun appel au réseau",
]


def is_synthetic(choice: Parameters) -> bool:
    """Whether any year that the report shows rests on simulated records: nothing of it is then true."""
    return any(store.simulated_exports(year) for year in choice.series)


def place(choice: Parameters) -> Path:
    """Where the report goes: one that rests on simulated records never takes the place of a true one."""
    return paths.report(choice.year, is_synthetic=is_synthetic(choice))


def _build(folder: Path, shown: list[Task], notebooks: dict[str, NotebookNode], choice: Parameters) -> None:
    """Everything that leaves but the manifest, in ``folder``."""
    for task, page in zip(shown, PAGES, strict=True):
        shutil.copyfile(kept_page(task), folder / page.href)
    store.export_indicators(choice.series, folder)
    store.export_comparisons(choice.year, folder)
    publish.write_index(folder, context=index_context(PAGES, notebooks, choice))


def _seal(folder: Path, choice: Parameters) -> None:
    """The manifest, once the pages have passed their checks: it holds the checksum of everything else."""
    made_from = store.provenance(choice.as_shown("03_compare"), choice.series)
    inputs = [
        {"path": entry["fichier"], "sha256": entry["sha256"], "bytes": entry["octets"], "rows": entry["lignes"]}
        for entry in made_from["entrees"]
    ]
    given, versions = choice.of("03_compare"), made_from["versions"]
    publish.write_manifest(
        folder, inputs=inputs, parameters=given, versions=versions, checks=CHECKS, is_synthetic=is_synthetic(choice)
    )


def publish_report(shown: list[Task], notebooks: dict[str, NotebookNode], choice: Parameters) -> Path:
    """The folder of the report, published; one that would be the same but for its stamp is left as it is.

    ``shown`` are the tasks of its pages, in the order of `PAGES`; their pages are made.

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
        _build(building, shown, notebooks, choice)
        _require_sound(building)
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


def _release_code() -> list[Path]:
    return [*freshness.modules_behind(["from helpers import pipeline"]), *publish.template_files()]


def record_report(tasks: list[Task], shown: list[Task], folder: Path, *, year: int, compare_to: int | None) -> None:
    """Keeps what the published report was made from, so that the next run knows at once whether to do anything.

    Nothing is kept when something behind it changed while it was made. ``compare_to`` is what was asked, None included.
    """
    paths_of_records = [*(task.record for task in tasks), *(page_record(task) for task in shown)]
    parts = [freshness.read_record(path) for path in paths_of_records]
    kept_at = freshness.report_record(year)
    if None in parts:
        kept_at.unlink(missing_ok=True)
        return
    own = freshness.record(
        freshness.asked(year, compare_to), _release_code(), products=[p for p in folder.iterdir() if p.is_file()]
    )
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
