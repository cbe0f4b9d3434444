"""REFI-QDA code books (``.qdc``) and projects (``.qdpx``), read and written."""

import codecs
import re
import uuid
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from helpers.codings.model import Code, Document, Passage, Project, ProjectBuilder, Warnings, code_labels, free_name
from helpers.codings.positions import CODE_POINTS, ILLEGAL, UTF_16, Claim, Text, add_texts
from helpers.codings.safe_files import Archive, coding_error, decode_text, parse_xml
from helpers.typography import shorten

# --- Code books: a code has a name, a description and children ---

NAMESPACE = "urn:QDA-XML:codebook:1.0"
# The first spelling of the specification, which NVivo 12 writes.
LEGACY = "urn:QDA-XML:codebook:1:0"
ORIGIN = "ALSES"
# Identifiers come from the content: two exports of one project are the same file.
_ROOT = uuid.UUID("7d0b6a52-6b0e-5c39-9d7e-0a3c1f5b8e21")
# The description also holds the parts of a code that REFI-QDA lacks, each on its own line after its label.
_NAME = "Libellé d’origine"
_LABELS = {"name": _NAME, "include": "Inclure", "exclude": "Exclure", "example": "Exemple", "changed": "Modifié le"}
_LINE = re.compile(rf"(?:\A|\n)({'|'.join(_LABELS.values())})[ \u00a0\u202f]: ")


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


def join_description(code: Code, name: str) -> str:
    """The definition, then the other parts after their labels; ``name`` is that of the code in the file."""
    parts = {each: getattr(code, each) for each in _LABELS} | {"name": "" if name == code.name else code.name}
    labelled = {each: f"{_LABELS[each]} : {value}" for each, value in parts.items() if value}
    return "\n".join(filter(None, [code.definition, *labelled.values()]))


def split_description(name: str, text: str, *, codable: bool = True) -> Code:
    """The code of a description: the text before the first label is the definition."""
    start, *rest = _LINE.split(text)
    fields = {label: each for each, label in _LABELS.items()}
    parts = {fields[label]: value for label, value in zip(rest[::2], rest[1::2], strict=True)}
    return Code(**{"name": name, "definition": start, **parts}, codable=codable)


def codes_element(project: Project, told: Warnings) -> Element:
    """The tree of codes; one that holds others and that nobody applied is a category.

    QualCoder has one code, and one category, of a name: another takes that of its parent too, and its description keeps
    its own, which our readers restore.
    """
    root, nodes, taken = Element("Codes"), {}, {True: Counter(), False: Counter()}
    codable = codable_codes(project)
    for code in project.codes:
        is_codable, name = code.path in codable, code.name
        if name in taken[is_codable] and code.parent:
            name = f"{name} ({code_labels(code.parent)[-1]})"
        if (name := free_name(name, taken[is_codable])) != code.name:
            told.note(f"Un autre code s’appelle « {shorten(code.name)} », ce que QualCoder refuse : écrit « {name} ».")
        attributes = {"guid": guid("code", code.path), "name": xml_safe(name, "un code")}
        attributes["isCodable"] = "true" if is_codable else "false"
        node = SubElement(nodes.get(code.parent, root), "Code", attributes)
        if text := xml_safe(join_description(code, name), f"le code « {code.name} »"):
            SubElement(node, "Description").text = text
        nodes[code.path] = node
    return root


def codable_codes(project: Project) -> set[str]:
    """The codes that a person may apply, or did; and what they hold, since QualCoder has no category under a code."""
    out = {passage.code for passage in project.passages}
    for code in project.codes:
        if code.codable or code.parent in out:
            out.add(code.path)
    return out


def read_codes(collected: ProjectBuilder, root: Element, path: str) -> dict[str, str]:
    """Add the codes at a path of the XML; returns the path of each code by its identifier."""
    nodes = [(None, node) for node in root.findall(path)]
    for rank, (_, node) in enumerate(nodes):  # grows as it is read: children come after their parents
        nodes += [(rank, each) for each in node.findall("{*}Code")]
        collected.told.left_out("couleurs de codes", bool(node.get("color")))
        collected.told.left_out("notes de codes", len(node.findall("{*}NoteRef")))
    tree = {
        rank: (parent, split_description(node.get("name", ""), node.findtext("{*}Description", ""), codable=is_codable))
        for rank, (parent, node) in enumerate(nodes)
        for is_codable in [node.get("isCodable") not in ("false", "0")]
    }
    return {guid_of(nodes[rank][1]): path for rank, path in collected.add_tree(tree).items()}


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
    told = Warnings()
    root.append(codes_element(project, told))
    path.write_bytes(xml_bytes(root))
    told.left_out("documents", len(project.documents))
    told.left_out("passages", len(project.passages))
    return told.sentences()


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


class _Reader:
    """A project as it is read; what its selections refer to is found by identifier."""

    def __init__(self, archive: Archive, root: Element) -> None:
        self._archive, self._collected = archive, ProjectBuilder()
        self._left_out = self._collected.told.left_out
        self._codes = read_codes(self._collected, root, "{*}CodeBook/{*}Codes/{*}Code")
        self._coders = {guid_of(user): user.get("name", "") for user in root.findall("{*}Users/{*}User")}
        self._variables = {guid_of(each): each.get("name", "") for each in root.findall("{*}Variables/{*}Variable")}
        self._notes = {guid_of(note): note for note in root.findall("{*}Notes/{*}Note")}
        self._read_notes: dict[str, str] = {}

    def project(self, root: Element) -> Project:
        texts = []
        for source in root.findall("{*}Sources/*"):
            kind = source.tag.rpartition("}")[2]
            text = source if kind == "TextSource" else source.find(f"{{*}}{_TEXTS[kind]}") if kind in _TEXTS else None
            if text is not None and (read := self._text(source, text)):
                texts.append(read)
            self._left_out("codes posés sur un document entier", len(source.findall("{*}Coding")))
        # NVivo for Windows: of 303 passages of published projects, 300 then fall between two words, against 49.
        add_texts(self._collected, texts, UTF_16 if root.get("origin", "").startswith("NVivo") else CODE_POINTS)
        counts = Counter(node.tag.rpartition("}")[2] for node in root.iter())
        for name, what in _OTHERS.items():
            self._left_out(what, counts[name])
        self._left_out("notes", len(self._notes) - len(self._read_notes))
        self._left_out("descriptions du projet", bool(root.findtext("{*}Description")))
        return self._collected.project()

    def _text(self, source: Element, text: Element) -> Text | None:
        """A text with its selections; None, with a message, where the text is missing."""
        content, selections = self._content(text), list(self._selections(text))
        self._left_out("descriptions de documents", bool(source.findtext("{*}Description")))
        self._left_out("notes de documents", len(source.findall("{*}NoteRef")))
        if content is None:
            self._left_out("passages de documents dont le texte manque", len(selections))
            return None
        attributes = {}
        for node in source.findall("{*}VariableValue"):
            values = [value for name in _VALUES if (value := node.findtext(f"{{*}}{name}")) is not None]
            for reference in _references(node, "VariableRef"):
                if values and self._variables.get(reference):
                    attributes[self._variables[reference]] = values[0]
        name = source.get("name") or source.get("plainTextPath", "").rpartition("/")[2].rpartition(".")[0]
        return Text(name, content, attributes, selections)

    def _content(self, text: Element, what: str = "documents") -> str | None:
        """The text, inline or in the archive; None, with a message, when it is in neither."""
        if (inline := text.findtext("{*}PlainTextContent")) is not None:
            return inline
        path = text.get("plainTextPath", "")
        entry = self._archive.find(path) if "://" not in path.removeprefix("internal://") else None
        if entry is None:
            self._left_out(f"{what} dont le texte manque dans l’archive")
            return None
        content = self._archive.read(entry)
        # Some tools count the byte order mark.
        mark = "\ufeff" if content.startswith(codecs.BOM_UTF8) else ""
        return mark + decode_text(content, f"le texte « {path.rpartition('/')[2]} »")

    def _selections(self, text: Element) -> Iterator[Claim]:
        for node in text.findall("{*}PlainTextSelection"):
            codings = node.findall("{*}Coding")
            self._left_out("passages sans code", not codings)
            positions = node.get("startPosition", ""), node.get("endPosition", "")
            if not all(map(_DIGITS.fullmatch, positions)):
                self._left_out("passages sans position", len(codings))
                continue
            for coding in codings:
                codes = [self._codes[each] for each in _references(coding, "CodeRef") if each in self._codes]
                if not codes:
                    self._left_out("passages dont le code manque")
                    continue
                coder = self._coders.get(guid_of(coding, "creatingUser") or guid_of(node, "creatingUser"), "")
                at = *map(int, positions), codes[0], coder, self._memo(node, coding)
                yield Claim(*at, node.get("name", ""), is_whole=False)

    def _memo(self, node: Element, coding: Element) -> str:
        """The description of a selection, then its notes."""
        parts = [node.findtext("{*}Description", "")]
        for reference in (*_references(node, "NoteRef"), *_references(coding, "NoteRef")):
            if reference in self._notes and reference not in self._read_notes:
                note = self._content(self._notes[reference], "notes") or ""
                self._read_notes[reference] = note.removeprefix("\ufeff")
            parts.append(self._read_notes.get(reference, ""))
        return "\n\n".join(part for part in parts if part)


def _references(node: Element, name: str) -> list[str]:
    return [target for each in node.findall(f"{{*}}{name}") if (target := guid_of(each, "targetGUID"))]


def read_qdpx(archive: Archive) -> Project:
    """The project of an archive; a text that is missing or outside is reported, and nothing outside is opened."""
    root = parse_xml(archive.project(), "project.qde")
    if not PROJECT.fullmatch(root.tag):
        raise coding_error("project.qde n’est pas celui d’un projet REFI-QDA 1.0 ; exportez au format .qdpx.")
    return _Reader(archive, root).project(root)


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
    told = Warnings()
    content = xml_bytes(_project(project, told))
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, "project.qde", content)
        for document in project.documents:
            # No byte order mark: QualCoder would count it as a character.
            _add(archive, f"sources/{_key(document)}.txt", document.text.encode())
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


def _project(project: Project, told: Warnings) -> Element:
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
        SubElement(root, "CodeBook").append(codes_element(project, told))
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
    # On both: QualCoder reads that of the selection, other tools that of the coding.
    node.attrib.update(author)
    if passage.memo:
        SubElement(node, "Description").text = xml_safe(passage.memo, "un mémo")
    coding = SubElement(node, "Coding", {"guid": guid("coding", *parts), **author})
    SubElement(coding, "CodeRef", {"targetGUID": guid("code", passage.code)})
