"""What is sent: the archive and the single page, all or nothing beside the report; whether it is that of the report."""

import base64
import io
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from conftest import long, read_page
from helpers import paths
from helpers.report import sharing
from helpers.report.checks import MAX_SINGLE_BYTES, check_pages
from helpers.report.manifest import read_report, verify
from helpers.report.page import BusyError, PublicationError, ReportError
from helpers.report.publication import year_lock
from helpers.report.sharing import bundle, share, share_state, single_page
from small_report import DATA, add_file, write_report

PDF = b"%PDF-1.4\n/StructTreeRoot\nxref\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def reports(tmp_path, monkeypatch):
    root = tmp_path / "dossier d’été"
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    write_report(root / "reports" / "2020")
    return root / "reports"


@pytest.fixture
def printer(monkeypatch):
    """A browser that prints at once; what it was given to print, in a list."""
    given = []

    def print_pdf(source, target, *, browser):
        given.append(source.read_text(encoding="utf-8"))
        target.write_bytes(PDF)

    monkeypatch.setattr(sharing, "find_browser", lambda: Path("chromium"))
    monkeypatch.setattr(sharing, "print_pdf", print_pdf)
    return given


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


SHARED = ["2020", "alses_2020.html", "alses_2020.zip"]


def test_the_archive_and_the_page_stand_beside_the_report(reports):
    assert share(2020) == [reports / "alses_2020.zip", reports / "alses_2020.html"]
    assert names(reports) == SHARED
    first = {path.name: path.read_bytes() for path in reports.glob("alses_2020.*")}
    share(2020)
    assert {path.name: path.read_bytes() for path in reports.glob("alses_2020.*")} == first


def test_a_run_of_the_year_keeps_a_report_from_being_shared_and_that_of_another_year_does_not(reports):
    said = "^Un autre programme travaille sur l’année 2020 .*« alses run --year 2021 »"
    with year_lock([2020, 2021], what="alses run --year 2021"), pytest.raises(BusyError, match=said):
        share(2020)
    assert names(reports) == ["2020"]
    (reports / ".en-cours-2021").mkdir()
    with year_lock([2021], what="alses run --year 2021"):
        share(2020)
    assert names(reports) == [".en-cours-2021", *SHARED]


def test_the_pdf_is_printed_from_the_page_without_the_files_it_holds(reports, printer):
    assert share(2020, archive=False, pdf=True) == [reports / "alses_2020.html", reports / "alses_2020.pdf"]
    [printed] = printer
    assert "data:text/csv" in (reports / "alses_2020.html").read_text(encoding="utf-8")
    assert "data:" not in re.sub(r"<style.*?</style>|<meta.*?>", "", printed, flags=re.DOTALL) and "indicateurs.csv</a>" in printed
    content = (reports / "alses_2020.pdf").read_bytes()
    assert re.sub(rb"%alses [0-9a-f]{64}\n", b"", content) == PDF != content


def test_the_sheet_and_the_slides_have_a_pdf_of_their_own(reports, printer):
    with pytest.raises(ReportError, match=r"n’a pas de fiche.html .*run --year 2020"):
        share(2020, handouts=["fiche"])
    for name in ("fiche", "diapos"):
        add_file(reports / "2020", f"{name}.html", f"<h1>{name}</h1>".encode())
    made = [path.name for path in share(2020, handouts=["fiche", "diapos"])]
    assert made == ["alses_2020.zip", "alses_2020.html", "alses_2020_fiche.pdf", "alses_2020_diapos.pdf"]
    assert printer == ["<h1>fiche</h1>", "<h1>diapos</h1>"] and all(share_state(2020).values())
    assert "<h1>fiche</h1>" not in (reports / "alses_2020.html").read_text(encoding="utf-8")


def test_without_a_browser_the_rest_is_made_and_one_sentence_says_how_to_print(reports, monkeypatch):
    told = []
    monkeypatch.setattr(sharing, "find_browser", lambda: None)
    share(2020, pdf=True, tell=told.append)
    assert names(reports) == SHARED and len(told) == 1 and "Ouvrez reports/alses_2020.html dans un navigateur, puis Ctrl+P" in told[0]


def test_a_browser_that_fails_leaves_everything_as_it_was(reports, printer, monkeypatch):
    def fail(_source, target, **_):
        target.write_bytes(b"%PDF")
        raise PublicationError("chromium n’a pas fait le PDF.")

    (reports / "alses_2020.zip").write_bytes(b"old")
    monkeypatch.setattr(sharing, "print_pdf", fail)
    with pytest.raises(PublicationError, match="n’a pas fait"):
        share(2020, pdf=True)
    assert (names(reports), (reports / "alses_2020.zip").read_bytes()) == (["2020", "alses_2020.zip"], b"old")


def test_a_report_that_was_touched_or_is_of_another_year_is_not_shared(reports):
    (reports / "2020").rename(reports / "2021")
    with pytest.raises(ReportError, match="^Le dossier reports/2021 contient le rapport de 2020"):
        share(2021)
    (reports / "2021").rename(reports / "2020")
    (reports / "2020" / "01_clean.html").unlink()
    with pytest.raises(ReportError, match="^01_clean.html "):
        share(2020)
    assert names(reports) == ["2020"]


def test_what_is_not_of_the_report_is_left_out_and_told(reports):
    told = []
    (reports / "2020" / "notes.txt").write_text("x", encoding="utf-8")
    share(2020, tell=told.append)
    assert told == ["notes.txt n’est pas du rapport 2020 : laissé de côté."]
    assert not [name for name in zipfile.ZipFile(reports / "alses_2020.zip").namelist() if "notes" in name]


@pytest.mark.parametrize(("name", "content", "said"), [
    ("indicateurs.csv", b"x" * (MAX_SINGLE_BYTES * 3 // 4 + 1), r"alses_2020.html.: la page pèse \d+.ko, plus que les 3000.ko permis"),
    ("01_clean.html", None, "adresse extérieure .*https://exemple.fr"),
])  # fmt: skip
def test_a_page_too_heavy_or_with_a_defect_is_refused(reports, name, content, said):
    page = (reports / "2020" / "01_clean.html").read_text(encoding="utf-8")
    add_file(reports / "2020", name, content or page.replace("index.html", "https://exemple.fr").encode())
    with pytest.raises(PublicationError, match=said):
        share(2020)
    assert names(reports) == ["2020"]


def test_a_file_open_elsewhere_is_named_and_none_is_replaced(reports, monkeypatch):
    share(2020)
    before = (reports / "alses_2020.zip").read_bytes()
    really_open = Path.open

    def held(path, mode="r", **options):
        if path.name == "alses_2020.html" and mode == "r+b":
            raise PermissionError(13, "denied", str(path))
        return really_open(path, mode, **options)

    add_file(reports / "2020", "indicateurs.csv", b"autre")
    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(PublicationError, match="^Fermez alses_2020.html, ouvert"):
        share(2020)
    assert (reports / "alses_2020.zip").read_bytes() == before


# --- whether a share is that of its report ---------------------------------------------------------------------------


def test_a_share_is_current_until_its_report_changes(reports, printer):
    assert share_state(2020) == {} == share_state(1999)
    share(2020, pdf=True)
    assert share_state(2020) == {"alses_2020.zip": True, "alses_2020.html": True, "alses_2020.pdf": True}
    add_file(reports / "2020", "indicateurs.csv", b"annee;effectif\r\n2020;43\r\n")
    assert share_state(2020) == {"alses_2020.zip": False, "alses_2020.html": False, "alses_2020.pdf": False}
    share(2020)
    assert share_state(2020) == {"alses_2020.zip": True, "alses_2020.html": True, "alses_2020.pdf": False}


# --- the archive -------------------------------------------------------------------------------------------------------


def archive_of(reports) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(bundle(read_report(reports / "2020"), name="alses_2020")))


def test_the_archive_is_the_folder_and_a_word_on_what_to_open(reports):
    folder = reports / "2020"
    inside = {f"alses_2020/{path.name}": path.read_bytes() for path in folder.iterdir()}
    (folder / "noms.xlsx").write_bytes(b"x")  # dropped there, it does not leave
    archive = archive_of(reports)
    assert archive.namelist() == sorted([*inside, "alses_2020/LISEZ-MOI.txt"])
    assert {name: archive.read(name) for name in inside} == inside and archive.testzip() is None


def test_the_archive_shows_the_work_without_its_results(reports):
    ran = new_notebook(cells=[new_code_cell("print(1)", outputs=[new_output("stream", text="42 jeunes")], execution_count=3, metadata={"papermill": {"duration": 2}})])
    ran.metadata["papermill"] = {"input_path": "/chemin/de/quelqu’un"}
    paths.executed(2020).mkdir(parents=True)
    nbformat.write(ran, paths.executed(2020) / "01_clean.ipynb")
    archive = archive_of(reports)
    content = archive.read("alses_2020/notebooks/01_clean.ipynb").decode()
    assert "print(1)" in content and not re.search("42 jeunes|papermill|quelqu", content)
    assert "notebooks/01_clean.ipynb" in archive.read("alses_2020/LISEZ-MOI.txt").decode()
    archive.extractall(reports / "recu")
    assert verify(reports / "recu" / "alses_2020").faults == []


# --- the single page ---------------------------------------------------------------------------------------------------


def page_of(folder) -> BeautifulSoup:
    return BeautifulSoup(single_page(read_report(folder)), "html.parser")


def test_the_single_page_has_one_title_a_level_for_pages_and_one_for_their_sections(reports):
    page = page_of(reports / "2020")
    heads = [(tag.name, tag.get("id"), tag.get_text()) for tag in page.main.find_all(re.compile("^h[1-6]$"))]
    assert heads[:2] == [("h1", "titre", "Les ALSES en 2020"), ("h2", "index", "L’essentiel")] and [head[0] for head in heads].count("h1") == 1
    assert {("h2", "01_clean", "Que vaut-il\u202f?"), ("h3", "01_clean--a-retenir", "À retenir"), ("h4", "01_clean--detail", "Détail")} < set(heads)
    links = page.select(".sommaire-ouvert > ol > li > a")
    assert [link["href"] for link in links] == ["#index", "#01_clean", "#02_describe"]
    assert [link["href"] for link in links[2].parent.ol.find_all("a")] == ["#02_describe--a-retenir", "#02_describe--combien"]
    assert [len(page.find_all(name)) for name in ("header", "nav", "script", "main")] == [1, 1, 0, 1]


def test_a_link_leads_to_its_place_in_the_single_page_and_a_file_is_in_the_link_that_offers_it(reports):
    page = page_of(reports / "2020")
    places = {"combien": "#02_describe--combien", "accueil": "#index", "haut": "#02_describe--a-retenir", "page": "#02_describe", "01": "#01_clean--a-retenir", "x": "mailto:x@exemple.fr"}
    assert {text: page.main.find("a", string=text)["href"] for text in places} == places
    link = page.main.find("a", string="indicateurs.csv")
    kind, _, content = link["href"].partition(";base64,")
    assert (kind, base64.b64decode(content), link["download"]) == ("data:text/csv;charset=utf-8", DATA, "indicateurs.csv")
    assert page.find(attrs={"aria-describedby": True})["aria-describedby"] == "02_describe--note 02_describe--combien"


def test_ids_of_pages_stay_apart_and_a_drawing_keeps_its_references(reports, tmp_path):
    odd = '<p id="été d’hier">a</p><a href="#%C3%A9t%C3%A9%20d%E2%80%99hier">b</a><p id="02_describe">c</p>'
    svg = '<svg role="img" aria-label="x"><clippath id="c"></clippath><g clip-path="url(#c)"><use xlink:href="#c"></use></g></svg>'
    html = single_page(read_report(write_report(tmp_path / "2020", index=f"<h1>Titre</h1>{odd}{svg}")))
    (tmp_path / "seule").mkdir()
    (tmp_path / "seule" / "x.html").write_text(html, encoding="utf-8")
    assert check_pages(tmp_path / "seule", bound=MAX_SINGLE_BYTES) == []
    page = BeautifulSoup(html, "html.parser")
    assert (page.g["clip-path"], page.use["xlink:href"], page.find("clippath")["id"]) == ("url(#index--c)", "#index--c", "index--c")


@long
def test_the_true_report_in_one_page_passes_the_checks_and_holds_all_its_links_files_and_words(real_root, tmp_path):
    published = real_root / "reports" / "2020"
    html = single_page(read_report(published))
    (tmp_path / "alses_2020.html").write_text(html, encoding="utf-8")
    assert check_pages(tmp_path, bound=MAX_SINGLE_BYTES) == []
    page = BeautifulSoup(html, "html.parser")
    hrefs = [link["href"] for link in page.find_all("a", href=True)]
    assert [href[:60] for href in hrefs if not href.startswith(("#", "data:"))] == []
    held = {link["download"]: link["href"].partition(";base64,")[2] for link in page.select("a[download]")}
    assert all(base64.b64decode(held[path.name]) == path.read_bytes() for path in published.glob("*.csv"))

    def words(tag) -> str:
        return re.sub(r"\s+", " ", tag.get_text(" ")).strip()

    whole = words(page.main)
    for path in (published / name for name in read_report(published).pages):
        main = read_page(path).select_one("main#contenu")
        main.h1.decompose()
        assert words(main) in whole, path.name
