"""Is a text that was planted somewhere in these bytes, however it is written? And does anything look like a person?

Bytes are read in every way that a file of a report may hold a text: as they are, in UTF-16, with entities, escapes or
percents undone, base64 and hexadecimal decoded, archives and compressed streams opened, again and again. What is read
is compared without case, accents composed, spaces, invisible signs and backslashes left out.
"""

import base64
import binascii
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

# Bytes. A stream that opens to more than this is cut: nothing that we write is so large.
_MOST = 20_000_000
# How many times what was decoded is decoded again: a picture in a page in an archive takes three.
_DEPTH = 3
# Below, a run of letters says nothing once decoded: a canary is longer.
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{10,}={0,2}")
_LINES = re.compile(rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{40,100}\r?\n)+[A-Za-z0-9+/]+={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){6,}")
_PERCENT = re.compile(rb"""(?<![^\s"'<>=,;:])[^\s"'<>%]{0,200}(?:%[0-9A-Fa-f]{2}[^\s"'<>%]{0,200})+""")
_PLUS = re.compile(rb"""(?<![^\s"'<>])[^\s"'<>+]{1,200}(?:\+[^\s"'<>+]+)+""")
_JSON = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_TAG = re.compile(r"<[^<>]*>")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
# Spaces, backslashes, controls, and the signs that say how to write others.
_SILENT = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
# Letters. A shorter run is too short to hold a stream or another coded text: it is decoded once.
_LONG = 24
_PRINTABLE = bytes([*range(0x20, 0x7F), *b"\t\r\n"])
_SIGNED = re.compile(rb"PK\x03\x04|\x1f\x8b\x08|\A\x78[\x01\x5e\x9c\xda]|\x89PNG")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def skeleton(text: str) -> str:
    """What is left of a text once nothing but its words counts."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text).casefold())


def _json(text: str) -> str:
    plain = _JSON.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read(content: bytes) -> Iterator[str]:
    """The bytes as a text, in each encoding that they may have."""
    plain = content.decode("utf-8", "replace")
    yield plain
    if "\ufffd" in plain:
        yield content.decode("cp1252", "replace")
    if b"\0" in content:
        for start in (0, 1):
            yield content[start:].decode("utf-16-le", "replace")


def _texts(content: bytes) -> Iterator[str]:
    """The bytes as texts, in each way that makes another one."""
    for plain in _read(content):
        yield plain
        if "&" in plain:
            yield html.unescape(html.unescape(plain))
        if "\\u" in plain or "\\x" in plain:
            yield _json(plain)
        if "<" in plain:
            yield html.unescape(_TAG.sub("", plain))


def _decoded(text: bytes) -> Iterator[tuple[bytes, bool]]:
    """What runs of letters become, all of one alignment put end to end; and whether it may hold more than a text."""
    runs = _BASE64.findall(text) + [re.sub(rb"\s", b"", lines) for lines in _LINES.findall(text)]
    letters = [run.rstrip(b"=").translate(_STANDARD) for run in runs]
    for shift in range(4):
        yield b"\n".join(_from_base64(run[shift:]) for run in letters if len(run) < _LONG), False
        for run in letters:
            if len(run) >= _LONG:
                found = _from_base64(run[shift:])
                yield found, _is_content(found)
    yield b"\n".join(binascii.unhexlify(run) for run in _HEX.findall(text)), False
    yield b"\n".join(unquote_to_bytes(part) for part in _PERCENT.findall(text)), True
    yield b"\n".join(unquote_to_bytes(part.replace(b"+", b" ")) for part in _PLUS.findall(text)), False


def _is_content(found: bytes) -> bool:
    """Whether what was decoded is more than noise: a text, or the beginning of a stream."""
    some = found[:2000]
    return bool(_SIGNED.search(found)) or len(some.translate(None, _PRINTABLE)) * 4 < len(some)


def _from_base64(letters: bytes) -> bytes:
    left = len(letters) % 4
    return base64.b64decode(letters[:-1] if left == 1 else letters + b"=" * (-left % 4))


def _opened(content: bytes) -> Iterator[bytes]:
    """What archives and compressed streams inside the bytes hold, one entry at a time, wherever they begin."""
    starts = [(found.start(), zlib.MAX_WBITS) for found in _ZLIB.finditer(content)]
    starts += [(found.start(), zlib.MAX_WBITS | 16) for found in re.finditer(rb"\x1f\x8b\x08", content)]
    for found in re.finditer(rb"PK\x03\x04", content):
        # The lengths of a name and of what follows it, before the content; a name is in plain bytes already.
        head = content[found.start() + 26 : found.start() + 30]
        starts.append((found.end() + 26 + int.from_bytes(head[:2], "little") + int.from_bytes(head[2:], "little"), -15))
    for start, form in starts:
        try:
            yield zlib.decompressobj(form).decompress(content[start:], _MOST)
        except zlib.error:
            continue  # three bytes that look like a stream, or an entry that is not compressed


def _views(content: bytes, depth: int = _DEPTH) -> Iterator[str]:
    yield from _texts(content)
    if not depth:
        return
    nested = {(each, True) for each in _opened(content)} | set(_decoded(content))
    text = content.decode("utf-8", "replace")
    if "&#" in text:
        nested |= set(_decoded(html.unescape(text).encode()))
    if "\\u" in text or "\\x" in text or "\\/" in text:
        nested |= set(_decoded(_json(text).replace("\\/", "/").encode()))
    for each, may_hold in nested:
        if each.strip():
            yield from _views(each, depth - 1 if may_hold else 0)


def find(canaries: Iterable[str], content: bytes) -> set[str]:
    """Those of the texts that the bytes hold."""
    sought = {canary: skeleton(canary) for canary in canaries}
    found: set[str] = set()
    for view in _views(content):
        plain = skeleton(view)
        found |= {canary for canary, bare in sought.items() if canary not in found and bare in plain}
    return found


def find_in(canaries: Iterable[str], files: Iterable[Path], folder: Path) -> dict[str, set[str]]:
    """The same of files and of their paths under the folder, by the path of the file."""
    sought, out = list(canaries), {}
    for path in sorted(path for path in files if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if held := find(sought, path.read_bytes()) | find(sought, name.encode()):
            out[name] = held
    return out


# What looks like a person, a telephone, somebody's computer.
PATTERNS = {
    "INE": re.compile(r"\b(?:\d{10}[A-HJ-NP-Z]|\d{9}[A-HJ-NP-Z]{2})\b"),
    "NIR": re.compile(r"(?<![\w,.])[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?: ?\d\d)?\b"),
    "téléphone": re.compile(r"(?<![\w.,-])(?:\+33 ?\(?0?\)? ?|0033 ?|0)[1-9](?:[ .-]?\d\d){4}(?![\w.,])"),
    "courriel": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"),
    "dossier": re.compile(r"(?:/(?:home|root|Users|tmp)/|[A-Z]:\\Users\\)[\w.-]"),
    "naissance": re.compile(
        # The first word from where it begins: from each capital of a coded picture, one would go to its end again.
        r"(?<![\w’'-])(?=[\w’'-]*[A-ZÀ-Ý][\w’'-])[\w’'-]+ [A-ZÀ-Ý][\w’'-]+"
        r"[\s,;:(|]{1,3}(?:née? le )?(?:\d\d/\d\d/(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\b"
    ),
}


def _plain(content: bytes) -> list[bytes]:
    """The bytes and what streams in them hold; of a ZIP archive its names and entries, since compressed bytes are noise
    that may look like an address."""
    if not content.startswith(b"PK\x03\x04"):
        return [content, *_opened(content)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [archive.read(name) for name in archive.namelist()]
        return [archive.comment, "\n".join(archive.namelist()).encode(), *entries]


def find_patterns(content: bytes) -> dict[str, set[str]]:
    """What looks like a person or a computer in the bytes, by the name of the pattern; archives are opened."""
    out: dict[str, set[str]] = {}
    for each in _plain(content):
        # A tag stands between two texts: the numbers of an axis are not a telephone.
        views = [view for text in _read(each) for view in (html.unescape(_TAG.sub(" ", text)), html.unescape(text))]
        for text in (re.sub(r"[\u00a0\u202f\u2009]", " ", view) for view in views):
            for name, pattern in PATTERNS.items():
                if held := set(pattern.findall(text)):
                    out.setdefault(name, set()).update(held)
    return out
