"""What the book must gain to have every code of a coding."""

import re

import pandas as pd

from helpers.codebook.names import LONGEST, Book, missing_codes
from helpers.exchange import Code, Project, code_labels
from helpers.exchange.tables import disarmed
from helpers.schema import DataError, table_schema
from helpers.typography import fold, french_spaces, shortened

# What a code without a definition is given: a book that people read says that it is missing.
TO_DEFINE = "À définir."
_FIELDS = {"definition": "definition", "inclure": "include", "exclure": "exclude"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows_to_add(project: Project, book: pd.DataFrame) -> list[dict[str, str]]:
    """The rows (schema ``themes``) that the book must gain for every code in use, parents first.

    The code is the label in snake case, after that of its parent where it is taken; a code without a definition is
    given « À définir. »; a day of change that is no date is left empty. Examples are not taken: they may be words of a
    meeting, and the book is public.

    Raises
    ------
    DataError
        for a label or a text that is longer than the book takes, or a label that nothing can tell from another.

    >>> livre = pd.DataFrame({"theme": ["outils"], "libelle": ["Les outils"], "parent": [""]})
    >>> codage = exchange.Project((exchange.Code("Outils"), exchange.Code("Grille d’accueil", "Outils")))
    >>> codebook.rows_to_add(codage, livre)[0]["theme"], codebook.rows_to_add(codage, livre)[0]["parent"]
    ('grille_d_accueil', 'outils')
    """
    by_path, wanted = {code.path: code for code in project.codes}, {}
    for code in missing_codes(project, book):
        line = []
        while code:
            line.append(code)
            code = by_path.get(code.parent)
        wanted |= {each.path: each for each in reversed(line)}
    index, labels, rows = Book(book), set(book["libelle"]), []
    for path, code in wanted.items():
        if not index.find(path):
            row = _row(code, index.find(code.parent) if code.parent else "", set(index.parents), labels)
            index.add(row["theme"], row["libelle"], row["parent"])
            labels.add(row["libelle"])
            rows.append(row)
        if not index.find(path):
            told = f"le code « {shortened(path)} » ne peut pas être distingué d’un autre du livre de codes"
            raise DataError(french_spaces(f"{told} ; ajoutez-le vous-même à data/raw/reference/themes.csv."))
    return rows


def _row(code: Code, parent: str, themes: set[str], labels: set[str]) -> dict[str, str]:
    theme, label = fold(code.name)[:LONGEST].strip("_") or "code", disarmed(" ".join(code.name.split()))
    if theme in themes and parent:
        theme = f"{parent}_{theme}"
    if label in labels and code.parent:
        label = f"{code_labels(code.parent)[-1]} : {label}"
    number, free, name = 1, theme, label
    while free in themes or name in labels:
        number += 1
        free = f"{theme}_{number}" if theme in themes else theme
        name = f"{label} ({number})" if label in labels else label
    texts = {column: disarmed(" ".join(getattr(code, field).split())) for column, field in _FIELDS.items()}
    texts["definition"] = texts["definition"] or TO_DEFINE
    changed = code.changed if _DAY.fullmatch(code.changed) else ""
    return _checked({"theme": free, "libelle": name, **texts, "parent": parent, "modifie_le": changed})


def _checked(row: dict[str, str]) -> dict[str, str]:
    for field in table_schema("themes")["fields"]:
        text, most = row.get(field["name"], ""), field.get("constraints", {}).get("maxLength")
        if most and len(text) > most:
            told = f"le code « {shortened(row['libelle'], width=40)} » a {len(text)} caractères dans {field['name']}"
            raise DataError(french_spaces(f"{told}, {most} au plus ; abrégez-le dans l’outil d’analyse."))
    return row
