"""Sentences about comparisons: no more than what the bounds and the test allow, and a box where there is nothing."""

import pytest

from helpers.indicators.comparisons import Comparison, Measure
from helpers.indicators.constraints import row, table
from helpers.indicators.lookup import Facts
from helpers.text import formats


def known(value, low=None, high=None, unit="points"):
    return Measure(value, value if low is None else low, value if high is None else high, unit, "calcul")


def girls(finding="hausse", count="hausse", reach="non_concluante", **given):
    found = {"ecart": known(4, 3, 5), "effectif": known(46, unit="personnes")} | given
    return Comparison("comparaisons/annees/alses/sexe/filles", "Sexe : filles", finding, count, reach, found)


def facts_of(year, share):
    return Facts(table([row((year, "alses", "sexe", "filles"), "personnes", counts=(share, share), base=(100, 100), precision="exact", reference="Note, l. 1")]), year=year)


NOW, BEFORE = facts_of(2032, 44), facts_of(2031, 40)


@pytest.mark.parametrize(("finding", "count", "words"), [
    ("hausse", "hausse", "la part observée « filles » augmente : 40\u202f% de 100 en 2031, 44\u202f% de 100 en 2032, soit +4,0\u00a0points (entre +3,0 et +5,0)."),
    ("baisse", "hausse", "la part observée « filles » diminue, alors que le nombre augmente :"),
    ("stable", "hausse", "la part « filles » est stable :"),
    ("indetermine", "hausse", "l’arrondi ne permet pas de dire si la part « filles » a changé :"),
])
def test_a_change_is_told_by_what_its_bounds_allow(finding, count, words):
    said = formats.say("compare", "change", c=girls(finding, count), now=NOW, before=BEFORE).text.replace("40,0", "40").replace("44,0", "44")
    assert words in said


def test_a_change_known_by_its_bounds_alone_says_no_middle():
    said = formats.say("compare", "gap", c=girls(ecart=Measure(None, 3, 5, "points", "")))
    assert said.text == "un écart entre +3,0 et +5,0 points"


@pytest.mark.parametrize(("reach", "words"), [
    ("concluante", "Un tel écart dépasse ce que le hasard seul produirait d’ordinaire."),
    ("non_concluante", "Le hasard seul pourrait produire un tel écart."), ("", ""),
    ("selon_ressemblance", "On ne sait pas si cet écart dépasse le hasard : oui si les personnes d’un même poste ne se ressemblent pas, non si elles se ressemblent assez."),
])
def test_only_a_conclusive_test_may_be_said_to_exceed_chance(reach, words):
    by_likeness = {f"p_holm_{name}": known(p, unit="") for name, p in (("faible", 0.049), ("moyen", 0.05), ("fort", 0.3))}
    assert formats.say("compare", "reach", c=girls(reach=reach, **by_likeness)).text == words


def test_no_difference_is_not_put_down_to_chance():
    said = formats.say("compare", "reach", c=girls("stable", ecart=known(0)))
    assert said.text == "Il n’y a pas d’écart à expliquer." and "data-portee" in said.html


def found_of(*, page=(), **made):
    """Comparisons looked up by id, as 03 reads them."""
    class Found(dict):
        def of(self, kind, *, having=""):
            return [each for id, each in self.items() if id.startswith(f"{kind}/") and (not having or having in each)]

        __call__ = dict.get

    whole = Comparison("comparaisons/page", "Page", "", "", "", dict(page) | {"seuil": known(0.05), "nombre_de_tests": known(1, unit="")})
    return Found({id.replace("__", "/"): each for id, each in made.items()} | {"page": whole})


@pytest.mark.parametrize(("low", "high", "words", "title"), [
    (-121, -110, "ce qui est impossible : elles ne suffisent pas à expliquer l’écart", "aucune part parmi les 50"),
    (93, 104, "ce qui n’est pas possible pour tous les effectifs", "suffirait à donner l’écart"), (46, 57, "(entre 46,0 et 57,0) parmi ces personnes, au lieu de", "suffirait à donner l’écart"),
])
def test_a_share_that_extra_persons_cannot_have_explains_nothing(low, high, words, title):
    changed = girls(part_supplement=known((low + high) / 2, low, high, unit="pct"), supplement=known(50, unit="personnes"))
    said = formats.say("compare", "composition", found=found_of(annees__alses__sexe__filles=changed), now=NOW, before=BEFORE)
    assert words in said.text and "Rien ne démontre cette hypothèse." in said.text
    assert title in formats.say("figures_compare", "composition_title", c=changed).text


@pytest.mark.parametrize(("name", "measure", "text"), [
    ("ecart", known(-6.0), "−6,0\u00a0points"), ("part_reference", known(43.4, unit="pct"), "43,4\u202f%"),
    ("p_valeur", known(0.00001, unit=""), "moins de 0,001"), ("p_valeur", known(0.197, unit=""), "0,20"),
    ("rapport", known(21.3, unit=""), "21,3"), ("rapport", known(0.884, unit=""), "0,88"), ("evolution", known(20.57, unit="pct"), "+20,6\u202f%"),
    ("ecart_detectable", known(4.35), "4,4\u00a0points"), ("ecart_effectif", known(64, unit="personnes"), "+64"),
    ("nombre_de_tests", known(11, unit=""), "11"),
])
def test_a_measure_is_written_with_its_unit_and_names_its_place(name, measure, text):
    said = formats.say_measure(girls(**{name: measure}), name)
    assert formats.plain(said) == text
    assert f'data-cle="comparaisons/annees/alses/sexe/filles" data-mesure="{name}"' in said


def test_what_is_missing_is_said_missing():
    for say in (formats.say_measure, formats.say_bounds, formats.say_about):
        assert say(None, "ecart") == say(girls(), "rapport") == "pas de donnée"
    assert formats.say_interval(girls()) == formats.say_envelope(girls()) == "pas de donnée"


def test_what_rounding_hides_is_said_about():
    assert formats.plain(formats.say_about(girls(effectif=known(963, 954, 972, "personnes")), "effectif")) == "environ 963 (entre 954 et 972)"
    assert formats.plain(formats.say_about(girls(), "effectif")) == "46"
