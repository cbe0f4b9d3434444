"""What git may hold: no record of persons, nothing machine-made, no trace of anybody's computer; what changed by it."""

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from enumerations import changed_files, enumerated
from helpers.paths import exports, raw

ROOT = Path(__file__).resolve().parents[1]
BYTES_MAX = 1_000_000

TOP_LEVEL = set(
    """.ci .github .gitattributes .gitignore CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE README.md README.fr.md
    alses.py bench data docs environment.yml notebooks pyproject.toml reports requirements src tests tools""".split()
)

# Columns of the export of the database: a table that bears one of them holds persons, whatever its name.
PERSON_COLUMNS = {"identifiant", "annee_naissance"}

# Written so that this file does not match itself.
FORBIDDEN = {
    "chemin d’un ordinateur": rb"(?<![\w.])/(?:home|Users|root|work|tmp)/[\w.]|\b[A-Za-z]:\\+Users\\+\w",
    "adresse d’un dépôt de paquets": rb"pypi\.org|pythonhosted\.org|npmjs\.|anaconda\.(?:org|com)|deb\.debian\.",
    "clé privée": rb"BEGIN [A-Z ]*PRIVATE KEY",
}

YEAR_FILES = (
    "README.md datapackage.json chiffres_publies.csv prises_de_poste.csv reunions.csv enonces.csv "
    "affirmations.csv remarques.csv"
).split()
REFERENCE_FILES = "README.md datapackage.json colleges.csv associations.csv alias.csv themes.csv reperes.csv glossaire.csv".split()

ALLOWED = [
    *(f"data/raw/{year}/{name}" for year in (2019, 2020, 2035) for name in YEAR_FILES),
    *(f"data/raw/reference/{name}" for name in REFERENCE_FILES),
    *"""reports/README.md data/processed/README.md data/releases/README.md data/raw/README.md docs/exemple/index.html
    src/helpers/schemas/accompagnements.json notebooks/00_accueil.ipynb notebooks/01_clean.ipynb""".split(),
]

REFUSED = [
    "data/raw/2020/chiffres_publies (copie).csv",
    "notebooks/Accompagnements 2021.CSV",
    *"""data/raw/2020/chiffres_publies.csv.bak data/raw/2020/chiffres_publies.xlsx data/raw/2020/~$chiffres_publies.csv
    data/raw/2020/colleges.csv data/raw/2020/codages/x.qdpx data/raw/2020/codages/README.md
    data/raw/2020/codages/enonces.csv data/raw/2020/comptes_rendus/y.docx data/raw/2020/carte_export.json
    data/raw/2020/accompagnements_synthetique.csv data/raw/2020/chiffres_publies.csv/accompagnements.csv
    data/raw/2020/2020/reunions.csv data/raw/2020-bis/chiffres_publies.csv data/raw/20200/chiffres_publies.csv
    data/raw/export/README.md data/raw/chiffres_publies.csv data/raw/colleges.csv data/raw/reference/reunions.csv
    data/raw/reference/2020/colleges.csv data/processed/2020/README.md data/processed/2020/prive/personnes.parquet
    data/processed/2020/prive/accompagnements.parquet data/processed/2020/prive/quarantaine.csv
    data/processed/2020/recouvrements.csv data/processed/.atelier/lab/workspaces/default.jupyterlab-workspace
    data/releases/2020/indicateurs.csv reports/2020/index.html reports/2020-synthetique/index.html reports/index.html
    accompagnements.csv notebooks/.ipynb_checkpoints/01_clean-checkpoint.ipynb notebooks/brouillons/essai.ipynb
    notebooks/Untitled.ipynb notebooks/eleves.csv notebooks/01_clean.html notebooks/sous-dossier/01_clean.ipynb
    notebooks/brouillons/.ipynb_checkpoints/essai-checkpoint.ipynb docs/Export.XLSX tests/base.Ods
    src/helpers/codage.qdpx .venv/pyvenv.cfg .venv.verrou src/alses.egg-info/PKG-INFO""".split(),
]

# An export dropped in any folder of data/raw, under any name, in any format.
DROPPED = [
    f"data/raw/{folder}{stem}{suffix}"
    for folder, stem, suffix in itertools.product(
        ("", "2019/", "2020/", "2035/", "reference/", "2020/sous dossier/", "2021/Données/été/"),
        ("accompagnements", "accompagnements_2021", "accompagnements_synthetique", "ACCOMPAGNEMENTS", "carte_export", "a_completer", "lectures", "Export base", "données", "a"),
        (".csv", ".CSV", ".xlsx", ".ods", ".parquet", ".sqlite", ".txt", ".zip", ".json", ".md", ""),
    )
]

# Every name that reading takes for an export, dropped where it does not belong.
STRAY = [
    f"{folder}{stem}{suffix}"
    for folder, stem, suffix in itertools.product(
        ("", "notebooks/", "docs/", "src/helpers/", "tests/mini/"),
        ("accompagnement", "Accompagnements 2021", "ACCOMPAGNEMENTS_lille", "accompagnements(1)"),
        (".csv", ".TXT", ".tsv", ".xlsx", ".Ods", ".PARQUET", ".xls", ".csv.gz", ".bak", ""),
    )
]


def git(*arguments: str, given: str = "") -> list[str]:
    """The names that git answers, one after each NUL; skips where git or its folder is missing."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("ce dossier n’est pas un dépôt git\u00a0: ce qui peut y être déposé n’est pas contrôlé")
    command = ["git", "-C", str(ROOT), *arguments]
    answer = subprocess.run(command, input=given.encode(), capture_output=True, check=False)
    assert answer.returncode in (0, 1), answer.stderr.decode()  # check-ignore answers 1 when it ignores nothing
    return [name for name in answer.stdout.decode().split("\0") if name]


def ignored(paths: list[str]) -> set[str]:
    return set(git("check-ignore", "--no-index", "--stdin", "-z", given="\0".join(paths)))


def tracked(suffix: str = "") -> list[Path]:
    """The files in git that end so and are still there."""
    names = git("ls-files", "-z")
    if not names:
        pytest.skip("aucun fichier n’est encore suivi par git")
    return [ROOT / name for name in names if name.endswith(suffix) and (ROOT / name).is_file()]


def holds_persons(header: bytes) -> bool:
    """Whether the first line of a table names a column of the export."""
    return bool(PERSON_COLUMNS & set(re.split(r"\W+", header.decode("utf-8-sig", errors="replace").casefold())))


def test_what_must_stay_out_is_refused_and_what_belongs_to_the_project_is_let_in():
    refused = {*REFUSED, *DROPPED}
    assert refused - ignored([*refused]) == set()
    assert ignored(ALLOWED) == set()


def test_what_is_read_as_an_export_is_refused_in_every_folder(data_root):
    assert set(STRAY) - ignored(STRAY) == set()
    for path in (raw(2033) / Path(name).name for name in STRAY):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        assert path in exports(2033)


def test_nothing_tracked_is_among_what_is_refused_or_unknown_at_the_top():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert ignored(names) == set()
    assert {name.partition("/")[0] for name in names} - TOP_LEVEL == set()


def test_no_tracked_table_holds_persons_under_any_name():
    assert holds_persons(b"\xef\xbb\xbfIdentifiant;Annee")
    assert [path.name for path in tracked(".csv") if holds_persons(path.read_bytes().partition(b"\n")[0])] == []


def test_tracked_notebooks_have_no_outputs():
    for path in tracked(".ipynb"):
        code = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == [], path.name


def test_no_tracked_file_is_heavy_or_tells_where_it_was_made():
    contents = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in tracked()}
    assert [name for name, content in contents.items() if len(content) > BYTES_MAX] == []
    told = {name: [label for label, pattern in FORBIDDEN.items() if re.search(pattern, content)] for name, content in contents.items()}
    assert {name: labels for name, labels in told.items() if labels} == {}


def test_text_has_the_same_bytes_on_every_system():
    kinds = "csv py ipynb js md toml json j2 css yml html svg lock".split()
    answer = git("check-attr", "-z", "eol", *(f"x.{kind}" for kind in kinds), ".ci/run")
    assert answer[2::3] == ["lf"] * (len(kinds) + 1)
    assert git("check-attr", "-z", "binary", "x.png")[2] == "set"


def test_enumerations_are_those_of_what_changed_since_the_commit_of_the_version(tmp_path):
    """All of them for that commit, in a shallow clone, or without git."""
    root = tmp_path / "dépôt"
    git("init", "-q", str(root))

    def commit(**texts: str) -> None:
        for name, text in texts.items():
            (root / name).write_text(text, encoding="utf-8")
        given = ["-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "commit.gpgsign=false", "-C", str(root)]
        git(*given, "add", ".")
        git(*given, "commit", "-qm", "x")

    commit(**{"pyproject.toml": 'version = "1"\n', "a.py": "1"})
    assert changed_files(root) is None
    commit(**{"pyproject.toml": 'version = "1"\nname = "x"\n', "b.py": "1"})
    (root / "a.py").write_text("2", encoding="utf-8")
    assert changed_files(root) == ["a.py", "b.py", "pyproject.toml"]
    git("clone", "-q", "--depth", "1", root.as_uri(), str(tmp_path / "court"))
    assert changed_files(tmp_path / "court") is None is changed_files(tmp_path)


def test_enumerations_of_a_room_are_those_of_the_tests_that_import_it():
    every, codings = enumerated(None), enumerated(["src/helpers/codings/model.py"])
    assert every == enumerated(["requirements/report.lock"]) == enumerated(["src/helpers/schema.py"])
    assert "tests/test_exchange_mutations.py" in codings and "tests/test_intruder.py" not in codings
    assert set(codings) < set(every) and enumerated(["docs/performance.md"]) == enumerated([".ci/run"]) == []
    reading = enumerated(["tests/conftest.py"])
    assert "tests/test_leaks.py" in reading and "tests/test_export_mutations.py" not in reading
