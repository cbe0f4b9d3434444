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
_HEADS = {"moved": ["Avant", "Après"], "appeared": ["Valeur"], "vanished": ["Valeur"]}
# What the figures and the measures of a section are, in the captions of its tables.
_AGREED = {"moved": ("changés", "changées"), "appeared": ("apparus", "apparues"), "vanished": ("disparus", "disparues")}
_BOUND = "\u2060–\u2060"  # the two ends of a figure stay on one line


def page_path(year: int, *, is_synthetic: bool = False) -> Path:
    """The page of a year; that of a report on simulated records is another one.

    >>> [changes.page_path(2020, is_synthetic=simule).name for simule in (False, True)]
    ['changements.html', 'changements-synthetique.html']
    """
    return paths.processed(year) / f"changements{paths.SYNTHETIC_SUFFIX if is_synthetic else ''}.html"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _values(change: Change, kind: str) -> list[str]:
    """The cells of a figure after its name: before and after for one that moved, else the one there is."""
    before, after = (text.replace("–", _BOUND) for text in written.values(change))
    return {"moved": [before, after], "appeared": [after], "vanished": [before]}[kind]


def _figure(change: Change, kind: str, names: Names) -> list[str]:
    bases = [written.base(row) for row in (change.before, change.after) if row]
    return [
        names.of(change),
        *_values(change, kind),
        _arrow(bases[0], bases[-1]),
        " ; ".join(written.remarks(change)) or written.NOTHING,
    ]


def _figures(found: list[Change], kind: str, names: Names) -> Html:
    groups = _groups(found, names.topic, lambda each: _figure(each, kind, names))
    titles = ["Chiffre", *_HEADS[kind], "n", "Précision, source"]
    if not any(written.remarks(each) for each in found):  # a column that would say nothing
        titles = titles[:-1]
        groups = [Group(group.title, [cells[:-1] for cells in group.rows]) for group in groups]
    return lay_out_table(f"Chiffres {_AGREED[kind][0]}, par rubrique", headings(*titles, numbers=["n"]), groups)


def _comparisons(found: list[Change], kind: str, names: Names) -> Html:
    groups = _groups(found, _compared, lambda each: [names.measure(each), *_values(each, kind)])
    columns = headings("Mesure", *_HEADS[kind], numbers=[])
    return lay_out_table(f"Mesures {_AGREED[kind][1]}, par comparaison", columns, groups)


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
        found: dict[bool, list[Change]] = {True: [], False: []}
        for each in getattr(changes, kind):
            found[each.table == INDICATORS].append(each)
        if found[True]:
            made.append((titles[0], _figures(found[True], kind, names)))
        if found[False]:
            made.append((titles[1], _comparisons(found[False], kind, names)))
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
