"""A simulated year: invented, or reproducing what is published."""

import numpy as np
import pandas as pd

from helpers.schema import DataError, columns
from helpers.simulate.people import MOST_ASSOCIATIONS, MOST_COLLEGES, candidates, invent_places, people
from helpers.simulate.plan import STRATA, Plan, assumptions, plan_persons, plan_published

# Above, counts would pass the largest that indicators take for possible (`solver.CEILING`).
MOST_PERSONS = 300_000
COLLEGES = 45
YEARS = (1990, 2100)  # dates, and ages, stay plain


def invent(
    year: int,
    persons: int,
    *,
    seed: int = 1,
    colleges: int | None = None,
    associations: int | None = None,
    earlier: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The records of an invented year where ``persons`` are followed by an ALSES, others by another educator.

    Gives the schema ``accompagnements``, every cell a text, written as in the export. Accompaniments that go on are
    taken from ``earlier``, the records of the year before, as far as it has them. The same arguments give the same
    rows.

    Raises
    ------
    DataError
        for a number out of bounds.

    >>> personnes = invent(2021, 50, colleges=4, associations=2)
    >>> personnes.groupby("suivi_par").size().to_dict()
    {'alses': 50, 'autre_educateur': 98}
    >>> sorted(set(personnes["uai"]) - {""}), personnes["identifiant"].iloc[0]
    (['9990001X', '9990002Y', '9990003Z', '9990004A'], 'S2021-000001')
    """
    _require("personnes", persons, MOST_PERSONS)
    _require_year(year)
    sizes = _places(_usual_colleges(earlier) if colleges is None else colleges, associations)
    rng = np.random.default_rng([seed, year])
    plan = plan_persons(year, persons, rng)
    return _records(plan, rng, earlier=earlier, **sizes)


def reproduce(
    figures: pd.DataFrame,
    *,
    year: int,
    seed: int = 1,
    colleges: int | None = None,
    associations: int | None = None,
    earlier_figures: pd.DataFrame | None = None,
    earlier: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Records that give every published value of persons of a year again, as printed.

    ``figures``, and ``earlier_figures`` of the year before, have the schema ``chiffres_publies``; ``earlier`` and the
    result, the schema ``accompagnements``. The rest is as near as possible to ``hypotheses.toml``. A share without a
    written base (« ambigue ») is read as a part of all the answers cited.

    Raises
    ------
    DataError
        when no value counts persons, or no persons could give them all.

    >>> personnes = reproduce(data.read_raw(2019, "chiffres_publies"), year=2019)
    >>> alses = personnes[personnes["suivi_par"].eq("alses")]
    >>> len(alses), round(100 * alses["sexe"].eq("filles").mean()), round(100 * alses["origine"].eq("college").mean())
    (1852, 40, 52)
    """
    _require_year(year)
    both = figures if earlier_figures is None else pd.concat([earlier_figures, figures])
    plan = plan_published(both, year=year)
    persons = plan.size(STRATA[0])
    if plan.size(STRATA[2]) + plan.size(STRATA[1]) + persons > 3 * MOST_PERSONS:
        _require("personnes", persons, MOST_PERSONS)
    sizes = _places(_colleges(figures, year, persons, earlier) if colleges is None else colleges, associations)
    return _records(plan, np.random.default_rng([seed, year]), earlier=earlier, **sizes)


def _require(what: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        shown = f"{most:,}".replace(",", "\u202f")
        raise DataError(f"La simulation prend de 1 à {shown} {what} ; reçu : {number}.")


def _require_year(year: int) -> None:
    if not YEARS[0] <= year <= YEARS[1]:
        raise DataError(f"La simulation prend une année de {YEARS[0]} à {YEARS[1]} ; reçu : {year}.")


def _places(colleges: int, associations: int | None) -> dict[str, int]:
    """The numbers of both; the usual number of associations, or fewer where there are fewer collèges."""
    if associations is None:
        associations = min(assumptions()["tailles"]["associations"], max(1, colleges))
    _require("collèges", colleges, MOST_COLLEGES)
    _require("associations", associations, MOST_ASSOCIATIONS)
    if associations > colleges:
        raise DataError(
            f"Chaque collège simulé a une seule association : {associations} associations demandent au moins "
            f"{associations} collèges ; reçu : {colleges}."
        )
    return {"colleges": colleges, "associations": associations}


def _known_colleges(earlier: pd.DataFrame | None) -> int:
    return 0 if earlier is None else earlier.loc[earlier["uai"].ne(""), "uai"].nunique()


def _usual_colleges(earlier: pd.DataFrame | None) -> int:
    """The collèges of an invented year: those of the year before, and some that enter."""
    known = _known_colleges(earlier)
    return min(known + assumptions()["tailles"]["colleges_entrants"], MOST_COLLEGES) if known else COLLEGES


def _colleges(figures: pd.DataFrame, year: int, persons: int, earlier: pd.DataFrame | None) -> int:
    """The collèges of a year whose document does not count them: earlier and new ones, else one a post."""
    said = figures[figures["annee"].eq(year) & figures["mesure"].eq("effectif") & figures["operateur"].eq("=")]
    numbers = {row.indicateur: int(row.valeur) for row in said[said["perimetre"].eq("reseau_alses")].itertuples()}
    known = _known_colleges(earlier)
    if known and "nouveaux_colleges" in numbers:
        count = known + numbers["nouveaux_colleges"]
    else:
        count = numbers.get("postes") or round(persons / assumptions()["tailles"]["personnes_par_college"])
    return min(max(1, count), MOST_COLLEGES)


def _records(plan: Plan, rng: np.random.Generator, *, earlier: pd.DataFrame | None, **sizes: int) -> pd.DataFrame:
    places = invent_places(rng, earlier=earlier, **sizes)
    none = pd.DataFrame(columns=columns("accompagnements"), dtype="str")
    parts = [
        people(plan, stratum, places, none if earlier is None else candidates(earlier, stratum), rng)
        for stratum in STRATA
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.iloc[rng.permutation(len(rows))].reset_index(drop=True)
    is_new = rows["identifiant"].eq("")
    # With the year of entry in the code, no later year can give it to somebody else.
    codes = [f"S{plan.year}-{number:06d}" for number in range(1, int(is_new.sum()) + 1)]
    rows.loc[is_new, "identifiant"] = codes
    return rows.sort_values("identifiant", ignore_index=True)
