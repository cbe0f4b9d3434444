"""Verbs on reports: make one, prepare it for sending, say where each stands, check one."""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from helpers import paths
from helpers.cli import as_positive, as_year, messages, option, verb, year_argument
from helpers.cli.messages import beside, counted, kilobytes, plural, print_error, print_message
from helpers.errors import DataError, ReportError
from helpers.paths import COMMAND

# --- run ---

# The kinds of sites below the network, and what asks for none.
KINDS, NETWORK = ("association", "college"), "reseau"
_SEVERAL = {"action": "append", "default": []}  # an option that can be repeated
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
    option("--year ANNÉE", "année du rapport (obligatoire, répétable)", type=as_year, required=True, **_SEVERAL),
    option("--compare-to ANNÉE", "année de comparaison (la dernière d’avant qui a des données)", type=as_year),
    option(
        "--by SITES",
        "association ou college : fait aussi un rapport pour chacun ; reseau : le réseau seul (répétable)",
        **_SEVERAL,
        choices=(*KINDS, NETWORK),
    ),
    option("--site NOM|UAI", "fait aussi le rapport d’une association ou d’un collège (répétable)", **_SEVERAL),
    option("--jobs N", "combien de notebooks à la fois (autant que de processeurs)", type=as_positive),
    option("--scheduler ADRESSE", "adresse d’un cluster Dask, qui exécute (tls://… s’il y a des exports)"),
    option("--force", "exécute tout, même ce que rien n’a changé"),
    option("--watch", "montre le rapport et refait ce qu’il faut à chaque changement (Ctrl-C pour finir)"),
    option("--open", "ouvre le rapport dans le navigateur à la fin"),
    _PDF,
)
def run(options: Namespace) -> int:
    years = list(dict.fromkeys(options.year))
    if len(options.year) > 1 and (options.compare_to or options.watch):
        raise DataError("« --compare-to » et « --watch » ne valent que pour une seule année : lancez-les une par une.")
    options.year = years[0]
    if options.watch:
        return _watch(options)
    codes = []
    for options.year in years:  # a year that fails is told, and the others are made
        try:
            _run_one(options)
        except Exception as error:
            if len(years) == 1:
                raise
            codes.append(messages.explain(error, options.arguments, options.year))
    if codes:
        print_message(f"\n{len(codes)} rapport{plural(len(codes))} sur {len(years)} en échec.")
    return codes[0] if codes else 0


def _run_one(options: Namespace) -> None:
    folder, is_new = _make_if_needed(options)
    if folder.name.endswith(paths.SYNTHETIC_SUFFIX):
        print_message("\nCe rapport repose sur des données simulées : il ne s’envoie pas, aucun fichier n’est préparé.")
    elif options.pdf:
        _deliver(options.year, archive=False, pdf=True)
    elif is_new:
        _list_outdated(options.year)
        _count_waiting(options.year)
    if options.open:
        import webbrowser

        webbrowser.open((folder / "index.html").as_uri())


def _count_waiting(year: int) -> None:
    """Say how many sentences may be quoted that nobody has proofread."""
    from helpers import data

    if not data.codings(year):
        return
    counts = data.load(year, "codages")
    possible = counts.loc[counts["mesure"].eq("citables") & counts["cle"].eq("ensemble"), "valeur"].sum()
    if (waiting := int(possible) - len(data.load(year, "citations"))) > 0:
        sentences = f"{waiting} phrase{plural(waiting)} de réunion"
        print_message(f"À relire avant d’être citée{plural(waiting)} : {sentences} (notebook 00_accueil).")


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

    sites, current = _sites(options), None
    if not options.force:
        current = provenance.current_report(options.year, options.compare_to, sites)
    folder = current or _make(options, sites)
    if current:
        print_message(f"Rien n’a changé : {paths.relative(folder)} est à jour.")
    else:
        _list_report(folder)
    messages.forget(options.year)
    return folder, not current


def _make(options: Namespace, sites: list[str]) -> Path:
    import gc

    from helpers.kernels import fork

    if not options.scheduler:
        fork.start()  # the libraries of the notebooks load on another processor, while ours load here
    gc.set_threshold(50_000)  # a page is a tree of many objects: looking for cycles as usual takes a tenth of its time
    with messages.progress() as (tell, show):
        # Imported under the bar: the libraries take seconds, and a terminal that says nothing looks dead.
        from helpers.run.report import make_report

        return make_report(
            options.year,
            compare_to=options.compare_to,
            jobs=options.jobs,
            is_forced=options.force,
            scheduler=options.scheduler,
            sites=sites,
            tell=tell,
            show=show,
        )


def _list_report(folder: Path) -> None:
    print_message(f"\nLe rapport est prêt : {paths.relative(folder)}")
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        print_message(f"  {path.name:<26}{kilobytes(path):>8}")
    if reports := list(folder.glob("*/*/02_describe.html")):
        print_message(f"  {len(reports)} rapports par association ou par collège : sites.html en donne la liste.")
    print_message(f"\nPour le lire, ouvrez ce fichier dans un navigateur :\n  {folder / 'index.html'}")


# --- run --watch: the report made again after each change, in a browser whose pages reload by themselves ---

# Seconds: between two looks, and without any change before a run, for a program may write a file in several goes.
LOOK_S, QUIET_S = 0.15, 0.05
HOST = "127.0.0.1"
# The port, for the command that starts again when the code changes: the page in the browser goes on.
PORT_VARIABLE = "ALSES_WATCH_PORT"

# The script, and the policy that lets it run, are added on the way to the browser: the files have neither.
_POLICY = b"default-src 'none';"
_ALLOWED = b"default-src 'none'; script-src 'unsafe-inline'; connect-src 'self';"
_SCRIPT = b"""<script>
let shown
setInterval(async () => {
  const version = await fetch("/version").then(answer => answer.text()).catch(() => shown)
  if (shown !== undefined && version !== shown) location.reload()
  shown = version
}, 700)
</script>
"""


def _watch(options: Namespace) -> int:
    """Makes the report, then again after each change, until Ctrl-C; a failure is printed, and the watch goes on."""
    state, shown = _state(), Namespace(folder=None, version=0)
    while True:
        try:
            folder, is_new = _make_if_needed(options)
            is_first = shown.folder is None
            if is_first or is_new:
                shown.folder, shown.version = folder, time.time_ns()
            if is_first:
                address = serve(shown).address
                print_message(f"\nPages rechargées à chaque changement, sur cet ordinateur : {address}")
        except Exception as error:
            messages.explain(error, options.arguments, options.year)
        options.force = False
        print_message("\nEn attente d’un changement (Ctrl-C pour finir)…")
        try:
            state = _wait(state)
        except KeyboardInterrupt:
            print_error("\nFin.")
            return 0


def _wait(state: dict) -> dict:
    """The state of the files once one has changed; starts the command again if it is one of the code."""
    while True:
        time.sleep(LOOK_S)
        if (now := _state()) != state:
            time.sleep(QUIET_S)
            if now == _state():
                if any(path.is_relative_to(paths.repository() / "src") for path, _ in now.items() ^ state.items()):
                    _restart()
                return now


def _state() -> dict[Path, tuple[int, int]]:
    """The date and the size of each file that a report is made from."""
    folders = (paths.data_root() / "data" / "raw", paths.repository() / "notebooks", paths.repository() / "src")
    states = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        with suppress(OSError):  # gone between the two looks
            if not path.name.startswith((".", "~")) and path.suffix != ".pyc" and path.is_file():
                state = path.stat()
                states[path] = (state.st_mtime_ns, state.st_size)
    return states


def _restart() -> None:
    """This command again, in this very process where the system allows it: the code that it loaded has changed."""
    command = [sys.executable, "-P", "-m", "helpers.cli", *(word for word in sys.argv[1:] if word != "--force")]
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(sys.executable, command)


def serve(shown: Namespace):
    """Serves ``shown.folder`` at a free port of this computer, until the process ends; gives the server.

    Pages that are open reload when ``shown.version`` changes.
    """
    import webbrowser
    from http import HTTPStatus
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            # A site that gives its own name the address of this computer is not answered.
            if self.headers.get("Host") not in {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}:
                return self.send_error(HTTPStatus.FORBIDDEN)
            self.directory = str(shown.folder)
            file = Path(self.translate_path(self.path))
            file = file / "index.html" if file.is_dir() else file
            if self.path == "/version":
                content, kind = str(shown.version).encode(), "text/plain"
            elif file.is_file():
                content, kind = file.read_bytes(), self.guess_type(str(file))
            else:
                return self.send_error(HTTPStatus.NOT_FOUND)
            if kind == "text/html":
                content = content.replace(_POLICY, _ALLOWED, 1).replace(b"</body>", _SCRIPT + b"</body>", 1)
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the terminal tells what the watch does."""

    known = int(os.environ.get(PORT_VARIABLE, 0))
    try:
        server = ThreadingHTTPServer((HOST, known), Handler)
    except OSError:  # taken meanwhile
        server = ThreadingHTTPServer((HOST, 0), Handler)
    server.handle_error = lambda *_: None  # a browser that leaves before its answer is no fault
    server.address = f"http://{HOST}:{server.server_port}/"
    os.environ[PORT_VARIABLE] = str(server.server_port)
    Thread(target=server.serve_forever, daemon=True).start()
    if server.server_port != known:
        webbrowser.open(server.address)  # without a browser, the address is printed
    return server


# --- share ---


@verb(
    "share",
    "prépare le rapport d’une année à l’envoi : une archive, une seule page, un PDF",
    "Part du rapport déjà publié, sans rien recalculer, une fois vérifié qu’il est tel qu’il a été publié.\n"
    "Écrit dans reports/ : alses_ANNÉE.zip (le dossier entier) et alses_ANNÉE.html (toutes les pages et les tableaux "
    "de données en un seul fichier, de moins de 3 Mo). Ils se lisent sans réseau. Un rapport qui repose sur des "
    "données simulées ne s’envoie pas.",
    (
        ("share 2020", "l’archive et la page unique"),
        ("share 2020 --pdf", "et le PDF"),
        ("share 2020 --fiche --diapos", "et, pour une réunion, le PDF de la fiche et celui des diapositives"),
    ),
    year_argument("année du rapport"),
    _PDF,
    option("--fiche", "fait aussi le PDF de la fiche : l’essentiel sur une feuille"),
    option("--diapos", "fait aussi le PDF des diapositives : un constat et une figure sur chacune"),
)
def share(options: Namespace) -> int:
    handouts = [name for name in ("fiche", "diapos") if getattr(options, name)]
    _deliver(options.year, archive=True, pdf=options.pdf, handouts=handouts)
    messages.forget(options.year, of="share")
    return 0


def _deliver(report_year: int, *, archive: bool, pdf: bool, handouts: Sequence[str] = ()) -> None:
    from helpers.report import sharing

    made = sharing.share(report_year, archive=archive, pdf=pdf, handouts=handouts, tell=print_message)
    print_message("")
    for path in made:
        print_message(f"  {paths.relative(path):<26}{kilobytes(path):>8}   prêt à envoyer")
    _list_outdated(report_year)


def _list_outdated(report_year: int) -> None:
    from helpers.report import sharing

    outdated = ", ".join(name for name, is_current in sharing.share_state(report_year).items() if not is_current)
    if outdated:
        print_message(f"À refaire (share {report_year}) ou à effacer, d’un autre état du rapport : {outdated}")


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
def status(_: Namespace) -> int:
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
    for path in map(paths.relative, inventory.leftovers()):
        print_message(f"Fabrication interrompue ou en cours : {path} (le prochain « run » remet de l’ordre)")
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
        _line("contrôle", f"{each.faults} erreur{plural(each.faults)} : {COMMAND} check --year {each.year}")
    elif each.has_data:
        _line("contrôle", "utilisables")
    elif each.rows:
        remedy = f"remplissez une table de data/raw/{each.year}, ou déposez-y l’export de la base ou un codage"
        _line("contrôle", f"rien à lire encore : {remedy}")


def _list_reports(each) -> None:
    """The report of a year, and the one that rests on simulated records."""
    for label, report in (("rapport", each.report), ("simulé", each.simulated)):
        if report:
            state = "à refaire" if report.reasons else "à jour"
            made = f"fait le {report.made:%d/%m/%Y à %H h %M}" if report.made else "date inconnue"
            size = f"{report.size_bytes / 1_000_000:.1f}\u00a0Mo".replace(".", ",")
            _line(label, f"{state} ; {made} ; {size}")
            folder = paths.report(each.year, is_synthetic=report is each.simulated)
            for text in (f"{paths.relative(folder)}/index.html", *(f"{reason}." for reason in report.reasons)):
                _line("", text)
        elif each.has_data and not each.simulated and label == "rapport":
            _line(label, f"pas encore fait : {COMMAND} run --year {each.year}")


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
def verify(options: Namespace) -> int:
    folders = _folders(options.reports)
    if not folders:
        raise DataError(f"Aucun rapport dans reports/ : lancez d’abord {COMMAND} run --year ANNÉE.")
    return 0 if all([_verify_one(folder) for folder in folders]) else 2


def _folders(asked: list[str]) -> list[Path]:
    """The folders of the reports asked for, all of them if none is; a path is looked for here, then in the project."""

    def published(year: str) -> list[Path]:
        ends = ("/", f"{paths.SYNTHETIC_SUFFIX}/")
        return sorted(path for end in ends for path in paths.reports().glob(f"{year}{end}"))

    if not asked:
        return published("[0-9]" * 4)
    folders = []
    for text in asked:
        if paths.is_year(text) and not Path(text).is_dir():
            folders += published(text) or [paths.report(int(text))]
        else:
            folders.append(Path(text) if Path(text).exists() else paths.data_root() / text)
    return folders


def _verify_one(folder: Path) -> bool:
    """Whether the report is as it was published; prints what is wrong with it."""
    from helpers.report import manifest

    try:
        report = manifest.verify(folder)
    except ReportError as error:
        print_error(error)
        return False
    shown = paths.relative(folder) if folder.is_relative_to(paths.data_root()) else folder.as_posix()
    faults = [*report.faults, *(() if report.inputs is None else _changed_private_files(report.year))]
    for fault in faults:
        print_error(f"{shown} : {fault}.")
    files = f"{report.files} fichiers"
    if report.inputs is not None:
        files += f" et {report.inputs} fichiers de données"
    if count := len(faults):
        again = f"Pour le refaire : {COMMAND} run --year {report.year}"
        print_message(f"{shown} : {count} différence{plural(count)} ({files} vérifiés). {again}")
    else:
        print_message(f"{shown} : {files}, tels qu’ils ont été publiés.")
    if report.inputs is None:
        print_message("  Les fichiers de données ne sont pas avec ce rapport : leurs empreintes ne sont pas vérifiées.")
    if made := _made(report.stamp):
        print_message(f"  {made}")
    return not faults and (report.inputs is None or _withstands(folder, report.year, shown))


def _made(stamp: dict) -> str | None:
    """When and with which code, as the report says it, and the code of today if it is another."""
    from datetime import datetime

    from helpers.report import manifest

    try:
        made = f"fait le {datetime.fromisoformat(stamp['produit_le']).astimezone():%d/%m/%Y à %H h %M}"
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    then, now = stamp.get("commit"), manifest.commit()
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
    verbs = {"a changé": "n’est plus tel que 01_clean l’a écrit"}
    return [f"{reason.name} {verbs.get(reason.verb, reason.verb)}" for reason in provenance.changed_files(written)]


def _withstands(folder: Path, year: int, shown: str) -> bool:
    """Whether the intruder test finds no person of the records behind the report; prints what it finds."""
    years = [each for each in paths.years() if each <= year]
    if not any(map(paths.exports, years)):
        return True
    from helpers.disclosure import release

    try:
        audit = release.audit_release(folder, years)
    except DataError as fault:
        print_error(f"{shown} : les petits nombres n’ont pas été cherchés. {fault}")
        return False
    if audit.is_good:
        for line in audit.tried:
            print_message(beside("  ", line))
    else:
        print_error(f"{shown} : {audit.sentence}")
    return audit.is_good
