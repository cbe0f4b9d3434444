"""A code as REFI-QDA has it: a name, a description and the codes below; and ``.qdc``, the file of a code book alone."""

import re
import uuid
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from helpers.exchange.collected import Collected
from helpers.exchange.faults import fault
from helpers.exchange.model import Code, Project
from helpers.exchange.names import MOST_DEPTH

NAMESPACE = "urn:QDA-XML:codebook:1.0"
# The specification was first published with this spelling, which NVivo 12 writes.
LEGACY = "urn:QDA-XML:codebook:1:0"
ORIGIN = "ALSES"
# Same content, same identifiers: two exports of one project are the same file.
_ROOT = uuid.UUID("7d0b6a52-6b0e-5c39-9d7e-0a3c1f5b8e21")
# REFI-QDA has one text for a code: what it does not name stands there, each part after its label, on a line of its own.
_LABELS = {"include": "Inclure", "exclude": "Exclure", "example": "Exemple", "changed": "Modifié le"}
_LINE = re.compile(rf"(\\*)({'|'.join(_LABELS.values())})[ \u00a0\u202f]: ")
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guid(*parts: object) -> str:
    """The identifier of a thing, from what it is."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(map(str, parts)))).upper()


def guid_of(node: Element, name: str = "guid") -> str:
    """An identifier in one spelling: tools differ by case and by braces."""
    return node.get(name, "").strip("{}").casefold()


def legal(text: str, what: str) -> str:
    """The text, which XML must be able to hold."""
    if ILLEGAL.search(text):
        raise fault(f"{what} contient un caractère de contrôle que REFI-QDA n’admet pas ; retirez-le.")
    return text


def described(code: Code) -> str:
    """The definition, then the other parts after their labels; a line that looks like a label gets a backslash."""
    parts = [_guarded(code.definition)] if code.definition else []
    for field, label in _LABELS.items():
        if value := getattr(code, field):
            parts.append(f"{label} : {_guarded(value)}")
    return "\n".join(parts)


def _guarded(text: str) -> str:
    return "\n".join(f"\\{line}" if _LINE.match(line) else line for line in text.split("\n"))


def _unguarded(line: str) -> str:
    found = _LINE.match(line)
    return line[1:] if found and found[1] else line


def undescribed(name: str, text: str) -> Code:
    """The code of a description: what stands before the first label is its definition."""
    lines = {"definition": []}
    current = "definition"
    fields = {label: field for field, label in _LABELS.items()}
    for line in text.split("\n") if text else []:
        found = _LINE.match(line)
        if found and not found[1] and fields[found[2]] not in lines:
            current = fields[found[2]]
            lines[current] = [_unguarded(line[found.end() :])]
        else:
            lines[current].append(_unguarded(line))
    return Code(name, **{field: "\n".join(each) for field, each in lines.items()})


def codes_element(project: Project) -> Element:
    """The element ``Codes`` of a project."""
    root, nodes = Element("Codes"), {}
    for code in project.codes:
        attributes = {"guid": guid("code", code.path), "name": legal(code.name, "un code"), "isCodable": "true"}
        node = ElementTree.SubElement(nodes.get(code.parent, root), "Code", attributes)
        if text := legal(described(code), f"le code « {code.name} »"):
            ElementTree.SubElement(node, "Description").text = text
        nodes[code.path] = node
    return root


def read_codes(found: Collected, root: Element | None) -> dict[str, str]:
    """Adds the codes below ``Codes``, and tells the path of each by its identifier, without case."""
    paths: dict[str, str] = {}
    level = [("", node) for node in children(root, "Code")]
    for _ in range(MOST_DEPTH):
        below = []
        for parent, node in level:
            code = undescribed(node.get("name", ""), text_in(node, "Description"))
            path = found.add_code(code, parent)
            paths[guid_of(node)] = path
            below += [(path, child) for child in children(node, "Code")]
            found.told.left_out("couleurs de codes", 1 if node.get("color") else 0)
            found.told.left_out("notes de codes", len(children(node, "NoteRef")))
        level = below
    if level:
        raise fault(f"l’arbre des codes compte plus de {MOST_DEPTH} niveaux ; réduisez-le.")
    return paths


def children(node: Element | None, name: str) -> list[Element]:
    """The elements of a name right below another, in its namespace."""
    if node is None:
        return []
    space = node.tag[: node.tag.find("}") + 1]
    return node.findall(f"{space}{name}")


def child(node: Element | None, name: str) -> Element | None:
    """The first of `children`."""
    return next(iter(children(node, name)), None)


def text_in(node: Element | None, name: str) -> str:
    """The text of a child element; empty without it."""
    found = child(node, name)
    return "" if found is None else found.text or ""


def written(root: Element) -> bytes:
    """The XML as bytes: always the same for the same tree."""
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    # A raw carriage return would be read as a line feed; those of attributes are escaped already.
    text = text.replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def read_qdc(root: Element) -> Project:
    """The code book of a ``.qdc`` file."""
    found = Collected()
    read_codes(found, child(root, "Codes"))
    found.told.left_out("ensembles de codes", len(children(child(root, "Sets"), "Set")))
    return found.project()


def write_qdc(project: Project, path: Path) -> tuple[str, ...]:
    """Writes the code book as ``.qdc``, and tells in French what of the project it cannot hold.

    The parts of a code that REFI-QDA does not name stand in its description, each after its label (« Inclure : »…).

    Raises
    ------
    DataError
        for a project without codes, or a control character that XML refuses.

    >>> import pathlib, tempfile
    >>> livre = exchange.Project((exchange.Code("Accueil", include="les premiers jours"),))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "codes.qdc")
    ...     exchange.write_qdc(livre, fichier)
    ...     exchange.read(fichier) == livre
    ()
    True
    """
    if not project.codes:
        raise fault(f"{path.name} : le projet n’a aucun code ; un livre de codes .qdc en a un au moins.")
    root = Element("CodeBook", {"xmlns": NAMESPACE, "origin": ORIGIN})
    root.append(codes_element(project))
    path.write_bytes(written(root))
    told = Collected().told
    told.left_out("documents", len(project.documents))
    told.left_out("passages", len(project.passages))
    return told.sentences()
