"""Ranges of a text file that hold whole rows: a line end inside quotes ends no row."""

import re
from dataclasses import dataclass
from itertools import pairwise

from helpers.store.receive.scan import Block, line_ends
from helpers.store.receive.source import Source

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
