"""Around the pages of a report: its menu, index, list of sites, sheet and slides; the example kept in git."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from helpers import data, text
from helpers.parameters import Parameters
from helpers.paths import SYNTHETIC_SUFFIX
from helpers.report.manifest import MANIFEST, STAMP, manifest_bytes, read_report
from helpers.report.notebook import extract, page_title
from helpers.report.page import (
    INDEX,
    SHEET,
    SITES,
    SLIDES,
    TEMPLATES,
    Page,
    lay_out,
    parse,
    report_subtitle,
    set_drawings_aside,
    templates,
)
from helpers.schema import FEWEST_FOR_REPORT
from helpers.system import atomic_write

if TYPE_CHECKING:  # slow to import
    from nbformat import NotebookNode

# --- The pages of a report ---

# In the order of the menu, each with its name there; on the index, one line each.
PAGES = [
    Page("02_describe", "Portrait de l’année", "02_describe.html"),
    Page("03_compare", "D’une année à l’autre", "03_compare.html"),
    Page("04_themes", "Ce qui s’est dit", "04_themes.html"),
    Page("01_clean", "Données et vérifications", "01_clean.html"),
]
SITES_PAGE = Page("sites", "Associations et collèges", SITES)  # where there are some
_HANDOUTS = [
    Page("fiche", "L’essentiel sur une feuille, pour une réunion", SHEET),
    Page("diapos", "Les constats de l’année, un par diapositive", SLIDES),
]
_DESCRIPTIONS = {
    "02_describe": "Les jeunes accompagnés, les postes, les réunions.",
    "03_compare": "Ce qui a bougé, et jusqu’où on peut le dire.",
    "04_themes": "Les difficultés, les réponses proposées, les suites.",
    "01_clean": "Ce qui a été reçu, corrigé, vérifié.",
}
# For a school head who has never met one.
_WHO = (
    "Les ALSES (acteurs de liaison sociale dans l’environnement scolaire) sont des éducateurs "
    "de prévention spécialisée présents dans un collège."
)
_FILES = {
    "sites.csv": "Ces associations et ces collèges, et le dossier de leurs pages.",
    "indicateurs.xlsx": "Les indicateurs, leurs bornes et leur source ; le sens des colonnes et des codes.",
    "comparaisons.xlsx": "Les mesures de chaque comparaison : écart, intervalle, test, et leurs bornes.",
    "indicateurs.csv": "Les mêmes lignes pour un programme ; indicateurs.parquet les donne avec leurs types.",
    "comparaisons.csv": "Les mêmes mesures pour un programme ; comparaisons.parquet les donne avec leurs types.",
    "datapackage.json": "Le sens et l’unité de chaque colonne (Data Package) ; s’ouvre aussi depuis R ou Python.",
    MANIFEST: "Fichiers lus et produits, avec leurs empreintes ; versions ; date.",
}


def _said(notebooks: Iterable["NotebookNode"], *tags: str) -> list[Markup]:
    """What the cells so tagged show, tag after tag."""
    return [Markup(html) for tag in tags for notebook in notebooks for html in extract(notebook, tag)]


def _fill(body: str, values: dict, *, foot: str = "", style: str = "", **around) -> str:
    """A page around the template of its body; without a foot, apart from the others, with the sheet of that name."""
    filled, drawings = set_drawings_aside(templates().get_template(body).render(values))
    if not foot:
        around |= {"template": "apart.html.j2"}
    if style:
        around |= {"more_style": (TEMPLATES / style).read_text(encoding="utf-8")}
    return lay_out(filled, foot=foot, drawings=drawings, **around)


def _write(path: Path, *given, **around) -> None:
    path.write_text(_fill(*given, **around), encoding="utf-8", newline="\n")


# --- index.html ---


def _size(path: Path) -> str:
    """The size as French readers write it, decimal units; empty for a missing file."""
    if not path.is_file():
        return ""
    size = path.stat().st_size
    for unit, scale in (("Mo", 1_000_000), ("ko", 1_000)):
        if size >= scale:
            return f"{size / scale:.1f}\u00a0{unit}".replace(".", ",").replace(",0", "")
    return f"{size}\u00a0octets"


def _moved(html: str, href: str) -> Markup:
    """What a page says, fit for the index: its in-page links lead back to the page."""
    fragment = parse(html)
    for link in fragment.find_all("a", href=re.compile("^#")):
        link["href"] = href + link["href"]
    return Markup(str(fragment))


def _summary(page: Page, notebook: "NotebookNode") -> dict:
    """What the index says of a page: its question, one line, its findings, the figure that shows them."""
    return {
        "question": page_title(notebook),
        # A page that was added to the report says on the index what its own cells are tagged for.
        "description": _DESCRIPTIONS.get(page.name, "Page ajoutée au rapport."),
        "findings": [_moved(html, page.href) for html in extract(notebook, "index-constat")],
        "figures": Markup().join(_said([notebook], "index-figure")),
        "href": page.href,
    }


def write_index(folder: Path, pages: list[Page], notebooks: dict[str, "NotebookNode"], choice: Parameters) -> None:
    """Write ``index.html`` from the cells that the notebooks tag for it (``index-contexte``, ``index-constat`` …).

    The folder must hold the files whose size is shown (not the manifest, which seals the index).
    """
    by_name, has_sites = {page.name: page for page in pages}, SITES_PAGE in pages
    names = [*_DESCRIPTIONS, *(name for name in notebooks if name not in _DESCRIPTIONS)]
    ordered = [notebooks[name] for name in names]
    title, alert = f"Les ALSES du Nord en {choice.year}", _said(ordered, "synthetique")[:1]
    values = {
        "title": title,
        "alert": Markup().join(alert),
        "intro": _WHO,
        "sites": SITES if has_sites else "",
        "handouts": _HANDOUTS,
        "holdings": Markup().join(_said(ordered, "index-contenu")[:1]),
        "opening": _said(ordered, "index-contexte"),
        "evidence": _said(ordered, "index-changements", "carte"),
        "summaries": [_summary(by_name[name], notebooks[name]) for name in names],
        "files": [
            {"href": name, "description": description, "size": _size(folder / name)}
            for name, description in _FILES.items()
            if has_sites or name != "sites.csv"
        ],
        "glossary": [*data.read_reference("glossaire").itertuples()],
        "document": data.read_card(choice.year)["source"],
    }
    made_from = data.provenance(choice.as_shown("03_compare"), choice.years, notebooks=list(notebooks))
    around = {"pages": pages, "subtitle": report_subtitle(choice.year, choice.compare_to), "current": None}
    _write(folder / INDEX, "accueil.html.j2", values, title=title, foot=text.provenance(made_from).html, **around)


# --- reports/index.html: from the report of a year to those of the others ---
# Beside the folders of the years and never in them: a report that leaves has no link to what stays.

_YEARS = "Les rapports, année par année"


def write_years(reports: Path) -> Path:
    """Write ``index.html`` in the folder of reports: each year that stands there, the last one first, and its pages."""
    years = sorted((path.parent for path in reports.glob(f"[0-9]*/{INDEX}")), key=lambda path: path.name, reverse=True)
    pages = [Page("", "L’essentiel", INDEX), *PAGES, Page("", "La fiche", SHEET), SITES_PAGE]
    lines = [
        (
            folder.name.replace(SYNTHETIC_SUFFIX, " (données synthétiques)"),
            [(f"{folder.name}/{page.href}", page.title) for page in pages if (folder / page.href).is_file()],
        )
        for folder in years
    ]
    around = {"title": _YEARS, "subtitle": "Toutes les années", "current": None, "pages": []}
    page, made = reports / INDEX, _fill("annees.html.j2", {"title": _YEARS, "years": lines}, **around)
    if not page.is_file() or page.read_text(encoding="utf-8") != made:  # untouched where nothing came or went
        with atomic_write(page) as whole:
            whole.write_text(made, encoding="utf-8", newline="\n")
    return page


# --- sites.html: the reports of associations and collèges, made or not ---

_TITLE = "Les rapports par association et par collège"
_KINDS = {"association": "Associations", "college": "Collèges"}


def write_sites(folder: Path, made: dict[str, str], pages: list[Page], choice: Parameters) -> None:
    """Write ``sites.html``, each site with its sheet or why it has none, and its table.

    ``made`` gives the folder of each site that has a report here.
    """
    sizes = data.load_site_sizes(choice.year)  # rounded
    sites = [
        row._asdict() | {"taille": sizes.get((row.site_type, row.site))}
        for row in data.export_sites(choice.year, folder, made).itertuples()
    ]
    by_kind = {kind: [site for site in sites if site["site_type"] == kind] for kind in _KINDS}
    values = {
        "title": _TITLE,
        "least": FEWEST_FOR_REPORT,
        "has_unlinked": any(not site["dossier"] for site in sites),
        # Its bar is the longest.
        "largest": {kind: max((site["taille"] or 0 for site in some), default=0) for kind, some in by_kind.items()},
        "parts": [(heading, by_kind[kind]) for kind, heading in _KINDS.items() if by_kind[kind]],
    }
    around = {"pages": pages, "title": _TITLE, "subtitle": f"Année {choice.year}", "current": SITES_PAGE.name}
    script = (TEMPLATES / "sites.js").read_text(encoding="utf-8")
    _write(folder / SITES, "sites.html.j2", values, script=script, style="sites.css", **around)


# --- What is taken to a meeting: a sheet to print, and slides ---

# The parts of a sheet, in order: the tag of the cells that say it, its heading for the network and for one site.
_PARTS = [
    ("fiche-contexte", "", ""),
    ("fiche-chiffres", "En chiffres", "Ici, et dans tout le réseau"),
    ("fiche-changements", "Qu’est-ce qui a changé, et est-ce sûr ?", "Qu’est-ce qui a changé ?"),
    ("fiche-reunions", "Ce qui s’est dit dans les réunions de l’année", ""),
    ("fiche-questions", "Questions pour l’an prochain", "Questions à discuter"),
]
_ABOVE = ["synthetique", "contenu"]  # what must be known before the first number
_MOST = 3  # questions, one or more from each notebook
_SLIDES = 5


def _questions(html: str) -> Markup:
    """The first questions, as one list."""
    asked = parse(html).find_all("li")[:_MOST]
    return Markup("<ol>{}</ol>").format(Markup().join(Markup(each) for each in asked)) if asked else Markup()


def write_sheet(
    folder: Path,
    notebooks: Sequence["NotebookNode"],
    *,
    title: str,
    subtitle: str,
    pages: list[Page],
    is_site: bool = False,
    **around: str,
) -> None:
    """Write ``fiche.html``: the essential on one sheet of paper, from the executed notebooks, in this order.

    A part that none of them says is left out. ``around`` is passed to `lay_out` (``index``, ``home``).
    """
    parts = []
    for tag, *headings in _PARTS:
        html = Markup("\n").join(_said(notebooks, tag))
        html = _questions(html) if tag == "fiche-questions" else html
        parts += [(tag, headings[is_site], html)] if html else []
    above = [next(iter(_said(notebooks, tag)), "") for tag in _ABOVE]
    values = {"title": title, "above": above, "intro": _WHO, "parts": parts, "pages": pages}
    current = "fiche" if "fiche" in {page.name for page in pages} else ""
    around |= {"title": title, "subtitle": subtitle, "pages": pages, "current": current}
    _write(folder / SHEET, "fiche.html.j2", values, style="fiche.css", **around)


def write_slides(
    folder: Path, notebooks: Sequence["NotebookNode"], *, title: str, subtitle: str, pages: list[Page]
) -> None:
    """Write ``diapos.html``: on each slide a figure tagged ``diapo``, its title as the finding."""
    ranked = []
    for notebook in notebooks:
        ranked += enumerate(parse("".join(extract(notebook, "diapo"))).find_all("figure"))
    # The first of each notebook before the second of any, then in the order of the pages.
    chosen = sorted(range(len(ranked)), key=lambda place: (ranked[place][0], place))[:_SLIDES]
    figures = [ranked[place][1] for place in sorted(chosen)]
    for figure in figures:
        finding = figure.find(class_="figure-titre")
        finding.name, finding["class"] = "h2", "constat"
        for tag in figure.select(".figure-donnees, .etroite"):
            tag.decompose()
    alert = Markup().join(_said(notebooks, "synthetique")[:1])
    values = {"title": title, "alert": alert, "figures": [*map(Markup, figures)]}
    around = {"title": title, "subtitle": subtitle, "pages": pages, "current": ""}
    _write(folder / SLIDES, "diapos.html.j2", values, style="diapos.css", **around)


# --- The example kept in git: a published report without its stamp ---

# Written by hand beside the report.
READ_ME = "README.md"


def write_example(folder: Path, example: Path) -> None:
    """Copy the published report of ``folder`` into ``example``, whose other files go; the manifest loses its stamp.

    Raises ReportError when the report is missing or was changed.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     write_example(paths.reports() / "2020", pathlib.Path(dossier))
    ...     print("tampon" in pathlib.Path(dossier, "manifest.json").read_text(encoding="utf-8"))
    False
    """
    report = read_report(folder)
    manifest = manifest_bytes({key: value for key, value in report.manifest.items() if key != STAMP})
    files = {**report.files, MANIFEST: manifest}
    for path, content in files.items():
        (example / path).parent.mkdir(parents=True, exist_ok=True)
        (example / path).write_bytes(content)
    for path in [path for path in example.rglob("*") if path.is_file()]:
        if path.relative_to(example).as_posix() not in {*files, READ_ME}:
            path.unlink()
