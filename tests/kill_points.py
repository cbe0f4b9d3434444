"""Strikes the publication of a report at every operation on the disk: a kill, or a disk that refuses from then on.

    python tests/kill_points.py PREPARED WORK [--two-steps] [--part 0 1]

PREPARED is a data root with a report that is up to date. At each point, a run that replaces an older report by it is
struck in a process of its own, by an audit hook: Python announces each file that is opened to be written, renamed or
removed, whoever does it. Then what is left is checked, and the run is made again. Prints one line of JSON per fault, then
how many points were tried. What writes nothing (the checks of raw files and pages) is done once, before. Needs `fork`.
"""

import argparse
import contextlib
import errno
import io
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from helpers import cli, data, paths, provenance, system
from helpers.kernels import fork
from helpers.report import checks, manifest
from helpers.run import report

YEAR = 2032
KILL, FULL = "kill", "disk full"
STRUCK = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def run() -> int:
    """The command under attack: it has nothing to execute and a report to publish."""
    return cli.main(["run", "--year", str(YEAR)])


def watch(root: Path, seen: list[str], kth: int = -1, fault: str = "") -> None:
    """From now on, notes what this process is about to do under the root, and strikes the ``kth`` operation."""

    def hook(event: str, given: tuple) -> None:
        if event not in STRUCK or isinstance(given[0], int) or (event == "open" and not (given[2] or 0) & _WRITING):
            return
        place = os.fsdecode(given[0])
        # rmtree names what it removes from the folder where it stands.
        if Path(place).is_absolute() and not place.startswith(str(root)):
            return
        here = len(seen)
        seen.append(f"{event} {place.replace(str(root), '')}")
        if fault == KILL and here == kth:
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == FULL and 0 <= kth <= here and event in {"open", "os.mkdir"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), place)

    sys.addaudithook(hook)


def in_child(act: Callable[[], int], said: Path) -> int:
    """The exit code of a process of its own, or minus the signal that killed it; its output goes to ``said``."""
    number = os.fork()
    if number == 0:
        code = 70
        try:
            with said.open("w", encoding="utf-8") as told:
                sys.stdout = sys.stderr = told
                try:
                    code = act()
                except BaseException:
                    traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def without_stamp(folder: Path) -> dict[str, bytes] | str:
    """The files of an intact report without the stamp of the run; or what is wrong with it."""
    try:
        found = manifest.open_report(folder)
    except manifest.ReportError as error:
        return str(error)
    kept = {**found.files, "manifest.json": manifest.fingerprint(found.manifest).encode()}
    return kept if not found.strangers + found.faults else f"{found.strangers + found.faults}"


def tree(root: Path) -> set[str]:
    """All names under the data root, but for the cards of locks, which decide nothing."""
    names = {path.relative_to(root).as_posix() for path in root.rglob("*")}
    return {name for name in names if not (".verrou-" in name and name.endswith(".json"))}


class Attack:
    """The state before, the two reports that may be there after, and the points of an undisturbed run."""

    def __init__(self, prepared: Path, work: Path) -> None:
        self.before, self.root, self.said = work / "avant", work / "attaque", work / "dit.txt"
        shutil.copytree(prepared, self.before)
        final = self.report_of(self.before)
        self.new = without_stamp(final)
        # An older report, complete: a page was different.
        (final / "02_describe.html").write_bytes((final / "02_describe.html").read_bytes() + b"<!-- avant -->\n")
        there = json.loads((final / "manifest.json").read_bytes())
        (final / "manifest.json").unlink()
        manifest.write_manifest(final, **{name: there[name] for name in ("inputs", "parameters", "versions", "checks")})
        self.old = without_stamp(final)
        # One page is to be written again too.
        (self.before / f"data/processed/{YEAR}/execution/04_themes.page.json").unlink()
        self.fresh()
        with contextlib.redirect_stdout(io.StringIO()):  # in this process: every attack inherits what it loaded
            assert run() == 0
        self.fresh()
        noted = work / "points.json"
        self.child(lambda seen: noted.write_text(json.dumps(seen), encoding="utf-8") and 0)
        self.points = json.loads(noted.read_text(encoding="utf-8"))
        assert self.old != self.new == without_stamp(self.report_of(self.root)), self.said.read_text(encoding="utf-8")
        self.after = tree(self.root)

    def report_of(self, root: Path) -> Path:
        return root / "reports" / str(YEAR)

    def fresh(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.before, self.root)
        os.environ[paths.DATA_ROOT_VARIABLE] = str(self.root)

    def child(self, then: Callable[[list[str]], int] = lambda _: 0, **strike) -> int:
        def act() -> int:
            seen = []
            watch(self.root, seen, **strike)
            code = run()
            return code or then(list(seen))

        return in_child(act, self.said)

    def strike(self, kth: int, fault: str, *, in_two_steps: bool) -> list[str]:
        """What is wrong once the run has been struck there, and once it has been made again."""
        self.fresh()
        code, said = self.child(kth=kth, fault=fault), self.said.read_text(encoding="utf-8")
        final = self.report_of(self.root)
        # Between two renames the report has no name for an instant; the old one is whole beside.
        found = without_stamp(final.with_name(f"{YEAR}.ancien") if in_two_steps and not final.exists() else final)
        wrong = [] if found in (self.old, self.new) else [f"the report: {found if isinstance(found, str) else 'another'}"]
        expected = (-signal.SIGKILL,) if fault == KILL else (0, 1)
        if code not in expected or "Traceback" in said or "Erreur imprévue" in said:
            wrong.append(f"code {code}: {said[-3000:]}")
        if fault == FULL and code == 0 and found != self.new:
            wrong.append("the run says that it succeeded")
        code = in_child(run, self.said)
        wrong += [] if code == 0 else [f"again: code {code}: {self.said.read_text(encoding='utf-8')[-3000:]}"]
        if (found := without_stamp(final)) != self.new:
            wrong.append(f"again: the report: {found!s:.200}")
        left, lost = tree(self.root) - self.after, self.after - tree(self.root)
        return wrong + [f"again: left over {sorted(left)}, lost {sorted(lost)}"] * bool(left or lost)


def spare() -> None:
    """Do what only reads and takes long once, here: what is left is the work of publishing."""
    data.require_usable = lambda year: None
    checks.check_pages = lambda folder: []
    manifest._git = lambda *_: None
    fork.start = lambda: None
    behind: dict[str, list] = {}
    plain = provenance.modules_behind
    provenance.modules_behind = lambda sources: behind.get(repr(sources)) or behind.setdefault(repr(sources), plain(sources))
    report.execute = lambda *_, **__: sys.exit("a notebook would be executed")
    report.export_page = remembered(report.export_page)


def remembered(plain: Callable) -> Callable:
    """The same function, cached by its ``name``."""
    kept: dict[str, object] = {}
    return lambda *given, **more: kept.get(more["name"]) or kept.setdefault(more["name"], plain(*given, **more))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("prepared", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--two-steps", action="store_true")
    parser.add_argument("--part", nargs=2, type=int, default=(0, 1), metavar=("RANK", "PARTS"))
    asked = parser.parse_args()
    spare()
    if asked.two_steps:
        system.swap_folders = lambda *_: False
    os.environ[paths.DATA_ROOT_VARIABLE] = str(asked.prepared)
    attack = Attack(asked.prepared, asked.work)
    # With two steps, only what differs.
    chosen = [kth for kth, point in enumerate(attack.points) if not asked.two_steps or "rename" in point or "rmdir" in point]
    strikes = [(kth, fault) for kth in chosen for fault in ([KILL, FULL] if "open" in attack.points[kth] else [KILL])]
    for kth, fault in strikes[asked.part[0] :: asked.part[1]]:
        for wrong in attack.strike(kth, fault, in_two_steps=asked.two_steps):
            print(json.dumps([fault, kth, attack.points[kth], wrong], ensure_ascii=False), flush=True)
    kinds = sorted({point.partition(" ")[0] for point in attack.points})
    print(json.dumps({"points": len(attack.points), "kinds": kinds, "struck": len(strikes[asked.part[0] :: asked.part[1]])}))


if __name__ == "__main__":
    main()
