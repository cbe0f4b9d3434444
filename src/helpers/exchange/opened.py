"""A file of unknown origin, opened safely: its size first, its text in UTF-8, its XML without any declaration."""

import codecs
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from helpers.exchange.faults import fault

# The minutes of a year are a few megabytes; a database also holds the source files. What is larger is another thing.
MOST_FILE_BYTES = 512 << 20
MOST_TEXT_BYTES = 64 << 20
# A tree in memory takes some twenty times its file: a project of 50 000 codings has 350 000 tags.
MOST_XML_BYTES = 64 << 20
MOST_TAGS = 1_000_000
# Passages, or entries of a history, of a project that people made by hand.
MOST_ROWS = 500_000
_DAMAGED_XML = "le XML est tronqué ou abîmé"


def content_of(path: Path, most: int = MOST_TEXT_BYTES) -> bytes:
    """The bytes of a file, refused by its size before it is read."""
    check_size(path, most)
    return path.read_bytes()


def check_size(path: Path, most: int = MOST_FILE_BYTES) -> None:
    """Refuses what is not a plain file, is empty, or is larger than any coding."""
    if not path.is_file():
        raise fault("ce n’est pas un fichier ; donnez celui que l’outil a exporté.")
    size = path.stat().st_size
    if not size:
        raise fault("le fichier est vide ; refaites l’export.")
    if size > most:
        raise fault(f"le fichier est démesuré ({size >> 20} Mo) ; {most >> 20} Mo au plus.")


def text_of(content: bytes, what: str) -> str:
    """The text, without its byte order mark: UTF-8, or UTF-16 where a mark says so; line ends are not touched."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(f"{what} n’est pas en UTF-8 (octet {error.start}) ; enregistrez-le en UTF-8.") from None
    if "\0" in text:
        raise fault(f"{what} contient un caractère nul ; refaites l’export en texte UTF-8.")
    return text


def tree_of(content: bytes, what: str) -> Element:
    """The XML tree; no declaration of a type or of an entity is read, so that nothing expands or is fetched."""
    if len(content) > MOST_XML_BYTES or content.count(b"<") > MOST_TAGS:
        raise fault(f"{what} est démesuré ; découpez le projet.")
    try:
        return ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise fault(f"{what} contient une déclaration XML interdite ; refaites l’export.") from None
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise fault(f"{what}, ligne {line} : {_DAMAGED_XML} ; refaites l’export.") from None
    except (LookupError, ValueError):
        raise fault(f"{what} : {_DAMAGED_XML}, ou son encodage est inconnu ; refaites l’export en UTF-8.") from None
