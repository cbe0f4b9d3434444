"""The safety net of the redesign: what the reports hold, recorded once and compared after each step.

    .venv/bin/python tests/safety_net.py record FOLDER     makes the reports in temporary projects, keeps what they hold
    .venv/bin/python tests/safety_net.py compare FOLDER    makes them again, shows what differs, and then ends with 1

A name after FOLDER takes that report alone. `compare` reads the coding files that `record` wrote: it imports nothing of
the package. Kept, each as a file: the tables of the report and the processed ones, byte for byte; its JSON files, keys
sorted; each page as text (a line a block, the words of drawings too) and as structure (a line a tag, with attributes; of
a drawing or a file inside the page, a digest). Left out, since it changes by itself or with the code: the date, the
commit, versions of libraries, SHA-256 and sizes of files; the code folded into the pages; style sheets; records of what
was run; persons as parquet.
"""

import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup

REPOSITORY = Path(__file__).resolve().parents[1]
TRUE, MINI = REPOSITORY / "data" / "raw", REPOSITORY / "tests" / "mini" / "data" / "raw"
# A sentence of the coded year that may be quoted (data/processed/2032/prive/citations_possibles.csv lists them).
QUOTED = "theme;citation;relue_le\ntemps;chaise sac tableau plage café vélo bois pont pomme nuage horloge.;2032-12-01\n"
CODED = {"de Zoé": 2032, "de Yann": 2032, "avant": 2031}
MACHINE = {"empreinte", "sha256", "bytes", "tampon", "versions"}
# A SHA-256, the versions of libraries, the day an export was received.
CHANGING = re.compile(r"\b[0-9a-f]{64}\b|python \d[\d.]*(?:, [a-z]+ \d[\w.]*)+|(?<=export date du )\w+ \w+ \d{4}")
INLINE = set("a abbr b bdi cite code data em i img mark q s small span strong sub sup time tspan u var wbr".split())


def alses(root: Path, *words: object) -> None:
    command = [sys.executable, str(REPOSITORY / "alses.py"), *map(str, words)]
    done = subprocess.run(command, env={**os.environ, "ALSES_DATA_ROOT": str(root)}, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{command}: {done.returncode}\n{(done.stdout + done.stderr).decode()}")


def project(root: Path, raw: Path, *folders: str) -> Path:
    """The folder, with these raw files, but for what somebody may have dropped among them."""
    private = shutil.ignore_patterns("[Aa]ccompagnement*", "codages", "carte_export.json", "comptes_rendus")
    for name in folders:
        shutil.copytree(raw / name, root / "data" / "raw" / name, ignore=private)
    return root


def true_year(root: Path, _: Path) -> None:
    """The true 2020, compared with 2019."""
    alses(project(root, TRUE, "2019", "2020", "reference"), "run", "--year", 2020)


def simulated_years(root: Path, _: Path, first: int = 2019, by: str = "college") -> None:
    """Three simulated years of a small network, with the report of each collège."""
    project(root, TRUE, "reference")
    for year in range(first, 2022):
        sizes = ("--persons", 120 + 20 * (year - 2019), "--colleges", 4, "--associations", 2, "--seed", 1)
        alses(root, "simulate", "--year", year, *sizes)
    alses(root, "run", "--year", 2021, "--by", by)


def simulated_sites(root: Path, folder: Path) -> None:
    """Two simulated years of the same network, with the report of each association: of three years `run` refuses it."""
    simulated_years(root, folder, 2020, "association")


def coded_year(root: Path, folder: Path) -> None:
    """Minutes coded by two persons, a quotation, and a coding of the year before."""
    project(root, MINI, "2031", "2032", "reference")
    for name, year in CODED.items():
        file = folder / "codages" / f"{name}.qdpx"
        alses(root, "import-coding", file, "--year", year, "--kind", "compte_rendu", "--add-codes")
    (root / "data" / "raw" / "2032" / "codages" / "citations.csv").write_text(QUOTED, encoding="utf-8")
    alses(root, "run", "--year", 2032)


def export_beside_note(root: Path, _: Path) -> None:
    """The true 2020 and an export that gives the figures of its note again, as if it had been received."""
    raw = project(root, TRUE, "2019", "2020", "reference") / "data" / "raw" / "2020"
    alses(root, "simulate", "--year", 2020, "--from-published")
    (raw / "accompagnements_synthetique.csv").rename(raw / "accompagnements.csv")
    (raw / "carte_export.json").unlink(missing_ok=True)
    alses(root, "run", "--year", 2020)


ALL = (true_year, simulated_years, simulated_sites, coded_year, export_beside_note)
REPORTS = {each.__name__: each for each in ALL}


def write_codings(folder: Path) -> None:
    """The coding files; only here is the package imported, through the helpers of tests."""
    import coding_files
    import test_coded_page as coded

    (folder / "codages").mkdir(parents=True, exist_ok=True)
    for name, made in zip(CODED, (coded.of_one("A"), coded.of_one("B"), coded.of_the_year_before()), strict=True):
        coding_files.refi(folder / "codages" / f"{name}.qdpx", made)


def read(html: str) -> tuple[str, str]:
    """A page as text, a line a block, and as structure, a line a tag with its attributes."""
    page = BeautifulSoup(html, "html.parser")
    for hidden in page.select("script, style, template, .calcul"):
        hidden.decompose()
    structure = []
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            if str(value).startswith("data:"):  # a drawing or a file: its words, and a digest
                tag.insert_before("\n".join(re.findall(r"<t(?:ext|span)[^>]*>([^<]+)", unquote(value))))
                tag[name] = hashlib.sha256(value.encode()).hexdigest()[:12]
        structure.append(f"{' ' * len(list(tag.parents))}{tag.name} {tag.attrs}")
    for tag in page.find_all(lambda tag: tag.name not in INLINE):
        tag.insert_before("\n")
        tag.append("\n")
    lines = (re.sub(r"[ \t\r]+", " ", line).strip(" ") for line in page.get_text().split("\n"))
    return tuple(CHANGING.sub("…", "\n".join(filter(None, each))) for each in (lines, structure))


def plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if key not in MACHINE}
    return [plain(each) for each in value] if isinstance(value, list) else value


def keep(root: Path, kept: Path) -> None:
    """Writes what the report of a project holds, and the SHA-256 of each file that it writes."""
    processed = [path for path in (root / "data" / "processed").rglob("*.csv") if "raw" not in path.parts]
    sums = ""
    for path in sorted([*(root / "reports").rglob("*.*"), *processed]):
        name, files = path.relative_to(root).as_posix(), {"": path.read_bytes()}
        if path.suffix == ".html":
            files = dict(zip((".txt", ".tags"), map(str.encode, read(path.read_text(encoding="utf-8"))), strict=True))
        elif path.suffix == ".json":
            files = {"": json.dumps(plain(json.loads(files[""])), ensure_ascii=False, indent=1, sort_keys=True).encode()}
        for each, content in ((f"{name}{end}", content) for end, content in files.items()):
            (kept / each).parent.mkdir(parents=True, exist_ok=True)
            (kept / each).write_bytes(content)
            sums += f"{hashlib.sha256(content).hexdigest()}  {each}\n"
    (kept / "SHA256SUMS").write_text(sums)


def make(folder: Path, kept: Path, names: list[str]) -> None:
    for name in names:
        print(f"{time.strftime('%X')} {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="alses-") as root:
            REPORTS[name](Path(root), folder)
            shutil.rmtree(kept / name, ignore_errors=True)
            keep(Path(root), kept / name)


def differences(before: Path, after: Path, names: list[str]) -> int:
    """How many files differ, each shown by its first lines that do."""
    count = 0
    folders = [(side, side / name) for side in (before, after) for name in names]
    for file in sorted({path.relative_to(side) for side, folder in folders for path in folder.rglob("*.*")}):
        old, new = ((side / file).read_bytes() if (side / file).is_file() else None for side in (before, after))
        if old != new:
            count, lines = count + 1, [(content or b"").decode().splitlines() for content in (old, new)]
            diff = list(difflib.unified_diff(*lines, f"before/{file}", f"after/{file}", n=1, lineterm=""))
            print("\n".join(diff[:20]) or f"{file}: absent, or other line ends")
            print(f"… {max(0, len(diff) - 20)} more lines\n")
    print(f"{count} files differ" if count else "equal")
    return count


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("record", "compare"):
        sys.exit(__doc__)
    given, chosen = Path(sys.argv[2]).resolve(), sys.argv[3:] or list(REPORTS)
    if sys.argv[1] == "record":
        write_codings(given)
        make(given, given, chosen)
    else:
        with tempfile.TemporaryDirectory(prefix="alses-") as again:
            make(given, Path(again), chosen)
            sys.exit(min(1, differences(given, Path(again), chosen)))
