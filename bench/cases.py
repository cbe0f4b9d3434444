"""How each case of a report is measured, in one copy of the project: each finds what the one before left."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import naive
import psutil
from project import REPOSITORY, Project
from shares import NAIVE, NAIVE_SITE
from watched import Cost, adopt_orphans, cost_of, used_so_far

# Commands so short that one alone would measure the machine.
REPEATED = 5
WAITING = "En attente d’un changement"
# Seconds: what has not happened by then will not happen.
PATIENCE_S, LOOK_S = 300, 0.005


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
