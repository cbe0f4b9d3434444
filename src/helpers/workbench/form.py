"""The form: choose a year, check its files, make its report, open it, without a terminal."""

import webbrowser
from html import escape

import ipywidgets as widgets

from helpers import paths, pipeline
from helpers.typography import french_spaces
from helpers.workbench.command import Command
from helpers.workbench.style import style
from helpers.workbench.years import years_html

# A list cannot hold « no value »: nought stands for it.
NO_OTHER, NONE_EARLIER, UNSET = "la précédente qui a des données", "aucune : pas d’année antérieure", 0
WIDE, LAYOUT = {"description_width": "12rem"}, {"width": "30rem", "max_width": "100%"}

# What the exit codes of the command mean to a reader (see cli).
_ENDS = {
    0: ("bon", "C’est fait."),
    1: ("faute", "Le programme n’a pas pu aboutir : la dernière ligne ci-dessous dit pourquoi."),
    2: ("faute", "Les données ou le choix ne sont pas utilisables : chaque ligne ci-dessous dit quoi corriger."),
}
_STOPPED = ("", "Arrêté. Le rapport précédent, s’il existe, est intact.")
_UNKNOWN = (
    "faute",
    "Le programme s’est arrêté de façon imprévue : copiez les lignes ci-dessous pour demander de l’aide.",
)


def _said(kind: str, text: str) -> str:
    role = "alert" if kind == "faute" else "status"
    return f'<p class="alses-dit {kind}" role="{role}">{escape(french_spaces(text), quote=False)}</p>'


class Form:
    """The widgets and what they do; ``box`` is what is displayed."""

    def __init__(self) -> None:
        asked, years = pipeline.given("03_compare"), paths.years()
        first = asked["year"].default if asked["year"].default in years else max(years, default=None)
        self.year = widgets.Dropdown(options=years, value=first, description=asked["year"].label, **_wide())
        self.compare_to = widgets.Dropdown(description=asked["compare_to"].label, **_wide())
        self.check = _button("Vérifier les fichiers", "Lit les fichiers de l’année et liste leurs erreurs", "check")
        self.make = _button("Faire le rapport", "Une demi-minute à deux minutes", "cogs", "primary")
        self.open = _button("Ouvrir le rapport", "Dans le navigateur de cet ordinateur", "external-link")
        self.stop = _button("Arrêter", "Arrête ce qui est en cours", "stop")
        self.said, self.journal, self.state = widgets.HTML(), widgets.HTML(), widgets.HTML(years_html())
        self._lines: list[str] = []
        self._command: Command | None = None
        self._connect()
        self._offer_years()
        self.box = widgets.VBox(
            [
                widgets.HTML(style()),
                self.state,
                widgets.VBox(
                    [
                        self.year,
                        self.compare_to,
                        widgets.HBox(
                            [self.check, self.make, self.open, self.stop], layout=widgets.Layout(flex_flow="row wrap")
                        ),
                        self.said,
                        self.journal,
                    ]
                ).add_class("alses-atelier"),
            ]
        )

    def _connect(self) -> None:
        self.year.observe(lambda _: self._offer_years(), "value")
        self.check.on_click(lambda _: self._run("check", "--year", str(self.year.value)))
        self.make.on_click(lambda _: self._run("run", "--year", str(self.year.value), *self._compared()))
        self.open.on_click(lambda _: self._open())
        self.stop.on_click(lambda _: self._command and self._command.stop())

    def _compared(self) -> list[str]:
        return ["--compare-to", str(self.compare_to.value)] if self.compare_to.value else []

    def _offer_years(self) -> None:
        """Only an earlier year can be compared with; the choice that is still possible is kept."""
        kept, chosen = self.compare_to.value, self.year.value
        earlier = [year for year in paths.years() if chosen and year < chosen]
        none = french_spaces(NO_OTHER if earlier else NONE_EARLIER)
        self.compare_to.options = [(none, UNSET), *((str(year), year) for year in reversed(earlier))]
        self.compare_to.value = kept if kept in earlier else UNSET
        self._settle(is_busy=False)

    def _index(self):
        true, simulated = (paths.report(self.year.value, is_synthetic=each) / "index.html" for each in (False, True))
        return simulated if simulated.is_file() and not true.is_file() else true

    def _settle(self, *, is_busy: bool) -> None:
        """Which buttons can be pressed now."""
        is_empty = self.year.value is None
        self.year.disabled = self.compare_to.disabled = is_busy or is_empty
        self.check.disabled = self.make.disabled = is_busy or is_empty
        self.open.disabled = is_busy or is_empty or not self._index().is_file()
        self.stop.disabled = not is_busy

    def _run(self, *arguments: str) -> None:
        if not self.stop.disabled:  # a second click, sent before the buttons were greyed
            return
        self._lines = []
        self._settle(is_busy=True)
        self.journal.value = ""
        self.said.value = _said("", "En cours…")
        self._command = Command(list(arguments), on_line=self._add, on_end=self._end)

    def _add(self, line: str) -> None:
        self._lines.append(line)
        text = escape("\n".join(self._lines).strip("\n"), quote=False)
        self.journal.value = (
            '<div class="alses-journal" role="log" aria-label="Ce que dit le programme" tabindex="0">'
            f"<pre>{text}</pre></div>"
        )

    def _end(self, code: int) -> None:
        is_known = code in _ENDS and not any(line.startswith("Traceback") for line in self._lines)
        self.said.value = _said(*(_STOPPED if code < 0 or code == 130 else _ENDS[code] if is_known else _UNKNOWN))
        self._settle(is_busy=False)
        self.state.value = years_html()

    def _open(self) -> None:
        index = self._index()
        webbrowser.open(index.as_uri())
        self.said.value = _said("", f"Le rapport s’ouvre dans votre navigateur. Sinon, ouvrez ce fichier : {index}")

    def wait(self, timeout: float | None = None) -> None:
        """Returns once what was started has ended."""
        if self._command:
            self._command.wait(timeout)


def _wide() -> dict:
    return {"style": WIDE, "layout": widgets.Layout(**LAYOUT)}


def _button(label: str, tooltip: str, icon: str, kind: str = "") -> widgets.Button:
    layout = widgets.Layout(width="auto", min_width="11rem", margin="0.4rem 0.5rem 0.4rem 0")
    return widgets.Button(
        description=label, tooltip=french_spaces(tooltip), icon=icon, button_style=kind, layout=layout
    )


def show_form() -> widgets.Widget:
    """The form, fed from the parameters of 03_compare; what it starts is the command of the terminal.

    >>> annee, autre = workbench.show_form().children[2].children[:2]
    >>> annee.description, annee.options
    ('Année du rapport', (2019, 2020))
    """
    return Form().box
