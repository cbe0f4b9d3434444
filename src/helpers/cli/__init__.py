"""The ``alses`` command: reads what is asked, calls the others, says in French what happened.

Exit codes: 0 done, 1 the program failed, 2 the request or the data cannot be used, 130 interrupted.
"""

import sys
import webbrowser
from argparse import Namespace
from pathlib import Path

from helpers import paths
from helpers.cli.parser import build_parser
from helpers.typography import french_spaces

# Everything heavier than the imports above is imported by the verb that needs it: the help must be immediate.


def _tell(text: object) -> None:
    print(french_spaces(str(text)), flush=True)


def _complain(text: object) -> None:
    print(french_spaces(str(text)), file=sys.stderr)


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1000:,.0f} ko".replace(",", "\u202f")


def _run(options: Namespace) -> int:
    from helpers.pipeline import make_report

    folder = make_report(options.year, compare_to=options.compare_to, tell=_tell)
    _tell(f"\nLe rapport est prêt : {paths.relative(folder)}")
    for path in sorted(folder.iterdir()):
        _tell(f"  {path.name:<26}{_size(path):>8}")
    index = folder / "index.html"
    _tell(f"\nPour le lire, ouvrez ce fichier dans un navigateur :\n  {index}")
    if options.open:
        webbrowser.open(index.as_uri())
    return 0


def _check(options: Namespace) -> int:
    from helpers import checks
    from helpers.parameters import check_year

    found = checks.faults(check_year(options.year))
    for fault in found:
        _complain(fault)
    count = f"{len(found)} erreur{'s' if len(found) > 1 else ''}"
    _tell(f"{options.year} : {count}." if found else f"{options.year} : les fichiers sont utilisables.")
    return 2 if found else 0


def _status(options: Namespace) -> int:
    del options
    years = paths.years()
    if not years:
        _tell("Aucune année dans data/raw. Déposez-y un dossier par année.")
    for year in years:
        present = [name for name in paths.RAW_TABLES if paths.raw_table(year, name).is_file()]
        report = paths.reports() / str(year) / "index.html"
        made = paths.relative(report) if report.is_file() else "pas encore fait"
        _tell(f"{year} : {', '.join(present)} ; rapport : {made}")
    return 0


def _lab(options: Namespace) -> int:
    from helpers.workbench import launch

    return launch(port=options.port, browser=not options.no_browser, tell=_tell)


def _test(options: Namespace) -> int:
    del options
    import pytest

    return int(pytest.main(["-q", str(paths.repository() / "tests")]))


def _generate(options: Namespace) -> int:
    del options
    from helpers.dictionary import data_dictionary
    from helpers.environment import conda_environment

    root = paths.repository()
    written = {
        root / "environment.yml": conda_environment((root / "pyproject.toml").read_text(encoding="utf-8")),
        root / "docs" / "data-dictionary.md": data_dictionary(),
    }
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        _tell(path.relative_to(root).as_posix())
    return 0


_VERBS = {"run": _run, "check": _check, "status": _status, "lab": _lab, "test": _test, "generate": _generate}


def _explain(error: Exception) -> int | None:
    """The exit code of an error that a reader can act on, once said; None for any other."""
    # Imported here: these errors live beside what raises them, and the help must load none of it.
    from helpers.pipeline import BusyError, NotebookFailure
    from helpers.publish import PublicationError
    from helpers.schema import DataError
    from helpers.workbench import WorkbenchError

    if isinstance(error, DataError):
        _complain(error)
        return 2
    if isinstance(error, NotebookFailure):
        _complain(f"{error}\nLe rapport précédent, s’il existe, est intact.")
        return 2 if error.is_input else 1
    if isinstance(error, BusyError | PublicationError | WorkbenchError):
        _complain(error)
        return 1
    if isinstance(error, PermissionError):
        name = Path(error.filename).name if error.filename else "un fichier"
        _complain(f"Fermez {name}, ouvert dans un autre programme ou protégé en écriture, puis relancez.")
        return 1
    if isinstance(error, OSError):
        _complain(f"Le disque a refusé ({error.strerror or error}) : libérez de la place ou vérifiez vos droits.")
        return 1
    return None


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command; an error that is nobody's but ours keeps its traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = build_parser().parse_args(arguments)
    try:
        return _VERBS[options.verb](options)
    except KeyboardInterrupt:
        _complain("\nInterrompu. Le rapport précédent, s’il existe, est intact.")
        return 130
    except Exception as error:
        code = _explain(error)
        if code is None:
            raise
        return code
