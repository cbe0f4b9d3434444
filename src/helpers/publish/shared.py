"""A published report made ready to be sent: one archive, one page, one PDF, beside its folder."""

import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from helpers import paths, system
from helpers.browser import find_browser
from helpers.publish.bundle import bundle
from helpers.publish.checks import MAX_SINGLE_BYTES, check_pages
from helpers.publish.errors import PublicationError, ReportError
from helpers.publish.manifest import MANIFEST, SYNTHETIC, fingerprint
from helpers.publish.pdf import print_pdf
from helpers.publish.sealed import Report, fingerprint_of, read_report
from helpers.publish.single import single_page
from helpers.publish.swap import BUILD_PREFIX, recover
from helpers.publish.turn import in_turn

KINDS = ("zip", "html", "pdf")

BY_HAND = (
    "Pas de PDF : ni Chromium, ni Chrome, ni Edge sur cet ordinateur. Ouvrez {name} dans un navigateur, "
    "puis Ctrl+P (Cmd+P sur Mac) et « Enregistrer au format PDF »."
)

NOT_SENT = (
    "Le rapport de {year} repose sur des données simulées ({folder}) : il ne s’envoie pas. "
    "Retirez la simulation, déposez l’export de la base, puis refaites le rapport."
)

# How a PDF bears the fingerprint of its report: a comment, which readers skip, before its last lines.
_PDF_MARK = b"%alses "  # read back by _mark_of

_DATA_LINK = re.compile(rb' href="data:[^"]*"')


def _file(year: int, kind: str) -> Path:
    return paths.reports() / f"alses_{year}.{kind}"


def _million(size: int) -> str:
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",").replace(",0 ", " ")


def _require_light(html: bytes, report: Report) -> None:
    if len(html) > MAX_SINGLE_BYTES:
        heaviest = sorted(report.files, key=lambda path: -len(report.files[path]))[:3]
        parts = ", ".join(f"{path} {_million(len(report.files[path]))}" for path in heaviest)
        raise PublicationError(
            f"Le rapport en une page pèserait {_million(len(html))}, plus que les {_million(MAX_SINGLE_BYTES)} permis. "
            f"Le plus lourd : {parts}."
        )


def _write_single(report: Report, path: Path) -> None:
    html = single_page(report).encode()
    _require_light(html, report)
    # Alone in its folder: a link that would still lead to another file of the report is then a fault.
    path.parent.mkdir()
    path.write_bytes(html)
    faults = check_pages(path.parent, bound=MAX_SINGLE_BYTES)
    if faults:
        raise PublicationError(f"Rien n’est partagé, la page a un défaut ({len(faults)} en tout) : {faults[0]}")


def _print(page: Path, path: Path, browser: Path, mark: str) -> None:
    # On paper nobody opens the files that links hold, and a PDF would hold each of them once more.
    paper = path.with_suffix(".papier.html")
    paper.write_bytes(_DATA_LINK.sub(b"", page.read_bytes()))
    print_pdf(paper, path, browser=browser)
    before, last, after = path.read_bytes().rpartition(b"startxref")
    path.write_bytes(before + _PDF_MARK + mark.encode() + b"\n" + last + after)


def _make(report: Report, aside: Path, *, archive: bool, browser: Path | None) -> list[Path]:
    """The files to be sent, in a folder of their own."""
    name = f"alses_{report.name}"
    page = aside / "page" / f"{name}.html"
    made = [page]
    _write_single(report, page)
    if archive:
        made.insert(0, aside / f"{name}.zip")
        made[0].write_bytes(bundle(report, name=name))
    if browser:
        made.append(aside / f"{name}.pdf")
        _print(page, made[-1], browser, fingerprint(report.manifest))
    return made


def _place(made: list[Path], reports: Path) -> None:
    """The files in the place of those of before, none of them if one of those is held by another program."""
    for path in made:
        try:
            if (reports / path.name).exists():
                (reports / path.name).open("r+b").close()
        except PermissionError as error:
            raise PublicationError(
                f"Fermez {path.name}, ouvert dans un autre programme ou protégé en écriture, puis relancez."
            ) from error
    system.settle(*made)
    for path in made:
        path.replace(reports / path.name)


def _report_of(year: int) -> Report:
    """The report of the folder of a year, once it is the report of that year: a folder can be copied or renamed."""
    folder, simulated = paths.report(year), paths.report(year, is_synthetic=True)
    if simulated.is_dir() and not folder.is_dir():
        raise ReportError(NOT_SENT.format(year=year, folder=paths.relative(simulated)))
    report = read_report(folder)
    if report.manifest.get(SYNTHETIC):
        raise ReportError(NOT_SENT.format(year=year, folder=paths.relative(folder)))
    told = report.manifest["parameters"]["year"]
    if told != year:
        raise ReportError(
            f"Le dossier reports/{year} contient le rapport de {told} : refaites celui de {year} "
            f"(python3 alses.py run --year {year}), puis relancez."
        )
    return report


def share(year: int, *, archive: bool = True, pdf: bool = False, tell: Callable[[str], None] = print) -> list[Path]:
    """The files put beside the report of a year: the archive if wanted, the single page, the PDF if wanted.

    They are made from the published report alone, put in place when all are ready, and replace those of before.
    Without a browser there is no PDF, and ``tell`` says how to make it by hand.

    Raises
    ------
    BusyError
        when a run or another share is at work on the year: a run would sweep away what is being made.
    ReportError
        when there is no report, it is that of another year or rests on simulated records, or one of its files is
        missing or was changed.
    BrowserError
        when ``ALSES_BROWSER`` names a program that does not exist.
    PublicationError
        when the single page is too heavy or has a defect, or the browser failed: nothing was put in place.

    >>> [paths.relative(fichier) for fichier in publish.share(2020, archive=False)]
    ['reports/alses_2020.html']
    """
    reports = paths.reports()
    browser = find_browser() if pdf else None
    with in_turn([year], what=f"alses share {year}"):
        recover(reports / str(year))
        report = _report_of(year)
        for stranger in report.strangers:
            tell(f"{stranger} n’est pas du rapport {year} : laissé de côté.")
        # The name of a build: one that a power cut leaves behind goes at the next run or share.
        own = {"prefix": f"{BUILD_PREFIX}{year}-partage-", "dir": reports, "ignore_cleanup_errors": True}
        with tempfile.TemporaryDirectory(**own) as aside:
            made = _make(report, Path(aside), archive=archive, browser=browser)
            _place(made, reports)
    if pdf and browser is None:
        tell(BY_HAND.format(name=paths.relative(_file(year, "html"))))
    return [reports / path.name for path in made]


def _mark_of(path: Path) -> str | None:
    """The fingerprint of the report that a shared file was made from; None for a file that bears none."""
    if path.suffix == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                return fingerprint(json.loads(archive.read(f"{path.stem}/{MANIFEST}")))
        except Exception:  # damaged, under a password, of another hand: `zipfile` has an error of its own for each
            return None
    found = re.findall(rb'(?:id="empreinte">|^%alses )([0-9a-f]{64})', path.read_bytes(), re.MULTILINE)
    return found[-1].decode() if found else None


def share_state(year: int) -> dict[str, bool]:
    """For each shared file of the year that is there, by its name: whether it is that of the published report.

    The fingerprint that the file bears decides, not its date: a report remade alike leaves its shares good.

    >>> publish.share_state(2019)
    {}
    """
    published = fingerprint_of(paths.reports() / str(year))
    files = [path for path in (_file(year, kind) for kind in KINDS) if path.is_file()]
    return {path.name: published is not None and _mark_of(path) == published for path in files}
