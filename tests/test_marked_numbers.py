"""The intruder test of a published folder: its tables together, and the marked numbers of its pages."""

import re
import shutil

import pandas as pd
import pytest

import intruder_cases as cases
from helpers import paths
from helpers.disclosure import intruder_model, intruder_test
from helpers.disclosure.marked_numbers import faults_of, numbers_in, read_folders
from intruder_cases import QUESTIONS, SITES, YEAR, exact, kind, plain

FILE = "colleges/{}/02_describe.html"
LABELS = {"filles": "filles", "garcons": "garçons", "6e": "6e", "5e": "5e", "4e": "4e", "3e": "3e"}
NAMES = {"sexe": "Sexe", "niveau": "Niveau de classe"}
COLLEGES = [site for site in SITES if kind(site) == "college"]


def mark(key: str, measure: str, value: float) -> str:
    return f'<data value="{value:.0f}" data-cle="{YEAR}/{key}" data-mesure="{measure}">{value:.0f}</data>'


def share_of(row) -> str:
    return "" if pd.isna(row.part_imprimee_pct) else f"{row.part_imprimee_pct:.0f}\u202f%"


def figure(question: str, rows: list) -> str:
    """A figure as pages have them: alt text, reading sentence, drawing and folded data."""
    parts = [f"{LABELS[row.modalite]}, {share_of(row) or f'{row.effectif_arrondi:.0f}'}" for row in rows]
    drawn = "".join(f"%3Ctext x='1'%3E{share_of(row).replace('%', '%25')}%3C/text%3E" for row in rows)
    cells = "".join(
        f'<tr data-cle="{YEAR}/alses/{question}/{row.modalite}"><th scope="row">{LABELS[row.modalite]}</th><td>environ '
        f'<data value="{row.effectif_arrondi:.0f}" data-mesure="effectif_arrondi">{row.effectif_arrondi:.0f}</data></td>'
        f"<td>{share_of(row)}</td></tr>"
        for row in rows
    )
    first, caption = rows[0], f"{NAMES[question]}, {YEAR}"
    count, base = (
        mark(f"alses/{question}/{first.modalite}", name, getattr(first, name))
        for name in ("effectif_arrondi", "base_arrondie")
    )
    return (
        f'<figure class="figure"><figcaption>{caption}</figcaption>'
        f'<img alt="Barres horizontales, {caption} : {" ; ".join(parts)}." '
        f'src="data:image/svg+xml,%3Csvg%3E{drawn}%3C/svg%3E"/>'
        f'<p class="lecture">Sur environ {base} personnes, environ {count} sont des {LABELS[first.modalite]} '
        f"(entre {first.effectif_min:.0f} et {first.effectif_max:.0f}).</p>"
        f"<details><table><caption>{caption}</caption><tbody>{cells}</tbody></table></details></figure>"
    )


def page(own: pd.DataFrame) -> str:
    """The page of a collège."""
    size = mark("alses/accompagnements/", "effectif_arrondi", own["effectif_arrondi"].iloc[0])
    figures = (figure(name, [row for row in own.itertuples() if row.indicateur == name]) for name in QUESTIONS)
    return (
        f"<html><head><title>Collège, {YEAR}</title></head><body><p>En {YEAR}, environ {size} personnes, sur "
        f"{mark('alses_reseau/accompagnements/', 'effectif_min', 113)} dans le réseau. Les nombres sont arrondis à 5 "
        f"près ; pas de page pour moins de 11 personnes.</p>{''.join(figures)}</body></html>"
    )


def write(table: pd.DataFrame, path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    path.write_text(text, encoding="utf-8-sig", newline="")


@pytest.fixture(scope="module")
def truth():
    return cases.truth()


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    root = tmp_path_factory.mktemp("parution")
    table = cases.table_of(cases.rounded_counts(), rounded=True)
    top = table[table["site_type"].eq("reseau")]
    write(top, root / "indicateurs.csv")
    sites = pd.DataFrame({"site_type": map(kind, SITES), "site": SITES, "nom": SITES, "association": "", "raison": ""})
    write(sites.assign(dossier=sites["site_type"] + "s/" + sites["site"]), root / "sites.csv")
    for site in SITES:
        own = table[table["site"].eq(site)]
        write(pd.concat([own, top]), root / f"{kind(site)}s/{site}/indicateurs.csv")
        if kind(site) == "college":
            (root / FILE.format(site)).write_text(page(own), encoding="utf-8")
    return root


def test_a_protected_release_may_leave_with_its_pages(release, truth):
    found = intruder_test.try_folder(release, truth)
    assert found.is_good, found.sentence
    assert found.counts["rien"]["bon"] >= 10


def changed(release, tmp_path, file: str, old: str, new: str):
    """A copy of the release in which a piece of a file, which stands there once, is another."""
    copy = tmp_path / "copie"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(release, copy)
    text = (copy / file).read_bytes().decode()
    assert text.count(old) == 1, (old, text.count(old))
    (copy / file).write_bytes(text.replace(old, new).encode())
    return copy


def faults_at(root, site: str) -> str:
    """What is found in the pages of a site; nothing when all is explained."""
    (folder,) = (each for each in read_folders(root) if each.site == site)
    return " ".join(faults_of(folder, root))


@pytest.mark.parametrize(
    "old, new, told",
    [
        # A mark with the true value, or text; that names nothing; without a key.
        ('data-mesure="base_arrondie">', 'data-mesure="base_min">', "vaut 21"),
        ("alses/accompagnements/", "alses/accompagnement/", "aucun tableau"),
        ("<p>En 2021", '<p><data value="26">26</data> En 2021', "sans dire lequel"),
    ],
)
def test_a_mark_that_names_nothing_published_is_named_with_its_page(release, tmp_path, truth, old, new, told):
    file = FILE.format("0590001A")
    text = (release / file).read_text(encoding="utf-8")
    piece = text[text.index(old) :][:120]
    copy = changed(release, tmp_path, file, piece, new + piece[len(old) :])
    found = intruder_test.try_folder(copy, truth, scenarios=[])
    assert not found.is_good and file in found.sentence
    assert any(told in plain(each.sentence) for each in found.findings), found.sentence


def test_each_mark_with_the_true_value_alarms(release, tmp_path):
    site = "0590001A"
    text, true = (release / FILE.format(site)).read_text(encoding="utf-8"), exact(site)
    marks = re.findall(r'<data value="(\d+)" data-cle="2021/alses/(\w+/\w*)" data-mesure="effectif_arrondi">', text)
    assert len(marks) == 3
    for shown, question in marks:
        head = f'<data value="{shown}" data-cle="2021/alses/{question}" data-mesure="effectif_arrondi">'
        for wrong in (head.replace(shown, str(true[question]), 1) + shown, head + str(true[question])):
            told = faults_at(changed(release, tmp_path, FILE.format(site), f"{head}{shown}<", f"{wrong}<"), site)
            assert "vaut" in told or "n’est pas la valeur" in told


def test_two_folders_that_say_two_things_of_a_cell_are_refused(release, tmp_path, truth):
    file = "colleges/0590002B/indicateurs.csv"
    lines = (release / file).read_bytes().decode("utf-8-sig").split("\r\n")
    line = next(each for each in lines if ";reseau;" in each and ";garcons;" in each)
    wrong = line.replace(";60", ";59").replace(";53,", ";52,")
    found = intruder_test.try_folder(changed(release, tmp_path, file, line, wrong), truth, scenarios=[])
    assert wrong != line and not found.is_good
    assert any("contredit" in each.sentence and "colleges/0590002B" in each.sentence for each in found.findings)


def test_a_folder_without_a_table_is_no_release(tmp_path, truth):
    with pytest.raises(FileNotFoundError, match="indicateurs.csv"):
        intruder_test.try_folder(tmp_path, truth)


@pytest.mark.parametrize(
    "text, values",
    [
        ("2\u202f233 personnes, 42\u202f% et −6,9\xa0points", [2233, 42, -6.9]),
        ("élèves de 4e et 3e, UPE2A, python 3.11.7", []),
        ("filles, 25, garçons, 20.", [25, 20]),
        ("de 28,3 % à 60,7 %", [28.3, 60.7]),
    ],
)
def test_numbers_are_read_as_french_pages_write_them(text, values):
    assert [value for value, _ in numbers_in(text)] == values


def test_a_report_of_printed_figures_is_explained_to_the_last_mark(truth):
    # The kept example: true pages, with every kind of mark, and nothing of persons to protect.
    nothing = intruder_model.Truth(truth.sites.head(0), truth.network.head(0))
    found = intruder_test.try_folder(paths.repository() / "docs" / "exemple", nothing)
    assert found.findings == [] and found.sentence == "Aucun petit nombre ne se retrouve."
