"""``alses verify``: is a report, with the data behind it, still what was published?"""

import argparse
from argparse import Namespace
from pathlib import Path

from helpers import paths
from helpers.cli.say import complain, tell
from helpers.cli.verb import Verb


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

    from helpers.publish import commit

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
    from helpers.publish import ReportError, verify

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
    from helpers import freshness

    records = [freshness.read_record(paths.executed(each) / "01_clean.json") for each in paths.years() if each <= year]
    written = {name: state for kept in records if kept for name, state in kept.products.items() if "/prive/" in name}
    now = freshness.record({}, map(freshness.locate, written)).files
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
    from helpers import protection
    from helpers.schema import DataError

    try:
        found = protection.audit_release(folder, years, is_kept=False)
    except DataError as fault:
        complain(f"{_shown(folder)} : les petits nombres n’ont pas été cherchés. {fault}")
        return False
    if found.is_good:
        tell("  Aucun petit nombre ne s’y retrouve, quoi que sache un lecteur des quatre cas supposés.")
    else:
        complain(f"{_shown(folder)} : {found.sentence}")
    return found.is_good


def _act(options: Namespace) -> int:
    folders = _folders(options.reports)
    if not folders:
        complain(f"Aucun rapport dans reports/ : lancez d’abord {paths.COMMAND} run --year ANNÉE.")
        return 2
    return 0 if all([_verify(folder) for folder in folders]) else 2


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reports",
        nargs="*",
        metavar="RAPPORT",
        help="dossier d’un rapport, ou son année (par défaut : tous ceux de reports/)",
    )


VERB = Verb(
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
    act=_act,
    add_options=_add_options,
)
