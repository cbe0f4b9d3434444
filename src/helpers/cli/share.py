"""``alses share``: the published report of a year, ready to be sent."""

import argparse
from argparse import Namespace

from helpers import paths
from helpers.cli import journal
from helpers.cli.layout import kilobytes
from helpers.cli.say import tell
from helpers.cli.verb import Verb, year


def _tell_older(report_year: int) -> None:
    from helpers import publish

    older = [name for name, is_current in publish.share_state(report_year).items() if not is_current]
    if older:
        tell(f"À refaire (share {report_year}) ou à effacer, d’un autre état du rapport : {', '.join(older)}")


def deliver(report_year: int, *, archive: bool, pdf: bool) -> None:
    """Makes the files to be sent, and says where they are, what they weigh, and which older ones remain."""
    from helpers import publish

    made = publish.share(report_year, archive=archive, pdf=pdf, tell=tell)
    tell("")
    for path in made:
        tell(f"  {paths.relative(path):<26}{kilobytes(path.stat().st_size):>8}   prêt à envoyer")
    _tell_older(report_year)


def deliver_after_run(report_year: int, *, pdf: bool) -> None:
    """What ``run`` adds: the PDF and the page it is printed from, if asked; a word on the older files to be sent."""
    if pdf:
        deliver(report_year, archive=False, pdf=True)
    else:
        _tell_older(report_year)


def _act(options: Namespace) -> int:
    deliver(options.year, archive=True, pdf=options.pdf)
    journal.forget(options.year, of="share")
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=year, metavar="ANNÉE", help="année du rapport")
    parser.add_argument("--pdf", action="store_true", help=PDF_HELP)


PDF_HELP = "fait aussi un PDF, avec Chromium, Chrome ou Edge (ALSES_BROWSER en désigne un autre)"

VERB = Verb(
    name="share",
    summary="prépare le rapport d’une année à l’envoi : une archive, une seule page, un PDF",
    description=(
        "Part du rapport déjà publié, sans rien recalculer, une fois vérifié qu’il est tel qu’il a été publié.\n"
        "Écrit dans reports/ : alses_ANNÉE.zip (le dossier entier) et alses_ANNÉE.html (toutes les pages et les "
        "tableaux de données en un seul fichier, de moins de 3 Mo). Ils se lisent sans réseau. Un rapport qui repose "
        "sur des données simulées ne s’envoie pas."
    ),
    examples=(
        ("share 2020", "l’archive et la page unique"),
        ("share 2020 --pdf", "et le PDF"),
    ),
    act=_act,
    add_options=_add_options,
)
