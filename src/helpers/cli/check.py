"""``alses check``: every fault of a year's files, then what an export holds."""

import argparse
from argparse import Namespace

from helpers.cli.layout import beside, number
from helpers.cli.say import complain, tell
from helpers.cli.verb import Verb, year

# Columns of the counts that stand before their words.
COUNT = 12


def _plural(count: int) -> str:
    return "s" if count > 1 else ""


def _list(title: str, lines: list[tuple[str, str]]) -> None:
    """A title and what it counts, one a line; nothing without any."""
    if lines:
        tell(f"{title} :")
    for head, text in lines:
        tell(beside(f"{head:>{COUNT}}  ", text))


def _place(row) -> str:
    return f"colonne « {row.colonne} » : {row.regle}" if row.colonne else row.regle


def _tell_account(account, where: str) -> None:
    rejected = account.read - account.kept
    tell(
        f"Export : {number(account.read)} ligne{_plural(account.read)} lue{_plural(account.read)}, "
        f"{number(account.kept)} gardée{_plural(account.kept)}, {number(rejected)} rejetée{_plural(rejected)}."
    )
    _list("Lignes rejetées", [(number(row.lignes), row.motif) for row in account.rejections.itertuples()])
    if where:
        tell(where)
    _list("Noté au nettoyage, en lignes", [(number(row.lignes), _place(row)) for row in account.changes.itertuples()])
    differing = [
        (row.id, f"imprimé {number(row.valeur)}, recompté {number(round(row.recompte, 1))} : {row.motif}")
        for row in account.differing.itertuples()
    ]
    _list("Chiffres imprimés que l’export ne retrouve pas", differing)


def _tell_said(year: int) -> None:
    """What the codings and the minutes hold, in numbers: nothing that was said, no name that was replaced."""
    from helpers import store

    codings = []
    for name in store.codings(year):
        project = store.load_coding(year, name)
        texts, coders = len(project.documents), len({passage.coder for passage in project.passages} - {""})
        told = f"{name} : {number(texts)} texte{_plural(texts)}, {number(coders)} codeur{_plural(coders)}"
        codings.append((number(len(project.passages)), told))
    _list("Codages, en passages", codings)
    minutes = store.load_minutes(year)
    replaced = [(number(count), kind) for kind, count in sorted(store.count_replaced(year).items())]
    if minutes:
        tell(f"Comptes rendus : {number(len(minutes))} ; un texte ainsi traité n’est pas anonyme, relisez-le.")
    _list("Remplacés à leur lecture", replaced)


def _act(options: Namespace) -> int:
    from helpers import checks, store
    from helpers.parameters import check_year

    wanted, found = check_year(options.year), checks.faults(options.year)
    found += store.minutes_faults(wanted)
    if options.accept:
        accepted = set(map(str, store.changed_exports(wanted)))
        found = [fault for fault in found if str(fault) not in accepted]
    for fault in found:
        complain(fault)
    count = f"{len(found)} erreur{_plural(len(found))}"
    tell(f"{wanted} : {count}." if found else f"{wanted} : les fichiers sont utilisables.")
    where = checks.rejected_rows(wanted)
    if where and found:
        tell(where)
    if not found:
        _tell_said(wanted)
    account = None if found else checks.account_for(wanted)
    if account:
        _tell_account(account, where)
    if account and options.accept:
        store.freeze_exports(wanted, checks.read_export(wanted).rows, accept=True)
        tell(f"L’export de {wanted} est enregistré tel qu’il est.")
    return 2 if found else 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année à contrôler (obligatoire)")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="si l’export est utilisable, l’enregistre tel qu’il est, même s’il a changé depuis qu’il a été reçu",
    )


VERB = Verb(
    name="check",
    summary="lit les fichiers d’une année et liste toutes leurs erreurs",
    description=(
        "Lit les fichiers de data/raw/ANNÉE/, codages et comptes rendus compris, et dit, une phrase par erreur, le "
        "fichier, la ligne, la colonne, ce qui "
        "ne va pas et comment le corriger ; puis, de l’export de la base, les lignes lues, gardées, rejetées et "
        "écrites autrement, et les chiffres imprimés qu’il ne retrouve pas. N’exécute aucun notebook ; n’écrit que "
        "les lignes rejetées, dans data/processed/ANNÉE/prive/quarantaine.csv, et, avec --accept, l’empreinte de "
        "l’export, dans data/raw/ANNÉE/carte_export.json.\n"
        "Code de sortie : 0 si les fichiers sont utilisables, 2 sinon."
    ),
    examples=(
        ("check --year 2020", "les erreurs des fichiers de 2020"),
        ("check --year 2020 2> erreurs.txt", "les mêmes, gardées dans un fichier"),
        ("check --year 2021 --accept", "un export corrigé prend la place de l’ancien"),
    ),
    act=_act,
    add_options=_add_options,
)
