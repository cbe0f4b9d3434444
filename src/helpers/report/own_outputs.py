"""A researcher's own figures and tables: what a cell shows by itself, named by Quarto's options, as parts of a page."""

import html
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

from helpers.report.page import NOTHING, PublicationError, slug
from helpers.text.formats import number, percent
from helpers.text.tables import column_title

if TYPE_CHECKING:  # slow to import
    from nbformat import NotebookNode

# « #| fig-cap: Titre », at the head of a cell, as in Quarto.
_OPTION = re.compile(r"^#\|\s*([\w-]+)\s*:\s*(.+?)\s*$")
_HEADING = re.compile(r"^#{1,3} +(.+?)\s*$", re.MULTILINE)
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
        headings = _HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
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


def _on_one_row(table: Tag) -> None:
    """Puts the names of an index, which pandas writes below those of the columns, beside them; in place."""
    rows, levels = table.thead.find_all("tr"), len(table.select("tbody tr:first-child th"))
    if len(rows) != 2:
        return
    names = [head.get_text() for head in rows[1].find_all("th")]
    if not any(names[levels:]):
        for head, name in zip(rows[0].find_all("th")[:levels], names, strict=False):
            head.string = name
        rows[1].decompose()


def _without_ranks(table: Tag) -> None:
    """Removes an index that only counts rows; the first column heads them then. In place."""
    heads, rows = table.thead.find_all("th"), table.select("tbody tr")
    ranks = [[head.get_text() for head in row.find_all("th")] for row in rows]
    is_counted = all(len(each) == 1 and each[0].isdecimal() and int(each[0]) < _YEARS[0] for each in ranks)
    if is_counted and rows and rows[0].td and not heads[0].get_text():
        heads[0].decompose()
        for row in rows:
            row.th.decompose()
            row.td.name = "th"


def _write(name: str, cells: list[Tag]) -> bool:
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
    soup = BeautifulSoup(text, "html.parser")
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
