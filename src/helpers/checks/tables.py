"""Posts, meetings, statements and spellings: what their schemas cannot say."""

from difflib import get_close_matches

import pandas as pd

from helpers import paths
from helpers.checks.claims import path_fault
from helpers.checks.sentences import fault, unknown
from helpers.clean import read_start
from helpers.schema import DataError, catalogue, columns, unfolded


def start_faults(posts: pd.DataFrame, *, year: int) -> list[DataError]:
    """Posts that start more than a year away from the year that describes them: a slip of the keyboard.

    ``posts`` (schema ``prises_de_poste``) is indexed by the lines of its file, as `store.read_raw` gives it.

    >>> postes = pd.DataFrame({"date_debut": ["oct-19", "oct-09"]}, index=[2, 3])
    >>> print(*checks.start_faults(postes, year=2020))
    data/raw/2020/prises_de_poste.csv, ligne 3, colonne « date_debut » : « oct-09 » est loin de 2020 ; vérifiez-la ...
    """
    file, found = paths.relative(paths.raw_table(year, "prises_de_poste")), []
    for line, printed in posts["date_debut"].items():
        start = read_start(printed)
        if start and abs(start[0].year - year) > 1:
            found.append(
                fault(file, line, "date_debut", printed, f"est loin de {year} ; vérifiez-la dans le document.")
            )
    return found


def meeting_faults(meetings: pd.DataFrame, *, year: int) -> list[DataError]:
    """Meetings outside the year and the one after, and groups given two numbers of invited persons.

    ``meetings`` (schema ``reunions``) is indexed by the lines of its file, as `store.read_raw` gives it.

    >>> reunions = store.read_raw(2020, "reunions").head(1)
    >>> print(*checks.meeting_faults(reunions, year=2022))
    data/raw/2022/reunions.csv, ligne 2, colonne « date » : « 2020-03-09 » est loin de 2022 ; vérifiez-la ...
    """
    file, seen, found = paths.relative(paths.raw_table(year, "reunions")), {}, []
    for line, meeting in zip(meetings.index, meetings.itertuples(), strict=True):
        if meeting.date.year not in (year, year + 1):
            shown, remedy = f"{meeting.date:%Y-%m-%d}", f"est loin de {year} ; vérifiez-la dans le document."
            found.append(fault(file, line, "date", shown, remedy))
        invited = meeting.invites_du_groupe
        if not pd.isna(invited) and seen.setdefault(meeting.groupe, invited) != invited:
            first = seen[meeting.groupe]
            remedy = f"contredit {first}, donné plus haut pour le groupe « {meeting.groupe} » ; gardez un seul nombre."
            found.append(fault(file, line, "invites_du_groupe", invited, remedy))
    return found


def association_faults(table: pd.DataFrame, known: set[str], *, file: str) -> list[DataError]:
    """Associations cited in a table that the register does not have.

    ``table`` is indexed by the lines of its file; only its ``associations``, separated by « ; », are read.

    >>> reunions = pd.DataFrame({"associations": ["AAPI ; Horizn 9"]}, index=[7])
    >>> print(*checks.association_faults(reunions, {"AAPI", "Horizon 9"}, file="reunions.csv"))
    reunions.csv, ligne 7, colonne « associations » : « Horizn 9 » est inconnu ; vouliez-vous « Horizon 9 » ?
    """
    cited = unfolded(table, "associations")["associations"]
    missing = cited[~cited.isin(known)]
    return [
        fault(file, line, "associations", name, unknown(name, known, register="reference/associations.csv"))
        for line, name in missing.items()
    ]


def _answer_fault(row, answered: str, natures: dict[str, str]) -> str | None:
    """Why a statement cannot answer another one, and what to do; None when it can."""
    if row.nature not in ("levier", "recommandation"):
        return (
            f"est la réponse d’un énoncé de nature « {row.nature} », or seuls un levier ou une recommandation "
            "répondent ; videz cette case, ou corrigez la nature."
        )
    if answered not in natures:
        tensions = [id for id, nature in natures.items() if nature == "tension"]
        near = get_close_matches(answered, tensions, n=1)
        remedy = f"vouliez-vous « {near[0]} » ?" if near else "indiquez celui d’une tension, ou videz cette case."
        return f"n’est l’identifiant d’aucun énoncé ; {remedy}"
    if natures[answered] != "tension":
        return f"est de nature « {natures[answered]} » ; indiquez l’identifiant d’une tension, ou videz cette case."
    return None


def _code_faults(statements: pd.DataFrame, *, file: str) -> list[DataError]:
    """Actors that the catalogue does not have, and answers to what is not a tension."""
    known, natures = catalogue().indicators["acteur_enonce"].modalities, dict(statements[["id", "nature"]].to_numpy())
    actors = unfolded(statements, "acteurs")["acteurs"]
    missing = actors[~actors.isin(known)]
    found = [fault(file, line, "acteurs", name, unknown(name, known)) for line, name in missing.items()]
    answers = unfolded(statements, "repond_a")
    for line, row in zip(answers.index, answers.itertuples(), strict=True):
        remedy = _answer_fault(row, row.repond_a, natures)
        if remedy:
            found.append(fault(file, line, "repond_a", row.repond_a, remedy))
    return found


def statement_faults(statements: pd.DataFrame, themes: pd.DataFrame, *, year: int) -> list[DataError]:
    """Statements whose theme, actors, linked figure or answered tension does not exist, or that cannot answer one.

    ``statements`` (schema ``enonces``) is indexed by the lines of its file; ``themes`` is the code book (schema
    ``themes``).

    >>> enonces = store.read_raw(2020, "enonces").head(1).assign(acteurs="alses;aspn")
    >>> print(*checks.statement_faults(enonces, store.read_reference("themes"), year=2020))
    data/raw/2020/enonces.csv, ligne 2, colonne « acteurs » : « aspn » est inconnu ; vouliez-vous « apsn » ?
    """
    file, codes, found = paths.relative(paths.raw_table(year, "enonces")), set(themes["theme"]), []
    for line, row in zip(statements.index, statements.itertuples(), strict=True):
        if row.theme not in codes:
            found.append(
                fault(file, line, "theme", row.theme, unknown(row.theme, codes, register="reference/themes.csv"))
            )
        remedy = path_fault(row.indicateur_lie) if row.indicateur_lie else None
        if remedy:
            found.append(fault(file, line, "indicateur_lie", row.indicateur_lie, remedy))
    return found + _code_faults(statements, file=file)


def alias_faults(aliases: pd.DataFrame) -> list[DataError]:
    """Aliases (schema ``alias``) of a column that the posts do not have.

    >>> alias = pd.DataFrame({"colonne": ["bureau", "burau"]}, index=[2, 3])
    >>> print(*checks.alias_faults(alias))
    data/raw/reference/alias.csv, ligne 3, colonne « colonne » : « burau » est inconnu ; vouliez-vous « bureau » ?
    """
    file, known = paths.relative(paths.reference() / "alias.csv"), columns("prises_de_poste")
    wrong = aliases.loc[~aliases["colonne"].isin(known), "colonne"]
    return [fault(file, line, "colonne", name, unknown(name, known)) for line, name in wrong.items()]
