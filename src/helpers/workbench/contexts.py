"""A word in the texts that were coded, with what stands around it: it stays in JupyterLab."""

from html import escape

import ipywidgets as widgets

from helpers import codebook, codings, paths, store
from helpers.exchange import code_labels
from helpers.schema import DataError
from helpers.typography import french_spaces
from helpers.workbench.sorting import displayed, library, table_alone
from helpers.workbench.style import LAYOUT, WIDE, style

_TITLES = {"document": "Document", "avant": "Avant", "mot": "Mot", "apres": "Après", "codes": "Codes"}
_NOTHING = "Aucun codage dans data/raw : importez-en un (import-coding), puis exécutez cette cellule de nouveau."
_WARNING = "Ces lignes sont des paroles : elles peuvent faire reconnaître quelqu’un, et ne quittent pas ce poste."


class Concordance:
    """The widgets and what they show; ``box`` is what is displayed."""

    def __init__(self) -> None:
        years = [year for year in paths.years() if store.codings(year)]
        self.year = widgets.Dropdown(description="Année", style=WIDE, layout=LAYOUT, options=years)
        self.word = widgets.Text(description="Mot", style=WIDE, layout=LAYOUT, continuous_update=False)
        self.said, self.table = widgets.HTML(), widgets.Output()
        scripts = widgets.Output()
        scripts.outputs = (displayed(library()),)
        self.year.value = max(years, default=None)
        for choice in (self.year, self.word):
            choice.observe(lambda _: self._refresh(), "value")
        self._refresh()
        shown = [self.year, self.word, self.said, self.table] if years else [self.said]
        self.box = widgets.VBox([widgets.HTML(style()), *shown, scripts]).add_class("alses-atelier")

    def _refresh(self) -> None:
        self.table.outputs = ()
        if self.year.value is None:
            self._tell(_NOTHING)
        elif not self.word.value.strip():
            self._tell("Tapez un mot, puis Entrée : ses autres formes sont trouvées aussi.")
        else:
            try:
                self._show()
            except DataError as fault:
                self._tell(str(fault))

    def _show(self) -> None:
        book, word = store.read_reference("themes"), self.word.value.strip()
        labels = dict(zip(book["theme"], book["libelle"], strict=True))
        found = codings.contexts(codings.gather(codebook.in_book(store.load_codings(self.year.value), book)), word)
        named = [", ".join(_label(path, labels) for path in codes.split(", ") if path) for codes in found["codes"]]
        count = f"{len(found)} emploi{'s' if len(found) > 1 else ''} de « {word} »"
        self._tell(f"{count}. {_WARNING}" if len(found) else f"« {word} » ne vient dans aucun texte codé de l’année.")
        if len(found):
            shown = found.assign(codes=named)[list(_TITLES)].rename(columns=_TITLES)
            self.table.outputs = (displayed(table_alone(shown)),)

    def _tell(self, text: str) -> None:
        self.said.value = f'<p class="encart" role="status">{escape(french_spaces(text), quote=False)}</p>'


def _label(path: str, labels: dict[str, str]) -> str:
    return labels.get(code_labels(path)[-1], path)


def find_word() -> widgets.Widget:
    """A year and a word: each place of the coded texts where it comes, in one form or another, with its codes.

    >>> workbench.find_word().children[1].value
    '<p class="encart" role="status">Aucun codage dans data/raw...</p>'
    """
    return Concordance().box
