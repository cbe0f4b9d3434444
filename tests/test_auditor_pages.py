"""The audit of a published folder: its tables together, and every number of its pages."""

import os
import re
import shutil

import pandas as pd
import pytest

from auditor_cases import QUESTIONS, SITES, YEAR, atoms, exact, network, rounded_counts, row, table_of
from helpers import paths
from helpers.disclosure import intruder_model, intruder_test
from helpers.disclosure.intruder_pages import faults_of, numbers_in, read_folders

ALL = os.environ.get("ALSES_ENUMERATIONS") == "toutes"
FILE = "colleges/{}/02_describe.html"
LABELS = {"filles": "filles", "garcons": "garçons", "6e": "6e", "5e": "5e", "4e": "4e", "3e": "3e"}
NAMES = {"sexe": "Sexe", "niveau": "Niveau de classe"}
COLLEGES = [site for site_type, site in SITES if site_type == "college"]


def mark(text: str, value: float, key: str, measure: str) -> str:
    return f'<data value="{value:.10g}" data-cle="{key}" data-mesure="{measure}">{text}</data>'


def share_of(row) -> str:
    return "" if pd.isna(row.part_imprimee_pct) else f"{row.part_imprimee_pct:.0f}\u202f%"


def figure(question: str, rows: list) -> str:
    """A figure as pages have them: alt text, reading sentence, picture and folded data."""
    parts = [f"{LABELS[row.modalite]}, {share_of(row) or f'{row.effectif_arrondi:.0f}'}" for row in rows]
    drawn = "".join(f"%3Ctext x='1'%3E{share_of(row).replace('%', '%25')}%3C/text%3E" for row in rows)
    cells = "".join(
        f'<tr data-cle="{YEAR}/alses/{question}/{row.modalite}"><th scope="row">{LABELS[row.modalite]}</th><td>environ '
        f'<data value="{row.effectif_arrondi:.0f}" data-mesure="effectif_arrondi">{row.effectif_arrondi:.0f}</data></td>'
        f"<td>{share_of(row)}</td></tr>"
        for row in rows
    )
    first, key = rows[0], f"{YEAR}/alses/{question}/{rows[0].modalite}"
    count, base = (mark(f"{v:.0f}", v, key, m) for v, m in ((first.effectif_arrondi, "effectif_arrondi"), (first.base_arrondie, "base_arrondie")))
    return (
        f'<figure class="figure"><figcaption>{NAMES[question]}, {YEAR}</figcaption>'
        f'<img alt="Barres horizontales, {NAMES[question]}, {YEAR} : {" ; ".join(parts)}." src="data:image/svg+xml,%3Csvg%3E{drawn}%3C/svg%3E"/>'
        f'<p class="lecture">Sur environ {base} personnes, environ {count} sont des {LABELS[first.modalite]} '
        f"(entre {first.effectif_min:.0f} et {first.effectif_max:.0f}).</p>"
        f"<details><table><caption>{NAMES[question]}, {YEAR}</caption><tbody>{cells}</tbody></table></details></figure>"
    )


def page(own: pd.DataFrame) -> str:
    """The page of a collège."""
    rows = {question: [r for r in own.itertuples() if r.indicateur == question] for question in QUESTIONS}
    size = own[own["indicateur"].eq("accompagnements")].iloc[0]
    shown = mark(f"{size.effectif_arrondi:.0f}", size.effectif_arrondi, f"{YEAR}/alses/accompagnements/", "effectif_arrondi")
    whole = mark("113", 113, f"{YEAR}/alses_reseau/accompagnements/", "effectif_min")
    said = (
        f"<p>En {YEAR}, environ {shown} personnes, sur {whole} dans le réseau. Les nombres sont arrondis à 5 près ; pas de"
        " page pour moins de 11 personnes.</p>"
    )
    figures = "".join(figure(question, each) for question, each in rows.items())
    return f"<html><head><title>Collège, {YEAR}</title></head><body>{said}{figures}</body></html>"


def write(table: pd.DataFrame, path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    path.write_text(text, encoding="utf-8-sig", newline="")


@pytest.fixture(scope="module")
def truth():
    return intruder_model.Truth(atoms(), network())


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    root = tmp_path_factory.mktemp("parution")
    table = table_of(rounded_counts(), rounded=True)
    top = table[table["site_type"].eq("reseau")]
    write(top, root / "indicateurs.csv")
    index = [{"site_type": t, "site": s, "nom": s, "association": "", "dossier": f"{t}s/{s}", "raison": ""} for t, s in SITES]
    write(pd.DataFrame(index), root / "sites.csv")
    for site_type, site in SITES:
        own = table[table["site"].eq(site)]
        write(pd.concat([own, top]), root / f"{site_type}s/{site}/indicateurs.csv")
        if site_type == "college":
            (root / FILE.format(site)).write_text(page(own), encoding="utf-8")
    return root


def test_a_protected_release_may_leave_with_its_pages(release, truth):
    found = intruder_test.audit(release, truth)
    assert found.is_good, found.sentence
    assert found.counts["rien"]["bon"] >= 10 and found.findings == [f for f in found.findings if f.verdict == 1]


def changed(release, tmp_path, file: str, old: str, new: str):
    """A copy of the release in which a piece of a file, which stands there once, is another."""
    copy = tmp_path / "copie"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(release, copy)
    path = copy / file
    with path.open(encoding="utf-8", newline="") as opened:
        text = opened.read()
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    return copy


def faults_at(root, site: str) -> str:
    """What is found in the pages of a site; nothing when all is explained."""
    (folder,) = (each for each in read_folders(root) if each.site == site)
    return " ".join(each.sentence for each in faults_of(folder, root))


def test_every_alt_text_from_the_true_counts_alarms(release, tmp_path):
    silent, seen = [], 0
    for site in COLLEGES if ALL else COLLEGES[:2]:
        text, true = (release / FILE.format(site)).read_text(encoding="utf-8"), exact(("college", site))
        for alt in re.findall(r'alt="[^"]*"', text):
            for name, label in LABELS.items():
                count = next((n for (_, modality), n in true.items() if modality == name), None)
                shown = re.search(rf"{label}, (\d+)(\u202f%)?", alt)
                if shown is None:
                    continue
                value = int(100 * count / true["accompagnements", ""] + 0.5) if shown.group(2) else count
                if value == int(shown.group(1)):
                    continue
                wrong = alt.replace(shown.group(0), f"{label}, {value}{shown.group(2) or ''}")
                found = faults_at(changed(release, tmp_path, FILE.format(site), alt, wrong), site)
                seen += 1
                silent += [] if "rien de publié" in found else [(site, label, value)]
    assert seen >= (15 if ALL else 8) and silent == []


def test_a_number_of_another_answer_is_no_explanation(release, tmp_path, truth):
    site = "0590001A"
    text = (release / FILE.format(site)).read_text(encoding="utf-8")
    alt = next(each for each in re.findall(r'alt="[^"]*"', text) if "6e, " in each)
    (sixth, third), shown = (re.search(rf"{label}, (\d+)", alt).group(1) for label in ("6e", "3e")), alt
    assert sixth != third
    copy = changed(release, tmp_path, FILE.format(site), shown, shown.replace(f"6e, {sixth}", f"6e, {third}"))
    found = intruder_test.audit(copy, truth, states=[])
    assert not found.is_good and f"6e, {third}" in found.sentence


@pytest.mark.parametrize(
    "old, new, said",
    [
        # A mark whose value is the true one; whose text is; that names nothing; without a key.
        ('data-mesure="base_arrondie">', 'data-mesure="base_min">', "vaut 21"),
        ("alses/accompagnements/", "alses/accompagnement/", "aucun tableau"),
        ("<p>En 2021", '<p><data value="26">26</data> En 2021', "sans dire lequel"),
        ("</body>", "<p>26 personnes sont suivies.</p></body>", "« 26 personnes"),
        ("</body>", "<p>Soit 35 % des élèves.</p></body>", "35 %"),
        ("</body>", '<p aria-label="26 personnes">Oui.</p></body>', "« 26 personnes »"),
        ("</body>", "<svg><title>filles, 9</title></svg></body>", "« filles, 9 »"),
        ("</body>", "<table><tr><td>17</td></tr></table></body>", "« 17 »"),
        ("(entre ", "(entre 7 et 11, ou ", "7 et 11"),
    ],
)
def test_a_number_that_nothing_explains_is_named_with_its_page(release, tmp_path, truth, old, new, said):
    site = "0590001A"
    text = (release / FILE.format(site)).read_text(encoding="utf-8")
    at = text.index(old)
    piece = text[at : at + 120]
    found = intruder_test.audit(changed(release, tmp_path, FILE.format(site), piece, new + piece[len(old) :]), truth, states=[])
    assert not found.is_good
    assert any(said in each.sentence.replace("\u202f", " ").replace("\xa0", " ") for each in found.findings), found.sentence
    assert FILE.format(site) in found.sentence


def test_each_mark_with_the_true_value_alarms(release, tmp_path):
    site = "0590001A"
    text, true = (release / FILE.format(site)).read_text(encoding="utf-8"), exact(("college", site))
    marks = re.findall(r'<data value="(\d+)" data-cle="2021/alses/(\w+)/(\w*)" data-mesure="effectif_arrondi">\d+</data>', text)
    assert len(marks) == 3
    for shown, indicator, modality in marks:
        head, tail = f'<data value="{shown}" data-cle="2021/alses/{indicator}/{modality}" data-mesure="effectif_arrondi">', "</data>"
        count = true[indicator, modality]
        for wrong in (head.replace(f'"{shown}"', f'"{count}"', 1) + shown + tail, head + str(count) + tail):
            copy = changed(release, tmp_path, FILE.format(site), head + shown + tail, wrong)
            assert "vaut" in faults_at(copy, site) or "n’est pas la valeur" in faults_at(copy, site)


def test_two_folders_that_say_two_things_of_a_cell_are_refused(release, tmp_path, truth):
    path = release / "colleges/0590002B/indicateurs.csv"
    line = next(x for x in path.read_bytes().decode("utf-8-sig").split("\r\n") if ";reseau;" in x and ";garcons;" in x)
    wrong = line.replace(";60", ";59").replace(";53,", ";52,")
    copy = changed(release, tmp_path, "colleges/0590002B/indicateurs.csv", line, wrong)
    found = intruder_test.audit(copy, truth, states=[])
    assert wrong != line and not found.is_good
    assert any("contredit" in each.sentence and "colleges/0590002B" in each.sentence for each in found.findings)


def test_a_folder_without_a_table_is_no_release(tmp_path, truth):
    with pytest.raises(FileNotFoundError, match="indicateurs.csv"):
        intruder_test.audit(tmp_path, truth)


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
    assert [number.value for number in numbers_in(text)] == values


def test_a_report_of_printed_figures_is_explained_to_the_last_mark():
    # The kept example: true pages, with every kind of mark, and nothing of persons to protect.
    example = paths.repository() / "docs" / "exemple"
    nothing = intruder_model.Truth(atoms().head(0), network().head(0))
    found = intruder_test.audit(example, nothing)
    assert found.findings == [] and found.sentence == "Aucun petit nombre ne se retrouve."


def test_a_figure_of_the_network_says_no_more_than_its_protected_count(tmp_path, truth):
    table = network()
    small = table["modalite"].eq("3e")
    table = pd.concat([table[~small], pd.DataFrame([row(("reseau", ""), ("niveau", "3e"), 20, 113, rounded=True)])])
    write(table.assign(base_min=table["base_min"].mask(table["modalite"].eq("3e"), 109)), tmp_path / "indicateurs.csv")
    key = f'<data value="20" data-cle="{YEAR}/alses/niveau/3e" data-mesure="effectif_arrondi">20</data>'
    for said, faults in (("20", 0), ("18", 1)):
        text = f'<figure><img alt="Barres : 4e, 33 ; 3e, {said}."/><p>{key}</p></figure>'
        (tmp_path / "02_describe.html").write_text(text, encoding="utf-8")
        (folder,) = read_folders(tmp_path)
        assert len(faults_of(folder, tmp_path)) == faults
