"""A table to sort and search while exploring. The pages that are published keep the static ones of `tables`."""

import json
from functools import cache
from importlib.resources import files

import itables
import itables.javascript
import pandas as pd

from helpers.typography import french_spaces
from helpers.wording import Html, number

# What itables writes for a missing number, and what the report writes.
_MISSING = ('[\\"NaN\\", ', '[\\"—\\", ')
# JupyterLab writes every cell to the right; only numbers belong there.
_STYLE = (
    ".dt-container td.dt-type-numeric { white-space: nowrap; } "
    ".dt-container :is(td, th):not(.dt-type-numeric) { text-align: left !important; }"
)
ROWS = 10  # a page; below, neither pages nor search: there is nothing to look for


@cache
def library() -> str:
    """The script and style of the tables, from the package: nothing is asked of a network."""
    return itables.javascript.generate_init_offline_itables_html(itables.options.dt_bundle)


@cache
def _words() -> dict:
    text = files("helpers.workbench").joinpath("datatables_fr.json").read_text(encoding="utf-8")
    return json.loads(french_spaces(text))


def _said(value: float) -> str:
    return number(value, 0 if value == round(value) else 1)


def displayed(html: str) -> dict:
    """The HTML as an output widget holds it."""
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": ""}, "metadata": {}}


def table_alone(frame: pd.DataFrame, *, caption: str = "") -> str:
    """The HTML of the table, for a page that already holds `library`."""
    is_short = len(frame) <= ROWS
    # A year is a name: « 2020 », not « 2 020 ».
    numbers = [name for name in frame.select_dtypes("number").columns if name != "annee"]
    # Said as the report says them, and sorted by their value: itables keeps both of a float that pandas formats.
    with pd.option_context("display.float_format", _said):
        html = itables.to_html_datatable(
            frame.astype(dict.fromkeys(numbers, "float64")),
            caption=caption or None,
            connected=False,
            display_logo_when_loading=False,
            language=_words(),
            showIndex=False,
            paging=not is_short,
            pageLength=ROWS,
            lengthMenu=[ROWS, 25, 100],
            classes="display compact",
            style="table-layout:auto;width:100%;margin:0;caption-side:top",
            css=_STYLE,
            text_in_header_can_be_selected=False,  # else only the small arrows of a title sort
        )
    return html.replace(*_MISSING)


def sortable(frame: pd.DataFrame, *, caption: str = "") -> Html:
    """The frame as a table whose columns sort and whose rows are searched, in French, without a network.

    Any columns (in the example, columns of `describe.to_sort`). For a notebook of your own: never put it in one of the
    four notebooks of the report, whose pages hold no script.

    >>> parts = describe.breakdown(store.load(2020, "indicateurs"), "sexe", year=2020)
    >>> print(workbench.sortable(describe.to_sort(parts)[["Modalité", "Base", "Part (%)"]]).text)
    Modalité  Base  Part (%)
      filles  2233      42.0
     garçons  2233      58.0
    """
    return Html(f"{library()}{table_alone(frame, caption=caption)}", frame.to_string(index=False))
