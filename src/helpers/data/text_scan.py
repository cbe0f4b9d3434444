"""The bytes of a text export: encoding, misplaced quotes and damaged characters, ranges of whole rows."""

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

# --- Byte ranges that several threads read: of a file, or of a text held in memory ---


@dataclass(frozen=True)
class Source:
    """A file and its encoding; ``content``, when given, is read in its place."""

    path: Path
    size: int
    encoding: str = "utf-8"
    content: bytes | None = None

    def read(self, start: int, stop: int) -> bytes:
        """The bytes of a range, fewer at the end of the file; `DataError` if the file changed since it was opened."""
        if self.content is not None:
            return self.content[start:stop]
        try:
            # One handle per call: threads do not share a position.
            with self.path.open("rb") as file:
                # Only the size is compared: some network shares update modification times late.
                if os.fstat(file.fileno()).st_size != self.size:
                    raise changed(self.path)
                file.seek(start)
                return file.read(max(0, stop - start))
        except FileNotFoundError:
            raise changed(self.path) from None

    def read_text(self, start: int, stop: int) -> bytes:
        """The bytes of a range, converted to UTF-8."""
        content = self.read(start, stop)
        return content if self.encoding == "utf-8" else content.decode(self.encoding).encode("utf-8")


def changed(path: Path) -> DataError:
    """The error for a file that changed while it was read: its ranges would cut rows."""
    return DataError(f"{paths.relative(path)} a changé pendant sa lecture : relancez.")


# --- One pass over the bytes, block by block ---

# Fits in the processor's cache: twice as fast as blocks of several megabytes.
BLOCK_BYTES = 256 << 10
_BLOCKS_AT_ONCE = 32

QUOTE, FEED, RETURN = 34, 10, 13
# « é » in UTF-8, read as Windows-1252 and saved again: Ã, then a character of the upper half of that code page.
_MOJIBAKE = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5\x93|\xe2\x80[\x90-\xbf])")
CHARACTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Block:
    """What a block of bytes holds. Offsets are from the start of the file, None when there is nothing.

    ``misplaced`` is the first misplaced quote, if the block starts outside quotes, then if it starts inside.
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
    """The offset of the last byte of each line end (LF, CR LF or CR), in order."""
    values = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(values == FEED)
    if b"\r" not in content:
        return ends
    returns = np.flatnonzero(values == RETURN)
    follows = np.append(values, 0)[returns + 1]
    return np.sort(np.concatenate([ends, returns[follows != FEED]]))


def _first_wrong(quotes: np.ndarray, opens: np.ndarray, closes: np.ndarray) -> int | None:
    # Quotes open and close in turn. One that cannot close was meant to open: the one before it was left open.
    opening, closing = ~opens[0::2], ~closes[1::2]
    if not opening.any() and not closing.any():
        return None
    first = 2 * int(np.argmax(opening)) if opening.any() else len(quotes)
    second = 2 * int(np.argmax(closing)) if closing.any() else len(quotes)
    return int(quotes[min(first, second)])


def _misplaced(values: np.ndarray, quotes: np.ndarray, delimiter: str) -> tuple[int | None, int | None]:
    # A quote opens after a delimiter, a line end or a quote, and closes before one. Programs disagree on how to read a
    # quote anywhere else, so it is refused rather than guessed.
    def is_edge(neighbours: np.ndarray) -> np.ndarray:
        edges = (neighbours == ord(delimiter)) | (neighbours == FEED)
        return edges | (neighbours == RETURN) | (neighbours == QUOTE)

    opens, closes = is_edge(values[quotes - 1]), is_edge(values[quotes + 1])
    outside = _first_wrong(quotes, opens, closes)
    if not len(quotes) or not closes[0]:
        return outside, int(quotes[0]) if len(quotes) else None
    return outside, _first_wrong(quotes[1:], opens[1:], closes[1:])


def _own_characters(content: bytes, size: int, is_first: bool) -> tuple[int, int]:
    # From the first character that starts in the block to the first that starts after it: each is checked exactly once.
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
    # With one byte before and a few after: quotes, line ends and characters depend on their neighbours.
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
    # 0x83 is half of « Ã » and of hardly any other letter: a plain search for it is ten times as fast.
    match = _MOJIBAKE.search(own) if b"\x83" in own else None
    return {
        "mojibake": match.start() + first + shift if match else None,
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
    """Every block of a file from where its rows begin, scanned in parallel."""
    bounds = list(pairwise([*range(begin, source.size, BLOCK_BYTES), source.size]))
    groups = [bounds[at : at + _BLOCKS_AT_ONCE] for at in range(0, len(bounds), _BLOCKS_AT_ONCE)]

    def some(group: list[tuple[int, int]]) -> list[Block]:
        return [scan_block(source, *bound, begin=begin, delimiter=delimiter) for bound in group]

    if len(groups) < 2:
        return [block for group in groups for block in some(group)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return [block for blocks in pool.map(some, groups) for block in blocks]


def misplaced_quote(blocks: list[Block]) -> int | None:
    """The offset of the first quote that neither opens nor closes a cell, or is never closed."""
    count = 0
    for block in blocks:
        if (place := block.misplaced[count % 2]) is not None:
            return place
        count += block.quotes
    # Well placed, but an odd number: the last one was left open.
    last = max((block.last_quote for block in blocks if block.quotes), default=0)
    return last if count % 2 else None


# --- Encoding ---

# A UTF-16 file is converted in memory: a larger one would not fit on a small machine.
MOST_UTF16_BYTES = 200 << 20
PIECE_BYTES = 1 << 20

SINGLE_BYTE = {"cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS (page 850)"}
_FRENCH = re.compile("[éèêëàâçîïôùûœÉÈÊÀÂÇÎÔ’«»°]")


def guess_single_byte(content: bytes) -> str:
    """The single-byte encoding that gives the most French letters."""
    return max(SINGLE_BYTE, key=lambda name: len(_FRENCH.findall(content.decode(name, errors="replace"))))


def source_of(path: Path) -> tuple[Source, int] | str:
    """The bytes to read and the length of their byte order mark; a French sentence when they cannot be read."""
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
    """The encoding of the bytes, or the offset of a character that fits none."""
    bad = next((block for block in blocks if not block.is_utf8), None)
    titles_sound = decodes(head)
    if bad is None and titles_sound:
        return "utf-8"
    place = bad.undecodable if bad else 0
    # Around the first byte that is not UTF-8, so that the answer does not depend on where blocks were cut.
    sample = head + (source.read(max(0, place - PIECE_BYTES), place + PIECE_BYTES) if bad else b"")
    sound = sum(len(character) for character in CHARACTERS.findall(sample))
    # Mostly valid UTF-8: one broken character. Otherwise: another encoding.
    if (titles_sound and not head.isascii()) or 2 * sound > sum(byte > 127 for byte in sample):
        return place
    guess = guess_single_byte(sample)
    if guess != "cp1252":  # the only one of them with undefined bytes
        return guess
    pieces = (source.read(start, start + PIECE_BYTES) for start in range(0, source.size, PIECE_BYTES))
    return guess if all(decodes(piece, guess) for piece in pieces) else place


def decodes(content: bytes, encoding: str = "utf-8") -> bool:
    """Whether every byte is defined in an encoding."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


# --- Ranges of whole rows: a line end inside quotes ends no row ---

# Large enough to keep a thread busy for 20 ms, small enough that several fit in memory.
RANGE_BYTES = 8 << 20
_WINDOW_BYTES = 64 << 10
# The end of the row, starting outside quotes, and starting inside.
_ROW_END = {
    False: re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\n|\r)'),
    True: re.compile(rb'[^"]*+"(?:[^"\r\n]++|"[^"]*+")*+(?:\r\n|\n|\r)'),
}


@dataclass(frozen=True)
class Span:
    """A range of whole rows, the line it starts at (as an editor numbers it) and how many line ends it holds."""

    start: int
    stop: int
    line: int
    ends: int


def cut(source: Source, blocks: list[Block], line: int) -> list[Span]:
    """Ranges of whole rows, of slightly more than `RANGE_BYTES`; ``line`` is that of the first row."""
    starts, quotes, ends = [(blocks[0].start, line)] if blocks else [], 0, 0
    for block, after in pairwise(blocks):
        quotes, ends = quotes + block.quotes, ends + block.ends
        if after.start < starts[-1][0] + RANGE_BYTES:
            continue
        end = _row_end(source, after.start, quotes % 2 == 1)
        # The last row goes to the end of the file: looking for its end again from each of its blocks could take hours.
        if end is None or end >= source.size:
            break
        starts.append((end, line + ends + len(line_ends(source.read(after.start, end)))))
    stop = (source.size, line + sum(block.ends for block in blocks))
    return [Span(at, to, first, after - first) for (at, first), (to, after) in pairwise([*starts, stop])]


def _row_end(source: Source, start: int, is_quoted: bool) -> int | None:
    # Rows longer than the window are rare: the window doubles until it holds the end.
    size = _WINDOW_BYTES
    while True:
        window = source.read(start, start + size)
        match = _ROW_END[is_quoted].match(window)
        # A CR at the end of the window may be half of a CR LF.
        if match and (match.end() < len(window) or start + size >= source.size):
            return start + match.end()
        if start + size >= source.size:
            return None
        size *= 4
