"""What our code and the yardsticks must all find: the counts of the catalogue, said without our code.

Nothing here is imported from the project, so that starting a yardstick costs it nothing of ours. That the three agree
is checked by `measure`, cell by cell of our indicators.
"""

import json
import os
import sys
import time
from bisect import bisect_left
from itertools import accumulate
from pathlib import Path

YEAR = 2021
MAPPING = "modalites.json"

THEMES = (
    "scolarite exclusion_scolaire besoin_de_parler loisirs_culture_vacances difficultes_familiales sante_addiction "
    "mobilite aides_administratives autre"
).split()
PERIMETERS = {
    "alses": ("suivi_par", "alses"),
    "collegiens": ("situation", "collegien"),
    "prevention_specialisee": None,
}
# Indicators of one answer a person, and the perimeters that count them.
MARGINS = {
    "situation": ["prevention_specialisee"],
    "suivi_par": ["collegiens"],
    "sexe": ["alses", "prevention_specialisee"],
    "nouvel_accompagnement": ["alses", "prevention_specialisee"],
    **dict.fromkeys(
        "origine orienteur niveau demande_initiale parents_associes age nombre_d_objectifs demande_travaillee "
        "mois_d_ouverture duree fin_dans_l_annee".split(),
        ["alses"],
    ),
}
# Crossed in each perimeter that counts the first.
CROSSED = [
    ("nouvel_accompagnement", "niveau"),
    ("niveau", "sexe"),
    ("origine", "demande_initiale"),
    ("parents_associes", "niveau"),
]
# Asked only of those who come by the collège.
OF_COLLEGE = "orienteur"
GROUPS = {
    "niveau": {"4e_3e": ["4e", "3e"], "6e_5e_autre": ["6e", "5e", "autre"]},
    "origine": {
        "hors_college": "travail_de_rue bouche_a_oreille demarche_personnelle famille partenaire autre".split(),
    },
    "situation": {"hors_college": ["lyceen", "autre"]},
    "demande_initiale": {"scolaire": ["scolarite", "exclusion_scolaire"]},
}
SCHOOL = ["scolarite", "exclusion_scolaire"]
# Complete months below which a duration bears this name.
MONTHS = {"moins_de_3_mois": 3, "3_a_5_mois": 6, "6_a_11_mois": 12}
LONGEST = "12_mois_ou_plus"
# Of those whose follow-up ended in the year, and of the others.
LENGTHS = {"oui": "duree_terminee", "non": "duree_en_cours"}
QUARTILES = {"premier_quartile": 1, "mediane": 2, "troisieme_quartile": 3}
FILLED = (
    "association territoire uai situation niveau sexe annee_naissance nouvel_accompagnement date_debut origine "
    "orienteur demande_initiale objectifs parents_associes"
).split()
UNKNOWN = "non_renseigne"


def export_of(folder: Path) -> Path:
    """The export of a data root."""
    return folder / "data" / "raw" / str(YEAR) / "accompagnements.csv"


def mapping_of(folder: Path) -> dict[str, dict[str, str]]:
    """Column, then spelling, to the modality that it means."""
    return json.loads((folder / MAPPING).read_text(encoding="utf-8"))


class Counts:
    """Counts as our indicators name them: ``perimetre/indicateur/modalite`` and, crossed, ``…/autre=modalite``."""

    def __init__(self) -> None:
        self.cells: dict[str, int] = {}

    def total(self, perimeter: str, indicator: str, count: int) -> None:
        """One number without modality."""
        self.cells[f"{perimeter}/{indicator}/"] = int(count)

    def margin(self, perimeter: str, indicator: str, counts: dict[str | None, int]) -> None:
        """Persons by answer, then by group of answers."""
        for answer, count in counts.items():
            self.cells[f"{perimeter}/{indicator}/{answer or UNKNOWN}"] = int(count)
        for group, members in GROUPS.get(indicator, {}).items():
            self.cells[f"{perimeter}/{indicator}/{group}"] = sum(int(counts.get(member, 0)) for member in members)

    def crossing(self, perimeter: str, pair: tuple[str, str], counts: dict[tuple, int]) -> None:
        """Persons by answer to two questions; an answer that was not given is None."""
        for (answer, crossed), count in counts.items():
            cell = f"{perimeter}/{pair[0]}/{answer or UNKNOWN}/{pair[1]}={crossed or UNKNOWN}"
            self.cells[cell] = int(count)

    def lengths(self, months: list[tuple[str, int | None, int]]) -> None:
        """The months that a quarter, a half, three quarters do not exceed, from (ended, months, persons)."""
        for ended, indicator in LENGTHS.items():
            found = sorted((length, count) for end, length, count in months if end == ended and length is not None)
            reached = list(accumulate(count for _, count in found))
            for name, quarter in QUARTILES.items():
                length, _ = found[bisect_left(reached, quarter * reached[-1] / 4)]
                self.cells[f"alses/{indicator}/{name}"] = length

    def goals(self, sets: list[tuple[str | None, str | None, int]]) -> None:
        """Objectives, which overlap, from (set, initial request, persons): a few hundred rows whatever the size."""
        single, pairs, asked, school = {}, {}, {}, 0
        for goals, request, count in sets:
            members = goals.split(";") if goals else [UNKNOWN]
            school += count * any(member in SCHOOL for member in members)
            for member in members:
                single[member] = single.get(member, 0) + count
                asked[member, request] = asked.get((member, request), 0) + count
                for other in members:
                    pairs[member, other] = pairs.get((member, other), 0) + count
        self.margin("alses", "objectif", single)
        self.cells["alses/objectif/scolaire"] = school
        self.crossing("alses", ("objectif", "demande_initiale"), asked)
        self.crossing("alses", ("objectif", "objectif"), pairs)


def peak_mib() -> int:
    """The most memory that this process held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) // 1024
    import psutil

    memory = psutil.Process().memory_info()
    return getattr(memory, "peak_wset", memory.rss) >> 20


def finish(
    counts: dict[str, int], *, ledger: dict[str, int], rejections: dict[str, int], phases: dict[str, float]
) -> None:
    """Prints what was found and what it cost, as one line of JSON."""
    used = os.times()
    json.dump(
        {
            "counts": counts,
            "ledger": ledger,
            "rejections": rejections,
            "phases": {name: round(value, 3) for name, value in phases.items()},
            "cpu": round(used.user + used.system, 2),
            "peak": peak_mib(),
        },
        sys.stdout,
    )


class Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Ends a phase."""
        now = time.perf_counter()
        self.phases[name] = now - self._last
        self._last = now
