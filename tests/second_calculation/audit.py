"""What the data say of themselves: rows and spellings, the verdict on each printed figure, the coherences."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from second_calculation.persons import OBJECTIVES, PARTITIONS, Printed, objectives, printed_of, single_answers, sizes_of
from second_calculation.rows import Key, Raw, Row, Rows, exactly, family
from second_calculation.tables import OF_ALSES, Post, conditions, meetings, posts, statements

# --- the ledger --------------------------------------------------------------------------------------------------------


def written(raw: Raw, post: Post) -> dict[str, str]:
    """A post as the cleaned table must write it, column by column of the raw table."""
    return post.read | {
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
# How far « près de » may be: half of a five-point step for a share, a tenth for a count.
NEAR_SHARE, NEAR_COUNT = Fraction(5, 2), Fraction(1, 10)


def _fits(figure: dict, low: Fraction, high: Fraction) -> bool:
    said = Fraction(figure["valeur"])
    if figure["operateur"] == "plus_de":
        return low > said
    if figure["operateur"] == "pres_de":
        near = NEAR_SHARE if figure["mesure"] == "part" else NEAR_COUNT * said
        return low - near <= said <= high + near
    half = Fraction(1, 2) if figure["mesure"] == "part" else 0
    return low - half <= said <= high + half


def _from_tables(raw: Raw, figure: dict) -> tuple[Fraction, Fraction] | None:
    """What the posts, the meetings and the statements say of a printed figure."""
    year, cell = int(figure["annee"]), (figure["perimetre"], figure["indicateur"])
    if figure["perimetre"] not in ("postes", "reunions", "enonces"):
        return None
    counted = conditions(raw, year) | meetings(raw, year) | statements(raw, year)
    if figure["indicateur"] == "invites_par_reunion":
        parts = [counted[Key(year, "reunions", name, figure["modalite"])] for name in ("invites", "reunions")]
        return (Fraction(parts[0].counts[0], parts[1].counts[0]),) * 2
    row = counted[Key(year, *cell, figure["modalite"])]
    return (Fraction(100 * row.counts[0], row.base[0]) if figure["mesure"] == "part" else Fraction(row.counts[0]),) * 2


def _from_figures(figure: dict, known: dict[tuple, Fraction]) -> tuple[tuple[Fraction, Fraction], tuple] | None:
    """What other printed figures say of this one, by each rule that a reader could apply with a pencil.

    With the rule and where it was applied: figures that one rule ties, in one place, confirm one another.
    """
    year, perimeter, indicator, answer = (int(figure["annee"]), *(figure[n] for n in ("perimetre", "indicateur", "modalite")))
    half, measure, place = Fraction(1, 2), figure["mesure"], (year, perimeter, indicator, answer)

    def said(what: str, *, answer: str = answer, year: int = year, indicator: str = indicator) -> Fraction | None:
        return known.get((year, perimeter, indicator, answer, what))

    size = said("effectif", indicator="accompagnements", answer="")
    now, before = said("effectif"), said("effectif", year=year - 1)
    # A difference, and the two numbers between which it is.
    if measure == "ecart" and figure["unite"] == "points":
        now, before = said("part"), said("part", year=year - 1)
        found = None if None in (now, before) else (now - before - 1, now - before + 1)
        return found and (found, ("points", *place))
    if measure == "ecart":
        return None if None in (now, before) else ((now - before,) * 2, ("ecart", *place))
    gap, next_gap = said("ecart"), said("ecart", year=year + 1)
    after = said("effectif", year=year + 1)
    if measure == "effectif" and None not in (gap, before) and figure["unite"] != "points":
        return (before + gap,) * 2, ("ecart", *place)
    if measure == "effectif" and None not in (next_gap, after):
        return (after - next_gap,) * 2, ("ecart", year + 1, *place[1:])
    # A count and a share of the same answer.
    if measure == "effectif" and None not in (said("part"), size) and indicator != "orienteur":
        return ((said("part") - half) * size / 100, (said("part") + half) * size / 100), ("part", *place)
    if measure == "part" and None not in (now, size) and indicator != "orienteur":
        return (100 * now / size,) * 2, ("part", *place)
    # The other answer of two.
    two = next((parts for parts in PARTITIONS.get(indicator, []) if answer in parts and len(parts) == 2), [])
    other = next((said("part", answer=name) for name in two if name != answer), None)
    found = None if measure != "part" or other is None else (100 - other - half, 100 - other + half)
    return found and (found, ("deux", *place[:3]))


def _if_all_are_pupils(figure: dict, known: dict[tuple, Fraction]) -> tuple[Fraction, Fraction] | None:
    """What the size of the ALSES' public says of the collégiens, if all of it are collégiens."""
    year = int(figure["annee"])
    followed = known.get((year, "alses", "accompagnements", "", "effectif"))
    pupils = known.get((year, "prevention_specialisee", "situation", "collegien", "effectif"))
    others = known.get((year, "collegiens", "suivi_par", "autre_educateur", "part"))
    place = (figure["perimetre"], figure["indicateur"], figure["modalite"], figure["mesure"])
    if place == ("prevention_specialisee", "situation", "collegien", "effectif") and None not in (followed, others):
        return tuple(100 * followed / (100 - others + shift) for shift in (Fraction(1, 2), Fraction(-1, 2)))
    if place == ("collegiens", "suivi_par", "autre_educateur", "part") and None not in (followed, pupils):
        return (100 - 100 * followed / pupils,) * 2
    return None


def verdict(raw: Raw, figure: dict, known: dict[tuple, Fraction]) -> str:
    """What the other data say of a printed figure."""
    if figure["base"]:
        return "ambigu"
    found = _from_tables(raw, figure) or (_from_figures(figure, known) or (None,))[0]
    assumed = None if found else _if_all_are_pupils(figure, known)
    if found or assumed:
        if not _fits(figure, *(found or assumed)):
            return "contradictoire"
        # « A first post » is so for the uncertain ones only if their seniority is that of the post itself; the invited
        # are divided by the meetings only if nobody is invited to two of them.
        is_so = figure["modalite"] != "oui_ou_incertain" and figure["indicateur"] != "invites_par_reunion"
        return "confirme" if is_so and not assumed else "sous_hypothese"
    return "non_verifiable"


@family("chiffres_imprimes", "egalites")
def verdicts(raw: Raw, year: int) -> Rows:
    """The printed figures of the year and of the one before, by verdict; those that an export counts are elsewhere."""
    is_printed = bool(raw.received(year, "chiffres_publies"))
    figures = [*raw.received(year - 1, "chiffres_publies"), *raw.table(year, "chiffres_publies")] if is_printed else []
    known = _known(figures)
    found = Counter(verdict(raw, figure, known) for figure in figures)
    counts = {"controles": len(figures)} | {name: found[name] for name in VERDICTS}
    rows = {Key(year, "donnees", "chiffres_imprimes", name): exactly("chiffres", n) for name, n in counts.items()}
    right = [figure for figure in figures if verdict(raw, figure, known) == "confirme"]
    # A figure that a table gives is a confirmation of its own; those of one rule in one place are one.
    rules = {(_cell(figure) if _from_tables(raw, figure) else _from_figures(figure, known)[1]) for figure in right}
    return rows | ({Key(year, "donnees", "egalites"): exactly("egalites", len(rules))} if rules else {})


def _cell(figure: dict) -> tuple:
    return (int(figure["annee"]), *(figure[name] for name in ("perimetre", "indicateur", "modalite", "mesure")))


def _known(figures: list[dict]) -> dict[tuple, Fraction]:
    return {_cell(row): Fraction(row["valeur"]) for row in figures if row["operateur"] == "=" and not row["base"]}


# --- the coherences ----------------------------------------------------------------------------------------------------

# Groups of printed answers, and the answers that they stand for.
MEMBERS = {
    "hors_college": {"travail_de_rue", "bouche_a_oreille", "demarche_personnelle", "famille", "partenaire"},
    "scolaire": {"scolarite", "exclusion_scolaire"},
    "4e_3e": {"4e", "3e"},
    "6e_5e_autre": {"6e", "5e"},
}
# Half of the half-year to which a seniority is printed.
HALF_STEP = Fraction(1, 4)
YEAR_DAYS = Fraction(1461, 4)
Interval = tuple[Fraction, Fraction]


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


def classes(raw: Raw, year: int) -> dict[str, Counter]:
    """The posts by class of seniority and by class of status."""
    all_posts = posts(raw, year)
    surveys = [date.fromisoformat(row["date"]) for row in raw.table(year, "reunions") if row["groupe"] == "journee_nouveaux"]
    found = {"classement_au_repertoire": Counter(status_of(raw, post) for post in all_posts)}
    if surveys:
        found["anciennete_et_debut"] = Counter(seniority_of(post, max(surveys)) for post in all_posts)
    return found


@family("anciennete_et_debut", "classement_au_repertoire")
def doubtful_posts(raw: Raw, year: int) -> Rows:
    """The posts whose seniority or whose status does not agree with what else is known."""
    names = {
        "anciennete_et_debut": ("possible", "poste_anterieur", "impossible"),
        "classement_au_repertoire": ("identique", "different", "non_comparable"),
    }
    return {
        Key(year, "postes", indicator, name): exactly("postes", counts[name], counts.total())
        for indicator, counts in classes(raw, year).items()
        for name in names[indicator]
        if counts
    }


def claims(raw: Raw, year: int) -> list[dict]:
    """What the note affirms without a figure."""
    return raw.table(year, "affirmations")


def outside(raw: Raw, claim: dict) -> tuple[int, int]:
    """Meetings of the group that were held outside the claimed period, and all of its meetings."""
    year, _, _, group = claim["gauche"].split("/")
    groups = OF_ALSES if group == "groupes_alses" else (group,)
    held = [row["date"] for row in raw.table(year, "reunions") if row["groupe"] in groups]
    return sum(not claim["date_debut"] <= day <= claim["date_fin"] for day in held), len(held)


@family("reunions_hors_periode")
def late_meetings(raw: Raw, year: int) -> Rows:
    """The meetings held outside the period in which the note places those of their group."""
    rows = {}
    for claim in claims(raw, year):
        if claim["relation"] == "periode":
            when, perimeter, _, group = claim["gauche"].split("/")
            count, held = outside(raw, claim)
            rows.setdefault(Key(int(when), perimeter, "reunions_hors_periode", group), exactly("reunions", count, held))
    return rows


def _interval(row: Row | None) -> Interval | None:
    """The share of a figure in per cent, from its rounding or from the counts behind it."""
    if row is None:
        return None
    if row.share is not None:
        half = Fraction(1, 2 * 10**row.decimals)
        return row.share - half, row.share + half
    if row.counts and row.base and row.base[0] == row.base[1]:
        return Fraction(100 * row.counts[0], row.base[0]), Fraction(100 * row.counts[1], row.base[0])
    return None


def _relation(relation: str, left: Interval, right: Interval) -> str:
    if relation == "inferieur":
        left, right = right, left
    if relation == "egal":
        if left[1] < right[0] or right[1] < left[0]:
            return "contradictoire"
        return "confirme" if len({*left, *right}) == 1 else "non_verifiable"
    if left[0] > right[1]:
        return "confirme"
    return "contradictoire" if left[1] <= right[0] else "non_verifiable"


def _claim_verdicts(raw: Raw, claim: dict, figures: Rows, mean: dict[str, Interval]) -> Iterator[str]:
    """The verdict of a claim about two shares; one for each kind of verdict when it speaks of every answer."""
    left, right = ([*path.split("/")] for path in (claim["gauche"], claim["droite"]))
    answers = [left[3]] if left[3] != "*" else [*OBJECTIVES, *MEMBERS]
    found = []
    for answer in answers:
        keys = [Key(int(path[0]), path[1], path[2], answer if path[3] == "*" else path[3]) for path in (left, right)]
        rows = [figures.get(key) for key in keys]
        shares = [_interval(row) for row in rows]
        if None in shares:
            continue
        said = _relation(claim["relation"], *shares)
        # A share whose base is not written may be one of the answers given, several a person.
        is_ambiguous = [printed_of(raw, key.year, key.perimeter, key.indicator).get(key.modality, Printed()).is_ambiguous for key in keys]
        if any(is_ambiguous):
            other = [
                (share[0] * mean[key.indicator][0], share[1] * mean[key.indicator][1]) if doubt and key.indicator in mean else share
                for share, key, doubt in zip(shares, keys, is_ambiguous, strict=True)
            ]
            if _relation(claim["relation"], *other) != said:
                said = "ambigu"
        found.append(said)
    yield from set(found) or {"non_verifiable"}


def _mean_verdict(raw: Raw, claim: dict) -> str:
    """A mean number of answers can be told only if every answer is printed, or if those that are exceed it."""
    year, perimeter, indicator, _ = claim["gauche"].split("/")
    known = printed_of(raw, int(year), perimeter, indicator)
    counts = [known[name].count for name in OBJECTIVES if name in known and known[name].count is not None]
    (persons,) = sizes_of(raw, int(year), perimeter)
    low, high = (Fraction(sum(counts), persons), Fraction(sum(counts) + persons * (len(OBJECTIVES) - len(counts)), persons))
    limits = Fraction(claim["valeur_min"]), Fraction(claim["valeur_max"])
    if limits[0] <= low and high <= limits[1]:
        return "confirme"
    return "contradictoire" if high < limits[0] or low > limits[1] else "non_verifiable"


def _sum_verdicts(raw: Raw, year: int) -> Iterator[str]:
    """Printed shares of one question, two at least: with the printed counts, may they make the whole?"""
    for perimeter in ("alses", "collegiens", "prevention_specialisee"):
        for indicator, partitions in PARTITIONS.items():
            printed = {n: p for n, p in printed_of(raw, year, perimeter, indicator).items() if not p.is_ambiguous}
            shares = [p for p in printed.values() if p.share is not None]
            if len(shares) < 2:
                continue
            half = sum(Fraction(1, 2 * 10**p.decimals) for p in shares)
            sizes = sizes_of(raw, year, perimeter)
            alone = [p.count for p in printed.values() if p.share is None] if len(sizes) == 1 else []
            total = sum(p.share for p in shares) + sum(Fraction(100 * count, sizes[0]) for count in alone)
            is_whole = any(set(parts) <= set(printed) for parts in partitions)
            fits = total - half <= 100 and (total + half >= 100 or not is_whole)
            yield "confirme" if fits else "contradictoire"


def _total_verdicts(raw: Raw, year: int) -> Iterator[str]:
    """Do the numbers of invited by group make the total that is printed, and not that of the present?"""
    counted = meetings(raw, year)
    invited = counted.get(Key(year, "reunions", "invites", "groupes_alses"))
    printed = {
        row["indicateur"]: int(row["valeur"])
        for row in raw.printed(year)
        if (row["perimetre"], row["modalite"], row["mesure"]) == ("reunions", "groupes_alses", "effectif")
    }
    if invited and {"invites", "participants"} & set(printed):
        is_invited, is_present = (printed.get(name) == invited.counts[0] for name in ("invites", "participants"))
        if is_invited:
            yield "ambigu" if is_present else "confirme"
        else:
            yield "contradictoire" if is_present or "invites" in printed else "non_verifiable"


def coherence_verdicts(raw: Raw, year: int) -> Iterator[str]:
    """The verdict of every coherence of the year: sums, totals, claims, then each class of posts that somebody is in."""
    yield from _sum_verdicts(raw, year)
    yield from _total_verdicts(raw, year)
    figures: Rows = {}
    for each in (year - 1, year):
        figures |= single_answers(raw, each) | objectives(raw, each) | conditions(raw, each)
    own = claims(raw, year)
    mean = {
        claim["gauche"].split("/")[2]: (Fraction(claim["valeur_min"]), Fraction(claim["valeur_max"]))
        for claim in own
        if claim["relation"] == "moyenne"
    }
    for claim in own:
        if claim["relation"] == "periode":
            late, held = outside(raw, claim)
            yield "non_verifiable" if not held else "contradictoire" if late else "confirme"
        elif claim["relation"] == "moyenne":
            yield _mean_verdict(raw, claim)
        else:
            yield from _claim_verdicts(raw, claim, figures, mean)
    told = {
        "possible": "confirme",
        "poste_anterieur": "sous_hypothese",
        "impossible": "contradictoire",
        "identique": "sous_hypothese",
        "different": "ambigu",
        "non_comparable": "non_verifiable",
    }
    yield from (told[name] for counts in classes(raw, year).values() for name in counts)


@family("coherences")
def coherences(raw: Raw, year: int) -> Rows:
    """The coherences of the year, by verdict."""
    found = Counter(coherence_verdicts(raw.note, year))
    counts = {"controles": found.total()} | {name: found[name] for name in VERDICTS}
    return {Key(year, "donnees", "coherences", name): exactly("recoupements", n) for name, n in counts.items()}
