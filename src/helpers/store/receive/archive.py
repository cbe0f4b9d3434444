"""What a workbook is made of, looked at before and beside its reading: an archive of XML files."""

import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import join, normpath

# What no true export comes near, and a hostile archive exceeds: bytes once unpacked, and how many for one packed.
MOST_BYTES = 2 << 30
MOST_RATIO = 100
_RATIO_FROM = 32 << 20
# The last row of a spreadsheet.
LAST_ROW = 1_048_576

_DAMAGED = "le classeur est tronqué ou abîmé ; enregistrez-le de nouveau, ou refaites l’export."
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CHUNK = 4 << 20

_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*?t="e"[^>]*>')
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\s[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|</(?:\w+:)?c>)"
)
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_PLACE = re.compile(rb'r="([A-Z]{1,3}[0-9]{1,7})"')
_FAR = re.compile(rb'r="(?:[A-Z]{3}[0-9]+"(?![^>]*/>)|[A-Z]{0,3}[0-9]{8,}"|[A-Z]{0,3}[2-9][0-9]{6}")')
_ODS_HIDDEN = re.compile(rb'<table:table-row\s[^>]*?table:visibility="(?:collapse|filter)"')
# A value said to be repeated thousands of times: the table it unfolds into would fill the memory.
_ODS_REPEATED = re.compile(
    rb'<table:table-cell\s(?=[^>]*number-columns-repeated="[0-9]{4,}")[^>]*office:value-type'
    rb'|<table:table-row\s[^>]*number-rows-repeated="[0-9]{4,}"[^>]*>'
    rb"(?:(?!</table:table-row>)[^o]|(?!office:value-type)o)*+office:value-type"
)
_ODS_SPANNED = re.compile(rb'table:number-rows-spanned="(?:[2-9]|[1-9][0-9]+)"')


@dataclass(frozen=True)
class Marks:
    """What a sheet holds that reading its values does not tell: errors and empty formulas by cell, rows hidden."""

    errors: tuple[str, ...] = ()
    without_value: tuple[str, ...] = ()
    hidden: int = 0
    is_far: bool = False
    is_merged: bool = False


def archive_fault(path: Path) -> str | None:
    """Why an archive cannot be opened safely; None when it can."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "content.xml"}:
                return "ce n’est pas un classeur xlsx ou ods ; enregistrez-le au format .xlsx ou .csv."
            ratios = [e.file_size / max(1, e.compress_size) for e in entries if e.file_size > _RATIO_FROM]
            if sum(entry.file_size for entry in entries) > MOST_BYTES or max(ratios, default=0) > MOST_RATIO:
                return "le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."
            if any(entry.flag_bits & 1 for entry in entries):
                return "fichier protégé par un mot de passe ; retirez la protection."
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as file:
                        if _DECLARATION.search(file.read(64 << 10)):
                            return "le classeur contient une déclaration XML interdite ; refaites l’export."
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, RuntimeError):
        return _DAMAGED
    return None


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The XML file of a sheet of an xlsx workbook, by its name."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = (tag for tag in book.iter() if tag.tag.endswith("}sheet") and tag.get("name") == sheet)
    wanted = next((tag.get(relation) for tag in sheets), None)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next((tag.get("Target") for tag in links.iter() if tag.get("Id") == wanted), None)
    return None if target is None else normpath(join("xl", target)).lstrip("/")


def _pieces(archive: zipfile.ZipFile, member: str, after: bytes) -> Iterator[bytes]:
    """The content of a member, cut after whole rows."""
    with archive.open(member) as file:
        left = b""
        while content := file.read(_CHUNK):
            content = left + content
            cut = content.rfind(after) + 1 or len(content)
            left = content[cut:]
            yield content[:cut]
        yield left


def _cells(found: Iterator[re.Match]) -> list[str]:
    places = (_PLACE.search(each[0]) for each in found)
    return [place[1].decode() for place in places if place]


def read_marks(path: Path, sheet: str) -> Marks:
    """The marks of a sheet; none when its archive is not laid out as usual."""
    errors, without_value, hidden, is_far = [], [], 0, False
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" in archive.namelist():
                return _ods_marks(archive.read("content.xml"), sheet)
            member = _member_of(archive, sheet)
            for piece in _pieces(archive, member, b"</row>") if member in archive.namelist() else ():
                errors += _cells(_ERROR.finditer(piece))
                without_value += _cells(_NO_VALUE.finditer(piece))
                hidden += sum(1 for _ in _HIDDEN.finditer(piece))
                is_far = is_far or _FAR.search(piece) is not None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, SyntaxError, ValueError, NotImplementedError):
        return Marks()
    return Marks(tuple(errors), tuple(without_value), hidden, is_far)


def _ods_marks(content: bytes, sheet: str) -> Marks:
    start = content.find(f'table:name="{sheet}"'.encode())
    own = content[max(0, start) : content.find(b"</table:table>", max(0, start))]
    hidden = sum(1 for _ in _ODS_HIDDEN.finditer(own))
    return Marks((), (), hidden, _ODS_REPEATED.search(own) is not None, _ODS_SPANNED.search(own) is not None)
