"""The parameters of the notebooks, checked by the runner before any kernel starts and by the first cell of each.

Nothing is guessed or converted: what cannot be used is a `DataError`.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from helpers import paths
from helpers.schema import DataError

SITE_TYPES = ("reseau", "association", "college")

# What each notebook takes.
NOTEBOOKS = {
    "01_clean": ("year",),
    "02_describe": ("year", "site_type", "site"),
    "03_compare": ("year", "compare_to", "site_type", "site"),
    "04_themes": ("year", "word"),
}
# What a notebook added to the report may take; it is given the values of the network.
OWN = ("year", "compare_to", "site_type", "site", "word")


@dataclass(frozen=True)
class Parameters:
    """Valid parameters; ``compare_to`` is None when no earlier year has data."""

    year: int
    compare_to: int | None = None
    site_type: str = "reseau"
    site: str = ""
    word: str = "équipe"

    @property
    def years(self) -> list[int]:
        """The years that the report rests on, the compared one first."""
        return [year for year in (self.compare_to, self.year) if year is not None]

    @property
    def series(self) -> list[int]:
        """Every year with data up to the report's, in order."""
        return [year for year in paths.years() if year <= self.year]

    def of(self, notebook: str) -> dict[str, Any]:
        """The parameters of a notebook, with their values."""
        return {name: getattr(self, name) for name in names_of(notebook)}

    def as_shown(self, notebook: str) -> dict[str, str]:
        """The same in a reader's words: « Année », « Comparée à », « Champ », « Mot cherché »."""
        labels = {
            "year": ("Année", str(self.year)),
            "compare_to": ("Comparée à", str(self.compare_to or "aucune autre")),
            "site": ("Champ", self.site or "tout le réseau"),
            "word": ("Mot cherché", self.word),
        }
        return dict(labels[name] for name in NOTEBOOKS.get(notebook, OWN[:2]) if name in labels)


def names_of(notebook: str) -> tuple[str, ...]:
    """What a notebook takes, or may take if it was added to the report; DataError for any other."""
    if notebook not in NOTEBOOKS and not paths.is_own(notebook):
        raise DataError(f"Notebook « {notebook} » inconnu ; les notebooks sont {', '.join(NOTEBOOKS)}.")
    return NOTEBOOKS.get(notebook, OWN)


def _check_names(notebook: str, given: dict[str, Any]) -> None:
    names = names_of(notebook)
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
            raise DataError(f"{notebook} n’a pas de paramètre « {name} » ; il prend {', '.join(names)}.{hint}")
    if "year" not in given:
        raise DataError(f"{notebook} : le paramètre « year » manque ; indiquez l’année du rapport.")


def check_year(value: Any, *, name: str = "year") -> int:
    """The year; DataError when it is not a whole number, has no folder in data/raw, or only tables without rows."""
    if type(value) is not int:
        raise DataError(f"« {name} » doit être une année en quatre chiffres, sans guillemets ; reçu : {value!r}.")
    known = paths.years()
    if value in known:
        return value
    if value in paths.prepared_years():
        raise DataError(
            f"Rien à lire encore pour {value} : les tables de data/raw/{value} n’ont que leurs noms de colonnes ; "
            "remplissez-en une, déposez l’export de la base ou importez un codage, puis relancez."
        )
    listed = f"années présentes : {', '.join(map(str, known))}" if known else "data/raw ne contient aucune année"
    raise DataError(f"Aucune donnée pour {value} ; {listed}. Déposez ses fichiers dans data/raw/{value}.")


def _check_compare_to(value: Any, year: int) -> int | None:
    if value is None:
        return paths.earlier_year(year)
    earlier = check_year(value, name="compare_to")
    if earlier >= year:
        raise DataError(f"« compare_to » ({earlier}) doit précéder « year » ({year}).")
    return earlier


def _check_site(site_type: str, site: Any, year: int) -> None:
    if not isinstance(site, str) or (site_type == "reseau") != (site == ""):
        raise DataError(
            "Donnez « site_type » et « site » ensemble : « association » et son nom, « college » et son UAI, "
            'ou site_type = "reseau" et site = "" pour tout le réseau.'
        )
    if site and not paths.has_export(year):
        raise DataError(
            f"Les données de {year} ne sont que des chiffres imprimés pour tout le réseau, sans dossiers individuels : "
            'laissez site_type = "reseau" et site = "".'
        )


def _check_word(value: Any) -> str:
    # A first sieve: `codings.contexts` says in full what makes a word.
    if not isinstance(value, str) or len(value.split()) != 1 or not any(map(str.isalpha, value)):
        raise DataError(f"« word » doit être un seul mot, entre guillemets ; reçu : {value!r}.")
    return value.strip()


def check(notebook: str, **given: Any) -> Parameters:
    """The parameters of a notebook; an omitted or None ``compare_to`` becomes the latest earlier year with data.

    Raises DataError for an unknown name, a wrong type, a year without data, years in the wrong order, an impossible
    site, or more than one word.

    >>> check("03_compare", year=2020)
    Parameters(year=2020, compare_to=2019, site_type='reseau', site='', word='équipe')
    >>> check("02_describe", yaer=2020)
    Traceback (most recent call last):
    helpers.errors.DataError: 02_describe n’a pas de paramètre « yaer » ; ... Vouliez-vous « year » ?
    """
    _check_names(notebook, given)
    year = check_year(given["year"])
    compare_to = _check_compare_to(given.get("compare_to"), year) if "compare_to" in names_of(notebook) else None
    site_type, site = given.get("site_type", "reseau"), given.get("site", "")
    if site_type not in SITE_TYPES:
        raise DataError(f"« site_type » vaut {', '.join(SITE_TYPES)} ; reçu : {site_type!r}.")
    _check_site(site_type, site, year)
    return Parameters(year, compare_to, site_type, site, _check_word(given.get("word", Parameters.word)))
