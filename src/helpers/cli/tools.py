"""Verbs on this computer and on the code: JupyterLab, diagnosis, tests, generated documents."""

import os
import shutil
from argparse import Namespace
from pathlib import Path

from helpers import paths
from helpers.cli.messages import beside, print_message
from helpers.cli.verbs import as_port, option, verb
from helpers.errors import DataError

# --- lab ---

PORT = 8888


@verb(
    "lab",
    "ouvre l’atelier : JupyterLab en français, sur cet ordinateur seulement",
    "Ouvre la page d’accueil de l’atelier : l’état des années, un formulaire pour contrôler une année ou en faire le "
    "rapport, des recettes pour explorer les chiffres, et les quatre notebooks.\n"
    "Rien ne quitte l’ordinateur : pas de mise à jour, pas d’annonce, pas de mesure d’usage. Les résultats affichés ne "
    "sont pas enregistrés dans les notebooks. Ctrl+C arrête l’atelier.",
    (("lab", "ouvre l’atelier dans le navigateur"), ("lab --no-browser", "donne l’adresse à ouvrir soi-même")),
    option("--port PORT", f"port ({PORT} par défaut ; pris : le suivant libre)", type=as_port, default=PORT),
    option("--no-browser", "n’ouvre pas le navigateur, donne l’adresse"),
)
def lab(options: Namespace) -> int:
    from helpers.workbench.form import launch

    return launch(port=options.port, browser=not options.no_browser, tell=print_message)


# --- doctor ---

# Columns: state, label, then the text.
STATE, CHECKED = 9, 15


@verb(
    "doctor",
    "dit ce qui manque à cet ordinateur, et comment le réparer",
    "Contrôle Python et ses bibliothèques, le démarrage d’un notebook, le dossier du projet, le disque et les années "
    "présentes : une ligne chacun, « bien », « à noter » ou « MANQUE », avec le remède. Le texte se colle dans un "
    "message : il ne dit ni votre nom, ni vos dossiers. N’écrit et n’installe rien.\n"
    "Code de sortie : 0 si rien ne manque, 1 sinon.",
    (("doctor", "le diagnostic"), ("doctor > diagnostic.txt", "le même dans un fichier, à envoyer")),
)
def doctor(_: Namespace) -> int:
    from helpers.cli import diagnosis

    findings = diagnosis.diagnose()
    for label, each in findings.items():
        print_message(beside(f"{each.state:<{STATE}}{label:<{CHECKED}}", each.text))
        if each.remedy:
            print_message(beside(f"{'→ ':>{STATE + CHECKED + 2}}", each.remedy))
    missing = [label for label, each in findings.items() if each.state == diagnosis.MISSING]
    print_message(f"\nÀ réparer : {', '.join(missing)}." if missing else "\nTout ce qui est nécessaire est là.")
    return 1 if missing else 0


# --- test, generate: for those who change the code ---

# A process for each processor, but no more than an office computer has memory for (0.5 GB each). A file stays whole
# because its tests share what they prepare; files keep their order because the first ones wait for no report.
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")


@verb(
    "test",
    "lance les tests (développement)",
    "Lance tous les tests sur un projet inventé, sans réseau : quelques minutes. N’écrit rien dans data/ ni dans "
    "reports/. La première fois, ajoute à .venv ce que les tests demandent (100 Mo).\n"
    "Code de sortie : 0 si tout passe.",
    (("test", "tous les tests"),),
)
def test(_: Namespace) -> int:
    try:
        import pytest
    except ImportError:  # the environment is not ours to complete: conda's, or one made by hand
        raise DataError(
            "Il manque ce que demandent les tests : tapez « python -m pip install --group test » dans le dossier du "
            "projet, puis relancez."
        ) from None
    return int(pytest.main(["-q", *PARALLEL, str(paths.repository() / "tests")]))


@verb(
    "generate",
    "récrit les fichiers produits à partir du code (développement)",
    "Récrit environment.yml à partir de pyproject.toml, et docs/data-dictionary.md à partir des schémas et du "
    "catalogue, puis fait le rapport de 2020 et le copie dans docs/exemple/. À lancer après avoir modifié le code, un "
    "texte ou les données : une minute.",
    (("generate", "les deux fichiers et le rapport d’exemple"),),
)
def generate(_: Namespace) -> int:
    from helpers.documents import conda_environment, data_dictionary

    root = paths.repository()
    written = {
        root / "environment.yml": conda_environment((root / "pyproject.toml").read_text(encoding="utf-8")),
        root / "docs" / "data-dictionary.md": data_dictionary(),
    }
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print_message(path.relative_to(root).as_posix())
    os.environ[paths.OWN_NOTEBOOKS_VARIABLE] = "0"
    make_example(root)
    return 0


# The only year whose every figure is public; and what this folder may hold of persons, which the example would show.
EXAMPLE_YEAR = 2020
_PRIVATE = shutil.ignore_patterns(
    "[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json", "codages", "comptes_rendus"
)


def make_example(root: Path) -> None:
    """Makes the report of the repository's public data, in a folder aside, and keeps it in docs/exemple."""
    import tempfile

    from helpers.report import index
    from helpers.run.report import make_report

    example = root / "docs" / "exemple"
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(root / "data" / "raw", Path(aside) / "data" / "raw", ignore=_PRIVATE)
        before = os.environ.get(paths.DATA_ROOT_VARIABLE)
        os.environ[paths.DATA_ROOT_VARIABLE] = aside  # by the environment, for the kernels too
        try:
            index.write_example(make_report(EXAMPLE_YEAR, tell=print_message), example)
        finally:
            os.environ.pop(paths.DATA_ROOT_VARIABLE)
            if before is not None:
                os.environ[paths.DATA_ROOT_VARIABLE] = before
    print_message(example.relative_to(root).as_posix())
