"""What the bytes of a text file are read with."""

import codecs
import re
from pathlib import Path

from helpers.store.receive.scan import Block
from helpers.store.receive.source import Source

# A UTF-16 file is put in UTF-8 at once: beyond this size, that would not fit in a small machine.
MOST_UTF16_BYTES = 200 << 20
_PIECE_BYTES = 1 << 20

SINGLE_BYTE = {"cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS (page 850)"}
_FRENCH = re.compile("[éèêëàâçîïôùûœÉÈÊÀÂÇÎÔ’«»°]")


def guess_single_byte(content: bytes) -> str:
    """Of the encodings with one byte a character, the one that gives the most French letters."""
    return max(SINGLE_BYTE, key=lambda name: len(_FRENCH.findall(content.decode(name, errors="replace"))))


def source_of(path: Path) -> tuple[Source, int] | str:
    """The bytes to read, and how many of them a mark of encoding takes; a sentence when they cannot be read."""
    now = path.stat()
    source = Source(path, now.st_size, now.st_mtime_ns)
    mark = source.read(0, 4)
    if mark.startswith(codecs.BOM_UTF8):
        return source, len(codecs.BOM_UTF8)
    if not mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return source, 0
    if source.size > MOST_UTF16_BYTES:
        return "fichier trop gros pour de l’UTF-16 ; enregistrez-le au format CSV UTF-8."
    try:
        content = source.read(0, source.size).decode("utf-16").encode("utf-8")
    except UnicodeError:
        return "des caractères ne se lisent pas (UTF-16) ; enregistrez-le au format CSV UTF-8."
    return Source(path, len(content), content=content), 0


def encoding_of(head: bytes, blocks: list[Block], source: Source) -> str | int:
    """How the bytes are read: an encoding, or the place of a character that fits none."""
    bad = next((block for block in blocks if not block.is_utf8), None)
    titles_sound = decodes(head)
    if bad is None and titles_sound:
        return "utf-8"
    sample = head + (source.read(bad.start, bad.start + _PIECE_BYTES) if bad else b"")
    place = bad.undecodable if bad else 0
    high = sum(byte > 127 for byte in sample)
    # Accents of UTF-8 outnumber what is not: one broken character. Few or none: another encoding.
    is_mixed = (titles_sound and not head.isascii()) or any(block.is_utf8 and block.characters for block in blocks)
    if is_mixed or 3 * (bad.characters if bad else 0) > high:
        return place
    guess = guess_single_byte(sample)
    return guess if all(decodes(part, guess) for part in _pieces(source, guess)) else place


def _pieces(source: Source, encoding: str):
    if encoding == "cp1252":  # the only one with bytes that mean nothing
        step = _PIECE_BYTES
        yield from (source.read(start, start + step) for start in range(0, source.size, step))


def decodes(content: bytes, encoding: str = "utf-8") -> bool:
    """Whether every byte means something in an encoding."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
