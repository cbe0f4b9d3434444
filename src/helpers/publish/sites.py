"""sites.html: the reports of associations and collèges, and those that are not made, with the reason."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from bs4 import BeautifulSoup

from helpers.publish.layout import lay_out, templates

SITES = "sites.html"
_TITLE = "Les rapports par association et par collège"
_KINDS = {"association": "Associations", "college": "Collèges"}


class Listed(TypedDict):
    """A site as the list shows it; ``folder`` is empty when it has no report here, ``size`` is rounded or None.

    >>> publish.Listed(name="AAPI", kind="association", association="", folder="", is_small=True, size=None)["name"]
    'AAPI'
    """

    name: str
    kind: str
    association: str
    folder: str
    is_small: bool
    size: int | None


def write_sites(folder: Path, sites: Sequence[Listed], *, subtitle: str, least: int) -> None:
    """Writes ``sites.html`` in the folder of the report: each site with its pages, or why it has none.

    ``least`` is the number of persons from which a report is made.

    >>> import pathlib, tempfile
    >>> site = publish.Listed(name="AAPI", kind="association", association="", folder="", is_small=True, size=None)
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     publish.write_sites(pathlib.Path(dossier), [site], subtitle="Année 2021", least=11)
    ...     print(pathlib.Path(dossier, "sites.html").read_text(encoding="utf-8").count("moins de 11"))
    2
    """
    body = (
        templates()
        .get_template("sites.html.j2")
        .render(
            title=_TITLE,
            least=least,
            parts=[
                (heading, [site for site in sites if site["kind"] == kind])
                for kind, heading in _KINDS.items()
                if any(site["kind"] == kind for site in sites)
            ],
        )
    )
    html = lay_out(BeautifulSoup(body, "html.parser"), title=_TITLE, current=None, pages=[], subtitle=subtitle, foot="")
    (folder / SITES).write_text(html, encoding="utf-8", newline="\n")
