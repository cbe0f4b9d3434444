"""The Table Schemas: ``schemas/*.json``, and tables typed by them."""

import json
from functools import cache
from importlib.resources import files

import pandas as pd


@cache
def table_schema(name: str) -> dict:
    """The Table Schema of a table, as the JSON file says it: title, type, unit, meaning and rules of each column.

    Raises
    ------
    FileNotFoundError
        for a table without schema; `schema.table_names` lists those that have one.

    >>> colonne = schema.table_schema("postes")["fields"][8]
    >>> colonne["name"], colonne["unit"], colonne["description"]
    ('anciennete_prev_ans', 'ans', '0 si « NON ».')
    """
    return json.loads(files("helpers").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


def table_names() -> list[str]:
    """The tables that have a Table Schema, in alphabetical order.

    >>> schema.table_names()[:3]
    ['accompagnements', 'affirmations', 'alias']
    """
    return sorted(path.name.removesuffix(".json") for path in files("helpers").joinpath("schemas").iterdir())


def columns(name: str) -> list[str]:
    """The column names of a table, in order.

    Raises
    ------
    FileNotFoundError
        for a table without schema; `schema.table_names` lists those that have one.

    >>> schema.columns("registre")
    ['ligne', 'colonne', 'avant', 'apres', 'regle']
    """
    return [column["name"] for column in table_schema(name)["fields"]]


def optional_columns(name: str) -> list[str]:
    """The columns that a file of this table may leave out, in order.

    Raises
    ------
    FileNotFoundError
        for a table without schema; `schema.table_names` lists those that have one.

    >>> schema.optional_columns("themes")
    ['parent', 'inclure', 'exclure', 'exemple', 'modifie_le']
    """
    return [column["name"] for column in table_schema(name)["fields"] if column.get("presence") == "facultative"]


_TRUTHS = {"True": True, "False": False, "": None}
_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}


def unfolded(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The table with one row a value of a column that holds several, separated by « ; »; a row without any is left out.

    The index is kept, so that a value still leads to its line. Such columns are ``acteurs``, ``associations`` and
    ``repond_a`` of the statements (schema ``enonces``).

    >>> enonces = pd.DataFrame({"id": ["E01", "E02"], "acteurs": ["alses ; apsn", ""]})
    >>> schema.unfolded(enonces, "acteurs").to_dict("records")
    [{'id': 'E01', 'acteurs': 'alses'}, {'id': 'E01', 'acteurs': 'apsn'}]
    """
    values = table[column].str.split(";")
    out = table.assign(**{column: values}).explode(column)
    out[column] = out[column].str.strip()
    return out[out[column].notna() & out[column].ne("")]


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with the columns, order and types of its schema; an empty cell of a text column stays ``""``.

    Raises
    ------
    KeyError
        when a column of the schema that is not optional is absent; an optional one is then empty.

    Texts become numbers, dates or texts; here with the schema ``themes``:

    >>> lus = pd.DataFrame({"libelle": ["Moyens"], "theme": ["moyens"], "definition": [None], "note": ["à revoir"]})
    >>> schema.typed(lus.drop(columns="note"), "themes")[["theme", "definition", "parent"]].to_dict("records")
    [{'theme': 'moyens', 'definition': '', 'parent': ''}]
    """
    absent = [column for column in optional_columns(name) if column not in table.columns]
    out = table.assign(**dict.fromkeys(absent, ""))[columns(name)].copy()
    for column in table_schema(name)["fields"]:
        values, kind = out[column["name"]], column["type"]
        if kind == "string" and (values.dtype != "str" or values.hasnans):
            out[column["name"]] = values.astype("object").fillna("").astype("str")
        elif kind == "date":
            out[column["name"]] = pd.to_datetime(values.replace("", None), format="%Y-%m-%d")
        elif kind == "boolean":
            out[column["name"]] = values.astype("object").replace(_TRUTHS).astype(_DTYPES[kind])
        elif kind != "string" and values.dtype != _DTYPES[kind]:
            out[column["name"]] = pd.to_numeric(values.replace("", None)).astype(_DTYPES[kind])
    return out
