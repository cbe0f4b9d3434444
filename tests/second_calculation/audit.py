"""What the data say of themselves: rows and spellings, doubtful posts and meetings, and the verdicts of the audit.

The verdicts on the true note were given by hand, with its lines beside: see ``JUDGED``. Of any other year, only what a
table tells is calculated again; `test_audit` plants faults in an invented one.
"""

from collections import Counter
from datetime import date
from fractions import Fraction

from second_calculation.rows import Key, Raw, Rows, exactly, family
from second_calculation.tables import CONDITIONS, OF_ALSES, Post, posts


def written(raw: Raw, post: Post) -> dict[str, str]:
    """A post as the cleaned table must write it, column by column of the raw table."""
    return {name: post.read[name] for name in (*CONDITIONS, "association")} | {
        "college": raw.colleges[post.uai]["nom_officiel"],
        "date_debut": post.start.isoformat(),
        "anciennete_prev": f"{float(post.before):g}".replace(".", ","),
        "anciennete_alses": f"{float(post.as_alses):g}".replace(".", ","),
    }


# Codes that a page writes as they were printed: no change of the text.
SHOWN = {"rep": "REP", "rep_plus": "REP+", "en_cours": "en cours", "ne_sait_pas": "ne sait pas"}


@family("lignes")
def ledger(raw: Raw, year: int) -> Rows:
    """Rows of the posts read, kept, rejected because they repeat another; and cells that are written another way."""
    kept = posts(raw, year)
    read = len(raw.table(year, "prises_de_poste"))
    changes = sum(post.printed[name] not in (value, SHOWN.get(value, value)) for post in kept for name, value in written(raw, post).items())
    counts = {"lues": read, "gardees": len(kept), "rejetees": read - len(kept), "modifications": changes}
    return {Key(year, "donnees", "lignes", name): exactly("lignes", n) for name, n in counts.items()}


VERDICTS = ["confirme", "sous_hypothese", "non_verifiable", "ambigu", "contradictoire"]
# A printed figure that nothing else tells is not here. One that a table of the note counts: first experience (C2020-03),
# presentations (05), meetings, present and invited (07 to 09), levels (11). One that other figures give: the totals and
# their difference (C2019-02, 12, 13), girls and boys (18, 19), a count and its share (21 and 22, 34 and 35, 36 and 37),
# a difference of shares (25). Under an assumption: the uncertain first posts (04), nobody invited twice (06), all
# followed by an ALSES are collégiens (16, 17). Without a written base: school objectives (44).
JUDGED = {
    "confirme": "C2019-02 C2020-03 C2020-05 C2020-07 C2020-08 C2020-09 C2020-11 C2020-12 C2020-13 C2020-18 C2020-19 "
    "C2020-21 C2020-22 C2020-25 C2020-34 C2020-35 C2020-36 C2020-37",
    "sous_hypothese": "C2020-04 C2020-06 C2020-16 C2020-17",
    "ambigu": "C2020-44",
}
# Of the eighteen: six counts of tables, then one equation for each of the six other lines of the list above.
EQUATIONS = 12
# Claims by number, sums of shares, totals of groups, seniorities and priority statuses.
CROSS_CHECKED = {
    "contradictoire": "affirmation/A2020-02 anciennete_et_debut/impossible",
    "ambigu": "affirmation/A2020-14/2 affirmation/A2020-15 classement_au_repertoire/different",
    "non_verifiable": "affirmation/A2020-03 affirmation/A2020-11 affirmation/A2020-13 classement_au_repertoire/non_comparable",
    "sous_hypothese": "anciennete_et_debut/poste_anterieur classement_au_repertoire/identique",
    "confirme": "parts/alses/sexe parts/alses/orienteur parts/alses/demande_initiale totaux/groupes_alses "
    "affirmation/A2020-01 affirmation/A2020-04 affirmation/A2020-05 affirmation/A2020-06 affirmation/A2020-07 "
    "affirmation/A2020-08 affirmation/A2020-09 affirmation/A2020-10 affirmation/A2020-12 affirmation/A2020-14/1 "
    "anciennete_et_debut/possible",
}
NOTE = "Note de synthèse 2020"
BY_HAND = {"chiffres_imprimes", "egalites", "coherences", "rapprochements"}


def by_id(table: dict[str, str]) -> dict[str, str]:
    """The verdict of each figure or cross-check."""
    return {id: verdict for verdict, ids in table.items() for id in ids.split()}


@family(*BY_HAND)
def verdicts(raw: Raw, year: int) -> Rows:
    """The printed figures of the true note and of the year before it, its cross-checks and its equations, by verdict."""
    note = raw.received(year, "chiffres_publies")
    if year != 2020 or raw.export(year) or {row["document"] for row in note} != {NOTE}:
        return {}
    printed = dict.fromkeys((row["id"] for each in (year - 1, year) for row in raw.received(each, "chiffres_publies")), "non_verifiable")
    rows = {Key(year, "donnees", "egalites"): exactly("egalites", EQUATIONS)}
    found = ("chiffres_imprimes", "chiffres", printed | by_id(JUDGED)), ("coherences", "recoupements", by_id(CROSS_CHECKED))
    for indicator, unit, verdict_of in found:
        counts = Counter(verdict_of.values())
        rows[Key(year, "donnees", indicator, "controles")] = exactly(unit, counts.total())
        rows |= {Key(year, "donnees", indicator, name): exactly(unit, counts[name]) for name in VERDICTS}
    return rows


# --- posts and meetings that do not agree with what else is known --------------------------------------------------------

# Half of the half-year to which a seniority is printed.
HALF_STEP = Fraction(1, 4)
YEAR_DAYS = Fraction(1461, 4)


def seniority_of(post: Post, survey: date) -> str:
    """Whether the printed seniority as an ALSES fits between the start of the post and the day of the survey."""
    if not post.as_alses or (post.as_alses - HALF_STEP) * YEAR_DAYS <= (survey - post.start).days:
        return "possible"
    return "impossible" if post.as_alses < 1 else "poste_anterieur"


def status_of(raw: Raw, post: Post) -> str:
    """Whether the printed priority status is that of the register."""
    printed, register = post.read["type_education_prioritaire"], raw.colleges[post.uai]["education_prioritaire_2024_25"]
    if printed == "non_renseigne" or not register:
        return "non_comparable"
    return "identique" if printed == register else "different"


@family("anciennete_et_debut", "classement_au_repertoire")
def doubtful_posts(raw: Raw, year: int) -> Rows:
    """The posts whose seniority or whose status does not agree with what else is known."""
    all_posts = posts(raw, year)
    surveys = [date.fromisoformat(row["date"]) for row in raw.table(year, "reunions") if row["groupe"] == "journee_nouveaux"]
    classes = {("classement_au_repertoire", "identique", "different", "non_comparable"): [status_of(raw, post) for post in all_posts]}
    if surveys:
        found = [seniority_of(post, max(surveys)) for post in all_posts]
        classes["anciennete_et_debut", "possible", "poste_anterieur", "impossible"] = found
    return {
        Key(year, "postes", indicator, name): exactly("postes", found.count(name), len(found))
        for (indicator, *names), found in classes.items()
        for name in names
        if found
    }


@family("reunions_hors_periode")
def late_meetings(raw: Raw, year: int) -> Rows:
    """The meetings held outside the period in which the note places those of their group."""
    rows = {}
    for claim in raw.table(year, "affirmations"):
        when, perimeter, _, group = claim["gauche"].split("/")
        groups = OF_ALSES if group == "groupes_alses" else (group,)
        held = [row["date"] for row in raw.table(when, "reunions") if row["groupe"] in groups]
        count = sum(not claim["date_debut"] <= day <= claim["date_fin"] for day in held)
        if claim["relation"] == "periode":
            rows.setdefault(Key(int(when), perimeter, "reunions_hors_periode", group), exactly("reunions", count, len(held)))
    return rows
