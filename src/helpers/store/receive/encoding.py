"""What the bytes of a text file are read with."""

import codecs
import re
from pathlib import Path

from helpers.store.receive.scan import CHARACTERS, Block
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
    source = Source(path, path.stat().st_size)
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
    place = bad.undecodable if bad else 0
    # Around the first byte that UTF-8 does not know, wherever the blocks were cut.
    sample = head + (source.read(max(0, place - _PIECE_BYTES), place + _PIECE_BYTES) if bad else b"")
    sound = sum(len(found) for found in CHARACTERS.findall(sample))
    # Accents of UTF-8 outnumber what is not: one broken character. Few or none: another encoding.
    if (titles_sound and not head.isascii()) or 2 * sound > sum(byte > 127 for byte in sample):
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
