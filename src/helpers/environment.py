"""What does conda need? The text of environment.yml, built from pyproject.toml so that the two never part."""

import re
import tomllib

# The conda package of the full name brings what the project does not use (a window toolkit, pandoc) or bounds itself.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "nbconvert": "nbconvert-core", "seaborn": "seaborn-base"}
# Not found among conda-forge's packages: pip installs them there too.
BY_PIP = {"simplemma"}

# A name and version bounds, which read the same in pip and conda; no extra, no marker, no address, no "===".
_BOUND = r"(?:[<>]=?|==|!=|~=)\s*[\w.*]+"
_REQUIREMENT = re.compile(rf"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<bounds>(?:{_BOUND}(?:\s*,\s*{_BOUND})*)?)")

_HEADER = """\
# Environnement conda, aux mêmes bornes que celui de pip. Fichier produit à partir de pyproject.toml par\u00a0:
#   python3 alses.py generate
# Pour l’installer\u00a0: conda env create -f environment.yml, puis conda activate alses.
"""


def conda_environment(pyproject_text: str) -> str:
    """The text of environment.yml: Python, every dependency under conda's names, the package by pip.

    What conda does not have (`BY_PIP`) is listed for pip, before the package.

    Raises
    ------
    ValueError
        with a French sentence, for a dependency that conda cannot write.

    >>> texte = '[project]\\nrequires-python = ">=3.11"\\ndependencies = ["matplotlib>=3.9"]'
    >>> environment.conda_environment(texte).splitlines()[6:9]
    ['dependencies:', '  - python >=3.11', '  - matplotlib-base >=3.9']
    """
    project = tomllib.loads(pyproject_text)["project"]
    specs = [conda_spec(each) for each in (f"python{project['requires-python']}", *project["dependencies"])]
    by_pip = [spec.replace(" ", "") for spec in specs if spec.split()[0] in BY_PIP]
    specs = [spec for spec in specs if spec.split()[0] not in BY_PIP]
    lines = [
        "name: alses",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        *(f"  - {spec}" for spec in [*specs, "pip"]),
    ]
    return _HEADER + "\n".join([*lines, "  - pip:", *(f"      - {spec}" for spec in [*by_pip, "-e ."]), ""])


def conda_spec(requirement: str) -> str:
    """A pip requirement as conda writes it: conda's name, a space, the bounds.

    Raises
    ------
    ValueError
        with a French sentence, for an extra, a marker or an address.

    >>> environment.conda_spec("matplotlib>=3.9, <3.13")
    'matplotlib-base >=3.9,<3.13'
    """
    match = _REQUIREMENT.fullmatch(requirement.strip())
    if match is None:
        raise ValueError(
            f"pyproject.toml\u00a0: la dépendance «\u202f{requirement}\u202f» ne peut pas s’écrire pour conda\u202f; "
            "gardez un nom et des bornes de version."
        )
    name = re.sub(r"[-_.]+", "-", match["name"]).lower()
    bounds = "".join(match["bounds"].split())
    return f"{CONDA_NAMES.get(name, name)} {bounds}".rstrip()
