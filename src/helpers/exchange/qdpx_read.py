"""REFI-QDA projects (``.qdpx``): an archive of an XML and of the texts. Positions count code points."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from helpers.exchange.archive import Archive
from helpers.exchange.codebook import child, children, guid_of, read_codes, text_in
from helpers.exchange.collected import Collected
from helpers.exchange.faults import fault
from helpers.exchange.model import Project
from helpers.exchange.opened import text_of, tree_of
from helpers.exchange.qdpx_places import Selection, Text, add_texts

PROJECT = re.compile(r"\{urn:QDA-XML:project:1[.:]\d\}Project")
_DIGITS = re.compile(r"\s*\d{1,12}\s*")
# What is coded but is no text, by the element that holds it.
_OTHERS = {
    "PDFSelection": "passages de pages PDF",
    "PictureSelection": "passages d’images",
    "AudioSelection": "passages de sons",
    "VideoSelection": "passages de vidéos",
    "TranscriptSelection": "passages de transcriptions synchronisées",
    "Case": "cas",
    "Link": "liens",
    "Set": "ensembles",
    "Graph": "graphes",
}
_TEXTS = {"PDFSource": "Representation", "PictureSource": "TextDescription"}
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


@dataclass
class _Source:
    """What the selections of a text refer to."""

    archive: Archive
    found: Collected
    codes: dict[str, str]
    coders: dict[str, str]
    notes: dict[str, Element]
    variables: dict[str, str]
    read_notes: dict[str, str] = field(default_factory=dict)


def read_qdpx(archive: Archive) -> Project:
    """The project of an archive; a text that is missing or lies outside is told, and nothing outside is opened."""
    root = tree_of(archive.project(), "project.qde")
    if not PROJECT.fullmatch(root.tag):
        raise fault("project.qde n’est pas celui d’un projet REFI-QDA 1.0 ; exportez au format .qdpx.")
    found = Collected()
    around = _Source(
        archive,
        found,
        read_codes(found, child(child(root, "CodeBook"), "Codes")),
        {guid_of(user): user.get("name", "") for user in children(child(root, "Users"), "User")},
        {guid_of(note): note for note in children(child(root, "Notes"), "Note")},
        {guid_of(each): each.get("name", "") for each in children(child(root, "Variables"), "Variable")},
    )
    texts: list[Text] = []
    for source in child(root, "Sources") if child(root, "Sources") is not None else ():
        kind = source.tag.rpartition("}")[2]
        text = source if kind == "TextSource" else child(source, _TEXTS[kind]) if kind in _TEXTS else None
        if text is not None and (read := _text(around, source, text)):
            texts.append(read)
        found.told.left_out("codes posés sur un document entier", len(children(source, "Coding")))
    add_texts(found, texts, root.get("origin", ""))
    _tell_the_rest(around, root)
    return found.project()


def _references(node: Element, name: str) -> list[str]:
    return [found for each in children(node, name) if (found := guid_of(each, "targetGUID"))]


def _text(around: _Source, source: Element, text: Element) -> Text | None:
    """One text with its selections; None, and told, without the text."""
    content = _content(around, text)
    told = around.found.told
    selections = list(_selections(around, text))
    told.left_out("descriptions de documents", 1 if text_in(source, "Description") else 0)
    told.left_out("notes de documents", len(children(source, "NoteRef")))
    if content is None:
        told.left_out("passages de documents dont le texte manque", len(selections))
        return None
    return Text(source.get("name", ""), content, _attributes(around, source), selections)


def _content(around: _Source, text: Element, what: str = "documents") -> str | None:
    """The text, inside the XML or in the archive; None, and told, when it is in neither."""
    if (inline := child(text, "PlainTextContent")) is not None:
        return inline.text or ""
    place = text.get("plainTextPath", "")
    entry = around.archive.find(place) if "://" not in place.removeprefix("internal://") else None
    if entry is None:
        around.found.told.left_out(f"{what} dont le texte manque dans l’archive")
        return None
    return text_of(around.archive.read(entry), f"le texte « {place.rpartition('/')[2]} »")


def _selections(around: _Source, text: Element) -> Iterator[Selection]:
    """Each coding of a text."""
    told = around.found.told
    for node in children(text, "PlainTextSelection"):
        codings = children(node, "Coding")
        told.left_out("passages sans code", 0 if codings else 1)
        positions = node.get("startPosition", ""), node.get("endPosition", "")
        if not all(map(_DIGITS.fullmatch, positions)):
            told.left_out("passages sans position", len(codings))
            continue
        for coding in codings:
            code = next((around.codes[each] for each in _references(coding, "CodeRef") if each in around.codes), "")
            if not code:
                told.left_out("passages dont le code manque")
                continue
            user = guid_of(coding, "creatingUser") or guid_of(node, "creatingUser")
            memo = _memo(around, node, coding)
            start, end = map(int, positions)
            yield Selection(start, end, code, around.coders.get(user, "") if user else "", memo, node.get("name", ""))


def _memo(around: _Source, node: Element, coding: Element) -> str:
    """What was written about a passage: the description of the selection, then its notes."""
    parts = [text_in(node, "Description")]
    for reference in (*_references(node, "NoteRef"), *_references(coding, "NoteRef")):
        if reference in around.notes and reference not in around.read_notes:
            around.read_notes[reference] = _content(around, around.notes[reference], "notes") or ""
        parts.append(around.read_notes.get(reference, ""))
    around.found.weigh(sum(map(len, parts)))
    return "\n\n".join(part for part in parts if part)


def _attributes(around: _Source, source: Element) -> dict[str, str]:
    """The variables of a document, by their name."""
    out = {}
    for node in children(source, "VariableValue"):
        values = [text_in(node, name) for name in _VALUES if child(node, name) is not None]
        for reference in _references(node, "VariableRef")[:1]:
            if values and around.variables.get(reference):
                out[around.variables[reference]] = values[0]
    return out


def _tell_the_rest(around: _Source, root: Element) -> None:
    told, counts = around.found.told, {}
    for node in root.iter():
        name = node.tag.rpartition("}")[2]
        counts[name] = counts.get(name, 0) + 1
    for name, what in _OTHERS.items():
        told.left_out(what, counts.get(name, 0))
    told.left_out("notes", len(around.notes) - len(around.read_notes))
    told.left_out("descriptions du projet", 1 if text_in(root, "Description") else 0)
