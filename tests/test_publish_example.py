"""docs/exemple/ is the report of 2020 as a fresh run publishes it, without the stamp of the run."""

import json
import re
import socket
from pathlib import Path
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

from conftest import ELSEWHERE
from helpers.report.index import write_example
from helpers.report.manifest import read_report
from small_report import DATA, write_report

EXAMPLE = Path(__file__).resolve().parents[1] / "docs" / "exemple"
REMEDY = "python3 alses.py generate"

# The one line of a page that names the Python and the libraries of the run: two machines may differ there only.
_VERSIONS = re.compile(rb"<p>Versions\W+:.*?</p>")


def neutral(path: str, content: bytes) -> bytes:
    """A file of a report without what depends on versions: their line, in the manifest the sums that follow it, and the
    compressed copies of the tables."""
    if path.endswith((".xlsx", ".parquet")):
        return b""
    if path.endswith(".html"):
        return _VERSIONS.sub(b"", content)
    if path == "manifest.json":
        manifest = json.loads(content)
        manifest["outputs"] = [output["path"] for output in manifest["outputs"]]
        manifest["versions"] = sorted(manifest["versions"])
        manifest.pop("tampon", None)
        manifest.pop("empreinte", None)
        return json.dumps(manifest).encode()
    return content


def visible(content: bytes) -> str:
    """What a reader sees, folds open."""
    page = BeautifulSoup(content.decode("utf-8-sig"), "html.parser")
    for unseen in page.find_all(["style", "title"]):
        unseen.decompose()
    return re.sub(r"\s+", " ", page.get_text(" "))


def tools(manifest: dict) -> dict:
    """The versions that may change a byte: Python without its last number, and each library."""
    versions = manifest["versions"]
    return {**versions, "python": versions["python"].rpartition(".")[0]}


@pytest.fixture(scope="module")
def fresh(real_root):
    return read_report(real_root / "reports" / "2020")


@pytest.fixture(scope="module")
def kept():
    """The example, which its own manifest seals: a file edited by hand stops here."""
    return read_report(EXAMPLE)


def test_the_example_is_a_fresh_report(kept, fresh):
    assert list(kept.files) == list(fresh.files), REMEDY
    pairs = {path: [neutral(path, each.files[path]) for each in (kept, fresh)] for path in fresh.files}
    if tools(kept.manifest) != tools(fresh.manifest):
        pairs = {path: [visible(content) for content in pair] for path, pair in pairs.items()}
    assert [path for path, (old, new) in pairs.items() if old != new] == [], REMEDY


def test_nothing_published_names_a_folder_a_user_or_a_computer(real_root):
    files = [path for path in (real_root / "reports").rglob("*") if path.is_file()]
    books = [ZipFile(path) for path in files if path.suffix == ".xlsx"]  # compressed, they hold words by chance
    content = b"\n".join([path.read_bytes() for path in files if path.suffix != ".xlsx"] + [book.read(name) for book in books for name in book.namelist()])
    content = re.sub(rb"data:font/woff2;base64,[^\"]*", b"", content)  # letters by chance
    named = [str(real_root), ELSEWHERE["USER"], str(EXAMPLE.parents[1]), socket.gethostname()]
    # Words of their own: « vm » is also in the code of a heat map.
    assert [name for name in named if re.search(rb"\b%b\b" % re.escape(name.encode()), content)] == []


def test_an_example_is_remade_whole_and_its_word_kept(tmp_path):
    report, example = write_report(tmp_path / "2020"), tmp_path / "exemple"
    example.mkdir()
    for name in ("README.md", "05_old.html", "indicateurs.csv"):
        (example / name).write_text("x", encoding="utf-8")
    write_example(report, example)
    kept = read_report(example)
    assert {path.name for path in example.iterdir()} == {"README.md", *(path.name for path in report.iterdir())}
    assert ((example / "README.md").read_text(encoding="utf-8"), kept.files["indicateurs.csv"], kept.manifest.get("tampon")) == ("x", DATA, None)
