"""What changed since the last report: values matched by their keys, what changed meanwhile, a run never spoilt."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup

from conftest import plain as with_plain_spaces
from conftest import read_page
from helpers import paths, schema
from helpers.provenance import Reason
from helpers.report import diff
from helpers.report.diff import Names, compare_values, explain, read_values, remarks, values
from helpers.report.manifest import write_manifest

# Values as a report publishes them; what a row does not say is empty.
GIRLS = {
    "annee": "2032", "perimetre": "alses", "site_type": "reseau", "indicateur": "sexe", "modalite": "filles",
    "unite": "personnes", "effectif_min": "927", "effectif_max": "949", "base_min": "2233", "base_max": "2233",
    "part_imprimee_pct": "42,0", "decimales": "0", "part_min_pct": "41,513658755038065", "part_max_pct": "42,49888042991491",
    "precision": "arrondi_imprime", "source": "imprime", "reference": "Note, l. 12",
}  # fmt: skip
ALL = {
    "annee": "2032", "perimetre": "alses", "site_type": "reseau", "indicateur": "accompagnements", "unite": "personnes",
    "effectif_min": "2233", "effectif_max": "2233", "precision": "exact", "source": "imprime",
}  # fmt: skip
GAP = {
    "comparaison": "annees/alses/sexe/filles", "annee": "2032", "comparee_a": "2031", "constat": "hausse",
    "libelle": "Sexe : filles, 2031 et 2032", "mesure": "ecart", "unite": "points", "valeur": "1,9954704564073777",
    "valeur_min": "1,0", "valeur_max": "3,0", "methode": "part − part_reference",
}  # fmt: skip
DATA, CODE = Reason("donnees", "data/raw/2032/reunions.csv"), Reason("code", "src/helpers/analysis/describe.py")
NONE = {"moved": [], "appeared": [], "vanished": []}
MORE = ALL | {"effectif_max": "2240"}


def table(name: str, rows: tuple[dict, ...]) -> bytes:
    columns = schema.columns(name)
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(";".join(line) + "\r\n" for line in lines).encode("utf-8-sig")


def write_report(folder, *rows: dict, measures: tuple[dict, ...] = (GAP,)):
    """The folder, once it holds the files of a report that its values are read from."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "indicateurs.csv").write_bytes(table("indicateurs", rows))
    (folder / "comparaisons.csv").write_bytes(table("comparaisons", measures))
    (folder / "index.html").touch()
    write_manifest(folder, inputs=[], parameters={"year": 2032, "compare_to": 2031}, versions={}, checks=[])
    return folder


@pytest.fixture
def found(tmp_path):
    """What changed between values and others."""

    def compare(before: list[dict], after: list[dict], **given) -> diff.Changes:
        old = write_report(tmp_path / "avant", *before, measures=given.pop("old", (GAP,)))
        return compare_values(read_values(old), read_values(write_report(tmp_path / "apres", *after, **given)))

    return compare


@pytest.fixture
def release(data_root):
    """Publishes a report of 2032 and gives the lines that the terminal shows."""
    paths.processed(2032).mkdir(parents=True)

    def publish(*rows: dict, causes=(), name: str = "2032", **given) -> list[str]:
        built = write_report(paths.reports() / ".en-cours", *rows, **given)
        told = explain(paths.reports() / name, built, causes)
        shutil.rmtree(paths.reports() / name, ignore_errors=True)
        built.rename(paths.reports() / name)
        return list(map(plain, told))

    return publish


def page(name: str = "changements.html") -> BeautifulSoup:
    return read_page(paths.processed(2032) / name)


def plain(text: str) -> str:
    return with_plain_spaces(text).replace("\u2060", "")


def rows_of(made: BeautifulSoup) -> list[list[str]]:
    return [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in made.select("tbody tr")]


def said(change) -> str:
    return plain(" | ".join([Names().of(change), *values(change), *remarks(change)]))


# --- which values ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "written"), [
    ({"effectif_min": "930", "effectif_max": "951"}, "927–949 (42 %) | 930–951 (42 %)"),
    ({"base_max": "2240"}, "927–949 (42 %) | 927–949 (42 %)"),
    ({"part_min_pct": "41,52"}, "927–949 (42 %, 41,51–42,50 %) | 927–949 (42 %, 41,52–42,50 %)"),
    ({"effectif_min": "", "effectif_max": "", "part_imprimee_pct": ""}, "927–949 (42 %) | 41,5–42,5 %"),
    ({"effectif_min": "938", "effectif_max": "938", "precision": "exact"}, "927–949 (42 %) | 938 (42 %) | arrondi → exact"),
    ({"source": "export"}, "927–949 (42 %) | 927–949 (42 %) | imprimé → compté dans l’export"),
    (dict.fromkeys(["effectif_min", "effectif_max", "part_imprimee_pct", "part_min_pct", "part_max_pct"], "") | {"precision": "non_publie"},
     "927–949 (42 %) | non publié | arrondi → non publié"),
])  # fmt: skip
def test_whatever_moved_is_named_and_seen_in_what_is_written(found, change, written):
    changes = found([GIRLS, ALL], [GIRLS | change, ALL])
    assert [said(each) for each in changes["moved"]] == [f"Sexe : filles, personnes suivies par un ALSES, 2032 | {written}"]
    assert not changes["appeared"] and not changes["vanished"]


def test_neither_a_reference_nor_the_last_digit_of_an_addition_is_a_move(found):
    noise = GAP | {"valeur": "1,99547045642", "methode": "autrement dite"}
    assert found([GIRLS], [GIRLS | {"reference": "Note, l. 13"}], measures=(noise,)) == NONE
    (moved,) = found([GIRLS], [GIRLS], measures=(GAP | {"valeur": "1,99548"},))["moved"]
    assert said(moved).endswith("écart de parts | +1,99547 points (+1,00000 à +3,00000) | +1,99548 points (+1,00000 à +3,00000)")


def test_values_that_come_and_go_are_apart(found):
    both = found([GIRLS, ALL], [ALL, GIRLS | {"modalite": "garcons"}])
    assert ([said(each) for each in both["appeared"]], [said(each) for each in both["vanished"]], both["moved"]) == (
        ["Sexe : garçons, personnes suivies par un ALSES, 2032 | — | 927–949 (42 %)"],
        ["Sexe : filles, personnes suivies par un ALSES, 2032 | 927–949 (42 %) | —"],
        [],
    )


def test_a_comparison_moves_by_what_it_says_and_by_its_measures_even_new_ones(found):
    p = GAP | {"mesure": "p_holm", "unite": "", "valeur": "0,00012", "valeur_min": "0,00012", "valeur_max": "0,00012"}
    now = {"constat": "indetermine", "portee": "concluante"}
    both = found([ALL], [ALL], measures=(GAP | now, p | now))
    assert [said(each).removeprefix("Sexe : filles, 2031 et 2032 : ") for each in both["moved"]] == [
        "constat | hausse | indéterminé",
        "au-delà du hasard | — | dépassé",
        "valeur p corrigée (Holm) | — | 1,2 × 10⁻⁴",
    ]


@pytest.mark.parametrize(("change", "name"), [
    ({"indicateur": "chose_ancienne", "modalite": "une_part"}, "chose ancienne : une part, personnes suivies par un ALSES, 2032"),
    ({"indicateur": "mois_de_debut", "modalite": "2032_10", "perimetre": "postes"}, "Mois de début : octobre 2032, nouvelles prises de poste, 2032"),
    ({"croise_avec": "reunion", "modalite_croisee": "2032_12_01"}, "Sexe : filles, réunion du 1er décembre 2032, personnes suivies par un ALSES, 2032"),
    ({"indicateur": "theme_enonce", "modalite": "accueil", "perimetre": "enonces"}, "Thème de l’énoncé : Accueil, énoncés de la synthèse des réunions, 2032"),
    ({"site_type": "association", "site": "Le Gué"}, "Sexe : filles, Le Gué, personnes suivies par un ALSES, 2032"),
])  # fmt: skip
def test_a_value_has_a_name_whatever_the_catalogue_knows(found, data_root, change, name):
    (new,) = found([], [GIRLS | change])["appeared"]
    assert Names().of(new) == name


# --- a run -------------------------------------------------------------------------------------------------------------


def test_a_first_report_says_nothing_and_the_page_of_another_goes(release):
    (paths.processed(2032) / "changements.html").write_text("d’un rapport effacé", encoding="utf-8")
    assert release(GIRLS, ALL) == [] == list(paths.processed(2032).iterdir())


def test_when_nothing_moved_one_line_says_so_and_the_page_too(release):
    release(GIRLS, ALL)
    (line,) = release(GIRLS, ALL, causes=[CODE, Reason("produit", "reports/2032/index.html")])
    assert re.fullmatch(r"Aucun chiffre n’a changé depuis le rapport du \d\d/\d\d/\d{4} à \d\d h \d\d\.", line)
    assert plain(page().h1.get_text()) == line.rstrip(".")
    assert page().select_one(".chapeau").get_text() == f"Entre-temps ont changé\u00a0: le code ({CODE.name})."


def test_the_terminal_shows_findings_then_the_first_moves_and_where_all_are(release):
    many = [GIRLS | {"modalite": f"m{n}", "effectif_min": "900", "effectif_max": "900"} for n in range(50)]
    release(ALL, *many)
    moved = [row | {"effectif_max": str(900 + rank)} for rank, row in enumerate(many)]
    told = release(ALL, *moved, causes=[DATA], measures=(GAP | {"constat": "stable"},))
    assert told[0].startswith("49 chiffres et 1 comparaison ont changé depuis le rapport du ")
    assert told[1:] == [
        "Entre-temps ont changé : les données (data/raw/2032/reunions.csv).",
        "  Sexe : filles, 2031 et 2032 : constat : de hausse à stable",
        "  Sexe : m1, personnes suivies par un ALSES, 2032 : de 900 (42 %) à 900–901 (42 %), n = 2 233",
        "  Sexe : m2, personnes suivies par un ALSES, 2032 : de 900 (42 %) à 900–902 (42 %), n = 2 233",
        "  Sexe : m3, personnes suivies par un ALSES, 2032 : de 900 (42 %) à 900–903 (42 %), n = 2 233",
        "  le détail : data/processed/2032/changements.html",
    ]
    assert len(page().select("main tbody tr")) == 52  # the title of a topic, that of a comparison, and 50 moves


@pytest.mark.parametrize("damage", ["indicateurs.csv", "changements.html"])
def test_values_that_cannot_be_compared_are_one_line_and_the_next_run_compares_again(release, damage):
    release(GIRLS, ALL)
    release(GIRLS, ALL)
    held = paths.processed(2032) / damage
    if damage == "changements.html":
        held.unlink()
        (held / "fichier").mkdir(parents=True)
    else:
        (paths.report(2032) / damage).write_text("autre", encoding="utf-8")
    (line,) = release(GIRLS, MORE)
    assert re.fullmatch(r"Ce qui a changé depuis le rapport précédent n’a pas pu être dit \(\w+Error\)\.", line)
    assert not (paths.processed(2032) / "changements.html").is_file()
    shutil.rmtree(held, ignore_errors=True)
    assert release(GIRLS, ALL)[0].startswith("1 chiffre a changé")
    assert not list(paths.processed(2032).rglob("*.partiel"))


def test_reports_on_simulated_records_are_compared_among_themselves(release):
    invented = GIRLS | {"source": "synthetique"}
    release(ALL)
    assert release(invented, name="2032-synthetique") == []
    told = release(invented | {"effectif_max": "950"}, name="2032-synthetique")
    assert told[-1] == "  le détail : data/processed/2032/changements-synthetique.html"
    assert page("changements-synthetique.html").select_one(".encart.synthetique")
    assert not (paths.processed(2032) / "changements.html").exists()


# --- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_is_whole_in_one_file_and_leads_to_the_report(release):
    release(GIRLS, ALL)
    release(GIRLS | {"precision": "deduit"}, MORE, causes=[DATA, CODE])
    made = page()
    assert not made.find_all(["script", "img", "iframe"]) and not made.select("link[rel=stylesheet]")
    assert "default-src 'none'" in made.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    (link,) = [tag["href"] for tag in made.find_all("a") if not tag["href"].startswith("#")]
    assert (paths.processed(2032) / link).resolve() == paths.report(2032) / "index.html"
    assert [cell.get_text() for cell in made.select("thead th")] == ["Chiffre", "Avant", "Après", "n"]
    assert rows_of(made) == [
        ["Le public"],
        ["Sexe : filles, personnes suivies par un ALSES, 2032", "927–949 (42 %)", "927–949 (42 %) ; arrondi → déduit", "2 233"],
        ["Le volume d’accompagnements"],
        ["Accompagnements individuels, personnes suivies par un ALSES, 2032", "2 233", "2 233–2 240", "—"],
    ]
    assert not made.select(".encart")


def test_the_page_warns_where_a_difference_could_show_a_person(release):
    counted = GIRLS | {"source": "export"}
    release(counted, ALL)
    release(counted, ALL)
    assert not page().select(".encart")  # two reports without a difference show nobody
    release(counted | {"effectif_max": "950"}, ALL)
    assert page().select_one(".encart.alerte strong").get_text() == "Ne partagez pas cette page."
