"""A researcher's own figures and tables: what a cell shows by itself, named by Quarto's options, as parts of a page."""

import html
import re
from copy import deepcopy
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from helpers.report.page import PublicationError, slug
from helpers.text.formats import number

if TYPE_CHECKING:  # slow to import
    from nbformat import NotebookNode

# « #| fig-cap: Titre », at the head of a cell, as in Quarto.
_OPTION = re.compile(r"^#\|\s*([\w-]+)\s*:\s*(.+?)\s*$")
_HEADING = re.compile(r"^#{1,3} +(.+?)\s*$", re.MULTILINE)
_DECIMAL = re.compile(r"-?\d+\.\d+")
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


def with_own_outputs(notebook: "NotebookNode", *, name: str) -> "NotebookNode":
    """The notebook whose plain figures and DataFrames are figures and tables of the page, captioned by their options.

    Raises
    ------
    PublicationError
        when a figure has no ``fig-cap`` or no ``fig-alt``, or a table no ``tbl-cap``: every fault at once, with its
        notebook, its section and the lines to add.
    """
    out, section, faults = deepcopy(notebook), "", []
    for cell in out.cells:
        if cell.cell_type == "markdown":
            headings = _HEADING.findall(cell.source)
            section = headings[-1] if headings else section
            continue
        options = options_of(cell.get("source", "")) if cell.cell_type == "code" else {}
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            is_drawn = "text/html" not in data and any(kind in data for kind in _FIGURES)
            is_figure = is_drawn and "alt" not in output.get("metadata", {})  # one that is described is an image
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
    if faults:
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


def _table(text: str, options: dict[str, str]) -> str:
    """A DataFrame as pandas writes it, with a caption and the scope of its headings."""
    soup = BeautifulSoup(text, "html.parser")
    table = soup.find("table", class_="dataframe")
    for tag in soup.find_all("style"):
        tag.decompose()
    for head in table.find_all("th"):
        head["scope"] = "col" if head.find_parent("thead") else "row"
    for cell in table.find_all("td"):
        if _DECIMAL.fullmatch(cell.get_text(strip=True)):
            cell.string = number(float(cell.get_text(strip=True)), 1)
    del table["border"]
    caption = soup.new_tag("caption")
    caption.string = options["tbl-cap"]
    table.insert(0, caption)
    return str(soup)
