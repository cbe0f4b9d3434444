"""Tables to exact indicators: posts, meetings, and the ledger itself."""

import pandas as pd

from helpers.clean import CleanPosts
from helpers.facts import cite
from helpers.indicators.context import count_associations, count_colleges
from helpers.indicators.rows import single, table
from helpers.indicators.statements import count_statements
from helpers.schema import CERTAIN_FROM_YEARS, COMPUTED, Indicator, catalogue, typed


def _with_groups(counts: dict[str, int], indicator: Indicator) -> dict[str, int]:
    groups = {name: sum(counts.get(member, 0) for member in group.members) for name, group in indicator.groups.items()}
    return counts | {
        name: count for name, count in groups.items() if any(m in counts for m in indicator.groups[name].members)
    }


def _count(values: pd.Series, indicator: Indicator, *, year: int, perimeter: str, reference: str) -> list[dict]:
    seen = values.value_counts()
    counts = {name: int(seen.get(name, 0)) for name in [*indicator.modalities] or sorted(seen.index)}
    total = (len(values), len(values))
    return [
        single((year, perimeter, indicator.id, name), count, reference, base=total)
        for name, count in _with_groups(counts, indicator).items()
    ]


def _first_post(seniority: pd.Series) -> pd.Series:
    return (
        pd.Series("incertain", index=seniority.index)
        .mask(seniority == 0, "oui")
        .mask(seniority >= CERTAIN_FROM_YEARS, "non")
    )


def count_posts(posts: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators of the new posts: their number, and each condition by modality (base: the posts).

    Takes the schema ``postes``, gives the schema ``indicateurs``. ``premiere_prise_de_poste`` reads the seniority: none
    is yes, a year or more is no, less is uncertain. A month is « 2019_09 », which no spreadsheet
    takes for a date. The posts and their local team are crossed with the association (base: all posts, then those of
    the association).

    >>> comptes = indicators.count_posts(store.load(2020, "postes"), year=2020, document="Note")
    >>> comptes[["indicateur", "modalite", "effectif_min", "base_min"]].head(2)
            indicateur modalite  effectif_min  base_min
    0  nouveaux_postes                     17      <NA>
    1    mois_de_debut  2019_09             3        17
    """
    if posts.empty:
        return table([])
    reference = cite(document, posts["ligne"])
    read = posts.assign(
        mois_de_debut=posts["date_debut"].dt.strftime("%Y_%m"),
        experience_prevention=(posts["anciennete_prev_ans"] > 0).map({True: "oui", False: "non"}),
        premiere_prise_de_poste=_first_post(posts["anciennete_alses_ans"]),
    )
    rows = [single((year, "postes", "nouveaux_postes", ""), len(posts), reference)]
    for indicator in catalogue().of_topic("deploiement"):
        if indicator.choice == "unique" and indicator.id in read:
            rows += _count(read[indicator.id], indicator, year=year, perimeter="postes", reference=reference)
    return table([*rows, *_by_association(posts, year=year, document=document)])


def _by_association(posts: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    rows, teams = [], catalogue().indicators["equipe_sur_le_quartier"]
    for association, own in posts.groupby("association"):
        reference, cross = cite(document, own["ligne"]), ("association", association)
        cell, all_posts = (year, "postes", "nouveaux_postes", ""), (len(posts),) * 2
        rows.append(single(cell, len(own), reference, base=all_posts, cross=cross))
        seen = own[teams.id].value_counts()
        for answer in teams.modalities:
            cell, base = (year, "postes", teams.id, answer), (len(own),) * 2
            rows.append(single(cell, int(seen.get(answer, 0)), reference, base=base, cross=cross))
    return rows


def count_meetings(meetings: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators of the meetings: number, present and invited by group, and present at each meeting.

    Takes the schema ``reunions``, gives the schema ``indicateurs``. Meetings held after the end of the year are counted
    apart (``reunions`` crossed with ``periode``). The base of the present is the invited of the same group; a group
    whose invited are not printed has none.

    >>> comptes = indicators.count_meetings(store.load(2020, "reunions"), year=2020, document="Note")
    >>> comptes[["indicateur", "modalite", "effectif_min", "reference"]].head(1)
      indicateur          modalite  effectif_min     reference
    0   reunions  chefs_de_service             1  Note, l. 154
    """
    if meetings.empty:
        return table([])
    entries = catalogue().indicators
    held = meetings.groupby("groupe").size().to_dict()
    present = meetings.groupby("groupe")["participants"].sum().astype(int).to_dict()
    invited = (
        meetings.dropna(subset="invites_du_groupe").groupby("groupe")["invites_du_groupe"].first().astype(int).to_dict()
    )
    by_indicator = {"reunions": held, "invites": invited, "participants": present}
    invited_all = _with_groups(invited, entries["invites"])
    rows = []
    for name, counts in by_indicator.items():
        for group, count in _with_groups(counts, entries[name]).items():
            own = meetings["groupe"].isin(entries[name].members_of(group))
            lines = meetings.loc[own, "ligne_invites" if name == "invites" else "ligne"]
            base = (invited_all[group],) * 2 if name == "participants" and group in invited_all else None
            rows.append(single((year, "reunions", name, group), count, cite(document, lines.dropna()), base=base))
    rows += _held_after(meetings, year=year, document=document)
    for meeting in meetings.itertuples():
        cell, cross = (year, "reunions", "participants", meeting.groupe), ("reunion", f"{meeting.date:%Y_%m_%d}")
        rows.append(single(cell, int(meeting.participants), cite(document, [meeting.ligne]), cross=cross))
    return table(rows)


def _held_after(meetings: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The meetings that the document files under a year that was over; base: the meetings of the group."""
    entry, rows = catalogue().indicators["reunions"], []
    late = meetings.assign(late=meetings["date"].dt.year > year).groupby("groupe")["late"]
    held, after = (_with_groups(counts.to_dict(), entry) for counts in (late.size(), late.sum().astype(int)))
    for group, total in held.items():
        reference = cite(document, meetings.loc[meetings["groupe"].isin(entry.members_of(group)), "ligne"])
        cell, cross = (year, "reunions", "reunions", group), ("periode", "apres_l_annee")
        rows.append(single(cell, after[group], reference, base=(total, total), cross=cross))
    return rows


def count_ledger(raw: pd.DataFrame, cleaned: CleanPosts, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the cleaning: rows of the posts read, kept, rejected, and changes.

    ``raw`` has the schema ``prises_de_poste``, ``cleaned`` comes from `clean.clean_posts`.

    Raises
    ------
    AssertionError
        when a row read is neither kept nor rejected.

    >>> postes = store.read_raw(2020, "prises_de_poste")
    >>> nettoyage = clean.clean_posts(postes, **store.read_registers())
    >>> registre = indicators.count_ledger(postes, nettoyage, year=2020, document="Note")
    >>> dict(registre[["modalite", "effectif_min"]].to_numpy())
    {'lues': 17, 'gardees': 17, 'rejetees': 0, 'modifications': 169}
    """
    counts = {
        "lues": len(raw),
        "gardees": len(cleaned.posts),
        "rejetees": len(cleaned.rejected),
        "modifications": len(cleaned.ledger),
    }
    assert counts["lues"] == counts["gardees"] + counts["rejetees"], "a row was lost while cleaning the posts"
    rows = [single((year, "donnees", "lignes", name), count, document) for name, count in counts.items()]
    return table(rows, source=COMPUTED)


def count_year(
    posts: pd.DataFrame,
    meetings: pd.DataFrame,
    statements: pd.DataFrame,
    *,
    year: int,
    document: str,
    colleges: pd.DataFrame | None = None,
    landmarks: pd.DataFrame | None = None,
    associations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every exact indicator of the year's tables; a table that was not received counts nothing.

    Takes the schema ``postes``, schema ``reunions``, schema ``enonces``, gives the schema ``indicateurs``. ``colleges``
    (schema ``colleges``) and ``landmarks`` (schema ``reperes``) place the collèges of the posts among others; without
    them, they are not placed. ``associations`` (schema ``associations``) says which names may be of one association.

    >>> lues = (store.load(2020, nom) for nom in ("postes", "reunions", "enonces"))
    >>> comptes = indicators.count_year(*lues, year=2020, document="Note")
    >>> comptes.query("indicateur == 'enonces'")[["unite", "effectif_min", "effectif_max"]].to_numpy().tolist()
    [['enonces', 46, 46]]
    """
    parts = [
        count_posts(posts, year=year, document=document),
        count_colleges(posts, colleges, landmarks, year=year),
        count_meetings(meetings, year=year, document=document),
        count_associations(posts, meetings, statements, associations, year=year, document=document),
        count_statements(statements, year=year, document=document),
    ]
    return typed(pd.concat(parts, ignore_index=True), "indicateurs")
