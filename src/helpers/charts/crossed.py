"""Two answers of the same persons, counted in individual records: nothing is drawn without them."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.palette import MIDDLE, UNANSWERED, colour_of
from helpers.charts.words import bases, crossing, is_protected, place_of, source
from helpers.facts import Fact, fact_of
from helpers.schema import FOLDED, Indicator, catalogue
from helpers.tables import breakdown_table, crossing_table
from helpers.wording import Html
from helpers.wording.agreement import people
from helpers.wording.written import write_base

NOTHING = Html("", "")
MANY = 2  # joints in a name that no longer fits beside a bar
TWO = 2  # groups whose widest difference can be said in a title


def _is_answer(entry: Indicator, modality: str) -> bool:
    """Whether a modality, or all that is folded in it, answers the question: « non renseigné » does not."""
    return all(name in entry.modalities for name in modality.split(FOLDED))


def _answered(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Html]]:
    """A crossing without the rows and columns of those who gave no answer at all, and the note that names these.

    A group of which nothing else is known goes with them.
    """
    kept, out = rows, []
    for column, label in (("modalite", "libelle"), ("modalite_croisee", "libelle_croise")):
        is_blank = rows[column].map(lambda name: set(name.split(FOLDED)) <= set(UNANSWERED))
        out += list(dict.fromkeys(rows.loc[is_blank, label]))
        kept = kept[~is_blank.reindex(kept.index)]
    is_known = kept["base_min"].notna().groupby(kept["modalite_croisee"]).transform("any")
    out += list(dict.fromkeys(kept.loc[~is_known, "libelle_croise"]))
    kept = kept[is_known]
    names = list(dict.fromkeys(out))
    return (kept, [crossing("left_out", names=names)]) if names and len(kept) else (rows, [])


def _entries_of(rows: pd.DataFrame) -> tuple[Indicator, Indicator]:
    entries = catalogue().indicators
    return entries[rows["indicateur"].iloc[0]], entries[rows["croise_avec"].iloc[0]]


def _population_of(rows: pd.DataFrame) -> str:
    return people(rows["indicateur"].iloc[0], rows["perimetre"].iloc[0], place_of(rows))


def _sayable(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells that may name a finding: answers, to both questions, whose share is known."""
    (entry, other), known = _entries_of(rows), rows[rows["part_pct"].notna()]
    kept = [_is_answer(entry, row.modalite) and _is_answer(other, row.modalite_croisee) for row in known.itertuples()]
    return known[kept] if any(kept) else known


def _named(row) -> tuple[str, Fact]:
    """A cell: the group it is in, and its figure."""
    return row.libelle_croise, fact_of(row)


def _groups(rows: pd.DataFrame) -> list[tuple[str, Fact]]:
    """Each group with one of its figures, which bears its base."""
    known = rows[rows["base_min"].notna()]
    return [_named(row) for row in known.drop_duplicates("modalite_croisee").itertuples()]


def _short(row) -> str:
    """The name of a group beside its bar; one that joins many answers is named in full under the figure."""
    return "réponses réunies" if row.modalite_croisee.count(FOLDED) >= MANY else row.libelle_croise


def show_by_group(rows: pd.DataFrame, modality: str) -> Html:
    """The share of one answer in each group, in per cent of the group (columns of `describe.crossed`).

    Nothing at all for a year without records.

    >>> classes = describe.crossed(store.load(2020, "indicateurs"), "parents_associes", "niveau", year=2020)
    >>> charts.show_by_group(classes, "oui").text
    ''
    """
    shown = rows[rows["modalite"].eq(modality) & rows["part_pct"].notna()]
    if shown.empty:
        return NOTHING
    (entry, other), who, year = _entries_of(shown), _population_of(shown), int(shown["annee"].iloc[0])
    ranked = _sayable(shown).sort_values("part_pct", ascending=False, kind="stable")
    first, last = (_named(next(ranked.iloc[[place]].itertuples())) for place in (0, -1))
    counted = [f"{_short(row)} ({write_base(fact_of(row))})" for row in shown.itertuples()]
    colours = [
        colour_of(entry.id, modality) if _is_answer(other, name) else MIDDLE for name in shown["modalite_croisee"]
    ]
    return compose(
        partial(draw.bars, shown.assign(libelle=counted), colours),
        id=f"{entry.id}-par-{other.id}",
        title=crossing("by_group_title", first=first, last=last, is_sure=not is_protected(shown)),
        subtitle=crossing(
            "by_group_subtitle", label=entry.label_of(modality), other=other, year=year, place=place_of(shown)
        ),
        reading=crossing("by_group_reading", first=first, other=other),
        base=bases((fact, name) for name, fact in _groups(shown)),
        source=source(who, shown["reference"]),
        alt=crossing("by_group_alt", entry=entry, other=other, cells=[_named(row) for row in shown.itertuples()]).text,
        table=breakdown_table(
            shown.assign(libelle=shown["libelle_croise"]),
            caption=f"{entry.title_of(modality)}, selon : {other.label[:1].lower()}{other.label[1:]}, {year}",
        ),
    )


def show_crossing(rows: pd.DataFrame) -> Html:
    """The answers of each group, in per cent of the group, as a heat table (columns of `describe.crossed`).

    Nothing at all for a year without records; one sentence where every group is too small for a share to be said.

    >>> charts.show_crossing(describe.crossed(store.load(2020, "indicateurs"), "niveau", "sexe", year=2020)).text
    ''
    """
    if rows.empty:
        return NOTHING
    rows, left_out = _answered(rows)
    (entry, other), who, year = _entries_of(rows), _population_of(rows), int(rows["annee"].iloc[0])
    if _sayable(rows).empty:
        return crossing("no_share", entry=entry, other=other)
    groups = _groups(rows)
    parts = [
        group[group["effectif_min"].notna()] for _, group in rows.groupby("modalite_croisee", sort=False, dropna=False)
    ]
    numbered = len(groups) > TWO
    return compose(
        partial(draw.shares, rows, [write_base(fact) for _, fact in groups], is_numbered=numbered),
        id=f"{entry.id}-{other.id}",
        title=_title(rows, entry, other),
        subtitle=crossing("crossing_subtitle", other=other, year=year, is_numbered=numbered, place=place_of(rows)),
        reading=crossing("crossing_reading", cell=_largest(rows), other=other),
        notes=[*_notes(rows), *left_out],
        base=bases((fact, name) for name, fact in groups),
        source=source(who, rows["reference"].head(1)),
        alt=crossing("crossing_alt", entry=entry, other=other, groups=_tops(parts)).text,
        table=crossing_table(
            rows, caption=f"{entry.label}, selon : {other.label[:1].lower()}{other.label[1:]}, en personnes, {year}"
        ),
    )


def _tops(parts: list[pd.DataFrame]) -> list[tuple[str, list[Fact]]]:
    """For each group, its figures, the largest first: three tell enough of a large table."""
    few = 3 if len(parts) > TWO else None
    ranked = [part.sort_values("effectif_min", ascending=False, kind="stable").head(few) for part in parts]
    return [(part["libelle_croise"].iloc[0], [fact_of(row) for row in part.itertuples()]) for part in ranked]


def _largest(rows: pd.DataFrame) -> tuple[str, Fact]:
    """The most frequent answer of the largest group: a small one swings with a few persons."""
    said = _sayable(rows)
    group = said[said["base_min"].eq(said["base_min"].max())]
    return _named(next(group.sort_values("part_pct", ascending=False, kind="stable").head(1).itertuples()))


def _title(rows: pd.DataFrame, entry: Indicator, other: Indicator) -> Html:
    said = _sayable(rows)
    found = said.groupby("modalite")["part_pct"].agg(["min", "max", "count"])
    both = found[found["count"].eq(TWO)]
    if said["modalite_croisee"].nunique() != TWO or both.empty:
        is_sure = not is_protected(rows)
        return crossing("crossing_title", cell=_largest(rows), entry=entry, other=other, is_sure=is_sure)
    widest = (both["max"] - both["min"]).astype(float).idxmax()
    cells = [_named(row) for row in said[said["modalite"].eq(widest)].itertuples()]
    return crossing("gap_title", cells=cells, is_sure=not is_protected(rows))


def _notes(rows: pd.DataFrame) -> list[Html]:
    """What a dash means, where there is one."""
    is_bare = rows["effectif_min"].notna() & rows["part_min_pct"].isna()
    absent = [crossing("absent")] if rows["effectif_min"].isna().any() else []
    return [*absent, *([crossing("few")] if is_bare.any() else [])]
