"""A comparison before it is a table: what was found, each measure with its unit and its method."""

from dataclasses import dataclass, field

from helpers.compare.two_shares import Measure

NEWCOMBE = "Newcombe : statsmodels confint_proportions_2indep"
WILSON = "Wilson : scipy binomtest"

_OVERLAP = "comme p_valeur, les personnes dont le suivi se poursuit étant comptées les deux années, réponse inchangée"
_RATIO = "intervalle de score à 95 % du rapport, aux effectifs centraux : statsmodels confint_proportions_2indep"
_CLUSTER = "comme p_valeur, variance multipliée par l’effet de plan"

# Unit and method of each measure. A measure of one kind is computed in one way, whatever the comparison.
MEASURES = {
    "effectif": ("personnes", "imprimé, ou part imprimée × base arrondie à l’unité"),
    "base": ("personnes", "imprimée ou encadrée"),
    "part": ("pct", "effectif / base"),
    "effectif_reference": ("personnes", "comme effectif ; du reste : ensemble moins ALSES"),
    "base_reference": ("personnes", "comme base ; du reste : ensemble moins ALSES"),
    "part_reference": ("pct", "effectif_reference / base_reference"),
    "ecart": ("points", "part − part_reference"),
    "ic_bas": ("", "intervalle à 95 %, borne basse"),
    "ic_haut": ("", "intervalle à 95 %, borne haute"),
    "p_valeur": ("", "test z, variance commune"),
    "p_fisher": ("", "scipy fisher_exact, aux effectifs centraux"),
    "p_exacte": ("", "Fisher exact à plusieurs groupes, tableaux énumérés : scipy multivariate_hypergeom"),
    "p_choix": ("", "p_fisher × nombre de groupes : celui-ci a été choisi parce qu’il se distingue"),
    "nombre_de_groupes": ("", "groupes dont les invités sont connus"),
    "p_khi2": ("", "scipy chi2_contingency, sans correction"),
    "p_holm": ("", "p du test principal, corrigée de Holm sur tous les tests de la page"),
    "h": ("", "h de Cohen : statsmodels proportion_effectsize"),
    "rapport": ("", "part / part_reference"),
    "rapport_ic_bas": ("", _RATIO),
    "rapport_ic_haut": ("", _RATIO),
    "ecart_effectif": ("personnes", "effectif − effectif_reference"),
    "evolution": ("pct", "ecart_effectif / effectif_reference"),
    "ecart_naif": ("points", "part − part de l’ensemble, qui la contient : à ne pas faire, donc sans test"),
    "h_naif": ("", "h de Cohen avec l’ensemble : à ne pas faire"),
    "rapport_naif": ("", "rapport à l’ensemble : à ne pas faire"),
    "p_recouvrement": ("", _OVERLAP),
    "p_grappe_faible": ("", _CLUSTER),
    "p_grappe_moyen": ("", _CLUSTER),
    "p_grappe_fort": ("", _CLUSTER),
    "p_recouvrement_grappe_fort": ("", f"{_OVERLAP} ; effet de plan fort"),
    "supplement": ("personnes", "base − base_reference"),
    "part_supplement": ("pct", "ecart_effectif / supplement : les autres gardant la part antérieure"),
    "ecart_detectable": ("points", "puissance de 80 % à 5 % : statsmodels NormalIndPower"),
    "ecart_type": ("points", "écart-type de l’écart, une demande restant toujours un objectif"),
    "ecart_ic_bas": ("points", f"intervalle à 95 % de l’écart, borne basse : {NEWCOMBE}"),
    "ecart_ic_haut": ("points", f"intervalle à 95 % de l’écart, borne haute : {NEWCOMBE}"),
    "seuil": ("", "p au-dessous de laquelle un test est concluant"),
    "nombre_de_tests": ("", "tests principaux de la page"),
    "personnes_par_poste": ("personnes", "personnes suivies / postes annoncés, s’ils étaient tous occupés"),
    **{f"effet_grappe_{name}": ("", "hypothèse") for name in ("faible", "moyen", "fort")},
    **{
        f"ressemblance_{name}": ("", "(effet de plan − 1) / (personnes_par_poste − 1)")
        for name in ("faible", "moyen", "fort")
    },
}


@dataclass(frozen=True)
class Found:
    """A comparison: what the bounds say of the share and of the count, its measures, and the measure that tests it.

    ``interval`` is the unit and the method of ``ic_bas`` and ``ic_haut``; ``methods`` replaces the usual ones.
    """

    id: str
    label: str
    finding: str
    measures: dict[str, Measure]
    count_finding: str = ""
    tested: str = ""
    interval: tuple[str, str] = ("points", NEWCOMBE)
    methods: dict[str, str] = field(default_factory=dict)
    unit: str = "personnes"

    def spelled(self, measure: str) -> tuple[str, str]:
        """The unit and the method of a measure of this comparison."""
        unit, method = MEASURES[measure]
        if measure in ("ic_bas", "ic_haut"):
            unit, method = self.interval
        return self.unit if unit == "personnes" else unit, self.methods.get(measure, method)
