"""Exact counts from the received tables: posts and their context, meetings, statements, the ledger."""

import re

import pandas as pd

from helpers.clean.posts import CleanPosts
from helpers.clean.records import CleanedRecords
from helpers.indicators.constraints import row, single, table
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
        place = pd.Series("inconnu", index=found.index).mask(index > values[MEDIAN], "au_dessus")
        place = place.mask(index <= values[MEDIAN], "sous_mediane").mask(index <= values[QUARTILE], "premier_quartile")
        for name in catalogue().indicators["ips_du_college"].modalities:
            cell, base = (year, "postes", "ips_du_college", name), (len(place),) * 2
            rows.append(single(cell, int(place.eq(name).sum()), reference, base=base))
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
    both = [_by_place(*places), _by_place(*({joined[name] for name in place} for place in places))]
    reference = cite(document, pd.concat([frame["ligne"] for frame in (posts, *filled)]))
    rows = []
    for name in both[0]:
        counts = tuple(sorted(each[name] for each in both))
        share = {"base": tuple(sorted(each[""] for each in both))}
        share["ends"] = tuple(sorted(100 * each[name] / each[""] for each in both))
        cell = (year, "reseau_alses", "presence_associations" if name else "associations_nommees", name)
        told = {"precision": "exact" if counts[0] == counts[1] else "deduit", "reference": reference}
        unit = catalogue().indicators[cell[2]].unit
        rows.append(row(cell, unit, counts=counts, **told, **(share if name else {})))
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


def _by_answer(rows: pd.DataFrame, answers: pd.Series, indicator: str) -> dict[str, pd.DataFrame]:
    """The rows of each modality and group; of an open indicator, of each answer given."""
    entry = catalogue().indicators[indicator]
    names = [*([*entry.modalities] or sorted(set(answers))), *entry.groups]
    return {name: rows[answers.isin(entry.members_of(name))] for name in names}


def _linked(statements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The statements linked to an indicator, by its topic; nothing when none is."""
    linked, entries = statements[statements["indicateur_lie"].ne("")], catalogue().indicators
    topics = linked["indicateur_lie"].map(lambda path: entries[path.split("/")[1]].topic)
    return _by_answer(linked, topics, "rubrique_liee") if len(linked) else {}


def _answered(statements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tensions by what answers them; nothing when no answer is coded."""
    natures = split_multiple(statements, "repond_a").groupby("repond_a")["nature"].agg(set)
    tensions = statements[statements["nature"] == "tension"]
    found = [natures.get(id, set()) for id in tensions["id"]]
    kinds = [("les_deux" if len(each) > 1 else next(iter(each), "aucune")) for each in found]
    kinds = pd.Series(kinds, index=tensions.index, dtype="str")
    return _by_answer(tensions, kinds, "reponse_tension") if len(natures) else {}


def count_statements(statements: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the coded statements (schema ``enonces``), each citing its lines.

    Their number; by theme, nature, scale, actor and association; theme, scale and actor by nature (base: every
    statement); by meeting, if any has one; scales of future work; linked to an indicator, by its topic (base: those
    linked); tensions by what answers them (base: the tensions). A group of actors counts a statement once. Their source
    is the coding, not the document: someone else might code otherwise.
    """
    if statements.empty:
        return table([])
    rows, natures = [], catalogue().indicators["nature_enonce"].modalities

    def count(indicator: str, parts: dict[str, pd.DataFrame], base: int | None, cross: tuple = ("", "")) -> None:
        for code, own in parts.items():
            cell, ends = (year, "enonces", indicator, code), None if base is None else (base, base)
            rows.append(single(cell, own["id"].nunique(), cite(document, own["ligne"]), base=ends, cross=cross))

    size, is_linked = len(statements), statements["indicateur_lie"].ne("")
    count("enonces", {"": statements}, None)
    for name, column in COLUMNS.items():
        split = split_multiple(statements, column)
        for code, own in _by_answer(split, split[column], name).items():
            count(name, {code: own}, size)
            for nature in natures if name in CROSSED else ():
                count(name, {code: own[own["nature"] == nature]}, size, ("nature_enonce", nature))
    if statements["reunion"].ne("").any():
        count(
            "reunion_enonce",
            _by_answer(statements, statements["reunion"].replace("", "inconnue"), "reunion_enonce"),
            size,
        )
    count("chiffre_lie", {"oui": statements[is_linked], "non": statements[~is_linked]}, size)
    count("rubrique_liee", _linked(statements), int(is_linked.sum()))
    count("reponse_tension", _answered(statements), int(statements["nature"].eq("tension").sum()))
    proposed = statements[statements["theme"] == OUTLOOK]
    if len(proposed):
        cell = (year, "enonces", "niveaux_proposes", "")
        rows.append(single(cell, proposed["echelle"].nunique(), cite(document, proposed["ligne"])))
    return table(rows, source=CODED)


# --- Posts, meetings and the rows of what was received to exact indicators ---


def _with_groups(counts: dict[str, int], indicator: Indicator) -> dict[str, int]:
    """The counts with those of each group that has a member among them."""
    groups = {
        name: [counts[each] for each in group.members if each in counts] for name, group in indicator.groups.items()
    }
    return counts | {name: sum(members) for name, members in groups.items() if members}


def count_posts(posts: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators of the new posts: their number, and each condition by modality (base: the posts).

    Takes the schema ``postes``, gives the schema ``indicateurs``. ``premiere_prise_de_poste`` reads the seniority: none
    is yes, a year or more is no, less is uncertain. A month is « 2019_09 », which no spreadsheet
    takes for a date. The posts and their local team are crossed with the association (base: all posts, then those of
    the association).
    """
    if posts.empty:
        return table([])
    seniority = posts["anciennete_alses_ans"]
    first = pd.Series("incertain", index=posts.index).mask(seniority == 0, "oui")
    read = posts.assign(
        mois_de_debut=posts["date_debut"].dt.strftime("%Y_%m"),
        experience_prevention=(posts["anciennete_prev_ans"] > 0).map({True: "oui", False: "non"}),
        premiere_prise_de_poste=first.mask(seniority >= CERTAIN_FROM_YEARS, "non"),
    )
    rows, all_posts, reference = [], (len(posts),) * 2, cite(document, posts["ligne"])
    rows.append(single((year, "postes", "nouveaux_postes", ""), len(posts), reference))
    for entry in catalogue().of_topic("deploiement"):
        if entry.choice == "unique" and entry.id in read:
            seen = read[entry.id].value_counts()
            counts = {name: int(seen.get(name, 0)) for name in [*entry.modalities] or sorted(seen.index)}
            for name, count in _with_groups(counts, entry).items():
                rows.append(single((year, "postes", entry.id, name), count, reference, base=all_posts))
    teams = catalogue().indicators["equipe_sur_le_quartier"]
    for association, own in posts.groupby("association"):
        told = {"reference": cite(document, own["ligne"]), "cross": ("association", association)}
        rows.append(single((year, "postes", "nouveaux_postes", ""), len(own), base=all_posts, **told))
        for answer in teams.modalities:
            count, base = int(own[teams.id].eq(answer).sum()), (len(own),) * 2
            rows.append(single((year, "postes", teams.id, answer), count, base=base, **told))
    return table(rows)


def count_meetings(meetings: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators of the meetings: number, present and invited by group, and present at each meeting.

    Takes the schema ``reunions``, gives the schema ``indicateurs``. Meetings held after the end of the year are counted
    apart (``reunions`` crossed with ``periode``; base: the meetings of the group). The base of the present is the
    invited of the same group; a group whose invited are not printed has none.
    """
    if meetings.empty:
        return table([])
    entries, by_group = catalogue().indicators, meetings.assign(late=meetings["date"].dt.year > year).groupby("groupe")
    invited = meetings.dropna(subset="invites_du_groupe").groupby("groupe")["invites_du_groupe"].first()
    found = {
        "reunions": by_group.size(),
        "invites": invited,
        "participants": by_group["participants"].sum(),
        "apres": by_group["late"].sum(),
    }
    counts = {
        name: _with_groups(each.astype(int).to_dict(), entries["reunions" if name == "apres" else name])
        for name, each in found.items()
    }
    rows = []
    for name in ("reunions", "invites", "participants"):
        for group, count in counts[name].items():
            cell, own = (year, "reunions", name, group), meetings["groupe"].isin(entries[name].members_of(group))
            lines = meetings.loc[own, "ligne_invites" if name == "invites" else "ligne"]
            base = (counts["invites"][group],) * 2 if name == "participants" and group in counts["invites"] else None
            rows.append(single(cell, count, cite(document, lines.dropna()), base=base))
            if name == "reunions":
                late, cross = counts["apres"][group], ("periode", "apres_l_annee")
                rows.append(single(cell, late, cite(document, lines), base=(count,) * 2, cross=cross))
    for meeting in meetings.itertuples():
        cell, cross = (year, "reunions", "participants", meeting.groupe), ("reunion", f"{meeting.date:%Y_%m_%d}")
        rows.append(single(cell, int(meeting.participants), cite(document, [meeting.ligne]), cross=cross))
    return table(rows)


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
    names = ("lues", "gardees", "rejetees", "modifications")
    counts = [len(each) for each in (raw, cleaned.posts, cleaned.rejected, cleaned.ledger)]
    assert counts[0] == counts[1] + counts[2], "a row was lost while cleaning the posts"
    cells = [(year, "donnees", "lignes", name) for name in names]
    rows = [single(cell, count, document) for cell, count in zip(cells, counts, strict=True)]
    return table(rows, source=COMPUTED)


def _is_few(count: int) -> bool:
    return 0 < count < FEWEST_PERSONS


def count_received(cleaned: CleanedRecords, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of an export: rows read, kept, rejected, and cells written otherwise.

    ``source`` is export or synthetique. Empty when nothing was read. A count of 1 to 4 is ``non_publie``, and so is one
    that would give it by subtraction: the rows read if few were rejected, all changes if a rule changed a few rows or
    nearly all.

    Raises AssertionError when a row read is neither kept nor rejected.
    """
    read, kept, out = cleaned.read, len(cleaned.persons), int(cleaned.rejections["lignes"].sum())
    assert read == kept + out, "a row was lost while cleaning the persons"
    if not read:
        return table([])
    changed = cleaned.ledger.groupby(["colonne", "regle"])["lignes"].sum()  # over all files
    tells = _is_few(kept) or _is_few(out)
    hides = changed.between(1, FEWEST_PERSONS - 1).any() or changed.ge(kept).any()
    counts = {
        "lues": None if tells else read,
        "gardees": None if _is_few(kept) else kept,
        "rejetees": None if _is_few(out) else out,
        "modifications": None if hides else int(changed.sum()),
    }
    unsaid = {"effectif_min": None, "effectif_max": None, "precision": "non_publie"}
    cells = [(cleaned.persons.year, "donnees", "lignes_export", name) for name in counts]
    rows = [
        single(cell, count or 0, reference) | (unsaid if count is None else {})
        for cell, count in zip(cells, counts.values(), strict=True)
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
