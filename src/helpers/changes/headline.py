"""What changed, in one sentence, and in the few lines of a terminal."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from helpers import paths
from helpers.changes import written
from helpers.changes.causes import Cause, say_causes
from helpers.changes.found import Change, Changes
from helpers.changes.named import Names
from helpers.changes.published import INDICATORS, Published
from helpers.typography import WIDE
from helpers.wording import number, plural

# Moves that a terminal shows; the page shows all.
SHOWN = 4


def moment(made_at: datetime | None) -> str:
    """Which report is meant: « le rapport du 12/11/2026 à 14 h 32 », or « le rapport précédent ».

    >>> moment(datetime(2026, 11, 12, 14, 32)).replace("\\u00a0", " ")
    'le rapport du 12/11/2026 à 14 h 32'
    """
    if made_at is None:
        return "le rapport précédent"
    return f"le rapport du {made_at:%d/%m/%Y} à{WIDE}{made_at:%H}{WIDE}h{WIDE}{made_at:%M}"


def _counted(found: list[Change]) -> tuple[str, int, bool]:
    """« 3 chiffres et 1 comparaison », how many in all, whether it is feminine; a comparison counts once."""
    figures = sum(each.table == INDICATORS for each in found)
    compared = len({each.key[0] for each in found if each.table != INDICATORS})
    named = [(figures, "chiffre", "chiffres"), (compared, "comparaison", "comparaisons")]
    said = " et ".join(f"{number(count)} {plural(count, one, many)}" for count, one, many in named if count)
    return said, figures + compared, not figures


def headline(changes: Changes, before: Published) -> str:
    """How many figures changed since which report: « 3 chiffres ont changé depuis le rapport du… ».

    >>> rapport = changes.read_report(paths.report(2020))
    >>> print(changes.headline(changes.compare_figures(rapport, rapport), rapport))
    Aucun chiffre n’a changé depuis le rapport du ...
    """
    said, count, _ = _counted(changes.moved)
    has = f"{said} {plural(count, 'a', 'ont')} changé" if count else "Aucun chiffre n’a changé"
    others = []
    for found, one, many in ((changes.appeared, "est apparu", "sont apparu"), (changes.vanished, "a disparu", "")):
        said, count, is_feminine = _counted(found)
        if count:
            agrees = ("e" if is_feminine else "") + ("s" if count > 1 else "") if many else ""
            others.append(f"{said} {plural(count, one, many or 'ont disparu')}{agrees}")
    return " ; ".join([f"{has} depuis {moment(before.made_at)}", *others])


def _centre(row: dict, *names: str) -> float | None:
    known = [row[name] for name in names if row.get(name) is not None]
    return sum(known) / len(known) if known else None


def _weight(change: Change) -> tuple[int, float]:
    """How much a move matters: what a comparison says, figures, then crossings and counts of files, then measures.

    Counts weigh by their move over their square root, between the difference and the ratio: one more of 7 weighs as
    three more of 66, and as fifteen more of 1 700.
    """
    if change.table != INDICATORS:
        return (3, 0) if "texte" in change.row else (0, 0)
    is_detail = bool(change.row["croise_avec"]) or change.row["perimetre"] == "donnees"
    for ends in (("effectif_min", "effectif_max"), ("part_min_pct", "part_max_pct")):
        then, now = _centre(change.before, *ends), _centre(change.after, *ends)
        if then is not None and now is not None:
            return 1 if is_detail else 2, abs(now - then) / max(then, 1) ** 0.5
    return 1 if is_detail else 2, 1.0  # known in one of the reports only


def _line(change: Change, names: Names) -> str:
    then, now = written.values(change)
    bases = [written.base(row) for row in (change.before, change.after) if row and change.table == INDICATORS]
    told = now if then == now else f"de {then} à {now}"
    if bases and bases[0] != bases[-1]:
        told += f", n de {bases[0]} à {bases[-1]}"
    elif bases and bases[-1] != written.NOTHING:
        told += f", n = {bases[-1]}"
    return f"  {names.of(change)} : {', '.join([told, *written.remarks(change)])}"


def told(changes: Changes, before: Published, causes: Sequence[Cause], *, page: Path) -> list[str]:
    """The lines for a terminal: how many figures changed, after what, the biggest moves, where all of them are.

    One line when nothing changed.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> aucun = changes.compare_figures(rapport, rapport)
    >>> len(changes.told(aucun, rapport, [], page=changes.page_path(2020)))
    1
    """
    if not changes.every:
        return [f"{headline(changes, before)}."]
    biggest = sorted(changes.moved, key=_weight, reverse=True)[:SHOWN]
    names = Names()
    return [
        f"{headline(changes, before)}.",
        say_causes(causes, has_moved=True),
        *(_line(each, names) for each in biggest),
        f"  le détail : {paths.relative(page)}",
    ]
