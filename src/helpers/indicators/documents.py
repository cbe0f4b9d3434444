"""Exact counts from the received tables: posts and their context, meetings, statements, the ledger."""

import re
from collections.abc import Iterable

import pandas as pd

from helpers.clean.posts import CleanPosts
from helpers.clean.records import CleanedRecords
from helpers.indicators.constraints import Cell, row, single, table
from helpers.indicators.lookup import cite
from helpers.schema import (
    CERTAIN_FROM_YEARS,
    CODED,
    COMPUTED,
    FEWEST_PERSONS,
    OUTLOOK,
    REGISTER,
    Indicator,
    apply_schema,
    catalogue,
    columns,
    split_multiple,
)

# --- The context of the posts: collèges and associations ---

# The quantiles that rank a collège; without both, none is ranked.
QUARTILE, MEDIAN = "ips_premier_quartile", "ips_mediane"


def count_colleges(
    posts: pd.DataFrame, colleges: pd.DataFrame | None, landmarks: pd.DataFrame | None, *, year: int
) -> pd.DataFrame:
    """Exact indicators of the collèges of the posts: the posts by place of the index, and the pupils enrolled.

    A collège at a quantile is « au plus ». Pupils are counted once a collège, and not at all if one collège does not
    publish them: a partial sum would be read as the total.
    """
    if posts.empty or colleges is None or colleges.empty:
        return table([])
    known = colleges[["uai", "ips_2022_23", "effectif_2022_23_eleves", "source_ips"]]
    found = posts[["uai"]].merge(known, on="uai", how="left", validate="m:1")
    reference = cite_register(found["source_ips"])
    rows, values = [], {} if landmarks is None else dict(zip(landmarks["repere"], landmarks["valeur"], strict=True))
    if QUARTILE in values and MEDIAN in values:
        index = found["ips_2022_23"].astype("float")
        place = (
            pd.Series("inconnu", index=found.index)
            .mask(index > values[MEDIAN], "au_dessus")
            .mask(index <= values[MEDIAN], "sous_mediane")
            .mask(index <= values[QUARTILE], "premier_quartile")
        )
        seen, base = place.value_counts(), (len(place),) * 2
        for name in catalogue().indicators["ips_du_college"].modalities:
            cell = (year, "postes", "ips_du_college", name)
            rows.append(single(cell, int(seen.get(name, 0)), reference, base=base))
    pupils = found.drop_duplicates("uai")["effectif_2022_23_eleves"]
    if pupils.notna().all():
        rows.append(single((year, "postes", "eleves_inscrits", ""), int(pupils.sum()), reference))
    return table(rows, source=REGISTER)


def cite_register(sources: pd.Series) -> str:
    """The registers named by these cells, once each: « Producteur, table, millésime ; remarque » less the remark.

    >>> cite_register(pd.Series(["DEPP, IPS, 2022 ; joint par l’UAI", None, "DEPP, IPS, 2022 ; vérifié"]))
    'DEPP, IPS, 2022'
    """
    return " ; ".join(dict.fromkeys(re.split(r"\s;\s", source)[0] for source in sources.dropna() if source))


def count_associations(
    posts: pd.DataFrame,
    meetings: pd.DataFrame,
    statements: pd.DataFrame,
    register: pd.DataFrame | None = None,
    *,
    year: int,
    document: str,
) -> pd.DataFrame:
    """Indicators of the associations: how many are named, and where.

    Two names that may be one association (register, schema ``associations``) count as one or two: hence the bounds.
    """
    filled = [split_multiple(frame, "associations") for frame in (meetings, statements)]
    places = [set(posts["association"]), *(set(frame["associations"]) for frame in filled)]
    named = set().union(*places)
    if not named:
        return table([])
    same = {} if register is None else dict(zip(register["association"], register["rattachement"], strict=True))
    joined = {name: same[name] if same.get(name) in named else name for name in named}
    apart, together = _by_place(*places), _by_place(*({joined[name] for name in place} for place in places))
    reference = cite(document, pd.concat([frame["ligne"] for frame in (posts, *filled)]))
    whole, rows = tuple(sorted((apart[""], together[""]))), []
    for name in apart:
        counts = tuple(sorted((apart[name], together[name])))
        shares = sorted(100 * each[name] / each[""] for each in (apart, together))
        indicator = "presence_associations" if name else "associations_nommees"
        rows.append(
            row(
                (year, "reseau_alses", indicator, name),
                catalogue().indicators[indicator].unit,
                counts=counts,
                base=whole if name else None,
                ends=(shares[0], shares[1]) if name else None,
                precision="exact" if counts[0] == counts[1] else "deduit",
                reference=reference,
            )
        )
    return table(rows)


def _by_place(with_post: set[str], listed: set[str], cited: set[str]) -> dict[str, int]:
    """How many associations are named, in all (``""``) and at each place."""
    found = {
        "": with_post | listed | cited,
        "postes": with_post,
        "reunions": listed,
        "synthese": cited,
        "postes_sans_reunion": with_post - listed,
        "reunions_sans_poste": listed - with_post,
        "synthese_seule": cited - with_post - listed,
    }
    return {name: len(names) for name, names in found.items()}


# --- Coded statements to exact indicators: themes, natures, scales, actors, answered tensions ---

# The column of each indicator; a statement with several values counts once for each.
COLUMNS = {
    "theme_enonce": "theme",
    "nature_enonce": "nature",
    "echelle_enonce": "echelle",
    "acteur_enonce": "acteurs",
    "association_enonce": "associations",
}
# Those that are also counted nature by nature.
CROSSED = ("theme_enonce", "echelle_enonce", "acteur_enonce")


def _members(indicator: Indicator, seen: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The codes of each modality and group; for an open indicator, the codes seen."""
    codes = [*indicator.modalities] or sorted(set(seen))
    return {name: indicator.members_of(name) for name in [*codes, *indicator.groups]}


def _counted(cell: Cell, found: Iterable, *, base: int | None, document: str, cross: tuple = ("", "")) -> dict:
    """The row of some statements (named tuples), each counted once."""
    bounds, lines = None if base is None else (base, base), {each.id: each.ligne for each in found}
    return single(cell, len(lines), cite(document, lines.values()), base=bounds, cross=cross)


def _by_code(statements: pd.DataFrame, name: str, *, year: int, document: str) -> list[dict]:
    entry, natures = catalogue().indicators[name], catalogue().indicators["nature_enonce"].modalities
    column, rows = COLUMNS[name], []
    coded = [(getattr(each, column), each) for each in split_multiple(statements, column).itertuples()]
    for code, members in _members(entry, (seen for seen, _ in coded)).items():
        found, cell = [each for seen, each in coded if seen in members], (year, "enonces", name, code)
        rows.append(_counted(cell, found, base=len(statements), document=document))
        for nature in natures if name in CROSSED else ():
            cross, some = ("nature_enonce", nature), [each for each in found if each.nature == nature]
            rows.append(_counted(cell, some, base=len(statements), document=document, cross=cross))
    return rows


def _linked(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The statements linked to an indicator, by its topic, and the others."""
    is_linked = statements["indicateur_lie"].ne("")
    linked, entries = statements[is_linked], catalogue().indicators
    rows = [
        _counted((year, "enonces", "chiffre_lie", code), found.itertuples(), base=len(statements), document=document)
        for code, found in (("oui", linked), ("non", statements[~is_linked]))
    ]
    topics = linked["indicateur_lie"].map(lambda path: entries[path.split("/")[1]].topic)
    for code in entries["rubrique_liee"].modalities if len(linked) else ():
        cell, found = (year, "enonces", "rubrique_liee", code), linked[topics == code].itertuples()
        rows.append(_counted(cell, found, base=len(linked), document=document))
    return rows


def _placed(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The statements by meeting; nothing when no statement has one."""
    if statements["reunion"].eq("").all():
        return []
    known, rows = statements["reunion"].replace("", "inconnue"), []
    for code in catalogue().indicators["reunion_enonce"].modalities:
        cell, found = (year, "enonces", "reunion_enonce", code), statements[known == code].itertuples()
        rows.append(_counted(cell, found, base=len(statements), document=document))
    return rows


def _levels(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The number of scales of the statements on future work; nothing without that theme."""
    proposed = statements[statements["theme"] == OUTLOOK]
    if proposed.empty:
        return []
    levels = proposed["echelle"].nunique()
    return [single((year, "enonces", "niveaux_proposes", ""), levels, cite(document, proposed["ligne"]))]


def _answered(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The tensions by what answers them; nothing when no answer is coded."""
    answers = split_multiple(statements, "repond_a")
    if answers.empty:
        return []
    entry, tensions = catalogue().indicators["reponse_tension"], statements[statements["nature"] == "tension"]
    natures = answers.groupby("repond_a")["nature"].agg(set)
    kinds = pd.Series(
        ["les_deux" if len(found) > 1 else found.pop() for found in natures], index=natures.index, dtype="str"
    )
    kind = tensions["id"].map(kinds).fillna("aucune")
    by_kind = {code: tensions[kind.isin(members)].itertuples() for code, members in _members(entry, kind).items()}
    return [
        _counted((year, "enonces", entry.id, code), found, base=len(tensions), document=document)
        for code, found in by_kind.items()
    ]


def count_statements(statements: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the coded statements (schema ``enonces``), each citing its lines.

    Their number; by theme, nature, scale, actor and association; theme, scale and actor by nature (base: every
    statement); by meeting; scales of future work; linked to an indicator, by its topic (base: those linked); tensions
    by what answers them (base: the tensions). A group of actors counts a statement once. Their source is the coding,
    not the document: someone else might code otherwise.

    >>> comptes = indicators.count_statements(data.load(2020, "enonces"), year=2020, document="Note")
    >>> comptes[["indicateur", "modalite", "effectif_min", "base_min"]].head(2)
         indicateur              modalite  effectif_min  base_min
    0       enonces                                  46      <NA>
    1  theme_enonce  cadre_du_partenariat            13        46
    """
    if statements.empty:
        return table([])
    rows = [_counted((year, "enonces", "enonces", ""), statements.itertuples(), base=None, document=document)]
    for name in COLUMNS:
        rows += _by_code(statements, name, year=year, document=document)
    rows += _placed(statements, year=year, document=document) + _levels(statements, year=year, document=document)
    rows += _linked(statements, year=year, document=document)
    rows += _answered(statements, year=year, document=document)
    return table(rows, source=CODED)


# --- Posts, meetings and the ledger to exact indicators ---


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

    >>> comptes = indicators.count_posts(data.load(2020, "postes"), year=2020, document="Note")
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

    >>> comptes = indicators.count_meetings(data.load(2020, "reunions"), year=2020, document="Note")
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
    """The meetings held after the end of the year; base: the meetings of the group."""
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

    Raises AssertionError when a row read is neither kept nor rejected.

    >>> postes = data.read_raw(2020, "prises_de_poste")
    >>> nettoyage = clean.clean_posts(postes, **data.read_registers())
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


def _is_few(count: int) -> bool:
    return 0 < count < FEWEST_PERSONS


def count_received(cleaned: CleanedRecords, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of an export: rows read, kept, rejected, and cells written otherwise.

    ``source`` is export or synthetique. Empty when nothing was read. A count of 1 to 4 is ``non_publie``, and so is one
    that would give it by subtraction: the rows read if few were rejected, all changes if a rule changed a few rows or
    nearly all.

    Raises AssertionError when a row read is neither kept nor rejected.

    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyees = clean.clean_persons(data.receive(2020), **registres)
    >>> len(indicators.count_received(nettoyees, source="export", reference="export de la base, 2020"))
    0
    """
    read, kept, out = cleaned.read, len(cleaned.persons), int(cleaned.rejections["lignes"].sum())
    assert read == kept + out, "a row was lost while cleaning the persons"
    if not read:
        return table([])
    changed = sum_changes(cleaned.ledger)["lignes"]
    tells = _is_few(kept) or _is_few(out)
    hides = changed.between(1, FEWEST_PERSONS - 1).any() or changed.ge(kept).any()
    counts = {
        "lues": None if tells else read,
        "gardees": None if _is_few(kept) else kept,
        "rejetees": None if _is_few(out) else out,
        "modifications": None if hides else int(changed.sum()),
    }
    unit = catalogue().indicators["lignes_export"].unit
    rows = [
        row(
            (cleaned.persons.year, "donnees", "lignes_export", name),
            unit,
            counts=None if count is None else (count, count),
            precision="non_publie" if count is None else "exact",
            reference=reference,
        )
        for name, count in counts.items()
    ]
    return table(rows, source=source)


def fold_rejections(rejections: pd.DataFrame) -> pd.DataFrame:
    """The rejected rows by reason (schema ``rejets``), rare reasons joined so that none has 1 to 4 rows.

    The rarest are joined until they hold 5 rows, a single one with the next, since the total is known. Fewer than 5 in
    all stay as one line, shown as « moins de 5 ».

    >>> motifs = ["ligne de total", "fin avant le début", "identifiant absent"]
    >>> rejets = pd.DataFrame({"motif": motifs, "lignes": [20, 9, 3]})
    >>> indicators.fold_rejections(rejets)[["motif", "lignes"]].to_numpy().tolist()
    [['ligne de total', 20], ['fin avant le début ; identifiant absent', 12]]
    """
    ordered = rejections.sort_values("lignes", ascending=False, kind="stable")
    held, folded = [(row.motif, int(row.lignes)) for row in ordered.itertuples()], []
    while held and (_is_few(held[-1][1]) or 0 < len(folded) < 2 or _is_few(sum(count for _, count in folded))):
        folded.insert(0, held.pop())
    if folded:
        held.append((" ; ".join(motif for motif, _ in folded), sum(count for _, count in folded)))
        held.sort(key=lambda line: -line[1])
    return apply_schema(pd.DataFrame(held, columns=columns("rejets"), dtype="object"), "rejets")


def sum_changes(ledger: pd.DataFrame) -> pd.DataFrame:
    """The changes (schema ``normalisations``) by column and rule, over all files.

    ``fichier`` is empty: the names and sizes of the files of an export never leave this computer.

    >>> lignes = pd.DataFrame({"fichier": ["a.csv", "b.csv"], "colonne": "sexe", "regle": "écriture", "lignes": [3, 9]})
    >>> indicators.sum_changes(lignes)[["fichier", "colonne", "regle", "lignes"]].to_numpy().tolist()
    [['', 'sexe', 'écriture', 12]]
    """
    summed = ledger.groupby(["colonne", "regle"], sort=False, as_index=False)["lignes"].sum()
    return apply_schema(summed.assign(fichier="")[columns("normalisations")].astype("object"), "normalisations")


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
    (schema ``colleges``) and ``landmarks`` (schema ``reperes``) rank the collèges of the posts; ``associations``
    (schema ``associations``) says which names may be one association.

    >>> lues = (data.load(2020, nom) for nom in ("postes", "reunions", "enonces"))
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
    return apply_schema(pd.concat(parts, ignore_index=True), "indicateurs")
