"""``alses simulate``: records of persons who do not exist."""

import argparse
from argparse import Namespace

from helpers import paths
from helpers.cli.layout import filled, number
from helpers.cli.say import tell
from helpers.cli.verb import Verb, year


def _published(options: Namespace, earlier):
    from helpers import checks, simulate, store

    figures = store.read_raw(options.year, "chiffres_publies")
    for fault in checks.figure_faults(figures, year=options.year):
        raise fault
    before = store.read_earlier_figures(options.year)
    places = {"colleges": options.colleges, "associations": options.associations}
    known = {"earlier_figures": before, "earlier": earlier}
    return simulate.reproduce(figures, year=options.year, seed=options.seed, **known, **places)


def _invented(options: Namespace, earlier):
    from helpers import simulate

    places = {"colleges": options.colleges, "associations": options.associations}
    return simulate.invent(options.year, options.persons, seed=options.seed, earlier=earlier, **places)


def _told(records, earlier, year: int) -> str:
    by_alses = int(records["suivi_par"].eq("alses").sum())
    text = f"{number(len(records))} personnes inventées, dont {number(by_alses)} suivies par un ALSES"
    if earlier is None:
        return f"{text}."
    again = int(records["identifiant"].isin(earlier["identifiant"]).sum())
    return f"{text} ; {number(again)} étaient déjà dans l’export simulé de {year - 1}."


def _act(options: Namespace) -> int:
    from helpers import store
    from helpers.schema import DataError

    if (options.persons is None) != options.from_published:
        raise DataError("Choisissez l’un des deux : --persons N, ou --from-published.")
    store.refuse_beside_export(options.year)
    earlier = store.read_simulated(options.year - 1)
    records = (_published if options.from_published else _invented)(options, earlier)
    what = "les chiffres publiés de l’année" if options.from_published else f"{options.persons} personnes demandées"
    file = store.save_simulated(records, options.year, made_by=f"{what}, graine {options.seed}")
    tell(filled(f"{paths.relative(file)} : {_told(records, earlier, options.year)}"))
    tell(f"Puis : {paths.COMMAND} run --year {options.year}")
    return 0


def _whole(value: str) -> int:
    # Past eighteen digits a slip of the keyboard; what each number may be is said where it is used.
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise argparse.ArgumentTypeError(f"un nombre entier, sans signe ni espace, est attendu, reçu : {value}")
    return int(value)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année à simuler (obligatoire)")
    parser.add_argument(
        "--persons", type=_whole, metavar="N", help="personnes suivies par un ALSES ; d’autres s’y ajoutent"
    )
    parser.add_argument(
        "--from-published", action="store_true", help="redonne chaque chiffre imprimé dans chiffres_publies.csv"
    )
    parser.add_argument(
        "--seed", type=_whole, default=1, metavar="N", help="graine : la même redonne le même fichier (1)"
    )
    parser.add_argument(
        "--colleges", type=_whole, metavar="N", help="collèges inventés (45, ou selon l’année d’avant et l’imprimé)"
    )
    parser.add_argument("--associations", type=_whole, metavar="N", help="associations inventées (12)")


VERB = Verb(
    name="simulate",
    summary="invente un export de la base, marqué comme tel",
    description=(
        "Écrit data/raw/ANNÉE/accompagnements_synthetique.csv et sa carte : des personnes, des collèges et des "
        "associations qui n’existent pas. Si l’année d’avant est simulée aussi, une partie des personnes se retrouve "
        "dans les deux. Refusé à côté d’un export reçu.\n"
        "Le rapport qui en est fait porte la mention « données synthétiques » et va dans reports/ANNÉE-synthetique/."
    ),
    examples=(
        ("simulate --year 2021 --persons 2500 --seed 1", "un export vraisemblable"),
        ("simulate --year 2020 --from-published", "un export qui redonne les chiffres imprimés"),
    ),
    act=_act,
    add_options=_add_options,
)
