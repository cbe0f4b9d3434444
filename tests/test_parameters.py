"""A parameter that cannot be used is one French sentence; nothing is guessed."""

import pytest

from helpers import parameters, paths
from helpers.run import tasks
from helpers.schema import DataError
from small_export import write_export

TYPE = "doit être une année en quatre chiffres, sans guillemets ; reçu : "
ABSENT = "Aucune donnée pour 2030 ; années présentes : 2031, 2032. Déposez ses fichiers dans data/raw/2030."
WORD = "« word » doit être un seul mot, entre guillemets ; reçu : "
TOGETHER = (
    "Donnez « site_type » et « site » ensemble : « association » et son nom, « college » et son UAI, "
    "ou site_type = \"reseau\" et site = \"\" pour tout le réseau."
)
SITES = (
    "Les données de 2032 ne sont que des chiffres imprimés pour tout le réseau, sans dossiers individuels : "
    "laissez site_type = \"reseau\" et site = \"\"."
)


@pytest.mark.parametrize(("notebook", "given", "sentence"), [
    ("05_fin", {"year": 2032}, "Notebook « 05_fin » inconnu ; les notebooks sont 01_clean, 02_describe, 03_compare, 04_themes."),
    ("01_clean", {"yaer": 2032}, "01_clean n’a pas de paramètre « yaer » ; il prend year. Vouliez-vous « year » ?"),
    ("02_describe", {"compare_to": 2031}, "02_describe n’a pas de paramètre « compare_to » ; il prend year, site_type, site."),
    ("01_clean", {}, "01_clean : le paramètre « year » manque ; indiquez l’année du rapport."),
    ("01_clean", {"year": "2032"}, f"« year » {TYPE}'2032'."), ("01_clean", {"year": True}, f"« year » {TYPE}True."),
    ("01_clean", {"year": 2032.0}, f"« year » {TYPE}2032.0."), ("03_compare", {"year": 2032, "compare_to": "2031"}, f"« compare_to » {TYPE}'2031'."),
    ("01_clean", {"year": 2030}, ABSENT), ("03_compare", {"year": 2032, "compare_to": 2030}, ABSENT),
    ("03_compare", {"year": 2032, "compare_to": 2032}, "« compare_to » (2032) doit précéder « year » (2032)."),
    ("03_compare", {"year": 2031, "compare_to": 2032}, "« compare_to » (2032) doit précéder « year » (2031)."),
    ("02_describe", {"year": 2032, "site_type": "ville"}, "« site_type » vaut reseau, association, college ; reçu : 'ville'."),
    ("02_describe", {"year": 2032, "site_type": "college"}, TOGETHER), ("02_describe", {"year": 2032, "site": "Tilleuls"}, TOGETHER),
    ("02_describe", {"year": 2032, "site_type": "college", "site": "0999901A"}, SITES),
    ("04_themes", {"year": 2032, "word": "une équipe"}, f"{WORD}'une équipe'."), ("04_themes", {"year": 2032, "word": ""}, f"{WORD}''."),
    ("04_themes", {"year": 2032, "word": "?"}, f"{WORD}'?'."), ("04_themes", {"year": 2032, "word": 4}, f"{WORD}4."),
    ("02_describe", {"year": 2032, "word": "équipe"}, "02_describe n’a pas de paramètre « word » ; il prend year, site_type, site."),
])
def test_what_cannot_be_used_is_told_in_one_sentence(data_root, notebook, given, sentence):
    with pytest.raises(DataError) as told:
        parameters.check(notebook, **given)
    assert str(told.value) == sentence


def test_a_year_with_names_of_columns_only_and_a_project_without_data_say_what_to_do(data_root, tmp_path, monkeypatch):
    (data_root / "data/raw/2033").mkdir()
    (data_root / "data/raw/2033/reunions.csv").write_text("date,intitule\n", encoding="utf-8")
    with pytest.raises(DataError, match="Rien à lire encore pour 2033 : les tables de data/raw/2033 n’ont que leurs noms de colonnes ; remplissez-en une, "):
        parameters.check("03_compare", year=2033)
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "vide"))
    with pytest.raises(DataError, match="Aucune donnée pour 2032 ; data/raw ne contient aucune année."):
        parameters.check_year(2032)


def test_records_give_years_to_a_series_and_sites_to_look_at(data_root):
    write_export(data_root, year=2030)
    write_export(data_root, year=2034)
    assert parameters.check("03_compare", year=2032, compare_to=2030).series == [2030, 2031, 2032]
    choice = parameters.check("02_describe", year=2034, site_type="college", site="0999901A")
    assert (choice.series, choice.site_type, choice.site) == ([2030, 2031, 2032, 2034], "college", "0999901A")


@pytest.mark.parametrize(("notebook", "given", "years"), [
    ("01_clean", {"year": 2032}, (2032, None)), ("03_compare", {"year": 2032}, (2032, 2031)), ("03_compare", {"year": 2031}, (2031, None)),
    ("03_compare", {"year": 2032, "compare_to": None}, (2032, 2031)), ("03_compare", {"year": 2032, "compare_to": 2031}, (2032, 2031)),
])
def test_the_compared_year_is_the_latest_earlier_one_unless_it_is_named(data_root, notebook, given, years):
    assert parameters.check(notebook, **given) == parameters.Parameters(*years)


def test_the_word_is_that_of_the_notebook_unless_another_is_given_and_is_shown_with_the_year(data_root):
    assert parameters.Parameters(2032).of("04_themes") == {"year": 2032, "word": tasks.notebook_parameters("04_themes")["word"].default}
    assert parameters.check("04_themes", year=2032, word=" rue ").as_shown("04_themes") == {"Année": "2032", "Mot cherché": "rue"}
