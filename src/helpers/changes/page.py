"""The page that says which figures changed since the last report, and its few lines for a terminal."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bs4 import BeautifulSoup

from helpers import paths
from helpers.changes import written
from helpers.changes.causes import Cause, say_causes
from helpers.changes.found import Change, Changes
from helpers.changes.headline import headline
from helpers.changes.named import Names
from helpers.changes.published import INDICATORS, Published
from helpers.publish.layout import INDEX, lay_out, report_subtitle
from helpers.schema import FROM_RECORDS, SYNTHETIC
from helpers.store.whole import whole
from helpers.tables.frame import Group, headings
from helpers.tables.frame import lay_out as lay_out_table
from helpers.wording import Html, fragment

_TITLE = "Ce qui a changé"
_SECTIONS = {
    "moved": ("Quels chiffres ont changé ?", "Quelles comparaisons ont changé ?"),
    "appeared": ("Quels chiffres sont apparus ?", "Quelles comparaisons sont apparues ?"),
    "vanished": ("Quels chiffres ont disparu ?", "Quelles comparaisons ont disparu ?"),
}
_OLD_AND_NEW = ["Avant", "Après"]


def page_path(year: int, *, is_synthetic: bool = False) -> Path:
    """The page of a year; that of a report on simulated records is another one."""
    return paths.processed(year) / f"changements{paths.SYNTHETIC_SUFFIX if is_synthetic else ''}.html"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _values(change: Change, kind: str) -> list[str]:
    """The cells of a figure after its name: before and after for one that moved, else the one there is."""
    pair = written.values(change)
    return list(pair) if kind == "moved" else [pair[0 if kind == "vanished" else 1]]


def _figure(change: Change, kind: str, names: Names) -> list[str]:
    bases = [written.base(row) for row in (change.before, change.after) if row]
    return [
        names.of(change),
        *_values(change, kind),
        _arrow(bases[0], bases[-1]),
        " ; ".join(written.remarks(change)) or written.NOTHING,
    ]


def _compared(change: Change) -> str:
    """What is compared; and what was, when the other year is no longer the same."""
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
        of_figures = [each for each in getattr(changes, kind) if each.table == INDICATORS]
        of_comparisons = [each for each in getattr(changes, kind) if each.table != INDICATORS]
        values = _OLD_AND_NEW if kind == "moved" else ["Valeur"]
        if of_figures:
            groups = _groups(of_figures, names.topic, lambda each, kind=kind: _figure(each, kind, names))
            columns = headings("Chiffre", *values, "n", "Précision, source", numbers=["n"])
            made.append((titles[0], lay_out_table("Chiffres, par rubrique du rapport", columns, groups)))
        if of_comparisons:
            groups = _groups(
                of_comparisons, _compared, lambda each, kind=kind: [names.measure(each), *_values(each, kind)]
            )
            columns = headings("Mesure", *values, numbers=[])
            made.append((titles[1], lay_out_table("Mesures, par comparaison", columns, groups)))
    return made


def _foot(after: Published, report: Path) -> str:
    moment = f" du {after.made_at:%d/%m/%Y}" if after.made_at else ""
    return (
        f"<p>Cette page compare les chiffres du rapport{moment}, {paths.relative(report)}, à ceux du rapport qu’il "
        "remplace. Elle reste à côté des tables de l’année, hors du rapport, et sera récrite au prochain.</p>"
    )


def write_page(
    path: Path, changes: Changes, before: Published, after: Published, causes: Sequence[Cause], *, report: Path
) -> Path:
    """The file where the page now is, whole or as it was: the answer, after what it came, the tables of figures.

    It holds what both reports publish and nothing else; ``report`` is the folder of the new one.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> aucun = changes.compare_figures(rapport, rapport)
    >>> page = changes.page_path(2020)
    >>> fichier = changes.write_page(page, aucun, rapport, rapport, [], report=paths.report(2020))
    >>> paths.relative(fichier)
    'data/processed/2020/changements.html'
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
    with whole(path) as beside:
        beside.write_text(html, encoding="utf-8", newline="\n")
    return path
