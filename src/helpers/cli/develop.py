"""``alses test`` and ``alses generate``: for those who change the code."""

from argparse import Namespace

from helpers import paths
from helpers.cli.say import tell
from helpers.cli.verb import Verb

# A process for each processor, but no more than an office computer has memory for (0.5 GB each). A file stays whole
# because its tests share what they prepare; files keep their order because the first ones wait for no report.
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")


def _test(options: Namespace) -> int:
    del options
    try:
        import pytest
    except ImportError:  # the environment is not ours to complete: conda's, or one made by hand
        from helpers.schema import DataError

        raise DataError(
            "Il manque ce que demandent les tests : tapez « python -m pip install --group test » dans le dossier du "
            "projet, puis relancez."
        ) from None
    return int(pytest.main(["-q", *PARALLEL, str(paths.repository() / "tests")]))


def _generate(options: Namespace) -> int:
    del options
    from helpers.cli.example import write_example
    from helpers.dictionary import data_dictionary
    from helpers.environment import conda_environment

    root = paths.repository()
    written = {
        root / "environment.yml": conda_environment((root / "pyproject.toml").read_text(encoding="utf-8")),
        root / "docs" / "data-dictionary.md": data_dictionary(),
    }
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        tell(path.relative_to(root).as_posix())
    write_example(root, tell)
    return 0


TEST = Verb(
    name="test",
    summary="lance les tests (développement)",
    description=(
        "Lance tous les tests sur un projet inventé, sans réseau : quelques minutes. N’écrit rien dans data/ ni dans "
        "reports/. La première fois, ajoute à .venv ce que les tests demandent (100 Mo).\n"
        "Code de sortie : 0 si tout passe."
    ),
    examples=(("test", "tous les tests"),),
    act=_test,
)
GENERATE = Verb(
    name="generate",
    summary="récrit les fichiers produits à partir du code (développement)",
    description=(
        "Récrit environment.yml à partir de pyproject.toml, et docs/data-dictionary.md à partir des schémas et du "
        "catalogue, puis fait le rapport de 2020 et le copie dans docs/exemple/. À lancer après avoir modifié le code, "
        "un texte ou les données : une minute."
    ),
    examples=(("generate", "les deux fichiers et le rapport d’exemple"),),
    act=_generate,
)
