"""A report is published whole or not at all, whatever operation on the disk is struck: a kill, or a disk that is full.

`test_publish_swap` tries a few points; here, all that differ. At each, a run that replaces an older
report is struck in a process of its own, by an audit hook: Python announces each file that is opened to be written,
renamed or removed, whoever does it. Then what is left is checked, and the run is made again.
"""

import errno
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ALL
from helpers import cli, data, provenance, system
from helpers.kernels import fork
from helpers.report import checks, manifest
from helpers.run import report

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="les attaques ont besoin de fork"),
    pytest.mark.skipif(not ALL, reason="tous les points\u00a0: avec ALSES_ENUMERATIONS=toutes"),
]

YEAR = 2032
KILL, FULL = "kill", "disk full"
STRUCK = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def run() -> int:
    """The command under attack: it has nothing to execute and a report to publish."""
    return cli.main(["run", "--year", str(YEAR)])


def watch(root: Path, seen: list[str], kth: int, fault: str) -> None:
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


def remembered(plain: Callable, key: Callable) -> Callable:
    """The same function, which computes once what it answers to a key."""
    kept: dict[object, object] = {}

    def answer(*given, **more):
        asked = key(*given, **more)
        if asked not in kept:
            kept[asked] = plain(*given, **more)
        return kept[asked]

    return answer


def age(final: Path) -> None:
    """Makes the published report an older one, complete: a page was different, and is to be written again."""
    there = manifest.open_report(final).manifest
    (final / "02_describe.html").write_bytes((final / "02_describe.html").read_bytes() + b"<!-- avant -->\n")
    (final / "manifest.json").unlink()
    manifest.write_manifest(final, **{name: there[name] for name in ("inputs", "parameters", "versions", "checks")})
    (final.parents[1] / f"data/processed/{YEAR}/execution/04_themes.page.json").unlink()


def that_differ(points: list[str]) -> list[int]:
    """Of what is done again and again in one folder, only the first and the last: those between leave the same."""
    kinds = ["", *(f"{point.partition(' ')[0]} {Path(point).parent}" for point in points), ""]
    return [kth for kth in range(len(points)) if not kinds[kth] == kinds[kth + 1] == kinds[kth + 2]]


@pytest.mark.parametrize("in_two_steps", [False, True], ids=["en une fois", "en deux noms"])
def test_a_publication_struck_at_any_operation_leaves_a_whole_report_and_the_next_run_mends_all(published, monkeypatch, tmp_path, in_two_steps):
    # What only reads and takes long is done once, in this process: every attack inherits it.
    for module, name, instead in (
        (data, "require_usable", lambda year: None), (checks, "check_pages", lambda folder: []), (manifest, "_git", lambda *_: None), (fork, "start", lambda: None),
        (provenance, "modules_behind", remembered(provenance.modules_behind, repr)), (report, "export_page", remembered(report.export_page, lambda *_, name, **__: name)),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, instead)
    if in_two_steps:
        monkeypatch.setattr(system, "swap_folders", lambda *_: False)
    root, before, told = published, tmp_path / "avant", tmp_path / "dit.txt"
    final = root / "reports" / str(YEAR)
    new = without_stamp(final)
    age(final)
    old = without_stamp(final)
    shutil.copytree(root, before)
    assert (run(), without_stamp(final)) == (0, new) and old != new
    after = tree(root)

    def struck(kth: int, fault: str, seen: Callable[[list[str]], None] = lambda _: None) -> int:
        shutil.rmtree(root)
        shutil.copytree(before, root)

        def act() -> int:
            points = []
            watch(root, points, kth, fault)
            code = run()
            seen(points)
            return code

        return in_child(act, told)

    assert struck(-1, "", lambda points: (tmp_path / "points.txt").write_text("\n".join(points), encoding="utf-8")) == 0
    points = (tmp_path / "points.txt").read_text(encoding="utf-8").splitlines()
    assert {point.partition(" ")[0] for point in points} == STRUCK
    wrong = []
    for kth in that_differ(points):
        if in_two_steps and "rename" not in points[kth] and "rmdir" not in points[kth]:
            continue  # as in one step
        for fault in (KILL, FULL) if "open" in points[kth] and not in_two_steps else (KILL,):
            code, said = struck(kth, fault), told.read_text(encoding="utf-8")
            # Between two renames the report has no name for an instant; the old one is whole beside.
            found = without_stamp(final.with_name(f"{YEAR}.ancien") if in_two_steps and not final.exists() else final)
            is_right = found in (old, new) and code in ((-signal.SIGKILL,) if fault == KILL else (0, 1))
            is_right &= not (fault == FULL and code == 0 and found == old) and "Traceback" not in said and "Erreur imprévue" not in said
            again = in_child(run, told)
            if not is_right or (again, without_stamp(final), tree(root)) != (0, new, after):
                wrong.append((fault, points[kth], code, said[-1000:], again, told.read_text(encoding="utf-8")[-1000:]))
    assert wrong == []
