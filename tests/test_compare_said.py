"""What page 03 says of two years counted from records: their numbers, and no more than they bear."""

import pytest

import two_exports
from helpers import charts
from helpers.analysis import comparisons
from helpers.indicators.comparisons import Comparison, Comparisons, Measure
from helpers.indicators.constraints import row, table
from helpers.indicators.lookup import Facts, Series
from helpers.text import comparison_tables, formats

BEFORE_PERSONS, NOW_PERSONS = two_exports.draw()
FOUND = Comparisons(two_exports.compared())
BEFORE = Facts(two_exports.indicators(BEFORE_PERSONS, 2031), year=2031)
NOW = Facts(two_exports.indicators(NOW_PERSONS, 2032), year=2032)


def said(macro: str, **given) -> str:
    return formats.say("compare", macro, **{"found": FOUND, **given}).text


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("macro", "numbers"), [
    ("overlap", ["480 personnes suivies par un ALSES", "« Filles » : 0,046, puis 0,029."]), ("clusters", ["chacun des 40 collèges"]),
    ("composition", ["(1 500 personnes en 2031, 1 680 en 2032)", "« Filles », +3,2 points en tout : +3,0 points", "+0,4 point par les nouveaux", "−0,2 point par ceux"]),
    ("mechanical", [": +9,4 points.", "92,6 % des 336", "32,3 % des 1 680", "de −16,6 points ; en tout, de −7,2 points."]), ("many", ["13 parts connues", "8 parts"]),
    ("key_points", ["45,5 % de 1 700 personnes en 2031, 53,0 % de 2 016 en 2032 : +7,5 points ; en nombre, +295. Un tel écart dépasse", "Ailleurs, le hasard reste possible. « Filles »"]),
])
def test_the_numbers_of_two_exports_are_said(macro, numbers):
    text = plain(said(macro, **({} if macro in ("clusters", "many") else {"now": NOW, "before": BEFORE})))
    assert [each for each in numbers if each not in text] == []


def of_colleges(number: int):
    """The comparisons of two exports, as if the test rested on so many collèges."""
    table = two_exports.compared()
    return Comparisons(table.assign(valeur=table["valeur"].where(table["mesure"].ne("colleges"), number)))


def test_few_colleges_are_told():
    warning = "Avec moins de dix collèges, cette ressemblance est mal connue"
    assert [warning in plain(said("clusters", found=of_colleges(number))) for number in (9, 10)] == [True, False]


def test_a_likeness_that_cannot_be_estimated_is_told():
    tables = (two_exports.indicators(NOW_PERSONS, 2032), two_exports.indicators(BEFORE_PERSONS, 2031), two_exports.NO_CONTROLS)
    found = Comparisons(comparisons.build_comparisons(*tables, year=2032, compare_to=2031))
    assert "Leur ressemblance ne peut pas être estimée" in plain(said("clusters", found=found))


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


def test_the_other_answers_stand_in_a_table_under_their_question():
    text = plain(comparison_tables.details_table(FOUND, caption="Les autres").text)
    assert "arrondi" not in charts.show_differences(FOUND, NOW, BEFORE).html
    assert "Sexe Garçons 59,3 56,1 −3,2 exact baisse" in text and "Âge dans l’année Quatorze ans 20,8 20,1 −0,7 exact stable Non renseigné 3,5 7,4 +3,9 exact hausse" in text


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
