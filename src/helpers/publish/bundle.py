"""The whole report in one archive: the folder as it was published, and what to open first."""

import io
import zipfile
from pathlib import PurePosixPath

from bs4 import BeautifulSoup

from helpers.publish.layout import INDEX, templates
from helpers.publish.manifest import MANIFEST, fingerprint
from helpers.publish.sealed import Report
from helpers.typography import french_spaces

READ_ME = "LISEZ-MOI.txt"

# The first day that a zip can bear: the bytes must not depend on the day.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE_FILE = 3, 0o100644 << 16

_ROLES = {".csv": "tableau de données, pour un tableur", ".json": "le sens des colonnes"}


def _heading(page: bytes) -> str:
    return BeautifulSoup(page, "html.parser").find("h1").get_text()


def _role(path: str, content: bytes) -> str:
    if path == MANIFEST:
        return "les fichiers lus et produits, avec leurs empreintes"
    return _heading(content) if path.endswith(".html") else _ROLES.get(PurePosixPath(path).suffix, "")


def _read_me(report: Report, archive: str) -> bytes:
    """What to open first. The mark and the line ends are those that any Windows notepad reads with its accents."""
    in_order = [*report.pages, *(path for path in report.files if path not in report.pages)]
    text = (
        templates()
        .get_template("lisez-moi.txt.j2")
        .render(
            title=_heading(report.files[INDEX]),
            archive=archive,
            files=[(path, _role(path, report.files[path])) for path in in_order],
            width=max(len(path) for path in in_order),
            fingerprint=fingerprint(report.manifest),
        )
    )
    return french_spaces(text).replace("\n", "\r\n").encode("utf-8-sig")


def bundle(report: Report, *, name: str) -> bytes:
    """A zip of the report under one folder of this name: the same bytes for the same report.

    The names are in UTF-8 and say so. What lies in the folder and is not of the report is left out.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        for path, data in sorted({**report.files, READ_ME: _read_me(report, f"{name}.zip")}.items()):
            entry = zipfile.ZipInfo(f"{name}/{path}", _DATE)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _READABLE_FILE
            content.writestr(entry, data, compresslevel=9)
    return archive.getvalue()
