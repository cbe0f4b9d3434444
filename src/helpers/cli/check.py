"""``alses check``: every fault of a year's files."""

import argparse
from argparse import Namespace

from helpers.cli.say import complain, tell
from helpers.cli.verb import Verb, year


def _act(options: Namespace) -> int:
    from helpers import checks
    from helpers.parameters import check_year

    found = checks.faults(check_year(options.year))
    for fault in found:
        complain(fault)
    count = f"{len(found)} erreur{'s' if len(found) > 1 else ''}"
    tell(f"{options.year} : {count}." if found else f"{options.year} : les fichiers sont utilisables.")
    return 2 if found else 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année à contrôler (obligatoire)")


VERB = Verb(
    name="check",
    summary="lit les fichiers d’une année et liste toutes leurs erreurs",
    description=(
        "Lit les fichiers de data/raw/ANNÉE/ et dit, une phrase par erreur, le fichier, la ligne, la colonne, ce qui "
        "ne va pas et comment le corriger. N’exécute aucun notebook et n’écrit rien.\n"
        "Code de sortie : 0 si les fichiers sont utilisables, 2 sinon."
    ),
    examples=(
        ("check --year 2020", "les erreurs des fichiers de 2020"),
        ("check --year 2020 2> erreurs.txt", "les mêmes, gardées dans un fichier"),
    ),
    act=_act,
    add_options=_add_options,
)
