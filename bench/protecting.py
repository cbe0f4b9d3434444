"""What protecting two years of a whole network takes, and attacking what leaves: seconds, and ratios within the run.

.venv/bin/python bench/protecting.py --write
"""

import argparse
import os
import statistics
import sys
import time

import pandas as pd
from page import machine, write_table

from helpers import indicators
from helpers.clean import records
from helpers.disclosure import intruder_model, intruder_test, rounding
from helpers.disclosure.release import protect_from_attack
from helpers.simulate import years

# What may take, for two years of that network, this many seconds in all.
AIM = 60
PLACES = {"colleges": 45, "associations": 12}
PERSONS = {2020: 2200, 2021: 2500}
LIBRARIES = ["numpy", "pandas", "scipy"]
QUIET = 0.3
STEPS = {
    "count": "counting the records of two years, by site",
    "round": "rounding alone: one integer program a year",
    "protect": "protection: rounding, and its attacks until none finds anything",
    "audit": "audit: the tables of both years attacked once more, together",
}


def timed(seconds: dict[str, float], name: str, act, *given, **options):
    """What an action gives; its time is added to that of its step."""
    start = time.perf_counter()
    found = act(*given, **options)
    seconds[name] = seconds.get(name, 0) + time.perf_counter() - start
    return found


def once(seed: int) -> dict[str, float]:
    """The seconds of each step, for one network."""
    seconds: dict[str, float] = {}
    exact, counts, shown, before = [], [], [], None
    for year, size in PERSONS.items():
        rows = years.invent(year, size, seed=seed + year, **PLACES, earlier=before)
        persons, before = records.Persons.of(year, rows), rows
        own = timed(seconds, "count", indicators.count_persons, persons, source="export", reference="export")
        sites = timed(seconds, "count", indicators.count_sites, persons)
        tables = own, sites, rounding.list_sites(sites)
        timed(seconds, "round", rounding.protect, *tables, key=b"bench")
        shown.append(timed(seconds, "protect", protect_from_attack, *tables, key=b"bench"))
        exact.append(own)
        counts.append(sites)
    truth = intruder_model.Truth(*(pd.concat(each, ignore_index=True) for each in (counts, exact)))
    if not timed(seconds, "audit", intruder_test.try_tables, pd.concat(shown, ignore_index=True), truth).is_good:
        raise SystemExit("a small count was found: there is nothing to time")
    return seconds


def table_of(rounds: list[dict[str, float]]) -> str:
    """The medians, and the ratio of each step to the rounding of the same round."""
    lines = ["| step | s | of rounding |", "|---|---:|---:|"]
    for name, told in STEPS.items():
        times = [each[name] for each in rounds]
        ratios = [each[name] / each["round"] for each in rounds]
        lines.append(f"| {told} | {statistics.median(times):.1f} | {statistics.median(ratios):.1f} |")
    whole = statistics.median(each["protect"] + each["audit"] for each in rounds)
    lines.append(f"| protection and audit (aim: {AIM} s: {'met' if whole <= AIM else 'not met'}) | {whole:.1f} |  |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Measures, prints the table, and writes it in the page when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="networks, of which the medians are told")
    parser.add_argument("--write", action="store_true", help="put the table in docs/performance.md")
    given = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    shared = "" if load < QUIET else f"The machine was not quiet: {load:.1f} processes wanted a processor beforehand.\n"
    told = f"{table_of([once(seed) for seed in range(given.runs)])}\n{machine(given.runs, LIBRARIES)}{shared}"
    sys.stdout.write(told)
    if given.write:
        write_table("protecting", told)


if __name__ == "__main__":
    main(sys.argv[1:])
