"""Two invented years of records as the indicators, overlaps and clusters that 01 makes of them; then three years.

Persons are drawn from a fixed seed; the tables of overlaps and clusters are counted here, by hand, from the same draws.
"""

from functools import cache

import numpy as np
import pandas as pd

from helpers.analysis import comparisons
from helpers.indicators.constraints import row, table
from helpers.schema import apply_schema, columns

# What is counted: a question, the answer that is told, and the share of it before and now, old collèges then new ones.
QUESTIONS = {
    "sexe/filles": (0.40, 0.42, 0.46),
    "nouvel_accompagnement/oui": (0.50, 0.45, 0.97),
    "origine/college": (0.52, 0.50, 0.30),
    "niveau/4e_3e": (0.60, 0.60, 0.62),
    "demande_initiale/scolaire": (0.50, 0.49, 0.50),
    "objectif/difficultes_familiales": (0.40, 0.41, 0.40),
    "parents_associes/oui": (0.45, 0.55, 0.50),
    "age/14": (0.20, 0.22, 0.21),
    "age/non_renseigne": (0.02, 0.09, 0.02),
    "origine/non_renseigne": (0.01, 0.04, 0.01),
}
OTHERS = {"sexe": "garcons", "nouvel_accompagnement": "non", "parents_associes": "non"}
OLD, NEW, LEFT, PER = 30, 6, 4, 50


@cache
def draw(seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Persons of both years, one row each: identifier, collège (0 to 29 are in both years), answers of 0 or 1."""
    random = np.random.default_rng(seed)
    colleges = [np.repeat([*range(OLD), *range(OLD, OLD + LEFT)], PER), np.repeat([*range(OLD), *range(90, 90 + NEW)], PER + 6)]
    before, now = (pd.DataFrame({"college": each}) for each in colleges)
    before["id"] = np.arange(len(before))
    # A third of the old collèges' persons come back, in their own.
    now["id"] = np.arange(10_000, 10_000 + len(now))
    for college in range(OLD):
        back = before.index[before["college"].eq(college)][: PER // 3]
        now.loc[now.index[now["college"].eq(college)][: PER // 3], "id"] = back
    for name, (then, kept, new) in QUESTIONS.items():
        taste = random.normal(0, 0.05, 200)
        before[name] = random.random(len(before)) < np.clip(then + taste[before["college"]], 0, 1)
        share = np.where(now["college"].ge(90), new, kept) + taste[now["college"]]
        now[name] = random.random(len(now)) < np.clip(share, 0, 1)
        again = now["id"].isin(before["id"]) & (random.random(len(now)) < 0.6)
        if name != "nouvel_accompagnement/oui":
            now.loc[again, name] = before.set_index("id")[name].reindex(now.loc[again, "id"]).to_numpy()
        else:
            now.loc[now["id"].isin(before["id"]), name] = False
    return before, now


def indicators(persons: pd.DataFrame, year: int) -> pd.DataFrame:
    """The schema ``indicateurs`` of these persons."""
    size = len(persons)
    given = {"unit": "personnes", "precision": "exact", "reference": f"export de la base, {year}"}
    rows = [row((year, "alses", "accompagnements", ""), counts=(size, size), **given)]
    for question in QUESTIONS:
        (name, answer), count = question.split("/"), int(persons[question].sum())
        rows.append(row((year, "alses", name, answer), counts=(count, count), base=(size, size), **given))
        if name in OTHERS:
            rows.append(row((year, "alses", name, OTHERS[name]), counts=(size - count,) * 2, base=(size, size), **given))
    return table([{**each, "source": "export"} for each in rows])


def overlaps(before: pd.DataFrame, now: pd.DataFrame, *, year: int, compare_to: int) -> pd.DataFrame:
    """The schema ``recouvrements`` of both years."""
    common = now.merge(before, on="id", suffixes=("", "_avant"))
    entered, left = ~now["college"].isin(before["college"]), ~before["college"].isin(now["college"])
    head = {"annee": year, "annee_anterieure": compare_to, "perimetre": "alses", "source": "export"}
    size = len(common)
    whole = {"effectif": size, "base": size, "effectif_anterieur": size, "base_anterieure": size, "effectif_deux_fois": size}
    rows = [head | {"population": "personnes_communes", "indicateur": "accompagnements", "modalite": ""} | whole]
    kinds = {"ailleurs": (~entered, ~left), "colleges_entres": (entered, left & False), "colleges_sortis": (entered & False, left)}
    for question in QUESTIONS:
        named = dict(zip(("indicateur", "modalite"), question.split("/"), strict=True))
        after, then = common[question].to_numpy(), common["id"].map(before.set_index("id")[question]).to_numpy()
        counts = {"effectif": after.sum(), "base": size, "effectif_anterieur": then.sum(), "base_anterieure": size, "effectif_deux_fois": (after & then).sum()}
        rows.append(head | named | {"population": "personnes_communes"} | counts)
        for kind, (here, there) in kinds.items():
            counts = {"effectif": now.loc[here, question].sum(), "base": here.sum(),
                      "effectif_anterieur": before.loc[there, question].sum(), "base_anterieure": there.sum()}
            rows.append(head | named | {"population": kind} | counts)
        rows.append(head | named | {"population": "ensemble"} | spread(before, now, question))
    return apply_schema(pd.DataFrame(rows, columns=columns("recouvrements")), "recouvrements")


def spread(before: pd.DataFrame, now: pd.DataFrame, question: str) -> dict:
    """The standard error of a difference, from what each collège adds to it."""
    parts = pd.Series(0.0, index=sorted({*before["college"], *now["college"]}))
    for sign, year in ((1, now), (-1, before)):
        away = year[question].astype(float) - year[question].mean()
        parts = parts.add(sign * away.groupby(year["college"]).sum() / len(year), fill_value=0)
    many = len(parts)
    counts = {"effectif": now[question].sum(), "base": len(now), "effectif_anterieur": before[question].sum(), "base_anterieure": len(before)}
    return counts | {"colleges": many, "erreur_type_pts": 100 * float(np.sqrt((parts**2).sum() * many / (many - 1)))}


def clusters(persons: pd.DataFrame, year: int) -> pd.DataFrame:
    """The schema ``grappes``: the likeness of each answer within collèges, of equal size here."""
    sizes = persons.groupby("college").size()
    rows = []
    for question in QUESTIONS:
        shares, size = persons.groupby("college")[question].mean(), sizes.iloc[0]
        between = size * ((shares - shares.mean()) ** 2).sum() / (len(sizes) - 1)
        within = size * (shares * (1 - shares)).sum() / (len(persons) - len(sizes))
        likeness = max(0.0, (between - within) / (between + (size - 1) * within))
        rows.append((year, "alses", *question.split("/"), len(sizes), len(persons), float(size), likeness, likeness / 2, 2 * likeness, 1 + (size - 1) * likeness, "export"))
    return apply_schema(pd.DataFrame(rows, columns=columns("grappes")), "grappes")


NO_CONTROLS = pd.DataFrame(columns=["annee", "perimetre", "indicateur", "modalite", "mesure", "verdict"])


@cache
def compared(seed: int = 1) -> pd.DataFrame:
    """The comparisons of 2032 with 2031, both counted from records."""
    before, now = draw(seed)
    tables = (indicators(now, 2032), indicators(before, 2031))
    alike = pd.concat([clusters(before, 2031), clusters(now, 2032)], ignore_index=True)
    shared = overlaps(before, now, year=2032, compare_to=2031)
    return comparisons.build_comparisons(*tables, NO_CONTROLS, year=2032, compare_to=2031, overlaps=shared, clusters=alike)
