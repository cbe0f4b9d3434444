"""Any finished frame as a table, and the tables of indicators."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from helpers.indicators.lookup import Fact, fact_of
from helpers.schema import SYNTHETIC_MEANING, catalogue, table_names, table_schema
from helpers.text.formats import (
    Html,
    day,
    fragment,
    is_rounded,
    marks_of,
    number,
    percent,
    plain,
    say,
    say_base,
    say_base_unit,
    say_count,
    say_share,
    synthetic_mark,
)
from helpers.typography import NARROW

# --- Any finished frame as a table ---

# A fold too long for paper: named there, not printed.
LEDGER = "registre"


@dataclass(frozen=True)
class Column:
    title: str
    is_number: bool = False


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


def headings(*titles: str, numbers: list[str]) -> list[Column]:
    """The columns of these titles; those listed in ``numbers`` are right-aligned."""
    return [Column(title, title in numbers) for title in titles]


def _classes(columns: list[Column], kind: str) -> str:
    # One word per column of numbers, on the table: a class on each cell would weigh a tenth of the page.
    return " ".join([*([kind] if kind else []), *(f"n{n}" for n, each in enumerate(columns, 1) if each.is_number)])


def lay_out(
    caption: str, columns: list[Column], rows: list[list] | list[Group], *, note: Any = "", kind: str = ""
) -> Html:
    """The cells as a captioned table, the first of each row heading it; ``rows`` may be groups of rows.

    ``kind`` is « matrice » for a table that is read along its columns too.
    """
    groups = rows if rows and isinstance(rows[0], Group) else [Group("", rows)]
    text = fragment(
        "table.html.j2", caption=caption, columns=columns, groups=groups, note=note, classes=_classes(columns, kind)
    )
    return Html(text, plain(text))


def fold(made: Html, caption: str, *, kind: str = "") -> Html:
    """The table under its caption until it is opened."""
    text = fragment("folded.html.j2", summary=caption, content=made, kind=kind)
    return Html(text, plain(text))


def aligned(shares: list[str]) -> list[str]:
    """Shares of one column with aligned commas: figure spaces stand for missing decimals.

    >>> aligned(["52", "54,0", "42,6 à 44,2", "—"])
    ['52\\u2008\\u2007', '54,0', '42,6 à 44,2', '—']
    """
    decimals = [len(text.rpartition(",")[2]) if "," in text else 0 for text in shares]
    widest = max(decimals, default=0)
    return [
        text + "\u2008" * (not has) + "\u2007" * (widest - has) if widest > has and text[-1:].isdigit() else text
        for text, has in zip(shares, decimals, strict=True)
    ]


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
    written = [
        number(value, 0 if each else 1) if pd.notna(value) else "—" for value, each in zip(column, whole, strict=True)
    ]
    return [text if text == "—" else f"{text}{NARROW}%" for text in aligned(written)]


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

    >>> parts = describe.breakdown(data.load(2020, "indicateurs"), "sexe", year=2020)
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
    columns = [
        Column(title, bool(pd.api.types.is_numeric_dtype(shown[name]) and not pd.api.types.is_bool_dtype(shown[name])))
        for name, title in titles.items()
    ]
    rows = list(zip(*(_cells(frame, name) for name in titles), strict=True))
    text = lay_out(caption, columns, _grouped(rows, frame[by]) if by else rows, kind="" if folded else kind).html
    text = fragment("folded.html.j2", summary=caption, content=Markup(text), kind=kind) if folded else text
    return Html(text, f"{plain(caption)}\n{shown.rename(columns=titles).to_string(index=False)}")


def _grouped(rows: list, titles: pd.Series) -> list[Group]:
    groups = {}
    for row, title in zip(rows, titles, strict=True):
        groups.setdefault(title, Group(title, [])).rows.append(row)
    return list(groups.values())


def matrix_table(counts: pd.DataFrame, *, caption: str) -> Html:
    """A matrix of counts, with the total of each row; the name of its index heads the rows."""
    rows = [[name, *map(number, row), number(row.sum())] for name, row in counts.iterrows()]
    numbers = [*map(str.capitalize, counts.columns), "Ensemble"]
    return lay_out(caption, headings(counts.index.name.capitalize(), *numbers, numbers=numbers), rows, kind="matrice")


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


# --- Values counted in individual records: exact, with one source, given once ---

_NO_CELL = "—"


def counted_table(parts: list[list[Fact]], names: list[str], *, unit: str, caption: str) -> Html:
    """Count and share of each answer, by population (``names``, empty for one); a common base stands in a last row."""
    has_base = any(len({fact.base for fact in facts}) > 1 for facts in parts)
    groups = [Group(name, _counted(facts, has_base=has_base)) for name, facts in zip(names, parts, strict=True)]
    numbers = [f"Effectif ({unit})", *([f"Base ({unit})"] if has_base else []), "Part"]
    note = _mark([fact for facts in parts for fact in facts])
    return lay_out(caption, headings("Modalité", *numbers, numbers=numbers), groups, note=note)


def _mark(facts: Iterable[Fact]) -> Markup:
    """The mark of what is simulated, once a table."""
    if not any(fact.is_synthetic for fact in facts):
        return Markup()
    return Markup("{} : {}. ").format(synthetic_mark(), SYNTHETIC_MEANING)


def _counted(facts: list[Fact], *, has_base: bool) -> list[list]:
    rows = [
        [
            fact.label,
            say_count(fact, cited=False),
            *([say_base(fact)] if has_base else []),
            say_share(fact, cited=False),
        ]
        for fact in facts
    ]
    return rows if has_base else [*rows, ["Ensemble", say_base(facts[0]), _NO_CELL]]


def reading_table(rows: pd.DataFrame, *, caption: str, sentence: str) -> Html:
    """Persons and share, row by row, then how to read the first (macro ``sentence`` of ``describe.j2``); nothing if
    empty.

    ``rows`` has the columns of `describe.breakdown`, all counted in an export.
    """
    facts = [fact_of(row) for row in rows.itertuples()]
    if not all(fact.is_of_records for fact in facts) or not facts:
        return Html("", "")
    entry, has_base = catalogue().indicators[rows["indicateur"].iloc[0]], len({fact.base for fact in facts}) > 1
    numbers = ["Personnes", *(["Base"] if has_base else []), "Part"]
    titles, note = headings(entry.label, *numbers, numbers=numbers), say("describe", sentence, fact=_leading(facts))
    return lay_out(caption, titles, _counted(facts, has_base=has_base), note=_mark(facts) + Markup(note))


def pairs_table(cells: pd.DataFrame, pairs: pd.DataFrame, *, caption: str) -> Html:
    """How many persons gave two answers, each pair once (`crosstab.crossed`, `crosstab.pairs`); else nothing."""
    if pairs.empty:
        return Html("", "")
    places = {name: place for place, name in enumerate(dict.fromkeys(cells["modalite"]))}
    once = cells[cells["modalite"].map(places) < cells["modalite_croisee"].map(places)]
    note = say("describe", "pairs", fact=fact_of(next(pairs.itertuples())), other=pairs["libelle_croise"].iloc[0])
    return crosstab_table(once, caption=caption, note=note)


def crosstab_table(cells: pd.DataFrame, *, caption: str, note: Html | str = "") -> Html:
    """A cross-tabulation in persons with the base of each column (columns of `crosstab.crossed`)."""
    facts = {(row.modalite, row.modalite_croisee): fact_of(row) for row in cells.itertuples()}
    lines = dict(zip(cells["modalite"], cells["libelle"], strict=True))
    columns = dict(zip(cells["modalite_croisee"], cells["libelle_croise"], strict=True))
    rows = [[label, *(_records_cell(facts.get((name, column))) for column in columns)] for name, label in lines.items()]
    bases = [
        next((fact for (_, name), fact in facts.items() if name == column and fact.base), None) for column in columns
    ]
    base = ["Base", *(say_base(fact) if fact else _NO_CELL for fact in bases)]
    titles = headings("Modalité", *columns.values(), numbers=list(columns.values()))
    return lay_out(caption, titles, [*rows, base], kind="matrice", note=_mark(facts.values()) + Markup(note))


def _leading(facts: list[Fact]) -> Fact:
    """The answer that the sentence reads: the most frequent of those that answer; of columns, the emptiest."""
    entry = catalogue().indicators[facts[0].key.split("/")[2]]
    if entry.choice == "multiple":
        return min(facts, key=lambda fact: fact.counts[0] / max(fact.base[0], 1) if fact.base else fact.counts[0])
    answers = [fact for fact in facts if fact.key.split("/")[3] in entry.modalities]
    return max(answers or facts, key=lambda fact: fact.counts[0])


def _records_cell(fact: Fact | None) -> Markup | str:
    """A count; a dash for a suppressed one, nothing where there is no cell."""
    return "" if fact is None else say_count(fact, cited=False) if fact.counts else _NO_CELL


# --- Values of the indicator table ---


def breakdown_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """The modalities of an indicator (columns of `describe.breakdown`): count, base, share, precision, source.

    Counted in records, all are exact with one source and one base, which are not repeated.

    >>> parts = describe.breakdown(data.load(2020, "indicateurs"), "sexe", year=2020)
    >>> print(text.breakdown_table(parts, caption="Sexe, 2020").text)
    Sexe, 2020 Modalité Effectif (personnes) Base (personnes) Part Précision Référence filles entre 927 et 949 2 233
    42 % arrondi Note de synthèse 2020, l. 219 garçons entre 1 284 et 1 306 2 233 58 % arrondi Note de synthèse 2020,
    l. 216
    """
    facts = [fact_of(row) for row in rows.itertuples()]
    unit = catalogue().units[rows["unite"].iloc[0]][1]
    numbers, marked = [f"Effectif ({unit})", f"Base ({unit})", "Part"], ["Précision", "Référence"]
    if all(fact.is_of_records for fact in facts):
        return counted_table([facts], [""], unit=unit, caption=caption)
    cells = [_told(fact) for fact in facts]
    return lay_out(caption, headings("Modalité", *numbers, *marked, numbers=numbers), cells)


def _told(fact: Fact) -> list:
    """A value as cells: label, count, base, share, precision, source."""
    base = "ambiguë" if fact.share is not None and fact.base is None else say_base(fact)
    shown = [say_count(fact, cited=False), base, say_share(fact, cited=False)]
    return [fact.label, *shown, marks_of(fact), fact.citation]


def populations_table(parts: list[pd.DataFrame], names: list[str], *, caption: str) -> Html:
    """The modalities of one indicator by population (``names``), in groups of rows of `breakdown_table`."""
    titles = [f"{name[:1].upper()}{name[1:]}" for name in names]
    facts = [[fact_of(row) for row in rows.itertuples()] for rows in parts]
    if all(fact.is_of_records for each in facts for fact in each):
        return counted_table(facts, titles, unit=catalogue().units[facts[0][0].unit][1], caption=caption)
    groups = [Group(title, [_told(fact) for fact in each]) for title, each in zip(titles, facts, strict=True)]
    numbers = ["Effectif", "Base", "Part"]
    return lay_out(caption, headings("Modalité", *numbers, "Précision", "Référence", numbers=numbers), groups)


# --- A site too small for shares ---


def site_table(pairs: list[tuple[Fact, Fact]], *, place: str, caption: str) -> Html:
    """How many gave each answer in a site, and the share of the network that did, with both bases.

    ``pairs`` are the value of the site and the network's; ``place`` is named by `indicators.name_site`.
    """
    own, network = f"{place[:1].upper()}{place[1:]} (personnes)", "Tout le réseau (part)"
    rows = [[fact.label, say_count(fact, cited=False), say_share(other, cited=False)] for fact, other in pairs]
    whole = Markup("{} {}").format(say_base(pairs[0][1]), say_base_unit(pairs[0][1]))
    last = ["Ensemble", say_base(pairs[0][0]), whole]
    return lay_out(caption, headings("Réponse", own, network, numbers=[own, network]), [*rows, last])
