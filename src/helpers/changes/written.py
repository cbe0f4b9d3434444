"""A figure as it was and as it is, written so that the two differ."""

from collections.abc import Callable, Iterator

from helpers.changes.found import Change
from helpers.changes.published import INDICATORS
from helpers.schema import COUNT_FINDINGS, FINDINGS, PRECISION_WORDS, SOURCES, catalogue
from helpers.typography import NARROW
from helpers.wording import number, percent, plural, scientific, signed

NOTHING = "—"
# Decimals beyond which two numbers that differ are written in full.
_MOST_DECIMALS = 10
_REACHES = {"concluante": "dépassé", "selon_ressemblance": "selon la ressemblance", "non_concluante": "possible"}
# Of two groups, neither rises nor falls.
_BESIDE = {"hausse": "au-dessus", "baisse": "au-dessous"}
_OF_TWO_YEARS = ("annees/", "details/", "volume/")


def ends(low: float | None, high: float | None, write: Callable[[float], str] = number) -> str:
    """« 927–949 », one number when both ends are written alike, a dash when they are not known.

    >>> ends(927, 949), ends(5, 5), ends(None, None)
    ('927–949', '5', '—')
    """
    if low is None or high is None:
        return NOTHING
    first, last = write(low), write(high)
    return first if first == last else f"{first}–{last}"


def _share_ends(row: dict, decimals: int) -> str:
    low, high = row.get("part_min_pct"), row.get("part_max_pct")
    return ends(low, high, lambda value: number(value, decimals)) + (NARROW + "%" if low is not None else "")


def _figure(row: dict | None, decimals: int | None) -> str:
    """Count and printed share; with decimals, the ends of the share too."""
    if row is None:
        return NOTHING
    parts = []
    if row["effectif_min"] is not None:
        parts.append(ends(row["effectif_min"], row["effectif_max"]))
    if row["part_imprimee_pct"] is not None:
        parts.append(percent(row["part_imprimee_pct"], row["decimales"] or 0))
    if row.get("part_min_pct") is not None and (decimals is not None or not parts):
        parts.append(_share_ends(row, decimals or 1))
    if not parts:
        return PRECISION_WORDS.get(row["precision"], NOTHING)
    return f"{parts[0]} ({', '.join(parts[1:])})" if parts[1:] else parts[0]


def _with_unit(row: dict | None, text: str) -> str:
    forms = catalogue().units.get(row["unite"], (row["unite"],) * 2) if row else None
    return f"{text} {plural(row['effectif_max'] or 2, *forms)}" if forms else text


def _number(row: dict, decimals: int) -> Callable[[float], str]:
    """How the values of a measure are written, with this many decimals more than usual."""
    unit, name = row["unite"], row["mesure"]
    if name.startswith("p_") and not decimals:
        return scientific
    usual = 1 if unit in ("pct", "points") else 4 if name.startswith("p_") else 0 if unit else 2
    write = signed if unit == "points" or name.startswith(("ecart", "evolution")) else number
    return lambda value: write(value, usual + decimals)


def _measure(row: dict | None, decimals: int | None) -> str:
    if row is None:
        return NOTHING
    if "texte" in row:
        return _said(row)
    write, low, high = _number(row, decimals or 0), row["valeur_min"], row["valeur_max"]
    unit = {"pct": f"{NARROW}%", "points": " points"}.get(row["unite"], "")
    value = NOTHING if row["valeur"] is None else write(row["valeur"])
    around = ends(low, high, write).replace("–", " à ")
    return f"{value}{unit}" + ("" if around in (value, NOTHING) else f" ({around})")


def _said(row: dict) -> str:
    words = {"portee": _REACHES, "constat_effectif": COUNT_FINDINGS}.get(row["mesure"], FINDINGS)
    if row["mesure"] == "constat" and not row["comparaison"].startswith(_OF_TWO_YEARS):
        words = words | _BESIDE
    return words.get(row["texte"], NOTHING)


def base(row: dict | None) -> str:
    """The base of a figure: n."""
    return NOTHING if row is None else ends(row["base_min"], row["base_max"])


def remarks(change: Change) -> list[str]:
    """What else moved: how well the figure is known, where it comes from."""
    if change.before is None or change.after is None:
        return []
    found = []
    for column, words in (("precision", PRECISION_WORDS), ("source", SOURCES)):
        pair = [change.before.get(column), change.after.get(column)]
        if pair[0] != pair[1]:
            found.append(" → ".join(words.get(each, NOTHING) for each in pair))
    return found


def _pairs(change: Change) -> Iterator[tuple[str, str]]:
    write = _figure if change.table == INDICATORS else _measure
    for decimals in (None, *range(1, _MOST_DECIMALS + 1)):
        yield write(change.before, decimals), write(change.after, decimals)


def values(change: Change) -> tuple[str, str]:
    """The figure before and after, with the decimals that it takes to see them differ, if they do.

    >>> row = {"mesure": "part", "unite": "pct", "valeur": 42.01, "valeur_min": 42.01, "valeur_max": 42.01}
    >>> [text.replace("\\u202f", " ") for text in values(Change("comparaisons", (), row, row | {"valeur": 42.04}))]
    ['42,01 %', '42,04 % (42,01)']
    """
    pairs = _pairs(change)
    usual = next(pairs)
    if change.table == INDICATORS:
        if change.before and change.after and change.before["unite"] != change.after["unite"]:
            return _with_unit(change.before, usual[0]), _with_unit(change.after, usual[1])
        if base(change.before) != base(change.after) or remarks(change):
            return usual
    return usual if usual[0] != usual[1] else next((pair for pair in pairs if pair[0] != pair[1]), usual)
