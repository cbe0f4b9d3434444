"""How long a report takes, beside what a user would type for the same notebooks: ``engine.py [--runs 3] [--write]``.

Everything is done in one temporary copy of the project, on two processors, each case in turn and then all again: what
is compared is ratios taken in the same round. Seconds change with the machine and with what else it does; processors
are those of every process that a command starts.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import naive
import psutil
from page import machine, write_table
from project import REPOSITORY, Project, copy_project
from watched import Cost, adopt_orphans, cost_of, used_so_far

PROCESSORS = 2
# Processes that want a processor: with more, times say nothing; processors still do, a little dearer.
QUIET = 0.5
# Commands so short that one alone would measure the machine.
REPEATED = 5
LIBRARIES = ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "matplotlib")
WAITING = "En attente d’un changement"
# Seconds: what has not happened by then will not happen.
PATIENCE_S, LOOK_S = 300, 0.005


@dataclass(frozen=True)
class Aim:
    """What a case is to reach: a share of the naive time, of its processors, or seconds; None: nothing is asked."""

    time: float | None = None
    cpu: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Case:
    """A row of the table: its words, what it is compared with, and its aim."""

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
WEIGHED = (NAIVE, "whole", "site")


# --- the cases -------------------------------------------------------------------------------------------------------


def _run(project: Project) -> list[list[str]]:
    return [project.command("run", "--year", str(naive.YEAR))]


def _done(project: Project, commands: list[list[str]], **given) -> Cost:
    return cost_of(commands, cwd=project.root, env=project.env, **given)


def _naive(project: Project, **given) -> Cost:
    project.forget()
    cost = _done(project, naive.whole_report(), **given)
    assert len(list((project.root / "pages").glob("*.html"))) == len(naive.STEPS), "a page is missing"
    return cost


def _whole(project: Project, **given) -> Cost:
    project.forget()
    cost = _done(project, _run(project), **given)
    assert project.manifest.is_file(), "nothing is published"
    return cost


def _nothing(project: Project) -> Cost:
    before = project.state()
    cost = _done(project, _run(project) * REPEATED).shared(REPEATED)
    touched = {name for name, _ in before.items() ^ project.state().items()}
    if touched:
        sys.stderr.write(f"  nothing changed, and yet it wrote: {', '.join(sorted(touched)[:5])}\n")
    return cost


def _after(change: Callable[[Project], None]) -> Callable[[Project], Cost]:
    """The run that follows a change, which must execute 03 again; its page may well be the same."""

    def measured(project: Project) -> Cost:
        change(project)
        before = project.compared.stat().st_mtime_ns
        cost = _done(project, _run(project))
        assert project.compared.stat().st_mtime_ns != before, "the change changed nothing"
        return cost

    return measured


def _help(project: Project) -> Cost:
    command = [sys.executable, str(REPOSITORY / "alses.py"), "--help"]
    return _done(project, [command] * REPEATED).shared(REPEATED)


def _published(project: Project) -> tuple[int, int] | None:
    """What tells one publication from the next; None between the two."""
    try:
        found = project.manifest.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _until(is_so: Callable[[], bool], process: subprocess.Popen) -> float:
    """When it was so; stops if the process ends, or after a long time."""
    limit = time.monotonic() + PATIENCE_S
    while not is_so():
        if process.poll() is not None or time.monotonic() > limit:
            raise SystemExit(f"run --watch: nothing came (exit code {process.poll()})")
        time.sleep(LOOK_S)
    return time.perf_counter()


def _warm(project: Project) -> Cost:
    """A change while a command waits for one; the second, for the first pays for what the others share."""
    adopt_orphans()
    log = project.root / "bench.log"
    with log.open("wb") as output:
        command = [*_run(project)[0], "--watch"]
        process = subprocess.Popen(command, cwd=project.root, env=project.env, stdout=output, stderr=output)
    try:
        for waits in (1, 2):
            _until(lambda: log.read_text(encoding="utf-8").count(WAITING) >= waits, process)  # noqa: B023
            before, spent = _published(project), used_so_far(psutil.Process(process.pid))
            start = time.perf_counter()
            project.change_notebook()
            end = _until(lambda: _published(project) not in (None, before), process)  # noqa: B023
        _until(lambda: log.read_text(encoding="utf-8").count(WAITING) >= 3, process)
        return Cost(end - start, used_so_far(psutil.Process(process.pid)) - spent)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)


def _naive_site(project: Project, *, sites: int, **given) -> Cost:
    return _done(project, naive.site_reports([f"site_{number}" for number in range(sites)]), **given).shared(sites)


def _site(project: Project, *, sites: int, **given) -> Cost:
    command = [sys.executable, str(Path(__file__).with_name("many.py")), str(sites)]
    return _done(project, [command], **given).shared(sites)


def measures(*, sites: int, naive_sites: int) -> dict[str, Callable[..., Cost]]:
    """What measures each case, in the order in which a round goes: each finds what the one before left."""
    return {
        NAIVE: _naive,
        "whole": _whole,
        "nothing": _nothing,
        "notebook": _after(Project.change_notebook),
        "raw": _after(Project.change_raw),
        "helper": _after(Project.change_helper),
        "help": _help,
        "warm": _warm,
        "site": lambda project, **given: _site(project, sites=sites, **given),
        NAIVE_SITE: lambda project, **given: _naive_site(project, sites=naive_sites, **given),
    }


# --- the table -------------------------------------------------------------------------------------------------------


def middle(rounds: list[dict[str, Cost]], name: str) -> Cost:
    """The median of each figure of a case, over the rounds that have it."""
    found = [each[name] for each in rounds if name in each]
    return Cost(median(cost.wall for cost in found), median(cost.cpu for cost in found))


def share(rounds: list[dict[str, Cost]], name: str, figure: Callable[[Cost], float]) -> float | None:
    """The median, over the rounds, of a figure of a case for one of what it is compared with in the same round."""
    against = CASES[name].against
    pairs = [figure(each[name]) / figure(each[against]) for each in rounds if name in each and against in each]
    return median(pairs) if pairs else None


def verdict(found: float | None, most: float | None, unit: str = "") -> str:
    """What was asked, and whether it is reached; empty when nothing was."""
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


# --- the run ---------------------------------------------------------------------------------------------------------


def _tell(name: str, cost: Cost) -> None:
    sys.stderr.write(f"{name:12} {cost.wall:8.3f} s {cost.cpu:8.3f} s of processors {cost.peak or '':>6}\n")
    sys.stderr.flush()


def busy() -> str:
    """What else the machine did before the first case, if it did: times are then those of a shared machine."""
    load = os.getloadavg()[0]
    return "" if load < QUIET else f"The machine was not quiet: {load:.1f} processes wanted a processor beforehand.\n"


def measure(project: Project, how: dict[str, Callable[..., Cost]], *, runs: int, is_weighed: bool) -> tuple[list, dict]:
    """The rounds, then what the heaviest cases hold at the most, in a run of their own."""
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
    parser.add_argument("--runs", type=int, default=3, help="rounds, of which the medians are told")
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
    told = f"{table}\n{machine(given.runs, LIBRARIES)}{shared}"
    sys.stdout.write(told)
    if given.write:
        write_table("engine", told)


if __name__ == "__main__":
    main(sys.argv[1:])
