"""``alses run``: the report of a year."""

import argparse
import webbrowser
from argparse import Namespace

from helpers import paths
from helpers.cli import journal, share
from helpers.cli.layout import kilobytes
from helpers.cli.progress import progress
from helpers.cli.say import tell
from helpers.cli.verb import Verb, year


def _act(options: Namespace) -> int:
    with progress() as steps:
        # Imported under the bar: the libraries take seconds, and a terminal that says nothing looks dead.
        from helpers.pipeline import make_report

        folder = make_report(options.year, compare_to=options.compare_to, tell=steps.tell, show=steps.show)
    journal.forget(options.year)
    tell(f"\nLe rapport est prêt : {paths.relative(folder)}")
    for path in sorted(folder.iterdir()):
        tell(f"  {path.name:<26}{kilobytes(path.stat().st_size):>8}")
    index = folder / "index.html"
    tell(f"\nPour le lire, ouvrez ce fichier dans un navigateur :\n  {index}")
    if folder.name.endswith(paths.SYNTHETIC_SUFFIX):
        tell("\nCe rapport repose sur des données simulées : il ne s’envoie pas, aucun fichier n’est préparé.")
    else:
        share.deliver_after_run(options.year, pdf=options.pdf)
    if options.open:
        webbrowser.open(index.as_uri())
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année du rapport (obligatoire)")
    parser.add_argument(
        "--compare-to",
        type=year,
        metavar="ANNÉE",
        help="année de comparaison (par défaut : la dernière année antérieure qui a des données)",
    )
    parser.add_argument("--open", action="store_true", help="ouvre le rapport dans le navigateur à la fin")
    parser.add_argument("--pdf", action="store_true", help=share.PDF_HELP)


VERB = Verb(
    name="run",
    summary="fabrique le rapport d’une année dans reports/",
    description=(
        "Contrôle les fichiers de l’année, exécute les quatre notebooks, puis publie le rapport : des pages à lire "
        "hors connexion et les chiffres pour un tableur.\n"
        "Écrit reports/ANNÉE/, en une fois : si quelque chose échoue, le rapport précédent reste entier. Les tables "
        "nettoyées et les notebooks exécutés vont dans data/processed/ANNÉE/, avec changements.html : les chiffres qui "
        "ont changé depuis le rapport précédent. Dans data/raw/, n’écrit que la carte d’un export, la première fois "
        "qu’il est lu. Avec des données simulées, écrit reports/ANNÉE-synthetique/."
    ),
    examples=(
        ("run --year 2020", "le rapport de 2020, comparé à l’année précédente"),
        ("run --year 2020 --open", "le même, puis l’ouvrir dans le navigateur"),
        ("run --year 2020 --pdf", "le même, et un PDF du rapport entier"),
        ("run --year 2020 --compare-to 2019", "en choisissant l’année de comparaison"),
    ),
    act=_act,
    add_options=_add_options,
)
