"""REFI-QDA code books (``.qdc``) and projects (``.qdpx``), read and written."""

import re
import uuid
import zipfile
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from helpers.codings.model import MOST_DEPTH, Code, Document, Passage, Project, ProjectBuilder, Warnings
from helpers.codings.safe_files import Archive, coding_error, decode_text, parse_xml

# --- Positions: from the unit of a tool to code points ---


class Units:
    """Code points, or (`of`) another unit in which each character of a text has a length.

    >>> lengths = Units.of("été", lambda character: len(character.encode()))
    >>> [lengths.point(offset) for offset in range(6)]
    [0, -1, 1, 2, -1, 3]
    """

    def __init__(self, ends: array | None = None) -> None:
        self._ends = ends

    @classmethod
    def of(cls, text: str, length: Callable[[str], int]) -> "Units":
        return cls(array("q", accumulate(map(length, text), initial=0)))

    def point(self, offset: int) -> int:
        """The code point at an offset; -1 inside a character or outside the text."""
        if self._ends is None:
            return offset
        place = bisect_left(self._ends, offset)
        return place if place < len(self._ends) and self._ends[place] == offset else -1


# --- Code books: a code has a name, a description and children ---

NAMESPACE = "urn:QDA-XML:codebook:1.0"
# The first spelling of the specification, which NVivo 12 writes.
LEGACY = "urn:QDA-XML:codebook:1:0"
ORIGIN = "ALSES"
# Identifiers come from the content: two exports of one project are the same file.
_ROOT = uuid.UUID("7d0b6a52-6b0e-5c39-9d7e-0a3c1f5b8e21")
# The description also holds the parts of a code that REFI-QDA lacks, each on its own line after its label.
_LABELS = {"include": "Inclure", "exclude": "Exclure", "example": "Exemple", "changed": "Modifié le"}
_LINE = re.compile(rf"(\\*)({'|'.join(_LABELS.values())})[ \u00a0\u202f]: ")
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guid(*parts: object) -> str:
    """The identifier of an object, derived from its content."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(map(str, parts)))).upper()


def guid_of(node: Element, name: str = "guid") -> str:
    """An identifier in one spelling: tools differ in case and braces."""
    return node.get(name, "").strip("{}").casefold()


def xml_safe(text: str, what: str) -> str:
    """The text, refused if XML cannot hold it."""
    if ILLEGAL.search(text):
        raise coding_error(f"{what} contient un caractère de contrôle que REFI-QDA n’admet pas ; retirez-le.")
    return text


def join_description(code: Code) -> str:
    """The definition, then the other parts after their labels; lines that look like labels get a backslash."""
    parts = [_guarded(code.definition)] if code.definition else []
    for name, label in _LABELS.items():
        if value := getattr(code, name):
            parts.append(f"{label} : {_guarded(value)}")
    return "\n".join(parts)


def _guarded(text: str) -> str:
    return "\n".join(f"\\{line}" if _LINE.match(line) else line for line in text.split("\n"))


def _unguarded(line: str) -> str:
    match = _LINE.match(line)
    return line[1:] if match and match[1] else line


def split_description(name: str, text: str) -> Code:
    """The code of a description: the text before the first label is the definition."""
    lines, current = {"definition": []}, "definition"
    fields = {label: field for field, label in _LABELS.items()}
    for line in text.split("\n") if text else []:
        match = _LINE.match(line)
        if match and not match[1] and fields[match[2]] not in lines:
            current = fields[match[2]]
            lines[current] = [_unguarded(line[match.end() :])]
        else:
            lines[current].append(_unguarded(line))
    return Code(name, **{field: "\n".join(each) for field, each in lines.items()})


def codes_element(project: Project) -> Element:
    root, nodes = Element("Codes"), {}
    for code in project.codes:
        attributes = {"guid": guid("code", code.path), "name": xml_safe(code.name, "un code"), "isCodable": "true"}
        node = SubElement(nodes.get(code.parent, root), "Code", attributes)
        if text := xml_safe(join_description(code), f"le code « {code.name} »"):
            SubElement(node, "Description").text = text
        nodes[code.path] = node
    return root


def read_codes(collected: ProjectBuilder, root: Element, path: str) -> dict[str, str]:
    """Add the codes at a path of the XML; returns the path of each code by its identifier."""
    paths: dict[str, str] = {}
    level = [("", node) for node in root.findall(path)]
    for _ in range(MOST_DEPTH):
        below = []
        for parent, node in level:
            code = split_description(node.get("name", ""), node.findtext("{*}Description", ""))
            name = paths[guid_of(node)] = collected.add_code(code, parent)
            below += [(name, each) for each in node.findall("{*}Code")]
            collected.told.left_out("couleurs de codes", 1 if node.get("color") else 0)
            collected.told.left_out("notes de codes", len(node.findall("{*}NoteRef")))
        level = below
    if level:
        raise coding_error(f"l’arbre des codes compte plus de {MOST_DEPTH} niveaux ; réduisez-le.")
    return paths


def xml_bytes(root: Element) -> bytes:
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    # A raw carriage return would be read as a line feed (in attributes it is escaped already).
    text = text.replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def read_qdc(root: Element) -> Project:
    collected = ProjectBuilder()
    read_codes(collected, root, "{*}Codes/{*}Code")
    collected.told.left_out("ensembles de codes", len(root.findall("{*}Sets/{*}Set")))
    return collected.project()


def write_qdc(project: Project, path: Path) -> tuple[str, ...]:
    """Write the code book as ``.qdc``; returns the French messages on what of the project it cannot hold.

    Raises DataError for a project without codes, or a control character that XML refuses.
    """
    if not project.codes:
        raise coding_error(f"{path.name} : le projet n’a aucun code ; un livre de codes .qdc en a un au moins.")
    root = Element("CodeBook", {"xmlns": NAMESPACE, "origin": ORIGIN})
    root.append(codes_element(project))
    path.write_bytes(xml_bytes(root))
    told = Warnings()
    told.left_out("documents", len(project.documents))
    told.left_out("passages", len(project.passages))
    return told.sentences()


# --- The unit that each tool counts in, and whether selections are named by excerpts ---

# The specification counts code points, but tools differ. On published projects, NVivo for Windows counts UTF-16 units
# (300 of 303 passages then fall between two words, against 49 by code points) and names nothing; qc names a selection
# by its line. ATLAS.ti, according to QualCoder's source, counts a two-character line end as one. The unit is that of a
# whole text, never of a passage.

# Tools cut a name near 100 characters, some with an ellipsis: names are compared as beginnings.
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
# Enough names to know whether they are excerpts, whatever the size of the project.
_TRIED = 200
_WIDE = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Selection:
    """A coding in the file: positions in the unit of its tool, and the name that the tool gave, if any."""

    start: int
    end: int
    code: str
    coder: str
    memo: str
    name: str


@dataclass
class Text:
    name: str
    content: str
    attributes: dict[str, str]
    selections: list[Selection] = field(default_factory=list)


def add_texts(collected: ProjectBuilder, texts: list[Text], origin: str) -> None:
    """Add documents and passages; a passage that its name contradicts is reported and dropped."""
    are_excerpts = _are_excerpts(texts)
    if not are_excerpts and any(each.name for text in texts for each in text.selections):
        collected.told.note("Les noms des sélections ne sont pas des extraits de leur texte : ils ne prouvent rien.")
    unproven = 0
    for text in texts:
        content, units = _reading(collected, text, origin, are_excerpts)
        name = collected.add_document(text.name, content, text.attributes)
        for one in text.selections:
            start, end = units.point(one.start), units.point(one.end)
            is_proven = are_excerpts and bool(one.name)
            if is_proven and not _begins(content, start, end, one.name):
                collected.told.unmatched(name, one.start, one.end, one.code)
                continue
            passage = Passage(name, start, end, "", one.code, one.coder, one.memo)
            unproven += collected.add_passage(passage, None, (one.start, one.end)) and not is_proven
    if unproven:
        collected.told.note(
            f"Positions dont seules les bornes se vérifient, faute d’extraits dans le fichier : {unproven}."
        )


def _words(text: str) -> str:
    """The text as a name can hold it: white space and what XML refuses become one space."""
    return " ".join(ILLEGAL.sub(" ", text).split())


def _begins(content: str, start: int, end: int, name: str) -> bool:
    """Whether a passage begins as it is named."""
    wanted = _words(_CUT.sub("", name))
    # White space apart, the beginning is no longer than the name.
    return 0 <= start < end and _words(content[start : min(end, start + 4 * len(name) + 200)]).startswith(wanted)


def _are_excerpts(texts: list[Text]) -> bool:
    """Whether this tool names selections by excerpts: at least half of the names are somewhere in their text."""
    tried = [(rank, one.name) for rank, text in enumerate(texts) for one in text.selections if one.name][:_TRIED]
    contents = {rank: _words(texts[rank].content) for rank, _ in tried}
    matches = sum(_words(_CUT.sub("", name)) in contents[rank] for rank, name in tried)
    return bool(tried) and 2 * matches >= len(tried)


def _reading(collected: ProjectBuilder, text: Text, origin: str, are_excerpts: bool) -> tuple[str, Units]:
    """The text and unit in which most excerpts match or, without excerpts, those known of the tool."""
    readings = [*_readings(text.content)]
    if are_excerpts:
        named = [one for one in text.selections if one.name][:_TRIED]
        fits = [
            sum(_begins(content, units.point(one.start), units.point(one.end), one.name) for one in named)
            for content, units, _ in readings
        ]
        content, units, note = readings[fits.index(max(fits))]
    else:
        is_wide = origin.startswith("NVivo")
        content, units, note = next((each for each in readings if is_wide and each[2] == _WIDE_NOTE), readings[0])
    if note:
        collected.told.note(note)
    return content, units


_LINE_NOTE = "Les positions comptent chaque fin de ligne pour un caractère : les textes sont lus ainsi."
_WIDE_NOTE = "Les positions comptent un emoji pour deux caractères : elles sont lues ainsi."


def _readings(content: str) -> Iterator[tuple[str, Units, str]]:
    """The text and unit of the specification, then those of tools where they differ in this text."""
    short = content.replace("\r\n", "\n")
    texts = [(content, "")] + ([(short, _LINE_NOTE)] if short != content else [])
    yield from ((text, Units(), note) for text, note in texts)
    if _WIDE.search(content):
        for text, note in texts:
            yield text, Units.of(text, _utf16), f"{note} {_WIDE_NOTE}".strip()


def _utf16(character: str) -> int:
    return 2 if character > "\uffff" else 1


# --- Reading projects (``.qdpx``): an archive of an XML file and the texts ---

PROJECT = re.compile(r"\{urn:QDA-XML:project:1[.:]\d\}Project")
_DIGITS = re.compile(r"\s*\d{1,12}\s*")
# What is not kept, by element.
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
class _Context:
    """What the selections of a text refer to."""

    archive: Archive
    collected: ProjectBuilder
    codes: dict[str, str]
    coders: dict[str, str]
    notes: dict[str, Element]
    variables: dict[str, str]
    read_notes: dict[str, str] = field(default_factory=dict)


def read_qdpx(archive: Archive) -> Project:
    """The project of an archive; a text that is missing or outside is reported, and nothing outside is opened."""
    root = parse_xml(archive.project(), "project.qde")
    if not PROJECT.fullmatch(root.tag):
        raise coding_error("project.qde n’est pas celui d’un projet REFI-QDA 1.0 ; exportez au format .qdpx.")
    collected, counts = ProjectBuilder(), Counter(node.tag.rpartition("}")[2] for node in root.iter())
    context = _Context(
        archive,
        collected,
        read_codes(collected, root, "{*}CodeBook/{*}Codes/{*}Code"),
        {guid_of(user): user.get("name", "") for user in root.findall("{*}Users/{*}User")},
        {guid_of(note): note for note in root.findall("{*}Notes/{*}Note")},
        {guid_of(each): each.get("name", "") for each in root.findall("{*}Variables/{*}Variable")},
    )
    texts: list[Text] = []
    for source in root.findall("{*}Sources/*"):
        kind = source.tag.rpartition("}")[2]
        text = source if kind == "TextSource" else source.find(f"{{*}}{_TEXTS[kind]}") if kind in _TEXTS else None
        if text is not None and (read := _text(context, source, text)):
            texts.append(read)
        collected.told.left_out("codes posés sur un document entier", len(source.findall("{*}Coding")))
    add_texts(collected, texts, root.get("origin", ""))
    for name, what in _OTHERS.items():
        collected.told.left_out(what, counts[name])
    collected.told.left_out("notes", len(context.notes) - len(context.read_notes))
    collected.told.left_out("descriptions du projet", 1 if root.findtext("{*}Description") else 0)
    return collected.project()


def _references(node: Element, name: str) -> list[str]:
    return [target for each in node.findall(f"{{*}}{name}") if (target := guid_of(each, "targetGUID"))]


def _text(context: _Context, source: Element, text: Element) -> Text | None:
    """A text with its selections; None, with a message, where the text is missing."""
    content = _content(context, text)
    told = context.collected.told
    selections = list(_selections(context, text))
    told.left_out("descriptions de documents", 1 if source.findtext("{*}Description") else 0)
    told.left_out("notes de documents", len(source.findall("{*}NoteRef")))
    if content is None:
        told.left_out("passages de documents dont le texte manque", len(selections))
        return None
    attributes = {}
    for node in source.findall("{*}VariableValue"):
        values = [value for name in _VALUES if (value := node.findtext(f"{{*}}{name}")) is not None]
        for reference in _references(node, "VariableRef")[:1]:
            if values and context.variables.get(reference):
                attributes[context.variables[reference]] = values[0]
    return Text(source.get("name", ""), content, attributes, selections)


def _content(context: _Context, text: Element, what: str = "documents") -> str | None:
    """The text, inline or in the archive; None, with a message, when it is in neither."""
    if (inline := text.findtext("{*}PlainTextContent")) is not None:
        return inline
    path = text.get("plainTextPath", "")
    entry = context.archive.find(path) if "://" not in path.removeprefix("internal://") else None
    if entry is None:
        context.collected.told.left_out(f"{what} dont le texte manque dans l’archive")
        return None
    return decode_text(context.archive.read(entry), f"le texte « {path.rpartition('/')[2]} »")


def _selections(context: _Context, text: Element) -> Iterator[Selection]:
    told = context.collected.told
    for node in text.findall("{*}PlainTextSelection"):
        codings = node.findall("{*}Coding")
        told.left_out("passages sans code", 0 if codings else 1)
        positions = node.get("startPosition", ""), node.get("endPosition", "")
        if not all(map(_DIGITS.fullmatch, positions)):
            told.left_out("passages sans position", len(codings))
            continue
        for coding in codings:
            code = next((context.codes[each] for each in _references(coding, "CodeRef") if each in context.codes), "")
            if not code:
                told.left_out("passages dont le code manque")
                continue
            user = guid_of(coding, "creatingUser") or guid_of(node, "creatingUser")
            coder = context.coders.get(user, "") if user else ""
            yield Selection(*map(int, positions), code, coder, _memo(context, node, coding), node.get("name", ""))


def _memo(context: _Context, node: Element, coding: Element) -> str:
    """The description of a selection, then its notes."""
    parts = [node.findtext("{*}Description", "")]
    for reference in (*_references(node, "NoteRef"), *_references(coding, "NoteRef")):
        if reference in context.notes and reference not in context.read_notes:
            context.read_notes[reference] = _content(context, context.notes[reference], "notes") or ""
        parts.append(context.read_notes.get(reference, ""))
    context.collected.weigh(sum(map(len, parts)))
    return "\n\n".join(part for part in parts if part)


# --- Writing projects: the same bytes for the same project, whatever the day and the machine ---

PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
# Other tools cut the name of a selection there.
_NAME_LENGTH = 100
# The earliest date of a ZIP entry; a plain file with mode 0644.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def write_qdpx(project: Project, path: Path) -> tuple[str, ...]:
    """Write a REFI-QDA project; returns the French messages on what it cannot hold: passages without a position.

    The nature and attributes of a document are variables; identifiers come from the content. Raises DataError for a
    control character in a name or a memo, which XML refuses.
    """
    content = xml_bytes(_project(project))
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, "project.qde", content)
        for document in project.documents:
            # With a byte order mark, so that a text that begins with one of its own keeps it.
            _add(archive, f"sources/{_key(document)}.txt", document.text.encode("utf-8-sig"))
    told = Warnings()
    told.left_out("passages sans position", sum(1 for passage in project.passages if passage.start is None))
    return told.sentences()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
    archive.writestr(entry, content)


def _key(document: Document) -> str:
    return guid("document", document.name)


def _variables(document: Document) -> list[tuple[str, str]]:
    kind = [("nature", document.kind)] if document.kind else []
    return [*document.attributes, *kind]


def _project(project: Project) -> Element:
    root = Element("Project", {"xmlns": PROJECT_NAMESPACE, "name": ORIGIN, "origin": ORIGIN})
    passages = defaultdict(list)
    for passage in project.passages:
        if passage.start is not None:
            passages[passage.document].append(passage)
    if coders := {each.coder for placed in passages.values() for each in placed} - {""}:
        users = SubElement(root, "Users")
        for coder in sorted(coders):
            SubElement(users, "User", {"guid": guid("user", coder), "name": xml_safe(coder, "un nom de codeur")})
    if project.codes:
        SubElement(root, "CodeBook").append(codes_element(project))
    if names := {name for document in project.documents for name, _ in _variables(document)}:
        variables = SubElement(root, "Variables")
        for name in sorted(names):
            given = {"guid": guid("variable", name), "name": xml_safe(name, "un attribut"), "typeOfVariable": "Text"}
            SubElement(variables, "Variable", given)
    if project.documents:
        sources = SubElement(root, "Sources")
        for document in project.documents:
            _add_source(sources, document, passages[document.name])
    return root


def _add_source(sources: Element, document: Document, passages: list[Passage]) -> None:
    key, name = _key(document), xml_safe(document.name, "un nom de document")
    source = SubElement(sources, "TextSource", {"guid": key, "name": name, "plainTextPath": f"internal://{key}.txt"})
    for passage in passages:
        _add_selection(source, passage)
    for name, value in _variables(document):
        node = SubElement(source, "VariableValue")
        SubElement(node, "VariableRef", {"targetGUID": guid("variable", name)})
        SubElement(node, "TextValue").text = xml_safe(value, f"l’attribut « {name} »")


def _add_selection(source: Element, passage: Passage) -> None:
    parts = (passage.document, passage.start, passage.end, passage.code, passage.coder, passage.memo)
    name = ILLEGAL.sub(" ", passage.text[:_NAME_LENGTH])
    node = SubElement(source, "PlainTextSelection", {"guid": guid("selection", *parts), "name": name})
    node.set("startPosition", str(passage.start))
    node.set("endPosition", str(passage.end))
    author = {"creatingUser": guid("user", passage.coder)} if passage.coder else {}
    if passage.memo:
        SubElement(node, "Description").text = xml_safe(passage.memo, "un mémo")
    coding = SubElement(node, "Coding", {"guid": guid("coding", *parts), **author})
    SubElement(coding, "CodeRef", {"targetGUID": guid("code", passage.code)})
