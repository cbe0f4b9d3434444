"""A published report ready to be sent: one archive, one page, one PDF."""

import base64
import json
import os
import posixpath
import re
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from helpers import paths, system
from helpers.report.checks import MAX_SINGLE_BYTES, REFERENCES, check_pages
from helpers.report.manifest import (
    MANIFEST,
    NOTEBOOKS,
    READ_ME,
    SYNTHETIC,
    Report,
    fingerprint,
    fingerprint_of,
    read_report,
    remedy,
)
from helpers.report.page import (
    HEADINGS,
    INDEX,
    REPORT,
    SHEET,
    SLIDES,
    TEMPLATES,
    PublicationError,
    ReportError,
    contents,
    parse,
    report_subtitle,
    templates,
)
from helpers.report.publication import BUILD_PREFIX, recover_reports, year_lock
from helpers.system import BROWSER_VARIABLE, find_browser
from helpers.typography import french_spaces

# --- One archive: the folder as it was published, and what to open first ---

_ROLES = {
    ".ipynb": "ce qui a fait la page, sans les résultats",
    ".xlsx": "tableau de données, pour un tableur",
    ".csv": "tableau de données, pour un programme",
    ".parquet": "tableau de données, pour R ou Python",
    ".json": "le sens des colonnes",
}


def _heading(page: bytes) -> str:
    return parse(page).find("h1").get_text()


def _role(path: str, content: bytes) -> str:
    if path == MANIFEST:
        return "les fichiers lus et produits, avec leurs empreintes"
    return _heading(content) if path.endswith(".html") else _ROLES.get(PurePosixPath(path).suffix, "")


def _notebooks(report: Report) -> dict[str, bytes]:
    """The notebooks that made the pages, with the parameters of the run, without outputs; those that are kept here."""
    found = {}
    for page in report.pages:
        path = paths.executed(int(report.name)) / page.replace(".html", ".ipynb")
        if path.is_file():
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                cell["metadata"] = {"tags": cell["metadata"].get("tags", [])}
                cell |= {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
            notebook["metadata"].pop("papermill", None)
            found[f"{NOTEBOOKS}/{path.name}"] = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    return found


def _read_me(report: Report, files: dict[str, bytes], archive: str) -> bytes:
    """What to open first, with the BOM and line ends that any Windows notepad reads."""
    in_order = [*report.pages, *(path for path in files if path not in report.pages)]
    text = (
        templates()
        .get_template("lisez-moi.txt.j2")
        .render(
            title=_heading(report.files[INDEX]),
            archive=archive,
            files=[(path, _role(path, files[path])) for path in in_order],
            width=max(len(path) for path in in_order),
            fingerprint=fingerprint(report.manifest),
        )
    )
    return french_spaces(text).replace("\n", "\r\n").encode("utf-8-sig")


def bundle(report: Report, *, name: str) -> bytes:
    """A zip of the report and its notebooks under one folder of this name: same report, same bytes.

    Strangers are left out, and the outputs of notebooks, of which the pages show what may be seen.
    """
    files = {**report.files, **_notebooks(report)}
    files |= {READ_ME: _read_me(report, files, f"{name}.zip")}
    return system.archive_of({f"{name}/{path}": files[path] for path in sorted(files)})


# --- One HTML file: every page after the other, links rewritten to stay inside ---

# The index gives its title to the document, and takes this one.
_INDEX_TITLE = "L’essentiel"

_LINKS = frozenset(("href", "xlink:href"))
_KINDS = {".csv": "text/csv;charset=utf-8", ".json": "application/json"}


@dataclass(frozen=True)
class _Sheet:
    """A page to be inserted in the single file."""

    path: str
    soup: BeautifulSoup

    @property
    def name(self) -> str:
        """The id of its title and prefix of its other ids: ``02_describe``."""
        return self.path.removesuffix(".html").replace("/", "-")

    @cached_property
    def parts(self) -> list[Tag]:
        """What is kept of the page: its content, and what it was made from."""
        return [self.soup.select_one("main#contenu"), self.soup.select_one("footer.pied")]

    @cached_property
    def _openings(self) -> set[str]:
        """The anchors that mean the page as a whole."""
        return {"", "contenu", self.parts[0].find("h1").get("id", "")}

    def anchor(self, name: str) -> str:
        """The id in the single file of this id of the page."""
        return self.name if name in self._openings else f"{self.name}--{name}"


def _data(path: str, content: bytes) -> str:
    kind = _KINDS.get(posixpath.splitext(path)[1], "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _lead(link: Tag, sheet: _Sheet, sheets: dict[str, _Sheet], report: Report) -> None:
    """Point the link into the single file, or embed the file that it offers; in place."""
    for name in _LINKS & link.attrs.keys():
        path, _, anchor = link[name].partition("#")
        path = unquote(path.partition("?")[0])
        target = posixpath.normpath(posixpath.join(posixpath.dirname(sheet.path), path)) if path else sheet.path
        if target in sheets:
            link[name] = "#" + quote(sheets[target].anchor(unquote(anchor)))
        elif target in report.files:
            link[name] = _data(target, report.files[target])
            link["download"] = posixpath.basename(target)


def _rename(tag: Tag, sheet: _Sheet) -> None:
    """Give the tag the ids of the single file, in its references too; in place."""
    if tag.get("id"):
        tag["id"] = sheet.anchor(tag["id"])
    for name in REFERENCES & tag.attrs.keys():
        tag[name] = " ".join(sheet.anchor(word) for word in " ".join(tag.get_attribute_list(name)).split())
    for name, value in tag.attrs.items():
        if isinstance(value, str) and "url(#" in value:
            tag[name] = re.sub(r"url\(#([^)]+)\)", lambda match: f"url(#{sheet.anchor(match[1])})", value)


def _adapt(sheet: _Sheet, sheets: dict[str, _Sheet], report: Report) -> None:
    for part in sheet.parts:
        for tag in part.find_all(True):
            _lead(tag, sheet, sheets, report)
            _rename(tag, sheet)
        for heading in part.find_all(HEADINGS):
            heading.name = f"h{min(int(heading.name[1]) + 1, 6)}"


def _title(sheet: _Sheet) -> str:
    """The title of an adapted page; its heading gets its id, and that of the index another text."""
    heading = sheet.parts[0].find("h2")
    title = heading.get_text()
    heading["class"], heading["id"] = [*heading.get("class", []), "titre-page"], sheet.name
    if sheet.path == INDEX:
        heading.string = _INDEX_TITLE
    return title


def single_page(report: Report) -> str:
    """The report as one page: same report, same text.

    Ids are prefixed with the name of their page, headings go one level down under the title of the index, links
    between pages stay inside, files are embedded in their links.
    """
    sheets = {path: _Sheet(path, parse(report.files[path])) for path in report.pages}
    in_order = list(sheets.values())
    styles = [[tag.get_text().lstrip() for tag in sheet.soup.find_all("style")] for sheet in in_order]
    if any(len(each) != 2 for each in styles):  # classes of one name had another meaning on each page
        told = f"Le rapport {report.name} a été fait par une version antérieure"
        raise ReportError(f"{told} : {remedy(report.name)}.")
    common, *others = dict.fromkeys(style for each in zip(*styles, strict=True) for style in each)
    own = "\n".join([*others, (TEMPLATES / "ensemble.css").read_text(encoding="utf-8")])
    for sheet in in_order:
        _adapt(sheet, sheets, report)
    title, *_ = [_title(sheet) for sheet in in_order]
    parameters = report.manifest["parameters"]
    page = templates().get_template("ensemble.html.j2")
    return (
        page.render(
            title=title,
            report=REPORT,
            subtitle=report_subtitle(parameters["year"], parameters.get("compare_to")),
            index=f"#{in_order[0].name}",
            style=Markup(common),
            own_style=Markup(own),
            entries=[entry for sheet in in_order for entry in contents(sheet.parts[0])],
            sheets=[
                [Markup(part) for part in (sheet.parts[0].decode_contents(), sheet.parts[1])] for sheet in in_order
            ],
            fingerprint=fingerprint(report.manifest),
        ).strip()
        + "\n"
    )


# --- A tagged PDF, printed by the browser of this computer ---

# Two seconds are enough, but a browser that was just updated starts slowly.
TIMEOUT_S = 120

_REMEDY = f"mettez-le à jour, ou nommez un autre navigateur dans {BROWSER_VARIABLE}, puis relancez"

_OPTIONS = [
    *"--headless --no-first-run --no-default-browser-check --disable-extensions --disable-sync".split(),
    *"--disable-background-networking --disable-component-update".split(),
    *"--use-mock-keychain --password-store=basic".split(),  # no question about the key ring
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no network
    *"--no-pdf-header-footer --export-tagged-pdf --generate-pdf-document-outline".split(),
]


def _end(process: subprocess.Popen) -> None:
    """End the browser and its children, which would hold the files."""
    if os.name == "nt":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _launch(command: list[str], timeout: float) -> int | None:
    """The exit code of the command; None when it timed out."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, start_new_session=True, **quiet)
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _is_whole(path: Path) -> bool:
    """Whether there is a complete tagged PDF: some browsers succeed and write nothing."""
    content = path.read_bytes() if path.is_file() else b""
    is_ended = content.rstrip().endswith(b"%%EOF") and b"startxref" in content
    return content.startswith(b"%PDF-") and is_ended and b"/StructTreeRoot" in content


def print_pdf(source: Path, target: Path, *, browser: Path, timeout: float = TIMEOUT_S) -> None:
    """Print the page ``source`` as a tagged PDF with an outline, offline, in a temporary profile.

    Raises
    ------
    PublicationError
        the browser cannot start, fails, writes no complete PDF, or takes more than ``timeout`` seconds.
    """
    # As root (containers), Chromium does not start with its sandbox.
    is_root = sys.platform == "linux" and os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="alses-", ignore_cleanup_errors=True) as profile:
        own = [f"--user-data-dir={profile}", f"--print-to-pdf={target}", *(["--no-sandbox"] if is_root else [])]
        try:
            code = _launch([str(browser), *_OPTIONS, *own, source.as_uri()], timeout)
        except OSError as error:
            raise PublicationError(f"{browser.name} n’a pas démarré ({error.strerror}) : {_REMEDY}.") from error
    if code is None:
        raise PublicationError(f"{browser.name} n’a pas fini le PDF en {timeout:.0f} s : {_REMEDY}.")
    if code != 0 or not _is_whole(target):
        raise PublicationError(f"{browser.name} n’a pas fait le PDF (code {code}) : {_REMEDY}.")


# --- The files to be sent, beside the folder of the report ---

# What may be printed, by the end of its name: the whole report, or a page of it by itself.
_PRINTED = {".pdf": "", "_fiche.pdf": SHEET, "_diapos.pdf": SLIDES}
_SUFFIXES = (".zip", ".html", *_PRINTED)

BY_HAND = (
    "Pas de PDF : ni Chromium, ni Chrome, ni Edge sur cet ordinateur. Ouvrez {name} dans un navigateur, "
    "puis Ctrl+P (Cmd+P sur Mac) et « Enregistrer au format PDF »."
)

NOT_SENT = (
    "Le rapport de {year} repose sur des données simulées ({folder}) : il ne s’envoie pas. "
    "Retirez la simulation, déposez l’export de la base, puis refaites le rapport."
)

# A comment near the end of the PDF, with the fingerprint of its report.
_PDF_MARK = b"%alses "  # read back by _mark_of

_DATA_LINK = re.compile(rb' href="data:[^"]*"')


def _file(year: int, suffix: str) -> Path:
    return paths.reports() / f"alses_{year}{suffix}"


def _write_single(report: Report, path: Path) -> None:
    # Alone in its folder, so that a link to another file of the report is a defect.
    path.parent.mkdir()
    path.write_bytes(single_page(report).encode())
    faults = check_pages(path.parent, bound=MAX_SINGLE_BYTES)
    if faults:
        raise PublicationError(f"Rien n’est partagé, la page a un défaut ({len(faults)} en tout) : {faults[0]}")


_IN_CONTENTS = re.compile(r'(<a href="#([^"]+)">[^<]*)</a>')
_ANCHOR = re.compile(rb"/([^\s/]+) \[(\d+) 0 R /XYZ")


def sheets_of(pdf: bytes) -> dict[str, int]:
    """On which sheet, from 1, a PDF of Chromium has each anchor of the page; none when it does not say it so.

    No style sheet can write the number of a sheet in the contents: Chromium has no ``target-counter``.
    """

    def part(number: bytes) -> bytes:
        found = re.search(rb"\n" + number + rb" 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)
        return found[1] if found else b""

    def leaves(number: bytes) -> list[bytes]:
        kids = re.search(rb"/Kids \[(.*?)\]", part(number), re.DOTALL)
        return [leaf for kid in re.findall(rb"(\d+) 0 R", kids[1]) for leaf in leaves(kid)] if kids else [number]

    catalogue = pdf[pdf.rfind(b"/Type /Catalog") :]
    root, names = (re.search(rb"/%b (\d+) 0 R" % name, catalogue) for name in (b"Pages", b"Dests"))
    if not (root and names):
        return {}
    ranks = {number: rank for rank, number in enumerate(leaves(root[1]), start=1)}
    return {name.decode(): ranks[page] for name, page in _ANCHOR.findall(part(names[1])) if page in ranks}


def _with_sheets(html: str, sheets: dict[str, int]) -> str:
    """The page whose printed contents give the sheet of each heading; room for two digits where it is unknown."""
    head, start, rest = html.partition('<div class="sommaire-ouvert">')
    inside, end, rest = rest.partition("</nav>")
    numbered = _IN_CONTENTS.sub(
        lambda link: f'{link[1]} <span class="folio">{sheets.get(link[2], ""):\u2007>2}</span></a>', inside
    )
    return head + start + numbered + end + rest


def _print(page: Path, path: Path, browser: Path, mark: str) -> None:
    # Embedded files are useless on paper, and heavy.
    paper, html = path.with_suffix(".papier.html"), _DATA_LINK.sub(b"", page.read_bytes()).decode()

    def print_once(sheets: dict[str, int]) -> None:
        paper.write_text(_with_sheets(html, sheets), encoding="utf-8", newline="\n")
        print_pdf(paper, path, browser=browser)

    print_once({})
    if sheets := sheets_of(path.read_bytes()):
        print_once(sheets)
    before, last, after = path.read_bytes().rpartition(b"startxref")
    path.write_bytes(before + _PDF_MARK + mark.encode() + b"\n" + last + after)


def _make(report: Report, aside: Path, *, archive: bool, printed: Sequence[str], browser: Path | None) -> list[Path]:
    """Make the files in a temporary folder; ``printed`` are the suffixes of the PDF."""
    name = f"alses_{report.name}"
    page = aside / "page" / f"{name}.html"
    made = [page]
    _write_single(report, page)
    if archive:
        made.insert(0, aside / f"{name}.zip")
        made[0].write_bytes(bundle(report, name=name))
    for suffix in printed if browser else ():
        made.append(aside / f"{name}{suffix}")
        source, apart = page, _PRINTED[suffix]
        if apart and apart not in report.files:
            told = f"Le rapport {report.name} n’a pas de {apart} (version antérieure ?)"
            raise ReportError(f"{told} : {remedy(report.name)}.")
        if apart:
            source = aside / apart
            source.write_bytes(report.files[apart])
        _print(source, made[-1], browser, fingerprint(report.manifest))
    return made


def _place(made: list[Path], reports: Path) -> None:
    """Replace the former files, all or none: one of them may be open in another program."""
    for path in made:
        try:
            if (reports / path.name).exists():
                (reports / path.name).open("r+b").close()
        except PermissionError as error:
            raise PublicationError(
                f"Fermez {path.name}, ouvert dans un autre programme ou protégé en écriture, puis relancez."
            ) from error
    system.sync_to_disk(*made)
    for path in made:
        path.replace(reports / path.name)


def _report_of(year: int) -> Report:
    """The report of a year; a folder that was copied or renamed is refused."""
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


def share(
    year: int,
    *,
    archive: bool = True,
    pdf: bool = False,
    handouts: Sequence[str] = (),
    tell: Callable[[str], None] = print,
) -> list[Path]:
    """Write the archive if wanted, the single page and the PDF if wanted beside the report of a year; their paths.

    ``handouts`` (« fiche », « diapos ») are printed too, each as a PDF of its own.

    They are made from the published report alone and replace the former ones once all are ready. Without a browser
    there is no PDF, and ``tell`` says how to make it by hand.

    Raises
    ------
    BusyError
        a run or another share is at work on the year: a run would remove what is being made.
    ReportError
        there is no report, it is that of another year or on simulated records, or a file is missing or changed.
    UserError
        ``ALSES_BROWSER`` names a program that does not exist.
    PublicationError
        the single page is too heavy or has a defect, or the browser failed; nothing was replaced.
    """
    reports = paths.reports()
    printed = [*[".pdf"] * pdf, *(f"_{name}.pdf" for name in handouts)]
    browser = find_browser() if printed else None
    with year_lock([year], what=f"alses share {year}"):
        recover_reports(reports / str(year))
        report = _report_of(year)
        for stranger in report.strangers:
            tell(f"{stranger} n’est pas du rapport {year} : laissé de côté.")
        # Named as a build: the next run or share removes what a power cut leaves.
        own = {"prefix": f"{BUILD_PREFIX}{year}-partage-", "dir": reports, "ignore_cleanup_errors": True}
        with tempfile.TemporaryDirectory(**own) as aside:
            made = _make(report, Path(aside), archive=archive, printed=printed, browser=browser)
            _place(made, reports)
    for suffix in () if browser else printed:
        page = _file(year, ".html") if suffix == ".pdf" else reports / str(year) / _PRINTED[suffix]
        tell(BY_HAND.format(name=paths.relative(page)))
    return [reports / path.name for path in made]


def _mark_of(path: Path) -> str | None:
    """The fingerprint of the report that a shared file was made from; None if it has none."""
    if path.suffix == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                return fingerprint(json.loads(archive.read(f"{path.stem}/{MANIFEST}")))
        except Exception:  # damaged, encrypted, foreign: `zipfile` has an error for each
            return None
    marks = re.findall(rb'(?:id="empreinte">|^%alses )([0-9a-f]{64})', path.read_bytes(), re.MULTILINE)
    return marks[-1].decode() if marks else None


def share_state(year: int) -> dict[str, bool]:
    """For each shared file of the year, by name: whether it is that of the published report.

    The fingerprint in the file decides, not its date: an identical new report leaves its shares up to date.
    """
    published = fingerprint_of(paths.reports() / str(year))
    files = [path for path in (_file(year, suffix) for suffix in _SUFFIXES) if path.is_file()]
    return {path.name: published is not None and _mark_of(path) == published for path in files}
