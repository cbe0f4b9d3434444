"""Attacks what a run keeps between its notebooks, at every operation on the disk: clean tables, comparisons, notebooks.

    python tests/kill_points_tables.py PREPARED WORK [--all]

As `kill_points` does for the publication. A table that was cut is refused, never read; a file that nothing checks when
it is read is there whole, or as it was.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

import nbformat

from helpers import data, paths
from helpers.schema import DataError
from helpers.system import atomic_write
from kill_points import _NEEDS_ROOM, BROKEN, FULL, HALF, KILL, YEAR, Disk, in_child, install, tree

TABLES = ("indicateurs", "postes", "registre", "controles", "coherences", "reunions", "enonces")


class Kept:
    """What one run keeps of a year."""

    def __init__(self) -> None:
        self.raw = data.read_year(YEAR)
        self.made = {name: data.load(YEAR, name) for name in TABLES[:5]}
        self.compared = data.load_result(YEAR, "comparaisons")
        self.executed = paths.executed(YEAR) / "02_describe.ipynb"
        self.notebook = nbformat.read(self.executed, as_version=4)
        self.root = paths.data_root()
        self.save()
        self.before, self.unchecked = self.tables(), self.files()

    def save(self) -> int:
        data.save_year(self.raw, self.made)
        data.save_result(YEAR, "comparaisons", self.compared)
        with atomic_write(self.executed) as beside:
            nbformat.write(self.notebook, beside)
        return 0

    def tables(self) -> dict[str, str | None]:
        """Each table as it is read, None when reading it is refused."""
        found = {}
        for name in TABLES:
            try:
                found[name] = data.load(YEAR, name).to_csv()
            except DataError:
                found[name] = None
        return found

    def files(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.executed, paths.executed(YEAR) / "comparaisons.csv")]

    def wrong(self, *, is_after: bool) -> list[str]:
        accepted = [(None, text)[is_after:] for text in self.before.values()]
        wrong = [name for (name, text), these in zip(self.tables().items(), accepted, strict=True) if text not in these]
        return wrong + (["un fichier non contrôlé"] if self.files() != self.unchecked else [])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("prepared", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    root, said, noted = asked.work / "attaque", asked.work / "dit.txt", asked.work / "points.json"
    shutil.copytree(asked.prepared, root)
    os.environ[paths.DATA_ROOT_VARIABLE] = str(root)
    kept = Kept()
    names = tree(root)

    def attacked(disk: Disk) -> int:
        install(disk, in_two_steps=False)
        try:
            return kept.save()
        except OSError:
            return 1
        finally:
            if disk.kth < 0:
                noted.write_text(json.dumps(disk.seen), encoding="utf-8")

    assert in_child(lambda: attacked(Disk(str(root))), said) == 0, said.read_text(encoding="utf-8")
    points = [tuple(each) for each in json.loads(noted.read_text(encoding="utf-8"))]
    kinds = [kind for kind, _ in points]
    chosen = range(len(points)) if asked.all else sorted({len(kinds) - 1 - kinds[::-1].index(kind) for kind in kinds})
    struck = 0
    for rank, kth in enumerate(chosen):
        faults = [KILL, BROKEN, *([FULL] if kinds[kth] in _NEEDS_ROOM else []), *([HALF] if kinds[kth] == "write" else [])]
        for fault in faults if asked.all else faults[rank % len(faults) :][:1]:
            code = in_child(lambda kth=kth, fault=fault: attacked(Disk(str(root), kth, fault)), said)
            wrong = [*kept.wrong(is_after=False), *([] if code in (0, 1, -9) else [f"code {code} : {said.read_text(encoding='utf-8')[-2000:]}"])]
            again = in_child(kept.save, said)
            wrong += [f"encore : {name}" for name in kept.wrong(is_after=True)]
            wrong += [f"encore : code {again}"] * bool(again) + [f"de trop : {sorted(tree(root) - names)}"] * (tree(root) != names)
            struck += 1
            for each in wrong:
                print(json.dumps([fault, kth, *points[kth], each], ensure_ascii=False), flush=True)
    print(json.dumps({"points": len(points), "kinds": sorted(set(kinds)), "struck": struck}))


if __name__ == "__main__":
    sys.exit(main())
