"""``alses export-coding``: a coding of the project, for the tool where it goes on."""

import argparse
from argparse import Namespace
from pathlib import Path

from helpers.cli.layout import beside
from helpers.cli.say import tell
from helpers.cli.verb import Verb, year


def _act(options: Namespace) -> int:
    from helpers import store

    made, told = store.export_coding(options.year, options.name, Path(options.to))
    tell(f"{options.name} : écrit dans {made}")
    for sentence in told:
        tell(beside("  - ", sentence))
    tell("Ce codage contient des paroles : ne l’envoyez qu’à qui doit les lire.")
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année du codage (obligatoire)")
    parser.add_argument(
        "--name", required=True, metavar="NOM", help="nom du codage, que donne « status » (obligatoire)"
    )
    parser.add_argument(
        "--to", required=True, metavar="FICHIER", help="fichier ou dossier à écrire, qui n’existe pas (obligatoire)"
    )


VERB = Verb(
    name="export-coding",
    summary="écrit un codage pour un autre outil : .qdpx, .qdc, IRaMuTeQ, CSV",
    description=(
        "La fin du nom choisit le format : .qdpx (projet REFI-QDA), .qdc (livre de codes), .txt (corpus IRaMuTeQ) ; "
        "sans fin, ou .csv, un dossier de quatre tables CSV. Ce que le format ne peut pas tenir est dit.\n"
        "Ne remplace rien, et n’écrit jamais dans reports/ ; dans le projet, seulement .qdpx et .qdc, que git ignore."
    ),
    examples=(
        ("export-coding --year 2021 --name reunions --to ../codage.qdpx", "pour NVivo, MAXQDA, ATLAS.ti…"),
        ("export-coding --year 2021 --name reunions --to ../corpus.txt", "pour IRaMuTeQ"),
    ),
    act=_act,
    add_options=_add_options,
)
