"""The reports of associations and collèges: which are asked for, and the notebooks that make them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from helpers import paths, store
from helpers.parameters import Parameters
from helpers.pipeline.tasks import Task, shown_tasks
from helpers.schema import FEWEST_FOR_REPORT, DataError

# The notebooks that say something of a site: posts, meetings and statements have no site below the network.
NOTEBOOKS = {"association": ("02_describe", "03_compare"), "college": ("02_describe",)}
# What may be asked for instead of one site.
KINDS = tuple(NOTEBOOKS)


class Site(NamedTuple):
    """A site that has a report: its kind, its name or UAI, and the name that its pages give it."""

    site_type: str
    site: str
    name: str

    @property
    def folder(self) -> str:
        """Where its pages are, from the folder of the report."""
        return paths.site_folder(self.site_type, self.site)


def choose_sites(year: int, asked: Sequence[str]) -> list[Site]:
    """The sites asked for, in order: a kind (`KINDS`) stands for all of them that have a report.

    Raises
    ------
    DataError
        for a site that the year does not have, or that has too few persons.
    """
    known = store.load_sites(year)
    published = [
        Site(row.site_type, row.site, row.nom) for row in known[known["est_publie"].fillna(False)].itertuples()
    ]
    for each in asked:
        if each not in KINDS:
            _require(each, year, [site.site for site in published], known["site"].tolist())
    return [site for site in published if site.site_type in asked or site.site in asked]


def _require(asked: str, year: int, published: list[str], known: list[str]) -> None:
    if asked in published:
        return
    if asked in known:
        raise DataError(
            f"« {asked} » compte moins de {FEWEST_FOR_REPORT} personnes suivies en {year} : aucun rapport n’est fait, "
            "elles pourraient être reconnues."
        )
    near = get_close_matches(asked, known, n=1, cutoff=0.5)
    hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
    raise DataError(
        f"« {asked} » n’est ni une association du répertoire ni l’UAI d’un collège où un ALSES suit des personnes en "
        f"{year}.{hint}"
    )


def require_records(year: int, asked: Iterable[str]) -> None:
    """Nothing, when no site is asked for or the year has records of persons.

    Raises
    ------
    DataError
        for a year that has only printed figures, of the network alone.
    """
    if list(asked) and not paths.has_export(year):
        raise DataError(
            f"Pour {year}, il n’y a que des chiffres imprimés pour tout le réseau, sans dossiers individuels : "
            "aucun rapport par association ou par collège ne peut en être tiré."
        )


def site_tasks(choice: Parameters, site: Site) -> list[Task]:
    """The notebooks that make the report of a site."""
    return shown_tasks(replace(choice, site_type=site.site_type, site=site.site), NOTEBOOKS[site.site_type])
