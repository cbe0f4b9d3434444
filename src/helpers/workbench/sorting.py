"""A table to sort and search while exploring. The pages that are published keep the static ones of `tables`."""

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import itables
import itables.javascript

from helpers.typography import french_spaces
from helpers.wording import Html

if TYPE_CHECKING:
    from pandas import DataFrame

ROWS = 10  # a page; below, neither pages nor search: there is nothing to look for


@cache
def library() -> str:
    """The script and style of the tables, from the package: nothing is asked of a network."""
    return itables.javascript.generate_init_offline_itables_html(itables.options.dt_bundle)


@cache
def _words() -> dict:
    text = files("helpers.workbench").joinpath("datatables_fr.json").read_text(encoding="utf-8")
    return json.loads(french_spaces(text))


def table_alone(frame: "DataFrame", *, caption: str = "") -> str:
    """The HTML of the table, for a page that already holds `library`."""
    is_short = len(frame) <= ROWS
    return itables.to_html_datatable(
        frame,
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
    )


def sortable(frame: "DataFrame", *, caption: str = "") -> Html:
    """The frame as a table whose columns sort and whose rows are searched, in French, without a network.

    For a notebook of your own: ``workbench.sortable(store.load(2020, "indicateurs"))``. Never put it in one of the
    four notebooks of the report: their pages hold no script.
    """
    return Html(f"{library()}{table_alone(frame, caption=caption)}", frame.to_string(index=False))
