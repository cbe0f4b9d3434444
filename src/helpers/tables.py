"""A table from a finished frame: caption, units, scopes, notes. One helper, so that every table reads alike."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, Facts, fact_of
from helpers.schema import FINDINGS, VERDICTS, catalogue
from helpers.wording import Html, day, fragment, interval, number, percent, plain, points, say, signed
from helpers.wording.formats import NARROW
from helpers.wording.marks import mark, precision_mark, say_base, say_count, say_share

@dataclass(frozen=True)
class Column:
    """A column as it is shown."""

    title: str
    is_number: bool = False


def _cell(value: Any, column: str) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "—"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool | str | Markup):
        return value
    if column.endswith("_pct"):
        return percent(value, 1)
    return number(value, 0 if float(value).is_integer() else 1)


def table(frame: pd.DataFrame, *, caption: str, titles: dict[str, str] | None = None, note: str = "", folded: bool = False) -> Html:
    """The frame as a captioned table: the first column heads each row; ``titles`` renames and orders the columns shown.

    A column named ``…_pct`` is written in per cent; a missing value is a dash; an empty frame says so in one line.
    """
    if frame.empty:
        return say("figures", "nothing", subject=f"{caption[:1].lower()}{caption[1:]}")
    titles = titles or {name: name for name in frame.columns}
    shown = frame[list(titles)]
    columns = [
        Column(title, bool(pd.api.types.is_numeric_dtype(shown[name]) and not pd.api.types.is_bool_dtype(shown[name])))
        for name, title in titles.items()
    ]
    rows = [[_cell(value, name) for name, value in zip(titles, row, strict=True)] for row in shown.itertuples(index=False)]
    text = fragment("table.html.j2", caption=caption, columns=columns, rows=rows, note=note)
    text = fragment("folded.html.j2", summary=caption, content=Markup(text)) if folded else text
    return Html(text, f"{plain(caption)}\n{shown.rename(columns=titles).to_string(index=False)}")


def breakdown_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """The modalities of an indicator: count, base, share, how well each is known, and where it is printed."""
    facts = [fact_of(row) for row in rows.itertuples()]
    cells = [[fact.label, say_count(fact), say_base(fact), say_share(fact), precision_mark(fact.precision), fact.reference] for fact in facts]
    unit = catalogue().units[rows["unite"].iloc[0]][1]
    columns = [
        Column("Modalité"), Column(f"Effectif ({unit})", True), Column(f"Base ({unit})", True), Column("Part", True),
        Column("Précision"), Column("Référence"),
    ]
    text = fragment("table.html.j2", caption=caption, columns=columns, rows=cells, note="")
    return Html(text, plain(text))


def matrix_table(counts: pd.DataFrame, *, caption: str, keys: dict[tuple[str, str], str], note: str = "") -> Html:
    """A matrix of counts with the total of each row; ``keys`` names the figure of a cell, where it is an indicator."""
    rows = []
    for name, row in counts.iterrows():
        cells = [mark(number(n), n, keys[name, column], "effectif_min") if (name, column) in keys else number(n) for column, n in row.items()]
        rows.append([name, *cells, number(row.sum())])
    columns = [Column(counts.index.name or ""), *(Column(str(name), True) for name in counts.columns), Column("ensemble", True)]
    text = fragment("table.html.j2", caption=caption, columns=columns, rows=rows, note=note)
    return Html(text, plain(text))


def cards(facts: Facts, figures: dict[str, str]) -> Html:
    """Key figures as cards: the share or the count, what it is, its base and how well it is known; absent ones left out."""
    found = [(facts(path), label) for path, label in figures.items()]
    shown = [
        {"value": say_share(fact) if fact.share is not None else say_count(fact), "label": label, "base": _card_base(fact)}
        for fact, label in found if fact is not None
    ]
    text = fragment("cards.html.j2", cards=shown)
    return Html(text, plain(text))


def _card_base(fact: Fact) -> Markup:
    sign = precision_mark(fact.precision)
    if fact.share is None or fact.base is None:
        return sign
    return Markup("sur {} {}").format(say_base(fact), sign)


def answers_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """Several indicators on one base: question, answer, count, base and share (columns of `describe.answers`)."""
    if rows.empty:
        return say("figures", "nothing", subject=f"{caption[:1].lower()}{caption[1:]}")
    cells = [
        [row.question, fact.label, say_count(fact), say_base(fact), say_share(fact)]
        for row in rows.itertuples() for fact in [fact_of(row)]
    ]
    columns = [Column("Question"), Column("Réponse"), Column("Postes", True), Column("Base", True), Column("Part", True)]
    text = fragment("table.html.j2", caption=caption, columns=columns, rows=cells, note="")
    return Html(text, plain(text))


def _printed(row) -> str:
    sign = {"pres_de": "près de ", "plus_de": "plus de "}.get(row.operateur, "")
    decimals = 0 if float(row.valeur).is_integer() else 1
    if row.mesure == "part":
        return f"{sign}{percent(row.valeur, decimals)}"
    if row.unite == "points":
        return points(row.valeur, decimals)
    return signed(row.valeur) if row.mesure == "ecart" else f"{sign}{number(row.valeur, decimals)}"


def _recomputed(row) -> str:
    if pd.isna(row.recalcul_min):
        return "—"
    decimals = 0 if float(row.recalcul_min).is_integer() and float(row.recalcul_max).is_integer() else 1
    unit = f"{NARROW}%" if row.mesure == "part" else ""
    return f"{interval(row.recalcul_min, row.recalcul_max, decimals)}{unit}"


def controls_table(controls: pd.DataFrame, *, caption: str) -> Html:
    """Every printed figure with its line, what the other data give, the verdict and the reason."""
    if controls.empty:
        return say("figures", "nothing", subject="aucun chiffre imprimé n’a été relevé")
    entries = catalogue()
    cells = []
    for row in controls.itertuples():
        entry = entries.indicators[row.indicateur]
        what = entry.label + (f" : {entry.label_of(row.modalite)}" if row.modalite else "")
        verdict = Markup('<span class="verdict {}">{}</span>').format(row.verdict.replace("_", "-"), VERDICTS[row.verdict])
        place = f"l. {row.ligne}"
        cells.append([what, entries.perimeters[row.perimetre].label, row.annee, place, _printed(row), _recomputed(row), verdict, row.motif])
    names = ["Chiffre", "Périmètre", "Année", "Ligne", "Imprimé", "Recalculé", "Verdict", "Pourquoi"]
    columns = [Column(name, name in ("Imprimé", "Recalculé")) for name in names]
    text = fragment("table.html.j2", caption=caption, columns=columns, rows=cells, note="")
    return Html(text, plain(text))


def differences_table(rows: pd.DataFrame, *, year: int, compare_to: int | None) -> Html:
    """Counts of two years with the bounds of their difference (columns of `compare.differences`)."""
    if rows.empty:
        return say("figures", "nothing", subject="aucun effectif n’est connu pour les deux années")
    entries, cells = catalogue(), []
    for row in rows.itertuples():
        entry = entries.indicators[row.indicateur]
        before, now = (interval(low, high) for low, high in (
            (row.effectif_min_avant, row.effectif_max_avant), (row.effectif_min_apres, row.effectif_max_apres)))
        low, high = signed(row.ecart_min), signed(row.ecart_max)
        what = entry.label + (f" : {row.libelle}" if row.modalite else "")
        gap = low if low == high else f"{low} à {high}"
        cells.append([what, entries.perimeters[row.perimetre].label, before, now, gap, FINDINGS[row.constat_effectif]])
    names = ["Nombre de personnes", "Périmètre", str(compare_to), str(year), "Différence", "Constat"]
    columns = [Column(name, name in (str(compare_to), str(year), "Différence")) for name in names]
    text = fragment("table.html.j2", caption=f"Effectifs de {compare_to} et de {year}, et leur différence", columns=columns, rows=cells, note="")
    return Html(text, plain(text))


def provenance(made_from: dict) -> Html:
    """What the page was made from: parameters, files with their checksum, versions (see `store.provenance`)."""
    titles = {"fichier": "Fichier", "lignes": "Lignes", "octets": "Octets", "sha256": "Empreinte SHA-256"}
    inputs = table(pd.DataFrame(made_from["entrees"]), caption="Fichiers lus", titles=titles)
    text = fragment("provenance.html.j2", parameters=made_from["parametres"], inputs=inputs, versions=made_from["versions"])
    return Html(text, plain(text))
