"""Plants one-line faults all over the package and counts those that the tests see.

``python tools/mutation_proof.py [TREE] [--count 60] [--seed 19] [--seconds 120] [--without clean data]`` works in a
copy of the tree. The same seed picks the same places as long as their lines do not change, so that two versions of the
tests can be compared on one package. Each fault is tried on the test files that name its function, its module or its
room, the closest first; a fault that changes nothing anybody could see is not caught either: the share says nothing
alone.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from enumerations import LONG, NUMBERS

SWAPPED = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
}
OTHER = {"min": "max", "max": "min", "any": "all", "all": "any"}
FILES = 8  # test files that a fault is tried on


@dataclass(frozen=True)
class Fault:
    """One line of a module, and what it becomes."""

    module: str
    function: str
    line: int
    before: str
    after: str

    @property
    def rank(self) -> str:
        """A place in an order that has nothing to do with the code, and stays while the line does."""
        return hashlib.sha256(f"{self.module}|{self.function}|{self.before}|{self.after}".encode()).hexdigest()


def faults_of(path: Path, root: Path) -> Iterator[Fault]:
    """Every fault of a module: a comparison, a sum, an « and », a whole number or an end that is not the right one."""
    text = path.read_text(encoding="utf-8")
    lines, name = text.split("\n"), path.relative_to(root).as_posix()
    for function in (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)):
        for node in ast.walk(function):
            for start, end, new in _changes(node):
                if start.lineno == end.end_lineno and (line := lines[start.lineno - 1]).isascii():
                    first, last = (
                        (start.col_offset, start.end_col_offset)
                        if start is end
                        else (start.end_col_offset, end.col_offset)
                    )
                    made = new if start is end else f" {new} "
                    if line[first:last].strip() != made.strip():
                        yield Fault(name, function.name, start.lineno, line, line[:first] + made + line[last:])


def _changes(node: ast.AST) -> Iterator[tuple]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        yield node.left, node.comparators[0], SWAPPED[type(node.ops[0])]
    elif isinstance(node, ast.BoolOp) and len(node.values) == 2:
        yield *node.values, "or" if isinstance(node.op, ast.And) else "and"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield node.left, node.right, "-" if isinstance(node.op, ast.Add) else "+"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OTHER:
        yield node.func, node.func, OTHER[node.func.id]
    elif isinstance(node, ast.Constant) and type(node.value) is int and 0 < node.value < 1000:
        yield node, node, str(node.value + 1)


def chosen(root: Path, count: int, seed: int, without: list[str]) -> list[Fault]:
    """So many faults, each room its share of them by its lines; those of some rooms are left out then."""
    rooms: dict[str, list[Fault]] = {}
    lines: dict[str, int] = {}
    for path in sorted(root.rglob("*.py")):
        room = path.relative_to(root).parts[0]
        lines[room] = lines.get(room, 0) + path.read_text(encoding="utf-8").count("\n")
        rooms.setdefault(room, []).extend(faults_of(path, root))
    out = []
    for room, faults in rooms.items():
        share = round(count * lines[room] / sum(lines.values())) * (room not in without)
        out += sorted(faults, key=lambda fault: hashlib.sha256(f"{seed}{fault.rank}".encode()).digest())[:share]
    return out


def tests_for(fault: Fault, tests: Path) -> list[str]:
    """The test files that speak of the function, or of its room and its module; those that read a report come last."""
    stem, room, scores = Path(fault.module).stem, fault.module.split("/")[0].removesuffix(".py"), {}
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(tests.glob("test_*.py"))}
    for name, text in texts.items():
        function, module, own = (len(re.findall(rf"\b{word}\b", text)) for word in (fault.function, stem, room))
        scores[name] = 20 * function + bool(own) * (own + 5 * module) + 3 * (stem in name)
    ordered = sorted((name for name in scores if scores[name]), key=lambda name: -scores[name])[:FILES]
    if room in NUMBERS:  # judged without being named
        ordered = [*dict.fromkeys([*ordered[: FILES - 1], "test_second_calculation.py"])]
    return [f"tests/{name}" for name in sorted(ordered, key=lambda name: bool(LONG.search(texts[name])))]


def is_caught(tree: Path, fault: Fault, seconds: int) -> bool:
    """Whether a test that passes without the fault fails with it; the file is put back."""
    path = tree / "src" / "helpers" / fault.module
    good = path.read_text(encoding="utf-8")
    lines = good.split("\n")
    lines[fault.line - 1] = fault.after
    files = tests_for(fault, tree / "tests")
    long = [each for each in files if LONG.search((tree / each).read_text(encoding="utf-8"))]
    groups = [[each for each in files if each not in long], long]
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        failed = next(filter(None, (first_to_fail(tree, each, seconds) for each in groups if each)), None)
    finally:
        path.write_text(good, encoding="utf-8")
    return failed is not None and passes(tree, failed, seconds)


@cache
def passes(tree: Path, test: str, seconds: int) -> bool:
    """Whether nothing fails in a test file without any fault."""
    return first_to_fail(tree, [test], seconds) is None


def first_to_fail(tree: Path, tests: list[str], seconds: int) -> str | None:
    """The first of the test files in which something fails, in one start of pytest; None if it lasts."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "-p", "no:cacheprovider", *tests]
    # The package of the copy, before the one that is installed; no bytecode, whose date may be that of another fault.
    own = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "encoding": "utf-8"}
    with subprocess.Popen(command, cwd=tree, env=own, start_new_session=True, **pipes) as running:
        try:
            shown, _ = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)  # with the reports that it is making
            return None
    failed = re.search(r"^(?:FAILED|ERROR) (tests/\w+\.py)", shown, re.MULTILINE)
    return failed[1] if failed else None


def main() -> None:
    """Tries the faults, and writes one line each, then the share that is caught by room."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", nargs="?", type=Path, default=Path(__file__).resolve().parents[1])
    for name, value in (("--count", 60), ("--seed", 19), ("--seconds", 120)):
        parser.add_argument(name, type=int, default=value)
    parser.add_argument("--without", nargs="*", default=[], metavar="ROOM")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "copie"
        shutil.copytree(given.tree, tree, ignore=shutil.ignore_patterns(".venv", "reports", "__pycache__"))
        seen = {}
        for fault in chosen(tree / "src" / "helpers", given.count, given.seed, given.without):
            caught = is_caught(tree, fault, given.seconds)
            seen.setdefault(fault.module.split("/")[0], []).append(caught)
            print(
                json.dumps({"caught": caught, "where": f"{fault.module}:{fault.line}", "line": fault.after.strip()}),
                flush=True,
            )
    for room, each in sorted(seen.items()):
        print(f"{room:14} {sum(each):3} of {len(each)}")
    print(f"{'all':14} {sum(sum(each) for each in seen.values()):3} of {sum(map(len, seen.values()))}")


if __name__ == "__main__":
    main()
