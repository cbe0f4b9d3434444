"""The words and thresholds that everything shares, and the error that a researcher can act on."""

VERDICTS = {
    "confirme": "confirmé",
    "sous_hypothese": "confirmé sous hypothèse",
    "non_verifiable": "non vérifiable",
    "ambigu": "ambigu",
    "contradictoire": "contradictoire",
}

PRECISIONS = {
    "exact": "compté ou imprimé à l’unité",
    "arrondi_imprime": "part imprimée arrondie, qui encadre l’effectif",
    "arrondi_secret": "arrondi pour protéger les personnes",
    "deduit": "déduit d’autres chiffres imprimés",
    "non_publie": "donnée non publiée",
    "contradictoire": "imprimé, mais contredit par d’autres chiffres",
}

# The same in a word: marks (the style sheet puts a shape before it, never a colour alone), and tables to sort.
PRECISION_WORDS = {
    "exact": "exact",
    "arrondi_imprime": "arrondi",
    "arrondi_secret": "protégé",
    "deduit": "déduit",
    "non_publie": "non publié",
    "contradictoire": "contredit",
}

# Where a figure comes from. What is coded is one person's reading of a document; what is computed is not printed.
PRINTED, CODED, COMPUTED, REGISTER = "imprime", "codage", "calcul", "reference_publique"
SYNTHETIC = "synthetique"
SOURCES = {
    PRINTED: "imprimé",
    CODED: "codé par une personne",
    COMPUTED: "compté par le programme",
    REGISTER: "registre public",
    "export": "compté dans l’export",
    SYNTHETIC: "simulé",
}
# The sources of figures that individual records count: received, or simulated.
FROM_RECORDS = ("export", SYNTHETIC)
# The meaning of the mark of a figure whose source is simulated records.
SYNTHETIC_MEANING = "compté dans des données simulées, qui ne décrivent personne"

# The precisions of a figure that pages neither say nor compare.
UNSAID = ("non_publie", "contradictoire")

# What the bounds of a difference allow one to say: of a share, of a count.
FINDINGS = {"hausse": "hausse", "baisse": "baisse", "stable": "stable", "indetermine": "indéterminé"}
COUNT_FINDINGS = {**FINDINGS, "stable": "inchangé"}

# Years of seniority below which the post may be the very one that is described: its answer is uncertain.
CERTAIN_FROM_YEARS = 1.0

# The code of the theme that says what should be worked on next, if the code book has one.
OUTLOOK = "perspectives"

# Of one person up to one fewer than this, somebody might be recognised: no page shows, nor lets compute, such a count
# (docs/decisions/disclosure.md).
FEWEST_PERSONS = 5

# What protects persons in a release (docs/decisions/disclosure.md; docs/method.md, 8).
# Counts are rounded to multiples of this, so that one to four persons become none or five.
ROUNDING_BASE = 5
# Of fewer persons, no report is made: the statistical secret of natural persons in France (INSEE, CASD).
FEWEST_FOR_REPORT = 11
# On a smaller base, no share of persons is said: one person would weigh five points.
FEWEST_FOR_SHARE = 20
# Of fewer persons, two questions are not crossed.
FEWEST_FOR_CROSSING = 30
# A share this near to nobody, or to everybody, is said of a group no larger than this by its bound only.
NEAR_UNANIMOUS_PCT, UNANIMOUS_BELOW = 5, 200
# A corrected release must change at least so many rows: the difference of two releases is a table like another.
FEWEST_CORRECTED_ROWS = 11


class DataError(Exception):
    """A fault in what was received: its text is one French sentence a researcher can act on."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback (IPython's protocol): the sentence, which says what to do."""
        return [str(self)]
