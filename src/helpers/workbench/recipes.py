"""Recipes: choose an indicator, see its figure and its table, and the lines of Python that make them."""

from html import escape

import ipywidgets as widgets

from helpers import charts, describe, paths, store
from helpers.schema import DataError
from helpers.typography import french_spaces
from helpers.workbench.sorting import displayed, library, table_alone
from helpers.workbench.style import LAYOUT, WIDE, style

NETWORK, UNCROSSED = "tout le réseau", "aucun croisement"
FIRST = "demande_initiale"  # what opens, where the year has it: many modalities, some bounded


def _dropdown(label: str) -> widgets.Dropdown:
    layout = widgets.Layout(**LAYOUT, flex="0 1 auto")
    return widgets.Dropdown(description=label, style=WIDE, layout=layout)


def _offer(choice: widgets.Dropdown, options: list[tuple[str, str]], *, first: str | None = None) -> None:
    """The options, the chosen one kept when it is still there; ``first`` is chosen where nothing was."""
    kept = first if choice.value is None else choice.value
    choice.options = options
    values = [value for _, value in options]
    choice.value = kept if kept in values else values[0] if values else None


class Explorer:
    """The widgets and what they show; ``box`` is what is displayed."""

    def __init__(self) -> None:
        years = paths.years()
        self.year = _dropdown("Année")
        self.year.options, self.year.value = years, max(years, default=None)
        self.indicator, self.perimeter = _dropdown("Indicateur"), _dropdown("Population")
        self.site, self.crossing = _dropdown("Site"), _dropdown("Croisé avec")
        self.figure, self.code, self.table = widgets.HTML(), widgets.HTML(), widgets.Output()
        self.again = widgets.Button(
            description="Actualiser", tooltip="Relit les tables de l’année", icon="refresh", layout={"width": "8rem"}
        )
        self.again.on_click(lambda _: self._refresh())
        self._is_settling = False
        scripts = widgets.Output()
        scripts.outputs = (displayed(library()),)
        for choice in self._choices:
            choice.observe(self._on_choice, "value")
        self._refresh()
        self.box = widgets.VBox(
            [
                widgets.HTML(style()),
                widgets.HBox([self.year, self.again]),
                *self._choices[1:],
                self.figure,
                self.table,
                self.code,
                scripts,
            ]
        ).add_class("alses-atelier")

    @property
    def _choices(self) -> list[widgets.Dropdown]:
        return [self.year, self.indicator, self.perimeter, self.site, self.crossing]

    def _on_choice(self, _change: dict) -> None:
        # Each list depends on those above it: setting them must not draw four times.
        if not self._is_settling:
            self._refresh()

    def _refresh(self) -> None:
        self._is_settling = True
        try:
            table = self._load()
            self._offer_all(table)
            self._show(table)
            self._allow(True)
        except DataError as missing:
            self._empty(str(missing))
        finally:
            self._is_settling = False

    def _load(self):
        if self.year.value is None:
            raise DataError("Aucune année dans data/raw : déposez-y un dossier par année.")
        try:
            return store.load(self.year.value, "indicateurs")
        except DataError as missing:
            raise DataError(f"{missing} Le bouton « Faire le rapport » le fait ; puis « Actualiser ».") from None

    def _offer_all(self, table) -> None:
        known = describe.explorable(table, year=self.year.value)
        labels = [(f"{row.rubrique} — {row.libelle}", row.indicateur) for row in known.itertuples()]
        _offer(self.indicator, list(dict.fromkeys(labels)), first=FIRST)
        # Of the whole year: a site that this indicator does not know is offered, and said to be without data.
        _offer(self.site, [(name or NETWORK, name) for name in sorted(set(known["site"]) | {""})])
        known = known[known["indicateur"] == self.indicator.value]
        _offer(self.perimeter, list(dict.fromkeys((row.population, row.perimetre) for row in known.itertuples())))
        known = known[known["perimetre"] == self.perimeter.value]
        crossings = dict.fromkeys((row.croisement or UNCROSSED, row.croise_avec) for row in known.itertuples())
        _offer(self.crossing, sorted(crossings, key=lambda option: option[1] != ""))

    def _show(self, table) -> None:
        chosen = {"year": self.year.value, "perimeter": self.perimeter.value}
        chosen |= {"site": self.site.value} if self.site.value else {}
        if self.crossing.value:
            rows = describe.crossing(table, self.indicator.value, self.crossing.value, **chosen)
        else:
            rows = describe.breakdown(table, self.indicator.value, **chosen)
        if describe.THEMES in (self.indicator.value, self.crossing.value):
            rows = describe.named(rows, store.read_reference("themes"))
        self.figure.value = french_spaces(str(charts.show_explored(rows)))
        self.table.outputs = (displayed(table_alone(describe.to_sort(rows))),) if len(rows) else ()
        self.code.value = _code(self.indicator.value, self.crossing.value, chosen)

    def _empty(self, text: str) -> None:
        self.figure.value = f'<p class="encart" role="status">{escape(french_spaces(text), quote=False)}</p>'
        self.table.outputs, self.code.value = (), ""
        self._allow(False)

    def _allow(self, is_possible: bool) -> None:
        for choice in self._choices[1:]:
            choice.disabled = not is_possible


def recipe(indicator: str, crossing: str, chosen: dict) -> str:
    """The lines of Python that show the same figure and table, for a notebook of one's own."""
    function, named = ("crossing", [indicator, crossing]) if crossing else ("breakdown", [indicator])
    is_coded = describe.THEMES in (indicator, crossing)
    coded = 'lignes = describe.named(lignes, store.read_reference("themes"))\n' if is_coded else ""
    values = ", ".join([*map(_quoted, named), *(f"{name}={_quoted(value)}" for name, value in chosen.items())])
    return (
        "from helpers import charts, describe, store, workbench\n"
        f'indicateurs = store.load({chosen["year"]}, "indicateurs")\n'
        f"lignes = describe.{function}(indicateurs, {values})\n"
        f"{coded}display(charts.show_explored(lignes), workbench.sortable(describe.to_sort(lignes)))"
    )


def _quoted(value: str | int) -> str:
    return str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _code(indicator: str, crossing: str, chosen: dict) -> str:
    text = escape(recipe(indicator, crossing, chosen), quote=False)
    title = "<p><strong>Les mêmes, dans votre propre notebook :</strong></p>"
    return f'{title}<pre class="alses-code" tabindex="0" aria-label="Lignes de Python à copier">{text}</pre>'


def explore() -> widgets.Widget:
    """Dropdowns limited to what exists, with the figure, the table to sort, and the Python of each choice.

    >>> [liste.description for liste in workbench.explore().children[2:6]]
    ['Indicateur', 'Population', 'Site', 'Croisé avec']
    """
    return Explorer().box
