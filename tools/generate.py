"""What ``alses generate`` writes: environment.yml, docs/data-dictionary.md, and the example in docs/exemple/."""

import os
import re
import shutil
import tempfile
import tomllib
from pathlib import Path

from helpers import paths
from helpers.errors import DataError
from helpers.schema import Indicator, catalogue, table_names, table_schema
from helpers.typography import french_spaces

# --- docs/data-dictionary.md ---

_KINDS = {"integer": "entier", "number": "nombre", "string": "texte", "date": "date", "boolean": "oui ou non"}
_PRESENCES = {"obligatoire": "toujours dans le fichier", "facultative": "peut manquer au fichier"}
_CHOICES = {"unique": "un seul choix", "multiple": "plusieurs choix", "total": "total"}

_HEAD = """# Dictionnaire des données

Ce fichier est produit par `python3 alses.py generate` à partir de `src/helpers/catalogue.toml` et de
`src/helpers/schemas/` : ne le modifiez pas à la main.

Les tables `chiffres_publies`, `prises_de_poste`, `reunions`, `enonces`, `affirmations` et `remarques` sont reçues, une
par année, dans `data/raw/<année>/` ; l’export de la base aussi, mais il n’entre jamais dans git : c’est la table
`accompagnements`. `colleges`, `associations`, `alias`, `themes`, `reperes`, `glossaire`, `entetes` et `modalites` sont
les répertoires de `data/raw/reference/` ; les deux derniers disent comment lire un export.

`01_clean` produit dans `data/processed/<année>/` les tables `postes`, `registre`, `controles`, `coherences` et
`indicateurs` ; d’un export, il tire `normalisations`, `rejets`, `rapprochements`, `recouvrements` et `grappes`, vides
sans export ; des codages importés, `codages`, qui n’a que des nombres, et `citations`, les phrases qu’une personne a
choisies et relues.

Ce qui concerne une personne n’en sort pas : l’export nettoyé, la quarantaine et les comptes exacts de chaque site
(`comptes_par_site`) restent dans `prive/`, à côté, comme les citations possibles, les désaccords entre codeurs et ce
qui prouve que les nombres publiés en permettent d’autres (`temoins.npz`).
Avant les autres notebooks, les comptes de personnes sont arrondis ensemble pour que personne ne soit reconnu ; `sites`
dit quels sites ont un rapport. `03_compare` produit `comparaisons`.

Pour explorer les personnes d’une année, `data.load_persons(2021)` (dans JupyterLab, `20_explorer`) : un DataFrame, une
personne par ligne, les réponses en toutes lettres et dans l’ordre du catalogue, les dates en dates, l’année de
naissance en nombre, et `explode("objectifs")` pour une ligne par objectif.
"""

# Answers of the export that no list names (docs/decisions/cleaning.md).
_RECORDED = """
Une réponse lue dans l’export peut aussi être `non_renseigne` (rien n’était écrit), `ne_sait_pas` ou `non_prevu` (une
réponse qu’aucune règle ne connaît), là où la dernière colonne le dit. `export seul` : aucun document n’imprime ce
chiffre.
"""


def _rules(column: dict) -> str:
    rules = column.get("constraints", {})
    parts = [_PRESENCES[column["presence"]]] if "presence" in column else []
    parts += ["obligatoire"] if rules.get("required") else []
    parts += ["unique"] if rules.get("unique") else []
    parts += [", ".join(f"`{value}`" for value in rules["enum"])] if "enum" in rules else []
    parts += [f"au moins {rules['minimum']}"] if "minimum" in rules else []
    parts += [f"au plus {rules['maximum']}"] if "maximum" in rules else []
    parts += [f"{rules['maxLength']} caractères au plus"] if "maxLength" in rules else []
    parts += [f"forme `{rules['pattern']}`"] if "pattern" in rules else []
    parts += [f"plusieurs modalités de `{column['indicateur']}`"] if "separateur" in column else []
    return " ; ".join(parts)


def _table(name: str) -> str:
    schema = table_schema(name)
    key = ", ".join(f"`{column}`" for column in schema.get("primaryKey", []))
    lines = [f"### `{name}` : {schema['title']}", "", schema["description"] + (f" Clé : {key}." if key else ""), ""]
    lines += ["| colonne | type | unité | sens | règles |", "|---|---|---|---|---|"]
    for column in schema["fields"]:
        cells = [
            f"`{column['name']}`",
            _KINDS[column["type"]],
            column.get("unit", ""),
            column["description"],
            _rules(column),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _in_records(entry: Indicator) -> str:
    """How individual records count an indicator; empty when they do not."""
    if not entry.counted_in:
        return ""
    parts = ["export seul"] if entry.is_of_records else []
    parts += ["compté pour " + ", ".join(f"`{name}`" for name in entry.counted_in)]
    parts += ["croisé avec " + ", ".join(f"`{name}`" for name in entry.crossed_with)] if entry.crossed_with else []
    parts += ["aussi " + ", ".join(f"`{name}`" for name in entry.recorded)] if entry.recorded else []
    return " ; ".join(parts)


def _indicators() -> str:
    entries = catalogue()
    lines = [
        "| indicateur | libellé | définition | unité | base | choix | modalités et regroupements | dans l’export |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries.indicators.values():
        values = [f"`{name}` {label}" for name, label in entry.modalities.items()]
        values += [f"`{name}` = {' + '.join(group.members)} (regroupement)" for name, group in entry.groups.items()]
        cells = [
            f"`{entry.id}`",
            entry.label,
            entry.definition,
            entries.units[entry.unit][1],
            f"`{entry.base}`" if entry.base else "",
            _CHOICES[entry.choice],
            " ; ".join(values),
            _in_records(entry),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def data_dictionary() -> str:
    """The dictionary of the package's catalogue and table schemas, as Markdown."""
    perimeters = "\n".join(
        f"- `{perimeter.id}` : {perimeter.label}"
        + (f" ; on admet que {perimeter.hypothesis}" if perimeter.hypothesis else "")
        for perimeter in catalogue().perimeters.values()
    )
    parts = [
        _HEAD,
        "## Périmètres\n",
        perimeters,
        "\n## Indicateurs\n",
        _indicators(),
        _RECORDED,
        "## Tables\n",
        "\n\n".join(_table(name) for name in table_names()),
    ]
    return french_spaces("\n".join(parts) + "\n")


# --- environment.yml ---

# The conda packages of the full names bring a window toolkit and pandoc, which the project does not use.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "nbconvert": "nbconvert-core", "seaborn": "seaborn-base"}
# Not on conda-forge: pip installs them there too.
BY_PIP = {"simplemma"}

# A name and version bounds, which read the same in pip and in conda; no extra, no marker, no address.
_REQUIREMENT = re.compile(r"([a-z0-9-]+)\s*((?:[<>]=?|==|!=)[\d.,\s<>=!]+)")

_HEADER = """\
# Environnement conda, aux mêmes bornes que celui de pip. Fichier produit à partir de pyproject.toml par\u00a0:
#   python3 alses.py generate
# Pour l’installer\u00a0: conda env create -f environment.yml, puis conda activate alses.
name: alses
channels:
  - conda-forge
dependencies:
"""


def conda_environment(pyproject_text: str) -> str:
    """The text of environment.yml: Python, the dependencies under conda's names, by pip `BY_PIP` and the package.

    Raises DataError for a dependency that conda cannot write: an extra, a marker, an address.
    """
    project = tomllib.loads(pyproject_text)["project"]
    by_conda, by_pip = [], []
    for requirement in (f"python{project['requires-python']}", *project["dependencies"]):
        match = _REQUIREMENT.fullmatch(requirement)
        if match is None:
            raise DataError(
                f"pyproject.toml : la dépendance « {requirement} » ne peut pas s’écrire pour conda ; "
                "gardez un nom et des bornes de version."
            )
        name, bounds = match[1], "".join(match[2].split())
        if name in BY_PIP:
            by_pip.append(f"{name}{bounds}")
        else:
            by_conda.append(f"{CONDA_NAMES.get(name, name)} {bounds}")
    lines = [*(f"  - {spec}" for spec in [*by_conda, "pip"]), "  - pip:", *(f"      - {spec}" for spec in by_pip)]
    return _HEADER + "\n".join([*lines, "      - -e .", ""])


# --- docs/exemple: the report of the only year whose every figure is public ---

EXAMPLE_YEAR = 2020
# What data/raw may hold of persons, which the example would show.
_PRIVATE = shutil.ignore_patterns(
    "[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json", "codages", "comptes_rendus"
)


def make_example(root: Path) -> None:
    """Makes the report of the repository's public data, in a folder aside, and keeps it in docs/exemple."""
    from helpers.report import index
    from helpers.run.report import make_report

    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(root / "data" / "raw", Path(aside) / "data" / "raw", ignore=_PRIVATE)
        before = os.environ.get(paths.DATA_ROOT_VARIABLE)
        os.environ[paths.DATA_ROOT_VARIABLE] = aside  # by the environment, for the kernels too
        try:
            index.write_example(make_report(EXAMPLE_YEAR), root / "docs" / "exemple")
        finally:
            os.environ.pop(paths.DATA_ROOT_VARIABLE)
            if before is not None:
                os.environ[paths.DATA_ROOT_VARIABLE] = before


def main() -> None:
    """Writes all three; a reader's own notebooks are no part of the example."""
    root = paths.repository()
    pyproject = (root / "pyproject.toml").read_text(encoding="utf-8")
    for name, text in (
        ("environment.yml", conda_environment(pyproject)),
        ("docs/data-dictionary.md", data_dictionary()),
    ):
        (root / name).write_text(text, encoding="utf-8", newline="\n")
        print(name)
    os.environ[paths.OWN_NOTEBOOKS_VARIABLE] = "0"
    make_example(root)
    print("docs/exemple")


if __name__ == "__main__":
    main()
