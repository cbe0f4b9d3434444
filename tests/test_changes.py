"""What changed since the last report: figures matched by their keys, causes that the data can bear, a run never spoilt."""

import json
import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from helpers import data, paths, schema
from helpers.provenance import Reason
from helpers.report import diff
from helpers.report.diff import KINDS, Names, compare_figures, read_report, remarks, say_causes, values
from helpers.report.diff_page import after_release, kept_values
from in_process import run_notebook

# Figures as a report publishes them; what a row does not say is empty.
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


def table(name: str, rows: tuple[dict, ...], without: str = "") -> bytes:
    columns = [column for column in schema.columns(name) if column != without]
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(";".join(line) + "\r\n" for line in lines).encode("utf-8-sig")


def write_report(folder: Path, *rows: dict, measures: tuple[dict, ...] = (GAP,), without: str = "", **manifest) -> Path:
    """The folder, once it holds the files of a report that its figures are read from."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "indicateurs.csv").write_bytes(table("indicateurs", rows, without))
    (folder / "comparaisons.csv").write_bytes(table("comparaisons", measures))
    made_from = {
        "inputs": [{"path": "data/raw/2032/reunions.csv", "sha256": "a"}], "parameters": {"year": 2032, "compare_to": 2031},
        "versions": {"pandas": "3.1.1"}, "tampon": {"produit_le": "2026-11-12T13:32:00+00:00"},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(made_from | manifest), encoding="utf-8")
    return folder


@pytest.fixture
def found(tmp_path):
    """What changed between figures and others."""

    def compare(before: list[dict], after: list[dict], **given) -> diff.Changes:
        old = write_report(tmp_path / "avant", *before, without=given.pop("without", ""), measures=given.pop("old", (GAP,)))
        return compare_figures(read_report(old), read_report(write_report(tmp_path / "apres", *after, **given)))

    return compare


@pytest.fixture
def release(data_root):
    """Publishes a report of 2032 and gives the lines that the terminal shows."""

    def publish(*rows: dict, causes=(), name: str = "2032", **manifest) -> list[str]:
        told = []
        after_release(2032, write_report(paths.reports() / name, *rows, **manifest), causes, told.append)
        return told

    return publish


def page(name: str = "changements.html") -> BeautifulSoup:
    return BeautifulSoup((paths.processed(2032) / name).read_text(encoding="utf-8"), "html.parser")


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text).replace("\u2060", "")


def said(change) -> str:
    before, after = values(change)
    return plain(" | ".join([Names().of(change), before, after, *remarks(change)]))


# --- which figures -----------------------------------------------------------------------------------------------------


def test_a_figure_that_moved_is_named_by_the_catalogue_and_written_with_its_bounds(found):
    moved = {"effectif_min": "930", "effectif_max": "951"}
    only = found([GIRLS, ALL], [GIRLS | moved, ALL])
    assert [said(each) for each in only.moved] == [
        "Sexe : filles, personnes suivies par un ALSES, 2032 | 927–949 (42 %) | 930–951 (42 %)"
    ]
    assert not only.appeared and not only.vanished


def test_a_figure_known_better_has_moved_and_so_has_one_from_elsewhere(found):
    (known,) = found([GIRLS], [GIRLS | {"effectif_min": "938", "effectif_max": "938", "precision": "exact"}]).moved
    assert said(known).endswith("927–949 (42 %) | 938 (42 %) | arrondi → exact")
    (same,) = found([ALL], [ALL | {"source": "export"}]).moved
    assert said(same).endswith("2 233 | 2 233 | imprimé → compté dans l’export")


SHARES = dict.fromkeys(["effectif_min", "effectif_max", "part_imprimee_pct", "part_min_pct", "part_max_pct"], "")


@pytest.mark.parametrize(("change", "written"), [
    ({"base_max": "2240"}, "927–949 (42 %) | 927–949 (42 %)"),
    ({"part_min_pct": "41,52"}, "927–949 (42 %, 41,51–42,50 %) | 927–949 (42 %, 41,52–42,50 %)"),
    ({"unite": "postes"}, "927–949 (42 %) personnes | 927–949 (42 %) postes"),
    ({"effectif_min": "", "effectif_max": "", "part_imprimee_pct": ""}, "927–949 (42 %) | 41,5–42,5 %"),
    (SHARES | {"precision": "non_publie"}, "927–949 (42 %) | non publié | arrondi → non publié"),
])  # fmt: skip
def test_whatever_moved_is_seen_in_what_is_written(found, change, written):
    (moved,) = found([GIRLS], [GIRLS | change]).moved
    assert said(moved).split(" | ", 1)[1] == written


def test_neither_a_reference_nor_the_last_digit_of_an_addition_is_a_move(found):
    noise = GAP | {"valeur": "1,99547045642", "methode": "autrement dite"}
    assert found([GIRLS], [GIRLS | {"reference": "Note, l. 13"}], measures=(noise,)).every == []
    (moved,) = found([GIRLS], [GIRLS], measures=(GAP | {"valeur": "1,99548"},)).moved
    assert said(moved).endswith("écart de parts | +1,99547 points (+1,00000 à +3,00000) | +1,99548 points (+1,00000 à +3,00000)")


def test_figures_that_come_and_go_are_apart(found):
    both = found([GIRLS, ALL], [ALL, GIRLS | {"modalite": "garcons"}])
    assert ([said(each) for each in both.appeared], [said(each) for each in both.vanished], both.moved) == (
        ["Sexe : garçons, personnes suivies par un ALSES, 2032 | — | 927–949 (42 %)"],
        ["Sexe : filles, personnes suivies par un ALSES, 2032 | 927–949 (42 %) | —"],
        [],
    )


def test_a_comparison_moves_by_what_it_says_and_by_its_measures_even_new_ones(found):
    p = GAP | {"mesure": "p_holm", "unite": "", "valeur": "0,00012", "valeur_min": "0,00012", "valeur_max": "0,00012"}
    now = {"constat": "indetermine", "portee": "concluante"}
    both = found([ALL], [ALL], measures=(GAP | now, p | now))
    assert [said(each).removeprefix("Sexe : filles, 2031 et 2032 : ") for each in both.moved] == [
        "constat | hausse | indéterminé",
        "au-delà du hasard | — | dépassé",
        "valeur p corrigée (Holm) | — | 1,2 × 10⁻⁴",
    ]
    # Of two groups, none rises.
    beside = GAP | {"comparaison": "reste/alses/sexe/garcons", "libelle": "Sexe : garçons, ALSES et reste"}
    assert {each.key[0] for each in found([ALL], [ALL], old=()).appeared} == {"annees/alses/sexe/filles"}
    (word,) = found([ALL], [ALL], old=(beside | {"constat": "baisse"},), measures=(beside,)).moved
    assert said(word) == "Sexe : garçons, ALSES et reste : constat | au-dessous | au-dessus"


def test_a_table_older_than_a_column_is_compared_on_the_others(found):
    assert found([GIRLS], [GIRLS], without="part_min_pct").every == []
    assert len(found([GIRLS], [GIRLS | {"effectif_min": "928"}], without="part_min_pct").moved) == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"indicateur": "chose_ancienne", "modalite": "une_part"}, "chose ancienne : une part, personnes suivies par un ALSES, 2032"),
        ({"indicateur": "mois_de_debut", "modalite": "2032_10", "perimetre": "postes"}, "Mois de début : octobre 2032, nouvelles prises de poste, 2032"),
        ({"croise_avec": "reunion", "modalite_croisee": "2032_12_01"}, "Sexe : filles, réunion du 1er décembre 2032, personnes suivies par un ALSES, 2032"),
        ({"croise_avec": "niveau", "modalite_croisee": "5e+autre"}, "Sexe : filles, niveau de classe : 5e ou SEGPA, ULIS, UPE2A, personnes suivies par un ALSES, 2032"),
        ({"indicateur": "theme_enonce", "modalite": "accueil", "perimetre": "enonces"}, "Thème de l’énoncé : Accueil, énoncés de la synthèse des réunions, 2032"),
        ({"site_type": "association", "site": "Le Gué"}, "Sexe : filles, Le Gué, personnes suivies par un ALSES, 2032"),
    ],
)  # fmt: skip
def test_a_figure_has_a_name_whatever_the_catalogue_knows(found, data_root, change, name):
    (new,) = found([], [GIRLS | change]).appeared
    assert Names().of(new) == name


# --- after what --------------------------------------------------------------------------------------------------------


def test_one_kind_of_change_is_what_the_figures_come_after_and_many_names_are_cut():
    for kind, (_, after) in KINDS.items():
        assert say_causes([Reason(kind, "x"), Reason(kind, "y")], has_moved=True) == f"Après {after} : x, y."
    told = say_causes([Reason("code", f"m{n}.py") for n in range(6)], has_moved=True)
    assert told == "Après un changement de code : m0.py, m1.py, m2.py et 3 autres."


def test_of_several_kinds_none_is_said_to_be_the_cause():
    told = say_causes([CODE, DATA, CODE], has_moved=True)
    assert told == (
        "Deux choses ont changé : les données (data/raw/2032/reunions.csv) et le code (src/helpers/analysis/describe.py) ; "
        "on ne peut pas dire laquelle a fait bouger un chiffre."
    )
    assert say_causes([Reason(kind, "x") for kind in KINDS], has_moved=True).startswith("Cinq choses ont changé : les données (x), ")


def test_figures_that_move_without_a_cause_are_a_defect():
    assert "C’est un défaut à signaler." in say_causes([], has_moved=True)
    assert say_causes([], has_moved=False) == ""
    assert say_causes([CODE], has_moved=False) == "Changé sans effet sur les chiffres : le code (src/helpers/analysis/describe.py)."


# --- a run -------------------------------------------------------------------------------------------------------------


def test_the_first_report_has_nothing_to_be_compared_with(release):
    paths.processed(2032).mkdir(parents=True)
    (paths.processed(2032) / "changements.html").write_text("d’un rapport effacé", encoding="utf-8")
    assert release(GIRLS, ALL) == []
    assert {path.name for path in paths.processed(2032).iterdir()} == {"dernier_rapport.zip"}


def test_when_nothing_moved_one_line_says_so_and_the_page_too(release):
    release(GIRLS, ALL)
    (line,) = release(GIRLS, ALL, causes=[CODE])
    assert re.fullmatch(r"Aucun chiffre n’a changé depuis le rapport du 1[123]/11/2026 à \d\d h \d\d\.", plain(line))
    assert page().h1.get_text() == line.rstrip(".")
    assert plain(page().select_one(".chapeau").get_text()).startswith("Changé sans effet sur les chiffres : le code")


@pytest.mark.parametrize(
    ("made_from", "cause"),
    [
        ({"inputs": [{"path": "data/raw/2032/reunions.csv", "sha256": "b"}]}, "Après un changement de données : data/raw/2032/reunions.csv."),
        ({"parameters": {"year": 2032, "compare_to": None}}, "Après un changement de paramètre : compare_to : 2031 → aucune."),
        ({"versions": {"pandas": "3.1.2"}}, "Après un changement de bibliothèque : pandas 3.1.1 → 3.1.2."),
        ({}, "La cause est inconnue"),
    ],
)  # fmt: skip
def test_the_manifests_tell_what_the_engine_may_have_seen_in_a_run_that_failed(release, made_from, cause):
    release(GIRLS, ALL)
    told = release(GIRLS, ALL | {"effectif_max": "2240"}, **made_from)
    assert told[1].startswith(cause)


def test_the_terminal_shows_the_biggest_moves_and_where_all_are(release):
    many = [GIRLS | {"modalite": f"m{n}", "effectif_min": "900", "effectif_max": "900"} for n in range(50)]
    release(ALL, *many)
    moved = [row | {"effectif_max": str(900 + rank)} for rank, row in enumerate(many)]
    told = [plain(line) for line in release(ALL, *moved, causes=[DATA], measures=(GAP | {"constat": "stable"},))]
    assert told[0].startswith("49 chiffres et 1 comparaison ont changé depuis le rapport du ")
    assert told[1:] == [
        "Après un changement de données : data/raw/2032/reunions.csv.",
        "  Sexe : filles, 2031 et 2032 : constat : de hausse à stable",
        "  Sexe : m49, personnes suivies par un ALSES, 2032 : de 900 (42 %) à 900–949 (42 %), n = 2 233",
        "  Sexe : m48, personnes suivies par un ALSES, 2032 : de 900 (42 %) à 900–948 (42 %), n = 2 233",
        "  Sexe : m47, personnes suivies par un ALSES, 2032 : de 900 (42 %) à 900–947 (42 %), n = 2 233",
        "  le détail : data/processed/2032/changements.html",
    ]
    assert len(page().select("main tbody tr")) == 52  # the title of a topic, that of a comparison, and 50 moves


def test_the_headline_agrees_with_what_it_counts(release):
    release(GIRLS, ALL)
    assert plain(release(GIRLS, ALL | {"effectif_max": "2240"})[0]).startswith("1 chiffre a changé depuis")
    told = release(ALL | {"effectif_max": "2240"}, measures=(GAP, GAP | {"comparaison": "annees/x"}))[0]
    assert plain(told).startswith("Aucun chiffre n’a changé depuis")
    assert told.endswith(" ; 1 comparaison est apparue ; 1 chiffre a disparu.")


def test_figures_are_compared_with_the_last_report_not_with_the_first(release):
    assert [len(release(ALL | {"effectif_max": count})) for count in ("2233", "2240", "2240")] == [0, 4, 1]


@pytest.mark.parametrize("damage", ["cut", "garbage", "other", "table", "manifest", "empty"])
def test_figures_that_can_no_longer_be_read_are_a_line_and_the_next_run_compares_again(release, damage):
    release(GIRLS, ALL)
    release(GIRLS, ALL)
    path = paths.processed(2032) / "dernier_rapport.zip"
    files = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    archives = {"other": {}, "table": files | {"indicateurs.csv": files["indicateurs.csv"][:-60]}, "manifest": files | {"manifest.json": b"[]"}}
    if damage in archives:
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in archives[damage].items():
                archive.writestr(name, content)
    else:
        path.write_bytes({"cut": path.read_bytes()[:500], "garbage": b"PK" * 300, "empty": b""}[damage])
    (line,) = release(GIRLS, ALL)
    assert line.startswith("Rien n’est comparé au rapport précédent : ses chiffres ne se lisent plus (")
    assert not (paths.processed(2032) / "changements.html").exists()
    assert release(GIRLS, ALL)[0].startswith("Aucun chiffre n’a changé")


def test_a_page_that_cannot_be_written_spoils_no_run_and_the_next_one_says_it(release):
    release(ALL)
    held = paths.processed(2032) / "changements.html"
    (held / "fichier").mkdir(parents=True)
    (line,) = release(ALL | {"effectif_max": "2240"})
    assert re.fullmatch(r"Ce qui a changé n’a pas pu être dit \(\w+Error\) ; le rapport, lui, est publié\.", line)
    shutil.rmtree(held)
    assert release(ALL | {"effectif_max": "2240"})[0].startswith("1 chiffre a changé")
    assert not list(paths.processed(2032).rglob("*.partiel"))


def test_reports_on_simulated_records_are_compared_among_themselves(release):
    invented = GIRLS | {"source": "synthetique"}
    release(ALL)
    assert release(invented, name="2032-synthetique") == []
    told = release(invented | {"effectif_max": "950"}, name="2032-synthetique")
    assert told[-1] == "  le détail : data/processed/2032/changements-synthetique.html"
    assert page("changements-synthetique.html").select_one(".encart.synthetique")
    assert kept_values(2032).rows["indicateurs"].keys() != kept_values(2032, is_synthetic=True).rows["indicateurs"].keys()
    assert not (paths.processed(2032) / "changements.html").exists()


# --- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_is_whole_in_one_file_and_leads_to_the_report(release):
    release(GIRLS, ALL)
    release(GIRLS | {"precision": "deduit"}, ALL | {"effectif_max": "2240"}, causes=[DATA, CODE])
    made = page()
    assert not made.find_all(["script", "img", "iframe"]) and not made.select("link[rel=stylesheet]")
    assert "default-src 'none'" in made.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    (link,) = [tag["href"] for tag in made.find_all("a") if not tag["href"].startswith("#")]
    assert (paths.processed(2032) / link).resolve() == paths.report(2032) / "index.html"
    assert [cell.get_text() for cell in made.select("thead th")] == ["Chiffre", "Avant", "Après", "n", "Précision, source"]
    rows = [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in made.select("tbody tr")]
    assert rows == [
        ["Le public"],
        ["Sexe : filles, personnes suivies par un ALSES, 2032", "927–949 (42 %)", "927–949 (42 %)", "2 233", "arrondi → déduit"],
        ["Le volume d’accompagnements"],
        ["Accompagnements individuels, personnes suivies par un ALSES, 2032", "2 233", "2 233–2 240", "—", "—"],
    ]
    assert not made.select(".encart")


def test_the_page_warns_where_a_difference_could_show_a_person(release):
    counted = GIRLS | {"source": "export"}
    release(counted, ALL)
    release(counted, ALL)
    assert not page().select(".encart")  # two reports without a difference show nobody
    release(counted | {"effectif_max": "950"}, ALL)
    assert page().select_one(".encart.alerte strong").get_text() == "Ne partagez pas cette page."


def test_names_that_come_from_files_are_shown_as_text(release):
    release(ALL, measures=(GAP | {"libelle": "<b>x</b>"},))
    release(ALL, measures=(GAP | {"libelle": "<b>x</b>", "valeur": "2,5"},), causes=[Reason("code", "<i>y</i>")])
    assert not page().select("main b, main i") and "<b>x</b>" in page().main.get_text()


# --- with a true report ------------------------------------------------------------------------------------------------


def test_one_value_of_a_raw_file_moves_the_figures_that_rest_on_it_and_no_other(mini_root, tmp_path, monkeypatch):
    root = shutil.copytree(mini_root, tmp_path / "projet")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    assert kept_values(2032).rows == read_report(paths.report(2032)).rows
    assert kept_values(2032).made_at == read_report(paths.report(2032)).made_at > datetime(2026, 1, 1).astimezone()
    meetings = paths.raw_table(2032, "reunions")
    text = meetings.read_text(encoding="utf-8")
    meetings.write_text(text.replace("visio,nouveaux,7,9", "visio,nouveaux,8,9"), encoding="utf-8")
    run_notebook("01_clean", {"year": 2032})
    data.export_indicators([2031, 2032], paths.report(2032))
    told = []
    after_release(2032, paths.report(2032), [DATA], told.append)
    assert plain(told[1]) == "Après un changement de données : data/raw/2032/reunions.csv."
    rows = [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in page().select("tbody tr")]
    assert [row for row in rows if len(row) > 1] == [
        ["Présents : nouveaux ALSES, réunions du réseau, 2032", "7", "8", "9"],
        ["Présents : réunions des groupes d’ALSES, réunions du réseau, 2032", "12", "13", "19"],
        ["Présents : nouveaux ALSES, réunion du 3 novembre 2032, réunions du réseau, 2032", "7", "8", "—"],
        ["Chiffres imprimés contrôlés : confirmés, données reçues, 2032", "12", "11", "—"],
        ["Chiffres imprimés contrôlés : contradictoires, données reçues, 2032", "0", "1", "—"],
        ["Égalités indépendantes, données reçues, 2032", "8", "7", "—"],
    ]
