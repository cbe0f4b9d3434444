"""A small published report: two pages that link to each other, a table, a manifest."""

import hashlib
import json
from pathlib import Path

from bs4 import BeautifulSoup

from helpers.report.manifest import manifest_bytes, seal_manifest, write_manifest
from helpers.report.page import Page, lay_out

PAGES = [Page("01_clean", "Nettoyer", "01_clean.html"), Page("02_describe", "Décrire", "02_describe.html")]

BODIES = {
    None: '<h1>Les ALSES en 2020</h1><p>Voir <a href="02_describe.html#combien">combien</a>.</p><h2>À retenir</h2>'
    '<p><a href="indicateurs.csv">indicateurs.csv</a> <a href="manifest.json">manifest.json</a></p>',
    "01_clean": '<h1>Que vaut-il ?</h1><h2>À retenir</h2><p><a href="index.html">accueil</a></p><h3>Détail</h3>',
    "02_describe": '<h1 id="titre">Combien ?</h1><h2>À retenir</h2><h2 id="combien">Combien donc ?</h2>'
    '<p aria-describedby="note combien">42</p><p id="note"><a href="#a-retenir">haut</a> <a href="#contenu">page</a> '
    '<a href="01_clean.html?x#a-retenir">01</a> <a href="mailto:x@exemple.fr">x</a></p>',
}
DATA = "annee;effectif\r\n2020;42\r\n".encode("utf-8-sig")


def write_report(folder: Path, **bodies: str) -> Path:
    """The folder, once it holds the report; ``bodies`` replaces those of pages, by name (``index`` for the index)."""
    folder.mkdir(parents=True)
    for name, body in BODIES.items():
        html = lay_out(
            BeautifulSoup(bodies.get(name or "index", body), "html.parser"), title="ALSES", current=name, pages=PAGES,
            subtitle="Année 2020", foot="<p>Fichiers lus</p>",
        )  # fmt: skip
        (folder / f"{name or 'index'}.html").write_text(html, encoding="utf-8", newline="\n")
    (folder / "indicateurs.csv").write_bytes(DATA)
    write_manifest(folder, inputs=[], parameters={"year": 2020, "compare_to": None}, versions={}, checks=[])
    return folder


def add_file(folder: Path, path: str, content: bytes) -> None:
    """Adds a file to the report or replaces its content, and seals the report again."""
    (folder / path).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    others = [output for output in manifest["outputs"] if output["path"] != path]
    manifest["outputs"] = [*others, {"path": path, "sha256": hashlib.sha256(content).hexdigest()}]
    (folder / "manifest.json").write_bytes(manifest_bytes(seal_manifest(manifest)))
