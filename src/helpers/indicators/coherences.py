"""Consistency between the figures, tables, claims and register of a year, beyond each printed figure alone."""

from dataclasses import dataclass

import pandas as pd

from helpers.indicators.build import assumptions_in, consistent_system, named
from helpers.indicators.claims import (
    Shares,
    agreed,
    cell_from,
    finding,
    mean_claim,
    meetings_of,
    period_claim,
    plain,
    share_claim,
    span,
)
from helpers.indicators.constraints import (
    Cell,
    System,
    base_cell,
    bounds,
    cell_of,
    determines,
    share_bounds,
    single,
    table,
)
from helpers.indicators.controls import count_verdicts
from helpers.indicators.documents import cite_register
from helpers.indicators.lookup import cite, decimals_of
from helpers.schema import (
    CERTAIN_FROM_YEARS,
    REGISTER,
    VERDICTS,
    Indicator,
    apply_schema,
    catalogue,
    columns,
    table_schema,
)

# --- Sums of printed shares, and printed totals of groups ---

PARTS = {
    "whole": "Les parts font le tout, à l’arrondi près.",
    "not_whole": "Les parts ne font pas le tout, même à l’arrondi près.",
    "over": "Les parts dépassent le tout, même à l’arrondi près.",
    "nearly": "Somme partielle : l’écart au tout tient à l’arrondi, ou à une réponse qui n’est pas imprimée.",
    "partial": "Somme partielle, qui tient dans le tout : les autres réponses ne sont pas imprimées.",
}
TOTALS = {
    "invited": "Le total de chaque groupe compte les invités, non les présents.",
    "both": "Invités et présents ont le même total : rien ne dit ce que comptent les totaux des groupes.",
    "present": "Les totaux transcrits comme invités font le nombre imprimé des présents.",
    "neither": "Les totaux transcrits ne font ni les invités ni les présents imprimés.",
    "unknown": "Le nombre d’invités n’est pas imprimé : rien ne dit ce que comptent les totaux des groupes.",
}


def _apart(figures: pd.DataFrame, entry: Indicator) -> pd.DataFrame:
    """Figures of modalities that do not overlap: groups replace their members, duplicates count once."""
    covered, kept = set(), []
    members = {row.Index: set(entry.members_of(row.modalite)) for row in figures.itertuples()}
    for index in sorted(members, key=lambda each: -len(members[each])):
        if not members[index] & covered:
            covered |= members[index]
            kept.append(index)
    return figures.loc[sorted(kept)]


def part_sums(figures: pd.DataFrame, system: System, *, year: int) -> list[dict]:
    """One finding for each single-choice indicator with at least two printed shares: do they add up to 100 %?"""
    entries, found = catalogue().indicators, []
    own = figures[(figures["annee"] == year) & (figures["operateur"] == "=") & (figures["base"] == "")]
    for (perimeter, name), rows in own.groupby(["perimetre", "indicateur"], sort=False):
        entry = entries[name]
        if entry.choice != "unique" or entry.is_open:
            continue
        shares = _apart(rows[rows["mesure"] == "part"], entry)
        if len(shares) < 2:
            continue
        covered = set().union(*(entry.members_of(name) for name in shares["modalite"]))
        counts = rows[rows["mesure"] == "effectif"]
        counts = counts.loc[[covered.isdisjoint(entry.members_of(name)) for name in counts["modalite"]]]
        found.append(_part_sum(shares, _apart(counts, entry), entry, system, id=f"parts/{perimeter}/{name}"))
    return found


def _part_sum(shares: pd.DataFrame, counts: pd.DataFrame, entry: Indicator, system: System, *, id: str) -> dict:
    both = pd.concat([shares, counts])
    cells = [cell_of(figure) for figure in both.itertuples()]
    covered = set().union(*(entry.members_of(name) for name in both["modalite"]))
    halves = sum(0.5 / 10 ** decimals_of(value) for value in shares["valeur"])
    base = _base(base_cell(cells[0], entry), system)
    total = shares["valeur"].sum() + (100 * counts["valeur"].sum() / base if base else 0)
    low, high = total - halves, total + halves
    text = f"{' + '.join(f'{plain(value)} %' for value in shares['valeur'])} = {plain(shares['valeur'].sum())} %"
    if covered == set(entry.modalities):
        name = "whole" if low <= 100 <= high else "not_whole"
    else:
        name = "over" if low > 100 else "nearly" if high >= 100 else "partial"
    if len(counts):
        printed = counts["valeur"].sum()
        text += f" ; {' + '.join(map(plain, counts['valeur']))} = {plain(printed)} {agreed(entry.unit, printed)}"
    if not len(counts):
        text += f", entre {plain(low)} % et {plain(high)} %"
    if name in ("nearly", "partial"):
        text += f" ; reste {_rest(shares, counts, base, (low, high), entry)}"
    verdict = "contradictoire" if name in ("over", "not_whole") else "confirme"
    subject = f"Somme des parts imprimées : {entry.label[:1].lower()}{entry.label[1:]}"
    return finding(
        id, "parts", subject, verdict, calculation=text, motive=PARTS[name], lines=both["ligne"], cells=cells
    )


def _base(cell, system: System) -> int | None:
    """The base of the shares when it is known to the unit."""
    if not determines(system, {cell: 1.0}):
        return None
    low, high = bounds(system, {cell: 1.0})
    return low if low == high else None


def _rest(shares: pd.DataFrame, counts: pd.DataFrame, base: int | None, sum_of: tuple, entry: Indicator) -> str:
    """What is left for the answers that are not printed: in counts if the base is known, else in per cent."""
    if not base:
        return span(max(0, 100 - sum_of[1]), max(0, 100 - sum_of[0]), " %")
    ends = [share_bounds(value, base, decimals=decimals_of(value)) for value in shares["valeur"]]
    left = [base - int(counts["valeur"].sum()) - sum(end[place] for end in ends) for place in (1, 0)]
    low, high = (max(0, value) for value in left)
    return f"{span(low, high)} {agreed(entry.unit, high)} sur {base}"


def group_totals(figures: pd.DataFrame, meetings: pd.DataFrame, *, year: int) -> list[dict]:
    """One finding a set of groups: do the totals of the meetings add up to the printed ones?"""
    found = []
    invited = meetings.dropna(subset="invites_du_groupe").drop_duplicates("groupe")
    for name, group in catalogue().indicators["invites"].groups.items():
        own = invited[invited["groupe"].isin(group.members)]
        cells = {which: (year, "reunions", which, name) for which in ("invites", "participants")}
        printed = {
            which: figures.loc[
                [
                    cell_of(row) == cell and row.mesure == "effectif" and row.operateur == "="
                    for row in figures.itertuples()
                ]
            ]
            for which, cell in cells.items()
        }
        if len(own) > 1 and any(map(len, printed.values())):
            found.append(_total(own, printed, list(cells.values()), label=group.label, id=f"totaux/{name}"))
    return found


def _total(own: pd.DataFrame, printed: dict[str, pd.DataFrame], cells: list, *, label: str, id: str) -> dict:
    total = int(own["invites_du_groupe"].sum())
    values = {which: set(rows["valeur"]) for which, rows in printed.items()}
    is_invited, is_present = (total in values[which] for which in ("invites", "participants"))
    name = ("both" if is_present else "invited") if is_invited else "present" if is_present else "neither"
    name = "unknown" if name == "neither" and not values["invites"] else name
    verdict = {"invited": "confirme", "both": "ambigu", "unknown": "non_verifiable"}.get(name, "contradictoire")
    words = {"invites": "invités imprimés", "participants": "présents imprimés"}
    text = f"{' + '.join(f'{count}' for count in own['invites_du_groupe'])} = {total}"
    text += "".join(f" ; {words[which]} : {plain(value)}" for which, found in values.items() for value in sorted(found))
    lines = [*own["ligne_invites"].dropna(), *pd.concat(list(printed.values()))["ligne"]]
    return finding(
        id,
        "totaux",
        f"Ce que comptent les totaux par groupe : {label}",
        verdict,
        calculation=text,
        motive=TOTALS[name],
        lines=lines,
        cells=cells,
    )


# --- The posts against their own dates and the register ---

SURVEY = "journee_nouveaux"  # the group whose meeting collected the posts
# Seniority is printed to the half-year: « 0,5 ans » may be a quarter of a year.
HALF_STEP_YEARS = 0.25
DAYS_PER_YEAR = 365.25
PRIORITY_REGISTER = "education_prioritaire_2024_25"


def seniorities(posts: pd.DataFrame, meetings: pd.DataFrame) -> pd.DataFrame:
    """The posts with ``jours`` (from start to survey, at most) and ``anciennete_et_debut``; none without a survey.

    impossible: a seniority below a year that its rounding cannot bring down to the time since the start;
    poste_anterieur: a longer one, which only an earlier post explains; possible: any other.
    """
    dates = meetings.loc[meetings["groupe"] == SURVEY, "date"]
    if posts.empty or dates.empty:
        return posts.head(0).assign(jours=[], anciennete_et_debut=[])
    days = (dates.max() - posts["date_debut"]).dt.days
    years = posts["anciennete_alses_ans"].astype(float)
    is_longer = (years > 0) & (years - HALF_STEP_YEARS > days / DAYS_PER_YEAR)
    found = pd.Series("possible", index=posts.index)
    found = found.mask(is_longer, "impossible").mask(is_longer & (years >= CERTAIN_FROM_YEARS), "poste_anterieur")
    return posts.assign(jours=days, anciennete_et_debut=found)


def statuses(posts: pd.DataFrame, colleges: pd.DataFrame) -> pd.DataFrame:
    """The posts with ``repertoire`` (status of the register) and ``classement_au_repertoire``.

    identique, different, or non_comparable when one of the two says nothing.
    """
    known = colleges.set_index("uai")[PRIORITY_REGISTER]
    register = posts["uai"].map(known).fillna("")
    printed = posts["type_education_prioritaire"]
    found = (printed == register).map({True: "identique", False: "different"}).astype("str")
    is_silent = (register == "") | (printed == "non_renseigne")
    return posts.assign(repertoire=register, classement_au_repertoire=found.mask(is_silent, "non_comparable"))


def _name(post) -> str:
    return f"« {post.college} ({post.commune}) »"


def _listed(posts: pd.DataFrame, write) -> str:
    return " ; ".join(f"{_name(post)} : {write(post)}" for post in posts.itertuples())


def _count(posts: pd.DataFrame, whole: pd.DataFrame) -> str:
    return f"{named(f'{len(posts)}', 'postes', len(posts))} / {named(f'{len(whole)}', 'postes', len(whole))}"


def _years(post) -> str:
    unit = "an" if post.anciennete_alses_ans < 2 else "ans"
    days = "jour" if abs(post.jours) < 2 else "jours"
    return f"{plain(post.anciennete_alses_ans, 2)} {unit} pour {post.jours} {days} au plus"


SENIORITIES = {
    "impossible": (
        "contradictoire",
        "Ancienneté d’ALSES plus longue que le poste",
        "Même arrondie à la demi-année, elle dépasse le temps écoulé entre le début du poste et l’enquête. "
        "Un poste antérieur l’expliquerait, mais ce ne serait alors plus une première prise de poste.",
    ),
    "poste_anterieur": (
        "sous_hypothese",
        "Ancienneté d’ALSES acquise avant ce poste",
        "Possible sous cette hypothèse : un poste d’ALSES antérieur.",
    ),
    "possible": (
        "confirme",
        "Ancienneté d’ALSES et début du poste",
        "L’ancienneté imprimée tient dans le temps écoulé entre le début du poste et l’enquête.",
    ),
}
STATUSES = {
    "different": (
        "ambigu",
        "Éducation prioritaire : le classement imprimé n’est pas celui du répertoire",
        "Le répertoire décrit une autre année : faute d’impression, ou classement changé entre-temps.",
    ),
    "non_comparable": (
        "non_verifiable",
        "Éducation prioritaire : rien n’est imprimé, ou rien n’est au répertoire",
        "Une case vide n’est pas une réponse : elle reste vide.",
    ),
    "identique": (
        "sous_hypothese",
        "Éducation prioritaire : le classement imprimé est celui du répertoire",
        "Confirmé sous cette hypothèse : le classement n’a pas changé jusqu’à l’année du répertoire.",
    ),
}


def seniority_findings(posts: pd.DataFrame, meetings: pd.DataFrame, *, year: int) -> list[dict]:
    """At most one finding a class of `seniorities`, worst first."""
    return _findings(
        seniorities(posts, meetings),
        SENIORITIES,
        column="anciennete_et_debut",
        write=_years,
        silent="possible",
        year=year,
    )


def status_findings(posts: pd.DataFrame, colleges: pd.DataFrame, *, year: int) -> list[dict]:
    """At most one finding a class of `statuses`, worst first."""
    label_of = catalogue().indicators["type_education_prioritaire"].label_of
    title = next(field for field in table_schema("colleges")["fields"] if field["name"] == PRIORITY_REGISTER)["title"]
    when = title.rpartition(" ")[2]

    def write(post) -> str:
        register = label_of(post.repertoire) if post.repertoire else "rien"
        return f"imprimé {label_of(post.type_education_prioritaire)}, répertoire {when} {register}"

    found = statuses(posts, colleges)
    return _findings(found, STATUSES, column="classement_au_repertoire", write=write, silent="identique", year=year)


def _findings(posts: pd.DataFrame, classes: dict, *, column: str, write, silent: str, year: int) -> list[dict]:
    """One finding a class that has posts; those of the class ``silent`` are counted, not listed."""
    rows = []
    for name, (verdict, subject, motive) in classes.items():
        own = posts[posts[column] == name]
        if own.empty:
            continue
        listed = "" if name == silent else f" : {_listed(own, write)}"
        cells: list[Cell] = [(year, "postes", column, name)]
        text = f"{_count(own, posts)}{listed}"
        rows.append(
            finding(
                f"{column}/{name}",
                column,
                subject,
                verdict,
                calculation=text,
                motive=motive,
                lines=own["ligne"],
                cells=cells,
            )
        )
    return rows


# --- All the findings of a year ---


@dataclass(frozen=True)
class Coherences:
    """``findings`` (schema ``coherences``, worst first) and ``counts`` (exact indicators of what they found).

    01 saves the findings, one a row:

    >>> data.load(2020, "coherences")[["nature", "verdict", "lignes"]].head(1)
            nature         verdict             lignes
    0  affirmation  contradictoire  91, 118, 132, 144
    """

    findings: pd.DataFrame
    counts: pd.DataFrame


def check_coherences(
    figures: pd.DataFrame,
    counted: pd.DataFrame,
    *,
    year: int,
    document: str,
    posts: pd.DataFrame,
    meetings: pd.DataFrame,
    claims: pd.DataFrame,
    colleges: pd.DataFrame,
) -> Coherences:
    """The coherences of a year and their counts.

    Sums of printed shares, totals of groups, claims (schema ``affirmations``), seniority against the start of the post,
    priority status against the register. A table that was not received gives no finding. No catalogue assumption is
    used. Takes the schema ``chiffres_publies``, what `count_year` gives (schema ``indicateurs``), schema ``postes``,
    schema ``reunions`` and schema ``colleges``.

    >>> recu, postes = data.read_year(2020), data.load(2020, "postes")
    >>> trouve = indicators.check_coherences(
    ...     recu.figures, data.load(2020, "indicateurs").head(0), year=2020, document=recu.document, posts=postes,
    ...     meetings=recu.meetings, claims=recu.claims.head(1), colleges=data.read_reference("colleges"),
    ... )
    >>> trouve.findings["sujet"][0], trouve.findings["verdict"][0]
    ('Ancienneté d’ALSES plus longue que le poste', 'contradictoire')
    """
    system, _ = consistent_system(figures, counted)
    system = system.without(assumptions_in(system))
    shares, rows = Shares(figures, system, claims), []
    rows += part_sums(figures, system, year=year) + group_totals(figures, meetings, year=year)
    for claim in claims.itertuples():
        if claim.relation == "periode":
            rows.append(period_claim(claim, meetings))
        elif claim.relation == "moyenne":
            rows.append(mean_claim(claim, system, figures))
        else:
            rows += share_claim(claim, shares)
    rows += seniority_findings(posts, meetings, year=year) + status_findings(posts, colleges, year=year)
    order = list(VERDICTS)[::-1]
    rows.sort(key=lambda found: order.index(found["verdict"]))
    findings = apply_schema(pd.DataFrame(rows, columns=columns("coherences")), "coherences")
    counts = [
        count_verdicts(findings, year=year, document=document, indicator="coherences"),
        _count_posts(seniorities(posts, meetings), "anciennete_et_debut", year=year, document=document),
        _count_statuses(posts, colleges, year=year, document=document),
        _count_meetings(claims, meetings, document=document),
    ]
    return Coherences(findings, apply_schema(pd.concat(counts, ignore_index=True), "indicateurs"))


def _count_posts(posts: pd.DataFrame, name: str, *, year: int, document: str) -> pd.DataFrame:
    """The number of posts by class; nothing when none could be classed."""
    if posts.empty:
        return table([])
    seen, total, reference = posts[name].value_counts(), (len(posts),) * 2, cite(document, posts["ligne"])
    return table(
        [
            single((year, "postes", name, modality), seen.get(modality, 0), reference, base=total)
            for modality in catalogue().indicators[name].modalities
        ]
    )


def _count_statuses(posts: pd.DataFrame, colleges: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """The same for the status, against the register."""
    found = statuses(posts, colleges)
    counted = _count_posts(found, "classement_au_repertoire", year=year, document=document)
    own = colleges.loc[colleges["uai"].isin(posts["uai"]), "source_education_prioritaire"]
    references = [*counted["reference"].head(1), cite_register(own)]
    return counted.assign(source=REGISTER, reference=" ; ".join(filter(None, references)))


def _count_meetings(claims: pd.DataFrame, meetings: pd.DataFrame, *, document: str) -> pd.DataFrame:
    """The meetings outside the period claimed for their group; the first claim about a group counts."""
    found = {}
    for claim in claims[claims["relation"] == "periode"].itertuples():
        year, perimeter, _, modality = cell_from(claim.gauche)
        own, cell = meetings_of(claim, meetings), (year, perimeter, "reunions_hors_periode", modality)
        if modality != "*" and len(own) and cell not in found:
            count, base = int(own["est_hors_periode"].sum()), (len(own),) * 2
            found[cell] = single(cell, count, cite(document, own["ligne"]), base=base)
    return table(list(found.values()))
