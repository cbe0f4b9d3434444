"""Any finished frame as a table, and the tables of indicators."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from helpers.schema import catalogue, table_names, table_schema
from helpers.text.formats import (
    Html,
    day,
    fragment,
    is_rounded,
    number,
    percent,
    plain,
    say,
)

# --- Any finished frame as a table ---

# A fold too long for paper: named there, not printed.
LEDGER = "registre"


@dataclass(frozen=True)
class Group:
    """Rows that belong together, under a title (empty: none)."""

    title: str
    rows: list[list]


@cache
def _titles() -> dict[str, str]:
    """The label of an answer or of an indicator, else the title that most tables give a column."""
    entries = catalogue().indicators.items()
    answers = {name: entry.label_of(name) for _, entry in entries for name in (*entry.modalities, *entry.groups)}
    fields = (field for name in table_names() for field in table_schema(name)["fields"])
    titles = Counter((field["name"], field["title"]) for field in fields).most_common()
    return answers | {name: entry.label for name, entry in entries} | dict(pair for pair, _ in reversed(titles))


def column_title(column: str) -> str:
    """A reader's words for the name of a column; what is in words already stays."""
    if column in _titles() or not re.fullmatch(r"(?=.*[a-z])[a-z0-9_]{2,}", column):
        return _titles().get(column, column)
    return column.removesuffix("_pct").replace("_", " ").capitalize()


def lay_out(
    caption: str,
    heads: list[str],
    rows: list[list] | list[Group],
    *,
    numbers: Collection[str] = (),
    note: Any = "",
    kind: str = "",
) -> Html:
    """The cells as a captioned table, the first of each row heading it; ``rows`` may be groups of rows.

    The columns whose head is in ``numbers`` are right-aligned; ``kind`` is « matrice » for a table that is read along
    its columns too.
    """
    groups = rows if rows and isinstance(rows[0], Group) else [Group("", rows)]
    # One word per column of numbers, on the table: a class on each cell would weigh a tenth of the page.
    classes = " ".join(filter(None, [kind, *(f"n{n}" for n, each in enumerate(heads, 1) if each in numbers)]))
    text = fragment("table.html.j2", caption=caption, heads=heads, groups=groups, note=note, classes=classes)
    told = [[g.title, *map(plain, row)] for g in groups for row in g.rows]
    # Each row stands alone in a spreadsheet.
    cells = [["Groupe", *heads], *told] if groups[0].title else [heads, *(row[1:] for row in told)]
    return Html(text, plain(text), cells)


def repli(title: str, *contents: Html, kind: str = "") -> Html:
    """What is shown when it is opened: figures, tables, sentences; nothing when none of them says anything."""
    kept = [each for each in contents if each.html.strip() and "sans-objet" not in each.html[:80]]
    if not kept:
        return Html("", "")
    text = fragment("folded.html.j2", summary=title, content=Markup("\n").join(map(Markup, kept)), kind=kind)
    return Html(text, plain(text))


def _decimals(column: pd.Series) -> int:
    # One rule per column, so that numbers are aligned; differences of shares always show their decimal.
    if str(column.name).endswith(("_pts", "_pct")):
        return 1
    column = column.infer_objects()
    known = column.dropna()
    return 0 if not pd.api.types.is_numeric_dtype(column) or (known == known.round()).all() else 1


def _cell(value: Any, column: str, decimals: int) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "—"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str | Html):
        return value
    return percent(value, decimals) if column.endswith("_pct") else number(value, decimals)


def _cells(frame: pd.DataFrame, name: str) -> list:
    """A column as displayed; a share that its bounds show to be a rounding has no decimal."""
    column, ends = frame[name], [name.replace("_pct", f"_{end}_pct") for end in ("min", "max")]
    decimals = _decimals(column)
    if not name.endswith("_pct") or not set(ends) <= set(frame.columns):
        return [_cell(value, name, decimals) for value in column]
    whole = [is_rounded(*row) for row in frame[[name, *ends]].itertuples(index=False)]
    return [_cell(value, name, 0 if each else 1) for value, each in zip(column, whole, strict=True)]


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    titles: dict[str, str] | None = None,
    kind: str = "",
    by: str = "",
    folded: bool = False,
) -> Html:
    """The frame as a captioned table, its first column heading each row; ``titles`` renames, selects and orders
    columns.

    A column named ``…_pct`` is in per cent, a missing value is a dash, an empty frame is a box. ``folded`` hides the
    table under its caption; ``kind`` is that of the fold, else of the table; rows are grouped under the values of
    ``by``.

    >>> parts = indicators.Facts(data.load(2020, "indicateurs"), year=2020).reponses("sexe")
    >>> print(text.table(parts, caption="Sexe, 2020", titles={"libelle": "Sexe", "effectif_min": "Au moins"}).text)
    Sexe, 2020
       Sexe  Au moins
     filles       927
    garçons      1284
    """
    if frame.empty:
        return say("figures", "nothing", subject=f"{caption[:1].lower()}{caption[1:]}")
    titles = titles or {name: name for name in frame.columns if name != by}
    shown = frame[list(titles)]
    numbers = {titles[name] for name in shown.select_dtypes("number")}
    rows = list(zip(*(_cells(frame, name) for name in titles), strict=True))
    laid = {"numbers": numbers, "kind": "" if folded else kind}
    made = lay_out(caption, list(titles.values()), _grouped(rows, frame[by]) if by else rows, **laid)
    made = repli(caption, made, kind=kind) if folded else made
    return Html(made.html, f"{plain(caption)}\n{shown.rename(columns=titles).to_string(index=False)}", made.rows)


def _grouped(rows: list, titles: pd.Series) -> list[Group]:
    groups = {}
    for row, title in zip(rows, titles, strict=True):
        groups.setdefault(title, Group(title, [])).rows.append(row)
    return list(groups.values())


def provenance(made_from: dict) -> Html:
    """What the page was made from: parameters, files with their checksum, versions (see `data.provenance`).

    >>> print(text.provenance(data.provenance({"year": 2020}, [2020], notebooks=["01_clean"])).text)
    year 2020 Versions ...
    """
    titles = {"fichier": "Fichier", "lignes": "Lignes", "octets": "Octets", "sha256": "Empreinte SHA-256"}
    entries = pd.DataFrame(made_from["entrees"])
    inputs = table(entries, caption="Fichiers lus et leurs empreintes", titles=titles, folded=True, kind=LEDGER)
    text = fragment(
        "provenance.html.j2", parameters=made_from["parametres"], inputs=inputs, versions=made_from["versions"]
    )
    return Html(text, plain(text))
