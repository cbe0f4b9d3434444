"""What the measures share: the page with their tables, and the description of the machine."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def marks(name: str) -> tuple[str, str]:
    """The lines of the page that enclose a table."""
    return f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"


def write_table(name: str, text: str) -> None:
    """Puts a table in docs/performance.md, between its marks."""
    begin, end = marks(name)
    page = PAGE.read_text(encoding="utf-8")
    if page.count(begin) != 1 or page.count(end) != 1:
        raise SystemExit(f"{PAGE.name} has no place for the table « {name} »")
    head, _, rest = page.partition(begin)
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8", newline="\n")


def machine(repeat: int, libraries: Iterable[str]) -> str:
    """The machine, the versions of the libraries that matter and the number of runs, as the page says them."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processors = f"{os.cpu_count()} processors ({(models or [platform.processor()])[0]})"
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    versions = ", ".join(f"{name} {version(name)}" for name in libraries if find_spec(name))
    runs = f"the median of {repeat} runs, in turn" if repeat > 1 else "one run of each"
    software = f"{platform.system()}, Python {platform.python_version()}, {versions}"
    return f"**Machine.** {processors}, {memory}; {software}; {runs}.\n"
