"""A text that a person typed: plain, Markdown or Word; of Word, the paragraphs and the tables, and nothing else."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

from helpers.exchange.archive import opened_archive
from helpers.exchange.faults import fault
from helpers.exchange.opened import MOST_XML_BYTES, check_size, content_of, text_of, tree_of
from helpers.schema import DataError

# The formats that are read.
TEXTS = (".txt", ".md", ".docx")
_BODY = "word/document.xml"
# Of Word, its usual spelling and the strict one; other vocabularies (drawings, formulas) hold no text of ours.
_WORD = re.compile(
    r"\{http://(?:schemas\.openxmlformats\.org/wordprocessingml/2006|purl\.oclc\.org/ooxml/wordprocessingml)/main\}"
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ENDS = {"p": "\n", "tc": "\t", "tr": "\n"}
_INSIDE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_text(path: Path) -> str:
    """The text of a file (``.txt``, ``.md``, ``.docx``), with plain line ends; nothing is written.

    Of a ``.docx``, paragraphs and tables: a cell ends with a tab, a row and a paragraph with a line end. Headers,
    notes, comments and what a reviewer deleted are left out.

    Raises
    ------
    DataError
        for a file of another format, damaged, or made to harm: one French sentence with the file, and what to do.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "reunion.txt")
    ...     _ = fichier.write_bytes("Présents\\u00a0: douze.\\r\\n".encode())
    ...     exchange.read_text(fichier)
    'Présents\\xa0: douze.\\n'
    """
    path = Path(path)
    try:
        text = _read(path)
    except DataError as error:
        raise fault(f"{path.name} : {error}") from None
    except OSError:
        raise fault(f"{path.name} : le fichier est introuvable ou illisible ; vérifiez le chemin.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(path: Path) -> str:
    if path.suffix.casefold() not in TEXTS:
        raise fault("ce format n’est pas lu ; enregistrez le texte en .docx, .md ou .txt.")
    if path.suffix.casefold() != ".docx":
        return text_of(content_of(path), "le fichier")
    check_size(path)
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise fault("ce n’est pas un document Word ; enregistrez-le au format .docx.")
    with opened_archive(path) as archive:
        if not archive.has(_BODY):
            raise fault("ce n’est pas un document Word ; enregistrez-le au format .docx.")
        content = archive.read(_BODY, MOST_XML_BYTES)
    return _text_in(tree_of(content, "le texte du document"))


def _text_in(root: Element) -> str:
    """What the paragraphs hold, in order; without recursion, for a file may be as deep as it likes."""
    out: list[str] = []
    left: list[tuple[Element, bool]] = [(root, False)]
    while left:
        node, is_closing = left.pop()
        name = _WORD.sub("", node.tag)
        if is_closing:
            # The last paragraph of a cell ends with it.
            if name == "tc" and out and out[-1] == "\n":
                out.pop()
            out.append(_ENDS[name])
            continue
        if name == "t":
            out.append(node.text or "")
        elif name in _INSIDE:
            out.append(_INSIDE[name])
        if name in _ENDS:
            left.append((node, True))
        # A drawing is there twice, for old and new programs. What a paragraph is like holds no text.
        if node.tag != _FALLBACK and name not in ("pPr", "rPr", "del", "moveFrom"):
            left += [(child, False) for child in reversed(node)]
    return "".join(out)
