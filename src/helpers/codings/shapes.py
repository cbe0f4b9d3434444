"""How the measures of a year's codings are kept: one row a measure (schema ``codages``)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """The columns of one analysis: what its rows are known by, its whole numbers, its other numbers."""

    keys: tuple[str, ...]
    counts: tuple[str, ...]
    rates: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """What is measured of each row, in order; ``est_…`` is a truth, kept as 1 or 0."""
        return self.counts + self.rates


_PAIR, _UNITS = ("rencontres", "documents", "signes_communs", "signes"), ("unites", "les_deux", "premier_seul")
SHAPES = {
    "corpus": Shape(
        ("nature",),
        ("documents", "sans_texte", "reunions", "mots", "mots_codes", "passages", "codeurs")
        + ("codages", "homonymes", "jumeaux"),
    ),
    "codes": Shape(
        ("code",), ("profondeur", "passages", "extraits", "extraits_branche", "documents", "codeurs", "mots")
    ),
    "reunions": Shape(("code", "groupe"), ("extraits", "total")),
    "paires": Shape(("code", "autre_code"), (*_PAIR, "est_trace"), ("jaccard",)),
    "accord": Shape(
        ("code",),
        (*_UNITS, "second_seul", "aucun"),
        ("accord_pct", "accord_positif_pct", "kappa", "alpha", "alpha_bas", "alpha_haut"),
    ),
    "annees": Shape(
        ("code", "annee_avant"),
        ("extraits", "extraits_avant", "mots", "mots_avant"),
        ("pour_mille_mots", "pour_mille_mots_avant"),
    ),
    "seuils": Shape(("analyse", "condition"), ("demande", "trouve", "est_plafond", "est_passe")),
    "mots": Shape(
        ("theme", "lemme"),
        ("unites", "unites_theme", "unites_lemme", "unites_toutes", "documents")
        + ("est_sous_employe", "est_retenu", "couples"),
        ("attendu", "p_valeur", "q_valeur"),
    ),
}
