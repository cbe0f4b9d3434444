"""Each fault of a page is told, and a good page has none."""

import pytest

from conftest import plain
from helpers.report.checks import MAX_PAGE_BYTES, POLICY, check_pages

HEAD = f'<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'

GOOD = f"""<!DOCTYPE html><html lang="fr">{HEAD}<title>t</title></head><body>
<h1 id="a">Un</h1><h2>Deux</h2><h3>Trois</h3><h2>Quatre</h2>
<a href="#a">a</a> <a href="autre.html#la">autre</a> <a href="mailto:x@exemple.fr">x</a>
<a href="%C3%A9t%C3%A9.csv">é</a> <a href="manifest.json">written after the checks</a>
<img src="data:image/png;base64,AA" alt="texte"><img src="data:," alt="" role="presentation">
<table><caption>c</caption><tr><th scope="row">a</th><td>1</td></tr></table>
BODY</body></html>"""


def problems(folder, body, page=GOOD):
    (folder / "autre.html").write_text(f'<html lang="fr">{HEAD}</head><h1 id="la">Là</h1></html>', encoding="utf-8")
    (folder / "été.csv").write_text("a", encoding="utf-8")
    (folder / "page.html").write_text(page.replace("BODY", body), encoding="utf-8")
    return check_pages(folder)


def test_good_page_has_no_problem(tmp_path):
    assert problems(tmp_path, "") == []


@pytest.mark.parametrize(("body", "said"), [
    ('<a href="rien.html">x</a>', "« rien.html » mène à un fichier absent"),
    ('<a href="Autre.html">x</a>', "« Autre.html » mène à un fichier absent"),
    ('<a href="../2019/index.html">x</a>', "« ../2019/index.html » sort du dossier"),
    ('<a href="#rien">x</a>', "« #rien » mène à une ancre absente"),
    ('<a href="autre.html#rien">x</a>', "« autre.html#rien » mène à une ancre absente"),
    ('<p id="a">x</p>', "l’identifiant « a » sert 2 fois"),
    ('<p aria-labelledby="a rien">x</p>', "l’attribut « aria-labelledby » de <p> nomme un identifiant absent, « rien »"),
    ('<label for="rien">x</label>', "l’attribut « for » de <label> nomme un identifiant absent"),
    ('<img src="data:,">', "l’image nº 3 n’a pas de texte de remplacement"),
    ('<img src="data:," alt="">', "l’image nº 3 n’a pas de texte de remplacement"),
    ('<a href="https://exemple.fr">x</a>', "adresse extérieure « https://exemple.fr » dans <a href>"),
    ('<a href="//exemple.fr">x</a>', "adresse extérieure « //exemple.fr »"),
    ('<a href=" java\nscript:alert(1)">x</a>', "adresse extérieure"),
    ('<a href="C:\\rapport.html">x</a>', "adresse extérieure"),
    ('<img alt="a" src="data:," srcset="http://exemple.fr/a.png 2x">', "dans <img srcset>"),
    ('<p style="background:url(\'http://exemple.fr/a\')">x</p>', "dans <p style>"),
    ("<style>@import 'http://exemple.fr/a.css';</style>", "dans <style>"),
    ('<meta http-equiv="Refresh" content="0;url=x">', "renvoi automatique"),
    ("<script>1</script>", "élément interdit <script>"),
    ('<p onClick="x()">x</p>', "attribut interdit « onclick » dans <p>"),
    ("<h1>Encore</h1>", "il faut un seul titre h1 ; il y en a 2"),
    ("<h4>Trop bas</h4>", "« Trop bas » saute du niveau 2 au niveau 4"),
    ('<table><tr><th scope="col">a</th></tr></table>', "le tableau nº 2 n’a pas de légende"),
    ("<table><caption>c</caption><tr><th>a</th></tr></table>", "le tableau nº 2 a des en-têtes"),
    ("<table><caption>c</caption><tr><td>a</td></tr></table>", "le tableau nº 2 a des en-têtes"),
])  # fmt: skip
def test_each_fault_is_told_once(tmp_path, body, said):
    [problem] = problems(tmp_path, body)
    assert problem.startswith("page.html\u00a0: ")
    assert said in plain(problem)


def test_weight_is_bounded_by_what_may_be_given(tmp_path):
    page = GOOD.replace("BODY", "")
    for extra, count in ((0, 0), (1, 1)):
        filler = "x" * (MAX_PAGE_BYTES - len(page.encode()) + extra)
        assert len(problems(tmp_path, "", page.replace("</body>", filler + "</body>"))) == count
    small = f'<html lang="fr">{HEAD}</head><h1 id="la">x</h1></html>'
    for name in ("page.html", "autre.html"):
        (tmp_path / name).write_text(small, encoding="utf-8")
    assert check_pages(tmp_path, bound=len(small)) == []
    assert "page.html\u00a0: la page pèse 0\xa0ko, plus que les 0\xa0ko permis." in check_pages(tmp_path, bound=len(small) - 1)


def test_pages_of_sub_folders_are_read_and_may_link_upwards(tmp_path):
    (tmp_path / "colleges").mkdir()
    page = f'<html lang="fr">{HEAD}</head><h1>x</h1><a href="../autre.html#la">x</a><a href="../rien.html">x</a></html>'
    (tmp_path / "colleges" / "page.html").write_text(page, encoding="utf-8")
    [problem] = problems(tmp_path, "")
    assert problem.startswith("colleges/page.html\u00a0: ")
    assert "../rien.html" in problem


@pytest.mark.parametrize(("written", "read", "said"), [
    ('<html lang="fr">', '<html lang="en">', "langue"),
    (POLICY, "default-src 'none'", "Content-Security-Policy"), ("img-src data:", "img-src data: https:", "Content-Security-Policy"),
    ("Content-Security-Policy", "Content-Security-Policy-Report-Only", "Content-Security-Policy"),
    ('<meta charset="utf-8">', '<meta charset="utf-8"><style>p {}</style>', "Content-Security-Policy"),
    (HEAD, f"<head></head>{HEAD.removeprefix('<head>')}", "Content-Security-Policy"),
])  # fmt: skip
def test_a_page_without_its_language_or_the_strict_policy_first_in_its_head_does_not_leave(tmp_path, written, read, said):
    [problem] = problems(tmp_path, "", GOOD.replace(written, read))
    assert said in problem
