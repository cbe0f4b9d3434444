"""``alses status``: the years, their files, their reports."""

from argparse import Namespace

from helpers import paths
from helpers.cli import journal
from helpers.cli.layout import beside, lines
from helpers.cli.say import tell
from helpers.cli.verb import Verb

# Columns: a margin, then the longest label.
LABEL = 12


def _line(label: str, text: str) -> None:
    tell(beside(f"  {label:<{LABEL - 2}}", text))


def _files(rows: dict[str, int | None], exports: dict[str, int | None], *, has_coding: bool) -> str:
    def counted(count: int | None, otherwise: str) -> str:
        return otherwise if count is None else lines(count)

    listed = [f"{name} ({counted(count, 'illisible')})" for name, count in rows.items()]
    listed += [f"{name} ({counted(count, 'pas encore lu')})" for name, count in exports.items()]
    none = "aucune table, aucun export" if has_coding else "aucun dans data/raw : ce rapport ne peut plus être refait"
    return ", ".join(listed) or none


def _verdict(year: int, count: int) -> str:
    if not count:
        return "utilisables"
    return f"{count} erreur{'s' if count > 1 else ''} : {paths.COMMAND} check --year {year}"


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f}\u00a0Mo".replace(".", ",")


def _nothing_to_read(year: int) -> str:
    return (
        f"rien à lire encore : remplissez une table de data/raw/{year}, ou déposez-y l’export de la base ou un codage"
    )


def _report_lines(year: int, report, place: str) -> list[str]:
    if report is None:
        return [f"pas encore fait : {paths.COMMAND} run --year {year}"]
    state = "à refaire" if report.reasons else "à jour"
    made = f"fait le {report.made:%d/%m/%Y à %H h %M}" if report.made else "date inconnue"
    reasons = [f"{reason}." for reason in report.reasons]  # no capital: most begin with the name of a file
    return [f"{state} ; {made} ; {_size(report.size_bytes)}", f"{place}/index.html", *reasons]


def _tell_reports(each) -> None:
    """The report of a year, and the one that rests on simulated records; what is not made is asked for once."""
    told = [("rapport", each.report, paths.report(each.year))]
    if each.simulated:
        told = [*(told if each.report else []), ("simulé", each.simulated, paths.report(each.year, is_synthetic=True))]
    elif not (each.report or each.has_data):
        told = []
    for label, report, place in told:
        first, *others = _report_lines(each.year, report, paths.relative(place))
        _line(label, first)
        for text in others:
            _line("", text)


def _act(options: Namespace) -> int:
    from helpers import inventory, publish

    del options
    years = inventory.take_inventory()
    if not years:
        tell("Aucune année dans data/raw. Déposez-y un dossier par année.")
    for each in years:
        tell(each.year)
        _line("fichiers", _files(each.rows, each.exports, has_coding=bool(each.codings)))
        if each.codings:
            _line("codages", ", ".join(each.codings))
        if each.has_data:
            _line("contrôle", _verdict(each.year, each.faults))
        elif each.rows:
            _line("contrôle", _nothing_to_read(each.year))
        _tell_reports(each)
        for name, is_current in publish.share_state(each.year).items():
            text = "à jour" if is_current else f"à refaire : {paths.COMMAND} share {each.year}"
            _line("partage", f"reports/{name} ; {text}")
        failed = paths.executed(each.year) / journal.FILE
        if failed.is_file():
            _line("échec", f"le dernier essai a échoué ; détail : {paths.relative(failed)}")
    for path in inventory.leftovers():
        tell(f"Fabrication interrompue ou en cours : {paths.relative(path)} (le prochain « run » remet de l’ordre)")
    return 0


VERB = Verb(
    name="status",
    summary="montre les années, leurs fichiers, et si leurs rapports sont à jour",
    description=(
        "Pour chaque année : les fichiers présents et leurs lignes, s’ils sont utilisables, le rapport (absent, à "
        "jour, ou à refaire, et pourquoi), sa date, son poids, et ses fichiers à envoyer.\n"
        "Un rapport est à refaire quand un fichier dont il est fait a changé, d’après son empreinte. N’écrit rien."
    ),
    examples=(
        ("status", "toutes les années"),
        ("status > etat.txt", "le même texte dans un fichier, à envoyer"),
    ),
    act=_act,
)
