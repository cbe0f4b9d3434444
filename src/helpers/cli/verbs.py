"""The verbs of the command, in the order of the help: what each says of itself, its options, what it does.

Whatever takes time to load is imported by the verb that needs it: the help must be immediate.
"""

import argparse
import os
import shutil
import sys
import time
from argparse import Namespace
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

from helpers import paths
from helpers.cli import messages
from helpers.cli.messages import beside, counted, filled, kilobytes, number, print_error, print_message
from helpers.errors import DataError, ReportError
from helpers.paths import COMMAND
from helpers.typography import french_spaces

# ``examples`` are pairs (what follows the command, what it is for); ``act`` takes the options and gives the exit code.
Verb = namedtuple("Verb", "name summary description examples options act")  # a dataclass takes longer to load
VERBS: dict[str, Verb] = {}


def verb(name: str, summary: str, description: str, examples: tuple, *options: tuple) -> Callable:
    """Makes the function that follows a verb of the command."""

    def add(act: Callable[[Namespace], int]) -> Callable:
        VERBS[name] = Verb(name, summary, description, examples, options, act)
        return act

    return add


def option(words: str, help: str, **settings) -> tuple:
    """The arguments of ``add_argument``; ``words`` are the name and what its value is called, if it takes one."""
    name, _, metavar = words.partition(" ")
    kind = {"metavar": metavar} if metavar else {"action": "store_true"}
    return (name,), {"help": french_spaces(help), **kind, **settings}


def _year(value: str) -> int:
    """The year of an option, as argparse's ``type``: four plain digits."""
    if not paths.is_year(value):
        raise argparse.ArgumentTypeError(f"une année en quatre chiffres est attendue, reçu : {value}")
    return int(value)


def _integer(expected: str, lowest: int, highest: int = 10**18) -> Callable[[str], int]:
    def read(value: str) -> int:
        if value.isascii() and value.isdecimal() and len(value) < 19 and lowest <= int(value) <= highest:
            return int(value)
        raise argparse.ArgumentTypeError(f"{expected} est attendu, reçu : {value}")

    return read


_positive = _integer("un nombre entier à partir de 1", 1)
_whole = _integer("un nombre entier, sans signe ni espace,", 0)
_port = _integer("un port de 1024 à 65535", 1024, 65535)


def _year_option(help: str) -> tuple:
    return option("--year ANNÉE", f"{help} (obligatoire)", type=_year, required=True)


def _year_argument(help: str) -> tuple:
    return option("year ANNÉE", help, type=_year)


def _plural(count: int) -> str:
    return "s" if count > 1 else ""


# --- run ---

# The kinds of sites below the network, and what asks for none.
KINDS, NETWORK = ("association", "college"), "reseau"
_PDF = option("--pdf", "fait aussi un PDF, avec Chromium, Chrome ou Edge (ALSES_BROWSER en désigne un autre)")


@verb(
    "run",
    "fabrique le rapport d’une année dans reports/",
    "Contrôle les fichiers de l’année, exécute les quatre notebooks et les vôtres (10 à 19), puis publie le rapport : "
    "des pages à lire hors connexion et les chiffres pour un tableur. Seul est refait ce que changent les fichiers "
    "reçus, les notebooks, le code, les paramètres ou les bibliothèques ; si rien n’a changé, rien n’est écrit.\n"
    "Écrit reports/ANNÉE/, en une fois : si quelque chose échoue, le rapport précédent reste entier. Les tables "
    "nettoyées et les notebooks exécutés vont dans data/processed/ANNÉE/, avec changements.html : les chiffres qui ont "
    "changé depuis le rapport précédent. Dans data/raw/, n’écrit que la carte d’un export, la première fois qu’il est "
    "lu. Avec des données simulées, écrit reports/ANNÉE-synthetique/.",
    (
        ("run --year 2020", "le rapport de 2020, comparé à l’année précédente"),
        ("run --year 2020 --open", "le même, puis l’ouvrir dans le navigateur"),
        ("run --year 2020 --pdf", "le même, et un PDF du rapport entier"),
        ("run --year 2019 --year 2020", "deux rapports ; si l’un échoue, l’autre est fait"),
        ("run --year 2020 --watch", "le même, refait sous vos yeux à chaque changement d’un notebook ou d’un fichier"),
        ("run --year 2021 --by association", "le rapport du réseau et celui de chaque association"),
        ("run --year 2020 --compare-to 2019", "en choisissant l’année de comparaison"),
    ),
    option(
        "--year ANNÉE",
        "année du rapport (obligatoire ; peut être répété)",
        type=_year,
        required=True,
        action="append",
        dest="years",
    ),
    option(
        "--compare-to ANNÉE",
        "année de comparaison (par défaut : la dernière année antérieure qui a des données)",
        type=_year,
    ),
    option(
        "--by SITES",
        "association ou college : fait aussi un rapport pour chacun ; reseau : le réseau seul",
        action="append",
        default=[],
        choices=(*KINDS, NETWORK),
    ),
    option(
        "--site NOM|UAI",
        "fait aussi le rapport d’une association (son nom) ou d’un collège (son UAI) ; peut être répété",
        action="append",
        default=[],
    ),
    option(
        "--jobs N",
        "combien de notebooks s’exécutent en même temps (par défaut : autant que de processeurs)",
        type=_positive,
    ),
    option(
        "--scheduler ADRESSE", "fait exécuter les notebooks par un cluster Dask (tls://… si des exports sont présents)"
    ),
    option("--force", "exécute tout, même ce que rien n’a changé"),
    option("--watch", "montre le rapport et refait ce qu’il faut à chaque changement (Ctrl-C pour finir)"),
    option("--open", "ouvre le rapport dans le navigateur à la fin"),
    _PDF,
)
def _run(options: Namespace) -> int:
    several = len(options.years) > 1
    if several and (options.compare_to or options.watch):
        raise DataError("« --compare-to » et « --watch » ne valent que pour une seule année : lancez-les une par une.")
    options.year = options.years[0]
    if options.watch:
        return _watch(options)
    if several:
        return _run_each(options)
    _run_one(options)
    return 0


def _run_each(options: Namespace) -> int:
    """The exit code of the first year that failed: a failure is printed, and the other years are made."""
    codes, years = [], dict.fromkeys(options.years)
    for each in years:
        options.year = each
        try:
            _run_one(options)
        except Exception as error:
            codes.append(messages.explain(error, sys.argv[1:], each))
    if codes:
        print_message(f"\n{len(codes)} rapport{_plural(len(codes))} sur {len(years)} en échec.")
    return codes[0] if codes else 0


def _run_one(options: Namespace) -> None:
    folder, is_new = _make_if_needed(options)
    if folder.name.endswith(paths.SYNTHETIC_SUFFIX):
        print_message("\nCe rapport repose sur des données simulées : il ne s’envoie pas, aucun fichier n’est préparé.")
    elif options.pdf:
        _deliver(options.year, archive=False, pdf=True)
    elif is_new:
        _list_outdated(options.year)
    if options.open:
        import webbrowser

        webbrowser.open((folder / "index.html").as_uri())


def _sites(options: Namespace) -> list[str]:
    """The reports asked for below the network: those of the last report, unless the network alone is asked for."""
    from helpers import provenance

    asked = [*options.by, *options.site]
    if NETWORK in asked:
        return [each for each in asked if each != NETWORK]
    return sorted({*asked, *provenance.kept_sites(options.year)})


def _make_if_needed(options: Namespace) -> tuple[Path, bool]:
    """The folder of the report, and whether it had to be made."""
    from helpers import provenance

    current = None
    if not options.force:
        current = provenance.current_report(options.year, options.compare_to, _sites(options))
    folder = current or _make(options)
    if current:
        print_message(f"Rien n’a changé : {paths.relative(folder)} est à jour.")
    else:
        _list_report(folder)
    messages.forget(options.year)
    return folder, not current


def _make(options: Namespace) -> Path:
    from helpers.kernels import fork

    if not options.scheduler:
        fork.start()  # the libraries of the notebooks load on another processor, while ours load here
    with messages.progress() as progress:
        # Imported under the bar: the libraries take seconds, and a terminal that says nothing looks dead.
        from helpers.run.report import make_report

        return make_report(
            options.year,
            compare_to=options.compare_to,
            jobs=options.jobs,
            is_forced=options.force,
            scheduler=options.scheduler,
            sites=_sites(options),
            tell=progress.tell,
            show=progress.show,
        )


def _list_report(folder: Path) -> None:
    print_message(f"\nLe rapport est prêt : {paths.relative(folder)}")
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        print_message(f"  {path.name:<26}{kilobytes(path.stat().st_size):>8}")
    if reports := list(folder.glob("*/*/02_describe.html")):
        print_message(f"  {len(reports)} rapports par association ou par collège : sites.html en donne la liste.")
    print_message(f"\nPour le lire, ouvrez ce fichier dans un navigateur :\n  {folder / 'index.html'}")


# --- run --watch ---

# Seconds: between two looks, and without any change before a run, for a program may write a file in several goes.
LOOK_S, QUIET_S = 0.15, 0.05


def _watch(options: Namespace) -> int:
    """Makes the report, then again after each change, until Ctrl-C; a failure is printed, and the watch goes on."""
    from helpers.cli.live import Preview

    code, inputs, preview = _code(), _inputs(), None
    while True:
        try:
            folder, is_new = _make_if_needed(options)
            if preview is None:
                preview = Preview(folder)
                print_message(f"\nPages rechargées à chaque changement, sur cet ordinateur : {preview.address}")
            elif is_new:
                preview.show(folder)
        except Exception as error:
            messages.explain(error, sys.argv[1:], options.year)
        options.force = False
        print_message("\nEn attente d’un changement (Ctrl-C pour finir)…")
        try:
            inputs = _wait(code, inputs)
        except KeyboardInterrupt:
            print_error("\nFin.")
            return 0


def _wait(code: dict, inputs: dict) -> dict:
    """The inputs as they are once one has changed; starts the command again where the code has."""
    while True:
        time.sleep(LOOK_S)
        if _code() != code:
            _restart()
        now = _inputs()
        if now != inputs:
            time.sleep(QUIET_S)
            if _inputs() == now:
                return now


def _code() -> dict:
    return _states(paths.repository() / "src" / "helpers")


def _inputs() -> dict:
    return _states(paths.data_root() / "data" / "raw", paths.repository() / "notebooks")


def _states(*folders: Path) -> dict[Path, tuple[int, int]]:
    """The date and the size of each file."""
    states = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        if path.name.startswith((".", "~")) or path.suffix == ".pyc":
            continue
        try:
            state = path.stat()
        except OSError:
            continue  # gone between the two looks
        if path.is_file():
            states[path] = (state.st_mtime_ns, state.st_size)
    return states


def _restart() -> None:
    """This command again, in this very process where the system allows it: the code that it loaded has changed."""
    command = [sys.executable, "-P", "-m", "helpers.cli", *(word for word in sys.argv[1:] if word != "--force")]
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(sys.executable, command)


# --- share ---


@verb(
    "share",
    "prépare le rapport d’une année à l’envoi : une archive, une seule page, un PDF",
    "Part du rapport déjà publié, sans rien recalculer, une fois vérifié qu’il est tel qu’il a été publié.\n"
    "Écrit dans reports/ : alses_ANNÉE.zip (le dossier entier) et alses_ANNÉE.html (toutes les pages et les tableaux "
    "de données en un seul fichier, de moins de 3 Mo). Ils se lisent sans réseau. Un rapport qui repose sur des "
    "données simulées ne s’envoie pas.",
    (("share 2020", "l’archive et la page unique"), ("share 2020 --pdf", "et le PDF")),
    _year_argument("année du rapport"),
    _PDF,
)
def _share(options: Namespace) -> int:
    _deliver(options.year, archive=True, pdf=options.pdf)
    messages.forget(options.year, of="share")
    return 0


def _deliver(report_year: int, *, archive: bool, pdf: bool) -> None:
    from helpers.report import sharing

    made = sharing.share(report_year, archive=archive, pdf=pdf, tell=print_message)
    print_message("")
    for path in made:
        print_message(f"  {paths.relative(path):<26}{kilobytes(path.stat().st_size):>8}   prêt à envoyer")
    _list_outdated(report_year)


def _list_outdated(report_year: int) -> None:
    from helpers.report import sharing

    outdated = [name for name, is_current in sharing.share_state(report_year).items() if not is_current]
    if outdated:
        print_message(
            f"À refaire (share {report_year}) ou à effacer, d’un autre état du rapport : {', '.join(outdated)}"
        )


# --- lab ---

PORT = 8888


@verb(
    "lab",
    "ouvre l’atelier : JupyterLab en français, sur cet ordinateur seulement",
    "Ouvre la page d’accueil de l’atelier : l’état des années, un formulaire pour contrôler une année ou en faire le "
    "rapport, des recettes pour explorer les chiffres, et les quatre notebooks.\n"
    "Rien ne quitte l’ordinateur : pas de mise à jour, pas d’annonce, pas de mesure d’usage. Les résultats affichés ne "
    "sont pas enregistrés dans les notebooks. Ctrl+C arrête l’atelier.",
    (("lab", "ouvre l’atelier dans le navigateur"), ("lab --no-browser", "donne l’adresse à ouvrir soi-même")),
    option("--port PORT", f"port ({PORT} par défaut ; pris : le suivant libre)", type=_port, default=PORT),
    option("--no-browser", "n’ouvre pas le navigateur, donne l’adresse"),
)
def _lab(options: Namespace) -> int:
    from helpers.workbench.form import launch

    return launch(port=options.port, browser=not options.no_browser, tell=print_message)


# --- new-year ---

# No record of the network is older: before, and long after today, a year is a slip of the keyboard.
_FIRST_YEAR = 2000
_OTHER_FILES = {
    "README.md": "d’où vient chaque fichier, et quand",
    "datapackage.json": "la carte : le document que les pages citent, sous « sources »",
}


@verb(
    "new-year",
    "prépare le dossier d’une année et dit quoi y déposer",
    "Crée data/raw/ANNÉE/ avec des tables vides qui ont les bonnes colonnes, un journal et une carte à compléter, et "
    "dit quoi déposer où. Un fichier déjà là est laissé tel quel : rien n’est jamais remplacé.",
    (("new-year 2021", "le dossier de 2021"),),
    _year_argument("année à préparer"),
)
def _new_year(options: Namespace) -> int:
    from datetime import date

    from helpers import data
    from helpers.schema import table_schema

    # Next year, by the computer or by the data: a clock may be wrong.
    last = 1 + max([date.today().year, *paths.years()])
    if not _FIRST_YEAR <= options.year <= last:
        raise DataError(
            f"{options.year} ne peut pas être une année de rapport (de {_FIRST_YEAR} à {last}) : vérifiez l’année, "
            f"puis relancez, par exemple {COMMAND} new-year {last - 1}"
        )
    made, left = data.make_year(options.year)
    folder = paths.relative(paths.raw(options.year))
    print_message(f"{folder} est prêt." if made else f"{folder} a déjà tous ses fichiers.")
    for label, files in (("créés", made), ("laissés tels quels", left)):
        if files:
            print_message(beside(f"  {label} : ", ", ".join(path.name for path in files)))
    print_message(filled("\nÀ déposer dans ce dossier, l’un ou l’autre, ou plusieurs :"))
    _print_item(
        "l’export de la base, une personne par ligne : un fichier dont le nom commence par « accompagnements » (.csv, "
        ".xlsx, .xls, .ods, .parquet, .sav ou .dta). Il n’entre jamais dans git : il reste sur ce poste."
    )
    fields = table_schema("accompagnements")["fields"]
    for presence in ("obligatoire", "facultative"):
        names = ", ".join(each["name"] for each in fields if each["presence"] == presence)
        print_message(beside(f"      colonnes {presence}s : ", names))
    _print_item(
        "ce qu’un document dit de l’année, dans les tables vides (celle qui ne sert pas peut le rester) ; une ligne y "
        "est :"
    )
    tables = {f"{table}.csv": row for table, row in data.new_tables().items()}
    for name, use in (tables | _OTHER_FILES).items():
        print_message(beside(f"      {name:<23}", use))
    _print_item(f"le codage des réunions, s’il y en a un : {COMMAND} import-coding FICHIER --year {options.year}")
    print_message(filled("\nCe que chaque colonne veut dire : docs/data-dictionary.md"))
    print_message(f"Puis : {COMMAND} check --year {options.year}")
    return 0


def _print_item(text: str) -> None:
    print_message(beside("  - ", text))


# --- check ---

# Columns of the counts that stand before their words.
COUNT = 12


@verb(
    "check",
    "lit les fichiers d’une année et liste toutes leurs erreurs",
    "Lit les fichiers de data/raw/ANNÉE/, codages et comptes rendus compris, et dit, une phrase par erreur, le "
    "fichier, la ligne, la colonne, ce qui ne va pas et comment le corriger ; puis, de l’export de la base, les lignes "
    "lues, gardées, rejetées et écrites autrement, et les chiffres imprimés qu’il ne retrouve pas. La faute la plus "
    "grave vient d’abord. N’exécute aucun notebook.\n"
    "Ce qui n’a pas été compris (un titre, une réponse, un collège, une association) est dans "
    "data/raw/ANNÉE/a_completer.csv, qui reste sur ce poste : ouvrez-le dans un tableur, remplissez « à comprendre "
    "comme », enregistrez, puis check --adopt. Vos réponses valent pour l’export de cette année, dans "
    "data/raw/ANNÉE/lectures.csv, qui reste aussi sur ce poste. Les lignes rejetées sont dans "
    "data/processed/ANNÉE/prive/quarantaine.csv.\n"
    "Code de sortie : 0 si les fichiers sont utilisables, 2 sinon.",
    (
        ("check --year 2020", "les erreurs des fichiers de 2020"),
        ("check --year 2020 2> erreurs.txt", "les mêmes, gardées dans un fichier"),
        ("check --year 2021 --adopt", "tient compte de ce que vous avez rempli dans a_completer.csv"),
        ("check --year 2021 --adopt --shared", "et l’ajoute aux tables de référence, pour toutes les années"),
        ("check --year 2021 --accept", "un export corrigé prend la place de l’ancien"),
    ),
    _year_option("année à contrôler"),
    option("--adopt", "prend ce qui est rempli dans a_completer.csv comme lecture de cette année, puis contrôle"),
    option(
        "--shared",
        "avec --adopt, montre les lectures de cette année, puis les ajoute à data/raw/reference/, que git suit",
    ),
    option(
        "--accept", "si l’export est utilisable, l’enregistre tel qu’il est, même s’il a changé depuis qu’il a été reçu"
    ),
)
def _check(options: Namespace) -> int:
    from helpers import data
    from helpers.parameters import check_year

    wanted = check_year(options.year)
    refused = _adopt(wanted, shared=options.shared) if options.adopt or options.shared else []
    faults = refused + data.faults(wanted) + data.minutes_faults(wanted)
    if options.accept:
        accepted = set(map(str, data.changed_exports(wanted)))
        faults = [fault for fault in faults if str(fault) not in accepted]
    for fault in faults:
        print_error(f"{fault} ({counted(fault.persons, 'personne')})" if fault.persons else fault)
    rejected = data.rejected_rows(wanted)
    if faults:
        print_message(f"{wanted} : {len(faults)} erreur{_plural(len(faults))}.")
        if rejected:
            print_message(rejected)
        _list_unread(wanted, [*map(str, faults)])
        return 2
    print_message(f"{wanted} : les fichiers sont utilisables.")
    _list_spoken(wanted)
    if account := data.account_for(wanted):
        _list_account(account, rejected)
        if options.accept:
            data.freeze_exports(wanted, data.read_export(wanted).rows, accept=True)
            print_message(f"L’export de {wanted} est enregistré tel qu’il est.")
    _list_unread(wanted, [])
    return 0


def _adopt(year: int, *, shared: bool) -> list[DataError]:
    """Keeps what was filled in, says so, and gives back what could not be."""
    from helpers import data

    adoption = data.adopt(year, data.unread(year))
    if count := len(adoption.rows):
        kept = f"{counted(count, 'réponse')} de {paths.TO_COMPLETE}, gardée{_plural(count)} dans "
        print_message(f"{kept}{paths.relative(paths.own_readings(year))} :")
        for line in adoption.shown:
            print_message(beside("  - ", line))
        print_message(filled("Pour revenir sur une réponse, effacez sa ligne de ce fichier, puis relancez check."))
    elif not adoption.faults:
        print_message(f"Rien de nouveau n’est rempli dans {paths.relative(paths.raw(year) / paths.TO_COMPLETE)}.")
    if shared:
        _share_readings(year)
    return adoption.faults


def _share_readings(year: int) -> None:
    """Shows what would enter the tables that git follows, then adds it unless the person at the terminal says no."""
    from helpers import data

    tables = data.shareable(year)
    if not tables:
        print_message("Rien à ajouter aux tables de référence.")
        return
    print_message("À ajouter aux tables de référence, que git suit et que tout le projet lit :")
    for name, rows in tables.items():
        for row in rows:
            print_message(beside(f"  {name}.csv : ", ", ".join(filter(None, row.values()))))
    question = "Aucune ne dit rien d’une personne, je les ajoute (oui ou non) : "
    if sys.stdin.isatty() and input(question).strip().lower() not in ("o", "oui"):
        print_message("Rien n’est ajouté.")
        return
    data.share(year)
    print_message("C’est fait : relisez-les avec git diff.")


# Spellings that the terminal names; the file has them all.
MOST_UNREAD = 10


def _list_unread(year: int, told: list[str]) -> None:
    """Writes what is to be explained, and says how: answers of closed lists, never another value.

    ``told`` are the faults already printed: a table that cannot be read is among them.
    """
    from helpers import data

    try:
        left = data.write_to_complete(year, data.unread(year))
    except DataError as fault:
        if str(fault) not in told:
            print_error(fault)
        return
    if not left:
        return
    asked = sum(each.is_asked for each in left)
    file = paths.relative(paths.raw(year) / paths.TO_COMPLETE)
    need = f", dont {asked} sans quoi l’année ne peut pas être utilisée" if asked else " ; l’année peut s’en passer"
    print_message(filled(f"\n{counted(len(left), 'écriture')} à expliquer, dans {file}{need}."))
    shown = [each for each in left if each.is_shown][:MOST_UNREAD]
    lines = [(each.persons or each.count, f"« {each.value} », colonne « {each.column} »") for each in shown]
    _list("Les premières, en personnes", lines)
    print_message(
        filled(
            "Ouvrez ce fichier dans un tableur, remplissez « à comprendre comme », enregistrez, puis : "
            f"{COMMAND} check --year {year} --adopt"
        )
    )


def _list(title: str, lines: list[tuple[float, str]]) -> None:
    """A title and what it counts, one a line; nothing without any."""
    if lines:
        print_message(f"{title} :")
    for count, text in lines:
        print_message(beside(f"{number(count):>{COUNT}}  ", text))


def _list_spoken(year: int) -> None:
    """What the codings and the minutes hold, in numbers: nothing that was said, no name that was replaced."""
    from helpers import data

    codings = []
    for name in data.codings(year):
        project = data.load_coding(year, name)
        coders = {passage.coder for passage in project.passages} - {""}
        text = f"{name} : {counted(len(project.documents), 'texte')}, {counted(len(coders), 'codeur')}"
        codings.append((len(project.passages), text))
    _list("Codages, en passages", codings)
    if minutes := data.load_minutes(year):
        print_message(f"Comptes rendus : {number(len(minutes))} ; un texte ainsi traité n’est pas anonyme, relisez-le.")
    _list("Remplacés à leur lecture", [(count, kind) for kind, count in sorted(data.count_replaced(year).items())])


def _list_account(account, rejected_rows: str) -> None:
    """What became of the rows of an export."""
    rejected = account.read - account.kept
    print_message(
        f"Export : {number(account.read)} ligne{_plural(account.read)} lue{_plural(account.read)}, "
        f"{number(account.kept)} gardée{_plural(account.kept)}, {number(rejected)} rejetée{_plural(rejected)}."
    )
    _list("Lignes rejetées", [(row.lignes, row.motif) for row in account.rejections.itertuples()])
    if rejected_rows:
        print_message(rejected_rows)
    changes = [
        (row.lignes, f"colonne « {row.colonne} » : {row.regle}" if row.colonne else f"{row.fichier} : {row.regle}")
        for row in account.changes.itertuples()
    ]
    _list("Noté au nettoyage, en lignes", changes)
    differing = list(account.differing.itertuples())
    if differing:
        print_message("Chiffres imprimés que l’export ne retrouve pas :")
    for row in differing:
        found = f"imprimé {number(row.valeur)}, recompté {number(round(row.recompte, 1))} : {row.motif}"
        print_message(beside(f"{row.id:>{COUNT}}  ", found))


# --- import-coding, export-coding ---

_BOOK = "data/raw/reference/themes.csv"
# Those of the codings, which take half a second to load; a test holds them equal.
_KINDS = ("verbatim", "compte_rendu", "synthese")


@verb(
    "import-coding",
    "reprend un codage ou un livre de codes de Taguette, QualCoder, NVivo…",
    "Lit un projet Taguette (.sqlite3, ou son CSV), REFI-QDA (.qdpx) ou QualCoder (dossier .qda), ou nos tables CSV, "
    "et l’écrit dans data/raw/ANNÉE/codages/NOM/, qui n’entre jamais dans git. Chaque passage est comparé à son texte "
    "; ce qui n’est pas gardé est dit. Un code que le livre de codes n’a pas est une erreur.\n"
    "Paroles, compte rendu et synthèse ne se comptent pas de la même façon : --kind dit ce que sont les documents "
    "quand le fichier ne le dit pas (Taguette, QualCoder sans attribut « nature »).\n"
    "Un livre de codes (.qdc, ou sa table CSV) complète data/raw/reference/themes.csv.\n"
    "Un codage déjà importé du même fichier est remplacé, si ses tables n’ont pas été modifiées ; celui d’un autre "
    "fichier ne l’est jamais.",
    (
        ("import-coding reunions.qdpx --year 2021", "le codage des réunions de 2021"),
        ("import-coding lea.sqlite3 --year 2021 --name lea --add-codes", "et ses codes dans le livre"),
        ("import-coding lea.sqlite3 --year 2021 --kind verbatim", "des paroles telles qu’elles ont été dites"),
        ("import-coding codes.qdc --year 2021", "un livre de codes"),
    ),
    option("file FICHIER", "fichier ou dossier que l’outil d’analyse a écrit"),
    _year_option("année du codage"),
    option("--name NOM", "nom du codage ici (celui du fichier)"),
    option("--kind NATURE", f"nature des documents qui ne la disent pas : {', '.join(_KINDS)}", choices=_KINDS),
    option("--add-codes", "ajoute au livre de codes ceux qu’il n’a pas, et les liste"),
    option("--definitions", "copie aussi leurs définitions, relues, sans le demander"),
)
def _import_coding(options: Namespace) -> int:
    from helpers import data

    source, folder = Path(options.file), paths.raw(options.year)
    name = source.resolve().stem if options.name is None else options.name.strip()
    if not name:
        raise DataError("Le nom du codage est vide ; donnez-en un (--name).")
    if not folder.is_dir():
        prepare = f"préparez l’année d’abord : {COMMAND} new-year {options.year}"
        raise DataError(f"{paths.relative(folder)} n’existe pas ; {prepare}")
    project = _read_coding(source, options.kind)
    if not project.documents and not project.codes:
        raise DataError(f"{source.name} ne contient ni texte, ni code ; donnez le fichier d’un codage.")
    if faults := data.book_faults(data.read_reference("themes")):
        raise faults[0]
    if not project.documents:
        print_message(f"{source.name} est un livre de codes :")
        _list_content(project)
        _complete_book(project, options)
        return 0
    unknown = data.unknown_codes(project, file=source.name)
    if unknown and not options.add_codes:
        for fault in unknown:
            print_error(fault)
        print_error(
            f"Rien n’est importé. Pour ajouter ces codes au livre, relancez avec --add-codes ; il est dans {_BOOK}."
        )
        return 2
    if unknown:  # what the book cannot hold stops before anything is written
        data.add_to_book(_missing_rows(project), is_trial=True)
    imported = data.save_coding(project, options.year, name, source)
    print_message(f"{paths.relative(imported)} :")
    _list_content(project)
    _warn_of_unknown_kinds(project)
    if unknown:
        _complete_book(project, options)
    print_message(filled("\nCe dossier contient des paroles : il n’entre jamais dans git, et reste sur ce poste."))
    print_message(f"Puis : {COMMAND} check --year {options.year}")
    return 0


def _read_coding(source: Path, kind: str | None):
    """The coding of a file; ``kind`` is given to those of its documents that have none."""
    from dataclasses import replace

    from helpers.codings import model, reading

    project = reading.read(source)
    if kind is None:
        return project
    if project.codes and not project.documents:
        raise DataError(f"{source.name} est un livre de codes, sans document ; relancez sans --kind.")
    if count := len(model.documents_without_kind(project)):
        says = "disait" if count == 1 else "disaient"
        done = f"Nature « {kind} » donnée à {counted(count, 'document')} qui ne la {says} pas."
    else:
        done = "Les documents disent déjà leur nature : --kind n’y change rien."
    return replace(model.with_document_kind(project, kind), told=(done, *project.told))


def _list_content(project) -> None:
    words = sum(any(map(str.isalnum, word)) for document in project.documents for word in document.text.split())
    coders = {passage.coder for passage in project.passages} - {""}
    counts = [
        counted(len(project.documents), "document"),
        counted(words, "mot"),
        counted(len(project.codes), "code"),
        counted(len(project.passages), "passage"),
        counted(len(coders), "codeur") if coders else "codeur non indiqué",
    ]
    print_message(beside("  ", ", ".join(counts)))
    for sentence in project.told:
        _print_item(sentence)


def _warn_of_unknown_kinds(project) -> None:
    """What it costs that documents do not say their kind, and what to type."""
    from helpers.codings import model

    if count := len(model.documents_without_kind(project)):
        says = "ne dit pas s’il est" if count == 1 else "ne disent pas s’ils sont"
        print_message(
            filled(
                f"{counted(count, 'document')} {says} verbatim, compte rendu ou synthèse : ni les passages pour mille "
                "mots, ni les mots de chaque thème ne seront donnés ; si vous le savez, relancez avec --kind "
                f"({', '.join(_KINDS)})."
            )
        )


def _missing_rows(project) -> list[dict]:
    from helpers import data
    from helpers.codings import codebook

    return codebook.rows_to_add(project, data.read_reference("themes"))


def _are_read(rows: list[dict]) -> bool:
    """Whether the person at the terminal, who is shown the definitions, lets them enter git."""
    if not sys.stdin.isatty():
        return False
    for row in rows:
        print_message(beside(f"  {row['libelle']} : ", row["definition"]))
    print_message(filled("Ces définitions iraient dans un fichier suivi par git. Ni parole, ni nom : les copier ?"))
    return input("oui, ou Entrée pour non : ").strip().casefold() in ("o", "oui")


def _complete_book(project, options: Namespace) -> None:
    """Adds to the book the codes that it does not have, and lists them; their definitions only if that is asked for."""
    from helpers import data
    from helpers.codings import codebook

    rows = _missing_rows(project)
    defined = [row for row in rows if row["definition"] != codebook.TO_DEFINE]
    if defined and not (options.definitions or _are_read(defined)):
        rows = [row | {"definition": codebook.TO_DEFINE} for row in rows]
        where = f"ce fichier entre dans git. Écrivez-les dans {_BOOK} une fois relues"
        print_message(filled(f"Définitions non copiées ({len(defined)}) : {where}."))
    lines = data.add_to_book(rows)
    if not rows:
        print_message("Le livre de codes a déjà tous ces codes : rien n’y est changé.")
        return
    print_message(f"Ajoutés à la fin de {_BOOK} :")
    for line, row in zip(lines, rows, strict=True):
        under = f", sous {row['parent']}" if row["parent"] else ""
        print_message(beside(f"  ligne {line} : ", f"{row['theme']} (« {row['libelle']} »){under}"))
    if undefined := sum(row["definition"] == codebook.TO_DEFINE for row in rows):
        print_message(filled(f"À définir encore : {counted(undefined, 'code')}."))


@verb(
    "export-coding",
    "écrit un codage pour un autre outil : .qdpx, .qdc, IRaMuTeQ, CSV",
    "La fin du nom choisit le format : .qdpx (projet REFI-QDA), .qdc (livre de codes), .txt (corpus IRaMuTeQ) ; sans "
    "fin, ou .csv, un dossier de quatre tables CSV. Ce que le format ne peut pas tenir est dit.\n"
    "Ne remplace rien, et n’écrit jamais dans reports/ ; dans le projet, seulement .qdpx et .qdc, que git ignore.",
    (
        ("export-coding --year 2021 --name reunions --to ../codage.qdpx", "pour NVivo, MAXQDA, ATLAS.ti…"),
        ("export-coding --year 2021 --name reunions --to ../corpus.txt", "pour IRaMuTeQ"),
    ),
    _year_option("année du codage"),
    option("--name NOM", "nom du codage, que donne « status » (obligatoire)", required=True),
    option("--to FICHIER", "fichier ou dossier à écrire, qui n’existe pas (obligatoire)", required=True),
)
def _export_coding(options: Namespace) -> int:
    from helpers import data

    made, warnings = data.export_coding(options.year, options.name, Path(options.to))
    print_message(f"{options.name} : écrit dans {made}")
    for sentence in warnings:
        _print_item(sentence)
    print_message("Ce codage contient des paroles : ne l’envoyez qu’à qui doit les lire.")
    return 0


# --- simulate ---


@verb(
    "simulate",
    "invente un export de la base, marqué comme tel",
    "Écrit data/raw/ANNÉE/accompagnements_synthetique.csv et sa carte : des personnes, des collèges et des "
    "associations qui n’existent pas. Si l’année d’avant est simulée aussi, une partie des personnes se retrouve dans "
    "les deux. Refusé à côté d’un export reçu.\n"
    "Le rapport qui en est fait porte la mention « données synthétiques » et va dans reports/ANNÉE-synthetique/.",
    (
        ("simulate --year 2021 --persons 2500 --seed 1", "un export vraisemblable"),
        ("simulate --year 2020 --from-published", "un export qui redonne les chiffres imprimés"),
    ),
    _year_option("année à simuler"),
    option("--persons N", "personnes suivies par un ALSES ; d’autres s’y ajoutent", type=_whole),
    option("--from-published", "redonne chaque chiffre imprimé dans chiffres_publies.csv"),
    option("--seed N", "graine : la même redonne le même fichier (1)", type=_whole, default=1),
    option("--colleges N", "collèges inventés (45, ou selon l’année d’avant et l’imprimé)", type=_whole),
    option("--associations N", "associations inventées (12)", type=_whole),
)
def _simulate(options: Namespace) -> int:
    from helpers import data
    from helpers.simulate import years

    if (options.persons is None) != options.from_published:
        raise DataError("Choisissez l’un des deux : --persons N, ou --from-published.")
    data.refuse_beside_export(options.year)
    earlier = data.read_simulated(options.year - 1)
    how = {
        "seed": options.seed,
        "earlier": earlier,
        "colleges": options.colleges,
        "associations": options.associations,
    }
    if options.from_published:
        figures = data.read_raw(options.year, "chiffres_publies")
        for fault in data.figure_faults(figures, year=options.year):
            raise fault
        before = data.read_earlier_figures(options.year)
        records = years.reproduce(figures, year=options.year, earlier_figures=before, **how)
        origin = "les chiffres publiés de l’année"
    else:
        records = years.invent(options.year, options.persons, **how)
        origin = f"{options.persons} personnes demandées"
    file = data.save_simulated(records, options.year, made_by=f"{origin}, graine {options.seed}")
    by_alses = int(records["suivi_par"].eq("alses").sum())
    text = f"{number(len(records))} personnes inventées, dont {number(by_alses)} suivies par un ALSES"
    if earlier is not None:
        again = int(records["identifiant"].isin(earlier["identifiant"]).sum())
        text += f" ; {number(again)} étaient déjà dans l’export simulé de {options.year - 1}"
    print_message(filled(f"{paths.relative(file)} : {text}."))
    print_message(f"Puis : {COMMAND} run --year {options.year}")
    return 0


# --- status ---

# Columns: a margin, then the longest label.
LABEL = 12


@verb(
    "status",
    "montre les années, leurs fichiers, et si leurs rapports sont à jour",
    "Pour chaque année : les fichiers présents et leurs lignes, s’ils sont utilisables, le rapport (absent, à jour, ou "
    "à refaire, et pourquoi), sa date, son poids, et ses fichiers à envoyer.\n"
    "Un rapport est à refaire quand un fichier dont il est fait a changé, d’après son empreinte. N’écrit rien.",
    (("status", "toutes les années"), ("status > etat.txt", "le même texte dans un fichier, à envoyer")),
)
def _status(_: Namespace) -> int:
    from helpers.report import sharing
    from helpers.run import inventory

    years = inventory.take_inventory()
    if not years:
        print_message("Aucune année dans data/raw. Déposez-y un dossier par année.")
    for each in years:
        print_message(each.year)
        _list_files(each)
        _list_reports(each)
        for name, is_current in sharing.share_state(each.year).items():
            state = "à jour" if is_current else f"à refaire : {COMMAND} share {each.year}"
            _line("partage", f"reports/{name} ; {state}")
        log = paths.executed(each.year) / messages.LOG
        if log.is_file():
            _line("échec", f"le dernier essai a échoué ; détail : {paths.relative(log)}")
    for path in inventory.leftovers():
        print_message(
            f"Fabrication interrompue ou en cours : {paths.relative(path)} (le prochain « run » remet de l’ordre)"
        )
    return 0


def _line(label: str, text: str) -> None:
    print_message(beside(f"  {label:<{LABEL - 2}}", text))


def _list_files(each) -> None:
    """The files of a year, and whether they can be used."""
    files = [
        f"{name} ({otherwise if count is None else counted(count, 'ligne')})"
        for found, otherwise in ((each.rows, "illisible"), (each.exports, "pas encore lu"))
        for name, count in found.items()
    ]
    none = "aucun dans data/raw : ce rapport ne peut plus être refait"
    _line("fichiers", ", ".join(files) or ("aucune table, aucun export" if each.codings else none))
    if each.codings:
        _line("codages", ", ".join(each.codings))
    if each.has_data and each.faults:
        _line("contrôle", f"{each.faults} erreur{_plural(each.faults)} : {COMMAND} check --year {each.year}")
    elif each.has_data:
        _line("contrôle", "utilisables")
    elif each.rows:
        remedy = f"remplissez une table de data/raw/{each.year}, ou déposez-y l’export de la base ou un codage"
        _line("contrôle", f"rien à lire encore : {remedy}")


def _list_reports(each) -> None:
    """The report of a year, and the one that rests on simulated records."""
    if each.report or (each.has_data and not each.simulated):
        _list_one_report("rapport", each.year, each.report, paths.report(each.year))
    if each.simulated:
        _list_one_report("simulé", each.year, each.simulated, paths.report(each.year, is_synthetic=True))


def _list_one_report(label: str, year: int, report, folder: Path) -> None:
    if report is None:
        _line(label, f"pas encore fait : {COMMAND} run --year {year}")
        return
    state = "à refaire" if report.reasons else "à jour"
    made = f"fait le {report.made:%d/%m/%Y à %H h %M}" if report.made else "date inconnue"
    size = f"{report.size_bytes / 1_000_000:.1f}\u00a0Mo".replace(".", ",")
    _line(label, f"{state} ; {made} ; {size}")
    for text in (f"{paths.relative(folder)}/index.html", *(f"{reason}." for reason in report.reasons)):
        _line("", text)


# --- verify ---


@verb(
    "verify",
    "contrôle qu’un rapport et ses données sont tels qu’ils ont été publiés",
    "Recalcule chaque empreinte de manifest.json : celles des pages et des tableaux du rapport, celle du manifeste "
    "lui-même, celles des fichiers de data/raw dont il est fait, s’ils sont avec lui, et celles des dossiers gardés "
    "sous prive/. Nomme tout ce qui diffère, manque ou est en trop, et dit avec quelle version du code il a été fait. "
    "Si des dossiers sont derrière lui, cherche à y retrouver un petit nombre, comme à la publication. N’écrit rien.\n"
    "Une empreinte révèle un accident ; elle n’est pas une signature : qui récrit un rapport peut récrire aussi ses "
    "empreintes.\n"
    "Code de sortie : 0 si rien ne diffère, 2 sinon.",
    (
        ("verify", "tous les rapports"),
        ("verify reports/2020", "un seul, par son dossier ou par son année"),
        ("verify ../recu/alses_2020", "un rapport reçu, une fois l’archive ouverte"),
    ),
    option("reports RAPPORT", "dossier d’un rapport, ou son année (par défaut : tous ceux de reports/)", nargs="*"),
)
def _verify(options: Namespace) -> int:
    folders = _folders(options.reports)
    if not folders:
        raise DataError(f"Aucun rapport dans reports/ : lancez d’abord {COMMAND} run --year ANNÉE.")
    return 0 if all([_verify_one(folder) for folder in folders]) else 2


def _folders(asked: list[str]) -> list[Path]:
    """The folders of the reports asked for, all of them if none is; a path is looked for here, then in the project."""
    if not asked and paths.reports().is_dir():
        folders = sorted(path for path in paths.reports().iterdir() if path.is_dir())
        return [folder for folder in folders if paths.is_year(folder.name.removesuffix(paths.SYNTHETIC_SUFFIX))]
    folders = []
    for text in asked:
        if paths.is_year(text) and not Path(text).is_dir():
            both = [paths.report(int(text), is_synthetic=is_synthetic) for is_synthetic in (False, True)]
            folders += [folder for folder in both if folder.is_dir()] or both[:1]
        else:
            folders.append(Path(text) if Path(text).exists() else paths.data_root() / text)
    return folders


def _verify_one(folder: Path) -> bool:
    """Whether the report is as it was published; prints what is wrong with it."""
    from helpers.report.manifest import verify

    try:
        report = verify(folder)
    except ReportError as error:
        print_error(error)
        return False
    shown = paths.relative(folder) if folder.is_relative_to(paths.data_root()) else folder.as_posix()
    for fault in report.faults:
        print_error(f"{shown} : {fault}.")
    files, count = f"{report.files} fichiers", len(report.faults)
    if report.inputs is not None:
        files += f" et {report.inputs} fichiers de données"
    again = f"Pour le refaire : {COMMAND} run --year {report.year}"
    if count:
        print_message(f"{shown} : {count} différence{_plural(count)} ({files} vérifiés). {again}")
    else:
        print_message(f"{shown} : {files}, tels qu’ils ont été publiés.")
    if report.inputs is None:
        print_message("  Les fichiers de données ne sont pas avec ce rapport : leurs empreintes ne sont pas vérifiées.")
    if made := _made(report.stamp):
        print_message(f"  {made}")
    if count or report.inputs is None:
        return not count
    changed = _changed_private_files(report.year)
    for fault in changed:
        print_error(f"{shown} : {fault}. {again}")
    return not changed and _withstands(folder, report.year, shown)


def _made(stamp: dict) -> str | None:
    """When and with which code, as the report says it, and the code of today if it is another."""
    from datetime import datetime

    from helpers.report.manifest import commit

    try:
        made = f"fait le {datetime.fromisoformat(stamp['produit_le']).astimezone():%d/%m/%Y à %H h %M}"
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    then, now = stamp.get("commit"), commit()
    if not isinstance(then, str):
        return f"{made} ; la version du code n’a pas été notée"
    local = ", modifié sur place" if stamp.get("modifications_locales") else ""
    today = "" if now is None or now == then else f" ; le projet en est aujourd’hui à {now[:7]}"
    return f"{made}, avec le code {then[:7]}{local}{today}"


def _changed_private_files(year: int) -> list[str]:
    """Which private files behind the report are no longer as 01 wrote them."""
    from helpers import provenance

    records = [provenance.read_record(paths.executed(each) / "01_clean.json") for each in paths.years() if each <= year]
    written = {name: state for kept in records if kept for name, state in kept.products.items() if "/prive/" in name}
    now = provenance.record({}, map(provenance.locate, written)).files
    return [
        f"{name} n’est plus tel que 01_clean l’a écrit" if name in now else f"{name} n’est plus là"
        for name, state in sorted(written.items())
        if name not in now or now[name].sha256 != state.sha256
    ]


def _withstands(folder: Path, year: int, shown: str) -> bool:
    """Whether the intruder test finds no person of the records behind the report; prints what it finds."""
    years = [each for each in paths.years() if each <= year]
    if not any(map(paths.exports, years)):
        return True
    from helpers.disclosure import release

    try:
        audit = release.audit_release(folder, years, is_kept=False)
    except DataError as fault:
        print_error(f"{shown} : les petits nombres n’ont pas été cherchés. {fault}")
        return False
    if audit.is_good:
        for line in audit.tried:
            print_message(beside("  ", line))
    else:
        print_error(f"{shown} : {audit.sentence}")
    return audit.is_good


# --- doctor ---

# Columns: state, label, then the text.
STATE, CHECKED = 9, 15


@verb(
    "doctor",
    "dit ce qui manque à cet ordinateur, et comment le réparer",
    "Contrôle Python et ses bibliothèques, le démarrage d’un notebook, le dossier du projet, le disque et les années "
    "présentes : une ligne chacun, « bien », « à noter » ou « MANQUE », avec le remède. Le texte se colle dans un "
    "message : il ne dit ni votre nom, ni vos dossiers. N’écrit et n’installe rien.\n"
    "Code de sortie : 0 si rien ne manque, 1 sinon.",
    (("doctor", "le diagnostic"), ("doctor > diagnostic.txt", "le même dans un fichier, à envoyer")),
)
def _doctor(_: Namespace) -> int:
    from helpers.cli import diagnosis

    findings = diagnosis.diagnose()
    for label, each in findings.items():
        print_message(beside(f"{each.state:<{STATE}}{label:<{CHECKED}}", each.text))
        if each.remedy:
            print_message(beside(f"{'→ ':>{STATE + CHECKED + 2}}", each.remedy))
    missing = [label for label, each in findings.items() if each.state == diagnosis.MISSING]
    print_message(f"\nÀ réparer : {', '.join(missing)}." if missing else "\nTout ce qui est nécessaire est là.")
    return 1 if missing else 0


# --- test, generate: for those who change the code ---

# A process for each processor, but no more than an office computer has memory for (0.5 GB each). A file stays whole
# because its tests share what they prepare; files keep their order because the first ones wait for no report.
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")


@verb(
    "test",
    "lance les tests (développement)",
    "Lance tous les tests sur un projet inventé, sans réseau : quelques minutes. N’écrit rien dans data/ ni dans "
    "reports/. La première fois, ajoute à .venv ce que les tests demandent (100 Mo).\n"
    "Code de sortie : 0 si tout passe.",
    (("test", "tous les tests"),),
)
def _test(_: Namespace) -> int:
    try:
        import pytest
    except ImportError:  # the environment is not ours to complete: conda's, or one made by hand
        raise DataError(
            "Il manque ce que demandent les tests : tapez « python -m pip install --group test » dans le dossier du "
            "projet, puis relancez."
        ) from None
    return int(pytest.main(["-q", *PARALLEL, str(paths.repository() / "tests")]))


@verb(
    "generate",
    "récrit les fichiers produits à partir du code (développement)",
    "Récrit environment.yml à partir de pyproject.toml, et docs/data-dictionary.md à partir des schémas et du "
    "catalogue, puis fait le rapport de 2020 et le copie dans docs/exemple/. À lancer après avoir modifié le code, un "
    "texte ou les données : une minute.",
    (("generate", "les deux fichiers et le rapport d’exemple"),),
)
def _generate(_: Namespace) -> int:
    from helpers.documents import conda_environment, data_dictionary

    root = paths.repository()
    written = {
        root / "environment.yml": conda_environment((root / "pyproject.toml").read_text(encoding="utf-8")),
        root / "docs" / "data-dictionary.md": data_dictionary(),
    }
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print_message(path.relative_to(root).as_posix())
    os.environ[paths.OWN_NOTEBOOKS_VARIABLE] = "0"
    make_example(root)
    return 0


# The only year whose every figure is public; and what this folder may hold of persons, which the example would show.
EXAMPLE_YEAR = 2020
_PRIVATE = shutil.ignore_patterns(
    "[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json", "codages", "comptes_rendus"
)


def make_example(root: Path) -> None:
    """Makes the report of the repository's public data, in a folder aside, and keeps it in docs/exemple."""
    import tempfile

    from helpers.report import index
    from helpers.run.report import make_report

    example = root / "docs" / "exemple"
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(root / "data" / "raw", Path(aside) / "data" / "raw", ignore=_PRIVATE)
        before = os.environ.get(paths.DATA_ROOT_VARIABLE)
        os.environ[paths.DATA_ROOT_VARIABLE] = aside  # by the environment, for the kernels too
        try:
            index.write_example(make_report(EXAMPLE_YEAR, tell=print_message), example)
        finally:
            os.environ.pop(paths.DATA_ROOT_VARIABLE)
            if before is not None:
                os.environ[paths.DATA_ROOT_VARIABLE] = before
    print_message(example.relative_to(root).as_posix())
