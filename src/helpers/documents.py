"""Generated documents: docs/data-dictionary.md from the schemas, environment.yml from pyproject.toml."""

import re
import tomllib

from helpers.errors import DataError
from helpers.schema import Catalogue, Indicator, catalogue, table_names, table_schema
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
(`comptes_par_site`) restent dans `prive/`, à côté, comme les citations possibles et les désaccords entre codeurs.
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


def _indicators(entries: Catalogue) -> str:
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


def data_dictionary(entries: Catalogue | None = None) -> str:
    """The dictionary as Markdown, of the package's catalogue unless another is given."""
    entries = entries or catalogue()
    perimeters = "\n".join(
        f"- `{perimeter.id}` : {perimeter.label}"
        + (f" ; on admet que {perimeter.hypothesis}" if perimeter.hypothesis else "")
        for perimeter in entries.perimeters.values()
    )
    parts = [
        _HEAD,
        "## Périmètres\n",
        perimeters,
        "\n## Indicateurs\n",
        _indicators(entries),
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

# A name and version bounds, which read the same in pip and in conda; no extra, no marker, no address, no "===".
_BOUND = r"(?:[<>]=?|==|!=|~=)\s*[\w.*]+"
_REQUIREMENT = re.compile(rf"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<bounds>(?:{_BOUND}(?:\s*,\s*{_BOUND})*)?)")

_HEADER = """\
# Environnement conda, aux mêmes bornes que celui de pip. Fichier produit à partir de pyproject.toml par\u00a0:
#   python3 alses.py generate
# Pour l’installer\u00a0: conda env create -f environment.yml, puis conda activate alses.
"""


def conda_environment(pyproject_text: str) -> str:
    """The text of environment.yml: Python, the dependencies under conda's names, by pip `BY_PIP` and the package.

    Raises
    ------
    DataError
        for a dependency that conda cannot write.

    >>> texte = '[project]\\nrequires-python = ">=3.11"\\ndependencies = ["matplotlib>=3.9"]'
    >>> conda_environment(texte).splitlines()[6:9]
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
    DataError
        for an extra, a marker or an address.

    >>> conda_spec("matplotlib>=3.9, <3.13")
    'matplotlib-base >=3.9,<3.13'
    """
    match = _REQUIREMENT.fullmatch(requirement.strip())
    if match is None:
        raise DataError(
            f"pyproject.toml : la dépendance « {requirement} » ne peut pas s’écrire pour conda ; "
            "gardez un nom et des bornes de version."
        )
    name = re.sub(r"[-_.]+", "-", match["name"]).lower()
    bounds = "".join(match["bounds"].split())
    return f"{CONDA_NAMES.get(name, name)} {bounds}".rstrip()
