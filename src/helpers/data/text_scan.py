"""The bytes of a text file: encoding, soundness, and ranges that hold whole rows."""

import codecs
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from helpers import paths
from helpers.schema import DataError

# --- Bytes that several threads read by ranges: a file, or a text already held ---


@dataclass(frozen=True)
class Source:
    """A file, or, when ``content`` is given, bytes in its place; ``encoding`` is what its bytes are read with."""

    path: Path
    size: int
    encoding: str = "utf-8"
    content: bytes | None = None

    def read(self, start: int, stop: int) -> bytes:
        """The bytes of a range; fewer at the end of the file.

        Raises
        ------
        DataError
            when the file is no longer the one that was opened: its ranges would cut rows.
        """
        if self.content is not None:
            return self.content[start:stop]
        try:
            # Each call has its own file: no thread moves the place of another.
            with self.path.open("rb") as file:
                # The size alone: some shares write the time of a change down later.
                if os.fstat(file.fileno()).st_size != self.size:
                    raise changed(self.path)
                file.seek(start)
                return file.read(max(0, stop - start))
        except FileNotFoundError:
            raise changed(self.path) from None

    def read_text(self, start: int, stop: int) -> bytes:
        """The bytes of a range, in UTF-8 whatever the encoding of the file."""
        content = self.read(start, stop)
        return content if self.encoding == "utf-8" else content.decode(self.encoding).encode("utf-8")


def changed(path: Path) -> DataError:
    """What to say of a file that is no longer the one that was opened."""
    return DataError(f"{paths.relative(path)} a changé pendant sa lecture : relancez.")


# --- Is a text file sound, and what does each block of it hold? One pass over its bytes ---

# What a processor keeps at hand: twice as fast as blocks of some megabytes.
BLOCK_BYTES = 256 << 10
_BLOCKS_AT_ONCE = 32

QUOTE, FEED, RETURN = 34, 10, 13
# « é » in UTF-8, read as Windows-1252 and saved again: Ã then a sign of the second half of that table.
_MOJIBAKE = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5\x93|\xe2\x80[\x90-\xbf])")
CHARACTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Block:
    """What a block of bytes holds; places are counted from the beginning of the file, None when there is none.

    ``misplaced`` is the first misplaced quote if the block starts outside quotes, then if it starts inside.
    """

    start: int
    quotes: int
    last_quote: int
    ends: int
    misplaced: tuple[int | None, int | None]
    nul: int | None
    mojibake: int | None
    undecodable: int | None
    is_utf8: bool


def line_ends(content: bytes) -> np.ndarray:
    """The place of the last byte of each end of line (LF, CR LF or CR), in order."""
    values = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(values == FEED)
    if b"\r" not in content:
        return ends
    returns = np.flatnonzero(values == RETURN)
    follows = np.append(values, 0)[returns + 1]
    return np.sort(np.concatenate([ends, returns[follows != FEED]]))


def _first_wrong(quotes: np.ndarray, opens: np.ndarray, closes: np.ndarray) -> int | None:
    # They open and close in turn. One that does not close was meant to open: what was left open is the one before.
    if opens[0::2].all() and closes[1::2].all():
        return None
    opening = ~opens[0::2]
    closing = ~closes[1::2]
    first = 2 * int(np.argmax(opening)) if opening.any() else len(quotes)
    second = 2 * int(np.argmax(closing)) if closing.any() else len(quotes)
    return int(quotes[min(first, second)])


def _misplaced(values: np.ndarray, quotes: np.ndarray, delimiter: str) -> tuple[int | None, int | None]:
    # A quote opens after a delimiter, an end of line or a quote; it closes before one. A text with a quote elsewhere is
    # read in as many ways as there are programs: it is refused rather than guessed.
    def is_edge(neighbours: np.ndarray) -> np.ndarray:
        edges = (neighbours == ord(delimiter)) | (neighbours == FEED)
        return edges | (neighbours == RETURN) | (neighbours == QUOTE)

    opens, closes = is_edge(values[quotes - 1]), is_edge(values[quotes + 1])
    outside = _first_wrong(quotes, opens, closes)
    if not len(quotes) or not closes[0]:
        return outside, int(quotes[0]) if len(quotes) else None
    return outside, _first_wrong(quotes[1:], opens[1:], closes[1:])


def _own_characters(content: bytes, size: int, is_first: bool) -> tuple[int, int]:
    # From the first character that starts in the block to the first that starts after it: each is checked once.
    begin, end = 1, 1 + size
    while not is_first and begin < len(content) and content[begin] & 0xC0 == 0x80:
        begin += 1
    while end < len(content) and content[end] & 0xC0 == 0x80:
        end += 1
    return begin, end


def _is_utf8(content: bytes) -> bool:
    offsets = pa.py_buffer(np.array([0, len(content)], np.int32))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(content)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def scan_block(source: Source, start: int, stop: int, *, begin: int, delimiter: str) -> Block:
    """What a block holds; ``begin`` is where the rows of the file begin."""
    # One byte before and a few after: a quote, an end of line and a character are told by their neighbours.
    content = source.read(max(start - 1, 0), stop + 4)
    content = b"\n" + content[min(start, 1) :] if start == begin else content
    content = content + b"\n" if stop >= source.size else content
    size, shift = stop - start, start - 1
    values = np.frombuffer(content, np.uint8)
    own = values[1 : 1 + size]
    quotes = np.flatnonzero(own == QUOTE) + 1 if b'"' in content else np.array([], int)
    ends = int(np.count_nonzero(own == FEED))
    if b"\r" in content:
        returns = np.flatnonzero(own == RETURN) + 1
        ends += int(np.count_nonzero(values[returns + 1] != FEED))
    misplaced = tuple(None if at is None else at + shift for at in _misplaced(values, quotes, delimiter))
    nul = content.find(b"\0", 1, 1 + size)
    return Block(
        start,
        quotes=len(quotes),
        last_quote=int(quotes[-1]) + shift if len(quotes) else 0,
        ends=ends,
        misplaced=misplaced,
        nul=nul + shift if nul >= 0 else None,
        **_characters(content, size, shift=shift, is_first=start == begin),
    )


def _characters(content: bytes, size: int, *, shift: int, is_first: bool) -> dict:
    if content.isascii():
        return {"mojibake": None, "undecodable": None, "is_utf8": True}
    first, after = _own_characters(content, size, is_first)
    own = content[first:after]
    is_utf8 = _is_utf8(own)
    # 0x83 is half of Ã and of hardly any other letter: looked for first because it is found ten times as fast.
    found = _MOJIBAKE.search(own) if b"\x83" in own else None
    return {
        "mojibake": found.start() + first + shift if found else None,
        "undecodable": None if is_utf8 else _first_undecodable(own) + first + shift,
        "is_utf8": is_utf8,
    }


def _first_undecodable(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def scan(source: Source, begin: int, delimiter: str) -> list[Block]:
    """Every block of a file from where its rows begin, scanned side by side."""
    bounds = list(pairwise([*range(begin, source.size, BLOCK_BYTES), source.size]))
    groups = [bounds[at : at + _BLOCKS_AT_ONCE] for at in range(0, len(bounds), _BLOCKS_AT_ONCE)]

    def some(group: list[tuple[int, int]]) -> list[Block]:
        return [scan_block(source, *bound, begin=begin, delimiter=delimiter) for bound in group]

    if len(groups) < 2:
        return [block for group in groups for block in some(group)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return [block for blocks in pool.map(some, groups) for block in blocks]


def misplaced_quote(blocks: list[Block]) -> int | None:
    """The place of the first quote that neither opens nor closes a cell, or is never closed."""
    count = 0
    for block in blocks:
        place = block.misplaced[count % 2]
        if place is not None:
            return place
        count += block.quotes
    # All in their place but one left open: it is the last.
    last = max((block.last_quote for block in blocks if block.quotes), default=0)
    return last if count % 2 else None


# --- What the bytes of a text file are read with ---

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


# --- Ranges of a text file that hold whole rows: a line end inside quotes ends no row ---

# Bytes of a range: large enough that a thread works some 20 ms on it, small enough that a few fit in any memory.
RANGE_BYTES = 8 << 20
_WINDOW_BYTES = 64 << 10
# The end of the row, from a place outside quotes, and from a place inside.
_ROW_END = {
    False: re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\n|\r)'),
    True: re.compile(rb'[^"]*+"(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\n|\r)'),
}


@dataclass(frozen=True)
class Span:
    """A range of whole rows, the line it starts at, as an editor shows it, and how many line ends it holds."""

    start: int
    stop: int
    line: int
    ends: int


def cut(source: Source, blocks: list[Block], line: int) -> list[Span]:
    """Ranges of whole rows, of `RANGE_BYTES` and a little more; ``line`` is that of the first row."""
    starts, quotes, ends = [(blocks[0].start, line)] if blocks else [], 0, 0
    for block, after in pairwise(blocks):
        quotes, ends = quotes + block.quotes, ends + block.ends
        if after.start < starts[-1][0] + RANGE_BYTES:
            continue
        found = _row_end(source, after.start, quotes % 2 == 1)
        # The last row goes to the end of the file: looking for its end again from every block of it could take hours.
        if found is None or found >= source.size:
            break
        skipped = len(line_ends(source.read(after.start, found)))
        starts.append((found, line + ends + skipped))
    stop = (source.size, line + sum(block.ends for block in blocks))
    return [Span(at, to, first, after - first) for (at, first), (to, after) in pairwise([*starts, stop])]


def _row_end(source: Source, start: int, is_quoted: bool) -> int | None:
    # A row longer than the window is a rarity: the window grows until it holds its end.
    size = _WINDOW_BYTES
    while True:
        window = source.read(start, start + size)
        found = _ROW_END[is_quoted].match(window)
        # A CR that ends the window may be half of a CR LF.
        if found and (found.end() < len(window) or start + size >= source.size):
            return start + found.end()
        if start + size >= source.size:
            return None
        size *= 4
