"""REFI-QDA projects, written: the same bytes for the same project, whatever the day and the machine."""

import zipfile
from collections import defaultdict
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from helpers.exchange.codebook import ILLEGAL, ORIGIN, codes_element, guid, legal, written
from helpers.exchange.collected import Collected
from helpers.exchange.model import Document, Passage, Project

NAMESPACE = "urn:QDA-XML:project:1.0"
# Other tools cut the name of a selection there.
_NAME_LENGTH = 100
# The first day that an archive can tell; a plain file, read by all and written by its owner.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def write_qdpx(project: Project, path: Path) -> tuple[str, ...]:
    """Writes a REFI-QDA project that any of the usual tools opens, and tells in French what it cannot hold.

    Read again, it is equal to the project, but for passages without a position, which the format does not know. The
    nature and the attributes of a document are variables; identifiers come from the content.

    Raises
    ------
    DataError
        for a control character in a name or a memo, which XML refuses.

    >>> import pathlib, tempfile
    >>> texte = exchange.Document("réunion 1", "Bonjour à tous.", kind="verbatim")
    >>> passage = exchange.Passage("réunion 1", 0, 7, "Bonjour", "Accueil", coder="A")
    >>> projet = exchange.Project((exchange.Code("Accueil"),), (texte,), (passage,))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "codage.qdpx")
    ...     exchange.write_qdpx(projet, fichier)
    ...     exchange.read(fichier) == projet
    ()
    True
    """
    content = written(_project(project))
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, "project.qde", content)
        for document in project.documents:
            # With the mark, so that a text that begins with one of its own keeps it.
            _add(archive, f"sources/{_key(document)}.txt", document.text.encode("utf-8-sig"))
    told = Collected().told
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
    root = Element("Project", {"xmlns": NAMESPACE, "name": ORIGIN, "origin": ORIGIN})
    coders = sorted({passage.coder for passage in project.passages if passage.coder and passage.start is not None})
    if coders:
        users = SubElement(root, "Users")
        for coder in coders:
            SubElement(users, "User", {"guid": guid("user", coder), "name": legal(coder, "un nom de codeur")})
    if project.codes:
        SubElement(root, "CodeBook").append(codes_element(project))
    names = sorted({name for document in project.documents for name, _ in _variables(document)})
    if names:
        variables = SubElement(root, "Variables")
        for name in names:
            given = {"guid": guid("variable", name), "name": legal(name, "un attribut"), "typeOfVariable": "Text"}
            SubElement(variables, "Variable", given)
    if project.documents:
        sources, passages = SubElement(root, "Sources"), defaultdict(list)
        for passage in project.passages:
            passages[passage.document].append(passage)
        for document in project.documents:
            _add_source(sources, document, passages[document.name])
    return root


def _add_source(sources: Element, document: Document, passages: list[Passage]) -> None:
    key, name = _key(document), legal(document.name, "un nom de document")
    source = SubElement(sources, "TextSource", {"guid": key, "name": name, "plainTextPath": f"internal://{key}.txt"})
    for passage in passages:
        if passage.start is not None:
            _add_selection(source, passage)
    for name, value in _variables(document):
        node = SubElement(source, "VariableValue")
        SubElement(node, "VariableRef", {"targetGUID": guid("variable", name)})
        SubElement(node, "TextValue").text = legal(value, f"l’attribut « {name} »")


def _add_selection(source: Element, passage: Passage) -> None:
    parts = (passage.document, passage.start, passage.end, passage.code, passage.coder, passage.memo)
    name = ILLEGAL.sub(" ", passage.text[:_NAME_LENGTH])
    node = SubElement(source, "PlainTextSelection", {"guid": guid("selection", *parts), "name": name})
    node.set("startPosition", str(passage.start))
    node.set("endPosition", str(passage.end))
    author = {"creatingUser": guid("user", passage.coder)} if passage.coder else {}
    if passage.memo:
        SubElement(node, "Description").text = legal(passage.memo, "un mémo")
    coding = SubElement(node, "Coding", {"guid": guid("coding", *parts), **author})
    SubElement(coding, "CodeRef", {"targetGUID": guid("code", passage.code)})
