"""What page 03 says of two years counted from records, word for word."""

import pytest

import two_exports
from helpers import charts
from helpers.analysis import comparisons
from helpers.indicators.comparisons import Comparison, Comparisons, Measure
from helpers.indicators.constraints import row, table
from helpers.indicators.lookup import Facts, Series
from helpers.text import comparison_tables, formats
from helpers.typography import french_spaces

BEFORE_PERSONS, NOW_PERSONS = two_exports.draw()
FOUND = Comparisons(two_exports.compared())
BEFORE = Facts(two_exports.indicators(BEFORE_PERSONS, 2031), year=2031)
NOW = Facts(two_exports.indicators(NOW_PERSONS, 2032), year=2032)
NOTHING = Comparisons(two_exports.compared().head(0))


def said(macro: str, **given) -> str:
    return formats.say("compare", macro, **{"found": FOUND, **given}).text


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("macro", "given", "words"), [
    ("overlap", {"now": NOW, "before": BEFORE}, (
        "480 personnes suivies par un ALSES le sont en 2031 et en 2032, sous le même identifiant. Le test ne suppose donc pas que les deux années "
        "comptent des personnes différentes : il tient compte de celles qui sont dans les deux, et de leurs deux réponses. Valeur p sans ces personnes "
        "communes, puis avec elles « Filles » : 0,046, puis 0,029."
    )),
    ("clusters", {}, (
        "Les personnes d’un même collège peuvent se ressembler : même public, même éducateur, mêmes habitudes d’orientation. Plus elles se ressemblent, "
        "moins un écart est sûr. Cette ressemblance est ici estimée, part par part : tout se passe comme si l’on avait observé moins "
        "de personnes. Les tests d’une année à l’autre en tiennent compte : ils regardent de combien l’écart change avec chacun des 40 collèges de "
        "l’une ou l’autre année. Ressemblance estimée, et son intervalle"
    )),
    ("composition", {"now": NOW, "before": BEFORE}, (
        "Sont séparés les collèges présents les deux années (1 500 personnes en 2031, 1 680 en 2032), ceux qui sont entrés (336 personnes en 2032), ceux "
        "qui sont sortis (200 personnes en 2031). L’effet mécanique est la partie de l’écart que font les entrées et les sorties de collèges ; les "
        "parties s’additionnent exactement, aux arrondis de l’affichage près. « Filles », +3,2 points en tout : +3,0 points dans les collèges présents "
        "les deux années (40,5 % puis 43,5 %), +0,4 point par les nouveaux (46,1 % chez eux), −0,2 point par ceux qui sont sortis (42,5 % chez eux)."
    )),
    ("mechanical", {"now": NOW, "before": BEFORE}, (
        "Effet mécanique des entrées et des sorties de collèges sur les accompagnements ouverts dans l’année : +9,4 points. Dans les collèges entrés "
        "depuis 2031, 92,6 % des 336 accompagnements ont été ouverts en 2032 ; dans ceux des deux années, 32,3 % des 1 680. Dans ceux qui sont sortis, "
        "54,5 % des 200 l’avaient été en 2031. Dans les collèges des deux années, la part change de "
        "−16,6 points ; en tout, de −7,2 points."
    )),
    ("many", {}, (
        "Cette page regarde 13 parts connues les deux années, et n’en teste qu’une par question, choisie d’avance : en tester davantage ferait ressortir "
        "des écarts par hasard. Plus on fait de tests, plus l’un d’eux risque de ressortir par hasard. D’une année à l’autre, 8 parts sont suivies, "
        "choisies d’avance :"
    )),
    ("missing_intro", {}, "Un chiffre connu pour une seule des deux années n’entre dans aucune comparaison d’une année à l’autre."),
    ("missing_intro", {"found": NOTHING}, "Un chiffre imprimé pour une seule des deux années n’entre dans aucune comparaison d’une année à l’autre."),
    ("context", {"contexts": {2032: "rien."}, "years": []}, (
        "En 2032, rien. Comparer deux années ne permet pas de démêler ce qui vient d’un événement, des collèges ou de la manière d’enregistrer les "
        "accompagnements. Il faudrait d’autres années."
    )),
    ("missing", {"labels": ["Durée"], "compare_to": 2031}, (
        "Questions connues pour une seule des deux années, ou contredites par d’autres chiffres l’une des deux : Durée Des autres questions, seules les "
        "réponses connues les deux années sont comparées."
    )),
])
def test_the_sentences_of_two_exports(macro, given, words):
    assert plain(said(macro, **given)).startswith(words)


def of_colleges(number: int):
    """The comparisons of two exports, as if the test rested on so many collèges."""
    table = two_exports.compared()
    return Comparisons(table.assign(valeur=table["valeur"].where(table["mesure"].ne("colleges"), number)))


def test_few_colleges_are_told():
    warning = "Avec moins de dix collèges, cette ressemblance est mal connue"
    assert [warning in plain(said("clusters", found=of_colleges(number))) for number in (9, 10)] == [True, False]


def test_a_share_whose_likeness_is_not_estimated_is_left_out_of_the_list():
    girls = two_exports.compared().query("comparaison != 'annees/alses/sexe/filles' or not mesure.str.startswith('ressemblance')")
    text = plain(said("clusters", found=Comparisons(girls)))
    assert "« Filles »" not in text and "« Place des parents (associés) » : 0,01, intervalle à 95 % de 0,00 à 0,02." in text


def test_a_likeness_that_cannot_be_estimated_is_told():
    tables = (two_exports.indicators(NOW_PERSONS, 2032), two_exports.indicators(BEFORE_PERSONS, 2031), two_exports.NO_CONTROLS)
    found = Comparisons(comparisons.build_comparisons(*tables, year=2032, compare_to=2031))
    assert "Leur ressemblance ne peut pas être estimée" in plain(said("clusters", found=found))


def test_the_page_opens_on_what_exceeds_chance_then_names_the_rest_once():
    text = plain(said("key_points", now=NOW, before=BEFORE))
    assert (
        "Place des parents (associés) : la part augmente. 45,5 % de 1 700 personnes en 2031, 53,0 % de 2 016 en 2032 : +7,5 points ; en nombre, +295. "
        "Un tel écart dépasse ce que le hasard seul produirait d’ordinaire. Ailleurs, le hasard reste possible. « Filles » : +3,2 points ;"
    ) in text
    assert text.count("hasard seul") == 2


class Found(dict):
    """Comparisons looked up by id, as 03 reads them."""

    def of(self, kind, *, having=""):
        return [each for id, each in self.items() if id.startswith(f"{kind}/") and (not having or having in each)]

    __call__ = dict.get


def test_a_part_that_keeps_one_to_four_persons_is_said_with_its_bounds():
    few = {name: Measure(value, low, high, "", "") for name, value, low, high in (("p_valeur", 0.04, 0.04, 0.04), ("p_commun", 0.03, 0.02, 0.04), ("correlation", 0, -0.1, 0.1))}
    one = Comparison("comparaisons/annees/alses/sexe/filles", "Sexe : filles", "hausse", "hausse", "", few)
    found = Found({"annees/alses/sexe/filles": one, "page": Comparison("comparaisons/page", "", "", "", "", {})})
    text = plain(said("overlap", found=found, now=NOW, before=BEFORE))
    assert text.startswith("Moins de cinq personnes sont suivies par un ALSES les deux années.")
    assert text.endswith("« Filles » : 0,040, puis entre 0,020 et 0,040 (trop peu de réponses sont dans ce cas pour que leur nombre soit employé).")


@pytest.mark.parametrize(("finding", "words"), [
    ("hausse", "augmente d’année en année"), ("baisse", "diminue d’année en année"), ("stable", "reste stable, à un point près"),
    ("hausse_ou_stable", "augmente ou reste stable d’une année à la suivante"), ("baisse_ou_stable", "diminue ou reste stable d’une année à la suivante"),
    ("peu_ou_stable", "reste stable, à un point près, d’une année à la suivante"), ("va_et_vient", "ne va pas toujours dans le même sens"),
    ("indetermine", "a pu changer, mais l’arrondi ne permet pas de dire dans quel sens"),
])
def test_a_series_is_told_by_its_course(finding, words):
    made = [row((year, "alses", "sexe", "filles"), "personnes", counts=(n, n), base=(100, 100), precision="exact", reference="") for year, n in ((2030, 40), (2031, 41), (2032, 42))]
    girls = Series("alses/sexe/filles", "filles", finding, [Facts(table(made), year=year)("alses/sexe/filles") for year in (2030, 2031, 2032)])
    text = plain(formats.say("compare", "series_said", series=[girls], years=girls.years).text)
    assert text.startswith(f"« Filles » : la part {words} ; 40 % en 2030, 41 % en 2031, 42 % en 2032. Quelques années ne font pas une tendance")


def test_without_a_series_or_details_nothing_is_shown():
    assert [formats.say("compare", macro, series=[], years=[]).html for macro in ("series_intro", "series_said")] == ["", ""]
    assert (charts.show_series([]).html, said("details_intro", found=NOTHING), comparison_tables.details_table(NOTHING, caption="x").html) == ("", "", "")


def test_the_other_answers_stand_in_a_table_under_their_question():
    text = plain(comparison_tables.details_table(FOUND, caption="Les autres").text)
    assert "Sexe Garçons 59,3 56,1 −3,2 exact baisse" in text and "Âge dans l’année Quatorze ans 20,8 20,1 −0,7 exact stable Non renseigné 3,5 7,4 +3,9 exact hausse" in text


def test_the_figures_of_two_exports_speak_of_no_rounding():
    shown = [charts.show_differences(FOUND, NOW, BEFORE), charts.show_counts(FOUND, NOW, BEFORE), charts.show_forest(FOUND, NOW, BEFORE)]
    assert not [each for each in shown if "arrondi" in each.html]


@pytest.mark.parametrize(("figure", "words"), [
    (charts.show_clusters, "Une fois comptée la ressemblance dans un collège, des écarts ne dépassent plus le hasard : accompagnement ouvert dans l’année, orientation par le collège"),
    (charts.show_composition, "Accompagnement ouvert dans l’année : +9,4 points par les entrées et les sorties de collèges, −16,6 points dans les autres"),
])
def test_what_is_measured_is_drawn_in_place_of_what_was_assumed(figure, words):
    made = figure(FOUND, NOW, BEFORE)
    assert plain(made.text).startswith(plain(french_spaces(words)))


def of_missing(now, before):
    """The comparison of girls when so many answers are missing each year; None: not known."""
    measures = {"part_sans_reponse": now, "part_sans_reponse_reference": before}
    known = {name: Measure(value, value, value, "pct", "") for name, value in measures.items() if value is not None}
    return Comparison("comparaisons/annees/alses/sexe/filles", "Sexe : filles", "hausse", "hausse", "", known)


@pytest.mark.parametrize(("now", "before", "words"), [
    (2.0, 0.0, ""), (2.1, 0.0, "la réponse manque à 0,0 % des personnes en 2031 et à 2,1 % en 2032."), (20.0, 19.0, ""),
    (20.1, 20.0, "la réponse manque à 20,0 % des personnes en 2031 et à 20,1 % en 2032."), (None, None, ""), (3.0, None, ""),
    (21.0, None, "la réponse manque à 21,0 % des personnes en 2032 ; on ne le sait pas pour 2031."),
    (None, 21.0, "la réponse manque à 21,0 % des personnes en 2031 ; on ne le sait pas pour 2032."),
])
def test_answers_that_are_missing_are_told_beside_the_share(now, before, words):
    text = plain(formats.say("compare", "unanswered", c=of_missing(now, before), now=NOW, before=BEFORE).text)
    assert (words in text and "peut venir de là" in text) if words else text == ""


def test_a_printed_year_beside_an_export_is_told():
    words = "2032 est comptée personne par personne, 2031 ne l’est que dans un document imprimé."
    printed = Facts(table([row((2031, "alses", "sexe", "filles"), "personnes", counts=(4, 4), base=(9, 9), precision="exact", reference="Note, l. 1")]), year=2031)
    girls = Comparisons(two_exports.compared().query("comparaison in ['annees/alses/sexe/filles', 'page']"))
    assert [words in plain(said("shares", found=girls, now=NOW, before=each)) for each in (printed, BEFORE)] == [True, False]
