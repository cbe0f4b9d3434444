"""Which years are here, in what state, and where their report is."""

from helpers import inventory, paths
from helpers.inventory import Report, Year
from helpers.typography import french_spaces
from helpers.wording import fragment, plural

_TITLES = {
    "chiffres_publies": "chiffres publiés",
    "prises_de_poste": "prises de poste",
    "reunions": "réunions",
    "enonces": "énoncés",
    "affirmations": "affirmations",
    "remarques": "remarques",
}


def _files(year: Year) -> str:
    count = len(year.rows) + len(year.exports) + len(year.codings)
    if year.rows and not year.has_data:
        return "Rien à lire encore : les tables n’ont que leurs noms de colonnes"
    state = "utilisables" if count > 1 else "utilisable"
    if year.faults:
        state = f"{year.faults} {plural(year.faults, 'erreur', 'erreurs')} à corriger"
    return f"{count} {plural(count, 'fichier', 'fichiers')}, {state}" if count else "Aucun fichier dans data/raw"


def _report(report: Report | None, simulated: Report | None = None) -> str:
    if report is None and simulated is not None:
        return "Rapport : fait de données simulées"
    if report is None:
        return "Rapport : pas encore fait"
    return "Rapport : à refaire, ses données ont changé" if report.reasons else "Rapport : fait, à jour"


def _detail(year: Year) -> str:
    if year.report and year.report.reasons:
        others = len(year.report.reasons) - 1
        more = f" (et {others} {plural(others, 'autre', 'autres')})" if others else ""
        return f"{year.report.reasons[0]}{more}."
    others = {"export": year.exports, "codages": year.codings}
    named = ", ".join([_TITLES.get(name, name) for name in (*year.rows, *(kind for kind in others if others[kind]))])
    return f"{named[:1].upper()}{named[1:]}." if named else ""


def _colour(year: Year) -> str:
    if year.faults:
        return "faute"
    return "bon" if year.report and not year.report.reasons else "moyen" if year.report else ""


def _place(year: Year) -> str:
    """The report to open: the true one, else the one that rests on simulated records."""
    found = year.report or year.simulated
    return paths.relative(paths.report(year.year, is_synthetic=not year.report) / "index.html") if found else ""


def years_html() -> str:
    """The years that have raw files or a report, as cards: files, faults, report (made, stale, absent), place."""
    shown = [
        {
            "name": year.year,
            "files": _files(year),
            "report": _report(year.report, year.simulated),
            "detail": _detail(year),
            "colour": _colour(year),
            # No link: Jupyter shows a page in a sandbox, from which the next page of the report is refused.
            "place": _place(year),
        }
        for year in inventory.take_inventory()
    ]
    return french_spaces(fragment("years.html.j2", years=shown))
