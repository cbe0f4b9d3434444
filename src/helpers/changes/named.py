"""A figure of the tables in a reader's words: those of the catalogue and of the code book, else its own."""

import re
from contextlib import suppress
from datetime import date
from functools import cached_property

from helpers import store
from helpers.changes.found import Change
from helpers.changes.published import INDICATORS
from helpers.schema import DataError, Indicator, catalogue, read_code
from helpers.wording import day, month

# The indicator whose modalities are the themes of the code book; the second variables that are no indicator.
_THEMES = "theme_enonce"
_CROSSED = {"association": "association", "reunion": "réunion du", "periode": "période"}
_WORDS = {"apres_l_annee": "après l’année"}
_MEASURES = {"constat": "Constat", "constat_effectif": "Constat sur l’effectif", "portee": "Au-delà du hasard"}
OTHERS = "Autres chiffres"


def _spelt(code: str) -> str:
    """A code that no list knows: a day, a month, or its own words."""
    if re.fullmatch(r"\d{4}[-_]\d{2}([-_]\d{2})?", code):
        with suppress(ValueError):
            found = date.fromisoformat(code.replace("_", "-") if len(code) > 7 else f"{code[:4]}-{code[5:]}-01")
            return day(found) if len(code) > 7 else month(found)
    return _WORDS.get(code, read_code(code))


class Names:
    """Names figures: « Sexe : filles, personnes suivies par un ALSES, 2020 »."""

    @cached_property
    def _themes(self) -> dict[str, str]:
        try:
            book = store.read_reference("themes")
        except DataError:  # what is wrong with it is said elsewhere
            return {}
        return dict(zip(book["theme"], book["libelle"], strict=True))

    def _answer(self, indicator: str, modality: str) -> str:
        entry = catalogue().indicators.get(indicator)
        if indicator == _THEMES and modality in self._themes:
            return self._themes[modality]
        spelt = read_code(modality)
        label = entry.label_of(modality) if entry else spelt
        return _spelt(modality) if label == spelt else label

    def _figure(self, row: dict) -> str:
        entry, entries = catalogue().indicators.get(row["indicateur"]), catalogue()
        title = entry.label if entry else _spelt(row["indicateur"])
        if row["modalite"]:
            title += f" : {self._answer(row['indicateur'], row['modalite'])}"
        if row["croise_avec"]:
            title += f", {self._crossing(row['croise_avec'], row['modalite_croisee'] or '')}"
        perimeter = entries.perimeters.get(row["perimetre"])
        who = perimeter.label if perimeter else _spelt(row["perimetre"])
        return ", ".join([title, *filter(None, [row["site"], who]), str(row["annee"])])

    def _crossing(self, other: str, modality: str) -> str:
        entry: Indicator | None = catalogue().indicators.get(other)
        name = entry.label[:1].lower() + entry.label[1:] + " :" if entry else _CROSSED.get(other, f"{_spelt(other)} :")
        return f"{name} {self._answer(other, modality)}"

    def of(self, change: Change) -> str:
        """The figure in full; of a comparison, what is compared and which measure."""
        if change.table == INDICATORS:
            return self._figure(change.row)
        return f"{change.row['libelle']} : {self.measure(change)[:1].lower()}{self.measure(change)[1:]}"

    def measure(self, change: Change) -> str:
        """The measure of a comparison."""
        name, known = change.row["mesure"], catalogue().measures
        return _MEASURES.get(name) or (known[name].label if name in known else _spelt(name))

    def topic(self, change: Change) -> str:
        """The section of the report that shows the figure."""
        entry = catalogue().indicators.get(change.row["indicateur"])
        return catalogue().topics[entry.topic] if entry else OTHERS
