"""``alses run``: the report of a year."""

import argparse
import sys
from argparse import Namespace
from pathlib import Path

from helpers import paths
from helpers.cli import journal, share
from helpers.cli.layout import kilobytes
from helpers.cli.progress import progress
from helpers.cli.say import complain, tell
from helpers.cli.verb import Verb, positive, year

# The kinds of sites below the network, and what asks for none.
KINDS, NETWORK = ("association", "college"), "reseau"


def _sites(options: Namespace) -> list[str]:
    """The reports asked for below the network: those of the last report, unless the network alone is asked for."""
    from helpers import freshness

    given = [*options.by, *options.site]
    if NETWORK in given:
        return [each for each in given if each != NETWORK]
    return sorted({*given, *freshness.kept_sites(options.year)})


def _make(options: Namespace) -> Path:
    from helpers import kernels

    if not options.scheduler:
        kernels.start()  # the libraries of the notebooks load on another processor, while ours load here
    with progress() as steps:
        # Imported under the bar: the libraries take seconds, and a terminal that says nothing looks dead.
        from helpers.pipeline import make_report

        return make_report(
            options.year,
            compare_to=options.compare_to,
            jobs=options.jobs,
            is_forced=options.force,
            scheduler=options.scheduler,
            sites=_sites(options),
            tell=steps.tell,
            show=steps.show,
        )


def _tell_ready(folder: Path) -> None:
    tell(f"\nLe rapport est prêt : {paths.relative(folder)}")
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        tell(f"  {path.name:<26}{kilobytes(path.stat().st_size):>8}")
    if reports := list(folder.glob("*/*/02_describe.html")):
        tell(f"  {len(reports)} rapports par association ou par collège : sites.html en donne la liste.")
    tell(f"\nPour le lire, ouvrez ce fichier dans un navigateur :\n  {folder / 'index.html'}")


def _once(options: Namespace) -> tuple[Path, bool]:
    """The folder of the report, and whether it had to be made: something that it is made from has changed."""
    from helpers import freshness

    sites = _sites(options)
    current = None if options.force else freshness.current_report(options.year, options.compare_to, sites)
    folder = current or _make(options)
    if current:
        tell(f"Rien n’a changé : {paths.relative(folder)} est à jour.")
    else:
        _tell_ready(folder)
    journal.forget(options.year)
    return folder, not current


def _one_year(options: Namespace) -> None:
    folder, is_made = _once(options)
    if folder.name.endswith(paths.SYNTHETIC_SUFFIX):
        tell("\nCe rapport repose sur des données simulées : il ne s’envoie pas, aucun fichier n’est préparé.")
    elif is_made or options.pdf:
        share.deliver_after_run(options.year, pdf=options.pdf)
    if options.open:
        import webbrowser

        webbrowser.open((folder / "index.html").as_uri())


def _each_year(options: Namespace) -> int:
    """The exit code of the first year that failed: one that fails is told, and the others go on."""
    from helpers.cli.failure import explain

    codes = []
    for each in dict.fromkeys(options.years):
        options.year = each
        try:
            _one_year(options)
        except Exception as error:
            codes.append(explain(error, sys.argv[1:], each))
    if codes:
        tell(f"\n{len(codes)} rapport{'s' if len(codes) > 1 else ''} sur {len(set(options.years))} en échec.")
    return codes[0] if codes else 0


def _act(options: Namespace) -> int:
    options.year = options.years[0]
    if len(options.years) > 1 and (options.compare_to or options.watch):
        complain("« --compare-to » et « --watch » ne valent que pour une seule année : lancez-les une par une.")
        return 2
    if options.watch:
        from helpers.cli import watch

        return watch.keep_making(options, _once)
    if len(options.years) > 1:
        return _each_year(options)
    _one_year(options)
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--year",
        type=year,
        required=True,
        action="append",
        dest="years",
        metavar="ANNÉE",
        help="année du rapport (obligatoire ; peut être répété)",
    )
    parser.add_argument(
        "--compare-to",
        type=year,
        metavar="ANNÉE",
        help="année de comparaison (par défaut : la dernière année antérieure qui a des données)",
    )
    _add_site_options(parser)
    _add_engine_options(parser)
    parser.add_argument("--open", action="store_true", help="ouvre le rapport dans le navigateur à la fin")
    parser.add_argument("--pdf", action="store_true", help=share.PDF_HELP)


def _add_site_options(parser: argparse.ArgumentParser) -> None:
    """Which reports are made below the network."""
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        choices=(*KINDS, NETWORK),
        metavar="SITES",
        help="association ou college : fait aussi un rapport pour chacun ; reseau : le réseau seul",
    )
    parser.add_argument(
        "--site",
        action="append",
        default=[],
        metavar="NOM|UAI",
        help="fait aussi le rapport d’une association (son nom) ou d’un collège (son UAI) ; peut être répété",
    )


def _add_engine_options(parser: argparse.ArgumentParser) -> None:
    """How the notebooks are run, and when."""
    parser.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="combien de notebooks s’exécutent en même temps (par défaut : autant que de processeurs)",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADRESSE",
        help="fait exécuter les notebooks par un cluster Dask (tls://… si des exports sont présents)",
    )
    parser.add_argument("--force", action="store_true", help="exécute tout, même ce que rien n’a changé")
    parser.add_argument(
        "--watch", action="store_true", help="reste là et refait ce qu’il faut à chaque changement (Ctrl-C pour finir)"
    )


VERB = Verb(
    name="run",
    summary="fabrique le rapport d’une année dans reports/",
    description=(
        "Contrôle les fichiers de l’année, exécute les quatre notebooks, puis publie le rapport : des pages à lire "
        "hors connexion et les chiffres pour un tableur. Seul est refait ce que changent les fichiers reçus, les "
        "notebooks, le code, les paramètres ou les bibliothèques ; si rien n’a changé, rien n’est écrit.\n"
        "Écrit reports/ANNÉE/, en une fois : si quelque chose échoue, le rapport précédent reste entier. Les tables "
        "nettoyées et les notebooks exécutés vont dans data/processed/ANNÉE/, avec changements.html : les chiffres qui "
        "ont changé depuis le rapport précédent. Dans data/raw/, n’écrit que la carte d’un export, la première fois "
        "qu’il est lu. Avec des données simulées, écrit reports/ANNÉE-synthetique/."
    ),
    examples=(
        ("run --year 2020", "le rapport de 2020, comparé à l’année précédente"),
        ("run --year 2020 --open", "le même, puis l’ouvrir dans le navigateur"),
        ("run --year 2020 --pdf", "le même, et un PDF du rapport entier"),
        ("run --year 2019 --year 2020", "deux rapports ; si l’un échoue, l’autre est fait"),
        ("run --year 2020 --watch", "le même, refait à chaque changement d’un notebook ou d’un fichier"),
        ("run --year 2021 --by association", "le rapport du réseau et celui de chaque association"),
        ("run --year 2020 --compare-to 2019", "en choisissant l’année de comparaison"),
    ),
    act=_act,
    add_options=_add_options,
)
