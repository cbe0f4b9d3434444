"""REFI-QDA code books (``.qdc``) and projects (``.qdpx``), read and written."""

import codecs
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from helpers.codings.model import Code, Passage, Project, ProjectBuilder, Warnings, code_labels, free_name
from helpers.codings.positions import CODE_POINTS, ILLEGAL, UTF_16, Named, proved
from helpers.codings.safe_files import Archive, coding_error, decode_text, parse_xml
from helpers.system import archive_of
from helpers.typography import shorten

# --- Code books: a code has a name, a description and children ---
# Its group is the kind of file; NVivo 12 writes the first spelling of the specification, ``1:0``.
ROOT = re.compile(r"\{urn:QDA-XML:(?:codebook|project):1[.:]\d\}(CodeBook|Project)")
CODEBOOK_NAMESPACE, PROJECT_NAMESPACE = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
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
    """The text; raises DataError if XML cannot hold it."""
    if ILLEGAL.search(text):
        raise coding_error(f"{what} contient un caractère de contrôle que REFI-QDA n’admet pas ; retirez-le.")
    return text


def split_description(name: str, text: str, *, codable: bool = True, changed: str = "") -> Code:
    """The code of a description: the text before the first label is the definition.

    ``changed`` is the day that the tool gives, unless the description has one.
    """
    start, *rest = _LINE.split(text)
    fields = {label: each for each, label in _LABELS.items()}
    parts = {fields[label]: value for label, value in zip(rest[::2], rest[1::2], strict=True)}
    return Code(**{"name": name, "definition": start, "changed": changed, **parts}, codable=codable)


def codes_element(project: Project, told: Warnings) -> Element:
    """The tree of codes; one that holds others, and that nobody may apply or did, is a category.

    QualCoder has one code, and one category, of a name: another takes that of its parent too, and its description keeps
    its own, which our readers restore.
    """
    nodes, taken = {"": Element("Codes")}, {"true": Counter(), "false": Counter()}
    codable = codable_codes(project)
    for code in project.codes:
        is_codable, name = "true" if code.path in codable else "false", code.name
        if name in taken[is_codable] and code.parent:
            name = f"{name} ({code_labels(code.parent)[-1]})"
        if (name := free_name(name, taken[is_codable])) != code.name:
            told.note(f"Un autre code s’appelle « {shorten(code.name)} », ce que QualCoder refuse : écrit « {name} ».")
        attributes = {"guid": guid("code", code.path), "name": xml_safe(name, "un code"), "isCodable": is_codable}
        nodes[code.path] = node = SubElement(nodes[code.parent], "Code", attributes)
        # The definition, then the other parts after their labels.
        parts = {each: getattr(code, each) for each in _LABELS} | {"name": "" if name == code.name else code.name}
        labelled = [f"{_LABELS[each]} : {value}" for each, value in parts.items() if value]
        if text := "\n".join(filter(None, [code.definition, *labelled])):
            SubElement(node, "Description").text = xml_safe(text, f"le code « {code.name} »")
    return nodes[""]


def codable_codes(project: Project) -> set[str]:
    """The codes that a person may apply, or did; and what they hold, since QualCoder has no category under a code."""
    out = {passage.code for passage in project.passages}
    for code in project.codes:
        if code.codable or code.parent in out:
            out.add(code.path)
    return out


def read_codes(collected: ProjectBuilder, codes: Element | None) -> dict[str, str]:
    """Add the codes of this element, and those that they hold; returns the path of each code by its identifier."""
    nodes = [] if codes is None else codes.findall(".//{*}Code")
    above = {child: node for node in nodes for child in node}
    tree = {}
    for node in nodes:
        collected.told.left_out("couleurs de codes", bool(node.get("color")))
        collected.told.left_out("notes de codes", len(node.findall("{*}NoteRef")))
        is_codable, text = node.get("isCodable") not in ("false", "0"), node.findtext("{*}Description", "")
        tree[node] = above.get(node), split_description(node.get("name", ""), text, codable=is_codable)
    return {guid_of(node): path for node, path in collected.add_tree(tree).items()}


def xml_bytes(root: Element) -> bytes:
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    # A raw carriage return would be read as a line feed (in attributes it is escaped already).
    text = text.replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def read_qdc(root: Element) -> Project:
    collected = ProjectBuilder()
    read_codes(collected, root.find("{*}Codes"))
    collected.told.left_out("ensembles de codes", len(root.findall("{*}Sets/{*}Set")))
    return collected.project()


def write_qdc(project: Project, path: Path) -> tuple[str, ...]:
    """Write the code book as ``.qdc``; returns the French messages on what of the project it cannot hold.

    Raises DataError for a project without codes, or a control character that XML refuses.
    """
    if not project.codes:
        raise coding_error(f"{path.name} : le projet n’a aucun code ; un livre de codes .qdc en a un au moins.")
    root, told = Element("CodeBook", {"xmlns": CODEBOOK_NAMESPACE, "origin": ORIGIN}), Warnings()
    root.append(codes_element(project, told))
    path.write_bytes(xml_bytes(root))
    told.left_out("documents", len(project.documents))
    told.left_out("passages", len(project.passages))
    return told.sentences()


# --- Reading projects (``.qdpx``): an archive of an XML file and the texts ---
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


def read_qdpx(archive: Archive) -> Project:
    """The project of an archive; a text that is missing or outside is reported, and nothing outside is opened."""
    root = parse_xml(archive.project(), "project.qde")
    if not (kind := ROOT.fullmatch(root.tag)) or kind[1] != "Project":
        raise coding_error("project.qde n’est pas celui d’un projet REFI-QDA 1.0 ; exportez au format .qdpx.")
    reader = _Reader(archive, root)
    left_out = reader.collected.told.left_out
    for source in root.findall("{*}Sources/*"):
        kind = source.tag.rpartition("}")[2]
        text = source if kind == "TextSource" else source.find(f"{{*}}{_TEXTS[kind]}") if kind in _TEXTS else None
        if text is not None:
            reader.add_text(source, text)
        left_out("codes posés sur un document entier", len(source.findall("{*}Coding")))
    counts = Counter(node.tag.rpartition("}")[2] for node in root.iter())
    for name, what in _OTHERS.items():
        left_out(what, counts[name])
    left_out("notes", len(reader.notes) - len(reader.read_notes))
    left_out("descriptions du projet", bool(root.findtext("{*}Description")))
    # NVivo for Windows: of 303 passages of published projects, 300 then fall between two words, against 49.
    return proved(reader.collected, UTF_16 if root.get("origin", "").startswith("NVivo") else CODE_POINTS)


class _Reader:
    """A project as it is read; what its texts and selections refer to is found by identifier."""

    def __init__(self, archive: Archive, root: Element) -> None:
        self._archive, self.collected = archive, ProjectBuilder()
        self._left_out = self.collected.told.left_out
        self._codes = read_codes(self.collected, root.find("{*}CodeBook/{*}Codes"))
        self._coders, self._variables = (
            {guid_of(each): each.get("name", "") for each in root.findall(path)}
            for path in ("{*}Users/{*}User", "{*}Variables/{*}Variable")
        )
        self.notes = {guid_of(note): note for note in root.findall("{*}Notes/{*}Note")}
        self.read_notes: dict[str, str] = {}

    def add_text(self, source: Element, text: Element) -> None:
        content, selections = self._content(text), list(self._selections(text))
        self._left_out("descriptions de documents", bool(source.findtext("{*}Description")))
        self._left_out("notes de documents", len(source.findall("{*}NoteRef")))
        if content is None:
            self._left_out("passages de documents dont le texte manque", len(selections))
            return
        attributes = {}
        for node in source.findall("{*}VariableValue"):
            values = [each.text or "" for each in node if each.tag.endswith("Value")]
            names = [self._variables.get(reference) for reference in _references(node, "VariableRef")]
            attributes |= {name: values[0] for name in names if values and name}
        name = source.get("name") or source.get("plainTextPath", "").rpartition("/")[2].rpartition(".")[0]
        name = self.collected.add_document(name, content, attributes)
        self.collected.passages += [Named(name, *selection) for selection in selections]

    def _content(self, text: Element, what: str = "documents") -> str | None:
        """The text, inline or in the archive; None, with a message, when it is in neither."""
        if (inline := text.findtext("{*}PlainTextContent")) is not None:
            return inline
        path = text.get("plainTextPath", "")
        entry = self._archive.find(path) if "://" not in path.removeprefix("internal://") else None
        if entry is None:
            self._left_out(f"{what} dont le texte manque dans l’archive")
            return None
        content = self._archive.content(entry)
        # Some tools count the byte order mark.
        mark = "\ufeff" if content.startswith(codecs.BOM_UTF8) else ""
        return mark + decode_text(content, f"le texte « {path.rpartition('/')[2]} »")

    def _selections(self, text: Element) -> Iterator[tuple]:
        """The start and end of each segment, its name, its code, its coder and its memo."""
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
                memos = [node.findtext("{*}Description", "")]
                for reference in (*_references(node, "NoteRef"), *_references(coding, "NoteRef")):
                    if reference in self.notes and reference not in self.read_notes:
                        note = self._content(self.notes[reference], "notes") or ""
                        self.read_notes[reference] = note.removeprefix("\ufeff")
                    memos.append(self.read_notes.get(reference, ""))
                memo = "\n\n".join(filter(None, memos))
                yield *map(int, positions), node.get("name", ""), codes[0], coder, memo


def _references(node: Element, name: str) -> list[str]:
    return [target for each in node.findall(f"{{*}}{name}") if (target := guid_of(each, "targetGUID"))]


# --- Writing projects: the same bytes for the same project, whatever the day and the machine ---


def write_qdpx(project: Project, path: Path) -> tuple[str, ...]:
    """Write a REFI-QDA project; returns the French messages on what it cannot hold: passages without a position.

    The nature and attributes of a document are variables. Raises DataError for a control character in a name or a memo.
    """
    told, root = Warnings(), Element("Project", {"xmlns": PROJECT_NAMESPACE, "name": ORIGIN, "origin": ORIGIN})
    placed = [passage for passage in project.passages if passage.start is not None]
    _add_names(root, "User", {passage.coder for passage in placed} - {""}, "un nom de codeur")
    if project.codes:
        SubElement(root, "CodeBook").append(codes_element(project, told))
    names = {name for document in project.documents for name, _ in document.variables}
    _add_names(root, "Variable", names, "un attribut", typeOfVariable="Text")
    sources = SubElement(root, "Sources") if project.documents else root
    entries = {}
    for document in project.documents:
        key, name = guid("document", document.name), xml_safe(document.name, "un nom de document")
        # No byte order mark: QualCoder would count it as a character.
        entries[f"sources/{key}.txt"] = document.text.encode()
        given = {"guid": key, "name": name, "plainTextPath": f"internal://{key}.txt"}
        source = SubElement(sources, "TextSource", given)
        for passage in placed:
            if passage.document == document.name:
                _add_selection(source, passage)
        for name, value in document.variables:
            node = SubElement(source, "VariableValue")
            SubElement(node, "VariableRef", {"targetGUID": guid("variable", name)})
            SubElement(node, "TextValue").text = xml_safe(value, f"l’attribut « {name} »")
    path.write_bytes(archive_of({"project.qde": xml_bytes(root), **entries}))
    told.left_out("passages sans position", len(project.passages) - len(placed))
    return told.sentences()


def _add_names(root: Element, tag: str, names: set[str], what: str, **attributes: str) -> None:
    group = SubElement(root, f"{tag}s") if names else root
    for name in sorted(names):
        SubElement(group, tag, {"guid": guid(tag.lower(), name), "name": xml_safe(name, what), **attributes})


def _add_selection(source: Element, passage: Passage) -> None:
    parts = (passage.document, passage.start, passage.end, passage.code, passage.coder, passage.memo)
    bounds = {"startPosition": str(passage.start), "endPosition": str(passage.end)}
    # On both: QualCoder reads that of the selection, other tools that of the coding.
    author = {"creatingUser": guid("user", passage.coder)} if passage.coder else {}
    # Other tools cut the name of a selection there.
    name = ILLEGAL.sub(" ", passage.text[:100])
    given = {"guid": guid("selection", *parts), "name": name, **bounds, **author}
    node = SubElement(source, "PlainTextSelection", given)
    if passage.memo:
        SubElement(node, "Description").text = xml_safe(passage.memo, "un mémo")
    coding = SubElement(node, "Coding", {"guid": guid("coding", *parts), **author})
    SubElement(coding, "CodeRef", {"targetGUID": guid("code", passage.code)})
