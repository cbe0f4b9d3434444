"""Posts, meetings, statements and spellings: what their schemas cannot say."""

import pandas as pd

from helpers import paths
from helpers.checks.figures import modalities_of
from helpers.checks.sentences import fault, unknown
from helpers.clean import read_start
from helpers.schema import DataError, catalogue, columns


def start_faults(posts: pd.DataFrame, *, year: int) -> list[DataError]:
    """Posts that start more than a year away from the year that describes them: a slip of the keyboard."""
    file, found = paths.relative(paths.raw_table(year, "prises_de_poste")), []
    for line, printed in posts["date_debut"].items():
        start = read_start(printed)
        if start and abs(start[0].year - year) > 1:
            found.append(
                fault(file, line, "date_debut", printed, f"est loin de {year} ; vérifiez-la dans le document.")
            )
    return found


def meeting_faults(meetings: pd.DataFrame, *, year: int) -> list[DataError]:
    """Meetings outside the year and the one after, and groups given two numbers of invited persons."""
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
    """Associations cited in a table that the register does not have."""
    cited = table["associations"].str.split(";").explode().str.strip()
    missing = cited[~cited.isin(known | {""})].dropna()
    return [fault(file, line, "associations", name, unknown(name, known)) for line, name in missing.items()]


def _link_fault(link: str) -> str | None:
    """Why a statement's link leads to no figure of the catalogue, or None."""
    entries = catalogue()
    perimeter, name, modality = link.split("/")
    if perimeter not in entries.perimeters:
        return unknown(perimeter, entries.perimeters)
    if name not in entries.indicators:
        return unknown(name, entries.indicators)
    known = modalities_of(name)
    return None if modality in known or entries.indicators[name].is_open else unknown(modality, known)


def statement_faults(statements: pd.DataFrame, themes: pd.DataFrame, *, year: int) -> list[DataError]:
    """Statements whose theme is not in the code book or whose linked figure is not in the catalogue."""
    file, codes, found = paths.relative(paths.raw_table(year, "enonces")), set(themes["theme"]), []
    for line, row in zip(statements.index, statements.itertuples(), strict=True):
        if row.theme not in codes:
            found.append(fault(file, line, "theme", row.theme, unknown(row.theme, codes)))
        remedy = _link_fault(row.indicateur_lie) if row.indicateur_lie else None
        if remedy:
            found.append(fault(file, line, "indicateur_lie", row.indicateur_lie, remedy))
    return found


def alias_faults(aliases: pd.DataFrame) -> list[DataError]:
    """Aliases of a column that the posts do not have."""
    file, known = paths.relative(paths.reference() / "alias.csv"), columns("prises_de_poste")
    wrong = aliases.loc[~aliases["colonne"].isin(known), "colonne"]
    return [fault(file, line, "colonne", name, unknown(name, known)) for line, name in wrong.items()]
