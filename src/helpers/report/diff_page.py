"""The page of the values that changed since the last report, and the values kept to make it."""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bs4 import BeautifulSoup

from helpers import paths
from helpers.provenance import Reason
from helpers.report import diff
from helpers.report.diff import (
    FILES,
    INDICATORS,
    Change,
    Changes,
    Names,
    PublishedValues,
    UnreadableFigures,
    causes_between,
    compare_figures,
    headline,
    read_files,
    read_report,
    say_causes,
    summary_lines,
)
from helpers.report.page import INDEX, lay_out, report_subtitle
from helpers.schema import FROM_RECORDS, SYNTHETIC
from helpers.system import atomic_write
from helpers.text.formats import Html, fragment
from helpers.text.tables import Group
from helpers.text.tables import lay_out as lay_out_table

_TITLE = "Ce qui a changé"
_SECTIONS = {
    "moved": ("Quels chiffres ont changé ?", "Quelles comparaisons ont changé ?"),
    "appeared": ("Quels chiffres sont apparus ?", "Quelles comparaisons sont apparues ?"),
    "vanished": ("Quels chiffres ont disparu ?", "Quelles comparaisons ont disparu ?"),
}
_HEADS = {"moved": ["Avant", "Après"], "appeared": ["Valeur"], "vanished": ["Valeur"]}
# Agreement with « chiffres » and « mesures », for captions.
_AGREED = {"moved": ("changés", "changées"), "appeared": ("apparus", "apparues"), "vanished": ("disparus", "disparues")}
_BOUND = "\u2060–\u2060"  # both bounds stay on one line


def page_path(year: int, *, is_synthetic: bool = False) -> Path:
    """The page of a year; a report on simulated records has its own."""
    return paths.processed(year) / f"changements{paths.SYNTHETIC_SUFFIX if is_synthetic else ''}.html"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _values(change: Change, kind: str) -> list[str]:
    """The cells after the name: before and after for a value that moved, else the one there is."""
    before, after = (text.replace("–", _BOUND) for text in diff.values(change))
    return {"moved": [before, after], "appeared": [after], "vanished": [before]}[kind]


def _figure(change: Change, kind: str, names: Names) -> list[str]:
    bases = [diff.base(row) for row in (change.before, change.after) if row]
    return [
        names.of(change),
        *_values(change, kind),
        _arrow(bases[0], bases[-1]),
        " ; ".join(diff.remarks(change)) or diff.NOTHING,
    ]


def _figures(found: list[Change], kind: str, names: Names) -> Html:
    groups = _groups(found, names.topic, lambda each: _figure(each, kind, names))
    titles = ["Chiffre", *_HEADS[kind], "n", "Précision, source"]
    if not any(diff.remarks(each) for each in found):  # no empty column
        titles = titles[:-1]
        groups = [Group(group.title, [cells[:-1] for cells in group.rows]) for group in groups]
    return lay_out_table(f"Chiffres {_AGREED[kind][0]}, par rubrique", titles, groups, numbers=["n"])


def _comparisons(found: list[Change], kind: str, names: Names) -> Html:
    groups = _groups(found, _compared, lambda each: [names.measure(each), *_values(each, kind)])
    return lay_out_table(f"Mesures {_AGREED[kind][1]}, par comparaison", ["Mesure", *_HEADS[kind]], groups)


def _compared(change: Change) -> str:
    """What is compared, and what was when the other year changed."""
    labels = [row["libelle"] for row in (change.before, change.after) if row]
    return labels[0] if labels[0] == labels[-1] else f"{labels[-1]} (avant : {labels[0]})"


def _groups(found: list[Change], title: Callable[[Change], str], cells: Callable[[Change], list]) -> list[Group]:
    groups: dict[str, Group] = {}
    for change in found:
        groups.setdefault(title(change), Group(title(change), [])).rows.append(cells(change))
    return list(groups.values())


def _sections(changes: Changes, names: Names) -> list[tuple[str, Html]]:
    made = []
    for kind, titles in _SECTIONS.items():
        found: dict[bool, list[Change]] = {True: [], False: []}
        for each in getattr(changes, kind):
            found[each.table == INDICATORS].append(each)
        if found[True]:
            made.append((titles[0], _figures(found[True], kind, names)))
        if found[False]:
            made.append((titles[1], _comparisons(found[False], kind, names)))
    return made


def _foot(after: PublishedValues, report: Path) -> str:
    moment = f" du {after.made_at:%d/%m/%Y}" if after.made_at else ""
    return (
        f"<p>Cette page compare les chiffres du rapport{moment}, {paths.relative(report)}, à ceux du rapport qu’il "
        "remplace. Elle reste à côté des tables de l’année, hors du rapport, et sera récrite au prochain.</p>"
    )


def write_page(
    path: Path,
    changes: Changes,
    before: PublishedValues,
    after: PublishedValues,
    causes: Sequence[Reason],
    *,
    report: Path,
) -> Path:
    """Write the page atomically: the answer, after what it came, the tables. ``report`` is the new report's folder.

    It holds what both reports publish and nothing else.
    """
    names, given = Names(), after.manifest["parameters"]
    sources = {row.get("source") for each in (before, after) for row in each.rows[INDICATORS].values()}
    body = fragment(
        "changes.html.j2",
        headline=headline(changes, before),
        cause=say_causes(causes, has_moved=bool(changes.every), shown=len(causes)),
        is_synthetic=SYNTHETIC in sources,
        is_of_records=bool(changes.every) and bool(sources & set(FROM_RECORDS)),
        sections=_sections(changes, names),
    )
    html = lay_out(
        BeautifulSoup(body, "html.parser"),
        title=_TITLE,
        current=None,
        pages=[],
        subtitle=report_subtitle(given["year"], given.get("compare_to")),
        foot=_foot(after, report),
        template="changements.html.j2",
        index=Path(*[".."] * 3, paths.relative(report), INDEX).as_posix(),
    )
    with atomic_write(path) as beside:
        beside.write_text(html, encoding="utf-8", newline="\n")
    return path


# --- The values of the last published report of a year, kept to compare the next one with ---


def kept_path(year: int, *, is_synthetic: bool = False) -> Path:
    """Where the values are kept; a report on simulated records has its own file."""
    return paths.processed(year) / f"dernier_rapport{paths.SYNTHETIC_SUFFIX if is_synthetic else ''}.zip"


def is_on_simulated(report: Path) -> bool:
    """Whether the folder is that of a report on simulated records."""
    return report.name.endswith(paths.SYNTHETIC_SUFFIX)


def keep_values(year: int, report: Path) -> Path:
    """Keep the tables and the manifest of a report in one file, so that one atomic write replaces them all."""
    path = kept_path(year, is_synthetic=is_on_simulated(report))
    with atomic_write(path) as beside, zipfile.ZipFile(beside, "w") as archive:
        for name in FILES:
            # Undated: the same report gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name), (report / name).read_bytes(), zipfile.ZIP_DEFLATED)
    return path


def kept_values(year: int, *, is_synthetic: bool = False) -> PublishedValues | None:
    """The values kept, if any; UnreadableFigures when the file is damaged or is not one that `keep_values` wrote."""
    path = kept_path(year, is_synthetic=is_synthetic)
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:  # it verifies its own checksums
            files = {name: archive.read(name) for name in FILES}
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, OSError):
        raise UnreadableFigures(f"{path.name} est abîmé") from None
    return read_files(files)


# --- Right after publication: say what changed since the last report, then keep the new values ---


def _lines(year: int, report: Path, causes: Iterable[Reason]) -> list[str]:
    is_synthetic = is_on_simulated(report)
    page = page_path(year, is_synthetic=is_synthetic)
    try:
        before = kept_values(year, is_synthetic=is_synthetic)
        fault = []
    except UnreadableFigures as error:
        before, fault = None, [f"Rien n’est comparé au rapport précédent : ses chiffres ne se lisent plus ({error})."]
    if before is None:
        page.unlink(missing_ok=True)  # it would speak of another report
        keep_values(year, report)
        return fault
    after = read_report(report)
    changes, every = compare_figures(before, after), [*causes, *causes_between(before, after)]
    write_page(page, changes, before, after, every, report=report)
    # Last: if the page fails, the next run will say what this one could not.
    keep_values(year, report)
    return summary_lines(changes, before, every, page=page)


def after_release(year: int, report: Path, causes: Iterable[Reason], tell: Callable[[str], None]) -> bool:
    """Tell, line by line, which values of the published report changed and after what; False if that failed.

    Writes ``changements.html`` and keeps the values, in ``data/processed/<year>/``. ``causes`` are the changes of code
    since the last report; those that the two manifests show (files, parameters, libraries) are added. The report is
    already published: a failure here is one more line, and the next run tries again.
    """
    try:
        for line in _lines(year, report, causes):
            tell(line)
    except Exception as error:  # a report that is out must not be called a failure
        tell(f"Ce qui a changé n’a pas pu être dit ({type(error).__name__}) ; le rapport, lui, est publié.")
        return False
    return True
