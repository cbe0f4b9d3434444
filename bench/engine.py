"""How long a report takes, compared with typing the same notebooks: ``engine.py [--runs 3] [--write]``.

Everything runs in one temporary copy of the project, on two processors, every case once per round. What is compared are
ratios within a round, for seconds depend on the machine and its load. CPU time is that of every process of a command.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cases import measures
from page import machine, write_table
from project import Project, copy_project
from shares import CASES, NAIVE, table_of
from watched import Cost

PROCESSORS = 2
# Load average: above it, wall times mean nothing; CPU times still do, although a little higher.
QUIET = 0.5
LIBRARIES = ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "matplotlib")
# The cases whose memory is measured, in a run of its own.
WEIGHED = (NAIVE, "whole", "site")


def _tell(name: str, cost: Cost) -> None:
    sys.stderr.write(f"{name:12} {cost.wall:8.3f} s {cost.cpu:8.3f} s of processors {cost.peak or '':>6}\n")
    sys.stderr.flush()


def busy() -> str:
    """A warning if the machine was at work before the first case."""
    load = os.getloadavg()[0]
    return "" if load < QUIET else f"The machine was not quiet: {load:.1f} processes wanted a processor beforehand.\n"


def measure(project: Project, how: dict[str, Callable[..., Cost]], *, runs: int, is_weighed: bool) -> tuple[list, dict]:
    """The cost of each case in each round, then the peak memory of the heaviest cases, in a run of their own."""
    rounds: list[dict[str, Cost]] = []
    for _ in range(runs):
        rounds.append({})
        for name, act in how.items():
            rounds[-1][name] = act(project)
            _tell(name, rounds[-1][name])
    weighed = [name for name in WEIGHED if name in how and is_weighed]
    peaks = {name: how[name](project, is_weighed=True).peak for name in weighed}
    return rounds, peaks


def main(arguments: list[str]) -> None:
    """Measures, prints the table, and writes it in the page when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="rounds, of which the medians are given")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="only these")
    parser.add_argument("--sites", type=int, default=12, help="sites that are made at once")
    parser.add_argument("--naive-sites", type=int, default=2, help="sites that are typed one by one")
    parser.add_argument("--memory", action=argparse.BooleanOptionalAction, default=True, help="weigh the heaviest ones")
    parser.add_argument("--folder", type=Path, help="where the copy of the project is made for a while")
    parser.add_argument("--write", action="store_true", help="put the table in docs/performance.md")
    given = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    shared = busy()
    sys.stderr.write(shared)
    with tempfile.TemporaryDirectory(dir=given.folder, ignore_cleanup_errors=True) as place:
        project = copy_project(Path(place) / "projet")
        how = measures(sites=given.sites, naive_sites=given.naive_sites)
        wanted = {name: act for name, act in how.items() if name in given.cases}
        table = table_of(*measure(project, wanted, runs=given.runs, is_weighed=given.memory))
    report = f"{table}\n{machine(given.runs, LIBRARIES)}{shared}"
    sys.stdout.write(report)
    if given.write:
        write_table("engine", report)


if __name__ == "__main__":
    main(sys.argv[1:])
