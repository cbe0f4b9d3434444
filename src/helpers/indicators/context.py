"""What stands around the posts: the collèges that hold them, the associations that are named."""

import re

import pandas as pd

from helpers.facts import cite
from helpers.indicators.rows import row, single, table
from helpers.schema import REGISTER, catalogue, unfolded

# The landmarks that place a collège among others; without both, none is placed.
QUARTILE, MEDIAN = "ips_premier_quartile", "ips_mediane"


def count_colleges(
    posts: pd.DataFrame, colleges: pd.DataFrame | None, landmarks: pd.DataFrame | None, *, year: int
) -> pd.DataFrame:
    """Exact indicators of the collèges of the posts: the posts by place of the index, and the pupils enrolled.

    A collège at a landmark is « au plus ». Pupils are counted once a collège, and not at all when one of the collèges
    does not publish them: a partial sum would be read as the whole.
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
    """The registers that these cells name, each once: « Producteur, table, millésime ; remarque » without the remark.

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

    Two names that the register (schema ``associations``) says may be of one association count for two, then for one:
    the counts are bounded by both.
    """
    filled = [unfolded(frame, "associations") for frame in (meetings, statements)]
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
