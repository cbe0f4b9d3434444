"""docs/data-dictionary.md: what every table and every indicator means, written from the schemas and the catalogue."""

from helpers.schema import Catalogue, catalogue, table_names, table_schema
from helpers.typography import french_spaces

_KINDS = {"integer": "entier", "number": "nombre", "string": "texte", "date": "date", "boolean": "oui ou non"}
_CHOICES = {"unique": "un seul choix", "multiple": "plusieurs choix", "total": "total"}

_HEAD = """# Dictionnaire des données

Ce fichier est produit par `python3 alses.py generate` à partir de `src/helpers/catalogue.toml` et de
`src/helpers/schemas/` : ne le modifiez pas à la main.

Les tables `chiffres_publies`, `prises_de_poste`, `reunions`, `enonces`, `affirmations` et `remarques` sont reçues, une
par année, dans `data/raw/<année>/`. `colleges`, `associations`, `alias`, `themes`, `reperes` et `glossaire` sont les
répertoires de `data/raw/reference/`. `postes`, `registre`, `controles`, `coherences` et `indicateurs` sont produites
par `01_clean` dans `data/processed/<année>/`, `comparaisons` par `03_compare`.
"""


def _rules(column: dict) -> str:
    rules = column.get("constraints", {})
    said = ["obligatoire"] if rules.get("required") else []
    said += ["unique"] if rules.get("unique") else []
    said += [", ".join(f"`{value}`" for value in rules["enum"])] if "enum" in rules else []
    said += [f"au moins {rules['minimum']}"] if "minimum" in rules else []
    said += [f"au plus {rules['maximum']}"] if "maximum" in rules else []
    said += [f"{rules['maxLength']} caractères au plus"] if "maxLength" in rules else []
    said += [f"forme `{rules['pattern']}`"] if "pattern" in rules else []
    return " ; ".join(said)


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


def _indicators(entries: Catalogue) -> str:
    lines = [
        "| indicateur | libellé | définition | unité | base | choix | modalités et regroupements |",
        "|---|---|---|---|---|---|---|",
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
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def data_dictionary(entries: Catalogue | None = None) -> str:
    """The dictionary as Markdown, ending with a newline; of the package's catalogue unless another is given.

    >>> dictionary.data_dictionary().splitlines()[0]
    '# Dictionnaire des données'
    """
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
        "\n## Tables\n",
        "\n\n".join(_table(name) for name in table_names()),
    ]
    return french_spaces("\n".join(parts) + "\n")
