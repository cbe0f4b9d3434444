"""Is a text that was planted somewhere in these bytes, in one of the ways that a report may hold a text?

As it is, with entities, escapes or percents undone, between tags; in an archive, a compressed stream or a file that a
page carries (base64), one in the other. Case, accents' composition, spaces and backslashes do not count.
"""

import base64
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

# Bytes. A stream that opens to more than this is cut: nothing that we write is so large.
_MOST = 20_000_000
_CARRIED = re.compile(rb"base64,([A-Za-z0-9+/]+)")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_TAG = re.compile(r"<[^<>]*>")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_SILENT = re.compile(r"[\s\\\u00ad\u200b-\u200f\u2060\ufeff]+")


def _skeleton(text: str) -> str:
    """What is left of a text once nothing but its words counts."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text).casefold())


def _texts(content: bytes) -> Iterator[str]:
    plain = content.decode("utf-8", "replace")
    yield plain
    undone = html.unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), unquote(plain)))
    yield from (undone, _TAG.sub("", undone))


def _inside(content: bytes) -> Iterator[bytes]:
    """The entries of an archive with their names, compressed streams, and the files that a page carries."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment + "\n".join(archive.namelist()).encode()
            yield from map(archive.read, archive.namelist())
        return
    for found in _CARRIED.finditer(content):
        yield base64.b64decode(found[1] + b"=" * (-len(found[1]) % 4))
    for found in _ZLIB.finditer(content):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content[found.start() :], _MOST)
        except zlib.error:
            continue  # bytes that look like the beginning of a stream


def find(canaries: Iterable[str], content: bytes) -> set[str]:
    """Those of the texts that the bytes hold."""
    return _find({canary: _skeleton(canary) for canary in canaries}, content)


def _find(sought: dict[str, str], content: bytes) -> set[str]:
    view = "\n".join(map(_skeleton, {*_texts(content)}))  # no skeleton holds an end of line
    found = {canary for canary, bare in sought.items() if bare in view}
    others = {canary: bare for canary, bare in sought.items() if canary not in found}
    return found.union(*(_find(others, each) for each in _inside(content)))
