"""A small invented network, its exact counts, and a controlled rounding of it that owes nothing to the protection."""

import pandas as pd

from helpers.disclosure import intruder_model, intruder_test

YEAR = 2021
COLUMNS = ["annee", "association", "uai", "indicateur", "modalite", "croise_avec", "modalite_croisee", "effectif"]
QUESTIONS = {"sexe": ("filles", "garcons"), "niveau": ("6e", "5e", "4e", "3e")}
SIZE = "accompagnements/"
# Answers in the order of QUESTIONS: four collèges of two associations, and persons of no known collège.
_COUNTS = {
    ("A", "0590001A"): ((9, 17), (6, 7, 11, 2)),
    ("A", "0590002B"): ((13, 8), (4, 9, 3, 5)),
    ("B", "0590003C"): ((21, 14), (12, 8, 13, 2)),
    ("B", "0590004D"): ((3, 12), (6, 1, 4, 4)),
    ("B", ""): ((7, 9), (3, 6, 2, 5)),
}
PAIRS = {pair: {SIZE: sum(counts[0])} for pair, counts in _COUNTS.items()}
for _pair, _counts in _COUNTS.items():
    for (_name, _answers), _own in zip(QUESTIONS.items(), _counts, strict=True):
        PAIRS[_pair] |= {f"{_name}/{answer}": count for answer, count in zip(_answers, _own, strict=True)}
SITES = ["A", "B", *(uai for _, uai in _COUNTS if uai)]


def kind(site: str) -> str:
    return "reseau" if not site else "college" if site.startswith("059") else "association"


def cell(question: str, count, *, site: str = "", perimeter: str = "alses", year: int = YEAR, base=None) -> dict:
    """A row: « indicateur/modalite[/croise/modalite] »; a pair of ends is a protected count, four under the upper one."""
    names = ("indicateur", "modalite", "croise_avec", "modalite_croisee")
    row = {"annee": year, "perimetre": perimeter, "site_type": kind(site), "site": site, "unite": "personnes"}
    row |= dict(zip(names, (*question.split("/"), "", "", "")[:4], strict=True)) | {"source": "export"}
    rounded = isinstance(count, tuple)
    for name, value, shown in (("effectif", count, "effectif_arrondi"), ("base", base, "base_arrondie")):
        low, high = value if isinstance(value, tuple) else (value, value)
        row |= {f"{name}_min": low, f"{name}_max": high, shown: high - 4 if isinstance(value, tuple) else None}
    row |= dict.fromkeys(["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"])
    return row | {"precision": "arrondi_secret" if rounded else "exact"}


def atom(association: str, uai: str, counts: dict[str, int], *, year: int = YEAR) -> pd.DataFrame:
    """The exact counts of a pair of association and collège, as ``comptes_par_site``."""
    rows = [(year, association, uai, *(*name.split("/"), "", "", "")[:4], count) for name, count in counts.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def exact(site: str = "") -> dict[str, int]:
    own = [counts for pair, counts in PAIRS.items() if not site or site in pair]
    return {question: sum(counts[question] for counts in own) for question in own[0]}


def row(question: str, count: int, base: int | None, *, site: str = "", rounded: bool) -> dict:
    """A row with its share: exact, or rounded to a multiple of five."""
    if not rounded:
        share = 100 * count / base if base else None
        return cell(question, count, site=site, base=base) | {"part_min_pct": share, "part_max_pct": share}
    ends = [None if each is None else (max(0, each - 4), each + 4) for each in (count, base)]
    made = cell(question, ends[0], site=site, base=ends[1])
    if base is None or base < 20:
        return made
    low, high = 100 * ends[0][0] / ends[1][1], min(100, 100 * ends[0][1] / ends[1][0])
    shown = float(int(100 * count / base + 0.5))
    return made | {"part_imprimee_pct": shown, "decimales": 0, "part_min_pct": low, "part_max_pct": high}


def rows(counts: dict[str, int], *, site: str = "", rounded: bool) -> list[dict]:
    bases = {question: None if question == SIZE else counts[SIZE] for question in counts}
    return [row(question, count, bases[question], site=site, rounded=rounded) for question, count in counts.items()]


def network() -> pd.DataFrame:
    """The exact table of the network."""
    return pd.DataFrame(rows(exact(), rounded=False))


def table_of(counts: dict[str, dict[str, int]], *, rounded: bool) -> pd.DataFrame:
    """The published table: the network exact, each site from these counts."""
    sites = [each for site, own in counts.items() for each in rows(own, site=site, rounded=rounded)]
    return pd.concat([network(), pd.DataFrame(sites)], ignore_index=True)


def truth() -> intruder_model.Truth:
    return intruder_model.Truth(
        pd.concat([atom(*pair, own) for pair, own in PAIRS.items()], ignore_index=True), network()
    )


# A controlled rounding of the sites to base five, in the order of `exact`: it adds up over answers and places, and the
# network's stays within four.
_ROUNDED = {
    "A": (45, 20, 25, 10, 15, 15, 5),
    "B": (65, 30, 35, 25, 15, 15, 10),
    "0590001A": (25, 5, 20, 5, 10, 10, 0),
    "0590002B": (20, 15, 5, 5, 5, 5, 5),
    "0590003C": (35, 20, 15, 15, 10, 10, 0),
    "0590004D": (15, 0, 15, 5, 0, 5, 5),
}


def rounded_counts() -> dict[str, dict[str, int]]:
    return {site: dict(zip(exact(), counts, strict=True)) for site, counts in _ROUNDED.items()}


def attacked(rows: list[dict], atoms: list[pd.DataFrame], *, network: list[dict] | None = None, **options):
    """The intruder test of some rows; the exact network is theirs unless given."""
    table = pd.DataFrame(rows)
    top = pd.DataFrame(network) if network else table[table["site_type"].eq("reseau")]
    return intruder_test.try_tables(table, intruder_model.Truth(pd.concat(atoms, ignore_index=True), top), **options)
