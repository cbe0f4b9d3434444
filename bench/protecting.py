"""What protecting a year of a whole network takes, and trying what leaves: seconds, here and of a processor.

.venv/bin/python bench/protecting.py --write
"""

import argparse
import os
import statistics
import sys
import time

from page import machine, write_table

from helpers import indicators
from helpers.clean import records
from helpers.disclosure import intruder_model, intruder_test, rounding
from helpers.disclosure.release import protect_from_attack
from helpers.simulate import years

# What protection and the final test of that network may take in all, in seconds.
AIM = 10
YEAR, PERSONS, PLACES = 2021, 2500, {"colleges": 45, "associations": 12}
LIBRARIES = ["numpy", "pandas", "scipy"]
QUIET = 0.3
STEPS = {
    "round": "rounding alone: one integer program",
    "protect": "protection: rounding, and the intruder test of it until nothing refuses it",
    "try": "final test: the solutions that protection kept, and what they leave to solve",
}


def once(seed: int) -> dict[str, tuple[float, float]]:
    """The seconds of each step, passed and of a processor, for one network."""
    persons = records.Persons.of(YEAR, years.invent(YEAR, PERSONS, seed=seed, **PLACES))
    exact = indicators.count_persons(persons, source="export", reference="export")
    counts = indicators.count_sites(persons)
    tables, seconds = (exact, counts, rounding.list_sites(counts)), {}

    def timed(name: str, act, *given, **options):
        start = time.perf_counter(), time.process_time()
        found = act(*given, **options)
        seconds[name] = time.perf_counter() - start[0], time.process_time() - start[1]
        return found

    timed("round", rounding.protect, *tables, key=b"bench")
    witnesses = []
    shown = timed("protect", protect_from_attack, *tables, key=b"bench", witnesses=witnesses)
    truth, given = intruder_model.Truth(counts, exact), {"witnesses": witnesses, "is_brief": True}
    if not timed("try", intruder_test.try_tables, shown, truth, **given).is_good:
        raise SystemExit("a small count was found: there is nothing to time")
    return seconds


def table_of(rounds: list[dict[str, tuple[float, float]]]) -> str:
    """The medians of each step."""
    lines = ["| step | s | of a processor |", "|---|---:|---:|"]
    for name, told in STEPS.items():
        passed, busy = (statistics.median(times) for times in zip(*(each[name] for each in rounds), strict=True))
        lines.append(f"| {told} | {passed:.1f} | {busy:.1f} |")
    whole = statistics.median(each["protect"][0] + each["try"][0] for each in rounds)
    verdict = "met" if whole <= AIM else "not met"
    lines.append(f"| protection and final test (aim: {AIM} s: {verdict}) | {whole:.1f} | |")
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
