"""Printed figures beside the same counted in records, and what print still says when records count."""


import pandas as pd
import pytest

from helpers import indicators
from helpers.clean.records import Persons
from helpers.schema import apply_schema, columns


def figures(*rows: tuple, year: int = 2020, perimeter: str = "alses") -> pd.DataFrame:
    """Printed figures from (indicator, modality, measure, value, unit[, operator[, base]])."""
    names = ("indicateur", "modalite", "mesure", "valeur", "unite", "operateur", "base")
    same = {"document": "Note", "annee": year, "perimetre": perimeter, "operateur": "=", "base": ""}
    filled = [same | {"id": f"C{year}-{line:02d}", "ligne": line, **dict(zip(names, row, strict=False))} for line, row in enumerate(rows, start=1)]
    return apply_schema(pd.DataFrame(filled, columns=columns("chiffres_publies")), "chiffres_publies")


def records(year: int = 2020, **counts: dict[str, int]) -> pd.DataFrame:
    """The count of ALSES persons, from how many gave each answer in each column."""
    size = max(sum(each.values()) for each in counts.values())
    given = {name: [label for label, count in each.items() for _ in range(count)] for name, each in counts.items()}
    rows = {name: [*values, *[""] * (size - len(values))] for name, values in given.items()}
    who = Persons.of(year, pd.DataFrame({"identifiant": [f"F{rank}" for rank in range(size)], "suivi_par": "alses", **rows}))
    return indicators.count_persons(who, source="export", reference="export de la base")


NOTHING = apply_schema(pd.DataFrame(columns=columns("indicateurs")), "indicateurs")
SEXES = records(sexe={"filles": 83, "garcons": 117})


def judged(figure: tuple, counted: pd.DataFrame = SEXES, earlier: pd.DataFrame = NOTHING, **options) -> tuple:
    """Count, value again, gap, agreement and reason of one figure."""
    (row,) = indicators.reconcile(figures(figure, **options), counted, earlier, year=2020).itertuples()
    return tuple(None if pd.isna(value) else value for value in (row.effectif, row.recompte, row.ecart, row.accord, row.motif))


def before(*rows: tuple) -> pd.DataFrame:
    return indicators.build_indicators(figures(*rows, year=2019), NOTHING, year=2019)


TOTAL, GAP = ("accompagnements", "", "effectif", 150, "personnes"), ("accompagnements", "", "ecart", 50, "personnes")
EARLIER = {
    "": NOTHING, "printed": before(TOTAL), "counted": records(2019, sexe={"filles": 89, "garcons": 111}),
    "shares": before(("accompagnements", "", "effectif", 200, "personnes"), ("sexe", "filles", "part", 46, "pct")),
}  # fmt: skip
SHARE, COUNT, POINTS = ("sexe", "filles", "part"), ("sexe", "filles", "effectif"), ("sexe", "filles", "ecart")


# 200 persons, of whom 83 girls: 41,5 %. The year before, 150 persons; or 200, of whom 45,5 % to 46,5 % girls, or 89.
@pytest.mark.parametrize(("figure", "earlier", "accord", "motif"), [
    (("accompagnements", "", "effectif", 200, "personnes"), "", "concorde", "L’export redonne exactement ce nombre."),
    (("accompagnements", "", "effectif", 199, "personnes"), "", "differe", "L’export compte 1 personne de plus que le nombre imprimé."),
    ((*SHARE, 41, "pct"), "", "concorde", "La part recomptée, 41,5 %, s’arrondit à la part imprimée."),
    ((*SHARE, 43, "pct"), "", "differe", "La part recomptée, 41,5 %, ne s’arrondit pas à la part imprimée."),
    ((*SHARE, 41.5, "pct"), "", "concorde", ""), ((*SHARE, 41.4, "pct"), "", "differe", ""),
    ((*SHARE, 44, "pct", "pres_de"), "", "concorde", "« Près de » : la valeur recomptée, 41,5 %, en est assez proche."),
    ((*SHARE, 44.1, "pct", "pres_de"), "", "differe", "« Près de » : la valeur recomptée, 41,5 %, en est trop loin."),
    ((*COUNT, 92, "personnes", "pres_de"), "", "concorde", "« Près de » : la valeur recomptée, 83 personnes, en est assez proche."),
    ((*SHARE, 41, "pct", "plus_de"), "", "concorde", "« Plus de » : la valeur recomptée, 41,5 %, est bien au-dessus."),
    ((*SHARE, 41.5, "pct", "plus_de"), "", "differe", "« Plus de » : la valeur recomptée, 41,5 %, est au plus égale."),
    (GAP, "printed", "concorde", "L’écart recompté, 50 personnes, est celui qui est imprimé."),
    (("accompagnements", "", "ecart", 49, "personnes"), "printed", "differe", "L’écart recompté est de 50 personnes."),
    # −5 to −4 points, and half a point of rounding.
    ((*POINTS, -3, "points"), "shares", "differe", ""), ((*POINTS, -5, "points"), "shares", "concorde", ""),
    ((*POINTS, -4, "points"), "shares", "concorde", "L’écart recompté est entre −5 points et −4 points : celui qui est imprimé est possible."),
    ((*POINTS, -6, "points"), "shares", "differe", "L’écart recompté est entre −5 points et −4 points : celui qui est imprimé est impossible."),
    # −3 points, each share rounded by half a point at most.
    ((*POINTS, -2, "points"), "counted", "concorde", ""), ((*POINTS, -4, "points"), "counted", "concorde", ""), ((*POINTS, -5, "points"), "counted", "differe", ""),
    (GAP, "", "non_recomptable", "L’année précédente n’est pas assez connue pour calculer cet écart."),
    (("sexe", "autres", "part", 1, "pct"), "", "non_recomptable", "L’export ne permet pas de compter cette réponse."),
    (("orienteur", "enseignants", "part", 22, "pct"), "", "non_recomptable", "L’export ne compte personne dans la base de cette part."),
    (("sexe", "filles", "part", 30, "pct", "=", "ambigue"), "", "ambigu",
     "La base n’est pas sûre, et aucune ne redonne la part imprimée : les personnes (83 sur 200, soit 41,5 %)."),
])  # fmt: skip
def test_a_printed_figure_is_compared_with_its_count(figure, earlier, accord, motif):
    found = judged(figure, earlier=EARLIER[earlier])
    assert found[3] == accord and (found[4] == motif or not motif)


# --- what cannot be told -----------------------------------------------------------------------------------------------


GOALS = records(objectifs={"scolarite": 60, "exclusion_scolaire;besoin_de_parler": 10, "besoin_de_parler;mobilite": 70, "": 60})


def test_an_unwritten_base_is_found_by_trying_each():
    # 70 persons of 200; of 140 who answered; 70 answers of 220.
    figure = ("objectif", "scolaire", "part", 32, "pct", "=", "ambigue")
    assert judged(figure, GOALS)[0:4] == (70, pytest.approx(100 * 70 / 220), pytest.approx(100 * 70 / 220 - 32), "ambigu")
    assert judged(figure, GOALS)[4] == (
        "La base n’est pas sûre ; la part imprimée est celle que l’on trouve sur les réponses citées (70 sur 220, soit 31,82 %), "
        "non sur les personnes (70 sur 200, soit 35 %) ni sur les personnes qui ont répondu (70 sur 140, soit 50 %)."
    )


def test_a_population_that_the_export_does_not_know_is_said():
    assert judged(("sexe", "garcons", "part", 60, "pct"), perimeter="prevention_specialisee")[3:] == ("non_recomptable", "L’export ne dit pas qui fait partie de cette population.")


def test_outcomes_are_counted():
    found = indicators.reconcile(figures(("accompagnements", "", "effectif", 200, "personnes"), ("sexe", "filles", "part", 50, "pct")), SEXES, NOTHING, year=2020)
    table = indicators.count_reconciled(found, year=2020, source="export", reference="export de la base")
    assert dict(zip(table["modalite"], table["effectif_min"], strict=True)) == {"rapproches": 2, "concorde": 1, "differe": 1, "ambigu": 0, "non_recomptable": 0}


# --- print gives way ---------------------------------------------------------------------------------------------------


LEVEL = ("niveau", "4e_3e", "part", 63, "pct")


def test_what_records_count_is_read_in_print_no_more():
    table = indicators.build_indicators(figures(TOTAL, GAP, ("sexe", "filles", "part", 42, "pct")), SEXES, year=2020)
    assert set(table["source"]) == {"export"}
    assert table.loc[table["indicateur"].eq("accompagnements"), "effectif_min"].tolist() == [200]
    assert len(table) == len(SEXES)


def test_what_records_do_not_count_is_still_read_in_print():
    wider = figures(("situation", "collegien", "effectif", 3424, "personnes"), ("situation", "collegien", "part", 52, "pct"), perimeter="prevention_specialisee")
    table = indicators.build_indicators(pd.concat([figures(TOTAL), wider]), SEXES, year=2020)
    printed = table[table["source"].eq("imprime")]
    assert printed.query("indicateur == 'situation' and modalite == 'collegien'")["effectif_min"].tolist() == [3424]
    assert "alses" not in set(printed["perimetre"])


def test_a_figure_that_records_count_is_not_controlled_but_reconciled():
    wider = figures(("situation", "collegien", "part", 52, "pct"), perimeter="prevention_specialisee")
    assert indicators.check_figures(pd.concat([figures(TOTAL, LEVEL), wider]), SEXES)["perimetre"].tolist() == ["prevention_specialisee"]
