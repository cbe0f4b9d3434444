"""The tables of the year (02): what to show, of which population, in which order."""

import math
from dataclasses import dataclass

import pandas as pd

from helpers.indicators.comparisons import LEVEL, stepped_down
from helpers.indicators.lookup import BESIDE, USUAL, Fact, Facts, among, is_of_site, uncrossed, with_shares
from helpers.schema import FEWEST_FOR_SHARE, FROM_RECORDS, UNSAID, Indicator, catalogue, split_multiple

# --- Key values, populations, and what the document does not give ---

# The cards of the page and of the index, in order.
KEY_FIGURES = {
    "alses/accompagnements/": "personnes suivies par un ALSES",
    "alses/nouvel_accompagnement/oui": "de personnes dont l’accompagnement a été ouvert dans l’année",
    "alses/sexe/filles": "de filles",
    "alses/origine/college": "de personnes orientées par le collège",
    "alses/niveau/4e_3e": "d’élèves de 4e ou 3e",
    "alses/parents_associes/oui": "de personnes dont les parents sont associés",
    "postes/nouveaux_postes/": "nouveaux postes décrits",
    "reunions/participants/groupes_alses": "de présences aux réunions des groupes d’ALSES",
}

# The populations that the pages count, from the network to the statements.
PERIMETERS = {
    "reseau_alses/postes/": "ALSES annoncés pour le réseau",
    "reseau_alses/nouveaux_colleges/": "collèges entrés lors des deux derniers déploiements",
    "postes/nouveaux_postes/": "postes décrits un à un dans le tableau",
    "postes/eleves_inscrits/": "élèves inscrits dans les collèges des postes décrits",
    "reunions/participants/journee_nouveaux": "présents à la journée des nouveaux ALSES",
    "reunions/invites/nouveaux": "invités du groupe des nouveaux ALSES",
    "reunions/invites/groupes_alses": "invités des groupes d’ALSES",
    "reunions/participants/groupes_alses": "présences aux réunions des groupes d’ALSES",
    "reseau_alses/associations_nommees/": "associations nommées",
    "enonces/enonces/": "énoncés codés de la synthèse",
    "alses/accompagnements/": "personnes suivies par un ALSES",
    "alses/colleges_suivis/": "collèges où au moins une personne est suivie par un ALSES",
    "alses/associations_suivantes/": "associations qui suivent au moins une personne",
    "prevention_specialisee/situation/collegien": "collégiens suivis par toute la prévention spécialisée",
    "prevention_specialisee/accompagnements/": "personnes suivies par toute la prévention spécialisée",
}


def unpublished(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """What the year leaves unsaid of the persons followed: ``question``, ``ensemble`` (answers counted together only),
    ``absent`` (no number at all), in words.

    Questions drawn as bars that a document could print, of every population that answers them, then the cross-tabulations
    that records allow and that protection holds back. Empty for a site, whose size alone decides.
    """
    found = [] if is_of_site(indicators) else [*_silences(indicators, year), *_held_back(indicators, year)]
    return pd.DataFrame(found, columns=["question", "ensemble", "absent"])


def _silences(indicators: pd.DataFrame, year: int) -> list[tuple[str, str, str]]:
    rows = uncrossed(indicators)
    rows = rows[(rows["annee"] == year) & ~rows["precision"].isin(UNSAID)]
    found = []
    for entry in catalogue().indicators.values():
        if entry.form != "barres" or entry.is_of_records or entry.unit != "personnes":
            continue
        own = rows[rows["indicateur"] == entry.id]
        for perimeter, published in own.groupby("perimetre", sort=False) if len(own) else [("alses", own)]:
            missing = [name for name in entry.modalities if name not in set(published["modalite"])]
            together = []
            for name, group in entry.groups.items() if entry.choice == "unique" else ():
                members = [member for member in group.members if member in missing]
                if name in set(published["modalite"]) and members:
                    together.append(" + ".join(map(entry.label_of, members)))
                    missing = [member for member in missing if member not in members]
            said = (" ; ".join(together), ", ".join(map(entry.label_of, missing)))
            found += [(among(entry.label, entry.id, perimeter), *said)] if any(said) else []
    return found


def _held_back(indicators: pd.DataFrame, year: int) -> list[tuple[str, str, str]]:
    rows = indicators[(indicators["annee"] == year) & indicators["source"].isin(FROM_RECORDS)]
    counted = set(rows.loc[rows["croise_avec"].eq(""), "indicateur"])
    shown, entries = set(zip(rows["indicateur"], rows["croise_avec"], strict=True)), catalogue().indicators
    return [
        (entry.label, "", f"selon\u00a0: {entries[other].label[:1].lower()}{entries[other].label[1:]} (trop peu de personnes)")
        for entry in entries.values()
        for other in entry.crossed_with
        if {entry.id, other} <= counted and (entry.id, other) not in shown
    ]


def definitions(indicators: pd.DataFrame, *, year: int, of_site: bool = False) -> pd.DataFrame:
    """The indicators published in the year, in catalogue order: ``indicateur``, ``definition``, ``base`` (words).

    ``of_site`` returns those of a site and none for the network, or the reverse: they stand at two places of the page.
    """
    rows = indicators[(indicators["annee"] == year) & ~indicators["precision"].isin(UNSAID)]
    rows = rows if is_of_site(indicators) == of_site else rows.iloc[:0]
    entries = catalogue()
    used = [entry for entry in entries.indicators.values() if entry.id in set(rows["indicateur"])]
    told = [
        {"indicateur": entry.label, "definition": entry.definition, "base": _base_of(entry)}
        for entry in used
        if entry.topic not in ("donnees", "enonces")
    ]
    return pd.DataFrame(told, columns=["indicateur", "definition", "base"])


def _base_of(entry: Indicator) -> str:
    if entry.base is None:
        return ""
    name, _, modality = entry.base.partition("/")
    base = catalogue().indicators[name]
    return base.title_of("" if modality == "*" else modality) + (", même groupe" if modality == "*" else "")


# --- Statements linked to a section of page 02 ---


@dataclass(frozen=True)
class RelatedStatements:
    """The statements on the subject of a section: their number, and the paths of the indicators they refer to."""

    count: Fact
    figures: tuple[str, ...]


def related_statements(statements: pd.DataFrame, topic: str, *, facts: Facts) -> RelatedStatements | None:
    """The statements linked to the indicators of a topic; None without any, or when none of these indicators is
    published.

    ``statements`` has the schema ``enonces``. A section whose indicators are unpublished may not be on the page.
    """
    places = {entry.id: place for place, entry in enumerate(catalogue().of_topic(topic))}
    named = {path for path in statements["indicateur_lie"] if path and path.split("/")[1] in places}
    figures = tuple(sorted(named, key=lambda path: (places[path.split("/")[1]], path)))
    count = facts(f"enonces/rubrique_liee/{topic}")
    return RelatedStatements(count, figures) if count and any(map(facts, figures)) else None


# --- The shares of a site beside those of the network ---

# One share per question, in the order of the page: chosen beforehand, whatever the values.
_SHARES = (
    "nouvel_accompagnement/oui",
    "sexe/filles",
    "origine/college",
    "niveau/4e_3e",
    "demande_initiale/scolaire",
    "objectif/difficultes_familiales",
    "parents_associes/oui",
    "duree/12_mois_ou_plus",
)


@dataclass(frozen=True)
class ComparisonWithNetwork:
    """A share of a site beside the network's, and the chance of so wide a gap, corrected for the shares of the page."""

    own: Fact
    network: Fact
    chance: float

    @property
    def finding(self) -> str:
        """au_dessus or au_dessous only if neither rounding nor chance can explain the gap, else comparable."""
        (low, high), (least, most) = self.own.share_bounds, self.network.share_bounds
        if self.chance >= LEVEL:
            return "comparable"
        return "au_dessus" if low > most else "au_dessous" if high < least else "comparable"


@dataclass(frozen=True)
class SitesCompared:
    """How many sites of a kind have shares, and in how many chance alone would find a difference."""

    sites: int

    @property
    def by_chance(self) -> float:
        return LEVEL * self.sites


def sites_compared(sizes: dict[tuple[str, str], int], site_type: str) -> SitesCompared:
    """The sites of a kind whose pages say shares; ``sizes`` come from `data.load_site_sizes`."""
    return SitesCompared(sum(kind == site_type and size >= FEWEST_FOR_SHARE for (kind, _), size in sizes.items()))


def comparisons_with_network(figures: Facts) -> list[ComparisonWithNetwork]:
    """The published shares of a site, each with the network's; none for the network.

    Chance is that of a two-sided hypergeometric draw of the site's persons from those of the network, the greatest over
    the counts that rounding allows, with Holm's correction.
    """
    pairs = [(figures(f"{USUAL}/{path}"), figures(f"{BESIDE}/{path}")) for path in _SHARES]
    said = [pair for pair in pairs if all(fact and fact.share is not None and fact.share_bounds for fact in pair)]
    chances = [_chance(*pair) for pair in said]
    return [
        ComparisonWithNetwork(*pair, chance=chance)
        for pair, chance in zip(said, stepped_down(chances, family=len(chances)), strict=True)
    ]


def _chance(own: Fact, network: Fact) -> float:
    """The greatest two-sided probability over the counts that a reader may suppose."""
    (few, many), (least, most) = own.counts, own.base
    (given_low, given_high), (whole_low, whole_high) = network.counts, network.base
    if own.share > network.share:
        return min(1.0, 2 * _at_least(few, most, given_high, whole_low))
    return min(1.0, 2 * _at_least(least - many, least, whole_high - given_low, whole_high))


def _at_least(count: int, drawn: int, given: int, whole: int) -> float:
    """The probability that at least ``count`` of the drawn persons are among those given."""
    drawn, given = min(drawn, whole), min(given, whole)
    ways = sum(math.comb(given, k) * math.comb(whole - given, drawn - k) for k in range(max(count, 0), drawn + 1))
    return ways / math.comb(whole, drawn)


# --- The persons followed ---


def breakdown(
    indicators: pd.DataFrame, indicator: str, *, year: int, perimeter: str = "alses", site: str = ""
) -> pd.DataFrame:
    """The modalities of one indicator, in reading order, with their shares; cross-tabulations are left out.

    ``site`` is an association or the UAI of a collège; empty, the whole network. A group is dropped when each of its
    members is published. The schema ``indicateurs``, the columns of `indicators.with_shares`, and ``libelle``. Raises
    KeyError for an indicator that the catalogue does not have.

    >>> parts = breakdown(data.load(2020, "indicateurs"), "sexe", year=2020)
    >>> parts[["libelle", "effectif_min", "effectif_max", "base_min", "part_pct"]]
       libelle  effectif_min  effectif_max  base_min  part_pct
    0   filles           927           949      2233      42.0
    1  garçons          1284          1306      2233      58.0
    """
    entry = catalogue().indicators[indicator]
    rows = uncrossed(indicators, site)
    own = rows[(rows["indicateur"] == indicator) & (rows["annee"] == year) & (rows["perimetre"] == perimeter)]
    return _useful(with_shares(own), entry)


def _useful(rows: pd.DataFrame, entry: Indicator) -> pd.DataFrame:
    """The rows of one indicator and one perimeter with their labels, without the groups whose members are published."""
    published = set(rows.loc[~rows["precision"].isin(UNSAID), "modalite"])
    useless = [name for name, group in entry.groups.items() if set(group.members) <= published]
    kept = rows[~rows["modalite"].isin(useless)] if useless else rows
    return kept.assign(libelle=kept["modalite"].map(entry.label_of)).reset_index(drop=True)


def topic(indicators: pd.DataFrame, name: str, *, year: int) -> list[pd.DataFrame]:
    """One breakdown for each indicator of a topic and each perimeter that publishes something of it.

    Each has the columns of `breakdown`. An indicator added to the catalogue appears here without a line of
    code. Topics are those of `catalogue`; of an unknown one there is nothing.
    """
    entries = {entry.id: entry for entry in catalogue().of_topic(name)}
    own = uncrossed(indicators)
    # The shares of the whole topic at once: they are expensive, and most pairs have no row.
    rows = with_shares(own[(own["annee"] == year) & own["indicateur"].isin(list(entries))])
    said = rows.loc[~rows["precision"].isin(UNSAID), ["indicateur", "perimetre"]]
    published, parts = set(said.itertuples(index=False, name=None)), rows.groupby(["indicateur", "perimetre"])
    return [
        _useful(parts.get_group((entry.id, perimeter)), entry)
        for entry in entries.values()
        for perimeter in catalogue().perimeters
        if (entry.id, perimeter) in published
    ]


def requests_and_goals(indicators: pd.DataFrame, *, year: int, perimeter: str = "alses") -> pd.DataFrame:
    """The themes whose request and objective are both known exactly, most frequent objective first.

    Columns: ``modalite``, ``libelle``, ``demande_pct``, ``objectif_pct``, ``demande_effectif``, ``objectif_effectif``,
    ``base`` (persons).

    >>> paires = requests_and_goals(data.load(2020, "indicateurs"), year=2020)
    >>> paires[["libelle", "demande_effectif", "objectif_effectif", "base"]].head(1)
                      libelle  demande_effectif  objectif_effectif  base
    0  difficultés familiales                43                916  2233
    """
    asked, worked = (
        breakdown(indicators, name, year=year, perimeter=perimeter).set_index("modalite")
        for name in ("demande_initiale", "objectif")
    )
    columns = ["effectif_min", "effectif_max", "part_pct", "libelle", "base_min"]
    # A bounded count has no single dot: it stays in its own chart.
    asked, worked = (
        rows[(rows["effectif_min"] == rows["effectif_max"]) & rows["part_pct"].notna()] for rows in (asked, worked)
    )
    both = (
        asked[columns]
        .merge(worked[columns], left_index=True, right_index=True, suffixes=("_d", "_o"), validate="1:1")
        .dropna(subset=["effectif_min_d", "effectif_min_o"])
    )
    # Missing answers come last, and only if there are any.
    recorded = list(catalogue().indicators["objectif"].recorded)
    both = both.sort_values("effectif_min_o", ascending=False)
    answered, unanswered = both[~both.index.isin(recorded)], both[both.index.isin(recorded)]
    both = pd.concat([answered, unanswered[unanswered[["effectif_min_d", "effectif_min_o"]].max(axis=1) > 0]])
    return pd.DataFrame(
        {
            "modalite": both.index,
            "libelle": both["libelle_d"],
            "demande_effectif": both["effectif_min_d"],
            "objectif_effectif": both["effectif_min_o"],
            "demande_pct": both["part_pct_d"],
            "objectif_pct": both["part_pct_o"],
            "base": both["base_min_d"],
        }
    ).reset_index(drop=True)


def remaining_breakdowns(parts: list[pd.DataFrame], pairs: pd.DataFrame) -> list[pd.DataFrame]:
    """The breakdowns that say more than the ``pairs`` of `requests_and_goals`, which have their own chart; all for a
    site.
    """
    if any(rows["perimetre"].eq(BESIDE).any() for rows in parts):
        return parts  # of a site, each question stands beside the network's
    shown = set() if pairs.empty else {*pairs["modalite"], *catalogue().indicators["objectif"].recorded}
    bounded = [set(rows.loc[rows["part_min_pct"].notna() & rows["base_min"].notna(), "modalite"]) for rows in parts]
    return [rows for rows, names in zip(parts, bounded, strict=True) if names - shown]


# --- The new posts ---

# What a collège and its partners gave the post; the last is a condition of the neighbourhood.
CONDITIONS = ("convention", "projet_annuel", "bureau", "presentation_formelle", "equipe_sur_le_quartier")

# Both seniorities of a holder, in display order.
SENIORITIES = {"anciennete_prev_ans": "en prévention spécialisée", "anciennete_alses_ans": "comme ALSES"}


def answers(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Every answer about the new posts (columns of `breakdown`, base: posts), with ``question`` (indicator label)."""
    entries = catalogue().indicators
    parts = topic(indicators, "deploiement", year=year)
    asked = [rows for rows in parts if entries[rows["indicateur"].iloc[0]].form == "grille"]
    rows = pd.concat(asked, ignore_index=True) if asked else with_shares(indicators.head(0))
    return rows.assign(question=[entries[name].label for name in rows["indicateur"]])


def conditions_grid(posts: pd.DataFrame) -> pd.DataFrame:
    """One row per post, by association then collège: ``association``, ``college``, ``commune``, `CONDITIONS`."""
    return posts.sort_values(["association", "college"])[
        ["association", "college", "commune", *CONDITIONS]
    ].reset_index(drop=True)


def starts(posts: pd.DataFrame) -> pd.DataFrame:
    """New posts by month of start: ``mois`` (first day), ``postes``, ``colleges`` (names, in order)."""
    months = posts.assign(mois=posts["date_debut"].dt.to_period("M").dt.to_timestamp())
    grouped = months.sort_values(["mois", "college"]).groupby("mois")
    return grouped.agg(postes=("college", "size"), colleges=("college", ", ".join)).reset_index()


def seniority(posts: pd.DataFrame) -> pd.DataFrame:
    """Seniority of the holders, as printed: ``experience`` (`SENIORITIES`), ``annees``, ``postes``, ``colleges``
    (names).

    Less than one year may be the post itself, so it stays a value of its own.
    """
    parts = []
    for column, label in SENIORITIES.items() if len(posts) else ():
        named = posts.sort_values(["college"]).groupby(column)["college"]
        counted = named.agg(postes="size", colleges=", ".join).reset_index(names="annees")
        parts.append(counted.assign(experience=label)[["experience", "annees", "postes", "colleges"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def teams(posts: pd.DataFrame) -> pd.DataFrame:
    """Posts by association and local team, largest first: ``association``, ``postes``, ``oui``, ``non``, ``autre``."""
    if posts.empty:
        return pd.DataFrame()
    answers_given = list(catalogue().indicators["equipe_sur_le_quartier"].modalities)
    counts = pd.crosstab(posts["association"], posts["equipe_sur_le_quartier"]).reindex(
        columns=answers_given, fill_value=0
    )
    counts.insert(0, "postes", counts.sum(axis=1))
    ordered = counts.reset_index().sort_values(["postes", "association"], ascending=[False, True])
    return ordered.rename_axis(columns=None).reset_index(drop=True)


def social_context(posts: pd.DataFrame, colleges: pd.DataFrame) -> pd.DataFrame:
    """The collège of each post with its social index, lowest first; those without a published index are left out.

    Columns: ``association``, ``college``, ``commune``, ``type_education_prioritaire`` (as printed), ``ips``,
    ``eleves``; the last two are those of the register's year.
    """
    if posts.empty or colleges.empty:
        return pd.DataFrame()
    known = colleges[["uai", "ips_2022_23", "effectif_2022_23_eleves"]].set_axis(["uai", "ips", "eleves"], axis=1)
    placed = posts.merge(known, on="uai", how="left", validate="m:1").dropna(subset="ips")
    names = ["association", "college", "commune", "type_education_prioritaire", "ips", "eleves"]
    return placed.sort_values(["ips", "college"])[names].reset_index(drop=True)


def landmarks(context: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Reference values of the index and the posts' median, lowest first: ``libelle``, ``valeur``, ``champ``.

    ``context`` comes from `social_context`, ``known`` has the schema ``reperes``.
    """
    named = known[known["repere"].str.startswith("ips_")][["libelle", "valeur", "champ"]]
    if context.empty:
        return named.reset_index(drop=True)
    own = {"libelle": "médiane de ces postes", "valeur": float(context["ips"].median()), "champ": ""}
    return pd.concat([named, pd.DataFrame([own])]).sort_values("valeur", ignore_index=True)


# --- The meetings and the associations ---


def attendance(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Present (``effectif_min``) and invited (``base_min``, missing if not printed) by group of meetings."""
    return breakdown(indicators, "participants", year=year, perimeter="reunions")


def calendar(meetings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The meetings by date: ``date``, ``groupe``, ``libelle``, ``participants``, ``est_apres`` (held after the
    year).
    """
    if meetings.empty:
        return pd.DataFrame()
    entry = catalogue().indicators["participants"]
    ordered = meetings.sort_values(["date", "groupe"])[["date", "groupe", "participants"]]
    return ordered.assign(
        libelle=ordered["groupe"].map(entry.label_of), est_apres=ordered["date"].dt.year > year
    ).reset_index(drop=True)


def associations(
    posts: pd.DataFrame, meetings: pd.DataFrame, statements: pd.DataFrame, *, register: pd.DataFrame
) -> pd.DataFrame:
    """Where each association is named: ``association``, ``rattachement``, ``postes``, ``reunion_<groupe>``,
    ``enonces``.

    Only groups that print a list have a column; a name of the register that the year never uses is left out.
    """
    listed = {
        group: set(rows["associations"]) for group, rows in split_multiple(meetings, "associations").groupby("groupe")
    }
    cited = split_multiple(statements, "associations")["associations"].value_counts()
    held = posts["association"].value_counts()
    names = sorted({*held.index, *cited.index, *set().union(*listed.values())}, key=str.casefold)
    groups = [name for name in catalogue().indicators["participants"].modalities if name in listed]
    grid = pd.DataFrame({"association": names})
    grid["rattachement"] = grid["association"].map(register.set_index("association")["rattachement"]).fillna("")
    grid["postes"] = grid["association"].map(held).fillna(0).astype(int)
    for group in groups:
        grid[f"reunion_{group}"] = grid["association"].isin(listed[group])
    grid["enonces"] = grid["association"].map(cited).fillna(0).astype(int)
    return grid
