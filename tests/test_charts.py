"""A figure never travels without its title, alt text, source and data; nothing to draw is a sentence."""

import re
from functools import partial
from itertools import pairwise
from urllib.parse import unquote

import pandas as pd
import pytest

from helpers import charts, text
from helpers.analysis import comparisons, describe
from helpers.charts import differences, statements
from helpers.charts.figure import compose, to_address, to_svg
from helpers.charts.posts import context_drawing, grid_drawing
from helpers.charts.theme import BLUE, NARROW, WIDE, canvas, on
from helpers.indicators import lookup
from helpers.indicators.comparisons import Comparisons
from helpers.indicators.constraints import row, table
from helpers.text.formats import Html


def figure(name, modality, n, base=100, *, perimeter="alses", unit="personnes", year=2032):
    counts, precision = (n, n) if isinstance(n, int) else n, "non_publie" if n is None else "exact"
    return row((year, perimeter, name, modality), unit, counts=counts, base=base and (base, base), precision=precision, reference="Note, l. 1")


def alt_of(made) -> str:
    """The alt text of a figure that has everything that must travel with it."""
    assert re.search(r'<p class="figure-titre">(?!\s*</p>)', made.html)  # a title may open with a marked number
    assert '<p class="source">Champ : ' in made.html
    assert "Source : Note, l. 1" in made.html
    assert re.search(r"<summary>Données de la figure</summary><div class=\"table-boite\"><table[^>]*>\s*<caption>[^<]", made.html)
    assert re.search(r'<p class="base">n = <data [^>]+>\d', made.html)
    assert re.search(r'<a href="data:text/csv;charset=utf-8,%EF%BB%BF[^"\n]+" download="[a-z-]+\.csv">', made.html)
    assert re.search(r'<source media="screen and \(max-width: 45rem\)" srcset="data:image/svg\+xml,<svg[^" ]+>">', made.html)
    return re.search(r'<img src="data:image/svg\+xml,<svg[^"\n]+" alt="([^"]+)">', made.html)[1]


LEVELS = describe.breakdown(table([figure("niveau", "6e", 20), figure("niveau", "3e", 45), figure("niveau", "4e", None)]), "niveau", year=2032)


def test_a_breakdown_says_its_largest_share():
    made = charts.show_breakdowns([LEVELS])
    assert alt_of(made) == "Barres horizontales, Niveau de classe, 2032 : 6e, 20\u202f% ; 3e, 45\u202f%."
    assert 'id="fig-alses-niveau"' in made.html
    assert re.search(r'figure-titre">Parmi les personnes suivies par un ALSES, <data value="45"', made.html)
    assert "non publiée :" not in made.html  # what is missing has its own box, under the figures


def test_a_figure_reads_as_its_title_then_its_alt_text_in_a_terminal():
    assert charts.show_breakdowns([LEVELS]).text.startswith("Parmi les personnes suivies par un ALSES, 45\u202f% sont en 3e\nBarres horizontales")


def test_an_indicator_drawn_otherwise_or_without_share_has_no_bars():
    grid = describe.breakdown(table([figure("bureau", "oui", 3, perimeter="postes", unit="postes")]), "bureau", year=2032, perimeter="postes")
    bare = describe.breakdown(table([figure("sexe", "filles", 3, None)]), "sexe", year=2032)
    assert charts.show_breakdowns([grid, bare]).text == "Pas de donnée : aucune part n’est publiée pour cette année."


def test_starts_are_dots_by_month():
    months = pd.DataFrame({"mois": pd.to_datetime(["2031-10-01", "2032-01-01"]), "postes": [1, 2], "colleges": ["A", "B, C"]})
    rows = [figure(*cell, perimeter="postes", unit="postes") for cell in (("nouveaux_postes", "", 3, None), ("mois_de_debut", "2031_10", 1), ("mois_de_debut", "2032_01", 2))]
    made = charts.show_starts(months, lookup.Facts(table(rows), year=2032))
    assert alt_of(made) == "Frise des débuts de poste : octobre 2031, 1 poste ; janvier 2032, 2 postes."
    assert '<th scope="row">octobre 2031</th>' in made.html


def test_conditions_are_told_by_the_least_filled():
    posts = pd.DataFrame({"association": ["Le Gué"], "college": ["Collège Bel-Air"], "commune": ["V"], **dict.fromkeys(describe.CONDITIONS, "oui")})
    rows = [figure(name, "oui", n, 5, perimeter="postes", unit="postes") for name, n in zip(describe.CONDITIONS, (5, 1, 3, 3, 3), strict=True)]
    made = charts.show_conditions(posts, lookup.Facts(table(rows), year=2032), conditions=describe.CONDITIONS)
    assert "Projet annuel écrit, 1 sur 5" in alt_of(made)
    assert "« Projet annuel écrit » : oui pour " in made.html and "la condition la moins remplie</p>" in made.html
    assert "Bel-Air (Le Gué)" in made.html


def test_a_contradicted_share_is_named_and_not_drawn():
    rows = [
        figure("niveau", "3e", 45), figure("niveau", "4e", 30),
        row((2032, "alses", "niveau", "6e"), "personnes", counts=None, share=90, decimals=0, precision="contradictoire", reference="Note, l. 1"),
    ]
    [made] = [charts.show_breakdowns([describe.breakdown(table(rows), "niveau", year=2032)])]
    assert "Chiffre contredit par d’autres, non montré (voir « Données reçues ») : 6e." in made.html
    assert "6e" not in alt_of(made)


def test_a_title_does_not_name_one_winner_when_two_tie():
    posts = pd.DataFrame({"association": ["Le Gué"], "college": ["Collège Bel-Air"], "commune": ["V"], **dict.fromkeys(describe.CONDITIONS, "oui")})
    rows = [figure(name, "oui", n, 5, perimeter="postes", unit="postes") for name, n in zip(describe.CONDITIONS, (5, 1, 3, 1, 3), strict=True)]
    made = charts.show_conditions(posts, lookup.Facts(table(rows), year=2032), conditions=describe.CONDITIONS)
    assert "« Projet annuel écrit » : oui pour " in made.html and "une des conditions les moins remplies</p>" in made.html


def test_requests_and_objectives_of_a_group_or_of_other_stand_beside_each_other():
    rows = [figure(name, theme, n) for name in ("demande_initiale", "objectif") for theme, n in (("scolaire", 40), ("autre", 10))]
    indicators = table(rows)
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), lookup.Facts(indicators, year=2032))
    assert "scolarité et exclusion, de 40" in alt_of(made).replace("\u202f", " ")


def test_present_stand_beside_invited_when_they_are_known():
    rows = [figure("participants", name, 5, base, perimeter="reunions", unit="participants") for name, base in (("nord", 10), ("sud", None))]
    made = charts.show_attendance(describe.attendance(table(rows), year=2032))
    assert alt_of(made).endswith("nord du département, 5 présences pour 10 invités ; sud du département, 5 présences, invités non publiés.")


def test_requests_stand_beside_objectives():
    indicators = table([figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", 60)])
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), lookup.Facts(indicators, year=2032))
    assert alt_of(made) == "Haltères de la demande à l’objectif : mobilité, de 5\u202f% à 60\u202f%."


def test_an_objective_that_is_only_bounded_is_never_shown_as_its_smallest_count():
    indicators = table([figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", (58, 62))])
    made = charts.show_requests_and_goals(describe.requests_and_goals(indicators, year=2032), lookup.Facts(indicators, year=2032))
    assert "<td>58</td>" not in made.html


def compared(now, before=(), *, controls=()):
    """The comparisons of invented figures, and the facts of both years."""
    tables = [table(list(rows)) for rows in (now, before)]
    verdicts = pd.DataFrame(list(controls), columns=["annee", "perimetre", "indicateur", "modalite", "mesure"])
    made = comparisons.build_comparisons(*tables, verdicts, year=2032, compare_to=2031 if before else None)
    looks = [lookup.Facts(rows, year=year) for rows, year in zip(tables, (2032, 2031), strict=True)]
    return Comparisons(made), *looks


def test_a_grid_weighs_little_for_each_post():
    # The whole network, and more: the page that holds it must still be published.
    posts = pd.DataFrame([{"poste": f"Collège {n} (Valbois)"} | dict.fromkeys(describe.CONDITIONS, "oui") for n in range(100)])
    names = {name: "Réponse" for name in describe.CONDITIONS}
    draw = partial(grid_drawing, posts, names, totals=names)
    assert sum(len(to_address(to_svg(on(sheet, draw)))) for sheet in (WIDE, NARROW)) < 600 * len(posts)


def test_a_list_of_posts_and_landmarks_weighs_little_for_each_post():
    posts = [{"poste": f"Collège {n} (Valbois)", "ips": 70 + n / 4, "type_education_prioritaire": "rep"} for n in range(100)]
    landmarks = pd.DataFrame({"libelle": ["médiane", "premier quartile"], "valeur": [88.75, 79.5]})
    draw = partial(context_drawing, pd.DataFrame(posts), landmarks)
    assert sum(len(to_address(to_svg(on(sheet, draw)))) for sheet in (WIDE, NARROW)) < 450 * len(posts)


def words_of(html: str) -> list[str]:
    """What the wide drawing of a figure writes."""
    drawing = unquote(re.search(r'<img src="data:image/svg\+xml,([^"]+)"', html)[1])
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawing)


def rounded(name, modality, counts, share, **changes):
    return figure(name, modality, counts, 1000, **changes) | {"part_imprimee_pct": share, "decimales": 0, "precision": "arrondi_imprime"}


def test_a_figure_of_two_years_shows_no_decimal_that_a_rounding_does_not_leave():
    now, before = rounded("sexe", "filles", (415, 424), 42.0), rounded("sexe", "filles", (395, 404), 40.0, year=2031)
    shown = words_of(charts.show_differences(*compared([now], [before])).html)
    assert "40\u202f% → 42\u202f% : +2,0\u00a0points" in shown
    # A graduation at 37,5 that is written 38 does not stand where it says: they would not be as far from one another.
    graduations = [int(word.removesuffix("\u202f%")) for word in shown if re.fullmatch(r"\d+\u202f%", word)]
    assert len(graduations) > 1 and len({after - one for one, after in pairwise(graduations)}) == 1
    assert {"environ 400, 40\u202f%", "environ 600, 60\u202f%"} <= set(words_of(charts.show_counts(*compared([now], [before])).html))
    assert "40, 40,0\u202f%" in words_of(charts.show_counts(*compared(*GIRLS)).html)


def test_a_share_that_was_deduced_has_the_decimals_of_those_it_completes():
    printed = figure("parents_associes", "oui", 470, 1000) | {"part_imprimee_pct": 47.0, "decimales": 0}
    deduced = figure("parents_associes", "non", 529, 1000) | {"precision": "deduit"}
    made = charts.show_breakdowns([describe.breakdown(table([printed, deduced]), "parents_associes", year=2032)])
    assert {"47\u202f%", "53\u202f%"} <= set(words_of(made.html)) and "52,9" not in made.html


GIRLS = ([figure("sexe", "filles", 44, 120)], [figure("sexe", "filles", 40, year=2031)])


def test_shares_of_two_years_are_drawn_with_their_difference():
    assert alt_of(charts.show_differences(*compared(*GIRLS))) == "Parts de deux années : filles, 40,0\u202f% puis 36,7\u202f%, écart −3,3\u00a0points."


def test_a_smaller_difference_that_rounding_does_not_explain_comes_before_a_wider_one():
    # Counts rounded to protect persons: from 40 to 45 is from −3 to +13 points.
    wide = [figure("sexe", "filles", (count - 4, count + 4), 100, year=year) for year, count in ((2032, 45), (2031, 40))]
    sure = [figure("parents_associes", "oui", count, 1000, year=year) for year, count in ((2032, 312), (2031, 300))]
    wide = [each | {"precision": "arrondi_secret", "effectif_arrondi": each["effectif_min"] + 4, "base_arrondie": 100, "part_imprimee_pct": share, "decimales": 0} for each, share in zip(wide, (45.0, 40.0), strict=True)]
    made = charts.show_differences(*compared(*([one, other] for one, other in zip(wide, sure, strict=True))))
    assert "La part qui change le plus au-delà de l’arrondi : « place des parents (associés) », +1,2" in made.text


def test_a_dollar_in_a_name_is_no_formula_and_an_empty_reading_no_paragraph():
    def draw(*, sheet):
        drawing, axes = canvas(1, sheet)
        axes.text(0, 0, r"$\alpha^{2$")
        return drawing

    nothing = text.table(pd.DataFrame({"a": ["b"]}), caption="C")
    made = compose(draw, id="x", title="T", subtitle="", reading=Html("", ""), base="n", source="S", alt="A", table=nothing)
    assert made.html.count("$\\alpha^{2$") == 2
    assert 'class="lecture"' not in made.html


def test_a_share_that_falls_while_its_count_rises_is_drawn_in_counts():
    made = charts.show_counts(*compared(*GIRLS))
    assert alt_of(made) == "Barres de deux années, en personnes, « filles » : 40 sur 100 en 2031, 44 sur 120 en 2032."
    assert "Filles : la part diminue, le nombre augmente" in made.text


def test_the_share_that_extra_persons_would_need_is_drawn():
    made = charts.show_composition(*compared(*GIRLS))
    assert alt_of(made) == "Part nécessaire parmi les personnes de plus : filles, 20,0\u202f% au lieu de 40,0\u202f%."


def test_differences_are_drawn_with_their_interval_and_said_conclusive_or_not():
    made = charts.show_forest(*compared(*GIRLS))
    assert "Aucun écart testé ne dépasse le hasard" in made.text and "hasard possible." in alt_of(made)


@pytest.mark.parametrize(("low", "high"), [(-9.1, 5.0), (-1.3, 1.1), (-7.4, 2.4)])
def test_the_graduations_of_a_forest_are_whole(low, high):
    rows = pd.DataFrame({"etiquette": ["a", "b"], "ecart_pts": [low, high], "est_concluant": [True, False]})
    rows = rows.assign(**{name: rows["ecart_pts"] for name in ("ecart_min_pts", "ecart_max_pts", "ic_bas_pts", "ic_haut_pts")})
    axis = differences.forest_drawing(rows).axes[0].xaxis
    assert all(float(place).is_integer() for place in axis.get_ticklocs()) and len(axis.get_ticklocs()) > 1


def test_two_counts_of_a_heat_table_have_two_shades():
    counts = pd.DataFrame({"libelle": ["Un"], "constat": [5], "tension": [4], "levier": [3], "recommandation": [2]})
    fills = [bar.get_facecolor() for bar in statements.heat_drawing(counts).axes[0].patches]
    assert len(set(fills)) == 4


def test_tests_are_drawn_by_assumed_likeness():
    network = [figure("postes", "", 4, None, perimeter="reseau_alses", unit="alses"), figure("accompagnements", "", 120, None)]
    made = charts.show_clusters(*compared([*GIRLS[0], *network], GIRLS[1]))
    assert alt_of(made).startswith("Valeur p corrigée selon la ressemblance supposée (nulle, faible, moyenne, forte) : filles, 1,00, 1,00")


def test_the_alses_stand_beside_the_rest():
    rows = [figure("sexe", "garcons", 60), figure("sexe", "garcons", 150, 300, perimeter="prevention_specialisee")]
    made = charts.show_rest(*compared(rows)[:2])
    assert alt_of(made) == "Reste de la prévention spécialisée puis ALSES : garçons, 45,0\u202f% puis 60,0\u202f%, écart +15,0\u00a0points."


def test_answers_that_are_printed_as_shares_are_drawn_with_their_interval():
    rows = [figure("bureau", "oui", 9, 10, perimeter="postes", unit="postes"), figure("convention", "oui", 8, 10, perimeter="postes", unit="postes")]
    made = charts.show_answers(*compared(rows, controls=[(2032, "postes", "bureau", "oui", "part")])[:2])
    assert alt_of(made).count("sur 10") == 1 and "9 sur 10, soit 90,0" in alt_of(made)


def test_objectives_are_drawn_for_one_request():
    rows = [figure("demande_initiale", "mobilite", 5), figure("objectif", "mobilite", 60)]
    made = charts.show_nested(*compared(rows)[:2])
    assert alt_of(made) == "Rapport des objectifs aux demandes : mobilité, 5 demandes, 60 objectifs, 12,0 pour une."


def test_statements_are_a_heat_table():
    counts = by_nature(modalite=["accueil"], libelle=["Accueil"], tension=[2])
    made = charts.show_matrix(counts, statement_facts(("enonces", "", 2), ("theme_enonce", "accueil", 2)))
    assert alt_of(made) == "Tableau des énoncés par thème : Accueil, 2."


def by_nature(**columns) -> pd.DataFrame:
    counts = pd.DataFrame(columns).reindex(columns=["modalite", "libelle", "constat", "tension", "levier", "recommandation"])
    return counts.fillna(0).astype({"constat": int, "tension": int, "levier": int, "recommandation": int})


def statement_facts(*rows) -> lookup.Facts:
    made = [figure(name, code, n, 9, perimeter="enonces", unit="enonces") for name, code, n, *_ in rows]
    made = [made_row | dict(zip(("croise_avec", "modalite_croisee"), cross, strict=False)) for made_row, (_, _, _, *cross) in zip(made, rows, strict=True)]
    return lookup.Facts(table(made), year=2032)


def test_actors_are_bars_on_both_sides_most_often_named_first():
    counts = by_nature(modalite=["cpe", "alses"], libelle=["CPE", "ALSES"], tension=[0, 2], levier=[1, 1], recommandation=[0, 1], constat=[0, 3])
    cells = [("cpe", 1), ("alses", 7), ("cote_college", 1), ("familles", 0)]
    found = statement_facts(("enonces", "", 9), ("acteur_enonce", "alses", 2, "nature_enonce", "tension"), *(("acteur_enonce", *cell) for cell in cells))
    made = charts.show_actors(counts, found)
    assert alt_of(made) == "Barres divergentes des énoncés par acteur : ALSES, 7 ; CPE, 1."
    assert made.text.startswith("« ALSES » est en jeu dans 7 énoncés sur 9, « le collège et ses professionnels » dans 1, « élèves ou parents » dans 0\n")
    assert "Lecture : « ALSES » est en jeu dans " in made.html


def test_scales_are_one_sign_a_statement():
    counts = by_nature(modalite=["alses", "territorial"], libelle=["les ALSES", "le territoire"], tension=[1, 0], levier=[6, 2])
    cells = [("enonces", "", 9), ("echelle_enonce", "alses", 7), ("echelle_enonce", "territorial", 2), ("echelle_enonce", "alses", 1, "nature_enonce", "tension")]
    made = charts.show_scales(counts, statement_facts(*cells))
    assert alt_of(made) == "Signes des énoncés par échelle : les ALSES, 7 ; le territoire, 2."
    assert made.text.startswith("« Les ALSES », l’échelle la plus fournie : 7 énoncés sur 9, dont 1 tension\n")


LINKED = pd.DataFrame({
    "chiffre": ["postes/bureau/non", "postes/bureau/non", "alses/sexe/filles", "alses/niveau/3e"], "theme": ["Accueil"] * 4,
    "nature": ["tension", "levier", "constat", "constat"], "enonce": ["a", "b", "c", "d"], "ligne": [5, 6, 7, 8],
})


def test_figures_stand_beside_their_statements_and_one_that_is_not_published_is_not_drawn():
    rows = [figure("bureau", "non", 1, 5, perimeter="postes", unit="postes"), figure("sexe", "filles", 90, 200), figure("chiffre_lie", "oui", 4, 9, perimeter="enonces", unit="enonces")]
    made = charts.show_beside(LINKED, lookup.Facts(table(rows), year=2032))
    assert alt_of(made) == "Points des chiffres de l’année placés à côté des énoncés : Bureau ou local au collège : non, 1 sur 5 ; Sexe : filles, 45,0\u202f%."
    assert made.text.startswith("Sur 9 énoncés, 4 portent sur le même sujet qu’un chiffre de l’année\n")
    assert "Niveau" not in made.html
def post(name, modality, n, base=5):
    return figure(name, modality, n, base, perimeter="postes", unit="postes")


def found(*rows) -> lookup.Facts:
    return lookup.Facts(table(list(rows)), year=2032)


def test_seniority_is_one_dot_a_post_with_zero_named():
    rows = pd.DataFrame({"experience": ["comme ALSES"] * 3, "annees": [0, 0.5, 2], "postes": [2, 1, 1], "colleges": ["A, B", "C", "D"]})
    made = charts.show_seniority(rows, found(post("experience_prevention", "non", 1), post("premiere_prise_de_poste", "oui", 2), post("premiere_prise_de_poste", "incertain", 1)))
    assert alt_of(made) == "Bandes de points, un par poste : comme ALSES, aucune : 2 postes, 0,5 an : 1 poste, 2 ans : 1 poste."
    assert made.text.startswith("Sur 5 nouveaux postes, 1 sans ancienneté en prévention spécialisée, 2 sans ancienneté d’ALSES")


TEAMS = pd.DataFrame({"association": ["Gué", "Tilleuls"], "postes": [3, 2], "oui": [1, 2], "non": [2, 0], "autre": [0, 0]})


@pytest.mark.parametrize(("other", "title"), [(0, ", dont 2 sur 3 pour Gué"), (2, "")], ids=["one stands out", "a tie"])
def test_teams_name_the_association_that_lacks_them_most_if_one_stands_out(other, title):
    crossed = row((2032, "postes", "equipe_sur_le_quartier", "non"), "postes", counts=(2, 2), base=(3, 3), cross=("association", "Gué"), precision="exact", reference="Note, l. 1")
    made = charts.show_teams(TEAMS.assign(non=[2, other]), found(post("equipe_sur_le_quartier", "non", 2), crossed))
    assert made.text.startswith(f"Sur 5 nouveaux postes, 2 sont sans équipe de prévention sur le quartier{title}\n")
    assert alt_of(made).startswith("Un signe par poste et par association : Gué, 3 postes, dont 1 avec une équipe et 2 sans ; Tilleuls, ")


def test_the_colleges_are_placed_among_the_landmarks_with_the_date_of_the_register():
    context = pd.DataFrame({"association": ["Gué"], "college": ["Collège A"], "commune": ["V"], "type_education_prioritaire": ["rep_plus"], "ips": [70.0], "eleves": [300]})
    landmarks = pd.DataFrame({"libelle": ["médiane"], "valeur": [88.75], "champ": ["collèges du Nord"]})
    rows = [post("ips_du_college", "premier_quartile", 1), post("ips_du_college", "au_dessus", 0)]
    made = charts.show_context(context, landmarks, found(*[{**one, "reference": "Note, l. 1 rentrée 2022-2023"} for one in rows]))
    assert re.search(r'alt="Points de l’indice le plus bas au plus élevé : A \(Gué\), 70,0 ; médiane, 88,75."', made.html)
    assert '<time datetime="2022">rentrée 2022-2023</time>' in made.html
    assert "dans le quart des collèges du Nord où l’indice de position sociale est le plus bas" in made.text
    assert "aucun poste n’est dans un collège au-dessus de la médiane" in made.html


def test_the_calendar_sets_the_following_year_apart():
    meetings = pd.DataFrame({"date": pd.to_datetime(["2032-12-01", "2033-01-05"]), "groupe": ["nord"] * 2, "participants": [5, 1], "libelle": ["nord du département"] * 2, "est_apres": [False, True]})

    def met(name, modality, n, cross, base=None):
        return row((2032, "reunions", name, modality), "participants", counts=(n, n), base=base, cross=cross, precision="exact", reference="Note, l. 1")

    rows = [met("participants", "nord", n, ("reunion", date)) for n, date in ((5, "2032_12_01"), (1, "2033_01_05"))]
    made = charts.show_calendar(meetings, found(*rows, met("reunions", "groupes_alses", 1, ("periode", "apres_l_annee"), (2, 2))))
    assert alt_of(made) == "Calendrier des réunions : 1er décembre 2032, nord du département, 5 présents ; 5 janvier 2033, nord du département, 1 présent."
    assert made.text.startswith("Sur 2 réunions des groupes d’ALSES, 1 s’est tenue après la fin de 2032")


def test_associations_show_where_they_are_absent_and_two_names_stay_apart():
    grid = pd.DataFrame({"association": ["AEP", "AEP Est"], "rattachement": ["", "AEP"], "postes": [0, 2], "reunion_nord": [True, False], "enonces": [1, 0]})
    rows = [figure("associations_nommees", "", 2, None, perimeter="reseau_alses", unit="associations")]
    rows += [figure("presence_associations", name, n, 2, perimeter="reseau_alses", unit="associations") for name, n in (("postes_sans_reunion", 1), ("reunions_sans_poste", 0))]
    made = charts.show_associations(grid, found(*rows))
    assert alt_of(made) == "Grille des associations : AEP : 0 poste, liste nord du département, 1 énoncé ; AEP Est : 2 postes, aucune liste, 0 énoncé."
    assert made.text.startswith("Le document nomme 2 associations : 1 a des postes décrits, mais n’est dans aucune liste de réunion\n")
    assert "« AEP Est » est peut-être une antenne de « AEP »" in made.html


WHOLE = [
    figure("accompagnements", "", 1000, None, perimeter="prevention_specialisee"), figure("situation", "collegien", 500, 1000, perimeter="prevention_specialisee"),
    figure("situation", "hors_college", 500, 1000, perimeter="prevention_specialisee"), figure("suivi_par", "alses", (320, 330), 500, perimeter="collegiens"),
    figure("suivi_par", "autre_educateur", (170, 180), 500, perimeter="collegiens"),
]


def test_the_volume_is_nested_bars_with_their_bounds():
    made = charts.show_volume(describe.topic(table(WHOLE), "volume", year=2032), found(*WHOLE))
    assert alt_of(made) == (
        "Barres emboîtées : toute la prévention spécialisée, 1\u202f000 ; collégiens, 500 ; parmi eux, suivis par un ALSES, "
        "entre 320 et 330, par un autre éducateur, entre 170 et 180."
    )
    assert made.html.count("<figure") == 1


@pytest.mark.parametrize(("rows", "figures"), [(WHOLE[1:3], ["fig-prevention-specialisee-situation"]), ([*WHOLE, figure("situation", "lyceen", 90, 1000, perimeter="prevention_specialisee")], ["fig-volume", "fig-prevention-specialisee-situation"])], ids=["a level is missing", "more is published"])
def test_the_volume_falls_back_on_bars_or_adds_them(rows, figures):
    made = charts.show_volume(describe.topic(table(rows), "volume", year=2032), found(*rows))
    assert re.findall(r'<figure class="figure" id="([^"]+)"', made.html) == figures


ENTRIES = [figure("origine", "college", (45, 47)), figure("origine", "hors_college", (53, 55)), figure("orienteur", "enseignants", 20, 40), figure("orienteur", "autre", None, 40)]


def test_the_part_of_the_college_is_opened_on_its_own_base():
    made = charts.show_entries(describe.topic(table(ENTRIES), "entrees", year=2032), found(*ENTRIES))
    assert alt_of(made) == (
        "Barre coupée en deux, dont la part du collège est ouverte par orienteur : orientation par le collège, de 45,0\u202f% à 47,0\u202f% ; "
        "autres voies que le collège, de 53,0\u202f% à 55,0\u202f% ; un enseignant, 50\u202f%."
    )
    assert made.html.count("<figure") == 1


def test_entries_without_referrers_or_with_other_routes_are_drawn_too():
    rows = [*ENTRIES[:2], figure("origine", "travail_de_rue", 20)]
    made = charts.show_entries(describe.topic(table(rows), "entrees", year=2032), found(*rows))
    assert re.findall(r'<figure class="figure" id="([^"]+)"', made.html) == ["fig-entrees", "fig-alses-origine"]


def test_the_figure_of_every_route_does_not_tell_again_what_the_one_before_told():
    def titles(*rows) -> list[str]:
        made = charts.show_entries(describe.topic(table(list(rows)), "entrees", year=2032), found(*rows))
        return [text.plain(title) for title in re.findall(r'<p class="figure-titre">(.*?)</p>', made.html)]

    street, college, others = figure("origine", "travail_de_rue", 20), figure("origine", "college", 45), figure("origine", "hors_college", 55)
    assert titles(college, others, street)[1].endswith("20\u202f% ont pour origine « travail de rue », la plus fréquente des réponses que la figure précédente ne montre pas")


BOTH_SEXES = [figure("sexe", "filles", 40), figure("sexe", "garcons", 60), figure("sexe", "filles", (290, 310), 1000, perimeter="prevention_specialisee"), figure("sexe", "garcons", 700, 1000, perimeter="prevention_specialisee")]


def test_two_populations_stand_in_one_figure_that_says_when_one_contains_the_other():
    made = charts.show_breakdowns(describe.topic(table(BOTH_SEXES), "public", year=2032))
    assert alt_of(made) == (
        "Points et bandes, Sexe : personnes suivies par un ALSES, filles 40\u202f%, garçons 60\u202f% ; "
        "toute la prévention spécialisée, filles de 29,0\u202f% à 31,0\u202f%, garçons 70,0\u202f%."
    )
    assert made.html.count("<figure") == 1
    assert "La seconde population contient la première" in made.html
    assert "Parmi les personnes suivies par un ALSES, 60\u202f% sont des garçons ; pour toute la prévention spécialisée, 70,0\u202f%" in made.text


def test_populations_that_publish_different_modalities_keep_their_own_figures():
    made = charts.show_breakdowns(describe.topic(table([*BOTH_SEXES[:2], BOTH_SEXES[3]]), "public", year=2032))
    assert re.findall(r'<figure class="figure" id="([^"]+)"', made.html) == ["fig-alses-sexe", "fig-prevention-specialisee-sexe"]


def test_a_group_is_drawn_where_its_first_member_would_stand():
    rows = [figure("demande_initiale", "mobilite", 5), figure("demande_initiale", "scolaire", 50)]
    assert "demande initiale, 2032 : scolarité et exclusion, 50\u202f% ; mobilité, 5" in alt_of(charts.show_breakdowns([describe.breakdown(table(rows), "demande_initiale", year=2032)])).replace("Demande", "demande")


NOTHING, NO_FACT = pd.DataFrame(), lookup.Facts(table([]), year=2032)
ALONE = compared([])


@pytest.mark.parametrize(("made", "sentence"), [
    (lambda: charts.show_breakdowns([]), "aucune part n’est publiée pour cette année"),
    (lambda: charts.show_starts(NOTHING, NO_FACT), "aucune prise de poste n’est décrite pour cette année"),
    (lambda: charts.show_conditions(NOTHING, NO_FACT, conditions=()), "les conditions de prise de poste ne sont pas décrites pour cette année"),
    (lambda: charts.show_attendance(NOTHING), "aucune réunion n’est décrite pour cette année"),
    (lambda: charts.show_requests_and_goals(NOTHING, NO_FACT), "aucun thème ne publie à la fois sa demande et son objectif"),
    (lambda: charts.show_matrix(NOTHING, NO_FACT), "aucun énoncé n’est codé pour cette année"),
    (lambda: charts.show_actors(NOTHING, NO_FACT), "aucun énoncé n’est codé pour cette année"),
    (lambda: charts.show_actors(NOTHING, statement_facts(("enonces", "", 2))), "aucun énoncé ne nomme d’acteur"),
    (lambda: charts.show_scales(NOTHING, NO_FACT), "aucun énoncé n’est codé pour cette année"),
    (lambda: charts.show_beside(NOTHING, NO_FACT), "aucun énoncé n’est lié à une part de cette année"),
    (lambda: charts.show_beside(LINKED, NO_FACT), "aucun énoncé n’est lié à une part de cette année"),
    (lambda: charts.show_differences(*ALONE), "aucune part n’est publiée pour les deux années"),
    (lambda: charts.show_counts(*ALONE), "aucun effectif n’est connu pour les deux années"),
    (lambda: charts.show_composition(*ALONE), "aucune part testée ne permet ce calcul"),
    (lambda: charts.show_rest(*ALONE[:2]), "aucune part n’est publiée à la fois pour les ALSES et pour l’ensemble"),
    (lambda: charts.show_answers(*ALONE[:2]), "le document n’imprime aucune part de postes"),
    (lambda: charts.show_nested(*ALONE[:2]), "aucun thème ne publie à l’unité sa demande et son objectif"),
    (lambda: charts.show_forest(*ALONE), "aucun écart n’est testé"),
    (lambda: charts.show_clusters(*ALONE), "aucune part n’est testée d’une année à l’autre"),
    (lambda: charts.show_seniority(NOTHING, NO_FACT), "l’ancienneté des nouveaux ALSES n’est pas décrite pour cette année"),
    (lambda: charts.show_teams(NOTHING, NO_FACT), "les équipes de quartier ne sont pas décrites pour cette année"),
    (lambda: charts.show_context(NOTHING, NOTHING, NO_FACT), "l’indice de position sociale des collèges des postes n’est pas connu"),
    (lambda: charts.show_calendar(NOTHING, NO_FACT), "aucune réunion n’est décrite pour cette année"),
    (lambda: charts.show_associations(NOTHING, NO_FACT), "aucune association n’est nommée pour cette année"),
    (lambda: charts.show_volume([], NO_FACT), "aucune part n’est publiée pour cette année"),
    (lambda: charts.show_entries([], NO_FACT), "aucune part n’est publiée pour cette année"),
])
def test_nothing_to_draw_is_a_sentence(made, sentence):
    assert made().text == f"Pas de donnée : {sentence}."


def test_the_same_drawing_gives_the_same_bytes_with_text_that_stays_text():
    drawings = []
    for _ in range(2):
        drawn, axes = canvas(1.0)
        axes.set_title("énoncés")
        axes.barh([0], [1], color=BLUE)
        drawings.append(to_svg(drawn))
    assert drawings[0] == drawings[1]
    assert ">énoncés</text>" in drawings[0]
    assert drawings[0].count("font-family") == 1
    shapes = re.findall(r" d='([^']+)'", drawings[0])
    assert shapes and not [shape for shape in shapes if re.search(r"\d\.\d{2}", shape)]
