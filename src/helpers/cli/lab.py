"""``alses lab``: JupyterLab, in French and on this computer only."""

import argparse
from argparse import Namespace

from helpers.cli.say import tell
from helpers.cli.verb import Verb

PORT = 8888


def _port(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and 1024 <= int(value) <= 65535):
        raise argparse.ArgumentTypeError(f"un port de 1024 à 65535 est attendu, reçu : {value}")
    return int(value)


def _act(options: Namespace) -> int:
    from helpers.workbench import launch

    return launch(port=options.port, browser=not options.no_browser, tell=tell)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="PORT", help=f"port ({PORT} par défaut ; pris : le suivant libre)"
    )
    parser.add_argument("--no-browser", action="store_true", help="n’ouvre pas le navigateur, donne l’adresse")


VERB = Verb(
    name="lab",
    summary="ouvre l’atelier : JupyterLab en français, sur cet ordinateur seulement",
    description=(
        "Ouvre la page d’accueil de l’atelier : l’état des années, un formulaire pour contrôler une année ou en faire "
        "le rapport, des recettes pour explorer les chiffres, et les quatre notebooks.\n"
        "Rien ne quitte l’ordinateur : pas de mise à jour, pas d’annonce, pas de mesure d’usage. Les résultats "
        "affichés ne sont pas enregistrés dans les notebooks. Ctrl+C arrête l’atelier."
    ),
    examples=(
        ("lab", "ouvre l’atelier dans le navigateur"),
        ("lab --no-browser", "donne l’adresse à ouvrir soi-même"),
    ),
    act=_act,
    add_options=_add_options,
)
