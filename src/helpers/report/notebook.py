"""From an executed notebook to a page, in a reader's order."""

import html
import re
from collections.abc import Collection, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from helpers.report.page import (
    NOTHING,
    TEMPLATES,
    Page,
    PublicationError,
    lay_out,
    parse,
    set_drawings_aside,
    slug,
)
from helpers.text.formats import number, percent
from helpers.text.sentences import TYPED
from helpers.text.tables import column_title

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from bs4 import Tag
    from nbconvert.exporters import HTMLExporter
    from nbformat import NotebookNode


# --- Cells that show nothing leave the page, with the text that announces them ---
# The same notebook serves a year with a note, an export, or both. A cell shows nothing when it only displays empty
# fragments or « Pas de donnée » boxes. A section (``##``, ``###``) leaves when none of its displaying cells shows
# anything; a text without heading leaves with the next displaying cell; a section of text alone stays.

_HEADING = re.compile(r"^(#{1,3}) ", re.MULTILINE)
# The class comes from the macro « nothing » of texts/figures.j2.
_NOTHING = re.compile(r'\s*(?:<p class="[^"]*\bsans-objet\b[^"]*">[^<]*</p>\s*)*')


def says_nothing(html: str | None) -> bool:
    """Whether a display leaves nothing to read on a page; None (not HTML) is always something."""
    return html is not None and _NOTHING.fullmatch(html) is not None


def _shows(cell: "NotebookNode") -> bool | None:
    """Whether a cell shows something; None for a cell without display: a text, an assignment."""
    told = [output for output in cell.get("outputs", []) if output.get("name") != "stderr"]  # no page has a warning
    shown = [output.get("data", {}).get("text/html") for output in told]
    return not all(map(says_nothing, shown)) if shown else None


def _depth(cell: "NotebookNode") -> int:
    """Heading level of a text: 1 for the title, 2 for a section, 3 for a subsection, 0 without any."""
    found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
    return len(found[1]) if found else 0


def _under(cells: list["NotebookNode"], place: int) -> list["NotebookNode"]:
    """The cells that the text at this place announces: its section, or the next cell that displays."""
    depth, found = _depth(cells[place]), []
    for cell in cells[place + 1 :]:
        deeper = _depth(cell)
        if (0 < deeper <= depth) if depth else (cell.cell_type == "markdown"):
            break
        found.append(cell)
        if not depth and _shows(cell) is not None:
            break
    return found


def empty_cells(cells: list["NotebookNode"]) -> set[int]:
    """The places of the cells that leave the page: what shows nothing, with what announces it."""
    left: set[int] = {place for place, cell in enumerate(cells) if _shows(cell) is False}
    for place, cell in enumerate(cells):
        announces = cell.cell_type == "markdown" and _depth(cell) != 1  # a page always has its title
        told = [_shows(each) for each in _under(cells, place)] if announces else []
        if False in told and True not in told:
            left |= set(range(place, place + 1 + (len(told) if _depth(cell) else 0)))
    return left


# --- An executed notebook in a reader's order: findings first, code at the end of each section, set-up in the foot ---

_TITLE = re.compile(r"^# +(.+?) *#*$", re.MULTILINE)
_SECTION = re.compile(r"^## ", re.MULTILINE)

# Papermill writes this English comment above the values of a run.
_PAPERMILL_TITLE = "# Parameters\n"
# Code that no fold shows: tools, and texts that only depend on what was received.
_UNFOLDED = {"outil", "synthetique", "contenu", "limites"}
_PREPARED = ("parameters", "injected-parameters", "preparation")
_ELSEWHERE = ("index-", "fiche-", "diapo-", "provenance")  # cells so tagged stand on another page, or in the foot


def tags_of(cell: "NotebookNode") -> list[str]:
    return cell.metadata.get("tags", [])


def typed_numbers(notebook: "NotebookNode") -> dict[str, None]:
    """What `texte` told of the numbers that sentences have by hand, each after its section."""
    return {
        f"section « {section} ». {line}": None
        for section, cell in with_sections(notebook)
        for output in cell.get("outputs", [])
        for line in (output.text.splitlines() if output.get("name") == "stderr" else [])
        if line.startswith(TYPED)
    }


def page_title(notebook: "NotebookNode", name: str = "Le notebook") -> str:
    """The notebook's first title of level 1, without Markdown marks; PublicationError without any."""
    for cell in notebook.cells:
        found = _TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            return re.sub(r"[*`]", "", found[1]).strip()
    raise PublicationError(
        f"{name} n’a pas de titre : commencez sa première cellule de texte par « # » et une question."
    )


def extract(notebook: "NotebookNode", tag: str) -> list[str]:
    """The HTML shown by the cells that bear the tag, in order; other kinds of output are left out.

    >>> import nbformat
    >>> execute = nbformat.read(paths.executed(2020) / "02_describe.ipynb", as_version=4)
    >>> print(text.plain(extract(execute, "a-retenir")[0]))
    2 233 jeunes accompagnés en 2020...
    """
    return [
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code" and tag in tags_of(cell)
        for output in cell.outputs
        if not says_nothing(output.get("data", {}).get("text/html", ""))
    ]


@dataclass(frozen=True)
class ArrangedCells:
    """The cells of a page: its body; for its foot, the presentation of the notebook and its preparation."""

    body: list["NotebookNode"]
    presentation: list["NotebookNode"]
    preparation: list["NotebookNode"]


def _fold(summary: str, pieces: list[tuple[str, str]]) -> "NotebookNode":
    """A cell that shows nothing but folded code; each piece is a label (may be empty) and a source."""
    from nbformat.v4 import new_code_cell

    return new_code_cell("", metadata={"calcul_titre": summary, "calcul": pieces})


def _preparation(cells: list["NotebookNode"]) -> list["NotebookNode"]:
    """One fold for the default parameters, those of this run, then the cells tagged ``preparation``."""
    written, injected, prepared = ([cell for cell in cells if kind in tags_of(cell)] for kind in _PREPARED)
    labels = [
        *["Valeurs par défaut du notebook" if injected else ""] * len(written),
        *["Valeurs de ce rapport" if written else ""] * len(injected),
        *["Préparation des données", *[""] * (len(prepared) - 1)][: len(prepared)],
    ]
    sources = [cell.source.removeprefix(_PAPERMILL_TITLE) for cell in (*written, *injected, *prepared)]
    summary = "Paramètres et préparation" if prepared else "Paramètres"
    return [_fold(summary, list(zip(labels, sources, strict=True)))] if sources else []


def _presentation(cells: list["NotebookNode"]) -> list["NotebookNode"]:
    """What the title cell says below its title, taken out of it."""
    from nbformat.v4 import new_markdown_cell

    for cell in cells:
        found = _TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            told = cell.source[found.end() :].strip()
            cell.source = cell.source[: found.end()]
            return [new_markdown_cell(told)] if told else []
    return []


def _with_folds(cells: list["NotebookNode"]) -> list["NotebookNode"]:
    """The cells, the code of each section gathered in one fold at its end."""
    arranged, pieces, summary = [], [], "Voir le calcul"
    for cell in cells:
        opens = cell.cell_type == "markdown" and _SECTION.search(cell.source)
        if opens:
            arranged += [_fold(summary, pieces)] if pieces else []
            pieces, summary = [], "Voir le calcul de cette section"
        if cell.cell_type == "code" and cell.source.strip() and not _UNFOLDED & set(tags_of(cell)):
            pieces.append(("", cell.source))
        arranged.append(cell)
    return [*arranged, _fold(summary, pieces)] if pieces else arranged


def _is_elsewhere(cell: "NotebookNode") -> bool:
    return any(tag.startswith(_ELSEWHERE) for tag in tags_of(cell))


def arrange_cells(notebook: "NotebookNode") -> ArrangedCells:
    """The cells of a page and of its foot; those of the index, of the sheet and of the foot are left to the caller."""
    cells = deepcopy(notebook.cells)
    left = empty_cells(cells)
    kept = [cell for place, cell in enumerate(cells) if place not in left and not _is_elsewhere(cell)]
    prepared = [cell for cell in kept if set(_PREPARED) & set(tags_of(cell))]
    told = _presentation(kept)
    read = _with_folds([cell for cell in kept if cell not in prepared])
    return ArrangedCells(read, told, _preparation(prepared))


# --- A researcher’s own figures and tables: what a cell shows by itself, named by Quarto’s options ---

# « #| fig-cap: Titre », at the head of a cell, as in Quarto.
_OPTION = re.compile(r"^#\|\s*([\w-]+)\s*:\s*(.+?)\s*$")
_SECTION_TITLE = re.compile(r"^#{1,3} +(.+?)\s*$", re.MULTILINE)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MISSING = {"NaN", "<NA>", "None", "NaT"}
_YEARS = (1900, 2100)  # whole numbers between them are years; an index of smaller ones, without a name, counts rows
_UNTITLED = "figure-sans-titre"  # the class of what `charts.publier` shows then
_FIGURES = ("image/svg+xml", "image/png", "image/jpeg")


def options_of(source: str) -> dict[str, str]:
    """The options at the head of a cell, without their quotes.

    >>> options_of('#| fig-cap: "Trois années"\\n#| fig-alt: Une courbe qui monte.\\nsns.lineplot(t)')
    {'fig-cap': 'Trois années', 'fig-alt': 'Une courbe qui monte.'}
    """
    out = {}
    for line in source.lstrip().split("\n"):
        found = _OPTION.match(line)
        if not found:
            break
        out[found[1]] = found[2].strip("\"'")
    return out


def with_sections(notebook: "NotebookNode") -> Iterator[tuple[str, "NotebookNode"]]:
    """Each cell with the heading that it stands under; « début » before the first one."""
    section = "début"
    for cell in notebook.cells:
        headings = _SECTION_TITLE.findall(cell.source) if cell.cell_type == "markdown" else []
        section = headings[-1] if headings else section
        yield section, cell


def _is_drawn(output: "NotebookNode") -> bool:
    return "text/html" not in output.get("data", {}) and any(kind in output.get("data", {}) for kind in _FIGURES)


def with_own_outputs(notebook: "NotebookNode", *, name: str, is_strict: bool = True) -> "NotebookNode":
    """The notebook whose plain figures and DataFrames are figures and tables of the page, captioned by their options.

    Those that lack one stay as they are if not ``is_strict``.

    Raises
    ------
    PublicationError
        when a figure has no ``fig-cap`` or no ``fig-alt``, or a table no ``tbl-cap``: every fault at once, with its
        notebook, its section and the lines to add.
    """
    out, faults = deepcopy(notebook), []
    for section, cell in with_sections(out):
        options = options_of(cell.get("source", "")) if cell.cell_type == "code" else {}
        outputs = cell.get("outputs", [])
        if any(map(_is_drawn, outputs)):  # what a call that draws returns is not for readers
            outputs[:] = [each for each in outputs if set(each.get("data", {})) != {"text/plain"}]
        for output in outputs:
            data = output.get("data", {})
            if f'class="{_UNTITLED}"' in data.get("text/html", ""):
                remedy = 'écrivez ce qu’elle montre dans publier(…, titre="…")'
                faults.append(f"{name}, section « {section} »\u00a0: une figure n’a pas de titre ; {remedy}.")
            is_figure = _is_drawn(output) and "alt" not in output.get("metadata", {})  # a described one is an image
            is_table = 'class="dataframe"' in data.get("text/html", "")
            wanted = ("fig-cap", "fig-alt") if is_figure else ("tbl-cap",) if is_table else ()
            lacking = [f"« #| {each}: … »" for each in wanted if each not in options]
            if lacking:
                what = "une figure" if is_figure else "un tableau"
                other = "charts.publier(…)" if is_figure else "text.table(…)"
                faults.append(
                    f"{name}, section « {section} »\u00a0: une cellule montre {what} sans titre ni description ; "
                    f"écrivez {' et '.join(lacking)} en tête de la cellule, ou donnez {what} à {other}."
                )
            elif is_figure:
                data["text/html"] = _figure(data, options)
            elif is_table:
                data["text/html"] = _table(data["text/html"], options)
    if faults and is_strict:
        raise PublicationError("\n".join(dict.fromkeys(faults)))
    return out


def _figure(data: dict, options: dict[str, str]) -> str:
    title, alt = options["fig-cap"], options["fig-alt"]
    name = slug(options.get("label", title).removeprefix("fig-"))
    if "image/svg+xml" in data:
        from helpers.charts.inline_svg import from_svg  # draws in matplotlib: slow to import

        image = from_svg("".join(data["image/svg+xml"]), name=name, described_by=alt)
    else:
        kind = next(each for each in _FIGURES if each in data)
        image = f'<img src="data:{kind};base64,{"".join(data[kind].split())}" alt="{html.escape(alt, quote=True)}">'
    caption = f'<figcaption><p class="figure-titre">{html.escape(title)}</p></figcaption>'
    return f'<figure class="figure" id="fig-{name}">{caption}<div class="figure-image">{image}</div></figure>'


def _on_one_row(table: "Tag") -> None:
    """Puts the names of an index, which pandas writes below those of the columns, beside them; in place."""
    rows, levels = table.thead.find_all("tr"), len(table.select("tbody tr:first-child th"))
    if len(rows) != 2:
        return
    names = [head.get_text() for head in rows[1].find_all("th")]
    if not any(names[levels:]):
        for head, name in zip(rows[0].find_all("th")[:levels], names, strict=False):
            head.string = name
        rows[1].decompose()


def _without_ranks(table: "Tag") -> None:
    """Removes an index that only counts rows; the first column heads them then. In place."""
    heads, rows = table.thead.find_all("th"), table.select("tbody tr")
    ranks = [[head.get_text() for head in row.find_all("th")] for row in rows]
    is_counted = all(len(each) == 1 and each[0].isdecimal() and int(each[0]) < _YEARS[0] for each in ranks)
    if is_counted and rows and rows[0].td and not heads[0].get_text():
        heads[0].decompose()
        for row in rows:
            row.th.decompose()
            row.td.name = "th"


def _write(name: str, cells: list["Tag"]) -> bool:
    """Writes the numbers of a column as the page does, but for years, in place; whether it holds nothing else."""
    texts = [cell.get_text(strip=True) for cell in cells]
    values = [float(text) if _NUMBER.fullmatch(text) else None for text in texts]
    known = [value for value in values if value is not None]
    is_year = all(value == round(value) and _YEARS[0] < value < _YEARS[1] for value in known)
    decimals = int(any(value != round(value) for value in known))
    for cell, text, value in zip(cells, texts, values, strict=True):
        if text in _MISSING:
            cell.string = NOTHING
        elif value is not None and is_year:
            cell.string = f"{value:.0f}"
        elif value is not None:
            cell.string = (percent if name.endswith("_pct") else number)(value, decimals)
    return 0 < len(known) == sum(text not in _MISSING for text in texts)


def _table(text: str, options: dict[str, str]) -> str:
    """A DataFrame as pandas writes it, with a caption, words for the names of its columns, French numbers."""
    soup = parse(text)
    table = soup.find("table", class_="dataframe")
    for tag in soup.find_all("style"):
        tag.decompose()
    _on_one_row(table)
    _without_ranks(table)
    names = [head.get_text() for head in table.select("thead tr:last-child th")]
    for place, name in enumerate(names):
        rows = (row.find_all(["th", "td"]) for row in table.select("tbody tr"))
        if _write(name, [row[place - len(names)] for row in rows if len(row) >= len(names) - place]):
            table["class"].append(f"n{place + 1}")
    for head in table.find_all("th"):
        head["scope"] = "col" if head.find_parent("thead") else "row"
    for head in table.select("thead th"):
        head.string = column_title(head.get_text())
        del head.parent["style"]
    del table["border"]
    caption = soup.new_tag("caption")
    caption.string = options["tbl-cap"]
    table.insert(0, caption)
    return str(soup)


# --- Page 01 comes before the rounding: exact values that the report rounds are taken out of it ---

_INSTEAD = '<span class="marque arrondi-secret">protégé</span>'
_NAMES = ("data-cle", "data-protege")


def suppress_rounded(notebook: "NotebookNode", keys: Collection[str]) -> "NotebookNode":
    """The executed notebook without what it shows of these keys (« 2021/alses/sexe/filles »), marked numbers or texts.

    An exact count beside a rounded one would reveal both. A figure that draws one of them goes whole: its drawing says
    what its marks say.

    >>> from nbformat import v4
    >>> html = '<p><data data-cle="2021/alses/sexe/filles">12</data></p>'
    >>> montre = v4.new_output("display_data", {"text/html": html})
    >>> notebook = v4.new_notebook(cells=[v4.new_code_cell("1", outputs=[montre])])
    >>> suppress_rounded(notebook, {"2021/alses/sexe/filles"}).cells[0].outputs[0].data["text/html"]
    '<p><span class="marque arrondi-secret">protégé</span></p>'
    """
    if not keys:
        return notebook
    out = deepcopy(notebook)
    for cell in out.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            if any(f'"{key}"' in html for key in keys):
                output.data["text/html"] = _without(html, keys)
                output.data.pop("text/plain", None)
    return out


def _without(html: str, keys: Collection[str]) -> str:
    soup = parse(html)
    for name in _NAMES:
        for node in soup.find_all(attrs={name: lambda key: key in keys}):
            if not node.decomposed:
                whole = node.find_parent("figure") or node
                whole.replace_with(parse(_INSTEAD))
                whole.decompose()
    return str(soup)


# --- From an executed notebook to a page of the report ---

DISPLAY_PRIORITY = ["text/html", "image/svg+xml", "image/png", "text/plain"]


@cache
def _exporter() -> "HTMLExporter":
    # Slow to import; one for all pages, since it compiles its templates.
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = DISPLAY_PRIORITY
    return HTMLExporter(
        config=config,
        template_name=TEMPLATES.name,
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_anchor_links=True,
        optimistic_validation=True,  # once, and not after each preprocessor
    )


_CUT = "\ue000"  # a text that no notebook holds, between the parts of a page: nbconvert is slow to begin


def _html_of(notebook: "NotebookNode", *parts: list["NotebookNode"]) -> list[str]:
    """The cells of each part as nbconvert writes them, in one go."""
    from nbconvert.exporters import TemplateExporter
    from nbformat.v4 import new_markdown_cell

    whole = copy(notebook)
    whole.cells = parts[0] + [cell for part in parts[1:] for cell in (new_markdown_cell(_CUT), *part)]
    # Not that of HTMLExporter, which parses all again to say of images without alt text that they have none.
    html = TemplateExporter.from_notebook_node(_exporter(), whole)[0]
    return html.split(f"<p>{_CUT}</p>")


def _number(name: str) -> int | None:
    """The number that a notebook's name begins with: that of its figures in the whole report."""
    found = re.match(r"\d+", name)
    return int(found[0]) if found else None


def export_page(
    notebook: "NotebookNode",
    *,
    name: str,
    pages: list[Page],
    foot: str,
    place: str = "",
    **around: str,
) -> str:
    """The executed notebook as one self-contained HTML page: same notebook, same text.

    ``pages`` are in reading order and hold ``name``; without any, the page is by itself: it has no menu, and its
    figures may lack a caption. ``foot`` is HTML in place of the cells tagged ``provenance``, ``place`` names the site
    in the title, ``around`` is passed to `lay_out` (``subtitle``, ``index``, ``home``). Error outputs and stderr are
    left out: a notebook that failed must not come this far. Raises PublicationError without a title, ValueError for an
    unknown ``name``.
    """
    notebook = with_own_outputs(notebook, name=name, is_strict=bool(pages))
    title, arranged = page_title(notebook, name), arrange_cells(notebook)
    parts = (arranged.body, arranged.presentation, arranged.preparation)
    html, presentation, preparation = _html_of(notebook, *parts)
    body, drawings = set_drawings_aside(html)
    if place:
        title = f"{place} : {title[:1].lower()}{title[1:]}"
        body.find("h1").string = title
    return lay_out(
        body,
        title=title,
        current=name if pages else None,
        pages=pages,
        foot=f"{presentation}\n{foot}\n{preparation}",
        number=_number(name),
        drawings=drawings,
        **around,
    )
