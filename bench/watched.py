"""What a command costs, with every process that it starts: wall time, CPU time, peak memory.

A process that outlives the one that started it (the server that forks kernels, say) would escape the accounts of its
parents. On Linux this process adopts such orphans, waits for them, and so gets what they took; elsewhere they escape.
"""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
# Seconds: an orphan that outlives its command by more than this is a fault of the command.
ORPHANS_S = 20
LOOK_S = 0.05


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time, seconds of CPU time, and peak memory in MiB (0 if it was not measured)."""

    wall: float
    cpu: float
    peak: int = 0

    def shared(self, among: int) -> "Cost":
        """The cost of one of so many equal parts."""
        return Cost(self.wall / among, self.cpu / among, self.peak)


def adopt_orphans() -> None:
    """Adopts the orphans of this process's descendants from now on."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap_orphans() -> None:
    """Waits for the orphans of the command, so that they are counted."""
    limit = time.monotonic() + ORPHANS_S
    while time.monotonic() < limit:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
        except ChildProcessError:
            return
    raise SystemExit("the command left processes behind that do not end")


def held(process: psutil.Process) -> int:
    """The bytes that a process and its descendants hold, shared pages counted once (PSS); 0 where unknown."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        with suppress(OSError):
            lines = Path(f"/proc/{each.pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def used_so_far(process: psutil.Process) -> float:
    """The CPU seconds of a living process and of its descendants, including those that have ended."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        with suppress(psutil.Error):
            total += sum(each.cpu_times()[:4])
    return total


def _wait(process: subprocess.Popen) -> int:
    """The peak until the end, in bytes."""
    peak, me = 0, psutil.Process()
    while process.poll() is None:
        with suppress(psutil.Error):
            # Adopted orphans are siblings of the command.
            peak = max(peak, sum(held(child) for child in me.children()))
        time.sleep(LOOK_S)
    return peak


def cost_of(commands: Iterable[list[str]], *, cwd: Path, env: dict[str, str], is_weighed: bool = False) -> Cost:
    """The cost of commands, one after the other; memory is measured on demand, which takes time.

    Raises
    ------
    SystemExit
        when one fails, with the end of what it said.
    """
    adopt_orphans()
    if hasattr(os, "sync"):
        os.sync()  # what came before left for the disk is not this one's work
    before, start, peak = _spent(), time.perf_counter(), 0
    for command in commands:
        with (cwd / "bench.log").open("wb+") as log:
            process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            peak = max(peak, _wait(process)) if is_weighed else peak
            if process.wait():
                log.seek(0)
                said = log.read().decode("utf-8", errors="replace")[-2000:]
                raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{said}")
    wall = time.perf_counter() - start
    _reap_orphans()
    return Cost(wall, _spent() - before, round(peak / 2**20))
