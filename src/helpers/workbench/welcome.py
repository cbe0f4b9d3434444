"""What the welcome notebook shows: years, recipes, words in context, sortable tables."""

import json
from functools import cache
from html import escape
from importlib.resources import files

import ipywidgets as widgets
import itables.javascript
import pandas as pd

from helpers import codings, data, indicators, paths
from helpers.codings.model import code_labels
from helpers.run import inventory
from helpers.run.inventory import Year
from helpers.schema import PRECISION_WORDS, DataError, catalogue
from helpers.text.formats import Html, fragment, number, plural
from helpers.typography import french_spaces

# Fixed widths: beside a button, a dropdown would shrink out of line.
WIDE, LAYOUT = {"description_width": "12rem"}, {"width": "42rem", "max_width": "100%", "flex": "0 1 auto"}


def dropdown(label: str, **settings) -> widgets.Dropdown:
    """A list to choose from."""
    return widgets.Dropdown(description=label, style=WIDE, layout=LAYOUT, **settings)


@cache
def style() -> str:
    """The style sheet, as HTML; it uses the colours of JupyterLab, dark or light."""
    return f"<style>{files('helpers.workbench').joinpath('atelier.css').read_text(encoding='utf-8')}</style>"


# --- The years, their state, and where their report is ---

_TITLES = {
    "chiffres_publies": "chiffres publiés",
    "prises_de_poste": "prises de poste",
    "reunions": "réunions",
    "enonces": "énoncés",
    "affirmations": "affirmations",
    "remarques": "remarques",
}


def _files(year: Year) -> str:
    count = len(year.rows) + len(year.exports) + len(year.codings)
    if year.rows and not year.has_data:
        return "Rien à lire encore : les tables n’ont que leurs noms de colonnes"
    state = "utilisables" if count > 1 else "utilisable"
    if year.faults:
        state = f"{year.faults} {plural(year.faults, 'erreur', 'erreurs')} à corriger"
    return f"{count} {plural(count, 'fichier', 'fichiers')}, {state}" if count else "Aucun fichier dans data/raw"


def _report(year: Year) -> tuple[str, str]:
    """The state of the report of a year, and the colour of its card."""
    if year.report is None:
        return "fait de données simulées" if year.simulated else "pas encore fait", ""
    return ("à refaire, ses données ont changé", "moyen") if year.report.reasons else ("fait, à jour", "bon")


def _detail(year: Year) -> str:
    """Why the report is stale; else what the year has."""
    if year.report and year.report.reasons:
        others = len(year.report.reasons) - 1
        more = f" (et {others} {plural(others, 'autre', 'autres')})" if others else ""
        return f"{year.report.reasons[0]}{more}."
    kinds = [*year.rows, *(["export"] if year.exports else []), *(["codages"] if year.codings else [])]
    named = ", ".join(_TITLES.get(name, name) for name in kinds)
    return f"{named[:1].upper()}{named[1:]}." if named else ""


def years_html() -> str:
    """The years with raw files or a report, as cards: files, faults, state and place of the report."""
    cards = []
    for year in inventory.take_inventory():
        report, colour = _report(year)
        # Of the true report, else of the one of simulated records. No link: JupyterLab opens pages in a sandbox, where
        # links to other pages are blocked.
        index = paths.relative(paths.report(year.year, is_synthetic=not year.report) / "index.html")
        cards.append(
            {
                "name": year.year,
                "files": _files(year),
                "report": f"Rapport : {report}",
                "detail": _detail(year),
                "colour": "faute" if year.faults else colour,
                "place": index if year.report or year.simulated else "",
            }
        )
    return french_spaces(fragment("years.html.j2", years=cards))


# --- Sortable tables for exploring; published pages keep the static ones ---

# What itables writes for a missing number, and what the report writes.
_MISSING = ('[\\"NaN\\", ', '[\\"—\\", ')
# JupyterLab aligns every cell to the right; only numbers belong there.
_STYLE = (
    ".dt-container td.dt-type-numeric { white-space: nowrap; } "
    ".dt-container :is(td, th):not(.dt-type-numeric) { text-align: left !important; }"
)
_TITLES_OF_VALUES = {
    "libelle": "Réponse",
    "groupe": "Groupe",
    "effectif_min": "Au moins",
    "effectif_max": "Au plus",
    "base": "Base",
    "part_pct": "Part (%)",
    "part_min_pct": "Part, au moins (%)",
    "part_max_pct": "Part, au plus (%)",
    "precision": "Précision",
    "reference": "Référence",
}
ROWS = 10  # on a page; a table that fits has neither pages nor search


@cache
def library() -> str:
    """The script and style of the tables, from the package: no network call."""
    return itables.javascript.generate_init_offline_itables_html(itables.options.dt_bundle)


@cache
def _words() -> dict:
    text = files("helpers.workbench").joinpath("datatables_fr.json").read_text(encoding="utf-8")
    return json.loads(french_spaces(text))


def _said(value: float) -> str:
    return number(value, 0 if value == round(value) else 1)


def _notice(text: str) -> str:
    return f'<p class="encart" role="status">{escape(french_spaces(text), quote=False)}</p>'


def _scripts() -> widgets.Output:
    return widgets.Output(outputs=(as_output(library()),))


def as_output(html: str) -> dict:
    """HTML as an output widget holds it."""
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": ""}, "metadata": {}}


def table_alone(frame: pd.DataFrame, *, caption: str = "") -> str:
    """The HTML of the table, for a page that already holds `library`."""
    is_short = len(frame) <= ROWS
    # A year is a name: « 2020 », not « 2 020 ».
    numbers = [name for name in frame.select_dtypes("number").columns if name != "annee"]
    # Displayed as in the report, sorted by value: itables keeps both for floats that pandas formats.
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
    """The frame as a table to sort and search, in French, without a network.

    For a notebook of your own: never put it in one of the four notebooks of the report, whose pages hold no script.

    Rows of `indicators.Facts.table` are given a reader's titles, without the columns that say nothing.

    >>> print(sortable(indicators.Facts(data.load(2020, "indicateurs"), year=2020).reponses("sexe")).text)
    Réponse  Au moins  Au plus  Base  Part (%)  ... Précision ...
    """
    if set(_TITLES_OF_VALUES) <= set(frame.columns):
        said = [name for name in _TITLES_OF_VALUES if frame[name].replace("", pd.NA).notna().any()]
        frame = frame.assign(precision=frame["precision"].map(PRECISION_WORDS))[said].rename(columns=_TITLES_OF_VALUES)
    return Html(f"{library()}{table_alone(frame, caption=caption)}", frame.to_string(index=False))


# --- Concordance: a word in the coded texts, in context; it stays in JupyterLab ---

_COLUMNS = {"document": "Document", "avant": "Avant", "mot": "Mot", "apres": "Après", "codes": "Codes"}
_NOTHING = "Aucun codage dans data/raw : importez-en un (import-coding), puis exécutez cette cellule de nouveau."
_WARNING = "Ces lignes sont des paroles : elles peuvent faire reconnaître quelqu’un, et ne quittent pas ce poste."


class Concordance(widgets.VBox):
    """A year and a word: each place of the coded texts where it occurs, in any form, with its codes."""

    def __init__(self) -> None:
        years = [year for year in paths.years() if data.codings(year)]
        self.year = dropdown("Année", options=years, value=max(years, default=None))
        self.word = widgets.Text(description="Mot", style=WIDE, layout=LAYOUT, continuous_update=False)
        self.said, self.table = widgets.HTML(), widgets.Output()
        for choice in (self.year, self.word):
            choice.observe(lambda _: self._refresh(), "value")
        self._refresh()
        displayed = [self.year, self.word, self.said, self.table] if years else [self.said]
        super().__init__([widgets.HTML(style()), *displayed, _scripts()])
        self.add_class("alses-atelier")

    def _refresh(self) -> None:
        self.table.outputs = ()
        try:
            self.said.value = _notice(self._find(self.word.value.strip()))
        except DataError as fault:
            self.said.value = _notice(str(fault))

    def _find(self, word: str) -> str:
        """What is said of a word; its places go into the table."""
        if self.year.value is None:
            return _NOTHING
        if not word:
            return "Tapez un mot, puis Entrée : ses autres formes sont trouvées aussi."
        book = data.read_reference("themes")
        labels = dict(zip(book["theme"], book["libelle"], strict=True))
        project = codings.merge_codings(codings.recode_to_book(data.load_codings(self.year.value), book))
        found = codings.contexts(project, word)
        if found.empty:
            return f"« {word} » ne vient dans aucun texte codé de l’année."
        named = [", ".join(_label(path, labels) for path in codes.split(", ") if path) for codes in found["codes"]]
        shown = found.assign(codes=named)[list(_COLUMNS)].rename(columns=_COLUMNS)
        self.table.outputs = (as_output(table_alone(shown)),)
        return f"{len(found)} {plural(len(found), 'emploi', 'emplois')} de « {word} ». {_WARNING}"


def _label(path: str, labels: dict[str, str]) -> str:
    return labels.get(code_labels(path)[-1], path)


def find_word() -> widgets.Widget:
    """The search of a word.

    >>> find_word().children[1].value
    '<p class="encart" role="status">Aucun codage dans data/raw...</p>'
    """
    return Concordance()


# --- Recipes: a question, its chart, its table, and the Python that makes them ---

UNCROSSED = "aucun croisement"
FIRST = "demande_initiale"  # preselected where the year has it: many answers, some bounded
THEMES = "theme_enonce"  # the question whose answers are named by the code book


def _offer(choice: widgets.Dropdown, options: list[tuple[str, str]], *, first: str | None = None) -> None:
    """Sets the options and keeps the choice if still offered; ``first`` is the default."""
    kept = first if choice.value is None else choice.value
    choice.options = options
    values = [value for _, value in options]
    choice.value = kept if kept in values else values[0] if values else None


class Explorer(widgets.VBox):
    """Dropdowns limited to what is published, with the chart, the sortable table and the Python of each choice."""

    def __init__(self) -> None:
        years = paths.years()
        self.year = dropdown("Année", options=years, value=max(years, default=None))
        self.indicator, self.perimeter, self.crossing = map(dropdown, ("Indicateur", "Population", "Croisé avec"))
        self.figure, self.code, self.table = widgets.HTML(), widgets.HTML(), widgets.Output()
        self.again = widgets.Button(
            description="Actualiser", tooltip="Relit les tables de l’année", icon="refresh", layout={"width": "8rem"}
        )
        self.again.on_click(lambda _: self._refresh())
        self._is_settling = False
        for choice in self._choices:
            choice.observe(self._on_choice, "value")
        self._refresh()
        year = widgets.HBox([self.year, self.again])
        super().__init__(
            [widgets.HTML(style()), year, *self._choices[1:], self.figure, self.table, self.code, _scripts()]
        )
        self.add_class("alses-atelier")

    @property
    def _choices(self) -> list[widgets.Dropdown]:
        return [self.year, self.indicator, self.perimeter, self.crossing]

    def _on_choice(self, _change: dict) -> None:
        # Each list depends on those above: setting them must not draw four times.
        if not self._is_settling:
            self._refresh()

    def _refresh(self) -> None:
        self._is_settling, is_possible = True, False
        try:
            known = self._load()
            self._offer_all(known)
            self._show(known)
            is_possible = True
        except DataError as missing:
            self.figure.value = _notice(str(missing))
            self.table.outputs, self.code.value = (), ""
        finally:
            self._is_settling = False
            for choice in self._choices[1:]:
                choice.disabled = not is_possible

    def _load(self) -> pd.DataFrame:
        year = self.year.value
        if year is None:
            raise DataError("Aucune année dans data/raw : déposez-y un dossier par année.")
        try:
            known = indicators.Facts(data.load(year, "indicateurs"), year=year).table
        except DataError as missing:
            raise DataError(f"{missing} Le bouton « Faire le rapport » le fait ; puis « Actualiser ».") from None
        return known[known["perimetre"].ne("donnees")]

    def _offer_all(self, known: pd.DataFrame) -> None:
        entries, published = catalogue(), set(known["indicateur"])
        labels = [
            (f"{entries.topics[entry.topic]} — {entry.label}", entry.id)
            for entry in entries.indicators.values()
            if entry.id in published
        ]
        _offer(self.indicator, labels, first=FIRST)
        known = known[known["indicateur"] == self.indicator.value]
        _offer(self.perimeter, [(entries.perimeters[name].label, name) for name in known["perimetre"].unique()])
        known = known[known["perimetre"] == self.perimeter.value]
        crossings = sorted(known["croise_avec"].unique(), key=bool)
        _offer(self.crossing, [(_name_of_crossing(name), name) for name in crossings])

    def _show(self, known: pd.DataFrame) -> None:
        chosen = {"indicateur": self.indicator.value, "perimetre": self.perimeter.value}
        rows = known[(known[list(chosen)] == pd.Series(chosen)).all(axis=1)]
        code, shown = recipe(rows[rows["croise_avec"] == self.crossing.value]), []
        exec(code, {"display": shown.append})  # what is shown is what the lines make
        self.figure.value = french_spaces("".join(each.html for each in shown[:-1]))
        self.table.outputs = (as_output(shown[-1].html.removeprefix(library())),)
        text = escape(code, quote=False)
        self.code.value = (
            "<p><strong>Les mêmes, dans votre propre notebook :</strong></p>"
            f'<pre class="alses-code" tabindex="0" aria-label="Lignes de Python à copier">{text}</pre>'
        )


def _name_of_crossing(name: str) -> str:
    entries = catalogue().indicators
    return entries[name].label if name in entries else name.replace("_", " ") or UNCROSSED


_BARS = """axes = sns.barplot(lignes, x="{value}", y="libelle", color=charts.BLUE)
charts.bornes(axes, lignes, valeur="{value}")
charts.valeurs(axes, lignes, valeur="{value}")"""
_GRID = """cases = lignes.pivot(index="libelle", columns="groupe", values="{value}").astype(float)
axes = sns.heatmap(cases, annot=True, fmt=".0f", cmap=list(charts.SHADES[:-1]), cbar=False)
axes.set(xlabel="", ylabel="")"""
_DRAWN = """plt.figure()
{drawing}
display(charts.publier(axes, lignes, titre="{title}"))
"""
_RECIPE = """import matplotlib.pyplot as plt
import seaborn as sns

from helpers import charts, data, indicators
from helpers.workbench import welcome

charts.style()
chiffres = indicators.Facts(data.load({year}, "indicateurs"), year={year})
lignes = chiffres.reponses("{indicator}", public="{perimeter}"{crossing})
{named}{drawn}display(welcome.sortable(lignes))"""
_NAMED = """livre = data.read_reference("themes").set_index("theme")["libelle"]
lignes["libelle"] = lignes["modalite"].map(livre).fillna(lignes["libelle"])
"""


def recipe(rows: pd.DataFrame) -> str:
    """The Python that draws some answers to one question and shows them as a table, to change in one's own notebook.

    ``rows`` are rows of `indicators.Facts.table`. One number alone is not drawn.
    """
    first = rows.iloc[0]
    value = "part_pct" if rows["part_pct"].notna().any() else "effectif_min"
    drawing = (_GRID if first.croise_avec else _BARS).format(value=value)
    title = catalogue().indicators[first.indicateur].label.replace('"', "")
    return _RECIPE.format(
        year=first.annee,
        indicator=first.indicateur,
        perimeter=first.perimetre,
        crossing=f', selon="{first.croise_avec}"' if first.croise_avec else "",
        named=_NAMED if first.indicateur == THEMES else "",
        drawn=_DRAWN.format(drawing=drawing, title=title) if len(rows) > 1 else "",
    )


def explore() -> widgets.Widget:
    """The recipes.

    >>> [liste.description for liste in explore().children[2:5]]
    ['Indicateur', 'Population', 'Croisé avec']
    """
    return Explorer()
