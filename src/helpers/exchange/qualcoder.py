"""QualCoder: the SQLite database in its ``.qda`` folder. Its positions count code points."""

import re

from helpers.exchange.collected import Collected
from helpers.exchange.database import Database
from helpers.exchange.model import Code, Passage, Project

# What else a project holds, by its table.
_OTHERS = {
    "code_image": "passages d’images",
    "code_av": "passages de sons ou de vidéos",
    "annotation": "annotations",
    "cases": "cas",
    "case_text": "textes de cas",
    "journal": "pages de journal",
    "graph": "graphes",
    "stored_sql": "requêtes enregistrées",
}


def is_qualcoder(database: Database) -> bool:
    """Whether a database is a project of QualCoder."""
    return database.has("code_text", "cid", "fid", "pos0", "pos1") and database.has("source", "id", "fulltext")


def read_qualcoder(database: Database) -> Project:
    """The project of QualCoder: categories and codes in one tree, texts with the attributes of their file."""
    found = Collected()
    paths = found.add_tree(_tree(database))
    attributes: dict[int | None, dict[str, str]] = {}
    for _, name, kind, value, source in database.rows(
        "attribute", attrid=int, name=str, attr_type=str, value=str, id=int
    ):
        if kind == "file" and value:
            attributes.setdefault(source, {})[name] = value
        elif value:
            found.told.left_out("attributs de cas")
    names = {}
    for key, name, text, media in database.rows("source", id=int, name=str, fulltext=str, mediapath=str):
        if text or not media:
            names[key] = found.add_document(name, text, attributes.get(key))
        else:
            found.told.left_out("images, sons et vidéos")
    _add_passages(database, found, paths, names)
    for table, what in _OTHERS.items():
        found.told.left_out(what, database.count(table))
    found.told.left_out("mémos de documents", sum(1 for _, memo in database.rows("source", id=int, memo=str) if memo))
    found.told.left_out(
        "couleurs de codes", sum(1 for _, color in database.rows("code_name", cid=int, color=str) if color)
    )
    return found.project()


def _tree(database: Database) -> dict:
    """Categories, then codes: a code hangs from a category, or from another code in the latest versions."""
    tree = {}
    for key, name, memo, date, above in database.rows(
        "code_cat", catid=int, name=str, memo=str, date=str, supercatid=int
    ):
        parent = None if above is None else ("category", above)
        tree["category", key] = (parent, Code(name, definition=memo, changed=_day(date)))
    columns = {"cid": int, "name": str, "memo": str, "date": str, "catid": int, "supercid": int}
    for key, name, memo, date, category, code in database.rows("code_name", **columns):
        above = ("code", code) if code is not None else ("category", category)
        parent = None if code is None and category is None else above
        tree["code", key] = (parent, Code(name, definition=memo, changed=_day(date)))
    return tree


def _day(date: str) -> str:
    """The day of a date and time; nothing when it is not one."""
    day = re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", date)
    return day[0] if day else ""


def _add_passages(database: Database, found: Collected, paths: dict, names: dict) -> None:
    columns = {"ctid": int, "fid": int, "pos0": int, "pos1": int, "seltext": str, "cid": int, "owner": str, "memo": str}
    for _, source, start, end, text, code, owner, memo in database.rows("code_text", **columns):
        if source not in names or ("code", code) not in paths or start is None or end is None:
            found.told.left_out("passages sans code ou sans document")
            continue
        found.add_passage(Passage(names[source], start, end, "", paths["code", code], owner, memo), text or None)
    important = database.rows("code_text", ctid=int, important=int)
    found.told.left_out("marques « important »", sum(1 for _, mark in important if mark))
