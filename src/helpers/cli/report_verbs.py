"""The verbs of a report: run, share, verify, status."""

import argparse
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from helpers import paths
from helpers.cli import messages
from helpers.cli.messages import Verb, beside, complain, kilobytes, lines, positive, progress, tell, year

# --- ``alses run --watch``: the report made again each time that something it is made from changes ---

# Seconds: between two looks, and without any change before a run, for a program may write a file in several goes.
LOOK_S, QUIET_S = 0.15, 0.05

# What changed, by file: its date and size; what this process loaded can only be loaded again by another one.
_Seen = dict[Path, tuple[int, int]]


def _look(*folders: Path) -> _Seen:
    seen = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.name.startswith((".", "~")) or path.suffix == ".pyc":
                continue
            try:
                state = path.stat()
            except OSError:
                continue  # gone between the two looks
            if path.is_file():
                seen[path] = (state.st_mtime_ns, state.st_size)
    return seen


def _code() -> _Seen:
    return _look(paths.repository() / "src" / "helpers")


def _inputs() -> _Seen:
    return _look(paths.data_root() / "data" / "raw", paths.repository() / "notebooks")


def _begin_again() -> None:
    """This command anew, in this very process where the system allows it: the code it loaded is no longer true."""
    again = [word for word in sys.argv[1:] if word != "--force"]
    command = [sys.executable, "-P", "-m", "helpers.cli", *again]
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(sys.executable, command)


def keep_making(options: Namespace, make: Callable[[Namespace], object]) -> int:
    """Makes the report, then again after each change, until Ctrl-C; a failure is told, and the watch goes on."""
    from helpers.cli.messages import explain

    code, inputs = _code(), _inputs()
    while True:
        try:
            make(options)
        except Exception as error:
            explain(error, sys.argv[1:], options.year)
        options.force = False
        tell("\nEn attente d’un changement (Ctrl-C pour finir)…")
        try:
            inputs = _wait(code, inputs)
        except KeyboardInterrupt:
            complain("\nFin.")
            return 0


def _wait(code: _Seen, inputs: _Seen) -> _Seen:
    """The inputs as they are once one has changed; begins again where the code has."""
    while True:
        time.sleep(LOOK_S)
        if _code() != code:
            _begin_again()
        now = _inputs()
        if now != inputs:
            time.sleep(QUIET_S)
            if _inputs() == now:
                return now


# --- ``alses share``: the published report of a year, ready to be sent ---


def _tell_older(report_year: int) -> None:
    from helpers.report import sharing

    older = [name for name, is_current in sharing.share_state(report_year).items() if not is_current]
    if older:
        tell(f"À refaire (share {report_year}) ou à effacer, d’un autre état du rapport : {', '.join(older)}")


def deliver(report_year: int, *, archive: bool, pdf: bool) -> None:
    """Makes the files to be sent, and says where they are, what they weigh, and which older ones remain."""
    from helpers.report import sharing

    made = sharing.share(report_year, archive=archive, pdf=pdf, tell=tell)
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
    messages.forget(options.year, of="share")
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=year, metavar="ANNÉE", help="année du rapport")
    parser.add_argument("--pdf", action="store_true", help=PDF_HELP)


PDF_HELP = "fait aussi un PDF, avec Chromium, Chrome ou Edge (ALSES_BROWSER en désigne un autre)"

SHARE = Verb(
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


# --- ``alses run``: the report of a year ---

# The kinds of sites below the network, and what asks for none.
KINDS, NETWORK = ("association", "college"), "reseau"


def _sites(options: Namespace) -> list[str]:
    """The reports asked for below the network: those of the last report, unless the network alone is asked for."""
    from helpers import provenance

    given = [*options.by, *options.site]
    if NETWORK in given:
        return [each for each in given if each != NETWORK]
    return sorted({*given, *provenance.kept_sites(options.year)})


def _make(options: Namespace) -> Path:
    from helpers.kernels import fork
    from helpers.run.report import make_report

    if not options.scheduler:
        fork.start()  # the libraries of the notebooks load on another processor, while ours load here
    with progress() as steps:
        # Imported under the bar: the libraries take seconds, and a terminal that says nothing looks dead.

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
    from helpers import provenance

    sites = _sites(options)
    current = None if options.force else provenance.current_report(options.year, options.compare_to, sites)
    folder = current or _make(options)
    if current:
        tell(f"Rien n’a changé : {paths.relative(folder)} est à jour.")
    else:
        _tell_ready(folder)
    messages.forget(options.year)
    return folder, not current


def _one_year(options: Namespace) -> None:
    folder, is_made = _once(options)
    if folder.name.endswith(paths.SYNTHETIC_SUFFIX):
        tell("\nCe rapport repose sur des données simulées : il ne s’envoie pas, aucun fichier n’est préparé.")
    elif is_made or options.pdf:
        deliver_after_run(options.year, pdf=options.pdf)
    if options.open:
        import webbrowser

        webbrowser.open((folder / "index.html").as_uri())


def _each_year(options: Namespace) -> int:
    """The exit code of the first year that failed: one that fails is told, and the others go on."""
    from helpers.cli.messages import explain

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


def _run_act(options: Namespace) -> int:
    options.year = options.years[0]
    if len(options.years) > 1 and (options.compare_to or options.watch):
        complain("« --compare-to » et « --watch » ne valent que pour une seule année : lancez-les une par une.")
        return 2
    if options.watch:
        return keep_making(options, _once)
    if len(options.years) > 1:
        return _each_year(options)
    _one_year(options)
    return 0


def _run_add_options(parser: argparse.ArgumentParser) -> None:
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
    parser.add_argument("--pdf", action="store_true", help=PDF_HELP)


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


RUN = Verb(
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
    act=_run_act,
    add_options=_run_add_options,
)


# --- ``alses verify``: is a report, with the data behind it, still what was published? ---


def _folders_of_year(text: str) -> list[Path]:
    both = [paths.report(int(text), is_synthetic=simulated) for simulated in (False, True)]
    return [folder for folder in both if folder.is_dir()] or both[:1]


def _folders(asked: list[str]) -> list[Path]:
    """The folders of the reports asked for, all of them if none is; a path is looked for here, then in the project."""
    found = []
    for text in asked:
        if paths.is_year(text) and not Path(text).is_dir():
            found += _folders_of_year(text)
        else:
            here = Path(text)
            found.append(here if here.exists() else paths.data_root() / text)
    if not asked and paths.reports().is_dir():
        names = {path.name: path for path in paths.reports().iterdir() if path.is_dir()}
        found = [names[name] for name in sorted(names) if paths.is_year(name.removesuffix(paths.SYNTHETIC_SUFFIX))]
    return found


def _shown(folder: Path) -> str:
    return paths.relative(folder) if folder.is_relative_to(paths.data_root()) else folder.as_posix()


def _counted(report) -> str:
    files = f"{report.files} fichiers"
    return files if report.inputs is None else f"{files} et {report.inputs} fichiers de données"


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


def _verify(folder: Path) -> bool:
    """Whether the report is as it was published; what is wrong with it is told."""
    from helpers.report.manifest import verify
    from helpers.report.page import ReportError

    try:
        report = verify(folder)
    except ReportError as error:
        complain(error)
        return False
    for fault in report.faults:
        complain(f"{_shown(folder)} : {fault}.")
    if report.faults:
        count = len(report.faults)
        again = f"Pour le refaire : {paths.COMMAND} run --year {report.year}"
        tell(f"{_shown(folder)} : {count} différence{'s' if count > 1 else ''} ({_counted(report)} vérifiés). {again}")
    else:
        tell(f"{_shown(folder)} : {_counted(report)}, tels qu’ils ont été publiés.")
    if report.inputs is None:
        tell("  Les fichiers de données ne sont pas avec ce rapport : leurs empreintes ne sont pas vérifiées.")
    made = _made(report.stamp)
    if made:
        tell(f"  {made}")
    if report.inputs is None:
        return not report.faults
    return not report.faults and _are_persons_kept(folder, report.year) and _withstands(folder, report.year)


def _are_persons_kept(folder: Path, year: int) -> bool:
    """Whether the private files behind the report are as 01 wrote them; what is not is told."""
    from helpers import provenance

    records = [provenance.read_record(paths.executed(each) / "01_clean.json") for each in paths.years() if each <= year]
    written = {name: state for kept in records if kept for name, state in kept.products.items() if "/prive/" in name}
    now = provenance.record({}, map(provenance.locate, written)).files
    faults = [name for name, state in sorted(written.items()) if name not in now or now[name].sha256 != state.sha256]
    for name in faults:
        what = "n’est plus tel que 01_clean l’a écrit" if name in now else "n’est plus là"
        complain(f"{_shown(folder)} : {name} {what}. Pour le refaire : {paths.COMMAND} run --year {year}")
    return not faults


def _withstands(folder: Path, year: int) -> bool:
    """Whether nobody of the records behind the report can be found again in it; what would tell one is told."""
    years = [each for each in paths.years() if each <= year]
    if not any(map(paths.exports, years)):
        return True
    from helpers.disclosure import release
    from helpers.schema import DataError

    try:
        found = release.audit_release(folder, years, is_kept=False)
    except DataError as fault:
        complain(f"{_shown(folder)} : les petits nombres n’ont pas été cherchés. {fault}")
        return False
    if found.is_good:
        tell("  Aucun petit nombre ne s’y retrouve, quoi que sache un lecteur des quatre cas supposés.")
    else:
        complain(f"{_shown(folder)} : {found.sentence}")
    return found.is_good


def _verify_act(options: Namespace) -> int:
    folders = _folders(options.reports)
    if not folders:
        complain(f"Aucun rapport dans reports/ : lancez d’abord {paths.COMMAND} run --year ANNÉE.")
        return 2
    return 0 if all([_verify(folder) for folder in folders]) else 2


def _verify_add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reports",
        nargs="*",
        metavar="RAPPORT",
        help="dossier d’un rapport, ou son année (par défaut : tous ceux de reports/)",
    )


VERIFY = Verb(
    name="verify",
    summary="contrôle qu’un rapport et ses données sont tels qu’ils ont été publiés",
    description=(
        "Recalcule chaque empreinte de manifest.json : celles des pages et des tableaux du rapport, celle du manifeste "
        "lui-même, celles des fichiers de data/raw dont il est fait, s’ils sont avec lui, et celles des dossiers "
        "gardés sous prive/. Nomme tout ce qui diffère, manque ou est en trop, et dit avec quelle version du code il a "
        "été fait. Si des dossiers sont derrière lui, cherche à y retrouver un petit nombre, comme à la "
        "publication. N’écrit rien.\n"
        "Une empreinte révèle un accident ; elle n’est pas une signature : qui récrit un rapport peut récrire aussi "
        "ses empreintes.\n"
        "Code de sortie : 0 si rien ne diffère, 2 sinon."
    ),
    examples=(
        ("verify", "tous les rapports"),
        ("verify reports/2020", "un seul, par son dossier ou par son année"),
        ("verify ../recu/alses_2020", "un rapport reçu, une fois l’archive ouverte"),
    ),
    act=_verify_act,
    add_options=_verify_add_options,
)


# --- ``alses status``: the years, their files, their reports ---

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


def _status_act(options: Namespace) -> int:
    from helpers.report import sharing
    from helpers.run import inventory

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
        for name, is_current in sharing.share_state(each.year).items():
            text = "à jour" if is_current else f"à refaire : {paths.COMMAND} share {each.year}"
            _line("partage", f"reports/{name} ; {text}")
        failed = paths.executed(each.year) / messages.FILE
        if failed.is_file():
            _line("échec", f"le dernier essai a échoué ; détail : {paths.relative(failed)}")
    for path in inventory.leftovers():
        tell(f"Fabrication interrompue ou en cours : {paths.relative(path)} (le prochain « run » remet de l’ordre)")
    return 0


STATUS = Verb(
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
    act=_status_act,
)
