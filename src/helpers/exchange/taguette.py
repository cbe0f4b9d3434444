"""Taguette: its SQLite project. Its positions count the UTF-8 bytes of the text once the tags are taken off."""

import html
import json
import re

from helpers.exchange.collected import Collected
from helpers.exchange.database import Database
from helpers.exchange.faults import fault
from helpers.exchange.model import Code, Passage, Project
from helpers.exchange.units import Units

# Taguette keeps what bleach let through: every sign « < » begins a tag, without comment or declaration.
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>")
_FOREIGN = "un document n’est pas le HTML que Taguette écrit ; refaites l’export du projet."


def is_taguette(database: Database) -> bool:
    """Whether a database is a project of Taguette."""
    return database.has("highlights", "start_offset", "end_offset") and database.has("tags", "id", "path")


def words_of(markup: str) -> str:
    """The text of a document of Taguette as its browser counts it: tags off, entities read, spaces as they are.

    >>> words_of("<p>Tom &amp; <b>Lé</b>a</p>")
    'Tom & Léa'
    """
    # As an HTML parser does before anything else.
    markup, parts, at = markup.replace("\r\n", "\n").replace("\r", "\n"), [], 0
    skip_line = False
    while at < len(markup):
        opening = markup.find("<", at)
        piece = markup[at : opening if opening >= 0 else None]
        parts.append(_unescaped(piece.removeprefix("\n") if skip_line else piece))
        if opening < 0:
            break
        tag = _TAG.match(markup, opening)
        if not tag:
            raise fault(_FOREIGN)
        # A parser drops the line break that follows this tag at once.
        skip_line, at = tag[1].lower() == "pre" and tag[0][1] != "/", tag.end()
    return "".join(parts)


def _unescaped(piece: str) -> str:
    try:
        return html.unescape(piece)
    except ValueError:  # a number of thousands of digits
        raise fault(_FOREIGN) from None


def read_taguette(database: Database) -> Project:
    """The project of a Taguette file, which must hold one only."""
    if database.count("projects") > 1:
        raise fault(f"le fichier contient {database.count('projects')} projets ; exportez-en un seul depuis Taguette.")
    found = Collected()
    tags = database.rows("tags", id=int, path=str, description=str, parent_id=int)
    paths = found.add_tree({key: (parent, Code(path, definition=told)) for key, path, told, parent in tags})
    places = {}
    for key, name, markup in database.rows("documents", id=int, name=str, contents=str):
        text = words_of(markup)
        places[key] = (found.add_document(name, text), _bytes(text))
    _add_highlights(database, found, paths, places)
    told = [text for row in database.rows("documents", id=int, description=str) if (text := row[1])]
    found.told.left_out("descriptions de documents", len(told))
    found.told.left_out(
        "descriptions du projet", sum(1 for _, text in database.rows("projects", id=int, description=str) if text)
    )
    users = database.rows("users", login=str, email=str)
    found.told.left_out("adresses électroniques d’utilisateurs", sum(1 for _, email in users if email))
    return found.project()


def _bytes(text: str) -> Units:
    return Units.same() if text.isascii() else Units.of(text, lambda each: len(each.encode("utf-8", "surrogatepass")))


def _add_highlights(database: Database, found: Collected, paths: dict, places: dict) -> None:
    tags_of: dict[int, list[int]] = {}
    for highlight, tag in database.rows("highlight_tags", highlight_id=int, tag_id=int):
        tags_of.setdefault(highlight, []).append(tag)
    coders = _coders(database)
    columns = {"id": int, "document_id": int, "start_offset": int, "end_offset": int, "snippet": str}
    for key, document, start, end, snippet in database.rows("highlights", **columns):
        tags = [paths[tag] for tag in tags_of.get(key, ()) if tag in paths]
        if not tags or document not in places or start is None or end is None:
            found.told.left_out("passages sans code ou sans document")
            continue
        name, place = places[document]
        claimed = words_of(snippet) if snippet else None
        first, last = place.point(start), place.point(end)
        for code in tags:
            if found.is_at(name, first, last, claimed):
                found.add_passage(Passage(name, first, last, "", code, coders.get(key, "")), claimed)
            else:
                # The positions that the tool wrote are those a person can look for.
                found.told.unmatched(name, start, end, code)


def _coders(database: Database) -> dict[int, str]:
    """Who made each highlight, which Taguette keeps in its history alone."""
    coders = {}
    for _, login, payload in database.rows("commands", id=int, user_login=str, payload=str):
        try:
            command = json.loads(payload)
        except (ValueError, RecursionError):
            continue
        if isinstance(command, dict) and command.get("type") == "highlight_add":
            key = command.get("highlight_id")
            if isinstance(key, int):
                coders.setdefault(key, login)
    return coders
