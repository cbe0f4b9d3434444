"""The aims of a report and the table that compares them with what was measured: ratios within a round."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from watched import Cost


@dataclass(frozen=True)
class Aim:
    """At most this share of the naive time, of its CPU time, or these seconds; None: no aim."""

    time: float | None = None
    cpu: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Case:
    """A row of the table: its label, what it is compared with, and its aim."""

    words: str
    against: str
    aim: Aim = Aim()


NAIVE, NAIVE_SITE = "naive", "naive_site"
CASES = {
    NAIVE: Case("what a user types: Papermill five times, nbconvert four times", NAIVE),
    "whole": Case("**the whole report, from nothing**", NAIVE, Aim(time=1 / 4, cpu=0.45)),
    "nothing": Case("nothing changed", NAIVE, Aim(seconds=0.15)),
    "notebook": Case("a sentence of 03 changed", NAIVE, Aim(time=1 / 6)),
    "warm": Case("the same, while `run --watch` waits", NAIVE, Aim(time=1 / 12)),
    "raw": Case("a raw file changed (`reunions.csv`)", NAIVE),
    "helper": Case("a helper of 03 changed", NAIVE),
    "help": Case("`alses.py --help`", NAIVE, Aim(seconds=0.15)),
    NAIVE_SITE: Case("what a user types for one site: 02, 03, 04 and their pages", NAIVE_SITE),
    "site": Case("one site among many", NAIVE_SITE, Aim(time=1 / 6)),
}


def middle(rounds: list[dict[str, Cost]], name: str) -> Cost:
    """The median cost of a case, over the rounds that have it."""
    found = [each[name] for each in rounds if name in each]
    return Cost(median(cost.wall for cost in found), median(cost.cpu for cost in found))


def share(rounds: list[dict[str, Cost]], name: str, figure: Callable[[Cost], float]) -> float | None:
    """The median, over the rounds, of the ratio of a case to what it is compared with in the same round."""
    against = CASES[name].against
    pairs = [figure(each[name]) / figure(each[against]) for each in rounds if name in each and against in each]
    return median(pairs) if pairs else None


def verdict(found: float | None, most: float | None, unit: str = "") -> str:
    """The aim, and whether it is met; empty without an aim."""
    if most is None:
        return ""
    said = "not measured" if found is None else "met" if found <= most else "**missed**"
    return f"≤ {most:.2g}{unit}: {said}"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def table_of(rounds: list[dict[str, Cost]], peaks: dict[str, int]) -> str:
    """The Markdown table: one row a case that was measured."""
    lines = [
        "| | time, s | of the naive time | aim | processors, s | of the naive ones | aim | memory, MiB |",
        "|---|---:|---:|---|---:|---:|---|---:|",
    ]
    for name, case in CASES.items():
        if not any(name in each for each in rounds):
            continue
        cost, aim = middle(rounds, name), case.aim
        time_share, cpu_share = (share(rounds, name, figure) for figure in (lambda c: c.wall, lambda c: c.cpu))
        asked = verdict(cost.wall, aim.seconds, " s") or verdict(time_share, aim.time)
        lines.append(
            f"| {case.words} | {_cell(cost.wall)} | {_cell(time_share)} | {asked} | {_cell(cost.cpu)} "
            f"| {_cell(cpu_share)} | {verdict(cpu_share, aim.cpu)} | {peaks.get(name) or ''} |"
        )
    return "\n".join(lines) + "\n"
