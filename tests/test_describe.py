"""Page 02, what it says of the persons followed: the right rows, titles and bases that follow them, words that judge."""

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
import seaborn as sns

from helpers import charts, clean, indicators, paths, schema, text
from helpers.analysis import describe
from helpers.indicators.constraints import row, table
from in_process import draw_nothing, run_cell

FIRST, AFTER = "## Combien de personnes", "## Les territoires"


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    draw_nothing(monkeypatch.setattr)


def figure(name, modality, n, base=100, *, cross=("", ""), source="imprime", perimeter="alses", **more):
    counts, precision = ((n, n), "exact") if isinstance(n, int) else (n, "non_publie" if n is None else "exact")
    made = row((2032, perimeter, name, modality), "personnes", counts=counts, base=base and (base, base), cross=cross, precision=precision, reference="Note, l. 1")
    return made | {"source": source} | more


def shown(*rows, lieu: str = "", changes: list[tuple] = ()) -> str:
    """What the cells of the persons display of these rows, spaces plain."""
    cells = nbformat.read(paths.notebook("02_describe"), as_version=4).cells
    texts = ["".join(cell.source) if cell.cell_type == "markdown" else "" for cell in cells]
    first, last = (next(place for place, each in enumerate(texts) if each.startswith(head)) for head in (FIRST, AFTER))
    frame = indicators.with_site_name(table(list(rows)), lieu)
    names = {
        "clean": clean, "changements": pd.DataFrame(changes, columns=["regle", "lignes"]), "plt": plt, "pd": pd, "sns": sns, "charts": charts, "describe": describe, "indicators": indicators, "schema": schema, "text": text,
        "texte": text.texte, "indicateurs": frame, "chiffres": indicators.Facts(frame, year=2032), "lieu": lieu,
        "enonces": pd.DataFrame(columns=schema.columns("enonces")), "choix": SimpleNamespace(year=2032), "questions": schema.catalogue().indicators,
    }  # fmt: skip
    made = [each for cell in cells[first:last] if cell.cell_type == "code" for each in run_cell(cell, names)]
    return re.sub("[\u202f\u00a0]", " ", "\n".join(text.plain(re.sub("<svg.*?</svg>", "", each.html, flags=re.DOTALL)) for each in made))


@pytest.mark.parametrize(("rows", "said"), [(0, ""), (4, "moins de 5"), (12, "environ 10")])
def test_the_persons_whose_dates_are_out_of_the_year_are_told_where_they_are_counted(rows, said):
    whole = figure("accompagnements", "", 100, None, perimeter="prevention_specialisee", source="export")
    words = shown(whole, changes=[(rule, rows // 2) for rule in clean.OUT_OF_YEAR] if rows else [("autre", 9)])
    assert ("dates disent" in words, f"commencé après : {said}." in words) == (bool(rows), bool(rows))


def sexes(girls: int) -> list[dict]:
    return [figure("sexe", "filles", girls), figure("sexe", "garcons", 100 - girls)]


@pytest.mark.parametrize(("girls", "said"), [(40, "Les filles (40) sont moins nombreuses que les garçons (60)."), (60, "Les filles (60) sont plus nombreuses que les garçons (40)."), (50, "")])
def test_two_opposite_years_turn_the_sentence_on_girls_round(girls, said):
    words = shown(*sexes(girls))
    assert said in words and ("nombreuses" in words) == bool(said)


def test_the_theme_whose_objective_goes_furthest_beyond_its_request_leads_and_what_has_no_known_base_is_left_out():
    def themes(**counts):
        return [figure(name, theme, n) for theme, both in counts.items() for name, n in zip(("demande_initiale", "objectif"), both, strict=True)]

    school = row((2032, "alses", "objectif", "scolaire"), "personnes", counts=None, share=30, decimals=0, precision="arrondi_imprime", reference="Note, l. 2")
    words = shown(*themes(scolarite=(20, 30), mobilite=(5, 60)), school)
    assert "Mobilité : 5 jeunes viennent pour cela ; on y travaille avec 60" in words
    assert "Le document imprime 30 % pour l’école parmi les objectifs" in words and "n = 100 (personnes suivies par un ALSES)" in words
    assert "Scolarité : 5 jeunes viennent pour cela ; on y travaille avec 60" in shown(*themes(scolarite=(5, 60), mobilite=(20, 30)))


def test_a_question_of_the_catalogue_is_drawn_by_the_loop_and_one_of_two_answers_is_not():
    words = shown(*(figure("age", name, n, source="export") for name, n in (("12", 10), ("13", 60), ("14", 30))), *sexes(40))
    assert "Parmi les jeunes suivis, 60 % ont treize ans" in words
    assert "Parmi les jeunes suivis, 40 % sont des filles" not in words


def test_classes_speak_of_those_that_are_drawn_and_answers_counted_together_do_not_lead():
    groups = {"6e": (10, 40), "3e": (30, 60), "autre+non_renseigne": (19, 20)}
    rows = [figure("parents_associes", "oui", n, base, cross=("niveau", group), source="export") for group, (n, base) in groups.items()]
    small = figure("parents_associes", "oui", 5, 9, cross=("niveau", "5e"), source="export", part_min_pct=None, part_max_pct=None, effectif_max=7)
    words = shown(*rows, small)
    assert "En 3e, 50 % ont des parents associés à l’accompagnement ; en 6e, 25 %" in words
    assert "n = 40 (6e) ; n = 60 (3e) ; n = 20 (SEGPA, ULIS, UPE2A ou non renseigné)" in words and "(5e)" not in words


def test_the_class_where_girls_and_boys_differ_most_leads_the_grid():
    counts = {"6e": (30, 25), "3e": (30, 10), "non_renseigne": (None, 10)}
    rows = [
        figure("niveau", level, n, base, cross=("sexe", group), source="export")
        for level, line in counts.items() for group, base, n in zip(("filles", "garcons"), (60, 50), line, strict=True)
    ]  # fmt: skip
    assert "En 3e : 50 % des filles, 20 % des garçons" in shown(*rows)


def test_the_month_is_said_to_be_the_first_only_if_it_is_for_all_that_rounding_allows():
    def year(march):
        return [figure("mois_d_ouverture", f"mois_{month:02}", march if month == 3 else 10, source="export") for month in range(1, 13)]

    assert "Le plus d’accompagnements ont commencé en mars : 20" in shown(*year(20))
    assert "Les accompagnements commencés dans l’année, mois par mois" in shown(*year((8, 16)))


def test_a_question_that_too_few_answer_gives_numbers_and_no_share():
    few = {"effectif_arrondi": 5, "base_arrondie": 10, "precision": "arrondi_secret", "part_min_pct": None, "part_max_pct": None}
    rows = [figure("orienteur", name, (1, 9), source="export") | few | {"base_min": 6, "base_max": 14} for name in ("enseignants", "direction_vie_scolaire")]
    words = shown(*rows)
    assert "Professionnel du collège qui oriente : un enseignant, environ 5 ; la direction ou la vie scolaire, environ 5" in words and "<figure" not in words


# --- what is not published -------------------------------------------------------------------------------------------


def silences(*rows) -> dict[str, tuple[str, str]]:
    return {each.question: (each.ensemble, each.absent) for each in describe.unpublished(table(list(rows)), year=2032).itertuples()}


def test_what_is_not_published_is_told_with_the_answers_that_are_counted_together():
    found = silences(*(figure("niveau", name, n) for name, n in (("3e", 40), ("4e_3e", 62), ("6e_5e_autre", 38))), *sexes(44))
    assert found["Niveau de classe"] == ("4e ; 6e + 5e + SEGPA, ULIS, UPE2A", "") and "Sexe" not in found
    assert found["Place des parents"] == ("", "associés, non associés")
    whole = figure("situation", "collegien", 44, perimeter="prevention_specialisee")
    assert silences(whole)["Situation scolaire (toute la prévention spécialisée)"] == ("", "lycéens, autres situations")


def test_a_crossing_that_records_allow_and_that_is_held_back_is_told():
    def held(*rows):
        return "selon\u00a0: sexe (trop peu de personnes)" in set(describe.unpublished(table(list(rows)), year=2032)["absent"])

    counted = [figure("niveau", "3e", 9, source="export"), figure("sexe", "filles", 9, source="export")]
    assert held(*counted) and not held(*counted, figure("niveau", "3e", 9, cross=("sexe", "filles"), source="export"))
