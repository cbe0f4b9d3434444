"""Attacks the publication of a report at every operation on the disk: a kill, a full disk, a broken one, a power cut.

    python tests/kill_points.py PREPARED WORK [--two-steps] [--part 0 1]

PREPARED is a data root with a report that is up to date. For each point, a run that replaces an older report by it is
struck in a process of its own; then what is left is checked, and the run is made again. Prints one line of JSON per
fault, then how many points were tried. Needs `fork`.

Files go through `_pyio`, the twin of `io` in Python, so that every operation passes by a function of `os` that can be
struck. What writes nothing (the checks of raw files and pages) is done once, before.
"""

import _pyio
import argparse
import builtins
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
from dataclasses import dataclass, field
from pathlib import Path

from helpers import cli, data, paths, provenance, system
from helpers.kernels import fork
from helpers.report import checks, manifest
from helpers.report.page import ReportError
from helpers.run import release, report

YEAR = 2032
KILL, HALF, POWER, FULL, BROKEN = "kill", "kill in the middle of a write", "power cut", "disk full", "disk broken"
# What a full disk refuses from then on.
_NEEDS_ROOM = {"open", "write", "mkdir", "fsync"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def run() -> int:
    """The command under attack: it has nothing to execute and a report to publish."""
    return cli.main(["run", "--year", str(YEAR)])


# --- what can be struck ----------------------------------------------------------------------------------------------


def absolute(path: str | os.PathLike) -> str:
    return str(Path(os.fspath(path)).absolute())


@dataclass
class Disk:
    """Sees every operation that changes something under ``root``, and strikes one of them: the ``kth``, from 0."""

    root: str
    kth: int = -1
    fault: str = ""
    seen: list[tuple[str, str]] = field(default_factory=list)
    opened: dict[int, str] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)

    def concerns(self, path: object, given: dict) -> bool:
        if isinstance(path, int):
            return path in self.opened
        if given.get("dir_fd") is not None:
            return True  # rmtree, which goes down into a folder of ours
        return absolute(path).startswith(self.root)

    def meet(self, kind: str, place: object, half: Callable[[], None] = lambda: None) -> None:
        """Called just before an operation: it may never return, or raise."""
        name = self.opened.get(place, "") if isinstance(place, int) else os.fspath(place)
        here = len(self.seen)
        self.seen.append((kind, str(name).replace(self.root, "")))
        if self.fault == FULL and 0 <= self.kth <= here and kind in _NEEDS_ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
        if here != self.kth:
            return
        if self.fault == BROKEN:
            raise OSError(errno.EIO, os.strerror(errno.EIO), name)
        if self.fault == HALF:
            half()
        if self.fault == POWER:
            self.cut()
        if self.fault in (KILL, HALF, POWER):
            os.kill(os.getpid(), signal.SIGKILL)

    def cut(self) -> None:
        """What was never synced is lost: at worst, the name is there and the content is not."""
        for path in self.unsettled:
            if real["exists"](path):
                real["truncate"](path, 0)

    def renamed(self, one: str, other: str) -> None:
        one, other = absolute(one), absolute(other)
        moved = {path for path in self.unsettled if path == one or path.startswith(f"{one}/")}
        self.unsettled = (self.unsettled - moved) | {other + path[len(one) :] for path in moved}


real: dict[str, Callable] = {}


def _wrap(disk: Disk, name: str, kind: str) -> None:
    """Make a function of `os` that takes a path meet the disk first."""
    plain = real[name] = getattr(os, name)

    def wrapped(path, *rest, **given):
        if disk.concerns(path, given):
            disk.meet(kind, path)
        done = plain(path, *rest, **given)
        if kind == "rename" and disk.concerns(path, given):
            disk.renamed(path, rest[0])
        return done

    setattr(os, name, wrapped)


def _wrap_files(disk: Disk) -> None:
    plain = {name: getattr(os, name) for name in ("open", "write", "close", "fsync")}

    def opening(path, flags, *rest, **given):
        ours = flags & _WRITING and disk.concerns(path, given)
        if ours:
            disk.meet("open", path)
        number = plain["open"](path, flags, *rest, **given)
        if disk.concerns(path, given):
            disk.opened[number] = absolute(path)
            if ours and flags & (os.O_CREAT | os.O_TRUNC) and ".verrou" not in disk.opened[number]:
                disk.unsettled.add(disk.opened[number])
        return number

    def writing(number, content):
        if number in disk.opened:
            disk.meet("write", number, half=lambda: plain["write"](number, bytes(content)[: len(content) // 2]))
            disk.unsettled.add(disk.opened[number])
        return plain["write"](number, content)

    def settling(number):
        if number in disk.opened:
            disk.meet("fsync", number)
            disk.unsettled.discard(disk.opened[number])
        return plain["fsync"](number)

    def closing(number):
        disk.opened.pop(number, None)
        return plain["close"](number)

    os.open, os.write, os.close, os.fsync = opening, writing, closing, settling


def install(disk: Disk, *, in_two_steps: bool) -> None:
    """From now on, everything in this process passes by the disk."""
    real.update(exists=os.path.lexists, truncate=os.truncate)
    for name, kind in {
        "rename": "rename", "replace": "rename", "unlink": "unlink", "remove": "unlink",
        "mkdir": "mkdir", "rmdir": "rmdir", "truncate": "write", "link": "rename", "symlink": "rename",
    }.items():  # fmt: skip
        _wrap(disk, name, kind)
    _wrap_files(disk)
    io.open = builtins.open = _pyio.open
    shutil._USE_CP_SENDFILE = shutil._USE_CP_COPY_FILE_RANGE = False
    plain = system.swap_folders

    def exchanging(one, other):
        if in_two_steps:
            return False
        disk.meet("exchange", one)
        done = plain(one, other)
        # Both ways at once.
        disk.renamed(one, f"{one}?")
        disk.renamed(other, one)
        disk.renamed(f"{one}?", other)
        return done

    system.swap_folders = exchanging


# --- one attack ------------------------------------------------------------------------------------------------------


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
    """The files of a verified report without the stamp of the run; or what is wrong with it."""
    try:
        found = manifest.read_report(folder)
    except ReportError as error:
        return str(error)
    kept = {**found.files, "manifest.json": manifest.fingerprint(found.manifest).encode()}
    return kept if not found.strangers else f"de trop : {found.strangers}"


def tree(root: Path) -> set[str]:
    """All names under the data root, but for the cards of locks, which decide nothing."""
    names = {path.relative_to(root).as_posix() for path in root.rglob("*")}
    return {name for name in names if not (".verrou-" in name and name.endswith(".json"))}


class Attack:
    """The state before, the two reports that may be there after, and the faults found."""

    def __init__(self, prepared: Path, work: Path, *, in_two_steps: bool) -> None:
        self.before, self.root, self.said = work / "avant", work / "attaque", work / "dit.txt"
        self.in_two_steps = in_two_steps
        shutil.copytree(prepared, self.before)
        self.new = without_stamp(self.report_of(self.before))
        age(self.report_of(self.before))
        self.old = without_stamp(self.report_of(self.before))
        # One page is to be written again too.
        (self.before / f"data/processed/{YEAR}/execution/04_themes.page.json").unlink()
        self.rehearse()
        self.points, audited = self.count()
        assert self.old != self.new == without_stamp(self.report_of(self.root)), self.said.read_text(encoding="utf-8")
        assert sorted(audited) == sorted(kind for kind, _ in self.points if kind in AUDITED), "an operation was not seen"
        self.after = tree(self.root)

    def report_of(self, root: Path) -> Path:
        return root / "reports" / str(YEAR)

    def fresh(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.before, self.root)
        os.environ[paths.DATA_ROOT_VARIABLE] = str(self.root)

    def rehearse(self) -> None:
        """A run in this process: every attack inherits what it loaded."""
        self.fresh()
        with contextlib.redirect_stdout(io.StringIO()):
            assert run() == 0

    def count(self) -> tuple[list[tuple[str, str]], list[str]]:
        """Every operation of an undisturbed run, as wrapped here and as audited by Python itself."""
        self.fresh()
        noted = self.root.parent / "points.json"

        def act() -> int:
            disk, audited = Disk(str(self.root)), []
            sys.addaudithook(lambda event, given: audited.append(AUDITS[event]) if is_change(event, given, disk) else None)
            install(disk, in_two_steps=self.in_two_steps)
            code = run()
            seen, heard = list(disk.seen), list(audited)
            noted.write_text(json.dumps([seen, heard]), encoding="utf-8")
            return code

        assert in_child(act, self.said) == 0, self.said.read_text(encoding="utf-8")
        seen, audited = json.loads(noted.read_text(encoding="utf-8"))
        return [tuple(each) for each in seen], audited

    def strike(self, kth: int, fault: str) -> list[str]:
        self.fresh()

        def act() -> int:
            install(Disk(str(self.root), kth, fault), in_two_steps=self.in_two_steps)
            return run()

        code = in_child(act, self.said)
        return [*self.wrong_now(code, fault), *self.wrong_after()]

    def wrong_now(self, code: int, fault: str) -> list[str]:
        said, final = self.said.read_text(encoding="utf-8"), self.report_of(self.root)
        aside = final.with_name(f"{YEAR}.ancien")
        # Between two renames the report has no name for an instant; the old one is whole beside.
        found = without_stamp(aside if self.in_two_steps and not final.exists() else final)
        wrong = [] if found in (self.old, self.new) else [f"le rapport : {found if isinstance(found, str) else 'un autre'}"]
        expected = (-signal.SIGKILL,) if fault in (KILL, HALF, POWER) else (0, 1)
        if code not in expected or "Traceback" in said or "Erreur imprévue" in said:
            wrong.append(f"code {code} : {said[-3000:]}")
        if fault in (FULL, BROKEN) and code == 0 and found != self.new:
            wrong.append("le run dit avoir réussi")
        return wrong

    def wrong_after(self) -> list[str]:
        code = in_child(run, self.said)
        wrong = [] if code == 0 else [f"encore : code {code} : {self.said.read_text(encoding='utf-8')[-3000:]}"]
        if without_stamp(self.report_of(self.root)) != self.new:
            wrong.append(f"encore : le rapport : {without_stamp(self.report_of(self.root))!s:.200}")
        left, lost = tree(self.root) - self.after, self.after - tree(self.root)
        return wrong + [f"encore : de trop {sorted(left)}, perdu {sorted(lost)}"] * bool(left or lost)


# What Python audits, whoever calls it, and under which kind it is struck.
AUDITS = {"open": "open", "os.rename": "rename", "os.remove": "unlink", "os.mkdir": "mkdir", "os.rmdir": "rmdir"}
AUDITED = set(AUDITS.values())


def is_change(event: str, given: tuple, disk: Disk) -> bool:
    """Whether an audited event changes something under the root."""
    if event not in AUDITS or isinstance(given[0], int):
        return False
    if event == "open" and not (given[2] or 0) & _WRITING:
        return False
    # rmtree names what it removes from the folder where it stands.
    return not Path(given[0]).is_absolute() or disk.concerns(given[0], {})


def age(folder: Path) -> None:
    """Turn the report into an older one, complete: a page was different."""
    page = folder / "02_describe.html"
    page.write_bytes(page.read_bytes() + b"<!-- avant -->\n")
    there = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").unlink()
    given = {name: there[name] for name in ("inputs", "parameters", "versions", "checks")}
    manifest.write_manifest(folder, **given)


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
    for module, name in ((release, "index_context"), (release, "export_page")):
        setattr(module, name, remembered(getattr(module, name)))


def remembered(plain: Callable) -> Callable:
    """The same function, cached by its ``name``."""
    kept: dict[str, object] = {}

    def once(*given, **more):
        name = more.get("name", "")
        if name not in kept:
            kept[name] = plain(*given, **more)
        return kept[name]

    return once


def every_strike(points: list[tuple[str, str]], *, in_two_steps: bool) -> list[tuple[int, str]]:
    """Every operation: one of the swap in every way that makes sense, the others (one file after another) in turn.

    With two steps, only what differs.
    """
    strikes = []
    for kth, (kind, place) in enumerate(points):
        faults = [KILL, FULL, BROKEN] if kind in _NEEDS_ROOM else [KILL, BROKEN]
        # A power cut is a kill that also loses what was not settled: it shows where names change.
        faults += [HALF] if kind == "write" else [POWER] if kind in {"rename", "exchange", "unlink"} else []
        if kind in {"rename", "exchange", "unlink", "rmdir"} and (place.startswith("/reports") or "/" not in place):
            strikes += [(kth, fault) for fault in faults]
        elif not in_two_steps:
            strikes.append((kth, faults[len(strikes) % len(faults)]))
    return strikes


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("prepared", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--two-steps", action="store_true")
    parser.add_argument("--part", nargs=2, type=int, default=(0, 1), metavar=("RANK", "PARTS"))
    asked = parser.parse_args()
    spare()
    os.environ[paths.DATA_ROOT_VARIABLE] = str(asked.prepared)
    attack = Attack(asked.prepared, asked.work, in_two_steps=asked.two_steps)
    rank, parts = asked.part
    strikes = every_strike(attack.points, in_two_steps=asked.two_steps)[rank::parts]
    for kth, fault in strikes:
        for wrong in attack.strike(kth, fault):
            print(json.dumps([fault, kth, *attack.points[kth], wrong], ensure_ascii=False), flush=True)
    told = {"points": len(attack.points), "kinds": sorted({kind for kind, _ in attack.points}), "struck": len(strikes)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
