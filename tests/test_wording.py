"""French numbers, agreement and sentences: each number names its figure, nothing is said of what is not known."""

from datetime import date

import pandas as pd
import pytest
from jinja2 import UndefinedError

from helpers import indicators, text
from helpers.indicators.constraints import row, table
from helpers.text import formats


def fact(name="sexe", modality="filles", *, counts=None, base=None, share=None):
    decimals = None if share is None else 0
    cell = row((2032, "alses", name, modality), "personnes", counts=counts, base=base, share=share, decimals=decimals, precision="exact", reference="l. 1")
    return indicators.Facts(table([cell]), year=2032)(f"alses/{name}/{modality}")


@pytest.mark.parametrize(("write", "given", "expected"), [
    (text.number, (1234567,), "1\u202f234\u202f567"), (text.number, (-0.4,), "0"), (text.number, (3, 1), "3,0"),
    (text.number, (float("nan"),), "pas de donnée"), (text.number, (pd.NA,), "pas de donnée"), (text.percent, (None,), "pas de donnée"),
    (text.number, (2.5,), "3"), (text.number, (-2.5,), "−3"), (text.number, (0.25, 1), "0,3"), (text.percent, (12.5,), "13\u202f%"),
    (text.signed, (-3,), "−3"), (text.signed, (0.04, 1), "0,0"), (text.points, (1.9,), "+1,9\u00a0point"),
    (text.points, (2,), "+2,0\u00a0points"), (text.points, (0,), "0,0\u00a0point"), (text.points, (-2,), "−2,0\u00a0points"),
    (text.day, (date(2032, 1, 11),), "11 janvier 2032"), (text.day, (date(2031, 8, 1),), "1er août 2031"),
    (text.plural, (1.9, "un", "des"), "un"), (text.plural, (-1, "un", "des"), "un"), (text.plural, (1_000_000, "un", "des"), "des"),
])
def test_numbers_dates_and_plurals_are_french(write, given, expected):
    assert write(*given) == expected


@pytest.mark.parametrize(("say", "figure", "words"), [
    (formats.say_count, {"counts": (66, 66)}, "66"), (formats.say_count, {"counts": (63, 69)}, "entre 63 et 69"), (formats.say_count, {}, "pas de donnée"),
    (formats.say_base, {"base": (150, 150)}, "150"), (formats.say_base, {"base": (101, 103)}, "101 à 103"), (formats.say_base, {}, "pas de donnée"),
    (formats.say_share, {"share": 44}, "44\u202f%"), (formats.say_share, {"counts": (1, 1), "base": (3, 3)}, "33\u202f%"),
    (formats.say_share, {"counts": (40, 60), "base": (80, 100)}, "de 40,0\u202f% à 75,0\u202f%"), (formats.say_share, {}, "pas de donnée"),
    (formats.clause, {"share": 44}, "44\u202f% sont des filles"), (formats.population, {}, "personnes suivies par un ALSES"),
    (formats.population, {"name": "orienteur", "modality": "autre"}, "élèves orientés par le collège"),
    (formats.say_unit, {"counts": (0, 1)}, "personne"), (formats.say_unit, {"counts": (1, 2)}, "personnes"),
])
def test_a_figure_is_said_as_far_as_it_is_known(say, figure, words):
    assert text.plain(say(fact(**figure))) == words


def test_a_number_bears_its_machine_form_and_its_figure():
    said = '<data value="44" data-cle="2032/alses/sexe/filles" data-mesure="part" title="l. 1">44\u202f%</data>'
    assert formats.say_share(fact(share=44)) == said


def test_a_value_from_the_data_is_never_markup_and_a_value_that_lacks_fails():
    said = text.say("figures", "nothing", subject="<b>&</b>")
    assert ("&lt;b&gt;&amp;&lt;/b&gt;" in said.html, said.text) == (True, "Pas de donnée : <b>&</b>.")
    with pytest.raises(UndefinedError):
        text.formats.fragment("folded.html.j2", summary="x")


def test_the_words_of_two_blocks_do_not_run_together():
    for markup in ("<ul><li>Un.</li><li>D<b>eu</b>x.</li></ul>", "<p>Un.<br>D<b>eu</b>x.</p>"):
        assert text.plain(markup) == "Un. Deux."
